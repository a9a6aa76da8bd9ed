/* buf.h -- a byte string under construction, in an arena. */
#ifndef NR_BUF_H
#define NR_BUF_H

#include "base/arena.h"

typedef struct nr_buf {
    nr_arena *arena;
    char *p;
    size_t n, cap;
} nr_buf;

static inline nr_buf nr_buf_in(nr_arena *arena)
{
    return (nr_buf){arena, NULL, 0, 0};
}

/* Room for n more bytes behind the end; returns where they begin. */
char *nr_buf_reserve(nr_buf *b, size_t n);

void nr_buf_add(nr_buf *b, nr_slice s);
void nr_buf_byte(nr_buf *b, unsigned char c);
void nr_buf_int(nr_buf *b, int64_t i);                        /* decimal */
void nr_buf_digits(nr_buf *b, uint64_t u, int width);         /* decimal with leading zeros to width (20 at most) */

/* The decimal text of a number, nothing behind it: how long it is. */
enum { NR_INT_TEXT = 20 };
size_t nr_int_text(int64_t i, char out[NR_INT_TEXT]);
void nr_buf_printf(nr_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What has been written, valid until the next write; p is never NULL. */
static inline nr_slice nr_buf_slice(const nr_buf *b)
{
    return (nr_slice){b->p ? b->p : "", b->n};
}

#endif
