/* oracle_query.c -- random queries for the oracle, and the arguments that say them. Operands are made of what rows have, so that queries find some. */
#include <stdlib.h>

#include "oracle_tree.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* -- queries ----------------------------------------------------------------------------------------------------------------------------- */

/* What some row has there, NULL when it has nothing. */
static oval value_of_a_row(dice *d, nr_arena *a, const omodel *m, const oleaf *l)
{
    size_t n;
    const omodel *of = opath_end(m, &l->path);
    const orow *row = &of->rows[dice_below(d, of->n_rows)];
    const oval *values = oleaf_values(oleaf_field(m, l), l, &row->v[l->field], a, &n);
    oval v = n ? values[dice_below(d, n)] : (oval){.null = true};
    if (l->lookup->takes == O_ELEMENTS && !v.null) v = v.n ? v.items[dice_below(d, v.n)] : (oval){.null = true};
    return v;
}

/* What some row has, mostly, and what is beside it. JSON's null is an operand of exact alone. */
static void random_operand(dice *d, nr_arena *a, const omodel *m, const oleaf *l, oval *out)
{
    const otype *t = oleaf_operand(oleaf_field(m, l), l);
    *out = (oval){.null = true};
    if (l->lookup->takes == O_KEYS) {
        *out = (oval){.bytes = random_key(d)};
        return;
    }
    if (opath_end(m, &l->path)->n_rows && dice_chance(d, 65)) *out = value_of_a_row(d, a, m, l);
    if (out->kind == '0' && strcmp(l->lookup->name, "exact") != 0) *out = (oval){.null = true};
    if (!out->null && l->n_parts && t->mark == '#' && dice_chance(d, 25)) out->num += (big)dice_below(d, 3) - 1;
    if (out->null) t->make(t, d, true, a, out);
    if (l->n_parts && t->mark == '#' && dice_chance(d, 2)) out->num *= 1000;
}

/* The text that a row has there. */
static nr_slice random_subject(dice *d, nr_arena *a, const omodel *m, const oleaf *l)
{
    oval v;
    random_operand(d, a, m, l, &v);
    return oval_as_text(oleaf_type(oleaf_field(m, l), l), &v, a);
}

/* A piece of what some row has, from the side where the lookup looks. */
static void random_needle(dice *d, nr_arena *a, const omodel *m, oleaf *l)
{
    nr_slice s = random_subject(d, a, m, l);
    size_t most = dice_chance(d, 85) ? 5 : 120;
    if (!dice_chance(d, 25)) s = random_stretch(d, s, most, a);
    if (dice_chance(d, l->lookup->fold ? 70 : 10)) s = random_case(d, s, a);
    l->args[0] = (oval){.bytes = s};
}

static void use_pattern(dice *d, nr_arena *a, const omodel *m, oleaf *l)
{
    const ofield *f = oleaf_field(m, l);
    if (f->n_patterns && dice_chance(d, 50)) l->pattern = f->patterns[dice_below(d, f->n_patterns)];
    else l->pattern = random_pattern(d, random_subject(d, a, m, l), a);
    l->args[0] = (oval){.bytes = l->pattern->text};
}

static void random_place(dice *d, const omodel *m, const ofocus *focus, oleaf *l)
{
    bool about = focus && dice_chance(d, focus->path.n ? 70 : 90);
    if (about) l->path = focus->path;
    else random_way(d, m, true, &l->path);
    l->field = about && focus->field < OF_MAX ? focus->field : dice_below(d, opath_end(m, &l->path)->n_fields);
    opath_shorten(m, &l->path, &l->field);
}

void random_leaf(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, oleaf *l)
{
    *l = (oleaf){.n_args = 1, .truth = dice_chance(d, 50)};
    random_place(d, m, focus, l);
    random_path(d, oleaf_field(m, l), l);
    if (l->lookup->pattern) {
        use_pattern(d, a, m, l);
        return;
    }
    if (l->lookup->takes == O_TEXT) {
        random_needle(d, a, m, l);
        return;
    }
    if (l->lookup->arg == O_PAIR) l->n_args = 2;
    if (l->lookup->arg == O_LIST) l->n_args = dice_below(d, l->lookup->takes == O_VALUE ? OA_MAX + 1 : 3);
    bool nulls = l->lookup->arg == O_LIST && l->lookup->takes == O_VALUE && !otype_is(oleaf_type(oleaf_field(m, l), l), "json");
    for (size_t i = 0; i < l->n_args; i++) {
        random_operand(d, a, m, l, &l->args[i]);
        if (nulls && dice_chance(d, 8)) l->args[i] = (oval){.null = true};
    }
}

static void random_filter(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, ofilter *f)
{
    otree leaves[COUNT(f->leaves)], all = {.op = '&'};
    f->negated = dice_chance(d, 35);
    f->n = all.n = dice_chance(d, 60) ? 1 : 2 + dice_below(d, 2);
    f->q = dice_chance(d, 30) ? 1 + (unsigned)dice_below(d, 3) : 0;
    do {
        for (size_t k = 0; k < f->n; k++) {
            random_leaf(d, a, m, focus, &f->leaves[k]);
            leaves[k] = (otree){.op = 'l', .leaf = &f->leaves[k]};
            all.kids[k] = &leaves[k];
        }
    } while (!otree_is_quick(m, &all));
}

/* Often all of them are on one field: what an index of it answers meets what another one does. */
static void random_filters(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, oquery *q)
{
    static const size_t counts[] = {0, 1, 1, 1, 1, 1, 2, 2, 2, 3};
    q->n_filters = counts[dice_below(d, COUNT(counts))];
    for (size_t i = 0; i < q->n_filters; i++) random_filter(d, a, m, focus, &q->filters[i]);
    if (!dice_chance(d, 30)) return;
    q->n_filters = dice_below(d, 2) && q->n_filters;
    q->tree = random_tree(d, a, m, focus, true);
}

okey random_key_field(dice *d, const omodel *m)
{
    okey k = {.field = 0};
    random_way(d, m, false, &k.path);
    k.field = random_term_field(d, opath_end(m, &k.path));
    opath_shorten(m, &k.path, &k.field);
    return k;
}

/* The same, or something inside of it, or a part of that. */
static okey random_term(dice *d, const omodel *m)
{
    okey k = random_key_field(d, m);
    oleaf l = {.n_args = 0};
    const omodel *of = opath_end(m, &k.path);
    if (dice_chance(d, of->fields[k.field].type->container ? 80 : 25)) random_term_path(d, of, k.field, &l);
    memcpy(k.steps, l.steps, sizeof k.steps);
    memcpy(k.parts, l.parts, sizeof k.parts);
    k.n_steps = l.n_steps;
    k.n_parts = l.n_parts;
    return k;
}

static nr_slice key_name(dice *d, nr_arena *a, const omodel *m, const okey *k)
{
    text t = {0};
    oleaf l = okey_leaf(k);
    leaf_path(d, m, &l, &t);
    return text_taken(&t, a);
}

static void random_fields(dice *d, nr_arena *a, const omodel *m, oquery *q)
{
    size_t n = q->flat ? 1 : 1 + dice_below(d, m->n_fields);
    q->has_fields = true;
    for (size_t i = 0; i < n; i++) {
        okey k = random_term(d, m);
        bool new = true;
        for (size_t at = 0; at < q->n_fields; at++) {
            oleaf other = okey_leaf(&q->fields[at]), this = okey_leaf(&k);
            new = new && !oterm_eq(&other, &this);
        }
        if (!new) continue;
        q->names[q->n_fields] = key_name(d, a, m, &k).p;
        q->fields[q->n_fields++] = k;
    }
}

void random_query(dice *d, nr_arena *a, const omodel *m, bool clauses, oquery *q)
{
    ofocus focus = {.field = OF_MAX};
    uint64_t die = dice_below(d, 100);
    if (die < 40) focus.field = dice_below(d, m->n_fields);
    else if (die < 60) random_way(d, m, true, &focus.path);
    *q = (oquery){.count = -1};
    random_filters(d, a, m, die < 60 ? &focus : NULL, q);
    if (!clauses) return;
    q->has_order = dice_chance(d, 55);
    if (q->has_order) q->n_order = 1 + dice_below(d, 3);
    for (size_t i = 0; i < q->n_order; i++) {
        q->order[i] = !i && focus.field < OF_MAX ? (okey){.field = focus.field} : random_term(d, m);
        q->order[i].descending = dice_chance(d, 50);
    }
    q->reverse = dice_chance(d, 25);
    q->withcount = dice_chance(d, 15);
    q->flat = dice_chance(d, 20);
    if (q->flat || dice_chance(d, 45)) random_fields(d, a, m, q);
    q->has_limit = dice_chance(d, 45);
    if (!q->has_limit) return;
    q->offset = dice_chance(d, 50) ? 0 : (int64_t)dice_below(d, dice_chance(d, 80) ? 10 : 4000);
    q->count = (int64_t)dice_below(d, dice_chance(d, 80) ? 8 : 4000) - 1;
    if (dice_chance(d, 2)) q->count = INT64_MAX;
    if (dice_chance(d, 2)) q->offset = INT64_MAX;
}

/* A string of JSON may stand without quotes where it is nothing else. */
static bool is_plain_word(const oval *v)
{
    return v->kind == 's' && v->string.n && v->string.p[0] >= 'A' && v->string.p[0] <= 'a';
}

void operand_text(dice *d, const otype *t, const oleaf *l, text *out)
{
    static const char *const truths[2][3] = {{"0", "false", "FALSE"}, {"1", "true", "True"}};
    if (l->lookup->arg == O_TRUTH) {
        text_add(out, nr_slice_of(truths[l->truth][dice_below(d, 3)]));
    } else if (l->lookup->takes == O_TEXT) {
        text_add(out, l->args[0].bytes);
    } else if (l->lookup->arg == O_ONE && is_plain_word(&l->args[0]) && dice_chance(d, 50)) {
        text_add(out, l->args[0].string);
    } else if (l->lookup->arg == O_ONE) {
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

/* Behind a reference the fields of its target win over lookups: whether what is behind it may be one. */
static bool may_be_field(const text *rest)
{
    bool may = false;
    for (size_t at = 1; !may && ofield_odd_name(at); at++) {
        const char *name = ofield_odd_name(at);
        size_t n = strlen(name);
        may = rest->n >= n + 2 && memcmp(rest->p + 2, name, n) == 0 && (rest->n == n + 2 || rest->p[n + 2] == '_');
    }
    return may;
}

/* Whether the primary key of what refers goes unnamed. */
static bool is_implied(dice *d, const oleaf *l, const text *rest)
{
    return l->path.n && l->path.hops[l->path.n - 1].back && l->field == 0 && !may_be_field(rest) && dice_chance(d, 40);
}

void leaf_path(dice *d, const omodel *m, const oleaf *l, text *path)
{
    const ofield *f = oleaf_field(m, l);
    text rest = {0};
    opath_print(d, m, &l->path, path);
    oleaf_print(l, dice_chance(d, 70), &rest);
    if (l->lookup && is_implied(d, l, &rest)) {
        path->p[path->n -= 2] = 0;
        text_add(path, (nr_slice){rest.p, rest.n});
        free(rest.p);
        return;
    }
    text_add(path, l->field == 0 && !m->columns && dice_chance(d, 40) ? NR_S("pk") : nr_slice_of(f->name));
    if (f->relation && l->field && dice_chance(d, 30)) text_add(path, NR_S("_id"));
    bool odd = may_be_field(&rest);
    while (f->relation && !m->columns && (odd || dice_chance(d, 20))) {
        const ofield *held = &m->all[f->target].fields[f->held];
        text_addf(path, "__%s", f->held ? held->name : "pk");
        f = held;
    }
    text_add(path, (nr_slice){rest.p, rest.n});
    free(rest.p);
}

static void add_leaf(dice *d, const omodel *m, const oleaf *l, oargs *out)
{
    text path = {0}, value = {0};
    leaf_path(d, m, l, &path);
    operand_text(d, oleaf_operand(oleaf_field(m, l), l), l, &value);
    oargs_take(out, &path);
    oargs_take(out, &value);
}

/* {"path": value}. */
void leaf_json(dice *d, const omodel *m, const oleaf *l, text *out)
{
    const otype *t = oleaf_operand(oleaf_field(m, l), l);
    text path = {0};
    leaf_path(d, m, l, &path);
    text_add(out, NR_S("{"));
    json_string(out, (nr_slice){path.p, path.n});
    free(path.p);
    text_add(out, NR_S(":"));
    if (l->lookup->arg == O_TRUTH) text_add(out, l->truth ? NR_S("true") : NR_S("false"));
    else if (l->lookup->takes == O_TEXT) json_string(out, l->args[0].bytes);
    else if (l->lookup->arg == O_ONE) oval_json(t, d, &l->args[0], out);
    else operand_text(d, t, l, out);
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
    oargs_take(out, &t);
}

static void add_tree(dice *d, const omodel *m, const otree *tree, oargs *out)
{
    text t = {0};
    bool where = otree_compares(tree) || dice_chance(d, 70);
    oargs_word(out, where ? "WHERE" : "Q");
    if (where) otree_where(d, m, tree, out);
    else otree_json(d, m, tree, &t), oargs_take(out, &t);
}

void filter_args(dice *d, const omodel *m, const oquery *q, oargs *out)
{
    for (size_t i = 0; i < q->n_filters; i++) {
        if (q->filters[i].q) {
            add_q(d, m, &q->filters[i], out);
            continue;
        }
        oargs_word(out, q->filters[i].negated ? "EXCLUDE" : "FILTER");
        for (size_t k = 0; k < q->filters[i].n; k++) add_leaf(d, m, &q->filters[i].leaves[k], out);
    }
    if (q->tree) add_tree(d, m, q->tree, out);
}

void number_arg(oargs *out, int64_t n)
{
    text t = {0};
    text_addf(&t, "%lld", (long long)n);
    oargs_take(out, &t);
}

static void add_order(dice *d, const omodel *m, const oquery *q, oargs *out)
{
    oargs_word(out, "ORDER");
    for (size_t i = 0; i < q->n_order; i++) {
        text t = {0};
        if (q->order[i].descending) text_add(&t, NR_S("-"));
        text_add(&t, key_name(d, out->arena, m, &q->order[i]));
        oargs_take(out, &t);
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
        case 0: filter_args(d, m, q, out); break;
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
            number_arg(out, q->offset);
            number_arg(out, q->count);
        }
    }
}
