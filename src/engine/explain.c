/* explain.c -- the plan of a command as lines of text, without running it. */
#include "engine/aggregate.h"
#include "engine/cascade.h"
#include "engine/related_reply.h"
#include "engine/semi_join.h"
#include "query/page.h"

typedef struct explained {
    const char *word;
    unsigned groups;
    bool ordering;
    bool counts;      /* index counts alone may answer it */
    nr_purpose purpose;
} explained;

static const explained commands[] = {
    {"QUERY",  NR_CL_FILTERS | NR_CL_SHAPE, true,  false, NR_FOR_REPLY},
    {"COUNT",  NR_CL_FILTERS,               false, true,  NR_FOR_ROWS},
    {"EXISTS", NR_CL_FILTERS,               false, false, NR_FOR_REPLY},
    {"DELETE", NR_CL_FILTERS,               false, false, NR_FOR_ROWS},
    {"UPDATE", NR_CL_FILTERS,               false, false, NR_FOR_ROWS},
    {"AGGREGATE", NR_CL_FILTERS | NR_CL_GROUPS, false, false, NR_FOR_VALUES},
};

static const explained *explained_find(nr_slice word)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (nr_slice_caseis(word, commands[i].word)) return &commands[i];
    return NULL;
}

static bool reply_lines(nr_call *c, const nr_slices *lines)
{
    c->sink->cls->array(c->sink, lines->n);
    for (size_t i = 0; i < lines->n; i++) c->sink->cls->bulk(c->sink, lines->at[i]);
    return true;
}

/* deleted: the model that the rows are deleted from; absent: they are not. */
static bool reply_plan(nr_call *c, nr_model *m, const nr_node *root, const nr_query *q, nr_slice deleted)
{
    nr_slices lines = {0};
    if (!root) return false;
    nr_plan_print(root, &c->arena, &lines);
    if (!nr_join_explain(c, m, q->where, 1, &lines) || (deleted.p && !nr_cascade_explain(c, deleted, &lines))) return false;
    nr_related_explain(c, q, &lines);
    return reply_lines(c, &lines);
}

nr_slice nr_count_line(nr_call *c, nr_slice text, uint64_t count)
{
    return nr_arena_printf(&c->arena, "Count %.*s rows=%llu", NR_FMT(text), (unsigned long long)count);
}

static bool explain_count(nr_call *c, nr_model *m, const nr_query *q, bool *known, nr_slices *lines)
{
    nr_planner p = nr_planner_for(c, m);
    p.explains = true;
    nr_buf text = nr_buf_in(&c->arena);
    uint64_t count;
    if (!nr_plan_count(&p, q, known, &count, &text)) return false;
    if (*known)
        nr_vec_push(&c->arena, lines, nr_count_line(c, nr_buf_slice(&text), count));
    return true;
}

/* GET, MGET and DELETE PK go by the entities' keys: nothing is planned. */
static bool explain_keys(nr_call *c, const nr_slice *argv, size_t argc)
{
    bool get = nr_slice_caseis(argv[0], "GET"), remove = nr_slice_caseis(argv[0], "DELETE");
    size_t first = remove ? 3 : 2, end = get && argc > 3 ? 3 : argc;
    nr_slices lines = {0};
    nr_ast ast;
    nr_bind_with with = nr_bind_with_of(c);
    nr_query q;
    nr_model *m = nr_model_need(c, argv[1]);
    if (!m) return false;
    if (argc <= first) return nr_fail(&c->err, NR_E_SYNTAX, "%s needs a primary key", NR_SHOW(argv[0]));
    for (size_t i = first; i < end; i++) {
        nr_operand op;
        if (!nr_field_operand(nr_schema_pk(m->schema), argv[i], &c->arena, &op, &c->err)) return false;
    }
    if (!nr_ast_parse(argv + end, argc - end, NR_CL_FIELDS, &c->arena, &ast, &c->err)) return false;
    if (!nr_query_bind(&ast, m, false, &with, &c->arena, &q, &c->err)) return false;
    nr_vec_push(&c->arena, &lines, nr_arena_printf(&c->arena, "%s rows<=%zu", remove ? "Delete by primary key" : "Get by primary key", end - first));
    if (remove && !nr_cascade_explain(c, m->schema->name, &lines)) return false;
    nr_related_explain(c, &q, &lines);
    return reply_lines(c, &lines);
}

/* The query that an UPDATE is about. */
static bool bind_update(nr_call *c, nr_model *m, const nr_slice *argv, size_t argc, nr_query *q)
{
    nr_update update;
    if (!nr_update_bind(c, m, argv, argc, &update)) return false;
    *q = update.query;
    return true;
}

/* plan: of a command whose rows are groups; then q has nothing but its filters. */
static bool bind_query(nr_call *c, nr_model *m, const explained *e, const nr_slice *argv, size_t argc, nr_query *q, const nr_node **plan)
{
    nr_ast ast;
    nr_page page;
    nr_bind_with with = nr_bind_with_of(c);
    if (nr_slice_is(nr_slice_of(e->word), "UPDATE")) return bind_update(c, m, argv, argc, q);
    bool all = e->purpose == NR_FOR_ROWS && !e->counts && argc == 1 && nr_slice_caseis(argv[0], "ALL");
    if (!nr_ast_parse(argv, all ? 0 : argc, e->groups, &c->arena, &ast, &c->err)) return false;
    if (ast.distinct || e->purpose == NR_FOR_VALUES) return (*plan = nr_groups_plan(c, m, &ast, &q->where)) != NULL;
    return nr_query_bind(&ast, m, e->ordering, &with, &c->arena, q, &c->err) &&
           (!ast.page || nr_page_bind(&ast, &with, &c->arena, q, &page, &c->err));
}

bool nr_cmd_explain(nr_call *c, const nr_slice *argv, size_t argc)
{
    const explained *e = explained_find(argv[0]);
    bool by_key = nr_slice_caseis(argv[0], "GET") || nr_slice_caseis(argv[0], "MGET") ||
                  (nr_slice_caseis(argv[0], "DELETE") && argc > 2 && nr_slice_caseis(argv[2], "PK"));
    if (by_key) return explain_keys(c, argv, argc);
    if (!e) return nr_fail(&c->err, NR_E_SYNTAX, "EXPLAIN takes QUERY, AGGREGATE, COUNT, EXISTS, GET, MGET, UPDATE or DELETE, got %s", NR_SHOW(argv[0]));
    nr_model *m = nr_model_need_for_query(c, argv[1]);
    nr_query q = {0};
    const nr_node *groups = NULL;
    nr_slices lines = {0};
    nr_slice deleted = {NULL, 0};
    bool known = false, removes = nr_slice_caseis(argv[0], "DELETE");
    if (m && removes && argc == 2)
        return nr_fail(&c->err, NR_E_SYNTAX, "DELETE needs filters, ALL, or PK and primary keys");
    if (!m || !bind_query(c, m, e, argv + 2, argc - 2, &q, &groups)) return false;
    if (groups) return reply_plan(c, m, groups, &q, deleted);
    if (nr_slice_caseis(argv[0], "EXISTS")) {
        q.count = 1;
        q.n_out = 1;
    }
    if (e->counts && !explain_count(c, m, &q, &known, &lines)) return false;
    if (known) return reply_lines(c, &lines);
    nr_planner p = nr_planner_for(c, m);
    p.explains = true;
    if (removes) deleted = m->schema->name;
    return reply_plan(c, m, nr_plan_rows(&p, &q, e->purpose), &q, deleted);
}
