/* apply.h -- the second half of the writer: differences applied to the store, undone when one fails, then replicated. */
#ifndef NR_APPLY_H
#define NR_APPLY_H

#include "engine/write.h"

/* Writes all differences, the indexes first. False: nothing is changed, or the model is marked CORRUPT. *changed: entities that differ. */
bool nr_apply(nr_writer *w, uint64_t *changed);

#endif
