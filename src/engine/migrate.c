/* migrate.c -- a definition is changed in three phases: plan (everything that can be refused is refused), build (additions only, so that it can be
 * taken back), switch (definitions written, what nobody wants any more removed). A changed parent takes its children through the same phases. */
#include "engine/migrate.h"

#include "engine/adopt.h"
#include "engine/build.h"
#include "engine/definition.h"
#include "engine/diff.h"
#include "engine/follow.h"
#include "engine/index_cmds.h"
#include "engine/kept.h"
#include "engine/lineage.h"
#include "engine/migration.h"
#include "engine/online.h"
#include "engine/relations.h"
#include "engine/removal.h"
#include "query/ast.h"
#include "query/lookup.h"

static const nr_index *same_index(const nr_model *m, const nr_index *ix)
{
    for (size_t i = 0; m && i < m->n_indexes; i++)
        if (nr_index_same(&m->indexes[i], ix)) return &m->indexes[i];
    return NULL;
}

static bool count_entities(nr_call *c, nr_model *m, bool *has)
{
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    uint64_t n = 0;
    if (m->indexes[0].memory) {
        nr_slices pks = {0};
        if (!nr_build_pks(c, m, &pks)) return false;
        *has = pks.n > 0;
        return true;
    }
    nr_status st = c->store->cls->ordered_count(c->store, m->indexes[0].key, &all, &n);
    if (!nr_status_good(st, m->indexes[0].key, &c->err)) return false;
    *has = n > 0;
    return true;
}

bool nr_migration_has_entities(nr_migration *g, nr_model *m, bool *has)
{
    nr_call *c = g->call;
    *has = false;
    if (!m) return true;
    if (nr_model_has_entities(m) && (!c->applied || m->table) && !(g->dry ? nr_follow_memory(c, m) : nr_follow_store(c, m))) return false;
    return m->schema->abstract || count_entities(c, m, has);
}

/* Whether an index of after must be built in this command: it is new, or the one that is there can't be used, and it is none that waits for being built. */
static bool must_build(const nr_migrated *ch, const nr_index *ix)
{
    const nr_index *old = same_index(ch->before, ix);
    return !ix->stale && (!old || old->stale || !ch->added);
}

/* Whether anything of this command looks at every entity: changes of indexes alone do not. */
static bool needs_pks(const nr_migrated *ch)
{
    for (size_t i = 0; i < ch->n_added; i++)
        if (ch->added[i]->has_default) return true;
    for (size_t i = 0; i < ch->after->n_indexes; i++)
        if (must_build(ch, &ch->after->indexes[i]) && (!ch->after->indexes[i].memory || nr_index_enforces(&ch->after->indexes[i]))) return true;
    return false;
}

bool nr_migration_same_spec(const nr_spec *a, const nr_spec *b)
{
    return a->type == b->type && a->max_digits == b->max_digits && a->places == b->places;
}

static bool same_held(const nr_field *f, const nr_schema *before, const nr_schema *after)
{
    const nr_field *was = nr_field_held(f, before), *is = after->abstract ? NULL : nr_field_held(f, after);
    if (!was || nr_field_unfit(was)) return true; /* a definition that was not to be read by this one's fault either */
    return is && !nr_field_unfit(is) && nr_migration_same_spec(&was->spec, &is->spec);
}

/* What a reference holds, a primary key or another field, stays unique, and of its type: else it would be unreadable. */
static bool check_reference(nr_call *c, const nr_model *m, const nr_field *f, const nr_migrated *ch)
{
    const nr_schema *before = ch->before->schema;
    if (!nr_slice_eq(f->to, before->name) || same_held(f, before, ch->after->schema)) return true;
    if (f->to_field.p)
        return nr_fail(&c->err, NR_E_PROTECTED, "'%.*s' of %.*s has to stay, unique and of its type: %s refers to it", NR_FMT(f->to_field),
                       NR_FMT(before->name), nr_model_shown(c, m));
    return nr_fail(&c->err, NR_E_PROTECTED, "the primary key of %.*s cannot change its type: %s refers to it", NR_FMT(before->name),
                   nr_model_shown(c, m));
}

static bool check_references(nr_call *c, const nr_migrated *ch)
{
    size_t at = 0;
    if (!ch->before || ch->before->schema->abstract) return true;
    if (!nr_models_load_all(c)) return false;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        nr_field_list all = {0};
        if (m == ch->before || nr_kept_by(ch->before->schema, m->schema->name)) continue;
        for (size_t i = 0; i < m->schema->n_fields; i++) nr_field_relations(&m->schema->fields[i], &c->arena, &all);
        for (size_t i = 0; i < m->schema->n_many; i++) nr_field_relations(&m->schema->many[i], &c->arena, &all);
        for (size_t i = 0; i < all.n; i++)
            if (!check_reference(c, m, all.at[i], ch)) return false;
    }
    return true;
}

static bool check_free_key(nr_call *c, const nr_migrated *ch)
{
    if (ch->before) return true;
    nr_slice name = ch->after->schema->name;
    if (c->store->cls->holds(c->store, name) == NR_HOLDS_NOTHING) return true;
    return nr_fail(&c->err, NR_E_EXISTS, "key %s holds something that is no definition", NR_SHOW(name));
}

static bool check_index_keys(nr_call *c, const nr_migrated *ch)
{
    for (size_t i = 0; i < ch->after->n_indexes; i++) {
        const nr_index *ix = &ch->after->indexes[i];
        nr_holds h = ix->memory || ix->kind == NR_IX_SET ? NR_HOLDS_NOTHING : c->store->cls->holds(c->store, ix->key);
        if (h != NR_HOLDS_NOTHING && h != NR_HOLDS_ORDERED)
            return nr_fail(&c->err, NR_E_CORRUPT, "index key %s %s; delete it", NR_SHOW(ix->key), nr_status_text(NR_ST_WRONGTYPE));
    }
    return true;
}

/* They go before the build, and do not come back when it fails. */
static void find_leftovers(nr_call *c, nr_migrated *ch)
{
    for (size_t i = 0; i < ch->after->n_indexes; i++) {
        const nr_index *ix = &ch->after->indexes[i];
        if (ix->memory || !must_build(ch, ix)) continue;
        if (ix->kind != NR_IX_SET && c->store->cls->holds(c->store, ix->key) != NR_HOLDS_NOTHING) nr_vec_push(&c->arena, &ch->leftovers, ix->key);
        for (size_t k = 0; ix->kind == NR_IX_SET && k < ch->set_keys.n; k++)
            if (nr_slice_starts(ch->set_keys.at[k], ix->key)) nr_vec_push(&c->arena, &ch->leftovers, ch->set_keys.at[k]);
    }
}

/* With entities only what leaves every stored value readable is possible; without, the model starts anew and takes in what is under its prefix. */
bool nr_migration_add(nr_migration *g, nr_model *before, nr_model *after)
{
    nr_call *c = g->call;
    nr_migrated ch = {.before = before, .after = after};
    bool entities;
    nr_vec_push(&c->arena, &g->changes, ch);
    nr_migrated *mine = &g->changes.at[g->changes.n - 1];
    if (before) after->version = before->version + 1;
    if (!nr_migration_has_entities(g, before, &entities) || !check_free_key(c, mine) || !check_references(c, mine) || !check_index_keys(c, mine))
        return false;
    if (entities) {
        static const nr_field *none[1];
        mine->added = none;
        if (after->schema->abstract) return nr_fail(&c->err, NR_E_BADVALUE, "abstract: %.*s has entities", NR_FMT(after->schema->name));
        const nr_field **added = NR_NEW_N(&c->arena, const nr_field *, after->schema->n_fields);
        if (!nr_schema_migration(before->schema, after->schema, added, &mine->n_added, &c->err)) return false;
        mine->added = added;
    } else if (!after->schema->abstract && !nr_build_find_entities(c, after, &mine->pks)) {
        return false;
    }
    nr_online_carry(entities ? before : NULL, after, entities || mine->pks.n);
    if (!mine->added) mine->set_keys = nr_build_set_keys(c, after);
    find_leftovers(c, mine);
    return !entities || !needs_pks(mine) || nr_build_pks(c, before, &mine->pks);
}

/* Fields with a default, written into each entity: additions that build can take back. */
static bool fill_defaults(nr_call *c, nr_migrated *ch)
{
    nr_pairs pairs = {0};
    for (size_t i = 0; i < ch->n_added; i++) {
        const nr_field *f = ch->added[i];
        if (f->has_default) nr_vec_push(&c->arena, &pairs, (nr_pair){f->name, nr_type_text(&f->spec, &f->default_value, &c->arena)});
    }
    if (!pairs.n) return true;
    for (; ch->n_filled < ch->pks.n; ch->n_filled++) {
        nr_slice key = nr_entity_key(ch->after, ch->pks.at[ch->n_filled], &c->arena);
        nr_status st = c->store->cls->hash_put(c->store, key, pairs.at, pairs.n);
        if (!nr_status_good(st, key, &c->err)) return false;
    }
    return true;
}

static bool raise_counter(nr_call *c, const nr_migrated *ch)
{
    if (ch->added || !nr_model_has_entities(ch->after) || !(nr_schema_pk(ch->after->schema)->type->flags & NR_TF_AUTO)) return true;
    int64_t now = 0, top = 0, v;
    nr_status st = c->store->cls->counter_get(c->store, ch->after->seq_key, &now);
    for (size_t i = 0; i < ch->pks.n; i++)
        if (nr_parse_int64(ch->pks.at[i], &v) && v > top) top = v;
    if (!st && top > now) st = c->store->cls->counter_set(c->store, ch->after->seq_key, top);
    return nr_status_good(st, ch->after->seq_key, &c->err);
}

static bool build_one(nr_call *c, nr_migrated *ch)
{
    if (!fill_defaults(c, ch)) return false;
    for (; ch->n_built < ch->after->n_indexes; ch->n_built++) {
        const nr_index *ix = &ch->after->indexes[ch->n_built];
        if (!must_build(ch, ix)) continue;
        if (!nr_build_remove(c, ix, &ch->set_keys)) return false;
        if (!nr_build_index(c, ch->after, ix, &ch->pks)) return false;
    }
    return raise_counter(c, ch);
}

/* A set index that was being built has keys that were not there before. */
static bool unbuild_index(nr_call *c, const nr_migrated *ch, const nr_index *ix)
{
    nr_slices keys = ix->kind == NR_IX_SET ? nr_build_set_keys(c, ch->after) : (nr_slices){0};
    return nr_build_remove(c, ix, &keys);
}

/* A copy is told nothing of a command that fails, and has them still. */
static void replicate_removal(nr_call *c, const nr_slices *keys)
{
    for (size_t i = 0; c->host.replicate && i < keys->n; i++) {
        if (c->store->cls->holds(c->store, keys->at[i]) != NR_HOLDS_NOTHING) continue;
        nr_slice argv[] = {NR_S("DEL"), keys->at[i]};
        c->host.replicate(c->host.ctx, argv, 2);
    }
}

/* Takes back what build_one did. False: not all of it. */
static bool unbuild_one(nr_call *c, nr_migrated *ch)
{
    bool ok = true;
    for (size_t i = 0; i <= ch->n_built && i < ch->after->n_indexes; i++)
        if (must_build(ch, &ch->after->indexes[i])) ok = unbuild_index(c, ch, &ch->after->indexes[i]) && ok;
    nr_pairs pairs = {0};
    for (size_t i = 0; i < ch->n_added; i++) nr_vec_push(&c->arena, &pairs, (nr_pair){ch->added[i]->name, {NULL, 0}});
    for (size_t i = 0; i < ch->n_filled; i++)
        ok = !c->store->cls->hash_put(c->store, nr_entity_key(ch->after, ch->pks.at[i], &c->arena), pairs.at, pairs.n) && ok;
    replicate_removal(c, &ch->leftovers);
    return ok;
}

static void unbuild_all(nr_migration *g)
{
    nr_call *c = g->call;
    for (size_t i = 0; i < g->changes.n; i++)
        if (!unbuild_one(c, &g->changes.at[i]))
            nr_model_corrupt(c, g->changes.at[i].after->schema->name, "a failed change of its definition could not be undone");
}

static void switch_one(nr_call *c, const nr_migrated *ch)
{
    for (size_t i = 0; ch->before && i < ch->before->n_indexes; i++)
        if (!same_index(ch->after, &ch->before->indexes[i])) nr_removal_add(c, ch->before, &ch->before->indexes[i]);
    if (!ch->before) nr_catalog_unmark(c->engine->catalog, c->db, ch->after->schema->name);
    c->store->cls->touch(c->store, ch->after->schema->name);
}

static void take_back_definition(nr_call *c, const nr_migrated *ch)
{
    nr_slice name = ch->after->schema->name;
    nr_status st = ch->before ? nr_definition_write(c, ch->before) : c->store->cls->remove(c->store, name);
    if (st) nr_model_corrupt(c, name, "a failed change of its definition could not be undone");
}

static bool build_all(nr_migration *g)
{
    for (size_t i = 0; i < g->changes.n; i++)
        if (!build_one(g->call, &g->changes.at[i])) return false;
    for (size_t i = 0; i < g->changes.n; i++) {
        nr_slice name = g->changes.at[i].after->schema->name;
        nr_status st = nr_definition_write(g->call, g->changes.at[i].after);
        if (!st) continue;
        for (size_t k = 0; k < i; k++) take_back_definition(g->call, &g->changes.at[k]);
        return nr_status_good(st, name, &g->call->err);
    }
    return true;
}

static nr_models_overlay overlay_of(nr_migration *g)
{
    nr_models_overlay all = {0};
    for (size_t i = 0; i < g->changes.n; i++) nr_vec_push(&g->call->arena, &all, g->changes.at[i].after);
    return all;
}

/* Parses a definition in the light of those that this command has already changed. */
nr_model *nr_migration_parse(nr_migration *g, const nr_model *before, nr_slice name, nr_slice json)
{
    nr_models_overlay overlay = overlay_of(g);
    nr_slice nobody = {NULL, 0};
    return nr_definition_parse(g->call, name, json, before ? before->owners : nobody, &overlay);
}

bool nr_migration_may(nr_call *c, nr_slice name, bool write)
{
    return nr_model_may(c, name, write) || nr_fail(&c->err, NR_E_NOPERM, "the user may not %s model %s", write ? "write" : "read", NR_SHOW(name));
}

/* The models that a definition names: its parents, its targets, and those that it embeds. */
static bool check_named(nr_call *c, const nr_schema *s)
{
    for (size_t i = 0; i < s->extends.n; i++)
        if (!nr_migration_may(c, s->extends.at[i], false)) return false;
    nr_slices named = {0};
    for (size_t i = 0; i < s->n_fields; i++) {
        nr_field_referred(&s->fields[i], &c->arena, &named);
        nr_field_embedded(&s->fields[i], &c->arena, &named);
    }
    for (size_t i = 0; i < s->n_many; i++) {
        nr_vec_push(&c->arena, &named, s->many[i].to);
        if (!s->many[i].kept) nr_vec_push(&c->arena, &named, s->many[i].through);
    }
    for (size_t i = 0; i < named.n; i++)
        if (!nr_slice_eq(named.at[i], s->name) && !nr_migration_may(c, named.at[i], false)) return false;
    return true;
}

static bool is_planned(const nr_migration *g, nr_slice name)
{
    for (size_t i = 0; i < g->changes.n; i++)
        if (nr_slice_eq(g->changes.at[i].after->schema->name, name)) return true;
    return false;
}

/* Whether a descendant's turn has come: all its parents, and those it embeds, that change have been planned. */
static bool is_next(const nr_migration *g, const nr_model *m, const nr_map *family)
{
    bool child = false;
    if (is_planned(g, m->schema->name)) return false;
    nr_slices sources = nr_model_sources(m, &g->call->arena);
    for (size_t i = 0; i < sources.n; i++) {
        nr_slice parent = sources.at[i];
        if (nr_map_get(family, parent) && !is_planned(g, parent)) return false;
        child = child || is_planned(g, parent);
    }
    return child;
}

/* What a descendant cannot follow is said with its name. */
static bool plan_descendant(nr_migration *g, nr_model *root, nr_model *before)
{
    nr_call *c = g->call;
    if (!nr_migration_may(c, before->schema->name, true)) return false;
    nr_model *after = nr_migration_parse(g, before, before->schema->name, before->schema->source);
    if (after && nr_migration_add(g, before, after)) return true;
    nr_err why = c->err;
    nr_err_clear(&c->err);
    return nr_fail(&c->err, why.code, "%s follows %.*s: %s", nr_model_shown(c, before), NR_FMT(root->schema->name), why.msg);
}

/* Each descendant once, after all its parents. */
static bool plan_family(nr_migration *g, nr_model *root)
{
    nr_call *c = g->call;
    nr_map family;
    nr_map_init(&family, c->env);
    nr_lineage_family(c, root, &family);
    bool ok = true;
    for (bool more = true; ok && more;) {
        size_t at = 0;
        nr_model *before = NULL;
        void *m;
        while (!before && nr_map_next(&family, &at, NULL, &m))
            if (is_next(g, m, &family)) before = m;
        more = before != NULL;
        ok = !more || plan_descendant(g, root, before);
    }
    nr_map_clear(&family);
    return ok;
}

/* One of these models that m refers to or embeds; NULL: there is none, or m is one of them. */
static const nr_model *named_by(const nr_model *m, const nr_models_overlay *models)
{
    const nr_model *named = NULL;
    for (size_t i = 0; i < models->n; i++) {
        const nr_model *of = models->at[i];
        if (nr_slice_eq(m->schema->name, of->schema->name)) return NULL;
        if (nr_model_refers(m, of->schema->name) || nr_model_embeds(m, of->schema->name)) named = of;
    }
    return named;
}

/* Reads the definitions of those that name one of the models; what of them was not known before is then known too, and goes to the models. */
static bool read_referrers(nr_migration *g, const nr_model *before, nr_models_overlay *models, bool *more)
{
    nr_call *c = g->call;
    size_t at = 0;
    *more = false;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        const nr_model *of = m == before ? NULL : named_by(m, models);
        if (!of) continue;
        nr_models_overlay overlay = overlay_of(g);
        for (size_t i = 0; i < models->n; i++) nr_vec_push(&c->arena, &overlay, models->at[i]);
        nr_model *again = nr_definition_parse(c, m->schema->name, m->schema->source, m->owners, &overlay);
        if (!again) {
            nr_err why = c->err;
            nr_err_clear(&c->err);
            return nr_fail(&c->err, why.code, "%s refers to %.*s: %s", nr_model_shown(c, m), NR_FMT(of->schema->name), why.msg);
        }
        bool fresh = again->schema->resolved && !m->schema->resolved;
        if (fresh) nr_vec_push(&c->arena, models, again);
        else nr_catalog_discard(c->engine->catalog, again);
        *more = *more || fresh;
    }
    return true;
}

/* A model that refers to this one may say things (a default, choices, an index) that it cannot; and so may one behind it, if that is known by this one alone. */
static bool check_referrers(nr_migration *g, const nr_model *before, nr_model *after)
{
    nr_call *c = g->call;
    if (before && !before->schema->abstract && !after->schema->abstract &&
        nr_migration_same_spec(&nr_schema_pk(before->schema)->spec, &nr_schema_pk(after->schema)->spec))
        return true;
    nr_models_overlay models = {0};
    nr_vec_push(&c->arena, &models, after);
    bool ok, more;
    do ok = read_referrers(g, before, &models, &more);
    while (ok && more);
    for (size_t i = 1; i < models.n; i++) nr_catalog_discard(c->engine->catalog, models.at[i]);
    return ok;
}

/* The document, with the store written down when it is not said and not the native one: that of the model as it is, for a new one the setting's. */
static nr_model *parse_with_store(nr_migration *g, const nr_model *before, nr_slice name, nr_slice json)
{
    nr_call *c = g->call;
    nr_model *after = nr_migration_parse(g, before, name, json);
    bool memory = before ? before->schema->in_memory : c->in_memory && !c->applied;
    if (!after || after->schema->has_store || after->schema->abstract || !memory) return after;
    nr_slice source = after->schema->source;
    const char *comma = source.n > 2 ? "," : "";
    nr_slice stored = nr_arena_printf(&c->arena, "%.*s%s\"store\":\"memory\"}", (int)source.n - 1, source.p, comma);
    nr_catalog_discard(c->engine->catalog, after);
    return nr_migration_parse(g, before, name, stored);
}

/* A change of another model may make an ordering wrong: that is not refused, since both can change only one after the other. */
static bool check_orderings(nr_migration *g, const nr_models_overlay *changed)
{
    nr_call *c = g->call;
    for (size_t i = 0; !g->later && i < changed->n; i++) {
        if (nr_relations_check_ordering(c, changed, changed->at[i]->schema)) continue;
        nr_err why = c->err;
        nr_err_clear(&c->err);
        return nr_fail(&c->err, why.code, "%s%s%s", i ? nr_model_shown(c, changed->at[i]) : "", i ? ": " : "", why.msg);
    }
    return true;
}

static bool plan_all(nr_migration *g, nr_slice name, nr_slice json, bool *same)
{
    nr_call *c = g->call;
    nr_model *before = nr_model_find(c, name);
    if (c->err.code) return false;
    nr_model *after = parse_with_store(g, before, name, json);
    if (!after) return false;
    *same = before && nr_slice_eq(before->schema->source, after->schema->source) && nr_kept_complete(c, before);
    if ((before && !*same && !nr_models_load_all(c)) || *same || !nr_lineage_check_parents(c, before, after)) {
        nr_catalog_discard(c->engine->catalog, after);
        return *same;
    }
    if (!nr_migration_add(g, before, after) || !check_named(c, after->schema)) return false;
    if (!nr_models_load_all(c)) return false;
    if ((before && !plan_family(g, before)) || !nr_migration_add_kept(g) || !check_referrers(g, before, after)) return false;
    nr_models_overlay changed = overlay_of(g);
    return c->applied || (nr_relations_check(c, &changed) && check_orderings(g, &changed));
}

static bool carry_out(nr_migration *g)
{
    bool built = build_all(g), ok = built && nr_migration_drop_kept(g);
    for (size_t i = 0; built && !ok && i < g->changes.n; i++) take_back_definition(g->call, &g->changes.at[i]);
    if (!ok) {
        unbuild_all(g);
        return false;
    }
    for (size_t i = 0; i < g->changes.n; i++) switch_one(g->call, &g->changes.at[i]);
    return true;
}

static void replicate_set(nr_call *c, nr_slice name, nr_slice source)
{
    nr_slice argv[] = {NR_S("NONREL.MODEL"), NR_S("SET"), name, source};
    if (c->host.replicate) c->host.replicate(c->host.ctx, argv, 4);
}

static bool check_name(nr_call *c, nr_slice name)
{
    if (!nr_model_name_valid(name))
        return nr_fail(&c->err, NR_E_SYNTAX, "%s is no model name; expected parts of letters, digits and _ joined by dots, as in blog.Post",
                       NR_SHOW(name));
    if (c->cluster && name.p[0] != '{')
        return nr_fail(&c->err, NR_E_SYNTAX, "model %s needs a hash tag in cluster mode, as in {shop}%.*s", NR_SHOW(name), NR_FMT(name));
    return true;
}

/* The models as they are now, in place of those that were; those of them whose rows stay keep what is in memory. */
static void take_over(nr_migration *g)
{
    nr_call *c = g->call;
    nr_models_overlay fresh = {0};
    nr_slices names = {0};
    for (size_t i = 0; i < g->changes.n; i++) {
        nr_migrated *ch = &g->changes.at[i];
        nr_slice name = nr_arena_copy(&c->arena, ch->after->schema->name);
        nr_vec_push(&c->arena, &names, name);
        bool adopt = ch->before && ch->added && nr_model_can_adopt(ch->before, ch->after);
        if (adopt) nr_model_adopt(c, ch->before, ch->after);
        if (!adopt) nr_models_reload(c, &ch->after, 1);
        if (!adopt) nr_vec_push(&c->arena, &fresh, ch->after);
        ch->after = NULL;
        nr_model *m = nr_catalog_get(c->engine->catalog, c->db, name);
        if (m) nr_online_kick(c, m);
    }
    for (size_t i = 0; i < fresh.n; i++) nr_catalog_discard(c->engine->catalog, fresh.at[i]);
    nr_migration_forget_kept(g);
    for (size_t i = 0; i < names.n; i++) nr_indexes_wake(c, names.at[i]);
}

bool nr_model_set(nr_call *c, nr_slice name, nr_slice json, bool later)
{
    nr_migration g = {.call = c, .later = later};
    bool same = false;
    bool ok = check_name(c, name) && nr_kept_protected(c, name) && plan_all(&g, name, json, &same) && (same || carry_out(&g));
    if (ok && !same) replicate_set(c, name, g.changes.at[0].after->schema->source);
    if (ok && !same) take_over(&g);
    for (size_t i = 0; i < g.changes.n; i++) nr_catalog_discard(c->engine->catalog, g.changes.at[i].after);
    return ok;
}

bool nr_cmd_model_set(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argc;
    if (!nr_model_set(c, argv[0], argv[1], false)) return false;
    c->sink->cls->status(c->sink, "OK");
    return true;
}

bool nr_cmd_model_diff(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argc;
    nr_migration g = {.call = c, .dry = true};
    nr_slices lines = {0};
    bool same = false;
    bool ok = check_name(c, argv[0]) && nr_kept_protected(c, argv[0]) && plan_all(&g, argv[0], argv[1], &same);
    for (size_t i = 0; i < g.changes.n; i++) {
        const nr_migrated *ch = &g.changes.at[i];
        if (ok && !same) nr_diff_lines(c, ch->before, ch->after, ch->added, ch->n_added, &lines);
        nr_catalog_discard(c->engine->catalog, ch->after);
    }
    for (size_t i = 0; ok && !same && i < g.dropped.n; i++)
        nr_vec_push(&c->arena, &lines, nr_arena_printf(&c->arena, "drop model %.*s", NR_FMT(g.dropped.at[i]->schema->name)));
    if (!ok) nr_vec_push(&c->arena, &lines, nr_arena_printf(&c->arena, "refuse %s %s", nr_code_word(c->err.code), c->err.msg));
    nr_err_clear(&c->err);
    c->sink->cls->array(c->sink, lines.n);
    for (size_t i = 0; i < lines.n; i++) c->sink->cls->bulk(c->sink, lines.at[i]);
    return true;
}

static bool rebuild(nr_call *c, nr_model *m, const nr_slices *pks)
{
    nr_slices set_keys = nr_build_set_keys(c, m);
    for (size_t i = 0; i < m->n_indexes; i++) {
        nr_index *ix = &m->indexes[i];
        if (!ix->stale || nr_index_online(ix)) continue;
        nr_env_logf(c->env, NR_LOG_NOTICE, "index %.*s of %.*s is not built in today's format: rebuilding it", NR_FMT(ix->name),
                    NR_FMT(m->schema->name));
        if (!nr_build_remove(c, ix, &set_keys) || !nr_build_index(c, m, ix, pks)) return false;
        ix->stale = false;
    }
    nr_status st = nr_definition_write(c, m);
    return nr_status_good(st, m->schema->name, &c->err);
}

bool nr_migrate_stale(nr_call *c, nr_model *m)
{
    bool any = false;
    for (size_t i = 0; i < m->n_indexes; i++) any = any || (m->indexes[i].stale && !nr_index_online(&m->indexes[i]));
    nr_slices pks = {0};
    bool ok = !any || (m->indexes[0].stale ? nr_build_find_entities(c, m, &pks) : nr_build_pks(c, m, &pks));
    ok = ok && (!any || rebuild(c, m, &pks));
    if (ok) nr_online_kick(c, m);
    return ok;
}
