/* trigram.h -- the trigrams of a text as numbers: what an index of substrings is made of.
 *
 * A code is three code points of 21 bits, the first one highest, so that codes sort as their texts do. A text holds a needle only if it has
 * all of the needle's trigrams; a needle of less than three code points has none and says nothing. */
#ifndef NR_TRIGRAM_H
#define NR_TRIGRAM_H

#include "base/vec.h"

typedef NR_VEC(uint64_t) nr_trigrams;

/* The distinct trigrams of valid text, or of its folded form, in ascending order. They live in arena. Time: O(n). Meanwhile 16 bytes
 * for each byte of the text are held from the arena's env. */
nr_trigrams nr_trigrams_of(nr_arena *arena, nr_slice text, bool folded);

#endif
