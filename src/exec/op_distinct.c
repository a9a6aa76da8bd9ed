/* op_distinct.c -- Distinct: each row once, for indexes that may have several entries of one entity. */
#include "base/bitmap.h"
#include "exec/op.h"

typedef struct distinct_state {
    nr_sieve sieve;
    bool begun;
    nr_bitmap seen;
} distinct_state;

static bool distinct_pass(const nr_op *op, const nr_batch *in, size_t i)
{
    distinct_state *s = op->state;
    if (nr_bitmap_has(&s->seen, in->rows[i])) return false;
    nr_bitmap_set(&s->seen, in->rows[i]);
    return true;
}

static bool distinct_next(nr_op *op, nr_batch *b)
{
    distinct_state *s = op->state;
    if (!s->begun) s->seen = nr_bitmap_in(&op->arena);
    s->begun = true;
    return nr_op_sieve(op, &s->sieve, distinct_pass, b);
}

const nr_op_class nr_op_distinct = {"Distinct", false, sizeof(distinct_state), distinct_next, NULL, false, false};
