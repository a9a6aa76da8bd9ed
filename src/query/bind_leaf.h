/* bind_leaf.h -- one lookup of a filter, bound: its path, and its operand as text or as JSON. For bind.c and q_json.c. */
#ifndef NR_BIND_LEAF_H
#define NR_BIND_LEAF_H

#include "query/ast.h"
#include "query/pred.h"
#include "types/json.h"

typedef struct nr_binder {
    const nr_schema *schema;
    size_t max_memory; /* bytes that the arena may hold */
    nr_arena *arena;
    nr_err *err;
} nr_binder;

/* Where a path splits: the first "__" that has something before it. */
size_t nr_path_split(nr_slice path);

/* NULL: err (NOFIELD, NOLOOKUP, BADVALUE, NOMODEL, LIMIT). */
const nr_pred *nr_bind_leaf(nr_binder *b, const nr_ast_pair *pair);

/* The same with a JSON value: null is isnull for exact; blobs are base64. */
const nr_pred *nr_bind_json_leaf(nr_binder *b, nr_slice path, const nr_json *value);

#endif
