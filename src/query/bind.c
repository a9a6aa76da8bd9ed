/* bind.c -- paths, operands, sort keys and output fields. */
#include "query/bind.h"

#include "query/join.h"
#include "query/q_json.h"
#include "query/where.h"

static nr_pred *node(nr_arena *arena, nr_pred_op op, const nr_pred *const *kids, size_t n)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    p->op = op;
    p->kids = kids;
    p->n = n;
    return p;
}

typedef NR_VEC(const nr_pred *) preds;

/* The kids of an AND stand beside the lookups of the filters. */
static void add_tree(nr_arena *arena, preds *root, const nr_pred *tree)
{
    for (size_t k = 0; tree->op == NR_P_AND && k < tree->n; k++) nr_vec_push(arena, root, tree->kids[k]);
    if (tree->op != NR_P_AND) nr_vec_push(arena, root, tree);
}

/* The root is one AND: the lookups of all FILTERs side by side, each EXCLUDE a NOT of its AND. */
static const nr_pred *bind_filters(nr_binder *b, const nr_ast *ast)
{
    preds root = {0};
    for (size_t i = 0; i < ast->filters.n; i++) {
        const nr_ast_filter *f = &ast->filters.at[i];
        preds inner = {0};
        for (size_t k = 0; k < f->pairs.n; k++) {
            const nr_pred *leaf = nr_bind_leaf(b, &f->pairs.at[k]);
            if (!leaf) return NULL;
            nr_vec_push(b->arena, &inner, leaf);
        }
        const nr_pred **kid = NR_NEW(b->arena, const nr_pred *);
        *kid = nr_join_scope(b, inner.n == 1 ? inner.at[0] : node(b->arena, NR_P_AND, inner.at, inner.n));
        if (!*kid) return NULL;
        if (f->negated) nr_vec_push(b->arena, &root, node(b->arena, NR_P_NOT, kid, 1));
        else add_tree(b->arena, &root, *kid);
    }
    for (size_t i = 0; i < ast->q.n; i++) {
        const nr_pred *tree = nr_join_scope(b, nr_q_json_bind(b, ast->q.at[i]));
        if (!tree) return NULL;
        add_tree(b->arena, &root, tree);
    }
    for (size_t i = 0; i < ast->where.n; i++) {
        const nr_pred *tree = nr_join_scope(b, nr_where_bind(b, &ast->where.at[i]));
        if (!tree) return NULL;
        add_tree(b->arena, &root, tree);
    }
    return node(b->arena, NR_P_AND, root.at, root.n);
}

static bool add_sort_key(nr_binder *b, nr_slice name, const char *clause, nr_sort_key *keys, nr_query *q)
{
    nr_term *t = NR_NEW(b->arena, nr_term);
    bool minus = name.n && name.p[0] == '-';
    if (minus) name = (nr_slice){name.p + 1, name.n - 1};
    if (!nr_joined_term(b, name, clause, &q->joined, NULL, t)) return false;
    for (size_t i = 0; i < q->n_order; i++) { /* what comes again decides nothing */
        nr_term plain = nr_term_of(keys[i].field);
        if (nr_term_eq(keys[i].term ? keys[i].term : &plain, t)) return true;
    }
    keys[q->n_order++] = (nr_sort_key){t->path.field, minus, nr_term_plain(t) ? NULL : t};
    return true;
}

static bool bind_order(nr_binder *b, const nr_slices *names, nr_query *q)
{
    nr_sort_key *keys = NR_NEW_N(b->arena, nr_sort_key, names->n);
    q->order = keys;
    for (size_t k = 0; k < names->n; k++) {
        if (!nr_slice_is(names->at[k], "?")) {
            if (!add_sort_key(b, names->at[k], "ORDER", keys, q)) return false;
        } else if (names->n > 1) {
            return nr_fail(b->err, NR_E_SYNTAX, "ORDER ? stands alone");
        } else {
            q->random = true;
        }
    }
    return true;
}

/* -- the model's ordering ----------------------------------------------------------------------------------------------------------------- */

static const char ORDERING[] = "ordering";

/* What went wrong with a name of an ordering, without the word in front that some errors have. */
static const char *ordering_error(const nr_err *why)
{
    size_t n = sizeof ORDERING - 1;
    return strncmp(why->msg, ORDERING, n) == 0 && strncmp(why->msg + n, ": ", 2) == 0 ? why->msg + n + 2 : why->msg;
}

static bool bind_names(nr_binder *b, const nr_slices *names, nr_query *q)
{
    nr_sort_key *keys = NR_NEW_N(b->arena, nr_sort_key, names->n);
    q->order = keys;
    for (size_t i = 0; i < names->n; i++)
        if (!add_sort_key(b, names->at[i], ORDERING, keys, q)) return false;
    return true;
}

/* An ordering of plain fields is bound already, but a reference among them may lead to a model that is not there yet. */
static bool take_fields(nr_binder *b, nr_query *q)
{
    const nr_schema *s = b->schema;
    for (size_t i = 0; i < s->n_ordering; i++)
        if (!nr_field_has_spec(s->ordering[i].field, b->err)) return false;
    q->order = s->ordering;
    q->n_order = s->n_ordering;
    return true;
}

/* advice: what stands behind the model's name in an error. */
static bool bind_ordering(nr_binder *b, const char *advice, nr_query *q)
{
    const nr_schema *s = b->schema;
    if (s->ordering_names.n ? bind_names(b, &s->ordering_names, q) : take_fields(b, q)) return true;
    nr_err why = *b->err;
    nr_err_clear(b->err);
    return nr_fail(b->err, why.code, "the ordering of %.*s%s: %s", NR_FMT(s->name), advice, ordering_error(&why));
}

bool nr_ordering_check(const nr_schema *s, const nr_bind_with *with, nr_arena *arena, nr_err *err)
{
    nr_query q = {0};
    nr_binder b = {.schema = s, .with = *with, .arena = arena, .err = err};
    nr_sort_key *keys = NR_NEW_N(arena, nr_sort_key, s->ordering_names.n);
    for (size_t i = 0; i < s->ordering_names.n; i++) {
        if (add_sort_key(&b, s->ordering_names.at[i], ORDERING, keys, &q)) continue;
        nr_err why = *err;
        nr_err_clear(err);
        if (why.code != NR_E_NOMODEL) return nr_fail(err, why.code, "ordering: %s", ordering_error(&why));
    }
    return true;
}

bool nr_query_by_ordering(nr_model *model, const nr_bind_with *with, nr_arena *arena, nr_query *out, nr_err *err)
{
    nr_binder b = {.schema = model->schema, .with = *with, .arena = arena, .err = err};
    *out = (nr_query){.model = model, .count = -1, .max_scan = -1};
    return bind_ordering(&b, "", out);
}

/* -- what is replied ---------------------------------------------------------------------------------------------------------------------- */

static bool bind_fields(nr_binder *b, const nr_slices *names, nr_columns *out, nr_query *q)
{
    for (size_t i = 0; i < names->n; i++) {
        nr_term t;
        if (!nr_joined_term(b, names->at[i], "FIELDS", &q->joined, NULL, &t)) return false;
        for (size_t k = 0; k < i; k++)
            if (nr_term_eq(&t, &out->terms.at[k])) return nr_fail(b->err, NR_E_SYNTAX, "FIELDS names %s twice", NR_SHOW(names->at[i]));
        nr_vec_push(b->arena, &out->terms, t);
        nr_vec_push(b->arena, &out->names, names->at[i]);
    }
    return true;
}

static void set_output(nr_query *q, const nr_columns *columns, nr_arena *arena)
{
    const nr_field **fields = NR_NEW_N(arena, const nr_field *, columns->terms.n);
    for (size_t i = 0; i < columns->terms.n; i++) fields[i] = columns->terms.at[i].path.field;
    q->out = fields;
    q->terms = columns->terms.at;
    q->out_names = columns->names.at;
    q->n_out = columns->terms.n;
}

/* What replies no entity has the primary key alone. */
static bool bind_output(nr_binder *b, const nr_ast *ast, nr_query *q)
{
    nr_columns columns = {0};
    nr_slice pk = NR_S("pk");
    nr_slices key = {&pk, 1, 1};
    bool replies = ast->groups & (NR_CL_SHAPE | NR_CL_FIELDS), ok;
    q->whole = !ast->has_fields;
    if (q->whole && replies) ok = nr_joined_whole(b, !(ast->groups & NR_CL_SHAPE), &q->joined, &columns);
    else ok = bind_fields(b, q->whole ? &key : &ast->fields, &columns, q);
    if (!ok) return false;
    set_output(q, &columns, b->arena);
    if (q->flat && (q->whole || q->n_out != 1)) return nr_fail(b->err, NR_E_SYNTAX, "FLAT needs FIELDS with exactly one field");
    return true;
}

bool nr_query_bind(const nr_ast *ast, nr_model *model, bool use_ordering, const nr_bind_with *with, nr_arena *arena, nr_query *out, nr_err *err)
{
    nr_binder b = {.schema = model->schema, .with = *with, .arena = arena, .err = err};
    *out = (nr_query){.model = model,
                      .reverse = ast->reverse,
                      .flat = ast->flat,
                      .withcount = ast->withcount,
                      .json = ast->json,
                      .offset = ast->offset,
                      .count = ast->count,
                      .noscan = ast->noscan,
                      .max_scan = ast->max_scan};
    out->where = bind_filters(&b, ast);
    bool by_model = !ast->has_order && use_ordering;
    if (!out->where || !(by_model ? bind_ordering(&b, ", which ORDER takes the place of", out) : bind_order(&b, &ast->order, out))) return false;
    return bind_output(&b, ast, out) && nr_related_bind(&b, ast, out->terms, out->n_out, &out->joined, &out->related);
}

void nr_query_add_columns(nr_query *q, const nr_term *terms, size_t n, nr_arena *arena)
{
    nr_term *all = NR_NEW_N(arena, nr_term, q->n_out + n);
    const nr_field **out = NR_NEW_N(arena, const nr_field *, q->n_out + n);
    memcpy(all, q->terms, q->n_out * sizeof *all);
    memcpy(all + q->n_out, terms, n * sizeof *all);
    q->n_out += n;
    for (size_t i = 0; i < q->n_out; i++) out[i] = all[i].path.field;
    q->terms = all;
    q->out = out;
}
