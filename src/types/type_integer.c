/* type_integer.c -- whole numbers of 64 bits, and booleans, which are 0 and 1.
 *
 * All integer types read the same texts, so that an operand out of a type's range still compares; the range is for writes. */

#include "types/type_rows.h"

enum { SURE_DIGITS = 18 }; /* that cannot go beyond an int64 */

/* One digit at least, and no more than SURE_DIGITS. */
static bool parse_short(nr_slice text, bool minus, nr_operand *out)
{
    int64_t size = 0;
    for (size_t i = minus; i < text.n; i++) {
        unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';
        if (digit > 9) return false;
        size = size * 10 + digit;
    }
    *out = (nr_operand){{.kind = NR_V_INT, .i = minus ? -size : size}, 0};
    return true;
}

static bool parse_int(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    bool minus = text.n && text.p[0] == '-';
    size_t i = minus;
    if (i == text.n) return false;
    if (text.n - i <= SURE_DIGITS) return parse_short(text, minus, out);
    uint64_t size = 0, most = (uint64_t)INT64_MAX + minus;
    bool beyond = false;
    for (; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return false;
        uint64_t digit = (uint64_t)(text.p[i] - '0');
        beyond = beyond || size > (most - digit) / 10;
        if (!beyond) size = size * 10 + digit;
    }
    if (beyond) size = most;
    out->v = (nr_value){.kind = NR_V_INT, .i = minus ? (int64_t)(0 - size) : (int64_t)size};
    out->side = !beyond ? 0 : minus ? -1 : 1;
    return true;
}

static void format_int(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    nr_buf_int(out, v->i);
}

static const char *check_small(const nr_spec *spec, const nr_value *v)
{
    return v->i >= INT16_MIN && v->i <= INT16_MAX ? NULL : spec->type->expects;
}

static const char *check_positive(const nr_spec *spec, const nr_value *v)
{
    return v->i >= 0 ? NULL : spec->type->expects;
}

static bool parse_bool(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    bool yes = nr_slice_is(text, "1") || nr_slice_caseis(text, "true");
    if (!yes && !nr_slice_is(text, "0") && !nr_slice_caseis(text, "false")) return false;
    *out = (nr_operand){{.kind = NR_V_INT, .i = yes}, 0};
    return true;
}

#define EXPECTS_INT64 "an integer from -9223372036854775808 to 9223372036854775807"

const nr_type nr_type_rows_integer[] = {
    {
        .name = "auto",
        .django = "AutoField BigAutoField",
        .kind = NR_V_INT,
        .flags = NR_TF_AUTO | NR_TF_BOUNDS,
        .reply = NR_REPLY_INTEGER,
        .expects = EXPECTS_INT64,
        .parse = parse_int,
        .format = format_int,
        .doc = "64-bit integer, drawn from the model's counter when an insert gives none",
    },
    {
        .name = "int",
        .django = "IntegerField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS,
        .reply = NR_REPLY_INTEGER,
        .expects = EXPECTS_INT64,
        .parse = parse_int,
        .format = format_int,
        .doc = "64-bit integer",
    },
    {
        .name = "bigint",
        .django = "BigIntegerField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS,
        .reply = NR_REPLY_INTEGER,
        .expects = EXPECTS_INT64,
        .parse = parse_int,
        .format = format_int,
        .doc = "64-bit integer, the same as int",
    },
    {
        .name = "smallint",
        .django = "SmallIntegerField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS,
        .reply = NR_REPLY_INTEGER,
        .expects = "an integer from -32768 to 32767",
        .parse = parse_int,
        .check = check_small,
        .format = format_int,
        .doc = "16-bit integer",
    },
    {
        .name = "positiveint",
        .django = "PositiveIntegerField PositiveBigIntegerField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS,
        .reply = NR_REPLY_INTEGER,
        .expects = "an integer from 0 to 9223372036854775807",
        .parse = parse_int,
        .check = check_positive,
        .format = format_int,
        .doc = "64-bit integer that is not negative",
    },
    {
        .name = "bool",
        .django = "BooleanField NullBooleanField",
        .kind = NR_V_INT,
        .flags = NR_TF_JSON_BOOL,
        .reply = NR_REPLY_BOOL,
        .expects = "a boolean: 1, 0, true or false",
        .parse = parse_bool,
        .format = format_int,
        .doc = "true or false, stored as 1 and 0; true and false are read in any case",
    },
};
