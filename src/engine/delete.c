/* delete.c -- NONREL.DELETE: the entities that are named, or match; then what that means to those that refer to them. */
#include "engine/cascade.h"
#include "engine/commands.h"
#include "table/rows.h"

static bool remove_pks(nr_cascade *x, const nr_model *m, const nr_slice *pks, size_t n)
{
    nr_call *c = x->call;
    if (!n) return nr_fail(&c->err, NR_E_SYNTAX, "PK needs at least one primary key");
    for (size_t i = 0; i < n; i++) {
        nr_operand op;
        if (!nr_field_operand(nr_schema_pk(m->schema), pks[i], &c->arena, &op, &c->err)) return false;
        bool possible = op.side == 0 && !(op.v.kind == NR_V_TEXT && op.v.s.n == 0);
        if (possible && !nr_cascade_remove(x, &op.v)) return false;
    }
    return true;
}

static bool remove_matching(nr_cascade *x, nr_model *m, const nr_slice *argv, size_t argc)
{
    nr_call *c = x->call;
    nr_query q;
    nr_row_list rows = {0};
    bool ok = nr_filters_bind(c, m, argv, argc, &q) && nr_rows_matching(c, m, &q, &rows);
    for (size_t i = 0; ok && i < rows.n; i++) {
        nr_value pk;
        nr_slice text = nr_rows_pk(m->rows, rows.at[i]);
        ok = nr_field_decode(nr_schema_pk(m->schema), text, &c->arena, &pk) && nr_cascade_remove(x, &pk);
    }
    return ok;
}

static bool remove_named(nr_cascade *x, nr_model *m, const nr_slice *argv, size_t argc)
{
    if (nr_slice_caseis(argv[0], "PK")) return remove_pks(x, m, argv + 1, argc - 1);
    if (!nr_slice_caseis(argv[0], "ALL")) return remove_matching(x, m, argv, argc);
    if (argc > 1) return nr_fail(&x->call->err, NR_E_SYNTAX, "unexpected %s after ALL", NR_SHOW(argv[1]));
    return remove_matching(x, m, NULL, 0);
}

/* By primary key it can do without the table, unless it has to be found who refers. */
static nr_model *model_of(nr_call *c, nr_slice name, bool by_key)
{
    bool minded;
    if (!nr_cascade_minded(c, name, &minded)) return NULL;
    if (!by_key) return nr_model_need_for_change(c, name);
    return minded ? nr_model_need_for_write(c, name) : nr_model_need_for_save(c, name);
}

bool nr_cmd_delete(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = model_of(c, argv[0], nr_slice_caseis(argv[1], "PK"));
    uint64_t removed;
    nr_cascade x;
    if (!m) return false;
    nr_cascade_init(&x, c, m);
    bool ok = remove_named(&x, m, argv + 1, argc - 1) && nr_cascade_commit(&x, &removed);
    nr_cascade_clear(&x);
    if (ok) c->sink->cls->integer(c->sink, (int64_t)removed);
    return ok;
}
