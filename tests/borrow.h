/* borrow.h -- for the tests of indexes along references: posts by authors from cities, and the same question by the index, by a join, and at rest. */
#ifndef BORROW_H
#define BORROW_H

#include "engine_check.h"
#include "plan/passes.h"

#define FK(to, more) "{\"type\": \"fk\", \"to\": \"" to "\", \"null\": true" more "}"

static const char *const town[] = {
    "MODEL SET b.City '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}}}'",
    "MODEL SET b.User '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true}, \"age\": {\"type\": \"int\", \"null\": true}, \"city\": " FK("b.City", "") "}}'",
    "MODEL SET b.Post '{\"fields\": {\"title\": {\"type\": \"char\", \"null\": true}, \"author\": " FK("b.User", "") "}}'",
    "SAVE b.City JSON '[{\"name\": \"Oslo\"}, {\"name\": \"Rome\"}]'",
    "SAVE b.User JSON '[{\"name\": \"Ann\", \"age\": 30, \"city\": 1}, {\"name\": \"bob\", \"age\": 40, \"city\": 2}, {\"name\": \"Cy\"}]'",
    "SAVE b.Post JSON '[{\"title\": \"a\", \"author\": 1}, {\"title\": \"b\", \"author\": 1}, {\"title\": \"c\", \"author\": 2}, {\"title\": \"d\"}, {\"author\": 9}]'",
    "INDEX CREATE b.Post author__name iexact exact",
    "INDEX CREATE b.Post author__age lt",
    "INDEX CREATE b.Post author__city__name exact isnull",
};

static inline int set_up_town(void **state)
{
    set_up(state);
    for (size_t i = 0; i < COUNT(town); i++)
        if (world_do(*state, town[i])[0] == '-') fail_msg("%s: %s", town[i], ((world *)*state)->reply.p);
    return 0;
}

#define TOWN(name) cmocka_unit_test_setup_teardown(name, set_up_town, tear_down)

static inline void check_all(world *w)
{
    check_indexes(w, "b.City");
    check_indexes(w, "b.User");
    check_indexes(w, "b.Post");
}

/* The posts that a filter finds, with and without its index, after the store is at rest too. */
static inline void posts(world *w, const char *filter, const char *want)
{
    for (int i = 0; i < 4; i++) {
        if (i == 2) world_settle(w);
        w->passes_off = i % 2 ? NR_PASS_BORROWED : 0;
        const char *got = world_dof(w, "QUERY b.Post %s ORDER pk FIELDS pk FLAT", filter);
        if (strcmp(got, want) != 0) fail_msg("%s, %s%s\n  gives %s\n  not   %s", filter, i % 2 ? "a join" : "an index", i > 1 ? ", at rest" : "", got, want);
    }
    w->passes_off = 0;
    check_all(w);
}

static inline void explains(world *w, const char *query, const char *line)
{
    const char *got = world_dof(w, "EXPLAIN %s", query);
    if (!strstr(got, line)) fail_msg("EXPLAIN %s\n  says %s\n  without %s", query, got, line);
}

#endif
