/* t_unique.c -- what no two entities may have: values together, and a value within a date, a month or a year. Over both stores. */
#include "engine_check.h"

typedef void (*fn)(world *w);

static void in_both(world *w, fn f, const char *model)
{
    for (int memory = 0; memory < 2; memory++) {
        w->in_memory = memory;
        f(w);
        world_settle(w);
        check_indexes(w, model);
        world_restart(w);
        check_indexes(w, model);
        world_dof(w, "MODEL DROP %s ENTITIES", model);
    }
}

#define TOGETHER                                                                                                                                     \
    "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true}, \"b\": {\"type\": \"char\", \"null\": true}, \"c\": {\"type\": "            \
    "\"int\", \"default\": 0}}, \"unique_together\": [[\"a\", \"b\"]]}'"

static void together(world *w)
{
    expect(w, TOGETHER, "+OK");
    expect(w, "SAVE a.X a 1 b x", ":1");
    expect(w, "SAVE a.X a 1 b y", ":2");
    expect(w, "SAVE a.X a 2 b x", ":3");
    refuse(w, "SAVE a.X a 1 b x", "NOTUNIQUE", "fields 'a', 'b' of a.X: '1', 'x' is taken by '1'");
    refuse(w, "SAVE a.X pk 2 b x", "NOTUNIQUE", "'1', 'x' is taken by '1'");
    refuse(w, "SAVE a.X UPDATE pk 3 a 1", "NOTUNIQUE", "is taken by '1'");
    refuse(w, "SAVE a.X pk 77 a 1 b y", "NOTUNIQUE", "is taken by '2'");
    expect(w, "SAVE a.X pk 1 a 1 b x c 5", ":1");
    expect(w, "SAVE a.X pk 2 c 6", ":2");
    expect(w, "SAVE a.X pk 1 b z", ":1");
    expect(w, "SAVE a.X pk 2 b x", ":2");
    expect(w, "DELETE a.X PK 2", ":1");
    expect(w, "SAVE a.X a 1 b x", ":4");
    expect(w, "SAVE a.X a -1 b x", ":5");
    refuse(w, "SAVE a.X a -1 b x", "NOTUNIQUE", "'-1', 'x' is taken by '5'");
}

static void values_are_unique_together(void **state)
{
    in_both(*state, together, "a.X");
}

static void nulls(world *w)
{
    expect(w, TOGETHER, "+OK");
    for (int i = 1; i <= 3; i++) {
        assert_string_not_equal(world_do(w, "SAVE a.X a 1"), "");
        assert_string_not_equal(world_do(w, "SAVE a.X b x"), "");
        assert_string_not_equal(world_do(w, "SAVE a.X c 1"), "");
    }
    expect(w, "COUNT a.X", ":9");
    expect(w, "SAVE a.X pk 1 b x", ":1");
    refuse(w, "SAVE a.X pk 2 a 1", "NOTUNIQUE", "is taken by '1'");
    refuse(w, "SAVE a.X pk 4 b x", "NOTUNIQUE", "is taken by '1'");
    expect(w, "SAVE a.X pk 1 NULL a", ":1");
    expect(w, "SAVE a.X pk 2 a 1", ":2");
    expect(w, "SAVE a.X b ''", ":10");
    expect(w, "SAVE a.X a 1 b ''", ":11");
    refuse(w, "SAVE a.X a 1 b ''", "NOTUNIQUE", "'1', '' is taken by '11'");
}

static void a_null_among_them_never_collides(void **state)
{
    in_both(*state, nulls, "a.X");
}

static void batches(world *w)
{
    expect(w, TOGETHER, "+OK");
    expect(w, "SAVE a.X JSON '[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"},{\"a\":1,\"b\":\"y\"}]'", "[:1,:2,:3]");
    refuse(w, "SAVE a.X JSON '[{\"a\":5,\"b\":\"x\"},{\"a\":5,\"b\":\"x\"}]'", "NOTUNIQUE", "'5', 'x' is taken by");
    refuse(w, "SAVE a.X JSON '[{\"a\":5,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}]'", "NOTUNIQUE", "'2', 'y' is taken by '2'");
    expect(w, "SAVE a.X JSON '[{\"pk\":1,\"a\":2,\"b\":\"y\"},{\"pk\":2,\"a\":1,\"b\":\"x\"}]'", "[:1,:2]");
    expect(w, "QUERY a.X FILTER a 2 b y FIELDS pk FLAT", "[#1]");
    expect(w, "SAVE a.X JSON '[{\"pk\":1,\"b\":\"x\"},{\"pk\":2,\"b\":\"y\"},{\"pk\":3,\"b\":\"x\"}]'", "[:1,:2,:3]");
    refuse(w, "SAVE a.X JSON '[{\"pk\":1,\"b\":\"z\"},{\"pk\":2,\"b\":\"x\"}]'", "NOTUNIQUE", "'1', 'x' is taken by '3'");
}

static void a_batch_may_swap_them(void **state)
{
    in_both(*state, batches, "a.X");
}

static void changed(world *w)
{
    expect(w, "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true}, \"b\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    for (int i = 0; i < 1200; i++) world_dof(w, "SAVE a.X a %d b x%d", i % 100, i / 100);
    expect(w, "COUNT a.X FILTER b x3", ":100");
    expect(w, "SAVE a.X a 5 b x3", ":1201");
    refuse(w,
           "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true}, \"b\": {\"type\": \"char\", \"null\": true}}, "
           "\"unique_together\": [\"a\", \"b\"]}'",
           "NOTUNIQUE", "fields 'a', 'b' of a.X: '5', 'x3' is held by several entities");
    expect(w, "SAVE a.X a 5 b x3", ":1202");
    check_indexes(w, "a.X");
    expect(w, "DELETE a.X PK 1201 1202", ":2");
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true}, \"b\": {\"type\": \"char\", \"null\": true}}, "
           "\"unique_together\": [\"a\", \"b\"]}'",
           "+OK");
    refuse(w, "SAVE a.X a 5 b x3", "NOTUNIQUE", "'5', 'x3' is taken by '306'");
    expect(w, "SAVE a.X pk 306 b y", ":306");
    expect(w, "SAVE a.X a 5 b x3", ":1203");
    check_indexes(w, "a.X");
    expect(w, "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true}, \"b\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE a.X a 5 b x3", ":1204");
}

static void model_set_holds_what_is_there_to_it(void **state)
{
    in_both(*state, changed, "a.X");
}

static void defaults(world *w)
{
    expect(w, "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "SAVE a.X a 1", ":1");
    expect(w, "SAVE a.X a 2", ":2");
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\"}, \"b\": {\"type\": \"char\", \"default\": \"d\"}}, \"unique_together\": [[\"b\", "
           "\"a\"]]}'",
           "+OK");
    refuse(w, "SAVE a.X a 2", "NOTUNIQUE", "fields 'b', 'a' of a.X: 'd', '2' is taken by '2'");
    expect(w, "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\"}, \"b\": {\"type\": \"char\", \"default\": \"d\"}}}'", "+OK");
    expect(w, "SAVE a.X a 2", ":3");
    refuse(w,
           "MODEL SET a.X '{\"fields\": {\"a\": {\"type\": \"int\"}, \"b\": {\"type\": \"char\", \"default\": \"d\"}, \"c\": {\"type\": \"int\", "
           "\"default\": 7}}, "
           "\"unique_together\": [[\"c\", \"a\"]]}'",
           "NOTUNIQUE", "fields 'c', 'a' of a.X: '7', '2' is held by several entities");
}

static void a_field_that_comes_with_a_default_is_held_to_it(void **state)
{
    in_both(*state, defaults, "a.X");
}

static void put(world *w, const char *key, const char *field, const char *value)
{
    nr_pair p = {nr_slice_of(field), value ? nr_slice_of(value) : (nr_slice){NULL, 0}};
    world_put(w, nr_slice_of(key), &p, 1);
}

static void outside(world *w)
{
    expect(w, TOGETHER, "+OK");
    expect(w, "SAVE a.X a 1 b x", ":1");
    expect(w, "SAVE a.X a 1 b y", ":2");
    put(w, "a.X:2", "b", "x");
    expect(w, "COUNT a.X FILTER a 1 b x", ":2");
    expect(w, "SAVE a.X pk 2 c 9", ":2");
    refuse(w, "SAVE a.X a 1 b x", "NOTUNIQUE", "'1', 'x' is taken by");
    expect(w, "SAVE a.X pk 2 b z", ":2");
    refuse(w, "SAVE a.X pk 2 b x", "NOTUNIQUE", "is taken by '1'");
    put(w, "a.X:1", "b", "z");
    world_settle(w);
    check_indexes(w, "a.X");
    expect(w, "SAVE a.X a 1 b x", ":3");
    put(w, "a.X:3", "a", NULL);
    expect(w, "SAVE a.X a 1 b x", ":4");
    world_remove(w, NR_S("a.X:4"));
    expect(w, "SAVE a.X pk 3 a 1", ":3");
}

static void what_others_write_is_not_held_to_it_but_counts(void **state)
{
    in_both(*state, outside, "a.X");
}

/* -- periods ------------------------------------------------------------------------------------------------------------------------------- */

#define PERIOD(type, option)                                                                                                                         \
    "MODEL SET a.X '{\"fields\": {\"s\": {\"type\": \"char\", \"null\": true, \"unique_for_" option "\": \"d\"}, \"d\": {\"type\": \"" type             \
    "\", \"null\": true}, \"c\": {\"type\": \"int\", \"default\": 0}}}'"

static void dates(world *w)
{
    expect(w, PERIOD("datetime", "date"), "+OK");
    expect(w, "SAVE a.X s a d 2026-11-22T23:59:59Z", ":1");
    expect(w, "SAVE a.X s a d 2026-11-23T00:00:00Z", ":2");
    refuse(w, "SAVE a.X s a d 2026-11-22", "NOTUNIQUE", "fields 's', 'd__date' of a.X: 'a', '2026-11-22' is taken by '1'");
    refuse(w, "SAVE a.X s a d 2026-11-22T23:30:00-01:00", "NOTUNIQUE", "'2026-11-23' is taken by '2'");
    expect(w, "SAVE a.X s a d 2026-11-24T00:30:00+01:00 c 1", "-NOTUNIQUE fields 's', 'd__date' of a.X: 'a', '2026-11-23' is taken by '2'");
    expect(w, "SAVE a.X s b d 2026-11-22", ":3");
    expect(w, "SAVE a.X d 2026-11-22", ":4");
    expect(w, "SAVE a.X d 2026-11-22", ":5");
    expect(w, "SAVE a.X s a", ":6");
    expect(w, "SAVE a.X s a", ":7");
    refuse(w, "SAVE a.X pk 6 d 2026-11-22T10:00:00Z", "NOTUNIQUE", "is taken by '1'");
    refuse(w, "SAVE a.X pk 3 s a", "NOTUNIQUE", "is taken by '1'");
    expect(w, "SAVE a.X pk 1 d 2026-11-22T01:00:00Z", ":1");
    expect(w, "SAVE a.X JSON '[{\"pk\":1,\"d\":\"2026-11-23T05:00:00Z\"},{\"pk\":2,\"d\":\"2026-11-22T05:00:00Z\"}]'", "[:1,:2]");
    expect(w, "SAVE a.X s a d 1969-12-31T23:00:00Z", ":8");
    expect(w, "SAVE a.X s a d 1970-01-01T00:00:00Z", ":9");
    refuse(w, "SAVE a.X s a d 1969-12-31T01:00:00Z", "NOTUNIQUE", "is taken by '8'");
}

static void a_value_is_unique_for_a_date_in_utc(void **state)
{
    in_both(*state, dates, "a.X");
}

static void date_fields(world *w)
{
    expect(w, PERIOD("date", "date"), "+OK");
    expect(w, "SAVE a.X s a d 2026-11-22", ":1");
    expect(w, "SAVE a.X s a d 2026-11-23", ":2");
    refuse(w, "SAVE a.X s a d 2026-11-22", "NOTUNIQUE", "fields 's', 'd' of a.X: 'a', '2026-11-22' is taken by '1'");
}

static void a_date_field_counts_as_it_is(void **state)
{
    in_both(*state, date_fields, "a.X");
}

static void months(world *w)
{
    expect(w, PERIOD("date", "month"), "+OK");
    expect(w, "SAVE a.X s a d 2026-11-22", ":1");
    expect(w, "SAVE a.X s a d 2026-12-22", ":2");
    refuse(w, "SAVE a.X s a d 2026-11-01", "NOTUNIQUE", "fields 's', 'd__month' of a.X: 'a', '11' is taken by '1'");
    refuse(w, "SAVE a.X s a d 2020-11-01", "NOTUNIQUE", "is taken by '1'");
}

static void a_value_is_unique_for_a_month_of_whatever_year(void **state)
{
    in_both(*state, months, "a.X");
}

static void years(world *w)
{
    expect(w, PERIOD("datetime", "year"), "+OK");
    expect(w, "SAVE a.X s a d 2026-12-31T23:59:59Z", ":1");
    expect(w, "SAVE a.X s a d 2027-01-01", ":2");
    refuse(w, "SAVE a.X s a d 2026-01-01", "NOTUNIQUE", "fields 's', 'd__year' of a.X: 'a', '2026' is taken by '1'");
    refuse(w, "SAVE a.X s a d 2027-01-01T00:30:00+01:00", "NOTUNIQUE", "'2026' is taken by '1'");
}

static void a_value_is_unique_for_a_year(void **state)
{
    in_both(*state, years, "a.X");
}

/* -- the rest ------------------------------------------------------------------------------------------------------------------------------ */

static void inherited(world *w)
{
    expect(w,
           "MODEL SET a.Base '{\"abstract\": true, \"fields\": {\"s\": {\"type\": \"char\", \"unique_for_date\": \"d\"}, \"n\": {\"type\": \"int\"}, "
           "\"m\": {\"type\": \"int\"}}, \"unique_together\": [[\"n\", \"m\"]], \"indexes\": [{\"name\": \"i\", \"fields\": [\"-n\", \"pk\"]}]}'",
           "+OK");
    expect(w, "MODEL SET a.X '{\"extends\": [\"a.Base\"], \"fields\": {\"d\": {\"type\": \"date\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE a.X s a n 1 m 1 d 2026-01-01", ":1");
    refuse(w, "SAVE a.X s b n 1 m 1", "NOTUNIQUE", "fields 'n', 'm'");
    refuse(w, "SAVE a.X s a n 2 m 1 d 2026-01-01", "NOTUNIQUE", "fields 's', 'd'");
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "{\"name\"=\"i\",\"fields\"=[\"-n\",\"id\"]"));
    expect(w, "MODEL SET a.X '{\"extends\": [\"a.Base\"], \"fields\": {\"d\": {\"type\": \"date\", \"null\": true}}, \"unique_together\": []}'",
           "+OK");
    expect(w, "SAVE a.X s b n 1 m 1", ":2");
    refuse(w, "MODEL SET a.X '{\"extends\": [\"a.Base\"]}'", "NOFIELD", "fields.s.unique_for_date: no field 'd'");
    world_do(w, "MODEL DROP a.X ENTITIES");
    expect(w, "MODEL DROP a.Base", "+OK");
    expect(w, TOGETHER, "+OK");
}

static void children_inherit_what_parents_say(void **state)
{
    in_both(*state, inherited, "a.X");
}

static void relations(world *w)
{
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"to\": {\"type\": \"fk\", \"to\": \"a.Y\"}, \"s\": {\"type\": \"char\"}}, \"unique_together\": [[\"to\", "
           "\"s\"]]}'",
           "+OK");
    refuse(w, "SAVE a.X to k s x", "NOMODEL", "a.Y");
    expect(w, "MODEL SET a.Y '{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "SAVE a.X to k s x", ":1");
    expect(w, "SAVE a.X to kx s ''", ":2");
    refuse(w, "SAVE a.X to k s x", "NOTUNIQUE", "fields 'to', 's' of a.X: 'k', 'x' is taken by '1'");
    expect(w, "SAVE a.X to k s ''", ":3");
    assert_non_null(strstr(world_do(w, "EXPLAIN QUERY a.X FILTER to k s x"), "to.s.unique"));
    world_do(w, "MODEL DROP a.X ENTITIES");
    expect(w, "MODEL DROP a.Y", "+OK");
    expect(w, TOGETHER, "+OK");
}

static void a_relation_may_be_among_them(void **state)
{
    in_both(*state, relations, "a.X");
}

static void upserts(world *w)
{
    expect(
        w,
        "MODEL SET a.X '{\"fields\": {\"u\": {\"type\": \"slug\", \"unique\": true}, \"a\": {\"type\": \"int\", \"null\": true}, \"b\": {\"type\": "
        "\"int\", \"null\": true}}, \"unique_together\": [\"a\", \"b\"]}'",
        "+OK");
    expect(w, "SAVE a.X BY u u one a 1 b 1", ":1");
    expect(w, "SAVE a.X BY u u two a 1 b 2", ":2");
    expect(w, "SAVE a.X BY u u one a 1 b 1", ":1");
    refuse(w, "SAVE a.X BY u u two b 1", "NOTUNIQUE", "fields 'a', 'b' of a.X: '1', '1' is taken by '1'");
    refuse(w, "SAVE a.X BY u u three a 1 b 2", "NOTUNIQUE", "is taken by '2'");
    refuse(w, "SAVE a.X INSERT u one a 5", "NOTUNIQUE", "field 'u' of a.X: 'one' is taken by '1'");
    expect(w, "SAVE a.X BY u JSON '[{\"u\":\"one\",\"b\":2},{\"u\":\"two\",\"b\":1}]'", "[:1,:2]");
}

static void upserts_by_another_field_are_held_to_it(void **state)
{
    in_both(*state, upserts, "a.X");
}

static void a_copy_takes_what_its_primary_wrote(void **state)
{
    world *w = *state, copy;
    world_open(&copy);
    copy.applied = true;
    w->replica = &copy;
    expect(w, TOGETHER, "+OK");
    expect(w, "SAVE a.X JSON '[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}]'", "[:1,:2]");
    expect(w, "SAVE a.X JSON '[{\"pk\":1,\"a\":2,\"b\":\"y\"},{\"pk\":2,\"a\":1,\"b\":\"x\"}]'", "[:1,:2]");
    assert_string_equal(world_do(&copy, "QUERY a.X FILTER a 1 b x FIELDS pk FLAT"), "[#2]");
    check_indexes(&copy, "a.X");
    assert_true(world_digest(w) == world_digest(&copy));
    w->replica = NULL;
    world_close(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(values_are_unique_together),
        EMPTY(a_null_among_them_never_collides),
        EMPTY(a_batch_may_swap_them),
        EMPTY(model_set_holds_what_is_there_to_it),
        EMPTY(a_field_that_comes_with_a_default_is_held_to_it),
        EMPTY(what_others_write_is_not_held_to_it_but_counts),
        EMPTY(a_value_is_unique_for_a_date_in_utc),
        EMPTY(a_date_field_counts_as_it_is),
        EMPTY(a_value_is_unique_for_a_month_of_whatever_year),
        EMPTY(a_value_is_unique_for_a_year),
        EMPTY(children_inherit_what_parents_say),
        EMPTY(a_relation_may_be_among_them),
        EMPTY(upserts_by_another_field_are_held_to_it),
        EMPTY(a_copy_takes_what_its_primary_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
