/* tally.c -- each loop once for each width of numbers.
 *
 * The cells of a sum: of numbers up to four bytes the first is the sum; eight bytes are cut in two, the second is the sum of the low halves, unsigned, the
 * third that of the high ones. Fewer than 2^32 rows, which is all there are, cannot make any of them overflow.
 *
 * This file is compiled with -O3, so that the loops of ends and places are vectorised. */
#include "table/tally.h"

#include <assert.h>

#include "base/variants.h"

/* Runs loop(type) with the type of the chunk's numbers. */
#define BY_WIDTH(k, loop)             \
    switch ((k)->width) {             \
    case 1: loop(int8_t) break;       \
    case 2: loop(int16_t) break;      \
    case 4: loop(int32_t) break;      \
    default:                          \
        assert((k)->width == 8);      \
        loop(int64_t)                 \
    }

#define VALUES(type) const type *v = k->values;

/* Eight are written at a time, what is too much to be written over by the next word: a loop for each bit would end where nobody can foretell. */
static uint32_t pick_word(uint64_t bits, uint32_t from, uint16_t *at)
{
    uint32_t n = (uint32_t)__builtin_popcountll(bits);
    for (uint32_t done = 0; done < n; done += 8)
        for (uint32_t i = 0; i < 8; i++, bits &= bits - 1) at[done + i] = (uint16_t)(from + (uint32_t)(bits ? __builtin_ctzll(bits) : 0));
    return n;
}

void nr_tally_pick(const uint64_t *bits, nr_picked *out)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < NR_CHUNK_WORDS; w++) {
        if (bits[w] != UINT64_MAX) {
            n += pick_word(bits[w], w * 64, out->at + n);
            continue;
        }
        for (uint32_t i = 0; i < 64; i++) out->at[n + i] = (uint16_t)(w * 64 + i);
        n += 64;
    }
    out->n = n;
}

/* -- places ------------------------------------------------------------------------------------------------------------------------------- */

#define ENDS_LOOP(name, type, target)                                                     \
    target static void name(const void *values, uint32_t rows, int64_t *lo, int64_t *hi)  \
    {                                                                                     \
        const type *v = values;                                                           \
        type least = v[0], most = v[0];                                                   \
        for (uint32_t i = 0; i < rows; i++) {                                             \
            least = v[i] < least ? v[i] : least;                                          \
            most = v[i] > most ? v[i] : most;                                             \
        }                                                                                 \
        *lo = least;                                                                      \
        *hi = most;                                                                       \
    }

VARIANTS(ENDS_LOOP, ends_8, int8_t)
VARIANTS(ENDS_LOOP, ends_16, int16_t)
VARIANTS(ENDS_LOOP, ends_32, int32_t)
VARIANTS(ENDS_LOOP, ends_64, int64_t)

void nr_tally_ends(const nr_column_chunk *k, int64_t *lo, int64_t *hi)
{
    switch (k->width) {
    case 1: PICK(ends_8)(k->values, k->rows, lo, hi); break;
    case 2: PICK(ends_16)(k->values, k->rows, lo, hi); break;
    case 4: PICK(ends_32)(k->values, k->rows, lo, hi); break;
    default: PICK(ends_64)(k->values, k->rows, lo, hi);
    }
}

#define ENDS_OF(type)                                  \
    {                                                  \
        VALUES(type)                                   \
        type least = v[rows->at[0]], most = least;     \
        for (uint32_t i = 1; i < rows->n; i++) {       \
            type now = v[rows->at[i]];                 \
            least = now < least ? now : least;         \
            most = now > most ? now : most;            \
        }                                              \
        *lo = least;                                   \
        *hi = most;                                    \
    }

void nr_tally_ends_of(const nr_column_chunk *k, const nr_picked *rows, int64_t *lo, int64_t *hi)
{
    BY_WIDTH(k, ENDS_OF)
}

#define PLACE_LOOP(name, type, target)                                                                                              \
    target static void name(const void *values, uint32_t words, const uint64_t *set, uint32_t below, uint32_t scale, uint32_t *places) \
    {                                                                                                                               \
        const type *v = values;                                                                                                     \
        for (uint32_t w = 0; w < words; w++, v += 64, places += 64) {                                                               \
            if (set[w] == UINT64_MAX)                                                                                               \
                for (uint32_t i = 0; i < 64; i++) places[i] += ((uint32_t)v[i] - below) * scale;                                    \
            else                                                                                                                    \
                for (uint32_t i = 0; i < 64; i++) places[i] += ((uint32_t)v[i] - below) * scale & -(uint32_t)(set[w] >> i & 1);     \
        }                                                                                                                           \
    }

VARIANTS(PLACE_LOOP, place_8, int8_t)
VARIANTS(PLACE_LOOP, place_16, int16_t)
VARIANTS(PLACE_LOOP, place_32, int32_t)
VARIANTS(PLACE_LOOP, place_64, int64_t)

void nr_tally_place(const nr_column_chunk *k, int64_t base, uint32_t scale, uint32_t *places)
{
    uint32_t below = (uint32_t)base - 1, words = k->rows / 64; /* all of it wraps */
    switch (k->width) {
    case 1: PICK(place_8)(k->values, words, k->set, below, scale, places); break;
    case 2: PICK(place_16)(k->values, words, k->set, below, scale, places); break;
    case 4: PICK(place_32)(k->values, words, k->set, below, scale, places); break;
    default: PICK(place_64)(k->values, words, k->set, below, scale, places);
    }
}

/* -- cells -------------------------------------------------------------------------------------------------------------------------------- */

#define NUMBERS(type)                                                                       \
    {                                                                                       \
        VALUES(type)                                                                        \
        for (uint32_t w = 0; w < k->rows / 64; w++, v += 64) {                              \
            uint64_t left = bits[w] & k->set[w];                                            \
            if (left == UINT64_MAX)                                                         \
                for (uint32_t i = 0; i < 64; i++) cells[v[i] - base + 1]++;                 \
            else                                                                            \
                for (; left; left &= left - 1) cells[v[__builtin_ctzll(left)] - base + 1]++; \
        }                                                                                   \
    }

void nr_tally_numbers(const nr_column_chunk *k, const uint64_t *bits, int64_t base, int64_t *cells)
{
    for (size_t w = 0; w < NR_CHUNK_WORDS; w++)
        if (bits[w] & ~k->set[w]) cells[0] += __builtin_popcountll(bits[w] & ~k->set[w]);
    if (k->width) BY_WIDTH(k, NUMBERS)
}

void nr_tally_count(const nr_picked *rows, const uint32_t *places, int64_t *cells)
{
    for (uint32_t i = 0; i < rows->n; i++) cells[places[rows->at[i]]]++;
}

#define SUM(type)                                                                             \
    {                                                                                         \
        VALUES(type)                                                                          \
        for (uint32_t i = 0; i < rows->n; i++) cells[places[rows->at[i]]] += v[rows->at[i]];  \
    }

static void sum_wide(const int64_t *v, const nr_picked *rows, const uint32_t *places, int64_t *cells)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        int64_t *c = cells + places[rows->at[i]], now = v[rows->at[i]];
        c[1] = (int64_t)((uint64_t)c[1] + (uint32_t)now);
        c[2] += now >> 32;
    }
}

void nr_tally_sum(const nr_column_chunk *k, const nr_picked *rows, const uint32_t *places, int64_t *cells)
{
    if (k->width == 8) sum_wide(k->values, rows, places, cells);
    else BY_WIDTH(k, SUM)
}

nr_i128 nr_tally_total(const int64_t *cells)
{
    return (nr_i128)cells[0] + (uint64_t)cells[1] + (nr_i128)cells[2] * ((nr_i128)1 << 32);
}

#define LOWEST(type)                                          \
    {                                                         \
        VALUES(type)                                          \
        for (uint32_t i = 0; i < rows->n; i++) {              \
            int64_t *c = cells + places[rows->at[i]], now = v[rows->at[i]]; \
            *c = now < *c ? now : *c;                         \
        }                                                     \
    }

void nr_tally_lowest(const nr_column_chunk *k, const nr_picked *rows, const uint32_t *places, int64_t *cells)
{
    BY_WIDTH(k, LOWEST)
}

#define HIGHEST(type)                                         \
    {                                                         \
        VALUES(type)                                          \
        for (uint32_t i = 0; i < rows->n; i++) {              \
            int64_t *c = cells + places[rows->at[i]], now = v[rows->at[i]]; \
            *c = now > *c ? now : *c;                         \
        }                                                     \
    }

void nr_tally_highest(const nr_column_chunk *k, const nr_picked *rows, const uint32_t *places, int64_t *cells)
{
    BY_WIDTH(k, HIGHEST)
}
