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

#endif
