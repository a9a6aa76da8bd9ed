/* load_files.c -- models first, parents before their children, then the wishes of index files; and the wishes of files that are gone are taken back. */
#include "engine/load_files.h"

#include "engine/index_cmds.h"
#include "engine/migrate.h"
#include "engine/relations.h"
#include "query/borrowed.h"

typedef struct loading {
    nr_call *call;
    nr_autoload *files;
    nr_slices lines;
} loading;

/* Says what c->err says, and goes on. */
static void refused(loading *l, nr_slice file, nr_slice model)
{
    nr_call *c = l->call;
    nr_slice line = nr_arena_printf(&c->arena, "%.*s: %.*s: %s %s", NR_FMT(file), NR_FMT(model), nr_code_word(c->err.code), c->err.msg);
    nr_env_logf(c->env, NR_LOG_WARNING, "not loaded: %.*s", NR_FMT(line));
    nr_vec_push(&c->arena, &l->lines, line);
    nr_err_clear(&c->err);
}

static bool may_write(nr_call *c, nr_slice model)
{
    return nr_model_may(c, model, true) || nr_fail(&c->err, NR_E_NOPERM, "the user may not write model %s", NR_SHOW(model));
}

/* A model's parents and targets in files go before it: a target's type is then known. */
static void apply_model(loading *l, nr_autoload_model *m)
{
    if (m->done || m->at_work) return;
    m->at_work = true;
    for (size_t i = 0; m->schema && i < m->schema->extends.n; i++) {
        nr_autoload_model *parent = nr_autoload_find(l->files, m->schema->extends.at[i]);
        if (parent) apply_model(l, parent);
    }
    m->at_work = false;
    m->done = true;
    if (!may_write(l->call, m->name) || !nr_model_set(l->call, m->name, m->json, true)) refused(l, m->file, m->name);
}

/* An ordering that goes through a stored model which has not what it names: queries will say so, and it is said here. */
static void say_ordering(loading *l, const nr_autoload_model *m)
{
    nr_call *c = l->call;
    const nr_models_overlay none = {0};
    const nr_model *stored = nr_model_find(c, m->name);
    bool good = !stored || c->err.code || nr_relations_check_ordering(c, &none, stored->schema);
    if (!good && c->err.code != NR_E_NOPERM) refused(l, m->file, m->name);
    nr_err_clear(&c->err);
}

static void apply_models(loading *l)
{
    const nr_autoload *files = l->files;
    for (size_t i = 0; i < files->models.n; i++) files->models.at[i].done = false;
    for (size_t i = 0; i < files->models.n; i++) apply_model(l, &files->models.at[i]);
    for (size_t i = 0; i < files->models.n; i++) say_ordering(l, &files->models.at[i]);
}

static bool is_file(const nr_owner *o)
{
    return nr_slice_starts(o->name, NR_S(NR_OWNER_FILE));
}

/* What the files want of a model in place of what files wanted before; other owners stay. */
static bool owners_of(loading *l, const nr_model *m, nr_owners *out)
{
    nr_call *c = l->call;
    nr_owners stored;
    *out = (nr_owners){0};
    if (!nr_owners_read(m->owners, &c->arena, &stored, &c->err)) return false;
    for (size_t i = 0; i < stored.n; i++)
        if (!is_file(&stored.at[i])) nr_vec_push(&c->arena, out, stored.at[i]);
    for (size_t i = 0; i < l->files->entries.n; i++)
        if (nr_slice_eq(l->files->entries.at[i].model, m->schema->name)) nr_vec_push(&c->arena, out, l->files->entries.at[i].wishes);
    return true;
}

static const nr_schema *find_lender(void *ctx, nr_slice name)
{
    nr_model *m = nr_model_find(ctx, name);
    return m && !m->schema->abstract ? m->schema : NULL;
}

/* A wish about a field that the stored definition has not sleeps; that is said. */
static void say_sleeping(loading *l, const nr_model *m, const nr_autoload_entry *e)
{
    nr_call *c = l->call;
    for (size_t i = 0; i < e->wishes.wishes.n; i++) {
        const nr_wish *w = &e->wishes.wishes.at[i];
        nr_field with;
        const nr_field *f = nr_borrowed_wish(m->schema, w->field, find_lender, c, &c->arena, &c->err);
        for (size_t k = 0; f && k < w->items.n; k++) {
            nr_json one = {.kind = NR_J_ARRAY, .n = 1, .items = w->items.at[k]};
            if (!nr_field_with_index(m->schema, f, &one, &c->arena, &with, &c->err) ||
                !nr_field_indexable(m->schema, &with, c->engine->patterns, &c->arena, &c->err))
                break;
        }
        if (c->err.code) refused(l, e->file, e->model);
    }
    for (size_t i = 0; i < e->wishes.unindex.n; i++)
        if (!nr_schema_need(m->schema, e->wishes.unindex.at[i], &c->err)) refused(l, e->file, e->model);
}

static void apply_owners(loading *l, nr_slice name)
{
    nr_call *c = l->call;
    nr_owners owners;
    nr_model *m = nr_model_find(c, name);
    if (!m || m->schema->abstract || (m->owners.p == NULL && !l->files->entries.n)) return;
    bool ok = owners_of(l, m, &owners);
    nr_slice text = ok ? nr_owners_print(&owners, &c->arena) : m->owners;
    if (ok && nr_slice_eq(text, m->owners)) return;
    if (!ok || !may_write(c, name) || !nr_owners_change(c, &m, &owners)) refused(l, NR_S("indexes"), name);
}

static void apply_entries(loading *l)
{
    nr_call *c = l->call;
    nr_slices names = {0};
    size_t at = 0;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        nr_vec_push(&c->arena, &names, nr_arena_copy(&c->arena, m->schema->name));
    for (size_t i = 0; i < names.n; i++) apply_owners(l, names.at[i]);
    for (size_t i = 0; i < l->files->entries.n; i++) {
        const nr_autoload_entry *e = &l->files->entries.at[i];
        nr_model *m = nr_model_find(c, e->model);
        if (!m) nr_fail(&c->err, NR_E_NOMODEL, "there is no such model");
        else if (m->schema->abstract) nr_fail(&c->err, NR_E_NOMODEL, "it is abstract: it has no indexes, models that extend it have");
        if (c->err.code) refused(l, e->file, e->model);
        else say_sleeping(l, m, e);
    }
}

/* For INFO. */
static void remember(nr_call *c, const loading *l)
{
    nr_engine *e = c->engine;
    nr_arena_clear(&e->loaded);
    e->not_loaded = (nr_slices){0};
    e->n_loaded = l->files->models.n + l->files->entries.n;
    for (size_t i = 0; i < l->lines.n; i++) nr_vec_push(&e->loaded, &e->not_loaded, nr_arena_copy(&e->loaded, l->lines.at[i]));
}

bool nr_files_apply(nr_call *c, nr_autoload *files)
{
    loading l = {.call = c, .files = files};
    if (!nr_models_load_all(c)) return false;
    apply_models(&l);
    apply_entries(&l);
    remember(c, &l);
    nr_env_logf(c->env, NR_LOG_NOTICE, "%zu definitions in files, %zu of them could not be loaded", c->engine->n_loaded, l.lines.n);
    return true;
}

bool nr_engine_autoload(nr_call *c, nr_autoload *files)
{
    c->now_us = c->env->now_us(c->env->ctx);
    c->deadline_us = INT64_MAX;
    return nr_files_apply(c, files);
}

bool nr_cmd_autoload(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argv;
    if (argc) return nr_fail(&c->err, NR_E_SYNTAX, "AUTOLOAD takes no arguments; the directory is the module's, AUTOLOAD <directory> where it is loaded");
    if (!c->host.files) return nr_fail(&c->err, NR_E_NOTFOUND, "the module was loaded without AUTOLOAD <directory>");
    nr_autoload files;
    nr_autoload_init(&files, c->env);
    bool ok = c->host.files(c->host.ctx, &files, &c->err) && nr_autoload_bind(&files, &c->err) && nr_files_apply(c, &files);
    nr_autoload_clear(&files);
    if (!ok) return false;
    const nr_slices *lines = &c->engine->not_loaded;
    c->sink->cls->array(c->sink, lines->n);
    for (size_t i = 0; i < lines->n; i++) c->sink->cls->bulk(c->sink, lines->at[i]);
    return true;
}
