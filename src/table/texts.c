/* texts.c -- chunks of packed records.
 *
 *   at:     5 0 NONE 9 ...                         where the record of each number begins
 *   bytes:  [3 a b][garbage][2 x][0 pointer] ...   length plus one, then the bytes; 0, then a block of its own, where a pointer may stand by itself: aligned, so
 *                                                  that what looks for leaks sees it
 *
 * A chunk has room for as many numbers as were needed, up to 4096, and goes when it holds no text. */
#include "table/texts.h"

#include <assert.h>

enum { CHUNK = 4096, FIRST_CAP = 64, LONG = 1024, LEAST_BYTES = 64, FIRST_MOST = 65536 };

#define NONE UINT32_MAX

typedef struct block {
    size_t n;
    char bytes[];
} block;

typedef struct chunk {
    uint32_t cap;              /* numbers that have room */
    uint32_t count;            /* texts */
    uint32_t used, room, live; /* bytes written, allocated, and of records in use */
    char *bytes;
    uint32_t at[];
} chunk;

struct nr_texts {
    const nr_env *env;
    chunk **chunks;
    size_t n_chunks;
    size_t held; /* bytes of chunks, buffers and blocks */
};

/* A record taken apart. */
typedef struct record {
    size_t size; /* in the buffer */
    nr_slice text;
    block *block; /* NULL: the text is in the buffer */
} record;

enum { BLOCK_RECORD = 2 * sizeof(block *) }; /* the first byte, the pointer, and what aligns it */

/* Where the pointer of a record at p stands. */
static size_t pointer_at(const char *p)
{
    return sizeof(block *) - (uintptr_t)p % sizeof(block *);
}

static record read_record(const char *p)
{
    record r = {0};
    unsigned char b = (unsigned char)*p;
    if (b == 0) {
        memcpy(&r.block, p + pointer_at(p), sizeof r.block);
        r.text = (nr_slice){r.block->bytes, r.block->n};
        r.size = BLOCK_RECORD;
        return r;
    }
    size_t head = b < 0x80 ? 1 : 2, n = b < 0x80 ? b : (size_t)(b & 0x7F) << 8 | (unsigned char)p[1];
    r.text = (nr_slice){p + head, n - 1};
    r.size = head + n - 1;
    return r;
}

static size_t record_size(nr_slice s)
{
    return s.n >= LONG ? BLOCK_RECORD : (s.n + 1 < 0x80 ? 1 : 2) + s.n;
}

static void write_record(char *p, nr_slice s, block *own)
{
    size_t n = s.n + 1, head = n < 0x80 ? 1 : 2;
    if (own) {
        p[0] = 0;
        memcpy(p + pointer_at(p), &own, sizeof own);
        return;
    }
    if (s.n) memmove(p + head, s.p, s.n);
    if (head == 2) p[1] = (char)n;
    p[0] = (char)(head == 1 ? n : 0x80 | n >> 8);
}

nr_texts *nr_texts_new(const nr_env *env)
{
    nr_texts *t = env->alloc(sizeof *t);
    *t = (nr_texts){.env = env};
    return t;
}

static size_t chunk_size(uint32_t cap)
{
    return sizeof(chunk) + cap * sizeof(uint32_t);
}

static block *block_new(nr_texts *t, nr_slice s)
{
    block *b = t->env->alloc(sizeof *b + s.n);
    b->n = s.n;
    memcpy(b->bytes, s.p, s.n);
    t->held += sizeof *b + s.n;
    return b;
}

static void block_free(nr_texts *t, block *b)
{
    if (!b) return;
    t->held -= sizeof *b + b->n;
    t->env->free(b);
}

static void chunk_free(nr_texts *t, size_t i)
{
    chunk *c = t->chunks[i];
    t->held -= chunk_size(c->cap) + c->room;
    if (c->bytes) t->env->free(c->bytes);
    t->env->free(c);
    t->chunks[i] = NULL;
}

void nr_texts_free(nr_texts *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->n_chunks; i++) {
        chunk *c = t->chunks[i];
        for (uint32_t k = 0; c && k < c->cap; k++)
            if (c->at[k] != NONE) block_free(t, read_record(c->bytes + c->at[k]).block);
        if (c) chunk_free(t, i);
    }
    if (t->chunks) t->env->free(t->chunks);
    t->env->free(t);
}

static chunk *chunk_of(const nr_texts *t, uint32_t number)
{
    return number / CHUNK < t->n_chunks ? t->chunks[number / CHUNK] : NULL;
}

nr_slice nr_texts_get(const nr_texts *t, uint32_t number)
{
    const chunk *c = chunk_of(t, number);
    uint32_t i = number % CHUNK;
    if (!c || i >= c->cap || c->at[i] == NONE) return (nr_slice){NULL, 0};
    return read_record(c->bytes + c->at[i]).text;
}

void nr_texts_soon(const nr_texts *t, uint32_t number)
{
    const chunk *c = chunk_of(t, number);
    if (c && number % CHUNK < c->cap) __builtin_prefetch(&c->at[number % CHUNK]);
}

nr_texts_part nr_texts_from(const nr_texts *t, uint32_t number)
{
    const chunk *c = chunk_of(t, number);
    return (nr_texts_part){c->bytes, c->at + number % CHUNK};
}

nr_slice nr_texts_read(const char *at)
{
    return read_record(at).text;
}

static void set_room(nr_texts *t, chunk *c, char *bytes, size_t room)
{
    t->held += room - c->room;
    c->bytes = bytes;
    c->room = (uint32_t)room;
}

/* Copies the records in use to a new buffer with room for more bytes besides. */
static void pack(nr_texts *t, chunk *c, size_t more)
{
    size_t room = c->live + more + (more ? c->live / 4 : 0);
    if (room < LEAST_BYTES) room = LEAST_BYTES;
    char *bytes = t->env->alloc(room);
    uint32_t used = 0;
    for (uint32_t i = 0; i < c->cap; i++) {
        if (c->at[i] == NONE) continue;
        record r = read_record(c->bytes + c->at[i]);
        if (r.block) write_record(bytes + used, r.text, r.block);
        else memcpy(bytes + used, c->bytes + c->at[i], r.size);
        c->at[i] = used;
        used += (uint32_t)r.size;
    }
    t->env->free(c->bytes);
    c->used = used;
    set_room(t, c, bytes, room);
}

static bool half_garbage(const chunk *c)
{
    return c->used - c->live > c->used / 2 && c->used > LEAST_BYTES;
}

/* What a chunk begins with: the one before it, once it is full, tells how much it will hold. */
static size_t first_room(const nr_texts *t, uint32_t number)
{
    const chunk *before = number / CHUNK ? t->chunks[number / CHUNK - 1] : NULL;
    size_t room = before && before->count == CHUNK ? before->used + before->used / 32 : 0;
    return room < FIRST_MOST ? room : FIRST_MOST;
}

/* Numbers mostly come ascending: a chunk that is left behind gives back what it has over. */
static void shrink(nr_texts *t, chunk *c)
{
    if (!c || c->room - c->used <= c->used / 16) return;
    set_room(t, c, t->env->realloc(c->bytes, c->used), c->used);
}

static void make_bytes(nr_texts *t, chunk *c, size_t more, size_t least)
{
    if (c->room - c->used >= more) return;
    if (c->bytes && half_garbage(c)) {
        pack(t, c, more);
        return;
    }
    size_t room = c->used + more + c->used / 4;
    if (room < LEAST_BYTES) room = LEAST_BYTES;
    if (!c->bytes && room < least) room = least;
    set_room(t, c, c->bytes ? t->env->realloc(c->bytes, room) : t->env->alloc(room), room);
}

static chunk *make_chunk(nr_texts *t, uint32_t number)
{
    size_t i = number / CHUNK;
    if (i >= t->n_chunks) {
        size_t n = i + 1 > t->n_chunks * 2 ? i + 1 : t->n_chunks * 2;
        t->chunks = t->chunks ? t->env->realloc(t->chunks, n * sizeof *t->chunks) : t->env->alloc(n * sizeof *t->chunks);
        memset(t->chunks + t->n_chunks, 0, (n - t->n_chunks) * sizeof *t->chunks);
        t->n_chunks = n;
    }
    chunk *c = t->chunks[i];
    uint32_t had = c ? c->cap : 0, cap = had ? had : FIRST_CAP;
    while (cap <= number % CHUNK) cap *= 2;
    if (cap == had) return c;
    if (i && !c) cap = CHUNK;
    if (i && !c) shrink(t, t->chunks[i - 1]);
    t->held += chunk_size(cap) - (c ? chunk_size(had) : 0);
    if (c) c = t->env->realloc(c, chunk_size(cap));
    else *(c = t->env->alloc(chunk_size(cap))) = (chunk){0};
    memset(c->at + had, 0xff, (cap - had) * sizeof *c->at);
    c->cap = cap;
    return t->chunks[i] = c;
}

void nr_texts_set(nr_texts *t, uint32_t number, nr_slice text)
{
    char copy[LONG]; /* the text may lie in the buffer that moves */
    chunk *c = make_chunk(t, number);
    uint32_t *at = &c->at[number % CHUNK];
    record old = *at == NONE ? (record){0} : read_record(c->bytes + *at);
    block *own = text.n >= LONG ? block_new(t, text) : NULL;
    size_t size = record_size(text);
    c->live += (uint32_t)size - (uint32_t)old.size;
    c->count += *at == NONE;
    if (*at == NONE || size > old.size) {
        if (!own && text.n) text.p = memcpy(copy, text.p, text.n);
        *at = NONE; /* not to be packed */
        c->live -= (uint32_t)size;
        make_bytes(t, c, size, first_room(t, number));
        c->live += (uint32_t)size;
        *at = c->used;
        c->used += (uint32_t)size;
    }
    write_record(c->bytes + *at, text, own);
    block_free(t, old.block);
}

void nr_texts_drop(nr_texts *t, uint32_t number)
{
    chunk *c = chunk_of(t, number);
    uint32_t i = number % CHUNK;
    if (!c || i >= c->cap || c->at[i] == NONE) return;
    record old = read_record(c->bytes + c->at[i]);
    c->at[i] = NONE;
    c->live -= (uint32_t)old.size;
    c->count--;
    block_free(t, old.block);
    if (!c->count) chunk_free(t, number / CHUNK);
    else if (half_garbage(c)) pack(t, c, 0);
}

size_t nr_texts_bytes(const nr_texts *t)
{
    return sizeof *t + t->n_chunks * sizeof *t->chunks + t->held;
}

static bool wrong(nr_buf *why, const char *what)
{
    nr_buf_printf(why, "texts: %s", what);
    return false;
}

static bool chunk_valid(const chunk *c, size_t *held, nr_buf *why)
{
    size_t live = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->cap; i++) {
        if (c->at[i] == NONE) continue;
        if (c->at[i] >= c->used) return wrong(why, "an offset is behind the end");
        record r = read_record(c->bytes + c->at[i]);
        if (c->at[i] + r.size > c->used || (!r.block && r.text.n >= LONG)) return wrong(why, "a record is too long");
        live += r.size;
        count++;
        *held += r.block ? sizeof *r.block + r.block->n : 0;
    }
    *held += chunk_size(c->cap) + c->room;
    if (c->cap > CHUNK || c->used > c->room) return wrong(why, "a chunk holds more than it has room for");
    return (live == c->live && count == c->count && count) || wrong(why, "a chunk counts wrongly");
}

bool nr_texts_valid(const nr_texts *t, nr_buf *why)
{
    size_t held = 0;
    for (size_t i = 0; i < t->n_chunks; i++)
        if (t->chunks[i] && !chunk_valid(t->chunks[i], &held, why)) return false;
    return held == t->held || wrong(why, "the bytes held are not what was counted");
}
