/* casefold.c -- the order of UTF-8 by bytes is that by code points, so that texts are compared a code point at a time. Containment is
 * Knuth, Morris and Pratt, "Fast pattern matching in strings", 1977, over the bytes of the folded forms. */
#include "base/casefold.h"

#include "base/casefold_table.h"
#include "base/utf8.h"

uint32_t nr_fold_point(uint32_t point)
{
    if (point < 0x80) return point - 'A' < 26 ? point + 32 : point;
    if (point / 128 >= NR_CASEFOLD_PAGES) return point;
    return (uint32_t)((int32_t)point + nr_casefold_deltas[nr_casefold_pages[point / 128]][point % 128]);
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

/* The first code point of *rest, folded. */
static uint32_t take(nr_slice *rest)
{
    if (!is_ascii(rest->p[0])) return nr_fold_point(nr_utf8_take(rest));
    uint32_t c = nr_fold_point((unsigned char)rest->p[0]);
    rest->p++;
    rest->n--;
    return c;
}

void nr_fold(nr_buf *out, nr_slice text)
{
    char *p = nr_buf_reserve(out, text.n + text.n / 2 + 4);
    size_t n = 0;
    while (text.n) {
        uint32_t point = take(&text);
        if (point < 0x80) p[n++] = (char)point;
        else n += nr_utf8_put(p + n, point);
    }
    out->n += n;
}

bool nr_fold_eq(nr_slice a, nr_slice b)
{
    while (a.n && b.n)
        if (take(&a) != take(&b)) return false;
    return a.n == b.n;
}

int nr_fold_cmp(nr_slice a, nr_slice b)
{
    while (a.n && b.n) {
        uint32_t x = take(&a), y = take(&b);
        if (x != y) return x < y ? -1 : 1;
    }
    return (a.n > 0) - (b.n > 0);
}

bool nr_fold_starts(nr_slice text, nr_slice prefix)
{
    while (text.n && prefix.n)
        if (take(&text) != take(&prefix)) return false;
    return prefix.n == 0;
}

bool nr_fold_ends(nr_slice text, nr_slice suffix)
{
    while (text.n && suffix.n)
        if (nr_fold_point(nr_utf8_take_last(&text)) != nr_fold_point(nr_utf8_take_last(&suffix))) return false;
    return suffix.n == 0;
}

nr_fold_needle nr_fold_needle_of(nr_arena *arena, nr_slice needle)
{
    nr_buf folded = nr_buf_in(arena);
    nr_fold(&folded, needle);
    uint32_t *borders = NR_NEW_N(arena, uint32_t, folded.n);
    for (size_t i = 1, border = 0; i < folded.n; i++) {
        while (border && folded.p[i] != folded.p[border]) border = borders[border - 1];
        border += folded.p[i] == folded.p[border];
        borders[i] = (uint32_t)border;
    }
    return (nr_fold_needle){nr_buf_slice(&folded), borders};
}

bool nr_fold_contains(nr_slice text, const nr_fold_needle *needle)
{
    const char *sought = needle->folded.p;
    size_t matched = 0;
    if (needle->folded.n == 0) return true;
    while (text.n) {
        char bytes[4];
        uint32_t point = take(&text);
        size_t k = 1;
        if (point < 0x80) bytes[0] = (char)point;
        else k = nr_utf8_put(bytes, point);
        for (size_t i = 0; i < k; i++) {
            while (matched && sought[matched] != bytes[i]) matched = needle->borders[matched - 1];
            matched += sought[matched] == bytes[i];
            if (matched == needle->folded.n) return true;
        }
    }
    return false;
}
