/* workloads.h -- the reads that are measured. A row of the table in workloads.c is all there is to a workload. */
#ifndef BENCH_WORKLOADS_H
#define BENCH_WORKLOADS_H

#include "systems.h"

typedef enum order { ORDER_NONE, ORDER_CREATED, ORDER_SALARY } order;

typedef struct workload {
    const char *name;
    double peer, goal; /* of issue COLUMNS, in H: RediSearch 2.10 (0: refused or none), the memory store (0: none) */
    bool walks;        /* many index entries are walked: the native store may take twice the goal */
    bool rate;         /* calls a second are measured too */
    int rows;          /* entities that come back, at most; 0: a count */
    order by;          /* how they are ordered */
    bool (*match)(const person *who, const people *all); /* which people are meant */
    const char *how[DIALECTS];                           /* the commands; NULL: the system cannot do it */
} workload;

enum { WORKLOAD_GET, WORKLOAD_COUNT }; /* the first two rows: what a restart is asked for */
extern const workload workloads[];
extern const int workloads_n;

/* What came back of one run of a workload. Rows are ids; those beyond ANSWER_MAX are counted only. */
enum { ANSWER_MAX = 2000 };
typedef struct answer {
    bool refused;
    bool wrong_values; /* an entity came with a field that is not so */
    long long count;   /* integers, or the number of rows */
    int n;
    int64_t id[ANSWER_MAX];
    char error[160];
} answer;

/* The commands of the workload in the system's language, the placeholders replaced; false when it has none. */
bool workload_text(const workload *w, const bench_system *s, const people *p, char *out, size_t size);

/* The names of the commands in it, up to NULL: those whose time is that of the workload. They point into out->text. */
typedef struct workload_commands {
    const char *at[16];
    char text[COMMAND_MAX];
} workload_commands;
void workload_names(const char *text, workload_commands *out);

/* Runs the commands once. */
void workload_run(server *s, const char *text, const people *p, answer *out);

/* NULL when the answer is true, else what is wrong with it. exact_ties: equal keys of the order come by id. */
const char *workload_judge(const workload *w, const people *p, const answer *a, bool exact_ties);

#endif
