/* op_group.h -- Group: rows to groups. Its batches have groups in place of rows: values[i] is a group's columns, as grouping.h says, and lives until the end
 * of the run. */
#ifndef NR_OP_GROUP_H
#define NR_OP_GROUP_H

#include "exec/op.h"
#include "query/grouping.h"

/* What is known of a measure before any row is read: a count, or the row that has the value. */
typedef struct nr_group_answer {
    const nr_node *row; /* gives one row, loaded, or none; NULL: count is the answer */
    uint64_t count;
    nr_slice text;      /* how it is known, for EXPLAIN */
} nr_group_answer;

typedef struct nr_group_params {
    const nr_grouping *grouping;
    const nr_group_answer *answers; /* by measure; then there is no operator below. NULL: rows are read */
    bool columns;          /* values are read from the columns of the tables; else the rows below are loaded, and have values of other models behind their own */
    nr_join_params join;   /* what is read of other models, and what rows are paired with */
    size_t n_pairings;
    const nr_index *index; /* in memory: sizes of its stretches are the counts asked for, while they are few; NULL: there is none */
} nr_group_params;

extern const nr_op_class nr_op_group;

/* How many groups there are, before LIMIT; behind the first pull. */
uint64_t nr_group_total(const nr_op *op);

#endif
