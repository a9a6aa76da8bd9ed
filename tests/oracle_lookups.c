/* oracle_lookups.c -- what each lookup is true of, for the oracle: by comparing values, or code point by code point. */
#include <stdlib.h>

#include "oracle.h"

/* -- by value ---------------------------------------------------------------------------------------------------------------------------- */

/* JSON of no declared type is equal as documents are. */
static bool is_equal(const otype *t, const oval *a, const oval *b)
{
    return otype_is(t, "json") ? document_cmp(a, b) == 0 : oval_cmp(t, a, b) == 0;
}

static bool holds_exact(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return is_equal(t, v, &l->args[0]);
}

static bool holds_in(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    for (size_t i = 0; i < l->n_args; i++)
        if (!l->args[i].null && is_equal(t, v, &l->args[i])) return true;
    return false;
}

/* JSON is below or above JSON of its kind alone, and only numbers and strings are. */
static bool in_order(const oval *a, const oval *b)
{
    return a->kind == b->kind && (!a->kind || a->kind == 'n' || a->kind == 's');
}

static int compare(const otype *t, const oval *a, const oval *b)
{
    double x = a->kind == 'n' ? strtod(a->bytes.p, NULL) : 0, y = b->kind == 'n' ? strtod(b->bytes.p, NULL) : 0;
    if (a->kind == 'n') return (x > y) - (x < y);
    return a->kind == 's' ? nr_slice_cmp(a->string, b->string) : oval_cmp(t, a, b);
}

static bool holds_lt(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return in_order(v, &l->args[0]) && compare(t, v, &l->args[0]) < 0;
}

static bool holds_lte(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return in_order(v, &l->args[0]) && compare(t, v, &l->args[0]) <= 0;
}

static bool holds_gt(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return in_order(v, &l->args[0]) && compare(t, v, &l->args[0]) > 0;
}

static bool holds_gte(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return in_order(v, &l->args[0]) && compare(t, v, &l->args[0]) >= 0;
}

static bool holds_range(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return in_order(v, &l->args[0]) && in_order(v, &l->args[1]) && compare(t, v, &l->args[0]) >= 0 && compare(t, v, &l->args[1]) <= 0;
}

/* -- of containers ----------------------------------------------------------------------------------------------------------------------- */

static bool has_element(const otype *of, const oval *v, const oval *element)
{
    for (size_t i = 0; i < v->n; i++)
        if (is_equal(of, &v->items[i], element)) return true;
    return false;
}

static bool holds_contains_all(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    for (size_t i = 0; i < l->n_args; i++)
        if (!has_element(otype_inside(t), v, &l->args[i])) return false;
    return true;
}

static bool holds_overlap(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    for (size_t i = 0; i < l->n_args; i++)
        if (has_element(otype_inside(t), v, &l->args[i])) return true;
    return false;
}

static bool has_key(const oval *v, const oval *key)
{
    for (size_t i = 0; v->keys && i < v->n; i++)
        if (nr_slice_eq(v->keys[i], key->bytes)) return true;
    return false;
}

static bool holds_keys(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a, (void)t;
    for (size_t i = 0; i < l->n_args; i++)
        if (!has_key(v, &l->args[i])) return false;
    return v->keys != NULL;
}

static bool holds_any_key(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a, (void)t;
    for (size_t i = 0; i < l->n_args; i++)
        if (has_key(v, &l->args[i])) return true;
    return false;
}

/* -- by text ----------------------------------------------------------------------------------------------------------------------------- */

/* Whether the needle stands in the text at a place between two, both included. */
static bool stands(const oval *v, const oleaf *l, bool at_start, bool at_end, nr_arena *a)
{
    points s = points_of(v->bytes, l->lookup->fold, a), needle = points_of(l->args[0].bytes, l->lookup->fold, a);
    if (needle.n > s.n) return false;
    for (size_t at = at_end ? s.n - needle.n : 0; at + needle.n <= s.n && !(at_start && at); at++) {
        size_t n = 0;
        while (n < needle.n && s.at[at + n] == needle.at[n]) n++;
        if (n == needle.n) return true;
    }
    return false;
}

static bool holds_start(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, true, false, a);
}

static bool holds_end(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, false, true, a);
}

static bool holds_inside(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, false, false, a);
}

static bool holds_whole(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, true, true, a);
}

static bool holds_pattern(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return opattern_found(l->pattern, l->lookup->fold, v->bytes, a);
}

#define VALUE(name, arg, points, holds) {name, arg, O_VALUE, false, false, points, holds}
#define TEXT(name, fold, points, holds) {name, O_ONE, O_TEXT, fold, false, points, holds}
#define PATTERN(name, fold) {name, O_ONE, O_TEXT, fold, true, true, holds_pattern}

const olookup olookups[] = {
    VALUE("exact", O_ONE, true, holds_exact),
    VALUE("in", O_LIST, true, holds_in),
    VALUE("lt", O_ONE, false, holds_lt),
    VALUE("lte", O_ONE, false, holds_lte),
    VALUE("gt", O_ONE, false, holds_gt),
    VALUE("gte", O_ONE, false, holds_gte),
    VALUE("range", O_PAIR, false, holds_range),
    VALUE("isnull", O_TRUTH, true, NULL),
    TEXT("startswith", false, false, holds_start),
    TEXT("istartswith", true, false, holds_start),
    TEXT("iexact", true, false, holds_whole),
    TEXT("endswith", false, false, holds_end),
    TEXT("iendswith", true, false, holds_end),
    TEXT("contains", false, false, holds_inside),
    TEXT("icontains", true, false, holds_inside),
    PATTERN("regex", false),
    PATTERN("iregex", true),
    {"contains_all", O_LIST, O_ELEMENTS, false, false, true, holds_contains_all},
    {"overlap", O_LIST, O_ELEMENTS, false, false, true, holds_overlap},
    {"has_key", O_ONE, O_KEYS, false, false, true, holds_keys},
    {"has_keys", O_LIST, O_KEYS, false, false, true, holds_keys},
    {"has_any_keys", O_LIST, O_KEYS, false, false, true, holds_any_key},
    {.name = NULL},
};

bool olookup_suits(const olookup *l, const otype *t)
{
    bool simple = l->arg == O_TRUTH || l->holds == holds_exact;
    if (t->json == O_JSON_BASE64) return simple;
    if (otype_is(t, "list") || otype_is(t, "set")) return l->takes == O_ELEMENTS || l->arg == O_TRUTH;
    if (l->takes == O_ELEMENTS) return false;
    if (otype_is(t, "json")) return true;
    if (otype_is(t, "dict") && l->takes == O_KEYS) return true;
    return t->container ? simple || l->holds == holds_in : l->takes != O_KEYS;
}

/* -- leaves ------------------------------------------------------------------------------------------------------------------------------ */

const ofield *oleaf_field(const omodel *m, const oleaf *l)
{
    return &opath_end(m, &l->path)->fields[l->field];
}

static const otype *type_behind_steps(const ofield *f, const oleaf *l)
{
    const otype *t = f->type;
    for (size_t i = 0; i < l->n_steps; i++) t = otype_inside(t);
    return t;
}

const otype *oleaf_type(const ofield *f, const oleaf *l)
{
    return l->n_parts ? otype_find(l->parts[l->n_parts - 1]->gives) : type_behind_steps(f, l);
}

const otype *oleaf_operand(const ofield *f, const oleaf *l)
{
    const otype *t = oleaf_type(f, l);
    return l->lookup->takes == O_ELEMENTS ? otype_inside(t) : l->lookup->takes == O_KEYS ? otype_find("text") : t;
}

const otype *oterm_type(const ofield *f, const oleaf *l)
{
    static otype inside;
    const otype *t = oleaf_type(f, l);
    if (!l->n_steps || !otype_is(t, "json")) return t;
    inside = *t;
    inside.documents = true;
    return &inside;
}

bool oterm_eq(const oleaf *a, const oleaf *b)
{
    bool same = a->field == b->field && a->n_parts == b->n_parts && a->n_steps == b->n_steps && a->path.n == b->path.n &&
                opath_eq(&a->path, &b->path, a->path.n);
    for (size_t i = 0; same && i < a->n_steps; i++) same = nr_slice_eq(a->steps[i].key, b->steps[i].key);
    for (size_t i = 0; same && i < a->n_parts; i++) same = a->parts[i] == b->parts[i];
    return same;
}

oleaf okey_leaf(const okey *k)
{
    oleaf l = {.path = k->path, .field = k->field, .n_steps = k->n_steps, .n_parts = k->n_parts};
    memcpy(l.steps, k->steps, sizeof l.steps);
    memcpy(l.parts, k->parts, sizeof l.parts);
    return l;
}

static oval part_of(const otype *t, const oleaf *l, const oval *v)
{
    oval out = *v;
    for (size_t i = 0; i < l->n_parts && !v->null; i++) {
        out = (oval){.num = l->parts[i]->eval(t, &out)};
        t = otype_find(l->parts[i]->gives);
    }
    return out;
}

const otype *okey_type(const omodel *m, const okey *k)
{
    oleaf l = okey_leaf(k);
    return oterm_type(oleaf_field(m, &l), &l);
}

oval okey_value(const omodel *m, const okey *k, const orow *row)
{
    oleaf l = okey_leaf(k);
    const oval *one = opath_value(m, &k->path, k->field, row);
    for (size_t i = 0; i < l.n_steps && !one->null; i++) ostep_values(&l.steps[i], one, &one);
    return part_of(type_behind_steps(oleaf_field(m, &l), &l), &l, one);
}

/* Steps are few, and only the first one may go to each element. */
const oval *oleaf_values(const ofield *f, const oleaf *l, const oval *v, nr_arena *a, size_t *n)
{
    const oval *at = v;
    *n = 1;
    if (l->n_steps && l->steps[0].each && v->null) *n = 0;
    else if (l->n_steps && !v->null) *n = ostep_values(&l->steps[0], v, &at);
    oval *out = NR_NEW_N(a, oval, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const oval *one = &at[i];
        for (size_t k = 1; k < l->n_steps && !one->null; k++) ostep_values(&l->steps[k], one, &one);
        out[i] = part_of(type_behind_steps(f, l), l, one);
    }
    return out;
}

nr_slice oval_as_text(const otype *t, const oval *v, nr_arena *a)
{
    if (v->kind == 's') return v->string;
    return t->shape == O_BYTES ? v->bytes : oval_text(t, v, a);
}

bool oleaf_holds(const ofield *f, const oleaf *l, const oval *v, nr_arena *a)
{
    const otype *t = oleaf_type(f, l);
    nr_mark mark = nr_arena_mark(a);
    size_t n;
    const oval *values = oleaf_values(f, l, v, a, &n);
    bool holds = false;
    for (size_t i = 0; i < n && !holds; i++) {
        oval value = values[i];
        if (l->lookup->takes == O_TEXT && !value.null) value = (oval){.bytes = oval_as_text(t, &value, a)};
        holds = l->lookup->arg == O_TRUTH ? (value.null && !value.kind) == l->truth : !value.null && l->lookup->holds(t, &value, l, a);
    }
    nr_arena_rewind(a, mark);
    return holds;
}

static void random_parts(dice *d, const otype *t, oleaf *l)
{
    size_t n = 0;
    while (otransforms[n].name) n++;
    while (t->parts && l->n_parts < OPARTS_MAX && dice_chance(d, l->n_parts ? 30 : t->container ? 20 : 60)) {
        const otransform *part = &otransforms[dice_below(d, n)];
        if ((t->parts & part->needs) != part->needs) continue;
        l->parts[l->n_parts++] = part;
        t = otype_find(part->gives);
    }
}

/* Elements are NULL or not together with the list: what is said of isnull is said of that. */
static bool can_be_asked(const oleaf *l)
{
    return !(l->n_steps && l->steps[0].each && l->lookup->arg == O_TRUTH);
}

static void random_steps(dice *d, const ofield *f, oleaf *l)
{
    const otype *t = f->type;
    random_parts(d, t, l);
    while (!l->n_parts && l->n_steps < OSTEPS_MAX && dice_chance(d, 75) &&
           random_step(d, t, l->n_steps && l->steps[l->n_steps - 1].each, &l->steps[l->n_steps])) {
        t = otype_inside(t);
        l->n_steps++;
    }
    if (l->n_steps) random_parts(d, t, l);
}

size_t random_term_field(dice *d, const omodel *m)
{
    size_t at = dice_below(d, m->n_fields);
    uint64_t seen = 0;
    bool holds = dice_chance(d, 50);
    for (size_t i = 0; holds && i < m->n_fields; i++)
        if (m->fields[i].type->container && dice_below(d, ++seen) == 0) at = i;
    return at;
}

static void random_steps_to_one(dice *d, const ofield *f, oleaf *l)
{
    do {
        l->n_steps = l->n_parts = 0;
        random_steps(d, f, l);
    } while (l->n_steps && l->steps[0].each);
}

void random_term_path(dice *d, const omodel *m, size_t field, oleaf *l)
{
    const ofield *f = &m->fields[field];
    const oval *v = m->n_rows ? &m->rows[dice_below(d, m->n_rows)].v[field] : NULL;
    bool follow = v && dice_chance(d, 80);
    l->n_steps = l->n_parts = 0;
    while (follow && l->n_steps < OSTEPS_MAX && dice_chance(d, l->n_steps ? 30 : 90) && random_step_into(d, v, &l->steps[l->n_steps], &v))
        l->n_steps++;
    if (l->n_steps) random_parts(d, type_behind_steps(f, l), l);
    else random_steps_to_one(d, f, l);
}

void random_path(dice *d, const ofield *f, oleaf *l)
{
    size_t n = 0;
    while (olookups[n].name) n++;
    random_steps(d, f, l);
    do l->lookup = &olookups[dice_below(d, n)];
    while (!olookup_suits(l->lookup, oleaf_type(f, l)) || !can_be_asked(l));
}

/* A key that is named as a lookup is one only where a lookup comes behind it. */
void oleaf_print(const oleaf *l, bool shorter, text *out)
{
    bool odd = false;
    for (size_t i = 0; i < l->n_steps; i++) {
        if (!l->steps[i].each) text_add(out, NR_S("__")), text_add(out, l->steps[i].key);
        odd = odd || nr_slice_is(l->steps[i].key, "exact");
    }
    for (size_t i = 0; i < l->n_parts; i++) text_addf(out, "__%s", l->parts[i]->name);
    if (!l->lookup) return;
    if (l->lookup->holds != holds_exact || odd || !shorter) text_addf(out, "__%s", l->lookup->name);
}
