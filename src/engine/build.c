/* build.c -- building and removing indexes, entity by entity, with scratch memory that is given back batch by batch. */
#include "engine/build.h"

#include "engine/write.h"
#include "exec/op.h"
#include "query/lookup.h"
#include "store/keys.h"

bool nr_build_pks(nr_call *c, nr_model *m, nr_slices *pks)
{
    if (!nr_model_has_entities(m)) return true;
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

typedef struct finding {
    nr_call *call;
    nr_model *model;
    nr_arena *arena; /* of the keys */
    nr_slices keys;
} finding;

static bool take_key(void *ctx, nr_slice key, nr_holds holds)
{
    finding *f = ctx;
    if (holds == NR_HOLDS_HASH) nr_vec_push(f->arena, &f->keys, nr_arena_copy(f->arena, key));
    else nr_model_leave_out(f->model, f->call->env, key, "the key is no hash");
    return true;
}

bool nr_entity_pk(const nr_model *m, nr_slice key, nr_arena *arena, nr_slice *pk)
{
    const nr_field *f = nr_schema_pk(m->schema);
    nr_value v;
    *pk = (nr_slice){key.p + m->prefix.n, key.n - m->prefix.n};
    return pk->n && pk->n <= NR_PK_MAX && nr_field_decode(f, *pk, arena, &v) && nr_slice_eq(*pk, nr_type_text(&f->spec, &v, arena));
}

bool nr_build_each_entity(nr_call *c, nr_model *m, bool (*fn)(void *ctx, nr_slice pk, const nr_value *row), void *ctx)
{
    nr_arena keys, scratch; /* what it takes for a moment is not held against the command */
    nr_arena_init(&keys, c->env);
    nr_arena_init(&scratch, c->env);
    finding f = {.call = c, .model = m, .arena = &keys};
    c->store->cls->walk(c->store, m->prefix, take_key, &f);
    nr_value *row = NR_NEW_N(&c->arena, nr_value, m->schema->n_fields);
    bool ok = true;
    for (size_t i = 0; ok && i < f.keys.n; i++) {
        nr_slice pk;
        if (!nr_entity_pk(m, f.keys.at[i], &scratch, &pk)) {
            nr_model_leave_out(m, c->env, f.keys.at[i], "the key names no pk");
            continue;
        }
        nr_found found;
        memset(row, 0, sizeof *row * m->schema->n_fields);
        ok = nr_entity_read(m, c->store, c->env, pk, NULL, true, &scratch, row, &found, &c->err);
        if (ok && found == NR_FOUND) ok = fn(ctx, pk, row);
        if (i % 64 == 63) nr_arena_clear(&scratch);
    }
    nr_arena_clear(&scratch);
    nr_arena_clear(&keys);
    return ok;
}

typedef struct pk_list {
    nr_arena *arena;
    nr_slices *pks;
} pk_list;

static bool take_pk(void *ctx, nr_slice pk, const nr_value *row)
{
    (void)row;
    pk_list *l = ctx;
    nr_vec_push(l->arena, l->pks, nr_arena_copy(l->arena, pk));
    return true;
}

bool nr_build_find_entities(nr_call *c, nr_model *m, nr_slices *pks)
{
    pk_list l = {&c->arena, pks};
    return nr_build_each_entity(c, m, take_pk, &l);
}

static bool is_taken(nr_call *c, const nr_index *ix, const nr_value *v, nr_arena *scratch, bool *taken)
{
    nr_probe probe = {.kind = NR_PB_POINT, .lo = *v, .hi = NR_NULL};
    nr_range r;
    uint64_t n = 0;
    *taken = false;
    if (v->kind == NR_V_NULL || !ix->field->unique || ix->kind != NR_IX_ORDERED || !nr_probe_range(ix, &probe, scratch, &r)) return true;
    nr_status st = c->store->cls->ordered_count(c->store, ix->key, &r, &n);
    if (!nr_status_good(st, ix->key, &c->err)) return false;
    *taken = n > 0;
    return true;
}

static bool add_one(nr_call *c, nr_model *m, const nr_index *ix, nr_slice pk, nr_value *row, nr_arena *scratch)
{
    nr_found found;
    bool taken;
    if (!nr_entity_read(m, c->store, c->env, pk, NULL, true, scratch, row, &found, &c->err)) return false;
    if (found != NR_FOUND) return true;
    if (!is_taken(c, ix, &row[ix->field->id], scratch, &taken)) return false;
    if (taken)
        return nr_fail(&c->err, NR_E_NOTUNIQUE, "field '%.*s' of %.*s: several entities hold %s", NR_FMT(ix->field->name), NR_FMT(m->schema->name),
                       NR_SHOW(nr_type_text(&ix->field->spec, &row[ix->field->id], scratch)));
    nr_slice key, member;
    nr_index_entry(m, ix, pk, row, scratch, &key, &member);
    nr_status st = ix->kind == NR_IX_SET ? c->store->cls->set_add(c->store, key, member) : c->store->cls->ordered_add(c->store, key, member);
    return nr_status_good(st, key, &c->err);
}

bool nr_build_index(nr_call *c, nr_model *m, const nr_index *ix, const nr_slices *pks)
{
    nr_value *row = NR_NEW_N(&c->arena, nr_value, m->schema->n_fields);
    nr_arena scratch;
    nr_arena_init(&scratch, c->env);
    bool ok = true;
    for (size_t i = 0; ok && i < pks->n; i++) {
        memset(row, 0, sizeof *row * m->schema->n_fields);
        ok = add_one(c, m, ix, pks->at[i], row, &scratch);
        if (i % 64 == 63) nr_arena_clear(&scratch);
    }
    nr_arena_clear(&scratch);
    return ok;
}

static bool take_any_key(void *ctx, nr_slice key, nr_holds holds)
{
    finding *f = ctx;
    (void)holds;
    nr_vec_push(f->arena, &f->keys, nr_arena_copy(f->arena, key));
    return true;
}

nr_slices nr_build_set_keys(nr_call *c, const nr_model *m)
{
    finding f = {.call = c, .arena = &c->arena};
    c->store->cls->walk(c->store, nr_arena_printf(&c->arena, "%.*s/s/", NR_FMT(m->schema->name)), take_any_key, &f);
    return f.keys;
}

bool nr_build_remove(nr_call *c, const nr_index *ix, const nr_slices *set_keys)
{
    const nr_slices one = {(nr_slice *)&ix->key, 1, 1};
    const nr_slices *keys = ix->kind == NR_IX_SET ? set_keys : &one;
    for (size_t i = 0; i < keys->n; i++) {
        if (!nr_slice_starts(keys->at[i], ix->key)) continue;
        nr_status st = c->store->cls->remove(c->store, keys->at[i]);
        if (!nr_status_good(st, keys->at[i], &c->err)) return false;
    }
    return true;
}
