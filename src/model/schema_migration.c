/* schema_migration.c -- whether entities made by one definition are good entities of another.
 *
 * Compared is what was understood, not how it was written: CharField and char are the same. */
#include "model/schema.h"

static bool refuse(const nr_field *f, const char *option, nr_err *err)
{
    return nr_fail(err, NR_E_BADVALUE, "%.*s.%s: cannot be changed while the model has entities", NR_FMT(f->path), option);
}

/* -- what must be the same --------------------------------------------------------------------------------------------------------------- */

static bool same_type(const nr_field *a, const nr_field *b)
{
    return a->type == b->type && (a->spec.type == b->spec.type || !a->spec.type || !b->spec.type);
}

/* The digits of a relation are its target's, unknown as long as the target is. */
static bool same_digits(const nr_field *a, const nr_field *b)
{
    if (!a->spec.type || !b->spec.type) return true;
    return a->spec.max_digits == b->spec.max_digits && a->spec.places == b->spec.places;
}

static bool same_target(const nr_field *a, const nr_field *b)
{
    return nr_slice_eq(a->to, b->to);
}

/* While the target is not known, no value of it can be read. */
static bool same_held(const nr_field *a, const nr_field *b)
{
    return !a->spec.type || !b->spec.type || nr_slice_eq(a->to_field, b->to_field);
}

static bool same_null(const nr_field *a, const nr_field *b)
{
    return a->null == b->null;
}

static bool same_unique(const nr_field *a, const nr_field *b)
{
    return a->unique == b->unique;
}

static bool same_clock(const nr_field *a, const nr_field *b)
{
    return a->auto_now == b->auto_now && a->auto_now_add == b->auto_now_add;
}

static bool same_length(const nr_field *a, const nr_field *b)
{
    return a->max_length == b->max_length;
}

static bool same_bound(bool has_a, const nr_value *a, bool has_b, const nr_value *b)
{
    return has_a == has_b && (!has_a || nr_value_eq(a, b));
}

static bool same_min(const nr_field *a, const nr_field *b)
{
    return same_bound(a->has_min, &a->min, b->has_min, &b->min);
}

static bool same_max(const nr_field *a, const nr_field *b)
{
    return same_bound(a->has_max, &a->max, b->has_max, &b->max);
}

static bool same_text(const nr_json *a, const nr_json *b)
{
    return a->kind == b->kind && nr_slice_eq(a->text, b->text);
}

/* While a target is not known its choices are only text. */
static bool same_choices(const nr_field *a, const nr_field *b)
{
    size_t n = a->choices_json ? a->choices_json->n : 0;
    bool known = a->spec.type && b->spec.type;
    if (n != (b->choices_json ? b->choices_json->n : 0)) return false;
    for (size_t i = 0; i < n; i++) {
        bool same = known ? nr_value_eq(&a->choices[i], &b->choices[i]) : same_text(&a->choices_json->items[i], &b->choices_json->items[i]);
        if (!same) return false;
    }
    return true;
}

static const struct {
    const char *option;
    bool (*same)(const nr_field *a, const nr_field *b);
} kept[] = {
    {"type",                          same_type},
    {"to",                            same_target},
    {"to_field",                      same_held},
    {"max_digits and decimal_places", same_digits},
    {"null",                          same_null},
    {"unique",                        same_unique},
    {"auto_now and auto_now_add",     same_clock},
    {"max_length",                    same_length},
    {"min",                           same_min},
    {"max",                           same_max},
    {"choices",                       same_choices},
};

static bool keeps_members(const nr_field *before, const nr_field *after, nr_err *err);

static bool keeps(const nr_field *before, const nr_field *after, nr_err *err)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (!kept[i].same(before, after)) return refuse(after, kept[i].option, err);
    if ((before->of != NULL) != (after->of != NULL)) return refuse(after, "of", err);
    return (!before->of || keeps(before->of, after->of, err)) && keeps_members(before, after, err);
}

static const nr_field *member_named(const nr_field *f, nr_slice name)
{
    for (size_t i = 0; i < f->n_members; i++)
        if (nr_slice_eq(f->members[i].name, name)) return &f->members[i];
    return NULL;
}

/* An embedded entity's new field is NULL in those that are stored: they are not written again. */
static bool keeps_members(const nr_field *before, const nr_field *after, nr_err *err)
{
    for (size_t i = 0; i < before->n_members; i++) {
        const nr_field *f = &before->members[i], *now = member_named(after, f->name);
        if (!now) return nr_fail(err, NR_E_BADVALUE, "%.*s: cannot be dropped while the model has entities", NR_FMT(f->path));
        if (!keeps(f, now, err)) return false;
    }
    for (size_t i = 0; before->n_members && i < after->n_members; i++) {
        const nr_field *f = &after->members[i];
        if (!f->null && !member_named(before, f->name))
            return nr_fail(err, NR_E_BADVALUE, "%.*s: a field added to an embedded entity while the model has entities needs \"null\": true", NR_FMT(f->path));
    }
    return true;
}

/* -- the migration ----------------------------------------------------------------------------------------------------------------------- */

static const nr_field *named(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (nr_slice_eq(s->fields[i].name, name)) return &s->fields[i];
    return NULL;
}

static bool can_add(const nr_field *f, nr_err *err)
{
    bool fills = f->default_json != NULL;
    if (!f->null && !fills)
        return nr_fail(err, NR_E_BADVALUE, "fields.%.*s: a field added to a model with entities needs \"null\": true or a default", NR_FMT(f->name));
    if (fills && f->unique)
        return nr_fail(err, NR_E_BADVALUE, "fields.%.*s: a default would give all entities the same value of a unique field", NR_FMT(f->name));
    if (fills && !f->has_default)
        return nr_fail(err, NR_E_NOMODEL, "fields.%.*s.default: refers to model '%.*s', which is not defined", NR_FMT(f->name), NR_FMT(nr_field_unknown(f)));
    return true;
}

static bool keeps_model(const nr_schema *before, const nr_schema *after, nr_err *err)
{
    if (before->abstract != after->abstract) return nr_fail(err, NR_E_BADVALUE, "abstract: cannot be changed while the model has entities");
    if (before->abstract || nr_slice_eq(before->fields[0].name, after->fields[0].name)) return true;
    return nr_fail(err, NR_E_BADVALUE, "pk: cannot be changed while the model has entities; it is '%.*s'", NR_FMT(before->fields[0].name));
}

bool nr_schema_migration(const nr_schema *before, const nr_schema *after, const nr_field **added, size_t *n_added, nr_err *err)
{
    *n_added = 0;
    if (!keeps_model(before, after, err)) return false;
    for (size_t i = 0; i < before->n_fields; i++) {
        const nr_field *f = &before->fields[i], *now = named(after, f->name);
        if (!now) return nr_fail(err, NR_E_BADVALUE, "fields.%.*s: cannot be dropped while the model has entities", NR_FMT(f->name));
        if (!keeps(f, now, err)) return false;
    }
    for (size_t i = 0; i < after->n_fields; i++) {
        const nr_field *f = &after->fields[i];
        if (named(before, f->name)) continue;
        if (!can_add(f, err)) return false;
        added[(*n_added)++] = f;
    }
    return true;
}
