/* scan.h -- which rows of a chunk of a column have a value that is asked for, as bits: loops without branches over whole arrays.
 *
 * The bits found are added to those in out, NR_CHUNK_WORDS words. How fast: see docs/architecture.md. */
#ifndef NR_SCAN_H
#define NR_SCAN_H

#include "base/bitmap.h"
#include "table/column.h"

/* Rows whose number lies from lo to hi, both included; a NULL one is no bound. NULLs lie nowhere. INT, FLOAT and DECIMAL columns. */
void nr_scan_span(const nr_column *c, uint32_t chunk, const nr_value *lo, const nr_value *hi, uint64_t *out);

/* Rows of one code. Coded columns. */
void nr_scan_code(const nr_column *c, uint32_t chunk, uint32_t code, uint64_t *out);

/* Rows whose code has a 1 in wanted, one byte a code, for every code below nr_column_codes. Coded columns. */
void nr_scan_codes(const nr_column *c, uint32_t chunk, const unsigned char *wanted, uint64_t *out);

/* Rows that are NULL (or not there at all). */
void nr_scan_nulls(const nr_column *c, uint32_t chunk, uint64_t *out);

/* Bits of a chunk as a list: up to max row numbers from bit *at on, which moves behind the last one. */
size_t nr_scan_list(const uint64_t *bits, uint32_t chunk, uint32_t *at, size_t max, uint32_t *rows);

static inline uint32_t nr_scan_count(const uint64_t *bits)
{
    return (uint32_t)nr_bits_count(bits, NR_CHUNK_WORDS);
}

#endif
