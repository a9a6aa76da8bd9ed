/* holders.h -- who holds a value of a unique field: a directory of the values, each with a number, and the row that has it.
 *
 * A reference by such a field notes numbers of values where one by primary key notes rows (links.h): so what refers needs not be looked at when the value of a
 * target changes, and a value that nobody holds is as good a number as any. Nothing but the one writer keeps a field unique: where others have written a value
 * twice, the entity with the lowest primary key holds it.
 *
 * It is made when it is first asked for, and brought up to date before each use. Memory: about 26 bytes a value, and its text. Threads: none. */
#ifndef NR_HOLDERS_H
#define NR_HOLDERS_H

#include "table/rows.h"
#include "types/types.h"

struct nr_column;
struct nr_table;
typedef struct nr_holders nr_holders;

nr_holders *nr_holders_new(const nr_env *env);
void nr_holders_free(nr_holders *h); /* NULL is fine */

/* The row may have another value now, or be gone. */
void nr_holders_change(nr_holders *h, uint32_t row);

/* Brings it up to date with a column of a table, of the spec given. */
void nr_holders_sync(nr_holders *h, const struct nr_table *t, const struct nr_column *column, const nr_spec *spec);

/* The directory of values, by canonical text. */
nr_rows *nr_holders_values(const nr_holders *h);

/* The row that holds a value, by its number or its text; NR_NO_ROW: none, and for NR_NO_ROW. */
uint32_t nr_holders_row(const nr_holders *h, uint32_t number);
uint32_t nr_holders_find(const nr_holders *h, nr_slice value);

/* The number of the value that a row holds; NR_NO_ROW when it holds none. */
uint32_t nr_holders_number(const nr_holders *h, uint32_t row);

size_t nr_holders_bytes(const nr_holders *h);

/* Whether rows and numbers agree; else why says what does not. For tests. O(n). */
bool nr_holders_valid(const nr_holders *h, nr_buf *why);

#endif
