/* env.c -- the C library's world. */
#include "base/env.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static void *checked(void *p)
{
    if (!p) abort();
    return p;
}

static void *libc_alloc(size_t n)
{
    return checked(malloc(n));
}

static void *libc_realloc(void *p, size_t n)
{
    return checked(realloc(p, n));
}

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t libc_now(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

static int64_t libc_mono(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

static void libc_random(void *ctx, void *out, size_t n)
{
    (void)ctx;
    char *p = out;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got <= 0) abort();
        p += got;
        n -= (size_t)got;
    }
}

static void libc_log(void *ctx, nr_log_level level, const char *msg)
{
    (void)ctx;
    fprintf(stderr, "%s: %s\n", level == NR_LOG_WARNING ? "warning" : "notice", msg);
}

const nr_env *nr_env_libc(void)
{
    static const nr_env env = {0, NULL, libc_alloc, libc_realloc, free, libc_now, libc_mono, libc_random, libc_log};
    return &env;
}

void nr_env_logf(const nr_env *env, nr_log_level level, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    env->log(env->ctx, level, line);
}
