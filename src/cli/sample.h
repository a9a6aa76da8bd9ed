/* sample.h -- a small package catalogue for machines that have none. */
#ifndef NR_SAMPLE_H
#define NR_SAMPLE_H

#include "base/arena.h"

/* In the format of `apt-cache dumpavail`, in arena. */
nr_slice nr_sample_catalogue(nr_arena *arena);

#endif
