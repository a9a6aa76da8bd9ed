/* t_slots.c -- groups by slots are the groups that a look at each entity gives: of the same entities in two models, of which one has columns.
 *
 * There are more of them than a chunk of the table holds; some are deleted, so that chunks have holes. */
#include "engine_check.h"

enum { ROWS = 5000, BATCH = 500 };

#define FIELDS(column)                                                                                                                        \
    "{\"fields\": {\"small\": {\"type\": \"int\", \"null\": true" column "}, \"wide\": {\"type\": \"bigint\", \"null\": true" column "}, "     \
    "\"far\": {\"type\": \"bigint\"" column "}, \"up\": {\"type\": \"int\"" column "}, \"down\": {\"type\": \"int\"" column "}, "            \
    "\"none\": {\"type\": \"int\", \"null\": true" column "}, \"city\": {\"type\": \"char\", \"null\": true" column "}, "                     \
    "\"name\": {\"type\": \"char\"" column "}, "                                                                                            \
    "\"price\": {\"type\": \"decimal\", \"max_digits\": 12, \"decimal_places\": 2, \"null\": true" column "}, "                            \
    "\"sum\": {\"type\": \"decimal\", \"max_digits\": 38, \"decimal_places\": 1" column "}, \"day\": {\"type\": \"date\"" column "}, "       \
    "\"on\": {\"type\": \"bool\"" column "}, \"f\": {\"type\": \"float\", \"null\": true" column "}}}"

static const char *const models[] = {"s.Dense", "s.Plain"};

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* The value, or NULL for one entity in so many. */
static void add_or_null(text *t, const char *name, long long value, uint32_t one_in, const char *quote, uint32_t *seed)
{
    if (draw(seed) % one_in == 0) text_addf(t, ", \"%s\": null", name);
    else text_addf(t, ", \"%s\": %s%lld%s", name, quote, value, quote);
}

static long long far_number(int i, uint32_t *seed)
{
    if (draw(seed) % 3 == 0) return INT64_MAX;
    if (draw(seed) % 3 == 0) return INT64_MIN;
    return i < 4096 ? draw(seed) % 5 : (long long)draw(seed) << 24;
}

static void add_entity(text *t, int i, uint32_t *seed)
{
    uint32_t day = draw(seed) % 700;
    text_addf(t, "%s{\"id\": %d, \"up\": %d, \"down\": %d, \"far\": %lld, \"name\": \"n%u\"", i % BATCH ? "," : "[", i + 1, i / 3, -i * 7,
              far_number(i, seed), draw(seed));
    add_or_null(t, "small", (int)(draw(seed) % 90) - 20, 9, "", seed);
    add_or_null(t, "wide", (long long)((uint64_t)draw(seed) << 40 ^ (uint64_t)draw(seed) << 20 ^ draw(seed)), 7, "", seed);
    add_or_null(t, "city", draw(seed) % 30, 12, "\"", seed);
    add_or_null(t, "price", draw(seed) % 100000, 5, "\"", seed);
    text_addf(t, ", \"sum\": \"%s%u%s.5\"", draw(seed) % 2 ? "-" : "", draw(seed) % 999 + 1, i < 4100 ? "" : "0000000000000000000000000000");
    text_addf(t, ", \"day\": \"%u-%02u-%02u\"", 2024 + day / 360, day % 360 / 30 + 1, day % 28 + 1);
    text_addf(t, ", \"on\": %s, \"f\": %u.5}%s", draw(seed) % 2 ? "true" : "false",
              draw(seed) % 100, i % BATCH == BATCH - 1 ? "]" : "");
}

/* The command has one %s, for the model. */
static void in_both(world *w, const char *command)
{
    for (size_t m = 0; m < COUNT(models); m++) {
        char line[200];
        snprintf(line, sizeof line, "%.*s%s%s", (int)strcspn(command, "%"), command, models[m], strchr(command, '%') + 2);
        const char *got = world_do(w, line);
        if (got[0] != ':') fail_msg("%s: %s", line, got);
    }
}

static void save_all(world *w)
{
    uint32_t seed = 4711;
    for (int i = 0; i < ROWS; i += BATCH) {
        text t = {0};
        for (int k = i; k < i + BATCH; k++) add_entity(&t, k, &seed);
        for (size_t m = 0; m < COUNT(models); m++) {
            const char *got = world_run(w, (nr_slice[]){NR_S("SAVE"), nr_slice_of(models[m]), NR_S("JSON"), {t.p, t.n}}, 4);
            if (got[0] != '[') fail_msg("%s", got);
        }
        free(t.p);
    }
    in_both(w, "DELETE %s FILTER id__range [100,200]");
    in_both(w, "DELETE %s FILTER id__gt 3000 small__lt 0");
}

static int set_up_both(void **state)
{
    set_up(state);
    if (strcmp(world_do(*state, "MODEL SET s.Dense '" FIELDS(", \"column\": true") "'"), "+OK") != 0) return 1;
    if (strcmp(world_do(*state, "MODEL SET s.Plain '" FIELDS("") "'"), "+OK") != 0) return 1;
    save_all(*state);
    return 0;
}

static void same(world *w, const char *command, const char *what)
{
    char *dense = strdup(world_dof(w, "%s %s %s", command, models[0], what));
    const char *plain = world_dof(w, "%s %s %s", command, models[1], what);
    if (dense[0] != '[' && strncmp(dense, "-LIMIT", 6) != 0) fail_msg("%s: %s", what, dense);
    size_t at = 0;
    while (dense[at] && dense[at] == plain[at]) at++;
    size_t from = at > 80 ? at - 80 : 0;
    if (dense[at] || plain[at]) fail_msg("%s: differ at %zu: %.200s and %.200s", what, at, dense + from, plain + from);
    free(dense);
}

static const char *const keys[] = {
    "", "GROUPBY small", "GROUPBY city", "GROUPBY on", "GROUPBY none", "GROUPBY up", "GROUPBY down", "GROUPBY far", "GROUPBY wide",
    "GROUPBY name", "GROUPBY price", "GROUPBY sum", "GROUPBY f", "GROUPBY day", "GROUPBY day__year", "GROUPBY day__month city", "GROUPBY small city",
    "GROUPBY on small none", "GROUPBY city far",
    "GROUPBY up down",
};

static const char *const filters[] = {
    "", "FILTER small__lt 5", "FILTER id__in [1,4500,4999]", "FILTER up__range [1365,1366]", "FILTER up__gt 99999", "FILTER small__isnull true",
    "FILTER far__lt 5 far__gte 0",
    "EXCLUDE city 7",
};

static void every_grouping_is_what_a_look_at_each_entity_gives(void **state)
{
    static const char *const measured[] = {
        "COUNT *",
        "COUNT * COUNT small COUNT wide COUNT none COUNT name COUNT f COUNT city",
        "SUM small AVG small MIN small MAX small SUM up MIN down MAX down",
        "AVG wide MIN wide MAX wide MIN far MAX far AVG far",
        "SUM price AVG price MIN price MAX price SUM none MIN none AVG none MIN day MAX day MAX on",
        "SUM sum MIN sum MAX sum",
        "COUNT * WHEN 'small > 3' AS a SUM up WHEN 'city = 4' AS b MIN price WHEN 'NOT small > 3' AS c COUNT none WHEN 'on = 1' AS d",
        "COUNTDISTINCT small SUM up MIN city",
    };
    for (size_t k = 0; k < COUNT(keys); k++)
        for (size_t m = 0; m < COUNT(measured); m++)
            for (size_t f = 0; f < 2; f++) {
                char what[400];
                snprintf(what, sizeof what, "%s %s %s", filters[f ? (k + m) % COUNT(filters) : 0], keys[k], measured[m]);
                same(*state, "AGGREGATE", what);
            }
}

static void sums_that_pass_64_bits_are_refused_and_name_the_measure(void **state)
{
    static const char *const sums[] = {"SUM far", "FILTER far 9223372036854775807 id__lt 20 GROUPBY on SUM far"};
    for (size_t i = 0; i < COUNT(sums) * COUNT(models); i++) {
        const char *got = world_dof(*state, "AGGREGATE %s %s", models[i % COUNT(models)], sums[i / COUNT(models)]);
        if (strncmp(got, "-LIMIT", 6) != 0 || !strstr(got, "far__sum")) fail_msg("%s", got);
    }
    same(*state, "AGGREGATE", "FILTER far 9223372036854775807 AVG far COUNT far");
}

static void distinct_values_are_what_a_look_at_each_entity_gives(void **state)
{
    static const char *const fields[] = {"city", "small", "on", "none", "far", "up", "day", "name", "price", "sum", "f", "day__month", "city small"};
    for (size_t i = 0; i < COUNT(fields); i++)
        for (size_t f = 0; f < 2; f++) {
            char what[200];
            snprintf(what, sizeof what, "%s FIELDS %s DISTINCT", filters[f ? i % COUNT(filters) : 0], fields[i]);
            same(*state, "QUERY", what);
        }
}

static void little_memory_is_enough_for_few_groups(void **state)
{
    world *w = *state;
    int64_t before = w->limits.max_memory;
    w->limits.max_memory = 1 << 18;
    same(w, "AGGREGATE", "GROUPBY on SUM up");
    same(w, "AGGREGATE", "GROUPBY small COUNT *");
    w->limits.max_memory = before;
}

/* From here on the entities change. All codes have been seen in the first chunk; the only NULL is in the last. */
static void a_null_behind_all_other_values_is_distinct_too(void **state)
{
    world *w = *state;
    in_both(w, "UPDATE %s FILTER city__isnull true SET city 3");
    same(w, "QUERY", "FIELDS city FLAT DISTINCT");
    same(w, "AGGREGATE", "GROUPBY city COUNT * COUNT city");
    in_both(w, "UPDATE %s FILTER id__gt 4990 NULL city");
    same(w, "QUERY", "FIELDS city FLAT DISTINCT");
    same(w, "AGGREGATE", "GROUPBY city COUNT * COUNT city");
    in_both(w, "UPDATE %s FILTER id__gt 4995 SET city last");
    same(w, "QUERY", "FIELDS city FLAT DISTINCT");
}

static void no_entities_are_no_groups(void **state)
{
    in_both(*state, "DELETE %s ALL");
    same(*state, "AGGREGATE", "GROUPBY small COUNT * SUM up");
    same(*state, "AGGREGATE", "COUNT * SUM up MIN up");
    same(*state, "QUERY", "FIELDS city FLAT DISTINCT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_grouping_is_what_a_look_at_each_entity_gives),
        cmocka_unit_test(sums_that_pass_64_bits_are_refused_and_name_the_measure),
        cmocka_unit_test(distinct_values_are_what_a_look_at_each_entity_gives),
        cmocka_unit_test(little_memory_is_enough_for_few_groups),
        cmocka_unit_test(a_null_behind_all_other_values_is_distinct_too),
        cmocka_unit_test(no_entities_are_no_groups),
    };
    return cmocka_run_group_tests(tests, set_up_both, tear_down);
}
