/* value.h -- one typed value, NULL included.
 *
 * Five kinds carry all field types: dates, times and durations are integers (days; microseconds), booleans are 0 and 1, UUIDs and IP
 * addresses are their canonical text. What a number means is the type's business (types.h). */
#ifndef NR_VALUE_H
#define NR_VALUE_H

#include "base/slice.h"

__extension__ typedef __int128 nr_i128;
__extension__ typedef unsigned __int128 nr_u128;

typedef enum nr_kind { NR_V_NULL, NR_V_INT, NR_V_FLOAT, NR_V_DECIMAL, NR_V_TEXT } nr_kind;

typedef struct nr_value {
    nr_kind kind;
    union {
        int64_t i; /* NR_V_INT */
        double f;  /* NR_V_FLOAT: never NaN, infinite or -0.0 */
        nr_i128 d; /* NR_V_DECIMAL: scaled by 10^places of the type */
        nr_slice s; /* NR_V_TEXT: bytes, owner elsewhere */
    };
} nr_value;

/* A value as an operand. An operand need not be a value that the field could hold: 1.005 against two decimal places, 2^80 against an
 * integer. Then v is the nearest value of the kind and side tells where the operand really lies: -1 just below v, +1 just above, 0 on it. */
typedef struct nr_operand {
    nr_value v;
    int side;
} nr_operand;

#define NR_NULL ((nr_value){.kind = NR_V_NULL})

/* <0, 0, >0. NULL sorts lowest and equals NULL; text by bytes. Both are of one kind or NULL. */
int nr_value_cmp(const nr_value *a, const nr_value *b);

/* The same with an operand on the right: never 0 when its side is not 0. */
int nr_operand_cmp(const nr_value *a, const nr_operand *b);

static inline bool nr_value_eq(const nr_value *a, const nr_value *b)
{
    return a->kind == b->kind && nr_value_cmp(a, b) == 0;
}

#endif
