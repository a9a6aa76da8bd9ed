/* leaf.h -- a lookup of a predicate made ready for a column: what it is true of, as stretches of numbers or codes where that is possible.
 *
 * For a whole chunk of the table it gives bits, for a list of rows bytes of 0 and 1. need says about which rows an answer is wanted: the answer is
 * 0 for the others, and rows are not looked at for nothing where looking is dear. */
#ifndef NR_LEAF_H
#define NR_LEAF_H

#include "exec/op.h"
#include "table/column.h"

enum { NR_LEAF_STRETCHES = 8 }; /* what it is true of is no more of them than this; else each row is asked */

/* Both included; NULL: no bound on that side. */
typedef struct nr_stretch {
    nr_value lo, hi;
} nr_stretch;

typedef struct nr_leaf {
    const nr_pred *pred;
    const nr_column *column;
    const nr_run *run;
    bool stretches;                  /* at, and null, say all that it is true of */
    bool null;                       /* true of NULL */
    NR_VEC(nr_stretch) at;
    const nr_probe *texts;           /* of packed texts: the one stretch that it is true of; NULL: each text is asked about */
    unsigned char *codes;            /* of a coded column: 1 for each code it is true of; NULL: not asked yet */
    NR_VEC(uint32_t) few;            /* these codes, when they are few */
    size_t n_true;
    bool rows;                       /* it fails on some code's text: rows are asked */
} nr_leaf;

/* Everything lives in the run's arena. The column must not change while the leaf is used. What fails sets the run's err and says of which entity. */
void nr_leaf_init(nr_leaf *l, const nr_pred *pred, const nr_column *column, const nr_run *run);

/* How dear a row is, for doing the cheap ones first: 0 for numbers, more for texts. */
int nr_leaf_effort(const nr_leaf *l);

/* need and out: NR_CHUNK_WORDS words; they may not overlap. */
void nr_leaf_chunk(nr_leaf *l, uint32_t chunk, const uint64_t *need, nr_arena *arena, uint64_t *out);

/* need and out: n bytes, n at most 1024; they may not overlap. */
void nr_leaf_rows(const nr_leaf *l, const uint32_t *rows, size_t n, const unsigned char *need, unsigned char *out);

#endif
