/* buf.c -- growth by doubling; the old space stays in the arena. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

enum { DIGITS_MOST = 24 };

char *nr_buf_reserve(nr_buf *b, size_t n)
{
    if (b->cap - b->n < n) {
        size_t cap = b->cap ? b->cap * 2 : 64;
        if (cap < b->n + n) cap = b->n + n;
        char *p = nr_arena_alloc(b->arena, cap);
        if (b->n) memcpy(p, b->p, b->n);
        b->p = p;
        b->cap = cap;
    }
    return b->p + b->n;
}

void nr_buf_add(nr_buf *b, nr_slice s)
{
    if (s.n == 0) return;
    memcpy(nr_buf_reserve(b, s.n), s.p, s.n);
    b->n += s.n;
}

void nr_buf_byte(nr_buf *b, unsigned char c)
{
    *nr_buf_reserve(b, 1) = (char)c;
    b->n++;
}

/* Into the end of d; where they begin. printf takes ten times as long, and every value of every entity comes by here. */
static int digits(char d[DIGITS_MOST], uint64_t u, int width)
{
    int at = DIGITS_MOST;
    for (; u >= 100; u /= 100) {
        unsigned two = (unsigned)(u % 100);
        d[--at] = (char)('0' + two % 10);
        d[--at] = (char)('0' + two / 10);
    }
    if (u >= 10) d[--at] = (char)('0' + u % 10), u /= 10;
    d[--at] = (char)('0' + u);
    while (DIGITS_MOST - at < width) d[--at] = '0';
    return at;
}

void nr_buf_digits(nr_buf *b, uint64_t u, int width)
{
    char d[DIGITS_MOST];
    int at = digits(d, u, width);
    size_t n = (size_t)(DIGITS_MOST - at);
    memcpy(nr_buf_reserve(b, n), d + at, n);
    b->n += n;
}

size_t nr_int_text(int64_t i, char out[NR_INT_TEXT])
{
    char d[DIGITS_MOST];
    int at = digits(d, i < 0 ? 0 - (uint64_t)i : (uint64_t)i, 1);
    if (i < 0) d[--at] = '-';
    memcpy(out, d + at, (size_t)(DIGITS_MOST - at));
    return (size_t)(DIGITS_MOST - at);
}

void nr_buf_int(nr_buf *b, int64_t i)
{
    if (i < 0) nr_buf_byte(b, '-');
    nr_buf_digits(b, i < 0 ? 0 - (uint64_t)i : (uint64_t)i, 1);
}

void nr_buf_printf(nr_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    vsnprintf(nr_buf_reserve(b, (size_t)n + 1), (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += (size_t)n;
}
