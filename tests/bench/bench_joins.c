/* bench_joins.c -- what questions through relations cost in one command, in both stores, beside a client that keeps sets and sorted sets by hand and asks them in
 * two or three.
 *
 * Usage: bench_joins <absolute path of nonrel.so> [posts]. Prints tables of Markdown; a wrong answer ends it with status 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "posts.h"
#include "systems.h"

enum { ROUNDS = 3, CALLS = 5, PIPELINE = 250, TEN = 10, PEOPLE = 100000, WAYS = 3 };
typedef enum way { WAY_NATIVE, WAY_MEMORY, WAY_HAND } way;

#define CITY "c7"
static const int city = 7;

/* -- the same data, in three ways ----------------------------------------------------------------------------------------------------------- */

static void define(server *s, way w)
{
    static const char *const models[] = {
        "NONREL.MODEL SET b.City '{\"fields\":{\"name\":{\"type\":\"char\",\"index\":[\"exact\"]}},\"store\":\"%s\"}'",
        "NONREL.MODEL SET b.Author '{\"fields\":{\"username\":{\"type\":\"char\",\"index\":[\"exact\",\"startswith\"]},\"city\":{\"type\":\"fk\",\"to\":"
        "\"b.City\"}},\"store\":\"%s\"}'",
        "NONREL.MODEL SET b.Post '{\"fields\":{\"author\":{\"type\":\"fk\",\"to\":\"b.Author\",\"related_name\":\"posts\"},\"status\":{\"type\":\"char\","
        "\"index\":[\"exact\"]},\"created\":{\"type\":\"int\",\"index\":true}},\"store\":\"%s\"}'",
        "NONREL.COUNT b.Post",
    };
    for (size_t i = 0; w != WAY_HAND && i < sizeof models / sizeof *models; i++) {
        char text[COMMAND_MAX];
        snprintf(text, sizeof text, models[i], w == WAY_NATIVE ? "native" : "memory");
        server_must(s, text);
    }
}

static const char *status_of(const post *p)
{
    return p->published ? "published" : "draft";
}

static int send_city(redisContext *r, way w, int id)
{
    if (w == WAY_HAND) redisAppendCommand(r, "SET cityname:c%d %d", id, id);
    else redisAppendCommand(r, "NONREL.SAVE b.City id %d name c%d", id, id);
    return 1;
}

static int send_author(redisContext *r, way w, int id, const author *a)
{
    if (w != WAY_HAND) {
        redisAppendCommand(r, "NONREL.SAVE b.Author id %d username %s city %d", id, a->username, a->city);
        return 1;
    }
    redisAppendCommand(r, "HSET a:%d id %d username %s city %d", id, id, a->username, a->city);
    redisAppendCommand(r, "ZADD username 0 %s:%d", a->username, id);
    redisAppendCommand(r, "SADD city:%d %d", a->city, id);
    return 3;
}

static int send_post(redisContext *r, way w, int id, const post *p)
{
    if (w != WAY_HAND) {
        redisAppendCommand(r, "NONREL.SAVE b.Post id %d author %d status %s created %lld", id, p->author, status_of(p), (long long)p->created);
        return 1;
    }
    redisAppendCommand(r, "HSET p:%d id %d author %d status %s created %lld", id, id, p->author, status_of(p), (long long)p->created);
    redisAppendCommand(r, "SADD author:%d %d", p->author, id);
    redisAppendCommand(r, "SADD status:%s %d", status_of(p), id);
    redisAppendCommand(r, "ZADD created %lld %d", (long long)p->created, id);
    return 4;
}

static void load(server *s, way w, const posts *p)
{
    int waiting = 0, all = p->n_cities + p->n_authors + p->n;
    define(s, w);
    for (int i = 1; i <= all; i++) {
        int at = i - p->n_cities;
        if (at < 1) waiting += send_city(s->redis, w, i);
        else if (at <= p->n_authors) waiting += send_author(s->redis, w, at, &p->authors[at]);
        else waiting += send_post(s->redis, w, at - p->n_authors, &p->at[at - p->n_authors]);
        if (i % PIPELINE && i < all) continue;
        server_take_all(s, waiting);
        waiting = 0;
    }
}

/* -- answers -------------------------------------------------------------------------------------------------------------------------------- */

/* A number, or the primary keys of whole rows. */
typedef struct answer {
    int64_t count;
    int n;
    int64_t ids[TEN];
} answer;

static int64_t number_of(const redisReply *r)
{
    return r->type == REDIS_REPLY_INTEGER ? r->integer : r->str ? strtoll(r->str, NULL, 10) : -1;
}

/* Entities and hashes alike: names and values, the primary key first. */
static void take_row(const redisReply *row, answer *out)
{
    if (row->type != REDIS_REPLY_ARRAY || row->elements < 6 || strcmp(row->element[0]->str, "id") != 0) bench_die("a row", "is none");
    if (out->n < TEN) out->ids[out->n++] = number_of(row->element[1]);
}

static bool is_author_published(const posts *p, int64_t id)
{
    for (int i = 1; i <= p->n; i++)
        if (p->at[i].published && p->at[i].author == id) return true;
    return false;
}

static bool all_start_with_a(const posts *p, const answer *a)
{
    int64_t n = 0;
    for (int i = 1; i <= p->n; i++) n += p->authors[p->at[i].author].username[0] == 'a';
    return a->count == n;
}

static bool ten_authors(const posts *p, const answer *a)
{
    for (int i = 0; i < a->n; i++) {
        for (int k = 0; k < i; k++)
            if (a->ids[k] == a->ids[i]) return false;
        if (!is_author_published(p, a->ids[i])) return false;
    }
    return a->n == TEN;
}

static bool all_authors(const posts *p, const answer *a)
{
    bool *seen = calloc((size_t)p->n_authors + 1, 1);
    int64_t n = 0;
    for (int i = 1; i <= p->n; i++) {
        n += p->at[i].published && !seen[p->at[i].author];
        seen[p->at[i].author] = seen[p->at[i].author] || p->at[i].published;
    }
    free(seen);
    return a->count == n;
}

/* Posts are created in the order of their ids. */
static bool latest_of_city(const posts *p, const answer *a)
{
    int n = 0;
    for (int i = p->n; i > 0 && n < a->n; i--) {
        if (p->authors[p->at[i].author].city != city) continue;
        if (a->ids[n++] != i) return false;
    }
    return a->n == TEN && n == TEN;
}

/* -- by hand -------------------------------------------------------------------------------------------------------------------------------- */

static redisReply *take(server *s)
{
    redisReply *r = server_take(s);
    if (r->type == REDIS_REPLY_ERROR) bench_die("by hand", r->str);
    return r;
}

/* SUNIONSTORE t of the posts of all authors who stand behind the last colon, if there is one, of the members. Replies how many posts that are. */
static int64_t store_posts(server *s, const redisReply *members)
{
    size_t n = members->elements + 2;
    const char **argv = malloc(n * sizeof *argv);
    char (*keys)[32] = malloc(n * sizeof *keys);
    if (!argv || !keys) bench_die("by hand", "no memory");
    argv[0] = "SUNIONSTORE";
    argv[1] = "t";
    for (size_t i = 0; i < members->elements; i++) {
        const char *text = members->element[i]->str, *colon = strrchr(text, ':');
        snprintf(keys[i], sizeof *keys, "author:%s", colon ? colon + 1 : text);
        argv[i + 2] = keys[i];
    }
    redisAppendCommandArgv(s->redis, (int)n, argv, NULL);
    redisReply *r = take(s);
    int64_t count = r->integer;
    freeReplyObject(r);
    free(argv);
    free(keys);
    return count;
}

static void take_hashes(server *s, const char *prefix, const int64_t *ids, int n, answer *out)
{
    for (int i = 0; i < n; i++) redisAppendCommand(s->redis, "HGETALL %s:%lld", prefix, (long long)ids[i]);
    for (int i = 0; i < n; i++) {
        redisReply *r = take(s);
        take_row(r, out);
        freeReplyObject(r);
    }
}

static void hand_start_with_a(server *s, const posts *p, answer *out)
{
    (void)p;
    redisReply *names = server_ask(s, "ZRANGE username [a (b BYLEX");
    out->count = store_posts(s, names);
    freeReplyObject(names);
    server_must(s, "DEL t");
}

/* Twenty posts have ten authors, else four times as many are asked for. */
static void hand_ten_authors(server *s, const posts *p, answer *out)
{
    int64_t ids[TEN];
    int n = 0;
    for (int some = 20; n < TEN && some < p->n * 4; some *= 4) {
        n = 0;
        redisAppendCommand(s->redis, "SORT status:published BY nosort LIMIT 0 %d GET p:*->author", some);
        redisReply *r = take(s);
        for (size_t i = 0; i < r->elements && n < TEN; i++) {
            int64_t id = number_of(r->element[i]);
            bool new = true;
            for (int k = 0; k < n; k++) new = new &&ids[k] != id;
            if (new) ids[n++] = id;
        }
        freeReplyObject(r);
    }
    take_hashes(s, "a", ids, n, out);
}

static void hand_all_authors(server *s, const posts *p, answer *out)
{
    bool *seen = calloc((size_t)p->n_authors + 1, 1);
    redisReply *r = server_ask(s, "SORT status:published BY nosort GET p:*->author");
    for (size_t i = 0; i < r->elements; i++) {
        int64_t id = number_of(r->element[i]);
        out->count += !seen[id];
        seen[id] = true;
    }
    freeReplyObject(r);
    free(seen);
}

static void hand_latest_of_city(server *s, const posts *p, answer *out)
{
    int64_t ids[TEN];
    int n = 0;
    (void)p;
    redisReply *id = server_ask(s, "GET cityname:" CITY);
    redisAppendCommand(s->redis, "SMEMBERS city:%s", id->str);
    redisReply *authors = take(s);
    store_posts(s, authors);
    server_must(s, "ZINTERSTORE u 2 t created WEIGHTS 0 1");
    redisReply *r = server_ask(s, "ZRANGE u 0 9 REV");
    for (size_t i = 0; i < r->elements; i++) ids[n++] = number_of(r->element[i]);
    take_hashes(s, "p", ids, n, out);
    server_must(s, "DEL t u");
    freeReplyObject(id);
    freeReplyObject(authors);
    freeReplyObject(r);
}

/* -- questions ------------------------------------------------------------------------------------------------------------------------------ */

static const struct question {
    const char *name, *command, *by_hand;
    double goal; /* H; 0: none */
    void (*hand)(server *s, const posts *p, answer *out);
    bool (*check)(const posts *p, const answer *a);
} questions[] = {
    {"count of posts by authors named a...", "NONREL.COUNT b.Post FILTER author__username__startswith a",
     "ZRANGE username [a (b BYLEX`; `SUNIONSTORE t author:1 ...`; `DEL t", 500, hand_start_with_a, all_start_with_a},
    {"10 authors with a published post", "NONREL.QUERY b.Author FILTER posts__status published LIMIT 0 10",
     "SORT status:published BY nosort LIMIT 0 20 GET p:*->author`; 10 `HGETALL a:%", 0, hand_ten_authors, ten_authors},
    {"count of authors with a published post", "NONREL.COUNT b.Author FILTER posts__status published",
     "SORT status:published BY nosort GET p:*->author", 0, hand_all_authors, all_authors},
    {"the 10 latest posts from a city", "NONREL.QUERY b.Post FILTER author__city__name " CITY " ORDER -created LIMIT 0 10",
     "GET cityname:" CITY "`; `SMEMBERS city:7`; `SUNIONSTORE t author:1 ...`; `ZINTERSTORE u 2 t created WEIGHTS 0 1`; `ZRANGE u 0 9 REV`; 10 `HGETALL p:%`; `DEL t u", 0,
     hand_latest_of_city, latest_of_city},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static void ask(server *s, way w, const struct question *q, const posts *p, answer *out)
{
    *out = (answer){.n = 0};
    if (w == WAY_HAND) {
        q->hand(s, p, out);
        return;
    }
    redisReply *r = server_ask(s, q->command);
    if (r->type == REDIS_REPLY_ERROR) bench_die(q->command, r->str);
    out->count = r->type == REDIS_REPLY_INTEGER ? r->integer : 0;
    for (size_t i = 0; r->type == REDIS_REPLY_ARRAY && i < r->elements; i++) take_row(r->element[i], out);
    freeReplyObject(r);
}

/* Microseconds of one answer: of the server, and of the client that waits for it. */
typedef struct cost {
    double server, client;
} cost;

/* The first answer is checked and not measured: what only a first one does is not of the work. Best of some rounds. */
static cost measure(server *s, way w, const struct question *q, const posts *p)
{
    static const char *const stats[] = {"nonrel.query", "nonrel.count", "zrange", "sunionstore", "zinterstore", "sort", "smembers", "hgetall", "get", "del", NULL};
    answer a;
    cost best = {0, 0};
    ask(s, w, q, p, &a);
    if (!q->check(p, &a)) bench_die(w == WAY_HAND ? q->by_hand : q->command, "a wrong answer");
    for (int round = 0; round < ROUNDS; round++) {
        server_reset_stats(s);
        double start = clock_now();
        for (int i = 0; i < CALLS; i++) ask(s, w, q, p, &a);
        cost now = {server_usec(s, stats) / CALLS, (clock_now() - start) * 1e6 / CALLS};
        if (!round || now.server < best.server) best.server = now.server;
        if (!round || now.client < best.client) best.client = now.client;
    }
    return best;
}

static void run(const bench_system *systems, way w, const posts *p, cost costs[QUESTIONS])
{
    server s;
    server_start(&s, systems[SYSTEM_NATIVE].program, w == WAY_HAND ? NULL : systems[SYSTEM_NATIVE].module);
    fprintf(stderr, "bench: joins, %s\n", w == WAY_HAND ? "by hand" : systems[w].name);
    load(&s, w, p);
    for (int i = 0; i < QUESTIONS; i++) costs[i] = measure(&s, w, &questions[i], p);
    server_stop(&s);
}

static double unit_of(const bench_system *of)
{
    people p;
    people_init(&p, PEOPLE);
    double h = system_bare(of, &p).h;
    people_clear(&p);
    return h;
}

static void report(cost costs[WAYS][QUESTIONS], double h)
{
    printf("| workload | goal, H | native, H | memory, H | by hand, H | client: native, ms | memory, ms | by hand, ms |\n");
    printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (int i = 0; i < QUESTIONS; i++) {
        const struct question *q = &questions[i];
        printf("| %s |", q->name);
        if (q->goal > 0) printf(" %.0f |", q->goal);
        else printf(" |");
        for (int w = 0; w < WAYS; w++) printf(" %.1f%s |", costs[w][i].server / h, w == WAY_HAND || q->goal <= 0 ? "" : costs[w][i].server / h <= q->goal ? " ✓" : " ✗");
        for (int w = 0; w < WAYS; w++) printf(" %.2f |", costs[w][i].client / 1000);
        printf("\n");
    }
    printf("\n| workload | NONREL | by hand |\n| --- | --- | --- |\n");
    for (int i = 0; i < QUESTIONS; i++) printf("| %s | `%s` | `%s` |\n", questions[i].name, questions[i].command, questions[i].by_hand);
    printf("\nCounting authors by hand, the client finds the distinct ones. H is %.2f us. All ways gave the same answers, and they are true.\n", h);
}

int main(int argc, char **argv)
{
    posts p;
    cost costs[WAYS][QUESTIONS];
    if (argc < 2) bench_die("usage", "bench_joins <nonrel.so> [posts]");
    long n = argc > 2 ? strtol(argv[2], NULL, 10) : 1000000;
    if (n < 20000 || n > 100000000) bench_die(argv[2], "20,000 to 100,000,000 posts");
    const bench_system *systems = systems_table(argv[1]);
    posts_init(&p, (int32_t)n);
    double h = unit_of(&systems[SYSTEM_NATIVE]);
    for (int w = 0; w < WAYS; w++) run(systems, (way)w, &p, costs[w]);
    report(costs, h);
    posts_clear(&p);
    return 0;
}
