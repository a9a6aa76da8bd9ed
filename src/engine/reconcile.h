/* reconcile.h -- what the indexes of the store should hold by a model's table, and what they hold: the difference as repairs. */
#ifndef NR_RECONCILE_H
#define NR_RECONCILE_H

#include "engine/follow.h"

typedef struct nr_repair {
    bool add, set;       /* add or remove; in a set index or an ordered one */
    nr_slice key, member; /* member absent: the key goes, it is no index */
} nr_repair;

/* Queues a repair; its bytes are copied. The model has a table. */
void nr_follow_repair(nr_call *c, nr_model *m, const nr_repair *r);

/* Whether it has set indexes to walk. */
bool nr_reconcile_sets(const nr_model *m);

/* Walks each of the model's indexes from one up to another once: entries that no row of the table has go, rows whose entry is missing get it. set_keys: of all set
 * indexes (build.h), if it has any. */
bool nr_reconcile(nr_call *c, nr_model *m, size_t from, size_t to, const nr_slices *set_keys);

#endif
