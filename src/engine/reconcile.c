/* reconcile.c -- one walk over each index: what it holds is compared with what the entities have.
 *
 * Where an entity has just one entry, it is made again for each one met, and a bit for each row tells whose was met. Where it may have many, that would
 * take their square: the entries that ought to be there are noted as 64 bits each (a hash of key and row, under the process's seed), those met are
 * taken off. */
#include "engine/reconcile.h"

#include "base/bitmap.h"
#include "engine/entries.h"
#include "exec/op.h"
#include "store/keys.h"
#include "table/rows.h"
#include "table/table.h"

typedef struct reconciler {
    nr_call *call;
    nr_model *model;
    const nr_index *index;
    nr_bitmap met;
    uint64_t *wanted;    /* of an index with many entries an entity: open addressing, 0 is empty, a value with its lowest bit set was met */
    size_t n_wanted, mask;
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

/* -- many entries an entity ---------------------------------------------------------------------------------------------------------------- */

static uint64_t mark_of(const reconciler *k, const nr_entry *e)
{
    uint64_t h = nr_hash(k->call->env->seed, e->key) * 0x9E3779B97F4A7C15U ^ nr_hash(~k->call->env->seed, e->member);
    return (h & ~(uint64_t)1) | 2;
}

static uint64_t *place_of(const reconciler *k, uint64_t mark)
{
    size_t i = (size_t)(mark >> 1) & k->mask;
    while (k->wanted[i] && (k->wanted[i] & ~(uint64_t)1) != mark) i = (i + 1) & k->mask;
    return &k->wanted[i];
}

static void want(reconciler *k, uint64_t mark)
{
    if ((k->n_wanted + 1) * 2 > k->mask) {
        uint64_t *old = k->wanted;
        size_t slots = old ? k->mask + 1 : 0;
        k->mask = slots ? slots * 2 - 1 : 1023;
        k->wanted = k->call->env->alloc((k->mask + 1) * sizeof *k->wanted);
        memset(k->wanted, 0, (k->mask + 1) * sizeof *k->wanted);
        for (size_t i = 0; i < slots; i++)
            if (old[i]) *place_of(k, old[i]) = old[i];
        if (old) k->call->env->free(old);
    }
    *place_of(k, mark) = mark;
    k->n_wanted++;
}

/* Calls fn with each entry of each row. */
static void each_entry(reconciler *k, void (*fn)(reconciler *k, const nr_entry *e))
{
    for (uint32_t row = nr_table_next(k->model->table, 0); row != NR_NO_ROW; row = nr_table_next(k->model->table, row + 1)) {
        nr_entries entries = {0};
        nr_arena_clear(&k->scratch);
        nr_table_get(k->model->table, row, k->row);
        nr_index_entries(k->index, nr_rows_pk(k->model->rows, row), k->row, &k->scratch, &entries);
        for (size_t i = 0; i < entries.n; i++) fn(k, &entries.at[i]);
    }
}

static void want_entry(reconciler *k, const nr_entry *e)
{
    want(k, mark_of(k, e));
}

static void add_unmet(reconciler *k, const nr_entry *e)
{
    if (!(*place_of(k, mark_of(k, e)) & 1)) queue(k, true, e->key, e->member);
}

static void meet_one_of_many(reconciler *k, nr_slice key, nr_slice member)
{
    nr_entry e = {key, member};
    uint64_t *at = place_of(k, mark_of(k, &e));
    if (*at) *at |= 1;
    else queue(k, false, key, member);
}

/* -- one entry an entity -------------------------------------------------------------------------------------------------------------------- */

/* An entry stays when the row of its pk has just this one, and it was not met before. */
static void meet_only_one(reconciler *k, nr_slice pk, nr_slice key, nr_slice member)
{
    uint32_t row = pk.n ? nr_rows_find(k->model->rows, pk) : NR_NO_ROW;
    nr_entries right = {0};
    if (row != NR_NO_ROW && nr_table_has(k->model->table, row)) {
        nr_table_get(k->model->table, row, k->row);
        nr_index_entries(k->index, pk, k->row, &k->scratch, &right);
        if (right.n == 1 && nr_slice_eq(right.at[0].key, key) && nr_slice_eq(right.at[0].member, member)) {
            nr_bitmap_set(&k->met, row);
            return;
        }
    }
    queue(k, false, key, member);
}

static nr_slice pk_of(reconciler *k, nr_slice member)
{
    const nr_field *f = nr_schema_pk(k->model->schema);
    nr_slice body;
    nr_value v;
    bool good = nr_index_member_pk(k->index, member, &body) && nr_pk_decode(f->spec.type->kind, body, &v);
    return good ? nr_type_text(&f->spec, &v, &k->scratch) : (nr_slice){NULL, 0};
}

static void meet(reconciler *k, nr_slice key, nr_slice member)
{
    if (nr_index_many(k->index)) meet_one_of_many(k, key, member);
    else meet_only_one(k, k->index->kind == NR_IX_SET ? member : pk_of(k, member), key, member);
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
        for (size_t i = 0; i < members.n; i++) meet(k, key, members.at[i]);
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
        for (size_t i = 0; i < members.n; i++) meet(k, key, members.at[i]);
    } while (cursor);
    return true;
}

static void add_missing(reconciler *k)
{
    if (nr_index_many(k->index)) {
        each_entry(k, add_unmet);
        return;
    }
    for (uint32_t row = nr_table_next(k->model->table, 0); row != NR_NO_ROW; row = nr_table_next(k->model->table, row + 1)) {
        if (nr_bitmap_has(&k->met, row)) continue;
        nr_entries right = {0};
        nr_arena_clear(&k->scratch);
        nr_table_get(k->model->table, row, k->row);
        nr_index_entries(k->index, nr_rows_pk(k->model->rows, row), k->row, &k->scratch, &right);
        for (size_t i = 0; i < right.n; i++) queue(k, true, right.at[i].key, right.at[i].member);
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
    k->mask = k->n_wanted = 0;
    k->wanted = NULL;
    if (nr_index_many(k->index)) {
        want(k, 2); /* so that there is a table, whatever is in it */
        each_entry(k, want_entry);
    }
    if (k->index->kind != NR_IX_SET) ok = walk_ordered(k);
    for (size_t i = 0; ok && k->index->kind == NR_IX_SET && i < k->sets.n; i++)
        if (nr_slice_starts(k->sets.at[i], k->index->key)) ok = walk_set(k, k->sets.at[i]);
    if (ok) add_missing(k);
    nr_arena_clear(&bits);
    if (k->wanted) k->call->env->free(k->wanted);
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
        if (!k.index->stale && !k.index->memory) ok = walk_index(&k);
    }
    nr_arena_clear(&k.scratch);
    nr_arena_clear(&k.keys);
    return ok;
}
