/* bench_people.c -- every workload over every system that is there, one server at a time; answers are held to the data.
 *
 * Usage: bench_people <absolute path of nonrel.so> <people> <file of the tables> <file of the chart>. Says what it does on stderr.
 * Exits with 1 when NONREL gives a wrong answer or refuses. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results.h"

enum { PASSES = 3, ROUNDS = 3, SLOW_US = 20000 };
static const double share = 0.3; /* seconds for the rounds of one cell in one pass */

static void note(results *r, int row, int system, cell_state state, const char *why)
{
    cell *c = &r->cells[row][system];
    c->state = state;
    snprintf(c->note, sizeof c->note, "%s", why);
    r->failed |= r->systems[system].ours;
    fprintf(stderr, "bench: %s, %s: %s\n", r->systems[system].name, results_name(row), why);
}

/* Server microseconds of one run. The first is checked and not measured: what only a first call does is not of the workload. The best of three
 * rounds counts: whatever else the machine does only adds. */
static double time_calls(server *s, const char *text, const people *p, answer *a)
{
    double start = clock_now(), best = 0;
    workload_run(s, text, p, a);
    double calls = share / ROUNDS / (clock_now() - start);
    int n = calls < 1 ? 1 : calls > 1000 ? 1000 : (int)calls;
    workload_commands names;
    workload_names(text, &names);
    answer *again = malloc(sizeof *again);
    if (!again) bench_die("answer", "no memory");
    for (int round = 0; round < ROUNDS && !a->refused; round++) {
        server_reset_stats(s);
        for (int i = 0; i < n; i++) workload_run(s, text, p, again);
        double us = server_usec(s, names.at) / n;
        if (!round || us < best) best = us;
    }
    free(again);
    return best;
}

/* Of several passes the best. What was refused, or wrong, is not asked again. */
static void run_workload(results *r, int row, int system, server *s, const people *p)
{
    const workload *w = &workloads[row];
    cell *c = &r->cells[row][system];
    char text[COMMAND_MAX];
    if (c->state != CELL_NONE && c->state != CELL_OK) return;
    answer *a = calloc(1, sizeof *a);
    if (!a) bench_die("answer", "no memory");
    if (workload_text(w, &r->systems[system], p, text, sizeof text)) {
        double h = time_calls(s, text, p, a) / r->bare[system].h;
        const char *wrong = a->refused ? NULL : workload_judge(w, p, a, r->systems[system].ours);
        if (a->refused) note(r, row, system, CELL_REFUSED, a->error);
        else if (wrong) note(r, row, system, CELL_WRONG, wrong);
        if (c->state != CELL_OK || h < c->value) c->value = h;
        if (c->state == CELL_NONE) c->state = CELL_OK;
    }
    free(a);
}

static void send_words(redisContext *redis, void *ctx)
{
    words *w = ctx;
    redisAppendCommandArgv(redis, w->n, (const char **)w->at, NULL);
}

/* Calls a second, where the work is one command; over many connections only where the queue of calls that they make is worked off soon. */
static void run_rates(results *r, int row, int system, server *s, const people *p)
{
    char text[COMMAND_MAX];
    words w;
    if (!workloads[row].rate || r->cells[row][system].state != CELL_OK) return;
    if (!workload_text(&workloads[row], &r->systems[system], p, text, sizeof text) || strchr(text, ';')) return;
    words_split(&w, text);
    r->rates[row][system][0] = rate_measure(s, 1, 1, send_words, &w);
    if (r->rates[row][system][0].p50 < SLOW_US) r->rates[row][system][1] = rate_measure(s, 50, 1, send_words, &w);
}

/* From the start of the process to the first answer that is true; a server that loads, or a peer that indexes yet, is asked again. */
static void run_restart(results *r, figure f, int row, int system, server *s, const people *p)
{
    char text[COMMAND_MAX];
    answer *a = calloc(1, sizeof *a);
    const char *wrong = "no answer";
    int at = workloads_n + (int)f;
    if (!a) bench_die("answer", "no memory");
    workload_text(&workloads[row], &r->systems[system], p, text, sizeof text);
    server_restart(s);
    for (double now = 0; now < 120 && wrong; usleep(1000)) {
        workload_run(s, text, p, a);
        now = clock_now() - s->started;
        r->cells[at][system].value = now;
        if (a->refused && strncmp(a->error, "LOADING", 7) == 0) continue;
        wrong = a->refused ? a->error : workload_judge(&workloads[row], p, a, true);
        if (wrong && r->systems[system].ours) break;
    }
    if (wrong) note(r, at, system, CELL_WRONG, wrong);
    else r->cells[at][system].state = CELL_OK;
    free(a);
}

static void run_system(results *r, int system, const people *p)
{
    const bench_system *sys = &r->systems[system];
    server s;
    if (!sys->program) return;
    fprintf(stderr, "bench: %s\n", sys->name);
    system_start(sys, &s);
    loaded l = system_load_beside(sys, &s, p);
    r->bare[system] = l.hset;
    cell *fixed[] = {&r->cells[workloads_n + FIGURE_SAVE][system], &r->cells[workloads_n + FIGURE_BYTES][system]};
    *fixed[0] = (cell){.state = CELL_OK, .value = l.save.h / r->bare[system].h};
    *fixed[1] = (cell){.state = CELL_OK, .value = l.save.bytes - r->bare[system].bytes};
    for (int pass = 0; pass < PASSES; pass++)
        for (int i = 0; i < workloads_n; i++) run_workload(r, i, system, &s, p);
    for (int i = 0; i < workloads_n; i++) run_rates(r, i, system, &s, p);
    server_save(&s);
    run_restart(r, FIGURE_RESTART, WORKLOAD_COUNT, system, &s, p);
    run_restart(r, FIGURE_GET, WORKLOAD_GET, system, &s, p);
    server_stop(&s);
}

/* A system that cannot be started or defined is better known before the work than in the middle of it. */
static void try_systems(const bench_system *systems)
{
    for (int i = 0; i < SYSTEMS; i++) {
        server s;
        if (!systems[i].program) continue;
        system_start(&systems[i], &s);
        server_stop(&s);
    }
}

static void write_file(const results *r, const char *path, void (*write)(const results *, FILE *))
{
    FILE *f = fopen(path, "w");
    if (!f) bench_die(path, "cannot be written");
    write(r, f);
    if (fclose(f)) bench_die(path, "cannot be written");
}

int main(int argc, char **argv)
{
    if (argc != 5) bench_die("usage", "bench_people <nonrel.so> <people> <tables> <chart>");
    people p;
    results *r = calloc(1, sizeof *r);
    if (!r) bench_die("results", "no memory");
    r->systems = systems_table(argv[1]);
    r->n = strtoll(argv[2], NULL, 10);
    if (r->n < 1000) bench_die(argv[2], "1000 people at least");
    try_systems(r->systems);
    people_init(&p, r->n);
    for (int i = 0; i < SYSTEMS; i++) run_system(r, i, &p);
    write_file(r, argv[3], report_write);
    write_file(r, argv[4], chart_write);
    bool failed = r->failed;
    people_clear(&p);
    free(r);
    return failed;
}
