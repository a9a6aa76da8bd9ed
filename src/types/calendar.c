/* calendar.c -- years are counted from March, so that the leap day is the last one of a year (Richards, "Mapping Time", 1998). */
#include "types/calendar.h"

enum { DAYS_400_YEARS = 146097, DAYS_BEFORE_1970 = 719468 /* since 0000-03-01 */ };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool nr_civil_valid(nr_civil c)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12) return false;
    return c.day >= 1 && c.day <= lengths[c.month - 1] + (c.month == 2 && is_leap(c.year));
}

int64_t nr_civil_days(nr_civil c)
{
    int64_t year = c.year - (c.month <= 2);
    int64_t month = c.month > 2 ? c.month - 3 : c.month + 9;
    return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + c.day - 1 - DAYS_BEFORE_1970;
}

nr_civil nr_civil_of(int64_t days)
{
    int64_t since = days + DAYS_BEFORE_1970;
    int64_t era = since / DAYS_400_YEARS, day = since % DAYS_400_YEARS;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;
    int64_t month = (5 * day + 2) / 153;
    bool next = month >= 10;
    return (nr_civil){(int)(era * 400 + year + next), (int)(next ? month - 9 : month + 3), (int)(day - (153 * month + 2) / 5 + 1)};
}

int nr_day_quarter(int64_t day)
{
    return (nr_civil_of(day).month + 2) / 3;
}

/* NR_DAY_FIRST is a Monday. */
int nr_day_iso_week_day(int64_t day)
{
    return (int)((day - NR_DAY_FIRST) % 7) + 1;
}

int nr_day_week_day(int64_t day)
{
    return nr_day_iso_week_day(day) % 7 + 1;
}

static int64_t thursday_of(int64_t day)
{
    return day - nr_day_iso_week_day(day) + 4;
}

int nr_day_iso_year(int64_t day)
{
    return nr_civil_of(thursday_of(day)).year;
}

int nr_day_iso_week(int64_t day)
{
    int64_t thursday = thursday_of(day);
    return (int)((thursday - nr_year_first(nr_civil_of(thursday).year)) / 7) + 1;
}

int64_t nr_year_first(int year)
{
    return nr_civil_days((nr_civil){year, 1, 1});
}

int64_t nr_iso_year_first(int year)
{
    int64_t fourth = nr_civil_days((nr_civil){year, 1, 4});
    return fourth - nr_day_iso_week_day(fourth) + 1;
}
