/* scans.h -- lookups that no index answers: whether a query may go on without one, how often that happens, and what would help.
 *
 * A query scans when it has a filter and none of the lookups that must hold together has an index to begin with. */
#ifndef NR_SCANS_H
#define NR_SCANS_H

#include "engine/commands.h"
#include "plan/access.h"

typedef struct nr_scan {
    bool any;        /* the query scans */
    nr_preds leaves; /* its lookups that have no index */
} nr_scan;

/* NOINDEX when the query scans and NOSCAN or nonrel.unindexed forbids it. With nonrel.unindexed auto the indexes are asked for, to be built soon. */
bool nr_scan_begin(nr_call *c, nr_model *m, const nr_query *q, nr_scan *out);

/* Has the run keep to MAXSCAN. */
void nr_scan_bound(const nr_scan *s, const nr_query *q, nr_run *run);

/* Notes what was read, when the run is over, whether it succeeded or not. */
void nr_scan_end(nr_call *c, const nr_model *m, const nr_scan *s, const nr_run *run);

/* Asks for the indexes that queries have waited for, in c's database. */
void nr_scans_create(nr_call *c);

void nr_scans_free(nr_engine *e);

bool nr_cmd_index_suggest(nr_call *c, const nr_slice *argv, size_t argc);

#endif
