/* diff.h -- what a change of a definition does, as lines of text. */
#ifndef NR_DIFF_H
#define NR_DIFF_H

#include "engine/models.h"

/* Lines about one model: before may be NULL (it is new). added: fields that entities which are there get. */
void nr_diff_lines(nr_call *c, const nr_model *before, const nr_model *after, const nr_field *const *added, size_t n_added, nr_slices *lines);

#endif
