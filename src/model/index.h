/* index.h -- an index definition: what it looks at, through which key function, in which structure.
 *
 * The definition is data: how keys are made is in store/keyfn.h, which lookups an index answers in query/lookup.h. */
#ifndef NR_INDEX_H
#define NR_INDEX_H

#include "model/owners.h"
#include "model/path.h"

struct nr_keyfn;
struct nr_regex;

typedef enum nr_index_kind {
    NR_IX_PK,      /* <model>/pk: members are the encoded pks */
    NR_IX_ORDERED, /* <model>/i/<name>: members are key, then encoded pk */
    NR_IX_SET,     /* <model>/s/<name>/<key>: one set per key, members are canonical pks */
} nr_index_kind;

typedef struct nr_index {
    nr_slice name;               /* unique in the model: "title.value", "status.value.set", "pk" */
    nr_index_kind kind;
    nr_path path;
    const struct nr_keyfn *keyfn;
    nr_slice pattern;            /* of `matches`: the pattern; absent else */
    bool caseless;               /* and its flags */
    struct nr_regex *regex;      /* compiled; nr_indexes_release gives it back */
    nr_slice key;                /* the key, or for NR_IX_SET the prefix, '/' included */
    bool memory;                 /* held by the model's table, in no key; else in the store */
    bool stale;                  /* not built, or in another format: not to be used until it is rebuilt */
    bool building;               /* stale, but filled at the moment: writers keep it up (engine/online.h) */
    nr_slices owners;            /* who wants it */
} nr_index;

#endif
