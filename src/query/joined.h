/* joined.h -- fields of other models that a query sorts by, groups by or replies: each is a field more of its rows, behind those of its own model. */
#ifndef NR_JOINED_H
#define NR_JOINED_H

#include "query/pairing.h"
#include "query/term.h"

enum { NR_JOINED_MAX = 256 };

typedef struct nr_joined {
    nr_field field;               /* as terms see it: id behind the model's own fields, named by its path, NULL where the path leads nowhere */
    size_t at;                    /* of rows in pairs (query/pairing.h) the number of the one that the links begin at; 0: the row itself */
    const nr_link *const *links;  /* none of them in reverse */
    size_t n_links;
    const nr_field *of;           /* of the model at the end */
} nr_joined;

typedef NR_VEC(const nr_joined *) nr_joineds;

/* nr_join_read for a path that gives one value. SYNTAX besides: a relation that leads to any number of entities. */
bool nr_joined_read(nr_binder *b, nr_slice *path, const char *clause, nr_route *out);

/* The field that is made for one at the end of a route, which has links; it is added to all when it is new. NULL: err (LIMIT). */
const nr_field *nr_joined_field(nr_binder *b, const nr_route *r, const nr_field *of, const char *clause, nr_joineds *all);

/* nr_term_bind, through relations too: what is new is added to all, and to pairings where there are pairs. pairings NULL: a relation that leads to any number of entities is
 * SYNTAX. */
bool nr_joined_term(nr_binder *b, nr_slice name, const char *clause, nr_joineds *all, nr_pairings *pairings, nr_term *out);

/* Whether two lead to the same entity. */
bool nr_joined_same_way(const nr_joined *a, const nr_joined *b);

/* Columns of a reply: what each gives, and what it is called. */
typedef struct nr_columns {
    NR_VEC(nr_term) terms;
    nr_slices names;
} nr_columns;

/* A whole entity, in the order of replies: its primary key, what models above it have, then its own fields. The keys above are its own key.
 * by_key: the entities above are read by their keys alone. False: err (NOPERM: the user may not read a model above). */
bool nr_joined_whole(nr_binder *b, bool by_key, nr_joineds *all, nr_columns *out);

#endif
