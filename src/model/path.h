/* path.h -- what a lookup or an index looks at: a field, and what is made of its value before it is compared.
 *
 * A path is a value: copied freely, compared by nr_path_eq. It gives for each value of its field any number of values of one spec: just one when
 * nothing but transforms stand in it. */
#ifndef NR_PATH_H
#define NR_PATH_H

#include "model/schema.h"
#include "types/transform.h"

enum { NR_PATH_TRANSFORMS = 4 };

typedef struct nr_path {
    const nr_field *field;
    const nr_transform *transforms[NR_PATH_TRANSFORMS]; /* one after the other */
    uint8_t n_transforms;
    nr_spec last;          /* of what the last transform gives */
} nr_path;

typedef NR_VEC(nr_value) nr_values;

/* Sorts values of one kind and drops those that come again. */
void nr_values_sort(nr_values *v);

/* The value of the field itself. */
nr_path nr_path_of(const nr_field *f);

/* Whether it gives the field's value as it is. */
static inline bool nr_path_plain(const nr_path *p)
{
    return p->n_transforms == 0;
}

/* Of what it gives; type NULL while that of a relation's target is not known. Lives as long as the path. */
static inline const nr_spec *nr_path_spec(const nr_path *p)
{
    return p->n_transforms ? &p->last : &p->field->spec;
}

/* The type of what it gives: known, unlike its spec, before a schema is resolved; NULL while that of a relation's target is not. */
const nr_type *nr_path_type(const nr_path *p);

/* Whether it may give several values, or none, of one. */
static inline bool nr_path_many(const nr_path *p)
{
    (void)p;
    return false;
}

bool nr_path_eq(const nr_path *a, const nr_path *b);

/* Puts a transform behind it; false when there are too many. It must suit the type of nr_path_spec. */
bool nr_path_transform(nr_path *p, const nr_transform *t);

/* Appends what it gives of v, a value of its field. */
void nr_path_values(const nr_path *p, const nr_value *v, nr_arena *arena, nr_values *out);

/* "created__month". */
void nr_path_print(const nr_path *p, nr_buf *out);

#endif
