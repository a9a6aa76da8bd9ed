/* grouping.c -- binding of GROUPBY, functions and their order; of FIELDS and ORDER with DISTINCT. */
#include "query/grouping.h"

#include "query/where.h"

typedef struct builder {
    const nr_ast *ast;
    const nr_schema *schema;
    const nr_bind_with *with;
    nr_arena *arena;
    nr_err *err;
    NR_VEC(nr_term) keys;
    NR_VEC(nr_measure) measures;
    nr_slices names;
    NR_VEC(nr_spec) specs;
    NR_VEC(nr_group_order) order;
    nr_joineds joined;
    nr_pairings pairings;
} builder;

static nr_binder binder_of(const builder *b, nr_err *err)
{
    return (nr_binder){.schema = b->schema, .with = *b->with, .arena = b->arena, .err = err};
}

static bool bind_term(builder *b, nr_slice name, const char *clause, nr_term *out)
{
    nr_binder binder = binder_of(b, b->err);
    return nr_joined_term(&binder, name, clause, &b->joined, b->ast->distinct ? NULL : &b->pairings, out);
}

static bool add_column(builder *b, nr_slice name, const nr_spec *spec)
{
    if (b->names.n == NR_FIELDS_MAX) return nr_fail(b->err, NR_E_LIMIT, "there are more than %d columns", NR_FIELDS_MAX);
    for (size_t i = 0; i < b->names.n; i++)
        if (nr_slice_eq(b->names.at[i], name)) return nr_fail(b->err, NR_E_SYNTAX, "two columns are named %s; AS gives another name", NR_SHOW(name));
    nr_vec_push(b->arena, &b->names, name);
    nr_vec_push(b->arena, &b->specs, *spec);
    return true;
}

static bool add_keys(builder *b, const nr_slices *names, const char *clause)
{
    for (size_t i = 0; i < names->n; i++) {
        nr_term t;
        if (!bind_term(b, names->at[i], clause, &t)) return false;
        for (size_t k = 0; k < b->keys.n; k++)
            if (nr_term_eq(&t, &b->keys.at[k])) return nr_fail(b->err, NR_E_SYNTAX, "%s names %s twice", clause, NR_SHOW(names->at[i]));
        nr_vec_push(b->arena, &b->keys, t);
        if (!add_column(b, names->at[i], &t.spec)) return false;
    }
    return true;
}

/* "views__sum"; of the rows themselves "count". */
static nr_slice default_name(builder *b, const nr_ast_call *call)
{
    nr_buf name = nr_buf_in(b->arena);
    if (!nr_slice_is(call->field, "*")) nr_buf_printf(&name, "%.*s__", NR_FMT(call->field));
    for (const char *p = call->function->name; *p; p++) nr_buf_byte(&name, (unsigned char)(*p + ('a' - 'A')));
    return nr_buf_slice(&name);
}

static bool is_name(nr_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9')) return false;
    }
    return s.n > 0 && s.n <= NR_FIELD_NAME_MAX;
}

static bool bind_when(builder *b, const nr_ast_where *when, const nr_pred **out)
{
    nr_binder binder = binder_of(b, b->err);
    return !when->word || (*out = nr_pairings_bind(&binder, nr_where_bind(&binder, when), &b->pairings)) != NULL;
}

static bool add_measure(builder *b, const nr_ast_call *call)
{
    const nr_aggregate *f = call->function;
    nr_measure m = {.function = f, .star = nr_slice_is(call->field, "*")};
    if (m.star && !f->star) return nr_fail(b->err, NR_E_SYNTAX, "%s needs a field; only COUNT takes *", f->name);
    if (!m.star && !bind_term(b, call->field, f->name, &m.term)) return false;
    const nr_field *of = m.star ? NULL : nr_term_declared(&m.term);
    bool relation = of && (of->type->flags & NR_TF_RELATION);
    if (!m.star && (!f->takes(m.term.spec.type) || (relation && !f->takes(of->type))))
        return nr_fail(b->err, NR_E_BADVALUE, "%s %s: the field is of type %s, expected %s", f->name, NR_SHOW(call->field),
                       relation ? of->type->name : m.term.spec.type->name, f->wants);
    if (call->as.p && !is_name(call->as))
        return nr_fail(b->err, NR_E_BADVALUE, "AS %s: expected letters, digits and underscores, not a digit first, at most %d of them",
                       NR_SHOW(call->as), NR_FIELD_NAME_MAX);
    if (!bind_when(b, &call->when, &m.when)) return false;
    nr_spec spec = f->gives(&m.term.spec);
    nr_vec_push(b->arena, &b->measures, m);
    return add_column(b, call->as.p ? call->as : default_name(b, call), &spec);
}

static bool no_column(const builder *b, const char *clause, nr_slice name, nr_err *err)
{
    nr_hint hint;
    nr_hint_begin(&hint, name);
    for (size_t i = 0; i < b->names.n; i++) nr_hint_offer(&hint, b->names.at[i]);
    return nr_fail(err, NR_E_NOFIELD, "%s: no column %s in the groups; %s", clause, NR_SHOW(name), nr_hint_text(&hint, "there are"));
}

/* A column by its name, or a key by what it means. */
static bool find_column(const builder *b, nr_slice name, size_t *at)
{
    nr_err no = {0};
    nr_term t;
    for (*at = 0; *at < b->names.n; ++*at)
        if (nr_slice_eq(b->names.at[*at], name)) return true;
    nr_binder binder = binder_of(b, &no);
    nr_joineds joined = b->joined;
    nr_pairings pairings = b->pairings;
    if (!nr_joined_term(&binder, name, "ORDER", &joined, &pairings, &t)) return false;
    for (*at = 0; *at < b->keys.n; ++*at)
        if (nr_term_eq(&t, &b->keys.at[*at])) return true;
    return false;
}

static bool add_order(builder *b)
{
    for (size_t i = 0; i < b->ast->order.n; i++) {
        nr_slice name = b->ast->order.at[i];
        nr_group_order o = {.descending = name.n && name.p[0] == '-'};
        if (nr_slice_is(name, "?")) return nr_fail(b->err, NR_E_SYNTAX, "ORDER ? is for QUERY without DISTINCT");
        if (o.descending) name = (nr_slice){name.p + 1, name.n - 1};
        if (!find_column(b, name, &o.column)) return no_column(b, "ORDER", name, b->err);
        nr_vec_push(b->arena, &b->order, o);
    }
    return true;
}

/* -- HAVING ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct columns {
    const builder *b;
    const nr_field *fields;
} columns;

/* The longest beginning of the path that is a column: names of columns have "__" in them. */
static const nr_field *column_find(const nr_binder *binder, nr_slice path, size_t *cut)
{
    const columns *c = binder->names;
    size_t at;
    for (*cut = path.n - binder->unwritten; *cut; --*cut) {
        bool part = *cut == path.n || nr_slice_starts((nr_slice){path.p + *cut, path.n - *cut}, NR_S("__"));
        if (part && find_column(c->b, (nr_slice){path.p, *cut}, &at)) return &c->fields[at];
    }
    no_column(c->b, "HAVING", (nr_slice){path.p, nr_path_split(path)}, binder->err);
    return NULL;
}

/* A key that is a field, or one inside of a field, is that field, elsewhere; one that is a relation is its target's primary key. */
static nr_field column_field(const builder *b, size_t at)
{
    const nr_term *key = at < b->keys.n ? &b->keys.at[at] : NULL;
    const nr_field *of = key ? nr_term_declared(key) : NULL;
    nr_field f = of ? *of : (nr_field){0};
    f.name = b->names.at[at];
    f.id = (uint16_t)at;
    f.spec = b->specs.at[at];
    if (!of || (f.type->flags & NR_TF_RELATION)) f.type = f.spec.type;
    f.null = true;
    return f;
}

static bool bind_having(builder *b, const nr_pred **out)
{
    nr_field *fields = NR_NEW_N(b->arena, nr_field, b->names.n);
    columns c = {b, fields};
    nr_binder binder = {.schema = b->schema, .with = *b->with, .arena = b->arena, .err = b->err, .find = column_find, .names = &c};
    *out = NULL;
    if (!b->ast->having.word) return true;
    for (size_t i = 0; i < b->names.n; i++) fields[i] = column_field(b, i);
    return (*out = nr_where_bind(&binder, &b->ast->having)) != NULL;
}

/* ----------------------------------------------------------------------------------------------------------------------------------------- */

static bool bind_filters(builder *b, nr_model *model, nr_query *q)
{
    nr_ast filters = *b->ast;
    filters.order = filters.fields = filters.with = filters.prefetch = (nr_slices){0};
    filters.has_order = filters.has_fields = filters.flat = false;
    filters.groups = NR_CL_FILTERS;
    return nr_query_bind(&filters, model, false, b->with, b->arena, q, b->err);
}

static void set_output(builder *b, const nr_grouping *g, nr_query *q)
{
    bool *want = NR_NEW_N(b->arena, bool, nr_schema_values(b->schema) + b->joined.n);
    const nr_field **out = NR_NEW_N(b->arena, const nr_field *, b->schema->n_fields);
    nr_grouping_fields(g, want);
    q->n_out = 0;
    for (size_t i = 0; i < b->schema->n_fields; i++)
        if (want[i]) out[q->n_out++] = &b->schema->fields[i];
    q->joined = b->joined;
    q->pairings = b->pairings;
    q->out = out;
    q->whole = q->reverse = false;
    q->offset = 0;
    q->count = -1;
}

bool nr_grouping_bind(const nr_ast *ast, nr_model *model, const nr_bind_with *with, nr_arena *arena, nr_query *q, nr_grouping *out, nr_err *err)
{
    builder b = {.ast = ast, .schema = model->schema, .with = with, .arena = arena, .err = err};
    const nr_pred *having;
    if (!bind_filters(&b, model, q)) return false;
    if (ast->page) return nr_fail(err, NR_E_SYNTAX, "PAGE and DISTINCT exclude each other; DISTINCT takes LIMIT");
    if (ast->distinct && !ast->has_fields) return nr_fail(err, NR_E_SYNTAX, "DISTINCT needs FIELDS");
    if (ast->with.n || ast->prefetch.n)
        return nr_fail(err, NR_E_SYNTAX, "%s and DISTINCT exclude each other; a join in FIELDS gives values of other models", ast->with.n ? "WITH" : "PREFETCH");
    if (!ast->distinct && !ast->calls.n) return nr_fail(err, NR_E_SYNTAX, "AGGREGATE needs at least one function, such as COUNT *");
    if (!add_keys(&b, ast->distinct ? &ast->fields : &ast->group, ast->distinct ? "FIELDS" : "GROUPBY")) return false;
    for (size_t i = 0; i < ast->calls.n; i++)
        if (!add_measure(&b, &ast->calls.at[i])) return false;
    if (!add_order(&b) || !bind_having(&b, &having)) return false;
    if (ast->flat && b.keys.n != 1) return nr_fail(err, NR_E_SYNTAX, "FLAT needs FIELDS with exactly one field");
    *out = (nr_grouping){.keys = b.keys.at,
                         .n_keys = b.keys.n,
                         .measures = b.measures.at,
                         .n_measures = b.measures.n,
                         .one = !ast->distinct && !ast->has_group,
                         .names = b.names.at,
                         .specs = b.specs.at,
                         .order = b.order.at,
                         .n_order = b.order.n,
                         .reverse = ast->reverse,
                         .having = having,
                         .offset = ast->offset,
                         .count = ast->count};
    set_output(&b, out, q);
    q->flat = ast->flat;
    return true;
}

void nr_grouping_fields(const nr_grouping *g, bool *want)
{
    for (size_t i = 0; i < g->n_keys; i++) want[g->keys[i].path.field->id] = true;
    for (size_t i = 0; i < g->n_measures; i++) {
        if (!g->measures[i].star) want[g->measures[i].term.path.field->id] = true;
        if (g->measures[i].when) nr_pred_fields(g->measures[i].when, want);
    }
}
