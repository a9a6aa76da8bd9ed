/* noted.h -- rows that have changed since somebody last looked, as they came.
 *
 * Memory: 4 bytes a row, and no more than a quarter of all rows: then looking at all of them again is no more work. Threads: none. */
#ifndef NR_NOTED_H
#define NR_NOTED_H

#include "base/env.h"

typedef struct nr_noted {
    const nr_env *env;
    uint32_t *rows; /* n of them; one may stand there more than once */
    size_t n, cap;
} nr_noted;

void nr_noted_init(nr_noted *c, const nr_env *env);
void nr_noted_clear(nr_noted *c);

/* One of so many rows. False: too many are noted, and now none is: all have to be looked at. */
bool nr_noted_add(nr_noted *c, uint32_t row, uint32_t all);

size_t nr_noted_bytes(const nr_noted *c); /* memory held besides the struct */

#endif
