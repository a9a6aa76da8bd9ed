/* trigram.c -- sorted by insertion when there are few, else by their digits of seven bits from the lowest up (a radix sort), passing over
 * digits that are the same in all: of ASCII text, three of nine remain. */
#include "base/trigram.h"

#include "base/casefold.h"
#include "base/utf8.h"

enum { FEW = 48, POINT_BITS = 21, DIGIT_BITS = 7, DIGITS = 1 << DIGIT_BITS };

#define CODE_MASK ((UINT64_C(1) << 3 * POINT_BITS) - 1)

static size_t write_codes(uint64_t *codes, nr_slice text, bool folded)
{
    uint64_t code = 0;
    size_t points = 0, n = 0;
    while (text.n) {
        uint32_t point = nr_utf8_take(&text);
        code = (code << POINT_BITS | (folded ? nr_fold_point(point) : point)) & CODE_MASK;
        if (++points >= 3) codes[n++] = code;
    }
    return n;
}

static void sort_few(uint64_t *codes, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t code = codes[i];
        size_t k = i;
        for (; k && codes[k - 1] > code; k--) codes[k] = codes[k - 1];
        codes[k] = code;
    }
}

/* Stable, from codes to out, by the digit at shift. */
static void sort_digit(const uint64_t *codes, uint64_t *out, size_t n, int shift)
{
    size_t from[DIGITS + 1] = {0};
    for (size_t i = 0; i < n; i++) from[(codes[i] >> shift) % DIGITS + 1]++;
    for (size_t i = 1; i <= DIGITS; i++) from[i] += from[i - 1];
    for (size_t i = 0; i < n; i++) out[from[(codes[i] >> shift) % DIGITS]++] = codes[i];
}

/* Returns the one of the two that holds the result. */
static uint64_t *sort_many(uint64_t *codes, uint64_t *spare, size_t n)
{
    uint64_t varies = 0;
    for (size_t i = 1; i < n; i++) varies |= codes[i] ^ codes[0];
    for (int shift = 0; shift < 3 * POINT_BITS; shift += DIGIT_BITS) {
        if ((varies >> shift) % DIGITS == 0) continue;
        sort_digit(codes, spare, n, shift);
        uint64_t *sorted = spare;
        spare = codes;
        codes = sorted;
    }
    return codes;
}

nr_trigrams nr_trigrams_of(nr_arena *arena, nr_slice text, bool folded)
{
    nr_trigrams out = {0};
    if (text.n < 3) return out;
    uint64_t few[2 * FEW];
    uint64_t *codes = text.n <= FEW ? few : arena->env->alloc(2 * text.n * sizeof *codes);
    size_t n = write_codes(codes, text, folded);
    uint64_t *sorted = codes;
    if (n > FEW) sorted = sort_many(codes, codes + n, n);
    else sort_few(codes, n);
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        if (distinct == 0 || sorted[i] != sorted[distinct - 1]) sorted[distinct++] = sorted[i];
    out = (nr_trigrams){NR_NEW_N(arena, uint64_t, distinct), distinct, distinct};
    if (distinct) memcpy(out.at, sorted, distinct * sizeof *sorted);
    if (codes != few) arena->env->free(codes);
    return out;
}
