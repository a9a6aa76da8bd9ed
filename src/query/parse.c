/* parse.c -- arguments to AST: the table of clauses, and a cursor over the arguments.
 *
 * Where only a clause can stand its case does not matter; inside a list a word ends the list only in capitals, so that `order` can be a
 * field. Values are never read as words. */
#include "query/ast.h"

#include "base/buf.h"

typedef struct nr_clause_parser {
    const nr_slice *argv;
    size_t argc, at;
    const nr_clause *clause; /* the one being parsed */
    bool in_call;            /* inside a function of AGGREGATE */
    unsigned groups;
    nr_arena *arena;
    nr_err *err;
} parser;

static bool done(const parser *p)
{
    return p->at == p->argc;
}

/* But for case; most clauses are passed by for it. */
static bool begins_alike(nr_slice word, const char *clause)
{
    return word.n && ((word.p[0] ^ clause[0]) & ~0x20) == 0;
}

static const nr_clause *clause_find(nr_slice word, bool any_case)
{
    for (const nr_clause *c = nr_clauses; c->word; c++)
        if (begins_alike(word, c->word) && (any_case ? nr_slice_caseis(word, c->word) : nr_slice_is(word, c->word))) return c;
    return NULL;
}

/* True while the list goes on: there is an argument and it is no clause word in capitals. */
static bool in_list(const parser *p)
{
    return !done(p) && !clause_find(p->argv[p->at], false) && !nr_aggregate_find(p->argv[p->at], false);
}

bool nr_parse_int64(nr_slice s, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    size_t i = minus;
    if (i == s.n || s.n - i > 19) return false;
    uint64_t u = 0;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        u = u * 10 + (uint64_t)(s.p[i] - '0');
    }
    if (u > (uint64_t)INT64_MAX + minus) return false;
    *out = minus ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

/* The next two arguments; what: "a lookup". */
static bool take_pair(parser *p, const char *what, nr_ast_pair *out)
{
    out->path = p->argv[p->at++];
    if (done(p)) return nr_fail(p->err, NR_E_SYNTAX, "%s: %s has no value; %s is followed by its value", p->clause->word, NR_SHOW(out->path), what);
    out->value = p->argv[p->at++];
    return true;
}

static bool parse_filter(parser *p, nr_ast *ast)
{
    nr_ast_filter f = {.negated = nr_slice_is(nr_slice_of(p->clause->word), "EXCLUDE")};
    while (in_list(p)) {
        nr_ast_pair pair;
        if (!take_pair(p, "a lookup", &pair)) return false;
        nr_vec_push(p->arena, &f.pairs, pair);
    }
    if (!f.pairs.n) return nr_fail(p->err, NR_E_SYNTAX, "%s needs at least one lookup and its value", p->clause->word);
    nr_vec_push(p->arena, &ast->filters, f);
    return true;
}

static bool parse_q(parser *p, nr_ast *ast)
{
    if (done(p)) return nr_fail(p->err, NR_E_SYNTAX, "Q needs a JSON object");
    nr_vec_push(p->arena, &ast->q, p->argv[p->at++]);
    return true;
}

/* Parameters stand right behind the expression that they belong to; those of a WHEN in front of AS. */
static bool take_expression(parser *p, nr_ast_where *out)
{
    *out = (nr_ast_where){.word = p->clause->word};
    if (done(p)) return nr_fail(p->err, NR_E_SYNTAX, "%s needs an expression", out->word);
    out->text = p->argv[p->at++];
    bool params = !done(p) && nr_slice_caseis(p->argv[p->at], "PARAMS");
    p->at += params;
    while (params && in_list(p) && !(p->in_call && nr_slice_is(p->argv[p->at], "AS"))) {
        nr_ast_pair pair;
        if (!take_pair(p, "a parameter", &pair)) return false;
        nr_vec_push(p->arena, &out->params, pair);
    }
    return !params || out->params.n || nr_fail(p->err, NR_E_SYNTAX, "PARAMS needs at least one name and its value");
}

static bool parse_where(parser *p, nr_ast *ast)
{
    nr_ast_where w;
    if (!take_expression(p, &w)) return false;
    nr_vec_push(p->arena, &ast->where, w);
    return true;
}

static bool parse_having(parser *p, nr_ast *ast)
{
    return take_expression(p, &ast->having);
}

static bool parse_params(parser *p, nr_ast *ast)
{
    (void)ast;
    return nr_fail(p->err, NR_E_SYNTAX, "PARAMS stands right behind the expression that it is of, once");
}

static bool parse_set(parser *p, nr_ast *ast)
{
    bool expr = nr_slice_is(nr_slice_of(p->clause->word), "EXPR");
    if (!in_list(p)) return nr_fail(p->err, NR_E_SYNTAX, "%s needs at least one field and its %s", p->clause->word, expr ? "expression" : "value");
    while (in_list(p)) {
        nr_ast_pair pair;
        if (!take_pair(p, "a field", &pair)) return false;
        if (expr) nr_vec_push(p->arena, &ast->expr, pair);
        else nr_vec_push(p->arena, &ast->set, pair);
    }
    return true;
}

static bool parse_null(parser *p, nr_ast *ast)
{
    if (!in_list(p)) return nr_fail(p->err, NR_E_SYNTAX, "NULL needs at least one field");
    while (in_list(p)) nr_vec_push(p->arena, &ast->null, p->argv[p->at++]);
    return true;
}

static bool parse_all(parser *p, nr_ast *ast)
{
    (void)p;
    return ast->all = true;
}

/* what: "field". */
static bool parse_list(parser *p, const char *what, nr_slices *out)
{
    while (in_list(p)) nr_vec_push(p->arena, out, p->argv[p->at++]);
    return out->n || nr_fail(p->err, NR_E_SYNTAX, "%s needs at least one %s", p->clause->word, what);
}

static bool parse_names(parser *p, nr_slices *out, bool *has)
{
    *has = true;
    return parse_list(p, "field", out);
}

static bool parse_with(parser *p, nr_ast *ast)
{
    return parse_list(p, "relation", &ast->with);
}

static bool parse_prefetch(parser *p, nr_ast *ast)
{
    return parse_list(p, "relation", &ast->prefetch);
}

static bool parse_order(parser *p, nr_ast *ast)
{
    return parse_names(p, &ast->order, &ast->has_order);
}

static bool parse_fields(parser *p, nr_ast *ast)
{
    return parse_names(p, &ast->fields, &ast->has_fields);
}

static bool parse_limit(parser *p, nr_ast *ast)
{
    if (p->argc - p->at < 2) return nr_fail(p->err, NR_E_SYNTAX, "LIMIT needs an offset and a count");
    nr_slice offset = p->argv[p->at++], count = p->argv[p->at++];
    if (!nr_parse_int64(offset, &ast->offset) || ast->offset < 0)
        return nr_fail(p->err, NR_E_BADVALUE, "LIMIT offset is %s, expected an integer from 0", NR_SHOW(offset));
    if (!nr_parse_int64(count, &ast->count) || ast->count < -1)
        return nr_fail(p->err, NR_E_BADVALUE, "LIMIT count is %s, expected an integer from 0, or -1 for no limit", NR_SHOW(count));
    ast->has_limit = true;
    return true;
}

static bool parse_reverse(parser *p, nr_ast *ast)
{
    (void)p;
    return ast->reverse = true;
}

static bool parse_flat(parser *p, nr_ast *ast)
{
    (void)p;
    return ast->flat = true;
}

static bool parse_withcount(parser *p, nr_ast *ast)
{
    (void)p;
    return ast->withcount = true;
}

static bool parse_noscan(parser *p, nr_ast *ast)
{
    (void)p;
    return ast->noscan = true;
}

static bool parse_maxscan(parser *p, nr_ast *ast)
{
    if (done(p)) return nr_fail(p->err, NR_E_SYNTAX, "MAXSCAN needs a number of rows");
    nr_slice n = p->argv[p->at++];
    return (nr_parse_int64(n, &ast->max_scan) && ast->max_scan >= 0) ||
           nr_fail(p->err, NR_E_BADVALUE, "MAXSCAN is %s, expected an integer from 0", NR_SHOW(n));
}

static bool parse_distinct(parser *p, nr_ast *ast)
{
    (void)p;
    return ast->distinct = true;
}

static bool parse_groupby(parser *p, nr_ast *ast)
{
    return parse_names(p, &ast->group, &ast->has_group);
}

static bool parse_page(parser *p, nr_ast *ast)
{
    nr_slice size = done(p) ? NR_S("") : p->argv[p->at++];
    if (!nr_parse_int64(size, &ast->page) || ast->page < 1 || ast->page == INT64_MAX)
        return nr_fail(p->err, NR_E_BADVALUE, "PAGE is %s, expected a number of rows, an integer from 1", NR_SHOW(size));
    if (done(p) || !nr_slice_caseis(p->argv[p->at], "AFTER")) return true;
    p->at++;
    if (done(p)) return nr_fail(p->err, NR_E_SYNTAX, "AFTER needs the token of a page");
    ast->after = p->argv[p->at++];
    return true;
}

static bool parse_after(parser *p, nr_ast *ast)
{
    (void)ast;
    return nr_fail(p->err, NR_E_SYNTAX, "AFTER stands behind PAGE <size>");
}

static bool parse_format(parser *p, nr_ast *ast)
{
    nr_slice format = done(p) ? NR_S("") : p->argv[p->at++];
    ast->json = nr_slice_caseis(format, "JSON");
    return ast->json || nr_fail(p->err, NR_E_SYNTAX, "FORMAT is %s, expected JSON", NR_SHOW(format));
}

static bool parse_when(parser *p, nr_ast *ast)
{
    (void)ast;
    return nr_fail(p->err, NR_E_SYNTAX, "WHEN stands behind the field of a function, once, in front of AS");
}

static bool take_when(parser *p, nr_ast_where *out)
{
    if (done(p) || !nr_slice_caseis(p->argv[p->at], "WHEN")) return true;
    p->clause = clause_find(p->argv[p->at++], true);
    p->in_call = true;
    bool taken = take_expression(p, out);
    p->in_call = false;
    return taken;
}

/* A function, its field or *, WHEN and AS. */
static bool parse_call(parser *p, const nr_aggregate *function, nr_ast *ast)
{
    nr_ast_call call = {.function = function};
    if (!in_list(p)) return nr_fail(p->err, NR_E_SYNTAX, "%s needs a field%s", function->name, function->star ? ", or *" : "");
    call.field = p->argv[p->at++];
    if (!take_when(p, &call.when)) return false;
    if (!done(p) && nr_slice_caseis(p->argv[p->at], "AS")) {
        p->at++;
        if (done(p)) return nr_fail(p->err, NR_E_SYNTAX, "AS needs a name");
        call.as = p->argv[p->at++];
    }
    nr_vec_push(p->arena, &ast->calls, call);
    return true;
}

const nr_clause nr_clauses[] = {
    /* word        group                         many   later  parse            syntax                                 doc */
    {"FILTER",    NR_CL_FILTERS,                true,  false, parse_filter,    "FILTER <lookup> <value> [...]",       "rows for which all of these hold"},
    {"EXCLUDE",   NR_CL_FILTERS,                true,  false, parse_filter,    "EXCLUDE <lookup> <value> [...]",      "rows for which not all of these hold"},
    {"Q",         NR_CL_FILTERS,                true,  false, parse_q,         "Q <json>",                            "a tree of `{\"and\": [...]}`, `{\"or\": [...]}`, `{\"not\": {...}}` and `{\"lookup\": value}`"},
    {"WHERE",     NR_CL_FILTERS,                true,  false, parse_where,     "WHERE <expression>",                  "rows for which an expression of comparisons, and, or, not is true, see [expressions](#expressions)"},
    {"PARAMS",    NR_CL_FILTERS,                true,  false, parse_params,    "PARAMS <name> <value> [...]",         "right behind the expression of a WHERE, WHEN or HAVING: what its `$name`s stand for"},
    {"ORDER",     NR_CL_SHAPE | NR_CL_GROUPS,   false, false, parse_order,     "ORDER <[-]field>...",                 "sort keys, which are what FIELDS takes; NULL sorts lowest, ties by pk ascending; without it the model's `ordering`"},
    {"REVERSE",   NR_CL_SHAPE,                  false, false, parse_reverse,   "REVERSE",                             "the whole result in the opposite order"},
    {"LIMIT",     NR_CL_SHAPE | NR_CL_GROUPS,   false, false, parse_limit,     "LIMIT <offset> <count>",              "count -1: no limit"},
    {"FIELDS",    NR_CL_SHAPE | NR_CL_FIELDS,   false, false, parse_fields,    "FIELDS <f>...",                       "only these: fields, what they hold (`address__city`, `meta__color`, `items__0`), transforms (`created__year`), of other models too (`author__address__city`); each path gives one value"},
    {"FLAT",      NR_CL_SHAPE,                  false, false, parse_flat,      "FLAT",                                "bare values of exactly one field"},
    {"WITHCOUNT", NR_CL_SHAPE,                  false, false, parse_withcount, "WITHCOUNT",                           "reply `[total, rows]`; total before LIMIT"},
    {"NOSCAN",    NR_CL_SHAPE | NR_CL_GROUPS,   false, false, parse_noscan,    "NOSCAN",                              "refuse to read rows that no index has narrowed down (NOINDEX)"},
    {"MAXSCAN",   NR_CL_SHAPE | NR_CL_GROUPS,   false, false, parse_maxscan,   "MAXSCAN <n>",                         "read no more than n rows that no index has narrowed down (LIMIT)"},
    {"ALL",       NR_CL_CHANGE,                 false, false, parse_all,       "ALL",                                 "all entities, in place of filters"},
    {"SET",       NR_CL_CHANGE,                 true,  false, parse_set,       "SET <field> <value> [...]",           "what these fields become"},
    {"EXPR",      NR_CL_CHANGE,                 true,  false, parse_set,       "EXPR <field> <expression> [...]",     "the same, computed from the entity's own fields as they were: `F(views) + 1`; see [expressions](#expressions)"},
    {"NULL",      NR_CL_CHANGE,                 true,  false, parse_null,      "NULL <field>...",                     "fields that become NULL"},
    {"DISTINCT",  NR_CL_SHAPE,                  false, false, parse_distinct,  "DISTINCT",                            "distinct rows of FIELDS, in the order of ORDER, which is of FIELDS alone, then of FIELDS"},
    {"GROUPBY",   NR_CL_GROUPS,                 false, false, parse_groupby,   "GROUPBY <f>...",                      "a row for each combination of what these have, NULL too; fields, or what FIELDS takes besides; behind a relation to any number of entities there is a row for each pair"},
    {"WITH",      NR_CL_SHAPE | NR_CL_FIELDS,   false, false, parse_with,      "WITH <relation>...",                  "the entity that a reference refers to in the place of its primary key, nil when there is none; `author__city`: in it another one"},
    {"PREFETCH",  NR_CL_SHAPE,                  false, false, parse_prefetch,  "PREFETCH <relation>...",              "an array of the entities that a relation leads to, by their model's `ordering`, else by primary key, under its name behind the fields; `posts__comments`: arrays in them; `author__posts`: `WITH author`, and an array in it; all rows together at most nonrel.max-results"},
    {"PAGE",      NR_CL_SHAPE,                  false, false, parse_page,      "PAGE <size>",                         "reply `[rows, token or nil]`, with WITHCOUNT `[total, rows, token or nil]`; without an order by pk; not with LIMIT, `ORDER ?` or DISTINCT"},
    {"AFTER",     NR_CL_SHAPE,                  false, false, parse_after,     "PAGE <size> AFTER <token>",           "the page behind the one that replied the token; the token of another query is CURSOR"},
    {"FORMAT",    NR_CL_SHAPE | NR_CL_GROUPS,   false, false, parse_format,    "FORMAT JSON",                         "each row is a bulk string that holds a JSON object: numbers and booleans as such, containers nested, blobs base64, all else as strings of the canonical text"},
    {"WHEN",      NR_CL_GROUPS,                 true,  false, parse_when,      "<function> <f> WHEN <expression>",    "what the function is of: rows for which an expression, as WHERE takes it, is true; `PARAMS` and `AS` stand behind it"},
    {"HAVING",    NR_CL_GROUPS,                 false, false, parse_having,    "HAVING <expression>",                 "groups for which an expression, as WHERE takes it, is true of their keys and results, by name"},
    {NULL,        0,                            false, false, NULL,            NULL,                                  NULL},
};

static bool refuse_word(parser *p, nr_slice word)
{
    nr_buf b = nr_buf_in(p->arena);
    for (const nr_clause *c = nr_clauses; c->word; c++)
        if ((c->group & p->groups) && !c->later) nr_buf_printf(&b, "%s%s", b.n ? ", " : "", c->word);
    for (const nr_aggregate *a = nr_aggregates; a->name && (p->groups & NR_CL_GROUPS); a++) nr_buf_printf(&b, ", %s", a->name);
    return nr_fail(p->err, NR_E_SYNTAX, "unexpected %s; expected %.*s", NR_SHOW(word), NR_FMT(nr_buf_slice(&b)));
}

bool nr_ast_parse(const nr_slice *argv, size_t argc, unsigned groups, nr_arena *arena, nr_ast *out, nr_err *err)
{
    parser p = {.argv = argv, .argc = argc, .groups = groups, .arena = arena, .err = err};
    uint64_t seen = 0;
    *out = (nr_ast){.groups = groups, .count = -1, .max_scan = -1};
    while (!done(&p)) {
        nr_slice word = argv[p.at++];
        const nr_aggregate *function = groups & NR_CL_GROUPS ? nr_aggregate_find(word, true) : NULL;
        if (function && !parse_call(&p, function, out)) return false;
        if (function) continue;
        const nr_clause *c = p.clause = clause_find(word, true);
        if (!c || !(c->group & groups)) return refuse_word(&p, word);
        if (c->later) return nr_fail(err, NR_E_SYNTAX, "%s is not available in this version", c->word);
        uint64_t bit = UINT64_C(1) << (c - nr_clauses);
        if ((seen & bit) && !c->many) return nr_fail(err, NR_E_SYNTAX, "%s stands twice", c->word);
        seen |= bit;
        size_t from = p.at - 1;
        if (!c->parse(&p, out)) return false;
        bool asks = (c->group & NR_CL_FILTERS) || c->parse == parse_order || c->parse == parse_reverse;
        for (size_t i = from; asks && i < p.at; i++) nr_vec_push(arena, &out->asked, argv[i]);
    }
    return true;
}
