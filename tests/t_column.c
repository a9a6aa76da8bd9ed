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

static void check_valid(const nr_column *c)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_buf why = nr_buf_in(&a);
    if (!nr_column_valid(c, &why)) fail_msg("%.*s", (int)why.n, why.p);
    nr_arena_clear(&a);
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
    check_valid(c);
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
    assert_in_range(nr_column_bytes(ints), 2 * N, 3 * N);
    assert_in_range(full, N, 2 * N);
    for (uint32_t i = 0; i < N; i++) nr_column_set(texts, i, &null);
    assert_true(nr_column_bytes(texts) < 1000);
    nr_column_free(ints);
    nr_column_free(texts);
}

static void a_chunk_is_as_wide_as_its_widest_number(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        unsigned width;
    } steps[] = {{0, 1},         {127, 1},    {-128, 1},  {128, 2},       {-129, 2},
                 {32767, 2},     {-32768, 2}, {32768, 4}, {INT32_MIN, 4}, {(int64_t)INT32_MIN - 1, 8},
                 {INT64_MAX, 8}, {1, 8}};
    enum { STEPS = sizeof steps / sizeof *steps };
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_INT);
    put_and_check(c, 4095, integer(7)); /* another chunk than that of 4096 */
    for (uint32_t i = 0; i < STEPS; i++) {
        put_and_check(c, 4096 + i, integer(steps[i].value));
        assert_int_equal(nr_column_chunk_at(c, 1).width, steps[i].width);
        for (uint32_t k = 0; k <= i; k++) assert_int_equal(nr_column_get(c, 4096 + k).i, steps[k].value);
    }
    assert_int_equal(nr_column_chunk_at(c, 0).width, 1);
    assert_int_equal(nr_column_get(c, 4095).i, 7);
    nr_column_free(c);
}

static void a_decimal_that_fits_is_as_narrow_as_an_integer(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_DECIMAL);
    put_and_check(c, 0, (nr_value){.kind = NR_V_DECIMAL, .d = -1});
    assert_int_equal(nr_column_chunk_at(c, 0).width, 1);
    put_and_check(c, 1, (nr_value){.kind = NR_V_DECIMAL, .d = (nr_i128)INT64_MAX + 1});
    assert_int_equal(nr_column_chunk_at(c, 0).width, 16);
    assert_true(nr_column_get(c, 0).d == -1);
    nr_column_free(c);
}

/* -- texts that are coded, and texts that are not --------------------------------------------------------------------------------------------- */

static nr_value numbered(char buf[32], uint32_t i)
{
    return text(buf, (size_t)snprintf(buf, 32, "text %u", i));
}

static void texts_that_come_often_are_coded(void **state)
{
    (void)state;
    char buf[32];
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    for (uint32_t i = 0; i < 50000; i++) {
        nr_value v = numbered(buf, i % 1000);
        nr_column_set(c, i, &v);
    }
    check_valid(c);
    assert_int_equal(nr_column_form_of(c), NR_CF_CODES);
    assert_int_equal(nr_column_codes(c), 1000);
    assert_in_range(nr_column_bytes(c), 100000, 200000);
    for (uint32_t i = 0; i < 50000; i++) {
        nr_value v = numbered(buf, i % 1000);
        check(c, i, &v);
    }
    nr_column_free(c);
}

static void a_text_that_nobody_has_any_more_is_forgotten(void **state)
{
    (void)state;
    char buf[32];
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    for (uint32_t i = 0; i < 20000; i++) put_and_check(c, i % 3, numbered(buf, i));
    assert_int_equal(nr_column_form_of(c), NR_CF_CODES);
    assert_in_range(nr_column_codes(c), 3, 4);
    assert_true(nr_column_bytes(c) < 2000);
    nr_column_free(c);
}

static void a_text_may_be_set_from_the_column_itself(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    put_and_check(c, 0, text("itself", 6));
    for (uint32_t i = 0; i < 5000; i++) {
        nr_value v = nr_column_get(c, i);
        nr_column_set(c, i, &v);
        nr_column_set(c, i + 1, &v);
    }
    nr_value want = text("itself", 6);
    for (uint32_t i = 0; i <= 5000; i++) check(c, i, &want);
    check_valid(c);
    nr_column_free(c);
}

static void distinct_texts_are_packed_as_soon_as_coding_does_not_pay(void **state)
{
    (void)state;
    char buf[32];
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    for (uint32_t i = 0; i < 10000; i++) {
        nr_value v = numbered(buf, i);
        nr_column_set(c, i, &v);
        assert_int_equal(nr_column_form_of(c), i < NR_CODED ? NR_CF_CODES : NR_CF_TEXTS);
        if (i + 1 >= NR_CODED && i < NR_CODED + 3) check_valid(c);
    }
    put_and_check(c, 4095, NR_NULL);
    put_and_check(c, 4096, text("", 0));
    for (uint32_t i = 0; i < 10000; i++) {
        nr_value v = numbered(buf, i);
        if (i != 4095 && i != 4096) check(c, i, &v);
    }
    nr_column_free(c);
}

static void more_codes_than_are_allowed_are_packed_too(void **state)
{
    (void)state;
    char buf[32];
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    nr_value often = text("often", 5);
    enum { OFTEN = 5 * NR_CODES_MOST };
    for (uint32_t i = 0; i < OFTEN; i++) nr_column_set(c, i, &often);
    for (uint32_t i = 0; i < NR_CODES_MOST; i++) {
        assert_int_equal(nr_column_form_of(c), NR_CF_CODES);
        nr_value v = numbered(buf, i);
        nr_column_set(c, OFTEN + i, &v);
    }
    assert_int_equal(nr_column_form_of(c), NR_CF_TEXTS);
    check_valid(c);
    check(c, OFTEN - 1, &often);
    nr_value last = numbered(buf, NR_CODES_MOST - 1);
    check(c, OFTEN + NR_CODES_MOST - 1, &last);
    nr_column_free(c);
}

static void a_text_of_a_mebibyte_is_kept_in_either_form(void **state)
{
    (void)state;
    char buf[32];
    static char longest[1 << 20];
    memset(longest, 'm', sizeof longest);
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    nr_value big = text(longest, sizeof longest);
    put_and_check(c, 1, big);
    put_and_check(c, 9000, big);
    for (uint32_t i = 2; i < 8000; i++) {
        nr_value v = numbered(buf, i);
        nr_column_set(c, i, &v);
    }
    assert_int_equal(nr_column_form_of(c), NR_CF_TEXTS);
    check(c, 1, &big);
    check(c, 9000, &big);
    put_and_check(c, 1, NR_NULL);
    assert_true(nr_column_bytes(c) < (2 << 20));
    check(c, 9000, &big);
    nr_column_free(c);
}

/* -- against a naive array ------------------------------------------------------------------------------------------------------------------ */

enum { ROWS = 4096 + 700, TEXT_MAX = 40 }; /* the last rows of one chunk, and the first of another, more often than the others */

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
    if (kind == NR_V_INT) v->i = (int64_t)((uint64_t)draw(seed) << 40 | draw(seed)) >> draw(seed) % 60;
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
    for (int step = 0; step < 40000; step++) {
        uint32_t row = draw(&seed) % 3 ? 4060 + draw(&seed) % 70 : draw(&seed) % (uint32_t)(step < 5000 ? 50 : ROWS);
        const nr_value null = NR_NULL;
        n.there[row] = draw(&seed) % 3 > 0;
        if (n.there[row]) draw_value(&n, row, kind, &seed);
        nr_column_set(c, row, n.there[row] ? &n.value[row] : &null);
        check(c, row, n.there[row] ? &n.value[row] : &null);
        if (step < 3000 || step % 100 == 0) check_valid(c);
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
        cmocka_unit_test(a_chunk_is_as_wide_as_its_widest_number),
        cmocka_unit_test(a_decimal_that_fits_is_as_narrow_as_an_integer),
        cmocka_unit_test(texts_that_come_often_are_coded),
        cmocka_unit_test(a_text_that_nobody_has_any_more_is_forgotten),
        cmocka_unit_test(a_text_may_be_set_from_the_column_itself),
        cmocka_unit_test(distinct_texts_are_packed_as_soon_as_coding_does_not_pay),
        cmocka_unit_test(more_codes_than_are_allowed_are_packed_too),
        cmocka_unit_test(a_text_of_a_mebibyte_is_kept_in_either_form),
        cmocka_unit_test(random_changes_agree_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
