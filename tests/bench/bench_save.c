/* bench_save.c -- what a SAVE costs the server, beside the same commands sent by hand in one MULTI.
 *
 * Three ways to write the same entities take turns, a block of entities each, so that all three grow together and meet the same caches: SAVE; the
 * commands of its fields and declared indexes by hand; and those and the primary keys' index by hand. The server's own clock decides (INFO
 * commandstats); at the end DEBUG DIGEST-VALUE tells whether they wrote the same keys.
 *
 * Usage: bench_save <absolute path of nonrel.so> [entities]. Prints rows of a Markdown table. */
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include "base/arena.h"
#include "server.h"
#include "store/keys.h"

enum { BLOCK = 5000, PIPELINE = 250, CITIES = 1000, WORDS = 20 };

typedef struct entity {
    int64_t id, age, created, salary;
    char name[13], city[16], title[24];
} entity;

typedef struct bench {
    redisContext *redis;
    nr_arena arena; /* of one pipeline's arguments */
    uint64_t state; /* of the generator */
    int64_t n;
} bench;

/* The words of one command. */
typedef struct line {
    const char *at[WORDS];
    size_t len[WORDS];
    int n;
} line;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "bench_save: %s: %s\n", what, why);
    exit(1);
}

/* splitmix64: the same entities in every run. */
static uint64_t draw(bench *b)
{
    uint64_t z = b->state += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

/* Cities are skewed: the square of a uniform number makes the first of them some thirty times as frequent as the last. */
static entity draw_person(bench *b, int64_t id)
{
    entity p = {.id = id, .age = (int64_t)(draw(b) % 100), .salary = (int64_t)(draw(b) % 200000)};
    for (int i = 0; i < 12; i++) p.name[i] = (char)('a' + draw(b) % 26);
    double u = (double)(draw(b) >> 11) / (double)((uint64_t)1 << 53);
    snprintf(p.city, sizeof p.city, "city%d", (int)(u * u * CITIES));
    snprintf(p.title, sizeof p.title, "Title number %d", (int)(draw(b) % 50000));
    p.created = 1700000000 + id * 40 + (int64_t)(draw(b) % 3600);
    return p;
}

static void add(line *w, nr_slice s)
{
    w->at[w->n] = s.p;
    w->len[w->n++] = s.n;
}

static void add_text(line *w, const char *text)
{
    add(w, nr_slice_of(text));
}

static void add_number(bench *b, line *w, int64_t i)
{
    add(w, nr_arena_printf(&b->arena, "%lld", (long long)i));
}

static void add_fields(bench *b, line *w, const entity *p)
{
    add_text(w, "id");
    add_number(b, w, p->id);
    add_text(w, "age");
    add_number(b, w, p->age);
    add_text(w, "name");
    add_text(w, p->name);
    add_text(w, "created");
    add_number(b, w, p->created);
    add_text(w, "city");
    add_text(w, p->city);
    add_text(w, "salary");
    add_number(b, w, p->salary);
    add_text(w, "title");
    add_text(w, p->title);
}

static void send_words(bench *b, const line *w)
{
    if (redisAppendCommandArgv(b->redis, w->n, (const char **)w->at, w->len) != REDIS_OK) die("send", b->redis->errstr);
}

static void send_word(bench *b, const char *word)
{
    line w = {.n = 0};
    add_text(&w, word);
    send_words(b, &w);
}

static void send_save(bench *b, const entity *p)
{
    line w = {.n = 0};
    add_text(&w, "NONREL.SAVE");
    add_text(&w, "saved.Person");
    add_fields(b, &w, p);
    send_words(b, &w);
}

/* The members are those of the module, made here beforehand: the server does not pay for them. */
static void send_zadd(bench *b, const char *key, const nr_value *v, int64_t id)
{
    line w = {.n = 0};
    nr_value pk = {.kind = NR_V_INT, .i = id};
    nr_buf member = nr_buf_in(&b->arena);
    if (v) nr_key_add(v, &member);
    nr_pk_add(&pk, &member);
    add_text(&w, "ZADD");
    add_text(&w, key);
    add_text(&w, "0");
    add(&w, nr_buf_slice(&member));
    send_words(b, &w);
}

static void send_number(bench *b, const char *key, int64_t i, int64_t id)
{
    nr_value v = {.kind = NR_V_INT, .i = i};
    send_zadd(b, key, &v, id);
}

static void send_hash_and_set(bench *b, const char *model, const entity *p)
{
    line hash = {.n = 0}, set = {.n = 0};
    add_text(&hash, "HSET");
    add(&hash, nr_arena_printf(&b->arena, "%s:%lld", model, (long long)p->id));
    add_fields(b, &hash, p);
    send_words(b, &hash);
    add_text(&set, "SADD");
    add(&set, nr_arena_printf(&b->arena, "%s/s/city.value.set/=%s", model, p->city));
    add_number(b, &set, p->id);
    send_words(b, &set);
}

static void send_hand(bench *b, const entity *p)
{
    nr_value name = {.kind = NR_V_TEXT, .s = nr_slice_of(p->name)};
    send_word(b, "MULTI");
    send_hash_and_set(b, "hand.Person", p);
    send_number(b, "hand.Person/i/age.value", p->age, p->id);
    send_zadd(b, "hand.Person/i/name.value", &name, p->id);
    send_number(b, "hand.Person/i/created.value", p->created, p->id);
    send_word(b, "EXEC");
}

static void send_full(bench *b, const entity *p)
{
    nr_value name = {.kind = NR_V_TEXT, .s = nr_slice_of(p->name)};
    send_word(b, "MULTI");
    send_hash_and_set(b, "full.Person", p);
    send_zadd(b, "full.Person/pk", NULL, p->id);
    send_number(b, "full.Person/i/age.value", p->age, p->id);
    send_zadd(b, "full.Person/i/name.value", &name, p->id);
    send_number(b, "full.Person/i/created.value", p->created, p->id);
    send_word(b, "EXEC");
}

/* A way to write one entity, and what it took. */
typedef struct way {
    const char *name;
    void (*send)(bench *b, const entity *p);
    int replies;            /* to one entity */
    const char *commands[2]; /* whose statistics count */
    long long usec;
    double cpu;             /* of the whole process, seconds: reading, parsing and replying too */
} way;

static void check(const redisReply *r)
{
    if (!r) die("reply", "the connection is lost");
    if (r->type == REDIS_REPLY_ERROR) die("reply", r->str);
    for (size_t i = 0; r->type == REDIS_REPLY_ARRAY && i < r->elements; i++) check(r->element[i]);
}

static void take(bench *b, int replies)
{
    for (int i = 0; i < replies; i++) {
        void *r = NULL;
        if (redisGetReply(b->redis, &r) != REDIS_OK) die("reply", b->redis->errstr);
        check(r);
        freeReplyObject(r);
    }
}

static redisReply *ask(bench *b, const char *command)
{
    redisReply *r = redisCommand(b->redis, command);
    check(r);
    return r;
}

static const char *behind(const redisReply *info, const char *label)
{
    const char *at = strstr(info->str, label);
    return at ? at + strlen(label) : "0";
}

static long long way_usec(bench *b, const way *w)
{
    long long sum = 0;
    redisReply *r = ask(b, "INFO commandstats");
    for (int i = 0; i < 2 && w->commands[i]; i++) {
        const char *stat = strstr(r->str, w->commands[i]);
        const char *usec = stat ? strstr(stat, "usec=") : NULL;
        if (usec) sum += strtoll(usec + 5, NULL, 10);
    }
    freeReplyObject(r);
    return sum;
}

/* Seconds as "12.345678", read without regard to the locale. */
static double seconds(const char *text)
{
    char *end;
    double whole = (double)strtoll(text, &end, 10), scale = 1;
    if (*end != '.') return whole;
    while (*++end >= '0' && *end <= '9') whole += (*end - '0') * (scale /= 10);
    return whole;
}

static double process_cpu(bench *b)
{
    redisReply *r = ask(b, "INFO cpu");
    double s = seconds(behind(r, "used_cpu_sys:")) + seconds(behind(r, "used_cpu_user:"));
    freeReplyObject(r);
    return s;
}

static void write_block(bench *b, way *w, const entity *people, int n)
{
    double cpu = process_cpu(b);
    long long usec = way_usec(b, w);
    for (int i = 0; i < n; i++) {
        w->send(b, &people[i]);
        if ((i + 1) % PIPELINE && i + 1 < n) continue;
        take(b, w->replies * (i % PIPELINE + 1));
        nr_arena_clear(&b->arena);
    }
    w->usec += way_usec(b, w) - usec;
    w->cpu += process_cpu(b) - cpu;
}

/* Each block is written in each way; who begins changes from block to block. */
static void write_all(bench *b, way *ways, int n_ways)
{
    entity *people = malloc(sizeof *people * BLOCK);
    if (!people) die("memory", "there is none");
    for (int64_t id = 1, block = 0; id <= b->n; id += BLOCK, block++) {
        int n = (int)(b->n - id + 1 < BLOCK ? b->n - id + 1 : BLOCK);
        for (int i = 0; i < n; i++) people[i] = draw_person(b, id + i);
        for (int i = 0; i < n_ways; i++) write_block(b, &ways[(block + i) % n_ways], people, n);
    }
    free(people);
}

/* The same keys under both names, by content. */
static void check_same(bench *b, const char *key, const char *model, const char *other)
{
    redisReply *r = redisCommand(b->redis, "DEBUG DIGEST-VALUE %s%s %s%s", model, key, other, key);
    check(r);
    bool none = r->elements == 2 && strspn(r->element[0]->str, "0") == 40;
    if (none || r->elements != 2 || strcmp(r->element[0]->str, r->element[1]->str) != 0) die(key, "was not written alike");
    freeReplyObject(r);
}

static void check_keys(bench *b)
{
    const char *keys[] = {":1", ":2", "/i/age.value", "/i/name.value", "/i/created.value", "/s/city.value.set/=city0"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        check_same(b, keys[i], "saved.Person", "hand.Person");
        check_same(b, keys[i], "saved.Person", "full.Person");
    }
    check_same(b, "/pk", "saved.Person", "full.Person");
}

static void print(const bench *b, const way *ways, int n_ways)
{
    printf("| way | server time | an entity | SAVE / this | CPU of the process | SAVE / this |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (int i = 0; i < n_ways; i++)
        printf("| %s | %.2f s | %.2f us | %.2f | %.1f s | %.2f |\n", ways[i].name, (double)ways[i].usec / 1e6, (double)ways[i].usec / (double)b->n,
               (double)ways[0].usec / (double)ways[i].usec, ways[i].cpu, ways[0].cpu / ways[i].cpu);
}

static const char *const definition =
    "{\"pk\": \"id\", \"fields\": {\"id\": {\"type\": \"int\"}, \"age\": {\"type\": \"int\", \"index\": true}, \"name\": {\"type\": \"char\", "
    "\"index\": true}, "
    "\"created\": {\"type\": \"int\", \"index\": true}, \"city\": {\"type\": \"char\", \"index\": [\"exact\"]}, \"salary\": {\"type\": \"int\"}, "
    "\"title\": {\"type\": \"char\"}}}";

int main(int argc, char **argv)
{
    way ways[] = {
        {"`NONREL.SAVE`", send_save, 1, {"cmdstat_nonrel.save:", NULL}, 0, 0},
        {"`MULTI`: `HSET`, `SADD`, 3 `ZADD`", send_hand, 7, {"cmdstat_exec:", "cmdstat_multi:"}, 0, 0},
        {"the same, and the `ZADD` of the primary keys", send_full, 8, {"cmdstat_exec:", "cmdstat_multi:"}, 0, 0},
    };
    if (argc < 2) die("usage", "bench_save <nonrel.so> [entities]");
    const char *const module[] = {argv[1], NULL};
    server s;
    server_start(&s, "redis-server", module);
    bench b = {.redis = s.redis, .state = 1, .n = argc > 2 ? strtoll(argv[2], NULL, 10) : 500000};
    nr_arena_init(&b.arena, nr_env_libc());
    redisReply *r = redisCommand(b.redis, "NONREL.MODEL SET saved.Person %s", definition);
    check(r);
    freeReplyObject(r);
    write_all(&b, ways, 3);
    check_keys(&b);
    print(&b, ways, 3);
    server_stop(&s);
    return 0;
}
