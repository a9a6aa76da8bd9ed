/* plan.c -- the choice of a tree.
 *
 * Costs are in microseconds as measured on a server: walking an index entry of the store 0.5, of an index in memory 0.01, opening an entity and decoding fields
 * 2.5, a row of the table 0.004 and its columns 0.006, a lookup on a column that is scanned as a whole 0.0003 a row, asking a lookup about one text 0.02, an expression 0.05,
 * a seek 1.
 * They only have to be right relative to each other. */
#include "exec/leaf.h"
#include "exec/trail.h"
#include "plan/access.h"
#include "plan/answers.h"
#include "plan/composite.h"
#include "plan/simplify.h"
#include "table/table.h"

enum { WIDE = 4096 };                       /* in larger models, an index is weighed against the table */
enum { MOST_MASKS = 8, MOST_LOOKUPS = 64 }; /* a bound of what a long filter makes the planner do */

static const double WALK = 0.5, STEP = 0.01, LOAD = 2.5, SORT = 0.01, SEEK = 1.0, ROW = 0.004, COLUMNS = 0.006, BITS = 0.0003, ASK = 0.02,
                    COMPARE = 0.05;

/* How the rows are got: a source, masks over it, and what is left to verify. */
typedef struct route {
    const nr_access *lead;
    bool ordered;           /* the lead comes in the order asked for, walked so: */
    bool descending, pks_descending;
    size_t n_masks;         /* the first n_masks of masks are used */
    const nr_access **masks;
    nr_preds residual;
    double rows;            /* expected behind lead and masks */
    uint64_t most;          /* rows that pass the residual, at most; 0: not known */
    double cost;
} route;

static double share(const nr_analysis *an, double rows)
{
    return an->total ? rows / (double)an->total : 0;
}

/* Rows that must be seen for want results when the rest of the filter passes every so-many-th. */
static double seen_for(double rows, double passing, double want)
{
    if (passing <= 0) return rows;
    double seen = want / (passing / rows);
    return seen < rows ? seen : rows;
}

static double cost_of_entry(const nr_index *ix)
{
    return !ix ? ROW : ix->memory ? STEP : WALK;
}

static void add_leaves(nr_planner *p, nr_preds *out, const nr_access *a)
{
    for (size_t i = 0; i < a->leaves.n; i++) nr_vec_push(p->arena, out, a->leaves.at[i]);
}

/* Whether the lead already answers what the path does: all of its lookups, or, through the index of an order, the first alone. */
static bool answered_by(const nr_access *path, const nr_access *lead)
{
    return nr_access_answers(lead, &path->leaves);
}

/* Values of a row: the model's fields, and what is joined. */
static size_t count_values(const nr_planner *p)
{
    return nr_schema_values(p->model->schema) + p->joined.n;
}

/* Whether the table has all of the model that is wanted. */
static bool own_in_columns(const nr_planner *p, const bool *want)
{
    if (!nr_pass_on(p, NR_PASS_COLUMNS)) return false;
    for (size_t i = 0; i < nr_schema_values(p->model->schema); i++)
        if (want[i] && (!p->model->table || !nr_table_keeps(p->model->table, i))) return false;
    return p->model->table != NULL;
}

static bool wants_joined(const nr_planner *p, const bool *want)
{
    bool wants = false;
    for (size_t i = nr_schema_values(p->model->schema); i < count_values(p); i++) wants = wants || want[i];
    return wants;
}

/* Whether the table has all that is wanted. */
static bool in_columns(const nr_planner *p, const bool *want)
{
    return own_in_columns(p, want) && !wants_joined(p, want);
}

/* What it costs to have the values that the predicates read. */
static double cost_of_values(nr_planner *p, const nr_preds *preds)
{
    bool *want = NR_NEW_N(p->arena, bool, count_values(p));
    for (size_t i = 0; i < preds->n; i++) nr_pred_fields(preds->at[i], want);
    return in_columns(p, want) ? COLUMNS : LOAD;
}

/* What a predicate over columns costs a row where whole chunks are scanned, and once. */
static void cost_of_scan(const nr_planner *p, const nr_pred *pred, double *row, double *once)
{
    for (size_t i = 0; nr_pred_is_tree(pred) && i < pred->n; i++) cost_of_scan(p, pred->kids[i], row, once);
    if (pred->op == NR_P_COMPARE) *row += COMPARE;
    if (pred->op == NR_P_ROWS || pred->op == NR_P_LINK || pred->op == NR_P_QUERY) *row += BITS;
    if (pred->op != NR_P_LEAF) return;
    const nr_column *c = nr_table_column(p->model->table, pred->field->id);
    nr_column_form form = nr_column_form_of(c);
    bool long_list = form != NR_CF_CODES && pred->args.n > NR_LEAF_STRETCHES;
    *row += form == NR_CF_TEXTS || long_list ? ASK : BITS;
    *once += form == NR_CF_CODES ? ASK * (double)nr_column_codes(c) : 0;
}

/* The table with a filter that its columns decide: no list of rows is made, chunks are scanned. */
static void complete_scan(nr_planner *p, const nr_analysis *an, route *r, double want, bool whole)
{
    double row = BITS, once = 0, passing = (double)an->total;
    for (size_t i = 0; i < an->all.n; i++) cost_of_scan(p, an->all.at[i], &row, &once);
    for (size_t i = 0; i < an->paths.n; i++) passing *= share(an, (double)an->paths.at[i]->count);
    double seen = whole ? (double)an->total : seen_for((double)an->total, passing, want);
    if (seen < NR_CHUNK_ROWS) seen = NR_CHUNK_ROWS;
    r->residual = an->all;
    r->rows = passing;
    if (an->paths.n && an->paths.at[0]->measured) r->most = an->paths.at[0]->count;
    r->cost = once + seen * row + (want < passing ? want : passing) * LOAD;
}

/* Chooses masks for a lead and counts the cost. want: results needed; loads: the result's entities are opened anyway (so that only what is dropped early
 * saves). A lead that is not ordered is read whole when there is an order. */
static void complete(nr_planner *p, const nr_analysis *an, route *r, double want, bool whole)
{
    double value = cost_of_values(p, &an->all);
    if (nr_access_is_table(r->lead) && an->all.n && value < LOAD) {
        complete_scan(p, an, r, want, whole);
        return;
    }
    r->masks = NR_NEW_N(p->arena, const nr_access *, an->paths.n);
    r->rows = (double)r->lead->count;
    nr_preds open = {0};
    if (!r->lead->covers) add_leaves(p, &open, r->lead);
    for (size_t i = 0; i < an->rest.n; i++)
        if (!nr_access_answers(r->lead, &(nr_preds){&an->rest.at[i], 1, 1})) nr_vec_push(p->arena, &open, an->rest.at[i]);
    double passing = r->rows, extra = 0;
    for (size_t i = 0; i < an->paths.n; i++)
        if (!answered_by(an->paths.at[i], r->lead)) passing *= share(an, (double)an->paths.at[i]->count);
    for (size_t i = 0; i < an->paths.n; i++) {
        const nr_access *a = an->paths.at[i];
        if (answered_by(a, r->lead)) continue;
        double opened = whole ? r->rows : seen_for(r->rows, passing, want);
        double saved = opened * value * (1 - share(an, (double)a->count));
        double walk = (double)a->count * cost_of_entry(a->index) + SEEK * (double)(a->n_keys + a->n_ranges);
        if (walk < saved && r->n_masks < MOST_MASKS && nr_pass_on(p, NR_PASS_MASK)) {
            r->masks[r->n_masks++] = a;
            r->rows *= share(an, (double)a->count);
            extra += walk;
            if (!a->covers) add_leaves(p, &open, a);
        } else {
            add_leaves(p, &open, a);
        }
    }
    r->residual = open;
    double walked = whole ? (double)r->lead->count : seen_for((double)r->lead->count, passing, want);
    double opened = whole ? r->rows : seen_for(r->rows, passing, want), given = want < passing ? want : passing;
    r->cost = extra + walked * cost_of_entry(r->lead->index) + (open.n ? opened * value : 0);
    if (!open.n || value < LOAD) r->cost += given * LOAD; /* else what is given has been opened */
}

static const nr_node *build_source(nr_planner *p, const route *r, bool descending, bool pks_descending)
{
    const nr_node *n = nr_access_node(p, r->lead, descending, pks_descending);
    for (size_t i = 0; i < r->n_masks; i++) {
        nr_node *m = nr_plan_node(p, &nr_op_mask, n, n->rows < r->masks[i]->count ? n->rows : r->masks[i]->count, NULL, 0);
        m->side = nr_access_node(p, r->masks[i], false, false);
        n = m;
    }
    return n;
}

static const nr_pred *residual_pred(nr_planner *p, const route *r)
{
    if (r->residual.n == 1) return r->residual.at[0];
    nr_pred *all = NR_NEW(p->arena, nr_pred);
    all->op = NR_P_AND;
    all->kids = r->residual.at;
    all->n = r->residual.n;
    return all;
}

static const nr_node *add_own(nr_planner *p, const nr_node *n, bool *want)
{
    if (own_in_columns(p, want)) return nr_plan_node(p, &nr_op_columns, n, n->rows, NULL, 0);
    nr_load_params load = nr_load_of(p->model, want, p->arena);
    return nr_plan_node(p, &nr_op_load, n, n->rows, &load, sizeof load);
}

static const nr_node *add_load(nr_planner *p, const nr_node *n, bool *want)
{
    nr_join_params join = {.joined = p->joined.at, .n = p->joined.n};
    n = add_own(p, n, want);
    return wants_joined(p, want) ? nr_plan_node(p, &nr_op_join, n, n->rows, &join, sizeof join) : n;
}

static const nr_node *add_filter(nr_planner *p, const nr_node *n, const route *r)
{
    nr_filter_params f = {residual_pred(p, r)};
    return nr_plan_node(p, &nr_op_filter, n, n->rows, &f, sizeof f);
}

static const nr_node *add_count(nr_planner *p, const nr_op_class *cls, const nr_node *n, uint64_t count)
{
    nr_count_params c = {count};
    uint64_t rows = cls == &nr_op_limit ? (n->rows < count ? n->rows : count) : (n->rows > count ? n->rows - count : 0);
    return nr_plan_node(p, cls, n, rows, &c, sizeof c);
}

static void want_output(const nr_query *q, bool *want)
{
    for (size_t i = 0; i < q->n_out; i++) want[q->out[i]->id] = true;
}

/* offset + count, UINT64_MAX without a limit. */
static uint64_t rows_needed(const nr_query *q)
{
    return q->count < 0 ? UINT64_MAX : (uint64_t)q->offset + (uint64_t)q->count;
}

static bool is_pk(const nr_sort_key *k)
{
    return k->field->id == 0 && !k->term;
}

/* Whether the order is that of an index: of the values of one path, then nothing or the pk. The directions are those before REVERSE. */
static bool is_order_of(const nr_query *q, const nr_index *ix, route *r)
{
    const nr_sort_key *k = q->order;
    if (!q->n_order || (!is_pk(k) && q->n_order > 1 && !is_pk(&k[1]))) return false;
    r->descending = k->descending;
    r->pks_descending = is_pk(k) ? k->descending : q->n_order > 1 && k[1].descending;
    bool same = k->term ? nr_path_eq(&ix->path, &k->term->path) : ix->path.field == k->field && nr_path_plain(&ix->path);
    return same && ix->kind != NR_IX_SET && ix->keyfn == &nr_key_value;
}

/* The walk of the order's index, narrowed to the stretch that lookups on the same field leave. */
static bool order_access(nr_planner *p, const nr_analysis *an, const nr_index *ix, nr_access *out)
{
    for (size_t i = 0; i < an->paths.n; i++) {
        const nr_access *path = an->paths.at[i];
        if (path->index == ix) *out = *path;
        if (path->index == ix) return true;
    }
    for (size_t i = 0; i < an->all.n && i < MOST_LOOKUPS; i++) {
        const nr_pred *leaf = an->all.at[i];
        bool found = false;
        if (leaf->op == NR_P_LEAF && leaf->field == ix->path.field && !nr_access_by(p, leaf, ix, out, &found)) return false;
        if (found) return true;
    }
    return nr_access_all(p, ix, out);
}

/* The same for an index of several fields, whose first ones may be pinned. *fits: it gives the order. */
static bool composite_order(nr_planner *p, const nr_analysis *an, const nr_query *q, const nr_index *ix, nr_access *out, route *r, bool *fits)
{
    size_t pinned;
    bool found = false;
    *fits = false;
    if (!nr_pass_on(p, NR_PASS_COMPOSITE)) return true;
    if (!nr_composite_access(p, &an->all, ix, out, &pinned, &found)) return false;
    *fits = nr_access_usable(p->model, ix) && nr_composite_orders(ix, pinned, q, &r->descending, &r->pks_descending);
    return !*fits || found || nr_access_all(p, ix, out);
}

/* Fields of the sort keys. */
static bool order_in_columns(nr_planner *p, const nr_query *q)
{
    bool *want = NR_NEW_N(p->arena, bool, count_values(p));
    for (size_t i = 0; i < q->n_order; i++) want[q->order[i].field->id] = true;
    return in_columns(p, want);
}

static void keep_cheaper(route *best, const route *other)
{
    if (!best->lead || other->cost < best->cost) *best = *other;
}

/* The lead that is cheapest, an index or the table. Rows whose order nobody asked for must come in the same order whatever the LIMIT, for pages to fit
 * together: then what counts is what all of them cost. */
static void choose_lead(nr_planner *p, const nr_analysis *an, const nr_access *every, bool sorted, double sorting, double want, bool whole,
                        route *best)
{
    bool wide = an->total >= WIDE && !every->index && cost_of_values(p, &an->all) < LOAD;
    const nr_access *leads[] = {an->paths.n ? an->paths.at[0] : NULL, an->paths.n && !wide ? NULL : every};
    for (size_t i = 0; i < 2; i++) {
        route r = {.lead = leads[i]};
        if (!r.lead) continue;
        complete(p, an, &r, sorted ? want : (double)an->total, whole || !sorted);
        if (sorted) r.cost += r.rows * sorting;
        keep_cheaper(best, &r);
    }
    if (sorted) return;
    *best = (route){.lead = best->lead};
    complete(p, an, best, want, whole);
}

/* Walking an index in the order asked for, if it gives that. */
static bool weigh_walk(nr_planner *p, const nr_query *q, const nr_analysis *an, const nr_index *ix, double want, bool whole, route *best)
{
    nr_access *walked = NR_NEW(p->arena, nr_access);
    route walk = {.lead = walked, .ordered = true};
    bool fits = !ix->n_parts && is_order_of(q, ix, &walk) && nr_access_usable(p->model, ix);
    if (ix->n_parts ? !composite_order(p, an, q, ix, walked, &walk, &fits) : fits && !order_access(p, an, ix, walked)) return false;
    if (!fits) return true;
    complete(p, an, &walk, want, whole);
    if (walk.descending != walk.pks_descending && ix->kind == NR_IX_ORDERED && !ix->memory) walk.cost *= 2;
    keep_cheaper(best, &walk);
    return true;
}

/* Rows come from the table where its columns decide about them; else in pk order, which is pleasant to read and costs next to nothing. */
static bool choose(nr_planner *p, const nr_query *q, const nr_analysis *an, nr_purpose purpose, route *best)
{
    bool sorted = purpose == NR_FOR_REPLY && (q->n_order || q->random);
    bool limited = purpose == NR_FOR_REPLY && q->count >= 0;
    bool whole = sorted || !limited || (q->reverse && purpose == NR_FOR_REPLY);
    double want = limited ? (double)rows_needed(q) : (double)an->total;
    double sorting = SORT + (sorted && order_in_columns(p, q) ? COLUMNS : LOAD);
    nr_access *every = NR_NEW(p->arena, nr_access);
    bool by_columns = p->model->unsettled || purpose != NR_FOR_REPLY || (an->all.n && cost_of_values(p, &an->all) < LOAD);
    *best = (route){0};
    if (!(by_columns ? nr_access_every(p, every) : nr_access_all(p, &p->model->indexes[0], every))) return false;
    choose_lead(p, an, every, sorted, sorting, want, whole, best);
    bool walks = sorted && !p->model->unsettled && nr_pass_on(p, NR_PASS_ORDER);
    for (size_t i = 0; walks && i < p->model->n_indexes; i++)
        if (!weigh_walk(p, q, an, &p->model->indexes[i], want, !limited, best)) return false;
    return true;
}

/* Whether the order is that of one column of numbers, then the pk: it needs no values but the column's. */
static bool sorts_by_column(nr_planner *p, const nr_query *q)
{
    for (size_t i = 0; i < q->n_order; i++)
        if (q->order[i].term) return false;
    if (!q->n_order || !nr_pass_on(p, NR_PASS_TOP)) return false;
    nr_kind kind = q->order[0].field->spec.type->kind;
    return (kind == NR_V_INT || kind == NR_V_FLOAT) && order_in_columns(p, q) && (q->n_order == 1 || (q->n_order == 2 && q->order[1].field->id == 0));
}

static const nr_node *add_select(nr_planner *p, const nr_node *n, const route *r)
{
    nr_filter_params f = {residual_pred(p, r)};
    return nr_plan_node(p, &nr_op_select, n, r->most && r->most < n->rows ? r->most : n->rows, &f, sizeof f);
}

/* Loads the output, unless whoever is above reads it from the columns. */
static const nr_node *add_values(nr_planner *p, const nr_query *q, const nr_node *n)
{
    bool *want = NR_NEW_N(p->arena, bool, count_values(p));
    want_output(q, want);
    return in_columns(p, want) ? n : add_load(p, n, want);
}

/* Source, masks, filter, sort, skip, load, limit: each where it is needed. When nothing is sorted, the filter's load reads the output too. */
static const nr_node *assemble(nr_planner *p, const nr_query *q, const route *r, nr_purpose purpose, const nr_node *n)
{
    size_t n_values = count_values(p);
    bool reply = purpose == NR_FOR_REPLY;
    bool values = purpose == NR_FOR_VALUES;
    bool sort = reply && (q->n_order || q->random) && !r->ordered, turn = reply && !sort && !q->n_order && q->reverse;
    bool *want = NR_NEW_N(p->arena, bool, n_values);
    bool loaded = false, by_column = sort && sorts_by_column(p, q);
    if (r->residual.n) nr_pred_fields(residual_pred(p, r), want);
    bool select = r->residual.n && in_columns(p, want);
    if (select) n = add_select(p, n, r);
    if (select) memset(want, 0, n_values * sizeof *want);
    for (size_t i = 0; sort && i < q->n_order; i++) want[q->order[i].field->id] = true;
    if (r->residual.n && !select && (reply || values) && !sort && !turn) {
        want_output(q, want);
        loaded = true;
    }
    if ((sort && q->n_order && !by_column) || (r->residual.n && !select)) n = add_load(p, n, want);
    if (r->residual.n && !select) n = add_filter(p, n, r);
    if (values && !loaded) n = add_values(p, q, n);
    if (!reply) return n;
    if (sort) {
        nr_sort_params s = {q->order, q->n_order, q->reverse, q->random, rows_needed(q)};
        n = nr_plan_node(p, by_column ? &nr_op_top : &nr_op_sort, n, s.top < n->rows ? s.top : n->rows, &s, sizeof s);
    }
    if (turn) n = nr_plan_node(p, &nr_op_reverse, n, n->rows, NULL, 0);
    if (q->offset) n = add_count(p, &nr_op_skip, n, (uint64_t)q->offset);
    if (!loaded) {
        bool *out = NR_NEW_N(p->arena, bool, n_values);
        want_output(q, out);
        n = add_load(p, n, out);
    }
    return q->count >= 0 ? add_count(p, &nr_op_limit, n, (uint64_t)q->count) : n;
}

static const nr_pred *rows_wanted(nr_planner *p, const nr_query *q)
{
    if (!q->after) return q->where;
    nr_pred *both = NR_NEW(p->arena, nr_pred);
    const nr_pred **kids = NR_NEW_N(p->arena, const nr_pred *, 2);
    kids[0] = q->where;
    kids[1] = q->after;
    *both = (nr_pred){.op = NR_P_AND, .kids = kids, .n = 2};
    return both;
}

const nr_node *nr_plan_rows(nr_planner *p, const nr_query *q, nr_purpose purpose)
{
    nr_analysis an;
    route r;
    p->joined = q->joined;
    const nr_pred *where = nr_plan_simplify(p, rows_wanted(p, q));
    if (!nr_plan_analyse(p, where, &an) || !choose(p, q, &an, purpose, &r)) return NULL;
    return assemble(p, q, &r, purpose, build_source(p, &r, r.ordered && r.descending != q->reverse, r.ordered && r.pks_descending != q->reverse));
}

/* The index in memory that tells how many rows each value of a field has. */
static const nr_index *counting_index(const nr_planner *p, const nr_query *q, const nr_grouping *g)
{
    const nr_model *m = p->model;
    if (!nr_pass_on(p, NR_PASS_ANSWER) || q->where->n || q->pairings.n || g->n_keys != 1 || !nr_term_plain(&g->keys[0])) return NULL;
    for (size_t i = 0; i < g->n_measures; i++)
        if (!nr_measure_is_size(&g->measures[i])) return NULL;
    for (size_t i = 1; m->table && i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        bool counts = ix->memory && !ix->stale && ix->path.field == g->keys[0].path.field && nr_path_plain(&ix->path) && ix->keyfn == &nr_key_value;
        if (counts && (nr_table_ordered(m->table, i) || nr_table_postings(m->table, i))) return ix;
    }
    return NULL;
}

/* How many there are for a row, on the average; nobody counts as one. */
static double pairs_a_row(const nr_planner *p, const nr_query *q)
{
    double pairs = 1;
    for (size_t i = 0; i < q->pairings.n; i++) {
        const nr_pairing *by = q->pairings.at[i];
        const nr_model *from = by->n_links > 1 ? by->links[by->n_links - 2]->to : by->from ? q->pairings.at[by->from - 1]->to : p->model;
        double there = (double)nr_table_count(from->table), each = there > 0 ? (double)nr_table_count(by->to->table) / there : 0;
        pairs *= each > 1 ? each : 1;
    }
    return pairs;
}

static const nr_node *add_pairs(nr_planner *p, const nr_query *q, const nr_node *n)
{
    nr_pairs_params pairs = {q->pairings.at, q->pairings.n};
    double rows = (double)n->rows * pairs_a_row(p, q);
    return nr_plan_node(p, &nr_op_pairs, n, rows < (double)INT64_MAX ? (uint64_t)rows : (uint64_t)INT64_MAX, &pairs, sizeof pairs);
}

static bool joined_in_columns(const nr_planner *p, const nr_query *q)
{
    bool in = nr_pass_on(p, NR_PASS_COLUMNS);
    for (size_t i = 0; in && i < q->joined.n; i++) in = nr_trail_in_column(p->model, q->joined.at[i], q->pairings.at);
    return in;
}

/* What a filter over entities read stands right below, loaded; columns are read when nothing is. */
const nr_node *nr_plan_groups(nr_planner *p, const nr_query *q, const nr_grouping *g)
{
    const nr_group_answer *answers;
    nr_join_params join = {q->joined.at, q->joined.n, q->pairings.at};
    if (!nr_answers_find(p, q, g, &answers)) return NULL;
    if (answers) return nr_plan_node(p, &nr_op_group, NULL, 1, &(nr_group_params){.grouping = g, .answers = answers}, sizeof(nr_group_params));
    const nr_node *n = nr_plan_rows(p, q, NR_FOR_VALUES);
    if (!n) return NULL;
    bool loaded = n->cls == &nr_op_filter || n->cls == &nr_op_load || n->cls == &nr_op_columns, columns = !loaded && joined_in_columns(p, q);
    if (!loaded && !columns) n = nr_plan_node(p, &nr_op_columns, n, n->rows, NULL, 0);
    if (q->pairings.n) n = add_pairs(p, q, n);
    if (!columns && join.n) n = nr_plan_node(p, &nr_op_join, n, n->rows, &join, sizeof join);
    nr_group_params params = {.grouping = g, .columns = columns, .join = join, .n_pairings = q->pairings.n, .index = counting_index(p, q, g)};
    return nr_plan_node(p, &nr_op_group, n, g->one ? 1 : n->rows, &params, sizeof params);
}

static void print_node(const nr_node *n, size_t depth, nr_arena *arena, nr_slices *lines)
{
    nr_buf b = nr_buf_in(arena);
    nr_node_print(n, depth, &b);
    nr_vec_push(arena, lines, nr_buf_slice(&b));
    if (n->child) print_node(n->child, depth + 1, arena, lines);
    if (n->side) print_node(n->side, depth + 1, arena, lines);
}

void nr_plan_print_under(const nr_node *root, size_t depth, nr_arena *arena, nr_slices *lines)
{
    print_node(root, depth, arena, lines);
}

void nr_plan_print(const nr_node *root, nr_arena *arena, nr_slices *lines)
{
    print_node(root, 0, arena, lines);
}
