/* module.h -- what the files of the module share. The only code that knows the Redis module API is in this folder. */
#ifndef NR_MODULE_H
#define NR_MODULE_H

#include "engine/nonrel.h"
#include "redismodule.h"

/* The module's one root: there is one server in the process. */
typedef struct nr_module {
    nr_env env;
    nr_engine *engine;
    nr_limits limits;
    RedisModuleCtx *background; /* for what happens outside commands: INFO, logs */
    int busy;                   /* a command of ours is at work: what the keyspace reports is our own doing */
    bool cluster;
    char emptied[256];          /* the key that last lost a member by somebody's SREM, ZREM or their like: its `del` is no DEL */
    size_t emptied_n;
    char *directory;            /* of AUTOLOAD, NULL: the module has none */
    int autoload_db;
    struct nr_autoload *files;  /* read and bound, waiting for the data to be loaded */
    struct nr_name {
        RedisModuleString *string; /* NULL: the place is free */
        nr_slice text;             /* its own bytes */
    } names[256];               /* owned by names.c */
    bool building;              /* a timer is set that will build indexes */
    bool settling;              /* a timer is set that will bring indexes up to date */
    bool policy_known;          /* evicts_any says what maxmemory-policy is: asked when first needed, and after a CONFIG SET */
    bool evicts_any;            /* allkeys-*: index keys may go */
    int allow_eviction;         /* nonrel.allow-eviction */
    int unindexed;              /* nonrel.unindexed, an nr_unindexed */
    int passes_off;             /* nonrel.passes-off, of nr_pass */
    int in_memory;              /* nonrel.store: 1 for memory */
} nr_module;

extern nr_module nr_root;

/* Each returns REDISMODULE_OK or REDISMODULE_ERR. */
int nr_register_commands(RedisModuleCtx *ctx);
int nr_register_settings(RedisModuleCtx *ctx);
int nr_register_events(RedisModuleCtx *ctx);
int nr_register_info(RedisModuleCtx *ctx);
int nr_load_files(RedisModuleCtx *ctx, RedisModuleString **argv, int argc); /* the module's arguments: what is wrong with them or the files is logged */
int nr_register_files(RedisModuleCtx *ctx);                                 /* has them put into force once the data is there */
void nr_forget_files(void);

/* nr_host.files. */
bool nr_read_files(void *ctx, struct nr_autoload *files, nr_err *err);

/* Brings the indexes of the database that ctx has selected up to date with what others wrote. True: there is more to do. */
bool nr_settle_db(RedisModuleCtx *ctx, int db);

/* Sets a timer that mends indexes, on a primary that is not loading. */
void nr_settle_soon(RedisModuleCtx *ctx);

/* One slice of building indexes in the database that ctx has selected: in how many milliseconds to come again, -1: nothing is left. */
int nr_build_db(RedisModuleCtx *ctx, int db);

/* Sets a timer that builds indexes slice by slice. */
void nr_build_soon(RedisModuleCtx *ctx);

/* Whether the server may evict index keys and the settings do not allow that. */
bool nr_eviction_refused(RedisModuleCtx *ctx, int context_flags);

/* A store over the database that ctx has selected; clear before ctx goes. */
typedef struct nr_store_redis {
    nr_store base;
    RedisModuleCtx *ctx;
    struct nr_live_cursor *cursors;
    RedisModuleString *name;   /* of the key that was named last, NULL: none was */
    RedisModuleString **argv;  /* the command's arguments, for values that are one of them; may be left out */
    const nr_slice *args;      /* the same as texts */
    size_t n_args, next_arg;
} nr_store_redis;
void nr_store_redis_init(nr_store_redis *s, RedisModuleCtx *ctx);
void nr_store_redis_clear(nr_store_redis *s);

/* A sink over the client of ctx. */
typedef struct nr_sink_redis {
    nr_sink base;
    RedisModuleCtx *ctx;
} nr_sink_redis;
void nr_sink_redis_init(nr_sink_redis *s, RedisModuleCtx *ctx, bool resp3);

/* nr_host.replicate and its like; ctx is a RedisModuleCtx. */
void nr_replicate(void *ctx, const nr_slice *argv, size_t argc);
void nr_replicate_verbatim(void *ctx);

/* A string for a name that comes again and again, of a field or a model: the caller's to free. */
RedisModuleString *nr_name_hold(nr_slice name);
void nr_names_forget(void);

static inline nr_slice nr_slice_of_string(const RedisModuleString *s)
{
    size_t n;
    const char *p = RedisModule_StringPtrLen(s, &n);
    return (nr_slice){p, n};
}

#endif
