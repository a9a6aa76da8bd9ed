/* related.h -- the clauses WITH and PREFETCH: which entities of other models stand in a reply, and where. */
#ifndef NR_RELATED_H
#define NR_RELATED_H

#include "query/joined.h"

typedef struct nr_nest nr_nest;
typedef struct nr_prefetch nr_prefetch;
typedef NR_VEC(nr_nest *) nr_nests;
typedef NR_VEC(nr_prefetch *) nr_prefetches;

/* What stands in entities. */
typedef struct nr_within {
    nr_nests nests;
    nr_prefetches lists;
} nr_within;

/* An entity in the place of its primary key. */
struct nr_nest {
    const nr_field *field;       /* the reference */
    nr_model *to;
    bool named;                  /* by a path of PREFETCH */
    nr_within within;
};

struct nr_query;

/* A list of entities under the name of a relation. */
struct nr_prefetch {
    nr_slice name, path;         /* "comments", "posts__comments" */
    const nr_link *const *steps; /* from the entities on, to those of `to` */
    size_t n_steps;
    nr_model *to;
    const struct nr_query *by;   /* the order of `to`; NULL: it has none */
    bool named;                  /* by a path of its own, and not only as the beginning of one */
    nr_within within;
};

typedef struct nr_related {
    nr_nest *const *nests;       /* by output column, NULL: its value; NULL: there are none */
    size_t n_nests;              /* PAGE has more columns, of its sort keys */
    nr_prefetches lists;
} nr_related;

/* Binds both, for columns of terms. Errors: NOFIELD, NOMODEL, NOPERM, LIMIT (a path that is too long), SYNTAX (no relation; of WITH, one to any number of entities; FIELDS lacks it;
 * named twice). */
bool nr_related_bind(nr_binder *b, const nr_ast *ast, const nr_term *columns, size_t n_columns, const nr_joineds *joined, nr_related *out);

#endif
