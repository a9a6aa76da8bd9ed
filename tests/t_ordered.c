/* t_ordered.c -- the ordered index in memory: random changes of every kind of value against a sorted list, bounds, prefixes, and both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "table/ordered.h"

enum { ROWS = 3000 };

typedef struct fixture {
    nr_column *key, *pk;
    nr_ordered *o;
    bool in[ROWS];
    uint32_t list[ROWS]; /* the rows that are in, in order */
    size_t n;
    uint64_t random;
} fixture;

static uint64_t draw(fixture *f, uint64_t n)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random % n;
}

static void begin(fixture *f, nr_kind kind, bool pk_alone)
{
    *f = (fixture){.random = 88172645463325252u};
    f->key = nr_column_new(nr_env_libc(), kind);
    f->pk = nr_column_new(nr_env_libc(), pk_alone ? kind : NR_V_INT);
    f->o = nr_ordered_new(nr_env_libc(), pk_alone ? NULL : f->key, f->pk);
    for (uint32_t row = 0; row < ROWS && !pk_alone; row++) {
        nr_value v = {.kind = NR_V_INT, .i = (int64_t)(row * 7919 % ROWS) - 1000};
        nr_column_set(f->pk, row, &v);
    }
}

static void end(fixture *f)
{
    nr_ordered_free(f->o);
    nr_column_free(f->key);
    nr_column_free(f->pk);
}

static int compare(const fixture *f, uint32_t a, uint32_t b)
{
    nr_value x = nr_column_get(f->key, a), y = nr_column_get(f->key, b);
    int c = nr_value_cmp(&x, &y);
    if (c) return c;
    x = nr_column_get(f->pk, a);
    y = nr_column_get(f->pk, b);
    return nr_value_cmp(&x, &y);
}

static void check_valid(const fixture *f)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_buf why = nr_buf_in(&a);
    if (!nr_ordered_valid(f->o, &why)) fail_msg("%.*s", (int)why.n, why.p);
    assert_int_equal(nr_ordered_count(f->o), f->n);
    nr_arena_clear(&a);
}

static void check_rows(const fixture *f)
{
    static uint32_t rows[ROWS];
    for (size_t at = 0, step = 1; at < f->n; at += step, step = step * 2 % 301 + 1) {
        size_t n = nr_ordered_read(f->o, at, false, step, rows);
        assert_int_equal(n, f->n - at < step ? f->n - at : step);
        assert_memory_equal(rows, f->list + at, n * sizeof *rows);
        n = nr_ordered_read(f->o, at, true, step, rows);
        assert_int_equal(n, at + 1 < step ? at + 1 : step);
        for (size_t i = 0; i < n; i++) assert_int_equal(rows[i], f->list[at - i]);
    }
}

static void add(fixture *f, uint32_t row)
{
    size_t at = 0;
    while (at < f->n && compare(f, f->list[at], row) < 0) at++;
    memmove(f->list + at + 1, f->list + at, (f->n - at) * sizeof *f->list);
    f->list[at] = row;
    f->n++;
    f->in[row] = true;
    nr_ordered_add(f->o, row);
}

static void take(fixture *f, uint32_t row)
{
    size_t at = 0;
    while (f->list[at] != row) at++;
    f->n--;
    memmove(f->list + at, f->list + at + 1, (f->n - at) * sizeof *f->list);
    f->in[row] = false;
    nr_ordered_remove(f->o, row);
}

/* Values that share their first eight bytes, hold zero bytes, lie at the ends, or come often. */
static nr_value any_value(fixture *f, nr_kind kind, char buf[32])
{
    static const char *const heads[] = {"", "a", "abcdefgh", "abcdefg", "abcdefghi", "b\xC3\xBF", "\xEF\xBF\xBF"};
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    nr_value v = NR_NULL;
    uint64_t how = draw(f, 8);
    if (how == 0) return v;
    v.kind = kind;
    int64_t number = how == 1 ? ends[draw(f, 7)] : how < 4 ? (int64_t)draw(f, 20) - 10 : (int64_t)(draw(f, UINT64_MAX) << 1);
    if (kind == NR_V_INT) v.i = number;
    if (kind == NR_V_FLOAT) v.f = how == 2 ? (double)number / 7 : (double)number;
    if (kind == NR_V_DECIMAL) v.d = how == 5 ? (nr_i128)number * number : how == 6 ? -(nr_i128)number * number : number;
    if (kind == NR_V_TEXT) {
        int n = snprintf(buf, 32, "%s", heads[draw(f, 7)]);
        for (uint64_t more = draw(f, 4); more > 0; more--) buf[n++] = (char)(draw(f, 3) ? 'a' + (int)draw(f, 3) : 0);
        v.s = (nr_slice){buf, (size_t)n};
    }
    return v;
}

static void check_bounds(fixture *f, nr_kind kind)
{
    char buf[32];
    for (int i = 0; i < 40; i++) {
        nr_value v = any_value(f, kind, buf);
        uint64_t below = 0, equal = 0, begins = 0, lower = 0;
        for (size_t k = 0; k < f->n; k++) {
            nr_value x = nr_column_get(f->key, f->list[k]);
            int c = nr_value_cmp(&x, &v);
            bool begin_with = v.kind == NR_V_TEXT && x.kind == NR_V_TEXT && nr_slice_starts(x.s, v.s);
            below += c < 0;
            equal += c == 0;
            begins += begin_with;
            lower += c < 0 && !begin_with;
        }
        assert_int_equal(nr_ordered_rank(f->o, &v, false), below);
        assert_int_equal(nr_ordered_rank(f->o, &v, true), below + equal);
        if (v.kind != NR_V_TEXT) continue;
        assert_int_equal(nr_ordered_rank_prefix(f->o, v.s, false), lower);
        assert_int_equal(nr_ordered_rank_prefix(f->o, v.s, true), lower + begins);
    }
}

typedef struct groups {
    const fixture *f;
    size_t at, n, most;
} groups;

/* The next group of the sorted list. */
static bool check_group(void *ctx, int64_t number, uint64_t n)
{
    groups *g = ctx;
    for (uint64_t i = 0; i < n; i++) {
        assert_true(g->at < g->f->n);
        nr_value v = nr_column_get(g->f->key, g->f->list[g->at++]);
        assert_true(v.kind == NR_V_INT && v.i == number);
    }
    nr_value next = g->at < g->f->n ? nr_column_get(g->f->key, g->f->list[g->at]) : NR_NULL;
    assert_true(n > 0 && (next.kind == NR_V_NULL || next.i != number));
    return ++g->n < g->most;
}

static void check_groups(const fixture *f, size_t most)
{
    groups g = {.f = f, .most = most};
    for (; g.at < f->n && nr_column_get(f->key, f->list[g.at]).kind == NR_V_NULL; g.at++) {}
    nr_ordered_groups(f->o, check_group, &g);
    assert_true(g.at == f->n || g.n == most);
}

/* Grows, changes, shrinks to nothing, and grows again. */
static void change_at_random(nr_kind kind)
{
    fixture f;
    char buf[32];
    begin(&f, kind, false);
    for (int step = 0; step < 20000; step++) {
        uint32_t row = (uint32_t)draw(&f, ROWS);
        bool shrink = step / 4000 % 2;
        if (f.in[row]) take(&f, row);
        nr_value v = any_value(&f, kind, buf);
        nr_column_set(f.key, row, &v);
        if (!shrink || draw(&f, 20) == 0) add(&f, row);
        if (step % 100 && f.n > 5) continue;
        check_valid(&f);
        check_rows(&f);
        check_bounds(&f, kind);
        if (kind == NR_V_INT) check_groups(&f, step % 3 ? SIZE_MAX : 5);
    }
    for (uint32_t row = 0; row < ROWS; row++) {
        if (f.in[row]) take(&f, row);
        if (row % 100 == 0) check_valid(&f);
    }
    assert_int_equal(f.n, 0);
    check_valid(&f);
    end(&f);
}

/* Both ways of sorting, with room that is used again. */
static void build(fixture *f, bool pk_alone, const uint32_t *by_pk, size_t n)
{
    static uint32_t sorted[ROWS + 1], rows[ROWS + 1];
    nr_sorter s;
    nr_sorter_init(&s, nr_env_libc());
    nr_sorter_rows(&s, pk_alone ? NULL : f->key, f->pk, by_pk, n, sorted);
    nr_ordered_build(f->o, &s, by_pk, n);
    if (n) assert_int_equal(nr_ordered_read(f->o, 0, false, ROWS, rows), n);
    assert_memory_equal(sorted, rows, n * sizeof *rows);
    nr_sorter_clear(&s);
}

/* What is built at once is what comes of adding one by one, and can be changed like it. */
static void build_and_change(nr_kind kind, size_t n, bool pk_alone)
{
    fixture f;
    char buf[32];
    static uint32_t by_pk[ROWS];
    size_t n_rows = 0;
    begin(&f, kind, pk_alone);
    for (uint32_t row = 0; row < ROWS; row++) {
        nr_value v = any_value(&f, kind, buf);
        if (!pk_alone) nr_column_set(f.key, row, &v);
        v = (nr_value){.kind = NR_V_INT, .i = (int64_t)(row * 7919 % ROWS) - 1000};
        if (pk_alone) nr_column_set(f.pk, row, &v);
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t row = 0; row < ROWS; row++)
            if (row * 7919 % ROWS == i) by_pk[n_rows++] = row;
    build(&f, pk_alone, by_pk, n_rows);
    f.n = n_rows;
    check_valid(&f);
    memcpy(f.list, by_pk, n_rows * sizeof *by_pk);
    for (size_t i = 1; i < f.n && !pk_alone; i++)
        for (size_t k = i; k > 0 && compare(&f, f.list[k - 1], f.list[k]) > 0; k--) {
            uint32_t t = f.list[k];
            f.list[k] = f.list[k - 1];
            f.list[k - 1] = t;
        }
    for (size_t i = 0; i < f.n; i++) f.in[f.list[i]] = true;
    check_rows(&f);
    if (kind == NR_V_INT && !pk_alone) check_groups(&f, SIZE_MAX);
    for (int step = 0; step < 2000 && !pk_alone; step++) {
        uint32_t row = (uint32_t)draw(&f, ROWS);
        if (f.in[row]) take(&f, row);
        else add(&f, row);
        if (step % 20 == 0) check_valid(&f);
    }
    check_rows(&f);
    end(&f);
}

static void what_is_built_at_once_is_a_sorted_list(void **state)
{
    (void)state;
    static const nr_kind kinds[] = {NR_V_INT, NR_V_FLOAT, NR_V_DECIMAL, NR_V_TEXT};
    static const size_t sizes[] = {0, 1, 119, 120, 121, 240, 1000, ROWS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) build_and_change(kinds[i], sizes[k], false);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) build_and_change(NR_V_INT, sizes[k], true);
}

/* Bytes an entry for keys that come in some order, pks ascending. */
static double bytes_an_entry(nr_value (*next)(fixture *f, uint32_t row, char buf[32]), nr_kind kind, uint32_t n)
{
    fixture f = {.random = 88172645463325252u};
    char buf[32];
    f.key = nr_column_new(nr_env_libc(), kind);
    f.pk = nr_column_new(nr_env_libc(), NR_V_INT);
    f.o = nr_ordered_new(nr_env_libc(), f.key, f.pk);
    for (uint32_t row = 0; row < n; row++) {
        nr_value v = next(&f, row, buf), pk = {.kind = NR_V_INT, .i = row};
        nr_column_set(f.key, row, &v);
        nr_column_set(f.pk, row, &pk);
        nr_ordered_add(f.o, row);
    }
    f.n = n;
    check_valid(&f);
    double bytes = (double)nr_ordered_bytes(f.o) / n;
    end(&f);
    return bytes;
}

static nr_value one_of_a_hundred(fixture *f, uint32_t row, char buf[32])
{
    (void)row;
    (void)buf;
    return (nr_value){.kind = NR_V_INT, .i = (int64_t)draw(f, 100)};
}

static nr_value nearly_ascending(fixture *f, uint32_t row, char buf[32])
{
    (void)buf;
    return (nr_value){.kind = NR_V_INT, .i = 1700000000 + (int64_t)row * 40 + (int64_t)draw(f, 3600)};
}

static nr_value anything(fixture *f, uint32_t row, char buf[32])
{
    (void)row;
    for (size_t i = 0; i < 12; i++) buf[i] = (char)('a' + (int)draw(f, 16));
    return (nr_value){.kind = NR_V_TEXT, .s = {buf, 12}};
}

static nr_value descending(fixture *f, uint32_t row, char buf[32])
{
    (void)f;
    (void)buf;
    return (nr_value){.kind = NR_V_INT, .i = -(int64_t)row};
}

static void an_entry_takes_at_most_14_bytes_in_any_order(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    assert_true(bytes_an_entry(one_of_a_hundred, NR_V_INT, MANY) < 14);
    assert_true(bytes_an_entry(nearly_ascending, NR_V_INT, MANY) < 14);
    assert_true(bytes_an_entry(anything, NR_V_TEXT, MANY) < 14.5);
    assert_true(bytes_an_entry(descending, NR_V_INT, MANY) < 14);
}

static void integers_agree_with_a_sorted_list(void **state)
{
    (void)state;
    change_at_random(NR_V_INT);
}

static void floats_agree_with_a_sorted_list(void **state)
{
    (void)state;
    change_at_random(NR_V_FLOAT);
}

static void decimals_agree_with_a_sorted_list(void **state)
{
    (void)state;
    change_at_random(NR_V_DECIMAL);
}

static void texts_agree_with_a_sorted_list(void **state)
{
    (void)state;
    change_at_random(NR_V_TEXT);
}

static void a_sequence_takes_little_more_than_its_entries(void **state)
{
    (void)state;
    fixture f;
    enum { MANY = 100000 };
    begin(&f, NR_V_INT, true);
    for (uint32_t row = 0; row < MANY; row++) {
        nr_value v = {.kind = NR_V_INT, .i = row};
        nr_column_set(f.pk, row, &v);
        nr_ordered_add(f.o, row);
    }
    f.n = MANY;
    check_valid(&f);
    assert_true(nr_ordered_bytes(f.o) < MANY * 13);
    nr_value middle = {.kind = NR_V_INT, .i = MANY / 2};
    assert_int_equal(nr_ordered_rank(f.o, &middle, false), MANY / 2);
    for (uint32_t row = 0; row < MANY; row++) {
        nr_ordered_remove(f.o, row * 7919 % MANY);
        f.n--;
        if (row % 9973 == 0) check_valid(&f);
    }
    assert_int_equal(nr_ordered_count(f.o), 0);
    end(&f);
    nr_ordered_free(NULL);
}

typedef struct counts {
    uint64_t of[4];
    size_t groups;
} counts;

static bool count_group(void *ctx, int64_t number, uint64_t n)
{
    counts *c = ctx;
    c->of[number + 1] = n;
    return ++c->groups < 3;
}

static void groups_that_fill_whole_nodes_are_counted(void **state)
{
    (void)state;
    fixture f;
    enum { MANY = 200000 };
    counts c = {{0}, 0}, want = {{0}, 3};
    begin(&f, NR_V_INT, false);
    for (uint32_t row = 0; row < MANY; row++) {
        nr_value pk = {.kind = NR_V_INT, .i = row}, v = {.kind = row % 5 ? NR_V_INT : NR_V_NULL, .i = row % 5 < 2 ? -1 : row < 100000 ? 0 : row % 7 ? 1 : 2};
        nr_column_set(f.pk, row, &pk);
        nr_column_set(f.key, row, &v);
        nr_ordered_add(f.o, row);
        if (v.kind == NR_V_INT && v.i < 2) want.of[v.i + 1]++;
    }
    nr_ordered_groups(f.o, count_group, &c);
    assert_memory_equal(&c, &want, sizeof c);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_at_once_is_a_sorted_list),
        cmocka_unit_test(groups_that_fill_whole_nodes_are_counted),
        cmocka_unit_test(an_entry_takes_at_most_14_bytes_in_any_order),
        cmocka_unit_test(integers_agree_with_a_sorted_list),
        cmocka_unit_test(floats_agree_with_a_sorted_list),
        cmocka_unit_test(decimals_agree_with_a_sorted_list),
        cmocka_unit_test(texts_agree_with_a_sorted_list),
        cmocka_unit_test(a_sequence_takes_little_more_than_its_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
