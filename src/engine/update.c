/* update.c -- NONREL.UPDATE: the rows that match are found first, each entity is then changed in the writer, and all is written or nothing. */
#include "engine/semi_join.h"
#include "engine/write.h"
#include "query/expr_read.h"
#include "table/rows.h"

enum { CLOCK_ROWS = 256 }; /* so often the time is looked at */

/* -- the arguments ------------------------------------------------------------------------------------------------------------------------- */

static const nr_field *give(nr_call *c, nr_model *m, nr_update *u, nr_slice name)
{
    const nr_field *f = nr_schema_need(m->schema, name, &c->err);
    if (!f) return NULL;
    if (f->id == 0)
        nr_fail(&c->err, NR_E_SYNTAX, "UPDATE cannot change the primary key '%.*s'; SAVE a new entity and DELETE the old one", NR_FMT(f->name));
    else if (u->given[f->id]) nr_fail(&c->err, NR_E_SYNTAX, "field '%.*s' is given twice", NR_FMT(f->name));
    u->given[f->id] = true;
    return c->err.code ? NULL : f;
}

static bool bind_expr(nr_call *c, const nr_field *f, nr_slice text, nr_update *u, nr_model *m)
{
    nr_binder b = {.schema = m->schema, .with = nr_bind_with_of(c), .arena = &c->arena, .err = &c->err};
    nr_expr *e = NR_NEW(&c->arena, nr_expr);
    if (!f->spec.type)
        return nr_fail(&c->err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT(f->name),
                       NR_FMT(nr_field_unknown(f)));
    if (!nr_expr_bind(&b, text, e)) return false;
    const nr_spec *spec = nr_expr_spec(e);
    bool suits = spec ? nr_spec_comparable(&f->spec, spec) : nr_spec_is_number(&f->spec);
    u->exprs[f->id] = e;
    return suits || nr_fail(&c->err, NR_E_BADVALUE, "field '%.*s' of type %s does not take %s, which is of type %s", NR_FMT(f->name),
                            f->spec.type->name, NR_SHOW(text), spec ? spec->type->name : "number");
}

static bool bind_changes(nr_call *c, nr_model *m, const nr_ast *ast, nr_update *u)
{
    const nr_field *f;
    for (size_t i = 0; i < ast->set.n; i++)
        if (!(f = give(c, m, u, ast->set.at[i].path)) || !nr_field_read(f, ast->set.at[i].value, &c->arena, &u->values[f->id], &c->err)) return false;
    for (size_t i = 0; i < ast->expr.n; i++)
        if (!(f = give(c, m, u, ast->expr.at[i].path)) || !bind_expr(c, f, ast->expr.at[i].value, u, m)) return false;
    for (size_t i = 0; i < ast->null.n; i++)
        if (!give(c, m, u, ast->null.at[i])) return false;
    return ast->set.n + ast->expr.n + ast->null.n || nr_fail(&c->err, NR_E_SYNTAX, "UPDATE needs SET, EXPR or NULL");
}

bool nr_update_bind(nr_call *c, nr_model *m, const nr_slice *argv, size_t argc, nr_update *out)
{
    nr_ast ast;
    nr_bind_with with = nr_bind_with_of(c);
    size_t n = m->schema->n_fields;
    *out = (nr_update){
        .given = NR_NEW_N(&c->arena, bool, n), .values = NR_NEW_N(&c->arena, nr_value, n), .exprs = NR_NEW_N(&c->arena, const nr_expr *, n)};
    if (!nr_ast_parse(argv, argc, NR_CL_FILTERS | NR_CL_CHANGE, &c->arena, &ast, &c->err)) return false;
    bool filters = ast.filters.n || ast.where.n || ast.q.n;
    if (ast.all == filters) return nr_fail(&c->err, NR_E_SYNTAX, filters ? "UPDATE takes filters or ALL, not both" : "UPDATE needs filters, or ALL");
    return nr_query_bind(&ast, m, false, &with, &c->arena, &out->query, &c->err) && bind_changes(c, m, &ast, out);
}

/* -- the entities -------------------------------------------------------------------------------------------------------------------------- */

/* What an expression gives on an entity as it was, as a text for the field; an absent one is NULL. */
static bool compute(nr_call *c, const nr_field *f, const nr_expr *e, const nr_value *row, nr_slice *text)
{
    nr_num n;
    nr_slice got;
    const char *expected;
    *text = (nr_slice){NULL, 0};
    if (!nr_spec_is_number(&f->spec)) {
        nr_value v = nr_expr_field(e, row);
        *text = nr_type_text(nr_expr_spec(e), &v, &c->arena);
        return true;
    }
    nr_arith_result r = nr_expr_number(e, row, &n);
    if (r == NR_AR_ZERO) return nr_fail(&c->err, NR_E_BADVALUE, "field '%.*s': %s divides by zero", NR_FMT(f->name), NR_SHOW(e->text));
    if (r)
        return nr_fail(&c->err, NR_E_BADVALUE, "field '%.*s': %s needs more than 38 digits, or more than a double can hold", NR_FMT(f->name),
                       NR_SHOW(e->text));
    if (n.kind == NR_N_NULL || nr_num_text(&n, &f->spec, &c->arena, text, &got, &expected)) return true;
    return nr_fail(&c->err, NR_E_BADVALUE, "field '%.*s': %s is %s, expected %s", NR_FMT(f->name), NR_SHOW(e->text), NR_SHOW(got), expected);
}

static bool change_field(nr_writer *w, const nr_update *u, nr_change *ch, const nr_field *f)
{
    nr_call *c = w->call;
    nr_slice text;
    if (!u->given[f->id]) return !f->auto_now || nr_writer_clock(w, ch, f);
    ch->after[f->id] = u->values[f->id];
    if (u->exprs[f->id]) {
        if (!compute(c, f, u->exprs[f->id], ch->before, &text)) return false;
        if (text.p && !nr_field_read(f, text, &c->arena, &ch->after[f->id], &c->err)) return false;
    }
    return nr_writer_meets_null(w, ch, f);
}

static bool change_entity(nr_writer *w, const nr_update *u, nr_change *ch)
{
    const nr_schema *s = w->model->schema;
    for (size_t i = 1; i < s->n_fields; i++) {
        if (change_field(w, u, ch, &s->fields[i])) continue;
        nr_err_add(&w->call->err, " (entity %s)", NR_SHOW(ch->pk));
        return false;
    }
    nr_writer_edited(w, ch);
    return true;
}

static bool change_matching(nr_writer *w, const nr_update *u, int64_t *matched)
{
    nr_call *c = w->call;
    const nr_field *pk_field = nr_schema_pk(w->model->schema);
    nr_row_list rows = {0};
    if (!nr_rows_matching(c, w->model, &u->query, &rows)) return false;
    for (size_t i = 0; i < rows.n; i++) {
        nr_value pk;
        if (i % CLOCK_ROWS == 0 && nr_writer_over_time(w)) return false;
        if (!nr_field_decode(pk_field, nr_rows_pk(w->model->rows, rows.at[i]), &c->arena, &pk)) continue;
        nr_change *ch = nr_writer_entity(w, &pk);
        if (!ch || (ch->before && !change_entity(w, u, ch))) return false;
        *matched += ch->before != NULL;
    }
    return true;
}

bool nr_cmd_update(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_write(c, argv[0]);
    nr_update u;
    uint64_t changed;
    int64_t matched = 0;
    if (!m || !nr_update_bind(c, m, argv + 1, argc - 1, &u) || !nr_join_run(c, &u.query)) return false;
    nr_writer w;
    nr_writer_init(&w, c, m);
    bool ok = change_matching(&w, &u, &matched) && nr_writer_commit(&w, &changed);
    nr_writer_clear(&w);
    if (ok) c->sink->cls->integer(c->sink, matched);
    return ok;
}
