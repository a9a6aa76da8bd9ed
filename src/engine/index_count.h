/* index_count.h -- how many entries indexes have, for INDEX LIST. */
#ifndef NR_INDEX_COUNT_H
#define NR_INDEX_COUNT_H

#include "engine/models.h"
#include "table/ordered.h"

/* By index. Exact, but for sets that have several entries an entity (substrings, elements, keys): of those what the first thousand entities have stands for
 * all. One that waits to be built has none. At most a thousand entities are read. False: err. */
bool nr_index_count_all(nr_call *c, nr_model *m, uint64_t *n);

/* An ordered index in memory has all rows; those before the first entry are NULL where NULL has no key. */
uint64_t nr_index_nulls_before(const nr_index *ix, const nr_ordered *o);

#endif
