/* lookups.h -- the families of lookups; lookup.c puts them in order. For src/query only. */
#ifndef NR_LOOKUPS_H
#define NR_LOOKUPS_H

#include "query/lookup.h"

extern const nr_lookup nr_lookups_value[], nr_lookups_text[], nr_lookups_container[];

/* What lies in a descending order from a value on: lte, and NULL too. No filter has it; the index that serves it is that of lte. */
extern const nr_lookup nr_lookup_not_above;

#endif
