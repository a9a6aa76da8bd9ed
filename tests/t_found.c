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

/* Both bounds are looked up in the index of dates, the order comes from the index of values. */
static void all_bounds_hold_when_the_order_comes_from_another_index(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"d\": {\"type\": \"datetime\", \"index\": [\"date__gte\", \"gte\"]}}}'", "+OK");
    for (int i = 1; i < 29; i++)
        for (int k = 0; k < 20; k++) world_dof(w, "SAVE a.X d 2026-02-%02dT%02d:00", i, k);
    expect(w, "QUERY a.X FILTER d__date__gt 2026-02-10 d__date__gt 2026-02-20 ORDER d LIMIT 0 1 FIELDS d FLAT", "[\"2026-02-21T00:00:00Z\"]");
    expect(w, "QUERY a.X FILTER d__date__gt 2026-02-20 d__date__gt 2026-02-10 ORDER d LIMIT 0 1 FIELDS d FLAT", "[\"2026-02-21T00:00:00Z\"]");
    expect(w, "QUERY a.X FILTER d__date__lt 2026-02-20 d__date__lt 2026-02-10 ORDER -d LIMIT 0 1 FIELDS d FLAT", "[\"2026-02-09T19:00:00Z\"]");
    expect(w, "QUERY a.X FILTER d__date__lt 2026-02-10 d__date__lt 2026-02-20 ORDER -d LIMIT 0 1 FIELDS d FLAT", "[\"2026-02-09T19:00:00Z\"]");
}

/* The bounds of a year are values of the elements, not of the list. */
static void dates_of_elements_are_found_through_the_index_of_elements(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"d\": {\"type\": \"set\", \"of\": {\"type\": \"datetime\"}, \"index\": true}}}'", "+OK");
    expect(w, "SAVE a.X d '[\"2010-01-01T00:00:00Z\",\"2026-11-22T00:00:00Z\"]'", ":1");
    expect(w, "COUNT a.X FILTER d__year 2026", ":1");
    expect(w, "COUNT a.X FILTER d__year__in [2011,2026]", ":1");
    expect(w, "COUNT a.X FILTER d__date__gte 2026-11-25", ":0");
    expect(w, "COUNT a.X FILTER d__date__gte 2026-11-22", ":1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(a_pattern_and_a_range_on_one_index_verify_the_pattern),
        EMPTY(all_bounds_hold_when_the_order_comes_from_another_index),
        EMPTY(dates_of_elements_are_found_through_the_index_of_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
