/* deadlines.h -- when entities run out: the pks that have a time to live, the next one first.
 *
 * A server removes an expired key some time after its deadline; answers must be true from the deadline on. A binary heap with one entry for each pk.
 * Memory: about 80 bytes and the pk for each. */
#ifndef NR_DEADLINES_H
#define NR_DEADLINES_H

#include "base/hash.h"

typedef struct nr_deadlines nr_deadlines;

nr_deadlines *nr_deadlines_new(const nr_env *env);
void nr_deadlines_free(nr_deadlines *d); /* NULL is fine */

/* at: milliseconds since 1970 UTC; -1: the entity has no deadline. */
void nr_deadlines_set(nr_deadlines *d, nr_slice pk, int64_t at);

/* Whether a pk's deadline is at or before now. */
bool nr_deadlines_any_due(const nr_deadlines *d, int64_t now);

/* Takes out a pk whose deadline is at or before now; false when there is none. The pk is copied into arena. */
bool nr_deadlines_due(nr_deadlines *d, int64_t now, nr_arena *arena, nr_slice *pk);

#endif
