/* row_reply.h -- rows of columns as replies: a map each, a bare value each (FLAT), or a JSON object each (FORMAT JSON). */
#ifndef NR_ROW_REPLY_H
#define NR_ROW_REPLY_H

#include "engine/nonrel.h"
#include "query/grouping.h"

typedef struct nr_row_form {
    size_t n;               /* columns */
    const nr_slice *names;
    const nr_spec *specs;
    bool flat, json;        /* flat: n is 1 */
} nr_row_form;

/* Of what a query replies, and of groups. */
nr_row_form nr_row_form_of(const nr_query *q, nr_arena *arena);
nr_row_form nr_group_form_of(const nr_grouping *g, const nr_query *q);

/* values: of the columns. */
void nr_row_reply(nr_call *c, const nr_row_form *f, const nr_value *values);

#endif
