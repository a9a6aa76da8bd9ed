/* rows.c -- open addressing with linear probing; the slots hold row numbers, the keys are packed by row number.
 *
 *   slots:  . 2 . 0 . . 1 .        row number or NR_NO_ROW, by the hash of the key
 *   keys:   [0] "17"     [1] "alice"  [2] "x"  [3] none      by row number
 *   hashes: [0] h("17")  [1] ...               [3] next free row
 *
 * The hash is kept, so that growing and dropping never look at keys, and finding looks at few but the right one. A dropped row has no key; its
 * place among the hashes links the free rows.
 *
 * Where others note numbers a dropped key stays, marked as gone, until it comes again or all that are gone are dropped for good. */
#include "table/rows.h"

#include "base/hash.h"
#include "table/texts.h"

struct nr_rows {
    const nr_env *env;
    nr_texts *keys;
    uint32_t *hashes;
    size_t cap;         /* of hashes */
    uint32_t *slots;
    unsigned bits;      /* there are 2^bits slots */
    uint32_t count, limit, free_row;
    size_t expected;    /* keys; 0: nobody knows */
    uint64_t epoch;     /* 0: nobody notes numbers */
    uint64_t *gone;     /* with an epoch: a bit for each key that has its number for the sake of links alone */
    size_t gone_words;
    uint32_t n_gone;
};

enum { FIRST_BITS = 4, FIRST_CAP = 16, GONE_MOST = 65536 };
enum { ENOUGH = 64 }; /* one in so many of the expected keys has come: the others are worth room */

static size_t slot_count(const nr_rows *rows)
{
    return (size_t)1 << rows->bits;
}

/* The high bits: right with more slots than there are hashes, too. */
static size_t home_of(const nr_rows *rows, uint32_t hash)
{
    return (size_t)(((uint64_t)hash << 32) >> (64 - rows->bits));
}

static uint32_t hash_of(const nr_rows *rows, nr_slice pk)
{
    return (uint32_t)(nr_hash(rows->env->seed, pk) >> 32);
}

static void make_slots(nr_rows *rows, unsigned bits)
{
    rows->bits = bits;
    rows->slots = rows->env->alloc(slot_count(rows) * sizeof *rows->slots);
    memset(rows->slots, 0xff, slot_count(rows) * sizeof *rows->slots);
}

nr_rows *nr_rows_new(const nr_env *env)
{
    nr_rows *rows = env->alloc(sizeof *rows);
    *rows = (nr_rows){.env = env, .free_row = NR_NO_ROW, .keys = nr_texts_new(env)};
    make_slots(rows, FIRST_BITS);
    return rows;
}

void nr_rows_free(nr_rows *rows)
{
    if (!rows) return;
    nr_texts_free(rows->keys);
    if (rows->cap) rows->env->free(rows->hashes);
    if (rows->gone) rows->env->free(rows->gone);
    rows->env->free(rows->slots);
    rows->env->free(rows);
}

static bool row_is(const nr_rows *rows, uint32_t row, nr_slice pk, uint32_t hash)
{
    return rows->hashes[row] == hash && nr_slice_eq(nr_texts_get(rows->keys, row), pk);
}

/* The slot of pk, or the empty one where it belongs. There is always an empty one. */
static size_t slot_of(const nr_rows *rows, nr_slice pk, uint32_t hash)
{
    size_t mask = slot_count(rows) - 1, i = home_of(rows, hash);
    while (rows->slots[i] != NR_NO_ROW && !row_is(rows, rows->slots[i], pk, hash)) i = (i + 1) & mask;
    return i;
}

uint32_t nr_rows_find(const nr_rows *rows, nr_slice pk)
{
    return rows->slots[slot_of(rows, pk, hash_of(rows, pk))];
}

enum { AT_ONCE = 64 };

/* Up to AT_ONCE of them: what one look needs is fetched for all before any of them looks. */
static void fetch_some(const nr_rows *rows, const nr_slice *pks, size_t n, uint32_t *hash)
{
    for (size_t i = 0; i < n; i++) {
        hash[i] = hash_of(rows, pks[i]);
        __builtin_prefetch(&rows->slots[home_of(rows, hash[i])]);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t row = rows->slots[home_of(rows, hash[i])];
        if (row != NR_NO_ROW) __builtin_prefetch(&rows->hashes[row]);
        if (row != NR_NO_ROW) nr_texts_soon(rows->keys, row);
    }
}

void nr_rows_find_all(const nr_rows *rows, const nr_slice *pks, size_t n, uint32_t *out)
{
    uint32_t hash[AT_ONCE];
    for (size_t i = 0; i < n; i++) {
        if (i % AT_ONCE == 0) fetch_some(rows, pks + i, n - i < AT_ONCE ? n - i : AT_ONCE, hash);
        out[i] = rows->slots[slot_of(rows, pks[i], hash[i % AT_ONCE])];
    }
}

/* Whether so many keys leave slots empty. */
static bool fits(size_t keys, unsigned bits)
{
    return keys < ((size_t)1 << bits) / 4 * 3;
}

static bool is_enough(const nr_rows *rows)
{
    return rows->count >= rows->expected / ENOUGH;
}

static void resize_slots(nr_rows *rows, unsigned bits)
{
    rows->env->free(rows->slots);
    make_slots(rows, bits);
    size_t mask = slot_count(rows) - 1;
    for (uint32_t row = 0; row < rows->limit; row++) {
        if (!nr_texts_get(rows->keys, row).p) continue;
        size_t i = home_of(rows, rows->hashes[row]);
        while (rows->slots[i] != NR_NO_ROW) i = (i + 1) & mask;
        rows->slots[i] = row;
    }
}

static void grow_slots(nr_rows *rows)
{
    unsigned bits = rows->bits + 1;
    while (is_enough(rows) && !fits(rows->expected, bits)) bits++;
    resize_slots(rows, bits);
}

static void set_cap(nr_rows *rows, size_t cap)
{
    size_t bytes = cap * sizeof *rows->hashes;
    rows->hashes = rows->cap ? rows->env->realloc(rows->hashes, bytes) : rows->env->alloc(bytes);
    rows->cap = cap;
}

static void grow_rows(nr_rows *rows)
{
    size_t cap = rows->cap < FIRST_CAP ? FIRST_CAP : rows->cap + rows->cap / 4;
    set_cap(rows, is_enough(rows) && cap < rows->expected ? rows->expected : cap);
}

void nr_rows_expect(nr_rows *rows, size_t n)
{
    rows->expected = n < NR_NO_ROW ? n : NR_NO_ROW;
}

void nr_rows_fit(nr_rows *rows)
{
    unsigned bits = FIRST_BITS;
    rows->expected = 0;
    while (!fits(rows->count, bits)) bits++;
    if (bits < rows->bits) resize_slots(rows, bits);
    if (rows->limit && rows->limit + rows->limit / 4 < rows->cap) set_cap(rows, rows->limit);
}

void nr_rows_soon(const nr_rows *rows, nr_slice pk)
{
    __builtin_prefetch(&rows->slots[home_of(rows, hash_of(rows, pk))]);
}

/* A row number that is not in use; NR_NO_ROW when all are. */
static uint32_t take_row(nr_rows *rows)
{
    uint32_t row = rows->free_row;
    if (row != NR_NO_ROW) {
        rows->free_row = rows->hashes[row];
        return row;
    }
    if (rows->limit == NR_NO_ROW) return NR_NO_ROW;
    if (rows->limit == rows->cap) grow_rows(rows);
    return rows->limit++;
}

static bool is_gone(const nr_rows *rows, uint32_t row)
{
    return row / 64 < rows->gone_words && (rows->gone[row / 64] >> (row % 64) & 1);
}

static void set_gone(nr_rows *rows, uint32_t row, bool gone)
{
    if (is_gone(rows, row) == gone) return;
    if (row / 64 >= rows->gone_words) {
        size_t words = rows->limit / 32 + 16, bytes = words * sizeof *rows->gone;
        rows->gone = rows->gone ? rows->env->realloc(rows->gone, bytes) : rows->env->alloc(bytes);
        memset(rows->gone + rows->gone_words, 0, (words - rows->gone_words) * sizeof *rows->gone);
        rows->gone_words = words;
    }
    rows->gone[row / 64] ^= (uint64_t)1 << (row % 64);
    rows->n_gone += gone ? 1 : UINT32_MAX;
}

static uint32_t intern(nr_rows *rows, nr_slice pk, uint32_t hash, bool *fresh)
{
    if (!fits(rows->count, rows->bits)) grow_slots(rows);
    size_t slot = slot_of(rows, pk, hash);
    *fresh = rows->slots[slot] == NR_NO_ROW;
    if (!*fresh) return rows->slots[slot];
    uint32_t row = take_row(rows);
    if (row == NR_NO_ROW) return row;
    nr_texts_set(rows->keys, row, pk);
    rows->hashes[row] = hash;
    rows->slots[slot] = row;
    rows->count++;
    return row;
}

static uint32_t intern_there(nr_rows *rows, nr_slice pk, uint32_t hash)
{
    bool fresh;
    uint32_t row = intern(rows, pk, hash, &fresh);
    if (rows->n_gone && row != NR_NO_ROW) set_gone(rows, row, false);
    return row;
}

uint32_t nr_rows_intern(nr_rows *rows, nr_slice pk)
{
    return intern_there(rows, pk, hash_of(rows, pk));
}

bool nr_rows_intern_all(nr_rows *rows, const nr_slice *pks, size_t n, uint32_t *out)
{
    uint32_t hash[AT_ONCE];
    for (size_t i = 0; i < n; i++) {
        if (i % AT_ONCE == 0) fetch_some(rows, pks + i, n - i < AT_ONCE ? n - i : AT_ONCE, hash);
        out[i] = intern_there(rows, pks[i], hash[i % AT_ONCE]);
        if (out[i] == NR_NO_ROW) return false;
    }
    return true;
}

uint32_t nr_rows_refer(nr_rows *rows, nr_slice pk)
{
    bool fresh;
    uint32_t row = intern(rows, pk, hash_of(rows, pk), &fresh);
    if (fresh && row != NR_NO_ROW) set_gone(rows, row, true);
    return row;
}

static void new_epoch(nr_rows *rows)
{
    do {
        rows->env->random(rows->env->ctx, &rows->epoch, sizeof rows->epoch);
    } while (!rows->epoch);
}

uint64_t nr_rows_epoch(nr_rows *rows)
{
    if (!rows->epoch) new_epoch(rows);
    return rows->epoch;
}

nr_slice nr_rows_pk(const nr_rows *rows, uint32_t row)
{
    return nr_texts_get(rows->keys, row);
}

/* Backward-shift deletion, as in hash.c. */
static void empty_slot(nr_rows *rows, size_t hole)
{
    size_t mask = slot_count(rows) - 1;
    for (size_t i = (hole + 1) & mask; rows->slots[i] != NR_NO_ROW; i = (i + 1) & mask) {
        size_t home = home_of(rows, rows->hashes[rows->slots[i]]);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            rows->slots[hole] = rows->slots[i];
            hole = i;
        }
    }
    rows->slots[hole] = NR_NO_ROW;
}

static void drop(nr_rows *rows, size_t slot)
{
    uint32_t row = rows->slots[slot];
    empty_slot(rows, slot);
    nr_texts_drop(rows->keys, row);
    rows->hashes[row] = rows->free_row;
    rows->free_row = row;
    rows->count--;
}

static void drop_gone(nr_rows *rows)
{
    for (uint32_t row = 0; row < rows->limit && row / 64 < rows->gone_words; row++)
        if (is_gone(rows, row)) drop(rows, slot_of(rows, nr_texts_get(rows->keys, row), rows->hashes[row]));
    memset(rows->gone, 0, rows->gone_words * sizeof *rows->gone);
    rows->n_gone = 0;
    new_epoch(rows);
}

void nr_rows_drop(nr_rows *rows, nr_slice pk)
{
    size_t slot = slot_of(rows, pk, hash_of(rows, pk));
    uint32_t row = rows->slots[slot];
    if (row == NR_NO_ROW) return;
    if (!rows->epoch) {
        drop(rows, slot); /* pk may be this very key: not used from here on */
        return;
    }
    set_gone(rows, row, true);
    if (rows->n_gone > GONE_MOST && rows->n_gone > rows->count / 2) drop_gone(rows);
}

uint32_t nr_rows_count(const nr_rows *rows)
{
    return rows->count;
}

uint32_t nr_rows_limit(const nr_rows *rows)
{
    return rows->limit;
}

size_t nr_rows_bytes(const nr_rows *rows)
{
    return sizeof *rows + rows->cap * sizeof *rows->hashes + slot_count(rows) * sizeof *rows->slots + nr_texts_bytes(rows->keys) +
           rows->gone_words * sizeof *rows->gone;
}

static bool wrong(nr_buf *why, const char *what, uint32_t row)
{
    nr_buf_printf(why, "row %u of the directory %s", row, what);
    return false;
}

/* Each key is found, and there are as many filled slots and free rows as there must be. */
bool nr_rows_valid(const nr_rows *rows, nr_buf *why)
{
    size_t filled = 0, n_free = 0, keys = 0;
    for (size_t i = 0; i < slot_count(rows); i++) filled += rows->slots[i] != NR_NO_ROW;
    for (uint32_t row = rows->free_row; row != NR_NO_ROW && n_free <= rows->limit; row = rows->hashes[row], n_free++)
        if (nr_texts_get(rows->keys, row).p) return wrong(why, "is free and has a key", row);
    for (uint32_t row = 0; row < rows->limit; row++) {
        nr_slice pk = nr_texts_get(rows->keys, row);
        keys += pk.p != NULL;
        if (pk.p && nr_rows_find(rows, pk) != row) return wrong(why, "is not found", row);
    }
    uint32_t gone = 0;
    for (uint32_t row = 0; row < rows->limit; row++) {
        if (!is_gone(rows, row)) continue;
        gone++;
        if (!nr_texts_get(rows->keys, row).p) return wrong(why, "is kept for links and has no key", row);
    }
    if (gone != rows->n_gone) return wrong(why, "counts wrongly what is kept for links", gone);
    if (rows->limit > rows->cap) return wrong(why, "has no room", rows->limit);
    if (filled != rows->count || keys != rows->count || n_free + keys != rows->limit) return wrong(why, "does not add up", rows->limit);
    return nr_texts_valid(rows->keys, why);
}
