/* op_select.h -- a predicate made ready to be asked of rows of the table, by their columns: what Select does, for others who have rows at hand. */
#ifndef NR_OP_SELECT_H
#define NR_OP_SELECT_H

#include "exec/op.h"

typedef struct nr_selection nr_selection;

/* Lives in the run's arena. The table must have columns of all fields that the predicate reads, and must not change while it is used. What fails when it is
 * asked sets the run's err and says of which entity. */
nr_selection *nr_selection_new(nr_run *run, const nr_pred *pred);

/* Whether it is true of each row of a batch's list, which the table has, or of each of its pairs: bytes of 0 and 1. */
void nr_selection_rows(const nr_selection *s, const nr_batch *b, unsigned char *out);

/* The same of rows of a chunk: of the bits of need those for which it is true. need and out: NR_CHUNK_WORDS words; they may not overlap. */
void nr_selection_chunk(nr_selection *s, uint32_t chunk, const uint64_t *need, uint64_t *out);

#endif
