/* oracle_aggregate.c -- AGGREGATE and DISTINCT: the engine's groups beside the oracle's. */
#include <math.h>
#include <stdlib.h>

#include "oracle_game.h"
#include "oracle_groups.h"

#define ROUGH NR_S("\x01") /* no text has that in a reply */

typedef struct comparison {
    game *g;
    const omodel *m;
    oquery filters;
    ogrouping grouping;
    ogroups groups;
    omodel having;            /* the columns that HAVING may name, and what groups have there */
    size_t *order, n;         /* groups that are kept, in order */
    double *wanted, *slack;   /* of computed floats, as they come in the reply */
    size_t n_rough;
} comparison;

/* -- arguments ---------------------------------------------------------------------------------------------------------------------------- */

static void measure_args(comparison *c, const omeasure *x, oargs *out)
{
    oargs_word(out, x->function);
    oargs_word(out, x->star ? "*" : x->of);
    if (x->when) oargs_word(out, "WHEN");
    if (x->when) otree_where(&c->g->d, c->m, x->when, out);
    if (x->as) oargs_word(out, "AS");
    if (x->as) oargs_word(out, x->name);
}

static void key_args(const ogrouping *g, oargs *out)
{
    if (g->n_keys) oargs_word(out, g->distinct ? "FIELDS" : "GROUPBY");
    for (size_t i = 0; i < g->n_keys; i++) oargs_word(out, g->names[i]);
}

static void order_args(const comparison *c, oargs *out)
{
    const ogrouping *g = &c->grouping;
    if (g->n_order) oargs_word(out, "ORDER");
    for (size_t i = 0; i < g->n_order; i++) {
        text t = {0};
        text_addf(&t, "%s%s", g->order[i].descending ? "-" : "", c->groups.m.fields[g->order[i].field].name);
        oargs_take(out, &t);
    }
}

static void shape_args(const ogrouping *g, oargs *out)
{
    if (g->distinct) oargs_word(out, "DISTINCT");
    if (g->reverse) oargs_word(out, "REVERSE");
    if (g->flat) oargs_word(out, "FLAT");
    if (g->withcount) oargs_word(out, "WITHCOUNT");
    if (!g->has_limit) return;
    oargs_word(out, "LIMIT");
    number_arg(out, g->offset);
    number_arg(out, g->count);
}

/* Clauses in any order, the functions in theirs. */
static void clause_args(comparison *c, oargs *out)
{
    size_t first = dice_below(&c->g->d, 6);
    for (size_t i = 0; i < 6; i++) {
        switch ((first + i) % 6) {
        case 0: filter_args(&c->g->d, c->m, &c->filters, out); break;
        case 1: key_args(&c->grouping, out); break;
        case 2:
            for (size_t k = 0; k < c->grouping.n_measures; k++) measure_args(c, &c->grouping.measures[k], out);
            break;
        case 3: order_args(c, out); break;
        case 4:
            if (!c->grouping.having) break;
            oargs_word(out, "HAVING");
            otree_where(&c->g->d, &c->having, c->grouping.having, out);
            break;
        default: shape_args(&c->grouping, out);
        }
    }
}

/* -- what is wanted ----------------------------------------------------------------------------------------------------------------------- */

/* A column `ref` beside one of the name `ref__in`, a field behind it: what a lookup `in` of the first would be is the second. */
static bool is_start_of_another(const omodel *all, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < all->n_fields; i++)
        if (!strncmp(all->fields[i].name, name, n) && !strncmp(all->fields[i].name + n, "__", 2)) return true;
    return false;
}

/* A reference that holds a field called like a transform or a lookup: behind its column that name is the field, as it is behind the reference, and the oracle
 * takes it for the other. */
static bool holds_an_odd_name(const game *g)
{
    const char *odd;
    for (size_t i = 0; i < g->n_models; i++)
        for (size_t f = 0; f < g->models[i].n_fields; f++)
            for (size_t at = 0; (odd = ofield_odd_name(at)); at++)
                if (!strcmp(g->models[i].fields[f].to_field, odd)) return true;
    return false;
}

static void choose_having(comparison *c)
{
    game *g = c->g;
    const omodel *all = &c->groups.m;
    omodel *h = &c->having;
    *h = (omodel){.columns = true, .rows = NR_NEW_N(&g->arena, orow, all->n_rows + 1), .n_rows = all->n_rows};
    for (size_t f = 0; f < all->n_fields; f++) {
        const char *name = all->fields[f].name;
        if (ogrouping_is_rough(c->m, &c->grouping, f) || is_start_of_another(all, name) || strpbrk(name, " \"")) continue;
        for (size_t i = 0; i < all->n_rows; i++) h->rows[i].v[h->n_fields] = all->rows[i].v[f];
        h->fields[h->n_fields++] = all->fields[f];
    }
    if (h->n_fields && !c->grouping.distinct && dice_chance(&g->d, 40) && !holds_an_odd_name(g)) c->grouping.having = random_tree(&g->d, &g->arena, h, NULL, true);
}

static int compare_groups_in_order(const void *x, const void *y, void *ctx)
{
    const comparison *c = ctx;
    size_t a = *(const size_t *)x, b = *(const size_t *)y;
    for (size_t i = 0; i < c->grouping.n_order; i++) {
        okey key = c->grouping.order[i];
        int r = oval_cmp(c->groups.m.fields[key.field].type, &c->groups.m.rows[a].v[key.field], &c->groups.m.rows[b].v[key.field]);
        if (r) return key.descending ? -r : r;
    }
    return a < b ? -1 : a > b; /* groups were made in the order of their keys */
}

static void put_in_order(comparison *c)
{
    c->order = NR_NEW_N(&c->g->arena, size_t, c->groups.m.n_rows + 1);
    for (size_t i = 0; i < c->groups.m.n_rows; i++)
        if (!c->grouping.having || otree_holds(&c->having, c->grouping.having, &c->having.rows[i], &c->g->arena)) c->order[c->n++] = i;
    if (c->n) qsort_r(c->order, c->n, sizeof *c->order, compare_groups_in_order, c);
    for (size_t i = 0; c->grouping.reverse && i < c->n / 2; i++) {
        size_t t = c->order[i];
        c->order[i] = c->order[c->n - 1 - i];
        c->order[c->n - 1 - i] = t;
    }
}

/* A computed float is a mark in the text, and its number is kept. */
static void add_cell(comparison *c, size_t at, size_t f, text *out)
{
    const oval *v = &c->groups.m.rows[at].v[f];
    if (v->null || !ogrouping_is_rough(c->m, &c->grouping, f)) {
        oval_reply(c->groups.m.fields[f].type, v, out);
        return;
    }
    c->wanted[c->n_rough] = v->dbl;
    c->slack[c->n_rough++] = c->groups.slack[at][f];
    text_add(out, ROUGH);
}

static void add_group(comparison *c, size_t at, text *out)
{
    if (!c->grouping.flat) text_add(out, NR_S("{"));
    for (size_t f = 0; f < c->groups.m.n_fields; f++) {
        if (f) text_add(out, NR_S(","));
        if (!c->grouping.flat) text_quote(out, nr_slice_of(c->groups.m.fields[f].name)), text_add(out, NR_S("="));
        add_cell(c, at, f, out);
    }
    if (!c->grouping.flat) text_add(out, NR_S("}"));
}

static void add_reply(comparison *c, text *out)
{
    const ogrouping *g = &c->grouping;
    size_t from = !g->has_limit ? 0 : (size_t)g->offset < c->n ? (size_t)g->offset : c->n, to = c->n;
    if (g->has_limit && g->count >= 0 && (size_t)g->count < c->n - from) to = from + (size_t)g->count;
    size_t cells = c->groups.m.n_rows * OG_MEASURES + 1;
    c->wanted = NR_NEW_N(&c->g->arena, double, cells);
    c->slack = NR_NEW_N(&c->g->arena, double, cells);
    if (g->withcount) text_addf(out, "[:%zu,", c->n);
    text_add(out, NR_S("["));
    for (size_t i = from; i < to; i++) {
        if (i > from) text_add(out, NR_S(","));
        add_group(c, c->order[i], out);
    }
    text_add(out, g->withcount ? NR_S("]]") : NR_S("]"));
}

/* -- comparing ---------------------------------------------------------------------------------------------------------------------------- */

static bool agrees(const comparison *c, const char *got, const char *want)
{
    size_t rough = 0;
    for (; *want && *got; got++, want++) {
        if (*got == *want) continue;
        char *end;
        double x = strtod(got + 1, &end);
        if (*want != ROUGH.p[0] || *got != '~' || end == got + 1 || !(fabs(x - c->wanted[rough]) <= c->slack[rough])) return false;
        rough++;
        got = end - 1;
    }
    return *got == *want;
}

void compare_aggregate(game *g, const omodel *m)
{
    comparison *c = NR_NEW(&g->arena, comparison);
    *c = (comparison){.g = g, .m = m};
    random_query(&g->d, &g->arena, m, false, &c->filters);
    if (dice_chance(&g->d, 40)) c->filters = (oquery){.count = -1};
    random_grouping(&g->d, &g->arena, m, &c->grouping);
    size_t n = oracle_select(m, &c->filters, &g->arena, g->rows);
    ogroups_make(m, &c->grouping, g->rows, n, &g->arena, &c->groups);
    choose_having(c);
    oargs a = command(g, c->grouping.distinct ? "QUERY" : "AGGREGATE", m);
    clause_args(c, &a);
    put_in_order(c);
    text_clear(&g->want);
    add_reply(c, &g->want);
    const char *got = run(g, &a);
    bool good = c->groups.beyond ? strncmp(got, "-LIMIT ", 7) == 0 : agrees(c, got, g->want.p);
    if (!good) differ(g, &a, got, c->groups.beyond ? "-LIMIT" : g->want.p, "the groups differ");
    g->compared++;
}
