/* kept.h -- models that the server keeps for many-to-many fields: made, changed and dropped with the model that has the field, and by nobody else. */
#ifndef NR_KEPT_H
#define NR_KEPT_H

#include "engine/models.h"

/* PROTECTED when the model is kept for a field of another one: a user's command is to change that. Applied calls may. */
bool nr_kept_protected(nr_call *c, nr_slice name);

/* The m2m field for which a model is kept, and whose it is; NULL: for none, or err (the store failed). No error stands. */
const nr_field *nr_kept_for(nr_call *c, nr_slice name, nr_model **owner);

/* Whether name is kept for a field of s. */
bool nr_kept_by(const nr_schema *s, nr_slice name);

/* Whether all that are kept for m are there: somebody may have deleted a definition's key. */
bool nr_kept_complete(nr_call *c, const nr_model *m);

/* Removes the definition of one that has no entities, and its counter; seq: for bringing them back. False: err, nothing is changed. */
bool nr_kept_remove(nr_call *c, const nr_model *m, int64_t *seq);

/* Brings back what that removed; CORRUPT marks what it can't. */
void nr_kept_restore(nr_call *c, const nr_model *m, int64_t seq);

#endif
