/* t_oracle.c -- the engine against the oracle: random definitions, writes and queries; every answer is compared, every failure must be one that the
 * oracle foresees and change nothing. Others write entities too, and remove indexes. After each batch of writes every index is checked, and a
 * replica that got what was replicated must have the same store.
 *
 * N: queries to compare (100,000). SEED: of the first round; each round has the next one. A difference names its round's seed: SEED=<that> N=1
 * repeats it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "oracle_random.h"

enum { ROWS_MAX = 20000 };

typedef struct game {
    dice d;
    uint64_t seed;
    nr_arena arena;
    world w, replica;
    omodel models[2], scratch; /* the first is what the second may refer to */
    text definitions[2];
    const orow *rows[ROWS_MAX];
    text want;
    uint64_t compared;
    bool unsettled; /* others have written, and indexes may still have to be mended */
} game;

static void differ(game *g, const oargs *command, const char *got, const char *want, const char *what)
{
    text line = {0}, plan = {0};
    oargs_print(command, &line);
    if (command->n + 1 < OARGS_MAX) {
        oargs explain = {.arena = &g->arena};
        oargs_word(&explain, "EXPLAIN");
        for (size_t i = 0; i < command->n; i++) oargs_add(&explain, command->at[i]);
        text_add(&plan, nr_slice_of(world_run(&g->w, explain.at, explain.n)));
    }
    fprintf(stderr, "SEED=%llu\n  %s: %s\n  %s: %s\n  %s\n  %s\n  engine %s\n  oracle %s\n  plan   %s\n", (unsigned long long)g->seed,
            g->models[0].name, g->definitions[0].p, g->models[1].name, g->definitions[1].p ? g->definitions[1].p : "", what, line.p ? line.p : "",
            got, want, plan.p ? plan.p : "");
    fail_msg("SEED=%llu N=1 repeats it", (unsigned long long)g->seed); /* which has no room for the rest */
}

/* Runs the command and copies the reply, which the next run overwrites. */
static const char *run(game *g, const oargs *a)
{
    world_run(&g->w, a->at, a->n);
    return nr_arena_copy(&g->arena, (nr_slice){g->w.reply.p, g->w.reply.n}).p;
}

static oargs command(game *g, const char *word, const omodel *m)
{
    oargs a = {.arena = &g->arena};
    oargs_word(&a, word);
    oargs_word(&a, m->name);
    return a;
}

static void expect(game *g, const oargs *a, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) differ(g, a, got, want, "the answers differ");
    g->compared++;
}

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
    filters = (oquery){.n_filters = q.n_filters};
    memcpy(filters.filters, q.filters, sizeof q.filters);
    size_t n = oracle_select(m, &q, g->rows);
    oargs a = command(g, "QUERY", m), plain = command(g, "QUERY", m);
    query_args(&g->d, m, &q, &a);
    query_args(&g->d, m, &filters, &plain);
    if (!q.has_order && m->n_ordering) q.n_order = 0;
    if (!oracle_sort(m, &q, g->rows, n)) take_order(g, m, &plain, n);
    text_clear(&g->want);
    oracle_reply(m, &q, g->rows, n, &g->want);
    expect(g, &a, run(g, &a), g->want.p);
}

static void compare_count(game *g, const omodel *m, bool exists)
{
    oquery q;
    random_query(&g->d, &g->arena, m, false, &q);
    oargs a = command(g, exists ? "EXISTS" : "COUNT", m);
    query_args(&g->d, m, &q, &a);
    size_t n = oracle_select(m, &q, g->rows);
    text_clear(&g->want);
    text_addf(&g->want, ":%zu", exists ? (size_t)(n > 0) : n);
    expect(g, &a, run(g, &a), g->want.p);
}

static void add_pk(game *g, const omodel *m, oargs *a, oval *pk)
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
    expect(g, &a, run(g, &a), g->want.p);
}

static void compare_one(game *g)
{
    const omodel *m = &g->models[dice_chance(&g->d, 80)];
    nr_mark mark = nr_arena_mark(&g->arena);
    uint64_t die = dice_below(&g->d, 100);
    if (die < 60) compare_query(g, m);
    else if (die < 82) compare_count(g, m, false);
    else if (die < 92) compare_count(g, m, true);
    else compare_get(g, m);
    nr_arena_rewind(&g->arena, mark);
}

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
        if (!q.n_filters && dice_chance(&g->d, 97)) return;
        if (!q.n_filters) oargs_word(&a, "ALL");
        query_args(&g->d, m, &q, &a);
        if (oracle_select(m, &q, g->rows) * 5 > m->n_rows + 9 && q.n_filters && dice_chance(&g->d, 90)) return;
        for (size_t i = m->n_rows; i-- > 0;)
            if (oracle_matches(m, &q, &m->rows[i])) omodel_remove(m, &m->rows[i]), n++;
    }
    text_clear(&g->want);
    text_addf(&g->want, ":%zu", n);
    const char *got = run(g, &a);
    if (strcmp(got, g->want.p) != 0) differ(g, &a, got, g->want.p, "another number of entities was deleted");
}

/* -- writes of others -------------------------------------------------------------------------------------------------------------------- */

static nr_slice taken(game *g, text *t)
{
    nr_slice out = nr_arena_copy(&g->arena, (nr_slice){t->p ? t->p : "", t->n});
    free(t->p);
    return out;
}

static nr_slice entity_key(game *g, const omodel *m, const oval *pk)
{
    text t = {0};
    text_addf(&t, "%s:", m->name);
    m->fields[0].type->canonical(m->fields[0].type, pk, &t);
    return taken(g, &t);
}

/* Any spelling of a value will do. */
static nr_slice spelled(game *g, const otype *type, const oval *v)
{
    text t = {0};
    if (dice_chance(&g->d, 80)) type->canonical(type, v, &t);
    else type->spell(type, &g->d, v, &t);
    return taken(g, &t);
}

/* HSET and HDEL, of an entity that is there or of a new one. What is unique stays unique. */
static void put_by_others(game *g, omodel *m, orow *row)
{
    nr_pair pairs[OF_MAX];
    size_t n = 0;
    orow next = {0};
    if (row) next = *row;
    else random_value(&m->fields[0], true, &g->d, &g->arena, &next.v[0]);
    if (!row && m->auto_pk) next.v[0].num = m->seq - (big)dice_below(&g->d, 5);
    if (!row && (omodel_find(m, &next.v[0]) || omodel_broken(m, &next.v[0]) || m->seq < 1)) return;
    if (!row) pairs[n++] = (nr_pair){nr_slice_of(m->fields[0].name), spelled(g, m->fields[0].type, &next.v[0])};
    for (size_t i = 1; i < m->n_fields; i++) {
        const ofield *f = &m->fields[i];
        if (!row) next.v[i] = (oval){.null = true};
        if (f->unique && !f->null && !row) return;
        if (f->unique || (row && dice_chance(&g->d, 60))) continue;
        random_value(f, false, &g->d, &g->arena, &next.v[i]);
        if (f->null && dice_chance(&g->d, 30)) next.v[i] = (oval){.null = true};
        nr_slice value = next.v[i].null ? (nr_slice){NULL, 0} : spelled(g, f->type, &next.v[i]);
        if (row || value.p) pairs[n++] = (nr_pair){nr_slice_of(f->name), value};
    }
    if (!n) return;
    world_put(&g->w, entity_key(g, m, &next.v[0]), pairs, n);
    if (row) *row = next;
    else omodel_add(m, &next);
}

/* HSET of what is no value of the field, or HDEL of what cannot be NULL: the entity is left out of every answer. Not where something is unique:
 * what an entity holds that is left out is free for others. */
static void break_entity(game *g, omodel *m, const orow *row)
{
    size_t f = 1 + dice_below(&g->d, m->n_fields - 1);
    bool blob = m->fields[f].type->json == O_JSON_BASE64, gone = !m->fields[f].null && dice_chance(&g->d, 50);
    for (size_t i = 1; i < m->n_fields; i++)
        if (m->fields[i].unique) return;
    if ((blob && !gone) || m->n_broken == OB_MAX) return;
    nr_pair bad = {nr_slice_of(m->fields[f].name), gone ? (nr_slice){NULL, 0} : NR_S("\xff\xfe")};
    world_put(&g->w, entity_key(g, m, &row->v[0]), &bad, 1);
    m->broken[m->n_broken++] = *row;
    omodel_remove(m, row);
}

static void mend_entity(game *g, omodel *m)
{
    nr_pair pairs[OF_MAX];
    const orow *row = &m->broken[--m->n_broken];
    for (size_t i = 0; i < m->n_fields; i++)
        pairs[i] = (nr_pair){nr_slice_of(m->fields[i].name), row->v[i].null ? (nr_slice){NULL, 0} : spelled(g, m->fields[i].type, &row->v[i])};
    world_put(&g->w, entity_key(g, m, &row->v[0]), pairs, m->n_fields);
    omodel_add(m, row);
}

typedef struct picked_key {
    game *g;
    nr_slice key;
    uint64_t seen;
} picked_key;

static bool pick_key(void *ctx, nr_slice key, nr_holds holds)
{
    picked_key *p = ctx;
    if ((holds == NR_HOLDS_ORDERED || holds == NR_HOLDS_SET) && dice_below(&p->g->d, ++p->seen) == 0) p->key = nr_arena_copy(&p->g->arena, key);
    return true;
}

static void write_by_others(game *g, omodel *m)
{
    orow *row = m->n_rows ? &m->rows[dice_below(&g->d, m->n_rows)] : NULL;
    uint64_t die = dice_below(&g->d, 100);
    picked_key picked = {.g = g};
    if (die < 15 && row) {
        break_entity(g, m, row);
    } else if (die < 25 && m->n_broken) {
        mend_entity(g, m);
    } else if (die < 40 && row) {
        world_remove(&g->w, entity_key(g, m, &row->v[0]));
        omodel_remove(m, row);
    } else if (die < 90) {
        put_by_others(g, m, die < 70 ? row : NULL);
    } else { /* an index, as a whole */
        g->w.mem->cls->walk(g->w.mem, NR_S("t."), pick_key, &picked);
        if (picked.key.p) world_remove(&g->w, picked.key);
    }
    g->unsettled = true;
    if (dice_chance(&g->d, 50)) world_settle(&g->w);
}

static void define(game *g, size_t i)
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

static void write_one(game *g, size_t most)
{
    size_t i = dice_chance(&g->d, 75);
    omodel *m = &g->models[i];
    uint64_t die = dice_below(&g->d, 1000);
    g->w.now_us = dice_chance(&g->d, 50) ? INT64_C(1795305600000250) + (int64_t)dice_below(&g->d, 5) * 86400000000 : INT64_C(-999750);
    if (m->n_rows + most * 2 > ROWS_MAX) die = 900;
    if (die < 800) save(g, m, most);
    else if (die < 870) write_by_others(g, m);
    else if (die < 980) remove_some(g, m);
    else if (die < 992) {
        random_migration(&g->d, &g->arena, m, !m->n_broken && dice_chance(&g->d, 50));
        define(g, i);
    } else {
        world_restart(&g->w);
    }
}

static void check(game *g)
{
    if (dice_chance(&g->d, 20)) return;
    for (size_t i = 0; i < 2; i++) compare_count(g, &g->models[i], false); /* what was not read since a restart is read now */
    world_settle(&g->w);
    g->unsettled = false;
    for (size_t i = 0; i < 2; i++) {
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

/* -- rounds ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct scale {
    int steps, writes, queries;
    size_t most; /* rows a batch */
} scale;

static void play(game *g, const scale *s)
{
    g->d.state = (g->seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 5; i++) dice_roll(&g->d);
    nr_arena_init(&g->arena, nr_env_libc());
    world_open(&g->w);
    world_open(&g->replica);
    g->w.replica = &g->replica;
    random_model(&g->d, &g->arena, &g->models[0], "t.Target", NULL, s->most > 100);
    random_model(&g->d, &g->arena, &g->models[1], "t.Main", &g->models[0], s->most > 100);
    for (size_t i = 0; i < 2; i++) define(g, i);
    for (int step = 0; step < s->steps; step++) {
        for (int i = 0; i < s->writes; i++) write_one(g, s->most);
        check(g);
        for (int i = 0; i < s->queries; i++) compare_one(g);
    }
    world_close(&g->w);
    world_close(&g->replica);
    nr_arena_clear(&g->arena);
    free(g->models[0].rows);
    free(g->models[1].rows);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

/* Rows by the thousand now and then: more than a batch of the operators holds. */
static void every_answer_is_that_of_the_oracle(void **state)
{
    static const scale small = {12, 10, 24, 9}, large = {4, 14, 60, 900};
    game *g = calloc(1, sizeof *g);
    uint64_t n = number_of("N", 100000);
    (void)state;
    assert_non_null(g);
    g->seed = number_of("SEED", 1);
    printf("# SEED=%llu N=%llu\n", (unsigned long long)g->seed, (unsigned long long)n);
    for (; g->compared < n; g->seed++) play(g, g->seed % 40 == 0 ? &large : &small);
    printf("# %llu queries compared, up to SEED=%llu\n", (unsigned long long)g->compared, (unsigned long long)g->seed - 1);
    free(g->scratch.rows);
    free(g->want.p);
    for (size_t i = 0; i < 2; i++) free(g->definitions[i].p);
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_answer_is_that_of_the_oracle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
