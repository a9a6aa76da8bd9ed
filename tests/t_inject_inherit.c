/* t_inject_inherit.c -- writes of entities that are a row of each of several models, with each of their store calls failing: all rows are written, or none is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inject.h"

static const char *const set_up_commands[] = {
    "MODEL SET b.Top '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true, \"index\": true}, \"slug\": {\"type\": \"slug\", \"null\": true, \"unique\": true}}}'",
    "MODEL SET b.Mid '{\"extends\": [\"b.Top\"], \"fields\": {\"n\": {\"type\": \"int\", \"null\": true, \"index\": [\"exact\"]}}}'",
    "MODEL SET b.Low '{\"extends\": [\"b.Mid\"], \"fields\": {\"s\": {\"type\": \"char\", \"default\": \"x\", \"index\": true}}}'",
    "MODEL SET b.Side '{\"extends\": [\"b.Top\"]}'",
    "SAVE b.Top name a slug a",
    "SAVE b.Mid JSON '[{\"name\": \"b\", \"n\": 2}, {\"name\": \"c\", \"slug\": \"c\"}]'",
    "SAVE b.Low JSON '[{\"name\": \"d\", \"n\": 4}, {\"name\": \"e\", \"s\": \"y\"}]'",
    "SAVE b.Side pk 4",
};

static const char *const writes[] = {
    "SAVE b.Low name f slug f n 1 s z",
    "SAVE b.Low TTL 100 pk 4 name dd",
    "SAVE b.Mid pk 1 n 7",
    "SAVE b.Low BY slug slug c s q",
    "SAVE b.Low JSON '[{\"name\": \"g\"}, {\"pk\": 1, \"n\": 3}, {\"pk\": 5, \"slug\": \"e\"}]'",
    "SAVE b.Low name h slug a",
    "UPDATE b.Mid FILTER name__gte c SET name z EXPR n 'F(id) * 2'",
    "UPDATE b.Low ALL NULL n SET slug same",
    "DELETE b.Low PK 4",
    "DELETE b.Top ALL",
    "DELETE b.Mid FILTER name b",
};

static const char *const probes[] = {
    "QUERY b.Top ORDER pk", "QUERY b.Mid ORDER pk", "QUERY b.Low ORDER pk", "QUERY b.Side ORDER pk", "INDEX CHECK b.Top",
    "INDEX CHECK b.Mid",    "INDEX CHECK b.Low",    "INDEX CHECK b.Side",   "COUNT b.Low FILTER name d", "COUNT b.Top FILTER mid__low__s y",
};

static void write_by_others(world *w)
{
    nr_pair name = {NR_S("name"), NR_S("o")}, n = {NR_S("n"), NR_S("9")};
    world_do(w, "COUNT b.Low FILTER name d n 4");
    world_put(w, NR_S("b.Top:4"), &name, 1);
    world_put(w, NR_S("b.Mid:5"), &n, 1);
}

static const inject_stage stage = {.set_up = INJECT_LINES(set_up_commands), .probes = INJECT_LINES(probes), .others = write_by_others};

static const inject_lines all_writes = INJECT_LINES(writes);

static void a_write_of_several_rows_meets_one_failed_call(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_COLD, true);
    inject_all(&stage, all_writes, ONE_CALL_WARM, true);
}

static void a_write_of_several_rows_meets_a_key_of_another_type(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_WRITE_WRONG_TYPE, false);
}

static void a_write_of_several_rows_meets_a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_CALLS_COLD, true);
}

static void a_write_of_several_rows_that_cannot_be_undone_marks_models(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_WRITES_WARM, false);
}

static void a_write_of_several_rows_meets_a_failed_call_while_it_mends_what_others_broke(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_OTHERS, true);
    inject_all(&stage, all_writes, ALL_CALLS_OTHERS, true);
}

static void a_write_of_several_rows_with_too_little_memory_changes_nothing(void **state)
{
    (void)state;
    inject_memory(&stage, all_writes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_of_several_rows_meets_one_failed_call),
        cmocka_unit_test(a_write_of_several_rows_meets_a_key_of_another_type),
        cmocka_unit_test(a_write_of_several_rows_meets_a_store_that_fails_from_some_call_on),
        cmocka_unit_test(a_write_of_several_rows_that_cannot_be_undone_marks_models),
        cmocka_unit_test(a_write_of_several_rows_meets_a_failed_call_while_it_mends_what_others_broke),
        cmocka_unit_test(a_write_of_several_rows_with_too_little_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
