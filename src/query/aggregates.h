/* aggregates.h -- the table of aggregate functions: what becomes of many values as one.
 *
 * A function has a state for each group, zeroed at first; it is given the values that are not NULL, and makes of its state one value of the type that it
 * gives. Sums of integers and decimals are exact: 192 bits while they grow, held to the type only at the end. */
#ifndef NR_AGGREGATES_H
#define NR_AGGREGATES_H

#include "query/term.h"

/* What an index tells of all rows without reading them. */
typedef enum nr_by_index {
    NR_BY_NONE,
    NR_BY_COUNT, /* how many rows there are, or have a value */
    NR_BY_FIRST, /* the lowest value */
    NR_BY_LAST,  /* the highest value */
} nr_by_index;

/* What a function wants to know of many integers or decimals at once. */
typedef enum nr_bulk_kind {
    NR_BULK_NONE, /* each of them */
    NR_BULK_COUNT,
    NR_BULK_SUM,
    NR_BULK_LOWEST,
    NR_BULK_HIGHEST,
} nr_bulk_kind;

typedef struct nr_bulk {
    uint64_t n;      /* how many: at least one */
    nr_i128 total;   /* SUM */
    nr_value end;    /* LOWEST, HIGHEST */
} nr_bulk;

typedef struct nr_aggregate {
    const char *name;   /* "SUM"; in small letters behind a field it names the result */
    bool (*takes)(const nr_type *type);
    const char *wants;  /* completes "SUM is of ..." */
    bool star;          /* takes *: the rows themselves */
    bool distinct;      /* each value is given once a group */
    nr_by_index by_index;
    size_t state_size;
    nr_spec (*gives)(const nr_spec *of);
    void (*add)(void *state, const nr_spec *of, const nr_value *v, nr_arena *arena); /* what the state holds of v is copied into arena */
    /* The same of n integers at once: numbers[i], where set[i] is 1, is for the state at states[i] + at. NULL: they are given one by one. */
    void (*add_ints)(char *const *states, size_t at, const int64_t *numbers, const unsigned char *set, size_t n);
    nr_bulk_kind bulk;
    void (*add_bulk)(void *state, const nr_spec *of, const nr_bulk *all, nr_arena *arena); /* as add of each of them; NULL: bulk is NONE */
    bool (*result)(const void *state, const nr_spec *of, nr_value *out);             /* false: no value of the type that it gives */
    const char *doc;
} nr_aggregate;

extern const nr_aggregate nr_aggregates[]; /* name NULL at the end */

/* NULL: none of that name. */
const nr_aggregate *nr_aggregate_find(nr_slice word, bool any_case);

#endif
