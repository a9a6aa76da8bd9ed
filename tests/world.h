/* world.h -- for tests that go through the facade: an engine over a memory store, a sink that writes a reply as text, a clock that stands still.
 *
 * A reply as text: `:3` integer, `"ab"` bulk, `+OK` status, `nil`, `[a,b]` array, `<a,b>` set, `{k=v,k=v}` map; values that RESP3 has types for: `#3` number,
 * `~1.5` double, `?1` boolean, each with its canonical text. An error is `-CODE sentence`. Every run asserts what holds for all commands: on error
 * nothing was sent, on success exactly one whole reply. Failed assertions end the process. */
#ifndef WORLD_H
#define WORLD_H

#include "engine/nonrel.h"

typedef struct text {
    char *p; /* NUL behind it */
    size_t n, cap;
} text;

void text_clear(text *t);
void text_add(text *t, nr_slice s);
void text_addf(text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_quote(text *t, nr_slice s); /* as the sink writes a bulk: in quotes, what is not printable ASCII as \xHH */

typedef struct world {
    nr_env env;
    int64_t now_us;         /* the clock */
    int64_t mono_us;        /* the monotonic one: goes on with world_build alone, by the pause that it asks for */
    uint64_t random;        /* state of the generator behind env.random */
    uint64_t logged;        /* lines */
    text log;               /* the last one */
    nr_store *mem;          /* the store */
    nr_store *store;        /* what commands get: mem, or a store over it */
    nr_engine *engine;
    nr_limits limits;
    bool cluster;   /* the server is a node of a cluster */
    bool in_memory; /* models have their indexes in memory; at first as the environment says: STORE=memory */
    nr_unindexed unindexed;
    unsigned passes_off;
    bool full;              /* there is no memory for building */
    bool applied;           /* commands come as if from the primary */
    struct world *replica;  /* gets what is replicated; NULL: nobody listens */
    /* of the last run */
    bool ok;
    nr_code code;           /* NR_OK when it succeeded */
    text reply;
    text replicated;        /* one line a command */
    size_t n_sent;          /* calls that the sink got */
} world;

void world_open(world *w);
void world_close(world *w);

/* Forgets what the engine keeps in memory, as a restart does. */
void world_restart(world *w);

/* Runs a whole command, command word first, with or without "NONREL.". The reply as text, or "-CODE sentence". */
const char *world_run(world *w, const nr_slice *argv, size_t argc);

/* The same from one line: arguments apart by spaces; one that begins with ' goes on to the next ' and may be empty. */
const char *world_do(world *w, const char *line);

/* The same for a line made with printf. */
const char *world_dof(world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether long double has more bits than double here, as STDDEV and VARIANCE count on: under valgrind it has not, and their last digit goes by the order of the rows. */
static inline bool world_rounds_long(void)
{
    volatile long double one = 1, little = 0x1p-60L;
    return one + little > one;
}

uint64_t world_digest(const world *w);

/* What others do to a key, behind the engine's back and then told to it: sets and removes fields of a hash (made when needed), or removes the key.
 * The replica gets the same. */
void world_put(world *w, nr_slice key, const nr_pair *fields, size_t n);
void world_remove(world *w, nr_slice key);
bool world_changed(world *w, nr_slice key); /* only the telling: the key is another one now, or gone. True: settle soon */

/* Lets the engine mend what others broke, as the server does between commands. */
void world_settle(world *w);

/* One slice of building indexes, of at least one step; true when there is more to do. world_settle does all of them. */
bool world_build(world *w, int64_t budget_us);

/* Puts bound files into force, as a start of the server does. False: the store failed. */
bool world_autoload(world *w, struct nr_autoload *files);

/* Says why and ends the process. */
void world_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
