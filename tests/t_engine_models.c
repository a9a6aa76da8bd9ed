/* t_engine_models.c -- the facade: commands on models and indexes, and what is replicated. */
#include "engine_check.h"

/* -- models ------------------------------------------------------------------------------------------------------------------------------ */

static void models_are_listed_in_order_and_by_pattern(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.B {}", "+OK");
    expect(w, "MODEL SET c.D {}", "+OK");
    expect(w, "MODEL LIST", "[\"a.B\",\"b.Post\",\"c.D\"]");
    expect(w, "MODEL LIST [ab].*", "[\"a.B\",\"b.Post\"]");
    expect(w, "MODEL GET a.B", "\"{}\"");
    refuse(w, "MODEL GET a.C", "NOMODEL", "a.B");
}

/* What the coming model makes known may be what another one embeds, and has not what it is asked for. */
static void a_coming_model_is_refused_if_one_behind_its_referrers_could_not_be(void **state)
{
    static const char target[] = "MODEL SET d.E '{\"fields\": {\"g\": {\"type\": \"int\", \"null\": true, \"unique\": true}}}'";
    static const char middle[] = "MODEL SET d.B '{\"fields\": {\"g\": {\"type\": \"fk\", \"to\": \"d.E\", \"related_name\": \"+\", \"to_field\": \"g\", \"null\": true}}}'";
    world *w = *state;
    expect(w, "MODEL SET d.A '{\"fields\": {\"c\": {\"type\": \"embedded\", \"to\": \"d.B\", \"null\": true, \"index\": [\"a__icontains\"]}}}'", "+OK");
    expect(w, middle, "+OK");
    refuse(w, target, "BADVALUE", "d.A refers to d.B: fields.c.index");
    expect(w, "SAVE d.A NULL c", ":1");
    expect(w, "MODEL SET d.A '{\"fields\": {\"c\": {\"type\": \"embedded\", \"to\": \"d.B\", \"null\": true, \"index\": [\"g__exact\"]}}}'", "+OK");
    expect(w, target, "+OK");
    expect(w, "COUNT d.A FILTER c__g__isnull true", ":1");
    world_restart(w);
    expect(w, "COUNT d.A FILTER c__g__isnull true", ":1");
}

static void drop_needs_entities_and_leaves_nothing(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post title a tag b slug c", ":1");
    refuse(w, "MODEL DROP b.Post", "PROTECTED", "ENTITIES");
    expect(w, "MODEL SET b.Note '{\"fields\": {\"post\": {\"type\": \"fk\", \"to\": \"b.Post\", \"null\": true}}}'", "+OK");
    refuse(w, "MODEL DROP b.Post ENTITIES", "PROTECTED", "b.Note");
    expect(w, "MODEL DROP b.Note", "+OK");
    expect(w, "MODEL DROP b.Post ENTITIES", "+OK");
    world fresh;
    world_open(&fresh);
    assert_true(world_digest(w) == world_digest(&fresh));
    world_close(&fresh);
    refuse(w, "COUNT b.Post", "NOMODEL", "");
}

static void a_migration_adds_fields_and_builds_and_drops_indexes(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}}}'", "+OK");
    for (int i = 0; i < 5; i++) world_dof(w, "SAVE a.X n %d", i);
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"exact\"]}, \"s\": {\"type\": \"char\", \"default\": \"d\", "
           "\"index\": true}, "
           "\"t\": {\"type\": \"char\", \"null\": true, \"unique\": true}}}'",
           "+OK");
    check_indexes(w, "a.X");
    expect(w, "COUNT a.X FILTER s d", ":5");
    expect(w, "COUNT a.X FILTER t__isnull 1", ":5");
    expect(w, "GET a.X 1", "{\"id\"=#1,\"n\"=#0,\"s\"=\"d\",\"t\"=nil}");
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}, \"s\": {\"type\": \"char\", \"default\": \"d\"}, \"t\": {\"type\": \"char\", "
           "\"null\": true, \"unique\": true}}}'",
           "+OK");
    check_indexes(w, "a.X");
    expect(w, "COUNT a.X FILTER s d n__lt 2", ":2");
    refuse(w,
           "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"char\"}, \"s\": {\"type\": \"char\", \"default\": \"d\"}, \"t\": {\"type\": \"char\", "
           "\"null\": true, \"unique\": true}}}'",
           "BADVALUE", "n");
    refuse(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "BADVALUE", "s");
    refuse(w,
           "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}, \"s\": {\"type\": \"char\", \"default\": \"d\"}, \"t\": {\"type\": \"char\", "
           "\"null\": true, \"unique\": true}, "
           "\"u\": {\"type\": \"int\"}}}'",
           "BADVALUE", "u");
}

static void a_changed_parent_migrates_its_children(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.Base '{\"abstract\": true, \"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "MODEL SET a.X '{\"extends\": [\"a.Base\"], \"fields\": {\"s\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE a.X n 1 s x", ":1");
    expect(w,
           "MODEL SET a.Base '{\"abstract\": true, \"fields\": {\"n\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"m\": {\"type\": "
           "\"int\", \"default\": 4}}}'",
           "+OK");
    expect(w, "GET a.X 1", "{\"id\"=#1,\"n\"=#1,\"m\"=#4,\"s\"=\"x\"}");
    check_indexes(w, "a.X");
    refuse(w, "SAVE a.Base n 1", "NOMODEL", "abstract");
    refuse(w, "MODEL DROP a.Base", "PROTECTED", "a.X");
    refuse(w, "MODEL SET a.Base '{\"extends\": [\"a.X\"], \"abstract\": true}'", "BADVALUE", "");
}

static void a_new_model_takes_in_the_entities_that_are_there(void **state)
{
    world *w = *state;
    nr_pair good[] = {{NR_S("id"), NR_S("4")}, {NR_S("n"), NR_S("7")}}, bad[] = {{NR_S("id"), NR_S("5")}, {NR_S("n"), NR_S("x")}};
    w->mem->cls->hash_put(w->mem, NR_S("a.X:4"), good, 2);
    w->mem->cls->hash_put(w->mem, NR_S("a.X:5"), bad, 2);
    nr_store_mem_set_string(w->mem, NR_S("a.X:6"));
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}}}'", "+OK");
    expect(w, "QUERY a.X", "[{\"id\"=#4,\"n\"=#7}]");
    expect(w, "COUNT a.X", ":1");
    expect(w, "COUNT a.X FILTER n__gt 0", ":1");
    expect(w, "GET a.X 5", "nil");
    check_indexes(w, "a.X");
    expect(w, "SAVE a.X n 1", ":7");
    refuse(w, "SAVE a.X pk 5 n 1", "CONFLICT", "a.X:5");
}

static void definitions_are_found_again_after_a_restart(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET b.Note '{\"fields\": {\"post\": {\"type\": \"fk\", \"to\": \"b.Post\", \"null\": true}}, \"ordering\": [\"-pk\"]}'", "+OK");
    expect(w, "SAVE b.Post title x", ":1");
    expect(w, "SAVE b.Note post 1", ":1");
    expect(w, "SAVE b.Note NULL post", ":2");
    world_restart(w);
    expect(w, "QUERY b.Note FIELDS post FLAT", "[nil,#1]");
    expect(w, "COUNT b.Note FILTER post_id 1", ":1");
    world_restart(w);
    expect(w, "SAVE b.Post title y", ":2");
    world_restart(w);
    expect(w, "MODEL LIST", "[\"b.Note\",\"b.Post\"]");
    check_indexes(w, "b.Post");
    check_indexes(w, "b.Note");
}

static void a_relation_to_a_model_that_comes_later_is_nomodel_until_then(void **state)
{
    world *w = *state;
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"y\": {\"type\": \"fk\", \"to\": \"a.Y\", \"null\": true}, \"n\": {\"type\": \"int\", \"null\": true}}}'",
           "+OK");
    refuse(w, "SAVE a.X y 1", "NOMODEL", "a.Y");
    refuse(w, "COUNT a.X FILTER y 1", "NOMODEL", "a.Y");
    expect(w, "SAVE a.X n 1", ":1");
    expect(w, "MODEL SET a.Y '{\"pk\": \"code\", \"fields\": {\"code\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "SAVE a.X y abc", ":2");
    expect(w, "QUERY a.X FILTER y__startswith ab FIELDS y FLAT", "[\"abc\"]");
    expect(w, "COUNT a.X FILTER y__isnull true", ":1");
    check_indexes(w, "a.X");
}

/* -- EXPLAIN and INDEX LIST -------------------------------------------------------------------------------------------------------------- */

static void explain_runs_nothing(void **state)
{
    world *w = *state;
    world_do(w, "SAVE b.Post title a");
    uint64_t before = world_digest(w);
    expect(w, "EXPLAIN COUNT b.Post FILTER title a", "[\"Count index=title.value title__exact 'a' rows=1\",\"Passes index, count\"]");
    assert_int_equal(world_do(w, "EXPLAIN DELETE b.Post FILTER title a")[0], '[');
    assert_int_equal(world_do(w, "EXPLAIN DELETE b.Post ALL")[0], '[');
    assert_int_equal(world_do(w, "EXPLAIN DELETE b.Post PK 1")[0], '[');
    assert_int_equal(world_do(w, "EXPLAIN EXISTS b.Post")[0], '[');
    assert_int_equal(world_do(w, "EXPLAIN GET b.Post 1")[0], '[');
    assert_true(world_digest(w) == before);
    assert_int_equal(w->replicated.n, 0);
    refuse(w, "EXPLAIN QUERY b.Post FILTER titel a", "NOFIELD", "title");
    refuse(w, "EXPLAIN FROB b.Post", "SYNTAX", "EXPLAIN");
    refuse(w, "EXPLAIN DELETE b.Post", "SYNTAX", "");
    refuse(w, "EXPLAIN DELETE b.Post PK", "SYNTAX", "");
    refuse(w, "EXPLAIN GET b.Post a", "BADVALUE", "id");
}

static void index_list_names_each_index_with_its_key_and_size(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"in\"]}}}'", "+OK");
    expect(w, "SAVE a.X n 1", ":1");
    expect(w, "INDEX LIST a.X",
           "[{\"name\"=\"pk\",\"fields\"=[\"id\"],\"lookups\"=[\"exact\",\"in\",\"lt\",\"lte\",\"gt\",\"gte\",\"range\",\"isnull\"],\"owners\"=["
           "\"model\"],\"type\"=\"zset\","
           "\"key\"=\"a.X/pk\",\"entries\"=:1,\"state\"=\"ready\",\"progress\"=:100},"
           "{\"name\"=\"n.value.set\",\"fields\"=[\"n\"],\"lookups\"=[\"exact\",\"in\",\"isnull\"],\"owners\"=[\"model\"],\"type\"=\"set\","
           "\"prefix\"=\"a.X/s/n.value.set/\",\"entries\"=:1,\"state\"=\"ready\",\"progress\"=:100}]");
}

static void index_check_names_what_is_missing_and_what_is_too_much(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"exact\"]}}}'", "+OK");
    expect(w, "SAVE a.X n 1", ":1");
    expect(w, "SAVE a.X n 2", ":2");
    w->mem->cls->set_remove(w->mem, NR_S("a.X/s/n.value.set/=1"), NR_S("1"));
    w->mem->cls->set_add(w->mem, NR_S("a.X/s/n.value.set/=9"), NR_S("2"));
    expect(w, "INDEX CHECK a.X", "[\"missing n.value.set '1'\",\"surplus n.value.set '2'\"]");
    w->mem->cls->set_add(w->mem, NR_S("a.X/s/n.value.set/=1"), NR_S("1"));
    expect(w, "INDEX CHECK a.X", "[\"surplus n.value.set '2'\"]");
    w->mem->cls->set_remove(w->mem, NR_S("a.X/s/n.value.set/=9"), NR_S("2"));
    expect(w, "INDEX CHECK a.X", "[]");
    w->mem->cls->remove(w->mem, NR_S("a.X/pk"));
    assert_non_null(strstr(world_do(w, "INDEX CHECK a.X"), "missing pk"));
}

/* -- replication ------------------------------------------------------------------------------------------------------------------------- */

static void what_is_replicated_is_resolved_and_gives_the_same_store(void **state)
{
    world *w = *state, replica;
    world_open(&replica);
    replica.now_us = 5;
    w->replica = &replica;
    expect(w,
           "MODEL SET a.X '{\"pk\": \"u\", \"fields\": {\"u\": {\"type\": \"uuid\"}, \"at\": {\"type\": \"datetime\", \"auto_now\": true}, \"n\": "
           "{\"type\": \"int\", \"default\": 3}}}'",
           "+OK");
    expect(w,
           "MODEL SET a.Y '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"s\": {\"type\": \"char\", \"unique\": true, "
           "\"null\": true}}}'",
           "+OK");
    static const char *const writes[] = {"SAVE a.X n 4",
                                         "SAVE a.X JSON '[{}, {\"n\": 5}]'",
                                         "SAVE a.Y n 1",
                                         "SAVE a.Y pk 9 n 1",
                                         "SAVE a.Y n 1",
                                         "SAVE a.Y INSERT n 4",
                                         "SAVE a.Y BY s s x n 3",
                                         "SAVE a.Y BY s s x NULL n",
                                         "SAVE a.Y JSON '[{\"pk\": 1, \"s\": \"q\"}, {\"n\": 6}, {\"pk\": 1, \"n\": null}]'",
                                         "SAVE a.Y pk 1 s q",
                                         "DELETE a.Y PK 10",
                                         "DELETE a.Y FILTER n__gt 3",
                                         "DELETE a.X FILTER n 3",
                                         "DELETE a.X ALL"};
    for (size_t i = 0; i < COUNT(writes); i++) {
        const char *got = world_do(w, writes[i]);
        if (!w->ok) fail_msg("%s: %s", writes[i], got);
        if (world_digest(w) != world_digest(&replica)) fail_msg("%s\n  was replicated as\n%s  and the stores differ", writes[i], w->replicated.p);
    }
    expect(w, "SAVE a.Y pk 1 s q", ":1");
    assert_int_equal(w->replicated.n, 0);
    world_close(&replica);
}

static void a_command_of_the_primary_that_cannot_be_applied_marks_the_model(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post title x", ":1");
    w->applied = true;
    world_do(w, "SAVE b.Post pk 2 views x");
    assert_false(w->ok);
    w->applied = false;
    refuse(w, "COUNT b.Post", "CORRUPT", "b.Post");
    refuse(w, "SAVE b.Post title x", "CORRUPT", "b.Post");
    assert_non_null(strstr(w->log.p, "warning"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POSTS(models_are_listed_in_order_and_by_pattern),
        EMPTY(a_coming_model_is_refused_if_one_behind_its_referrers_could_not_be),
        POSTS(drop_needs_entities_and_leaves_nothing),
        EMPTY(a_migration_adds_fields_and_builds_and_drops_indexes),
        EMPTY(a_changed_parent_migrates_its_children),
        EMPTY(a_new_model_takes_in_the_entities_that_are_there),
        POSTS(definitions_are_found_again_after_a_restart),
        EMPTY(a_relation_to_a_model_that_comes_later_is_nomodel_until_then),
        POSTS(explain_runs_nothing),
        EMPTY(index_list_names_each_index_with_its_key_and_size),
        EMPTY(index_check_names_what_is_missing_and_what_is_too_much),
        EMPTY(what_is_replicated_is_resolved_and_gives_the_same_store),
        POSTS(a_command_of_the_primary_that_cannot_be_applied_marks_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
