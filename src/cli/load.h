/* load.h -- a pipeline of commands, one entity each: many under way at once, the first error stops it, every reply is counted.
 *
 * At most NR_LOAD_WINDOW commands and NR_LOAD_BYTES bytes are under way (one command alone may be larger). Nothing is forgotten: after
 * nr_load_drain, sent = saved + failed + unknown, and unknown is not 0 only when the connection was lost. */
#ifndef NR_LOAD_H
#define NR_LOAD_H

#include "cli/client.h"

enum { NR_LOAD_WINDOW = 512, NR_LOAD_BYTES = 1 << 20 };

/* Whose reply it is. The bytes of pk outlive the load. */
typedef struct nr_label {
    const char *model;
    nr_slice pk;       /* absent: known by its line only */
    uint64_t line;     /* of the file, from 1; 0: there is none */
} nr_label;

typedef struct nr_load {
    redisContext *redis;
    uint64_t sent, saved, failed;
    nr_err err;        /* the first error */
    nr_label culprit;  /* whose it is; model NULL: nobody's, the connection was lost */
    size_t bytes;      /* under way */
    struct {
        nr_label label;
        size_t bytes;
    } window[NR_LOAD_WINDOW]; /* command number i stands at i % NR_LOAD_WINDOW */
} nr_load;

void nr_load_init(nr_load *l, redisContext *redis);

/* Sends a command, waiting for earlier replies when too much is under way. False when an error has come: send no more, drain. */
bool nr_load_send(nr_load *l, nr_label label, const nr_slice *args, size_t n_args);

/* Waits for all replies. False when there was an error. */
bool nr_load_drain(nr_load *l);

/* Two lines: the error, if a reply or the connection was it, with the entity; and how many were saved. */
void nr_load_explain(const nr_load *l, FILE *out);

/* `nonrel load debian` and `nonrel load <model> <file>`: the exit code. */
int nr_load_debian(const nr_options *o);
int nr_load_jsonl(const nr_options *o, const char *model, const char *path);

#endif
