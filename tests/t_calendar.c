/* t_calendar.c -- the parts of dates and times, against a calendar that is counted day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "types/calendar.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool leap(int year)
{
    return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* A year has 53 ISO weeks when it begins on a Thursday, or is a leap year that begins on a Wednesday. weekday: Monday 0. */
static int weeks_of(int year, int first_weekday)
{
    return 52 + (first_weekday == 3 || (first_weekday == 2 && leap(year)));
}

static void every_day_of_ten_thousand_years_has_its_parts(void **state)
{
    (void)state;
    int weekday = 0, iso_year = 1, week = 1, weeks = 0;
    int64_t day = NR_DAY_FIRST;
    for (int year = 1; year <= 9999; year++) {
        if (nr_year_first(year) != day) fail_msg("year %d", year);
        int first_weekday = weekday;
        for (int month = 1; month <= 12; month++) {
            int n = month_days[month - 1] + (month == 2 && leap(year));
            for (int d = 1; d <= n; d++, day++, weekday = (weekday + 1) % 7) {
                if (weekday == 0 && day > NR_DAY_FIRST) {
                    week++;
                    if (week > weeks) iso_year++, week = 1;
                }
                if (weekday == 0 && week == 1) {
                    int start = month == 1 ? first_weekday : (first_weekday + 365 + leap(year)) % 7;
                    weeks = weeks_of(iso_year, start);
                    if (nr_iso_year_first(iso_year) != day) fail_msg("ISO year %d", iso_year);
                }
                nr_civil c = nr_civil_of(day);
                if (c.year != year || c.month != month || c.day != d) fail_msg("day %d-%d-%d", year, month, d);
                if (nr_day_quarter(day) != 1 + (month > 3) + (month > 6) + (month > 9)) fail_msg("quarter of %d-%d-%d", year, month, d);
                if (nr_day_iso_week_day(day) != weekday + 1) fail_msg("ISO day of week of %d-%d-%d", year, month, d);
                if (nr_day_week_day(day) != (weekday == 6 ? 1 : weekday + 2)) fail_msg("day of week of %d-%d-%d", year, month, d);
                if (nr_day_iso_week(day) != week || nr_day_iso_year(day) != iso_year) fail_msg("week of %d-%d-%d: %d", year, month, d, week);
            }
        }
    }
    assert_int_equal(day, NR_DAY_LAST + 1);
    assert_int_equal(nr_year_first(10000), NR_DAY_LAST + 1);
    assert_int_equal(nr_iso_year_first(1), NR_DAY_FIRST);
    assert_true(nr_iso_year_first(10000) > NR_DAY_LAST);
}

static void known_days_have_known_weekdays_and_weeks(void **state)
{
    (void)state;
    static const struct {
        nr_civil civil;
        int iso_week_day, week_day, iso_year, iso_week;
    } cases[] = {
        {{2010, 12, 26}, 7, 1, 2010, 51}, {{2010, 12, 27}, 1, 2, 2010, 52}, {{2013, 7, 28}, 7, 1, 2013, 30},  {{2024, 2, 29}, 4, 5, 2024, 9},
        {{2005, 7, 26}, 2, 3, 2005, 30},  {{1, 1, 1}, 1, 2, 1, 1},          {{2005, 1, 1}, 6, 7, 2004, 53},   {{2008, 12, 29}, 1, 2, 2009, 1},
        {{1970, 1, 1}, 4, 5, 1970, 1},    {{2021, 1, 3}, 7, 1, 2020, 53},   {{9999, 12, 31}, 5, 6, 9999, 52},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t day = nr_civil_days(cases[i].civil);
        assert_int_equal(nr_day_iso_week_day(day), cases[i].iso_week_day);
        assert_int_equal(nr_day_week_day(day), cases[i].week_day);
        assert_int_equal(nr_day_iso_year(day), cases[i].iso_year);
        assert_int_equal(nr_day_iso_week(day), cases[i].iso_week);
    }
}

static void times_are_of_their_day_before_1970_too(void **state)
{
    (void)state;
    static const int64_t days[] = {NR_DAY_FIRST, -1, 0, 1, 15914, NR_DAY_LAST};
    static const struct {
        int hour, minute, second, us;
    } times[] = {{0, 0, 0, 0}, {0, 0, 0, 1}, {22, 30, 20, 50}, {23, 59, 59, 999999}, {1, 0, 0, 0}, {0, 1, 0, 0}, {12, 0, 1, 0}};
    for (size_t d = 0; d < COUNT(days); d++) {
        for (size_t t = 0; t < COUNT(times); t++) {
            int64_t time = ((times[t].hour * INT64_C(60) + times[t].minute) * 60 + times[t].second) * 1000000 + times[t].us;
            int64_t us = days[d] * NR_DAY_US + time;
            assert_int_equal(nr_day_of(us), days[d]);
            assert_int_equal(nr_time_of(us), time);
            assert_int_equal(nr_hour_of(us), times[t].hour);
            assert_int_equal(nr_minute_of(us), times[t].minute);
            assert_int_equal(nr_second_of(us), times[t].second);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_ten_thousand_years_has_its_parts),
        cmocka_unit_test(known_days_have_known_weekdays_and_weeks),
        cmocka_unit_test(times_are_of_their_day_before_1970_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
