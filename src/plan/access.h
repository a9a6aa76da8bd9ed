/* access.h -- access paths: how the rows of one lookup, or of several on one field, are got from one index, and how many they are. */
#ifndef NR_ACCESS_H
#define NR_ACCESS_H

#include "plan/plan.h"

typedef NR_VEC(const nr_pred *) nr_preds;

typedef struct nr_access {
    nr_preds leaves;           /* the lookups that it answers together; none: every row, by the pk index or another ordered one */
    const nr_index *index;     /* NULL: the table, or set */
    const nr_bitmap *set;      /* rows that are known */
    const nr_range *ranges;    /* ordered indexes of the store */
    size_t n_ranges;
    const nr_slice *keys;      /* set indexes of the store */
    size_t n_keys;
    const nr_span *spans;      /* ordered indexes in memory, ascending and disjoint, none empty */
    size_t n_spans;
    const struct roaring_bitmap_s *const *lists; /* set indexes in memory */
    size_t n_lists;
    bool all;                  /* lists, keys: a row has to be in each of them, the smallest first; else in one */
    const struct roaring_bitmap_s *crowd; /* all: the rows of the key function's crowd, which are given too; NULL: there are none */
    nr_slice crowd_key;        /* the same of a set of the store; empty: there are none */
    bool repeats;              /* a row may come more than once: count is an upper bound */
    uint64_t count;            /* entries that it gives */
    bool measured;             /* count is exact, not extrapolated from some of the ranges */
    bool covers;               /* what it gives is just what the leaf is true of: nothing to verify */
} nr_access;

/* The conjuncts of a predicate, sorted by what can be done with them. */
typedef struct nr_analysis {
    NR_VEC(nr_access *) paths; /* of the conjuncts that an index answers, ascending by count; lookups on one ordered index make one path */
    nr_preds rest;             /* the others */
    nr_preds all;              /* all of them */
    uint64_t total;            /* entities of the model */
} nr_analysis;

/* where: simplified; an AND is its kids, anything else one conjunct. */
bool nr_plan_analyse(nr_planner *p, const nr_pred *where, nr_analysis *out);
/* Whether it gives every row of the table. */
static inline bool nr_access_is_table(const nr_access *a)
{
    return !a->index && !a->set;
}

/* Whether an index narrows a leaf down. */
bool nr_access_helps(const nr_model *m, const nr_pred *leaf);

/* Whether the structure of an index is there to be asked. */
bool nr_access_usable(const nr_model *m, const nr_index *ix);

/* The way by which an index of one path answers a leaf, and where; NULL: it does not. */
const nr_way *nr_access_way(const nr_pred *leaf, const nr_index *ix, nr_arena *arena, nr_probes *probes);

/* Counts the entries of an access, some of many ranges and the rest by them. */
bool nr_access_count(nr_planner *p, nr_access *a);

/* Whether an access answers all of these lookups, of which there are some. */
bool nr_access_answers(const nr_access *a, const nr_preds *leaves);

/* The best access path for a leaf. *found false: no index answers it. */
bool nr_access_find(nr_planner *p, const nr_pred *leaf, nr_access *out, bool *found);

/* The same through one index. */
bool nr_access_by(nr_planner *p, const nr_pred *leaf, const nr_index *ix, nr_access *out, bool *found);

/* Narrows an ordered access by another one on the same index: the ranges that both have. Counts anew. */
bool nr_access_narrow(nr_planner *p, nr_access *a, const nr_access *with);

/* All rows: from the table when there is one, else through the pk index. */
bool nr_access_every(nr_planner *p, nr_access *out);

/* All rows through an ordered or pk index. */
bool nr_access_all(nr_planner *p, const nr_index *ix, nr_access *out);

/* Exact number of entries, measuring what was extrapolated. */
bool nr_access_measure(nr_planner *p, nr_access *a);

/* The operator for it; the directions matter for ordered indexes only. */
const nr_node *nr_access_node(nr_planner *p, const nr_access *a, bool descending, bool pks_descending);

/* The lookups that it answers, for EXPLAIN. */
nr_slice nr_access_text(nr_planner *p, const nr_access *a); /* empty unless the planner explains */

/* A node, its params copied into the arena. */
nr_node *nr_plan_node(nr_planner *p, const nr_op_class *cls, const nr_node *child, uint64_t rows, const void *params, size_t size);

#endif
