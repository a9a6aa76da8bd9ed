/* pred.h -- a bound predicate: a tree of AND, OR, NOT over lookups on paths. Immutable; evaluated on rows of typed values. */
#ifndef NR_PRED_H
#define NR_PRED_H

#include "base/bitmap.h"
#include "base/buf.h"
#include "query/expr.h"
#include "query/lookup.h"
#include "table/rows.h"

typedef enum nr_pred_op {
    NR_P_AND,
    NR_P_OR,
    NR_P_NOT,
    NR_P_LEAF,
    NR_P_COMPARE,
    NR_P_LINK, /* of something that a relation leads to; where it leads nowhere, of an entity that is NULL all over. In no predicate that is evaluated */
    NR_P_PAIRED, /* of a row that pairs have (query/pairing.h); where it is nobody, of such an entity. In no predicate that is evaluated */
    NR_P_QUERY, /* the lookup of the path with what a query gives. In no predicate that is evaluated */
    NR_P_ROWS, /* of rows that are known already: what became of a LINK, a PAIRED or a QUERY */
} nr_pred_op;

struct nr_link;
struct nr_pairing;
struct nr_subquery;
typedef struct nr_pred nr_pred;
struct nr_pred {
    nr_pred_op op;
    size_t n;                   /* AND, OR: any number (none: true, false); NOT, LINK, PAIRED: 1 */
    const nr_pred *const *kids;
    const nr_field *field;      /* LEAF, COMPARE, QUERY: of the path */
    nr_path path;
    const nr_lookup *lookup;
    nr_args args;
    bool direct;                /* the lookup's eval takes the field's value as it is */
    nr_arena *scratch;          /* for what is made of a value: taken and given back by each evaluation */
    nr_slice text;              /* the operand as it came, for EXPLAIN */
    const struct nr_link *link; /* LINK: query/join.h */
    const struct nr_subquery *subquery; /* QUERY: query/subquery.h */
    const struct nr_pairing *pairing;   /* PAIRED: whose row it is about */
    const nr_bitmap *rows;      /* ROWS: n_rows of them */
    uint64_t n_rows;
    size_t at;                  /* PAIRED, ROWS: the number of the row in a pair; 0: the row itself */
    bool nobody;                /* ROWS: true where there is none */
    const nr_compare *compare;  /* COMPARE: the lookup of the path with an expression, row by row */
};

/* Whether a leaf is true of a value of its field. */
bool nr_pred_holds(const nr_pred *leaf, const nr_value *v);

/* Whether it is a list of predicates, one of them in NOT. */
static inline bool nr_pred_is_tree(const nr_pred *p)
{
    return p->op == NR_P_AND || p->op == NR_P_OR || p->op == NR_P_NOT;
}

/* values by field id; only those of the predicate's fields need be there. rows, by their number in a pair: for ROWS, and comparisons with fields of other
 * models; of a predicate without any it may be NULL. */
bool nr_pred_eval(const nr_pred *p, const uint32_t *rows, const nr_value *values);

/* Whether ROWS is true of a row, NR_NO_ROW: of nobody. */
static inline bool nr_pred_has_row(const nr_pred *p, uint32_t row)
{
    return row == NR_NO_ROW ? p->nobody : nr_bitmap_has(p->rows, row);
}

/* Whether there is something in it that other models are asked about first: a LINK, a PAIRED, a QUERY, or a COMPARE with fields of theirs. */
bool nr_pred_waits(const nr_pred *p);

/* Marks the fields that it reads, or will when nothing in it waits any more: want[field id] = true. */
void nr_pred_fields(const nr_pred *p, bool *want);

/* "age >= 3 AND NOT (...)": one line for EXPLAIN. */
void nr_pred_print(const nr_pred *p, nr_buf *out);

#endif
