/* t_rows.c -- the row directory: row numbers stay, are reused after a drop, and agree with a naive list after random changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "table/rows.h"

static int set_up(void **state)
{
    *state = nr_rows_new(nr_env_libc());
    return 0;
}

static int tear_down(void **state)
{
    nr_rows_free(*state);
    return 0;
}

static nr_slice name_of(char buf[32], unsigned i)
{
    return (nr_slice){buf, (size_t)snprintf(buf, 32, "%u", i)};
}

static void check_pk(const nr_rows *rows, uint32_t row, nr_slice want)
{
    nr_slice got = nr_rows_pk(rows, row);
    assert_int_equal(got.n, want.n);
    assert_memory_equal(got.p, want.p, want.n);
}

static void an_empty_directory_finds_nothing(void **state)
{
    nr_rows *rows = *state;
    assert_int_equal(nr_rows_find(rows, NR_S("1")), NR_NO_ROW);
    nr_rows_drop(rows, NR_S("1"));
    assert_int_equal(nr_rows_count(rows), 0);
    assert_int_equal(nr_rows_limit(rows), 0);
    nr_rows_free(NULL);
}

static void interning_twice_gives_the_same_row(void **state)
{
    nr_rows *rows = *state;
    uint32_t a = nr_rows_intern(rows, NR_S("a")), b = nr_rows_intern(rows, NR_S("b"));
    assert_int_not_equal(a, b);
    assert_int_equal(nr_rows_intern(rows, NR_S("a")), a);
    assert_int_equal(nr_rows_find(rows, NR_S("b")), b);
    assert_int_equal(nr_rows_count(rows), 2);
    assert_int_equal(nr_rows_limit(rows), 2);
    check_pk(rows, a, NR_S("a"));
    check_pk(rows, b, NR_S("b"));
}

static void a_number_that_is_noted_stays_its_key_s_until_the_epoch_ends(void **state)
{
    nr_rows *rows = *state;
    char buf[32];
    nr_buf why = {0};
    uint32_t a = nr_rows_intern(rows, NR_S("a"));
    uint64_t epoch = nr_rows_epoch(rows);
    assert_true(epoch != 0);
    nr_rows_drop(rows, NR_S("a"));
    uint32_t b = nr_rows_intern(rows, NR_S("b"));
    assert_int_not_equal(b, a);
    assert_int_equal(nr_rows_refer(rows, NR_S("a")), a);
    assert_int_equal(nr_rows_intern(rows, NR_S("a")), a);
    uint32_t dangling = nr_rows_refer(rows, NR_S("dangling"));
    assert_int_equal(nr_rows_intern(rows, NR_S("dangling")), dangling);
    for (unsigned i = 0; nr_rows_epoch(rows) == epoch && i < 1000000; i++) {
        nr_rows_intern(rows, name_of(buf, i));
        nr_rows_drop(rows, name_of(buf, i));
        if (i % 30000 == 0 && !nr_rows_valid(rows, &why)) fail_msg("it is not valid");
    }
    assert_true(nr_rows_epoch(rows) != epoch);
    assert_true(nr_rows_valid(rows, &why));
    assert_int_equal(nr_rows_count(rows), 3);
    assert_int_equal(nr_rows_find(rows, NR_S("a")), a);
    assert_int_equal(nr_rows_find(rows, NR_S("b")), b);
}

static void keys_are_told_apart_by_all_their_bytes(void **state)
{
    nr_rows *rows = *state;
    static char longest[4096], other[4096];
    memset(longest, 'x', sizeof longest);
    memset(other, 'x', sizeof other);
    other[4095] = 'y';
    nr_slice keys[] = {
        NR_S("a"), NR_S("A"), NR_S("a\0"), NR_S("a\0b"), NR_S("\0"), NR_S("\xff"), NR_S("1"), NR_S("01"),
        {longest, 4096}, {longest, 4095}, {other, 4096},
    };
    enum { N = sizeof keys / sizeof *keys };
    for (uint32_t i = 0; i < N; i++) assert_int_equal(nr_rows_intern(rows, keys[i]), i);
    for (uint32_t i = 0; i < N; i++) {
        assert_int_equal(nr_rows_find(rows, keys[i]), i);
        check_pk(rows, i, keys[i]);
    }
}

static void the_directory_keeps_copies(void **state)
{
    nr_rows *rows = *state;
    char key[] = "alice";
    uint32_t row = nr_rows_intern(rows, nr_slice_of(key));
    key[0] = 'A';
    check_pk(rows, row, NR_S("alice"));
    assert_int_equal(nr_rows_find(rows, NR_S("alice")), row);
}

static void a_dropped_row_is_reused_and_the_others_stay(void **state)
{
    nr_rows *rows = *state;
    char buf[32];
    for (unsigned i = 0; i < 100; i++) nr_rows_intern(rows, name_of(buf, i));
    for (unsigned i = 0; i < 100; i += 3) nr_rows_drop(rows, name_of(buf, i));
    assert_int_equal(nr_rows_count(rows), 66);
    for (unsigned i = 0; i < 100; i++) assert_int_equal(nr_rows_find(rows, name_of(buf, i)), i % 3 ? i : NR_NO_ROW);
    for (unsigned i = 0; i < 34; i++) {
        uint32_t row = nr_rows_intern(rows, name_of(buf, 1000 + i));
        assert_true(row < 100 && row % 3 == 0);
        check_pk(rows, row, name_of(buf, 1000 + i));
    }
    assert_int_equal(nr_rows_limit(rows), 100);
    assert_int_equal(nr_rows_count(rows), 100);
    assert_int_equal(nr_rows_intern(rows, NR_S("one more")), 100);
}

static void a_row_may_be_dropped_by_its_own_key(void **state)
{
    nr_rows *rows = *state;
    uint32_t row = nr_rows_intern(rows, NR_S("alice"));
    nr_rows_drop(rows, nr_rows_pk(rows, row));
    assert_int_equal(nr_rows_find(rows, NR_S("alice")), NR_NO_ROW);
    assert_int_equal(nr_rows_count(rows), 0);
}

enum { KEYS = 3000 };

static void check_valid(const nr_rows *rows)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_buf why = nr_buf_in(&a);
    if (!nr_rows_valid(rows, &why)) fail_msg("%.*s", (int)why.n, why.p);
    nr_arena_clear(&a);
}

static void check_all(const nr_rows *rows, const uint32_t *row_of)
{
    check_valid(rows);
    char buf[32];
    uint32_t count = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        assert_int_equal(nr_rows_find(rows, name_of(buf, i)), row_of[i]);
        if (row_of[i] == NR_NO_ROW) continue;
        count++;
        assert_true(row_of[i] < nr_rows_limit(rows));
        check_pk(rows, row_of[i], name_of(buf, i));
    }
    assert_int_equal(nr_rows_count(rows), count);
}

static void intern_all(nr_rows *rows, uint32_t *row_of)
{
    char buf[32];
    for (unsigned i = 0; i < KEYS; i++) {
        nr_rows_soon(rows, name_of(buf, i));
        row_of[i] = nr_rows_intern(rows, name_of(buf, i));
        assert_int_equal(row_of[i], i);
    }
}

static void room_for_keys_that_are_expected_is_made_when_enough_have_come_and_what_is_over_given_back(void **state)
{
    static uint32_t row_of[KEYS];
    static const struct {
        size_t expected, least, most;
    } cases[] = {{0, 0, 80 * KEYS}, {10, 0, 80 * KEYS}, {KEYS, 0, 80 * KEYS}, {KEYS * 20, KEYS * 20 * 8, SIZE_MAX}, {SIZE_MAX, 0, 80 * KEYS}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nr_rows *rows = nr_rows_new(nr_env_libc());
        nr_rows_expect(rows, cases[i].expected);
        intern_all(rows, row_of);
        check_all(rows, row_of);
        assert_in_range(nr_rows_bytes(rows), cases[i].least, cases[i].most);
        nr_rows_fit(rows);
        check_all(rows, row_of);
        assert_true(nr_rows_bytes(rows) < 80 * KEYS);
        nr_rows_drop(rows, NR_S("17"));
        row_of[17] = NR_NO_ROW;
        check_all(rows, row_of);
        nr_rows_free(rows);
    }
}

static void a_directory_that_was_fitted_grows_again(void **state)
{
    char buf[32];
    (void)state;
    for (unsigned had = 0; had < 40; had++) {
        nr_rows *rows = nr_rows_new(nr_env_libc());
        nr_rows_expect(rows, 1000);
        for (unsigned i = 0; i < had + 20; i++) {
            if (i == had) nr_rows_fit(rows);
            assert_int_equal(nr_rows_intern(rows, name_of(buf, i)), i);
            check_valid(rows);
        }
        nr_rows_free(rows);
    }
}

static void many_are_found_as_one_is(void **state)
{
    nr_rows *rows = *state;
    static uint32_t row_of[KEYS], found[2 * KEYS];
    static char bufs[2 * KEYS][32];
    static nr_slice names[2 * KEYS];
    for (unsigned i = 0; i < 2 * KEYS; i++) names[i] = name_of(bufs[i], i);
    nr_rows_find_all(rows, names, 2 * KEYS, found);
    for (unsigned i = 0; i < 2 * KEYS; i++) assert_int_equal(found[i], NR_NO_ROW);
    intern_all(rows, row_of);
    for (unsigned i = 0; i < KEYS; i += 3) nr_rows_drop(rows, names[i]);
    for (unsigned n = 0; n < 2 * KEYS; n = n * 2 + 1) {
        memset(found, 0x77, sizeof found);
        nr_rows_find_all(rows, names, n, found);
        for (unsigned i = 0; i < n; i++) assert_int_equal(found[i], nr_rows_find(rows, names[i]));
        assert_int_equal(found[n], 0x77777777);
    }
}

/* Keys that are there, new ones, one that comes twice, and one that is kept for links alone, while the directory grows. */
static void many_are_interned_as_one_after_the_other_is(void **state)
{
    nr_rows *rows = *state;
    static uint32_t row_of[2 * KEYS];
    static char bufs[2 * KEYS][32];
    static nr_slice names[2 * KEYS];
    for (unsigned i = 0; i < 2 * KEYS; i++) names[i] = name_of(bufs[i], i == KEYS + 1 ? KEYS : i);
    nr_rows_epoch(rows);
    for (unsigned i = 0; i < KEYS; i += 2) nr_rows_intern(rows, names[i]);
    nr_rows_drop(rows, names[0]);
    assert_true(nr_rows_intern_all(rows, names, 2 * KEYS, row_of));
    assert_true(nr_rows_intern_all(rows, names, 0, NULL));
    for (unsigned i = 0; i < 2 * KEYS; i++) {
        check_pk(rows, row_of[i], names[i]);
        assert_int_equal(nr_rows_find(rows, names[i]), row_of[i]);
    }
    assert_int_equal(nr_rows_count(rows), 2 * KEYS - 1);
    check_valid(rows);
}

static void random_changes_agree_with_a_list(void **state)
{
    nr_rows *rows = *state;
    static uint32_t row_of[KEYS];
    static bool taken[KEYS];
    char buf[32];
    uint32_t seed = 4711;
    memset(row_of, 0xff, sizeof row_of);
    for (int step = 0; step < 60000; step++) {
        seed = seed * 1664525 + 1013904223;
        unsigned key = (seed >> 8) % KEYS;
        bool add = (seed >> 24) % 8 < (step / 15000 % 2 ? 2 : 6); /* grows, shrinks, grows, shrinks */
        uint32_t was = row_of[key];
        if (add) {
            uint32_t row = nr_rows_intern(rows, name_of(buf, key));
            assert_true(row < KEYS);
            assert_true(was == NR_NO_ROW ? !taken[row] : row == was);
            row_of[key] = row;
            taken[row] = true;
        } else {
            nr_rows_drop(rows, name_of(buf, key));
            if (was != NR_NO_ROW) taken[was] = false;
            row_of[key] = NR_NO_ROW;
        }
        if (step % 100 == 0) check_valid(rows);
        if (step % 5000 == 4999) check_all(rows, row_of);
    }
}

static void the_bytes_held_are_counted_and_few(void **state)
{
    nr_rows *rows = *state;
    enum { N = 100000 };
    size_t empty = nr_rows_bytes(rows), keys = 0;
    char buf[32];
    for (unsigned i = 0; i < N; i++) {
        nr_rows_intern(rows, name_of(buf, i));
        keys += name_of(buf, i).n;
    }
    assert_true(nr_rows_bytes(rows) >= keys + 13 * (size_t)N);
    assert_true(nr_rows_bytes(rows) <= empty + keys + 22 * (size_t)N);
    size_t full = nr_rows_bytes(rows);
    for (unsigned i = 0; i < N; i++) nr_rows_drop(rows, name_of(buf, i));
    assert_int_equal(nr_rows_count(rows), 0);
    check_valid(rows);
    assert_true(full - nr_rows_bytes(rows) >= keys + 5 * (size_t)N);
    for (unsigned i = 0; i < N; i++) nr_rows_intern(rows, name_of(buf, i));
    assert_in_range(nr_rows_bytes(rows), full - keys / 4, full + keys / 4);
    assert_int_equal(nr_rows_limit(rows), N);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_directory_finds_nothing),
        TEST(interning_twice_gives_the_same_row),
        TEST(a_number_that_is_noted_stays_its_key_s_until_the_epoch_ends),
        TEST(keys_are_told_apart_by_all_their_bytes),
        TEST(the_directory_keeps_copies),
        TEST(a_dropped_row_is_reused_and_the_others_stay),
        TEST(a_row_may_be_dropped_by_its_own_key),
        TEST(room_for_keys_that_are_expected_is_made_when_enough_have_come_and_what_is_over_given_back),
        TEST(a_directory_that_was_fitted_grows_again),
        TEST(many_are_found_as_one_is),
        TEST(many_are_interned_as_one_after_the_other_is),
        TEST(random_changes_agree_with_a_list),
        TEST(the_bytes_held_are_counted_and_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
