/* store_mem.c -- a map from keys to objects. Hashes, ordered indexes and sets are one thing here: an array of (name, value) pairs, sorted by
 * name; the indexes leave the values absent. docs/stores.md walks through this file. */
#include "store/store_mem.h"

#include "base/buf.h"
#include "base/hash.h"

typedef struct object {
    nr_holds holds;
    nr_slice key;     /* the map points to it */
    nr_pair *pairs;   /* sorted by name; names and values are blocks of their own */
    size_t n, cap;
    bool is_counter;  /* NR_HOLDS_STRING: a number, else some text */
    int64_t counter;
    int64_t deadline; /* -1: none */
} object;

typedef struct mem {
    nr_store store;
    const nr_env *env;
    nr_map objects;
} mem;

enum { SCAN_BATCH = 64 };

static mem *mem_of(nr_store *s)
{
    return (mem *)s;
}

static nr_slice slice_copy(const nr_env *env, nr_slice s)
{
    char *p = env->alloc(s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return (nr_slice){p, s.n};
}

static void slice_free(const nr_env *env, nr_slice s)
{
    if (s.p) env->free((void *)(uintptr_t)s.p);
}

/* Objects. */

static void object_free(const nr_env *env, object *o)
{
    for (size_t i = 0; i < o->n; i++) {
        slice_free(env, o->pairs[i].name);
        slice_free(env, o->pairs[i].value);
    }
    if (o->pairs) env->free(o->pairs);
    slice_free(env, o->key);
    env->free(o);
}

static void object_remove(mem *m, nr_slice key)
{
    object *o = nr_map_take(&m->objects, key);
    if (o) object_free(m->env, o);
}

static object *object_new(mem *m, nr_slice key, nr_holds holds)
{
    object *o = m->env->alloc(sizeof *o);
    object_remove(m, key);
    *o = (object){.holds = holds, .key = slice_copy(m->env, key), .deadline = -1};
    nr_map_put(&m->objects, o->key, o);
    return o;
}

/* What has run out is nothing any more, but stays in the map until something takes its place: reads write nothing. */
static bool has_run_out(const mem *m, const object *o)
{
    return o->deadline >= 0 && o->deadline <= m->env->now_us(m->env->ctx) / 1000;
}

static object *object_at(nr_store *s, nr_slice key)
{
    object *o = nr_map_get(&mem_of(s)->objects, key);
    return o && !has_run_out(mem_of(s), o) ? o : NULL;
}

/* What lies at key: *out is NULL when nothing does. */
static nr_status object_find(nr_store *s, nr_slice key, nr_holds holds, object **out)
{
    *out = object_at(s, key);
    return *out && (*out)->holds != holds ? NR_ST_WRONGTYPE : NR_ST_OK;
}

static nr_status object_need(nr_store *s, nr_slice key, nr_holds holds, object **out)
{
    nr_status st = object_find(s, key, holds, out);
    if (!st && !*out) *out = object_new(mem_of(s), key, holds);
    return st;
}

/* Pairs of an object. */

/* How many names lie below name; with behind, name itself is counted too. */
static size_t position(const object *o, nr_slice name, bool behind)
{
    size_t lo = 0, hi = o->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (nr_slice_cmp(o->pairs[mid].name, name) < (behind ? 1 : 0)) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static nr_pair *pair_find(const object *o, nr_slice name)
{
    size_t i = o ? position(o, name, false) : 0;
    return o && i < o->n && nr_slice_eq(o->pairs[i].name, name) ? &o->pairs[i] : NULL;
}

static nr_pair *pair_insert(const nr_env *env, object *o, nr_slice name)
{
    if (o->n == o->cap) {
        o->cap = o->cap ? o->cap * 2 : 4;
        o->pairs = env->realloc(o->pairs, o->cap * sizeof *o->pairs);
    }
    size_t i = position(o, name, false);
    memmove(&o->pairs[i + 1], &o->pairs[i], (o->n - i) * sizeof *o->pairs);
    o->pairs[i] = (nr_pair){slice_copy(env, name), {NULL, 0}};
    o->n++;
    return &o->pairs[i];
}

static void pair_set(const nr_env *env, object *o, nr_slice name, nr_slice value)
{
    nr_pair *p = pair_find(o, name);
    if (!p) p = pair_insert(env, o, name);
    slice_free(env, p->value);
    p->value = value.p ? slice_copy(env, value) : value;
}

static void pair_remove(const nr_env *env, object *o, nr_slice name)
{
    nr_pair *p = pair_find(o, name);
    if (!p) return;
    slice_free(env, p->name);
    slice_free(env, p->value);
    size_t behind = o->n - (size_t)(p - o->pairs) - 1;
    memmove(p, p + 1, behind * sizeof *p);
    o->n--;
}

static void drop_if_empty(mem *m, object *o)
{
    if (o->n == 0) object_remove(m, o->key);
}

/* Any key. */

static nr_holds mem_holds(nr_store *s, nr_slice key)
{
    const object *o = object_at(s, key);
    return o ? o->holds : NR_HOLDS_NOTHING;
}

static nr_status mem_remove(nr_store *s, nr_slice key)
{
    object_remove(mem_of(s), key);
    return NR_ST_OK;
}

static void mem_walk(nr_store *s, nr_slice prefix, bool (*fn)(void *ctx, nr_slice key, nr_holds holds), void *ctx)
{
    size_t at = 0;
    nr_slice key;
    void *value;
    while (nr_map_next(&mem_of(s)->objects, &at, &key, &value)) {
        const object *o = value;
        if (nr_slice_starts(key, prefix) && !has_run_out(mem_of(s), o) && !fn(ctx, key, o->holds)) return;
    }
}

static void mem_walk_read(nr_store *s, nr_slice prefix, nr_slice beside, bool (*fn)(void *ctx, const nr_met *met), void *ctx)
{
    size_t at = 0;
    nr_slice key;
    void *value;
    while (nr_map_next(&mem_of(s)->objects, &at, &key, &value)) {
        const object *o = value;
        nr_met met = {.key = key, .holds = o->holds, .deadline = o->deadline};
        bool read = nr_slice_starts(key, prefix), met_too = beside.p && nr_slice_starts(key, beside);
        if (read && o->holds == NR_HOLDS_HASH) met.fields = (nr_pairs){o->pairs, o->n, o->cap};
        if ((read || met_too) && !fn(ctx, &met)) return;
    }
}

/* All in one piece: a place in the map would mean nothing after a write. */
static nr_status mem_keys(nr_store *s, nr_slice prefix, uint64_t *cursor, nr_arena *a, nr_slices *out)
{
    size_t at = 0;
    nr_slice key;
    void *value;
    while (nr_map_next(&mem_of(s)->objects, &at, &key, &value))
        if (nr_slice_starts(key, prefix) && !has_run_out(mem_of(s), value)) nr_vec_push(a, out, nr_arena_copy(a, key));
    *cursor = 0;
    return NR_ST_OK;
}

static uint64_t mem_size(nr_store *s)
{
    return mem_of(s)->objects.n;
}

static uint64_t mem_bytes(nr_store *s, nr_slice key)
{
    const object *o = object_at(s, key);
    uint64_t n = o ? sizeof *o + o->key.n + o->cap * sizeof *o->pairs : 0;
    for (size_t i = 0; o && i < o->n; i++) n += o->pairs[i].name.n + o->pairs[i].value.n;
    return n;
}

static void mem_touch(nr_store *s, nr_slice key)
{
    (void)s;
    (void)key;
}

/* Hashes. */

static nr_status mem_hash_all(nr_store *s, nr_slice key, nr_arena *a, nr_pairs *out)
{
    object *o;
    nr_status st = object_find(s, key, NR_HOLDS_HASH, &o);
    if (st || !o) return st;
    for (size_t i = 0; i < o->n; i++) nr_vec_push(a, out, (nr_pair){nr_arena_copy(a, o->pairs[i].name), nr_arena_copy(a, o->pairs[i].value)});
    return NR_ST_OK;
}

static nr_status mem_hash_get(nr_store *s, nr_slice key, nr_arena *a, nr_pair *fields, size_t n, bool *exists)
{
    object *o;
    nr_status st = object_find(s, key, NR_HOLDS_HASH, &o);
    if (st) return st;
    *exists = o != NULL;
    for (size_t i = 0; i < n; i++) {
        const nr_pair *p = pair_find(o, fields[i].name);
        fields[i].value = p ? nr_arena_copy(a, p->value) : (nr_slice){NULL, 0};
    }
    return NR_ST_OK;
}

static nr_status mem_hash_put(nr_store *s, nr_slice key, const nr_pair *fields, size_t n)
{
    mem *m = mem_of(s);
    object *o;
    nr_status st = object_need(s, key, NR_HOLDS_HASH, &o);
    if (st) return st;
    for (size_t i = 0; i < n; i++) {
        if (fields[i].value.p) pair_set(m->env, o, fields[i].name, fields[i].value);
        else pair_remove(m->env, o, fields[i].name);
    }
    drop_if_empty(m, o);
    return NR_ST_OK;
}

/* Members of either kind of index. */

static nr_status member_add(nr_store *s, nr_slice key, nr_holds holds, nr_slice member)
{
    object *o;
    nr_status st = object_need(s, key, holds, &o);
    if (!st) pair_set(mem_of(s)->env, o, member, (nr_slice){NULL, 0});
    return st;
}

static nr_status member_remove(nr_store *s, nr_slice key, nr_holds holds, nr_slice member)
{
    object *o;
    nr_status st = object_find(s, key, holds, &o);
    if (st || !o) return st;
    pair_remove(mem_of(s)->env, o, member);
    drop_if_empty(mem_of(s), o);
    return NR_ST_OK;
}

static nr_status member_has(nr_store *s, nr_slice key, nr_holds holds, nr_slice member, bool *has)
{
    object *o;
    nr_status st = object_find(s, key, holds, &o);
    if (!st) *has = pair_find(o, member) != NULL;
    return st;
}

/* Ordered indexes. */

static nr_status mem_ordered_add(nr_store *s, nr_slice key, nr_slice member)
{
    return member_add(s, key, NR_HOLDS_ORDERED, member);
}

static nr_status mem_ordered_remove(nr_store *s, nr_slice key, nr_slice member)
{
    return member_remove(s, key, NR_HOLDS_ORDERED, member);
}

static nr_status mem_ordered_has(nr_store *s, nr_slice key, nr_slice member, bool *has)
{
    return member_has(s, key, NR_HOLDS_ORDERED, member, has);
}

/* The positions [*from, *to) that lie in the range. */
static void range_positions(const object *o, const nr_range *r, size_t *from, size_t *to)
{
    *from = r->lo.p ? position(o, r->lo, r->lo_open) : 0;
    *to = r->hi.p ? position(o, r->hi, !r->hi_open) : o->n;
    if (*to < *from) *to = *from;
}

static nr_status mem_ordered_count(nr_store *s, nr_slice key, const nr_range *r, uint64_t *count)
{
    object *o;
    nr_status st = object_find(s, key, NR_HOLDS_ORDERED, &o);
    if (st) return st;
    size_t from = 0, to = 0;
    if (o) range_positions(o, r, &from, &to);
    *count = to - from;
    return NR_ST_OK;
}

static nr_status mem_ordered_scan(nr_store *s, nr_slice key, const nr_range *r, bool reverse, size_t max, nr_arena *a, nr_slices *out)
{
    object *o;
    nr_status st = object_find(s, key, NR_HOLDS_ORDERED, &o);
    if (st || !o) return st;
    size_t from, to;
    range_positions(o, r, &from, &to);
    for (size_t i = 0; i < to - from && i < max; i++) {
        size_t at = reverse ? to - 1 - i : from + i;
        nr_vec_push(a, out, nr_arena_copy(a, o->pairs[at].name));
    }
    return NR_ST_OK;
}

/* Sets. */

static nr_status mem_set_add(nr_store *s, nr_slice key, nr_slice member)
{
    return member_add(s, key, NR_HOLDS_SET, member);
}

static nr_status mem_set_remove(nr_store *s, nr_slice key, nr_slice member)
{
    return member_remove(s, key, NR_HOLDS_SET, member);
}

static nr_status mem_set_has(nr_store *s, nr_slice key, nr_slice member, bool *has)
{
    return member_has(s, key, NR_HOLDS_SET, member, has);
}

static nr_status mem_set_count(nr_store *s, nr_slice key, uint64_t *count)
{
    object *o;
    nr_status st = object_find(s, key, NR_HOLDS_SET, &o);
    if (!st) *count = o ? o->n : 0;
    return st;
}

/* The cursor is the position to go on from. */
static nr_status mem_set_scan(nr_store *s, nr_slice key, uint64_t *cursor, nr_arena *a, nr_slices *out)
{
    object *o;
    nr_status st = object_find(s, key, NR_HOLDS_SET, &o);
    if (st) return st;
    uint64_t n = o ? o->n : 0, at = *cursor;
    for (size_t i = 0; i < SCAN_BATCH && at < n; i++, at++) nr_vec_push(a, out, nr_arena_copy(a, o->pairs[at].name));
    *cursor = at < n ? at : 0;
    return NR_ST_OK;
}

static bool in_every(nr_store *s, const nr_slice *keys, size_t n, nr_slice member)
{
    bool has = true;
    for (size_t i = 0; has && i < n; i++) mem_set_has(s, keys[i], member, &has);
    return has;
}

static nr_status mem_set_common(nr_store *s, const nr_slice *keys, size_t n, nr_arena *a, nr_slices *out)
{
    object *o, *first = NULL;
    for (size_t i = 0; i < n; i++) {
        nr_status st = object_find(s, keys[i], NR_HOLDS_SET, &o);
        if (st) return st;
        if (i == 0) first = o;
    }
    for (size_t i = 0; first && i < first->n; i++)
        if (in_every(s, keys + 1, n - 1, first->pairs[i].name)) nr_vec_push(a, out, nr_arena_copy(a, first->pairs[i].name));
    return NR_ST_OK;
}

/* Counters. */

static nr_status counter_find(nr_store *s, nr_slice key, object **out)
{
    nr_status st = object_find(s, key, NR_HOLDS_STRING, out);
    return !st && *out && !(*out)->is_counter ? NR_ST_WRONGTYPE : st;
}

static nr_status mem_counter_get(nr_store *s, nr_slice key, int64_t *value)
{
    object *o;
    nr_status st = counter_find(s, key, &o);
    if (!st) *value = o ? o->counter : 0;
    return st;
}

static nr_status mem_counter_set(nr_store *s, nr_slice key, int64_t value)
{
    object *o;
    nr_status st = counter_find(s, key, &o);
    if (st) return st;
    if (!o) o = object_new(mem_of(s), key, NR_HOLDS_STRING);
    o->is_counter = true;
    o->counter = value;
    return NR_ST_OK;
}

static int64_t mem_deadline(nr_store *s, nr_slice key)
{
    const object *o = object_at(s, key);
    return o ? o->deadline : -1;
}

static nr_status mem_expire(nr_store *s, nr_slice key, int64_t deadline)
{
    object *o = object_at(s, key);
    if (o) o->deadline = deadline;
    return NR_ST_OK;
}

static const nr_store_class mem_class = {
    .name = "memory",
    .holds = mem_holds,
    .deadline = mem_deadline,
    .expire = mem_expire,
    .hash_all = mem_hash_all,
    .hash_get = mem_hash_get,
    .hash_put = mem_hash_put,
    .remove = mem_remove,
    .ordered_add = mem_ordered_add,
    .ordered_remove = mem_ordered_remove,
    .ordered_has = mem_ordered_has,
    .ordered_count = mem_ordered_count,
    .ordered_scan = mem_ordered_scan,
    .set_add = mem_set_add,
    .set_remove = mem_set_remove,
    .set_has = mem_set_has,
    .set_count = mem_set_count,
    .set_scan = mem_set_scan,
    .set_common = mem_set_common,
    .counter_get = mem_counter_get,
    .counter_set = mem_counter_set,
    .size = mem_size,
    .bytes = mem_bytes,
    .walk = mem_walk,
    .walk_read = mem_walk_read,
    .keys = mem_keys,
    .touch = mem_touch,
};

nr_store *nr_store_mem_new(const nr_env *env)
{
    mem *m = env->alloc(sizeof *m);
    *m = (mem){.store = {&mem_class}, .env = env};
    nr_map_init(&m->objects, env);
    return &m->store;
}

void nr_store_mem_flush(nr_store *s)
{
    mem *m = mem_of(s);
    size_t at = 0;
    void *value;
    while (nr_map_next(&m->objects, &at, NULL, &value)) object_free(m->env, value);
    nr_map_clear(&m->objects);
}

void nr_store_mem_free(nr_store *s)
{
    nr_store_mem_flush(s);
    mem_of(s)->env->free(s);
}

void nr_store_mem_set_string(nr_store *s, nr_slice key)
{
    object_remove(mem_of(s), key);
    object_new(mem_of(s), key, NR_HOLDS_STRING);
}

static void add_number(nr_buf *b, uint64_t x)
{
    nr_buf_add(b, (nr_slice){(const char *)&x, sizeof x});
}

/* Lengths stand in front, so that different contents never give the same bytes. */
static void add_slice(nr_buf *b, nr_slice s)
{
    add_number(b, s.p ? s.n : UINT64_MAX);
    nr_buf_add(b, s);
}

static uint64_t object_digest(const object *o, nr_arena *a)
{
    nr_buf b = nr_buf_in(a);
    add_slice(&b, o->key);
    add_number(&b, o->holds);
    add_number(&b, o->is_counter);
    add_number(&b, (uint64_t)o->counter);
    add_number(&b, (uint64_t)o->deadline);
    for (size_t i = 0; i < o->n; i++) {
        add_slice(&b, o->pairs[i].name);
        add_slice(&b, o->pairs[i].value);
    }
    return nr_hash(0, nr_buf_slice(&b));
}

uint64_t nr_store_mem_digest(nr_store *s)
{
    mem *m = mem_of(s);
    nr_arena a;
    nr_arena_init(&a, m->env);
    uint64_t sum = 0;
    size_t at = 0;
    void *value;
    while (nr_map_next(&m->objects, &at, NULL, &value)) {
        if (!has_run_out(m, value)) sum += object_digest(value, &a);
        nr_arena_clear(&a);
    }
    return sum;
}
