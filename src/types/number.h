/* number.h -- JSON's number syntax, taken apart: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
 *
 * Nothing is computed here, so a number may be of any length and its exponent of any size: what follows costs O(length). */
#ifndef NR_NUMBER_H
#define NR_NUMBER_H

#include "base/slice.h"

typedef struct nr_number {
    bool negative;
    nr_slice whole, fraction; /* digits as written; fraction may be empty */
    size_t first, count;      /* the significant digits (no zeros on either side) among those of whole and fraction; count 0: the number is zero */
    int64_t scale;            /* the number is its significant digits * 10^scale; beyond +-10^17 it is about that */
} nr_number;

/* Takes the longest number at the start of text apart and returns its bytes, 0 when there is none. */
size_t nr_number_scan(nr_slice text, nr_number *out);

/* The same, true when all of text is one number. */
static inline bool nr_number_read(nr_slice text, nr_number *out)
{
    size_t n = nr_number_scan(text, out);
    return n && n == text.n;
}

/* Significant digit i, 0..count-1, as 0..9. */
static inline int nr_number_digit(const nr_number *n, size_t i)
{
    i += n->first;
    return (i < n->whole.n ? n->whole.p[i] : n->fraction.p[i - n->whole.n]) - '0';
}

enum { NR_NUMBER_EXPONENT = 1000000000 };

/* Whether the number's exponent is within +-NR_NUMBER_EXPONENT, so that scale is exact. */
static inline bool nr_number_sane(const nr_number *n)
{
    const int64_t most = INT64_C(2) * NR_NUMBER_EXPONENT;
    return n->scale > -most && n->scale < most;
}

/* By value, exactly, whatever the lengths: 1 = 1.0 = 1e0. Both are numbers and sane. */
int nr_number_cmp(nr_slice a, nr_slice b);

#endif
