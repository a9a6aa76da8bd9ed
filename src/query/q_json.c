/* q_json.c -- from JSON to predicates. As deep as the JSON reader lets a document be. */
#include "query/q_json.h"

#include "query/subquery.h"

typedef NR_VEC(const nr_pred *) preds;

static const nr_pred *bind_object(nr_binder *b, const nr_json *j);

static nr_pred *node(nr_binder *b, nr_pred_op op, const preds *kids)
{
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    *p = (nr_pred){.op = op, .kids = kids->at, .n = kids->n};
    return p;
}

static const nr_pred *bind_array(nr_binder *b, nr_pred_op op, nr_slice name, const nr_json *j)
{
    preds kids = {0};
    if (j->kind != NR_J_ARRAY) {
        nr_fail(b->err, NR_E_SYNTAX, "Q: \"%.*s\" is %s, expected an array of objects", NR_FMT(name), nr_json_kind_name(j));
        return NULL;
    }
    for (size_t i = 0; i < j->n; i++) {
        const nr_pred *kid = bind_object(b, &j->items[i]);
        if (!kid) return NULL;
        nr_vec_push(b->arena, &kids, kid);
    }
    return node(b, op, &kids);
}

/* -- queries ------------------------------------------------------------------------------------------------------------------------------ */

/* An object may be a value too, where what is equal to it is asked for. */
static bool is_query(nr_binder *b, nr_slice path, const nr_json *value)
{
    nr_route route;
    nr_path to;
    const nr_lookup *lookup;
    if (value->kind != NR_J_OBJECT || value->n != 1 || !nr_json_get(value, "query")) return false;
    if (!nr_join_read(b, &path, &route) || !nr_bind_path(&route.binder, path, false, &to, &lookup)) return false;
    return lookup->arg == NR_ARG_LIST || !(to.free || (nr_path_spec(&to)->type->flags & NR_TF_CONTAINER));
}

static bool check_members(nr_binder *b, nr_slice path, const nr_json *query)
{
    static const struct {
        const char *name;
        nr_json_kind kind;
        const char *expected;
    } members[] = {{"model", NR_J_STRING, "the name of a model"}, {"field", NR_J_STRING, "a path"}, {"q", NR_J_OBJECT, "an object, as Q takes it"}};
    if (query->kind != NR_J_OBJECT)
        return nr_fail(b->err, NR_E_SYNTAX, "Q: %s: \"query\" is %s, expected an object of \"model\", \"field\" and \"q\"", NR_SHOW(path),
                       nr_json_kind_name(query));
    for (size_t i = 0; i < query->n; i++) {
        size_t k = 0;
        while (k < sizeof members / sizeof *members && !nr_slice_is(query->names[i], members[k].name)) k++;
        if (k == sizeof members / sizeof *members)
            return nr_fail(b->err, NR_E_SYNTAX, "Q: %s: \"query\" has %s, expected \"model\", \"field\" and \"q\"", NR_SHOW(path),
                           NR_SHOW(query->names[i]));
        if (query->items[i].kind != members[k].kind)
            return nr_fail(b->err, NR_E_SYNTAX, "Q: %s: \"%s\" is %s, expected %s", NR_SHOW(path), members[k].name, nr_json_kind_name(&query->items[i]),
                           members[k].expected);
    }
    return nr_json_get(query, "model") || nr_fail(b->err, NR_E_SYNTAX, "Q: %s: \"query\" needs a \"model\"", NR_SHOW(path));
}

static const nr_pred *bind_query(nr_binder *b, nr_slice path, const nr_json *value)
{
    const nr_json *query = nr_json_get(value, "query");
    if (!check_members(b, path, query)) return NULL;
    const nr_json *field = nr_json_get(query, "field"), *q = nr_json_get(query, "q");
    nr_binder inner;
    nr_buf text = nr_buf_in(b->arena);
    nr_subquery *s = nr_subquery_begin(b, nr_json_get(query, "model")->text, &inner);
    const nr_pred *where = s && q ? bind_object(&inner, q) : NULL;
    if (!s || (q && !where) || !nr_subquery_end(&inner, s, where, field ? field->text : (nr_slice){NULL, 0})) return NULL;
    nr_json_print(value, &text);
    return nr_bind_query_leaf(b, path, s, nr_buf_slice(&text));
}

/* -- the tree ----------------------------------------------------------------------------------------------------------------------------- */

static const nr_pred *bind_member(nr_binder *b, nr_slice name, const nr_json *value)
{
    if (nr_slice_is(name, "and")) return bind_array(b, NR_P_AND, name, value);
    if (nr_slice_is(name, "or")) return bind_array(b, NR_P_OR, name, value);
    if (!nr_slice_is(name, "not")) return is_query(b, name, value) ? bind_query(b, name, value) : b->err->code ? NULL : nr_bind_json_leaf(b, name, value);
    preds kid = {0};
    const nr_pred *p = bind_object(b, value);
    if (!p) return NULL;
    nr_vec_push(b->arena, &kid, p);
    return node(b, NR_P_NOT, &kid);
}

static const nr_pred *bind_object(nr_binder *b, const nr_json *j)
{
    preds kids = {0};
    if (j->kind != NR_J_OBJECT) {
        nr_fail(b->err, NR_E_SYNTAX, "Q: expected an object of lookups, \"and\", \"or\" and \"not\", got %s", nr_json_kind_name(j));
        return NULL;
    }
    for (size_t i = 0; i < j->n; i++) {
        const nr_pred *kid = bind_member(b, j->names[i], &j->items[i]);
        if (!kid) return NULL;
        nr_vec_push(b->arena, &kids, kid);
    }
    return kids.n == 1 ? kids.at[0] : node(b, NR_P_AND, &kids);
}

const nr_pred *nr_q_json_bind(nr_binder *b, nr_slice document)
{
    size_t left = b->arena->held < b->with.max_memory ? b->with.max_memory - b->arena->held : 0;
    const nr_json *j = nr_json_parse(document, left / NR_JSON_SPREAD, b->arena, b->err);
    return j ? bind_object(b, j) : NULL;
}
