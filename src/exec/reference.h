/* reference.h -- a reference of one model to another as row numbers, ready to be followed: of a reference by `to_field` as numbers of the values that it holds,
 * each of which is held by a row or by none. */
#ifndef NR_REFERENCE_H
#define NR_REFERENCE_H

#include "base/bitmap.h"
#include "model/catalog.h"
#include "table/holders.h"

typedef struct nr_reference {
    nr_model *from, *to;
    const nr_holders *by;   /* of the values that it holds; NULL: it holds primary keys */
    const uint32_t *at;     /* by row of from: the row of to, or the number of a value; NR_NO_ROW: none */
    uint32_t n;             /* rows behind refer to nothing */
} nr_reference;

/* Both models have their tables. Good until a row of either changes. */
nr_reference nr_reference_of(nr_model *from, const nr_field *f, nr_model *to);

/* The row of the entity that a row refers to; NR_NO_ROW when there is none, and for NR_NO_ROW. */
uint32_t nr_reference_follow(const nr_reference *r, uint32_t row);

/* The canonical primary key of the entity that a value of the reference f leads to, absent: none. Where the reference holds another field the table of its target
 * is asked, and must be there. Lives as value does, or until a row of that table changes. */
nr_slice nr_reference_key(const nr_field *f, nr_model *to, nr_slice value);

/* Whether the row of to is what references by f mean by its value: of a value that others have written twice, one row is. */
bool nr_reference_means(const nr_field *f, nr_model *to, uint32_t row);

/* The same reference turned round: the rows that refer to each entity, one behind the other. */
typedef struct nr_referrers {
    const uint32_t *first; /* by row of to, and one more: where they begin in rows */
    const uint32_t *rows;  /* of from */
    uint32_t n, total;     /* rows of to; how many refer to them */
} nr_referrers;

/* Made by a pass over all references: 4 bytes for each row of to, and for each that refers to one, in arena. wanted: rows of to that are asked about, with a
 * bit for every row that there is; NULL: all. */
nr_referrers nr_reference_turn(const nr_reference *r, const nr_bitmap *wanted, nr_arena *arena);

/* Those that refer to a row of to, *n of them; none to NR_NO_ROW. */
static inline const uint32_t *nr_referrers_of(const nr_referrers *r, uint32_t row, size_t *n)
{
    *n = row < r->n ? r->first[row + 1] - r->first[row] : 0;
    return *n ? r->rows + r->first[row] : NULL;
}

/* Whole sets of rows along it, each with a bit for every row that there is. Sources: the rows of from that refer to one of targets, and with nowhere those that refer to
 * no entity. Targets: the entities of to that one of sources refers to, and with none those that nothing refers to. out is empty at first. */
void nr_reference_sources(const nr_reference *r, const nr_bitmap *targets, bool nowhere, nr_bitmap *out);
void nr_reference_targets(const nr_reference *r, const nr_bitmap *sources, bool none, nr_bitmap *out);

#endif
