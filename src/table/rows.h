/* rows.h -- the row directory of one model: primary key <-> dense row number.
 *
 * Row numbers are 0..2^32-2, reused after a drop, and mean nothing outside this process. Keys are canonical pk text, 1..NR_PK_MAX bytes.
 * The directory knows the keys that it was told of; whether an entity is there, the store says.
 * Memory: about 18 bytes a row plus the key. Threads: none. */
#ifndef NR_ROWS_H
#define NR_ROWS_H

#include "base/buf.h"
#include "base/env.h"

#define NR_NO_ROW UINT32_MAX

typedef struct nr_rows nr_rows;

nr_rows *nr_rows_new(const nr_env *env);
void nr_rows_free(nr_rows *rows); /* NULL is fine */

uint32_t nr_rows_find(const nr_rows *rows, nr_slice pk);  /* NR_NO_ROW when there is none. O(1) */
uint32_t nr_rows_intern(nr_rows *rows, nr_slice pk);      /* finds or makes; NR_NO_ROW only when 2^32-1 rows are taken */
void nr_rows_expect(nr_rows *rows, size_t n);             /* up to n keys are about to come: room is made for all when enough of them have, not piece by piece */
void nr_rows_fit(nr_rows *rows);                          /* they have come: room that nobody took is given back */
void nr_rows_soon(const nr_rows *rows, nr_slice pk);      /* has the place of a key fetched into the cache: it is about to be found or interned */
void nr_rows_find_all(const nr_rows *rows, const nr_slice *pks, size_t n, uint32_t *out); /* as find, of many: their places come into the cache side by side */
nr_slice nr_rows_pk(const nr_rows *rows, uint32_t row);   /* of a row that is there; lives until any row is made or dropped */
void nr_rows_drop(nr_rows *rows, nr_slice pk);            /* forgets a key; one that is not there: nothing */
bool nr_rows_intern_all(nr_rows *rows, const nr_slice *pks, size_t n, uint32_t *out);     /* the same of intern; false: no row is left for one of them */

/* Links from other models (links.h) note row numbers. From the first call on a dropped key keeps its number, until too many have come together: then they are given
 * to others after all, and the epoch is another one. It is never 0, and no other directory's. */
uint64_t nr_rows_epoch(nr_rows *rows);

/* The number of a key that is referred to, whether an entity has it or not; NR_NO_ROW as above. Good for the epoch. */
uint32_t nr_rows_refer(nr_rows *rows, nr_slice pk);

uint32_t nr_rows_count(const nr_rows *rows);              /* keys that have a number */
uint32_t nr_rows_limit(const nr_rows *rows);              /* all row numbers are below this */
size_t nr_rows_bytes(const nr_rows *rows);                /* memory held */

/* Whether keys, slots and free rows agree; else why says what does not. For tests. O(n). */
bool nr_rows_valid(const nr_rows *rows, nr_buf *why);

#endif
