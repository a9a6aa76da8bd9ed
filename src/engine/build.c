/* build.c -- building and removing indexes, entity by entity, with scratch memory that is given back batch by batch. */
#include "engine/build.h"

#include "engine/borrow.h"
#include "engine/entries.h"
#include "engine/write.h"
#include "exec/op.h"
#include "query/lookup.h"
#include "store/keys.h"
#include "table/rows.h"
#include "table/table.h"

/* Without a table, which a copy may do without, by looking at the keys. */
static bool memory_pks(nr_call *c, nr_model *m, nr_slices *pks)
{
    if (!m->table) return nr_build_find_entities(c, m, pks);
    const nr_ordered *o = nr_table_ordered(m->table, 0);
    uint32_t rows[256];
    for (uint64_t at = 0; at < nr_ordered_count(o);) {
        size_t n = nr_ordered_read(o, at, false, 256, rows);
        for (size_t i = 0; i < n; i++) nr_vec_push(&c->arena, pks, nr_arena_copy(&c->arena, nr_rows_pk(m->rows, rows[i])));
        at += n;
    }
    return true;
}

bool nr_build_pks(nr_call *c, nr_model *m, nr_slices *pks)
{
    if (!nr_model_has_entities(m)) return true;
    if (m->indexes[0].memory) return memory_pks(c, m, pks);
    const nr_field *pk = nr_schema_pk(m->schema);
    nr_slice key = m->indexes[0].key;
    nr_range left = {{NULL, 0}, {NULL, 0}, false, false};
    for (;;) {
        nr_slices members = {0};
        nr_status st = c->store->cls->ordered_scan(c->store, key, &left, false, NR_BATCH, &c->arena, &members);
        if (!nr_status_good(st, key, &c->err)) return false;
        for (size_t i = 0; i < members.n; i++) {
            nr_value v;
            if (nr_pk_decode(pk->spec.type->kind, members.at[i], &v)) nr_vec_push(&c->arena, pks, nr_type_text(&pk->spec, &v, &c->arena));
        }
        if (members.n < NR_BATCH) return true;
        left.lo = members.at[members.n - 1];
        left.lo_open = true;
    }
}

bool nr_entity_pk(const nr_model *m, nr_slice key, nr_arena *arena, nr_slice *pk)
{
    const nr_field *f = nr_schema_pk(m->schema);
    nr_value v;
    *pk = (nr_slice){key.p + m->prefix.n, key.n - m->prefix.n};
    return pk->n && pk->n <= NR_PK_MAX && nr_field_decode(f, *pk, arena, &v) && nr_slice_eq(*pk, nr_type_text(&f->spec, &v, arena));
}

typedef struct visitor {
    nr_call *call;
    nr_model *model;
    bool (*fn)(void *ctx, const nr_entity *e);
    void *ctx;
    nr_key_list *set_keys;
    nr_arena scratch;
    size_t met;
    nr_value *row;
    bool ok;
} visitor;

bool nr_entity_overdue(const nr_call *c, const nr_entity *e)
{
    return !c->applied && e->deadline >= 0 && e->deadline <= c->now_us / 1000;
}

static bool take_key(nr_key_list *l, nr_slice key)
{
    nr_vec_push(l->arena, &l->keys, nr_arena_copy(l->arena, key));
    return true;
}

static nr_slice set_prefix(nr_call *c, const nr_model *m)
{
    return nr_arena_printf(&c->arena, "%.*s/s/", NR_FMT(m->schema->name));
}

static bool visit(void *ctx, const nr_met *met)
{
    visitor *v = ctx;
    const nr_env *env = v->call->env;
    nr_entity e = {.row = v->row, .deadline = met->deadline};
    if (!nr_slice_starts(met->key, v->model->prefix)) return take_key(v->set_keys, met->key);
    if (v->met++ % 64 == 0) nr_arena_clear(&v->scratch);
    memset(v->row, 0, sizeof *v->row * nr_schema_values(v->model->schema));
    if (met->holds != NR_HOLDS_HASH) nr_model_leave_out(v->model, env, met->key, "the key is no hash");
    else if (!nr_entity_pk(v->model, met->key, &v->scratch, &e.pk)) nr_model_leave_out(v->model, env, met->key, "the key names no pk");
    else if (nr_rows_soon(v->model->rows, e.pk), nr_entity_decode(v->model, env, met->key, e.pk, &met->fields, NULL, &v->scratch, v->row) == NR_FOUND) {
        nr_model_take_back_key(v->model, met->key);
        v->ok = v->fn(v->ctx, &e);
    }
    return v->ok;
}

bool nr_build_each_entity(nr_call *c, nr_model *m, bool (*fn)(void *ctx, const nr_entity *e), void *ctx, nr_key_list *set_keys)
{
    visitor v = {.call = c, .model = m, .fn = fn, .ctx = ctx, .set_keys = set_keys, .ok = true};
    nr_slice beside = set_keys ? set_prefix(c, m) : (nr_slice){NULL, 0};
    v.row = NR_NEW_N(&c->arena, nr_value, nr_schema_values(m->schema));
    nr_arena_init(&v.scratch, c->env); /* what it takes for a moment is not held against the command */
    c->store->cls->walk_read(c->store, m->prefix, beside, visit, &v);
    nr_arena_clear(&v.scratch);
    return v.ok;
}

typedef struct pk_list {
    nr_call *call;
    nr_slices *pks, doubtful;
} pk_list;

static bool take_pk(void *ctx, const nr_entity *e)
{
    pk_list *l = ctx;
    nr_arena *a = &l->call->arena;
    nr_vec_push(a, nr_entity_overdue(l->call, e) ? &l->doubtful : l->pks, nr_arena_copy(a, e->pk));
    return true;
}

bool nr_build_find_entities(nr_call *c, nr_model *m, nr_slices *pks)
{
    pk_list l = {.call = c, .pks = pks};
    if (!nr_build_each_entity(c, m, take_pk, &l, NULL)) return false;
    for (size_t i = 0; i < l.doubtful.n; i++)
        if (c->store->cls->holds(c->store, nr_entity_key(m, l.doubtful.at[i], &c->arena)) == NR_HOLDS_HASH)
            nr_vec_push(&c->arena, pks, l.doubtful.at[i]);
    return true;
}

typedef struct builder {
    nr_call *call;
    nr_model *model;
    const nr_index *index;
    nr_arena scratch;
    nr_map seen;
} builder;

/* Remembers a value of a unique field whose index is in memory, where there is no table yet to ask. */
static bool seen_before(builder *b, const nr_value *v)
{
    nr_buf key = nr_buf_in(&b->call->arena);
    nr_key_add(v, &key);
    return nr_map_put(&b->seen, nr_buf_slice(&key), b) != NULL;
}

static bool is_taken(nr_call *c, const nr_index *ix, const nr_value *v, nr_arena *scratch, bool *taken)
{
    nr_probe probe = {.kind = NR_PB_POINT, .lo = *v, .hi = NR_NULL};
    nr_range r;
    uint64_t n = 0;
    *taken = false;
    if (!nr_probe_range(ix, &probe, scratch, &r)) return true;
    nr_status st = c->store->cls->ordered_count(c->store, ix->key, &r, &n);
    if (!nr_status_good(st, ix->key, &c->err)) return false;
    *taken = n > 0;
    return true;
}

static bool not_unique(builder *b, const nr_value *row)
{
    nr_slice what = nr_unique_text(b->model, b->index, row, &b->scratch);
    return nr_fail(&b->call->err, NR_E_NOTUNIQUE, "%.*s is held by several entities", NR_FMT(what));
}

/* Whether an entity that was added before has what no two may have. False: err. */
static bool check_taken(builder *b, const nr_value *row)
{
    nr_value key;
    bool taken = false;
    if (!nr_index_enforces(b->index) || !nr_index_unique_key(b->index, row, &b->scratch, &key)) return true;
    if (b->index->memory) taken = seen_before(b, &key);
    else if (!is_taken(b->call, b->index, &key, &b->scratch, &taken)) return false;
    return !taken || not_unique(b, row);
}

static bool add_one(builder *b, nr_slice pk, nr_value *row)
{
    nr_call *c = b->call;
    const nr_index *ix = b->index;
    nr_found found;
    if (!nr_borrow_read(c, b->model, pk, &b->scratch, row, &found)) return false;
    if (found != NR_FOUND) return true;
    if (!check_taken(b, row)) return false;
    if (ix->memory) return true;
    nr_entries entries = {0};
    nr_index_entries(ix, pk, row, &b->scratch, &entries);
    return nr_entries_add(c->store, ix, &entries, &c->err);
}

/* An index in memory is made with the table: here its values are only held to be unique. */
bool nr_build_index(nr_call *c, nr_model *m, const nr_index *ix, const nr_slices *pks)
{
    if (ix->memory && !nr_index_enforces(ix)) return true;
    builder b = {.call = c, .model = m, .index = ix};
    nr_value *row = NR_NEW_N(&c->arena, nr_value, nr_schema_values(m->schema));
    nr_arena_init(&b.scratch, c->env);
    nr_map_init(&b.seen, c->env);
    bool ok = true;
    for (size_t i = 0; ok && i < pks->n; i++) {
        memset(row, 0, sizeof *row * nr_schema_values(m->schema));
        ok = add_one(&b, pks->at[i], row);
        if (i % 64 == 63) nr_arena_clear(&b.scratch);
    }
    nr_map_clear(&b.seen);
    nr_arena_clear(&b.scratch);
    return ok;
}

static bool take_any_key(void *ctx, nr_slice key, nr_holds holds)
{
    (void)holds;
    return take_key(ctx, key);
}

nr_slices nr_build_set_keys(nr_call *c, const nr_model *m)
{
    nr_key_list l = {.arena = &c->arena};
    c->store->cls->walk(c->store, set_prefix(c, m), take_any_key, &l);
    return l.keys;
}

bool nr_build_remove(nr_call *c, const nr_index *ix, const nr_slices *set_keys)
{
    if (ix->memory) return true;
    const nr_slices one = {(nr_slice *)&ix->key, 1, 1};
    const nr_slices *keys = ix->kind == NR_IX_SET ? set_keys : &one;
    for (size_t i = 0; i < keys->n; i++) {
        if (!nr_slice_starts(keys->at[i], ix->key)) continue;
        nr_status st = c->store->cls->remove(c->store, keys->at[i]);
        if (!nr_status_good(st, keys->at[i], &c->err)) return false;
    }
    return true;
}
