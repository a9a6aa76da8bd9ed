/* t_cascade_random.c -- deletes over random models and references, by primary key and by another unique field, against the same worked out by going round and
 * round until nothing changes. */
#include "engine_check.h"

enum { MODELS = 4, FIELDS = 2, ENTITIES = 24, WORLDS = 100, DELETES = 6 };

static const char *const policies[] = {"do_nothing", "cascade", "protect", "restrict", "set_null", "set_default"};
enum { DO_NOTHING, CASCADE, PROTECT, RESTRICT, SET_NULL, SET_DEFAULT, POLICIES };

typedef struct game {
    uint64_t seed;
    int to[MODELS][FIELDS], policy[MODELS][FIELDS];
    bool by_code[MODELS][FIELDS];
    bool there[MODELS][ENTITIES + 1], gone[MODELS][ENTITIES + 1];
    int ref[MODELS][FIELDS][ENTITIES + 1]; /* the entity, whether it is there or not; 0: NULL */
} game;

/* Each entity has a code, which is the primary key of another one. */
static int code_of(int entity)
{
    return entity * 5 % 29;
}

static int held(const game *g, int m, int f, int entity)
{
    return g->by_code[m][f] ? code_of(entity) : entity;
}

static int draw(game *g, int below)
{
    g->seed = g->seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((g->seed >> 33) % (uint64_t)below);
}

/* Refusals are rarer than the rest, so that much goes. */
static int draw_policy(game *g)
{
    static const int often[] = {CASCADE, CASCADE, CASCADE, SET_NULL, SET_DEFAULT, RESTRICT, PROTECT, DO_NOTHING, SET_NULL, CASCADE};
    return often[draw(g, COUNT(often))];
}

static void set_up_game(game *g, world *w)
{
    char line[600];
    for (int m = 0; m < MODELS; m++) {
        world_dof(w, "MODEL SET z.M%d '{\"fields\": {\"code\": {\"type\": \"int\", \"unique\": true}}}'", m);
        assert_true(w->ok);
    }
    for (int m = 0; m < MODELS; m++) {
        int n = snprintf(line, sizeof line, "MODEL SET z.M%d '{\"fields\": {\"code\": {\"type\": \"int\", \"unique\": true}", m);
        for (int f = 0; f < FIELDS; f++) {
            g->to[m][f] = draw(g, MODELS);
            g->policy[m][f] = draw_policy(g);
            g->by_code[m][f] = draw(g, 2);
            n += snprintf(line + n, sizeof line - (size_t)n, ", \"f%d\": {\"type\": \"fk\", \"to\": \"z.M%d\", \"null\": true, \"on_delete\": \"%s\", \"related_name\": \"+\"", f,
                          g->to[m][f], policies[g->policy[m][f]]);
            if (g->policy[m][f] == SET_DEFAULT) n += snprintf(line + n, sizeof line - (size_t)n, ", \"default\": %d", held(g, m, f, 1));
            n += snprintf(line + n, sizeof line - (size_t)n, "%s}", g->by_code[m][f] ? ", \"to_field\": \"code\"" : "");
        }
        snprintf(line + n, sizeof line - (size_t)n, "}}'");
        expect(w, line, "+OK");
        for (int e = 1; e <= ENTITIES; e++) {
            g->there[m][e] = true;
            n = snprintf(line, sizeof line, "SAVE z.M%d pk %d code %d", m, e, code_of(e));
            for (int f = 0; f < FIELDS; f++) {
                int r = g->ref[m][f][e] = draw(g, ENTITIES + 12) - 8; /* some dangle, some are NULL */
                if (r < 1) g->ref[m][f][e] = 0;
                n += snprintf(line + n, sizeof line - (size_t)n, r < 1 ? " NULL f%d" : " f%d %d", f, held(g, m, f, r));
            }
            world_do(w, line);
            assert_true(w->ok);
        }
    }
}

static bool goes(const game *g, int m, int e)
{
    return e >= 1 && e <= ENTITIES && g->there[m][e] && g->gone[m][e];
}

/* What a DELETE makes of the game: false, it is refused. *n: entities that go. */
static bool work_out(game *g, int *n)
{
    for (bool more = true; more;) {
        more = false;
        for (int m = 0; m < MODELS; m++)
            for (int f = 0; f < FIELDS; f++)
                for (int e = 1; e <= ENTITIES; e++) {
                    if (!g->there[m][e] || !goes(g, g->to[m][f], g->ref[m][f][e])) continue;
                    if (g->policy[m][f] == PROTECT) return false;
                    if (g->policy[m][f] != CASCADE || g->gone[m][e]) continue;
                    more = g->gone[m][e] = true;
                }
    }
    for (int m = 0; m < MODELS; m++)
        for (int f = 0; f < FIELDS; f++)
            for (int e = 1; e <= ENTITIES; e++) {
                if (!g->there[m][e] || g->gone[m][e] || !goes(g, g->to[m][f], g->ref[m][f][e])) continue;
                if (g->policy[m][f] == RESTRICT) return false;
                if (g->policy[m][f] == SET_NULL) g->ref[m][f][e] = 0;
                if (g->policy[m][f] == SET_DEFAULT) g->ref[m][f][e] = 1;
            }
    *n = 0;
    for (int m = 0; m < MODELS; m++)
        for (int e = 1; e <= ENTITIES; e++) {
            if (!g->there[m][e] || !g->gone[m][e]) continue;
            g->there[m][e] = false;
            ++*n;
        }
    return true;
}

static void compare(const game *g, world *w, const char *command)
{
    for (int m = 0; m < MODELS; m++) {
        text want = {0};
        text_add(&want, NR_S("["));
        for (int e = 1; e <= ENTITIES; e++) {
            if (!g->there[m][e]) continue;
            text_addf(&want, "%s{\"id\"=#%d,\"code\"=#%d", want.n > 1 ? "," : "", e, code_of(e));
            for (int f = 0; f < FIELDS; f++) {
                if (g->ref[m][f][e]) text_addf(&want, ",\"f%d\"=#%d", f, held(g, m, f, g->ref[m][f][e]));
                else text_addf(&want, ",\"f%d\"=nil", f);
            }
            text_add(&want, NR_S("}"));
        }
        text_add(&want, NR_S("]"));
        const char *got = world_dof(w, "QUERY z.M%d ORDER pk", m);
        if (strcmp(got, want.p) != 0) fail_msg("behind %s M%d is\n  %s\n  not\n  %s", command, m, got, want.p);
        text_clear(&want);
        free(want.p);
        char name[8];
        snprintf(name, sizeof name, "z.M%d", m);
        check_indexes(w, name);
    }
}

static void delete_some(game *g, world *w)
{
    char line[200];
    game before = *g;
    int m = draw(g, MODELS), n = 0, more = draw(g, 3), at = snprintf(line, sizeof line, "DELETE z.M%d PK", m);
    memset(g->gone, 0, sizeof g->gone);
    for (int i = 0; i <= more; i++) {
        int e = draw(g, ENTITIES) + 1;
        g->gone[m][e] = true;
        at += snprintf(line + at, sizeof line - (size_t)at, " %d", e);
    }
    uint64_t seed = g->seed;
    bool may = work_out(g, &n);
    uint64_t digest = world_digest(w);
    if (draw(g, 4) == 0) world_restart(w);
    const char *got = world_do(w, line);
    char want[32];
    snprintf(want, sizeof want, may ? ":%d" : "-PROTECTED ", n);
    if (strncmp(got, want, strlen(want)) != 0 || (may && strcmp(got, want) != 0)) fail_msg("seed %llu: %s replies %s, not %s", (unsigned long long)before.seed, line, got, want);
    if (may) {
        compare(g, w, line);
        return;
    }
    if (digest != world_digest(w)) fail_msg("%s is refused and changes the store", line);
    *g = before;
    g->seed = seed;
}

static void deletes_do_what_their_policies_say(void **state)
{
    (void)state;
    for (int i = 0; i < WORLDS; i++) {
        world w;
        game g = {.seed = (uint64_t)i * 7919 + 1};
        world_open(&w);
        set_up_game(&g, &w);
        for (int k = 0; k < DELETES; k++) delete_some(&g, &w);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(deletes_do_what_their_policies_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
