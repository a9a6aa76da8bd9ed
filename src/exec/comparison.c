/* comparison.c -- comparisons with expressions over the columns of a table. */
#include "exec/comparison.h"

#include "table/table.h"

void nr_comparison_init(nr_comparison *c, const nr_pred *pred, const nr_run *run)
{
    size_t n = nr_schema_values(run->model->schema);
    bool *want = NR_NEW_N(run->arena, bool, n);
    *c = (nr_comparison){.pred = pred, .run = run, .row = NR_NEW_N(run->arena, nr_value, n)};
    nr_pred_fields(pred, want);
    for (size_t i = 0; i < n; i++)
        if (want[i]) nr_vec_push(run->arena, &c->fields, i);
}

static bool is_true(const nr_comparison *c, uint32_t row)
{
    if (c->run->err->code) return false;
    for (size_t i = 0; i < c->fields.n; i++) c->row[c->fields.at[i]] = nr_column_get(nr_table_column(c->run->model->table, c->fields.at[i]), row);
    bool found = nr_pred_eval(c->pred, &row, c->row);
    nr_run_blame(c->run, row);
    return found;
}

void nr_comparison_chunk(const nr_comparison *c, uint32_t chunk, const uint64_t *need, uint64_t *out)
{
    memset(out, 0, NR_CHUNK_WORDS * sizeof *out);
    for (size_t w = 0; w < NR_CHUNK_WORDS; w++)
        for (uint64_t left = need[w]; left; left &= left - 1)
            if (is_true(c, chunk * NR_CHUNK_ROWS + (uint32_t)w * 64 + (uint32_t)__builtin_ctzll(left))) out[w] |= left & -left;
}

void nr_comparison_rows(const nr_comparison *c, const uint32_t *rows, size_t n, const unsigned char *need, unsigned char *out)
{
    for (size_t i = 0; i < n; i++) out[i] = need[i] && is_true(c, rows[i]);
}
