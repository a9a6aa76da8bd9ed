/* tally.h -- what the rows of a chunk add to the cells of their groups: loops over whole arrays, in which no row is a value of its own.
 *
 * A row's place is where the cells of its group begin, in an array of numbers. Numbers are at most eight bytes wide; sums are exact for as many rows as a table
 * can have. How fast: see docs/decisions/077-dense-groups.md. */
#ifndef NR_TALLY_H
#define NR_TALLY_H

#include "table/column.h"

enum { NR_TALLY_WIDEST = 8 };            /* bytes of a number */
enum { NR_SUM_CELLS = 3, NR_END_CELLS = 1 }; /* of a sum; of a lowest or a highest number */

/* Rows of a chunk, by their number in it, ascending. */
typedef struct nr_picked {
    uint32_t n;
    uint16_t at[NR_CHUNK_ROWS + 8]; /* room for what is written at once */
} nr_picked;

void nr_tally_pick(const uint64_t *bits, nr_picked *out);

/* The lowest and the highest number, in an array of at least one row: of all that stand in it, NULL rows' too; or of rows that have one, at least one. */
void nr_tally_ends(const nr_column_chunk *k, int64_t *lo, int64_t *hi);
void nr_tally_ends_of(const nr_column_chunk *k, const nr_picked *rows, int64_t *lo, int64_t *hi);

/* Adds (number - base + 1) * scale to the place of each row that is not NULL. Of rows whose number is below base, or so far above it that this does not fit,
 * the place is of no use. */
void nr_tally_place(const nr_column_chunk *k, int64_t base, uint32_t scale, uint32_t *places);

/* Adds 1 for each row of bits: where it has a number at cells[number - base + 1], else at cells[0]. */
void nr_tally_numbers(const nr_column_chunk *k, const uint64_t *bits, int64_t base, int64_t *cells);

/* To the cells at each row's place: 1; its number; its number when that is lower, higher. The rows have one. */
void nr_tally_count(const nr_picked *rows, const uint32_t *places, int64_t *cells);
void nr_tally_sum(const nr_column_chunk *k, const nr_picked *rows, const uint32_t *places, int64_t *cells);
void nr_tally_lowest(const nr_column_chunk *k, const nr_picked *rows, const uint32_t *places, int64_t *cells);
void nr_tally_highest(const nr_column_chunk *k, const nr_picked *rows, const uint32_t *places, int64_t *cells);

/* What the cells of a sum say; all of them are 0 at first. */
nr_i128 nr_tally_total(const int64_t *cells);

#endif
