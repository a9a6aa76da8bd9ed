/* casefold.h -- Unicode's simple case folding, classes C and S of CaseFolding.txt, without normalisation.
 *
 * A code point folds to one code point: lengths in code points stay, lengths in bytes do not (U+1E9E takes three, its folded form two;
 * U+023A takes two, its folded form three). Folding twice changes nothing more. Texts are valid UTF-8; others give wrong answers, but
 * nothing outside of them is read. */
#ifndef NR_CASEFOLD_H
#define NR_CASEFOLD_H

#include "base/buf.h"

uint32_t nr_fold_point(uint32_t point);

/* Appends the folded form of text. */
void nr_fold(nr_buf *out, nr_slice text);

/* Of the folded forms of both, without writing them down: equal; order by bytes as nr_slice_cmp; the one begins or ends with the other. */
bool nr_fold_eq(nr_slice a, nr_slice b);
int nr_fold_cmp(nr_slice a, nr_slice b);
bool nr_fold_starts(nr_slice text, nr_slice prefix);
bool nr_fold_ends(nr_slice text, nr_slice suffix);

/* A needle that is sought in the folded forms of many texts. */
typedef struct nr_fold_needle {
    nr_slice folded;
    const uint32_t *borders; /* folded.n of them: bytes of the longest border of folded[0..i] */
} nr_fold_needle;

/* The needle has less than 2^31 bytes. It lives in arena and takes about 6 bytes for each of its own. */
nr_fold_needle nr_fold_needle_of(nr_arena *arena, nr_slice needle);

/* Is the needle in the folded form of text? An empty one is in every text. Allocates nothing; time in proportion to the text. */
bool nr_fold_contains(nr_slice text, const nr_fold_needle *needle);

#endif
