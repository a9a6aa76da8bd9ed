/* deadlines.c -- the heap, and what each pk's deadline really is. */
#include "table/deadlines.h"

typedef struct mortal {
    int64_t at;
    size_t entries; /* of the heap that mean it */
    nr_slice pk;
    char bytes[];
} mortal;

typedef struct entry {
    int64_t at;
    mortal *who;
} entry;

struct nr_deadlines {
    const nr_env *env;
    nr_map by_pk; /* mortal * */
    entry *heap;  /* the earliest on top */
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
    size_t at = 0;
    void *who;
    while (nr_map_next(&d->by_pk, &at, NULL, &who)) d->env->free(who);
    nr_map_clear(&d->by_pk);
    if (d->heap) d->env->free(d->heap);
    d->env->free(d);
}

static void push(nr_deadlines *d, int64_t at, mortal *who)
{
    if (d->n == d->room) {
        d->room = d->room ? d->room * 2 : 64;
        d->heap = d->heap ? d->env->realloc(d->heap, d->room * sizeof *d->heap) : d->env->alloc(d->room * sizeof *d->heap);
    }
    size_t i = d->n++;
    for (; i > 0 && d->heap[(i - 1) / 2].at > at; i = (i - 1) / 2) d->heap[i] = d->heap[(i - 1) / 2];
    d->heap[i] = (entry){at, who};
    who->entries++;
}

static mortal *pop(nr_deadlines *d)
{
    mortal *top = d->heap[0].who;
    entry last = d->heap[--d->n];
    size_t i = 0;
    for (size_t kid; (kid = 2 * i + 1) < d->n; i = kid) {
        if (kid + 1 < d->n && d->heap[kid + 1].at < d->heap[kid].at) kid++;
        if (d->heap[kid].at >= last.at) break;
        d->heap[i] = d->heap[kid];
    }
    d->heap[i] = last;
    top->entries--;
    return top;
}

static mortal *find_or_make(nr_deadlines *d, nr_slice pk)
{
    mortal *m = nr_map_get(&d->by_pk, pk);
    if (m) return m;
    m = d->env->alloc(sizeof *m + pk.n);
    memcpy(m->bytes, pk.p, pk.n);
    m->at = -1;
    m->entries = 0;
    m->pk = (nr_slice){m->bytes, pk.n};
    nr_map_put(&d->by_pk, m->pk, m);
    return m;
}

void nr_deadlines_set(nr_deadlines *d, nr_slice pk, int64_t at)
{
    mortal *m = at < 0 ? nr_map_get(&d->by_pk, pk) : find_or_make(d, pk);
    if (!m) return;
    bool sooner = at >= 0 && (m->entries == 0 || at < m->at);
    m->at = at;
    if (sooner) push(d, at, m);
}

bool nr_deadlines_due(nr_deadlines *d, int64_t now, nr_arena *arena, nr_slice *pk)
{
    while (d->n && d->heap[0].at <= now) {
        mortal *m = pop(d);
        bool due = m->at >= 0 && m->at <= now;
        if (!due && m->at >= 0 && m->entries == 0) push(d, m->at, m);
        if (due) *pk = nr_arena_copy(arena, m->pk);
        if (due) m->at = -1;
        if (m->at < 0 && m->entries == 0) {
            nr_map_take(&d->by_pk, m->pk);
            d->env->free(m);
        }
        if (due) return true;
    }
    return false;
}
