/* oracle_game.c -- running commands in a round of the oracle, and what is printed when answers differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "oracle_game.h"

void differ(game *g, const oargs *command, const char *got, const char *want, const char *what)
{
    text line = {0}, plan = {0};
    oargs_print(command, &line);
    if (command->n + 1 < OARGS_MAX) {
        oargs explain = {.arena = &g->arena};
        oargs_word(&explain, "EXPLAIN");
        for (size_t i = 0; i < command->n; i++) oargs_add(&explain, command->at[i]);
        text_add(&plan, nr_slice_of(world_run(&g->w, explain.at, explain.n)));
    }
    fprintf(stderr, "SEED=%llu\n", (unsigned long long)g->seed);
    for (size_t i = 0; i < g->n_models; i++) fprintf(stderr, "  %s: %s\n", g->models[i].name, g->definitions[i].p ? g->definitions[i].p : "");
    fprintf(stderr, "  %s\n  %s\n  engine %s\n  oracle %s\n  plan   %s\n", what, line.p ? line.p : "", got, want, plan.p ? plan.p : "");
    if (g->query) shrink(g, g->asked, g->query);
    fail_msg("SEED=%llu N=1 repeats it", (unsigned long long)g->seed); /* which has no room for the rest */
    abort();
}

const char *run(game *g, const oargs *a)
{
    world_run(&g->w, a->at, a->n);
    return nr_arena_copy(&g->arena, (nr_slice){g->w.reply.p, g->w.reply.n}).p;
}

oargs command(game *g, const char *word, const omodel *m)
{
    oargs a = {.arena = &g->arena};
    oargs_word(&a, word);
    oargs_word(&a, m->name);
    return a;
}

omodel *some_model(game *g, unsigned percent)
{
    return &g->models[dice_chance(&g->d, percent) ? 1 : dice_below(&g->d, g->n_models)];
}

void expect_reply(game *g, const oargs *a, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) differ(g, a, got, want, "the answers differ");
    g->compared++;
}
