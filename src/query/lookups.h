/* lookups.h -- the families of lookups; lookup.c puts them in order. For src/query only. */
#ifndef NR_LOOKUPS_H
#define NR_LOOKUPS_H

#include "query/lookup.h"

extern const nr_lookup nr_lookups_value[], nr_lookups_text[], nr_lookups_container[];

#endif
