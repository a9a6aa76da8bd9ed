/* leaf.c -- the probes of a lookup on the value itself are what it is true of: a stretch of numbers is two comparisons a row. A text that is coded is asked about
 * once for each code, unless some text is too much for the lookup: then rows are asked, those that matter alone, and the one at fault can be named. What is left
 * is asked row by row. */
#include "exec/leaf.h"

#include <math.h>

#include "table/scan.h"

enum { FEW_CODES = 4 };

/* The bound moved inwards by one; false: nothing is left on that side. */
static bool next_value(nr_value *v, bool up)
{
    const nr_i128 most = (nr_i128)(((nr_u128)1 << 127) - 1);
    switch (v->kind) {
    case NR_V_INT:
        if (v->i == (up ? INT64_MAX : INT64_MIN)) return false;
        v->i += up ? 1 : -1;
        return true;
    case NR_V_DECIMAL:
        if (v->d == (up ? most : -most - 1)) return false;
        v->d += up ? 1 : -1;
        return true;
    case NR_V_FLOAT: v->f = nextafter(v->f, up ? INFINITY : -INFINITY); return true;
    case NR_V_TEXT:
    case NR_V_NULL: break;
    }
    return true;
}

static void take_probe(nr_leaf *l, const nr_probe *p, nr_arena *arena)
{
    nr_stretch s = {p->lo, p->kind == NR_PB_POINT ? p->lo : p->hi};
    if (p->kind == NR_PB_POINT && p->lo.kind == NR_V_NULL) {
        l->null = true;
        return;
    }
    if (p->kind == NR_PB_SPAN && p->lo_open && !next_value(&s.lo, true)) return;
    if (p->kind == NR_PB_SPAN && p->hi_open && !next_value(&s.hi, false)) return;
    nr_vec_push(arena, &l->at, s);
}

void nr_leaf_init(nr_leaf *l, const nr_pred *pred, const nr_column *column, const nr_run *run)
{
    nr_arena *arena = run->arena;
    const nr_value null = NR_NULL;
    nr_probes probes = {0};
    *l = (nr_leaf){.pred = pred, .column = column, .run = run};
    const nr_way *way = pred->direct && nr_column_form_of(column) != NR_CF_CODES ? nr_lookup_by_value(pred->lookup) : NULL;
    bool probed = way && way->probe(&pred->args, arena, &probes), text = nr_column_kind(column) == NR_V_TEXT;
    l->stretches = probed && !text && probes.n <= NR_LEAF_STRETCHES;
    if (probed && text && probes.n == 1) l->texts = probes.at;
    for (size_t i = 0; l->stretches && i < probes.n; i++) take_probe(l, &probes.at[i], arena);
    if (!l->stretches) l->null = nr_pred_holds(pred, &null);
}

int nr_leaf_effort(const nr_leaf *l)
{
    return l->stretches ? 0 : nr_column_form_of(l->column) == NR_CF_CODES ? 1 : 2;
}

static bool is_true(const nr_leaf *l, const nr_value *v)
{
    return nr_pred_holds(l->pred, v);
}

/* False: it fails on one of the texts. */
static bool ask_codes(nr_leaf *l, nr_arena *arena)
{
    uint32_t n = nr_column_codes(l->column);
    l->codes = nr_arena_zalloc(arena, n + 1);
    for (uint32_t code = 0; code < n && !l->run->err->code; code++) {
        nr_value v = nr_column_code(l->column, code);
        if (v.kind == NR_V_NULL || !is_true(l, &v)) continue;
        l->codes[code] = 1;
        if (l->n_true++ < FEW_CODES) nr_vec_push(arena, &l->few, code);
    }
    return !l->run->err->code;
}

/* Whether the column's codes say what it is true of. */
static bool by_codes(nr_leaf *l, nr_arena *arena)
{
    if (l->stretches || l->rows || nr_column_form_of(l->column) != NR_CF_CODES) return false;
    if (l->codes || ask_codes(l, arena)) return true;
    nr_err_clear(l->run->err);
    l->rows = true;
    return false;
}

static void chunk_of_codes(const nr_leaf *l, uint32_t chunk, uint64_t *out)
{
    if (l->n_true > FEW_CODES) nr_scan_codes(l->column, chunk, l->codes, out);
    for (size_t i = 0; l->n_true <= FEW_CODES && i < l->few.n; i++) nr_scan_code(l->column, chunk, l->few.at[i], out);
}

static void chunk_by_rows(const nr_leaf *l, uint32_t chunk, const uint64_t *need, uint64_t *out)
{
    for (size_t w = 0; w < NR_CHUNK_WORDS; w++)
        for (uint64_t left = need[w]; left; left &= left - 1) {
            uint32_t row = chunk * NR_CHUNK_ROWS + (uint32_t)w * 64 + (uint32_t)__builtin_ctzll(left);
            nr_value v = nr_column_get(l->column, row);
            if (is_true(l, &v)) out[w] |= left & -left;
            if (l->run->err->code) {
                nr_run_blame(l->run, row);
                return;
            }
        }
}

/* The bits of a word of texts that it is true of. False: it fails on one of them. */
static bool ask_texts(const nr_leaf *l, nr_texts_part texts, uint64_t bits, uint32_t row, uint64_t *out)
{
    for (uint64_t left = bits; left; left &= left - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(left);
        nr_value v = {.kind = NR_V_TEXT, .s = nr_texts_at(texts, i)};
        if (is_true(l, &v)) *out |= left & -left;
        if (!l->run->err->code) continue;
        nr_run_blame(l->run, row + i);
        return false;
    }
    return true;
}

static uint64_t texts_from(nr_texts_part texts, uint64_t bits, nr_slice prefix)
{
    uint64_t from = 0;
    for (uint64_t left = bits; left; left &= left - 1)
        if (nr_slice_starts(nr_texts_at(texts, (size_t)__builtin_ctzll(left)), prefix)) from |= left & -left;
    return from;
}

static uint64_t texts_in(nr_texts_part texts, uint64_t bits, const nr_probe *p)
{
    uint64_t in = 0;
    if (p->kind == NR_PB_PREFIX) return texts_from(texts, bits, p->lo.s);
    for (uint64_t left = bits; left; left &= left - 1) {
        nr_value v = {.kind = NR_V_TEXT, .s = nr_texts_at(texts, (size_t)__builtin_ctzll(left))};
        if (nr_probe_has(p, &v)) in |= left & -left;
    }
    return in;
}

/* Packed texts are read where they lie, sixty-four one after the other. */
static void chunk_of_texts(const nr_leaf *l, uint32_t chunk, const uint64_t *need, uint64_t *out)
{
    for (size_t w = 0; w < NR_CHUNK_WORDS; w++) {
        if (!need[w]) continue;
        uint32_t row = chunk * NR_CHUNK_ROWS + (uint32_t)w * 64;
        nr_column_texts c = nr_column_texts_at(l->column, row);
        if (l->null) out[w] = ~c.set;
        if (l->texts) out[w] |= texts_in(c.texts, need[w] & c.set, l->texts);
        else if (!ask_texts(l, c.texts, need[w] & c.set, row, &out[w])) return;
    }
}

void nr_leaf_chunk(nr_leaf *l, uint32_t chunk, const uint64_t *need, nr_arena *arena, uint64_t *out)
{
    memset(out, 0, NR_CHUNK_WORDS * sizeof *out);
    if (l->run->err->code) return;
    bool coded = by_codes(l, arena);
    if (l->null && (l->stretches || coded)) nr_scan_nulls(l->column, chunk, out);
    for (size_t i = 0; i < l->at.n; i++) nr_scan_span(l->column, chunk, &l->at.at[i].lo, &l->at.at[i].hi, out);
    if (coded) chunk_of_codes(l, chunk, out);
    if (!l->stretches && !coded) {
        if (nr_column_form_of(l->column) == NR_CF_TEXTS) chunk_of_texts(l, chunk, need, out);
        else chunk_by_rows(l, chunk, need, out);
    }
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) out[i] &= need[i];
}

static void rows_of_ints(const nr_leaf *l, const uint32_t *rows, size_t n, unsigned char *out)
{
    int64_t numbers[NR_BATCH];
    unsigned char set[NR_BATCH];
    nr_column_gather(l->column, rows, n, numbers, set);
    for (size_t i = 0; i < n; i++) out[i] = l->null && !set[i];
    for (size_t k = 0; k < l->at.n; k++) {
        const nr_stretch *s = &l->at.at[k];
        int64_t lo = s->lo.kind == NR_V_INT ? s->lo.i : INT64_MIN, hi = s->hi.kind == NR_V_INT ? s->hi.i : INT64_MAX;
        for (size_t i = 0; i < n; i++)
            out[i] = (unsigned char)(out[i] | (set[i] & (unsigned char)(numbers[i] >= lo) & (unsigned char)(numbers[i] <= hi)));
    }
}

void nr_leaf_rows(const nr_leaf *l, const uint32_t *rows, size_t n, const unsigned char *need, unsigned char *out)
{
    if (l->stretches && nr_column_kind(l->column) == NR_V_INT) {
        rows_of_ints(l, rows, n, out);
        for (size_t i = 0; i < n; i++) out[i] &= need[i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        if (!need[i] || l->run->err->code) continue;
        nr_value v = nr_column_get(l->column, rows[i]);
        out[i] = is_true(l, &v);
        nr_run_blame(l->run, rows[i]);
    }
}
