/* oracle_pages.c -- walks by PAGE, token by token: every page is that of the oracle; and with writes between the pages, what was there throughout comes once. */
#include <stdlib.h>

#include "oracle_game.h"
#include "oracle_tree.h"

enum { PAGES_MOST = 200 };

typedef struct walk {
    game *g;
    omodel *m;
    oquery q;
    oargs plain;       /* the query, without PAGE */
    nr_slice token;    /* absent: the first page, or behind the last one */
} walk;

static bool is_ordered(const otype *t)
{
    return !t->container && !otype_is(t, "json");
}

/* Containers as a whole are none. */
static bool is_key(const omodel *m, const okey *k)
{
    const otype *t = okey_type(m, k);
    return is_ordered(t) || t->documents;
}

/* An order that PAGE takes; a model's ordering may be one that it does not. */
static void choose_query(walk *w)
{
    game *g = w->g;
    oquery *q = &w->q;
    random_query(&g->d, &g->arena, w->m, true, q);
    q->has_limit = false;
    size_t n = 0;
    for (size_t i = 0; i < q->n_order; i++)
        if (is_key(w->m, &q->order[i])) q->order[n++] = q->order[i];
    for (size_t i = 0; i < w->m->n_ordering && !n; i++)
        if (!is_key(w->m, &w->m->ordering[i])) q->order[n++] = (okey){.descending = dice_chance(&g->d, 50)};
    q->n_order = n;
    q->has_order = n > 0;
    w->plain = command(g, "QUERY", w->m);
    query_args(&g->d, w->m, q, &w->plain);
}

/* The order of a page, ties by the pk; none is by pk. REVERSE is applied. */
static void put_in_order(walk *w, const orow **rows, size_t n)
{
    oquery by_pk = {.has_order = true, .n_order = 1};
    if (!oracle_sort(w->m, &w->q, rows, n)) oracle_sort(w->m, &by_pk, rows, n);
    for (size_t i = 0; w->q.reverse && i < n / 2; i++) {
        const orow *t = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = t;
    }
}

static oargs page_args(walk *w, size_t size)
{
    oargs a = w->plain;
    oargs_word(&a, "PAGE");
    number_arg(&a, (int64_t)size);
    if (w->token.p) oargs_word(&a, "AFTER");
    if (w->token.p) oargs_add(&a, w->token);
    return a;
}

/* What stands behind the rows of a page in a reply: `,nil]` or `,"token"]`. False: neither. */
static bool take_token(walk *w, const char *rest)
{
    size_t n = strlen(rest);
    w->token = (nr_slice){NULL, 0};
    if (!strcmp(rest, ",nil]")) return true;
    if (n < 5 || strncmp(rest, ",\"", 2) != 0 || strcmp(rest + n - 2, "\"]") != 0) return false;
    w->token = nr_arena_copy(&w->g->arena, (nr_slice){rest + 2, n - 4});
    return true;
}

static void add_page(const walk *w, const orow *const *rows, size_t total, size_t from, size_t to, text *out)
{
    text_add(out, NR_S("["));
    if (w->q.withcount) text_addf(out, ":%zu,", total);
    text_add(out, NR_S("["));
    for (size_t i = from; i < to; i++) {
        if (i > from) text_add(out, NR_S(","));
        oracle_entity(w->m, &w->q, rows[i], out);
    }
    text_add(out, NR_S("]"));
}

static void walk_in_peace(walk *w)
{
    game *g = w->g;
    size_t n = oracle_select(w->m, &w->q, &g->arena, g->rows), at = 0, least = n / PAGES_MOST + 1;
    put_in_order(w, g->rows, n);
    do {
        size_t size = least + dice_below(&g->d, dice_chance(&g->d, 80) ? 4 : 2000), to = size < n - at ? at + size : n;
        oargs a = page_args(w, size);
        const char *got = run(g, &a);
        text_clear(&g->want);
        add_page(w, g->rows, n, at, to, &g->want);
        bool same = strncmp(got, g->want.p, g->want.n) == 0 && take_token(w, got + g->want.n);
        if (!same || (w->token.p != NULL) != (to < n)) differ(g, &a, got, g->want.p, "the page is another one");
        g->compared++;
        at = to;
    } while (w->token.p);
}

/* -- with writes between ------------------------------------------------------------------------------------------------------------------ */

typedef struct witness {
    oval pk, keys[3];
    bool stayed; /* it matches still, and stands where it stood */
    size_t seen;
    text name;   /* as the reply has it */
} witness;

static size_t sort_keys(const walk *w, const okey **keys)
{
    *keys = w->q.has_order ? w->q.order : w->m->ordering;
    return w->q.has_order ? w->q.n_order : w->m->n_ordering;
}

static void bear_witness(const walk *w, const orow *row, witness *x)
{
    const okey *keys;
    size_t n = sort_keys(w, &keys);
    *x = (witness){.pk = row->v[0], .stayed = true};
    for (size_t i = 0; i < n; i++) x->keys[i] = okey_value(w->m, &keys[i], row);
    oval_reply(w->m->fields[0].type, &x->pk, &x->name);
}

static bool stands(const walk *w, const witness *x)
{
    const orow *now = omodel_find(w->m, &x->pk);
    const okey *keys;
    size_t n = sort_keys(w, &keys);
    bool same = now && oracle_matches(w->m, &w->q, now, &w->g->arena);
    for (size_t i = 0; same && i < n; i++) {
        oval v = okey_value(w->m, &keys[i], now);
        same = oval_cmp(okey_type(w->m, &keys[i]), &v, &x->keys[i]) == 0;
    }
    return same;
}

static void look(walk *w, witness *all, size_t n)
{
    for (size_t i = 0; i < n; i++) all[i].stayed = all[i].stayed && stands(w, &all[i]);
}

static const char *value_end(const char *p)
{
    bool quoted = false;
    for (; quoted || (*p != ',' && *p != ']'); p++)
        if (*p == '"') quoted = !quoted;
    return p;
}

static const char *mark_seen(const char *p, witness *all, size_t n)
{
    while (*p != ']') {
        const char *end = value_end(p);
        for (size_t i = 0; i < n; i++)
            if (all[i].name.n == (size_t)(end - p) && !memcmp(all[i].name.p, p, all[i].name.n)) all[i].seen++;
        p = end + (*end == ',');
    }
    return p + 1;
}

static void walk_in_turmoil(walk *w)
{
    game *g = w->g;
    size_t n = oracle_select(w->m, &w->q, &g->arena, g->rows);
    witness *all = NR_NEW_N(&g->arena, witness, n + 1);
    for (size_t i = 0; i < n; i++) bear_witness(w, g->rows[i], &all[i]);
    oargs a;
    const char *got;
    size_t pages = 0;
    do {
        a = page_args(w, n / 20 + 1 + dice_below(&g->d, 3));
        got = run(g, &a);
        if (strncmp(got, "[[", 2) != 0 || !take_token(w, mark_seen(got + 2, all, n))) differ(g, &a, got, "a page", "this is no page");
        for (uint64_t k = w->token.p ? dice_below(&g->d, 4) : 0; k; k--) change_rows(g, dice_chance(&g->d, 70) ? w->m : some_model(g, 50)), look(w, all, n);
    } while (w->token.p && ++pages < PAGES_MOST);
    for (size_t i = 0; i < n; i++) {
        bool good = !all[i].stayed || all[i].seen == 1 || w->token.p;
        if (!good) differ(g, &a, got, all[i].name.p, all[i].seen ? "this row comes again, though it has not changed" : "this row never comes");
        free(all[i].name.p);
    }
    g->compared++;
}

void compare_pages(game *g, omodel *m, bool in_peace)
{
    walk *w = NR_NEW(&g->arena, walk);
    *w = (walk){.g = g, .m = m};
    choose_query(w);
    if (in_peace) {
        walk_in_peace(w);
        return;
    }
    w->q.has_fields = w->q.flat = true;
    w->q.withcount = false;
    w->q.fields[0] = (okey){.field = 0};
    w->q.names[0] = "pk";
    w->q.n_fields = 1;
    w->plain = command(g, "QUERY", m);
    query_args(&g->d, m, &w->q, &w->plain);
    walk_in_turmoil(w);
}
