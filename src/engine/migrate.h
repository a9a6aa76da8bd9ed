/* migrate.h -- MODEL SET over what is there: taking entities in, adding fields, building and dropping indexes, parents and their children. */
#ifndef NR_MIGRATE_H
#define NR_MIGRATE_H

#include "engine/models.h"

/* MODEL SET. later: models follow that its ordering may go through; where it leads is not looked at yet. */
bool nr_model_set(nr_call *c, nr_slice name, nr_slice json, bool later);

/* Rebuilds the stale indexes of m and records them. */
bool nr_migrate_stale(nr_call *c, nr_model *m);

#endif
