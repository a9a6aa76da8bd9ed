/* sorter.h -- rows in the order of a column, rows of equal value in the order of the primary key: by eight bytes of each value, O(n), and by the columns where
 * these do not say all. */
#ifndef NR_SORTER_H
#define NR_SORTER_H

#include "table/column.h"

/* Eight bytes that order like the value, not injective: a decimal is cut to what they hold, a text to its first eight. NULL is 0, the lowest. */
uint64_t nr_sorter_key(const nr_value *v);

typedef struct nr_sort_entry {
    uint64_t key;
    uint32_t row;
} nr_sort_entry;

/* What sorting needs besides: it is kept from one use to the next, as to get such blocks anew costs more than to sort in them. */
typedef struct nr_sorter {
    const nr_env *env;
    nr_sort_entry *entries; /* NULL: none yet */
    uint64_t *keys;
    size_t n_entries, n_keys;
} nr_sorter;

void nr_sorter_init(nr_sorter *s, const nr_env *env);
void nr_sorter_clear(nr_sorter *s);

/* n > 0 rows, in the order of their pks, or in any when key is NULL: by the primary key alone. The result lives in s until the next use. */
const nr_sort_entry *nr_sorter_sort(nr_sorter *s, const nr_column *key, const nr_column *pk, const uint32_t *rows, size_t n);

/* The rows alone, n of any number; out may be rows. */
void nr_sorter_rows(nr_sorter *s, const nr_column *key, const nr_column *pk, const uint32_t *rows, size_t n, uint32_t *out);

#endif
