/* follow.c -- the table, the keys that others wrote, and the repairs that follow. */
#include "engine/follow.h"

#include "base/bitmap.h"
#include "engine/borrow.h"
#include "engine/build.h"
#include "engine/entries.h"
#include "engine/reconcile.h"
#include "engine/write.h"
#include "exec/op.h"
#include "query/ast.h"
#include "store/keys.h"
#include "table/deadlines.h"
#include "table/rows.h"
#include "table/table.h"

enum { MOST_DIRTY = 100000 }; /* keys noted; with more of them everything is read again */
enum { MOST_REPAIRS = 4096 }; /* queued one by one, and one for each entity; more of them are found anew, each once */

struct nr_followed {
    nr_map dirty;       /* pk -> its own copy */
    nr_deadlines *deadlines; /* of entities that have one */
    bool rebuild;       /* what is in memory is not worth mending */
    bool counter_seen;  /* the auto pk counter is not below top */
    bool counter_lost;  /* somebody wrote it: top must be found anew */
    int64_t counter;    /* what it says, when counter_seen */
    int64_t top;        /* the greatest auto pk that was met */
    bool late;          /* a key went that was taken for gone before: copies may see only now what the last SYNC was about */
    nr_repair *repairs; /* in the order in which they must be written */
    size_t n_repairs, room;
    size_t at_first;    /* repairs that the reconciliation found */
    size_t reconciled;  /* the first so many indexes have been compared with the table; SIZE_MAX: all */
    nr_arena keys;      /* of what follows */
    nr_slices set_keys; /* of the set indexes that have not been compared */
    nr_lent lent;       /* by models that it borrows from: what is to be looked at */
};

/* -- repairs ----------------------------------------------------------------------------------------------------------------------------- */

static nr_slice keep(const nr_env *env, nr_slice s)
{
    if (!s.p) return s;
    char *p = env->alloc(s.n + 1);
    memcpy(p, s.p, s.n);
    return (nr_slice){p, s.n};
}

void nr_follow_repair(nr_call *c, nr_model *m, const nr_repair *r)
{
    struct nr_followed *f = m->followed;
    if (f->n_repairs == f->room) {
        f->room = f->room ? f->room * 2 : 64;
        f->repairs = f->repairs ? c->env->realloc(f->repairs, f->room * sizeof *r) : c->env->alloc(f->room * sizeof *r);
    }
    f->repairs[f->n_repairs++] = (nr_repair){r->add, r->set, keep(c->env, r->key), keep(c->env, r->member)};
    m->unsettled = true;
    c->engine->wants_settling = true;
}

static void drop_repairs(const nr_env *env, struct nr_followed *f)
{
    for (size_t i = 0; i < f->n_repairs; i++) {
        env->free((char *)f->repairs[i].key.p);
        if (f->repairs[i].member.p) env->free((char *)f->repairs[i].member.p);
    }
    if (f->repairs) env->free(f->repairs);
    f->repairs = NULL;
    f->n_repairs = f->room = 0;
}

static void drop_dirty(struct nr_followed *f)
{
    size_t at = 0;
    void *copy;
    while (nr_map_next(&f->dirty, &at, NULL, &copy)) f->dirty.env->free(copy);
    nr_map_clear(&f->dirty);
}

void nr_follow_release(nr_model *m)
{
    nr_table_free(m->table);
    m->table = NULL;
    m->unsettled = false;
    if (!m->followed) return;
    const nr_env *env = m->followed->dirty.env;
    drop_dirty(m->followed);
    nr_lent_clear(&m->followed->lent);
    nr_deadlines_free(m->followed->deadlines);
    drop_repairs(env, m->followed);
    nr_arena_clear(&m->followed->keys);
    env->free(m->followed);
    m->followed = NULL;
}

size_t nr_follow_pending(const nr_model *m)
{
    return m->followed ? m->followed->n_repairs : 0;
}

struct nr_lent *nr_follow_lent(nr_model *m)
{
    return m->followed ? &m->followed->lent : NULL;
}

/* -- what changed -------------------------------------------------------------------------------------------------------------------------- */

static void note(struct nr_followed *f, nr_slice pk)
{
    if (pk.n > NR_PK_MAX || nr_map_get(&f->dirty, pk)) return;
    if (f->dirty.n == MOST_DIRTY) {
        drop_dirty(f);
        f->rebuild = true;
    }
    if (f->rebuild) return;
    nr_slice copy = keep(f->dirty.env, pk);
    nr_map_put(&f->dirty, copy, (char *)copy.p);
}

/* Where the name of a model ends in a key of its: at the first ':' or '/' behind a hash tag. 0: the key is nobody's. */
static size_t owner_end(nr_slice key)
{
    const char *tag = key.n && key.p[0] == '{' ? memchr(key.p, '}', key.n) : NULL;
    for (size_t i = tag ? (size_t)(tag - key.p) : 0; i < key.n; i++)
        if (key.p[i] == ':' || key.p[i] == '/') return i;
    return 0;
}

/* A key behind the model's slash that is no index's, and not the counter, is somebody's own. */
static bool note_index_key(nr_model *m, nr_slice key)
{
    struct nr_followed *f = m->followed;
    if (nr_slice_eq(key, m->seq_key)) {
        f->counter_lost = true;
        f->counter_seen = false;
        return true;
    }
    for (size_t i = 0; i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        if (ix->memory || !nr_slice_starts(key, ix->key) || (ix->kind != NR_IX_SET && key.n != ix->key.n)) continue;
        return f->rebuild = true;
    }
    return false;
}

bool nr_follow_key(nr_engine *e, int db, nr_slice key, bool replaced)
{
    size_t end = owner_end(key);
    nr_model *m = end ? nr_catalog_get(e->catalog, db, (nr_slice){key.p, end}) : NULL;
    if (!m || !m->followed) return false;
    if (key.p[end] == '/') return replaced && note_index_key(m, key);
    note(m->followed, (nr_slice){key.p + end + 1, key.n - end - 1});
    return true;
}

void nr_follow_again(nr_model *m)
{
    m->untyped = NULL;
    if (m->followed) m->followed->rebuild = true;
}

void nr_follow_afresh(nr_model *m)
{
    if (m->unsettled) nr_follow_again(m);
}

static void repair(nr_call *c, nr_model *m, const nr_index *ix, bool add, const nr_entries *entries)
{
    for (size_t i = 0; i < entries->n; i++) {
        nr_repair r = {add, ix->kind == NR_IX_SET, entries->at[i].key, entries->at[i].member};
        nr_follow_repair(c, m, &r);
    }
}

void nr_follow_all(nr_call *c, nr_model *m)
{
    nr_follow_again(m);
    m->sync_all = true;
    c->engine->wants_settling = true;
}

/* The index entries that must go and come when an entity changes from one state to another; NULL: it is not there. Of an index that has yet to be compared with the
 * table some are found again then: the last that is queued of an entry is what the table says. */
static void repair_entries(nr_call *c, nr_model *m, nr_slice pk, const nr_value *before, const nr_value *after)
{
    for (size_t i = 0; i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        nr_entries gone = {0}, come = {0};
        if ((ix->stale && !ix->building) || ix->memory) continue;
        nr_index_difference(ix, pk, before, after, &c->arena, &gone, &come);
        repair(c, m, ix, false, &gone);
        repair(c, m, ix, true, &come);
    }
}

static bool is_canonical(nr_call *c, const nr_model *m, nr_slice pk)
{
    nr_slice out;
    return nr_entity_pk(m, nr_entity_key(m, pk, &c->arena), &c->arena, &out);
}

static int64_t deadline_of(nr_call *c, const nr_model *m, nr_slice pk)
{
    return c->store->cls->deadline(c->store, nr_entity_key(m, pk, &c->arena));
}

static void meet_pk(struct nr_followed *f, const nr_value *pk)
{
    if (pk->kind != NR_V_INT || pk->i <= f->top) return;
    f->top = pk->i;
    f->counter_seen = false;
}

void nr_follow_deadline(nr_model *m, nr_slice pk, int64_t at)
{
    if (m->followed) nr_deadlines_set(m->followed->deadlines, pk, at);
}

/* Reads one key again. Its deadline first: one that passes in between leaves no entity, the other way round it would leave one that nobody takes away. */
static bool follow_pk(nr_call *c, nr_model *m, nr_slice pk)
{
    size_t n = nr_schema_values(m->schema);
    nr_value *before = NR_NEW_N(&c->arena, nr_value, n), *after = NR_NEW_N(&c->arena, nr_value, n);
    nr_found found = NR_ABSENT;
    if (!is_canonical(c, m, pk)) return true;
    int64_t deadline = deadline_of(c, m, pk);
    if (!nr_borrow_read(c, m, pk, &c->arena, after, &found)) return false;
    uint32_t row = nr_rows_find(m->rows, pk);
    bool had = row != NR_NO_ROW && nr_table_has(m->table, row);
    if (had) nr_table_get(m->table, row, before);
    repair_entries(c, m, pk, had ? before : NULL, found == NR_FOUND ? after : NULL);
    nr_deadlines_set(m->followed->deadlines, pk, found == NR_FOUND ? deadline : -1);
    if (found == NR_FOUND) {
        meet_pk(m->followed, &after[0]);
        nr_table_put(m->table, nr_rows_intern(m->rows, pk), after);
    } else if (had) {
        nr_table_drop(m->table, row);
        nr_rows_drop(m->rows, pk);
    } else {
        m->followed->late = c->engine->wants_settling = true;
    }
    return true;
}

static bool follow_dirty(nr_call *c, nr_model *m)
{
    struct nr_followed *f = m->followed;
    size_t at = 0;
    nr_slice pk;
    nr_slices followed = {0};
    if (!f->dirty.n) return true;
    while (nr_map_next(&f->dirty, &at, &pk, NULL)) {
        if (!follow_pk(c, m, pk)) return false;
        nr_vec_push(&c->arena, &followed, pk);
    }
    nr_borrow_lend(c, m, followed.at, followed.n);
    drop_dirty(f);
    nr_model_touch(c, m);
    return true;
}

/* -- the table ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct loader {
    nr_call *call;
    nr_model *model;
} loader;

static bool put_entity(void *ctx, const nr_entity *e)
{
    const loader *l = ctx;
    nr_model *m = l->model;
    if (nr_entity_overdue(l->call, e)) {
        note(m->followed, e->pk); /* the look that finds it gone is what tells copies */
        return true;
    }
    meet_pk(m->followed, &e->row[0]);
    nr_table_put(m->table, nr_rows_intern(m->rows, e->pk), e->row);
    if (e->deadline >= 0) nr_deadlines_set(m->followed->deadlines, e->pk, e->deadline);
    return true;
}

bool *nr_follow_kept(nr_call *c, const nr_model *m)
{
    bool *kept = NR_NEW_N(&c->arena, bool, nr_schema_values(m->schema));
    for (size_t i = 0; i < m->schema->n_fields; i++) kept[i] = m->schema->fields[i].column;
    for (size_t i = 0; i < m->n_indexes; i++)
        for (size_t k = 0; k < nr_index_width(&m->indexes[i]); k++) kept[nr_index_path(&m->indexes[i], k)->field->id] = true;
    return kept;
}

/* A start is not the command's fault. */
static void excuse(nr_call *c, int64_t took)
{
    if (c->deadline_us < INT64_MAX - took) c->deadline_us += took;
}

static bool build(nr_call *c, nr_model *m)
{
    int64_t begin = c->env->mono_us(c->env->ctx);
    bool late = m->followed && m->followed->late;
    nr_follow_release(m);
    m->untyped = NULL;
    struct nr_followed *f = m->followed = c->env->alloc(sizeof *f);
    *f = (struct nr_followed){.late = late};
    nr_map_init(&f->dirty, c->env);
    nr_map_init(&f->lent.keys, c->env);
    f->deadlines = nr_deadlines_new(c->env);
    nr_arena_init(&f->keys, c->env); /* not held against the command */
    m->table = nr_table_new(c->env, m->schema, nr_follow_kept(c, m), m->indexes, m->n_indexes);
    nr_table_load(m->table);
    nr_rows_expect(m->rows, c->store->cls->size(c->store));
    nr_key_list sets = {.arena = &f->keys};
    bool ok = nr_build_each_entity(c, m, put_entity, &(loader){c, m}, nr_reconcile_sets(m) ? &sets : NULL);
    f->set_keys = sets.keys;
    ok = ok && nr_borrow_load(c, m);
    nr_table_loaded(m->table);
    nr_rows_fit(m->rows);
    int64_t took = c->env->mono_us(c->env->ctx) - begin;
    excuse(c, took);
    if (!ok) nr_follow_release(m);
    if (!ok) return false;
    nr_borrow_lend(c, m, NULL, 0);
    m->built = (nr_built){m->built.times + 1, nr_table_count(m->table), (uint64_t)took / 1000};
    if (nr_table_count(m->table))
        nr_env_logf(c->env, NR_LOG_NOTICE, "%.*s: %llu entities read in %lld ms", NR_FMT(m->schema->name), (unsigned long long)nr_table_count(m->table),
                    (long long)took / 1000);
    m->unsettled = !m->indexes[0].memory; /* until its indexes have been compared */
    if (!m->unsettled) f->reconciled = SIZE_MAX;
    return true;
}

/* Compares indexes with the table, those up to one. Copies that were there all the time do not know what was found here. */
static bool reconcile(nr_call *c, nr_model *m, size_t to)
{
    struct nr_followed *f = m->followed;
    size_t before = f->n_repairs;
    int64_t begin = c->env->mono_us(c->env->ctx);
    if (f->reconciled >= to) return true;
    if (!nr_reconcile(c, m, f->reconciled, to, &f->set_keys)) return false;
    f->reconciled = to;
    f->at_first = f->n_repairs;
    if (f->n_repairs > before) {
        m->sync_all = true;
        nr_env_logf(c->env, NR_LOG_NOTICE, "%.*s: %zu index entries to mend", NR_FMT(m->schema->name), f->n_repairs - before);
    }
    excuse(c, c->env->mono_us(c->env->ctx) - begin);
    if (to < m->n_indexes) return true;
    f->reconciled = SIZE_MAX;
    nr_arena_clear(&f->keys);
    f->set_keys = (nr_slices){0};
    m->unsettled = f->n_repairs > 0;
    return true;
}

static bool is_large(const nr_call *c, const nr_model *m)
{
    return nr_table_count(m->table) > c->engine->large;
}

/* Whether its indexes may be compared with the table later, a scan being allowed. A copy has nobody who would do it. */
static bool may_wait(const nr_call *c, const nr_model *m)
{
    return !c->copy && !c->applied && is_large(c, m) && (int64_t)nr_table_count(m->table) <= c->limits.max_scan;
}

/* For its primary a copy shows keys whose deadline has passed as alive: what it applies is not asked about deadlines, their end will be told. */
static bool follow_own(nr_call *c, nr_model *m)
{
    struct nr_followed *f = m->followed;
    nr_slice pk;
    if (!m->table) return build(c, m) && follow_dirty(c, m);
    while (!c->applied && !f->rebuild && nr_deadlines_due(f->deadlines, c->now_us / 1000, &c->arena, &pk)) note(f, pk);
    if (f->n_repairs > f->at_first * 2 + MOST_REPAIRS + nr_table_count(m->table)) f->rebuild = true;
    if (f->rebuild && !build(c, m)) return false;
    return follow_dirty(c, m);
}

/* A lender's own fields are what others borrow: what it borrows itself can wait. */
static bool follow_lenders(nr_call *c, const nr_model *m)
{
    for (size_t i = 0; i < m->schema->n_borrowed; i++)
        for (size_t k = 0; k < m->schema->borrowed[i].n_steps; k++) {
            nr_model *from = nr_model_find(c, m->schema->borrowed[i].steps[k].to);
            if (c->err.code) return false;
            if (from && from != m && nr_model_has_entities(from) && !follow_own(c, from)) return false;
        }
    return true;
}

bool nr_follow_is_true(const nr_model *m)
{
    return m->table && !m->followed->rebuild && !m->followed->dirty.n;
}

static bool table_is_true(nr_call *c, nr_model *m)
{
    if (!m->schema->n_borrowed) return follow_own(c, m);
    return follow_lenders(c, m) && follow_own(c, m) && nr_borrow_follow(c, m, &m->followed->lent);
}

bool nr_follow_table(nr_call *c, nr_model *m)
{
    if (!table_is_true(c, m)) return false;
    if (!may_wait(c, m)) return reconcile(c, m, m->n_indexes);
    c->engine->wants_settling = c->engine->wants_settling || m->unsettled;
    return true;
}

bool nr_follow_memory(nr_call *c, nr_model *m)
{
    return table_is_true(c, m) && reconcile(c, m, m->n_indexes);
}

static nr_status write_repair(nr_store *s, const nr_repair *r)
{
    if (!r->member.p) return s->cls->remove(s, r->key);
    if (r->set) return r->add ? s->cls->set_add(s, r->key, r->member) : s->cls->set_remove(s, r->key, r->member);
    return r->add ? s->cls->ordered_add(s, r->key, r->member) : s->cls->ordered_remove(s, r->key, r->member);
}

static nr_status write_repairs(nr_call *c, const struct nr_followed *f, nr_slice *failed)
{
    for (size_t i = 0; i < f->n_repairs; i++) {
        const nr_repair *r = &f->repairs[i];
        nr_status st = write_repair(c->store, r);
        if (st == NR_ST_WRONGTYPE) { /* somebody's key took the index's place: it goes, the index is made anew */
            st = c->store->cls->remove(c->store, r->key);
            if (!st) st = write_repair(c->store, r);
        }
        *failed = r->key;
        if (st) return st;
    }
    return NR_ST_OK;
}

static bool has_counter(const nr_model *m)
{
    return nr_schema_pk(m->schema)->type->flags & NR_TF_AUTO;
}

/* Primary keys that were drawn since the table was built were not met. */
static void find_top(nr_model *m)
{
    for (uint32_t row = nr_table_next(m->table, 0); row != NR_NO_ROW; row = nr_table_next(m->table, row + 1)) {
        nr_value pk = nr_column_get(nr_table_column(m->table, 0), row);
        meet_pk(m->followed, &pk);
    }
    m->followed->counter_lost = false;
}

/* Above which the next pk is drawn: what the store says, or more. */
static bool set_counter(nr_call *c, nr_model *m, int64_t least, bool *changed)
{
    struct nr_followed *f = m->followed;
    int64_t now = 0;
    nr_status st = c->store->cls->counter_get(c->store, m->seq_key, &now);
    *changed = st == NR_ST_WRONGTYPE || (!st && now < least);
    if (st == NR_ST_WRONGTYPE) st = c->store->cls->remove(c->store, m->seq_key);
    if (!st && now < least) st = c->store->cls->counter_set(c->store, m->seq_key, least);
    f->counter_seen = !st;
    f->counter = now < least ? least : now;
    return nr_status_good(st, m->seq_key, &c->err);
}

/* Somebody may have removed the counter, put something else in its place, or brought an entity whose pk is above it. Which pks were met is another matter on each
 * server, as one may have read a key before it went and another not: the primary decides, and its copies are told. */
static bool mend_counter(nr_call *c, nr_model *m, bool *changed)
{
    struct nr_followed *f = m->followed;
    if (c->applied || f->counter_seen || !has_counter(m)) return true;
    if (f->counter_lost) find_top(m);
    return set_counter(c, m, f->top, changed);
}

bool nr_follow_counter(const nr_model *m, int64_t *value)
{
    bool seen = m->followed && m->followed->counter_seen;
    if (seen) *value = m->followed->counter;
    return seen;
}

void nr_follow_counter_set(nr_model *m, int64_t value)
{
    if (m->followed) m->followed->counter = value;
}

static void tell_copies(nr_call *c, const nr_model *m)
{
    const struct nr_followed *f = m->followed;
    nr_slice argv[6] = {NR_S("NONREL.INDEX"), NR_S("SYNC"), m->schema->name};
    size_t n = 3;
    if (!c->host.replicate) return;
    if (m->sync_all) argv[n++] = NR_S("ALL");
    if (f->counter_seen && has_counter(m)) {
        argv[n++] = NR_S("SEQ");
        argv[n++] = nr_arena_printf(&c->arena, "%lld", (long long)f->counter);
    }
    c->host.replicate(c->host.ctx, argv, n);
}

static bool write_down(nr_call *c, nr_model *m, bool changed)
{
    if (!m->unsettled && !changed && !m->sync_all && !m->followed->late) return true;
    nr_slice key;
    nr_status st = write_repairs(c, m->followed, &key);
    if (!nr_status_good(st, key, &c->err)) return false;
    drop_repairs(c->env, m->followed);
    m->unsettled = m->followed->late = false;
    tell_copies(c, m);
    m->sync_all = false;
    return true;
}

bool nr_follow_store(nr_call *c, nr_model *m)
{
    bool changed = false;
    return nr_follow_memory(c, m) && mend_counter(c, m, &changed) && write_down(c, m, changed);
}

static bool has_lent(const nr_model *m)
{
    return m->followed && (m->followed->lent.all || m->followed->lent.keys.n);
}

static bool has_work(const nr_call *c, const nr_model *m)
{
    const struct nr_followed *f = m->followed;
    return f && (m->sync_all || m->unsettled || f->late || f->rebuild || f->dirty.n || has_lent(m) || !f->counter_seen ||
                 nr_deadlines_any_due(f->deadlines, c->now_us / 1000));
}

/* Of a large model index by index: clients have their turn in between. */
static bool settle(nr_call *c, nr_model *m, bool *more)
{
    if (!table_is_true(c, m)) return false;
    if (!is_large(c, m) || m->followed->reconciled >= m->n_indexes - 1) return nr_follow_store(c, m);
    if (!reconcile(c, m, m->followed->reconciled + 1)) return false;
    return *more = true;
}

/* What is found in one model may be something to look at for others that borrow from it. */
static void settle_all(nr_call *c, bool borrowers, bool *more)
{
    size_t at = 0;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        if ((borrowers && !has_lent(m)) || !has_work(c, m) || settle(c, m, more)) continue;
        nr_env_logf(c->env, NR_LOG_WARNING, "indexes of %.*s could not be brought up to date: %s", NR_FMT(m->schema->name), c->err.msg);
        nr_err_clear(&c->err);
    }
}

bool nr_follow_settle(nr_call *c)
{
    bool more = false;
    settle_all(c, false, &more);
    settle_all(c, true, &more);
    return more;
}

/* [ALL] [SEQ <n>] */
static bool read_sync(nr_call *c, const nr_slice *argv, size_t argc, bool *all, bool *told, int64_t *counter)
{
    size_t i = 0;
    if ((*all = i < argc && nr_slice_is(argv[i], "ALL"))) i++;
    if ((*told = i + 1 < argc && nr_slice_is(argv[i], "SEQ") && nr_parse_int64(argv[i + 1], counter))) i += 2;
    if (i < argc) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s; expected ALL, SEQ and the counter, or nothing", NR_SHOW(argv[i]));
    if (*told && !c->applied) return nr_fail(&c->err, NR_E_SYNTAX, "SEQ is what a primary sends to its copies");
    return true;
}

/* A pk that only this server has met counts no more: it would keep one that comes later from raising the counter. */
static bool sync(nr_call *c, nr_model *m, bool told, int64_t counter)
{
    bool changed = false;
    if (!told || !has_counter(m)) return nr_follow_store(c, m);
    if (!nr_follow_memory(c, m) || !set_counter(c, m, counter, &changed)) return false;
    m->followed->top = counter;
    return write_down(c, m, changed);
}

/* What goes along references to the model has changed with it, on the primary before it told of this. */
static bool sync_borrowers(nr_call *c, const nr_model *lender)
{
    size_t at = 0;
    bool ok = true;
    for (nr_model *m; ok && (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (m != lender && m->followed && nr_borrow_from(m, lender->schema->name)) ok = nr_follow_store(c, m);
    return ok;
}

bool nr_cmd_index_sync(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_find(c, argv[0]);
    bool all, told;
    int64_t counter = 0;
    if (!read_sync(c, argv + 1, argc - 1, &all, &told, &counter)) return false;
    if (!m) return nr_model_missing(c, argv[0]);
    if (all) nr_follow_again(m);
    if (nr_model_has_entities(m) && (!sync(c, m, told, counter) || !sync_borrowers(c, m))) return false;
    c->sink->cls->status(c->sink, "OK");
    return true;
}
