/* relate.c -- NONREL.RELATE: a relation is an entity of the model that holds the m2m field. Those that are there are found by a query, then what comes and goes is one
 * write of that model. */
#include "engine/cascade.h"
#include "engine/semi_join.h"
#include "table/rows.h"
#include "table/table.h"

enum { FEW = 16 };         /* pks that are looked for one by one, rather than among all that the entity is related to */
enum { CLOCK_PKS = 256 };  /* so often the time is looked at */

typedef enum verb { VERB_ADD, VERB_REMOVE, VERB_SET, VERB_CLEAR } verb;

static const char *const verbs[] = {[VERB_ADD] = "ADD", [VERB_REMOVE] = "REMOVE", [VERB_SET] = "SET", [VERB_CLEAR] = "CLEAR"};

/* One of the pks given. */
typedef struct target {
    nr_slice pk;      /* canonical; absent: no entity can have what was given */
    nr_slice held;    /* what relations hold of it */
    nr_slice given;
    bool related;
} target;

typedef struct relater {
    nr_call *call;
    nr_model *model, *other; /* other: what the targets are of */
    nr_many many;
    nr_slice held;           /* what relations hold of the entity */
    verb verb;
    NR_VEC(target *) targets; /* each once */
    nr_map by_held;
    nr_cascade cascade;      /* of many.through */
    nr_writer *writer;       /* its own */
} relater;

/* -- the arguments ------------------------------------------------------------------------------------------------------------------------- */

static bool read_verb(relater *r, nr_slice word, size_t n_pks)
{
    nr_call *c = r->call;
    size_t i = 0;
    while (i < sizeof verbs / sizeof *verbs && !nr_slice_caseis(word, verbs[i])) i++;
    if (i == sizeof verbs / sizeof *verbs) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s; expected ADD, REMOVE, SET or CLEAR", NR_SHOW(word));
    r->verb = (verb)i;
    if (r->verb == VERB_CLEAR) return !n_pks || nr_fail(&c->err, NR_E_SYNTAX, "CLEAR takes no primary keys, got %zu", n_pks);
    return n_pks || r->verb == VERB_SET || nr_fail(&c->err, NR_E_SYNTAX, "%s needs at least one primary key", verbs[i]);
}

/* The canonical text of a pk; absent: no entity can have it. */
static bool read_pk(nr_call *c, const nr_model *m, nr_slice given, nr_slice *pk)
{
    nr_operand op;
    if (!nr_field_operand(nr_schema_pk(m->schema), given, &c->arena, &op, &c->err)) return false;
    nr_slice text = op.side ? (nr_slice){NULL, 0} : nr_type_text(&nr_schema_pk(m->schema)->spec, &op.v, &c->arena);
    *pk = text.n ? text : (nr_slice){NULL, 0};
    return true;
}

static bool is_there(nr_call *c, nr_model *m, nr_slice pk, bool *there)
{
    nr_found found = NR_ABSENT;
    nr_mark mark = nr_arena_mark(&c->arena);
    nr_value *row = NR_NEW_N(&c->arena, nr_value, m->schema->n_fields);
    if (pk.p && !nr_entity_read(m, c->store, c->env, pk, NULL, true, &c->arena, row, &found, &c->err)) return false;
    nr_arena_rewind(&c->arena, mark);
    *there = found == NR_FOUND;
    return found != NR_UNTYPED || nr_model_untyped(m, &c->err);
}

static bool not_found(nr_call *c, const nr_model *m, nr_slice pk)
{
    return nr_fail(&c->err, NR_E_NOTFOUND, "%.*s has no entity %s", NR_FMT(m->schema->name), NR_SHOW(pk));
}

/* What a reference of the relation holds of an entity: its primary key, whether it is there or not, or what its to_field has. */
static bool read_held(relater *r, nr_model *m, const nr_field *f, nr_slice pk, nr_slice given, nr_slice *held)
{
    nr_call *c = r->call;
    nr_found found = NR_ABSENT;
    *held = pk;
    if (!f->to_field.p) return true;
    const nr_field *of = nr_field_held(f, m->schema);
    nr_value *row = NR_NEW_N(&c->arena, nr_value, m->schema->n_fields);
    if (pk.p && !nr_entity_read(m, c->store, c->env, pk, NULL, true, &c->arena, row, &found, &c->err)) return false;
    if (found == NR_UNTYPED) return nr_model_untyped(m, &c->err);
    if (found != NR_FOUND) return not_found(c, m, given);
    *held = nr_type_text(&of->spec, &row[of->id], &c->arena);
    return held->p || nr_fail(&c->err, NR_E_NOTNULL, "%.*s %s has no '%.*s', by which '%.*s' of %.*s refers to it", NR_FMT(m->schema->name), NR_SHOW(given),
                              NR_FMT(of->name), NR_FMT(f->name), NR_FMT(r->many.through->schema->name));
}

static bool read_entity(relater *r, nr_slice given)
{
    bool there;
    nr_slice pk;
    if (!read_pk(r->call, r->model, given, &pk) || !is_there(r->call, r->model, pk, &there)) return false;
    if (!there) return not_found(r->call, r->model, given);
    return read_held(r, r->model, r->many.near, pk, given, &r->held);
}

static bool read_targets(relater *r, const nr_slice *pks, size_t n)
{
    nr_call *c = r->call;
    for (size_t i = 0; i < n; i++) {
        target *t = NR_NEW(&c->arena, target);
        t->given = pks[i];
        if (!read_pk(c, r->other, pks[i], &t->pk)) return false;
        if (!t->pk.p) return not_found(c, r->other, pks[i]);
        if (i % CLOCK_PKS == 0 && nr_writer_over_time(r->writer)) return false;
        if (!read_held(r, r->other, r->many.far, t->pk, pks[i], &t->held)) return false;
        if (!nr_map_put(&r->by_held, t->held, t)) nr_vec_push(&c->arena, &r->targets, t);
        if (nr_writer_over_memory(r->writer)) return false;
    }
    return true;
}

/* -- the models ---------------------------------------------------------------------------------------------------------------------------- */

static bool no_relation(relater *r, nr_slice name)
{
    nr_call *c = r->call;
    const nr_field *f = nr_schema_need(r->model->schema, name, &c->err);
    return f && nr_fail(&c->err, NR_E_SYNTAX, "'%.*s' of %.*s is no many-to-many field: SAVE writes it", NR_FMT(f->name), NR_FMT(r->model->schema->name));
}

/* The relation of that name, the model's own or that of one above it, which then becomes the binder's. */
static bool find_relation(relater *r, nr_binder *b, nr_slice name)
{
    nr_levels levels;
    if (!nr_levels_of(r->call, r->model, nr_model_need, false, &levels)) return false;
    for (size_t i = 0; i < levels.n && !r->many.through; i++) {
        b->schema = levels.at[i]->schema;
        if (!nr_many_find(b, b->schema, name, &r->many)) return false;
    }
    return r->many.through || no_relation(r, name);
}

/* Building stale indexes can put another model in the place of the one that holds the relation: then it is looked for again. */
static bool find_models(relater *r, nr_slice name)
{
    nr_call *c = r->call;
    nr_binder b = {.with = nr_bind_with_of(c), .arena = &c->arena, .err = &c->err};
    if (!find_relation(r, &b, name)) return false;
    nr_slice through = nr_arena_copy(&c->arena, r->many.through->schema->name), to = nr_arena_copy(&c->arena, r->many.far->to);
    if (!nr_may_enter(c, b.schema->name, through, true) || !nr_may_enter(c, b.schema->name, to, false)) return false;
    r->other = nr_model_need(c, to);
    nr_model *m = r->other ? nr_model_need_for_write(c, through) : NULL;
    return m && (m == r->many.through || nr_many_find(&b, b.schema, name, &r->many));
}

static bool needs_value(const relater *r, const nr_field *f)
{
    bool given = f == r->many.near || f == r->many.far;
    return !given && f->id && !f->null && !f->default_json && !f->auto_now && !f->auto_now_add;
}

/* Whether its entities can be made of two references alone. */
static bool check_makable(relater *r)
{
    const nr_schema *s = r->many.through->schema;
    const nr_field *pk = nr_schema_pk(s), *missing = pk->type->flags & (NR_TF_AUTO | NR_TF_DRAWN) ? NULL : pk;
    for (size_t i = 0; !missing && i < s->n_fields; i++)
        if (needs_value(r, &s->fields[i])) missing = &s->fields[i];
    return !missing || nr_fail(&r->call->err, NR_E_NOTNULL, "'%.*s' of %.*s, which holds the relation, needs a value: SAVE there in place of %s",
                               NR_FMT(missing->name), NR_FMT(s->name), verbs[r->verb]);
}

/* -- what is there ------------------------------------------------------------------------------------------------------------------------- */

/* The rows that refer to the entity, and to far, if it is given. */
static bool find_rows(relater *r, nr_slice far, nr_row_list *rows)
{
    nr_call *c = r->call;
    nr_slice argv[] = {NR_S("FILTER"), r->many.near->name, r->held, r->many.far->name, far};
    nr_query q;
    return nr_filters_bind(c, r->many.through, argv, far.p ? 5 : 3, &q) && nr_rows_matching(c, r->many.through, &q, rows);
}

/* A row that is there. */
static bool take_row(relater *r, uint32_t row)
{
    nr_call *c = r->call;
    const nr_model *m = r->many.through;
    nr_value far = nr_column_get(nr_table_column(m->table, r->many.far->id), row), pk;
    target *t = far.kind == NR_V_NULL ? NULL : nr_map_get(&r->by_held, nr_type_text(&r->many.far->spec, &far, &c->arena));
    if (t) t->related = true;
    bool goes = far.kind != NR_V_NULL && (r->verb == VERB_CLEAR || (r->verb == VERB_SET && !t) || (r->verb == VERB_REMOVE && t));
    if (!goes) return true;
    if (!nr_field_decode(nr_schema_pk(m->schema), nr_arena_copy(&c->arena, nr_rows_pk(m->rows, row)), &c->arena, &pk)) return true;
    return nr_cascade_remove(&r->cascade, &pk);
}

static bool find_related(relater *r)
{
    nr_row_list rows = {0};
    bool each = (r->verb == VERB_ADD || r->verb == VERB_REMOVE) && r->targets.n <= FEW, ok = each || find_rows(r, (nr_slice){NULL, 0}, &rows);
    for (size_t i = 0; ok && each && i < r->targets.n; i++) ok = find_rows(r, r->targets.at[i]->held, &rows);
    for (size_t i = 0; ok && i < rows.n; i++) ok = take_row(r, rows.at[i]);
    return ok;
}

/* A relation to an entity that is gone can be removed; else all targets have to be there. */
static bool check_targets(relater *r)
{
    for (size_t i = 0; i < r->targets.n; i++) {
        const target *t = r->targets.at[i];
        bool there;
        if (r->verb == VERB_REMOVE && t->related) continue;
        if ((i % CLOCK_PKS == 0 && nr_writer_over_time(r->writer)) || !is_there(r->call, r->other, t->pk, &there)) return false;
        if (!there) return not_found(r->call, r->other, t->given);
    }
    return true;
}

/* -- the change ---------------------------------------------------------------------------------------------------------------------------- */

static bool relate(relater *r, nr_slice to)
{
    nr_call *c = r->call;
    nr_writer *w = r->writer;
    const nr_schema *s = w->model->schema;
    nr_value pk;
    nr_change *ch = nr_writer_new_pk(w, &pk) ? nr_writer_entity(w, &pk) : NULL;
    if (!ch) return false;
    nr_writer_edit(w, ch, &pk);
    ch->fresh = true;
    for (size_t i = 1; i < s->n_fields; i++) {
        const nr_field *f = &s->fields[i];
        bool given = f == r->many.near || f == r->many.far;
        if (!(given ? nr_field_read(f, f == r->many.near ? r->held : to, &c->arena, &ch->after[i], &c->err) : nr_writer_fill(w, ch, f))) return false;
        if (!nr_writer_meets_null(w, ch, f)) return false;
    }
    nr_writer_age(w, ch);
    ch->fresh = false;
    nr_writer_edited(w, ch);
    return true;
}

static bool change(relater *r, int64_t *changed)
{
    nr_call *c = r->call;
    uint64_t removed;
    for (size_t i = 0; (r->verb == VERB_ADD || r->verb == VERB_SET) && i < r->targets.n; i++) {
        if (r->targets.at[i]->related) continue;
        if ((i % CLOCK_PKS == 0 && nr_writer_over_time(r->writer)) || !relate(r, r->targets.at[i]->held)) return false;
    }
    *changed = 0;
    for (size_t i = 0; i < r->writer->changes.n; i++) *changed += !r->writer->changes.at[i]->before != !r->writer->changes.at[i]->after;
    if (!nr_cascade_commit(&r->cascade, &removed)) return false;
    if (*changed) c->store->cls->touch(c->store, r->model->schema->name); /* who watches the model that was named is told */
    return true;
}

bool nr_cmd_relate(nr_call *c, const nr_slice *argv, size_t argc)
{
    relater r = {.call = c, .model = nr_model_need(c, argv[0])};
    int64_t changed;
    if (!r.model || !read_verb(&r, argv[3], argc - 4)) return false;
    if (r.verb != VERB_ADD && !nr_models_load_all(c)) return false; /* who minds that relations go */
    if (!find_models(&r, argv[2])) return false;
    nr_map_init(&r.by_held, c->env);
    nr_cascade_init(&r.cascade, c, r.many.through);
    r.writer = nr_cascade_writer(&r.cascade);
    bool makes = r.verb == VERB_ADD || r.verb == VERB_SET;
    bool ok = (!makes || check_makable(&r)) && read_entity(&r, argv[1]) && read_targets(&r, argv + 4, argc - 4) && find_related(&r) && check_targets(&r) &&
              change(&r, &changed);
    nr_cascade_clear(&r.cascade);
    nr_map_clear(&r.by_held);
    if (ok) c->sink->cls->integer(c->sink, changed);
    return ok;
}
