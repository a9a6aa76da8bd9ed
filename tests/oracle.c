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
    if (f->relation) text_addf(out, ",\"to\":\"%s\",\"related_name\":\"%s\"", f->to, f->related);
    else text_add(out, nr_slice_of(f->type->options));
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
    for (size_t i = 0; i < m->n_ordering; i++)
        text_addf(out, "%s\"%s%s\"", i ? "," : ",\"ordering\":[", m->ordering[i].descending ? "-" : "", m->fields[m->ordering[i].field].name);
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
    return &m->rows[m->n_rows++];
}

void omodel_remove(omodel *m, const orow *row)
{
    m->rows[row - m->rows] = m->rows[m->n_rows - 1];
    m->n_rows--;
}

bool omodel_broken(const omodel *m, const oval *pk)
{
    for (size_t i = 0; i < m->n_broken; i++)
        if (oval_cmp(m->fields[0].type, &m->broken[i].v[0], pk) == 0) return true;
    return false;
}

void omodel_copy(omodel *to, const omodel *from)
{
    orow *rows = to->rows;
    size_t cap = to->cap;
    *to = *from;
    to->rows = rows;
    to->cap = cap;
    to->n_rows = 0;
    make_room(to, from->n_rows + 1);
    if (from->n_rows) memcpy(to->rows, from->rows, from->n_rows * sizeof *from->rows);
    to->n_rows = from->n_rows;
}

/* -- answers ----------------------------------------------------------------------------------------------------------------------------- */

bool oracle_matches(const omodel *m, const oquery *q, const orow *row, nr_arena *a)
{
    for (size_t i = 0; i < q->n_filters; i++) {
        const ofilter *f = &q->filters[i];
        bool all = true;
        for (size_t k = 0; k < f->n && all; k++) all = oleaf_holds(&m->fields[f->leaves[k].field], &f->leaves[k], &row->v[f->leaves[k].field], a);
        if (all == f->negated) return false;
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
        size_t f = s->keys[i].field;
        int c = oval_cmp(s->m->fields[f].type, &a->v[f], &b->v[f]);
        if (c) return s->keys[i].descending ? -c : c;
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
    if (q->flat) {
        oval_reply(m->fields[q->fields[0]].type, &row->v[q->fields[0]], out);
        return;
    }
    text_add(out, NR_S("{"));
    for (size_t i = 0; i < n; i++) {
        size_t f = q->has_fields ? q->fields[i] : i;
        if (i) text_add(out, NR_S(","));
        text_quote(out, nr_slice_of(q->has_fields ? q->names[i] : m->fields[f].name));
        text_add(out, NR_S("="));
        oval_reply(m->fields[f].type, &row->v[f], out);
    }
    text_add(out, NR_S("}"));
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
