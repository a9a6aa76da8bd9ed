/* slice.h -- a view of bytes: pointer and length, owner elsewhere.
 *
 * Slices may hold any byte, NUL included; nothing here looks for a terminator. A slice whose p is NULL is "absent", which is not the same
 * as empty. */
#ifndef NR_SLICE_H
#define NR_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct nr_slice {
    const char *p;
    size_t n;
} nr_slice;

/* A slice over a string literal. */
#define NR_S(lit) ((nr_slice){(lit), sizeof(lit) - 1})

/* printf arguments for "%.*s"; for text that we made ourselves. What a client sent goes through NR_SHOW (err.h). */
#define NR_FMT(s) (int)(s).n, (s).p

static inline nr_slice nr_slice_of(const char *cstr)
{
    return (nr_slice){cstr, strlen(cstr)};
}

static inline bool nr_slice_eq(nr_slice a, nr_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool nr_slice_is(nr_slice a, const char *cstr)
{
    return nr_slice_eq(a, nr_slice_of(cstr));
}

/* Order by bytes, a shorter one before those it is a prefix of: <0, 0, >0. */
static inline int nr_slice_cmp(nr_slice a, nr_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static inline bool nr_slice_starts(nr_slice a, nr_slice prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || (a.p[0] == prefix.p[0] && memcmp(a.p, prefix.p, prefix.n) == 0)); /* mostly the first byte tells */
}

/* Equal without regard to ASCII case. */
bool nr_slice_caseis(nr_slice a, const char *cstr);

#endif
