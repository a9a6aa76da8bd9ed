/* err.c -- formatting of errors, and of what clients sent when it stands in one. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

static const char *const words[NR_E_COUNT] = {
    [NR_OK] = "OK",
    [NR_E_SYNTAX] = "SYNTAX",
    [NR_E_NOMODEL] = "NOMODEL",
    [NR_E_NOFIELD] = "NOFIELD",
    [NR_E_NOLOOKUP] = "NOLOOKUP",
    [NR_E_BADVALUE] = "BADVALUE",
    [NR_E_NOTNULL] = "NOTNULL",
    [NR_E_NOTUNIQUE] = "NOTUNIQUE",
    [NR_E_EXISTS] = "EXISTS",
    [NR_E_NOTFOUND] = "NOTFOUND",
    [NR_E_CONFLICT] = "CONFLICT",
    [NR_E_PROTECTED] = "PROTECTED",
    [NR_E_NOINDEX] = "NOINDEX",
    [NR_E_LIMIT] = "LIMIT",
    [NR_E_CURSOR] = "CURSOR",
    [NR_E_NOPERM] = "NOPERM",
    [NR_E_LOADING] = "LOADING",
    [NR_E_CORRUPT] = "CORRUPT",
};

const char *nr_code_word(nr_code code)
{
    return words[code];
}

/* Writes behind the first at bytes; what is too long is cut with "...". */
static void put(nr_err *err, size_t at, const char *fmt, va_list ap)
{
    int n = vsnprintf(err->msg + at, sizeof err->msg - at, fmt, ap);
    if (n < (int)(sizeof err->msg - at)) return;
    size_t cut = sizeof err->msg - 4;
    while (cut > 0 && ((unsigned char)err->msg[cut] & 0xC0) == 0x80) cut--;
    memcpy(err->msg + cut, "...", 4);
}

bool nr_fail(nr_err *err, nr_code code, const char *fmt, ...)
{
    if (err->code) return false;
    va_list ap;
    va_start(ap, fmt);
    put(err, 0, fmt, ap);
    va_end(ap);
    err->code = code;
    return false;
}

void nr_err_add(nr_err *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    put(err, strlen(err->msg), fmt, ap);
    va_end(ap);
}

enum { SHOW_BYTES = 60 };

const char *nr_show(char buf[NR_SHOW_MAX], nr_slice s)
{
    size_t at = 0, i = 0;
    buf[at++] = '\'';
    while (i < s.n && i < SHOW_BYTES) {
        unsigned char c = (unsigned char)s.p[i];
        size_t k = c < 0x80 ? 1 : nr_utf8_sequence((nr_slice){s.p + i, s.n - i});
        bool plain = c < 0x80 ? c >= 0x20 && c != 0x7f : k > 0;
        if (plain) {
            memcpy(buf + at, s.p + i, k);
            at += k;
            i += k;
        } else {
            at += (size_t)snprintf(buf + at, NR_SHOW_MAX - at, "\\x%02x", c);
            i++;
        }
    }
    snprintf(buf + at, NR_SHOW_MAX - at, "%s", i < s.n ? "...'" : "'");
    return buf;
}
