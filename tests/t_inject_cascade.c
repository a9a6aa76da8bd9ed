/* t_inject_cascade.c -- a cascade over several models with each of its store calls failing: all of it happens, or nothing does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inject.h"

#define FK(to, more) "{\"type\": \"fk\", \"to\": \"" to "\", \"null\": true" more "}"

static const char *const set_up_commands[] = {
    "MODEL SET b.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true, \"index\": true}}}'",
    "MODEL SET b.Post '{\"fields\": {\"author\": " FK("b.User", ", \"on_delete\": \"cascade\"") ", \"n\": {\"type\": \"int\", \"null\": true, \"index\": true}}}'",
    "MODEL SET b.Note '{\"fields\": {\"post\": " FK("b.Post", ", \"on_delete\": \"set_null\"") ", \"up\": " FK("self", ", \"on_delete\": \"cascade\"") "}}'",
    "MODEL SET b.Mark '{\"fields\": {\"post\": " FK("b.Post", ", \"on_delete\": \"set_default\", \"default\": 4, \"check\": true") "}}'",
    "MODEL SET b.Lock '{\"fields\": {\"post\": " FK("b.Post", ", \"on_delete\": \"protect\"") "}}'",
    "SAVE b.User JSON '[{\"name\": \"a\"}, {\"name\": \"b\"}]'",
    "SAVE b.Post JSON '[{\"author\": 1, \"n\": 1}, {\"author\": 1, \"n\": 2}, {\"author\": 2, \"n\": 3}, {\"n\": 4}]'",
    "SAVE b.Note JSON '[{\"post\": 1}, {\"post\": 2, \"up\": 1}, {\"post\": 3, \"up\": 2}, {\"post\": 4}]'",
    "SAVE b.Mark JSON '[{\"post\": 1}, {\"post\": 2}, {\"post\": 3}]'",
    "SAVE b.Lock JSON '[{\"post\": 3}]'",
};

static const char *const writes[] = {
    "DELETE b.User PK 1",
    "DELETE b.User FILTER name a",
    "DELETE b.User ALL",
    "DELETE b.Post FILTER n__lt 3",
    "DELETE b.Post PK 4 1",
    "DELETE b.Note PK 1",
    "DELETE b.Lock ALL",
    "SAVE b.Mark post 3",
    "SAVE b.Mark post 9",
};

static const char *const probes[] = {
    "QUERY b.User ORDER pk", "QUERY b.Post ORDER pk", "QUERY b.Note ORDER pk", "QUERY b.Mark ORDER pk", "QUERY b.Lock ORDER pk", "INDEX CHECK b.User",
    "INDEX CHECK b.Post", "INDEX CHECK b.Note", "INDEX CHECK b.Mark", "INDEX CHECK b.Lock", "COUNT b.Note FILTER post__isnull 1", "COUNT b.Mark FILTER post 4",
};

static void write_by_others(world *w)
{
    nr_pair author = {NR_S("author"), NR_S("2")}, post = {NR_S("post"), NR_S("1")};
    world_do(w, "COUNT b.Post");
    world_do(w, "COUNT b.Note");
    world_do(w, "COUNT b.Mark");
    world_put(w, NR_S("b.Post:1"), &author, 1);
    world_put(w, NR_S("b.Note:3"), &post, 1);
    world_remove(w, NR_S("b.Mark:2"));
}

static const inject_stage stage = {.set_up = INJECT_LINES(set_up_commands), .probes = INJECT_LINES(probes), .others = write_by_others};

static const inject_lines all_writes = INJECT_LINES(writes);

static void a_cascade_meets_one_failed_call(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_COLD, true);
    inject_all(&stage, all_writes, ONE_CALL_WARM, true);
}

static void a_cascade_meets_a_key_of_another_type(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_WRITE_WRONG_TYPE, false);
}

static void a_cascade_meets_a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_CALLS_COLD, true);
}

static void a_cascade_that_cannot_be_undone_marks_models(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_WRITES_WARM, false);
}

static void a_cascade_meets_a_failed_call_while_it_mends_what_others_broke(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_OTHERS, true);
    inject_all(&stage, all_writes, ALL_CALLS_OTHERS, true);
}

static void a_cascade_with_too_little_memory_changes_nothing(void **state)
{
    (void)state;
    inject_memory(&stage, all_writes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cascade_meets_one_failed_call),
        cmocka_unit_test(a_cascade_meets_a_key_of_another_type),
        cmocka_unit_test(a_cascade_meets_a_store_that_fails_from_some_call_on),
        cmocka_unit_test(a_cascade_that_cannot_be_undone_marks_models),
        cmocka_unit_test(a_cascade_meets_a_failed_call_while_it_mends_what_others_broke),
        cmocka_unit_test(a_cascade_with_too_little_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
