/* env.h -- what the engine asks of the world: memory, clock, randomness, a log. The module gives the server's, tests give fixed ones. */
#ifndef NR_ENV_H
#define NR_ENV_H

#include "base/slice.h"

typedef enum nr_log_level { NR_LOG_NOTICE, NR_LOG_WARNING } nr_log_level;

typedef struct nr_env {
    uint64_t seed;                                   /* of hash tables: unpredictable where keys come from clients */
    void *ctx;                                       /* handed back in every call that takes ctx */
    void *(*alloc)(size_t n);                        /* n > 0; never NULL: out of memory ends the process, as in the server */
    void *(*realloc)(void *p, size_t n);
    void (*free)(void *p);
    int64_t (*now_us)(void *ctx);                    /* wall clock, microseconds since 1970 UTC */
    int64_t (*mono_us)(void *ctx);                   /* monotonic clock, microseconds */
    void (*random)(void *ctx, void *out, size_t n);  /* n unpredictable bytes */
    void (*log)(void *ctx, nr_log_level level, const char *msg);
} nr_env;

/* malloc, clock_gettime, getrandom; the log goes to stderr. For tools and tests. */
const nr_env *nr_env_libc(void);

/* Log a formatted line. */
void nr_env_logf(const nr_env *env, nr_log_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
