/* bind_leaf.h -- one lookup of a filter, bound: its path, and its operand as text or as JSON. For bind.c, q_json.c, where.c. */
#ifndef NR_BIND_LEAF_H
#define NR_BIND_LEAF_H

#include "query/ast.h"
#include "query/pred.h"
#include "types/json.h"

struct nr_others;

/* What a command gives for binding. */
typedef struct nr_bind_with {
    size_t max_memory;                /* bytes that the arena may hold */
    int64_t deadline_us;              /* monotonic */
    nr_regexes *patterns;             /* compiled regular expressions; outlives the command */
    struct nr_matcher **matchers;     /* those that the command makes */
    const struct nr_others *others;   /* the models that relations lead to (query/join.h); NULL: none */
} nr_bind_with;

typedef struct nr_binder nr_binder;
struct nr_binder {
    const nr_schema *schema;
    nr_bind_with with;
    nr_arena *arena;
    nr_err *err;
    nr_slice before;                  /* the relations that led to schema, for errors: "author__" */
    nr_slice as;                      /* what errors call the field that comes next; absent: its name */
    /* Where names are not those of the schema: what a path begins with, and how many bytes of it say so. NULL: err. */
    const nr_field *(*find)(const nr_binder *b, nr_slice path, size_t *cut);
    const void *names; /* of find */
    size_t unwritten;  /* bytes at the end of a path that the client has not written: a lookup, and no part of a name */
};

/* A path, and the lookup at its end, exact without one. whole: all of it is a path, there is no lookup. False: err (NOFIELD, NOLOOKUP, NOMODEL). */
bool nr_bind_path(nr_binder *b, nr_slice path, bool whole, nr_path *out, const nr_lookup **lookup);

/* NULL: err (NOFIELD, NOLOOKUP, BADVALUE, NOMODEL, LIMIT). */
const nr_pred *nr_bind_leaf(nr_binder *b, const nr_ast_pair *pair);

/* The same with a JSON value: null is isnull for exact; blobs are base64. */
const nr_pred *nr_bind_json_leaf(nr_binder *b, nr_slice path, const nr_json *value);

struct nr_subquery;

/* The same with what a query gives (query/subquery.h); text: the query as it came. Besides SYNTAX: the lookup takes no list; BADVALUE: values of these two types are
 * never equal. */
const nr_pred *nr_bind_query_leaf(nr_binder *b, nr_slice path, struct nr_subquery *s, nr_slice text);

/* What becomes of that: the lookup with values that the query gave, none of them NULL. Those that the path can't have are left out. NULL: err. */
const nr_pred *nr_bind_query_values(const nr_pred *p, const nr_value *values, size_t n);

#endif
