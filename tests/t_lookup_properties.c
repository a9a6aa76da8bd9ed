/* t_lookup_properties.c -- what holds for every lookup, every path, every key function, every type, every value and every operand: an index never loses a
 * row, and where the way says exact it never gives one too many either, but for texts that lie under a digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "plan/access.h"
#include "query/matcher.h"
#include "query/pred.h"
#include "types/doc_key.h"
#include "store/keys.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIT(lit) {(lit), sizeof(lit) - 1}
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

enum { PROBES_MAX = 512 };

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
    LIT("\x7f"), LIT("a\xc3\xa9"), LIT("A\xc3\x89\xc3\xa9"), LIT("k"), LIT("\xe2\x84\xaa"),
    LIT("a\xef\xbf\xbf"), LIT("a\xf0\x9f\x98\x80"), LIT("a\xf4\x8f\xbf\xbf"), LIT("\xf4\x8f\xbf\xbf"), LIT("!"), LIT("#"), LIT("="), LIT("/"),
    LIT(X64), LIT(X64 "x"), LIT(X64 "y"), LIT(X64 X64), LIT("\xff"), LIT("\xff\xff"), LIT("a\xff"), LIT("\x00\xff"), LIT("\x80"),
    LIT("a@b.org"), LIT("http://a.bc/"), LIT("1.2.3.4"), LIT("1.2.3.5"), LIT("::1"), LIT("2001:db8::"),
    LIT("00000000-0000-0000-0000-000000000000"), LIT("ffffffff-ffff-ffff-ffff-ffffffffffff"), LIT("123e4567-e89b-12d3-a456-426614174000"),
    LIT("0001-01-01"), LIT("1969-12-31"),
    LIT("1970-01-01"), LIT("2000-02-29"), LIT("2008-12-30"), LIT("2021-01-03"), LIT("9999-12-31"), LIT("00:00"), LIT("00:00:00.000001"),
    LIT("23:59:59.999999"), LIT("12:00"),
    LIT("1969-12-31T23:59:59.999999Z"), LIT("2026-11-22T13:05:09.000250Z"), LIT("9999-12-31T23:59:59.999999Z"), LIT("2026-11-22T13:05:09+05:30"),
    LIT("PT0S"), LIT("PT0.000001S"), LIT("-PT0.000001S"), LIT("P1D"), LIT("-P1D"), LIT("P106751991DT4H54.775807S"), LIT("P999999999999D"),
    LIT("-P999999999999D"),
    LIT("[]"), LIT("[1]"), LIT("[1,null,\"a\"]"), LIT("{}"), LIT("{\"a\":1}"), LIT("{\"b\":[{}],\"a\":\"" X64 "\"}"), LIT("null"), LIT("\"a\""),
};

/* Texts that are regular expressions, too. */
static const nr_slice patterns[] = {
    LIT("^a"), LIT("^ab"), LIT("a.b"), LIT("(?s)a.b"), LIT("b$"), LIT("^$"), LIT("^(a|b)"),
    LIT("[0-9]+$"), LIT("bc"), LIT("abc"), LIT("xyz|abc"), LIT("(?i)ABC"),
    LIT("\\.000250"), LIT("2026-11"), LIT("^2026"), LIT("x{64}y"), LIT("a\xc3\xa9"), LIT("A"), LIT("\\d\\d:"), LIT("abc?"), LIT("^-1"),
    LIT("^a.*z"),
};

typedef struct pool {
    nr_field field;
    nr_value values[COUNT(texts) + 1];   /* NULL first; those that may be written */
    size_t n_values;
} pool;

/* Operands of lookups on what one path gives. */
typedef struct operands {
    nr_operand at[COUNT(texts) + COUNT(patterns)];
    size_t n;
} operands;

static nr_arena arena;
static nr_err err;
static nr_ready_for with;
static nr_matcher *matchers;
static uint64_t checked, hits, stretched;

/* How many values each way has found, how many of them a lookup was not true of, and how many it has left out; the most probes that it gave at once, and
 * whether these were all points for some operands. */
static struct {
    const nr_way *way;
    uint64_t found, wrong, left;
    size_t most;
    bool points, some; /* some: a match that not all probes find */
} tallies[64];
static size_t n_tallies;

static void fill_pool(pool *p, const nr_type *type, uint8_t digits, uint8_t places)
{
    *p = (pool){.field = {.name = NR_S("f"), .type = type, .spec = {.type = type, .max_digits = digits, .places = places}}, .n_values = 1};
    p->values[0] = NR_NULL;
    for (size_t i = 0; i < COUNT(texts); i++) {
        nr_value v;
        const char *expected;
        if (nr_type_read(&p->field.spec, texts[i], &arena, &v, &expected)) p->values[p->n_values++] = v;
    }
}

/* JSON as an operand: the key of a document. */
static bool free_operand(nr_slice text, nr_operand *out)
{
    nr_buf key = nr_buf_in(&arena);
    if (!nr_spec_operand(&nr_spec_free, text, &arena, out)) return false;
    nr_doc_key(nr_doc_at(out->v.s), &arena, &key);
    out->v.s = nr_buf_slice(&key);
    return true;
}

static void fill_operands(operands *o, const nr_path *path, const nr_lookup *l)
{
    const nr_spec *spec = nr_path_spec(path);
    bool text = l->takes == NR_LT_TEXT || l->takes == NR_LT_KEYS, free = path->free || l->takes == NR_LT_LIST;
    o->n = 0;
    for (size_t i = 0; i < COUNT(texts) + COUNT(patterns); i++) {
        nr_slice given = i < COUNT(texts) ? texts[i] : patterns[i - COUNT(texts)];
        if (text && nr_utf8_valid(given)) o->at[o->n++] = (nr_operand){{.kind = NR_V_TEXT, .s = given}, 0};
        else if (!text) o->n += free ? free_operand(given, &o->at[o->n]) : spec->type->parse(spec, given, &arena, &o->at[o->n]);
    }
}

/* What an index gives for a lookup: the ranges, or the set keys. */
typedef struct probed {
    const nr_index *ix;
    const nr_way *way;
    nr_range ranges[PROBES_MAX];
    nr_slice keys[PROBES_MAX];
    bool doubtful[PROBES_MAX];
    size_t n, tally;
    bool digest;
} probed;

static size_t tally_of(const nr_way *way)
{
    size_t i = 0;
    while (i < n_tallies && tallies[i].way != way) i++;
    assert_true(i < COUNT(tallies));
    tallies[i].way = way;
    if (i == n_tallies) n_tallies++;
    return i;
}

static bool in_range(nr_slice m, const nr_range *r)
{
    int lo = r->lo.p ? nr_slice_cmp(m, r->lo) : 1, hi = r->hi.p ? nr_slice_cmp(m, r->hi) : -1;
    return (r->lo_open ? lo > 0 : lo >= 0) && (r->hi_open ? hi < 0 : hi <= 0);
}

static nr_slice set_key(const nr_index *ix, const nr_value *key)
{
    nr_buf b = nr_buf_in(&arena);
    nr_index_set_key(ix, key, &b);
    return nr_buf_slice(&b);
}

static void tally_probes(size_t tally, const nr_probes *probes)
{
    bool points = probes->n > 0;
    for (size_t i = 0; i < probes->n; i++) points = points && probes->at[i].kind == NR_PB_POINT;
    tallies[tally].points = tallies[tally].points || points;
    if (probes->n > tallies[tally].most) tallies[tally].most = probes->n;
}

/* False: these operands give nothing to go by, or a set cannot answer them. */
static bool probe(const nr_index *ix, const nr_pred *leaf, probed *out)
{
    nr_probes probes = {0};
    *out = (probed){.ix = ix, .way = nr_access_way(leaf, ix, &arena, &probes)};
    if (out->way) out->tally = tally_of(out->way);
    if (out->way) tally_probes(out->tally, &probes);
    for (size_t i = 0; out->way && i < probes.n; i++) {
        assert_true(out->n < PROBES_MAX);
        out->doubtful[out->n] = probes.at[i].doubtful;
        if (ix->kind == NR_IX_SET) {
            out->keys[out->n] = set_key(ix, &probes.at[i].lo);
            out->digest = out->digest || out->keys[out->n].p[ix->key.n] == '#';
            out->n++;
        } else if (nr_probe_range(ix, &probes.at[i], &arena, &out->ranges[out->n])) {
            out->n++;
        }
    }
    return out->way != NULL;
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

/* How many of the probes an entity is found by; sure: by one at least that is not doubtful. */
static size_t count_hits(const probed *p, const nr_value *v, const nr_value *pk, bool *sure)
{
    nr_values keys = {0};
    size_t n = 0;
    *sure = false;
    nr_index_keys(p->ix, v, &arena, &keys);
    for (size_t i = 0; i < p->n; i++) {
        bool hit = false;
        for (size_t k = 0; k < keys.n; k++) {
            nr_buf b = nr_buf_in(&arena);
            if (p->ix->kind == NR_IX_SET) nr_index_set_key(p->ix, &keys.at[k], &b);
            else nr_index_member(p->ix, pk, &keys.at[k], &b);
            hit = hit || (p->ix->kind == NR_IX_SET ? nr_slice_eq(nr_buf_slice(&b), p->keys[i]) : in_range(nr_buf_slice(&b), &p->ranges[i]));
        }
        n += hit;
        *sure = *sure || (hit && !p->doubtful[i]);
    }
    return n;
}

static const char *shown(const nr_spec *spec, const nr_value *v)
{
    return v->kind == NR_V_NULL ? "NULL" : nr_arena_copy(&arena, nr_slice_of(NR_SHOW(nr_type_text(spec, v, &arena)))).p;
}

static void say(const pool *p, const nr_path *path, const nr_lookup *l, const nr_value *v, const nr_args *args, const probed *pr, size_t hit)
{
    nr_buf b = nr_buf_in(&arena), at = nr_buf_in(&arena);
    for (size_t i = 0; i < args->n; i++)
        nr_buf_printf(&b, " %s side %d", l->arg == NR_ARG_TRUTH ? (args->at[i].v.i ? "true" : "false") : shown(nr_path_spec(path), &args->at[i].v),
                      args->at[i].side);
    nr_path_print(path, &at);
    fail_msg("%.*s__%s on %s, index of %s, kind %d: value %s, operands%.*s: the index says %zu of %zu", NR_FMT(nr_buf_slice(&at)), l->name,
             p->field.type->name, pr->ix->keyfn->name, (int)pr->ix->kind, shown(&p->field.spec, v), NR_FMT(nr_buf_slice(&b)), hit, pr->n);
}

static void check_value(const pool *p, const nr_path *path, const nr_lookup *l, const nr_pred *leaf, const probed *pr, const nr_value *v,
                        const nr_value *pk)
{
    bool want = nr_pred_holds(leaf, v), sure;
    size_t hit = count_hits(pr, v, pk, &sure);
    bool found = pr->way->flags & NR_WAY_ALL ? hit == pr->n : hit > 0;
    bool exact = (pr->way->flags & NR_WAY_EXACT) && !pr->digest && (sure || !hit);
    checked++;
    hits += found;
    tallies[pr->tally].found += found;
    tallies[pr->tally].wrong += found && !want;
    tallies[pr->tally].left += !found;
    tallies[pr->tally].some = tallies[pr->tally].some || (want && hit < pr->n);
    if ((want && !found) || (exact && found && !want) || (hit > 1 && !nr_index_many(pr->ix) && !(pr->way->flags & NR_WAY_ALL))) say(p, path, l, v, &leaf->args, pr, hit);
}

/* Probes of values say of each what the lookup does: scans of columns go by that. */
static void check_stretches(const pool *p, const nr_path *path, const nr_pred *leaf)
{
    nr_probes probes = {0};
    const nr_way *way = leaf->direct ? nr_lookup_by_value(leaf->lookup) : NULL;
    if (!way || !way->probe(&leaf->args, &arena, &probes)) return;
    for (size_t i = 1; i < p->n_values; i++) {
        bool in = false;
        for (size_t k = 0; k < probes.n; k++) in = in || nr_probe_has(&probes.at[k], &p->values[i]);
        stretched += in;
        if (in != nr_pred_holds(leaf, &p->values[i]))
            fail_msg("%.*s__%s on %s: value %s", NR_FMT(path->field->name), leaf->lookup->name, p->field.type->name, shown(nr_path_spec(path), &p->values[i]));
    }
}

/* All values against one set of operands, by one index. The primary keys of the entities are whatever they are. */
static void check_operands(const pool *p, const pool *pks, const nr_path *path, const nr_index *ix, const nr_lookup *l, nr_args args)
{
    static probed pr;
    bool by_pk = ix->kind == NR_IX_PK;
    nr_mark mark = nr_arena_mark(&arena);
    nr_err_clear(&err);
    with.path = path;
    if (l->prepare && !l->prepare(&args, &with)) return;
    nr_pred leaf = {.op = NR_P_LEAF, .field = path->field, .path = *path, .lookup = l, .args = args, .scratch = &arena};
    leaf.direct = nr_path_plain(path) && (nr_lookup_form(l) == NR_FORM_VALUE || nr_path_spec(path)->type->kind == NR_V_TEXT);
    check_stretches(p, path, &leaf);
    if (probe(ix, &leaf, &pr)) {
        assert_ascending(&pr, l);
        for (size_t i = by_pk; i < p->n_values; i++) {
            const nr_value *v = &p->values[i];
            if (by_pk && v->kind == NR_V_TEXT && v->s.n == 0) continue;
            for (size_t k = 1; k < (by_pk || ix->kind == NR_IX_SET ? 2 : pks->n_values); k++)
                check_value(p, path, l, &leaf, &pr, v, by_pk ? v : &pks->values[k]);
        }
    } else if (ix->kind != NR_IX_SET && l->takes < NR_LT_TEXT) {
        fail_msg("%s on %s, index of %s: operands of %zu give nothing to go by", l->name, p->field.type->name, ix->keyfn->name, args.n);
    }
    nr_matchers_release(matchers);
    matchers = NULL;
    nr_arena_rewind(&arena, mark);
}

static int compare_operands(const nr_operand *a, const nr_operand *b)
{
    int c = nr_value_cmp(&a->v, &b->v);
    return c ? c : a->side - b->side;
}

enum { LIST_MAX = 64 };

/* Lists come sorted and distinct. */
static size_t sorted_list(const operands *o, size_t first, size_t step, size_t most, nr_operand *out)
{
    size_t n = 0;
    for (size_t i = first; i < o->n && n < most; i += step) {
        size_t at = 0;
        while (at < n && compare_operands(&out[at], &o->at[i]) < 0) at++;
        if (at < n && compare_operands(&out[at], &o->at[i]) == 0) continue;
        memmove(&out[at + 1], &out[at], (n - at) * sizeof *out);
        out[at] = o->at[i];
        n++;
    }
    return n;
}

/* No operand, many, one, and two of those of which a value may have both. */
static void check_lists(const pool *p, const pool *pks, const nr_path *path, const nr_index *ix, const nr_lookup *l, const operands *o)
{
    nr_operand args[LIST_MAX];
    bool several = l->takes == NR_LT_LIST || l->takes == NR_LT_KEYS;
    check_operands(p, pks, path, ix, l, (nr_args){.at = args});
    for (size_t step = 1; step < 8; step++)
        for (size_t first = 0; first < step; first++)
            check_operands(p, pks, path, ix, l, (nr_args){.at = args, .n = sorted_list(o, first, step, LIST_MAX, args)});
    for (size_t i = 0; i < o->n; i++)
        for (size_t step = 1; step <= (several ? o->n - i : 1); step++)
            check_operands(p, pks, path, ix, l, (nr_args){.at = args, .n = sorted_list(o, i, step, several ? 2 : 1, args)});
}

static void check_lookup(const pool *p, const pool *pks, const nr_path *path, const nr_index *ix, const nr_lookup *l)
{
    nr_operand args[LIST_MAX + 1];
    operands o;
    fill_operands(&o, path, l);
    switch (l->arg) {
    case NR_ARG_ONE:
        for (size_t i = 0; i < o.n; i++) check_operands(p, pks, path, ix, l, (nr_args){.at = &o.at[i], .n = 1});
        break;
    case NR_ARG_PAIR:
        for (size_t i = 0; i < o.n; i++)
            for (size_t k = 0; k < o.n; k++) {
                args[0] = o.at[i];
                args[1] = o.at[k];
                check_operands(p, pks, path, ix, l, (nr_args){.at = args, .n = 2});
            }
        break;
    case NR_ARG_LIST:
        check_lists(p, pks, path, ix, l, &o);
        break;
    case NR_ARG_TRUTH:
        for (int truth = 0; truth < 2; truth++) {
            args[0] = (nr_operand){{.kind = NR_V_INT, .i = truth}, 0};
            check_operands(p, pks, path, ix, l, (nr_args){.at = args, .n = 1});
        }
        break;
    }
}

enum { PATHS_MAX = 32 };

/* The value itself, each of its transforms, its elements, one of them, what is under a key. */
static size_t paths_of(const pool *p, nr_path *out)
{
    const nr_path plain = nr_path_of(&p->field);
    bool container = p->field.type->flags & NR_TF_CONTAINER, list = container && (p->field.type->reply == NR_REPLY_LIST || p->field.type->reply == NR_REPLY_SET);
    size_t n = 0;
    out[n++] = plain;
    for (const nr_transform *t = nr_transforms; t->name; t++) {
        out[n] = plain;
        n += nr_transform_suits(t, p->field.type) && nr_path_transform(&out[n], t);
    }
    const nr_step steps[] = {{.each = true}, {.key = NR_S("1")}, {.key = NR_S("a")}};
    for (size_t i = list ? 0 : 2; container && !(p->field.type->flags & NR_TF_MEMBERS) && i < (list ? 2 : 3); i++) {
        out[n] = plain;
        n += nr_path_step(&out[n], steps[i], &arena);
    }
    return n;
}

/* Every lookup on what every path gives. */
static void check_paths(const pool *p, const pool *pks, const nr_index *ix)
{
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
        nr_path paths[PATHS_MAX];
        size_t n = paths_of(p, paths);
        for (size_t i = 0; i < n; i++)
            if (nr_index_serves(ix, &paths[i], l, NULL)) check_lookup(p, pks, &paths[i], ix, l);
    }
}

/* An index of each pattern, and the lookups that name it. */
static void check_patterns(const pool *p, const pool *pks, nr_index ix)
{
    for (size_t i = 0; i < COUNT(patterns) * 2; i++) {
        ix.pattern = patterns[i / 2];
        ix.caseless = i % 2;
        ix.regex = nr_regex_get(with.patterns, ix.pattern, ix.caseless, &err);
        assert_non_null(ix.regex);
        check_paths(p, pks, &ix);
        nr_regex_release(ix.regex);
    }
}

static void check_index(const pool *p, const pool *pks, nr_index_kind kind)
{
    for (size_t k = 0; nr_keyfns[k]; k++) {
        nr_index ix = {.name = NR_S("f"), .kind = kind, .path = nr_path_of(&p->field), .keyfn = nr_keyfns[k], .key = NR_S("m/s/f/")};
        bool fits = kind == NR_IX_SET ? ix.keyfn->shape != NR_KS_ORDERED : ix.keyfn->shape != NR_KS_SET;
        if (!fits || (kind == NR_IX_PK && ix.keyfn != &nr_key_value)) continue;
        if (ix.keyfn == &nr_key_matches) {
            check_patterns(p, pks, ix);
            continue;
        }
        nr_path paths[PATHS_MAX];
        size_t n = paths_of(p, paths);
        for (size_t i = 0; i < (kind == NR_IX_PK ? 1 : n); i++) {
            ix.path = paths[i];
            check_paths(p, pks, &ix);
        }
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
    pool p = {.field = {.spec = {nr_type_find(nr_slice_of(type)), 5, 2, NULL}}, .n_values = 1};
    for (size_t i = 0; i < COUNT(awkward); i++) {
        const char *expected;
        if (nr_type_read(&p.field.spec, awkward[i], &arena, &p.values[p.n_values], &expected)) p.n_values++;
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
    if (!(p->field.type->flags & NR_TF_CONTAINER)) check_index(p, p, NR_IX_PK);
}

/* Every way that such an index can go finds some values and leaves others out: what is never asked proves nothing. One that is not said to be exact, and
 * could be, makes its rows be verified for nothing. One of several probes says that a match is in all of them when it is, and one of points that it is. */
static void assert_gone(nr_index_kind kind)
{
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        for (const nr_way *w = l->ways; w->keyfn; w++) {
            bool set = w->keyfn->shape == NR_KS_SET, points = w->keyfn->shape == NR_KS_EITHER && w->flags & NR_WAY_POINTS;
            bool of_pk = w->keyfn == &nr_key_value && l->takes < NR_LT_JSON;
            if (kind == NR_IX_SET ? !set && !points : kind == NR_IX_PK ? !of_pk : set) continue;
            size_t t = tally_of(w);
            bool rough = w->flags & (NR_WAY_EXACT | NR_WAY_ALL) || tallies[t].wrong;
            if (!tallies[t].found || !tallies[t].left || !rough)
                fail_msg("%s by %s, kind %d, found %llu, %llu of them wrong, and left out %llu", l->name, w->keyfn->name, (int)kind,
                         (unsigned long long)tallies[t].found, (unsigned long long)tallies[t].wrong, (unsigned long long)tallies[t].left);
            if (!(w->flags & NR_WAY_ALL) != (tallies[t].most < 2 || tallies[t].some)) fail_msg("%s by %s: all probes or some", l->name, w->keyfn->name);
            if (kind != NR_IX_SET && !(w->flags & NR_WAY_POINTS) != !tallies[t].points) fail_msg("%s by %s: points or not", l->name, w->keyfn->name);
        }
}

static void an_ordered_index_gives_just_the_rows_that_a_lookup_is_true_of(void **state)
{
    (void)state;
    each_type(by_ordered_index);
    assert_true(checked > 1000000);
    assert_true(hits > checked / 50);
    assert_true(stretched > 0);
    assert_gone(NR_IX_ORDERED);
}

static void a_set_index_gives_just_the_rows_that_a_lookup_is_true_of(void **state)
{
    (void)state;
    each_type(by_set_index);
    assert_gone(NR_IX_SET);
}

static void the_pk_index_gives_just_the_rows_that_a_lookup_is_true_of(void **state)
{
    (void)state;
    each_type(by_pk_index);
    assert_gone(NR_IX_PK);
}

static void no_lookup_but_isnull_is_true_of_null(void **state)
{
    (void)state;
    const nr_value null = NR_NULL;
    pool p;
    operands o;
    for (const nr_type *const *t = nr_types; *t; t++) {
        size_t at = 0;
        if ((*t)->flags & NR_TF_RELATION) continue;
        fill_pool(&p, *t, 5, 2);
        for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
            if (l->arg == NR_ARG_TRUTH || !nr_lookup_suits(l, *t)) continue;
            nr_path plain = nr_path_of(&p.field);
            with.path = &plain;
            fill_operands(&o, &plain, l);
            for (size_t i = 0; i + 1 < o.n; i++) {
                nr_args args = {.at = &o.at[i], .n = l->arg == NR_ARG_PAIR ? 2 : 1};
                nr_err_clear(&err);
                if (!l->prepare || l->prepare(&args, &with)) assert_false(l->eval(&null, &args));
            }
        }
    }
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
            nr_slice joined = {both, prefixes[i].n + t.n};
            assert_true(nr_slice_cmp(joined, after) < 0);
            if (nr_slice_cmp(t, prefixes[i]) > 0 && !nr_slice_starts(t, prefixes[i])) assert_true(nr_slice_cmp(t, after) >= 0);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    checked = hits = stretched = 0;
    n_tallies = 0;
    memset(tallies, 0, sizeof tallies);
    nr_arena_init(&arena, nr_env_libc());
    with = (nr_ready_for){&arena, &err, NULL, INT64_MAX, nr_regexes_new(nr_env_libc(), true), &matchers};
    matchers = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nr_matchers_release(matchers);
    nr_regexes_free(with.patterns);
    nr_arena_clear(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_ordered_index_gives_just_the_rows_that_a_lookup_is_true_of),
        TEST(a_set_index_gives_just_the_rows_that_a_lookup_is_true_of),
        TEST(the_pk_index_gives_just_the_rows_that_a_lookup_is_true_of),
        TEST(no_lookup_but_isnull_is_true_of_null),
        TEST(the_bytes_after_a_prefix_end_its_stretch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
