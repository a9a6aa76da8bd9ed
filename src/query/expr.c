/* expr.c -- evaluation of expressions. */
#include "query/expr.h"

const nr_spec *nr_expr_spec(const nr_expr *e)
{
    return e->steps.n == 1 && e->steps.at[0].kind == NR_EX_FIELD ? nr_path_spec(&e->steps.at[0].path) : NULL;
}

/* What a path gives that gives one value or none. */
static nr_value value_at(const nr_path *path, const nr_value *row, nr_arena *scratch)
{
    nr_values given = {0};
    const nr_value null = NR_NULL;
    if (nr_path_plain(path)) return row[path->field->id];
    nr_path_values(path, &row[path->field->id], NR_FORM_VALUE, scratch, &given);
    return given.n ? given.at[0] : null;
}

nr_value nr_expr_field(const nr_expr *e, const nr_value *row)
{
    return value_at(&e->steps.at[0].path, row, e->scratch);
}

static nr_num number_at(const nr_path *path, const nr_value *row, nr_arena *scratch)
{
    nr_mark mark = nr_arena_mark(scratch);
    nr_value v = value_at(path, row, scratch);
    nr_num n = nr_num_of(nr_path_spec(path), &v);
    nr_arena_rewind(scratch, mark);
    return n;
}

nr_arith_result nr_expr_number(const nr_expr *e, const nr_value *row, nr_num *out)
{
    nr_num stack[NR_EXPR_STACK];
    size_t n = 0;
    for (size_t i = 0; i < e->steps.n; i++) {
        const nr_expr_step *s = &e->steps.at[i];
        if (s->kind == NR_EX_NUMBER) stack[n++] = s->number;
        if (s->kind == NR_EX_FIELD) stack[n++] = number_at(&s->path, row, e->scratch);
        if (s->kind != NR_EX_COMPUTE) continue;
        nr_num b = stack[--n], a = stack[n - 1];
        nr_arith_result r = nr_num_compute(s->op, &a, &b, &stack[n - 1]);
        if (r) return r;
    }
    *out = stack[0];
    return NR_AR_GOOD;
}

bool nr_spec_comparable(const nr_spec *a, const nr_spec *b)
{
    const unsigned never = NR_TF_CONTAINER | NR_TF_BYTES;
    if ((a->type->flags | b->type->flags) & never) return false;
    if (nr_spec_is_number(a) || nr_spec_is_number(b)) return nr_spec_is_number(a) && nr_spec_is_number(b);
    return (a->type == b->type && a->places == b->places) || (a->type->kind == NR_V_TEXT && b->type->kind == NR_V_TEXT);
}

static unsigned relation_of(int c)
{
    return c < 0 ? NR_CMP_LESS : c > 0 ? NR_CMP_GREATER : NR_CMP_EQUAL;
}

/* right: NULL when the expression is a value as it stands. */
static bool stands(const nr_compare *c, const nr_value *left, const nr_value *value, const nr_num *right)
{
    if (left->kind == NR_V_NULL) return false;
    nr_num number = right ? nr_num_of(nr_path_spec(&c->path), left) : (nr_num){.kind = NR_N_NULL};
    return (c->relations & relation_of(right ? nr_num_cmp(&number, right) : nr_value_cmp(left, value))) != 0;
}

/* What the expression gives, as a number or a value. False: NULL, or err. */
static bool right_side(const nr_compare *c, const nr_value *row, bool numbers, nr_value *value, nr_num *number)
{
    if (!numbers) *value = nr_expr_field(&c->expr, row);
    if (!numbers) return value->kind != NR_V_NULL;
    nr_arith_result r = nr_expr_number(&c->expr, row, number);
    if (r == NR_AR_BEYOND) nr_fail(c->err, NR_E_BADVALUE, "%s needs more than 38 digits, or more than a double can hold", NR_SHOW(c->expr.text));
    return r == NR_AR_GOOD && number->kind != NR_N_NULL;
}

static bool is_own(const nr_compare *c, const nr_path *path)
{
    return !c->n_joined || path->field->id < c->n_own;
}

/* The values that it reads, those of other models behind the row's own. NULL: err. */
static const nr_value *with_joined(const nr_compare *c, uint32_t row, const nr_value *values)
{
    nr_value *all = c->sight->row;
    if (is_own(c, &c->path)) all[c->path.field->id] = values[c->path.field->id];
    for (size_t i = 0; i < c->expr.steps.n; i++) {
        const nr_expr_step *s = &c->expr.steps.at[i];
        if (s->kind == NR_EX_FIELD && is_own(c, &s->path)) all[s->path.field->id] = values[s->path.field->id];
    }
    return c->sight->look(c->sight, row, c->expr.scratch, all + c->n_own) ? all : NULL;
}

static bool holds(const nr_compare *c, const nr_value *row)
{
    bool numbers = nr_spec_is_number(nr_path_spec(&c->path)), found = false;
    nr_value value = NR_NULL;
    nr_num number;
    nr_values given = {0};
    if (row[c->path.field->id].kind != NR_V_NULL && right_side(c, row, numbers, &value, &number)) {
        if (nr_path_plain(&c->path)) nr_vec_push(c->expr.scratch, &given, row[c->path.field->id]);
        else nr_path_values(&c->path, &row[c->path.field->id], NR_FORM_VALUE, c->expr.scratch, &given);
    }
    for (size_t i = 0; !found && i < given.n; i++) found = stands(c, &given.at[i], &value, numbers ? &number : NULL);
    return found;
}

bool nr_compare_holds(const nr_compare *c, uint32_t row, const nr_value *values)
{
    nr_mark mark = nr_arena_mark(c->expr.scratch);
    if (c->n_joined) values = with_joined(c, row, values);
    bool found = values && holds(c, values);
    nr_arena_rewind(c->expr.scratch, mark);
    return found;
}

void nr_compare_fields(const nr_compare *c, bool *want)
{
    if (is_own(c, &c->path)) want[c->path.field->id] = true;
    for (size_t i = 0; i < c->expr.steps.n; i++) {
        const nr_expr_step *s = &c->expr.steps.at[i];
        if (s->kind == NR_EX_FIELD && is_own(c, &s->path)) want[s->path.field->id] = true;
    }
}
