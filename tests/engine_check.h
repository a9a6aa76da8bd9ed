/* engine_check.h -- what the tests of the facade share: a world with or without a model of posts, and assertions about the reply to a command. */
#ifndef ENGINE_CHECK_H
#define ENGINE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/store_mem.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char post[] =
    "MODEL SET b.Post '{\"fields\": {\"title\": {\"type\": \"char\", \"index\": true, \"null\": true}, "
    "\"slug\": {\"type\": \"slug\", \"unique\": true, \"null\": true}, \"views\": {\"type\": \"int\", \"default\": 0}, "
    "\"rating\": {\"type\": \"decimal\", \"max_digits\": 5, \"decimal_places\": 2, \"null\": true}, "
    "\"score\": {\"type\": \"float\", \"null\": true, \"index\": [\"lt\"]}, \"live\": {\"type\": \"bool\", \"default\": true}, "
    "\"tag\": {\"type\": \"char\", \"null\": true, \"index\": [\"exact\"]}}}'";

static inline int set_up(void **state)
{
    world *w = malloc(sizeof *w);
    world_open(w);
    *state = w;
    return w ? 0 : 1;
}

static inline int set_up_posts(void **state)
{
    set_up(state);
    return strcmp(world_do(*state, post), "+OK");
}

static inline int tear_down(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

static inline void expect(world *w, const char *command, const char *reply)
{
    const char *got = world_do(w, command);
    if (strcmp(got, reply) != 0) fail_msg("%s\n  replies %s\n  not     %s", command, got, reply);
}

/* The reply is an error that begins with the code and has the words in it; nothing has changed. */
static inline void refuse(world *w, const char *command, const char *code, const char *words)
{
    uint64_t before = world_digest(w);
    const char *got = world_do(w, command);
    size_t n = strlen(code);
    if (got[0] != '-' || strncmp(got + 1, code, n) != 0 || got[n + 1] != ' ') fail_msg("%s\n  replies %s\n  not %s", command, got, code);
    if (!strstr(got, words)) fail_msg("%s\n  replies %s\n  without \"%s\"", command, got, words);
    if (world_digest(w) != before) fail_msg("%s\n  failed, and changed the store", command);
    if (w->replicated.n) fail_msg("%s\n  failed, and was replicated", command);
}

static inline void check_indexes(world *w, const char *model)
{
    const char *got = world_dof(w, "INDEX CHECK %s", model);
    if (strcmp(got, "[]") != 0) fail_msg("INDEX CHECK %s: %s", model, got);
}

#define POSTS(name) cmocka_unit_test_setup_teardown(name, set_up_posts, tear_down)
#define EMPTY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
