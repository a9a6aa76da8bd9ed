/* t_inject.c -- commands on entities and definitions with each of their store calls failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inject.h"

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
    "MODEL GET b.Post",
    "MODEL LIST",
    "COUNT b.Pots",
};

/* What looks at the store as it lies there sees when it was mended. */
static const char *const looks[] = {
    "EXPLAIN QUERY b.Post FILTER title a n 1",
    "INDEX LIST b.Post",
    "INDEX CHECK b.Post",
};

/* What a client sees of the store. The replies together are its picture. */
static const char *const probes[] = {
    "MODEL LIST", "MODEL GET b.Base", "MODEL GET b.Post", "MODEL GET b.Note", "QUERY b.Post ORDER pk", "QUERY b.Note", "INDEX CHECK b.Post",
    "INDEX CHECK b.Note", "INDEX LIST b.Post", "INDEX LIST b.Note",
    "COUNT b.Post FILTER title__gte b", "COUNT b.Post FILTER n 1", "COUNT b.Post FILTER slug__isnull false", "COUNT b.Note FILTER post__isnull true",
    "COUNT b.New",
};

static const char *const back[] = {
    "SAVE b.Post title left",
    POST(", \"index\": true", ", \"index\": [\"exact\"]", ""),
    "MODEL SET b.Note '{\"fields\": {\"post\": {\"type\": \"fk\", \"to\": \"b.Post\", \"null\": true}}, \"ordering\": [\"-pk\"]}'",
};

static void write_by_others(world *w)
{
    nr_pair title = {NR_S("title"), NR_S("zz")}, gone = {NR_S("n"), {NULL, 0}};
    world_do(w, "COUNT b.Post");
    world_put(w, NR_S("b.Post:1"), &title, 1);
    world_remove(w, NR_S("b.Post:3"));
    world_put(w, NR_S("b.Post:4"), &gone, 1); /* no longer an entity: n is not NULL */
    world_remove(w, NR_S("b.Post/i/slug.value"));
}

static const inject_stage stage = {
    .set_up = INJECT_LINES(set_up_commands),
    .probes = INJECT_LINES(probes),
    .back = INJECT_LINES(back),
    .others = write_by_others,
};

static const inject_lines all_writes = INJECT_LINES(writes), all_reads = INJECT_LINES(reads), all_looks = INJECT_LINES(looks);

static void a_write_meets_one_failed_call_with_a_cold_cache(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_COLD, true);
}

static void a_write_meets_one_failed_call_with_a_warm_cache(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_WARM, true);
}

static void a_write_meets_a_key_of_another_type(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_WRITE_WRONG_TYPE, true);
}

static void a_write_meets_a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_CALLS_COLD, true);
}

static void a_write_that_cannot_be_undone_marks_the_model(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_WRITES_WARM, true);
}

static void a_read_meets_one_failed_call_with_a_cold_cache(void **state)
{
    (void)state;
    inject_all(&stage, all_reads, ONE_CALL_COLD, false);
    inject_all(&stage, all_looks, ONE_CALL_COLD, false);
}

static void a_read_meets_one_failed_call_with_a_warm_cache(void **state)
{
    (void)state;
    inject_all(&stage, all_reads, ONE_CALL_WARM, false);
    inject_all(&stage, all_looks, ONE_CALL_WARM, false);
}

static void a_read_meets_a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(&stage, all_reads, ALL_CALLS_COLD, false);
    inject_all(&stage, all_looks, ALL_CALLS_COLD, false);
}

static void a_command_meets_a_failed_call_while_it_mends_what_others_broke(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_OTHERS, true);
    inject_all(&stage, all_reads, ONE_CALL_OTHERS, false);
}

static void a_command_cannot_mend_what_others_broke(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_CALLS_OTHERS, true);
    inject_all(&stage, all_reads, ALL_CALLS_OTHERS, false);
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
