/* t_aggregate_properties.c -- what holds for every row of the table of aggregate functions, present and future, on every type that it takes: by values of a
 * fixed seed, against functions that keep all values and are as plain as can be. */
#include <math.h>
#include <stdlib.h>

#include "query/aggregates.h"
#include "type_check.h"

enum { MOST = 40, ROUNDS = 200, BEHIND = 128 };

/* Every type reads what it can of these. */
static const char *const texts[] = {
    "", "0", "1", "-1", "7", "32767", "-32768", "9007199254740993", "9223372036854775807", "-9223372036854775808",
    "99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "0.5", "-0.25", "999.99", "-999.99", "1e-7",
    "1e300", "-1e300", "1.5", "true", "false", "a", "A", "ab", "\xc3\xa9", "\xf0\x9f\x98\x80", "a@b.org", "z@b.org", "http://a.bc/", "http://b.bc/", "1.2.3.4",
    "::1", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "0001-01-01", "1969-12-31", "9999-12-31", "00:00",
    "23:59:59.999999", "1969-12-31T23:59:59.999999Z", "2026-11-22T13:05:09.000250Z", "PT0S", "-P1D", "P106751991DT4H54.775807S", "[]", "[1,null]", "{}",
    "{\"a\":1}", "null", "\xff\xfe",
};

static nr_value pool[sizeof texts / sizeof *texts];
static size_t n_pool;
static uint64_t seed;

static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % n);
}

static void fill_pool(const nr_spec *spec)
{
    const char *expected;
    n_pool = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) n_pool += nr_type_read(spec, nr_slice_of(texts[i]), &arena, &pool[n_pool], &expected);
    if (n_pool < 2) fail_msg("%s reads too few of the texts", spec->type->name);
}

/* -- plainly ------------------------------------------------------------------------------------------------------------------------------ */

static size_t distinct(const nr_value *v, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < i && !nr_value_eq(&v[k], &v[i])) k++;
        out += k == i;
    }
    return out;
}

static long double number(const nr_spec *spec, const nr_value *v)
{
    if (v->kind == NR_V_FLOAT) return v->f;
    return v->kind == NR_V_INT ? (long double)v->i : (double)v->d / powl(10, spec->places);
}

static long double plain_count(const nr_spec *spec, const nr_value *v, size_t n)
{
    (void)spec, (void)v;
    return (long double)n;
}

static long double plain_distinct(const nr_spec *spec, const nr_value *v, size_t n)
{
    (void)spec;
    return (long double)distinct(v, n);
}

static long double plain_sum(const nr_spec *spec, const nr_value *v, size_t n)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++) sum += number(spec, &v[i]);
    return sum;
}

static long double plain_average(const nr_spec *spec, const nr_value *v, size_t n)
{
    return plain_sum(spec, v, n) / (long double)n;
}

static long double plain_variance(const nr_spec *spec, const nr_value *v, size_t n)
{
    long double mean = plain_average(spec, v, n), sum = 0;
    for (size_t i = 0; i < n; i++) sum += (number(spec, &v[i]) - mean) * (number(spec, &v[i]) - mean);
    return sum / (long double)n;
}

static long double plain_deviation(const nr_spec *spec, const nr_value *v, size_t n)
{
    return sqrtl(plain_variance(spec, v, n));
}

static size_t plain_least(const nr_value *v, size_t n, int sign)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (sign * nr_value_cmp(&v[i], &v[best]) < 0) best = i;
    return best;
}

#define NUMBERS "auto int bigint smallint positiveint float decimal"
#define ALL NULL
#define UNORDERED "blob list set dict embedded json"

/* What each function is; one that stands not here fails. */
typedef struct plain {
    const char *name;
    const char *takes, *takes_not; /* types; ALL, but for those that it takes not */
    bool nothing_is_0;             /* of no values, where the others are NULL */
    const char *gives;             /* a type; NULL: that of what it is of */
    long double (*number)(const nr_spec *spec, const nr_value *v, size_t n);
    int sign;                      /* no number, but the first value in ascending order, or in descending order */
} plain;

static const plain plains[] = {
    {"COUNT", ALL, "", true, "int", plain_count, 0},
    {"COUNTDISTINCT", ALL, "", true, "int", plain_distinct, 0},
    {"SUM", NUMBERS, "", false, NULL, plain_sum, 0},
    {"AVG", NUMBERS, "", false, "decimal", plain_average, 0},
    {"MIN", ALL, UNORDERED, false, NULL, NULL, 1},
    {"MAX", ALL, UNORDERED, false, NULL, NULL, -1},
    {"STDDEV", NUMBERS, "", false, "float", plain_deviation, 0},
    {"VARIANCE", NUMBERS, "", false, "float", plain_variance, 0},
};

static const plain *plain_of(const nr_aggregate *a)
{
    for (size_t i = 0; i < sizeof plains / sizeof *plains; i++)
        if (strcmp(plains[i].name, a->name) == 0) return &plains[i];
    fail_msg("what %s gives stands nowhere", a->name);
    return NULL;
}

static bool is_word_of(const char *word, const char *list)
{
    const char *spaced = nr_arena_printf(&arena, " %s ", list).p;
    return strstr(spaced, nr_arena_printf(&arena, " %s ", word).p) != NULL;
}

/* -- the functions ------------------------------------------------------------------------------------------------------------------------ */

/* Nothing is written behind a state; a text is gone once it was given. */
static bool result_of(const nr_aggregate *a, const nr_spec *spec, const nr_value *v, size_t n, nr_value *out)
{
    char *state = calloc(1, a->state_size + BEHIND);
    assert_non_null(state);
    memset(state + a->state_size, 0xA5, BEHIND);
    for (size_t i = 0; i < n; i++) {
        nr_value given = v[i];
        size_t k = 0;
        while (a->distinct && k < i && !nr_value_eq(&v[k], &v[i])) k++;
        if (a->distinct && k < i) continue;
        char *copy = given.kind == NR_V_TEXT ? malloc(given.s.n + 1) : NULL;
        if (copy && given.s.n) memcpy(copy, given.s.p, given.s.n);
        if (copy) given.s.p = copy;
        a->add(state, spec, &given, &arena);
        free(copy);
    }
    bool good = a->result(state, spec, out);
    for (size_t i = 0; i < BEHIND; i++) assert_int_equal((unsigned char)state[a->state_size + i], 0xA5);
    free(state);
    return good;
}

static void say(const nr_aggregate *a, const nr_spec *spec, size_t n, const char *what)
{
    fail_msg("%s of %zu %s: %s", a->name, n, spec->type->name, what);
}

static bool near(long double a, long double b, long double size)
{
    return fabsl(a - b) <= 1e-12L * size + 1e-10L;
}

/* Of what the values are large: rounding is as coarse as the largest of them. */
static long double size_of(const nr_spec *spec, const nr_value *v, size_t n)
{
    long double size = 0;
    for (size_t i = 0; i < n && v->kind != NR_V_TEXT; i++) size += fabsl(number(spec, &v[i]));
    return size;
}

/* An error only where the number is beyond the type that it would be of. */
static void check_refused(const nr_aggregate *a, const nr_spec *spec, const nr_value *v, size_t n)
{
    const plain *p = plain_of(a);
    if (!p->number || fabsl(p->number(spec, v, n)) < 9.2e18L) say(a, spec, n, "is refused");
}

/* Valgrind has long doubles of 64 bits, of which conversions of 128-bit integers make something else. */
static bool has_long_doubles(void)
{
    volatile nr_i128 d = -99999;
    return (long double)d == -99999.0L;
}

static void check_values(const nr_aggregate *a, const nr_spec *spec, const nr_value *v, size_t n)
{
    const plain *p = plain_of(a);
    nr_spec gives = a->gives(spec);
    nr_value r, back;
    nr_operand read;
    if (!result_of(a, spec, v, n, &r)) {
        check_refused(a, spec, v, n);
        return;
    }
    if (r.kind != gives.type->kind) say(a, spec, n, "another kind of value than it gives");
    assert_true(gives.type->parse(&gives, nr_type_text(&gives, &r, &arena), &arena, &read));
    back = read.v;
    if (read.side || !nr_value_eq(&r, &back)) say(a, spec, n, "reads back as another value");
    if (p->sign && !nr_value_eq(&r, &v[plain_least(v, n, p->sign)])) say(a, spec, n, "another value");
    if (!p->number) return;
    long double size = size_of(spec, v, n), want = p->number(spec, v, n), got = number(&gives, &r);
    bool square = p->number == plain_variance || p->number == plain_deviation;
    if (p->number == plain_deviation) want *= want, got *= got; /* the root of a rounded square is less exact than that */
    if ((!square || has_long_doubles()) && !near(got, want, square ? size * size : size)) say(a, spec, n, "another number");
}

static void check_type(const nr_aggregate *a, const nr_spec *spec)
{
    const plain *p = plain_of(a);
    nr_value r, values[MOST];
    bool same = !p->gives || (spec->type->kind == NR_V_FLOAT && strcmp(p->gives, "decimal") == 0);
    const char *gives = a->gives(spec).type->name, *want = same ? spec->type->name : p->gives;
    if (strcmp(gives, want) != 0) fail_msg("%s of %s gives %s", a->name, spec->type->name, gives);
    fill_pool(spec);
    assert_true(result_of(a, spec, values, 0, &r));
    if (p->nothing_is_0 ? r.kind != NR_V_INT || r.i != 0 : r.kind != NR_V_NULL) say(a, spec, 0, "another value");
    for (size_t i = 0; i < ROUNDS; i++) {
        size_t n = 1 + below(MOST), from = 1 + below(n_pool);
        for (size_t k = 0; k < n; k++) values[k] = pool[below(from)];
        check_values(a, spec, values, n);
    }
}

static void every_function_gives_what_its_name_says_of_every_type(void **state)
{
    static const uint8_t shapes[][2] = {{5, 2}, {38, 0}, {20, 8}};
    (void)state;
    seed = 0x9E3779B97F4A7C15;
    for (const nr_aggregate *a = nr_aggregates; a->name; a++)
        for (const nr_type *const *t = nr_types; *t; t++) {
            const plain *p = plain_of(a);
            nr_mark mark = nr_arena_mark(&arena);
            if ((*t)->flags & NR_TF_RELATION) continue;
            bool takes = (!p->takes || is_word_of((*t)->name, p->takes)) && !is_word_of((*t)->name, p->takes_not);
            if (a->takes(*t) != takes) fail_msg("%s takes %s, or not", a->name, (*t)->name);
            bool digits = (*t)->flags & NR_TF_DIGITS;
            for (size_t i = 0; takes && i < (digits ? 3 : 1); i++) {
                nr_spec spec = {*t, digits ? shapes[i][0] : 0, digits ? shapes[i][1] : 0, NULL};
                check_type(a, &spec);
            }
            nr_arena_rewind(&arena, mark);
        }
}

/* -- many at once ------------------------------------------------------------------------------------------------------------------------- */

static nr_bulk bulk_of(const nr_aggregate *a, const nr_value *v, size_t n)
{
    nr_bulk all = {.n = n, .end = v[plain_least(v, n, a->bulk == NR_BULK_HIGHEST ? -1 : 1)]};
    for (size_t i = 0; i < n; i++) all.total += v[i].kind == NR_V_INT ? v[i].i : v[i].d;
    return all;
}

static void check_bulk(const nr_aggregate *a, const nr_spec *spec)
{
    nr_value one_by_one, at_once, values[MOST];
    fill_pool(spec);
    for (size_t i = 0; i < ROUNDS; i++) {
        void *state = calloc(1, a->state_size);
        size_t n = 2 + below(MOST - 1), cut = 1 + below(n - 1);
        for (size_t k = 0; k < n; k++) values[k] = pool[below(n_pool)];
        nr_bulk first = bulk_of(a, values, cut), rest = bulk_of(a, values + cut, n - cut);
        a->add_bulk(state, spec, &first, &arena);
        a->add_bulk(state, spec, &rest, &arena);
        bool good = a->result(state, spec, &at_once);
        if (good != result_of(a, spec, values, n, &one_by_one) || (good && !nr_value_eq(&one_by_one, &at_once))) say(a, spec, n, "not the same at once");
        free(state);
    }
}

static void many_numbers_at_once_are_what_each_of_them_is(void **state)
{
    (void)state;
    seed = 0x9E3779B97F4A7C15;
    for (const nr_aggregate *a = nr_aggregates; a->name; a++) {
        assert_true((a->add_bulk != NULL) == (a->bulk != NR_BULK_NONE));
        assert_true(a->bulk == NR_BULK_NONE || !a->distinct);
        for (const nr_type *const *t = nr_types; a->add_bulk && *t; t++) {
            nr_mark mark = nr_arena_mark(&arena);
            bool digits = (*t)->flags & NR_TF_DIGITS, number = (*t)->kind == NR_V_INT || (*t)->kind == NR_V_DECIMAL;
            nr_spec spec = {*t, digits ? 30 : 0, digits ? 2 : 0, NULL};
            if (number && a->takes(*t) && !((*t)->flags & NR_TF_RELATION)) check_bulk(a, &spec);
            nr_arena_rewind(&arena, mark);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------------------------------------------- */

/* What is too small beside a large number is not lost when that goes again. */
static void a_sum_of_floats_keeps_small_ones_beside_large_ones(void **state)
{
    static const double all[] = {1, 1e16, 1, 0, 1, 0, 0, -1e16};
    const nr_spec spec = spec_of("float");
    nr_value values[sizeof all / sizeof *all], r;
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) values[i] = (nr_value){.kind = NR_V_FLOAT, .f = all[i]};
    assert_true(result_of(nr_aggregate_find(NR_S("SUM"), false), &spec, values, 3, &r));
    assert_true(r.f == 1e16 + 2);
    assert_true(result_of(nr_aggregate_find(NR_S("SUM"), false), &spec, values, sizeof all / sizeof *all, &r));
    assert_true(r.f == 3);
    assert_true(result_of(nr_aggregate_find(NR_S("AVG"), false), &spec, values, sizeof all / sizeof *all, &r));
    assert_true(r.f == 3.0 / 8);
}

static void every_function_is_found_by_its_name_and_says_what_it_is(void **state)
{
    (void)state;
    for (const nr_aggregate *a = nr_aggregates; a->name; a++) {
        assert_ptr_equal(nr_aggregate_find(nr_slice_of(a->name), false), a);
        assert_true(a->wants && a->doc && a->doc[0] && a->state_size);
        assert_int_equal(a->star, strcmp(a->name, "COUNT") == 0);
        assert_int_equal(a->distinct, strcmp(a->name, "COUNTDISTINCT") == 0);
        assert_int_equal(a->add_ints != NULL, a->bulk == NR_BULK_COUNT || a->bulk == NR_BULK_SUM); /* a batch of a column, as it comes */
    }
    assert_null(nr_aggregate_find(NR_S("sum"), false));
    assert_non_null(nr_aggregate_find(NR_S("sum"), true));
    assert_null(nr_aggregate_find(NR_S(""), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_gives_what_its_name_says_of_every_type),
        cmocka_unit_test(many_numbers_at_once_are_what_each_of_them_is),
        cmocka_unit_test(a_sum_of_floats_keeps_small_ones_beside_large_ones),
        cmocka_unit_test(every_function_is_found_by_its_name_and_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
