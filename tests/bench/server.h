/* server.h -- a redis-server of a benchmark's own: started, asked, measured by its own clock, restarted, stopped by its pid.
 *
 * It works in a folder of its own under the current one's build/bench, listens on 127.0.0.1 on a free port, writes nothing by itself, and ends with
 * the benchmark, however that ends. What fails here ends the process with a message. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <hiredis/hiredis.h>

typedef struct server {
    const char *program;
    const char *const *args; /* what follows --loadmodule, up to NULL; NULL for no module */
    pid_t pid;
    int port;
    char dir[64];
    redisContext *redis;
    double started; /* of the clock, seconds */
} server;

/* Seconds of the monotonic clock. */
double clock_now(void);

/* On an empty folder; waits until it answers. */
void server_start(server *s, const char *program, const char *const *args);

/* Starts again on the RDB that it saves first; does not wait until that is loaded. */
void server_save(server *s);
void server_restart(server *s);
void server_stop(server *s);

redisContext *server_connect(const server *s);

/* A reply, of whatever type. The caller frees it. */
redisReply *server_ask(server *s, const char *command);
redisReply *server_take(server *s);
/* An error reply ends the process. */
void server_must(server *s, const char *command);
void server_take_all(server *s, int n);

/* The microseconds since CONFIG RESETSTAT of the commands that are named, in any case; names ends with NULL. Those that a module calls inside a
 * command are part of that one. */
void server_reset_stats(server *s);
double server_usec(server *s, const char *const *names);
int64_t server_memory(server *s);

/* A command as words: blanks divide, '...' holds together. */
enum { WORDS_MAX = 40, COMMAND_MAX = 1024 };
typedef struct words {
    int n;
    const char *at[WORDS_MAX];
    char text[COMMAND_MAX + 1];
} words;
void words_split(words *w, const char *command);

#endif
