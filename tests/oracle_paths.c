/* oracle_paths.c -- where relations lead: each reference of a model is looked up among the sorted values of what it holds of its target, once for each state of the
 * two. */
#include <stdlib.h>

#include "oracle.h"

/* -- links -------------------------------------------------------------------------------------------------------------------------------- */

static size_t *places(size_t *was, size_t n)
{
    size_t *at = realloc(was, (n + 1) * sizeof *at);
    if (!at) abort();
    memset(at, 0, (n + 1) * sizeof *at);
    return at;
}

static int compare_held(const void *x, const void *y, void *field)
{
    const orow *const *a = x, *const *b = y;
    const ofield *f = field;
    return oval_cmp(f->type, &(*a)->v[f->held], &(*b)->v[f->held]);
}

static const orow *find(const orow *const *sorted, size_t n, const ofield *f, const oval *v)
{
    for (size_t from = 0, to = n; from < to;) {
        size_t middle = from + (to - from) / 2;
        int c = oval_cmp(f->type, &sorted[middle]->v[f->held], v);
        if (c == 0) return sorted[middle];
        if (c < 0) from = middle + 1;
        else to = middle;
    }
    return NULL;
}

/* Rows by their place and one, 0: none. Those that refer to one are a chain from its first on. */
static void make_links(omodel *m, const omodel *target, size_t field, olinks *l)
{
    ofield *f = &m->fields[field];
    const orow **sorted = calloc(target->n_rows + 1, sizeof *sorted);
    if (!sorted) abort();
    l->target = places(l->target, m->n_rows);
    l->next = places(l->next, m->n_rows);
    l->first = places(l->first, target->n_rows);
    for (size_t i = 0; i < target->n_rows; i++) sorted[i] = &target->rows[i];
    qsort_r(sorted, target->n_rows, sizeof *sorted, compare_held, f);
    for (size_t i = 0; i < m->n_rows; i++) {
        const oval *v = &m->rows[i].v[field];
        const orow *to = v->null ? NULL : find(sorted, target->n_rows, f, v);
        if (!to) continue;
        size_t at = (size_t)(to - target->rows);
        l->target[i] = at + 1;
        l->next[i] = l->first[at];
        l->first[at] = i + 1;
    }
    free(sorted);
    l->of = m->state;
    l->to = target->state;
}

static const olinks *links_of(omodel *m, size_t field)
{
    const omodel *target = &m->all[m->fields[field].target];
    olinks *l = &m->links[field];
    if (!l->target || l->of != m->state || l->to != target->state) make_links(m, target, field, l);
    return l;
}

void omodel_touch(omodel *m)
{
    m->state++;
}

/* -- following them ----------------------------------------------------------------------------------------------------------------------- */

const omodel *opath_end(const omodel *m, const opath *p)
{
    return p->n ? &m->all[p->hops[p->n - 1].to] : m;
}

const orow *opath_follow(const omodel *m, const opath *p, const orow *row)
{
    for (size_t i = 0; i < p->n && row; i++) {
        omodel *from = &m->all[p->hops[i].from], *to = &m->all[p->hops[i].to];
        size_t at = links_of(from, p->hops[i].field)->target[row - from->rows];
        row = at ? &to->rows[at - 1] : NULL;
    }
    return row;
}

const oval *opath_value(const omodel *m, const opath *p, size_t field, const orow *row)
{
    static const oval nothing = {.null = true};
    row = opath_follow(m, p, row);
    return row ? &row->v[field] : &nothing;
}

const orow *ohop_next(const omodel *m, const ohop *hop, const orow *row, size_t *at)
{
    omodel *of = &m->all[hop->to];
    const olinks *l = links_of(of, hop->field);
    *at = *at ? l->next[*at - 1] : l->first[row - m->all[hop->from].rows];
    return *at ? &of->rows[*at - 1] : NULL;
}

/* -- paths -------------------------------------------------------------------------------------------------------------------------------- */

bool opath_eq(const opath *a, const opath *b, size_t n)
{
    bool same = a->n >= n && b->n >= n;
    for (size_t i = 0; same && i < n; i++) {
        const ohop *x = &a->hops[i], *y = &b->hops[i];
        same = x->back == y->back && x->from == y->from && x->to == y->to && x->field == y->field;
    }
    return same;
}

static bool is_held(const omodel *m, const ohop *h, size_t field)
{
    return !h->back && m->all[h->from].fields[h->field].held == field;
}

void opath_shorten(const omodel *m, opath *p, size_t *field)
{
    while (p->n && is_held(m, &p->hops[p->n - 1], *field)) *field = p->hops[--p->n].field;
}

/* One of the steps that lead on from a model; false: there is none. */
static bool random_hop(dice *d, const omodel *m, bool back, ohop *out)
{
    uint64_t seen = 0;
    for (size_t k = 0; k < m->n_all; k++) {
        const omodel *of = &m->all[k];
        for (size_t f = 0; f < of->n_fields; f++) {
            if (!of->fields[f].relation) continue;
            if (k == m->at && dice_below(d, ++seen) == 0) *out = (ohop){false, k, of->fields[f].target, f};
            if (!back || of->fields[f].target != m->at || of->fields[f].related[0] == '+') continue;
            if (dice_below(d, ++seen) == 0) *out = (ohop){true, m->at, k, f};
        }
    }
    return seen > 0;
}

void random_way(dice *d, const omodel *m, bool back, opath *out)
{
    *out = (opath){.n = 0};
    while (out->n < OHOPS_MAX && dice_chance(d, out->n ? 45 : 30) && random_hop(d, opath_end(m, out), back, &out->hops[out->n])) out->n++;
}

/* Without a related_name the last part of the model's name, "_set" behind it or not. */
static void print_back(dice *d, const omodel *of, const ofield *f, text *out)
{
    const char *last = strrchr(of->name, '.') + 1;
    text_add(out, nr_slice_of(f->related));
    if (f->related[0]) return;
    for (; *last; last++) text_addf(out, "%c", *last >= 'A' && *last <= 'Z' ? *last + 'a' - 'A' : *last);
    if (dice_chance(d, 40)) text_add(out, NR_S("_set"));
}

void opath_print(dice *d, const omodel *m, const opath *p, text *out)
{
    for (size_t i = 0; i < p->n; i++) {
        const ohop *h = &p->hops[i];
        const ofield *f = &m->all[h->back ? h->to : h->from].fields[h->field];
        if (h->back) print_back(d, &m->all[h->to], f, out);
        else text_add(out, !h->field && dice_chance(d, 30) ? NR_S("pk") : nr_slice_of(f->name));
        text_add(out, NR_S("__"));
    }
}
