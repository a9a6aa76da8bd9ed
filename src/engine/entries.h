/* entries.h -- what an index of the store holds of an entity: the one place where entries are made. */
#ifndef NR_ENTRIES_H
#define NR_ENTRIES_H

#include "model/index.h"
#include "store/store.h"

typedef struct nr_entry {
    nr_slice key, member; /* of an ordered index, the index's key; of sets, a set's; and what stands in it */
} nr_entry;
typedef NR_VEC(nr_entry) nr_entries;

/* Appends the entries of an entity, row by field id; no two are the same. */
void nr_index_entries(const nr_index *ix, nr_slice pk, const nr_value *row, nr_arena *arena, nr_entries *out);

/* Appends what goes and what comes when an entity changes; before or after NULL: it was, or will be, not there. Of an unsure key function (keyfn.h) what goes need not
 * be there, and what comes may be there already. */
void nr_index_difference(const nr_index *ix, nr_slice pk, const nr_value *before, const nr_value *after, nr_arena *arena, nr_entries *gone, nr_entries *come);

/* Adds entries to an index of the store; those that are there already do no harm. False: err. */
bool nr_entries_add(nr_store *s, const nr_index *ix, const nr_entries *entries, nr_err *err);

#endif
