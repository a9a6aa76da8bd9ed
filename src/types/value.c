/* value.c -- the order of values: by number, or by bytes. */
#include "types/value.h"

#include <assert.h>

int nr_value_cmp(const nr_value *a, const nr_value *b)
{
    if (a->kind == NR_V_NULL || b->kind == NR_V_NULL) return (a->kind != NR_V_NULL) - (b->kind != NR_V_NULL);
    assert(a->kind == b->kind);
    switch (a->kind) {
    case NR_V_INT: return (a->i > b->i) - (a->i < b->i);
    case NR_V_FLOAT: return (a->f > b->f) - (a->f < b->f);
    case NR_V_DECIMAL: return (a->d > b->d) - (a->d < b->d);
    case NR_V_TEXT: return nr_slice_cmp(a->s, b->s);
    case NR_V_NULL: break;
    }
    return 0;
}

int nr_operand_cmp(const nr_value *a, const nr_operand *b)
{
    int c = nr_value_cmp(a, &b->v);
    return c ? c : -b->side;
}
