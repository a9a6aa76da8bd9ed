/* oracle_others.c -- what others write in a round, behind the engine's back. */
#include <stdlib.h>

#include "oracle_game.h"

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
    else random_field_value(m, 0, &g->d, &g->arena, &next.v[0]);
    if (!row && m->auto_pk) next.v[0].num = m->seq - (big)dice_below(&g->d, 5);
    if (!row && (omodel_find(m, &next.v[0]) || omodel_broken(m, &next.v[0]) || m->seq < 1)) return;
    if (!row) pairs[n++] = (nr_pair){nr_slice_of(m->fields[0].name), spelled(g, m->fields[0].type, &next.v[0])};
    for (size_t i = 1; i < m->n_fields; i++) {
        const ofield *f = &m->fields[i];
        if (!row) next.v[i] = (oval){.null = true};
        if (f->unique && !f->null && !row) return;
        if (f->unique || (row && dice_chance(&g->d, 60))) continue;
        random_field_value(m, i, &g->d, &g->arena, &next.v[i]);
        if (f->null && dice_chance(&g->d, 30)) next.v[i] = (oval){.null = true};
        nr_slice value = next.v[i].null ? (nr_slice){NULL, 0} : spelled(g, f->type, &next.v[i]);
        if (row || value.p) pairs[n++] = (nr_pair){nr_slice_of(f->name), value};
    }
    if (!n) return;
    world_put(&g->w, entity_key(g, m, &next.v[0]), pairs, n);
    if (row) *row = next, omodel_touch(m);
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

enum { ASKED_AT_ONCE = 4 };

/* An entity gets a deadline that passes: it is in no answer from then on, before anybody tells of it; then the server removes its key. A SAVE may be refused, where
 * auto_now would give a unique value twice. */
static void run_out(game *g, omodel *m, orow *row)
{
    oargs a = command(g, "SAVE", m);
    nr_slice key = entity_key(g, m, &row->v[0]);
    g->w.now_us = INT64_C(1795305600000250) + (int64_t)dice_below(&g->d, 1000000);
    oargs_word(&a, "PXAT");
    oargs_add(&a, nr_arena_printf(&g->arena, "%lld", (long long)g->w.now_us / 1000 + 1));
    oargs_word(&a, "pk");
    oargs_add(&a, spelled(g, m->fields[0].type, &row->v[0]));
    const char *got = run(g, &a);
    if (!g->w.ok && g->w.code != NR_E_NOTUNIQUE) differ(g, &a, got, "its primary key", "an entity gets no deadline");
    if (!g->w.ok) return;
    g->w.now_us += 1000;
    omodel_remove(m, row);
    g->still = true;
    for (size_t i = 0; i < ASKED_AT_ONCE; i++) compare_one(g);
    g->still = false;
    world_remove(&g->w, key);
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

void write_by_others(game *g, omodel *m)
{
    orow *row = m->n_rows ? &m->rows[dice_below(&g->d, m->n_rows)] : NULL;
    uint64_t die = dice_below(&g->d, 100);
    picked_key picked = {.g = g};
    if (die < 10 && row) {
        break_entity(g, m, row);
    } else if (die < 15 && row) {
        run_out(g, m, row);
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
