/* options.h -- the command line: options as redis-cli takes them, anywhere, and the words between them. */
#ifndef NR_OPTIONS_H
#define NR_OPTIONS_H

#include <stdio.h>

#include "base/err.h"

typedef struct nr_options {
    const char *host;
    int port;
    const char *socket;         /* NULL: host and port */
    const char *user;           /* NULL: the default user */
    const char *password;       /* NULL: no AUTH */
    int db;
    bool help, version;
    const char *const *words;   /* what is no option: the command and its arguments */
    size_t n_words;
} nr_options;

/* Reads argv[1..argc), collecting the words at the front of argv itself. auth is $REDISCLI_AUTH or NULL; -a goes before it. False, err set,
 * when an option is unknown, lacks its value, or has a bad one. "--" ends the options; "-" is a word. */
bool nr_options_read(nr_options *o, int argc, const char **argv, const char *auth, nr_err *err);

/* The options' lines of the help page. */
void nr_options_help(FILE *out);

#endif
