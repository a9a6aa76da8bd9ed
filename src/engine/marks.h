/* marks.h -- a set of index entries, 64 bits for each: a hash under the process's seed. For telling what ought to be there from what is.
 *
 * Two entries of some millions have one mark with a probability of about one in a million. Memory: 16 to 32 bytes an entry. */
#ifndef NR_MARKS_H
#define NR_MARKS_H

#include "base/env.h"
#include "engine/entries.h"

typedef struct nr_marks {
    const nr_env *env;
    uint64_t *slots; /* open addressing; 0 is empty; the lowest bit: it was met */
    size_t n, mask;
} nr_marks;

void nr_marks_init(nr_marks *m, const nr_env *env);
void nr_marks_clear(nr_marks *m);
void nr_marks_add(nr_marks *m, const nr_entry *e);

/* Notes that the entry was met; false when it is not in the set. */
bool nr_marks_meet(nr_marks *m, const nr_entry *e);
bool nr_marks_met(const nr_marks *m, const nr_entry *e); /* of one that is in the set */

#endif
