/* lines.c -- byte by byte through the C library's buffer: the limit holds while a line is read, not after. */
#include "cli/lines.h"

enum { FIRST = 4096 };

void nr_lines_init(nr_lines *l, FILE *in, size_t max, const nr_env *env)
{
    *l = (nr_lines){.in = in, .env = env, .max = max};
}

void nr_lines_clear(nr_lines *l)
{
    if (l->p) l->env->free(l->p);
    nr_lines_init(l, l->in, l->max, l->env);
}

static void byte_add(nr_lines *l, size_t n, int c)
{
    if (n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : FIRST;
        l->p = l->env->realloc(l->p, l->cap);
    }
    l->p[n] = (char)c;
}

static nr_slice line_of(const nr_lines *l, size_t n)
{
    nr_slice line = {l->p ? l->p : "", n};
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    if (l->number == 1 && nr_slice_starts(line, NR_S("\xEF\xBB\xBF"))) line = (nr_slice){line.p + 3, line.n - 3};
    return line;
}

nr_lines_result nr_lines_next(nr_lines *l, nr_slice *line)
{
    size_t n = 0;
    int c;
    l->number++;
    while ((c = getc_unlocked(l->in)) != EOF && c != '\n') {
        if (n > l->max) return NR_LINES_LONG;
        byte_add(l, n++, c);
    }
    if (ferror_unlocked(l->in)) return NR_LINES_FAILED;
    if (c == EOF && n == 0) return NR_LINES_END;
    l->at += n + (c == '\n');
    *line = line_of(l, n);
    return line->n > l->max ? NR_LINES_LONG : NR_LINES_ONE;
}
