/* container.h -- values that hold others: list, set, dict, embedded, json. What may stand in them, and how they are written and read.
 *
 * The value is text (NR_V_TEXT): compact JSON that is canonical, so that equal values have equal texts. Integers and floats are numbers, booleans
 * true and false, blobs base64, other types strings of their canonical text; where nothing is declared, any JSON stands with its numbers as they
 * were written. Members of objects are sorted by name, elements of a set by value and once each, members of an embedded entity that are NULL
 * are left out. Reading needs no tree (document.h). */
#ifndef NR_CONTAINER_H
#define NR_CONTAINER_H

#include "base/err.h"
#include "types/document.h"
#include "types/types.h"

enum {
    NR_CONTAINER_BYTES = 16 << 20, /* of a value's text */
    NR_CONTAINER_ITEMS = 1 << 20,  /* elements and members of a value, all levels together */
};

/* What stands at one place of a container. */
typedef struct nr_part {
    nr_slice name;       /* of a member, else empty */
    nr_spec spec;
    bool null;           /* may be null */
    bool has_default;    /* a write that lacks the member gets it */
    nr_value default_value;
    const void *rules;   /* what else a write is held to: handed to meets */
    bool (*meets)(const void *rules, const nr_value *v, nr_buf *expected); /* false: expected says what would have been good */
} nr_part;

/* What stands in a container. A spec without a shape takes any JSON in its place. */
struct nr_shape {
    const nr_part *of;        /* list, set: the elements; dict: the values */
    const nr_part *members;   /* embedded: n of them, in the order of the definition */
    const uint16_t *by_name;  /* their positions, sorted by name */
    size_t n;
};

/* Null is a value of json: whoever holds a json says whether it is NULL. */
static inline bool nr_spec_is_json(const nr_spec *spec)
{
    return (spec->type->flags & NR_TF_CONTAINER) && spec->type->reply == NR_REPLY_STRING;
}

/* Why a text is no value. */
typedef struct nr_fault {
    nr_code code;         /* BADVALUE; LIMIT */
    nr_slice where;       /* "item 2, key 'color'"; empty: the value itself */
    const char *got;      /* for an error message; NULL: the text */
    const char *expected;
} nr_fault;

/* Reads JSON text. write: holds it to all that a write is held to, and fills in defaults of missing members; otherwise side is 1 when an
 * element is of the right syntax but nothing that could be stored. The value points to text when that is canonical, else into arena. */
bool nr_container_read(const nr_spec *spec, nr_slice text, bool write, nr_arena *arena, nr_operand *out, nr_fault *fault);

/* -- reading a value, whose text is canonical ---------------------------------------------------------------------------------------------- */

/* What was found at a place. */
typedef struct nr_place {
    bool there;          /* false: no such key, position or member */
    const nr_spec *spec; /* its type as declared; NULL: any JSON, see doc */
    nr_value value;      /* with a spec: the value, kind NULL for null */
    nr_doc doc;          /* its text; of a missing member of an embedded entity, which is there and NULL, null */
} nr_place;

/* Walks elements in their order: for (it = nr_items_in(...); nr_items_next(&it, &place);). Of a dict, an embedded entity or a JSON object these are
 * its values, of a JSON scalar there are none. Texts point into the value or are made in arena. */
typedef struct nr_items {
    const nr_spec *spec;
    nr_doc_walk walk;
    nr_arena *arena;
    nr_slice name; /* of the last one, when it has one: as it stands, in quotes */
} nr_items;

nr_items nr_items_in(const nr_spec *spec, nr_slice text, nr_arena *arena);
bool nr_items_next(nr_items *it, nr_place *out);

/* Elements of a list, set or JSON array; keys of a dict, JSON object; 0 for a JSON scalar. Linear, and makes nothing. */
size_t nr_container_count(nr_slice text);

/* Follows a path of keys, members and positions (digits; of lists, sets and JSON arrays). Linear in the text. */
nr_place nr_container_find(const nr_spec *spec, nr_slice text, const nr_slice *path, size_t n, nr_arena *arena);

/* The members of an embedded entity in the order of its definition, one place each, in arena; shape->n of them. */
const nr_place *nr_container_members(const nr_spec *spec, nr_slice text, nr_arena *arena);

/* The member of a shape, NULL when it has none of that name. */
const nr_part *nr_shape_member(const nr_shape *shape, nr_slice name);

/* The JSON that stands for a value inside a container: NULL is null. */
void nr_part_print(const nr_spec *spec, const nr_value *v, nr_buf *out);

#endif
