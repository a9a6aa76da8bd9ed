/* chart.c -- bars of a logarithmic scale: a group for each workload in H, a bar for each system, a mark at the goal of the memory store. */
#include "results.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 1040, LEFT = 250, RIGHT = 90, TOP = 96, BAR = 9, GAP = 10, DECADES = 7 };
static const double least = 0.1; /* where the axis begins, in H */

static double place(double h)
{
    double at = (log10(h < least ? least : h) - log10(least)) / DECADES;
    return LEFT + (at > 1 ? 1 : at) * (WIDTH - LEFT - RIGHT);
}

static bool is_drawn(const results *r, int row, int system)
{
    cell_state s = r->cells[row][system].state;
    return strcmp(results_unit(row), "H") == 0 && r->systems[system].program && (s == CELL_OK || s == CELL_WRONG);
}

static int systems_there(const results *r)
{
    int n = 0;
    for (int i = 0; i < SYSTEMS; i++) n += r->systems[i].program != NULL;
    return n;
}

static void put_axis(int bottom, FILE *out)
{
    for (int i = 0; i <= DECADES; i++) {
        double v = least * pow(10, i), x = place(v);
        fprintf(out, "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#dddddd'/>\n", x, TOP - 6, x, bottom);
        fprintf(out, "<text x='%.1f' y='%d' text-anchor='middle' fill='#555555'>%.7g</text>\n", x, bottom + 16, v);
    }
    fprintf(out, "<text x='%d' y='%d' text-anchor='middle'>server time of one call, in H (one HSET of the same entity), logarithmic</text>\n",
            (WIDTH + LEFT - RIGHT) / 2, bottom + 36);
}

static void put_legend(const results *r, FILE *out)
{
    int x = LEFT;
    for (int i = 0; i < SYSTEMS; i++) {
        if (!r->systems[i].program) continue;
        fprintf(out, "<rect x='%d' y='56' width='12' height='12' fill='%s'/><text x='%d' y='66'>%s</text>\n", x, r->systems[i].colour, x + 17,
                r->systems[i].name);
        x += 138;
    }
    fprintf(out, "<line x1='%d' y1='54' x2='%d' y2='70' stroke='black' stroke-width='2'/><text x='%d' y='66'>goal, memory</text>\n", x + 6, x + 6,
            x + 13);
}

static void put_bar(const results *r, int row, int system, int y, FILE *out)
{
    double width = place(r->cells[row][system].value) - LEFT;
    fprintf(out, "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>\n", LEFT, y, width < 1 ? 1 : width, BAR - 1, r->systems[system].colour);
}

static void put_goal(const results *r, int row, int y, int bottom, FILE *out)
{
    double goal = results_goal(r, row, SYSTEM_MEMORY), x = place(goal);
    if (goal > 0) fprintf(out, "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='black' stroke-width='2'/>\n", x, y - 2, x, bottom + 1);
}

/* Over a mark the number stays legible by a white edge. */
static void put_label(const results *r, int row, int system, int y, FILE *out)
{
    const cell *c = &r->cells[row][system];
    fprintf(out, "<text x='%.1f' y='%d' font-size='9' fill='#333333' stroke='white' stroke-width='3' paint-order='stroke'>", place(c->value) + 4,
            y + BAR - 2);
    fprintf(out, c->value < 100 ? "%.1f%s</text>\n" : "%.0f%s</text>\n", c->value, c->state == CELL_WRONG ? " (wrong answer)" : "");
}

static void put_group(const results *r, int row, int y, FILE *out)
{
    int n = systems_there(r), bottom = y + n * BAR;
    fprintf(out, "<text x='%d' y='%d' text-anchor='end'>%s</text>\n", LEFT - 10, y + n * BAR / 2 + 4, results_name(row));
    for (int i = 0, at = y; i < SYSTEMS; at += r->systems[i++].program ? BAR : 0)
        if (is_drawn(r, row, i)) put_bar(r, row, i, at, out);
    put_goal(r, row, y, bottom, out);
    for (int i = 0, at = y; i < SYSTEMS; at += r->systems[i++].program ? BAR : 0)
        if (is_drawn(r, row, i)) put_label(r, row, i, at, out);
}

void chart_write(const results *r, FILE *out)
{
    int rows = 0, step = systems_there(r) * BAR + GAP;
    for (int i = 0; i < results_rows(); i++) rows += strcmp(results_unit(i), "H") == 0;
    int bottom = TOP + rows * step, y = TOP;
    fprintf(out,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>\n"
            "<rect width='100%%' height='100%%' fill='white'/>\n"
            "<text x='%d' y='30' font-size='18' font-weight='bold'>Server time of reads and writes over %lld people: shorter is better</text>\n",
            WIDTH, bottom + 50, WIDTH, bottom + 50, 20, (long long)r->n);
    put_legend(r, out);
    put_axis(bottom, out);
    for (int i = 0; i < results_rows(); i++)
        if (strcmp(results_unit(i), "H") == 0) {
            put_group(r, i, y, out);
            y += step;
        }
    fprintf(out, "</svg>\n");
}
