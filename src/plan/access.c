/* access.c -- index choice for one lookup. Points go to a set when there is one (smaller, and its size is known at once), everything else to an
 * ordered index. */
#include "plan/access.h"

#include <stdlib.h>

#include "base/hash.h"
#include "plan/composite.h"
#include "table/table.h"

enum { MOST_PATHS = 32 };     /* a bound of what a long filter makes the planner do */
enum { COUNTED_RANGES = 64 }; /* of a longer list only so many are counted for the plan */
enum { INTERSECTED = 4 };     /* posting lists or sets of which rows must be in all; what they leave is verified */
enum { MOST_COMMON = 200000 };

static void count_memory(nr_access *a)
{
    a->count = 0;
    a->measured = true;
    for (size_t i = 0; i < a->n_spans; i++) a->count += a->spans[i].to - a->spans[i].from;
    for (size_t i = 0; i < a->n_lists && (i == 0 || !a->all); i++) a->count += roaring_bitmap_get_cardinality(a->lists[i]);
    if (a->crowd) a->count += roaring_bitmap_get_cardinality(a->crowd);
}

static bool count_some(nr_planner *p, nr_access *a, size_t most)
{
    if (a->index->memory) count_memory(a);
    if (a->index->memory) return true;
    size_t n = a->index->kind != NR_IX_SET ? a->n_ranges : a->all ? 1 : a->n_keys;
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
    if (a->crowd_key.n) {
        uint64_t c = 0;
        nr_status st = p->store->cls->set_count(p->store, a->crowd_key, &c);
        if (!nr_status_good(st, a->crowd_key, p->err)) return false;
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

bool nr_access_count(nr_planner *p, nr_access *a)
{
    return count_some(p, a, COUNTED_RANGES);
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
}

/* A digest may stand for several texts; sets of equal digests are the same set and must come once. */
static void add_keys(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    nr_slices keys = {0};
    nr_map digests;
    nr_map_init(&digests, p->arena->env);
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
}

static int by_size(const void *x, const void *y)
{
    uint64_t a = roaring_bitmap_get_cardinality(*(const roaring_bitmap_t *const *)x),
             b = roaring_bitmap_get_cardinality(*(const roaring_bitmap_t *const *)y);
    return (a > b) - (a < b);
}

/* A stretch of the keys of posting lists: each distinct key is looked at. */
static void add_stretches(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    NR_VEC(const roaring_bitmap_t *) lists = {0};
    const nr_postings *postings = nr_table_postings(p->model->table, place_of(p, a->index));
    const roaring_bitmap_t *rows;
    size_t at = 0;
    for (nr_value v; (rows = nr_postings_next(postings, nr_index_key_kind(a->index), &at, &v));) {
        bool in = false;
        for (size_t i = 0; !in && i < probes->n; i++) in = nr_probe_has(&probes->at[i], &v);
        if (in) nr_vec_push(p->arena, &lists, rows);
    }
    a->lists = lists.at;
    a->n_lists = lists.n;
}

/* Rows of a match are in every list: the smallest ones leave few others. */
static void add_lists(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    NR_VEC(const roaring_bitmap_t *) lists = {0};
    const nr_postings *postings = nr_table_postings(p->model->table, place_of(p, a->index));
    bool none = false;
    for (size_t i = 0; i < probes->n; i++) {
        const roaring_bitmap_t *rows = nr_postings_rows(postings, &probes->at[i].lo);
        if (rows) nr_vec_push(p->arena, &lists, rows);
        none = none || !rows;
        if (rows && probes->at[i].doubtful) a->covers = false;
    }
    if (a->all && lists.n) qsort(lists.at, lists.n, sizeof *lists.at, by_size);
    a->lists = lists.at;
    a->n_lists = !a->all ? lists.n : none ? 0 : lists.n < INTERSECTED ? lists.n : INTERSECTED;
}

typedef struct counted_key {
    nr_slice key;
    uint64_t n;
} counted_key;

static int by_members(const void *x, const void *y)
{
    const counted_key *a = x, *b = y;
    return a->n != b->n ? (a->n > b->n) - (a->n < b->n) : nr_slice_cmp(a->key, b->key);
}

/* Whether looking members of the smallest set up in this one too is worth it: it must leave few of them. And where the smallest holds very many it is not done:
 * finding what is common is one call, which nobody can stop. */
static bool cuts(const nr_planner *p, const counted_key *least, const counted_key *set)
{
    uint64_t all = p->model->table ? nr_table_count(p->model->table) : 0;
    return least->n <= MOST_COMMON && set->n <= all / 4;
}

/* The sets that hold the fewest, ascending; of a long list only some are looked at. */
static bool keep_smallest(nr_planner *p, nr_access *a)
{
    counted_key sets[COUNTED_RANGES];
    size_t n = a->n_keys < COUNTED_RANGES ? a->n_keys : COUNTED_RANGES;
    nr_slice *keys = NR_NEW_N(p->arena, nr_slice, n);
    for (size_t i = 0; i < n; i++) {
        sets[i] = (counted_key){a->keys[i], 0};
        nr_status st = p->store->cls->set_count(p->store, a->keys[i], &sets[i].n);
        if (!nr_status_good(st, a->keys[i], p->err)) return false;
    }
    qsort(sets, n, sizeof *sets, by_members);
    a->n_keys = 0;
    for (size_t i = 0; i < n && i < INTERSECTED; i++)
        if (i == 0 || cuts(p, &sets[0], &sets[i])) keys[a->n_keys++] = sets[i].key;
    a->keys = keys;
    return true;
}

/* The rows of the crowd may match too. */
static bool add_crowd(nr_planner *p, nr_access *a)
{
    const nr_value crowd = {.kind = NR_V_TEXT, .s = nr_slice_of(a->index->keyfn->crowd)};
    nr_buf b = nr_buf_in(p->arena);
    uint64_t n = 0;
    if (a->index->memory) {
        a->crowd = nr_postings_rows(nr_table_postings(p->model->table, place_of(p, a->index)), &crowd);
        return true;
    }
    nr_index_set_key(a->index, &crowd, &b);
    nr_slice key = nr_buf_slice(&b);
    nr_status st = p->store->cls->set_count(p->store, key, &n);
    if (!nr_status_good(st, key, p->err)) return false;
    if (!n) return true;
    if (a->n_keys > 1) {
        a->crowd_key = key;
        return true;
    }
    nr_slice *keys = NR_NEW_N(p->arena, nr_slice, 2); /* nothing to be found common to: one set behind the other */
    keys[0] = a->keys[0];
    keys[1] = key;
    a->keys = keys;
    a->n_keys = 2;
    a->all = false;
    return true;
}

/* A set index has points alone: a stretch of few possible values is written out. */
static bool to_points(nr_arena *arena, const nr_path *path, nr_probes *probes)
{
    nr_probes points = {0};
    const nr_transform *t = path->n_transforms ? path->transforms[path->n_transforms - 1] : NULL;
    for (size_t i = 0; i < probes->n; i++) {
        const nr_probe *x = &probes->at[i];
        if (x->kind == NR_PB_POINT) nr_vec_push(arena, &points, *x);
        if (x->kind == NR_PB_POINT) continue;
        if (x->kind != NR_PB_SPAN || !t || !t->high) return false;
        for (int64_t v = t->low; v <= t->high; v++) {
            bool above = x->lo.kind == NR_V_NULL || v > x->lo.i || (v == x->lo.i && !x->lo_open);
            bool below = x->hi.kind == NR_V_NULL || v < x->hi.i || (v == x->hi.i && !x->hi_open);
            if (above && below) nr_vec_push(arena, &points, (nr_probe){.kind = NR_PB_POINT, .lo = {.kind = NR_V_INT, .i = v}, .hi = NR_NULL});
        }
    }
    *probes = points;
    return true;
}

bool nr_access_usable(const nr_model *m, const nr_index *ix)
{
    size_t at = (size_t)(ix - m->indexes);
    return !ix->stale && (!ix->memory || (m->table && (nr_table_ordered(m->table, at) || nr_table_postings(m->table, at))));
}

const nr_way *nr_access_way(const nr_pred *leaf, const nr_index *ix, nr_arena *arena, nr_probes *probes)
{
    const nr_way *way = nr_index_serves(ix, &leaf->path, leaf->lookup, &leaf->args);
    if (!way || !way->probe(&leaf->args, arena, probes)) return NULL;
    if (ix->path.n_transforms < leaf->path.n_transforms) nr_probes_lower(&leaf->path, ix->path.n_transforms, probes);
    return ix->kind != NR_IX_SET || to_points(arena, &leaf->path, probes) ? way : NULL;
}

/* The same of an index of the model; of one of several fields by its first. */
static const nr_way *probe(const nr_model *m, const nr_pred *leaf, const nr_index *ix, nr_arena *arena, nr_probes *probes)
{
    const nr_index first = {.kind = NR_IX_ORDERED, .path = ix->path, .keyfn = &nr_key_value};
    return nr_access_usable(m, ix) ? nr_access_way(leaf, ix->n_parts ? &first : ix, arena, probes) : NULL;
}

bool nr_access_helps(const nr_model *m, const nr_pred *leaf)
{
    nr_mark mark = nr_arena_mark(leaf->scratch);
    bool helps = false;
    for (size_t i = 0; !helps && i < m->n_indexes; i++) {
        nr_probes probes = {0};
        helps = m->indexes[i].path.field == leaf->field && probe(m, leaf, &m->indexes[i], leaf->scratch, &probes);
    }
    nr_arena_rewind(leaf->scratch, mark);
    return helps;
}

/* A set of the store that may hold what does not match: what covers all but that, covers all when it is empty. */
static bool drop_doubts(nr_planner *p, nr_access *a, const nr_probes *probes)
{
    for (size_t i = 0; !a->index->memory && a->index->kind == NR_IX_SET && i < probes->n && i < a->n_keys; i++) {
        uint64_t n = 0;
        if (!probes->at[i].doubtful) continue;
        nr_status st = p->store->cls->set_count(p->store, a->keys[i], &n);
        if (!nr_status_good(st, a->keys[i], p->err)) return false;
        if (n) a->covers = false;
    }
    return true;
}

bool nr_access_by(nr_planner *p, const nr_pred *leaf, const nr_index *ix, nr_access *out, bool *found)
{
    nr_probes probes = {0};
    size_t pinned;
    const nr_preds alone = {(const nr_pred **)&leaf, 1, 1};
    if (ix->n_parts) return nr_composite_access(p, &alone, ix, out, &pinned, found);
    const nr_way *way = p->model->unsettled ? NULL : probe(p->model, leaf, ix, p->arena, &probes);
    *found = way != NULL;
    if (!way) return true;
    *out = (nr_access){.index = ix, .covers = (way->flags & NR_WAY_EXACT) != 0, .all = (way->flags & NR_WAY_ALL) != 0};
    nr_vec_push(p->arena, &out->leaves, leaf);
    bool points = true, lists = ix->memory && nr_table_postings(p->model->table, place_of(p, ix));
    for (size_t i = 0; i < probes.n; i++) points = points && probes.at[i].kind == NR_PB_POINT;
    if (lists && points) add_lists(p, out, &probes);
    else if (lists) add_stretches(p, out, &probes);
    else if (ix->memory) add_spans(p, out, &probes);
    else if (ix->kind == NR_IX_SET) add_keys(p, out, &probes);
    else add_ranges(p, out, &probes);
    if (out->all && out->n_keys && !keep_smallest(p, out)) return false;
    if (out->all && ix->keyfn->crowd && !add_crowd(p, out)) return false;
    if (out->all && out->n_ranges) out->n_ranges = 1; /* any one of them holds all matches */
    bool one = probes.n == 1 && probes.at[0].kind == NR_PB_POINT && out->n_keys < 2;
    out->repeats = nr_index_many(ix) && !out->all && !one;
    return drop_doubts(p, out, &probes) && count_some(p, out, COUNTED_RANGES);
}

/* What needs no verifying is better than what does, then what gives less; of two that are alike the set, which is smaller, and the index of one field. */
static bool is_better(const nr_access *a, const nr_access *b)
{
    if (a->covers != b->covers) return a->covers;
    if (a->repeats != b->repeats) return b->repeats;
    return a->count < b->count || (a->count == b->count && (a->index->kind == NR_IX_SET || (b->index->n_parts && !a->index->n_parts)));
}

bool nr_access_find(nr_planner *p, const nr_pred *leaf, nr_access *out, bool *found)
{
    *found = false;
    for (size_t i = 0; nr_pass_on(p, NR_PASS_INDEX) && i < p->model->n_indexes; i++) {
        nr_access a;
        bool serves = false;
        const nr_index *ix = &p->model->indexes[i];
        if (ix->path.field != leaf->field) continue;
        if (!nr_access_by(p, leaf, ix, &a, &serves)) return false;
        if (serves && (!*found || is_better(&a, out))) *out = a;
        *found = *found || serves;
    }
    return true;
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
    a->covers = a->covers && with->covers;
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
    if (ix->memory) { /* pk and value indexes have one entry for each row */
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
    if (!p->explains) return NR_S("");
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
    if (nr_table_postings(t, place_of(p, a->index))) {
        nr_lists_params l = {a->index, a->lists, a->n_lists, a->all, a->crowd, nr_access_text(p, a)};
        return nr_plan_node(p, &nr_op_lists, NULL, a->count, &l, sizeof l);
    }
    nr_walk_params w = {a->index,
                        nr_table_ordered(t, place_of(p, a->index)),
                        nr_table_key_column(t, place_of(p, a->index)),
                        a->spans,
                        a->n_spans,
                        descending,
                        pks_descending,
                        nr_access_text(p, a)};
    return nr_plan_node(p, &nr_op_walk, NULL, a->count, &w, sizeof w);
}

const nr_node *nr_access_node(nr_planner *p, const nr_access *a, bool descending, bool pks_descending)
{
    nr_node *n;
    if (!a->index) {
        nr_set_params s = {a->set, nr_access_text(p, a)};
        n = nr_plan_node(p, a->set ? &nr_op_set : &nr_op_rows, NULL, a->count, a->set ? &s : NULL, sizeof s);
    } else if (a->index->memory) {
        n = memory_node(p, a, descending, pks_descending);
    } else if (a->index->kind == NR_IX_SET) {
        nr_sets_params s = {a->index, a->keys, a->n_keys, a->crowd_key, nr_access_text(p, a)};
        n = nr_plan_node(p, a->all && a->n_keys > 1 ? &nr_op_common : &nr_op_sets, NULL, a->count, &s, sizeof s);
    } else {
        nr_scan_params s = {a->index, a->ranges, a->n_ranges, descending, pks_descending, nr_access_text(p, a)};
        n = nr_plan_node(p, &nr_op_scan, NULL, a->count, &s, sizeof s);
    }
    n->exact = a->measured && !a->repeats && !(a->all && a->n_lists + a->n_keys + (a->crowd != NULL) > 1);
    return a->repeats ? nr_plan_node(p, &nr_op_distinct, n, n->rows, NULL, 0) : n;
}

/* Adds a path, or narrows the one that is there on the same ordered index. */
static bool add_path(nr_planner *p, nr_analysis *an, const nr_access *a)
{
    for (size_t i = 0; nr_pass_on(p, NR_PASS_NARROW) && i < an->paths.n; i++)
        if (a->index && an->paths.at[i]->index == a->index && a->index->kind != NR_IX_SET && !nr_index_many(a->index))
            return nr_access_narrow(p, an->paths.at[i], a);
    nr_access *copy = NR_NEW(p->arena, nr_access);
    *copy = *a;
    nr_vec_push(p->arena, &an->paths, copy);
    return true;
}

static int by_count(const void *x, const void *y)
{
    const nr_access *a = *(nr_access *const *)x, *b = *(nr_access *const *)y;
    return (a->count > b->count) - (a->count < b->count);
}

static bool access_rows(nr_planner *p, const nr_pred *rows, nr_access *out)
{
    *out = (nr_access){.set = rows->rows, .count = rows->n_rows, .measured = true, .covers = true};
    nr_vec_push(p->arena, &out->leaves, rows);
    return true;
}

bool nr_plan_analyse(nr_planner *p, const nr_pred *where, nr_analysis *out)
{
    nr_access all;
    bool conjunction = where->op == NR_P_AND;
    *out = (nr_analysis){0};
    if (!nr_access_every(p, &all)) return false;
    out->total = all.count;
    for (size_t i = 0; i < (conjunction ? where->n : 1); i++) {
        const nr_pred *kid = conjunction ? where->kids[i] : where;
        nr_access a;
        bool found = false;
        nr_vec_push(p->arena, &out->all, kid);
        if (kid->op == NR_P_LEAF && out->paths.n < MOST_PATHS && !nr_access_find(p, kid, &a, &found)) return false;
        if (kid->op == NR_P_ROWS) found = access_rows(p, kid, &a);
        if (!found) nr_vec_push(p->arena, &out->rest, kid);
        else if (!add_path(p, out, &a)) return false;
    }
    if (!nr_composite_improve(p, out)) return false;
    if (out->paths.n) qsort(out->paths.at, out->paths.n, sizeof *out->paths.at, by_count);
    return true;
}
