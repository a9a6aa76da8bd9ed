/* page.c -- tokens, and the predicate for what lies behind one: a key beyond its value, or equal to it and the next one beyond, and so on. */
#include "query/page.h"

#include "base/hash.h"
#include "query/join.h"
#include "query/lookups.h"
#include "types/doc_key.h"

enum { DIGEST = 32, LENGTH = 4 };
static const uint32_t NONE = UINT32_MAX; /* the length of NULL */

/* -- tokens ------------------------------------------------------------------------------------------------------------------------------- */

static void add_length(uint32_t n, nr_buf *out)
{
    for (int i = 0; i < LENGTH; i++) nr_buf_byte(out, (unsigned char)(n >> (8 * i)));
}

static void add_text(nr_slice text, nr_buf *out)
{
    add_length(text.p ? (uint32_t)text.n : NONE, out);
    if (text.p) nr_buf_add(out, text);
}

static bool take_text(nr_slice *from, nr_slice *text)
{
    if (from->n < LENGTH) return false;
    uint32_t n = 0;
    for (int i = 0; i < LENGTH; i++) n |= (uint32_t)(unsigned char)from->p[i] << (8 * i);
    *from = (nr_slice){from->p + LENGTH, from->n - LENGTH};
    *text = (nr_slice){NULL, 0};
    if (n == NONE) return true;
    if (n > from->n) return false;
    *text = (nr_slice){from->p, n};
    *from = (nr_slice){from->p + n, from->n - n};
    return true;
}

static void digest(const nr_page *p, nr_slice values, nr_arena *arena, char out[DIGEST])
{
    nr_buf all = nr_buf_in(arena);
    nr_buf_add(&all, p->identity);
    nr_buf_add(&all, values);
    nr_hash_digest(nr_buf_slice(&all), out);
}

nr_slice nr_page_token(const nr_page *p, const nr_value *keys, nr_arena *arena)
{
    nr_buf values = nr_buf_in(arena), plain = nr_buf_in(arena), token = nr_buf_in(arena);
    char mark[DIGEST];
    for (size_t i = 0; i < p->n; i++)
        add_text(keys[i].kind == NR_V_NULL ? (nr_slice){NULL, 0} : nr_type_text(&p->keys[i].spec, &keys[i], arena), &values);
    digest(p, nr_buf_slice(&values), arena, mark);
    nr_buf_add(&plain, (nr_slice){mark, DIGEST});
    nr_buf_add(&plain, nr_buf_slice(&values));
    nr_base64_encode(nr_buf_slice(&plain), &token);
    return nr_buf_slice(&token);
}

static bool bad_token(nr_err *err, nr_slice token)
{
    return nr_fail(err, NR_E_CURSOR,
                   "AFTER %s: this is no token of this query; a token is what the last page replied, with the same filters and order",
                   NR_SHOW(token));
}

static bool read_token(const nr_page *p, nr_slice token, nr_arena *arena, nr_slice *texts)
{
    nr_buf plain = nr_buf_in(arena);
    char mark[DIGEST];
    if (!nr_base64_decode(token, &plain) || plain.n < DIGEST) return false;
    nr_slice rest = {plain.p + DIGEST, plain.n - DIGEST};
    digest(p, rest, arena, mark);
    if (memcmp(mark, plain.p, DIGEST) != 0) return false;
    for (size_t i = 0; i < p->n; i++)
        if (!take_text(&rest, &texts[i])) return false;
    return rest.n == 0;
}

/* -- what lies behind --------------------------------------------------------------------------------------------------------------------- */

static const nr_pred *node(nr_arena *arena, nr_pred_op op, const nr_pred *a, const nr_pred *b)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    const nr_pred **kids = NR_NEW_N(arena, const nr_pred *, 2);
    size_t n = 0;
    if (a) kids[n++] = a;
    if (b) kids[n++] = b;
    *p = (nr_pred){.op = op, .kids = kids, .n = n};
    return p;
}

static bool is_joined(const nr_query *q, const nr_term *t)
{
    return t->path.field->id >= nr_schema_values(q->model->schema);
}

/* A lookup of the term's values as they are sorted. A filter would not have it on all of them: blobs have the order of their bytes there, and values of free JSON one
 * of all kinds. */
static const nr_pred *leaf(nr_binder *b, const nr_query *q, const nr_term *t, const nr_lookup *lookup, const nr_operand *operand, nr_slice text)
{
    const nr_joined *joined = is_joined(q, t) ? q->joined.at[t->path.field->id - nr_schema_values(q->model->schema)] : NULL;
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    *p = (nr_pred){.op = NR_P_LEAF,
                   .path = t->path,
                   .lookup = lookup,
                   .args = {.at = operand, .n = 1},
                   .scratch = b->arena,
                   .text = text};
    if (joined) p->path.field = joined->of;
    p->field = p->path.field;
    p->direct = nr_path_plain(&p->path);
    return joined ? nr_join_along(b->arena, joined->links, joined->n_links, p) : p;
}

static const nr_pred *null_leaf(nr_binder *b, const nr_query *q, const nr_term *t, bool null)
{
    nr_operand *o = NR_NEW(b->arena, nr_operand);
    *o = (nr_operand){.v = {.kind = NR_V_INT, .i = null}};
    return leaf(b, q, t, nr_lookup_find(NR_S("isnull")), o, null ? NR_S("true") : NR_S("false"));
}

/* text: canonical, of a value; a token that somebody made may have another one. */
static const nr_pred *value_leaf(nr_binder *b, const nr_query *q, const nr_term *t, const nr_lookup *lookup, nr_slice text)
{
    nr_operand *o = NR_NEW(b->arena, nr_operand);
    if (!nr_spec_operand(&t->spec, text, b->arena, o)) {
        nr_fail(b->err, NR_E_BADVALUE, "%s is no value of type %s", NR_SHOW(text), t->spec.type->name);
        return NULL;
    }
    if (nr_term_free(t)) o->v.s = nr_doc_key_of(o->v.s, b->arena);
    return leaf(b, q, t, lookup, o, text);
}

/* NULL, which is the lowest, lies behind everything in a descending order, and before everything else in an ascending one. */
static const nr_pred *beyond(nr_binder *b, const nr_query *q, const nr_term *t, bool descending, nr_slice text)
{
    if (!text.p) return descending ? node(b->arena, NR_P_OR, NULL, NULL) : null_leaf(b, q, t, false);
    if (!descending) return value_leaf(b, q, t, nr_lookup_find(NR_S("gt")), text);
    const nr_pred *less = value_leaf(b, q, t, nr_lookup_find(NR_S("lt")), text);
    if (!less || !nr_term_null(t)) return less;
    return node(b->arena, NR_P_OR, less, null_leaf(b, q, t, true));
}

static const nr_pred *equal(nr_binder *b, const nr_query *q, const nr_term *t, nr_slice text)
{
    return text.p ? value_leaf(b, q, t, nr_lookup_find(NR_S("exact")), text) : null_leaf(b, q, t, true);
}

/* Beside the exact condition one on the first key, for an index to begin with. */
static const nr_pred *at_least(nr_binder *b, const nr_query *q, const nr_term *t, bool descending, nr_slice text)
{
    const nr_lookup *lookup = nr_lookup_find(descending ? NR_S("lte") : NR_S("gte"));
    if (descending && nr_term_null(t)) lookup = is_joined(q, t) ? NULL : &nr_lookup_not_above;
    return text.p && lookup ? value_leaf(b, q, t, lookup, text) : NULL;
}

static bool bind_after(nr_binder *b, const nr_page *p, const nr_slice *texts, nr_query *q)
{
    const nr_pred *tree = NULL;
    for (size_t i = p->n; i-- > 0;) {
        const nr_pred *more = beyond(b, q, &p->keys[i], p->descending[i], texts[i]);
        const nr_pred *same = tree ? equal(b, q, &p->keys[i], texts[i]) : NULL;
        if (b->err->code) return false;
        tree = tree ? node(b->arena, NR_P_OR, more, node(b->arena, NR_P_AND, same, tree)) : more;
    }
    q->after = p->n > 1 ? node(b->arena, NR_P_AND, at_least(b, q, &p->keys[0], p->descending[0], texts[0]), tree) : tree;
    return !b->err->code;
}

/* -- binding ------------------------------------------------------------------------------------------------------------------------------ */

/* A container as a whole has no order. */
static bool check_key(const nr_term *t, nr_arena *arena, nr_err *err)
{
    nr_buf name = nr_buf_in(arena);
    if (!(t->spec.type->flags & NR_TF_CONTAINER) || nr_term_free(t)) return true;
    nr_term_print(t, &name);
    return nr_fail(err, NR_E_SYNTAX, "PAGE with an order by '%.*s', a field of type %s", NR_FMT(nr_buf_slice(&name)), t->spec.type->name);
}

static bool take_keys(nr_page *p, nr_query *q, nr_arena *arena, nr_err *err)
{
    bool pk = false;
    if (q->n_order >= NR_PAGE_KEYS) return nr_fail(err, NR_E_SYNTAX, "PAGE with more than %d sort keys", NR_PAGE_KEYS - 1);
    for (size_t i = 0; i < q->n_order && !pk; i++) {
        const nr_sort_key *k = &q->order[i];
        nr_term t = k->term ? *k->term : nr_term_of(k->field);
        if (!check_key(&t, arena, err)) return false;
        pk = k->field->id == 0 && nr_term_plain(&t);
        p->descending[p->n] = k->descending != q->reverse;
        p->keys[p->n++] = t;
    }
    if (!pk) p->descending[p->n] = q->reverse;
    if (!pk) p->keys[p->n++] = nr_term_of(nr_schema_pk(q->model->schema));
    if (q->n_order) return true;
    nr_sort_key *by_pk = NR_NEW(arena, nr_sort_key);
    *by_pk = (nr_sort_key){.field = nr_schema_pk(q->model->schema)};
    q->order = by_pk;
    q->n_order = 1;
    return true;
}

static void identify(nr_page *p, const nr_ast *ast, const nr_query *q, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    add_text(q->model->schema->name, &b);
    for (size_t i = 0; i < ast->asked.n; i++) add_text(ast->asked.at[i], &b);
    for (size_t i = 0; i < p->n; i++) {
        nr_buf_byte(&b, p->descending[i] ? '-' : '+');
        nr_term_print(&p->keys[i], &b);
    }
    p->identity = nr_buf_slice(&b);
}

bool nr_page_bind(const nr_ast *ast, const nr_bind_with *with, nr_arena *arena, nr_query *q, nr_page *out, nr_err *err)
{
    nr_err inner = {0};
    nr_binder b = {.schema = q->model->schema, .with = *with, .arena = arena, .err = &inner};
    nr_slice texts[NR_PAGE_KEYS];
    *out = (nr_page){0};
    if (ast->has_limit) return nr_fail(err, NR_E_SYNTAX, "PAGE and LIMIT exclude each other");
    if (q->random) return nr_fail(err, NR_E_SYNTAX, "PAGE needs an order, and ORDER ? is none");
    if (!take_keys(out, q, arena, err)) return false;
    identify(out, ast, q, arena);
    nr_query_add_columns(q, out->keys, out->n, arena);
    q->count = ast->page + 1;
    if (!ast->after.p) return true;
    if (!read_token(out, ast->after, arena, texts) || !bind_after(&b, out, texts, q)) return bad_token(err, ast->after);
    return true;
}
