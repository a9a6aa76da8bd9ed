/* op_load.c -- Load reads the entities of a batch, Filter drops the rows that do not satisfy the rest of the predicate. */
#include "exec/op.h"
#include "table/rows.h"
#include "table/table.h"

void nr_model_leave_out(nr_model *m, const nr_env *env, nr_slice key, const char *why)
{
    if (!nr_model_leave_out_key(m, key)) return;
    nr_env_logf(env, NR_LOG_WARNING, "%s is left out of %.*s: %s", NR_SHOW(key), NR_FMT(m->schema->name), why);
}

/* The field of a stored name, NULL when the definition does not know it. Hashes mostly come in the schema's order. */
static const nr_field *field_of(const nr_schema *s, nr_slice name, size_t hint)
{
    if (hint < s->n_fields && nr_slice_eq(s->fields[hint].name, name)) return &s->fields[hint];
    for (size_t i = 0; i < s->n_fields; i++)
        if (nr_slice_eq(s->fields[i].name, name)) return &s->fields[i];
    return NULL;
}

/* Puts the texts of an entity's fields into row. Fields that the definition does not know are not looked at. */
static bool decode(const nr_schema *s, nr_slice pk, const nr_pair *pairs, size_t n, const bool *want, nr_arena *a, nr_value *row, const nr_field **bad)
{
    for (size_t i = 0; i < n; i++) {
        const nr_field *f = pairs[i].value.p ? field_of(s, pairs[i].name, i) : NULL;
        if (!f || (want && !want[f->id])) continue;
        if (f->id == 0 && nr_slice_eq(pairs[i].value, pk)) continue; /* it is in row already */
        if (nr_field_decode(f, pairs[i].value, a, &row[f->id])) continue;
        *bad = f;
        return false;
    }
    for (size_t i = 1; i < s->n_fields; i++) {
        const nr_field *f = &s->fields[i];
        if (row[i].kind != NR_V_NULL || f->null || (want && !want[i])) continue;
        *bad = f;
        return false;
    }
    return true;
}

static nr_status fetch(nr_model *m, nr_store *store, nr_slice key, const bool *want, bool whole, nr_arena *a, nr_pairs *pairs, bool *exists)
{
    if (whole) {
        nr_status st = store->cls->hash_all(store, key, a, pairs);
        *exists = pairs->n > 0;
        return st;
    }
    for (size_t i = 1; i < m->schema->n_fields; i++)
        if (want[i]) nr_vec_push(a, pairs, (nr_pair){m->schema->fields[i].name, {NULL, 0}});
    return store->cls->hash_get(store, key, a, pairs->at, pairs->n, exists);
}

bool nr_model_untyped(const nr_model *m, nr_err *err)
{
    return nr_fail(err, NR_E_NOMODEL, "field '%.*s' of %.*s refers to model '%.*s', which is not defined, and has values", NR_FMT(m->untyped->name),
                   NR_FMT(m->schema->name), NR_FMT(nr_field_unknown(m->untyped)));
}

nr_found nr_entity_decode(nr_model *m, const nr_env *env, nr_slice key, nr_slice pk, const nr_pairs *pairs, const bool *want, nr_arena *a,
                          nr_value *row)
{
    const nr_field *bad = nr_schema_pk(m->schema);
    nr_value named;
    bool good = nr_field_decode(bad, pk, a, &named);
    if (good) row[0] = named;
    good = good && decode(m->schema, pk, pairs->at, pairs->n, want, a, row, &bad) && nr_value_eq(&row[0], &named);
    if (good) return NR_FOUND;
    if (!bad->spec.type) m->untyped = bad;
    else nr_model_leave_out(m, env, key, nr_arena_printf(a, "field '%.*s' does not decode", NR_FMT(bad->name)).p);
    return bad->spec.type ? NR_UNREADABLE : NR_UNTYPED;
}

bool nr_entity_read(nr_model *m, nr_store *store, const nr_env *env, nr_slice pk, const bool *want, bool whole, nr_arena *a, nr_value *row,
                    nr_found *found, nr_err *err)
{
    nr_buf kb = nr_buf_in(a);
    nr_buf_add(&kb, m->prefix);
    nr_buf_add(&kb, pk);
    nr_slice key = nr_buf_slice(&kb);
    nr_pairs pairs = {0};
    bool exists = false;
    nr_status st = fetch(m, store, key, want, whole, a, &pairs, &exists);
    if (st != NR_ST_WRONGTYPE && !nr_status_good(st, key, err)) return false;
    *found = st ? NR_UNREADABLE : NR_ABSENT;
    if (st) nr_model_leave_out(m, env, key, "the key is no hash");
    if (!st && exists) *found = nr_entity_decode(m, env, key, pk, &pairs, whole ? NULL : want, a, row);
    if ((*found == NR_FOUND && whole) || *found == NR_ABSENT) nr_model_take_back_key(m, key);
    return true;
}

enum { FEW_FIELDS = 3 }; /* read one by one */

nr_load_params nr_load_of(const nr_model *m, const bool *want, nr_arena *a)
{
    size_t own = m->schema->n_fields, n = nr_schema_values(m->schema), left = 0, kept = 0;
    bool all = true, *read = NR_NEW_N(a, bool, n), *beside = NR_NEW_N(a, bool, n);
    for (size_t i = 1; i < n; i++) {
        beside[i] = want[i] && m->table && nr_table_keeps(m->table, i);
        read[i] = want[i] && !beside[i];
        kept += beside[i];
        left += read[i];
        all = all && (want[i] || i >= own);
    }
    bool whole = all && left > FEW_FIELDS, borrows = false;
    for (size_t i = 1; i < n; i++) {
        beside[i] = beside[i] && !(whole && i < own);
        borrows = borrows || (beside[i] && i >= own);
    }
    if (whole) return (nr_load_params){want, borrows ? beside : NULL, true};
    return (nr_load_params){read, kept ? beside : NULL, false};
}

/* What the table tells in place of the entity. */
static bool take_columns(const nr_model *m, const nr_load_params *p, uint32_t at, nr_value *row)
{
    if (!p->beside) return true;
    if (!nr_table_has(m->table, at)) return false;
    for (size_t i = 1; i < nr_schema_values(m->schema); i++)
        if (p->beside[i]) row[i] = nr_column_get(nr_table_column(m->table, i), at);
    return true;
}

bool nr_row_read(nr_model *m, nr_store *store, const nr_env *env, const nr_load_params *p, uint32_t at, nr_arena *a, nr_value *row, nr_found *found,
                 nr_err *err)
{
    if (!nr_entity_read(m, store, env, nr_rows_pk(m->rows, at), p->want, p->whole, a, row, found, err)) return false;
    if (*found == NR_FOUND && !take_columns(m, p, at, row)) *found = NR_ABSENT;
    return true;
}

static bool load_next(nr_op *op, nr_batch *b)
{
    const nr_load_params *p = op->node->params;
    nr_model *m = op->run->model;
    size_t want = b->want;
    while (b->n == 0) {
        nr_arena_clear(&op->arena);
        b->want = want;
        if (!nr_op_next(op->child, b)) return false;
        if (b->n == 0) return true;
        size_t kept = 0;
        for (size_t i = 0; i < b->n; i++) {
            nr_value *row = NR_NEW_N(&op->arena, nr_value, nr_schema_values(m->schema));
            nr_found found;
            if (!nr_row_read(m, op->run->store, op->run->env, p, b->rows[i], &op->arena, row, &found, op->run->err)) return false;
            if (found == NR_UNTYPED) return nr_model_untyped(m, op->run->err);
            if (found != NR_FOUND) continue;
            b->rows[kept] = b->rows[i];
            b->values[kept++] = row;
        }
        b->n = kept;
    }
    b->loaded = true;
    return true;
}

static void load_explain(const nr_node *node, nr_buf *out)
{
    const nr_load_params *p = node->params;
    nr_buf_add(out, p->whole ? NR_S("whole entities") : p->beside ? NR_S("fields beside columns") : NR_S("fields"));
}

const nr_op_class nr_op_load = {"Load", false, 0, load_next, load_explain, false, false};

static bool filter_pass(const nr_op *op, const nr_batch *in, size_t i)
{
    const nr_filter_params *p = op->node->params;
    if (op->run->err->code) return false;
    bool passes = nr_pred_eval(p->pred, &in->rows[i], in->values[i]);
    nr_run_blame(op->run, in->rows[i]);
    return passes;
}

static bool filter_next(nr_op *op, nr_batch *b)
{
    return nr_op_sieve(op, op->state, filter_pass, b);
}

static void filter_explain(const nr_node *node, nr_buf *out)
{
    const nr_filter_params *p = node->params;
    nr_pred_print(p->pred, out);
}

const nr_op_class nr_op_filter = {"Filter", false, sizeof(nr_sieve), filter_next, filter_explain, false, false};
