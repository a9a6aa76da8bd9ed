/* t_m2m.c -- many-to-many fields: the models that are kept for them, RELATE, and paths through them from either side. */
#include "engine_check.h"
#include "inject.h"

static const char *const shelf[] = {
    "MODEL SET x.Tag '{\"fields\": {\"name\": {\"type\": \"char\", \"index\": true}, \"color\": {\"type\": \"char\", \"null\": true}}}'",
    "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'",
    "SAVE x.Tag JSON '[{\"name\": \"red\", \"color\": \"r\"}, {\"name\": \"blue\", \"color\": \"b\"}, {\"name\": \"none\"}, {\"name\": \"red\", \"color\": \"b\"}]'",
    "SAVE x.Post JSON '[{\"title\": \"a\"}, {\"title\": \"b\"}, {\"title\": \"c\"}, {\"title\": \"d\"}]'",
    "RELATE x.Post 1 tags ADD 1 2",
    "RELATE x.Post 2 tags ADD 2",
    "RELATE x.Post 3 tags ADD 3 4",
};

static int set_up_shelf(void **state)
{
    set_up(state);
    for (size_t i = 0; i < COUNT(shelf); i++)
        if (world_do(*state, shelf[i])[0] == '-') fail_msg("%s: %s", shelf[i], ((world *)*state)->reply.p);
    return 0;
}

#define SHELF(name) cmocka_unit_test_setup_teardown(name, set_up_shelf, tear_down)

static void links_are(world *w, const char *want)
{
    const char *got = world_do(w, "QUERY x.Post_tags FIELDS post tag ORDER post tag");
    if (strcmp(got, want) != 0) fail_msg("links are %s, not %s", got, want);
    check_indexes(w, "x.Post_tags");
}

/* -- definitions --------------------------------------------------------------------------------------------------------------------------- */

static void the_model_that_holds_it_comes_and_goes_with_the_field(void **state)
{
    world *w = *state;
    expect(w, shelf[0], "+OK");
    expect(w, "MODEL DIFF x.Post '{\"fields\": {\"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'",
           "[\"create model x.Post\",\"add field id\",\"add relation tags through x.Post_tags\",\"build index pk\",\"create model x.Post_tags\",\"add field id\",\"add field post\","
           "\"add field tag\",\"build index pk\",\"build index post.value.set\",\"build index tag.value.set\",\"build index post.tag.unique\"]");
    expect(w, shelf[1], "+OK");
    expect(w, "MODEL LIST", "[\"x.Post\",\"x.Post_tags\",\"x.Tag\"]");
    expect(w, "MODEL DIFF x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "[\"change model x.Post\",\"drop relation tags\",\"drop model x.Post_tags\"]");
    expect(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "MODEL LIST", "[\"x.Post\",\"x.Tag\"]");
    expect(w, shelf[1], "+OK");
    expect(w, "MODEL DROP x.Post", "+OK");
    expect(w, "MODEL LIST", "[\"x.Tag\"]");
}

static void the_same_definition_again_does_nothing_but_bring_back_what_was_deleted(void **state)
{
    world *w = *state;
    uint64_t before = world_digest(w);
    expect(w, shelf[1], "+OK");
    assert_true(world_digest(w) == before);
    assert_int_equal(w->replicated.n, 0);
    expect(w, "RELATE x.Post 1 tags CLEAR", ":2");
    w->store->cls->remove(w->store, NR_S("x.Post_tags"));
    world_restart(w);
    refuse(w, "RELATE x.Post 1 tags ADD 1", "NOMODEL", "'tags' of x.Post is held by model 'x.Post_tags', which is not defined");
    expect(w, shelf[1], "+OK");
    expect(w, "RELATE x.Post 1 tags ADD 1", ":1");
}

static void nobody_else_changes_or_drops_it(void **state)
{
    world *w = *state;
    refuse(w, "MODEL SET x.Post_tags '{}'", "PROTECTED", "'x.Post_tags' is kept by the server for 'tags' of x.Post");
    refuse(w, "MODEL DROP x.Post_tags ENTITIES", "PROTECTED", "kept by the server");
    refuse(w, "MODEL DROP x.Tag ENTITIES", "PROTECTED", "x.Post refers to x.Tag; drop it first");
    refuse(w, "MODEL DROP x.Post", "PROTECTED", "ENTITIES");
    expect(w, "MODEL DIFF x.Post_tags '{}'", "[\"refuse PROTECTED 'x.Post_tags' is kept by the server for 'tags' of x.Post; change that model\"]");
    expect(w, "MODEL DROP x.Post ENTITIES", "+OK");
    expect(w, "MODEL LIST", "[\"x.Tag\"]");
    expect(w, "MODEL SET x.Post_tags '{}'", "+OK");
    refuse(w, shelf[1], "EXISTS", "fields.tags: there is a model 'x.Post_tags' already");
}

static void a_field_with_relations_is_not_dropped(void **state)
{
    world *w = *state;
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "BADVALUE", "fields.tags: cannot be dropped while there are entities in x.Post_tags");
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"self\"}}}'", "BADVALUE", "fields.tags: the model x.Post_tags");
    expect(w, "DELETE x.Post_tags ALL", ":5");
    expect(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "COUNT x.Post", ":4");
    expect(w, shelf[1], "+OK");
    expect(w, "RELATE x.Post 1 tags ADD 1", ":1");
    links_are(w, "[{\"post\"=#1,\"tag\"=#1}]");
}

static void what_others_refer_to_is_not_dropped_with_the_field(void **state)
{
    world *w = *state;
    expect(w, "DELETE x.Post_tags ALL", ":5");
    expect(w, "MODEL SET x.Note '{\"fields\": {\"of\": {\"type\": \"fk\", \"to\": \"x.Post_tags\"}}}'", "+OK");
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "PROTECTED", "fields.tags: cannot be dropped while x.Note refers to x.Post_tags");
    refuse(w, "MODEL DROP x.Post ENTITIES", "PROTECTED", "x.Note refers to x.Post_tags");
    expect(w, "MODEL DROP x.Note", "+OK");
    expect(w, "MODEL DROP x.Post ENTITIES", "+OK");
}

static void a_definition_that_cannot_be_read_keeps_nothing(void **state)
{
    world *w = *state;
    nr_pair pairs[] = {{NR_S("definition"), NR_S("{}x")}, {NR_S("version"), NR_S("1")}};
    w->store->cls->hash_put(w->store, NR_S("x.Bad"), pairs, 2);
    expect(w, "MODEL SET x.Bad_tags '{}'", "+OK");
    expect(w, "MODEL DROP x.Bad_tags", "+OK");
}

static void a_field_may_be_added_to_a_model_with_entities(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}, \"more\": {\"type\": \"m2m\", \"to\": \"x.Tag\","
              " \"related_name\": \"others\"}}}'", "+OK");
    expect(w, "RELATE x.Post 1 more ADD 3", ":1");
    expect(w, "QUERY x.Post FILTER more 3 FIELDS id FLAT", "[#1]");
    expect(w, "QUERY x.Tag FILTER others 1 FIELDS id FLAT", "[#3]");
    expect(w, "QUERY x.Tag FILTER post 1 FIELDS id FLAT ORDER id", "[#1,#2]");
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}, \"more\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'",
           "BADVALUE", "seen from x.Tag it is 'post', as is");
}

static void the_key_of_a_model_without_entities_changes_its_type_with_it(void **state)
{
    world *w = *state;
    expect(w, shelf[0], "+OK");
    expect(w, "SAVE x.Tag name t", ":1");
    expect(w, shelf[1], "+OK");
    expect(w, "MODEL SET x.Post '{\"pk\": \"slug\", \"fields\": {\"slug\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'", "+OK");
    expect(w, "SAVE x.Post slug a", "\"a\"");
    expect(w, "RELATE x.Post a tags ADD 1", ":1");
    expect(w, "QUERY x.Tag FILTER post a FIELDS id FLAT", "[#1]");
    expect(w, "QUERY x.Tag FILTER post__startswith a FIELDS id FLAT", "[#1]");
}

static void a_target_may_come_later(void **state)
{
    world *w = *state;
    expect(w, shelf[1], "+OK");
    expect(w, "SAVE x.Post title a", ":1");
    refuse(w, "RELATE x.Post 1 tags ADD 1", "NOMODEL", "x.Tag");
    refuse(w, "QUERY x.Post FILTER tags 1", "NOMODEL", "x.Tag");
    expect(w, shelf[0], "+OK");
    expect(w, "SAVE x.Tag name a", ":1");
    expect(w, "RELATE x.Post 1 tags ADD 1", ":1");
    expect(w, "QUERY x.Post FILTER tags__name a FIELDS id FLAT", "[#1]");
}

static void each_child_of_an_abstract_model_has_one_of_its_own(void **state)
{
    world *w = *state;
    expect(w, shelf[0], "+OK");
    expect(w, "SAVE x.Tag name t", ":1");
    expect(w, "MODEL SET x.Tagged '{\"abstract\": true, \"fields\": {\"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'", "+OK");
    expect(w, "MODEL SET x.A '{\"extends\": [\"x.Tagged\"]}'", "+OK");
    expect(w, "MODEL SET x.B '{\"extends\": [\"x.Tagged\"]}'", "+OK");
    expect(w, "MODEL LIST", "[\"x.A\",\"x.A_tags\",\"x.B\",\"x.B_tags\",\"x.Tag\",\"x.Tagged\"]");
    expect(w, "SAVE x.A JSON '{}'", ":1");
    expect(w, "RELATE x.A 1 tags ADD 1", ":1");
    expect(w, "QUERY x.Tag FILTER a 1 FIELDS id FLAT", "[#1]");
    refuse(w, "MODEL SET x.Tagged '{\"abstract\": true}'", "BADVALUE", "x.A_tags");
    expect(w, "RELATE x.A 1 tags CLEAR", ":1");
    expect(w, "MODEL SET x.Tagged '{\"abstract\": true}'", "+OK");
    expect(w, "MODEL LIST", "[\"x.A\",\"x.B\",\"x.Tag\",\"x.Tagged\"]");
    expect(w, "MODEL SET x.Tagged '{\"abstract\": true, \"fields\": {\"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'", "+OK");
    expect(w, "MODEL LIST", "[\"x.A\",\"x.A_tags\",\"x.B\",\"x.B_tags\",\"x.Tag\",\"x.Tagged\"]");
}

static void names_that_are_no_fields_are_refused(void **state)
{
    world *w = *state;
    expect(w, shelf[0], "+OK");
    refuse(w, "MODEL SET x.Not '{\"fields\": {\"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'", "BADVALUE", "fields.tags: the model x.Not_tags, which holds it: fields: no field can be named 'not'");
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"post\": {\"type\": \"m2m\", \"to\": \"self\"}}}'", "BADVALUE", "fields.post.related_name: seen from x.Post it is 'post', which is a field there");
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"list\": {\"type\": \"list\", \"of\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}}'", "BADVALUE", "is for fields of a model");
    refuse(w, "MODEL SET x.Post '{\"fields\": {\"a\": {\"type\": \"embedded\", \"fields\": {\"b\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}}}'", "BADVALUE", "is for fields of a model");
}

/* -- values -------------------------------------------------------------------------------------------------------------------------------- */

static void it_is_no_part_of_an_entity(void **state)
{
    world *w = *state;
    static const char words[] = "is many to many and has no value here; RELATE writes it, PREFETCH and filters read it";
    expect(w, "GET x.Post 1", "{\"id\"=#1,\"title\"=\"a\"}");
    refuse(w, "SAVE x.Post title a tags 1", "SYNTAX", words);
    refuse(w, "SAVE x.Post JSON '{\"title\": \"a\", \"tags\": [1]}'", "SYNTAX", words);
    refuse(w, "SAVE x.Post BY tags tags 1", "SYNTAX", words);
    refuse(w, "SAVE x.Post IF tags 1 title x", "SYNTAX", words);
    refuse(w, "UPDATE x.Post ALL SET tags 1", "SYNTAX", words);
    refuse(w, "UPDATE x.Post ALL NULL tags", "SYNTAX", words);
    refuse(w, "INDEX CREATE x.Post tags exact", "SYNTAX", words);
    refuse(w, "QUERY x.Post FIELDS tags", "SYNTAX", "FIELDS: 'tags': 'tags' leads to any number of entities");
    refuse(w, "QUERY x.Post ORDER tags", "SYNTAX", "leads to any number of entities");
    refuse(w, "QUERY x.Post ORDER tags__name", "SYNTAX", "leads to any number of entities");
    refuse(w, "GET x.Post 1 FIELDS tags", "SYNTAX", "leads to any number of entities");
    refuse(w, "QUERY x.Tag FIELDS post__title", "SYNTAX", "'post' leads to any number of entities");
}

/* -- RELATE -------------------------------------------------------------------------------------------------------------------------------- */

static void relate_replies_how_many_came_and_went(void **state)
{
    world *w = *state;
    links_are(w, "[{\"post\"=#1,\"tag\"=#1},{\"post\"=#1,\"tag\"=#2},{\"post\"=#2,\"tag\"=#2},{\"post\"=#3,\"tag\"=#3},{\"post\"=#3,\"tag\"=#4}]");
    expect(w, "RELATE x.Post 4 tags ADD 1 01 1 2", ":2");
    expect(w, "RELATE x.Post 4 tags ADD 1 3", ":1");
    expect(w, "RELATE x.Post 4 tags add 1 3", ":0");
    assert_int_equal(w->replicated.n, 0);
    expect(w, "RELATE x.Post 4 tags REMOVE 4", ":0");
    expect(w, "RELATE x.Post 4 tags REMOVE 4 1 1", ":1");
    expect(w, "RELATE x.Post 4 tags SET 3 4", ":2");
    expect(w, "QUERY x.Tag FILTER post 4 FIELDS id FLAT ORDER id", "[#3,#4]");
    expect(w, "RELATE x.Post 4 tags SET 3 4", ":0");
    expect(w, "RELATE x.Post 4 tags SET", ":2");
    expect(w, "RELATE x.Post 4 tags CLEAR", ":0");
    expect(w, "RELATE x.Post 3 tags CLEAR", ":2");
    links_are(w, "[{\"post\"=#1,\"tag\"=#1},{\"post\"=#1,\"tag\"=#2},{\"post\"=#2,\"tag\"=#2}]");
}

static void relate_works_from_the_other_side_too(void **state)
{
    world *w = *state;
    expect(w, "RELATE x.Tag 2 post ADD 1 3 4", ":2");
    expect(w, "RELATE x.Tag 2 post_set REMOVE 1", ":1");
    links_are(w, "[{\"post\"=#1,\"tag\"=#1},{\"post\"=#2,\"tag\"=#2},{\"post\"=#3,\"tag\"=#2},{\"post\"=#3,\"tag\"=#3},{\"post\"=#3,\"tag\"=#4},{\"post\"=#4,\"tag\"=#2}]");
    expect(w, "RELATE x.Tag 2 post CLEAR", ":3");
}

static void relate_refuses_and_changes_nothing(void **state)
{
    world *w = *state;
    refuse(w, "RELATE x.Post 9 tags ADD 1", "NOTFOUND", "x.Post has no entity '9'");
    refuse(w, "RELATE x.Post 9 tags CLEAR", "NOTFOUND", "x.Post has no entity '9'");
    refuse(w, "RELATE x.Post 1.5 tags CLEAR", "BADVALUE", "expected an integer");
    refuse(w, "RELATE x.Post a tags CLEAR", "BADVALUE", "expected an integer");
    refuse(w, "RELATE x.Post 4 tags ADD 1 9", "NOTFOUND", "x.Tag has no entity '9'");
    refuse(w, "RELATE x.Post 1 tags SET 1 9", "NOTFOUND", "x.Tag has no entity '9'");
    refuse(w, "RELATE x.Post 1 tags REMOVE 1 9", "NOTFOUND", "x.Tag has no entity '9'");
    refuse(w, "RELATE x.Post 1 tags ADD 99999999999999999999", "NOTFOUND", "x.Tag has no entity '99999999999999999999'");
    refuse(w, "RELATE x.Post 1 tags ADD a", "BADVALUE", "expected an integer");
    refuse(w, "RELATE x.Post 1 tags ADD ''", "BADVALUE", "expected an integer");
    refuse(w, "RELATE x.Post 1 tags ADD", "SYNTAX", "ADD needs at least one primary key");
    refuse(w, "RELATE x.Post 1 tags REMOVE", "SYNTAX", "REMOVE needs at least one primary key");
    refuse(w, "RELATE x.Post 1 tags CLEAR 1", "SYNTAX", "CLEAR takes no primary keys, got 1");
    refuse(w, "RELATE x.Post 1 tags PUT 1", "SYNTAX", "unexpected 'PUT'; expected ADD, REMOVE, SET or CLEAR");
    refuse(w, "RELATE x.Post 1 tags", "SYNTAX", "wrong number");
    refuse(w, "RELATE x.Post 1 title ADD 1", "SYNTAX", "'title' of x.Post is no many-to-many field");
    refuse(w, "RELATE x.Post 1 tgas ADD 1", "NOFIELD", "did you mean 'tags'");
    refuse(w, "RELATE x.Pots 1 tags ADD 1", "NOMODEL", "x.Pots");
    links_are(w, "[{\"post\"=#1,\"tag\"=#1},{\"post\"=#1,\"tag\"=#2},{\"post\"=#2,\"tag\"=#2},{\"post\"=#3,\"tag\"=#3},{\"post\"=#3,\"tag\"=#4}]");
}

static void many_are_found_among_all_and_few_one_by_one(void **state)
{
    world *w = *state;
    text all = {0};
    for (int i = 5; i <= 60; i++) world_dof(w, "SAVE x.Tag name t%d", i);
    for (int i = 1; i <= 60; i++) text_addf(&all, " %d", i);
    assert_string_equal(world_dof(w, "RELATE x.Post 1 tags ADD%s", all.p), ":58");
    assert_string_equal(world_dof(w, "RELATE x.Post 1 tags ADD%s", all.p), ":0");
    expect(w, "RELATE x.Post 1 tags ADD 7 8", ":0");
    expect(w, "RELATE x.Post 1 tags REMOVE 7 8", ":2");
    assert_string_equal(world_dof(w, "RELATE x.Post 1 tags SET%s", all.p), ":2");
    assert_string_equal(world_dof(w, "RELATE x.Post 1 tags REMOVE%s", all.p), ":60");
    check_indexes(w, "x.Post_tags");
    free(all.p);
}

static void relations_go_with_either_side(void **state)
{
    world *w = *state;
    expect(w, "DELETE x.Tag PK 2", ":3");
    links_are(w, "[{\"post\"=#1,\"tag\"=#1},{\"post\"=#3,\"tag\"=#3},{\"post\"=#3,\"tag\"=#4}]");
    expect(w, "DELETE x.Post FILTER tags__name red", ":5");
    links_are(w, "[]");
    expect(w, "COUNT x.Post FILTER tags__isnull true", ":2");
}

static void what_refers_to_a_relation_has_its_say_when_that_goes(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET x.Note '{\"fields\": {\"of\": {\"type\": \"fk\", \"to\": \"x.Post_tags\", \"on_delete\": \"cascade\"}}}'", "+OK");
    expect(w, "MODEL SET x.Seal '{\"fields\": {\"of\": {\"type\": \"fk\", \"to\": \"x.Post_tags\", \"on_delete\": \"protect\"}}}'", "+OK");
    expect(w, "SAVE x.Note JSON '[{\"of\": 1}, {\"of\": 1}, {\"of\": 2}]'", "[:1,:2,:3]");
    expect(w, "SAVE x.Seal of 3", ":1");
    expect(w, "RELATE x.Post 1 tags SET 2 3", ":2");
    expect(w, "QUERY x.Note FIELDS of FLAT", "[#2]");
    refuse(w, "RELATE x.Post 2 tags CLEAR", "PROTECTED", "x.Seal '1' refers to x.Post_tags '3'");
    refuse(w, "RELATE x.Post 2 tags SET 1", "PROTECTED", "x.Seal '1' refers to x.Post_tags '3'");
    refuse(w, "DELETE x.Post PK 2", "PROTECTED", "x.Seal '1' refers to x.Post_tags '3'");
    world_restart(w);
    refuse(w, "RELATE x.Post 2 tags REMOVE 2", "PROTECTED", "x.Seal '1' refers to x.Post_tags '3'");
    expect(w, "DELETE x.Seal ALL", ":1");
    expect(w, "RELATE x.Post 2 tags REMOVE 2", ":1");
}

static void a_relation_to_what_is_gone_can_be_removed(void **state)
{
    world *w = *state;
    w->store->cls->remove(w->store, NR_S("x.Tag:2"));
    world_restart(w);
    expect(w, "RELATE x.Post 1 tags REMOVE 2", ":1");
    refuse(w, "RELATE x.Post 1 tags REMOVE 2", "NOTFOUND", "x.Tag has no entity '2'");
    expect(w, "QUERY x.Post FILTER tags 2 FIELDS id FLAT", "[#2]");
    expect(w, "QUERY x.Post FILTER tags__name__isnull true FIELDS id FLAT ORDER id", "[#2,#4]");
    expect(w, "QUERY x.Post FILTER tags__isnull true FIELDS id FLAT", "[#4]");
    expect(w, "RELATE x.Post 2 tags SET", ":1");
}

static void copies_get_what_was_resolved(void **state)
{
    world *w = *state, copy;
    world_open(&copy);
    w->replica = &copy;
    for (size_t i = 0; i < COUNT(shelf); i++) world_do(w, shelf[i]);
    assert_string_equal(w->replicated.p, "\"NONREL.SAVE\" \"x.Post_tags\" \"pk\" \"4\" \"post\" \"3\" \"tag\" \"3\"\n"
                                         "\"NONREL.SAVE\" \"x.Post_tags\" \"pk\" \"5\" \"post\" \"3\" \"tag\" \"4\"\n");
    expect(w, "RELATE x.Post 1 tags SET 2 3", ":2");
    assert_string_equal(w->replicated.p, "\"NONREL.SAVE\" \"x.Post_tags\" \"pk\" \"6\" \"post\" \"1\" \"tag\" \"3\"\n"
                                         "\"NONREL.DELETE\" \"x.Post_tags\" \"PK\" \"1\"\n");
    static const char *const asks[] = {"MODEL LIST", "QUERY x.Post_tags ORDER pk", "QUERY x.Post FILTER tags__name red FIELDS id FLAT", "INDEX CHECK x.Post_tags"};
    for (size_t i = 0; i < COUNT(asks); i++) {
        char *here = strdup(world_do(w, asks[i]));
        expect(&copy, asks[i], here);
        free(here);
    }
    w->replica = NULL;
    world_close(&copy);
}

static void in_a_cluster_both_lie_in_one_slot(void **state)
{
    world *w = *state;
    w->cluster = true;
    expect(w, "MODEL SET {s}Tag '{}'", "+OK");
    expect(w, "MODEL SET {t}Far '{}'", "+OK");
    refuse(w, "MODEL SET {s}Post '{\"fields\": {\"fars\": {\"type\": \"m2m\", \"to\": \"{t}Far\"}}}'", "BADVALUE", "fields.fars: models '{s}Post' and '{t}Far' lie in different slots");
    expect(w, "MODEL SET {s}Post '{\"fields\": {\"tags\": {\"type\": \"m2m\", \"to\": \"{s}Tag\"}}}'", "+OK");
    expect(w, "SAVE {s}Tag JSON '{}'", ":1");
    expect(w, "SAVE {s}Post JSON '{}'", ":1");
    expect(w, "RELATE {s}Post 1 tags ADD 1", ":1");
    expect(w, "QUERY {s}Post FILTER tags__pk 1 FIELDS id FLAT", "[#1]");
}

/* -- a model given by the user ---------------------------------------------------------------------------------------------------------------- */

static const char group[] =
    "MODEL SET g.Group '{\"fields\": {\"members\": {\"type\": \"m2m\", \"to\": \"g.Person\", \"through\": \"g.Membership\", \"related_name\": \"groups\"}}}'";

static void a_through_model_has_one_reference_to_each_side(void **state)
{
    world *w = *state;
    expect(w, group, "+OK");
    expect(w, "MODEL SET g.Person '{}'", "+OK");
    expect(w, "SAVE g.Group JSON '{}'", ":1");
    expect(w, "SAVE g.Person JSON '[{}, {}]'", "[:1,:2]");
    refuse(w, "RELATE g.Group 1 members ADD 1", "NOMODEL", "'members' of g.Group is held by model 'g.Membership', which is not defined");
    refuse(w, "MODEL SET g.Membership '{\"fields\": {\"group\": {\"type\": \"fk\", \"to\": \"g.Group\"}}}'", "BADVALUE",
           "g.Group.fields.members.through: g.Membership needs just 1 reference to g.Person, and has 0");
    refuse(w, "MODEL SET g.Membership '{\"abstract\": true}'", "BADVALUE", "is abstract");
    refuse(w,
           "MODEL SET g.Membership '{\"fields\": {\"group\": {\"type\": \"fk\", \"to\": \"g.Group\"}, \"person\": {\"type\": \"fk\", \"to\": \"g.Person\"}, \"by\": "
           "{\"type\": \"fk\", \"to\": \"g.Person\", \"related_name\": \"+\"}}}'",
           "BADVALUE", "needs just 1 reference to g.Person, and has 2");
    expect(w,
           "MODEL SET g.Membership '{\"fields\": {\"group\": {\"type\": \"fk\", \"to\": \"g.Group\"}, \"person\": {\"type\": \"fk\", \"to\": \"g.Person\"}, "
           "\"since\": {\"type\": \"int\", \"default\": 7}}}'",
           "+OK");
    expect(w, "RELATE g.Group 1 members ADD 1", ":1");
    expect(w, "SAVE g.Membership group 1 person 1 since 9", ":2");
    expect(w, "RELATE g.Group 1 members ADD 1 2", ":1");
    expect(w, "QUERY g.Membership ORDER pk FIELDS group person since", "[{\"group\"=#1,\"person\"=#1,\"since\"=#7},{\"group\"=#1,\"person\"=#1,\"since\"=#9},{\"group\"=#1,\"person\"=#2,\"since\"=#7}]");
    expect(w, "QUERY g.Person FILTER groups 1 membership__since 9 FIELDS id FLAT", "[#1]");
    expect(w, "QUERY g.Group FILTER membership__since 9 members 2 FIELDS id FLAT", "[]");
    expect(w, "QUERY g.Group FILTER membership__since 9 FILTER members 2 FIELDS id FLAT", "[#1]");
    expect(w, "RELATE g.Group 1 members REMOVE 1", ":2");
    refuse(w, "MODEL DROP g.Membership ENTITIES", "PROTECTED", "g.Group refers to g.Membership");
    expect(w, "MODEL SET g.Group '{}'", "+OK");
    expect(w, "MODEL DROP g.Membership ENTITIES", "+OK");
}

static void a_through_model_that_needs_more_is_written_by_save(void **state)
{
    world *w = *state;
    expect(w, group, "+OK");
    expect(w, "MODEL SET g.Person '{}'", "+OK");
    expect(w, "MODEL SET g.Membership '{\"fields\": {\"group\": {\"type\": \"fk\", \"to\": \"g.Group\"}, \"person\": {\"type\": \"fk\", \"to\": \"g.Person\"}, \"since\": {\"type\": \"int\"}}}'",
           "+OK");
    expect(w, "SAVE g.Group JSON '{}'", ":1");
    expect(w, "SAVE g.Person JSON '[{}, {}]'", "[:1,:2]");
    refuse(w, "RELATE g.Group 1 members ADD 1", "NOTNULL", "'since' of g.Membership, which holds the relation, needs a value: SAVE there in place of ADD");
    refuse(w, "RELATE g.Group 1 members SET", "NOTNULL", "in place of SET");
    expect(w, "SAVE g.Membership group 1 person 1 since 3", ":1");
    expect(w, "SAVE g.Membership group 1 person 2 since 3", ":2");
    expect(w, "RELATE g.Group 1 members REMOVE 1", ":1");
    expect(w, "RELATE g.Group 1 members CLEAR", ":1");
}

static void one_that_lives_for_a_time_makes_relations_that_do(void **state)
{
    world *w = *state;
    expect(w, group, "+OK");
    expect(w, "MODEL SET g.Person '{}'", "+OK");
    expect(w, "MODEL SET g.Membership '{\"ttl\": 60, \"fields\": {\"group\": {\"type\": \"fk\", \"to\": \"g.Group\"}, \"person\": {\"type\": \"fk\", \"to\": \"g.Person\"}}}'", "+OK");
    expect(w, "SAVE g.Group JSON '{}'", ":1");
    expect(w, "SAVE g.Person JSON '{}'", ":1");
    expect(w, "RELATE g.Group 1 members ADD 1", ":1");
    expect(w, "COUNT g.Person FILTER groups 1", ":1");
    w->now_us += 61 * INT64_C(1000000);
    expect(w, "COUNT g.Person FILTER groups 1", ":0");
    expect(w, "RELATE g.Group 1 members ADD 1", ":1");
}

/* -- a model and itself ------------------------------------------------------------------------------------------------------------------------ */

static void a_model_is_related_to_itself_one_way(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET p.Person '{\"fields\": {\"name\": {\"type\": \"char\"}, \"follows\": {\"type\": \"m2m\", \"to\": \"self\", \"related_name\": \"followers\"}}}'", "+OK");
    expect(w, "SAVE p.Person JSON '[{\"name\": \"a\"}, {\"name\": \"b\"}, {\"name\": \"c\"}]'", "[:1,:2,:3]");
    expect(w, "RELATE p.Person 1 follows ADD 2 3 1", ":3");
    expect(w, "RELATE p.Person 3 followers ADD 2", ":1");
    expect(w, "QUERY p.Person_follows FIELDS from_person to_person ORDER pk",
           "[{\"from_person\"=#1,\"to_person\"=#2},{\"from_person\"=#1,\"to_person\"=#3},{\"from_person\"=#1,\"to_person\"=#1},{\"from_person\"=#2,\"to_person\"=#3}]");
    expect(w, "QUERY p.Person FILTER follows__name c FIELDS id FLAT ORDER id", "[#1,#2]");
    expect(w, "QUERY p.Person FILTER followers__name a FIELDS id FLAT ORDER id", "[#1,#2,#3]");
    expect(w, "QUERY p.Person FILTER follows__follows__name c EXCLUDE follows 1 FIELDS id FLAT ORDER id", "[]");
    expect(w, "QUERY p.Person FILTER followers__followers 1 FIELDS id FLAT ORDER id", "[#1,#2,#3]");
    expect(w, "MODEL SET p.Pair '{\"fields\": {\"to_person\": {\"type\": \"fk\", \"to\": \"p.Person\", \"related_name\": \"+\"}, \"from_person\": {\"type\": \"fk\", \"to\": \"p.Person\", \"related_name\": \"+\"}}}'", "+OK");
    expect(w, "MODEL SET p.Other '{\"fields\": {\"one\": {\"type\": \"fk\", \"to\": \"p.Person\", \"related_name\": \"+\"}, \"two\": {\"type\": \"fk\", \"to\": \"p.Person\", \"related_name\": \"+\"}}}'", "+OK");
    expect(w, "MODEL SET p.Person '{\"fields\": {\"name\": {\"type\": \"char\"}, \"follows\": {\"type\": \"m2m\", \"to\": \"self\", \"related_name\": \"followers\"},"
              "\"a\": {\"type\": \"m2m\", \"to\": \"self\", \"through\": \"p.Pair\", \"related_name\": \"as\"}, \"b\": {\"type\": \"m2m\", \"to\": \"self\", \"through\": \"p.Other\", \"related_name\": \"bs\"}}}'",
           "+OK");
    expect(w, "RELATE p.Person 1 a ADD 2", ":1");
    expect(w, "RELATE p.Person 1 b ADD 2", ":1");
    expect(w, "QUERY p.Pair FIELDS from_person to_person", "[{\"from_person\"=#1,\"to_person\"=#2}]");
    expect(w, "QUERY p.Other FIELDS one two", "[{\"one\"=#1,\"two\"=#2}]");
    expect(w, "MODEL SET y.Person '{\"fields\": {\"twins\": {\"type\": \"m2m\", \"to\": \"p.Person\"}}}'", "+OK");
    expect(w, "SAVE y.Person JSON '{}'", ":1");
    expect(w, "RELATE y.Person 1 twins ADD 3", ":1");
    expect(w, "QUERY y.Person_twins FIELDS from_person to_person", "[{\"from_person\"=#1,\"to_person\"=#3}]");
}

/* -- paths --------------------------------------------------------------------------------------------------------------------------------- */

/* 1: red r, blue b; 2: blue b; 3: none NULL, red b; 4: nothing. */
static const struct {
    const char *model, *filters, *pks;
} paths[] = {
    {"x.Post", "FILTER tags 2", "#1,#2"},
    {"x.Post", "FILTER tags__pk 2", "#1,#2"},
    {"x.Post", "FILTER tags__id 2", "#1,#2"},
    {"x.Post", "FILTER tags__in '[1,4,9]'", "#1,#3"},
    {"x.Post", "FILTER tags__gt 2", "#3"},
    {"x.Post", "FILTER tags__pk__lte 1", "#1"},
    {"x.Post", "FILTER tags__isnull true", "#4"},
    {"x.Post", "FILTER tags__isnull false", "#1,#2,#3"},
    {"x.Post", "EXCLUDE tags__isnull true", "#1,#2,#3"},
    {"x.Post", "EXCLUDE tags 2", "#3,#4"},
    {"x.Post", "FILTER tags__name red", "#1,#3"},
    {"x.Post", "FILTER tags__name__icontains LU", "#1,#2"},
    {"x.Post", "FILTER tags__name red tags__color b", "#3"},
    {"x.Post", "FILTER tags__name red FILTER tags__color b", "#1,#3"},
    {"x.Post", "FILTER tags__name red tags 4", "#3"},
    {"x.Post", "FILTER tags 1 tags 2", ""},
    {"x.Post", "FILTER tags 1 FILTER tags 2", "#1"},
    {"x.Post", "EXCLUDE tags__name red tags__color b", "#1,#2,#4"},
    {"x.Post", "FILTER tags__color__isnull true", "#3,#4"},
    {"x.Post", "EXCLUDE tags__color__isnull true", "#1,#2"},
    {"x.Post", "WHERE 'tags__name = $n and tags__color = $c' PARAMS n red c b", "#3"},
    {"x.Post", "WHERE 'tags__name = $n and not tags__color = $c' PARAMS n red c b", ""},
    {"x.Post", "WHERE 'tags > 2 or title = $t' PARAMS t d", "#3,#4"},
    {"x.Post", "WHERE 'not tags = 1'", "#2,#3,#4"},
    {"x.Post", "WHERE 'tags = null'", "#4"},
    {"x.Post", "Q '{\"or\":[{\"tags__name\":\"none\"},{\"tags\":1}]}'", "#1,#3"},
    {"x.Post", "Q '{\"tags__in\":[2,null]}'", "#1,#2"},
    {"x.Tag", "FILTER post__title a", "#1,#2"},
    {"x.Tag", "FILTER post_set__title a", "#1,#2"},
    {"x.Tag", "FILTER post 3", "#3,#4"},
    {"x.Tag", "FILTER post__isnull true", ""},
    {"x.Tag", "FILTER post__tags__name none", "#3,#4"},
    {"x.Tag", "FILTER post__tags__post 2", "#1,#2"},
    {"x.Post_tags", "FILTER tag__name red post__title a", "#1"},
    {"x.Post_tags", "FILTER post__tags__name none", "#4,#5"},
};

static void a_path_goes_across_from_either_side(void **state)
{
    world *w = *state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(paths); i++) {
            char want[40];
            snprintf(want, sizeof want, "[%s]", paths[i].pks);
            const char *got = world_dof(w, "QUERY %s %s FIELDS pk FLAT ORDER pk", paths[i].model, paths[i].filters);
            if (strcmp(got, want) != 0) fail_msg("%s %s: %s, not %s", paths[i].model, paths[i].filters, got, want);
        }
        world_restart(w);
    }
}

static void what_is_wrong_with_a_path_is_said_with_its_own_names(void **state)
{
    world *w = *state;
    refuse(w, "QUERY x.Post FILTER tags x", "BADVALUE", "field 'tags' got 'x'");
    refuse(w, "QUERY x.Post FILTER tags__lt x", "BADVALUE", "field 'tags' got 'x'");
    refuse(w, "QUERY x.Post FILTER tags__pk__in 3", "BADVALUE", "field 'tags', lookup in got '3'");
    refuse(w, "QUERY x.Post FILTER tags__color__isnull x", "BADVALUE", "field 'tags__color', lookup isnull got 'x'");
    refuse(w, "QUERY x.Tag FILTER post__tags x", "BADVALUE", "field 'post__tags' got 'x'");
    refuse(w, "QUERY x.Post FILTER tags__nmae x", "NOFIELD", "no field 'nmae' in x.Tag");
    refuse(w, "QUERY x.Post FILTER tgas x", "NOFIELD", "did you mean 'tags'");
    refuse(w, "QUERY x.Post FILTER tags__post__tags__nmae x", "NOFIELD", "no field 'nmae' in x.Tag");
}

static void explain_and_profile_show_both_steps(void **state)
{
    world *w = *state;
    const char *got = world_do(w, "EXPLAIN QUERY x.Post FILTER tags__name red");
    if (!strstr(got, "SemiJoin tags from x.Post_tags") || !strstr(got, "SemiJoin tag to x.Tag")) fail_msg("%s", got);
    expect(w, "UPDATE x.Post FILTER tags__name red SET title z", ":2");
    expect(w, "COUNT x.Post FILTER title z", ":2");
    expect(w, "DELETE x.Post FILTER tags__isnull true", ":1");
}

static void prefetch_lists_what_is_related(void **state)
{
    world *w = *state;
    expect(w, "QUERY x.Post ORDER pk LIMIT 1 3 FIELDS pk PREFETCH tags",
           "[{\"pk\"=#2,\"tags\"=[{\"id\"=#2,\"name\"=\"blue\",\"color\"=\"b\"}]},"
           "{\"pk\"=#3,\"tags\"=[{\"id\"=#3,\"name\"=\"none\",\"color\"=nil},{\"id\"=#4,\"name\"=\"red\",\"color\"=\"b\"}]},{\"pk\"=#4,\"tags\"=[]}]");
    expect(w, "QUERY x.Tag FILTER pk 2 FIELDS pk PREFETCH post", "[{\"pk\"=#2,\"post\"=[{\"id\"=#1,\"title\"=\"a\"},{\"id\"=#2,\"title\"=\"b\"}]}]");
    refuse(w, "QUERY x.Post WITH tags", "SYNTAX", "'tags' leads to any number of entities; PREFETCH gives lists");
}

/* -- failures ------------------------------------------------------------------------------------------------------------------------------- */

static const char *const related_writes[] = {
    "RELATE x.Post 4 tags ADD 1 2",
    "RELATE x.Post 1 tags SET 2 3",
    "RELATE x.Post 1 tags REMOVE 1",
    "RELATE x.Tag 2 post CLEAR",
    "DELETE x.Tag PK 2",
    "MODEL SET x.More '{\"fields\": {\"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'",
    "MODEL SET x.Empty '{}'",
    ("MODEL SET x.Empty '{\"fields\": {\"a\": {\"type\": \"m2m\", \"to\": \"x.Tag\", \"related_name\": \"+\"}, \"b\": {\"type\": \"m2m\", \"to\": \"x.Post\", \"related_name\": \"+\"}, "
     "\"n\": {\"type\": \"int\", \"null\": true, \"index\": true}}}'"),
};

static const char *const related_probes[] = {
    "MODEL LIST", "MODEL GET x.Post", "MODEL GET x.Empty", "QUERY x.Post_tags ORDER pk", "INDEX CHECK x.Post_tags", "QUERY x.Post FILTER tags__name red ORDER pk", "QUERY x.Empty_c",
    "INDEX LIST x.Post_tags", "COUNT x.More", "COUNT x.Empty", "COUNT x.Empty_a", "COUNT x.Empty_b",
};

static const char *const related_set_up[] = {
    "MODEL SET x.Tag '{\"fields\": {\"name\": {\"type\": \"char\", \"index\": true}, \"color\": {\"type\": \"char\", \"null\": true}}}'",
    "MODEL SET x.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"x.Tag\"}}}'",
    "MODEL SET x.Empty '{\"fields\": {\"c\": {\"type\": \"m2m\", \"to\": \"x.Tag\", \"related_name\": \"+\"}, \"d\": {\"type\": \"m2m\", \"to\": \"x.Tag\", \"related_name\": \"+\"}}}'",
    "SAVE x.Tag JSON '[{\"name\": \"red\"}, {\"name\": \"blue\"}, {\"name\": \"none\"}]'",
    "SAVE x.Post JSON '[{\"title\": \"a\"}, {\"title\": \"b\"}, {\"title\": \"c\"}, {\"title\": \"d\"}]'",
    "RELATE x.Post 1 tags ADD 1 2",
    "RELATE x.Post 2 tags ADD 2",
    "SAVE x.Empty JSON '{}'",
    "RELATE x.Empty 1 c ADD 1",
    "RELATE x.Empty 1 c CLEAR",
    "DELETE x.Empty ALL",
};

static const inject_stage stage = {.set_up = INJECT_LINES(related_set_up), .probes = INJECT_LINES(related_probes)};

static void a_failed_call_leaves_no_half_relation(void **state)
{
    (void)state;
    static const inject_how hows[] = {ONE_CALL_COLD, ONE_CALL_WARM, ALL_CALLS_COLD, ALL_WRITES_WARM};
    for (size_t i = 0; i < COUNT(hows); i++) inject_all(&stage, (inject_lines)INJECT_LINES(related_writes), hows[i], true);
}

static void what_a_definition_drops_and_refers_to_at_once_ends_the_server(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET k.A '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "MODEL SET k.B '{\"fields\": {\"a\": {\"type\": \"m2m\", \"to\": \"k.A\"}}}'", "+OK");
    refuse(w, "MODEL SET k.B '{\"fields\": {\"g\": {\"type\": \"fk\", \"to\": \"k.B_a\", \"related_name\": \"+\", \"null\": true}}}'", "PROTECTED", "k.B_a");
    refuse(w, "MODEL SET k.B '{\"fields\": {\"g\": {\"type\": \"embedded\", \"to\": \"k.B_a\", \"null\": true}}}'", "PROTECTED", "k.B_a");
    expect(w, "MODEL SET k.B '{\"fields\": {\"g\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE k.B g 3", ":1");
    expect(w, "INDEX CREATE k.B g iexact", "+OK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(what_a_definition_drops_and_refers_to_at_once_ends_the_server),
        EMPTY(the_model_that_holds_it_comes_and_goes_with_the_field),
        SHELF(the_same_definition_again_does_nothing_but_bring_back_what_was_deleted),
        SHELF(nobody_else_changes_or_drops_it),
        SHELF(a_field_with_relations_is_not_dropped),
        SHELF(what_others_refer_to_is_not_dropped_with_the_field),
        EMPTY(a_definition_that_cannot_be_read_keeps_nothing),
        SHELF(a_field_may_be_added_to_a_model_with_entities),
        EMPTY(the_key_of_a_model_without_entities_changes_its_type_with_it),
        EMPTY(a_target_may_come_later),
        EMPTY(each_child_of_an_abstract_model_has_one_of_its_own),
        EMPTY(names_that_are_no_fields_are_refused),
        SHELF(it_is_no_part_of_an_entity),
        SHELF(relate_replies_how_many_came_and_went),
        SHELF(relate_works_from_the_other_side_too),
        SHELF(relate_refuses_and_changes_nothing),
        SHELF(many_are_found_among_all_and_few_one_by_one),
        SHELF(relations_go_with_either_side),
        SHELF(what_refers_to_a_relation_has_its_say_when_that_goes),
        SHELF(a_relation_to_what_is_gone_can_be_removed),
        EMPTY(copies_get_what_was_resolved),
        EMPTY(in_a_cluster_both_lie_in_one_slot),
        EMPTY(a_through_model_has_one_reference_to_each_side),
        EMPTY(a_through_model_that_needs_more_is_written_by_save),
        EMPTY(one_that_lives_for_a_time_makes_relations_that_do),
        EMPTY(a_model_is_related_to_itself_one_way),
        SHELF(a_path_goes_across_from_either_side),
        SHELF(what_is_wrong_with_a_path_is_said_with_its_own_names),
        SHELF(explain_and_profile_show_both_steps),
        SHELF(prefetch_lists_what_is_related),
        cmocka_unit_test(a_failed_call_leaves_no_half_relation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
