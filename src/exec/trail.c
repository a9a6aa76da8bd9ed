/* trail.c -- from a row to a value of another model. */
#include "exec/trail.h"

#include "table/rows.h"
#include "table/table.h"

static nr_model *begin_of(nr_model *m, const nr_joined *j, const nr_pairing *const *pairings)
{
    return j->at ? pairings[j->at - 1]->to : m;
}

nr_model *nr_trail_end(nr_model *m, const nr_joined *j, const nr_pairing *const *pairings)
{
    return j->n_links ? j->links[j->n_links - 1]->to : begin_of(m, j, pairings);
}

bool nr_trail_in_column(nr_model *m, const nr_joined *j, const nr_pairing *const *pairings)
{
    return nr_table_keeps(nr_trail_end(m, j, pairings)->table, j->of->id);
}

void nr_trail_init(nr_trail *t, nr_model *m, const nr_joined *j, const nr_pairing *const *pairings, nr_arena *arena)
{
    *t = (nr_trail){.joined = j, .steps = NR_NEW_N(arena, nr_reference, j->n_links), .to = begin_of(m, j, pairings)};
    for (size_t i = 0; i < j->n_links; i++) {
        t->steps[i] = nr_reference_of(t->to, j->links[i]->field, j->links[i]->to);
        t->to = j->links[i]->to;
    }
    if (nr_table_keeps(t->to->table, j->of->id)) t->column = nr_table_column(t->to->table, j->of->id);
    t->want = NR_NEW_N(arena, bool, t->to->schema->n_fields);
    t->want[j->of->id] = true;
}

static bool read_entity(const nr_trail *t, uint32_t row, nr_store *store, const nr_env *env, nr_arena *arena, nr_value *out, nr_err *err)
{
    nr_found found;
    nr_value *values = NR_NEW_N(arena, nr_value, t->to->schema->n_fields);
    if (!nr_entity_read(t->to, store, env, nr_rows_pk(t->to->rows, row), t->want, false, arena, values, &found, err)) return false;
    if (found == NR_FOUND) *out = values[t->joined->of->id];
    return true;
}

uint32_t nr_trail_row(const nr_trail *t, uint32_t row)
{
    for (size_t i = 0; i < t->joined->n_links; i++) row = nr_reference_follow(&t->steps[i], row);
    return row;
}

bool nr_trail_value(const nr_trail *t, uint32_t row, nr_store *store, const nr_env *env, nr_arena *arena, nr_value *out, nr_err *err)
{
    *out = NR_NULL;
    row = nr_trail_row(t, row);
    if (row == NR_NO_ROW) return true;
    if (!t->column) return read_entity(t, row, store, env, arena, out, err);
    *out = nr_column_get(t->column, row);
    return true;
}
