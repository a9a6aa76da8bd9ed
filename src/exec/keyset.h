/* keyset.h -- byte strings numbered in the order in which they first came, in an arena.
 *
 * Memory: the strings, 16 bytes each for the slices, and up to 32 for the table, as the arena counts them. */
#ifndef NR_KEYSET_H
#define NR_KEYSET_H

#include "base/vec.h"

typedef struct nr_keyset {
    nr_arena *arena;
    struct nr_keyset_slot *slots;
    size_t mask;    /* slots less one, or 0 when there are none */
    nr_slices keys; /* by number */
} nr_keyset;

nr_keyset nr_keyset_in(nr_arena *arena);

/* The number of a key, which is copied when it is new. At most 2^32 - 2 keys. */
uint32_t nr_keyset_number(nr_keyset *s, nr_slice key, bool *fresh);

/* The number of a key that is there. Makes nothing. */
uint32_t nr_keyset_find(const nr_keyset *s, nr_slice key);

#endif
