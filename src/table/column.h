/* column.h -- the values of one field by row number, in an array of their kind.
 *
 * A column knows which rows are NULL; rows that were never set are. Memory: 8 bytes a row for INT and FLOAT, 16 for DECIMAL, 8 and the bytes of the
 * text (and 4) for TEXT, and one bit. Threads: none. */
#ifndef NR_COLUMN_H
#define NR_COLUMN_H

#include "base/env.h"
#include "types/value.h"

typedef struct nr_column nr_column;

nr_column *nr_column_new(const nr_env *env, nr_kind kind); /* kind of the values, not NR_V_NULL */
void nr_column_free(nr_column *c);                         /* NULL is fine */

void nr_column_set(nr_column *c, uint32_t row, const nr_value *v); /* v of the kind, or NULL; texts are copied */
nr_value nr_column_get(const nr_column *c, uint32_t row);          /* texts live until the row is set again */

/* The values of an INT column for reading in bulk: rows below limit have their bit in set, and when that is 1 their value in ints. */
typedef struct nr_column_view {
    const int64_t *ints;
    const uint64_t *set;
    uint32_t limit; /* 0: there are no arrays */
} nr_column_view;
nr_column_view nr_column_ints(const nr_column *c);

size_t nr_column_bytes(const nr_column *c);                /* memory held */

#endif
