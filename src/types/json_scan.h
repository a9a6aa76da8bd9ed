/* json_scan.h -- JSON token by token off the front of a slice, for text that is turned into something else as it is read. No tree is made.
 *
 * Takes what nr_json_parse takes. The text is valid UTF-8: whoever scans has checked it. All but space return false, with the slice somewhere
 * inside the token, when it does not begin with one. For src/types only. */
#ifndef NR_JSON_SCAN_H
#define NR_JSON_SCAN_H

#include "base/arena.h"

void nr_scan_space(nr_slice *s);

/* c behind any space. */
bool nr_scan_mark(nr_slice *s, char c);

/* A string, decoded: points into the text when nothing is escaped, else made in arena. */
bool nr_scan_string(nr_slice *s, nr_arena *arena, nr_slice *out);

/* A number as it is written. */
bool nr_scan_number(nr_slice *s, nr_slice *out);

/* The whole word: null, true, false. */
bool nr_scan_word(nr_slice *s, nr_slice word);

#endif
