/* t_join.c -- paths through relations in filters, both ways: the cases of the contract, what stands together, what leads nowhere, and what is refused. */
#include "engine_check.h"

/* -- cases on three models that refer to one another in a chain ---------------------------------------------------------------------------- */

static const char *const chain[] = {
    "MODEL SET d.Indexed2 '{\"fields\": {\"name_fi2\": {\"type\": \"char\"%s}, \"age\": {\"type\": \"int\"%s}}}'",
    "MODEL SET d.Foreign '{\"fields\": {\"title\": {\"type\": \"char\"%s}, \"name_fi\": {\"type\": \"char\"%s}, "
    "\"fk\": {\"type\": \"fk\", \"to\": \"d.Indexed2\", \"null\": true}}}'",
    "MODEL SET d.Indexed '{\"fields\": {\"name\": {\"type\": \"char\"%s}, \"fk\": {\"type\": \"fk\", \"to\": \"d.Foreign\", \"null\": true}, "
    "\"fk2\": {\"type\": \"fk\", \"to\": \"d.Indexed2\", \"null\": true, \"related_name\": \"seconds\"}}}'",
};

static const char *const chain_rows[] = {
    "SAVE d.Indexed2 name_fi2 Juubi age 2",
    "SAVE d.Indexed2 name_fi2 Rikudo age 200",
    "SAVE d.Foreign title Bijuu name_fi Kyuubi fk 1",
    "SAVE d.Foreign title Bijuu name_fi Hachibi fk 2",
    "SAVE d.Indexed name ItAchi fk 1 fk2 1",
    "SAVE d.Indexed name YondAimE fk 1 fk2 1",
    "SAVE d.Indexed name Neji fk 2 fk2 1",
    "SAVE d.Indexed name I1038593i fk 2 fk2 2",
};

static const char indexes[] = ",\"index\":[\"exact\",\"lt\",\"iexact\",\"endswith\",\"iendswith\"]", of_numbers[] = ",\"index\":true";

static void set_up_chain(world *w, bool indexed)
{
    for (size_t i = 0; i < COUNT(chain); i++) {
        const char *got = world_dof(w, chain[i], indexed ? indexes : "", indexed ? (i ? indexes : of_numbers) : "");
        if (strcmp(got, "+OK") != 0) fail_msg("%s", got);
    }
    for (size_t i = 0; i < COUNT(chain_rows); i++) world_do(w, chain_rows[i]);
}

/* Of d.Indexed unless a model is named. */
static const struct {
    const char *filters, *pks;
} chain_cases[] = {
    {"FILTER fk__fk__name_fi2__iexact juuBi fk__title__iexact biJuu", "1,2"},
    {"FILTER fk__fk__name_fi2__iexact juuBi fk2__name_fi2__iexact Rikudo", ""},
    {"FILTER fk__fk__name_fi2__endswith udo fk2__name_fi2__iexact Rikudo", "4"},
    {"FILTER fk__title__iexact biJuu fk__name_fi__iexact kyuuBi", "1,2"},
    {"FILTER fk__title__iexact biJuu fk__name_fi__iexact Hachibi", "3,4"},
    {"FILTER fk__title__iexact biJuu name__iendswith iMe", "2"},
    {"FILTER fk__title__iexact biJuu", "1,2,3,4"},
    {"FILTER fk2__name_fi2 Juubi", "1,2,3"},
    {"FILTER fk__fk__name_fi2__endswith bi", "1,2"},
    {"FILTER fk2__age 2", "1,2,3"},
    {"FILTER fk2__age__lt 201", "1,2,3,4"},
    {"FILTER fk__fk 1", "1,2"},
    {"FILTER fk__fk__pk 1", "1,2"},
    {"FILTER fk__fk_id 1", "1,2"},
    {"EXCLUDE fk__title__iexact bijuu", ""},
    {"FILTER fk__title__iexact bijuu EXCLUDE fk__name_fi__iexact kyuubi", "3,4"},
    {"FILTER fk__name_fi kyuubi fk__title x name Neji", ""},
    {"FILTER fk__name_fi Hachibi fk__title Bijuu name Neji", "3"},
    {"WHERE 'not fk__name_fi__iexact = $k and name != $n' PARAMS k kyuubi n Neji", "4"},
    {"Q '{\"or\":[{\"fk__name_fi__iexact\":\"kyuubi\"},{\"name__iexact\":\"neji\"}]}'", "1,2,3"},
    {"EXCLUDE fk2__name_fi2 Juubi", "4"},
    {"FILTER fk__pk 2", "3,4"},
    {"FILTER fk__id__in '[2,7]'", "3,4"},
    {"FILTER fk__gt 1", "3,4"},
    {"FILTER fk__seconds 1", "NOFIELD"},
    {"FILTER fk2__foreign__titel x", "NOFIELD no field 'titel' in d.Foreign; did you mean 'title'"},
    {"FILTER fk2__foreign__month 1", "NOLOOKUP no lookup 'month' on field 'id' of type auto; it has exact"},
    {"FILTER fk__month 1", "NOLOOKUP no lookup 'month' on field 'fk' of type auto; it has exact"},
    {"FILTER fk2__foreign 1", "1,2,3"},
    {"FILTER fk2__foreign__title Bijuu", "1,2,3,4"},
    {"FILTER fk2__foreign__indexed__name Neji", "4"},
};

static const char *pks_of(world *w, const char *model, const char *filters)
{
    return world_dof(w, "QUERY %s %s ORDER pk FIELDS pk FLAT", model, filters);
}

/* pks: "1,2", or the code of an error. */
static void check_pks(world *w, const char *model, const char *filters, const char *pks)
{
    char want[256] = "[";
    size_t n = 1;
    const char *got = pks_of(w, model, filters);
    bool code = pks[0] >= 'A';
    for (const char *p = pks; *p && n + 3 < sizeof want; p++) {
        if (p == pks || p[-1] == ',') want[n++] = '#';
        want[n++] = *p;
    }
    want[n++] = ']';
    if (code ? strncmp(got + 1, pks, strlen(pks)) != 0 : strcmp(got, want) != 0)
        fail_msg("%s %s\n  gives %s\n  not   %s", model, filters, got, code ? pks : want);
}

static void chains_of_references_are_followed(void **state)
{
    world *w = *state;
    for (int indexed = 0; indexed < 2; indexed++) {
        set_up_chain(w, indexed);
        for (size_t i = 0; i < COUNT(chain_cases); i++) check_pks(w, "d.Indexed", chain_cases[i].filters, chain_cases[i].pks);
        check_pks(w, "d.Foreign", "FILTER fk__age 2", "1");
        check_pks(w, "d.Foreign", "FILTER fk__age__lt 210", "1,2");
        check_pks(w, "d.Foreign", "FILTER fk__name_fi2__iexact juUBI", "1");
        check_pks(w, "d.Indexed2", "FILTER seconds__name Neji", "1");
        expect(w, "SAVE d.Foreign pk 1 title Other", ":1");
        check_pks(w, "d.Indexed", "FILTER fk__title__iexact bijuu", "3,4");
        expect(w, "DELETE d.Foreign PK 2", ":1");
        check_pks(w, "d.Indexed", "FILTER fk__title__iexact bijuu", "");
        check_pks(w, "d.Indexed", "EXCLUDE fk__title__iexact bijuu", "1,2,3,4");
        check_pks(w, "d.Indexed", "FILTER fk 2", "3,4");
        check_pks(w, "d.Indexed", "FILTER fk__title__isnull true", "3,4");
        expect(w, "MODEL DROP d.Indexed ENTITIES", "+OK");
        expect(w, "MODEL DROP d.Foreign ENTITIES", "+OK");
        expect(w, "MODEL DROP d.Indexed2 ENTITIES", "+OK");
    }
}

/* -- values of other models ---------------------------------------------------------------------------------------------------------------- */

static void set_up_blog(world *w)
{
    expect(w,
           "MODEL SET auth.User '{\"fields\": {\"username\": {\"type\": \"char\", \"index\": true}, \"born\": {\"type\": \"date\", \"null\": true}, "
           "\"boss\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true, \"related_name\": \"+\"}}}'",
           "+OK");
    expect(w,
           "MODEL SET blog.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"views\": {\"type\": \"int\", \"default\": 0}, "
           "\"author\": {\"type\": \"fk\", \"to\": \"auth.User\", \"null\": true, \"related_name\": \"posts\"}}}'",
           "+OK");
    expect(w, "SAVE auth.User username eva NULL boss born 1980-05-01", ":1");
    expect(w, "SAVE auth.User username ada boss 1 NULL born", ":2");
    expect(w, "SAVE blog.Post title a author 2 views 3", ":1");
    expect(w, "SAVE blog.Post title b author 1 views 1", ":2");
    expect(w, "SAVE blog.Post title c NULL author views 2", ":3");
    expect(w, "SAVE blog.Post title d author 9 views 2", ":4");
    expect(w, "SAVE blog.Post title e author 1 views 0", ":5");
}

static void fields_and_order_go_through_references(void **state)
{
    world *w = *state;
    set_up_blog(w);
    expect(w, "QUERY blog.Post ORDER author__username FIELDS title author__username", "[{\"title\"=\"c\",\"author__username\"=nil},{\"title\"=\"d\",\"author__username\"=nil},{\"title\"=\"a\",\"author__username\"=\"ada\"},{\"title\"=\"b\",\"author__username\"=\"eva\"},{\"title\"=\"e\",\"author__username\"=\"eva\"}]");
    expect(w, "QUERY blog.Post ORDER -author__username -pk FIELDS title FLAT", "[\"e\",\"b\",\"a\",\"d\",\"c\"]");
    expect(w, "QUERY blog.Post ORDER -author__username title LIMIT 1 3 FIELDS title FLAT", "[\"e\",\"a\",\"c\"]");
    expect(w, "QUERY blog.Post ORDER author__boss__username title REVERSE FIELDS title author__boss__username author__born__year FLAT", "-SYNTAX FLAT needs FIELDS with exactly one field");
    expect(w, "QUERY blog.Post ORDER author__boss__username title REVERSE FIELDS title author__boss__username author__boss__born__year", "[{\"title\"=\"a\",\"author__boss__username\"=\"eva\",\"author__boss__born__year\"=#1980},{\"title\"=\"e\",\"author__boss__username\"=nil,\"author__boss__born__year\"=nil},{\"title\"=\"d\",\"author__boss__username\"=nil,\"author__boss__born__year\"=nil},{\"title\"=\"c\",\"author__boss__username\"=nil,\"author__boss__born__year\"=nil},{\"title\"=\"b\",\"author__boss__username\"=nil,\"author__boss__born__year\"=nil}]");
    expect(w, "QUERY blog.Post FILTER views__gte 1 author__username__startswith a FIELDS author__username FLAT", "[\"ada\"]");
    expect(w, "GET blog.Post 1 FIELDS title author__username author__boss__born author__pk", "{\"title\"=\"a\",\"author__username\"=\"ada\",\"author__boss__born\"=\"1980-05-01\",\"author__pk\"=#2}");
    expect(w, "GET blog.Post 4 FIELDS author__username author", "{\"author__username\"=nil,\"author\"=#9}");
    expect(w, "GET blog.Post 3 FIELDS author__boss__username", "{\"author__boss__username\"=nil}");
    refuse(w, "QUERY auth.User ORDER posts__title", "SYNTAX", "any number of entities");
    refuse(w, "QUERY auth.User FIELDS posts", "SYNTAX", "any number of entities");
    refuse(w, "QUERY blog.Post FIELDS author__usernam", "NOFIELD", "username");
    refuse(w, "QUERY blog.Post FIELDS author__username__year", "NOLOOKUP", "year");
    refuse(w, "QUERY blog.Post FIELDS author__username author__username", "SYNTAX", "twice");
}

static void pages_in_the_order_of_other_models_fit_together(void **state)
{
    static const char *const orders[] = {"author__username", "-author__username", "author__boss__username -author__born", "-author__born author__username -title"};
    world *w = *state;
    set_up_blog(w);
    for (size_t i = 0; i < COUNT(orders) * 2; i++) {
        const char *reverse = i % 2 ? "REVERSE" : "";
        char walked[256] = "", token[1024] = "";
        char *whole = strdup(world_dof(w, "QUERY blog.Post ORDER %s %s FIELDS title FLAT", orders[i / 2], reverse));
        do {
            const char *got = world_dof(w, "QUERY blog.Post ORDER %s %s FIELDS title FLAT PAGE 2 %s %s", orders[i / 2], reverse, token[0] ? "AFTER" : "", token);
            const char *end = strchr(got, ']');
            if (got[0] != '[' || !end) fail_msg("%s: %s", orders[i / 2], got);
            snprintf(walked + strlen(walked), sizeof walked - strlen(walked), "%s%.*s", walked[0] ? "," : "", (int)(end - got - 2), got + 2);
            const char *next = strchr(end, '"');
            snprintf(token, sizeof token, "%.*s", next ? (int)strcspn(next + 1, "\"") : 0, next ? next + 1 : "");
        } while (token[0]);
        if (strncmp(whole + 1, walked, strlen(walked)) != 0 || strlen(whole) != strlen(walked) + 2) fail_msg("%s: %s, in pages %s", orders[i / 2], whole, walked);
        free(whole);
    }
}

static void groups_go_through_references(void **state)
{
    world *w = *state;
    set_up_blog(w);
    expect(w, "AGGREGATE blog.Post GROUPBY author__username COUNT * SUM views", "[{\"author__username\"=nil,\"count\"=#2,\"views__sum\"=#4},{\"author__username\"=\"ada\",\"count\"=#1,\"views__sum\"=#3},{\"author__username\"=\"eva\",\"count\"=#2,\"views__sum\"=#1}]");
    expect(w, "AGGREGATE blog.Post GROUPBY author__boss__born__year COUNT author__born AS n MAX author__username ORDER -n", "[{\"author__boss__born__year\"=nil,\"n\"=#2,\"author__username__max\"=\"eva\"},{\"author__boss__born__year\"=#1980,\"n\"=#0,\"author__username__max\"=\"ada\"}]");
    expect(w, "AGGREGATE blog.Post MIN author__username COUNT author__boss__username", "[{\"author__username__min\"=\"ada\",\"author__boss__username__count\"=#1}]");
    expect(w, "AGGREGATE blog.Post COUNT * WHEN 'author__username = $n' PARAMS n eva AS evas COUNT *", "[{\"evas\"=#2,\"count\"=#5}]");
    expect(w, "AGGREGATE auth.User GROUPBY username COUNT * WHEN 'posts__views = 3' AS n HAVING 'n > 0'", "[{\"username\"=\"ada\",\"n\"=#1}]");
    expect(w, "AGGREGATE blog.Post FILTER author__username__gt a GROUPBY author__username COUNT * HAVING 'author__username = $u' PARAMS u ada", "[{\"author__username\"=\"ada\",\"count\"=#1}]");
    expect(w, "QUERY blog.Post DISTINCT FIELDS author__username", "[{\"author__username\"=nil},{\"author__username\"=\"ada\"},{\"author__username\"=\"eva\"}]");
    expect(w, "QUERY blog.Post DISTINCT FIELDS author__username views ORDER -author__username views", "[{\"author__username\"=\"eva\",\"views\"=#0},{\"author__username\"=\"eva\",\"views\"=#1},{\"author__username\"=\"ada\",\"views\"=#3},{\"author__username\"=nil,\"views\"=#2}]");
    expect(w, "AGGREGATE auth.User GROUPBY posts__views COUNT *", "[{\"posts__views\"=#0,\"count\"=#1},{\"posts__views\"=#1,\"count\"=#1},{\"posts__views\"=#3,\"count\"=#1}]");
    refuse(w, "QUERY auth.User DISTINCT FIELDS posts__views", "SYNTAX", "any number of entities");
}

/* What a WHEN asks of another model becomes a condition on the reference: it is read with what the other functions read. */
static void a_when_through_a_reference_counts_beside_functions_of_fields_without_a_column(void **state)
{
    world *w = *state;
    set_up_blog(w);
    for (int i = 10; i < 50; i++) world_dof(w, "SAVE blog.Post id %d title x author 3", i);
    expect(w, "AGGREGATE blog.Post COUNT * WHEN 'author__username = $n' PARAMS n eva AS evas MIN title", "[{\"evas\"=#2,\"title__min\"=\"a\"}]");
}

/* Their names stand behind the relation, where a field of that name would win; what a comparison means is no name. */
static void comparisons_are_no_fields_of_the_target(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET o.To '{\"fields\": {\"exact\": {\"type\": \"char\", \"default\": \"x\"}, \"gt\": {\"type\": \"int\", \"default\": 9}}}'", "+OK");
    expect(w, "MODEL SET o.From '{\"fields\": {\"lt\": {\"type\": \"int\", \"default\": 5}, \"to\": {\"type\": \"fk\", \"to\": \"o.To\"}}}'", "+OK");
    expect(w, "SAVE o.To pk 1", ":1");
    expect(w, "SAVE o.From to 1", ":1");
    expect(w, "SAVE o.From to 2", ":2");
    expect(w, "QUERY o.From WHERE 'to != 1' FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY o.From WHERE 'to > 1' FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY o.From WHERE 'to__id > 1 and to__pk > 1 and to_id > 1' FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY o.From WHERE 'to != F(to)' FIELDS pk FLAT", "[]");
    expect(w, "QUERY o.From FILTER to__gt 9 FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY o.From FILTER to__pk__gt 1 FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY o.To WHERE 'from < 2' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY o.To WHERE 'from__lt < 2' FIELDS pk FLAT", "[]");
    expect(w, "QUERY o.To WHERE 'from__pk < 2 and from__lt = 5' FIELDS pk FLAT", "[#1]");
}

/* Where a primary key is a reference itself, it is a step of the path, whatever its target calls its fields. */
static void a_field_behind_a_primary_key_wins_over_a_transform_of_its_name(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET o.To '{\"fields\": {\"lt\": {\"type\": \"int\"}, \"year\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET o.Child '{\"pk\": \"to\", \"fields\": {\"to\": {\"type\": \"onetoone\", \"to\": \"o.To\"}}}'", "+OK");
    expect(w, "MODEL SET o.From '{\"fields\": {\"child\": {\"type\": \"fk\", \"to\": \"o.Child\"}}}'", "+OK");
    expect(w, "SAVE o.To lt 9 year 2000", ":1");
    expect(w, "SAVE o.Child to 1", ":1");
    expect(w, "SAVE o.From child 1", ":1");
    expect(w, "QUERY o.From FIELDS child__to__year child__to", "[{\"child__to__year\"=#2000,\"child__to\"=#1}]");
    expect(w, "COUNT o.From FILTER child__to__lt 9", ":1");
    expect(w, "COUNT o.From FILTER child__to__gt 0", ":1");
    expect(w, "COUNT o.From FILTER child__to__pk__lt 9", ":1");
}

static void a_comparison_with_a_reference_is_none_with_what_lies_behind_its_targets_key(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET o.To '{\"pk\": \"on\", \"fields\": {\"on\": {\"type\": \"date\"}, \"exact\": {\"type\": \"int\", \"default\": 1}, \"lt\": {\"type\": \"int\", \"default\": 1}}}'", "+OK");
    expect(w, "MODEL SET o.Child '{\"pk\": \"to\", \"fields\": {\"to\": {\"type\": \"onetoone\", \"to\": \"o.To\"}}}'", "+OK");
    expect(w, "MODEL SET o.From '{\"pk\": \"child\", \"fields\": {\"child\": {\"type\": \"onetoone\", \"to\": \"o.Child\"}, \"other\": {\"type\": \"fk\", \"to\": \"o.To\"}}}'", "+OK");
    expect(w, "SAVE o.To on 2026-11-22", "\"2026-11-22\"");
    expect(w, "SAVE o.Child to 2026-11-22", "\"2026-11-22\"");
    expect(w, "SAVE o.From child 2026-11-22 other 2026-11-22", "\"2026-11-22\"");
    expect(w, "SAVE o.From child 2026-11-25 other 2026-11-22", "\"2026-11-25\"");
    expect(w, "QUERY o.From WHERE 'child = F(other)' FIELDS pk FLAT", "[\"2026-11-22\"]");
    expect(w, "COUNT o.From WHERE 'child < $d' PARAMS d 2026-11-24", ":1");
    expect(w, "COUNT o.From WHERE 'child__pk__pk > $d' PARAMS d 2026-11-24", ":1");
    expect(w, "COUNT o.From WHERE 'child__to__pk > $d' PARAMS d 2026-11-24", ":1");
    expect(w, "COUNT o.Child WHERE 'from < $d' PARAMS d 2026-11-24", ":1");
    expect(w, "COUNT o.Child WHERE 'from__year < 2027'", ":1");
}

static void a_comparison_of_columns_is_none_of_the_columns_that_are_called_like_it(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET o.To '{\"fields\": {\"exact\": {\"type\": \"char\", \"default\": \"x\"}, \"lt\": {\"type\": \"int\", \"default\": 9}}}'", "+OK");
    expect(w, "MODEL SET o.From '{\"fields\": {\"to\": {\"type\": \"fk\", \"to\": \"o.To\"}}}'", "+OK");
    expect(w, "SAVE o.To pk 1", ":1");
    expect(w, "SAVE o.From to 1", ":1");
    const char *group = "[{\"to\"=#1,\"to__exact\"=\"x\",\"to__lt\"=#9,\"n\"=#1}]";
    expect(w, "AGGREGATE o.From GROUPBY to to__exact to__lt COUNT * AS n HAVING 'to < 2'", group);
    expect(w, "AGGREGATE o.From GROUPBY to to__exact to__lt COUNT * AS n HAVING 'to = F(to)'", group);
    expect(w, "AGGREGATE o.From GROUPBY to to__exact to__lt COUNT * AS n HAVING 'to < F(to__lt)'", group);
    expect(w, "AGGREGATE o.From GROUPBY to to__exact to__lt COUNT * AS n HAVING 'to__lt = 9'", group);
}

static void a_page_in_the_order_of_a_reference_goes_on_whatever_fields_its_target_has(void **state)
{
    world *w = *state;
    char token[512];
    expect(w, "MODEL SET o.To '{\"fields\": {\"exact\": {\"type\": \"char\", \"default\": \"x\"}, \"gt\": {\"type\": \"char\", \"default\": \"x\"}}}'", "+OK");
    expect(w, "MODEL SET o.From '{\"fields\": {\"to\": {\"type\": \"fk\", \"to\": \"o.To\"}}}'", "+OK");
    expect(w, "SAVE o.From to 2", ":1");
    expect(w, "SAVE o.From to 1", ":2");
    const char *got = world_do(w, "QUERY o.From ORDER to FIELDS pk FLAT PAGE 1"), *from = strchr(got, '"');
    if (strncmp(got, "[[#2],", 6) != 0 || !from) fail_msg("%s", got);
    snprintf(token, sizeof token, "%.*s", (int)strcspn(from + 1, "\""), from + 1);
    const char *next = world_dof(w, "QUERY o.From ORDER to FIELDS pk FLAT PAGE 1 AFTER %s", token);
    if (strncmp(next, "[[#1],", 6) != 0) fail_msg("%s", next);
}

static void updates_and_deletes_go_through_relations(void **state)
{
    world *w = *state;
    set_up_blog(w);
    expect(w, "UPDATE blog.Post FILTER author__username eva SET views 100", ":2");
    expect(w, "QUERY blog.Post FILTER views 100 ORDER pk FIELDS pk FLAT", "[#2,#5]");
    expect(w, "DELETE auth.User EXCLUDE posts__views__gte 100", ":1");
    expect(w, "QUERY auth.User FIELDS pk FLAT", "[#1]");
    expect(w, "EXISTS blog.Post FILTER author__username ada", ":0");
    expect(w, "DELETE blog.Post FILTER author__username__isnull true author__isnull false", ":2");
    expect(w, "QUERY blog.Post ORDER pk FIELDS pk FLAT", "[#2,#3,#5]");
    refuse(w, "SAVE blog.Post IF author__username eva pk 2 views 3", "NOLOOKUP", "not possible here");
}

static void check_count(world *w, const char *command, unsigned count)
{
    char want[16];
    snprintf(want, sizeof want, ":%u", count);
    expect(w, command, want);
}

/* Whole words of row sets are worked on at a time: many rows, a number of which is no multiple of 64, targets that are missing, and rows that are gone. */
static void many_rows_are_carried_along_as_few_are(void **state)
{
    enum { USERS = 200, POSTS = 4999, AUTHORS = 260 };
    world *w = *state;
    unsigned of_even = 0, nowhere = 0, posts[AUTHORS + 1] = {0}, busy = 0, idle = 0;
    expect(w, "MODEL SET m.User '{\"fields\": {\"even\": {\"type\": \"bool\"}}}'", "+OK");
    expect(w, "MODEL SET m.Post '{\"fields\": {\"n\": {\"type\": \"int\"}, \"author\": {\"type\": \"fk\", \"to\": \"m.User\", \"null\": true}}}'", "+OK");
    for (int i = 1; i <= USERS; i++) world_dof(w, "SAVE m.User id %d even %d", i, i % 2 == 0);
    for (int i = 1; i <= POSTS; i++) {
        int author = i * i % AUTHORS;
        world_dof(w, author ? "SAVE m.Post id %d n %d author %d" : "SAVE m.Post id %d n %d", i, i % 3, author);
    }
    for (int i = 1; i <= POSTS; i++) {
        int author = i * i % AUTHORS;
        bool gone = i % 7 == 0, there = author && author <= USERS && author % 11;
        if (gone) world_dof(w, "DELETE m.Post PK %d", i);
        if (gone) continue;
        of_even += there && author % 2 == 0;
        nowhere += !there;
        if (author) posts[author] |= 1u << (i % 3);
    }
    for (int i = 11; i <= USERS; i += 11) world_dof(w, "DELETE m.User PK %d", i);
    for (int i = 1; i <= USERS; i++) {
        busy += i % 11 && (posts[i] & 2);
        idle += i % 11 && !posts[i];
    }
    for (int turn = 0; turn < 2; turn++) {
        check_count(w, "COUNT m.Post FILTER author__even 1", of_even);
        check_count(w, "COUNT m.Post FILTER author__even__isnull 1", nowhere);
        check_count(w, "COUNT m.Post EXCLUDE author__even__isnull 1", POSTS - POSTS / 7 - nowhere);
        check_count(w, "COUNT m.User FILTER post__n 1", busy);
        check_count(w, "COUNT m.User FILTER post__n__isnull 1", idle);
        world_restart(w);
    }
}

static void plans_show_what_is_asked_of_other_models(void **state)
{
    world *w = *state;
    set_up_blog(w);
    const char *got = world_do(w, "EXPLAIN QUERY blog.Post FILTER author__username eva");
    if (!strstr(got, "\"  SemiJoin author to auth.User\",\"    Scan index=username.value username__exact 'eva' rows=1\"") && !strstr(got, "SemiJoin author to auth.User\",\"    Walk"))
        fail_msg("%s", got);
    got = world_do(w, "PROFILE QUERY auth.User FILTER posts__views__gt 1");
    if (!strstr(got, "\"SemiJoin posts from blog.Post\",") || !strstr(got, "\"  Rows posts.views__gt '1' rows=")) fail_msg("%s", got);
}

static void a_path_into_another_slot_of_a_cluster_is_refused(void **state)
{
    world *w = *state;
    w->cluster = true;
    expect(w, "MODEL SET {a}X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET {a}Y '{\"fields\": {\"x\": {\"type\": \"fk\", \"to\": \"{a}X\"}}}'", "+OK");
    expect(w, "MODEL SET {b}Z '{\"fields\": {\"x\": {\"type\": \"fk\", \"to\": \"{a}X\"}}}'", "+OK");
    expect(w, "COUNT {a}Y FILTER x__n 1", ":0");
    expect(w, "COUNT {a}X FILTER y__x__n 1", ":0");
    expect(w, "COUNT {b}Z FILTER x 1", ":0");
    refuse(w, "COUNT {b}Z FILTER x__n 1", "SYNTAX", "'{b}Z' and '{a}X' lie in different slots");
    refuse(w, "QUERY {b}Z ORDER x__n", "SYNTAX", "different slots");
    refuse(w, "COUNT {a}X FILTER z__x 1", "SYNTAX", "'{a}X' and '{b}Z'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(chains_of_references_are_followed),
        EMPTY(pages_in_the_order_of_other_models_fit_together),
        EMPTY(groups_go_through_references),
        EMPTY(a_when_through_a_reference_counts_beside_functions_of_fields_without_a_column),
        EMPTY(comparisons_are_no_fields_of_the_target),
        EMPTY(a_comparison_of_columns_is_none_of_the_columns_that_are_called_like_it),
        EMPTY(a_field_behind_a_primary_key_wins_over_a_transform_of_its_name),
        EMPTY(a_comparison_with_a_reference_is_none_with_what_lies_behind_its_targets_key),
        EMPTY(a_page_in_the_order_of_a_reference_goes_on_whatever_fields_its_target_has),
        EMPTY(updates_and_deletes_go_through_relations),
        EMPTY(many_rows_are_carried_along_as_few_are),
        EMPTY(plans_show_what_is_asked_of_other_models),
        EMPTY(a_path_into_another_slot_of_a_cluster_is_refused),
        EMPTY(fields_and_order_go_through_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
