/* lineage.c -- walks over models that extend each other; each model is looked at once, however many ways lead to it. */
#include "engine/lineage.h"

enum { MOST_LEVELS = 30 }; /* of models that extend each other */

/* Levels of parents above a model, each model looked at once: seen holds what is known. A name that comes again on the way up is a circle: -1. */
static int levels_above(nr_call *c, const nr_schema *s, nr_map *seen)
{
    static const int in_hand = -1;
    int most = 0;
    nr_map_put(seen, s->name, (void *)&in_hand);
    for (size_t i = 0; i < s->extends.n; i++) {
        const int *known = nr_map_get(seen, s->extends.at[i]);
        const nr_model *m = nr_catalog_get(c->engine->catalog, c->db, s->extends.at[i]);
        int above = known ? *known : m ? levels_above(c, m->schema, seen) : 0;
        if (above < 0) return -1;
        if (above + 1 > most) most = above + 1;
    }
    int *mine = NR_NEW(&c->arena, int);
    *mine = most;
    nr_map_put(seen, s->name, mine);
    return most;
}

/* Levels of children below a model: as many as it takes until nobody new extends one of the last. */
static int levels_below(nr_call *c, nr_slice name)
{
    nr_slices last = {0};
    int levels = 0;
    nr_vec_push(&c->arena, &last, name);
    for (; last.n && levels <= MOST_LEVELS; levels++) {
        nr_slices next = {0};
        size_t at = 0;
        for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
            bool extends = false;
            for (size_t i = 0; i < last.n; i++) extends = extends || nr_model_extends(m, last.at[i]);
            if (extends) nr_vec_push(&c->arena, &next, m->schema->name);
        }
        last = next;
    }
    return levels - 1;
}

bool nr_lineage_check_parents(nr_call *c, const nr_model *before, const nr_model *after)
{
    nr_slice name = after->schema->name;
    nr_map seen;
    nr_map_init(&seen, c->env);
    int above = levels_above(c, after->schema, &seen);
    nr_map_clear(&seen);
    if (above < 0) return nr_fail(&c->err, NR_E_BADVALUE, "extends: %.*s would extend itself", NR_FMT(name));
    int below = before ? levels_below(c, name) : 0;
    return above + below <= MOST_LEVELS ||
           nr_fail(&c->err, NR_E_LIMIT, "extends: the parents of %.*s, and the models that extend it, are more than %d deep", NR_FMT(name), MOST_LEVELS);
}

void nr_lineage_family(nr_call *c, nr_model *root, nr_map *family)
{
    nr_map_put(family, root->schema->name, root);
    for (size_t before = 0; before != family->n;) {
        before = family->n;
        size_t at = 0;
        for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
            nr_slices sources = nr_model_sources(m, &c->arena);
            for (size_t i = 0; i < sources.n; i++)
                if (nr_map_get(family, sources.at[i])) nr_map_put(family, m->schema->name, m);
        }
    }
}
