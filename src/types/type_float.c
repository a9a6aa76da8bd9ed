/* type_float.c -- IEEE doubles, without NaN, infinities and -0.0, written as ECMAScript writes them.
 *
 * The C library converts digits to doubles and back; it never sees a decimal point, so that the locale has no say. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "types/number.h"
#include "types/type_rows.h"

/* 767 significant digits tell any double from its neighbours' midpoints; what comes after them only matters as "and some more". */
enum { DIGITS_READ = 800, EXPONENT_READ = 20000, DIGITS_WRITTEN = 17 };

static double read_digits(const char *digits, size_t n, int64_t exponent)
{
    char text[DIGITS_READ + 16];
    if (exponent > EXPONENT_READ) exponent = EXPONENT_READ;
    if (exponent < -EXPONENT_READ) exponent = -EXPONENT_READ;
    snprintf(text, sizeof text, "%.*se%d", (int)n, digits, (int)exponent);
    return strtod(text, NULL);
}

static double number_value(const nr_number *number)
{
    char digits[DIGITS_READ + 1];
    size_t n = number->count < DIGITS_READ ? number->count : DIGITS_READ;
    for (size_t i = 0; i < n; i++) digits[i] = (char)('0' + nr_number_digit(number, i));
    if (n == 0) return 0;
    int64_t exponent = number->scale + (int64_t)(number->count - n);
    if (n < number->count) {
        digits[n++] = '1';
        exponent--;
    }
    return read_digits(digits, n, exponent);
}

static bool parse_float(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    nr_number number;
    if (!nr_number_read(text, &number)) return false;
    double f = number_value(&number);
    int sign = number.negative ? -1 : 1;
    bool beyond = f > DBL_MAX;
    if (beyond) f = DBL_MAX;
    out->v = (nr_value){.kind = NR_V_FLOAT, .f = f > 0 ? sign * f : 0.0};
    out->side = beyond ? sign : 0;
    return true;
}

/* A positive double in decimal: d1 d2 ... dn * 10^exponent. */
typedef struct decimal {
    char digits[DIGITS_WRITTEN];
    size_t n;
    int exponent;
} decimal;

static double decimal_value(const decimal *d)
{
    return read_digits(d->digits, d->n, d->exponent);
}

/* The decimal of n digits that is nearest to f. */
static decimal nearest(double f, size_t n)
{
    char text[DIGITS_WRITTEN + 16];
    decimal d = {.n = 0};
    snprintf(text, sizeof text, "%.*e", (int)n - 1, f);
    const char *p = text;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') d.digits[d.n++] = *p;
    d.exponent = (int)strtol(p + 1, NULL, 10) - (int)n + 1;
    return d;
}

/* The next larger decimal of as many digits. */
static decimal above(decimal d)
{
    size_t i = d.n;
    while (i > 0 && d.digits[i - 1] == '9') d.digits[--i] = '0';
    if (i > 0) {
        d.digits[i - 1]++;
    } else {
        d.digits[0] = '1';
        d.exponent++;
    }
    return d;
}

/* The shortest decimal that reads back as f > 0, and of those the nearest. Doubles lie closer together below a power of two than above it:
 * there the nearest may fail where the next larger one is good. Any normal double that has 15 digits or fewer is found with 15. */
static decimal shortest(double f)
{
    decimal d;
    for (size_t n = f < DBL_MIN ? 1 : 15;; n++) {
        d = nearest(f, n);
        if (n == DIGITS_WRITTEN || decimal_value(&d) == f) break;
        d = above(d);
        if (decimal_value(&d) == f) break;
    }
    while (d.n > 1 && d.digits[d.n - 1] == '0') {
        d.n--;
        d.exponent++;
    }
    return d;
}

static void add_zeros(nr_buf *out, int n)
{
    while (n-- > 0) nr_buf_byte(out, '0');
}

static void add_exponential(const decimal *d, int point, nr_buf *out)
{
    nr_buf_byte(out, (unsigned char)d->digits[0]);
    if (d->n > 1) nr_buf_byte(out, '.');
    nr_buf_add(out, (nr_slice){d->digits + 1, d->n - 1});
    nr_buf_printf(out, "e%+d", point - 1);
}

/* ECMA-262, Number::toString with radix 10; point is its n: the number is 0.d1d2... * 10^point. */
static void format_float(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    if (v->f == 0) {
        nr_buf_byte(out, '0');
        return;
    }
    if (v->f < 0) nr_buf_byte(out, '-');
    decimal d = shortest(fabs(v->f));
    int point = (int)d.n + d.exponent;
    if (point > 21 || point <= -6) {
        add_exponential(&d, point, out);
    } else if (point <= 0) {
        nr_buf_add(out, NR_S("0."));
        add_zeros(out, -point);
        nr_buf_add(out, (nr_slice){d.digits, d.n});
    } else if (d.exponent >= 0) {
        nr_buf_add(out, (nr_slice){d.digits, d.n});
        add_zeros(out, d.exponent);
    } else {
        nr_buf_add(out, (nr_slice){d.digits, (size_t)point});
        nr_buf_byte(out, '.');
        nr_buf_add(out, (nr_slice){d.digits + point, d.n - (size_t)point});
    }
}

const nr_type nr_type_rows_float[] = {
    {
        .name = "float",
        .django = "FloatField",
        .kind = NR_V_FLOAT,
        .flags = NR_TF_BOUNDS,
        .reply = NR_REPLY_DOUBLE,
        .expects = "a number that a double can hold, such as 3.25 or 1e-9",
        .parse = parse_float,
        .format = format_float,
        .doc = "64-bit floating point number; no infinities, no NaN",
    },
};
