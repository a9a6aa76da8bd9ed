/* store.c -- what all stores share: the words for a status, and the error that it makes. */
#include "store/store.h"

static const char *const texts[] = {
    [NR_ST_OK]        = "is good",
    [NR_ST_WRONGTYPE] = "holds another type of value",
    [NR_ST_FAILED]    = "could not be written",
};

const char *nr_status_text(nr_status st)
{
    return texts[st];
}

bool nr_status_good(nr_status st, nr_slice key, nr_err *err)
{
    return st == NR_ST_OK || nr_fail(err, NR_E_CORRUPT, "key %s %s", NR_SHOW(key), nr_status_text(st));
}
