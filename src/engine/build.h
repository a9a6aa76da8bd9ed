/* build.h -- indexes over entities that are already there. */
#ifndef NR_BUILD_H
#define NR_BUILD_H

#include "engine/models.h"

/* The canonical pks of all entities of m, in pk order, from the pk index; entries that are no pk are passed over. */
bool nr_build_pks(nr_call *c, nr_model *m, nr_slices *pks);

/* The pk that a key under m's prefix names; false when it is no canonical one. pk points into key. */
bool nr_entity_pk(const nr_model *m, nr_slice key, nr_arena *arena, nr_slice *pk);

typedef struct nr_entity {
    nr_slice pk;         /* canonical */
    const nr_value *row; /* by field id */
    int64_t deadline;    /* milliseconds since 1970 UTC; -1: none */
} nr_entity;

/* By the clock the entity is there no more. Whether it is, only the store can say, by another call: a server's clock stands still in a script and in a
 * transaction. Never so on a copy for what its primary says. */
bool nr_entity_overdue(const nr_call *c, const nr_entity *e);

typedef struct nr_key_list {
    nr_arena *arena;
    nr_slices keys; /* in the arena */
} nr_key_list;

/* Calls fn with every hash under m's prefix that decodes by its definition, overdue ones too; those that don't are logged and counted. An entity lives during fn,
 * which calls nothing on the store. The same walk notes what nr_build_set_keys gives; set_keys NULL: nobody asks. False: fn said so. */
bool nr_build_each_entity(nr_call *c, nr_model *m, bool (*fn)(void *ctx, const nr_entity *e), void *ctx, nr_key_list *set_keys);

/* The pks of all hashes under m's prefix that decode by its definition; those that don't are logged and counted. */
bool nr_build_find_entities(nr_call *c, nr_model *m, nr_slices *pks);

/* Adds every entity of pks to the index. NOTUNIQUE when a unique field comes twice; a failure leaves what was built behind: remove it with nr_build_remove. */
bool nr_build_index(nr_call *c, nr_model *m, const nr_index *ix, const nr_slices *pks);

/* The keys of all set indexes that m has, or ever had: one walk over the keyspace. */
nr_slices nr_build_set_keys(nr_call *c, const nr_model *m);

/* Removes an index altogether. set_keys: as nr_build_set_keys gave them. */
bool nr_build_remove(nr_call *c, const nr_index *ix, const nr_slices *set_keys);

#endif
