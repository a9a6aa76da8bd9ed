/* take.h -- reading fixed formats from the front of a slice: what fits is taken off, what does not is left. For src/types only. */
#ifndef NR_TAKE_H
#define NR_TAKE_H

#include "base/slice.h"

static inline bool nr_take(nr_slice *s, char c)
{
    if (s->n == 0 || s->p[0] != c) return false;
    s->p++;
    s->n--;
    return true;
}

static inline bool nr_at_digit(const nr_slice *s)
{
    return s->n && s->p[0] >= '0' && s->p[0] <= '9';
}

/* Exactly n digits (up to 9) that give low..high. */
static inline bool nr_take_number(nr_slice *s, int n, int low, int high, int *out)
{
    int value = 0;
    while (n-- > 0) {
        if (!nr_at_digit(s)) return false;
        value = value * 10 + (s->p[0] - '0');
        s->p++;
        s->n--;
    }
    *out = value;
    return value >= low && value <= high;
}

/* A fraction of a second of 1 to 6 digits behind its point, as microseconds; 0 when there is no point. */
static inline bool nr_take_fraction(nr_slice *s, int *us)
{
    *us = 0;
    if (!nr_take(s, '.')) return true;
    int n = 0;
    for (; n < 6 && nr_at_digit(s); n++, s->p++, s->n--) *us = *us * 10 + (s->p[0] - '0');
    if (n == 0 || nr_at_digit(s)) return false;
    for (; n < 6; n++) *us *= 10;
    return true;
}

#endif
