/* access.c -- index choice for one lookup. Points go to a set when there is one (smaller, and its size is known at once), everything else to an
 * ordered index. */
#include "plan/access.h"

#include "base/hash.h"
#include "table/table.h"

enum { COUNTED_RANGES = 64 }; /* of a longer list only so many are counted for the plan */

static void count_memory(nr_access *a)
{
    a->count = 0;
    a->measured = true;
    for (size_t i = 0; i < a->n_spans; i++) a->count += a->spans[i].to - a->spans[i].from;
    for (size_t i = 0; i < a->n_lists; i++) a->count += roaring_bitmap_get_cardinality(a->lists[i]);
}

static bool count_some(nr_planner *p, nr_access *a, size_t most)
{
    if (a->index->memory) count_memory(a);
    if (a->index->memory) return true;
    size_t n = a->index->kind == NR_IX_SET ? a->n_keys : a->n_ranges;
    size_t take = n < most ? n : most;
    uint64_t sum = 0;
    for (size_t i = 0; i < take; i++) {
        if (i % 256 == 255 && p->env->mono_us(p->env->ctx) > p->deadline_us)
            return nr_fail(p->err, NR_E_LIMIT, "counting %zu keys took more time than nonrel.max-time allows", n);
        uint64_t c = 0;
        nr_slice key = a->index->kind == NR_IX_SET ? a->keys[i] : a->index->key;
        nr_status st = a->index->kind == NR_IX_SET ? p->store->cls->set_count(p->store, key, &c)
                                                   : p->store->cls->ordered_count(p->store, key, &a->ranges[i], &c);
        if (!nr_status_good(st, key, p->err)) return false;
        sum += c;
    }
    a->measured = take == n;
    a->count = a->measured ? sum : (uint64_t)((double)sum * (double)n / (double)take);
    return true;
}

bool nr_access_measure(nr_planner *p, nr_access *a)
{
    return a->measured || count_some(p, a, SIZE_MAX);
}

static void add_ranges(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    NR_VEC(nr_range) ranges = {0};
    for (size_t i = 0; i < probes->n; i++) {
        nr_range r;
        if (nr_probe_range(a->index, &probes->at[i], p->arena, &r)) nr_vec_push(p->arena, &ranges, r);
    }
    a->ranges = ranges.at;
    a->n_ranges = ranges.n;
    a->covers = true;
}

/* A digest may stand for several texts; sets of equal digests are the same set and must come once. */
static void add_keys(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    nr_slices keys = {0};
    nr_map digests;
    nr_map_init(&digests, p->arena->env);
    a->covers = true;
    for (size_t i = 0; i < probes->n; i++) {
        nr_buf b = nr_buf_in(p->arena);
        nr_index_set_key(a->index, &probes->at[i].lo, &b);
        nr_slice key = nr_buf_slice(&b);
        bool digest = key.p[a->index->key.n] == '#';
        if (digest) a->covers = false;
        if (!digest || !nr_map_put(&digests, key, a)) nr_vec_push(p->arena, &keys, key);
    }
    nr_map_clear(&digests);
    a->keys = keys.at;
    a->n_keys = keys.n;
}

static size_t place_in(const nr_model *m, const nr_index *ix)
{
    return (size_t)(ix - m->indexes);
}

static size_t place_of(const nr_planner *p, const nr_index *ix)
{
    return place_in(p->model, ix);
}

/* NULLs come first, and are in no span. */
static nr_span span_of(const nr_ordered *o, const nr_probe *p)
{
    const nr_value null = NR_NULL;
    if (p->kind == NR_PB_POINT) return (nr_span){nr_ordered_rank(o, &p->lo, false), nr_ordered_rank(o, &p->lo, true)};
    if (p->kind == NR_PB_PREFIX) return (nr_span){nr_ordered_rank_prefix(o, p->lo.s, false), nr_ordered_rank_prefix(o, p->lo.s, true)};
    uint64_t from = p->lo.kind == NR_V_NULL ? nr_ordered_rank(o, &null, true) : nr_ordered_rank(o, &p->lo, p->lo_open);
    return (nr_span){from, p->hi.kind == NR_V_NULL ? nr_ordered_count(o) : nr_ordered_rank(o, &p->hi, !p->hi_open)};
}

static void add_spans(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    NR_VEC(nr_span) spans = {0};
    const nr_ordered *o = nr_table_ordered(p->model->table, place_of(p, a->index));
    for (size_t i = 0; i < probes->n; i++) {
        nr_span s = span_of(o, &probes->at[i]);
        if (s.from < s.to) nr_vec_push(p->arena, &spans, s);
    }
    a->spans = spans.at;
    a->n_spans = spans.n;
    a->covers = true;
}

static void add_lists(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    NR_VEC(const roaring_bitmap_t *) lists = {0};
    const nr_postings *postings = nr_table_postings(p->model->table, place_of(p, a->index));
    for (size_t i = 0; i < probes->n; i++) {
        const roaring_bitmap_t *rows = nr_postings_rows(postings, &probes->at[i].lo);
        if (rows) nr_vec_push(p->arena, &lists, rows);
    }
    a->lists = lists.at;
    a->n_lists = lists.n;
    a->covers = true;
}

bool nr_access_by(nr_planner *p, const nr_pred *leaf, const nr_index *ix, nr_access *out)
{
    nr_probes probes = {0};
    leaf->lookup->probe(leaf->args, leaf->n_args, p->arena, &probes);
    *out = (nr_access){.index = ix};
    nr_vec_push(p->arena, &out->leaves, leaf);
    if (ix->memory && ix->kind == NR_IX_SET) add_lists(p, out, &probes);
    else if (ix->memory) add_spans(p, out, &probes);
    else if (ix->kind == NR_IX_SET) add_keys(p, out, &probes);
    else add_ranges(p, out, &probes);
    return count_some(p, out, COUNTED_RANGES);
}

/* A set answers points only; `isnull false` is none. */
static bool suits(const nr_model *m, const nr_index *ix, const nr_pred *leaf)
{
    size_t at = place_in(m, ix);
    if (ix->memory && (!m->table || (!nr_table_ordered(m->table, at) && !nr_table_postings(m->table, at)))) return false;
    if (ix->stale || ix->field != leaf->field || !nr_index_answers(ix, leaf->lookup)) return false;
    return ix->kind != NR_IX_SET || leaf->lookup->arg != NR_ARG_TRUTH || leaf->args->v.i != 0;
}

const nr_index *nr_access_index(const nr_model *m, const nr_pred *leaf)
{
    const nr_index *best = NULL;
    for (size_t i = 0; i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        if (suits(m, ix, leaf) && (!best || ix->kind == NR_IX_SET)) best = ix;
    }
    return best;
}

bool nr_access_find(nr_planner *p, const nr_pred *leaf, nr_access *out, bool *found)
{
    const nr_index *best = p->model->unsettled ? NULL : nr_access_index(p->model, leaf);
    *found = best != NULL;
    return !best || nr_access_by(p, leaf, best, out);
}

/* <0, 0, >0 for two lower bounds; no bound is the lowest. */
static int compare_lo(const nr_range *a, const nr_range *b)
{
    if (!a->lo.p || !b->lo.p) return (a->lo.p != NULL) - (b->lo.p != NULL);
    int c = nr_slice_cmp(a->lo, b->lo);
    return c ? c : a->lo_open - b->lo_open;
}

/* The same for upper bounds; no bound is the highest. */
static int compare_hi(const nr_range *a, const nr_range *b)
{
    if (!a->hi.p || !b->hi.p) return (b->hi.p != NULL) - (a->hi.p != NULL);
    int c = nr_slice_cmp(a->hi, b->hi);
    return c ? c : b->hi_open - a->hi_open;
}

static bool both(const nr_range *a, const nr_range *b, nr_range *out)
{
    const nr_range *lo = compare_lo(a, b) >= 0 ? a : b, *hi = compare_hi(a, b) <= 0 ? a : b;
    *out = (nr_range){lo->lo, hi->hi, lo->lo_open, hi->hi_open};
    if (!out->lo.p || !out->hi.p) return true;
    int c = nr_slice_cmp(out->lo, out->hi);
    return c < 0 || (c == 0 && !out->lo_open && !out->hi_open);
}

static void narrow_spans(nr_planner *p, nr_access *a, const nr_access *with)
{
    NR_VEC(nr_span) out = {0};
    for (size_t i = 0, k = 0; i < a->n_spans && k < with->n_spans;) {
        const nr_span *x = &a->spans[i], *y = &with->spans[k];
        nr_span s = {x->from > y->from ? x->from : y->from, x->to < y->to ? x->to : y->to};
        if (s.from < s.to) nr_vec_push(p->arena, &out, s);
        if (x->to <= y->to) i++;
        else k++;
    }
    a->spans = out.at;
    a->n_spans = out.n;
}

static void narrow_ranges(nr_planner *p, nr_access *a, const nr_access *with)
{
    NR_VEC(nr_range) out = {0};
    size_t i = 0, k = 0;
    while (i < a->n_ranges && k < with->n_ranges) {
        nr_range r;
        if (both(&a->ranges[i], &with->ranges[k], &r)) nr_vec_push(p->arena, &out, r);
        if (compare_hi(&a->ranges[i], &with->ranges[k]) <= 0) i++;
        else k++;
    }
    a->ranges = out.at;
    a->n_ranges = out.n;
}

/* Both lists are ascending and disjoint, so one pass over the two finds all that overlap. */
bool nr_access_narrow(nr_planner *p, nr_access *a, const nr_access *with)
{
    if (a->index->memory) narrow_spans(p, a, with);
    else narrow_ranges(p, a, with);
    for (size_t n = 0; n < with->leaves.n; n++) nr_vec_push(p->arena, &a->leaves, with->leaves.at[n]);
    return count_some(p, a, COUNTED_RANGES);
}

bool nr_access_every(nr_planner *p, nr_access *out)
{
    if (!p->model->table) return nr_access_all(p, &p->model->indexes[0], out);
    *out = (nr_access){.count = nr_table_count(p->model->table), .measured = true, .covers = true};
    return true;
}

bool nr_access_all(nr_planner *p, const nr_index *ix, nr_access *out)
{
    nr_range *everything = NR_NEW(p->arena, nr_range);
    *out = (nr_access){.index = ix, .covers = true};
    if (ix->memory) {
        nr_span *all = NR_NEW(p->arena, nr_span);
        all->to = nr_table_count(p->model->table);
        out->spans = all;
        out->n_spans = 1;
    } else {
        out->ranges = everything;
        out->n_ranges = 1;
    }
    return count_some(p, out, 1);
}

nr_node *nr_plan_node(nr_planner *p, const nr_op_class *cls, const nr_node *child, uint64_t rows, const void *params, size_t size)
{
    nr_node *n = NR_NEW(p->arena, nr_node);
    n->cls = cls;
    n->child = child;
    n->rows = rows;
    if (params) {
        void *copy = nr_arena_alloc(p->arena, size);
        memcpy(copy, params, size);
        n->params = copy;
    }
    return n;
}

nr_slice nr_access_text(nr_planner *p, const nr_access *a)
{
    nr_buf b = nr_buf_in(p->arena);
    for (size_t i = 0; i < a->leaves.n; i++) {
        if (i) nr_buf_add(&b, NR_S(" AND "));
        nr_pred_print(a->leaves.at[i], &b);
    }
    if (!a->leaves.n) nr_buf_add(&b, NR_S("all"));
    return nr_buf_slice(&b);
}

static nr_node *memory_node(nr_planner *p, const nr_access *a, bool descending, bool pks_descending)
{
    const nr_table *t = p->model->table;
    if (a->index->kind == NR_IX_SET) {
        nr_lists_params l = {a->index, a->lists, a->n_lists, nr_access_text(p, a)};
        return nr_plan_node(p, &nr_op_lists, NULL, a->count, &l, sizeof l);
    }
    nr_walk_params w = {a->index, nr_table_ordered(t, place_of(p, a->index)), nr_table_column(t, a->index->field->id), a->spans, a->n_spans, descending,
                        pks_descending, nr_access_text(p, a)};
    return nr_plan_node(p, &nr_op_walk, NULL, a->count, &w, sizeof w);
}

const nr_node *nr_access_node(nr_planner *p, const nr_access *a, bool descending, bool pks_descending)
{
    nr_node *n;
    if (!a->index) {
        n = nr_plan_node(p, &nr_op_rows, NULL, a->count, NULL, 0);
    } else if (a->index->memory) {
        n = memory_node(p, a, descending, pks_descending);
    } else if (a->index->kind == NR_IX_SET) {
        nr_sets_params s = {a->index, a->keys, a->n_keys, nr_access_text(p, a)};
        n = nr_plan_node(p, &nr_op_sets, NULL, a->count, &s, sizeof s);
    } else {
        nr_scan_params s = {a->index, a->ranges, a->n_ranges, descending, pks_descending, nr_access_text(p, a)};
        n = nr_plan_node(p, &nr_op_scan, NULL, a->count, &s, sizeof s);
    }
    n->exact = a->measured;
    return n;
}
