/* read.c -- GET, MGET, QUERY, COUNT, EXISTS: parse, bind, plan, run, reply. */
#include "engine/aggregate.h"
#include "engine/follow.h"
#include "engine/related_reply.h"
#include "engine/semi_join.h"
#include "engine/scans.h"
#include "engine/unjoin.h"
#include "exec/reference.h"
#include "query/page.h"
#include "table/rows.h"

size_t nr_json_budget(const nr_call *c)
{
    size_t most = (size_t)c->limits.max_memory;
    return c->arena.held < most ? (most - c->arena.held) / NR_JSON_SPREAD : 0;
}

void nr_run_start(nr_run *run, nr_call *c, nr_model *m)
{
    *run = (nr_run){
        .model = m, .store = c->store, .arena = &c->arena, .err = &c->err, .env = c->env, .limits = c->limits, .deadline_us = c->deadline_us,
        .profile = c->profile};
}

nr_planner nr_planner_for(nr_call *c, nr_model *m)
{
    return (nr_planner){.model = m,
                        .store = c->store,
                        .arena = &c->arena,
                        .err = &c->err,
                        .env = c->env,
                        .deadline_us = c->deadline_us,
                        .explains = c->profile != NULL,
                        .off = c->passes_off};
}

nr_bind_with nr_bind_with_of(nr_call *c)
{
    return (nr_bind_with){(size_t)c->limits.max_memory, c->deadline_us, c->engine->patterns, &c->matchers, nr_others_of(c)};
}

static bool parse_and_bind(nr_call *c, nr_model *m, const nr_slice *argv, size_t argc, unsigned groups, bool ordering, nr_query *out)
{
    nr_ast ast;
    nr_bind_with with = nr_bind_with_of(c);
    return nr_ast_parse(argv, argc, groups, &c->arena, &ast, &c->err) && nr_query_bind(&ast, m, ordering, &with, &c->arena, out, &c->err);
}

bool nr_filters_bind(nr_call *c, nr_model *m, const nr_slice *argv, size_t argc, nr_query *out)
{
    return parse_and_bind(c, m, argv, argc, NR_CL_FILTERS, false, out) && nr_join_run(c, out);
}

/* Reads entities for GET and MGET, all of each: a hash with any field that does not decode is none. A table that happens to be there, and true, has only those. */
typedef struct getter {
    nr_call *call;
    nr_model *model;
    bool by_table;
    nr_load_params load;
} getter;

static getter getter_of(nr_call *c, nr_model *m)
{
    getter g = {c, m, nr_follow_is_true(m), {0}};
    bool *all = NR_NEW_N(&c->arena, bool, nr_schema_values(m->schema));
    for (size_t i = 0; i < m->schema->n_fields; i++) all[i] = true;
    if (g.by_table) g.load = nr_load_of(m, all, &c->arena);
    return g;
}

static bool get_entity(const getter *g, nr_slice pk, nr_value *values, nr_found *found)
{
    nr_call *c = g->call;
    nr_model *m = g->model;
    uint32_t row = g->by_table ? nr_rows_find(m->rows, pk) : NR_NO_ROW;
    if (row == NR_NO_ROW) return nr_entity_read(m, c->store, c->env, pk, NULL, true, &c->arena, values, found, &c->err);
    return nr_row_read(m, c->store, c->env, &g->load, row, &c->arena, values, found, &c->err);
}

/* NULL with no error: there is none. */
static bool get_one(const getter *g, nr_slice pk, const nr_value **row)
{
    nr_call *c = g->call;
    const nr_field *f = nr_schema_pk(g->model->schema);
    nr_operand op;
    nr_found found;
    *row = NULL;
    if (!nr_field_operand(f, pk, &c->arena, &op, &c->err)) return false;
    if (op.side) return true;
    nr_slice text = nr_type_text(&f->spec, &op.v, &c->arena);
    nr_value *values = NR_NEW_N(&c->arena, nr_value, nr_schema_values(g->model->schema));
    if (!text.n) return true;
    if (!get_entity(g, text, values, &found)) return false;
    if (found == NR_UNTYPED) return nr_model_untyped(g->model, &c->err);
    if (found == NR_FOUND) *row = values;
    return true;
}

/* What a query replies of a row, column by column; texts are copied when the row is not to be kept. */
static const nr_value *columns_of(nr_call *c, const nr_query *q, const nr_value *row, bool copy)
{
    nr_value *columns = NR_NEW_N(&c->arena, nr_value, q->n_out);
    for (size_t i = 0; i < q->n_out; i++) {
        columns[i] = nr_term_value(&q->terms[i], &row[q->terms[i].path.field->id], &c->arena);
        if (copy && columns[i].kind == NR_V_TEXT) columns[i].s = nr_arena_copy(&c->arena, columns[i].s);
    }
    return columns;
}

static void reply_row(nr_call *c, const nr_query *q, const nr_value *row)
{
    nr_row_form form = nr_row_form_of(q, &c->arena);
    nr_row_reply(c, &form, columns_of(c, q, row, false), 0);
}

/* The row that a joined field is of, from entity to entity; NULL where the path leads nowhere. */
static bool chase(nr_call *c, const nr_joined *j, const nr_value *row, const nr_value **out)
{
    *out = NULL;
    for (size_t i = 0; i < j->n_links; i++) {
        const nr_link *link = j->links[i];
        const nr_value *key = &row[link->field->id];
        nr_found found;
        nr_value *next = NR_NEW_N(&c->arena, nr_value, link->to->schema->n_fields);
        if (key->kind == NR_V_NULL) return true;
        nr_slice pk = nr_reference_key(link->field, link->to, nr_type_text(&link->field->spec, key, &c->arena));
        if (!pk.p) return true;
        if (!nr_entity_read(link->to, c->store, c->env, pk, NULL, true, &c->arena, next, &found, &c->err)) return false;
        if (found == NR_UNTYPED) return nr_model_untyped(link->to, &c->err);
        if (found != NR_FOUND) return true;
        row = next;
    }
    *out = row;
    return true;
}

/* A row with the query's joined fields behind its own. What the same way leads to is read once. NULL: err. */
static const nr_value *with_joined(nr_call *c, const nr_query *q, const nr_value *row)
{
    size_t n = nr_schema_values(q->model->schema);
    nr_value *values = NR_NEW_N(&c->arena, nr_value, n + q->joined.n);
    const nr_value **found = NR_NEW_N(&c->arena, const nr_value *, q->joined.n);
    memcpy(values, row, q->model->schema->n_fields * sizeof *values);
    for (size_t i = 0; i < q->joined.n; i++) {
        const nr_joined *j = q->joined.at[i];
        size_t same = i; /* most often the one before */
        while (same && !nr_joined_same_way(q->joined.at[same - 1], j)) same--;
        if (same) found[i] = found[same - 1];
        else if (!chase(c, j, row, &found[i])) return NULL;
        if (found[i]) values[n + i] = found[i][j->of->id];
    }
    return values;
}

static void profile_keys(nr_call *c, size_t found)
{
    if (c->profile) nr_vec_push(&c->arena, c->profile, nr_arena_printf(&c->arena, "Get by primary key rows=%zu", found));
}

bool nr_cmd_get(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need(c, argv[0]);
    nr_query q;
    const nr_value *row;
    if (!m || !parse_and_bind(c, m, argv + 2, argc - 2, NR_CL_FIELDS, false, &q)) return false;
    const getter g = getter_of(c, m);
    if (!get_one(&g, argv[1], &row)) return false;
    if (row && q.joined.n) row = with_joined(c, &q, row);
    if (c->err.code) return false;
    profile_keys(c, row != NULL);
    nr_row_form form = nr_row_form_of(&q, &c->arena);
    if (!nr_related_begin(c, &q, &form)) return false;
    if (row) row = columns_of(c, &q, row, form.nested || form.n_lists);
    if (row && !nr_related_read(c, &q, &form, &row, 1)) return false;
    if (row) nr_row_reply(c, &form, row, 0);
    else c->sink->cls->null(c->sink);
    return true;
}

bool nr_cmd_mget(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need(c, argv[0]);
    nr_query q;
    if (!m || !parse_and_bind(c, m, NULL, 0, NR_CL_FIELDS, false, &q)) return false;
    const nr_value **rows = NR_NEW_N(&c->arena, const nr_value *, argc);
    if ((int64_t)argc - 1 > c->limits.max_results)
        return nr_fail(&c->err, NR_E_LIMIT, "%zu entities are more than %lld (nonrel.max-results)", argc - 1, (long long)c->limits.max_results);
    const getter g = getter_of(c, m);
    for (size_t i = 1; i < argc; i++) {
        if (!get_one(&g, argv[i], &rows[i])) return false;
        if (rows[i] && q.joined.n && !(rows[i] = with_joined(c, &q, rows[i]))) return false;
        if ((int64_t)c->arena.held > c->limits.max_memory)
            return nr_fail(&c->err, NR_E_LIMIT, "the entities need more than %lld bytes (nonrel.max-memory)", (long long)c->limits.max_memory);
    }
    size_t found = 0;
    for (size_t i = 1; i < argc; i++) found += rows[i] != NULL;
    profile_keys(c, found);
    c->sink->cls->array(c->sink, argc - 1);
    for (size_t i = 1; i < argc; i++) {
        if (rows[i]) reply_row(c, &q, rows[i]);
        else c->sink->cls->null(c->sink);
    }
    return true;
}

bool nr_run_collect(nr_run *run, const nr_node *root, nr_row_list *rows)
{
    nr_op *op = nr_op_open(run, root);
    nr_batch *b = nr_batch_new(run->arena);
    do {
        b->want = NR_BATCH;
        if (!nr_op_next(op, b)) return false;
        for (size_t i = 0; i < b->n; i++) nr_vec_push(run->arena, rows, b->rows[i]);
    } while (b->n);
    return true;
}

/* Of all pages. */
static bool count_rows(nr_call *c, nr_model *m, const nr_query *of, uint64_t *count)
{
    nr_planner p = nr_planner_for(c, m);
    nr_query all = *of, *q = &all;
    q->after = NULL;
    nr_buf text = nr_buf_in(&c->arena);
    bool known;
    if (!nr_plan_count(&p, q, &known, count, &text)) return false;
    if (known && c->profile) nr_vec_push(&c->arena, c->profile, nr_count_line(c, nr_buf_slice(&text), *count));
    if (known) return true;
    nr_scan scan;
    const nr_node *root = nr_scan_begin(c, m, q, &scan) ? nr_plan_rows(&p, q, NR_FOR_ROWS) : NULL;
    if (!root) return false;
    nr_run run;
    nr_run_start(&run, c, m);
    nr_scan_bound(&scan, q, &run);
    nr_op *op = nr_op_open(&run, root);
    nr_batch *b = nr_batch_new(&c->arena);
    *count = 0;
    bool ok;
    do {
        b->want = NR_BATCH;
        b->dense = true;
        ok = nr_op_next(op, b);
        *count += b->n;
    } while (ok && b->n);
    nr_scan_end(c, m, &scan, &run);
    nr_run_close(&run);
    return ok;
}

typedef NR_VEC(const nr_value *) result;

/* beyond: rows that are read and not replied. */
static bool fetch_rows(nr_call *c, const nr_query *q, size_t beyond, result *out)
{
    nr_run run;
    nr_scan scan;
    nr_planner p = nr_planner_for(c, q->model);
    const nr_node *root = nr_scan_begin(c, q->model, q, &scan) ? nr_plan_rows(&p, q, NR_FOR_REPLY) : NULL;
    if (!root) return false;
    nr_run_start(&run, c, q->model);
    nr_scan_bound(&scan, q, &run);
    nr_op *op = nr_op_open(&run, root);
    nr_batch *b = nr_batch_new(&c->arena);
    bool ok;
    size_t grow = 0;
    do {
        b->want = nr_batch_grow(&grow);
        ok = nr_op_next(op, b);
        for (size_t i = 0; ok && i < b->n; i++) nr_vec_push(&c->arena, out, columns_of(c, q, b->values[i], true));
        if (ok && (int64_t)(out->n - (out->n ? beyond : 0)) > c->limits.max_results)
            ok = nr_fail(&c->err, NR_E_LIMIT, "the query would return more than %lld rows (nonrel.max-results); add LIMIT",
                         (long long)c->limits.max_results);
    } while (ok && b->n);
    nr_scan_end(c, q->model, &scan, &run);
    nr_run_close(&run);
    return ok;
}

/* The rows of a page, and what is to be sent for the next one: an absent slice when there is none. */
static nr_slice end_page(nr_call *c, const nr_ast *ast, const nr_page *page, const nr_row_form *form, result *rows)
{
    if ((int64_t)rows->n <= ast->page) return (nr_slice){NULL, 0};
    rows->n = (size_t)ast->page;
    return nr_page_token(page, rows->at[rows->n - 1] + form->n, &c->arena);
}

static void reply_rows(nr_call *c, const nr_row_form *form, const result *rows)
{
    c->sink->cls->array(c->sink, rows->n);
    for (size_t i = 0; i < rows->n; i++) nr_row_reply(c, form, rows->at[i], i);
}

bool nr_cmd_query(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_query(c, argv[0]);
    nr_ast ast;
    nr_query q;
    nr_page page;
    uint64_t total = 0;
    result rows = {0};
    nr_slice token = {NULL, 0};
    nr_bind_with with = nr_bind_with_of(c);
    if (!m || !nr_ast_parse(argv + 1, argc - 1, NR_CL_FILTERS | NR_CL_SHAPE, &c->arena, &ast, &c->err)) return false;
    if (ast.distinct) return nr_query_distinct(c, m, &ast);
    if (!nr_query_bind(&ast, m, true, &with, &c->arena, &q, &c->err)) return false;
    nr_row_form form = nr_row_form_of(&q, &c->arena);
    if (ast.page && !nr_page_bind(&ast, &with, &c->arena, &q, &page, &c->err)) return false;
    if (!nr_related_begin(c, &q, &form) || !nr_join_run(c, &q)) return false;
    nr_unjoin_order(c, &q);
    if (q.withcount && !count_rows(c, m, &q, &total)) return false;
    if (!fetch_rows(c, &q, ast.page > 0, &rows)) return false;
    if (ast.page) token = end_page(c, &ast, &page, &form, &rows);
    if (!nr_related_read(c, &q, &form, rows.at, rows.n)) return false;
    m->counters.queries++;
    nr_sink *s = c->sink;
    if (q.withcount || ast.page) s->cls->array(s, 1 + (size_t)q.withcount + (ast.page > 0));
    if (q.withcount) s->cls->integer(s, (int64_t)total);
    reply_rows(c, &form, &rows);
    if (ast.page && token.p) s->cls->bulk(s, token);
    else if (ast.page) s->cls->null(s);
    return true;
}

bool nr_cmd_count(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_count(c, argv[0]);
    nr_query q;
    uint64_t count = 0;
    if (!m || !nr_filters_bind(c, m, argv + 1, argc - 1, &q) || !count_rows(c, m, &q, &count)) return false;
    m->counters.queries++;
    c->sink->cls->integer(c->sink, (int64_t)count);
    return true;
}

bool nr_cmd_exists(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_count(c, argv[0]);
    nr_query q;
    result rows = {0};
    if (!m || !nr_filters_bind(c, m, argv + 1, argc - 1, &q)) return false;
    q.count = 1;
    q.n_out = 1;
    q.whole = false;
    if (!fetch_rows(c, &q, 0, &rows)) return false;
    m->counters.queries++;
    c->sink->cls->integer(c->sink, rows.n > 0);
    return true;
}

bool nr_rows_matching(nr_call *c, nr_model *m, const nr_query *q, nr_row_list *rows)
{
    nr_planner p = nr_planner_for(c, m);
    nr_scan scan;
    const nr_node *root = nr_scan_begin(c, m, q, &scan) ? nr_plan_rows(&p, q, NR_FOR_ROWS) : NULL;
    if (!root) return false;
    nr_run run;
    nr_run_start(&run, c, m);
    bool ok = nr_run_collect(&run, root, rows);
    nr_scan_end(c, m, &scan, &run);
    nr_run_close(&run);
    return ok;
}
