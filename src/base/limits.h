/* limits.h -- the budgets of one command, as set by the server's settings. Zero never means "unlimited": NR_LIMITS_NONE does. */
#ifndef NR_LIMITS_H
#define NR_LIMITS_H

#include <stdint.h>

typedef struct nr_limits {
    int64_t max_scan;    /* rows examined */
    int64_t max_results; /* rows returned */
    int64_t max_memory;  /* bytes held */
    int64_t max_time;    /* milliseconds */
} nr_limits;

#define NR_LIMITS_DEFAULT ((nr_limits){10000000, 100000, 256 << 20, 5000})
#define NR_LIMITS_NONE ((nr_limits){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX / 1000})

#endif
