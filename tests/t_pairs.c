/* t_pairs.c -- AGGREGATE over relations that lead to any number of entities: a row for each pair, as SQL's left join gives. */
#include "engine_check.h"
#include "plan/passes.h"

/* options: of the fields that are read; with a column or without, that is read from the table or from entities. */
static void set_up_blog(world *w, const char *options)
{
    world_do(w, "MODEL SET a.Tag '{\"fields\": {\"name\": {\"type\": \"char\"}}}'");
    world_dof(w,
              "MODEL SET a.User '{\"pk\": \"name\", \"fields\": {\"name\": {\"type\": \"char\"}, \"age\": {\"type\": \"int\", \"null\": true%s}, "
              "\"boss\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true, \"related_name\": \"staff\"}}}'",
              options);
    world_dof(w,
              "MODEL SET a.Post '{\"fields\": {\"status\": {\"type\": \"char\"%s}, \"views\": {\"type\": \"int\", \"null\": true%s}, "
              "\"author\": {\"type\": \"fk\", \"to\": \"a.User\", \"null\": true, \"related_name\": \"posts\"}, "
              "\"tags\": {\"type\": \"m2m\", \"to\": \"a.Tag\", \"related_name\": \"posts\"}}}'",
              options, options);
    world_do(w, "MODEL SET a.Comment '{\"fields\": {\"post\": {\"type\": \"fk\", \"to\": \"a.Post\", \"related_name\": \"comments\"}, "
                "\"by\": {\"type\": \"fk\", \"to\": \"a.User\", \"null\": true, \"related_name\": \"said\"}}}'");
    assert_true(w->ok);
    expect(w, "SAVE a.User JSON '[{\"name\":\"ada\",\"age\":30},{\"name\":\"bob\",\"age\":20,\"boss\":\"ada\"},{\"name\":\"cy\",\"boss\":\"ada\"}]'", "[\"ada\",\"bob\",\"cy\"]");
    expect(w,
           "SAVE a.Post JSON '[{\"status\":\"live\",\"views\":5,\"author\":\"ada\"},{\"status\":\"draft\",\"views\":7,\"author\":\"ada\"},{\"status\":\"live\",\"author\":\"bob\"},"
           "{\"status\":\"live\",\"views\":100,\"author\":\"gone\"},{\"status\":\"draft\",\"views\":1}]'",
           "[:1,:2,:3,:4,:5]");
    expect(w, "SAVE a.Comment JSON '[{\"post\":1,\"by\":\"bob\"},{\"post\":1,\"by\":\"cy\"},{\"post\":3,\"by\":\"ada\"},{\"post\":9,\"by\":\"bob\"}]'", "[:1,:2,:3,:4]");
    expect(w, "SAVE a.Tag JSON '[{\"name\":\"red\"},{\"name\":\"blue\"},{\"name\":\"none\"}]'", "[:1,:2,:3]");
    world_do(w, "RELATE a.Post 1 tags ADD 1 2");
    world_do(w, "RELATE a.Post 2 tags ADD 2");
    assert_true(w->ok);
}

/* Whatever the planner does not do. */
static void expect_always(world *w, const char *command, const char *want)
{
    static const unsigned off[] = {0, NR_PASS_COLUMNS, NR_PASS_ANSWER, NR_PASSES_ALL};
    for (size_t i = 0; i < COUNT(off); i++) {
        w->passes_off = off[i];
        expect(w, command, want);
    }
    w->passes_off = 0;
}

static const struct {
    const char *command, *reply;
} cases[] = {
    /* a row without any has one pair, with nobody */
    {"AGGREGATE a.User GROUPBY name COUNT posts AS n COUNT *",
     "[{\"name\"=\"ada\",\"n\"=#2,\"count\"=#2},{\"name\"=\"bob\",\"n\"=#1,\"count\"=#1},{\"name\"=\"cy\",\"n\"=#0,\"count\"=#1}]"},
    {"AGGREGATE a.User SUM posts__views COUNT posts__views MIN posts__views MAX posts__pk COUNT *",
     "[{\"posts__views__sum\"=#12,\"posts__views__count\"=#2,\"posts__views__min\"=#5,\"posts__pk__max\"=#3,\"count\"=#4}]"},
    {"AGGREGATE a.User GROUPBY posts__status COUNT *",
     "[{\"posts__status\"=nil,\"count\"=#1},{\"posts__status\"=\"draft\",\"count\"=#1},{\"posts__status\"=\"live\",\"count\"=#2}]"},
    {"AGGREGATE a.User GROUPBY posts COUNT *", "[{\"posts\"=nil,\"count\"=#1},{\"posts\"=#1,\"count\"=#1},{\"posts\"=#2,\"count\"=#1},{\"posts\"=#3,\"count\"=#1}]"},
    {"AGGREGATE a.User GROUPBY staff COUNT staff__age MAX staff__age", "[{\"staff\"=nil,\"staff__age__count\"=#0,\"staff__age__max\"=nil},"
     "{\"staff\"=\"bob\",\"staff__age__count\"=#1,\"staff__age__max\"=#20},{\"staff\"=\"cy\",\"staff__age__count\"=#0,\"staff__age__max\"=nil}]"},
    /* what begins with the same relations is of the same pair; others multiply */
    {"AGGREGATE a.User GROUPBY posts__status SUM posts__views AS v MAX name",
     "[{\"posts__status\"=nil,\"v\"=nil,\"name__max\"=\"cy\"},{\"posts__status\"=\"draft\",\"v\"=#7,\"name__max\"=\"ada\"},{\"posts__status\"=\"live\",\"v\"=#5,\"name__max\"=\"bob\"}]"},
    {"AGGREGATE a.User GROUPBY name COUNT posts__comments AS c COUNT posts AS p COUNTDISTINCT posts AS d",
     "[{\"name\"=\"ada\",\"c\"=#2,\"p\"=#3,\"d\"=#2},{\"name\"=\"bob\",\"c\"=#1,\"p\"=#1,\"d\"=#1},{\"name\"=\"cy\",\"c\"=#0,\"p\"=#0,\"d\"=#0}]"},
    {"AGGREGATE a.User GROUPBY name COUNT posts AS p COUNT said AS s COUNT *",
     "[{\"name\"=\"ada\",\"p\"=#2,\"s\"=#2,\"count\"=#2},{\"name\"=\"bob\",\"p\"=#2,\"s\"=#2,\"count\"=#2},{\"name\"=\"cy\",\"p\"=#0,\"s\"=#1,\"count\"=#1}]"},
    {"AGGREGATE a.User GROUPBY said__post__author COUNT posts", "[{\"said__post__author\"=nil,\"posts__count\"=#1},{\"said__post__author\"=\"ada\",\"posts__count\"=#1},"
     "{\"said__post__author\"=\"bob\",\"posts__count\"=#2}]"},
    {"AGGREGATE a.User GROUPBY age posts__comments__by__age COUNT *",
     "[{\"age\"=nil,\"posts__comments__by__age\"=nil,\"count\"=#1},{\"age\"=#20,\"posts__comments__by__age\"=#30,\"count\"=#1},{\"age\"=#30,\"posts__comments__by__age\"=nil,\"count\"=#2},"
     "{\"age\"=#30,\"posts__comments__by__age\"=#20,\"count\"=#1}]"},
    /* behind a reference, which may lead nowhere */
    {"AGGREGATE a.Comment COUNT post__author__posts AS n COUNT * SUM post__author__posts__views AS v", "[{\"n\"=#5,\"count\"=#6,\"v\"=#24}]"},
    {"AGGREGATE a.Post GROUPBY author__staff COUNT *", "[{\"author__staff\"=nil,\"count\"=#3},{\"author__staff\"=\"bob\",\"count\"=#2},{\"author__staff\"=\"cy\",\"count\"=#2}]"},
    /* through a model in between, from either side */
    {"AGGREGATE a.Post GROUPBY tags__name COUNT *", "[{\"tags__name\"=nil,\"count\"=#3},{\"tags__name\"=\"blue\",\"count\"=#2},{\"tags__name\"=\"red\",\"count\"=#1}]"},
    {"AGGREGATE a.Tag GROUPBY name SUM posts__views AS v COUNT posts AS n",
     "[{\"name\"=\"blue\",\"v\"=#12,\"n\"=#2},{\"name\"=\"none\",\"v\"=nil,\"n\"=#0},{\"name\"=\"red\",\"v\"=#5,\"n\"=#1}]"},
    {"AGGREGATE a.User GROUPBY name COUNT posts__tags AS n COUNTDISTINCT posts__tags__name AS d FILTER name__lt c", "[{\"name\"=\"ada\",\"n\"=#3,\"d\"=#2},{\"name\"=\"bob\",\"n\"=#0,\"d\"=#0}]"},
    {"AGGREGATE a.Tag GROUPBY posts__tags__name COUNT *", "[{\"posts__tags__name\"=nil,\"count\"=#1},{\"posts__tags__name\"=\"blue\",\"count\"=#3},{\"posts__tags__name\"=\"red\",\"count\"=#2}]"},
    /* WHEN is asked of the pair, and a NOT in it too */
    {"AGGREGATE a.User GROUPBY name COUNT posts WHEN 'posts__status = $s' PARAMS s live AS live COUNT * WHEN 'not posts__status = $s' PARAMS s live AS others COUNT *",
     "[{\"name\"=\"ada\",\"live\"=#1,\"others\"=#1,\"count\"=#2},{\"name\"=\"bob\",\"live\"=#1,\"others\"=#0,\"count\"=#1},{\"name\"=\"cy\",\"live\"=#0,\"others\"=#1,\"count\"=#1}]"},
    {"AGGREGATE a.User GROUPBY name COUNT * WHEN 'posts__views = null' AS none COUNT * WHEN 'posts = null' AS nobody COUNT * WHEN 'posts > 1' AS later",
     "[{\"name\"=\"ada\",\"none\"=#0,\"nobody\"=#0,\"later\"=#1},{\"name\"=\"bob\",\"none\"=#1,\"nobody\"=#0,\"later\"=#1},{\"name\"=\"cy\",\"none\"=#1,\"nobody\"=#1,\"later\"=#0}]"},
    {"AGGREGATE a.User SUM age COUNT * WHEN 'posts__status = $s and posts__views > 3' PARAMS s live AS a COUNT * WHEN 'posts__status = $s or age = 20' PARAMS s draft AS b "
     "COUNT * WHEN 'posts__status = $s and age > 25' PARAMS s live AS c COUNT * WHEN 'not (posts__views = 5 or age = 20)' AS d",
     "[{\"age__sum\"=#80,\"a\"=#1,\"b\"=#2,\"c\"=#1,\"d\"=#2}]"},
    {"AGGREGATE a.User COUNT * WHEN 'posts__comments__by = $b' PARAMS b bob AS x COUNT * WHEN 'posts__comments__by__age = 20 and posts__status = $s' PARAMS s live AS y COUNT *",
     "[{\"x\"=#1,\"y\"=#1,\"count\"=#5}]"},
    {"AGGREGATE a.User SUM posts__views WHEN 'posts__author__age = 30 and boss = null' AS v COUNT posts WHEN 'posts__tags__name = $t' PARAMS t blue AS n", "[{\"v\"=#17,\"n\"=#2}]"},
    {"AGGREGATE a.User COUNT posts WHEN 'posts__author__in = (QUERY a.User WHERE age > 25)' AS n COUNT posts WHEN 'age__in = (QUERY a.User WHERE name = $b FIELDS age)' PARAMS b bob AS m",
     "[{\"n\"=#2,\"m\"=#1}]"},
    /* filters choose the entities, which have all their pairs */
    {"AGGREGATE a.User FILTER posts__status draft GROUPBY name COUNT posts AS n", "[{\"name\"=\"ada\",\"n\"=#2}]"},
    {"AGGREGATE a.User EXCLUDE posts__status draft GROUPBY name COUNT posts AS n", "[{\"name\"=\"bob\",\"n\"=#1},{\"name\"=\"cy\",\"n\"=#0}]"},
    {"AGGREGATE a.User FILTER name nobody COUNT posts COUNT *", "[{\"posts__count\"=#0,\"count\"=#0}]"},
    {"AGGREGATE a.User FILTER name nobody GROUPBY posts__status COUNT *", "[]"},
    /* behind the groups nothing is new */
    {"AGGREGATE a.User GROUPBY name COUNT posts AS n HAVING 'n > 0' ORDER -n LIMIT 0 1", "[{\"name\"=\"ada\",\"n\"=#2}]"},
    {"AGGREGATE a.User GROUPBY posts COUNT * ORDER -posts__pk LIMIT 1 2", "[{\"posts\"=#2,\"count\"=#1},{\"posts\"=#1,\"count\"=#1}]"},
    {"AGGREGATE a.User GROUPBY posts__status SUM posts__views HAVING 'posts__views__sum__gt = 5 or posts__status = null'",
     "[{\"posts__status\"=nil,\"posts__views__sum\"=nil},{\"posts__status\"=\"draft\",\"posts__views__sum\"=#7}]"},
};

static void a_row_is_there_once_for_each_pair(void **state)
{
    static const char *const options[] = {"", ", \"index\": true", ", \"column\": true"};
    for (size_t k = 0; k < COUNT(options); k++) {
        world *w = *state;
        world_do(w, "MODEL DROP a.Comment ENTITIES");
        world_do(w, "MODEL DROP a.Post ENTITIES");
        world_do(w, "MODEL DROP a.User ENTITIES");
        world_do(w, "MODEL DROP a.Tag ENTITIES");
        set_up_blog(w, options[k]);
        for (int turn = 0; turn < 2; turn++) {
            for (size_t i = 0; i < COUNT(cases); i++) expect_always(w, cases[i].command, cases[i].reply);
            world_restart(w);
        }
    }
}

/* More pairs of one row than a batch has, in the middle of rows that have few. */
static void a_row_with_thousands_of_pairs_is_one_of_many(void **state)
{
    world *w = *state;
    enum { OWNERS = 1500, PARTS = 2500 };
    expect(w, "MODEL SET b.Owner '{\"fields\": {\"n\": {\"type\": \"int\", \"column\": true}, \"m\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET b.Part '{\"fields\": {\"owner\": {\"type\": \"fk\", \"to\": \"b.Owner\", \"related_name\": \"parts\"}, \"v\": {\"type\": \"int\"}}}'", "+OK");
    text t = {0};
    text_add(&t, NR_S("SAVE b.Owner JSON '["));
    for (int i = 1; i <= OWNERS; i++) text_addf(&t, "%s{\"n\":%d,\"m\":%d}", i > 1 ? "," : "", i % 2, i % 3);
    text_add(&t, NR_S("]'"));
    world_do(w, t.p);
    assert_true(w->ok);
    text_clear(&t);
    text_add(&t, NR_S("SAVE b.Part JSON '["));
    for (int i = 1; i <= PARTS; i++) text_addf(&t, "%s{\"owner\":%d,\"v\":%d}", i > 1 ? "," : "", i <= 2300 ? 700 : i - 2300, i);
    text_add(&t, NR_S("]'"));
    world_do(w, t.p);
    assert_true(w->ok);
    free(t.p);
    /* 2,300 parts of one owner, one of each of 200, and 1,299 owners without */
    expect_always(w, "AGGREGATE b.Owner COUNT parts COUNT * SUM parts__v COUNTDISTINCT parts AS d", "[{\"parts__count\"=#2500,\"count\"=#3799,\"parts__v__sum\"=#3126250,\"d\"=#2500}]");
    expect_always(w, "AGGREGATE b.Owner GROUPBY n COUNT parts AS c COUNT *", "[{\"n\"=#0,\"c\"=#2400,\"count\"=#3049},{\"n\"=#1,\"c\"=#100,\"count\"=#750}]");
    expect_always(w, "AGGREGATE b.Owner GROUPBY m COUNT parts AS c COUNT * FILTER m 1", "[{\"m\"=#1,\"c\"=#2367,\"count\"=#2799}]");
    w->limits.max_scan = 5299;
    expect(w, "AGGREGATE b.Owner COUNT parts", "[{\"parts__count\"=#2500}]");
    w->limits.max_scan = 5298;
    refuse(w, "AGGREGATE b.Owner COUNT parts", "LIMIT", "max-scan");
    w->limits.max_scan = 100000;
    refuse(w, "AGGREGATE b.Owner COUNT parts__owner__parts", "LIMIT", "max-scan"); /* 2,300 times 2,300 */
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_memory = 100000;
    refuse(w, "AGGREGATE b.Owner GROUPBY parts COUNT *", "LIMIT", "max-memory");
}

/* Who is paired with whom follows what anybody writes. */
static void pairs_are_those_of_now(void **state)
{
    world *w = *state;
    const char *ask = "AGGREGATE a.User GROUPBY name COUNT posts AS n SUM posts__views AS v";
    nr_pair moved = {NR_S("author"), NR_S("cy")}, back = {NR_S("author"), NR_S("ada")}, fresh[] = {{NR_S("id"), NR_S("9")}, {NR_S("status"), NR_S("live")}, {NR_S("author"), NR_S("bob")}};
    set_up_blog(w, ", \"index\": true");
    expect_always(w, ask, "[{\"name\"=\"ada\",\"n\"=#2,\"v\"=#12},{\"name\"=\"bob\",\"n\"=#1,\"v\"=nil},{\"name\"=\"cy\",\"n\"=#0,\"v\"=nil}]");
    world_put(w, NR_S("a.Post:1"), &moved, 1);
    expect_always(w, ask, "[{\"name\"=\"ada\",\"n\"=#1,\"v\"=#7},{\"name\"=\"bob\",\"n\"=#1,\"v\"=nil},{\"name\"=\"cy\",\"n\"=#1,\"v\"=#5}]");
    world_put(w, NR_S("a.Post:9"), fresh, 3);
    world_remove(w, NR_S("a.Post:2"));
    expect_always(w, ask, "[{\"name\"=\"ada\",\"n\"=#0,\"v\"=nil},{\"name\"=\"bob\",\"n\"=#2,\"v\"=nil},{\"name\"=\"cy\",\"n\"=#1,\"v\"=#5}]");
    world_remove(w, NR_S("a.User:bob"));
    expect_always(w, ask, "[{\"name\"=\"ada\",\"n\"=#0,\"v\"=nil},{\"name\"=\"cy\",\"n\"=#1,\"v\"=#5}]");
    world_put(w, NR_S("a.Post:1"), &back, 1);
    expect_always(w, ask, "[{\"name\"=\"ada\",\"n\"=#1,\"v\"=#5},{\"name\"=\"cy\",\"n\"=#0,\"v\"=nil}]");
    expect(w, "SAVE a.User name bob", "\"bob\"");
    expect_always(w, ask, "[{\"name\"=\"ada\",\"n\"=#1,\"v\"=#5},{\"name\"=\"bob\",\"n\"=#2,\"v\"=nil},{\"name\"=\"cy\",\"n\"=#0,\"v\"=nil}]");
    expect(w, "DELETE a.User PK ada cy", ":2");
    expect_always(w, ask, "[{\"name\"=\"bob\",\"n\"=#2,\"v\"=nil}]");
}

static void what_has_no_pairs_refuses_them(void **state)
{
    world *w = *state;
    set_up_blog(w, "");
    refuse(w, "QUERY a.User DISTINCT FIELDS posts__views", "SYNTAX", "any number of entities");
    refuse(w, "QUERY a.User ORDER posts__views", "SYNTAX", "any number of entities");
    refuse(w, "AGGREGATE a.User GROUPBY posts__vews COUNT *", "NOFIELD", "views");
    refuse(w, "AGGREGATE a.User GROUPBY posts__author__nam COUNT *", "NOFIELD", "name");
    refuse(w, "AGGREGATE a.User GROUPBY psts COUNT *", "NOFIELD", "psts");
    refuse(w, "AGGREGATE a.User SUM posts__status", "BADVALUE", "posts__status");
    refuse(w, "AGGREGATE a.User SUM posts__author", "BADVALUE", "fk");
    refuse(w, "AGGREGATE a.User GROUPBY posts posts__pk COUNT *", "SYNTAX", "twice");
    refuse(w, "AGGREGATE a.User COUNT * WHEN 'posts__views > F(age)'", "SYNTAX", "any number of entities");
    refuse(w, "AGGREGATE a.User GROUPBY name COUNT * ORDER posts__views", "NOFIELD", "posts__views");
    w->limits.max_results = 2;
    refuse(w, "AGGREGATE a.User GROUPBY posts COUNT *", "LIMIT", "max-results");
}

/* The most relations that pairs go through, and one more. */
static void pairs_have_a_bounded_number_of_members(void **state)
{
    world *w = *state;
    text t = {0}, path = {0};
    set_up_blog(w, "");
    text_add(&t, NR_S("AGGREGATE a.User FILTER name cy COUNT *"));
    for (int i = 0; i < 16; i++) {
        text_addf(&path, "%sstaff", i ? "__" : "");
        text_addf(&t, " COUNT %s AS c%d", path.p, i);
    }
    const char *got = world_do(w, t.p);
    if (strncmp(got, "[{\"count\"=#1,\"c0\"=#0,", 21) != 0) fail_msg("%s", got);
    text_addf(&t, " COUNT %s__staff", path.p);
    refuse(w, t.p, "LIMIT", "16 relations");
    free(t.p);
    free(path.p);
}

static void plans_show_them(void **state)
{
    world *w = *state;
    set_up_blog(w, "");
    const char *got = world_do(w, "EXPLAIN AGGREGATE a.User GROUPBY name COUNT posts__comments COUNT posts WHEN 'posts__tags__name = $t' PARAMS t red AS n");
    if (!strstr(got, "\"Group by name: COUNT posts__comments__id, COUNT posts__id when posts__tags.tag.name__exact 'red' rows<=") ||
        !strstr(got, "\"  Pairs posts, posts__comments, posts__tags rows<=") || !strstr(got, "\"  SemiJoin posts__tags from a.Post_tags\",\"    Select tag.name__exact 'red' rows<=3\"") ||
        !strstr(got, "\"    SemiJoin tag to a.Tag\",\"      Filter name__exact 'red' rows"))
        fail_msg("%s", got);
    got = world_do(w, "PROFILE AGGREGATE a.User SUM posts__views");
    if (!strstr(got, "\"  Join posts__views rows") || !strstr(got, "\"    Pairs posts rows<=5 | rows=4 batches=1")) fail_msg("%s", got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(a_row_is_there_once_for_each_pair),
        EMPTY(a_row_with_thousands_of_pairs_is_one_of_many),
        EMPTY(pairs_are_those_of_now),
        EMPTY(what_has_no_pairs_refuses_them),
        EMPTY(pairs_have_a_bounded_number_of_members),
        EMPTY(plans_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
