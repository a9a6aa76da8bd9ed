/* oracle_shrink.c -- a query that is answered wrongly, in a fresh world with as few rows, conditions and indexes as it takes. */
#include <stdio.h>
#include <stdlib.h>

#include "oracle_game.h"
#include "oracle_tree.h"

enum { TRIES = 2000 };

typedef struct trial {
    game *g;
    omodel models[OM_MAX]; /* rows of their own */
    size_t n_models;
    const omodel *m;       /* that is asked about */
    oquery q;
    int left;
} trial;

static const char *say(world *w, const oargs *a, text *script)
{
    if (script) text_add(script, NR_S("    ")), oargs_print(a, script), text_add(script, NR_S("\n"));
    return world_run(w, a->at, a->n);
}

static void set_model(trial *t, world *w, const omodel *m, text *script)
{
    oargs a = {.arena = &t->g->arena};
    dice d = {1};
    text json = {0};
    omodel_json(m, &d, &json);
    oargs_word(&a, "MODEL");
    oargs_word(&a, "SET");
    oargs_word(&a, m->name);
    oargs_take(&a, &json);
    say(w, &a, script);
}

static void save_row(trial *t, world *w, const omodel *m, const orow *row, text *script)
{
    oargs a = {.arena = &t->g->arena};
    oargs_word(&a, "SAVE");
    oargs_word(&a, m->name);
    for (size_t i = 0; i < m->n_fields; i++) {
        const ofield *f = &m->fields[i];
        if (row->v[i].null) oargs_word(&a, "NULL");
        oargs_word(&a, f->name);
        if (!row->v[i].null) oargs_add(&a, oval_text(f->type, &row->v[i], a.arena));
    }
    say(w, &a, script);
}

/* Whether the engine still counts or replies otherwise than the oracle. The spelling of the query is always the same. */
static bool is_answered_wrongly(trial *t, world *w, text *script)
{
    const orow **rows = NR_NEW_N(&t->g->arena, const orow *, t->m->n_rows + 1);
    size_t n = oracle_select(t->m, &t->q, &t->g->arena, rows);
    oquery filters = t->q;
    text want = {0};
    filters.has_order = filters.has_limit = filters.has_fields = filters.reverse = filters.flat = filters.withcount = false;
    const oquery *asked[] = {&filters, &t->q};
    bool wrong = false, sorted = oracle_sort(t->m, &t->q, rows, n);
    for (size_t i = 0; i < 1u + sorted && !wrong; i++) {
        oargs a = {.arena = &t->g->arena};
        dice d = {7};
        text_clear(&want);
        if (i) oracle_reply(t->m, &t->q, rows, n, &want);
        else text_addf(&want, ":%zu", n);
        oargs_word(&a, i ? "QUERY" : "COUNT");
        oargs_word(&a, t->m->name);
        query_args(&d, t->m, asked[i], &a);
        wrong = strcmp(world_run(w, a.at, a.n), want.p) != 0;
        if (wrong && script) say(w, &a, script), text_addf(script, "    -> %s\n    not %s\n", w->reply.p, want.p);
    }
    free(want.p);
    return wrong;
}

static bool fails(trial *t, text *script)
{
    nr_mark mark = nr_arena_mark(&t->g->arena);
    world w;
    if (t->left-- <= 0) return false;
    world_open(&w);
    for (size_t i = 0; i < t->n_models; i++) set_model(t, &w, &t->models[i], script);
    for (size_t i = 0; i < t->n_models; i++)
        for (size_t k = 0; k < t->models[i].n_rows; k++) save_row(t, &w, &t->models[i], &t->models[i].rows[k], script);
    bool wrong = is_answered_wrongly(t, &w, script);
    world_close(&w);
    nr_arena_rewind(&t->g->arena, mark);
    return wrong;
}

/* Half of the rows, a quarter, and so on, each as long as it helps. */
static void drop_rows_of(trial *t, omodel *m)
{
    omodel was = {.n_rows = 0};
    for (size_t chunk = m->n_rows; chunk; chunk /= 2) {
        for (size_t at = 0; at < m->n_rows;) {
            size_t n = m->n_rows - at < chunk ? m->n_rows - at : chunk;
            omodel_copy(&was, m);
            memmove(m->rows + at, m->rows + at + n, (m->n_rows - at - n) * sizeof *m->rows);
            m->n_rows -= n;
            omodel_touch(m);
            if (fails(t, NULL)) continue;
            omodel_copy(m, &was);
            at += n;
        }
    }
    omodel_clear(&was);
}

static void drop_rows(trial *t)
{
    for (size_t i = 0; i < t->n_models; i++) drop_rows_of(t, &t->models[i]);
}

static void keep_if_wrong(trial *t, const oquery *simpler)
{
    oquery was = t->q;
    t->q = *simpler;
    if (!fails(t, NULL)) t->q = was;
}

/* A branch in place of the tree, as long as that helps; last nothing. */
static void drop_branches(trial *t)
{
    const otree *was = NULL;
    oquery q = t->q;
    while (t->q.tree && t->q.tree != was) {
        was = t->q.tree;
        for (size_t i = 0; i < was->n && t->q.tree == was; i++) q.tree = was->kids[i], keep_if_wrong(t, &q);
    }
    q.tree = NULL;
    keep_if_wrong(t, &q);
}

static void drop_clauses(trial *t)
{
    oquery q = t->q;
    q.has_order = q.has_limit = q.has_fields = q.reverse = q.flat = q.withcount = false;
    keep_if_wrong(t, &q);
    drop_branches(t);
    for (size_t i = t->q.n_filters; i-- > 0;) {
        q = t->q;
        memmove(&q.filters[i], &q.filters[i + 1], (--q.n_filters - i) * sizeof *q.filters);
        keep_if_wrong(t, &q);
    }
    for (size_t i = 0; i < t->q.n_filters; i++) {
        for (size_t k = t->q.filters[i].n; k-- > 0 && t->q.filters[i].n > 1;) {
            q = t->q;
            ofilter *f = &q.filters[i];
            memmove(&f->leaves[k], &f->leaves[k + 1], (--f->n - k) * sizeof *f->leaves);
            keep_if_wrong(t, &q);
        }
        q = t->q;
        q.filters[i].q = 0;
        keep_if_wrong(t, &q);
    }
}

static void drop_indexes(trial *t)
{
    for (size_t k = 0; k < t->n_models; k++) {
        for (size_t i = 0; i < t->models[k].n_fields; i++) {
            ofield *f = &t->models[k].fields[i], was = *f;
            f->index = "";
            f->column = f->auto_now = f->auto_now_add = false;
            if (!fails(t, NULL)) *f = was;
        }
    }
}

void shrink(game *g, const omodel *m, const oquery *q)
{
    trial t = {.g = g, .n_models = g->n_models, .m = &t.models[m->at], .q = *q, .left = TRIES};
    text script = {0};
    for (size_t i = 0; i < t.n_models; i++) {
        omodel_copy(&t.models[i], &g->models[i]);
        t.models[i].all = t.models;
    }
    if (fails(&t, NULL)) {
        drop_rows(&t);
        drop_clauses(&t);
        drop_indexes(&t);
        drop_rows(&t);
        t.left = 1;
        fails(&t, &script);
        fprintf(stderr, "  in a fresh world:\n%s", script.p);
    } else {
        fprintf(stderr, "  in a fresh world it is answered well\n");
    }
    free(script.p);
    for (size_t i = 0; i < t.n_models; i++) omodel_clear(&t.models[i]);
}
