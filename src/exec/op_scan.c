/* op_scan.c -- sources: a walk of an ordered index, and the members of set keys.
 *
 * A walk copies a batch of members and leaves the index before anybody opens an entity. Where equal keys must come with their pks in the
 * direction opposite to the walk, each group of equal keys is walked by itself the other way: a seek a group, and nothing is held. */
#include "exec/op.h"
#include "store/keys.h"

typedef struct scan_state {
    size_t done;      /* ranges finished */
    bool in_range, in_group;
    nr_range range;   /* what is left of the current one */
    nr_range group;   /* what is left of the current group */
} scan_state;

static const nr_scan_params *params_of(const nr_op *op)
{
    return op->node->params;
}

/* The pk of a member of the op's index, as canonical text; false: somebody put something there that is no entry. */
static bool pk_of(nr_op *op, nr_slice member, nr_slice *pk)
{
    const nr_index *ix = params_of(op)->index;
    const nr_field *pk_field = nr_schema_pk(op->run->model->schema);
    nr_slice body;
    nr_value v;
    if (!nr_index_member_pk(ix, member, &body) || !nr_pk_decode(pk_field->spec.type->kind, body, &v)) return false;
    *pk = nr_type_text(&pk_field->spec, &v, &op->arena);
    return true;
}

static bool emit(nr_op *op, nr_batch *b, const nr_slices *members)
{
    nr_slice *pks = nr_arena_alloc(&op->arena, members->n * sizeof *pks);
    size_t n = 0;
    for (size_t i = 0; i < members->n; i++) n += pk_of(op, members->at[i], &pks[n]);
    if (!nr_run_rows(op->run, pks, n, b->rows + b->n)) return false;
    b->n += n;
    return true;
}

/* Reads up to max members of *left in the direction given and moves its bound behind them; *end when there are no more. */
static bool read_some(nr_op *op, nr_range *left, bool reverse, size_t max, nr_slices *members, bool *end)
{
    nr_run *run = op->run;
    nr_slice key = params_of(op)->index->key;
    nr_status st = run->store->cls->ordered_scan(run->store, key, left, reverse, max, &op->arena, members);
    if (!nr_status_good(st, key, run->err)) return false;
    *end = members->n < max;
    if (!members->n) return true;
    nr_slice last = members->at[members->n - 1];
    if (reverse) {
        left->hi = last;
        left->hi_open = true;
    } else {
        left->lo = last;
        left->lo_open = true;
    }
    return true;
}

/* Bounds that moved lie in the scratch arena: keep them beyond its next clearing. */
static nr_range keep_range(nr_arena *a, nr_range r)
{
    if (r.lo.p) r.lo = nr_arena_copy(a, r.lo);
    if (r.hi.p) r.hi = nr_arena_copy(a, r.hi);
    return r;
}

static void turn_page(nr_op *op, scan_state *s)
{
    nr_arena fresh;
    nr_arena_init(&fresh, op->run->env);
    if (s->in_range) s->range = keep_range(&fresh, s->range);
    if (s->in_group) s->group = keep_range(&fresh, s->group);
    nr_arena_clear(&op->arena);
    op->arena = fresh;
}

static bool next_range(nr_op *op, scan_state *s)
{
    const nr_scan_params *p = params_of(op);
    if (s->done == p->n_ranges) return false;
    s->range = p->ranges[p->descending ? p->n_ranges - 1 - s->done : s->done];
    s->done++;
    return s->in_range = true;
}

/* Finds the next group of equal keys: [component, component's successor), and takes it out of the range. */
static bool next_group(nr_op *op, scan_state *s)
{
    const nr_scan_params *p = params_of(op);
    nr_slices one = {0};
    bool end;
    if (!read_some(op, &s->range, p->descending, 1, &one, &end)) return false;
    if (!one.n) {
        s->in_range = false;
        return true;
    }
    size_t cut = nr_index_key_skip(p->index, one.at[0]);
    if (!cut) return true; /* somebody's, and no entry: the range stands behind it already */
    nr_slice from = {one.at[0].p, cut}, to = nr_bytes_after(from, &op->arena);
    s->group = (nr_range){.lo = from, .hi = to, .hi_open = true};
    s->in_group = true;
    if (p->descending) {
        s->range.hi = from;
        s->range.hi_open = true;
    } else {
        s->range.lo = to;
        s->range.lo_open = false;
    }
    return true;
}

static bool step(nr_op *op, scan_state *s, size_t max, nr_slices *members)
{
    const nr_scan_params *p = params_of(op);
    bool by_group = p->index->kind == NR_IX_ORDERED && p->descending != p->pks_descending;
    bool end = false;
    if (!by_group) {
        if (!read_some(op, &s->range, p->descending, max, members, &end)) return false;
        s->in_range = !end;
        return true;
    }
    if (!s->in_group && !next_group(op, s)) return false;
    if (!s->in_group) return true;
    if (!read_some(op, &s->group, p->pks_descending, max, members, &end)) return false;
    s->in_group = !end;
    return true;
}

static bool scan_next(nr_op *op, nr_batch *b)
{
    scan_state *s = op->state;
    turn_page(op, s);
    size_t most = nr_batch_grow(&op->grow);
    if (most > b->want) most = b->want;
    while (b->n < most) {
        if (!s->in_range && !s->in_group && !next_range(op, s)) return true;
        nr_slices members = {0};
        if (!step(op, s, most - b->n, &members) || !emit(op, b, &members)) return false;
    }
    return true;
}

static void scan_explain(const nr_node *node, nr_buf *out)
{
    const nr_scan_params *p = node->params;
    nr_buf_printf(out, "index=%.*s", NR_FMT(p->index->name));
    if (p->text.n) nr_buf_printf(out, " %.*s", NR_FMT(p->text));
    if (p->descending) nr_buf_add(out, NR_S(" descending"));
}

const nr_op_class nr_op_scan = {"Scan", true, sizeof(scan_state), scan_next, scan_explain, false, false};

typedef struct sets_state {
    size_t done;
    uint64_t cursor;
    nr_slices read; /* members got, not yet given */
    size_t given;
} sets_state;

/* Reads some members of the current key; moves on to the next one at its end. */
static bool sets_read(nr_op *op, sets_state *s)
{
    const nr_sets_params *p = op->node->params;
    nr_run *run = op->run;
    nr_arena_clear(&op->arena);
    s->read = (nr_slices){0};
    s->given = 0;
    nr_slice key = p->keys[s->done];
    nr_status st = run->store->cls->set_scan(run->store, key, &s->cursor, &op->arena, &s->read);
    if (!nr_status_good(st, key, run->err)) return false;
    if (s->cursor == 0) s->done++;
    return true;
}

static bool sets_next(nr_op *op, nr_batch *b)
{
    const nr_sets_params *p = op->node->params;
    sets_state *s = op->state;
    size_t most = nr_batch_grow(&op->grow);
    if (most > b->want) most = b->want;
    while (b->n < most) {
        if (s->given < s->read.n) {
            size_t left = s->read.n - s->given, n = left < most - b->n ? left : most - b->n;
            if (!nr_run_rows(op->run, s->read.at + s->given, n, b->rows + b->n)) return false;
            s->given += n;
            b->n += n;
        } else if (s->done < p->n_keys) {
            if (!sets_read(op, s)) return false;
        } else {
            return true;
        }
    }
    return true;
}

static void sets_explain(const nr_node *node, nr_buf *out)
{
    const nr_sets_params *p = node->params;
    nr_buf_printf(out, "index=%.*s %.*s", NR_FMT(p->index->name), NR_FMT(p->text));
}

const nr_op_class nr_op_sets = {"Set", true, sizeof(sets_state), sets_next, sets_explain, false, false};
