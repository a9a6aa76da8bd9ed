/* bench_growth.c -- how cost grows with the number of people, in the memory store, and whether it is as little as it should be.
 *
 * Usage: bench_growth <absolute path of nonrel.so> <people>... (growing). Prints a section of Markdown. Needs some 900 bytes a person. */
#include <math.h>
#include <stdlib.h>

#include "results.h"

enum { SIZES_MAX = 8, ROUNDS = 5, SCAN_CALLS = 3, POINT_CALLS = 200 };

/* Point work is to grow with the logarithm at most; a scan costs so many nanoseconds for each row and column. */
static const struct question {
    const char *name, *command;
    int columns; /* 0: point work */
} questions[] = {
    {"get by pk", "NONREL.GET p.Person $id", 0},
    {"count, exact", "NONREL.COUNT p.Person FILTER city $x", 0},
    {"10 rows, exact", "NONREL.QUERY p.Person FILTER city $x LIMIT 0 10", 0},
    {"scan, one condition", "NONREL.COUNT p.Person FILTER salary__lt 1000", 1},
    {"scan, two conditions", "NONREL.COUNT p.Person FILTER salary__gte 1000 EXCLUDE salary__gte 150000", 2},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

typedef struct size_figures {
    int64_t n;
    bare hset, save;
    double us[QUESTIONS];
} size_figures;

static double ask_often(server *s, const bench_system *sys, const people *p, const struct question *q)
{
    workload w = {.how = {q->command}};
    char text[COMMAND_MAX];
    workload_commands names;
    answer *a = calloc(1, sizeof *a);
    double best = 0;
    int n = q->columns ? SCAN_CALLS : POINT_CALLS;
    if (!a || !workload_text(&w, sys, p, text, sizeof text)) bench_die(q->name, "cannot be asked");
    workload_names(text, &names);
    for (int round = 0; round < ROUNDS; round++) {
        server_reset_stats(s);
        for (int i = 0; i < n; i++) workload_run(s, text, p, a);
        if (a->refused) bench_die(text, a->error);
        double us = server_usec(s, names.at) / n;
        if (!round || us < best) best = us;
    }
    free(a);
    return best;
}

static size_figures measure(const bench_system *sys, int64_t n)
{
    people p;
    server s;
    size_figures f = {.n = n};
    fprintf(stderr, "bench: %lld people\n", (long long)n);
    people_init(&p, n);
    system_start(sys, &s);
    loaded l = system_load_beside(sys, &s, &p);
    f.hset = l.hset;
    f.save = l.save;
    for (int i = 0; i < QUESTIONS; i++) f.us[i] = ask_often(&s, sys, &p, &questions[i]);
    server_stop(&s);
    people_clear(&p);
    return f;
}

static void put_line(const char *name, const size_figures *f, int n, double (*of)(const size_figures *), const char *format)
{
    printf("| %s |", name);
    for (int i = 0; i < n; i++) printf(format, of(&f[i]));
    printf("\n");
}

static double of_h(const size_figures *f)
{
    return f->hset.last_h;
}

static double of_save(const size_figures *f)
{
    return f->save.last_h;
}

static double of_ratio(const size_figures *f)
{
    return f->save.last_h / f->hset.last_h;
}

static double of_ratio_whole(const size_figures *f)
{
    return f->save.h / f->hset.h;
}

static void put_table(const size_figures *f, int n)
{
    printf("| | ");
    for (int i = 0; i < n; i++) printf("%lld people |", (long long)f[i].n);
    printf("\n| --- |");
    for (int i = 0; i < n; i++) printf(" ---: |");
    printf("\n");
    put_line("HSET at this size, us", f, n, of_h, " %.2f |");
    put_line("SAVE at this size, us", f, n, of_save, " %.2f |");
    put_line("SAVE / HSET at this size", f, n, of_ratio, " %.2f |");
    put_line("SAVE / HSET, mean from nothing to this size", f, n, of_ratio_whole, " %.2f |");
    for (int q = 0; q < QUESTIONS; q++) {
        int columns = questions[q].columns;
        printf("| %s, %s |", questions[q].name, columns ? "ns a row and column" : "us");
        for (int i = 0; i < n; i++) printf(columns ? " %.3f |" : " %.2f |", columns ? f[i].us[q] * 1e3 / (double)f[i].n / columns : f[i].us[q]);
        printf("\n");
    }
}

static void put_verdict(bool met, const char *what, double is, double most)
{
    printf("- %s %s: %.2f, at most %.2f\n", met ? "✓" : "**✗**", what, is, most);
}

static void put_verdicts(const size_figures *f, int n)
{
    const size_figures *first = &f[0], *last = &f[n - 1];
    char what[96];
    double ratio = of_ratio(last) / of_ratio(first);
    printf("\n");
    put_verdict(ratio <= 1.5, "SAVE / HSET, the last size by the first", ratio, 1.5);
    for (int q = 0; q < QUESTIONS; q++) {
        double scan = last->us[q] * 1e3 / (double)last->n / (questions[q].columns ? questions[q].columns : 1);
        double growth = last->us[q] / first->us[q], most = log((double)last->n) / log((double)first->n);
        snprintf(what, sizeof what, questions[q].columns ? "%s, ns a row and column" : "%s, the last size by the first", questions[q].name);
        if (questions[q].columns) put_verdict(scan < 2, what, scan, 2);
        else put_verdict(growth <= most, what, growth, most);
    }
}

int main(int argc, char **argv)
{
    size_figures f[SIZES_MAX];
    int n = argc - 2;
    if (n < 2 || n > SIZES_MAX) bench_die("usage", "bench_growth <nonrel.so> <people> <people>...");
    const bench_system *sys = &systems_table(argv[1])[SYSTEM_MEMORY];
    for (int i = 0; i < n; i++) f[i] = measure(sys, strtoll(argv[2 + i], NULL, 10));
    put_table(f, n);
    put_verdicts(f, n);
    return 0;
}
