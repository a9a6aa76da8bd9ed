/* update.c -- NONREL.UPDATE: the rows that match are found first, each entity is then changed in the writer, and all is written or nothing. */
#include "engine/semi_join.h"
#include "engine/write.h"
#include "query/expr_read.h"
#include "table/rows.h"

enum { CLOCK_ROWS = 256 }; /* so often the time is looked at */

/* -- the arguments ------------------------------------------------------------------------------------------------------------------------- */

static bool give(nr_call *c, nr_update *u, nr_slice name, nr_spot *at)
{
    if (!nr_levels_find(&u->levels, name, at, &c->err)) return false;
    const nr_field *f = at->field;
    nr_update_part *p = &u->parts[at->level];
    if (f->id == 0)
        return nr_fail(&c->err, NR_E_SYNTAX, "UPDATE cannot change the primary key '%.*s'; SAVE a new entity and DELETE the old one",
                       NR_FMT(f->name));
    if (p->given[f->id]) return nr_fail(&c->err, NR_E_SYNTAX, "field '%.*s' is given twice", NR_FMT(f->name));
    return p->given[f->id] = p->any = true;
}

/* The fields of all levels as those of one row: numbered through. */
static void number_through(nr_call *c, nr_update *u)
{
    u->fields = NR_NEW_N(&c->arena, nr_field *, u->levels.n);
    for (size_t i = 0, first = 0; i < u->levels.n; i++) {
        const nr_schema *s = u->levels.at[i]->schema;
        u->fields[i] = NR_NEW_N(&c->arena, nr_field, s->n_fields);
        memcpy(u->fields[i], s->fields, s->n_fields * sizeof *s->fields);
        for (size_t k = 0; k < s->n_fields; k++) u->fields[i][k].id = (uint16_t)(first + k);
        first += s->n_fields;
    }
}

static const nr_field *find_through(const nr_binder *b, nr_slice path, size_t *cut)
{
    const nr_update *u = b->names;
    nr_spot at;
    return nr_levels_find(&u->levels, (nr_slice){path.p, *cut}, &at, b->err) ? &u->fields[at.level][at.field->id] : NULL;
}

static bool bind_expr(nr_call *c, const nr_field *f, nr_slice text, const nr_update *u, nr_expr *e)
{
    nr_binder b = {.schema = u->levels.at[0]->schema, .with = nr_bind_with_of(c), .arena = &c->arena, .err = &c->err};
    if (u->fields) b.find = find_through;
    b.names = u;
    if (!nr_field_has_spec(f, &c->err)) return false;
    if (!nr_expr_bind(&b, text, e)) return false;
    const nr_spec *spec = nr_expr_spec(e);
    bool suits = spec ? nr_spec_comparable(&f->spec, spec) : nr_spec_is_number(&f->spec);
    return suits || nr_fail(&c->err, NR_E_BADVALUE, "field '%.*s' of type %s does not take %s, which is of type %s", NR_FMT(f->name),
                            f->spec.type->name, NR_SHOW(text), spec ? spec->type->name : "number");
}

static bool bind_exprs(nr_call *c, const nr_ast *ast, nr_update *u)
{
    nr_spot at;
    if (ast->expr.n && u->levels.n > 1) number_through(c, u);
    for (size_t i = 0; i < ast->expr.n; i++) {
        nr_expr *e = NR_NEW(&c->arena, nr_expr);
        if (!give(c, u, ast->expr.at[i].path, &at) || !bind_expr(c, at.field, ast->expr.at[i].value, u, e)) return false;
        u->parts[at.level].exprs[at.field->id] = e;
    }
    return true;
}

static bool bind_changes(nr_call *c, const nr_ast *ast, nr_update *u)
{
    nr_spot at;
    for (size_t i = 0; i < ast->set.n; i++)
        if (!give(c, u, ast->set.at[i].path, &at) ||
            !nr_field_read(at.field, ast->set.at[i].value, &c->arena, &u->parts[at.level].values[at.field->id], &c->err))
            return false;
    if (!bind_exprs(c, ast, u)) return false;
    for (size_t i = 0; i < ast->null.n; i++)
        if (!give(c, u, ast->null.at[i], &at)) return false;
    return ast->set.n + ast->expr.n + ast->null.n || nr_fail(&c->err, NR_E_SYNTAX, "UPDATE needs SET, EXPR or NULL");
}

/* What there is to do in a row of a level, whatever the arguments say: the entity is written, and its clocks are. */
static nr_update_part part_of(nr_call *c, const nr_schema *s, size_t level)
{
    nr_update_part p = {
        .given = NR_NEW_N(&c->arena, bool, s->n_fields),
        .any = level == 0,
        .values = NR_NEW_N(&c->arena, nr_value, s->n_fields),
        .exprs = NR_NEW_N(&c->arena, const nr_expr *, s->n_fields),
    };
    for (size_t i = 1; i < s->n_fields; i++) p.any = p.any || s->fields[i].auto_now;
    return p;
}

bool nr_update_bind(nr_call *c, nr_model *m, bool writes, const nr_slice *argv, size_t argc, nr_update *out)
{
    nr_ast ast;
    nr_bind_with with = nr_bind_with_of(c);
    *out = (nr_update){.n_fields = 0};
    if (!nr_levels_of(c, m, writes ? nr_model_need_for_write : nr_model_need, writes, &out->levels)) return false;
    out->parts = NR_NEW_N(&c->arena, nr_update_part, out->levels.n);
    for (size_t i = 0; i < out->levels.n; i++) {
        out->parts[i] = part_of(c, out->levels.at[i]->schema, i);
        out->n_fields += out->levels.at[i]->schema->n_fields;
    }
    if (!nr_ast_parse(argv, argc, NR_CL_FILTERS | NR_CL_CHANGE, &c->arena, &ast, &c->err)) return false;
    bool filters = ast.filters.n || ast.where.n || ast.q.n;
    if (ast.all == filters) return nr_fail(&c->err, NR_E_SYNTAX, filters ? "UPDATE takes filters or ALL, not both" : "UPDATE needs filters, or ALL");
    return nr_query_bind(&ast, m, false, &with, &c->arena, &out->query, &c->err) && bind_changes(c, &ast, out);
}

/* -- the entities -------------------------------------------------------------------------------------------------------------------------- */

typedef struct updater {
    nr_call *call;
    const nr_update *update;
    nr_writer *writers; /* by level */
    nr_change **rows;   /* of the entity in hand, by level; NULL: there is nothing to do there */
    const nr_value *before; /* its values as expressions see them */
} updater;

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

static bool change_field(updater *x, size_t level, const nr_field *f)
{
    nr_call *c = x->call;
    const nr_update_part *p = &x->update->parts[level];
    nr_writer *w = &x->writers[level];
    nr_change *ch = x->rows[level];
    nr_slice text;
    if (!p->given[f->id]) return nr_writer_fill(w, ch, f) && (!ch->fresh || nr_writer_meets_null(w, ch, f));
    ch->after[f->id] = p->values[f->id];
    if (p->exprs[f->id]) {
        if (!compute(c, f, p->exprs[f->id], x->before, &text)) return false;
        if (text.p && !nr_field_read(f, text, &c->arena, &ch->after[f->id], &c->err)) return false;
    }
    return nr_writer_meets_null(w, ch, f);
}

/* A row that an entity lacked lives as long as the entity does. */
static void age(updater *x, nr_change *ch)
{
    nr_store *store = x->call->store;
    int64_t deadline = ch->fresh ? store->cls->deadline(store, x->rows[0]->key) : -1;
    if (deadline > 0) ch->expires = true;
    if (deadline > 0) ch->deadline = deadline;
    ch->fresh = false;
}

static bool change_row(updater *x, size_t level)
{
    const nr_schema *s = x->update->levels.at[level]->schema;
    nr_change *ch = x->rows[level];
    for (size_t i = 1; i < s->n_fields; i++) {
        if (change_field(x, level, &s->fields[i])) continue;
        nr_err_add(&x->call->err, " (entity %s)", NR_SHOW(ch->pk));
        return false;
    }
    age(x, ch);
    nr_writer_edited(&x->writers[level], ch);
    return true;
}

/* The rows above the entity: those that are to be changed, and, for expressions, all of them. */
static bool find_above(updater *x, const nr_value *pk)
{
    const nr_update *u = x->update;
    for (size_t i = 1; i < u->levels.n; i++) {
        x->rows[i] = NULL;
        if (!u->parts[i].any && !u->fields) continue;
        x->rows[i] = u->parts[i].any ? nr_writer_row(&x->writers[i], pk) : nr_writer_entity(&x->writers[i], pk);
        if (!x->rows[i]) return false;
    }
    return true;
}

/* Above a level without a row all is NULL, as along any path. */
static void put_together(updater *x)
{
    const nr_update *u = x->update;
    nr_value *row = u->fields ? NR_NEW_N(&x->call->arena, nr_value, u->n_fields) : NULL;
    x->before = u->fields ? row : x->rows[0]->before;
    for (size_t i = 0; row && i < u->levels.n && x->rows[i]->before; i++) {
        size_t n = u->levels.at[i]->schema->n_fields;
        memcpy(row, x->rows[i]->before, n * sizeof *row);
        row += n;
    }
}

static bool change_entity(updater *x, const nr_value *pk)
{
    if (!find_above(x, pk)) return false;
    put_together(x);
    for (size_t i = 0; i < x->update->levels.n; i++)
        if (x->update->parts[i].any && !change_row(x, i)) return false;
    return true;
}

static bool change_matching(updater *x, int64_t *matched)
{
    nr_call *c = x->call;
    nr_model *m = x->update->levels.at[0];
    nr_row_list rows = {0};
    if (!nr_rows_matching(c, m, &x->update->query, &rows)) return false;
    for (size_t i = 0; i < rows.n; i++) {
        nr_value pk;
        if (i % CLOCK_ROWS == 0 && nr_writer_over_time(&x->writers[0])) return false;
        if (!nr_field_decode(nr_schema_pk(m->schema), nr_rows_pk(m->rows, rows.at[i]), &c->arena, &pk)) continue;
        x->rows[0] = nr_writer_entity(&x->writers[0], &pk);
        if (!x->rows[0] || (x->rows[0]->before && !change_entity(x, &pk))) return false;
        *matched += x->rows[0]->before != NULL;
    }
    return true;
}

/* The topmost rows come first, for copies too. */
static bool write_all(updater *x, int64_t *matched)
{
    size_t n = x->update->levels.n;
    nr_writer **ws = NR_NEW_N(&x->call->arena, nr_writer *, n);
    uint64_t changed;
    for (size_t i = 0; i < n; i++) {
        nr_writer_init(&x->writers[i], x->call, x->update->levels.at[i]);
        ws[n - 1 - i] = &x->writers[i];
    }
    bool ok = change_matching(x, matched) && nr_writers_commit(ws, n, &changed);
    for (size_t i = 0; i < n; i++) nr_writer_clear(&x->writers[i]);
    return ok;
}

bool nr_cmd_update(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_change(c, argv[0]);
    nr_update u;
    int64_t matched = 0;
    if (!m || !nr_update_bind(c, m, true, argv + 1, argc - 1, &u) || !nr_join_run(c, &u.query)) return false;
    size_t n = u.levels.n;
    updater x = {.call = c, .update = &u, .writers = NR_NEW_N(&c->arena, nr_writer, n), .rows = NR_NEW_N(&c->arena, nr_change *, n)};
    if (!write_all(&x, &matched)) return false;
    c->sink->cls->integer(c->sink, matched);
    return true;
}
