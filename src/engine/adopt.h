/* adopt.h -- a model whose definition says something else of its indexes takes over what is in memory of the one before: rows, table, what is followed. */
#ifndef NR_ADOPT_H
#define NR_ADOPT_H

#include "engine/models.h"

/* Whether after has the same fields as before, of the same types, in the same order and columns, so that rows of one are rows of the other. */
bool nr_model_can_adopt(const nr_model *before, const nr_model *after);

/* Puts after into the catalog in place of before, which is freed. Its indexes have their states. */
void nr_model_adopt(nr_call *c, nr_model *before, nr_model *after);

#endif
