/* op_select.c -- Select: a predicate over columns, a batch at a time.
 *
 * Each lookup makes a mask of the batch, AND, OR and NOT combine masks. A lookup whose probe is one stretch of a column of integers is two comparisons
 * in a loop without branches; any other asks its eval, of the one column that it reads. No entity is opened, and no row of values is made. */
#include "exec/op.h"
#include "table/table.h"

typedef unsigned char mask[NR_BATCH];

/* A leaf made ready. */
typedef struct leaf {
    const nr_pred *pred;
    const nr_column *column;
    bool span, never; /* span: an integer from lo to hi; never: nothing matches */
    int64_t lo, hi;
} leaf;

typedef struct select_state {
    nr_sieve sieve;
    NR_VEC(leaf) leaves; /* in the order in which a walk of the tree meets them */
    bool ready;
    size_t at;           /* the next leaf of the walk */
    mask passed;
} select_state;

/* The bounds of an open span move by one; one that moves over the end leaves nothing. */
static void take_span(leaf *l, const nr_probe *p)
{
    l->span = true;
    l->lo = p->lo.kind == NR_V_INT ? p->lo.i : INT64_MIN;
    l->hi = p->kind == NR_PB_POINT ? l->lo : p->hi.kind == NR_V_INT ? p->hi.i : INT64_MAX;
    bool lo_open = p->lo.kind == NR_V_INT && p->lo_open, hi_open = p->hi.kind == NR_V_INT && p->hi_open;
    l->never = (lo_open && l->lo == INT64_MAX) || (hi_open && l->hi == INT64_MIN);
    if (!l->never) l->lo += lo_open;
    if (!l->never) l->hi -= hi_open;
}

static void add_leaf(nr_op *op, select_state *s, const nr_pred *p)
{
    leaf l = {.pred = p, .column = nr_table_column(op->run->model->table, p->field->id)};
    nr_probes probes = {0};
    if (p->direct && p->field->spec.type->kind == NR_V_INT) p->lookup->ways[0].probe(&p->args, op->run->arena, &probes);
    bool point = probes.n == 1 && probes.at[0].kind == NR_PB_POINT && probes.at[0].lo.kind == NR_V_INT;
    if (point || (probes.n == 1 && probes.at[0].kind == NR_PB_SPAN)) take_span(&l, &probes.at[0]);
    nr_vec_push(op->run->arena, &s->leaves, l);
}

static void add_leaves(nr_op *op, select_state *s, const nr_pred *p)
{
    if (p->op == NR_P_LEAF) add_leaf(op, s, p);
    for (size_t i = 0; p->op != NR_P_LEAF && i < p->n; i++) add_leaves(op, s, p->kids[i]);
}

static void eval_span(const leaf *l, const uint32_t *rows, size_t n, unsigned char *out)
{
    nr_column_view v = nr_column_ints(l->column);
    const int64_t lo = l->lo, hi = l->hi;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = rows[i] < v.limit ? rows[i] : 0; /* there is always a row 0, of which nothing is taken then */
        bool is = (rows[i] < v.limit) & (v.set[row / 64] >> (row % 64));
        out[i] = (unsigned char)(is & (v.ints[row] >= lo) & (v.ints[row] <= hi));
    }
}

static void eval_leaf(const leaf *l, const uint32_t *rows, size_t n, unsigned char *out)
{
    if (l->never || (l->span && !nr_column_ints(l->column).limit)) {
        memset(out, 0, n);
        return;
    }
    if (l->span) {
        eval_span(l, rows, n, out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        nr_value v = nr_column_get(l->column, rows[i]);
        out[i] = nr_leaf_eval(l->pred, &v);
    }
}

/* As deep as the predicate, which is bounded where it is read. */
static void eval(select_state *s, const nr_pred *p, const uint32_t *rows, size_t n, unsigned char *out)
{
    mask kid;
    if (p->op == NR_P_LEAF) {
        eval_leaf(&s->leaves.at[s->at++], rows, n, out);
        return;
    }
    memset(out, p->op != NR_P_OR, n);
    for (size_t k = 0; k < p->n; k++) {
        eval(s, p->kids[k], rows, n, kid);
        if (p->op == NR_P_OR)
            for (size_t i = 0; i < n; i++) out[i] |= kid[i];
        else
            for (size_t i = 0; i < n; i++) out[i] &= kid[i];
    }
    for (size_t i = 0; p->op == NR_P_NOT && i < n; i++) out[i] ^= 1;
}

/* Rows that the table has not are dropped: an index of the store may name some. */
static void drop_missing(const nr_table *t, nr_batch *b)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++) {
        b->rows[kept] = b->rows[i];
        kept += nr_table_has(t, b->rows[i]);
    }
    b->n = kept;
}

static bool next_batch(nr_op *op, select_state *s)
{
    const nr_filter_params *p = op->node->params;
    nr_batch *in = &s->sieve.in;
    s->sieve.at = 0;
    in->want = nr_batch_grow(&op->grow);
    if (!nr_op_next(op->child, in)) return false;
    if (!in->n) return true;
    if (!op->child->node->cls->there) drop_missing(op->run->model->table, in);
    s->at = 0;
    eval(s, p->pred, in->rows, in->n, s->passed);
    size_t kept = 0;
    for (size_t i = 0; i < in->n; i++) {
        in->rows[kept] = in->rows[i];
        kept += s->passed[i];
    }
    in->n = kept;
    return true;
}

static bool select_next(nr_op *op, nr_batch *b)
{
    const nr_filter_params *p = op->node->params;
    select_state *s = op->state;
    if (!s->ready) add_leaves(op, s, p->pred);
    s->ready = true;
    while (s->sieve.at == s->sieve.in.n) {
        uint64_t before = op->child->rows;
        if (!next_batch(op, s)) return false;
        if (op->child->rows == before) return true; /* there are no more */
    }
    while (b->n < b->want && s->sieve.at < s->sieve.in.n) b->rows[b->n++] = s->sieve.in.rows[s->sieve.at++];
    return true;
}

static void select_explain(const nr_node *node, nr_buf *out)
{
    const nr_filter_params *p = node->params;
    nr_pred_print(p->pred, out);
}

const nr_op_class nr_op_select = {"Select", false, sizeof(select_state), select_next, select_explain, true};
