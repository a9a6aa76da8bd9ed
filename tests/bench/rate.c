/* rate.c -- see rate.h. */
#include "rate.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "people.h"

enum { CONNECTIONS_MAX = 64, SAMPLES_MAX = 4000000, PINGS_MAX = 1000000, PAUSE_US = 2000 };

typedef struct loop {
    redisContext *redis[CONNECTIONS_MAX];
    double sent[CONNECTIONS_MAX];
    double *samples;
    size_t n;
    rate_send *send;
    void *ctx;
} loop;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

rate rate_of(double *samples, size_t n, double seconds)
{
    if (!n) return (rate){0};
    qsort(samples, n, sizeof *samples, compare);
    return (rate){.calls = (double)n / seconds, .p50 = samples[n / 2] * 1e6, .p99 = samples[n * 99 / 100] * 1e6, .max = samples[n - 1] * 1e6};
}

static void send_next(loop *l, int i)
{
    int done = 0;
    l->send(l->redis[i], l->ctx);
    l->sent[i] = clock_now();
    while (!done)
        if (redisBufferWrite(l->redis[i], &done) != REDIS_OK) bench_die("send", l->redis[i]->errstr);
}

/* Reads what is there; true when that made the reply whole. */
static bool take_some(loop *l, int i)
{
    void *reply = NULL;
    if (redisBufferRead(l->redis[i]) != REDIS_OK || redisGetReplyFromReader(l->redis[i], &reply) != REDIS_OK) bench_die("reply", l->redis[i]->errstr);
    if (!reply) return false;
    redisReply *r = reply;
    if (r->type == REDIS_REPLY_ERROR) bench_die("reply", r->str);
    freeReplyObject(r);
    if (l->n < SAMPLES_MAX) l->samples[l->n++] = clock_now() - l->sent[i];
    return true;
}

rate rate_measure(const server *s, int connections, double seconds, rate_send *send, void *ctx)
{
    loop l = {.samples = malloc(SAMPLES_MAX * sizeof *l.samples), .send = send, .ctx = ctx};
    struct pollfd fds[CONNECTIONS_MAX];
    if (!l.samples || connections > CONNECTIONS_MAX) bench_die("rate", "no memory");
    for (int i = 0; i < connections; i++) {
        l.redis[i] = server_connect(s);
        fds[i] = (struct pollfd){.fd = l.redis[i]->fd, .events = POLLIN};
    }
    double start = clock_now(), end = start + seconds;
    for (int i = 0; i < connections; i++) send_next(&l, i);
    for (int waiting = connections; waiting;) {
        if (poll(fds, (nfds_t)connections, 1000) < 0) bench_die("poll", "failed");
        for (int i = 0; i < connections; i++) {
            if (!fds[i].revents || !take_some(&l, i)) continue;
            if (clock_now() < end) send_next(&l, i);
            else waiting--;
        }
    }
    rate r = rate_of(l.samples, l.n, clock_now() - start);
    for (int i = 0; i < connections; i++) redisFree(l.redis[i]);
    free(l.samples);
    return r;
}

pid_t rate_begin(const server *s, int connections, double seconds, rate_send *send, void *ctx, int *from)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe(ends)) bench_die("pipe", "failed");
    pid_t child = fork();
    if (child < 0) bench_die("fork", "failed");
    if (child) {
        close(ends[1]);
        *from = ends[0];
        return child;
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent) _exit(1);
    rate r = rate_measure(s, connections, seconds, send, ctx);
    _exit(write(ends[1], &r, sizeof r) != sizeof r);
}

void pings_send(pings *p, server *s, double seconds)
{
    double start = clock_now();
    if (!p->samples) p->samples = malloc(PINGS_MAX * sizeof *p->samples);
    if (!p->samples) bench_die("ping", "no memory");
    while (clock_now() < start + seconds && p->n < PINGS_MAX) {
        double sent = clock_now();
        server_must(s, "PING");
        p->samples[p->n++] = clock_now() - sent;
        usleep(PAUSE_US);
    }
    p->seconds += clock_now() - start;
}

rate pings_end(pings *p)
{
    rate r = rate_of(p->samples, p->n, p->seconds);
    free(p->samples);
    *p = (pings){0};
    return r;
}
