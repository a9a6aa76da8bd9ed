/* transform.h -- the table of transforms: what a path may look at in place of a value itself, such as the month of a date.
 *
 * A transform is total: NULL gives NULL, anything else a value of the type that the row names. One that never falls while its values rise is monotone:
 * then an index of the values themselves answers comparisons with what it gives, by `first`. */
#ifndef NR_TRANSFORM_H
#define NR_TRANSFORM_H

#include "types/types.h"

/* Where the values begin of which a transform gives at least so much. */
typedef enum nr_first { NR_FIRST_ALL, NR_FIRST_AT, NR_FIRST_NONE } nr_first;

typedef struct nr_transform {
    const char *name;
    unsigned needs;          /* NR_TF_ flags that the type must have, all of them */
    const char *gives;       /* the type of what it gives */
    nr_value (*eval)(const nr_spec *spec, const nr_value *v); /* v is not NULL */
    int64_t low, high;       /* all that it can give, when that is few; else both 0 */
    /* Monotone: AT: the least value of spec with eval(value) >= n; ALL, NONE: every value has, none has. NULL: not monotone. */
    nr_first (*first)(const nr_spec *spec, int64_t n, nr_value *out);
    bool by_value;           /* monotone, and what asks for its index gets one of the values themselves */
    const char *doc;
} nr_transform;

extern const nr_transform nr_transforms[]; /* name NULL at the end */

/* NULL: none of that name. */
const nr_transform *nr_transform_find(nr_slice name);
bool nr_transform_suits(const nr_transform *t, const nr_type *type);

#endif
