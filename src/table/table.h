/* table.h -- the entities of a model in memory, by row number: which are there, the values of the fields that have a column, and the indexes that are kept in
 * memory.
 *
 * The table is what the hashes say, kept so by the one writer and by following what others write (engine/follow.h). It knows what an entity had before
 * somebody changed its hash, which is what mending the indexes takes. */
#ifndef NR_TABLE_H
#define NR_TABLE_H

#include "model/index.h"
#include "table/column.h"
#include "table/holders.h"
#include "table/links.h"
#include "table/ordered.h"
#include "table/postings.h"

typedef struct nr_table nr_table;

/* keep: by field id, the fields that get a column. The pk always has one, and so have the fields of indexes in memory. Schema and indexes must outlive the table. */
nr_table *nr_table_new(const nr_env *env, const nr_schema *schema, const bool *keep, const nr_index *indexes, size_t n_indexes);
void nr_table_free(nr_table *t); /* NULL is fine */

bool nr_table_keeps(const nr_table *t, size_t field);

void nr_table_put(nr_table *t, uint32_t row, const nr_value *values); /* by field id; those without a column are not looked at */

/* Another value of a field that no other model's links go by, of a row that is there and in no other way changed. */
void nr_table_set(nr_table *t, uint32_t row, size_t field, const nr_value *v);

/* Between the two, rows are put in a table that had none, and nothing else is asked of it: the indexes in memory are made at the end, all at once. */
void nr_table_load(nr_table *t);
void nr_table_loaded(nr_table *t);

void nr_table_drop(nr_table *t, uint32_t row);                        /* a row that is not there: nothing */
bool nr_table_has(const nr_table *t, uint32_t row);

/* The kept values of a row that is there, by field id, the others NULL. Texts live until the table changes. */
void nr_table_get(const nr_table *t, uint32_t row, nr_value *values);

/* The first row that is there at or behind from; NR_NO_ROW when there is none. */
uint32_t nr_table_next(const nr_table *t, uint32_t from);

/* For reading in bulk: the column of a field, NULL when it has none. */
const nr_column *nr_table_column(const nr_table *t, size_t field);

/* What the rows refer to by a field that has a column, as it was when nr_links_sync was last called. Made when it is first asked for. */
nr_links *nr_table_links(nr_table *t, size_t field);

/* Likewise who holds the values of a unique field, as it was when nr_holders_sync was last called. */
nr_holders *nr_table_holders(nr_table *t, size_t field);

/* A bit for each row of a chunk that is there, NR_CHUNK_WORDS words; false: no rows are in this chunk or behind it. */
bool nr_table_chunk(const nr_table *t, uint32_t chunk, uint64_t *bits);

/* The structure of an index in memory, by its place among the indexes; NULL when it is of the other kind, or in the store. */
const nr_ordered *nr_table_ordered(const nr_table *t, size_t index);
const nr_postings *nr_table_postings(const nr_table *t, size_t index);
const nr_column *nr_table_key_column(const nr_table *t, size_t index); /* the keys of an ordered one, by row */

/* -- indexes that come and go while the table stays: schema and indexes are others now, the model's own fields are the same.
 *
 * A field that had no column and needs one gets an empty one, which counts as not there but for nr_table_get and nr_table_put, until it is filled. An index in
 * memory that is new is empty, and not there for nr_table_ordered and nr_table_postings, until all rows are in it. */
void nr_table_adapt(nr_table *t, const nr_schema *schema, const bool *keep, const nr_index *before, const nr_index *after, size_t n_after);

/* Whether a column is being filled. Fills it for a row that is there; says that it is full. */
bool nr_table_filling(const nr_table *t, size_t field);
void nr_table_fill(nr_table *t, uint32_t row, size_t field, const nr_value *v);
void nr_table_filled(nr_table *t, size_t field);

/* Whether the index in memory waits for rows; the first row that it has not seen. Adds a row that is there; says that it has all. */
bool nr_table_waits(const nr_table *t, size_t index);
uint32_t nr_table_seen(const nr_table *t, size_t index);
void nr_table_see(nr_table *t, size_t index, uint32_t row); /* rows ascend; those between the last one and this are not there */
void nr_table_seen_all(nr_table *t, size_t index);
void nr_table_see_again(nr_table *t, size_t index); /* empty again: rows are seen from the first on */

uint64_t nr_table_count(const nr_table *t);
size_t nr_table_bytes(const nr_table *t);
size_t nr_table_index_bytes(const nr_table *t, size_t index); /* of the structure of an index in memory */

/* Whether columns and bits agree, and the indexes in memory hold just the rows that are there, in order; else why says what is wrong. For tests and INDEX
 * CHECK. O(n log n). */
bool nr_table_valid(const nr_table *t, nr_buf *why);

#endif
