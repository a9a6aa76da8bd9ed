/* events.c -- what the server tells: flushes, swaps, loading, and changes of keys by others. Nothing here writes to the keyspace. */
#include "module.h"

enum { PAUSED_MS = 100 }; /* between looks at whether clients are still paused */

/* Copies write nothing by themselves: their primary tells them. */
static bool may_settle(RedisModuleCtx *ctx)
{
    int flags = RedisModule_GetContextFlags(ctx);
    return (flags & REDISMODULE_CTX_FLAGS_MASTER) && !(flags & REDISMODULE_CTX_FLAGS_LOADING);
}

/* Indexes are mended soon after somebody changed an entity: as a command of its own would, in the databases that need it. */
static void settle(RedisModuleCtx *ctx, void *data)
{
    (void)data;
    nr_root.settling = false;
    if (!may_settle(ctx)) return;
    if (RedisModule_AvoidReplicaTraffic()) { /* clients are paused: the data must stay as it is */
        nr_settle_soon(ctx);
        return;
    }
    int db = RedisModule_GetSelectedDb(ctx);
    nr_root.busy++;
    bool more = false;
    for (int i = 0; RedisModule_SelectDb(ctx, i) == REDISMODULE_OK; i++) more = nr_settle_db(ctx, i) || more;
    nr_root.busy--;
    RedisModule_SelectDb(ctx, db);
    if (more) nr_settle_soon(ctx);
}

void nr_settle_soon(RedisModuleCtx *ctx)
{
    if (nr_root.settling || !may_settle(ctx)) return;
    RedisModule_CreateTimer(ctx, RedisModule_AvoidReplicaTraffic() ? PAUSED_MS : 0, settle, NULL);
    nr_root.settling = true;
}

static bool is_loading(RedisModuleCtx *ctx)
{
    return (RedisModule_GetContextFlags(ctx) & REDISMODULE_CTX_FLAGS_LOADING) != 0;
}

/* A slice in each database that has something to build; then again, after a while in which the server does what it is there for. */
static void build(RedisModuleCtx *ctx, void *data)
{
    (void)data;
    nr_root.building = false;
    if (is_loading(ctx)) return;
    if (RedisModule_AvoidReplicaTraffic()) { /* clients are paused and the data must stay as it is */
        nr_build_soon(ctx);
        return;
    }
    int db = RedisModule_GetSelectedDb(ctx), again = -1;
    nr_root.busy++;
    for (int i = 0; RedisModule_SelectDb(ctx, i) == REDISMODULE_OK; i++) {
        int wait = nr_build_db(ctx, i);
        if (wait >= 0 && (again < 0 || wait < again)) again = wait;
    }
    nr_root.busy--;
    RedisModule_SelectDb(ctx, db);
    if (again < 0) return;
    RedisModule_CreateTimer(ctx, again, build, NULL);
    nr_root.building = true;
}

void nr_build_soon(RedisModuleCtx *ctx)
{
    if (nr_root.building || is_loading(ctx)) return;
    RedisModule_CreateTimer(ctx, RedisModule_AvoidReplicaTraffic() ? PAUSED_MS : 0, build, NULL);
    nr_root.building = true;
}

/* A copy that becomes the primary goes on with what its primary was building. */
static void on_role(RedisModuleCtx *ctx, RedisModuleEvent e, uint64_t sub, void *data)
{
    (void)e;
    (void)sub;
    (void)data;
    nr_engine_look_for_builds(nr_root.engine);
    nr_build_soon(ctx);
}

/* Whether the event is about members of a set or sorted set (ZADD, not ZUNIONSTORE), or the end of one that has just lost its last member: the server tells
 * of the member first, when the key is gone already. Else the key itself was replaced or removed. */
static bool about_members(RedisModuleCtx *ctx, int type, const char *event, RedisModuleString *name)
{
    nr_slice key = nr_slice_of_string(name);
    bool members = (type & (REDISMODULE_NOTIFY_SET | REDISMODULE_NOTIFY_ZSET)) && !strstr(event, "store");
    bool emptied = (type & REDISMODULE_NOTIFY_GENERIC) && nr_slice_eq(key, (nr_slice){nr_root.emptied, nr_root.emptied_n}) && !strcmp(event, "del");
    bool remember = members && key.n <= sizeof nr_root.emptied && memchr(key.p, '/', key.n) && !RedisModule_KeyExists(ctx, name);
    nr_root.emptied_n = remember ? key.n : 0;
    memcpy(nr_root.emptied, key.p, nr_root.emptied_n);
    return members || emptied;
}

/* Definitions are hashes: written as such, or brought by one of these. */
static bool may_be_hash(int type, const char *event)
{
    static const char *const bringers[] = {"rename_to", "copy_to", "move_to", "restore"};
    if (type & REDISMODULE_NOTIFY_HASH) return true;
    for (size_t i = 0; i < sizeof bringers / sizeof *bringers; i++)
        if (!strcmp(event, bringers[i])) return true;
    return false;
}

static int on_key(RedisModuleCtx *ctx, int type, const char *event, RedisModuleString *name)
{
    bool ours = nr_root.busy && !(type & (REDISMODULE_NOTIFY_EXPIRED | REDISMODULE_NOTIFY_EVICTED));
    nr_key_event ev = {.key = nr_slice_of_string(name), .during_call = nr_root.busy > 0};
    if (ours) return REDISMODULE_OK;
    ev.db = RedisModule_GetSelectedDb(ctx);
    ev.replaced = !about_members(ctx, type, event, name);
    ev.may_be_hash = may_be_hash(type, event);
    if (nr_engine_key_changed(nr_root.engine, &ev)) nr_settle_soon(ctx);
    return REDISMODULE_OK;
}

static void on_flush(RedisModuleCtx *ctx, RedisModuleEvent e, uint64_t sub, void *data)
{
    (void)ctx;
    (void)e;
    (void)sub;
    const RedisModuleFlushInfo *info = data;
    nr_engine_flushed(nr_root.engine, info->dbnum);
}

/* What the start of loading found is gone; what was learned while loading (a command of the append-only file that could not be applied) stays. */
static void on_loading(RedisModuleCtx *ctx, RedisModuleEvent e, uint64_t sub, void *data)
{
    (void)e;
    (void)data;
    if (sub != REDISMODULE_SUBEVENT_LOADING_ENDED) nr_engine_flushed(nr_root.engine, -1);
    else if (nr_engine_wants_building(nr_root.engine)) nr_build_soon(ctx);
}

static void on_swap(RedisModuleCtx *ctx, RedisModuleEvent e, uint64_t sub, void *data)
{
    (void)ctx;
    (void)e;
    (void)sub;
    const RedisModuleSwapDbInfo *info = data;
    nr_engine_swapped(nr_root.engine, info->dbnum_first, info->dbnum_second);
}

static void on_config(RedisModuleCtx *ctx, RedisModuleEvent e, uint64_t sub, void *data)
{
    (void)ctx;
    (void)e;
    (void)sub;
    (void)data;
    nr_root.policy_known = false;
}

int nr_register_events(RedisModuleCtx *ctx)
{
    int types = REDISMODULE_NOTIFY_GENERIC | REDISMODULE_NOTIFY_STRING | REDISMODULE_NOTIFY_LIST | REDISMODULE_NOTIFY_SET | REDISMODULE_NOTIFY_HASH |
                REDISMODULE_NOTIFY_ZSET | REDISMODULE_NOTIFY_STREAM | REDISMODULE_NOTIFY_MODULE | REDISMODULE_NOTIFY_EXPIRED |
                REDISMODULE_NOTIFY_EVICTED;
    bool ok = RedisModule_SubscribeToKeyspaceEvents(ctx, types, on_key) == REDISMODULE_OK &&
              RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_FlushDB, on_flush) == REDISMODULE_OK &&
              RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_Loading, on_loading) == REDISMODULE_OK &&
              RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_ReplicationRoleChanged, on_role) == REDISMODULE_OK &&
              RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_SwapDB, on_swap) == REDISMODULE_OK &&
              RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_Config, on_config) == REDISMODULE_OK;
    return ok ? REDISMODULE_OK : REDISMODULE_ERR;
}
