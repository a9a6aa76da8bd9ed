/* type_time.c -- dates (days since 1970-01-01), times (microseconds of the day), datetimes (microseconds since 1970 UTC). */
#include "types/calendar.h"
#include "types/type_rows.h"
#include "types/take.h"

static bool take_date(nr_slice *s, int64_t *days)
{
    nr_civil c;
    bool good = nr_take_number(s, 4, 1, 9999, &c.year) && nr_take(s, '-') && nr_take_number(s, 2, 1, 12, &c.month) && nr_take(s, '-') &&
                nr_take_number(s, 2, 1, 31, &c.day);
    if (!good || !nr_civil_valid(c)) return false;
    *days = nr_civil_days(c);
    return true;
}

/* HH:MM[:SS[.ffffff]] */
static bool take_time(nr_slice *s, int64_t *us)
{
    int hour, minute, second = 0, fraction = 0;
    if (!nr_take_number(s, 2, 0, 23, &hour) || !nr_take(s, ':') || !nr_take_number(s, 2, 0, 59, &minute)) return false;
    if (nr_take(s, ':') && (!nr_take_number(s, 2, 0, 59, &second) || !nr_take_fraction(s, &fraction))) return false;
    *us = ((hour * 60 + minute) * 60 + second) * INT64_C(1000000) + fraction;
    return true;
}

/* [Z|+-HH:MM], the zone's distance from UTC; nothing is UTC. */
static bool take_zone(nr_slice *s, int64_t *us)
{
    int hour, minute;
    *us = 0;
    if (s->n == 0 || nr_take(s, 'Z')) return true;
    bool west = nr_take(s, '-');
    if (!west && !nr_take(s, '+')) return false;
    if (!nr_take_number(s, 2, 0, 23, &hour) || !nr_take(s, ':') || !nr_take_number(s, 2, 0, 59, &minute)) return false;
    *us = (hour * 60 + minute) * INT64_C(60000000);
    if (west) *us = -*us;
    return true;
}

static nr_operand int_operand(int64_t i)
{
    return (nr_operand){{.kind = NR_V_INT, .i = i}, 0};
}

static bool parse_date(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    int64_t days;
    if (!take_date(&text, &days) || text.n) return false;
    *out = int_operand(days);
    return true;
}

static bool parse_time(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    int64_t us;
    if (!take_time(&text, &us) || text.n) return false;
    *out = int_operand(us);
    return true;
}

static bool parse_datetime(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    int64_t days, time = 0, zone = 0;
    if (!take_date(&text, &days)) return false;
    if (nr_take(&text, 'T') || nr_take(&text, ' '))
        if (!take_time(&text, &time) || !take_zone(&text, &zone)) return false;
    int64_t us = days * NR_DAY_US + time - zone, day = nr_day_of(us);
    if (text.n || day < NR_DAY_FIRST || day > NR_DAY_LAST) return false;
    *out = int_operand(us);
    return true;
}

static void add_date(nr_buf *out, int64_t days)
{
    nr_civil c = nr_civil_of(days);
    nr_buf_digits(out, (uint64_t)c.year, 4);
    nr_buf_byte(out, '-');
    nr_buf_digits(out, (uint64_t)c.month, 2);
    nr_buf_byte(out, '-');
    nr_buf_digits(out, (uint64_t)c.day, 2);
}

static void add_time(nr_buf *out, int64_t us)
{
    int seconds = (int)(us / 1000000), fraction = (int)(us % 1000000);
    nr_buf_digits(out, (uint64_t)(seconds / 3600), 2);
    nr_buf_byte(out, ':');
    nr_buf_digits(out, (uint64_t)(seconds / 60 % 60), 2);
    nr_buf_byte(out, ':');
    nr_buf_digits(out, (uint64_t)(seconds % 60), 2);
    if (!fraction) return;
    nr_buf_byte(out, '.');
    nr_buf_digits(out, (uint64_t)fraction, 6);
}

static void format_date(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    add_date(out, v->i);
}

static void format_time(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    add_time(out, v->i);
}

static void format_datetime(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    int64_t day = nr_day_of(v->i);
    add_date(out, day);
    nr_buf_byte(out, 'T');
    add_time(out, v->i - day * NR_DAY_US);
    nr_buf_byte(out, 'Z');
}

static nr_value now_date(int64_t us)
{
    return (nr_value){.kind = NR_V_INT, .i = nr_day_of(us)};
}

static nr_value now_time(int64_t us)
{
    return (nr_value){.kind = NR_V_INT, .i = us - nr_day_of(us) * NR_DAY_US};
}

static nr_value now_datetime(int64_t us)
{
    return (nr_value){.kind = NR_V_INT, .i = us};
}

const nr_type nr_type_rows_time[] = {
    {
        .name = "date",
        .django = "DateField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS | NR_TF_CLOCK | NR_TF_DATE,
        .reply = NR_REPLY_STRING,
        .expects = "a date YYYY-MM-DD from 0001-01-01 to 9999-12-31",
        .parse = parse_date,
        .format = format_date,
        .now = now_date,
        .doc = "date of the Gregorian calendar, years 1 to 9999, such as 2026-11-22",
    },
    {
        .name = "time",
        .django = "TimeField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS | NR_TF_CLOCK | NR_TF_TIME,
        .reply = NR_REPLY_STRING,
        .expects = "a time HH:MM[:SS[.ffffff]] from 00:00 to 23:59:59.999999",
        .parse = parse_time,
        .format = format_time,
        .now = now_time,
        .doc = "time of the day to the microsecond, such as 13:05:09.000250",
    },
    {
        .name = "datetime",
        .django = "DateTimeField",
        .kind = NR_V_INT,
        .flags = NR_TF_BOUNDS | NR_TF_CLOCK | NR_TF_DATE | NR_TF_TIME,
        .reply = NR_REPLY_STRING,
        .expects = "a datetime YYYY-MM-DD[THH:MM[:SS[.ffffff]][Z|+HH:MM|-HH:MM]], in years 1 to 9999 of UTC",
        .parse = parse_datetime,
        .format = format_datetime,
        .now = now_datetime,
        .doc = "moment in UTC to the microsecond, such as 2026-11-22T13:05:09.000250Z; other zones are converted, no zone is UTC",
    },
};
