/* reference.h -- a reference of one model to another as row numbers, ready to be followed. */
#ifndef NR_REFERENCE_H
#define NR_REFERENCE_H

#include "model/catalog.h"

typedef struct nr_reference {
    nr_model *from, *to;
    const uint32_t *at;     /* by row of from: the row of to, NR_NO_ROW: none */
    uint32_t n;             /* rows behind refer to nothing */
} nr_reference;

/* Both models have their tables. Good until a row of either changes. */
nr_reference nr_reference_of(nr_model *from, const nr_field *f, nr_model *to);

/* The row of the entity that a row refers to; NR_NO_ROW when there is none, and for NR_NO_ROW. */
uint32_t nr_reference_follow(const nr_reference *r, uint32_t row);

#endif
