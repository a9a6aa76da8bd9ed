/* bench_people.c -- what reads and writes of one model cost the server, as multiples of one HSET of the same entity in the same run.
 *
 * The data comes from a fixed seed; the cities asked for are picked by their counts in it. What the server refuses is reported as refused and skipped.
 * The server's own clock decides (INFO commandstats, after CONFIG RESETSTAT).
 *
 * Usage: bench_people <port> <native|memory> [entities]. Prints rows of a Markdown table. The server must be empty. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <hiredis/hiredis.h>

enum { CITIES = 1000, PIPELINE = 250, TEXT = 640 };

typedef struct person {
    long long age, created, salary;
    int city;
    char name[13], title[64];
} person;

typedef struct bench {
    redisContext *redis;
    uint64_t state;
    long long n, counts[CITIES], hash_bytes;
    double h; /* microseconds of one HSET */
} bench;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "bench_people: %s: %s\n", what, why);
    exit(1);
}

/* splitmix64: the same people in every run. */
static uint64_t draw(bench *b)
{
    uint64_t z = b->state += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

/* Three cities have the shares that the workloads ask for; the others divide the rest, by the fourth power of a uniform number. */
static int draw_city(bench *b)
{
    uint64_t of = draw(b) % 100000;
    if (of < 41732) return of < 38445 ? 0 : of < 40732 ? 1 : 2;
    double u = (double)(draw(b) >> 11) / (double)((uint64_t)1 << 53);
    return 3 + (int)(u * u * u * u * (CITIES - 3));
}

static person draw_person(bench *b, long long id)
{
    person p = {.age = (long long)(draw(b) % 100), .salary = (long long)(draw(b) % 200000), .city = draw_city(b)};
    for (int i = 0; i < 12; i++) p.name[i] = (char)('a' + draw(b) % 16);
    snprintf(p.title, sizeof p.title, "word%u word%u word%u word%u", (unsigned)(draw(b) % 5000), (unsigned)(draw(b) % 5000), (unsigned)(draw(b) % 5000),
             (unsigned)(draw(b) % 5000));
    p.created = 1700000000 + id * 40 + (long long)(draw(b) % 3600);
    return p;
}

static redisReply *take(bench *b)
{
    void *reply = NULL;
    if (redisGetReply(b->redis, &reply) != REDIS_OK) die("reply", b->redis->errstr);
    return reply;
}

static redisReply *ask(bench *b, const char *command)
{
    if (redisAppendCommand(b->redis, command) != REDIS_OK) die("send", b->redis->errstr);
    return take(b);
}

static void must(bench *b, const char *command)
{
    redisReply *r = ask(b, command);
    if (r->type == REDIS_REPLY_ERROR) die(command, r->str);
    freeReplyObject(r);
}

/* A number behind a name in a section of INFO. */
static double info(bench *b, const char *section, const char *stat, const char *part)
{
    char command[64];
    snprintf(command, sizeof command, "INFO %s", section);
    redisReply *r = ask(b, command);
    const char *at = r->str ? strcasestr(r->str, stat) : NULL;
    if (at) at = strstr(at, part);
    if (!at) die("INFO lacks", stat);
    double value = strtod(at + strlen(part), NULL);
    freeReplyObject(r);
    return value;
}

static void take_all(bench *b, int n)
{
    for (; n; n--) {
        redisReply *r = take(b);
        if (r->type == REDIS_REPLY_ERROR) die("load", r->str);
        freeReplyObject(r);
    }
}

/* Loads everyone by a command; replies the bytes that it took. */
static long long load(bench *b, const char *command, const char *key, int by_pk)
{
    must(b, "CONFIG RESETSTAT");
    double before = info(b, "memory", "used_memory:", ":");
    int waiting = 0;
    b->state = 1;
    memset(b->counts, 0, sizeof b->counts);
    for (long long id = 1; id <= b->n; id++) {
        person p = draw_person(b, id);
        b->counts[p.city]++;
        char name[64];
        snprintf(name, sizeof name, by_pk ? "%s" : "%s:%lld", key, id);
        redisAppendCommand(b->redis, "%s %s id %lld age %lld name %s created %lld city city%d salary %lld title %s", command, name, id, p.age, p.name,
                           p.created, p.city, p.salary, p.title);
        if (++waiting == PIPELINE) take_all(b, waiting), waiting = 0;
    }
    take_all(b, waiting);
    return (long long)(info(b, "memory", "used_memory:", ":") - before);
}

static int city_near(const bench *b, double share, int other)
{
    int best = other == 1 ? 2 : 1;
    double want = share * (double)b->n;
    for (int i = 1; i < CITIES; i++) {
        double here = (double)b->counts[i] - want, there = (double)b->counts[best] - want;
        if (i != other && here * here < there * there) best = i;
    }
    return best;
}

static void row(bench *b, const char *what, double goal, int calls, const char *command)
{
    char stat[48];
    snprintf(stat, sizeof stat, "cmdstat_%.*s:", (int)strcspn(command, " "), command);
    freeReplyObject(ask(b, command)); /* what only the first call does is not of the workload */
    must(b, "CONFIG RESETSTAT");
    long long answer = 0;
    for (int i = 0; i < calls; i++) {
        redisReply *r = ask(b, command);
        int refused = r->type == REDIS_REPLY_ERROR;
        if (refused) printf("| %s | %g | refused | | %s |\n", what, goal, r->str);
        answer = r->type == REDIS_REPLY_ARRAY ? (long long)r->elements : r->integer;
        freeReplyObject(r);
        if (refused) return;
    }
    double us = info(b, "commandstats", stat, "usec_per_call=");
    printf("| %s | %g | %.1f | %.2f | %lld |\n", what, goal, us / b->h, us, answer);
    fflush(stdout);
}

static void rows(bench *b)
{
    char c[TEXT];
    int x = city_near(b, 11434 / 5e5, 0), y = city_near(b, (16319 - 11434) / 5e5, x);
    row(b, "get by pk", 1.3, 2000, "NONREL.GET p.Person 77");
#define ROW(what, goal, calls, ...) (snprintf(c, sizeof c, __VA_ARGS__), row(b, what, goal, calls, c))
    ROW("count exact", 2, 500, "NONREL.COUNT p.Person FILTER city city%d", x);
    ROW("10 rows exact", 12, 200, "NONREL.QUERY p.Person FILTER city city%d LIMIT 0 10", x);
    ROW("count range", 3, 500, "NONREL.COUNT p.Person FILTER age__range [30,39]");
    ROW("10 rows range", 12, 200, "NONREL.QUERY p.Person FILTER age__range [30,39] LIMIT 0 10");
    long long low = 1700000000 + b->n * 20, high = low + b->n * 4;
    ROW("count two ranges", 200, 20, "NONREL.COUNT p.Person FILTER age__range [30,39] created__range [%lld,%lld]", low, high);
    ROW("10 rows exact and range", 25, 50, "NONREL.QUERY p.Person FILTER city city%d age__range [30,39] LIMIT 0 10", x);
    ROW("count exact or exact", 60, 20, "NONREL.COUNT p.Person Q {\"or\":[{\"city\":\"city%d\"},{\"city\":\"city%d\"}]}", x, y);
    ROW("count not exact", 3, 5, "NONREL.COUNT p.Person EXCLUDE city city0");
    ROW("10 rows startswith", 12, 200, "NONREL.QUERY p.Person FILTER name__startswith ab LIMIT 0 10");
    ROW("10 rows of a range by an index", 25, 5, "NONREL.QUERY p.Person FILTER age__range [30,39] ORDER created LIMIT 0 10");
    ROW("10 rows of a range by a column", 150, 3, "NONREL.QUERY p.Person FILTER age__range [30,39] ORDER salary LIMIT 0 10");
    ROW("1,000 rows", 1500, 10, "NONREL.QUERY p.Person FILTER age__range [30,39] LIMIT 0 1000");
    ROW("1,000 rows of three columns", 250, 10, "NONREL.QUERY p.Person FILTER age__range [30,39] FIELDS id age salary LIMIT 0 1000");
#undef ROW
}

static int define(bench *b, const char *store)
{
    char model[TEXT];
    snprintf(model, sizeof model,
             "{\"fields\":{\"age\":{\"type\":\"int\",\"index\":true},\"name\":{\"type\":\"char\",\"max_length\":12,\"index\":[\"exact\",\"startswith\"]},"
             "\"created\":{\"type\":\"int\",\"index\":true},\"city\":{\"type\":\"char\",\"index\":[\"exact\"]},\"salary\":{\"type\":\"int\"%s},"
             "\"title\":{\"type\":\"text\"}}%s}",
             strcmp(store, "memory") ? "" : ",\"column\":true", strcmp(store, "memory") ? "" : ",\"store\":\"memory\"");
    redisReply *r = redisCommand(b->redis, "NONREL.MODEL SET p.Person %s", model);
    if (!r) die("MODEL SET", b->redis->errstr);
    int ok = r->type != REDIS_REPLY_ERROR;
    if (!ok) printf("| store %s | | refused | | %s |\n", store, r->str);
    freeReplyObject(r);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 3) die("usage", "bench_people <port> <native|memory> [entities]");
    bench b = {.redis = redisConnect("127.0.0.1", (int)strtol(argv[1], NULL, 10)), .n = argc > 3 ? strtoll(argv[3], NULL, 10) : 500000};
    if (!b.redis || b.redis->err) die("connect", "no server");
    b.hash_bytes = load(&b, "HSET", "h", 0);
    b.h = info(&b, "commandstats", "cmdstat_hset:", "usec_per_call=");
    must(&b, "FLUSHALL");
    printf("H = %.2f us, store %s, N = %lld\n\n| workload | goal, H | H | us | answer |\n| --- | ---: | ---: | ---: | ---: |\n", b.h, argv[2], b.n);
    if (define(&b, argv[2])) {
        must(&b, "NONREL.COUNT p.Person FILTER age 1"); /* else a table in memory is made by the first query, and the SAVEs have no index to keep */
        long long bytes = load(&b, "NONREL.SAVE", "p.Person", 1) - b.hash_bytes;
        double us = info(&b, "commandstats", "cmdstat_nonrel.save:", "usec_per_call=");
        printf("| save | 3 | %.1f | %.2f | |\n| bytes an entity over the hash | 180 | | | %lld |\n", us / b.h, us, bytes / b.n);
        rows(&b);
    }
    redisFree(b.redis);
    return 0;
}
