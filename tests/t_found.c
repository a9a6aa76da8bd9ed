/* t_found.c -- answers that random queries once found wrong, each cut down to what it takes. */
#include "engine_check.h"

/* A range is exact, the front of a pattern on the same index is not. */
static void a_pattern_and_a_range_on_one_index_verify_the_pattern(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"s\": {\"type\": \"char\", \"index\": true}}}'", "+OK");
    for (int i = 10; i < 40; i++) world_dof(w, "SAVE a.X s t%d", i);
    expect(w, "COUNT a.X FILTER s__lt t3 s__regex ^t.5$", ":2");
    expect(w, "COUNT a.X FILTER s__regex ^t.5$ s__lt t3", ":2");
    expect(w, "COUNT a.X FILTER pk__lte 20 pk__regex ^1$", ":1");
    expect(w, "QUERY a.X FILTER s__lt t3 s__regex ^t.5$ FIELDS s FLAT ORDER s", "[\"t15\",\"t25\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(a_pattern_and_a_range_on_one_index_verify_the_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
