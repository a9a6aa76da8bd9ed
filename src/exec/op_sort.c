/* op_sort.c -- Sort, Reverse, Skip, Limit, Mask.
 *
 * Sort keys are byte strings (store/keys.h) that compare with memcmp, inverted for descending, the pk last, so that no two are equal. With a LIMIT
 * above, a heap keeps only the first k. */
#include "exec/op.h"

#include <stdlib.h>

#include "base/bitmap.h"
#include "query/term.h"
#include "store/keys.h"
#include "table/table.h"

typedef struct sort_entry {
    nr_slice key;
    uint32_t row;
} sort_entry;

enum { COMPACT_FROM = 1 << 16 };

typedef struct sort_state {
    bool sorted;
    uint64_t random;   /* state of the generator */
    size_t compact_at; /* bytes held at which the keys that are out of the heap are thrown away */
    NR_VEC(sort_entry) entries;
    size_t given;
} sort_state;

/* splitmix64 (Steele, Lea, Flood 2014), begun with random bytes of the host. */
static uint64_t next_random(nr_op *op, sort_state *s)
{
    if (!s->random) op->run->env->random(op->run->env->ctx, &s->random, sizeof s->random);
    uint64_t z = s->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static nr_slice random_key(nr_op *op)
{
    uint64_t r = next_random(op, op->state);
    return nr_arena_copy(&op->arena, (nr_slice){(const char *)&r, sizeof r});
}

static void add_term(nr_op *op, const nr_term *t, const nr_value *v, nr_buf *out)
{
    nr_mark mark = nr_arena_mark(op->run->arena);
    nr_value given = nr_term_value(t, v, op->run->arena);
    nr_term_key(t, &given, op->run->arena, out);
    nr_arena_rewind(op->run->arena, mark);
}

static nr_slice sort_key(nr_op *op, const nr_value *row)
{
    const nr_sort_params *p = op->node->params;
    if (p->random) return random_key(op);
    nr_buf b = nr_buf_in(&op->arena);
    bool pk_seen = false;
    for (size_t i = 0; i < p->n_keys && !pk_seen; i++) {
        size_t from = b.n;
        const nr_value *v = &row[p->keys[i].field->id];
        if (p->keys[i].term) add_term(op, p->keys[i].term, v, &b);
        else nr_key_add(v, &b);
        if (p->keys[i].descending != p->reverse) nr_key_invert(b.p + from, b.n - from);
        pk_seen = p->keys[i].field->id == 0 && !p->keys[i].term;
    }
    if (!pk_seen) {
        size_t from = b.n;
        nr_key_add(&row[0], &b);
        if (p->reverse) nr_key_invert(b.p + from, b.n - from);
    }
    return nr_buf_slice(&b);
}

static int compare_entries(const void *x, const void *y)
{
    return nr_slice_cmp(((const sort_entry *)x)->key, ((const sort_entry *)y)->key);
}

/* The heap has the greatest key on top: the one to go when a smaller one comes. */
static void sift_down(sort_entry *at, size_t n, size_t i)
{
    for (size_t kid; (kid = 2 * i + 1) < n; i = kid) {
        if (kid + 1 < n && compare_entries(&at[kid + 1], &at[kid]) > 0) kid++;
        if (compare_entries(&at[i], &at[kid]) >= 0) return;
        sort_entry t = at[i];
        at[i] = at[kid];
        at[kid] = t;
    }
}

/* Keeps the keys that are in the heap, and no others. */
static void compact(nr_op *op, sort_state *s)
{
    nr_arena fresh;
    nr_arena_init(&fresh, op->run->env);
    sort_entry *at = nr_arena_alloc(&fresh, sizeof *at * s->entries.cap);
    for (size_t i = 0; i < s->entries.n; i++) at[i] = (sort_entry){nr_arena_copy(&fresh, s->entries.at[i].key), s->entries.at[i].row};
    s->entries.at = at;
    nr_arena_clear(&op->arena);
    op->arena = fresh;
    s->compact_at = fresh.held * 2 > COMPACT_FROM ? fresh.held * 2 : COMPACT_FROM;
}

static void take(nr_op *op, sort_state *s, const nr_value *values, uint32_t row, uint64_t top)
{
    nr_mark mark = nr_arena_mark(&op->arena);
    sort_entry e = {sort_key(op, values), row};
    if (s->entries.n < top) {
        nr_vec_push(&op->arena, &s->entries, e);
        if (s->entries.n == top)
            for (size_t i = s->entries.n / 2; i-- > 0;) sift_down(s->entries.at, s->entries.n, i);
    } else if (top && nr_slice_cmp(e.key, s->entries.at[0].key) < 0) {
        s->entries.at[0] = e;
        sift_down(s->entries.at, s->entries.n, 0);
        if (op->arena.held > (s->compact_at ? s->compact_at : COMPACT_FROM)) compact(op, s);
    } else {
        nr_arena_rewind(&op->arena, mark);
    }
}

/* Gives up to b->want rows of n from *given on. */
static void give(nr_batch *b, size_t *given, size_t n, uint32_t (*row_at)(const void *rows, size_t i), const void *rows)
{
    while (b->n < b->want && *given < n) b->rows[b->n++] = row_at(rows, (*given)++);
}

static uint32_t entry_row(const void *rows, size_t i)
{
    return ((const sort_entry *)rows)[i].row;
}

static bool sort_next(nr_op *op, nr_batch *b)
{
    const nr_sort_params *p = op->node->params;
    sort_state *s = op->state;
    const nr_table *t = op->run->model->table;
    nr_batch *in = s->sorted ? NULL : nr_batch_new(op->run->arena);
    while (!s->sorted) {
        in->want = NR_BATCH;
        if (!nr_op_next(op->child, in)) return false;
        for (size_t i = 0; i < in->n; i++)
            if (in->loaded || !t || nr_table_has(t, in->rows[i])) take(op, s, in->values[i], in->rows[i], p->top);
        if (in->n) continue;
        if (s->entries.n) qsort(s->entries.at, s->entries.n, sizeof *s->entries.at, compare_entries);
        s->sorted = true;
    }
    give(b, &s->given, s->entries.n, entry_row, s->entries.at);
    return true;
}

void nr_sort_explain(const nr_node *node, nr_buf *out)
{
    const nr_sort_params *p = node->params;
    for (size_t i = 0; i < p->n_keys; i++) {
        nr_term plain = nr_term_of(p->keys[i].field);
        nr_buf_printf(out, "%s%s", i ? " " : "", p->keys[i].descending ? "-" : "");
        nr_term_print(p->keys[i].term ? p->keys[i].term : &plain, out);
    }
    if (!p->n_keys) nr_buf_add(out, p->random ? NR_S("?") : NR_S("pk"));
    if (p->reverse) nr_buf_add(out, NR_S(" reversed"));
    if (p->top != UINT64_MAX) nr_buf_printf(out, " top=%llu", (unsigned long long)p->top);
}

const nr_op_class nr_op_sort = {"Sort", false, sizeof(sort_state), sort_next, nr_sort_explain, false, false};

/* The rows below, last one first: for REVERSE of an order that nobody defined. */
typedef struct reverse_state {
    bool read;
    NR_VEC(uint32_t) rows;
    size_t given;
} reverse_state;

static uint32_t reversed_row(const void *rows, size_t i)
{
    const reverse_state *s = rows;
    return s->rows.at[s->rows.n - 1 - i];
}

static bool reverse_next(nr_op *op, nr_batch *b)
{
    reverse_state *s = op->state;
    nr_batch *in = s->read ? NULL : nr_batch_new(op->run->arena);
    while (!s->read) {
        in->want = NR_BATCH;
        if (!nr_op_next(op->child, in)) return false;
        for (size_t i = 0; i < in->n; i++) nr_vec_push(&op->arena, &s->rows, in->rows[i]);
        s->read = in->n == 0;
    }
    give(b, &s->given, s->rows.n, reversed_row, s);
    return true;
}

const nr_op_class nr_op_reverse = {"Reverse", false, sizeof(reverse_state), reverse_next, NULL, false, false};

typedef struct count_state {
    uint64_t passed;
} count_state;

static void count_explain(const nr_node *node, nr_buf *out)
{
    const nr_count_params *p = node->params;
    nr_buf_printf(out, "%llu", (unsigned long long)p->count);
}

static bool skip_next(nr_op *op, nr_batch *b)
{
    const nr_count_params *p = op->node->params;
    count_state *s = op->state;
    size_t want = b->want;
    while (s->passed < p->count) {
        uint64_t left = p->count - s->passed;
        b->want = left < NR_BATCH ? (size_t)left : NR_BATCH;
        if (!nr_op_next(op->child, b)) return false;
        s->passed += b->n;
        if (b->n == 0) return true;
    }
    b->want = want;
    return nr_op_next(op->child, b);
}

const nr_op_class nr_op_skip = {"Skip", false, sizeof(count_state), skip_next, count_explain, false, false};

static bool limit_next(nr_op *op, nr_batch *b)
{
    const nr_count_params *p = op->node->params;
    count_state *s = op->state;
    uint64_t left = p->count - s->passed;
    if (left == 0) return true;
    if (b->want > left) b->want = (size_t)left;
    if (!nr_op_next(op->child, b)) return false;
    s->passed += b->n;
    return true;
}

const nr_op_class nr_op_limit = {"Limit", false, sizeof(count_state), limit_next, count_explain, false, false};

/* Rows of the child that are also among those of the side input, which is read whole first, as a bitmap. */
typedef struct mask_state {
    nr_sieve sieve;
    bool read;
    nr_bitmap bits;
} mask_state;

static bool read_side(nr_op *op, mask_state *s)
{
    nr_batch *in = nr_batch_new(op->run->arena);
    s->bits = nr_bitmap_in(&op->arena);
    do {
        in->want = NR_BATCH;
        if (!nr_op_next(op->side, in)) return false;
        for (size_t i = 0; i < in->n; i++) nr_bitmap_set(&s->bits, in->rows[i]);
    } while (in->n);
    s->read = true;
    return true;
}

static bool mask_pass(const nr_op *op, const nr_batch *in, size_t i)
{
    const mask_state *s = op->state;
    return nr_bitmap_has(&s->bits, in->rows[i]);
}

static bool mask_next(nr_op *op, nr_batch *b)
{
    mask_state *s = op->state;
    if (!s->read && !read_side(op, s)) return false;
    return nr_op_sieve(op, &s->sieve, mask_pass, b);
}

const nr_op_class nr_op_mask = {"Mask", false, sizeof(mask_state), mask_next, NULL, false, false};
