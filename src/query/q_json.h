/* q_json.h -- the clause Q: a tree of and, or, not and lookups, as JSON.
 *
 * {"and": [...]}, {"or": [...]}, {"not": {...}}, {"lookup": value, ...}: the members of an object are ANDed. [] of and is true, [] of or is false. In the place of a
 * value {"query": {"model": name, "field": path, "q": tree}} is what a query gives; without "field" primary keys, without "q" of all. */
#ifndef NR_Q_JSON_H
#define NR_Q_JSON_H

#include "query/bind_leaf.h"

/* The predicate of a document. NULL: err (SYNTAX for what is no such tree, and what nr_bind_json_leaf says). */
const nr_pred *nr_q_json_bind(nr_binder *b, nr_slice document);

#endif
