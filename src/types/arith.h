/* arith.h -- arithmetic on numbers: exact while all of them are exact, in double as soon as one is a float.
 *
 * An exact number is a fraction in lowest terms, so that dividing loses nothing: 1 / 3 * 3 is 1. Numerator and denominator are below 2^127, which holds every
 * decimal of 38 digits; what needs more is an error, never another number. */
#ifndef NR_ARITH_H
#define NR_ARITH_H

#include "types/types.h"

typedef enum nr_number_kind { NR_N_NULL, NR_N_EXACT, NR_N_FLOAT } nr_number_kind;

typedef struct nr_num {
    nr_number_kind kind;
    nr_i128 p, q; /* EXACT: p / q, q > 0, no common divisor */
    double f;     /* FLOAT: never NaN, infinite or -0.0 */
} nr_num;

typedef enum nr_arith { NR_A_ADD, NR_A_SUBTRACT, NR_A_MULTIPLY, NR_A_DIVIDE, NR_A_FLOOR, NR_A_MODULO } nr_arith;

typedef enum nr_arith_result {
    NR_AR_GOOD,
    NR_AR_ZERO,   /* division by zero */
    NR_AR_BEYOND, /* the result, or a step to it, needs more digits than there are */
} nr_arith_result;

/* Whether values of a spec are numbers: of integers (no booleans), floats and decimals of up to 38 places, which an average may exceed. */
bool nr_spec_is_number(const nr_spec *spec);

/* v is a value of a spec that is a number, or NULL. */
nr_num nr_num_of(const nr_spec *spec, const nr_value *v);

/* Text in JSON's number syntax, exactly. False: it is none, or has more than 38 digits. */
bool nr_num_read(nr_slice text, nr_num *out);

/* NULL on either side gives NULL. DIVIDE is true division; FLOOR rounds its quotient down, and MODULO is what is left then, with the sign of b. */
nr_arith_result nr_num_compute(nr_arith op, const nr_num *a, const nr_num *b, nr_num *out);

/* <0, 0, >0, exactly, exact numbers against floats too. Neither is NULL. */
int nr_num_cmp(const nr_num *a, const nr_num *b);

/* The text of n, which is not NULL, for a field of a spec that is a number: decimals rounded half to even to its places, integers only when n is whole.
 * False: *got says what n is and *expected what would have been good. */
bool nr_num_text(const nr_num *n, const nr_spec *spec, nr_arena *arena, nr_slice *text, nr_slice *got, const char **expected);

#endif
