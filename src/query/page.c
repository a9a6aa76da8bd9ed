/* page.c -- tokens, and the predicate for what lies behind one: a key beyond its value, or equal to it and the next one beyond, and so on. */
#include "query/page.h"

#include "base/hash.h"
#include "query/join.h"

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

/* Blobs are in the order of their bytes, as sort keys are, though a filter has no lookup for that. */
static const nr_pred *bytes_leaf(nr_binder *b, const nr_term *t, const char *lookup, nr_slice value)
{
    nr_pred *p = NR_NEW(b->arena, nr_pred);
    nr_operand *operand = NR_NEW(b->arena, nr_operand);
    *operand = (nr_operand){{.kind = NR_V_TEXT, .s = value}, 0};
    *p = (nr_pred){.op = NR_P_LEAF,
                   .field = t->field,
                   .path = nr_path_of(t->field),
                   .lookup = nr_lookup_find(nr_slice_of(lookup)),
                   .args = {.at = operand, .n = 1},
                   .direct = true,
                   .scratch = b->arena,
                   .text = value};
    return p;
}

static const nr_pred *leaf(nr_binder *b, const nr_term *t, const char *lookup, nr_slice value)
{
    bool bytes = (t->spec.type->flags & NR_TF_BYTES) && strcmp(lookup, "isnull") != 0;
    if (bytes) return bytes_leaf(b, t, lookup, value);
    nr_buf path = nr_buf_in(b->arena);
    nr_term_print(t, &path);
    nr_slice whole = nr_join_lookup(b, nr_buf_slice(&path), nr_arena_printf(b->arena, "__%s", lookup).p);
    return whole.p ? nr_bind_leaf(b, &(nr_ast_pair){whole, value}) : NULL;
}

/* NULL, which is the lowest, lies behind everything in a descending order, and before everything else in an ascending one. */
static const nr_pred *beyond(nr_binder *b, const nr_term *t, bool descending, nr_slice text)
{
    if (!text.p) return descending ? node(b->arena, NR_P_OR, NULL, NULL) : leaf(b, t, "isnull", NR_S("false"));
    if (!descending) return leaf(b, t, "gt", text);
    const nr_pred *less = leaf(b, t, "lt", text);
    if (!less || !t->field->null) return less;
    return node(b->arena, NR_P_OR, less, leaf(b, t, "isnull", NR_S("true")));
}

static const nr_pred *equal(nr_binder *b, const nr_term *t, nr_slice text)
{
    return text.p ? leaf(b, t, "exact", text) : leaf(b, t, "isnull", NR_S("true"));
}

/* Beside the exact condition one on the first key, for an index to begin with. */
static const nr_pred *at_least(nr_binder *b, const nr_term *t, bool descending, nr_slice text)
{
    if (!text.p || (descending && t->field->null)) return NULL;
    return leaf(b, t, descending ? "lte" : "gte", text);
}

static bool bind_after(nr_binder *b, const nr_page *p, const nr_slice *texts, nr_query *q)
{
    const nr_pred *tree = NULL;
    for (size_t i = p->n; i-- > 0;) {
        const nr_pred *more = beyond(b, &p->keys[i], p->descending[i], texts[i]);
        const nr_pred *same = tree ? equal(b, &p->keys[i], texts[i]) : NULL;
        if (b->err->code) return false;
        tree = tree ? node(b->arena, NR_P_OR, more, node(b->arena, NR_P_AND, same, tree)) : more;
    }
    q->after = p->n > 1 ? node(b->arena, NR_P_AND, at_least(b, &p->keys[0], p->descending[0], texts[0]), tree) : tree;
    return !b->err->code;
}

/* -- binding ------------------------------------------------------------------------------------------------------------------------------ */

/* A page begins with a filter, where what stands behind a dict is one of its keys. */
static bool check_dict(const nr_term *t, nr_arena *arena, nr_err *err)
{
    nr_buf name = nr_buf_in(arena);
    if (!t->n_transforms || t->field->type->reply != NR_REPLY_MAP) return true;
    nr_term_print(t, &name);
    return nr_fail(err, NR_E_SYNTAX, "PAGE with an order by '%.*s', which is a key of the dict in filters; LIMIT goes with it", NR_FMT(nr_buf_slice(&name)));
}

static bool take_keys(nr_page *p, nr_query *q, nr_arena *arena, nr_err *err)
{
    bool pk = false;
    if (q->n_order >= NR_PAGE_KEYS) return nr_fail(err, NR_E_SYNTAX, "PAGE with more than %d sort keys", NR_PAGE_KEYS - 1);
    for (size_t i = 0; i < q->n_order && !pk; i++) {
        const nr_sort_key *k = &q->order[i];
        nr_term t = k->term ? *k->term : nr_term_of(k->field);
        bool joined = k->field->id >= nr_schema_values(q->model->schema);
        if (t.spec.type->flags & (joined ? NR_TF_CONTAINER | NR_TF_BYTES : NR_TF_CONTAINER))
            return nr_fail(err, NR_E_SYNTAX, "PAGE with an order by '%.*s', a field of type %s", NR_FMT(k->field->name), t.spec.type->name);
        if (!check_dict(&t, arena, err)) return false;
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
