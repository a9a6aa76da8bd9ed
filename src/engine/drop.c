/* drop.c -- MODEL DROP: refused while somebody needs the model; then everything that is its own goes, the definition last. */
#include "engine/build.h"
#include "engine/follow.h"

static bool check_droppable(nr_call *c, const nr_model *m)
{
    nr_slice name = m->schema->name;
    if (!nr_models_load_all(c)) return false;
    size_t at = 0;
    for (nr_model *o; (o = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        if (o == m) continue;
        if (nr_model_refers(o, name)) return nr_fail(&c->err, NR_E_PROTECTED, "%s refers to %.*s; drop it first", nr_model_shown(c, o), NR_FMT(name));
        if (nr_model_embeds(o, name)) return nr_fail(&c->err, NR_E_PROTECTED, "%s embeds %.*s; drop it first", nr_model_shown(c, o), NR_FMT(name));
        if (nr_model_extends(o, name)) return nr_fail(&c->err, NR_E_PROTECTED, "%s extends %.*s; drop it first", nr_model_shown(c, o), NR_FMT(name));
    }
    return true;
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

bool nr_cmd_model_drop(nr_call *c, const nr_slice *argv, size_t argc)
{
    bool entities = argc == 2;
    if (entities && !nr_slice_caseis(argv[1], "ENTITIES")) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s; expected ENTITIES", NR_SHOW(argv[1]));
    if (argc > 2) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s after ENTITIES", NR_SHOW(argv[2]));
    nr_model *m = nr_model_find(c, argv[0]);
    if (!m) return nr_model_missing(c, argv[0]);
    if (!check_droppable(c, m)) return false;
    nr_slices pks = {0};
    if (nr_model_has_entities(m) && (!c->applied || m->table) && !nr_follow_store(c, m)) return false;
    if (!m->schema->abstract && !nr_build_pks(c, m, &pks)) return false;
    if (pks.n && !entities)
        return nr_fail(&c->err, NR_E_PROTECTED, "%.*s has %zu entities; add ENTITIES to delete them too", NR_FMT(argv[0]), pks.n);
    if (!drop_keys(c, m, &pks)) return false;
    nr_catalog_unmark(c->engine->catalog, c->db, argv[0]);
    c->store->cls->touch(c->store, argv[0]);
    nr_slice out[] = {NR_S("NONREL.MODEL"), NR_S("DROP"), argv[0], NR_S("ENTITIES")};
    if (c->host.replicate) c->host.replicate(c->host.ctx, out, 4);
    nr_catalog_drop(c->engine->catalog, c->db, argv[0]);
    c->sink->cls->status(c->sink, "OK");
    return true;
}
