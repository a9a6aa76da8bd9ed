/* t_transform_properties.c -- what holds for every row of the table of transforms, present and future, on every type that it suits. */
#include <stdlib.h>

#include "type_check.h"
#include "types/calendar.h"
#include "types/transform.h"

enum { VALUES = 4096, EDGES_EACH = 3 };

/* Days whose neighbours are of another month, year, ISO year or century. */
static const nr_civil edges[] = {
    {1, 1, 1},    {1, 12, 31},   {4, 2, 29},  {99, 12, 31}, {1582, 10, 15}, {1900, 2, 28}, {1969, 12, 31}, {1970, 1, 1},   {1999, 12, 31}, {2000, 2, 29},
    {2004, 12, 31}, {2005, 1, 2}, {2008, 12, 28}, {2008, 12, 31}, {2010, 1, 3}, {2020, 12, 31}, {2021, 1, 3}, {9998, 12, 31}, {9999, 12, 25}, {9999, 12, 31},
};

static nr_value values[VALUES];
static size_t n_values;
static uint64_t seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int64_t within(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static void add_int(int64_t i)
{
    assert_true(n_values < VALUES);
    values[n_values++] = (nr_value){.kind = NR_V_INT, .i = i};
}

static int compare(const void *a, const void *b)
{
    return nr_value_cmp(a, b);
}

/* From the least value of a type to the greatest: its edges with their neighbours, then random ones. */
static void make_ints(bool date, bool time)
{
    const int64_t unit = time ? NR_DAY_US : 1;
    int64_t low = date ? NR_DAY_FIRST * unit : 0, high = date ? (NR_DAY_LAST + 1) * unit - 1 : NR_DAY_US - 1;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int64_t off = -EDGES_EACH; off <= EDGES_EACH; off++) {
            add_int(within((date ? nr_civil_days(edges[i]) * unit : 0) + off, low, high));
            add_int(within((date ? nr_civil_days(edges[i]) + 1 : 1) * unit + off, low, high));
        }
    add_int(low);
    add_int(high);
    while (n_values < VALUES) add_int(low + (int64_t)(next_random() % (uint64_t)(high - low + 1)));
}

/* Containers of 0 to 40 elements. */
static void make_containers(const nr_spec *spec)
{
    bool map = spec->type->reply == NR_REPLY_MAP;
    for (int n = 0; n <= 40; n++) {
        const char *expected;
        nr_buf text = nr_buf_in(&arena);
        nr_buf_byte(&text, map ? '{' : '[');
        for (int i = 0; i < n; i++) nr_buf_printf(&text, map ? "%s\"%d\":1" : "%s%d", i ? "," : "", i);
        nr_buf_byte(&text, map ? '}' : ']');
        assert_true(nr_type_read(spec, nr_buf_slice(&text), &arena, &values[n_values++], &expected));
    }
}

static void make_values(const nr_spec *spec)
{
    n_values = 0;
    seed = 0x9E3779B97F4A7C15;
    if (spec->type->flags & NR_TF_CONTAINER) make_containers(spec);
    else make_ints(spec->type->flags & NR_TF_DATE, spec->type->flags & NR_TF_TIME);
    qsort(values, n_values, sizeof *values, compare);
}

static void say(const nr_transform *t, const nr_spec *spec, const nr_value *v, const char *what)
{
    fail_msg("%s of %s %.*s: %s", t->name, spec->type->name, NR_FMT(nr_type_text(spec, v, &arena)), what);
}

typedef void check_fn(const nr_transform *t, const nr_spec *spec);

/* On each type that it suits, one at least. */
static void each_type(const nr_transform *t, check_fn *check)
{
    size_t suits = 0;
    for (const nr_type *const *type = nr_types; *type; type++) {
        if (!nr_transform_suits(t, *type)) continue;
        nr_spec spec = spec_of((*type)->name);
        nr_mark mark = nr_arena_mark(&arena);
        make_values(&spec);
        check(t, &spec);
        nr_arena_rewind(&arena, mark);
        suits++;
    }
    if (!suits) fail_msg("%s suits no type", t->name);
}

static void each_pair(check_fn *check)
{
    for (const nr_transform *t = nr_transforms; t->name; t++) each_type(t, check);
}

/* A value that its type reads back and takes on a write; within the few that there are, all of which come up. */
static void check_results(const nr_transform *t, const nr_spec *spec)
{
    nr_spec gives = spec_of(t->gives);
    bool met[256] = {false}, differs = false;
    assert_true(t->high - t->low < 256 && (t->high || !t->low));
    nr_value first = t->eval(spec, &values[0]);
    for (size_t i = 0; i < n_values; i++) {
        nr_value r = t->eval(spec, &values[i]), back;
        const char *expected;
        if (r.kind != gives.type->kind) say(t, spec, &values[i], "another kind of value");
        if (!nr_type_read(&gives, nr_type_text(&gives, &r, &arena), &arena, &back, &expected)) say(t, spec, &values[i], "gives what its type does not take");
        if (!nr_value_eq(&r, &back)) say(t, spec, &values[i], "gives what reads back as another value");
        differs = differs || !nr_value_eq(&r, &first);
        if (!t->high) continue;
        if (r.i < t->low || r.i > t->high) say(t, spec, &values[i], "is beyond what it can give");
        met[r.i - t->low] = true;
    }
    assert_true(differs);
    for (int64_t r = t->low; t->high && r <= t->high; r++)
        if (!met[r - t->low]) fail_msg("%s of %s never gives %lld", t->name, spec->type->name, (long long)r);
}

static void every_transform_gives_values_of_its_type_and_all_of_few(void **state)
{
    (void)state;
    each_pair(check_results);
}

/* What first says of n is where the values begin that give at least n. */
static void check_first(const nr_transform *t, const nr_spec *spec, int64_t n)
{
    nr_value at = NR_NULL;
    nr_first f = t->first(spec, n, &at);
    for (size_t i = 0; i < n_values; i++) {
        bool enough = t->eval(spec, &values[i]).i >= n;
        bool said = f == NR_FIRST_ALL || (f == NR_FIRST_AT && nr_value_cmp(&values[i], &at) >= 0);
        if (enough != said) say(t, spec, &values[i], said ? "gives too little, but first says it is enough" : "gives enough, but first does not say so");
    }
    if (f != NR_FIRST_AT) return;
    nr_value before = {.kind = NR_V_INT, .i = at.i - 1};
    if (t->eval(spec, &at).i < n) say(t, spec, &at, "begins too early");
    if (nr_value_cmp(&before, &values[0]) >= 0 && t->eval(spec, &before).i >= n) say(t, spec, &at, "begins too late");
}

static size_t falls;

static void count_falls(const nr_transform *t, const nr_spec *spec)
{
    nr_value last = t->eval(spec, &values[0]);
    for (size_t i = 1; i < n_values; i++) {
        nr_value r = t->eval(spec, &values[i]);
        falls += nr_value_cmp(&r, &last) < 0;
        last = r;
    }
}

static void check_bounds(const nr_transform *t, const nr_spec *spec)
{
    int64_t lowest = t->eval(spec, &values[0]).i, highest = t->eval(spec, &values[n_values - 1]).i;
    const int64_t asked[] = {INT64_MIN,  INT64_MIN + 1, -1,          0,       1,           2,             lowest - 1,
                             lowest, lowest + 1,    highest - 1, highest, highest + 1, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) check_first(t, spec, asked[i]);
    for (size_t i = 0; i < n_values; i += 37) check_first(t, spec, t->eval(spec, &values[i]).i);
}

/* Then comparisons with what it gives are answered by an index of the values. */
static void a_transform_says_where_its_values_begin_if_it_never_falls(void **state)
{
    (void)state;
    for (const nr_transform *t = nr_transforms; t->name; t++) {
        falls = 0;
        each_type(t, count_falls);
        if (!falls != !!t->first) fail_msg("%s falls %zu times while its values rise", t->name, falls);
        if (t->by_value && !t->first) fail_msg("%s cannot go by an index of the values", t->name);
        if (t->first) each_type(t, check_bounds);
    }
}

/* What each gives of one value of each type that it suits: all different, for a value of several parts. Tuesday, in the first ISO week of the next year. */
static const struct {
    const char *transform, *type, *value, *want;
} meanings[] = {
    {"year", "date", "2008-12-30", "2008"},
    {"month", "date", "2008-12-30", "12"},
    {"day", "date", "2008-12-30", "30"},
    {"quarter", "date", "2008-12-30", "4"},
    {"week", "date", "2008-12-30", "1"},
    {"week_day", "date", "2008-12-30", "3"},
    {"iso_week_day", "date", "2008-12-30", "2"},
    {"iso_year", "date", "2008-12-30", "2009"},
    {"year", "datetime", "2008-12-30T13:05:09.000250Z", "2008"},
    {"month", "datetime", "2008-12-30T13:05:09.000250Z", "12"},
    {"day", "datetime", "2008-12-30T13:05:09.000250Z", "30"},
    {"quarter", "datetime", "2008-12-30T13:05:09.000250Z", "4"},
    {"week", "datetime", "2008-12-30T13:05:09.000250Z", "1"},
    {"week_day", "datetime", "2008-12-30T13:05:09.000250Z", "3"},
    {"iso_week_day", "datetime", "2008-12-30T13:05:09.000250Z", "2"},
    {"iso_year", "datetime", "2008-12-30T13:05:09.000250Z", "2009"},
    {"date", "datetime", "2008-12-30T13:05:09.000250Z", "2008-12-30"},
    {"time", "datetime", "2008-12-30T13:05:09.000250Z", "13:05:09.000250"},
    {"hour", "datetime", "2008-12-30T13:05:09.000250Z", "13"},
    {"minute", "datetime", "2008-12-30T13:05:09.000250Z", "5"},
    {"second", "datetime", "2008-12-30T13:05:09.000250Z", "9"},
    {"hour", "time", "13:05:09.000250", "13"},
    {"minute", "time", "13:05:09.000250", "5"},
    {"second", "time", "13:05:09.000250", "9"},
    {"len", "list", "[1,1,[2,3]]", "3"},
    {"len", "set", "[1,1,[2,3]]", "2"},
    {"len", "dict", "{\"a\":{\"b\":1,\"c\":2}}", "1"},
};

static void check_meaning(const nr_transform *t, const nr_spec *spec)
{
    size_t i = 0, n = sizeof meanings / sizeof *meanings;
    while (i < n && (strcmp(meanings[i].transform, t->name) != 0 || strcmp(meanings[i].type, spec->type->name) != 0)) i++;
    if (i == n) fail_msg("what %s gives of %s stands nowhere", t->name, spec->type->name);
    nr_spec gives = spec_of(t->gives);
    nr_value v;
    const char *expected;
    assert_true(nr_type_read(spec, nr_slice_of(meanings[i].value), &arena, &v, &expected));
    nr_value r = t->eval(spec, &v);
    if (r.kind != gives.type->kind) say(t, spec, &v, "another kind of value");
    assert_text(nr_type_text(&gives, &r, &arena), nr_slice_of(meanings[i].want), nr_slice_of(meanings[i].value));
}

static void every_transform_gives_what_its_name_says(void **state)
{
    (void)state;
    each_pair(check_meaning);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const nr_transform *t = nr_transform_find(nr_slice_of(meanings[i].transform));
        if (!t || !nr_transform_suits(t, nr_type_find(nr_slice_of(meanings[i].type)))) fail_msg("%s does not suit %s", meanings[i].transform, meanings[i].type);
    }
}

static void every_transform_is_found_by_its_name_and_says_what_it_is(void **state)
{
    (void)state;
    for (const nr_transform *t = nr_transforms; t->name; t++) {
        assert_ptr_equal(nr_transform_find(nr_slice_of(t->name)), t);
        assert_non_null(nr_type_find(nr_slice_of(t->gives)));
        assert_true(t->doc && t->doc[0] && t->needs && t->eval);
    }
    assert_null(nr_transform_find(NR_S("")));
    assert_null(nr_transform_find(NR_S("Year")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_transform_gives_values_of_its_type_and_all_of_few),
        cmocka_unit_test(a_transform_says_where_its_values_begin_if_it_never_falls),
        cmocka_unit_test(every_transform_gives_what_its_name_says),
        cmocka_unit_test(every_transform_is_found_by_its_name_and_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
