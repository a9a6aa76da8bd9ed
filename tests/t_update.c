/* t_update.c -- UPDATE, and SAVE with IF: what they change, what stops them, and what a replica gets. */
#include "engine_check.h"

static const char model[] =
    "MODEL SET u.X '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"m\": {\"type\": \"int\", \"default\": 5}, "
    "\"small\": {\"type\": \"smallint\", \"null\": true, \"max\": 100}, \"f\": {\"type\": \"float\", \"null\": true}, "
    "\"d\": {\"type\": \"decimal\", \"max_digits\": 6, \"decimal_places\": 2, \"null\": true, \"index\": true}, "
    "\"t\": {\"type\": \"char\", \"max_length\": 5, \"null\": true, \"index\": [\"exact\"]}, \"s\": {\"type\": \"slug\", \"null\": true, \"unique\": "
    "true}, "
    "\"k\": {\"type\": \"int\", \"null\": true, \"unique\": true}, \"day\": {\"type\": \"date\", \"null\": true}, "
    "\"at\": {\"type\": \"datetime\", \"null\": true}, \"tags\": {\"type\": \"set\", \"of\": {\"type\": \"int\"}, \"null\": true, \"index\": true}, "
    "\"touched\": {\"type\": \"datetime\", \"auto_now\": true, \"null\": true}, \"made\": {\"type\": \"datetime\", \"auto_now_add\": true, \"null\": "
    "true}}}'";

static int set_up_three(void **state)
{
    set_up(state);
    world *w = *state;
    if (strcmp(world_do(w, model), "+OK") != 0) fail_msg("%s", w->reply.p);
    expect(w, "SAVE u.X n 1 m 10 d 1.10 t a s s1 k 1 f 0.5", ":1");
    expect(w, "SAVE u.X n 2 m 20 d 2.25 t b s s2 k 2 day 2026-01-31", ":2");
    expect(w, "SAVE u.X n 3 m 30 t c s s3 k 3", ":3");
    return 0;
}

/* As QUERY and EXPLAIN say. What DELETE names by key is asked for itself. */
static void entities_that_cannot_be_read_before_their_target_is_defined_were_passed_over(void **state)
{
    world *w = *state;
    const nr_pair later = {NR_S("x"), NR_S("5")};
    expect(w, "MODEL SET u.M '{\"fields\": {\"x\": {\"type\": \"fk\", \"to\": \"u.Later\", \"null\": true}, \"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE u.M n 1", ":1");
    world_put(w, NR_S("u.M:2"), &later, 1);
    world_do(w, "COUNT u.M");
    world_settle(w);
    refuse(w, "UPDATE u.M ALL SET n 2", "NOMODEL", "u.Later");
    refuse(w, "EXPLAIN UPDATE u.M ALL SET n 2", "NOMODEL", "u.Later");
    refuse(w, "DELETE u.M FILTER n__isnull 1", "NOMODEL", "u.Later");
    refuse(w, "DELETE u.M ALL", "NOMODEL", "u.Later");
    expect(w, "DELETE u.M PK 1", ":1");
    expect(w, "MODEL SET u.Later '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "UPDATE u.M ALL SET n 2", ":1");
    expect(w, "DELETE u.M ALL", ":1");
}

static void all_matching_entities_change_and_their_number_is_the_reply(void **state)
{
    world *w = *state;
    expect(w, "UPDATE u.X FILTER n__gte 2 SET t x m 7", ":2");
    expect(w, "QUERY u.X FILTER t x ORDER pk FIELDS pk FLAT", "[#2,#3]");
    expect(w, "QUERY u.X ORDER pk FIELDS m FLAT", "[#10,#7,#7]");
    expect(w, "UPDATE u.X FILTER n__gte 2 SET t x m 7", ":2");
    expect(w, "UPDATE u.X FILTER n 99 SET t y", ":0");
    expect(w, "UPDATE u.X ALL NULL t d", ":3");
    expect(w, "COUNT u.X FILTER t__isnull 1 d__isnull 1", ":3");
    expect(w, "UPDATE u.X SET n 4 tags '[3,1,3]' WHERE 'n = 3 or n = 2' NULL s", ":2");
    expect(w, "QUERY u.X FILTER tags 3 ORDER pk FIELDS pk FLAT", "[#2,#3]");
    expect(w, "update u.X set m 1 FILTER k 1", ":1");
    expect(w, "UPDATE u.X Q '{\"or\":[{\"k\":1},{\"k\":2}]}' EXCLUDE k 2 SET m 2", ":1");
    check_indexes(w, "u.X");
}

static void expressions_see_the_entity_as_it_was(void **state)
{
    world *w = *state;
    expect(w, "UPDATE u.X ALL EXPR n F(m) m F(n)", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS n FLAT", "[#10,#20,#30]");
    expect(w, "QUERY u.X ORDER pk FIELDS m FLAT", "[#1,#2,#3]");
    expect(w, "UPDATE u.X ALL SET m 0 EXPR n 'F(m) * 2 + 1' k -F(k)", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS n FLAT", "[#3,#5,#7]");
    expect(w, "COUNT u.X FILTER n__gt 4", ":2");
    expect(w, "UPDATE u.X FILTER k -1 EXPR n 7", ":1");
    check_indexes(w, "u.X");
}

static void results_are_exact_and_decimals_rounded_half_to_even(void **state)
{
    world *w = *state;
    expect(w, "UPDATE u.X ALL EXPR d 'F(d) / 2' f 'F(n) / 3'", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS d FLAT", "[\"0.55\",\"1.12\",nil]");
    expect(w, "QUERY u.X ORDER pk FIELDS f FLAT", "[~0.3333333333333333,~0.6666666666666666,~1]");
    expect(w, "UPDATE u.X ALL EXPR n 'F(n) / 3 * 3' m 'F(m) // 3'", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS n FLAT", "[#1,#2,#3]");
    expect(w, "QUERY u.X ORDER pk FIELDS m FLAT", "[#3,#6,#10]");
    expect(w, "UPDATE u.X FILTER k 1 SET n 9007199254740993", ":1");
    expect(w, "UPDATE u.X FILTER k 1 EXPR n 'F(n) + 1'", ":1");
    expect(w, "QUERY u.X FILTER k 1 FIELDS n FLAT", "[#9007199254740994]");
    expect(w, "UPDATE u.X FILTER k 1 EXPR m 'F(n) % 10'", ":1");
    expect(w, "QUERY u.X FILTER k 1 FIELDS m FLAT", "[#4]");
}

static void fields_of_other_types_can_be_copied(void **state)
{
    world *w = *state;
    expect(w, "UPDATE u.X ALL EXPR t F(s) day F(touched__date)", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS t FLAT", "[\"s1\",\"s2\",\"s3\"]");
    check_indexes(w, "u.X");
    refuse(w, "UPDATE u.X ALL EXPR day F(at)", "BADVALUE", "does not take");
    refuse(w, "UPDATE u.X ALL EXPR n F(t)", "BADVALUE", "does not take");
    refuse(w, "UPDATE u.X ALL EXPR t F(n)", "BADVALUE", "does not take");
    refuse(w, "UPDATE u.X ALL EXPR t 5", "BADVALUE", "which is of type number");
    refuse(w, "UPDATE u.X ALL EXPR tags 5", "BADVALUE", "does not take");
    refuse(w, "UPDATE u.X ALL EXPR t F(tags)", "SYNTAX", "no single value");
}

static void null_in_is_null_out(void **state)
{
    world *w = *state;
    expect(w, "UPDATE u.X ALL EXPR f 'F(d) * 0 + 1' n 'F(small) + 1' t F(t)", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS f FLAT", "[~1,~1,nil]");
    expect(w, "COUNT u.X FILTER n__isnull 1", ":3");
    refuse(w, "UPDATE u.X ALL EXPR m 'F(m) + F(small)'", "NOTNULL", "field 'm'");
    refuse(w, "UPDATE u.X ALL NULL m", "NOTNULL", "field 'm'");
    check_indexes(w, "u.X");
}

/* Each stops at one entity, and refuse sees to it that nothing is written. */
static void one_bad_entity_stops_all(void **state)
{
    static const struct {
        const char *changes, *code, *words;
    } all[] = {
        {"EXPR m 'F(m) / 7'", "BADVALUE", "'F(m) / 7' is '10/7', expected a whole number (entity '1')"},
        {"EXPR m 'F(m) / (F(n) - 3)'", "BADVALUE", "divides by zero"},
        {"EXPR m '20 // (F(n) - 3)'", "BADVALUE", "divides by zero (entity '3')"},
        {"EXPR m 'F(m) % (F(n) - 3)'", "BADVALUE", "divides by zero"},
        {"EXPR n 'F(n) * 9223372036854775807'", "BADVALUE", "'18446744073709551614', expected an integer"},
        {"EXPR n '-9223372036854775808 - F(n)'", "BADVALUE", "-9223372036854775809"},
        {"EXPR n 'F(n) * 99999999999999999999999999999999999999 * 2'", "BADVALUE", "more than 38 digits"},
        {"EXPR f 'F(f) + 1e38 * 1e38'", "SYNTAX", "up to 38 digits"},
        {"EXPR d 'F(d) * 10000'", "BADVALUE", "'11000.00'"},
        {"EXPR d 'F(d) * 1e36'", "BADVALUE", "expected a decimal number"},
        {"EXPR small 'F(n) * 50'", "BADVALUE", "at most 100"},
        {"EXPR small 'F(n) * 20000'", "BADVALUE", "expected"},
        {"SET t abcdef", "BADVALUE", "at most 5"},
        {"SET n x", "BADVALUE", "'x'"},
        {"SET s one", "NOTUNIQUE", "taken"},
        {"EXPR k 'F(k) // 2'", "NOTUNIQUE", "field 'k'"},
        {"SET id 5", "SYNTAX", "primary key 'id'"},
        {"SET pk 5", "SYNTAX", "primary key"},
        {"EXPR id F(n)", "SYNTAX", "primary key"},
        {"NULL pk", "SYNTAX", "primary key"},
        {"SET zz 5", "NOFIELD", "zz"},
        {"SET n 5 n 6", "SYNTAX", "twice"},
        {"SET n 5 EXPR n 6", "SYNTAX", "twice"},
        {"SET n 5 NULL n", "SYNTAX", "twice"},
        {"SET n", "SYNTAX", "no value"},
        {"EXPR n", "SYNTAX", "no value"},
        {"SET NULL n", "SYNTAX", "SET needs"},
        {"EXPR SET n 1", "SYNTAX", "EXPR needs"},
        {"NULL SET n 1", "SYNTAX", "NULL needs"},
        {"EXPR n m", "SYNTAX", "character 1: got 'm', expected a number or F(field)"},
        {"EXPR n 'F(n) F(m)'", "SYNTAX", "character 6"},
        {"EXPR n ''", "SYNTAX", "character 1: got the end"},
        {"EXPR t null", "SYNTAX", "SET takes values"},
        {"EXPR n (1,2)", "SYNTAX", "SET takes values"},
        {"EXPR n $a", "SYNTAX", "character 1: got '$', expected a number or F(field)"},
        {"EXPR n 'F(n) + $a'", "SYNTAX", "character 8: got '$', expected a number or F(field)"},
        {"EXPR n F(zz)", "NOFIELD", "zz"},
        {"LIMIT 0 1", "SYNTAX", "unexpected"},
        {"ALL SET n 1", "SYNTAX", "twice"},
        {"FILTER n 1 SET n 1", "SYNTAX", "not both"},
    };
    char command[256];
    for (size_t i = 0; i < COUNT(all); i++) {
        snprintf(command, sizeof command, "UPDATE u.X ALL %s", all[i].changes);
        refuse(*state, command, all[i].code, all[i].words);
    }
    refuse(*state, "UPDATE u.X SET n 1 m 1", "SYNTAX", "UPDATE needs filters, or ALL");
    refuse(*state, "UPDATE u.X FILTER n 1 k 1", "SYNTAX", "UPDATE needs SET, EXPR or NULL");
    refuse(*state, "UPDATE u.None ALL SET n 1", "NOMODEL", "u.None");
}

static void unique_values_are_checked_on_the_state_after_all_of_it(void **state)
{
    world *w = *state;
    expect(w, "UPDATE u.X ALL EXPR k 'F(k) + 1'", ":3");
    expect(w, "UPDATE u.X ALL EXPR k '5 - F(k)'", ":3");
    expect(w, "QUERY u.X ORDER pk FIELDS k FLAT", "[#3,#2,#1]");
    refuse(w, "UPDATE u.X FILTER k 3 SET k 2", "NOTUNIQUE", "taken by");
    expect(w, "UPDATE u.X ALL NULL k", ":3");
    check_indexes(w, "u.X");
}

static void auto_now_is_set_unless_it_is_given(void **state)
{
    world *w = *state;
    world_do(w, "GET u.X 1 FIELDS made");
    char made[64];
    snprintf(made, sizeof made, "%s", w->reply.p);
    w->now_us = 1800000000000000;
    expect(w, "UPDATE u.X FILTER k 1 SET m 1", ":1");
    expect(w, "GET u.X 1 FIELDS touched", "{\"touched\"=\"2027-01-15T08:00:00Z\"}");
    expect(w, "GET u.X 1 FIELDS made", made);
    expect(w, "UPDATE u.X FILTER k 1 SET touched 2026-01-01", ":1");
    expect(w, "GET u.X 1 FIELDS touched", "{\"touched\"=\"2026-01-01T00:00:00Z\"}");
    expect(w, "UPDATE u.X FILTER k 1 NULL touched", ":1");
    expect(w, "GET u.X 1 FIELDS touched", "{\"touched\"=nil}");
}

static void a_replica_gets_what_was_resolved(void **state)
{
    world *w = *state, copy;
    world_open(&copy);
    copy.applied = true;
    world_do(&copy, model);
    for (int i = 1; i <= 3; i++) world_dof(&copy, "SAVE u.X pk %d m 1", i);
    w->replica = &copy;
    expect(w, "UPDATE u.X ALL SET t z", ":3");
    w->replica = NULL;
    assert_non_null(strstr(w->replicated.p, "\"NONREL.SAVE\" \"u.X\" \"pk\" \"1\" \"t\" \"z\""));
    assert_null(strstr(w->replicated.p, "UPDATE"));
    expect(w, "UPDATE u.X FILTER n 99 SET t y", ":0");
    assert_int_equal(w->replicated.n, 0);
    assert_non_null(strstr(world_do(&copy, "QUERY u.X ORDER pk FIELDS t FLAT"), "[\"z\",\"z\",\"z\"]"));
    world_close(&copy);
}

static void too_much_is_a_limit_and_changes_nothing(void **state)
{
    world *w = *state;
    w->limits.max_memory = 1;
    refuse(w, "UPDATE u.X ALL SET t z", "LIMIT", "");
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_scan = 1;
    refuse(w, "UPDATE u.X ALL SET t z", "LIMIT", "");
    w->limits = NR_LIMITS_DEFAULT;
}

static void explain_update_is_the_plan_of_its_filters(void **state)
{
    world *w = *state;
    assert_non_null(strstr(world_do(w, "EXPLAIN UPDATE u.X FILTER n 1 SET m 1"), "n.value"));
    assert_true(world_do(w, "EXPLAIN UPDATE u.X ALL EXPR m 'F(m) + 1'")[0] == '[');
    refuse(w, "EXPLAIN UPDATE u.X SET m 1", "SYNTAX", "needs filters");
    refuse(w, "EXPLAIN UPDATE u.X ALL SET m x", "BADVALUE", "'x'");
    refuse(w, "EXPLAIN UPDATE u.X", "SYNTAX", "needs filters");
    expect(w, "QUERY u.X ORDER pk FIELDS m FLAT", "[#10,#20,#30]");
}

/* -- SAVE IF ------------------------------------------------------------------------------------------------------------------------------ */

static void save_if_changes_only_what_is_as_it_says(void **state)
{
    world *w = *state;
    expect(w, "SAVE u.X IF t a IF n__lt 2 pk 1 t d", ":1");
    refuse(w, "SAVE u.X IF t a pk 1 t e", "CONFLICT", "t__exact 'a'");
    refuse(w, "SAVE u.X IF t d IF n 5 pk 1 t e", "CONFLICT", "n__exact '5'");
    refuse(w, "SAVE u.X IF t__isnull 0 pk 9 t e", "CONFLICT", "no entity '9'");
    refuse(w, "SAVE u.X IF t__isnull 1 t e", "CONFLICT", "no entity");
    refuse(w, "SAVE u.X UPDATE IF t d pk 9 t e", "NOTFOUND", "'9'");
    refuse(w, "SAVE u.X INSERT IF t d pk 1 t e", "EXISTS", "'1'");
    refuse(w, "SAVE u.X INSERT IF t d pk 9 t e", "CONFLICT", "'9'");
    expect(w, "SAVE u.X BY s IF k 2 s s2 t e", ":2");
    refuse(w, "SAVE u.X BY s IF k 3 s s2 t f", "CONFLICT", "'2'");
    expect(w, "SAVE u.X IF t e JSON '{\"pk\": 2, \"t\": \"g\"}'", ":2");
    refuse(w, "SAVE u.X IF zz 1 pk 1 t e", "NOFIELD", "zz");
    refuse(w, "SAVE u.X IF n x pk 1 t e", "BADVALUE", "'x'");
    refuse(w, "SAVE u.X IF n__foo 1 pk 1 t e", "NOLOOKUP", "foo");
    refuse(w, "SAVE u.X IF n 1", "CONFLICT", "no entity");
    refuse(w, "SAVE u.X IF n", "SYNTAX", "IF needs");
    check_indexes(w, "u.X");
}

static void save_if_asks_each_entity_of_a_batch_as_it_was(void **state)
{
    world *w = *state;
    refuse(w, "SAVE u.X IF n__lte 2 JSON '[{\"pk\":1,\"t\":\"x\"},{\"pk\":3,\"t\":\"x\"}]'", "CONFLICT", "'3'");
    refuse(w, "SAVE u.X IF n__lte 2 JSON '[{\"pk\":1,\"t\":\"x\"},{\"pk\":7,\"t\":\"x\"}]'", "CONFLICT", "'7'");
    expect(w, "SAVE u.X IF n__lte 2 JSON '[{\"pk\":1,\"n\":8},{\"pk\":2,\"n\":8},{\"pk\":1,\"t\":\"x\"}]'", "[:1,:2,:1]");
    refuse(w, "SAVE u.X IF n__lte 2 JSON '[{\"pk\":1,\"n\":8}]'", "CONFLICT", "'1'");
    expect(w, "SAVE u.X IF n__lte 2 JSON '[]'", "[]");
    check_indexes(w, "u.X");
}

static void save_if_is_resolved_before_it_is_replicated(void **state)
{
    world *w = *state, copy;
    world_open(&copy);
    copy.applied = true;
    world_do(&copy, model);
    for (int i = 1; i <= 3; i++) world_dof(&copy, "SAVE u.X pk %d m 1", i);
    w->replica = &copy;
    expect(w, "SAVE u.X IF n 1 pk 1 t y touched 2026-01-01", ":1");
    w->replica = NULL;
    assert_non_null(strstr(w->replicated.p, "\"NONREL.SAVE\" \"u.X\" \"pk\" \"1\" \"t\" \"y\""));
    assert_non_null(strstr(world_do(&copy, "QUERY u.X ORDER pk FIELDS t FLAT"), "[\"y\",nil,nil]"));
    world_close(&copy);
}

int main(void)
{
#define THREE(name) cmocka_unit_test_setup_teardown(name, set_up_three, tear_down)
    const struct CMUnitTest tests[] = {
        THREE(entities_that_cannot_be_read_before_their_target_is_defined_were_passed_over),
        THREE(all_matching_entities_change_and_their_number_is_the_reply),
        THREE(expressions_see_the_entity_as_it_was),
        THREE(results_are_exact_and_decimals_rounded_half_to_even),
        THREE(fields_of_other_types_can_be_copied),
        THREE(null_in_is_null_out),
        THREE(one_bad_entity_stops_all),
        THREE(unique_values_are_checked_on_the_state_after_all_of_it),
        THREE(auto_now_is_set_unless_it_is_given),
        THREE(a_replica_gets_what_was_resolved),
        THREE(too_much_is_a_limit_and_changes_nothing),
        THREE(explain_update_is_the_plan_of_its_filters),
        THREE(save_if_changes_only_what_is_as_it_says),
        THREE(save_if_asks_each_entity_of_a_batch_as_it_was),
        THREE(save_if_is_resolved_before_it_is_replicated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
