/* subquery.h -- (QUERY model WHERE expression FIELDS path) in the place of an operand: what the path gives of the entities for which the expression is true.
 *
 * In a predicate it stands as NR_P_QUERY until it has been asked, which happens before anything is planned (engine/semi_join.h). */
#ifndef NR_SUBQUERY_H
#define NR_SUBQUERY_H

#include "query/joined.h"

typedef struct nr_subquery {
    nr_model *model;
    const nr_pred *where;
    nr_term term;          /* its path */
    bool implied;          /* the path was not given: it is what is compared with that says which field is meant */
    nr_joineds joined;     /* what the path reads of other models */
    nr_binder outer;       /* of the path that is compared with what it gives (nr_bind_query_leaf) */
} nr_subquery;

/* A query of that model, and what binds its expression and its path. NULL: err (NOMODEL, NOPERM, SYNTAX: a model in another slot, or no place for a query). */
nr_subquery *nr_subquery_begin(nr_binder *b, nr_slice model, nr_binder *inner);

/* Its expression (absent: all entities) and its path, bound. False: err; where NULL: err stands. */
bool nr_subquery_end(nr_binder *inner, nr_subquery *s, const nr_pred *where, nr_slice path);

#endif
