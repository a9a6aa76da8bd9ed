/* simplify.h -- a predicate in the form that the planner knows best: the same answers, fewer nodes. */
#ifndef NR_SIMPLIFY_H
#define NR_SIMPLIFY_H

#include "plan/plan.h"

/* Lists in lists of the same kind are one list, what stands alone needs no list, a double NOT is none; of an OR the points on one field are one `in`,
 * what is dear to ask stands last. An AND with no or some kids whatever comes in; everything lives in the arena, or in what came in. */
const nr_pred *nr_plan_simplify(nr_planner *p, const nr_pred *pred);

#endif
