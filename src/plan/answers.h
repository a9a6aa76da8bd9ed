/* answers.h -- what indexes alone tell of an AGGREGATE without GROUPBY: how many rows there are, and what stands at the ends of an order. */
#ifndef NR_ANSWERS_H
#define NR_ANSWERS_H

#include "plan/plan.h"

/* An answer for each measure, *out NULL when rows have to be read for some of them. False: err. */
bool nr_answers_find(nr_planner *p, const nr_query *q, const nr_grouping *g, const nr_group_answer **out);

#endif
