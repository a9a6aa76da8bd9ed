/* t_engine_containers.c -- fields that hold others, through the facade: saved, replied, found, migrated, followed, replicated. */
#include "engine_check.h"

#define T_FIELDS                                                                                                                                    \
    "\"tags\": {\"type\": \"list\", \"of\": {\"type\": \"char\", \"max_length\": 5, \"choices\": [\"a\", \"b\", \"c\"]}, \"default\": []}, "           \
    "\"nums\": {\"type\": \"set\", \"of\": {\"type\": \"int\", \"min\": 0}, \"null\": true, \"index\": [\"exact\", \"in\"]}, "                           \
    "\"by\": {\"type\": \"dict\", \"of\": {\"type\": \"decimal\", \"max_digits\": 5, \"decimal_places\": 2}, \"null\": true}, "                           \
    "\"home\": {\"type\": \"embedded\", \"null\": true, \"fields\": {\"city\": {\"type\": \"char\"}, \"zip\": {\"type\": \"int\", \"null\": true}, "     \
    "\"live\": {\"type\": \"bool\", \"default\": true}}}, "                                                                                         \
    "\"meta\": {\"type\": \"json\", \"null\": true, \"index\": [\"exact\", \"isnull\"]}"

static const char things[] = "MODEL SET t.T '{\"fields\": {" T_FIELDS "}}'";

static int set_up_things(void **state)
{
    set_up(state);
    return strcmp(world_do(*state, things), "+OK");
}

#define THINGS(name) cmocka_unit_test_setup_teardown(name, set_up_things, tear_down)

static void what_is_saved_is_replied_nested(void **state)
{
    world *w = *state;
    expect(
        w,
        "SAVE t.T tags '[\"b\",\"a\",\"b\"]' nums '[\"1\",\"2\",\"3\",\"2\",\"1\"]' by '{\"y\":1,\"x\":\"2.5\"}' home '{\"zip\":7,\"city\":\"B\"}' "
        "meta '{\"z\": [1.0, null], \"a\": \"x\"}'",
        ":1");
    expect(w, "GET t.T 1",
           "{\"id\"=#1,\"tags\"=[\"b\",\"a\",\"b\"],\"nums\"=<#1,#2,#3>,\"by\"={\"x\"=\"2.50\",\"y\"=\"1.00\"},"
           "\"home\"={\"city\"=\"B\",\"zip\"=#7,\"live\"=?1},\"meta\"=\"{\\x22a\\x22:\\x22x\\x22,\\x22z\\x22:[1.0,null]}\"}");
    expect(w, "SAVE t.T nums [] by {} meta null", ":2");
    expect(w, "GET t.T 2", "{\"id\"=#2,\"tags\"=[],\"nums\"=<>,\"by\"={},\"home\"=nil,\"meta\"=\"null\"}");
    expect(w,
           "SAVE t.T JSON '{\"id\": 3, \"tags\": [\"c\"], \"nums\": [3, \"1\"], \"home\": {\"city\": \"C\", \"live\": false}, \"meta\": \"a\", "
           "\"by\": null}'",
           ":3");
    expect(w, "GET t.T 3",
           "{\"id\"=#3,\"tags\"=[\"c\"],\"nums\"=<#1,#3>,\"by\"=nil,\"home\"={\"city\"=\"C\",\"zip\"=nil,\"live\"=?0},\"meta\"=\"\\x22a\\x22\"}");
    expect(w, "SAVE t.T JSON '{\"id\": 3, \"meta\": null, \"tags\": \"[\\\"a\\\"]\"}'", ":3");
    expect(w, "QUERY t.T FILTER id 3 FIELDS meta tags", "[{\"meta\"=nil,\"tags\"=[\"a\"]}]");
    check_indexes(w, "t.T");
}

static void free_values_are_replied_as_what_they_are(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET t.F '{\"fields\": {\"l\": {\"type\": \"list\"}, \"d\": {\"type\": \"dict\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE t.F l '[1,-0,1.5,1e2,0.1000000000000000000001,1e400,9223372036854775807,9223372036854775808,true,null,\"a\\n\",[[]],{\"b\":{}}]'",
           ":1");
    expect(w, "GET t.F 1 FIELDS l",
           "{\"l\"=[#1,#0,~1.5,~100,\"0.1000000000000000000001\",\"1e400\",#9223372036854775807,\"9223372036854775808\",?1,nil,\"a\\x0a\",[[]],{"
           "\"b\"={}}]}");
}

static void bad_values_inside_are_refused_by_place(void **state)
{
    world *w = *state;
    refuse(w, "SAVE t.T tags Hinata", "BADVALUE", "field 'tags' got 'Hinata', expected a JSON array");
    refuse(w, "SAVE t.T tags '[\"a\",\"b\",\"toolong\"]'", "BADVALUE", "field 'tags': item 2 got 'toolong', expected at most 5 characters, got 7");
    refuse(w, "SAVE t.T tags '[\"d\"]'", "BADVALUE", "field 'tags': item 0 got 'd', expected one of 'a', 'b', 'c'");
    refuse(w, "SAVE t.T nums '[1,-1]'", "BADVALUE", "field 'nums': item 1 got '-1', expected at least 0");
    refuse(w, "SAVE t.T nums '[1,null]'", "BADVALUE", "field 'nums': item 1 got null, expected an integer");
    refuse(w, "SAVE t.T by '{\"a\":\"1.234\"}'", "BADVALUE",
           "field 'by': key 'a' got '1.234', expected a decimal number of at most 3 digits before the point and 2 behind it");
    refuse(w, "SAVE t.T by '{\"a\":1,\"a\":2}'", "BADVALUE", "field 'by' got 'a', expected each key once");
    refuse(w, "SAVE t.T home '{\"zip\":1}'", "BADVALUE", "field 'home' got no 'city', expected a value for it");
    refuse(w, "SAVE t.T home '{\"city\":\"B\",\"town\":1}'", "BADVALUE",
           "field 'home' got the key 'town', expected one of its fields: city, zip, live");
    refuse(w, "SAVE t.T meta '{\"a\":}'", "BADVALUE", "expected JSON (JSON, line 1, column 6");
    refuse(w, "SAVE t.T JSON '{\"tags\": {\"a\": 1}}'", "BADVALUE", "field 'tags' got a JSON object, expected a JSON array");
    refuse(w, "SAVE t.T JSON '{\"nums\": [1, true]}'", "BADVALUE", "field 'nums': item 1 got a JSON boolean");
    refuse(w, "SAVE t.T JSON '{\"tags\": null}'", "NOTNULL", "'tags'");
}

static void whole_values_are_found_however_they_are_written(void **state)
{
    world *w = *state;
    expect(w, "SAVE t.T nums [3,1,2] meta '{\"a\":1,\"b\":[]}'", ":1");
    expect(w, "SAVE t.T nums [] tags '[\"a\"]'", ":2");
    expect(w, "SAVE t.T meta null", ":3");
    expect(w, "QUERY t.T FILTER nums 2 FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER nums__len 0 FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY t.T FILTER nums__len__gte 3 FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER nums__contains_all '[3,\"1\"]' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER nums__contains_all [] ORDER pk FIELDS pk FLAT", "[#1,#2]");
    expect(w, "COUNT t.T FILTER nums__contains_all [3,4]", ":0");
    expect(w, "QUERY t.T FILTER nums__overlap [4,3] FIELDS pk FLAT", "[#1]");
    expect(w, "COUNT t.T FILTER nums__overlap []", ":0");
    expect(w, "QUERY t.T FILTER nums__lt 2 nums__gt 2 FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T EXCLUDE nums__lt 2 ORDER pk FIELDS pk FLAT", "[#2,#3]");
    expect(w, "QUERY t.T FILTER tags__icontains A FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY t.T FILTER nums__isnull true FIELDS pk FLAT", "[#3]");
    expect(w, "COUNT t.T FILTER tags__isnull true", ":0");
    expect(w, "QUERY t.T Q '{\"nums\": null}' FIELDS pk FLAT", "[#3]");
    expect(w, "QUERY t.T WHERE 'nums != null' ORDER pk FIELDS pk FLAT", "[#1,#2]");
    expect(w, "QUERY t.T FILTER nums__in [7,3,null] ORDER pk FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER meta__a 1.0 FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER meta__a__gt 0 FIELDS pk FLAT", "[#1]");
    expect(w, "COUNT t.T FILTER meta__a__lt '\"z\"'", ":0");
    expect(w, "QUERY t.T FILTER meta__c__isnull true ORDER pk FIELDS pk FLAT", "[#1,#2,#3]");
    expect(w, "QUERY t.T FILTER meta__has_key b FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER meta__has_keys '[\"a\",\"b\"]' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER meta__has_any_keys '[\"x\",\"b\"]' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER meta '{\"b\": [], \"a\": 1}' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T FILTER meta null FIELDS pk FLAT", "[#3]");
    expect(w, "QUERY t.T FILTER meta__isnull true FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY t.T EXCLUDE nums 1 ORDER pk FIELDS pk FLAT", "[#2,#3]");
    expect(w, "QUERY t.T Q '{\"meta\": {\"b\": [], \"a\": 1}}' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY t.T Q '{\"nums\": \"3\"}' FIELDS pk FLAT", "[#1]");
    expect(w, "COUNT t.T FILTER nums 99999999999999999999", ":0");
    expect(w, "SAVE t.T meta '\"red\"'", ":4");
    expect(w, "QUERY t.T FILTER meta red FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY t.T FILTER meta '\"red\"' FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY t.T Q '{\"meta__in\": [[], \"red\"]}' FIELDS pk FLAT", "[#4]");
    expect(w, "COUNT t.T FILTER meta [1,", ":0");
    refuse(w, "COUNT t.T FILTER nums x", "BADVALUE", "field 'nums' got 'x', expected an integer");
    refuse(w, "COUNT t.T FILTER nums__lt [1]", "BADVALUE", "");
    refuse(w, "COUNT t.T FILTER nums__month 1", "NOLOOKUP", "");
    check_indexes(w, "t.T");
}

/* Others write JSON as they like: what decodes is an entity, and is compared by value. */
static void a_hash_of_another_client_counts_by_value(void **state)
{
    world *w = *state;
    const nr_pair loose[] = {{NR_S("id"), NR_S("5")},
                             {NR_S("tags"), NR_S("[ \"zzzzzzzz\" ]")},
                             {NR_S("nums"), NR_S("[ 2,1, 2 ]")},
                             {NR_S("meta"), NR_S("{\"b\":1, \"a\":2}")}};
    const nr_pair bad[] = {{NR_S("id"), NR_S("6")}, {NR_S("tags"), NR_S("[]")}, {NR_S("nums"), NR_S("[\"x\"]")}};
    expect(w, "COUNT t.T", ":0");
    world_put(w, NR_S("t.T:5"), loose, 4);
    world_put(w, NR_S("t.T:6"), bad, 3);
    world_settle(w);
    expect(w, "QUERY t.T FILTER nums__contains_all [1,2] FIELDS pk tags meta", "[{\"pk\"=#5,\"tags\"=[\"zzzzzzzz\"],\"meta\"=\"{\\x22a\\x22:2,\\x22b\\x22:1}\"}]");
    expect(w, "COUNT t.T", ":1");
    check_indexes(w, "t.T");
    expect(w, "SAVE t.T id 5 nums [2]", ":5");
    expect(w, "COUNT t.T FILTER nums 1", ":0");
    check_indexes(w, "t.T");
}

static void a_field_is_added_with_a_default_and_inside_without(void **state)
{
    world *w = *state;
    expect(w, "SAVE t.T home '{\"city\":\"B\"}'", ":1");
    expect(w, "MODEL SET t.T '{\"fields\": {" T_FIELDS ", \"more\": {\"type\": \"dict\", \"default\": {\"b\": [1], \"a\": null}}}}'", "+OK");
    expect(w, "GET t.T 1 FIELDS more home", "{\"more\"={\"a\"=nil,\"b\"=[#1]},\"home\"={\"city\"=\"B\",\"zip\"=nil,\"live\"=?1}}");
    expect(w, "MODEL SET t.T '{\"fields\": {" T_FIELDS ", \"more\": {\"type\": \"dict\", \"default\": {\"b\": 1}, \"unique\": false}}}'", "+OK");
    refuse(w, "MODEL SET t.T '{\"fields\": {" T_FIELDS ", \"more\": {\"type\": \"dict\", \"of\": {\"type\": \"int\"}}}}'", "BADVALUE",
           "fields.more.of: cannot be changed while the model has entities");
    check_indexes(w, "t.T");
}

static const char holder[] =
    "MODEL SET a.Man '{\"fields\": {\"home\": {\"type\": \"embedded\", \"to\": \"a.Address\", \"null\": true, \"index\": [\"exact\"]}}}'";

/* The definition of the embedded model is followed, as that of a parent is. */
static void a_model_follows_the_one_that_it_embeds(void **state)
{
    world *w = *state;
    expect(w, holder, "+OK");
    refuse(w, "SAVE a.Man home '{\"city\":\"B\"}'", "NOMODEL", "field 'home' refers to model 'a.Address', which is not defined");
    expect(w, "SAVE a.Man NULL home", ":1");
    expect(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "SAVE a.Man home '{\"city\":\"B\"}'", ":2");
    refuse(w, "MODEL DROP a.Address", "PROTECTED", "a.Man embeds a.Address");
    refuse(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"char\"}, \"zip\": {\"type\": \"int\"}}}'", "BADVALUE",
           "fields.home.to.zip: a field added to an embedded entity while the model has entities needs \"null\": true");
    refuse(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"town\": {\"type\": \"char\"}}}'", "BADVALUE",
           "fields.home.to.city: cannot be dropped");
    refuse(w,
           "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"char\"}, \"man\": {\"type\": \"embedded\", \"to\": "
           "\"a.Man\", \"null\": true}}}'",
           "BADVALUE", "cannot be inside itself");
    expect(w,
           "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"zip\": {\"type\": \"int\", \"null\": true}, \"city\": {\"type\": \"char\"}}}'",
           "+OK");
    expect(w, "QUERY a.Man FILTER home '{\"city\":\"B\"}'", "[{\"id\"=#2,\"home\"={\"zip\"=nil,\"city\"=\"B\"}}]");
    expect(w, "SAVE a.Man id 2 home '{\"city\":\"B\",\"zip\":\"5\"}'", ":2");
    expect(w, "GET a.Man 2", "{\"id\"=#2,\"home\"={\"zip\"=#5,\"city\"=\"B\"}}");
    check_indexes(w, "a.Man");
    world_restart(w);
    expect(w, "QUERY a.Man FILTER home '{\"zip\":5,\"city\":\"B\"}' FIELDS pk FLAT", "[#2]");
    expect(w, "MODEL DROP a.Man ENTITIES", "+OK");
    expect(w, "MODEL DROP a.Address", "+OK");
}

static const char city_indexed[] =
    "MODEL SET a.Man '{\"fields\": {\"home\": {\"type\": \"embedded\", \"to\": \"a.Address\", \"null\": true, "
    "\"index\": [\"city__exact\", \"city__icontains\", \"geo__lat__lt\"]}, "
    "\"all\": {\"type\": \"list\", \"of\": {\"type\": \"embedded\", \"to\": \"a.Address\"}, \"index\": [\"city__exact\"]}}}'";
static const char geo[] = "MODEL SET a.Geo '{\"abstract\": true, \"fields\": {\"lat\": {\"type\": \"int\"}}}'";
static const char address[] = "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"char\"}, "
                              "\"geo\": {\"type\": \"embedded\", \"to\": \"a.Geo\", \"null\": true}}}'";

static void expect_index(world *w, const char *index, const char *filter, const char *pks)
{
    char got[200];
    snprintf(got, sizeof got, "QUERY a.Man %s FIELDS pk FLAT", filter);
    expect(w, got, pks);
    snprintf(got, sizeof got, "EXPLAIN QUERY a.Man %s FIELDS pk FLAT", filter);
    if (!strstr(world_do(w, got), index)) fail_msg("not by %s: %s", index, world_do(w, got));
}

static void say_men(world *w)
{
    expect_index(w, "index=home__city.value.set", "FILTER home__city Rome", "[#1]");
    expect_index(w, "index=home__city.folded_substrings.set", "FILTER home__city__icontains ROM", "[#1]");
    expect_index(w, "index=home__geo__lat.value", "FILTER home__geo__lat__lt 50", "[#1]");
    expect_index(w, "index=all.each__city.value.set", "FILTER all__city Oslo", "[#2]");
    check_indexes(w, "a.Man");
}

static void indexes_go_into_embedded_models(void **state)
{
    world *w = *state;
    expect(w, geo, "+OK");
    expect(w, address, "+OK");
    expect(w, city_indexed, "+OK");
    expect(w, "SAVE a.Man home '{\"city\":\"Rome\",\"geo\":{\"lat\":41}}' all '[]'", ":1");
    expect(w, "SAVE a.Man home '{\"city\":\"Oslo\",\"geo\":{\"lat\":59}}' all '[{\"city\":\"Rome\"},{\"city\":\"Oslo\"}]'", ":2");
    expect(w, "SAVE a.Man NULL home all '[]'", ":3");
    say_men(w);
    world_restart(w);
    say_men(w);
    expect(w, "INDEX CREATE a.Man home city__endswith", "+OK");
    expect_index(w, "index=home__city.reversed", "FILTER home__city__endswith e", "[#1]");
    refuse(w, "INDEX CREATE a.Man home town__exact", "NOLOOKUP", "no lookup 'town__exact' on field 'home'");
    expect(w, "INDEX DROP a.Man home city__endswith", "+OK");
    expect(w, "SAVE a.Man pk 1 home '{\"city\":\"Bern\"}'", ":1");
    expect(w, "COUNT a.Man FILTER home__city Rome", ":0");
    check_indexes(w, "a.Man");
}

static void indexes_follow_the_embedded_model(void **state)
{
    world *w = *state;
    expect(w, city_indexed, "+OK"); /* it comes later */
    refuse(w, "INDEX CREATE a.Man home city__lt", "NOMODEL", "field 'home' embeds model 'a.Address', which is not defined");
    refuse(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"town\": {\"type\": \"char\"}}}'", "BADVALUE",
           "a.Man refers to a.Address: fields.home.index");
    expect(w, geo, "+OK");
    expect(w, address, "+OK");
    expect(w, "SAVE a.Man pk 1 home '{\"city\":\"Rome\",\"geo\":{\"lat\":41}}' all '[]'", ":1");
    expect(w, "SAVE a.Man pk 2 home '{\"city\":\"Oslo\",\"geo\":{\"lat\":59}}' all '[{\"city\":\"Rome\"},{\"city\":\"Oslo\"}]'", ":2");
    say_men(w);
    refuse(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"geo\": {\"type\": \"embedded\", \"to\": \"a.Geo\", \"null\": true}}}'",
           "BADVALUE", "fields.home.");
    say_men(w);
    expect(w,
           "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"zip\": {\"type\": \"int\", \"null\": true}, \"city\": {\"type\": \"char\"}, "
           "\"geo\": {\"type\": \"embedded\", \"to\": \"a.Geo\", \"null\": true}}}'",
           "+OK");
    say_men(w);
    expect(w, "INDEX CREATE a.Man home zip__exact", "+OK");
    expect(w, "SAVE a.Man pk 2 home '{\"city\":\"Oslo\",\"zip\":5}'", ":2");
    expect_index(w, "index=home__zip.value.set", "FILTER home__zip 5", "[#2]");
    expect(w, "DELETE a.Man ALL", ":2");
    refuse(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"town\": {\"type\": \"char\"}}}'", "BADVALUE", "fields.home.index");
    expect(w, "MODEL SET a.Man '{\"fields\": {\"home\": {\"type\": \"embedded\", \"to\": \"a.Address\", \"null\": true}}}'", "+OK");
    expect(w, "MODEL SET a.Address '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"int\"}}}'", "+OK"); /* the wish for zip sleeps */
    expect(w, "SAVE a.Man pk 7 home '{\"city\":7}'", ":7");
    check_indexes(w, "a.Man");
}

static void a_null_in_a_dict_is_there_and_equal_to_null(void **state)
{
    static const char *const indexes[] = {"", ",\"index\":[\"a__exact\",\"a__isnull\"]", ",\"index\":[\"a__lt\",\"a__isnull\"]", ",\"index\":[\"a__exact\"]"};
    world *w = *state;
    for (size_t i = 0; i < 4; i++) {
        world_dof(w, "MODEL SET d.D '{\"fields\": {\"d\": {\"type\": \"dict\", \"of\": {\"type\": \"int\", \"null\": true}, \"null\": true%s}}}'", indexes[i]);
        expect(w, "SAVE d.D JSON '[{\"id\":1,\"d\":{\"a\":null}},{\"id\":2,\"d\":{\"b\":1}},{\"id\":3,\"d\":{\"a\":3}},{\"id\":4,\"d\":null}]'", "[:1,:2,:3,:4]");
        expect(w, "QUERY d.D FILTER d__a__isnull true ORDER pk FIELDS pk FLAT", "[#2,#4]");
        expect(w, "QUERY d.D FILTER d__a__isnull false ORDER pk FIELDS pk FLAT", "[#1,#3]");
        expect(w, "QUERY d.D EXCLUDE d__a__isnull true ORDER pk FIELDS pk FLAT", "[#1,#3]");
        expect(w, "QUERY d.D FILTER d__a null FIELDS pk FLAT", "[#1]");
        expect(w, "QUERY d.D EXCLUDE d__a null ORDER pk FIELDS pk FLAT", "[#2,#3,#4]");
        expect(w, "QUERY d.D Q '{\"d__a\":null}' FIELDS pk FLAT", "[#1]");
        expect(w, "QUERY d.D WHERE 'd__a = null' FIELDS pk FLAT", "[#1]");
        expect(w, "QUERY d.D WHERE 'd__a != null' ORDER pk FIELDS pk FLAT", "[#2,#3,#4]");
        expect(w, "QUERY d.D FILTER d__a__lt 9 FIELDS pk FLAT", "[#3]");
        expect(w, "QUERY d.D EXCLUDE d__a 3 ORDER pk FIELDS pk FLAT", "[#1,#2,#4]");
        expect(w, "QUERY d.D FILTER d__has_key a ORDER pk FIELDS pk FLAT", "[#1,#3]");
        expect(w, "SAVE d.D pk 1 d '{\"b\":1}'", ":1");
        expect(w, "SAVE d.D pk 3 d '{\"a\":null}'", ":3");
        expect(w, "QUERY d.D FILTER d__a__isnull true ORDER pk FIELDS pk FLAT", "[#1,#2,#4]");
        expect(w, "QUERY d.D FILTER d__a null FIELDS pk FLAT", "[#3]");
        check_indexes(w, "d.D");
        expect(w, "MODEL DROP d.D ENTITIES", "+OK");
    }
    /* where no null can be, none is equal to it, and its name is text */
    expect(w, "MODEL SET d.D '{\"fields\": {\"d\": {\"type\": \"dict\", \"of\": {\"type\": \"char\"}, \"index\": [\"a__exact\"]}}}'", "+OK");
    expect(w, "SAVE d.D JSON '[{\"id\":1,\"d\":{\"a\":\"null\"}},{\"id\":2,\"d\":{}}]'", "[:1,:2]");
    expect(w, "QUERY d.D FILTER d__a null FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY d.D Q '{\"d__a\":null}' FIELDS pk FLAT", "[]");
    expect(w, "QUERY d.D FILTER d__a__isnull true FIELDS pk FLAT", "[#2]");
    if (!strstr(world_do(w, "EXPLAIN QUERY d.D FILTER d__a__isnull true"), "index=d__a.value.set")) fail_msg("%s", w->reply.p);
}

static void a_unique_json_is_found_by_its_value(void **state)
{
    world *w = *state;
    static const char *const indexes[] = {"", ",\"index\":[\"exact\"]", ",\"index\":[\"lt\"]"};
    for (size_t i = 0; i < 3; i++) {
        world_dof(w, "MODEL SET d.J '{\"fields\": {\"j\": {\"type\": \"json\", \"unique\": true, \"null\": true%s}}}'", indexes[i]);
        expect(w, "SAVE d.J JSON '[{\"id\":1,\"j\":{\"a\":1}},{\"id\":2,\"j\":5},{\"id\":3,\"j\":\"5\"}]'", "[:1,:2,:3]");
        expect(w, "QUERY d.J FILTER j 5 FIELDS pk FLAT", "[#2]");
        expect(w, "QUERY d.J FILTER j '{\"a\":1}' FIELDS pk FLAT", "[#1]");
        expect(w, "QUERY d.J FILTER j__lt 6 FIELDS pk FLAT", "[#2]");
        refuse(w, "SAVE d.J j 5", "NOTUNIQUE", "'5' is taken by '2'");
        expect(w, "SAVE d.J BY j j 5", ":2");
        check_indexes(w, "d.J");
        expect(w, "MODEL DROP d.J ENTITIES", "+OK");
    }
}

static void references_inside_hold_their_model(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.Pet '{\"fields\": {\"owners\": {\"type\": \"list\", \"of\": {\"type\": \"fk\", \"to\": \"a.Owner\"}, \"default\": [1]}}}'",
           "+OK");
    refuse(w, "SAVE a.Pet owners [1]", "NOMODEL", "field 'owners' refers to model 'a.Owner', which is not defined");
    refuse(w, "MODEL SET a.Owner '{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"uuid\"}}}'", "BADVALUE",
           "a.Pet refers to a.Owner: fields.owners.default");
    expect(w, "MODEL SET a.Owner '{}'", "+OK");
    expect(w, "SAVE a.Pet owners '[7,\"8\"]'", ":1");
    expect(w, "GET a.Pet 1", "{\"id\"=#1,\"owners\"=[#7,#8]}");
    refuse(w, "MODEL DROP a.Owner", "PROTECTED", "a.Pet refers to a.Owner");
}

/* A copy gets what was stored, not what its own definition would fill in. */
static void copies_get_values_with_their_defaults(void **state)
{
    world *w = *state;
    world copy;
    world_open(&copy);
    copy.applied = true;
    w->replica = &copy;
    expect(w,
           "MODEL SET t.R '{\"fields\": {\"home\": {\"type\": \"embedded\", \"fields\": {\"city\": {\"type\": \"char\"}, \"live\": {\"type\": "
           "\"bool\", \"default\": true}}}}}'",
           "+OK");
    expect(w, "SAVE t.R id 1 home '{\"city\":\"B\"}'", ":1");
    if (!strstr(w->replicated.p, "true")) fail_msg("replicated: %s", w->replicated.p);
    expect(w, "SAVE t.R id 2 home '{\"city\":\"B\",\"live\":0}'", ":2");
    copy.applied = false;
    expect(&copy, "QUERY t.R ORDER pk", "[{\"id\"=#1,\"home\"={\"city\"=\"B\",\"live\"=?1}},{\"id\"=#2,\"home\"={\"city\"=\"B\",\"live\"=?0}}]");
    assert_true(world_digest(w) == world_digest(&copy));
    w->replica = NULL;
    world_close(&copy);
}

static void a_column_and_a_unique_value_work_as_of_text(void **state)
{
    world *w = *state;
    expect(w,
           "MODEL SET t.C '{\"fields\": {\"l\": {\"type\": \"list\", \"column\": true}, \"u\": {\"type\": \"json\", \"unique\": true, \"null\": "
           "true}}}'",
           "+OK");
    expect(w, "SAVE t.C l '[1, 2]' u '{\"a\":1,\"b\":2}'", ":1");
    expect(w, "SAVE t.C l '[2]'", ":2");
    refuse(w, "SAVE t.C l [] u '{\"b\":2,\"a\":1}'", "NOTUNIQUE", "'u'");
    expect(w, "SAVE t.C BY u u '{\"b\":2, \"a\":1}' l [3]", ":1");
    expect(w, "QUERY t.C FILTER l 3 FIELDS pk l", "[{\"pk\"=#1,\"l\"=[#3]}]");
    expect(w, "SAVE t.C JSON '[{\"id\":1,\"u\":[1]},{\"id\":2,\"u\":{\"b\":2,\"a\":1}}]'", "[:1,:2]");
    check_indexes(w, "t.C");
}

static void an_operand_beyond_64_bits_overlaps_nothing(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET t.Big '{\"fields\": {\"l\": {\"type\": \"list\", \"of\": {\"type\": \"int\"}, \"index\": [\"overlap\"]}}}'", "+OK");
    expect(w, "SAVE t.Big l [-9223372036854775808,9223372036854775807]", ":1");
    expect(w, "COUNT t.Big FILTER l__overlap [77,-9223372036854775809]", ":0");
    expect(w, "COUNT t.Big FILTER l__overlap [9223372036854775808]", ":0");
    expect(w, "COUNT t.Big FILTER l__contains_all [9223372036854775808]", ":0");
    expect(w, "COUNT t.Big FILTER l__overlap [9223372036854775807,9223372036854775808]", ":1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(an_operand_beyond_64_bits_overlaps_nothing),
        THINGS(what_is_saved_is_replied_nested),          EMPTY(free_values_are_replied_as_what_they_are),
        THINGS(bad_values_inside_are_refused_by_place),   THINGS(whole_values_are_found_however_they_are_written),
        THINGS(a_hash_of_another_client_counts_by_value), THINGS(a_field_is_added_with_a_default_and_inside_without),
        EMPTY(a_model_follows_the_one_that_it_embeds),    EMPTY(references_inside_hold_their_model),
        EMPTY(indexes_go_into_embedded_models),           EMPTY(indexes_follow_the_embedded_model),
        EMPTY(a_null_in_a_dict_is_there_and_equal_to_null), EMPTY(a_unique_json_is_found_by_its_value),
        EMPTY(copies_get_values_with_their_defaults),     EMPTY(a_column_and_a_unique_value_work_as_of_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
