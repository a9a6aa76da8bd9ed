/* store_suite.h -- what every nr_store must do, as one suite of tests: it knows a store only through its class. */
#ifndef STORE_SUITE_H
#define STORE_SUITE_H

#include "store/store.h"

typedef struct store_maker {
    const char *name;                            /* of the group of tests */
    nr_store *(*make)(void *ctx);                /* an empty store, for one test */
    void (*drop)(void *ctx, nr_store *store);    /* after that test */
    void *ctx;
} store_maker;

/* Runs all tests, each with a store of its own; the number of those that failed. */
int store_suite_run(const store_maker *maker);

#endif
