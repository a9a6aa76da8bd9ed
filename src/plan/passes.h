/* passes.h -- what the planner does to make a query cheaper, one by one: none of them changes an answer. Each can be switched off (nonrel.passes-off), which is how
 * tests compare a query with and without it, and how somebody finds out which one is to blame for a slow plan. */
#ifndef NR_PASSES_H
#define NR_PASSES_H

#include <stddef.h>

typedef enum nr_pass {
    NR_PASS_SIMPLIFY = 1 << 0,
    NR_PASS_INDEX = 1 << 1,
    NR_PASS_NARROW = 1 << 2,
    NR_PASS_COMPOSITE = 1 << 3,
    NR_PASS_MASK = 1 << 4,
    NR_PASS_ORDER = 1 << 5,
    NR_PASS_COUNT = 1 << 6,
    NR_PASS_ANSWER = 1 << 7,
    NR_PASS_TOP = 1 << 8,
    NR_PASS_COLUMNS = 1 << 9,
    NR_PASS_KEYS = 1 << 10,
    NR_PASS_BORROWED = 1 << 11,
} nr_pass;

typedef struct nr_pass_row {
    nr_pass pass;
    const char *name, *what;
} nr_pass_row;

enum { NR_PASSES = 12, NR_PASSES_ALL = (1 << NR_PASSES) - 1 };
extern const nr_pass_row nr_passes[NR_PASSES];

#endif
