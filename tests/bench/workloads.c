/* workloads.c -- the table of what is asked, and how an answer is read.
 *
 * To add a workload, add a row: its name, the goals in H (0: none), whether it walks many index entries and whether calls a second are of interest,
 * how many entities come back (0: a count), their order, which people are meant (a predicate over the data: the truth that all answers are held
 * to), and the commands in each language; NULL where a system cannot do it. Everything else, tables, chart, checks, follows from the row.
 *
 * Commands are divided by ';'. $id is a primary key, $big $x $y are cities, $lo $hi bounds of created, $get and $count are what the search module
 * at hand wants for reading an entity and for "no rows". Before a command: '!' its reply is no part of the answer, '-' its number is subtracted,
 * '*' it is sent for each member of the reply before, '%' standing for what is behind the member's last colon. */
#include "workloads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_asked(const person *who, const people *all)
{
    return who->id == (all->n < 77 ? 1 : 77);
}

static bool in_x(const person *who, const people *all)
{
    return who->city == all->x;
}

static bool in_x_or_y(const person *who, const people *all)
{
    return who->city == all->x || who->city == all->y;
}

static bool out_of_big(const person *who, const people *all)
{
    return who->city != all->big;
}

static bool in_thirties(const person *who, const people *all)
{
    (void)all;
    return who->age >= 30 && who->age <= 39;
}

static bool in_both(const person *who, const people *all)
{
    return in_thirties(who, all) && who->created >= all->low && who->created <= all->high;
}

static bool in_x_and_thirties(const person *who, const people *all)
{
    return in_x(who, all) && in_thirties(who, all);
}

static bool is_ab(const person *who, const people *all)
{
    (void)all;
    return strncmp(who->name, "ab", 2) == 0;
}

#define THIRTIES "FILTER age__range [30,39]"
#define NAMED    ";*HGETALL p:%"
#define CLEAN    ";!DEL t u"

/* clang-format off */
const workload workloads[] = {
    {"get by pk", 0.6, 1.3, false, true, 1, ORDER_NONE, is_asked,
     {"NONREL.GET p.Person $id", "HGETALL p:$id", "$get p:$id"}},
    {"count, exact", 270, 2, false, true, 0, ORDER_NONE, in_x,
     {"NONREL.COUNT p.Person FILTER city $x", "SCARD city:$x", "FT.SEARCH i @city:{$x} $count"}},
    {"10 rows, exact", 1050, 12, false, true, 10, ORDER_NONE, in_x,
     {"NONREL.QUERY p.Person FILTER city $x LIMIT 0 10", "!SRANDMEMBER city:$x 10" NAMED, "FT.SEARCH i @city:{$x} LIMIT 0 10"}},
    {"count, range", 6900, 3, false, true, 0, ORDER_NONE, in_thirties,
     {"NONREL.COUNT p.Person " THIRTIES, "ZCOUNT age 30 39", "FT.SEARCH i '@age:[30 39]' $count"}},
    {"10 rows, range", 7100, 12, false, true, 10, ORDER_NONE, in_thirties,
     {"NONREL.QUERY p.Person " THIRTIES " LIMIT 0 10", "!ZRANGE age 30 39 BYSCORE LIMIT 0 10" NAMED, "FT.SEARCH i '@age:[30 39]' LIMIT 0 10"}},
    {"count, two ranges", 4700, 200, true, false, 0, ORDER_NONE, in_both,
     {"NONREL.COUNT p.Person " THIRTIES " created__range [$lo,$hi]",
      "!ZRANGESTORE t age 30 39 BYSCORE;!ZRANGESTORE u created $lo $hi BYSCORE;ZINTERCARD 2 t u" CLEAN,
      "FT.SEARCH i '@age:[30 39] @created:[$lo $hi]' $count"}},
    {"10 rows, exact and range", 1230, 25, true, true, 10, ORDER_NONE, in_x_and_thirties,
     {"NONREL.QUERY p.Person FILTER city $x age__range [30,39] LIMIT 0 10",
      "!ZINTERSTORE t 2 city:$x age WEIGHTS 0 1;!ZRANGE t 30 39 BYSCORE LIMIT 0 10" NAMED CLEAN,
      "FT.SEARCH i '@city:{$x} @age:[30 39]' LIMIT 0 10"}},
    {"count, exact or exact", 1120, 60, true, false, 0, ORDER_NONE, in_x_or_y,
     {"NONREL.COUNT p.Person Q {\"or\":[{\"city\":\"$x\"},{\"city\":\"$y\"}]}", "SUNIONSTORE t city:$x city:$y" CLEAN,
      "FT.SEARCH i @city:{$x|$y} $count"}},
    {"count, not exact", 13300, 3, false, false, 0, ORDER_NONE, out_of_big,
     {"NONREL.COUNT p.Person EXCLUDE city $big", "ZCARD age;-SCARD city:$big", "FT.SEARCH i -@city:{$big} $count"}},
    {"10 rows, startswith", 990, 12, false, false, 10, ORDER_NONE, is_ab,
     {"NONREL.QUERY p.Person FILTER name__startswith ab LIMIT 0 10", "!ZRANGE name [ab (ac BYLEX LIMIT 0 10" NAMED,
      "FT.SEARCH i @name:{ab*} LIMIT 0 10"}},
    {"10 rows of a range, by an index", 12400, 25, true, false, 10, ORDER_CREATED, in_thirties,
     {"NONREL.QUERY p.Person " THIRTIES " ORDER created LIMIT 0 10",
      "!ZRANGESTORE t age 30 39 BYSCORE;!ZINTERSTORE u 2 t created WEIGHTS 0 1;!ZRANGE u 0 9" NAMED CLEAN,
      "FT.SEARCH i '@age:[30 39]' SORTBY created ASC LIMIT 0 10"}},
    {"10 rows of a range, by a column", 0, 150, true, false, 10, ORDER_SALARY, in_thirties,
     {"NONREL.QUERY p.Person " THIRTIES " ORDER salary LIMIT 0 10",
      "!ZRANGESTORE t age 30 39 BYSCORE;!SORT t BY p:*->salary LIMIT 0 10" NAMED CLEAN,
      "FT.SEARCH i '@age:[30 39]' SORTBY salary ASC LIMIT 0 10"}},
    {"1,000 whole rows", 11000, 1500, true, false, 1000, ORDER_NONE, in_thirties,
     {"NONREL.QUERY p.Person " THIRTIES " LIMIT 0 1000", "!ZRANGE age 30 39 BYSCORE LIMIT 0 1000" NAMED,
      "FT.SEARCH i '@age:[30 39]' LIMIT 0 1000"}},
    {"1,000 rows of three columns", 11000, 250, true, false, 1000, ORDER_NONE, in_thirties,
     {"NONREL.QUERY p.Person " THIRTIES " FIELDS id age salary LIMIT 0 1000",
      "!ZRANGE age 30 39 BYSCORE LIMIT 0 1000;*HMGET p:% id age salary", "FT.SEARCH i '@age:[30 39]' RETURN 3 id age salary LIMIT 0 1000"}},
};
/* clang-format on */
const int workloads_n = sizeof workloads / sizeof *workloads;

static size_t put_place(const char *at, const bench_system *s, const people *p, char *out, size_t size)
{
    char big[16], x[16], y[16], id[16], lo[24], hi[24];
    const struct {
        const char *name, *value;
    } places[] = {{"$big", big}, {"$x", x}, {"$y", y}, {"$id", id}, {"$lo", lo}, {"$hi", hi}, {"$get", s->get}, {"$count", s->count}};
    snprintf(big, sizeof big, "city%d", p->big);
    snprintf(x, sizeof x, "city%d", p->x);
    snprintf(y, sizeof y, "city%d", p->y);
    snprintf(id, sizeof id, "%d", p->n < 77 ? 1 : 77);
    snprintf(lo, sizeof lo, "%lld", (long long)p->low);
    snprintf(hi, sizeof hi, "%lld", (long long)p->high);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t n = strlen(places[i].name);
        if (strncmp(at, places[i].name, n) != 0) continue;
        snprintf(out, size, "%s", places[i].value);
        return n;
    }
    bench_die("no such placeholder", at);
}

bool workload_text(const workload *w, const bench_system *s, const people *p, char *out, size_t size)
{
    const char *at = w->how[s->speaks];
    size_t n = 0;
    if (!at) return false;
    while (*at && n + 1 < size) {
        if (*at == '$') {
            at += put_place(at, s, p, out + n, size - n);
            n += strlen(out + n);
        } else out[n++] = *at++;
    }
    out[n] = '\0';
    return true;
}

void workload_names(const char *text, workload_commands *out)
{
    char *left;
    int n = 0, most = sizeof out->at / sizeof *out->at - 1;
    snprintf(out->text, sizeof out->text, "%s", text);
    for (char *at = strtok_r(out->text, ";", &left); at && n < most; at = strtok_r(NULL, ";", &left)) {
        at += strspn(at, "!-*");
        at[strcspn(at, " ")] = '\0';
        out->at[n++] = at;
    }
    out->at[n] = NULL;
}

static void add_row(answer *a, const char *id)
{
    a->count++;
    if (a->n < ANSWER_MAX) a->id[a->n++] = strtoll(id, NULL, 10);
}

/* An entity: names and values in turn; or, of HMGET, values alone, the id first. */
static void read_entity(const redisReply *r, const people *p, answer *a)
{
    const char *id = NULL;
    if (!r->elements || !r->element[0]->str) return;
    for (size_t i = 0; i + 1 < r->elements && r->elements % 2 == 0; i += 2)
        if (strcmp(r->element[i]->str, "id") == 0) id = r->element[i + 1]->str;
    if (!id && r->elements % 2) id = r->element[0]->str;
    add_row(a, id ? id : "0");
    int64_t n = id ? a->id[a->n - 1] : 0;
    if (n < 1 || n > p->n) a->wrong_values = true;
    else
        for (size_t i = 0; i + 1 < r->elements && r->elements % 2 == 0; i += 2)
            if (!r->element[i + 1]->str || !person_has(&p->at[n - 1], r->element[i]->str, r->element[i + 1]->str)) a->wrong_values = true;
}

/* A number counts; an array of strings is an entity; of arrays, their list; a number before strings and arrays is the total of FT.SEARCH. */
static void read_reply(const redisReply *r, const people *p, int sign, answer *a)
{
    if (r->type == REDIS_REPLY_ERROR) {
        a->refused = true;
        snprintf(a->error, sizeof a->error, "%s", r->str);
    } else if (r->type == REDIS_REPLY_INTEGER) a->count += sign * r->integer;
    else if (r->type == REDIS_REPLY_ARRAY && r->elements && r->element[0]->type == REDIS_REPLY_STRING) read_entity(r, p, a);
    else if (r->type == REDIS_REPLY_ARRAY && r->elements) {
        bool total = r->element[0]->type == REDIS_REPLY_INTEGER;
        for (size_t i = total; i < r->elements; i++)
            if (r->element[i]->type == REDIS_REPLY_ARRAY) read_reply(r->element[i], p, sign, a);
        if (total && !a->n) a->count = r->element[0]->integer;
    }
}

static void send_each(server *s, const char *command, const char *member)
{
    char text[COMMAND_MAX];
    words w;
    const char *mark = strchr(command, '%'), *colon = strrchr(member, ':');
    if (!mark) bench_die("no % in", command);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(mark - command), command, colon ? colon + 1 : member, mark + 1);
    words_split(&w, text);
    redisAppendCommandArgv(s->redis, w.n, (const char **)w.at, NULL);
}

static void run_each(server *s, const char *command, const redisReply *members, const people *p, answer *out)
{
    size_t n = members && members->type == REDIS_REPLY_ARRAY ? members->elements : 0;
    for (size_t i = 0; i < n; i++) send_each(s, command, members->element[i]->str);
    for (size_t i = 0; i < n; i++) {
        redisReply *r = server_take(s);
        read_reply(r, p, 1, out);
        freeReplyObject(r);
    }
}

void workload_run(server *s, const char *text, const people *p, answer *out)
{
    char copy[COMMAND_MAX], *left;
    redisReply *before = NULL;
    out->refused = out->wrong_values = false;
    out->count = out->n = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (const char *command = strtok_r(copy, ";", &left); command && !out->refused; command = strtok_r(NULL, ";", &left)) {
        if (*command == '*') {
            run_each(s, command + 1, before, p, out);
            continue;
        }
        bool aside = *command == '!', minus = *command == '-';
        if (before) freeReplyObject(before);
        before = server_ask(s, command + (aside || minus));
        if (!aside || before->type == REDIS_REPLY_ERROR) read_reply(before, p, minus ? -1 : 1, out);
    }
    if (before) freeReplyObject(before);
}

static int64_t order_key(order by, const person *who)
{
    return by == ORDER_CREATED ? who->created : who->salary;
}

static bool goes_before(order by, const person *a, const person *b)
{
    int64_t x = order_key(by, a), y = order_key(by, b);
    return x != y ? x < y : a->id < b->id;
}

/* The ids that must come, in order: insertion into a short list. */
static int first_of(const workload *w, const people *p, int64_t *ids)
{
    int n = 0;
    for (int64_t i = 0; i < p->n; i++) {
        const person *who = &p->at[i];
        if (!w->match(who, p)) continue;
        int at = n < w->rows ? n++ : w->rows - 1;
        if (n == w->rows && at == w->rows - 1 && ids[at] && !goes_before(w->by, who, &p->at[ids[at] - 1])) continue;
        for (; at > 0 && goes_before(w->by, who, &p->at[ids[at - 1] - 1]); at--) ids[at] = ids[at - 1];
        ids[at] = who->id;
    }
    return n;
}

static const char *judge_order(const workload *w, const people *p, const answer *a, bool exact_ties)
{
    int64_t ids[ANSWER_MAX] = {0};
    first_of(w, p, ids);
    for (int i = 0; i < a->n; i++) {
        if (ids[i] == a->id[i]) continue;
        if (order_key(w->by, &p->at[ids[i] - 1]) != order_key(w->by, &p->at[a->id[i] - 1])) return "wrong order";
        if (exact_ties) return "ties out of order";
    }
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool has_twins(const answer *a)
{
    int64_t ids[ANSWER_MAX];
    memcpy(ids, a->id, (size_t)a->n * sizeof *ids);
    qsort(ids, (size_t)a->n, sizeof *ids, compare_ids);
    for (int i = 1; i < a->n; i++)
        if (ids[i] == ids[i - 1]) return true;
    return false;
}

const char *workload_judge(const workload *w, const people *p, const answer *a, bool exact_ties)
{
    static char text[80];
    long long all = 0;
    for (int64_t i = 0; i < p->n; i++) all += w->match(&p->at[i], p);
    long long want = w->rows && w->rows < all ? w->rows : all;
    if (a->count != want) return snprintf(text, sizeof text, "answers %lld, true is %lld", a->count, want), text;
    if (a->wrong_values) return "wrong values";
    for (int i = 0; i < a->n; i++)
        if (!w->match(&p->at[a->id[i] - 1], p)) return "rows that were not asked for";
    if (has_twins(a)) return "a row twice";
    return w->by == ORDER_NONE ? NULL : judge_order(w, p, a, exact_ties);
}
