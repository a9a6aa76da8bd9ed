/* t_passes.c -- each pass of the planner can be switched off: the plan is another one then, and no answer is. Over the native store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/passes.h"
#include "world.h"

enum { ENTITIES = 3000 };

/* What each pass is at work for, and a piece of the plan that is gone without it. */
static const struct {
    const char *pass, *query, *mark;
} uses[] = {
    {"simplify", "QUERY m.A Q {\"or\":[{\"n\":3},{\"n\":5}]} ORDER pk", "n__in"},
    {"index", "QUERY m.A FILTER n 3 ORDER pk", "index=n.value"},
    {"narrow", "QUERY m.A FILTER n__gte 3 n__lt 5 ORDER pk", "n__gte '3' AND n__lt '5'"},
    {"composite", "QUERY m.A FILTER s a k 7 ORDER pk", "s__exact 'a' AND k__exact '7'"},
    {"mask", "QUERY m.A FILTER n 7 t 'x 7' v v7 ORDER pk", "Mask"},
    {"order", "QUERY m.A ORDER n LIMIT 0 5", "Scan index=n.value all"},
    {"count", "COUNT m.A FILTER n 3", "Count index=n.value"},
    {"answer", "AGGREGATE m.A MAX n", "first of"},
    {"top", "QUERY m.A FILTER k__gte 2 ORDER k LIMIT 0 5", "SortColumn"},
    {"columns", "QUERY m.A FILTER k__gte 90 ORDER pk", "Select"},
    {"keys", "QUERY m.A FILTER r__g 7 ORDER pk", "index=r.value.set"},
    {"borrowed", "QUERY m.A FILTER r__h 7 ORDER pk", "index=r__h.value.set"},
};

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    world_open(w);
    w->in_memory = false;
    assert_string_equal(world_do(w, "MODEL SET m.B {\"pk\":\"name\",\"fields\":{\"name\":{\"type\":\"char\"},\"g\":{\"type\":\"int\"},\"h\":{\"type\":\"int\"}}}"), "+OK");
    assert_string_equal(world_do(w, "MODEL SET m.A {\"fields\":{\"n\":{\"type\":\"int\",\"index\":true},\"s\":{\"type\":\"char\",\"column\":true},"
                                    "\"k\":{\"type\":\"int\",\"column\":true},\"t\":{\"type\":\"char\",\"index\":[\"exact\"]},\"v\":{\"type\":\"char\"},"
                                    "\"r\":{\"type\":\"fk\",\"to\":\"m.B\"}},\"indexes\":[{\"name\":\"both\",\"fields\":[\"s\",\"k\"]}]}"),
                        "+OK");
    assert_string_equal(world_do(w, "INDEX CREATE m.A r__h exact"), "+OK");
    for (int i = 0; i < 50; i++) world_dof(w, "SAVE m.B name b%d g %d h %d", i, i, i);
    for (int i = 0; i < ENTITIES; i++)
        assert_int_not_equal(*world_dof(w, "SAVE m.A n %d s %c k %d t 'x %d' v v%d r b%d", i % 100, 'a' + i % 3, i * 7 % 100, i % 60, i % 11, i % 50), '-');
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

static char *reply_of(world *w, unsigned off, const char *fmt, const char *query)
{
    w->passes_off = off;
    char *copy = strdup(world_dof(w, fmt, query));
    w->passes_off = 0;
    assert_int_not_equal(*copy, '-');
    return copy;
}

static void a_pass_that_is_off_leaves_the_plan_and_not_the_answer(void **state)
{
    assert_int_equal(sizeof uses / sizeof *uses, NR_PASSES);
    for (size_t i = 0; i < NR_PASSES; i++) {
        const nr_pass_row *row = &nr_passes[i];
        assert_string_equal(uses[i].pass, row->name);
        char *with = reply_of(*state, 0, "PROFILE %s", uses[i].query), *without = reply_of(*state, row->pass, "PROFILE %s", uses[i].query);
        if (!strstr(with, uses[i].mark)) fail_msg("%s, with %s:\n%s", uses[i].query, row->name, with);
        if (strstr(without, uses[i].mark)) fail_msg("%s, without %s:\n%s", uses[i].query, row->name, without);
        char *answer = reply_of(*state, 0, "%s", uses[i].query), *same = reply_of(*state, row->pass, "%s", uses[i].query);
        char *bare = reply_of(*state, NR_PASSES_ALL, "%s", uses[i].query);
        assert_string_equal(answer, same);
        assert_string_equal(answer, bare);
        assert_string_not_equal(answer, "[]");
        free(with), free(without), free(answer), free(same), free(bare);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pass_that_is_off_leaves_the_plan_and_not_the_answer, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("passes", tests, NULL, NULL);
}
