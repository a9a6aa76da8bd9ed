/* target.h -- the option `check`: an entity that a reference is set to must exist, in the state behind the whole command. */
#ifndef NR_TARGET_H
#define NR_TARGET_H

#include "engine/write.h"

/* Looks at what the writers of one call set or change; a reference that stays as it is may dangle. False: NOTFOUND, NOPERM (the user may not read the target's
 * model), SYNTAX (it is in another slot of the cluster), or what reading it gave. */
bool nr_targets_check(nr_writer *const *ws, size_t n);

#endif
