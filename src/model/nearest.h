/* nearest.h -- what to say of a name that nobody knows: the nearest that is known, and the others.
 *
 * Near is a Damerau-Levenshtein distance (optimal string alignment, by bytes, ASCII case not counted) of at most 2 that leaves more of the
 * longer name than it changes. */
#ifndef NR_NEAREST_H
#define NR_NEAREST_H

#include "base/slice.h"

/* The word of choices that is nearest to what was given, the first of several; an absent slice when none is near. */
nr_slice nr_nearest(nr_slice given, const nr_slice *choices, size_t n);

/* The end of an error message, collected name by name: "did you mean 'title'? It has id, title, ..." or "it has id, title, ...". At most
 * NR_HINT_NAMES are listed. Names must be printable: ours, or validated. */
enum { NR_HINT_NAMES = 20, NR_HINT_MAX = 512 };

typedef struct nr_hint {
    nr_slice given, best;
    size_t distance;         /* of best */
    size_t listed, used;     /* names; bytes of list */
    char list[NR_HINT_MAX - 128];
    char text[NR_HINT_MAX];
} nr_hint;

void nr_hint_begin(nr_hint *h, nr_slice given);
void nr_hint_near(nr_hint *h, nr_slice name);  /* may be the nearest, is not listed */
void nr_hint_offer(nr_hint *h, nr_slice name); /* both */

/* has: "it has", "one of", ... in front of the list. The result lives in h. */
const char *nr_hint_text(nr_hint *h, const char *has);

#endif
