/* load_files.h -- definitions from files put into force, as MODEL SET and INDEX CREATE would: what the stored data does not allow is said and left. */
#ifndef NR_LOAD_FILES_H
#define NR_LOAD_FILES_H

#include "engine/models.h"
#include "query/autoload.h"

/* Applies bound files to c's database. What could not be put into force is logged and remembered, a line for each. False: err, the store failed. */
bool nr_files_apply(nr_call *c, nr_autoload *files);

/* AUTOLOAD: reads the files again and applies them. */
bool nr_cmd_autoload(nr_call *c, const nr_slice *argv, size_t argc);

#endif
