/* oracle_dates.c -- dates, times and their parts, for the oracle. The calendar is counted, not computed. */
#include "oracle.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DAY_US ((big)86400000000)

/* -- types      ------------------------------------------------------------------------------------------------------------------------ */

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month] + (month == 1 && leap(year));
}

enum { CYCLE_DAYS = 146097 }; /* of 400 years, after which the calendar repeats itself */

typedef struct civil {
    int year, month, day; /* month and day from 0 */
    int of_year;
} civil;

/* Counted from 1970-01-01, but for whole cycles. */
static civil civil_of(big days)
{
    civil c = {.year = 1970};
    for (; days < 0; days += CYCLE_DAYS) c.year -= 400;
    for (; days >= CYCLE_DAYS; days -= CYCLE_DAYS) c.year += 400;
    while (days >= 365 + leap(c.year)) days -= 365 + leap(c.year++);
    c.of_year = (int)days;
    while (days >= month_days(c.year, c.month)) days -= month_days(c.year, c.month++);
    c.day = (int)days;
    return c;
}

static void add_date(text *out, big days)
{
    civil c = civil_of(days);
    text_addf(out, "%04d-%02d-%02d", c.year, c.month + 1, c.day + 1);
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

const otype otypes_dates[] = {
    {.name = "date", .options = "",
     .mark = '"', .json = O_JSON_STRING, .clock = true, .parts = O_HAS_DATE, .make = make_date, .spell = spell_date, .canonical = canonical_date, .now = now_date},
    {.name = "time", .options = "",
     .mark = '"', .json = O_JSON_STRING, .clock = true, .parts = O_HAS_TIME, .make = make_time, .spell = spell_time, .canonical = canonical_time, .now = now_time},
    {.name = "datetime", .options = "",
     .mark = '"', .json = O_JSON_STRING, .clock = true, .parts = O_HAS_DATE | O_HAS_TIME, .make = make_datetime, .spell = spell_datetime, .canonical = canonical_datetime,
     .now = now_datetime},
    {.name = "duration", .options = "",
     .mark = '"', .json = O_JSON_STRING, .make = make_duration, .spell = spell_duration, .canonical = canonical_duration},
    {.name = NULL},
};

/* -- parts ------------------------------------------------------------------------------------------------------------------------------- */

static big days_in(const otype *t, const oval *v)
{
    return t->parts & O_HAS_TIME ? day_of(v->num) : v->num;
}

static big time_in(const otype *t, const oval *v)
{
    return t->parts & O_HAS_DATE ? v->num - day_of(v->num) * DAY_US : v->num;
}

static big part_year(const otype *t, const oval *v)
{
    return civil_of(days_in(t, v)).year;
}

static big part_month(const otype *t, const oval *v)
{
    return civil_of(days_in(t, v)).month + 1;
}

static big part_day(const otype *t, const oval *v)
{
    return civil_of(days_in(t, v)).day + 1;
}

static big part_quarter(const otype *t, const oval *v)
{
    return civil_of(days_in(t, v)).month / 3 + 1;
}

/* 1970-01-01 was a Thursday. */
static big part_iso_week_day(const otype *t, const oval *v)
{
    return (days_in(t, v) + (big)7000000 + 3) % 7 + 1;
}

static big part_week_day(const otype *t, const oval *v)
{
    return part_iso_week_day(t, v) % 7 + 1;
}

/* The day that decides whose year a week is. */
static civil thursday(const otype *t, const oval *v)
{
    return civil_of(days_in(t, v) - part_iso_week_day(t, v) + 4);
}

static big part_week(const otype *t, const oval *v)
{
    return thursday(t, v).of_year / 7 + 1;
}

static big part_iso_year(const otype *t, const oval *v)
{
    return thursday(t, v).year;
}

static big part_hour(const otype *t, const oval *v)
{
    return time_in(t, v) / 3600000000;
}

static big part_minute(const otype *t, const oval *v)
{
    return time_in(t, v) / 60000000 % 60;
}

static big part_second(const otype *t, const oval *v)
{
    return time_in(t, v) / 1000000 % 60;
}

static big part_len(const otype *t, const oval *v)
{
    (void)t;
    return (big)v->n;
}

const otransform otransforms[] = {
    {"year", O_HAS_DATE, "int", part_year},
    {"month", O_HAS_DATE, "int", part_month},
    {"day", O_HAS_DATE, "int", part_day},
    {"quarter", O_HAS_DATE, "int", part_quarter},
    {"week", O_HAS_DATE, "int", part_week},
    {"week_day", O_HAS_DATE, "int", part_week_day},
    {"iso_week_day", O_HAS_DATE, "int", part_iso_week_day},
    {"iso_year", O_HAS_DATE, "int", part_iso_year},
    {"date", O_HAS_DATE | O_HAS_TIME, "date", days_in},
    {"time", O_HAS_DATE | O_HAS_TIME, "time", time_in},
    {"hour", O_HAS_TIME, "int", part_hour},
    {"minute", O_HAS_TIME, "int", part_minute},
    {"second", O_HAS_TIME, "int", part_second},
    {"len", O_HAS_LEN, "int", part_len},
    {NULL, 0, NULL, NULL},
};
