/* bench_latency.c -- how long a PING waits at a server that is busy with SAVEs and queries.
 *
 * A child keeps 20 connections busy, half of them with SAVEs of one row (every fourth a new one), half with queries for ten rows; the parent sends
 * PING on a connection of its own every two milliseconds. The table says what their clients saw.
 *
 * Usage: bench_latency <absolute path of nonrel.so> <native|memory> <people> <seconds>. Exits with 1 when the p99 of PING is above 5 ms. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results.h"

enum { CONNECTIONS = 20 };
static const double goal_ms = 5;

typedef struct load {
    const people *people;
    const bench_system *system;
    words query[3];
    int64_t calls, next;
} load;

/* Ages and salaries of the people there are go round; new people have the ids behind. */
static void send_load(redisContext *redis, void *ctx)
{
    load *l = ctx;
    int64_t call = l->calls++, n = l->people->n;
    if (call % 2) {
        words *w = &l->query[call / 2 % 3];
        redisAppendCommandArgv(redis, w->n, (const char **)w->at, NULL);
        return;
    }
    person who = l->people->at[call * 7919 % n], other = l->people->at[call * 104729 % n];
    if (call % 8 == 0) who.id = ++l->next;
    who.age = other.age;
    who.salary = other.salary;
    who.city = other.city;
    l->system->save(redis, &who);
}

static void split_queries(load *l)
{
    static const char *const names[3] = {"10 rows, exact", "10 rows, range", "10 rows, exact and range"};
    char text[COMMAND_MAX];
    int n = 0;
    for (int i = 0; i < workloads_n && n < 3; i++)
        if (strcmp(workloads[i].name, names[n]) == 0 && workload_text(&workloads[i], l->system, l->people, text, sizeof text))
            words_split(&l->query[n++], text);
    if (n < 3) bench_die("workloads", "a query of ten rows is gone");
}

static rate ping(server *s, double seconds)
{
    pings p = {0};
    pings_send(&p, s, seconds);
    return pings_end(&p);
}

static void put_row(const char *what, const rate *r)
{
    printf("| %s | %.0f | %.3f | %.3f | %.3f |\n", what, r->calls, r->p50 / 1e3, r->p99 / 1e3, r->max / 1e3);
}

int main(int argc, char **argv)
{
    if (argc != 5) bench_die("usage", "bench_latency <nonrel.so> <native|memory> <people> <seconds>");
    bool memory = strcmp(argv[2], "memory") == 0;
    double seconds = strtod(argv[4], NULL);
    people p;
    server s;
    rate busy;
    int from;
    people_init(&p, strtoll(argv[3], NULL, 10));
    load l = {.people = &p, .system = &systems_table(argv[1])[memory ? SYSTEM_MEMORY : SYSTEM_NATIVE], .next = p.n};
    split_queries(&l);
    system_start(l.system, &s);
    system_load(l.system, &s, &p);
    rate idle = ping(&s, seconds / 10);
    pid_t child = rate_begin(&s, CONNECTIONS, seconds, send_load, &l, &from);
    usleep(200000);
    rate r = ping(&s, seconds - 0.4);
    if (read(from, &busy, sizeof busy) != sizeof busy) bench_die("load", "failed");
    waitpid(child, NULL, 0);
    server_stop(&s);
    printf("%s, %lld people, %d connections, %g seconds\n\n", l.system->name, (long long)p.n, CONNECTIONS, seconds);
    printf("| | calls a second | p50, ms | p99, ms | max, ms |\n| --- | ---: | ---: | ---: | ---: |\n");
    put_row("PING, nothing else", &idle);
    put_row("PING, under load", &r);
    put_row("SAVEs and queries", &busy);
    bool met = r.p99 <= goal_ms * 1e3;
    printf("\nPING at p99: %.3f ms, at most %g ms: %s\n", r.p99 / 1e3, goal_ms, met ? "met" : "**missed**");
    people_clear(&p);
    return !met;
}
