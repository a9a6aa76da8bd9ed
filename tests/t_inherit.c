/* t_inherit.c -- models that extend concrete ones: an entity is a row of each, read as one by plain names; what may extend what. */
#include "inherit.h"

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
    {"QUERY i.Visit FILTER pk 1 FIELDS pk PREFETCH at__review", "-SYNTAX PREFETCH 'at__review': FIELDS does not name 'at'"},
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
    {"QUERY i.Restaurant PREFETCH name", "-SYNTAX field 'name' is no reference"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR(what_it_inherits_is_read_by_its_plain_name),
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
