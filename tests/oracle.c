/* oracle.c -- definitions as JSON, rows in an array, and answers by looking at each row. */
#include <stdlib.h>

#include "oracle_tree.h"

/* -- definitions ------------------------------------------------------------------------------------------------------------------------- */

static void flag(text *out, bool set, const char *name)
{
    if (set) text_addf(out, ",\"%s\":true", name);
}

static void value_option(text *out, dice *d, bool set, const char *name, const otype *t, const oval *v)
{
    if (!set) return;
    text_addf(out, ",\"%s\":", name);
    oval_json(t, d, v, out);
}

static void field_json(const ofield *f, dice *d, text *out)
{
    text_addf(out, "\"%s\":{\"type\":\"%s\"", f->name, f->relation ? f->relation : f->type->name);
    if (f->relation) text_addf(out, ",\"to\":\"%s\"", f->to);
    if (f->to_field[0]) text_addf(out, ",\"to_field\":\"%s\"", f->to_field);
    if (!f->relation) text_add(out, nr_slice_of(f->type->options));
    if (f->related[0]) text_addf(out, ",\"related_name\":\"%s\"", f->related);
    flag(out, f->null, "null");
    flag(out, f->unique && !(f->relation && !strcmp(f->relation, "onetoone")), "unique");
    flag(out, f->auto_now, "auto_now");
    flag(out, f->auto_now_add, "auto_now_add");
    value_option(out, d, f->has_default, "default", f->type, &f->def);
    value_option(out, d, f->has_min, "min", f->type, &f->min);
    value_option(out, d, f->has_max, "max", f->type, &f->max);
    for (size_t i = 0; i < f->n_choices; i++) {
        text_add(out, i ? NR_S(",") : NR_S(",\"choices\":["));
        oval_json(f->type, d, &f->choices[i], out);
    }
    if (f->n_choices) text_add(out, NR_S("]"));
    flag(out, f->column, "column");
    if (f->index[0]) text_addf(out, ",\"index\":%s", f->index);
    text_add(out, NR_S("}"));
}

void omodel_json(const omodel *m, dice *d, text *out)
{
    text_addf(out, "{\"pk\":\"%s\",\"fields\":{", m->fields[0].name);
    for (size_t i = 0; i < m->n_fields; i++) {
        if (i) text_add(out, NR_S(","));
        field_json(&m->fields[i], d, out);
    }
    text_add(out, NR_S("}"));
    for (size_t i = 0; i < m->n_ordering; i++) {
        const okey *k = &m->ordering[i];
        text_addf(out, "%s\"%s", i ? "," : ",\"ordering\":[", k->descending ? "-" : "");
        opath_print(d, m, &k->path, out);
        text_addf(out, "%s\"", opath_end(m, &k->path)->fields[k->field].name);
    }
    text_add(out, m->n_ordering ? NR_S("]}") : NR_S("}"));
}

/* -- rows -------------------------------------------------------------------------------------------------------------------------------- */

orow *omodel_find(const omodel *m, const oval *pk)
{
    for (size_t i = 0; i < m->n_rows; i++)
        if (oval_cmp(m->fields[0].type, &m->rows[i].v[0], pk) == 0) return &m->rows[i];
    return NULL;
}

static void make_room(omodel *m, size_t n)
{
    if (m->cap >= n) return;
    m->cap = n * 2;
    m->rows = realloc(m->rows, m->cap * sizeof *m->rows);
    if (!m->rows) abort();
}

orow *omodel_add(omodel *m, const orow *row)
{
    make_room(m, m->n_rows + 1);
    m->rows[m->n_rows] = *row;
    omodel_touch(m);
    return &m->rows[m->n_rows++];
}

void omodel_remove(omodel *m, const orow *row)
{
    m->rows[row - m->rows] = m->rows[m->n_rows - 1];
    m->n_rows--;
    omodel_touch(m);
}

bool omodel_broken(const omodel *m, const oval *pk)
{
    for (size_t i = 0; i < m->n_broken; i++)
        if (oval_cmp(m->fields[0].type, &m->broken[i].v[0], pk) == 0) return true;
    return false;
}

void omodel_copy(omodel *to, const omodel *from)
{
    const omodel was = *to;
    *to = *from;
    memcpy(to->links, was.links, sizeof to->links);
    to->rows = was.rows;
    to->cap = was.cap;
    to->n_rows = 0;
    to->state = was.state + 1;
    make_room(to, from->n_rows + 1);
    if (from->n_rows) memcpy(to->rows, from->rows, from->n_rows * sizeof *from->rows);
    to->n_rows = from->n_rows;
}

void omodel_clear(omodel *m)
{
    for (size_t i = 0; i < OF_MAX; i++) {
        free(m->links[i].target);
        free(m->links[i].first);
        free(m->links[i].next);
    }
    free(m->rows);
    *m = (omodel){.n_rows = 0};
}

/* -- answers ----------------------------------------------------------------------------------------------------------------------------- */

/* Of what stands together, all is about one related row; a NOT, as which each leaf is written when the filter is turned, is about one of its own. */
static bool filter_holds(const omodel *m, const ofilter *f, const orow *row, nr_arena *a)
{
    otree leaves[3], all = {.op = '&', .n = f->n};
    bool holds = true;
    for (size_t k = 0; k < f->n; k++) {
        leaves[k] = (otree){.op = 'l', .leaf = &f->leaves[k]};
        all.kids[k] = &leaves[k];
        if (f->q == 2) holds = holds && otree_holds(m, &leaves[k], row, a);
    }
    return f->q == 2 ? holds : otree_holds(m, &all, row, a);
}

bool oracle_matches(const omodel *m, const oquery *q, const orow *row, nr_arena *a)
{
    for (size_t i = 0; i < q->n_filters; i++) {
        if (filter_holds(m, &q->filters[i], row, a) == q->filters[i].negated) return false;
    }
    return !q->tree || otree_holds(m, q->tree, row, a);
}

size_t oracle_select(const omodel *m, const oquery *q, nr_arena *a, const orow **out)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_rows; i++)
        if (oracle_matches(m, q, &m->rows[i], a)) out[n++] = &m->rows[i];
    return n;
}

typedef struct sorting {
    const omodel *m;
    const okey *keys;
    size_t n;
} sorting;

static int compare_rows(const void *x, const void *y, void *ctx)
{
    const orow *a = *(const orow *const *)x, *b = *(const orow *const *)y;
    const sorting *s = ctx;
    for (size_t i = 0; i < s->n; i++) {
        const okey *k = &s->keys[i];
        oval left = okey_value(s->m, k, a), right = okey_value(s->m, k, b);
        int c = oval_cmp(okey_type(s->m, k), &left, &right);
        if (c) return k->descending ? -c : c;
    }
    return oval_cmp(s->m->fields[0].type, &a->v[0], &b->v[0]);
}

bool oracle_sort(const omodel *m, const oquery *q, const orow **rows, size_t n)
{
    sorting s = {m, q->has_order ? q->order : m->ordering, q->has_order ? q->n_order : m->n_ordering};
    if (s.n && n) qsort_r(rows, n, sizeof *rows, compare_rows, &s);
    return s.n > 0;
}

void oracle_entity(const omodel *m, const oquery *q, const orow *row, text *out)
{
    size_t n = q->has_fields ? q->n_fields : m->n_fields;
    if (!q->flat) text_add(out, NR_S("{"));
    for (size_t i = 0; i < n; i++) {
        const okey own = {.field = i}, *f = q->has_fields ? &q->fields[i] : &own;
        if (i) text_add(out, NR_S(","));
        if (!q->flat) text_quote(out, nr_slice_of(q->has_fields ? q->names[i] : m->fields[i].name)), text_add(out, NR_S("="));
        oval v = okey_value(m, f, row);
        oval_reply(okey_type(m, f), &v, out);
    }
    if (!q->flat) text_add(out, NR_S("}"));
}

void oracle_reply(const omodel *m, const oquery *q, const orow **rows, size_t n, text *out)
{
    size_t from = q->has_limit && q->offset < (int64_t)n ? (size_t)q->offset : q->has_limit ? n : 0, to = n;
    if (q->has_limit && q->count >= 0 && (uint64_t)q->count < n - from) to = from + (size_t)q->count;
    if (q->withcount) text_addf(out, "[:%zu,", n);
    text_add(out, NR_S("["));
    for (size_t i = from; i < to; i++) {
        if (i > from) text_add(out, NR_S(","));
        oracle_entity(m, q, rows[q->reverse ? n - 1 - i : i], out);
    }
    text_add(out, q->withcount ? NR_S("]]") : NR_S("]"));
}
