/* rows.h -- the rows of the table of types, by family; nr_types (types.c) puts them in order. For src/types only. */
#ifndef NR_TYPE_ROWS_H
#define NR_TYPE_ROWS_H

#include "types/types.h"

extern const nr_type nr_type_rows_integer[6]; /* auto int bigint smallint positiveint bool */
extern const nr_type nr_type_rows_float[1];
extern const nr_type nr_type_rows_decimal[1];
extern const nr_type nr_type_rows_text[6];     /* char text slug email url blob */
extern const nr_type nr_type_rows_ident[2];    /* ip uuid */
extern const nr_type nr_type_rows_time[3];     /* date time datetime */
extern const nr_type nr_type_rows_duration[1];
extern const nr_type nr_type_rows_container[5]; /* list set dict embedded json */

/* The canonical text of a value that is a text: itself. */
void nr_type_format_text(const nr_spec *spec, const nr_value *v, nr_buf *out);

#endif
