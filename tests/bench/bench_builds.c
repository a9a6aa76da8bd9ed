/* bench_builds.c -- how long a PING waits while an index is built over all people, beside a client that writes new ones.
 *
 * The parent sends PING on a connection of its own every two milliseconds; a child writes one new person after the other on another. The first rows of
 * the table are what PINGs take without any build, alone and beside the SAVEs.
 *
 * Usage: bench_builds <absolute path of nonrel.so> <native|memory> <people>. Exits with 1 when a PING waited for more than 20 ms while an index was built. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results.h"

#define MODEL(store)                                                                                                                                    \
    "NONREL.MODEL SET p.Person '{\"fields\":{\"age\":{\"type\":\"int\"},\"name\":{\"type\":\"char\",\"max_length\":12},\"created\":{\"type\":\"int\"}," \
    "\"city\":{\"type\":\"char\"},\"salary\":{\"type\":\"int\"},\"title\":{\"type\":\"text\"}},\"store\":\"" store "\"}'"

static const double goal_ms = 20, beside = 10, window = 0.2; /* seconds */

static const struct build {
    const char *what, *create;
} builds[] = {
    {"age range", "NONREL.INDEX CREATE p.Person age range"},
    {"city exact", "NONREL.INDEX CREATE p.Person city exact"},
    {"name exact startswith", "NONREL.INDEX CREATE p.Person name exact startswith"},
    {"name contains", "NONREL.INDEX CREATE p.Person name contains"},
    {"title icontains", "NONREL.INDEX CREATE p.Person title icontains"},
};

typedef struct writer {
    const people *people;
    int64_t last;
    int (*save)(redisContext *redis, const person *p);
} writer;

static void send_new(redisContext *redis, void *ctx)
{
    writer *w = ctx;
    person who = w->people->at[++w->last % w->people->n];
    who.id = w->people->n + w->last;
    w->save(redis, &who);
}

static long long count(server *s)
{
    redisReply *r = server_ask(s, "NONREL.COUNT p.Person");
    if (r->type != REDIS_REPLY_INTEGER) bench_die("count", r->str);
    long long n = r->integer;
    freeReplyObject(r);
    return n;
}

static bool is_building(server *s)
{
    redisReply *r = server_ask(s, "INFO nonrel");
    const char *at = strstr(r->str, "indexes_waiting:");
    if (!at) bench_die("INFO", "has no indexes_waiting");
    bool is = strtoll(strchr(at, ':') + 1, NULL, 10) > 0;
    freeReplyObject(r);
    return is;
}

static void put_row(const char *what, double seconds, long long written, const rate *r)
{
    printf("| %s | %.1f | %.0f | %.3f | %.3f | %.3f |\n", what, seconds, (double)written / seconds, r->p50 / 1e3, r->p99 / 1e3, r->max / 1e3);
    fflush(stdout);
}

/* The longest wait, in milliseconds. */
static double measure(server *s, const char *what, const char *create)
{
    pings p = {0};
    long long before = count(s);
    double start = clock_now();
    if (create) server_must(s, create);
    do pings_send(&p, s, window);
    while (create ? is_building(s) : clock_now() < start + beside);
    double seconds = clock_now() - start;
    rate r = pings_end(&p);
    put_row(what, seconds, count(s) - before, &r);
    return r.max / 1e3;
}

int main(int argc, char **argv)
{
    if (argc != 4) bench_die("usage", "bench_builds <nonrel.so> <native|memory> <people>");
    bool memory = strcmp(argv[2], "memory") == 0;
    bench_system system = systems_table(argv[1])[memory ? SYSTEM_MEMORY : SYSTEM_NATIVE];
    people p;
    server s;
    int from;
    double worst = 0;
    system.define[0] = memory ? MODEL("memory") : MODEL("native");
    people_init(&p, strtoll(argv[3], NULL, 10));
    writer w = {.people = &p, .save = system.save};
    system_start(&system, &s);
    system_load(&system, &s, &p);
    printf("%s, %lld people\n\n", system.name, (long long)p.n);
    printf("| | seconds | SAVEs a second | PING p50, ms | p99, ms | max, ms |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    measure(&s, "nothing else", NULL);
    pid_t child = rate_begin(&s, 1, 1e9, send_new, &w, &from);
    measure(&s, "SAVEs, no build", NULL);
    for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
        double max = measure(&s, builds[i].what, builds[i].create);
        if (max > worst) worst = max;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(from);
    server_stop(&s);
    bool met = worst <= goal_ms;
    printf("\nthe longest PING while an index was built: %.3f ms, at most %g ms: %s\n", worst, goal_ms, met ? "met" : "**missed**");
    people_clear(&p);
    return !met;
}
