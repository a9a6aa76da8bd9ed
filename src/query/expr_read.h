/* expr_read.h -- what WHERE and EXPR are written in: a cursor over the text, and the values that stand behind a comparison.
 *
 * value: 'text' ('' is a quote), number, true, false, null, $name, (value, ...), or a sum of numbers, $names and F(path) with + - * / // % and parentheses.
 * A single value in parentheses is a list of one, but where it is computed with. Nesting is bounded by NR_EXPR_DEPTH. */
#ifndef NR_EXPR_READ_H
#define NR_EXPR_READ_H

#include "query/expr.h"
#include "query/joined.h"

enum { NR_EXPR_DEPTH = 64 };

typedef struct nr_expr_reader {
    nr_binder *b;
    const char *what;          /* "WHERE", for errors */
    nr_slice text;             /* valid UTF-8 */
    size_t at;
    int depth;
    const nr_ast_pair *params;
    size_t n_params;
    bool *used;                /* by parameter */
    bool numbers;              /* nothing but what EXPR takes: no parameters, texts and lists are no good advice */
    bool joins;                /* F(...) may lead to fields of other models: */
    nr_joineds joined;         /* those of the comparison in hand */
} nr_expr_reader;

typedef enum nr_expr_value_kind {
    NR_XV_JSON,  /* text, number, true, false, null */
    NR_XV_PARAM, /* $name: json is its text, as a string */
    NR_XV_LIST,  /* json is an array */
    NR_XV_EXPR,  /* it has F(path), or computes */
} nr_expr_value_kind;

typedef struct nr_expr_value {
    nr_expr_value_kind kind;
    nr_json json;      /* all but EXPR */
    const bool *param; /* LIST: which items are parameters */
    size_t n_params;   /* LIST: how many are */
    nr_expr expr;      /* EXPR; of others, when they are a number */
    bool computes;     /* expr is there, and is a number */
} nr_expr_value;

/* SYNTAX that says where, what was expected, and what stands there. Always false. */
bool nr_expr_expected(const nr_expr_reader *r, const char *expected);

/* One level deeper; false: err (LIMIT) when that is too deep. */
bool nr_expr_enter(nr_expr_reader *r);

/* Passes spaces; whether the end is reached. */
bool nr_expr_end(nr_expr_reader *r);

/* Passes spaces and takes what follows, if it is this mark, or this word in any case. */
bool nr_expr_take(nr_expr_reader *r, const char *mark);
bool nr_expr_take_word(nr_expr_reader *r, const char *word);

/* Takes a path; empty: there is none. */
nr_slice nr_expr_path(nr_expr_reader *r);

/* Takes a value. False: err. */
bool nr_expr_read_value(nr_expr_reader *r, nr_expr_value *out);

/* All of text as an expression that is computed for a field: numbers and F(path), or one F(path) of any scalar type. False: err. */
bool nr_expr_bind(nr_binder *b, nr_slice text, nr_expr *out);

#endif
