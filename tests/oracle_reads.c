/* oracle_reads.c -- random queries of a round: the engine's answer beside the oracle's. */
#include <stdlib.h>

#include "oracle_game.h"

/* -- queries ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct named_row {
    nr_slice name; /* of the pk in a reply */
    const orow *row;
} named_row;

static int compare_named(const void *x, const void *y)
{
    return nr_slice_cmp(((const named_row *)x)->name, ((const named_row *)y)->name);
}

/* The end of the value at p in a reply. */
static const char *value_end(const char *p)
{
    bool quoted = false;
    for (; quoted || (*p != ',' && *p != ']'); p++)
        if (*p == '"') quoted = !quoted;
    return p;
}

static named_row *name_rows(game *g, const omodel *m, size_t n)
{
    named_row *named = NR_NEW_N(&g->arena, named_row, n + 1);
    text t = {0};
    for (size_t i = 0; i < n; i++) {
        text_clear(&t);
        oval_reply(m->fields[0].type, &g->rows[i]->v[0], &t);
        named[i] = (named_row){nr_arena_copy(&g->arena, (nr_slice){t.p, t.n}), g->rows[i]};
    }
    free(t.p);
    qsort(named, n, sizeof *named, compare_named);
    return named;
}

/* An order that nobody defined: whatever the same filters give without other clauses, as long as they are the right rows. */
static void take_order(game *g, const omodel *m, const oargs *filters, size_t n)
{
    oargs a = *filters;
    oargs_word(&a, "FIELDS");
    oargs_word(&a, "pk");
    oargs_word(&a, "FLAT");
    if (g->w.unindexed == NR_UNINDEXED_AUTO) run(g, &a); /* which may make an index, and with it another order */
    const char *got = run(g, &a), *p = got + 1;
    named_row *named = name_rows(g, m, n);
    size_t found = 0;
    if (got[0] != '[') differ(g, &a, got, "an array", "an error");
    for (; *p && *p != ']'; p += *p == ',') {
        const char *end = value_end(p);
        named_row key = {{p, (size_t)(end - p)}, NULL}, *hit = n ? bsearch(&key, named, n, sizeof *named, compare_named) : NULL;
        if (!hit || !hit->row) differ(g, &a, got, p, hit ? "this row comes twice" : "this row does not match");
        g->rows[found++] = hit->row;
        hit->row = NULL;
        p = end;
    }
    for (size_t i = 0; i < n; i++)
        if (named[i].row) differ(g, &a, got, named[i].name.p, "this row is missing");
}

static void compare_query(game *g, const omodel *m)
{
    oquery q, filters;
    random_query(&g->d, &g->arena, m, true, &q);
    g->asked = m;
    g->query = &q;
    filters = (oquery){.n_filters = q.n_filters, .tree = q.tree};
    memcpy(filters.filters, q.filters, sizeof q.filters);
    size_t n = oracle_select(m, &q, &g->arena, g->rows);
    oargs a = command(g, "QUERY", m), plain = command(g, "QUERY", m);
    query_args(&g->d, m, &q, &a);
    query_args(&g->d, m, &filters, &plain);
    if (!q.has_order && m->n_ordering) q.n_order = 0;
    if (!oracle_sort(m, &q, g->rows, n)) take_order(g, m, &plain, n);
    text_clear(&g->want);
    oracle_reply(m, &q, g->rows, n, &g->want);
    expect_reply(g, &a, run(g, &a), g->want.p);
    g->query = NULL;
}

void compare_count(game *g, const omodel *m, bool exists)
{
    oquery q;
    random_query(&g->d, &g->arena, m, false, &q);
    g->asked = m;
    g->query = &q;
    oargs a = command(g, exists ? "EXISTS" : "COUNT", m);
    query_args(&g->d, m, &q, &a);
    size_t n = oracle_select(m, &q, &g->arena, g->rows);
    text_clear(&g->want);
    text_addf(&g->want, ":%zu", exists ? (size_t)(n > 0) : n);
    expect_reply(g, &a, run(g, &a), g->want.p);
    g->query = NULL;
}

void add_pk(game *g, const omodel *m, oargs *a, oval *pk)
{
    text t = {0};
    const otype *type = m->fields[0].type;
    if (m->n_rows && dice_chance(&g->d, 70)) *pk = m->rows[dice_below(&g->d, m->n_rows)].v[0];
    else type->make(type, &g->d, true, &g->arena, pk);
    type->spell(type, &g->d, pk, &t);
    oargs_add(a, nr_arena_copy(&g->arena, (nr_slice){t.p ? t.p : "", t.n}));
    free(t.p);
}

static void add_answer(game *g, const omodel *m, const oval *pk)
{
    const orow *row = omodel_find(m, pk);
    oquery all = {.count = -1};
    if (row) oracle_entity(m, &all, row, &g->want);
    else text_add(&g->want, NR_S("nil"));
}

static void compare_get(game *g, const omodel *m)
{
    size_t n = dice_below(&g->d, 4);
    oargs a = command(g, n ? "MGET" : "GET", m);
    text_clear(&g->want);
    if (n) text_add(&g->want, NR_S("["));
    for (size_t i = 0; i < (n ? n : 1); i++) {
        oval pk;
        if (i) text_add(&g->want, NR_S(","));
        add_pk(g, m, &a, &pk);
        add_answer(g, m, &pk);
    }
    if (n) text_add(&g->want, NR_S("]"));
    expect_reply(g, &a, run(g, &a), g->want.p);
}

void compare_one(game *g)
{
    omodel *m = some_model(g, 60);
    nr_mark mark = nr_arena_mark(&g->arena);
    uint64_t die = dice_below(&g->d, 100);
    bool writes = die >= 46 && die < 48 && m->n_rows < 300 && !g->still;
    if (die < 43) compare_query(g, m);
    else if (die < 48) compare_pages(g, m, !writes);
    else if (die < 66) compare_aggregate(g, m);
    else if (die < 84) compare_count(g, m, false);
    else if (die < 92) compare_count(g, m, true);
    else compare_get(g, m);
    if (!writes) nr_arena_rewind(&g->arena, mark); /* else rows have what lies behind it */
}
