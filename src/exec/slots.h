/* slots.h -- groups as places of one array: where keys are numbers that lie close together, or codes, a group is found by counting on from the lowest key, and
 * a chunk of the table adds to the cells of its groups without a row being looked at by itself.
 *
 * The array grows with the keys that come. A chunk whose keys lie too far apart for it is refused as a whole: whoever has it goes another way with it, and
 * groups of both ways are brought together by their keys. What is found can be asked for at any time, places in order. */
#ifndef NR_SLOTS_H
#define NR_SLOTS_H

#include "exec/op.h"
#include "query/grouping.h"

typedef struct nr_slots nr_slots;

/* Over the columns of run's table. arena: for the array. NULL: not for this grouping: a key has no numbers, or a function takes value by value. */
nr_slots *nr_slots_new(nr_run *run, nr_arena *arena, const nr_grouping *g);

/* Takes a dense batch. False: it is refused, nothing has been taken. WHEN may have failed: run's err. */
bool nr_slots_take(nr_slots *s, const nr_batch *in);

/* Nothing that is to come can add a group, and groups are all that is asked for. */
bool nr_slots_complete(nr_slots *s);

/* Walks over the groups that have rows: *at is 0 at first, and names the group for the others. values: the fields of the keys as they are, without their
 * transforms. False at the end. */
bool nr_slots_next(const nr_slots *s, size_t *at, nr_value *values, uint64_t *rows);

/* What the group's rows come to in a measure that is not their number. False: no row has a value. */
bool nr_slots_bulk(const nr_slots *s, size_t at, size_t measure, nr_bulk *out);

#endif
