/* reference.c -- links brought up to date when a command first needs them. */
#include "exec/reference.h"

#include <assert.h>

#include "base/variants.h"
#include "table/rows.h"
#include "table/table.h"

/* Who holds the values of the field that f refers by; NULL: of the primary key, which the directory of rows knows. */
static nr_holders *holders_of(const nr_field *f, nr_model *to)
{
    const nr_field *held = nr_field_held(f, to->schema);
    assert(held);
    if (held->id == 0) return NULL;
    nr_holders *h = nr_table_holders(to->table, held->id);
    nr_holders_sync(h, to->table, nr_table_column(to->table, held->id), &held->spec);
    return h;
}

nr_reference nr_reference_of(nr_model *from, const nr_field *f, nr_model *to)
{
    nr_holders *by = holders_of(f, to);
    nr_reference r = {.from = from, .to = to, .by = by};
    nr_links *l = nr_table_links(from->table, f->id);
    nr_links_sync(l, from->table, nr_table_column(from->table, f->id), &f->spec, by ? nr_holders_values(by) : to->rows);
    r.at = nr_links_at(l, &r.n);
    return r;
}

uint32_t nr_reference_follow(const nr_reference *r, uint32_t row)
{
    uint32_t to = row < r->n ? r->at[row] : NR_NO_ROW;
    if (r->by) to = nr_holders_row(r->by, to);
    return to != NR_NO_ROW && nr_table_has(r->to->table, to) ? to : NR_NO_ROW;
}

nr_slice nr_reference_key(const nr_field *f, nr_model *to, nr_slice value)
{
    const nr_holders *by = holders_of(f, to);
    uint32_t row = by ? nr_holders_find(by, value) : NR_NO_ROW;
    if (!by) return value;
    return row == NR_NO_ROW ? (nr_slice){NULL, 0} : nr_rows_pk(to->rows, row);
}

bool nr_reference_means(const nr_field *f, nr_model *to, uint32_t row)
{
    const nr_holders *by = holders_of(f, to);
    return !by || nr_holders_number(by, row) != NR_NO_ROW;
}

/* -- whole sets --------------------------------------------------------------------------------------------------------------------------- */

static uint64_t word_at(const nr_bitmap *b, size_t i)
{
    return i < b->n_words ? b->words[i] : 0;
}

/* Keeps of out the rows that the table has. */
static void keep_there(const nr_table *t, nr_bitmap *out)
{
    uint64_t chunk[NR_CHUNK_WORDS] = {0};
    for (size_t i = 0; i < out->n_words; i++) {
        size_t at = i % NR_CHUNK_WORDS;
        if (!at && !nr_table_chunk(t, (uint32_t)(i / NR_CHUNK_WORDS), chunk)) memset(chunk, 0, sizeof chunk);
        out->words[i] &= chunk[at];
    }
}

static void invert(nr_bitmap *b)
{
    for (size_t i = 0; i < b->n_words; i++) b->words[i] = ~b->words[i];
}

/* A bitmap to look up many rows in: halves of words, as wide as the numbers of rows, and one more that is clear, where the bit of all rows beyond it is. */
typedef struct goal {
    const uint32_t *halves;
    uint32_t limit;
} goal;

static goal goal_of(const nr_bitmap *b, nr_arena *arena)
{
    uint32_t *halves = nr_arena_alloc(arena, (b->n_words * 2 + 1) * sizeof *halves);
    for (size_t i = 0; i < b->n_words; i++) {
        halves[2 * i] = (uint32_t)b->words[i];
        halves[2 * i + 1] = (uint32_t)(b->words[i] >> 32);
    }
    halves[b->n_words * 2] = 0;
    return (goal){halves, b->n_words <= UINT32_MAX / 64 ? (uint32_t)b->n_words * 64 : UINT32_MAX};
}

static inline unsigned char is_goal(const goal *g, uint32_t row)
{
    uint32_t at = row < g->limit ? row : g->limit;
    return (unsigned char)(g->halves[at / 32] >> (at % 32) & 1);
}

/* Of n times 64 rows the bits of those that refer to the goal. No branch depends on what is read. */
#define HITS_LOOP(name, type, target)                                               \
    target static void name(const type *at, size_t n, const goal *g, uint64_t *out) \
    {                                                                               \
        unsigned char is[64];                                                       \
        for (size_t w = 0; w < n; w++, at += 64) {                                  \
            for (size_t i = 0; i < 64; i++) is[i] = is_goal(g, at[i]);              \
            out[w] = nr_bits_word(is);                                              \
        }                                                                           \
    }

VARIANTS(HITS_LOOP, hits, uint32_t)

/* The numbers of the values that rows of a bitmap hold, and the rows that hold values. */
static nr_bitmap numbers_of(const nr_reference *r, const nr_bitmap *rows)
{
    size_t words = nr_rows_limit(nr_holders_values(r->by)) / 64 + 1;
    nr_bitmap out = {rows->arena, NR_NEW_N(rows->arena, uint64_t, words), words};
    for (uint32_t row = nr_bitmap_next(rows, 0); row != NR_NO_ROW; row = nr_bitmap_next(rows, row + 1)) {
        uint32_t number = nr_holders_number(r->by, row);
        if (number != NR_NO_ROW) nr_bitmap_set(&out, number);
    }
    return out;
}

static void add_holders(const nr_reference *r, const nr_bitmap *numbers, nr_bitmap *out)
{
    for (uint32_t number = nr_bitmap_next(numbers, 0); number != NR_NO_ROW; number = nr_bitmap_next(numbers, number + 1)) {
        uint32_t row = nr_holders_row(r->by, number);
        if (row != NR_NO_ROW) nr_bitmap_set(out, row);
    }
}

/* Entities that there are, for telling who refers to none. */
static nr_bitmap entities(const nr_table *t, size_t n_words, nr_arena *arena)
{
    nr_bitmap all = {arena, NR_NEW_N(arena, uint64_t, n_words), n_words};
    memset(all.words, 0xff, n_words * sizeof *all.words);
    keep_there(t, &all);
    return all;
}

void nr_reference_sources(const nr_reference *r, const nr_bitmap *targets, bool nowhere, nr_bitmap *out)
{
    nr_bitmap wanted = *targets;
    if (nowhere) { /* who refers to an entity that is none of targets is the only one that is not wanted */
        wanted = entities(r->to->table, targets->n_words, out->arena);
        nr_bitmap_andnot(&wanted, targets);
    }
    if (r->by) wanted = numbers_of(r, &wanted);
    goal g = goal_of(&wanted, out->arena);
    uint32_t whole = r->n / 64;
    PICK(hits)(r->at, whole < out->n_words ? whole : out->n_words, &g, out->words);
    for (uint32_t row = whole * 64; row < r->n && row / 64 < out->n_words; row++)
        if (nr_bitmap_has(&wanted, r->at[row])) nr_bitmap_set(out, row);
    if (nowhere) invert(out);
    keep_there(r->from->table, out);
}

static void mark_numbers(const nr_reference *r, const nr_bitmap *sources, nr_bitmap *out)
{
    uint32_t limit = out->n_words < UINT32_MAX / 64 ? (uint32_t)out->n_words * 64 : UINT32_MAX;
    for (size_t i = 0; i < sources->n_words; i++)
        for (uint64_t left = word_at(sources, i); left; left &= left - 1) {
            size_t row = i * 64 + (size_t)__builtin_ctzll(left);
            uint32_t to = row < r->n ? r->at[row] : NR_NO_ROW;
            if (to < limit) out->words[to / 64] |= (uint64_t)1 << (to % 64);
        }
}

static void mark_targets(const nr_reference *r, const nr_bitmap *sources, nr_bitmap *out)
{
    if (!r->by) {
        mark_numbers(r, sources, out);
        return;
    }
    size_t words = nr_rows_limit(nr_holders_values(r->by)) / 64 + 1;
    nr_bitmap numbers = {out->arena, NR_NEW_N(out->arena, uint64_t, words), words};
    mark_numbers(r, sources, &numbers);
    add_holders(r, &numbers, out);
}

void nr_reference_targets(const nr_reference *r, const nr_bitmap *sources, bool none, nr_bitmap *out)
{
    mark_targets(r, sources, out);
    if (none) {
        nr_bitmap any = {out->arena, NR_NEW_N(out->arena, uint64_t, out->n_words), out->n_words};
        nr_bitmap all = entities(r->from->table, (r->n + 63) / 64, out->arena);
        mark_targets(r, &all, &any);
        invert(&any);
        nr_bitmap_or(out, &any);
    }
    keep_there(r->to->table, out);
}

/* -- turned round -------------------------------------------------------------------------------------------------------------------------- */

/* Which row of to a row of from refers to; beyond all rows: none. */
static uint32_t referred_to(const nr_reference *r, size_t row)
{
    return r->by ? nr_holders_row(r->by, r->at[row]) : r->at[row];
}

/* Of 64 rows, or what is left of them, those that refer to something, or to the goal if there is one. */
static uint64_t referring(const nr_reference *r, size_t from, const goal *g, uint32_t limit)
{
    size_t n = r->n - from < 64 ? r->n - from : 64;
    uint64_t bits = 0;
    if (g && !r->by && n == 64) {
        PICK(hits)(r->at + from, 1, g, &bits);
        return bits;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t to = referred_to(r, from + i);
        bits |= (uint64_t)(to < limit && (!g || is_goal(g, to))) << i;
    }
    return bits;
}

/* Sizes are counted two places on, so that they are beginnings one place on when they have been added up, and in their own place when all rows have been put there. */
nr_referrers nr_reference_turn(const nr_reference *r, const nr_bitmap *wanted, nr_arena *arena)
{
    nr_referrers out = {.n = nr_rows_limit(r->to->rows)};
    goal in = wanted ? goal_of(wanted, arena) : (goal){NULL, 0}, *g = wanted ? &in : NULL;
    uint32_t *first = nr_arena_zalloc(arena, ((size_t)out.n + 2) * sizeof *first);
    for (size_t from = 0; from < r->n; from += 64)
        for (uint64_t left = referring(r, from, g, out.n); left; left &= left - 1, out.total++)
            first[referred_to(r, from + (size_t)__builtin_ctzll(left)) + 2]++;
    for (size_t i = 2; i <= out.n; i++) first[i] += first[i - 1];
    uint32_t *rows = nr_arena_alloc(arena, out.total * sizeof *rows);
    for (size_t from = 0; from < r->n; from += 64)
        for (uint64_t left = referring(r, from, g, out.n); left; left &= left - 1) {
            uint32_t row = (uint32_t)from + (uint32_t)__builtin_ctzll(left);
            rows[first[referred_to(r, row) + 1]++] = row;
        }
    out.first = first;
    out.rows = rows;
    return out;
}
