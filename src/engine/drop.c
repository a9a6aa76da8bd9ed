/* drop.c -- MODEL DROP: refused while somebody needs the model; then everything that is its own goes, the definition last. */
#include "engine/build.h"
#include "engine/follow.h"
#include "engine/kept.h"

/* A model, and those that are kept for it: these first. */
typedef NR_VEC(nr_model *) family;

static bool is_in(const family *f, const nr_model *m)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i] == m) return true;
    return false;
}

static bool find_family(nr_call *c, nr_model *m, family *out)
{
    const nr_schema *s = m->schema;
    for (size_t i = 0; !s->abstract && i < s->n_many; i++) {
        nr_model *kept = s->many[i].kept ? nr_model_find(c, s->many[i].through) : NULL;
        if (c->err.code) return false;
        if (!kept) continue;
        if (!nr_model_may(c, kept->schema->name, true))
            return nr_fail(&c->err, NR_E_NOPERM, "the user may not write model %s", NR_SHOW(kept->schema->name));
        nr_vec_push(&c->arena, out, kept);
    }
    nr_vec_push(&c->arena, out, m);
    return true;
}

/* Who keeps a model stands for it. False: err. */
static bool refuse(nr_call *c, nr_model *o, const char *what, nr_slice name)
{
    nr_model *owner = NULL;
    bool kept = nr_kept_for(c, o->schema->name, &owner) != NULL;
    return nr_fail(&c->err, NR_E_PROTECTED, "%s %s %.*s; drop it first", nr_model_shown(c, kept ? owner : o), what, NR_FMT(name));
}

static bool check_droppable(nr_call *c, const family *all, nr_slice name)
{
    size_t at = 0;
    for (nr_model *o; (o = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        if (is_in(all, o)) continue;
        if (nr_model_refers(o, name)) return refuse(c, o, "refers to", name);
        if (nr_model_embeds(o, name)) return refuse(c, o, "embeds", name);
        if (nr_model_extends(o, name)) return refuse(c, o, "extends", name);
    }
    return true;
}

/* The entities of a model that is to go. */
static bool find_entities(nr_call *c, nr_model *m, bool entities, nr_slices *pks)
{
    if (nr_model_has_entities(m) && (!c->applied || m->table) && !nr_follow_store(c, m)) return false;
    if (!m->schema->abstract && !nr_build_pks(c, m, pks)) return false;
    return !pks->n || entities ||
           nr_fail(&c->err, NR_E_PROTECTED, "%.*s has %zu entities; add ENTITIES to delete them too", NR_FMT(m->schema->name), pks->n);
}

/* The definition last: what fails on the way can be dropped again. */
static bool drop_keys(nr_call *c, nr_model *m, const nr_slices *pks)
{
    nr_slices set_keys = nr_build_set_keys(c, m);
    nr_slices keys = {0};
    for (size_t i = 0; i < pks->n; i++) nr_vec_push(&c->arena, &keys, nr_entity_key(m, pks->at[i], &c->arena));
    nr_vec_push(&c->arena, &keys, m->seq_key);
    nr_vec_push(&c->arena, &keys, m->schema->name);
    bool ok = true;
    for (size_t i = 0; ok && i < m->n_indexes; i++) ok = nr_build_remove(c, &m->indexes[i], &set_keys);
    for (size_t i = 0; ok && i < keys.n; i++) ok = !c->store->cls->remove(c->store, keys.at[i]);
    if (ok) return true;
    nr_err_clear(&c->err);
    nr_follow_release(m);
    nr_model_corrupt(c, m->schema->name, "only a part of it could be dropped");
    return nr_fail(&c->err, NR_E_CORRUPT, "some keys of %.*s could not be removed; drop it again", NR_FMT(m->schema->name));
}

static bool drop_one(nr_call *c, nr_model *m, const nr_slices *pks)
{
    nr_slice name = nr_arena_copy(&c->arena, m->schema->name);
    if (!drop_keys(c, m, pks)) return false;
    nr_catalog_unmark(c->engine->catalog, c->db, name);
    c->store->cls->touch(c->store, name);
    nr_catalog_drop(c->engine->catalog, c->db, name);
    return true;
}

bool nr_cmd_model_drop(nr_call *c, const nr_slice *argv, size_t argc)
{
    bool entities = argc == 2;
    if (entities && !nr_slice_caseis(argv[1], "ENTITIES")) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s; expected ENTITIES", NR_SHOW(argv[1]));
    if (argc > 2) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s after ENTITIES", NR_SHOW(argv[2]));
    nr_model *m = nr_model_find(c, argv[0]);
    if (!m) return nr_model_missing(c, argv[0]);
    if (!nr_kept_protected(c, argv[0]) || !nr_models_load_all(c)) return false;
    family all = {0};
    if (!find_family(c, m, &all)) return false;
    nr_slices *pks = NR_NEW_N(&c->arena, nr_slices, all.n);
    for (size_t i = 0; i < all.n; i++)
        if (!check_droppable(c, &all, all.at[i]->schema->name) || !find_entities(c, all.at[i], entities, &pks[i])) return false;
    for (size_t i = 0; i < all.n; i++)
        if (!drop_one(c, all.at[i], &pks[i])) return false;
    nr_slice out[] = {NR_S("NONREL.MODEL"), NR_S("DROP"), argv[0], NR_S("ENTITIES")};
    if (c->host.replicate) c->host.replicate(c->host.ctx, out, 4);
    c->sink->cls->status(c->sink, "OK");
    return true;
}
