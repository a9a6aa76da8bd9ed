/* op_table.c -- the table in memory as a source of rows, and as a source of values in place of the entities. */
#include "exec/op.h"
#include "table/scan.h"
#include "table/table.h"

typedef struct rows_state {
    uint32_t chunk; /* the next one */
    uint32_t at;    /* of the last one, what has been given; all of it, or NR_CHUNK_ROWS */
    uint64_t bits[NR_CHUNK_WORDS];
} rows_state;

static void keep_set(const nr_bitmap *set, uint32_t chunk, uint64_t *bits)
{
    size_t first = (size_t)chunk * NR_CHUNK_WORDS;
    for (size_t i = 0; i < NR_CHUNK_WORDS; i++) bits[i] &= first + i < set->n_words ? set->words[first + i] : 0;
}

/* The next chunk that has rows; false at the end. */
static bool next_chunk(nr_op *op, rows_state *s, uint64_t *bits)
{
    const nr_set_params *p = op->node->params;
    while (nr_table_chunk(op->run->model->table, s->chunk, bits)) {
        if (p) keep_set(p->set, s->chunk, bits);
        s->chunk++;
        if (nr_scan_count(bits)) return true;
    }
    return false;
}

static bool rows_next(nr_op *op, nr_batch *b)
{
    rows_state *s = op->state;
    if (b->dense) {
        if (!next_chunk(op, s, b->bits)) return true;
        b->chunk = s->chunk - 1;
        b->n = nr_scan_count(b->bits);
        return true;
    }
    while (b->n < b->want) {
        if (s->chunk) b->n += nr_scan_list(s->bits, s->chunk - 1, &s->at, b->want - b->n, b->rows + b->n);
        if (b->n == b->want || !next_chunk(op, s, s->bits)) break;
        s->at = 0;
    }
    return true;
}

const nr_op_class nr_op_rows = {"Table", true, sizeof(rows_state), rows_next, NULL, true, true};

static void set_explain(const nr_node *node, nr_buf *out)
{
    const nr_set_params *p = node->params;
    nr_buf_add(out, p->text);
}

const nr_op_class nr_op_set = {"Rows", true, sizeof(rows_state), rows_next, set_explain, true, true};

/* Rows whose entity is not there are dropped: the table knows. */
static bool columns_next(nr_op *op, nr_batch *b)
{
    const nr_table *t = op->run->model->table;
    size_t n_values = nr_schema_values(op->run->model->schema), want = b->want;
    while (b->n == 0) {
        nr_arena_clear(&op->arena);
        b->want = want;
        if (!nr_op_next(op->child, b)) return false;
        if (b->n == 0) return true;
        size_t kept = 0;
        nr_value *values = nr_arena_alloc(&op->arena, sizeof *values * n_values * b->n);
        for (size_t i = 0; i < b->n; i++) {
            if (!nr_table_has(t, b->rows[i])) continue;
            nr_table_get(t, b->rows[i], values + kept * n_values);
            b->rows[kept] = b->rows[i];
            b->values[kept] = values + kept * n_values;
            kept++;
        }
        b->n = kept;
    }
    b->loaded = true;
    return true;
}

const nr_op_class nr_op_columns = {"Columns", false, 0, columns_next, NULL, false, false};
