/* t_sources.c -- operators that rows come from: walks of ordered indexes, sets, and what is common to several of these. */
#include "exec_check.h"

static void a_scan_walks_either_way_with_ties_either_way(void **state)
{
    static pks want;
    (void)state;
    for (int descending = 0; descending < 2; descending++)
        for (int pks_descending = 0; pks_descending < 2; pks_descending++) {
            wanted(a_of, descending, pks_descending, NULL, &want);
            expect(scan("a.value", everything, 1, descending, pks_descending), &want);
        }
    wanted(NULL, false, true, NULL, &want);
    expect(scan("pk", everything, 1, true, true), &want);
}

static bool has_025(int64_t pk)
{
    return a_of(pk) == -1 || a_of(pk) == 0 || a_of(pk) == 2 || a_of(pk) == 5;
}

static void a_scan_of_several_ranges_keeps_the_order(void **state)
{
    static pks want;
    static const int values[] = {-1, 0, 2, 5};
    (void)state;
    for (int descending = 0; descending < 2; descending++)
        for (int pks_descending = 0; pks_descending < 2; pks_descending++) {
            wanted(a_of, descending, pks_descending, has_025, &want);
            expect(scan("a.value", points(values, 4), 4, descending, pks_descending), &want);
        }
}

static void a_scan_without_ranges_is_empty(void **state)
{
    static const pks none;
    static const int absent[] = {99};
    (void)state;
    expect(scan("a.value", everything, 0, false, true), &none);
    expect(scan("a.value", points(absent, 1), 1, false, true), &none);
    expect(scan("a.value", points(absent, 1), 1, true, true), &none);
}

static int compare_numbers(const void *x, const void *y)
{
    int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;
    return p < q ? -1 : p > q;
}

static bool is_mod_3(int64_t pk)
{
    return pk % 3 != 1;
}

static void sets_give_the_members_of_all_their_keys(void **state)
{
    static pks want, got;
    nr_slice keys[3];
    char value[80];
    const nr_index *ix = index_of("s.value.set");
    (void)state;
    for (int i = 0; i < 3; i++) {
        snprintf(value, sizeof value, "%070d", i == 1 ? 9 : i); /* nobody has 9 */
        nr_value v = {.kind = NR_V_TEXT, .s = nr_slice_of(value)};
        nr_buf b = nr_buf_in(&call.arena);
        nr_index_set_key(ix, &v, &b);
        keys[i] = nr_buf_slice(&b);
    }
    nr_sets_params p = {ix, keys, 3, NR_S(""), NR_S("")};
    wanted(NULL, false, false, is_mod_3, &want);
    for (unsigned sizes = 0; sizes < 4; sizes++) {
        pull(node(&nr_op_sets, NULL, &p, sizeof p), sizes, &got);
        assert_int_equal(got.n, want.n);
        qsort(got.at, got.n, sizeof *got.at, compare_numbers);
        assert_memory_equal(got.at, want.at, want.n * sizeof *want.at);
    }
}

/* The sets hold each third and each fourth pk: some of the first set come without being asked about, then what is in both. */
static void members_of_several_sets_come_once_and_in_one_order(void **state)
{
    enum { FIRST = 3, SECOND = 4, UNASKED = 256 };
    static pks got[4];
    const nr_slice keys[] = {NR_S("thirds"), NR_S("fourths")};
    nr_sets_params p = {index_of("s.value.set"), keys, 2, NR_S(""), NR_S("")};
    (void)state;
    for (int i = 1; i <= ROWS; i++)
        for (size_t k = 0; k < 2; k++)
            if (i % (k ? SECOND : FIRST) == 0) w.mem->cls->set_add(w.mem, keys[k], nr_arena_printf(&call.arena, "%d", i));
    for (unsigned sizes = 0; sizes < 4; sizes++) {
        pks *is = &got[sizes];
        size_t common = 0;
        pull(node(&nr_op_common, NULL, &p, sizeof p), sizes, is);
        assert_int_equal(is->n, got[0].n);
        assert_memory_equal(is->at, got[0].at, is->n * sizeof *is->at);
        for (size_t i = 0; i < is->n; i++) common += is->at[i] % (FIRST * SECOND) == 0;
        for (size_t i = 0; i < is->n; i++) assert_int_equal(is->at[i] % FIRST, 0);
        assert_int_equal(common, ROWS / FIRST / SECOND);
        assert_in_range(is->n - common, 1, UNASKED);
    }
    qsort(got[0].at, got[0].n, sizeof *got[0].at, compare_numbers);
    for (size_t i = 1; i < got[0].n; i++) assert_true(got[0].at[i - 1] < got[0].at[i]);
    for (size_t k = 0; k < 2; k++) w.mem->cls->remove(w.mem, keys[k]);
}

static void each_once(const pks *got, bool (*expected)(int64_t pk))
{
    static bool seen[ROWS + 1];
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < got->n; i++) {
        if (seen[got->at[i]]) fail_msg("pk %lld comes twice", (long long)got->at[i]);
        seen[got->at[i]] = true;
    }
    for (int64_t pk = 1; pk <= ROWS; pk++)
        if (expected(pk) && !seen[pk]) fail_msg("pk %lld does not come", (long long)pk);
}

static bool is_of_both_or_fifth(int64_t pk)
{
    return pk % 12 == 0 || pk % 5 == 0;
}

/* The crowd has some of what is common to the others, some of what only the smallest has, and some of its own. */
static void a_crowd_comes_beside_what_is_common_to_sets_each_once(void **state)
{
    static const int every[] = {4, 3, 5};
    static pks got;
    const nr_slice keys[] = {NR_S("fourths"), NR_S("thirds"), NR_S("fifths")};
    nr_sets_params p = {index_of("s.value.set"), keys, 2, keys[2], NR_S("")};
    (void)state;
    for (int i = 1; i <= ROWS; i++)
        for (size_t k = 0; k < 3; k++)
            if (i % every[k] == 0) w.mem->cls->set_add(w.mem, keys[k], nr_arena_printf(&call.arena, "%d", i));
    for (unsigned sizes = 0; sizes < 4; sizes++) {
        pull(node(&nr_op_common, NULL, &p, sizeof p), sizes, &got);
        each_once(&got, is_of_both_or_fifth);
    }
    for (size_t k = 0; k < 3; k++) w.mem->cls->remove(w.mem, keys[k]);
    w.mem->cls->set_add(w.mem, keys[0], NR_S("12")); /* one page is all of it */
    w.mem->cls->set_add(w.mem, keys[1], NR_S("12"));
    w.mem->cls->set_add(w.mem, keys[2], NR_S("12"));
    w.mem->cls->set_add(w.mem, keys[2], NR_S("7"));
    pull(node(&nr_op_common, NULL, &p, sizeof p), 0, &got);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.at[0] + got.at[1], 19);
    for (size_t k = 0; k < 3; k++) w.mem->cls->remove(w.mem, keys[k]);
}

/* n_lists 0: a key that nothing has is among those that are asked for. */
static void a_crowd_comes_behind_what_is_common_to_lists_each_once(void **state)
{
    static pks got, want;
    roaring_bitmap_t *lists[] = {roaring_bitmap_create(), roaring_bitmap_create()}, *crowd = roaring_bitmap_create();
    const roaring_bitmap_t *given[] = {lists[0], lists[1]};
    (void)state;
    for (int pk = 1; pk <= ROWS; pk++) {
        uint32_t row = nr_rows_find(model->rows, nr_arena_printf(&call.arena, "%d", pk));
        if (pk % 4 == 0) roaring_bitmap_add(lists[0], row);
        if (pk % 3 == 0) roaring_bitmap_add(lists[1], row);
        if (pk % 5 == 0) roaring_bitmap_add(crowd, row);
    }
    nr_lists_params both = {index_of("s.value.set"), given, 2, true, crowd, NR_S("")}, alone = {index_of("s.value.set"), given, 0, true, crowd, NR_S("")};
    for (unsigned sizes = 0; sizes < 4; sizes++) {
        pull(node(&nr_op_lists, NULL, &both, sizeof both), sizes, &got);
        wanted(NULL, false, false, is_of_both_or_fifth, &want);
        assert_int_equal(got.n, want.n);
        each_once(&got, is_of_both_or_fifth);
        pull(node(&nr_op_lists, NULL, &alone, sizeof alone), sizes, &got);
        assert_int_equal(got.n, ROWS / 5);
    }
    for (size_t i = 0; i < 2; i++) roaring_bitmap_free(lists[i]);
    roaring_bitmap_free(crowd);
}

/* INDEX CHECK names them; a walk goes on behind them, either way. */
static void members_that_are_no_entries_are_passed_over(void **state)
{
    static const nr_slice bad[] = {{"\x07what", 5}, {"\x01short", 6}, {"\0", 1}, {"\x01\x80\0\0\0\0\0\0\x03", 9}, {"\xff\xff", 2}};
    static pks want;
    nr_slice key = index_of("a.value")->key;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) w.mem->cls->ordered_add(w.mem, key, bad[i]);
    for (int descending = 0; descending < 2; descending++)
        for (int pks_descending = 0; pks_descending < 2; pks_descending++) {
            wanted(a_of, descending, pks_descending, NULL, &want);
            expect(scan("a.value", everything, 1, descending, pks_descending), &want);
        }
    for (size_t i = 0; i < COUNT(bad); i++) w.mem->cls->ordered_remove(w.mem, key, bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_scan_walks_either_way_with_ties_either_way),
        TEST(a_scan_of_several_ranges_keeps_the_order),
        TEST(a_scan_without_ranges_is_empty),
        TEST(sets_give_the_members_of_all_their_keys),
        TEST(members_of_several_sets_come_once_and_in_one_order),
        TEST(a_crowd_comes_beside_what_is_common_to_sets_each_once),
        TEST(a_crowd_comes_behind_what_is_common_to_lists_each_once),
        TEST(members_that_are_no_entries_are_passed_over),
    };
    return cmocka_run_group_tests(tests, set_up_rows, tear_down_rows);
}
