/* systems.c -- see systems.h. */
#include "systems.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIPELINE = 250, TURN = 5000 };

#define MODEL(store)                                                                                                                                \
    "NONREL.MODEL SET p.Person '{\"fields\":{\"age\":{\"type\":\"int\",\"index\":true},\"name\":{\"type\":\"char\",\"max_length\":12,\"index\":["     \
    "\"exact\",\"startswith\"]},\"created\":{\"type\":\"int\",\"index\":true},\"city\":{\"type\":\"char\",\"index\":[\"exact\"]},\"salary\":{\"type\":" \
    "\"int\",\"column\":true},\"title\":{\"type\":\"text\"}},\"store\":\"" store "\"}'"

/* A table in memory is made by the first query: before the entities, so that the SAVEs have indexes to keep. */
#define WARM "NONREL.COUNT p.Person FILTER age 1"

static void send_entity(redisContext *redis, const char *command, const char *key, const person *p)
{
    person_text t;
    const char *w[2 + 2 * PEOPLE_FIELDS] = {command, key};
    person_write(p, &t);
    memcpy(w + 2, t.word, sizeof t.word);
    redisAppendCommandArgv(redis, 2 + 2 * PEOPLE_FIELDS, w, NULL);
}

static void send_hash(redisContext *redis, const person *p)
{
    char key[32];
    snprintf(key, sizeof key, "p:%lld", (long long)p->id);
    send_entity(redis, "HSET", key, p);
}

static int save_hash(redisContext *redis, const person *p)
{
    send_hash(redis, p);
    return 1;
}

static int save_nonrel(redisContext *redis, const person *p)
{
    send_entity(redis, "NONREL.SAVE", "p.Person", p);
    return 1;
}

/* Numbers are scores; names are members of one score, the id behind them. */
static int save_hand(redisContext *redis, const person *p)
{
    long long id = p->id;
    redisAppendCommand(redis, "MULTI");
    send_hash(redis, p);
    redisAppendCommand(redis, "SADD city:city%d %lld", p->city, id);
    redisAppendCommand(redis, "ZADD age %d %lld", p->age, id);
    redisAppendCommand(redis, "ZADD created %lld %lld", (long long)p->created, id);
    redisAppendCommand(redis, "ZADD name 0 %s:%lld", p->name, id);
    redisAppendCommand(redis, "EXEC");
    return 7;
}

static int save_and_add(redisContext *redis, const person *p)
{
    send_hash(redis, p);
    redisAppendCommand(redis, "FT.ADDHASH i p:%lld 1", (long long)p->id);
    return 2;
}

const bench_system *systems_table(const char *nonrel_so)
{
    static const char *const search = "/usr/lib/redis/modules/redisearch.so";
    static bench_system table[SYSTEMS];
    const char *peer = getenv("PEER_SO"), *peer_server = getenv("PEER_SERVER");
    const char *own = "redis-server";
    bench_system rows[SYSTEMS] = {
        {.name = "NONREL native",
         .colour = "#e08e2b",
         .program = own,
         .module = {nonrel_so},
         .define = {MODEL("native"), WARM},
         .speaks = DIALECT_NONREL,
         .save = save_nonrel,
         .save_stats = {"nonrel.save"},
         .ours = true,
         .save_goal = 12,
         .bytes_goal = 650,
         .restart_goal = 4,
         .relaxed = true},
        {.name = "NONREL memory",
         .colour = "#1f6fb4",
         .program = own,
         .module = {nonrel_so},
         .define = {MODEL("memory"), WARM},
         .speaks = DIALECT_NONREL,
         .save = save_nonrel,
         .save_stats = {"nonrel.save"},
         .ours = true,
         .save_goal = 3,
         .bytes_goal = 180,
         .restart_goal = 2},
        {.name = "by hand", .colour = "#8a8a8a", .program = own, .speaks = DIALECT_HAND, .save = save_hand, .save_stats = {"multi", "exec"}},
        {.name = "RediSearch 1.2",
         .colour = "#c0392b",
         .program = access(search, R_OK) ? NULL : own,
         .module = {search, "SAFEMODE", "TIMEOUT", "0", "MAXEXPANSIONS", "10000000"},
         .define = {"FT.CREATE i SCHEMA city TAG age NUMERIC created NUMERIC SORTABLE name TAG"},
         .speaks = DIALECT_FT,
         .get = "FT.GET i",
         .count = "NOCONTENT LIMIT 0 1",
         .save = save_and_add,
         .save_stats = {"hset", "ft.addhash", "FT.ADDHASH"}},
        {.name = "peer",
         .colour = "#7d3c98",
         .program = peer ? peer_server ? peer_server : own : NULL,
         .module = {peer, "TIMEOUT", "0", "MAXEXPANSIONS", "10000000", "MAXSEARCHRESULTS", "10000000"},
         .define = {"?FT.CREATE i ON HASH PREFIX 1 p: SCHEMA city TAG age NUMERIC created NUMERIC SORTABLE name TAG WITHSUFFIXTRIE",
                    "?FT.CREATE i ON HASH PREFIX 1 p: SCHEMA city TAG age NUMERIC created NUMERIC SORTABLE name TAG"},
         .speaks = DIALECT_FT,
         .get = "HGETALL",
         .count = "LIMIT 0 0",
         .save = save_hash,
         .save_stats = {"hset"}},
    };
    memcpy(table, rows, sizeof table);
    return table;
}

void system_start(const bench_system *s, server *out)
{
    bool taken = false;
    server_start(out, s->program, s->module[0] ? s->module : NULL);
    for (int i = 0; i < 3 && s->define[i]; i++) {
        const char *command = s->define[i];
        if (*command != '?') server_must(out, command);
        if (*command != '?' || taken) continue;
        redisReply *r = server_ask(out, command + 1);
        taken = r->type != REDIS_REPLY_ERROR;
        if (!taken && (i == 2 || !s->define[i + 1])) bench_die(command + 1, r->str);
        freeReplyObject(r);
    }
}

static void write_part(server *to, int (*save)(redisContext *, const person *), const people *p, int64_t from, int64_t upto)
{
    int waiting = 0;
    for (int64_t i = from; i < upto; i++) {
        waiting += save(to->redis, &p->at[i]);
        if ((i + 1) % PIPELINE && i + 1 < upto) continue;
        server_take_all(to, waiting);
        waiting = 0;
    }
}

/* How a server is written to, and its figures so far. */
typedef struct writing {
    server *to;
    int (*save)(redisContext *redis, const person *p);
    const char *const *stats;
    int64_t before;      /* bytes of memory */
    double most_us;      /* of all but the last tenth */
    bare figures;
} writing;

/* In turns. */
static void write_all(writing *of, int n, const people *p)
{
    int64_t most = p->n - p->n / 10;
    for (int i = 0; i < n; i++) {
        of[i].before = server_memory(of[i].to);
        server_reset_stats(of[i].to);
    }
    for (int64_t from = 0, upto; from < p->n; from = upto) {
        upto = from + TURN < most || from >= most ? from + TURN : most;
        if (upto > p->n) upto = p->n;
        for (int i = 0; i < n; i++) {
            write_part(of[i].to, of[i].save, p, from, upto);
            if (upto == most) of[i].most_us = server_usec(of[i].to, of[i].stats);
        }
    }
    for (int i = 0; i < n; i++) {
        double all = server_usec(of[i].to, of[i].stats), bytes = (double)(server_memory(of[i].to) - of[i].before);
        of[i].figures = (bare){.h = all / (double)p->n, .last_h = (all - of[i].most_us) / (double)(p->n - most), .bytes = bytes / (double)p->n};
    }
}

static writing by_hset(server *plain)
{
    static const char *const stats[] = {"hset", NULL};
    return (writing){.to = plain, .save = save_hash, .stats = stats};
}

bare system_bare(const bench_system *s, const people *p)
{
    server plain;
    server_start(&plain, s->program, NULL);
    writing w = by_hset(&plain);
    write_all(&w, 1, p);
    server_stop(&plain);
    return w.figures;
}

bare system_load(const bench_system *s, server *to, const people *p)
{
    writing w = {.to = to, .save = s->save, .stats = s->save_stats};
    write_all(&w, 1, p);
    return w.figures;
}

loaded system_load_beside(const bench_system *s, server *to, const people *p)
{
    server plain;
    server_start(&plain, s->program, NULL);
    writing both[] = {by_hset(&plain), {.to = to, .save = s->save, .stats = s->save_stats}};
    write_all(both, 2, p);
    server_stop(&plain);
    return (loaded){both[0].figures, both[1].figures};
}
