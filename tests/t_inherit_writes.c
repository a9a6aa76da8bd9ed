/* t_inherit_writes.c -- models that extend concrete ones: what is written, runs out and goes does so in all rows of an entity, whatever others do to one of its hashes. */
#include "inherit.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
