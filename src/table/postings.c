/* postings.c -- a map from the bytes of a value to its rows. */
#include "table/postings.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

typedef struct list {
    roaring_bitmap_t *rows;
    uint64_t count;
    nr_slice key;
    char bytes[];
} list;

struct nr_postings {
    const nr_env *env;
    nr_map lists[2]; /* list *, by its key: of values, and of NULL, whose key is empty */
    uint64_t total;
    size_t key_bytes;
};

nr_postings *nr_postings_new(const nr_env *env)
{
    nr_postings *p = env->alloc(sizeof *p);
    *p = (nr_postings){.env = env};
    nr_map_init(&p->lists[0], env);
    nr_map_init(&p->lists[1], env);
    return p;
}

/* Walks over both maps: *which and *at are 0 at first. NULL at the end. */
static list *next_list(const nr_postings *p, size_t *which, size_t *at)
{
    void *l;
    for (; *which < 2; ++*which, *at = 0)
        if (nr_map_next(&p->lists[*which], at, NULL, &l)) return l;
    return NULL;
}

static void list_free(const nr_postings *p, list *l)
{
    roaring_bitmap_free(l->rows);
    p->env->free(l);
}

void nr_postings_free(nr_postings *p)
{
    size_t which = 0, at = 0;
    if (!p) return;
    for (list *l; (l = next_list(p, &which, &at));) list_free(p, l);
    nr_map_clear(&p->lists[0]);
    nr_map_clear(&p->lists[1]);
    p->env->free(p);
}

/* All values of one set are of one kind, or NULL. */
typedef struct key_bytes {
    char fixed[16];
    nr_slice key;
} key_bytes;

static void key_of(const nr_value *v, key_bytes *k)
{
    switch (v->kind) {
    case NR_V_NULL: k->key = (nr_slice){k->fixed, 0}; break;
    case NR_V_INT:
        memcpy(k->fixed, &v->i, 8);
        k->key = (nr_slice){k->fixed, 8};
        break;
    case NR_V_FLOAT:
        memcpy(k->fixed, &v->f, 8);
        k->key = (nr_slice){k->fixed, 8};
        break;
    case NR_V_DECIMAL:
        memcpy(k->fixed, &v->d, 16);
        k->key = (nr_slice){k->fixed, 16};
        break;
    case NR_V_TEXT: k->key = v->s; break;
    }
}

static list *find(const nr_postings *p, const nr_value *v, key_bytes *k)
{
    key_of(v, k);
    return nr_map_get(&p->lists[v->kind == NR_V_NULL], k->key);
}

static list *need_list(nr_postings *p, const nr_value *v)
{
    key_bytes k;
    key_of(v, &k);
    nr_map_slot *at = nr_map_need(&p->lists[v->kind == NR_V_NULL], k.key);
    if (at->value) return at->value;
    list *l = p->env->alloc(sizeof *l + k.key.n);
    if (k.key.n) memcpy(l->bytes, k.key.p, k.key.n);
    *l = (list){.rows = roaring_bitmap_create(), .key = {l->bytes, k.key.n}};
    assert(l->rows);
    at->key = l->key;
    at->value = l;
    p->key_bytes += k.key.n;
    return l;
}

void nr_postings_soon(const nr_postings *p, const nr_value *v)
{
    key_bytes k;
    key_of(v, &k);
    nr_map_soon(&p->lists[v->kind == NR_V_NULL], k.key);
}

void nr_postings_add_all(nr_postings *p, const nr_value *v, const uint32_t *rows, size_t n)
{
    if (!n) return;
    list *l = need_list(p, v);
    roaring_bitmap_add_many(l->rows, n, rows);
    l->count += n;
    p->total += n;
}

void nr_postings_add(nr_postings *p, const nr_value *v, uint32_t row)
{
    list *l = need_list(p, v);
    bool added = roaring_bitmap_add_checked(l->rows, row);
    assert(added);
    l->count += added;
    p->total += added;
}

void nr_postings_remove(nr_postings *p, const nr_value *v, uint32_t row)
{
    key_bytes k;
    list *l = find(p, v, &k);
    bool removed = l && roaring_bitmap_remove_checked(l->rows, row);
    assert(removed);
    if (!removed) return;
    l->count--;
    p->total--;
    if (l->count) return;
    nr_map_take(&p->lists[v->kind == NR_V_NULL], k.key);
    p->key_bytes -= l->key.n;
    list_free(p, l);
}

const roaring_bitmap_t *nr_postings_rows(const nr_postings *p, const nr_value *v)
{
    key_bytes k;
    const list *l = find(p, v, &k);
    return l ? l->rows : NULL;
}

uint64_t nr_postings_count(const nr_postings *p, const nr_value *v)
{
    key_bytes k;
    const list *l = find(p, v, &k);
    return l ? l->count : 0;
}

static nr_value value_of(nr_kind kind, nr_slice key)
{
    nr_value v = {.kind = kind};
    if (kind == NR_V_TEXT) v.s = key;
    else memcpy(kind == NR_V_DECIMAL ? (void *)&v.d : (void *)&v.i, key.p, key.n);
    return v;
}

const roaring_bitmap_t *nr_postings_next(const nr_postings *p, nr_kind kind, size_t *at, nr_value *v)
{
    void *l;
    if (!nr_map_next(&p->lists[0], at, NULL, &l)) return NULL;
    *v = value_of(kind, ((list *)l)->key);
    return ((list *)l)->rows;
}

uint64_t nr_postings_total(const nr_postings *p)
{
    return p->total;
}

/* CRoaring allocates by itself: two bytes for a row of a sparse list, 8 KiB at most for 65,536 rows of a dense one. */
size_t nr_postings_values(const nr_postings *p)
{
    return p->lists[0].n + p->lists[1].n;
}

size_t nr_postings_bytes(const nr_postings *p)
{
    size_t n = sizeof *p + p->key_bytes, which = 0, at = 0;
    for (const list *l; (l = next_list(p, &which, &at));) {
        const roaring_array_t *a = &l->rows->high_low_container;
        uint64_t sparse = l->count * 2, dense = (uint64_t)a->size << 13;
        n += sizeof(list) + sizeof(roaring_bitmap_t) + (size_t)a->allocation_size * 16 + (size_t)(sparse < dense ? sparse : dense) + 24;
    }
    return n;
}

static bool list_valid(const list *l, nr_buf *why)
{
    if (l->count && roaring_bitmap_get_cardinality(l->rows) == l->count) return true;
    nr_buf_add(why, NR_S("a posting list is empty or counts wrongly"));
    return false;
}

bool nr_postings_valid(const nr_postings *p, nr_buf *why)
{
    uint64_t sum = 0;
    size_t which = 0, at = 0;
    for (const list *l; (l = next_list(p, &which, &at));) {
        if (!list_valid(l, why)) return false;
        sum += l->count;
    }
    if (sum != p->total) nr_buf_add(why, NR_S("posting lists do not add up"));
    return sum == p->total;
}
