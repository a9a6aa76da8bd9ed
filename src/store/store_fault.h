/* store_fault.h -- a store that passes calls on to another one and fails the n-th of them, for step injection: run the same command with n = 1, 2, 3, ... until it
 * succeeds, and look each time that nothing changed. */
#ifndef NR_STORE_FAULT_H
#define NR_STORE_FAULT_H

#include "store/store.h"

nr_store *nr_store_fault_new(const nr_env *env, nr_store *under); /* under stays the caller's */
void nr_store_fault_free(nr_store *s);

/* Fail call number at (1-based, counted from now; 0: never) with status; the calls after it go through again unless sticky. Counted are the calls that
 * return a status; writes_only: only those that write. */
void nr_store_fault_arm(nr_store *s, uint64_t at, bool writes_only, bool sticky, nr_status status);
uint64_t nr_store_fault_calls(const nr_store *s);  /* counted calls since arm */
bool nr_store_fault_fired(const nr_store *s);

#endif
