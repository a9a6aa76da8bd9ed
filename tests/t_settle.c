/* t_settle.c -- after a start: answers that no index has to give come before the indexes of the store have been compared with the table, and all come right. */
#include "engine/models.h"
#include "engine_check.h"

#define BY_COUNT "PROFILE COUNT b.Post FILTER tag x"

static void fill(world *w)
{
    w->in_memory = false;
    expect(w, post, "+OK");
    for (int i = 0; i < 20; i++) world_dof(w, "SAVE b.Post title t%d tag %s", i, i % 4 ? "x" : "y");
}

static void restart(world *w)
{
    world_restart(w);
    w->engine->large = 10;
}

/* Indexes with an entry that is nobody's, and without some that are missing. */
static void start_with_broken_indexes(world *w)
{
    fill(w);
    nr_store *s = w->store;
    assert_int_equal(s->cls->set_remove(s, nr_slice_of("b.Post/s/tag.value.set/=x"), nr_slice_of("2")), NR_ST_OK);
    assert_int_equal(s->cls->set_add(s, nr_slice_of("b.Post/s/tag.value.set/=x"), nr_slice_of("77")), NR_ST_OK);
    assert_int_equal(s->cls->remove(s, nr_slice_of("b.Post/i/title.value")), NR_ST_OK);
    restart(w);
}

static bool counts_by_index(world *w)
{
    return strstr(world_do(w, BY_COUNT), "Count index=tag.value.set") != NULL;
}

static void a_count_after_a_start_does_not_wait_for_the_indexes(void **state)
{
    world *w = *state;
    start_with_broken_indexes(w);
    expect(w, "COUNT b.Post FILTER tag x", ":15");
    assert_false(counts_by_index(w));
    expect(w, "COUNT b.Post FILTER title__startswith t1", ":11");
    expect(w, "EXISTS b.Post FILTER title t19", ":1");
    expect(w, "AGGREGATE b.Post GROUPBY tag COUNT *", "[{\"tag\"=\"x\",\"count\"=#15},{\"tag\"=\"y\",\"count\"=#5}]");
    world_settle(w);
    assert_true(counts_by_index(w));
    expect(w, "COUNT b.Post FILTER tag x", ":15");
    check_indexes(w, "b.Post");
}

static void what_others_write_before_the_indexes_are_compared_is_in_them(void **state)
{
    world *w = *state;
    start_with_broken_indexes(w);
    expect(w, "COUNT b.Post FILTER tag x", ":15");
    const nr_pair tag = {NR_S("tag"), NR_S("y")};
    world_put(w, NR_S("b.Post:3"), &tag, 1);
    world_remove(w, NR_S("b.Post:4"));
    expect(w, "COUNT b.Post FILTER tag x", ":13");
    world_settle(w);
    assert_true(counts_by_index(w));
    expect(w, "COUNT b.Post FILTER tag x", ":13");
    check_indexes(w, "b.Post");
}

static void a_write_before_the_indexes_are_compared_meets_true_ones(void **state)
{
    world *w = *state;
    start_with_broken_indexes(w);
    nr_store *s = w->store;
    expect(w, "SAVE b.Post slug one", ":21");
    assert_int_equal(s->cls->remove(s, nr_slice_of("b.Post/i/slug.value")), NR_ST_OK);
    restart(w);
    expect(w, "COUNT b.Post", ":21");
    assert_true(strncmp(world_do(w, "SAVE b.Post slug one"), "-NOTUNIQUE ", 11) == 0);
    world_settle(w);
    expect(w, "COUNT b.Post FILTER tag x", ":15");
    check_indexes(w, "b.Post");
}

static void rows_without_an_order_come_as_they_will_when_the_indexes_are_compared(void **state)
{
    world *w = *state;
    fill(w);
    restart(w);
    expect(w, "COUNT b.Post", ":20");
    char *first = strdup(world_do(w, "QUERY b.Post FILTER title__gt t FIELDS id LIMIT 0 7"));
    world_settle(w);
    expect(w, "QUERY b.Post FILTER title__gt t FIELDS id LIMIT 0 7", first);
    free(first);
    check_indexes(w, "b.Post");
}

static void a_model_of_more_rows_than_a_scan_may_read_has_its_indexes_at_once(void **state)
{
    world *w = *state;
    fill(w);
    restart(w);
    w->limits.max_scan = 19;
    assert_true(counts_by_index(w));
}

static void a_model_that_is_not_large_has_its_indexes_at_once(void **state)
{
    world *w = *state;
    fill(w);
    world_restart(w);
    assert_true(counts_by_index(w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(a_count_after_a_start_does_not_wait_for_the_indexes),
        EMPTY(what_others_write_before_the_indexes_are_compared_is_in_them),
        EMPTY(a_write_before_the_indexes_are_compared_meets_true_ones),
        EMPTY(rows_without_an_order_come_as_they_will_when_the_indexes_are_compared),
        EMPTY(a_model_of_more_rows_than_a_scan_may_read_has_its_indexes_at_once),
        EMPTY(a_model_that_is_not_large_has_its_indexes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
