/* t_ordering.c -- the ordering of a model where it goes along references: what it decides and what it leaves alone, what MODEL SET refuses, targets that come later, change or are
 * gone, files of definitions, restarts, copies. */
#include "engine_check.h"

#include "engine/models.h"
#include "query/autoload.h"

#define CITY "MODEL SET o.City '{\"fields\": {\"name\": {\"type\": \"char\"}, \"founded\": {\"type\": \"date\", \"null\": true}}}'"
#define USER                                                                                                                                   \
    "MODEL SET o.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}, \"city\": {\"type\": \"fk\", \"to\": \"o.City\", "              \
    "\"null\": true, \"related_name\": \"people\"}, \"likes\": {\"type\": \"m2m\", \"to\": \"self\"}}}'"
#define POST_BY(ordering)                                                                                                                      \
    "MODEL SET o.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"at\": {\"type\": \"date\", \"null\": true}, \"tags\": {\"type\": \"list\", " \
    "\"of\": {\"type\": \"int\"}, \"null\": true}, \"author\": {\"type\": \"fk\", \"to\": \"o.User\", \"null\": true, \"related_name\": \"posts\"}}, " \
    "\"ordering\": [" ordering "]}'"

static void fill(world *w, const char *by)
{
    expect(w, CITY, "+OK");
    expect(w, USER, "+OK");
    expect(w, by, "+OK");
    expect(w, "SAVE o.City JSON '[{\"name\":\"Rome\",\"founded\":\"1900-01-01\"},{\"name\":\"Oslo\",\"founded\":\"1850-01-01\"}]'", "[:1,:2]");
    expect(w, "SAVE o.User JSON '[{\"name\":\"cy\",\"city\":1},{\"name\":\"ada\",\"city\":2},{\"name\":\"bob\",\"city\":9},{\"city\":1}]'", "[:1,:2,:3,:4]");
    expect(w,
           "SAVE o.Post JSON '[{\"title\":\"a\",\"author\":1,\"at\":\"2024-01-01\"},{\"title\":\"b\",\"author\":2,\"at\":\"2025-05-05\"},{\"title\":\"c\",\"author\":3},"
           "{\"title\":\"d\"},{\"title\":\"e\",\"author\":7},{\"title\":\"f\",\"author\":2,\"at\":\"2025-02-02\"},{\"title\":\"g\",\"author\":2,\"at\":\"2026-01-01\"},"
           "{\"title\":\"h\",\"author\":4}]'",
           "[:1,:2,:3,:4,:5,:6,:7,:8]");
}

/* The titles of all posts in the order of the model, as a string of letters. */
static const char *titles(world *w, const char *clauses)
{
    static char out[64];
    const char *got = world_dof(w, "QUERY o.Post FIELDS title FLAT %s", clauses);
    size_t n = 0;
    if (got[0] != '[') fail_msg("%s: %s", clauses, got);
    for (; *got; got++)
        if (*got >= 'a' && *got <= 'h') out[n++] = *got;
    out[n] = 0;
    return out;
}

/* Orderings, and what ORDER would be. NULL sorts lowest, ties go by primary key. */
static const struct {
    const char *ordering, *order, *titles;
} orders[] = {
    {"\"author__name\"", "author__name", "dehbfgca"},
    {"\"-author__name\"", "-author__name", "acbfgdeh"},
    {"\"author__name\",\"-at__year\"", "author__name -at__year", "dehgbfca"},
    {"\"-author__city__name\",\"title\"", "-author__city__name title", "ahbfgcde"},
    {"\"author__city__founded__year\",\"-pk\"", "author__city__founded__year -pk", "edcgfbha"},
    {"\"author__pk\",\"-title\"", "author__pk -title", "dagfbche"},
    {"\"author_id\",\"author__name\",\"author__name\"", "author_id author__name", "dabfgche"},
    {"\"-tags__len\",\"at__month\"", "-tags__len at__month", "cdehagfb"},
    {"\"-at__year\"", "-at__year", "gbfacdeh"},
    {"\"pk\",\"author__name\"", "pk", "abcdefgh"},
};

static void an_ordering_is_what_order_would_be(void **state)
{
    world *w = *state;
    fill(w, POST_BY("\"title\""));
    for (size_t i = 0; i < COUNT(orders); i++) {
        text set = {0}, by = {0};
        text_addf(&set, POST_BY("%s"), orders[i].ordering);
        text_addf(&by, "ORDER %s", orders[i].order);
        expect(w, set.p, "+OK");
        for (int turn = 0; turn < 2; turn++) {
            assert_string_equal(titles(w, ""), orders[i].titles);
            assert_string_equal(titles(w, by.p), orders[i].titles);
            world_restart(w);
        }
        free(set.p), free(by.p);
    }
}

/* It stands in for ORDER alone. */
static void an_ordering_applies_where_there_is_no_order(void **state)
{
    world *w = *state;
    fill(w, POST_BY("\"author__name\",\"-at__year\""));
    for (int turn = 0; turn < 2; turn++) {
        assert_string_equal(titles(w, "ORDER pk"), "abcdefgh");
        assert_string_equal(titles(w, "REVERSE"), "acfbghed");
        assert_string_equal(titles(w, "LIMIT 2 3"), "hgb");
        assert_string_equal(titles(w, "REVERSE LIMIT 1 2"), "cf");
        assert_string_equal(titles(w, "FILTER author 2"), "gbf");
        expect(w, "QUERY o.Post FIELDS title DISTINCT FLAT", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"]");
        expect(w, "AGGREGATE o.Post GROUPBY at__year COUNT * AS n", "[{\"at__year\"=nil,\"n\"=#4},{\"at__year\"=#2024,\"n\"=#1},{\"at__year\"=#2025,\"n\"=#2},{\"at__year\"=#2026,\"n\"=#1}]");
        expect(w, "COUNT o.Post", ":8");
        expect(w, "EXISTS o.Post FILTER title a", ":1");
        world_do(w, "INDEX CREATE o.Post author__name exact lt");
    }
}

static void pages_follow_an_ordering(void **state)
{
    world *w = *state;
    char all[16] = "", token[512] = "";
    fill(w, POST_BY("\"-author__name\",\"at__year\""));
    for (int page = 0; page < 4; page++) {
        const char *got = world_dof(w, "QUERY o.Post FIELDS title PAGE 2 %s%s", *token ? "AFTER " : "", token);
        for (const char *at = got; (at = strstr(at, "\"title\"=\"")); at += 10) strncat(all, at + 9, 1);
        const char *end = strrchr(got, ',');
        if (page < 3) sscanf(end, ",\"%511[^\"]", token);
        else assert_string_equal(end, ",nil]");
    }
    assert_string_equal(all, "acbfgdeh");
    refuse(w, "QUERY o.Post FIELDS title PAGE 2 AFTER AAAA", "CURSOR", "no token");
    expect(w, POST_BY("\"author__name\""), "+OK");
    text again = {0};
    text_addf(&again, "QUERY o.Post FIELDS title PAGE 2 AFTER %s", token);
    refuse(w, again.p, "CURSOR", "no token of this query");
    free(again.p);
}

static void an_ordering_that_can_never_be_is_refused(void **state)
{
    static const struct {
        const char *set, *code, *words;
    } bad[] = {
        {POST_BY("\"athor__name\""), "NOFIELD", "ordering: no field 'athor' in o.Post; did you mean 'author'?"},
        {POST_BY("\"-athor__name\""), "NOFIELD", "ordering: no field 'athor'"},
        {POST_BY("\"author__nmae\""), "NOFIELD", "ordering: no field 'nmae' in o.User; did you mean 'name'?"},
        {POST_BY("\"title\",\"author__city__nam\""), "NOFIELD", "ordering: no field 'nam' in o.City"},
        {POST_BY("\"author__posts__title\""), "SYNTAX", "ordering: 'author__posts__title': 'posts' leads to any number of entities"},
        {POST_BY("\"author__likes__name\""), "SYNTAX", "'likes' leads to any number of entities"},
        {POST_BY("\"at__yeer\""), "NOLOOKUP", "ordering: no transform 'yeer' on field 'at'"},
        {POST_BY("\"author__name__year\""), "NOLOOKUP", "ordering: no transform 'year' on field"},
        {POST_BY("\"title__icontains\""), "NOLOOKUP", "ordering: no transform 'icontains'"},
        {POST_BY("\"author__\""), "NOFIELD", "ordering: "},
        {POST_BY("\"?\""), "BADVALUE", "ordering: '?'"},
        {"MODEL SET o.City '{\"fields\": {\"name\": {\"type\": \"char\"}}, \"ordering\": [\"people__name\"]}'", "NOFIELD", "ordering: no field 'people' in o.City"},
        {"MODEL SET o.User '{\"fields\": {\"likes\": {\"type\": \"m2m\", \"to\": \"self\"}}, \"ordering\": [\"likes__name\"]}'", "SYNTAX", "ordering: 'likes' of o.User is many to many"},
        {"MODEL SET o.Own '{\"fields\": {\"up\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true}}, \"ordering\": [\"up__n\"]}'", "NOFIELD", "ordering: no field 'n' in o.Own"},
        {"MODEL SET o.Two '{\"extends\": [\"o.User\"], \"ordering\": [\"city__nam\"]}'", "NOFIELD", "ordering: no field 'nam' in o.City"},
        {"MODEL SET o.Two '{\"extends\": [\"o.User\"], \"ordering\": [\"cty__name\"]}'", "NOFIELD", "ordering: no field 'cty'"},
    };
    world *w = *state;
    fill(w, POST_BY("\"title\""));
    for (size_t i = 0; i < COUNT(bad); i++) {
        refuse(w, bad[i].set, bad[i].code, bad[i].words);
        text diff = {0};
        text_addf(&diff, "MODEL DIFF%s", bad[i].set + strlen("MODEL SET"));
        const char *got = world_do(w, diff.p);
        if (!strstr(got, "\"refuse ") || !strstr(got, bad[i].code)) fail_msg("%s: %s", diff.p, got);
        free(diff.p);
    }
}

/* What is not known yet is not held against it, and answers say what is missing. */
static void a_target_may_come_later(void **state)
{
    world *w = *state;
    expect(w, POST_BY("\"author__city__name\""), "+OK");
    const char *got = world_do(w, "MODEL GET o.Post");
    if (!strstr(got, "author__city__name")) fail_msg("%s", got);
    refuse(w, "QUERY o.Post", "NOMODEL", "the ordering of o.Post, which ORDER takes the place of: field 'author' refers to model 'o.User', which is not defined");
    refuse(w, "EXPLAIN QUERY o.Post", "NOMODEL", "the ordering of o.Post");
    expect(w, "QUERY o.Post ORDER title", "[]");
    expect(w, "COUNT o.Post", ":0");
    expect(w, USER, "+OK");
    refuse(w, "QUERY o.Post", "NOMODEL", "field 'city' refers to model 'o.City', which is not defined");
    expect(w, "MODEL SET o.City '{\"fields\": {\"nick\": {\"type\": \"char\"}}}'", "+OK");
    refuse(w, "QUERY o.Post", "NOFIELD", "the ordering of o.Post, which ORDER takes the place of: no field 'name' in o.City");
    expect(w, CITY, "+OK");
    expect(w, "QUERY o.Post", "[]");
    expect(w, "MODEL SET o.Plain '{\"fields\": {\"to\": {\"type\": \"fk\", \"to\": \"o.Late\", \"null\": true, \"related_name\": \"plain\"}}, \"ordering\": [\"-to\", \"pk\"]}'", "+OK");
    expect(w, "SAVE o.Plain NULL to", ":1");
    refuse(w, "QUERY o.Plain", "NOMODEL", "the ordering of o.Plain, which ORDER takes the place of: field 'to' refers to model 'o.Late', which is not defined");
    refuse(w, "EXPLAIN QUERY o.Plain PAGE 1", "NOMODEL", "the ordering of o.Plain");
    expect(w, "QUERY o.Plain ORDER pk FIELDS pk FLAT", "[#1]");
    expect(w, "COUNT o.Plain", ":1");
    world_restart(w);
    refuse(w, "QUERY o.Plain", "NOMODEL", "o.Late");
    expect(w, "MODEL SET o.Late '{}'", "+OK");
    expect(w, "QUERY o.Plain FIELDS pk FLAT", "[#1]");
    world_restart(w);
    expect(w, "QUERY o.Post", "[]");
}

/* A held field that refers to the model that is being defined leads back to it, though what it holds is not known yet. */
static void a_path_through_to_field_may_lead_to_the_model_itself(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET o.Side '{\"fields\": {\"held\": {\"type\": \"fk\", \"to\": \"o.Main\", \"related_name\": \"+\", \"null\": true, \"unique\": true}}}'", "+OK");
    expect(w,
           "MODEL SET o.Main '{\"fields\": {\"n\": {\"type\": \"int\"}, \"side\": {\"type\": \"fk\", \"to\": \"o.Side\", \"to_field\": \"held\", \"related_name\": \"+\", \"null\": true}}, "
           "\"ordering\": [\"side__held__n\", \"-side__held__side__held__n\"]}'",
           "+OK");
    world_do(w, "SAVE o.Main JSON '[{\"n\": 2}, {\"n\": 1}]'");
    world_do(w, "SAVE o.Side JSON '[{\"held\": 1}, {\"held\": 2}]'");
    world_do(w, "SAVE o.Main pk 1 side 2");
    world_do(w, "SAVE o.Main pk 2 side 1");
    expect(w, "QUERY o.Main FIELDS pk FLAT", "[#1,#2]");
    expect(w, "MODEL SET o.Left '{\"fields\": {\"held\": {\"type\": \"fk\", \"to\": \"o.Right\", \"related_name\": \"+\", \"null\": true, \"unique\": true}}}'", "+OK");
    expect(w,
           "MODEL SET o.Right '{\"fields\": {\"exact\": {\"type\": \"fk\", \"to\": \"o.Left\", \"to_field\": \"held\", \"related_name\": \"+\", \"null\": true}}, "
           "\"ordering\": [\"exact__held__exact__held__pk\"]}'",
           "+OK");
    refuse(w, "MODEL SET o.Other '{\"fields\": {\"side\": {\"type\": \"fk\", \"to\": \"o.Side\", \"to_field\": \"held\", \"related_name\": \"+\"}}, \"ordering\": [\"side__held__m\"]}'", "NOFIELD",
           "no field 'm' in o.Main");
}

/* Two definitions change one after the other, whichever is the first; what stands between them says so. */
static void a_target_may_change(void **state)
{
    world *w = *state;
    fill(w, POST_BY("\"author__city__name\""));
    expect(w, "DELETE o.City ALL", ":2");
    expect(w, "MODEL SET o.City '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "+OK");
    for (int turn = 0; turn < 2; turn++) {
        refuse(w, "QUERY o.Post", "NOFIELD", "the ordering of o.Post, which ORDER takes the place of: no field 'name' in o.City; it has id, title");
        refuse(w, "QUERY o.Post PAGE 2", "NOFIELD", "which ORDER takes the place of");
        assert_string_equal(titles(w, "ORDER -pk"), "hgfedcba");
        expect(w, "UPDATE o.Post FILTER title a SET title a", ":1");
        world_restart(w);
    }
    refuse(w, POST_BY("\"author__city__name\",\"pk\""), "NOFIELD", "ordering: no field 'name' in o.City");
    expect(w, POST_BY("\"author__city__title\""), "+OK");
    expect(w, "SAVE o.City id 1 title z", ":1");
    assert_string_equal(titles(w, ""), "bcdefgah");
    /* A field of another type sorts as that type. */
    expect(w, "DELETE o.City ALL", ":1");
    expect(w, "MODEL SET o.City '{\"fields\": {\"title\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "SAVE o.City JSON '[{\"id\":1,\"title\":9},{\"id\":2,\"title\":10}]'", "[:1,:2]");
    assert_string_equal(titles(w, "FILTER author__city__isnull false"), "cahbfg");
}

/* Of abstract parents and concrete ones. */
static void an_ordering_is_inherited(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET o.Base '{\"abstract\": true, \"fields\": {\"n\": {\"type\": \"int\"}, \"up\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true}}, \"ordering\": [\"-up__n\", \"-pk\"]}'", "+OK");
    expect(w, "MODEL SET o.Leaf '{\"extends\": [\"o.Base\"]}'", "+OK");
    expect(w, "SAVE o.Leaf JSON '[{\"n\":1},{\"n\":2,\"up\":1},{\"n\":3,\"up\":2},{\"n\":4,\"up\":2}]'", "[:1,:2,:3,:4]");
    expect(w, "QUERY o.Leaf FIELDS n FLAT", "[#4,#3,#2,#1]");
    fill(w, POST_BY("\"author__name\""));
    expect(w, "MODEL SET o.Note '{\"extends\": [\"o.Post\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE o.Note JSON '[{\"title\":\"x\",\"author\":1},{\"title\":\"y\",\"author\":2},{\"title\":\"z\"}]'", "[:9,:10,:11]");
    expect(w, "QUERY o.Note FIELDS title FLAT", "[\"z\",\"y\",\"x\"]");
    expect(w, POST_BY("\"-author__name\""), "+OK");
    expect(w, "QUERY o.Note FIELDS title FLAT", "[\"x\",\"y\",\"z\"]");
    refuse(w, "MODEL SET o.Base '{\"abstract\": true, \"fields\": {\"n\": {\"type\": \"int\"}, \"up\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true}}, \"ordering\": [\"-up__m\"]}'", "NOFIELD",
           "o.Leaf: ordering: no field 'm' in o.Leaf");
    expect(w, "MODEL SET o.Own '{\"extends\": [\"o.Post\"], \"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}, \"ordering\": [\"author__city__name\", \"-n\"]}'", "+OK");
    expect(w, "SAVE o.Own JSON '[{\"title\":\"p\",\"author\":1,\"n\":1},{\"title\":\"q\",\"author\":2},{\"title\":\"r\",\"n\":3,\"author\":1}]'", "[:12,:13,:14]");
    expect(w, "QUERY o.Own FIELDS title FLAT", "[\"q\",\"r\",\"p\"]");
}

/* The titles in a reply, letter by letter, with each list's in its own brackets. */
static const char *lists(world *w, const char *command)
{
    static char out[256];
    size_t n = 0;
    const char *got = world_do(w, command);
    if (got[0] != '[') fail_msg("%s: %s", command, got);
    for (const char *at = got + 1; *at; at++) {
        if (*at == '[' || *at == ']') out[n++] = *at;
        else if (strncmp(at, "\"title\"=\"", 9) == 0) out[n++] = at[9];
    }
    out[n - 1] = 0;
    return out;
}

/* Lists have the order of their model: by what its entities have, or along references; the tie by primary key. */
static void lists_are_in_the_order_of_their_model(void **state)
{
    static const struct {
        const char *ordering, *of_users, *of_cities;
    } by[] = {
        {"", "[a][bfg][c][h]", "[[a][h]][[bfg]]"},
        {"\"-title\"", "[a][gfb][c][h]", "[[a][h]][[gfb]]"},
        {"\"-at__year\"", "[a][gbf][c][h]", "[[a][h]][[gbf]]"},
        {"\"at__month\",\"-pk\"", "[a][gfb][c][h]", "[[a][h]][[gfb]]"},
        {"\"author__name\",\"-at__year\"", "[a][gbf][c][h]", "[[a][h]][[gbf]]"},
        {"\"-author__city__name\",\"-title\"", "[a][gfb][c][h]", "[[a][h]][[gfb]]"},
    };
    world *w = *state;
    fill(w, POST_BY("\"title\""));
    for (size_t i = 0; i < COUNT(by); i++) {
        text set = {0};
        text_addf(&set, POST_BY("%s"), by[i].ordering);
        expect(w, set.p, "+OK");
        free(set.p);
        for (int turn = 0; turn < 2; turn++) {
            assert_string_equal(lists(w, "QUERY o.User PREFETCH posts ORDER pk FIELDS pk"), by[i].of_users);
            assert_string_equal(lists(w, "QUERY o.City PREFETCH people__posts ORDER pk"), by[i].of_cities);
            world_restart(w);
        }
    }
    assert_string_equal(lists(w, "QUERY o.User PREFETCH posts FILTER pk 99"), "");
    world_remove(w, NR_S("o.Post:7"));
    assert_string_equal(lists(w, "QUERY o.User PREFETCH posts ORDER pk FIELDS pk"), "[a][fb][c][h]");
}

/* Of a list that mixes what refers to several, the order is that of all. */
static void lists_of_m2m_relations_have_an_order(void **state)
{
    world *w = *state;
    expect(w, CITY, "+OK");
    expect(w, "MODEL SET o.Tag '{\"fields\": {\"title\": {\"type\": \"char\"}, \"city\": {\"type\": \"fk\", \"to\": \"o.City\", \"null\": true}}, \"ordering\": [\"-city__name\", \"title\"]}'", "+OK");
    expect(w, "MODEL SET o.Item '{\"fields\": {\"n\": {\"type\": \"int\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"o.Tag\"}}}'", "+OK");
    expect(w, "SAVE o.City JSON '[{\"name\":\"Rome\"},{\"name\":\"Oslo\"}]'", "[:1,:2]");
    expect(w, "SAVE o.Tag JSON '[{\"title\":\"e\",\"city\":1},{\"title\":\"d\",\"city\":2},{\"title\":\"c\",\"city\":1},{\"title\":\"b\"},{\"title\":\"a\",\"city\":7}]'", "[:1,:2,:3,:4,:5]");
    expect(w, "SAVE o.Item JSON '[{\"n\":1},{\"n\":2},{\"n\":3}]'", "[:1,:2,:3]");
    expect(w, "RELATE o.Item 1 tags ADD 1 2 3 4 5", ":5");
    expect(w, "RELATE o.Item 2 tags ADD 5 2 1", ":3");
    assert_string_equal(lists(w, "QUERY o.Item PREFETCH tags ORDER pk"), "[cedab][eda][]");
    world_restart(w);
    assert_string_equal(lists(w, "QUERY o.Item PREFETCH tags ORDER pk"), "[cedab][eda][]");
}

/* A list whose order is not known is none. */
static void lists_without_their_order_are_refused(void **state)
{
    world *w = *state;
    fill(w, POST_BY("\"author__city__name\""));
    expect(w, "DELETE o.City ALL", ":2");
    expect(w, "MODEL SET o.City '{\"fields\": {\"title\": {\"type\": \"char\"}}}'", "+OK");
    refuse(w, "QUERY o.User PREFETCH posts", "NOFIELD", "the ordering of o.Post: no field 'name' in o.City");
    refuse(w, "EXPLAIN QUERY o.User PREFETCH posts", "NOFIELD", "the ordering of o.Post");
    refuse(w, "QUERY o.Post PREFETCH author__posts ORDER pk", "NOFIELD", "the ordering of o.Post");
    world_do(w, "QUERY o.User PREFETCH city");
    assert_true(w->ok);
}

/* Of entities that extend others the order may be what either has. */
static void lists_of_heirs_have_an_order(void **state)
{
    world *w = *state;
    fill(w, POST_BY("\"-title\""));
    expect(w, "MODEL SET o.Note '{\"extends\": [\"o.Post\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}, \"of\": {\"type\": \"fk\", \"to\": \"o.City\", \"related_name\": \"notes\"}}}'",
           "+OK");
    expect(w, "SAVE o.Note JSON '[{\"title\":\"x\",\"of\":1,\"m\":2},{\"title\":\"z\",\"of\":1,\"m\":3},{\"title\":\"y\",\"of\":1,\"m\":1}]'", "[:9,:10,:11]");
    assert_string_equal(lists(w, "QUERY o.City PREFETCH notes ORDER pk FIELDS pk"), "[zyx][]");
    expect(w,
           "MODEL SET o.Note '{\"extends\": [\"o.Post\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}, \"of\": {\"type\": \"fk\", \"to\": \"o.City\", \"related_name\": \"notes\"}}, "
           "\"ordering\": [\"of__name\", \"-m\"]}'",
           "+OK");
    assert_string_equal(lists(w, "QUERY o.City PREFETCH notes ORDER pk FIELDS pk"), "[zxy][]");
    /* What another entity of the model above has is not the entity's own. */
    expect(w,
           "MODEL SET o.Note '{\"extends\": [\"o.Post\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}, \"of\": {\"type\": \"fk\", \"to\": \"o.City\", \"related_name\": \"notes\"}, "
           "\"like\": {\"type\": \"fk\", \"to\": \"o.Post\", \"null\": true, \"related_name\": \"+\"}}, \"ordering\": [\"-like__title\"]}'",
           "+OK");
    expect(w, "SAVE o.Note pk 9 like 1", ":9");
    expect(w, "SAVE o.Note pk 11 like 8", ":11");
    assert_string_equal(lists(w, "QUERY o.City PREFETCH notes ORDER pk FIELDS pk"), "[yxz][]");
    expect(w,
           "MODEL SET o.Note '{\"extends\": [\"o.Post\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}, \"of\": {\"type\": \"fk\", \"to\": \"o.City\", \"related_name\": \"notes\"}, "
           "\"like\": {\"type\": \"fk\", \"to\": \"o.Post\", \"null\": true, \"related_name\": \"+\"}}, \"ordering\": [\"-m\"]}'",
           "+OK");
    world_remove(w, NR_S("o.Post:9"));
    expect(w, "QUERY o.City PREFETCH notes FILTER pk 1 FIELDS pk",
           "[{\"pk\"=#1,\"notes\"=[{\"post_ptr\"=#10,\"id\"=#10,\"title\"=\"z\",\"at\"=nil,\"tags\"=nil,\"author\"=nil,\"m\"=#3,\"of\"=#1,\"like\"=nil},"
           "{\"post_ptr\"=#9,\"id\"=#9,\"title\"=nil,\"at\"=nil,\"tags\"=nil,\"author\"=nil,\"m\"=#2,\"of\"=#1,\"like\"=#1},"
           "{\"post_ptr\"=#11,\"id\"=#11,\"title\"=\"y\",\"at\"=nil,\"tags\"=nil,\"author\"=nil,\"m\"=#1,\"of\"=#1,\"like\"=#8}]}]");
}

static void load(world *w, nr_autoload *files, const char *user, const char *notes, const char *lines)
{
    nr_err err = {0};
    nr_autoload_clear(files);
    nr_autoload_add_model(files, NR_S("o.City.json"), NR_S("{\"fields\": {\"name\": {\"type\": \"char\"}}}"), &err);
    nr_autoload_add_model(files, NR_S("o.Post.json"), nr_slice_of(notes), &err);
    if (user) nr_autoload_add_model(files, NR_S("o.User.json"), nr_slice_of(user), &err);
    if (err.code || !nr_autoload_bind(files, &err) || !world_autoload(w, files)) fail_msg("%s", err.msg);
    const char *info = world_do(w, "MODEL LIST");
    assert_string_equal(info, user ? "[\"o.City\",\"o.Post\",\"o.User\"]" : "[\"o.City\",\"o.Post\"]");
    const nr_slices *said = &w->engine->not_loaded;
    if (!*lines ? said->n > 0 : said->n != 1 || !strstr(said->at[0].p, lines)) fail_msg("%zu lines: %s", said->n, said->n ? said->at[0].p : "");
}

#define FILE_POST(ordering) "{\"fields\": {\"title\": {\"type\": \"char\"}, \"author\": {\"type\": \"fk\", \"to\": \"o.User\", \"null\": true}}, \"ordering\": [\"" ordering "\"]}"
#define FILE_USER(name) "{\"fields\": {\"" name "\": {\"type\": \"char\"}}}"

/* Files are put into force in the order of their names: an ordering may go through one that follows, and both may change. */
static void files_may_rename_what_an_ordering_goes_by(void **state)
{
    world *w = *state, copy;
    nr_autoload files;
    nr_autoload_init(&files, nr_env_libc());
    world_open(&copy);
    w->replica = &copy;
    load(w, &files, NULL, FILE_POST("author__name"), "");
    refuse(w, "QUERY o.Post", "NOMODEL", "o.User");
    load(w, &files, FILE_USER("name"), FILE_POST("author__name"), "");
    expect(w, "QUERY o.Post", "[]");
    load(w, &files, FILE_USER("nick"), FILE_POST("author__nick"), "");
    expect(w, "QUERY o.Post", "[]");
    expect(&copy, "QUERY o.Post", "[]");
    w->replica = NULL;
    world_close(&copy);
    nr_autoload_clear(&files);
}

/* A model that is in no file is as it is stored. */
static void files_say_what_is_stored_otherwise(void **state)
{
    world *w = *state;
    nr_autoload files;
    nr_err err = {0};
    nr_autoload_init(&files, nr_env_libc());
    expect(w, "MODEL SET o.User '" FILE_USER("nick") "'", "+OK");
    nr_autoload_add_model(&files, NR_S("o.Post.json"), NR_S(FILE_POST("author__name")), &err);
    assert_true(nr_autoload_bind(&files, &err) && world_autoload(w, &files));
    assert_int_equal(w->engine->not_loaded.n, 1);
    assert_non_null(strstr(w->engine->not_loaded.at[0].p, "models/o.Post.json: o.Post: NOFIELD ordering: no field 'name' in o.User"));
    refuse(w, "QUERY o.Post", "NOFIELD", "the ordering of o.Post");
    nr_autoload_clear(&files);
}

/* The load stops where the files contradict each other. */
static void files_are_held_to_their_orderings(void **state)
{
    static const struct {
        const char *post, *words;
    } bad[] = {
        {FILE_POST("author__name"), "models/o.Post.json: ordering: no field 'name' in o.User; did you mean"},
        {FILE_POST("athor__name"), "models/o.Post.json: ordering: no field 'athor' in o.Post"},
        {FILE_POST("title__year"), "models/o.Post.json: ordering: no transform 'year'"},
        {FILE_POST("author__post__title"), "models/o.Post.json: ordering: 'author__post__title': 'post' leads to any number"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        nr_autoload files;
        nr_err err = {0};
        nr_autoload_init(&files, nr_env_libc());
        nr_autoload_add_model(&files, NR_S("o.Post.json"), nr_slice_of(bad[i].post), &err);
        nr_autoload_add_model(&files, NR_S("o.User.json"), NR_S(FILE_USER("nam")), &err);
        if (err.code || nr_autoload_bind(&files, &err) || !strstr(err.msg, bad[i].words)) fail_msg("%s: %s", bad[i].post, err.msg);
        nr_autoload_clear(&files);
    }
}

static void a_copy_takes_what_its_primary_took(void **state)
{
    world *w = *state, copy;
    world_open(&copy);
    w->replica = &copy;
    fill(w, POST_BY("\"author__name\""));
    expect(w, "MODEL SET o.City '{\"fields\": {\"name\": {\"type\": \"char\"}, \"founded\": {\"type\": \"date\", \"null\": true}, \"x\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE o.User id 3 name zed", ":3");
    assert_string_equal(titles(w, ""), "dehbfgac");
    assert_string_equal(titles(&copy, ""), "dehbfgac");
    w->replica = NULL;
    world_close(&copy);
}

static void an_index_along_references_gives_the_order(void **state)
{
    world *w = *state;
    fill(w, POST_BY("\"author__name\""));
    expect(w, "INDEX CREATE o.Post author__name lt", "+OK");
    for (int i = 0; i < 300; i++) world_dof(w, "SAVE o.Post title x%d author %d", i, i % 4 + 1);
    world_settle(w);
    const char *got = world_do(w, "EXPLAIN QUERY o.Post LIMIT 0 3");
    if (!strstr(got, "author__name")) fail_msg("%s", got);
    expect(w, "QUERY o.Post LIMIT 0 3 FIELDS title FLAT", "[\"d\",\"e\",\"h\"]");
}

static void models_in_other_slots_give_no_order(void **state)
{
    world *w = *state;
    w->cluster = true;
    expect(w, "MODEL SET {a}o.User '{\"fields\": {\"name\": {\"type\": \"char\"}}}'", "+OK");
    refuse(w, "MODEL SET {b}o.Post '{\"fields\": {\"author\": {\"type\": \"fk\", \"to\": \"{a}o.User\"}}, \"ordering\": [\"author__name\"]}'", "SYNTAX", "different slots");
    expect(w, "MODEL SET {a}o.Post '{\"fields\": {\"author\": {\"type\": \"fk\", \"to\": \"{a}o.User\"}}, \"ordering\": [\"author__name\"]}'", "+OK");
    expect(w, "QUERY {a}o.Post", "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(an_ordering_is_what_order_would_be),
        EMPTY(an_ordering_applies_where_there_is_no_order),
        EMPTY(pages_follow_an_ordering),
        EMPTY(an_ordering_that_can_never_be_is_refused),
        EMPTY(a_target_may_come_later),
        EMPTY(a_path_through_to_field_may_lead_to_the_model_itself),
        EMPTY(a_target_may_change),
        EMPTY(an_ordering_is_inherited),
        EMPTY(lists_are_in_the_order_of_their_model),
        EMPTY(lists_of_m2m_relations_have_an_order),
        EMPTY(lists_without_their_order_are_refused),
        EMPTY(lists_of_heirs_have_an_order),
        EMPTY(files_may_rename_what_an_ordering_goes_by),
        EMPTY(files_say_what_is_stored_otherwise),
        EMPTY(files_are_held_to_their_orderings),
        EMPTY(a_copy_takes_what_its_primary_took),
        EMPTY(an_index_along_references_gives_the_order),
        EMPTY(models_in_other_slots_give_no_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
