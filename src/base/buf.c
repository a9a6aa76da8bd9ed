/* buf.c -- growth by doubling; the old space stays in the arena. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

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
