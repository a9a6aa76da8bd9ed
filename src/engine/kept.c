/* kept.c -- whose a model is says its name alone: `<model>_<field>`, and a look at whether that model has such a field. */
#include "engine/kept.h"

#include "engine/definition.h"

static const char failed[] = "a failed change of its definition could not be undone";

bool nr_kept_by(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; !s->abstract && i < s->n_many; i++)
        if (s->many[i].kept && nr_slice_eq(s->many[i].through, name)) return true;
    return false;
}

const nr_field *nr_kept_for(nr_call *c, nr_slice name, nr_model **owner)
{
    for (size_t cut = 1; cut + 1 < name.n; cut++) {
        nr_slice before = {name.p, cut}, field = {name.p + cut + 1, name.n - cut - 1};
        if (name.p[cut] != '_' || !nr_model_name_valid(before)) continue;
        *owner = nr_model_find(c, before);
        if (c->err.code == NR_E_CORRUPT) return NULL;
        if (c->err.code) nr_err_clear(&c->err); /* what cannot be read keeps nothing */
        const nr_field *f = *owner && !(*owner)->schema->abstract ? nr_schema_many((*owner)->schema, field) : NULL;
        if (f && f->kept) return f;
    }
    return NULL;
}

bool nr_kept_protected(nr_call *c, nr_slice name)
{
    nr_model *owner;
    const nr_field *f = c->applied ? NULL : nr_kept_for(c, name, &owner);
    if (!f) return !c->err.code;
    return nr_fail(&c->err, NR_E_PROTECTED, "%s is kept by the server for '%.*s' of %s; change that model", NR_SHOW(name), NR_FMT(f->name),
                   nr_model_shown(c, owner));
}

bool nr_kept_complete(nr_call *c, const nr_model *m)
{
    const nr_schema *s = m->schema;
    for (size_t i = 0; !s->abstract && i < s->n_many; i++)
        if (s->many[i].kept && !nr_model_find(c, s->many[i].through)) return false;
    return true;
}

bool nr_kept_remove(nr_call *c, const nr_model *m, int64_t *seq)
{
    nr_store *s = c->store;
    nr_slice name = m->schema->name;
    *seq = 0;
    nr_status st = s->cls->counter_get(s, m->seq_key, seq);
    if (st == NR_ST_WRONGTYPE) st = NR_ST_OK; /* somebody's key stays */
    else if (!st && *seq) st = s->cls->remove(s, m->seq_key);
    if (!nr_status_good(st, m->seq_key, &c->err)) return false;
    st = s->cls->remove(s, name);
    if (!st) return true;
    if (*seq && s->cls->counter_set(s, m->seq_key, *seq)) nr_model_corrupt(c, name, failed);
    return nr_status_good(st, name, &c->err);
}

void nr_kept_restore(nr_call *c, const nr_model *m, int64_t seq)
{
    bool counter = !seq || !c->store->cls->counter_set(c->store, m->seq_key, seq);
    if (nr_definition_write(c, m) || !counter) nr_model_corrupt(c, m->schema->name, failed);
}
