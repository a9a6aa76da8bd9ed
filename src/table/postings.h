/* postings.h -- a set index in memory: for each value of a column, NULL included, the rows that have it, as a compressed bitmap (CRoaring).
 *
 * A value without rows is not held. Memory: about 2 bytes a row, and some 100 a value. Threads: none. */
#ifndef NR_POSTINGS_H
#define NR_POSTINGS_H

#include <roaring/roaring.h>

#include "base/buf.h"
#include "base/env.h"
#include "types/value.h"

typedef struct nr_postings nr_postings;

nr_postings *nr_postings_new(const nr_env *env);
void nr_postings_free(nr_postings *p); /* NULL is fine */

void nr_postings_add(nr_postings *p, const nr_value *v, uint32_t row);    /* one that is not there */
void nr_postings_add_all(nr_postings *p, const nr_value *v, const uint32_t *rows, size_t n); /* the same of many; rows ascend */
void nr_postings_remove(nr_postings *p, const nr_value *v, uint32_t row); /* one that is there */
void nr_postings_soon(const nr_postings *p, const nr_value *v);           /* it is the next but some: a hint to the memory, nothing else */

/* The rows of a value; NULL: none. They live until the postings change. */
const roaring_bitmap_t *nr_postings_rows(const nr_postings *p, const nr_value *v);
uint64_t nr_postings_count(const nr_postings *p, const nr_value *v); /* O(containers) at most */

/* Walks over all values but NULL, in no order: *at is 0 at first. kind: theirs. NULL at the end. */
const roaring_bitmap_t *nr_postings_next(const nr_postings *p, nr_kind kind, size_t *at, nr_value *v);

uint64_t nr_postings_total(const nr_postings *p); /* entries of all values */
size_t nr_postings_values(const nr_postings *p);  /* values that have entries, NULL among them */
size_t nr_postings_bytes(const nr_postings *p);   /* memory held, as far as can be known */

/* Whether it holds together (no empty value, total right); else why says what does not. */
bool nr_postings_valid(const nr_postings *p, nr_buf *why);

#endif
