/* op_join.c -- Join: values of other models put behind those of each row. References are arrays of row numbers; what has a column there is read from it, the rest
 * from the entity. */
#include "exec/op.h"
#include "exec/reference.h"
#include "query/joined.h"
#include "table/rows.h"
#include "table/table.h"

/* A joined field made ready. */
typedef struct way {
    const nr_joined *joined;
    nr_reference *steps;
    nr_model *to;
    const nr_column *column; /* NULL: the entity is read */
    bool *want;
} way;

typedef struct join_state {
    way *ways;
} join_state;

static void make_ready(nr_op *op, way *w, const nr_joined *j)
{
    nr_model *at = op->run->model;
    *w = (way){.joined = j, .steps = NR_NEW_N(op->run->arena, nr_reference, j->n_links)};
    for (size_t i = 0; i < j->n_links; i++) {
        w->steps[i] = nr_reference_of(at, j->links[i]->field, j->links[i]->to);
        at = j->links[i]->to;
    }
    w->to = at;
    if (nr_table_keeps(at->table, j->of->id)) w->column = nr_table_column(at->table, j->of->id);
    w->want = NR_NEW_N(op->run->arena, bool, at->schema->n_fields);
    w->want[j->of->id] = true;
}

static bool read_entity(nr_op *op, const way *w, uint32_t row, nr_value *out)
{
    nr_found found;
    nr_value *values = NR_NEW_N(&op->arena, nr_value, w->to->schema->n_fields);
    nr_slice pk = nr_rows_pk(w->to->rows, row);
    if (!nr_entity_read(w->to, op->run->store, op->run->env, pk, w->want, false, &op->arena, values, &found, op->run->err)) return false;
    if (found == NR_FOUND) *out = values[w->joined->of->id];
    return true;
}

static bool value_of(nr_op *op, const way *w, uint32_t row, nr_value *out)
{
    *out = NR_NULL;
    for (size_t i = 0; i < w->joined->n_links; i++) row = nr_reference_follow(&w->steps[i], row);
    if (row == NR_NO_ROW) return true;
    if (!w->column) return read_entity(op, w, row, out);
    *out = nr_column_get(w->column, row);
    return true;
}

static bool join_next(nr_op *op, nr_batch *b)
{
    const nr_join_params *p = op->node->params;
    join_state *s = op->state;
    size_t n_fields = op->run->model->schema->n_fields, n = n_fields + p->n;
    nr_arena_clear(&op->arena);
    if (!s->ways) {
        s->ways = NR_NEW_N(op->run->arena, way, p->n);
        for (size_t i = 0; i < p->n; i++) make_ready(op, &s->ways[i], p->joined[i]);
    }
    if (!nr_op_next(op->child, b)) return false;
    nr_value *values = NR_NEW_N(&op->arena, nr_value, n * b->n);
    for (size_t i = 0; i < b->n; i++, values += n) {
        memcpy(values, b->values[i], n_fields * sizeof *values);
        for (size_t k = 0; k < p->n; k++)
            if (!value_of(op, &s->ways[k], b->rows[i], &values[n_fields + k])) return false;
        b->values[i] = values;
    }
    return true;
}

static void join_explain(const nr_node *node, nr_buf *out)
{
    const nr_join_params *p = node->params;
    for (size_t i = 0; i < p->n; i++) nr_buf_printf(out, "%s%.*s", i ? ", " : "", NR_FMT(p->joined[i]->field.name));
}

const nr_op_class nr_op_join = {"Join", false, sizeof(join_state), join_next, join_explain, false, false};
