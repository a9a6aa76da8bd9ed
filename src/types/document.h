/* document.h -- compact JSON read where it stands: no tree is made, what is not asked for is only passed over.
 *
 * The text must be canonical (container.h makes it): no spaces, members sorted by their decoded names, strings escaped no more than they must
 * be. Then a member is found by the bytes of its name. Every call is linear in the text that it passes over. */
#ifndef NR_DOCUMENT_H
#define NR_DOCUMENT_H

#include "types/json.h"

typedef struct nr_doc {
    nr_json_kind kind;
    nr_slice text; /* of the value: a string with its quotes, an array with its brackets */
} nr_doc;

/* The value that begins at the start of text. */
nr_doc nr_doc_at(nr_slice text);

/* Walks the items of an array, or the members of an object: for (w = nr_doc_walk_in(doc); nr_doc_next(&w, &name, &item);). */
typedef struct nr_doc_walk {
    nr_slice rest;
    bool named;
} nr_doc_walk;

nr_doc_walk nr_doc_walk_in(nr_doc doc); /* of a scalar: nothing follows */

/* name gets an object's member name as it stands, quotes included; it may be NULL. */
bool nr_doc_next(nr_doc_walk *w, nr_slice *name, nr_doc *item);

size_t nr_doc_count(nr_doc doc); /* items or members; 0 for a scalar */

/* The member called key (decoded), or the item at a position; false when there is none, or doc is no object (array). */
bool nr_doc_member(nr_doc doc, nr_slice key, nr_arena *arena, nr_doc *out);
bool nr_doc_item(nr_doc doc, uint64_t position, nr_doc *out);

/* A quoted string decoded: points into it when nothing is escaped, else made in arena. */
nr_slice nr_doc_unquote(nr_slice quoted, nr_arena *arena);

/* A total order, of one kind and of all: null, false, true, numbers by value (1 = 1.0 = 1e0), strings by bytes, arrays and objects by their
 * text. 0 is "equal" as lookups mean it. */
int nr_doc_cmp(nr_doc a, nr_doc b, nr_arena *arena);

#endif
