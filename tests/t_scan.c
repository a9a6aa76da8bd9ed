/* t_scan.c -- scans of whole chunks: spans of numbers of every width, codes and NULLs agree with a look at each row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "table/scan.h"

enum { ROWS = 2 * NR_CHUNK_ROWS + 100 };

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static uint64_t draw_64(uint32_t *seed)
{
    return (uint64_t)draw(seed) << 48 ^ (uint64_t)draw(seed) << 24 ^ draw(seed);
}

/* A number of up to so many bits, often at one of the ends. */
static nr_value number(nr_kind kind, unsigned bits, uint32_t *seed)
{
    nr_value v = {.kind = kind};
    nr_i128 n = (nr_i128)((nr_u128)draw_64(seed) << 64 | draw_64(seed)) >> (128 - bits);
    nr_i128 end = ((nr_i128)1 << (bits - 1)) - 1;
    if (draw(seed) % 8 == 0) n = draw(seed) % 2 ? end : -end - 1;
    if (draw(seed) % 8 == 0) n = (nr_i128)(draw(seed) % 5) - 2;
    if (kind == NR_V_INT) v.i = (int64_t)n;
    if (kind == NR_V_DECIMAL) v.d = n;
    if (kind == NR_V_FLOAT) v.f = (double)n / 3;
    return v;
}

static bool has(const uint64_t *bits, uint32_t row)
{
    return bits[row % NR_CHUNK_ROWS / 64] >> (row % 64) & 1;
}

static void check_span(const nr_column *c, const nr_value *lo, const nr_value *hi)
{
    for (uint32_t chunk = 0; chunk < 4; chunk++) {
        uint64_t bits[NR_CHUNK_WORDS] = {0};
        nr_scan_span(c, chunk, lo, hi, bits);
        for (uint32_t row = chunk * NR_CHUNK_ROWS; row < (chunk + 1) * NR_CHUNK_ROWS; row++) {
            nr_value v = nr_column_get(c, row);
            bool want =
                v.kind != NR_V_NULL && (lo->kind == NR_V_NULL || nr_value_cmp(&v, lo) >= 0) && (hi->kind == NR_V_NULL || nr_value_cmp(&v, hi) <= 0);
            if (has(bits, row) != want) fail_msg("row %u of a %u-byte chunk", row, nr_column_chunk_at(c, chunk).width);
        }
    }
}

static void spans_agree(nr_kind kind, unsigned bits, uint32_t seed)
{
    const nr_value null = NR_NULL;
    nr_column *c = nr_column_new(nr_env_libc(), kind);
    for (uint32_t row = 0; row < ROWS; row++) {
        nr_value v = number(kind, bits, &seed);
        if (draw(&seed) % 6) nr_column_set(c, row, &v);
    }
    for (uint32_t row = 0; row < ROWS; row += 3) nr_column_set(c, row, &null); /* numbers that have been there are not found */
    for (int i = 0; i < 30; i++) {
        nr_value lo = draw(&seed) % 6 ? number(kind, draw(&seed) % 3 ? bits : 64, &seed) : null;
        nr_value hi = draw(&seed) % 6 ? number(kind, draw(&seed) % 3 ? bits : 64, &seed) : null;
        check_span(c, &lo, &hi);
        check_span(c, &lo, &lo);
    }
    nr_column_free(c);
}

static void spans_of_numbers_of_every_width_agree_with_a_look_at_each(void **state)
{
    (void)state;
    static const unsigned bits[] = {3, 8, 9, 16, 17, 32, 33, 53, 54, 64};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        spans_agree(NR_V_INT, bits[i], 4711 + bits[i]);
        spans_agree(NR_V_DECIMAL, bits[i], 815 + bits[i]);
        spans_agree(NR_V_FLOAT, bits[i], 42 + bits[i]);
    }
    spans_agree(NR_V_DECIMAL, 65, 1);
    spans_agree(NR_V_DECIMAL, 127, 2);
}

static void neighbours_beyond_2_to_53_are_told_apart(void **state)
{
    (void)state;
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_INT);
    for (uint32_t i = 0; i < 100; i++) {
        nr_value v = {.kind = NR_V_INT, .i = ((int64_t)1 << 53) - 50 + i};
        nr_column_set(c, i, &v);
    }
    for (uint32_t i = 0; i < 100; i++) {
        nr_value v = {.kind = NR_V_INT, .i = ((int64_t)1 << 53) - 50 + i};
        uint64_t bits[NR_CHUNK_WORDS] = {0};
        nr_scan_span(c, 0, &v, &v, bits);
        assert_int_equal(nr_scan_count(bits), 1);
        assert_true(has(bits, i));
    }
    nr_column_free(c);
}

static void codes_agree(uint32_t distinct)
{
    uint32_t seed = distinct;
    char buf[32];
    static unsigned char wanted[NR_CODED];
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_TEXT);
    for (uint32_t row = 0; row < ROWS; row++) {
        nr_value v = {.kind = NR_V_TEXT, .s = {buf, (size_t)snprintf(buf, sizeof buf, "%u", draw(&seed) % distinct)}};
        if (draw(&seed) % 6) nr_column_set(c, row, &v);
    }
    assert_int_equal(nr_column_form_of(c), NR_CF_CODES);
    for (uint32_t code = 0; code < nr_column_codes(c); code++) wanted[code] = draw(&seed) % 3 == 0;
    for (uint32_t chunk = 0; chunk < 4; chunk++) {
        uint64_t bits[NR_CHUNK_WORDS] = {0}, one[NR_CHUNK_WORDS] = {0}, nulls[NR_CHUNK_WORDS] = {0};
        nr_scan_codes(c, chunk, wanted, bits);
        for (uint32_t code = 0; code < nr_column_codes(c); code++)
            if (wanted[code]) nr_scan_code(c, chunk, code, one);
        assert_memory_equal(bits, one, sizeof bits);
        nr_scan_nulls(c, chunk, nulls);
        for (uint32_t row = chunk * NR_CHUNK_ROWS; row < (chunk + 1) * NR_CHUNK_ROWS; row++) {
            nr_value v = nr_column_get(c, row);
            bool want = false;
            for (uint32_t code = 0; v.kind != NR_V_NULL && code < nr_column_codes(c) && !want; code++) {
                nr_value of = nr_column_code(c, code);
                want = wanted[code] && nr_value_eq(&of, &v);
            }
            assert_int_equal(has(bits, row), want);
            assert_int_equal(has(nulls, row), v.kind == NR_V_NULL);
        }
    }
    nr_column_free(c);
}

static void codes_agree_with_a_look_at_each(void **state)
{
    (void)state;
    codes_agree(2);
    codes_agree(100);
    codes_agree(130);
    codes_agree(1000);
}

static void bits_are_listed_in_pieces_of_any_size(void **state)
{
    (void)state;
    uint64_t bits[NR_CHUNK_WORDS] = {0};
    static uint32_t want[NR_CHUNK_ROWS], rows[NR_CHUNK_ROWS];
    uint32_t seed = 4711, n = 0;
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) {
        bool set = i == 0 || i == NR_CHUNK_ROWS - 1 || (i / 700 % 2 && draw(&seed) % 3);
        if (set) bits[i / 64] |= (uint64_t)1 << (i % 64);
        if (set) want[n++] = 5 * NR_CHUNK_ROWS + i;
    }
    assert_int_equal(nr_scan_count(bits), n);
    for (size_t step = 1; step < 2000; step = step * 3 + 1) {
        uint32_t at = 0, got = 0;
        for (size_t some; (some = nr_scan_list(bits, 5, &at, step, rows + got)); got += (uint32_t)some) assert_true(some <= step);
        assert_int_equal(got, n);
        assert_memory_equal(rows, want, n * sizeof *rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_of_numbers_of_every_width_agree_with_a_look_at_each),
        cmocka_unit_test(neighbours_beyond_2_to_53_are_told_apart),
        cmocka_unit_test(codes_agree_with_a_look_at_each),
        cmocka_unit_test(bits_are_listed_in_pieces_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
