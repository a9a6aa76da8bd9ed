/* progress.h -- one line on a terminal that is written over as the work goes on; nothing at all where there is no terminal. */
#ifndef NR_PROGRESS_H
#define NR_PROGRESS_H

#include <stdio.h>

#include "base/env.h"

typedef struct nr_progress {
    FILE *out;               /* NULL: shows nothing */
    const nr_env *env;
    const char *what;
    uint64_t total;          /* units of work; 0: not known */
    int64_t started, shown;  /* monotonic microseconds */
} nr_progress;

/* Starts the clock. out is shown on only when it is a terminal. */
void nr_progress_start(nr_progress *p, FILE *out, const nr_env *env, const char *what, uint64_t total);

/* done of total units, with count entities so far; draws at most ten times a second. */
void nr_progress_show(nr_progress *p, uint64_t done, uint64_t count);

/* Clears the line. Returns the microseconds since the start, at least 1. */
int64_t nr_progress_stop(nr_progress *p);

/* The line for a terminal of width columns, NUL terminated, at most NR_PROGRESS_MAX - 1 and width - 1 characters. total 0: no bar. */
enum { NR_PROGRESS_MAX = 160 };
void nr_progress_line(char out[NR_PROGRESS_MAX], size_t width, const nr_progress *p, uint64_t done, uint64_t count, int64_t elapsed_us);

/* count a second. */
uint64_t nr_progress_rate(uint64_t count, int64_t elapsed_us);

#endif
