/* plan.h -- from a bound query to a tree of operators.
 *
 * Selectivity is measured, not guessed: a store counts the keys of a range in O(log n). The most selective index leads; further indexes mask it where
 * walking them costs less than opening the entities that they save; the rest of the predicate is a Filter over loaded entities. With ORDER on
 * one indexed field, walking that index until LIMIT is weighed against sorting.
 *
 * Nodes are immutable and live in the arena given. */
#ifndef NR_PLAN_H
#define NR_PLAN_H

#include "exec/op_group.h"
#include "plan/passes.h"

typedef struct nr_planner {
    nr_model *model;
    nr_store *store;
    nr_arena *arena;
    nr_err *err;
    const nr_env *env;
    int64_t deadline_us; /* monotonic */
    nr_joineds joined;   /* of the query: values behind those of the model's fields */
    bool explains;       /* the plan is to be printed: its nodes say which lookups they answer */
    unsigned off;        /* passes that are not taken */
} nr_planner;

static inline bool nr_pass_on(const nr_planner *p, nr_pass pass)
{
    return !(p->off & pass);
}

/* What is wanted of the rows. */
typedef enum nr_purpose {
    NR_FOR_REPLY, /* the query's output fields, loaded, in order, within LIMIT */
    NR_FOR_ROWS,  /* every matching row, in any order, nothing loaded */
    NR_FOR_VALUES, /* the same with the output fields, which are loaded unless all of them are in columns */
} nr_purpose;

/* The tree for a query; NULL on failure. */
const nr_node *nr_plan_rows(nr_planner *p, const nr_query *q, nr_purpose purpose);

/* The tree for groups: its root is a Group. q has the filters, and as output the fields that the grouping reads. */
const nr_node *nr_plan_groups(nr_planner *p, const nr_query *q, const nr_grouping *g);

/* How many rows match, when index counts alone tell: *known. What was counted goes to text, for EXPLAIN. */
bool nr_plan_count(nr_planner *p, const nr_query *q, bool *known, uint64_t *count, nr_buf *text);

/* One line for each node, the root first, two spaces of indent a level. */
void nr_plan_print(const nr_node *root, nr_arena *arena, nr_slices *lines);

/* The same, the root so many levels in. */
void nr_plan_print_under(const nr_node *root, size_t depth, nr_arena *arena, nr_slices *lines);

#endif
