/* t_online_faults.c -- builds in slices whose calls of the store fail: tried again, each ends as if nothing had been, here and on the copy. */
#include "engine_check.h"

#include "store/store_fault.h"

enum { MANY = 1100 }; /* more than are indexed in the command */

typedef struct pair {
    world *w, copy;
    nr_store *fault;
} pair;

static void open_pair(pair *p, world *w, int entities)
{
    text batch = {0};
    p->w = w;
    world_open(&p->copy);
    w->replica = &p->copy;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"lt\"]}, \"s\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    text_add(&batch, NR_S("SAVE a.X JSON '["));
    for (int i = 0; i < entities; i++) text_addf(&batch, "%s{\"n\": %d, \"s\": \"text%d\"}", i ? "," : "", i % 100, i % 7);
    text_add(&batch, NR_S("]'"));
    world_do(w, batch.p);
    assert_true(w->ok);
    free(batch.p);
    world_settle(w);
    p->fault = nr_store_fault_new(&w->env, w->mem);
    w->store = p->fault;
}

static void close_pair(pair *p)
{
    p->w->store = p->w->mem;
    p->w->replica = NULL;
    nr_store_fault_free(p->fault);
    world_close(&p->copy);
}

static void disarm(pair *p)
{
    nr_store_fault_arm(p->fault, 0, false, false, NR_ST_OK);
}

/* All is built, the copy has the same, and a restart sees it so. */
static void check_ends(pair *p, const char *what, unsigned long n)
{
    world *w = p->w;
    disarm(p);
    world_settle(w);
    if (world_digest(w) != world_digest(&p->copy)) fail_msg("%s, number %lu: the copy has something else", what, n);
    char *list = strdup(world_do(w, "INDEX LIST a.X"));
    check_indexes(w, "a.X");
    check_indexes(&p->copy, "a.X");
    if (strstr(list, "building") || strstr(list, "waiting")) fail_msg("%s, number %lu: %s", what, n, list);
    world_restart(w);
    expect(w, "INDEX LIST a.X", list);
    free(list);
}

static void a_sorted_index_that_could_not_be_emptied_is_built_all_the_same(void **state)
{
    pair p;
    open_pair(&p, *state, 10);
    nr_store_fault_arm(p.fault, 2, true, false, NR_ST_FAILED); /* the definition, then the index */
    expect(p.w, "INDEX REBUILD a.X n", "+OK");
    check_ends(&p, "REBUILD", 2);
    close_pair(&p);
}

/* The begin or the end of a build that was not written down is not told to copies either: both come later. */
static void a_build_whose_state_could_not_be_written_down_goes_on_with_that(void **state)
{
    for (unsigned long n = 1; n < 40; n++) {
        pair p;
        world w;
        world_open(&w);
        open_pair(&p, &w, 10);
        nr_store_fault_arm(p.fault, n, true, false, NR_ST_FAILED);
        world_do(&w, "INDEX CREATE a.X s iexact");
        if (!w.ok) expect(&w, "INDEX CREATE a.X s iexact", "+OK");
        check_ends(&p, "CREATE", n);
        close_pair(&p);
        world_close(&w);
    }
    (void)state;
}

static void a_rebuild_that_could_not_be_written_down_leaves_the_indexes_as_they_were(void **state)
{
    pair p;
    world *w = *state;
    if (w->in_memory) return; /* nothing is written down */
    open_pair(&p, *state, 10);
    char *list = strdup(world_do(p.w, "INDEX LIST a.X"));
    nr_store_fault_arm(p.fault, 1, true, false, NR_ST_FAILED);
    refuse(p.w, "INDEX REBUILD a.X n", "CORRUPT", "a.X");
    disarm(&p);
    expect(p.w, "INDEX LIST a.X", list);
    free(list);
    close_pair(&p);
}

/* Nobody may ask for the index again because what was written about its owners could not be looked at. */
static void an_index_that_is_dropped_is_not_wanted_after_a_restart(void **state)
{
    (void)state;
    for (unsigned long n = 1; n < 20; n++) {
        pair p;
        world w;
        world_open(&w);
        open_pair(&p, &w, 10);
        expect(&w, "INDEX CREATE a.X s exact", "+OK");
        nr_store_fault_arm(p.fault, n, false, false, NR_ST_FAILED);
        world_do(&w, "INDEX DROP a.X s exact");
        bool dropped = w.ok;
        disarm(&p);
        world_restart(&w);
        if (dropped && strstr(world_do(&w, "INDEX LIST a.X"), "\"s.value")) fail_msg("call %lu failed, and it is back: %s", n, w.reply.p);
        close_pair(&p);
        world_close(&w);
    }
}

static void build_with_a_fault(const char *create, unsigned long n, bool sticky)
{
    pair p;
    world w;
    world_open(&w);
    open_pair(&p, &w, MANY);
    expect(&w, create, "+OK");
    nr_store_fault_arm(p.fault, n, false, sticky, NR_ST_FAILED);
    for (int i = 0; i < 50 && !nr_store_fault_fired(p.fault); i++) world_build(&w, INT64_MAX / 2);
    check_ends(&p, create, n);
    close_pair(&p);
    world_close(&w);
}

static void a_large_build_ends_whatever_call_of_a_slice_fails(void **state)
{
    static const char *const creates[] = {"INDEX CREATE a.X n exact", "INDEX CREATE a.X s iexact"};
    (void)state;
    for (size_t i = 0; i < COUNT(creates); i++) {
        for (unsigned long n = 1; n < 12; n++) build_with_a_fault(creates[i], n, n % 2);
        for (unsigned long n = 12; n < 2 * MANY + 100; n += 193) build_with_a_fault(creates[i], n, n % 2);
        for (unsigned long n = 2 * MANY; n < 2 * MANY + 40; n += 3) build_with_a_fault(creates[i], n, false);
    }
}

static bool begun(world *w, char m)
{
    return strstr(world_dof(w, "INDEX LIST a.%c", m), "building") != NULL;
}

/* A slice that fails may take all the time there is. Each slice takes one entity here. */
static void a_build_that_fails_keeps_no_other_waiting_and_is_tried_again_after_a_second(void **state)
{
    world *w = *state;
    if (w->in_memory) return; /* such builds read no store */
    nr_store *fault = nr_store_fault_new(&w->env, w->mem);
    for (char m = 'A'; m <= 'B'; m++) {
        world_dof(w, "MODEL SET a.%c '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", m);
        for (int i = 0; i < MANY; i++) world_dof(w, "SAVE a.%c n %d", m, i);
        world_dof(w, "INDEX CREATE a.%c n lt", m);
    }
    w->store = fault;
    nr_store_fault_arm(fault, 1, false, false, NR_ST_FAILED); /* that of one of them, whichever has its turn first */
    world_build(w, 0);
    uint64_t logged = w->logged;
    for (int i = 0; i < 400; i++) world_build(w, 0);
    assert_int_equal(begun(w, 'A') + begun(w, 'B'), 1);
    assert_int_equal(w->logged, logged);
    for (int i = 0; i < 150; i++) world_build(w, 0);
    assert_int_equal(begun(w, 'A') + begun(w, 'B'), 2);
    w->store = w->mem;
    nr_store_fault_free(fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sorted_index_that_could_not_be_emptied_is_built_all_the_same, set_up, tear_down),
        cmocka_unit_test(a_build_whose_state_could_not_be_written_down_goes_on_with_that),
        cmocka_unit_test_setup_teardown(a_rebuild_that_could_not_be_written_down_leaves_the_indexes_as_they_were, set_up, tear_down),
        cmocka_unit_test(an_index_that_is_dropped_is_not_wanted_after_a_restart),
        cmocka_unit_test_setup_teardown(a_build_that_fails_keeps_no_other_waiting_and_is_tried_again_after_a_second, set_up, tear_down),
        cmocka_unit_test(a_large_build_ends_whatever_call_of_a_slice_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
