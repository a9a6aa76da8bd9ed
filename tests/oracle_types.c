/* oracle_types.c -- the oracle's own types: how a random value is made, and the texts that stand for it. Few values, many of them at borders, so
 * that queries meet them. */
#include <math.h>
#include <stdlib.h>

#include "oracle.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIT(lit) {(lit), sizeof(lit) - 1}
#define TWO53 ((big)1 << 53)
#define TWO63 ((big)1 << 63)
#define DAY_US ((big)86400000000)

uint64_t dice_roll(dice *d)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return d->state * UINT64_C(2685821657736338717) >> 11;
}

/* -- numbers ----------------------------------------------------------------------------------------------------------------------------- */

static void add_big(text *out, big n, int width)
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

/* -- texts ------------------------------------------------------------------------------------------------------------------------------- */

#define LONG "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" /* 64 */

static const nr_slice texts[] = {
    LIT("a"), LIT("ab"), LIT("a\0b"), LIT("a\0"), LIT("a\xc3\xa9"), LIT("a\xef\xbf\xbf"), LIT("a\xf0\x9f\x98\x80"), LIT("b"), LIT("A"), LIT("B"),
    LIT("abc"), LIT("abd"), LIT("NULL"), LIT("ORDER"), LIT("\"q\\"), LIT("a,b"), LIT(" "), LIT("a\x01"), LIT("\x7f"), LIT("\n"),
    LIT("\xf4\x8f\xbf\xbf"),
    LIT("/"), LIT(":"), LIT("!"), LIT("#"), LIT("=a"), LIT(LONG), LIT(LONG "x"), LIT(LONG "y"), LIT(LONG "xz"), LIT("\0"),
};
static const nr_slice slugs[] = {LIT("a"), LIT("a-b"), LIT("a_b"), LIT("A"), LIT("ab"), LIT("0"), LIT("zz-9"), LIT(LONG "-1"), LIT(LONG "-2")};
static const nr_slice emails[] = {LIT("a@b.org"), LIT("A@b.org"), LIT("a@c.de"), LIT("x.y@b.org"), LIT("rinnengan@sage.de")};
static const nr_slice urls[] = {LIT("http://a.bc/"), LIT("https://a.bc/c"), LIT("http://a.bc/?q=1"), LIT("ftp://a.bc/x")};
static const nr_slice ips[] = {LIT("1.2.3.4"), LIT("10.0.0.1"), LIT("::1"), LIT("2001:db8::1"), LIT("2001:db8::2"), LIT("255.255.255.255")};
static const nr_slice uuids[] = {LIT("00000000-0000-0000-0000-000000000000"), LIT("123e4567-e89b-12d3-a456-426614174000"),
                                 LIT("ffffffff-ffff-ffff-ffff-ffffffffffff"), LIT("123e4567-e89b-12d3-a456-426614174001"),
                                 LIT("a0000000-0000-4000-8000-00000000000b")};
static const nr_slice blobs[] = {LIT("\0"),   LIT("\xff\xfe"),  LIT("a"),         LIT("b"),   LIT("a\0"),
                                 LIT("\xff"), LIT(LONG "\xff"), LIT(LONG "\xfe"), LIT("\x80")};

static void pick(const nr_slice *from, size_t n, dice *d, nr_arena *a, oval *out)
{
    (void)a;
    *out = (oval){.bytes = from[dice_below(d, n)]};
}

/* An empty one now and then; an operand may be any text. */
static void pick_text(const nr_slice *from, size_t n, dice *d, bool operand, nr_arena *a, oval *out)
{
    if (dice_chance(d, 6)) *out = (oval){.bytes = NR_S("")};
    else if (operand && dice_chance(d, 8)) pick(texts, COUNT(texts), d, a, out);
    else pick(from, n, d, a, out);
}

static void make_text(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(texts, COUNT(texts), d, operand, a, out);
}

static void make_slug(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(slugs, COUNT(slugs), d, operand, a, out);
}

static void make_email(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(emails, COUNT(emails), d, operand, a, out);
}

static void make_url(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(urls, COUNT(urls), d, operand, a, out);
}

static void make_blob(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand;
    if (dice_chance(d, 6)) *out = (oval){.bytes = NR_S("")};
    else pick(blobs, COUNT(blobs), d, a, out);
}

static void make_ip(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand;
    pick(ips, COUNT(ips), d, a, out);
}

static void make_uuid(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand;
    pick(uuids, COUNT(uuids), d, a, out);
}

static void canonical_text(const otype *t, const oval *v, text *out)
{
    (void)t;
    text_add(out, v->bytes);
}

static void spell_text(const otype *t, dice *d, const oval *v, text *out)
{
    (void)d;
    canonical_text(t, v, out);
}

/* Hex digits in capitals, sometimes. */
static void spell_hex(const otype *t, dice *d, const oval *v, text *out)
{
    bool big_letters = dice_chance(d, 30);
    (void)t;
    for (size_t i = 0; i < v->bytes.n; i++) {
        char c = v->bytes.p[i];
        if (big_letters && c >= 'a' && c <= 'f') c = (char)(c - 32);
        text_add(out, (nr_slice){&c, 1});
    }
}

/* -- the calendar ------------------------------------------------------------------------------------------------------------------------ */

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month] + (month == 1 && leap(year));
}

/* Counted, not computed: days since 1970-01-01 to a date and back. */
static void add_date(text *out, big days)
{
    int year = 1970, month = 0;
    while (days < 0) days += 365 + leap(--year);
    while (days >= 365 + leap(year)) days -= 365 + leap(year++);
    while (days >= month_days(year, month)) days -= month_days(year, month++);
    text_addf(out, "%04d-%02d-%02d", year, month + 1, (int)days + 1);
}

static void add_time(text *out, big us, bool always_seconds)
{
    int seconds = (int)(us / 1000000), fraction = (int)(us % 1000000);
    text_addf(out, "%02d:%02d", seconds / 3600, seconds / 60 % 60);
    if (always_seconds || seconds % 60 || fraction) text_addf(out, ":%02d", seconds % 60);
    if (fraction) text_addf(out, ".%06d", fraction);
}

enum { FIRST_DAY = -719162, LAST_DAY = 2932896, SOME_DAY = 20779 };

static void make_date(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    static const int pool[] = {FIRST_DAY, LAST_DAY, -1, 0, 11016, SOME_DAY, 14609, 14610};
    (void)t, (void)operand, (void)a;
    *out = (oval){.num = SOME_DAY + (int)dice_below(d, 9) - 4};
    if (dice_chance(d, 30)) out->num = pool[dice_below(d, COUNT(pool))];
}

static void canonical_date(const otype *t, const oval *v, text *out)
{
    (void)t;
    add_date(out, v->num);
}

static void spell_date(const otype *t, dice *d, const oval *v, text *out)
{
    (void)d;
    canonical_date(t, v, out);
}

static void make_time(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    static const int64_t pool[] = {0, 1, 999999, 1000000, 86399999999, 43200000000, 47109000250, 60000000, 3600000000, 10};
    (void)t, (void)operand, (void)a;
    *out = (oval){.num = pool[dice_below(d, COUNT(pool))]};
}

static void canonical_time(const otype *t, const oval *v, text *out)
{
    (void)t;
    add_time(out, v->num, true);
}

static void spell_time(const otype *t, dice *d, const oval *v, text *out)
{
    (void)t;
    add_time(out, v->num, dice_chance(d, 70));
}

static void make_datetime(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    oval time;
    make_date(t, d, operand, a, out);
    make_time(t, d, operand, a, &time);
    out->num = out->num * DAY_US + (dice_chance(d, 60) ? time.num : 0);
}

static big day_of(big us)
{
    return us >= 0 ? us / DAY_US : -((-us + DAY_US - 1) / DAY_US);
}

static void canonical_datetime(const otype *t, const oval *v, text *out)
{
    big day = day_of(v->num);
    (void)t;
    add_date(out, day);
    text_add(out, NR_S("T"));
    add_time(out, v->num - day * DAY_US, true);
    text_add(out, NR_S("Z"));
}

static void spell_datetime(const otype *t, dice *d, const oval *v, text *out)
{
    static const char *const zones[] = {"", "Z", "+00:00", "-00:00", "+05:30", "-11:15"};
    static const int minutes[] = {0, 0, 0, 0, 330, -675};
    size_t zone = dice_below(d, COUNT(zones));
    (void)t;
    if (day_of(v->num) == FIRST_DAY || day_of(v->num) == LAST_DAY) zone = 0;
    big local = v->num + (big)minutes[zone] * 60000000, day = day_of(local);
    add_date(out, day);
    if (local == day * DAY_US && zone == 0 && dice_chance(d, 40)) return;
    text_add(out, dice_chance(d, 50) ? NR_S("T") : NR_S(" "));
    add_time(out, local - day * DAY_US, dice_chance(d, 70));
    text_add(out, nr_slice_of(zones[zone]));
}

static big now_date(int64_t us)
{
    return day_of(us);
}

static big now_time(int64_t us)
{
    return us - day_of(us) * DAY_US;
}

static big now_datetime(int64_t us)
{
    return us;
}

static void make_duration(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    static const int64_t pool[] = {0, 1, 1000000, 60000000, 3600000000, 86400000000, 90061500000, 250, 172800000001, 59999999, 1000000000000000};
    (void)t, (void)operand, (void)a;
    *out = (oval){.num = pool[dice_below(d, COUNT(pool))]};
    if (dice_chance(d, 35)) out->num = -out->num;
}

static void canonical_duration(const otype *t, const oval *v, text *out)
{
    big us = v->num < 0 ? -v->num : v->num;
    int64_t days = (int64_t)(us / DAY_US), s = (int64_t)(us % DAY_US / 1000000), fraction = (int64_t)(us % 1000000);
    (void)t;
    if (us == 0) {
        text_add(out, NR_S("PT0S"));
        return;
    }
    text_add(out, v->num < 0 ? NR_S("-P") : NR_S("P"));
    if (days) text_addf(out, "%lldD", (long long)days);
    if (s || fraction) text_add(out, NR_S("T"));
    if (s / 3600) text_addf(out, "%lldH", (long long)(s / 3600));
    if (s / 60 % 60) text_addf(out, "%lldM", (long long)(s / 60 % 60));
    if (fraction) text_addf(out, "%lld.%06lldS", (long long)(s % 60), (long long)fraction);
    else if (s % 60) text_addf(out, "%lldS", (long long)(s % 60));
}

static void spell_duration(const otype *t, dice *d, const oval *v, text *out)
{
    int64_t days = (int64_t)(v->num / DAY_US);
    if (v->num < 0 || dice_chance(d, 60)) {
        canonical_duration(t, v, out);
        return;
    }
    if (days || dice_chance(d, 20)) text_addf(out, "%lld ", (long long)days);
    add_time(out, v->num % DAY_US, true);
}

/* -- the table --------------------------------------------------------------------------------------------------------------------------- */

#define INT64 .low = -TWO63, .high = TWO63 - 1

const otype otypes[] = {
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
    {.name = "char", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .text = true, .make = make_text, .spell = spell_text, .canonical = canonical_text},
    {.name = "text", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .text = true, .make = make_text, .spell = spell_text, .canonical = canonical_text},
    {.name = "slug", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .text = true, .make = make_slug, .spell = spell_text, .canonical = canonical_text},
    {.name = "email", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .text = true, .make = make_email, .spell = spell_text, .canonical = canonical_text},
    {.name = "url", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .text = true, .make = make_url, .spell = spell_text, .canonical = canonical_text},
    {.name = "ip", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_ip, .spell = spell_hex, .canonical = canonical_text},
    {.name = "uuid", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_uuid, .spell = spell_hex, .canonical = canonical_text},
    {.name = "date", .options = "",
     .mark = '"', .json = O_JSON_STRING, .clock = true, .make = make_date, .spell = spell_date, .canonical = canonical_date, .now = now_date},
    {.name = "time", .options = "",
     .mark = '"', .json = O_JSON_STRING, .clock = true, .make = make_time, .spell = spell_time, .canonical = canonical_time, .now = now_time},
    {.name = "datetime", .options = "",
     .mark = '"', .json = O_JSON_STRING, .clock = true, .make = make_datetime, .spell = spell_datetime, .canonical = canonical_datetime,
     .now = now_datetime},
    {.name = "duration", .options = "",
     .mark = '"', .json = O_JSON_STRING, .make = make_duration, .spell = spell_duration, .canonical = canonical_duration},
    {.name = "blob", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_BASE64, .make = make_blob, .spell = spell_text, .canonical = canonical_text},
    {.name = NULL},
};

const otype *otype_find(const char *name)
{
    for (const otype *t = otypes; t->name; t++)
        if (strcmp(t->name, name) == 0) return t;
    world_fail("the oracle has no type %s", name);
}

int oval_cmp(const otype *t, const oval *a, const oval *b)
{
    if (a->null || b->null) return b->null - a->null;
    if (t->shape == O_NUM) return (a->num > b->num) - (a->num < b->num);
    if (t->shape == O_DBL) return (a->dbl > b->dbl) - (a->dbl < b->dbl);
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
    if (t->json == O_JSON_BOOL) text_add(out, v->num ? NR_S("true") : NR_S("false"));
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
    text canonical = {0};
    t->canonical(t, v, &canonical);
    nr_slice s = {canonical.p ? canonical.p : "", canonical.n};
    if (t->mark == '"') text_quote(out, s);
    else text_add(out, (nr_slice){&t->mark, 1}), text_add(out, s);
    free(canonical.p);
}
