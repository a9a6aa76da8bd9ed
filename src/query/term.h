/* term.h -- one value of an entity, as an output, a sort key, a group key or what an aggregate is of: a field, or one value of what it holds, or what transforms
 * make of that.
 *
 * Where nobody declared what a field holds it is JSON, whose values are equal and in order as documents are (types/doc_key.h). */
#ifndef NR_TERM_H
#define NR_TERM_H

#include "model/path.h"

typedef struct nr_term {
    nr_path path; /* it gives one value: no step of it goes to each element */
    nr_spec spec; /* of what it gives */
} nr_term;

/* The field itself. */
nr_term nr_term_of(const nr_field *f);

/* Binds "field[__step...][__transform...]"; clause, for errors: "FIELDS". Steps live in arena. Errors: NOFIELD (a member too), NOLOOKUP (no such transform, too
 * many steps), NOMODEL (a relation to a model that is not defined), SYNTAX (joins, and what leads to any number of elements). */
bool nr_term_bind(const nr_schema *s, nr_slice name, const char *clause, nr_arena *arena, nr_term *out, nr_err *err);

/* What it gives of its field's value. Texts are those of v, or made in arena. */
nr_value nr_term_value(const nr_term *t, const nr_value *v, nr_arena *arena);

/* Appends the key of a value that it gave: bytes that are equal, and in order, as values are. scratch: for what is made on the way. */
void nr_term_key(const nr_term *t, const nr_value *given, nr_arena *scratch, nr_buf *out);

/* The field itself, as it is. */
static inline bool nr_term_plain(const nr_term *t)
{
    return t->path.n_steps == 0 && t->path.n_transforms == 0;
}

/* JSON of something that a field holds: values of one key may differ in how their numbers are written. */
static inline bool nr_term_free(const nr_term *t)
{
    return t->path.n_steps && t->path.free;
}

/* What is declared of the value as it stands, such as a reference; NULL: nothing is, or transforms make another one of it. */
static inline const nr_field *nr_term_declared(const nr_term *t)
{
    return t->path.n_transforms ? NULL : nr_path_inner(&t->path);
}

/* Whether some entity may lack it. */
static inline bool nr_term_null(const nr_term *t)
{
    return t->path.n_steps || t->path.field->null;
}

static inline bool nr_term_eq(const nr_term *a, const nr_term *b)
{
    return nr_path_eq(&a->path, &b->path);
}

/* "created__year". */
static inline void nr_term_print(const nr_term *t, nr_buf *out)
{
    nr_path_print(&t->path, out);
}

#endif
