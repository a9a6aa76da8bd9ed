/* t_lookup_properties.c -- what holds for every lookup, every type, every value and every operand: an index never loses a row, and since every
 * probe is exact, it never gives one too many either, but for texts that lie under a digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "query/lookup.h"
#include "store/keys.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIT(lit) {(lit), sizeof(lit) - 1}
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

enum { TEXTS_MAX = 64 };

/* Every type reads what it can of these, as values and as operands. */
static const nr_slice texts[] = {
    LIT(""), LIT("0"), LIT("-0"), LIT("1"), LIT("-1"), LIT("2"), LIT("10"), LIT("-10"), LIT("007"), LIT("255"), LIT("256"), LIT("32767"),
    LIT("32768"), LIT("-32768"), LIT("-32769"),
    LIT("9007199254740992"), LIT("9007199254740993"), LIT("9223372036854775807"), LIT("9223372036854775808"), LIT("-9223372036854775808"),
    LIT("-9223372036854775809"),
    LIT("18446744073709551616"), LIT("99999999999999999999999999999999999999"), LIT("-99999999999999999999999999999999999999"), LIT("1e40"),
    LIT("-1e40"), LIT("1e400"), LIT("-1e400"),
    LIT("0.5"), LIT("-0.5"), LIT("0.01"), LIT("0.005"), LIT("-0.005"), LIT("0.015"), LIT("-0.015"), LIT("1.005"), LIT("-1.005"), LIT("999.99"),
    LIT("999.999"), LIT("-999.995"), LIT("1e-7"),
    LIT("5e-324"), LIT("1.7976931348623157e308"), LIT("-0.0"), LIT("true"), LIT("false"),
    LIT("a"), LIT("ab"), LIT("abc"), LIT("b"), LIT("A"), LIT("a\0"), LIT("a\0b"), LIT("a\x01"), LIT("a\0\x01"), LIT("\0"), LIT("\0\0"), LIT("\x01"),
    LIT("\x7f"), LIT("a\xc3\xa9"),
    LIT("a\xef\xbf\xbf"), LIT("a\xf0\x9f\x98\x80"), LIT("a\xf4\x8f\xbf\xbf"), LIT("\xf4\x8f\xbf\xbf"), LIT("!"), LIT("#"), LIT("="), LIT("/"),
    LIT(X64), LIT(X64 "x"), LIT(X64 "y"), LIT(X64 X64), LIT("\xff"), LIT("\xff\xff"), LIT("a\xff"), LIT("\x00\xff"), LIT("\x80"),
    LIT("a@b.org"), LIT("http://a.bc/"), LIT("1.2.3.4"), LIT("1.2.3.5"), LIT("::1"), LIT("2001:db8::"),
    LIT("00000000-0000-0000-0000-000000000000"), LIT("ffffffff-ffff-ffff-ffff-ffffffffffff"), LIT("123e4567-e89b-12d3-a456-426614174000"),
    LIT("0001-01-01"), LIT("1969-12-31"), LIT("1970-01-01"), LIT("2000-02-29"), LIT("9999-12-31"), LIT("00:00"), LIT("00:00:00.000001"),
    LIT("23:59:59.999999"), LIT("12:00"),
    LIT("1969-12-31T23:59:59.999999Z"), LIT("2026-11-22T13:05:09.000250Z"), LIT("9999-12-31T23:59:59.999999Z"), LIT("2026-11-22T13:05:09+05:30"),
    LIT("PT0S"), LIT("PT0.000001S"), LIT("-PT0.000001S"), LIT("P1D"), LIT("-P1D"), LIT("P106751991DT4H54.775807S"), LIT("P999999999999D"),
    LIT("-P999999999999D"),
    LIT("[]"), LIT("[1]"), LIT("[1,null,\"a\"]"), LIT("{}"), LIT("{\"a\":1}"), LIT("{\"b\":[{}],\"a\":\"" X64 "\"}"), LIT("null"), LIT("\"a\""),
};

typedef struct pool {
    nr_spec spec;
    nr_value values[COUNT(texts) + 1];   /* NULL first; those that may be written */
    size_t n_values;
    nr_operand operands[COUNT(texts)];
    size_t n_operands;
} pool;

static nr_arena arena;
static uint64_t checked, hits;

static void fill_pool(pool *p, const nr_type *type, uint8_t digits, uint8_t places)
{
    *p = (pool){.spec = {type, digits, places, NULL}, .n_values = 1};
    p->values[0] = NR_NULL;
    for (size_t i = 0; i < COUNT(texts); i++) {
        nr_value v;
        const char *expected;
        if (type->parse(&p->spec, texts[i], &arena, &p->operands[p->n_operands])) p->n_operands++;
        if (nr_type_read(&p->spec, texts[i], &arena, &v, &expected)) p->values[p->n_values++] = v;
    }
}

/* What an index gives for a lookup: the ranges, or the set keys. */
typedef struct probed {
    const nr_index *ix;
    nr_range ranges[TEXTS_MAX];
    nr_slice keys[TEXTS_MAX];
    size_t n;
    bool digest;
} probed;

static bool in_range(nr_slice m, const nr_range *r)
{
    int lo = r->lo.p ? nr_slice_cmp(m, r->lo) : 1, hi = r->hi.p ? nr_slice_cmp(m, r->hi) : -1;
    return (r->lo_open ? lo > 0 : lo >= 0) && (r->hi_open ? hi < 0 : hi <= 0);
}

static nr_slice set_key(const nr_index *ix, const nr_value *v)
{
    nr_buf b = nr_buf_in(&arena);
    nr_index_set_key(ix, v, &b);
    return nr_buf_slice(&b);
}

static void probe(const nr_index *ix, const nr_lookup *l, const nr_operand *args, size_t n, probed *out)
{
    nr_probes probes = {0};
    *out = (probed){.ix = ix};
    l->probe(args, n, &arena, &probes);
    assert_true(probes.n <= TEXTS_MAX);
    for (size_t i = 0; i < probes.n; i++) {
        if (ix->kind == NR_IX_SET) {
            assert_int_equal(probes.at[i].kind, NR_PB_POINT);
            out->keys[out->n] = set_key(ix, &probes.at[i].lo);
            out->digest = out->digest || out->keys[out->n].p[ix->key.n] == '#';
            out->n++;
        } else if (nr_probe_range(ix, &probes.at[i], &arena, &out->ranges[out->n])) {
            out->n++;
        }
    }
}

/* Disjoint and ascending: the end of each lies before the beginning of the next. */
static void assert_ascending(const probed *p, const nr_lookup *l)
{
    for (size_t i = 1; p->ix->kind != NR_IX_SET && i < p->n; i++) {
        const nr_range *a = &p->ranges[i - 1], *b = &p->ranges[i];
        if (!a->hi.p || !b->lo.p) fail_msg("%s: a range without an end has a neighbour", l->name);
        int c = nr_slice_cmp(a->hi, b->lo);
        if (c > 0 || (c == 0 && !a->hi_open && !b->lo_open)) fail_msg("%s: ranges overlap", l->name);
    }
}

static size_t count_hits(const probed *p, const nr_value *v, const nr_value *pk, const nr_spec *pk_spec)
{
    size_t n = 0;
    nr_buf b = nr_buf_in(&arena);
    if (p->ix->kind == NR_IX_SET) nr_index_set_key(p->ix, v, &b);
    else nr_index_member(p->ix, pk_spec, pk, v, &b);
    for (size_t i = 0; i < p->n; i++)
        n += p->ix->kind == NR_IX_SET ? nr_slice_eq(nr_buf_slice(&b), p->keys[i]) : in_range(nr_buf_slice(&b), &p->ranges[i]);
    return n;
}

static void say(const pool *p, const nr_lookup *l, const nr_value *v, const nr_operand *args, size_t n, const probed *pr, size_t hit)
{
    nr_buf b = nr_buf_in(&arena);
    for (size_t i = 0; i < n; i++) {
        nr_value a = args[i].v;
        nr_buf_printf(&b, " %s side %d", l->arg == NR_ARG_TRUTH ? (a.i ? "true" : "false") : NR_SHOW(nr_type_text(&p->spec, &a, &arena)),
                      args[i].side);
    }
    fail_msg("%s on %s, index kind %d: value %s, operands%.*s: the index says %zu", l->name, p->spec.type->name, (int)pr->ix->kind,
             v->kind == NR_V_NULL ? "NULL" : NR_SHOW(nr_type_text(&p->spec, v, &arena)), NR_FMT(nr_buf_slice(&b)), hit);
}

/* All values against one set of operands, by one index. The primary keys of the entities are whatever they are. */
static void check_operands(const pool *p, const pool *pks, const nr_index *ix, const nr_lookup *l, const nr_operand *args, size_t n)
{
    probed pr;
    bool by_pk = ix->kind == NR_IX_PK;
    nr_mark mark = nr_arena_mark(&arena);
    probe(ix, l, args, n, &pr);
    assert_ascending(&pr, l);
    for (size_t i = by_pk; i < p->n_values; i++) {
        const nr_value *v = &p->values[i];
        if (by_pk && v->kind == NR_V_TEXT && v->s.n == 0) continue;
        bool want = l->eval(v, args, n);
        for (size_t k = 1; k < (by_pk || ix->kind == NR_IX_SET ? 2 : pks->n_values); k++) {
            size_t hit = count_hits(&pr, v, by_pk ? v : &pks->values[k], &pks->spec);
            checked++;
            hits += hit;
            if (hit > 1 || (want && !hit) || (!want && hit && !pr.digest)) say(p, l, v, args, n, &pr, hit);
        }
    }
    nr_arena_rewind(&arena, mark);
}

static int compare_operands(const nr_operand *a, const nr_operand *b)
{
    int c = nr_value_cmp(&a->v, &b->v);
    return c ? c : a->side - b->side;
}

/* Lists come sorted and distinct. */
static size_t sorted_list(const pool *p, size_t first, size_t step, nr_operand *out)
{
    size_t n = 0;
    for (size_t i = first; i < p->n_operands && n < TEXTS_MAX; i += step) {
        size_t at = 0;
        while (at < n && compare_operands(&out[at], &p->operands[i]) < 0) at++;
        if (at < n && compare_operands(&out[at], &p->operands[i]) == 0) continue;
        memmove(&out[at + 1], &out[at], (n - at) * sizeof *out);
        out[at] = p->operands[i];
        n++;
    }
    return n;
}

static void check_lookup(const pool *p, const pool *pks, const nr_index *ix, const nr_lookup *l)
{
    nr_operand args[TEXTS_MAX + 1];
    switch (l->arg) {
    case NR_ARG_ONE:
        for (size_t i = 0; i < p->n_operands; i++) check_operands(p, pks, ix, l, &p->operands[i], 1);
        break;
    case NR_ARG_PAIR:
        for (size_t i = 0; i < p->n_operands; i++)
            for (size_t k = 0; k < p->n_operands; k++) {
                args[0] = p->operands[i];
                args[1] = p->operands[k];
                check_operands(p, pks, ix, l, args, 2);
            }
        break;
    case NR_ARG_LIST:
        for (size_t step = 1; step < 8; step++)
            for (size_t first = 0; first < step; first++) check_operands(p, pks, ix, l, args, sorted_list(p, first, step, args));
        check_operands(p, pks, ix, l, args, 0);
        break;
    case NR_ARG_TRUTH:
        for (int truth = ix->kind == NR_IX_SET; truth < 2; truth++) {
            args[0] = (nr_operand){{.kind = NR_V_INT, .i = truth}, 0};
            check_operands(p, pks, ix, l, args, 1);
        }
        break;
    }
}

static void check_index(const pool *p, const pool *pks, nr_index_kind kind)
{
    nr_field f = {.name = NR_S("f"), .type = p->spec.type, .spec = p->spec};
    for (size_t k = 0; nr_keyfns[k]; k++) {
        nr_index ix = {.name = NR_S("f"), .kind = kind, .field = &f, .keyfn = nr_keyfns[k], .key = NR_S("m/s/f/")};
        for (const nr_lookup *l = nr_lookups; l->name; l++)
            if (nr_index_answers(&ix, l)) check_lookup(p, pks, &ix, l);
    }
}

/* Decimals in several shapes, all other types once. */
static void each_type(void (*fn)(const pool *p))
{
    static const uint8_t shapes[][2] = {{5, 2}, {38, 38}, {38, 0}, {1, 1}, {20, 3}};
    pool p;
    for (const nr_type *const *t = nr_types; *t; t++) {
        size_t n = (*t)->flags & NR_TF_DIGITS ? COUNT(shapes) : 1;
        for (size_t i = 0; i < n && !((*t)->flags & NR_TF_RELATION); i++) {
            fill_pool(&p, *t, shapes[i][0], shapes[i][1]);
            if (p.n_values < 3) fail_msg("%s reads too few of the awkward texts", (*t)->name);
            fn(&p);
        }
    }
}

/* Those that begin and end with bytes that mean something in a key. */
static pool some_pks(const char *type)
{
    static const nr_slice awkward[] = {LIT("0"), LIT("-1"), LIT("\0"), LIT("\x01"), LIT("\xff\xff"), LIT("\0\xff")};
    pool p = {.spec = {nr_type_find(nr_slice_of(type)), 5, 2, NULL}, .n_values = 1};
    for (size_t i = 0; i < COUNT(awkward); i++) {
        const char *expected;
        if (nr_type_read(&p.spec, awkward[i], &arena, &p.values[p.n_values], &expected)) p.n_values++;
    }
    return p;
}

static void by_ordered_index(const pool *p)
{
    static const char *const types[] = {"bigint", "blob", "decimal", "float"};
    for (size_t i = 0; i < COUNT(types); i++) {
        pool pks = some_pks(types[i]);
        check_index(p, &pks, NR_IX_ORDERED);
    }
}

static void by_set_index(const pool *p)
{
    pool pks = some_pks("bigint");
    check_index(p, &pks, NR_IX_SET);
}

static void by_pk_index(const pool *p)
{
    check_index(p, p, NR_IX_PK);
}

static void an_ordered_index_gives_just_the_rows_that_a_lookup_is_true_of(void **state)
{
    (void)state;
    each_type(by_ordered_index);
    assert_true(checked > 1000000);
    assert_true(hits > checked / 50);
}

static void a_set_index_gives_just_the_rows_that_a_lookup_is_true_of(void **state)
{
    (void)state;
    each_type(by_set_index);
    assert_true(hits > 0);
}

static void the_pk_index_gives_just_the_rows_that_a_lookup_is_true_of(void **state)
{
    (void)state;
    each_type(by_pk_index);
    assert_true(hits > 0);
}

static void no_lookup_but_isnull_is_true_of_null(void **state)
{
    (void)state;
    nr_value null = NR_NULL;
    pool p;
    for (const nr_type *const *t = nr_types; *t; t++) {
        if ((*t)->flags & NR_TF_RELATION) continue;
        fill_pool(&p, *t, 5, 2);
        for (const nr_lookup *l = nr_lookups; l->name; l++) {
            if (l->arg == NR_ARG_TRUTH || !nr_lookup_suits(l, &p.spec)) continue;
            for (size_t i = 0; i + 1 < p.n_operands; i++) assert_false(l->eval(&null, &p.operands[i], l->arg == NR_ARG_ONE ? 1 : 2));
        }
    }
}

static void every_lookup_has_a_doc_line_and_a_key_function_of_the_table(void **state)
{
    (void)state;
    for (const nr_lookup *l = nr_lookups; l->name; l++) {
        assert_ptr_equal(nr_lookup_find(nr_slice_of(l->name)), l);
        assert_ptr_equal(nr_keyfn_find(nr_slice_of(l->keyfn->name)), l->keyfn);
        assert_true(l->doc && l->doc[0]);
        assert_false(nr_lookup_later(nr_slice_of(l->name)));
    }
    assert_string_equal(nr_lookups[0].name, "exact");
    assert_null(nr_lookup_find(NR_S("")));
    assert_true(nr_lookup_later(NR_S("iexact")));
    assert_false(nr_lookup_later(NR_S("frob")));
}

/* What the ranges are bounded with: all that begin with s lie below it, and all else that lies above s lies above it too. */
static void the_bytes_after_a_prefix_end_its_stretch(void **state)
{
    (void)state;
    static const nr_slice prefixes[] = {LIT("a"), LIT("a\xff"), LIT("\x01\xff\xff"), LIT("\0"), LIT("\xfe\xff"), LIT("a\0\x01")};
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        nr_slice after = nr_bytes_after(prefixes[i], &arena);
        for (size_t k = 0; k < COUNT(texts); k++) {
            nr_slice t = texts[k];
            char both[300];
            memcpy(both, prefixes[i].p, prefixes[i].n);
            memcpy(both + prefixes[i].n, t.p, t.n);
            nr_slice with = {both, prefixes[i].n + t.n};
            assert_true(nr_slice_cmp(with, after) < 0);
            if (nr_slice_cmp(t, prefixes[i]) > 0 && !nr_slice_starts(t, prefixes[i])) assert_true(nr_slice_cmp(t, after) >= 0);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    checked = hits = 0;
    nr_arena_init(&arena, nr_env_libc());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nr_arena_clear(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_ordered_index_gives_just_the_rows_that_a_lookup_is_true_of), TEST(a_set_index_gives_just_the_rows_that_a_lookup_is_true_of),
        TEST(the_pk_index_gives_just_the_rows_that_a_lookup_is_true_of),     TEST(no_lookup_but_isnull_is_true_of_null),
        TEST(every_lookup_has_a_doc_line_and_a_key_function_of_the_table),   TEST(the_bytes_after_a_prefix_end_its_stretch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
