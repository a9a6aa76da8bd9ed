/* err.h -- the one error of a command: a code word and a sentence. The first cause wins: a later failure never overwrites it. */
#ifndef NR_ERR_H
#define NR_ERR_H

#include "base/slice.h"

typedef enum nr_code {
    NR_OK = 0,
    NR_E_SYNTAX, NR_E_NOMODEL, NR_E_NOFIELD, NR_E_NOLOOKUP, NR_E_BADVALUE, NR_E_NOTNULL, NR_E_NOTUNIQUE, NR_E_EXISTS, NR_E_NOTFOUND,
    NR_E_CONFLICT, NR_E_PROTECTED, NR_E_NOINDEX, NR_E_LIMIT, NR_E_CURSOR, NR_E_NOPERM, NR_E_LOADING, NR_E_CORRUPT,
    NR_E_COUNT
} nr_code;

#define NR_ERR_MAX 768

typedef struct nr_err {
    nr_code code;
    char msg[NR_ERR_MAX]; /* without the code word, NUL terminated, printable, valid UTF-8 or ASCII escapes, no line ends */
} nr_err;

/* Sets code and message unless an error stands already. Always returns false, so that `return nr_fail(...)` is one line. Text of a client
 * goes in by NR_SHOW only. A message that is too long is cut with "...". */
bool nr_fail(nr_err *err, nr_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts more behind the message of an error that stands. */
void nr_err_add(nr_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "SYNTAX", "NOMODEL", ... */
const char *nr_code_word(nr_code code);

static inline void nr_err_clear(nr_err *err)
{
    err->code = NR_OK;
    err->msg[0] = 0;
}

/* A client's bytes for an error message: quoted, at most 60 bytes of them, what is not printable ASCII or valid UTF-8 as \xHH, cut with
 * "...". The result lives in buf, NR_SHOW's until the end of the enclosing block. */
#define NR_SHOW_MAX 272
const char *nr_show(char buf[NR_SHOW_MAX], nr_slice s);
#define NR_SHOW(s) nr_show((char[NR_SHOW_MAX]){0}, (s))

#endif
