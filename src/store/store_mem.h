/* store_mem.h -- a store in plain memory, for tests and tools. Not fast: sorted arrays. */
#ifndef NR_STORE_MEM_H
#define NR_STORE_MEM_H

#include "store/store.h"

nr_store *nr_store_mem_new(const nr_env *env);
void nr_store_mem_free(nr_store *s);
void nr_store_mem_flush(nr_store *s);                        /* removes every key */
void nr_store_mem_set_string(nr_store *s, nr_slice key);     /* puts a string there, for WRONGTYPE tests */
uint64_t nr_store_mem_digest(nr_store *s);                   /* hash over all keys and their contents, independent of order: equal contents, equal digest */

#endif
