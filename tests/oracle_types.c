/* oracle_types.c -- the oracle's own types: numbers, and what all types have. Few values, many of them at borders, so that queries meet them. */
#include <math.h>
#include <stdlib.h>

#include "oracle.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TWO53 ((big)1 << 53)
#define TWO63 ((big)1 << 63)

uint64_t dice_roll(dice *d)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return d->state * UINT64_C(2685821657736338717) >> 11;
}

/* -- numbers ----------------------------------------------------------------------------------------------------------------------------- */

void add_big(text *out, big n, int width)
{
    char digits[48];
    size_t at = sizeof digits;
    big rest = n < 0 ? -n : n;
    for (; rest || width > 0; rest /= 10, width--) digits[--at] = (char)('0' + (int)(rest % 10));
    if (at == sizeof digits) digits[--at] = '0';
    if (n < 0) text_add(out, NR_S("-"));
    text_add(out, (nr_slice){digits + at, sizeof digits - at});
}

static void make_int(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)a;
    const big pool[] = {0, 1, -1, TWO53, TWO53 + 1, -TWO53 - 1, TWO63 - 1, -TWO63, 32767, -32768, 32768};
    const big beyond[] = {TWO63, -TWO63 - 1, TWO63 * 4, -TWO63 * 8, (big)1 << 100};
    *out = (oval){.num = (big)dice_below(d, 9) - 3};
    if (dice_chance(d, 25)) out->num = pool[dice_below(d, COUNT(pool))];
    if (operand && dice_chance(d, 6)) out->num = beyond[dice_below(d, COUNT(beyond))];
    if (!operand && (out->num < t->low || out->num > t->high)) out->num = 1;
}

static void spell_int(const otype *t, dice *d, const oval *v, text *out)
{
    (void)t;
    if (v->num == 0 && dice_chance(d, 10)) text_add(out, NR_S("-"));
    if (dice_chance(d, 90)) add_big(out, v->num, 1);
    else add_big(out, v->num, 24);
}

static void canonical_int(const otype *t, const oval *v, text *out)
{
    (void)t;
    add_big(out, v->num, 1);
}

static void make_bool(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand, (void)a;
    *out = (oval){.num = (big)dice_below(d, 2)};
}

static void spell_bool(const otype *t, dice *d, const oval *v, text *out)
{
    static const char *const texts[2][4] = {{"0", "false", "False", "FALSE"}, {"1", "true", "True", "tRUE"}};
    (void)t;
    text_add(out, nr_slice_of(texts[(int)v->num][dice_below(d, 4)]));
}

static big power10(int n)
{
    big p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

static void make_decimal(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)a;
    big unit = power10(t->scale - t->places);
    *out = (oval){.num = ((big)dice_below(d, 41) - 20) * unit};
    if (dice_chance(d, 40)) out->num *= power10(t->places);
    if (dice_chance(d, 8)) out->num = dice_chance(d, 50) ? t->high : t->low;
    if (operand && dice_chance(d, 15) && unit > 1) out->num += (big)dice_below(d, 3) - 1;
    if (operand && dice_chance(d, 4)) out->num = (t->high + unit) * (dice_chance(d, 50) ? 1 : -7);
}

/* num / 10^scale with as many places as asked for. */
static void add_scaled(text *out, big num, int scale, int places)
{
    big size = num < 0 ? -num : num;
    if (num < 0) text_add(out, NR_S("-"));
    add_big(out, size / power10(scale), 1);
    if (!places) return;
    text_add(out, NR_S("."));
    add_big(out, size % power10(scale) / power10(scale - places), places);
}

static void spell_decimal(const otype *t, dice *d, const oval *v, text *out)
{
    int places = t->scale;
    big size = v->num < 0 ? -v->num : v->num;
    if (v->num == 0 && dice_chance(d, 20)) {
        text_add(out, NR_S("-0.0e3"));
        return;
    }
    if (dice_chance(d, 15)) {
        add_big(out, v->num, 1);
        text_addf(out, dice_chance(d, 50) ? "e-%d" : "E-0%d", t->scale);
        return;
    }
    if (dice_chance(d, 60))
        while (places && size % power10(t->scale - places + 1) == 0) places--;
    add_scaled(out, v->num, t->scale, places);
}

static void canonical_decimal(const otype *t, const oval *v, text *out)
{
    add_scaled(out, v->num, t->scale, t->places);
}

typedef struct odouble {
    const char *text, *canonical;
    double dbl;
} odouble;

/* What comes first of several with one value is how it is written canonically. */
static const odouble doubles[] = {
    {"0", "0", 0.0}, {"-0", "0", 0.0}, {"-0.0", "0", 0.0}, {"0e5", "0", 0.0}, {"1", "1", 1.0}, {"1.0", "1", 1.0}, {"10e-1", "1", 1.0}, {"-1", "-1",
    -1.0},
    {"1.5", "1.5", 1.5}, {"15E-1", "1.5", 1.5}, {"-1.5", "-1.5", -1.5}, {"0.1", "0.1", 0.1}, {"0.3", "0.3", 0.3}, {"0.30000000000000004",
    "0.30000000000000004", 0.1 + 0.2},
    {"1e21", "1e+21", 1e21}, {"1000000000000000000000", "1e+21", 1e21}, {"1e20", "100000000000000000000", 1e20}, {"1e-7", "1e-7", 1e-7},
    {"0.0000001", "1e-7", 1e-7},
    {"0.000001", "0.000001", 1e-6}, {"9007199254740992", "9007199254740992", 9007199254740992.0}, {"9007199254740994", "9007199254740994",
    9007199254740994.0},
    {"5e-324", "5e-324", 5e-324}, {"-5e-324", "-5e-324", -5e-324}, {"1.7976931348623157e308", "1.7976931348623157e+308", 1.7976931348623157e308},
    {"-17976931348623157e292", "-1.7976931348623157e+308", -1.7976931348623157e308}, {"2.5", "2.5", 2.5}, {"2.50", "2.5", 2.5}, {"3", "3", 3.0},
    {"-2", "-2", -2.0},
};
static const odouble beyond_double[] = {{"1e400", "", INFINITY}, {"-1e309", "", -INFINITY}, {"1e-400", "", 0.0}};

static void make_float(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)a;
    const odouble *from = &doubles[dice_below(d, COUNT(doubles))];
    if (operand && dice_chance(d, 5)) from = &beyond_double[dice_below(d, COUNT(beyond_double))];
    *out = (oval){.dbl = from->dbl};
}

/* The at-th of the texts that mean dbl, wrapping round. */
static const odouble *double_named(double dbl, size_t at)
{
    const odouble *found[16];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(doubles); i++)
        if (doubles[i].dbl <= dbl && doubles[i].dbl >= dbl) found[n++] = &doubles[i];
    for (size_t i = 0; i < COUNT(beyond_double); i++)
        if (isinf(dbl) && isinf(beyond_double[i].dbl) && (dbl < 0) == (beyond_double[i].dbl < 0)) found[n++] = &beyond_double[i];
    if (!n) world_fail("the oracle does not know the double %a", dbl);
    return found[at % n];
}

static void spell_float(const otype *t, dice *d, const oval *v, text *out)
{
    (void)t;
    text_add(out, nr_slice_of(double_named(v->dbl, dice_below(d, 12))->text));
}

static void canonical_float(const otype *t, const oval *v, text *out)
{
    (void)t;
    text_add(out, nr_slice_of(double_named(v->dbl, 0)->canonical));
}

#define INT64 .low = -TWO63, .high = TWO63 - 1

const otype otypes_numbers[] = {
    {.name = "auto", .options = "", .mark = '#', .json = O_JSON_NUMBER, INT64, .make = make_int, .spell = spell_int, .canonical = canonical_int},
    {.name = "int", .options = "", .mark = '#', .json = O_JSON_NUMBER, INT64, .bounded = true, .make = make_int, .spell = spell_int,
     .canonical = canonical_int},
    {.name = "bigint", .options = "", .mark = '#', .json = O_JSON_NUMBER, INT64, .make = make_int, .spell = spell_int, .canonical = canonical_int},
    {.name = "smallint", .options = "", .mark = '#', .json = O_JSON_NUMBER, .low = -32768, .high = 32767, .bounded = true, .make = make_int,
     .spell = spell_int, .canonical = canonical_int},
    {.name = "positiveint", .options = "", .mark = '#', .json = O_JSON_NUMBER, .low = 0, .high = TWO63 - 1, .make = make_int, .spell = spell_int,
     .canonical = canonical_int},
    {.name = "bool", .options = "", .mark = '?', .json = O_JSON_BOOL, .low = 0, .high = 1, .make = make_bool, .spell = spell_bool,
     .canonical = canonical_int},
    {.name = "float", .options = "", .shape = O_DBL, .mark = '~', .json = O_JSON_NUMBER, .make = make_float, .spell = spell_float,
     .canonical = canonical_float},
    {.name = "decimal", .options = ",\"max_digits\":5,\"decimal_places\":2",
     .mark = '"', .json = O_JSON_NUMBER, .places = 2, .scale = 6, .low = -(big)999990000, .high = 999990000,
     .bounded = true, .make = make_decimal, .spell = spell_decimal, .canonical = canonical_decimal},
    {.name = "decimal", .options = ",\"max_digits\":20,\"decimal_places\":0",
     .mark = '"', .json = O_JSON_NUMBER, .places = 0, .scale = 3, .low = -((big)10000000000 * 10000000000 - 1) * 1000,
     .high = ((big)10000000000 * 10000000000 - 1) * 1000, .make = make_decimal, .spell = spell_decimal, .canonical = canonical_decimal},
    {.name = "decimal", .options = ",\"max_digits\":34,\"decimal_places\":10", .mark = '"', .json = O_JSON_NUMBER, .places = 10, .scale = 12,
     .low = -((big)100000000000000000 * 100000000000000000 - 1) * 100, .high = ((big)100000000000000000 * 100000000000000000 - 1) * 100,
     .make = make_decimal, .spell = spell_decimal,
     .canonical = canonical_decimal},
    {.name = NULL},
};

/* -- all types ----------------------------------------------------------------------------------------------------------------------------- */

const otype *const otype_families[] = {otypes_numbers, otypes_texts, otypes_dates, otypes_containers, NULL};

const otype *otype_find(const char *name)
{
    for (const otype *const *family = otype_families; *family; family++)
        for (const otype *t = *family; t->name; t++)
            if (strcmp(t->name, name) == 0) return t;
    world_fail("the oracle has no type %s", name);
}

int oval_cmp(const otype *t, const oval *a, const oval *b)
{
    if (a->null || b->null) return b->null - a->null;
    if (t->shape == O_NUM) return (a->num > b->num) - (a->num < b->num);
    if (t->shape == O_DBL) return (a->dbl > b->dbl) - (a->dbl < b->dbl);
    if (t->documents) return document_cmp(a, b);
    size_t n = a->bytes.n < b->bytes.n ? a->bytes.n : b->bytes.n;
    int c = n ? memcmp(a->bytes.p, b->bytes.p, n) : 0;
    return c ? c : (a->bytes.n > b->bytes.n) - (a->bytes.n < b->bytes.n);
}

void json_string(text *out, nr_slice s)
{
    text_add(out, NR_S("\""));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 32 || c == '"' || c == '\\') text_addf(out, "\\u%04x", c);
        else text_add(out, (nr_slice){s.p + i, 1});
    }
    text_add(out, NR_S("\""));
}

static void base64(text *out, nr_slice s)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text_add(out, NR_S("\""));
    for (size_t i = 0; i < s.n; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++) bits = bits << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
        char four[4] = {alphabet[bits >> 18], alphabet[bits >> 12 & 63], i + 1 < s.n ? alphabet[bits >> 6 & 63] : '=',
                        i + 2 < s.n ? alphabet[bits & 63] : '='};
        text_add(out, (nr_slice){four, 4});
    }
    text_add(out, NR_S("\""));
}

/* Whether a spelling is a number in JSON's syntax too. */
static bool json_number(nr_slice s)
{
    size_t i = s.n && s.p[0] == '-';
    return i < s.n && !(s.p[i] == '0' && i + 1 < s.n && s.p[i + 1] >= '0' && s.p[i + 1] <= '9');
}

void oval_json(const otype *t, dice *d, const oval *v, text *out)
{
    if (v->null) {
        text_add(out, NR_S("null"));
        return;
    }
    if (t->json == O_JSON_BASE64) {
        base64(out, v->bytes);
        return;
    }
    text spelled = {0};
    t->spell(t, d, v, &spelled);
    nr_slice s = {spelled.p, spelled.n};
    if (t->json == O_JSON_ITSELF) text_add(out, s);
    else if (t->json == O_JSON_BOOL) text_add(out, v->num ? NR_S("true") : NR_S("false"));
    else if (t->json == O_JSON_NUMBER && json_number(s) && dice_chance(d, 80)) text_add(out, s);
    else json_string(out, s);
    free(spelled.p);
}

void oval_reply(const otype *t, const oval *v, text *out)
{
    if (v->null) {
        text_add(out, NR_S("nil"));
        return;
    }
    if (t->reply) {
        t->reply(t, v, out);
        return;
    }
    text canonical = {0};
    t->canonical(t, v, &canonical);
    nr_slice s = {canonical.p ? canonical.p : "", canonical.n};
    if (t->mark == '"') text_quote(out, s);
    else text_add(out, (nr_slice){&t->mark, 1}), text_add(out, s);
    free(canonical.p);
}

nr_slice oval_text(const otype *t, const oval *v, nr_arena *a)
{
    text canonical = {0};
    t->canonical(t, v, &canonical);
    nr_slice s = nr_arena_copy(a, (nr_slice){canonical.p ? canonical.p : "", canonical.n});
    free(canonical.p);
    return s;
}
