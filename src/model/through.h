/* through.h -- the models that hold many-to-many relations: a reference to either side, and what else there is to say of a pair. */
#ifndef NR_THROUGH_H
#define NR_THROUGH_H

#include "model/schema.h"

/* The references of a through model: to the model that has the m2m field, and to that field's target. */
typedef struct nr_ends {
    const nr_field *near, *far;
} nr_ends;

/* The definition of the model that the server keeps for an m2m field of s. */
nr_slice nr_through_json(const nr_schema *s, const nr_field *f, nr_arena *arena);

/* The two references. BADVALUE: the model that `through` names has not just one to each side, or not two to a model that is related to itself. */
bool nr_through_ends(const nr_schema *through, const nr_schema *s, const nr_field *f, nr_ends *out, nr_err *err);

#endif
