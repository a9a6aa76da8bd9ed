/* bench_queries.c -- what groups, distinct values and updates by a filter cost, in both stores.
 *
 * Usage: bench_queries <absolute path of nonrel.so> [people]. Prints a table of Markdown; a wrong answer ends it with status 1. To add a question, add a row. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "systems.h"

enum { STORES = 2, ROUNDS = 5, AGES = 100, UPDATED = 1000, LOW_SALARY = 60000 /* of 200,000 */ };

#define MODEL(age, store)                                                                                                                         \
    "NONREL.MODEL SET p.Person '{\"fields\":{\"age\":{\"type\":\"int\"," age "},\"name\":{\"type\":\"char\",\"max_length\":12,\"index\":["       \
    "\"exact\",\"startswith\"]},\"created\":{\"type\":\"int\",\"index\":true},\"city\":{\"type\":\"char\",\"index\":[\"exact\"]},\"salary\":{\"type\":" \
    "\"int\",\"column\":true},\"title\":{\"type\":\"text\"}},\"store\":\"" store "\"}'"
#define INDEXED "\"index\":true"
#define COLUMN "\"column\":true"

/* By store: age with an index, then in a column alone. */
static const char *const models[STORES][2] = {{MODEL(INDEXED, "native"), MODEL(COLUMN, "native")}, {MODEL(INDEXED, "memory"), MODEL(COLUMN, "memory")}};

/* -- what is true ------------------------------------------------------------------------------------------------------------------------- */

/* A group of two columns, the first an age. False: it has neither. */
static bool read_group(const redisReply *r, int *age, double *value)
{
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 4 || strcmp(r->element[0]->str, "age") != 0) return false;
    *age = (int)strtol(r->element[1]->str, NULL, 10);
    *value = strtod(r->element[3]->str, NULL);
    return *age >= 0 && *age < AGES;
}

/* Groups of all ages, each within a hair of what is wanted. */
static bool are_groups(const redisReply *r, const double want[AGES])
{
    int seen = 0, age;
    double value;
    for (size_t i = 0; i < r->elements; i++, seen++)
        if (!read_group(r->element[i], &age, &value) || age != seen || fabs(value - want[age]) > 1e-6) return false;
    return seen == AGES;
}

static bool counts_by_age(const redisReply *r, const people *p)
{
    double n[AGES] = {0};
    for (int64_t i = 0; i < p->n; i++) n[p->at[i].age]++;
    return are_groups(r, n);
}

static bool averages_by_age(const redisReply *r, const people *p)
{
    double n[AGES] = {0}, sum[AGES] = {0};
    for (int64_t i = 0; i < p->n; i++) {
        if (p->at[i].salary >= LOW_SALARY) continue;
        n[p->at[i].age]++;
        sum[p->at[i].age] += p->at[i].salary;
    }
    for (int i = 0; i < AGES; i++) sum[i] /= n[i];
    return are_groups(r, sum);
}

static bool all_cities(const redisReply *r, const people *p)
{
    bool seen[PEOPLE_CITIES] = {false};
    size_t n = 0;
    for (int64_t i = 0; i < p->n; i++) {
        n += !seen[p->at[i].city];
        seen[p->at[i].city] = true;
    }
    for (size_t i = 1; i < r->elements; i++)
        if (strcmp(r->element[i - 1]->str, r->element[i]->str) >= 0) return false;
    return r->elements == n;
}

static bool all_updated(const redisReply *r, const people *p)
{
    return r->type == REDIS_REPLY_INTEGER && r->integer == (p->n < UPDATED ? p->n : UPDATED);
}

/* -- questions ---------------------------------------------------------------------------------------------------------------------------- */

#define FIRST "FILTER pk__lte 1000 "

/* Goals are those of the memory store. An update changes its rows each time: there are two commands that take turns. */
static const struct question {
    const char *name, *stat, *command[2];
    double peer, goal;
    int rows, calls, model;
    bool (*check)(const redisReply *r, const people *p);
} questions[] = {
    {"count by age, with its index", "NONREL.AGGREGATE", {"NONREL.AGGREGATE p.Person GROUPBY age COUNT *", NULL}, 350000, 30, 1, 300, 0, counts_by_age},
    {"average salary by age of 30 %", "NONREL.AGGREGATE", {"NONREL.AGGREGATE p.Person FILTER salary__lt 60000 GROUPBY age AVG salary", NULL}, 0, 400, 1, 100, 0, averages_by_age},
    {"distinct cities", "NONREL.QUERY", {"NONREL.QUERY p.Person FIELDS city FLAT DISTINCT", NULL}, 0, 150, 1, 200, 0, all_cities},
    {"update of salary by a filter, a row", "NONREL.UPDATE", {"NONREL.UPDATE p.Person " FIRST "EXPR salary 'F(salary) + 1'", NULL}, 0, 4, UPDATED, 10, 0, all_updated},
    {"update of city by a filter, a row", "NONREL.UPDATE", {"NONREL.UPDATE p.Person " FIRST "SET city c1", "NONREL.UPDATE p.Person " FIRST "SET city c2"}, 0, 8, UPDATED, 10, 0, all_updated},
    {"count by age, without an index", "NONREL.AGGREGATE", {"NONREL.AGGREGATE p.Person GROUPBY age COUNT *", NULL}, 350000, 500, 1, 100, 1, counts_by_age},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

/* Whether two replies say the same. */
static bool same(const redisReply *a, const redisReply *b)
{
    if (a->type != b->type || a->elements != b->elements || a->integer != b->integer || a->len != b->len) return false;
    if (a->len && memcmp(a->str, b->str, a->len) != 0) return false;
    for (size_t i = 0; i < a->elements; i++)
        if (!same(a->element[i], b->element[i])) return false;
    return true;
}

/* Server microseconds of a call, a row. The first answer of a round is held to the people, the others to that one: going through all people between two calls
 * would empty the caches that the server shares with its client. */
static double ask(server *s, const struct question *q, const people *p)
{
    const char *names[] = {q->stat, NULL};
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        redisReply *first = server_ask(s, q->command[0]);
        if (first->type == REDIS_REPLY_ERROR) bench_die(q->command[0], first->str);
        if (!q->check(first, p)) bench_die(q->command[0], "a wrong answer");
        server_reset_stats(s);
        for (int i = 1; i <= q->calls; i++) {
            redisReply *r = server_ask(s, q->command[q->command[1] ? i % 2 : 0]);
            if (!same(r, first)) bench_die(q->command[0], "another answer than the time before");
            freeReplyObject(r);
        }
        double us = server_usec(s, names) / q->calls / q->rows;
        if (!round || us < best) best = us;
        freeReplyObject(first);
    }
    return best;
}

static void measure(const bench_system *of, int store, const people *p, double h[QUESTIONS])
{
    bench_system sys = *of;
    server s;
    int model = 0;
    sys.define[0] = models[store][0];
    system_start(&sys, &s);
    double unit = system_load_beside(&sys, &s, p).hset.h;
    for (int i = 0; i < QUESTIONS; i++) {
        if (questions[i].model != model) server_must(&s, models[store][questions[i].model]);
        model = questions[i].model;
        h[i] = ask(&s, &questions[i], p) / unit;
    }
    server_stop(&s);
}

int main(int argc, char **argv)
{
    people p;
    double h[STORES][QUESTIONS];
    if (argc < 2) bench_die("usage", "bench_queries <nonrel.so> [people]");
    const bench_system *systems = systems_table(argv[1]);
    people_init(&p, argc > 2 ? strtoll(argv[2], NULL, 10) : 500000);
    for (int i = 0; i < STORES; i++) measure(&systems[i], i, &p, h[i]);
    printf("| workload | RediSearch 2.10, H | goal, H | native, H | memory, H |\n| --- | ---: | ---: | ---: | ---: |\n");
    for (int i = 0; i < QUESTIONS; i++) {
        const struct question *q = &questions[i];
        printf("| %s | %.0f | %.0f | %.1f | %.1f %s |\n", q->name, q->peer, q->goal, h[0][i], h[1][i], h[1][i] <= q->goal ? "✓" : "✗");
    }
    people_clear(&p);
    return 0;
}
