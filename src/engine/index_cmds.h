/* index_cmds.h -- changing who wants which indexes of a model. */
#ifndef NR_INDEX_CMDS_H
#define NR_INDEX_CMDS_H

#include "engine/models.h"

/* Has the model's owners want what the document says: indexes that nobody wants any more go, new ones are built, at once or soon; copies are told. *m is the
 * model behind it. False: err, nothing is changed. */
bool nr_owners_change(nr_call *c, nr_model **m, const nr_owners *owners);

/* The definition of a model has changed, or is there now: indexes of others that go along references to it come or go with what it has. Errors are logged. */
void nr_indexes_wake(nr_call *c, nr_slice lender);

bool nr_cmd_index_create(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_drop(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_rebuild(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_owners(nr_call *c, const nr_slice *argv, size_t argc);

#endif
