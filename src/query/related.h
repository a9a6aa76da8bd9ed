/* related.h -- the clauses WITH and PREFETCH: which entities of other models stand in a reply, and where. */
#ifndef NR_RELATED_H
#define NR_RELATED_H

#include "query/joined.h"

/* An entity in the place of its primary key, and entities in it. */
typedef struct nr_nest nr_nest;
struct nr_nest {
    const nr_field *field; /* the reference */
    nr_model *to;
    NR_VEC(nr_nest *) inner;
};

/* A list of entities under the name of a relation, and lists in each of them. */
typedef struct nr_prefetch nr_prefetch;
typedef NR_VEC(nr_prefetch *) nr_prefetches;
struct nr_prefetch {
    nr_slice name, path;         /* "comments", "posts__comments" */
    const nr_link *const *steps; /* from the rows on, to those of `to` */
    size_t n_steps;
    nr_model *to;
    bool named;                  /* by a path of its own, and not only as the beginning of one */
    nr_prefetches inner;
};

typedef struct nr_related {
    nr_nest *const *nests;       /* by output column, NULL: its value; NULL: there is no WITH */
    nr_prefetches lists;
} nr_related;

/* Binds both, for columns of terms. Errors: NOFIELD, NOMODEL, NOPERM, LIMIT (a path that is too long), SYNTAX (no relation to one entity, or to several; FIELDS lacks it;
 * named twice). */
bool nr_related_bind(nr_binder *b, const nr_ast *ast, const nr_term *columns, size_t n_columns, const nr_joineds *joined, nr_related *out);

#endif
