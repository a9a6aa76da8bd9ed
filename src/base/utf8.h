/* utf8.h -- UTF-8 as in RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef NR_UTF8_H
#define NR_UTF8_H

#include "base/buf.h"

/* Bytes of the sequence at the start of s: 1 to 4, or 0 when s is empty or does not begin with a valid one. */
size_t nr_utf8_sequence(nr_slice s);

bool nr_utf8_valid(nr_slice s);

/* Code points of valid UTF-8. */
size_t nr_utf8_length(nr_slice s);

/* The first or the last code point of *rest, which is valid and not empty; *rest is what is left. Bytes that are not valid give any code
 * point below 2^21; nothing outside of *rest is read. */
uint32_t nr_utf8_take(nr_slice *rest);
uint32_t nr_utf8_take_last(nr_slice *rest);

/* Writes point as UTF-8; returns its bytes, 1 to 4. */
size_t nr_utf8_put(char out[4], uint32_t point);

/* Appends valid text with its code points in reverse order. */
void nr_utf8_reverse(nr_buf *out, nr_slice text);

/* Walks the trigrams of valid text, every three code points that follow each other, from the left: *rest begins as the whole text.
 * False, when fewer than three are left. */
bool nr_utf8_trigram(nr_slice *rest, nr_slice *trigram);

#endif
