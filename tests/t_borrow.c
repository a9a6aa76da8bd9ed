/* t_borrow.c -- indexes along references (INDEX CREATE x.Post author__name iexact): what they answer, and that they stay true whatever is written to whom, by whom. */
#include "borrow.h"
#include "inject.h"

/* -- answers ------------------------------------------------------------------------------------------------------------------------------ */

static void a_lookup_behind_references_is_answered_by_an_index(void **state)
{
    world *w = *state;
    posts(w, "FILTER author__name__iexact ANN", "[#1,#2]");
    posts(w, "FILTER author__name Bob", "[]");
    posts(w, "FILTER author__age__lt 40", "[#1,#2]");
    posts(w, "FILTER author__age__gte 35", "[#3]");
    posts(w, "FILTER author__city__name Rome", "[#3]");
    posts(w, "FILTER author__city__name__isnull 1", "[#4,#5]");
    posts(w, "EXCLUDE author__city__name Rome", "[#1,#2,#4,#5]");
    posts(w, "FILTER author__name__iexact ann title b", "[#2]");
    posts(w, "FILTER author__name__iexact ann author__city__name Oslo author__age 30", "[#1,#2]");
    posts(w, "Q '{\"or\": [{\"author__name\": \"bob\"}, {\"title\": \"d\"}]}'", "[#3,#4]");
    posts(w, "Q '{\"not\": {\"author__name__iexact\": \"ann\"}}'", "[#3,#4,#5]");
    posts(w, "FILTER author__name__iexact ann author__name__contains n", "[#1,#2]");
    expect(w, "COUNT b.Post FILTER author__name__iexact ANN", ":2");
    expect(w, "AGGREGATE b.Post FILTER author__city__name Oslo COUNT *", "[{\"count\"=#2}]");
}

static void the_plan_says_which_index(void **state)
{
    world *w = *state;
    explains(w, "QUERY b.Post FILTER author__name__iexact x", "index=author__name.folded");
    explains(w, "QUERY b.Post FILTER author__name__iexact x", "\"Passes index, borrowed\"");
    explains(w, "AGGREGATE b.Post FILTER author__name__iexact x COUNT *", ", borrowed\"");
    explains(w, "QUERY b.Post ORDER author__age LIMIT 0 2", "borrowed");
    assert_null(strstr(world_do(w, "EXPLAIN QUERY b.Post FILTER author__name__contains x"), "borrowed"));
    explains(w, "COUNT b.Post FILTER author__age__lt 3", "Count index=author__age.value");
    explains(w, "QUERY b.Post FILTER author__name__contains x", "SemiJoin author to b.User");
    explains(w, "QUERY b.Post FILTER author__name x author__name__contains x", "index=author__name.value.set");
    explains(w, "QUERY b.Post FILTER author__name x author__name__contains x", "SemiJoin author to b.User");
    assert_null(strstr(world_do(w, "EXPLAIN QUERY b.Post FILTER author__city__name x"), "SemiJoin"));
    explains(w, "AGGREGATE b.Post FILTER author__city__name Oslo COUNT *", "author__city__name");
}

static void an_order_along_references_is_a_walk_of_its_index(void **state)
{
    world *w = *state;
    for (int i = 0; i < 50; i++) world_dof(w, "SAVE b.Post author %d", 1 + i % 3);
    explains(w, "QUERY b.Post ORDER author__age LIMIT 0 2", "index=author__age.value");
    char *walked = strdup(world_do(w, "QUERY b.Post ORDER -author__age title LIMIT 0 7 FIELDS pk author__age"));
    w->passes_off = NR_PASS_BORROWED;
    assert_string_equal(world_do(w, "QUERY b.Post ORDER -author__age title LIMIT 0 7 FIELDS pk author__age"), walked);
    free(walked);
    walked = strdup(world_do(w, "QUERY b.Post ORDER author__age LIMIT 2 9 FIELDS pk author__age title"));
    w->passes_off = 0;
    assert_string_equal(world_do(w, "QUERY b.Post ORDER author__age LIMIT 2 9 FIELDS pk author__age title"), walked);
    free(walked);
}

/* Values of other models stand behind what is borrowed, read from columns or not. */
static void groups_by_fields_of_other_models_are_as_ever(void **state)
{
    static const char *const groups = "[{\"author__city__name\"=nil,\"count\"=#2,\"author__age__sum\"=nil},{\"author__city__name\"=\"Oslo\",\"count\"=#2,\"author__age__sum\"=#60},"
                                      "{\"author__city__name\"=\"Rome\",\"count\"=#1,\"author__age__sum\"=#40}]";
    world *w = *state;
    expect(w, "AGGREGATE b.Post GROUPBY author__city__name COUNT * SUM author__age ORDER author__city__name", groups);
    expect(w, "INDEX CREATE b.City name exact", "+OK");
    expect(w, "INDEX CREATE b.User age exact", "+OK");
    world_settle(w);
    expect(w, "AGGREGATE b.Post GROUPBY author__city__name COUNT * SUM author__age ORDER author__city__name", groups);
    expect(w, "AGGREGATE b.Post GROUPBY author__city__name COUNT * FILTER author__age__lt 40", "[{\"author__city__name\"=\"Oslo\",\"count\"=#2}]");
    expect(w, "QUERY b.Post DISTINCT FIELDS author__city__name FLAT", "[nil,\"Oslo\",\"Rome\"]");
}

static void whole_entities_are_replied_as_ever(void **state)
{
    world *w = *state;
    expect(w, "QUERY b.Post FILTER author__name Ann title b", "[{\"id\"=#2,\"title\"=\"b\",\"author\"=#1}]");
    expect(w, "QUERY b.Post FILTER author__name Ann FIELDS pk author__name author__city__name ORDER pk LIMIT 0 1",
           "[{\"pk\"=#1,\"author__name\"=\"Ann\",\"author__city__name\"=\"Oslo\"}]");
    expect(w, "GET b.Post 1", "{\"id\"=#1,\"title\"=\"a\",\"author\"=#1}");
    assert_null(strstr(world_do(w, "MODEL GET b.Post"), "__"));
}

/* -- staying true ------------------------------------------------------------------------------------------------------------------------- */

static void a_change_of_the_target_moves_the_entries(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.User pk 1 name Zed", ":1");
    posts(w, "FILTER author__name__iexact zed", "[#1,#2]");
    posts(w, "FILTER author__name__iexact ann", "[]");
    expect(w, "UPDATE b.User ALL EXPR age 'F(age) + 20'", ":3");
    posts(w, "FILTER author__age__lt 51", "[#1,#2]");
    expect(w, "SAVE b.User JSON '[{\"id\": 1, \"name\": \"bob\"}, {\"id\": 2, \"name\": \"Zed\"}]'", "[:1,:2]");
    posts(w, "FILTER author__name bob", "[#1,#2]");
    expect(w, "SAVE b.User pk 1 NULL name", ":1");
    posts(w, "FILTER author__name__isnull 1", "[#1,#2,#4,#5]");
}

static void a_change_in_between_moves_the_entries(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.User pk 2 city 1", ":2");
    posts(w, "FILTER author__city__name Oslo", "[#1,#2,#3]");
    expect(w, "SAVE b.City pk 1 name Bergen", ":1");
    posts(w, "FILTER author__city__name Bergen", "[#1,#2,#3]");
    expect(w, "SAVE b.User pk 1 NULL city", ":1");
    posts(w, "FILTER author__city__name__isnull 1", "[#1,#2,#4,#5]");
    expect(w, "DELETE b.City PK 1", ":1");
    posts(w, "FILTER author__city__name__isnull 1", "[#1,#2,#3,#4,#5]");
    expect(w, "SAVE b.City pk 1 name Voss", ":1");
    posts(w, "FILTER author__city__name Voss", "[#3]");
}

static void a_change_of_the_reference_moves_the_entry(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post pk 1 author 2", ":1");
    posts(w, "FILTER author__name bob", "[#1,#3]");
    expect(w, "SAVE b.Post pk 3 NULL author", ":3");
    posts(w, "FILTER author__city__name Rome", "[#1]");
    expect(w, "SAVE b.Post title new author 1", ":6");
    posts(w, "FILTER author__city__name Oslo", "[#2,#6]");
    expect(w, "DELETE b.Post PK 2", ":1");
    posts(w, "FILTER author__name Ann", "[#6]");
}

static void a_target_that_goes_and_comes_takes_the_entries_along(void **state)
{
    world *w = *state;
    expect(w, "DELETE b.User PK 1", ":1");
    posts(w, "FILTER author__name Ann", "[]");
    posts(w, "FILTER author__name__isnull 1", "[#1,#2,#4,#5]");
    expect(w, "SAVE b.User pk 9 name Ann city 2", ":9");
    posts(w, "FILTER author__name Ann", "[#5]");
    posts(w, "FILTER author__city__name Rome", "[#3,#5]");
    expect(w, "SAVE b.User pk 1 name Ann", ":1");
    posts(w, "FILTER author__name Ann", "[#1,#2,#5]");
}

static void both_ends_change_in_one_command(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET b.Post '{\"fields\": {\"title\": {\"type\": \"char\", \"null\": true}, \"author\": " FK("b.User", ", \"on_delete\": \"set_null\"") "}}'", "+OK");
    expect(w, "MODEL SET b.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}, \"age\": {\"type\": \"int\", \"null\": true}, \"city\": "
              FK("b.City", ", \"on_delete\": \"cascade\"") "}}'", "+OK");
    expect(w, "DELETE b.City PK 1", ":2");
    posts(w, "FILTER author__name Ann", "[]");
    posts(w, "FILTER author__isnull 1", "[#1,#2,#4]");
    expect(w, "MODEL SET b.Post '{\"fields\": {\"title\": {\"type\": \"char\", \"null\": true}, \"author\": " FK("b.User", ", \"on_delete\": \"cascade\"") "}}'", "+OK");
    expect(w, "DELETE b.City PK 2", ":3");
    posts(w, "", "[#1,#2,#4,#5]");
}

static void what_others_write_is_followed(void **state)
{
    world *w = *state;
    nr_pair name = {NR_S("name"), NR_S("Zed")}, city = {NR_S("city"), NR_S("2")}, author = {NR_S("author"), NR_S("2")}, gone = {NR_S("name"), {NULL, 0}};
    posts(w, "FILTER author__name Ann", "[#1,#2]");
    world_put(w, NR_S("b.User:1"), &name, 1);
    posts(w, "FILTER author__name Zed", "[#1,#2]");
    world_put(w, NR_S("b.User:1"), &city, 1);
    posts(w, "FILTER author__city__name Rome", "[#1,#2,#3]");
    world_put(w, NR_S("b.City:2"), &gone, 1);
    posts(w, "FILTER author__city__name__isnull 1", "[#1,#2,#3,#4,#5]");
    world_put(w, NR_S("b.City:2"), &name, 1);
    world_remove(w, NR_S("b.User:2"));
    posts(w, "FILTER author__city__name Zed", "[#1,#2]");
    world_put(w, NR_S("b.Post:4"), &author, 1);
    nr_pair fresh[] = {{NR_S("id"), NR_S("2")}, {NR_S("name"), NR_S("Ann")}};
    world_put(w, NR_S("b.User:2"), fresh, 2);
    posts(w, "FILTER author__name Ann", "[#3,#4]");
}

static void a_target_that_is_read_anew_may_be_another_one(void **state)
{
    world *w = *state;
    nr_pair name = {NR_S("name"), NR_S("Zed")};
    posts(w, "FILTER author__name Ann", "[#1,#2]");
    world_put(w, NR_S("b.User:1"), &name, 1);
    if (!w->in_memory) world_remove(w, NR_S("b.User/pk"));
    posts(w, "FILTER author__name Zed", "[#1,#2]");
}

static void what_others_write_before_anything_was_read_is_found(void **state)
{
    world *w = *state;
    nr_pair name = {NR_S("name"), NR_S("Zed")};
    world_restart(w);
    world_put(w, NR_S("b.User:1"), &name, 1);
    expect(w, "SAVE b.User pk 2 name Yan", ":2");
    posts(w, "FILTER author__name Zed", "[#1,#2]");
    posts(w, "FILTER author__name Yan", "[#3]");
    world_restart(w);
    expect(w, "SAVE b.User pk 1 name Ann", ":1");
    posts(w, "FILTER author__name Ann", "[#1,#2]");
    world_restart(w);
    expect(w, "SAVE b.Post pk 4 author 1", ":4");
    posts(w, "FILTER author__name Ann", "[#1,#2,#4]");
}

static void a_target_that_others_wrote_unseen_is_mended_before_it_is_written(void **state)
{
    world *w = *state;
    nr_pair city = {NR_S("city"), NR_S("2")}, fresh[] = {{NR_S("id"), NR_S("9")}, {NR_S("city"), NR_S("2")}};
    world_restart(w);
    world_put(w, NR_S("b.User:1"), &city, 1);
    world_put(w, NR_S("b.User:9"), fresh, 2);
    expect(w, "SAVE b.User JSON '[{\"id\": 1, \"city\": 1, \"name\": \"A\"}, {\"id\": 9, \"city\": 1}]'", "[:1,:9]");
    world_settle(w);
    check_all(w);
    posts(w, "FILTER author__city__name Oslo", "[#1,#2,#5]");
}

static void a_target_whose_time_is_up_is_none(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.User TTL 10 pk 1 name Ann", ":1");
    posts(w, "FILTER author__name Ann", "[#1,#2]");
    w->now_us += INT64_C(11000000);
    posts(w, "FILTER author__name Ann", "[]");
    posts(w, "FILTER author__city__name__isnull 1", "[#1,#2,#4,#5]");
    world_remove(w, NR_S("b.User:1"));
    posts(w, "FILTER author__name__isnull 1", "[#1,#2,#4,#5]");
}

static void a_model_that_refers_to_itself_borrows_from_itself(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET b.Node '{\"fields\": {\"id\": {\"type\": \"int\", \"pk\": true}, \"n\": {\"type\": \"int\", \"null\": true}, \"up\": " FK("self", "") "}}'", "+OK");
    expect(w, "SAVE b.Node JSON '[{\"id\": 1, \"n\": 10, \"up\": 1}, {\"id\": 2, \"n\": 20, \"up\": 1}, {\"id\": 3, \"n\": 30, \"up\": 2}]'", "[:1,:2,:3]");
    expect(w, "INDEX CREATE b.Node up__n lt", "+OK");
    expect(w, "INDEX CREATE b.Node up__up__n exact", "+OK");
    expect(w, "QUERY b.Node FILTER up__n 10 ORDER pk FIELDS pk FLAT", "[#1,#2]");
    expect(w, "SAVE b.Node JSON '[{\"id\": 1, \"n\": 20}, {\"id\": 2, \"n\": 10, \"up\": 3}]'", "[:1,:2]");
    expect(w, "QUERY b.Node FILTER up__n__gte 20 ORDER pk FIELDS pk FLAT", "[#1,#2]");
    expect(w, "QUERY b.Node FILTER up__up__n 30 ORDER pk FIELDS pk FLAT", "[#3]");
    check_indexes(w, "b.Node");
    expect(w, "DELETE b.Node PK 1", ":1");
    check_indexes(w, "b.Node");
    expect(w, "QUERY b.Node FILTER up__n__isnull 1 FIELDS pk FLAT", "[]");
    world_remove(w, NR_S("b.Node:3"));
    expect(w, "QUERY b.Node FILTER up__n__isnull 1 FIELDS pk FLAT", "[#2]");
    world_settle(w);
    check_indexes(w, "b.Node");
}

static void a_replica_has_the_same_keys(void **state)
{
    world copy;
    nr_pair name = {NR_S("name"), NR_S("Zed")};
    world_open(&copy);
    world first;
    (void)state;
    world_open(&first);
    first.replica = &copy;
    for (size_t i = 0; i < COUNT(town); i++) assert_int_not_equal(*world_do(&first, town[i]), '-');
    static const char *const more[] = {"SAVE b.User pk 1 name X", "SAVE b.City pk 1 name Y", "DELETE b.User PK 2", "SAVE b.User pk 9 city 1",
                                       "INDEX CREATE b.Post author__name endswith", "SAVE b.User pk 1 name Yx", "INDEX DROP b.Post author__age", "DELETE b.Post PK 1"};
    for (size_t i = 0; i < COUNT(more); i++) {
        assert_int_not_equal(*world_do(&first, more[i]), '-');
        world_settle(&first);
        if (world_digest(&first) != world_digest(&copy)) fail_msg("%s: the copy has other keys", more[i]);
    }
    world_put(&first, NR_S("b.User:1"), &name, 1);
    world_settle(&first);
    assert_true(world_digest(&first) == world_digest(&copy));
    copy.applied = false;
    check_indexes(&copy, "b.Post");
    expect(&copy, "QUERY b.Post FILTER author__name__endswith ed FIELDS pk FLAT", "[#2]");
    world_close(&first);
    world_close(&copy);
}

/* What a replica's own clock has taken for gone its primary may still write. */
static void a_replica_that_took_a_target_for_gone_borrows_from_it_again(void **state)
{
    world first, copy;
    (void)state;
    world_open(&first);
    world_open(&copy);
    first.replica = &copy;
    for (size_t i = 0; i < COUNT(town); i++) assert_int_not_equal(*world_do(&first, town[i]), '-');
    expect(&first, "SAVE b.User TTL 10 pk 1 name Ann", ":1");
    copy.applied = false;
    expect(&copy, "COUNT b.Post FILTER author__name Ann", ":2");
    copy.now_us += INT64_C(11000000);
    expect(&copy, "COUNT b.Post FILTER author__name Ann", ":0");
    copy.now_us -= INT64_C(11000000);
    expect(&first, "SAVE b.User TTL 100 pk 1", ":1");
    copy.applied = false;
    expect(&copy, "COUNT b.Post FILTER author__name Ann", ":2");
    world_settle(&copy);
    check_indexes(&copy, "b.Post");
    world_close(&first);
    world_close(&copy);
}

/* An entity of b.Inn is a row of b.Site too, whose key its own refers to. */
static void set_up_inns(world *w)
{
    static const char *const inns[] = {
        "MODEL SET b.Site '{\"fields\": {\"id\": {\"type\": \"int\", \"pk\": true}, \"name\": {\"type\": \"char\", \"null\": true}, \"city\": " FK("b.City", "") "}}'",
        "MODEL SET b.Inn '{\"extends\": [\"b.Site\"], \"fields\": {\"stars\": {\"type\": \"int\", \"null\": true}}}'",
        "MODEL SET b.Note '{\"fields\": {\"inn\": " FK("b.Inn", "") "}}'",
        "SAVE b.Inn JSON '[{\"pk\": 1, \"name\": \"Ox\", \"city\": 1, \"stars\": 3}, {\"pk\": 2, \"name\": \"Fox\", \"city\": 2}]'",
        "SAVE b.Site JSON '[{\"pk\": 3, \"name\": \"Ox\", \"city\": 1}]'",
        "SAVE b.Note JSON '[{\"inn\": 1}, {\"inn\": 2}, {\"inn\": 3}, {\"inn\": 4}]'",
        "INDEX CREATE b.Inn site_ptr__name exact iexact lt",
        "INDEX CREATE b.Inn site_ptr__city__name exact isnull",
        "INDEX CREATE b.Note inn__site_ptr__name exact isnull",
        "INDEX CREATE b.Note inn__stars lt",
    };
    for (size_t i = 0; i < COUNT(inns); i++)
        if (world_do(w, inns[i])[0] == '-') fail_msg("%s: %s", inns[i], w->reply.p);
}

static void check_inns(world *w)
{
    static const char *const models[] = {"b.City", "b.Site", "b.Inn", "b.Note"};
    for (size_t i = 0; i < COUNT(models); i++) check_indexes(w, models[i]);
}

/* By the indexes, and without. */
static void inns(world *w, const char *query, const char *want)
{
    for (int i = 0; i < 2; i++) {
        w->passes_off = i ? NR_PASS_BORROWED : 0;
        const char *got = world_dof(w, "QUERY %s ORDER pk FIELDS pk FLAT", query);
        if (strcmp(got, want) != 0) fail_msg("QUERY %s, %s: %s, not %s", query, i ? "a join" : "an index", got, want);
    }
    w->passes_off = 0;
}

static void what_a_model_extends_lends_too(void **state)
{
    world *w = *state;
    nr_pair name = {NR_S("name"), NR_S("Elk")};
    set_up_inns(w);
    explains(w, "QUERY b.Inn FILTER name Ox", "index=site_ptr__name.value");
    explains(w, "QUERY b.Inn FILTER name__iexact Ox", "index=site_ptr__name.folded");
    explains(w, "QUERY b.Inn FILTER name Ox", "borrowed");
    explains(w, "QUERY b.Note FILTER inn__name Ox", "index=inn__site_ptr__name.value");
    explains(w, "QUERY b.Inn ORDER name LIMIT 0 1", "index=site_ptr__name.value");
    inns(w, "b.Inn FILTER name Ox", "[#1]");
    inns(w, "b.Inn FILTER city__name Rome", "[#2]");
    inns(w, "b.Note FILTER inn__name Ox", "[#1]");
    inns(w, "b.Note FILTER inn__name__isnull 1", "[#3,#4]");
    expect(w, "QUERY b.Inn FILTER name Ox", "[{\"site_ptr\"=#1,\"id\"=#1,\"name\"=\"Ox\",\"city\"=#1,\"stars\"=#3}]");
    expect(w, "QUERY b.Inn ORDER name FIELDS name FLAT", "[\"Fox\",\"Ox\"]");
    expect(w, "GET b.Inn 2", "{\"site_ptr\"=#2,\"id\"=#2,\"name\"=\"Fox\",\"city\"=#2,\"stars\"=nil}");
    expect(w, "AGGREGATE b.Inn GROUPBY city__name COUNT * FILTER name__gte A ORDER city__name",
           "[{\"city__name\"=\"Oslo\",\"count\"=#1},{\"city__name\"=\"Rome\",\"count\"=#1}]");
    expect(w, "SAVE b.Inn pk 2 name Ox stars 5", ":2");
    inns(w, "b.Inn FILTER name Ox", "[#1,#2]");
    inns(w, "b.Note FILTER inn__name Ox inn__stars__lt 9", "[#1,#2]");
    check_inns(w);
    expect(w, "SAVE b.Site pk 1 name Gnu city 2", ":1");
    inns(w, "b.Inn FILTER name Gnu city__name Rome", "[#1]");
    inns(w, "b.Note FILTER inn__name Gnu", "[#1]");
    check_inns(w);
    expect(w, "UPDATE b.Inn ALL SET name Yak", ":2");
    inns(w, "b.Note FILTER inn__name Yak", "[#1,#2]");
    check_inns(w);
    expect(w, "SAVE b.Inn pk 3 stars 1", ":3"); /* it was a site alone */
    inns(w, "b.Note FILTER inn__name Ox", "[#3]");
    inns(w, "b.Inn FILTER city__name Oslo", "[#3]");
    check_inns(w);
    world_put(w, NR_S("b.Site:3"), &name, 1);
    inns(w, "b.Note FILTER inn__name Elk", "[#3]");
    world_settle(w);
    check_inns(w);
    world_remove(w, NR_S("b.Site:3"));
    inns(w, "b.Note FILTER inn__name__isnull 1", "[#3,#4]");
    inns(w, "b.Inn FILTER city__name__isnull 1", "[#3]");
    world_settle(w);
    check_inns(w);
    expect(w, "DELETE b.City PK 2", ":1");
    check_inns(w);
    expect(w, "DELETE b.Site PK 1", ":2");
    check_inns(w);
    inns(w, "b.Note FILTER inn__name Yak", "[#2]");
    refuse(w, "INDEX CREATE b.Inn name exact", "NOFIELD", "'name' is a field of b.Site, which b.Inn extends");
    refuse(w, "INDEX CREATE b.Inn city__name exact", "NOFIELD", "'city' is a field of b.Site, which b.Inn extends");
    refuse(w, "INDEX CREATE b.Note inn__name exact", "NOFIELD", "'name' is a field of b.Site, which b.Inn extends");
    check_inns(w);
}

static void a_replica_has_the_entries_of_what_is_extended(void **state)
{
    static const char *const more[] = {"SAVE b.Inn pk 2 name Ox stars 5", "SAVE b.Inn pk 3 stars 1", "UPDATE b.Inn FILTER stars__lt 4 SET name Yak", "SAVE b.Site pk 1 city 2",
                                       "SAVE b.Inn TTL 100 pk 7 name Kid", "SAVE b.Note inn 7", "DELETE b.Inn PK 2", "DELETE b.Site PK 3", "DELETE b.City PK 2"};
    world first, copy;
    (void)state;
    world_open(&first);
    world_open(&copy);
    first.replica = &copy;
    for (size_t i = 0; i < COUNT(town); i++) assert_int_not_equal(*world_do(&first, town[i]), '-');
    set_up_inns(&first);
    for (size_t i = 0; i < COUNT(more); i++) {
        if (*world_do(&first, more[i]) == '-') fail_msg("%s: %s", more[i], first.reply.p);
        world_settle(&first);
        if (world_digest(&first) != world_digest(&copy)) fail_msg("%s: the copy has other keys", more[i]);
    }
    check_inns(&first);
    copy.applied = false;
    check_inns(&copy);
    world_close(&first);
    world_close(&copy);
}

/* -- failures ----------------------------------------------------------------------------------------------------------------------------- */

static const char *const writes[] = {
    "SAVE b.User pk 1 name Q", "DELETE b.User PK 1",  "SAVE b.City pk 1 name Q", "UPDATE b.User ALL SET name Z", "SAVE b.User pk 9 name N city 2",
    "SAVE b.Post pk 3 author 1", "DELETE b.Post PK 1", "DELETE b.City ALL",       "SAVE b.Post author 2",
};
static const char *const probes[] = {
    "QUERY b.User ORDER pk", "QUERY b.Post ORDER pk", "QUERY b.City ORDER pk", "INDEX CHECK b.Post", "INDEX CHECK b.User", "COUNT b.Post FILTER author__name__iexact ann",
    "COUNT b.Post FILTER author__city__name Oslo", "COUNT b.Post FILTER author__age__lt 35",
};

static void write_by_others(world *w)
{
    nr_pair name = {NR_S("name"), NR_S("X")}, author = {NR_S("author"), NR_S("2")};
    world_do(w, "COUNT b.Post");
    world_put(w, NR_S("b.User:2"), &name, 1);
    world_put(w, NR_S("b.Post:4"), &author, 1);
    world_remove(w, NR_S("b.City:2"));
}

static const inject_stage stage = {.set_up = INJECT_LINES(town), .probes = INJECT_LINES(probes), .others = write_by_others};
static const inject_lines all_writes = INJECT_LINES(writes);

static void a_call_fails_while_entries_move(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_COLD, true);
    inject_all(&stage, all_writes, ONE_CALL_WARM, true);
    inject_all(&stage, all_writes, ONE_WRITE_WRONG_TYPE, false);
    inject_all(&stage, all_writes, ALL_CALLS_COLD, true);
    inject_all(&stage, all_writes, ALL_WRITES_WARM, false);
}

static void a_call_fails_while_what_others_wrote_is_mended(void **state)
{
    (void)state;
    inject_all(&stage, all_writes, ONE_CALL_OTHERS, true);
    inject_all(&stage, all_writes, ALL_CALLS_OTHERS, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(a_lookup_behind_references_is_answered_by_an_index),
        TOWN(the_plan_says_which_index),
        TOWN(an_order_along_references_is_a_walk_of_its_index),
        TOWN(groups_by_fields_of_other_models_are_as_ever),
        TOWN(whole_entities_are_replied_as_ever),
        TOWN(a_change_of_the_target_moves_the_entries),
        TOWN(a_change_in_between_moves_the_entries),
        TOWN(a_change_of_the_reference_moves_the_entry),
        TOWN(a_target_that_goes_and_comes_takes_the_entries_along),
        TOWN(both_ends_change_in_one_command),
        TOWN(what_others_write_is_followed),
        TOWN(a_target_that_is_read_anew_may_be_another_one),
        TOWN(what_others_write_before_anything_was_read_is_found),
        TOWN(a_target_that_others_wrote_unseen_is_mended_before_it_is_written),
        TOWN(a_target_whose_time_is_up_is_none),
        TOWN(a_model_that_refers_to_itself_borrows_from_itself),
        TOWN(a_replica_has_the_same_keys),
        cmocka_unit_test(a_replica_that_took_a_target_for_gone_borrows_from_it_again),
        TOWN(what_a_model_extends_lends_too),
        cmocka_unit_test(a_replica_has_the_entries_of_what_is_extended),
        cmocka_unit_test(a_call_fails_while_entries_move),
        cmocka_unit_test(a_call_fails_while_what_others_wrote_is_mended),
    };
    return cmocka_run_group_tests_name("borrow", tests, NULL, NULL);
}
