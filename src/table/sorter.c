/* sorter.c -- a radix sort by the bytes of a key, ties by what they stand for. */
#include "table/sorter.h"

#include <stdlib.h>
#include <string.h>

/* What rows are sorted by. */
typedef struct order {
    const nr_column *key; /* NULL: the pk alone */
    const nr_column *pk;
} order;

static uint64_t key_of_float(double f)
{
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static uint64_t key_of_int(int64_t i)
{
    return (uint64_t)i ^ (uint64_t)1 << 63;
}

uint64_t nr_sorter_key(const nr_value *v)
{
    uint64_t k = 0;
    switch (v->kind) {
    case NR_V_NULL: break;
    case NR_V_INT: return key_of_int(v->i);
    case NR_V_FLOAT: return key_of_float(v->f);
    case NR_V_DECIMAL: return (uint64_t)(v->d < INT64_MIN ? INT64_MIN : v->d > INT64_MAX ? INT64_MAX : (int64_t)v->d) ^ (uint64_t)1 << 63;
    case NR_V_TEXT:
        for (size_t i = 0; i < 8; i++) k = k << 8 | (i < v->s.n ? (unsigned char)v->s.p[i] : 0);
        break;
    }
    return k;
}

static nr_value value_of(const order *o, uint32_t row)
{
    return nr_column_get(o->key ? o->key : o->pk, row);
}

/* Stable, by bytes of the key from the lowest up; a byte that is the same in all is passed over. */
static nr_sort_entry *sort_by_key(nr_sort_entry *at, nr_sort_entry *spare, size_t n)
{
    for (unsigned shift_by = 0; shift_by < 64; shift_by += 8) {
        size_t first[257] = {0};
        for (size_t i = 0; i < n; i++) first[(at[i].key >> shift_by & 0xFF) + 1]++;
        if (first[(at[0].key >> shift_by & 0xFF) + 1] == n) continue;
        for (size_t b = 1; b < 256; b++) first[b] += first[b - 1];
        for (size_t i = 0; i < n; i++) spare[first[at[i].key >> shift_by & 0xFF]++] = at[i];
        nr_sort_entry *t = at;
        at = spare;
        spare = t;
    }
    return at;
}

static int compare_entries(const void *x, const void *y, void *ctx)
{
    const order *o = ctx;
    uint32_t a = ((const nr_sort_entry *)x)->row, b = ((const nr_sort_entry *)y)->row;
    nr_value v = value_of(o, a), w = value_of(o, b);
    int c = nr_value_cmp(&v, &w);
    if (c || !o->key) return c;
    v = nr_column_get(o->pk, a);
    w = nr_column_get(o->pk, b);
    return nr_value_cmp(&v, &w);
}

/* Where eight bytes do not say all, entries of equal bytes are put in order by what they stand for. */
static void sort_ties(const order *o, nr_sort_entry *at, size_t n)
{
    nr_kind kind = nr_column_kind(o->key ? o->key : o->pk);
    bool number = kind == NR_V_INT || kind == NR_V_FLOAT;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && at[end].key == at[i].key; end++) {}
        if (end - i > 1 && (!number || !at[i].key)) qsort_r(at + i, end - i, sizeof *at, compare_entries, (void *)o);
    }
}

void nr_sorter_init(nr_sorter *s, const nr_env *env)
{
    *s = (nr_sorter){.env = env};
}

void nr_sorter_clear(nr_sorter *s)
{
    if (s->entries) s->env->free(s->entries);
    if (s->keys) s->env->free(s->keys);
    nr_sorter_init(s, s->env);
}

static void *need(const nr_env *env, void *had, size_t *room, size_t n, size_t size)
{
    if (n <= *room) return had;
    if (had) env->free(had);
    *room = n;
    return env->alloc(n * size);
}

/* The keys of rows 0 up to limit. */
static void read_column(const order *o, uint32_t limit, uint64_t *keys)
{
    enum { PAGE = 256 };
    const nr_column *c = o->key ? o->key : o->pk;
    bool ints = nr_column_kind(c) == NR_V_INT;
    uint32_t rows[PAGE];
    unsigned char set[PAGE];
    int64_t numbers[PAGE];
    for (uint32_t row = 0; !ints && row < limit; row++) {
        nr_value v = nr_column_get(c, row);
        keys[row] = nr_sorter_key(&v);
    }
    for (uint32_t from = 0, n; ints && from < limit; from += n) {
        n = limit - from < PAGE ? limit - from : PAGE;
        for (uint32_t i = 0; i < n; i++) rows[i] = from + i;
        nr_column_gather(c, rows, n, numbers, set);
        for (uint32_t i = 0; i < n; i++) keys[from + i] = set[i] ? key_of_int(numbers[i]) : 0;
    }
}

/* Columns are read in their own order, which is far cheaper than in that of rows; but not when few rows are meant. */
static void read_keys(const order *o, nr_sorter *s, const uint32_t *rows, size_t n)
{
    size_t limit = 0;
    for (size_t i = 0; i < n; i++)
        if (limit <= rows[i]) limit = (size_t)rows[i] + 1;
    bool all = limit / 2 <= n;
    s->entries = need(s->env, s->entries, &s->n_entries, 2 * n, sizeof *s->entries);
    if (all) s->keys = need(s->env, s->keys, &s->n_keys, limit, sizeof *s->keys);
    if (all) read_column(o, (uint32_t)limit, s->keys);
    for (size_t i = 0; i < n; i++) {
        nr_value v = all ? NR_NULL : value_of(o, rows[i]);
        s->entries[i] = (nr_sort_entry){all ? s->keys[rows[i]] : nr_sorter_key(&v), rows[i]};
    }
}

const nr_sort_entry *nr_sorter_sort(nr_sorter *s, const nr_column *key, const nr_column *pk, const uint32_t *rows, size_t n)
{
    const order o = {key, pk};
    read_keys(&o, s, rows, n);
    nr_sort_entry *sorted = sort_by_key(s->entries, s->entries + n, n);
    sort_ties(&o, sorted, n);
    return sorted;
}

void nr_sorter_rows(nr_sorter *s, const nr_column *key, const nr_column *pk, const uint32_t *rows, size_t n, uint32_t *out)
{
    const nr_sort_entry *sorted = n ? nr_sorter_sort(s, key, pk, rows, n) : NULL;
    for (size_t i = 0; i < n; i++) out[i] = sorted[i].row;
}
