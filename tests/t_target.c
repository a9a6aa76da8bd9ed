/* t_target.c -- the option `check`: what a reference is set to must be there, in the state behind the command. */
#include "engine_check.h"

#define CHECKED(to, more) "{\"type\": \"fk\", \"to\": \"" to "\", \"null\": true, \"check\": true" more "}"

static int set_up_models(void **state)
{
    set_up(state);
    world *w = *state;
    expect(w, "MODEL SET t.T '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "MODEL SET t.R '{\"fields\": {\"t\": " CHECKED("t.T", "") ", \"n\": {\"type\": \"int\", \"null\": true}, \"up\": " CHECKED("self", "") "}}'", "+OK");
    expect(w, "SAVE t.T JSON '[{}, {}]'", "[:1,:2]");
    return 0;
}

static void save_and_update_refuse_what_is_not_there(void **state)
{
    world *w = *state;
    refuse(w, "SAVE t.R t 3", "NOTFOUND", "field 't' of t.R: t.T has no entity '3'");
    refuse(w, "SAVE t.R JSON '[{\"t\": 1}, {\"t\": 9}]'", "NOTFOUND", "no entity '9'");
    expect(w, "SAVE t.R t 1", ":1");
    expect(w, "SAVE t.R NULL t", ":2");
    expect(w, "SAVE t.R JSON '[{\"t\": 1}, {\"t\": 2}, {\"t\": 1}, {\"t\": null}, {}]'", "[:3,:4,:5,:6,:7]");
    refuse(w, "SAVE t.R UPDATE pk 1 t 3", "NOTFOUND", "'3'");
    refuse(w, "UPDATE t.R ALL SET t 3", "NOTFOUND", "'3'");
    refuse(w, "UPDATE t.R ALL EXPR t 'F(t) + 1'", "NOTFOUND", "'3'");
    expect(w, "UPDATE t.R FILTER t 1 SET t 2", ":3");
    check_indexes(w, "t.R");
}

static void the_state_behind_the_command_counts(void **state)
{
    world *w = *state;
    refuse(w, "SAVE t.R up 5", "NOTFOUND", "t.R has no entity '5'");
    expect(w, "SAVE t.R JSON '[{\"up\": 2, \"pk\": 1}, {\"pk\": 2, \"up\": 1}, {\"pk\": 3, \"up\": 3}]'", "[:1,:2,:3]");
    expect(w, "SAVE t.R pk 4 up 4", ":4");
    expect(w, "DELETE t.R PK 1", ":1"); /* what dangles afterwards is on_delete's matter */
    expect(w, "COUNT t.R FILTER up 1", ":1");
}

static void a_reference_that_stays_as_it_is_may_dangle(void **state)
{
    world *w = *state;
    expect(w, "SAVE t.R t 1 n 1", ":1");
    expect(w, "DELETE t.T PK 1", ":1");
    expect(w, "SAVE t.R pk 1 n 2", ":1");
    expect(w, "SAVE t.R pk 1 n 3 t 1", ":1");
    expect(w, "UPDATE t.R ALL SET n 4", ":1");
    refuse(w, "SAVE t.R t 1", "NOTFOUND", "'1'");
    expect(w, "UPDATE t.R ALL NULL t", ":1");
    refuse(w, "UPDATE t.R ALL SET t 1", "NOTFOUND", "'1'");
}

static void what_is_no_entity_is_not_there(void **state)
{
    world *w = *state;
    nr_pair bad = {NR_S("n"), NR_S("x")}, good = {NR_S("n"), NR_S("5")};
    world_put(w, NR_S("t.T:7"), &bad, 1);
    refuse(w, "SAVE t.R t 7", "NOTFOUND", "'7'");
    world_put(w, NR_S("t.T:7"), &good, 1);
    expect(w, "SAVE t.R t 7", ":1");
    world_remove(w, NR_S("t.T:7"));
    refuse(w, "SAVE t.R t 7", "NOTFOUND", "'7'");
    w->now_us = 1000000000;
    expect(w, "SAVE t.T TTL 1 pk 8", ":8");
    expect(w, "SAVE t.R t 8", ":2");
    w->now_us += 2000000;
    refuse(w, "SAVE t.R t 8", "NOTFOUND", "'8'");
}

static void defaults_are_checked_as_they_are_written(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET t.D '{\"fields\": {\"t\": " CHECKED("t.T", ", \"default\": 3, \"on_delete\": \"set_default\"") ", \"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    refuse(w, "SAVE t.D n 1", "NOTFOUND", "'3'");
    expect(w, "SAVE t.D t 1", ":1");
    refuse(w, "DELETE t.T PK 1", "NOTFOUND", "field 't' of t.D: t.T has no entity '3'");
    expect(w, "SAVE t.T pk 3", ":3");
    expect(w, "SAVE t.D n 1", ":2");
    refuse(w, "DELETE t.T PK 1 3", "NOTFOUND", "'3'");
    expect(w, "DELETE t.T PK 1", ":1");
    expect(w, "QUERY t.D FIELDS t FLAT", "[#3,#3]");
    refuse(w, "DELETE t.T ALL", "NOTFOUND", "'3'");
    check_indexes(w, "t.D");
}

static void a_copy_is_not_asked(void **state)
{
    world *w = *state;
    w->applied = true;
    expect(w, "SAVE t.R pk 1 t 3", ":1");
    w->applied = false;
    world_restart(w);
    expect(w, "COUNT t.R FILTER t 3", ":1");
    refuse(w, "SAVE t.R t 3", "NOTFOUND", "'3'");
}

int main(void)
{
#define MODELS(name) cmocka_unit_test_setup_teardown(name, set_up_models, tear_down)
    const struct CMUnitTest tests[] = {
        MODELS(save_and_update_refuse_what_is_not_there),
        MODELS(the_state_behind_the_command_counts),
        MODELS(a_reference_that_stays_as_it_is_may_dangle),
        MODELS(what_is_no_entity_is_not_there),
        MODELS(defaults_are_checked_as_they_are_written),
        MODELS(a_copy_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
