/* bind_leaf.c -- paths and operands. */
#include "query/bind_leaf.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "query/subquery.h"
#include "types/container.h"
#include "types/doc_key.h"
#include "types/document.h"
#include "types/number.h"

/* A value of kind TEXT is its canonical text, and its document. */
static bool is_direct(const nr_pred *p)
{
    return nr_path_plain(&p->path) && (nr_lookup_form(p->lookup) == NR_FORM_VALUE || nr_path_spec(&p->path)->type->kind == NR_V_TEXT);
}

bool nr_bind_path(nr_binder *b, nr_slice path, bool whole, nr_path *out, const nr_lookup **lookup)
{
    static const char exact[] = "__exact";
    nr_binder inner = *b;
    if (whole) path = nr_arena_printf(b->arena, "%.*s%s", NR_FMT(path), exact);
    if (whole) inner.unwritten = sizeof exact - 1;
    size_t cut = nr_path_split(path);
    const nr_field *f = b->find ? b->find(&inner, path, &cut) : nr_schema_need(b->schema, (nr_slice){path.p, cut}, b->err);
    if (!f || !nr_field_has_spec(f, b->err)) return false;
    *out = nr_path_of(f);
    return nr_path_read(cut < path.n ? (nr_slice){path.p + cut + 2, path.n - cut - 2} : (nr_slice){NULL, 0}, out, lookup, b->arena, b->err);
}

static bool bind_path(nr_binder *b, nr_slice path, nr_pred *p)
{
    p->scratch = b->arena;
    if (!nr_bind_path(b, path, false, &p->path, &p->lookup)) return false;
    p->field = p->path.field;
    p->direct = is_direct(p);
    return true;
}

static nr_pred *leaf(nr_binder *b, nr_slice path)
{
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    p->op = NR_P_LEAF;
    return bind_path(b, path, p) ? p : NULL;
}

/* The path as it is named in errors. */
static const char *name_of(nr_binder *b, const nr_pred *p)
{
    nr_buf path = nr_buf_in(b->arena);
    nr_path_print(&p->path, &path);
    nr_slice text = nr_buf_slice(&path), name = b->as.p ? b->as : p->field->name;
    size_t own = p->field->name.n;
    return nr_arena_printf(b->arena, "%.*s%.*s%.*s", NR_FMT(b->before), NR_FMT(name), (int)(text.n - own), text.p + own).p;
}

/* What an operand has to be; NULL: a text. */
static const nr_spec *operand_spec(const nr_pred *p)
{
    if (p->lookup->takes == NR_LT_TEXT || p->lookup->takes == NR_LT_KEYS) return NULL;
    if (p->lookup->takes != NR_LT_LIST) return nr_path_spec(&p->path);
    const nr_field *of = nr_path_inner(&p->path)->of;
    return of ? &of->spec : &nr_spec_free;
}

static const char *expects(const nr_pred *p)
{
    const nr_spec *spec = operand_spec(p);
    return spec ? spec->type->expects : "text in valid UTF-8";
}

static bool is_free(const nr_spec *spec)
{
    return (spec->type->flags & NR_TF_CONTAINER) && spec->type->reply == NR_REPLY_STRING;
}

static bool operand_of(nr_binder *b, const nr_pred *p, nr_slice text, nr_operand *out)
{
    const nr_spec *spec = operand_spec(p);
    *out = (nr_operand){{.kind = NR_V_TEXT, .s = text}, 0};
    bool good = spec ? nr_spec_operand(spec, text, b->arena, out) : nr_utf8_valid(text);
    if (!good) return nr_fail(b->err, NR_E_BADVALUE, "field '%s' got %s, expected %s", name_of(b, p), NR_SHOW(text), expects(p));
    if (!spec || !is_free(spec)) return true;
    out->v.s = nr_doc_key_of(out->v.s, b->arena);
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
static bool operand_of_json(nr_binder *b, const nr_pred *p, const nr_json *j, const char *what, nr_operand *out)
{
    const nr_spec *spec = operand_spec(p);
    bool scalar = j->kind == NR_J_STRING || j->kind == NR_J_NUMBER;
    bool base64 = spec && j->kind == NR_J_STRING && (spec->type->flags & NR_TF_BYTES);
    nr_slice text = j->text;
    if (spec ? nr_spec_json_text(spec, j, b->arena, &text) : scalar) return operand_of(b, p, text, out);
    return nr_fail(b->err, NR_E_BADVALUE, "field '%s', lookup %s: %s is %s, expected %s", name_of(b, p), p->lookup->name, what, nr_json_kind_name(j),
                   base64 ? "base64" : expects(p));
}

static bool bind_items(nr_binder *b, nr_pred *p, const nr_json *j)
{
    nr_lookup_arg arg = p->lookup->arg;
    if (arg == NR_ARG_PAIR && j->n != 2)
        return nr_fail(b->err, NR_E_BADVALUE, "field '%s', lookup %s got an array of %zu, expected a JSON array of two", name_of(b, p),
                       p->lookup->name, j->n);
    const nr_spec *spec = operand_spec(p);
    bool takes_null = spec && is_free(spec); /* null is a value of JSON */
    nr_operand *at = NR_NEW_N(b->arena, nr_operand, j->n);
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (j->items[i].kind == NR_J_NULL && arg == NR_ARG_LIST && !takes_null) continue;
        if (!operand_of_json(b, p, &j->items[i], "an item of the array", &at[n++])) return false;
    }
    p->args = (nr_args){.at = at, .n = arg == NR_ARG_LIST ? sort_operands(at, n) : n};
    return true;
}

static bool not_an_array(nr_binder *b, const nr_pred *p)
{
    return nr_fail(b->err, NR_E_BADVALUE, "field '%s', lookup %s got %s, expected a JSON array", name_of(b, p), p->lookup->name, NR_SHOW(p->text));
}

static bool bind_list(nr_binder *b, nr_pred *p)
{
    nr_err inner = {0};
    size_t left = b->arena->held < b->with.max_memory ? b->with.max_memory - b->arena->held : 0;
    const nr_json *j = nr_json_parse(p->text, left / NR_JSON_SPREAD, b->arena, &inner);
    if (!j && inner.code == NR_E_LIMIT) return nr_fail(b->err, inner.code, "%s", inner.msg);
    return j && j->kind == NR_J_ARRAY ? bind_items(b, p, j) : not_an_array(b, p);
}

static bool bind_one(nr_binder *b, nr_pred *p, nr_operand o)
{
    nr_operand *at = NR_NEW(b->arena, nr_operand);
    *at = o;
    p->args = (nr_args){.at = at, .n = 1};
    return true;
}

static bool bind_truth(nr_binder *b, nr_pred *p, nr_slice value)
{
    bool yes = nr_slice_caseis(value, "true") || nr_slice_is(value, "1");
    if (!yes && !nr_slice_caseis(value, "false") && !nr_slice_is(value, "0"))
        return nr_fail(b->err, NR_E_BADVALUE, "field '%s', lookup %s got %s, expected true, false, 1 or 0", name_of(b, p), p->lookup->name,
                       NR_SHOW(value));
    return bind_one(b, p, (nr_operand){{.kind = NR_V_INT, .i = yes}, 0});
}

/* What every leaf goes through at last. */
static const nr_pred *finish(nr_binder *b, nr_pred *p, bool ok)
{
    if (ok && p->lookup->prepare) {
        nr_ready_for *with = NR_NEW(b->arena, nr_ready_for);
        *with = (nr_ready_for){b->arena, b->err, &p->path, b->with.deadline_us, b->with.patterns, b->with.matchers};
        ok = p->lookup->prepare(&p->args, with);
    }
    if (ok && b->arena->held > b->with.max_memory)
        ok = nr_fail(b->err, NR_E_LIMIT, "the command needs more than %zu bytes of memory (nonrel.max-memory); send fewer operands",
                     b->with.max_memory);
    return ok ? p : NULL;
}

static bool is_exact(const nr_pred *p)
{
    return nr_slice_is(NR_S("exact"), p->lookup->name);
}

/* The null of JSON, where it is a value. */
static bool bind_json_null(nr_binder *b, nr_pred *p)
{
    size_t exact = 0;
    p->lookup = nr_lookup_next(&exact);
    nr_path_set_free(&p->path);
    p->direct = is_direct(p);
    return bind_one(b, p, (nr_operand){{.kind = NR_V_TEXT, .s = NR_DOC_KEY_NULL}, 0});
}

static const nr_pred *bind_text(nr_binder *b, const nr_ast_pair *pair)
{
    nr_pred *p = leaf(b, pair->path);
    nr_operand one;
    bool ok = false;
    if (!p) return NULL;
    p->text = pair->value;
    const nr_field *value = nr_path_dict_value(&p->path);
    if (value && value->null && is_exact(p) && nr_slice_is(pair->value, "null")) return finish(b, p, bind_json_null(b, p));
    switch (p->lookup->arg) {
    case NR_ARG_ONE: ok = operand_of(b, p, pair->value, &one) && bind_one(b, p, one); break;
    case NR_ARG_TRUTH: ok = bind_truth(b, p, pair->value); break;
    case NR_ARG_LIST:
    case NR_ARG_PAIR: ok = bind_list(b, p); break;
    }
    return finish(b, p, ok);
}

const nr_pred *nr_bind_leaf(nr_binder *b, const nr_ast_pair *pair)
{
    nr_route route;
    nr_ast_pair inner = *pair;
    if (!nr_join_read(b, &inner.path, &route)) return NULL;
    return nr_join_wrap(&route, bind_text(&route.binder, &inner));
}

/* Takes back that what is asked is asked of each element: a list itself is NULL or not. */
static void ask_the_whole(nr_path *path)
{
    bool each = path->n_steps && path->steps[path->n_steps - 1].each;
    if (!each) return;
    path->n_steps--;
    path->many = false;
    for (size_t i = 0; i < path->n_steps; i++) path->many = path->many || path->steps[i].each;
}

/* null: exact and iexact are isnull then; no other lookup takes it. */
static bool bind_null(nr_binder *b, nr_pred *p)
{
    bool equal = is_exact(p) || nr_slice_is(NR_S("iexact"), p->lookup->name);
    if (equal && (p->path.free || nr_path_dict_value(&p->path))) return bind_json_null(b, p);
    if (!equal)
        return nr_fail(b->err, NR_E_BADVALUE, "field '%s', lookup %s got null; exact takes null, or use isnull", name_of(b, p), p->lookup->name);
    p->lookup = nr_lookup_find(NR_S("isnull"));
    if (!p->path.n_transforms) ask_the_whole(&p->path);
    p->direct = is_direct(p);
    return bind_one(b, p, (nr_operand){{.kind = NR_V_INT, .i = 1}, 0});
}

static bool bind_json_one(nr_binder *b, nr_pred *p, const nr_json *value)
{
    nr_operand one;
    return operand_of_json(b, p, value, "its value", &one) && bind_one(b, p, one);
}

static const nr_pred *bind_json(nr_binder *b, nr_slice path, const nr_json *value)
{
    nr_pred *p = leaf(b, path);
    if (!p) return NULL;
    nr_buf text = nr_buf_in(b->arena);
    nr_json_print(value, &text);
    p->text = value->kind == NR_J_STRING ? value->text : nr_buf_slice(&text);
    bool list = p->lookup->arg == NR_ARG_LIST || p->lookup->arg == NR_ARG_PAIR;
    bool scalar = value->kind != NR_J_ARRAY && value->kind != NR_J_OBJECT, ok;
    if (value->kind == NR_J_NULL) ok = bind_null(b, p);
    else if (list) ok = value->kind == NR_J_ARRAY ? bind_items(b, p, value) : not_an_array(b, p);
    else if (p->lookup->arg == NR_ARG_TRUTH) ok = bind_truth(b, p, scalar ? p->text : NR_S(""));
    else ok = bind_json_one(b, p, value);
    return finish(b, p, ok);
}

const nr_pred *nr_bind_json_leaf(nr_binder *b, nr_slice path, const nr_json *value)
{
    nr_route route;
    if (!nr_join_read(b, &path, &route)) return NULL;
    return nr_join_wrap(&route, bind_json(&route.binder, path, value));
}

/* -- what a query gives ------------------------------------------------------------------------------------------------------------------- */

static bool suits(nr_binder *b, const nr_pred *p, const nr_subquery *s)
{
    const nr_spec text = {.type = nr_type_find(NR_S("text"))}, *spec = operand_spec(p) ? operand_spec(p) : &text;
    if (is_free(spec) || nr_spec_comparable(spec, &s->term.spec)) return true;
    nr_buf term = nr_buf_in(b->arena);
    nr_term_print(&s->term, &term);
    return nr_fail(b->err, NR_E_BADVALUE, "field '%s' of type %s cannot be compared with %.*s of %.*s, which is of type %s", name_of(b, p), spec->type->name,
                   NR_FMT(nr_buf_slice(&term)), NR_FMT(s->model->schema->name), s->term.spec.type->name);
}

/* A query without a path gives primary keys, but to a reference what it holds of that model. */
static bool imply_path(nr_binder *b, const nr_pred *p, nr_subquery *s)
{
    const nr_field *f = p->field;
    bool held = s->implied && nr_path_plain(&p->path) && (f->type->flags & NR_TF_RELATION) && nr_slice_eq(f->to, s->model->schema->name);
    return !held || nr_term_bind(s->model->schema, nr_field_held(f, s->model->schema)->name, "FIELDS", b->arena, &s->term, b->err);
}

static const nr_pred *bind_query(nr_binder *b, nr_slice path, nr_subquery *s, nr_slice text)
{
    nr_pred *p = leaf(b, path);
    if (!p || !imply_path(b, p, s)) return NULL;
    p->op = NR_P_QUERY;
    p->subquery = s;
    p->text = text;
    s->outer = *b;
    if (p->lookup->arg == NR_ARG_LIST) return suits(b, p, s) ? p : NULL;
    nr_fail(b->err, NR_E_SYNTAX, "field '%s', lookup %s takes no query; in does", name_of(b, p), p->lookup->name);
    return NULL;
}

const nr_pred *nr_bind_query_leaf(nr_binder *b, nr_slice path, nr_subquery *s, nr_slice text)
{
    nr_route route;
    if (!nr_join_read(b, &path, &route)) return NULL;
    return nr_join_wrap(&route, bind_query(&route.binder, path, s, text));
}

/* A number as an integer is written; absent: it is none, or far too great. */
static nr_slice whole_text(nr_slice number, nr_arena *arena)
{
    enum { MOST_ZEROS = 20 };
    nr_number n;
    nr_buf out = nr_buf_in(arena);
    if (!nr_number_read(number, &n) || (n.count && (n.scale < 0 || n.scale > MOST_ZEROS))) return (nr_slice){NULL, 0};
    if (n.negative) nr_buf_byte(&out, '-');
    for (size_t i = 0; i < n.count; i++) nr_buf_byte(&out, (unsigned char)('0' + nr_number_digit(&n, i)));
    for (int64_t i = 0; i < (n.count ? n.scale : 1); i++) nr_buf_byte(&out, '0');
    return nr_buf_slice(&out);
}

/* A value of one spec as an operand of another. False: it can't be one, so nothing is equal to it. */
static bool convert(nr_binder *b, const nr_pred *p, const nr_spec *from, const nr_value *v, nr_operand *out)
{
    const nr_spec *to = operand_spec(p);
    nr_err none = {0};
    nr_binder quiet = *b;
    *out = (nr_operand){*v, 0};
    if (to && to->type == from->type && to->places == from->places) return true;
    nr_slice text = nr_type_text(from, v, b->arena);
    if (to && is_free(to)) {
        nr_buf json = nr_buf_in(b->arena);
        nr_part_print(from, v, &json);
        text = nr_buf_slice(&json);
    }
    if (to && to->type->kind == NR_V_INT && from->type->kind != NR_V_INT) text = whole_text(text, b->arena);
    quiet.err = &none;
    return text.p && operand_of(&quiet, p, text, out);
}

const nr_pred *nr_bind_query_values(const nr_pred *p, const nr_value *values, size_t n)
{
    const nr_subquery *s = p->subquery;
    nr_binder b = s->outer;
    nr_pred *out = NR_NEW(b.arena, nr_pred);
    nr_operand *at = NR_NEW_N(b.arena, nr_operand, n);
    size_t kept = 0;
    *out = *p;
    out->op = NR_P_LEAF;
    for (size_t i = 0; i < n; i++) kept += convert(&b, p, &s->term.spec, &values[i], &at[kept]);
    out->args = (nr_args){.at = at, .n = sort_operands(at, kept)};
    return finish(&b, out, true);
}
