/* ast.h -- a query as the client wrote it: clauses in order, names not yet looked up. Slices point into the arguments. */
#ifndef NR_AST_H
#define NR_AST_H

#include "query/aggregates.h"

typedef struct nr_ast_pair {
    nr_slice path, value;
} nr_ast_pair;

typedef struct nr_ast_filter {
    bool negated; /* EXCLUDE */
    NR_VEC(nr_ast_pair) pairs;
} nr_ast_filter;

/* An expression. word NULL: there is none. */
typedef struct nr_ast_where {
    const char *word;           /* the clause, for errors: "WHERE" */
    nr_slice text;
    NR_VEC(nr_ast_pair) params; /* path: the name */
} nr_ast_where;

typedef struct nr_ast_call {
    const nr_aggregate *function;
    nr_slice field, as; /* as absent: not given */
    nr_ast_where when;
} nr_ast_call;

typedef struct nr_ast {
    unsigned groups;       /* the clauses that the command takes */
    NR_VEC(nr_ast_filter) filters;
    NR_VEC(nr_ast_where) where;
    nr_slices q;           /* documents of Q */
    NR_VEC(nr_ast_pair) set, expr; /* UPDATE: fields with values, with expressions */
    nr_slices null;        /* UPDATE: fields */
    bool all;              /* UPDATE ALL */
    nr_slices order;       /* "[-]field" */
    nr_slices fields;
    nr_slices with, prefetch; /* relations */
    nr_slices group;       /* GROUPBY */
    NR_VEC(nr_ast_call) calls;
    nr_ast_where having;
    bool has_order, has_fields, has_limit, has_group, reverse, flat, distinct, withcount;
    bool json;             /* FORMAT JSON */
    int64_t page;          /* PAGE; 0: not given */
    nr_slice after;        /* its token; absent: not given */
    nr_slices asked;       /* the arguments of filters, ORDER and REVERSE: which rows are asked for, and in which order */
    bool noscan;
    int64_t max_scan;      /* MAXSCAN; -1: not given */
    int64_t offset, count; /* LIMIT; count -1: no limit */
} nr_ast;

/* Which clauses a command takes. */
enum {
    NR_CL_FILTERS = 1,   /* FILTER, EXCLUDE, WHERE, Q */
    NR_CL_SHAPE = 2,     /* ORDER REVERSE LIMIT FIELDS FLAT WITHCOUNT ... */
    NR_CL_FIELDS = 4,    /* FIELDS, WITH (GET) */
    NR_CL_CHANGE = 8,    /* ALL SET EXPR NULL */
    NR_CL_GROUPS = 16,   /* GROUPBY and the functions of nr_aggregates, and of SHAPE what groups have too */
};

struct nr_clause_parser;

typedef struct nr_clause {
    const char *word;
    unsigned group;       /* NR_CL_ bits */
    bool many;            /* may stand more than once */
    bool later;           /* of SPEC, not in this version */
    bool (*parse)(struct nr_clause_parser *p, nr_ast *ast);
    const char *syntax;
    const char *doc;
} nr_clause;

extern const nr_clause nr_clauses[]; /* word NULL at the end */

/* Parses the clauses argv[0..argc). Errors: SYNTAX that names the word and what was expected; BADVALUE for a LIMIT that is no number. */
bool nr_ast_parse(const nr_slice *argv, size_t argc, unsigned groups, nr_arena *arena, nr_ast *out, nr_err *err);

/* "[-]digits" that fits int64. */
bool nr_parse_int64(nr_slice s, int64_t *out);

#endif
