/* slots.c -- a group's cells: its rows; of each measure how many values it has, unless all rows have one, then what table/tally.h says.
 *
 * The place of a group is made of its keys like a number of digits: a key's digit is 0 for NULL, else its number less the lowest and 1 more. The last key's
 * digits are side by side. */
#include "exec/slots.h"

#include "exec/op_select.h"
#include "table/scan.h"
#include "table/table.h"
#include "table/tally.h"

/* Cells in all: some that are cheap to make whatever there is to count, more where rows pay for them; and never more than a part of the memory of a command. */
enum { CELLS_FREE = 1 << 16, CELLS_A_ROW = 4, CELLS_MOST = 1 << 19, BYTES_OF_MEMORY_A_CELL = 32 };

typedef struct span {
    nr_i128 lo, hi; /* lo above hi: empty */
} span;

typedef struct slot_key {
    const nr_column *column;
    span span;      /* numbers that have a digit */
    uint32_t scale; /* cells from one digit to the next */
} slot_key;

typedef struct slot_measure {
    const nr_column *column; /* NULL: of the rows themselves */
    nr_selection *when;
    nr_bulk_kind kind;
    bool counts;             /* not every row has a value: the first of its cells says how many */
    size_t at;               /* its cells in a group's */
} slot_measure;

struct nr_slots {
    nr_run *run;
    nr_arena *arena;
    const nr_grouping *grouping;
    slot_key *keys;
    slot_measure *measures;
    span *tight, *loose;    /* of each key, while room is made */
    size_t stride, n_slots; /* cells of a group; groups */
    uint64_t most;          /* cells */
    int64_t *cells, *blank; /* blank: a group without rows */
    uint64_t chunks;        /* that have been taken */
    nr_picked rows, some;   /* of a chunk: all; those of a measure, or of a key */
    uint32_t places[NR_CHUNK_ROWS];
};

/* -- what is grouped ---------------------------------------------------------------------------------------------------------------------- */

static bool has_numbers(const nr_column *c)
{
    return c && (nr_column_form_of(c) == NR_CF_INTS || nr_column_form_of(c) == NR_CF_CODES);
}

static const nr_column *column_of(const nr_run *run, const nr_term *t)
{
    return nr_table_column(run->model->table, t->path.field->id);
}

static bool is_fit(const nr_run *run, const nr_measure *m)
{
    if (nr_measure_is_size(m)) return true;
    if (m->function->bulk == NR_BULK_NONE) return false;
    if (m->star) return true;
    const nr_column *c = column_of(run, &m->term);
    return c && nr_term_plain(&m->term) && (m->function->bulk == NR_BULK_COUNT || nr_column_form_of(c) == NR_CF_INTS);
}

static bool are_fit(const nr_run *run, const nr_grouping *g)
{
    bool fit = true;
    for (size_t k = 0; k < g->n_keys; k++) fit = fit && has_numbers(column_of(run, &g->keys[k]));
    for (size_t m = 0; m < g->n_measures; m++) fit = fit && is_fit(run, &g->measures[m]);
    return fit;
}

static size_t cells_of(nr_bulk_kind kind)
{
    static const size_t cells[] = {[NR_BULK_SUM] = NR_SUM_CELLS, [NR_BULK_LOWEST] = NR_END_CELLS, [NR_BULK_HIGHEST] = NR_END_CELLS};
    return cells[kind];
}

static void add_measure(nr_slots *s, const nr_measure *of, slot_measure *out)
{
    if (nr_measure_is_size(of)) return;
    out->kind = of->function->bulk;
    if (of->when) out->when = nr_selection_new(s->run, of->when);
    if (!of->star) out->column = column_of(s->run, &of->term);
    out->counts = of->when || nr_column_count(out->column) < nr_table_count(s->run->model->table);
    out->at = s->stride;
    s->stride += out->counts + cells_of(out->kind);
}

static int64_t *numbers_of(const slot_measure *m, int64_t *group)
{
    return group + m->at + m->counts;
}

static void make_blank(nr_slots *s)
{
    s->blank = NR_NEW_N(s->arena, int64_t, s->stride);
    for (size_t m = 0; m < s->grouping->n_measures; m++) {
        if (s->measures[m].kind == NR_BULK_LOWEST) *numbers_of(&s->measures[m], s->blank) = INT64_MAX;
        if (s->measures[m].kind == NR_BULK_HIGHEST) *numbers_of(&s->measures[m], s->blank) = INT64_MIN;
    }
}

nr_slots *nr_slots_new(nr_run *run, nr_arena *arena, const nr_grouping *g)
{
    if (!are_fit(run, g)) return NULL;
    nr_slots *s = nr_arena_alloc(arena, sizeof *s);
    *s = (nr_slots){.run = run, .arena = arena, .grouping = g, .stride = 1};
    s->keys = NR_NEW_N(arena, slot_key, g->n_keys);
    s->tight = NR_NEW_N(arena, span, g->n_keys);
    s->loose = NR_NEW_N(arena, span, g->n_keys);
    s->measures = NR_NEW_N(arena, slot_measure, g->n_measures);
    for (size_t k = 0; k < g->n_keys; k++) s->keys[k] = (slot_key){.column = column_of(run, &g->keys[k]), .span = {0, -1}};
    for (size_t m = 0; m < g->n_measures; m++) add_measure(s, &g->measures[m], &s->measures[m]);
    uint64_t paid = CELLS_FREE + CELLS_A_ROW * nr_table_count(run->model->table), memory = (uint64_t)run->limits.max_memory / BYTES_OF_MEMORY_A_CELL;
    s->most = paid < CELLS_MOST ? paid : CELLS_MOST;
    if (s->most > memory) s->most = memory;
    make_blank(s);
    return s;
}

/* -- room --------------------------------------------------------------------------------------------------------------------------------- */

static nr_i128 size_of(const span *s)
{
    return s->lo > s->hi ? 0 : s->hi - s->lo + 1;
}

static span join(span a, span b)
{
    if (a.lo > a.hi) return b;
    if (b.lo > b.hi) return a;
    return (span){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

/* A span that grows takes as much again on that side, so that keys that ascend or descend make it grow seldom. */
static span with_slack(span had, span now)
{
    if (!size_of(&had)) return now;
    if (now.lo < had.lo) now.lo -= size_of(&had);
    if (now.hi > had.hi) now.hi += size_of(&had);
    if (now.lo < INT64_MIN) now.lo = INT64_MIN;
    if (now.hi > INT64_MAX) now.hi = INT64_MAX;
    return now;
}

/* How many groups there are room for with these spans; 0: more than may be. */
static size_t count_slots(const nr_slots *s, const span *spans)
{
    nr_i128 n = 1;
    for (size_t k = 0; k < s->grouping->n_keys && n * s->stride <= s->most; k++) n *= size_of(&spans[k]) + 1;
    return n * s->stride <= s->most ? (size_t)n : 0;
}

/* The place of a group of s with other spans. */
static size_t moved(const nr_slots *s, const span *spans, size_t slot)
{
    size_t to = 0, scale = 1;
    for (size_t k = s->grouping->n_keys; k-- > 0;) {
        size_t size = (size_t)size_of(&s->keys[k].span) + 1, digit = slot % size;
        slot /= size;
        to += (digit ? digit + (size_t)(s->keys[k].span.lo - spans[k].lo) : 0) * scale;
        scale *= (size_t)size_of(&spans[k]) + 1;
    }
    return to;
}

static void resize(nr_slots *s, const span *spans, size_t n_slots)
{
    int64_t *cells = nr_arena_alloc(s->arena, n_slots * s->stride * sizeof *cells);
    for (size_t i = 0; i < n_slots; i++) memcpy(cells + i * s->stride, s->blank, s->stride * sizeof *cells);
    for (size_t i = 0; i < s->n_slots; i++)
        if (s->cells[i * s->stride]) memcpy(cells + moved(s, spans, i) * s->stride, s->cells + i * s->stride, s->stride * sizeof *cells);
    s->cells = cells;
    s->n_slots = n_slots;
    size_t scale = s->stride;
    for (size_t k = s->grouping->n_keys; k-- > 0;) {
        s->keys[k].span = spans[k];
        s->keys[k].scale = (uint32_t)scale;
        scale *= (size_t)size_of(&spans[k]) + 1;
    }
}

/* False: the numbers are too wide. exact: of the rows of the batch alone. */
static bool find_span(nr_slots *s, const nr_column *c, const nr_batch *in, bool exact, span *out)
{
    nr_column_chunk k = nr_column_chunk_at(c, in->chunk);
    uint64_t bits[NR_CHUNK_WORDS];
    int64_t lo = 0, hi = -1;
    if (k.width > NR_TALLY_WIDEST) return false;
    if (nr_column_form_of(c) == NR_CF_CODES) {
        hi = (int64_t)nr_column_codes(c) - 1;
    } else if (k.width && exact) {
        for (size_t i = 0; i < NR_CHUNK_WORDS; i++) bits[i] = in->bits[i] & k.set[i];
        nr_tally_pick(bits, &s->some);
        if (s->some.n) nr_tally_ends_of(&k, &s->some, &lo, &hi);
    } else if (k.width) {
        nr_tally_ends(&k, &lo, &hi);
    }
    *out = (span){lo, hi};
    return true;
}

/* False: there is no room for the keys of the batch. */
static bool make_room(nr_slots *s, const nr_batch *in, bool exact)
{
    size_t n = s->grouping->n_keys, n_slots;
    bool same = s->cells != NULL;
    for (size_t k = 0; k < n; k++) {
        span now;
        if (!find_span(s, s->keys[k].column, in, exact, &now)) return false;
        s->tight[k] = join(s->keys[k].span, now);
        s->loose[k] = with_slack(s->keys[k].span, s->tight[k]);
        same = same && size_of(&s->tight[k]) == size_of(&s->keys[k].span);
    }
    if (same) return true;
    if ((n_slots = count_slots(s, s->loose))) resize(s, s->loose, n_slots);
    else if ((n_slots = count_slots(s, s->tight))) resize(s, s->tight, n_slots);
    return n_slots > 0;
}

/* -- taking ------------------------------------------------------------------------------------------------------------------------------- */

static bool is_narrow(const nr_slots *s, uint32_t chunk)
{
    bool narrow = true;
    for (size_t m = 0; m < s->grouping->n_measures; m++)
        if (cells_of(s->measures[m].kind)) narrow = narrow && nr_column_chunk_at(s->measures[m].column, chunk).width <= NR_TALLY_WIDEST;
    return narrow;
}

static void find_places(nr_slots *s, uint32_t chunk)
{
    memset(s->places, 0, sizeof s->places);
    for (size_t k = 0; k < s->grouping->n_keys; k++) {
        nr_column_chunk c = nr_column_chunk_at(s->keys[k].column, chunk);
        if (c.width) nr_tally_place(&c, (int64_t)s->keys[k].span.lo, s->keys[k].scale, s->places);
    }
}

/* The rows of the batch that have a value of the measure. */
static const nr_picked *rows_of(nr_slots *s, const slot_measure *m, const nr_batch *in)
{
    uint64_t bits[NR_CHUNK_WORDS];
    if (!m->counts) return &s->rows;
    memcpy(bits, in->bits, sizeof bits);
    if (m->when) nr_selection_chunk(m->when, in->chunk, in->bits, bits);
    const uint64_t *set = m->column ? nr_column_chunk_at(m->column, in->chunk).set : NULL;
    for (size_t i = 0; set && i < NR_CHUNK_WORDS; i++) bits[i] &= set[i];
    nr_tally_pick(bits, &s->some);
    return &s->some;
}

static void add_values(nr_slots *s, const slot_measure *m, const nr_batch *in)
{
    const nr_picked *rows = rows_of(s, m, in);
    if (!rows->n) return;
    int64_t *numbers = numbers_of(m, s->cells);
    if (m->counts) nr_tally_count(rows, s->places, s->cells + m->at);
    if (m->kind == NR_BULK_COUNT) return;
    nr_column_chunk c = nr_column_chunk_at(m->column, in->chunk);
    if (m->kind == NR_BULK_SUM) nr_tally_sum(&c, rows, s->places, numbers);
    else if (m->kind == NR_BULK_LOWEST) nr_tally_lowest(&c, rows, s->places, numbers);
    else nr_tally_highest(&c, rows, s->places, numbers);
}

bool nr_slots_take(nr_slots *s, const nr_batch *in)
{
    if (!is_narrow(s, in->chunk) || (!make_room(s, in, false) && !make_room(s, in, true))) return false;
    s->chunks++;
    if (s->grouping->n_keys == 1 && s->stride == 1) {
        nr_column_chunk k = nr_column_chunk_at(s->keys[0].column, in->chunk);
        nr_tally_numbers(&k, in->bits, (int64_t)s->keys[0].span.lo, s->cells);
        return true;
    }
    find_places(s, in->chunk);
    nr_tally_pick(in->bits, &s->rows);
    nr_tally_count(&s->rows, s->places, s->cells);
    for (size_t m = 0; m < s->grouping->n_measures; m++)
        if (s->measures[m].kind != NR_BULK_NONE) add_values(s, &s->measures[m], in);
    return true;
}

/* -- what has been found ------------------------------------------------------------------------------------------------------------------ */

static bool is_power_of_two(uint64_t n)
{
    return !(n & (n - 1));
}

/* Looking at all places is no less work than a chunk is: it is done after one, two, four of them. */
bool nr_slots_complete(nr_slots *s)
{
    const nr_grouping *g = s->grouping;
    if (g->n_measures || g->n_keys != 1 || !s->n_slots || !is_power_of_two(s->chunks)) return false;
    const nr_column *c = s->keys[0].column;
    if (nr_column_form_of(c) != NR_CF_CODES) return false;
    uint64_t seen = 0, all = nr_column_distinct(c) + (nr_column_count(c) < nr_table_count(s->run->model->table));
    for (size_t i = 0; i < s->n_slots; i++) seen += s->cells[i] != 0;
    return seen == all;
}

static nr_value value_of(const slot_key *k, size_t digit)
{
    if (!digit) return NR_NULL;
    int64_t number = (int64_t)(k->span.lo + (nr_i128)digit - 1);
    if (nr_column_form_of(k->column) == NR_CF_CODES) return nr_column_code(k->column, (uint32_t)number);
    if (nr_column_kind(k->column) == NR_V_DECIMAL) return (nr_value){.kind = NR_V_DECIMAL, .d = number};
    return (nr_value){.kind = NR_V_INT, .i = number};
}

bool nr_slots_next(const nr_slots *s, size_t *at, nr_value *values, uint64_t *rows)
{
    while (*at < s->n_slots && !s->cells[*at * s->stride]) ++*at;
    if (*at == s->n_slots) return false;
    size_t slot = (*at)++;
    *rows = (uint64_t)s->cells[slot * s->stride];
    for (size_t k = s->grouping->n_keys; k-- > 0;) {
        size_t size = (size_t)size_of(&s->keys[k].span) + 1;
        values[k] = value_of(&s->keys[k], slot % size);
        slot /= size;
    }
    return true;
}

bool nr_slots_bulk(const nr_slots *s, size_t at, size_t measure, nr_bulk *out)
{
    const slot_measure *m = &s->measures[measure];
    int64_t *group = s->cells + (at - 1) * s->stride, *numbers = numbers_of(m, group);
    *out = (nr_bulk){.n = (uint64_t)group[m->counts ? m->at : 0], .end = NR_NULL};
    if (!out->n) return false;
    if (m->kind == NR_BULK_SUM) out->total = nr_tally_total(numbers);
    if (m->kind != NR_BULK_LOWEST && m->kind != NR_BULK_HIGHEST) return true;
    if (nr_column_kind(m->column) == NR_V_DECIMAL) out->end = (nr_value){.kind = NR_V_DECIMAL, .d = *numbers};
    else out->end = (nr_value){.kind = NR_V_INT, .i = *numbers};
    return true;
}
