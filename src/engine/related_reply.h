/* related_reply.h -- entities of other models in a reply: in the place of a key (WITH), and in lists (PREFETCH).
 *
 * Each is read once, by its key, however often it stands there; lists are found by one pass over the models on the way for all rows together. All is there before
 * the reply begins. */
#ifndef NR_RELATED_REPLY_H
#define NR_RELATED_REPLY_H

#include "engine/commands.h"
#include "engine/row_reply.h"

/* Makes the form of a query's rows one with nested entities and lists, if it has such clauses. Lists take the primary key, which is added behind the other
 * columns. False: err. */
bool nr_related_begin(nr_call *c, nr_query *q, nr_row_form *form);

/* Reads all that n rows of columns need. False: err (LIMIT: nonrel.max-results in lists, nonrel.max-memory, nonrel.max-time). */
bool nr_related_read(nr_call *c, const nr_query *q, nr_row_form *form, const nr_value *const *rows, size_t n);

/* A line for each relation, for EXPLAIN. */
void nr_related_explain(nr_call *c, const nr_query *q, nr_slices *lines);

#endif
