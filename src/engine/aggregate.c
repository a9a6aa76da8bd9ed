/* aggregate.c -- AGGREGATE and DISTINCT: bind, plan, run, reply. */
#include "engine/aggregate.h"

#include "engine/semi_join.h"
#include "engine/row_reply.h"
#include "engine/scans.h"
#include "engine/unjoin.h"

typedef struct result {
    NR_VEC(const nr_value *) rows; /* in the run's memory */
    uint64_t total;
} result;

bool nr_groups_bind(nr_call *c, nr_model *m, const nr_ast *ast, nr_groups *g)
{
    nr_bind_with with = nr_bind_with_of(c);
    *g = (nr_groups){0};
    return nr_grouping_bind(ast, m, &with, &c->arena, &g->query, &g->grouping, &c->err);
}

bool nr_groups_explain(nr_call *c, nr_model *m, const nr_groups *g, nr_slices *lines)
{
    const nr_grouping *by = &g->grouping;
    nr_query q = g->query;
    nr_planner p = nr_planner_for(c, m);
    p.explains = true;
    q.where = nr_unjoin(c, m, q.where);
    const nr_node *root = nr_plan_groups(&p, &q, by);
    if (!root) return false;
    nr_plan_print(root, &c->arena, lines);
    for (size_t i = 0; i < by->n_measures; i++)
        if (by->measures[i].when && !nr_join_explain(c, m, by->measures[i].when, 1, lines)) return false;
    if (by->having && !nr_join_explain(c, m, by->having, 1, lines)) return false;
    return nr_join_explain(c, m, q.where, 1, lines);
}

static bool collect(nr_call *c, nr_op *op, result *r)
{
    nr_batch *b = nr_batch_new(&c->arena);
    do {
        b->want = NR_BATCH;
        if (!nr_op_next(op, b)) return false;
        for (size_t i = 0; i < b->n; i++) nr_vec_push(&c->arena, &r->rows, b->values[i]);
        if ((int64_t)r->rows.n > c->limits.max_results)
            return nr_fail(&c->err, NR_E_LIMIT, "there would be more than %lld groups (nonrel.max-results); add LIMIT",
                           (long long)c->limits.max_results);
    } while (b->n);
    r->total = nr_group_total(op);
    return true;
}

static void reply(nr_call *c, const nr_groups *g, const result *r)
{
    nr_sink *s = c->sink;
    nr_row_form form = nr_group_form_of(&g->grouping, &g->query);
    if (g->query.withcount) {
        s->cls->array(s, 2);
        s->cls->integer(s, (int64_t)r->total);
    }
    s->cls->array(s, r->rows.n);
    for (size_t i = 0; i < r->rows.n; i++) nr_row_reply(c, &form, r->rows.at[i], i);
}

static bool run_joins(nr_call *c, nr_groups *g)
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
    nr_groups g;
    result r = {0};
    nr_scan scan;
    nr_run run;
    nr_planner p = nr_planner_for(c, m);
    if (!nr_groups_bind(c, m, ast, &g) || !run_joins(c, &g) || !nr_scan_begin(c, m, &g.query, &scan)) return false;
    const nr_node *root = nr_plan_groups(&p, &g.query, &g.grouping);
    if (!root) return false;
    nr_run_start(&run, c, m);
    nr_scan_bound(&scan, &g.query, &run);
    bool ok = collect(c, nr_op_open(&run, root), &r);
    nr_scan_end(c, m, &scan, &run);
    if (ok) m->counters.queries++;
    if (ok) reply(c, &g, &r);
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
