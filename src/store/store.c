/* store.c -- what all stores share: the words for a status. */
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
