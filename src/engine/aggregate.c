/* aggregate.c -- AGGREGATE and DISTINCT: bind, plan, run, reply. */
#include "engine/aggregate.h"

#include "engine/semi_join.h"
#include "engine/row_reply.h"
#include "engine/scans.h"

typedef struct groups {
    nr_query query;
    nr_grouping grouping;
    NR_VEC(const nr_value *) rows; /* in the run's memory */
    uint64_t total;
} groups;

static bool bind(nr_call *c, nr_model *m, const nr_ast *ast, groups *g)
{
    nr_bind_with with = nr_bind_with_of(c);
    *g = (groups){0};
    return nr_grouping_bind(ast, m, &with, &c->arena, &g->query, &g->grouping, &c->err);
}

const nr_node *nr_groups_plan(nr_call *c, nr_model *m, const nr_ast *ast, const nr_pred **where)
{
    groups *g = NR_NEW(&c->arena, groups);
    nr_planner p = nr_planner_for(c, m);
    p.explains = true;
    if (!bind(c, m, ast, g)) return NULL;
    *where = g->query.where;
    return nr_plan_groups(&p, &g->query, &g->grouping);
}

static bool collect(nr_call *c, nr_op *op, groups *g)
{
    nr_batch *b = nr_batch_new(&c->arena);
    do {
        b->want = NR_BATCH;
        if (!nr_op_next(op, b)) return false;
        for (size_t i = 0; i < b->n; i++) nr_vec_push(&c->arena, &g->rows, b->values[i]);
        if ((int64_t)g->rows.n > c->limits.max_results)
            return nr_fail(&c->err, NR_E_LIMIT, "there would be more than %lld groups (nonrel.max-results); add LIMIT",
                           (long long)c->limits.max_results);
    } while (b->n);
    g->total = nr_group_total(op);
    return true;
}

static void reply(nr_call *c, const groups *g)
{
    nr_sink *s = c->sink;
    nr_row_form form = nr_group_form_of(&g->grouping, &g->query);
    if (g->query.withcount) {
        s->cls->array(s, 2);
        s->cls->integer(s, (int64_t)g->total);
    }
    s->cls->array(s, g->rows.n);
    for (size_t i = 0; i < g->rows.n; i++) nr_row_reply(c, &form, g->rows.at[i], i);
}

static bool run_joins(nr_call *c, groups *g)
{
    size_t n = g->grouping.n_measures;
    nr_measure *measures = NR_NEW_N(&c->arena, nr_measure, n);
    if (n) memcpy(measures, g->grouping.measures, n * sizeof *measures);
    g->grouping.measures = measures;
    for (size_t i = 0; i < n; i++)
        if (measures[i].when && !(measures[i].when = nr_join_resolve(c, &g->query, measures[i].when))) return false;
    if (g->grouping.having && !(g->grouping.having = nr_join_resolve(c, &g->query, g->grouping.having))) return false;
    return nr_join_run(c, &g->query);
}

static bool answer(nr_call *c, nr_model *m, const nr_ast *ast)
{
    groups g;
    nr_scan scan;
    nr_run run;
    nr_planner p = nr_planner_for(c, m);
    if (!bind(c, m, ast, &g) || !run_joins(c, &g) || !nr_scan_begin(c, m, &g.query, &scan)) return false;
    const nr_node *root = nr_plan_groups(&p, &g.query, &g.grouping);
    if (!root) return false;
    nr_run_start(&run, c, m);
    nr_scan_bound(&scan, &g.query, &run);
    bool ok = collect(c, nr_op_open(&run, root), &g);
    nr_scan_end(c, m, &scan, &run);
    if (ok) m->counters.queries++;
    if (ok) reply(c, &g);
    nr_run_close(&run);
    return ok;
}

bool nr_cmd_aggregate(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_ast ast;
    nr_model *m = nr_model_need_for_count(c, argv[0]);
    return m && nr_ast_parse(argv + 1, argc - 1, NR_CL_FILTERS | NR_CL_GROUPS, &c->arena, &ast, &c->err) && answer(c, m, &ast);
}

bool nr_query_distinct(nr_call *c, nr_model *m, const nr_ast *ast)
{
    return answer(c, m, ast);
}
