/* definition.h -- the hash under a model's name: reading and writing it. */
#ifndef NR_DEFINITION_H
#define NR_DEFINITION_H

#include "engine/models.h"

typedef struct nr_definition {
    nr_slice json;         /* as given to MODEL SET, compact */
    int64_t version;
    const nr_json *built;  /* array of index entries, NULL: none known */
    nr_slice owners;       /* the document of owners, absent: none */
    bool lends;            /* an index of another model goes along references to it, or did */
} nr_definition;

/* False: there is no definition under that key (something else may be). Everything in the call's arena. */
bool nr_definition_read(nr_call *c, nr_slice name, nr_definition *out);

/* Writes it, with the indexes that are built and those that are being built. */
nr_status nr_definition_write(nr_call *c, const nr_model *m);

/* Writes down that others borrow from m. */
nr_status nr_definition_lend(nr_call *c, nr_model *m);

/* Marks the indexes of m that the definition does not list as built in today's format, and those that are being built. */
void nr_definition_mark_stale(nr_model *m, const nr_definition *d);

typedef NR_VEC(nr_model *) nr_models_overlay;

/* A model made from JSON and the document of its owners, resolved as far as its targets are known, not in the catalog. overlay (may be NULL): models that stand in for those of the catalog,
 * as parents and targets. NULL: err. */
nr_model *nr_definition_parse(nr_call *c, nr_slice name, nr_slice json, nr_slice owners, const nr_models_overlay *overlay);

#endif
