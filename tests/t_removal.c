/* t_removal.c -- indexes that nobody wants any more go in slices, here and on copies, whatever comes in between. */
#include "engine_check.h"

#include "store/store_fault.h"

#define MODEL "MODEL SET a.X '{\"store\": \"native\", \"fields\": {\"n\": {\"type\": \"int\"}, \"s\": {\"type\": \"char\", \"null\": true}}}'"
#define BY_N "a.X/s/n.value.set/"

static void fill(world *w)
{
    expect(w, MODEL, "+OK");
    for (int i = 0; i < 20; i++) world_dof(w, "SAVE a.X n %d s t%d", i % 5, i);
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    world_settle(w);
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"n.value.set\""));
}

static bool count_key(void *ctx, nr_slice key, nr_holds holds)
{
    (void)key;
    (void)holds;
    ++*(size_t *)ctx;
    return true;
}

static size_t keys_of_index(world *w)
{
    size_t n = 0;
    w->mem->cls->walk(w->mem, NR_S(BY_N), count_key, &n);
    return n;
}

static void an_index_is_listed_no_more_at_once_and_its_sets_go_later(void **state)
{
    world *w = *state;
    fill(w);
    expect(w, "INDEX DROP a.X n exact", "+OK");
    assert_null(strstr(world_do(w, "INDEX LIST a.X"), "n.value.set"));
    assert_true(keys_of_index(w) > 0);
    expect(w, "COUNT a.X FILTER n 3", ":4");
    expect(w, "SAVE a.X pk 1 n 77", ":1");
    world_settle(w);
    assert_true(keys_of_index(w) == 0);
    check_indexes(w, "a.X");
}

static void a_definition_that_lets_a_set_index_go_does_not_look_for_its_sets(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"store\": \"native\", \"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"exact\"]}, \"s\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE a.X n 1", ":1");
    expect(w, MODEL, "+OK");
    assert_true(keys_of_index(w) > 0);
    world_settle(w);
    assert_true(keys_of_index(w) == 0);
}

/* Entries of an index that was dropped are not kept up: one that is made over no entities must not begin with them. */
static void an_index_of_a_model_that_was_emptied_does_not_begin_with_what_was_left(void **state)
{
    world *w = *state;
    for (int restarted = 0; restarted < 2; restarted++) {
        fill(w);
        expect(w, "INDEX DROP a.X n exact", "+OK");
        expect(w, "DELETE a.X ALL", ":20");
        if (restarted) world_restart(w);
        expect(w, "INDEX CREATE a.X n exact", "+OK");
        world_settle(w);
        assert_true(keys_of_index(w) == 0);
        expect(w, "EXISTS a.X FILTER n 3", ":0");
        check_indexes(w, "a.X");
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    }
}

static void an_index_that_is_wanted_again_is_not_removed(void **state)
{
    world *w = *state;
    fill(w);
    expect(w, "INDEX DROP a.X n exact", "+OK");
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    world_settle(w);
    assert_true(keys_of_index(w) == 5);
    check_indexes(w, "a.X");
    expect(w, "COUNT a.X FILTER n 3", ":4");
}

static void a_removal_goes_on_when_its_model_is_gone(void **state)
{
    world *w = *state;
    fill(w);
    expect(w, "INDEX DROP a.X n exact", "+OK");
    expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    world_settle(w);
    assert_true(keys_of_index(w) == 0);
    assert_false(world_build(w, 0));
}

static void a_removal_that_fails_is_tried_again(void **state)
{
    world *w = *state;
    nr_store *fault = nr_store_fault_new(&w->env, w->mem);
    for (unsigned long n = 1; n < 8; n++) {
        fill(w);
        uint64_t logged = w->logged;
        w->store = fault;
        expect(w, "INDEX DROP a.X n exact", "+OK");
        nr_store_fault_arm(fault, n, false, false, NR_ST_FAILED);
        while (!nr_store_fault_fired(fault) && world_build(w, 0)) {}
        assert_true(!nr_store_fault_fired(fault) || w->logged > logged);
        nr_store_fault_arm(fault, 0, false, false, NR_ST_OK);
        world_settle(w);
        w->store = w->mem;
        assert_true(keys_of_index(w) == 0);
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    }
    nr_store_fault_free(fault);
}

static void a_copy_removes_what_its_primary_tells_and_goes_on_when_it_takes_over(void **state)
{
    world *w = *state;
    world copy;
    for (int takes_over = 0; takes_over < 2; takes_over++) {
        world_open(&copy);
        w->replica = &copy;
        fill(w);
        expect(w, "INDEX DROP a.X n exact", "+OK");
        assert_false(world_build(&copy, 0)); /* its keys are not its own to remove */
        assert_true(keys_of_index(&copy) == 5);
        if (takes_over) {
            copy.applied = false;
            world_settle(&copy);
        } else {
            world_settle(w);
            assert_true(world_digest(w) == world_digest(&copy));
        }
        assert_true(keys_of_index(&copy) == 0);
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
        w->replica = NULL;
        world_settle(w);
        world_close(&copy);
    }
}

static void indexes_are_removed_but_not_built_when_there_is_no_memory(void **state)
{
    world *w = *state;
    fill(w);
    for (int i = 0; i < 1100; i++) world_dof(w, "SAVE a.X n %d", i % 5);
    expect(w, "INDEX CREATE a.X s exact", "+OK");
    expect(w, "INDEX DROP a.X n exact", "+OK");
    w->full = true;
    for (int i = 0; i < 10; i++) assert_true(world_build(w, 0));
    assert_true(keys_of_index(w) == 0);
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"waiting\""));
    w->full = false;
    world_settle(w);
    check_indexes(w, "a.X");
}

static void a_database_that_is_flushed_has_nothing_to_remove(void **state)
{
    world *w = *state;
    fill(w);
    expect(w, "INDEX DROP a.X n exact", "+OK");
    nr_engine_flushed(w->engine, 0);
    assert_false(world_build(w, 0));
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    expect(w, "INDEX DROP a.X n exact", "+OK");
    nr_engine_swapped(w->engine, 0, 3);
    assert_false(world_build(w, 0));
    assert_true(keys_of_index(w) == 5);
    nr_engine_swapped(w->engine, 3, 0);
    world_settle(w);
    assert_true(keys_of_index(w) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_index_is_listed_no_more_at_once_and_its_sets_go_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_definition_that_lets_a_set_index_go_does_not_look_for_its_sets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_of_a_model_that_was_emptied_does_not_begin_with_what_was_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_that_is_wanted_again_is_not_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removal_goes_on_when_its_model_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removal_that_fails_is_tried_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_copy_removes_what_its_primary_tells_and_goes_on_when_it_takes_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(indexes_are_removed_but_not_built_when_there_is_no_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_is_flushed_has_nothing_to_remove, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
