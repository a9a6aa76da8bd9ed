/* systems.h -- what is measured: a row says how a system is started, defined, written to, and in which language it is asked. */
#ifndef BENCH_SYSTEMS_H
#define BENCH_SYSTEMS_H

#include "people.h"
#include "server.h"

/* The languages of workloads.c. */
typedef enum dialect { DIALECT_NONREL, DIALECT_HAND, DIALECT_FT, DIALECTS } dialect;

typedef struct bench_system {
    const char *name, *colour;
    const char *program;     /* NULL: it is not there */
    const char *module[10];  /* and its arguments; none: no module */
    const char *define[3];   /* commands before the first entity; of those that begin with ?, the first that is taken */
    dialect speaks;
    const char *get, *count; /* what $get and $count stand for in FT commands */
    int (*save)(redisContext *redis, const person *p); /* sends the commands of one entity, replies how many replies come */
    const char *save_stats[4];                         /* whose time counts for it */
    bool ours;                                         /* a wrong answer fails the benchmark */
    double save_goal, bytes_goal, restart_goal;        /* 0: none */
    bool relaxed;                                      /* twice the goal where many index entries are walked */
} bench_system;

enum { SYSTEM_NATIVE, SYSTEM_MEMORY, SYSTEMS = 5 }; /* ours have names; the rest of the table is gone through */

/* The table: native, memory, by hand, RediSearch of Debian, the peer of PEER_SO and PEER_SERVER. The module's path must be absolute. */
const bench_system *systems_table(const char *nonrel_so);

/* A server of the system, defined and empty. */
void system_start(const bench_system *s, server *out);

/* What one HSET of each of the people costs on a plain server of this kind. */
typedef struct bare {
    double h;      /* microseconds */
    double last_h; /* of the last tenth of the people */
    double bytes;  /* of memory, an entity */
} bare;
bare system_bare(const bench_system *s, const people *p);

/* Writes all people; the figures are as those of bare, of the system's way to save. */
bare system_load(const bench_system *s, server *to, const people *p);

/* Both, some thousand people here and there in turns: what the machine does meanwhile is in both figures. */
typedef struct loaded {
    bare hset, save;
} loaded;
loaded system_load_beside(const bench_system *s, server *to, const people *p);

#endif
