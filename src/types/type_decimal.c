/* type_decimal.c -- exact decimals: a 128-bit integer, scaled by 10^places of the field. Nothing is ever rounded. */
#include "types/number.h"
#include "types/type_rows.h"

enum { MOST_DIGITS = 38, MOST_PLACES = 48 }; /* an average has ten places more than what it is of */

static nr_i128 power_of_ten(int exponent)
{
    nr_i128 p = 1;
    while (exponent-- > 0) p *= 10;
    return p;
}

/* |number| * 10^places rounded down; *finer tells whether something was cut off. Up to MOST_DIGITS digits. */
static nr_i128 scaled(const nr_number *number, int64_t digits, bool *finer)
{
    nr_i128 size = 0;
    for (int64_t i = 0; i < digits; i++) size = size * 10 + (i < (int64_t)number->count ? nr_number_digit(number, (size_t)i) : 0);
    *finer = digits < (int64_t)number->count;
    return size;
}

static bool parse_decimal(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)arena;
    nr_number number;
    if (!nr_number_read(text, &number)) return false;
    int64_t digits = number.count ? (int64_t)number.count + number.scale + spec->places : 0;
    nr_i128 most = power_of_ten(MOST_DIGITS) - 1, value = most;
    bool finer = false, beyond = digits > MOST_DIGITS;
    if (!beyond) value = scaled(&number, digits, &finer);
    if (number.negative) value = -value - finer; /* the operand lies above the value that stands for it, on either side of zero */
    if (value < -most) beyond = true;
    if (beyond) value = number.negative ? -most : most;
    out->v = (nr_value){.kind = NR_V_DECIMAL, .d = value};
    out->side = beyond ? (number.negative ? -1 : 1) : finer;
    return true;
}

static const char *check_decimal(const nr_spec *spec, const nr_value *v)
{
    nr_i128 bound = power_of_ten(spec->max_digits);
    return v->d < bound && v->d > -bound ? NULL : spec->type->expects;
}

static void format_decimal(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    char digits[MOST_PLACES + 4];
    size_t at = sizeof digits, places = spec->places;
    nr_i128 rest = v->d < 0 ? -v->d : v->d;
    for (size_t i = 0; i <= places || rest; i++, rest /= 10) {
        if (i == places && places) digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(rest % 10));
    }
    if (v->d < 0) digits[--at] = '-';
    nr_buf_add(out, (nr_slice){digits + at, sizeof digits - at});
}

const nr_type nr_type_rows_decimal[] = {
    {
        .name = "decimal",
        .django = "DecimalField",
        .kind = NR_V_DECIMAL,
        .flags = NR_TF_BOUNDS | NR_TF_DIGITS,
        .reply = NR_REPLY_STRING,
        .expects = "a decimal number of at most max_digits digits, with at most decimal_places of them after the point",
        .parse = parse_decimal,
        .check = check_decimal,
        .format = format_decimal,
        .doc = "exact decimal number of up to 38 digits; needs max_digits and decimal_places",
    },
};
