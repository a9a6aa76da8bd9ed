/* borrowed.h -- reading a path of an index through references: which field of which model it borrows, by which way. */
#ifndef NR_BORROWED_H
#define NR_BORROWED_H

#include "query/lookup.h"

/* Whether a name is a path through something rather than a field. */
bool nr_borrowed_is_path(nr_slice name);

/* The field at the end of a path from s, but for its id; everything in arena. find: the models on the way. They are added to lenders, by name, as far as the
 * way is known, the first one that is not included. Errors: NOFIELD, NOMODEL, SYNTAX (a step that leads to any number of entities, or nowhere), BADVALUE (a field
 * that has no place in such an index), LIMIT. */
bool nr_borrowed_read(const nr_schema *s, nr_slice path, nr_schema_find find, void *ctx, nr_arena *arena, nr_borrowed *out, nr_slices *lenders, nr_err *err);

/* The field that a wish for an index names: the schema's own, or one behind references. NULL: err. */
const nr_field *nr_borrowed_wish(const nr_schema *s, nr_slice name, nr_schema_find find, void *ctx, nr_arena *arena, nr_err *err);

#endif
