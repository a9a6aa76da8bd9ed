/* bench_lookups.c -- what lookups inside texts and parts of dates cost, and what keeping their indexes adds to a SAVE, in both stores.
 *
 * Usage: bench_lookups <absolute path of nonrel.so> [people]. Prints a table of Markdown; a wrong answer ends it with status 1. To add a question, add a row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "systems.h"
#include "workloads.h"

enum { STORES = 2, ROUNDS = 3, CALLS = 100, MONTHS = 12 };

#define NAMED "name\":{\"type\":\"char\",\"max_length\":12,\"index\":[\"exact\",\"startswith\",\"contains\"]}"
#define MODEL(store)                                                                                                                             \
    "NONREL.MODEL SET p.Person '{\"fields\":{\"age\":{\"type\":\"int\",\"index\":true},\"" NAMED ",\"created\":{\"type\":\"int\",\"index\":true}," \
    "\"city\":{\"type\":\"char\",\"index\":[\"exact\"]},\"salary\":{\"type\":\"int\",\"column\":true},\"title\":{\"type\":\"text\"}},\"store\":\"" store "\"}'"
#define JOINED(store) \
    "NONREL.MODEL SET p.Joined '{\"fields\":{\"joined\":{\"type\":\"datetime\",\"index\":[\"month\"]}},\"store\":\"" store "\"}'"

static const char *const models[STORES] = {MODEL("native"), MODEL("memory")};
static const char *const joined[STORES] = {JOINED("native"), JOINED("memory")};
static const double save_goals[STORES] = {25, 6}, bytes_goals[STORES] = {1200, 350};

static bool has_abcd(const person *p)
{
    return strstr(p->name, "abcd") != NULL;
}

static const char *title_of(const person *p, person_text *t)
{
    person_write(p, t);
    return t->word[2 * PEOPLE_FIELDS - 1];
}

static bool has_words(const person *p)
{
    person_text t;
    return strstr(title_of(p, &t), "123 word45") != NULL;
}

static bool has_pattern(const person *p)
{
    person_text t;
    const char *at = title_of(p, &t);
    while ((at = strstr(at, "23 word45")) && (at[-1] != '1' && at[-1] != '3')) at++;
    return at != NULL;
}

static bool in_may(const person *p)
{
    return p->id % MONTHS == 4;
}

/* The goal is that of the memory store; the native one is shown beside it. */
static const struct question {
    const char *name, *command;
    double peer, goal;
    bool (*match)(const person *p);
    int rows; /* at most; 0: a count */
} questions[] = {
    {"10 rows of contains on name", "NONREL.QUERY p.Person FILTER name__contains abcd LIMIT 0 10", 28, 20, has_abcd, 10},
    {"count of contains on name", "NONREL.COUNT p.Person FILTER name__contains abcd", 0, 0, has_abcd, 0},
    {"10 rows of icontains on title", "NONREL.QUERY p.Person FILTER title__icontains '123 WORD45' LIMIT 0 10", 0, 40, has_words, 10},
    {"10 rows of a regex on title", "NONREL.QUERY p.Person FILTER title__regex '[13]23 word45' LIMIT 0 10", 0, 60, has_pattern, 10},
    {"count of a month", "NONREL.COUNT p.Joined FILTER joined__month 5", 0, 3, in_may, 0},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

typedef struct figures {
    bare hset, save;
    double us[QUESTIONS];
    long long answers[QUESTIONS];
} figures;

static long long truth(const struct question *q, const people *p)
{
    long long n = 0;
    for (int64_t i = 0; i < p->n; i++) n += q->match(&p->at[i]);
    return q->rows && n > q->rows ? q->rows : n;
}

static double ask(server *s, const struct question *q, const people *p, long long *count)
{
    const char *names[] = {q->rows ? "NONREL.QUERY" : "NONREL.COUNT", NULL};
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        server_reset_stats(s);
        for (int i = 0; i < CALLS; i++) {
            redisReply *r = server_ask(s, q->command);
            if (r->type == REDIS_REPLY_ERROR) bench_die(q->command, r->str);
            *count = r->type == REDIS_REPLY_ARRAY ? (long long)r->elements : r->integer;
            freeReplyObject(r);
        }
        double us = server_usec(s, names) / CALLS;
        if (!round || us < best) best = us;
    }
    if (*count != truth(q, p)) bench_die(q->command, "a wrong answer");
    return best;
}

static void add_joined(server *s, const people *p)
{
    enum { PIPELINE = 250 };
    for (int64_t i = 0; i < p->n; i++) {
        redisAppendCommand(s->redis, "NONREL.SAVE p.Joined pk %lld joined 2026-%02d-%02dT%02d:00:00Z", (long long)p->at[i].id, (int)(p->at[i].id % MONTHS) + 1,
                           (int)(p->at[i].id % 28) + 1, (int)(p->at[i].id % 24));
        if (i % PIPELINE == PIPELINE - 1 || i + 1 == p->n) server_take_all(s, (int)(i % PIPELINE) + 1);
    }
}

/* Until no index is being built. */
static void wait_for_indexes(server *s)
{
    for (bool waits = true; waits; usleep(100000)) {
        redisReply *r = server_ask(s, "NONREL.INDEX LIST p.Person");
        waits = false;
        for (size_t i = 0; i < r->elements; i++)
            for (size_t k = 0; k + 1 < r->element[i]->elements; k += 2)
                if (strcmp(r->element[i]->element[k]->str, "state") == 0) waits = waits || strcmp(r->element[i]->element[k + 1]->str, "ready") != 0;
        freeReplyObject(r);
    }
}

static figures measure(const bench_system *of, int store, const people *p)
{
    bench_system sys = *of;
    server s;
    sys.define[0] = models[store];
    system_start(&sys, &s);
    loaded l = system_load_beside(&sys, &s, p);
    figures f = {.hset = l.hset, .save = l.save};
    server_must(&s, joined[store]);
    add_joined(&s, p);
    server_must(&s, "NONREL.INDEX CREATE p.Person title icontains contains");
    wait_for_indexes(&s);
    for (int i = 0; i < QUESTIONS; i++) f.us[i] = ask(&s, &questions[i], p, &f.answers[i]);
    server_stop(&s);
    return f;
}

static const char *mark(double is, double goal)
{
    return goal <= 0 ? "" : is <= goal ? " ✓" : " ✗";
}

int main(int argc, char **argv)
{
    people p;
    figures f[STORES];
    if (argc < 2) bench_die("usage", "bench_lookups <nonrel.so> [people]");
    const bench_system *systems = systems_table(argv[1]);
    people_init(&p, argc > 2 ? strtoll(argv[2], NULL, 10) : 500000);
    for (int i = 0; i < STORES; i++) f[i] = measure(&systems[i], i, &p);
    printf("| workload | RediSearch 2.10, H | goal, H | native, H | memory, H | answer |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (int i = 0; i < QUESTIONS; i++) {
        double h[STORES] = {f[0].us[i] / f[0].hset.h, f[1].us[i] / f[1].hset.h};
        printf("| %s | %.0f | %.0f | %.1f | %.1f%s | %lld |\n", questions[i].name, questions[i].peer, questions[i].goal, h[0], h[1], mark(h[1], questions[i].goal),
               f[0].answers[i]);
    }
    double save[STORES] = {f[0].save.h / f[0].hset.h, f[1].save.h / f[1].hset.h}, bytes[STORES] = {f[0].save.bytes - f[0].hset.bytes, f[1].save.bytes - f[1].hset.bytes};
    printf("| save with contains on name | 10.5 | %.0f; %.0f | %.1f%s | %.1f%s | |\n", save_goals[0], save_goals[1], save[0], mark(save[0], save_goals[0]), save[1],
           mark(save[1], save_goals[1]));
    printf("| bytes an entity over the hash | 952 | %.0f; %.0f | %.0f%s | %.0f%s | |\n", bytes_goals[0], bytes_goals[1], bytes[0], mark(bytes[0], bytes_goals[0]), bytes[1],
           mark(bytes[1], bytes_goals[1]));
    people_clear(&p);
    return 0;
}
