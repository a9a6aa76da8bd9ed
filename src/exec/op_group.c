/* op_group.c -- groups by hash: the encoded keys of a row name its group, whose order is then that of the bytes.
 *
 * Values are read a batch at a time. Most keys have come before: a small cache in front of the hash table knows them by their number, or by where the text of a
 * code lies. Where keys are numbers close together, or codes, chunks of the table go to slots (slots.h), which become groups once at the end; where only rows
 * are counted, by a column that has an index in memory, no row is looked at. */
#include "exec/op_group.h"

#include <stdlib.h>

#include "exec/keyset.h"
#include "exec/op_select.h"
#include "exec/slots.h"
#include "exec/trail.h"
#include "store/keys.h"
#include "table/scan.h"
#include "table/table.h"

enum { CACHED = 1024, FEW_GROUPS = 64, ROWS_A_GROUP = 32 };

typedef struct group {
    nr_slice key;
    uint64_t rows;
    char *states;
    nr_value columns[];
} group;

typedef struct known_key {
    uint64_t number, length; /* of an integer, 0; of a text where it lies, and one more than its length */
    group *g;
} known_key;

typedef struct group_state {
    bool done;
    nr_keyset keys, distinct;
    NR_VEC(group *) groups;       /* by number of their key, then in order */
    nr_value *values;             /* NR_BATCH of each key */
    nr_value *measured;           /* NR_BATCH */
    int64_t numbers[NR_BATCH];    /* the same of a column of integers */
    unsigned char set[NR_BATCH];
    char *states[NR_BATCH];       /* of the groups in `of` */
    const nr_column **integers;   /* of each measure whose integers are added at once; NULL: another one */
    const nr_column *key;         /* the one key's, when it is one of integers */
    nr_selection **when;          /* of each measure, over columns; NULL: it has none, or rows are loaded */
    nr_trail *trails;            /* of each joined field, when columns are read */
    uint32_t *pair;               /* the rows of one, by their numbers */
    group *of[NR_BATCH];          /* the group of each row of the batch */
    known_key known[CACHED];
    size_t *state_at, state_size; /* where each measure's state lies in a group's */
    const nr_column *coded;       /* the column of the one key, when its texts stay where they are */
    nr_slots *slots;              /* what takes chunks; NULL: they are read row by row */
    size_t given, end;
} group_state;

static const nr_grouping *grouping_of(const nr_op *op)
{
    return ((const nr_group_params *)op->node->params)->grouping;
}

/* The way to a field of another model; NULL: it is one of the rows' own. */
static const nr_trail *trail_of(const nr_op *op, const group_state *s, const nr_field *f)
{
    size_t own = nr_schema_values(op->run->model->schema);
    return f->id < own ? NULL : &s->trails[f->id - own];
}

static const nr_column *column_of(const nr_op *op, const group_state *s, const nr_field *f)
{
    const nr_trail *r = trail_of(op, s, f);
    return r ? r->column : nr_table_column(op->run->model->table, f->id);
}

/* The column of a measure, when all that it takes of a batch is integers. */
static const nr_column *integers_of(const nr_op *op, const group_state *s, const nr_measure *m)
{
    if (m->star || m->when || !m->function->add_ints || !nr_term_plain(&m->term) || trail_of(op, s, m->term.path.field)) return NULL;
    const nr_column *c = column_of(op, s, m->term.path.field);
    return nr_column_kind(c) == NR_V_INT ? c : NULL;
}

static void begin(nr_op *op, group_state *s)
{
    const nr_group_params *p = op->node->params;
    const nr_grouping *g = p->grouping;
    s->keys = nr_keyset_in(&op->arena);
    s->distinct = nr_keyset_in(&op->arena);
    s->values = nr_arena_alloc(&op->arena, sizeof *s->values * NR_BATCH * g->n_keys);
    s->measured = nr_arena_alloc(&op->arena, sizeof *s->measured * NR_BATCH);
    s->state_at = nr_arena_alloc(&op->arena, sizeof *s->state_at * g->n_measures);
    s->when = NR_NEW_N(op->run->arena, nr_selection *, g->n_measures);
    s->integers = NR_NEW_N(op->run->arena, const nr_column *, g->n_measures);
    s->trails = NR_NEW_N(op->run->arena, nr_trail, p->join.n);
    s->pair = NR_NEW_N(op->run->arena, uint32_t, p->n_pairings + 1);
    for (size_t i = 0; p->columns && i < p->join.n; i++) nr_trail_init(&s->trails[i], op->run->model, p->join.joined[i], p->join.pairings, op->run->arena);
    for (size_t i = 0; i < g->n_measures; i++) {
        s->integers[i] = p->columns ? integers_of(op, s, &g->measures[i]) : NULL;
        if (g->measures[i].when && p->columns) s->when[i] = nr_selection_new(op->run, g->measures[i].when);
        s->state_at[i] = s->state_size;
        s->state_size += (g->measures[i].function->state_size + 15) & ~(size_t)15;
    }
    if (!p->columns) return;
    if (!p->join.n && !p->n_pairings) s->slots = nr_slots_new(op->run, &op->arena, g);
    if (g->n_keys != 1 || !nr_term_plain(&g->keys[0])) return;
    const nr_column *c = column_of(op, s, g->keys[0].path.field);
    if (nr_column_form_of(c) == NR_CF_CODES) s->coded = c;
    if (nr_column_kind(c) == NR_V_INT && !trail_of(op, s, g->keys[0].path.field)) s->key = c;
}

/* -- the group of a row ------------------------------------------------------------------------------------------------------------------- */

static group *new_group(nr_op *op, group_state *s, nr_slice key, const nr_value *values)
{
    const nr_grouping *g = grouping_of(op);
    group *made = nr_arena_zalloc(&op->arena, sizeof *made + sizeof *made->columns * nr_grouping_columns(g));
    made->key = key;
    made->states = nr_arena_zalloc(&op->arena, s->state_size);
    for (size_t k = 0; k < g->n_keys; k++) {
        made->columns[k] = values[k * NR_BATCH];
        if (made->columns[k].kind == NR_V_TEXT) made->columns[k].s = nr_arena_copy(&op->arena, made->columns[k].s);
    }
    nr_vec_push(&op->arena, &s->groups, made);
    return made;
}

/* Of the ways in which rows of a group write its numbers it has the lowest by bytes, whichever row comes first. */
static group *keep_lowest(nr_op *op, group *g, const nr_value *values)
{
    const nr_grouping *what = grouping_of(op);
    for (size_t k = 0; k < what->n_keys; k++) {
        const nr_value *v = &values[k * NR_BATCH];
        if (!nr_term_free(&what->keys[k]) || nr_value_cmp(v, &g->columns[k]) >= 0) continue;
        g->columns[k].s = nr_arena_copy(&op->arena, v->s);
    }
    return g;
}

/* values: a row's, NR_BATCH apart. */
static group *find_group(nr_op *op, group_state *s, const nr_value *values)
{
    const nr_grouping *g = grouping_of(op);
    bool fresh;
    nr_mark mark = nr_arena_mark(op->run->arena);
    nr_buf key = nr_buf_in(op->run->arena);
    for (size_t k = 0; k < g->n_keys; k++) nr_term_key(&g->keys[k], &values[k * NR_BATCH], op->run->arena, &key);
    uint32_t number = nr_keyset_number(&s->keys, nr_buf_slice(&key), &fresh);
    nr_arena_rewind(op->run->arena, mark);
    return fresh ? new_group(op, s, s->keys.keys.at[number], values) : keep_lowest(op, s->groups.at[number], values);
}

/* The same for the value of a single key, which has mostly come before. */
static group *find_known(nr_op *op, group_state *s, const nr_value *v)
{
    bool text = v->kind == NR_V_TEXT && s->coded;
    if (v->kind != NR_V_INT && !text) return find_group(op, s, v);
    uint64_t number = text ? (uint64_t)(uintptr_t)v->s.p : (uint64_t)v->i, length = text ? v->s.n + 1 : 0;
    known_key *k = &s->known[(number + length) * UINT64_C(0x9E3779B97F4A7C15) >> 54];
    if (!k->g || k->number != number || k->length != length) *k = (known_key){number, length, find_group(op, s, v)};
    return k->g;
}

/* The same for all rows of a batch, by a column of integers. */
static void find_by_numbers(nr_op *op, group_state *s, const nr_batch *in)
{
    nr_column_gather(s->key, in->rows, in->n, s->numbers, s->set);
    for (size_t i = 0; i < in->n; i++) {
        const known_key *k = &s->known[(uint64_t)s->numbers[i] * UINT64_C(0x9E3779B97F4A7C15) >> 54];
        bool known = s->set[i] && k->g && k->number == (uint64_t)s->numbers[i] && !k->length;
        nr_value v = s->set[i] ? (nr_value){.kind = NR_V_INT, .i = s->numbers[i]} : NR_NULL;
        s->of[i] = known ? k->g : find_known(op, s, &v);
    }
}

static void find_groups(nr_op *op, group_state *s, size_t n)
{
    bool single = grouping_of(op)->n_keys == 1;
    group *all = grouping_of(op)->n_keys ? NULL : find_group(op, s, NULL);
    for (size_t i = 0; all && i < n; i++) s->of[i] = all;
    for (size_t i = 0; !all && i < n; i++) s->of[i] = single ? find_known(op, s, &s->values[i]) : find_group(op, s, &s->values[i]);
}

/* -- batches ------------------------------------------------------------------------------------------------------------------------------ */

static void read_column(const nr_column *c, const nr_batch *in, nr_value *out)
{
    int64_t numbers[NR_BATCH];
    unsigned char set[NR_BATCH];
    if (nr_column_kind(c) != NR_V_INT) {
        for (size_t i = 0; i < in->n; i++) out[i] = nr_column_get(c, in->rows[i]);
        return;
    }
    nr_column_gather(c, in->rows, in->n, numbers, set);
    for (size_t i = 0; i < in->n; i++) out[i] = set[i] ? (nr_value){.kind = NR_V_INT, .i = numbers[i]} : NR_NULL;
}

static void read_joined(const nr_trail *r, const nr_batch *in, nr_value *out)
{
    for (size_t i = 0; i < in->n; i++) {
        uint32_t row = nr_trail_row(r, nr_batch_row(in, r->joined->at, i));
        out[i] = row == NR_NO_ROW ? NR_NULL : nr_column_get(r->column, row);
    }
}

static void read_term(nr_op *op, const group_state *s, const nr_term *t, const nr_batch *in, nr_value *out)
{
    const nr_group_params *p = op->node->params;
    const nr_trail *r = p->columns ? trail_of(op, s, t->path.field) : NULL;
    if (r) read_joined(r, in, out);
    else if (p->columns) read_column(nr_table_column(op->run->model->table, t->path.field->id), in, out);
    for (size_t i = 0; !p->columns && i < in->n; i++) out[i] = in->values[i][t->path.field->id];
    for (size_t i = 0; !nr_term_plain(t) && i < in->n; i++) out[i] = nr_term_value(t, &out[i], op->run->arena);
}

/* Whether a value of a measure comes to the group for the first time. */
static bool is_new(nr_op *op, group_state *s, const group *g, size_t measure, const nr_value *v)
{
    bool fresh;
    nr_mark mark = nr_arena_mark(op->run->arena);
    nr_buf key = nr_buf_in(op->run->arena);
    nr_buf_add(&key, (nr_slice){(const char *)&g, sizeof g});
    nr_buf_add(&key, (nr_slice){(const char *)&measure, sizeof measure});
    nr_term_key(&grouping_of(op)->measures[measure].term, v, op->run->arena, &key);
    nr_keyset_number(&s->distinct, nr_buf_slice(&key), &fresh);
    nr_arena_rewind(op->run->arena, mark);
    return fresh;
}

/* Rows for which WHEN is not true have NULL. */
static void mask_measured(nr_op *op, group_state *s, size_t m, const nr_batch *in)
{
    unsigned char passes[NR_BATCH];
    const nr_group_params *p = op->node->params;
    const nr_pred *when = p->grouping->measures[m].when;
    if (s->when[m]) nr_selection_rows(s->when[m], in, passes);
    for (size_t i = 0; !s->when[m] && i < in->n && !op->run->err->code; i++) {
        for (size_t k = 0; k <= p->n_pairings; k++) s->pair[k] = nr_batch_row(in, k, i);
        passes[i] = nr_pred_eval(when, s->pair, in->values[i]);
        nr_run_blame(op->run, in->rows[i]);
    }
    for (size_t i = 0; i < in->n && !op->run->err->code; i++)
        if (!passes[i]) s->measured[i] = NR_NULL;
}

/* What a measure is of, row by row; of the rows themselves some value that is not NULL. */
static void read_measured(nr_op *op, group_state *s, size_t m, const nr_batch *in)
{
    const nr_measure *what = &grouping_of(op)->measures[m];
    if (!what->star) read_term(op, s, &what->term, in, s->measured);
    for (size_t i = 0; what->star && i < in->n; i++) s->measured[i] = (nr_value){.kind = NR_V_INT, .i = 1};
    if (what->when) mask_measured(op, s, m, in);
}

static void measure(nr_op *op, group_state *s, size_t m, size_t n)
{
    const nr_measure *what = &grouping_of(op)->measures[m];
    const nr_aggregate *f = what->function;
    for (size_t i = 0; i < n; i++) {
        const nr_value *v = &s->measured[i];
        if (v->kind == NR_V_NULL || (f->distinct && !is_new(op, s, s->of[i], m, v))) continue;
        f->add(s->of[i]->states + s->state_at[m], &what->term.spec, v, &op->arena);
    }
}

static void take_rows(nr_op *op, group_state *s, const nr_batch *in)
{
    const nr_grouping *g = grouping_of(op);
    nr_mark mark = nr_arena_mark(op->run->arena);
    for (size_t k = 0; !s->key && k < g->n_keys; k++) read_term(op, s, &g->keys[k], in, s->values + k * NR_BATCH);
    if (s->key) find_by_numbers(op, s, in);
    else find_groups(op, s, in->n);
    nr_arena_rewind(op->run->arena, mark);
    for (size_t i = 0; i < in->n; i++) s->states[i] = s->of[i]->states;
    for (size_t i = 0; i < in->n; i++) s->of[i]->rows++;
    for (size_t m = 0; m < g->n_measures; m++) {
        if (nr_measure_is_size(&g->measures[m])) continue;
        if (s->integers[m]) {
            nr_column_gather(s->integers[m], in->rows, in->n, s->numbers, s->set);
            g->measures[m].function->add_ints(s->states, s->state_at[m], s->numbers, s->set, in->n);
            continue;
        }
        read_measured(op, s, m, in);
        measure(op, s, m, in->n);
        nr_arena_rewind(op->run->arena, mark);
    }
}

/* -- chunks -------------------------------------------------------------------------------------------------------------------------------- */

static void take_chunk(nr_op *op, group_state *s, nr_batch *in)
{
    uint32_t at = 0;
    if (s->slots && nr_slots_take(s->slots, in)) return;
    while ((in->n = nr_scan_list(in->bits, in->chunk, &at, NR_BATCH, in->rows))) take_rows(op, s, in);
}

/* What came by slots joins what came row by row. */
static void take_slot(nr_op *op, group_state *s, size_t at, const nr_value *keys, uint64_t rows)
{
    const nr_grouping *g = grouping_of(op);
    nr_mark mark = nr_arena_mark(op->run->arena);
    for (size_t k = 0; k < g->n_keys; k++) s->values[k * NR_BATCH] = nr_term_value(&g->keys[k], &keys[k], op->run->arena);
    group *to = find_group(op, s, s->values);
    nr_arena_rewind(op->run->arena, mark);
    to->rows += rows;
    for (size_t m = 0; m < g->n_measures; m++) {
        const nr_measure *what = &g->measures[m];
        nr_bulk all;
        if (!nr_measure_is_size(what) && nr_slots_bulk(s->slots, at, m, &all))
            what->function->add_bulk(to->states + s->state_at[m], &what->term.spec, &all, &op->arena);
    }
}

static void take_slots(nr_op *op, group_state *s)
{
    nr_value *keys = NR_NEW_N(op->run->arena, nr_value, grouping_of(op)->n_keys);
    uint64_t rows;
    for (size_t at = 0; nr_slots_next(s->slots, &at, keys, &rows);) take_slot(op, s, at, keys, rows);
}

/* -- counting by an index ----------------------------------------------------------------------------------------------------------------- */

static void count_value(nr_op *op, group_state *s, nr_value v, uint64_t rows)
{
    if (rows) find_group(op, s, &v)->rows += rows;
}

static bool is_few(const group_state *s, uint64_t rows)
{
    return s->groups.n <= FEW_GROUPS + rows / ROWS_A_GROUP;
}

typedef struct few {
    nr_op *op;
    group_state *s;
    uint64_t rows;
} few;

static bool take_number(void *ctx, int64_t number, uint64_t n)
{
    const few *f = ctx;
    count_value(f->op, f->s, (nr_value){.kind = NR_V_INT, .i = number}, n);
    return is_few(f->s, f->rows);
}

static void take_numbers(nr_op *op, group_state *s, const nr_ordered *o)
{
    const nr_value null = NR_NULL;
    few f = {op, s, nr_ordered_count(o)};
    count_value(op, s, null, nr_ordered_rank(o, &null, true));
    nr_ordered_groups(o, take_number, &f);
}

static void take_stretches(nr_op *op, group_state *s, const nr_ordered *o, const nr_column *key)
{
    uint64_t n = nr_ordered_count(o);
    uint32_t row;
    for (uint64_t at = 0, end; at < n && is_few(s, n); at = end) {
        nr_ordered_read(o, at, false, 1, &row);
        nr_value v = nr_column_get(key, row);
        end = nr_ordered_rank(o, &v, true);
        count_value(op, s, v, end - at);
    }
}

static void take_postings(nr_op *op, group_state *s, const nr_postings *p, nr_kind kind)
{
    const nr_value null = NR_NULL;
    const roaring_bitmap_t *rows;
    nr_value v;
    for (size_t at = 0; is_few(s, nr_postings_total(p)) && (rows = nr_postings_next(p, kind, &at, &v));)
        count_value(op, s, v, roaring_bitmap_get_cardinality(rows));
    count_value(op, s, null, nr_postings_count(p, &null));
}

/* A few chunks show all codes of a column, which is less work than asking the index for each; unless so many rows may not be looked at. */
static bool shows_soon(const nr_op *op, const group_state *s)
{
    const nr_run *run = op->run;
    return s->slots && s->coded && !grouping_of(op)->n_measures && nr_table_count(run->model->table) <= (uint64_t)run->limits.max_scan;
}

/* False: there are too many groups for that to pay, and nothing has been counted. */
static bool take_index(nr_op *op, group_state *s, const nr_index *ix)
{
    const nr_model *m = op->run->model;
    size_t place = (size_t)(ix - m->indexes);
    const nr_ordered *o = nr_table_ordered(m->table, place);
    const nr_postings *p = nr_table_postings(m->table, place);
    const nr_column *key = nr_table_key_column(m->table, place);
    if (o && nr_column_kind(key) == NR_V_INT) take_numbers(op, s, o);
    else if (o) take_stretches(op, s, o, key);
    else take_postings(op, s, p, grouping_of(op)->keys[0].spec.type->kind);
    if (is_few(s, nr_table_count(m->table))) return true;
    s->keys = nr_keyset_in(&op->arena);
    s->groups.n = 0;
    return false;
}

/* -- what is known before ----------------------------------------------------------------------------------------------------------------- */

/* The value of a field in the one row that a plan gives; NULL when it gives none. */
static bool read_value(nr_op *op, const nr_node *plan, const nr_field *f, nr_value *out)
{
    nr_batch *in = NR_NEW(op->run->arena, nr_batch);
    in->want = 1;
    if (!nr_op_next(nr_op_open(op->run, plan), in)) return false;
    *out = in->n ? in->values[0][f->id] : NR_NULL;
    if (out->kind == NR_V_TEXT) out->s = nr_arena_copy(&op->arena, out->s);
    return true;
}

static bool take_answers(nr_op *op, group_state *s, const nr_group_answer *answers)
{
    const nr_grouping *g = grouping_of(op);
    group *all = find_group(op, s, NULL);
    for (size_t m = 0; m < g->n_measures; m++) {
        nr_value *out = &all->columns[m];
        if (!answers[m].row) *out = (nr_value){.kind = NR_V_INT, .i = (int64_t)answers[m].count};
        else if (!read_value(op, answers[m].row, g->measures[m].term.path.field, out)) return false;
    }
    return true;
}

/* -- from first to last ------------------------------------------------------------------------------------------------------------------- */

static size_t keep_those_there(const nr_table *t, nr_batch *in)
{
    size_t kept = 0;
    for (size_t i = 0; i < in->n; i++)
        if (nr_table_has(t, in->rows[i])) in->rows[kept++] = in->rows[i];
    return kept;
}

static bool read_all(nr_op *op, group_state *s)
{
    const nr_group_params *p = op->node->params;
    if (p->answers) return take_answers(op, s, p->answers);
    if (p->index && !shows_soon(op, s) && take_index(op, s, p->index)) return true;
    nr_batch *in = nr_batch_new(op->run->arena);
    for (;;) {
        in->want = NR_BATCH;
        in->dense = p->columns;
        if (!nr_op_next(op->child, in)) return false;
        if (!in->n) break;
        if (in->dense) {
            take_chunk(op, s, in);
            if (s->slots && nr_slots_complete(s->slots)) break;
            continue;
        }
        if (p->columns && !p->n_pairings) in->n = keep_those_there(op->run->model->table, in);
        take_rows(op, s, in);
    }
    if (s->slots) take_slots(op, s);
    return true;
}

static bool finish_group(nr_op *op, const group_state *s, group *g)
{
    const nr_group_params *p = op->node->params;
    const nr_grouping *what = p->grouping;
    for (size_t m = 0; !p->answers && m < what->n_measures; m++) {
        const nr_measure *f = &what->measures[m];
        nr_value *out = &g->columns[what->n_keys + m];
        if (nr_measure_is_size(f)) *out = (nr_value){.kind = NR_V_INT, .i = (int64_t)g->rows};
        else if (!f->function->result(g->states + s->state_at[m], &f->term.spec, out))
            return nr_fail(op->run->err, NR_E_LIMIT, "%s is beyond what its type can hold", NR_SHOW(what->names[what->n_keys + m]));
    }
    return true;
}

static void add_key(nr_op *op, const group *g, size_t column, bool descending, nr_buf *out)
{
    const nr_grouping *what = grouping_of(op);
    size_t from = out->n;
    if (column < what->n_keys) nr_term_key(&what->keys[column], &g->columns[column], op->run->arena, out);
    else nr_key_add(&g->columns[column], out);
    if (descending) nr_key_invert(out->p + from, out->n - from);
}

/* The place of a group in the order is its key from now on. */
static void order_group(nr_op *op, group *g)
{
    const nr_grouping *what = grouping_of(op);
    nr_buf key = nr_buf_in(&op->arena);
    nr_mark mark = nr_arena_mark(op->run->arena);
    for (size_t i = 0; i < what->n_order; i++) add_key(op, g, what->order[i].column, what->order[i].descending != what->reverse, &key);
    for (size_t k = 0; k < what->n_keys; k++) add_key(op, g, k, what->reverse, &key);
    nr_arena_rewind(op->run->arena, mark);
    g->key = nr_buf_slice(&key);
}

/* What sorting moves: most comparisons need no more than the first bytes. */
typedef struct sort_entry {
    uint64_t first;
    group *g;
} sort_entry;

static uint64_t first_bytes(nr_slice key)
{
    uint64_t first = 0;
    for (size_t i = 0; i < sizeof first; i++) first = first << 8 | (i < key.n ? (unsigned char)key.p[i] : 0);
    return first;
}

static int compare_entries(const void *x, const void *y)
{
    const sort_entry *a = x, *b = y;
    return a->first != b->first ? (a->first > b->first) - (a->first < b->first) : nr_slice_cmp(a->g->key, b->g->key);
}

/* Numbers by slots come in order. */
static void sort_groups(nr_op *op, group_state *s)
{
    bool sorted = true;
    for (size_t i = 1; i < s->groups.n && sorted; i++) sorted = nr_slice_cmp(s->groups.at[i - 1]->key, s->groups.at[i]->key) < 0;
    if (sorted) return;
    sort_entry *entries = nr_arena_alloc(&op->arena, s->groups.n * sizeof *entries);
    for (size_t i = 0; i < s->groups.n; i++) entries[i] = (sort_entry){first_bytes(s->groups.at[i]->key), s->groups.at[i]};
    qsort(entries, s->groups.n, sizeof *entries, compare_entries);
    for (size_t i = 0; i < s->groups.n; i++) s->groups.at[i] = entries[i].g;
}

static bool finish(nr_op *op, group_state *s)
{
    const nr_grouping *g = grouping_of(op);
    size_t kept = 0;
    if (g->one && !s->groups.n) find_group(op, s, NULL);
    for (size_t i = 0; i < s->groups.n; i++) {
        group *now = s->groups.at[i];
        if (!finish_group(op, s, now)) return false;
        if (g->having && !nr_pred_eval(g->having, NULL, now->columns)) continue;
        if (g->n_order || g->reverse) order_group(op, now);
        s->groups.at[kept++] = now;
    }
    s->groups.n = kept;
    if (op->run->err->code) return false;
    sort_groups(op, s);
    uint64_t n = s->groups.n, from = (uint64_t)g->offset < n ? (uint64_t)g->offset : n;
    s->given = (size_t)from;
    s->end = (size_t)(g->count < 0 || (uint64_t)g->count > n - from ? n : from + (uint64_t)g->count);
    return s->done = true;
}

static bool group_next(nr_op *op, nr_batch *b)
{
    group_state *s = op->state;
    if (!s->done) {
        begin(op, s);
        if (!read_all(op, s) || !finish(op, s)) return false;
    }
    for (; b->n < b->want && s->given < s->end; s->given++) {
        b->rows[b->n] = (uint32_t)s->given;
        b->values[b->n++] = s->groups.at[s->given]->columns;
    }
    b->loaded = true;
    return true;
}

uint64_t nr_group_total(const nr_op *op)
{
    return ((const group_state *)op->state)->groups.n;
}

static void group_explain(const nr_node *node, nr_buf *out)
{
    const nr_group_params *p = node->params;
    const nr_grouping *g = p->grouping;
    for (size_t k = 0; k < g->n_keys; k++) {
        nr_buf_add(out, k ? NR_S(" ") : NR_S("by "));
        nr_term_print(&g->keys[k], out);
    }
    for (size_t m = 0; m < g->n_measures; m++) {
        nr_buf_printf(out, "%s%s ", m ? ", " : g->n_keys ? ": " : "", g->measures[m].function->name);
        if (g->measures[m].star) nr_buf_byte(out, '*');
        else nr_term_print(&g->measures[m].term, out);
        if (g->measures[m].when) nr_buf_add(out, NR_S(" when "));
        if (g->measures[m].when) nr_pred_print(g->measures[m].when, out);
        if (p->answers) nr_buf_printf(out, " (%.*s)", NR_FMT(p->answers[m].text));
    }
    if (g->having) nr_buf_add(out, NR_S(", having "));
    if (g->having) nr_pred_print(g->having, out);
    for (size_t i = 0; i < g->n_order; i++)
        nr_buf_printf(out, "%s%s%.*s", i ? " " : ", order ", g->order[i].descending ? "-" : "", NR_FMT(g->names[g->order[i].column]));
    if (g->reverse) nr_buf_add(out, NR_S(", reversed"));
    if (g->offset || g->count >= 0) nr_buf_printf(out, ", limit %lld %lld", (long long)g->offset, (long long)g->count);
    if (p->index) nr_buf_printf(out, ", index=%.*s", NR_FMT(p->index->name));
}

const nr_op_class nr_op_group = {"Group", false, sizeof(group_state), group_next, group_explain, false, false};
