/* op_common.c -- rows that are in each of several sets of the store, and those of a crowd that any of them could stand for.
 *
 * Some members of the smallest set are given as they come, with those that no other set has: where most of them match, who wants a few has them, and the sets,
 * which may be large, are left alone. Who asks for more gets the rest of what is common to all, which the store finds in one go. */
#include <stdlib.h>

#include "exec/op.h"

typedef NR_VEC(uint32_t) row_list;

typedef struct common_state {
    uint64_t cursor;
    bool tried, whole; /* the first members have been read; all have */
    row_list first;    /* their rows, ascending; in the run's arena */
    row_list left;     /* what is to be given */
    size_t given;
} common_state;

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* The rows of members, ascending: the order of sets is nobody's. */
static bool rows_of(const nr_op *op, const nr_slices *members, nr_arena *a, row_list *out)
{
    out->at = nr_arena_alloc(a, members->n * sizeof *out->at);
    out->n = out->cap = members->n;
    if (!nr_run_rows(op->run, members->at, members->n, out->at)) return false;
    if (out->n) qsort(out->at, out->n, sizeof *out->at, by_number);
    return true;
}

static bool try_some(nr_op *op, common_state *s)
{
    const nr_sets_params *p = op->node->params;
    nr_slices members = {0};
    nr_store *store = op->run->store;
    nr_status st = store->cls->set_scan(store, p->keys[0], &s->cursor, &op->arena, &members);
    s->tried = true;
    s->whole = s->cursor == 0 && !p->crowd.n;
    if (!nr_status_good(st, p->keys[0], op->run->err) || !rows_of(op, &members, op->run->arena, &s->first)) return false;
    s->left = s->first;
    return true;
}

/* Both lists ascend. */
static void leave_out(row_list *rows, const row_list *but)
{
    size_t kept = 0;
    for (size_t i = 0, k = 0; i < rows->n; i++) {
        while (k < but->n && but->at[k] < rows->at[i]) k++;
        if (k == but->n || but->at[k] != rows->at[i]) rows->at[kept++] = rows->at[i];
    }
    rows->n = kept;
}

static bool read_crowd(nr_op *op, nr_slice key, nr_slices *members)
{
    nr_store *store = op->run->store;
    uint64_t cursor = 0;
    do {
        nr_status st = store->cls->set_scan(store, key, &cursor, &op->arena, members);
        if (!nr_status_good(st, key, op->run->err)) return false;
    } while (cursor);
    return true;
}

static void leave_repeats(row_list *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (!kept || rows->at[kept - 1] != rows->at[i]) rows->at[kept++] = rows->at[i];
    rows->n = kept;
}

static bool read_all(nr_op *op, common_state *s)
{
    const nr_sets_params *p = op->node->params;
    nr_slices members = {0};
    nr_store *store = op->run->store;
    nr_arena_clear(&op->arena);
    s->left = (row_list){0};
    s->given = 0;
    s->whole = true;
    nr_status st = store->cls->set_common(store, p->keys, p->n_keys, &op->arena, &members);
    if (!nr_status_good(st, p->keys[0], op->run->err) || (p->crowd.n && !read_crowd(op, p->crowd, &members))) return false;
    if (!rows_of(op, &members, &op->arena, &s->left)) return false;
    leave_repeats(&s->left);
    leave_out(&s->left, &s->first);
    return true;
}

static bool common_next(nr_op *op, nr_batch *b)
{
    common_state *s = op->state;
    size_t most = nr_batch_grow(&op->grow);
    if (most > b->want) most = b->want;
    if (!s->tried && !try_some(op, s)) return false;
    if (s->given == s->left.n && !s->whole && !read_all(op, s)) return false;
    while (b->n < most && s->given < s->left.n) b->rows[b->n++] = s->left.at[s->given++];
    return true;
}

static void common_explain(const nr_node *node, nr_buf *out)
{
    const nr_sets_params *p = node->params;
    nr_buf_printf(out, "index=%.*s %.*s", NR_FMT(p->index->name), NR_FMT(p->text));
}

const nr_op_class nr_op_common = {"Set", true, sizeof(common_state), common_next, common_explain, false, false};
