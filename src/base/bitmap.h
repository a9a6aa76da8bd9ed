/* bitmap.h -- a dense set of row numbers, one bit each, in an arena. Grows as bits are set; bits beyond its end are clear. */
#ifndef NR_BITMAP_H
#define NR_BITMAP_H

#include "base/arena.h"

typedef struct nr_bitmap {
    nr_arena *arena;
    uint64_t *words;
    size_t n_words;
} nr_bitmap;

/* Sixty-four bytes of 0 and 1 side by side. */
static inline uint64_t nr_bits_word(const unsigned char *bytes)
{
    uint64_t word = 0, eight;
    for (size_t i = 0; i < 8; i++) {
        memcpy(&eight, bytes + 8 * i, 8);
        word |= (eight * 0x0102040810204080u >> 56) << (8 * i);
    }
    return word;
}

/* How many bits are set in words. */
uint64_t nr_bits_count(const uint64_t *words, size_t n);

static inline nr_bitmap nr_bitmap_in(nr_arena *arena)
{
    return (nr_bitmap){arena, NULL, 0};
}

void nr_bitmap_set(nr_bitmap *b, uint32_t bit);

static inline bool nr_bitmap_has(const nr_bitmap *b, uint32_t bit)
{
    return bit / 64 < b->n_words && (b->words[bit / 64] >> (bit % 64) & 1);
}

uint64_t nr_bitmap_count(const nr_bitmap *b);
void nr_bitmap_and(nr_bitmap *into, const nr_bitmap *with);
void nr_bitmap_or(nr_bitmap *into, const nr_bitmap *with);
void nr_bitmap_andnot(nr_bitmap *into, const nr_bitmap *with);

/* The first set bit at or behind from; UINT32_MAX when there is none. */
uint32_t nr_bitmap_next(const nr_bitmap *b, uint32_t from);

#endif
