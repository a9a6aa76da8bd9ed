/* store_fault.c -- counts the calls on their way to the store below, and answers one of them (or all from there on) itself. What it fails never
 * reaches the store below, so nothing has changed. */
#include "store/store_fault.h"

typedef struct fault {
    nr_store store;
    const nr_env *env;
    nr_store *under;
    uint64_t at, calls;
    bool writes_only, sticky, fired;
    nr_status status;
} fault;

typedef enum effect { READS, WRITES } effect;

static fault *fault_of(nr_store *s)
{
    return (fault *)s;
}

static nr_store *under(nr_store *s)
{
    return fault_of(s)->under;
}

/* Counts the call; what it is to be failed with, else NR_ST_OK. */
static nr_status pass(nr_store *s, effect e)
{
    fault *f = fault_of(s);
    if (f->writes_only && e == READS) return NR_ST_OK;
    f->calls++;
    if (!f->at || (f->sticky ? f->calls < f->at : f->calls != f->at)) return NR_ST_OK;
    f->fired = true;
    return f->status;
}

static nr_holds fault_holds(nr_store *s, nr_slice key)
{
    return under(s)->cls->holds(under(s), key);
}

static nr_status fault_hash_all(nr_store *s, nr_slice key, nr_arena *a, nr_pairs *out)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->hash_all(under(s), key, a, out);
}

static nr_status fault_hash_get(nr_store *s, nr_slice key, nr_arena *a, nr_pair *fields, size_t n, bool *exists)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->hash_get(under(s), key, a, fields, n, exists);
}

static nr_status fault_hash_put(nr_store *s, nr_slice key, const nr_pair *fields, size_t n)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->hash_put(under(s), key, fields, n);
}

static nr_status fault_remove(nr_store *s, nr_slice key)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->remove(under(s), key);
}

static nr_status fault_ordered_add(nr_store *s, nr_slice key, nr_slice member)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->ordered_add(under(s), key, member);
}

static nr_status fault_ordered_remove(nr_store *s, nr_slice key, nr_slice member)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->ordered_remove(under(s), key, member);
}

static nr_status fault_ordered_has(nr_store *s, nr_slice key, nr_slice member, bool *has)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->ordered_has(under(s), key, member, has);
}

static nr_status fault_ordered_count(nr_store *s, nr_slice key, const nr_range *r, uint64_t *count)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->ordered_count(under(s), key, r, count);
}

static nr_status fault_ordered_scan(nr_store *s, nr_slice key, const nr_range *r, bool reverse, size_t max, nr_arena *a, nr_slices *out)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->ordered_scan(under(s), key, r, reverse, max, a, out);
}

static nr_status fault_set_add(nr_store *s, nr_slice key, nr_slice member)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->set_add(under(s), key, member);
}

static nr_status fault_set_remove(nr_store *s, nr_slice key, nr_slice member)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->set_remove(under(s), key, member);
}

static nr_status fault_set_has(nr_store *s, nr_slice key, nr_slice member, bool *has)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->set_has(under(s), key, member, has);
}

static nr_status fault_set_count(nr_store *s, nr_slice key, uint64_t *count)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->set_count(under(s), key, count);
}

static nr_status fault_set_scan(nr_store *s, nr_slice key, uint64_t *cursor, nr_arena *a, nr_slices *out)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->set_scan(under(s), key, cursor, a, out);
}

static nr_status fault_set_common(nr_store *s, const nr_slice *keys, size_t n, nr_arena *a, nr_slices *out)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->set_common(under(s), keys, n, a, out);
}

static nr_status fault_counter_get(nr_store *s, nr_slice key, int64_t *value)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->counter_get(under(s), key, value);
}

static nr_status fault_counter_set(nr_store *s, nr_slice key, int64_t value)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->counter_set(under(s), key, value);
}

static int64_t fault_deadline(nr_store *s, nr_slice key)
{
    return under(s)->cls->deadline(under(s), key);
}

static nr_status fault_expire(nr_store *s, nr_slice key, int64_t deadline)
{
    nr_status st = pass(s, WRITES);
    return st ? st : under(s)->cls->expire(under(s), key, deadline);
}

static void fault_walk(nr_store *s, nr_slice prefix, bool (*fn)(void *ctx, nr_slice key, nr_holds holds), void *ctx)
{
    under(s)->cls->walk(under(s), prefix, fn, ctx);
}

static void fault_walk_read(nr_store *s, nr_slice prefix, nr_slice beside, bool (*fn)(void *ctx, const nr_met *met), void *ctx)
{
    under(s)->cls->walk_read(under(s), prefix, beside, fn, ctx);
}

static nr_status fault_keys(nr_store *s, nr_slice prefix, uint64_t *cursor, nr_arena *a, nr_slices *out)
{
    nr_status st = pass(s, READS);
    return st ? st : under(s)->cls->keys(under(s), prefix, cursor, a, out);
}

static uint64_t fault_size(nr_store *s)
{
    return under(s)->cls->size(under(s));
}

static uint64_t fault_bytes(nr_store *s, nr_slice key)
{
    return under(s)->cls->bytes(under(s), key);
}

static void fault_touch(nr_store *s, nr_slice key)
{
    under(s)->cls->touch(under(s), key);
}

static const nr_store_class fault_class = {
    .name = "fault",
    .holds = fault_holds,
    .deadline = fault_deadline,
    .expire = fault_expire,
    .hash_all = fault_hash_all,
    .hash_get = fault_hash_get,
    .hash_put = fault_hash_put,
    .remove = fault_remove,
    .ordered_add = fault_ordered_add,
    .ordered_remove = fault_ordered_remove,
    .ordered_has = fault_ordered_has,
    .ordered_count = fault_ordered_count,
    .ordered_scan = fault_ordered_scan,
    .set_add = fault_set_add,
    .set_remove = fault_set_remove,
    .set_has = fault_set_has,
    .set_count = fault_set_count,
    .set_scan = fault_set_scan,
    .set_common = fault_set_common,
    .counter_get = fault_counter_get,
    .counter_set = fault_counter_set,
    .size = fault_size,
    .bytes = fault_bytes,
    .walk = fault_walk,
    .walk_read = fault_walk_read,
    .keys = fault_keys,
    .touch = fault_touch,
};

nr_store *nr_store_fault_new(const nr_env *env, nr_store *under_it)
{
    fault *f = env->alloc(sizeof *f);
    *f = (fault){.store = {&fault_class}, .env = env, .under = under_it};
    return &f->store;
}

void nr_store_fault_free(nr_store *s)
{
    fault_of(s)->env->free(s);
}

void nr_store_fault_arm(nr_store *s, uint64_t at, bool writes_only, bool sticky, nr_status status)
{
    fault *f = fault_of(s);
    f->at = at;
    f->calls = 0;
    f->writes_only = writes_only;
    f->sticky = sticky;
    f->fired = false;
    f->status = status;
}

uint64_t nr_store_fault_calls(const nr_store *s)
{
    return ((const fault *)s)->calls;
}

bool nr_store_fault_fired(const nr_store *s)
{
    return ((const fault *)s)->fired;
}
