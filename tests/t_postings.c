/* t_postings.c -- posting lists: every kind of value, NULL and the empty text apart, and random changes against a naive array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "table/postings.h"

static void check_valid(const nr_postings *p)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_buf why = nr_buf_in(&a);
    if (!nr_postings_valid(p, &why)) fail_msg("%.*s", (int)why.n, why.p);
    nr_arena_clear(&a);
}

static void null_and_the_empty_text_are_two_values(void **state)
{
    (void)state;
    nr_postings *p = nr_postings_new(nr_env_libc());
    const nr_value null = NR_NULL, empty = {.kind = NR_V_TEXT, .s = {"", 0}}, zero = {.kind = NR_V_TEXT, .s = {"\0", 1}};
    assert_null(nr_postings_rows(p, &null));
    nr_postings_add(p, &null, 1);
    nr_postings_add(p, &empty, 2);
    nr_postings_add(p, &zero, 3);
    nr_postings_add(p, &zero, 4);
    assert_int_equal(nr_postings_count(p, &null), 1);
    assert_int_equal(nr_postings_count(p, &empty), 1);
    assert_int_equal(nr_postings_count(p, &zero), 2);
    assert_true(roaring_bitmap_contains(nr_postings_rows(p, &empty), 2));
    check_valid(p);
    nr_postings_remove(p, &null, 1);
    assert_null(nr_postings_rows(p, &null));
    assert_int_equal(nr_postings_total(p), 3);
    check_valid(p);
    nr_postings_free(p);
    nr_postings_free(NULL);
}

static void a_value_of_a_megabyte_is_told_from_another_one(void **state)
{
    (void)state;
    size_t n = 1 << 20;
    char *a = malloc(n), *b = malloc(n);
    memset(a, 'x', n);
    memset(b, 'x', n);
    b[n - 1] = 'y';
    nr_postings *p = nr_postings_new(nr_env_libc());
    const nr_value x = {.kind = NR_V_TEXT, .s = {a, n}}, y = {.kind = NR_V_TEXT, .s = {b, n}};
    nr_postings_add(p, &x, 7);
    assert_int_equal(nr_postings_count(p, &y), 0);
    assert_int_equal(nr_postings_count(p, &x), 1);
    assert_true(nr_postings_bytes(p) > n);
    nr_postings_free(p);
    free(a);
    free(b);
}

enum { ROWS = 5000, VALUES = 40 };

static nr_value value_at(nr_kind kind, unsigned i)
{
    nr_value v = {.kind = i ? kind : NR_V_NULL};
    static const char *const texts[] = {"", "a", "b", "ab", "abc", "\xC3\xA9"};
    if (kind == NR_V_INT) v.i = (int64_t)i - 20;
    if (kind == NR_V_FLOAT) v.f = (double)i / 3;
    if (kind == NR_V_DECIMAL) v.d = (nr_i128)i << 70;
    if (kind == NR_V_TEXT) v.s = nr_slice_of(texts[i % 6]);
    return v;
}

static unsigned same_value(nr_kind kind, unsigned i)
{
    return kind == NR_V_TEXT && i ? i % 6 + 100 : i;
}

static void random_changes_agree_with_an_array(void **state)
{
    (void)state;
    static const nr_kind kinds[] = {NR_V_INT, NR_V_FLOAT, NR_V_DECIMAL, NR_V_TEXT};
    for (size_t k = 0; k < 4; k++) {
        nr_postings *p = nr_postings_new(nr_env_libc());
        unsigned of[ROWS];
        bool in[ROWS] = {false};
        uint64_t random = 88172645463325252u + k, total = 0;
        for (int step = 0; step < 20000; step++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            uint32_t row = (uint32_t)(random >> 33) % ROWS;
            unsigned i = (unsigned)(random >> 20) % VALUES;
            nr_value v = in[row] ? value_at(kinds[k], of[row]) : value_at(kinds[k], i);
            if (in[row]) nr_postings_remove(p, &v, row);
            else nr_postings_add(p, &v, row);
            if (!in[row]) of[row] = i;
            in[row] = !in[row];
            total = in[row] ? total + 1 : total - 1;
            assert_int_equal(nr_postings_total(p), total);
            if (step % 1000) continue;
            check_valid(p);
            for (unsigned x = 0; x < VALUES; x++) {
                uint64_t count = 0;
                for (uint32_t r = 0; r < ROWS; r++) count += in[r] && same_value(kinds[k], of[r]) == same_value(kinds[k], x);
                nr_value w = value_at(kinds[k], x);
                assert_int_equal(nr_postings_count(p, &w), count);
            }
        }
        for (uint32_t r = 0; r < ROWS; r++) {
            nr_value v = value_at(kinds[k], of[r]);
            if (in[r]) nr_postings_remove(p, &v, r);
        }
        assert_int_equal(nr_postings_total(p), 0);
        check_valid(p);
        nr_postings_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_and_the_empty_text_are_two_values),
        cmocka_unit_test(a_value_of_a_megabyte_is_told_from_another_one),
        cmocka_unit_test(random_changes_agree_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
