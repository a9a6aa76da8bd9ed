/* list_order.h -- the order of a model among entities of it that stand in lists.
 *
 * Where its ordering goes by what the entities have, that is all there is to look at. Where it goes along references it is asked of the model, as a query of these
 * rows. */
#ifndef NR_LIST_ORDER_H
#define NR_LIST_ORDER_H

#include "engine/row_reply.h"

/* *rank: of each entity by its number, its place; of what is not there some place. by: nr_query_by_ordering of the model, whose table is there. False: err. */
bool nr_list_ranks(nr_call *c, const nr_query *by, const nr_entities *e, uint32_t **rank);

#endif
