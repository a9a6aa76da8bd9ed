/* oracle_random.c -- what is made at random for the oracle. Everything is small, so that values, keys and conditions meet. */
#include "oracle_random.h"

#include <stdio.h>
#include <stdlib.h>

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

static void add_text(oargs *a, text *t)
{
    oargs_add(a, nr_arena_copy(a->arena, (nr_slice){t->p ? t->p : "", t->n}));
    free(t->p);
    *t = (text){0};
}

void oargs_print(const oargs *a, text *out)
{
    for (size_t i = 0; i < a->n; i++) {
        if (i) text_add(out, NR_S(" "));
        text_quote(out, a->at[i]);
    }
}

/* -- definitions ------------------------------------------------------------------------------------------------------------------------- */

static const otype *random_type(dice *d, bool pk)
{
    size_t n = 0;
    while (otypes[n].name) n++;
    if (pk && dice_chance(d, 35)) return &otypes[0];
    return &otypes[1 + dice_below(d, n - 1)];
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
        if ((pk || f->relation) && f->type->shape == O_BYTES && out->bytes.n == 0) continue;
        if (within(f, out)) return;
    }
    *out = f->min;
}

static void random_index(ofield *f, dice *d)
{
    bool blob = f->type->json == O_JSON_BASE64;
    size_t n = 0;
    f->index[0] = 0;
    if (dice_chance(d, 35)) return;
    if (!blob && dice_chance(d, 45)) {
        snprintf(f->index, sizeof f->index, "true");
        return;
    }
    unsigned percent = dice_chance(d, 50) ? 20 : 50;
    size_t at = (size_t)snprintf(f->index, sizeof f->index, "[");
    for (olookup l = 0; l < O_LOOKUPS; l++) {
        bool points = l == O_EXACT || l == O_IN || l == O_ISNULL;
        if (olookup_suits(l, f->type) && !(f->relation && l == O_STARTSWITH) && dice_chance(d, points ? percent : percent / 4))
            at += (size_t)snprintf(f->index + at, sizeof f->index - at, "%s\"%s\"", n++ ? "," : "", olookup_names[l]);
    }
    snprintf(f->index + at, sizeof f->index - at, "]");
}

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
    f->unique = dice_chance(d, 7);
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
    } else if (dice_chance(d, 10)) random_choices(f, d, a);
    f->has_default = !f->auto_now && !f->auto_now_add && dice_chance(d, 25);
    if (f->has_default) random_value(f, false, d, a, &f->def);
}

static void random_field(dice *d, nr_arena *a, const omodel *m, const omodel *target, size_t at, ofield *f)
{
    static const char *const odd[OF_MAX] = {"", "year", "order", "exact", "limit", "len", "date", "in", "filter", "day", "null1", "isnull"};
    bool self = dice_chance(d, 20);
    *f = (ofield){.type = random_type(d, false)};
    snprintf(f->name, sizeof f->name, "%s", odd[at]);
    if (dice_chance(d, 75)) snprintf(f->name, sizeof f->name, "f%zu", at);
    if (dice_chance(d, 20) && (self || target)) {
        f->relation = m->wide || dice_chance(d, 85) ? "fk" : "onetoone";
        f->type = self ? m->fields[0].type : target->fields[0].type;
        snprintf(f->to, sizeof f->to, "%s", self && dice_chance(d, 50) ? "self" : self ? m->name : target->name);
    }
    random_options(f, d, a);
    if (m->wide) f->unique = false;
    random_index(f, d);
}

static void random_ordering(dice *d, omodel *m)
{
    m->n_ordering = dice_chance(d, 40) ? 1 + dice_below(d, 2) : 0;
    for (size_t i = 0; i < m->n_ordering; i++) m->ordering[i] = (okey){dice_below(d, m->n_fields), dice_chance(d, 50)};
    if (m->n_ordering == 2 && m->ordering[0].field == m->ordering[1].field) m->n_ordering = 1;
}

void random_model(dice *d, nr_arena *a, omodel *m, const char *name, const omodel *target, bool wide)
{
    static const char *const wide_pks[] = {"auto", "auto", "int", "char"};
    static const char *const pks[] = {"id", "code", "k"};
    *m = (omodel){.n_fields = 2 + dice_below(d, 7), .wide = wide};
    snprintf(m->name, sizeof m->name, "%s", name);
    ofield *pk = &m->fields[0];
    *pk = (ofield){.type = wide ? otype_find(wide_pks[dice_below(d, COUNT(wide_pks))]) : random_type(d, true)};
    snprintf(pk->name, sizeof pk->name, "%s", pks[dice_below(d, COUNT(pks))]);
    if (target && !wide && dice_chance(d, 8)) {
        pk->relation = dice_chance(d, 30) ? "fk" : "onetoone";
        pk->type = target->fields[0].type;
        snprintf(pk->to, sizeof pk->to, "%s", target->name);
    }
    m->auto_pk = !pk->relation && strcmp(pk->type->name, "auto") == 0;
    m->drawn_pk = !pk->relation && strcmp(pk->type->name, "uuid") == 0;
    for (size_t i = 1; i < m->n_fields; i++) random_field(d, a, m, target, i, &m->fields[i]);
    random_ordering(d, m);
}

void random_migration(dice *d, nr_arena *a, omodel *m, bool more)
{
    for (size_t i = 1; i < m->n_fields; i++)
        if (dice_chance(d, 50)) random_index(&m->fields[i], d);
    if (more && m->n_fields < OF_MAX) {
        ofield *f = &m->fields[m->n_fields];
        random_field(d, a, m, NULL, m->n_fields, f);
        if (!f->null && !f->has_default) f->null = true;
        if (f->unique) f->has_default = false, f->null = true;
        for (size_t i = 0; i < m->n_rows; i++) m->rows[i].v[m->n_fields] = f->has_default ? f->def : (oval){.null = true};
        m->n_fields++;
    }
    random_ordering(d, m);
}

/* -- queries ----------------------------------------------------------------------------------------------------------------------------- */

/* What some row has, mostly. */
static void random_operand(dice *d, nr_arena *a, const omodel *m, size_t field, oval *out)
{
    const otype *t = m->fields[field].type;
    if (m->n_rows && dice_chance(d, 65)) *out = m->rows[dice_below(d, m->n_rows)].v[field];
    else t->make(t, d, true, a, out);
    if (out->null) t->make(t, d, true, a, out);
}

/* The front of a text, cut between code points. */
static void cut_prefix(dice *d, oval *v)
{
    size_t n = v->bytes.n ? dice_below(d, v->bytes.n + 1) : 0;
    while (n < v->bytes.n && ((unsigned char)v->bytes.p[n] & 0xC0) == 0x80) n++;
    v->bytes.n = n;
}

static void random_leaf(dice *d, nr_arena *a, const omodel *m, oleaf *l)
{
    *l = (oleaf){.field = dice_below(d, m->n_fields), .n_args = 1, .truth = dice_chance(d, 50)};
    const otype *t = m->fields[l->field].type;
    do l->lookup = (olookup)dice_below(d, O_LOOKUPS);
    while (!olookup_suits(l->lookup, t));
    if (l->lookup == O_RANGE) l->n_args = 2;
    if (l->lookup == O_IN) l->n_args = dice_below(d, OA_MAX + 1);
    for (size_t i = 0; i < l->n_args; i++) {
        random_operand(d, a, m, l->field, &l->args[i]);
        if (l->lookup == O_IN && dice_chance(d, 8)) l->args[i] = (oval){.null = true};
        if (l->lookup == O_STARTSWITH) cut_prefix(d, &l->args[i]);
    }
}

static void random_filters(dice *d, nr_arena *a, const omodel *m, oquery *q)
{
    static const size_t counts[] = {0, 1, 1, 1, 1, 1, 2, 2, 2, 3};
    q->n_filters = counts[dice_below(d, COUNT(counts))];
    for (size_t i = 0; i < q->n_filters; i++) {
        ofilter *f = &q->filters[i];
        f->negated = dice_chance(d, 35);
        f->n = dice_chance(d, 60) ? 1 : 2 + dice_below(d, 2);
        f->q = dice_chance(d, 30) ? 1 + (unsigned)dice_below(d, 3) : 0;
        for (size_t k = 0; k < f->n; k++) random_leaf(d, a, m, &f->leaves[k]);
    }
}

static void random_fields(dice *d, const omodel *m, oquery *q)
{
    bool used[OF_MAX] = {false};
    size_t n = q->flat ? 1 : 1 + dice_below(d, m->n_fields);
    q->has_fields = true;
    for (size_t i = 0; i < n; i++) {
        size_t f = dice_below(d, m->n_fields);
        if (used[f]) continue;
        used[f] = true;
        q->names[q->n_fields] = f == 0 && dice_chance(d, 40) ? "pk" : m->fields[f].name;
        q->fields[q->n_fields++] = f;
    }
}

void random_query(dice *d, nr_arena *a, const omodel *m, bool clauses, oquery *q)
{
    *q = (oquery){.count = -1};
    random_filters(d, a, m, q);
    if (!clauses) return;
    q->has_order = dice_chance(d, 55);
    if (q->has_order) q->n_order = 1 + dice_below(d, 3);
    for (size_t i = 0; i < q->n_order; i++) q->order[i] = (okey){dice_below(d, m->n_fields), dice_chance(d, 50)};
    q->reverse = dice_chance(d, 25);
    q->withcount = dice_chance(d, 15);
    q->flat = dice_chance(d, 20);
    if (q->flat || dice_chance(d, 45)) random_fields(d, m, q);
    q->has_limit = dice_chance(d, 45);
    if (!q->has_limit) return;
    q->offset = dice_chance(d, 50) ? 0 : (int64_t)dice_below(d, dice_chance(d, 80) ? 10 : 4000);
    q->count = (int64_t)dice_below(d, dice_chance(d, 80) ? 8 : 4000) - 1;
    if (dice_chance(d, 2)) q->count = INT64_MAX;
    if (dice_chance(d, 2)) q->offset = INT64_MAX;
}

static void operand_text(dice *d, const otype *t, const oleaf *l, text *out)
{
    static const char *const truths[2][3] = {{"0", "false", "FALSE"}, {"1", "true", "True"}};
    if (l->lookup == O_ISNULL) {
        text_add(out, nr_slice_of(truths[l->truth][dice_below(d, 3)]));
    } else if (l->lookup != O_IN && l->lookup != O_RANGE) {
        t->spell(t, d, &l->args[0], out);
    } else {
        text_add(out, NR_S("["));
        for (size_t i = 0; i < l->n_args; i++) {
            if (i) text_add(out, NR_S(" , "));
            oval_json(t, d, &l->args[i], out);
        }
        text_add(out, NR_S("]"));
    }
}

static void leaf_path(dice *d, const omodel *m, const oleaf *l, text *path)
{
    const ofield *f = &m->fields[l->field];
    text_add(path, l->field == 0 && dice_chance(d, 40) ? NR_S("pk") : nr_slice_of(f->name));
    if (f->relation && l->field && dice_chance(d, 30)) text_add(path, NR_S("_id"));
    if (l->lookup != O_EXACT || dice_chance(d, 30)) text_addf(path, "__%s", olookup_names[l->lookup]);
}

static void add_leaf(dice *d, const omodel *m, const oleaf *l, oargs *out)
{
    const ofield *f = &m->fields[l->field];
    text path = {0}, value = {0};
    leaf_path(d, m, l, &path);
    operand_text(d, f->type, l, &value);
    add_text(out, &path);
    add_text(out, &value);
}

/* {"path": value}. */
static void leaf_json(dice *d, const omodel *m, const oleaf *l, text *out)
{
    const otype *t = m->fields[l->field].type;
    text_add(out, NR_S("{\""));
    leaf_path(d, m, l, out);
    text_add(out, NR_S("\":"));
    if (l->lookup == O_ISNULL) text_add(out, l->truth ? NR_S("true") : NR_S("false"));
    else if (l->lookup == O_IN || l->lookup == O_RANGE) operand_text(d, t, l, out);
    else oval_json(t, d, &l->args[0], out);
    text_add(out, NR_S("}"));
}

/* The same filter as a Q: an AND, or by De Morgan a NOT of an OR of NOTs. */
static void add_q(dice *d, const omodel *m, const ofilter *f, oargs *out)
{
    text t = {0};
    bool turned = f->q == 2, bare = f->n == 1 && f->q == 3;
    oargs_word(out, "Q");
    if (f->negated != turned && !bare) text_add(&t, NR_S("{\"not\":"));
    if (f->negated && bare) text_add(&t, NR_S("{\"not\":"));
    if (!bare) text_add(&t, turned ? NR_S("{\"or\":[") : NR_S("{\"and\":["));
    for (size_t k = 0; k < f->n; k++) {
        if (k) text_add(&t, NR_S(","));
        if (turned && !bare) text_add(&t, NR_S("{\"not\":"));
        leaf_json(d, m, &f->leaves[k], &t);
        if (turned && !bare) text_add(&t, NR_S("}"));
    }
    if (!bare) text_add(&t, NR_S("]}"));
    if (bare ? f->negated : f->negated != turned) text_add(&t, NR_S("}"));
    add_text(out, &t);
}

static void add_filters(dice *d, const omodel *m, const oquery *q, oargs *out)
{
    for (size_t i = 0; i < q->n_filters; i++) {
        if (q->filters[i].q) {
            add_q(d, m, &q->filters[i], out);
            continue;
        }
        oargs_word(out, q->filters[i].negated ? "EXCLUDE" : "FILTER");
        for (size_t k = 0; k < q->filters[i].n; k++) add_leaf(d, m, &q->filters[i].leaves[k], out);
    }
}

static void add_number(oargs *out, int64_t n)
{
    text t = {0};
    text_addf(&t, "%lld", (long long)n);
    add_text(out, &t);
}

static void add_order(dice *d, const omodel *m, const oquery *q, oargs *out)
{
    oargs_word(out, "ORDER");
    for (size_t i = 0; i < q->n_order; i++) {
        text t = {0};
        if (q->order[i].descending) text_add(&t, NR_S("-"));
        text_add(&t, q->order[i].field == 0 && dice_chance(d, 50) ? NR_S("pk") : nr_slice_of(m->fields[q->order[i].field].name));
        add_text(out, &t);
    }
}

static void add_fields(const oquery *q, oargs *out)
{
    oargs_word(out, "FIELDS");
    for (size_t i = 0; i < q->n_fields; i++) oargs_word(out, q->names[i]);
}

/* Clauses in any order. */
void query_args(dice *d, const omodel *m, const oquery *q, oargs *out)
{
    size_t first = dice_below(d, 7);
    for (size_t i = 0; i < 7; i++) {
        switch ((first + i) % 7) {
        case 0: add_filters(d, m, q, out); break;
        case 1:
            if (q->has_order) add_order(d, m, q, out);
            break;
        case 2:
            if (q->reverse) oargs_word(out, "REVERSE");
            break;
        case 3:
            if (q->has_fields) add_fields(q, out);
            break;
        case 4:
            if (q->flat) oargs_word(out, "FLAT");
            break;
        case 5:
            if (q->withcount) oargs_word(out, "WITHCOUNT");
            break;
        default:
            if (!q->has_limit) break;
            oargs_word(out, "LIMIT");
            add_number(out, q->offset);
            add_number(out, q->count);
        }
    }
}

/* -- writes ------------------------------------------------------------------------------------------------------------------------------ */

static void random_pk(dice *d, nr_arena *a, const omodel *m, size_t spread, oval *out)
{
    big n = (big)dice_below(d, 9000) - 100;
    if (m->n_rows && dice_chance(d, m->wide ? 10 : 50)) *out = m->rows[dice_below(d, m->n_rows)].v[0];
    else if (m->wide && m->fields[0].type->shape == O_NUM) *out = (oval){.num = n};
    else if (m->wide) *out = (oval){.bytes = nr_arena_printf(a, "p%d", (int)n)};
    else if (m->auto_pk) *out = (oval){.num = dice_chance(d, 1) && dice_chance(d, 3) ? INT64_MAX : (big)dice_below(d, spread) - 3};
    else random_value(&m->fields[0], true, d, a, out);
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
        random_value(f, false, d, a, &r->v[i]);
        if ((int)i == s->by && m->n_rows && dice_chance(d, 60)) r->v[i] = m->rows[dice_below(d, m->n_rows)].v[i];
        if (f->null && dice_chance(d, 18)) r->v[i] = (oval){.null = true};
        if (!f->null && dice_chance(d, 1) && dice_chance(d, 30)) r->v[i] = (oval){.null = true};
        if (m->wide && !f->null) r->given[i] = true;
        if (m->wide && !f->null && r->v[i].null) random_value(f, false, d, a, &r->v[i]);
        r->bad[i] = !m->wide && dice_chance(d, 1) && dice_chance(d, 40) && f->type->json != O_JSON_BASE64;
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
            add_text(out, &value);
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
    add_text(out, &doc);
}
