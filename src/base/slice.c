/* slice.c -- the one slice function too long for the header. */
#include "base/slice.h"

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool nr_slice_caseis(nr_slice a, const char *cstr)
{
    nr_slice b = nr_slice_of(cstr);
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i])) return false;
    return true;
}
