/* info.c -- INFO nonrel: totals, then one field for each model of each database. */
#include <stdio.h>

#include "module.h"

enum { SHOWN = 20 }; /* lines about files that could not be loaded */

typedef struct printer {
    RedisModuleInfoCtx *info;
    int db;
    unsigned long long models, entities, entries, bytes, left_out, waiting, corrupt;
} printer;

static void add_model(void *ctx, const nr_model_figures *f)
{
    printer *p = ctx;
    char field[192];
    p->models++;
    p->entities += f->entities;
    p->entries += f->entries;
    p->bytes += f->bytes;
    p->left_out += f->left_out;
    p->waiting += f->waiting;
    p->corrupt += f->corrupt;
    snprintf(field, sizeof field, "db%d_%.*s", p->db, NR_FMT(f->name));
    RedisModule_InfoBeginDictField(p->info, field);
    RedisModule_InfoAddFieldULongLong(p->info, "entities", f->entities);
    RedisModule_InfoAddFieldULongLong(p->info, "indexes", f->indexes);
    RedisModule_InfoAddFieldULongLong(p->info, "index_entries", f->entries);
    RedisModule_InfoAddFieldULongLong(p->info, "indexes_waiting", f->waiting);
    RedisModule_InfoAddFieldULongLong(p->info, "saves", f->saves);
    RedisModule_InfoAddFieldULongLong(p->info, "deletes", f->deletes);
    RedisModule_InfoAddFieldULongLong(p->info, "queries", f->queries);
    RedisModule_InfoAddFieldULongLong(p->info, "memory", f->bytes);
    RedisModule_InfoAddFieldULongLong(p->info, "table_builds", f->table_builds);
    RedisModule_InfoAddFieldULongLong(p->info, "table_rows", f->table_rows);
    RedisModule_InfoAddFieldULongLong(p->info, "table_msec", f->table_msec);
    RedisModule_InfoAddFieldULongLong(p->info, "repairs", f->repairs);
    RedisModule_InfoAddFieldULongLong(p->info, "left_out", f->left_out);
    RedisModule_InfoAddFieldULongLong(p->info, "corrupt", f->corrupt);
    RedisModule_InfoEndDictField(p->info);
}

/* Every database that has keys, with a store over the background context. */
static void each_db(printer *p)
{
    RedisModuleCtx *ctx = nr_root.background;
    for (p->db = 0; RedisModule_SelectDb(ctx, p->db) == REDISMODULE_OK; p->db++) {
        if (!RedisModule_DbSize(ctx)) continue;
        nr_store_redis store;
        nr_store_redis_init(&store, ctx);
        nr_engine_info(nr_root.engine, p->db, &store.base, p, add_model);
        nr_store_redis_clear(&store);
    }
}

/* A crash report must not touch the keyspace, and while loading the keyspace is not there yet. */
static void on_info(RedisModuleInfoCtx *info, int for_crash_report)
{
    bool quiet = for_crash_report || (RedisModule_GetContextFlags(NULL) & REDISMODULE_CTX_FLAGS_LOADING);
    printer p = {.info = info};
    RedisModule_InfoAddSection(info, "models");
    if (!quiet) each_db(&p);
    RedisModule_InfoAddSection(info, "");
    RedisModule_InfoAddFieldCString(info, "version", NR_VERSION);
    RedisModule_InfoAddFieldULongLong(info, "models", p.models);
    RedisModule_InfoAddFieldULongLong(info, "entities", p.entities);
    RedisModule_InfoAddFieldULongLong(info, "index_entries", p.entries);
    RedisModule_InfoAddFieldULongLong(info, "memory", p.bytes);
    RedisModule_InfoAddFieldULongLong(info, "left_out", p.left_out);
    RedisModule_InfoAddFieldULongLong(info, "corrupt", p.corrupt);
    RedisModule_InfoAddFieldULongLong(info, "indexes_waiting", p.waiting);
    RedisModule_InfoAddFieldULongLong(info, "indexes_evictable", nr_root.policy_known && nr_root.evicts_any);
    nr_figures f = nr_engine_figures(nr_root.engine);
    RedisModule_InfoAddFieldULongLong(info, "calls", f.calls);
    RedisModule_InfoAddFieldULongLong(info, "errors", f.errors);
    RedisModule_InfoAddFieldULongLong(info, "autoload_definitions", f.loaded);
    RedisModule_InfoAddFieldULongLong(info, "autoload_refused", f.not_loaded);
    for (size_t i = 0; i < f.not_loaded && i < SHOWN; i++) {
        char name[40], why[NR_ERR_MAX + 512];
        snprintf(name, sizeof name, "autoload_refused_%zu", i + 1);
        snprintf(why, sizeof why, "%.*s", NR_FMT(f.why[i]));
        RedisModule_InfoAddFieldCString(info, name, why);
    }
}

int nr_register_info(RedisModuleCtx *ctx)
{
    return RedisModule_RegisterInfoFunc(ctx, on_info);
}
