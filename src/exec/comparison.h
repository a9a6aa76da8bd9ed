/* comparison.h -- a comparison with an expression over columns, row by row: the values that it reads are put side by side, and it is asked.
 *
 * need says about which rows an answer is wanted, as for leaf.h. */
#ifndef NR_COMPARISON_H
#define NR_COMPARISON_H

#include "exec/op.h"

typedef struct nr_comparison {
    const nr_pred *pred;
    const nr_run *run;
    nr_value *row;   /* by field id */
    NR_VEC(size_t) fields;
} nr_comparison;

/* Everything lives in the run's arena. What fails sets the run's err and says of which entity. */
void nr_comparison_init(nr_comparison *c, const nr_pred *pred, const nr_run *run);

/* need and out: NR_CHUNK_WORDS words; they may not overlap. */
void nr_comparison_chunk(const nr_comparison *c, uint32_t chunk, const uint64_t *need, uint64_t *out);

/* need and out: n bytes; they may not overlap. */
void nr_comparison_rows(const nr_comparison *c, const uint32_t *rows, size_t n, const unsigned char *need, unsigned char *out);

#endif
