/* explain.c -- the plan of a command as lines of text, without running it.
 *
 * Which passes made the plan what it is, is found out by planning again without each: then the lines are others. */
#include "engine/aggregate.h"
#include "engine/cascade.h"
#include "engine/related_reply.h"
#include "engine/semi_join.h"
#include "engine/unjoin.h"
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

/* A command, bound. */
typedef struct subject {
    const explained *as;
    nr_model *m;
    nr_query q;
    bool grouped;     /* groups, in place of q */
    nr_groups groups;
    bool removes;     /* the rows are deleted */
} subject;

nr_slice nr_count_line(nr_call *c, nr_slice text, uint64_t count)
{
    return nr_arena_printf(&c->arena, "Count %.*s rows=%llu", NR_FMT(text), (unsigned long long)count);
}

static bool add_count(nr_call *c, nr_planner *p, const nr_query *q, bool *known, nr_slices *lines)
{
    nr_buf text = nr_buf_in(&c->arena);
    uint64_t count;
    if (!nr_plan_count(p, q, known, &count, &text)) return false;
    if (*known) nr_vec_push(&c->arena, lines, nr_count_line(c, nr_buf_slice(&text), count));
    return true;
}

/* Joins that are none. */
static void unjoin(nr_call *c, nr_model *m, nr_query *q)
{
    q->where = nr_unjoin(c, m, q->where);
    if (q->after) q->after = nr_unjoin(c, m, q->after);
    nr_unjoin_order(c, q);
}

static bool add_plan(nr_call *c, const subject *s, nr_slices *lines)
{
    bool known = false;
    nr_query q = s->q;
    nr_planner p = nr_planner_for(c, s->m);
    p.explains = true;
    if (s->grouped) return nr_groups_explain(c, s->m, &s->groups, lines);
    unjoin(c, s->m, &q);
    if (s->as->counts && !add_count(c, &p, &q, &known, lines)) return false;
    if (known) return true;
    const nr_node *root = nr_plan_rows(&p, &q, s->as->purpose);
    if (!root) return false;
    nr_plan_print(root, &c->arena, lines);
    if (!nr_join_explain(c, s->m, q.where, 1, lines) || (s->removes && !nr_cascade_explain(c, s->m->schema->name, lines))) return false;
    nr_related_explain(c, &q, lines);
    return true;
}

static bool same_lines(const nr_slices *a, const nr_slices *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) same = nr_slice_eq(a->at[i], b->at[i]);
    return same;
}

/* The passes without which the lines would be others; no line when there is none. */
static bool add_passes(nr_call *c, const subject *s, nr_slices *lines)
{
    unsigned off = c->passes_off;
    nr_buf line = nr_buf_in(&c->arena);
    for (size_t i = 0; i < NR_PASSES; i++) {
        nr_slices others = {0};
        c->passes_off = off | nr_passes[i].pass;
        bool ok = c->passes_off == off || add_plan(c, s, &others), same = c->passes_off == off || same_lines(lines, &others);
        c->passes_off = off;
        if (!ok) return false;
        if (!same) nr_buf_printf(&line, "%s%s", line.n ? ", " : "Passes ", nr_passes[i].name);
    }
    if (line.n) nr_vec_push(&c->arena, lines, nr_buf_slice(&line));
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
    if (!nr_update_bind(c, m, false, argv, argc, &update)) return false;
    *q = update.query;
    return true;
}

static bool bind(nr_call *c, const nr_slice *argv, size_t argc, subject *s)
{
    nr_ast ast;
    nr_page page;
    nr_bind_with with = nr_bind_with_of(c);
    const explained *e = s->as;
    if (nr_slice_is(nr_slice_of(e->word), "UPDATE")) return bind_update(c, s->m, argv, argc, &s->q);
    bool all = e->purpose == NR_FOR_ROWS && !e->counts && argc == 1 && nr_slice_caseis(argv[0], "ALL");
    if (!nr_ast_parse(argv, all ? 0 : argc, e->groups, &c->arena, &ast, &c->err)) return false;
    s->grouped = ast.distinct || e->purpose == NR_FOR_VALUES;
    if (s->grouped) return nr_groups_bind(c, s->m, &ast, &s->groups);
    return nr_query_bind(&ast, s->m, e->ordering, &with, &c->arena, &s->q, &c->err) &&
           (!ast.page || nr_page_bind(&ast, &with, &c->arena, &s->q, &page, &c->err));
}

bool nr_cmd_explain(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_slices lines = {0};
    subject s = {.as = explained_find(argv[0]), .removes = nr_slice_caseis(argv[0], "DELETE")};
    bool by_key = nr_slice_caseis(argv[0], "GET") || nr_slice_caseis(argv[0], "MGET") || (s.removes && argc > 2 && nr_slice_caseis(argv[2], "PK"));
    if (by_key) return explain_keys(c, argv, argc);
    if (!s.as) return nr_fail(&c->err, NR_E_SYNTAX, "EXPLAIN takes QUERY, AGGREGATE, COUNT, EXISTS, GET, MGET, UPDATE or DELETE, got %s", NR_SHOW(argv[0]));
    s.m = nr_model_need_for_query(c, argv[1]);
    if (s.m && s.removes && argc == 2) return nr_fail(&c->err, NR_E_SYNTAX, "DELETE needs filters, ALL, or PK and primary keys");
    if (!s.m || !bind(c, argv + 2, argc - 2, &s)) return false;
    if (nr_slice_caseis(argv[0], "EXISTS")) {
        s.q.count = 1;
        s.q.n_out = 1;
    }
    return add_plan(c, &s, &lines) && add_passes(c, &s, &lines) && reply_lines(c, &lines);
}
