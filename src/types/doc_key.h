/* doc_key.h -- JSON values as byte strings that compare as the values do: of one kind in their order, kinds one after the other.
 *
 * null, false, true, numbers by value (1 = 1.0 = 1e0, of any length), strings by bytes, arrays and objects by their text. The first byte is the kind's. Equal
 * keys are equal values as lookups mean it. */
#ifndef NR_DOC_KEY_H
#define NR_DOC_KEY_H

#include "types/document.h"

void nr_doc_key(nr_doc doc, nr_arena *arena, nr_buf *out);

/* The key of a canonical text, in arena. */
nr_slice nr_doc_key_of(nr_slice text, nr_arena *arena);

/* The key of a JSON null, for operands. */
#define NR_DOC_KEY_NULL NR_S("a")

/* Whether keys of this kind are in an order that lookups ask for: numbers and strings. */
bool nr_doc_key_ordered(nr_slice key);

#endif
