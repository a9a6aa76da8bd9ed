/* t_exec.c -- operators between the sources and the reply: filters, limits, sorts, loads, and the pump with its budgets. */
#include "exec_check.h"

/* -- what is between --------------------------------------------------------------------------------------------------------------------- */

static bool has_3(int64_t pk)
{
    return a_of(pk) == 3;
}
static bool below_10(int64_t pk)
{
    return b_of(pk) < 10;
}
static bool has_3_below_300(int64_t pk)
{
    return a_of(pk) == 3 && b_of(pk) < 300;
}

static void a_filter_passes_what_holds_in_the_order_in_which_it_comes(void **state)
{
    static pks want;
    (void)state;
    wanted(NULL, false, false, has_3, &want);
    expect(filter(load(all_rows()), "a", "exact", 3), &want);
    wanted(NULL, false, true, below_10, &want);
    expect(filter(load(scan("pk", everything, 1, true, true)), "b", "lt", 10), &want);
    wanted(a_of, true, false, has_3_below_300, &want);
    expect(filter(load(filter(load(scan("a.value", everything, 1, true, false)), "a", "exact", 3)), "b", "lt", 300), &want);
    want.n = 0;
    expect(filter(load(all_rows()), "b", "lt", 0), &want);
    wanted(NULL, false, false, NULL, &want);
    expect(filter(load(all_rows()), "b", "gte", 0), &want);
}

static void a_mask_keeps_the_rows_that_its_side_has_too(void **state)
{
    static pks want;
    static const int three[] = {3}, absent[] = {99};
    (void)state;
    nr_node *mask = node(&nr_op_mask, scan("pk", everything, 1, true, true), NULL, 0);
    mask->side = scan("a.value", points(three, 1), 1, false, false);
    wanted(NULL, false, true, has_3, &want);
    expect(mask, &want);
    mask->side = scan("a.value", points(absent, 1), 1, false, false);
    want.n = 0;
    expect(mask, &want);
    mask->side = scan("a.value", everything, 1, false, false);
    wanted(NULL, false, true, NULL, &want);
    expect(mask, &want);
}

static void skip_and_limit_cut_where_they_say(void **state)
{
    static const uint64_t numbers[] = {0, 1, 15, 16, 17, 1023, 1024, 1025, ROWS - 1, ROWS, ROWS + 1, UINT64_MAX};
    static pks all, want;
    (void)state;
    wanted(NULL, false, false, NULL, &all);
    for (size_t s = 0; s < COUNT(numbers); s++)
        for (size_t l = 0; l < COUNT(numbers); l += 3) {
            uint64_t skip = numbers[s] < ROWS ? numbers[s] : ROWS, left = ROWS - skip;
            want.n = (size_t)(numbers[l] < left ? numbers[l] : left);
            memcpy(want.at, all.at + skip, want.n * sizeof *want.at);
            expect(counted(&nr_op_limit, counted(&nr_op_skip, all_rows(), numbers[s]), numbers[l]), &want);
        }
}

static void a_limit_reads_little_more_than_it_gives(void **state)
{
    static pks got;
    (void)state;
    run.scanned = 0;
    pull(counted(&nr_op_limit, all_rows(), 10), 0, &got);
    assert_int_equal(got.n, 10);
    assert_true(run.scanned <= NR_BATCH_FIRST);
}

static void reverse_turns_round_what_comes(void **state)
{
    static pks want;
    (void)state;
    wanted(a_of, true, false, NULL, &want);
    for (size_t i = 0; i < want.n / 2; i++) {
        int64_t t = want.at[i];
        want.at[i] = want.at[want.n - 1 - i];
        want.at[want.n - 1 - i] = t;
    }
    expect(node(&nr_op_reverse, scan("a.value", everything, 1, true, false), NULL, 0), &want);
    want.n = 0;
    expect(node(&nr_op_reverse, scan("a.value", everything, 0, true, false), NULL, 0), &want);
}

/* -- sort -------------------------------------------------------------------------------------------------------------------------------- */

static nr_node *sort(const nr_sort_key *keys, size_t n, bool reverse, uint64_t top)
{
    nr_sort_params p = {.keys = keys, .n_keys = n, .reverse = reverse, .top = top};
    return node(&nr_op_sort, load(all_rows()), &p, sizeof p);
}

static void sort_orders_by_its_keys_then_by_pk(void **state)
{
    static pks want;
    nr_sort_key a[] = {{field_of("a"), false, NULL}}, down[] = {{field_of("a"), true, NULL}}, b[] = {{field_of("b"), true, NULL}, {field_of("a"), false, NULL}};
    nr_sort_key with_pk[] = {{field_of("a"), false, NULL}, {field_of("pk"), true, NULL}, {field_of("b"), false, NULL}};
    (void)state;
    wanted(a_of, false, false, NULL, &want);
    expect(sort(a, 1, false, UINT64_MAX), &want);
    wanted(a_of, true, false, NULL, &want);
    expect(sort(down, 1, false, UINT64_MAX), &want);
    wanted(a_of, true, true, NULL, &want);
    expect(sort(a, 1, true, UINT64_MAX), &want);
    wanted(a_of, false, true, NULL, &want);
    expect(sort(with_pk, 3, false, UINT64_MAX), &want);
    expect(sort(down, 1, true, UINT64_MAX), &want);
    wanted(b_of, true, false, NULL, &want);
    expect(sort(b, 2, false, UINT64_MAX), &want);
    wanted(NULL, false, true, NULL, &want);
    expect(sort(a, 0, true, UINT64_MAX), &want);
}

static void sort_of_the_first_k_is_the_beginning_of_the_whole(void **state)
{
    static const uint64_t tops[] = {0, 1, 2, 3, 10, 1000, ROWS - 1, ROWS, ROWS + 1, UINT64_MAX - 1};
    static pks want;
    nr_sort_key a[] = {{field_of("a"), true, NULL}}, b[] = {{field_of("b"), false, NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT(tops); i++) {
        wanted(a_of, true, false, NULL, &want);
        if (tops[i] < ROWS) want.n = (size_t)tops[i];
        expect(sort(a, 1, false, tops[i]), &want);
        wanted(b_of, true, true, NULL, &want);
        if (tops[i] < ROWS) want.n = (size_t)tops[i];
        expect(sort(b, 1, true, tops[i]), &want);
    }
}

/* -- entities and budgets ---------------------------------------------------------------------------------------------------------------- */

static void load_drops_rows_whose_entity_is_not_there_or_is_none(void **state)
{
    static pks want;
    nr_pair was[8], bad = {NR_S("b"), NR_S("x")}, good = {NR_S("b"), nr_arena_printf(&call.arena, "%d", b_of(17))};
    nr_pairs all = {0};
    (void)state;
    assert_int_equal(w.mem->cls->hash_all(w.mem, NR_S("x.Row:5"), &call.arena, &all), NR_ST_OK);
    memcpy(was, all.at, all.n * sizeof *was);
    w.mem->cls->remove(w.mem, NR_S("x.Row:5"));
    w.mem->cls->hash_put(w.mem, NR_S("x.Row:17"), &bad, 1);
    wanted(NULL, false, false, NULL, &want);
    memmove(want.at + 16, want.at + 17, (want.n - 17) * sizeof *want.at);
    memmove(want.at + 4, want.at + 5, (want.n - 6) * sizeof *want.at);
    want.n -= 2;
    expect(load(all_rows()), &want);
    w.mem->cls->hash_put(w.mem, NR_S("x.Row:5"), was, all.n);
    w.mem->cls->hash_put(w.mem, NR_S("x.Row:17"), &good, 1);
}

static void values_are_those_of_the_row_that_they_come_with(void **state)
{
    (void)state;
    nr_op *op = nr_op_open(&run, filter(load(scan("a.value", everything, 1, true, false)), "b", "gte", 5));
    nr_batch *b = NR_NEW(&call.arena, nr_batch);
    size_t seen = 0;
    do {
        b->want = 1 + seen % 50;
        assert_true(nr_op_next(op, b));
        assert_true(!b->n || b->loaded);
        for (size_t i = 0; i < b->n; i++) {
            int64_t pk = pk_of(b->rows[i]);
            const nr_value *v = b->values[i];
            assert_int_equal(v[0].i, pk);
            assert_int_equal(v[1].kind == NR_V_NULL ? -1 : v[1].i, a_of(pk));
            assert_int_equal(v[2].i, b_of(pk));
        }
        seen += b->n;
    } while (b->n);
    assert_int_equal(seen, ROWS - 5);
}

static void expect_limit(const nr_node *root, const char *setting)
{
    nr_op *op = nr_op_open(&run, root);
    nr_batch *b = NR_NEW(&call.arena, nr_batch);
    bool ok = true;
    nr_err_clear(&call.err);
    do {
        b->want = NR_BATCH;
        ok = nr_op_next(op, b);
    } while (ok && b->n);
    assert_false(ok);
    assert_int_equal(call.err.code, NR_E_LIMIT);
    assert_non_null(strstr(call.err.msg, setting));
    nr_run_close(&run);
}

static void the_pump_keeps_the_budgets(void **state)
{
    static pks got;
    nr_sort_key a[] = {{field_of("a"), false, NULL}};
    (void)state;
    run.limits.max_scan = ROWS - 1;
    expect_limit(all_rows(), "max-scan");
    run.limits.max_scan = ROWS;
    run.scanned = 0;
    nr_err_clear(run.err);
    pull(all_rows(), 0, &got);
    assert_int_equal(got.n, ROWS);
    run.limits = NR_LIMITS_DEFAULT;
    run.limits.max_memory = (int64_t)call.arena.held + (1 << 16);
    run.scanned = 0;
    expect_limit(sort(a, 1, false, UINT64_MAX), "max-memory");
    run.limits = NR_LIMITS_DEFAULT;
    run.deadline_us = -1;
    expect_limit(all_rows(), "max-time");
}

/* -- through the facade ------------------------------------------------------------------------------------------------------------------ */

/* A set under a digest may hold entities of another text. */
static void what_a_digest_gives_is_verified(void **state)
{
    char digest[32], value[80];
    (void)state;
    snprintf(value, sizeof value, "%070d", 1);
    nr_hash_digest(nr_slice_of(value), digest);
    nr_slice key = nr_arena_printf(&call.arena, "x.Row/s/s.value.set/#%.32s", digest);
    uint64_t n = 0;
    assert_string_equal(world_do(&w, "COUNT x.Row"), ":3000"); /* what is amiss before the first look would be mended */
    w.mem->cls->set_count(w.mem, key, &n);
    assert_int_equal(n, ROWS / 3);
    w.mem->cls->set_add(w.mem, key, NR_S("2"));
    w.mem->cls->set_add(w.mem, key, NR_S("3"));
    const nr_slice filters[] = {
        nr_arena_printf(&call.arena, "FILTER s %s", value),
        nr_arena_printf(&call.arena, "FILTER s__in '[\"%s\"]'", value),
        nr_arena_printf(&call.arena, "FILTER s %s pk__lt 100000", value),
        nr_arena_printf(&call.arena, "FILTER s %s a__isnull false", value),
    };
    static const int counts[] = {ROWS / 3, ROWS / 3, ROWS / 3, 857};
    for (size_t i = 0; i < COUNT(filters); i++) {
        char want[32];
        snprintf(want, sizeof want, ":%d", counts[i]);
        assert_string_equal(world_dof(&w, "COUNT x.Row %s", filters[i].p), want);
        assert_string_equal(world_dof(&w, "QUERY x.Row %s FIELDS pk FLAT ORDER pk LIMIT 0 2", filters[i].p), "[#1,#4]");
    }
    w.mem->cls->set_remove(w.mem, key, NR_S("2"));
    w.mem->cls->set_remove(w.mem, key, NR_S("3"));
}

/* GET reads all of the hash. */
static void rows_whose_fields_are_partly_in_columns_are_those_that_get_replies(void **state)
{
    (void)state;
    static const int64_t some[] = {1, 2, 7, ROWS};
    assert_non_null(strstr(world_do(&w, "EXPLAIN QUERY x.Row FILTER pk 7"), "Load fields beside columns"));
    for (size_t i = 0; i < COUNT(some); i++) {
        char want[400];
        snprintf(want, sizeof want, "[%s]", world_dof(&w, "GET x.Row %lld", (long long)some[i]));
        assert_string_equal(world_dof(&w, "QUERY x.Row FILTER pk %lld", (long long)some[i]), want);
    }
    char was[12];
    nr_pair bad = {NR_S("b"), NR_S("many")}, good = {NR_S("b"), {was, (size_t)snprintf(was, sizeof was, "%d", b_of(2))}};
    w.mem->cls->hash_put(w.mem, NR_S("x.Row:2"), &bad, 1);
    assert_string_equal(world_do(&w, "QUERY x.Row FILTER pk 2"), "[]");
    w.mem->cls->hash_put(w.mem, NR_S("x.Row:2"), &good, 1);
    assert_string_equal(world_do(&w, "QUERY x.Row FILTER pk 2 FIELDS pk FLAT"), "[#2]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_filter_passes_what_holds_in_the_order_in_which_it_comes),
        TEST(a_mask_keeps_the_rows_that_its_side_has_too),
        TEST(skip_and_limit_cut_where_they_say),
        TEST(a_limit_reads_little_more_than_it_gives),
        TEST(reverse_turns_round_what_comes),
        TEST(sort_orders_by_its_keys_then_by_pk),
        TEST(sort_of_the_first_k_is_the_beginning_of_the_whole),
        TEST(load_drops_rows_whose_entity_is_not_there_or_is_none),
        TEST(values_are_those_of_the_row_that_they_come_with),
        TEST(the_pump_keeps_the_budgets),
        TEST(what_a_digest_gives_is_verified),
        TEST(rows_whose_fields_are_partly_in_columns_are_those_that_get_replies),
    };
    return cmocka_run_group_tests(tests, set_up_rows, tear_down_rows);
}
