/* load.c -- the window: when it is full, half of it is read, so that replies and commands travel in batches. */
#include "cli/load.h"

#include <inttypes.h>

void nr_load_init(nr_load *l, redisContext *redis)
{
    *l = (nr_load){.redis = redis};
}

static uint64_t under_way(const nr_load *l)
{
    return l->sent - l->saved - l->failed;
}

static void take_reply(nr_load *l)
{
    uint64_t number = l->saved + l->failed;
    nr_label label = l->window[number % NR_LOAD_WINDOW].label;
    bool first = !l->err.code;
    if (nr_client_reply(l->redis, NULL, &l->err)) {
        l->saved++;
    } else {
        if (l->redis->err) return;
        if (first) l->culprit = label;
        l->failed++;
    }
    l->bytes -= l->window[number % NR_LOAD_WINDOW].bytes;
}

/* Takes replies until no more than this is under way, or the connection is lost. */
static void settle(nr_load *l, uint64_t commands, size_t bytes)
{
    while (!l->redis->err && (under_way(l) > commands || l->bytes > bytes)) take_reply(l);
}

static size_t size_of(const nr_slice *args, size_t n_args)
{
    size_t size = 0;
    for (size_t i = 0; i < n_args; i++) size += args[i].n + 16;
    return size;
}

bool nr_load_send(nr_load *l, nr_label label, const nr_slice *args, size_t n_args)
{
    size_t bytes = size_of(args, n_args);
    if (under_way(l) == NR_LOAD_WINDOW || l->bytes + bytes > NR_LOAD_BYTES) {
        settle(l, NR_LOAD_WINDOW / 2, bytes < NR_LOAD_BYTES / 2 ? NR_LOAD_BYTES / 2 : 0);
    }
    if (l->err.code) return false;
    if (!nr_client_append(l->redis, args, n_args)) {
        l->culprit = label;
        return nr_fail(&l->err, NR_E_LIMIT, "out of memory for a command of %zu bytes", bytes);
    }
    l->window[l->sent % NR_LOAD_WINDOW].label = label;
    l->window[l->sent % NR_LOAD_WINDOW].bytes = bytes;
    l->bytes += bytes;
    l->sent++;
    return true;
}

bool nr_load_drain(nr_load *l)
{
    settle(l, 0, 0);
    return !l->err.code;
}

static void error_explain(const nr_load *l, FILE *out)
{
    const nr_label *who = &l->culprit;
    if (!who->model) {
        fprintf(out, "nonrel: %s\n", l->err.msg);
    } else if (who->pk.p) {
        fprintf(out, "nonrel: %s %s: %s\n", who->model, NR_SHOW(who->pk), l->err.msg);
    } else {
        fprintf(out, "nonrel: line %" PRIu64 ": %s\n", who->line, l->err.msg);
    }
}

void nr_load_explain(const nr_load *l, FILE *out)
{
    if (l->err.code) error_explain(l, out);
    fprintf(out, "nonrel: stopped: %" PRIu64 " sent, %" PRIu64 " saved, %" PRIu64 " refused", l->sent, l->saved, l->failed);
    if (under_way(l)) fprintf(out, ", %" PRIu64 " without an answer, which may be saved or not", under_way(l));
    fputc('\n', out);
}
