/* models.c -- definitions between the keyspace and the catalog.
 *
 * The hash <model> has the fields `definition` (the JSON as given), `version`, `store`, and `indexes`: a JSON array of what was built, each with the format
 * version of its key function. An index that is not in that array, or in another format, is stale: the planner does not see it and the next write
 * rebuilds it. */
#include "engine/models.h"

#include "engine/adopt.h"
#include "engine/build.h"
#include "engine/definition.h"
#include "engine/follow.h"
#include "exec/op.h"
#include "engine/migrate.h"
#include "engine/online.h"
#include "query/borrowed.h"
#include "table/rows.h"

enum { DEEPEST = 100 };          /* levels of parents: more than MODEL SET lets come about */
enum { MOST_PREFIXES = 100000 }; /* of keys, that a look at the whole keyspace counts */

typedef struct loader {
    nr_call *call;
    int depth;
    const nr_models_overlay *overlay; /* models that stand in for the catalog's, NULL: none */
} loader;

static nr_model *load(nr_call *c, nr_slice name, int depth);
static nr_model *look(const loader *l, nr_slice name)
{
    for (size_t i = 0; l->overlay && i < l->overlay->n; i++)
        if (nr_slice_eq(l->overlay->at[i]->schema->name, name)) return l->overlay->at[i];
    return l->depth < DEEPEST ? load(l->call, name, l->depth + 1) : NULL;
}

static const nr_schema *find_schema(void *ctx, nr_slice name)
{
    nr_model *m = look(ctx, name);
    return m ? m->schema : NULL;
}

static bool resolve(loader *l, nr_schema *s)
{
    return s->resolved || nr_schema_resolve(s, find_schema, l, &l->call->err);
}

static bool embeds_any(nr_call *c, const nr_schema *s)
{
    nr_slices names = {0};
    for (size_t i = 0; i < s->n_fields; i++) nr_field_embedded(&s->fields[i], &c->arena, &names);
    return names.n > 0;
}

/* The model whose wishes are read, and who reads them. */
typedef struct borrower {
    loader *loader;
    nr_model *model;
} borrower;

/* A model on the way of an index along references: itself, one that this command changes, or one that is there, as far as its targets are known. */
static const nr_schema *find_lender(void *ctx, nr_slice name)
{
    const borrower *b = ctx;
    const loader *l = b->loader;
    const nr_model *m = nr_slice_eq(name, b->model->schema->name) ? b->model : NULL;
    for (size_t i = 0; !m && l->overlay && i < l->overlay->n; i++)
        if (nr_slice_eq(l->overlay->at[i]->schema->name, name)) m = l->overlay->at[i];
    if (!m) m = nr_model_find(l->call, name);
    if (l->call->err.code != NR_E_CORRUPT) nr_err_clear(&l->call->err); /* one that makes no sense is none */
    return m && !m->schema->abstract ? m->schema : NULL;
}

/* The wish gets the name of the field as it is called here. */
static void borrow(borrower *b, nr_wish *w, size_t most)
{
    nr_model *m = b->model;
    nr_schema *s = m->schema;
    nr_borrowed out;
    nr_err asleep = {0};
    m->borrows = true;
    if (!s->resolved || !nr_borrowed_read(s, w->field, find_lender, b, &m->arena, &out, &m->lenders, &asleep)) return;
    w->field = out.field.name;
    if (s->n_borrowed == most || nr_schema_named(s, out.field.name)) return;
    out.field.id = (uint16_t)nr_schema_values(s);
    s->borrowed[s->n_borrowed++] = out;
}

/* The fields of other models that somebody wants indexed. A wish whose way is not known sleeps. */
static void find_borrowed(loader *l, nr_model *m, const nr_owners *who)
{
    borrower b = {l, m};
    size_t n = 0;
    for (size_t i = 0; i < who->n; i++) n += who->at[i].wishes.n;
    if (n > NR_BORROWED_MAX) n = NR_BORROWED_MAX;
    m->schema->borrowed = NR_NEW_N(&m->arena, nr_borrowed, n);
    m->schema->n_borrowed = 0;
    m->lenders = (nr_slices){0};
    for (size_t i = 0; i < who->n; i++)
        for (size_t k = 0; k < who->at[i].wishes.n; k++)
            if (nr_borrowed_is_path(who->at[i].wishes.at[k].field)) borrow(&b, &who->at[i].wishes.at[k], n);
}

/* A document of owners that nobody can read is logged, and counts for nothing. */
static bool find_indexes(loader *l, nr_model *m, nr_slice owners)
{
    nr_call *c = l->call;
    nr_owners who;
    nr_wants wants;
    nr_err bad = {0};
    m->owners = owners.p ? nr_arena_copy(&m->arena, owners) : owners;
    if (!nr_owners_read(m->owners, &m->arena, &who, &bad)) {
        nr_env_logf(c->env, NR_LOG_WARNING, "the owners of indexes of %.*s cannot be read: %s", NR_FMT(m->schema->name), bad.msg);
        who = (nr_owners){0};
    }
    find_borrowed(l, m, &who);
    nr_owners_wants(&who, m->schema, &m->arena, &wants);
    return !c->err.code &&
           nr_wanted_indexes(m->schema, &wants, c->engine->patterns, &m->arena, &m->indexes, &m->n_indexes, &c->err);
}

/* A model from its document, not yet resolved; NULL: err. A document without `store` is of the native one: MODEL SET writes it down. */
static nr_model *parse(loader *l, nr_slice name, nr_slice json, nr_slice owners)
{
    nr_call *c = l->call;
    nr_model *m = nr_catalog_make(c->engine->catalog);
    m->schema = nr_schema_parse(name, json, find_schema, l, &m->arena, &c->err);
    if (!m->schema) {
        nr_catalog_discard(c->engine->catalog, m);
        return NULL;
    }
    m->version = 1;
    m->prefix = nr_arena_printf(&m->arena, "%.*s:", NR_FMT(m->schema->name));
    m->seq_key = nr_arena_printf(&m->arena, "%.*s/seq", NR_FMT(m->schema->name));
    m->rows = nr_rows_new(c->env);
    if (find_indexes(l, m, owners)) return m;
    nr_catalog_discard(c->engine->catalog, m);
    return NULL;
}

/* Indexes of what is inside embedded models are found when these are known, all of them: until then there are none, whoever reads the definition. So are those along
 * references. */
static bool find_inner_indexes(loader *l, nr_model *m, nr_slice owners)
{
    if (!m->schema->resolved || !(m->borrows || embeds_any(l->call, m->schema))) return true;
    nr_indexes_release(m->indexes, m->n_indexes);
    m->n_indexes = 0;
    return find_indexes(l, m, owners);
}

/* What is wrong with a definition may tell of the models that it names: not to a user who may not read them. */
static void hide_error(nr_call *c, const nr_schema *s)
{
    nr_slices named = {0};
    for (size_t i = 0; i < s->n_fields; i++) nr_field_referred(&s->fields[i], &c->arena, &named);
    for (size_t i = 0; i < named.n; i++) {
        if (nr_slice_eq(named.at[i], s->name) || nr_model_may(c, named.at[i], false)) continue;
        nr_err_clear(&c->err);
        nr_fail(&c->err, NR_E_NOPERM, "the user may not read model %s", NR_SHOW(named.at[i]));
        return;
    }
}

nr_model *nr_definition_parse(nr_call *c, nr_slice name, nr_slice json, nr_slice owners, const nr_models_overlay *overlay)
{
    loader l = {c, 0, overlay};
    nr_model *m = parse(&l, name, json, owners);
    if (!m || (resolve(&l, m->schema) && !c->err.code && find_inner_indexes(&l, m, owners))) return m;
    hide_error(c, m->schema);
    nr_catalog_discard(c->engine->catalog, m);
    return NULL;
}

static void mark_stale(nr_call *c, nr_model *m, const nr_definition *d)
{
    nr_definition_mark_stale(m, d);
    for (size_t i = 0; i < m->n_indexes; i++) c->engine->wants_building = c->engine->wants_building || m->indexes[i].stale;
}

/* Reads the definition's key; NULL when there is none. A hash that is none of ours is none. */
static nr_model *load(nr_call *c, nr_slice name, int depth)
{
    nr_model *m = nr_catalog_get(c->engine->catalog, c->db, name);
    nr_definition d;
    if (m || c->err.code || depth > DEEPEST || !nr_definition_read(c, name, &d)) return m;
    loader l = {c, depth, NULL};
    m = parse(&l, name, d.json, d.owners);
    if (!m) return NULL;
    m->version = d.version;
    m->lends = d.lends;
    mark_stale(c, m, &d);
    nr_catalog_put(c->engine->catalog, c->db, m);
    return m;
}

/* Once all embedded models and all targets are known, there are the indexes of what is inside them, or behind them, too. What is in memory of the model stays. */
static nr_model *know_inside(nr_call *c, nr_model *m)
{
    nr_definition d;
    if (!m->borrows && !embeds_any(c, m->schema)) return m;
    if (!nr_definition_read(c, m->schema->name, &d)) return c->err.code ? NULL : m;
    nr_model *after = nr_definition_parse(c, m->schema->name, d.json, d.owners, NULL);
    if (!after) return NULL;
    after->version = d.version;
    mark_stale(c, after, &d);
    nr_model_adopt(c, m, after);
    return after;
}

/* One that is there but in part is read anew when somebody asks. */
static void forget(nr_call *c, const nr_model *m)
{
    nr_catalog_drop(c->engine->catalog, c->db, nr_arena_copy(&c->arena, m->schema->name));
    nr_catalog_set_complete(c->engine->catalog, c->db, false);
}

static size_t count_known(const nr_schema *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_fields; i++) n += s->fields[i].spec.type != NULL;
    return n;
}

nr_model *nr_model_find(nr_call *c, nr_slice name)
{
    loader l = {c, 0, NULL};
    nr_model *m = nr_catalog_get(c->engine->catalog, c->db, name);
    if (!m && nr_model_name_valid(name)) m = load(c, name, 0);
    if (m && m->schema->resolved) return c->err.code ? NULL : m;
    size_t before = m ? count_known(m->schema) : 0;
    if (!m || !resolve(&l, m->schema)) return NULL;
    if (c->err.code) return NULL; /* a target that could not be read is not one that is not there */
    if (!m->schema->resolved && count_known(m->schema) != before) nr_follow_again(m); /* there are no columns yet of what is known now */
    if (!m->schema->resolved) return m;
    nr_model *known = know_inside(c, m);
    if (known) nr_follow_again(known); /* entities that could not be read can be now */
    else forget(c, m);
    return known;
}

bool nr_model_may(nr_call *c, nr_slice name, bool write)
{
    return c->applied || !c->host.may || c->host.may(c->host.ctx, name, write);
}

/* "{shop" of a name in cluster mode, where all names have a tag. */
static nr_slice tag_of(nr_slice model)
{
    size_t n = 0;
    while (n < model.n && model.p[n] != '}') n++;
    return (nr_slice){model.p, n};
}

bool nr_model_shares_slot(const nr_call *c, nr_slice a, nr_slice b)
{
    return !c->cluster || nr_slice_eq(tag_of(a), tag_of(b));
}

const char *nr_model_shown(nr_call *c, const nr_model *m)
{
    return nr_model_may(c, m->schema->name, false) ? nr_arena_copy(&c->arena, m->schema->name).p : "another model";
}

bool nr_model_missing(nr_call *c, nr_slice name)
{
    if (!nr_models_load_all(c)) return false;
    nr_slices names = {0};
    size_t at = 0;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (nr_model_may(c, m->schema->name, false)) nr_vec_push(&c->arena, &names, m->schema->name);
    nr_slice near = nr_nearest(name, names.at, names.n);
    if (near.p) return nr_fail(&c->err, NR_E_NOMODEL, "no model %s; did you mean '%.*s'?", NR_SHOW(name), NR_FMT(near));
    return nr_fail(&c->err, NR_E_NOMODEL, "no model %s; define it with NONREL.MODEL SET", NR_SHOW(name));
}

/* What was found, if it can be used for entities. */
static nr_model *usable(nr_call *c, nr_model *m, nr_slice name)
{
    if (c->err.code) return NULL;
    if (!m) {
        nr_model_missing(c, name);
        return NULL;
    }
    if (m->schema->abstract) {
        nr_fail(&c->err, NR_E_NOMODEL, "model %s is abstract: it has no entities, models that extend it have", NR_SHOW(name));
        return NULL;
    }
    const nr_field *pk = nr_schema_pk(m->schema);
    if (!pk->spec.type) {
        nr_fail(&c->err, NR_E_NOMODEL, "the primary key '%.*s' of %.*s refers to model '%.*s', which is not defined", NR_FMT(pk->name), NR_FMT(name),
                NR_FMT(pk->to));
        return NULL;
    }
    nr_slice why = nr_catalog_marked(c->engine->catalog, c->db, name);
    if (why.p && !c->applied) {
        nr_fail(&c->err, NR_E_CORRUPT, "model %s is not to be trusted: %.*s", NR_SHOW(name), NR_FMT(why));
        return NULL;
    }
    if (m->indexes[0].stale && !c->applied) {
        nr_fail(&c->err, NR_E_CORRUPT, "the primary key index of %s is of another format; the next write rebuilds it", NR_SHOW(name));
        return NULL;
    }
    return m;
}

nr_model *nr_model_need(nr_call *c, nr_slice name)
{
    return usable(c, nr_model_find(c, name), name);
}

static nr_model *need_to_read(nr_call *c, nr_slice name, bool (*follow)(nr_call *c, nr_model *m))
{
    nr_model *m = nr_model_need(c, name);
    if (!m || !follow(c, m)) return NULL;
    return !m->untyped || nr_model_untyped(m, &c->err) ? m : NULL;
}

nr_model *nr_model_need_for_query(nr_call *c, nr_slice name)
{
    return need_to_read(c, name, nr_follow_memory);
}

nr_model *nr_model_need_for_count(nr_call *c, nr_slice name)
{
    return need_to_read(c, name, nr_follow_table);
}

/* Building stale indexes can put another model in the place of this one. */
static nr_model *need_to_write(nr_call *c, nr_slice name)
{
    nr_model *m = nr_model_find(c, name);
    if (m && m->lends && (!nr_models_load_all(c) || !(m = nr_model_find(c, name)))) return NULL;
    bool stale = false;
    for (size_t i = 0; m && i < m->n_indexes; i++) stale = stale || m->indexes[i].stale;
    if (!m || (!stale && !nr_online_pending(m))) return usable(c, m, name);
    if (nr_model_has_entities(m) && !nr_migrate_stale(c, m)) return NULL;
    return nr_model_need(c, name);
}

nr_model *nr_model_need_for_write(nr_call *c, nr_slice name)
{
    nr_model *m = need_to_write(c, name);
    return m && (c->applied || nr_follow_store(c, m)) ? m : NULL;
}

nr_model *nr_model_need_for_change(nr_call *c, nr_slice name)
{
    nr_model *m = nr_model_need_for_write(c, name);
    return m && (c->applied || !m->untyped || nr_model_untyped(m, &c->err)) ? m : NULL;
}

static bool has_unique(const nr_model *m)
{
    for (size_t i = 0; i < m->n_indexes; i++)
        if (nr_index_enforces(&m->indexes[i])) return true;
    return false;
}

/* Without a table an entity's own hash says all that writing it takes, unless a unique value must be looked for; and what went wrong unseen is found when the
 * table is built. What a primary resolved has its SYNC before it where that matters. */
nr_model *nr_model_need_for_save(nr_call *c, nr_slice name)
{
    nr_model *m = need_to_write(c, name);
    if (!m || (!m->table && !m->schema->n_borrowed && (c->applied || !has_unique(m)))) return m;
    return nr_follow_store(c, m) ? m : NULL;
}

typedef struct names_walk {
    nr_call *call;
    nr_slices names;
    nr_map under; /* model name -> uint64_t: keys "<name>:..." */
} names_walk;

/* Where a key's model name ends: at the first colon behind a hash tag. */
static size_t name_end(nr_slice key)
{
    const char *tag = key.n && key.p[0] == '{' ? memchr(key.p, '}', key.n) : NULL;
    size_t from = tag ? (size_t)(tag - key.p) : 0;
    const char *colon = memchr(key.p + from, ':', key.n - from);
    return colon ? (size_t)(colon - key.p) : 0;
}

static bool take_name(void *ctx, nr_slice key, nr_holds holds)
{
    names_walk *w = ctx;
    nr_arena *a = &w->call->arena;
    nr_slice name = {key.p, key.n ? name_end(key) : 0};
    if (!name.n) {
        if (holds == NR_HOLDS_HASH && nr_model_name_valid(key)) nr_vec_push(a, &w->names, nr_arena_copy(a, key));
        return true;
    }
    uint64_t *count = nr_map_get(&w->under, name);
    if (count) ++*count;
    else if (w->under.n < MOST_PREFIXES && nr_model_name_valid(name)) {
        count = NR_NEW(a, uint64_t);
        *count = 1;
        nr_map_put(&w->under, nr_arena_copy(a, name), count);
    }
    return true;
}

/* More keys than entities: somebody's keys under the prefix are none, and are looked at to be named. */
static void find_left_out(nr_call *c, const names_walk *w)
{
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    for (size_t i = 0; i < w->names.n; i++) {
        nr_model *m = nr_catalog_get(c->engine->catalog, c->db, w->names.at[i]);
        const uint64_t *keys = nr_map_get(&w->under, w->names.at[i]);
        uint64_t entities = 0;
        nr_slices pks = {0};
        if (!m || !keys || !nr_model_has_entities(m) || m->indexes[0].memory) continue;
        if (c->store->cls->ordered_count(c->store, m->indexes[0].key, &all, &entities) || entities == *keys) continue;
        nr_err kept = c->err;
        nr_build_find_entities(c, m, &pks);
        c->err = kept;
    }
}

/* A definition that makes no sense is logged and passed over, and looked at again when there is another model; false only when the store failed. */
static bool load_quietly(nr_call *c, nr_slice name, bool *unreadable)
{
    if (nr_model_find(c, name) || !c->err.code) return true;
    if (c->err.code == NR_E_CORRUPT) return false;
    nr_env_logf(c->env, NR_LOG_WARNING, "definition %s cannot be read: %s", NR_SHOW(name), c->err.msg);
    nr_err_clear(&c->err);
    return *unreadable = true;
}

static bool load_all(nr_call *c)
{
    char buf[NR_SUSPECT_MAX];
    nr_slice name;
    bool unreadable = false;
    while (nr_catalog_take_suspect(c->engine->catalog, c->db, buf, &name))
        if (!load_quietly(c, name, &unreadable)) return false;
    if (unreadable) nr_catalog_set_unreadable(c->engine->catalog, c->db, true);
    if (nr_catalog_complete(c->engine->catalog, c->db)) return true;
    names_walk w = {.call = c};
    int64_t begin = c->env->mono_us(c->env->ctx);
    nr_map_init(&w.under, c->env);
    c->store->cls->walk(c->store, NR_S(""), take_name, &w);
    bool ok = true;
    unreadable = false;
    for (size_t i = 0; ok && i < w.names.n; i++) ok = load_quietly(c, w.names.at[i], &unreadable);
    nr_catalog_set_complete(c->engine->catalog, c->db, ok);
    nr_catalog_set_unreadable(c->engine->catalog, c->db, unreadable);
    if (ok) find_left_out(c, &w);
    nr_map_clear(&w.under);
    int64_t took = c->env->mono_us(c->env->ctx) - begin;
    if (c->deadline_us < INT64_MAX - took) c->deadline_us += took; /* a start is not the command's fault */
    return ok;
}

/* An error that stands is kept: then nothing is loaded for its sake but suggestions. */
bool nr_models_load_all(nr_call *c)
{
    nr_err kept = c->err;
    nr_err_clear(&c->err);
    bool ok = load_all(c);
    if (kept.code) c->err = kept;
    return ok;
}

static void reload(nr_call *c, nr_model *fresh)
{
    nr_slice name = nr_arena_copy(&c->arena, fresh->schema->name);
    nr_model *old = nr_catalog_get(c->engine->catalog, c->db, name);
    nr_remains mine = nr_model_take_remains(fresh, &c->arena), theirs;
    if (old) theirs = nr_model_take_remains(old, &c->arena);
    nr_catalog_drop(c->engine->catalog, c->db, name);
    nr_model *m = nr_model_find(c, name);
    nr_err_clear(&c->err);
    nr_model_give_remains(m, &mine);
    if (old) nr_model_give_remains(m, &theirs);
    if (!m) nr_catalog_set_complete(c->engine->catalog, c->db, false); /* what cannot be read now is looked for again */
}

void nr_models_reload(nr_call *c, nr_model *const *fresh, size_t n_fresh)
{
    for (size_t i = 0; i < n_fresh; i++) reload(c, fresh[i]);
}

void nr_model_corrupt(nr_call *c, nr_slice name, const char *why)
{
    nr_catalog_mark(c->engine->catalog, c->db, name, nr_slice_of(why));
    nr_env_logf(c->env, NR_LOG_WARNING, "model %.*s is marked CORRUPT: %s", NR_FMT(name), why);
}

bool nr_model_is_heir(nr_call *c, const nr_model *m, nr_slice name)
{
    while (m && m->schema->parent.p && !nr_slice_eq(m->schema->parent, name)) m = nr_catalog_get(c->engine->catalog, c->db, m->schema->parent);
    return m && m->schema->parent.p;
}

void nr_model_touch(nr_call *c, const nr_model *m)
{
    nr_slice name = m->schema->name;
    size_t at = 0;
    c->store->cls->touch(c->store, name);
    if (!nr_catalog_has_heirs(c->engine->catalog, c->db)) return;
    for (const nr_model *o; (o = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (nr_model_is_heir(c, o, name)) c->store->cls->touch(c->store, o->schema->name);
}

nr_slice nr_entity_key(const nr_model *m, nr_slice pk, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_buf_add(&b, m->prefix);
    nr_buf_add(&b, pk);
    return nr_buf_slice(&b);
}

bool nr_model_has_entities(const nr_model *m)
{
    return !m->schema->abstract && nr_schema_pk(m->schema)->spec.type;
}

bool nr_model_refers(const nr_model *m, nr_slice name)
{
    for (size_t i = 0; i < m->schema->n_fields; i++)
        if (nr_field_refers(&m->schema->fields[i], name)) return true;
    for (size_t i = 0; i < m->schema->n_many; i++)
        if (nr_slice_eq(m->schema->many[i].to, name) || (!m->schema->many[i].kept && nr_slice_eq(m->schema->many[i].through, name))) return true;
    return false;
}

bool nr_model_embeds(const nr_model *m, nr_slice name)
{
    for (size_t i = 0; i < m->schema->n_fields; i++)
        if (nr_field_embeds(&m->schema->fields[i], name)) return true;
    return false;
}

nr_slices nr_model_sources(const nr_model *m, nr_arena *arena)
{
    nr_slices names = {0};
    for (size_t i = 0; i < m->schema->extends.n; i++) nr_vec_push(arena, &names, m->schema->extends.at[i]);
    for (size_t i = 0; i < m->schema->n_fields; i++) nr_field_embedded(&m->schema->fields[i], arena, &names);
    return names;
}

bool nr_model_extends(const nr_model *m, nr_slice name)
{
    for (size_t i = 0; i < m->schema->extends.n; i++)
        if (nr_slice_eq(m->schema->extends.at[i], name)) return true;
    return false;
}
