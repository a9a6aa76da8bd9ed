/* relations.h -- what models say of one another: the names of relations, seen from their targets. */
#ifndef NR_RELATIONS_H
#define NR_RELATIONS_H

#include "engine/definition.h"

/* Whether the names of all references from and to the models of an overlay, which are about to be those in force, are fields of no target and each other's equals
 * nowhere, and whether the models that hold many-to-many relations have the references for it. All definitions have been read. In a cluster, also whether on_delete and
 * check lead to models of the same slot. False: BADVALUE. */
bool nr_relations_check(nr_call *c, const nr_models_overlay *changed);

/* Whether the ordering of a model, one of an overlay or one that is there, goes along references to fields, as far as the models on the way are defined. All definitions
 * have been read. False: err (NOFIELD, NOLOOKUP, NOPERM, LIMIT, SYNTAX). */
bool nr_relations_check_ordering(nr_call *c, const nr_models_overlay *changed, const nr_schema *s);

#endif
