/* register.c -- the engine's table of commands, registered with the server: flags, key specs, documentation, and one handler for all of them. */
#include <stdio.h>

#include "module.h"

enum { SLICE_US = 3000 }; /* of building indexes between other things */

/* Whether the client's user may read or write the model. Whoever has no user (a copy's primary, the append-only file, another module) may everything;
 * before 7.2 only a script's user is safe to ask for by the context. */
static bool may(void *host, nr_slice model, bool write)
{
    RedisModuleCtx *ctx = host;
    bool script = (RedisModule_GetContextFlags(ctx) & REDISMODULE_CTX_FLAGS_LUA) != 0;
    RedisModuleString *name = script ? RedisModule_GetCurrentUserName(ctx) : RedisModule_GetClientUserNameById(ctx, RedisModule_GetClientId(ctx));
    if (!name) return true;
    RedisModuleUser *user = RedisModule_GetModuleUserFromUserName(name);
    RedisModule_FreeString(ctx, name);
    if (!user) return true;
    RedisModuleString *key = RedisModule_CreateString(ctx, model.p, model.n);
    bool can = RedisModule_ACLCheckKeyPermissions(user, key, write ? REDISMODULE_CMD_KEY_UPDATE : REDISMODULE_CMD_KEY_ACCESS) == REDISMODULE_OK;
    RedisModule_FreeString(ctx, key);
    RedisModule_FreeModuleUser(user);
    return can;
}

static int reply_error(RedisModuleCtx *ctx, const nr_err *err)
{
    char text[NR_ERR_MAX + 32];
    snprintf(text, sizeof text, "%s %s", nr_code_word(err->code), err->msg);
    return RedisModule_ReplyWithError(ctx, text);
}

static void run(RedisModuleCtx *ctx, nr_call *c, const nr_command *cmd, RedisModuleString **strings, const nr_slice *argv, size_t argc)
{
    int flags = RedisModule_GetContextFlags(ctx);
    nr_store_redis store;
    nr_sink_redis sink;
    nr_store_redis_init(&store, ctx);
    store.argv = strings;
    store.args = argv;
    store.n_args = argc;
    nr_sink_redis_init(&sink, ctx, (flags & REDISMODULE_CTX_FLAGS_RESP3) != 0);
    c->store = &store.base;
    c->sink = &sink.base;
    c->db = RedisModule_GetSelectedDb(ctx);
    c->host = (nr_host){ctx, may, nr_replicate, nr_replicate_verbatim, nr_root.directory ? nr_read_files : NULL};
    c->limits = nr_root.limits;
    c->cluster = nr_root.cluster;
    c->unindexed = (nr_unindexed)nr_root.unindexed;
    c->passes_off = (unsigned)nr_root.passes_off;
    c->in_memory = nr_root.in_memory;
    c->copy = !(flags & REDISMODULE_CTX_FLAGS_MASTER);
    c->applied = (flags & (REDISMODULE_CTX_FLAGS_LOADING | REDISMODULE_CTX_FLAGS_REPLICATED)) != 0;
    nr_root.busy++;
    bool adds = (cmd->flags & NR_CMD_WRITE) && (cmd->flags & NR_CMD_DENYOOM) && !c->applied;
    bool ok =
        !(adds && nr_eviction_refused(ctx, flags)) ||
        nr_fail(&c->err, NR_E_LIMIT, "maxmemory-policy may evict index keys; set it to noeviction or volatile-*, or nonrel.allow-eviction to yes");
    if (!ok || !nr_call_run(c, cmd, argv, argc)) reply_error(ctx, &c->err);
    nr_root.busy--;
    if (nr_engine_wants_settling(nr_root.engine)) nr_settle_soon(ctx);
    if (nr_engine_wants_building(nr_root.engine)) nr_build_soon(ctx);
    nr_store_redis_clear(&store);
}

bool nr_settle_db(RedisModuleCtx *ctx, int db)
{
    nr_call c;
    nr_store_redis store;
    nr_call_init(&c, nr_root.engine);
    nr_store_redis_init(&store, ctx);
    c.store = &store.base;
    c.db = db;
    c.host = (nr_host){.ctx = ctx, .replicate = nr_replicate};
    c.limits = NR_LIMITS_NONE;
    bool more = nr_engine_settle(&c);
    nr_store_redis_clear(&store);
    nr_call_clear(&c);
    return more;
}

int nr_build_db(RedisModuleCtx *ctx, int db)
{
    nr_call c;
    nr_store_redis store;
    nr_call_init(&c, nr_root.engine);
    nr_store_redis_init(&store, ctx);
    c.store = &store.base;
    c.db = db;
    c.host = (nr_host){.ctx = ctx, .replicate = nr_replicate};
    c.limits = NR_LIMITS_NONE;
    int flags = RedisModule_GetContextFlags(ctx);
    c.copy = !(flags & REDISMODULE_CTX_FLAGS_MASTER);
    c.full = flags & REDISMODULE_CTX_FLAGS_OOM;
    c.deadline_us = INT64_MAX;
    int again = nr_engine_build(&c, SLICE_US);
    nr_store_redis_clear(&store);
    nr_call_clear(&c);
    return again;
}

static int handle(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)
{
    nr_call c;
    nr_call_init(&c, nr_root.engine);
    nr_slice *args = NR_NEW_N(&c.arena, nr_slice, argc);
    for (int i = 0; i < argc; i++) args[i] = nr_slice_of_string(argv[i]);
    size_t used;
    const nr_command *cmd = nr_command_find(args, (size_t)argc, &used, &c.err);
    if (cmd) run(ctx, &c, cmd, argv + used, args + used, (size_t)argc - used);
    else reply_error(ctx, &c.err);
    nr_call_clear(&c);
    return REDISMODULE_OK;
}

static const char *flags_text(const nr_command *cmd)
{
    if (!(cmd->flags & NR_CMD_WRITE)) return cmd->flags & NR_CMD_FAST ? "readonly fast" : "readonly";
    return cmd->flags & NR_CMD_DENYOOM ? "write deny-oom" : "write";
}

static uint64_t key_flags(const nr_command *cmd)
{
    if (!(cmd->flags & NR_CMD_WRITE)) return REDISMODULE_CMD_KEY_RO | REDISMODULE_CMD_KEY_ACCESS;
    return REDISMODULE_CMD_KEY_RW | (cmd->flags & NR_CMD_DELETES ? REDISMODULE_CMD_KEY_DELETE : REDISMODULE_CMD_KEY_UPDATE);
}

static int describe(RedisModuleCommand *command, const nr_command *cmd)
{
    RedisModuleCommandKeySpec keys[2] = {{0}};
    keys[0].flags = key_flags(cmd);
    keys[0].begin_search_type = REDISMODULE_KSPEC_BS_INDEX;
    keys[0].bs.index.pos = cmd->key;
    keys[0].find_keys_type = REDISMODULE_KSPEC_FK_RANGE;
    keys[0].fk.range.keystep = 1;
    RedisModuleCommandInfo info = {.version = REDISMODULE_COMMAND_INFO_VERSION, .arity = cmd->arity, .since = "0.1.0"};
    info.summary = cmd->summary;
    info.complexity = cmd->complexity;
    if (cmd->key) info.key_specs = keys;
    return RedisModule_SetCommandInfo(command, &info);
}

/* Servers from 7.2 on sort module commands into ACL categories too. */
static void categorise(RedisModuleCommand *command, const nr_command *cmd)
{
    int (*set)(RedisModuleCommand *, const char *) = NULL;
    union {
        int (**fn)(RedisModuleCommand *, const char *);
        void *p;
    } to = {.fn = &set};
    if (RedisModule_GetApi("RedisModule_SetCommandACLCategories", to.p) != REDISMODULE_OK || !set) return;
    set(command, cmd->flags & NR_CMD_WRITE ? "write" : cmd->flags & NR_CMD_FAST ? "read fast" : "read");
}

static int register_one(RedisModuleCtx *ctx, const nr_command *cmd)
{
    char name[64];
    const char *space = strchr(cmd->name, ' ');
    snprintf(name, sizeof name, "nonrel.%.*s", space ? (int)(space - cmd->name) : (int)strlen(cmd->name), cmd->name);
    for (char *p = name; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    int key = cmd->key, step = key ? 1 : 0;
    RedisModuleCommand *command;
    if (space) {
        RedisModuleCommand *parent = RedisModule_GetCommand(ctx, name);
        if (!parent && RedisModule_CreateCommand(ctx, name, NULL, "", 0, 0, 0) != REDISMODULE_OK) return REDISMODULE_ERR;
        parent = RedisModule_GetCommand(ctx, name);
        char sub[32];
        snprintf(sub, sizeof sub, "%s", space + 1);
        for (char *p = sub; *p; p++)
            if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
        if (!parent || RedisModule_CreateSubcommand(parent, sub, handle, flags_text(cmd), key, key, step) != REDISMODULE_OK) return REDISMODULE_ERR;
        snprintf(name + strlen(name), sizeof name - strlen(name), "|%s", sub);
    } else if (RedisModule_CreateCommand(ctx, name, handle, flags_text(cmd), key, key, step) != REDISMODULE_OK) {
        return REDISMODULE_ERR;
    }
    command = RedisModule_GetCommand(ctx, name);
    if (!command) return REDISMODULE_ERR;
    categorise(command, cmd);
    return describe(command, cmd);
}

int nr_register_commands(RedisModuleCtx *ctx)
{
    for (const nr_command *cmd = nr_commands; cmd->name; cmd++)
        if (register_one(ctx, cmd) != REDISMODULE_OK) {
            RedisModule_Log(ctx, "warning", "command NONREL.%s could not be registered", cmd->name);
            return REDISMODULE_ERR;
        }
    return REDISMODULE_OK;
}
