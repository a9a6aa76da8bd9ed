/* migrate_kept.c -- the models that are kept for m2m fields change with those that have the fields, in the same migration. */
#include "engine/kept.h"
#include "engine/migration.h"
#include "engine/removal.h"
#include "model/through.h"

static bool is_free_of(nr_call *c, const nr_model *o, const nr_field *f)
{
    if (!nr_model_refers(o, f->through) && !nr_model_embeds(o, f->through)) return true;
    return nr_fail(&c->err, NR_E_PROTECTED, "%.*s: cannot be dropped while %s refers to %.*s", NR_FMT(f->path), nr_model_shown(c, o), NR_FMT(f->through));
}

/* Of the models as they are, and as the command makes them. */
static bool is_free(const nr_migration *g, const nr_model *m, const nr_field *f)
{
    nr_call *c = g->call;
    size_t at = 0;
    for (nr_model *o; (o = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (o != m && !is_free_of(c, o, f)) return false;
    for (size_t i = 0; i < g->changes.n; i++)
        if (!is_free_of(c, g->changes.at[i].after, f)) return false;
    return true;
}

/* What is kept for a field that is no more goes, if nothing is in it and nobody needs it. */
static bool plan_drop(nr_migration *g, const nr_field *f)
{
    nr_call *c = g->call;
    bool entities;
    nr_model *m = nr_model_find(c, f->through);
    if (!m) return !c->err.code;
    if (!nr_migration_may(c, f->through, true) || !is_free(g, m, f) || !nr_migration_has_entities(g, m, &entities)) return false;
    if (entities)
        return nr_fail(&c->err, NR_E_BADVALUE, "%.*s: cannot be dropped while there are entities in %.*s; delete them first", NR_FMT(f->path),
                       NR_FMT(f->through));
    nr_vec_push(&c->arena, &g->dropped, m);
    return true;
}

/* The definition may be the same, and mean another type of primary keys. */
static bool same_meaning(const nr_schema *a, const nr_schema *b)
{
    bool same = nr_slice_eq(a->source, b->source);
    for (size_t i = 0; same && i < a->n_fields; i++) same = nr_migration_same_spec(&a->fields[i].spec, &b->fields[i].spec);
    return same;
}

/* The model that is kept for a field. */
static bool plan_through(nr_migration *g, const nr_schema *was, const nr_schema *is, const nr_field *f)
{
    nr_call *c = g->call;
    nr_model *before = nr_model_find(c, f->through);
    if (c->err.code || !nr_migration_may(c, f->through, true)) return false;
    if (before && !c->applied && !(was && nr_kept_by(was, f->through)))
        return nr_fail(&c->err, NR_E_EXISTS, "%.*s: there is a model %s already; give another, or this one, as \"through\"", NR_FMT(f->path),
                       NR_SHOW(f->through));
    nr_model *after = nr_migration_parse(g, before, f->through, nr_through_json(is, f, &c->arena));
    if (after && before && same_meaning(before->schema, after->schema)) {
        nr_catalog_discard(c->engine->catalog, after);
        return true;
    }
    if (after && nr_migration_add(g, before, after)) return true;
    nr_err why = c->err;
    nr_err_clear(&c->err);
    return nr_fail(&c->err, why.code, "%.*s: the model %.*s, which holds it: %s", NR_FMT(f->path), NR_FMT(f->through), why.msg);
}

/* What is kept for the m2m fields of all models that change. */
bool nr_migration_add_kept(nr_migration *g)
{
    for (size_t i = 0, n = g->changes.n; i < n; i++) {
        const nr_model *before = g->changes.at[i].before;
        const nr_schema *was = before ? before->schema : NULL, *is = g->changes.at[i].after->schema;
        for (size_t k = 0; !is->abstract && k < is->n_many; k++)
            if (is->many[k].kept && !plan_through(g, was, is, &is->many[k])) return false;
        for (size_t k = 0; was && !was->abstract && k < was->n_many; k++)
            if (was->many[k].kept && !nr_kept_by(is, was->many[k].through) && !plan_drop(g, &was->many[k])) return false;
    }
    return true;
}

/* The definitions that go, when all the others are written. */
bool nr_migration_drop_kept(nr_migration *g)
{
    nr_call *c = g->call;
    int64_t *counters = NR_NEW_N(&c->arena, int64_t, g->dropped.n);
    for (size_t i = 0; i < g->dropped.n; i++) {
        if (nr_kept_remove(c, g->dropped.at[i], &counters[i])) continue;
        while (i-- > 0) nr_kept_restore(c, g->dropped.at[i], counters[i]);
        return false;
    }
    return true;
}

void nr_migration_forget_kept(nr_migration *g)
{
    nr_call *c = g->call;
    for (size_t i = 0; i < g->dropped.n; i++) {
        const nr_model *m = g->dropped.at[i];
        nr_slice name = nr_arena_copy(&c->arena, m->schema->name);
        for (size_t k = 0; k < m->n_indexes; k++) nr_removal_add(c, m, &m->indexes[k]);
        nr_catalog_unmark(c->engine->catalog, c->db, name);
        c->store->cls->touch(c->store, name);
        nr_catalog_drop(c->engine->catalog, c->db, name);
    }
}
