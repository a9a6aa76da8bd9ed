/* scan.c -- sixty-four comparisons make sixty-four bytes of 0 and 1, and those a word.
 *
 * This file is compiled with -O3, so that the loops over a block of 64 are vectorised: for every x86-64, and once more for those with AVX2, which is picked when
 * it runs. */
#include "table/scan.h"

#include <string.h>

#include "base/variants.h"

enum { BLOCK = 64 };

/* rows is a multiple of BLOCK. */
#define SPAN_LOOP(name, type, target)                                                                                        \
    target static void name(const void *values, uint32_t rows, type lo, type hi, const uint64_t *set, uint64_t *out)         \
    {                                                                                                                        \
        unsigned char is[BLOCK];                                                                                             \
        for (uint32_t at = 0; at < rows; at += BLOCK) {                                                                      \
            const type *v = (const type *)values + at;                                                                       \
            for (uint32_t i = 0; i < BLOCK; i++) is[i] = (unsigned char)((unsigned char)(v[i] >= lo) & (unsigned char)(v[i] <= hi)); \
            out[at / BLOCK] |= nr_bits_word(is) & set[at / BLOCK];                                                                \
        }                                                                                                                    \
    }

VARIANTS(SPAN_LOOP, span_8, int8_t)
VARIANTS(SPAN_LOOP, span_16, int16_t)
VARIANTS(SPAN_LOOP, span_32, int32_t)
VARIANTS(SPAN_LOOP, span_64, int64_t)
VARIANTS(SPAN_LOOP, span_double, double)

static void span_128(const void *values, uint32_t rows, nr_i128 lo, nr_i128 hi, const uint64_t *set, uint64_t *out)
{
    const nr_i128 *v = values;
    for (uint32_t i = 0; i < rows; i++) out[i / 64] |= (uint64_t)(v[i] >= lo && v[i] <= hi) << (i % 64) & set[i / 64];
}

/* Bounds that no number of the width reaches are moved to its ends. */
static void scan_ints(const nr_column_chunk *k, nr_i128 lo, nr_i128 hi, uint64_t *out)
{
    nr_i128 most = ((nr_i128)1 << (k->width * 8 - 2)) - 1 + ((nr_i128)1 << (k->width * 8 - 2)), least = -most - 1;
    if (lo > most || hi < least || lo > hi) return;
    if (lo < least) lo = least;
    if (hi > most) hi = most;
    switch (k->width) {
    case 1: PICK(span_8)(k->values, k->rows, (int8_t)lo, (int8_t)hi, k->set, out); break;
    case 2: PICK(span_16)(k->values, k->rows, (int16_t)lo, (int16_t)hi, k->set, out); break;
    case 4: PICK(span_32)(k->values, k->rows, (int32_t)lo, (int32_t)hi, k->set, out); break;
    case 8: PICK(span_64)(k->values, k->rows, (int64_t)lo, (int64_t)hi, k->set, out); break;
    default: span_128(k->values, k->rows, lo, hi, k->set, out); break;
    }
}

static void add_set(const nr_column_chunk *k, uint64_t *out)
{
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) out[i] |= k->set[i];
}

static nr_i128 whole(const nr_value *v, nr_i128 none)
{
    return v->kind == NR_V_INT ? v->i : v->kind == NR_V_DECIMAL ? v->d : none;
}

void nr_scan_span(const nr_column *c, uint32_t chunk, const nr_value *lo, const nr_value *hi, uint64_t *out)
{
    const nr_i128 most = (nr_i128)(((nr_u128)1 << 127) - 1);
    nr_column_chunk k = nr_column_chunk_at(c, chunk);
    if (!k.width) return;
    if (lo->kind == NR_V_NULL && hi->kind == NR_V_NULL) {
        add_set(&k, out);
    } else if (nr_column_form_of(c) == NR_CF_FLOATS) {
        double from = lo->kind == NR_V_FLOAT ? lo->f : -__builtin_inf(), to = hi->kind == NR_V_FLOAT ? hi->f : __builtin_inf();
        PICK(span_double)(k.values, k.rows, from, to, k.set, out);
    } else {
        scan_ints(&k, whole(lo, -most - 1), whole(hi, most), out);
    }
}

static unsigned char wanted_code(const nr_column_chunk *k, uint32_t i, const unsigned char *wanted)
{
    switch (k->width) {
    case 1: return wanted[((const int8_t *)k->values)[i]];
    case 2: return wanted[((const int16_t *)k->values)[i]];
    default: return wanted[((const int32_t *)k->values)[i]];
    }
}

void nr_scan_code(const nr_column *c, uint32_t chunk, uint32_t code, uint64_t *out)
{
    nr_column_chunk k = nr_column_chunk_at(c, chunk);
    if (k.width) scan_ints(&k, code, code, out);
}

void nr_scan_codes(const nr_column *c, uint32_t chunk, const unsigned char *wanted, uint64_t *out)
{
    nr_column_chunk k = nr_column_chunk_at(c, chunk);
    if (!k.width) return;
    unsigned char is[BLOCK];
    for (uint32_t at = 0; at < k.rows; at += BLOCK) {
        for (uint32_t i = 0; i < BLOCK; i++) is[i] = wanted_code(&k, at + i, wanted);
        out[at / BLOCK] |= nr_bits_word(is) & k.set[at / BLOCK];
    }
}

void nr_scan_nulls(const nr_column *c, uint32_t chunk, uint64_t *out)
{
    nr_column_chunk k = nr_column_chunk_at(c, chunk);
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) out[i] |= ~k.set[i];
}

size_t nr_scan_list(const uint64_t *bits, uint32_t chunk, uint32_t *at, size_t max, uint32_t *rows)
{
    size_t n = 0;
    while (*at < NR_CHUNK_ROWS && n < max) {
        uint64_t left = bits[*at / 64] >> (*at % 64);
        if (!left) {
            *at = (*at / 64 + 1) * 64;
            continue;
        }
        *at += (uint32_t)__builtin_ctzll(left);
        rows[n++] = chunk * NR_CHUNK_ROWS + (*at)++;
    }
    return n;
}
