/* client.h -- the connection to the server. */
#ifndef NR_CLIENT_H
#define NR_CLIENT_H

#include <hiredis/hiredis.h>

#include "cli/options.h"

/* Connects, authenticates, selects the database. NULL, err set, when one of them fails. Free with redisFree. */
redisContext *nr_client_open(const nr_options *o, nr_err *err);

/* Sends one command and waits. *number is the reply when it is an integer, else 0; may be NULL. False, err set, on an error reply or a lost
 * connection. */
bool nr_client_call(redisContext *redis, const nr_slice *args, size_t n_args, int64_t *number, nr_err *err);

/* Puts a command into the output buffer: at most NR_CLIENT_ARGS words. False when there is no memory for it. */
enum { NR_CLIENT_ARGS = 64 };
bool nr_client_append(redisContext *redis, const nr_slice *args, size_t n_args);

/* Takes the next reply, writing what waits first. False, err set, when it is an error, or when the connection is lost: then redis->err is
 * not 0. */
bool nr_client_reply(redisContext *redis, int64_t *number, nr_err *err);

#endif
