/* schema_resolve.c -- what a schema learns from the models that it names: specs of relations, fields of embedded entities, and then values.
 *
 * An embedded model's fields are declared again here, as those of a parent are in a child: its "self" is that model, its unique and index are
 * about its own entities and say nothing here. */
#include <stdlib.h>

#include "model/schema_read.h"
#include "types/container.h"

enum { MOST_EMBEDDED = 16 }; /* models inside each other */
enum { MOST_STEPS = 10000 }; /* of a chain of references that hold references: a circle has no end */

/* The models whose fields are being declared, innermost first. */
typedef struct link {
    const struct link *up;
    nr_slice model;
    int depth;
} link;

typedef struct resolver {
    const nr_schema *schema;
    nr_schema_find models;
    void *ctx;
    bool missing;
    size_t declared; /* fields of embedded models so far */
    nr_err *err;
} resolver;

/* -- values ------------------------------------------------------------------------------------------------------------------------------ */

static bool coerce(const nr_field *f, const char *option, const nr_json *j, nr_arena *arena, nr_value *out, nr_err *err)
{
    nr_err why = {.code = NR_OK};
    if (nr_field_read_json(f, j, arena, out, &why)) return true;
    return nr_fail(err, why.code, "%.*s.%s: %s", NR_FMT(f->path), option, why.msg);
}

/* Both are read before either holds, so that what is wrong is said of the pair. */
static bool coerce_bounds(nr_field *f, nr_arena *arena, nr_err *err)
{
    if (f->min_json && !coerce(f, "min", f->min_json, arena, &f->min, err)) return false;
    if (f->max_json && !coerce(f, "max", f->max_json, arena, &f->max, err)) return false;
    f->has_min = f->min_json != NULL;
    f->has_max = f->max_json != NULL;
    if (!f->has_min || !f->has_max || nr_value_cmp(&f->min, &f->max) <= 0) return true;
    return nr_fail(err, NR_E_BADVALUE, "%.*s.min: is greater than max, so that nothing could be written", NR_FMT(f->path));
}

static bool coerce_choices(nr_field *f, nr_arena *arena, nr_err *err)
{
    const nr_json *j = f->choices_json;
    if (!j) return true;
    nr_value *choices = NR_NEW_N(arena, nr_value, j->n);
    for (size_t i = 0; i < j->n; i++)
        if (!coerce(f, "choices", &j->items[i], arena, &choices[i], err)) return false;
    f->choices = choices;
    f->n_choices = j->n;
    return true;
}

static bool coerce_default(nr_field *f, nr_arena *arena, nr_err *err)
{
    if (!f->default_json) return true;
    return f->has_default = coerce(f, "default", f->default_json, arena, &f->default_value, err);
}

/* -- containers -------------------------------------------------------------------------------------------------------------------------- */

static bool resolve_field(resolver *r, nr_field *f, const link *inside);

/* A field of an embedded model as a field here. */
static bool declare_member(resolver *r, const nr_schema *model, const nr_field *from, nr_field *holder, nr_field *out)
{
    nr_arena *arena = r->schema->arena;
    nr_schema there = {.name = holder->to, .arena = arena};
    nr_schema_reader reader = {.schema = &there, .err = r->err, .field = holder, .at = nr_reader_option(NR_S("to"))};
    if (!nr_reader_field(&reader, nr_arena_copy(arena, from->name), nr_json_copy(from->json, arena), out)) return false;
    if (out->auto_now || out->auto_now_add)
        return nr_fail(r->err, NR_E_BADVALUE, "%.*s: '%.*s' of %.*s has \"%s\", which is not available inside another entity in this version",
                       NR_FMT(holder->path), NR_FMT(from->name), NR_FMT(model->name), out->auto_now ? "auto_now" : "auto_now_add");
    out->pk = out->unique = out->index_all = out->column = out->check = false;
    out->on_delete = NR_DO_NOTHING; /* it is about the model's own entities */
    out->index.n = 0;
    memset(out->unique_for, 0, sizeof out->unique_for);
    out->null = out->null || (out->type->flags & (NR_TF_AUTO | (from->pk ? NR_TF_DRAWN : 0)));
    return true;
}

static bool check_embedding(resolver *r, const nr_field *f, const link *inside)
{
    for (const link *l = inside; l; l = l->up)
        if (nr_slice_eq(l->model, f->to)) return nr_fail(r->err, NR_E_BADVALUE, "%.*s: %.*s cannot be inside itself", NR_FMT(f->path), NR_FMT(f->to));
    if (inside->depth < MOST_EMBEDDED) return true;
    return nr_fail(r->err, NR_E_LIMIT, "%.*s: more than %d embedded models inside each other", NR_FMT(f->path), MOST_EMBEDDED);
}

/* The fields of the model `to`; stays without members while that is not known. */
static bool declare_members(resolver *r, nr_field *f, const link *inside)
{
    if (!check_embedding(r, f, inside)) return false;
    const nr_schema *model = r->models ? r->models(r->ctx, f->to) : NULL;
    if (!model) return true;
    r->declared += model->n_fields;
    if (r->declared > NR_FIELDS_MAX)
        return nr_fail(r->err, NR_E_LIMIT, "%.*s: the embedded models have more than %d fields in all", NR_FMT(f->path), NR_FIELDS_MAX);
    nr_field *members = NR_NEW_N(r->schema->arena, nr_field, model->n_fields + 1);
    for (size_t i = 0; i < model->n_fields; i++)
        if (!declare_member(r, model, &model->fields[i], f, &members[i])) return false;
    f->members = members;
    f->n_members = model->n_fields;
    return true;
}

static nr_part part_of(const nr_field *f)
{
    return (nr_part){.name = f->name,
                     .spec = f->spec,
                     .null = f->null,
                     .has_default = f->has_default,
                     .default_value = f->default_value,
                     .rules = f,
                     .meets = nr_field_meets};
}

/* Resolves copies of fields inside another, so that a failure leaves no trace. False: err. */
static bool resolve_inner(resolver *r, const nr_field **inner, size_t n, const link *inside, bool *known)
{
    nr_field *copies = NR_NEW_N(r->schema->arena, nr_field, n + 1);
    for (size_t i = 0; i < n; i++) {
        copies[i] = (*inner)[i];
        if (!resolve_field(r, &copies[i], inside)) return false;
        *known = *known && copies[i].spec.type;
    }
    *inner = copies;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return nr_slice_cmp((*(const nr_part *const *)a)->name, (*(const nr_part *const *)b)->name);
}

static void sort_names(nr_shape *shape, nr_arena *arena)
{
    const nr_part **sorted = NR_NEW_N(arena, const nr_part *, shape->n + 1);
    uint16_t *by_name = NR_NEW_N(arena, uint16_t, shape->n + 1);
    for (size_t i = 0; i < shape->n; i++) sorted[i] = &shape->members[i];
    qsort(sorted, shape->n, sizeof *sorted, compare_names);
    for (size_t i = 0; i < shape->n; i++) by_name[i] = (uint16_t)(sorted[i] - shape->members);
    shape->by_name = by_name;
}

static const nr_shape *shape_of(const nr_field *f, nr_arena *arena)
{
    nr_shape *shape = NR_NEW(arena, nr_shape);
    nr_part *parts = NR_NEW_N(arena, nr_part, f->n_members + 1);
    for (size_t i = 0; i < f->n_members; i++) parts[i] = part_of(&f->members[i]);
    shape->members = parts;
    shape->n = f->n_members;
    if (f->of) {
        parts[f->n_members] = part_of(f->of);
        shape->of = &parts[f->n_members];
    }
    sort_names(shape, arena);
    return shape;
}

static bool resolve_container(resolver *r, nr_field *f, const link *inside)
{
    link here = {inside, f->to, inside->depth + 1};
    bool by_model = (f->type->flags & NR_TF_MEMBERS) && f->to.p, known = true;
    if (by_model && !f->members && !declare_members(r, f, inside)) return false;
    if (by_model && !f->members) r->missing = true;
    if (by_model && !f->members) return true;
    if (f->of && !resolve_inner(r, &f->of, 1, inside, &known)) return false;
    if (f->n_members && !resolve_inner(r, &f->members, f->n_members, by_model ? &here : inside, &known)) return false;
    if (!known) return true;
    f->spec.type = f->type;
    if (f->of || f->members) f->spec.shape = shape_of(f, r->schema->arena);
    return true;
}

/* -- fields ------------------------------------------------------------------------------------------------------------------------------ */

/* The schema of a model that can be referred to; NULL: there is none yet. */
static const nr_schema *target_of(const resolver *r, nr_slice name)
{
    const nr_schema *s = nr_slice_eq(name, r->schema->name) ? r->schema : r->models ? r->models(r->ctx, name) : NULL;
    return s && !s->abstract ? s : NULL;
}

static bool find_held(resolver *r, const nr_field *f, const nr_schema *to, const nr_field **held)
{
    nr_err inner = {0};
    *held = nr_field_held(f, to);
    if (!*held && !nr_schema_no_field(to, f->to_field, &inner))
        return nr_fail(r->err, NR_E_BADVALUE, "%.*s.to_field: %s", NR_FMT(f->path), inner.msg);
    const char *why = nr_field_unfit(*held);
    return !why || nr_fail(r->err, NR_E_BADVALUE, "%.*s.to_field: '%.*s' of %.*s %s; expected its primary key or a field with \"unique\": true",
                           NR_FMT(f->path), NR_FMT((*held)->name), NR_FMT(to->name), why);
}

/* What a relation holds has the spec of the field that it means; where that is a relation, of the one that this means, and so on. */
static bool find_spec(resolver *r, const nr_field *f, const nr_field *held, nr_spec *out)
{
    for (int step = 0; step < MOST_STEPS; step++) {
        *out = held->spec;
        if (!(held->type->flags & NR_TF_RELATION)) out->type = held->type;
        if (out->type) return true;
        const nr_schema *to = target_of(r, held->to);
        held = to ? nr_field_held(held, to) : NULL;
        if (!held) return true;
        if (nr_slice_eq(held->path, f->path) && to == r->schema) break;
    }
    return nr_fail(r->err, NR_E_BADVALUE, "%.*s: refers to what refers to it, in a circle: its values would have no type", NR_FMT(f->path));
}

static bool resolve_relation(resolver *r, nr_field *f)
{
    const nr_schema *to = target_of(r, f->to);
    const nr_field *held;
    bool own = nr_slice_eq(f->to, r->schema->name);
    r->missing = r->missing || (!to && !(own && r->schema->abstract));
    if (!to) return true;
    if (!find_held(r, f, to, &held) || !find_spec(r, f, held, &f->spec)) return false;
    if (held == nr_schema_pk(to)) f->to_field = (nr_slice){NULL, 0};
    r->missing = r->missing || !f->spec.type;
    return true;
}

/* Gives f its spec and values. What a target that is not known is missing for is left as it is, and missing set. */
static bool resolve_field(resolver *r, nr_field *f, const link *inside)
{
    nr_arena *arena = r->schema->arena;
    if (f->spec.type) return true;
    if (f->type->flags & NR_TF_CONTAINER) {
        if (!resolve_container(r, f, inside)) return false;
    } else if (f->type->flags & NR_TF_RELATION) {
        if (!resolve_relation(r, f)) return false;
    } else {
        f->spec.type = f->type;
    }
    if (!f->spec.type) return true;
    return coerce_bounds(f, arena, r->err) && coerce_choices(f, arena, r->err) && coerce_default(f, arena, r->err);
}

/* Works on a copy of the fields, so that a failure leaves no trace. */
bool nr_schema_resolve(nr_schema *s, nr_schema_find models, void *ctx, nr_err *err)
{
    const nr_env *env = s->arena->env;
    size_t size = sizeof *s->fields * s->n_fields;
    nr_field *fields = env->alloc(size + 1);
    if (size) memcpy(fields, s->fields, size);
    nr_mark mark = nr_arena_mark(s->arena);
    resolver r = {.schema = s, .models = models, .ctx = ctx, .err = err};
    link self = {NULL, s->name, 0};
    bool ok = true;
    for (size_t i = 0; ok && i < s->n_fields; i++) ok = resolve_field(&r, &fields[i], &self);
    if (!ok) nr_arena_rewind(s->arena, mark);
    else if (size) memcpy(s->fields, fields, size);
    if (ok) s->resolved = !r.missing;
    env->free(fields);
    return ok;
}
