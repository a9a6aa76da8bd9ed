/* t_inject.c -- step injection: every command with its n-th store call failing, n = 1, 2, 3, ... until none is left to fail.
 *
 * A command that meets a failure says so and leaves the store as it was, or marks the model CORRUPT when it could not be put back; or it did not
 * need that call, and then its answer and its effect are those of an undisturbed run. What comes after the failure is as if the command had never
 * been sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/store_fault.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CALLS_MAX = 5000 };

/* What a post has besides title, n and x of some kind. */
#define POST(title, n, x)                                                                                                                   \
    "MODEL SET b.Post '{\"extends\": [\"b.Base\"], \"fields\": {\"title\": {\"type\": \"char\", \"null\": true" title "}, "                   \
    "\"slug\": {\"type\": \"slug\", \"null\": true, \"unique\": true}, \"n\": {\"type\": \"int\", \"default\": 1" n "}, "                   \
    "\"x\": {\"type\": \"int\", \"null\": true" x "}}}'"

static const char *const set_up_commands[] = {
    "MODEL SET b.Base '{\"abstract\": true, \"fields\": {\"made\": {\"type\": \"date\", \"null\": true, \"index\": [\"exact\"]}}}'",
    POST(", \"index\": true", ", \"index\": [\"exact\"]", ""),
    "MODEL SET b.Note '{\"fields\": {\"post\": {\"type\": \"fk\", \"to\": \"b.Post\", \"null\": true}}, \"ordering\": [\"-pk\"]}'",
    "SAVE b.Post JSON '[{\"title\": \"a\", \"slug\": \"a\", \"x\": 1}, {\"title\": \"b\", \"slug\": \"b\"}, {\"title\": \"c\", \"n\": 2, \"made\": \"2026-11-22\"}, {\"title\": \"d\", \"x\": 3}]'",
    "SAVE b.Note JSON '[{\"post\": 1}, {\"post\": 2}, {\"post\": null}]'",
};

static const char *const writes[] = {
    "SAVE b.Post title e slug e n 3",
    "SAVE b.Post pk 2 title z slug z n 5 x 7 made 2026-01-01",
    "SAVE b.Post pk 2 NULL title NULL slug",
    "SAVE b.Post UPDATE pk 1 title y",
    "SAVE b.Post BY slug slug a title y",
    "SAVE b.Post BY slug slug q pk 77",
    "SAVE b.Post JSON '[{\"pk\": 1, \"slug\": \"b\"}, {\"pk\": 2, \"slug\": \"a\"}, {\"title\": \"new\"}]'",
    "SAVE b.Note post 3",
    "DELETE b.Post PK 1 2",
    "DELETE b.Post FILTER n 1",
    "DELETE b.Post FILTER x__gt 0",
    "DELETE b.Note ALL",
    "MODEL SET b.New '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}}}'",
    "MODEL SET b.Note '{\"fields\": {\"post\": {\"type\": \"fk\", \"to\": \"b.Post\", \"null\": true, \"index\": true}, \"n\": {\"type\": \"int\", \"default\": 3, \"index\": true}}}'",
    "MODEL SET b.Base '{\"abstract\": true, \"fields\": {\"made\": {\"type\": \"date\", \"null\": true, \"index\": true}, \"more\": {\"type\": \"int\", \"default\": 4}}}'",
    POST("", "", ", \"index\": true"),
    "MODEL DROP b.Note ENTITIES",
};

static const char *const reads[] = {
    "GET b.Post 1",
    "GET b.Post 2 FIELDS title",
    "GET b.Post 99",
    "MGET b.Post 1 99 2",
    "QUERY b.Post",
    "QUERY b.Post FILTER title__gt a n 1 EXCLUDE x 7 ORDER -title LIMIT 0 2 WITHCOUNT",
    "QUERY b.Post FILTER title__in '[\"a\",\"c\"]' made__isnull true",
    "QUERY b.Post ORDER x -pk REVERSE",
    "QUERY b.Note FILTER post__in [1,2] FIELDS post FLAT",
    "COUNT b.Post",
    "COUNT b.Post FILTER title__startswith a n 1",
    "COUNT b.Post EXCLUDE n 1",
    "COUNT b.Post FILTER x__gte 1",
    "EXISTS b.Post FILTER slug b",
    "EXISTS b.Post FILTER x 4",
    "EXPLAIN QUERY b.Post FILTER title a n 1",
    "MODEL GET b.Post",
    "MODEL LIST",
    "INDEX LIST b.Post",
    "INDEX CHECK b.Post",
    "COUNT b.Pots",
};

/* What a client sees of the store. The replies together are its picture. */
static const char *const probes[] = {
    "MODEL LIST", "MODEL GET b.Base", "MODEL GET b.Post", "MODEL GET b.Note", "QUERY b.Post ORDER pk", "QUERY b.Note", "INDEX CHECK b.Post",
    "INDEX CHECK b.Note", "INDEX LIST b.Post", "INDEX LIST b.Note",
    "COUNT b.Post FILTER title__gte b", "COUNT b.Post FILTER n 1", "COUNT b.Post FILTER slug__isnull false", "COUNT b.Note FILTER post__isnull true",
    "COUNT b.New",
};

/* How calls fail. */
typedef struct manner {
    const char *name;
    bool writes_only, sticky, warm; /* warm: the definitions are in the cache already */
    nr_status status;
    bool others;                    /* have written, and the indexes are not mended yet */
} manner;

static const manner manners[] = {
    {"one call, cold", false, false, false, NR_ST_FAILED, false},
    {"one call, warm", false, false, true, NR_ST_FAILED, false},
    {"one write, warm", true, false, true, NR_ST_WRONGTYPE, false},
    {"all from one call on, cold", false, true, false, NR_ST_FAILED, false},
    {"all writes from one on, warm", true, true, true, NR_ST_FAILED, false},
    {"one call, others have written", false, false, true, NR_ST_FAILED, true},
    {"all from one call on, others have written", false, true, true, NR_ST_FAILED, true},
};

typedef struct try {
    world w;
    nr_store *fault;
} try;

static void write_by_others(world *w)
{
    nr_pair title = {NR_S("title"), NR_S("zz")}, gone = {NR_S("n"), {NULL, 0}};
    world_do(w, "COUNT b.Post");
    world_put(w, NR_S("b.Post:1"), &title, 1);
    world_remove(w, NR_S("b.Post:3"));
    world_put(w, NR_S("b.Post:4"), &gone, 1); /* no longer an entity: n is not NULL */
    world_remove(w, NR_S("b.Post/i/slug.value"));
}

static void begin(try *t, const manner *how)
{
    world_open(&t->w);
    for (size_t i = 0; i < COUNT(set_up_commands); i++) {
        const char *got = world_do(&t->w, set_up_commands[i]);
        if (!t->w.ok) fail_msg("%s: %s", set_up_commands[i], got);
    }
    if (!how->warm) world_restart(&t->w);
    if (how->others) write_by_others(&t->w);
    t->fault = nr_store_fault_new(&t->w.env, t->w.mem);
    t->w.store = t->fault;
}

static void end(try *t)
{
    nr_store_fault_free(t->fault);
    world_close(&t->w);
}

static char *copy_of(const char *p)
{
    char *copy = strdup(p);
    assert_non_null(copy);
    return copy;
}

static char *picture(try *t)
{
    text all = {0};
    world_do(&t->w, "COUNT b.Post");
    world_do(&t->w, "COUNT b.Note");
    world_settle(&t->w);
    for (size_t i = 0; i < COUNT(probes); i++) {
        text_add(&all, nr_slice_of(world_do(&t->w, probes[i])));
        text_add(&all, NR_S("\n"));
    }
    return all.p;
}

/* What the command does when nothing fails. */
typedef struct truth {
    char *reply, *before, *after;
    uint64_t digest_before, digest_after;
} truth;

static truth truth_of(const char *line, const manner *how)
{
    try t;
    truth out;
    begin(&t, how);
    out.digest_before = world_digest(&t.w);
    out.before = picture(&t);
    end(&t);
    begin(&t, how);
    out.reply = copy_of(world_do(&t.w, line));
    out.digest_after = world_digest(&t.w);
    out.after = picture(&t);
    end(&t);
    return out;
}

static void forget(truth *k)
{
    free(k->reply);
    free(k->before);
    free(k->after);
}

/* Each line is the right one, or says that the model is not to be trusted. */
static bool same_or_corrupt(const char *got, const char *want, bool *corrupt)
{
    bool same = true;
    while (*got && *want) {
        size_t n = strcspn(got, "\n"), m = strcspn(want, "\n");
        bool marked = strncmp(got, "-CORRUPT ", 9) == 0;
        *corrupt = *corrupt || marked;
        same = same && (marked || (n == m && memcmp(got, want, n) == 0));
        got += n + (got[n] == '\n');
        want += m + (want[m] == '\n');
    }
    return same && !*got && !*want;
}

typedef struct step {
    const char *line;
    const manner *how;
    unsigned long n;
} step;

static int complaints;

/* Counts and goes on, so that one run shows them all. */
static void complain(const step *s, const char *what, const char *got, const char *want)
{
    if (complaints++ >= 40) return;
    while (*got && *got == *want && strchr(want + 1, '\n')) { /* only the first line that differs */
        size_t n = strcspn(got, "\n"), m = strcspn(want, "\n");
        if (n != m || memcmp(got, want, n) != 0) break;
        got += n + 1;
        want += n + 1;
    }
    fprintf(stderr, "* %s\n  %s, number %lu: %s\n    got  %.*s\n    want %.*s\n", s->line, s->how->name, s->n, what, (int)strcspn(got, "\n"), got,
            (int)strcspn(want, "\n"), want);
}

/* A definition that is in force may leave index keys behind that nobody wants any more, as long as nobody sees them, even when the index comes
 * back. */
static void after_leftovers(try *t, const step *s, const truth *k)
{
    char *seen = picture(t);
    if (strncmp(s->line, "MODEL SET ", 10) != 0) complain(s, "it says that all is well, and has done something else", k->reply, "");
    if (strcmp(seen, k->after) != 0) complain(s, "it says that all is well, and something else is seen", seen, k->after);
    free(seen);
    world_do(&t->w, "SAVE b.Post title left");
    for (size_t i = 1; i < 3; i++) world_do(&t->w, set_up_commands[i]);
    const char *check = world_do(&t->w, "INDEX CHECK b.Post");
    if (strcmp(check, "[]") != 0) complain(s, "what was left behind is taken for an index", check, "[]");
}

static void after_success(try *t, const step *s, const truth *k, const char *reply)
{
    if (strcmp(reply, k->reply) != 0) complain(s, "a wrong answer", reply, k->reply);
    else if (!s->how->others && world_digest(&t->w) != k->digest_after) after_leftovers(t, s, k);
}

/* Sent again, without failures, it does what it should have done. */
static void send_again(try *t, const step *s, const truth *k)
{
    const char *again = world_do(&t->w, s->line);
    if (strcmp(again, k->reply) != 0) complain(s, "it cannot be sent again", again, k->reply);
    else if (!s->how->others && world_digest(&t->w) != k->digest_after) complain(s, "sent again it does something else", again, k->reply);
}

static void after_failure(try *t, const step *s, const truth *k, const char *reply)
{
    bool replicated = t->w.replicated.n > 0 && !s->how->others;
    if (strncmp(reply, "-CORRUPT ", 9) != 0) complain(s, "a call of the store failed, and this is the reason given", reply, "CORRUPT");
    uint64_t before = world_digest(&t->w);
    char *seen = picture(t);
    bool corrupt = false, changed = !s->how->others && before != k->digest_before;
    bool same = same_or_corrupt(seen, k->before, &corrupt);
    if (replicated) complain(s, "it failed, and was replicated", reply, "");
    if (changed && !corrupt) complain(s, "it failed and changed the store, and no model is marked", reply, "");
    if (!same && !corrupt) complain(s, "it failed, and what is seen afterwards is something else", seen, k->before);
    bool drop = strncmp(s->line, "MODEL DROP ", 11) == 0; /* which can be finished, mark or no mark */
    if (!changed && corrupt && !s->how->sticky && !drop) complain(s, "it failed and changed nothing, and yet a model is marked", reply, "");
    free(seen);
    if (drop || (!changed && !corrupt)) send_again(t, s, k);
}

/* False when there is no n-th call. */
static bool inject(const step *s, const truth *k)
{
    try t;
    begin(&t, s->how);
    nr_store_fault_arm(t.fault, s->n, s->how->writes_only, s->how->sticky, s->how->status);
    char *reply = copy_of(world_do(&t.w, s->line));
    bool ok = t.w.ok, fired = nr_store_fault_fired(t.fault), had_failed = k->reply[0] == '-';
    nr_store_fault_arm(t.fault, 0, false, false, NR_ST_OK);
    if (ok || had_failed) after_success(&t, s, k, had_failed && !ok ? k->reply : reply);
    else if (!fired) complain(s, "it fails without a reason", reply, k->reply);
    else after_failure(&t, s, k, reply);
    free(reply);
    end(&t);
    return fired;
}

/* What looks at the store as it lies there sees when it was mended. */
static bool looks_at_store(const char *line)
{
    return strncmp(line, "EXPLAIN ", 8) == 0 || strncmp(line, "INDEX ", 6) == 0;
}

static void inject_all(const char *const *lines, size_t n, const manner *how)
{
    complaints = 0;
    for (size_t i = 0; i < n; i++) {
        if (how->others && looks_at_store(lines[i])) continue;
        truth k = truth_of(lines[i], how);
        step s = {lines[i], how, 1};
        while (s.n < CALLS_MAX && inject(&s, &k)) s.n++;
        assert_true(s.n < CALLS_MAX);
        if (s.n == 1 && lines == writes) fail_msg("%s makes no call that could fail", lines[i]);
        forget(&k);
    }
    if (complaints) fail_msg("%d complaints", complaints);
}

static void a_write_meets_one_failed_call_with_a_cold_cache(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[0]);
}

static void a_write_meets_one_failed_call_with_a_warm_cache(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[1]);
}

static void a_write_meets_a_key_of_another_type(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[2]);
}

static void a_write_meets_a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[3]);
}

static void a_write_that_cannot_be_undone_marks_the_model(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[4]);
}

static void a_read_meets_one_failed_call_with_a_cold_cache(void **state)
{
    (void)state;
    inject_all(reads, COUNT(reads), &manners[0]);
}

static void a_read_meets_one_failed_call_with_a_warm_cache(void **state)
{
    (void)state;
    inject_all(reads, COUNT(reads), &manners[1]);
}

static void a_read_meets_a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(reads, COUNT(reads), &manners[3]);
}

static void a_command_meets_a_failed_call_while_it_mends_what_others_broke(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[5]);
    inject_all(reads, COUNT(reads), &manners[5]);
}

static void a_command_cannot_mend_what_others_broke(void **state)
{
    (void)state;
    inject_all(writes, COUNT(writes), &manners[6]);
    inject_all(reads, COUNT(reads), &manners[6]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_meets_one_failed_call_with_a_cold_cache),
        cmocka_unit_test(a_write_meets_one_failed_call_with_a_warm_cache),
        cmocka_unit_test(a_write_meets_a_key_of_another_type),
        cmocka_unit_test(a_write_meets_a_store_that_fails_from_some_call_on),
        cmocka_unit_test(a_write_that_cannot_be_undone_marks_the_model),
        cmocka_unit_test(a_read_meets_one_failed_call_with_a_cold_cache),
        cmocka_unit_test(a_read_meets_one_failed_call_with_a_warm_cache),
        cmocka_unit_test(a_read_meets_a_store_that_fails_from_some_call_on),
        cmocka_unit_test(a_command_meets_a_failed_call_while_it_mends_what_others_broke),
        cmocka_unit_test(a_command_cannot_mend_what_others_broke),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
