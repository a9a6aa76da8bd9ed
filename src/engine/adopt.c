/* adopt.c -- moving what is in memory from one nr_model to the next. */
#include "engine/adopt.h"

#include "engine/follow.h"
#include "engine/online.h"
#include "store/keyfn.h"
#include "table/rows.h"
#include "table/table.h"

static bool same_field(const nr_field *a, const nr_field *b)
{
    return nr_slice_eq(a->name, b->name) && a->type == b->type && a->spec.type && a->spec.type == b->spec.type && a->spec.places == b->spec.places &&
           a->spec.max_digits == b->spec.max_digits && a->column == b->column;
}

/* An index that keeps values unique is needed at once, and the values of all rows with it: it cannot wait until they have been read. */
static bool needs_all_rows(const nr_model *before, const nr_index *ix)
{
    bool had = false;
    for (size_t i = 0; i < before->n_indexes; i++) had = had || nr_index_same(&before->indexes[i], ix);
    return !had && nr_index_enforces(ix);
}

bool nr_model_can_adopt(const nr_model *before, const nr_model *after)
{
    const nr_schema *a = before->schema, *b = after->schema;
    if (a->abstract || b->abstract || a->in_memory != b->in_memory || a->n_fields != b->n_fields) return false;
    for (size_t i = 0; i < a->n_fields; i++)
        if (!same_field(&a->fields[i], &b->fields[i])) return false;
    for (size_t i = 0; i < after->n_indexes; i++)
        if (needs_all_rows(before, &after->indexes[i])) return false;
    return true;
}

void nr_model_adopt(nr_call *c, nr_model *before, nr_model *after)
{
    nr_remains remains = nr_model_take_remains(before, &c->arena), fresh = nr_model_take_remains(after, &c->arena);
    nr_rows_free(after->rows);
    after->rows = before->rows;
    after->table = before->table;
    after->followed = before->followed;
    after->online = before->online;
    after->lends = before->lends;
    after->unsettled = before->unsettled;
    after->sync_all = before->sync_all;
    after->untyped = before->untyped ? &after->schema->fields[before->untyped->id] : NULL;
    if (after->table) nr_table_adapt(after->table, after->schema, nr_follow_kept(c, after), before->indexes, after->indexes, after->n_indexes);
    before->rows = NULL;
    before->table = NULL;
    before->followed = NULL;
    before->online = NULL;
    nr_model_give_remains(after, &remains);
    nr_model_give_remains(after, &fresh);
    nr_catalog_put(c->engine->catalog, c->db, after);
}
