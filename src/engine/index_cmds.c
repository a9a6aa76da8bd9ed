/* index_cmds.c -- INDEX CREATE, DROP, REBUILD, and OWNERS, which is what copies get. */
#include "engine/index_cmds.h"

#include "engine/adopt.h"
#include "engine/definition.h"
#include "engine/follow.h"
#include "engine/migrate.h"
#include "engine/migration.h"
#include "engine/online.h"
#include "engine/removal.h"
#include "engine/semi_join.h"
#include "query/borrowed.h"
#include "table/table.h"

/* -- owners ------------------------------------------------------------------------------------------------------------------------------- */

static bool has_index(const nr_model *m, const nr_index *ix)
{
    for (size_t i = 0; i < m->n_indexes; i++)
        if (nr_index_same(&m->indexes[i], ix)) return true;
    return false;
}

static bool check_keys(nr_call *c, const nr_model *before, const nr_model *after)
{
    for (size_t i = 0; i < after->n_indexes; i++) {
        const nr_index *ix = &after->indexes[i];
        if (ix->memory || ix->kind == NR_IX_SET || has_index(before, ix)) continue;
        nr_holds h = c->store->cls->holds(c->store, ix->key);
        if (h != NR_HOLDS_NOTHING && h != NR_HOLDS_ORDERED)
            return nr_fail(&c->err, NR_E_CORRUPT, "index key %s %s; delete it", NR_SHOW(ix->key), nr_status_text(NR_ST_WRONGTYPE));
    }
    return true;
}

static void remove_unwanted(nr_call *c, const nr_model *before, const nr_model *after)
{
    for (size_t i = 0; i < before->n_indexes; i++)
        if (!has_index(after, &before->indexes[i])) nr_removal_add(c, before, &before->indexes[i]);
}

static void tell_owners(nr_call *c, const nr_model *m)
{
    nr_slice argv[] = {NR_S("NONREL.INDEX"), NR_S("OWNERS"), m->schema->name, m->owners.p ? m->owners : NR_S("[]")};
    if (c->host.replicate) c->host.replicate(c->host.ctx, argv, 4);
}

/* So that who writes to one of those that it borrows from looks for it. */
static bool tell_lenders(nr_call *c, const nr_model *after)
{
    for (size_t i = 0; i < after->lenders.n; i++) {
        nr_model *m = nr_slice_eq(after->lenders.at[i], after->schema->name) ? NULL : nr_model_find(c, after->lenders.at[i]);
        if (c->err.code || (m && !nr_status_good(nr_definition_lend(c, m), after->lenders.at[i], &c->err))) return false;
    }
    return true;
}

/* Puts after in the place of the model: the same with other indexes. tell: copies do not know of its owners. */
static bool put_in_place(nr_call *c, nr_model **model, nr_model *after, bool tell)
{
    nr_model *m = *model;
    after->version = m->version;
    bool ok = check_keys(c, m, after);
    if (ok) {
        nr_online_carry(m, after, true); /* without entities there may be what an index that was removed has left */
        ok = tell_lenders(c, after) && nr_status_good(nr_definition_write(c, after), m->schema->name, &c->err);
    }
    if (!ok) {
        nr_catalog_discard(c->engine->catalog, after);
        return false;
    }
    remove_unwanted(c, m, after);
    if (tell) tell_owners(c, after);
    c->store->cls->touch(c->store, after->schema->name);
    nr_model_adopt(c, m, after);
    nr_online_kick(c, after);
    *model = after;
    return true;
}

bool nr_owners_change(nr_call *c, nr_model **model, const nr_owners *owners)
{
    nr_model *m = *model;
    nr_slice text = nr_owners_print(owners, &c->arena);
    if (nr_slice_eq(text, m->owners)) return true;
    if (c->applied) nr_follow_afresh(m);
    else if (m->table && !nr_follow_store(c, m)) return false;
    nr_model *after = nr_definition_parse(c, m->schema->name, m->schema->source, text, NULL);
    return after && put_in_place(c, model, after, true);
}

static bool has_all(const nr_model *m, const nr_model *other)
{
    bool all = true;
    for (size_t i = 0; all && i < other->n_indexes; i++) all = has_index(m, &other->indexes[i]);
    return all;
}

/* Whether something borrowed has other values than before. */
static bool borrows_others(const nr_schema *before, const nr_schema *after)
{
    bool others = false;
    for (size_t i = before->n_fields; !others && i < nr_schema_values(before); i++) {
        const nr_field *f = nr_schema_value(before, i), *now = nr_schema_named(after, f->name);
        others = now && !nr_migration_same_spec(&now->spec, &f->spec);
    }
    return others;
}

/* Where a lender has changed. The way may be known farther than it was, and the indexes be the same. What is lent now is not for columns of another type: then the
 * table is built anew. */
static bool look_again(nr_call *c, nr_model *m)
{
    nr_model *after = nr_definition_parse(c, m->schema->name, m->schema->source, m->owners, NULL);
    if (!after) return false;
    if (c->applied) {
        nr_follow_afresh(m);
    } else if (borrows_others(m->schema, after->schema)) {
        nr_follow_again(m);
    } else if (m->table && !nr_follow_store(c, m)) {
        nr_catalog_discard(c->engine->catalog, after);
        return false;
    }
    if (!has_all(m, after) || !has_all(after, m)) return put_in_place(c, &m, after, false);
    if (!tell_lenders(c, after)) {
        nr_catalog_discard(c->engine->catalog, after);
        return false;
    }
    after->version = m->version;
    nr_online_carry(m, after, true);
    nr_model_adopt(c, m, after);
    return true;
}

/* Or may: of a model that refers to one that is not there nobody knows yet. */
static bool borrows_from(const nr_model *m, nr_slice lender)
{
    if (m->borrows && !m->schema->resolved) return true;
    for (size_t i = 0; i < m->lenders.n; i++)
        if (nr_slice_eq(m->lenders.at[i], lender)) return true;
    return false;
}

void nr_indexes_wake(nr_call *c, nr_slice lender)
{
    nr_slices names = {0};
    size_t at = 0;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (borrows_from(m, lender)) nr_vec_push(&c->arena, &names, nr_arena_copy(&c->arena, m->schema->name));
    for (size_t i = 0; i < names.n; i++) {
        nr_model *m = nr_model_find(c, names.at[i]);
        if (!m || look_again(c, m)) continue;
        nr_env_logf(c->env, NR_LOG_WARNING, "indexes of %.*s along references to %.*s could not be changed with it: %s", NR_FMT(names.at[i]), NR_FMT(lender),
                    c->err.msg);
        nr_err_clear(&c->err);
        nr_catalog_drop(c->engine->catalog, c->db, names.at[i]); /* it is read anew */
    }
}

static bool read_owners(nr_call *c, const nr_model *m, nr_owners *out)
{
    return nr_owners_read(m->owners, &c->arena, out, &c->err);
}

/* -- CREATE and DROP ---------------------------------------------------------------------------------------------------------------------- */

/* A lookup is its name, or the JSON object that stands for it in a definition. */
static const nr_json *lookup_json(nr_call *c, nr_slice text)
{
    if (text.n && text.p[0] == '{') return nr_json_parse(text, NR_SCHEMA_BYTES_MAX, &c->arena, &c->err);
    nr_json *j = NR_NEW(&c->arena, nr_json);
    *j = (nr_json){.kind = NR_J_STRING, .text = nr_arena_copy(&c->arena, text)};
    return j;
}

typedef struct wanted {
    nr_model *model;
    const nr_field *field;
    const nr_json **items;
    size_t n;
} wanted;

/* The model, what it needs at every moment in today's format. Its table is not asked for. */
static nr_model *need(nr_call *c, nr_slice name)
{
    nr_model *m = nr_model_find(c, name);
    if (m && nr_model_has_entities(m) && !nr_migrate_stale(c, m)) return NULL;
    return nr_model_need(c, name);
}

static const nr_schema *find_lender(void *ctx, nr_slice name)
{
    nr_model *m = nr_model_find(ctx, name);
    return m && !m->schema->abstract ? m->schema : NULL;
}

/* A way that leads to any number of entities is none of an index, whoever may see where it leads. */
static bool leads_to_many(nr_call *c, const nr_model *m, nr_slice path)
{
    nr_binder b = {.schema = m->schema, .with = nr_bind_with_of(c), .arena = &c->arena, .err = &c->err};
    nr_route r;
    if (!nr_join_read(&b, &path, &r)) return true;
    for (size_t i = 0; i < r.links.n; i++)
        if (r.links.at[i]->reverse)
            return !nr_fail(&c->err, NR_E_SYNTAX, "'%.*s' leads to any number of entities; an index goes along references only", NR_FMT(r.links.at[i]->name));
    return false;
}

/* A field of the model, or, by a path along references, of another one. NULL: err. */
static const nr_field *wanted_field(nr_call *c, const nr_model *m, nr_slice name)
{
    nr_borrowed *b = NR_NEW(&c->arena, nr_borrowed);
    nr_slices lenders = {0};
    if (!nr_borrowed_is_path(name) || nr_schema_field(m->schema, name)) return nr_schema_need(m->schema, name, &c->err);
    if (leads_to_many(c, m, name) || !nr_borrowed_read(m->schema, name, find_lender, c, &c->arena, b, &lenders, &c->err)) return NULL;
    for (size_t i = 0; i < lenders.n; i++)
        if (!nr_may_enter(c, m->schema->name, lenders.at[i], false)) return NULL;
    if (!nr_schema_named(m->schema, b->field.name) && m->schema->n_borrowed >= NR_BORROWED_MAX) {
        nr_fail(&c->err, NR_E_LIMIT, "%.*s has indexes over %d fields of other models already", NR_FMT(m->schema->name), NR_BORROWED_MAX);
        return NULL;
    }
    b->field.id = (uint16_t)nr_schema_values(m->schema);
    return &b->field;
}

/* <model> <field> <lookup>..., each of which the field must have. */
static bool read_wanted(nr_call *c, const nr_slice *argv, size_t argc, wanted *w)
{
    *w = (wanted){.model = need(c, argv[0])};
    if (!w->model) return false;
    w->field = wanted_field(c, w->model, argv[1]);
    if (!w->field) return false;
    w->n = argc - 2;
    w->items = NR_NEW_N(&c->arena, const nr_json *, w->n);
    nr_json *list = NR_NEW_N(&c->arena, nr_json, w->n);
    for (size_t i = 0; i < w->n; i++) {
        w->items[i] = lookup_json(c, argv[i + 2]);
        if (!w->items[i]) return false;
        list[i] = *w->items[i];
    }
    nr_json all = {.kind = NR_J_ARRAY, .n = w->n, .items = list};
    nr_field with;
    return nr_field_with_index(w->model->schema, w->field, &all, &c->arena, &with, &c->err) &&
           nr_field_indexable(w->model->schema, &with, c->engine->patterns, &c->arena, &c->err);
}

static bool reply_ok(nr_call *c)
{
    c->sink->cls->status(c->sink, "OK");
    return true;
}

bool nr_cmd_index_create(nr_call *c, const nr_slice *argv, size_t argc)
{
    wanted w;
    nr_owners owners;
    if (!read_wanted(c, argv, argc, &w) || !read_owners(c, w.model, &owners)) return false;
    nr_owner *mine = nr_owners_find(&owners, NR_S(NR_OWNER_COMMAND), true, &c->arena);
    nr_owner_add(mine, w.field->name, w.items, w.n, &c->arena);
    return nr_owners_change(c, &w.model, &owners) && reply_ok(c);
}

bool nr_cmd_index_drop(nr_call *c, const nr_slice *argv, size_t argc)
{
    wanted w;
    nr_owners owners;
    if (!read_wanted(c, argv, argc, &w) || !read_owners(c, w.model, &owners)) return false;
    nr_owner *mine = nr_owners_find(&owners, NR_S(NR_OWNER_COMMAND), true, &c->arena);
    if (!nr_owner_take(mine, w.field->name, w.items, w.n))
        return nr_fail(&c->err, NR_E_NOTFOUND,
                       "no INDEX CREATE asked for that on field '%.*s'; the definition's indexes go by MODEL SET, a file's with its entry",
                       NR_FMT(w.field->name));
    return nr_owners_change(c, &w.model, &owners) && reply_ok(c);
}

bool nr_cmd_index_owners(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argc;
    nr_model *m = nr_model_find(c, argv[0]);
    nr_owners owners;
    if (!c->applied) return nr_fail(&c->err, NR_E_SYNTAX, "INDEX OWNERS is what a primary sends to its copies; use INDEX CREATE and DROP");
    if (!m) return nr_model_missing(c, argv[0]);
    return nr_owners_read(argv[1], &c->arena, &owners, &c->err) && nr_owners_change(c, &m, &owners) && reply_ok(c);
}

/* -- REBUILD ------------------------------------------------------------------------------------------------------------------------------ */

/* What is built in slices waits from now on, or nothing is as it was. */
static bool start_over(nr_call *c, nr_model *m, const nr_field *f)
{
    nr_index *before = NR_NEW_N(&c->arena, nr_index, m->n_indexes);
    bool any = false;
    memcpy(before, m->indexes, m->n_indexes * sizeof *before);
    for (size_t i = 0; i < m->n_indexes; i++) {
        nr_index *ix = &m->indexes[i];
        if ((f && !nr_index_reads(ix, f->id)) || !nr_index_online(ix)) continue;
        ix->stale = any = true;
        ix->building = false;
    }
    if (!any) return true;
    nr_status st = nr_definition_write(c, m);
    if (st) memcpy(m->indexes, before, m->n_indexes * sizeof *before);
    else nr_online_release(m);
    return nr_status_good(st, m->schema->name, &c->err);
}

/* What is needed at every moment (primary keys, unique values, all that is in memory) is compared with the entities and mended in this command, the rest is made
 * anew in slices. */
bool nr_cmd_index_rebuild(nr_call *c, const nr_slice *argv, size_t argc)
{
    if (argc > 2) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s after the field", NR_SHOW(argv[2]));
    nr_model *m = nr_model_need_for_write(c, argv[0]);
    const nr_field *f = m && argc == 2 ? nr_schema_named(m->schema, argv[1]) : NULL;
    if (m && argc == 2 && !f) f = nr_schema_need(m->schema, argv[1], &c->err);
    if (!m || (argc == 2 && !f)) return false;
    bool any = false, at_once = false;
    for (size_t i = 0; i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        if (f && !nr_index_reads(ix, f->id)) continue;
        any = true;
        at_once = at_once || !nr_index_online(ix);
    }
    if (!any) return nr_fail(&c->err, NR_E_NOTFOUND, "field '%.*s' has no index", NR_FMT(f->name));
    if (at_once) nr_follow_all(c, m);
    if (at_once && !nr_follow_store(c, m)) return false;
    if (!start_over(c, m, f)) return false;
    nr_online_kick(c, m);
    return reply_ok(c);
}
