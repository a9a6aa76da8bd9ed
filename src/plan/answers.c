/* answers.c -- a count is what COUNT would plan; the lowest value is the first row of a query in the order of the field, if that walks an index. */
#include "plan/answers.h"

static const nr_pred *both(nr_planner *p, const nr_pred *a, const nr_pred *b)
{
    const nr_pred **kids = NR_NEW_N(p->arena, const nr_pred *, 2);
    nr_pred *and = NR_NEW(p->arena, nr_pred);
    kids[0] = a;
    kids[1] = b;
    *and = (nr_pred){.op = NR_P_AND, .n = 2, .kids = kids};
    return and;
}

static const nr_pred *not_null(nr_planner *p, const nr_field *f)
{
    static const nr_operand no = {{.kind = NR_V_INT, .i = 0}, 0};
    nr_pred *leaf = NR_NEW(p->arena, nr_pred);
    *leaf = (nr_pred){.op = NR_P_LEAF,
                      .field = f,
                      .path = nr_path_of(f),
                      .lookup = nr_lookup_find(NR_S("isnull")),
                      .args = {.at = &no, .n = 1},
                      .scratch = p->arena,
                      .text = NR_S("false")};
    leaf->direct = nr_path_plain(&leaf->path);
    return leaf;
}

/* How many rows a measure is of. */
static bool find_count(nr_planner *p, const nr_query *q, const nr_measure *m, bool *known, nr_group_answer *out)
{
    nr_query counted = *q;
    nr_buf text = nr_buf_in(p->arena);
    if (m->when) counted.where = both(p, counted.where, m->when);
    if (!m->star && m->term.path.field->null) counted.where = both(p, counted.where, not_null(p, m->term.path.field));
    if (!nr_plan_count(p, &counted, known, &out->count, &text)) return false;
    out->text = nr_buf_slice(&text);
    return true;
}

static const nr_node *source_of(const nr_node *n, bool *sorts)
{
    for (;; n = n->child) {
        *sorts = *sorts || n->cls == &nr_op_sort || n->cls == &nr_op_top;
        if (!n->child) return n;
    }
}

/* The first row, or the last, of those that have a value. */
static bool find_end(nr_planner *p, const nr_query *q, const nr_measure *m, bool *known, nr_group_answer *out)
{
    nr_sort_key *key = NR_NEW(p->arena, nr_sort_key);
    nr_query end = {.model = q->model, .order = key, .n_order = 1, .out = &m->term.path.field, .n_out = 1, .count = 1, .max_scan = -1};
    bool sorts = false;
    if (q->where->n || m->when) return true;
    key->field = m->term.path.field;
    end.where = m->term.path.field->null ? not_null(p, m->term.path.field) : q->where;
    end.reverse = m->function->by_index == NR_BY_LAST;
    out->row = nr_plan_rows(p, &end, NR_FOR_REPLY);
    if (!out->row) return false;
    const nr_node *source = source_of(out->row, &sorts);
    nr_buf text = nr_buf_in(p->arena);
    nr_buf_add(&text, NR_S("first of "));
    if (source->cls->explain) source->cls->explain(source, &text);
    out->text = nr_buf_slice(&text);
    *known = !sorts;
    return true;
}

static bool find(nr_planner *p, const nr_query *q, const nr_measure *m, bool *known, nr_group_answer *out)
{
    *known = false;
    bool joined = !m->star && m->term.path.field->id >= nr_schema_values(q->model->schema);
    if (joined || (!m->star && !nr_term_plain(&m->term))) return true;
    return m->function->by_index == NR_BY_COUNT ? find_count(p, q, m, known, out) : find_end(p, q, m, known, out);
}

bool nr_answers_find(nr_planner *p, const nr_query *q, const nr_grouping *g, const nr_group_answer **out)
{
    *out = NULL;
    bool known = g->one && !q->pairings.n && nr_pass_on(p, NR_PASS_ANSWER);
    for (size_t i = 0; i < g->n_measures; i++) known = known && g->measures[i].function->by_index != NR_BY_NONE;
    if (!known) return true;
    nr_group_answer *answers = NR_NEW_N(p->arena, nr_group_answer, g->n_measures);
    for (size_t i = 0; known && i < g->n_measures; i++)
        if (!find(p, q, &g->measures[i], &known, &answers[i])) return false;
    if (known) *out = answers;
    return true;
}
