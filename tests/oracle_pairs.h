/* oracle_pairs.h -- rows as AGGREGATE joins them: a row with one of those that each relation leads to which can lead to several, or with nobody. */
#ifndef ORACLE_PAIRS_H
#define ORACLE_PAIRS_H

#include "oracle_tree.h"

enum { OWITH_MAX = 24 };

/* The last hops of paths that lead back, shorter paths first. */
typedef struct ojoin {
    const omodel *m;
    const opath *paths[OWITH_MAX];
    size_t lengths[OWITH_MAX], n;
    bool crowded;           /* there are more */
} ojoin;

typedef struct opair {
    const orow *row, *with[OWITH_MAX]; /* NULL: nobody */
} opair;

void ojoin_path(ojoin *j, const opath *p);
void ojoin_tree(ojoin *j, const otree *t);

/* All pairs of rows; out NULL: they are counted alone. Stops behind `most`. */
size_t ojoin_pairs(const ojoin *j, const orow *const *rows, size_t n, opair *out, size_t most);

/* What a field behind a path has in a pair. */
const oval *opair_value(const ojoin *j, const opair *p, const opath *path, size_t field);

/* Whether a tree is true of a pair: each part of it, in a NOT too, is asked of who is in it. */
bool opair_holds(const ojoin *j, const opair *p, const otree *t, nr_arena *a);

#endif
