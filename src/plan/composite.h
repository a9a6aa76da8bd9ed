/* composite.h -- access by indexes of several fields: lookups that pin the first fields to one value each, then what is asked of the next one, or the order. */
#ifndef NR_COMPOSITE_H
#define NR_COMPOSITE_H

#include "plan/access.h"

/* What lookups that must all be true leave of an index of several fields. *pinned: how many of its fields are pinned. found false: nothing, none of them is on its
 * first field. */
bool nr_composite_access(nr_planner *p, const nr_preds *all, const nr_index *ix, nr_access *out, size_t *pinned, bool *found);

/* Puts the index of several fields that answers the most lookups, two or more, in the place of the paths of these lookups. */
bool nr_composite_improve(nr_planner *p, nr_analysis *an);

/* Whether a walk of the index, with its first fields pinned, gives the query's order: descending or not, and rows that are equal in it by their pks. The directions
 * are those before REVERSE. */
bool nr_composite_orders(const nr_index *ix, size_t pinned, const nr_query *q, bool *descending, bool *pks_descending);

#endif
