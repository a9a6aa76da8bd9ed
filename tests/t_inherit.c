/* t_inherit.c -- models that extend concrete ones: an entity is a row of each, written, read and removed as one, whatever others do to one of its hashes. */
#include "engine_check.h"

#define NAME "\"name\": {\"type\": \"char\", \"max_length\": 20, \"index\": true}"
#define SLUG "\"slug\": {\"type\": \"slug\", \"unique\": true, \"null\": true}"
#define CITY "\"city\": {\"type\": \"fk\", \"to\": \"i.City\", \"null\": true, \"on_delete\": \"protect\"}"
#define SEATS "\"seats\": {\"type\": \"int\", \"default\": 10}"
#define PLACE NAME ", " SLUG ", " CITY ", " SEATS ", \"tags\": {\"type\": \"m2m\", \"to\": \"i.City\", \"related_name\": \"tagged\"}"

static void define(world *w, const char *name, const char *document)
{
    const char *got = world_dof(w, "MODEL SET %s '%s'", name, document);
    if (strcmp(got, "+OK") != 0) fail_msg("MODEL SET %s %s: %s", name, document, got);
}

/* i.City <- i.Place <= i.Restaurant <= i.Pizzeria, i.Place <= i.Bar, i.Review -> i.Place */
static void define_all(world *w)
{
    define(w, "i.City", "{\"fields\": {\"name\": {\"type\": \"char\"}}}");
    define(w, "i.Place", "{\"fields\": {" PLACE "}}");
    define(w, "i.Restaurant",
           "{\"extends\": [\"i.Place\"], \"fields\": {\"pizza\": {\"type\": \"bool\", \"default\": false}, \"stars\": {\"type\": \"int\", \"null\": "
           "true, \"index\": true}, "
           "\"code\": {\"type\": \"char\", \"unique\": true, \"null\": true}}}");
    define(w, "i.Pizzeria", "{\"extends\": [\"i.Restaurant\"], \"fields\": {\"oven\": {\"type\": \"char\", \"default\": \"wood\"}}}");
    define(w, "i.Bar", "{\"extends\": [\"i.Place\"], \"fields\": {\"beers\": {\"type\": \"int\", \"null\": true}}}");
    define(w, "i.Review",
           "{\"fields\": {\"place\": {\"type\": \"fk\", \"to\": \"i.Place\", \"null\": true, \"on_delete\": \"cascade\"}, \"stars\": {\"type\": "
           "\"int\"}}}");
    define(w, "i.Visit", "{\"fields\": {\"at\": {\"type\": \"fk\", \"to\": \"i.Restaurant\", \"null\": true, \"on_delete\": \"set_null\"}}}");
}

/* A copy hears all of it. */
typedef struct pair {
    world w, copy;
} pair;

static int set_up_pair(void **state)
{
    pair *p = calloc(1, sizeof *p);
    world_open(&p->w);
    world_open(&p->copy);
    p->w.replica = &p->copy;
    p->w.now_us = p->copy.now_us = INT64_C(1000000000000000);
    p->copy.applied = true;
    define_all(&p->w);
    *state = p;
    return 0;
}

static int tear_down_pair(void **state)
{
    pair *p = *state;
    world_close(&p->w);
    world_close(&p->copy);
    free(p);
    return 0;
}

/* All indexes say what the hashes do, here and on the copy, which has the same keys. */
static void sound(pair *p)
{
    static const char *const models[] = {"i.City", "i.Place", "i.Restaurant", "i.Pizzeria", "i.Bar", "i.Review", "i.Visit", "i.Place_tags"};
    world_settle(&p->w);
    for (size_t i = 0; i < COUNT(models); i++) check_indexes(&p->w, models[i]);
    if (world_digest(&p->w) != world_digest(&p->copy)) fail_msg("the copy differs");
    world_restart(&p->copy);
    for (size_t i = 0; i < COUNT(models); i++) check_indexes(&p->copy, models[i]);
}

/* 1 a place, 2 and 3 restaurants, 4 a pizzeria, 5 a bar. */
static void fill(world *w)
{
    expect(w, "SAVE i.City JSON '[{\"name\":\"Rome\"},{\"name\":\"Oslo\"}]'", "[:1,:2]");
    expect(w, "SAVE i.Place name park city 1", ":1");
    expect(w, "SAVE i.Restaurant name roma slug r city 1 stars 3", ":2");
    expect(w, "SAVE i.Restaurant JSON '{\"name\":\"oslo\",\"city\":2,\"pizza\":true,\"seats\":40,\"code\":\"x\"}'", ":3");
    expect(w, "SAVE i.Pizzeria name mario city 1 pizza 1 stars 1 oven gas", ":4");
    expect(w, "SAVE i.Bar name pub beers 9", ":5");
    expect(w, "SAVE i.Review JSON '[{\"place\":2,\"stars\":5},{\"place\":2,\"stars\":1},{\"place\":4,\"stars\":4},{\"place\":1,\"stars\":2}]'",
           "[:1,:2,:3,:4]");
    expect(w, "SAVE i.Visit JSON '[{\"at\":2},{\"at\":4},{\"at\":4}]'", "[:1,:2,:3]");
    expect(w, "RELATE i.Place 1 tags ADD 1 2", ":2");
    expect(w, "RELATE i.Restaurant 2 tags ADD 2", ":1");
    expect(w, "RELATE i.Pizzeria 4 tags SET 1", ":1");
}

typedef struct question {
    const char *command, *reply;
} question;

static void ask_all(world *w, const question *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (all[i].reply[0] != '-') expect(w, all[i].command, all[i].reply);
        else {
            char code[16] = "";
            size_t k = strcspn(all[i].reply + 1, " ");
            memcpy(code, all[i].reply + 1, k < sizeof code ? k : 0);
            refuse(w, all[i].command, code, all[i].reply[k + 1] ? all[i].reply + k + 2 : "");
        }
    }
}

#define ROME "{\"id\"=#1,\"name\"=\"Rome\"}"
#define TWO "{\"place_ptr\"=#2,\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=#1,\"seats\"=#10,\"pizza\"=?0,\"stars\"=#3,\"code\"=nil}"
#define FOUR \
    "{\"restaurant_ptr\"=#4,\"place_ptr\"=#4,\"id\"=#4,\"name\"=\"mario\",\"slug\"=nil,\"city\"=#1,\"seats\"=#10,\"pizza\"=?1,\"stars\"=#1,\"code\"=nil,\"oven\"=\"gas\"}"

static const question reads[] = {
    {"GET i.Restaurant 2", TWO},
    {"GET i.Pizzeria 4", FOUR},
    {"GET i.Place 4", "{\"id\"=#4,\"name\"=\"mario\",\"slug\"=nil,\"city\"=#1,\"seats\"=#10}"},
    {"GET i.Restaurant 1", "nil"},
    {"GET i.Restaurant 5", "nil"},
    {"GET i.Restaurant 2 FIELDS id pk place_ptr name stars city_id", "-SYNTAX twice"},
    {"GET i.Restaurant 2 FIELDS id name stars city_id city__name", "{\"id\"=#2,\"name\"=\"roma\",\"stars\"=#3,\"city_id\"=#1,\"city__name\"=\"Rome\"}"},
    {"MGET i.Restaurant 4 1 2", "[{\"place_ptr\"=#4,\"id\"=#4,\"name\"=\"mario\",\"slug\"=nil,\"city\"=#1,\"seats\"=#10,\"pizza\"=?1,\"stars\"=#1,\"code\"=nil},nil," TWO "]"},
    {"QUERY i.Restaurant FILTER name roma", "[" TWO "]"},
    {"QUERY i.Pizzeria", "[" FOUR "]"},
    {"QUERY i.Restaurant ORDER -name FIELDS pk FLAT", "[#2,#3,#4]"},
    {"QUERY i.Restaurant ORDER seats name FIELDS name FLAT", "[\"mario\",\"roma\",\"oslo\"]"},
    {"QUERY i.Restaurant ORDER city__name -pk FIELDS id FLAT", "[#3,#4,#2]"},
    {"QUERY i.Restaurant FILTER name__startswith m FIELDS pk FLAT", "[#4]"},
    {"QUERY i.Restaurant EXCLUDE name__startswith m ORDER pk FIELDS pk FLAT", "[#2,#3]"},
    {"QUERY i.Restaurant FILTER id 3 FIELDS name FLAT", "[\"oslo\"]"},
    {"QUERY i.Pizzeria FILTER id__in [3,4] place_ptr__gt 3 FIELDS name FLAT", "[\"mario\"]"},
    {"QUERY i.Restaurant FILTER city 1 stars__gte 2 FIELDS name FLAT", "[\"roma\"]"},
    {"QUERY i.Restaurant FILTER city_id 1 ORDER pk FIELDS name FLAT", "[\"roma\",\"mario\"]"},
    {"QUERY i.Restaurant FILTER city__name Oslo FIELDS name FLAT", "[\"oslo\"]"},
    {"QUERY i.Pizzeria FILTER city__name Rome stars 1 oven gas FIELDS name FLAT", "[\"mario\"]"},
    {"QUERY i.Restaurant WHERE 'seats > 10 or name = $n' PARAMS n mario ORDER pk FIELDS name FLAT", "[\"oslo\",\"mario\"]"},
    {"QUERY i.Restaurant WHERE 'id < 4 and not city = 2' FIELDS name FLAT", "[\"roma\"]"},
    {"QUERY i.Restaurant WHERE 'seats > F(id)*4' ORDER pk FIELDS name FLAT", "[\"roma\",\"oslo\"]"},
    {"QUERY i.Restaurant WHERE 'stars < F(seats)' ORDER pk FIELDS name FLAT", "[\"roma\",\"mario\"]"},
    {"QUERY i.Restaurant WHERE 'seats > F(stars) * 4' ORDER pk FIELDS name FLAT", "[\"mario\"]"},
    {"QUERY i.Restaurant WHERE 'slug < F(name)' FIELDS name FLAT", "[\"roma\"]"},
    {"QUERY i.Restaurant WHERE 'name < F(slug)' FIELDS name FLAT", "[]"},
    {"QUERY i.Pizzeria WHERE 'seats > F(city) and stars = F(stars)' FIELDS name FLAT", "[\"mario\"]"},
    {"QUERY i.Restaurant Q '{\"or\":[{\"name\":\"oslo\"},{\"not\":{\"city__name\":\"Oslo\"}}]}' ORDER pk FIELDS pk FLAT", "[#2,#3,#4]"},
    {"QUERY i.Restaurant FILTER review__stars 5 FIELDS name FLAT", "[\"roma\"]"},
    {"QUERY i.Restaurant FILTER review__stars 5 review__id 2 FIELDS name FLAT", "[]"},
    {"QUERY i.Restaurant FILTER review__stars 5 FILTER review__id 2 FIELDS name FLAT", "[\"roma\"]"},
    {"QUERY i.Restaurant FILTER review__isnull true FIELDS name FLAT", "[\"oslo\"]"},
    {"QUERY i.Restaurant FILTER visit__isnull true FIELDS name FLAT", "[\"oslo\"]"},
    {"QUERY i.Restaurant FILTER tags 2 FIELDS name FLAT", "[\"roma\"]"},
    {"QUERY i.Pizzeria FILTER tags__name Rome FIELDS name FLAT", "[\"mario\"]"},
    {"QUERY i.Place FILTER restaurant__pizza true ORDER pk FIELDS pk FLAT", "[#3,#4]"},
    {"QUERY i.Place FILTER restaurant__isnull true ORDER pk FIELDS pk FLAT", "[#1,#5]"},
    {"QUERY i.Place FILTER restaurant__pizzeria__oven gas FIELDS name FLAT", "[\"mario\"]"},
    {"QUERY i.Place FILTER restaurant__name roma FIELDS pk FLAT", "[#2]"},
    {"QUERY i.Place FILTER bar__beers__gt 5 FIELDS name FLAT", "[\"pub\"]"},
    {"QUERY i.Visit FILTER at__name mario ORDER pk FIELDS pk FLAT", "[#2,#3]"},
    {"QUERY i.Visit FILTER at__city__name Rome at__stars 3 FIELDS pk FLAT", "[#1]"},
    {"QUERY i.Visit FILTER at__pizzeria__oven gas ORDER pk FIELDS at__name FLAT", "[\"mario\",\"mario\"]"},
    {"QUERY i.Review FILTER place__restaurant__stars 3 ORDER pk FIELDS pk FLAT", "[#1,#2]"},
    {"QUERY i.City FILTER place__restaurant__pizza 1 ORDER pk FIELDS name FLAT", "[\"Rome\",\"Oslo\"]"},
    {"QUERY i.City FILTER restaurant__pizza 1", "-NOFIELD "},
    {"COUNT i.Restaurant FILTER name roma", ":1"},
    {"COUNT i.Restaurant", ":3"},
    {"EXISTS i.Pizzeria FILTER name roma", ":0"},
    {"EXISTS i.Pizzeria FILTER name mario", ":1"},
    {"AGGREGATE i.Restaurant COUNT * SUM seats MAX stars MIN name", "[{\"count\"=#3,\"seats__sum\"=#60,\"stars__max\"=#3,\"name__min\"=\"mario\"}]"},
    {"AGGREGATE i.Restaurant GROUPBY city__name SUM seats AS n HAVING 'n > 5' ORDER -n", "[{\"city__name\"=\"Oslo\",\"n\"=#40},{\"city__name\"=\"Rome\",\"n\"=#20}]"},
    {"AGGREGATE i.Pizzeria GROUPBY name oven COUNT * WHEN 'city__name = $c and stars = 1' PARAMS c Rome AS n", "[{\"name\"=\"mario\",\"oven\"=\"gas\",\"n\"=#1}]"},
    {"AGGREGATE i.Pizzeria GROUPBY name oven COUNT * WHEN 'city = 1 and stars = 1' AS n", "[{\"name\"=\"mario\",\"oven\"=\"gas\",\"n\"=#1}]"},
    {"QUERY i.Restaurant DISTINCT FIELDS city__name", "[{\"city__name\"=\"Oslo\"},{\"city__name\"=\"Rome\"}]"},
    {"QUERY i.Restaurant WITHCOUNT PAGE 5 ORDER name FIELDS name FLAT", "[:3,[\"mario\",\"oslo\",\"roma\"],nil]"},
    {"QUERY i.Restaurant FORMAT JSON FILTER pk 2 FIELDS id name stars", "[\"{\\x22id\\x22:2,\\x22name\\x22:\\x22roma\\x22,\\x22stars\\x22:3}\"]"},
    {"QUERY i.Place WHERE 'pk__in = (QUERY i.Restaurant WHERE stars = 3)' FIELDS pk FLAT", "[#2]"},
    {"QUERY i.Restaurant WHERE 'name__in = (QUERY i.Pizzeria FIELDS name)' FIELDS pk FLAT", "[#4]"},
    {"QUERY i.Review WHERE 'place__in = (QUERY i.Restaurant WHERE name = $n)' PARAMS n roma ORDER pk FIELDS pk FLAT", "[#1,#2]"},
    {"QUERY i.Review WHERE 'place__in = (QUERY i.Restaurant WHERE seats < 20)' ORDER pk FIELDS pk FLAT", "[#1,#2,#3]"},
    {"GET i.Restaurant 2 WITH city",
     "{\"place_ptr\"=#2,\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=" ROME ",\"seats\"=#10,\"pizza\"=?0,\"stars\"=#3,\"code\"=nil}"},
    {"GET i.Restaurant 2 WITH place_ptr FIELDS place_ptr stars", "{\"place_ptr\"={\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=#1,\"seats\"=#10},\"stars\"=#3}"},
    {"QUERY i.Restaurant FILTER stars 3 WITH place_ptr__city",
     "[{\"place_ptr\"={\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=" ROME ",\"seats\"=#10},\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=#1,\"seats\"=#10,\"pizza\"=?0,"
     "\"stars\"=#3,\"code\"=nil}]"},
    {"GET i.Pizzeria 4 WITH place_ptr", "-SYNTAX the key of the entity itself"},
    {"GET i.Visit 1 WITH at", "{\"id\"=#1,\"at\"=" TWO "}"},
    {"QUERY i.Visit FILTER pk 1 WITH at__city",
     "[{\"id\"=#1,\"at\"={\"place_ptr\"=#2,\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=" ROME ",\"seats\"=#10,\"pizza\"=?0,\"stars\"=#3,\"code\"=nil}}]"},
    {"QUERY i.Restaurant FILTER pk 2 FIELDS pk PREFETCH review visit",
     "[{\"pk\"=#2,\"review\"=[{\"id\"=#1,\"place\"=#2,\"stars\"=#5},{\"id\"=#2,\"place\"=#2,\"stars\"=#1}],\"visit\"=[{\"id\"=#1,\"at\"=#2}]}]"},
    {"QUERY i.Pizzeria FIELDS name PREFETCH tags", "[{\"name\"=\"mario\",\"tags\"=[" ROME "]}]"},
    {"QUERY i.City FILTER pk 2 FIELDS name PREFETCH tagged",
     "[{\"name\"=\"Oslo\",\"tagged\"=[{\"id\"=#1,\"name\"=\"park\",\"slug\"=nil,\"city\"=#1,\"seats\"=#10},{\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=#1,\"seats\"=#10}]}]"},
    {"QUERY i.Place FILTER pk 2 FIELDS pk PREFETCH restaurant", "[{\"pk\"=#2,\"restaurant\"=[" TWO "]}]"},
    {"QUERY i.City FILTER pk 2 FIELDS pk PREFETCH place__restaurant__visit",
     "[{\"pk\"=#2,\"place\"=[{\"id\"=#3,\"name\"=\"oslo\",\"slug\"=nil,\"city\"=#2,\"seats\"=#40,\"restaurant\"=[{\"place_ptr\"=#3,\"id\"=#3,"
     "\"name\"=\"oslo\",\"slug\"=nil,\"city\"=#2,\"seats\"=#40,\"pizza\"=?1,\"stars\"=nil,\"code\"=\"x\",\"visit\"=[]}]}]}]"},
    {"QUERY i.Pizzeria FIELDS name PREFETCH visit review",
     "[{\"name\"=\"mario\",\"visit\"=[{\"id\"=#2,\"at\"=#4},{\"id\"=#3,\"at\"=#4}],\"review\"=[{\"id\"=#3,\"place\"=#4,\"stars\"=#4}]}]"},
    {"QUERY i.Visit FILTER pk 1 FIELDS pk PREFETCH at__review", "-SYNTAX PREFETCH 'at': expected a relation to any number"},
    {"QUERY i.Pizzeria FIELDS oven PREFETCH tags__place",
     "[{\"oven\"=\"gas\",\"tags\"=[{\"id\"=#1,\"name\"=\"Rome\",\"place\"=[{\"id\"=#1,\"name\"=\"park\",\"slug\"=nil,\"city\"=#1,\"seats\"=#10},"
     "{\"id\"=#2,\"name\"=\"roma\",\"slug\"=\"r\",\"city\"=#1,\"seats\"=#10},{\"id\"=#4,\"name\"=\"mario\",\"slug\"=nil,\"city\"=#1,\"seats\"=#10}]}]}]"},
    {"AGGREGATE i.Restaurant GROUPBY name COUNT review AS n SUM review__stars AS s ORDER name",
     "[{\"name\"=\"mario\",\"n\"=#1,\"s\"=#4},{\"name\"=\"oslo\",\"n\"=#0,\"s\"=nil},{\"name\"=\"roma\",\"n\"=#2,\"s\"=#6}]"},
    {"AGGREGATE i.Restaurant GROUPBY name review__stars COUNT * ORDER name review__stars",
     "[{\"name\"=\"mario\",\"review__stars\"=#4,\"count\"=#1},{\"name\"=\"oslo\",\"review__stars\"=nil,\"count\"=#1},{\"name\"=\"roma\","
     "\"review__stars\"=#1,\"count\"=#1},{\"name\"=\"roma\",\"review__stars\"=#5,\"count\"=#1}]"},
    {"AGGREGATE i.Pizzeria GROUPBY oven COUNT visit AS v COUNT review AS n", "[{\"oven\"=\"gas\",\"v\"=#2,\"n\"=#2}]"},
    {"AGGREGATE i.City GROUPBY name COUNT place__restaurant AS n SUM place__restaurant__stars AS s SUM place__restaurant__seats AS t ORDER name",
     "[{\"name\"=\"Oslo\",\"n\"=#1,\"s\"=nil,\"t\"=#40},{\"name\"=\"Rome\",\"n\"=#2,\"s\"=#4,\"t\"=#20}]"},
    {"AGGREGATE i.Review GROUPBY place__restaurant__pizza COUNT * ORDER place__restaurant__pizza",
     "[{\"place__restaurant__pizza\"=nil,\"count\"=#1},{\"place__restaurant__pizza\"=?0,\"count\"=#2},{\"place__restaurant__pizza\"=?1,\"count\"=#1}]"},
    {"AGGREGATE i.Visit GROUPBY at__name COUNT at__review AS n ORDER at__name", "[{\"at__name\"=\"mario\",\"n\"=#2},{\"at__name\"=\"roma\",\"n\"=#2}]"},
    {"AGGREGATE i.City GROUPBY name COUNT * WHEN 'place__restaurant__name = $n and place__restaurant__stars = 3' PARAMS n roma AS n ORDER name",
     "[{\"name\"=\"Oslo\",\"n\"=#0},{\"name\"=\"Rome\",\"n\"=#1}]"},
    {"QUERY i.Restaurant PREFETCH name", "-SYNTAX expected a relation"},
    {"QUERY i.Restaurant FILTER nam roma", "-NOFIELD did you mean 'name'"},
    {"QUERY i.Restaurant FILTER name__year 3", "-NOLOOKUP "},
    {"QUERY i.Restaurant FILTER seats x", "-BADVALUE field 'seats' got 'x'"},
};

static void what_it_inherits_is_read_by_its_plain_name(void **state)
{
    pair *p = *state;
    fill(&p->w);
    ask_all(&p->w, reads, COUNT(reads));
    world_restart(&p->w);
    ask_all(&p->w, reads, COUNT(reads));
    sound(p);
    p->copy.applied = false;
    ask_all(&p->copy, reads, COUNT(reads));
}

static int by_name(const void *x, const void *y)
{
    return nr_slice_cmp(((const nr_pair *)x)->name, ((const nr_pair *)y)->name);
}

/* What a key holds, as "field=value ...". */
static void raw(world *w, const char *key, const char *fields)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_pairs all = {0};
    text got = {0};
    assert_int_equal(w->mem->cls->hash_all(w->mem, nr_slice_of(key), &a, &all), NR_ST_OK);
    if (all.n) qsort(all.at, all.n, sizeof *all.at, by_name);
    text_addf(&got, "%s", "");
    for (size_t i = 0; i < all.n; i++) text_addf(&got, "%s%.*s=%.*s", i ? " " : "", NR_FMT(all.at[i].name), NR_FMT(all.at[i].value));
    if (strcmp(got.p, fields) != 0) fail_msg("%s holds %s, not %s", key, got.p, fields);
    free(got.p);
    nr_arena_clear(&a);
}

static void each_hash_has_the_key_and_its_own_fields(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    expect(w, "SAVE i.Pizzeria name a pizza 1 oven gas", ":1");
    raw(w, "i.Place:1", "id=1 name=a seats=10");
    raw(w, "i.Restaurant:1", "pizza=1 place_ptr=1");
    raw(w, "i.Pizzeria:1", "oven=gas restaurant_ptr=1");
    expect(w, "SAVE i.Pizzeria pk 1 name b NULL slug", ":1");
    raw(w, "i.Place:1", "id=1 name=b seats=10");
    raw(w, "i.Pizzeria:1", "oven=gas restaurant_ptr=1");
    sound(p);
}

static void saving_writes_all_rows_or_none(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    const question steps[] = {
        {"SAVE i.Restaurant pizza true", "-NOTNULL field 'name' of i.Place"},
        {"SAVE i.Restaurant name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "-BADVALUE field 'name'"},
        {"SAVE i.Restaurant name a stars x", "-BADVALUE field 'stars'"},
        {"SAVE i.Restaurant name a name b", "-SYNTAX 'name' is given twice"},
        {"SAVE i.Restaurant id 3 pk 3 name a", "-SYNTAX 'place_ptr' is given twice"},
        {"SAVE i.Restaurant name a nme b", "-NOFIELD did you mean 'name'"},
        {"SAVE i.Restaurant name a tags 1", "-SYNTAX RELATE"},
        {"SAVE i.Restaurant NULL id name a", "-NOTNULL primary key"},
        {"COUNT i.Place", ":0"},
        {"SAVE i.Restaurant name a slug s code c", ":1"},
        {"SAVE i.Restaurant name b slug s code d", "-NOTUNIQUE field 'slug' of i.Place"},
        {"SAVE i.Restaurant name b code c", "-NOTUNIQUE field 'code' of i.Restaurant"},
        {"SAVE i.Place name b slug s", "-NOTUNIQUE 'slug'"},
        {"SAVE i.Pizzeria JSON '[{\"name\":\"b\"},{\"name\":\"c\",\"slug\":\"s\"}]'", "-NOTUNIQUE 'slug'"},
        {"COUNT i.Place", ":1"},
        {"SAVE i.Pizzeria JSON '[{\"name\":\"b\"},{\"name\":\"c\",\"slug\":\"t\",\"id\":9}]'", "[:2,:9]"},
        {"SAVE i.Place name d", ":10"},
        {"SAVE i.Bar name e", ":11"},
        {"SAVE i.Restaurant UPDATE name z", "-SYNTAX"},
        {"SAVE i.Restaurant UPDATE pk 10 stars 1", "-NOTFOUND i.Restaurant has no entity '10'"},
        {"SAVE i.Restaurant UPDATE pk 2 name bb", ":2"},
        {"GET i.Pizzeria 2 FIELDS name FLAT", "-SYNTAX"},
        {"QUERY i.Pizzeria FILTER pk 2 FIELDS name FLAT", "[\"bb\"]"},
        {"SAVE i.Restaurant INSERT pk 2 name x", "-EXISTS i.Restaurant"},
        {"SAVE i.Pizzeria INSERT pk 1 oven gas", ":1"},
        {"GET i.Pizzeria 1", "{\"restaurant_ptr\"=#1,\"place_ptr\"=#1,\"id\"=#1,\"name\"=\"a\",\"slug\"=\"s\",\"city\"=nil,\"seats\"=#10,\"pizza\"=?"
                             "0,\"stars\"=nil,\"code\"=\"c\",\"oven\"=\"gas\"}"},
        {"SAVE i.Restaurant pk 10 stars 5", ":10"},
        {"QUERY i.Restaurant FILTER pk 10 FIELDS name stars pizza", "[{\"name\"=\"d\",\"stars\"=#5,\"pizza\"=?0}]"},
        {"SAVE i.Restaurant BY slug slug s stars 4", ":1"},
        {"SAVE i.Restaurant BY slug UPDATE slug t stars 2", ":9"},
        {"SAVE i.Restaurant BY slug slug new name n", ":12"},
        {"SAVE i.Restaurant BY slug INSERT slug new name n", "-EXISTS "},
        {"SAVE i.Restaurant BY code code c name aa", ":1"},
        {"SAVE i.Place pk 20 name p slug only", ":20"},
        {"SAVE i.Restaurant BY slug UPDATE slug only stars 1", "-NOTFOUND i.Restaurant has no entity '20'"},
        {"SAVE i.Restaurant BY slug slug only stars 1", ":20"},
        {"SAVE i.Restaurant BY slug slug only pk 3", "-CONFLICT "},
        {"SAVE i.Restaurant BY name name a", "-SYNTAX not unique"},
        {"SAVE i.Restaurant IF name aa IF stars 4 pk 1 seats 7", ":1"},
        {"SAVE i.Restaurant IF name nope pk 1 seats 8", "-CONFLICT name__exact 'nope'"},
        {"SAVE i.Restaurant IF stars__gt 4 pk 1 name x", "-CONFLICT stars__gt '4'"},
        {"SAVE i.Restaurant IF name x pk 77 name y", "-CONFLICT has no entity"},
        {"SAVE i.Bar IF name aa pk 1 beers 3", "-CONFLICT i.Bar has no entity"},
        {"SAVE i.Bar pk 1 beers 3", ":1"},
        {"QUERY i.Place FILTER pk 1 FIELDS name seats restaurant__pizzeria__oven", "-SYNTAX any number"},
        {"QUERY i.Bar FILTER pk 1 FIELDS name seats beers", "[{\"name\"=\"aa\",\"seats\"=#7,\"beers\"=#3}]"},
    };
    ask_all(w, steps, COUNT(steps));
    sound(p);
}

static void drawn_keys_are_free_in_all_models(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    const nr_pair alone[] = {{NR_S("place_ptr"), NR_S("1")}, {NR_S("pizza"), NR_S("1")}};
    world_put(w, NR_S("i.Restaurant:1"), alone, 2);
    expect(w, "SAVE i.Restaurant name a", ":2");
    expect(w, "QUERY i.Restaurant ORDER pk FIELDS pk name pizza", "[{\"pk\"=#1,\"name\"=nil,\"pizza\"=?1},{\"pk\"=#2,\"name\"=\"a\",\"pizza\"=?0}]");
    expect(w, "SAVE i.Restaurant pk 50 name b", ":50");
    expect(w, "SAVE i.Place name c", ":51");
    sound(p);
}

static void updates_change_the_row_that_has_the_field(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    fill(w);
    const question steps[] = {
        {"UPDATE i.Restaurant FILTER name roma SET name rom stars 9", ":1"},
        {"QUERY i.Place FILTER pk 2 FIELDS name FLAT", "[\"rom\"]"},
        {"UPDATE i.Restaurant ALL EXPR seats 'F(seats) + F(stars) * 2'", "-NOTNULL 'seats'"},
        {"UPDATE i.Restaurant FILTER stars__isnull 0 EXPR seats 'F(seats) + F(stars) * 2' EXPR stars 'F(id)' NULL city", ":2"},
        {"QUERY i.Restaurant ORDER pk FIELDS seats stars city",
         "[{\"seats\"=#28,\"stars\"=#2,\"city\"=nil},{\"seats\"=#40,\"stars\"=nil,\"city\"=#2},{\"seats\"=#12,\"stars\"=#4,\"city\"=nil}]"},
        {"UPDATE i.Restaurant ALL SET slug same", "-NOTUNIQUE 'slug'"},
        {"UPDATE i.Restaurant ALL SET pk 3", "-SYNTAX primary key"},
        {"UPDATE i.Restaurant ALL SET id 3", "-SYNTAX primary key"},
        {"UPDATE i.Restaurant ALL SET name a SET name b", "-SYNTAX 'name' is given twice"},
        {"UPDATE i.Restaurant ALL SET name a beers 3", "-NOFIELD 'beers'"},
        {"UPDATE i.Restaurant ALL EXPR seats 'F(beers)'", "-NOFIELD 'beers'"},
        {"UPDATE i.Restaurant ALL EXPR seats 'F(name)'", "-BADVALUE "},
        {"UPDATE i.Pizzeria FILTER name mario EXPR name 'F(oven)'", ":1"},
        {"UPDATE i.Restaurant FILTER name gas SET pizza 0", ":1"},
        {"QUERY i.Pizzeria FIELDS name pizza", "[{\"name\"=\"gas\",\"pizza\"=?0}]"},
        {"UPDATE i.Place FILTER restaurant__pizza 1 SET name flat", ":1"},
        {"QUERY i.Restaurant FILTER name flat FIELDS pk FLAT", "[#3]"},
        {"EXPLAIN UPDATE i.Restaurant FILTER stars 4 SET name x", NULL},
    };
    ask_all(w, steps, COUNT(steps) - 1);
    assert_non_null(strstr(world_do(w, steps[COUNT(steps) - 1].command), "stars__exact '4'"));
    sound(p);
}

static void clocks_of_all_rows_go_with_each_write(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    define(w, "i.Doc",
           "{\"fields\": {\"at\": {\"type\": \"datetime\", \"auto_now\": true}, \"made\": {\"type\": \"datetime\", \"auto_now_add\": true}}}");
    define(w, "i.Page", "{\"extends\": [\"i.Doc\"], \"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}");
    expect(w, "SAVE i.Page n 1", ":1");
    w->now_us += 1000000;
    expect(w, "SAVE i.Page pk 1 n 2", ":1");
    expect(w, "GET i.Page 1 FIELDS at made", "{\"at\"=\"2001-09-09T01:46:41Z\",\"made\"=\"2001-09-09T01:46:40Z\"}");
    w->now_us += 1000000;
    expect(w, "UPDATE i.Page ALL SET n 3", ":1");
    expect(w, "GET i.Page 1 FIELDS at made", "{\"at\"=\"2001-09-09T01:46:42Z\",\"made\"=\"2001-09-09T01:46:40Z\"}");
    sound(p);
}

static void deleting_either_deletes_all_of_it(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    fill(w);
    expect(w, "SAVE i.Bar pk 4 beers 1", ":4");
    const question steps[] = {
        {"DELETE i.City PK 1", "-PROTECTED i.Place"},
        {"DELETE i.Restaurant PK 2", ":5"}, /* with the place, two reviews and a relation */
        {"QUERY i.Place ORDER pk FIELDS pk FLAT", "[#1,#3,#4,#5]"},
        {"QUERY i.Visit FILTER at__isnull 1 FIELDS pk FLAT", "[#1]"},
        {"DELETE i.Place PK 4", ":6"}, /* restaurant, pizzeria, bar, a review, a relation */
        {"QUERY i.Restaurant FIELDS pk FLAT", "[#3]"},
        {"COUNT i.Pizzeria", ":0"},
        {"COUNT i.Visit FILTER at__isnull 1", ":3"},
        {"DELETE i.Bar FILTER name pub", ":2"},
        {"SAVE i.Pizzeria pk 3", ":3"},
        {"DELETE i.Pizzeria ALL", ":3"},
        {"QUERY i.Place FIELDS pk FLAT", "[#1]"},
        {"DELETE i.Restaurant PK 1 77", ":0"},
    };
    ask_all(w, steps, COUNT(steps));
    expect(w, "SAVE i.Restaurant pk 1 stars 1", ":1");
    world_restart(w);
    const char *plan = world_do(w, "EXPLAIN DELETE i.Restaurant PK 1");
    assert_non_null(strstr(plan, "OnDelete i.Restaurant with i.Place, which it extends"));
    assert_non_null(strstr(plan, "OnDelete i.Place cascade i.Bar by place_ptr"));
    expect(w, "DELETE i.Restaurant PK 1", ":5");
    sound(p);
}

/* When a key runs out, here and on the copy; 0: never. */
static void runs_out(pair *p, const char *key, int64_t seconds)
{
    int64_t want = seconds ? p->w.now_us / 1000 + seconds * 1000 : -1;
    assert_int_equal(p->w.mem->cls->deadline(p->w.mem, nr_slice_of(key)), want);
    assert_int_equal(p->copy.mem->cls->deadline(p->copy.mem, nr_slice_of(key)), want);
}

/* Above, below and beside the model that is named. */
static void a_deadline_goes_to_all_rows_of_the_entity(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    expect(w, "SAVE i.Pizzeria name e", ":1");
    expect(w, "SAVE i.Bar pk 1 beers 1", ":1");
    expect(w, "SAVE i.Bar name f", ":2");
    world_put(w, NR_S("i.Pizzeria:2"), &(nr_pair){NR_S("restaurant_ptr"), NR_S("x")}, 1); /* no entity */
    world_restart(w);
    expect(w, "SAVE i.Restaurant TTL 10 pk 1 stars 1", ":1");
    runs_out(p, "i.Place:1", 10);
    runs_out(p, "i.Restaurant:1", 10);
    runs_out(p, "i.Pizzeria:1", 10);
    runs_out(p, "i.Bar:1", 10);
    expect(w, "SAVE i.Place TTL 20 pk 2 seats 1", ":2");
    runs_out(p, "i.Place:2", 20);
    runs_out(p, "i.Bar:2", 20);
    runs_out(p, "i.Pizzeria:2", 0);
    expect(w, "SAVE i.Restaurant pk 2 stars 1", ":2");
    runs_out(p, "i.Restaurant:2", 20);
    expect(w, "SAVE i.Restaurant pk 2 stars 2", ":2");
    runs_out(p, "i.Restaurant:2", 20);
    world_remove(w, NR_S("i.Place:2"));
    expect(w, "UPDATE i.Bar FILTER pk 2 SET name again", ":1");
    runs_out(p, "i.Place:2", 20);
    world_remove(w, NR_S("i.Place:2"));
    expect(w, "SAVE i.Bar pk 2 name again", ":2");
    runs_out(p, "i.Place:2", 20);
    expect(w, "SAVE i.Place JSON '[{\"name\":\"g\"},{\"pk\":1,\"seats\":2}]'", "[:3,:1]");
    expect(w, "SAVE i.Place TTL 30 JSON '[{\"pk\":3,\"seats\":3},{\"pk\":1,\"seats\":2}]'", "[:3,:1]");
    runs_out(p, "i.Place:3", 30);
    runs_out(p, "i.Bar:1", 30);
    sound(p);
}

static void all_rows_have_one_deadline(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    expect(w, "SAVE i.Pizzeria TTL 10 name a", ":1");
    expect(w, "SAVE i.Place TTL 10 name b", ":2");
    expect(w, "SAVE i.Restaurant pk 2 stars 1", ":2"); /* lives as long as the place that it is */
    expect(w, "SAVE i.Restaurant name c", ":3");
    expect(w, "SAVE i.Restaurant TTL 10 pk 3 stars 2", ":3");
    expect(w, "SAVE i.Restaurant name d", ":4");
    w->now_us += 11000000;
    p->copy.now_us += 11000000;
    expect(w, "QUERY i.Place FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY i.Restaurant FIELDS pk FLAT", "[#4]");
    expect(w, "COUNT i.Pizzeria", ":0");
    define(w, "i.Short", "{\"ttl\": 5, \"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}");
    define(w, "i.Heir", "{\"extends\": [\"i.Short\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}}}");
    define(w, "i.Long", "{\"extends\": [\"i.Short\"], \"ttl\": null}");
    expect(w, "SAVE i.Heir n 1 m 1", ":1");
    expect(w, "SAVE i.Long n 2", ":2");
    w->now_us += 6000000;
    p->copy.now_us += 6000000;
    expect(w, "QUERY i.Short FIELDS n FLAT", "[#2]");
    expect(w, "COUNT i.Heir", ":0");
    expect(w, "COUNT i.Long", ":1");
}

static void what_others_do_to_one_hash_is_followed(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    const nr_pair name = {NR_S("name"), NR_S("new")}, bad = {NR_S("seats"), NR_S("x")}, stars = {NR_S("stars"), NR_S("8")};
    fill(w);
    expect(w, "QUERY i.Restaurant FILTER name roma FIELDS pk FLAT", "[#2]");
    world_put(w, NR_S("i.Place:2"), &name, 1);
    world_put(w, NR_S("i.Restaurant:2"), &stars, 1);
    expect(w, "QUERY i.Restaurant FILTER name new stars 8 FIELDS pk FLAT", "[#2]");
    world_remove(w, NR_S("i.Place:2"));
    const question without[] = {
        {"GET i.Restaurant 2",
         "{\"place_ptr\"=#2,\"id\"=#2,\"name\"=nil,\"slug\"=nil,\"city\"=nil,\"seats\"=nil,\"pizza\"=?0,\"stars\"=#8,\"code\"=nil}"},
        {"QUERY i.Restaurant FILTER stars 8",
         "[{\"place_ptr\"=#2,\"id\"=#2,\"name\"=nil,\"slug\"=nil,\"city\"=nil,\"seats\"=nil,\"pizza\"=?0,\"stars\"=#8,\"code\"=nil}]"},
        {"GET i.Visit 1 WITH at", "{\"id\"=#1,\"at\"={\"place_ptr\"=#2,\"id\"=#2,\"name\"=nil,\"slug\"=nil,\"city\"=nil,\"seats\"=nil,\"pizza\"=?0,"
                                  "\"stars\"=#8,\"code\"=nil}}"},
        {"QUERY i.Restaurant FILTER name__isnull true FIELDS pk FLAT", "[#2]"},
        {"QUERY i.Restaurant EXCLUDE name oslo ORDER pk FIELDS pk FLAT", "[#2,#4]"},
        {"QUERY i.Restaurant FILTER id 2 FIELDS id FLAT", "[#2]"},
        {"QUERY i.Restaurant ORDER name FIELDS pk FLAT", "[#2,#4,#3]"},
        {"SAVE i.Restaurant pk 2 stars 1", "-NOTNULL 'name' of i.Place"},
        {"UPDATE i.Restaurant FILTER pk 2 SET seats 3", "-NOTNULL 'name' of i.Place"},
        {"UPDATE i.Restaurant FILTER pk 2 EXPR stars 'F(seats)'", ":1"},
        {"QUERY i.Restaurant FILTER pk 2 FIELDS stars FLAT", "[nil]"},
        {"UPDATE i.Restaurant FILTER pk 2 SET name back stars 4", ":1"},
        {"GET i.Restaurant 2",
         "{\"place_ptr\"=#2,\"id\"=#2,\"name\"=\"back\",\"slug\"=nil,\"city\"=nil,\"seats\"=#10,\"pizza\"=?0,\"stars\"=#4,\"code\"=nil}"},
    };
    world_settle(w);
    ask_all(w, without, COUNT(without));
    world_put(w, NR_S("i.Place:3"), &bad, 1);
    expect(w, "QUERY i.Restaurant FILTER pk 3 FIELDS name pizza", "[{\"name\"=nil,\"pizza\"=?1}]");
    world_settle(w);
    refuse(w, "SAVE i.Restaurant pk 3 name x", "CONFLICT", "i.Place:3");
    expect(w, "DELETE i.Restaurant PK 3", ":1");
    world_remove(w, NR_S("i.Pizzeria:4"));
    expect(w, "COUNT i.Pizzeria", ":0");
    expect(w, "QUERY i.Restaurant FILTER name mario FIELDS pk FLAT", "[#4]");
    world_remove(w, NR_S("i.Restaurant:4"));
    expect(w, "QUERY i.Place FILTER name mario FIELDS pk FLAT", "[#4]");
    expect(w, "DELETE i.Place PK 4", ":3");
    world_remove(w, NR_S("i.Place:3"));
    sound(p);
}

static void a_row_in_the_middle_that_comes_back_is_found_again(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    const nr_pair row[] = {{NR_S("place_ptr"), NR_S("4")}, {NR_S("pizza"), NR_S("1")}};
    fill(w);
    expect(w, "QUERY i.Pizzeria FILTER name mario FIELDS pk FLAT", "[#4]");
    world_remove(w, NR_S("i.Restaurant:4"));
    expect(w, "GET i.Pizzeria 4",
           "{\"restaurant_ptr\"=#4,\"place_ptr\"=#4,\"id\"=#4,\"name\"=nil,\"slug\"=nil,\"city\"=nil,\"seats\"=nil,\"pizza\"=nil,\"stars\"=nil,"
           "\"code\"=nil,\"oven\"=\"gas\"}");
    expect(w, "QUERY i.Pizzeria FILTER name mario FIELDS pk FLAT", "[]");
    define(w, "i.Order", "{\"fields\": {\"at\": {\"type\": \"fk\", \"to\": \"i.Pizzeria\"}}}");
    expect(w, "SAVE i.Order at 4", ":1");
    world_settle(w);
    const question without[] = {
        {"GET i.Order 1 WITH at",
         "{\"id\"=#1,\"at\"={\"restaurant_ptr\"=#4,\"place_ptr\"=#4,\"id\"=#4,\"name\"=nil,\"slug\"=nil,\"city\"=nil,\"seats\"=nil,\"pizza\"=nil,\"stars\"=nil,"
         "\"code\"=nil,\"oven\"=\"gas\"}}"},
        {"SAVE i.Pizzeria IF name mario pk 4 oven x", "-CONFLICT name__exact 'mario'"},
        {"SAVE i.Pizzeria IF name__isnull 1 IF oven gas pk 4 oven x", ":4"},
        {"DELETE i.Order ALL", ":1"},
    };
    ask_all(w, without, COUNT(without));
    expect(w, "QUERY i.Restaurant FILTER pk 4 FIELDS name pizza", "[{\"name\"=\"mario\",\"pizza\"=?0}]"); /* the SAVE has made it anew */
    world_remove(w, NR_S("i.Restaurant:4"));
    world_settle(w);
    refuse(w, "UPDATE i.Pizzeria ALL EXPR oven 'F(name)'", "NOTNULL", "'oven'");
    world_put(w, NR_S("i.Restaurant:4"), row, 2);
    expect(w, "QUERY i.Restaurant FILTER name mario FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY i.Pizzeria FILTER name mario FIELDS pk FLAT", "[#4]");
    sound(p);
}

static void definitions_that_make_no_sense_are_refused(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    define(w, "i.Base", "{\"abstract\": true, \"fields\": {\"name\": {\"type\": \"int\"}, \"note\": {\"type\": \"char\", \"null\": true}}}");
    define(w, "i.Keyed", "{\"abstract\": true, \"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"char\"}}}");
    define(w, "o.Place", "{\"extends\": [\"i.Place\"]}");
    const question steps[] = {
        {"MODEL SET i.X '{\"extends\": [\"i.Place\", \"i.City\"]}'", "-BADVALUE i.Place and i.City are both not abstract"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"abstract\": true}'", "-BADVALUE is not abstract"},
        {"MODEL SET i.X '{\"extends\": [\"i.None\"]}'", "-NOMODEL i.None"},
        {"MODEL SET i.X '{\"extends\": [\"i.X\"]}'", "-NOMODEL extend itself"},
        {"MODEL SET i.Place '{\"extends\": [\"i.Restaurant\"]}'", "-NOMODEL i.Restaurant extends it"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"name\": {\"type\": \"char\"}}}'",
         "-BADVALUE fields.name: i.Place, which is extended, has a field"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"tags\": {\"type\": \"int\"}}}'", "-BADVALUE fields.tags"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"id\": {\"type\": \"int\"}}}'", "-BADVALUE fields.id"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"int\"}}}'", "-BADVALUE 'place_ptr'"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"pk\": \"id\"}'", "-BADVALUE 'place_ptr'"},
        {"MODEL SET i.X '{\"extends\": [\"i.Keyed\", \"i.Place\"], \"fields\": {\"k\": {\"type\": \"char\", \"pk\": true}}}'",
         "-BADVALUE 'place_ptr'"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"place_ptr\": {\"type\": \"int\"}}}'", "-BADVALUE fields.place_ptr"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"place_ptr\": {\"type\": \"onetoone\", \"to\": \"i.City\"}}}'",
         "-BADVALUE fields.place_ptr"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"place_ptr\": {\"type\": \"onetoone\", \"to\": \"i.Place\", \"on_delete\": "
         "\"protect\"}}}'",
         "-BADVALUE cascade"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"place_ptr\": {\"type\": \"onetoone\", \"to\": \"i.Place\", \"null\": true}}}'",
         "-BADVALUE null"},
        {"MODEL SET i.X '{\"extends\": [\"o.Place\"]}'", "-BADVALUE is called 'place_ptr', and so is a field of o.Place"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"ordering\": [\"nam\"]}'", "-NOFIELD ordering"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"ordering\": [\"tags\"]}'", "-NOFIELD ordering"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"n\": {\"type\": \"int\"}}, \"unique_together\": [\"n\", \"name\"]}'",
         "-NOFIELD 'name' is a field of i.Place"},
        {"MODEL SET i.X '{\"extends\": [\"i.Place\"], \"fields\": {\"n\": {\"type\": \"int\"}}, \"indexes\": [{\"fields\": [\"name\"]}]}'",
         "-NOFIELD 'name' is a field of i.Place"},
        {"INDEX CREATE i.Restaurant name iexact", "-NOFIELD 'name' is a field of i.Place, which i.Restaurant extends"},
        {"INDEX CREATE i.Pizzeria name iexact", "-NOFIELD 'name' is a field of i.Place"},
        {"MODEL SET i.Place '{\"fields\": {" PLACE ", \"stars\": {\"type\": \"int\", \"null\": true}}}'",
         "-BADVALUE i.Restaurant follows i.Place: fields.stars"},
        {"MODEL SET i.Place '{\"fields\": {" PLACE ", \"restaurant\": {\"type\": \"int\", \"null\": true}}}'", "-BADVALUE place_ptr"},
        {"MODEL SET i.Place '{\"fields\": {" PLACE ", \"visit\": {\"type\": \"int\", \"null\": true}}}'", "-BADVALUE 'visit'"},
        {"MODEL DROP i.Place ENTITIES", "-PROTECTED i."},
        {"MODEL DROP i.Restaurant ENTITIES", "-PROTECTED i."},
    };
    ask_all(w, steps, COUNT(steps));
    define(w, "i.Mixed",
           "{\"extends\": [\"i.Base\", \"i.Place\"], \"fields\": {\"m\": {\"type\": \"int\", \"null\": true}, \"place_ptr\": {\"type\": "
           "\"onetoone\", \"to\": \"i.Place\", "
           "\"related_name\": \"mix\"}}, \"ordering\": [\"-name\", \"m\"]}");
    expect(w, "SAVE i.Mixed JSON '[{\"name\":\"a\",\"note\":\"x\"},{\"name\":\"b\",\"m\":1},{\"name\":\"b\"}]'", "[:1,:2,:3]");
    expect(w, "QUERY i.Mixed FIELDS pk name note m",
           "[{\"pk\"=#3,\"name\"=\"b\",\"note\"=nil,\"m\"=nil},{\"pk\"=#2,\"name\"=\"b\",\"note\"=nil,\"m\"=#1},"
           "{\"pk\"=#1,\"name\"=\"a\",\"note\"=\"x\",\"m\"=nil}]");
    expect(w, "QUERY i.Place FILTER mix__note x FIELDS pk FLAT", "[#1]");
    refuse(w, "QUERY i.Place FILTER mixed__note x", "NOFIELD", "mixed");
}

static void a_changed_parent_takes_its_heirs_along(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    fill(w);
    define(w, "i.Place", "{\"fields\": {" PLACE ", \"open\": {\"type\": \"bool\", \"default\": true}}}");
    expect(w, "QUERY i.Pizzeria FILTER open true FIELDS name open", "[{\"name\"=\"mario\",\"open\"=?1}]");
    refuse(w, "MODEL SET i.Place '{\"fields\": {" NAME "}}'", "BADVALUE", "");
    const char *diff = world_do(w, "MODEL DIFF i.Restaurant '{\"extends\": [\"i.Place\"], \"fields\": {\"pizza\": {\"type\": \"bool\"}}}'");
    assert_non_null(strstr(diff, "refuse BADVALUE"));
    /* A model with a reference as its key becomes an heir, and stops being one, with its entities. */
    define(w, "i.Shop",
           "{\"pk\": \"place_ptr\", \"fields\": {\"place_ptr\": {\"type\": \"onetoone\", \"to\": \"i.Place\", \"on_delete\": \"cascade\"}, "
           "\"goods\": {\"type\": \"char\", \"null\": true}}}");
    expect(w, "SAVE i.Shop place_ptr 1 goods milk", ":1");
    define(w, "i.Shop", "{\"extends\": [\"i.Place\"], \"fields\": {\"goods\": {\"type\": \"char\", \"null\": true}}}");
    expect(w, "QUERY i.Shop FIELDS name goods", "[{\"name\"=\"park\",\"goods\"=\"milk\"}]");
    refuse(w, "MODEL SET i.Shop '{\"extends\": [\"i.City\"], \"fields\": {\"goods\": {\"type\": \"char\", \"null\": true}}}'", "BADVALUE", "pk");
    define(w, "i.Shop",
           "{\"pk\": \"place_ptr\", \"fields\": {\"place_ptr\": {\"type\": \"onetoone\", \"to\": \"i.Place\", \"on_delete\": \"cascade\"}, "
           "\"goods\": {\"type\": \"char\", \"null\": true}}}");
    refuse(w, "QUERY i.Shop FIELDS name goods", "NOFIELD", "'name'");
    expect(w, "MODEL DROP i.Pizzeria ENTITIES", "+OK");
    expect(w, "QUERY i.Restaurant FILTER name mario FIELDS pk FLAT", "[#4]"); /* it is one without an oven now */
    world_restart(w);
    expect(w, "QUERY i.Restaurant FILTER name mario FIELDS pk FLAT", "[#4]");
}

static void heirs_of_heirs_are_thirty_deep_at_most(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    define(w, "h.M0", "{\"fields\": {\"f0\": {\"type\": \"int\", \"index\": true}}}");
    for (int i = 1; i <= 30; i++) {
        char name[8], document[128];
        snprintf(name, sizeof name, "h.M%d", i);
        snprintf(document, sizeof document, "{\"extends\": [\"h.M%d\"], \"fields\": {\"f%d\": {\"type\": \"int\", \"default\": %d}}}", i - 1, i, i);
        define(w, name, document);
    }
    refuse(w, "MODEL SET h.M31 '{\"extends\": [\"h.M30\"]}'", "LIMIT", "30 deep");
    for (int turn = 0; turn < 2; turn++, world_restart(w)) {
        expect(w, "SAVE h.M30 f0 7 f17 3", turn ? ":2" : ":1");
        expect(w, "COUNT h.M30 FILTER f0 7 f17 3 f29 29 f30 30", turn ? ":2" : ":1");
    }
    expect(w, "QUERY h.M30 FIELDS id f0 f15 f30 LIMIT 0 1 ORDER pk", "[{\"id\"=#1,\"f0\"=#7,\"f15\"=#15,\"f30\"=#30}]");
    expect(w, "COUNT h.M3 FILTER m4__m5__m6__f6 6", ":2");
    expect(w, "UPDATE h.M30 FILTER id 1 EXPR f2 'F(f0) + F(f30)'", ":1");
    expect(w, "QUERY h.M2 ORDER pk FIELDS f2 FLAT", "[#37,#2]");
    expect(w, "DELETE h.M12 PK 1", ":31");
    expect(w, "DELETE h.M30 ALL", ":31");
    expect(w, "COUNT h.M0", ":0");
}

static void pages_go_by_what_is_inherited(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    static const char *const orders[] = {"name", "-seats -name", "slug stars -id"};
    for (int i = 0; i < 7; i++) world_dof(w, "SAVE i.Restaurant name %c seats %d %s", 'a' + i * 3 % 7, i % 3, i % 2 ? "stars 1" : "slug s");
    for (int i = 0; i < 7; i++) world_dof(w, "SAVE i.Restaurant pk %d slug s%d", i + 1, i / 2 * 2 + i);
    for (size_t k = 0; k < COUNT(orders); k++) {
        char whole[256], pages[256] = "[", token[512] = "";
        snprintf(whole, sizeof whole, "%s", world_dof(w, "QUERY i.Restaurant ORDER %s FIELDS pk FLAT", orders[k]));
        for (int turn = 0; turn < 7; turn++) {
            const char *got = world_dof(w, "QUERY i.Restaurant ORDER %s FIELDS pk FLAT PAGE 2 %s", orders[k], token);
            const char *end = strchr(got, ']');
            if (got[0] != '[' || !end) fail_msg("%s", got);
            snprintf(pages + strlen(pages), sizeof pages - strlen(pages), "%s%.*s", turn ? "," : "", (int)(end - got - 2), got + 2);
            if (strcmp(end, "],nil]") == 0) break;
            snprintf(token, sizeof token, "AFTER %.*s", (int)(strlen(end + 3) - 2), end + 3);
        }
        snprintf(pages + strlen(pages), sizeof pages - strlen(pages), "]");
        assert_string_equal(pages, whole);
    }
}

static void a_field_above_that_nobody_can_read_is_an_error(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    define(w, "u.Top", "{\"fields\": {\"x\": {\"type\": \"fk\", \"to\": \"u.Later\", \"null\": true}}}");
    define(w, "u.Low", "{\"extends\": [\"u.Top\"], \"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}");
    expect(w, "SAVE u.Low n 1", ":1");
    refuse(w, "SAVE u.Low n 1 x 3", "NOMODEL", "u.Later");
    world_put(w, NR_S("u.Top:1"), &(nr_pair){NR_S("x"), NR_S("3")}, 1);
    refuse(w, "GET u.Low 1", "NOMODEL", "u.Later");
    refuse(w, "QUERY u.Low", "NOMODEL", "u.Later");
    expect(w, "GET u.Low 1 FIELDS n", "{\"n\"=#1}");
    define(w, "u.Later", "{}");
    expect(w, "GET u.Low 1", "{\"top_ptr\"=#1,\"id\"=#1,\"x\"=#3,\"n\"=#1}");
}

static void keys_of_other_types_and_stores(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    define(w, "i.Item",
           "{\"pk\": \"code\", \"store\": \"memory\", \"fields\": {\"code\": {\"type\": \"char\"}, \"price\": {\"type\": \"decimal\", "
           "\"max_digits\": 6, \"decimal_places\": 2, \"index\": true}}}");
    define(w, "i.Book", "{\"extends\": [\"i.Item\"], \"store\": \"native\", \"fields\": {\"title\": {\"type\": \"char\", \"index\": true}}}");
    define(w, "i.Paper", "{\"pk\": \"u\", \"fields\": {\"u\": {\"type\": \"uuid\"}}}");
    define(w, "i.Daily", "{\"extends\": [\"i.Paper\"], \"store\": \"memory\", \"fields\": {\"n\": {\"type\": \"int\"}}}");
    refuse(w, "SAVE i.Book title x price 1", "NOTNULL", "primary key");
    expect(w, "SAVE i.Book code '\xc3\xa9:/' title x price 1.5", "\"\\xc3\\xa9:/\"");
    refuse(w, "SAVE i.Book code '' title x price 1", "BADVALUE", "item_ptr");
    expect(w, "QUERY i.Book FILTER price 1.50 title x",
           "[{\"item_ptr\"=\"\\xc3\\xa9:/\",\"code\"=\"\\xc3\\xa9:/\",\"price\"=\"1.50\",\"title\"=\"x\"}]");
    world_do(w, "SAVE i.Daily n 1");
    assert_true(w->ok);
    expect(w, "COUNT i.Paper FILTER daily__n 1", ":1");
    expect(w, "QUERY i.Daily WHERE 'u__isnull = false' FIELDS n FLAT", "[#1]");
    expect(w, "DELETE i.Item ALL", ":2");
    expect(w, "DELETE i.Daily ALL", ":2");
    check_indexes(w, "i.Book");
    check_indexes(w, "i.Daily");
    sound(p);
}

static void rights_and_slots_are_those_of_all_models(void **state)
{
    pair *p = *state;
    world *w = &p->w;
    w->cluster = true;
    define(w, "{a}Place", "{\"fields\": {" NAME "}}");
    define(w, "{a}Heir", "{\"extends\": [\"{a}Place\"]}");
    refuse(w, "MODEL SET {b}Heir '{\"extends\": [\"{a}Place\"]}'", "BADVALUE", "different slots");
    expect(w, "SAVE {a}Heir name x", ":1");
    expect(w, "QUERY {a}Heir", "[{\"place_ptr\"=#1,\"id\"=#1,\"name\"=\"x\"}]");
    expect(w, "DELETE {a}Heir PK 1", ":2");
}

#define PAIR(name) cmocka_unit_test_setup_teardown(name, set_up_pair, tear_down_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR(what_it_inherits_is_read_by_its_plain_name),
        PAIR(each_hash_has_the_key_and_its_own_fields),
        PAIR(saving_writes_all_rows_or_none),
        PAIR(drawn_keys_are_free_in_all_models),
        PAIR(updates_change_the_row_that_has_the_field),
        PAIR(clocks_of_all_rows_go_with_each_write),
        PAIR(deleting_either_deletes_all_of_it),
        PAIR(a_deadline_goes_to_all_rows_of_the_entity),
        PAIR(all_rows_have_one_deadline),
        PAIR(what_others_do_to_one_hash_is_followed),
        PAIR(a_row_in_the_middle_that_comes_back_is_found_again),
        PAIR(definitions_that_make_no_sense_are_refused),
        PAIR(a_changed_parent_takes_its_heirs_along),
        PAIR(heirs_of_heirs_are_thirty_deep_at_most),
        PAIR(pages_go_by_what_is_inherited),
        PAIR(a_field_above_that_nobody_can_read_is_an_error),
        PAIR(keys_of_other_types_and_stores),
        PAIR(rights_and_slots_are_those_of_all_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
