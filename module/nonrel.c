/* nonrel.c -- loading and unloading: the server's memory and log for the engine, then commands, settings, events, INFO. */
#define REDISMODULE_MAIN
#include <sys/random.h>
#include <time.h>

#include "module.h"
#include "types/json.h"

nr_module nr_root;

static void *env_alloc(size_t n)
{
    return RedisModule_Alloc(n);
}

static void *env_realloc(void *p, size_t n)
{
    return RedisModule_Realloc(p, n);
}

static void env_free(void *p)
{
    RedisModule_Free(p);
}

static int64_t env_now(void *ctx)
{
    (void)ctx;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t env_mono(void *ctx)
{
    (void)ctx;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The server's generator is good enough for what names something; the kernel's fails only at boot. */
static void env_random(void *ctx, void *out, size_t n)
{
    (void)ctx;
    if (getrandom(out, n, 0) != (ssize_t)n) RedisModule_GetRandomBytes(out, n);
}

static void env_log(void *ctx, nr_log_level level, const char *msg)
{
    (void)ctx;
    RedisModule_Log(nr_root.background, level == NR_LOG_WARNING ? "warning" : "notice", "%s", msg);
}

__attribute__((visibility("default"))) int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)
{
    if (RedisModule_Init(ctx, "nonrel", NR_VERSION_NUMBER, REDISMODULE_APIVER_1) == REDISMODULE_ERR) return REDISMODULE_ERR;
    nr_root = (nr_module){.limits = NR_LIMITS_DEFAULT};
    nr_root.env = (nr_env){0, NULL, env_alloc, env_realloc, env_free, env_now, env_mono, env_random, env_log};
    env_random(NULL, &nr_root.env.seed, sizeof nr_root.env.seed);
    nr_json_use_memory(&nr_root.env);
    nr_root.background = RedisModule_GetDetachedThreadSafeContext(ctx);
    nr_root.engine = nr_engine_new(&nr_root.env);
    nr_root.cluster = (RedisModule_GetContextFlags(ctx) & REDISMODULE_CTX_FLAGS_CLUSTER) != 0;
    RedisModule_SetModuleOptions(ctx, REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED);
    bool ok = nr_load_files(ctx, argv, argc) == REDISMODULE_OK && nr_register_commands(ctx) == REDISMODULE_OK && nr_register_settings(ctx) == REDISMODULE_OK &&
              nr_register_events(ctx) == REDISMODULE_OK && nr_register_info(ctx) == REDISMODULE_OK &&
              nr_register_files(ctx) == REDISMODULE_OK;
    if (ok) return REDISMODULE_OK;
    nr_forget_files();
    nr_names_forget();
    nr_engine_free(nr_root.engine);
    RedisModule_FreeThreadSafeContext(nr_root.background);
    return REDISMODULE_ERR;
}

__attribute__((visibility("default"))) int RedisModule_OnUnload(RedisModuleCtx *ctx)
{
    (void)ctx;
    nr_forget_files();
    nr_names_forget();
    nr_engine_free(nr_root.engine);
    RedisModule_FreeThreadSafeContext(nr_root.background);
    nr_root = (nr_module){0};
    return REDISMODULE_OK;
}
