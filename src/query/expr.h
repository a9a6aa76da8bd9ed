/* expr.h -- an expression over the fields of one entity, F(views) * 2 + 1, as steps for a stack, and a path compared with one.
 *
 * Steps in place of a tree: an expression may be long, and evaluating it takes no recursion. */
#ifndef NR_EXPR_H
#define NR_EXPR_H

#include "base/err.h"
#include "base/vec.h"
#include "model/path.h"
#include "types/arith.h"

enum { NR_EXPR_STACK = 256 }; /* numbers at once; whoever builds an expression keeps to it */

typedef enum nr_expr_kind { NR_EX_NUMBER, NR_EX_FIELD, NR_EX_COMPUTE } nr_expr_kind;

typedef struct nr_expr_step {
    nr_expr_kind kind;
    nr_num number;   /* NUMBER */
    nr_path path;    /* FIELD: gives one value or none */
    nr_arith op;     /* COMPUTE: of the last two */
} nr_expr_step;

typedef struct nr_expr {
    NR_VEC(nr_expr_step) steps; /* one FIELD alone may be of any scalar type; all others are numbers */
    nr_slice text;
    nr_arena *scratch;          /* for what is made of a value: taken and given back by each evaluation */
} nr_expr;

/* Of what an expression gives; NULL: a number. */
const nr_spec *nr_expr_spec(const nr_expr *e);

/* Computes it on a row of values by field id, of which its own must be there. e gives a number. */
nr_arith_result nr_expr_number(const nr_expr *e, const nr_value *row, nr_num *out);

/* The value of an expression that is one field. Texts point into row or are in e->scratch. */
nr_value nr_expr_field(const nr_expr *e, const nr_value *row);

/* Whether values of the two can be compared: numbers with each other, texts with each other, else only the same type with as many places. */
bool nr_spec_comparable(const nr_spec *a, const nr_spec *b);

enum { NR_CMP_LESS = 1, NR_CMP_EQUAL = 2, NR_CMP_GREATER = 4 };

/* What a comparison reads of other models, once that can be read (engine/semi_join.c). */
typedef struct nr_sight {
    /* The values of the joined fields for a row; texts live in scratch, or as columns do. False: err is set. */
    bool (*look)(const struct nr_sight *s, uint32_t row, nr_arena *scratch, nr_value *out);
    nr_value *row; /* room for the values of a row with those of the joined fields behind them */
} nr_sight;

struct nr_joined;

/* A path against an expression: true when a value that the path gives stands in one of the relations to what the expression gives. NULL on either side, and a
 * division by zero, make it false. */
typedef struct nr_compare {
    nr_path path;
    unsigned relations; /* NR_CMP_ bits */
    nr_expr expr;
    nr_err *err;        /* of the command: what needs more digits than there are is an error, and false */
    size_t n_own;       /* fields of the model, where there are joined ones: these have their ids behind */
    const struct nr_joined *const *joined; /* fields of other models that path and expr read (query/joined.h) */
    size_t n_joined;
    const nr_sight *sight; /* NULL: they cannot be read yet */
} nr_compare;

/* row: the number of the one whose values are given, for joined fields. */
bool nr_compare_holds(const nr_compare *c, uint32_t row, const nr_value *values);

/* Marks the model's own fields whose values it reads. */
void nr_compare_fields(const nr_compare *c, bool *want);

#endif
