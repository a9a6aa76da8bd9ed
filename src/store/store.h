/* store.h -- the seam between the engine and where data lies: entities as field maps, ordered indexes, set indexes, counters.
 *
 * A store is one database of one server (or of a test). Keys are full key names, made by the engine. Ordered indexes hold distinct byte strings in
 * memcmp order; set indexes hold distinct byte strings, in any order that stays while nothing is written. An index that has no members does not exist,
 * and the other way round. Every call may fail; a call that fails has changed nothing. Reads never write, and never return half an answer.
 *
 * Rules for callers: no other call on the store stands between the calls of one walk() callback and its return, except reads of entities. Slices returned live
 * in the arena given. The store signals and announces (WATCH, keyspace events) what it changes in entities by itself.
 *
 * Each store passes tests/t_store.c; docs/stores.md walks through store_mem.c. */
#ifndef NR_STORE_H
#define NR_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

typedef enum nr_status {
    NR_ST_OK,
    NR_ST_WRONGTYPE, /* the key holds something else */
    NR_ST_FAILED,    /* the server refused */
} nr_status;

const char *nr_status_text(nr_status st); /* "holds another type of value", "could not be written" */

/* True when st is OK; else the CORRUPT error that names the key. */
bool nr_status_good(nr_status st, nr_slice key, nr_err *err);

typedef enum nr_holds { NR_HOLDS_NOTHING, NR_HOLDS_HASH, NR_HOLDS_ORDERED, NR_HOLDS_SET, NR_HOLDS_STRING, NR_HOLDS_OTHER } nr_holds;

/* A stretch of an ordered index. A NULL p: no bound on that side. Bounds are inclusive unless open. */
typedef struct nr_range {
    nr_slice lo, hi;
    bool lo_open, hi_open;
} nr_range;

typedef struct nr_pair {
    nr_slice name, value; /* value.p NULL: absent, or to be removed */
} nr_pair;
typedef NR_VEC(nr_pair) nr_pairs;

/* A key that a reading walk has met. All of it lives during the call only. */
typedef struct nr_met {
    nr_slice key;
    nr_holds holds;
    int64_t deadline; /* as deadline() says; a key whose deadline has passed may be met */
    nr_pairs fields;  /* of a hash under the prefix, any order */
} nr_met;

typedef struct nr_store nr_store;

typedef struct nr_store_class {
    const char *name;

    nr_holds (*holds)(nr_store *s, nr_slice key);
    uint64_t (*size)(nr_store *s);                  /* keys that there are */
    uint64_t (*bytes)(nr_store *s, nr_slice key);   /* memory that the key takes, about; 0: no key, or the store cannot tell */
    int64_t (*deadline)(nr_store *s, nr_slice key); /* when the key runs out, milliseconds since 1970 UTC; -1: never, or no key */
    /* The key will be no key from that moment on, -1: from none; one that is past lets it go at once. No key: OK. */
    nr_status (*expire)(nr_store *s, nr_slice key, int64_t deadline);

    /* Hashes: entities and definitions. No key: OK with nothing found. */
    nr_status (*hash_all)(nr_store *s, nr_slice key, nr_arena *a, nr_pairs *out); /* appends every field, any order */
    nr_status (*hash_get)(nr_store *s, nr_slice key, nr_arena *a, nr_pair *fields, size_t n, bool *exists); /* fills the values */
    nr_status (*hash_put)(nr_store *s, nr_slice key, const nr_pair *fields, size_t n); /* sets and removes; makes the key when needed */
    nr_status (*remove)(nr_store *s, nr_slice key); /* any key, of any type; no key: OK */

    nr_status (*ordered_add)(nr_store *s, nr_slice key, nr_slice member);
    nr_status (*ordered_remove)(nr_store *s, nr_slice key, nr_slice member);
    nr_status (*ordered_has)(nr_store *s, nr_slice key, nr_slice member, bool *has);
    nr_status (*ordered_count)(nr_store *s, nr_slice key, const nr_range *r, uint64_t *count); /* O(log n) */
    /* Appends up to max members of the range, from its low end or (reverse) its high end. Fewer than max: there are no more. To go on,
     * the caller moves the bound behind the last member. */
    nr_status (*ordered_scan)(nr_store *s, nr_slice key, const nr_range *r, bool reverse, size_t max, nr_arena *a, nr_slices *out);

    nr_status (*set_add)(nr_store *s, nr_slice key, nr_slice member);
    nr_status (*set_remove)(nr_store *s, nr_slice key, nr_slice member);
    nr_status (*set_has)(nr_store *s, nr_slice key, nr_slice member, bool *has);
    nr_status (*set_count)(nr_store *s, nr_slice key, uint64_t *count); /* O(1) */
    /* Appends some members and moves *cursor (0 at first, 0 again at the end). Each member comes once while nothing is written. */
    nr_status (*set_scan)(nr_store *s, nr_slice key, uint64_t *cursor, nr_arena *a, nr_slices *out);
    /* Appends the members that are in each of n > 0 sets, any order. */
    nr_status (*set_common)(nr_store *s, const nr_slice *keys, size_t n, nr_arena *a, nr_slices *out);

    /* Counters: a decimal int64; no key: 0. */
    nr_status (*counter_get)(nr_store *s, nr_slice key, int64_t *value);
    nr_status (*counter_set)(nr_store *s, nr_slice key, int64_t value);

    /* Calls fn with every key that begins with prefix, in any order, until it returns false. The key lives during the call only. */
    void (*walk)(nr_store *s, nr_slice prefix, bool (*fn)(void *ctx, nr_slice key, nr_holds holds), void *ctx);

    /* The same, and what hashes hold is read where they are met, which is far cheaper than finding each again; keys that begin with beside (p NULL: none) are met on
     * the way, and nothing is read of them. fn calls nothing on the store. */
    void (*walk_read)(nr_store *s, nr_slice prefix, nr_slice beside, bool (*fn)(void *ctx, const nr_met *met), void *ctx);

    /* The same a piece at a time: appends some of the keys that begin with prefix (maybe none) and moves *cursor, 0 at first and 0 again at the end. Writes may
     * stand between the calls; a key that is there all the while comes at least once. The cursor lives as long as the process. */
    nr_status (*keys)(nr_store *s, nr_slice prefix, uint64_t *cursor, nr_arena *a, nr_slices *out);

    /* Tells watchers and caches that the model (whose definition's key this is) changed. */
    void (*touch)(nr_store *s, nr_slice key);
} nr_store_class;

struct nr_store {
    const nr_store_class *cls;
};

#endif
