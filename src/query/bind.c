/* bind.c -- paths, operands, sort keys and output fields. */
#include "query/bind.h"

#include <stdlib.h>

typedef struct binder {
    const nr_schema *schema;
    size_t max_memory;
    nr_arena *arena;
    nr_err *err;
} binder;

/* Where a path splits: the first "__" that has something before it. */
static size_t split(nr_slice path)
{
    for (size_t i = 1; i + 1 < path.n; i++)
        if (path.p[i] == '_' && path.p[i + 1] == '_') return i;
    return path.n;
}

static bool refuse_lookup(binder *b, const nr_field *f, nr_slice rest)
{
    nr_slice first = {rest.p, split(rest)};
    bool known = nr_lookup_find(rest) && !(f->spec.type->flags & NR_TF_BYTES); /* of text, by canonical text: later */
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

static bool bind_path(binder *b, nr_slice path, const nr_field **field, const nr_lookup **lookup)
{
    size_t cut = split(path);
    *field = nr_schema_need(b->schema, (nr_slice){path.p, cut}, b->err);
    if (!*field) return false;
    if (!(*field)->spec.type)
        return nr_fail(b->err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT((*field)->name), NR_FMT((*field)->to));
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

static bool operand_of_json(binder *b, const nr_field *f, const nr_lookup *l, const nr_json *j, nr_operand *out)
{
    static const nr_slice truth[] = {{"true", 4}, {"false", 5}};
    if ((j->kind == NR_J_TRUE || j->kind == NR_J_FALSE) && (f->spec.type->flags & NR_TF_JSON_BOOL))
        return nr_field_operand(f, truth[j->kind == NR_J_FALSE], b->arena, out, b->err);
    if (j->kind != NR_J_NUMBER && j->kind != NR_J_STRING)
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s: an item of the array is %s, expected %s", NR_FMT(f->name), l->name,
                       nr_json_kind_name(j), f->spec.type->expects);
    return nr_field_operand(f, j->text, b->arena, out, b->err);
}

static bool bind_list(binder *b, const nr_field *f, const nr_lookup *l, nr_slice value, nr_operand **args, size_t *n)
{
    nr_err inner = {0};
    size_t left = b->arena->held < b->max_memory ? b->max_memory - b->arena->held : 0;
    const nr_json *j = nr_json_parse(value, left / NR_JSON_SPREAD, b->arena, &inner);
    if (!j && inner.code == NR_E_LIMIT) return nr_fail(b->err, inner.code, "%s", inner.msg);
    if (!j || j->kind != NR_J_ARRAY)
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got %s, expected a JSON array", NR_FMT(f->name), l->name, NR_SHOW(value));
    if (l->arg == NR_ARG_PAIR && j->n != 2)
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got an array of %zu, expected a JSON array of two", NR_FMT(f->name), l->name, j->n);
    *args = NR_NEW_N(b->arena, nr_operand, j->n);
    *n = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (j->items[i].kind == NR_J_NULL && l->arg == NR_ARG_LIST) continue;
        if (!operand_of_json(b, f, l, &j->items[i], &(*args)[(*n)++])) return false;
    }
    if (l->arg == NR_ARG_LIST) *n = sort_operands(*args, *n);
    return true;
}

static bool bind_truth(binder *b, const nr_field *f, const nr_lookup *l, nr_slice value, nr_operand *out)
{
    bool yes = nr_slice_caseis(value, "true") || nr_slice_is(value, "1");
    if (!yes && !nr_slice_caseis(value, "false") && !nr_slice_is(value, "0"))
        return nr_fail(b->err, NR_E_BADVALUE, "field '%.*s', lookup %s got %s, expected true, false, 1 or 0", NR_FMT(f->name), l->name, NR_SHOW(value));
    *out = (nr_operand){{.kind = NR_V_INT, .i = yes}, 0};
    return true;
}

static const nr_pred *bind_leaf(binder *b, const nr_ast_pair *pair)
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
    p->args = args;
    if (ok && b->arena->held > b->max_memory)
        ok = nr_fail(b->err, NR_E_LIMIT, "the command needs more than %zu bytes of memory (nonrel.max-memory); send fewer operands", b->max_memory);
    return ok ? p : NULL;
}

static nr_pred *node(nr_arena *arena, nr_pred_op op, const nr_pred *const *kids, size_t n)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    p->op = op;
    p->kids = kids;
    p->n = n;
    return p;
}

typedef NR_VEC(const nr_pred *) preds;

/* The root is one AND: the lookups of all FILTERs side by side, each EXCLUDE a NOT of its AND. */
static const nr_pred *bind_filters(binder *b, const nr_ast *ast)
{
    preds root = {0};
    for (size_t i = 0; i < ast->filters.n; i++) {
        const nr_ast_filter *f = &ast->filters.at[i];
        preds inner = {0};
        for (size_t k = 0; k < f->pairs.n; k++) {
            const nr_pred *leaf = bind_leaf(b, &f->pairs.at[k]);
            if (!leaf) return NULL;
            if (f->negated) nr_vec_push(b->arena, &inner, leaf);
            else nr_vec_push(b->arena, &root, leaf);
        }
        if (!f->negated) continue;
        const nr_pred **kid = NR_NEW(b->arena, const nr_pred *);
        *kid = inner.n == 1 ? inner.at[0] : node(b->arena, NR_P_AND, inner.at, inner.n);
        nr_vec_push(b->arena, &root, node(b->arena, NR_P_NOT, kid, 1));
    }
    return node(b->arena, NR_P_AND, root.at, root.n);
}

static bool bind_order(binder *b, const nr_ast *ast, nr_query *q)
{
    nr_sort_key *keys = NR_NEW_N(b->arena, nr_sort_key, ast->order.n);
    bool *seen = NR_NEW_N(b->arena, bool, b->schema->n_fields);
    for (size_t k = 0; k < ast->order.n; k++) {
        size_t i = q->n_order;
        nr_slice name = ast->order.at[k];
        if (nr_slice_is(name, "?")) return nr_fail(b->err, NR_E_SYNTAX, "ORDER ? is not available in this version");
        bool minus = name.n && name.p[0] == '-';
        if (minus) name = (nr_slice){name.p + 1, name.n - 1};
        size_t cut = split(name);
        keys[i].field = nr_schema_need(b->schema, (nr_slice){name.p, cut}, b->err);
        keys[i].descending = minus;
        if (!keys[i].field) return false;
        if (cut < name.n) return nr_fail(b->err, NR_E_SYNTAX, "ORDER %s: sorting by transforms and joins is not available in this version", NR_SHOW(name));
        if (!keys[i].field->spec.type)
            return nr_fail(b->err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT(keys[i].field->name),
                           NR_FMT(keys[i].field->to));
        if (!seen[keys[i].field->id]) q->n_order++; /* a field that comes again decides nothing */
        seen[keys[i].field->id] = true;
    }
    q->order = keys;
    return true;
}

static bool bind_fields(const nr_schema *s, const nr_slices *names, nr_arena *arena, const nr_field *const **out, nr_err *err)
{
    const nr_field **fields = NR_NEW_N(arena, const nr_field *, names->n);
    bool *seen = NR_NEW_N(arena, bool, s->n_fields);
    for (size_t i = 0; i < names->n; i++) {
        size_t cut = split(names->at[i]);
        fields[i] = nr_schema_need(s, (nr_slice){names->at[i].p, cut}, err);
        if (!fields[i]) return false;
        if (cut < names->at[i].n) return nr_fail(err, NR_E_SYNTAX, "FIELDS %s: transforms and joins are not available in this version", NR_SHOW(names->at[i]));
        if (seen[fields[i]->id]) return nr_fail(err, NR_E_SYNTAX, "FIELDS names '%.*s' twice", NR_FMT(fields[i]->name));
        seen[fields[i]->id] = true;
    }
    *out = fields;
    return true;
}

static bool bind_output(binder *b, const nr_ast *ast, nr_query *q)
{
    q->whole = !ast->has_fields;
    if (ast->has_fields) {
        if (!bind_fields(b->schema, &ast->fields, b->arena, &q->out, b->err)) return false;
        q->out_names = ast->fields.at;
        q->n_out = ast->fields.n;
    } else {
        const nr_field **fields = NR_NEW_N(b->arena, const nr_field *, b->schema->n_fields);
        nr_slice *names = NR_NEW_N(b->arena, nr_slice, b->schema->n_fields);
        for (size_t i = 0; i < b->schema->n_fields; i++) {
            fields[i] = &b->schema->fields[i];
            names[i] = fields[i]->name;
        }
        q->out = fields;
        q->out_names = names;
        q->n_out = b->schema->n_fields;
    }
    if (q->flat && (q->whole || q->n_out != 1)) return nr_fail(b->err, NR_E_SYNTAX, "FLAT needs FIELDS with exactly one field");
    return true;
}

bool nr_query_bind(const nr_ast *ast, nr_model *model, bool use_ordering, size_t max_memory, nr_arena *arena, nr_query *out, nr_err *err)
{
    binder b = {model->schema, max_memory, arena, err};
    *out = (nr_query){.model = model, .reverse = ast->reverse, .flat = ast->flat, .withcount = ast->withcount, .offset = ast->offset, .count = ast->count};
    out->where = bind_filters(&b, ast);
    if (!out->where || !bind_order(&b, ast, out)) return false;
    if (!ast->has_order && use_ordering) {
        out->order = model->schema->ordering;
        out->n_order = model->schema->n_ordering;
    }
    return bind_output(&b, ast, out);
}
