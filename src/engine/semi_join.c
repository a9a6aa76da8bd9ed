/* semi_join.c -- semi-joins over arrays of row numbers. */
#include "engine/semi_join.h"

#include <stdlib.h>

#include "engine/scans.h"
#include "engine/unjoin.h"
#include "exec/trail.h"
#include "query/subquery.h"
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

bool nr_may_enter(nr_call *c, nr_slice from, nr_slice name, bool write)
{
    if (!nr_model_may(c, name, write)) return nr_fail(&c->err, NR_E_NOPERM, "the user may not %s model %s", write ? "write" : "read", NR_SHOW(name));
    return nr_model_shares_slot(c, from, name) ||
           nr_fail(&c->err, NR_E_SYNTAX, "models %s and %s lie in different slots of the cluster; a command needs both under one hash tag", NR_SHOW(from),
                   NR_SHOW(name));
}

static nr_model *others_open(void *ctx, nr_slice from, nr_slice name)
{
    return nr_may_enter(ctx, from, name, false) ? nr_model_need(ctx, name) : NULL;
}

static nr_model *others_need(void *ctx, nr_slice from, nr_slice name)
{
    return nr_may_enter(ctx, from, name, false) ? nr_model_need_for_query(ctx, name) : NULL;
}

static bool others_enter(void *ctx, nr_slice from, nr_model *m)
{
    return others_need(ctx, from, m->schema->name) == m;
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
    *o = (nr_others){c, others_find, others_enter, others_need, others_open, others_next};
    return o;
}

/* -- rows --------------------------------------------------------------------------------------------------------------------------------- */

const nr_pred *nr_join_all_of(nr_arena *arena, const nr_pred *p)
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
    return (nr_query){.model = m, .where = nr_join_all_of(&c->arena, where), .count = -1, .noscan = outer->noscan, .max_scan = outer->max_scan};
}

nr_bitmap nr_join_rows_of(nr_call *c, const nr_model *m)
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
    *out = nr_join_rows_of(c, m);
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

bool nr_join_by_keys(const nr_call *c, const nr_model *m, const nr_field *f, uint64_t n)
{
    bool on = !(c->passes_off & NR_PASS_KEYS) && !(f->spec.type->flags & NR_TF_BYTES);
    return on && n <= FEW && n * ROWS_FOR_A_KEY <= nr_table_count(m->table);
}

const nr_pred *nr_join_keys(const nr_field *f, nr_operand *keys, size_t n, nr_slice text, nr_arena *arena)
{
    nr_pred *leaf = NR_NEW(arena, nr_pred);
    if (n) qsort(keys, n, sizeof *keys, compare_keys);
    *leaf = (nr_pred){.op = NR_P_LEAF,
                      .field = f,
                      .path = nr_path_of(f),
                      .lookup = nr_lookup_find(NR_S("in")),
                      .args = {.at = keys, .n = n},
                      .direct = true,
                      .scratch = arena,
                      .text = text};
    return leaf;
}

/* `author in (...)`, with what references hold of the targets. */
static const nr_pred *keys_leaf(nr_call *c, nr_slice text, const nr_field *f, nr_model *to, const nr_bitmap *targets, size_t n)
{
    const nr_column *held = nr_table_column(to->table, nr_field_held(f, to->schema)->id);
    nr_operand *keys = NR_NEW_N(&c->arena, nr_operand, n);
    size_t k = 0;
    for (uint32_t row = nr_bitmap_next(targets, 0); row != NR_NO_ROW; row = nr_bitmap_next(targets, row + 1))
        if (nr_reference_means(f, to, row)) keys[k++] = (nr_operand){nr_column_get(held, row), 0};
    return nr_join_keys(f, keys, k, text, &c->arena);
}

static nr_pred *rows_leaf(nr_call *c, const nr_pred *of, const nr_bitmap *rows)
{
    nr_pred *p = NR_NEW(&c->arena, nr_pred);
    nr_bitmap *copy = NR_NEW(&c->arena, nr_bitmap);
    *copy = *rows;
    *p = (nr_pred){.op = NR_P_ROWS, .rows = copy, .n_rows = nr_bitmap_count(rows), .text = text_of(c, of)};
    return p;
}

/* The rows of m that refer by f to one of targets; nowhere: and those that refer to no entity. p: what they stand for. */
static const nr_pred *referring(nr_call *c, const nr_pred *p, nr_model *m, const nr_field *f, nr_model *to, const nr_bitmap *targets, bool nowhere)
{
    uint64_t n = nr_bitmap_count(targets);
    if (!nowhere && nr_join_by_keys(c, m, f, n)) return keys_leaf(c, p->op == NR_P_QUERY ? p->text : text_of(c, p), f, to, targets, (size_t)n);
    nr_reference r = nr_reference_of(m, f, to);
    nr_bitmap rows = nr_join_rows_of(c, m);
    nr_reference_sources(&r, targets, nowhere, &rows);
    return rows_leaf(c, p, &rows);
}

/* The rows of m that one of sources refers to by f; none: and those that nothing refers to. */
static const nr_pred *referred(nr_call *c, const nr_pred *p, nr_model *m, nr_model *from, const nr_field *f, const nr_bitmap *sources, bool none)
{
    nr_reference r = nr_reference_of(from, f, m);
    nr_bitmap rows = nr_join_rows_of(c, m);
    nr_reference_targets(&r, sources, none, &rows);
    return rows_leaf(c, p, &rows);
}

static const nr_pred *run_links(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p, bool borrows);

static nr_slice line_of(nr_call *c, const nr_link *link, size_t depth)
{
    nr_slice by = link->field->to_field;
    return nr_arena_printf(&c->arena, "%*sSemiJoin %.*s %s %.*s%s%.*s", (int)depth * 2, "", NR_FMT(link->name), link->reverse ? "from" : "to",
                           NR_FMT(link->to->schema->name), by.p ? " by " : "", NR_FMT(by));
}

static const nr_pred *run_link(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p)
{
    const nr_link *link = p->link;
    const nr_pred *inner = run_links(c, q, link->to, p->kids[0], true);
    bool nothing = nr_join_holds_of_nothing(p->kids[0]);
    if (c->profile) nr_vec_push(&c->arena, c->profile, line_of(c, link, 0));
    nr_bitmap found;
    if (!inner || !matching(c, q, link->to, inner, &found)) return NULL;
    if (link->reverse) return referred(c, p, m, link->to, link->field, &found, nothing);
    return referring(c, p, m, link->field, link->to, &found, nothing);
}

static nr_slice paired_line(nr_call *c, const nr_pairing *by, size_t depth)
{
    return nr_arena_printf(&c->arena, "%*sSemiJoin %.*s from %.*s", (int)depth * 2, "", NR_FMT(by->name), NR_FMT(by->to->schema->name));
}

/* What is asked of a row that pairs have: it is found among all of its model, once. */
static const nr_pred *run_paired(nr_call *c, const nr_query *q, const nr_pred *p)
{
    nr_model *m = p->pairing->to;
    const nr_pred *inner = run_links(c, q, m, p->kids[0], true);
    nr_bitmap found;
    if (c->profile) nr_vec_push(&c->arena, c->profile, paired_line(c, p->pairing, 0));
    if (!inner || !matching(c, q, m, inner, &found)) return NULL;
    nr_pred *out = rows_leaf(c, p, &found);
    out->at = p->at;
    out->nobody = nr_join_holds_of_nothing(p->kids[0]);
    return out;
}

/* -- in the place of a query -------------------------------------------------------------------------------------------------------------- */

/* How what a query finds gets to the rows of the outer model: as values; as the same rows; along a reference, to those that refer to it or those that it
 * refers to. */
typedef enum carried { BY_VALUE, BY_ROW, TO_SOURCES, TO_TARGETS } carried;

static bool refers_by_key(const nr_field *f, const nr_model *to)
{
    return (f->type->flags & NR_TF_RELATION) && nr_slice_eq(f->to, to->schema->name) && !f->to_field.p;
}

static carried carried_by(const nr_model *m, const nr_pred *p)
{
    const nr_subquery *s = p->subquery;
    const nr_field *f = p->field, *of = s->term.path.field;
    bool plain = p->direct && nr_slice_is(NR_S("in"), p->lookup->name) && nr_term_plain(&s->term) && !s->joined.n && !s->outer.find;
    if (!plain) return BY_VALUE;
    if (of->id == 0 && refers_by_key(f, s->model)) return TO_SOURCES;
    if (f->id == 0 && of->id == 0 && m == s->model) return BY_ROW;
    if (f->id == 0 && refers_by_key(of, m)) return TO_TARGETS;
    return BY_VALUE;
}

static nr_slice query_line(nr_call *c, const nr_pred *p, size_t depth)
{
    nr_buf b = nr_buf_in(&c->arena);
    nr_buf_printf(&b, "%*sSubQuery ", (int)depth * 2, "");
    nr_path_print(&p->path, &b);
    nr_buf_printf(&b, "__%s from ", p->lookup->name);
    nr_term_print(&p->subquery->term, &b);
    nr_buf_printf(&b, " of %.*s", NR_FMT(p->subquery->model->schema->name));
    return nr_buf_slice(&b);
}

/* The distinct values of its path, as groups. */
static const nr_node *plan_values(nr_planner *p, const nr_subquery *s, nr_query *q)
{
    nr_grouping *g = NR_NEW(p->arena, nr_grouping);
    const nr_field **out = NR_NEW(p->arena, const nr_field *);
    nr_slice *name = NR_NEW(p->arena, nr_slice);
    *out = s->term.path.field;
    *name = s->term.path.field->name;
    q->n_out = s->term.path.field->id < s->model->schema->n_fields; /* else it is joined */
    *g = (nr_grouping){.keys = &s->term, .n_keys = 1, .names = name, .specs = &s->term.spec, .count = -1};
    q->joined = s->joined;
    q->out = out;
    q->terms = &s->term;
    q->out_names = name;
    return nr_plan_groups(p, q, g);
}

typedef NR_VEC(nr_value) value_list;

static bool pull_values(nr_call *c, nr_run *run, const nr_node *root, value_list *out)
{
    nr_op *op = nr_op_open(run, root);
    nr_batch *b = nr_batch_new(&c->arena);
    do {
        b->want = NR_BATCH;
        if (!nr_op_next(op, b)) return false;
        for (size_t i = 0; i < b->n; i++) {
            nr_value v = b->values[i][0];
            if (v.kind == NR_V_TEXT) v.s = nr_arena_copy(&c->arena, v.s);
            if (v.kind != NR_V_NULL) nr_vec_push(&c->arena, out, v);
        }
    } while (b->n);
    return true;
}

static const nr_pred *by_values(nr_call *c, const nr_query *outer, const nr_pred *p, const nr_pred *where)
{
    const nr_subquery *s = p->subquery;
    nr_query q = query_of(c, outer, s->model, where);
    nr_planner planner = nr_planner_for(c, s->model);
    value_list values = {0};
    nr_scan scan;
    nr_run run;
    const nr_node *root = nr_scan_begin(c, s->model, &q, &scan) ? plan_values(&planner, s, &q) : NULL;
    if (!root) return NULL;
    nr_run_start(&run, c, s->model);
    nr_scan_bound(&scan, &q, &run);
    bool ok = pull_values(c, &run, root, &values);
    nr_scan_end(c, s->model, &scan, &run);
    nr_run_close(&run);
    return ok ? nr_bind_query_values(p, values.at, values.n) : NULL;
}

static const nr_pred *run_query(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p)
{
    const nr_subquery *s = p->subquery;
    const nr_pred *where = run_links(c, q, s->model, s->where, true);
    carried by = carried_by(m, p);
    nr_bitmap found;
    if (c->profile) nr_vec_push(&c->arena, c->profile, query_line(c, p, 0));
    if (where && by == BY_VALUE) return by_values(c, q, p, where);
    if (!where || !matching(c, q, s->model, where, &found)) return NULL;
    if (by == TO_SOURCES) return referring(c, p, m, p->field, s->model, &found, false);
    return by == BY_ROW ? rows_leaf(c, p, &found) : referred(c, p, m, s->model, s->term.path.field, &found, false);
}

/* -- comparisons with fields of other models ---------------------------------------------------------------------------------------------- */

typedef struct sight {
    nr_sight base;
    nr_call *call;
    nr_trail *trails; /* by joined field */
    size_t n;
} sight;

static bool look_along(const nr_sight *base, uint32_t row, nr_arena *scratch, nr_value *out)
{
    const sight *s = (const sight *)base;
    nr_call *c = s->call;
    for (size_t i = 0; i < s->n; i++)
        if (!nr_trail_value(&s->trails[i], row, c->store, c->env, scratch, &out[i], &c->err)) return false;
    return true;
}

/* It is asked row by row, where the plan has it: then it can look along the references. */
static const nr_pred *see(nr_call *c, nr_model *m, const nr_pred *p)
{
    sight *s = NR_NEW(&c->arena, sight);
    nr_compare *compare = NR_NEW(&c->arena, nr_compare);
    nr_pred *out = NR_NEW(&c->arena, nr_pred);
    *compare = *p->compare;
    *s = (sight){{look_along, NR_NEW_N(&c->arena, nr_value, compare->n_own + compare->n_joined)}, c, NR_NEW_N(&c->arena, nr_trail, compare->n_joined),
                 compare->n_joined};
    for (size_t i = 0; i < s->n; i++) nr_trail_init(&s->trails[i], m, compare->joined[i], NULL, &c->arena);
    compare->sight = &s->base;
    *out = *p;
    out->compare = compare;
    return out;
}

/* As deep as the predicate. borrows: it is of rows, whose borrowed values can be had. */
static const nr_pred *run_links(nr_call *c, const nr_query *q, nr_model *m, const nr_pred *p, bool borrows)
{
    if (borrows && p->op == NR_P_LINK) p = nr_unjoin(c, m, p);
    if (!nr_pred_waits(p)) return p;
    if (p->op == NR_P_LINK) return run_link(c, q, m, p);
    if (p->op == NR_P_PAIRED) return run_paired(c, q, p);
    if (p->op == NR_P_QUERY) return run_query(c, q, m, p);
    if (p->op == NR_P_COMPARE) return see(c, m, p);
    nr_pred *out = NR_NEW(&c->arena, nr_pred);
    const nr_pred **kids = NR_NEW_N(&c->arena, const nr_pred *, p->n);
    for (size_t i = 0; i < p->n; i++) {
        kids[i] = run_links(c, q, m, p->kids[i], borrows);
        if (!kids[i]) return NULL;
    }
    *out = *p;
    out->kids = kids;
    return out;
}

bool nr_join_referring(nr_call *c, nr_model *m, const nr_link *link, const nr_bitmap *targets, nr_bitmap *out)
{
    const nr_query all = {.max_scan = -1};
    const nr_pred rows = {.op = NR_P_ROWS, .text = link->name};
    if (c->profile) nr_vec_push(&c->arena, c->profile, line_of(c, link, 0));
    return matching(c, &all, link->to, referring(c, &rows, link->to, link->field, m, targets, false), out);
}

const nr_pred *nr_join_resolve(nr_call *c, const nr_query *q, const nr_pred *p)
{
    return run_links(c, q, q->model, p, false);
}

bool nr_join_run(nr_call *c, nr_query *q)
{
    const nr_pred *where = run_links(c, q, q->model, q->where, true), *after = q->after && where ? run_links(c, q, q->model, q->after, true) : NULL;
    if (!where || (q->after && !after)) return false;
    q->where = where;
    q->after = after;
    return true;
}

/* What is asked of one other model; values: of this query's path, NULL: rows. */
static bool explain_one(nr_call *c, nr_model *m, const nr_pred *where, const nr_subquery *values, nr_slice line, size_t depth, nr_slices *lines)
{
    const nr_query none = {.max_scan = -1};
    where = nr_unjoin(c, m, where);
    nr_query q = query_of(c, &none, m, where);
    nr_planner p = nr_planner_for(c, m);
    p.explains = true;
    const nr_node *root = values ? plan_values(&p, values, &q) : nr_plan_rows(&p, &q, NR_FOR_ROWS);
    if (!root) return false;
    nr_vec_push(&c->arena, lines, line);
    nr_plan_print_under(root, depth + 1, &c->arena, lines);
    return nr_join_explain(c, m, where, depth + 1, lines);
}

bool nr_join_explain(nr_call *c, nr_model *m, const nr_pred *where, size_t depth, nr_slices *lines)
{
    const nr_subquery *s = where->subquery;
    for (size_t i = 0; nr_pred_is_tree(where) && i < where->n; i++)
        if (!nr_join_explain(c, m, where->kids[i], depth, lines)) return false;
    if (where->op == NR_P_LINK) return explain_one(c, where->link->to, where->kids[0], NULL, line_of(c, where->link, depth), depth, lines);
    if (where->op == NR_P_PAIRED) {
        const nr_pairing *by = where->pairing;
        return explain_one(c, by->to, where->kids[0], NULL, paired_line(c, by, depth), depth, lines);
    }
    if (where->op != NR_P_QUERY) return true;
    return explain_one(c, s->model, s->where, carried_by(m, where) == BY_VALUE ? s : NULL, query_line(c, where, depth), depth, lines);
}
