/* rate.h -- calls a second of one command over some connections, and how long a call takes for its client. */
#ifndef BENCH_RATE_H
#define BENCH_RATE_H

#include "server.h"

typedef struct rate {
    double calls;      /* a second; 0: not measured */
    double p50, p99, max; /* microseconds from the command's first byte out to its reply's last byte in */
} rate;

/* Writes the next command of a connection with redisAppendCommand and its like. */
typedef void rate_send(redisContext *redis, void *ctx);

/* Each connection sends as soon as it has its reply, until the time is over; what is under way then is waited for. An error reply ends the process. */
rate rate_measure(const server *s, int connections, double seconds, rate_send *send, void *ctx);

/* The same in a child, so that the caller can do something beside it. It writes its rate into *from, and ends with the caller. */
pid_t rate_begin(const server *s, int connections, double seconds, rate_send *send, void *ctx, int *from);

/* What PINGs took, one every two milliseconds on the server's own connection; begins as {0}. */
typedef struct pings {
    double *samples; /* seconds */
    size_t n;
    double seconds;
} pings;

/* Sends some more. */
void pings_send(pings *p, server *s, double seconds);
/* Their rate; releases them. */
rate pings_end(pings *p);

/* Sorts samples, of n calls in so many seconds. */
rate rate_of(double *samples, size_t n, double seconds);

#endif
