/* online.c -- the steps of a build, each done here and then told, and the slices that are made of them. */
#include "engine/online.h"

#include "engine/entries.h"
#include "store/keyfn.h"

#include "engine/borrow.h"
#include "engine/definition.h"
#include "engine/follow.h"
#include "engine/removal.h"
#include "engine/scans.h"
#include "engine/write.h"
#include "exec/op.h"
#include "query/lookup.h"
#include "store/keys.h"
#include "table/rows.h"
#include "table/table.h"

enum { FILL_BATCH = 64 }; /* entities that are told of at a time */
enum { AT_ONCE_US = 100000 };
enum { RETRY_MS = 1000, PAUSE_MS = 2 };

/* How far the build of a model's index is. Without a position (a server that found the index half built) only the next step tells it. */
struct nr_online {
    const nr_env *env;
    nr_slice index;      /* its name; ours */
    bool ours;           /* this process has begun it, or has said that it goes on */
    bool clearing;       /* what is in the way is being looked for */
    uint64_t cursor;     /* of that walk */
    bool known;          /* behind says how far it is */
    nr_slice behind;     /* encoded primary key: all up to it are in; ours */
    int64_t begin_us;
};

static nr_slice keep(const nr_env *env, nr_slice s)
{
    char *p = env->alloc(s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return (nr_slice){p, s.n};
}

static void forget(const nr_env *env, nr_slice *s)
{
    if (s->p) env->free((char *)s->p);
    *s = (nr_slice){NULL, 0};
}

void nr_online_release(nr_model *m)
{
    struct nr_online *o = m->online;
    if (!o) return;
    forget(o->env, &o->index);
    forget(o->env, &o->behind);
    o->env->free(o);
    m->online = NULL;
}

/* The state of this index's build; made when it is another's. */
static struct nr_online *state_of(nr_call *c, nr_model *m, const nr_index *ix)
{
    if (m->online && nr_slice_eq(m->online->index, ix->name)) return m->online;
    nr_online_release(m);
    m->online = c->env->alloc(sizeof *m->online);
    *m->online = (struct nr_online){.env = c->env, .index = keep(c->env, ix->name)};
    return m->online;
}

static void set_behind(struct nr_online *o, nr_slice member)
{
    nr_slice next = keep(o->env, member);
    forget(o->env, &o->behind);
    o->behind = next;
    o->known = true;
}

bool nr_index_online(const nr_index *ix)
{
    return !ix->memory && ix->kind != NR_IX_PK && !nr_index_enforces(ix);
}

void nr_online_carry(const nr_model *before, nr_model *after, bool entities)
{
    for (size_t i = 0; i < after->n_indexes; i++) {
        nr_index *ix = &after->indexes[i];
        const nr_index *old = NULL;
        for (size_t k = 0; before && k < before->n_indexes; k++)
            if (nr_index_same(&before->indexes[k], ix)) old = &before->indexes[k];
        ix->stale = nr_index_online(ix) && (old ? old->stale : entities);
        ix->building = old && old->building;
    }
}

/* -- steps -------------------------------------------------------------------------------------------------------------------------------- */

static bool record(nr_call *c, nr_model *m)
{
    return nr_status_good(nr_definition_write(c, m), m->schema->name, &c->err);
}

/* The index is empty, and kept up by writers from now on. */
static bool step_start(nr_call *c, nr_model *m, nr_index *ix)
{
    struct nr_online *o = state_of(c, m, ix);
    nr_status st = ix->kind == NR_IX_SET ? NR_ST_OK : c->store->cls->remove(c->store, ix->key);
    if (!nr_status_good(st, ix->key, &c->err)) return false;
    if (c->applied) nr_follow_afresh(m);
    ix->stale = ix->building = true;
    if (!record(c, m)) {
        ix->building = false;
        return false;
    }
    o->clearing = false;
    set_behind(o, NR_S(""));
    return true;
}

static bool step_clear(nr_call *c, const nr_index *ix, const nr_slice *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ix->kind != NR_IX_SET || !nr_slice_starts(keys[i], ix->key))
            return nr_fail(&c->err, NR_E_SYNTAX, "key %s is none of index %.*s", NR_SHOW(keys[i]), NR_FMT(ix->name));
        nr_status st = c->store->cls->remove(c->store, keys[i]);
        if (!nr_status_good(st, keys[i], &c->err)) return false;
    }
    return true;
}

/* Whether a column that the index looks at has not yet all values. */
static bool is_filling(const nr_model *m, const nr_index *ix)
{
    for (size_t i = 0; m->table && i < nr_index_width(ix); i++)
        if (nr_table_filling(m->table, nr_index_path(ix, i)->field->id)) return true;
    return false;
}

static void fill_columns(nr_model *m, const nr_index *ix, uint32_t at, const nr_value *row)
{
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        size_t field = nr_index_path(ix, i)->field->id;
        if (nr_table_filling(m->table, field)) nr_table_fill(m->table, at, field, &row[field]);
    }
}

static void columns_filled(nr_model *m, const nr_index *ix)
{
    for (size_t i = 0; m->table && i < nr_index_width(ix); i++) {
        size_t field = nr_index_path(ix, i)->field->id;
        if (nr_table_filling(m->table, field)) nr_table_filled(m->table, field);
    }
}

static bool fill_one(nr_call *c, nr_model *m, const nr_index *ix, nr_slice pk, nr_arena *scratch)
{
    nr_value *row = NR_NEW_N(scratch, nr_value, nr_schema_values(m->schema));
    nr_found found;
    nr_entries entries = {0};
    if (!nr_borrow_read(c, m, pk, scratch, row, &found)) return false;
    if (found != NR_FOUND) return true;
    nr_index_entries(ix, pk, row, scratch, &entries);
    uint32_t at = is_filling(m, ix) ? nr_rows_find(m->rows, pk) : NR_NO_ROW;
    if (at != NR_NO_ROW && nr_table_has(m->table, at)) fill_columns(m, ix, at, row);
    return nr_entries_add(c->store, ix, &entries, &c->err);
}

static bool time_is_up(const nr_call *c, int64_t until_us)
{
    return c->env->mono_us(c->env->ctx) >= until_us;
}

/* Entities in the order of their primary keys, behind those that were filled before; *n becomes how many until the time was up, one at least. */
static bool step_fill(nr_call *c, nr_model *m, nr_index *ix, const nr_slice *pks, size_t *n, int64_t until_us)
{
    nr_arena scratch;
    nr_value pk;
    nr_arena_init(&scratch, c->env);
    bool ok = true;
    for (size_t i = 0; ok && i < *n; i++) {
        ok = fill_one(c, m, ix, pks[i], &scratch);
        nr_arena_clear(&scratch);
        if (time_is_up(c, until_us)) *n = i + 1;
    }
    if (ok && *n && nr_field_decode(nr_schema_pk(m->schema), pks[*n - 1], &scratch, &pk)) {
        nr_buf b = nr_buf_in(&scratch);
        nr_pk_add(&pk, &b);
        set_behind(state_of(c, m, ix), nr_buf_slice(&b));
    }
    nr_arena_clear(&scratch);
    return ok;
}

static bool step_done(nr_call *c, nr_model *m, nr_index *ix)
{
    ix->stale = ix->building = false;
    if (!record(c, m)) {
        ix->stale = ix->building = true;
        return false;
    }
    nr_online_release(m);
    columns_filled(m, ix);
    return true;
}

/* -- what copies are told ----------------------------------------------------------------------------------------------------------------- */

static void tell(nr_call *c, const nr_model *m, const nr_index *ix, nr_slice word, const nr_slice *args, size_t n)
{
    if (!c->host.replicate) return;
    nr_slice *argv = NR_NEW_N(&c->arena, nr_slice, n + 5);
    argv[0] = NR_S("NONREL.INDEX");
    argv[1] = NR_S("BUILD");
    argv[2] = m->schema->name;
    argv[3] = ix->name;
    argv[4] = word;
    if (n) memcpy(argv + 5, args, n * sizeof *args);
    c->host.replicate(c->host.ctx, argv, n + 5);
}

bool nr_cmd_index_build(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_find(c, argv[0]);
    nr_index *ix = NULL;
    size_t n = argc - 3;
    bool ok = false;
    if (!c->applied) return nr_fail(&c->err, NR_E_SYNTAX, "INDEX BUILD is what a primary sends to its copies; use INDEX REBUILD");
    if (!m) return nr_model_missing(c, argv[0]);
    for (size_t i = 0; i < m->n_indexes; i++)
        if (nr_slice_eq(m->indexes[i].name, argv[1]) && nr_index_online(&m->indexes[i])) ix = &m->indexes[i];
    if (!ix) return nr_fail(&c->err, NR_E_NOTFOUND, "model %.*s has no index %s that is built in steps", NR_FMT(m->schema->name), NR_SHOW(argv[1]));
    if (nr_slice_is(argv[2], "START")) ok = step_start(c, m, ix);
    else if (nr_slice_is(argv[2], "CLEAR")) ok = step_clear(c, ix, argv + 3, argc - 3);
    else if (nr_slice_is(argv[2], "FILL")) ok = step_fill(c, m, ix, argv + 3, &n, INT64_MAX);
    else if (nr_slice_is(argv[2], "DONE")) ok = step_done(c, m, ix);
    else nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s; expected START, CLEAR, FILL or DONE", NR_SHOW(argv[2]));
    if (!ok) return false;
    if (c->host.replicate_verbatim) c->host.replicate_verbatim(c->host.ctx); /* into the copy's own append-only file */
    c->sink->cls->status(c->sink, "OK");
    return true;
}

/* -- slices ------------------------------------------------------------------------------------------------------------------------------- */

/* Looks for keys of a set index that are in the way; the walk over the keyspace goes on from slice to slice. */
static bool clear_some(nr_call *c, nr_model *m, nr_index *ix, struct nr_online *o)
{
    nr_slices keys = {0};
    nr_status st = c->store->cls->keys(c->store, ix->key, &o->cursor, &c->arena, &keys);
    if (!nr_status_good(st, ix->key, &c->err) || !step_clear(c, ix, keys.at, keys.n)) return false;
    if (keys.n) tell(c, m, ix, NR_S("CLEAR"), keys.at, keys.n);
    if (o->cursor) return true;
    if (!step_start(c, m, ix)) return false;
    tell(c, m, ix, NR_S("START"), NULL, 0);
    return true;
}

static bool begin(nr_call *c, nr_model *m, nr_index *ix)
{
    if (ix->building)
        nr_env_logf(c->env, NR_LOG_NOTICE, "index %.*s of %.*s was being built when the server stopped: starting over", NR_FMT(ix->name),
                    NR_FMT(m->schema->name));
    ix->building = false;
    nr_online_release(m);
    struct nr_online *o = state_of(c, m, ix);
    o->ours = true;
    o->begin_us = c->env->mono_us(c->env->ctx);
    o->clearing = ix->kind == NR_IX_SET;
    if (o->clearing) return true;
    if (!step_start(c, m, ix)) return false;
    tell(c, m, ix, NR_S("START"), NULL, 0);
    return true;
}

static bool next_pks(nr_call *c, nr_model *m, const struct nr_online *o, nr_slices *pks, nr_slice *last, bool *more)
{
    const nr_field *f = nr_schema_pk(m->schema);
    nr_slice key = m->indexes[0].key;
    nr_range r = {.lo = o->behind.n ? o->behind : (nr_slice){NULL, 0}, .lo_open = true};
    nr_slices members = {0};
    nr_status st = c->store->cls->ordered_scan(c->store, key, &r, false, FILL_BATCH, &c->arena, &members);
    if (!nr_status_good(st, key, &c->err)) return false;
    for (size_t i = 0; i < members.n; i++) {
        nr_value v;
        if (nr_pk_decode(f->spec.type->kind, members.at[i], &v)) nr_vec_push(&c->arena, pks, nr_type_text(&f->spec, &v, &c->arena));
    }
    *more = members.n == FILL_BATCH;
    if (members.n) *last = members.at[members.n - 1];
    return true;
}

static bool finish(nr_call *c, nr_model *m, nr_index *ix)
{
    int64_t took = c->env->mono_us(c->env->ctx) - m->online->begin_us;
    if (!step_done(c, m, ix)) return false;
    tell(c, m, ix, NR_S("DONE"), NULL, 0);
    nr_env_logf(c->env, NR_LOG_NOTICE, "index %.*s of %.*s is built, in %lld ms", NR_FMT(ix->name), NR_FMT(m->schema->name), (long long)took / 1000);
    return true;
}

static bool fill_some(nr_call *c, nr_model *m, nr_index *ix, struct nr_online *o, int64_t until_us)
{
    nr_mark mark = nr_arena_mark(&c->arena);
    nr_slices pks = {0};
    nr_slice last = {NULL, 0};
    bool more;
    if (!o->ours) {
        nr_env_logf(c->env, NR_LOG_NOTICE, "index %.*s of %.*s was being built: going on", NR_FMT(ix->name), NR_FMT(m->schema->name));
        o->begin_us = c->env->mono_us(c->env->ctx);
        o->ours = true;
    }
    if (!next_pks(c, m, o, &pks, &last, &more)) return false;
    size_t n = pks.n;
    if (!step_fill(c, m, ix, pks.at, &n, until_us)) return false;
    if (n) tell(c, m, ix, NR_S("FILL"), pks.at, n);
    if (last.p && n == pks.n) set_behind(o, last);
    nr_arena_rewind(&c->arena, mark);
    return more || n < pks.n || finish(c, m, ix);
}

/* The one that is being built goes before those that wait. */
static nr_index *next_index(const nr_model *m)
{
    nr_index *next = NULL;
    for (size_t i = 0; i < m->n_indexes; i++) {
        nr_index *ix = &m->indexes[i];
        if (ix->stale && nr_index_online(ix) && (!next || (ix->building && !next->building))) next = ix;
    }
    return next;
}

static bool store_step(nr_call *c, nr_model *m, nr_index *ix, int64_t until_us)
{
    struct nr_online *o = m->online;
    bool mine = o && nr_slice_eq(o->index, ix->name);
    if (mine && o->clearing) return clear_some(c, m, ix, o);
    if (!mine || !ix->building || !o->known) return begin(c, m, ix);
    return fill_some(c, m, ix, o, until_us);
}

/* The values of a row, from its hash, where columns have not got them yet. */
static bool fill_row(nr_call *c, nr_model *m, const nr_index *ix, uint32_t row)
{
    nr_mark mark = nr_arena_mark(&c->arena);
    nr_value *values = NR_NEW_N(&c->arena, nr_value, nr_schema_values(m->schema));
    nr_found found;
    nr_slice pk = nr_rows_pk(m->rows, row);
    bool ok = nr_borrow_read(c, m, pk, &c->arena, values, &found);
    if (ok && found == NR_FOUND) fill_columns(m, ix, row, values);
    nr_arena_rewind(&c->arena, mark);
    return ok;
}

/* The next rows of an index in memory, until the time is up. */
static bool memory_step(nr_call *c, nr_model *m, size_t at, int64_t until_us)
{
    const nr_index *ix = &m->indexes[at];
    bool filling = is_filling(m, ix);
    do {
        uint32_t row = nr_table_next(m->table, nr_table_seen(m->table, at));
        if (row == NR_NO_ROW) {
            nr_table_seen_all(m->table, at);
            columns_filled(m, ix);
            return true;
        }
        if (filling && !fill_row(c, m, ix, row)) return false;
        nr_table_see(m->table, at, row);
    } while (!time_is_up(c, until_us));
    return true;
}

static size_t next_in_memory(const nr_model *m)
{
    for (size_t i = 0; m->table && i < m->n_indexes; i++)
        if (m->indexes[i].memory && nr_table_waits(m->table, i)) return i;
    return SIZE_MAX;
}

bool nr_online_pending(const nr_model *m)
{
    return nr_model_has_entities(m) && (next_index(m) || next_in_memory(m) != SIZE_MAX);
}

size_t nr_online_waiting(const nr_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_indexes; i++) n += m->indexes[i].stale || (m->indexes[i].memory && m->table && nr_table_waits(m->table, i));
    return n;
}

bool nr_online_slice(nr_call *c, nr_model *m, int64_t until_us)
{
    size_t at;
    nr_index *ix;
    if (!nr_online_pending(m)) return true;
    if (m->table && (c->copy ? !nr_follow_memory(c, m) : !nr_follow_store(c, m))) return false;
    while ((at = next_in_memory(m)) != SIZE_MAX) {
        if (!memory_step(c, m, at, until_us)) return false;
        if (time_is_up(c, until_us)) return true;
    }
    while (!c->copy && (ix = next_index(m))) {
        if (!store_step(c, m, ix, until_us)) return false;
        if (time_is_up(c, until_us)) return true;
    }
    return true;
}

static void say(nr_call *c, const nr_model *m)
{
    nr_env_logf(c->env, NR_LOG_WARNING, "an index of %.*s could not be built: %s", NR_FMT(m->schema->name), c->err.msg);
    nr_err_clear(&c->err);
}

static bool is_small(nr_call *c, const nr_model *m)
{
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    uint64_t n = 0;
    if (m->indexes[0].memory) return m->table && nr_table_count(m->table) <= NR_BUILD_AT_ONCE;
    return !c->store->cls->ordered_count(c->store, m->indexes[0].key, &all, &n) && n <= NR_BUILD_AT_ONCE;
}

void nr_online_kick(nr_call *c, nr_model *m)
{
    if (!nr_online_pending(m)) return;
    int64_t until = c->env->mono_us(c->env->ctx) + AT_ONCE_US;
    if (!c->applied && !c->copy && is_small(c, m) && !nr_online_slice(c, m, until)) say(c, m);
    if (nr_online_pending(m)) c->engine->wants_building = true;
}

bool nr_online_covers(const nr_model *m, const nr_value *pk, nr_arena *scratch)
{
    if (!m->online || !m->online->known) return true;
    nr_buf b = nr_buf_in(scratch);
    nr_pk_add(pk, &b);
    return nr_slice_cmp(nr_buf_slice(&b), m->online->behind) <= 0;
}

int nr_online_progress(nr_call *c, nr_model *m, const nr_index *ix)
{
    size_t at = (size_t)(ix - m->indexes);
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false}, done = all;
    uint64_t n = 0, total = 0;
    if (ix->memory && m->table && nr_table_waits(m->table, at)) {
        for (uint32_t row = nr_table_next(m->table, 0); row < nr_table_seen(m->table, at); row = nr_table_next(m->table, row + 1)) n++;
        total = nr_table_count(m->table);
        return total ? (int)(n * 100 / total) : 0;
    }
    if (!ix->stale) return 100;
    if (!m->online || !m->online->known || !nr_slice_eq(m->online->index, ix->name) || !m->online->behind.n) return 0;
    done.hi = m->online->behind;
    if (c->store->cls->ordered_count(c->store, m->indexes[0].key, &done, &n) ||
        c->store->cls->ordered_count(c->store, m->indexes[0].key, &all, &total))
        return 0;
    return total ? (int)(n * 100 / total) : 0;
}

/* -- for the host ------------------------------------------------------------------------------------------------------------------------- */

bool nr_engine_wants_building(const nr_engine *e)
{
    return e->wants_building;
}

void nr_engine_look_for_builds(nr_engine *e)
{
    e->wants_building = true;
}

/* What is to go goes first: it gives memory back. */
static bool remove_in_slice(nr_call *c, int64_t until, int *again)
{
    if (c->copy || !nr_removal_pending(c)) return true;
    bool ok = nr_removal_slice(c, until);
    if (!ok) nr_env_logf(c->env, NR_LOG_WARNING, "an index that is not wanted could not be removed: %s", c->err.msg);
    nr_err_clear(&c->err);
    if (nr_removal_pending(c)) *again = ok ? PAUSE_MS : RETRY_MS;
    return !ok || !time_is_up(c, until);
}

/* One that fails is let alone for a while, whatever else is built meanwhile. */
static bool build_slice(nr_call *c, nr_model *m, int64_t now_us, int64_t until)
{
    bool ok = nr_online_slice(c, m, until);
    m->build_after_us = ok ? 0 : now_us + (RETRY_MS - PAUSE_MS) * 1000;
    if (!ok) say(c, m);
    return ok;
}

int nr_engine_build(nr_call *c, int64_t budget_us)
{
    size_t at = 0;
    int again = -1;
    int64_t began = c->env->mono_us(c->env->ctx), until = began + budget_us;
    c->now_us = c->env->now_us(c->env->ctx);
    if (!remove_in_slice(c, until, &again)) return PAUSE_MS;
    if (c->full) return RETRY_MS;
    nr_scans_create(c);
    c->engine->wants_building = false;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        if (!nr_online_pending(m) || (c->copy && next_in_memory(m) == SIZE_MAX)) continue;
        bool ok = m->build_after_us <= began && build_slice(c, m, began, until);
        if (nr_online_pending(m) && (again < 0 || ok)) again = ok ? PAUSE_MS : RETRY_MS;
        if (ok && time_is_up(c, until)) return PAUSE_MS; /* one that fails keeps nobody waiting */
    }
    return again;
}
