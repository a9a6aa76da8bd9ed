/* unjoin.h -- lookups behind references that an index of the model answers by itself: they are no joins.
 *
 * A way along references leads to one entity or nowhere, where every value is NULL, and what is borrowed is NULL too: a predicate behind it means the same
 * of the borrowed values of the row, AND, OR and NOT included. */
#ifndef NR_UNJOIN_H
#define NR_UNJOIN_H

#include "engine/commands.h"
#include "query/join.h"

/* p with lookups on borrowed fields in the place of what indexes of m answer behind LINKs. The table of m is up to date. */
const nr_pred *nr_unjoin(nr_call *c, nr_model *m, const nr_pred *p);

/* The same for the order of a query, where an index that is kept in order gives it. */
void nr_unjoin_order(nr_call *c, nr_query *q);

#endif
