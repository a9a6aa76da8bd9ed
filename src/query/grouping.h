/* grouping.h -- rows to groups: keys, what is measured of each group, and the order of the groups. Of AGGREGATE, and of DISTINCT, which has keys alone.
 *
 * A group is a row of columns: the keys first, then the measures. To HAVING they are what fields are to WHERE. */
#ifndef NR_GROUPING_H
#define NR_GROUPING_H

#include "query/aggregates.h"
#include "query/bind.h"

typedef struct nr_measure {
    const nr_aggregate *function;
    bool star;         /* of the rows themselves: term is nothing */
    nr_term term;
    const nr_pred *when; /* of rows for which this is true; NULL: of all */
} nr_measure;

/* Whether it is the number of the group's rows. */
static inline bool nr_measure_is_size(const nr_measure *m)
{
    return m->star && !m->when;
}

typedef struct nr_group_order {
    size_t column;
    bool descending;
} nr_group_order;

typedef struct nr_grouping {
    const nr_term *keys;
    size_t n_keys;
    const nr_measure *measures;
    size_t n_measures;
    bool one;                     /* AGGREGATE without GROUPBY: one group, also of no rows */
    const nr_slice *names;        /* of the columns */
    const nr_spec *specs;
    const nr_group_order *order;  /* ties by the keys, ascending */
    size_t n_order;
    bool reverse;                 /* the whole order turned round */
    const nr_pred *having;        /* over columns: groups for which this is true; NULL: all */
    int64_t offset, count;        /* of groups; count -1: all */
} nr_grouping;

/* Binds an AGGREGATE, or a QUERY with DISTINCT: q gets the filters, and as output the fields that are read. Errors as nr_query_bind; SYNTAX (no function, two
 * columns of one name), NOFIELD (an order or a name in HAVING that is none of the columns), BADVALUE (a field that a function does not take), LIMIT (more than
 * NR_FIELDS_MAX columns), and those of nr_where_bind. */
bool nr_grouping_bind(const nr_ast *ast, nr_model *model, const nr_bind_with *with, nr_arena *arena, nr_query *q, nr_grouping *out, nr_err *err);

/* Marks the fields that it reads, those of other models too: want[field id] = true. */
void nr_grouping_fields(const nr_grouping *g, bool *want);

static inline size_t nr_grouping_columns(const nr_grouping *g)
{
    return g->n_keys + g->n_measures;
}

#endif
