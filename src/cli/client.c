/* client.c -- hiredis behind slices and nr_err. */
#include "cli/client.h"

#include <assert.h>
#include <errno.h>

bool nr_client_append(redisContext *redis, const nr_slice *args, size_t n_args)
{
    const char *p[NR_CLIENT_ARGS];
    size_t n[NR_CLIENT_ARGS];
    assert(n_args <= NR_CLIENT_ARGS);
    for (size_t i = 0; i < n_args; i++) {
        p[i] = args[i].p;
        n[i] = args[i].n;
    }
    return redisAppendCommandArgv(redis, (int)n_args, p, n) == REDIS_OK;
}

/* The server's sentence; where it shows that the module is missing, what to do about it. */
static bool fail_by_reply(const redisReply *reply, nr_err *err)
{
    nr_slice text = {reply->str, (size_t)reply->len};
    bool unknown = nr_slice_starts(text, NR_S("ERR unknown command")) && memmem(text.p, text.n, "NONREL.", 7);
    int shown = text.n < 600 ? (int)text.n : 600;
    return nr_fail(err, NR_E_BADVALUE, "%.*s%s", shown, text.p, unknown ? " -- the server runs without the module: MODULE LOAD nonrel.so" : "");
}

bool nr_client_reply(redisContext *redis, int64_t *number, nr_err *err)
{
    void *got = NULL;
    if (redisGetReply(redis, &got) != REDIS_OK) {
        const char *why = redis->err == REDIS_ERR_IO && errno ? strerror(errno) : redis->errstr;
        return nr_fail(err, NR_E_LOADING, "the connection is lost: %s", why);
    }
    redisReply *reply = got;
    bool good = reply->type != REDIS_REPLY_ERROR || fail_by_reply(reply, err);
    if (number) *number = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    freeReplyObject(reply);
    return good;
}

bool nr_client_call(redisContext *redis, const nr_slice *args, size_t n_args, int64_t *number, nr_err *err)
{
    if (!nr_client_append(redis, args, n_args)) return nr_fail(err, NR_E_LIMIT, "out of memory");
    return nr_client_reply(redis, number, err);
}

static bool authenticate(redisContext *redis, const nr_options *o, nr_err *err)
{
    if (!o->password) return true;
    const nr_slice args[] = {NR_S("AUTH"), o->user ? nr_slice_of(o->user) : nr_slice_of(o->password), nr_slice_of(o->password)};
    return nr_client_call(redis, args, o->user ? 3 : 2, NULL, err);
}

static bool select_db(redisContext *redis, const nr_options *o, nr_err *err)
{
    if (o->db == 0) return true;
    char text[16];
    snprintf(text, sizeof text, "%d", o->db);
    const nr_slice args[] = {NR_S("SELECT"), nr_slice_of(text)};
    return nr_client_call(redis, args, 2, NULL, err);
}

redisContext *nr_client_open(const nr_options *o, nr_err *err)
{
    redisContext *redis = o->socket ? redisConnectUnix(o->socket) : redisConnect(o->host, o->port);
    if (redis && !redis->err && authenticate(redis, o, err) && select_db(redis, o, err)) return redis;
    const char *why = redis ? redis->errstr : "out of memory";
    if (o->socket) {
        nr_fail(err, NR_E_NOTFOUND, "no connection to the server at %s: %s", o->socket, why);
    } else {
        nr_fail(err, NR_E_NOTFOUND, "no connection to the server at %s:%d: %s", o->host, o->port, why);
    }
    if (redis) redisFree(redis);
    return NULL;
}
