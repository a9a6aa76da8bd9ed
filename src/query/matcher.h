/* matcher.h -- a regular expression at work in one command: compiled once, with the command's time as its budget.
 *
 * A text that needs more than the budget allows is an error of the command, never "no match": it is set in the command's err, and whoever evaluates looks there
 * (exec/op.c). */
#ifndef NR_MATCHER_H
#define NR_MATCHER_H

#include "query/lookup.h"

typedef struct nr_matcher {
    struct nr_matcher *next;
    nr_regex *regex;
    nr_slice pattern;
    nr_slice prefix;       /* what every match begins with, at the start of the text; empty: nothing known */
    nr_slice literal;      /* what every text with a match contains; empty: nothing known */
    const nr_ready_for *with;
} nr_matcher;

/* NULL: err (BADVALUE that names the pattern and what is wrong with it). */
nr_matcher *nr_matcher_new(nr_slice pattern, bool caseless, const nr_ready_for *with);

void nr_matchers_release(nr_matcher *first); /* NULL is fine */

bool nr_matcher_true(nr_matcher *m, nr_slice text);

#endif
