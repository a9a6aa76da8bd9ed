/* replicate.c -- resolved commands to replicas and the append-only file. */
#include "module.h"

void nr_replicate(void *host, const nr_slice *argv, size_t argc)
{
    RedisModuleCtx *ctx = host;
    RedisModuleString **args = RedisModule_Alloc(sizeof *args * argc);
    char word[64];
    size_t n = argv[0].n < sizeof word - 1 ? argv[0].n : sizeof word - 1;
    memcpy(word, argv[0].p, n);
    word[n] = 0;
    for (size_t i = 1; i < argc; i++) args[i - 1] = RedisModule_CreateString(NULL, argv[i].p, argv[i].n);
    RedisModule_Replicate(ctx, word, "v", args, argc - 1);
    for (size_t i = 1; i < argc; i++) RedisModule_FreeString(NULL, args[i - 1]);
    RedisModule_Free(args);
}

void nr_replicate_verbatim(void *host)
{
    RedisModule_ReplicateVerbatim(host);
}
