/* term.h -- one value of an entity, as an output, a sort key, a group key or what an aggregate is of: a field, or what transforms make of it. */
#ifndef NR_TERM_H
#define NR_TERM_H

#include "model/path.h"

typedef struct nr_term {
    const nr_field *field;
    const nr_transform *transforms[NR_PATH_TRANSFORMS]; /* one after the other */
    uint8_t n_transforms;
    nr_spec spec;                                       /* of what it gives */
} nr_term;

/* The field itself. */
nr_term nr_term_of(const nr_field *f);

/* Binds "field[__transform...]"; clause, for errors: "FIELDS". Errors: NOFIELD, NOLOOKUP (no such transform), NOMODEL (a relation to a model that is not
 * defined), SYNTAX (joins, and steps into containers). */
bool nr_term_bind(const nr_schema *s, nr_slice name, const char *clause, nr_term *out, nr_err *err);

/* What it gives of its field's value; texts are those of v. */
nr_value nr_term_value(const nr_term *t, const nr_value *v);

static inline bool nr_term_plain(const nr_term *t)
{
    return t->n_transforms == 0;
}

bool nr_term_eq(const nr_term *a, const nr_term *b);

/* "created__year". */
void nr_term_print(const nr_term *t, nr_buf *out);

#endif
