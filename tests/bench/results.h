/* results.h -- the figures of a run: rows by systems. report.c writes them as tables, chart.c as a picture. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include <stdio.h>

#include "rate.h"
#include "systems.h"
#include "workloads.h"

typedef enum cell_state { CELL_NONE, CELL_OK, CELL_WRONG, CELL_REFUSED } cell_state;

typedef struct cell {
    cell_state state;
    double value; /* in the unit of the row */
    char note[160];
} cell;

/* The rows behind those of workloads. */
typedef enum figure { FIGURE_SAVE, FIGURE_BYTES, FIGURE_RESTART, FIGURE_GET, FIGURES } figure;

enum { ROWS_MAX = 64 };
typedef struct results {
    const bench_system *systems;
    int64_t n;
    bare bare[SYSTEMS];
    cell cells[ROWS_MAX][SYSTEMS];
    rate rates[ROWS_MAX][SYSTEMS][2]; /* with 1 connection, and with 50 */
    bool failed;                      /* one of ours was wrong, or refused */
} results;

/* What stands before the figures of a row, and the goal of one system in it; 0: there is none. */
int results_rows(void);
const char *results_name(int row);
const char *results_unit(int row); /* "H", "bytes" or "s" */
double results_peer(int row);
double results_goal(const results *r, int row, int system);

/* The tables as Markdown. */
void report_write(const results *r, FILE *out);
/* Bars of a logarithmic scale for each row and system, as SVG. */
void chart_write(const results *r, FILE *out);

#endif
