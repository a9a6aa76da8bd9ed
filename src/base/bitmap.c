/* bitmap.c -- words of 64 bits; growth by doubling, the old words stay in the arena. */
#include "base/bitmap.h"

#include <assert.h>

#include "base/variants.h"

static void grow(nr_bitmap *b, size_t need)
{
    size_t n = b->n_words ? b->n_words * 2 : 16;
    if (n < need) n = need;
    uint64_t *words = NR_NEW_N(b->arena, uint64_t, n);
    if (b->n_words) memcpy(words, b->words, b->n_words * sizeof *words);
    b->words = words;
    b->n_words = n;
}

void nr_bitmap_set(nr_bitmap *b, uint32_t bit)
{
    assert(bit != UINT32_MAX); /* nr_bitmap_next could not tell it from the end */
    if (bit / 64 >= b->n_words) grow(b, bit / 64 + 1);
    b->words[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* What has AVX2 has an instruction for it. */
#define COUNT_LOOP(name, type, target)                                        \
    target static uint64_t name(const type *words, size_t n)                  \
    {                                                                         \
        uint64_t count = 0;                                                   \
        for (size_t i = 0; i < n; i++) count += (uint64_t)__builtin_popcountll(words[i]); \
        return count;                                                         \
    }

VARIANTS(COUNT_LOOP, count, uint64_t)

uint64_t nr_bits_count(const uint64_t *words, size_t n)
{
    return PICK(count)(words, n);
}

uint64_t nr_bitmap_count(const nr_bitmap *b)
{
    return nr_bits_count(b->words, b->n_words);
}

void nr_bitmap_and(nr_bitmap *into, const nr_bitmap *with)
{
    for (size_t i = 0; i < into->n_words; i++) into->words[i] &= i < with->n_words ? with->words[i] : 0;
}

void nr_bitmap_or(nr_bitmap *into, const nr_bitmap *with)
{
    if (with->n_words > into->n_words) grow(into, with->n_words);
    for (size_t i = 0; i < with->n_words; i++) into->words[i] |= with->words[i];
}

void nr_bitmap_andnot(nr_bitmap *into, const nr_bitmap *with)
{
    size_t n = into->n_words < with->n_words ? into->n_words : with->n_words;
    for (size_t i = 0; i < n; i++) into->words[i] &= ~with->words[i];
}

uint32_t nr_bitmap_next(const nr_bitmap *b, uint32_t from)
{
    uint64_t mask = UINT64_MAX << (from % 64); /* of the first word only */
    for (size_t i = from / 64; i < b->n_words; i++, mask = UINT64_MAX) {
        uint64_t word = b->words[i] & mask;
        if (word) return (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(word);
    }
    return UINT32_MAX;
}
