/* type_duration.c -- durations: 64-bit microseconds, written in ISO 8601's form, read in Django's too.
 *
 * Sums are made in 128 bits, of counts that no longer grow beyond COUNT_ENOUGH: of anything, that many do not fit. */
#include <inttypes.h>

#include "types/calendar.h"
#include "types/type_rows.h"
#include "types/take.h"

#define COUNT_ENOUGH INT64_C(100000000000000000)

typedef struct part {
    char mark;
    int64_t us; /* of one */
} part;

static const part days_part = {'D', NR_DAY_US};
static const part time_parts[] = {{'H', INT64_C(3600000000)}, {'M', 60000000}, {'S', 1000000}};

static bool take_count(nr_slice *s, int64_t *count)
{
    if (!nr_at_digit(s)) return false;
    *count = 0;
    for (; nr_at_digit(s); s->p++, s->n--)
        if (*count < COUNT_ENOUGH) *count = *count * 10 + (s->p[0] - '0');
    return true;
}

/* <count><mark> when it is next: added to *us, and *any is set. False for a bad fraction, which stands before S only. */
static bool take_part(nr_slice *s, const part *p, nr_i128 *us, bool *any)
{
    nr_slice rest = *s;
    int64_t count;
    int fraction = 0;
    if (!take_count(&rest, &count)) return true;
    if (p->mark == 'S' && !nr_take_fraction(&rest, &fraction)) return false;
    if (!nr_take(&rest, p->mark)) return true;
    *us += (nr_i128)count * p->us + fraction;
    *any = true;
    *s = rest;
    return true;
}

/* P<d>DT<h>H<m>M<s>[.ffffff]S, parts left out, one at least; T stands exactly when a part follows it. */
static bool take_iso(nr_slice *s, nr_i128 *us)
{
    bool any_days = false, any_time = false;
    if (!nr_take(s, 'P') || !take_part(s, &days_part, us, &any_days)) return false;
    if (!nr_take(s, 'T')) return any_days;
    for (size_t i = 0; i < sizeof time_parts / sizeof *time_parts; i++)
        if (!take_part(s, &time_parts[i], us, &any_time)) return false;
    return any_time;
}

static bool take_clock(nr_slice *s, nr_i128 *us)
{
    int hour, minute, second, fraction;
    bool minus = nr_take(s, '-');
    bool good = nr_take_number(s, 2, 0, 99, &hour) && nr_take(s, ':') && nr_take_number(s, 2, 0, 59, &minute) && nr_take(s, ':') &&
                nr_take_number(s, 2, 0, 59, &second) && nr_take_fraction(s, &fraction);
    if (!good) return false;
    int64_t size = ((hour * 60 + minute) * 60 + second) * INT64_C(1000000) + fraction;
    *us += minus ? -size : size;
    return true;
}

/* [d ]HH:MM:SS[.f]. As in Django the days and the time have a sign each: "-1 23:59:59" is one second below zero. */
static bool take_django(nr_slice *s, nr_i128 *us)
{
    nr_slice rest = *s;
    bool minus = nr_take(&rest, '-');
    int64_t days;
    if (take_count(&rest, &days) && nr_take(&rest, ' ')) {
        *us = (nr_i128)(minus ? -days : days) * NR_DAY_US;
        *s = rest;
    }
    return take_clock(s, us);
}

static bool parse_duration(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    nr_slice iso = text;
    nr_i128 us = 0;
    bool minus = nr_take(&iso, '-');
    if (iso.n && iso.p[0] == 'P') {
        if (!take_iso(&iso, &us) || iso.n) return false;
        if (minus) us = -us;
    } else if (!take_django(&text, &us) || text.n) {
        return false;
    }
    out->side = (us > INT64_MAX) - (us < INT64_MIN);
    out->v = (nr_value){.kind = NR_V_INT, .i = out->side > 0 ? INT64_MAX : out->side < 0 ? INT64_MIN : (int64_t)us};
    return true;
}

static void format_duration(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    uint64_t us = v->i < 0 ? 0 - (uint64_t)v->i : (uint64_t)v->i;
    uint64_t days = us / NR_DAY_US, seconds = us % NR_DAY_US / 1000000, fraction = us % 1000000;
    nr_buf_add(out, v->i < 0 ? NR_S("-P") : NR_S("P"));
    if (days) nr_buf_printf(out, "%" PRIu64 "D", days);
    if (seconds || fraction || !days) nr_buf_byte(out, 'T');
    if (seconds / 3600) nr_buf_printf(out, "%" PRIu64 "H", seconds / 3600);
    if (seconds / 60 % 60) nr_buf_printf(out, "%" PRIu64 "M", seconds / 60 % 60);
    if (fraction) nr_buf_printf(out, "%" PRIu64 ".%06" PRIu64 "S", seconds % 60, fraction);
    else if (seconds % 60 || us == 0) nr_buf_printf(out, "%" PRIu64 "S", seconds % 60);
}

const nr_type nr_type_rows_duration[] = {
    {
        .name = "duration",
        .django = "DurationField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS,
        .reply = NR_REPLY_STRING,
        .expects = "a duration such as P1DT2H3M4.500000S or [d ]HH:MM:SS[.ffffff], of 64 bits of microseconds",
        .parse = parse_duration,
        .format = format_duration,
        .doc = "length of time to the microsecond, such as P1DT2H3M4.500000S or -PT0.000001S; about 292,000 years either way",
    },
};
