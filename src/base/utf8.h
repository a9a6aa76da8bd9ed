/* utf8.h -- UTF-8 as in RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef NR_UTF8_H
#define NR_UTF8_H

#include "base/slice.h"

/* Bytes of the sequence at the start of s: 1 to 4, or 0 when s is empty or does not begin with a valid one. */
size_t nr_utf8_sequence(nr_slice s);

bool nr_utf8_valid(nr_slice s);

/* Code points of valid UTF-8. */
size_t nr_utf8_length(nr_slice s);

#endif
