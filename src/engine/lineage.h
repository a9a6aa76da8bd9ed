/* lineage.h -- who extends whom: chains that must come to an end. */
#ifndef NR_LINEAGE_H
#define NR_LINEAGE_H

#include "base/hash.h"
#include "engine/models.h"

/* BADVALUE when after, which takes before's place (NULL: it is new), would extend itself; LIMIT when the models above and below it are too many levels. All
 * definitions have been loaded. */
bool nr_lineage_check_parents(nr_call *c, const nr_model *before, const nr_model *after);

/* root, all models that extend or embed it, and those that extend or embed these: added to family, by name. */
void nr_lineage_family(nr_call *c, nr_model *root, nr_map *family);

#endif
