/* oracle_groups.h -- groups of rows for the oracle: AGGREGATE, and DISTINCT, which has keys alone. */
#ifndef ORACLE_GROUPS_H
#define ORACLE_GROUPS_H

#include "oracle_pairs.h"

enum { OG_KEYS = 3, OG_MEASURES = 4, OG_NAME = 64 };

typedef struct omeasure {
    const char *function; /* "SUM" */
    bool star, as;        /* as: the name is given */
    oleaf term;           /* a field and parts; its name: */
    char of[OG_NAME], name[OG_NAME];
    const otree *when;    /* NULL: of all rows */
} omeasure;

typedef struct ogrouping {
    bool distinct;
    oleaf keys[OG_KEYS];
    char names[OG_KEYS][OG_NAME];
    size_t n_keys;
    omeasure measures[OG_MEASURES];
    size_t n_measures;
    const otree *having;  /* over the fields of the columns below */
    okey order[3];        /* of columns */
    size_t n_order;
    bool reverse, flat, withcount, has_limit;
    int64_t offset, count;
} ogrouping;

/* Columns of groups as fields of a model, and groups as its rows. Floats that are computed are good to within slack, and stand behind n_exact. */
typedef struct ogroups {
    omodel m;
    double (*slack)[OF_MAX];
    bool beyond; /* a result is more than its type holds */
} ogroups;

void random_grouping(dice *d, nr_arena *a, const omodel *m, ogrouping *g);

/* Groups of rows, or of their pairs, in the order of their keys. */
void ogroups_make(const omodel *m, const ogrouping *g, const orow *const *rows, size_t n, nr_arena *a, ogroups *out);

/* Whether a column is a float that was computed. */
bool ogrouping_is_rough(const omodel *m, const ogrouping *g, size_t column);

#endif
