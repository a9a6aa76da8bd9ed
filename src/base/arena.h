/* arena.h -- memory of one command (or one schema): allocated piece by piece, freed at once.
 *
 * Pieces are aligned to 16 bytes. There is no free of one piece. nr_arena_mark/rewind drop all that came after the mark, for loops that
 * work batch by batch. The bytes held are counted: whoever works on a client's behalf compares them with his budget. */
#ifndef NR_ARENA_H
#define NR_ARENA_H

#include "base/env.h"

typedef struct nr_chunk nr_chunk;

typedef struct nr_arena {
    const nr_env *env;
    nr_chunk *head;  /* the chunk that is being filled; older ones behind it */
    size_t held;     /* bytes taken from env */
    nr_chunk **spare; /* where the first chunk comes from and goes back to; NULL: env */
} nr_arena;

typedef struct nr_mark {
    nr_chunk *chunk;
    size_t used;
} nr_mark;

void nr_arena_init(nr_arena *a, const nr_env *env);

/* The same for an arena that is made again and again: its first chunk, of 16 KiB, waits in *spare (NULL at first) from one to the next. Two at once are no harm. Whoever
 * owns *spare frees it with nr_chunk_free, which takes NULL. */
void nr_arena_init_spare(nr_arena *a, const nr_env *env, nr_chunk **spare);
void nr_chunk_free(nr_chunk *c, const nr_env *env);

void nr_arena_clear(nr_arena *a); /* frees everything; the arena may be used again */

void *nr_arena_alloc(nr_arena *a, size_t n);  /* uninitialised; n may be 0; never NULL */
void *nr_arena_zalloc(nr_arena *a, size_t n); /* zeroed */

/* A copy of s in the arena, with a NUL behind it that is not counted. */
nr_slice nr_arena_copy(nr_arena *a, nr_slice s);

/* A formatted string in the arena, NUL behind it. */
nr_slice nr_arena_printf(nr_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

nr_mark nr_arena_mark(const nr_arena *a);
void nr_arena_rewind(nr_arena *a, nr_mark mark);

#define NR_NEW(arena, type) ((type *)nr_arena_zalloc((arena), sizeof(type)))
#define NR_NEW_N(arena, type, count) ((type *)nr_arena_zalloc((arena), sizeof(type) * (size_t)(count)))

#endif
