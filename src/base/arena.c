/* arena.c -- chunks that double from 4 KiB to 1 MiB; a piece larger than that has a chunk of its own. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

struct nr_chunk {
    nr_chunk *next;
    size_t size, used; /* of data */
    _Alignas(16) char data[];
};

enum { FIRST = 4096, LARGEST = 1 << 20, SPARE = 16384 };

void nr_arena_init(nr_arena *a, const nr_env *env)
{
    *a = (nr_arena){.env = env};
}

void nr_arena_init_spare(nr_arena *a, const nr_env *env, nr_chunk **spare)
{
    *a = (nr_arena){.env = env, .spare = spare};
}

void nr_chunk_free(nr_chunk *c, const nr_env *env)
{
    if (c) env->free(c);
}

/* A chunk that goes from command to command hides from a sanitizer who still looks at it. */
#ifdef NR_SANITIZED
enum { KEEPS_SPARE = false };
#else
enum { KEEPS_SPARE = true };
#endif

static bool is_spare(const nr_arena *a, const nr_chunk *c)
{
    return KEEPS_SPARE && a->spare && !*a->spare && c->size == SPARE && !c->next;
}

static void drop_head(nr_arena *a)
{
    nr_chunk *c = a->head;
    a->head = c->next;
    a->held -= sizeof *c + c->size;
    if (is_spare(a, c)) *a->spare = c;
    else a->env->free(c);
}

void nr_arena_clear(nr_arena *a)
{
    while (a->head) drop_head(a);
}

static void add_chunk(nr_arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : a->spare ? SPARE : FIRST;
    if (size > LARGEST) size = LARGEST;
    if (size < need) size = need;
    bool waits = size == SPARE && !a->head && a->spare && *a->spare;
    nr_chunk *c = waits ? *a->spare : a->env->alloc(sizeof *c + size);
    if (waits) *a->spare = NULL;
    c->next = a->head;
    c->size = size;
    c->used = 0;
    a->head = c;
    a->held += sizeof *c + size;
}

void *nr_arena_alloc(nr_arena *a, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (!a->head || a->head->size - a->head->used < n) add_chunk(a, n);
    void *p = a->head->data + a->head->used;
    a->head->used += n;
    return p;
}

void *nr_arena_zalloc(nr_arena *a, size_t n)
{
    return memset(nr_arena_alloc(a, n), 0, n);
}

nr_slice nr_arena_copy(nr_arena *a, nr_slice s)
{
    char *p = nr_arena_alloc(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return (nr_slice){p, s.n};
}

nr_slice nr_arena_printf(nr_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = nr_arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (nr_slice){p, (size_t)n};
}

nr_mark nr_arena_mark(const nr_arena *a)
{
    return (nr_mark){a->head, a->head ? a->head->used : 0};
}

void nr_arena_rewind(nr_arena *a, nr_mark mark)
{
    while (a->head != mark.chunk) drop_head(a);
    if (a->head) a->head->used = mark.used;
}
