/* store_redis.c -- nr_store over the server's hashes, sorted sets and sets.
 *
 * Ordered indexes are sorted sets whose scores are all 0, so that the server orders members by bytes. What the low-level API has is used through
 * it; ranks in a lexical range, membership and writes of sets go through RM_Call. A key is never kept open from one call to the next. */
#include "module.h"

#include <stdio.h>
#include <stdlib.h>

#define SELF(s) ((nr_store_redis *)(s))

enum { AT_ONCE = 8 };    /* fields of one call to the server */
enum { NAMES_KNOWN = 32, NAME_LONGEST = 64 };
enum { LOOKED_AT = 64 }; /* arguments, for the one that a text is */

typedef struct nr_live_cursor {
    struct nr_live_cursor *next;
    RedisModuleScanCursor *cursor;
    size_t page; /* members to read next, about */
} nr_live_cursor;

static RedisModuleString *string_of(nr_store *s, nr_slice t)
{
    (void)s;
    return RedisModule_CreateString(NULL, t.n ? t.p : "", t.n);
}

static void drop(nr_store *s, RedisModuleString *str)
{
    (void)s;
    RedisModule_FreeString(NULL, str);
}

/* A text that is an argument of the command, at the same place in memory, is a string already. */
static RedisModuleString *value_string(nr_store *s, nr_slice t)
{
    nr_store_redis *self = SELF(s);
    for (size_t i = 0; i < self->n_args && i < LOOKED_AT; i++) {
        size_t at = self->next_arg + i < self->n_args ? self->next_arg + i : self->next_arg + i - self->n_args;
        if (self->args[at].p != t.p || self->args[at].n != t.n) continue;
        self->next_arg = at + 1;
        RedisModule_RetainString(NULL, self->argv[at]);
        return self->argv[at];
    }
    return string_of(s, t);
}

/* The name of a key, kept until another key is named: an entity is read, written and announced in turn. */
static RedisModuleString *key_name(nr_store *s, nr_slice key)
{
    nr_store_redis *self = SELF(s);
    if (self->name && nr_slice_eq(nr_slice_of_string(self->name), key)) return self->name;
    if (self->name) drop(s, self->name);
    return self->name = string_of(s, key);
}

static RedisModuleKey *open_key(nr_store *s, nr_slice key, int mode)
{
    return RedisModule_OpenKey(SELF(s)->ctx, key_name(s, key), mode);
}

static nr_holds holds_of(RedisModuleKey *k)
{
    static const nr_holds by_type[] = {
        [REDISMODULE_KEYTYPE_EMPTY] = NR_HOLDS_NOTHING, [REDISMODULE_KEYTYPE_STRING] = NR_HOLDS_STRING, [REDISMODULE_KEYTYPE_HASH] = NR_HOLDS_HASH,
        [REDISMODULE_KEYTYPE_SET] = NR_HOLDS_SET,       [REDISMODULE_KEYTYPE_ZSET] = NR_HOLDS_ORDERED,
    };
    int type = k ? RedisModule_KeyType(k) : REDISMODULE_KEYTYPE_EMPTY;
    nr_holds h = type >= 0 && type < (int)(sizeof by_type / sizeof *by_type) ? by_type[type] : NR_HOLDS_OTHER;
    return h == NR_HOLDS_NOTHING && type != REDISMODULE_KEYTYPE_EMPTY ? NR_HOLDS_OTHER : h;
}

/* Opens a key that must hold this type or nothing. OK with *k NULL: nothing there (reads only). */
static nr_status open_as(nr_store *s, nr_slice key, nr_holds want, int mode, RedisModuleKey **k)
{
    *k = open_key(s, key, mode);
    nr_holds got = holds_of(*k);
    if (got == want || (got == NR_HOLDS_NOTHING && (mode & REDISMODULE_WRITE))) return NR_ST_OK;
    if (*k) RedisModule_CloseKey(*k);
    *k = NULL;
    return got == NR_HOLDS_NOTHING ? NR_ST_OK : NR_ST_WRONGTYPE;
}

static nr_holds redis_holds(nr_store *s, nr_slice key)
{
    RedisModuleKey *k = open_key(s, key, REDISMODULE_READ);
    nr_holds h = holds_of(k);
    if (k) RedisModule_CloseKey(k);
    return h;
}

static int64_t redis_deadline(nr_store *s, nr_slice key)
{
    RedisModuleKey *k = open_key(s, key, REDISMODULE_READ);
    if (!k) return -1;
    mstime_t at = RedisModule_GetAbsExpire(k);
    RedisModule_CloseKey(k);
    return at == REDISMODULE_NO_EXPIRE ? -1 : at;
}

/* Tells watchers and subscribers, as the server's own commands would. */
static void announce(nr_store *s, nr_slice key, int type, const char *event)
{
    RedisModuleString *name = key_name(s, key);
    RedisModule_SignalModifiedKey(SELF(s)->ctx, name);
    RedisModule_NotifyKeyspaceEvent(SELF(s)->ctx, type, event, name);
}

static nr_status redis_expire(nr_store *s, nr_slice key, int64_t deadline)
{
    RedisModuleKey *k = open_key(s, key, REDISMODULE_READ | REDISMODULE_WRITE);
    bool there = holds_of(k) != NR_HOLDS_NOTHING;
    int rc = there ? RedisModule_SetAbsExpire(k, deadline < 0 ? REDISMODULE_NO_EXPIRE : deadline) : REDISMODULE_OK;
    RedisModule_CloseKey(k);
    if (there && rc == REDISMODULE_OK) announce(s, key, REDISMODULE_NOTIFY_GENERIC, deadline < 0 ? "persist" : "expire");
    return rc == REDISMODULE_OK ? NR_ST_OK : NR_ST_FAILED;
}

/* The names of the fields of the hash that was read before, by their places. */
typedef struct known_name {
    size_t n;
    char text[NAME_LONGEST];
} known_name;

typedef struct hash_reader {
    nr_arena *arena;
    nr_pairs *out;
    known_name *known; /* NAMES_KNOWN of them; NULL: one hash alone is read */
} hash_reader;

/* The name of the next field. Hashes of one model mostly have the same ones in the same order, and what is known is not copied again. */
static nr_slice name_of(hash_reader *r, nr_slice name)
{
    known_name *k = r->known && r->out->n < NAMES_KNOWN ? &r->known[r->out->n] : NULL;
    if (!k || name.n > NAME_LONGEST) return nr_arena_copy(r->arena, name);
    if (k->n != name.n || memcmp(k->text, name.p, name.n) != 0) {
        memcpy(k->text, name.p, name.n);
        k->n = name.n;
    }
    return (nr_slice){k->text, k->n};
}

static void take_field(RedisModuleKey *k, RedisModuleString *field, RedisModuleString *value, void *ctx)
{
    (void)k;
    hash_reader *r = ctx;
    nr_pair p = {name_of(r, nr_slice_of_string(field)), nr_arena_copy(r->arena, nr_slice_of_string(value))};
    nr_vec_push(r->arena, r->out, p);
}

static void read_fields(RedisModuleKey *k, RedisModuleScanCursor *cursor, hash_reader *r)
{
    RedisModule_ScanCursorRestart(cursor);
    while (RedisModule_ScanKey(k, cursor, take_field, r)) {}
}

static nr_status redis_hash_all(nr_store *s, nr_slice key, nr_arena *a, nr_pairs *out)
{
    RedisModuleKey *k;
    nr_status st = open_as(s, key, NR_HOLDS_HASH, REDISMODULE_READ, &k);
    if (st || !k) return st;
    RedisModuleScanCursor *cursor = RedisModule_ScanCursorCreate();
    read_fields(k, cursor, &(hash_reader){.arena = a, .out = out});
    RedisModule_ScanCursorDestroy(cursor);
    RedisModule_CloseKey(k);
    return NR_ST_OK;
}

static nr_status redis_hash_get(nr_store *s, nr_slice key, nr_arena *a, nr_pair *fields, size_t n, bool *exists)
{
    RedisModuleKey *k;
    *exists = false;
    nr_status st = open_as(s, key, NR_HOLDS_HASH, REDISMODULE_READ, &k);
    if (st || !k) return st;
    *exists = true;
    for (size_t i = 0; i < n; i++) {
        RedisModuleString *value = NULL;
        RedisModuleString *name = nr_name_hold(fields[i].name);
        RedisModule_HashGet(k, REDISMODULE_HASH_NONE, name, &value, NULL);
        drop(s, name);
        if (!value) continue;
        fields[i].value = nr_arena_copy(a, nr_slice_of_string(value));
        drop(s, value);
    }
    RedisModule_CloseKey(k);
    return NR_ST_OK;
}

/* Up to AT_ONCE fields: a NULL behind the last one ends the list. */
static void put_fields(nr_store *s, RedisModuleKey *k, const nr_pair *fields, size_t n)
{
    RedisModuleString *name[AT_ONCE] = {NULL}, *value[AT_ONCE] = {NULL};
    for (size_t i = 0; i < n; i++) {
        name[i] = nr_name_hold(fields[i].name);
        value[i] = fields[i].value.p ? value_string(s, fields[i].value) : REDISMODULE_HASH_DELETE;
    }
    RedisModule_HashSet(k, REDISMODULE_HASH_NONE, name[0], value[0], name[1], value[1], name[2], value[2], name[3], value[3], name[4], value[4], name[5],
                        value[5], name[6], value[6], name[7], value[7], NULL);
    for (size_t i = 0; i < n; i++) {
        drop(s, name[i]);
        if (value[i] != REDISMODULE_HASH_DELETE) drop(s, value[i]);
    }
}

static nr_status redis_hash_put(nr_store *s, nr_slice key, const nr_pair *fields, size_t n)
{
    RedisModuleKey *k;
    bool set = false, removed = false;
    nr_status st = open_as(s, key, NR_HOLDS_HASH, REDISMODULE_READ | REDISMODULE_WRITE, &k);
    if (st) return st;
    for (size_t i = 0; i < n; i += AT_ONCE) put_fields(s, k, fields + i, n - i < AT_ONCE ? n - i : AT_ONCE);
    for (size_t i = 0; i < n; i++) *(fields[i].value.p ? &set : &removed) = true;
    bool gone = removed && RedisModule_KeyType(k) == REDISMODULE_KEYTYPE_EMPTY;
    RedisModule_CloseKey(k);
    if (set) announce(s, key, REDISMODULE_NOTIFY_HASH, "hset");
    if (removed) announce(s, key, REDISMODULE_NOTIFY_HASH, "hdel");
    if (gone) announce(s, key, REDISMODULE_NOTIFY_GENERIC, "del");
    return NR_ST_OK;
}

static nr_status redis_remove(nr_store *s, nr_slice key)
{
    RedisModuleKey *k = open_key(s, key, REDISMODULE_READ | REDISMODULE_WRITE);
    bool there = holds_of(k) != NR_HOLDS_NOTHING;
    int rc = there ? RedisModule_UnlinkKey(k) : REDISMODULE_OK;
    RedisModule_CloseKey(k);
    if (there && rc == REDISMODULE_OK) announce(s, key, REDISMODULE_NOTIFY_GENERIC, "del");
    return rc == REDISMODULE_OK ? NR_ST_OK : NR_ST_FAILED;
}

static nr_status redis_ordered_add(nr_store *s, nr_slice key, nr_slice member)
{
    RedisModuleKey *k;
    nr_status st = open_as(s, key, NR_HOLDS_ORDERED, REDISMODULE_READ | REDISMODULE_WRITE, &k);
    if (st) return st;
    RedisModuleString *m = string_of(s, member);
    int rc = RedisModule_ZsetAdd(k, 0, m, NULL);
    drop(s, m);
    RedisModule_CloseKey(k);
    return rc == REDISMODULE_OK ? NR_ST_OK : NR_ST_FAILED;
}

static nr_status redis_ordered_remove(nr_store *s, nr_slice key, nr_slice member)
{
    RedisModuleKey *k;
    nr_status st = open_as(s, key, NR_HOLDS_ORDERED, REDISMODULE_READ | REDISMODULE_WRITE, &k);
    if (st) return st;
    int rc = REDISMODULE_OK;
    if (RedisModule_KeyType(k) != REDISMODULE_KEYTYPE_EMPTY) {
        RedisModuleString *m = string_of(s, member);
        rc = RedisModule_ZsetRem(k, m, NULL);
        drop(s, m);
    }
    RedisModule_CloseKey(k);
    return rc == REDISMODULE_OK ? NR_ST_OK : NR_ST_FAILED;
}

static nr_status redis_ordered_has(nr_store *s, nr_slice key, nr_slice member, bool *has)
{
    RedisModuleKey *k;
    double score;
    *has = false;
    nr_status st = open_as(s, key, NR_HOLDS_ORDERED, REDISMODULE_READ, &k);
    if (st || !k) return st;
    RedisModuleString *m = string_of(s, member);
    *has = RedisModule_ZsetScore(k, m, &score) == REDISMODULE_OK;
    drop(s, m);
    RedisModule_CloseKey(k);
    return NR_ST_OK;
}

/* A bound in the server's notation: "[x", "(x", "-", "+". */
static RedisModuleString *bound(nr_store *s, nr_slice at, bool open, const char *none)
{
    if (!at.p) return RedisModule_CreateString(SELF(s)->ctx, none, 1);
    char *buf = RedisModule_Alloc(at.n + 1);
    buf[0] = open ? '(' : '[';
    memcpy(buf + 1, at.p, at.n);
    RedisModuleString *str = RedisModule_CreateString(SELF(s)->ctx, buf, at.n + 1);
    RedisModule_Free(buf);
    return str;
}

/* What a reply means that is not of the type wanted. */
static nr_status refusal(RedisModuleCallReply *reply)
{
    size_t n = 0;
    bool error = reply && RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ERROR;
    const char *text = error ? RedisModule_CallReplyStringPtr(reply, &n) : NULL;
    return n >= 9 && memcmp(text, "WRONGTYPE", 9) == 0 ? NR_ST_WRONGTYPE : NR_ST_FAILED;
}

static nr_status integer_reply(RedisModuleCallReply *reply, uint64_t *out)
{
    bool good = reply && RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_INTEGER;
    nr_status st = good ? NR_ST_OK : refusal(reply);
    if (good) *out = (uint64_t)RedisModule_CallReplyInteger(reply);
    if (reply) RedisModule_FreeCallReply(reply);
    return st;
}

static nr_status redis_ordered_count(nr_store *s, nr_slice key, const nr_range *r, uint64_t *count)
{
    if (!r->lo.p && !r->hi.p) {
        RedisModuleKey *k;
        nr_status st = open_as(s, key, NR_HOLDS_ORDERED, REDISMODULE_READ, &k);
        *count = k ? RedisModule_ValueLength(k) : 0;
        if (k) RedisModule_CloseKey(k);
        return st;
    }
    RedisModuleString *lo = bound(s, r->lo, r->lo_open, "-"), *hi = bound(s, r->hi, r->hi_open, "+");
    nr_status st = integer_reply(RedisModule_Call(SELF(s)->ctx, "ZLEXCOUNT", "bss", key.p, key.n, lo, hi), count);
    drop(s, lo);
    drop(s, hi);
    return st;
}

static nr_status redis_ordered_scan(nr_store *s, nr_slice key, const nr_range *r, bool reverse, size_t max, nr_arena *a, nr_slices *out)
{
    RedisModuleKey *k;
    nr_status st = open_as(s, key, NR_HOLDS_ORDERED, REDISMODULE_READ, &k);
    if (st || !k) return st;
    RedisModuleString *lo = bound(s, r->lo, r->lo_open, "-"), *hi = bound(s, r->hi, r->hi_open, "+");
    int rc = reverse ? RedisModule_ZsetLastInLexRange(k, lo, hi) : RedisModule_ZsetFirstInLexRange(k, lo, hi);
    for (size_t i = 0; rc == REDISMODULE_OK && i < max && !RedisModule_ZsetRangeEndReached(k); i++) {
        RedisModuleString *m = RedisModule_ZsetRangeCurrentElement(k, NULL);
        nr_vec_push(a, out, nr_arena_copy(a, nr_slice_of_string(m)));
        drop(s, m);
        if (reverse) RedisModule_ZsetRangePrev(k);
        else RedisModule_ZsetRangeNext(k);
    }
    RedisModule_ZsetRangeStop(k);
    RedisModule_CloseKey(k);
    drop(s, lo);
    drop(s, hi);
    return rc == REDISMODULE_OK ? NR_ST_OK : NR_ST_FAILED;
}

static nr_status set_call(nr_store *s, const char *command, nr_slice key, nr_slice member, uint64_t *out)
{
    return integer_reply(RedisModule_Call(SELF(s)->ctx, command, "bb", key.p, key.n, member.p, member.n), out);
}

static nr_status redis_set_add(nr_store *s, nr_slice key, nr_slice member)
{
    uint64_t ignored;
    return set_call(s, "SADD", key, member, &ignored);
}

static nr_status redis_set_remove(nr_store *s, nr_slice key, nr_slice member)
{
    uint64_t ignored;
    return set_call(s, "SREM", key, member, &ignored);
}

static nr_status redis_set_has(nr_store *s, nr_slice key, nr_slice member, bool *has)
{
    uint64_t n = 0;
    nr_status st = set_call(s, "SISMEMBER", key, member, &n);
    *has = n > 0;
    return st;
}

static nr_status redis_set_count(nr_store *s, nr_slice key, uint64_t *count)
{
    RedisModuleKey *k;
    nr_status st = open_as(s, key, NR_HOLDS_SET, REDISMODULE_READ, &k);
    *count = k ? RedisModule_ValueLength(k) : 0;
    if (k) RedisModule_CloseKey(k);
    return st;
}

typedef struct set_reader {
    nr_arena *arena;
    nr_slices *out;
} set_reader;

static void take_member(RedisModuleKey *k, RedisModuleString *member, RedisModuleString *none, void *ctx)
{
    (void)k;
    (void)none;
    set_reader *r = ctx;
    nr_vec_push(r->arena, r->out, nr_arena_copy(r->arena, nr_slice_of_string(member)));
}

/* Who wants ten members reads no hundreds. */
enum { SET_PAGE_FIRST = 32, SET_PAGE = 256 };

static nr_live_cursor *cursor_make(nr_store_redis *self)
{
    nr_live_cursor *c = RedisModule_Alloc(sizeof *c);
    *c = (nr_live_cursor){self->cursors, RedisModule_ScanCursorCreate(), SET_PAGE_FIRST};
    return self->cursors = c;
}

static void cursor_end(nr_store_redis *self, nr_live_cursor *c)
{
    nr_live_cursor **at = &self->cursors;
    while (*at != c) at = &(*at)->next;
    *at = c->next;
    RedisModule_ScanCursorDestroy(c->cursor);
    RedisModule_Free(c);
}

static nr_status redis_set_scan(nr_store *s, nr_slice key, uint64_t *cursor, nr_arena *a, nr_slices *out)
{
    RedisModuleKey *k;
    nr_live_cursor *c = (nr_live_cursor *)(uintptr_t)*cursor;
    nr_status st = open_as(s, key, NR_HOLDS_SET, REDISMODULE_READ, &k);
    if (!st && k) {
        if (!c) c = cursor_make(SELF(s));
        set_reader r = {a, out};
        size_t before = out->n;
        bool more = true;
        while (more && out->n - before < c->page) more = RedisModule_ScanKey(k, c->cursor, take_member, &r);
        c->page = c->page * 2 < SET_PAGE ? c->page * 2 : SET_PAGE;
        RedisModule_CloseKey(k);
        *cursor = (uintptr_t)c;
        if (more) return NR_ST_OK;
    }
    if (c) cursor_end(SELF(s), c);
    *cursor = 0;
    return st;
}

static nr_status members_reply(RedisModuleCallReply *reply, nr_arena *a, nr_slices *out)
{
    bool good = reply && RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ARRAY;
    nr_status st = good ? NR_ST_OK : refusal(reply);
    for (size_t i = 0, n = good ? RedisModule_CallReplyLength(reply) : 0; i < n; i++) {
        nr_slice member;
        member.p = RedisModule_CallReplyStringPtr(RedisModule_CallReplyArrayElement(reply, i), &member.n);
        nr_vec_push(a, out, nr_arena_copy(a, member));
    }
    if (reply) RedisModule_FreeCallReply(reply);
    return st;
}

static nr_status redis_set_common(nr_store *s, const nr_slice *keys, size_t n, nr_arena *a, nr_slices *out)
{
    RedisModuleString **names = NR_NEW_N(a, RedisModuleString *, n);
    for (size_t i = 0; i < n; i++) names[i] = string_of(s, keys[i]);
    nr_status st = members_reply(RedisModule_Call(SELF(s)->ctx, "SINTER", "v", names, n), a, out);
    for (size_t i = 0; i < n; i++) drop(s, names[i]);
    return st;
}

static nr_status redis_counter_get(nr_store *s, nr_slice key, int64_t *value)
{
    *value = 0;
    RedisModuleCallReply *reply = RedisModule_Call(SELF(s)->ctx, "GET", "b", key.p, key.n);
    nr_status st = NR_ST_WRONGTYPE;
    int type = reply ? RedisModule_CallReplyType(reply) : REDISMODULE_REPLY_UNKNOWN;
    if (type == REDISMODULE_REPLY_NULL) {
        st = NR_ST_OK;
    } else if (type == REDISMODULE_REPLY_STRING) {
        long long n;
        RedisModuleString *text = RedisModule_CreateStringFromCallReply(reply);
        if (RedisModule_StringToLongLong(text, &n) == REDISMODULE_OK) st = NR_ST_OK;
        if (!st) *value = n;
        drop(s, text);
    }
    if (reply) RedisModule_FreeCallReply(reply);
    return st;
}

/* A counter that is there is written over where it stands. */
static nr_status redis_counter_set(nr_store *s, nr_slice key, int64_t value)
{
    char text[NR_INT_TEXT];
    size_t n = nr_int_text(value, text), had;
    int rc = REDISMODULE_OK;
    RedisModuleString *name = nr_name_hold(key);
    RedisModuleKey *k = RedisModule_OpenKey(SELF(s)->ctx, name, REDISMODULE_READ | REDISMODULE_WRITE);
    int type = RedisModule_KeyType(k);
    bool in_place = type == REDISMODULE_KEYTYPE_STRING && RedisModule_GetExpire(k) == REDISMODULE_NO_EXPIRE;
    drop(s, name);
    if (type != REDISMODULE_KEYTYPE_STRING && type != REDISMODULE_KEYTYPE_EMPTY) {
        RedisModule_CloseKey(k);
        return NR_ST_WRONGTYPE;
    }
    if (in_place) {
        RedisModule_StringTruncate(k, n);
        memcpy(RedisModule_StringDMA(k, &had, REDISMODULE_WRITE), text, n);
    } else {
        RedisModuleString *whole = RedisModule_CreateString(NULL, text, n);
        rc = RedisModule_StringSet(k, whole);
        drop(s, whole);
    }
    RedisModule_CloseKey(k);
    return rc == REDISMODULE_OK ? NR_ST_OK : NR_ST_FAILED;
}

typedef struct walker {
    nr_slice prefix;
    bool (*fn)(void *ctx, nr_slice key, nr_holds holds);
    void *ctx;
    bool stopped;
} walker;

static void walk_key(RedisModuleCtx *ctx, RedisModuleString *name, RedisModuleKey *k, void *data)
{
    (void)ctx;
    walker *w = data;
    nr_slice key = nr_slice_of_string(name);
    if (!w->stopped && k && nr_slice_starts(key, w->prefix)) w->stopped = !w->fn(w->ctx, key, holds_of(k));
}

static void redis_walk(nr_store *s, nr_slice prefix, bool (*fn)(void *ctx, nr_slice key, nr_holds holds), void *ctx)
{
    walker w = {prefix, fn, ctx, false};
    RedisModuleScanCursor *cursor = RedisModule_ScanCursorCreate();
    while (!w.stopped && RedisModule_Scan(SELF(s)->ctx, cursor, walk_key, &w)) {}
    RedisModule_ScanCursorDestroy(cursor);
}

typedef struct read_walker {
    nr_slice prefix, beside;
    bool (*fn)(void *ctx, const nr_met *met);
    void *ctx;
    nr_arena arena;
    nr_pairs fields; /* of the hash in hand; the room for them stays */
    RedisModuleScanCursor *cursor; /* in that hash */
    known_name known[NAMES_KNOWN];
    bool stopped;
} read_walker;

/* The list of fields begins with the room that stays. */
static nr_pairs read_known(read_walker *w, RedisModuleKey *k)
{
    nr_pairs fields = {w->fields.at, 0, w->fields.cap};
    read_fields(k, w->cursor, &(hash_reader){&w->arena, &fields, w->known});
    return fields;
}

static void read_key(RedisModuleCtx *ctx, RedisModuleString *name, RedisModuleKey *k, void *data)
{
    (void)ctx;
    read_walker *w = data;
    nr_met met = {.key = nr_slice_of_string(name)};
    bool read = nr_slice_starts(met.key, w->prefix);
    if (w->stopped || !k || !(read || (w->beside.p && nr_slice_starts(met.key, w->beside)))) return;
    nr_mark mark = nr_arena_mark(&w->arena);
    mstime_t at = RedisModule_GetAbsExpire(k);
    met.deadline = at == REDISMODULE_NO_EXPIRE ? -1 : at;
    met.holds = holds_of(k);
    if (read && met.holds == NR_HOLDS_HASH) met.fields = read_known(w, k);
    w->stopped = !w->fn(w->ctx, &met);
    nr_arena_rewind(&w->arena, mark);
}

static void redis_walk_read(nr_store *s, nr_slice prefix, nr_slice beside, bool (*fn)(void *ctx, const nr_met *met), void *ctx)
{
    read_walker w = {.prefix = prefix, .beside = beside, .fn = fn, .ctx = ctx, .cursor = RedisModule_ScanCursorCreate()};
    RedisModuleScanCursor *cursor = RedisModule_ScanCursorCreate();
    nr_arena_init(&w.arena, &nr_root.env);
    w.fields = (nr_pairs){NR_NEW_N(&w.arena, nr_pair, NAMES_KNOWN), 0, NAMES_KNOWN};
    while (!w.stopped && RedisModule_Scan(SELF(s)->ctx, cursor, read_key, &w)) {}
    nr_arena_clear(&w.arena);
    RedisModule_ScanCursorDestroy(w.cursor);
    RedisModule_ScanCursorDestroy(cursor);
}

enum { KEYS_PAGE = 200 };

/* SCAN's cursors are numbers that say all there is to them. The prefix is held against each key here: it may have what a pattern takes for special. */
static nr_status redis_keys(nr_store *s, nr_slice prefix, uint64_t *cursor, nr_arena *a, nr_slices *out)
{
    char at[24];
    snprintf(at, sizeof at, "%llu", (unsigned long long)*cursor);
    RedisModuleCallReply *reply = RedisModule_Call(SELF(s)->ctx, "SCAN", "ccl", at, "COUNT", (long long)KEYS_PAGE);
    bool good = reply && RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ARRAY && RedisModule_CallReplyLength(reply) == 2;
    RedisModuleCallReply *keys = good ? RedisModule_CallReplyArrayElement(reply, 1) : NULL;
    if (good) {
        size_t n;
        const char *next = RedisModule_CallReplyStringPtr(RedisModule_CallReplyArrayElement(reply, 0), &n);
        *cursor = strtoull(nr_arena_copy(a, (nr_slice){next, n}).p, NULL, 10);
    }
    for (size_t i = 0; keys && i < RedisModule_CallReplyLength(keys); i++) {
        nr_slice key;
        key.p = RedisModule_CallReplyStringPtr(RedisModule_CallReplyArrayElement(keys, i), &key.n);
        if (nr_slice_starts(key, prefix)) nr_vec_push(a, out, nr_arena_copy(a, key));
    }
    if (reply) RedisModule_FreeCallReply(reply);
    return good ? NR_ST_OK : NR_ST_FAILED;
}

static uint64_t redis_size(nr_store *s)
{
    return RedisModule_DbSize(SELF(s)->ctx);
}

static uint64_t redis_bytes(nr_store *s, nr_slice key)
{
    RedisModuleCallReply *reply = RedisModule_Call(SELF(s)->ctx, "MEMORY", "cb", "USAGE", key.p, key.n);
    bool known = reply && RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_INTEGER;
    uint64_t n = known ? (uint64_t)RedisModule_CallReplyInteger(reply) : 0;
    if (reply) RedisModule_FreeCallReply(reply);
    return n;
}

static void redis_touch(nr_store *s, nr_slice key)
{
    RedisModuleString *name = nr_name_hold(key);
    RedisModule_SignalModifiedKey(SELF(s)->ctx, name);
    drop(s, name);
}

void nr_store_redis_init(nr_store_redis *s, RedisModuleCtx *ctx)
{
    static const nr_store_class cls = {
        .name = "redis",
        .holds = redis_holds,
        .deadline = redis_deadline,
        .expire = redis_expire,
        .hash_all = redis_hash_all,
        .hash_get = redis_hash_get,
        .hash_put = redis_hash_put,
        .remove = redis_remove,
        .ordered_add = redis_ordered_add,
        .ordered_remove = redis_ordered_remove,
        .ordered_has = redis_ordered_has,
        .ordered_count = redis_ordered_count,
        .ordered_scan = redis_ordered_scan,
        .set_add = redis_set_add,
        .set_remove = redis_set_remove,
        .set_has = redis_set_has,
        .set_count = redis_set_count,
        .set_scan = redis_set_scan,
        .set_common = redis_set_common,
        .counter_get = redis_counter_get,
        .counter_set = redis_counter_set,
        .size = redis_size,
        .bytes = redis_bytes,
        .walk = redis_walk,
        .walk_read = redis_walk_read,
        .keys = redis_keys,
        .touch = redis_touch,
    };
    *s = (nr_store_redis){.base = {&cls}, .ctx = ctx};
}

void nr_store_redis_clear(nr_store_redis *s)
{
    while (s->cursors) cursor_end(s, s->cursors);
    if (s->name) RedisModule_FreeString(NULL, s->name);
    s->name = NULL;
}
