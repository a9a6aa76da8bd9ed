/* schema.c -- fields by name, and the models that they name. */
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

const nr_inherited *nr_schema_inherits(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; i < s->inherited.n; i++)
        if (nr_slice_eq(s->inherited.at[i].name, name)) return &s->inherited.at[i];
    return NULL;
}

const nr_field *nr_schema_value(const nr_schema *s, size_t id)
{
    return id < s->n_fields ? &s->fields[id] : &s->borrowed[id - s->n_fields].field;
}

const nr_field *nr_schema_named(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; i < s->n_borrowed; i++)
        if (nr_slice_eq(s->borrowed[i].field.name, name)) return &s->borrowed[i].field;
    return nr_schema_field(s, name);
}

const nr_field *nr_schema_many(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; i < s->n_many; i++)
        if (nr_slice_eq(s->many[i].name, name)) return &s->many[i];
    return NULL;
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
    if (nr_schema_many(s, name))
        return nr_fail(err, NR_E_SYNTAX, "'%.*s' of %.*s is many to many and has no value here; RELATE writes it, PREFETCH and filters read it",
                       NR_FMT(name), NR_FMT(s->name));
    const nr_inherited *above = nr_schema_inherits(s, name);
    if (above)
        return nr_fail(err, NR_E_NOFIELD, "'%.*s' is a field of %.*s, which %.*s extends, and none of its own; name it there", NR_FMT(above->name),
                       NR_FMT(above->model), NR_FMT(s->name));
    nr_hint_begin(&hint, name);
    for (size_t i = 0; i < s->n_fields; i++) nr_hint_offer(&hint, s->fields[i].name);
    for (size_t i = 0; i < s->inherited.n; i++)
        if (!s->inherited.at[i].many) nr_hint_offer(&hint, s->inherited.at[i].name);
    for (size_t i = 0; i < s->n_many; i++) nr_hint_near(&hint, s->many[i].name);
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

/* -- the models that fields name --------------------------------------------------------------------------------------------------------- */

/* The fields, f itself or inside it, that name a model and have one of the flags. */
static void collect(const nr_field *f, unsigned flags, nr_arena *arena, nr_field_list *out)
{
    if ((f->type->flags & flags) && f->to.p) nr_vec_push(arena, out, f);
    if (f->of) collect(f->of, flags, arena, out);
    for (size_t i = 0; i < f->n_members; i++) collect(&f->members[i], flags, arena, out);
}

static void collect_names(const nr_field *f, unsigned flags, nr_arena *arena, nr_slices *out)
{
    nr_field_list fields = {0};
    collect(f, flags, arena, &fields);
    for (size_t i = 0; i < fields.n; i++) nr_vec_push(arena, out, fields.at[i]->to);
}

void nr_field_embedded(const nr_field *f, nr_arena *arena, nr_slices *out)
{
    collect_names(f, NR_TF_MEMBERS, arena, out);
}

void nr_field_referred(const nr_field *f, nr_arena *arena, nr_slices *out)
{
    collect_names(f, NR_TF_RELATION, arena, out);
}

void nr_field_relations(const nr_field *f, nr_arena *arena, nr_field_list *out)
{
    collect(f, NR_TF_RELATION, arena, out);
}

const char *nr_field_unfit(const nr_field *held)
{
    if (held->type->flags & NR_TF_CONTAINER) return "is no single value";
    return held->pk || held->unique ? NULL : "is not unique";
}

const nr_field *nr_field_held(const nr_field *f, const nr_schema *to)
{
    if (f->to_field.p) return nr_schema_field(to, f->to_field);
    return to->n_fields && to->fields[0].pk ? &to->fields[0] : NULL;
}

static bool names(const nr_field *f, unsigned flags, nr_slice model)
{
    if ((f->type->flags & flags) && f->to.p && nr_slice_eq(f->to, model)) return true;
    if (f->of && names(f->of, flags, model)) return true;
    for (size_t i = 0; i < f->n_members; i++)
        if (names(&f->members[i], flags, model)) return true;
    return false;
}

bool nr_field_refers(const nr_field *f, nr_slice model)
{
    return names(f, NR_TF_RELATION, model);
}

bool nr_field_embeds(const nr_field *f, nr_slice model)
{
    return names(f, NR_TF_MEMBERS, model);
}

nr_slice nr_field_unknown(const nr_field *f)
{
    if (f->of && !f->of->spec.type) return nr_field_unknown(f->of);
    for (size_t i = 0; i < f->n_members; i++)
        if (!f->members[i].spec.type) return nr_field_unknown(&f->members[i]);
    return f->to;
}
