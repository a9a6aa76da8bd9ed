/* json_plain.h -- JSON without anything unusual, read straight into the tree. For json.c only.
 *
 * It says nothing about what it does not take: \u escapes, objects of very many members, and all that is wrong, which is jansson's to read, or to name. What it
 * takes, jansson takes too, for the same tree. */
#ifndef NR_JSON_PLAIN_H
#define NR_JSON_PLAIN_H

#include "types/json.h"

/* The tree of text, in arena; NULL: not plain, or not right. */
const nr_json *nr_json_plain(nr_slice text, nr_arena *arena);

#endif
