/* t_related.c -- WITH and PREFETCH: entities in the place of keys and in lists, of all shapes of a reply, what leads nowhere, limits, and what is refused. */
#include "engine_check.h"

static void set_up_blog(world *w)
{
    expect(w, "MODEL SET g.City '{\"fields\": {\"name\": {\"type\": \"char\"}}}'", "+OK");
    expect(w,
           "MODEL SET g.User '{\"pk\": \"name\", \"fields\": {\"name\": {\"type\": \"char\"}, \"city\": {\"type\": \"fk\", \"to\": \"g.City\", \"null\": true, \"related_name\": \"people\"}, "
           "\"boss\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true, \"related_name\": \"staff\"}}}'",
           "+OK");
    expect(w,
           "MODEL SET g.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"author\": {\"type\": \"fk\", \"to\": \"g.User\", \"null\": true, \"related_name\": \"posts\"}, "
           "\"editor\": {\"type\": \"fk\", \"to\": \"g.User\", \"null\": true, \"related_name\": \"+\"}, \"tags\": {\"type\": \"list\", \"of\": {\"type\": \"int\"}, \"null\": true}}}'",
           "+OK");
    expect(w, "SAVE g.City JSON '[{\"name\":\"Rome\"},{\"name\":\"Oslo\"}]'", "[:1,:2]");
    expect(w, "SAVE g.User JSON '[{\"name\":\"ada\",\"city\":1},{\"name\":\"bob\",\"city\":7,\"boss\":\"ada\"},{\"name\":\"cy\",\"boss\":\"zed\"}]'", "[\"ada\",\"bob\",\"cy\"]");
    expect(w,
           "SAVE g.Post JSON '[{\"title\":\"a\",\"author\":\"ada\",\"tags\":[1,2]},{\"title\":\"b\",\"author\":\"bob\",\"editor\":\"ada\"},{\"title\":\"c\",\"author\":\"gone\"},{\"title\":\"d\"},"
           "{\"title\":\"e\",\"author\":\"ada\"}]'",
           "[:1,:2,:3,:4,:5]");
}

#define ADA "{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil}"
#define ROME "{\"id\"=#1,\"name\"=\"Rome\"}"
#define POST_A "{\"id\"=#1,\"title\"=\"a\",\"author\"=\"ada\",\"editor\"=nil,\"tags\"=[#1,#2]}"
#define POST_B "{\"id\"=#2,\"title\"=\"b\",\"author\"=\"bob\",\"editor\"=\"ada\",\"tags\"=nil}"
#define POST_E "{\"id\"=#5,\"title\"=\"e\",\"author\"=\"ada\",\"editor\"=nil,\"tags\"=nil}"

static const struct {
    const char *command, *reply;
} with[] = {
    {"GET g.Post 2 WITH editor", "{\"id\"=#2,\"title\"=\"b\",\"author\"=\"bob\",\"editor\"=" ADA ",\"tags\"=nil}"},
    {"GET g.Post 9 WITH author", "nil"},
    {"GET g.Post 3 WITH author FIELDS author", "{\"author\"=nil}"},
    {"GET g.Post 4 WITH author__city FIELDS author title", "{\"author\"=nil,\"title\"=\"d\"}"},
    {"GET g.Post 2 FIELDS editor author WITH author__boss author__city editor__city",
     "{\"editor\"={\"name\"=\"ada\",\"city\"=" ROME ",\"boss\"=nil},\"author\"={\"name\"=\"bob\",\"city\"=nil,\"boss\"=" ADA "}}"},
    {"GET g.Post 2 FIELDS author__boss WITH author__boss", "{\"author__boss\"=" ADA "}"},
    {"GET g.Post 2 FIELDS author__boss WITH author__boss__city FLAT", "-SYNTAX"},
    {"GET g.Post 2 FIELDS author__boss author WITH author__boss__city",
     "{\"author__boss\"={\"name\"=\"ada\",\"city\"=" ROME ",\"boss\"=nil},\"author\"={\"name\"=\"bob\",\"city\"=#7,\"boss\"={\"name\"=\"ada\",\"city\"=" ROME ",\"boss\"=nil}}}"},
    {"GET g.User bob WITH boss__boss", "{\"name\"=\"bob\",\"city\"=#7,\"boss\"=" ADA "}"},
    {"GET g.Post 1 WITH author_id author FIELDS author_id", "{\"author_id\"=" ADA "}"},
    {"QUERY g.Post WITH author ORDER pk FIELDS title author",
     "[{\"title\"=\"a\",\"author\"=" ADA "},{\"title\"=\"b\",\"author\"={\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\"}},{\"title\"=\"c\",\"author\"=nil},{\"title\"=\"d\",\"author\"=nil},"
     "{\"title\"=\"e\",\"author\"=" ADA "}]"},
    {"QUERY g.Post FILTER author ada ORDER -pk FIELDS author FLAT WITH author", "[" ADA "," ADA "]"},
    {"QUERY g.Post ORDER author__city__name title FIELDS author__city WITH author__city LIMIT 3 2", "[{\"author__city\"=" ROME "},{\"author__city\"=" ROME "}]"},
    {"QUERY g.Post FORMAT JSON WITH author__city FILTER pk__in [1,3]",
     "[\"{\\x22id\\x22:1,\\x22title\\x22:\\x22a\\x22,\\x22author\\x22:{\\x22name\\x22:\\x22ada\\x22,\\x22city\\x22:{\\x22id\\x22:1,\\x22name\\x22:\\x22Rome\\x22},\\x22boss\\x22:null},"
     "\\x22editor\\x22:null,\\x22tags\\x22:[1,2]}\",\"{\\x22id\\x22:3,\\x22title\\x22:\\x22c\\x22,\\x22author\\x22:null,\\x22editor\\x22:null,\\x22tags\\x22:null}\"]"},
    {"QUERY g.Post FILTER author ada FIELDS author FLAT WITH author FORMAT JSON LIMIT 0 1", "[\"{\\x22name\\x22:\\x22ada\\x22,\\x22city\\x22:1,\\x22boss\\x22:null}\"]"},
    {"QUERY g.Post FILTER author nobody WITH author WITHCOUNT", "[:0,[]]"},
};

static void entities_stand_in_the_place_of_keys(void **state)
{
    world *w = *state;
    set_up_blog(w);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < COUNT(with); i++) {
            const char *got = world_do(w, with[i].command);
            if (with[i].reply[0] == '-' ? strncmp(got, with[i].reply, strlen(with[i].reply)) : strcmp(got, with[i].reply)) fail_msg("%s\n  replies %s\n  not     %s", with[i].command, got, with[i].reply);
        }
        world_restart(w);
    }
}

static const struct {
    const char *command, *reply;
} prefetch[] = {
    {"QUERY g.User PREFETCH posts ORDER pk FIELDS name",
     "[{\"name\"=\"ada\",\"posts\"=[" POST_A "," POST_E "]},{\"name\"=\"bob\",\"posts\"=[" POST_B "]},{\"name\"=\"cy\",\"posts\"=[]}]"},
    {"QUERY g.User PREFETCH staff posts FILTER name ada", "[{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil,\"staff\"=[{\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\"}],\"posts\"=[" POST_A "," POST_E "]}]"},
    {"QUERY g.City PREFETCH people ORDER -name", "[{\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]},{\"id\"=#2,\"name\"=\"Oslo\",\"people\"=[]}]"},
    {"QUERY g.User WITH city PREFETCH staff FILTER name ada", "[{\"name\"=\"ada\",\"city\"=" ROME ",\"boss\"=nil,\"staff\"=[{\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\"}]}]"},
    {"QUERY g.User PREFETCH posts FILTER name nobody", "[]"},
    {"QUERY g.City FIELDS name PREFETCH people FORMAT JSON ORDER pk",
     "[\"{\\x22name\\x22:\\x22Rome\\x22,\\x22people\\x22:[{\\x22name\\x22:\\x22ada\\x22,\\x22city\\x22:1,\\x22boss\\x22:null}]}\",\"{\\x22name\\x22:\\x22Oslo\\x22,\\x22people\\x22:[]}\"]"},
    {"QUERY g.City FIELDS name PREFETCH people FILTER people__name ada WITHCOUNT", "[:1,[{\"name\"=\"Rome\",\"people\"=[" ADA "]}]]"},
};

static void lists_stand_behind_the_fields(void **state)
{
    world *w = *state;
    set_up_blog(w);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < COUNT(prefetch); i++) expect(w, prefetch[i].command, prefetch[i].reply);
        world_restart(w);
    }
    const char *got = world_do(w, "QUERY g.User FIELDS name PREFETCH staff PAGE 1");
    if (strncmp(got, "[[{\"name\"=\"ada\",\"staff\"=[{\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\"}]}],\"", 60) != 0) fail_msg("%s", got);
    expect(w, "DELETE g.Post PK 1", ":1");
    world_remove(w, NR_S("g.Post:2"));
    expect(w, "SAVE g.Post title f author cy", ":6");
    expect(w, "QUERY g.User PREFETCH posts ORDER pk FIELDS name",
           "[{\"name\"=\"ada\",\"posts\"=[" POST_E "]},{\"name\"=\"bob\",\"posts\"=[]},{\"name\"=\"cy\",\"posts\"=[{\"id\"=#6,\"title\"=\"f\",\"author\"=\"cy\",\"editor\"=nil,\"tags\"=nil}]}]");
}

/* Others wrote them: what does not decode is no entity. */
static void what_is_no_entity_is_not_there(void **state)
{
    world *w = *state;
    set_up_blog(w);
    const nr_pair bad = {NR_S("city"), NR_S("x")}, tags = {NR_S("tags"), NR_S("[oops")};
    world_put(w, NR_S("g.User:ada"), &bad, 1);
    world_put(w, NR_S("g.Post:5"), &tags, 1);
    expect(w, "GET g.Post 2 WITH editor FIELDS editor", "{\"editor\"=nil}");
    expect(w, "QUERY g.Post FILTER pk 1 WITH author FIELDS author", "[{\"author\"=nil}]");
    const nr_pair good = {NR_S("city"), NR_S("1")};
    world_put(w, NR_S("g.User:ada"), &good, 1);
    expect(w, "QUERY g.User FILTER name ada PREFETCH posts FIELDS name", "[{\"name\"=\"ada\",\"posts\"=[" POST_A "]}]");
}

static void many_lists_are_found_by_one_pass(void **state)
{
    enum { CITIES = 40, PEOPLE = 3000 };
    world *w = *state;
    char name[16];
    set_up_blog(w);
    expect(w, "DELETE g.City ALL", ":2");
    for (int i = 1; i <= CITIES; i++) world_dof(w, "SAVE g.City id %d name c%d", i, i);
    for (int i = 0; i < PEOPLE; i++) world_dof(w, "SAVE g.User name p%04d city %d", i, i * 7 % (CITIES + 3));
    text want = {0};
    text_addf(&want, "[");
    for (int c = 1; c <= CITIES; c++) {
        bool any = c == 1;
        text_addf(&want, "%s{\"pk\"=#%d,\"people\"=[%s", c > 1 ? "," : "", c, c == 1 ? "{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil}" : "");
        if (c == 7) text_addf(&want, "{\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\"}");
        for (int i = 0; i < PEOPLE; i++) {
            if (i * 7 % (CITIES + 3) != c) continue;
            snprintf(name, sizeof name, "p%04d", i);
            text_addf(&want, "%s{\"name\"=\"%s\",\"city\"=#%d,\"boss\"=nil}", any || c == 7 ? "," : "", name, c);
            any = true;
        }
        text_addf(&want, "]}");
    }
    text_addf(&want, "]");
    expect(w, "QUERY g.City PREFETCH people ORDER pk FIELDS pk", want.p);
    free(want.p);
    w->limits.max_results = 1000;
    refuse(w, "QUERY g.City PREFETCH people", "LIMIT", "PREFETCH would give more than 1000 entities (nonrel.max-results)");
    expect(w, "QUERY g.City PREFETCH people FILTER pk 99", "[]");
    w->limits.max_results = 100000;
    w->limits.max_memory = 200000;
    refuse(w, "QUERY g.City PREFETCH people", "LIMIT", "max-memory");
    refuse(w, "QUERY g.User FILTER name__startswith p WITH city__people", "SYNTAX", "people");
}

/* The key of such a model is the reference; what refers to it goes on from there. */
static void a_primary_key_may_be_a_reference(void **state)
{
    world *w = *state;
    set_up_blog(w);
    expect(w, "MODEL SET g.Card '{\"pk\": \"user\", \"fields\": {\"user\": {\"type\": \"onetoone\", \"to\": \"g.User\"}, \"no\": {\"type\": \"int\"}}}'", "+OK");
    expect(w, "MODEL SET g.Use '{\"fields\": {\"card\": {\"type\": \"fk\", \"to\": \"g.Card\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE g.Card user ada no 5", "\"ada\"");
    expect(w, "SAVE g.Card user nobody no 6", "\"nobody\"");
    expect(w, "SAVE g.Use card ada", ":1");
    expect(w, "SAVE g.Use card bob", ":2");
    expect(w, "QUERY g.Card WITH pk ORDER pk", "[{\"user\"=" ADA ",\"no\"=#5},{\"user\"=nil,\"no\"=#6}]");
    expect(w, "GET g.Use 1 WITH card__user__city", "{\"id\"=#1,\"card\"={\"user\"={\"name\"=\"ada\",\"city\"=" ROME ",\"boss\"=nil},\"no\"=#5}}");
    expect(w, "QUERY g.User FILTER pk__in [\"ada\",\"bob\"] ORDER pk FIELDS name PREFETCH card", "[{\"name\"=\"ada\",\"card\"=[{\"user\"=\"ada\",\"no\"=#5}]},{\"name\"=\"bob\",\"card\"=[]}]");
    expect(w, "QUERY g.Card FIELDS no PREFETCH use ORDER pk", "[{\"no\"=#5,\"use\"=[{\"id\"=#1,\"card\"=\"ada\"}]},{\"no\"=#6,\"use\"=[]}]");
    expect(w, "QUERY g.User WHERE 'pk__in = (QUERY g.Card)' FIELDS pk FLAT", "[\"ada\"]");
    expect(w, "QUERY g.Card WHERE 'pk__in = (QUERY g.User)' FIELDS pk FLAT", "[\"ada\"]");
    expect(w, "QUERY g.Card WHERE 'user__in = (QUERY g.Card WHERE no = 6)' FIELDS pk FLAT", "[\"nobody\"]");
    expect(w, "QUERY g.Use WHERE 'card__in = (QUERY g.Card)' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY g.Use WHERE 'card__in = (QUERY g.User)' ORDER pk FIELDS pk FLAT", "[#1,#2]");
    expect(w, "QUERY g.Card WHERE 'pk__in = (QUERY g.Use FIELDS card)' FIELDS pk FLAT", "[\"ada\"]");
    expect(w, "QUERY g.User WHERE 'pk__in = (QUERY g.Use FIELDS card)' ORDER pk FIELDS pk FLAT", "[\"ada\",\"bob\"]");
}

/* A relation through a model in between, from either side, and to the same model. */
static void lists_of_m2m_relations(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET t.Tag '{\"fields\": {\"name\": {\"type\": \"char\"}}}'", "+OK");
    expect(w,
           "MODEL SET t.Post '{\"fields\": {\"title\": {\"type\": \"char\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"t.Tag\", \"related_name\": \"posts\"}, "
           "\"like\": {\"type\": \"m2m\", \"to\": \"self\", \"related_name\": \"liked_by\"}}}'",
           "+OK");
    expect(w, "SAVE t.Tag JSON '[{\"name\":\"red\"},{\"name\":\"blue\"},{\"name\":\"none\"}]'", "[:1,:2,:3]");
    expect(w, "SAVE t.Post JSON '[{\"title\":\"a\"},{\"title\":\"b\"},{\"title\":\"c\"}]'", "[:1,:2,:3]");
    world_do(w, "RELATE t.Post 1 tags ADD 2 1");
    world_do(w, "RELATE t.Post 2 tags ADD 2");
    world_do(w, "RELATE t.Post 1 like ADD 3 2");
    for (int turn = 0; turn < 2; turn++) {
        expect(w, "QUERY t.Post PREFETCH tags ORDER pk",
               "[{\"id\"=#1,\"title\"=\"a\",\"tags\"=[{\"id\"=#1,\"name\"=\"red\"},{\"id\"=#2,\"name\"=\"blue\"}]},{\"id\"=#2,\"title\"=\"b\",\"tags\"=[{\"id\"=#2,\"name\"=\"blue\"}]},"
               "{\"id\"=#3,\"title\"=\"c\",\"tags\"=[]}]");
        expect(w, "QUERY t.Tag PREFETCH posts FIELDS name ORDER -pk",
               "[{\"name\"=\"none\",\"posts\"=[]},{\"name\"=\"blue\",\"posts\"=[{\"id\"=#1,\"title\"=\"a\"},{\"id\"=#2,\"title\"=\"b\"}]},{\"name\"=\"red\",\"posts\"=[{\"id\"=#1,\"title\"=\"a\"}]}]");
        expect(w, "QUERY t.Post PREFETCH like liked_by FIELDS pk ORDER pk",
               "[{\"pk\"=#1,\"like\"=[{\"id\"=#2,\"title\"=\"b\"},{\"id\"=#3,\"title\"=\"c\"}],\"liked_by\"=[]},{\"pk\"=#2,\"like\"=[],\"liked_by\"=[{\"id\"=#1,\"title\"=\"a\"}]},"
               "{\"pk\"=#3,\"like\"=[],\"liked_by\"=[{\"id\"=#1,\"title\"=\"a\"}]}]");
        world_restart(w);
    }
    refuse(w, "QUERY t.Post PREFETCH tags tags", "SYNTAX", "twice");
    refuse(w, "QUERY t.Post WITH tags", "SYNTAX", "PREFETCH gives lists");
    w->limits.max_results = 3;
    expect(w, "COUNT t.Post WHERE 'tags__in = (QUERY t.Tag WHERE name = $n)' PARAMS n blue", ":2");
    expect(w, "QUERY t.Post PREFETCH tags FIELDS pk FILTER pk 2", "[{\"pk\"=#2,\"tags\"=[{\"id\"=#2,\"name\"=\"blue\"}]}]");
    w->limits.max_results = 2;
    refuse(w, "QUERY t.Post PREFETCH tags FIELDS pk FILTER pk__lt 3", "LIMIT", "nonrel.max-results");
}

#define LISTS "\"posts\"=[" POST_A "," POST_E "],\"staff\"=[{\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\"}]"

static void entities_of_lists_have_lists(void **state)
{
    world *w = *state;
    set_up_blog(w);
    for (int turn = 0; turn < 2; turn++) {
        expect(w, "QUERY g.City PREFETCH people__posts FIELDS name ORDER pk",
               "[{\"name\"=\"Rome\",\"people\"=[{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil,\"posts\"=[" POST_A "," POST_E "]}]},{\"name\"=\"Oslo\",\"people\"=[]}]");
        expect(w, "QUERY g.City PREFETCH people__posts people people__staff FIELDS name FILTER pk 1",
               "[{\"name\"=\"Rome\",\"people\"=[{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil," LISTS "}]}]");
        expect(w, "QUERY g.City PREFETCH people people__posts people__staff FIELDS name FILTER pk 1",
               "[{\"name\"=\"Rome\",\"people\"=[{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil," LISTS "}]}]");
        expect(w, "QUERY g.User PREFETCH staff__posts staff__staff__posts WITH city FILTER name ada",
               "[{\"name\"=\"ada\",\"city\"=" ROME ",\"boss\"=nil,\"staff\"=[{\"name\"=\"bob\",\"city\"=#7,\"boss\"=\"ada\",\"posts\"=[" POST_B "],\"staff\"=[]}]}]");
        expect(w, "QUERY g.City FIELDS name PREFETCH people__staff FILTER pk 1 FORMAT JSON",
               "[\"{\\x22name\\x22:\\x22Rome\\x22,\\x22people\\x22:[{\\x22name\\x22:\\x22ada\\x22,\\x22city\\x22:1,\\x22boss\\x22:null,"
               "\\x22staff\\x22:[{\\x22name\\x22:\\x22bob\\x22,\\x22city\\x22:7,\\x22boss\\x22:\\x22ada\\x22}]}]}\"]");
        expect(w, "QUERY g.City PREFETCH people__posts FILTER pk 99", "[]");
        world_restart(w);
    }
    world_remove(w, NR_S("g.Post:1"));
    world_remove(w, NR_S("g.User:bob"));
    expect(w, "QUERY g.City PREFETCH people__posts people__staff FIELDS name FILTER pk 1",
           "[{\"name\"=\"Rome\",\"people\"=[{\"name\"=\"ada\",\"city\"=#1,\"boss\"=nil,\"posts\"=[" POST_E "],\"staff\"=[]}]}]");
}

/* Each row has the lists of its own entities, also where many rows share some, and all that stands in the reply counts. */
static void lists_in_lists_are_those_of_their_entity(void **state)
{
    world *w = *state;
    text want = {0};
    expect(w, "MODEL SET t.Tag '{\"fields\": {\"name\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "MODEL SET t.Post '{\"fields\": {\"n\": {\"type\": \"int\"}, \"tags\": {\"type\": \"m2m\", \"to\": \"t.Tag\", \"related_name\": \"posts\"}}}'", "+OK");
    for (int i = 0; i < 20; i++) world_do(w, "SAVE t.Post n 0"), world_dof(w, "SAVE t.Tag name t%d", i);
    for (int i = 1; i <= 20; i++)
        for (int k = 1; k <= 20; k++)
            if (i % k == 0) world_dof(w, "RELATE t.Post %d tags ADD %d", i, k);
    size_t total = 0;
    for (int i = 1; i <= 20; i++) {
        text_addf(&want, "%s{\"id\"=#%d,\"n\"=#0,\"tags\"=[", i > 1 ? "," : "[", i);
        for (int k = 1, tags = 0; k <= i; k++) {
            if (i % k) continue;
            text_addf(&want, "%s{\"id\"=#%d,\"name\"=\"t%d\",\"posts\"=[", tags++ ? "," : "", k, k - 1);
            total++;
            for (int j = k; j <= 20; j += k, total++) text_addf(&want, "%s{\"id\"=#%d,\"n\"=#0}", j > k ? "," : "", j);
            text_add(&want, NR_S("]}"));
        }
        text_add(&want, NR_S("]}"));
    }
    text_add(&want, NR_S("]"));
    expect(w, "QUERY t.Post PREFETCH tags__posts ORDER pk", want.p);
    w->limits.max_results = (int64_t)total;
    expect(w, "QUERY t.Post PREFETCH tags__posts ORDER pk", want.p);
    w->limits.max_results--;
    refuse(w, "QUERY t.Post PREFETCH tags__posts ORDER pk", "LIMIT", "PREFETCH would give more than");
    free(want.p);
}

#define POSTS_OF_ADA "\"posts\"=[" POST_A "," POST_E "]"
#define ADA_IN(city, boss, more) "{\"name\"=\"ada\",\"city\"=" city ",\"boss\"=" boss more "}"
#define BOB_IN(city, boss, more) "{\"name\"=\"bob\",\"city\"=" city ",\"boss\"=" boss more "}"
#define BOB BOB_IN("#7", "\"ada\"", "")

/* The entity of a reference stands in its place, as by WITH, and has the list. */
static const struct {
    const char *command, *reply;
} along[] = {
    {"QUERY g.Post PREFETCH author__posts ORDER pk FIELDS author",
     "[{\"author\"=" ADA_IN("#1", "nil", "," POSTS_OF_ADA) "},{\"author\"=" BOB_IN("#7", "\"ada\"", ",\"posts\"=[" POST_B "]") "},{\"author\"=nil},{\"author\"=nil},"
     "{\"author\"=" ADA_IN("#1", "nil", "," POSTS_OF_ADA) "}]"},
    {"QUERY g.Post PREFETCH author__staff author__posts FILTER pk 5 FIELDS pk author",
     "[{\"pk\"=#5,\"author\"=" ADA_IN("#1", "nil", ",\"staff\"=[" BOB "]," POSTS_OF_ADA) "}]"},
    {"QUERY g.Post WITH author__city PREFETCH author__posts FILTER pk 1 FIELDS author", "[{\"author\"=" ADA_IN(ROME, "nil", "," POSTS_OF_ADA) "}]"},
    {"QUERY g.Post WITH author editor PREFETCH editor__posts FILTER pk 2 FIELDS author editor",
     "[{\"author\"=" BOB ",\"editor\"=" ADA_IN("#1", "nil", "," POSTS_OF_ADA) "}]"},
    {"QUERY g.Post PREFETCH author__boss__staff FILTER pk 2 FIELDS author",
     "[{\"author\"=" BOB_IN("#7", ADA_IN("#1", "nil", ",\"staff\"=[" BOB "]"), "") "}]"},
    {"QUERY g.Post PREFETCH author__boss__city__people author__boss__posts FILTER pk 2 FIELDS author",
     "[{\"author\"=" BOB_IN("#7", ADA_IN("{\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]}", "nil", "," POSTS_OF_ADA), "") "}]"},
    {"QUERY g.Post PREFETCH author__city__people FILTER pk__in [1,2] FIELDS author__city ORDER pk",
     "[{\"author__city\"={\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]}},{\"author__city\"=nil}]"},
    {"QUERY g.Post PREFETCH author__city__people FILTER pk 1 FIELDS author__city author",
     "[{\"author__city\"={\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]},\"author\"=" ADA_IN("{\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]}", "nil", "") "}]"},
    {"QUERY g.City PREFETCH people__boss FIELDS pk ORDER pk", "[{\"pk\"=#1,\"people\"=[" ADA "]},{\"pk\"=#2,\"people\"=[]}]"},
    {"QUERY g.User PREFETCH staff__boss__posts FILTER pk ada FIELDS pk",
     "[{\"pk\"=\"ada\",\"staff\"=[" BOB_IN("#7", ADA_IN("#1", "nil", "," POSTS_OF_ADA), "") "]}]"},
    {"QUERY g.User PREFETCH posts__editor__city__people posts FILTER pk bob FIELDS pk",
     "[{\"pk\"=\"bob\",\"posts\"=[{\"id\"=#2,\"title\"=\"b\",\"author\"=\"bob\",\"editor\"=" ADA_IN("{\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]}", "nil", "")
     ",\"tags\"=nil}]}]"},
    {"QUERY g.User PREFETCH city ORDER pk FIELDS name city", "[{\"name\"=\"ada\",\"city\"=" ROME "},{\"name\"=\"bob\",\"city\"=nil},{\"name\"=\"cy\",\"city\"=nil}]"},
    {"QUERY g.User WITH city PREFETCH city city__people FILTER pk ada FIELDS city", "[{\"city\"={\"id\"=#1,\"name\"=\"Rome\",\"people\"=[" ADA "]}}]"},
    {"QUERY g.User PREFETCH boss__staff staff FILTER pk bob FIELDS boss", "[{\"boss\"=" ADA_IN("#1", "nil", ",\"staff\"=[" BOB "]") ",\"staff\"=[]}]"},
    {"QUERY g.Post PREFETCH author_id__posts FILTER pk 2 FIELDS author_id", "[{\"author_id\"=" BOB_IN("#7", "\"ada\"", ",\"posts\"=[" POST_B "]") "}]"},
    {"QUERY g.Post PREFETCH author__posts FILTER pk 99", "[]"},
    {"QUERY g.Post PREFETCH author__staff FILTER pk__in [1,3] FIELDS author FORMAT JSON ORDER pk",
     "[\"{\\x22author\\x22:{\\x22name\\x22:\\x22ada\\x22,\\x22city\\x22:1,\\x22boss\\x22:null,\\x22staff\\x22:[{\\x22name\\x22:\\x22bob\\x22,\\x22city\\x22:7,"
     "\\x22boss\\x22:\\x22ada\\x22}]}}\",\"{\\x22author\\x22:null}\"]"},
};

static void lists_stand_in_what_references_lead_to(void **state)
{
    world *w = *state;
    set_up_blog(w);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < COUNT(along); i++) expect(w, along[i].command, along[i].reply);
        world_restart(w);
    }
    const char *got = world_do(w, "QUERY g.Post FIELDS author PREFETCH author__staff ORDER -pk PAGE 1 WITHCOUNT");
    const char *page = "[:5,[{\"author\"=" ADA_IN("#1", "nil", ",\"staff\"=[" BOB "]") "}],\"";
    if (strncmp(got, page, strlen(page)) != 0) fail_msg("%s", got);
    world_remove(w, NR_S("g.Post:1"));
    world_remove(w, NR_S("g.User:bob"));
    expect(w, "QUERY g.Post PREFETCH author__posts author__staff FIELDS author FILTER pk__in [2,5] ORDER pk",
           "[{\"author\"=nil},{\"author\"=" ADA_IN("#1", "nil", ",\"posts\"=[" POST_E "],\"staff\"=[]") "}]");
}

/* What many rows refer to is read once, and counts for each. */
static void lists_in_what_many_rows_refer_to(void **state)
{
    enum { POSTS = 20 };
    world *w = *state;
    set_up_blog(w);
    expect(w, "DELETE g.Post ALL", ":5");
    for (int i = 0; i < POSTS; i++) world_dof(w, "SAVE g.Post title p%d author ada", i);
    const char *got = world_do(w, "PROFILE QUERY g.Post PREFETCH author__posts__author__staff");
    if (!strstr(got, "\"With author of g.User rows=1\",\"Prefetch author__posts of g.Post rows=20\",\"With author__posts__author of g.User rows=1\","
                     "\"Prefetch author__posts__author__staff of g.User rows=1\""))
        fail_msg("%s", got);
    w->limits.max_results = POSTS * POSTS;
    got = world_do(w, "QUERY g.Post PREFETCH author__posts");
    size_t n = 0;
    for (const char *at = got; (at = strstr(at, "\"title\"")); at++) n++;
    assert_int_equal(n, POSTS + POSTS * POSTS);
    refuse(w, "QUERY g.Post PREFETCH author__posts author__staff", "LIMIT", "PREFETCH would give more than 400 entities (nonrel.max-results)");
    w->limits.max_results = POSTS * POSTS * 2;
    world_do(w, "QUERY g.Post PREFETCH author__posts__author__staff");
    assert_true(w->ok);
    w->limits.max_results--;
    refuse(w, "QUERY g.Post PREFETCH author__posts__author__staff", "LIMIT", "nonrel.max-results");
    w->limits.max_results = 100000;
    w->limits.max_memory = 20000;
    refuse(w, "QUERY g.Post PREFETCH author__posts", "LIMIT", "max-memory");
}

/* By a field that is no primary key, through m2m, and of models that extend others. */
static void lists_behind_references_of_all_kinds(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET k.Tag '{\"fields\": {\"code\": {\"type\": \"char\", \"unique\": true}}}'", "+OK");
    expect(w, "MODEL SET k.Note '{\"fields\": {\"tag\": {\"type\": \"fk\", \"to\": \"k.Tag\", \"to_field\": \"code\", \"related_name\": \"notes\"}}}'", "+OK");
    expect(w, "MODEL SET k.Memo '{\"extends\": [\"k.Note\"], \"fields\": {\"of\": {\"type\": \"fk\", \"to\": \"k.Memo\", \"null\": true, \"related_name\": \"memos\"}, "
              "\"tags\": {\"type\": \"m2m\", \"to\": \"k.Tag\", \"related_name\": \"tagged\"}}}'", "+OK");
    expect(w, "SAVE k.Tag JSON '[{\"code\":\"x\"},{\"code\":\"y\"}]'", "[:1,:2]");
    expect(w, "SAVE k.Note tag y", ":1");
    expect(w, "SAVE k.Memo tag x", ":2");
    expect(w, "SAVE k.Memo tag y of 2", ":3");
    expect(w, "RELATE k.Memo 2 tags ADD 2 1", ":2");
    for (int turn = 0; turn < 2; turn++) {
        expect(w, "QUERY k.Note PREFETCH tag__notes ORDER pk FIELDS pk tag",
               "[{\"pk\"=#1,\"tag\"={\"id\"=#2,\"code\"=\"y\",\"notes\"=[{\"id\"=#1,\"tag\"=\"y\"},{\"id\"=#3,\"tag\"=\"y\"}]}},"
               "{\"pk\"=#2,\"tag\"={\"id\"=#1,\"code\"=\"x\",\"notes\"=[{\"id\"=#2,\"tag\"=\"x\"}]}},"
               "{\"pk\"=#3,\"tag\"={\"id\"=#2,\"code\"=\"y\",\"notes\"=[{\"id\"=#1,\"tag\"=\"y\"},{\"id\"=#3,\"tag\"=\"y\"}]}}]");
        expect(w, "QUERY k.Memo PREFETCH tag__notes of__tags of__memos FILTER pk 3 FIELDS tag of",
               "[{\"tag\"={\"id\"=#2,\"code\"=\"y\",\"notes\"=[{\"id\"=#1,\"tag\"=\"y\"},{\"id\"=#3,\"tag\"=\"y\"}]},"
               "\"of\"={\"note_ptr\"=#2,\"id\"=#2,\"tag\"=\"x\",\"of\"=nil,\"tags\"=[{\"id\"=#1,\"code\"=\"x\"},{\"id\"=#2,\"code\"=\"y\"}],"
               "\"memos\"=[{\"note_ptr\"=#3,\"id\"=#3,\"tag\"=\"y\",\"of\"=#2}]}}]");
        expect(w, "QUERY k.Tag PREFETCH tagged__tag__notes FILTER pk 1 FIELDS code",
               "[{\"code\"=\"x\",\"tagged\"=[{\"note_ptr\"=#2,\"id\"=#2,\"tag\"={\"id\"=#1,\"code\"=\"x\",\"notes\"=[{\"id\"=#2,\"tag\"=\"x\"}]},\"of\"=nil}]}]");
        expect(w, "QUERY k.Memo PREFETCH note_ptr__tag FILTER pk 2 FIELDS note_ptr", "[{\"note_ptr\"={\"id\"=#2,\"tag\"={\"id\"=#1,\"code\"=\"x\"}}}]");
        world_restart(w);
    }
    refuse(w, "QUERY k.Memo PREFETCH id__tag", "SYNTAX", "is the key of the entity itself");
}

static void what_is_no_such_relation_is_refused(void **state)
{
    static const struct {
        const char *command, *code, *words;
    } bad[] = {
        {"GET g.Post 1 WITH", "SYNTAX", "WITH needs at least one relation"},
        {"GET g.Post 1 WITH title", "SYNTAX", "field 'title' is no reference, but of type char"},
        {"GET g.Post 9 WITH athor", "NOFIELD", "author"},
        {"GET g.Post 1 WITH author__cty", "NOFIELD", "city"},
        {"GET g.Post 1 WITH author__city__name", "SYNTAX", "'name' is no reference"},
        {"GET g.Post 1 WITH author FIELDS title", "SYNTAX", "FIELDS does not name 'author'"},
        {"GET g.Post 1 WITH author__city FIELDS author__boss", "SYNTAX", "FIELDS does not name 'author'"},
        {"GET g.Post 1 WITH author WITH editor", "SYNTAX", "WITH stands twice"},
        {"GET g.Post 1 PREFETCH posts", "SYNTAX", "PREFETCH"},
        {"QUERY g.User WITH posts", "SYNTAX", "leads to any number of entities; PREFETCH gives lists"},
        {"QUERY g.User WITH city__people", "SYNTAX", "leads to any number of entities"},
        {"QUERY g.User PREFETCH", "SYNTAX", "PREFETCH needs at least one relation"},
        {"QUERY g.User PREFETCH name", "SYNTAX", "PREFETCH 'name': field 'name' is no reference, but of type char"},
        {"QUERY g.User PREFETCH post", "NOFIELD", "post"},
        {"QUERY g.User PREFETCH posts__title", "SYNTAX", "PREFETCH 'posts__title': field 'title' is no reference"},
        {"QUERY g.Post PREFETCH author__name", "SYNTAX", "PREFETCH 'author__name': field 'name' is no reference"},
        {"QUERY g.Post PREFETCH author__post", "NOFIELD", "no field 'post' in g.User"},
        {"QUERY g.Post PREFETCH athor__posts", "NOFIELD", "author"},
        {"QUERY g.Post PREFETCH author__posts__", "NOFIELD", "g.Post"},
        {"QUERY g.Post PREFETCH author__posts author__posts", "SYNTAX", "'author__posts' twice"},
        {"QUERY g.Post PREFETCH author author", "SYNTAX", "'author' twice"},
        {"QUERY g.Post PREFETCH author__posts FIELDS title", "SYNTAX", "PREFETCH 'author__posts': FIELDS does not name 'author'"},
        {"QUERY g.Post PREFETCH author__city__people FIELDS author__boss", "SYNTAX", "FIELDS does not name 'author'"},
        {"QUERY g.Post PREFETCH author__posts FIELDS author FLAT", "SYNTAX", "FLAT"},
        {"GET g.Post 1 PREFETCH author__posts", "SYNTAX", "PREFETCH"},
        {"QUERY g.User PREFETCH posts__titel", "NOFIELD", "title"},
        {"QUERY g.User PREFETCH posts__", "NOFIELD", "g.Post"},
        {"QUERY g.City PREFETCH people__posts people people__posts", "SYNTAX", "'people__posts' twice"},
        {"QUERY g.City PREFETCH people people__posts people", "SYNTAX", "'people' twice"},
        {"QUERY g.User PREFETCH posts posts", "SYNTAX", "twice"},
        {"QUERY g.User PREFETCH posts FIELDS name FLAT", "SYNTAX", "FLAT"},
        {"QUERY g.User PREFETCH posts FIELDS name DISTINCT", "SYNTAX", "PREFETCH and DISTINCT"},
        {"QUERY g.Post WITH author FIELDS author DISTINCT", "SYNTAX", "WITH and DISTINCT"},
        {"COUNT g.Post WITH author", "SYNTAX", "unexpected 'WITH'"},
        {"EXPLAIN GET g.Post 1 WITH title", "SYNTAX", "no reference"},
        {"EXPLAIN QUERY g.User PREFETCH city__name", "SYNTAX", "no reference"},
    };
    world *w = *state;
    set_up_blog(w);
    for (size_t i = 0; i < COUNT(bad); i++) refuse(w, bad[i].command, bad[i].code, bad[i].words);
    expect(w, "MODEL SET g.Lost '{\"fields\": {\"to\": {\"type\": \"fk\", \"to\": \"g.None\", \"null\": true}}}'", "+OK");
    refuse(w, "QUERY g.Lost WITH to", "NOMODEL", "g.None");
    refuse(w, "QUERY g.Lost PREFETCH to__lost", "NOMODEL", "g.None");
    w->cluster = true;
    refuse(w, "GET g.Post 1 WITH author", "SYNTAX", "hash tag");
    refuse(w, "QUERY g.Post PREFETCH author__posts", "SYNTAX", "hash tag");
}

static void plans_show_them(void **state)
{
    world *w = *state;
    set_up_blog(w);
    const char *got = world_do(w, "EXPLAIN QUERY g.User FILTER name ada WITH boss__city PREFETCH posts");
    if (!strstr(got, "\"  With boss of g.User\",\"  With boss__city of g.City\",\"  Prefetch posts of g.Post\"")) fail_msg("%s", got);
    got = world_do(w, "EXPLAIN QUERY g.City PREFETCH people__posts people__staff");
    if (!strstr(got, "\"  Prefetch people of g.User\",\"  Prefetch people__posts of g.Post\",\"  Prefetch people__staff of g.User\"")) fail_msg("%s", got);
    got = world_do(w, "EXPLAIN QUERY g.Post WITH editor PREFETCH author__posts__editor__staff author__boss");
    if (!strstr(got, "\"  With author of g.User\",\"  With author__boss of g.User\",\"  Prefetch author__posts of g.Post\",\"  With author__posts__editor of g.User\","
                     "\"  Prefetch author__posts__editor__staff of g.User\",\"  With editor of g.User\""))
        fail_msg("%s", got);
    got = world_do(w, "EXPLAIN QUERY g.Post WITH author__boss PAGE 1");
    if (!strstr(got, "\"  With author of g.User\",\"  With author__boss of g.User\"")) fail_msg("%s", got);
    got = world_do(w, "EXPLAIN QUERY g.Post ORDER author__name title FIELDS author WITH author PREFETCH author__posts PAGE 1");
    if (!strstr(got, "\"  With author of g.User\",\"  Prefetch author__posts of g.Post\"")) fail_msg("%s", got);
    got = world_do(w, "PROFILE QUERY g.City PREFETCH people__posts");
    if (!strstr(got, "\"Prefetch people of g.User rows=1\",\"Prefetch people__posts of g.Post rows=2\"")) fail_msg("%s", got);
    got = world_do(w, "EXPLAIN GET g.Post 1 WITH author");
    if (!strstr(got, "\"  With author of g.User\"]")) fail_msg("%s", got);
    got = world_do(w, "PROFILE QUERY g.Post WITH author");
    if (!strstr(got, "\"With author of g.User rows=3\"")) fail_msg("%s", got);
    got = world_do(w, "PROFILE QUERY g.User PREFETCH posts");
    if (!strstr(got, "\"SemiJoin posts from g.Post\"") || !strstr(got, "\"Prefetch posts of g.Post rows=3\"")) fail_msg("%s", got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(entities_stand_in_the_place_of_keys),
        EMPTY(lists_stand_behind_the_fields),
        EMPTY(what_is_no_entity_is_not_there),
        EMPTY(many_lists_are_found_by_one_pass),
        EMPTY(a_primary_key_may_be_a_reference),
        EMPTY(lists_of_m2m_relations),
        EMPTY(entities_of_lists_have_lists),
        EMPTY(lists_in_lists_are_those_of_their_entity),
        EMPTY(lists_stand_in_what_references_lead_to),
        EMPTY(lists_in_what_many_rows_refer_to),
        EMPTY(lists_behind_references_of_all_kinds),
        EMPTY(what_is_no_such_relation_is_refused),
        EMPTY(plans_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
