/* t_packed.c -- lookups on packed texts, which are read from the column where they lie, give what a look at each entity gives. */
#include "engine_check.h"
#include "plan/passes.h"

enum { ENTITIES = 9000, LONGEST = 1100 };

/* Names of all lengths around those at which records change their form; no two are the same but the empty ones. Every seventh entity has none, and some are gone. */
static int set_up_names(void **state)
{
    static char name[LONGEST + 64];
    set_up(state);
    world *w = *state;
    expect(w, "MODEL SET p.X '{\"fields\": {\"name\": {\"type\": \"char\", \"null\": true, \"column\": true}, \"k\": {\"type\": \"int\", \"column\": true}}}'", "+OK");
    for (int i = 0; i < ENTITIES; i++) {
        static const int lengths[] = {0, 1, 6, 7, 8, 120, 125, 126, 127, 128, 1022, 1023, 1024, LONGEST};
        int n = i % 40 < (int)COUNT(lengths) ? lengths[i % 40] : i % 23, head = snprintf(name, sizeof name, "%c%d", "aAb"[i % 3], i);
        if (head < n) memset(name + head, 'a' + i % 5, (size_t)(n - head));
        name[head < n ? n : head] = 0;
        if (i % 7 == 3) world_dof(w, "SAVE p.X k %d", i % 10);
        else world_dof(w, "SAVE p.X k %d name '%s'", i % 10, i % 40 ? name : "");
        assert_true(w->ok);
    }
    expect(w, "DELETE p.X FILTER k 4", ":900");
    return 0;
}

static char *answer(world *w, unsigned off, const char *filters)
{
    w->passes_off = off;
    char *copy = strdup(world_dof(w, "QUERY p.X %s ORDER pk FIELDS pk FLAT", filters));
    w->passes_off = 0;
    if (*copy == '-') fail_msg("%s: %s", filters, copy);
    return copy;
}

static void each_lookup_gives_what_a_look_at_each_entity_gives(void **state)
{
    static const char *const filters[] = {
        "FILTER name__startswith a", "FILTER name__startswith A1", "FILTER name__startswith ''", "FILTER name__startswith a12aaaaaaaa", "FILTER name__startswith zz",
        "FILTER name a1", "FILTER name ''", "FILTER name A1", "FILTER name__in '[\"A1\",\"b2\",\"\",\"none\"]'", "FILTER name__in '[\"A1\"]'",
        "FILTER name__lt a2", "FILTER name__lte A1", "FILTER name__gt a8", "FILTER name__gte b5", "FILTER name__range '[\"a2\",\"a8\"]'",
        "FILTER name__range '[\"a8\",\"a2\"]'", "FILTER name__isnull true", "FILTER name__isnull false", "FILTER name__contains cccc",
        "FILTER name__icontains A1", "FILTER name__iexact a1", "FILTER name__istartswith A", "FILTER name__endswith ee", "FILTER name__regex ^[ab].*7",
        "FILTER name__regex ^.{1000}", "EXCLUDE name__startswith a", "EXCLUDE name__gt a5", "EXCLUDE name__contains cc", "FILTER name__startswith a k 5",
        "Q '{\"or\":[{\"name__startswith\":\"a\"},{\"k\":5}]}'", "Q '{\"and\":[{\"k\":5},{\"not\":{\"name__endswith\":\"aa\"}}]}'",
    };
    world *w = *state;
    if (!strstr(world_do(w, "EXPLAIN QUERY p.X FILTER name__startswith a"), "Select name__startswith")) fail_msg("not by the column: %s", w->reply.p);
    for (size_t i = 0; i < COUNT(filters); i++) {
        char *got = answer(w, 0, filters[i]), *want = answer(w, NR_PASS_COLUMNS, filters[i]);
        if (strcmp(got, want) != 0) fail_msg("%s\n  replies %.200s\n  not     %.200s", filters[i], got, want);
        free(got), free(want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_lookup_gives_what_a_look_at_each_entity_gives, set_up_names, tear_down),
    };
    return cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
