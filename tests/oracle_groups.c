/* oracle_groups.c -- rows sorted by their keys; what each run of equal ones has is measured by a loop over it. */
#include "oracle_groups.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* -- types -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_exact(const otype *t)
{
    return t->shape == O_NUM && (t->mark == '#' || otype_is(t, "decimal"));
}

static big power10(int n)
{
    return n > 0 ? 10 * power10(n - 1) : 1;
}

/* A decimal of as many places, kept with no more. */
static const otype *decimal_of(int places, nr_arena *a)
{
    otype *t = NR_NEW(a, otype);
    *t = *otype_find("decimal");
    t->places = t->scale = places;
    t->high = power10(30);
    t->low = -t->high;
    return t;
}

typedef enum okind { OG_COUNT, OG_SAME, OG_SUM, OG_AVG, OG_SPREAD } okind;

static const struct {
    const char *name;
    okind kind;
} functions[] = {{"COUNT", OG_COUNT}, {"COUNTDISTINCT", OG_COUNT}, {"SUM", OG_SUM}, {"AVG", OG_AVG}, {"MIN", OG_SAME}, {"MAX", OG_SAME},
                 {"STDDEV", OG_SPREAD}, {"VARIANCE", OG_SPREAD}};

enum { SPREADS = 2 }; /* the last ones */

static okind kind_of(const char *function)
{
    for (size_t i = 0; i < COUNT(functions); i++)
        if (!strcmp(functions[i].name, function)) return functions[i].kind;
    world_fail("the oracle has no function %s", function);
}

static const otype *term_type(const omodel *m, const oleaf *term)
{
    return oterm_type(oleaf_field(m, term), term);
}

static const otype *measure_type(const omodel *m, const omeasure *x, nr_arena *a)
{
    okind kind = kind_of(x->function);
    if (kind == OG_COUNT) return otype_find("int");
    const otype *t = term_type(m, &x->term);
    if (kind == OG_SPREAD) return otype_find("float");
    if (kind == OG_SAME || t->shape == O_DBL) return t;
    if (kind == OG_AVG) return decimal_of(t->places + 10, a);
    return t->mark == '#' ? otype_find("int") : decimal_of(t->places, a);
}

bool ogrouping_is_rough(const omodel *m, const ogrouping *g, size_t column)
{
    if (column < g->n_keys) return false;
    const omeasure *x = &g->measures[column - g->n_keys];
    okind kind = kind_of(x->function);
    return kind == OG_SPREAD || ((kind == OG_SUM || kind == OG_AVG) && term_type(m, &x->term)->shape == O_DBL);
}

/* -- measuring ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct values {
    const otype *type;
    const oval *at; /* none is NULL */
    size_t n;
} values;

typedef struct keyed {
    const opair *pair;
    oval keys[OG_KEYS];
} keyed;

/* A null in a dict is NULL, as what is missing is. */
static oval term_value(const ojoin *j, const oleaf *term, const opair *p, nr_arena *a)
{
    size_t n;
    oval v = oleaf_values(oleaf_field(j->m, term), term, opair_value(j, p, &term->path, term->field), a, &n)[0];
    return v.null ? (oval){.null = true} : v;
}

static values values_of(const ojoin *j, const omeasure *x, const keyed *of, size_t n, nr_arena *a)
{
    oval *at = NR_NEW_N(a, oval, n + 1);
    values out = {x->star ? otype_find("int") : term_type(j->m, &x->term), at, 0};
    for (size_t i = 0; i < n; i++) {
        oval v = x->star ? (oval){.num = 1} : term_value(j, &x->term, of[i].pair, a);
        if (!v.null && (!x->when || opair_holds(j, of[i].pair, x->when, a))) at[out.n++] = v;
    }
    return out;
}

static int compare_values(const void *x, const void *y, void *type)
{
    return oval_cmp(type, x, y);
}

static size_t count_distinct(const values *v, nr_arena *a)
{
    size_t n = v->n > 0;
    oval *sorted = NR_NEW_N(a, oval, v->n + 1);
    if (!v->n) return 0;
    memcpy(sorted, v->at, v->n * sizeof *sorted);
    qsort_r(sorted, v->n, sizeof *sorted, compare_values, (void *)(uintptr_t)v->type);
    for (size_t i = 1; i < v->n; i++) n += oval_cmp(v->type, &sorted[i - 1], &sorted[i]) != 0;
    return n;
}

static oval extreme(const values *v, int sign)
{
    oval out = v->at[0];
    for (size_t i = 1; i < v->n; i++)
        if (oval_cmp(v->type, &v->at[i], &out) * sign > 0) out = v->at[i];
    return out;
}

static long double number(const otype *t, const oval *v)
{
    return t->shape == O_DBL ? v->dbl : (long double)v->num / (long double)power10(t->scale);
}

/* SUM, AVG and spreads of doubles; slack: by how much an honest computation may be off. */
static oval rough(const char *function, const values *v, double *slack)
{
    long double sum = 0, size = 0, squares = 0, off = 0, n = (long double)v->n;
    for (size_t i = 0; i < v->n; i++) {
        long double x = number(v->type, &v->at[i]);
        sum += x;
        size += fabsl(x);
        squares += x * x / n;
    }
    for (size_t i = 0; i < v->n; i++) {
        long double x = number(v->type, &v->at[i]) - sum / n;
        off += x * x / n;
    }
    bool spread = kind_of(function) == OG_SPREAD, root = !strcmp(function, "STDDEV");
    *slack = (double)(!spread ? size * 1e-12L : root ? sqrtl(squares) * 1e-6L : squares * 1e-12L) + 1e-300;
    if (!spread) return (oval){.dbl = (double)(strcmp(function, "AVG") ? sum : sum / n)};
    return (oval){.dbl = (double)(root ? sqrtl(off) : off)};
}

/* SUM and AVG of what is exact, in units of the type's last place. */
static oval exact(const char *function, const values *v, bool *beyond)
{
    big sum = 0, most = power10(38), n = (big)v->n;
    for (size_t i = 0; i < v->n; i++) sum += v->at[i].num / power10(v->type->scale - v->type->places);
    big size = sum < 0 ? -sum : sum;
    if (!strcmp(function, "SUM")) {
        bool fits = v->type->mark == '#' ? sum >= INT64_MIN && sum <= INT64_MAX : size < most;
        *beyond = *beyond || !fits;
        return (oval){.num = sum};
    }
    *beyond = *beyond || size / n >= power10(28);
    if (*beyond) return (oval){.null = true};
    big finer = size % n * power10(10), out = size / n * power10(10) + finer / n, twice = finer % n * 2;
    out += twice > n || (twice == n && out % 2);
    return (oval){.num = sum < 0 ? -out : out};
}

static oval measure(const omeasure *x, const values *v, nr_arena *a, double *slack, bool *beyond)
{
    okind kind = kind_of(x->function);
    if (kind == OG_COUNT) return (oval){.num = (big)(strcmp(x->function, "COUNT") ? count_distinct(v, a) : v->n)};
    if (!v->n) return (oval){.null = true};
    if (kind == OG_SAME) return extreme(v, strcmp(x->function, "MIN") ? 1 : -1);
    return kind == OG_SPREAD || v->type->shape == O_DBL ? rough(x->function, v, slack) : exact(x->function, v, beyond);
}

/* -- groups ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct sorting {
    const omodel *m;
    const ogrouping *g;
} sorting;

static int compare_keys(const void *x, const void *y, void *ctx)
{
    const keyed *a = x, *b = y;
    const sorting *s = ctx;
    int c = 0;
    for (size_t k = 0; k < s->g->n_keys && !c; k++) c = oval_cmp(term_type(s->m, &s->g->keys[k]), &a->keys[k], &b->keys[k]);
    return c;
}

static void add_field(ogroups *out, const char *name, const otype *type)
{
    ofield *f = &out->m.fields[out->m.n_fields++];
    *f = (ofield){.type = type, .null = true, .index = ""};
    snprintf(f->name, sizeof f->name, "%s", name);
}

/* The key of a group. Of a number that is written in several ways it is the lowest by bytes. */
static oval lowest_writing(const keyed *of, size_t n, size_t key, const otype *t)
{
    oval out = of->keys[key];
    for (size_t i = 1; t->documents && !out.null && i < n; i++)
        if (nr_slice_cmp(of[i].keys[key].bytes, out.bytes) < 0) out = of[i].keys[key];
    return out;
}

static void add_group(const ojoin *j, const ogrouping *g, const keyed *of, size_t n, nr_arena *a, ogroups *out)
{
    orow *row = &out->m.rows[out->m.n_rows];
    for (size_t k = 0; k < g->n_keys; k++) row->v[k] = lowest_writing(of, n, k, out->m.fields[k].type);
    for (size_t i = 0; i < g->n_measures; i++) {
        values v = values_of(j, &g->measures[i], of, n, a);
        row->v[g->n_keys + i] = measure(&g->measures[i], &v, a, &out->slack[out->m.n_rows][g->n_keys + i], &out->beyond);
    }
    out->m.n_rows++;
}

static ojoin join_of(const omodel *m, const ogrouping *g)
{
    ojoin j = {.m = m};
    for (size_t k = 0; k < g->n_keys; k++) ojoin_path(&j, &g->keys[k].path);
    for (size_t i = 0; i < g->n_measures; i++) {
        if (!g->measures[i].star) ojoin_path(&j, &g->measures[i].term.path);
        if (g->measures[i].when) ojoin_tree(&j, g->measures[i].when);
    }
    return j;
}

void ogroups_make(const omodel *m, const ogrouping *g, const orow *const *rows, size_t n_rows, nr_arena *a, ogroups *out)
{
    ojoin j = join_of(m, g);
    size_t n = ojoin_pairs(&j, rows, n_rows, NULL, SIZE_MAX);
    opair *pairs = NR_NEW_N(a, opair, n + 1);
    keyed *all = NR_NEW_N(a, keyed, n + 1);
    sorting s = {m, g};
    ojoin_pairs(&j, rows, n_rows, pairs, SIZE_MAX);
    *out = (ogroups){.m = {.columns = true}};
    for (size_t k = 0; k < g->n_keys; k++) add_field(out, g->names[k], term_type(m, &g->keys[k]));
    for (size_t i = 0; i < g->n_measures; i++) add_field(out, g->measures[i].name, measure_type(m, &g->measures[i], a));
    out->m.rows = NR_NEW_N(a, orow, n + 1);
    out->slack = nr_arena_zalloc(a, (n + 1) * sizeof *out->slack);
    for (size_t i = 0; i < n; i++) {
        all[i].pair = &pairs[i];
        for (size_t k = 0; k < g->n_keys; k++) all[i].keys[k] = term_value(&j, &g->keys[k], &pairs[i], a);
    }
    if (n) qsort_r(all, n, sizeof *all, compare_keys, &s);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && compare_keys(&all[from], &all[to], &s) == 0;) to++;
        add_group(&j, g, &all[from], to - from, a, out);
    }
    if (!g->n_keys && !n) add_group(&j, g, all, 0, a, out);
}

/* -- at random ---------------------------------------------------------------------------------------------------------------------------- */

/* A field, or something inside of it, or parts of that, and a name for it. */
static void random_term(dice *d, const omodel *m, bool back, oleaf *term, char name[OG_NAME])
{
    text t = {0};
    do {
        *term = (oleaf){.n_args = 0};
        random_way(d, m, back, &term->path);
        term->field = random_term_field(d, opath_end(m, &term->path));
        opath_shorten(m, &term->path, &term->field);
        random_term_path(d, opath_end(m, &term->path), term->field, term);
        text_clear(&t);
        leaf_path(d, m, term, &t);
    } while (t.n >= OG_NAME - 20);
    snprintf(name, OG_NAME, "%s", t.p);
    free(t.p);
}

static void random_keys(dice *d, const omodel *m, size_t n, ogrouping *g)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = g->n_keys;
        bool new = true;
        random_term(d, m, !g->distinct, &g->keys[at], g->names[at]);
        for (size_t k = 0; k < at; k++) new = new && !oterm_eq(&g->keys[k], &g->keys[at]) && strcmp(g->names[k], g->names[at]) != 0;
        g->n_keys += new;
    }
}

/* Doubles so large that their squares are none are for functions that do not compute. */
static bool is_tame(const omodel *m, const oleaf *term, nr_arena *a)
{
    const omodel *of = opath_end(m, &term->path);
    bool tame = true;
    size_t n;
    for (size_t i = 0; term_type(m, term)->shape == O_DBL && tame && i < of->n_rows; i++) {
        nr_mark mark = nr_arena_mark(a);
        const oval *v = oleaf_values(oleaf_field(m, term), term, &of->rows[i].v[term->field], a, &n);
        tame = v->null || fabs(v->dbl) <= 1e150;
        nr_arena_rewind(a, mark);
    }
    return tame;
}

static bool suits(const omodel *m, const omeasure *x, nr_arena *a)
{
    const otype *t = term_type(m, &x->term);
    okind kind = kind_of(x->function);
    if (kind == OG_COUNT) return true;
    if (kind == OG_SAME) return !t->container && t->json != O_JSON_BASE64 && !otype_is(t, "json");
    bool number = is_exact(t) || t->shape == O_DBL, reference = oleaf_field(m, &x->term)->relation && !x->term.n_parts;
    return number && !reference && is_tame(m, &x->term, a);
}

static void name_measure(dice *d, size_t at, omeasure *x)
{
    x->as = dice_chance(d, 60);
    if (x->as) {
        snprintf(x->name, sizeof x->name, "c%zu", at);
        return;
    }
    text t = {0};
    if (!x->star) text_addf(&t, "%s__", x->of);
    for (const char *p = x->function; *p; p++) text_addf(&t, "%c", tolower(*p));
    snprintf(x->name, sizeof x->name, "%s", t.p);
    free(t.p);
}

static void random_measure(dice *d, nr_arena *a, const omodel *m, ogrouping *g)
{
    omeasure *x = &g->measures[g->n_measures];
    *x = (omeasure){.function = "COUNT", .star = dice_chance(d, 20)};
    do {
        if (x->star) break;
        x->function = functions[dice_below(d, COUNT(functions) - (world_rounds_long() ? 0 : SPREADS))].name;
        random_term(d, m, true, &x->term, x->of);
    } while (!suits(m, x, a));
    name_measure(d, g->n_measures, x);
    if (dice_chance(d, 25)) x->when = random_tree(d, a, m, NULL, true);
    bool new = true;
    for (size_t i = 0; i < g->n_keys; i++) new = new && strcmp(g->names[i], x->name) != 0;
    for (size_t i = 0; i < g->n_measures; i++) new = new && strcmp(g->measures[i].name, x->name) != 0;
    g->n_measures += new;
}

/* So many pairs that looking at each is a matter of moments. */
static bool is_quick(const omodel *m, const ogrouping *g)
{
    enum { PAIRS_A_ROW = 3, PAIRS_FREE = 3000 };
    ojoin j = join_of(m, g);
    size_t n = 0, most = m->n_rows * PAIRS_A_ROW + PAIRS_FREE;
    for (size_t i = 0; j.n && i < m->n_rows && n <= most; i++) {
        const orow *row = &m->rows[i];
        n += ojoin_pairs(&j, &row, 1, NULL, most);
    }
    return !j.crowded && n <= most;
}

static void random_columns(dice *d, nr_arena *a, const omodel *m, ogrouping *g)
{
    g->n_keys = g->n_measures = 0;
    random_keys(d, m, g->distinct ? 1 + dice_below(d, OG_KEYS) : dice_below(d, OG_KEYS + 1), g);
    while (!g->distinct && (!g->n_measures || (g->n_measures < OG_MEASURES && dice_chance(d, 60)))) random_measure(d, a, m, g);
}

void random_grouping(dice *d, nr_arena *a, const omodel *m, ogrouping *g)
{
    *g = (ogrouping){.count = -1, .distinct = dice_chance(d, 25)};
    do random_columns(d, a, m, g);
    while (!is_quick(m, g));
    for (size_t i = dice_chance(d, 50) ? 1 + dice_below(d, 3) : 0; i-- > 0;) {
        okey key = {.field = dice_below(d, g->n_keys + g->n_measures), .descending = dice_chance(d, 50)};
        if (!ogrouping_is_rough(m, g, key.field)) g->order[g->n_order++] = key;
    }
    g->flat = g->distinct && g->n_keys == 1 && dice_chance(d, 50);
    g->reverse = g->distinct && dice_chance(d, 30);
    g->withcount = g->distinct && dice_chance(d, 30);
    g->has_limit = dice_chance(d, 35);
    if (!g->has_limit) return;
    g->offset = (int64_t)dice_below(d, 4);
    g->count = (int64_t)dice_below(d, dice_chance(d, 80) ? 6 : 4000) - 1;
}
