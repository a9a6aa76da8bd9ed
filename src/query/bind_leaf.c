/* bind_leaf.c -- paths and operands. */
#include "query/bind_leaf.h"

#include <stdlib.h>

/* Where a path splits: the first "__" that has something before it. */
size_t nr_path_split(nr_slice path)
{
    for (size_t i = 1; i + 1 < path.n; i++)
        if (path.p[i] == '_' && path.p[i + 1] == '_') return i;
    return path.n;
}

static bool refuse_lookup(nr_binder *b, const nr_field *f, nr_slice rest)
{
    nr_slice first = {rest.p, nr_path_split(rest)};
    bool known = nr_lookup_find(rest) && !(f->spec.type->flags & NR_TF_BYTES); /* of text, by canonical text: later */
    known = known || (f->spec.type->flags & NR_TF_CONTAINER);                  /* elements and paths: later */
    if (known || nr_lookup_later(first))
        return nr_fail(b->err, NR_E_NOLOOKUP, "lookup %s on field '%.*s' is not available in this version", NR_SHOW(first), NR_FMT(f->name));
    if (f->type->flags & NR_TF_RELATION)
        return nr_fail(b->err, NR_E_NOLOOKUP, "%s is no lookup; paths through the relation '%.*s' are not available in this version", NR_SHOW(first),
                       NR_FMT(f->name));
    nr_buf names = nr_buf_in(b->arena);
    for (const nr_lookup *l = nr_lookups; l->name; l++)
        if (nr_lookup_suits(l, &f->spec)) nr_buf_printf(&names, "%s%s", names.n ? ", " : "", l->name);
    return nr_fail(b->err, NR_E_NOLOOKUP, "no lookup %s on field '%.*s' of type %s; it has %.*s", NR_SHOW(rest), NR_FMT(f->name), f->type->name,
                   NR_FMT(nr_buf_slice(&names)));
}

static bool bind_path(nr_binder *b, nr_slice path, const nr_field **field, const nr_lookup **lookup)
{
    size_t cut = nr_path_split(path);
    *field = nr_schema_need(b->schema, (nr_slice){path.p, cut}, b->err);
    if (!*field) return false;
    if (!(*field)->spec.type)
        return nr_fail(b->err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT((*field)->name), NR_FMT(nr_field_unknown(*field)));
    if (cut == path.n) {
        *lookup = &nr_lookups[0];
        return true;
    }
    nr_slice rest = {path.p + cut + 2, path.n - cut - 2};
    *lookup = nr_lookup_find(rest);
    if (!*lookup || !nr_lookup_suits(*lookup, &(*field)->spec)) return refuse_lookup(b, *field, rest);
    return true;
}

static int compare_operands(const void *x, const void *y)
{
    const nr_operand *a = x, *b = y;
    int c = nr_value_cmp(&a->v, &b->v);
    return c ? c : a->side - b->side;
}

/* Sorted and distinct, so that probes are disjoint and ascending, and a value is found by bisection. */
static size_t sort_operands(nr_operand *args, size_t n)
{
    if (!n) return 0;
    qsort(args, n, sizeof *args, compare_operands);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (compare_operands(&args[i], &args[kept - 1]) != 0) args[kept++] = args[i];
    return kept;
}

/* what: "an item of the array", "it", for the error. */
static bool operand_of_json(nr_binder *b, const nr_field *f, const nr_lookup *l, const nr_json *j, const char *what, nr_operand *out)
{
    nr_slice text;
    bool base64 = j->kind == NR_J_STRING && (f->spec.type->flags & NR_TF_BYTES);
    if (nr_field_json_text(f, j, b->arena, &text)) return nr_field_operand(f, text, b->arena, out, b->err);
    return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s: %s is %s, expected %s", NR_FMT(f->name), l->name, what, nr_json_kind_name(j),
                   base64 ? "base64" : f->spec.type->expects);
}

static bool bind_items(nr_binder *b, const nr_field *f, const nr_lookup *l, const nr_json *j, nr_operand **args, size_t *n)
{
    if (l->arg == NR_ARG_PAIR && j->n != 2)
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got an array of %zu, expected a JSON array of two", NR_FMT(f->name), l->name, j->n);
    *args = NR_NEW_N(b->arena, nr_operand, j->n);
    *n = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (j->items[i].kind == NR_J_NULL && l->arg == NR_ARG_LIST) continue;
        if (!operand_of_json(b, f, l, &j->items[i], "an item of the array", &(*args)[(*n)++])) return false;
    }
    if (l->arg == NR_ARG_LIST) *n = sort_operands(*args, *n);
    return true;
}

static bool not_an_array(nr_binder *b, const nr_field *f, const nr_lookup *l, nr_slice value)
{
    return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got %s, expected a JSON array", NR_FMT(f->name), l->name, NR_SHOW(value));
}

static bool bind_list(nr_binder *b, const nr_field *f, const nr_lookup *l, nr_slice value, nr_operand **args, size_t *n)
{
    nr_err inner = {0};
    size_t left = b->arena->held < b->max_memory ? b->max_memory - b->arena->held : 0;
    const nr_json *j = nr_json_parse(value, left / NR_JSON_SPREAD, b->arena, &inner);
    if (!j && inner.code == NR_E_LIMIT) return nr_fail(b->err, inner.code, "%s", inner.msg);
    return j && j->kind == NR_J_ARRAY ? bind_items(b, f, l, j, args, n) : not_an_array(b, f, l, value);
}

static bool bind_truth(nr_binder *b, const nr_field *f, const nr_lookup *l, nr_slice value, nr_operand *out)
{
    bool yes = nr_slice_caseis(value, "true") || nr_slice_is(value, "1");
    if (!yes && !nr_slice_caseis(value, "false") && !nr_slice_is(value, "0"))
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got %s, expected true, false, 1 or 0", NR_FMT(f->name), l->name, NR_SHOW(value));
    *out = (nr_operand){{.kind = NR_V_INT, .i = yes}, 0};
    return true;
}

static const nr_pred *finish(nr_binder *b, nr_pred *p, const nr_operand *args, bool ok)
{
    p->args = args;
    if (ok && b->arena->held > b->max_memory)
        ok = nr_fail(b->err, NR_E_LIMIT, "the command needs more than %zu bytes of memory (nonrel.max-memory); send fewer operands", b->max_memory);
    return ok ? p : NULL;
}

const nr_pred *nr_bind_leaf(nr_binder *b, const nr_ast_pair *pair)
{
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    p->op = NR_P_LEAF;
    p->text = pair->value;
    if (!bind_path(b, pair->path, &p->field, &p->lookup)) return NULL;
    nr_operand *args = NR_NEW(b->arena, nr_operand);
    p->n_args = 1;
    bool ok = false;
    switch (p->lookup->arg) {
    case NR_ARG_ONE: ok = nr_field_operand(p->field, pair->value, b->arena, args, b->err); break;
    case NR_ARG_TRUTH: ok = bind_truth(b, p->field, p->lookup, pair->value, args); break;
    case NR_ARG_LIST:
    case NR_ARG_PAIR: ok = bind_list(b, p->field, p->lookup, pair->value, &args, &p->n_args); break;
    }
    return finish(b, p, args, ok);
}

/* null: exact is isnull then; no other lookup takes it. */
static bool bind_null(nr_binder *b, nr_pred *p, nr_operand *args)
{
    if (p->lookup != nr_lookup_find(NR_S("exact")))
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got null; exact takes null, or use isnull", NR_FMT(p->field->name), p->lookup->name);
    p->lookup = nr_lookup_find(NR_S("isnull"));
    *args = (nr_operand){{.kind = NR_V_INT, .i = 1}, 0};
    return true;
}

static bool bind_json_truth(nr_binder *b, const nr_pred *p, const nr_json *j, nr_operand *out)
{
    bool scalar = j->kind == NR_J_NUMBER || j->kind == NR_J_STRING || j->kind == NR_J_TRUE || j->kind == NR_J_FALSE;
    return bind_truth(b, p->field, p->lookup, scalar ? p->text : NR_S(""), out);
}

const nr_pred *nr_bind_json_leaf(nr_binder *b, nr_slice path, const nr_json *value)
{
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    nr_operand *args = NR_NEW(b->arena, nr_operand);
    nr_buf text = nr_buf_in(b->arena);
    nr_json_print(value, &text);
    p->op = NR_P_LEAF;
    p->text = value->kind == NR_J_STRING ? value->text : nr_buf_slice(&text);
    p->n_args = 1;
    if (!bind_path(b, path, &p->field, &p->lookup)) return NULL;
    bool list = p->lookup->arg == NR_ARG_LIST || p->lookup->arg == NR_ARG_PAIR, ok;
    if (value->kind == NR_J_NULL) ok = bind_null(b, p, args);
    else if (list) ok = value->kind == NR_J_ARRAY ? bind_items(b, p->field, p->lookup, value, &args, &p->n_args) : not_an_array(b, p->field, p->lookup, p->text);
    else if (p->lookup->arg == NR_ARG_TRUTH) ok = bind_json_truth(b, p, value, args);
    else ok = operand_of_json(b, p->field, p->lookup, value, "its value", args);
    return finish(b, p, args, ok);
}
