/* column.c -- chunks that are made with the first value in them and go with the last one.
 *
 * One representation carries all kinds: a row has a number (an integer, the bits of a float, a code), or, when texts are packed, nothing but its bit. A number
 * that does not fit makes its chunk wider; a chunk is never made narrower, which keeps the cost of that to three copies at most. */
#include "table/column.h"

#include <assert.h>

#include "table/rows.h"

enum { FIRST_CAP = 64, USED_TIMES = 4 };

typedef struct chunk {
    uint32_t cap;   /* rows that have room */
    uint32_t count; /* rows that are not NULL */
    unsigned width;
    char *values;   /* NULL: width is 0 */
    uint64_t set[NR_CHUNK_WORDS];
} chunk;

struct nr_column {
    const nr_env *env;
    nr_kind kind;
    chunk **chunks;
    size_t n_chunks;
    size_t held;     /* bytes of chunks and their arrays */
    uint64_t count;  /* rows that are not NULL */
    nr_rows *codes;  /* TEXT while it is coded: text <-> code */
    uint32_t *uses;  /* rows by code */
    uint32_t n_uses; /* that have room */
    nr_texts *texts; /* TEXT that is packed */
};

nr_column *nr_column_new(const nr_env *env, nr_kind kind)
{
    assert(kind != NR_V_NULL);
    nr_column *c = env->alloc(sizeof *c);
    *c = (nr_column){.env = env, .kind = kind};
    if (kind == NR_V_TEXT) c->codes = nr_rows_new(env);
    return c;
}

static void chunk_free(nr_column *c, size_t i)
{
    chunk *k = c->chunks[i];
    c->held -= sizeof *k + (size_t)k->cap * k->width;
    if (k->values) c->env->free(k->values);
    c->env->free(k);
    c->chunks[i] = NULL;
}

static void free_codes(nr_column *c)
{
    nr_rows_free(c->codes);
    if (c->uses) c->env->free(c->uses);
    c->codes = NULL;
    c->uses = NULL;
    c->n_uses = 0;
}

void nr_column_free(nr_column *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->n_chunks; i++)
        if (c->chunks[i]) chunk_free(c, i);
    if (c->chunks) c->env->free(c->chunks);
    free_codes(c);
    nr_texts_free(c->texts);
    c->env->free(c);
}

static chunk *chunk_of(const nr_column *c, uint32_t row)
{
    return row / NR_CHUNK_ROWS < c->n_chunks ? c->chunks[row / NR_CHUNK_ROWS] : NULL;
}

static bool is_set(const chunk *k, uint32_t at)
{
    return k->set[at / 64] >> (at % 64) & 1;
}

/* -- numbers ------------------------------------------------------------------------------------------------------------------------------- */

static unsigned width_of(nr_i128 n)
{
    if (n >= INT8_MIN && n <= INT8_MAX) return 1;
    if (n >= INT16_MIN && n <= INT16_MAX) return 2;
    if (n >= INT32_MIN && n <= INT32_MAX) return 4;
    return n >= INT64_MIN && n <= INT64_MAX ? 8 : 16;
}

static nr_i128 read_number(const char *values, unsigned width, uint32_t at)
{
    const void *v = values;
    switch (width) {
    case 1: return ((const int8_t *)v)[at];
    case 2: return ((const int16_t *)v)[at];
    case 4: return ((const int32_t *)v)[at];
    case 8: return ((const int64_t *)v)[at];
    default: return ((const nr_i128 *)v)[at];
    }
}

static void write_number(char *values, unsigned width, uint32_t at, nr_i128 n)
{
    void *v = values;
    switch (width) {
    case 1: ((int8_t *)v)[at] = (int8_t)n; break;
    case 2: ((int16_t *)v)[at] = (int16_t)n; break;
    case 4: ((int32_t *)v)[at] = (int32_t)n; break;
    case 8: ((int64_t *)v)[at] = (int64_t)n; break;
    default: ((nr_i128 *)v)[at] = n; break;
    }
}

/* A longer or wider array; rows that are new hold 0. */
static void reshape(nr_column *c, chunk *k, uint32_t cap, unsigned width)
{
    char *values = c->env->alloc((size_t)cap * width);
    if (k->values && width == k->width) memcpy(values, k->values, (size_t)k->cap * width);
    for (uint32_t i = 0; width != k->width && k->values && i < k->cap; i++) write_number(values, width, i, read_number(k->values, k->width, i));
    uint32_t from = k->values ? k->cap : 0;
    memset(values + (size_t)from * width, 0, (size_t)(cap - from) * width);
    if (k->values) c->env->free(k->values);
    c->held += (size_t)cap * width - (size_t)k->cap * k->width;
    k->values = values;
    k->cap = cap;
    k->width = width;
}

static void grow_list(nr_column *c, size_t i)
{
    size_t n = i + 1 > c->n_chunks * 2 ? i + 1 : c->n_chunks * 2;
    c->chunks = c->chunks ? c->env->realloc(c->chunks, n * sizeof *c->chunks) : c->env->alloc(n * sizeof *c->chunks);
    memset(c->chunks + c->n_chunks, 0, (n - c->n_chunks) * sizeof *c->chunks);
    c->n_chunks = n;
}

/* The row's chunk, made when needed. */
static chunk *need_chunk(nr_column *c, uint32_t row)
{
    size_t i = row / NR_CHUNK_ROWS;
    if (i >= c->n_chunks) grow_list(c, i);
    if (!c->chunks[i]) {
        c->chunks[i] = c->env->alloc(sizeof *c->chunks[i]);
        *c->chunks[i] = (chunk){0};
        c->held += sizeof *c->chunks[i];
    }
    return c->chunks[i];
}

static void put_number(nr_column *c, chunk *k, uint32_t row, nr_i128 n, unsigned width)
{
    uint32_t at = row % NR_CHUNK_ROWS, cap = row >= NR_CHUNK_ROWS ? NR_CHUNK_ROWS : k->cap ? k->cap : FIRST_CAP;
    while (cap <= at) cap *= 2;
    if (width < k->width) width = k->width;
    if (cap != k->cap || width != k->width) reshape(c, k, cap, width);
    write_number(k->values, k->width, at, n);
}

/* -- texts --------------------------------------------------------------------------------------------------------------------------------- */

static void leave_code(nr_column *c, uint32_t code)
{
    if (--c->uses[code] == 0) nr_rows_drop(c->codes, nr_rows_pk(c->codes, code));
}

static uint32_t take_code(nr_column *c, nr_slice text)
{
    uint32_t code = nr_rows_intern(c->codes, text);
    if (code >= c->n_uses) {
        uint32_t n = c->n_uses ? c->n_uses + c->n_uses / 4 : 16;
        c->uses = c->uses ? c->env->realloc(c->uses, n * sizeof *c->uses) : c->env->alloc(n * sizeof *c->uses);
        memset(c->uses + c->n_uses, 0, (n - c->n_uses) * sizeof *c->uses);
        c->n_uses = n;
    }
    c->uses[code]++;
    return code;
}

/* For good: coming back would pay for columns that were filled in an odd order, and the next start finds that out. */
static void pack(nr_column *c)
{
    c->texts = nr_texts_new(c->env);
    for (size_t i = 0; i < c->n_chunks; i++) {
        chunk *k = c->chunks[i];
        for (uint32_t at = 0; k && at < k->cap; at++)
            if (is_set(k, at))
                nr_texts_set(c->texts, (uint32_t)i * NR_CHUNK_ROWS + at, nr_rows_pk(c->codes, (uint32_t)read_number(k->values, k->width, at)));
        if (!k) continue;
        c->env->free(k->values);
        c->held -= (size_t)k->cap * k->width;
        k->values = NULL;
        k->cap = k->width = 0;
    }
    free_codes(c);
}

static void pack_when_due(nr_column *c)
{
    uint32_t distinct = nr_rows_count(c->codes);
    if (distinct > NR_CODED && (distinct > NR_CODES_MOST || (uint64_t)distinct * USED_TIMES > c->count)) pack(c);
}

/* -- a value ------------------------------------------------------------------------------------------------------------------------------- */

static void clear(nr_column *c, uint32_t row)
{
    chunk *k = chunk_of(c, row);
    uint32_t at = row % NR_CHUNK_ROWS;
    if (!k || !is_set(k, at)) return;
    if (c->codes) leave_code(c, (uint32_t)read_number(k->values, k->width, at));
    if (c->texts) nr_texts_drop(c->texts, row);
    k->set[at / 64] &= ~((uint64_t)1 << (at % 64));
    c->count--;
    if (--k->count == 0) chunk_free(c, row / NR_CHUNK_ROWS);
}

static void put(nr_column *c, chunk *k, uint32_t row, const nr_value *v)
{
    uint32_t at = row % NR_CHUNK_ROWS, code;
    int64_t bits;
    switch (v->kind) {
    case NR_V_INT: put_number(c, k, row, v->i, width_of(v->i)); break;
    case NR_V_DECIMAL: put_number(c, k, row, v->d, width_of(v->d)); break;
    case NR_V_FLOAT:
        memcpy(&bits, &v->f, sizeof bits);
        put_number(c, k, row, bits, sizeof bits);
        break;
    case NR_V_TEXT:
        if (c->texts) {
            nr_texts_set(c->texts, row, v->s);
            break;
        }
        code = take_code(c, v->s);
        if (is_set(k, at)) leave_code(c, (uint32_t)read_number(k->values, k->width, at));
        put_number(c, k, row, code, width_of(code));
        break;
    case NR_V_NULL: break;
    }
}

void nr_column_set(nr_column *c, uint32_t row, const nr_value *v)
{
    if (v->kind == NR_V_NULL) {
        clear(c, row);
        return;
    }
    assert(v->kind == c->kind);
    chunk *k = need_chunk(c, row);
    uint32_t at = row % NR_CHUNK_ROWS;
    put(c, k, row, v);
    bool had = is_set(k, at);
    k->set[at / 64] |= (uint64_t)1 << (at % 64);
    k->count += !had;
    c->count += !had;
    if (c->codes) pack_when_due(c);
}

nr_value nr_column_get(const nr_column *c, uint32_t row)
{
    const chunk *k = chunk_of(c, row);
    uint32_t at = row % NR_CHUNK_ROWS;
    nr_value v = NR_NULL;
    if (!k || !is_set(k, at)) return v;
    v.kind = c->kind;
    int64_t bits;
    switch (c->kind) {
    case NR_V_INT: v.i = (int64_t)read_number(k->values, k->width, at); break;
    case NR_V_DECIMAL: v.d = read_number(k->values, k->width, at); break;
    case NR_V_FLOAT:
        bits = (int64_t)read_number(k->values, k->width, at);
        memcpy(&v.f, &bits, sizeof bits);
        break;
    case NR_V_TEXT: v.s = c->texts ? nr_texts_get(c->texts, row) : nr_rows_pk(c->codes, (uint32_t)read_number(k->values, k->width, at)); break;
    case NR_V_NULL: break;
    }
    return v;
}

void nr_column_soon(const nr_column *c, uint32_t row)
{
    const chunk *k = chunk_of(c, row);
    uint32_t at = row % NR_CHUNK_ROWS;
    if (c->texts) nr_texts_soon(c->texts, row);
    else if (k && at < k->cap) __builtin_prefetch(k->values + (size_t)at * k->width);
}

/* -- in bulk ------------------------------------------------------------------------------------------------------------------------------- */

nr_kind nr_column_kind(const nr_column *c)
{
    return c->kind;
}

uint64_t nr_column_count(const nr_column *c)
{
    return c->count;
}

nr_column_form nr_column_form_of(const nr_column *c)
{
    if (c->kind == NR_V_TEXT) return c->codes ? NR_CF_CODES : NR_CF_TEXTS;
    return c->kind == NR_V_FLOAT ? NR_CF_FLOATS : NR_CF_INTS;
}

nr_column_chunk nr_column_chunk_at(const nr_column *c, uint32_t i)
{
    static const uint64_t none[NR_CHUNK_WORDS];
    const chunk *k = i < c->n_chunks ? c->chunks[i] : NULL;
    return k ? (nr_column_chunk){k->values, k->width, k->cap, k->set} : (nr_column_chunk){NULL, 0, 0, none};
}

nr_column_texts nr_column_texts_at(const nr_column *c, uint32_t row)
{
    const chunk *k = chunk_of(c, row);
    uint64_t set = k ? k->set[row % NR_CHUNK_ROWS / 64] : 0;
    return (nr_column_texts){set ? nr_texts_from(c->texts, row) : (nr_texts_part){NULL, NULL}, set};
}

uint32_t nr_column_codes(const nr_column *c)
{
    return nr_rows_limit(c->codes);
}

uint32_t nr_column_distinct(const nr_column *c)
{
    return nr_rows_count(c->codes);
}

uint32_t nr_column_code_at(const nr_column *c, uint32_t row)
{
    const chunk *k = chunk_of(c, row);
    uint32_t at = row % NR_CHUNK_ROWS;
    return k && is_set(k, at) ? (uint32_t)read_number(k->values, k->width, at) : NR_NO_ROW;
}

nr_value nr_column_code(const nr_column *c, uint32_t code)
{
    if (code >= c->n_uses || !c->uses[code]) return NR_NULL;
    return (nr_value){.kind = NR_V_TEXT, .s = nr_rows_pk(c->codes, code)};
}

/* The number where the bit is set, else 0. */
#define GATHER(type)                                                          \
    for (size_t i = 0; i < n; i++) {                                          \
        uint32_t at = rows[i] % NR_CHUNK_ROWS;                                \
        set[i] = at < k->cap && is_set(k, at);                                \
        numbers[i] = set[i] ? (int64_t)((const type *)(const void *)k->values)[at] : 0; \
    }

/* Rows of one chunk, NULL when there is none. */
static void gather_chunk(const chunk *k, const uint32_t *rows, size_t n, int64_t *numbers, unsigned char *set)
{
    switch (k ? k->width : 0) {
    case 1: GATHER(int8_t) break;
    case 2: GATHER(int16_t) break;
    case 4: GATHER(int32_t) break;
    case 8: GATHER(int64_t) break;
    default: memset(numbers, 0, n * sizeof *numbers), memset(set, 0, n);
    }
}

void nr_column_gather(const nr_column *c, const uint32_t *rows, size_t n, int64_t *numbers, unsigned char *set)
{
    assert(c->kind == NR_V_INT);
    for (size_t from = 0, to; from < n; from = to) {
        uint32_t in = rows[from] / NR_CHUNK_ROWS;
        for (to = from + 1; to < n && rows[to] / NR_CHUNK_ROWS == in; to++) {}
        gather_chunk(chunk_of(c, rows[from]), rows + from, to - from, numbers + from, set + from);
    }
}

size_t nr_column_bytes(const nr_column *c)
{
    size_t texts = c->codes ? nr_rows_bytes(c->codes) + c->n_uses * sizeof *c->uses : c->texts ? nr_texts_bytes(c->texts) : 0;
    return sizeof *c + c->n_chunks * sizeof *c->chunks + c->held + texts;
}

/* -- checking ------------------------------------------------------------------------------------------------------------------------------ */

static bool wrong(nr_buf *why, const char *what)
{
    nr_buf_printf(why, "column: %s", what);
    return false;
}

static bool value_valid(const nr_column *c, const chunk *k, uint32_t row, nr_buf *why)
{
    uint32_t at = row % NR_CHUNK_ROWS;
    if (c->texts) return nr_texts_get(c->texts, row).p || wrong(why, "a row has no text");
    if (at >= k->cap) return wrong(why, "a row is behind the end");
    if (c->kind != NR_V_TEXT) return true;
    nr_i128 code = read_number(k->values, k->width, at);
    return (code >= 0 && code < c->n_uses && c->uses[(uint32_t)code] && nr_rows_pk(c->codes, (uint32_t)code).p) || wrong(why, "a code has no text");
}

static bool chunk_valid(const nr_column *c, uint32_t i, nr_buf *why)
{
    const chunk *k = c->chunks[i];
    uint32_t count = 0;
    for (uint32_t at = 0; at < NR_CHUNK_ROWS; at++) {
        if (!is_set(k, at)) continue;
        if (!value_valid(c, k, i * NR_CHUNK_ROWS + at, why)) return false;
        count++;
    }
    return (count && count == k->count) || wrong(why, "a chunk counts wrongly");
}

static bool codes_valid(const nr_column *c, nr_buf *why)
{
    uint64_t uses = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < c->n_uses; i++) {
        uses += c->uses[i];
        used += c->uses[i] > 0;
    }
    if (uses != c->count || used != nr_rows_count(c->codes)) return wrong(why, "a dictionary counts wrongly");
    return nr_rows_valid(c->codes, why);
}

bool nr_column_valid(const nr_column *c, nr_buf *why)
{
    uint64_t count = 0, held = 0;
    for (uint32_t i = 0; i < c->n_chunks; i++) {
        const chunk *k = c->chunks[i];
        if (k && !chunk_valid(c, i, why)) return false;
        count += k ? k->count : 0;
        held += k ? sizeof *k + (size_t)k->cap * k->width : 0;
    }
    if (count != c->count || held != c->held) return wrong(why, "the counts do not add up");
    if (c->codes) return codes_valid(c, why);
    return !c->texts || nr_texts_valid(c->texts, why);
}
