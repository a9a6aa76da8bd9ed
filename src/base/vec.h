/* vec.h -- a typed array that grows in an arena: NR_VEC(type) declares the struct, nr_vec_push appends. */
#ifndef NR_VEC_H
#define NR_VEC_H

#include "base/arena.h"

#define NR_VEC(type)   \
    struct {           \
        type *at;      \
        size_t n, cap; \
    }

/* Next capacity, contents carried over; used by nr_vec_push alone. */
static inline void *nr_vec_grow(nr_arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    *cap = *cap ? *cap * 2 : 8;
    void *p = nr_arena_alloc(a, *cap * size);
    if (n) memcpy(p, old, n * size);
    return p;
}

/* Appends value (the last arguments, so that initialisers with commas work). */
#define nr_vec_push(arena, v, ...)                                                                                    \
    do {                                                                                                              \
        if ((v)->n == (v)->cap) (v)->at = nr_vec_grow((arena), (v)->at, (v)->n, &(v)->cap, sizeof *(v)->at);          \
        (v)->at[(v)->n++] = (__VA_ARGS__);                                                                            \
    } while (0)

typedef NR_VEC(nr_slice) nr_slices;

#endif
