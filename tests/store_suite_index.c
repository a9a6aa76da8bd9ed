/* store_suite_index.c -- the part of the suite about ordered indexes, sets and counters. Random writes are compared with a model that is too simple
 * to be wrong: one flag for each of a few awkward members. */
#include "store_suite_fixture.h"

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Ordered indexes. */

static const nr_slice members[] = {
    /* in memcmp order */
    {"", 0}, {"\0", 1}, {"\0\0", 2}, {"\0\1", 2}, {"\0\xff", 2}, {"\1", 1}, {"+", 1}, {"-", 1}, {"A", 1}, {"a", 1}, {"a\0", 2}, {"a\0b", 3},
    {"aa", 2}, {"ab", 2}, {"b", 1}, {"inf", 3}, {"\x7f", 1}, {"\x80", 1}, {"\xc3\xa9", 2}, {"\xff", 1}, {"\xff\0", 2}, {"\xff\xff", 2},
};

enum { MEMBERS = COUNT(members) };

static bool in_range(nr_slice m, const nr_range *r)
{
    int lo = r->lo.p ? nr_slice_cmp(m, r->lo) : 1, hi = r->hi.p ? nr_slice_cmp(m, r->hi) : -1;
    return (r->lo_open ? lo > 0 : lo >= 0) && (r->hi_open ? hi < 0 : hi <= 0);
}

static void check_range(fixture *f, const bool *there, nr_range r, bool reverse, size_t max)
{
    nr_slice want[MEMBERS];
    size_t n = 0;
    for (size_t i = 0; i < MEMBERS; i++) {
        size_t at = reverse ? MEMBERS - 1 - i : i;
        if (there[at] && in_range(members[at], &r)) want[n++] = members[at];
    }
    assert_int_equal(count_range(f, KEY, r), n);
    nr_slices got = scan_range(f, KEY, r, reverse, max);
    assert_int_equal(got.n, n < max ? n : max);
    for (size_t i = 0; i < got.n; i++) check_slice(got.at[i], want[i]);
}

/* Every pair of bounds, each open and closed, and no bound. */
static void check_all_ranges(fixture *f, const bool *there, uint32_t *seed)
{
    for (size_t lo = 0; lo <= MEMBERS; lo++) {
        for (size_t hi = 0; hi <= MEMBERS; hi++) {
            uint32_t x = next_random(seed);
            nr_range r = {lo < MEMBERS ? members[lo] : ABSENT, hi < MEMBERS ? members[hi] : ABSENT, x & 1, x & 2};
            check_range(f, there, r, x & 4, x & 8 ? 1000 : x / 16 % 5);
        }
    }
}

static void ordered_ranges_count_and_scan_as_memcmp_says(void **state)
{
    fixture *f = *state;
    bool there[MEMBERS] = {false};
    uint32_t seed = 20260101;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 6; i++) {
            uint32_t x = next_random(&seed);
            size_t at = x / 4 % MEMBERS;
            there[at] = x & 3;
            if (there[at]) add(f, KEY, members[at]);
            else assert_int_equal(f->s->cls->ordered_remove(f->s, KEY, members[at]), NR_ST_OK);
        }
        check_all_ranges(f, there, &seed);
        nr_arena_clear(&f->a);
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        bool has = !there[i];
        assert_int_equal(f->s->cls->ordered_has(f->s, KEY, members[i], &has), NR_ST_OK);
        assert_int_equal(has, there[i]);
    }
}

static void an_ordered_index_holds_a_member_once_and_none_when_empty(void **state)
{
    fixture *f = *state;
    add(f, KEY, NR_S("a"));
    add(f, KEY, NR_S("a"));
    add(f, KEY, NR_S(""));
    assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_ORDERED);
    assert_int_equal(count_range(f, KEY, (nr_range){0}), 2);
    assert_int_equal(f->s->cls->ordered_remove(f->s, KEY, NR_S("b")), NR_ST_OK);
    assert_int_equal(f->s->cls->ordered_remove(f->s, KEY, NR_S("a")), NR_ST_OK);
    assert_int_equal(count_range(f, KEY, (nr_range){0}), 1);
    assert_int_equal(f->s->cls->ordered_remove(f->s, KEY, NR_S("")), NR_ST_OK);
    assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_NOTHING);
}

static void walk_pages(fixture *f, bool reverse, size_t size, int n)
{
    nr_range r = {0};
    int seen = 0;
    for (nr_slices page = {0}; seen == 0 || page.n == size;) {
        page = scan_range(f, KEY, r, reverse, size);
        for (size_t i = 0; i < page.n; i++, seen++) check_slice(page.at[i], nr_arena_printf(&f->a, "%05d", reverse ? n - 1 - seen : seen));
        if (page.n == 0) break;
        if (reverse) r = (nr_range){.hi = page.at[page.n - 1], .hi_open = true};
        else r = (nr_range){.lo = page.at[page.n - 1], .lo_open = true};
    }
    assert_int_equal(seen, n);
}

static void moving_the_bound_behind_the_last_member_goes_on(void **state)
{
    fixture *f = *state;
    enum { N = 700 };
    for (int i = 0; i < N; i++) add(f, KEY, nr_arena_printf(&f->a, "%05d", i * 331 % N));
    size_t sizes[] = {1, 7, 100, 350, 699, 700, 701};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        walk_pages(f, false, sizes[i], N);
        walk_pages(f, true, sizes[i], N);
    }
}

static void a_scan_appends_and_none_at_most_is_none(void **state)
{
    fixture *f = *state;
    add(f, KEY, NR_S("a"));
    nr_slices out = {0};
    nr_range all = {0};
    assert_int_equal(f->s->cls->ordered_scan(f->s, KEY, &all, false, 0, &f->a, &out), NR_ST_OK);
    assert_int_equal(out.n, 0);
    nr_vec_push(&f->a, &out, NR_S("kept"));
    assert_int_equal(f->s->cls->ordered_scan(f->s, KEY, &all, false, 5, &f->a, &out), NR_ST_OK);
    assert_int_equal(out.n, 2);
    check_slice(out.at[0], NR_S("kept"));
    check_slice(out.at[1], NR_S("a"));
}

/* Sets. */

static void a_set_holds_a_member_once_and_none_when_empty(void **state)
{
    fixture *f = *state;
    const nr_store_class *c = f->s->cls;
    nr_slice given[] = {NR_S("12"), NR_S("012"), NR_S("12"), NR_S("a\0"), NR_S(""), NR_S("a")};
    for (size_t i = 0; i < COUNT(given); i++) assert_int_equal(c->set_add(f->s, KEY, given[i]), NR_ST_OK);
    assert_int_equal(c->holds(f->s, KEY), NR_HOLDS_SET);
    assert_int_equal(set_count(f, KEY), 5);
    assert_int_equal(c->set_remove(f->s, KEY, NR_S("none")), NR_ST_OK);
    assert_int_equal(set_count(f, KEY), 5);
    for (size_t i = 1; i < COUNT(given); i++) {
        bool has = false;
        assert_int_equal(c->set_has(f->s, KEY, given[i], &has), NR_ST_OK);
        assert_true(has);
        assert_int_equal(c->set_remove(f->s, KEY, given[i]), NR_ST_OK);
        assert_int_equal(c->set_has(f->s, KEY, given[i], &has), NR_ST_OK);
        assert_false(has);
        assert_int_equal(set_count(f, KEY), COUNT(given) - 1 - i);
    }
    assert_int_equal(c->holds(f->s, KEY), NR_HOLDS_NOTHING);
}

static void a_set_scan_gives_each_member_once(void **state)
{
    fixture *f = *state;
    static const int sizes[] = {1, 63, 64, 65, 128, 1000};
    for (size_t k = 0; k < COUNT(sizes); k++) {
        nr_slice key = nr_arena_printf(&f->a, "set %zu", k);
        int n = sizes[k];
        for (int i = 0; i < n; i++) assert_int_equal(f->s->cls->set_add(f->s, key, nr_arena_printf(&f->a, "%dx", i)), NR_ST_OK);
        nr_slices got = scan_set(f, key);
        assert_int_equal(got.n, n);
        bool *seen = NR_NEW_N(&f->a, bool, n);
        for (size_t i = 0; i < got.n; i++) {
            int x = 0;
            for (size_t j = 0; j + 1 < got.at[i].n; j++) x = x * 10 + got.at[i].p[j] - '0';
            check_slice(got.at[i], nr_arena_printf(&f->a, "%dx", x));
            assert_in_range(x, 0, n - 1);
            assert_false(seen[x]);
            seen[x] = true;
        }
        nr_slices again = scan_set(f, key);
        assert_int_equal(again.n, n);
        for (size_t i = 0; i < got.n; i++) check_slice(again.at[i], got.at[i]);
    }
}

static bool among(const nr_slices *list, nr_slice s)
{
    bool in = false;
    for (size_t i = 0; i < list->n; i++) in = in || nr_slice_eq(list->at[i], s);
    return in;
}

/* Set k holds the multiples of k+2, as numbers and, in half of the cases, as texts that are none. */
static void what_is_common_to_sets_is_in_each_of_them(void **state)
{
    fixture *f = *state;
    enum { NUMBERS = 1300, SETS = 3 };
    nr_slice keys[SETS + 1];
    const char *const forms[] = {"%d", "%dx"};
    for (size_t form = 0; form < COUNT(forms); form++) {
        for (int k = 0; k < SETS; k++) {
            keys[k] = nr_arena_printf(&f->a, "set %zu %d", form, k);
            for (int i = 0; i < NUMBERS; i += k + 2) assert_int_equal(f->s->cls->set_add(f->s, keys[k], nr_arena_printf(&f->a, forms[form], i)), NR_ST_OK);
        }
        nr_slices got = {0};
        for (size_t n = 1; n <= SETS; n++) {
            static const int steps[] = {2, 6, 12};
            size_t before = got.n, want = (size_t)((NUMBERS - 1) / steps[n - 1] + 1);
            assert_int_equal(f->s->cls->set_common(f->s, keys, n, &f->a, &got), NR_ST_OK);
            assert_int_equal(got.n - before, want);
            nr_slices these = {got.at + before, want, want};
            for (int i = 0; i < NUMBERS; i += steps[n - 1]) assert_true(among(&these, nr_arena_printf(&f->a, forms[form], i)));
        }
        keys[SETS] = NR_S("no set");
        size_t before = got.n;
        assert_int_equal(f->s->cls->set_common(f->s, keys, SETS + 1, &f->a, &got), NR_ST_OK);
        assert_int_equal(got.n, before);
    }
}

static void sets_agree_with_a_model_after_random_writes(void **state)
{
    fixture *f = *state;
    bool there[MEMBERS] = {false};
    uint32_t seed = 77;
    for (int round = 0; round < 2000; round++) {
        uint32_t x = next_random(&seed);
        size_t at = x / 2 % MEMBERS, n = 0;
        there[at] = x & 1;
        nr_status st = there[at] ? f->s->cls->set_add(f->s, KEY, members[at]) : f->s->cls->set_remove(f->s, KEY, members[at]);
        assert_int_equal(st, NR_ST_OK);
        for (size_t i = 0; i < MEMBERS; i++) n += there[i];
        assert_int_equal(set_count(f, KEY), n);
        assert_int_equal(scan_set(f, KEY).n, n);
        assert_int_equal(f->s->cls->holds(f->s, KEY), n ? NR_HOLDS_SET : NR_HOLDS_NOTHING);
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        bool has = !there[i];
        assert_int_equal(f->s->cls->set_has(f->s, KEY, members[i], &has), NR_ST_OK);
        assert_int_equal(has, there[i]);
    }
}

/* Counters. */

static void a_counter_holds_any_int64(void **state)
{
    fixture *f = *state;
    static const int64_t values[] = {1, 0, -1, INT64_MAX, INT64_MIN, 9007199254740993};
    for (size_t i = 0; i < COUNT(values); i++) {
        int64_t got = 5;
        assert_int_equal(f->s->cls->counter_set(f->s, KEY, values[i]), NR_ST_OK);
        assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_STRING);
        assert_int_equal(f->s->cls->counter_get(f->s, KEY, &got), NR_ST_OK);
        assert_true(got == values[i]);
    }
}

const suite_test store_index_tests[STORE_INDEX_TESTS] = {
    TEST(ordered_ranges_count_and_scan_as_memcmp_says),
    TEST(an_ordered_index_holds_a_member_once_and_none_when_empty),
    TEST(moving_the_bound_behind_the_last_member_goes_on),
    TEST(a_scan_appends_and_none_at_most_is_none),
    TEST(a_set_holds_a_member_once_and_none_when_empty),
    TEST(a_set_scan_gives_each_member_once),
    TEST(what_is_common_to_sets_is_in_each_of_them),
    TEST(sets_agree_with_a_model_after_random_writes),
    TEST(a_counter_holds_any_int64),
    {NULL, NULL},
};
