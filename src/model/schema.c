/* schema.c -- fields by name, and what a schema learns from the models that it refers to. */
#include "model/schema_read.h"

#include <stdio.h>

/* -- look-up ----------------------------------------------------------------------------------------------------------------------------- */

static const nr_field *named(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (nr_slice_eq(s->fields[i].name, name)) return &s->fields[i];
    return NULL;
}

const nr_field *nr_schema_field(const nr_schema *s, nr_slice name)
{
    const nr_field *f = named(s, name);
    if (f) return f;
    if (nr_slice_is(name, "pk")) return s->n_fields && s->fields[0].pk ? &s->fields[0] : NULL;
    bool suffixed = name.n > 3 && memcmp(name.p + name.n - 3, "_id", 3) == 0;
    f = suffixed ? named(s, (nr_slice){name.p, name.n - 3}) : NULL;
    return f && (f->type->flags & NR_TF_RELATION) ? f : NULL;
}

/* The clause word that name is but for its case, or NULL. */
static const char *clause_word(nr_slice name)
{
    for (const char *const *w = nr_clause_words; *w; w++)
        if (nr_slice_caseis(name, *w)) return *w;
    return NULL;
}

bool nr_schema_no_field(const nr_schema *s, nr_slice name, nr_err *err)
{
    nr_hint hint;
    nr_hint_begin(&hint, name);
    for (size_t i = 0; i < s->n_fields; i++) nr_hint_offer(&hint, s->fields[i].name);
    const char *word = clause_word(name);
    char note[80] = "";
    if (word) snprintf(note, sizeof note, "; the clause word %s is written in capitals here", word);
    return nr_fail(err, NR_E_NOFIELD, "no field %s in %.*s%s; %s", NR_SHOW(name), NR_FMT(s->name), note, nr_hint_text(&hint, "it has"));
}

const nr_field *nr_schema_need(const nr_schema *s, nr_slice name, nr_err *err)
{
    const nr_field *f = nr_schema_field(s, name);
    if (!f) nr_schema_no_field(s, name, err);
    return f;
}

/* -- resolve ----------------------------------------------------------------------------------------------------------------------------- */

static bool coerce(const nr_field *f, const char *option, const nr_json *j, nr_arena *arena, nr_value *out, nr_err *err)
{
    nr_err why = {.code = NR_OK};
    if (nr_field_read_json(f, j, arena, out, &why)) return true;
    return nr_fail(err, why.code, "fields.%.*s.%s: %s", NR_FMT(f->name), option, why.msg);
}

/* Both are read before either holds, so that what is wrong is said of the pair. */
static bool coerce_bounds(nr_field *f, nr_arena *arena, nr_err *err)
{
    if (f->min_json && !coerce(f, "min", f->min_json, arena, &f->min, err)) return false;
    if (f->max_json && !coerce(f, "max", f->max_json, arena, &f->max, err)) return false;
    f->has_min = f->min_json != NULL;
    f->has_max = f->max_json != NULL;
    if (!f->has_min || !f->has_max || nr_value_cmp(&f->min, &f->max) <= 0) return true;
    return nr_fail(err, NR_E_BADVALUE, "fields.%.*s.min: is greater than max, so that nothing could be written", NR_FMT(f->name));
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

/* Gives f its spec and values. A relation whose target is not known is left as it is, and *missing set. */
static bool resolve_field(const nr_schema *s, nr_field *f, const nr_field *pk, nr_spec_find find, void *ctx, bool *missing, nr_err *err)
{
    if (f->spec.type) return true;
    if (!(f->type->flags & NR_TF_RELATION)) {
        f->spec.type = f->type;
    } else if (nr_slice_eq(f->to, s->name)) {
        if (pk) f->spec = pk->spec;
        *missing = *missing || (!f->spec.type && !s->abstract);
    } else {
        nr_spec found = {NULL, 0, 0};
        if (find && find(ctx, f->to, &found)) f->spec = found;
        *missing = *missing || !f->spec.type;
    }
    if (!f->spec.type) return true;
    return coerce_bounds(f, s->arena, err) && coerce_choices(f, s->arena, err) && coerce_default(f, s->arena, err);
}

/* Works on a copy of the fields, so that a failure leaves no trace. */
bool nr_schema_resolve(nr_schema *s, nr_spec_find find, void *ctx, nr_err *err)
{
    const nr_env *env = s->arena->env;
    size_t size = sizeof *s->fields * s->n_fields;
    nr_field *fields = env->alloc(size + 1);
    if (size) memcpy(fields, s->fields, size);
    nr_mark mark = nr_arena_mark(s->arena);
    bool ok = true, missing = false;
    for (size_t i = 0; ok && i < s->n_fields; i++) {
        const nr_field *pk = i && fields[0].pk ? &fields[0] : NULL;
        ok = resolve_field(s, &fields[i], pk, find, ctx, &missing, err);
    }
    if (!ok) nr_arena_rewind(s->arena, mark);
    else if (size) memcpy(s->fields, fields, size);
    if (ok) s->resolved = !missing;
    env->free(fields);
    return ok;
}
