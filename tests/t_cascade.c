/* t_cascade.c -- on_delete: what a DELETE does to those that refer, across models and levels, and what stops it. */
#include "engine_check.h"

#define FK(to, more) "{\"type\": \"fk\", \"to\": \"" to "\", \"null\": true" more "}"
#define ON(policy) ", \"on_delete\": \"" policy "\""
#define MODEL(name, fields) "MODEL SET " name " '{\"fields\": {" fields "}}'"

static void define(world *w, const char *line)
{
    expect(w, line, "+OK");
}

/* d.User <- d.Post (cascade) <- d.Note (cascade), d.Mark (set_null) */
static int set_up_levels(void **state)
{
    set_up(state);
    world *w = *state;
    define(w, MODEL("d.User", "\"name\": {\"type\": \"char\", \"null\": true, \"index\": true}"));
    define(w, MODEL("d.Post", "\"author\": " FK("d.User", ON("cascade")) ", \"n\": {\"type\": \"int\", \"null\": true, \"index\": true}"));
    define(w, MODEL("d.Note", "\"post\": " FK("d.Post", ON("cascade"))));
    define(w, MODEL("d.Mark", "\"post\": " FK("d.Post", ON("set_null"))));
    for (int i = 1; i <= 3; i++) world_dof(w, "SAVE d.User name u%d", i);
    for (int i = 0; i < 6; i++) world_dof(w, "SAVE d.Post author %d n %d", i % 3 + 1, i);
    for (int i = 0; i < 12; i++) world_dof(w, "SAVE d.Note post %d", i % 6 + 1);
    for (int i = 0; i < 6; i++) world_dof(w, "SAVE d.Mark post %d", i + 1);
    return 0;
}

static void check_levels(world *w)
{
    check_indexes(w, "d.User");
    check_indexes(w, "d.Post");
    check_indexes(w, "d.Note");
    check_indexes(w, "d.Mark");
}

static void those_that_refer_go_too_and_are_counted(void **state)
{
    world *w = *state;
    expect(w, "DELETE d.User PK 1", ":7");
    expect(w, "QUERY d.Post FIELDS pk FLAT ORDER pk", "[#2,#3,#5,#6]");
    expect(w, "COUNT d.Note", ":8");
    expect(w, "QUERY d.Mark FILTER post__isnull 1 FIELDS pk FLAT ORDER pk", "[#1,#4]");
    expect(w, "COUNT d.Mark", ":6");
    expect(w, "DELETE d.User FILTER name u2", ":7");
    expect(w, "DELETE d.User FILTER name u2", ":0");
    expect(w, "DELETE d.User ALL", ":7");
    expect(w, "COUNT d.Mark FILTER post__isnull 1", ":6");
    expect(w, "DELETE d.User ALL", ":0");
    check_levels(w);
}

static void a_filter_through_a_relation_finds_what_goes(void **state)
{
    world *w = *state;
    expect(w, "DELETE d.Post FILTER author__name u3", ":6");
    expect(w, "DELETE d.User FILTER post__n 0", ":7");
    expect(w, "QUERY d.User FIELDS pk FLAT ORDER pk", "[#2,#3]");
    check_levels(w);
}

static void what_is_not_there_takes_nothing_along(void **state)
{
    world *w = *state;
    expect(w, "SAVE d.Post author 77 n 9", ":7");
    expect(w, "DELETE d.User PK 77 99 77", ":0");
    expect(w, "COUNT d.Post", ":7");
    expect(w, "DELETE d.User PK 1 1 77 2 1", ":14");
    expect(w, "COUNT d.Post FILTER author 77", ":1");
    check_levels(w);
}

static void tables_that_nobody_has_read_are_read(void **state)
{
    world *w = *state;
    world_restart(w);
    expect(w, "DELETE d.User PK 1", ":7");
    world_restart(w);
    expect(w, "DELETE d.User FILTER name u2", ":7");
    check_levels(w);
}

static void what_others_wrote_counts(void **state)
{
    world *w = *state;
    nr_pair to_two = {NR_S("author"), NR_S("2")}, to_one = {NR_S("author"), NR_S("1")}, new[] = {{NR_S("id"), NR_S("50")}, {NR_S("post"), NR_S("2")}};
    world_put(w, NR_S("d.Post:1"), &to_two, 1);
    world_put(w, NR_S("d.Post:2"), &to_one, 1);
    world_put(w, NR_S("d.Note:50"), new, 2);
    world_remove(w, NR_S("d.Note:2"));
    expect(w, "DELETE d.User PK 1", ":7"); /* user 1; posts 2 and 4; notes 4, 8, 10 and 50 */
    expect(w, "QUERY d.Post FIELDS pk FLAT ORDER pk", "[#1,#3,#5,#6]");
    check_levels(w);
}

static void others_who_remove_an_entity_take_nothing_along(void **state)
{
    world *w = *state;
    world_remove(w, NR_S("d.User:1"));
    expect(w, "COUNT d.User", ":2");
    expect(w, "COUNT d.Post FILTER author 1", ":2");
    w->now_us = 1000000000;
    expect(w, "SAVE d.User pk 2 name x", ":2");
    expect(w, "SAVE d.User TTL 1 pk 2", ":2");
    w->now_us += 2000000;
    expect(w, "COUNT d.User", ":1");
    expect(w, "COUNT d.Post", ":6");
    world_settle(w);
    check_levels(w);
}

static void entities_that_ran_out_neither_go_nor_protect(void **state)
{
    world *w = *state;
    define(w, MODEL("d.Guard", "\"user\": " FK("d.User", ON("protect"))));
    w->now_us = 1000000000;
    expect(w, "SAVE d.Guard TTL 1 user 1", ":1");
    refuse(w, "DELETE d.User PK 1", "PROTECTED", "d.Guard '1' refers to d.User '1' by 'user'");
    w->now_us += 2000000;
    expect(w, "DELETE d.User PK 1", ":7");
}

static void a_copy_applies_what_was_resolved(void **state)
{
    world *w = *state, copy;
    world_open(&copy);
    copy.applied = true;
    define(&copy, MODEL("d.User", "\"name\": {\"type\": \"char\", \"null\": true, \"index\": true}"));
    define(&copy, MODEL("d.Post", "\"author\": " FK("d.User", ON("cascade")) ", \"n\": {\"type\": \"int\", \"null\": true, \"index\": true}"));
    define(&copy, MODEL("d.Note", "\"post\": " FK("d.Post", ON("cascade"))));
    define(&copy, MODEL("d.Mark", "\"post\": " FK("d.Post", ON("set_null"))));
    for (int i = 1; i <= 3; i++) world_dof(&copy, "SAVE d.User pk %d name u%d", i, i);
    for (int i = 0; i < 6; i++) world_dof(&copy, "SAVE d.Post pk %d author %d n %d", i + 1, i % 3 + 1, i);
    for (int i = 0; i < 12; i++) world_dof(&copy, "SAVE d.Note pk %d post %d", i + 1, i % 6 + 1);
    for (int i = 0; i < 6; i++) world_dof(&copy, "SAVE d.Mark pk %d post %d", i + 1, i + 1);
    w->replica = &copy;
    expect(w, "DELETE d.User PK 1", ":7");
    w->replica = NULL;
    assert_non_null(strstr(w->replicated.p, "\"NONREL.DELETE\" \"d.User\" \"PK\" \"1\"\n"));
    assert_non_null(strstr(w->replicated.p, "\"NONREL.DELETE\" \"d.Post\" \"PK\" \"1\" \"4\"\n"));
    assert_non_null(strstr(w->replicated.p, "\"NONREL.SAVE\" \"d.Mark\" \"pk\" \"1\" \"NULL\" \"post\"\n"));
    static const char *const all[] = {"QUERY d.User ORDER pk", "QUERY d.Post ORDER pk", "QUERY d.Note ORDER pk", "QUERY d.Mark ORDER pk"};
    for (size_t i = 0; i < COUNT(all); i++) {
        char *mine = strdup(world_do(w, all[i]));
        copy.applied = false;
        assert_string_equal(world_do(&copy, all[i]), mine);
        copy.applied = true;
        free(mine);
    }
    expect(&copy, "DELETE d.User PK 2", ":1"); /* no more than it says */
    world_close(&copy);
}

static void too_much_is_a_limit_that_changes_nothing(void **state)
{
    world *w = *state;
    for (int i = 0; i < 300; i++) world_dof(w, "SAVE d.Note post %d", i % 6 + 1);
    w->limits.max_memory = 1 << 15;
    refuse(w, "DELETE d.User ALL", "LIMIT", "max-memory");
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_time = 0;
    refuse(w, "DELETE d.User PK 1", "LIMIT", "max-time");
    w->limits = NR_LIMITS_DEFAULT;
    expect(w, "DELETE d.User ALL", ":321");
    check_levels(w);
}

static void explain_says_what_a_delete_leads_to(void **state)
{
    world *w = *state;
    const char *by_pk = world_do(w, "EXPLAIN DELETE d.User PK 1");
    assert_non_null(strstr(by_pk, "\"  OnDelete d.User cascade d.Post by author\",\"  OnDelete d.Post set_null d.Mark by post\",\"  OnDelete d.Post cascade "
                                  "d.Note by post\"]"));
    assert_non_null(strstr(world_do(w, "EXPLAIN DELETE d.Post FILTER n 1"), "\"  OnDelete d.Post cascade d.Note by post\""));
    assert_null(strstr(world_do(w, "EXPLAIN DELETE d.Note ALL"), "OnDelete"));
    assert_null(strstr(world_do(w, "EXPLAIN QUERY d.Post FILTER n 1"), "OnDelete"));
    assert_null(strstr(world_do(w, "EXPLAIN UPDATE d.Post FILTER n 1 SET n 2"), "OnDelete"));
    expect(w, "COUNT d.Post", ":6");
}

/* -- one policy each ----------------------------------------------------------------------------------------------------------------------- */

static void each_policy_does_what_its_name_says(void **state)
{
    static const struct {
        const char *more, *reply, *left;
    } all[] = {
        {"", ":1", "[#1,#2,nil]"},
        {ON("do_nothing"), ":1", "[#1,#2,nil]"},
        {ON("cascade"), ":2", "[#2,nil]"},
        {ON("set_null"), ":1", "[nil,#2,nil]"},
        {", \"default\": 2" ON("set_default"), ":1", "[#2,#2,nil]"},
        {", \"default\": 9" ON("set_default"), ":1", "[#9,#2,nil]"}, /* it may dangle */
        {", \"default\": 1" ON("set_default"), ":1", "[#1,#2,nil]"},
        {", \"default\": null" ON("set_default"), ":1", "[nil,#2,nil]"},
    };
    world *w = *state;
    define(w, MODEL("o.T", ""));
    for (size_t i = 0; i < COUNT(all); i++) {
        world_dof(w, "MODEL SET o.R '{\"fields\": {\"t\": {\"type\": \"fk\", \"to\": \"o.T\", \"null\": true%s}}}'", all[i].more);
        assert_string_equal(w->reply.p, "+OK");
        for (int k = 1; k <= 3; k++) world_dof(w, "SAVE o.T pk %d", k);
        expect(w, "SAVE o.R JSON '[{\"pk\": 1, \"t\": 1}, {\"pk\": 2, \"t\": 2}, {\"pk\": 3, \"t\": null}]'", "[:1,:2,:3]");
        expect(w, "DELETE o.T PK 1", all[i].reply);
        expect(w, "QUERY o.R FIELDS t FLAT ORDER pk", all[i].left);
        expect(w, "COUNT o.T", ":2");
        check_indexes(w, "o.R");
        expect(w, "MODEL DROP o.R ENTITIES", "+OK");
    }
}

static void protect_refuses_whoever_else_goes(void **state)
{
    world *w = *state;
    define(w, MODEL("p.T", "\"up\": " FK("self", ON("protect"))));
    define(w, MODEL("p.R", "\"t\": " FK("p.T", ON("cascade")) ", \"guard\": " FK("p.T", ON("protect") ", \"related_name\": \"+\"")));
    expect(w, "SAVE p.T JSON '[{}, {}, {\"up\": 2}]'", "[:1,:2,:3]");
    expect(w, "SAVE p.R JSON '[{\"t\": 1, \"guard\": 1}, {\"t\": 3}]'", "[:1,:2]");
    refuse(w, "DELETE p.T PK 1", "PROTECTED", "p.R '1' refers to p.T '1' by 'guard' with on_delete protect");
    refuse(w, "DELETE p.T PK 2", "PROTECTED", "p.T '3' refers to p.T '2' by 'up'");
    refuse(w, "DELETE p.T PK 2 3", "PROTECTED", "p.T '3' refers to p.T '2' by 'up'");
    refuse(w, "DELETE p.T ALL", "PROTECTED", "refers to p.T");
    expect(w, "DELETE p.T PK 3", ":2");
    expect(w, "DELETE p.T PK 2", ":1");
    expect(w, "UPDATE p.R ALL NULL guard", ":1");
    expect(w, "DELETE p.T ALL", ":2");
}

/* Django's example: a song is of an artist and of an album, which is of an artist too. */
static void restrict_lets_go_what_goes_by_the_same_command(void **state)
{
    world *w = *state;
    define(w, MODEL("r.Artist", ""));
    define(w, MODEL("r.Album", "\"artist\": " FK("r.Artist", ON("cascade"))));
    define(w, MODEL("r.Song", "\"artist\": " FK("r.Artist", ON("cascade")) ", \"album\": " FK("r.Album", ON("restrict"))));
    expect(w, "SAVE r.Artist JSON '[{}, {}]'", "[:1,:2]");
    expect(w, "SAVE r.Album JSON '[{\"artist\": 1}, {\"artist\": 2}]'", "[:1,:2]");
    expect(w, "SAVE r.Song JSON '[{\"artist\": 1, \"album\": 1}, {\"artist\": 1, \"album\": 2}]'", "[:1,:2]");
    refuse(w, "DELETE r.Album PK 1", "PROTECTED", "r.Song '1' refers to r.Album '1' by 'album' with on_delete restrict");
    refuse(w, "DELETE r.Artist PK 2", "PROTECTED", "r.Song '2' refers to r.Album '2' by 'album' with on_delete restrict");
    expect(w, "DELETE r.Artist PK 1", ":4");
    expect(w, "DELETE r.Album ALL", ":1");
}

static void restrict_within_a_model(void **state)
{
    world *w = *state;
    define(w, MODEL("r.T", "\"up\": " FK("self", ON("restrict"))));
    expect(w, "SAVE r.T JSON '[{}, {\"up\": 1}, {\"up\": 2}, {\"up\": 4}]'", "[:1,:2,:3,:4]");
    refuse(w, "DELETE r.T PK 1", "PROTECTED", "r.T '2' refers to r.T '1' by 'up'");
    refuse(w, "DELETE r.T PK 1 2", "PROTECTED", "r.T '3' refers to r.T '2' by 'up'");
    expect(w, "DELETE r.T PK 4", ":1");
    expect(w, "DELETE r.T ALL", ":3");
}

static void two_references_of_an_entity_each_have_their_policy(void **state)
{
    world *w = *state;
    define(w, MODEL("m.T", ""));
    define(w, MODEL("m.R", "\"a\": " FK("m.T", ON("set_null") ", \"related_name\": \"x\"") ", \"b\": " FK("m.T", ", \"default\": 3" ON("set_default"))));
    define(w, MODEL("m.S", "\"a\": " FK("m.T", ON("set_null") ", \"related_name\": \"y\"") ", \"b\": " FK("m.T", ON("cascade"))));
    expect(w, "SAVE m.T JSON '[{}, {}, {}]'", "[:1,:2,:3]");
    expect(w, "SAVE m.R JSON '[{\"a\": 1, \"b\": 1}, {\"a\": 2, \"b\": 1}, {\"a\": 1, \"b\": 2}]'", "[:1,:2,:3]");
    expect(w, "SAVE m.S JSON '[{\"a\": 1, \"b\": 1}, {\"a\": 1, \"b\": 2}]'", "[:1,:2]");
    expect(w, "DELETE m.T PK 1", ":2");
    expect(w, "QUERY m.R ORDER pk", "[{\"id\"=#1,\"a\"=nil,\"b\"=#3},{\"id\"=#2,\"a\"=#2,\"b\"=#3},{\"id\"=#3,\"a\"=nil,\"b\"=#2}]");
    expect(w, "QUERY m.S ORDER pk", "[{\"id\"=#2,\"a\"=nil,\"b\"=#2}]");
    check_indexes(w, "m.R");
    check_indexes(w, "m.S");
}

static void what_is_set_has_to_be_unique_too(void **state)
{
    world *w = *state;
    define(w, MODEL("q.T", ""));
    define(w, "MODEL SET q.R '{\"fields\": {\"t\": {\"type\": \"onetoone\", \"to\": \"q.T\", \"null\": true, \"default\": 9, \"on_delete\": \"set_default\"}}}'");
    define(w, "MODEL SET q.S '{\"fields\": {\"t\": {\"type\": \"fk\", \"to\": \"q.T\", \"null\": true, \"on_delete\": \"set_null\"}, \"n\": {\"type\": \"int\"}}, "
              "\"unique_together\": [\"t\", \"n\"]}'");
    expect(w, "SAVE q.T JSON '[{}, {}, {}]'", "[:1,:2,:3]");
    expect(w, "SAVE q.R JSON '[{\"t\": 1}, {\"t\": 2}]'", "[:1,:2]");
    expect(w, "SAVE q.S JSON '[{\"t\": 1, \"n\": 5}, {\"t\": 2, \"n\": 5}]'", "[:1,:2]");
    refuse(w, "DELETE q.T ALL", "NOTUNIQUE", "field 't' of q.R");
    expect(w, "DELETE q.T PK 1", ":1");
    refuse(w, "DELETE q.T PK 2", "NOTUNIQUE", "field 't' of q.R");
    expect(w, "DELETE q.R PK 1", ":1");
    expect(w, "DELETE q.T PK 2", ":1");
    expect(w, "COUNT q.S FILTER t__isnull 1 n 5", ":2");
    check_indexes(w, "q.R");
    check_indexes(w, "q.S");
}

/* -- shapes -------------------------------------------------------------------------------------------------------------------------------- */

static void circles_and_references_to_oneself_come_to_an_end(void **state)
{
    world *w = *state;
    define(w, MODEL("c.A", "\"b\": " FK("c.B", ON("cascade") ", \"related_name\": \"+\"") ", \"up\": " FK("self", ON("cascade"))));
    define(w, MODEL("c.B", "\"a\": " FK("c.A", ON("cascade") ", \"related_name\": \"+\"")));
    expect(w, "SAVE c.A JSON '[{\"b\": 2, \"up\": 1}, {\"b\": 1}, {}, {\"up\": 3}]'", "[:1,:2,:3,:4]");
    expect(w, "SAVE c.B JSON '[{\"a\": 1}, {\"a\": 2}, {\"a\": 4}]'", "[:1,:2,:3]");
    expect(w, "DELETE c.B PK 2", ":4");
    expect(w, "DELETE c.A PK 3", ":3");
    expect(w, "COUNT c.A", ":0");
    expect(w, "COUNT c.B", ":0");
}

static void a_chain_of_thousands_goes_link_by_link(void **state)
{
    world *w = *state;
    define(w, MODEL("c.Link", "\"up\": " FK("self", ON("cascade"))));
    for (int i = 1; i <= 3000; i++) world_dof(w, i == 1 ? "SAVE c.Link pk 1" : "SAVE c.Link pk %d up %d", i, i - 1);
    expect(w, "DELETE c.Link PK 2991", ":10");
    expect(w, "DELETE c.Link PK 1", ":2990");
    expect(w, "COUNT c.Link", ":0");
    check_indexes(w, "c.Link");
}

static void thousands_at_once_are_found_by_a_pass_over_the_references(void **state)
{
    world *w = *state;
    define(w, MODEL("c.T", "\"n\": {\"type\": \"int\", \"index\": true}"));
    define(w, MODEL("c.R", "\"t\": " FK("c.T", ON("cascade"))));
    define(w, MODEL("c.S", "\"t\": " FK("c.T", ON("set_null"))));
    for (int i = 1; i <= 2500; i++) {
        world_dof(w, "SAVE c.T pk %d n %d", i, i);
        world_dof(w, "SAVE c.R t %d", i);
        world_dof(w, "SAVE c.R t %d", 5000 - i);
        world_dof(w, "SAVE c.S t %d", i);
    }
    expect(w, "DELETE c.T FILTER n__lte 2000", ":4000");
    expect(w, "COUNT c.R", ":3000");
    expect(w, "COUNT c.S FILTER t__isnull 1", ":2000");
    expect(w, "DELETE c.T ALL", ":1001"); /* 2,500 is referred to from both ends */
    check_indexes(w, "c.R");
    check_indexes(w, "c.S");
}

static void primary_keys_of_any_type_are_referred_to(void **state)
{
    static const char *const types[] = {"char", "int", "uuid", "blob", "decimal\", \"max_digits\": 5, \"decimal_places\": 2, \"help\": \"", "datetime", "float"};
    static const char *const keys[][2] = {{"a b:/*", "\xc3\xa9"},
                                          {"-9223372036854775808", "0"},
                                          {"123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000"},
                                          {"\xff\x01", "x"},
                                          {"1.5", "-2"},
                                          {"2026-01-01", "1969-12-31T23:59:59Z"},
                                          {"0.1", "-1e300"}};
    world *w = *state;
    for (size_t i = 0; i < COUNT(types); i++) {
        world_dof(w, "MODEL SET k.T '{\"fields\": {\"k\": {\"type\": \"%s\", \"pk\": true}}}'", types[i]);
        assert_string_equal(w->reply.p, "+OK");
        define(w, MODEL("k.R", "\"t\": " FK("k.T", ON("cascade"))));
        define(w, "MODEL SET k.O '{\"fields\": {\"t\": {\"type\": \"onetoone\", \"to\": \"k.T\", \"pk\": true, \"on_delete\": \"cascade\"}}}'");
        define(w, "MODEL SET k.P '{\"fields\": {\"o\": {\"type\": \"fk\", \"to\": \"k.O\", \"on_delete\": \"cascade\"}}}'");
        for (size_t k = 0; k < 2; k++) {
            world_dof(w, "SAVE k.T k '%s'", keys[i][k]);
            world_dof(w, "SAVE k.R t '%s'", keys[i][k]);
            world_dof(w, "SAVE k.O t '%s'", keys[i][k]);
            world_dof(w, "SAVE k.P o '%s'", keys[i][k]);
        }
        if (strcmp(world_dof(w, "DELETE k.T PK '%s'", keys[i][0]), ":4") != 0) fail_msg("%s: %s", types[i], w->reply.p);
        expect(w, "COUNT k.R", ":1");
        expect(w, "COUNT k.O", ":1");
        if (strcmp(world_do(w, "DELETE k.T ALL"), ":4") != 0) fail_msg("%s: %s", types[i], w->reply.p);
        expect(w, "COUNT k.P", ":0");
        static const char *const models[] = {"k.P", "k.O", "k.R", "k.T"};
        for (size_t m = 0; m < COUNT(models); m++) assert_string_equal(world_dof(w, "MODEL DROP %s", models[m]), "+OK");
    }
}

static void policies_are_inherited_and_may_change(void **state)
{
    world *w = *state;
    define(w, MODEL("i.T", ""));
    define(w, "MODEL SET i.Base '{\"abstract\": true, \"fields\": {\"t\": " FK("i.T", ON("protect") ", \"related_name\": \"+\"") "}}'");
    define(w, "MODEL SET i.R '{\"extends\": [\"i.Base\"]}'");
    expect(w, "SAVE i.T JSON {}", ":1");
    expect(w, "SAVE i.R t 1", ":1");
    refuse(w, "DELETE i.T PK 1", "PROTECTED", "i.R '1'");
    refuse(w, "MODEL DROP i.T ENTITIES", "PROTECTED", "refers to i.T");
    define(w, "MODEL SET i.Base '{\"abstract\": true, \"fields\": {\"t\": " FK("i.T", ON("cascade") ", \"related_name\": \"+\"") "}}'");
    expect(w, "DELETE i.T PK 1", ":2");
    define(w, MODEL("i.Holder", "\"inner\": {\"type\": \"embedded\", \"to\": \"i.R\", \"null\": true}"));
    expect(w, "SAVE i.T JSON {}", ":2");
    expect(w, "SAVE i.Holder JSON '{\"inner\": {\"id\": 5, \"t\": 2}}'", ":1");
    expect(w, "DELETE i.T PK 2", ":1"); /* what is inside another entity is no reference that minds */
    expect(w, "COUNT i.Holder", ":1");
}

static void models_of_both_stores_go_together(void **state)
{
    world *w = *state;
    define(w, "MODEL SET s.T '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}, \"store\": \"memory\"}'");
    define(w, "MODEL SET s.R '{\"fields\": {\"t\": " FK("s.T", ON("cascade")) "}, \"store\": \"native\"}'");
    define(w, "MODEL SET s.S '{\"fields\": {\"r\": " FK("s.R", ON("cascade")) ", \"t\": " FK("s.T", ON("set_null")) "}, \"store\": \"memory\"}'");
    for (int i = 1; i <= 40; i++) {
        world_dof(w, "SAVE s.T n %d", i);
        world_dof(w, "SAVE s.R t %d", i % 20 + 1);
        world_dof(w, "SAVE s.S r %d t %d", i, i);
    }
    expect(w, "DELETE s.T PK 1 2", ":10");
    world_restart(w);
    expect(w, "DELETE s.T PK 3", ":5");
    expect(w, "COUNT s.S FILTER t__isnull 1", ":1"); /* 1 and 2 have gone */
    check_indexes(w, "s.T");
    check_indexes(w, "s.R");
    check_indexes(w, "s.S");
}

static void models_in_other_slots_are_refused(void **state)
{
    world *w = *state;
    define(w, MODEL("{a}T", ""));
    define(w, MODEL("{b}R", "\"t\": " FK("{a}T", ON("cascade"))));
    expect(w, "SAVE {a}T JSON {}", ":1");
    w->cluster = true;
    refuse(w, "DELETE {a}T PK 1", "SYNTAX", "lie in different slots of the cluster");
    refuse(w, MODEL("{b}S", "\"t\": " FK("{a}T", ON("protect"))), "BADVALUE", "fields.t.on_delete: models '{b}S' and '{a}T' lie in different slots");
    refuse(w, MODEL("{b}S", "\"t\": " FK("{a}T", ", \"check\": true")), "BADVALUE", "fields.t.check: models '{b}S' and '{a}T' lie in different slots");
    define(w, MODEL("{b}S", "\"t\": " FK("{a}T", "")));
    define(w, MODEL("{b}R", ""));
    define(w, MODEL("{a}R", "\"t\": " FK("{a}T", ON("cascade"))));
    expect(w, "SAVE {a}R t 1", ":1");
    expect(w, "DELETE {a}T PK 1", ":2");
}

int main(void)
{
#define LEVELS(name) cmocka_unit_test_setup_teardown(name, set_up_levels, tear_down)
    const struct CMUnitTest tests[] = {
        LEVELS(those_that_refer_go_too_and_are_counted),
        LEVELS(a_filter_through_a_relation_finds_what_goes),
        LEVELS(what_is_not_there_takes_nothing_along),
        LEVELS(tables_that_nobody_has_read_are_read),
        LEVELS(what_others_wrote_counts),
        LEVELS(others_who_remove_an_entity_take_nothing_along),
        LEVELS(entities_that_ran_out_neither_go_nor_protect),
        LEVELS(a_copy_applies_what_was_resolved),
        LEVELS(too_much_is_a_limit_that_changes_nothing),
        LEVELS(explain_says_what_a_delete_leads_to),
        EMPTY(each_policy_does_what_its_name_says),
        EMPTY(protect_refuses_whoever_else_goes),
        EMPTY(restrict_lets_go_what_goes_by_the_same_command),
        EMPTY(restrict_within_a_model),
        EMPTY(two_references_of_an_entity_each_have_their_policy),
        EMPTY(what_is_set_has_to_be_unique_too),
        EMPTY(circles_and_references_to_oneself_come_to_an_end),
        EMPTY(a_chain_of_thousands_goes_link_by_link),
        EMPTY(thousands_at_once_are_found_by_a_pass_over_the_references),
        EMPTY(primary_keys_of_any_type_are_referred_to),
        EMPTY(policies_are_inherited_and_may_change),
        EMPTY(models_of_both_stores_go_together),
        EMPTY(models_in_other_slots_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
