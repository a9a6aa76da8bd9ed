/* oracle_tree.h -- random trees of conditions: leaves, comparisons of two fields, and, or, not; and how WHERE and Q say them. */
#ifndef ORACLE_TREE_H
#define ORACLE_TREE_H

#include "oracle_random.h"

/* A field beside another one, and so much more, both behind references: `up__a < F(up__up__b) + 2`. */
typedef struct ocompare {
    okey left, right;
    int more;              /* numbers alone; a whole */
    const char *mark;      /* "=", "!=", "<", ... */
} ocompare;

struct otree {
    char op;               /* & | ! or, of leaves, l c */
    const otree *kids[3];
    size_t n;
    const oleaf *leaf;
    ocompare compare;
};

/* compares: there may be comparisons, which Q has not. */
const otree *random_tree(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, bool compares);

/* Whether trying all choices of related rows is a matter of moments. */
bool otree_is_quick(const omodel *m, const otree *t);

/* Relations that can lead to several rows lead to the same one wherever they stand in the tree, but not in a NOT: that takes what is in it alone. */
bool otree_holds(const omodel *m, const otree *t, const orow *row, nr_arena *a);
bool otree_compares(const otree *t);

/* The expression, and PARAMS if it has some. */
void otree_where(dice *d, const omodel *m, const otree *t, oargs *out);
void otree_json(dice *d, const omodel *m, const otree *t, text *out);

/* Whether fields can be compared: numbers that are exact with each other, else the same type of scalars. */
bool ofields_comparable(const ofield *a, const ofield *b);

/* Of two whole or decimal numbers, exactly. */
bool ofield_is_exact(const ofield *f);

#endif
