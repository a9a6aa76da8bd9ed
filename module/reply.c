/* reply.c -- nr_sink over a client: RESP3 has numbers, doubles, booleans, sets and maps, RESP2 sends texts and flat arrays. */
#include "module.h"

static RedisModuleCtx *ctx_of(nr_sink *s)
{
    return ((nr_sink_redis *)s)->ctx;
}

static void sink_integer(nr_sink *s, int64_t i)
{
    RedisModule_ReplyWithLongLong(ctx_of(s), i);
}

static void sink_bulk(nr_sink *s, nr_slice text)
{
    RedisModule_ReplyWithStringBuffer(ctx_of(s), text.n ? text.p : "", text.n);
}

static void sink_status(nr_sink *s, const char *text)
{
    RedisModule_ReplyWithSimpleString(ctx_of(s), text);
}

static void sink_null(nr_sink *s)
{
    RedisModule_ReplyWithNull(ctx_of(s));
}

static void sink_array(nr_sink *s, size_t n)
{
    RedisModule_ReplyWithArray(ctx_of(s), (long)n);
}

/* The server itself turns a map into a flat array for RESP2. */
static void sink_map(nr_sink *s, size_t n)
{
    RedisModule_ReplyWithMap(ctx_of(s), (long)n);
}

static void sink_set(nr_sink *s, size_t n)
{
    RedisModule_ReplyWithSet(ctx_of(s), (long)n);
}

static void number3(nr_sink *s, int64_t i, nr_slice text)
{
    (void)text;
    RedisModule_ReplyWithLongLong(ctx_of(s), i);
}

static void double3(nr_sink *s, double d, nr_slice text)
{
    (void)text;
    RedisModule_ReplyWithDouble(ctx_of(s), d);
}

static void boolean3(nr_sink *s, bool b, nr_slice text)
{
    (void)text;
    RedisModule_ReplyWithBool(ctx_of(s), b);
}

static void number2(nr_sink *s, int64_t i, nr_slice text)
{
    (void)i;
    sink_bulk(s, text);
}

static void double2(nr_sink *s, double d, nr_slice text)
{
    (void)d;
    sink_bulk(s, text);
}

static void boolean2(nr_sink *s, bool b, nr_slice text)
{
    (void)b;
    sink_bulk(s, text);
}

void nr_sink_redis_init(nr_sink_redis *s, RedisModuleCtx *ctx, bool resp3)
{
    static const nr_sink_class resp2_class = {sink_integer, sink_bulk, sink_status, sink_null, sink_array, sink_map, number2, double2, boolean2,
                                               sink_set,     false};
    static const nr_sink_class resp3_class = {sink_integer, sink_bulk, sink_status, sink_null, sink_array, sink_map, number3, double3, boolean3,
                                               sink_set,     true};
    s->base.cls = resp3 ? &resp3_class : &resp2_class;
    s->ctx = ctx;
}
