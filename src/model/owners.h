/* owners.h -- who wants which indexes of a model besides its definition: INDEX CREATE, and index files.
 *
 * Each owner has a list of fields with what is to be indexed of them, written as the option `index` of a field is, and an index file may say of a field
 * that nobody else's wishes count (`unindex`). The document is an array, `[{"owner": "command", "index": {"title": ["exact"]}, "unindex": []}]`, and lies
 * in the hash of the definition. Wishes about fields that the model has not, or that its fields cannot have, sleep until it has: they are no error here.
 * Everything lives in the arena given. */
#ifndef NR_OWNERS_H
#define NR_OWNERS_H

#include "model/schema.h"

#define NR_OWNER_MODEL "model"     /* the definition's own */
#define NR_OWNER_COMMAND "command" /* INDEX CREATE */
#define NR_OWNER_FILE "file:"      /* and the file's name */

typedef struct nr_wish {
    nr_slice field;
    bool all;                     /* true, in place of a list */
    NR_VEC(const nr_json *) items;
} nr_wish;

typedef struct nr_owner {
    nr_slice name;
    NR_VEC(nr_wish) wishes;       /* one for a field */
    nr_slices unindex;            /* fields */
} nr_owner;
typedef NR_VEC(nr_owner) nr_owners;

/* BADVALUE when json is no such document. An absent slice: nobody. */
bool nr_owners_read(nr_slice json, nr_arena *arena, nr_owners *out, nr_err *err);

/* The document; an absent slice when nobody wants anything. Equal wishes give equal texts. */
nr_slice nr_owners_print(const nr_owners *o, nr_arena *arena);

/* The owner of that name, made when make; NULL: there is none. */
nr_owner *nr_owners_find(nr_owners *o, nr_slice name, bool make, nr_arena *arena);

/* Reads the two members of an index file's entry (either may be NULL) into an owner that has nothing yet. BADVALUE names the path. */
bool nr_owner_read(nr_owner *o, const nr_json *index, const nr_json *unindex, nr_arena *arena, nr_err *err);

/* Adds items to the wish about a field, those that are there already aside; takes them away (n 0: all of the field). take: how many were there. */
void nr_owner_add(nr_owner *o, nr_slice field, const nr_json *const *items, size_t n, nr_arena *arena);
size_t nr_owner_take(nr_owner *o, nr_slice field, const nr_json *const *items, size_t n);

/* A wish that counts: a copy of the model's field whose `index` is the wish. */
typedef struct nr_want {
    nr_slice owner;
    const nr_field *field;
} nr_want;

typedef struct nr_wants {
    NR_VEC(nr_want) list;         /* the definition's not among them */
    const bool *silenced;         /* by field id: what the definition says of it does not count; NULL: nothing is */
} nr_wants;

/* What all owners together want of a schema. */
void nr_owners_wants(const nr_owners *o, const nr_schema *s, nr_arena *arena, nr_wants *out);

/* A copy of a field whose option `index` is what json says, in place of its own. NOLOOKUP (an unknown lookup, one that the type has not). */
bool nr_field_with_index(const nr_schema *s, const nr_field *f, const nr_json *json, nr_arena *arena, nr_field *out, nr_err *err);

#endif
