/* schema_world.h -- for tests of definitions: a few models that find each other, and assertions about texts. */
#ifndef SCHEMA_WORLD_H
#define SCHEMA_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/schema.h"

#define UNUSED __attribute__((unused))

enum { MODELS_MAX = 16 };

typedef struct world {
    nr_arena arenas[MODELS_MAX];
    const nr_schema *models[MODELS_MAX];
    size_t n;
    nr_err err; /* of the last parse or resolve */
} world;

static const nr_schema *find_model(void *ctx, nr_slice name)
{
    const world *w = ctx;
    for (size_t i = 0; i < w->n; i++)
        if (w->models[i] && nr_slice_eq(w->models[i]->name, name)) return w->models[i];
    return NULL;
}

/* JSON with ' for ". */
static nr_slice json(nr_arena *a, const char *text)
{
    nr_slice s = nr_arena_copy(a, nr_slice_of(text));
    char *p = nr_arena_alloc(a, s.n + 1);
    for (size_t i = 0; i <= s.n; i++) p[i] = (char)(s.p[i] == '\'' ? '"' : s.p[i]);
    return (nr_slice){p, s.n};
}

static nr_schema *parse(world *w, const char *name, const char *text)
{
    assert_true(w->n < MODELS_MAX);
    nr_arena *a = &w->arenas[w->n];
    nr_arena_init(a, nr_env_libc());
    nr_err_clear(&w->err);
    nr_schema *s = nr_schema_parse(nr_slice_of(name), json(a, text), find_model, w, a, &w->err);
    assert_true((s == NULL) == (w->err.code != NR_OK));
    w->models[w->n++] = s;
    return s;
}

static bool resolve(world *w, nr_schema *s)
{
    nr_err_clear(&w->err);
    bool ok = nr_schema_resolve(s, find_model, w, &w->err);
    assert_true(ok == (w->err.code == NR_OK));
    return ok;
}

/* Parsed and resolved; the reason is printed when it is not. */
UNUSED static nr_schema *define(world *w, const char *name, const char *text)
{
    nr_schema *s = parse(w, name, text);
    if (!s || !resolve(w, s)) fail_msg("%s: %s", text, w->err.msg);
    return s;
}

static void clear(world *w)
{
    for (size_t i = 0; i < w->n; i++) nr_arena_clear(&w->arenas[i]);
    *w = (world){0};
}

UNUSED static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("\"%s\" is not in \"%s\"", part, text);
}

UNUSED static void assert_slice(nr_slice got, const char *want)
{
    if (!nr_slice_is(got, want)) fail_msg("got '%.*s', want '%s'", NR_FMT(got), want);
}

typedef struct refusal {
    const char *text;
    nr_code code;
    const char *says;
} refusal;

/* A definition of one field x. */
#define FIELD(options) "{'fields': {'x': {" options "}}}"

#endif
