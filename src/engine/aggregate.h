/* aggregate.h -- groups of rows: AGGREGATE, and QUERY with DISTINCT. */
#ifndef NR_AGGREGATE_H
#define NR_AGGREGATE_H

#include "engine/commands.h"

bool nr_cmd_aggregate(nr_call *c, const nr_slice *argv, size_t argc);

/* Answers a query with DISTINCT: reads, then replies. */
bool nr_query_distinct(nr_call *c, nr_model *m, const nr_ast *ast);

/* The plan of either, and its filters. */
const nr_node *nr_groups_plan(nr_call *c, nr_model *m, const nr_ast *ast, const nr_pred **where);

#endif
