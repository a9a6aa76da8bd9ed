/* nonrel.h -- the facade: all that the module, the tools and the tests need of the engine.
 *
 * An engine lives as long as the process and keeps the catalog. A call is one command of one client on one database: the caller fills it in, runs it, replies
 * the error when it failed (nothing was sent to the sink then), and clears it. One thread. */
#ifndef NR_NONREL_H
#define NR_NONREL_H

#include "base/err.h"
#include "base/limits.h"
#include "engine/sink.h"
#include "store/store.h"

#define NR_VERSION "0.1.0"
#define NR_VERSION_NUMBER 1

struct nr_autoload;
typedef struct nr_engine nr_engine;

nr_engine *nr_engine_new(const nr_env *env);
void nr_engine_free(nr_engine *e);

/* What the host (server, test) offers a call. */
typedef struct nr_host {
    void *ctx;
    bool (*may)(void *ctx, nr_slice model, bool write);                       /* whether the user may read, or write, a model other than the declared one */
    void (*replicate)(void *ctx, const nr_slice *argv, size_t argc);          /* a resolved command, argv[0] the command word */
    void (*replicate_verbatim)(void *ctx);                                    /* the command as it came: it leaves nothing open. Both NULL: nobody listens */
    bool (*files)(void *ctx, struct nr_autoload *files, nr_err *err);         /* reads the files of AUTOLOAD; NULL: there are none */
} nr_host;

/* nonrel.unindexed. */
typedef enum nr_unindexed { NR_UNINDEXED_SCAN, NR_UNINDEXED_ERROR, NR_UNINDEXED_AUTO } nr_unindexed;

typedef struct nr_call {
    nr_engine *engine;
    nr_store *store;
    int db;
    nr_sink *sink;
    nr_host host;
    nr_limits limits;
    bool cluster;    /* the server runs in cluster mode */
    nr_unindexed unindexed; /* what becomes of lookups that no index answers */
    unsigned passes_off; /* of the planner (plan/passes.h) */
    bool in_memory;  /* new models that do not say where their indexes are have them in memory */
    bool copy;       /* this server follows a primary: its keys are not ours to write */
    bool full;       /* there is no memory for more: indexes are not built, only removed */
    bool applied;    /* from the primary or the AOF: applied as it is, no limits, no clock, nothing decided again */
    /* set by init */
    const nr_env *env;
    nr_arena arena;
    nr_err err;
    int64_t now_us;  /* the command's one moment */
    int64_t deadline_us; /* monotonic: when it must be done */
    struct nr_matcher *matchers; /* of its regular expressions */
    nr_slices *profile; /* PROFILE: gets lines about what was run, in the arena; else NULL */
} nr_call;

void nr_call_init(nr_call *c, nr_engine *e);
void nr_call_clear(nr_call *c);

enum {
    NR_CMD_WRITE = 1,
    NR_CMD_DENYOOM = 2,
    NR_CMD_FAST = 4,      /* O(log n) */
    NR_CMD_DELETES = 8,   /* key spec: removes data rather than updating it */
};

typedef struct nr_command {
    const char *name;       /* "SAVE", "MODEL SET" */
    int arity;              /* as the server counts: NONREL.SAVE x y is 3; subcommand included; negative: at least */
    int key;                /* position of the model in argv, 0: none */
    unsigned flags;
    bool (*run)(nr_call *c, const nr_slice *argv, size_t argc); /* argv behind the command word(s) */
    const char *syntax;     /* behind the command word(s) */
    const char *summary, *complexity;
} nr_command;

extern const nr_command nr_commands[]; /* name NULL at the end */

/* The command whose word(s) stand first, any case; *used: 1 or 2 words. NULL: none, err says what there is. argv[0] may begin with "NONREL.". */
const nr_command *nr_command_find(const nr_slice *argv, size_t argc, size_t *used, nr_err *err);

/* Whether cmd takes so many arguments behind its word(s); SYNTAX else. */
bool nr_command_takes(const nr_command *cmd, size_t argc, nr_err *err);

/* Runs cmd on the arguments behind its word(s). False: c->err is set, nothing was replied and nothing changed, but for CORRUPT. */
bool nr_call_run(nr_call *c, const nr_command *cmd, const nr_slice *argv, size_t argc);

/* What the host learned of the keyspace. db -1: all. */
void nr_engine_flushed(nr_engine *e, int db);
void nr_engine_swapped(nr_engine *e, int a, int b);

/* Somebody else changed a key. */
typedef struct nr_key_event {
    int db;
    nr_slice key;
    bool replaced;    /* it is another key now, or gone; else some of its members came or went */
    bool may_be_hash; /* there may be a hash now that was none before */
    bool during_call; /* a call is at work, whose models must stay */
} nr_key_event;

/* Cheap, and touches memory only. True: indexes want mending, so nr_engine_settle should be called soon, where writing is allowed. */
bool nr_engine_key_changed(nr_engine *e, const nr_key_event *ev);

/* Brings the indexes of c's database up to date with what others wrote. c is filled in but for the sink. True: there is more to do, after clients
 * have had their turn. */
bool nr_engine_settle(nr_call *c);

/* Whether a read found indexes that want mending. */
bool nr_engine_wants_settling(const nr_engine *e);

/* Indexes are built in slices, engine/online.h. Whether some wait (a host calls soon; after a change of roles it says to look); one slice for c's database,
 * within about so many microseconds: in how many milliseconds to call again, -1 when nothing is left. */
bool nr_engine_wants_building(const nr_engine *e);
void nr_engine_look_for_builds(nr_engine *e);
int nr_engine_build(nr_call *c, int64_t budget_us);

/* Puts the definitions of bound files (query/autoload.h) into force, when a server has just loaded its data. c is filled in but for the sink. False: c->err. */
bool nr_engine_autoload(nr_call *c, struct nr_autoload *files);

/* Figures for INFO: fn is called for each model of the database; definitions not yet read are read. */
typedef struct nr_model_figures {
    nr_slice name;
    uint64_t entities, indexes, entries; /* entries: of all its indexes */
    uint64_t saves, deletes, queries;    /* entities saved and deleted, queries answered since the definition was read */
    uint64_t left_out;                   /* keys under its prefix that were met and are no entities */
    uint64_t bytes;                      /* memory of its table, 0 while there is none */
    uint64_t table_builds, table_rows, table_msec; /* how often its table was built; the last time: entities read, and milliseconds */
    uint64_t repairs;                    /* index entries that are to be mended */
    uint64_t waiting;                    /* indexes that are not built yet */
    bool corrupt;
} nr_model_figures;
void nr_engine_info(nr_engine *e, int db, nr_store *store, void *ctx, void (*fn)(void *ctx, const nr_model_figures *f));

typedef struct nr_figures {
    uint64_t calls, errors;     /* commands run since the start, and those that failed */
    size_t loaded, not_loaded;  /* definitions in the files of AUTOLOAD; lines that say which of them are not in force */
    const nr_slice *why;
} nr_figures;
nr_figures nr_engine_figures(const nr_engine *e);

#endif
