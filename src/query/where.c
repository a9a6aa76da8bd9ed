/* where.c -- from text to predicates, by descent. Chains of and and or are one node each, however long. */
#include "query/where.h"

#include "base/utf8.h"
#include "query/expr_read.h"
#include "query/subquery.h"

typedef nr_expr_reader reader;
typedef NR_VEC(const nr_pred *) preds;

static const nr_pred *read_or(reader *r);

static const nr_pred *node(nr_arena *arena, nr_pred_op op, const preds *kids)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    *p = (nr_pred){.op = op, .kids = kids->at, .n = kids->n};
    return p;
}

static const nr_pred *negate(nr_arena *arena, const nr_pred *p)
{
    preds kid = {0};
    if (!p) return NULL;
    nr_vec_push(arena, &kid, p);
    return node(arena, NR_P_NOT, &kid);
}

/* -- comparisons -------------------------------------------------------------------------------------------------------------------------- */

typedef struct comparison {
    const char *mark;
    const char *lookup; /* behind the path; NULL: the path may have one */
    bool negated;
} comparison;

static const comparison comparisons[] = {
    {"=", NULL, false}, {"!=", "__exact", true}, {"<=", "__lte", false}, {"<", "__lt", false}, {">=", "__gte", false}, {">", "__gt", false},
};

static const comparison *take_comparison(reader *r)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (nr_expr_take(r, comparisons[i].mark)) return &comparisons[i];
    nr_expr_expected(r, "= != < <= > or >= behind a path");
    return NULL;
}

/* Which values a lookup is true of, seen from its operand; 0: it has no order. */
static unsigned relations_of(const nr_lookup *l)
{
    static const struct {
        const char *name;
        unsigned relations;
    } all[] = {{"exact", NR_CMP_EQUAL},
               {"lt", NR_CMP_LESS},
               {"lte", NR_CMP_LESS | NR_CMP_EQUAL},
               {"gt", NR_CMP_GREATER},
               {"gte", NR_CMP_GREATER | NR_CMP_EQUAL}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (nr_slice_is(nr_slice_of(all[i].name), l->name)) return all[i].relations;
    return 0;
}

/* The text of an expression with single spaces, for EXPLAIN. */
static nr_slice in_one_line(nr_slice text, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] > ' ') nr_buf_byte(&b, (unsigned char)text.p[i]);
        else if (b.n && b.p[b.n - 1] != ' ') nr_buf_byte(&b, ' ');
    while (b.n && b.p[b.n - 1] == ' ') b.n--;
    return nr_buf_slice(&b);
}

/* The path on the left, which may lead to a value of another model as those on the right may. */
static bool bind_left(reader *r, nr_slice path, nr_compare *c, const nr_lookup **lookup)
{
    nr_route route;
    nr_slice rest = path;
    if (!nr_joined_read(r->b, &rest, r->what, &route) || !nr_bind_path(&route.binder, rest, false, &c->path, lookup)) return false;
    if (route.links.n) c->path.field = nr_joined_field(r->b, &route, c->path.field, r->what, &r->joined);
    return c->path.field != NULL;
}

/* A path against an expression with F(...). */
static const nr_pred *bind_compare(reader *r, nr_slice path, const nr_expr *expr)
{
    nr_binder *b = r->b;
    nr_compare *c = NR_NEW(b->arena, nr_compare);
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    *c = (nr_compare){.expr = *expr, .err = b->err, .n_own = nr_schema_values(b->schema)};
    *p = (nr_pred){.op = NR_P_COMPARE, .compare = c, .scratch = b->arena, .text = in_one_line(expr->text, b->arena)};
    if (!bind_left(r, path, c, &p->lookup)) return NULL;
    c->joined = r->joined.at;
    c->n_joined = r->joined.n;
    p->path = c->path;
    p->field = c->path.field;
    c->relations = relations_of(p->lookup);
    if (!c->relations) {
        nr_fail(b->err, NR_E_NOLOOKUP, "lookup %s takes no F(...); exact, lt, lte, gt and gte do", p->lookup->name);
        return NULL;
    }
    nr_spec number = {.type = nr_type_find(NR_S("float"))};
    const nr_spec *left = nr_path_spec(&c->path), *right = nr_expr_spec(expr) ? nr_expr_spec(expr) : &number;
    if (!c->path.free && nr_spec_comparable(left, right)) return p;
    nr_fail(b->err, NR_E_BADVALUE, "%s of type %s cannot be compared with %s, which is of type %s", NR_SHOW(path),
            c->path.free ? "json" : left->type->name, NR_SHOW(p->text), right == &number ? "number" : right->type->name);
    return NULL;
}

/* A parameter in a list for JSON that nobody declared is JSON if it can be, as it is alone. */
static void read_params(nr_binder *b, nr_expr_value *v)
{
    nr_json *items = NR_NEW_N(b->arena, nr_json, v->json.n);
    for (size_t i = 0; i < v->json.n; i++) {
        nr_err none = {0};
        size_t left = b->arena->held < b->with.max_memory ? b->with.max_memory - b->arena->held : 0;
        const nr_json *j = v->param[i] ? nr_json_parse(v->json.items[i].text, left / NR_JSON_SPREAD, b->arena, &none) : NULL;
        items[i] = j ? *j : v->json.items[i];
    }
    v->json.items = items;
}

static const nr_pred *bind_value(reader *r, nr_slice path, nr_expr_value *v)
{
    nr_path to;
    nr_route route;
    nr_slice rest = path;
    const nr_lookup *lookup;
    if (v->kind == NR_XV_EXPR) return bind_compare(r, path, &v->expr);
    if (v->kind == NR_XV_PARAM) return nr_bind_leaf(r->b, &(nr_ast_pair){path, v->json.text});
    if (v->kind == NR_XV_LIST && v->n_params) {
        if (!nr_join_read(r->b, &rest, &route) || !nr_bind_path(&route.binder, rest, false, &to, &lookup)) return NULL;
        bool elements = lookup->takes == NR_LT_LIST;
        if (elements ? !nr_path_inner(&to)->of : to.free && lookup->takes != NR_LT_KEYS) read_params(r->b, v);
    }
    return nr_bind_json_leaf(r->b, path, &v->json);
}

/* -- queries ------------------------------------------------------------------------------------------------------------------------------ */

static bool take_query(reader *r)
{
    size_t at = r->at;
    if (nr_expr_take(r, "(") && nr_expr_take_word(r, "query")) return true;
    r->at = at;
    return false;
}

/* Behind "QUERY model": its expression and its path, which are about that model. */
static bool read_inside(reader *r, nr_binder *inner, nr_subquery *s)
{
    nr_binder *outer = r->b;
    nr_slice path = {NULL, 0};
    r->b = inner;
    bool all = !nr_expr_take_word(r, "where");
    const nr_pred *where = all ? NULL : read_or(r);
    if ((all || where) && nr_expr_take_word(r, "fields")) {
        path = nr_expr_path(r);
        if (!path.n) nr_expr_expected(r, "a path behind FIELDS");
    }
    bool good = !inner->err->code && nr_subquery_end(inner, s, where, path);
    r->b = outer;
    return good;
}

/* (QUERY model [WHERE expression] [FIELDS path]) behind the word QUERY; from: where it begins. */
static const nr_pred *read_query(reader *r, nr_slice path, size_t from)
{
    nr_binder inner;
    if (!nr_expr_enter(r)) return NULL;
    nr_slice model = nr_expr_path(r);
    if (!model.n) nr_expr_expected(r, "a model behind QUERY");
    nr_subquery *s = model.n ? nr_subquery_begin(r->b, model, &inner) : NULL;
    if (!s || !read_inside(r, &inner, s)) return NULL;
    if (!nr_expr_take(r, ")")) {
        nr_expr_expected(r, "WHERE, and, or, FIELDS, or the ')' of QUERY");
        return NULL;
    }
    r->depth--;
    return nr_bind_query_leaf(r->b, path, s, in_one_line((nr_slice){r->text.p + from, r->at - from}, r->b->arena));
}

static const nr_pred *read_comparison(reader *r)
{
    nr_expr_value v;
    nr_slice path = nr_expr_path(r);
    if (!path.n) {
        nr_expr_expected(r, "a path, not, or '('");
        return NULL;
    }
    const comparison *c = take_comparison(r);
    if (!c) return NULL;
    nr_expr_end(r);
    size_t from = r->at;
    bool query = take_query(r);
    r->joined = (nr_joineds){0};
    if (!query && !nr_expr_read_value(r, &v)) return NULL;
    if (c->lookup) path = nr_join_lookup(r->b, path, c->lookup);
    if (!path.p) return NULL;
    r->b->unwritten = c->lookup ? strlen(c->lookup) : 0;
    const nr_pred *p = query ? read_query(r, path, from) : bind_value(r, path, &v);
    r->b->unwritten = 0;
    return c->negated ? negate(r->b->arena, p) : p;
}

/* -- and, or, not ------------------------------------------------------------------------------------------------------------------------- */

/* Whether what follows is the word not, rather than a field of that name. */
static bool take_not(reader *r)
{
    size_t at = r->at;
    if (nr_expr_take(r, "~")) return true;
    if (!nr_expr_take_word(r, "not")) return false;
    size_t behind = r->at;
    bool is_path = nr_expr_take(r, "=") || nr_expr_take(r, "!") || nr_expr_take(r, "<") || nr_expr_take(r, ">");
    r->at = is_path ? at : behind;
    return !is_path;
}

static const nr_pred *read_not(reader *r)
{
    bool negated = take_not(r), inner = !negated && nr_expr_take(r, "(");
    if (!negated && !inner) return read_comparison(r);
    if (!nr_expr_enter(r)) return NULL;
    const nr_pred *p = negated ? negate(r->b->arena, read_not(r)) : read_or(r);
    if (p && inner && !nr_expr_take(r, ")")) {
        nr_expr_expected(r, "and, or, or ')'");
        return NULL;
    }
    r->depth--;
    return p;
}

static const nr_pred *read_chain(reader *r, nr_pred_op op, const char *mark, const char *word, const nr_pred *(*inner)(reader *r))
{
    preds kids = {0};
    do {
        const nr_pred *p = inner(r);
        if (!p) return NULL;
        nr_vec_push(r->b->arena, &kids, p);
    } while (nr_expr_take(r, mark) || nr_expr_take_word(r, word));
    return kids.n == 1 ? kids.at[0] : node(r->b->arena, op, &kids);
}

static const nr_pred *read_and(reader *r)
{
    return read_chain(r, NR_P_AND, "&", "and", read_not);
}

static const nr_pred *read_or(reader *r)
{
    return read_chain(r, NR_P_OR, "|", "or", read_and);
}

static bool check_params(const nr_binder *b, const nr_ast_where *w, const bool *used)
{
    for (size_t i = 0; i < w->params.n; i++)
        for (size_t k = 0; k < i; k++)
            if (nr_slice_eq(w->params.at[i].path, w->params.at[k].path))
                return nr_fail(b->err, NR_E_SYNTAX, "PARAMS names %s twice", NR_SHOW(w->params.at[i].path));
    for (size_t i = 0; used && i < w->params.n; i++)
        if (!used[i]) return nr_fail(b->err, NR_E_SYNTAX, "PARAMS: %s does not use %s", w->word, NR_SHOW(w->params.at[i].path));
    return true;
}

const nr_pred *nr_where_bind(nr_binder *b, const nr_ast_where *where)
{
    reader r = {.b = b, .what = where->word, .text = where->text, .params = where->params.at, .n_params = where->params.n, .joins = true};
    if (!nr_utf8_valid(where->text)) {
        nr_fail(b->err, NR_E_SYNTAX, "%s is no text in valid UTF-8; give other values by PARAMS", where->word);
        return NULL;
    }
    if (!check_params(b, where, NULL)) return NULL;
    r.used = NR_NEW_N(b->arena, bool, where->params.n);
    const nr_pred *p = read_or(&r);
    if (p && !nr_expr_end(&r)) nr_expr_expected(&r, "and, or, or the end");
    return p && !b->err->code && check_params(b, where, r.used) ? p : NULL;
}
