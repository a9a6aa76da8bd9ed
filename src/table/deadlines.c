/* deadlines.c -- a binary heap of pks, each knowing its place, so that a deadline can move either way or go. */
#include "table/deadlines.h"

typedef struct mortal {
    int64_t at;
    size_t place; /* in the heap */
    nr_slice pk;
    char bytes[];
} mortal;

struct nr_deadlines {
    const nr_env *env;
    nr_map by_pk;  /* mortal * */
    mortal **heap; /* the earliest on top */
    size_t n, room;
};

nr_deadlines *nr_deadlines_new(const nr_env *env)
{
    nr_deadlines *d = env->alloc(sizeof *d);
    *d = (nr_deadlines){.env = env};
    nr_map_init(&d->by_pk, env);
    return d;
}

void nr_deadlines_free(nr_deadlines *d)
{
    if (!d) return;
    for (size_t i = 0; i < d->n; i++) d->env->free(d->heap[i]);
    nr_map_clear(&d->by_pk);
    if (d->heap) d->env->free(d->heap);
    d->env->free(d);
}

static void put(nr_deadlines *d, size_t i, mortal *m)
{
    d->heap[i] = m;
    m->place = i;
}

/* Moves m from place i to where it belongs, up or down. */
static void settle(nr_deadlines *d, size_t i, mortal *m)
{
    for (; i > 0 && d->heap[(i - 1) / 2]->at > m->at; i = (i - 1) / 2) put(d, i, d->heap[(i - 1) / 2]);
    for (size_t kid; (kid = 2 * i + 1) < d->n; i = kid) {
        if (kid + 1 < d->n && d->heap[kid + 1]->at < d->heap[kid]->at) kid++;
        if (d->heap[kid]->at >= m->at) break;
        put(d, i, d->heap[kid]);
    }
    put(d, i, m);
}

static mortal *add(nr_deadlines *d, nr_slice pk)
{
    if (d->n == d->room) {
        d->room = d->room ? d->room * 2 : 64;
        d->heap = d->heap ? d->env->realloc(d->heap, d->room * sizeof *d->heap) : d->env->alloc(d->room * sizeof *d->heap);
    }
    mortal *m = d->env->alloc(sizeof *m + pk.n);
    memcpy(m->bytes, pk.p, pk.n);
    m->at = INT64_MAX;
    m->pk = (nr_slice){m->bytes, pk.n};
    nr_map_put(&d->by_pk, m->pk, m);
    put(d, d->n++, m);
    return m;
}

static void drop(nr_deadlines *d, mortal *m)
{
    size_t hole = m->place;
    mortal *last = d->heap[--d->n];
    if (last != m) settle(d, hole, last);
    nr_map_take(&d->by_pk, m->pk);
    d->env->free(m);
}

void nr_deadlines_set(nr_deadlines *d, nr_slice pk, int64_t at)
{
    mortal *m = d->n ? nr_map_get(&d->by_pk, pk) : NULL;
    if (at < 0) {
        if (m) drop(d, m);
        return;
    }
    if (!m) m = add(d, pk);
    m->at = at;
    settle(d, m->place, m);
}

bool nr_deadlines_any_due(const nr_deadlines *d, int64_t now)
{
    return d->n && d->heap[0]->at <= now;
}

bool nr_deadlines_due(nr_deadlines *d, int64_t now, nr_arena *arena, nr_slice *pk)
{
    if (!nr_deadlines_any_due(d, now)) return false;
    *pk = nr_arena_copy(arena, d->heap[0]->pk);
    drop(d, d->heap[0]);
    return true;
}
