/* q_json.c -- from JSON to predicates. As deep as the JSON reader lets a document be. */
#include "query/q_json.h"

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

static const nr_pred *bind_member(nr_binder *b, nr_slice name, const nr_json *value)
{
    if (nr_slice_is(name, "and")) return bind_array(b, NR_P_AND, name, value);
    if (nr_slice_is(name, "or")) return bind_array(b, NR_P_OR, name, value);
    if (value->kind == NR_J_OBJECT && nr_json_get(value, "query")) {
        nr_fail(b->err, NR_E_SYNTAX, "Q: %s: subqueries are not available in this version", NR_SHOW(name));
        return NULL;
    }
    if (!nr_slice_is(name, "not")) return nr_bind_json_leaf(b, name, value);
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
