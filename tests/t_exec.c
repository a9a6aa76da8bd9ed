/* t_exec.c -- operators, each in a tree made by hand over a model of some thousand rows, pulled in batches of all sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "engine/commands.h"
#include "store/keys.h"
#include "table/postings.h"
#include "table/rows.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROWS = 3000, KEYS = 7 };

static world w;
static nr_call call;
static nr_model *model;
static nr_run run;

/* Row i+1: a is i % 7, NULL in place of 6; b is a permutation; s has one of three long texts. */
static int a_of(int64_t pk)
{
    int a = (int)((pk - 1) % KEYS);
    return a == KEYS - 1 ? -1 : a;
}

static int b_of(int64_t pk)
{
    return (int)(pk * 7919 % ROWS);
}

static int set_up_rows(void **state)
{
    (void)state;
    text t = {0};
    world_open(&w);
    text_add(&t, NR_S("SAVE x.Row JSON '["));
    for (int i = 1; i <= ROWS; i++) {
        text_addf(&t, "%s{\"b\":%d,\"s\":\"%070d\"", i > 1 ? "," : "", b_of(i), i % 3);
        if (a_of(i) >= 0) text_addf(&t, ",\"a\":%d", a_of(i));
        text_add(&t, NR_S("}"));
    }
    text_add(&t, NR_S("]'"));
    world_do(&w, "MODEL SET x.Row '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"b\": {\"type\": \"int\"}, \"s\": "
                 "{\"type\": \"char\", \"index\": [\"exact\"]}}}'");
    const char *got = world_do(&w, t.p);
    free(t.p);
    return w.ok ? 0 : (fprintf(stderr, "%.200s\n", got), 1);
}

static int tear_down_rows(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    nr_call_init(&call, w.engine);
    call.store = w.store;
    model = nr_model_need(&call, NR_S("x.Row"));
    if (!model) return 1;
    nr_run_start(&run, &call, model);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nr_run_close(&run);
    nr_call_clear(&call);
    return 0;
}

/* -- trees ------------------------------------------------------------------------------------------------------------------------------- */

static nr_node *node(const nr_op_class *cls, const nr_node *child, const void *params, size_t size)
{
    nr_node *n = NR_NEW(&call.arena, nr_node);
    void *copy = nr_arena_zalloc(&call.arena, size);
    if (size) memcpy(copy, params, size);
    n->cls = cls;
    n->child = child;
    n->params = copy;
    return n;
}

static const nr_index *index_of(const char *name)
{
    for (size_t i = 0; i < model->n_indexes; i++)
        if (nr_slice_is(model->indexes[i].name, name)) return &model->indexes[i];
    fail_msg("no index %s", name);
    return NULL;
}

static const nr_field *field_of(const char *name)
{
    const nr_field *f = nr_schema_field(model->schema, nr_slice_of(name));
    assert_non_null(f);
    return f;
}

static const nr_range everything[1];

static nr_node *scan(const char *index, const nr_range *ranges, size_t n, bool descending, bool pks_descending)
{
    nr_scan_params p = {index_of(index), ranges, n, descending, pks_descending, NR_S("")};
    return node(&nr_op_scan, NULL, &p, sizeof p);
}

static nr_node *all_rows(void)
{
    return scan("pk", everything, 1, false, false);
}

static nr_node *counted(const nr_op_class *cls, const nr_node *child, uint64_t count)
{
    nr_count_params p = {count};
    return node(cls, child, &p, sizeof p);
}

static nr_node *load(const nr_node *child)
{
    static const bool want[] = {true, true, true, true};
    nr_load_params p = {.want = want};
    return node(&nr_op_load, child, &p, sizeof p);
}

static nr_node *filter(const nr_node *child, const char *field, const char *lookup, int64_t operand)
{
    nr_pred *p = NR_NEW(&call.arena, nr_pred);
    nr_operand *arg = NR_NEW(&call.arena, nr_operand);
    *arg = (nr_operand){{.kind = NR_V_INT, .i = operand}, 0};
    *p = (nr_pred){
        .op = NR_P_LEAF, .field = field_of(field), .lookup = nr_lookup_find(nr_slice_of(lookup)), .args = {.at = arg, .n = 1}, .text = NR_S("")};
    p->path = nr_path_of(p->field);
    p->direct = true;
    nr_filter_params f = {p};
    return node(&nr_op_filter, child, &f, sizeof f);
}

/* The ranges of `a in (values)`, values ascending; -1 is NULL. */
static const nr_range *points(const int *values, size_t n)
{
    nr_range *out = NR_NEW_N(&call.arena, nr_range, n);
    for (size_t i = 0; i < n; i++) {
        nr_probe p = {.kind = NR_PB_POINT, .lo = values[i] < 0 ? NR_NULL : (nr_value){.kind = NR_V_INT, .i = values[i]}, .hi = NR_NULL};
        assert_true(nr_probe_range(index_of("a.value"), &p, &call.arena, &out[i]));
    }
    return out;
}

/* -- running ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct pks {
    int64_t at[ROWS * 2];
    size_t n;
} pks;

static int64_t pk_of(uint32_t row)
{
    nr_slice name = nr_rows_pk(model->rows, row);
    return strtoll(nr_arena_copy(&call.arena, name).p, NULL, 10);
}

/* Pulls to the end, asking for other numbers of rows each time; the end comes again when asked for again. */
static void pull(const nr_node *root, unsigned sizes, pks *out)
{
    static const size_t wants[][5] = {{1024, 1024, 1024, 1024, 1024}, {1, 1, 1, 1, 1}, {3, 1024, 1, 17, 500}, {16, 15, 17, 1, 1024}};
    nr_op *op = nr_op_open(&run, root);
    nr_batch *b = NR_NEW(&call.arena, nr_batch);
    out->n = 0;
    for (size_t i = 0;; i++) {
        b->want = wants[sizes][i % 5];
        size_t want = b->want;
        if (!nr_op_next(op, b)) fail_msg("%s", call.err.msg);
        assert_true(b->n <= want);
        if (!b->n) break;
        for (size_t k = 0; k < b->n; k++) {
            assert_true(out->n < COUNT(out->at));
            out->at[out->n++] = pk_of(b->rows[k]);
        }
    }
    b->want = 5;
    assert_true(nr_op_next(op, b));
    assert_int_equal(b->n, 0);
    nr_run_close(&run);
}

static void expect(const nr_node *root, const pks *want)
{
    static pks got;
    for (unsigned sizes = 0; sizes < 4; sizes++) {
        pull(root, sizes, &got);
        assert_int_equal(got.n, want->n);
        for (size_t i = 0; i < want->n; i++)
            if (got.at[i] != want->at[i]) fail_msg("place %zu: pk %lld, not %lld (sizes %u)", i, (long long)got.at[i], (long long)want->at[i], sizes);
    }
}

typedef struct ordering {
    int (*key)(int64_t pk);
    bool descending, pks_descending;
} ordering;

static ordering by;

static int compare_pks(const void *x, const void *y)
{
    int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;
    int a = by.key ? by.key(p) : 0, b = by.key ? by.key(q) : 0;
    if (a != b) return (a < b ? -1 : 1) * (by.descending ? -1 : 1);
    return (p < q ? -1 : p > q) * (by.pks_descending ? -1 : 1);
}

/* All pks for which keep holds, in order. */
static void wanted(int (*key)(int64_t pk), bool descending, bool pks_descending, bool (*keep)(int64_t pk), pks *out)
{
    out->n = 0;
    for (int64_t pk = 1; pk <= ROWS; pk++)
        if (!keep || keep(pk)) out->at[out->n++] = pk;
    by = (ordering){key, descending, pks_descending};
    qsort(out->at, out->n, sizeof *out->at, compare_pks);
}

/* -- sources ----------------------------------------------------------------------------------------------------------------------------- */

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
