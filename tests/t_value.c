/* t_value.c -- the order of values and operands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "types/value.h"

static nr_value of_int(int64_t i)
{
    return (nr_value){.kind = NR_V_INT, .i = i};
}

static nr_value of_float(double f)
{
    return (nr_value){.kind = NR_V_FLOAT, .f = f};
}

static nr_value of_decimal(nr_i128 d)
{
    return (nr_value){.kind = NR_V_DECIMAL, .d = d};
}

static nr_value of_text(const char *s)
{
    return (nr_value){.kind = NR_V_TEXT, .s = nr_slice_of(s)};
}

/* Values in strictly ascending order compare so, each with each. */
static void assert_ascending(const nr_value *v, int n)
{
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            int c = nr_value_cmp(&v[i], &v[k]);
            assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
            assert_int_equal(nr_value_eq(&v[i], &v[k]), i == k);
        }
    }
}

static void integers_sort_as_numbers_beyond_doubles(void **state)
{
    (void)state;
    const int64_t p53 = INT64_C(1) << 53;
    nr_value v[] = {NR_NULL, of_int(INT64_MIN), of_int(-p53 - 1), of_int(-p53), of_int(-1), of_int(0), of_int(p53), of_int(p53 + 1),
        of_int(INT64_MAX)};
    assert_ascending(v, sizeof v / sizeof *v);
}

static void floats_sort_as_numbers(void **state)
{
    (void)state;
    nr_value v[] = {NR_NULL, of_float(-1.7976931348623157e308), of_float(-1), of_float(-5e-324), of_float(0), of_float(5e-324), of_float(1e308)};
    assert_ascending(v, sizeof v / sizeof *v);
}

static void decimals_sort_as_numbers_beyond_64_bits(void **state)
{
    (void)state;
    nr_i128 big = (nr_i128)INT64_MAX * INT64_MAX;
    nr_value v[] = {NR_NULL, of_decimal(-big), of_decimal(-big + 1), of_decimal(-10), of_decimal(-9), of_decimal(0), of_decimal(big),
        of_decimal(big + 1)};
    assert_ascending(v, sizeof v / sizeof *v);
}

static void text_sorts_by_bytes(void **state)
{
    (void)state;
    nr_value v[] = {NR_NULL, of_text(""), of_text("A"), of_text("AA"), of_text("B"), of_text("a"), of_text("\x7f"), of_text("\xc3\xa4"),
        of_text("\xff")};
    assert_ascending(v, sizeof v / sizeof *v);
    nr_value short_one = {.kind = NR_V_TEXT, .s = {"a\0", 1}}, with_nul = {.kind = NR_V_TEXT, .s = {"a\0", 2}};
    assert_true(nr_value_cmp(&short_one, &with_nul) < 0);
}

static void an_operand_beside_a_value_is_never_equal_to_it(void **state)
{
    (void)state;
    nr_value four = of_int(4), five = of_int(5), six = of_int(6), null = NR_NULL;
    nr_operand below = {of_int(5), -1}, on = {of_int(5), 0}, above = {of_int(5), 1};
    assert_true(nr_operand_cmp(&four, &below) < 0);
    assert_true(nr_operand_cmp(&five, &below) > 0);
    assert_int_equal(nr_operand_cmp(&five, &on), 0);
    assert_true(nr_operand_cmp(&five, &above) < 0);
    assert_true(nr_operand_cmp(&six, &above) > 0);
    assert_true(nr_operand_cmp(&null, &below) < 0);
}

static void null_equals_null_only(void **state)
{
    (void)state;
    nr_value null = NR_NULL, empty = of_text(""), zero = of_int(0);
    assert_true(nr_value_eq(&null, &null));
    assert_false(nr_value_eq(&null, &empty));
    assert_false(nr_value_eq(&zero, &null));
    nr_operand operand = {NR_NULL, 0};
    assert_int_equal(nr_operand_cmp(&null, &operand), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_sort_as_numbers_beyond_doubles),
        cmocka_unit_test(floats_sort_as_numbers),
        cmocka_unit_test(decimals_sort_as_numbers_beyond_64_bits),
        cmocka_unit_test(text_sorts_by_bytes),
        cmocka_unit_test(an_operand_beside_a_value_is_never_equal_to_it),
        cmocka_unit_test(null_equals_null_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
