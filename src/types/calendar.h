/* calendar.h -- days since 1970-01-01 and the proleptic Gregorian calendar, years 1 to 9999. */
#ifndef NR_CALENDAR_H
#define NR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct nr_civil {
    int year, month, day; /* 1..9999, 1..12, 1..31 */
} nr_civil;

#define NR_DAY_US INT64_C(86400000000)
#define NR_DAY_FIRST (-719162)  /* 0001-01-01 */
#define NR_DAY_LAST 2932896     /* 9999-12-31 */

/* Does the calendar have this day? */
bool nr_civil_valid(nr_civil c);

int64_t nr_civil_days(nr_civil c);

/* days lie in NR_DAY_FIRST..NR_DAY_LAST. */
nr_civil nr_civil_of(int64_t days);

/* The day that a moment in microseconds since 1970 UTC lies in; the time of the day is us - day * NR_DAY_US. */
static inline int64_t nr_day_of(int64_t us)
{
    return us / NR_DAY_US - (us % NR_DAY_US < 0);
}

/* Parts of a day, of NR_DAY_FIRST..NR_DAY_LAST. The week that a day lies in belongs to the year that its Thursday lies in (ISO 8601), so
 * that the last days of 9999 stay in 9999, and 0001 begins on a Monday: ISO years are 1..9999 too. */
int nr_day_quarter(int64_t day);      /* 1..4 */
int nr_day_week_day(int64_t day);     /* Sunday 1 to Saturday 7 */
int nr_day_iso_week_day(int64_t day); /* Monday 1 to Sunday 7 */
int nr_day_iso_week(int64_t day);     /* 1..53 */
int nr_day_iso_year(int64_t day);

/* The first day of a year, or of an ISO year (a Monday), of 1..10000: the days of a year are first(year) <= day < first(year + 1). */
int64_t nr_year_first(int year);
int64_t nr_iso_year_first(int year);

/* Parts of the time of a moment; its microseconds of the day are nr_time_of(us), 0..NR_DAY_US-1. */
static inline int64_t nr_time_of(int64_t us)
{
    return us - nr_day_of(us) * NR_DAY_US;
}

static inline int nr_hour_of(int64_t us)
{
    return (int)(nr_time_of(us) / INT64_C(3600000000));
}

static inline int nr_minute_of(int64_t us)
{
    return (int)(nr_time_of(us) / 60000000 % 60);
}

static inline int nr_second_of(int64_t us)
{
    return (int)(nr_time_of(us) / 1000000 % 60);
}

#endif
