/* oracle_writes.c -- random writes of a round through the engine, and what the oracle foresees of them. */
#include <stdlib.h>

#include "oracle_game.h"

/* -- writes ------------------------------------------------------------------------------------------------------------------------------ */

static unsigned bit(nr_code code)
{
    return 1u << code;
}

static bool draw(omodel *m, const char *reply, nr_arena *a, oval *pk)
{
    if (m->drawn_pk) { /* only the engine knows it */
        size_t n = strlen(reply);
        *pk = (oval){.bytes = n == 38 && reply[0] == '"' ? nr_arena_copy(a, (nr_slice){reply + 1, 36}) : NR_S("not drawn")};
        return true;
    }
    do {
        if (m->seq == INT64_MAX) return false;
        *pk = (oval){.num = ++m->seq};
    } while (omodel_find(m, pk) || omodel_broken(m, pk));
    return true;
}

/* The entity that the row means, NULL: a new one with *pk. */
static orow *find_target(game *g, omodel *m, const osave *s, const osave_row *r, const char *reply, oval *pk, unsigned *faults)
{
    orow *row = NULL;
    *pk = r->v[0];
    if (r->given[0] && r->v[0].null) *faults |= bit(NR_E_NOTNULL);
    if (r->given[0] && !r->v[0].null && omodel_broken(m, pk)) *faults |= bit(NR_E_CONFLICT);
    if (s->by >= 0) {
        for (size_t i = 0; i < m->n_rows && !r->v[s->by].null && !row; i++)
            if (oval_cmp(m->fields[s->by].type, &m->rows[i].v[s->by], &r->v[s->by]) == 0) row = &m->rows[i];
        if (row && s->mode == O_INSERT) *faults |= bit(NR_E_EXISTS);
        if (row && r->given[0] && oval_cmp(m->fields[0].type, &row->v[0], pk) != 0) *faults |= bit(NR_E_CONFLICT);
        if (!row && s->mode == O_UPDATE) *faults |= bit(NR_E_NOTFOUND);
        if (!row && r->given[0] && omodel_find(m, pk)) *faults |= bit(NR_E_EXISTS);
    } else if (r->given[0]) {
        row = omodel_find(m, pk);
        if (row && s->mode == O_INSERT) *faults |= bit(NR_E_EXISTS);
        if (!row && s->mode == O_UPDATE) *faults |= bit(NR_E_NOTFOUND);
    } else if (s->mode == O_UPDATE) {
        *faults |= bit(NR_E_SYNTAX);
    }
    if (row || r->given[0] || *faults) return row;
    if (!m->auto_pk && !m->drawn_pk) *faults |= bit(NR_E_NOTNULL);
    else if (!draw(m, reply, &g->arena, pk)) *faults |= bit(NR_E_LIMIT);
    return NULL;
}

static void fill(const game *g, const omodel *m, size_t i, bool insert, oval *v)
{
    const ofield *f = &m->fields[i];
    if (f->auto_now || (insert && f->auto_now_add)) *v = (oval){.num = f->type->now(g->w.now_us)};
    else if (insert) *v = f->has_default ? f->def : (oval){.null = true};
}

/* Applies one row to m; the faults that forbid it, 0: none. *at: where the entity is. */
static unsigned apply_row(game *g, omodel *m, const osave *s, const osave_row *r, const char *reply, size_t *at)
{
    unsigned faults = 0;
    oval pk;
    for (size_t i = 0; i < m->n_fields; i++)
        if (r->given[i] && r->bad[i]) faults |= bit(NR_E_BADVALUE);
    orow *row = find_target(g, m, s, r, reply, &pk, &faults), next = {0};
    if (row) next = *row;
    else next.v[0] = pk;
    for (size_t i = 1; i < m->n_fields; i++) {
        if (r->given[i]) next.v[i] = r->v[i];
        else fill(g, m, i, !row, &next.v[i]);
        if (next.v[i].null && !m->fields[i].null) faults |= bit(NR_E_NOTNULL);
    }
    if (faults) return faults;
    if (!row && m->auto_pk && pk.num > m->seq) m->seq = pk.num;
    if (row) *row = next;
    else row = omodel_add(m, &next);
    *at = (size_t)(row - m->rows);
    return 0;
}

static bool collides(const omodel *m, size_t at)
{
    for (size_t f = 1; f < m->n_fields; f++)
        for (size_t i = 0; m->fields[f].unique && i < m->n_rows; i++)
            if (i != at && !m->rows[i].v[f].null && oval_cmp(m->fields[f].type, &m->rows[i].v[f], &m->rows[at].v[f]) == 0) return true;
    return false;
}

static void add_pk_reply(const omodel *m, const orow *row, text *out)
{
    text t = {0};
    const otype *type = m->fields[0].type;
    type->canonical(type, &row->v[0], &t);
    if (type->mark == '#') text_addf(out, ":%s", t.p);
    else text_quote(out, (nr_slice){t.p, t.n});
    free(t.p);
}

/* What the save must do to scratch, and reply. */
static unsigned foresee(game *g, const osave *s, const char *reply)
{
    unsigned faults = 0;
    size_t *at = NR_NEW_N(&g->arena, size_t, s->n + 1);
    for (size_t i = 0; i < s->n && !faults; i++) faults = apply_row(g, &g->scratch, s, &s->rows[i], reply, &at[i]);
    for (size_t i = 0; i < s->n && faults; i++) /* who reads all rows before he acts finds these first */
        for (size_t f = 0; f < g->scratch.n_fields; f++)
            if (s->rows[i].given[f] && s->rows[i].bad[f]) faults |= bit(NR_E_BADVALUE);
    for (size_t i = 0; i < s->n && !faults; i++)
        if (collides(&g->scratch, at[i])) faults = bit(NR_E_NOTUNIQUE);
    text_clear(&g->want);
    if (s->array) text_add(&g->want, NR_S("["));
    for (size_t i = 0; i < s->n && !faults; i++) {
        if (i) text_add(&g->want, NR_S(","));
        add_pk_reply(&g->scratch, &g->scratch.rows[at[i]], &g->want);
    }
    if (s->array) text_add(&g->want, NR_S("]"));
    return faults;
}

static void save(game *g, omodel *m, size_t most)
{
    osave s;
    random_save(&g->d, &g->arena, m, most, &s);
    oargs a = command(g, "SAVE", m);
    save_args(&g->d, m, &s, &a);
    uint64_t before = world_digest(&g->w);
    const char *got = run(g, &a);
    omodel_copy(&g->scratch, m);
    unsigned faults = foresee(g, &s, got);
    if (!faults) {
        if (strcmp(got, g->want.p) != 0) differ(g, &a, got, g->want.p, "the save should have succeeded so");
        omodel_copy(m, &g->scratch);
        return;
    }
    if (!(faults & bit(g->w.code))) {
        text codes = {0};
        for (nr_code c = NR_OK; c < NR_E_COUNT; c++)
            if (faults & bit(c)) text_addf(&codes, " %s", nr_code_word(c));
        differ(g, &a, got, codes.p, "the save should have failed with one of these");
    }
    if (!g->unsettled && world_digest(&g->w) != before) differ(g, &a, got, "", "the save failed and changed the store");
}

static void remove_some(game *g, omodel *m)
{
    oargs a = command(g, "DELETE", m);
    size_t n = 0;
    if (dice_chance(&g->d, 60)) {
        oargs_word(&a, "PK");
        for (uint64_t left = 1 + dice_below(&g->d, 3); left; left--) {
            oval pk;
            add_pk(g, m, &a, &pk);
            const orow *row = omodel_find(m, &pk);
            if (row) omodel_remove(m, row), n++;
        }
    } else {
        oquery q;
        random_query(&g->d, &g->arena, m, false, &q);
        if (!q.n_filters && !q.tree && dice_chance(&g->d, 97)) return;
        if (!q.n_filters && !q.tree) oargs_word(&a, "ALL");
        query_args(&g->d, m, &q, &a);
        n = oracle_select(m, &q, &g->arena, g->rows);
        if (n * 5 > m->n_rows + 9 && (q.n_filters || q.tree) && dice_chance(&g->d, 90)) return;
        for (size_t i = n; i-- > 0;) omodel_remove(m, g->rows[i]); /* from behind: the last row takes the place of one that goes */
    }
    text_clear(&g->want);
    text_addf(&g->want, ":%zu", n);
    const char *got = run(g, &a);
    if (strcmp(got, g->want.p) != 0) differ(g, &a, got, g->want.p, "another number of entities was deleted");
}

void define(game *g, size_t i)
{
    oargs a = {.arena = &g->arena};
    text_clear(&g->definitions[i]);
    omodel_json(&g->models[i], &g->d, &g->definitions[i]);
    oargs_word(&a, "MODEL");
    oargs_word(&a, "SET");
    oargs_word(&a, g->models[i].name);
    oargs_add(&a, (nr_slice){g->definitions[i].p, g->definitions[i].n});
    const char *got = run(g, &a);
    if (strcmp(got, "+OK") != 0) differ(g, &a, got, "+OK", "the definition was refused");
}

/* Of what nobody asked for there is nothing to take back or to make anew. */
void change_indexes(game *g, omodel *m)
{
    opath path = {.n = 0};
    text name = {0};
    if (dice_chance(&g->d, 40)) random_way(&g->d, m, false, &path);
    omodel *end = path.n ? &m->all[path.hops[path.n - 1].to] : m;
    size_t field = dice_below(&g->d, end->n_fields), die = dice_below(&g->d, 10);
    opath_shorten(m, &path, &field);
    end = path.n ? &m->all[path.hops[path.n - 1].to] : m;
    if (path.n && end->fields[field].type->container) path.n = 0; /* such a field ends no path of an index */
    if (!path.n) end = m;
    if (!path.n) field = 1 + dice_below(&g->d, m->n_fields - 1);
    opath_print(&g->d, m, &path, &name);
    text_add(&name, nr_slice_of(end->fields[field].name));
    oargs a = {.arena = &g->arena};
    nr_slice items[OITEMS_MAX];
    oargs_word(&a, "INDEX");
    oargs_word(&a, die < 6 ? "CREATE" : die < 9 ? "DROP" : "REBUILD");
    oargs_word(&a, m->name);
    if (die < 9 || (!path.n && dice_chance(&g->d, 50))) oargs_add(&a, text_taken(&name, &g->arena));
    else free(name.p);
    size_t n = die < 6 ? random_index_items(&g->d, &g->arena, &end->fields[field], 1 + dice_below(&g->d, 3), items) : 0;
    for (size_t i = 0; i < n; i++) oargs_add(&a, items[i]);
    const char *got = run(g, &a);
    bool by_field = path.n && strstr(got, "by primary key only");
    if (strcmp(got, "+OK") != 0 && !by_field && !(die >= 6 && g->w.code == NR_E_NOTFOUND)) differ(g, &a, got, "+OK", "the index was refused");
}

void write_one(game *g, size_t most)
{
    omodel *m = some_model(g, 60);
    uint64_t die = dice_below(&g->d, 1000);
    g->w.now_us = dice_chance(&g->d, 50) ? INT64_C(1795305600000250) + (int64_t)dice_below(&g->d, 5) * 86400000000 : INT64_C(-999750);
    if (m->n_rows + most * 2 > ROWS_MAX) die = 900;
    if (die < 690) save(g, m, most);
    else if (die < 800) update_some(g, m);
    else if (die < 870) write_by_others(g, m);
    else if (die < 980) remove_some(g, m);
    else if (die < 985) change_indexes(g, m);
    else if (die < 994) {
        random_migration(&g->d, &g->arena, m, !m->n_broken && dice_chance(&g->d, 50));
        define(g, m->at);
    } else {
        world_restart(&g->w);
    }
}

void change_rows(game *g, omodel *m)
{
    uint64_t die = dice_below(&g->d, 100);
    if (m->n_rows + 20 > ROWS_MAX) die = 99;
    if (die < 60) save(g, m, 3);
    else if (die < 75) update_some(g, m);
    else if (die < 85) write_by_others(g, m);
    else remove_some(g, m);
}

void check_stores(game *g)
{
    for (size_t i = 0; i < g->n_models; i++) compare_count(g, &g->models[i], false); /* what was not read since a restart is read now */
    world_settle(&g->w);
    g->unsettled = false;
    for (size_t i = 0; i < g->n_models; i++) {
        oargs a = {.arena = &g->arena};
        oargs_word(&a, "INDEX");
        oargs_word(&a, "CHECK");
        oargs_word(&a, g->models[i].name);
        const char *got = run(g, &a);
        if (strcmp(got, "[]") != 0) differ(g, &a, got, "[]", "indexes and entities disagree");
    }
    if (world_digest(&g->w) != world_digest(&g->replica)) {
        oargs none = {.arena = &g->arena};
        differ(g, &none, "", "", "the replica's store is another one");
    }
}
