/* glob.h -- patterns as in KEYS: * any run, ? any byte, [abc] [a-z] [^a], backslash takes the next byte as it is. */
#ifndef NR_GLOB_H
#define NR_GLOB_H

#include "base/slice.h"

/* Time at most proportional to the product of the lengths. */
bool nr_glob(nr_slice pattern, nr_slice text);

#endif
