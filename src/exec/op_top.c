/* op_top.c -- Sort by one column of numbers: the rows are ordered by eight bytes of the column and never loaded. With a LIMIT above, a heap keeps the first k, and
 * most rows are turned away by one comparison with its top. */
#include "exec/op.h"
#include "table/scan.h"
#include "table/table.h"

#include <stdlib.h>

typedef struct top_entry {
    uint64_t key;
    uint32_t row;
} top_entry;

typedef struct top_state {
    bool sorted;
    bool descending, pks_descending;
    const nr_column *column, *pk;
    NR_VEC(top_entry) entries;
    size_t given;
} top_state;

static uint64_t key_of(const nr_value *v)
{
    uint64_t bits;
    if (v->kind == NR_V_INT) return (uint64_t)v->i ^ (uint64_t)1 << 63;
    if (v->kind != NR_V_FLOAT) return 0;
    memcpy(&bits, &v->f, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* Equal keys: only NULL and the lowest number share one; then the pks decide. */
static int compare_ties(const top_state *s, const top_entry *a, const top_entry *b)
{
    nr_value x = nr_column_get(s->column, a->row), y = nr_column_get(s->column, b->row);
    int c = nr_value_cmp(&x, &y);
    if (c) return s->descending ? -c : c;
    x = nr_column_get(s->pk, a->row);
    y = nr_column_get(s->pk, b->row);
    c = nr_value_cmp(&x, &y);
    return s->pks_descending ? -c : c;
}

static int compare(const void *x, const void *y, void *ctx)
{
    const top_entry *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return compare_ties(ctx, a, b);
}

/* The last of those that are kept is on top: the one to go when an earlier one comes. */
static void sift_down(top_state *s, size_t i)
{
    top_entry *at = s->entries.at;
    size_t n = s->entries.n;
    for (size_t kid; (kid = 2 * i + 1) < n; i = kid) {
        if (kid + 1 < n && compare(&at[kid + 1], &at[kid], s) > 0) kid++;
        if (compare(&at[i], &at[kid], s) >= 0) return;
        top_entry t = at[i];
        at[i] = at[kid];
        at[kid] = t;
    }
}

static void take(nr_op *op, top_state *s, uint32_t row, uint64_t top)
{
    nr_value v = nr_column_get(s->column, row);
    top_entry e = {key_of(&v), row};
    if (s->descending) e.key = ~e.key;
    if (s->entries.n < top) {
        nr_vec_push(&op->arena, &s->entries, e);
        if (s->entries.n == top)
            for (size_t i = s->entries.n / 2; i-- > 0;) sift_down(s, i);
    } else if (top && e.key <= s->entries.at[0].key && compare(&e, &s->entries.at[0], s) < 0) {
        s->entries.at[0] = e;
        sift_down(s, 0);
    }
}

/* Keeps the bits of a chunk whose rows may come before the top of a full heap: most are gone for a comparison each. NULL is the lowest. */
static void turn_away(const top_state *s, nr_batch *b)
{
    const nr_value none = NR_NULL;
    uint64_t maybe[NR_CHUNK_WORDS] = {0};
    nr_value limit = nr_column_get(s->column, s->entries.at[0].row);
    bool null = limit.kind == NR_V_NULL;
    if (s->descending && null) return;
    if (!s->descending) nr_scan_nulls(s->column, b->chunk, maybe);
    if (!null) nr_scan_span(s->column, b->chunk, s->descending ? &limit : &none, s->descending ? &none : &limit, maybe);
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) b->bits[i] &= maybe[i];
}

static void begin(nr_op *op, top_state *s)
{
    const nr_sort_params *p = op->node->params;
    const nr_table *t = op->run->model->table;
    s->column = nr_table_column(t, p->keys[0].field->id);
    s->pk = nr_table_column(t, 0);
    s->descending = p->keys[0].descending != p->reverse;
    s->pks_descending = (p->n_keys > 1 && p->keys[1].descending) != p->reverse;
}

static void take_chunk(nr_op *op, top_state *s, nr_batch *b, uint64_t top)
{
    uint32_t at = 0;
    if (s->entries.n && s->entries.n == top) turn_away(s, b);
    while ((b->n = nr_scan_list(b->bits, b->chunk, &at, NR_BATCH, b->rows)))
        for (size_t i = 0; i < b->n; i++) take(op, s, b->rows[i], top);
}

static bool read_all(nr_op *op, top_state *s)
{
    const nr_sort_params *p = op->node->params;
    nr_batch *in = nr_batch_new(op->run->arena);
    begin(op, s);
    for (;;) {
        in->want = NR_BATCH;
        in->dense = true;
        if (!nr_op_next(op->child, in)) return false;
        if (!in->n) break;
        if (in->dense) take_chunk(op, s, in, p->top);
        for (size_t i = 0; !in->dense && i < in->n; i++)
            if (nr_table_has(op->run->model->table, in->rows[i])) take(op, s, in->rows[i], p->top);
    }
    if (s->entries.n) qsort_r(s->entries.at, s->entries.n, sizeof *s->entries.at, compare, s);
    return s->sorted = true;
}

static bool top_next(nr_op *op, nr_batch *b)
{
    top_state *s = op->state;
    if (!s->sorted && !read_all(op, s)) return false;
    while (b->n < b->want && s->given < s->entries.n) b->rows[b->n++] = s->entries.at[s->given++].row;
    return true;
}

const nr_op_class nr_op_top = {"SortColumn", false, sizeof(top_state), top_next, nr_sort_explain, false, false};
