/* hash.h -- SipHash, and a map from byte strings to pointers.
 *
 * SipHash-1-3 and its 128-bit form: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. The digest's key
 * is fixed: it must be the same after a restart, and every answer found by it is verified. Tables take a seed, so that nobody can make keys collide. */
#ifndef NR_HASH_H
#define NR_HASH_H

#include "base/arena.h"

uint64_t nr_hash(uint64_t seed, nr_slice s);

/* 128-bit digest as 32 lower-case hex digits, no NUL. */
void nr_hash_digest(nr_slice s, char out[32]);

/* Open addressing with linear probing. Keys are not copied: they must outlive the map. Allocated from env, freed by clear. */
typedef struct nr_map {
    const nr_env *env;
    struct nr_map_slot *slots;
    size_t n, mask; /* entries; slots less one, or 0 when there are none */
} nr_map;

typedef struct nr_map_slot {
    nr_slice key; /* p NULL: empty */
    uint64_t hash;
    void *value;
} nr_map_slot;

void nr_map_init(nr_map *m, const nr_env *env);
void nr_map_clear(nr_map *m); /* frees the table, not the values; the map may be used again */

void *nr_map_get(const nr_map *m, nr_slice key);             /* NULL when absent */
void *nr_map_put(nr_map *m, nr_slice key, void *value);      /* value not NULL; returns the value that was there (its old key stays), or NULL */

/* The place of key, made when there is none: then value is NULL, and the caller fills in a value, and a key that stays. Until the map changes. */
nr_map_slot *nr_map_need(nr_map *m, nr_slice key);
void nr_map_soon(const nr_map *m, nr_slice key);             /* the key will be asked for: its place is fetched from memory meanwhile */

void *nr_map_take(nr_map *m, nr_slice key);                  /* removes; returns the value that was there, or NULL */

/* Walks: start with *at = 0; false at the end. The map must not change meanwhile. */
bool nr_map_next(const nr_map *m, size_t *at, nr_slice *key, void **value);

#endif
