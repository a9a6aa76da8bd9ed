/* semi_join.c -- semi-joins over arrays of row numbers. */
#include "engine/semi_join.h"

#include <stdlib.h>

#include "engine/scans.h"
#include "exec/reference.h"
#include "table/rows.h"
#include "table/table.h"

enum { FEW = 1000 };         /* keys that are looked up in an index rather than found by a pass over the references */
enum { ROWS_FOR_A_KEY = 16 }; /* what looking up one costs, in rows of that pass */

/* -- the other models --------------------------------------------------------------------------------------------------------------------- */

static nr_model *others_find(void *ctx, nr_slice name)
{
    nr_model *m = nr_model_find(ctx, name);
    return m && nr_model_has_entities(m) ? m : NULL;
}

/* "{shop}" of a name in cluster mode, where all names have one. */
static nr_slice tag_of(nr_slice model)
{
    size_t n = 0;
    while (n < model.n && model.p[n] != '}') n++;
    return (nr_slice){model.p, n};
}

static bool others_enter(void *ctx, nr_slice from, nr_model *m)
{
    nr_call *c = ctx;
    nr_slice name = m->schema->name;
    if (!nr_model_may(c, name, false)) return nr_fail(&c->err, NR_E_NOPERM, "the user may not read model %s", NR_SHOW(name));
    if (c->cluster && !nr_slice_eq(tag_of(from), tag_of(name)))
        return nr_fail(&c->err, NR_E_SYNTAX, "models %s and %s lie in different slots of the cluster; a path needs both under one hash tag",
                       NR_SHOW(from), NR_SHOW(name));
    return nr_model_need_for_query(c, name) == m;
}

static bool others_next(void *ctx, size_t *at, nr_model **m)
{
    nr_call *c = ctx;
    if (!*at && !nr_models_load_all(c)) return false;
    do {
        *m = nr_catalog_next(c->engine->catalog, c->db, at);
    } while (*m && !nr_model_may(c, (*m)->schema->name, false));
    return true;
}

const nr_others *nr_others_of(nr_call *c)
{
    nr_others *o = NR_NEW(&c->arena, nr_others);
    *o = (nr_others){c, others_find, others_enter, others_next};
    return o;
}

/* -- rows --------------------------------------------------------------------------------------------------------------------------------- */

static const nr_pred *all_of(nr_arena *arena, const nr_pred *p)
{
    if (p->op == NR_P_AND) return p;
    nr_pred *all = NR_NEW(arena, nr_pred);
    const nr_pred **kids = NR_NEW(arena, const nr_pred *);
    *kids = p;
    *all = (nr_pred){.op = NR_P_AND, .n = 1, .kids = kids};
    return all;
}

static nr_query query_of(nr_call *c, const nr_query *outer, nr_model *m, const nr_pred *where)
{
    return (nr_query){.model = m, .where = all_of(&c->arena, where), .count = -1, .noscan = outer->noscan, .max_scan = outer->max_scan};
}

/* A set of rows of a model, none of them in it. */
static nr_bitmap rows_of(nr_call *c, const nr_model *m)
{
    size_t words = nr_rows_limit(m->rows) / 64 + 1;
    return (nr_bitmap){&c->arena, NR_NEW_N(&c->arena, uint64_t, words), words};
}

static void take_batch(const nr_batch *b, const nr_table *t, nr_bitmap *out)
{
    size_t first = (size_t)b->chunk * NR_CHUNK_WORDS;
    for (size_t i = 0; b->dense && i < NR_CHUNK_WORDS && first + i < out->n_words; i++) out->words[first + i] |= b->bits[i];
    for (size_t i = 0; !b->dense && i < b->n; i++)
        if (nr_table_has(t, b->rows[i])) nr_bitmap_set(out, b->rows[i]); /* an index of the store may name others */
}

static bool pull(nr_call *c, nr_run *run, const nr_node *root, nr_bitmap *out)
{
    nr_op *op = nr_op_open(run, root);
    nr_batch *b = nr_batch_new(&c->arena);
    do {
        b->want = NR_BATCH;
        b->dense = true;
        if (!nr_op_next(op, b)) return false;
        take_batch(b, run->model->table, out);
    } while (b->n);
    return true;
}

/* The rows of a model that a predicate without links is true of. */
static bool matching(nr_call *c, const nr_query *outer, nr_model *m, const nr_pred *where, nr_bitmap *out)
{
    nr_query q = query_of(c, outer, m, where);
    nr_planner p = nr_planner_for(c, m);
    nr_scan scan;
    nr_run run;
    const nr_node *root = nr_scan_begin(c, m, &q, &scan) ? nr_plan_rows(&p, &q, NR_FOR_ROWS) : NULL;
    if (!root) return false;
    nr_run_start(&run, c, m);
    nr_scan_bound(&scan, &q, &run);
    *out = rows_of(c, m);
    bool ok = pull(c, &run, root, out);
    nr_scan_end(c, m, &scan, &run);
    nr_run_close(&run);
    return ok;
}

/* -- in the place of a link --------------------------------------------------------------------------------------------------------------- */

static nr_slice text_of(nr_call *c, const nr_pred *p)
{
    nr_buf b = nr_buf_in(&c->arena);
    nr_pred_print(p, &b);
    return nr_buf_slice(&b);
}

static int compare_keys(const void *x, const void *y)
{
    return nr_value_cmp(&((const nr_operand *)x)->v, &((const nr_operand *)y)->v);
}

/* `author in (...)`. */
static const nr_pred *keys_leaf(nr_call *c, const nr_pred *link, const nr_bitmap *targets, size_t n)
{
    const nr_field *f = link->link->field;
    const nr_column *pks = nr_table_column(link->link->to->table, 0);
    nr_operand *keys = NR_NEW_N(&c->arena, nr_operand, n);
    nr_pred *leaf = NR_NEW(&c->arena, nr_pred);
    size_t k = 0;
    for (uint32_t row = nr_bitmap_next(targets, 0); row != NR_NO_ROW; row = nr_bitmap_next(targets, row + 1))
        keys[k++] = (nr_operand){nr_column_get(pks, row), 0};
    if (n) qsort(keys, n, sizeof *keys, compare_keys);
    *leaf = (nr_pred){.op = NR_P_LEAF,
                      .field = f,
                      .path = nr_path_of(f),
                      .lookup = nr_lookup_find(NR_S("in")),
                      .args = {.at = keys, .n = n},
                      .direct = true,
                      .scratch = &c->arena,
                      .text = text_of(c, link)};
    return leaf;
}

static const nr_pred *rows_leaf(nr_call *c, const nr_pred *link, const nr_bitmap *rows)
{
    nr_pred *p = NR_NEW(&c->arena, nr_pred);
    nr_bitmap *copy = NR_NEW(&c->arena, nr_bitmap);
    *copy = *rows;
    *p = (nr_pred){.op = NR_P_ROWS, .rows = copy, .n_rows = nr_bitmap_count(rows), .text = text_of(c, link)};
    return p;
}

static const nr_pred *run_links(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p);

static nr_slice line_of(nr_call *c, const nr_link *link, size_t depth)
{
    return nr_arena_printf(&c->arena, "%*sSemiJoin %.*s %s %.*s", (int)depth * 2, "", NR_FMT(link->name), link->reverse ? "from" : "to",
                           NR_FMT(link->to->schema->name));
}

static const nr_pred *run_link(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p)
{
    const nr_link *link = p->link;
    const nr_pred *inner = run_links(c, q, link->to, p->kids[0]);
    bool nothing = nr_join_holds_of_nothing(p->kids[0]);
    if (c->profile) nr_vec_push(&c->arena, c->profile, line_of(c, link, 0));
    nr_bitmap found;
    if (!inner || !matching(c, q, link->to, inner, &found)) return NULL;
    if (link->reverse) {
        nr_reference r = nr_reference_of(link->to, link->field, m);
        nr_bitmap rows = rows_of(c, m);
        nr_reference_targets(&r, &found, nothing, &rows);
        return rows_leaf(c, p, &rows);
    }
    uint64_t n = nr_bitmap_count(&found);
    bool listed = !(c->passes_off & NR_PASS_KEYS) && !nothing && n <= FEW && n * ROWS_FOR_A_KEY <= nr_table_count(m->table) && !(link->field->spec.type->flags & NR_TF_BYTES);
    if (listed) return keys_leaf(c, p, &found, (size_t)n);
    nr_reference r = nr_reference_of(m, link->field, link->to);
    nr_bitmap rows = rows_of(c, m);
    nr_reference_sources(&r, &found, nothing, &rows);
    return rows_leaf(c, p, &rows);
}

/* As deep as the predicate. */
static const nr_pred *run_links(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p)
{
    if (!nr_join_has_links(p)) return p;
    if (p->op == NR_P_LINK) return run_link(c, q, m, p);
    nr_pred *out = NR_NEW(&c->arena, nr_pred);
    const nr_pred **kids = NR_NEW_N(&c->arena, const nr_pred *, p->n);
    for (size_t i = 0; i < p->n; i++) {
        kids[i] = run_links(c, q, m, p->kids[i]);
        if (!kids[i]) return NULL;
    }
    *out = *p;
    out->kids = kids;
    return out;
}

const nr_pred *nr_join_resolve(nr_call *c, const nr_query *q, const nr_pred *p)
{
    return run_links(c, q, q->model, p);
}

bool nr_join_run(nr_call *c, nr_query *q)
{
    const nr_pred *where = run_links(c, q, q->model, q->where), *after = q->after && where ? run_links(c, q, q->model, q->after) : NULL;
    if (!where || (q->after && !after)) return false;
    q->where = where;
    q->after = after;
    return true;
}

bool nr_join_explain(nr_call *c, const nr_pred *where, size_t depth, nr_slices *lines)
{
    const nr_query none = {.max_scan = -1};
    for (size_t i = 0; nr_pred_is_tree(where) && i < where->n; i++)
        if (!nr_join_explain(c, where->kids[i], depth, lines)) return false;
    if (where->op != NR_P_LINK) return true;
    const nr_link *link = where->link;
    nr_query q = query_of(c, &none, link->to, where->kids[0]);
    nr_planner p = nr_planner_for(c, link->to);
    p.explains = true;
    const nr_node *root = nr_plan_rows(&p, &q, NR_FOR_ROWS);
    if (!root) return false;
    nr_vec_push(&c->arena, lines, line_of(c, link, depth));
    nr_plan_print_under(root, depth + 1, &c->arena, lines);
    return nr_join_explain(c, where->kids[0], depth + 1, lines);
}
