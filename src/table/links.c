/* links.c -- references looked up once, and again when they change. */
#include "table/links.h"

#include "table/noted.h"
#include "table/table.h"

struct nr_links {
    const nr_env *env;
    uint32_t *at;       /* n of them */
    uint32_t n;
    uint64_t epoch;     /* of the target's directory; 0: what has been looked up counts no more */
    nr_noted changed;
};

nr_links *nr_links_new(const nr_env *env)
{
    nr_links *l = env->alloc(sizeof *l);
    *l = (nr_links){.env = env};
    nr_noted_init(&l->changed, env);
    return l;
}

void nr_links_free(nr_links *l)
{
    if (!l) return;
    if (l->at) l->env->free(l->at);
    nr_noted_clear(&l->changed);
    l->env->free(l);
}

void nr_links_change(nr_links *l, uint32_t row)
{
    if (l->epoch && !nr_noted_add(&l->changed, row, l->n)) l->epoch = 0;
}

static void make_room(nr_links *l, uint32_t n)
{
    if (n <= l->n) return;
    uint32_t more = l->n + l->n / 4;
    if (more < n) more = n;
    l->at = l->at ? l->env->realloc(l->at, more * sizeof *l->at) : l->env->alloc(more * sizeof *l->at);
    memset(l->at + l->n, 0xff, (more - l->n) * sizeof *l->at);
    l->n = more;
}

typedef struct lookup {
    const nr_table *table;
    const nr_column *keys;
    const nr_spec *spec;
    nr_rows *target;
    nr_arena scratch;
} lookup;

static void look_up(nr_links *l, lookup *w, uint32_t row)
{
    nr_value key = nr_table_has(w->table, row) ? nr_column_get(w->keys, row) : NR_NULL;
    nr_mark mark = nr_arena_mark(&w->scratch);
    make_room(l, row + 1);
    l->at[row] = key.kind == NR_V_NULL ? NR_NO_ROW : nr_rows_refer(w->target, nr_type_text(w->spec, &key, &w->scratch));
    nr_arena_rewind(&w->scratch, mark);
}

void nr_links_sync(nr_links *l, const nr_table *t, const nr_column *keys, const nr_spec *spec, nr_rows *target)
{
    uint64_t epoch = nr_rows_epoch(target);
    lookup w = {.table = t, .keys = keys, .spec = spec, .target = target};
    nr_arena_init(&w.scratch, l->env);
    if (l->epoch == epoch) {
        for (size_t i = 0; i < l->changed.n; i++) look_up(l, &w, l->changed.rows[i]);
    } else {
        if (l->n) memset(l->at, 0xff, l->n * sizeof *l->at);
        for (uint32_t row = nr_table_next(t, 0); row != NR_NO_ROW; row = nr_table_next(t, row + 1)) look_up(l, &w, row);
    }
    l->epoch = epoch;
    l->changed.n = 0;
    nr_arena_clear(&w.scratch);
}

const uint32_t *nr_links_at(const nr_links *l, uint32_t *n)
{
    *n = l->n;
    return l->at;
}

size_t nr_links_bytes(const nr_links *l)
{
    return sizeof *l + l->n * sizeof *l->at + nr_noted_bytes(&l->changed);
}
