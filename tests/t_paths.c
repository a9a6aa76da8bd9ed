/* t_paths.c -- FIELDS, ORDER, PAGE, DISTINCT and AGGREGATE by what containers hold: members of embedded entities, keys of dicts and of JSON, positions. With indexes of
 * these paths, and without. */
#include "engine_check.h"

static void set_up_men(world *w, bool indexed)
{
    expect(w, "MODEL SET s.Land '{\"pk\": \"code\", \"fields\": {\"code\": {\"type\": \"char\"}}}'", "+OK");
    expect(w,
           "MODEL SET s.Place '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"char\", \"null\": true}, \"zip\": {\"type\": \"int\", "
           "\"null\": true}, \"since\": "
           "{\"type\": \"date\", \"null\": true}, \"raw\": {\"type\": \"blob\", \"null\": true}, \"land\": {\"type\": \"fk\", \"to\": \"s.Land\", "
           "\"null\": true}, \"tags\": "
           "{\"type\": \"list\", \"of\": {\"type\": \"char\"}, \"null\": true}}}'",
           "+OK");
    const char *at = indexed ? ", \"index\": [\"city__lt\", \"zip__lt\", \"raw__exact\", \"since__lt\"]" : "";
    const char *by = indexed ? ", \"index\": [\"k__lt\", \"k__isnull\"]" : "", *meta = indexed ? ", \"index\": [\"c__lt\", \"c__isnull\"]" : "";
    const char *got = world_dof(w,
                                "MODEL SET s.Man '{\"fields\": {\"name\": {\"type\": \"char\"}, \"at\": {\"type\": \"embedded\", \"to\": "
                                "\"s.Place\", \"null\": true%s}, \"by\": "
                                "{\"type\": \"dict\", \"of\": {\"type\": \"int\", \"null\": true}, \"null\": true%s}, \"any\": {\"type\": \"dict\", "
                                "\"null\": true}, \"meta\": "
                                "{\"type\": \"json\", \"null\": true%s}, \"items\": {\"type\": \"list\", \"of\": {\"type\": \"embedded\", \"to\": "
                                "\"s.Place\"}, \"null\": true}, "
                                "\"days\": {\"type\": \"set\", \"of\": {\"type\": \"date\"}, \"null\": true}}}'",
                                at, by, meta);
    assert_string_equal(got, "+OK");
    expect(w,
           "MODEL SET s.Book '{\"fields\": {\"title\": {\"type\": \"char\"}, \"author\": {\"type\": \"fk\", \"to\": \"s.Man\", \"null\": true, "
           "\"related_name\": \"books\"}}}'",
           "+OK");
}

static void save_men(world *w)
{
    expect(w,
           "SAVE s.Man JSON "
           "'[{\"name\":\"a\",\"at\":{\"city\":\"Ulm\",\"zip\":10,\"since\":\"2024-02-03\",\"land\":\"de\",\"tags\":[\"x\",\"y\"],\"raw\":\"AP8=\"},"
           "\"by\":{\"k\":5,\"len\":1,\"n\":null},\"any\":{\"k\":1},\"meta\":{\"c\":1.0,\"o\":{\"p\":\"q\\u00e9\"}},\"items\":[{\"city\":\"B\","
           "\"zip\":2},{\"city\":\"A\"}],"
           "\"days\":[\"2026-01-02\"]},{\"name\":\"b\",\"at\":{\"city\":\"Bonn\",\"since\":\"2023-01-01\",\"raw\":\"\"},\"by\":{\"k\":null},\"any\":{"
           "\"k\":\"x\"},\"meta\":{\"c\":1},"
           "\"items\":[]},{\"name\":\"c\",\"at\":{},\"by\":{},\"any\":{},\"meta\":[1.50,{\"c\":2}]},{\"name\":\"d\"},{\"name\":\"e\",\"at\":{"
           "\"city\":\"Ulm\",\"zip\":9},"
           "\"by\":{\"k\":-3},\"any\":{\"k\":null},\"meta\":{\"c\":\"1\"},\"items\":[{\"zip\":7}]}]'",
           "[:1,:2,:3,:4,:5]");
    expect(w,
           "SAVE s.Book JSON "
           "'[{\"title\":\"one\",\"author\":1},{\"title\":\"two\",\"author\":2},{\"title\":\"three\"},{\"title\":\"four\",\"author\":99},{\"title\":"
           "\"five\","
           "\"author\":5},{\"title\":\"six\",\"author\":1}]'",
           "[:1,:2,:3,:4,:5,:6]");
}

static int set_up_plain(void **state)
{
    set_up(state);
    set_up_men(*state, false);
    save_men(*state);
    return 0;
}

static int set_up_indexed(void **state)
{
    set_up(state);
    set_up_men(*state, true);
    save_men(*state);
    return 0;
}

/* Both say the same. */
#define MEN(name) cmocka_unit_test_setup_teardown(name, set_up_plain, tear_down), cmocka_unit_test_setup_teardown(name, set_up_indexed, tear_down)

typedef struct question {
    const char *command, *reply; /* the reply, or of an error its code and words of it */
} question;

static void check(world *w, const question *q, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t code = strcspn(q[i].reply, " ");
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)code, q[i].reply);
        if (q[i].reply[0] < 'A' || q[i].reply[0] > 'Z') expect(w, q[i].command, q[i].reply);
        else refuse(w, q[i].command, name, q[i].reply + code + 1);
    }
}

static void values_of_declared_types_are_replied_and_sorted_as_fields(void **state)
{
    static const question all[] = {
        {"QUERY s.Man FIELDS pk at__city at__zip ORDER at__city -at__zip",
         "[{\"pk\"=#3,\"at__city\"=nil,\"at__zip\"=nil},{\"pk\"=#4,\"at__city\"=nil,\"at__zip\"=nil},{\"pk\"=#2,\"at__city\"=\"Bonn\",\"at__zip\"="
         "nil},"
         "{\"pk\"=#1,\"at__city\"=\"Ulm\",\"at__zip\"=#10},{\"pk\"=#5,\"at__city\"=\"Ulm\",\"at__zip\"=#9}]"},
        {"QUERY s.Man FIELDS pk FLAT ORDER -at__zip", "[#1,#5,#2,#3,#4]"},
        {"QUERY s.Man FIELDS pk FLAT ORDER at__zip REVERSE", "[#1,#5,#4,#3,#2]"},
        {"QUERY s.Man FIELDS pk FLAT ORDER at__zip -pk LIMIT 1 3", "[#3,#2,#5]"},
        {"QUERY s.Man FIELDS at__zip FLAT ORDER pk", "[#10,nil,nil,nil,#9]"},
        {"QUERY s.Man FILTER pk 1 FIELDS at__since at__since__year at__tags at__tags__0 at__tags__7 at__tags__len at__raw at__land",
         "[{\"at__since\"=\"2024-02-03\",\"at__since__year\"=#2024,\"at__tags\"=[\"x\",\"y\"],\"at__tags__0\"=\"x\",\"at__tags__7\"=nil,\"at__tags__"
         "len\"=#2,"
         "\"at__raw\"=\"\\x00\\xff\",\"at__land\"=\"de\"}]"},
        {"QUERY s.Man FIELDS pk FLAT ORDER at__since__year -pk", "[#5,#4,#3,#2,#1]"},
        {"QUERY s.Man FIELDS by__k FLAT ORDER by__k", "[nil,nil,nil,#-3,#5]"},
        {"QUERY s.Man FIELDS by__k by__n by__len ORDER pk LIMIT 0 2",
         "[{\"by__k\"=#5,\"by__n\"=nil,\"by__len\"=#3},{\"by__k\"=nil,\"by__n\"=nil,\"by__len\"=#1}]"},
        {"QUERY s.Man FIELDS items__0__city items__1__city days__0 items__len ORDER items__0__zip LIMIT 2 3",
         "[{\"items__0__city\"=nil,\"items__1__city\"=nil,\"days__0\"=nil,\"items__len\"=nil},"
         "{\"items__0__city\"=\"B\",\"items__1__city\"=\"A\",\"days__0\"=\"2026-01-02\",\"items__len\"=#2},"
         "{\"items__0__city\"=nil,\"items__1__city\"=nil,\"days__0\"=nil,\"items__len\"=#1}]"},
        {"QUERY s.Man FILTER at__zip__gt 1 FIELDS name at__zip by__k at__raw ORDER at__zip FORMAT JSON WITHCOUNT",
         "[:2,[\"{\\x22name\\x22:\\x22e\\x22,\\x22at__zip\\x22:9,\\x22by__k\\x22:-3,\\x22at__raw\\x22:null}\","
         "\"{\\x22name\\x22:\\x22a\\x22,\\x22at__zip\\x22:10,\\x22by__k\\x22:5,\\x22at__raw\\x22:\\x22AP8=\\x22}\"]]"},
        {"GET s.Man 1 FIELDS at__city by__k items__1__city", "{\"at__city\"=\"Ulm\",\"by__k\"=#5,\"items__1__city\"=\"A\"}"},
        {"GET s.Man 4 FIELDS at__city by__k items__1__city", "{\"at__city\"=nil,\"by__k\"=nil,\"items__1__city\"=nil}"},
    };
    check(*state, all, COUNT(all));
}

static void json_is_replied_as_its_text(void **state)
{
    static const question all[] = {
        {"QUERY s.Man FIELDS any__k meta__c meta__o meta__o__p meta__0 meta__1__c ORDER pk",
         "[{\"any__k\"=\"1\",\"meta__c\"=\"1.0\",\"meta__o\"=\"{\\x22p\\x22:\\x22q\\xc3\\xa9\\x22}\",\"meta__o__p\"=\"\\x22q\\xc3\\xa9\\x22\",\"meta_"
         "_0\"=nil,\"meta__1__c\"=nil},"
         "{\"any__k\"=\"\\x22x\\x22\",\"meta__c\"=\"1\",\"meta__o\"=nil,\"meta__o__p\"=nil,\"meta__0\"=nil,\"meta__1__c\"=nil},"
         "{\"any__k\"=nil,\"meta__c\"=nil,\"meta__o\"=nil,\"meta__o__p\"=nil,\"meta__0\"=\"1.50\",\"meta__1__c\"=\"2\"},"
         "{\"any__k\"=nil,\"meta__c\"=nil,\"meta__o\"=nil,\"meta__o__p\"=nil,\"meta__0\"=nil,\"meta__1__c\"=nil},"
         "{\"any__k\"=\"null\",\"meta__c\"=\"\\x221\\x22\",\"meta__o\"=nil,\"meta__o__p\"=nil,\"meta__0\"=nil,\"meta__1__c\"=nil}]"},
        {"QUERY s.Man FIELDS meta__c meta__o any__k FORMAT JSON ORDER -meta__c LIMIT 0 3",
         "[\"{\\x22meta__c\\x22:\\x221\\x22,\\x22meta__o\\x22:null,\\x22any__k\\x22:null}\","
         "\"{\\x22meta__c\\x22:1.0,\\x22meta__o\\x22:{\\x22p\\x22:\\x22q\\xc3\\xa9\\x22},\\x22any__k\\x22:1}\","
         "\"{\\x22meta__c\\x22:1,\\x22meta__o\\x22:null,\\x22any__k\\x22:\\x22x\\x22}\"]"},
        {"QUERY s.Man FIELDS meta__0 FLAT FORMAT JSON ORDER -meta__0 LIMIT 0 2", "[\"1.50\",\"null\"]"},
        {"GET s.Man 1 FIELDS meta__o__p any__k", "{\"meta__o__p\"=\"\\x22q\\xc3\\xa9\\x22\",\"any__k\"=\"1\"}"},
    };
    check(*state, all, COUNT(all));
}

/* The order of all JSON there is, one step of it a row; what stands in one row twice is equal. */
static const char *const ladder[] = {"null",
                                     "false",
                                     "true",
                                     "-1e400",
                                     "-12345678901234567890123456789.5",
                                     "-7",
                                     "-0.5",
                                     "0",
                                     "1e-400",
                                     "0.1",
                                     "9007199254740992",
                                     "9007199254740993",
                                     "1e400",
                                     "\"\"",
                                     "\"10\"",
                                     "\"9\"",
                                     "\"B\"",
                                     "\"a\"",
                                     "\"a\\u0000\"",
                                     "\"ab\"",
                                     "\"\\u00e9\"",
                                     "[10]",
                                     "[9]",
                                     "[]",
                                     "{\"a\":1}",
                                     "{\"b\":0}",
                                     "{}"};

static void set_up_ladder(world *w, const char *index)
{
    assert_string_equal(world_dof(w, "MODEL SET s.J '{\"fields\": {\"j\": {\"type\": \"json\", \"null\": true%s}}}'", index), "+OK");
    for (size_t i = 0; i < COUNT(ladder); i++) {
        size_t at = i * 7 % COUNT(ladder);
        world_dof(w, "SAVE s.J JSON '{\"id\": %zu, \"j\": {\"x\": %s}}'", at + 1, ladder[at]);
        assert_true(w->ok);
    }
    expect(w, "SAVE s.J JSON '[{\"id\": 101, \"j\": {}}, {\"id\": 102}, {\"id\": 103, \"j\": 5}, {\"id\": 104, \"j\": [1]}]'",
           "[:101,:102,:103,:104]");
}

/* What is missing comes first. */
static void add_ladder(bool down, text *out)
{
    text_add(out, NR_S("["));
    for (size_t i = 0; i < COUNT(ladder) + 4; i++) {
        size_t at = down ? COUNT(ladder) + 3 - i : i;
        text_addf(out, "%s#%zu", i ? "," : "", at < 4 ? 101 + (down ? 3 - at : at) : at - 3);
    }
    text_add(out, NR_S("]"));
}

static void json_of_all_kinds_is_in_one_order_with_an_index_and_without(void **state)
{
    world *w = *state;
    static const char *const indexes[] = {"", ", \"index\": [\"x__lt\"]", ", \"index\": [\"x__exact\"], \"column\": true"};
    for (size_t i = 0; i < COUNT(indexes); i++) {
        text up = {0}, down = {0};
        set_up_ladder(w, indexes[i]);
        add_ladder(false, &up);
        add_ladder(true, &down);
        expect(w, "QUERY s.J FIELDS pk FLAT ORDER j__x", up.p);
        expect(w, "QUERY s.J FIELDS pk FLAT ORDER -j__x", down.p);
        expect(w, "QUERY s.J FIELDS pk FLAT ORDER -j__x LIMIT 0 2", "[#27,#26]");
        check_indexes(w, "s.J");
        world_do(w, "MODEL DROP s.J ENTITIES");
        assert_true(w->ok);
        free(up.p);
        free(down.p);
    }
}

/* -- pages -------------------------------------------------------------------------------------------------------------------------------- */

/* All pages of an order, one row each, are the query in one piece. */
static void walk(world *w, const char *model, const char *order)
{
    text all = {0}, want = {0};
    char token[4096] = "";
    int pages = 0;
    text_addf(&want, "%s", world_dof(w, "QUERY %s ORDER %s FIELDS pk FLAT", model, order));
    do {
        const char *got = world_dof(w, "QUERY %s ORDER %s FIELDS pk FLAT PAGE 1 %s%s", model, order, *token ? "AFTER " : "", token);
        if (strncmp(got, "[[", 2) != 0) fail_msg("ORDER %s: %s", order, got);
        text_addf(&all, "%s%.*s", all.n ? "," : "[", (int)strcspn(got + 2, "]"), got + 2);
        const char *next = strrchr(got, ',') + 1;
        snprintf(token, sizeof token, "%.*s", *next == '"' ? (int)strcspn(next + 1, "\"") : 0, next + 1);
        assert_true(++pages < 100);
    } while (*token);
    text_add(&all, NR_S("]"));
    if (strcmp(all.p, want.p) != 0) fail_msg("pages in ORDER %s\n  have %s\n  not  %s", order, all.p, want.p);
    free(all.p);
    free(want.p);
}

static void pages_go_on_where_they_ended_in_every_such_order(void **state)
{
    static const char *const men[] = {"at__city",
                                      "-at__city pk",
                                      "at__city REVERSE",
                                      "at__zip -pk",
                                      "at__raw",
                                      "-at__raw name",
                                      "at__since__year -at__zip",
                                      "at__tags__0",
                                      "-at__tags__len",
                                      "by__k",
                                      "-by__k",
                                      "by__k -pk",
                                      "by__len",
                                      "-by__len meta__c",
                                      "any__k",
                                      "-any__k",
                                      "meta__c",
                                      "-meta__c pk",
                                      "-meta__c -pk",
                                      "meta__0 REVERSE",
                                      "items__0__zip -items__len",
                                      "-meta__o__p pk",
                                      "at__land",
                                      "days__0",
                                      "any__k meta__c"};
    static const char *const books[] = {"author__at__city", "-author__at__city title", "author__meta__c -pk",
                                        "-author__by__k",   "author__at__raw",         "author__any__k author__name"};
    for (size_t i = 0; i < COUNT(men); i++) walk(*state, "s.Man", men[i]);
    for (size_t i = 0; i < COUNT(books); i++) walk(*state, "s.Book", books[i]);
}

static void pages_go_through_json_of_all_kinds(void **state)
{
    world *w = *state;
    static const char *const indexes[] = {"", ", \"index\": [\"x__lt\", \"x__isnull\"]"};
    for (size_t i = 0; i < COUNT(indexes); i++) {
        set_up_ladder(w, indexes[i]);
        walk(w, "s.J", "j__x");
        walk(w, "s.J", "-j__x");
        walk(w, "s.J", "-j__x -pk");
        walk(w, "s.J", "j__x REVERSE");
        world_do(w, "MODEL DROP s.J ENTITIES");
    }
}

static void tokens_that_somebody_made_are_refused(void **state)
{
    world *w = *state;
    char token[400];
    const char *got = strrchr(world_do(w, "QUERY s.Man ORDER -any__k FIELDS pk FLAT PAGE 2"), ',') + 2;
    snprintf(token, sizeof token, "%.*s", (int)strcspn(got, "\""), got);
    assert_string_equal(world_dof(w, "QUERY s.Man ORDER -any__k FIELDS pk FLAT PAGE 9 AFTER %s", token), "[[#5,#3,#4],nil]");
    assert_int_equal(strncmp(world_dof(w, "QUERY s.Man ORDER any__k FIELDS pk FLAT PAGE 9 AFTER %s", token), "-CURSOR ", 8), 0);
    assert_int_equal(strncmp(world_dof(w, "QUERY s.Man ORDER -meta__k FIELDS pk FLAT PAGE 9 AFTER %s", token), "-CURSOR ", 8), 0);
    token[50] = token[50] == 'A' ? 'B' : 'A';
    assert_int_equal(strncmp(world_dof(w, "QUERY s.Man ORDER -any__k FIELDS pk FLAT PAGE 9 AFTER %s", token), "-CURSOR ", 8), 0);
}

/* -- groups ------------------------------------------------------------------------------------------------------------------------------- */

static void groups_are_those_of_equal_values(void **state)
{
    static const question all[] = {
        {"AGGREGATE s.Man GROUPBY at__city COUNT * SUM at__zip AS s MAX at__zip AS m COUNT at__zip AS n COUNTDISTINCT meta__c AS d",
         "[{\"at__city\"=nil,\"count\"=#2,\"s\"=nil,\"m\"=nil,\"n\"=#0,\"d\"=#0},{\"at__city\"=\"Bonn\",\"count\"=#1,\"s\"=nil,\"m\"=nil,\"n\"=#0,"
         "\"d\"=#1},"
         "{\"at__city\"=\"Ulm\",\"count\"=#2,\"s\"=#19,\"m\"=#10,\"n\"=#2,\"d\"=#2}]"},
        {"AGGREGATE s.Man GROUPBY meta__c COUNT * ORDER -meta__c",
         "[{\"meta__c\"=\"\\x221\\x22\",\"count\"=#1},{\"meta__c\"=\"1\",\"count\"=#2},{\"meta__c\"=nil,\"count\"=#2}]"},
        {"AGGREGATE s.Man GROUPBY any__k by__k COUNT *",
         "[{\"any__k\"=nil,\"by__k\"=nil,\"count\"=#2},{\"any__k\"=\"null\",\"by__k\"=#-3,\"count\"=#1},{\"any__k\"=\"1\",\"by__k\"=#5,\"count\"=#1},"
         "{\"any__k\"=\"\\x22x\\x22\",\"by__k\"=nil,\"count\"=#1}]"},
        {"AGGREGATE s.Man COUNT meta__c COUNT any__k COUNT by__k SUM by__k AVG at__zip STDDEV at__zip MIN at__since MAX at__city COUNTDISTINCT "
         "meta__c COUNTDISTINCT any__k",
         "[{\"meta__c__count\"=#3,\"any__k__count\"=#3,\"by__k__count\"=#2,\"by__k__sum\"=#2,\"at__zip__avg\"=\"9.5000000000\",\"at__zip__stddev\"=~"
         "0.5,"
         "\"at__since__min\"=\"2023-01-01\",\"at__city__max\"=\"Ulm\",\"meta__c__countdistinct\"=#2,\"any__k__countdistinct\"=#3}]"},
        {"AGGREGATE s.Man GROUPBY at__since__year COUNT * FORMAT JSON",
         "[\"{\\x22at__since__year\\x22:null,\\x22count\\x22:3}\",\"{\\x22at__since__year\\x22:2023,\\x22count\\x22:1}\",\"{\\x22at__since__"
         "year\\x22:2024,\\x22count\\x22:1}\"]"},
        {"AGGREGATE s.Man GROUPBY meta__c any__k COUNT * FORMAT JSON LIMIT 1 1",
         "[\"{\\x22meta__c\\x22:1.0,\\x22any__k\\x22:1,\\x22count\\x22:1}\"]"},
        {"AGGREGATE s.Man GROUPBY meta__c COUNT * AS n HAVING 'meta__c = 1 or meta__c__isnull = true' ORDER n meta__c",
         "[{\"meta__c\"=nil,\"n\"=#2},{\"meta__c\"=\"1\",\"n\"=#2}]"},
        {"AGGREGATE s.Man GROUPBY meta__o COUNT * AS n HAVING 'meta__o__p__startswith = $p' PARAMS p q",
         "[{\"meta__o\"=\"{\\x22p\\x22:\\x22q\\xc3\\xa9\\x22}\",\"n\"=#1}]"},
        {"AGGREGATE s.Man GROUPBY at__tags COUNT * AS n HAVING 'at__tags__len > 1'", "[{\"at__tags\"=[\"x\",\"y\"],\"n\"=#1}]"},
        {"AGGREGATE s.Man GROUPBY at__land by__len COUNT * AS n HAVING 'at__land__isnull = false and n < F(by__len)'",
         "[{\"at__land\"=\"de\",\"by__len\"=#3,\"n\"=#1}]"},
        {"AGGREGATE s.Man GROUPBY by__k COUNT * AS n HAVING 'by__k__isnull = true'", "[{\"by__k\"=nil,\"n\"=#3}]"},
        {"AGGREGATE s.Man GROUPBY items__0 COUNT * AS n HAVING 'items__0__city = $c' PARAMS c B",
         "[{\"items__0\"={\"city\"=\"B\",\"zip\"=#2,\"since\"=nil,\"raw\"=nil,\"land\"=nil,\"tags\"=nil},\"n\"=#1}]"},
        {"AGGREGATE s.Man COUNT * WHEN 'at__zip > 9' AS high SUM by__k WHEN 'at__city = $c' PARAMS c Ulm AS ulm", "[{\"high\"=#1,\"ulm\"=#2}]"},
        {"QUERY s.Man FIELDS meta__c FLAT DISTINCT", "[nil,\"1\",\"\\x221\\x22\"]"},
        {"QUERY s.Man FIELDS at__city FLAT DISTINCT REVERSE WITHCOUNT LIMIT 0 2", "[:3,[\"Ulm\",\"Bonn\"]]"},
        {"QUERY s.Man FIELDS at__city by__len DISTINCT ORDER -by__len LIMIT 0 2",
         "[{\"at__city\"=\"Ulm\",\"by__len\"=#3},{\"at__city\"=\"Bonn\",\"by__len\"=#1}]"},
    };
    check(*state, all, COUNT(all));
}

/* Whichever of them was written first, in whatever order rows are read. */
static void a_group_has_the_lowest_of_the_texts_that_its_number_is_written_in(void **state)
{
    world *w = *state;
    static const char *const texts[] = {"2e1", "20.0", "20", "200e-1", "20.00"};
    for (int column = 0; column < 2; column++) {
        assert_string_equal(world_dof(w, "MODEL SET s.N '{\"fields\": {\"j\": {\"type\": \"json\"%s}}}'", column ? ", \"column\": true" : ""), "+OK");
        for (size_t from = 0; from < COUNT(texts); from++) {
            for (size_t i = 0; i < COUNT(texts); i++)
                world_dof(w, "SAVE s.N JSON '{\"id\": %zu, \"j\": {\"x\": %s, \"y\": [%zu]}}'", i + 1, texts[(from + i) % COUNT(texts)], i);
            expect(w, "AGGREGATE s.N GROUPBY j__x COUNT * COUNTDISTINCT j__x AS d COUNTDISTINCT j__y AS y",
                   "[{\"j__x\"=\"20\",\"count\"=#5,\"d\"=#1,\"y\"=#5}]");
            expect(w, "AGGREGATE s.N FILTER j__x__gt 3 GROUPBY j__x j__z COUNT *", "[{\"j__x\"=\"20\",\"j__z\"=nil,\"count\"=#5}]");
            expect(w, "QUERY s.N FIELDS j__x DISTINCT FLAT", "[\"20\"]");
        }
        world_do(w, "MODEL DROP s.N ENTITIES");
    }
}

/* -- joins -------------------------------------------------------------------------------------------------------------------------------- */

static void paths_lead_into_containers_of_other_models(void **state)
{
    static const question all[] = {
        {"QUERY s.Book FIELDS title author__at__city author__meta__c author__at__since__month ORDER author__at__city -title LIMIT 1 4",
         "[{\"title\"=\"four\",\"author__at__city\"=nil,\"author__meta__c\"=nil,\"author__at__since__month\"=nil},"
         "{\"title\"=\"two\",\"author__at__city\"=\"Bonn\",\"author__meta__c\"=\"1\",\"author__at__since__month\"=#1},"
         "{\"title\"=\"six\",\"author__at__city\"=\"Ulm\",\"author__meta__c\"=\"1.0\",\"author__at__since__month\"=#2},"
         "{\"title\"=\"one\",\"author__at__city\"=\"Ulm\",\"author__meta__c\"=\"1.0\",\"author__at__since__month\"=#2}]"},
        {"QUERY s.Book ORDER -author__meta__c pk FIELDS pk FLAT", "[#5,#1,#2,#6,#3,#4]"},
        {"QUERY s.Book FIELDS author__meta__c FLAT DISTINCT", "[nil,\"1\",\"\\x221\\x22\"]"},
        {"AGGREGATE s.Book GROUPBY author__at__city COUNT * MAX author__at__zip AS z",
         "[{\"author__at__city\"=nil,\"count\"=#2,\"z\"=nil},{\"author__at__city\"=\"Bonn\",\"count\"=#1,\"z\"=nil},{\"author__at__city\"=\"Ulm\","
         "\"count\"=#3,\"z\"=#10}]"},
        {"AGGREGATE s.Man GROUPBY books__title meta__c COUNT books__author__by__k AS n ORDER -n -meta__c LIMIT 0 3",
         "[{\"books__title\"=\"five\",\"meta__c\"=\"\\x221\\x22\",\"n\"=#1},{\"books__title\"=\"one\",\"meta__c\"=\"1.0\",\"n\"=#1},"
         "{\"books__title\"=\"six\",\"meta__c\"=\"1.0\",\"n\"=#1}]"},
        {"GET s.Book 1 FIELDS author__at__city author__meta__o__p",
         "{\"author__at__city\"=\"Ulm\",\"author__meta__o__p\"=\"\\x22q\\xc3\\xa9\\x22\"}"},
        {"GET s.Book 4 FIELDS author__at__city author__meta__o__p", "{\"author__at__city\"=nil,\"author__meta__o__p\"=nil}"},
        {"COUNT s.Book WHERE 'author__at__city__in = (QUERY s.Man WHERE pk = 2 FIELDS at__city)'", ":1"},
        {"COUNT s.Man WHERE 'at__zip__in = (QUERY s.Book FIELDS author__at__zip)'", ":2"},
        {"QUERY s.Man FIELDS books__author__at__city", "SYNTAX any number of entities"},
        {"QUERY s.Man WITH at FIELDS at__city", "SYNTAX no reference"},
    };
    check(*state, all, COUNT(all));
}

/* -- refused ------------------------------------------------------------------------------------------------------------------------------ */

static void what_gives_no_single_value_is_refused(void **state)
{
    static const question all[] = {
        {"QUERY s.Man FIELDS items__city",
         "SYNTAX FIELDS: 'city': 'items' is a list of any number of elements, expected one value: a position, as in items__0, or items__len"},
        {"QUERY s.Man FIELDS items__city FLAT DISTINCT", "SYNTAX any number of elements"},
        {"QUERY s.Man ORDER days__year", "SYNTAX ORDER: 'year': 'days' is a set of any number of elements"},
        {"QUERY s.Man ORDER days__-1 PAGE 2", "SYNTAX any number of elements"},
        {"QUERY s.Man FIELDS at__tags__x", "SYNTAX 'at__tags' is a list"},
        {"AGGREGATE s.Man GROUPBY items__zip COUNT *", "SYNTAX GROUPBY"},
        {"AGGREGATE s.Man SUM items__zip", "SYNTAX SUM"},
        {"AGGREGATE s.Book COUNT author__items__zip", "SYNTAX COUNT"},
        {"QUERY s.Man FIELDS at__cty", "NOFIELD 'at' has no field 'cty'; did you mean 'city'?"},
        {"QUERY s.Man FIELDS items__0__cty", "NOFIELD 'items__0' has no field"},
        {"QUERY s.Man FIELDS at__city__x", "NOLOOKUP FIELDS: no transform 'x' on field 'at__city' of type char; it has none"},
        {"QUERY s.Man ORDER by__k__x", "NOLOOKUP on field 'by__k' of type int"},
        {"QUERY s.Man ORDER at__since__yaer", "NOLOOKUP did you mean 'year'?"},
        {"QUERY s.Man FIELDS at__land__code", "SYNTAX a path through the relation 'at__land' is not possible here"},
        {"QUERY s.Man FIELDS name__0", "NOLOOKUP name"},
        {"QUERY s.Man FIELDS meta__c any__k meta__c", "SYNTAX twice"},
        {"QUERY s.Man FIELDS meta__a__b__c__d__e__f__g__h__i__j__k__l__m__n__o__p__q", "NOLOOKUP too many steps into 'meta', 16 at most"},
        {"QUERY s.Man ORDER at PAGE 2", "SYNTAX PAGE with an order by 'at', a field of type embedded"},
        {"QUERY s.Man ORDER at__tags PAGE 2", "SYNTAX PAGE with an order by 'at__tags', a field of type list"},
        {"QUERY s.Man ORDER meta PAGE 2", "SYNTAX PAGE"},
        {"AGGREGATE s.Man SUM meta__c", "BADVALUE expected a number"},
        {"AGGREGATE s.Man MAX any__k", "BADVALUE that has an order"},
        {"AGGREGATE s.Man SUM at__land", "BADVALUE of type fk"},
        {"AGGREGATE s.Man MIN at__tags", "BADVALUE of type list"},
        {"AGGREGATE s.Man MIN at__raw", "BADVALUE of type blob"},
        {"QUERY s.Man FIELDS at__city DISTINCT ORDER at__zip", "NOFIELD at__zip"},
        {"COUNT s.Book WHERE 'title__in = (QUERY s.Man FIELDS meta__c)'", "SYNTAX expected a single value of a scalar type"},
    };
    check(*state, all, COUNT(all));
}

/* -- indexes ------------------------------------------------------------------------------------------------------------------------------ */

/* No Sort: rows come as the index has them, those that have no value too. */
static void an_index_of_the_path_gives_its_order(void **state)
{
    world *w = *state;
    static const char *const orders[] = {"at__city", "-at__city", "-at__city -pk", "at__zip", "by__k", "meta__c", "-meta__c"};
    set_up_men(w, true);
    for (int i = 1; i <= 400; i++) {
        world_dof(w, "SAVE s.Man JSON '{\"name\": \"x\", \"at\": {\"city\": \"c%d\", \"zip\": %d}, \"by\": {\"k\": %d}, \"meta\": {\"c\": %d}}'",
                  i % 7, i % 50, -i, i % 3);
        if (i % 10 == 0) world_dof(w, "SAVE s.Man name none");
    }
    for (size_t i = 0; i < COUNT(orders); i++) {
        text walked = {0};
        const char *plan = world_dof(w, "EXPLAIN QUERY s.Man ORDER %s LIMIT 0 5", orders[i]);
        if (strstr(plan, "Sort") || !strstr(plan, "index=")) fail_msg("ORDER %s: %s", orders[i], plan);
        text_addf(&walked, "%s", world_dof(w, "QUERY s.Man ORDER %s LIMIT 0 300 FIELDS pk FLAT", orders[i]));
        w->passes_off = ~0u;
        assert_string_equal(world_dof(w, "QUERY s.Man ORDER %s LIMIT 0 300 FIELDS pk FLAT", orders[i]), walked.p);
        w->passes_off = 0;
        free(walked.p);
    }
    if (!strstr(world_do(w, "EXPLAIN QUERY s.Man ORDER by__len LIMIT 0 5"), "Sort by__len")) fail_msg("by__len");
    if (!strstr(world_do(w, "EXPLAIN QUERY s.Man ORDER meta__d LIMIT 0 5"), "Sort meta__d")) fail_msg("meta__d");
    if (!strstr(world_do(w, "EXPLAIN QUERY s.Man ORDER at__city at__zip LIMIT 0 5"), "Sort at__city at__zip")) fail_msg("at__city at__zip");
}

/* What a transform makes of the primary key is a sort key as any other, and settles nothing. */
static void a_transform_of_the_primary_key_is_not_taken_for_it(void **state)
{
    world *w = *state;
    expect(w,
           "MODEL SET s.Day '{\"pk\": \"day\", \"fields\": {\"day\": {\"type\": \"date\", \"index\": [\"month__lt\"]}, \"n\": {\"type\": \"int\", "
           "\"index\": true}}}'",
           "+OK");
    for (int i = 0; i < 300; i++) world_dof(w, "SAVE s.Day day %04d-%02d-01 n %d", 2000 + i * 7 % 300, i * 7 % 12 + 1, i % 2);
    static const char *const orders[] = {"n day__month", "day__month n", "-day__month", "day__month -pk", "n -day__month pk"};
    for (size_t i = 0; i < COUNT(orders); i++) {
        char *walked = strdup(world_dof(w, "QUERY s.Day ORDER %s LIMIT 0 9 FIELDS pk FLAT", orders[i]));
        assert_int_equal(walked[0], '[');
        w->passes_off = ~0u;
        assert_string_equal(world_dof(w, "QUERY s.Day ORDER %s LIMIT 0 9 FIELDS pk FLAT", orders[i]), walked);
        w->passes_off = 0;
        free(walked);
    }
}

static void the_ordering_of_a_model_goes_into_containers_and_lists_have_it(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET s.A '{\"fields\": {\"name\": {\"type\": \"char\"}}}'", "+OK");
    expect(w,
           "MODEL SET s.B '{\"fields\": {\"m\": {\"type\": \"json\", \"null\": true}, \"a\": {\"type\": \"fk\", \"to\": \"s.A\", "
           "\"related_name\": \"bs\"}}, \"ordering\": [\"-m__x\"]}'",
           "+OK");
    expect(w, "SAVE s.A name x", ":1");
    expect(w, "SAVE s.B JSON '[{\"a\":1,\"m\":{\"x\":9}},{\"a\":1,\"m\":{\"x\":10}},{\"a\":1}]'", "[:1,:2,:3]");
    expect(w, "QUERY s.B FIELDS pk FLAT", "[#2,#1,#3]");
    expect(w, "QUERY s.A FIELDS pk PREFETCH bs",
           "[{\"pk\"=#1,\"bs\"=[{\"id\"=#2,\"m\"=\"{\\x22x\\x22:10}\",\"a\"=#1},{\"id\"=#1,\"m\"=\"{\\x22x\\x22:9}\",\"a\"=#1},"
           "{\"id\"=#3,\"m\"=nil,\"a\"=#1}]}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEN(values_of_declared_types_are_replied_and_sorted_as_fields),
        MEN(json_is_replied_as_its_text),
        EMPTY(json_of_all_kinds_is_in_one_order_with_an_index_and_without),
        MEN(pages_go_on_where_they_ended_in_every_such_order),
        EMPTY(pages_go_through_json_of_all_kinds),
        MEN(tokens_that_somebody_made_are_refused),
        MEN(groups_are_those_of_equal_values),
        EMPTY(a_group_has_the_lowest_of_the_texts_that_its_number_is_written_in),
        MEN(paths_lead_into_containers_of_other_models),
        MEN(what_gives_no_single_value_is_refused),
        EMPTY(an_index_of_the_path_gives_its_order),
        EMPTY(a_transform_of_the_primary_key_is_not_taken_for_it),
        EMPTY(the_ordering_of_a_model_goes_into_containers_and_lists_have_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
