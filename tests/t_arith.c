/* t_arith.c -- numbers: exact fractions, floats, what is too large, and what a field takes of a result. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "types/arith.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static nr_arena arena;

static int set_up(void **state)
{
    (void)state;
    nr_arena_init(&arena, nr_env_libc());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nr_arena_clear(&arena);
    return 0;
}

/* "f1.5" is a float, all else exact. */
static nr_num num(const char *text)
{
    nr_num n;
    if (text[0] == 'f') return (nr_num){.kind = NR_N_FLOAT, .f = strtod(text + 1, NULL)};
    if (!nr_num_read(nr_slice_of(text), &n)) fail_msg("%s is not read", text);
    return n;
}

static const nr_spec *spec_of(const char *type, int places)
{
    nr_spec *s = NR_NEW(&arena, nr_spec);
    *s = (nr_spec){.type = nr_type_find(nr_slice_of(type)), .max_digits = 38, .places = (uint8_t)places};
    return s;
}

/* a op b as the text of a field; "0": division by zero, "!": beyond, "?": the field does not take it. */
static const char *result(const char *a, nr_arith op, const char *b, const nr_spec *spec)
{
    nr_num x = num(a), y = num(b), out;
    nr_slice text, got;
    const char *expected;
    nr_arith_result r = nr_num_compute(op, &x, &y, &out);
    if (r) return r == NR_AR_ZERO ? "zero" : "beyond";
    return nr_num_text(&out, spec, &arena, &text, &got, &expected) ? nr_arena_copy(&arena, text).p : "refused";
}

typedef struct calculation {
    const char *a;
    nr_arith op;
    const char *b, *want;
} calculation;

static void check(const calculation *all, size_t n, const nr_spec *spec)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = result(all[i].a, all[i].op, all[i].b, spec);
        if (strcmp(got, all[i].want) != 0) fail_msg("%s %d %s = %s, not %s", all[i].a, all[i].op, all[i].b, got, all[i].want);
    }
}

static void integers_are_exact_beyond_53_bits(void **state)
{
    static const calculation all[] = {
        {"9007199254740993", NR_A_ADD, "1", "9007199254740994"},
        {"9223372036854775807", NR_A_ADD, "1", "9223372036854775808"}, /* the field's own reader refuses it */
        {"-9223372036854775808", NR_A_SUBTRACT, "1", "-9223372036854775809"},
        {"9223372036854775807", NR_A_MULTIPLY, "9223372036854775807", "85070591730234615847396907784232501249"},
        {"7", NR_A_DIVIDE, "2", "refused"},
        {"8", NR_A_DIVIDE, "2", "4"},
        {"1e2", NR_A_SUBTRACT, "0.5", "refused"},
        {"0.5", NR_A_MULTIPLY, "4", "2"},
        {"1", NR_A_DIVIDE, "0", "zero"},
        {"1", NR_A_FLOOR, "0", "zero"},
        {"1", NR_A_MODULO, "0.0", "zero"},
        {"0", NR_A_MULTIPLY, "-3", "0"},
    };
    (void)state;
    check(all, COUNT(all), spec_of("int", 0));
}

static void floor_and_modulo_round_down_on_either_side_of_zero(void **state)
{
    static const calculation all[] = {
        {"7", NR_A_FLOOR, "2", "3"},       {"-7", NR_A_FLOOR, "2", "-4"},
        {"7", NR_A_FLOOR, "-2", "-4"},     {"-7", NR_A_FLOOR, "-2", "3"},
        {"7", NR_A_MODULO, "2", "1"},      {"-7", NR_A_MODULO, "2", "1"},
        {"7", NR_A_MODULO, "-2", "-1"},    {"-7", NR_A_MODULO, "-2", "-1"},
        {"6", NR_A_MODULO, "-2", "0"},     {"7.5", NR_A_FLOOR, "2", "3"},
        {"-7.5", NR_A_FLOOR, "2.5", "-3"}, {"f-7.5", NR_A_FLOOR, "2", "-4"},
        {"f-7", NR_A_MODULO, "2", "1"},    {"f7", NR_A_MODULO, "f-2", "-1"},
        {"f-6", NR_A_MODULO, "2", "0"},    {"f1e300", NR_A_FLOOR, "f1e-300", "beyond"},
        {"-1", NR_A_FLOOR, "1000", "-1"},
    };
    (void)state;
    check(all, COUNT(all), spec_of("int", 0));
}

static void decimals_are_exact_and_rounded_half_to_even_at_the_end_only(void **state)
{
    static const calculation all[] = {
        {"0.1", NR_A_ADD, "0.2", "0.30"},
        {"0.125", NR_A_ADD, "0", "0.12"},
        {"0.135", NR_A_ADD, "0", "0.14"},
        {"0.1250000000000000001", NR_A_ADD, "0", "0.13"},
        {"-0.125", NR_A_ADD, "0", "-0.12"},
        {"-0.135", NR_A_ADD, "0", "-0.14"},
        {"0.005", NR_A_ADD, "0", "0.00"},
        {"-0.005", NR_A_ADD, "0", "0.00"},
        {"0.015", NR_A_ADD, "0", "0.02"},
        {"1", NR_A_DIVIDE, "3", "0.33"},
        {"2", NR_A_DIVIDE, "3", "0.67"},
        {"-2", NR_A_DIVIDE, "3", "-0.67"},
        {"1", NR_A_DIVIDE, "8", "0.12"},
        {"3", NR_A_DIVIDE, "8", "0.38"},
        {"0.999", NR_A_ADD, "0", "1.00"},
        {"9.995", NR_A_ADD, "0", "10.00"},
        {"f0.1", NR_A_ADD, "f0", "0.10"},
        {"f0.125", NR_A_ADD, "f0", "0.12"},
        {"f0.375", NR_A_ADD, "f0", "0.38"},
        {"f1e-300", NR_A_ADD, "f0", "0.00"},
        {"f0.005", NR_A_ADD, "f0", "0.00"},
        {"f-0.006", NR_A_ADD, "f0", "-0.01"},
        {"f1e40", NR_A_ADD, "f0", "refused"},
        {"999999999999999999999999999999999999.99", NR_A_ADD, "0", "999999999999999999999999999999999999.99"},
        {"999999999999999999999999999999999999.99", NR_A_ADD, "0.01", "refused"},
        {"99999999999999999999999999999999999999", NR_A_ADD, "99999999999999999999999999999999999999", "beyond"},
        {"99999999999999999999999999999999999999", NR_A_MULTIPLY, "10", "beyond"},
        {"-99999999999999999999999999999999999999", NR_A_MULTIPLY, "10", "beyond"},
        {"99999999999999999999999999999999999998", NR_A_MULTIPLY, "0.5", "refused"},
        {"0.00000000000000000000000000000000000001", NR_A_MULTIPLY, "0.01", "beyond"},
        {"0.00000000000000000000000000000000000003", NR_A_DIVIDE, "3e-38", "1.00"},
    };
    (void)state;
    check(all, COUNT(all), spec_of("decimal", 2));
}

static void a_decimal_of_38_places_keeps_them(void **state)
{
    static const calculation all[] = {
        {"0.12345678901234567890123456789012345678", NR_A_ADD, "0", "0.12345678901234567890123456789012345678"},
        {"0.5", NR_A_ADD, "0.00000000000000000000000000000000000001", "0.50000000000000000000000000000000000001"},
        {"1", NR_A_DIVIDE, "3", "0.33333333333333333333333333333333333333"},
        {"2", NR_A_DIVIDE, "3", "0.66666666666666666666666666666666666667"},
        {"1", NR_A_ADD, "0", "refused"},
    };
    (void)state;
    check(all, COUNT(all), spec_of("decimal", 38));
}

static void dividing_loses_nothing(void **state)
{
    nr_num a = num("1"), b = num("3"), c, d;
    (void)state;
    assert_int_equal(nr_num_compute(NR_A_DIVIDE, &a, &b, &c), NR_AR_GOOD);
    assert_int_equal(nr_num_compute(NR_A_MULTIPLY, &c, &b, &d), NR_AR_GOOD);
    assert_int_equal(nr_num_cmp(&d, &a), 0);
}

static void floats_are_doubles(void **state)
{
    static const calculation all[] = {
        {"f0.1", NR_A_ADD, "f0.2", "0.30000000000000004"},
        {"f2", NR_A_MULTIPLY, "0.1", "0.2"},
        {"1", NR_A_DIVIDE, "f3", "0.3333333333333333"},
        {"f1e308", NR_A_MULTIPLY, "10", "beyond"},
        {"f-1e308", NR_A_MULTIPLY, "10", "beyond"},
        {"f0.3", NR_A_SUBTRACT, "f0.1", "0.19999999999999998"},
        {"f1", NR_A_DIVIDE, "0", "zero"},
        {"f1", NR_A_FLOOR, "0", "zero"},
        {"f1", NR_A_MODULO, "0", "zero"},
        {"f1", NR_A_DIVIDE, "f-0.0", "zero"},
        {"f-1", NR_A_MULTIPLY, "0", "0"},
        {"f5e-324", NR_A_DIVIDE, "2", "0"},
        {"1", NR_A_DIVIDE, "3", "0.3333333333333333"}, /* exact, for a field of floats */
    };
    (void)state;
    check(all, COUNT(all), spec_of("float", 0));
    assert_string_equal(result("f2.5", NR_A_MULTIPLY, "2", spec_of("int", 0)), "5");
    assert_string_equal(result("f2.5", NR_A_MULTIPLY, "3", spec_of("int", 0)), "refused");
    assert_string_equal(result("f1e19", NR_A_ADD, "0", spec_of("int", 0)), "10000000000000000000");
}

/* Where the difference of a and what is left, or its quotient, is no double: the quotient comes out a little below or above a whole number, beyond 2^51 by a
 * half. */
static void a_float_divided_down_is_the_nearest_whole_number_though_the_division_rounds(void **state)
{
    static const calculation all[] = {
        {"f4.129096237834964", NR_A_FLOOR, "f1.3763654126116545", "3"},
        {"f-4.129096237834964", NR_A_FLOOR, "f-1.3763654126116545", "3"},
        {"f12.238786395392642", NR_A_FLOOR, "f1.748398056484663", "7"},
        {"f13.426610298733186", NR_A_FLOOR, "f1.9180871855333121", "7"},
        {"f5.766974989996252", NR_A_FLOOR, "f1.922324996665417", "3"},
        {"f20.068891170067097", NR_A_FLOOR, "f1.5437608592359304", "13"},
        {"f162.29016948897024", NR_A_FLOOR, "f1.622901694889702", "100"},
        {"f4884839789767109", NR_A_FLOOR, "f1.8956687732446185", "2576842462518511"},
        {"f7331186653157214", NR_A_FLOOR, "f1.6784940534018773", "4367716786543733"},
        {"f0.3", NR_A_FLOOR, "f0.1", "2"},
        {"f1e17", NR_A_FLOOR, "f1", "100000000000000000"},
    };
    (void)state;
    check(all, COUNT(all), spec_of("int", 0));
}

static void no_float_is_minus_zero(void **state)
{
    nr_num minus = num("f-1"), zero = num("0"), out;
    (void)state;
    assert_int_equal(nr_num_compute(NR_A_MULTIPLY, &minus, &zero, &out), NR_AR_GOOD);
    assert_false(signbit(out.f));
}

static void null_is_null(void **state)
{
    nr_num null = {.kind = NR_N_NULL}, zero = num("0"), out;
    (void)state;
    for (nr_arith op = NR_A_ADD; op <= NR_A_MODULO; op++) {
        assert_int_equal(nr_num_compute(op, &null, &zero, &out), NR_AR_GOOD);
        assert_int_equal(out.kind, NR_N_NULL);
        assert_int_equal(nr_num_compute(op, &zero, &null, &out), NR_AR_GOOD);
        assert_int_equal(out.kind, NR_N_NULL);
    }
}

/* Ascending; equal ones stand together with =. */
static void numbers_compare_exactly_whatever_their_kind(void **state)
{
    static const char *const ascending[] = {"f-1e300",
                                            "-99999999999999999999999999999999999999",
                                            "-9007199254740993",
                                            "f-9007199254740992",
                                            "-1.5",
                                            "=f-1.5",
                                            "-1e-38",
                                            "f-1e-300",
                                            "0",
                                            "=f0",
                                            "f5e-324",
                                            "1e-38",
                                            "f0.1e-20",
                                            "0.1e-20",
                                            "0.1",
                                            "f0.1",
                                            "0.1000000000000000055511151231257827022",
                                            "1",
                                            "=f1",
                                            "9007199254740992",
                                            "=f9007199254740992",
                                            "9007199254740993",
                                            "f9007199254740994",
                                            "1e30",
                                            "f1e30",
                                            "f1.7e38",
                                            "f1e300"};
    (void)state;
    for (size_t i = 0; i < COUNT(ascending); i++)
        for (size_t k = 0; k < COUNT(ascending); k++) {
            size_t lo = i < k ? i : k, hi = i < k ? k : i;
            bool equal = lo == hi || (hi == lo + 1 && ascending[hi][0] == '=');
            nr_num a = num(ascending[i] + (ascending[i][0] == '=')), b = num(ascending[k] + (ascending[k][0] == '='));
            int c = nr_num_cmp(&a, &b), want = equal ? 0 : i < k ? -1 : 1;
            if ((c > 0) - (c < 0) != want) fail_msg("%s against %s: %d", ascending[i], ascending[k], c);
        }
}

static void only_numbers_of_38_digits_are_read(void **state)
{
    static const char *const bad[] = {
        "", "x", "1x", " 1", "+1", "01", "1e39", "1e-39", "123456789012345678901234567890123456789", "0x10", "1e999999999999999999999"};
    static const char *const same[][2] = {{"1.50", "1.5"}, {"100e-2", "1"}, {"1e2", "100"}, {"0e999999999", "0"}, {"-0", "0"}, {"0.000", "0"}};
    nr_num n;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (nr_num_read(nr_slice_of(bad[i]), &n)) fail_msg("%s was read", bad[i]);
    for (size_t i = 0; i < COUNT(same); i++) {
        nr_num a = num(same[i][0]), b = num(same[i][1]);
        assert_int_equal(nr_num_cmp(&a, &b), 0);
        assert_true(a.q == b.q && a.p == b.p);
    }
}

/* (a op b) with what undoes it gives a again, as fractions of small numbers say without any of this. */
static void random_fractions_keep_the_laws(void **state)
{
    uint64_t seed = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        nr_num x[3], sum, back, product, quotient, floored, rest;
        for (int k = 0; k < 3; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            int64_t p = (int64_t)(seed >> 20) % 2000001 - 1000000;
            nr_value v = {.kind = NR_V_DECIMAL, .d = p};
            x[k] = nr_num_of(spec_of("decimal", (int)(seed % 7)), &v);
            nr_arena_clear(&arena);
        }
        assert_int_equal(nr_num_compute(NR_A_ADD, &x[0], &x[1], &sum), NR_AR_GOOD);
        assert_int_equal(nr_num_compute(NR_A_SUBTRACT, &sum, &x[1], &back), NR_AR_GOOD);
        assert_int_equal(nr_num_cmp(&back, &x[0]), 0);
        if (!x[1].p) continue;
        assert_int_equal(nr_num_compute(NR_A_MULTIPLY, &x[0], &x[1], &product), NR_AR_GOOD);
        assert_int_equal(nr_num_compute(NR_A_DIVIDE, &product, &x[1], &quotient), NR_AR_GOOD);
        assert_int_equal(nr_num_cmp(&quotient, &x[0]), 0);
        assert_int_equal(nr_num_compute(NR_A_FLOOR, &x[0], &x[1], &floored), NR_AR_GOOD);
        assert_int_equal(nr_num_compute(NR_A_MODULO, &x[0], &x[1], &rest), NR_AR_GOOD);
        assert_int_equal(nr_num_compute(NR_A_MULTIPLY, &floored, &x[1], &product), NR_AR_GOOD);
        assert_int_equal(nr_num_compute(NR_A_ADD, &product, &rest, &back), NR_AR_GOOD);
        assert_int_equal(nr_num_cmp(&back, &x[0]), 0);
        assert_true(floored.q == 1 && (!rest.p || (rest.p < 0) == (x[1].p < 0)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact_beyond_53_bits),
        cmocka_unit_test(floor_and_modulo_round_down_on_either_side_of_zero),
        cmocka_unit_test(decimals_are_exact_and_rounded_half_to_even_at_the_end_only),
        cmocka_unit_test(a_decimal_of_38_places_keeps_them),
        cmocka_unit_test(dividing_loses_nothing),
        cmocka_unit_test(floats_are_doubles),
        cmocka_unit_test(a_float_divided_down_is_the_nearest_whole_number_though_the_division_rounds),
        cmocka_unit_test(no_float_is_minus_zero),
        cmocka_unit_test(null_is_null),
        cmocka_unit_test(numbers_compare_exactly_whatever_their_kind),
        cmocka_unit_test(only_numbers_of_38_digits_are_read),
        cmocka_unit_test(random_fractions_keep_the_laws),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
