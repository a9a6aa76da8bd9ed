/* catalog.c -- one map of names per database. */
#include "model/catalog.h"

#include <assert.h>

enum { MOST_SUSPECTS = 1000, MOST_LEFT_OUT = 10000 };

typedef struct database {
    nr_map models;
    nr_map suspects; /* name -> its own heap copy */
    nr_map marks;    /* name -> mark */
    size_t heirs;    /* models that extend a concrete one */
    bool complete;
    bool unreadable; /* there are definitions that make no sense, for want of a parent maybe */
} database;

typedef struct mark {
    nr_slice why;
    char bytes[]; /* the name, then why */
} mark;

struct nr_catalog {
    const nr_env *env;
    void (*release)(nr_model *m);
    database *dbs;
    int n_dbs;
};

nr_catalog *nr_catalog_new(const nr_env *env, void (*release)(nr_model *m))
{
    nr_catalog *c = env->alloc(sizeof *c);
    *c = (nr_catalog){env, release, NULL, 0};
    return c;
}

void nr_catalog_free(nr_catalog *c)
{
    if (!c) return;
    nr_catalog_clear(c, -1);
    if (c->dbs) c->env->free(c->dbs);
    c->env->free(c);
}

nr_model *nr_catalog_make(nr_catalog *c)
{
    nr_model *m = c->env->alloc(sizeof *m);
    memset(m, 0, sizeof *m);
    nr_arena_init(&m->arena, c->env);
    nr_map_init(&m->left_out, c->env);
    return m;
}

nr_remains nr_model_take_remains(nr_model *m, nr_arena *arena)
{
    nr_remains r = {nr_arena_copy(arena, m->schema->name), m->counters, m->left_out};
    nr_map_init(&m->left_out, r.left_out.env);
    return r;
}

/* Empties a map whose values are heap memory. */
static void clear_copies(nr_map *m)
{
    size_t at = 0;
    void *copy;
    while (nr_map_next(m, &at, NULL, &copy)) m->env->free(copy);
    nr_map_clear(m);
}

/* Adds a name whose value is its own copy. */
static void put_copy(nr_map *m, nr_slice name)
{
    char *copy = m->env->alloc(name.n + 1);
    if (name.n) memcpy(copy, name.p, name.n);
    nr_map_put(m, (nr_slice){copy, name.n}, copy);
}

void nr_catalog_discard(nr_catalog *c, nr_model *m)
{
    if (!m) return;
    c->release(m);
    clear_copies(&m->left_out);
    nr_arena_clear(&m->arena);
    c->env->free(m);
}

static database *db_of(const nr_catalog *c, int db)
{
    return db >= 0 && db < c->n_dbs ? &c->dbs[db] : NULL;
}

static database *need_db(nr_catalog *c, int db)
{
    assert(db >= 0);
    while (c->n_dbs <= db) {
        c->dbs = c->dbs ? c->env->realloc(c->dbs, sizeof *c->dbs * (size_t)(c->n_dbs + 1)) : c->env->alloc(sizeof *c->dbs);
        nr_map_init(&c->dbs[c->n_dbs].models, c->env);
        nr_map_init(&c->dbs[c->n_dbs].suspects, c->env);
        nr_map_init(&c->dbs[c->n_dbs].marks, c->env);
        c->dbs[c->n_dbs].complete = c->dbs[c->n_dbs].unreadable = false;
        c->dbs[c->n_dbs].heirs = 0;
        c->n_dbs++;
    }
    return &c->dbs[db];
}

nr_model *nr_catalog_get(const nr_catalog *c, int db, nr_slice name)
{
    const database *d = db_of(c, db);
    return d ? nr_map_get(&d->models, name) : NULL;
}

static void take_out(nr_catalog *c, database *d, nr_slice name)
{
    nr_model *m = nr_map_take(&d->models, name);
    if (m && m->schema->parent.p) d->heirs--;
    nr_catalog_discard(c, m);
}

bool nr_catalog_has_heirs(const nr_catalog *c, int db)
{
    const database *d = db_of(c, db);
    return d && d->heirs;
}

void nr_catalog_put(nr_catalog *c, int db, nr_model *m)
{
    database *d = need_db(c, db);
    take_out(c, d, m->schema->name);
    nr_map_put(&d->models, m->schema->name, m);
    if (m->schema->parent.p) d->heirs++;
    if (d->unreadable) d->complete = d->unreadable = false;
}

void nr_catalog_set_unreadable(nr_catalog *c, int db, bool any)
{
    need_db(c, db)->unreadable = any;
}

void nr_catalog_drop(nr_catalog *c, int db, nr_slice name)
{
    database *d = db_of(c, db);
    if (d) take_out(c, d, name);
}

void nr_catalog_forget(nr_catalog *c, int db)
{
    database *d = db_of(c, db);
    if (!d) return;
    size_t at = 0;
    void *m;
    while (nr_map_next(&d->models, &at, NULL, &m)) nr_catalog_discard(c, m);
    nr_map_clear(&d->models);
    d->heirs = 0;
    clear_copies(&d->suspects);
    d->complete = d->unreadable = false;
}

void nr_catalog_clear(nr_catalog *c, int db)
{
    for (int i = 0; i < c->n_dbs; i++) {
        if (db >= 0 && db != i) continue;
        nr_catalog_forget(c, i);
        clear_copies(&c->dbs[i].marks);
    }
}

void nr_catalog_mark(nr_catalog *c, int db, nr_slice name, nr_slice why)
{
    mark *m = c->env->alloc(sizeof *m + name.n + why.n);
    memcpy(m->bytes, name.p, name.n);
    memcpy(m->bytes + name.n, why.p, why.n);
    m->why = (nr_slice){m->bytes + name.n, why.n};
    nr_catalog_unmark(c, db, name);
    nr_map_put(&need_db(c, db)->marks, (nr_slice){m->bytes, name.n}, m);
}

nr_slice nr_catalog_marked(const nr_catalog *c, int db, nr_slice name)
{
    const database *d = db_of(c, db);
    const mark *m = d ? nr_map_get(&d->marks, name) : NULL;
    return m ? m->why : (nr_slice){NULL, 0};
}

void nr_catalog_unmark(nr_catalog *c, int db, nr_slice name)
{
    database *d = db_of(c, db);
    void *m = d ? nr_map_take(&d->marks, name) : NULL;
    if (m) c->env->free(m);
}

void nr_model_give_remains(nr_model *m, nr_remains *r)
{
    size_t at = 0;
    nr_slice key;
    if (m) {
        m->counters.saves += r->counters.saves;
        m->counters.deletes += r->counters.deletes;
        m->counters.queries += r->counters.queries;
        while (nr_map_next(&r->left_out, &at, &key, NULL)) nr_model_leave_out_key(m, key);
    }
    clear_copies(&r->left_out);
}

bool nr_model_leave_out_key(nr_model *m, nr_slice key)
{
    if (m->left_out.n == MOST_LEFT_OUT || nr_map_get(&m->left_out, key)) return false;
    put_copy(&m->left_out, key);
    return true;
}

void nr_model_take_back_key(nr_model *m, nr_slice key)
{
    void *copy = m->left_out.n ? nr_map_take(&m->left_out, key) : NULL;
    if (copy) m->left_out.env->free(copy);
}

void nr_catalog_swap(nr_catalog *c, int a, int b)
{
    need_db(c, a > b ? a : b);
    database t = c->dbs[a];
    c->dbs[a] = c->dbs[b];
    c->dbs[b] = t;
}

bool nr_catalog_complete(const nr_catalog *c, int db)
{
    const database *d = db_of(c, db);
    return d && d->complete;
}

void nr_catalog_set_complete(nr_catalog *c, int db, bool complete)
{
    need_db(c, db)->complete = complete;
}

void nr_catalog_suspect(nr_catalog *c, int db, nr_slice name)
{
    database *d = db_of(c, db);
    if (!d || !d->complete || name.n > NR_SUSPECT_MAX || nr_map_get(&d->suspects, name)) return;
    if (d->suspects.n == MOST_SUSPECTS) {
        clear_copies(&d->suspects);
        d->complete = false;
        return;
    }
    put_copy(&d->suspects, name);
}

bool nr_catalog_take_suspect(nr_catalog *c, int db, char *buf, nr_slice *name)
{
    database *d = db_of(c, db);
    size_t at = 0;
    nr_slice key;
    if (!d || !nr_map_next(&d->suspects, &at, &key, NULL)) return false;
    memcpy(buf, key.p, key.n);
    *name = (nr_slice){buf, key.n};
    c->env->free(nr_map_take(&d->suspects, *name));
    return true;
}

nr_model *nr_catalog_next(const nr_catalog *c, int db, size_t *at)
{
    const database *d = db_of(c, db);
    void *m;
    return d && nr_map_next(&d->models, at, NULL, &m) ? m : NULL;
}
