/* inherit.h -- for the tests of models that extend concrete ones: places, restaurants and pizzerias in a world and in a copy that hears all of it. */
#ifndef INHERIT_H
#define INHERIT_H

#include "engine_check.h"

#define NAME "\"name\": {\"type\": \"char\", \"max_length\": 20, \"index\": true}"
#define SLUG "\"slug\": {\"type\": \"slug\", \"unique\": true, \"null\": true}"
#define CITY "\"city\": {\"type\": \"fk\", \"to\": \"i.City\", \"null\": true, \"on_delete\": \"protect\"}"
#define SEATS "\"seats\": {\"type\": \"int\", \"default\": 10}"
#define PLACE NAME ", " SLUG ", " CITY ", " SEATS ", \"tags\": {\"type\": \"m2m\", \"to\": \"i.City\", \"related_name\": \"tagged\"}"

static inline void define(world *w, const char *name, const char *document)
{
    const char *got = world_dof(w, "MODEL SET %s '%s'", name, document);
    if (strcmp(got, "+OK") != 0) fail_msg("MODEL SET %s %s: %s", name, document, got);
}

/* i.City <- i.Place <= i.Restaurant <= i.Pizzeria, i.Place <= i.Bar, i.Review -> i.Place */
static inline void define_all(world *w)
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

static inline int set_up_pair(void **state)
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

static inline int tear_down_pair(void **state)
{
    pair *p = *state;
    world_close(&p->w);
    world_close(&p->copy);
    free(p);
    return 0;
}

/* All indexes say what the hashes do, here and on the copy, which has the same keys. */
static inline void sound(pair *p)
{
    static const char *const models[] = {"i.City", "i.Place", "i.Restaurant", "i.Pizzeria", "i.Bar", "i.Review", "i.Visit", "i.Place_tags"};
    world_settle(&p->w);
    for (size_t i = 0; i < COUNT(models); i++) check_indexes(&p->w, models[i]);
    if (world_digest(&p->w) != world_digest(&p->copy)) fail_msg("the copy differs");
    world_restart(&p->copy);
    for (size_t i = 0; i < COUNT(models); i++) check_indexes(&p->copy, models[i]);
}

/* 1 a place, 2 and 3 restaurants, 4 a pizzeria, 5 a bar. */
static inline void fill(world *w)
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

static inline void ask_all(world *w, const question *all, size_t n)
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

#define PAIR(name) cmocka_unit_test_setup_teardown(name, set_up_pair, tear_down_pair)

#endif
