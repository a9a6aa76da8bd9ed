/* removal.c -- a short list of keys and prefixes, walked from the front. */
#include "engine/removal.h"

enum { MOST_REMOVALS = 1000 }; /* on a copy they wait for its day as a primary: more are not remembered */

typedef struct nr_removal {
    struct nr_removal *next;
    int db;
    bool sets;       /* key is the prefix of many */
    uint64_t cursor; /* of the walk */
    nr_slice key, model;
    char bytes[];    /* of both */
} removal;

static void forget(nr_engine *e, removal **at)
{
    removal *r = *at;
    *at = r->next;
    e->env->free(r);
}

void nr_removals_flushed(nr_engine *e, int db)
{
    for (removal **at = &e->removals; *at;) {
        if (db < 0 || (*at)->db == db) forget(e, at);
        else at = &(*at)->next;
    }
}

void nr_removals_swapped(nr_engine *e, int a, int b)
{
    for (removal *r = e->removals; r; r = r->next)
        if (r->db == a || r->db == b) r->db = r->db == a ? b : a;
}

void nr_removal_add(nr_call *c, const nr_model *m, const nr_index *ix)
{
    nr_slice name = m->schema->name;
    removal **at = &c->engine->removals;
    size_t n = 0;
    if (ix->memory) return;
    if (ix->kind != NR_IX_SET && !c->store->cls->remove(c->store, ix->key)) return;
    for (; *at; at = &(*at)->next, n++)
        if ((*at)->db == c->db && nr_slice_eq((*at)->key, ix->key)) break;
    if (*at) forget(c->engine, at); /* its walk would begin in the middle */
    while (*at) at = &(*at)->next;
    removal *r = c->env->alloc(sizeof *r + ix->key.n + name.n);
    *r = (removal){.db = c->db, .sets = ix->kind == NR_IX_SET, .key = {r->bytes, ix->key.n}, .model = {r->bytes + ix->key.n, name.n}};
    memcpy(r->bytes, ix->key.p, ix->key.n);
    memcpy(r->bytes + ix->key.n, name.p, name.n);
    *at = r;
    if (n >= MOST_REMOVALS) forget(c->engine, &c->engine->removals);
    c->engine->wants_building = true;
}

static removal **next_in(const nr_call *c)
{
    removal **at = &c->engine->removals;
    while (*at && (*at)->db != c->db) at = &(*at)->next;
    return at;
}

bool nr_removal_pending(const nr_call *c)
{
    return *next_in(c) != NULL;
}

/* The index is there again: what lies at its keys is for its build to remove. *wanted is set unless the store failed. */
static bool is_wanted(nr_call *c, const removal *r, bool *wanted)
{
    nr_model *m = nr_model_find(c, r->model);
    *wanted = false;
    if (c->err.code == NR_E_CORRUPT) return false;
    nr_err_clear(&c->err);
    for (size_t i = 0; m && i < m->n_indexes; i++) *wanted = *wanted || (!m->indexes[i].memory && nr_slice_eq(m->indexes[i].key, r->key));
    return true;
}

/* Copies hear of keys, not of an index: they may not have the model any more. */
static void tell(nr_call *c, const nr_slices *keys)
{
    if (!c->host.replicate || !keys->n) return;
    nr_slice *argv = NR_NEW_N(&c->arena, nr_slice, keys->n + 1);
    argv[0] = NR_S("DEL");
    memcpy(argv + 1, keys->at, keys->n * sizeof *argv);
    c->host.replicate(c->host.ctx, argv, keys->n + 1);
}

static bool remove_keys(nr_call *c, const nr_slices *keys)
{
    nr_slices gone = {0};
    nr_status st = NR_ST_OK;
    for (size_t i = 0; !st && i < keys->n; i++) {
        st = c->store->cls->remove(c->store, keys->at[i]);
        if (!nr_status_good(st, keys->at[i], &c->err)) break;
        nr_vec_push(&c->arena, &gone, keys->at[i]);
    }
    tell(c, &gone);
    return !st;
}

/* The next page. A page of which a key could not be removed is read again. */
static bool remove_some(nr_call *c, removal *r, bool *done)
{
    uint64_t cursor = r->cursor;
    nr_slices keys = {0};
    nr_status st = NR_ST_OK;
    if (r->sets) st = c->store->cls->keys(c->store, r->key, &cursor, &c->arena, &keys);
    else nr_vec_push(&c->arena, &keys, r->key);
    if (!nr_status_good(st, r->key, &c->err) || !remove_keys(c, &keys)) return false;
    r->cursor = cursor;
    *done = cursor == 0;
    return true;
}

bool nr_removal_slice(nr_call *c, int64_t until_us)
{
    removal **at;
    while (*(at = next_in(c))) {
        nr_mark mark = nr_arena_mark(&c->arena);
        bool done, ok = is_wanted(c, *at, &done) && (done || remove_some(c, *at, &done));
        if (ok && done) forget(c->engine, at);
        nr_arena_rewind(&c->arena, mark);
        if (!ok) return false;
        if (c->env->mono_us(c->env->ctx) >= until_us) return true;
    }
    return true;
}
