/* eviction.c -- whether the server is set up to throw index keys away. Under maxmemory-policy allkeys-* an index can lose its key at any moment, and answers
 * would miss rows without a word: so writes are refused, unless nonrel.allow-eviction takes the risk. */
#include <stdio.h>

#include "module.h"

static bool ask_policy(RedisModuleCtx *ctx)
{
    RedisModuleCallReply *reply = RedisModule_Call(ctx, "CONFIG", "cc", "GET", "maxmemory-policy");
    RedisModuleCallReply *value = NULL;
    if (reply && RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ARRAY) value = RedisModule_CallReplyArrayElement(reply, 1);
    size_t n = 0;
    const char *text = value ? RedisModule_CallReplyStringPtr(value, &n) : NULL;
    bool any = text && nr_slice_starts((nr_slice){text, n}, NR_S("allkeys"));
    if (reply) RedisModule_FreeCallReply(reply);
    return any;
}

bool nr_eviction_refused(RedisModuleCtx *ctx, int context_flags)
{
    if (!(context_flags & REDISMODULE_CTX_FLAGS_EVICT)) return false;
    if (!nr_root.policy_known) {
        nr_root.evicts_any = ask_policy(ctx);
        nr_root.policy_known = true;
        if (nr_root.evicts_any)
            RedisModule_Log(ctx, "warning", "maxmemory-policy may evict index keys: writes are %s",
                            nr_root.allow_eviction ? "allowed all the same (nonrel.allow-eviction)" : "refused; set it to noeviction or volatile-*");
    }
    return nr_root.evicts_any && !nr_root.allow_eviction;
}
