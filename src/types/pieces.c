/* pieces.c -- pieces that are in order already, as in canonical text, are left where they are. */
#include "types/pieces.h"

#include <stdlib.h>

static int compare_members(const void *a, const void *b)
{
    return nr_slice_cmp(((const nr_piece *)a)->key, ((const nr_piece *)b)->key);
}

static int compare_typed(const void *a, const void *b)
{
    return nr_value_cmp(&((const nr_piece *)a)->v, &((const nr_piece *)b)->v);
}

/* As nr_doc_cmp does, but strings are decoded already. */
static int compare_any(const void *a, const void *b)
{
    const nr_piece *x = a, *y = b;
    if (x->kind == NR_J_STRING && y->kind == NR_J_STRING) return nr_slice_cmp(x->key, y->key);
    return nr_doc_cmp((nr_doc){x->kind, x->key}, (nr_doc){y->kind, y->key}, NULL);
}

/* Of numbers that are equal the shortest stays, so that the text does not depend on the order of writing. */
static int compare_any_text(const void *a, const void *b)
{
    const nr_piece *x = a, *y = b;
    int c = compare_any(a, b);
    if (c || x->key.n == y->key.n) return c ? c : nr_slice_cmp(x->key, y->key);
    return x->key.n < y->key.n ? -1 : 1;
}

static bool in_order(const nr_pieces *all, int (*compare)(const void *, const void *))
{
    for (size_t i = 1; i < all->n; i++)
        if (compare(&all->at[i - 1], &all->at[i]) >= 0) return false;
    return true;
}

/* Writes the pieces again in the order that they have now; of equal ones the first. Names may point into the text. */
static void write_again(const nr_pieces *all, nr_buf *out, size_t begin, int (*compare)(const void *, const void *))
{
    nr_buf sorted = nr_buf_in(out->arena);
    nr_buf_reserve(&sorted, out->n - begin);
    for (size_t i = 0; i < all->n; i++) {
        const nr_piece *p = &all->at[i];
        if (i && compare(&all->at[i - 1], p) == 0) continue;
        if (i) nr_buf_byte(&sorted, ',');
        nr_buf_add(&sorted, (nr_slice){out->p + p->from, p->to - p->from});
    }
    out->n = begin;
    nr_buf_add(out, nr_buf_slice(&sorted));
}

bool nr_pieces_sort_members(nr_pieces *all, nr_buf *out, size_t begin, nr_slice *twice)
{
    if (in_order(all, compare_members)) return true;
    qsort(all->at, all->n, sizeof *all->at, compare_members);
    for (size_t i = 1; i < all->n; i++) {
        if (compare_members(&all->at[i - 1], &all->at[i]) != 0) continue;
        *twice = all->at[i].key;
        return false;
    }
    write_again(all, out, begin, compare_members);
    return true;
}

/* Completes what is compared, now that the text stands still. */
static void finish_elements(nr_pieces *all, const nr_spec *of, const nr_buf *out, nr_arena *scratch)
{
    for (size_t i = 0; i < all->n; i++) {
        nr_piece *p = &all->at[i];
        nr_slice text = {out->p + p->from, p->to - p->from};
        if (of && !(of->type->flags & NR_TF_CONTAINER)) continue;
        nr_doc doc = nr_doc_at(text);
        p->kind = doc.kind;
        p->key = doc.kind == NR_J_STRING ? nr_doc_unquote(text, scratch) : text;
        p->v = of && doc.kind == NR_J_NULL ? NR_NULL : (nr_value){.kind = NR_V_TEXT, .s = text};
    }
}

void nr_pieces_sort_elements(nr_pieces *all, const nr_spec *of, nr_buf *out, size_t begin, nr_arena *scratch)
{
    if (of && nr_spec_is_json(of)) of = NULL;
    int (*same)(const void *, const void *) = of ? compare_typed : compare_any;
    finish_elements(all, of, out, scratch);
    if (in_order(all, same)) return;
    qsort(all->at, all->n, sizeof *all->at, of ? compare_typed : compare_any_text);
    write_again(all, out, begin, same);
}
