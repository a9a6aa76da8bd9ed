/* t_subquery.c -- queries in the place of values, in WHERE, Q, WHEN and HAVING: rows, references and values of all types, one in another, what is refused. */
#include "engine_check.h"

static void set_up_blog(world *w, const char *index)
{
    const char *got = world_dof(w,
                                "MODEL SET auth.User '{\"fields\": {\"name\": {\"type\": \"char\"%s}, \"age\": {\"type\": \"int\", \"null\": true%s}, "
                                "\"boss\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true, \"related_name\": \"staff\"}}}'",
                                index, index);
    assert_string_equal(got, "+OK");
    got = world_dof(w,
                    "MODEL SET blog.Post '{\"fields\": {\"title\": {\"type\": \"char\"%s}, \"views\": {\"type\": \"int\", \"null\": true%s}, "
                    "\"rating\": {\"type\": \"decimal\", \"max_digits\": 5, \"decimal_places\": 2, \"null\": true}, \"tags\": {\"type\": \"list\", \"of\": {\"type\": \"char\"}, "
                    "\"null\": true}, \"meta\": {\"type\": \"json\", \"null\": true}, \"made\": {\"type\": \"datetime\", \"null\": true}, "
                    "\"author\": {\"type\": \"fk\", \"to\": \"auth.User\", \"null\": true, \"related_name\": \"posts\"}}}'",
                    index, index);
    assert_string_equal(got, "+OK");
    expect(w, "SAVE auth.User JSON '[{\"name\":\"eva\",\"age\":40},{\"name\":\"ada\",\"age\":30,\"boss\":1},{\"name\":\"bob\",\"boss\":2},{\"name\":\"cy\",\"age\":2,\"boss\":9}]'",
           "[:1,:2,:3,:4]");
    expect(w,
           "SAVE blog.Post JSON '[{\"title\":\"a\",\"views\":2,\"author\":2,\"rating\":2,\"tags\":[\"eva\",\"x\"],\"meta\":{\"n\":40},\"made\":\"2026-01-02\"},"
           "{\"title\":\"eva\",\"views\":40,\"author\":1,\"rating\":2.5,\"tags\":[],\"meta\":{\"n\":\"ada\"}},{\"title\":\"c\",\"rating\":30,\"meta\":{\"n\":30}},"
           "{\"title\":\"ada\",\"author\":9,\"tags\":[\"ada\",\"eva\"]},{\"title\":\"e\",\"views\":30,\"author\":4,\"made\":\"2027-05-06T07:08:09Z\"}]'",
           "[:1,:2,:3,:4,:5]");
}

/* Rows that a WHERE is true of, by pk: "1,2"; the code of an error, and words of it behind a space. */
typedef struct question {
    const char *model, *where, *want;
} question;

static void check(world *w, const question *q)
{
    const nr_slice argv[] = {NR_S("QUERY"), nr_slice_of(q->model), NR_S("WHERE"), nr_slice_of(q->where), NR_S("ORDER"), NR_S("pk"), NR_S("FIELDS"), NR_S("pk"), NR_S("FLAT")};
    char want[128] = "[";
    const char *got = world_run(w, argv, COUNT(argv));
    if (q->want[0] >= 'A') {
        size_t code = strcspn(q->want, " ");
        if (got[0] != '-' || strncmp(got + 1, q->want, code) != 0 || (q->want[code] && !strstr(got, q->want + code + 1))) fail_msg("%s: %s", q->where, got);
        return;
    }
    for (const char *p = q->want; *p; p += strcspn(p, ","), p += *p == ',') snprintf(want + strlen(want), sizeof want - strlen(want), "%s#%.*s", p == q->want ? "" : ",", (int)strcspn(p, ","), p);
    snprintf(want + strlen(want), sizeof want - strlen(want), "]");
    if (strcmp(got, want) != 0) fail_msg("%s of %s\n  gives %s\n  not   %s", q->where, q->model, got, want);
    nr_slice count[] = {NR_S("COUNT"), argv[1], argv[2], argv[3]};
    size_t n = 0;
    for (const char *p = q->want; *p; p++) n += *p == ',';
    snprintf(want, sizeof want, ":%zu", *q->want ? n + 1 : 0);
    got = world_run(w, count, COUNT(count));
    if (strcmp(got, want) != 0) fail_msg("COUNT %s of %s: %s", q->where, q->model, got);
}

static const question asked[] = {
    {"blog.Post", "author__in = (QUERY auth.User WHERE age > 30)", "2"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE age >= 30)", "1,2"},
    {"blog.Post", "author__in=(query auth.User where age>=30)and views=2", "1"},
    {"blog.Post", "not author__in = (QUERY auth.User WHERE age >= 30)", "3,4,5"},
    {"blog.Post", "author__in = (QUERY auth.User)", "1,2,5"},
    {"blog.Post", "author__pk__in = (QUERY auth.User FIELDS id)", "1,2,5"},
    {"blog.Post", "author_id__in = (QUERY auth.User WHERE name = 'nobody')", ""},
    {"blog.Post", "not author__in = (QUERY auth.User WHERE name = 'nobody')", "1,2,3,4,5"},
    {"blog.Post", "author__in = (QUERY auth.User FIELDS boss)", "1,2,4"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE name = 'bob' or name = 'cy' FIELDS boss)", "1,4"},
    {"blog.Post", "author__in = (QUERY auth.User FIELDS boss__boss)", "2"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE boss__name = 'ada' FIELDS boss__pk)", "1"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE boss__in = (QUERY auth.User WHERE boss__in = (QUERY auth.User WHERE name = 'eva')))", ""},
    {"auth.User", "boss__in = (QUERY auth.User WHERE boss__in = (QUERY auth.User WHERE name = 'eva'))", "3"},
    {"blog.Post", "author__boss__in = (QUERY auth.User WHERE name = 'eva')", "1"},
    {"blog.Post", "author__boss__name__in = (QUERY auth.User WHERE name = 'eva' FIELDS name)", "1"},
    {"auth.User", "pk__in = (QUERY blog.Post WHERE views > 2 FIELDS author)", "1,4"},
    {"auth.User", "not id__in = (QUERY blog.Post FIELDS author)", "3"},
    {"auth.User", "pk__in = (QUERY auth.User WHERE age > 2)", "1,2"},
    {"auth.User", "pk__in = (QUERY blog.Post)", "1,2,3,4"},
    {"auth.User", "posts__in = (QUERY blog.Post WHERE views > 2)", "1,4"},
    {"auth.User", "posts__title__in = (QUERY auth.User FIELDS name)", "1"},
    {"auth.User", "not posts__title__in = (QUERY auth.User FIELDS name)", "2,3,4"},
    {"auth.User", "posts__pk__in = (QUERY blog.Post WHERE pk = 1) or name = 'cy'", "2,4"},
    {"blog.Post", "title__in = (QUERY auth.User FIELDS name)", "2,4"},
    {"blog.Post", "title__in = (QUERY auth.User WHERE age > 30 FIELDS name) or title = 'c'", "2,3"},
    {"blog.Post", "views__in = (QUERY auth.User FIELDS age)", "1,2,5"},
    {"blog.Post", "not views__in = (QUERY auth.User FIELDS age)", "3,4"},
    {"blog.Post", "rating__in = (QUERY auth.User FIELDS age)", "1,3"},
    {"auth.User", "age__in = (QUERY blog.Post FIELDS rating)", "2,4"},
    {"blog.Post", "tags__in = (QUERY auth.User FIELDS name)", "1,4"},
    {"blog.Post", "tags__overlap = (QUERY auth.User WHERE name = 'ada' FIELDS name)", "4"},
    {"blog.Post", "tags__contains_all = (QUERY auth.User WHERE age >= 30 FIELDS name)", "4"},
    {"blog.Post", "tags__contains_all = (QUERY auth.User WHERE age > 99 FIELDS name)", "1,2,4"},
    {"blog.Post", "meta__n__in = (QUERY auth.User FIELDS age)", "1,3"},
    {"blog.Post", "meta__n__in = (QUERY auth.User FIELDS name)", "2"},
    {"blog.Post", "made__year__in = (QUERY blog.Post WHERE title = 'e' FIELDS made__year)", "5"},
    {"blog.Post", "made__in = (QUERY blog.Post FIELDS made)", "1,5"},
    {"blog.Post", "made__date__in = (QUERY blog.Post FIELDS made__date)", "1,5"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE posts__in = (QUERY blog.Post WHERE author__age > 30))", "2"},
    /* what is refused */
    {"blog.Post", "author = (QUERY auth.User WHERE age > 30)", "SYNTAX lookup exact takes no query; in does"},
    {"blog.Post", "author != (QUERY auth.User)", "SYNTAX lookup exact takes no query"},
    {"blog.Post", "views__gt = (QUERY auth.User FIELDS age)", "SYNTAX lookup gt takes no query"},
    {"blog.Post", "views__range = (QUERY auth.User FIELDS age)", "SYNTAX lookup range takes no query"},
    {"blog.Post", "meta = (QUERY auth.User FIELDS age)", "SYNTAX lookup exact takes no query"},
    {"blog.Post", "views__in = (QUERY auth.User FIELDS name)", "BADVALUE field 'views' of type int cannot be compared with name of auth.User, which is of type char"},
    {"blog.Post", "author__name__in = (QUERY auth.User FIELDS age)", "BADVALUE field 'author__name' of type char"},
    {"blog.Post", "made__in = (QUERY blog.Post FIELDS made__date)", "BADVALUE which is of type date"},
    {"blog.Post", "title__in = (QUERY blog.Post FIELDS tags)", "SYNTAX expected a single value"},
    {"blog.Post", "title__in = (QUERY blog.Post FIELDS meta__n)", "SYNTAX meta"},
    {"blog.Post", "author__in = (QUERY auth.User FIELDS posts)", "SYNTAX any number of entities"},
    {"blog.Post", "author__in = (QUERY auth.Usr)", "NOMODEL auth.User"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE title = 'x')", "NOFIELD no field 'title'"},
    {"blog.Post", "author__in = (QUERY auth.User FIELDS nam)", "NOFIELD name"},
    {"blog.Post", "athor__in = (QUERY auth.User)", "NOFIELD author"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE age = 'x')", "BADVALUE"},
    {"blog.Post", "author__in = (QUERY)", "SYNTAX character 20: got ')', expected a model behind QUERY"},
    {"blog.Post", "author__in = (QUERY auth.User age > 30)", "SYNTAX character 31: got 'age'"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE age > 30", "SYNTAX got the end, expected WHERE, and, or, FIELDS, or the ')' of QUERY"},
    {"blog.Post", "author__in = (QUERY auth.User WHERE)", "SYNTAX expected a path"},
    {"blog.Post", "author__in = (QUERY auth.User FIELDS)", "SYNTAX expected a path behind FIELDS"},
    {"blog.Post", "author__in = (QUERY auth.User FIELDS pk name)", "SYNTAX got 'name'"},
    {"blog.Post", "author__in = (1, (QUERY auth.User))", "SYNTAX a query stands alone"},
    {"blog.Post", "author__in = ((QUERY auth.User))", "SYNTAX a query stands alone"},
    {"blog.Post", "views = F(views) + (QUERY auth.User)", "SYNTAX a query stands alone"},
    {"blog.Post", "author__in = QUERY auth.User", "SYNTAX expected a value"},
};

static void queries_stand_in_the_place_of_values(void **state)
{
    world *w = *state;
    for (int turn = 0; turn < 2; turn++) {
        set_up_blog(w, turn ? ",\"index\":true" : "");
        for (size_t i = 0; i < COUNT(asked); i++) check(w, &asked[i]);
        world_restart(w);
        for (size_t i = 0; i < COUNT(asked); i++) check(w, &asked[i]);
        expect(w, "MODEL DROP blog.Post ENTITIES", "+OK");
        expect(w, "MODEL DROP auth.User ENTITIES", "+OK");
    }
}

static void q_has_queries_too(void **state)
{
    static const struct {
        const char *q, *want;
    } cases[] = {
        {"{\"author__in\":{\"query\":{\"model\":\"auth.User\",\"field\":\"pk\",\"q\":{\"age__gt\":30}}}}", "[#2]"},
        {"{\"author__in\":{\"query\":{\"model\":\"auth.User\"}}}", "[#1,#2,#5]"},
        {"{\"not\":{\"author__in\":{\"query\":{\"model\":\"auth.User\",\"q\":{}}}}}", "[#3,#4,#6]"},
        {"{\"or\":[{\"title__in\":{\"query\":{\"q\":{\"not\":{\"age\":40}},\"model\":\"auth.User\",\"field\":\"name\"}}},{\"views\":2}]}", "[#1,#4]"},
        {"{\"author__in\":{\"query\":{\"model\":\"auth.User\",\"q\":{\"boss__in\":{\"query\":{\"model\":\"auth.User\",\"q\":{\"name\":\"eva\"}}}}}}}", "[#1]"},
        {"{\"meta\":{\"query\":1}}", "[]"},
        {"{\"meta\":{\"query\":{\"model\":\"auth.User\"}}}", "[#6]"},
        {"{\"meta__in\":[{\"query\":{\"model\":\"auth.User\"}}]}", "[#6]"},
        {"{\"meta__query__model\":\"auth.User\"}", "[#6]"},
    };
    static const struct {
        const char *q, *code, *words;
    } bad[] = {
        {"{\"author__in\":{\"query\":{}}}", "SYNTAX", "needs a \"model\""},
        {"{\"author__in\":{\"query\":1}}", "SYNTAX", "is number, expected an object"},
        {"{\"author__in\":{\"query\":{\"model\":1}}}", "SYNTAX", "\"model\" is number"},
        {"{\"author__in\":{\"query\":{\"model\":\"auth.User\",\"q\":[]}}}", "SYNTAX", "\"q\" is array"},
        {"{\"author__in\":{\"query\":{\"model\":\"auth.User\",\"fields\":\"pk\"}}}", "SYNTAX", "'fields'"},
        {"{\"author\":{\"query\":{\"model\":\"auth.User\"}}}", "SYNTAX", "exact takes no query"},
        {"{\"author__in\":{\"query\":{\"model\":\"auth.Nobody\"}}}", "NOMODEL", "auth.Nobody"},
        {"{\"author__in\":{\"query\":{\"model\":\"auth.User\"},\"x\":1}}", "BADVALUE", "JSON array"},
        {"{\"nope__in\":{\"query\":{\"model\":\"auth.User\"}}}", "NOFIELD", "nope"},
    };
    world *w = *state;
    set_up_blog(w, "");
    expect(w, "SAVE blog.Post title q meta '{\"query\":{\"model\":\"auth.User\"}}'", ":6");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = world_dof(w, "QUERY blog.Post Q '%s' ORDER pk FIELDS pk FLAT", cases[i].q);
        if (strcmp(got, cases[i].want) != 0) fail_msg("%s: %s", cases[i].q, got);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        char command[512];
        snprintf(command, sizeof command, "QUERY blog.Post Q '%s'", bad[i].q);
        refuse(w, command, bad[i].code, bad[i].words);
    }
}

static void parameters_are_seen_inside(void **state)
{
    world *w = *state;
    set_up_blog(w, "");
    expect(w, "COUNT blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > $a and name__in = ($n, $m)) and title = $t' PARAMS t eva a 30 n eva m x", ":1");
    expect(w, "COUNT blog.Post WHERE 'views__in = (QUERY auth.User WHERE name__in = $n FIELDS age)' PARAMS n '[\"eva\",\"cy\"]'", ":2");
    refuse(w, "COUNT blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > $b)' PARAMS a 1", "SYNTAX", "no parameter 'b'");
    refuse(w, "COUNT blog.Post WHERE 'author__in = (QUERY auth.User)' PARAMS a 1", "SYNTAX", "does not use");
}

static void all_commands_with_filters_take_them(void **state)
{
    world *w = *state;
    set_up_blog(w, "");
    expect(w, "EXISTS blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > 39)'", ":1");
    expect(w, "EXISTS blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > 40)'", ":0");
    expect(w, "AGGREGATE blog.Post WHERE 'author__in = (QUERY auth.User)' SUM views", "[{\"views__sum\"=#72}]");
    expect(w, "AGGREGATE blog.Post COUNT * WHEN 'author__in = (QUERY auth.User WHERE name = $n)' PARAMS n eva AS evas COUNT * WHEN 'title__in = (QUERY auth.User FIELDS name)' AS named MIN rating",
           "[{\"evas\"=#1,\"named\"=#2,\"rating__min\"=\"2.00\"}]");
    expect(w, "AGGREGATE blog.Post GROUPBY author COUNT * HAVING 'author__in = (QUERY auth.User WHERE age >= 30)'", "[{\"author\"=#1,\"count\"=#1},{\"author\"=#2,\"count\"=#1}]");
    expect(w, "AGGREGATE blog.Post GROUPBY author SUM views AS n HAVING 'n__in = (QUERY auth.User WHERE age >= 30 FIELDS age)'", "[{\"author\"=#1,\"n\"=#40},{\"author\"=#4,\"n\"=#30}]");
    expect(w, "QUERY blog.Post DISTINCT FIELDS author WHERE 'author__in = (QUERY auth.User)' FLAT", "[#1,#2,#4]");
    expect(w, "UPDATE blog.Post WHERE 'author__in = (QUERY auth.User WHERE posts__views = 40) or pk__in = (QUERY blog.Post WHERE title = $t)' PARAMS t c SET views 7", ":2");
    expect(w, "QUERY blog.Post FILTER views 7 ORDER pk FIELDS pk FLAT", "[#2,#3]");
    expect(w, "DELETE auth.User WHERE 'not pk__in = (QUERY blog.Post FIELDS author)'", ":1");
    expect(w, "QUERY auth.User ORDER pk FIELDS pk FLAT", "[#1,#2,#4]");
    expect(w, "DELETE blog.Post Q '{\"author__in\":{\"query\":{\"model\":\"blog.Post\",\"q\":{\"views\":7},\"field\":\"author\"}}}'", ":1");
    refuse(w, "UPDATE blog.Post ALL EXPR views '(QUERY auth.User)'", "SYNTAX", "a query stands alone");
    refuse(w, "SAVE blog.Post IF author__in '(QUERY auth.User)' pk 1 views 3", "BADVALUE", "JSON array");
    check_indexes(w, "blog.Post");
    check_indexes(w, "auth.User");
}

/* Numbers of all types meet as numbers, whatever their texts are. */
static void values_of_other_types_are_compared_as_numbers_and_texts(void **state)
{
    static const struct {
        const char *outer, *inner, *pks;
    } cases[] = {
        {"i", "d", "[#1,#2,#3]"}, {"i", "f", "[#1,#2,#3]"}, {"d", "i", "[#1,#2,#3]"}, {"f", "i", "[#1,#2,#3]"}, {"f", "d", "[#1,#2,#3,#4]"},
        {"d", "f", "[#1,#2,#3,#4]"}, {"s", "i", "[#1,#2,#3]"}, {"i", "s", "[#1,#2,#3]"}, {"d", "e", "[#1,#2,#3,#4]"}, {"e", "d", "[#1,#2,#3,#4]"},
        {"u", "c", "[#1]"}, {"c", "u", "[#1]"}, {"i", "i", "[#1,#2,#3,#4,#5]"},
    };
    world *w = *state;
    expect(w,
           "MODEL SET n.N '{\"fields\": {\"i\": {\"type\": \"int\", \"null\": true}, \"s\": {\"type\": \"smallint\", \"null\": true}, "
           "\"d\": {\"type\": \"decimal\", \"max_digits\": 20, \"decimal_places\": 2, \"null\": true}, "
           "\"e\": {\"type\": \"decimal\", \"max_digits\": 20, \"decimal_places\": 5, \"null\": true}, \"f\": {\"type\": \"float\", \"null\": true}, "
           "\"u\": {\"type\": \"uuid\", \"null\": true}, \"c\": {\"type\": \"char\", \"null\": true}}}'",
           "+OK");
    expect(w, "SAVE n.N i 0 s 0 d 0 e 0 f -0.0 u 01234567-89ab-cdef-0123-456789abcdef c 01234567-89ab-cdef-0123-456789abcdef", ":1");
    expect(w, "SAVE n.N i -20 s -20 d -20 e -20 f -20 c x", ":2");
    expect(w, "SAVE n.N i 30000 s 30000 d 30000.00 e 30000 f 3e4", ":3");
    expect(w, "SAVE n.N i 9223372036854775807 d 0.25 e 0.25 f 0.25", ":4");
    expect(w, "SAVE n.N i 7 d 1.01 e 1.00001 f 1e300", ":5");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = world_dof(w, "QUERY n.N WHERE '%s__in = (QUERY n.N FIELDS %s)' ORDER pk FIELDS pk FLAT", cases[i].outer, cases[i].inner);
        if (strcmp(got, cases[i].pks) != 0) fail_msg("%s in %s: %s", cases[i].outer, cases[i].inner, got);
    }
    refuse(w, "COUNT n.N WHERE 'i__in = (QUERY n.N FIELDS c)'", "BADVALUE", "cannot be compared");
}

/* Rows that are carried along whole, and keys that are looked up; a NULL among the values says nothing about others. */
static void many_rows_are_carried_as_few_are(void **state)
{
    enum { USERS = 300, POSTS = 4000 };
    world *w = *state;
    uint64_t adults = 0, named = 0, authors = 0, seen[USERS + 1] = {0};
    expect(w, "MODEL SET m.User '{\"fields\": {\"age\": {\"type\": \"int\", \"null\": true}, \"name\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "MODEL SET m.Post '{\"fields\": {\"title\": {\"type\": \"char\", \"null\": true, \"index\": true}, \"author\": {\"type\": \"fk\", \"to\": \"m.User\", \"null\": true}}}'", "+OK");
    for (int i = 1; i <= USERS; i++) world_dof(w, i % 10 ? "SAVE m.User id %d name n%d age %d" : "SAVE m.User id %d name n%d", i, i, i % 40);
    for (int i = 1; i <= POSTS; i++) {
        int author = i * 7 % (USERS + 20);
        world_dof(w, author ? "SAVE m.Post id %d title n%d author %d" : "SAVE m.Post id %d title n%d", i, i % 900, author);
        adults += author && author <= USERS && author % 10 && author % 40 >= 18;
        named += i % 900 >= 1 && i % 900 <= USERS;
        if (author <= USERS) authors += author && !seen[author]++;
    }
    for (int turn = 0; turn < 2; turn++) {
        char want[32];
        snprintf(want, sizeof want, ":%llu", (unsigned long long)adults);
        expect(w, "COUNT m.Post WHERE 'author__in = (QUERY m.User WHERE age >= 18)'", want);
        snprintf(want, sizeof want, ":%llu", (unsigned long long)(POSTS - adults));
        expect(w, "COUNT m.Post WHERE 'not author__in = (QUERY m.User WHERE age >= 18)'", want);
        snprintf(want, sizeof want, ":%llu", (unsigned long long)named);
        expect(w, "COUNT m.Post WHERE 'title__in = (QUERY m.User FIELDS name)'", want);
        snprintf(want, sizeof want, ":%llu", (unsigned long long)authors);
        expect(w, "COUNT m.User WHERE 'pk__in = (QUERY m.Post FIELDS author)'", want);
        world_restart(w);
    }
    w->limits.max_memory = 40000;
    refuse(w, "COUNT m.Post WHERE 'title__in = (QUERY m.User FIELDS name)'", "LIMIT", "max-memory");
    w->limits.max_memory = 256 << 20;
    w->limits.max_scan = 100;
    refuse(w, "COUNT m.Post WHERE 'title__in = (QUERY m.User WHERE age > 1 FIELDS name)'", "LIMIT", "max-scan");
}

static void nesting_is_bounded(void **state)
{
    world *w = *state;
    text deep = {0};
    set_up_blog(w, "");
    text_addf(&deep, "COUNT auth.User WHERE '");
    for (int i = 0; i < 60; i++) text_addf(&deep, "boss__in = (QUERY auth.User WHERE ");
    text_addf(&deep, "age > 1");
    for (int i = 0; i < 60; i++) text_addf(&deep, ")");
    text_addf(&deep, "'");
    expect(w, deep.p, ":0");
    deep.n = 0;
    text_addf(&deep, "COUNT auth.User WHERE '");
    for (int i = 0; i < 1000; i++) text_addf(&deep, "boss__in = (QUERY auth.User WHERE ");
    text_addf(&deep, "'");
    refuse(w, deep.p, "LIMIT", "nested deeper than 64 levels");
    free(deep.p);
}

static void scans_of_the_inner_model_are_refused_and_bounded_too(void **state)
{
    world *w = *state;
    set_up_blog(w, "");
    refuse(w, "COUNT blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > 1)' NOSCAN", "SYNTAX", "NOSCAN");
    refuse(w, "QUERY blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > 1)' NOSCAN", "NOINDEX", "auth.User");
    refuse(w, "QUERY blog.Post WHERE 'views__in = (QUERY auth.User WHERE age > 1 FIELDS age)' NOSCAN", "NOINDEX", "auth.User");
    refuse(w, "QUERY blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > 1)' MAXSCAN 2", "LIMIT", "MAXSCAN");
    w->unindexed = NR_UNINDEXED_ERROR;
    refuse(w, "QUERY blog.Post WHERE 'author__in = (QUERY auth.User WHERE age > 1)'", "NOINDEX", "age");
    expect(w, "COUNT blog.Post WHERE 'author__in = (QUERY auth.User WHERE pk = 1)'", ":1");
}

static void plans_show_them(void **state)
{
    world *w = *state;
    set_up_blog(w, "");
    const char *got = world_do(w, "EXPLAIN QUERY blog.Post WHERE 'author__in = (QUERY auth.User WHERE pk  > 1)'");
    if (!strstr(got, "author__in (QUERY auth.User WHERE pk > 1)") || !strstr(got, "\"  SubQuery author__in from id of auth.User\",\"    "))
        fail_msg("%s", got);
    got = world_do(w, "EXPLAIN COUNT blog.Post WHERE 'author__in = (QUERY auth.User WHERE boss__in = (QUERY auth.User WHERE age = 1) FIELDS boss)'");
    if (!strstr(got, "\"  SubQuery author__in from boss of auth.User\",\"    Group by boss") || !strstr(got, "\"    SubQuery boss__in from id of auth.User\",\"      ")) fail_msg("%s", got);
    got = world_do(w, "PROFILE QUERY blog.Post WHERE 'title__in = (QUERY auth.User FIELDS name)'");
    if (!strstr(got, "\"SubQuery title__in from name of auth.User\",\"Group")) fail_msg("%s", got);
    got = world_do(w, "EXPLAIN AGGREGATE blog.Post WHERE 'author__in = (QUERY auth.User)' COUNT *");
    if (!strstr(got, "\"  SubQuery author__in from id of auth.User\"")) fail_msg("%s", got);
}

static void a_model_in_another_slot_of_a_cluster_is_refused(void **state)
{
    world *w = *state;
    w->cluster = true;
    expect(w, "MODEL SET {a}X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET {a}Y '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET {b}Z '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "SAVE {a}X n 1", ":1");
    expect(w, "SAVE {a}Y n 1", ":1");
    expect(w, "COUNT {a}X WHERE 'n__in = (QUERY {a}Y FIELDS n)'", ":1");
    refuse(w, "COUNT {a}X WHERE 'n__in = (QUERY {b}Z FIELDS n)'", "SYNTAX", "different slots");
}

/* A page goes on where it ended: the query in it is part of what is asked. */
static void pages_have_them_too(void **state)
{
    world *w = *state;
    char token[512];
    set_up_blog(w, "");
    const char *got = world_do(w, "QUERY blog.Post WHERE 'author__in = (QUERY auth.User)' FIELDS pk FLAT PAGE 2"), *from = strchr(got, '"');
    if (strncmp(got, "[[#1,#2],", 9) != 0 || !from) fail_msg("%s", got);
    snprintf(token, sizeof token, "%.*s", (int)strcspn(from + 1, "\""), from + 1);
    got = world_dof(w, "QUERY blog.Post WHERE 'author__in = (QUERY auth.User)' FIELDS pk FLAT PAGE 2 AFTER %s", token);
    if (strcmp(got, "[[#5],nil]") != 0) fail_msg("%s", got);
    got = world_dof(w, "QUERY blog.Post WHERE 'author__in = (QUERY auth.User FIELDS boss)' FIELDS pk FLAT PAGE 2 AFTER %s", token);
    if (strncmp(got, "-CURSOR", 7) != 0) fail_msg("%s", got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(queries_stand_in_the_place_of_values),
        EMPTY(q_has_queries_too),
        EMPTY(parameters_are_seen_inside),
        EMPTY(all_commands_with_filters_take_them),
        EMPTY(values_of_other_types_are_compared_as_numbers_and_texts),
        EMPTY(many_rows_are_carried_as_few_are),
        EMPTY(nesting_is_bounded),
        EMPTY(scans_of_the_inner_model_are_refused_and_bounded_too),
        EMPTY(plans_show_them),
        EMPTY(a_model_in_another_slot_of_a_cluster_is_refused),
        EMPTY(pages_have_them_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
