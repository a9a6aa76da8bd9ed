/* inject.c -- each try is a world of its own: set up, the command with one call failing, a look at what came of it. */
#include "inject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/store_fault.h"

enum { CALLS_MAX = 5000 };

typedef struct manner {
    const char *name;
    bool writes_only, sticky, warm;
    nr_status status;
    bool others;
} manner;

static const manner manners[] = {
    [ONE_CALL_COLD]        = {"one call, cold", false, false, false, NR_ST_FAILED, false},
    [ONE_CALL_WARM]        = {"one call, warm", false, false, true, NR_ST_FAILED, false},
    [ONE_WRITE_WRONG_TYPE] = {"one write, warm", true, false, true, NR_ST_WRONGTYPE, false},
    [ALL_CALLS_COLD]       = {"all from one call on, cold", false, true, false, NR_ST_FAILED, false},
    [ALL_WRITES_WARM]      = {"all writes from one on, warm", true, true, true, NR_ST_FAILED, false},
    [ONE_CALL_OTHERS]      = {"one call, others have written", false, false, true, NR_ST_FAILED, true},
    [ALL_CALLS_OTHERS]     = {"all from one call on, others have written", false, true, true, NR_ST_FAILED, true},
};

typedef struct try {
    const inject_stage *stage;
    world w;
    nr_store *fault;
} try;

static void begin(try *t, const inject_stage *stage, const manner *how)
{
    t->stage = stage;
    world_open(&t->w);
    for (size_t i = 0; i < stage->set_up.n; i++) {
        const char *got = world_do(&t->w, stage->set_up.at[i]);
        if (!t->w.ok) fail_msg("%s: %s", stage->set_up.at[i], got);
    }
    if (!how->warm) world_restart(&t->w);
    if (how->others) stage->others(&t->w);
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
    for (size_t i = 0; i < t->stage->probes.n; i++) {
        text_add(&all, nr_slice_of(world_do(&t->w, t->stage->probes.at[i])));
        text_add(&all, NR_S("\n"));
    }
    return all.p;
}

/* What the command does when nothing fails. */
typedef struct truth {
    char *reply, *before, *after;
    uint64_t digest_before, digest_after, digest_settled; /* settled: when indexes are built, and what is to go is gone */
} truth;

static truth truth_of(const inject_stage *stage, const char *line, const manner *how)
{
    try t;
    truth out;
    begin(&t, stage, how);
    out.digest_before = world_digest(&t.w);
    out.before = picture(&t);
    end(&t);
    begin(&t, stage, how);
    out.reply = copy_of(world_do(&t.w, line));
    out.digest_after = world_digest(&t.w);
    out.after = picture(&t);
    out.digest_settled = world_digest(&t.w);
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
    const inject_stage *stage;
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
static void after_leftovers(try *t, const step *s)
{
    if (strncmp(s->line, "MODEL SET ", 10) != 0) complain(s, "it says that all is well, and has done something else", "", "");
    for (size_t i = 0; i < s->stage->back.n; i++) world_do(&t->w, s->stage->back.at[i]);
    world_settle(&t->w);
    const char *check = world_do(&t->w, "INDEX CHECK b.Post");
    if (strcmp(check, "[]") != 0) complain(s, "what was left behind is taken for an index", check, "[]");
}

/* What is to be built, or to go, may come later. */
static void compare_settled(try *t, const step *s, const truth *k)
{
    char *seen = picture(t);
    if (strcmp(seen, k->after) != 0) complain(s, "it says that all is well, and something else is seen", seen, k->after);
    free(seen);
    if (world_digest(&t->w) != k->digest_settled) after_leftovers(t, s);
}

static void after_success(try *t, const step *s, const truth *k, const char *reply)
{
    if (strcmp(reply, k->reply) != 0) complain(s, "a wrong answer", reply, k->reply);
    else if (!s->how->others && world_digest(&t->w) != k->digest_after) compare_settled(t, s, k);
}

/* Sent again, without failures, it does what it should have done. */
static void send_again(try *t, const step *s, const truth *k)
{
    const char *again = world_do(&t->w, s->line);
    if (strcmp(again, k->reply) != 0) complain(s, "it cannot be sent again", again, k->reply);
    world_settle(&t->w);
    if (!s->how->others && world_digest(&t->w) != k->digest_settled) complain(s, "sent again it does something else", again, k->reply);
}

/* SYNC says that what others broke is mended, which may be so whatever comes after it. */
static bool is_told(const text *replicated)
{
    static const char sync[] = "\"NONREL.INDEX\" \"SYNC\"";
    const char *line = replicated->n ? replicated->p : "";
    while (*line && !strncmp(line, sync, sizeof sync - 1)) line += strcspn(line, "\n") + 1;
    return *line != 0;
}

static void after_failure(try *t, const step *s, const truth *k, const char *reply)
{
    bool replicated = is_told(&t->w.replicated) && !s->how->others;
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
    begin(&t, s->stage, s->how);
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

void inject_all(const inject_stage *stage, inject_lines lines, inject_how how, bool must_call)
{
    complaints = 0;
    for (size_t i = 0; i < lines.n; i++) {
        truth k = truth_of(stage, lines.at[i], &manners[how]);
        step s = {stage, lines.at[i], &manners[how], 1};
        while (s.n < CALLS_MAX && inject(&s, &k)) s.n++;
        assert_true(s.n < CALLS_MAX);
        if (s.n == 1 && must_call) fail_msg("%s makes no call that could fail", lines.at[i]);
        forget(&k);
    }
    if (complaints) fail_msg("%d complaints", complaints);
}

/* -- memory ------------------------------------------------------------------------------------------------------------------------------- */

static const manner with_little_memory = {"little memory", false, false, true, NR_ST_OK, false};

/* False when this much was too little. */
static bool try_memory(const step *s, const truth *k, int64_t bytes)
{
    try t;
    begin(&t, s->stage, s->how);
    t.w.limits.max_memory = bytes;
    char *reply = copy_of(world_do(&t.w, s->line));
    bool limited = t.w.code == NR_E_LIMIT;
    t.w.limits = NR_LIMITS_DEFAULT;
    if (!limited) after_success(&t, s, k, reply);
    else if (world_digest(&t.w) != k->digest_before) complain(s, "too little memory, and the store has changed", reply, "");
    else if (is_told(&t.w.replicated)) complain(s, "too little memory, and it was replicated", reply, "");
    else send_again(&t, s, k);
    free(reply);
    end(&t);
    return !limited;
}

void inject_memory(const inject_stage *stage, inject_lines lines)
{
    size_t limited = 0;
    complaints = 0;
    for (size_t i = 0; i < lines.n; i++) {
        truth k = truth_of(stage, lines.at[i], &with_little_memory);
        step s = {stage, lines.at[i], &with_little_memory, 1};
        for (int64_t bytes = 1; !try_memory(&s, &k, bytes); bytes *= 2) {
            s.n = (unsigned long)bytes * 2;
            limited++;
        }
        forget(&k);
    }
    if (!limited) fail_msg("nothing was held to its budget");
    if (complaints) fail_msg("%d complaints", complaints);
}
