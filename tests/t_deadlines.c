/* t_deadlines.c -- entities run out at their deadline, whatever deadlines they had before; random changes against a naive list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "table/deadlines.h"

typedef struct fixture {
    nr_deadlines *d;
    nr_arena arena;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f.d = nr_deadlines_new(nr_env_libc());
    nr_arena_init(&f.arena, nr_env_libc());
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    nr_deadlines_free(f->d);
    nr_arena_clear(&f->arena);
    return 0;
}

static void set(fixture *f, const char *pk, int64_t at)
{
    nr_deadlines_set(f->d, nr_slice_of(pk), at);
}

static void check_due(fixture *f, int64_t now, const char *want)
{
    nr_slice pk;
    assert_true(nr_deadlines_due(f->d, now, &f->arena, &pk));
    assert_int_equal(pk.n, strlen(want));
    assert_memory_equal(pk.p, want, pk.n);
}

static void check_none(fixture *f, int64_t now)
{
    nr_slice pk;
    assert_false(nr_deadlines_due(f->d, now, &f->arena, &pk));
}

static void nothing_is_due_when_there_is_nothing(void **state)
{
    check_none(*state, INT64_MAX);
    set(*state, "a", -1);
    check_none(*state, INT64_MAX);
    nr_deadlines_free(NULL);
}

static void a_pk_is_due_from_its_deadline_on_and_once(void **state)
{
    set(*state, "a", 10);
    check_none(*state, 9);
    check_due(*state, 10, "a");
    check_none(*state, INT64_MAX);
}

static void the_earliest_comes_first(void **state)
{
    set(*state, "c", 30);
    set(*state, "a", 10);
    set(*state, "d", 40);
    set(*state, "b", 20);
    check_due(*state, 35, "a");
    check_due(*state, 35, "b");
    check_due(*state, 35, "c");
    check_none(*state, 35);
    check_due(*state, INT64_MAX, "d");
}

static void a_later_deadline_replaces_the_one_before(void **state)
{
    set(*state, "a", 10);
    set(*state, "a", 20);
    check_none(*state, 19);
    check_due(*state, 20, "a");
    check_none(*state, INT64_MAX);
}

static void a_sooner_deadline_replaces_the_one_before(void **state)
{
    set(*state, "a", 20);
    set(*state, "a", 10);
    check_none(*state, 9);
    check_due(*state, 10, "a");
    check_none(*state, INT64_MAX);
}

static void a_deadline_taken_away_never_comes(void **state)
{
    set(*state, "a", 10);
    set(*state, "b", 10);
    set(*state, "a", -1);
    check_due(*state, INT64_MAX, "b");
    check_none(*state, INT64_MAX);
}

static void a_sooner_deadline_comes_in_time_after_one_was_taken_away(void **state)
{
    set(*state, "a", 10);
    set(*state, "a", -1);
    set(*state, "a", 5);
    check_due(*state, 7, "a");
    check_none(*state, INT64_MAX);
}

static void a_sooner_deadline_comes_in_time_after_the_pk_was_due(void **state)
{
    set(*state, "a", 10);
    set(*state, "a", 5);
    check_due(*state, 7, "a");
    set(*state, "a", 6);
    check_due(*state, 7, "a");
    check_none(*state, INT64_MAX);
}

static void a_later_deadline_after_one_was_taken_away_is_kept(void **state)
{
    set(*state, "a", 10);
    set(*state, "a", -1);
    set(*state, "a", 20);
    check_none(*state, 15);
    check_due(*state, 20, "a");
    check_none(*state, INT64_MAX);
}

static void a_pk_that_was_due_may_be_set_to_what_is_past(void **state)
{
    for (int i = 0; i < 3; i++) {
        set(*state, "a", 10);
        check_due(*state, 10, "a");
    }
    check_none(*state, INT64_MAX);
}

static void pks_are_copies_told_apart_by_all_their_bytes(void **state)
{
    fixture *f = *state;
    char pk[] = "a\0b";
    nr_slice got;
    nr_deadlines_set(f->d, (nr_slice){pk, 3}, 10);
    pk[2] = 'c';
    nr_deadlines_set(f->d, (nr_slice){pk, 3}, 20);
    assert_true(nr_deadlines_due(f->d, 15, &f->arena, &got));
    assert_int_equal(got.n, 3);
    assert_memory_equal(got.p, "a\0b", 3);
    check_none(f, 15);
}

/* -- against a naive list -------------------------------------------------------------------------------------------------------------------- */

enum { PKS = 60 };

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* All that is due at now comes, once, and nothing else. */
static void check_now(fixture *f, int64_t *at, int64_t now)
{
    nr_slice got;
    char pk[16];
    while (nr_deadlines_due(f->d, now, &f->arena, &got)) {
        snprintf(pk, sizeof pk, "%.*s", NR_FMT(got));
        unsigned i = 0;
        assert_int_equal(sscanf(pk, "%u", &i), 1);
        assert_true(i < PKS && at[i] >= 0 && at[i] <= now);
        at[i] = -1;
    }
    for (unsigned i = 0; i < PKS; i++) assert_true(at[i] < 0 || at[i] > now);
    nr_arena_clear(&f->arena);
}

static void random_changes_agree_with_a_list(void **state)
{
    fixture *f = *state;
    int64_t at[PKS], now = 0;
    char pk[16];
    uint32_t seed = 4711;
    memset(at, 0xff, sizeof at);
    for (int step = 0; step < 60000; step++) {
        unsigned i = draw(&seed) % PKS;
        int64_t when = draw(&seed) % 4 ? now + draw(&seed) % 50 : -1;
        snprintf(pk, sizeof pk, "%u", i);
        set(f, pk, when);
        at[i] = when;
        if (draw(&seed) % 3 == 0) now += draw(&seed) % 10;
        if (draw(&seed) % 2 == 0) check_now(f, at, now);
    }
    check_now(f, at, INT64_MAX);
    check_none(f, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_due_when_there_is_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pk_is_due_from_its_deadline_on_and_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_earliest_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_deadline_replaces_the_one_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sooner_deadline_replaces_the_one_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_taken_away_never_comes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sooner_deadline_comes_in_time_after_one_was_taken_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sooner_deadline_comes_in_time_after_the_pk_was_due, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_deadline_after_one_was_taken_away_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pk_that_was_due_may_be_set_to_what_is_past, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pks_are_copies_told_apart_by_all_their_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_changes_agree_with_a_list, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
