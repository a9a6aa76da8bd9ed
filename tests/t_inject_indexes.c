/* t_inject_indexes.c -- commands that make, remove and mend indexes, and writes to a model that has indexes of all kinds, with each of their store calls failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inject.h"

#define FIELDS                                                                                                                                \
    "\"title\": {\"type\": \"char\", \"null\": true}, \"slug\": {\"type\": \"slug\", \"null\": true, \"unique\": true}, "                     \
    "\"n\": {\"type\": \"int\", \"default\": 1}, \"x\": {\"type\": \"int\", \"null\": true}, \"made\": {\"type\": \"date\", \"null\": true}, " \
    "\"tags\": {\"type\": \"list\", \"of\": {\"type\": \"int\"}, \"null\": true}"
#define ENTITIES                                                                                                                              \
    "{\"title\": \"alpha\", \"slug\": \"a\", \"x\": 1, \"tags\": [1,2]}, {\"title\": \"beta\", \"slug\": \"b\"}, "                           \
    "{\"title\": \"gamma\", \"n\": 2, \"made\": \"2026-11-22\", \"tags\": []}, {\"title\": \"delta\", \"x\": 3}"
#define FEED "\"indexes\": [{\"name\": \"feed\", \"fields\": [\"title\", \"-n\"]}]"

static const char *const set_up_commands[] = {
    "MODEL SET b.Post '{\"fields\": {" FIELDS "}, " FEED "}'",
    "SAVE b.Post JSON '[" ENTITIES "]'",
    "INDEX CREATE b.Post n exact",
    "INDEX CREATE b.Post title iexact icontains",
    "INDEX CREATE b.Post made month",
    "INDEX CREATE b.Post tags exact",
};

static const char *const writes[] = {
    "INDEX CREATE b.Post x lt",
    "INDEX CREATE b.Post x exact",
    "INDEX CREATE b.Post x exact lt",
    "INDEX CREATE b.Post title contains",
    "INDEX CREATE b.Post title '{\"regex\": \"a$\"}'",
    "INDEX CREATE b.Post made year week_day",
    "INDEX DROP b.Post n exact",
    "INDEX DROP b.Post title iexact",
    "INDEX DROP b.Post title icontains",
    "INDEX DROP b.Post made month",
    "INDEX REBUILD b.Post",
    "INDEX REBUILD b.Post n",
    "INDEX REBUILD b.Post title",
    "SAVE b.Post title omega slug o n 3 tags '[3]'",
    "SAVE b.Post pk 2 title Beta n 2 x 5 made 2026-01-01 tags '[2]'",
    "SAVE b.Post IF n 1 x 1 pk 1 n 2 NULL title",
    "SAVE b.Post IF n 7 pk 1 n 2",
    "SAVE b.Post BY slug slug a title Alpha n 9",
    "SAVE b.Post JSON '[{\"pk\": 1, \"slug\": \"b\"}, {\"pk\": 2, \"slug\": \"a\"}, {\"title\": \"new\", \"tags\": [7]}]'",
    "UPDATE b.Post ALL SET n 5",
    "UPDATE b.Post FILTER title__startswith a SET title z x 9 tags '[9]'",
    "UPDATE b.Post WHERE 'x > 0' EXPR n 'F(n) + F(x)' x 'F(x) * 2' NULL title made",
    "UPDATE b.Post FILTER n 99 SET x 1",
    "DELETE b.Post PK 1 3",
    "DELETE b.Post FILTER n 1 EXCLUDE x 3",
    "DELETE b.Post WHERE 'title contains \"et\"'",
    "DELETE b.Post ALL",
    "MODEL SET b.Post '{\"fields\": {" FIELDS "}}'",
    "MODEL SET b.Post '{\"fields\": {" FIELDS ", \"y\": {\"type\": \"int\", \"default\": 4, \"index\": true}}, " FEED "}'",
    "MODEL SET b.Post '{\"fields\": {" FIELDS "}, \"unique_together\": [[\"title\", \"n\"]]}'",
    "MODEL DROP b.Post ENTITIES",
};

/* What looks at the store as it lies there sees when it was mended. */
static const char *const looks[] = {
    "INDEX CHECK b.Post REPAIR",
    "INDEX CHECK b.Post",
    "INDEX STATS b.Post",
    "INDEX LIST b.Post",
};

static const char *const probes[] = {
    "MODEL GET b.Post",
    "QUERY b.Post ORDER pk",
    "INDEX CHECK b.Post",
    "INDEX LIST b.Post",
    "COUNT b.Post FILTER n 1",
    "COUNT b.Post FILTER title__icontains ET",
    "COUNT b.Post FILTER title__iexact ALPHA",
    "COUNT b.Post FILTER made__month 11",
    "COUNT b.Post FILTER tags 2",
    "COUNT b.Post FILTER x__lt 3",
    "QUERY b.Post ORDER title -n FIELDS pk FLAT",
};

static const char *const back[] = {
    "SAVE b.Post title left",
    "MODEL SET b.Post '{\"fields\": {" FIELDS "}, " FEED "}'",
};

static void write_by_others(world *w)
{
    nr_pair title = {NR_S("title"), NR_S("zetet")}, gone = {NR_S("n"), {NULL, 0}};
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

static const inject_lines all_writes = INJECT_LINES(writes), all_looks = INJECT_LINES(looks);

static void one_failed_call_with_a_cold_cache(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_COLD, true);
    inject_all(&stage, all_looks, ONE_CALL_COLD, false);
}

static void one_failed_call_with_a_warm_cache(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_WARM, false);
    inject_all(&stage, all_looks, ONE_CALL_WARM, false);
}

static void a_key_of_another_type(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_WRITE_WRONG_TYPE, false);
    inject_all(&stage, all_looks, ONE_WRITE_WRONG_TYPE, false);
}

static void a_store_that_fails_from_some_call_on(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_CALLS_COLD, true);
    inject_all(&stage, all_looks, ALL_CALLS_COLD, false);
}

static void a_store_that_takes_no_writes_from_some_call_on(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_WRITES_WARM, false);
    inject_all(&stage, all_looks, ALL_WRITES_WARM, false);
}

static void one_failed_call_while_what_others_broke_is_mended(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_OTHERS, false);
}

static void what_others_broke_cannot_be_mended(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ALL_CALLS_OTHERS, false);
}

static void too_little_memory(void **state)
{
    (void)state;
    inject_memory(&stage, all_writes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_failed_call_with_a_cold_cache),
        cmocka_unit_test(one_failed_call_with_a_warm_cache),
        cmocka_unit_test(a_key_of_another_type),
        cmocka_unit_test(a_store_that_fails_from_some_call_on),
        cmocka_unit_test(a_store_that_takes_no_writes_from_some_call_on),
        cmocka_unit_test(one_failed_call_while_what_others_broke_is_mended),
        cmocka_unit_test(what_others_broke_cannot_be_mended),
        cmocka_unit_test(too_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
