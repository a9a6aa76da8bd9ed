/* json_scan.c -- the tokens of RFC 8259. */
#include "types/json_scan.h"

#include "base/buf.h"
#include "types/number.h"

static void pass(nr_slice *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

void nr_scan_space(nr_slice *s)
{
    while (s->n && (s->p[0] == ' ' || s->p[0] == '\n' || s->p[0] == '\t' || s->p[0] == '\r')) pass(s, 1);
}

bool nr_scan_mark(nr_slice *s, char c)
{
    nr_scan_space(s);
    if (s->n == 0 || s->p[0] != c) return false;
    pass(s, 1);
    return true;
}

/* The four hex digits of \uXXXX at s, -1 when they are not there. */
static int32_t hex_unit(nr_slice s)
{
    int32_t unit = 0;
    if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u') return -1;
    for (size_t i = 2; i < 6; i++) {
        char c = s.p[i], small = (char)(c | 0x20);
        int digit = c >= '0' && c <= '9' ? c - '0' : small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static void add_point(uint32_t point, nr_buf *out)
{
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    int n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (n == 1) {
        nr_buf_byte(out, (unsigned char)point);
        return;
    }
    nr_buf_byte(out, (unsigned char)(leads[n] | point >> 6 * (n - 1)));
    while (--n > 0) nr_buf_byte(out, (unsigned char)(0x80 | (point >> 6 * (n - 1) & 0x3F)));
}

/* \uXXXX, two of them for what lies beyond 16 bits; half a pair is no text. */
static bool take_unicode(nr_slice *s, nr_buf *out)
{
    int32_t high = hex_unit(*s);
    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF)) return false;
    pass(s, 6);
    if (high < 0xD800 || high > 0xDBFF) {
        add_point((uint32_t)high, out);
        return true;
    }
    int32_t low = hex_unit(*s);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    pass(s, 6);
    add_point(0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00), out);
    return true;
}

static bool take_escape(nr_slice *s, nr_buf *out)
{
    static const char letters[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
    if (s->n < 2) return false;
    if (s->p[1] == 'u') return take_unicode(s, out);
    const char *at = memchr(letters, s->p[1], sizeof letters - 1);
    if (!at) return false;
    nr_buf_byte(out, (unsigned char)plain[at - letters]);
    pass(s, 2);
    return true;
}

/* Bytes up to a quote, a backslash, or what may not stand in a string. */
static size_t plain_run(nr_slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '"' && s.p[n] != '\\' && (unsigned char)s.p[n] >= 0x20) n++;
    return n;
}

bool nr_scan_string(nr_slice *s, nr_arena *arena, nr_slice *out)
{
    if (!nr_scan_mark(s, '"')) return false;
    size_t n = plain_run(*s);
    *out = (nr_slice){s->p, n};
    pass(s, n);
    if (s->n && s->p[0] == '\\') {
        nr_buf b = nr_buf_in(arena);
        nr_buf_add(&b, *out);
        while (s->n && s->p[0] == '\\') {
            if (!take_escape(s, &b)) return false;
            n = plain_run(*s);
            nr_buf_add(&b, (nr_slice){s->p, n});
            pass(s, n);
        }
        *out = nr_buf_slice(&b);
    }
    if (s->n == 0 || s->p[0] != '"') return false;
    pass(s, 1);
    return true;
}

static bool ends_token(nr_slice s)
{
    return s.n == 0 || memchr(",]}: \t\r\n", s.p[0], 8);
}

bool nr_scan_number(nr_slice *s, nr_slice *out)
{
    nr_number number;
    size_t n = nr_number_scan(*s, &number);
    *out = (nr_slice){s->p, n};
    pass(s, n);
    return n && ends_token(*s);
}

bool nr_scan_word(nr_slice *s, nr_slice word)
{
    if (!nr_slice_starts(*s, word) || !ends_token((nr_slice){s->p + word.n, s->n - word.n})) return false;
    pass(s, word.n);
    return true;
}
