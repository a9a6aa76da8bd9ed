/* removal.h -- indexes that nobody wants any more go in slices, as those that are built come.
 *
 * A sorted set is one key and goes at once. The sets of an index are as many keys as it has values, and only a walk over the keyspace finds them: it is gone
 * through a page at a time, and copies and the append-only file are told which keys went. What is to go is known in memory, here and on copies, which go on when
 * they become primaries; what a server that was stopped did not come to is removed before the index is built again. */
#ifndef NR_REMOVAL_H
#define NR_REMOVAL_H

#include "engine/models.h"

/* The model has the index no more. */
void nr_removal_add(nr_call *c, const nr_model *m, const nr_index *ix);

/* Whether anything in the call's database is to go. */
bool nr_removal_pending(const nr_call *c);

/* Removes until the monotonic clock says until_us, a page at least, or nothing is left. False: err. */
bool nr_removal_slice(nr_call *c, int64_t until_us);

void nr_removals_flushed(nr_engine *e, int db); /* -1: all databases */
void nr_removals_swapped(nr_engine *e, int a, int b);

#endif
