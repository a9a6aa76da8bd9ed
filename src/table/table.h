/* table.h -- the entities of a model in memory, by row number: which are there, the values of the fields that have a column, and the indexes that are kept in
 * memory.
 *
 * The table is what the hashes say, kept so by the one writer and by following what others write (engine/follow.h). It knows what an entity had before
 * somebody changed its hash, which is what mending the indexes takes. */
#ifndef NR_TABLE_H
#define NR_TABLE_H

#include "model/index.h"
#include "table/column.h"
#include "table/ordered.h"
#include "table/postings.h"

typedef struct nr_table nr_table;

/* keep: by field id, the fields that get a column. The pk always has one, and so have the fields of indexes in memory. Schema and indexes must outlive the table. */
nr_table *nr_table_new(const nr_env *env, const nr_schema *schema, const bool *keep, const nr_index *indexes, size_t n_indexes);
void nr_table_free(nr_table *t); /* NULL is fine */

bool nr_table_keeps(const nr_table *t, size_t field);

void nr_table_put(nr_table *t, uint32_t row, const nr_value *values); /* by field id; those without a column are not looked at */

/* Between the two, rows are put in a table that had none, and nothing else is asked of it: the indexes in memory are made at the end, all at once. */
void nr_table_fill(nr_table *t);
void nr_table_filled(nr_table *t);

void nr_table_drop(nr_table *t, uint32_t row);                        /* a row that is not there: nothing */
bool nr_table_has(const nr_table *t, uint32_t row);

/* The kept values of a row that is there, by field id, the others NULL. Texts live until the table changes. */
void nr_table_get(const nr_table *t, uint32_t row, nr_value *values);

/* The first row that is there at or behind from; NR_NO_ROW when there is none. */
uint32_t nr_table_next(const nr_table *t, uint32_t from);

/* For reading in bulk: the column of a field, NULL when it has none. */
const nr_column *nr_table_column(const nr_table *t, size_t field);

/* A bit for each row of a chunk that is there, NR_CHUNK_WORDS words; false: no rows are in this chunk or behind it. */
bool nr_table_chunk(const nr_table *t, uint32_t chunk, uint64_t *bits);

/* The structure of an index in memory, by its place among the indexes; NULL when it is of the other kind, or in the store. */
const nr_ordered *nr_table_ordered(const nr_table *t, size_t index);
const nr_postings *nr_table_postings(const nr_table *t, size_t index);
const nr_column *nr_table_key_column(const nr_table *t, size_t index); /* the keys of an ordered one, by row */

uint64_t nr_table_count(const nr_table *t);
size_t nr_table_bytes(const nr_table *t);

/* Whether columns and bits agree, and the indexes in memory hold just the rows that are there, in order; else why says what is wrong. For tests and INDEX
 * CHECK. O(n log n). */
bool nr_table_valid(const nr_table *t, nr_buf *why);

#endif
