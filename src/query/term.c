/* term.c -- binding and evaluation of terms. */
#include "query/term.h"

#include "query/lookup.h"

nr_term nr_term_of(const nr_field *f)
{
    return (nr_term){.field = f, .spec = f->spec};
}

static bool refuse(const nr_term *t, nr_slice rest, const char *clause, nr_err *err)
{
    nr_slice part = {rest.p, nr_path_split(rest)};
    if (t->field->type->flags & (NR_TF_RELATION | NR_TF_CONTAINER) && nr_term_plain(t))
        return nr_fail(err, NR_E_SYNTAX, "%s: %s: paths into what '%.*s' holds are not available in this version", clause, NR_SHOW(part),
                       NR_FMT(t->field->name));
    nr_hint hint;
    nr_hint_begin(&hint, part);
    for (const nr_transform *x = nr_transforms; x->name; x++)
        if (nr_transform_suits(x, t->spec.type)) nr_hint_offer(&hint, nr_slice_of(x->name));
    return nr_fail(err, NR_E_NOLOOKUP, "%s: no transform %s on field '%.*s' of type %s; %s", clause, NR_SHOW(part), NR_FMT(t->field->name),
                   t->spec.type->name, nr_hint_text(&hint, "it has"));
}

static bool transform(nr_term *t, nr_slice rest, const char *clause, nr_err *err)
{
    nr_slice part = {rest.p, nr_path_split(rest)};
    const nr_transform *x = nr_transform_find(part);
    if (!x || !nr_transform_suits(x, t->spec.type)) return refuse(t, rest, clause, err);
    if (t->n_transforms == NR_PATH_TRANSFORMS)
        return nr_fail(err, NR_E_NOLOOKUP, "%s: %s: too many transforms, %d at most", clause, NR_SHOW(rest), NR_PATH_TRANSFORMS);
    t->transforms[t->n_transforms++] = x;
    t->spec = (nr_spec){.type = nr_type_find(nr_slice_of(x->gives))};
    return true;
}

bool nr_term_bind(const nr_schema *s, nr_slice name, const char *clause, nr_term *out, nr_err *err)
{
    size_t cut = nr_path_split(name);
    const nr_field *f = nr_schema_need(s, (nr_slice){name.p, cut}, err);
    if (!f) return false;
    if (!f->spec.type)
        return nr_fail(err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT(f->name), NR_FMT(nr_field_unknown(f)));
    *out = nr_term_of(f);
    while (cut < name.n) {
        name = (nr_slice){name.p + cut + 2, name.n - cut - 2};
        if (!transform(out, name, clause, err)) return false;
        cut = nr_path_split(name);
    }
    return true;
}

nr_value nr_term_value(const nr_term *t, const nr_value *v)
{
    nr_value now = *v;
    nr_spec of = t->field->spec;
    for (size_t i = 0; i < t->n_transforms && now.kind != NR_V_NULL; i++) {
        now = t->transforms[i]->eval(&of, &now);
        if (i + 1 < t->n_transforms) of = (nr_spec){.type = nr_type_find(nr_slice_of(t->transforms[i]->gives))};
    }
    return now;
}

bool nr_term_eq(const nr_term *a, const nr_term *b)
{
    if (a->field != b->field || a->n_transforms != b->n_transforms) return false;
    for (size_t i = 0; i < a->n_transforms; i++)
        if (a->transforms[i] != b->transforms[i]) return false;
    return true;
}

void nr_term_print(const nr_term *t, nr_buf *out)
{
    nr_buf_add(out, t->field->name);
    for (size_t i = 0; i < t->n_transforms; i++) nr_buf_printf(out, "__%s", t->transforms[i]->name);
}
