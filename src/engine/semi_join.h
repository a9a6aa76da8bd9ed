/* semi_join.h -- relations between models while a command runs: which models there are, and links turned into the rows that they stand for.
 *
 * A LINK of a predicate is a semi-join. What it asks of the other model is answered there, as a query of its own; then the rows that are found are carried along the
 * reference, which is an array of row numbers (table/links.h), and stand in the place of the LINK as a set of rows, or, when they are few, as keys for an index. A QUERY
 * is run likewise; where it is about keys of rows these are carried too, else its values become the operands of an `in`. */
#ifndef NR_SEMI_JOIN_H
#define NR_SEMI_JOIN_H

#include "engine/commands.h"
#include "query/join.h"

/* The other models for a call's binders; in its arena. Errors: NOPERM (the user may not read the model), SYNTAX (it is in another slot of the cluster). */
const nr_others *nr_others_of(nr_call *c);

/* Whether a command on from may go on to another model, or write it. Errors as above. */
bool nr_may_enter(nr_call *c, nr_slice from, nr_slice name, bool write);

/* Runs the links and queries of the query's filters. Row numbers of q->where are good until something is written. False: err. */
bool nr_join_run(nr_call *c, nr_query *q);

/* The same for another predicate on the query's rows. NULL: err. */
const nr_pred *nr_join_resolve(nr_call *c, const nr_query *q, const nr_pred *p);

/* Whether the rows of m that refer by f to so many targets are found by their keys in the index of f rather than by a pass over all references. */
bool nr_join_by_keys(const nr_call *c, const nr_model *m, const nr_field *f, uint64_t n);

/* `author in (...)`, as nr_bind_leaf would make it; keys are put in order, and stay the caller's. text is what it is called. And a predicate as the root of a tree. */
const nr_pred *nr_join_keys(const nr_field *f, nr_operand *keys, size_t n, nr_slice text, nr_arena *arena);
const nr_pred *nr_join_all_of(nr_arena *arena, const nr_pred *p);
/* A set of rows of a model, none of them in it. */
nr_bitmap nr_join_rows_of(nr_call *c, const nr_model *m);

/* The rows of link->to that refer by a reverse link to one of targets, which are rows of m. False: err. */
bool nr_join_referring(nr_call *c, nr_model *m, const nr_link *link, const nr_bitmap *targets, nr_bitmap *out);

/* What that would do, for EXPLAIN: the plans of the other models, indented. m: of the rows that where is about. */
bool nr_join_explain(nr_call *c, nr_model *m, const nr_pred *where, size_t depth, nr_slices *lines);

#endif
