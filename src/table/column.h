/* column.h -- the values of one field by row number, in arrays of their kind.
 *
 * A column knows which rows are NULL; rows that were never set are. Rows lie in chunks of 4096, each an array of numbers of one width: of integers, decimals and
 * codes the narrowest that has held all of the chunk (1, 2, 4, 8, decimals 16 bytes), of floats 8. Texts are coded by a dictionary while they come often:
 * while there are at most NR_CODED distinct ones, or each comes four times or more; else, and from then on, they are packed (texts.h).
 * Memory: the width and a bit a row; of packed texts 5 bytes and theirs; of a dictionary about 25 bytes and the text for each distinct one. Threads: none. */
#ifndef NR_COLUMN_H
#define NR_COLUMN_H

#include "base/buf.h"
#include "base/env.h"
#include "table/texts.h"
#include "types/value.h"

enum { NR_CHUNK_ROWS = 4096, NR_CHUNK_WORDS = NR_CHUNK_ROWS / 64 };
enum { NR_CODED = 4096, NR_CODES_MOST = 65536 }; /* distinct texts: as few are always coded; more never are */

typedef struct nr_column nr_column;

nr_column *nr_column_new(const nr_env *env, nr_kind kind); /* kind of the values, not NR_V_NULL */
void nr_column_free(nr_column *c);                         /* NULL is fine */

/* v of the kind, or NULL; texts are copied, and may be the column's own. */
void nr_column_set(nr_column *c, uint32_t row, const nr_value *v);

/* Texts live until any row of the column is set. */
nr_value nr_column_get(const nr_column *c, uint32_t row);
void nr_column_soon(const nr_column *c, uint32_t row); /* has where the value lies fetched into the cache */

nr_kind nr_column_kind(const nr_column *c);
uint64_t nr_column_count(const nr_column *c); /* rows that are not NULL */

/* What lies in a chunk's array. */
typedef enum nr_column_form { NR_CF_INTS /* of INT and DECIMAL */, NR_CF_FLOATS, NR_CF_CODES, NR_CF_TEXTS /* no array */ } nr_column_form;
nr_column_form nr_column_form_of(const nr_column *c);

/* Rows chunk * NR_CHUNK_ROWS and on, for reading in bulk, until the column changes. */
typedef struct nr_column_chunk {
    const void *values;  /* signed numbers of width bytes; what stands at a row that is NULL is some number that has been there, or 0 */
    unsigned width;      /* 0: there is no array, either since all rows are NULL or since texts are packed */
    uint32_t rows;       /* that the array has, a multiple of 64; those behind are NULL */
    const uint64_t *set; /* NR_CHUNK_WORDS of them: a bit for each row that is not NULL */
} nr_column_chunk;
nr_column_chunk nr_column_chunk_at(const nr_column *c, uint32_t chunk);

/* Packed texts of 64 rows from one on that is a multiple of 64. set: which of these are not NULL. Good until any row of the column is set. */
typedef struct nr_column_texts {
    nr_texts_part texts;
    uint64_t set;
} nr_column_texts;
nr_column_texts nr_column_texts_at(const nr_column *c, uint32_t row);

/* The texts of codes: all codes are below the limit; NULL: the code is not in use. */
uint32_t nr_column_codes(const nr_column *c);
uint32_t nr_column_code_at(const nr_column *c, uint32_t row); /* NR_NO_ROW: NULL */
nr_value nr_column_code(const nr_column *c, uint32_t code);
uint32_t nr_column_distinct(const nr_column *c); /* codes in use */

/* The numbers of some rows of a column of INT; set: whether the row has one (else its number is 0). */
void nr_column_gather(const nr_column *c, const uint32_t *rows, size_t n, int64_t *numbers, unsigned char *set);

size_t nr_column_bytes(const nr_column *c); /* memory held */

/* Whether bits, counts and dictionary hold together; else why says what does not. For tests and INDEX CHECK. O(n). */
bool nr_column_valid(const nr_column *c, nr_buf *why);

#endif
