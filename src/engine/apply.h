/* apply.h -- the second half of the writer: differences applied to the store, undone when one fails, then replicated. */
#ifndef NR_APPLY_H
#define NR_APPLY_H

#include "engine/write.h"

/* Writes the differences of n > 0 writers of one call, the indexes first. False: nothing is changed, or a model is marked CORRUPT; LIMIT before anything is
 * written when the steps of several entities need more memory than the command may hold. *changed: entities that differ. */
bool nr_apply(nr_writer *const *ws, size_t n, uint64_t *changed);

#endif
