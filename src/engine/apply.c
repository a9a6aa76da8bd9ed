/* apply.c -- one step is one store call and knows its opposite; the steps done so far are the undo log. */
#include "engine/apply.h"

#include "engine/entries.h"
#include "engine/follow.h"
#include "store/keyfn.h"
#include "table/rows.h"
#include "table/table.h"

typedef enum step_kind { STEP_ORDERED_ADD, STEP_ORDERED_REMOVE, STEP_SET_ADD, STEP_SET_REMOVE, STEP_PUT, STEP_REMOVE, STEP_EXPIRE, STEP_COUNTER } step_kind;

typedef struct step {
    step_kind kind;
    const nr_model *of;
    nr_slice key, member;
    nr_pairs pairs, undo; /* PUT: the new fields and the old ones; REMOVE: undo has the old entity */
    bool made;            /* PUT made the key */
    bool expires;         /* PUT: an EXPIRE comes behind it */
    int64_t to, from;     /* COUNTER; EXPIRE and what has an entity in hand: deadlines */
} step;

typedef NR_VEC(step) steps;
typedef NR_VEC(const nr_change *) changed_list;

/* What one model's writer brings: the entities' own steps, and whose they are. */
typedef struct part {
    nr_writer *w;
    steps entities;
    changed_list changed;
} part;

static nr_status do_step(nr_store *s, const step *t)
{
    switch (t->kind) {
    case STEP_ORDERED_ADD: return s->cls->ordered_add(s, t->key, t->member);
    case STEP_ORDERED_REMOVE: return s->cls->ordered_remove(s, t->key, t->member);
    case STEP_SET_ADD: return s->cls->set_add(s, t->key, t->member);
    case STEP_SET_REMOVE: return s->cls->set_remove(s, t->key, t->member);
    case STEP_PUT: return s->cls->hash_put(s, t->key, t->pairs.at, t->pairs.n);
    case STEP_REMOVE: return s->cls->remove(s, t->key);
    case STEP_EXPIRE: return s->cls->expire(s, t->key, t->to);
    case STEP_COUNTER: return s->cls->counter_set(s, t->key, t->to);
    }
    return NR_ST_FAILED;
}

static nr_status put_back(nr_store *s, const step *t)
{
    nr_status st = s->cls->hash_put(s, t->key, t->undo.at, t->undo.n);
    return st || t->from < 0 ? st : s->cls->expire(s, t->key, t->from);
}

static nr_status undo_step(nr_store *s, const step *t)
{
    switch (t->kind) {
    case STEP_ORDERED_ADD: return s->cls->ordered_remove(s, t->key, t->member);
    case STEP_ORDERED_REMOVE: return s->cls->ordered_add(s, t->key, t->member);
    case STEP_SET_ADD: return s->cls->set_remove(s, t->key, t->member);
    case STEP_SET_REMOVE: return s->cls->set_add(s, t->key, t->member);
    case STEP_PUT: return t->made ? s->cls->remove(s, t->key) : s->cls->hash_put(s, t->key, t->undo.at, t->undo.n);
    case STEP_REMOVE: return put_back(s, t);
    case STEP_EXPIRE: return s->cls->expire(s, t->key, t->from);
    case STEP_COUNTER: return t->from ? s->cls->counter_set(s, t->key, t->from) : s->cls->remove(s, t->key);
    }
    return NR_ST_FAILED;
}

static void add_step(nr_writer *w, steps *out, bool set, bool add, nr_slice key, nr_slice member)
{
    static const step_kind kinds[2][2] = {{STEP_ORDERED_REMOVE, STEP_ORDERED_ADD}, {STEP_SET_REMOVE, STEP_SET_ADD}};
    nr_vec_push(&w->call->arena, out, (step){.kind = kinds[set][add], .of = w->model, .key = key, .member = member});
}

/* What the indexes hold of an entity: what the table has, when there is one (a copy may have taken an entity for expired that its primary still changes);
 * else what its hash says. NULL: nothing. */
static const nr_value *indexed_state(nr_writer *w, const nr_change *ch)
{
    const nr_model *m = w->model;
    if (!m->table) return ch->before;
    uint32_t row = nr_rows_find(m->rows, ch->pk);
    if (row == NR_NO_ROW || !nr_table_has(m->table, row)) return NULL;
    nr_value *values = NR_NEW_N(&w->call->arena, nr_value, m->schema->n_fields);
    nr_table_get(m->table, row, values);
    return values;
}

/* An index that is being built may have an entry already, or not yet, and so one whose key function is unsure: only what changes is a step, so that taking it back
 * is right too. */
static bool changes_nothing(nr_writer *w, const nr_index *ix, bool add, const nr_entry *e)
{
    nr_store *s = w->call->store;
    bool has = false;
    if (!ix->building && !ix->keyfn->unsure) return false;
    nr_status st = ix->kind == NR_IX_SET ? s->cls->set_has(s, e->key, e->member, &has) : s->cls->ordered_has(s, e->key, e->member, &has);
    return !st && has == add;
}

static void add_steps(nr_writer *w, const nr_index *ix, bool add, const nr_entries *entries, steps *out)
{
    for (size_t i = 0; i < entries->n; i++)
        if (!changes_nothing(w, ix, add, &entries->at[i])) add_step(w, out, ix->kind == NR_IX_SET, add, entries->at[i].key, entries->at[i].member);
}

static void index_steps(nr_writer *w, const nr_change *ch, const nr_value *before, const nr_index *ix, steps *out)
{
    nr_entries gone = {0}, come = {0};
    nr_index_difference(ix, ch->pk, before, ch->after, &w->call->arena, &gone, &come);
    add_steps(w, ix, false, &gone, out);
    add_steps(w, ix, true, &come, out);
}

static nr_pair pair_of(nr_writer *w, const nr_field *f, const nr_value *row, const nr_slice *given)
{
    nr_slice text = nr_type_text(&f->spec, &row[f->id], &w->call->arena);
    bool same = given && text.p && given[f->id].p && nr_slice_eq(text, given[f->id]);
    return (nr_pair){f->name, same ? given[f->id] : text};
}

/* What there was is asked only when it can differ, or be lost. */
static void add_deadline(nr_writer *w, const nr_change *ch, step *t)
{
    bool asks = ch->before && (ch->expires || !ch->after);
    t->from = asks ? w->call->store->cls->deadline(w->call->store, ch->key) : -1;
    t->to = ch->expires ? ch->deadline : -1;
    t->expires = ch->after && ch->expires && t->to != t->from;
}

static bool is_bare(const nr_schema *s, const nr_value *row)
{
    for (size_t i = 1; i < s->n_fields; i++)
        if (row[i].kind != NR_V_NULL) return false;
    return true;
}

/* An entity of others may lack the field of its pk: without its last value its key would be gone, so it gets the field, before that value goes. */
static void keep_alive(nr_writer *w, const nr_change *ch, step *t)
{
    nr_arena *a = &w->call->arena;
    nr_pair pk = pair_of(w, nr_schema_pk(w->model->schema), ch->after, NULL), there = {pk.name, {NULL, 0}};
    bool exists;
    if (!is_bare(w->model->schema, ch->after)) return;
    nr_status st = w->call->store->cls->hash_get(w->call->store, ch->key, a, &there, 1, &exists);
    if (st || there.value.p) return; /* what fails here fails again when it is written */
    nr_vec_push(a, &t->pairs, t->pairs.at[0]);
    t->pairs.at[0] = pk;
    nr_vec_push(a, &t->undo, there);
}

/* The entity's own step: fields that differ, all of them for a new one; none when nothing differs. */
static bool entity_step(nr_writer *w, const nr_change *ch, steps *out)
{
    const nr_schema *s = w->model->schema;
    nr_arena *a = &w->call->arena;
    step t = {.kind = ch->after ? STEP_PUT : STEP_REMOVE, .of = w->model, .key = ch->key, .made = !ch->before};
    for (size_t i = 0; i < s->n_fields; i++) {
        const nr_field *f = &s->fields[i];
        if (ch->before && ch->after && nr_value_eq(&ch->before[i], &ch->after[i])) continue;
        if (ch->after && (ch->before || ch->after[i].kind != NR_V_NULL)) nr_vec_push(a, &t.pairs, pair_of(w, f, ch->after, ch->texts));
        if (ch->before) nr_vec_push(a, &t.undo, pair_of(w, f, ch->before, NULL));
    }
    if (ch->before && ch->after && t.pairs.n) keep_alive(w, ch, &t);
    add_deadline(w, ch, &t);
    if (ch->after && !t.pairs.n && !t.expires) return false;
    nr_vec_push(a, out, t);
    return true;
}

static bool differs(const nr_change *ch)
{
    return ch->before || ch->after;
}

/* Takes back the first n steps, the last one first. False: not all of it; then the models that have kept some are marked. */
static bool undo_steps(nr_call *c, const steps *all, size_t n)
{
    bool undone = true;
    while (n-- > 0) {
        const step *t = &all->at[n];
        if (undo_step(c->store, t) == NR_ST_OK) continue;
        undone = false;
        if (!nr_catalog_marked(c->engine->catalog, c->db, t->of->schema->name).p)
            nr_model_corrupt(c, t->of->schema->name, "a failed write could not be undone");
    }
    return undone;
}

/* Index keys come before entities and the counter: what can fail (a key of another type) fails before anybody is told of a change. */
static bool run_steps(nr_call *c, const steps *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const step *t = &all->at[i];
        nr_status st = do_step(c->store, t);
        if (!st) continue;
        bool undone = undo_steps(c, all, i);
        return nr_fail(&c->err, NR_E_CORRUPT, "key %s of %.*s %s; %s", NR_SHOW(t->key), NR_FMT(t->of->schema->name), nr_status_text(st),
                       undone ? "nothing is changed" : "the model is not to be trusted");
    }
    return true;
}

static void replicate_save(nr_writer *w, const step *t, nr_slice pk)
{
    if (w->verbatim) {
        w->call->host.replicate_verbatim(w->call->host.ctx);
        return;
    }
    nr_arena *a = &w->call->arena;
    nr_slices argv = {0};
    nr_vec_push(a, &argv, NR_S("NONREL.SAVE"));
    nr_vec_push(a, &argv, w->model->schema->name);
    if (t->expires) {
        nr_vec_push(a, &argv, NR_S("PXAT"));
        nr_vec_push(a, &argv, nr_arena_printf(a, "%lld", (long long)t->to));
    }
    nr_vec_push(a, &argv, NR_S("pk"));
    nr_vec_push(a, &argv, pk);
    for (size_t i = 0; i < t->pairs.n; i++) {
        const nr_pair *p = &t->pairs.at[i];
        if (nr_slice_eq(p->name, nr_schema_pk(w->model->schema)->name)) continue;
        nr_vec_push(a, &argv, p->value.p ? p->name : NR_S("NULL"));
        nr_vec_push(a, &argv, p->value.p ? p->value : p->name);
    }
    w->call->host.replicate(w->call->host.ctx, argv.at, argv.n);
}

enum { DELETES_A_COMMAND = 1000 };

static void replicate_deletes(nr_writer *w, const nr_slices *pks)
{
    nr_arena *a = &w->call->arena;
    for (size_t from = 0; from < pks->n; from += DELETES_A_COMMAND) {
        nr_slices argv = {0};
        nr_vec_push(a, &argv, NR_S("NONREL.DELETE"));
        nr_vec_push(a, &argv, w->model->schema->name);
        nr_vec_push(a, &argv, NR_S("PK"));
        for (size_t i = from; i < pks->n && i < from + DELETES_A_COMMAND; i++) nr_vec_push(a, &argv, pks->at[i]);
        w->call->host.replicate(w->call->host.ctx, argv.at, argv.n);
    }
}

/* A copy may have taken an entity for expired that its primary still changes: then its deadline has to be asked for again. */
static void put_row(nr_writer *w, const nr_change *ch, const step *t)
{
    nr_model *m = w->model;
    uint32_t row = nr_rows_intern(m->rows, ch->pk);
    bool asks = ch->before && !t->expires && !nr_table_has(m->table, row);
    if (t->expires || !ch->before) nr_follow_deadline(m, ch->pk, t->to);
    if (asks) nr_follow_deadline(m, ch->pk, w->call->store->cls->deadline(w->call->store, ch->key));
    nr_table_put(m->table, row, ch->after);
}

/* The table follows what was written; a row number is given back with its entity. */
static void update_table(nr_writer *w, const nr_change *ch, const step *t)
{
    nr_model *m = w->model;
    if (m->table && ch->after) put_row(w, ch, t);
    if (ch->after) return;
    uint32_t row = nr_rows_find(m->rows, ch->pk);
    if (m->table && row != NR_NO_ROW) nr_table_drop(m->table, row);
    nr_follow_deadline(m, ch->pk, -1);
    nr_rows_drop(m->rows, ch->pk);
}

/* What follows a write that has happened: the table, counters, replication, watchers. */
static void settle(const part *p)
{
    nr_writer *w = p->w;
    nr_call *c = w->call;
    nr_slices deleted = {0};
    for (size_t i = 0; i < p->entities.n; i++) {
        const step *t = &p->entities.at[i];
        update_table(w, p->changed.at[i], t);
        if (t->kind == STEP_REMOVE) nr_vec_push(&c->arena, &deleted, p->changed.at[i]->pk);
        else if (c->host.replicate) replicate_save(w, t, p->changed.at[i]->pk);
    }
    if (c->host.replicate) replicate_deletes(w, &deleted);
    w->model->counters.deletes += deleted.n;
    w->model->counters.saves += p->entities.n - deleted.n;
    c->store->cls->touch(c->store, w->model->schema->name);
}

/* Whether the store has the index, or is getting it: one that waits to be built is not looked at. */
static bool is_kept_up(const nr_index *ix)
{
    return !ix->memory && (!ix->stale || ix->building);
}

static bool any_in_store(const nr_model *m)
{
    for (size_t i = 0; i < m->n_indexes; i++)
        if (is_kept_up(&m->indexes[i])) return true;
    return false;
}

/* The steps of the indexes of one model go to all, those of its entities wait in the part. */
static void prepare(part *p, steps *all)
{
    nr_writer *w = p->w;
    nr_arena *a = &w->call->arena;
    bool in_store = any_in_store(w->model);
    for (size_t i = 0; i < w->changes.n; i++) {
        const nr_change *ch = w->changes.at[i];
        if (!differs(ch) || !entity_step(w, ch, &p->entities)) continue;
        nr_vec_push(a, &p->changed, ch);
        const nr_value *before = in_store ? indexed_state(w, ch) : NULL;
        for (size_t k = 0; in_store && k < w->model->n_indexes; k++)
            if (is_kept_up(&w->model->indexes[k])) index_steps(w, ch, before, &w->model->indexes[k], all);
    }
}

static void push_entities(const part *p, steps *all)
{
    nr_arena *a = &p->w->call->arena;
    for (size_t i = 0; i < p->entities.n; i++) {
        const step *t = &p->entities.at[i];
        if (t->kind == STEP_REMOVE || t->pairs.n) nr_vec_push(a, all, *t);
        if (t->expires) nr_vec_push(a, all, (step){.kind = STEP_EXPIRE, .of = t->of, .key = t->key, .to = t->to, .from = t->from});
    }
}

static bool moves_counter(const nr_writer *w)
{
    return w->seq_read && w->seq != w->seq_before;
}

static void push_counter(const nr_writer *w, steps *all)
{
    nr_vec_push(&w->call->arena, all,
                (step){.kind = STEP_COUNTER, .of = w->model, .key = w->model->seq_key, .to = w->seq, .from = w->seq_before});
}

bool nr_apply(nr_writer *const *ws, size_t n, uint64_t *changed)
{
    nr_call *c = ws[0]->call;
    part *parts = NR_NEW_N(&c->arena, part, n);
    steps all = {0};
    *changed = 0;
    for (size_t i = 0; i < n; i++) {
        parts[i].w = ws[i];
        prepare(&parts[i], &all);
        *changed += parts[i].entities.n;
    }
    for (size_t i = 0; i < n; i++) push_entities(&parts[i], &all);
    for (size_t i = 0; i < n; i++)
        if (moves_counter(ws[i])) push_counter(ws[i], &all);
    if ((*changed > 1 && nr_writer_over_memory(ws[0])) || !run_steps(c, &all)) return false;
    for (size_t i = 0; i < n; i++) {
        if (ws[i]->seq_read) nr_follow_counter_set(ws[i]->model, ws[i]->seq);
        if (parts[i].entities.n) settle(&parts[i]);
    }
    return true;
}
