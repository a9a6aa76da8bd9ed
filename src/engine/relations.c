/* relations.c -- clashes of names, and references that the cluster keeps apart, are found where definitions change, not where they are used. */
#include "engine/relations.h"

#include "engine/semi_join.h"
#include "model/through.h"
#include "query/bind.h"

typedef struct relation {
    const nr_schema *from;
    const nr_field *field;
    nr_slice name;         /* seen from its target */
} relation;

typedef NR_VEC(relation) relations;

static nr_model *find_in(const nr_models_overlay *changed, nr_slice name)
{
    for (size_t i = 0; i < changed->n; i++)
        if (nr_slice_eq(changed->at[i]->schema->name, name)) return changed->at[i];
    return NULL;
}

static void add_named(nr_call *c, const nr_schema *s, const nr_field *fields, size_t n, relations *out)
{
    for (size_t i = 0; !s->abstract && i < n; i++) {
        if (!(fields[i].type->flags & NR_TF_RELATION)) continue;
        relation r = {s, &fields[i], nr_link_reverse_name(s, &fields[i], &c->arena)};
        if (r.name.p) nr_vec_push(&c->arena, out, r);
    }
}

static void add_relations(nr_call *c, const nr_schema *s, relations *out)
{
    add_named(c, s, s->fields, s->n_fields, out);
    add_named(c, s, s->many, s->n_many, out);
}

/* A model's name, if the user may read it. */
static nr_slice shown(nr_call *c, nr_slice name)
{
    return nr_model_may(c, name, false) ? name : NR_S("another model");
}

static bool refuse(nr_call *c, const nr_models_overlay *changed, const relation *r, const char *why)
{
    bool own = find_in(changed, r->from->name) != NULL;
    const char *place = own ? nr_arena_printf(&c->arena, "%.*s.related_name", NR_FMT(r->field->path)).p
                            : nr_arena_printf(&c->arena, "%.*s.%.*s", NR_FMT(shown(c, r->from->name)), NR_FMT(r->field->path)).p;
    return nr_fail(&c->err, NR_E_BADVALUE, "%s: seen from %.*s it is %s, %s; give it a related_name of its own, or \"+\"", place,
                   NR_FMT(r->field->to), NR_SHOW(r->name), why);
}

static bool check(nr_call *c, const nr_models_overlay *changed, const relations *all, size_t at)
{
    const relation *r = &all->at[at];
    const nr_model *to = find_in(changed, r->field->to);
    if (!to && !find_in(changed, r->from->name)) return true;
    if (!to) to = nr_catalog_get(c->engine->catalog, c->db, r->field->to);
    if (to && (nr_schema_field(to->schema, r->name) || nr_schema_many(to->schema, r->name) || nr_schema_inherits(to->schema, r->name)))
        return refuse(c, changed, r, "which is a field there");
    for (size_t i = 0; i < all->n; i++) {
        const relation *other = &all->at[i];
        if (i == at || !nr_slice_eq(other->field->to, r->field->to) || !nr_slice_eq(other->name, r->name)) continue;
        return refuse(c, changed, r, nr_arena_printf(&c->arena, "as is %.*s of %.*s", NR_FMT(other->field->name), NR_FMT(shown(c, other->from->name))).p);
    }
    return true;
}

/* What other nodes have can be neither found nor changed. */
static bool check_slots(nr_call *c, const nr_schema *s)
{
    for (size_t i = 0; i < s->n_fields; i++) {
        const nr_field *f = &s->fields[i];
        bool asks = f->check || f->on_delete != NR_DO_NOTHING;
        if (asks && !nr_model_shares_slot(c, s->name, f->to))
            return nr_fail(&c->err, NR_E_BADVALUE, "%.*s.%s: models %s and %s lie in different slots of the cluster; it needs both under one hash tag",
                           NR_FMT(f->path), f->check ? "check" : "on_delete", NR_SHOW(s->name), NR_SHOW(f->to));
    }
    return true;
}

static bool check_many_slots(nr_call *c, const nr_schema *s)
{
    for (size_t i = 0; i < s->n_many; i++)
        if (!nr_model_shares_slot(c, s->name, s->many[i].to))
            return nr_fail(&c->err, NR_E_BADVALUE, "%.*s: models %s and %s lie in different slots of the cluster; it needs both under one hash tag",
                           NR_FMT(s->many[i].path), NR_SHOW(s->name), NR_SHOW(s->many[i].to));
    return true;
}

/* What `through` names, of the fields of one model. One that is not there may come later. */
static bool check_throughs(nr_call *c, const nr_models_overlay *changed, const nr_schema *s)
{
    nr_ends ends;
    for (size_t i = 0; !s->abstract && i < s->n_many; i++) {
        const nr_field *f = &s->many[i];
        const nr_model *m = find_in(changed, f->through);
        if (f->kept || !(m || find_in(changed, s->name))) continue;
        if (!m) m = nr_catalog_get(c->engine->catalog, c->db, f->through);
        if (!m || nr_through_ends(m->schema, s, f, &ends, &c->err)) continue;
        nr_err why = c->err;
        nr_err_clear(&c->err);
        bool own = find_in(changed, s->name) != NULL;
        return nr_fail(&c->err, why.code, "%.*s%s%s", NR_FMT(own ? NR_S("") : shown(c, s->name)), own ? "" : ".", why.msg);
    }
    return true;
}

static bool check_all_throughs(nr_call *c, const nr_models_overlay *changed)
{
    size_t at = 0;
    for (size_t i = 0; i < changed->n; i++)
        if (!check_throughs(c, changed, changed->at[i]->schema)) return false;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (!find_in(changed, m->schema->name) && !check_throughs(c, changed, m->schema)) return false;
    return true;
}

bool nr_relations_check(nr_call *c, const nr_models_overlay *changed)
{
    for (size_t i = 0; i < changed->n; i++)
        if (!changed->at[i]->schema->abstract && !(check_many_slots(c, changed->at[i]->schema) && check_slots(c, changed->at[i]->schema))) return false;
    relations all = {0};
    size_t at = 0;
    for (size_t i = 0; i < changed->n; i++) add_relations(c, changed->at[i]->schema, &all);
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (!find_in(changed, m->schema->name)) add_relations(c, m->schema, &all);
    for (size_t i = 0; i < all.n; i++)
        if (!check(c, changed, &all, i)) return false;
    return check_all_throughs(c, changed);
}

/* -- orderings ---------------------------------------------------------------------------------------------------------------------------- */

/* The models as they are when a command is done. */
typedef struct future {
    nr_call *call;
    const nr_models_overlay *changed;
} future;

static nr_model *future_find(void *ctx, nr_slice name)
{
    const future *f = ctx;
    nr_model *m = find_in(f->changed, name);
    if (!m) m = nr_model_find(f->call, name);
    if (f->call->err.code != NR_E_CORRUPT) nr_err_clear(&f->call->err); /* one that makes no sense is none */
    return m && nr_model_has_entities(m) ? m : NULL;
}

static bool future_enter(void *ctx, nr_slice from, nr_model *m)
{
    const future *f = ctx;
    return nr_may_enter(f->call, from, m->schema->name, false);
}

static nr_model *future_need(void *ctx, nr_slice from, nr_slice name)
{
    const future *f = ctx;
    nr_model *m = future_find(ctx, name);
    if (!m && !f->call->err.code) nr_model_missing(f->call, name);
    return m && future_enter(ctx, from, m) ? m : NULL;
}

static bool future_next(void *ctx, size_t *at, nr_model **m)
{
    const future *f = ctx;
    size_t n = f->changed->n, stored = *at < n ? 0 : *at - n;
    *m = *at < n ? f->changed->at[(*at)++] : NULL;
    if (*m) return true;
    do {
        *m = nr_catalog_next(f->call->engine->catalog, f->call->db, &stored);
    } while (*m && (find_in(f->changed, (*m)->schema->name) || !nr_model_may(f->call, (*m)->schema->name, false)));
    *at = n + stored;
    return true;
}

bool nr_relations_check_ordering(nr_call *c, const nr_models_overlay *changed, const nr_schema *s)
{
    future f = {c, changed};
    const nr_others o = {&f, future_find, future_enter, future_need, future_need, future_next};
    nr_bind_with with = nr_bind_with_of(c);
    with.others = &o;
    return s->abstract || nr_ordering_check(s, &with, &c->arena, &c->err);
}
