/* path.h -- what a lookup or an index looks at: a field, steps into what the field holds, and what is made of it before it is compared.
 *
 * A path is a value: copied freely, compared by nr_path_eq; its steps live where whoever read it put them. It gives for each value of its field any number of
 * values of one spec: just one when no step goes through elements.
 *
 * What nobody declared (json, containers without `of`) is given as keys of documents (types/doc_key.h), which are text that compares as JSON does: "free". */
#ifndef NR_PATH_H
#define NR_PATH_H

#include "model/schema.h"
#include "types/transform.h"

enum { NR_PATH_TRANSFORMS = 4, NR_PATH_STEPS = 16 };

/* A step into a container. */
typedef struct nr_step {
    bool each;    /* to every element of a list or set */
    nr_slice key; /* else to the value of a key, a member, or a position */
} nr_step;

typedef struct nr_path {
    const nr_field *field;
    const nr_step *steps;
    const nr_transform *transforms[NR_PATH_TRANSFORMS]; /* one after the other */
    uint8_t n_steps, n_transforms;
    bool free;                                          /* gives keys of documents */
    bool many;                                          /* a step goes to each element */
    nr_spec last;                                       /* of what the last transform gives; of free values */
} nr_path;

typedef NR_VEC(nr_value) nr_values;

/* In which form values are given. */
typedef enum nr_form {
    NR_FORM_VALUE,    /* of the path's spec; free ones as keys of documents */
    NR_FORM_TEXT,     /* canonical text; of a JSON string what it says */
    NR_FORM_DOCUMENT, /* containers: their JSON, as it stands */
} nr_form;

/* Sorts values of one kind and drops those that come again. */
void nr_values_sort(nr_values *v);

/* The value of the field itself. */
nr_path nr_path_of(const nr_field *f);

/* Whether it gives the field's value as it is. */
static inline bool nr_path_plain(const nr_path *p)
{
    return p->n_steps == 0 && p->n_transforms == 0 && !p->free;
}

/* What the steps lead to, as it is declared: the field itself without steps; NULL: nothing is declared there. A schema that is resolved has other fields inside
 * its fields than before, so this is found anew each time. */
const nr_field *nr_path_inner(const nr_path *p);

/* What is declared of the values of a dict, if the path leads to one of these: null is a value there, and no key is NULL. NULL: it does not, or nothing
 * is. */
const nr_field *nr_path_dict_value(const nr_path *p);

/* From here on it gives keys of documents, whatever is declared. */
void nr_path_set_free(nr_path *p);

/* Of what it gives; type NULL while that of a relation's target is not known. Lives as long as the path. */
static inline const nr_spec *nr_path_spec(const nr_path *p)
{
    return p->n_transforms || p->free ? &p->last : &nr_path_inner(p)->spec;
}

/* The type of what it gives: known, unlike its spec, before a schema is resolved; NULL while that of a relation's target is not. */
const nr_type *nr_path_type(const nr_path *p);

/* Whether it may give several values, or none, of one. */
static inline bool nr_path_many(const nr_path *p)
{
    return p->many;
}

bool nr_path_eq(const nr_path *a, const nr_path *b);

/* Puts a transform behind it; false when there are too many. It must suit the type of nr_path_spec. */
bool nr_path_transform(nr_path *p, const nr_transform *t);

/* Puts a step behind it, which must be possible. False when there are too many. */
bool nr_path_step(nr_path *p, nr_step step, nr_arena *arena);

/* Appends what it gives of v, a value of its field; texts point into v or are made in arena. */
void nr_path_values(const nr_path *p, const nr_value *v, nr_form form, nr_arena *arena, nr_values *out);

/* "created__month", "meta__color". */
void nr_path_print(const nr_path *p, nr_buf *out);

/* Where a path splits: the first "__" that has something before it. */
size_t nr_path_split(nr_slice path);

#endif
