/* lines.h -- the lines of a file, one at a time, of any length up to a limit; bytes are bytes, NUL included. */
#ifndef NR_LINES_H
#define NR_LINES_H

#include <stdio.h>

#include "base/env.h"

typedef struct nr_lines {
    FILE *in;
    const nr_env *env;
    size_t max;        /* bytes of a line, without its end */
    char *p;           /* the line's memory */
    size_t cap;
    uint64_t number;   /* of the line just read, from 1 */
    uint64_t at;       /* bytes read */
} nr_lines;

typedef enum nr_lines_result { NR_LINES_ONE, NR_LINES_END, NR_LINES_LONG, NR_LINES_FAILED } nr_lines_result;

void nr_lines_init(nr_lines *l, FILE *in, size_t max, const nr_env *env);
void nr_lines_clear(nr_lines *l); /* leaves the file open */

/* The next line without LF or CRLF, valid until the next call; the last one needs no line end. FAILED: errno says why. After anything but
 * ONE there is no more. A byte order mark at the start of the file is left out. */
nr_lines_result nr_lines_next(nr_lines *l, nr_slice *line);

#endif
