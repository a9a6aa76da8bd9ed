/* op_join.c -- Join: values of other models put behind those of each row. */
#include "exec/op.h"
#include "exec/trail.h"

typedef struct join_state {
    nr_trail *trails;
} join_state;

static bool join_next(nr_op *op, nr_batch *b)
{
    const nr_join_params *p = op->node->params;
    join_state *s = op->state;
    size_t own = nr_schema_values(op->run->model->schema), n = own + p->n;
    nr_arena_clear(&op->arena);
    if (!s->trails) {
        s->trails = NR_NEW_N(op->run->arena, nr_trail, p->n);
        for (size_t i = 0; i < p->n; i++) nr_trail_init(&s->trails[i], op->run->model, p->joined[i], p->pairings, op->run->arena);
    }
    if (!nr_op_next(op->child, b)) return false;
    nr_value *values = NR_NEW_N(&op->arena, nr_value, n * b->n);
    for (size_t i = 0; i < b->n; i++, values += n) {
        memcpy(values, b->values[i], own * sizeof *values);
        for (size_t k = 0; k < p->n; k++)
            if (!nr_trail_value(&s->trails[k], nr_batch_row(b, p->joined[k]->at, i), op->run->store, op->run->env, &op->arena, &values[own + k], op->run->err)) return false;
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
