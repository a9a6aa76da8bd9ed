/* report.c -- the rows of the results, and their tables. */
#include "results.h"

#include <string.h>

static const struct {
    const char *name, *unit;
    double peer;
} figures[FIGURES] = {
    [FIGURE_SAVE] = {"save one entity, pipelined", "H", 10.5},
    [FIGURE_BYTES] = {"bytes an entity over the hash", "bytes", 952},
    [FIGURE_RESTART] = {"restart to the first count", "s", 9.1},
    [FIGURE_GET] = {"restart to the first get", "s", 0},
};

int results_rows(void)
{
    return workloads_n + FIGURES;
}

const char *results_name(int row)
{
    return row < workloads_n ? workloads[row].name : figures[row - workloads_n].name;
}

const char *results_unit(int row)
{
    return row < workloads_n ? "H" : figures[row - workloads_n].unit;
}

double results_peer(int row)
{
    return row < workloads_n ? workloads[row].peer : figures[row - workloads_n].peer;
}

double results_goal(const results *r, int row, int system)
{
    const bench_system *s = &r->systems[system];
    if (!s->ours) return 0;
    if (row < workloads_n) return workloads[row].goal * (s->relaxed && workloads[row].walks ? 2 : 1);
    const double goals[FIGURES] = {s->save_goal, s->bytes_goal, s->restart_goal, s->restart_goal};
    return goals[row - workloads_n];
}

static void put_number(double v, const char *unit, FILE *out)
{
    fprintf(out, strcmp(unit, "s") == 0 ? "%.2f" : v < 100 ? "%.1f" : "%.0f", v);
}

static void put_goal(double v, FILE *out)
{
    if (v > 0) fprintf(out, " %g |", v);
    else fprintf(out, " |");
}

/* A figure; one of ours with the goal and whether it is met. */
static void put_cell(const results *r, int row, int system, FILE *out)
{
    const cell *c = &r->cells[row][system];
    double goal = results_goal(r, row, system);
    fprintf(out, " ");
    if (c->state == CELL_REFUSED) fprintf(out, "refused");
    else if (c->state == CELL_NONE) fprintf(out, "-");
    else put_number(c->value, results_unit(row), out);
    if (c->state == CELL_WRONG) fprintf(out, " (wrong)");
    if (c->state == CELL_OK && goal > 0) fprintf(out, c->value <= goal ? " ✓" : " **✗**");
    fprintf(out, " |");
}

static bool is_there(const results *r, int system)
{
    return r->systems[system].program != NULL;
}

static void put_head(const results *r, FILE *out)
{
    fprintf(out, "| workload | unit | RediSearch 2.10 | goal, memory | goal, native |");
    for (int i = 0; i < SYSTEMS; i++)
        if (is_there(r, i)) fprintf(out, " %s |", r->systems[i].name);
    fprintf(out, "\n| --- | --- | ---: | ---: | ---: |");
    for (int i = 0; i < SYSTEMS; i++)
        if (is_there(r, i)) fprintf(out, " ---: |");
    fprintf(out, "\n");
}

static void put_bare(const results *r, FILE *out)
{
    fprintf(out, "\nH and the bare hash, measured on a plain server beside each system:");
    for (int i = 0; i < SYSTEMS; i++)
        if (is_there(r, i)) fprintf(out, "%s %s %.2f us, %.0f bytes", i ? ";" : "", r->systems[i].name, r->bare[i].h, r->bare[i].bytes);
    fprintf(out, ".\n");
}

static void put_notes(const results *r, FILE *out)
{
    bool any = false;
    for (int i = 0; i < results_rows(); i++)
        for (int j = 0; j < SYSTEMS; j++) {
            if (!r->cells[i][j].note[0]) continue;
            if (!any) fprintf(out, "\nAnswers that are not the truth, and refusals:\n\n");
            any = true;
            fprintf(out, "- %s, %s: %s\n", r->systems[j].name, results_name(i), r->cells[i][j].note);
        }
    if (!any) fprintf(out, "\nAll systems gave the same answers, and they are true.\n");
}

static void put_rates(const results *r, int which, FILE *out)
{
    fprintf(out, "\n| with %s: calls a second; p50 / p99 in us |", which ? "50 connections" : "1 connection");
    for (int j = 0; j < SYSTEMS; j++)
        if (is_there(r, j)) fprintf(out, " %s |", r->systems[j].name);
    fprintf(out, "\n| --- |");
    for (int j = 0; j < SYSTEMS; j++)
        if (is_there(r, j)) fprintf(out, " ---: |");
    fprintf(out, "\n");
    for (int i = 0; i < workloads_n; i++) {
        if (!workloads[i].rate) continue;
        fprintf(out, "| %s |", workloads[i].name);
        for (int j = 0; j < SYSTEMS; j++) {
            const rate *v = &r->rates[i][j][which];
            if (!is_there(r, j)) continue;
            if (v->calls > 0) fprintf(out, " %.0f; %.0f / %.0f |", v->calls, v->p50, v->p99);
            else fprintf(out, " - |");
        }
        fprintf(out, "\n");
    }
}

/* As code; a bar would end the cell of a table. */
static void put_code(const char *text, FILE *out)
{
    if (!text) {
        fprintf(out, " - |");
        return;
    }
    fprintf(out, " `");
    for (; *text; text++) fprintf(out, *text == '|' ? "\\|" : *text == ';' ? "`; `" : "%c", *text);
    fprintf(out, "` |");
}

static void put_commands(FILE *out)
{
    fprintf(
        out,
        "\nWhat is asked. `$x`, `$y` and `$big` are cities, `$lo` and `$hi` bounds, `$id` is a primary key, `$count` and `$get` are what the search "
        "module at hand wants for counting and reading. Before a command: `!` its reply is no part of the answer, `-` it is subtracted, `*` the "
        "command is sent for each member of the reply before.\n\n| workload | NONREL | by hand | search module |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < workloads_n; i++) {
        fprintf(out, "| %s |", workloads[i].name);
        for (int d = 0; d < DIALECTS; d++) put_code(workloads[i].how[d], out);
        fprintf(out, "\n");
    }
}

void report_write(const results *r, FILE *out)
{
    put_head(r, out);
    for (int i = 0; i < results_rows(); i++) {
        fprintf(out, "| %s | %s |", results_name(i), results_unit(i));
        put_goal(results_peer(i), out);
        put_goal(results_goal(r, i, SYSTEM_MEMORY), out);
        put_goal(results_goal(r, i, SYSTEM_NATIVE), out);
        for (int j = 0; j < SYSTEMS; j++)
            if (is_there(r, j)) put_cell(r, i, j, out);
        fprintf(out, "\n");
    }
    put_bare(r, out);
    put_notes(r, out);
    put_rates(r, 0, out);
    put_rates(r, 1, out);
    put_commands(out);
}
