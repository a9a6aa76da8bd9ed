/* levels.c -- up from a model to those that it extends. */
#include "engine/levels.h"

#include "engine/semi_join.h"

bool nr_levels_of(nr_call *c, nr_model *m, nr_model *(*need)(nr_call *c, nr_slice name), bool write, nr_levels *out)
{
    NR_VEC(nr_model *) all = {0};
    nr_vec_push(&c->arena, &all, m);
    for (nr_slice name = m->schema->name; m->schema->parent.p;) {
        if (!nr_may_enter(c, name, m->schema->parent, write) || !(m = need(c, m->schema->parent))) return false;
        nr_vec_push(&c->arena, &all, m);
    }
    *out = (nr_levels){all.at, all.n};
    return true;
}

static bool has_level(const nr_levels *l, nr_slice name)
{
    size_t i = 0;
    while (i < l->n && !nr_slice_eq(l->at[i]->schema->name, name)) i++;
    return i < l->n;
}

bool nr_levels_beside(nr_call *c, const nr_levels *l, nr_model *(*need)(nr_call *c, nr_slice name), nr_levels *out)
{
    nr_slice top = l->at[l->n - 1]->schema->name;
    nr_slices names = {0};
    size_t at = 0;
    *out = (nr_levels){0};
    if (!nr_models_load_all(c)) return false;
    for (const nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (nr_model_is_heir(c, m, top) && !has_level(l, m->schema->name)) nr_vec_push(&c->arena, &names, nr_arena_copy(&c->arena, m->schema->name));
    out->at = NR_NEW_N(&c->arena, nr_model *, names.n);
    for (; out->n < names.n; out->n++)
        if (!nr_may_enter(c, top, names.at[out->n], true) || !(out->at[out->n] = need(c, names.at[out->n]))) return false;
    return true;
}

bool nr_levels_find(const nr_levels *l, nr_slice name, nr_spot *out, nr_err *err)
{
    size_t i = 0;
    *out = (nr_spot){0};
    while (i < l->n && !(out->field = nr_schema_field(l->at[i]->schema, name)) && !nr_schema_many(l->at[i]->schema, name)) i++;
    if (!out->field) return nr_schema_need(l->at[i < l->n ? i : 0]->schema, name, err) != NULL;
    if (out->field->pk) *out = (nr_spot){nr_schema_pk(l->at[0]->schema), 0};
    else out->level = i;
    return true;
}

static void add(const nr_levels *l, nr_arena *arena, nr_slice name, nr_slice model, nr_spots *out, nr_slices *names)
{
    size_t i = 0;
    while (!nr_slice_eq(l->at[i]->schema->name, model)) i++;
    const nr_field *f = nr_schema_field(l->at[i]->schema, name);
    nr_vec_push(arena, out, f->pk ? (nr_spot){nr_schema_pk(l->at[0]->schema), 0} : (nr_spot){f, i});
    nr_vec_push(arena, names, f->name);
}

nr_spots nr_levels_whole(const nr_levels *l, nr_arena *arena, nr_slice **names)
{
    const nr_schema *s = l->at[0]->schema;
    nr_spots out = {0};
    nr_slices called = {0};
    add(l, arena, s->fields[0].name, s->name, &out, &called);
    for (size_t i = 0; i < s->inherited.n; i++)
        if (!s->inherited.at[i].many) add(l, arena, s->inherited.at[i].name, s->inherited.at[i].model, &out, &called);
    for (size_t i = 1; i < s->n_fields; i++) add(l, arena, s->fields[i].name, s->name, &out, &called);
    *names = called.at;
    return out;
}
