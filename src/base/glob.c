/* glob.c -- matching with one backtrack point: the last star. */
#include "base/glob.h"

/* Matches one class at p->p[0] == '['; *used: its bytes. An unclosed class ends with the pattern. */
static bool class_has(nr_slice p, unsigned char c, size_t *used)
{
    size_t i = 1;
    bool not = i < p.n && p.p[i] == '^', has = false;
    i += not;
    while (i < p.n && p.p[i] != ']') {
        if (p.p[i] == '\\' && i + 1 < p.n) i++;
        unsigned char lo = (unsigned char)p.p[i], hi = lo;
        if (i + 2 < p.n && p.p[i + 1] == '-' && p.p[i + 2] != ']') {
            hi = (unsigned char)p.p[i + 2];
            i += 2;
        }
        has = has || (lo <= hi ? c >= lo && c <= hi : c >= hi && c <= lo);
        i++;
    }
    *used = i < p.n ? i + 1 : i;
    return has != not;
}

/* Whether the first element of p (no star) matches c; *used: its bytes. */
static bool one_matches(nr_slice p, unsigned char c, size_t *used)
{
    *used = 1;
    if (p.p[0] == '?') return true;
    if (p.p[0] == '[') return class_has(p, c, used);
    if (p.p[0] == '\\' && p.n > 1) {
        *used = 2;
        return (unsigned char)p.p[1] == c;
    }
    return (unsigned char)p.p[0] == c;
}

bool nr_glob(nr_slice pattern, nr_slice text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0, used;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = ++p;
            from = t;
        } else if (p < pattern.n && one_matches((nr_slice){pattern.p + p, pattern.n - p}, (unsigned char)text.p[t], &used)) {
            p += used;
            t++;
        } else if (star != SIZE_MAX) {
            p = star;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}
