/* transform.c -- parts of dates and times. A date counts days, a time microseconds of its day, a datetime microseconds; all in UTC. */
#include "types/transform.h"

#include "types/calendar.h"
#include "types/container.h"

/* The day of a date or datetime. */
static int64_t day_of(const nr_spec *spec, const nr_value *v)
{
    return spec->type->flags & NR_TF_TIME ? nr_day_of(v->i) : v->i;
}

static nr_value whole(int64_t i)
{
    return (nr_value){.kind = NR_V_INT, .i = i};
}

static nr_value eval_year(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_civil_of(day_of(spec, v)).year);
}

static nr_value eval_month(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_civil_of(day_of(spec, v)).month);
}

static nr_value eval_day(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_civil_of(day_of(spec, v)).day);
}

static nr_value eval_quarter(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_day_quarter(day_of(spec, v)));
}

static nr_value eval_week(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_day_iso_week(day_of(spec, v)));
}

static nr_value eval_week_day(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_day_week_day(day_of(spec, v)));
}

static nr_value eval_iso_week_day(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_day_iso_week_day(day_of(spec, v)));
}

static nr_value eval_iso_year(const nr_spec *spec, const nr_value *v)
{
    return whole(nr_day_iso_year(day_of(spec, v)));
}

static nr_value eval_date(const nr_spec *spec, const nr_value *v)
{
    return whole(day_of(spec, v));
}

static nr_value eval_time(const nr_spec *spec, const nr_value *v)
{
    (void)spec;
    return whole(nr_time_of(v->i));
}

static nr_value eval_hour(const nr_spec *spec, const nr_value *v)
{
    (void)spec;
    return whole(nr_hour_of(v->i));
}

static nr_value eval_minute(const nr_spec *spec, const nr_value *v)
{
    (void)spec;
    return whole(nr_minute_of(v->i));
}

static nr_value eval_second(const nr_spec *spec, const nr_value *v)
{
    (void)spec;
    return whole(nr_second_of(v->i));
}

static nr_value eval_len(const nr_spec *spec, const nr_value *v)
{
    (void)spec;
    return whole((int64_t)nr_container_count(v->s));
}

/* The value of spec with which a day begins. */
static nr_first begin(const nr_spec *spec, int64_t day, nr_value *out)
{
    *out = whole(spec->type->flags & NR_TF_TIME ? day * NR_DAY_US : day);
    return NR_FIRST_AT;
}

static nr_first first_year(const nr_spec *spec, int64_t n, nr_value *out)
{
    if (n <= 1) return NR_FIRST_ALL;
    return n > 9999 ? NR_FIRST_NONE : begin(spec, nr_year_first((int)n), out);
}

/* Days before the first Monday of year 1 would be of year 0: there are none, it is a Monday. The last days of 9999 are of its own year. */
static nr_first first_iso_year(const nr_spec *spec, int64_t n, nr_value *out)
{
    if (n <= 1) return NR_FIRST_ALL;
    return n > 9999 ? NR_FIRST_NONE : begin(spec, nr_iso_year_first((int)n), out);
}

static nr_first first_date(const nr_spec *spec, int64_t n, nr_value *out)
{
    if (n <= NR_DAY_FIRST) return NR_FIRST_ALL;
    return n > NR_DAY_LAST ? NR_FIRST_NONE : begin(spec, n, out);
}

#define DATE NR_TF_DATE
#define TIME NR_TF_TIME

const nr_transform nr_transforms[] = {
    /* name          needs        gives   eval               low  high first           by value  doc */
    {"year",         DATE,        "int",  eval_year,         0,   0,   first_year,     true,     "1 to 9999"},
    {"month",        DATE,        "int",  eval_month,        1,   12,  NULL,           false,    "1 to 12"},
    {"day",          DATE,        "int",  eval_day,          1,   31,  NULL,           false,    "of the month, 1 to 31"},
    {"quarter",      DATE,        "int",  eval_quarter,      1,   4,   NULL,           false,    "1 to 4"},
    {"week",         DATE,        "int",  eval_week,         1,   53,  NULL,           false,    "of the ISO year, 1 to 53"},
    {"week_day",     DATE,        "int",  eval_week_day,     1,   7,   NULL,           false,    "1 is Sunday, 7 Saturday"},
    {"iso_week_day", DATE,        "int",  eval_iso_week_day, 1,   7,   NULL,           false,    "1 is Monday, 7 Sunday"},
    {"iso_year",     DATE,        "int",  eval_iso_year,     0,   0,   first_iso_year, false,    "the year that the ISO week belongs to"},
    {"date",         DATE | TIME, "date", eval_date,         0,   0,   first_date,     false,    "the date of a datetime"},
    {"time",         DATE | TIME, "time", eval_time,         0,   0,   NULL,           false,    "the time of a datetime"},
    {"hour",         TIME,        "int",  eval_hour,         0,   23,  NULL,           false,    "0 to 23"},
    {"minute",       TIME,        "int",  eval_minute,       0,   59,  NULL,           false,    "0 to 59"},
    {"second",       TIME,        "int",  eval_second,       0,   59,  NULL,           false,    "0 to 59, without the fraction"},
    {"len",          NR_TF_ELEMENTS, "int", eval_len,        0,   0,   NULL,           false,    "how many elements a list or set has, or keys a dict; in a filter what stands behind a dict is a key of it"},
    {NULL,           0,           NULL,   NULL,              0,   0,   NULL,           false,    NULL},
};

const nr_transform *nr_transform_find(nr_slice name)
{
    for (const nr_transform *t = nr_transforms; t->name; t++)
        if (nr_slice_is(name, t->name)) return t;
    return NULL;
}

bool nr_transform_suits(const nr_transform *t, const nr_type *type)
{
    return (type->flags & t->needs) == t->needs;
}
