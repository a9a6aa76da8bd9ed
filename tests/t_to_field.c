/* t_to_field.c -- references that hold another unique field of their target than its primary key. */
#include "engine_check.h"
#include "plan/passes.h"

#define MODEL(name, fields) "MODEL SET " name " '{\"fields\": {" fields "}}'"
#define FK(to, field, more) "{\"type\": \"fk\", \"to\": \"" to "\", \"to_field\": \"" field "\", \"null\": true" more "}"
#define NAME "\"name\": {\"type\": \"char\", \"unique\": true, \"null\": true}"

enum { FIRST_BLANK = 100, BLANKS = 64 };

/* f.User: 1 ada 10, 2 eva 20, 3 nobody 30. f.Post: 1 and 4 of ada, 2 of eva, 3 of nobody at all, 5 of zoe, whom there is not; and so many blank ones that few
 * targets are looked up by keys. */
static int set_up_users(void **state)
{
    set_up(state);
    world *w = *state;
    expect(w, MODEL("f.User", NAME ", \"code\": {\"type\": \"int\", \"unique\": true, \"null\": true}, \"age\": {\"type\": \"int\", \"null\": true}"),
           "+OK");
    expect(w,
           MODEL("f.Post",
                 "\"title\": {\"type\": \"char\", \"null\": true}, \"author\": " FK(
                     "f.User", "name", ", \"related_name\": \"posts\"") ", \"editor\": " FK("f.User", "code", ", \"related_name\": \"edited\"")),
           "+OK");
    expect(w, "SAVE f.User name ada code 10 age 36", ":1");
    expect(w, "SAVE f.User name eva code 20 age 20", ":2");
    expect(w, "SAVE f.User code 30 age 30", ":3");
    expect(w, "SAVE f.Post title a author ada editor 20", ":1");
    expect(w, "SAVE f.Post title b author eva editor 010", ":2");
    expect(w, "SAVE f.Post title c", ":3");
    expect(w, "SAVE f.Post title d author ada editor 30", ":4");
    expect(w, "SAVE f.Post title e author zoe editor 99", ":5");
    for (int i = 0; i < BLANKS; i++) world_dof(w, "SAVE f.Post pk %d", FIRST_BLANK + i);
    return 0;
}

/* Of those that are not blank. */
static void pks(world *w, const char *model, const char *filters, const char *want)
{
    const char *some = "FILTER pk__lt 100";
    const char *got = world_dof(w, "QUERY %s %s %s ORDER pk FIELDS pk FLAT", model, filters, some);
    if (strcmp(got, want) != 0) fail_msg("%s %s\n  gives %s\n  not   %s", model, filters, got, want);
    got = world_dof(w, "COUNT %s %s %s", model, filters, some);
    size_t n = want[1] == ']' ? 0 : 1;
    for (const char *p = want; *p; p++) n += *p == ',';
    if (strtoull(got + 1, NULL, 10) != n) fail_msg("COUNT %s %s\n  gives %s\n  not   %zu", model, filters, got, n);
}

/* Whether few targets are looked up by what references hold of them, or all references are passed over. */
static void both_ways(world *w, void (*check)(world *w))
{
    check(w);
    w->passes_off = NR_PASS_KEYS;
    check(w);
    w->passes_off = NR_PASSES_ALL;
    check(w);
    w->passes_off = 0;
}

/* -- what they hold ------------------------------------------------------------------------------------------------------------------------ */

static void a_reference_has_the_type_of_what_it_holds(void **state)
{
    world *w = *state;
    expect(w, "GET f.Post 2", "{\"id\"=#2,\"title\"=\"b\",\"author\"=\"eva\",\"editor\"=#10}");
    refuse(w, "SAVE f.Post editor ada", "BADVALUE", "field 'editor' got 'ada'");
    refuse(w, "COUNT f.Post FILTER editor ada", "BADVALUE", "field 'editor' got 'ada'");
    pks(w, "f.Post", "FILTER editor__gte 20", "[#1,#4,#5]");
    pks(w, "f.Post", "FILTER author__startswith ad", "[#1,#4]");
    pks(w, "f.Post", "FILTER editor_id 20", "[#1]");
    expect(w, MODEL("f.Price", "\"v\": {\"type\": \"decimal\", \"max_digits\": 5, \"decimal_places\": 2, \"unique\": true}"), "+OK");
    expect(w, MODEL("f.Item", "\"p\": " FK("f.Price", "v", "")), "+OK");
    expect(w, "SAVE f.Price v 1.5", ":1");
    expect(w, "SAVE f.Item p 15e-1", ":1");
    expect(w, "GET f.Item 1", "{\"id\"=#1,\"p\"=\"1.50\"}");
    pks(w, "f.Item", "FILTER p__pk 1", "[#1]");
    refuse(w, "SAVE f.Item p 1.505", "BADVALUE", "field 'p' got '1.505'");
}

static void check_paths(world *w)
{
    pks(w, "f.Post", "FILTER author ada", "[#1,#4]");
    pks(w, "f.Post", "FILTER author__name ada", "[#1,#4]");
    pks(w, "f.Post", "FILTER author__name__iexact ADA", "[#1,#4]");
    pks(w, "f.Post", "FILTER author zoe", "[#5]");
    pks(w, "f.Post", "FILTER author__name zoe", "[#5]");
    pks(w, "f.Post", "FILTER author__isnull true", "[#3]");
    pks(w, "f.Post", "FILTER author__name__isnull true", "[#3]");
    pks(w, "f.Post", "FILTER author__pk 1", "[#1,#4]");
    pks(w, "f.Post", "FILTER author__id__in '[1,2]'", "[#1,#2,#4]");
    pks(w, "f.Post", "FILTER author__pk__isnull true", "[#3,#5]");
    pks(w, "f.Post", "FILTER author__code__isnull true", "[#3,#5]");
    pks(w, "f.Post", "FILTER author__age__gt 30", "[#1,#4]");
    pks(w, "f.Post", "EXCLUDE author__age__gt 30", "[#2,#3,#5]");
    pks(w, "f.Post", "FILTER editor__age__lt 31 author__age 36", "[#1,#4]");
    pks(w, "f.Post", "FILTER editor__name ada", "[#2]");
    pks(w, "f.Post", "FILTER editor__name__isnull true", "[#3,#4,#5]");
    pks(w, "f.User", "FILTER posts__title a", "[#1]");
    pks(w, "f.User", "FILTER posts 2", "[#2]");
    pks(w, "f.User", "FILTER posts__isnull true", "[#3]");
    pks(w, "f.User", "FILTER posts__author ada", "[#1]");
    pks(w, "f.User", "FILTER edited__author ada", "[#2,#3]");
    pks(w, "f.User", "FILTER edited__author__edited__title b", "[#2,#3]");
    pks(w, "f.User", "EXCLUDE posts__title__in '[\"a\",\"b\"]'", "[#3]");
    pks(w, "f.Post", "FILTER author__posts__editor 30", "[#1,#4]");
    pks(w, "f.Post", "WHERE 'author < $x' PARAMS x b", "[#1,#4]");
    pks(w, "f.Post", "WHERE 'author__name > $x and editor__code <= 20' PARAMS x b", "[#2]");
}

static void paths_lead_by_value_both_ways(void **state)
{
    world *w = *state;
    both_ways(w, check_paths);
    world_restart(w);
    both_ways(w, check_paths);
}

static void fields_order_and_groups_go_through_them(void **state)
{
    world *w = *state;
    expect(w, "QUERY f.Post FILTER pk__lt 100 ORDER -author__age -pk FIELDS pk author__pk author__age",
           "[{\"pk\"=#4,\"author__pk\"=#1,\"author__age\"=#36},{\"pk\"=#1,\"author__pk\"=#1,\"author__age\"=#36},{\"pk\"=#2,\"author__pk\"=#2,"
           "\"author__age\"=#20},"
           "{\"pk\"=#5,\"author__pk\"=nil,\"author__age\"=nil},{\"pk\"=#3,\"author__pk\"=nil,\"author__age\"=nil}]");
    expect(w, "GET f.Post 1 FIELDS author__age editor__name author__name", "{\"author__age\"=#36,\"editor__name\"=\"eva\",\"author__name\"=\"ada\"}");
    expect(w, "GET f.Post 5 FIELDS author__age author__name", "{\"author__age\"=nil,\"author__name\"=\"zoe\"}");
    expect(w, "AGGREGATE f.Post FILTER pk__lt 100 GROUPBY author__age COUNT *",
           "[{\"author__age\"=nil,\"count\"=#2},{\"author__age\"=#20,\"count\"=#1},{\"author__age\"=#36,\"count\"=#2}]");
    expect(w, "QUERY f.Post FIELDS author__pk DISTINCT", "[{\"author__pk\"=nil},{\"author__pk\"=#1},{\"author__pk\"=#2}]");
}

#define ADA "{\"id\"=#1,\"name\"=\"ada\",\"code\"=#10,\"age\"=#36}"
#define EVA "{\"id\"=#2,\"name\"=\"eva\",\"code\"=#20,\"age\"=#20}"

static void related_entities_are_found_by_value(void **state)
{
    world *w = *state;
    expect(w, "GET f.Post 1 WITH author", "{\"id\"=#1,\"title\"=\"a\",\"author\"=" ADA ",\"editor\"=#20}");
    expect(w, "GET f.Post 2 WITH author editor", "{\"id\"=#2,\"title\"=\"b\",\"author\"=" EVA ",\"editor\"=" ADA "}");
    expect(w, "GET f.Post 5 WITH author", "{\"id\"=#5,\"title\"=\"e\",\"author\"=nil,\"editor\"=#99}");
    expect(w, "QUERY f.Post FILTER pk__lte 3 ORDER pk FIELDS author WITH author", "[{\"author\"=" ADA "},{\"author\"=" EVA "},{\"author\"=nil}]");
    expect(w, "QUERY f.User FIELDS name ORDER pk PREFETCH edited",
           "[{\"name\"=\"ada\",\"edited\"=[{\"id\"=#2,\"title\"=\"b\",\"author\"=\"eva\",\"editor\"=#10}]},"
           "{\"name\"=\"eva\",\"edited\"=[{\"id\"=#1,\"title\"=\"a\",\"author\"=\"ada\",\"editor\"=#20}]},"
           "{\"name\"=nil,\"edited\"=[{\"id\"=#4,\"title\"=\"d\",\"author\"=\"ada\",\"editor\"=#30}]}]");
    world_restart(w);
    expect(w, "GET f.Post 2 WITH editor", "{\"id\"=#2,\"title\"=\"b\",\"author\"=\"eva\",\"editor\"=" ADA "}");
}

static void queries_as_operands(void **state)
{
    world *w = *state;
    for (int off = 0; off < 2; off++) {
        w->passes_off = off ? NR_PASSES_ALL : 0;
        pks(w, "f.Post", "WHERE 'author__in = (QUERY f.User WHERE age > 30)'", "[#1,#4]");
        pks(w, "f.Post", "WHERE 'author__in = (QUERY f.User WHERE age > 30 FIELDS name)'", "[#1,#4]");
        pks(w, "f.Post", "WHERE 'editor__in = (QUERY f.User)'", "[#1,#2,#4]");
        pks(w, "f.Post", "WHERE 'editor__in = (QUERY f.User FIELDS age)'", "[#1,#4]");
        pks(w, "f.Post", "Q '{\"author__in\": {\"query\": {\"model\": \"f.User\", \"q\": {\"age\": 20}}}}'", "[#2]");
        pks(w, "f.Post", "WHERE 'author__pk__in = (QUERY f.User WHERE age = 20)'", "[#2]");
        pks(w, "f.User", "WHERE 'name__in = (QUERY f.Post FIELDS author)'", "[#1,#2]");
        pks(w, "f.User", "WHERE 'pk__in = (QUERY f.Post FIELDS editor)'", "[]");
        pks(w, "f.User", "WHERE 'code__in = (QUERY f.Post WHERE author = $x FIELDS editor)' PARAMS x ada", "[#2,#3]");
    }
    refuse(w, "COUNT f.Post WHERE 'author__in = (QUERY f.User FIELDS pk)'", "BADVALUE", "cannot be compared with");
}

/* -- what changes -------------------------------------------------------------------------------------------------------------------------- */

static void a_reference_stays_with_the_value_when_its_target_gets_another(void **state)
{
    world *w = *state;
    pks(w, "f.Post", "FILTER author__age 36", "[#1,#4]");
    expect(w, "SAVE f.User pk 1 name ida", ":1");
    pks(w, "f.Post", "FILTER author__age 36", "[]");
    pks(w, "f.Post", "FILTER author ada", "[#1,#4]");
    pks(w, "f.Post", "FILTER author__pk__isnull true", "[#1,#3,#4,#5]");
    pks(w, "f.User", "FILTER posts__isnull true", "[#1,#3]");
    expect(w, "SAVE f.User name zoe age 5", ":4");
    pks(w, "f.Post", "FILTER author__age 5", "[#5]");
    expect(w, "SAVE f.User JSON '[{\"pk\": 1, \"name\": \"eva\"}, {\"pk\": 2, \"name\": \"ada\"}]'", "[:1,:2]");
    pks(w, "f.Post", "FILTER author__pk 1", "[#2]");
    pks(w, "f.Post", "FILTER author__pk 2", "[#1,#4]");
    pks(w, "f.User", "FILTER posts__title d", "[#2]");
    expect(w, "SAVE f.User pk 2 NULL name", ":2");
    pks(w, "f.Post", "FILTER author__pk 2", "[]");
    pks(w, "f.Post", "FILTER author__isnull true", "[#3]");
    expect(w, "DELETE f.User PK 1", ":1");
    pks(w, "f.Post", "FILTER author__pk__isnull false", "[#5]");
    expect(w, "UPDATE f.User FILTER pk 4 SET name ada", ":1");
    pks(w, "f.Post", "FILTER author__age 5", "[#1,#4]");
}

static void what_others_write_into_the_target_counts(void **state)
{
    world *w = *state;
    nr_pair name = {NR_S("name"), NR_S("zoe")}, gone = {NR_S("name"), {NULL, 0}}, author = {NR_S("author"), NR_S("eva")};
    pks(w, "f.Post", "FILTER author__pk 1", "[#1,#4]");
    world_put(w, NR_S("f.User:1"), &name, 1);
    pks(w, "f.Post", "FILTER author__pk 1", "[#5]");
    world_put(w, NR_S("f.User:2"), &gone, 1);
    pks(w, "f.Post", "FILTER author__pk__isnull false", "[#5]");
    world_put(w, NR_S("f.Post:1"), &author, 1);
    world_remove(w, NR_S("f.User:1"));
    pks(w, "f.Post", "FILTER author__pk__isnull false", "[]");
    name.value = NR_S("eva");
    world_put(w, NR_S("f.User:3"), &name, 1);
    pks(w, "f.Post", "FILTER author__age 30", "[#1,#2]");
    pks(w, "f.User", "FILTER posts 1", "[#3]");
}

static void check_lowest(world *w)
{
    pks(w, "f.Post", "FILTER author__pk 1", "[]");
    pks(w, "f.Post", "FILTER author__pk 2", "[]");
    pks(w, "f.Post", "FILTER author__pk__isnull false", "[]");
    pks(w, "f.Post", "FILTER author__age__in '[36,20]'", "[]");
}

static void check_first(world *w)
{
    pks(w, "f.Post", "FILTER author__pk 1", "[#1,#4]");
    pks(w, "f.Post", "FILTER author__pk 2", "[]");
    pks(w, "f.Post", "FILTER author__age 20", "[]");
    pks(w, "f.User", "FILTER posts__title a", "[#1]");
    pks(w, "f.User", "FILTER posts__isnull true", "[#2,#3]");
}

static void check_second(world *w)
{
    pks(w, "f.Post", "FILTER author__pk 2", "[#1,#4]");
    pks(w, "f.Post", "FILTER author__age 20", "[#1,#4]");
    pks(w, "f.User", "FILTER posts__title a", "[#2]");
}

/* The index of a unique field does not keep others from writing a value twice. */
static void of_a_value_that_others_wrote_twice_the_lowest_key_is_meant(void **state)
{
    world *w = *state;
    nr_pair ada = {NR_S("name"), NR_S("ada")}, other = {NR_S("name"), NR_S("ida")};
    world_put(w, NR_S("f.User:2"), &ada, 1);
    both_ways(w, check_first);
    expect(w, "GET f.Post 1 FIELDS author__age", "{\"author__age\"=#36}");
    expect(w, "GET f.Post 4 WITH author FIELDS author", "{\"author\"=" ADA "}");
    world_put(w, NR_S("f.User:1"), &other, 1);
    both_ways(w, check_second);
    world_put(w, NR_S("f.User:1"), &ada, 1);
    both_ways(w, check_first);
    world_remove(w, NR_S("f.User:1"));
    both_ways(w, check_second);
    world_remove(w, NR_S("f.User:2"));
    both_ways(w, check_lowest);
}

static void targets_that_ran_out_are_meant_no_more(void **state)
{
    world *w = *state;
    w->now_us = 1000000000;
    expect(w, "SAVE f.User TTL 1 pk 1", ":1");
    pks(w, "f.Post", "FILTER author__pk 1", "[#1,#4]");
    w->now_us += 2000000;
    pks(w, "f.Post", "FILTER author__pk__isnull true", "[#1,#3,#4,#5]");
    expect(w, "GET f.Post 1 WITH author FIELDS author", "{\"author\"=nil}");
}

/* So many values come and go that the directory of them is cleared up, which gives their numbers to others. */
static void numbers_of_values_that_nobody_has_are_given_to_others(void **state)
{
    world *w = *state;
    for (int i = 0; i < 140000; i++) {
        world_dof(w, "SAVE f.User pk 2 code %d", 1000 + i);
        if (i % 1000 == 0) pks(w, "f.Post", "FILTER editor__pk__isnull false", "[#2,#4]");
    }
    pks(w, "f.Post", "FILTER editor__age 36", "[#2]");
    expect(w, "SAVE f.User pk 2 code 99", ":2");
    pks(w, "f.Post", "FILTER editor__age 20", "[#5]");
    pks(w, "f.User", "FILTER edited__isnull true", "[]");
}

/* -- on_delete, check ---------------------------------------------------------------------------------------------------------------------- */

#define ON(policy) ", \"on_delete\": \"" policy "\""

static void check_cascade(world *w, unsigned off)
{
    w->passes_off = off;
    expect(w, MODEL("c.A", NAME), "+OK");
    expect(w, MODEL("c.B", "\"a\": " FK("c.A", "name", ON("cascade") ", \"related_name\": \"bs\"") ", " NAME), "+OK");
    expect(w, MODEL("c.C", "\"b\": " FK("c.B", "name", ON("cascade"))), "+OK");
    expect(w, MODEL("c.N", "\"a\": " FK("c.A", "name", ON("set_null"))), "+OK");
    expect(w, MODEL("c.D", "\"a\": " FK("c.A", "name", ON("set_default") ", \"default\": \"z\"")), "+OK");
    expect(w, MODEL("c.X", "\"a\": " FK("c.A", "name", "")), "+OK");
    for (int i = 1; i <= 40; i++) {
        world_dof(w, "SAVE c.A name a%d", i);
        world_dof(w, "SAVE c.B a a%d name b%d", i, i);
        world_dof(w, "SAVE c.C b b%d", i);
        world_dof(w, "SAVE c.N a a%d", i);
        world_dof(w, "SAVE c.D a a%d", i);
        world_dof(w, "SAVE c.X a a%d", i);
    }
    expect(w, "SAVE c.A pk 3 name other", ":3"); /* what referred to a3 refers to nobody now */
    expect(w, "SAVE c.A pk 4 NULL name", ":4");
    expect(w, "DELETE c.A PK 1 3 4", ":5");
    pks(w, "c.C", "FILTER pk__lt 4", "[#2,#3]");
    pks(w, "c.N", "FILTER a__isnull true", "[#1]");
    pks(w, "c.D", "FILTER a z", "[#1]");
    pks(w, "c.X", "FILTER a a1", "[#1]");
    expect(w, "DELETE c.A ALL", ":111");
    pks(w, "c.B", "", "[#3,#4]");
    expect(w, "COUNT c.N FILTER a__isnull false", ":2");
    expect(w, "COUNT c.D FILTER a z", ":38");
    expect(w, "COUNT c.X FILTER a__isnull false", ":40");
    static const char *const models[] = {"c.X", "c.D", "c.N", "c.C", "c.B", "c.A"};
    for (size_t i = 0; i < COUNT(models); i++) {
        check_indexes(w, models[i]);
        world_dof(w, "MODEL DROP %s ENTITIES", models[i]);
    }
    w->passes_off = 0;
}

static void a_delete_spreads_by_the_value_that_the_entity_had(void **state)
{
    check_cascade(*state, 0);
    check_cascade(*state, NR_PASS_KEYS);
}

static void a_delete_is_stopped_by_the_value_that_the_entity_had(void **state)
{
    world *w = *state;
    expect(w, MODEL("c.P", "\"u\": " FK("f.User", "name", ON("protect"))), "+OK");
    expect(w, MODEL("c.R", "\"u\": " FK("f.User", "code", ON("restrict")) ", \"p\": " FK("f.Post", "pk", ON("cascade"))), "+OK");
    expect(w, "SAVE c.P u ada", ":1");
    expect(w, "SAVE c.R u 20 p 1", ":1");
    refuse(w, "DELETE f.User PK 1", "PROTECTED", "c.P '1' refers to f.User 'ada' by 'u' with on_delete protect");
    refuse(w, "DELETE f.User PK 2", "PROTECTED", "c.R '1' refers to f.User '20' by 'u' with on_delete restrict");
    expect(w, "SAVE f.User pk 1 name ida", ":1");
    expect(w, "DELETE f.User PK 1", ":1");
    expect(w, "DELETE f.Post PK 1", ":2");
    expect(w, "DELETE f.User PK 2", ":1");
}

static void of_two_with_one_value_the_one_that_is_meant_takes_along(void **state)
{
    world *w = *state;
    nr_pair ada = {NR_S("name"), NR_S("ada")};
    expect(w, MODEL("c.B", "\"u\": " FK("f.User", "name", ON("cascade"))), "+OK");
    expect(w, "SAVE c.B u ada", ":1");
    for (int i = 0; i < BLANKS; i++) world_do(w, "SAVE c.B NULL u");
    world_put(w, NR_S("f.User:2"), &ada, 1);
    expect(w, "DELETE f.User PK 2", ":1");
    world_put(w, NR_S("f.User:3"), &ada, 1);
    w->passes_off = NR_PASS_KEYS;
    expect(w, "DELETE f.User PK 3", ":1");
    expect(w, "DELETE f.User PK 1", ":2");
}

static void check_looks_for_the_value(void **state)
{
    world *w = *state;
    expect(w, MODEL("c.B", NAME ", \"u\": " FK("f.User", "name", ", \"check\": true") ", \"up\": " FK("self", "name", ", \"check\": true")), "+OK");
    refuse(w, "SAVE c.B u zoe", "NOTFOUND", "field 'u' of c.B: f.User has no entity with 'name' 'zoe'");
    refuse(w, "SAVE c.B u 1", "NOTFOUND", "'1'");
    expect(w, "SAVE c.B u ada name b1", ":1");
    expect(w, "SAVE c.B name b2 up b2", ":2");
    expect(w, "SAVE c.B JSON '[{\"name\": \"b3\", \"up\": \"b4\"}, {\"name\": \"b4\", \"up\": \"b1\"}]'", "[:3,:4]");
    refuse(w, "SAVE c.B JSON '[{\"pk\": 1, \"name\": \"c1\"}, {\"name\": \"b5\", \"up\": \"b1\"}]'", "NOTFOUND",
           "c.B has no entity with 'name' 'b1'");
    expect(w, "SAVE c.B JSON '[{\"pk\": 1, \"name\": \"b2\"}, {\"pk\": 2, \"name\": \"b1\"}, {\"name\": \"b5\", \"up\": \"b1\"}]'", "[:1,:2,:5]");
    expect(w, "SAVE f.User pk 1 name ida", ":1");
    expect(w, "SAVE c.B pk 1 u ada", ":1"); /* it stays as it was */
    refuse(w, "SAVE c.B pk 2 u ada", "NOTFOUND", "'ada'");
    expect(w, "SAVE c.B pk 2 u ida", ":2");
    world_remove(w, NR_S("f.User:1"));
    world_settle(w);
    refuse(w, "SAVE c.B pk 3 u ida", "NOTFOUND", "'ida'");
    expect(w, MODEL("c.D", "\"u\": " FK("f.User", "name", ", \"check\": true, \"on_delete\": \"set_default\", \"default\": \"eva\"")), "+OK");
    expect(w, "SAVE c.D u eva", ":1");
    refuse(w, "DELETE f.User PK 2", "NOTFOUND", "field 'u' of c.D: f.User has no entity with 'name' 'eva'");
    world_restart(w);
    expect(w, "SAVE c.D u eva", ":2");
    refuse(w, "SAVE c.D u ada", "NOTFOUND", "'ada'");
}

/* -- m2m ----------------------------------------------------------------------------------------------------------------------------------- */

static void relations_are_held_by_values_too(void **state)
{
    world *w = *state;
    expect(w, MODEL("r.Tag", NAME ", \"exact\": {\"type\": \"int\", \"null\": true}"), "+OK");
    expect(w,
           "MODEL SET r.Link '{\"fields\": {\"user\": {\"type\": \"fk\", \"to\": \"r.User\", \"to_field\": \"name\"}, "
           "\"tag\": {\"type\": \"fk\", \"to\": \"r.Tag\", \"to_field\": \"name\"}}, \"unique_together\": [[\"user\", \"tag\"]]}'",
           "+OK");
    expect(w, MODEL("r.User", NAME ", \"tags\": {\"type\": \"m2m\", \"to\": \"r.Tag\", \"through\": \"r.Link\", \"related_name\": \"users\"}"),
           "+OK");
    for (int i = 1; i <= 30; i++) world_dof(w, "SAVE r.Tag name t%d exact %d", i, i);
    expect(w, "SAVE r.User name ada", ":1");
    expect(w, "SAVE r.User name eva", ":2");
    expect(w, "SAVE r.User NULL name", ":3");
    expect(w, "RELATE r.User 1 tags ADD 1 2", ":2");
    expect(w, "RELATE r.User 1 tags ADD 2 3", ":1");
    expect(w, "RELATE r.Tag 2 users ADD 1 2", ":1");
    expect(
        w, "QUERY r.Link ORDER pk FIELDS user tag",
        "[{\"user\"=\"ada\",\"tag\"=\"t1\"},{\"user\"=\"ada\",\"tag\"=\"t2\"},{\"user\"=\"ada\",\"tag\"=\"t3\"},{\"user\"=\"eva\",\"tag\"=\"t2\"}]");
    pks(w, "r.User", "FILTER tags t2", "[#1,#2]");
    pks(w, "r.User", "FILTER tags__pk 3", "[#1]");
    pks(w, "r.User", "FILTER tags__exact__lt 2", "[#1]");
    pks(w, "r.Tag", "FILTER users eva", "[#2]");
    expect(w, "QUERY r.User FIELDS pk ORDER pk LIMIT 1 1 PREFETCH tags", "[{\"pk\"=#2,\"tags\"=[{\"id\"=#2,\"name\"=\"t2\",\"exact\"=#2}]}]");
    refuse(w, "RELATE r.User 3 tags ADD 1", "NOTNULL", "r.User '3' has no 'name', by which 'user' of r.Link refers to it");
    refuse(w, "RELATE r.User 1 tags ADD 99", "NOTFOUND", "r.Tag has no entity '99'");
    expect(w, "RELATE r.User 1 tags REMOVE 3 4", ":1");
    expect(w, "RELATE r.User 1 tags SET 1 5 6", ":3");
    pks(w, "r.Tag", "FILTER users__pk 1", "[#1,#5,#6]");
    expect(w, "RELATE r.User 1 tags SET 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", ":17");
    expect(w, "RELATE r.User 1 tags REMOVE 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 30", ":18");
    expect(w, "RELATE r.User 1 tags CLEAR", ":2");
    pks(w, "r.Tag", "FILTER users__isnull false", "[#2]");
}

static void a_relation_to_a_model_with_a_field_that_is_called_as_a_lookup(void **state)
{
    world *w = *state;
    expect(w, MODEL("r.T", "\"exact\": {\"type\": \"int\", \"null\": true}"), "+OK");
    expect(w, MODEL("r.U", "\"exact\": {\"type\": \"int\", \"null\": true}, \"ts\": {\"type\": \"m2m\", \"to\": \"r.T\"}"), "+OK");
    expect(w, "SAVE r.T exact 7", ":1");
    expect(w, "SAVE r.U exact 8", ":1");
    expect(w, "RELATE r.U 1 ts ADD 1", ":1");
    expect(w, "RELATE r.U 1 ts ADD 1", ":0");
    expect(w, "RELATE r.U 1 ts REMOVE 1", ":1");
}

/* -- definitions --------------------------------------------------------------------------------------------------------------------------- */

static void definitions_that_cannot_be_are_refused(void **state)
{
    world *w = *state;
    refuse(w, MODEL("c.B", "\"u\": " FK("f.User", "nam", "")), "BADVALUE", "fields.u.to_field: no field 'nam' in f.User; did you mean 'name'?");
    refuse(w, MODEL("c.B", "\"u\": " FK("f.User", "age", "")), "BADVALUE",
           "fields.u.to_field: 'age' of f.User is not unique; expected its primary key or a field with \"unique\": true");
    refuse(w, MODEL("c.B", "\"u\": " FK("f.User", "", "")), "BADVALUE", "fields.u.to_field: ");
    refuse(w, MODEL("c.B", "\"u\": " FK("f.User", "a__b", "")), "BADVALUE", "fields.u.to_field: ");
    refuse(w, MODEL("c.B", "\"u\": " FK("self", "u", "")), "BADVALUE", "fields.u.to_field: 'u' of c.B is not unique");
    refuse(w, MODEL("c.B", "\"u\": {\"type\": \"onetoone\", \"to\": \"self\", \"to_field\": \"u\"}"), "BADVALUE", "in a circle");
    refuse(w, MODEL("c.B", "\"u\": {\"type\": \"m2m\", \"to\": \"f.User\", \"to_field\": \"name\"}"), "BADVALUE", "to_field");
    refuse(w, MODEL("c.B", "\"u\": " FK("f.User", "code", ", \"default\": \"x\"")), "BADVALUE", "fields.u.default: field 'u' got 'x'");
    expect(w, MODEL("c.E", "\"k\": {\"type\": \"list\", \"of\": " FK("f.User", "code", "") "}"), "+OK");
    refuse(w, MODEL("c.F", "\"k\": {\"type\": \"list\", \"of\": " FK("f.User", "age", "") "}"), "BADVALUE",
           "fields.k.of.to_field: 'age' of f.User is not unique");
    refuse(w, "SAVE c.E k '[\"x\"]'", "BADVALUE", "field 'k'");
    expect(w, "SAVE c.E k '[10]'", ":1");
}

static void a_target_that_comes_later_has_to_be_fit(void **state)
{
    world *w = *state;
    expect(w, MODEL("c.B", "\"u\": " FK("c.U", "name", "")), "+OK");
    expect(w, "SAVE c.B NULL u", ":1");
    refuse(w, "SAVE c.B u x", "NOMODEL", "c.U");
    refuse(w, MODEL("c.U", "\"x\": {\"type\": \"int\"}"), "BADVALUE", "c.B refers to c.U: fields.u.to_field: no field 'name' in c.U");
    refuse(w, MODEL("c.U", "\"name\": {\"type\": \"char\"}"), "BADVALUE", "c.B refers to c.U: fields.u.to_field: 'name' of c.U is not unique");
    expect(w, MODEL("c.U", NAME), "+OK");
    expect(w, "SAVE c.B u x", ":2");
    expect(w, MODEL("c.P", "\"q\": {\"type\": \"onetoone\", \"null\": true, \"to\": \"c.Q\", \"to_field\": \"p\"}"), "+OK");
    refuse(w, MODEL("c.Q", "\"p\": {\"type\": \"onetoone\", \"null\": true, \"to\": \"c.P\", \"to_field\": \"q\"}"), "BADVALUE", "in a circle");
}

static void what_a_reference_holds_has_to_stay(void **state)
{
    world *w = *state;
    expect(w, MODEL("c.U", NAME ", \"n\": {\"type\": \"int\", \"unique\": true, \"null\": true}"), "+OK");
    expect(w, MODEL("c.B", "\"u\": " FK("c.U", "name", "")), "+OK");
    refuse(w, MODEL("c.U", "\"n\": {\"type\": \"int\", \"unique\": true, \"null\": true}"), "PROTECTED",
           "'name' of c.U has to stay, unique and of its type: c.B refers to it");
    refuse(w, MODEL("c.U", "\"name\": {\"type\": \"char\"}"), "PROTECTED", "'name' of c.U");
    refuse(w, MODEL("c.U", "\"name\": {\"type\": \"int\", \"unique\": true}"), "PROTECTED", "'name' of c.U");
    expect(w, "MODEL SET c.U '{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"char\"}, " NAME "}}'", "+OK"); /* nobody holds its primary key */
    expect(w, "MODEL SET c.U '{\"pk\": \"name\", \"fields\": {\"name\": {\"type\": \"char\"}}}'", "+OK");
    expect(w, "SAVE c.U name x", "\"x\"");
    expect(w, "SAVE c.B u x", ":1");
    pks(w, "c.B", "FILTER u__pk x", "[#1]");
    world_restart(w);
    refuse(w, MODEL("c.B", "\"u\": " FK("c.U", "pk", "") ", \"v\": " FK("c.U", "no", "")), "BADVALUE", "fields.v.to_field: no field 'no'");
    expect(w, MODEL("c.B", "\"u\": " FK("c.U", "pk", "")), "+OK");
    expect(w, MODEL("c.B", "\"u\": {\"type\": \"fk\", \"to\": \"c.U\", \"null\": true}"), "+OK");
    refuse(w, "MODEL DROP c.U ENTITIES", "PROTECTED", "c.B");
    refuse(w,
           MODEL("f.Post",
                 "\"title\": {\"type\": \"char\", \"null\": true}, \"editor\": " FK(
                     "f.User", "code", ", \"related_name\": \"edited\"") ", \"author\": {\"type\": \"fk\", \"to\": \"f.User\", \"null\": true}"),
           "BADVALUE", "fields.author.");
}

/* Its id in the schema is another one then; what refers is not told. */
static void fields_of_the_target_change_their_places(void **state)
{
    world *w = *state;
    pks(w, "f.Post", "FILTER author__age 36", "[#1,#4]");
    expect(w,
           MODEL("f.User", "\"new\": {\"type\": \"int\", \"default\": 4}, \"age\": {\"type\": \"int\", \"null\": true}, \"code\": {\"type\": "
                           "\"int\", \"unique\": true, \"null\": true}, " NAME),
           "+OK");
    pks(w, "f.Post", "FILTER author__age 36", "[#1,#4]");
    pks(w, "f.Post", "FILTER editor__new 4", "[#1,#2,#4]");
    expect(w, "SAVE f.User pk 1 name ida", ":1");
    pks(w, "f.Post", "FILTER author__age 36", "[]");
    expect(w,
           MODEL("f.User", NAME ", \"new\": {\"type\": \"int\", \"default\": 4}, \"age\": {\"type\": \"int\", \"null\": true}, \"code\": {\"type\": "
                                "\"int\", \"unique\": true, \"null\": true}, \"more\": {\"type\": \"int\", \"unique\": true, \"null\": true}"),
           "+OK");
    expect(w, MODEL("c.M", "\"m\": " FK("f.User", "more", "")), "+OK");
    expect(w, "SAVE c.M m 5", ":1");
    pks(w, "c.M", "FILTER m__pk__isnull true", "[#1]");
    expect(w, "SAVE f.User pk 3 more 5", ":3");
    pks(w, "c.M", "FILTER m__pk 3", "[#1]");
    pks(w, "f.Post", "FILTER editor__age 30", "[#4]");
}

static void a_reference_to_a_reference_holds_what_that_holds(void **state)
{
    world *w = *state;
    expect(w, MODEL("c.One", "\"user\": {\"type\": \"onetoone\", \"to\": \"f.User\", \"to_field\": \"code\"}"), "+OK");
    expect(w, MODEL("c.Two", "\"one\": " FK("c.One", "user", "")), "+OK");
    expect(w, "SAVE c.One user 20", ":1");
    expect(w, "SAVE c.Two one 20", ":1");
    expect(w, "SAVE c.Two one 77", ":2");
    expect(w, "GET c.Two 1", "{\"id\"=#1,\"one\"=#20}");
    pks(w, "c.Two", "FILTER one__user 77", "[#2]");
    pks(w, "c.Two", "FILTER one__user__code 77", "[#2]");
    pks(w, "c.Two", "FILTER one__user__code__gt 20", "[#2]");
    pks(w, "c.Two", "FILTER one__user__name eva", "[#1]");
    pks(w, "c.Two", "FILTER one__pk 1", "[#1]");
    pks(w, "f.User", "FILTER one__two 1", "[#2]");
    expect(w, "MODEL SET c.Key '{\"pk\": \"user\", \"fields\": {\"user\": {\"type\": \"onetoone\", \"to\": \"f.User\", \"to_field\": \"name\"}}}'",
           "+OK");
    expect(w, MODEL("c.Of", "\"key\": {\"type\": \"fk\", \"to\": \"c.Key\"}"), "+OK");
    expect(w, "SAVE c.Key user ada", "\"ada\"");
    expect(w, "SAVE c.Of key ada", ":1");
    pks(w, "c.Of", "FILTER key__user__age 36", "[#1]");
    pks(w, "c.Of", "FILTER key__pk__name ada", "[#1]");
    pks(w, "f.User", "FILTER key__of 1", "[#1]");
    pks(w, "f.User", "FILTER key ada", "[#1]");
}

/* What its own reference leads to is not there yet: nobody can hold a value of it. */
static void a_delete_where_references_hold_what_has_no_type_yet_ends_the_server(void **state)
{
    world *w = *state;
    expect(w, MODEL("k.A", "\"x\": {\"type\": \"fk\", \"to\": \"k.Later\", \"null\": true, \"unique\": true}"), "+OK");
    expect(w, MODEL("k.B", "\"a\": " FK("k.A", "x", ", \"on_delete\": \"cascade\"") ", \"b\": " FK("k.A", "x", ", \"related_name\": \"bs\", \"on_delete\": \"protect\"")), "+OK");
    expect(w, "SAVE k.A pk 1", ":1");
    expect(w, "SAVE k.A pk 2", ":2");
    expect(w, "SAVE k.B pk 1", ":1");
    expect(w, "DELETE k.A PK 1", ":1");
    expect(w, "DELETE k.A ALL", ":1");
    expect(w, "SAVE k.A pk 3", ":3");
    expect(w, MODEL("k.Later", "\"n\": {\"type\": \"int\", \"null\": true}"), "+OK");
    expect(w, "SAVE k.A pk 3 x 7", ":3");
    expect(w, "SAVE k.B pk 1 a 7", ":1");
    expect(w, "DELETE k.A ALL", ":2");
}

static void a_path_back_over_a_reference_that_has_no_type_yet_ends_the_server(void **state)
{
    world *w = *state;
    expect(w, MODEL("k.A", "\"x\": {\"type\": \"fk\", \"to\": \"k.Later\", \"null\": true, \"unique\": true}"), "+OK");
    expect(w, MODEL("k.B", "\"a\": " FK("k.A", "x", ", \"related_name\": \"bs\"")), "+OK");
    expect(w, "SAVE k.A pk 1", ":1");
    expect(w, "SAVE k.B pk 1", ":1");
    refuse(w, "QUERY k.A FILTER bs__isnull 1", "NOMODEL", "'a'");
    refuse(w, "EXPLAIN QUERY k.A FILTER bs__isnull 1", "NOMODEL", "'a'");
    refuse(w, "COUNT k.A EXCLUDE bs 1", "NOMODEL", "'a'");
    refuse(w, "AGGREGATE k.A GROUPBY bs__pk COUNT *", "NOMODEL", "'a'");
    refuse(w, "QUERY k.A PREFETCH bs", "NOMODEL", "'a'");
    expect(w, MODEL("k.Later", "\"n\": {\"type\": \"int\", \"null\": true}"), "+OK");
    expect(w, "COUNT k.A FILTER bs__isnull 1", ":1");
}

static void a_copy_ends_up_the_same(void **state)
{
    world *w = *state, replica;
    world_open(&replica);
    w->replica = &replica;
    expect(w, MODEL("c.U", NAME), "+OK");
    expect(w, MODEL("c.B", "\"u\": " FK("c.U", "name", ON("cascade") ", \"check\": true")), "+OK");
    expect(w, "SAVE c.U name a", ":1");
    expect(w, "SAVE c.B u a", ":1");
    expect(w, "SAVE c.U pk 1 name b", ":1");
    expect(w, "SAVE c.B u b", ":2");
    pks(&replica, "c.B", "FILTER u__pk 1", "[#2]");
    expect(w, "DELETE c.U PK 1", ":2");
    pks(&replica, "c.B", "", "[#1]");
    check_indexes(&replica, "c.B");
    w->replica = NULL;
    world_close(&replica);
}

#define USERS(name) cmocka_unit_test_setup_teardown(name, set_up_users, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        USERS(a_reference_has_the_type_of_what_it_holds),
        USERS(paths_lead_by_value_both_ways),
        USERS(fields_order_and_groups_go_through_them),
        USERS(related_entities_are_found_by_value),
        USERS(queries_as_operands),
        USERS(a_reference_stays_with_the_value_when_its_target_gets_another),
        USERS(what_others_write_into_the_target_counts),
        USERS(of_a_value_that_others_wrote_twice_the_lowest_key_is_meant),
        USERS(targets_that_ran_out_are_meant_no_more),
        USERS(numbers_of_values_that_nobody_has_are_given_to_others),
        EMPTY(a_delete_spreads_by_the_value_that_the_entity_had),
        USERS(a_delete_is_stopped_by_the_value_that_the_entity_had),
        USERS(of_two_with_one_value_the_one_that_is_meant_takes_along),
        USERS(check_looks_for_the_value),
        EMPTY(relations_are_held_by_values_too),
        EMPTY(a_delete_where_references_hold_what_has_no_type_yet_ends_the_server),
        EMPTY(a_path_back_over_a_reference_that_has_no_type_yet_ends_the_server),
        EMPTY(a_relation_to_a_model_with_a_field_that_is_called_as_a_lookup),
        USERS(definitions_that_cannot_be_are_refused),
        USERS(a_target_that_comes_later_has_to_be_fit),
        USERS(what_a_reference_holds_has_to_stay),
        USERS(fields_of_the_target_change_their_places),
        USERS(a_reference_to_a_reference_holds_what_that_holds),
        USERS(a_copy_ends_up_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
