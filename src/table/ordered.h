/* ordered.h -- an ordered index in memory: the rows of a table in the order of one column, rows of equal value in the order of the primary key.
 *
 * NULL comes first. The index holds row numbers and eight bytes of each key; the rest of a key is read from the columns, which must hold a row's values from
 * before it is added until after it is removed. Entries are addressed by position, 0..count-1, so a stretch of the index is two positions and its size
 * their difference. A B+tree whose inner nodes count: O(log n) for everything but reading on, about 12 to 14 bytes a row. Threads: none. */
#ifndef NR_ORDERED_H
#define NR_ORDERED_H

#include "base/buf.h"
#include "table/sorter.h"

typedef struct nr_ordered nr_ordered;

/* key NULL: by the primary key alone. The columns must outlive the index. */
nr_ordered *nr_ordered_new(const nr_env *env, const nr_column *key, const nr_column *pk);
void nr_ordered_free(nr_ordered *o); /* NULL is fine */

void nr_ordered_add(nr_ordered *o, uint32_t row);    /* one that is not in it */
void nr_ordered_remove(nr_ordered *o, uint32_t row); /* one that is */

/* Adds many at once, to an index that is empty: in the order of their pks, or, when the index is that of the pk, in any. O(n) for numbers. */
void nr_ordered_build(nr_ordered *o, nr_sorter *s, const uint32_t *rows, size_t n);

uint64_t nr_ordered_count(const nr_ordered *o);

/* The position of the first entry whose key is not below v; behind: is above v. A NULL v is the lowest key. */
uint64_t nr_ordered_rank(const nr_ordered *o, const nr_value *v, bool behind);

/* The position of the first entry whose text is not below prefix; behind: is above all that begin with it. */
uint64_t nr_ordered_rank_prefix(const nr_ordered *o, nr_slice prefix, bool behind);

/* Up to max rows from position at on, or (down) from at towards 0. at is below count. How many were read. */
size_t nr_ordered_read(const nr_ordered *o, uint64_t at, bool down, size_t max, uint32_t *rows);

/* Gives each number of an index of integers, ascending, with how many entries have it; NULL is none. Stops when take says false. O(groups) but for the leaves: of a
 * group that fills some only their number is read. */
void nr_ordered_groups(const nr_ordered *o, bool (*take)(void *ctx, int64_t number, uint64_t n), void *ctx);

size_t nr_ordered_bytes(const nr_ordered *o);

/* Whether order, counts and shape are what they must be; else why says what is not. For tests and INDEX CHECK. O(n). */
bool nr_ordered_valid(const nr_ordered *o, nr_buf *why);

#endif
