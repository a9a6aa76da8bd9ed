/* expr_read.c -- the reader of expressions: by descent, a sum of products of operands. Steps are put out as they are read, which is the order of a stack; what
 * turns out to be no operand of anything takes its step back. */
#include "query/expr_read.h"

#include "base/utf8.h"
#include "types/number.h"

typedef nr_expr_reader reader;
typedef nr_expr_value value;

typedef struct sum {
    reader *r;
    nr_expr steps;
    size_t high; /* numbers on the stack now */
} sum;

/* -- the cursor --------------------------------------------------------------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What a path or a word may be made of: all that is no mark of the language. */
static bool is_path_char(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && !strchr("()=!<>|&~$,'\"+*/%", c);
}

static nr_slice rest(const reader *r)
{
    return (nr_slice){r->text.p + r->at, r->text.n - r->at};
}

static void pass_spaces(reader *r)
{
    while (r->at < r->text.n && is_space(r->text.p[r->at])) r->at++;
}

static nr_slice word_here(const reader *r)
{
    nr_slice s = rest(r);
    size_t n = 0;
    while (n < s.n && is_path_char(s.p[n])) n++;
    return (nr_slice){s.p, n};
}

bool nr_expr_expected(const nr_expr_reader *r, const char *expected)
{
    nr_slice before = {r->text.p, r->at}, got = word_here(r);
    if (!got.n && r->at < r->text.n) got = (nr_slice){r->text.p + r->at, 1};
    return nr_fail(r->b->err, NR_E_SYNTAX, "%s, character %zu: got %s, expected %s", r->what, nr_utf8_length(before) + 1,
                   got.n ? NR_SHOW(got) : "the end", expected);
}

bool nr_expr_enter(nr_expr_reader *r)
{
    return ++r->depth <= NR_EXPR_DEPTH || nr_fail(r->b->err, NR_E_LIMIT, "%s: nested deeper than %d levels at character %zu", r->what, NR_EXPR_DEPTH,
                                                  nr_utf8_length((nr_slice){r->text.p, r->at}) + 1);
}

bool nr_expr_end(nr_expr_reader *r)
{
    pass_spaces(r);
    return r->at == r->text.n;
}

bool nr_expr_take(nr_expr_reader *r, const char *mark)
{
    pass_spaces(r);
    bool here = nr_slice_starts(rest(r), nr_slice_of(mark));
    if (here) r->at += strlen(mark);
    return here;
}

bool nr_expr_take_word(nr_expr_reader *r, const char *word)
{
    pass_spaces(r);
    bool here = nr_slice_caseis(word_here(r), word);
    if (here) r->at += strlen(word);
    return here;
}

nr_slice nr_expr_path(nr_expr_reader *r)
{
    pass_spaces(r);
    nr_slice path = word_here(r);
    r->at += path.n;
    return path;
}

/* -- steps -------------------------------------------------------------------------------------------------------------------------------- */

static bool over_memory(const reader *r)
{
    if (r->b->arena->held <= r->b->with.max_memory) return false;
    nr_fail(r->b->err, NR_E_LIMIT, "%s needs more than %zu bytes of memory (nonrel.max-memory)", r->what, r->b->with.max_memory);
    return true;
}

static bool put(sum *s, nr_expr_step step)
{
    s->high += step.kind != NR_EX_COMPUTE;
    s->high -= step.kind == NR_EX_COMPUTE;
    nr_vec_push(s->r->b->arena, &s->steps.steps, step);
    if (s->high > NR_EXPR_STACK) return nr_fail(s->r->b->err, NR_E_LIMIT, "%s: the expression is nested too deeply", s->r->what);
    return !over_memory(s->r);
}

/* The steps behind `from` are those of no operand. */
static void take_back(sum *s, size_t from, size_t high)
{
    s->steps.steps.n = from;
    s->high = high;
}

static bool put_number(sum *s, nr_slice text, value *out)
{
    nr_num n;
    out->computes = nr_num_read(text, &n);
    return !out->computes || put(s, (nr_expr_step){.kind = NR_EX_NUMBER, .number = n});
}

static bool put_compute(sum *s, nr_arith op)
{
    return put(s, (nr_expr_step){.kind = NR_EX_COMPUTE, .op = op});
}

/* -- operands ----------------------------------------------------------------------------------------------------------------------------- */

static bool read_value(sum *s, value *out);

static bool read_text(reader *r, value *out)
{
    nr_buf b = nr_buf_in(r->b->arena);
    size_t from = r->at, part = ++r->at;
    for (;; part = r->at) {
        while (r->at < r->text.n && r->text.p[r->at] != '\'') r->at++;
        if (r->at == r->text.n) {
            r->at = from;
            return nr_expr_expected(r, "a text that ends with a quote; a quote inside is written twice");
        }
        r->at++;
        bool twice = r->at < r->text.n && r->text.p[r->at] == '\'';
        nr_buf_add(&b, (nr_slice){r->text.p + part, r->at - part - !twice});
        if (!twice) break;
        r->at++;
    }
    out->json = (nr_json){.kind = NR_J_STRING, .text = nr_buf_slice(&b)};
    return true;
}

static bool read_number(sum *s, value *out)
{
    reader *r = s->r;
    nr_number n;
    size_t length = nr_number_scan(rest(r), &n);
    nr_slice text = {rest(r).p, length};
    if (!length) return nr_expr_expected(r, "a number");
    r->at += length;
    if (word_here(r).n && word_here(r).p[0] != '-') return nr_expr_expected(r, "the end of the number");
    out->json = (nr_json){.kind = NR_J_NUMBER, .text = text};
    return put_number(s, text, out);
}

static bool expected_operand(const reader *r)
{
    return nr_expr_expected(r, r->numbers ? "a number or F(field)" : "a value: 'text', a number, true, false, null, $name, (a list) or F(field)");
}

static bool read_param(sum *s, value *out)
{
    reader *r = s->r;
    if (r->numbers) return expected_operand(r);
    size_t from = r->at++;
    nr_slice name = word_here(r);
    for (size_t i = 0; name.n && i < r->n_params; i++) {
        if (!nr_slice_eq(r->params[i].path, name)) continue;
        r->at += name.n;
        r->used[i] = true;
        *out = (value){.kind = NR_XV_PARAM, .json = {.kind = NR_J_STRING, .text = r->params[i].value}};
        return put_number(s, r->params[i].value, out);
    }
    r->at = from;
    return name.n ? nr_fail(r->b->err, NR_E_SYNTAX, "%s, character %zu: no parameter %s; PARAMS behind it gives a name and a value for each", r->what,
                            nr_utf8_length((nr_slice){r->text.p, from}) + 1, NR_SHOW(name))
                  : nr_expr_expected(r, "the name of a parameter behind $");
}

/* The path in F(...), which has no lookup and gives one value. */
static bool bind_field(reader *r, nr_slice path, nr_path *out)
{
    const nr_lookup *exact;
    nr_route route = {.binder = *r->b};
    nr_slice left = path;
    if (r->joins && !nr_joined_read(r->b, &left, "F(...)", &route)) return false;
    if (!nr_bind_path(&route.binder, left, true, out, &exact)) return false;
    if (out->free || nr_path_many(out) || (nr_path_spec(out)->type->flags & (NR_TF_CONTAINER | NR_TF_BYTES)))
        return nr_fail(r->b->err, NR_E_SYNTAX, "%s: F(...) of %s is no single value of a scalar type", r->what, NR_SHOW(path));
    if (route.links.n) out->field = nr_joined_field(r->b, &route, out->field, "F(...)", &r->joined);
    return out->field != NULL;
}

static bool read_field(sum *s, value *out)
{
    reader *r = s->r;
    nr_expr_step step = {.kind = NR_EX_FIELD};
    nr_slice path = nr_expr_path(r);
    if (!path.n) return nr_expr_expected(r, "a field in F(...)");
    if (!bind_field(r, path, &step.path)) return false;
    if (!nr_expr_take(r, ")")) return nr_expr_expected(r, "')' behind the field of F(");
    *out = (value){.kind = NR_XV_EXPR, .computes = nr_spec_is_number(nr_path_spec(&step.path))};
    return put(s, step);
}

static bool read_list(sum *s, const value *first, size_t from, size_t high, value *out)
{
    reader *r = s->r;
    NR_VEC(nr_json) items = {0};
    NR_VEC(bool) params = {0};
    size_t n_params = 0;
    bool more = first != NULL;
    value item = more ? *first : (value){0};
    while (more) {
        if (item.kind == NR_XV_LIST && item.n_params) return nr_expr_expected(r, "no list with a parameter inside a list");
        if (item.kind == NR_XV_EXPR) return nr_expr_expected(r, "')': a list has no F(...) and computes nothing");
        nr_vec_push(r->b->arena, &items, item.json);
        nr_vec_push(r->b->arena, &params, item.kind == NR_XV_PARAM);
        n_params += item.kind == NR_XV_PARAM;
        if (over_memory(r)) return false;
        more = nr_expr_take(r, ",");
        if (more) take_back(s, from, high);
        if (more && !read_value(s, &item)) return false;
    }
    if (!nr_expr_take(r, ")")) return nr_expr_expected(r, "',' or ')'");
    bool one = items.n == 1 && first->computes;
    if (!one) take_back(s, from, high);
    *out = (value){
        .kind = NR_XV_LIST, .json = {.kind = NR_J_ARRAY, .n = items.n, .items = items.at}, .param = params.at, .n_params = n_params, .computes = one};
    return true;
}

/* A list, or an expression in parentheses. */
static bool read_parentheses(sum *s, value *out)
{
    reader *r = s->r;
    size_t from = s->steps.steps.n, high = s->high;
    bool good = nr_expr_enter(r);
    if (good && nr_slice_caseis((pass_spaces(r), word_here(r)), "query")) good = nr_expr_expected(r, "a value: a query stands alone behind the = of a WHERE");
    if (good && nr_expr_take(r, ")")) {
        *out = (value){.kind = NR_XV_LIST, .json = {.kind = NR_J_ARRAY}};
    } else if (good) {
        value first;
        good = read_value(s, &first);
        if (good && first.kind == NR_XV_EXPR) {
            *out = first;
            good = nr_expr_take(r, ")") || nr_expr_expected(r, "')'");
        } else if (good) {
            good = read_list(s, &first, from, high, out);
        }
    }
    r->depth--;
    return good;
}

static bool read_operand(sum *s, value *out);

static bool read_minus(sum *s, value *out)
{
    if (!nr_expr_enter(s->r)) return false;
    nr_num zero = {.kind = NR_N_EXACT, .p = 0, .q = 1};
    bool good = put(s, (nr_expr_step){.kind = NR_EX_NUMBER, .number = zero}) && read_operand(s, out);
    if (good && !out->computes) good = nr_expr_expected(s->r, "a number behind -");
    out->kind = NR_XV_EXPR;
    s->r->depth--;
    return good && put_compute(s, NR_A_SUBTRACT);
}

static bool read_word(reader *r, value *out)
{
    static const struct {
        const char *word;
        nr_json_kind kind;
    } words[] = {{"true", NR_J_TRUE}, {"false", NR_J_FALSE}, {"null", NR_J_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        out->json.kind = words[i].kind;
        if (nr_expr_take_word(r, words[i].word)) return true;
    }
    return expected_operand(r);
}

static bool read_operand(sum *s, value *out)
{
    reader *r = s->r;
    pass_spaces(r);
    char c = r->at < r->text.n ? r->text.p[r->at] : 0, next = r->at + 1 < r->text.n ? r->text.p[r->at + 1] : 0;
    *out = (value){.kind = NR_XV_JSON};
    if (c == '\'') return read_text(r, out);
    if (c == '$') return read_param(s, out);
    if (is_digit(c) || (c == '-' && is_digit(next))) return read_number(s, out);
    if (nr_expr_take(r, "-")) return read_minus(s, out);
    if (nr_expr_take(r, "(")) return read_parentheses(s, out);
    if (nr_expr_take(r, "F(")) return read_field(s, out);
    return read_word(r, out);
}

/* -- sums --------------------------------------------------------------------------------------------------------------------------------- */

typedef struct operator {
    const char *mark;
    nr_arith op;
} operator;

static const operator sums[] = {{"+", NR_A_ADD}, {"-", NR_A_SUBTRACT}, {NULL, 0}};
static const operator products[] = {{"*", NR_A_MULTIPLY}, {"//", NR_A_FLOOR}, {"/", NR_A_DIVIDE}, {"%", NR_A_MODULO}, {NULL, 0}};

static const operator* take_operator(reader *r, const operator* ops)
{
    for (; ops->mark; ops++)
        if (nr_expr_take(r, ops->mark)) return ops;
    return NULL;
}

/* Operands of one level: apart by ops, each read by `inner`. */
static bool read_level(sum *s, const operator* ops, bool (*inner)(sum *s, value *out), value *out)
{
    const operator* op;
    if (!inner(s, out)) return false;
    size_t before = s->r->at;
    while ((op = take_operator(s->r, ops))) {
        size_t behind = s->r->at;
        s->r->at = before;
        if (!out->computes) return nr_expr_expected(s->r, "a number of up to 38 digits, or F(a field of numbers), to compute with");
        s->r->at = behind;
        value right;
        if (!inner(s, &right)) return false;
        if (!right.computes) return nr_expr_expected(s->r, "a number of up to 38 digits, or F(a field of numbers), in front of this");
        *out = (value){.kind = NR_XV_EXPR, .computes = true};
        if (!put_compute(s, op->op)) return false;
        before = s->r->at;
    }
    return true;
}

static bool read_product(sum *s, value *out)
{
    return read_level(s, products, read_operand, out);
}

static bool read_value(sum *s, value *out)
{
    return read_level(s, sums, read_product, out);
}

bool nr_expr_read_value(nr_expr_reader *r, nr_expr_value *out)
{
    sum s = {.r = r};
    pass_spaces(r);
    size_t from = r->at;
    if (!read_value(&s, out)) return false;
    out->expr = s.steps;
    out->expr.text = (nr_slice){r->text.p + from, r->at - from};
    out->expr.scratch = r->b->arena;
    return true;
}

bool nr_expr_bind(nr_binder *b, nr_slice text, nr_expr *out)
{
    reader r = {.b = b, .what = "EXPR", .text = text, .numbers = true};
    value v;
    if (!nr_utf8_valid(text)) return nr_fail(b->err, NR_E_SYNTAX, "EXPR is no text in valid UTF-8");
    if (!nr_expr_read_value(&r, &v)) return false;
    if (!nr_expr_end(&r)) return nr_expr_expected(&r, "an operator or the end");
    *out = v.expr;
    return v.kind == NR_XV_EXPR || v.computes ||
           nr_fail(b->err, NR_E_SYNTAX, "EXPR %s: expected numbers and F(field); SET takes values", NR_SHOW(text));
}
