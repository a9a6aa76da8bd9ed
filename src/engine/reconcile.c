/* reconcile.c -- one walk over each index, with a bit for each row whose entry was met. */
#include "engine/reconcile.h"

#include "base/bitmap.h"
#include "engine/online.h"
#include "engine/write.h"
#include "exec/op.h"
#include "store/keys.h"
#include "table/rows.h"
#include "table/table.h"

typedef struct reconciler {
    nr_call *call;
    nr_model *model;
    const nr_index *index;
    nr_bitmap met;
    nr_arena scratch;
    nr_value *row;
    nr_arena keys;
    nr_slices sets; /* keys of all set indexes, in keys */
} reconciler;

static void queue(reconciler *k, bool add, nr_slice key, nr_slice member)
{
    nr_repair r = {add, k->index->kind == NR_IX_SET, key, member};
    nr_follow_repair(k->call, k->model, &r);
}

/* An entry stays when the row of its pk has just this one, and it was not met before. */
static void meet(reconciler *k, nr_slice pk, nr_slice key, nr_slice member)
{
    uint32_t row = pk.n ? nr_rows_find(k->model->rows, pk) : NR_NO_ROW;
    nr_slice right_key, right_member;
    if (row != NR_NO_ROW && nr_table_has(k->model->table, row)) {
        nr_table_get(k->model->table, row, k->row);
        nr_index_entry(k->model, k->index, pk, k->row, &k->scratch, &right_key, &right_member);
        if (nr_slice_eq(right_key, key) && nr_slice_eq(right_member, member)) {
            nr_bitmap_set(&k->met, row);
            return;
        }
    }
    queue(k, false, key, member);
}

static nr_slice pk_of(reconciler *k, nr_slice member)
{
    const nr_field *f = nr_schema_pk(k->model->schema);
    const nr_type *type = k->index->field->spec.type;
    size_t cut = k->index->kind == NR_IX_PK ? 0 : nr_key_skip(type ? type->kind : NR_V_NULL, member);
    nr_value v;
    bool good = (cut || k->index->kind == NR_IX_PK) && nr_pk_decode(f->spec.type->kind, (nr_slice){member.p + cut, member.n - cut}, &v);
    return good ? nr_type_text(&f->spec, &v, &k->scratch) : (nr_slice){NULL, 0};
}

/* A key to which somebody gave a time to live would go on its own: it goes now, and is made anew. */
static bool is_mortal(reconciler *k, nr_slice key)
{
    if (k->call->store->cls->deadline(k->call->store, key) < 0) return false;
    queue(k, false, key, (nr_slice){NULL, 0});
    return true;
}

static bool walk_ordered(reconciler *k)
{
    nr_store *s = k->call->store;
    if (is_mortal(k, k->index->key)) return true;
    nr_range left = {{NULL, 0}, {NULL, 0}, false, false};
    nr_slice key = k->index->key;
    nr_arena bound;
    nr_arena_init(&bound, k->call->env);
    nr_status st = NR_ST_OK;
    for (bool more = true; more;) {
        nr_slices members = {0};
        nr_arena_clear(&k->scratch);
        st = s->cls->ordered_scan(s, key, &left, false, NR_BATCH, &k->scratch, &members);
        for (size_t i = 0; i < members.n; i++) meet(k, pk_of(k, members.at[i]), key, members.at[i]);
        more = !st && members.n == NR_BATCH;
        if (!more) break;
        nr_arena_clear(&bound);
        left.lo = nr_arena_copy(&bound, members.at[members.n - 1]);
        left.lo_open = true;
    }
    nr_arena_clear(&bound);
    if (st == NR_ST_WRONGTYPE) queue(k, false, key, (nr_slice){NULL, 0});
    return st == NR_ST_WRONGTYPE || nr_status_good(st, key, &k->call->err);
}

static bool walk_set(reconciler *k, nr_slice key)
{
    nr_store *s = k->call->store;
    uint64_t cursor = 0;
    if (is_mortal(k, key)) return true;
    do {
        nr_slices members = {0};
        nr_arena_clear(&k->scratch);
        nr_status st = s->cls->set_scan(s, key, &cursor, &k->scratch, &members);
        if (st == NR_ST_WRONGTYPE) queue(k, false, key, (nr_slice){NULL, 0});
        if (st == NR_ST_WRONGTYPE) return true;
        if (!nr_status_good(st, key, &k->call->err)) return false;
        for (size_t i = 0; i < members.n; i++) meet(k, members.at[i], key, members.at[i]);
    } while (cursor);
    return true;
}

static void add_missing(reconciler *k)
{
    for (uint32_t row = nr_table_next(k->model->table, 0); row != NR_NO_ROW; row = nr_table_next(k->model->table, row + 1)) {
        if (nr_bitmap_has(&k->met, row)) continue;
        nr_slice key, member;
        nr_arena_clear(&k->scratch);
        nr_table_get(k->model->table, row, k->row);
        if (k->index->building && !nr_online_covers(k->model, &k->row[0], &k->scratch)) continue;
        nr_index_entry(k->model, k->index, nr_rows_pk(k->model->rows, row), k->row, &k->scratch, &key, &member);
        queue(k, true, key, member);
    }
}

static bool take_key(void *ctx, nr_slice key, nr_holds holds)
{
    reconciler *k = ctx;
    (void)holds;
    nr_vec_push(&k->keys, &k->sets, nr_arena_copy(&k->keys, key));
    return true;
}

static bool walk_index(reconciler *k)
{
    nr_arena bits;
    nr_arena_init(&bits, k->call->env);
    k->met = nr_bitmap_in(&bits);
    bool ok = true;
    if (k->index->kind != NR_IX_SET) ok = walk_ordered(k);
    for (size_t i = 0; ok && k->index->kind == NR_IX_SET && i < k->sets.n; i++)
        if (nr_slice_starts(k->sets.at[i], k->index->key)) ok = walk_set(k, k->sets.at[i]);
    if (ok) add_missing(k);
    nr_arena_clear(&bits);
    return ok;
}

bool nr_reconcile(nr_call *c, nr_model *m)
{
    reconciler k = {.call = c, .model = m, .row = NR_NEW_N(&c->arena, nr_value, m->schema->n_fields)};
    nr_arena_init(&k.scratch, c->env);
    nr_arena_init(&k.keys, c->env);
    nr_slice prefix = nr_arena_printf(&c->arena, "%.*s/s/", NR_FMT(m->schema->name));
    bool sets = false, ok = true;
    for (size_t i = 0; i < m->n_indexes; i++) sets = sets || (m->indexes[i].kind == NR_IX_SET && !m->indexes[i].memory);
    if (sets) c->store->cls->walk(c->store, prefix, take_key, &k);
    for (size_t i = 0; ok && i < m->n_indexes; i++) {
        k.index = &m->indexes[i];
        if ((!k.index->stale || k.index->building) && !k.index->memory) ok = walk_index(&k);
    }
    nr_arena_clear(&k.scratch);
    nr_arena_clear(&k.keys);
    return ok;
}
