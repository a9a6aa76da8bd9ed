/* utf8.c -- validation by the table of well-formed byte sequences (Unicode 15, table 3-7). */
#include "base/utf8.h"

typedef struct lead {
    unsigned char first, last;   /* of the lead byte */
    unsigned char low, high;     /* of the second byte */
    unsigned char bytes;
} lead;

static const lead leads[] = {
    {0x00, 0x7F, 0x00, 0x00, 1},
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static bool continues(nr_slice s, const lead *l)
{
    if (s.n < l->bytes) return false;
    for (size_t i = 1; i < l->bytes; i++) {
        unsigned char c = (unsigned char)s.p[i];
        unsigned char low = i == 1 ? l->low : 0x80, high = i == 1 ? l->high : 0xBF;
        if (c < low || c > high) return false;
    }
    return true;
}

size_t nr_utf8_sequence(nr_slice s)
{
    if (s.n == 0) return 0;
    unsigned char c = (unsigned char)s.p[0];
    if (c < 0x80) return 1;
    for (size_t i = 1; i < sizeof leads / sizeof *leads; i++)
        if (c >= leads[i].first && c <= leads[i].last) return continues(s, &leads[i]) ? leads[i].bytes : 0;
    return 0;
}

bool nr_utf8_valid(nr_slice s)
{
    while (s.n) {
        size_t k = nr_utf8_sequence(s);
        if (k == 0) return false;
        s.p += k;
        s.n -= k;
    }
    return true;
}

size_t nr_utf8_length(nr_slice s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}
