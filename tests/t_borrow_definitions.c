/* t_borrow_definitions.c -- indexes along references: what may be asked for and by whom, building them, and definitions that change under them. */
#include "borrow.h"
#include "query/autoload.h"

static void what_is_no_such_path_is_refused(void **state)
{
    world *w = *state;
    refuse(w, "INDEX CREATE b.User post__title exact", "SYNTAX", "'post' leads to any number of entities; an index goes along references only");
    refuse(w, "INDEX CREATE b.City user__post__title exact", "SYNTAX", "leads to any number");
    refuse(w, "INDEX CREATE b.Post author__nam exact", "NOFIELD", "no field 'nam' in b.User");
    refuse(w, "INDEX CREATE b.Post autor__name exact", "NOFIELD", "no field 'autor' in b.Post");
    refuse(w, "INDEX CREATE b.Post title__name exact", "SYNTAX", "'title' of b.Post is no reference, but of type char");
    refuse(w, "INDEX CREATE b.Post author__pk exact", "BADVALUE", "primary key of b.User is what the reference to it holds");
    refuse(w, "INDEX CREATE b.Post author__name month", "NOLOOKUP", "month");
    refuse(w, "INDEX CREATE b.Post author__name nonsense", "NOLOOKUP", "nonsense");
    refuse(w, "INDEX CREATE b.Post author__city__name__x exact", "SYNTAX", "'name' of b.City is no reference");
    refuse(w, "INDEX DROP b.Post author__name endswith", "NOTFOUND", "author__name");
    refuse(w, "INDEX REBUILD b.Post author__nam", "NOFIELD", "author__nam");
    expect(w, "MODEL SET b.Tag '{\"fields\": {\"posts\": {\"type\": \"m2m\", \"to\": \"b.Post\"}, \"l\": {\"type\": \"list\", \"null\": true}, \"p\": " FK("b.Post", ", \"related_name\": \"+\"") "}}'", "+OK");
    expect(w, "MODEL SET b.Pin '{\"fields\": {\"tag\": " FK("b.Tag", "") "}}'", "+OK");
    refuse(w, "INDEX CREATE b.Pin tag__posts__title exact", "SYNTAX", "any number");
    refuse(w, "INDEX CREATE b.Pin tag__l exact", "BADVALUE", "'l' is of type list");
    expect(w, "INDEX CREATE b.Pin tag__p__author__city__name exact", "+OK");
    expect(w, "MODEL SET b.Key '{\"fields\": {\"slug\": {\"type\": \"slug\", \"unique\": true}, \"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "MODEL SET b.Lock '{\"fields\": {\"key\": " FK("b.Key", ", \"to_field\": \"slug\"") "}}'", "+OK");
    refuse(w, "INDEX CREATE b.Lock key__n exact", "BADVALUE", "'key' of b.Lock refers by field 'slug'");
    expect(w, "INDEX CREATE b.Pin tag__p exact", "+OK");
}

static void lists_and_drops_name_the_path(void **state)
{
    world *w = *state;
    const char *list = world_do(w, "INDEX LIST b.Post");
    if (!strstr(list, "\"name\"=\"author__name.folded\",\"fields\"=[\"author__name\"]")) fail_msg("%s", list);
    expect(w, "INDEX REBUILD b.Post author__name", "+OK");
    expect(w, "INDEX REBUILD b.Post", "+OK");
    posts(w, "FILTER author__name__iexact ANN", "[#1,#2]");
    assert_int_not_equal(*world_do(w, "INDEX STATS b.Post"), '-');
    expect(w, "INDEX DROP b.Post author__name iexact", "+OK");
    world_settle(w);
    assert_null(strstr(world_do(w, "INDEX LIST b.Post"), "folded"));
    explains(w, "QUERY b.Post FILTER author__name__iexact x", "SemiJoin");
    posts(w, "FILTER author__name__iexact ANN author__name Ann", "[#1,#2]");
    expect(w, "INDEX DROP b.Post author__name", "+OK");
    posts(w, "FILTER author__name Ann author__age__lt 35", "[#1,#2]");
    expect(w, "INDEX DROP b.Post author__age", "+OK");
    expect(w, "INDEX DROP b.Post author__city__name", "+OK");
    world_settle(w);
    assert_null(strstr(world_do(w, "INDEX LIST b.Post"), "author__"));
    posts(w, "FILTER author__name Ann", "[#1,#2]");
}

static void a_file_may_want_it(void **state)
{
    world *w = *state;
    static const char *const wrong[][2] = {{"{\"b.Post\": {\"index\": {\"author__x\": [\"exact\"]}}}", "NOFIELD"}, {"{\"b.Post\": {\"index\": {\"author__name\": [\"month\"]}}}", "NOLOOKUP"}};
    nr_autoload files;
    nr_err err = {0};
    for (size_t i = 0; i <= COUNT(wrong); i++) {
        nr_autoload_init(&files, &w->env);
        bool models = i < COUNT(wrong);
        nr_slice file = models ? nr_slice_of(wrong[i][0]) : NR_S("{\"b.Post\": {\"index\": {\"author_id__name\": [\"endswith\"], \"author__nam\": true}}}");
        nr_err_clear(&err);
        if (models) {
            assert_true(nr_autoload_add_model(&files, NR_S("b.User.json"), NR_S("{\"fields\": {\"name\": {\"type\": \"char\"}}}"), &err));
            assert_true(nr_autoload_add_model(&files, NR_S("b.Post.json"), NR_S("{\"fields\": {\"author\": {\"type\": \"fk\", \"to\": \"b.User\"}}}"), &err));
        }
        assert_true(nr_autoload_add_index(&files, NR_S("x.json"), file, &err));
        assert_int_equal(nr_autoload_bind(&files, &err), !models);
        if (models) assert_string_equal(nr_code_word(err.code), wrong[i][1]);
        else assert_true(world_autoload(w, &files));
        nr_autoload_clear(&files);
    }
    explains(w, "QUERY b.Post FILTER author__name__endswith nn", "index=author__name.reversed");
    posts(w, "FILTER author__name__endswith nn", "[#1,#2]");
}

static void an_index_sleeps_while_its_way_is_not_known(void **state)
{
    world *w = *state;
    expect(w, "DELETE b.City ALL", ":2");
    expect(w, "MODEL SET b.City '{\"fields\": {\"mayor\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    world_settle(w);
    assert_null(strstr(world_do(w, "INDEX LIST b.Post"), "author__city"));
    refuse(w, "COUNT b.Post FILTER author__city__name x", "NOFIELD", "name");
    posts(w, "FILTER author__name Ann", "[#1,#2]");
    expect(w, "MODEL SET b.City '{\"fields\": {\"name\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    world_settle(w);
    expect(w, "SAVE b.City pk 1 name 7", ":1");
    posts(w, "FILTER author__city__name 7", "[#1,#2]");
    explains(w, "QUERY b.Post FILTER author__city__name 7", "index=author__city__name.value.set");
    world_restart(w);
    posts(w, "FILTER author__city__name 7", "[#1,#2]");
    explains(w, "QUERY b.Post FILTER author__city__name 7", "index=author__city__name.value.set");
}

static void a_field_of_another_type_is_indexed_anew(void **state)
{
    world *w = *state;
    expect(w, "DELETE b.User ALL", ":3");
    expect(w, "MODEL SET b.User '{\"fields\": {\"name\": {\"type\": \"int\", \"null\": true}, \"age\": {\"type\": \"float\", \"null\": true}, \"city\": " FK("b.City", "") "}}'",
           "+OK");
    expect(w, "SAVE b.User pk 1 name 5 age 1.5", ":1");
    posts(w, "FILTER author__name 5", "[#1,#2]");
    posts(w, "FILTER author__age__lt 2", "[#1,#2]");
    world_restart(w);
    posts(w, "FILTER author__age__lt 2", "[#1,#2]");
}

/* What did not decode by the definition that was does by the one that comes: its values are lent at once, and of another type. */
static void entities_that_come_with_another_type_of_a_field_end_the_server(void **state)
{
    world *w = *state, replica;
    const nr_pair name = {NR_S("name"), NR_S("7")}, none = {NR_S("name"), NR_S("seven")};
    world_open(&replica);
    w->replica = &replica;
    expect(w, "MODEL SET e.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}, \"age\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET e.Post '{\"fields\": {\"author\": " FK("e.User", "") "}}'", "+OK");
    expect(w, "SAVE e.Post author 3", ":1");
    expect(w, "SAVE e.Post author 4", ":2");
    expect(w, "INDEX CREATE e.Post author__name exact gt icontains", "+OK");
    expect(w, "COUNT e.Post FILTER author__name__isnull 1", ":2");
    world_put(w, NR_S("e.User:3"), &name, 1);
    world_put(w, NR_S("e.User:4"), &none, 1);
    expect(w, "MODEL SET e.User '{\"fields\": {\"name\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "QUERY e.Post FILTER author__name__gt 6 FIELDS pk FLAT", "[#1]");
    world_settle(w);
    expect(w, "QUERY e.Post FILTER author__name__icontains 7 FIELDS pk FLAT", "[#1]");
    check_indexes(w, "e.Post");
    world_remove(w, NR_S("e.User:3"));
    expect(w, "COUNT e.User", ":0");
    expect(w, "MODEL SET e.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    expect(w, "QUERY e.Post FILTER author__name seven FIELDS pk FLAT", "[#2]");
    world_settle(w);
    expect(w, "QUERY e.Post FILTER author__name__icontains EV FIELDS pk FLAT", "[#2]");
    check_indexes(w, "e.Post");
    expect(&replica, "COUNT e.Post FILTER author__name seven", ":1");
    assert_true(world_digest(w) == world_digest(&replica));
    w->replica = NULL;
    world_close(&replica);
}

static void a_change_of_definitions_keeps_the_indexes(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET b.User '{\"fields\": {\"nick\": {\"type\": \"char\", \"null\": true}, \"name\": {\"type\": \"char\", \"null\": true, \"index\": true}, "
              "\"age\": {\"type\": \"int\", \"null\": true}, \"city\": " FK("b.City", "") "}}'", "+OK");
    world_settle(w);
    posts(w, "FILTER author__name__iexact ann", "[#1,#2]");
    expect(w, "MODEL SET b.Post '{\"fields\": {\"n\": {\"type\": \"int\", \"default\": 3}, \"title\": {\"type\": \"char\", \"null\": true}, \"author\": " FK("b.User", "") "}}'",
           "+OK");
    world_settle(w);
    posts(w, "FILTER author__name__iexact ann", "[#1,#2]");
    expect(w, "SAVE b.User pk 1 name Q", ":1");
    posts(w, "FILTER author__name Q n 3", "[#1,#2]");
    refuse(w, "MODEL DROP b.User ENTITIES", "PROTECTED", "refers to b.User");
    expect(w, "MODEL DROP b.Post ENTITIES", "+OK");
    expect(w, "SAVE b.User pk 1 name R", ":1");
    expect(w, "MODEL SET b.Post '{\"fields\": {\"author\": " FK("b.User", "") "}}'", "+OK");
    assert_null(strstr(world_do(w, "INDEX LIST b.Post"), "author__"));
}

static void models_may_borrow_from_each_other(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET b.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}, \"age\": {\"type\": \"int\", \"null\": true}, \"city\": " FK("b.City", "")
              ", \"best\": " FK("b.Post", "") "}}'", "+OK");
    expect(w, "INDEX CREATE b.User best__title exact", "+OK");
    expect(w, "INDEX CREATE b.Post author__best__title exact", "+OK");
    expect(w, "SAVE b.User pk 1 best 3", ":1");
    posts(w, "FILTER author__best__title c", "[#1,#2]");
    expect(w, "SAVE b.Post pk 3 title z", ":3");
    posts(w, "FILTER author__best__title z", "[#1,#2]");
    expect(w, "QUERY b.User FILTER best__title z FIELDS pk FLAT", "[#1]");
    world_restart(w);
    posts(w, "FILTER author__best__title z", "[#1,#2]");
    nr_pair title = {NR_S("title"), NR_S("y")};
    world_put(w, NR_S("b.Post:3"), &title, 1);
    posts(w, "FILTER author__best__title y", "[#1,#2]");
    expect(w, "QUERY b.User FILTER best__title y FIELDS pk FLAT", "[#1]");
}

static void all_kinds_of_indexes_go_along_references(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET b.Day '{\"fields\": {\"at\": {\"type\": \"datetime\", \"null\": true}, \"d\": {\"type\": \"decimal\", \"max_digits\": 5, \"decimal_places\": 2, \"null\": true}, "
              "\"t\": {\"type\": \"text\", \"null\": true}, \"u\": " FK("b.User", "") "}}'", "+OK");
    expect(w, "MODEL SET b.Row '{\"fields\": {\"day\": " FK("b.Day", "") "}}'", "+OK");
    expect(w, "INDEX CREATE b.Row day__at month year__gte", "+OK");
    expect(w, "INDEX CREATE b.Row day__d lt", "+OK");
    expect(w, "INDEX CREATE b.Row day__t icontains endswith '{\"regex\":\"^h.l\"}'", "+OK");
    expect(w, "INDEX CREATE b.Row day__u exact", "+OK");
    expect(w, "SAVE b.Day at 2026-05-01T10:00:00Z d 1.50 t hello u 3", ":1");
    expect(w, "SAVE b.Day at 2025-06-01T10:00:00Z d -1.50 t 'Say Hello'", ":2");
    expect(w, "SAVE b.Row JSON '[{\"day\": 1}, {\"day\": 2}, {}]'", "[:1,:2,:3]");
    static const char *const asked[][2] = {{"day__at__month 5", "[#1]"}, {"day__at__year__gte 2025", "[#1,#2]"}, {"day__d__lt 0", "[#2]"}, {"day__t__icontains HELL", "[#1,#2]"},
                                           {"day__t__endswith ello", "[#1,#2]"}, {"day__t__regex ^h.l", "[#1]"}, {"day__u 3", "[#1]"}, {"day__t__isnull 1", "[#3]"}};
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(asked); i++) {
            const char *got = world_dof(w, "QUERY b.Row FILTER %s ORDER pk FIELDS pk FLAT", asked[i][0]);
            if (strcmp(got, asked[i][1]) != 0) fail_msg("%s gives %s", asked[i][0], got);
        }
        check_indexes(w, "b.Row");
        if (round == 0) world_restart(w);
        if (round == 1) expect(w, "DELETE b.Day ALL", ":2");
        if (round == 1) check_indexes(w, "b.Row");
        if (round == 1) expect(w, "SAVE b.Day pk 1 at 2026-05-01T10:00:00Z d 1.50 t hello u 3", ":1");
        if (round == 1) expect(w, "SAVE b.Day pk 2 at 2025-06-01T10:00:00Z d -1.50 t 'Say Hello'", ":2");
    }
    explains(w, "QUERY b.Row FILTER day__t__regex ^h.l", "index=day__t.matches");
}

static void a_change_that_moves_too_many_entries_is_refused(void **state)
{
    world *w = *state;
    for (int i = 0; i < 3000; i++) world_dof(w, "SAVE b.Post author 1");
    w->limits.max_memory = 120000;
    refuse(w, "SAVE b.User pk 1 name Much", "LIMIT", "3002 entities of b.Post have to change their place in an index along references");
    expect(w, "SAVE b.User pk 1 age 30", ":1");
    w->limits = NR_LIMITS_DEFAULT;
    expect(w, "SAVE b.User pk 1 name Much", ":1");
    expect(w, "COUNT b.Post FILTER author__name__iexact much", ":3002");
    check_all(w);
}

static void a_build_in_slices_takes_in_what_changes_meanwhile(void **state)
{
    world *w = *state;
    nr_pair name = {NR_S("name"), NR_S("out")};
    for (int i = 0; i < 3000; i++) world_dof(w, "SAVE b.Post author %d", 1 + i % 3);
    expect(w, "INDEX CREATE b.Post author__name endswith", "+OK");
    for (int i = 0; world_build(w, 1) && i < 100000; i++) {
        if (i % 9 == 0) world_dof(w, "SAVE b.User pk %d name n%d", 1 + i % 3, i % 5);
        if (i % 9 == 4) world_dof(w, "SAVE b.Post pk %d author %d", 1 + i % 2900, 1 + i % 4);
        if (i % 50 == 7) world_put(w, NR_S("b.User:2"), &name, 1);
        if (i == 20) expect(w, "QUERY b.Post FILTER author__name__endswith xyz", "[]");
    }
    world_settle(w);
    explains(w, "QUERY b.Post FILTER author__name__endswith x", "index=author__name.reversed");
    check_all(w);
    posts(w, "FILTER author__name__endswith zzz", "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(what_is_no_such_path_is_refused),
        TOWN(lists_and_drops_name_the_path),
        TOWN(a_file_may_want_it),
        TOWN(an_index_sleeps_while_its_way_is_not_known),
        TOWN(a_field_of_another_type_is_indexed_anew),
        EMPTY(entities_that_come_with_another_type_of_a_field_end_the_server),
        TOWN(a_change_of_definitions_keeps_the_indexes),
        TOWN(models_may_borrow_from_each_other),
        TOWN(all_kinds_of_indexes_go_along_references),
        TOWN(a_change_that_moves_too_many_entries_is_refused),
        TOWN(a_build_in_slices_takes_in_what_changes_meanwhile),
    };
    return cmocka_run_group_tests_name("definitions of indexes along references", tests, NULL, NULL);
}
