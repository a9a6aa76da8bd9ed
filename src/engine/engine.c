/* engine.c -- the engine's life, the frame of a call, and what the host tells about the keyspace. */
#include "engine/nonrel.h"

#include "engine/follow.h"
#include "engine/models.h"
#include "query/matcher.h"
#include "engine/online.h"
#include "engine/removal.h"
#include "engine/scans.h"
#include "table/rows.h"
#include "table/table.h"

enum { LARGE = 50000 }; /* comparing the indexes of as many entities takes a tenth of a second */

static void release_model(nr_model *m)
{
    nr_follow_release(m);
    nr_online_release(m);
    nr_rows_free(m->rows);
    nr_indexes_release(m->indexes, m->n_indexes);
}

nr_engine *nr_engine_new(const nr_env *env)
{
    nr_engine *e = env->alloc(sizeof *e);
    *e = (nr_engine){.env = env, .catalog = nr_catalog_new(env, release_model), .patterns = nr_regexes_new(env, true), .large = LARGE};
    nr_arena_init(&e->loaded, env);
    nr_map_init(&e->scans, env);
    return e;
}

void nr_engine_free(nr_engine *e)
{
    if (!e) return;
    nr_catalog_free(e->catalog);
    nr_regexes_free(e->patterns);
    nr_arena_clear(&e->loaded);
    nr_scans_free(e);
    nr_removals_flushed(e, -1);
    nr_chunk_free(e->spare, e->env);
    e->env->free(e);
}

void nr_call_init(nr_call *c, nr_engine *e)
{
    *c = (nr_call){.engine = e, .env = e->env, .limits = NR_LIMITS_DEFAULT};
    nr_arena_init_spare(&c->arena, e->env, &e->spare);
}

void nr_call_clear(nr_call *c)
{
    nr_matchers_release(c->matchers);
    nr_arena_clear(&c->arena);
}

/* A resolved command that cannot be applied means that this copy has drifted from its primary: never to be passed over in silence. */
static void mark_drifted(nr_call *c, const nr_command *cmd, const nr_slice *argv, size_t argc)
{
    if (!cmd->key || !argc) return;
    nr_err kept = c->err;
    if (nr_model_name_valid(argv[0])) nr_model_corrupt(c, argv[0], kept.msg);
    nr_env_logf(c->env, NR_LOG_WARNING, "%s %s from the primary or the append-only file could not be applied: %s %s", cmd->name, NR_SHOW(argv[0]),
                nr_code_word(kept.code), kept.msg);
    c->err = kept;
}

static size_t words_of(const nr_command *cmd)
{
    return strchr(cmd->name, ' ') ? 2 : 1;
}

bool nr_command_takes(const nr_command *cmd, size_t argc, nr_err *err)
{
    int given = (int)(argc + words_of(cmd));
    return (cmd->arity < 0 ? given >= -cmd->arity : given == cmd->arity) ||
           nr_fail(err, NR_E_SYNTAX, "wrong number of arguments; expected NONREL.%s %s", cmd->name, cmd->syntax);
}

bool nr_call_run(nr_call *c, const nr_command *cmd, const nr_slice *argv, size_t argc)
{
    c->engine->calls++;
    if (c->applied) c->limits = NR_LIMITS_NONE;
    c->now_us = c->env->now_us(c->env->ctx);
    int64_t mono = c->env->mono_us(c->env->ctx);
    c->deadline_us = c->limits.max_time > (INT64_MAX - mono) / 1000 ? INT64_MAX : mono + c->limits.max_time * 1000;
    bool ok = nr_command_takes(cmd, argc, &c->err) && cmd->run(c, argv, argc);
    if (ok && c->err.code) { /* a reply is out: the error comes too late, and is our own mistake */
        nr_env_logf(c->env, NR_LOG_WARNING, "%s succeeded in spite of an error: %s", cmd->name, c->err.msg);
        nr_err_clear(&c->err);
    }
    if (ok) return true;
    nr_fail(&c->err, NR_E_CORRUPT, "%s failed without saying why", cmd->name);
    c->engine->errors++;
    if (c->applied && (cmd->flags & NR_CMD_WRITE)) mark_drifted(c, cmd, argv, argc);
    return false;
}

static bool word_is(nr_slice word, const char *p, size_t n)
{
    char buf[32];
    if (n >= sizeof buf) return false;
    memcpy(buf, p, n);
    buf[n] = 0;
    return nr_slice_caseis(word, buf);
}

/* Most rows of the table are passed by for their first letter alone: every command comes by here. */
static bool may_begin(nr_slice word, const char *name)
{
    return word.n && ((word.p[0] ^ name[0]) & ~0x20) == 0;
}

const nr_command *nr_command_find(const nr_slice *argv, size_t argc, size_t *used, nr_err *err)
{
    nr_slice first = argc ? argv[0] : NR_S("");
    if (first.n > 7 && nr_slice_caseis((nr_slice){first.p, 7}, "NONREL.")) first = (nr_slice){first.p + 7, first.n - 7};
    bool container = false;
    for (const nr_command *cmd = nr_commands; cmd->name; cmd++) {
        if (!may_begin(first, cmd->name)) continue;
        const char *space = strchr(cmd->name, ' ');
        size_t n = space ? (size_t)(space - cmd->name) : strlen(cmd->name);
        if (!word_is(first, cmd->name, n)) continue;
        container = space != NULL;
        *used = space ? 2 : 1;
        if (!space || (argc > 1 && nr_slice_caseis(argv[1], space + 1))) return cmd;
    }
    if (container) nr_fail(err, NR_E_SYNTAX, "unknown subcommand %s of %s", NR_SHOW(argc > 1 ? argv[1] : NR_S("")), NR_SHOW(first));
    else nr_fail(err, NR_E_SYNTAX, "unknown command %s", NR_SHOW(first));
    return NULL;
}

void nr_engine_flushed(nr_engine *e, int db)
{
    nr_catalog_clear(e->catalog, db);
    nr_removals_flushed(e, db);
}

void nr_engine_swapped(nr_engine *e, int a, int b)
{
    nr_catalog_swap(e->catalog, a, b);
    nr_removals_swapped(e, a, b);
}

/* A definition stands under any name that is a model's. A new one is looked at when all models are asked for, a changed one is read again: children and
 * references are tied to it, so the whole database's cache goes. Any other key may be an entity or an index. */
bool nr_engine_key_changed(nr_engine *e, const nr_key_event *ev)
{
    if (!nr_model_name_valid(ev->key)) return nr_follow_key(e, ev->db, ev->key, ev->replaced);
    if (ev->during_call) return false;
    if (nr_catalog_get(e->catalog, ev->db, ev->key)) nr_catalog_forget(e->catalog, ev->db);
    else if (ev->may_be_hash) nr_catalog_suspect(e->catalog, ev->db, ev->key);
    return false;
}

bool nr_engine_wants_settling(const nr_engine *e)
{
    return e->wants_settling;
}

bool nr_engine_settle(nr_call *c)
{
    c->now_us = c->env->now_us(c->env->ctx);
    c->engine->wants_settling = false;
    return nr_follow_settle(c);
}

static uint64_t entities_of(nr_store *store, const nr_model *m)
{
    uint64_t n = 0;
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    if (m->n_indexes && m->indexes[0].memory) return m->table ? nr_table_count(m->table) : 0;
    if (m->n_indexes) store->cls->ordered_count(store, m->indexes[0].key, &all, &n);
    return n;
}

void nr_engine_info(nr_engine *e, int db, nr_store *store, void *ctx, void (*fn)(void *ctx, const nr_model_figures *f))
{
    nr_call c;
    nr_call_init(&c, e);
    c.db = db;
    c.store = store;
    c.now_us = e->env->now_us(e->env->ctx);
    nr_models_load_all(&c);
    size_t at = 0;
    for (nr_model *m; (m = nr_catalog_next(e->catalog, db, &at));) {
        nr_err_clear(&c.err);
        if (nr_model_has_entities(m) && m->indexes[0].memory) nr_follow_memory(&c, m); /* nothing else knows how many there are */
        nr_model_figures f = {.name = m->schema->name, .entities = entities_of(store, m), .indexes = m->n_indexes, .left_out = m->left_out.n};
        f.entries = f.entities * f.indexes;
        f.saves = m->counters.saves;
        f.deletes = m->counters.deletes;
        f.queries = m->counters.queries;
        f.bytes = m->table ? nr_table_bytes(m->table) + nr_rows_bytes(m->rows) : 0;
        f.table_builds = m->built.times;
        f.table_rows = m->built.rows;
        f.table_msec = m->built.msec;
        f.repairs = nr_follow_pending(m);
        f.waiting = nr_online_waiting(m);
        f.corrupt = nr_catalog_marked(e->catalog, db, m->schema->name).p != NULL;
        fn(ctx, &f);
    }
    nr_call_clear(&c);
}

nr_figures nr_engine_figures(const nr_engine *e)
{
    return (nr_figures){e->calls, e->errors, e->n_loaded, e->not_loaded.n, e->not_loaded.at};
}
