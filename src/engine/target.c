/* target.c -- what a reference is set to is looked for among the changes of the command, then in the store; each target once. What is no primary key is looked
 * for among the values that changed entities have and had, then in the table of the target. */
#include "engine/target.h"

#include "exec/op.h"
#include "exec/reference.h"

typedef struct checker {
    nr_call *call;
    nr_writer *const *ws;
    size_t n;
    nr_map there; /* keys of entities that are known to be there */
} checker;

/* What the changes of the command make of the values of one field of a target: entities by what they will have, and by what they had. */
typedef struct held_values {
    nr_map have, had;
} held_values;

static const nr_writer *writer_of(const checker *k, nr_slice model)
{
    for (size_t i = 0; i < k->n; i++)
        if (nr_slice_eq(k->ws[i]->model->schema->name, model)) return k->ws[i];
    return NULL;
}

static const nr_change *change_of(const checker *k, nr_slice model, nr_slice pk)
{
    const nr_writer *w = writer_of(k, model);
    return w ? nr_writer_known(w, pk) : NULL;
}

static void note_value(nr_map *map, const nr_field *held, const nr_value *row, nr_change *ch, nr_arena *arena)
{
    if (row && row[held->id].kind != NR_V_NULL) nr_map_put(map, nr_arena_copy(arena, nr_type_text(&held->spec, &row[held->id], arena)), ch);
}

static void held_values_init(held_values *v, const checker *k, const nr_field *f)
{
    const nr_writer *w = writer_of(k, f->to);
    nr_map_init(&v->have, k->call->env);
    nr_map_init(&v->had, k->call->env);
    for (size_t i = 0; f->to_field.p && w && i < w->changes.n; i++) {
        nr_change *ch = w->changes.at[i];
        const nr_field *held = nr_field_held(f, w->model->schema);
        note_value(&v->have, held, ch->after, ch, &k->call->arena);
        note_value(&v->had, held, ch->before, ch, &k->call->arena);
    }
}

static void held_values_clear(held_values *v)
{
    nr_map_clear(&v->have);
    nr_map_clear(&v->had);
}

/* The model that a field refers to; NULL: err. */
static nr_model *target_of(const checker *k, const nr_model *m, const nr_field *f)
{
    nr_call *c = k->call;
    if (!nr_slice_eq(f->to, m->schema->name) && !nr_model_may(c, f->to, false)) {
        nr_fail(&c->err, NR_E_NOPERM, "field '%.*s' checks model %s, which the user may not read", NR_FMT(f->name), NR_SHOW(f->to));
        return NULL;
    }
    if (!nr_model_shares_slot(c, m->schema->name, f->to)) {
        nr_fail(&c->err, NR_E_SYNTAX, "models %s and %s lie in different slots of the cluster; \"check\" needs both under one hash tag",
                NR_SHOW(m->schema->name), NR_SHOW(f->to));
        return NULL;
    }
    return f->to_field.p ? nr_model_need_for_query(c, f->to) : nr_model_need(c, f->to);
}

/* As it lies in the store. */
static bool look_up(nr_call *c, nr_model *to, nr_slice pk, bool *found)
{
    nr_mark mark = nr_arena_mark(&c->arena);
    nr_value *values = NR_NEW_N(&c->arena, nr_value, to->schema->n_fields);
    nr_found how;
    bool ok = nr_entity_read(to, c->store, c->env, pk, NULL, true, &c->arena, values, &how, &c->err);
    nr_arena_rewind(&c->arena, mark);
    *found = ok && how == NR_FOUND;
    return ok && (how != NR_UNTYPED || nr_model_untyped(to, &c->err));
}

static bool exists(checker *k, nr_model *to, nr_slice pk, bool *found)
{
    nr_call *c = k->call;
    const nr_change *ch = change_of(k, to->schema->name, pk);
    *found = ch && ch->after;
    if (ch) return true;
    nr_slice key = nr_entity_key(to, pk, &c->arena);
    *found = nr_map_get(&k->there, key) != NULL;
    if (*found) return true;
    if (!look_up(c, to, pk, found)) return false;
    if (*found) nr_map_put(&k->there, key, to);
    return true;
}

/* An entity that the command changes is as it will be then. */
static bool is_held(checker *k, const held_values *v, const nr_field *f, nr_model *to, nr_slice value, bool *found)
{
    *found = nr_map_get(&v->have, value) != NULL;
    if (*found) return true;
    nr_slice pk = nr_reference_key(f, to, value);
    return !pk.p || change_of(k, f->to, pk) || exists(k, to, nr_arena_copy(&k->call->arena, pk), found);
}

/* One that stays as it is was not set, but by set_default: then the default is what is being removed. */
static bool is_set(const checker *k, const held_values *v, const nr_change *ch, const nr_field *f)
{
    if (!ch->after || ch->after[f->id].kind == NR_V_NULL) return false;
    if (!ch->before || !nr_value_eq(&ch->before[f->id], &ch->after[f->id])) return true;
    if (f->on_delete != NR_SET_DEFAULT) return false;
    nr_slice value = nr_type_text(&f->spec, &ch->after[f->id], &k->call->arena);
    const nr_change *target = f->to_field.p ? nr_map_get(&v->had, value) : change_of(k, f->to, value);
    return target && target->before && !target->after;
}

static bool check_changes(checker *k, const nr_writer *w, const nr_field *f, const held_values *v)
{
    nr_call *c = k->call;
    nr_model *to = NULL;
    for (size_t i = 0; i < w->changes.n; i++) {
        const nr_change *ch = w->changes.at[i];
        bool found;
        if (!is_set(k, v, ch, f)) continue;
        if (!to && !(to = target_of(k, w->model, f))) return false;
        nr_slice value = nr_type_text(&f->spec, &ch->after[f->id], &c->arena);
        if (!(f->to_field.p ? is_held(k, v, f, to, value, &found) : exists(k, to, value, &found))) return false;
        if (!found)
            return nr_fail(&c->err, NR_E_NOTFOUND, "field '%.*s' of %.*s: %.*s has no entity %s%.*s%s%s", NR_FMT(f->name),
                           NR_FMT(w->model->schema->name), NR_FMT(f->to), f->to_field.p ? "with '" : "", NR_FMT(f->to_field),
                           f->to_field.p ? "' " : "", NR_SHOW(value));
    }
    return true;
}

static bool check_field(checker *k, const nr_writer *w, const nr_field *f)
{
    held_values v;
    held_values_init(&v, k, f);
    bool ok = check_changes(k, w, f, &v);
    held_values_clear(&v);
    return ok;
}

bool nr_targets_check(nr_writer *const *ws, size_t n)
{
    checker k = {.call = ws[0]->call, .ws = ws, .n = n};
    bool ok = true;
    nr_map_init(&k.there, k.call->env);
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; ok && f < ws[i]->model->schema->n_fields; f++)
            if (ws[i]->model->schema->fields[f].check) ok = check_field(&k, ws[i], &ws[i]->model->schema->fields[f]);
    nr_map_clear(&k.there);
    return ok;
}
