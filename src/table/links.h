/* links.h -- a reference as an array: the row number, in the target's directory, of what each row of a table refers to. A join is a read of it. Of a reference by
 * another field than the primary key it is the number of the value in that field's directory (holders.h).
 *
 * It is made when it is first asked for, and brought up to date before each use: what rows changed since then is noted by the table; if the directory's epoch is
 * another one all rows are looked up anew. Memory: 4 bytes a row. Threads: none. */
#ifndef NR_LINKS_H
#define NR_LINKS_H

#include "table/rows.h"
#include "types/types.h"

struct nr_column;
struct nr_table;
typedef struct nr_links nr_links;

nr_links *nr_links_new(const nr_env *env);
void nr_links_free(nr_links *l); /* NULL is fine */

/* The row may refer to something else now, or be gone. */
void nr_links_change(nr_links *l, uint32_t row);

/* Brings it up to date with a column of keys, of the spec given, of a table. */
void nr_links_sync(nr_links *l, const struct nr_table *t, const struct nr_column *keys, const nr_spec *spec, nr_rows *target);

/* Rows below *n; what lies behind refers to nothing, as does NR_NO_ROW. Whether there is an entity in the row is the target's table to say. Lives until the next
 * change. */
const uint32_t *nr_links_at(const nr_links *l, uint32_t *n);

size_t nr_links_bytes(const nr_links *l);

#endif
