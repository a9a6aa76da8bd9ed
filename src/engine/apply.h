/* apply.h -- the second half of the writer: differences applied to the store, undone when one fails, then replicated. */
#ifndef NR_APPLY_H
#define NR_APPLY_H

#include "engine/write.h"

/* Looks at all keys that will be written, then writes. False: nothing is changed, or the model is marked CORRUPT. */
bool nr_apply(nr_writer *w, uint64_t *changed);

#endif
