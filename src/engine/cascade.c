/* cascade.c -- the removals of a command spread: what was removed since the last look is looked at, model by model, until nothing new is. */
#include "engine/cascade.h"

#include <stdlib.h>

#include "engine/semi_join.h"
#include "exec/reference.h"
#include "table/rows.h"
#include "table/table.h"

enum { CLOCK_ROWS = 256 }; /* so often the time is looked at */

/* A reference that minds. */
typedef struct ref {
    nr_slice from; /* the model that it is a field of */
    size_t field;
    nr_policy policy;
} ref;

typedef NR_VEC(ref) refs;

typedef struct nr_cascade_part {
    nr_writer w;
    refs minding;
    NR_VEC(nr_change *) gone; /* removed, in the order in which they were met */
    size_t seen;              /* of those: who refers to them is known */
    bool allowed;             /* the user may write the model */
} part;

/* -- who minds ---------------------------------------------------------------------------------------------------------------------------- */

static void add_refs(nr_call *c, const nr_model *m, nr_slice to, refs *out)
{
    for (size_t i = 0; m->schema->minds_deletes && i < m->schema->n_fields; i++) {
        const nr_field *f = &m->schema->fields[i];
        if (f->on_delete != NR_DO_NOTHING && nr_slice_eq(f->to, to))
            nr_vec_push(&c->arena, out, (ref){nr_arena_copy(&c->arena, m->schema->name), i, f->on_delete});
    }
}

/* What refuses is asked first; the rest is in an order that is the same each time. */
static int compare_refs(const void *x, const void *y)
{
    const ref *a = x, *b = y;
    int by_policy = (b->policy == NR_PROTECT) - (a->policy == NR_PROTECT), by_name = nr_slice_cmp(a->from, b->from);
    return by_policy ? by_policy : by_name ? by_name : (a->field > b->field) - (a->field < b->field);
}

/* All definitions have been read. */
static refs refs_to(nr_call *c, nr_slice model)
{
    refs out = {0};
    size_t at = 0;
    for (nr_model *m; !c->applied && (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (nr_model_has_entities(m)) add_refs(c, m, model, &out);
    if (out.n > 1) qsort(out.at, out.n, sizeof *out.at, compare_refs);
    return out;
}

bool nr_cascade_minded(nr_call *c, nr_slice model, bool *minded)
{
    *minded = false;
    if (c->applied) return true;
    if (!nr_models_load_all(c)) return false;
    const nr_model *m = nr_catalog_get(c->engine->catalog, c->db, model);
    *minded = (m && m->schema->parent.p) || refs_to(c, model).n > 0; /* the row above is minded by this one's */
    return true;
}

/* -- the models --------------------------------------------------------------------------------------------------------------------------- */

static part *add_part(nr_cascade *x, nr_model *m)
{
    nr_call *c = x->call;
    part *p = NR_NEW(&c->arena, part);
    nr_writer_init(&p->w, c, m);
    p->minding = refs_to(c, m->schema->name);
    nr_vec_push(&c->arena, &x->parts, p);
    return p;
}

void nr_cascade_init(nr_cascade *x, nr_call *c, nr_model *m)
{
    *x = (nr_cascade){.call = c};
    add_part(x, m)->allowed = true;
}

void nr_cascade_clear(nr_cascade *x)
{
    for (size_t i = 0; i < x->parts.n; i++) nr_writer_clear(&x->parts.at[i]->w);
}

/* The part of a model that refers to another one; made when it is first needed. NULL: err. */
static part *part_of(nr_cascade *x, nr_slice name, nr_slice to)
{
    nr_call *c = x->call;
    for (size_t i = 0; i < x->parts.n; i++)
        if (nr_slice_eq(x->parts.at[i]->w.model->schema->name, name)) return x->parts.at[i];
    if (!nr_model_shares_slot(c, name, to)) {
        nr_fail(&c->err, NR_E_SYNTAX, "models %s and %s lie in different slots of the cluster; on_delete needs both under one hash tag", NR_SHOW(to),
                NR_SHOW(name));
        return NULL;
    }
    nr_model *m = nr_model_need_for_write(c, name);
    if (!m || (m->untyped && !nr_model_untyped(m, &c->err))) return NULL;
    return add_part(x, m);
}

static bool may_write(nr_cascade *x, part *from, const part *to)
{
    nr_call *c = x->call;
    nr_slice name = from->w.model->schema->name;
    from->allowed = from->allowed || nr_model_may(c, name, true);
    return from->allowed || nr_fail(&c->err, NR_E_NOPERM, "the user may not write %s, which refers to %.*s by on_delete", nr_model_shown(c, from->w.model),
                                    NR_FMT(to->w.model->schema->name));
}

/* -- who refers --------------------------------------------------------------------------------------------------------------------------- */

/* A stretch of what was removed from a model, and a reference to that model. */
typedef struct step {
    part *to, *from;
    const nr_field *field;
    nr_policy policy;
    size_t first, end;
    nr_arena scratch;
} step;

/* The row in which a removed entity still is, if references mean it. */
static uint32_t row_of_gone(const step *s, size_t i)
{
    nr_model *to = s->to->w.model;
    uint32_t row = nr_rows_find(to->rows, s->to->gone.at[i]->pk);
    return row != NR_NO_ROW && nr_reference_means(s->field, to, row) ? row : NR_NO_ROW;
}

/* By what references hold of the removed. */
static bool find_by_index(nr_cascade *x, step *s, nr_row_list *rows)
{
    nr_call *c = x->call;
    nr_model *m = s->from->w.model;
    size_t held = nr_field_held(s->field, s->to->w.model->schema)->id, n = 0;
    nr_operand *keys = NR_NEW_N(&s->scratch, nr_operand, s->end - s->first);
    for (size_t i = s->first; i < s->end; i++)
        if (held == 0 || row_of_gone(s, i) != NR_NO_ROW) keys[n++] = (nr_operand){s->to->gone.at[i]->before[held], 0};
    const nr_pred *in = nr_join_keys(s->field, keys, n, nr_arena_copy(&s->scratch, s->field->name), &s->scratch);
    nr_query q = {.model = m, .where = nr_join_all_of(&s->scratch, in), .count = -1, .max_scan = -1};
    nr_planner p = nr_planner_for(c, m);
    nr_run run;
    nr_run_start(&run, c, m);
    p.arena = run.arena = &s->scratch;
    const nr_node *root = nr_plan_rows(&p, &q, NR_FOR_ROWS);
    bool ok = root && nr_run_collect(&run, root, rows);
    nr_run_close(&run);
    return ok;
}

/* By the array of row numbers that the reference is in memory. */
static void find_by_links(step *s, nr_row_list *rows)
{
    nr_model *from = s->from->w.model, *to = s->to->w.model;
    nr_reference r = nr_reference_of(from, s->field, to);
    size_t words = nr_rows_limit(to->rows) / 64 + 1, from_words = nr_rows_limit(from->rows) / 64 + 1;
    nr_bitmap targets = {&s->scratch, NR_NEW_N(&s->scratch, uint64_t, words), words};
    nr_bitmap sources = {&s->scratch, NR_NEW_N(&s->scratch, uint64_t, from_words), from_words};
    for (size_t i = s->first; i < s->end; i++) {
        uint32_t row = row_of_gone(s, i);
        if (row != NR_NO_ROW) nr_bitmap_set(&targets, row);
    }
    nr_reference_sources(&r, &targets, false, &sources);
    for (uint32_t row = nr_bitmap_next(&sources, 0); row != NR_NO_ROW; row = nr_bitmap_next(&sources, row + 1)) nr_vec_push(&s->scratch, rows, row);
}

/* A reference without a type leads on to a model that is not there yet, and nobody holds a value of it. */
static bool find_rows(nr_cascade *x, step *s, nr_row_list *rows)
{
    if (!s->field->spec.type) return true;
    if (nr_join_by_keys(x->call, s->from->w.model, s->field, s->end - s->first)) return find_by_index(x, s, rows);
    find_by_links(s, rows);
    return true;
}

/* -- what becomes of them ------------------------------------------------------------------------------------------------------------------ */

static bool may_write_above(nr_cascade *x, part *above, const part *p)
{
    nr_call *c = x->call;
    const nr_model *m = above->w.model;
    above->allowed = above->allowed || nr_model_may(c, m->schema->name, true);
    return above->allowed ||
           nr_fail(&c->err, NR_E_NOPERM, "the user may not write %s, which %.*s extends", nr_model_shown(c, m), NR_FMT(p->w.model->schema->name));
}

/* The row that a model above has of the entity goes too. A copy is told of each. */
static bool take(nr_cascade *x, part *p, const nr_value *pk)
{
    const nr_schema *s = p->w.model->schema;
    nr_change *removed;
    if (!nr_writer_remove(&p->w, pk, &removed)) return false;
    if (!removed) return true;
    nr_vec_push(&x->call->arena, &p->gone, removed);
    if (!s->parent.p || x->call->applied) return true;
    part *above = part_of(x, s->parent, s->name);
    return above && may_write_above(x, above, p) && take(x, above, pk);
}

static bool meet_cascade(nr_cascade *x, step *s, const nr_value *pk, uint32_t row)
{
    (void)row;
    return may_write(x, s->from, s->to) && take(x, s->from, pk);
}

static bool meet_set(nr_cascade *x, step *s, const nr_value *pk, uint32_t row)
{
    (void)row;
    const nr_field *f = s->field;
    if (!may_write(x, s->from, s->to)) return false;
    nr_change *ch = nr_writer_entity(&s->from->w, pk);
    if (ch && ch->after) ch->after[f->id] = s->policy == NR_SET_DEFAULT && f->has_default ? f->default_value : NR_NULL;
    return ch != NULL;
}

static bool meet_protect(nr_cascade *x, step *s, const nr_value *pk, uint32_t row)
{
    nr_call *c = x->call;
    const nr_model *m = s->from->w.model;
    nr_slice to = s->to->w.model->schema->name;
    nr_value key = nr_column_get(nr_table_column(m->table, s->field->id), row);
    nr_slice target = nr_type_text(&s->field->spec, &key, &c->arena), own = nr_type_text(&nr_schema_pk(m->schema)->spec, pk, &c->arena);
    if (!nr_model_may(c, m->schema->name, false))
        return nr_fail(&c->err, NR_E_PROTECTED, "another model refers to %.*s %s, which cannot be deleted before", NR_FMT(to), NR_SHOW(target));
    return nr_fail(&c->err, NR_E_PROTECTED, "%.*s %s refers to %.*s %s by '%.*s' with on_delete %s; delete or change it first", NR_FMT(m->schema->name),
                   NR_SHOW(own), NR_FMT(to), NR_SHOW(target), NR_FMT(s->field->name), nr_policy_names[s->policy]);
}

static bool meet_restrict(nr_cascade *x, step *s, const nr_value *pk, uint32_t row)
{
    const nr_change *ch = nr_writer_known(&s->from->w, nr_type_text(&nr_schema_pk(s->from->w.model->schema)->spec, pk, &x->call->arena));
    return (ch && ch->before && !ch->after) || meet_protect(x, s, pk, row);
}

/* What one that refers has to say when its target is removed; last: when all removals are known. */
static const struct {
    bool (*meet)(nr_cascade *x, step *s, const nr_value *pk, uint32_t row);
    bool last;
} policies[NR_POLICIES] = {
    [NR_CASCADE] = {meet_cascade, false}, [NR_PROTECT] = {meet_protect, false}, [NR_RESTRICT] = {meet_restrict, true},
    [NR_SET_NULL] = {meet_set, false},    [NR_SET_DEFAULT] = {meet_set, false},
};

static bool meet_rows(nr_cascade *x, step *s, const nr_row_list *rows)
{
    const nr_model *m = s->from->w.model;
    for (size_t i = 0; i < rows->n; i++) {
        nr_value pk;
        if (i % CLOCK_ROWS == 0 && nr_writer_over_time(&s->from->w)) return false;
        if (!nr_table_has(m->table, rows->at[i])) continue; /* an index of the store may name others */
        if (!nr_field_decode(nr_schema_pk(m->schema), nr_rows_pk(m->rows, rows->at[i]), &s->scratch, &pk)) continue;
        if (!policies[s->policy].meet(x, s, &pk, rows->at[i])) return false;
    }
    return true;
}

static bool meet(nr_cascade *x, part *to, const ref *r, size_t first, size_t end)
{
    part *from = part_of(x, r->from, to->w.model->schema->name);
    if (!from || nr_writer_over_time(&from->w)) return false;
    step s = {to, from, &from->w.model->schema->fields[r->field], r->policy, first, end, {0}};
    nr_row_list rows = {0};
    nr_arena_init(&s.scratch, x->call->env);
    bool ok = find_rows(x, &s, &rows) && meet_rows(x, &s, &rows);
    nr_arena_clear(&s.scratch);
    return ok;
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------------------- */

static bool meet_all(nr_cascade *x, part *p, bool last, size_t first, size_t end)
{
    for (size_t i = 0; first < end && i < p->minding.n; i++)
        if (policies[p->minding.at[i].policy].last == last && !meet(x, p, &p->minding.at[i], first, end)) return false;
    return true;
}

/* Models come to parts on the way. */
static bool spread(nr_cascade *x)
{
    for (size_t i = 0; i < x->parts.n;) {
        part *p = x->parts.at[i];
        size_t first = p->seen;
        p->seen = p->gone.n;
        if (!meet_all(x, p, false, first, p->seen)) return false;
        i = first < p->seen ? 0 : i + 1;
    }
    for (size_t i = 0; i < x->parts.n; i++)
        if (!meet_all(x, x->parts.at[i], true, 0, x->parts.at[i]->gone.n)) return false;
    return true;
}

nr_writer *nr_cascade_writer(nr_cascade *x)
{
    return &x->parts.at[0]->w;
}

bool nr_cascade_remove(nr_cascade *x, const nr_value *pk)
{
    return take(x, x->parts.at[0], pk);
}

bool nr_cascade_commit(nr_cascade *x, uint64_t *removed)
{
    uint64_t changed;
    *removed = 0;
    if (!spread(x)) return false;
    nr_writer **ws = NR_NEW_N(&x->call->arena, nr_writer *, x->parts.n);
    for (size_t i = 0; i < x->parts.n; i++) {
        ws[i] = &x->parts.at[i]->w;
        *removed += x->parts.at[i]->gone.n;
    }
    return nr_writers_commit(ws, x->parts.n, &changed);
}

/* The model above one of which entities go. */
static void explain_above(nr_call *c, nr_slice model, nr_map *known, nr_slices *models, nr_slices *lines)
{
    const nr_model *m = nr_catalog_get(c->engine->catalog, c->db, model);
    nr_slice above = m ? m->schema->parent : (nr_slice){NULL, 0};
    if (!above.p || !nr_model_may(c, above, false)) return;
    nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, "  OnDelete %.*s with %.*s, which it extends", NR_FMT(model), NR_FMT(above)));
    if (!nr_map_put(known, above, c)) nr_vec_push(&c->arena, models, above);
}

bool nr_cascade_explain(nr_call *c, nr_slice model, nr_slices *lines)
{
    nr_slices models = {0};
    nr_map known;
    if (!nr_models_load_all(c)) return false;
    nr_map_init(&known, c->env);
    nr_map_put(&known, model, c);
    nr_vec_push(&c->arena, &models, model);
    for (size_t i = 0; i < models.n; i++) {
        refs minding = refs_to(c, models.at[i]);
        explain_above(c, models.at[i], &known, &models, lines);
        for (size_t k = 0; k < minding.n; k++) {
            const ref *r = &minding.at[k];
            const nr_model *m = nr_catalog_get(c->engine->catalog, c->db, r->from);
            if (!nr_model_may(c, r->from, false)) continue;
            nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, "  OnDelete %.*s %s %.*s by %.*s", NR_FMT(models.at[i]), nr_policy_names[r->policy],
                                                          NR_FMT(r->from), NR_FMT(m->schema->fields[r->field].name)));
            if (r->policy == NR_CASCADE && !nr_map_put(&known, r->from, c)) nr_vec_push(&c->arena, &models, r->from);
        }
    }
    nr_map_clear(&known);
    return true;
}
