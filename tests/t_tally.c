/* t_tally.c -- loops over chunks agree with a look at each row: picks, ends, places, counts, sums, lowest and highest numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "table/tally.h"

enum { GROUPS = 7, STRIDE = 5 };

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* A number of up to so many bits, often at one of the ends. */
static int64_t number(unsigned bits, uint32_t *seed)
{
    uint64_t n = (uint64_t)draw(seed) << 48 ^ (uint64_t)draw(seed) << 24 ^ draw(seed);
    int64_t end = (int64_t)(UINT64_MAX >> (65 - bits));
    if (draw(seed) % 4 == 0) return draw(seed) % 2 ? end : -end - 1;
    return (int64_t)n >> (64 - bits);
}

static nr_column *column_of(unsigned bits, uint32_t rows, uint32_t nulls, uint32_t *seed)
{
    nr_column *c = nr_column_new(nr_env_libc(), NR_V_INT);
    for (uint32_t row = 0; row < rows; row++) {
        nr_value v = {.kind = NR_V_INT, .i = number(bits, seed)};
        if (!nulls || draw(seed) % nulls) nr_column_set(c, row, &v);
    }
    return c;
}

/* Of the rows that have a value one in so many. */
static void pick_some(const nr_column_chunk *k, uint32_t one_in, uint32_t *seed, nr_picked *out)
{
    uint64_t bits[NR_CHUNK_WORDS] = {0};
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++)
        if (k->set[i / 64] >> (i % 64) & 1 && draw(seed) % one_in == 0) bits[i / 64] |= (uint64_t)1 << (i % 64);
    nr_tally_pick(bits, out);
    uint32_t n = 0;
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) {
        if (!(bits[i / 64] >> (i % 64) & 1)) continue;
        assert_true(n < out->n);
        assert_int_equal(out->at[n++], i);
    }
    assert_int_equal(out->n, n);
}

static void check_ends(const nr_column *c, const nr_column_chunk *k, const nr_picked *rows)
{
    int64_t lo, hi, least = INT64_MAX, most = INT64_MIN, all_lo, all_hi;
    for (uint32_t i = 0; i < rows->n; i++) {
        int64_t v = nr_column_get(c, rows->at[i]).i;
        least = v < least ? v : least;
        most = v > most ? v : most;
    }
    nr_tally_ends_of(k, rows, &lo, &hi);
    assert_true(lo == least && hi == most);
    nr_tally_ends(k, &all_lo, &all_hi);
    assert_true(all_lo <= lo && all_hi >= hi);
}

static void check_numbers(const nr_column *c, const nr_column_chunk *k, uint32_t *seed)
{
    static int64_t cells[1 << 17];
    uint64_t bits[NR_CHUNK_WORDS];
    int64_t lo = 0, hi = 0, nulls = 0;
    if (k->width) nr_tally_ends(k, &lo, &hi);
    if ((nr_i128)hi - lo > 1 << 16) return;
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) bits[i] = draw(seed) % 3 ? (uint64_t)draw(seed) << 40 ^ draw(seed) : UINT64_MAX;
    memset(cells, 0, sizeof cells);
    nr_tally_numbers(k, bits, lo, cells);
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) {
        nr_value v = nr_column_get(c, i);
        if (!(bits[i / 64] >> (i % 64) & 1)) continue;
        if (v.kind == NR_V_NULL) nulls++;
        else cells[v.i - lo + 1]--;
    }
    assert_int_equal(cells[0], nulls);
    for (size_t i = 1; i < sizeof cells / sizeof *cells; i++) assert_int_equal(cells[i], 0);
}

/* Rows go to groups in turn. */
static void check_cells(const nr_column *c, const nr_column_chunk *k, const nr_picked *rows)
{
    static uint32_t places[NR_CHUNK_ROWS];
    int64_t cells[GROUPS * STRIDE] = {0}, n[GROUPS] = {0}, lows[GROUPS * STRIDE], highs[GROUPS * STRIDE], least[GROUPS], most[GROUPS];
    nr_i128 sums[GROUPS] = {0};
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) places[i] = i % GROUPS * STRIDE;
    for (uint32_t g = 0; g < GROUPS; g++) lows[g * STRIDE] = least[g] = INT64_MAX, highs[g * STRIDE] = most[g] = INT64_MIN;
    for (uint32_t i = 0; i < rows->n; i++) {
        int64_t v = nr_column_get(c, rows->at[i]).i;
        uint32_t g = rows->at[i] % GROUPS;
        n[g]++;
        sums[g] += v;
        least[g] = v < least[g] ? v : least[g];
        most[g] = v > most[g] ? v : most[g];
    }
    nr_tally_count(rows, places, cells);
    nr_tally_sum(k, rows, places, cells + 1);
    nr_tally_lowest(k, rows, places, lows);
    nr_tally_highest(k, rows, places, highs);
    for (uint32_t g = 0; g < GROUPS; g++) {
        assert_int_equal(cells[g * STRIDE], n[g]);
        assert_true(nr_tally_total(&cells[g * STRIDE + 1]) == sums[g]);
        assert_true(lows[g * STRIDE] == least[g] && highs[g * STRIDE] == most[g]);
    }
}

static void check_places(const nr_column *c, const nr_column_chunk *k, int64_t base)
{
    static uint32_t places[NR_CHUNK_ROWS];
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) places[i] = i;
    nr_tally_place(k, base, 3, places);
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) {
        nr_value v = nr_column_get(c, i);
        if (v.kind == NR_V_NULL) assert_int_equal(places[i], i);
        else if (v.i >= base && v.i <= base + 1000) assert_int_equal(places[i], i + (uint32_t)(v.i - base + 1) * 3);
    }
}

static void loops_over_numbers_of_every_width_agree_with_a_look_at_each(void **state)
{
    static const unsigned bits[] = {3, 8, 9, 16, 17, 32, 33, 64};
    static const uint32_t sizes[] = {1, 63, 64, 1000, NR_CHUNK_ROWS};
    (void)state;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
            for (uint32_t nulls = 0; nulls < 4; nulls++) {
                static nr_picked rows;
                uint32_t seed = bits[i] * 100 + sizes[n] + nulls;
                nr_column *c = column_of(bits[i], sizes[n], nulls == 1 ? 0 : nulls, &seed);
                nr_column_chunk k = nr_column_chunk_at(c, 0);
                pick_some(&k, nulls == 3 ? 5 : 1, &seed, &rows);
                check_numbers(c, &k, &seed);
                if (rows.n) check_ends(c, &k, &rows);
                if (k.width) check_cells(c, &k, &rows);
                if (k.width) check_places(c, &k, 0);
                if (k.width) check_places(c, &k, INT64_MIN);
                if (k.width) check_places(c, &k, INT64_MAX - 1000);
                nr_column_free(c);
            }
}

/* 4096 times the lowest number, and back. */
static void sums_pass_64_bits_and_come_back(void **state)
{
    static uint32_t places[NR_CHUNK_ROWS];
    static nr_picked rows;
    static uint64_t bits[NR_CHUNK_WORDS];
    static int64_t low[NR_CHUNK_ROWS], high[NR_CHUNK_ROWS];
    int64_t cells[NR_SUM_CELLS] = {0};
    (void)state;
    for (uint32_t i = 0; i < NR_CHUNK_ROWS; i++) low[i] = INT64_MIN, high[i] = INT64_MAX, bits[i / 64] = UINT64_MAX;
    nr_column_chunk lows = {low, sizeof *low, NR_CHUNK_ROWS, bits}, highs = {high, sizeof *high, NR_CHUNK_ROWS, bits};
    nr_tally_pick(bits, &rows);
    assert_int_equal(rows.n, NR_CHUNK_ROWS);
    nr_tally_sum(&lows, &rows, places, cells);
    assert_true(nr_tally_total(cells) == (nr_i128)INT64_MIN * NR_CHUNK_ROWS);
    nr_tally_sum(&highs, &rows, places, cells);
    assert_true(nr_tally_total(cells) == -NR_CHUNK_ROWS);
    nr_tally_sum(&highs, &rows, places, cells);
    assert_true(nr_tally_total(cells) == (nr_i128)INT64_MAX * NR_CHUNK_ROWS - NR_CHUNK_ROWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_over_numbers_of_every_width_agree_with_a_look_at_each),
        cmocka_unit_test(sums_pass_64_bits_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
