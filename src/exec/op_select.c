/* op_select.c -- Select: a predicate over columns, a batch at a time.
 *
 * The predicate is made ready once: its lookups (leaf.h), the cheap ones first. Over the table it works on whole chunks, in bits; over rows from an index on
 * lists, in bytes. What AND or OR has decided is not asked again. No entity is opened, and no row of values is made. */
#include "exec/comparison.h"
#include "exec/leaf.h"
#include "exec/op_select.h"
#include "table/scan.h"
#include "table/table.h"

#include <stdlib.h>

/* A predicate made ready: the same tree. */
typedef struct term {
    nr_pred_op op;
    int effort;
    size_t n;
    struct term *kids;
    nr_leaf leaf;
    nr_comparison comparison;
    const nr_pred *rows; /* of ROWS */
} term;

enum { DEAR = 4 }; /* the effort of a comparison with an expression: more than that of a lookup */

typedef struct select_state {
    bool ready;
    term root;
    nr_batch in;
    uint32_t at; /* what has been given of it: rows of the list, or of the chunk */
} select_state;

static int by_effort(const void *x, const void *y)
{
    return ((const term *)x)->effort - ((const term *)y)->effort;
}

/* As deep as the predicate, which is bounded where it is read; so are the evaluations. */
static void make_ready(nr_run *run, term *t, const nr_pred *p)
{
    *t = (term){.op = p->op};
    if (p->op == NR_P_LEAF) {
        nr_leaf_init(&t->leaf, p, nr_table_column(run->model->table, p->field->id), run);
        t->effort = nr_leaf_effort(&t->leaf);
        return;
    }
    if (p->op == NR_P_COMPARE) {
        nr_comparison_init(&t->comparison, p, run);
        t->effort = DEAR;
        return;
    }
    if (p->op == NR_P_ROWS) {
        t->rows = p;
        return;
    }
    t->n = p->n;
    t->kids = NR_NEW_N(run->arena, term, p->n);
    for (size_t i = 0; i < p->n; i++) {
        make_ready(run, &t->kids[i], p->kids[i]);
        t->effort += t->kids[i].effort;
    }
    if (t->n) qsort(t->kids, t->n, sizeof *t->kids, by_effort);
}

static bool any_bit(const uint64_t *bits)
{
    uint64_t any = 0;
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) any |= bits[i];
    return any != 0;
}

/* The bits of need of which t is true. */
static void eval_chunk(nr_run *run, term *t, uint32_t chunk, const uint64_t *need, uint64_t *out)
{
    uint64_t left[NR_CHUNK_WORDS], kid[NR_CHUNK_WORDS];
    if (t->op == NR_P_LEAF) {
        nr_leaf_chunk(&t->leaf, chunk, need, run->arena, out);
        return;
    }
    if (t->op == NR_P_COMPARE) {
        nr_comparison_chunk(&t->comparison, chunk, need, out);
        return;
    }
    if (t->op == NR_P_ROWS) {
        size_t first = (size_t)chunk * NR_CHUNK_WORDS;
        const nr_bitmap *rows = t->rows->rows;
        for (size_t i = 0; i < NR_CHUNK_WORDS; i++) out[i] = first + i < rows->n_words ? need[i] & rows->words[first + i] : 0;
        return;
    }
    memcpy(left, need, sizeof left); /* AND, NOT: what is true so far; OR: what is not */
    for (size_t k = 0; k < t->n && any_bit(left); k++) {
        eval_chunk(run, &t->kids[k], chunk, left, kid);
        for (size_t i = 0; i < NR_CHUNK_WORDS; i++) left[i] = t->op == NR_P_OR ? left[i] & ~kid[i] : kid[i];
    }
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) out[i] = t->op == NR_P_AND ? left[i] : need[i] & ~left[i];
}

/* The same for a list. */
static void eval_rows(const term *t, const nr_batch *b, const unsigned char *need, unsigned char *out)
{
    unsigned char left[NR_BATCH], kid[NR_BATCH];
    size_t n = b->n;
    if (t->op == NR_P_LEAF) {
        nr_leaf_rows(&t->leaf, b->rows, n, need, out);
        return;
    }
    if (t->op == NR_P_COMPARE) {
        nr_comparison_rows(&t->comparison, b->rows, n, need, out);
        return;
    }
    if (t->op == NR_P_ROWS) {
        for (size_t i = 0; i < n; i++) out[i] = need[i] & nr_pred_has_row(t->rows, nr_batch_row(b, t->rows->at, i));
        return;
    }
    memcpy(left, need, n);
    for (size_t k = 0; k < t->n && memchr(left, 1, n); k++) {
        eval_rows(&t->kids[k], b, left, kid);
        for (size_t i = 0; i < n; i++) left[i] = t->op == NR_P_OR ? left[i] & (kid[i] ^ 1) : kid[i];
    }
    for (size_t i = 0; i < n; i++) out[i] = t->op == NR_P_AND ? left[i] : need[i] & (left[i] ^ 1);
}

struct nr_selection {
    nr_run *run;
    term root;
};

nr_selection *nr_selection_new(nr_run *run, const nr_pred *pred)
{
    nr_selection *s = NR_NEW(run->arena, nr_selection);
    s->run = run;
    make_ready(run, &s->root, pred);
    return s;
}

void nr_selection_rows(const nr_selection *s, const nr_batch *b, unsigned char *out)
{
    unsigned char need[NR_BATCH];
    memset(need, 1, b->n);
    eval_rows(&s->root, b, need, out);
}

void nr_selection_chunk(nr_selection *s, uint32_t chunk, const uint64_t *need, uint64_t *out)
{
    eval_chunk(s->run, &s->root, chunk, need, out);
}

/* Rows that the table has not are dropped: an index of the store may name some. */
static void select_rows(nr_op *op, term *root, nr_batch *b)
{
    unsigned char need[NR_BATCH], passed[NR_BATCH];
    bool there = op->child->node->cls->there;
    for (size_t i = 0; i < b->n; i++) need[i] = there || nr_table_has(op->run->model->table, b->rows[i]);
    eval_rows(root, b, need, passed);
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++) {
        b->rows[kept] = b->rows[i];
        kept += passed[i];
    }
    b->n = kept;
}

/* Pulls batches into b until one has rows that pass; b->n is 0 at the end. */
static bool pull(nr_op *op, select_state *s, nr_batch *b)
{
    do {
        uint64_t need[NR_CHUNK_WORDS];
        b->want = nr_batch_grow(&op->grow);
        b->dense = true;
        if (!nr_op_next(op->child, b)) return false;
        if (!b->n) return true;
        if (!b->dense) {
            select_rows(op, &s->root, b);
            continue;
        }
        memcpy(need, b->bits, sizeof need);
        eval_chunk(op->run, &s->root, b->chunk, need, b->bits);
        b->n = nr_scan_count(b->bits);
    } while (!b->n);
    return true;
}

static bool select_next(nr_op *op, nr_batch *b)
{
    const nr_filter_params *p = op->node->params;
    select_state *s = op->state;
    nr_batch *in = &s->in;
    if (!s->ready) make_ready(op->run, &s->root, p->pred);
    s->ready = true;
    if (b->dense && op->child->node->cls->dense) return pull(op, s, b);
    b->dense = false;
    while (b->n < b->want) {
        if (in->n && in->dense) b->n += nr_scan_list(in->bits, in->chunk, &s->at, b->want - b->n, b->rows + b->n);
        else
            for (; s->at < in->n && b->n < b->want; s->at++) b->rows[b->n++] = in->rows[s->at];
        if (b->n) return true;
        s->at = 0;
        if (!pull(op, s, in)) return false;
        if (!in->n) return true;
    }
    return true;
}

static void select_explain(const nr_node *node, nr_buf *out)
{
    const nr_filter_params *p = node->params;
    nr_pred_print(p->pred, out);
}

const nr_op_class nr_op_select = {"Select", false, sizeof(select_state), select_next, select_explain, true, true};
