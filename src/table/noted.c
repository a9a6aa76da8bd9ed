/* noted.c -- a list that gives up when it grows too long. */
#include "table/noted.h"

enum { NOTED_LEAST = 4096 }; /* changes that are noted before looking at all rows is no more work */

void nr_noted_init(nr_noted *c, const nr_env *env)
{
    *c = (nr_noted){.env = env};
}

void nr_noted_clear(nr_noted *c)
{
    if (c->rows) c->env->free(c->rows);
    nr_noted_init(c, c->env);
}

bool nr_noted_add(nr_noted *c, uint32_t row, uint32_t all)
{
    if (c->n && c->rows[c->n - 1] == row) return true;
    if (c->n >= NOTED_LEAST && c->n > all / 4) {
        c->n = 0;
        return false;
    }
    if (c->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 64;
        size_t bytes = c->cap * sizeof *c->rows;
        c->rows = c->rows ? c->env->realloc(c->rows, bytes) : c->env->alloc(bytes);
    }
    c->rows[c->n++] = row;
    return true;
}

size_t nr_noted_bytes(const nr_noted *c)
{
    return c->cap * sizeof *c->rows;
}
