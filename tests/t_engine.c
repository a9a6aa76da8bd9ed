/* t_engine.c -- the facade: commands on entities over the memory store, replies as text (world.h). Sentences of the contract, one test each. */
#include "engine_check.h"

/* -- replies ----------------------------------------------------------------------------------------------------------------------------- */

static void an_entity_has_its_pk_first_then_all_fields_in_schema_order(void **state)
{
    expect(*state, "SAVE b.Post slug s score 2.5 title 'A b' rating 1", ":1");
    expect(*state, "GET b.Post 1",
           "{\"id\"=#1,\"title\"=\"A b\",\"slug\"=\"s\",\"views\"=#0,\"rating\"=\"1.00\",\"score\"=~2.5,\"live\"=?1,\"tag\"=nil}");
}

static void get_of_a_missing_entity_is_nil_and_mget_has_nil_in_its_place(void **state)
{
    world *w = *state;
    world_do(w, "SAVE b.Post pk 7 title x");
    expect(w, "GET b.Post 8", "nil");
    expect(w, "GET b.Post 7 FIELDS title", "{\"title\"=\"x\"}");
    expect(w, "GET b.Post 8 FIELDS pk", "nil");
    expect(w, "GET b.Post 7 FIELDS pk", "{\"pk\"=#7}");
    const char *got = world_do(w, "MGET b.Post 8 7 7 99999999999999999999");
    assert_int_equal(strncmp(got, "[nil,{\"id\"=#7", 13), 0);
    assert_string_equal(got + strlen(got) - 6, "},nil]");
}

static void a_pk_is_found_by_any_spelling_of_its_value(void **state)
{
    world *w = *state;
    world_do(w, "SAVE b.Post pk 7 title x");
    expect(w, "GET b.Post 007 FIELDS title", "{\"title\"=\"x\"}");
    expect(w, "COUNT b.Post FILTER pk 07", ":1");
    expect(w, "COUNT b.Post FILTER id 7", ":1");
    refuse(w, "GET b.Post a", "BADVALUE", "id");
    refuse(w, "COUNT b.Post FILTER pk a", "BADVALUE", "id");
    refuse(w, "SAVE b.Post pk 1e2 title x", "BADVALUE", "id");
}

static void flat_gives_bare_values_and_withcount_the_total_before_limit(void **state)
{
    world *w = *state;
    for (int i = 1; i <= 5; i++) world_dof(w, "SAVE b.Post title t%d", i);
    expect(w, "QUERY b.Post ORDER -pk FIELDS title FLAT LIMIT 1 2", "[\"t4\",\"t3\"]");
    expect(w, "QUERY b.Post ORDER pk REVERSE FIELDS pk FLAT LIMIT 0 2 WITHCOUNT", "[:5,[#5,#4]]");
    expect(w, "QUERY b.Post LIMIT 0 0", "[]");
    expect(w, "QUERY b.Post LIMIT 9 -1 FIELDS title", "[]");
    expect(w, "QUERY b.Post FILTER title__in [] WITHCOUNT", "[:0,[]]");
    expect(w, "query b.Post reverse order title LIMIT 4 1 FIELDS title FLAT", "[\"t1\"]");
}

static void no_entities_are_an_empty_array_and_zero(void **state)
{
    world *w = *state;
    expect(w, "QUERY b.Post", "[]");
    expect(w, "COUNT b.Post", ":0");
    expect(w, "EXISTS b.Post", ":0");
    expect(w, "DELETE b.Post ALL", ":0");
    expect(w, "DELETE b.Post PK 1 2", ":0");
    expect(w, "INDEX CHECK b.Post", "[]");
}

/* -- SAVE -------------------------------------------------------------------------------------------------------------------------------- */

static void save_changes_only_the_named_fields(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post pk 3 title a tag t views 9", ":3");
    expect(w, "SAVE b.Post pk 3 title b", ":3");
    expect(w, "GET b.Post 3 FIELDS title tag views", "{\"title\"=\"b\",\"tag\"=\"t\",\"views\"=#9}");
    expect(w, "SAVE b.Post NULL tag pk 3", ":3");
    expect(w, "GET b.Post 3 FIELDS title tag", "{\"title\"=\"b\",\"tag\"=nil}");
    check_indexes(w, "b.Post");
}

static void values_are_never_read_as_words(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post title NULL tag JSON slug INSERT", ":1");
    expect(w, "GET b.Post 1 FIELDS title tag slug", "{\"title\"=\"NULL\",\"tag\"=\"JSON\",\"slug\"=\"INSERT\"}");
    expect(w, "COUNT b.Post FILTER title NULL tag JSON", ":1");
    expect(w, "COUNT b.Post FILTER title ORDER EXCLUDE tag LIMIT", ":0");
}

static void a_field_given_twice_is_refused(void **state)
{
    refuse(*state, "SAVE b.Post title a title b", "SYNTAX", "title");
    refuse(*state, "SAVE b.Post title a NULL title", "SYNTAX", "title");
    refuse(*state, "SAVE b.Post pk 1 id 1", "SYNTAX", "id");
    refuse(*state, "SAVE b.Post JSON '{\"pk\": 1, \"id\": 1}'", "SYNTAX", "id");
    refuse(*state, "SAVE b.Post JSON '{\"title\": \"a\", \"title\": \"b\"}'", "SYNTAX", "duplicate");
}

static void insert_and_update_say_what_must_be_there(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post INSERT pk 1 title a", ":1");
    refuse(w, "SAVE b.Post INSERT pk 1 title b", "EXISTS", "1");
    refuse(w, "SAVE b.Post UPDATE pk 2 title b", "NOTFOUND", "2");
    refuse(w, "SAVE b.Post UPDATE title b", "SYNTAX", "UPDATE");
    refuse(w, "SAVE b.Post INSERT UPDATE pk 1 title b", "SYNTAX", "INSERT");
    expect(w, "SAVE b.Post UPDATE pk 1 title b", ":1");
    expect(w, "GET b.Post 1 FIELDS title", "{\"title\"=\"b\"}");
}

static void by_finds_the_entity_with_that_value_or_inserts(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post BY slug slug a title 1", ":1");
    expect(w, "SAVE b.Post BY slug slug a title 2", ":1");
    expect(w, "SAVE b.Post BY slug slug b title 3", ":2");
    expect(w, "SAVE b.Post UPDATE BY slug slug b title 4", ":2");
    refuse(w, "SAVE b.Post UPDATE BY slug slug c title 4", "NOTFOUND", "slug");
    refuse(w, "SAVE b.Post INSERT BY slug slug a title 4", "EXISTS", "");
    refuse(w, "SAVE b.Post BY title title a", "SYNTAX", "title");
    refuse(w, "SAVE b.Post BY slug title a", "SYNTAX", "slug");
    refuse(w, "SAVE b.Post BY nothing title a", "NOFIELD", "nothing");
    expect(w, "SAVE b.Post BY slug JSON '[{\"slug\": \"b\", \"title\": \"5\"}, {\"slug\": \"d\"}, {\"slug\": \"d\", \"title\": \"6\"}]'",
           "[:2,:3,:3]");
    expect(w, "QUERY b.Post ORDER pk FIELDS title FLAT", "[\"2\",\"5\",\"6\"]");
}

static void an_auto_pk_is_one_that_nobody_has_and_a_failure_draws_none(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post title a", ":1");
    expect(w, "SAVE b.Post pk 10 title b", ":10");
    refuse(w, "SAVE b.Post title c score x", "BADVALUE", "score");
    expect(w, "SAVE b.Post title c", ":11");
    nr_store_mem_set_string(w->mem, NR_S("b.Post:12"));
    expect(w, "SAVE b.Post title d", ":13");
    expect(w, "SAVE b.Post pk -5 title e", ":-5");
    expect(w, "SAVE b.Post title f", ":14");
    expect(w, "SAVE b.Post pk 9223372036854775807 title g", ":9223372036854775807");
    refuse(w, "SAVE b.Post title h", "LIMIT", "exhausted");
    check_indexes(w, "b.Post");
}

static void json_takes_an_object_or_an_atomic_batch(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post JSON '{\"title\": \"a\", \"score\": 1.5, \"live\": false, \"tag\": null}'", ":1");
    expect(w, "SAVE b.Post JSON '[{\"title\": \"b\"}, {\"pk\": 9, \"rating\": 9.99}, {\"title\": \"c\", \"rating\": \"3.1\"}]'", "[:2,:9,:10]");
    expect(w, "QUERY b.Post ORDER pk FIELDS rating FLAT", "[nil,nil,\"9.99\",\"3.10\"]");
    expect(w, "SAVE b.Post JSON []", "[]");
    refuse(w, "SAVE b.Post JSON '[{\"title\": \"x\"}, {\"title\": 3.5, \"views\": \"x\"}]'", "BADVALUE", "views");
    refuse(w, "SAVE b.Post JSON '[{\"title\": \"x\"}, 3]'", "BADVALUE", "object");
    refuse(w, "SAVE b.Post JSON '{\"title\": '", "SYNTAX", "");
    refuse(w, "SAVE b.Post JSON '\"x\"'", "BADVALUE", "object");
    refuse(w, "SAVE b.Post JSON {} {}", "SYNTAX", "JSON");
    refuse(w, "SAVE b.Post JSON '{\"nothing\": 1}'", "NOFIELD", "nothing");
    expect(w, "COUNT b.Post", ":4");
}

static void unique_is_checked_on_the_state_after_the_whole_command(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post JSON '[{\"pk\": 1, \"slug\": \"a\"}, {\"pk\": 2, \"slug\": \"b\"}, {\"pk\": 3}, {\"pk\": 4}]'", "[:1,:2,:3,:4]");
    expect(w, "SAVE b.Post JSON '[{\"pk\": 1, \"slug\": \"b\"}, {\"pk\": 2, \"slug\": \"a\"}]'", "[:1,:2]");
    expect(w, "QUERY b.Post ORDER pk FIELDS slug FLAT", "[\"b\",\"a\",nil,nil]");
    refuse(w, "SAVE b.Post pk 3 slug a", "NOTUNIQUE", "slug");
    refuse(w, "SAVE b.Post JSON '[{\"pk\": 3, \"slug\": \"x\"}, {\"pk\": 4, \"slug\": \"x\"}]'", "NOTUNIQUE", "slug");
    expect(w, "SAVE b.Post JSON '[{\"pk\": 1, \"slug\": null}, {\"pk\": 3, \"slug\": \"b\"}]'", "[:1,:3]");
    check_indexes(w, "b.Post");
}

static void bad_values_name_the_field_the_value_and_what_is_expected(void **state)
{
    world *w = *state;
    refuse(w, "SAVE b.Post views abc", "BADVALUE", "field 'views' got 'abc', expected an integer");
    refuse(w, "SAVE b.Post rating 1.234", "BADVALUE", "1.234");
    refuse(w, "SAVE b.Post rating 1234", "BADVALUE", "1234");
    refuse(w, "SAVE b.Post rating nan", "BADVALUE", "nan");
    refuse(w, "SAVE b.Post score inf", "BADVALUE", "inf");
    refuse(w, "SAVE b.Post live yes", "BADVALUE", "live");
    refuse(w, "SAVE b.Post slug a.b", "BADVALUE", "slug");
    refuse(w, "SAVE b.Post title \xff", "BADVALUE", "title");
    refuse(w, "SAVE b.Post views ''", "BADVALUE", "views");
    refuse(w, "SAVE b.Post NULL views", "NOTNULL", "views");
    refuse(w, "SAVE b.Post NULL pk", "NOTNULL", "id");
    refuse(w, "SAVE b.Post pk ''", "BADVALUE", "id");
}

static void the_clock_sets_auto_now_at_every_save_and_auto_now_add_at_insert(void **state)
{
    world *w = *state;
    w->now_us = INT64_C(1000000);
    expect(w,
           "MODEL SET b.Log '{\"fields\": {\"made\": {\"type\": \"datetime\", \"auto_now_add\": true}, \"seen\": {\"type\": \"datetime\", "
           "\"auto_now\": true}, "
           "\"n\": {\"type\": \"int\", \"null\": true}}}'",
           "+OK");
    expect(w, "SAVE b.Log n 1", ":1");
    expect(w, "GET b.Log 1 FIELDS made seen", "{\"made\"=\"1970-01-01T00:00:01Z\",\"seen\"=\"1970-01-01T00:00:01Z\"}");
    w->now_us = INT64_C(2000250);
    expect(w, "SAVE b.Log pk 1 n 2", ":1");
    expect(w, "GET b.Log 1 FIELDS made seen", "{\"made\"=\"1970-01-01T00:00:01Z\",\"seen\"=\"1970-01-01T00:00:02.000250Z\"}");
    expect(w, "SAVE b.Log pk 1 seen 2000-01-01", ":1");
    expect(w, "SAVE b.Log made 2001-01-01 pk 2", ":2");
    expect(w, "QUERY b.Log ORDER pk FIELDS made seen",
           "[{\"made\"=\"1970-01-01T00:00:01Z\",\"seen\"=\"2000-01-01T00:00:00Z\"},{\"made\"=\"2001-01-01T00:00:00Z\",\"seen\"=\"1970-01-01T00:00:02."
           "000250Z\"}]");
}

/* -- DELETE ------------------------------------------------------------------------------------------------------------------------------ */

static void delete_by_filters_by_pks_and_of_all(void **state)
{
    world *w = *state;
    for (int i = 0; i < 10; i++) world_dof(w, "SAVE b.Post title t%d tag %d", i, i % 2);
    uint64_t before = world_digest(w);
    expect(w, "DELETE b.Post FILTER tag 5", ":0");
    assert_true(world_digest(w) == before);
    expect(w, "DELETE b.Post FILTER tag 1", ":5");
    expect(w, "DELETE b.Post PK 1 1 2 77", ":1");
    expect(w, "DELETE b.Post EXCLUDE title t2", ":3");
    expect(w, "QUERY b.Post FIELDS title FLAT", "[\"t2\"]");
    check_indexes(w, "b.Post");
    refuse(w, "DELETE b.Post PK 3 a", "BADVALUE", "id");
    refuse(w, "DELETE b.Post PK", "SYNTAX", "PK");
    refuse(w, "DELETE b.Post ALL FILTER tag 1", "SYNTAX", "ALL");
    refuse(w, "DELETE b.Post LIMIT 0 1", "SYNTAX", "LIMIT");
    refuse(w, "DELETE b.Post", "SYNTAX", "");
    expect(w, "DELETE b.Post ALL", ":1");
    expect(w, "COUNT b.Post", ":0");
}

static void what_is_all_gone_leaves_no_key_but_definition_and_counter(void **state)
{
    world *w = *state;
    uint64_t before = world_digest(w);
    expect(w, "SAVE b.Post pk -3 title x tag y slug z score 1", ":-3");
    expect(w, "DELETE b.Post PK -3", ":1");
    assert_true(world_digest(w) == before);
}

/* -- queries ----------------------------------------------------------------------------------------------------------------------------- */

static void a_clause_stands_once_and_filters_many_times(void **state)
{
    static const char *const twice[] = {"ORDER pk ORDER pk", "LIMIT 0 1 LIMIT 0 1", "FIELDS pk FIELDS pk",
                                        "REVERSE REVERSE",   "FIELDS pk FLAT FLAT", "WITHCOUNT WITHCOUNT"};
    char line[128];
    for (size_t i = 0; i < COUNT(twice); i++) {
        snprintf(line, sizeof line, "QUERY b.Post %s", twice[i]);
        refuse(*state, line, "SYNTAX", "twice");
    }
    expect(*state, "QUERY b.Post FILTER pk 1 FILTER pk 1 EXCLUDE pk 2 EXCLUDE pk 3 FILTER pk 1", "[]");
}

static void a_clause_word_in_small_letters_in_a_list_is_a_field(void **state)
{
    world *w = *state;
    refuse(w, "QUERY b.Post FIELDS title order pk", "NOFIELD", "ORDER");
    refuse(w, "QUERY b.Post ORDER title limit 0 1", "NOFIELD", "LIMIT");
    expect(w,
           "MODEL SET b.Odd '{\"fields\": {\"order\": {\"type\": \"int\"}, \"limit\": {\"type\": \"int\"}, \"year\": {\"type\": \"int\"}, \"exact\": "
           "{\"type\": \"int\"}}}'",
           "+OK");
    expect(w, "SAVE b.Odd order 1 limit 2 year 3 exact 4", ":1");
    expect(w, "QUERY b.Odd FILTER order 1 limit 2 year__gte 3 exact__exact 4 ORDER order limit LIMIT 0 1 FIELDS limit order year",
           "[{\"limit\"=#2,\"order\"=#1,\"year\"=#3}]");
}

static void names_that_are_not_there_are_errors(void **state)
{
    world *w = *state;
    refuse(w, "COUNT b.Pots", "NOMODEL", "b.Post");
    refuse(w, "COUNT b.Post FILTER titel x", "NOFIELD", "title");
    refuse(w, "COUNT b.Post FILTER title__exakt x", "NOLOOKUP", "exact");
    refuse(w, "QUERY b.Post ORDER titel", "NOFIELD", "title");
    refuse(w, "QUERY b.Post FIELDS titel", "NOFIELD", "title");
    refuse(w, "SAVE b.Post titel x", "NOFIELD", "title");
    refuse(w, "QUERY b.Post FITLER title x", "SYNTAX", "FILTER");
    refuse(w, "COUNT b.Post FILTER title__ x", "NOLOOKUP", "");
    refuse(w, "COUNT b.Post FILTER __title x", "NOFIELD", "");
    refuse(w, "COUNT b.Post FILTER '' x", "NOFIELD", "");
    refuse(w, "NOTHING b.Post", "SYNTAX", "unknown command");
    refuse(w, "MODEL FROB b.Post", "SYNTAX", "FROB");
}

static void arguments_that_are_missing_or_wrong_are_errors(void **state)
{
    static const char *const wrong[] = {"COUNT b.Post FILTER",
                                        "COUNT b.Post FILTER title",
                                        "COUNT b.Post EXCLUDE",
                                        "QUERY b.Post ORDER",
                                        "QUERY b.Post FIELDS",
                                        "QUERY b.Post LIMIT 0",
                                        "QUERY b.Post LIMIT",
                                        "QUERY b.Post FLAT",
                                        "QUERY b.Post FIELDS pk title FLAT",
                                        "QUERY b.Post FIELDS title title",
                                        "QUERY b.Post FIELDS id pk",
                                        "COUNT b.Post ORDER pk",
                                        "SAVE b.Post",
                                        "SAVE b.Post title",
                                        "SAVE b.Post NULL",
                                        "SAVE b.Post title a NULL",
                                        "SAVE b.Post JSON",
                                        "SAVE b.Post BY",
                                        "SAVE b.Post BY slug BY slug slug a",
                                        "GET b.Post",
                                        "GET b.Post 1 ORDER pk",
                                        "GET b.Post 1 FIELDS",
                                        "MODEL GET",
                                        "MODEL SET b.Post",
                                        "EXPLAIN QUERY",
                                        "INDEX CHECK b.Post NOW",
                                        "INDEX LIST",
                                        "COUNT"};
    for (size_t i = 0; i < COUNT(wrong); i++) refuse(*state, wrong[i], "SYNTAX", "");
    static const char *const bad[] = {"QUERY b.Post LIMIT -1 1",
                                      "QUERY b.Post LIMIT 0 -2",
                                      "QUERY b.Post LIMIT 0 x",
                                      "QUERY b.Post LIMIT 0 99999999999999999999",
                                      "COUNT b.Post FILTER views__in 3",
                                      "COUNT b.Post FILTER views__in {}",
                                      "COUNT b.Post FILTER views__in [1",
                                      "COUNT b.Post FILTER views__range [1]",
                                      "COUNT b.Post FILTER views__range [1,2,3]",
                                      "COUNT b.Post FILTER views__range [1,null]",
                                      "COUNT b.Post FILTER views__in [[1]]",
                                      "COUNT b.Post FILTER views__isnull 2",
                                      "COUNT b.Post FILTER views__isnull ''",
                                      "COUNT b.Post FILTER views ''",
                                      "COUNT b.Post FILTER views ' 1'"};
    for (size_t i = 0; i < COUNT(bad); i++) refuse(*state, bad[i], "BADVALUE", "");
}

static void budgets_end_in_limit_errors_and_never_in_half_answers(void **state)
{
    world *w = *state;
    for (int i = 0; i < 40; i++) world_dof(w, "SAVE b.Post title t%d views %d", i, i);
    w->limits.max_results = 10;
    refuse(w, "QUERY b.Post", "LIMIT", "max-results");
    refuse(w, "QUERY b.Post LIMIT 0 11", "LIMIT", "max-results");
    refuse(w, "MGET b.Post 1 2 3 4 5 6 7 8 9 10 11", "LIMIT", "max-results");
    expect(w, "QUERY b.Post FILTER title__startswith t3 views__gt 35 FIELDS title FLAT ORDER pk", "[\"t36\",\"t37\",\"t38\",\"t39\"]");
    expect(w, "COUNT b.Post", ":40");
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_scan = 20;
    refuse(w, "COUNT b.Post FILTER views 3", "LIMIT", "max-scan");
    refuse(w, "DELETE b.Post FILTER views 3", "LIMIT", "max-scan");
    expect(w, "COUNT b.Post FILTER title t3", ":1");
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_memory = 1 << 16;
    char big[60000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = 0;
    world_do(w, "MODEL SET b.Note '{\"fields\": {\"body\": {\"type\": \"text\"}}}'");
    assert_string_equal(world_dof(w, "SAVE b.Note body %s", big), ":1");
    refuse(w, "MGET b.Note 1 1 1", "LIMIT", "max-memory");
    refuse(w,
           "SAVE b.Post JSON "
           "'[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},"
           "{},{},{},"
           "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}"
           ",{},{}]'",
           "LIMIT", "max-memory");
}

/* Written by others, and then by us, before anybody has read. */
static void several_wrong_entries_of_one_set_are_all_found(void **state)
{
    world *w = *state;
    static const char *const values[] = {"a", "c", "b"};
    nr_pair gone = {NR_S("t"), {NULL, 0}};
    expect(w, "MODEL SET x.A '{\"fields\": {\"t\": {\"type\": \"char\", \"null\": true, \"index\": [\"exact\"]}}}'", "+OK");
    for (size_t i = 0; i < COUNT(values); i++) {
        for (int pk = 1; pk <= 3; pk++) world_dof(w, "SAVE x.A pk %d t %s", pk, values[i]);
        world_restart(w);
        for (int pk = 1; pk <= 3 && i + 1 < COUNT(values); pk++) {
            char key[16];
            snprintf(key, sizeof key, "x.A:%d", pk);
            world_put(w, nr_slice_of(key), &gone, 1);
        }
    }
    expect(w, "COUNT x.A FILTER t b", ":3");
    world_settle(w);
    check_indexes(w, "x.A");
    expect(w, "COUNT x.A FILTER t a", ":0");
    expect(w, "COUNT x.A FILTER t c", ":0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POSTS(an_entity_has_its_pk_first_then_all_fields_in_schema_order),
        POSTS(get_of_a_missing_entity_is_nil_and_mget_has_nil_in_its_place),
        POSTS(a_pk_is_found_by_any_spelling_of_its_value),
        POSTS(flat_gives_bare_values_and_withcount_the_total_before_limit),
        POSTS(no_entities_are_an_empty_array_and_zero),
        POSTS(save_changes_only_the_named_fields),
        POSTS(values_are_never_read_as_words),
        POSTS(a_field_given_twice_is_refused),
        POSTS(insert_and_update_say_what_must_be_there),
        POSTS(by_finds_the_entity_with_that_value_or_inserts),
        POSTS(an_auto_pk_is_one_that_nobody_has_and_a_failure_draws_none),
        POSTS(json_takes_an_object_or_an_atomic_batch),
        POSTS(unique_is_checked_on_the_state_after_the_whole_command),
        POSTS(bad_values_name_the_field_the_value_and_what_is_expected),
        EMPTY(the_clock_sets_auto_now_at_every_save_and_auto_now_add_at_insert),
        POSTS(delete_by_filters_by_pks_and_of_all),
        POSTS(what_is_all_gone_leaves_no_key_but_definition_and_counter),
        POSTS(a_clause_stands_once_and_filters_many_times),
        POSTS(a_clause_word_in_small_letters_in_a_list_is_a_field),
        POSTS(names_that_are_not_there_are_errors),
        POSTS(arguments_that_are_missing_or_wrong_are_errors),
        POSTS(budgets_end_in_limit_errors_and_never_in_half_answers),
        EMPTY(several_wrong_entries_of_one_set_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
