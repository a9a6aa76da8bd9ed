/* t_oracle.c -- the engine against the oracle: random definitions, writes and queries; every answer is compared, every failure must be one that the
 * oracle foresees and change nothing. Others write entities too, and remove indexes. After each batch of writes every index is checked, and a
 * replica that got what was replicated must have the same store.
 *
 * N: queries to compare (100,000). SEED: of the first round; each round has the next one. A difference names its round's seed: SEED=<that> N=1
 * repeats it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "oracle_game.h"
#include "plan/passes.h"
#include "query/lookup.h"

/* -- rounds ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct scale {
    int steps, writes, queries;
    size_t most;    /* rows a batch */
    unsigned build; /* per cent of the queries: a slice of a build, or a write in its middle, comes before */
} scale;

/* Whatever the planner does not do, the answer stays. */
static unsigned passes_off(dice *d)
{
    if (dice_chance(d, 60)) return 0;
    if (dice_chance(d, 10)) return NR_PASSES_ALL;
    return dice_chance(d, 60) ? nr_passes[dice_below(d, NR_PASSES)].pass : (unsigned)(dice_roll(d) & NR_PASSES_ALL);
}

/* Indexes are asked for between the queries and built meanwhile, slice by slice, as a server does between commands. */
static void ask(game *g, const scale *s)
{
    omodel *m = &g->models[1];
    if (dice_chance(&g->d, s->build)) change_indexes(g, m);
    for (int i = 0; i < s->queries; i++) {
        if (dice_chance(&g->d, s->build)) world_build(&g->w, 0);
        if (dice_chance(&g->d, s->build / 5)) write_one(g, s->most);
        g->w.passes_off = passes_off(&g->d);
        compare_one(g);
        g->w.passes_off = 0;
    }
}

static void play(game *g, const scale *s)
{
    g->d.state = (g->seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 5; i++) dice_roll(&g->d);
    nr_arena_init(&g->arena, nr_env_libc());
    world_open(&g->w);
    world_open(&g->replica);
    g->w.replica = &g->replica;
    if (dice_chance(&g->d, 10)) g->w.unindexed = NR_UNINDEXED_AUTO;
    g->n_models = 2 + dice_below(&g->d, 2);
    random_models(&g->d, &g->arena, g->models, g->n_models, s->most > 100);
    for (size_t i = 0; i < g->n_models; i++) define(g, i);
    for (int step = 0; step < s->steps; step++) {
        for (int i = 0; i < s->writes; i++) write_one(g, s->most);
        if (dice_chance(&g->d, 80)) check_stores(g);
        ask(g, s);
    }
    world_close(&g->w);
    world_close(&g->replica);
    nr_arena_clear(&g->arena);
    for (size_t i = 0; i < g->n_models; i++) omodel_clear(&g->models[i]);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

/* Rows by the thousand now and then: more than a batch of the operators holds. */
static void every_answer_is_that_of_the_oracle(void **state)
{
    static const scale small = {12, 10, 24, 9, 10}, large = {4, 14, 60, 900, 60};
    game *g = calloc(1, sizeof *g);
    uint64_t n = number_of("N", 100000);
    (void)state;
    assert_non_null(g);
    g->seed = number_of("SEED", 1);
    printf("# SEED=%llu N=%llu\n", (unsigned long long)g->seed, (unsigned long long)n);
    for (; g->compared < n; g->seed++) play(g, g->seed % 60 == 0 ? &large : &small);
    printf("# %llu queries compared, up to SEED=%llu\n", (unsigned long long)g->compared, (unsigned long long)g->seed - 1);
    free(g->scratch.rows);
    free(g->want.p);
    for (size_t i = 0; i < OM_MAX; i++) free(g->definitions[i].p);
    free(g);
}

static bool has_lookup(const char *name)
{
    size_t i = 0;
    while (olookups[i].name && strcmp(olookups[i].name, name) != 0) i++;
    return olookups[i].name != NULL;
}

static bool has_transform(const char *name)
{
    size_t i = 0;
    while (otransforms[i].name && strcmp(otransforms[i].name, name) != 0) i++;
    return otransforms[i].name != NULL;
}

/* What it does not know it never asks, and says nothing of. */
static void the_oracle_knows_every_type_transform_and_lookup(void **state)
{
    size_t at = 0;
    (void)state;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        if (!has_lookup(l->name)) fail_msg("the oracle has no lookup %s", l->name);
    for (const nr_transform *t = nr_transforms; t->name; t++)
        if (!has_transform(t->name)) fail_msg("the oracle has no transform %s", t->name);
    for (const nr_type *const *t = nr_types; *t; t++)
        if (!((*t)->flags & NR_TF_RELATION)) assert_non_null(otype_find((*t)->name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_is_that_of_the_oracle),
        cmocka_unit_test(the_oracle_knows_every_type_transform_and_lookup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
