/* index.h -- an index definition: what it looks at, through which key function, in which structure.
 *
 * Most indexes look at one path. One of several fields has parts: its keys are those of its parts behind each other.
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

/* One of several fields that an index looks at. It gives one value of each entity. */
typedef struct nr_index_part {
    nr_path path;
    bool descending;
} nr_index_part;

typedef struct nr_index {
    nr_slice name;               /* unique in the model: "title.value", "status.value.set", "pk", "feed" */
    nr_index_kind kind;
    nr_path path;                /* of several fields: the first part's */
    const nr_index_part *parts;  /* of an ordered index of several fields; NULL: it is of path alone */
    size_t n_parts;
    bool together;               /* no two entities have the same values of all parts, NULLs aside */
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

/* The paths that it looks at, 0..width-1. */
static inline size_t nr_index_width(const nr_index *ix)
{
    return ix->n_parts ? ix->n_parts : 1;
}

static inline const nr_path *nr_index_path(const nr_index *ix, size_t i)
{
    return ix->n_parts ? &ix->parts[i].path : &ix->path;
}

/* Whether it looks at the field of that id. */
bool nr_index_reads(const nr_index *ix, size_t field);

/* Whether two definitions, of two versions of a model perhaps, mean the same index. */
bool nr_index_same(const nr_index *a, const nr_index *b);

/* "status", or "status, -created" with what stands between them as given. */
void nr_index_print(const nr_index *ix, const char *between, nr_buf *out);

#endif
