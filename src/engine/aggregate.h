/* aggregate.h -- groups of rows: AGGREGATE, and QUERY with DISTINCT. */
#ifndef NR_AGGREGATE_H
#define NR_AGGREGATE_H

#include "engine/commands.h"

bool nr_cmd_aggregate(nr_call *c, const nr_slice *argv, size_t argc);

/* Answers a query with DISTINCT: reads, then replies. */
bool nr_query_distinct(nr_call *c, nr_model *m, const nr_ast *ast);

/* Either of them, bound. */
typedef struct nr_groups {
    nr_query query;
    nr_grouping grouping;
} nr_groups;

bool nr_groups_bind(nr_call *c, nr_model *m, const nr_ast *ast, nr_groups *g);

/* The plan, and what is asked of other models, by filters, WHEN and HAVING: lines for EXPLAIN. */
bool nr_groups_explain(nr_call *c, nr_model *m, const nr_groups *g, nr_slices *lines);

#endif
