/* trail.h -- the values of a field of another model, by rows of this one: references are followed, which are arrays of numbers; at their end a column is read, or
 * the entity where there is none. */
#ifndef NR_TRAIL_H
#define NR_TRAIL_H

#include "exec/op.h"
#include "exec/reference.h"
#include "query/joined.h"

typedef struct nr_trail {
    const nr_joined *joined;
    nr_reference *steps;
    nr_model *to;
    const nr_column *column; /* NULL: the entity is read */
    bool *want;
} nr_trail;

/* The model at the end, and whether its table has the field. pairings: of rows of m that come in pairs, which it may begin at. */
nr_model *nr_trail_end(nr_model *m, const nr_joined *j, const nr_pairing *const *pairings);
bool nr_trail_in_column(nr_model *m, const nr_joined *j, const nr_pairing *const *pairings);

/* Of rows of m, or of those that they are paired with. All models on the way have their tables. Lives in arena, until a row of one of them changes. */
void nr_trail_init(nr_trail *t, nr_model *m, const nr_joined *j, const nr_pairing *const *pairings, nr_arena *arena);

/* The row at the end; NR_NO_ROW where it leads nowhere, as it does from NR_NO_ROW. */
uint32_t nr_trail_row(const nr_trail *t, uint32_t row);

/* What it leads to from a row: NULL where it leads nowhere. Texts are made in arena, or live as the column's do. False: err. */
bool nr_trail_value(const nr_trail *t, uint32_t row, nr_store *store, const nr_env *env, nr_arena *arena, nr_value *out, nr_err *err);

#endif
