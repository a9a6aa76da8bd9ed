/* t_column.c -- the values of one field by row number: each kind, NULLs, growth, and random changes against a naive array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "table/column.h"

static nr_value integer(int64_t i)
{
    return (nr_value){.kind = NR_V_INT, .i = i};
}

static nr_value text(const char *p, size_t n)
{
    return (nr_value){.kind = NR_V_TEXT, .s = {p, n}};
}

static void check(const nr_column *c, uint32_t row, const nr_value *want)
{
    nr_value got = nr_column_get(c, row);
    assert_int_equal(got.kind, want->kind);
    assert_int_equal(nr_value_cmp(&got, want), 0);
}

static void put_and_check(nr_column *c, uint32_t row, nr_value v)
{
    nr_column_set(c, row, &v);
    check(c, row, &v);
}

static void a_row_that_was_never_set_is_null(void **state)
{
    (void)state;
    const nr_value null = NR_NULL;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_INT);
    check(c, 0, &null);
    check(c, UINT32_MAX - 1, &null);
    put_and_check(c, 5, integer(7));
    for (uint32_t row = 0; row < 2000; row++)
        if (row != 5) check(c, row, &null);
    nr_column_free(c);
    nr_column_free(NULL);
}

static void null_beyond_the_end_takes_no_memory(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    size_t empty = nr_column_bytes(c);
    put_and_check(c, 4000000000u, NR_NULL);
    assert_int_equal(nr_column_bytes(c), empty);
    nr_column_free(c);
}

static void integers_keep_all_their_bits(void **state)
{
    (void)state;
    static const int64_t values[] = {0, -1, INT64_MIN, INT64_MAX, ((int64_t)1 << 53) + 1, -((int64_t)1 << 53) - 1};
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_INT);
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) put_and_check(c, i, integer(values[i]));
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) assert_int_equal(nr_column_get(c, i).i, values[i]);
    nr_column_free(c);
}

static void floats_keep_all_their_bits(void **state)
{
    (void)state;
    static const double values[] = {0, 5e-324, -17976931348623157e292, 314e-2, 1};
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_FLOAT);
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) put_and_check(c, i * 100, (nr_value){.kind = NR_V_FLOAT, .f = values[i]});
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) {
        double got = nr_column_get(c, i * 100).f;
        assert_memory_equal(&got, &values[i], sizeof got);
    }
    nr_column_free(c);
}

static void decimals_keep_128_bits(void **state)
{
    (void)state;
    nr_i128 most = 1;
    for (int i = 0; i < 38; i++) most *= 10;
    const nr_i128 values[] = {0, -1, most - 1, 1 - most, (nr_i128)1 << 64, -((nr_i128)1 << 64) - 1};
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_DECIMAL);
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) put_and_check(c, i, (nr_value){.kind = NR_V_DECIMAL, .d = values[i]});
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) assert_true(nr_column_get(c, i).d == values[i]);
    nr_column_free(c);
}

static void texts_are_copies_of_all_their_bytes(void **state)
{
    (void)state;
    char given[] = "a\0b";
    static char longest[100000];
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    memset(longest, 'x', sizeof longest);
    put_and_check(c, 1, text(given, 3));
    put_and_check(c, 2, text(longest, sizeof longest));
    given[0] = 'A';
    nr_value want = text("a\0b", 3);
    check(c, 1, &want);
    nr_column_free(c);
}

static void the_empty_text_is_not_null(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    put_and_check(c, 0, text("", 0));
    assert_int_equal(nr_column_get(c, 0).kind, NR_V_TEXT);
    put_and_check(c, 0, NR_NULL);
    assert_int_equal(nr_column_get(c, 0).kind, NR_V_NULL);
    nr_column_free(c);
}

static void a_value_is_replaced_and_its_neighbours_stay(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    nr_value left = text("left", 4), right = text("right", 5);
    nr_column_set(c, 62, &left);
    nr_column_set(c, 64, &right);
    put_and_check(c, 63, text("short", 5));
    put_and_check(c, 63, text("a good deal longer than before", 30));
    put_and_check(c, 63, NR_NULL);
    put_and_check(c, 63, text("s", 1));
    check(c, 62, &left);
    check(c, 64, &right);
    nr_column_free(c);
}

static void rows_may_come_in_any_order(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_INT);
    for (uint32_t i = 0; i < 5000; i++) {
        nr_value v = integer(i);
        nr_column_set(c, i * 4001 % 5003, &v);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        nr_value v = integer(i);
        check(c, i * 4001 % 5003, &v);
    }
    nr_column_free(c);
}

static void the_bytes_held_are_counted_and_few(void **state)
{
    (void)state;
    enum { N = 10000 };
    nr_column *ints = nr_column_new(nr_env_libc(), NR_V_INT), *texts = nr_column_new(nr_env_libc(), NR_V_TEXT);
    nr_value v = text("0123456789", 10), null = NR_NULL;
    for (uint32_t i = 0; i < N; i++) {
        nr_value n = integer(i);
        nr_column_set(ints, i, &n);
        nr_column_set(texts, i, &v);
    }
    size_t full = nr_column_bytes(texts);
    assert_in_range(nr_column_bytes(ints), 8 * N, 13 * N);
    assert_in_range(full, 22 * N, 28 * N);
    for (uint32_t i = 0; i < N; i++) nr_column_set(texts, i, &null);
    assert_in_range(full - nr_column_bytes(texts), 14 * N, 14 * N);
    nr_column_free(ints);
    nr_column_free(texts);
}

/* -- against a naive array ------------------------------------------------------------------------------------------------------------------ */

enum { ROWS = 700, TEXT_MAX = 40 };

typedef struct naive {
    bool there[ROWS];
    nr_value value[ROWS];
    char text[ROWS][TEXT_MAX];
} naive;

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void draw_value(naive *n, uint32_t row, nr_kind kind, uint32_t *seed)
{
    nr_value *v = &n->value[row];
    *v = (nr_value){.kind = kind};
    if (kind == NR_V_INT) v->i = (int64_t)((uint64_t)draw(seed) << 40 | draw(seed));
    if (kind == NR_V_FLOAT) v->f = (double)draw(seed) / 7;
    if (kind == NR_V_DECIMAL) v->d = (nr_i128)draw(seed) * draw(seed) * draw(seed) * (draw(seed) % 2 ? 1 : -1);
    if (kind != NR_V_TEXT) return;
    size_t len = draw(seed) % TEXT_MAX;
    for (size_t i = 0; i < len; i++) n->text[row][i] = (char)draw(seed);
    v->s = (nr_slice){n->text[row], len};
}

static void check_all(const nr_column *c, const naive *n)
{
    const nr_value null = NR_NULL;
    for (uint32_t row = 0; row < ROWS; row++) check(c, row, n->there[row] ? &n->value[row] : &null);
}

static void compare_at_random(nr_kind kind)
{
    static naive n;
    memset(&n, 0, sizeof n);
    nr_column *c = nr_column_new(nr_env_libc(), kind);
    uint32_t seed = 4711 + (uint32_t)kind;
    for (int step = 0; step < 20000; step++) {
        uint32_t row = draw(&seed) % (uint32_t)(step < 5000 ? 50 : ROWS);
        const nr_value null = NR_NULL;
        n.there[row] = draw(&seed) % 3 > 0;
        if (n.there[row]) draw_value(&n, row, kind, &seed);
        nr_column_set(c, row, n.there[row] ? &n.value[row] : &null);
        if (step % 1000 == 999) check_all(c, &n);
    }
    nr_column_free(c);
}

static void random_changes_agree_with_an_array(void **state)
{
    (void)state;
    static const nr_kind kinds[] = {NR_V_INT, NR_V_FLOAT, NR_V_DECIMAL, NR_V_TEXT};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) compare_at_random(kinds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_was_never_set_is_null),
        cmocka_unit_test(null_beyond_the_end_takes_no_memory),
        cmocka_unit_test(integers_keep_all_their_bits),
        cmocka_unit_test(floats_keep_all_their_bits),
        cmocka_unit_test(decimals_keep_128_bits),
        cmocka_unit_test(texts_are_copies_of_all_their_bytes),
        cmocka_unit_test(the_empty_text_is_not_null),
        cmocka_unit_test(a_value_is_replaced_and_its_neighbours_stay),
        cmocka_unit_test(rows_may_come_in_any_order),
        cmocka_unit_test(the_bytes_held_are_counted_and_few),
        cmocka_unit_test(random_changes_agree_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
