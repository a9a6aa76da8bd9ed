/* settings.c -- CONFIG SET nonrel.*: the table of settings. */
#include "module.h"
#include "plan/passes.h"

typedef struct setting {
    const char *name;
    int64_t *at;
    long long value, lowest, highest;
    unsigned flags;
} setting;

static long long setting_get(const char *name, void *at)
{
    (void)name;
    return *(int64_t *)at;
}

static int setting_set(const char *name, long long value, void *at, RedisModuleString **err)
{
    (void)name;
    (void)err;
    *(int64_t *)at = value;
    return REDISMODULE_OK;
}

static int flag_get(const char *name, void *at)
{
    (void)name;
    return *(int *)at;
}

static int flag_set(const char *name, int value, void *at, RedisModuleString **err)
{
    (void)name;
    (void)err;
    *(int *)at = value;
    return REDISMODULE_OK;
}

static int register_store(RedisModuleCtx *ctx)
{
    const char *names[] = {"native", "memory"};
    const int values[] = {0, 1};
    return RedisModule_RegisterEnumConfig(ctx, "store", 0, REDISMODULE_CONFIG_DEFAULT, names, values, 2, flag_get, flag_set, NULL, &nr_root.in_memory);
}

static int register_unindexed(RedisModuleCtx *ctx)
{
    const char *names[] = {"scan", "error", "auto"};
    const int values[] = {NR_UNINDEXED_SCAN, NR_UNINDEXED_ERROR, NR_UNINDEXED_AUTO};
    return RedisModule_RegisterEnumConfig(ctx, "unindexed", NR_UNINDEXED_SCAN, REDISMODULE_CONFIG_DEFAULT, names, values, 3, flag_get, flag_set, NULL,
                                          &nr_root.unindexed);
}

static int register_passes(RedisModuleCtx *ctx)
{
    const char *names[NR_PASSES + 1] = {"none"};
    int values[NR_PASSES + 1] = {0};
    for (size_t i = 0; i < NR_PASSES; i++) {
        names[i + 1] = nr_passes[i].name;
        values[i + 1] = (int)nr_passes[i].pass;
    }
    return RedisModule_RegisterEnumConfig(ctx, "passes-off", 0, REDISMODULE_CONFIG_BITFLAGS, names, values, NR_PASSES + 1, flag_get, flag_set, NULL,
                                          &nr_root.passes_off);
}

int nr_register_settings(RedisModuleCtx *ctx)
{
    const nr_limits d = NR_LIMITS_DEFAULT;
    const setting settings[] = {
        {"max-scan",    &nr_root.limits.max_scan,    d.max_scan,    1,       INT64_MAX / 2,    0},
        {"max-results", &nr_root.limits.max_results, d.max_results, 1,       INT64_MAX / 2,    0},
        {"max-memory",  &nr_root.limits.max_memory,  d.max_memory,  1 << 16, INT64_MAX / 2,    REDISMODULE_CONFIG_MEMORY},
        {"max-time",    &nr_root.limits.max_time,    d.max_time,    1,       INT64_MAX / 2000, 0},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const setting *s = &settings[i];
        if (RedisModule_RegisterNumericConfig(ctx, s->name, s->value, s->flags, s->lowest, s->highest, setting_get, setting_set, NULL, s->at) != REDISMODULE_OK)
            return REDISMODULE_ERR;
    }
    if (RedisModule_RegisterBoolConfig(ctx, "allow-eviction", 0, REDISMODULE_CONFIG_DEFAULT, flag_get, flag_set, NULL, &nr_root.allow_eviction) != REDISMODULE_OK)
        return REDISMODULE_ERR;
    return register_store(ctx) == REDISMODULE_OK && register_unindexed(ctx) == REDISMODULE_OK && register_passes(ctx) == REDISMODULE_OK
               ? RedisModule_LoadConfigs(ctx) : REDISMODULE_ERR;
}
