/* op_pairs.c -- Pairs: a row for each choice of one entity from each relation that leads to any number of them. Nothing is copied: a pair is the row and the row numbers of
 * who is with it.
 *
 * Who refers to an entity is found by a pass over all references (reference.h): for the first batch of rows, which are often all, of them alone; then of everybody. Choices are counted through like the digits of a number:
 * the last relation first; what begins at a row that changes begins anew. */
#include "exec/op.h"
#include "exec/reference.h"
#include "query/pairing.h"
#include "table/rows.h"
#include "table/table.h"

typedef struct digit {
    nr_reference *steps;   /* to the row that is referred to */
    nr_reference last;     /* refers to it */
    nr_referrers back;     /* the same turned round */
    const uint32_t *rows;  /* that refer to it */
    size_t n, at;
    uint32_t row;          /* the one in hand; NR_NO_ROW: nobody */
} digit;

typedef struct pairs_state {
    digit *digits;
    bool narrow, whole;    /* known is who refers to what the rows of one batch lead to; to anybody */
    bool open;             /* the row in hand has more pairs */
    size_t at;             /* of the rows below, the one in hand */
    nr_batch in;
    uint32_t **given;      /* of each pairing NR_BATCH rows */
} pairs_state;

static void begin(nr_op *op, pairs_state *s)
{
    const nr_pairs_params *p = op->node->params;
    s->digits = NR_NEW_N(op->run->arena, digit, p->n);
    s->given = NR_NEW_N(op->run->arena, uint32_t *, p->n);
    for (size_t k = 0; k < p->n; k++) {
        const nr_pairing *by = p->pairings[k];
        nr_model *at = by->from ? p->pairings[by->from - 1]->to : op->run->model;
        digit *d = &s->digits[k];
        d->steps = NR_NEW_N(op->run->arena, nr_reference, by->n_links);
        for (size_t i = 0; i + 1 < by->n_links; i++) {
            d->steps[i] = nr_reference_of(at, by->links[i]->field, by->links[i]->to);
            at = by->links[i]->to;
        }
        d->last = nr_reference_of(by->to, by->links[by->n_links - 1]->field, at);
        s->given[k] = nr_arena_alloc(op->run->arena, sizeof *s->given[k] * NR_BATCH);
    }
}

/* The row that the pairing's last link is turned at. */
static uint32_t referred_to(const nr_pairing *by, const digit *d, uint32_t row)
{
    for (size_t i = 0; i + 1 < by->n_links; i++) row = nr_reference_follow(&d->steps[i], row);
    return row;
}

static nr_bitmap wanted_by(const nr_pairs_params *p, pairs_state *s, size_t k, nr_arena *arena)
{
    const nr_pairing *by = p->pairings[k];
    digit *d = &s->digits[k];
    size_t n_words = (size_t)nr_rows_limit(d->last.to->rows) / 64 + 1;
    nr_bitmap wanted = {arena, NR_NEW_N(arena, uint64_t, n_words), n_words};
    const uint32_t *rows = by->from ? s->digits[by->from - 1].back.rows : s->in.rows;
    size_t n = by->from ? s->digits[by->from - 1].back.total : s->in.n;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = referred_to(by, d, rows[i]);
        if (row != NR_NO_ROW) nr_bitmap_set(&wanted, row);
    }
    return wanted;
}

/* For the batch in hand. */
static void turn(nr_op *op, pairs_state *s)
{
    const nr_pairs_params *p = op->node->params;
    if (s->whole) return;
    s->whole = s->narrow;
    s->narrow = true;
    for (size_t k = 0; k < p->n; k++) {
        nr_bitmap wanted = {0};
        if (!s->whole) wanted = wanted_by(p, s, k, op->run->arena);
        s->digits[k].back = nr_reference_turn(&s->digits[k].last, s->whole ? NULL : &wanted, &op->arena);
    }
}

/* Chooses the first entity of the pairings from k on. */
static void choose_first(const nr_pairs_params *p, pairs_state *s, size_t k)
{
    for (; k < p->n; k++) {
        const nr_pairing *by = p->pairings[k];
        digit *d = &s->digits[k];
        uint32_t row = by->from ? s->digits[by->from - 1].row : s->in.rows[s->at];
        d->rows = nr_referrers_of(&d->back, referred_to(by, d, row), &d->n);
        d->at = 0;
        d->row = d->n ? d->rows[0] : NR_NO_ROW;
    }
}

static bool choose_next(const nr_pairs_params *p, pairs_state *s)
{
    for (size_t k = p->n; k-- > 0;) {
        digit *d = &s->digits[k];
        if (d->at + 1 >= d->n) continue;
        d->row = d->rows[++d->at];
        choose_first(p, s, k + 1);
        return true;
    }
    return false;
}

/* The next row that has pairs; rows that the table has not are passed over, unless they have been loaded. s->in.n is 0 at the end. */
static bool next_row(nr_op *op, pairs_state *s)
{
    for (s->at++;; s->at++) {
        if (s->at >= s->in.n) {
            s->at = 0;
            s->in.want = NR_BATCH;
            s->in.dense = false;
            if (!nr_op_next(op->child, &s->in)) return false;
            if (!s->in.n) return true;
            turn(op, s);
        }
        if (s->in.loaded || nr_table_has(op->run->model->table, s->in.rows[s->at])) break;
    }
    choose_first(op->node->params, s, 0);
    return s->open = true;
}

static void add_pair(const nr_pairs_params *p, pairs_state *s, nr_batch *b)
{
    b->rows[b->n] = s->in.rows[s->at];
    if (s->in.loaded) b->values[b->n] = s->in.values[s->at];
    for (size_t k = 0; k < p->n; k++) s->given[k][b->n] = s->digits[k].row;
    b->n++;
}

/* Values are those of the rows below: a batch ends with them. */
static bool pairs_next(nr_op *op, nr_batch *b)
{
    const nr_pairs_params *p = op->node->params;
    pairs_state *s = op->state;
    if (!s->digits) begin(op, s);
    while (b->n < b->want) {
        bool pulls = !s->open && s->at + 1 >= s->in.n;
        if (pulls && b->n && s->in.loaded) break;
        if (!s->open && !next_row(op, s)) return false;
        if (!s->open) break;
        add_pair(p, s, b);
        s->open = choose_next(p, s);
    }
    b->pairs = s->given;
    b->loaded = s->in.loaded;
    return true;
}

static void pairs_explain(const nr_node *node, nr_buf *out)
{
    const nr_pairs_params *p = node->params;
    for (size_t k = 0; k < p->n; k++) nr_buf_printf(out, "%s%.*s", k ? ", " : "", NR_FMT(p->pairings[k]->name));
}

const nr_op_class nr_op_pairs = {"Pairs", true, sizeof(pairs_state), pairs_next, pairs_explain, true, false};
