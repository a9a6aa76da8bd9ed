/* pairing.h -- relations to any number of entities in AGGREGATE: a row is paired with each entity that they lead to, and with nobody where there is none, as SQL's left join
 * does. What goes through the same relations is of the same pair, wherever it stands in the command. */
#ifndef NR_PAIRING_H
#define NR_PAIRING_H

#include "query/join.h"

/* Rows of a pair have numbers: 0 the row itself, from 1 on the pairings, each behind the one that it begins at. */
typedef struct nr_pairing {
    size_t from;                  /* the row that it begins at */
    const nr_link *const *links;  /* from there on; the last one, and no other, is in reverse */
    size_t n_links;
    nr_model *to;
    nr_slice name;                /* "posts__comments" */
} nr_pairing;

typedef NR_VEC(const nr_pairing *) nr_pairings;

/* Takes the pairings off the front of a route's links, whose last ones are references: *from is the row that these begin at. New ones are added to all. False: err (LIMIT:
 * too many). */
bool nr_pairings_take(nr_binder *b, nr_route *r, nr_pairings *all, size_t *from);

/* A condition about pairs: what it asks behind such relations becomes a PAIRED. One without any is that of the row, as nr_join_scope makes it. p NULL or NULL given back:
 * err. */
const nr_pred *nr_pairings_bind(nr_binder *b, const nr_pred *p, nr_pairings *all);

#endif
