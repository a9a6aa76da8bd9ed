/* oracle_random.c -- what is made at random for the oracle. Everything is small, so that values, keys and conditions meet. */
#include "oracle_random.h"

#include <stdio.h>
#include <stdlib.h>

enum { PK_MOST = 1000 }; /* bytes of a primary key here */

#define COUNT(array) (sizeof(array) / sizeof *(array))

void oargs_add(oargs *a, nr_slice s)
{
    if (a->n == OARGS_MAX) world_fail("a command of more than %d arguments", OARGS_MAX);
    a->at[a->n++] = s;
}

void oargs_word(oargs *a, const char *word)
{
    oargs_add(a, nr_slice_of(word));
}

nr_slice text_taken(text *t, nr_arena *a)
{
    nr_slice s = nr_arena_copy(a, (nr_slice){t->p ? t->p : "", t->n});
    free(t->p);
    *t = (text){0};
    return s;
}

void oargs_take(oargs *a, text *t)
{
    oargs_add(a, text_taken(t, a->arena));
}

void oargs_print(const oargs *a, text *out)
{
    for (size_t i = 0; i < a->n; i++) {
        if (i) text_add(out, NR_S(" "));
        text_quote(out, a->at[i]);
    }
}

/* -- definitions ------------------------------------------------------------------------------------------------------------------------- */

/* Of any family; a family with few types comes as often as one with many. */
static const otype *random_type(dice *d, bool pk)
{
    static const otype *const families[] = {otypes_numbers + 1, otypes_texts, otypes_dates, otypes_texts, otypes_dates, otypes_containers};
    if (pk && dice_chance(d, 35)) return otypes_numbers;
    const otype *family = families[dice_below(d, COUNT(families) - pk)];
    size_t n = 0;
    while (family[n].name) n++;
    return &family[dice_below(d, n)];
}

static bool within(const ofield *f, const oval *v)
{
    if (f->has_min && oval_cmp(f->type, v, &f->min) < 0) return false;
    if (f->has_max && oval_cmp(f->type, v, &f->max) > 0) return false;
    return true;
}

void random_value(const ofield *f, bool pk, dice *d, nr_arena *a, oval *out)
{
    for (int tries = 0; tries < 200; tries++) {
        if (f->n_choices) *out = f->choices[dice_below(d, f->n_choices)];
        else f->type->make(f->type, d, false, a, out);
        if ((pk || f->relation) && f->type->shape == O_BYTES && (out->bytes.n == 0 || out->bytes.n > PK_MOST)) continue;
        if (within(f, out)) return;
    }
    *out = f->min;
}

void random_field_value(const omodel *m, size_t field, dice *d, nr_arena *a, oval *out)
{
    const ofield *f = &m->fields[field];
    const omodel *target = f->relation ? &m->all[f->target] : NULL;
    *out = (oval){.null = true};
    if (target && target->n_rows && dice_chance(d, 75)) *out = target->rows[dice_below(d, target->n_rows)].v[f->held];
    if (out->null) random_value(f, !field, d, a, out);
}

/* -- indexes ----------------------------------------------------------------------------------------------------------------------------- */

/* A pattern for the field's texts, which the field then knows. */
static const opattern *field_pattern(dice *d, nr_arena *a, ofield *f)
{
    oval v;
    const otype *t = otype_is(f->type, "list") || otype_is(f->type, "set") ? otype_inside(f->type) : f->type;
    size_t most = COUNT(f->patterns);
    if (f->n_patterns == most || (f->n_patterns && dice_chance(d, 30))) return f->patterns[dice_below(d, f->n_patterns)];
    t->make(t, d, false, a, &v);
    return f->patterns[f->n_patterns++] = random_pattern(d, oval_as_text(t, &v, a), a);
}

/* The type of a relation is not known when its indexes are made. */
static bool is_indexable(const ofield *f, const oleaf *l)
{
    bool each = l->n_steps == 1 && l->steps[0].each;
    return !(f->relation && l->n_parts) && (!l->lookup->pattern || (!l->n_parts && (!l->n_steps || each)));
}

static nr_slice random_index_item(dice *d, nr_arena *a, ofield *f)
{
    oleaf l;
    text t = {0};
    do {
        l = (oleaf){.n_args = 0};
        random_path(d, f, &l);
    } while (!is_indexable(f, &l) || (!l.lookup->points && dice_chance(d, 30)));
    if (l.lookup->pattern) {
        text_addf(&t, "{\"%s\":", l.lookup->name);
        json_string(&t, field_pattern(d, a, f)->text);
        text_add(&t, NR_S("}"));
        return text_taken(&t, a);
    }
    oleaf_print(&l, l.n_parts && dice_chance(d, 70), &t);
    nr_slice item = text_taken(&t, a);
    return (nr_slice){item.p + 2, item.n - 2};
}

size_t random_index_items(dice *d, nr_arena *a, ofield *f, size_t n, nr_slice *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool new = true;
        out[kept] = random_index_item(d, a, f);
        for (size_t k = 0; k < kept; k++) new = new && !nr_slice_eq(out[k], out[kept]);
        kept += new;
    }
    return kept;
}

static void random_index(ofield *f, dice *d, nr_arena *a)
{
    bool ordered = f->type->json != O_JSON_BASE64 && !otype_is(f->type, "dict") && !otype_is(f->type, "embedded");
    nr_slice items[OITEMS_MAX];
    text t = {0};
    f->n_patterns = 0;
    f->index = "";
    if (dice_chance(d, 35)) return;
    if (ordered && dice_chance(d, 25)) {
        f->index = "true";
        return;
    }
    text_add(&t, NR_S("["));
    size_t n = random_index_items(d, a, f, dice_below(d, dice_chance(d, 50) ? 2 : OITEMS_MAX), items);
    for (size_t i = 0; i < n; i++) {
        if (i) text_add(&t, NR_S(","));
        if (items[i].p[0] == '{') text_add(&t, items[i]);
        else json_string(&t, items[i]);
    }
    text_add(&t, NR_S("]"));
    f->index = text_taken(&t, a).p;
}

/* -- fields ------------------------------------------------------------------------------------------------------------------------------ */

static void random_choices(ofield *f, dice *d, nr_arena *a)
{
    oval v;
    for (int tries = 0; tries < 20 && f->n_choices < 3; tries++) {
        bool new = true;
        f->type->make(f->type, d, false, a, &v);
        for (size_t i = 0; i < f->n_choices; i++) new = new &&oval_cmp(f->type, &v, &f->choices[i]) != 0;
        if (new) f->choices[f->n_choices++] = v;
    }
}

static void random_options(ofield *f, dice *d, nr_arena *a)
{
    f->null = dice_chance(d, 50);
    f->unique = dice_chance(d, 14) && !f->type->container;
    f->column = dice_chance(d, 15);
    if (f->relation) f->unique = f->unique || strcmp(f->relation, "onetoone") == 0;
    else if (f->type->clock && dice_chance(d, 25)) f->auto_now = true;
    else if (f->type->clock && dice_chance(d, 25)) f->auto_now_add = true;
    else if (f->type->bounded && dice_chance(d, 25)) {
        big unit = 1;
        for (int i = 0; i < f->type->scale; i++) unit *= 10;
        f->has_min = dice_chance(d, 70);
        f->has_max = dice_chance(d, 70);
        f->min.num = -2 * unit;
        f->max.num = 6 * unit;
    } else if (dice_chance(d, 10) && !f->type->container) random_choices(f, d, a);
    f->has_default = !f->auto_now && !f->auto_now_add && dice_chance(d, 25);
    if (f->has_default) random_value(f, false, d, a, &f->def);
}

static const char *const odd[OF_MAX] = {"", "year", "order", "exact", "limit", "len", "date", "in", "filter", "day", "null1", "isnull"};

const char *ofield_odd_name(size_t at)
{
    return at < OF_MAX ? odd[at] : NULL;
}

/* One reference to a target may do without a name. */
static void name_reverse(dice *d, const omodel *m, size_t at, ofield *f)
{
    bool named = !dice_chance(d, 25);
    for (size_t i = 0; i < m->n_fields; i++) {
        const ofield *other = &m->fields[i];
        named = named || (other != f && other->relation && other->target == f->target && !other->related[0]);
    }
    if (named) snprintf(f->related, sizeof f->related, "m%zur%zu", m->at, at);
    if (dice_chance(d, 5)) snprintf(f->related, sizeof f->related, "+");
}

/* One of the fields that the target has so far and that are unique; or the primary key, in so many words or in none. */
static void hold(dice *d, const omodel *target, size_t n_fields, ofield *f)
{
    uint64_t seen = 0;
    bool other = dice_chance(d, 80);
    f->held = 0;
    for (size_t i = 1; other && i < n_fields; i++)
        if (target->fields[i].unique && dice_below(d, ++seen) == 0) f->held = i;
    f->type = target->fields[f->held].type;
    if (f->held || dice_chance(d, 10)) snprintf(f->to_field, sizeof f->to_field, "%s", target->fields[f->held].name);
    if (!f->held && f->to_field[0] && dice_chance(d, 50)) snprintf(f->to_field, sizeof f->to_field, "pk");
}

static void refer(dice *d, const omodel *m, size_t target, size_t at, ofield *f)
{
    bool self = target == m->at;
    f->relation = m->wide || dice_chance(d, 85) ? "fk" : "onetoone";
    f->target = target;
    hold(d, &m->all[target], m->all[target].n_fields, f);
    snprintf(f->to, sizeof f->to, "%s", self && dice_chance(d, 50) ? "self" : m->all[target].name);
    name_reverse(d, m, at, f);
}

static void random_field(dice *d, nr_arena *a, const omodel *m, size_t at, ofield *f)
{
    *f = (ofield){.type = random_type(d, false), .index = ""};
    snprintf(f->name, sizeof f->name, "%s", odd[at]);
    if (dice_chance(d, 75)) snprintf(f->name, sizeof f->name, "f%zu", at);
    if (dice_chance(d, 25)) refer(d, m, dice_chance(d, 25) ? m->at : dice_below(d, m->n_all), at, f);
    random_options(f, d, a);
    if (f->relation && f->target > m->at) f->has_default = false; /* a target that is not there yet has no type of keys */
    if (m->wide) f->unique = false;
    random_index(f, d, a);
}

static void random_ordering(dice *d, omodel *m)
{
    m->n_ordering = dice_chance(d, 40) ? 1 + dice_below(d, 2) : 0;
    for (size_t i = 0; i < m->n_ordering; i++) {
        m->ordering[i] = dice_chance(d, 50) ? random_key_field(d, m) : (okey){.field = dice_below(d, m->n_fields)};
        m->ordering[i].descending = dice_chance(d, 50);
    }
}

static void random_pk_field(dice *d, omodel *m)
{
    static const char *const wide_pks[] = {"auto", "auto", "int", "char"};
    static const char *const pks[] = {"id", "code", "k"};
    ofield *pk = &m->fields[0];
    *pk = (ofield){.index = "", .type = m->wide ? otype_find(wide_pks[dice_below(d, COUNT(wide_pks))]) : random_type(d, true)};
    snprintf(pk->name, sizeof pk->name, "%s", pks[dice_below(d, COUNT(pks))]);
    m->n_fields = 1;
    if (m->at && !m->wide && dice_chance(d, 8)) refer(d, m, dice_below(d, m->at), 0, pk);
    m->auto_pk = !pk->relation && strcmp(pk->type->name, "auto") == 0;
    m->drawn_pk = !pk->relation && strcmp(pk->type->name, "uuid") == 0;
}

/* Primary keys first: what refers has their types. */
void random_models(dice *d, nr_arena *a, omodel *all, size_t n, bool wide)
{
    static const char *const names[OM_MAX] = {"t.Target", "t.Main", "t.Other"};
    for (size_t i = 0; i < n; i++) {
        all[i] = (omodel){.all = all, .at = i, .n_all = n, .wide = wide, .state = 1};
        snprintf(all[i].name, sizeof all[i].name, "%s", names[i]);
        random_pk_field(d, &all[i]);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t left = 1 + dice_below(d, 7); left; left--) {
            omodel *m = &all[i];
            random_field(d, a, m, m->n_fields, &m->fields[m->n_fields]);
            m->n_fields++;
        }
    }
    for (size_t i = 0; i < n; i++) random_ordering(d, &all[i]);
}

void random_migration(dice *d, nr_arena *a, omodel *m, bool more)
{
    for (size_t i = 1; i < m->n_fields; i++)
        if (dice_chance(d, 50)) random_index(&m->fields[i], d, a);
    if (more && m->n_fields < OF_MAX) {
        ofield *f = &m->fields[m->n_fields];
        random_field(d, a, m, m->n_fields, f);
        if (!f->null && !f->has_default) f->null = true;
        if (f->unique) f->has_default = false, f->null = true;
        for (size_t i = 0; i < m->n_rows; i++) m->rows[i].v[m->n_fields] = f->has_default ? f->def : (oval){.null = true};
        m->n_fields++;
        omodel_touch(m);
    }
    random_ordering(d, m);
}

/* -- writes ------------------------------------------------------------------------------------------------------------------------------ */

static void random_pk(dice *d, nr_arena *a, const omodel *m, size_t spread, oval *out)
{
    big n = (big)dice_below(d, 9000) - 100;
    if (m->n_rows && dice_chance(d, m->wide ? 10 : 50)) *out = m->rows[dice_below(d, m->n_rows)].v[0];
    else if (m->wide && m->fields[0].type->shape == O_NUM) *out = (oval){.num = n};
    else if (m->wide) *out = (oval){.bytes = nr_arena_printf(a, "p%d", (int)n)};
    else if (m->auto_pk) *out = (oval){.num = dice_chance(d, 1) && dice_chance(d, 3) ? INT64_MAX : (big)dice_below(d, spread) - 3};
    else random_field_value(m, 0, d, a, out);
}

static void random_save_row(dice *d, nr_arena *a, const omodel *m, const osave *s, size_t spread, osave_row *r)
{
    *r = (osave_row){0};
    r->given[0] = m->wide                            ? !m->auto_pk || dice_chance(d, 40)
                  : s->mode == O_UPDATE && s->by < 0 ? dice_chance(d, 95)
                                                     : dice_chance(d, m->auto_pk || m->drawn_pk ? 40
                                                                      : s->by >= 0              ? 60
                                                                                                : 97);
    if (r->given[0]) random_pk(d, a, m, spread, &r->v[0]);
    bool all = dice_chance(d, 60);
    for (size_t i = 1; i < m->n_fields; i++) {
        const ofield *f = &m->fields[i];
        r->given[i] = (int)i == s->by || dice_chance(d, !f->null ? 98 : all ? 92 : 40);
        random_field_value(m, i, d, a, &r->v[i]);
        if ((int)i == s->by && m->n_rows && dice_chance(d, 60)) r->v[i] = m->rows[dice_below(d, m->n_rows)].v[i];
        if (f->null && dice_chance(d, 18)) r->v[i] = (oval){.null = true};
        if (!f->null && dice_chance(d, 1) && dice_chance(d, 30)) r->v[i] = (oval){.null = true};
        if (m->wide && !f->null) r->given[i] = true;
        if (m->wide && !f->null && r->v[i].null) random_field_value(m, i, d, a, &r->v[i]);
        r->bad[i] = !m->wide && dice_chance(d, 1) && dice_chance(d, 40) && f->type->json != O_JSON_BASE64 && !f->type->container;
    }
}

void random_save(dice *d, nr_arena *a, const omodel *m, size_t most, osave *s)
{
    *s = (osave){.mode = m->wide || dice_chance(d, 85) ? O_UPSERT : dice_chance(d, 50) ? O_INSERT : O_UPDATE, .by = -1, .n = 1};
    size_t unique[OF_MAX], n = 0;
    for (size_t i = 1; i < m->n_fields; i++)
        if (m->fields[i].unique) unique[n++] = i;
    if (n && dice_chance(d, 20)) s->by = (int)unique[dice_below(d, n)];
    s->json = dice_chance(d, 45);
    s->array = s->json && !m->drawn_pk && dice_chance(d, 60);
    if (s->array) s->n = dice_below(d, most + 1);
    s->rows = NR_NEW_N(a, osave_row, s->n ? s->n : 1);
    for (size_t i = 0; i < s->n; i++) random_save_row(d, a, m, s, most * 10, &s->rows[i]);
    bool any = false;
    for (size_t i = 0; i < m->n_fields; i++) any = any || s->rows[0].given[i];
    s->json = s->json || !any; /* {} is how an insert of nothing is written */
}

static const char *pk_name(dice *d, const omodel *m)
{
    return dice_chance(d, 50) ? "pk" : m->fields[0].name;
}

static void add_pairs(dice *d, const omodel *m, const osave_row *r, oargs *out)
{
    size_t first = dice_below(d, m->n_fields);
    for (size_t k = 0; k < m->n_fields; k++) {
        size_t i = (first + k) % m->n_fields;
        if (!r->given[i]) continue;
        const char *name = i ? m->fields[i].name : pk_name(d, m);
        text value = {0};
        if (r->bad[i]) {
            oargs_word(out, name);
            oargs_add(out, NR_S("\xff\xfe"));
        } else if (r->v[i].null) {
            oargs_word(out, "NULL");
            oargs_word(out, name);
        } else {
            oargs_word(out, name);
            m->fields[i].type->spell(m->fields[i].type, d, &r->v[i], &value);
            oargs_take(out, &value);
        }
    }
}

static void add_object(dice *d, const omodel *m, const osave_row *r, text *out)
{
    size_t n = 0;
    text_add(out, NR_S("{"));
    for (size_t i = 0; i < m->n_fields; i++) {
        if (!r->given[i]) continue;
        text_addf(out, "%s\"%s\":", n++ ? "," : "", i ? m->fields[i].name : pk_name(d, m));
        if (r->bad[i]) text_add(out, NR_S("{\"x\":1}"));
        else oval_json(m->fields[i].type, d, &r->v[i], out);
    }
    text_add(out, NR_S("}"));
}

void save_args(dice *d, const omodel *m, const osave *s, oargs *out)
{
    bool by_first = dice_chance(d, 50);
    if (s->by >= 0 && by_first) oargs_word(out, "BY"), oargs_word(out, m->fields[s->by].name);
    if (s->mode != O_UPSERT) oargs_word(out, s->mode == O_INSERT ? "INSERT" : "UPDATE");
    if (s->by >= 0 && !by_first) oargs_word(out, "BY"), oargs_word(out, m->fields[s->by].name);
    if (!s->json) {
        add_pairs(d, m, &s->rows[0], out);
        return;
    }
    text doc = {0};
    if (s->array) text_add(&doc, NR_S("["));
    for (size_t i = 0; i < s->n; i++) {
        if (i) text_add(&doc, NR_S(","));
        add_object(d, m, &s->rows[i], &doc);
    }
    if (s->array) text_add(&doc, NR_S("]"));
    oargs_word(out, "JSON");
    oargs_take(out, &doc);
}
