/* op_table.c -- the table in memory as a source of rows, and as a source of values in place of the entities. */
#include "exec/op.h"
#include "table/rows.h"
#include "table/table.h"

typedef struct rows_state {
    size_t word;   /* behind which bits comes from */
    uint64_t bits; /* of that word, those not yet given */
} rows_state;

static bool rows_next(nr_op *op, nr_batch *b)
{
    rows_state *s = op->state;
    size_t n_words, n = 0, want = b->want;
    const uint64_t *words = nr_table_bits(op->run->model->table, &n_words);
    while (n < want) {
        for (; s->bits && n < want; s->bits &= s->bits - 1) b->rows[n++] = (uint32_t)(s->word * 64 - 64) + (uint32_t)__builtin_ctzll(s->bits);
        if (n == want || s->word == n_words) break;
        s->bits = words[s->word++];
    }
    b->n = n;
    return true;
}

const nr_op_class nr_op_rows = {"Table", true, sizeof(rows_state), rows_next, NULL, true};

/* Rows whose entity is not there are dropped: the table knows. */
static bool columns_next(nr_op *op, nr_batch *b)
{
    const nr_table *t = op->run->model->table;
    size_t n_fields = op->run->model->schema->n_fields, want = b->want;
    while (b->n == 0) {
        nr_arena_clear(&op->arena);
        b->want = want;
        if (!nr_op_next(op->child, b)) return false;
        if (b->n == 0) return true;
        size_t kept = 0;
        nr_value *values = nr_arena_alloc(&op->arena, sizeof *values * n_fields * b->n);
        for (size_t i = 0; i < b->n; i++) {
            if (!nr_table_has(t, b->rows[i])) continue;
            nr_table_get(t, b->rows[i], values + kept * n_fields);
            b->rows[kept] = b->rows[i];
            b->values[kept] = values + kept * n_fields;
            kept++;
        }
        b->n = kept;
    }
    b->loaded = true;
    return true;
}

const nr_op_class nr_op_columns = {"Columns", false, 0, columns_next, NULL, false};
