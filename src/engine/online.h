/* online.h -- indexes built while the server goes on answering: in slices, each over the next primary keys in their order.
 *
 * An index that is wanted and not there waits (stale); it is emptied, then filled (stale and building: writers keep it up, the planner does not use it), then
 * done. One index of a model at a time. The primary does it and tells its copies each step by INDEX BUILD; they and the append-only file apply the steps, so that
 * each knows how far it is and can go on. Adding an entry that is there and removing one that is not are no errors, so a step may come twice.
 * Indexes in memory are filled by each server for itself. The indexes of primary keys and unique values are no such ones: they are needed at once. */
#ifndef NR_ONLINE_H
#define NR_ONLINE_H

#include "engine/models.h"

enum { NR_BUILD_AT_ONCE = 1000 }; /* entities: an index over no more is built in the command that asks for it */

/* Whether the index may be built so. */
bool nr_index_online(const nr_index *ix);

/* Takes the states of indexes over from the model that after takes the place of. An index that is new waits when there are entities. */
void nr_online_carry(const nr_model *before, nr_model *after, bool entities);

/* Whether an index of the model waits or is being built; how many do. */
bool nr_online_pending(const nr_model *m);
size_t nr_online_waiting(const nr_model *m);

/* What waits is to be built: at once in a small model (as far as that takes no longer than a moment), else soon. Never on a copy, nor for what a primary sent. Errors are logged. */
void nr_online_kick(nr_call *c, nr_model *m);

/* Builds until the monotonic clock says until_us, or all is done. False: err. */
bool nr_online_slice(nr_call *c, nr_model *m, int64_t until_us);

/* Whether the index that is being built has been filled up to this primary key. */
bool nr_online_covers(const nr_model *m, const nr_value *pk, nr_arena *scratch);

/* How much of an index is built, in percent. */
int nr_online_progress(nr_call *c, nr_model *m, const nr_index *ix);

/* INDEX BUILD: a step of a build, from the primary. */
bool nr_cmd_index_build(nr_call *c, const nr_slice *argv, size_t argc);

void nr_online_release(nr_model *m);

#endif
