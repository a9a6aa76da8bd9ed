/* inject.h -- step injection: a command with its n-th store call failing, n = 1, 2, 3, ... until none is left to fail.
 *
 * A command that meets a failure says so and leaves the store as it was, or marks the model CORRUPT when it could not be put back; or it did not need that call, and
 * then its answer and its effect are those of an undisturbed run, at once or when the server has come to rest. What comes after the failure is as if the command
 * had never been sent. */
#ifndef INJECT_H
#define INJECT_H

#include "world.h"

#define INJECT_COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct inject_lines {
    const char *const *at;
    size_t n;
} inject_lines;

#define INJECT_LINES(array) {array, INJECT_COUNT(array)}

/* What commands are sent to. */
typedef struct inject_stage {
    inject_lines set_up;             /* each succeeds */
    inject_lines probes;             /* what a client sees of the store: the replies together are its picture */
    inject_lines back;               /* sent when keys were left behind: an index that comes back does not take them for its own */
    void (*others)(world *w);        /* write behind the engine's back */
} inject_stage;

/* How calls fail. */
typedef enum inject_how {
    ONE_CALL_COLD,
    ONE_CALL_WARM,        /* the definitions are in the cache already */
    ONE_WRITE_WRONG_TYPE,
    ALL_CALLS_COLD,       /* from one on */
    ALL_WRITES_WARM,
    ONE_CALL_OTHERS,      /* others have written, and the indexes are not mended yet */
    ALL_CALLS_OTHERS,
} inject_how;

/* Sends each line with each of its calls failing; complaints end the test. must_call: a line without a call that could fail is a mistake. */
void inject_all(const inject_stage *stage, inject_lines lines, inject_how how, bool must_call);

/* Sends each line with ever more memory allowed, until it succeeds: what does not is LIMIT and has changed nothing. */
void inject_memory(const inject_stage *stage, inject_lines lines);

#endif
