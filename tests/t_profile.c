/* t_profile.c -- PROFILE runs a read, replies the plan with what each operator did, and nothing else changes for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int64_t ticks; /* of a clock that moves by one microsecond whenever somebody looks */

static int64_t tick(void *ctx)
{
    (void)ctx;
    return ++ticks;
}

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    world_open(w);
    w->in_memory = false;
    assert_string_equal(world_do(w, "MODEL SET m.A {\"fields\":{\"n\":{\"type\":\"int\",\"index\":true},\"t\":{\"type\":\"char\"}}}"), "+OK");
    for (int i = 0; i < 100; i++) world_dof(w, "SAVE m.A n %d t %c", i / 10, 'a' + i % 2);
    world_do(w, "COUNT m.A");
    world_settle(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

static void the_plan_comes_with_rows_batches_and_steps(void **state)
{
    assert_string_equal(world_do(*state, "PROFILE QUERY m.A FILTER n 3 LIMIT 0 4"),
                        "[\"Limit 4 rows<=4 | rows=4 batches=1 steps=2 time=0us\","
                        "\"  Load fields beside columns rows<=10 | rows=4 batches=1 steps=1 time=0us\","
                        "\"    Scan index=n.value n__exact '3' rows=10 | rows=4 batches=1 steps=1 time=0us\",\"Total time=0us\"]");
    assert_string_equal(world_do(*state, "PROFILE QUERY m.A FILTER t a"),
                        "[\"Filter t__exact 'a' rows<=100 | rows=50 batches=3 steps=4 time=0us\","
                        "\"  Load fields beside columns rows<=100 | rows=100 batches=3 steps=4 time=0us\","
                        "\"    Scan index=pk all rows=100 | rows=100 batches=3 steps=4 time=0us\",\"Total time=0us\"]");
}

static void what_indexes_tell_has_no_operators(void **state)
{
    assert_string_equal(world_do(*state, "PROFILE COUNT m.A FILTER n 3"), "[\"Count index=n.value n__exact '3' rows=10\",\"Total time=0us\"]");
    assert_string_equal(world_do(*state, "PROFILE GET m.A 7"), "[\"Get by primary key rows=1\",\"Total time=0us\"]");
    assert_string_equal(world_do(*state, "PROFILE GET m.A 700"), "[\"Get by primary key rows=0\",\"Total time=0us\"]");
    assert_string_equal(world_do(*state, "PROFILE MGET m.A 7 8 700"), "[\"Get by primary key rows=2\",\"Total time=0us\"]");
}

/* EXPLAIN's lines, each with figures behind it, but for the one of passes. */
static void the_tree_is_that_of_explain(void **state)
{
    static const char *const reads[] = {"QUERY m.A ORDER -n t LIMIT 3 5", "QUERY m.A FILTER n__gt 3 t a ORDER t", "EXISTS m.A FILTER t b", "COUNT m.A FILTER t b n__lt 5",
                                        "AGGREGATE m.A GROUPBY t COUNT * SUM n", "QUERY m.A FIELDS t DISTINCT", "QUERY m.A PAGE 7", "QUERY m.A FILTER n 1000"};
    world *w = *state;
    for (size_t i = 0; i < COUNT(reads); i++) {
        char explained[4096], command[256];
        snprintf(command, sizeof command, "EXPLAIN %s", reads[i]);
        snprintf(explained, sizeof explained, "%s", world_do(w, command));
        snprintf(command, sizeof command, "PROFILE %s", reads[i]);
        const char *got = world_do(w, command);
        for (char *line = strtok(explained, "[]\""); line; line = strtok(NULL, "[]\"")) {
            if (!strncmp(line, "Passes ", 7)) continue;
            const char *at = strcmp(line, ",") ? strstr(got, line) : got;
            if (!at) fail_msg("%s has no line %s\n  it replies %s", command, line, got);
            if (strcmp(line, ",") && strncmp(at + strlen(line), " | rows=", 8)) fail_msg("%s has no figures for %s\n  it replies %s", command, line, got);
            got = at;
        }
    }
}

static void a_total_has_its_own_tree(void **state)
{
    const char *got = world_do(*state, "PROFILE QUERY m.A FILTER t a LIMIT 0 1 WITHCOUNT");
    const char *counted = strstr(got, "| rows=50"), *limited = strstr(got, "Limit 1");
    if (!counted || !limited || counted > limited) fail_msg("it replies %s", got);
}

/* The times of all operators are parts of the total. */
static void each_operator_has_its_own_time(void **state)
{
    world *w = *state;
    w->env.mono_us = tick;
    const char *at = world_do(w, "PROFILE QUERY m.A FILTER t a ORDER -n");
    long sum = 0, n = 0;
    for (; (at = strstr(at, " time=")); at++) {
        long us = strtol(at + 6, NULL, 10);
        if (us < 1) fail_msg("a part took %ld us: %s", us, at);
        bool total = at - w->reply.p > 5 && !strncmp(at - 5, "Total", 5);
        if (total && us < sum) fail_msg("%ld us in all, and %ld in the parts: %s", us, sum, w->reply.p);
        sum += us;
        n++;
    }
    assert_true(n >= 4);
}

static void a_command_that_is_not_profiled_looks_at_no_clock_for_it(void **state)
{
    world *w = *state;
    w->env.mono_us = tick;
    world_do(w, "QUERY m.A FILTER t a");
    int64_t before = ticks;
    world_do(w, "QUERY m.A FILTER t a");
    int64_t plain = ticks - before;
    world_do(w, "PROFILE QUERY m.A FILTER t a");
    int64_t steps = 12; /* of three operators, as above */
    assert_int_equal(ticks - before - plain, plain + steps * 2 + 2);
}

static void the_answer_is_dropped_and_nothing_is_changed(void **state)
{
    world *w = *state;
    uint64_t before = world_digest(w);
    world_do(w, "PROFILE QUERY m.A");
    assert_string_equal(w->replicated.p ? w->replicated.p : "", "");
    assert_true(world_digest(w) == before);
    assert_string_equal(world_do(w, "COUNT m.A"), ":100");
}

static void what_cannot_be_profiled_is_refused(void **state)
{
    static const char *const bad[][2] = {{"PROFILE DELETE m.A ALL", "-SYNTAX PROFILE runs reads only: QUERY, AGGREGATE, COUNT, EXISTS, GET or MGET, got 'DELETE'"},
                                         {"PROFILE UPDATE m.A ALL SET n 1", "-SYNTAX PROFILE runs reads only"},
                                         {"PROFILE SAVE m.A n 1", "-SYNTAX PROFILE runs reads only"},
                                         {"PROFILE PROFILE QUERY m.A", "-SYNTAX PROFILE runs reads only"},
                                         {"PROFILE EXPLAIN QUERY m.A", "-SYNTAX PROFILE runs reads only"},
                                         {"PROFILE '' m.A", "-SYNTAX PROFILE runs reads only"},
                                         {"PROFILE QUERY", "-SYNTAX wrong number of arguments; expected NONREL.PROFILE"},
                                         {"PROFILE GET m.A", "-SYNTAX wrong number of arguments; expected NONREL.GET"},
                                         {"PROFILE QUERY m.B", "-NOMODEL"},
                                         {"PROFILE QUERY m.A FILTER x 1", "-NOFIELD"},
                                         {"PROFILE QUERY m.A FILTER n x", "-BADVALUE"},
                                         {"PROFILE QUERY m.A NOSCAN FILTER t a", "-NOINDEX"},
                                         {"PROFILE QUERY m.A MAXSCAN 10 FILTER t a", "-LIMIT"}};
    world *w = *state;
    uint64_t before = world_digest(w);
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *got = world_do(w, bad[i][0]);
        if (strncmp(got, bad[i][1], strlen(bad[i][1]))) fail_msg("%s\n  replies %s\n  wanted  %s", bad[i][0], got, bad[i][1]);
    }
    assert_true(world_digest(w) == before);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_plan_comes_with_rows_batches_and_steps),
        TEST(what_indexes_tell_has_no_operators),
        TEST(the_tree_is_that_of_explain),
        TEST(a_total_has_its_own_tree),
        TEST(each_operator_has_its_own_time),
        TEST(a_command_that_is_not_profiled_looks_at_no_clock_for_it),
        TEST(the_answer_is_dropped_and_nothing_is_changed),
        TEST(what_cannot_be_profiled_is_refused),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
