/* bind.h -- names to things: an AST and a model become a bound query. After this nothing looks a name up. */
#ifndef NR_BIND_H
#define NR_BIND_H

#include "model/catalog.h"
#include "query/ast.h"
#include "query/bind_leaf.h"
#include "query/joined.h"
#include "query/related.h"

typedef struct nr_query {
    nr_model *model;
    const nr_pred *where;        /* an AND; with no kids: everything */
    const nr_pred *after;        /* what holds besides, of rows behind a page; NULL: nothing */
    const nr_sort_key *order;
    size_t n_order;
    bool random;                 /* ORDER ?; n_order is 0 */
    bool reverse, flat, withcount, json;
    bool noscan;
    int64_t max_scan;            /* -1: no bound */
    int64_t offset, count;       /* count -1: all */
    const nr_field *const *out;  /* fields that the reply is made of */
    const nr_term *terms;        /* what is replied of each */
    const nr_slice *out_names;   /* under these names */
    size_t n_out;
    bool whole;                  /* no FIELDS: out is every field */
    nr_joineds joined;           /* fields of other models that order, out, terms and groups read */
    nr_pairings pairings;        /* of groups: what rows are paired with */
    nr_related related;          /* entities of other models in the reply */
} nr_query;

/* Binds; everything lives in arena. The model must be resolved as far as its fields are used. Errors: NOFIELD, NOLOOKUP, BADVALUE, NOMODEL (a
 * relation to a model that is not defined), LIMIT (with.max_memory), SYNTAX (FLAT without exactly one field). use_ordering: without ORDER the model's ordering applies. */
bool nr_query_bind(const nr_ast *ast, nr_model *model, bool use_ordering, const nr_bind_with *with, nr_arena *arena, nr_query *out, nr_err *err);

/* Whether the names of a model's ordering lead to one value each, as far as the models on the way are defined. False: err (NOFIELD, NOLOOKUP, NOPERM, LIMIT, SYNTAX), which
 * begins with "ordering: ". */
bool nr_ordering_check(const nr_schema *s, const nr_bind_with *with, nr_arena *arena, nr_err *err);

/* All of a model in the order of its ordering, n_order 0 without one; there are no columns. False: err, as for ORDER. */
bool nr_query_by_ordering(nr_model *model, const nr_bind_with *with, nr_arena *arena, nr_query *out, nr_err *err);

/* Puts columns behind those that are replied. */
void nr_query_add_columns(nr_query *q, const nr_term *terms, size_t n, nr_arena *arena);

#endif
