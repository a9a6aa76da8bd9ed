/* list_order.c -- places by the bytes that sort keys are, or by the rows that a query gives. */
#include "engine/list_order.h"

#include <stdlib.h>

#include "engine/scans.h"
#include "engine/semi_join.h"
#include "engine/unjoin.h"
#include "store/keys.h"
#include "table/rows.h"

/* -- by what the entities have ------------------------------------------------------------------------------------------------------------ */

typedef struct ranked {
    nr_slice key;
    uint32_t number;
} ranked;

static int by_bytes(const void *x, const void *y)
{
    return nr_slice_cmp(((const ranked *)x)->key, ((const ranked *)y)->key);
}

/* The column of entities that has a field of the query; false: none has. */
static bool column_of(const nr_query *by, const nr_entities *e, const nr_field *f, size_t *column)
{
    size_t own = nr_schema_values(by->model->schema);
    nr_spot at = {f, 0};
    if (f->id >= own) {
        const nr_joined *j = by->joined.at[f->id - own];
        at = (nr_spot){j->of, j->n_links};
        for (size_t i = 0; i < j->n_links; i++)
            if (!j->links[i]->up) return false;
    }
    for (*column = 0; *column < e->columns.n; ++*column)
        if (e->columns.at[*column].field == at.field && e->columns.at[*column].level == at.level) return true;
    return false;
}

static nr_slice key_of(nr_call *c, const nr_query *by, const size_t *columns, const nr_value *row)
{
    nr_buf b = nr_buf_in(&c->arena);
    for (size_t i = 0; i < by->n_order; i++) {
        const nr_sort_key *k = &by->order[i];
        size_t from = b.n;
        nr_term plain = nr_term_of(k->field);
        const nr_term *t = k->term ? k->term : &plain;
        nr_value v = nr_term_value(t, &row[columns[i]], &c->arena);
        nr_term_key(t, &v, &c->arena, &b);
        if (k->descending) nr_key_invert(b.p + from, b.n - from);
    }
    nr_key_add(&row[0], &b);
    return nr_buf_slice(&b);
}

static void rank_by_columns(nr_call *c, const nr_query *by, const size_t *columns, const nr_entities *e, uint32_t *rank)
{
    ranked *all = NR_NEW_N(&c->arena, ranked, e->rows.n);
    size_t n = 0;
    for (uint32_t i = 0; i < e->rows.n; i++)
        if (e->rows.at[i]) all[n++] = (ranked){key_of(c, by, columns, e->rows.at[i]), i};
    if (n) qsort(all, n, sizeof *all, by_bytes);
    for (uint32_t i = 0; i < n; i++) rank[all[i].number] = i;
}

/* -- along references --------------------------------------------------------------------------------------------------------------------- */

/* The entities' rows, as a filter. */
static const nr_pred *rows_of(nr_call *c, const nr_entities *e)
{
    nr_pred *p = NR_NEW(&c->arena, nr_pred);
    nr_bitmap *rows = NR_NEW(&c->arena, nr_bitmap);
    *rows = nr_join_rows_of(c, e->model);
    for (size_t i = 0; i < e->rows.n; i++) {
        const nr_value *pk = e->rows.at[i];
        uint32_t row = pk ? nr_rows_find(e->model->rows, nr_type_text(&nr_schema_pk(e->model->schema)->spec, pk, &c->arena)) : NR_NO_ROW;
        if (row != NR_NO_ROW) nr_bitmap_set(rows, row);
    }
    *p = (nr_pred){.op = NR_P_ROWS, .rows = rows, .n_rows = nr_bitmap_count(rows), .text = NR_S("lists")};
    return nr_join_all_of(&c->arena, p);
}

static bool take_rows(nr_run *run, const nr_node *root, const nr_entities *e, uint32_t *rank)
{
    nr_op *op = nr_op_open(run, root);
    nr_batch *b = nr_batch_new(run->arena);
    uint32_t at = 0;
    do {
        b->want = NR_BATCH;
        if (!nr_op_next(op, b)) return false;
        for (size_t i = 0; i < b->n; i++) rank[nr_keyset_find(&e->keys, nr_rows_pk(e->model->rows, b->rows[i]))] = at++;
    } while (b->n);
    return true;
}

static bool rank_by_query(nr_call *c, const nr_query *by, const nr_entities *e, uint32_t *rank)
{
    nr_query q = *by;
    nr_planner p = nr_planner_for(c, e->model);
    nr_scan scan;
    nr_run run;
    q.where = rows_of(c, e);
    nr_unjoin_order(c, &q);
    const nr_node *root = nr_scan_begin(c, e->model, &q, &scan) ? nr_plan_rows(&p, &q, NR_FOR_REPLY) : NULL;
    if (!root) return false;
    nr_run_start(&run, c, e->model);
    bool ok = take_rows(&run, root, e, rank);
    nr_scan_end(c, e->model, &scan, &run);
    nr_run_close(&run);
    return ok;
}

bool nr_list_ranks(nr_call *c, const nr_query *by, const nr_entities *e, uint32_t **rank)
{
    size_t *columns = NR_NEW_N(&c->arena, size_t, by->n_order);
    bool own = true;
    *rank = NR_NEW_N(&c->arena, uint32_t, e->rows.n);
    for (size_t i = 0; own && i < by->n_order; i++) own = column_of(by, e, by->order[i].field, &columns[i]);
    if (!own) return rank_by_query(c, by, e, *rank);
    rank_by_columns(c, by, columns, e, *rank);
    return true;
}
