/* apply.c -- one step is one store call and knows its opposite; the steps done so far are the undo log. */
#include "engine/apply.h"

#include "engine/borrow.h"
#include "engine/entries.h"
#include "engine/follow.h"
#include "store/keyfn.h"
#include "table/rows.h"
#include "table/table.h"

typedef enum step_kind { STEP_ORDERED_ADD, STEP_ORDERED_REMOVE, STEP_SET_ADD, STEP_SET_REMOVE, STEP_PUT, STEP_REMOVE, STEP_EXPIRE, STEP_COUNTER } step_kind;

/* An entity that differs. */
typedef struct entity {
    const nr_change *ch;
    nr_pairs pairs, undo; /* of a PUT: the new fields and the old ones */
    bool expires;         /* an EXPIRE comes behind the PUT */
    int64_t to, from;     /* deadlines */
} entity;

typedef struct step {
    step_kind kind;
    const nr_model *of;
    nr_slice key;
    union {
        nr_slice member;  /* of an index */
        const entity *e;  /* PUT, REMOVE, EXPIRE */
        struct {
            int64_t to, from;
        } counter;
    };
} step;

/* Steps in blocks, each twice as long as the one before it: there may be very many, and none of them is moved. */
enum { FIRST_BLOCK = 8, MOST_BLOCKS = 56 };

typedef struct steps {
    step *blocks[MOST_BLOCKS];
    size_t n;
} steps;

typedef NR_VEC(entity *) entities;

/* What one model's writer brings. */
typedef struct part {
    nr_writer *w;
    entities changed;
} part;

/* Another value that a row borrows, since the command changes what it goes by. */
typedef struct lent_value {
    nr_model *model;
    uint32_t row;
    size_t field;
    nr_value value;
} lent_value;

typedef struct job {
    nr_call *call;
    steps all;
    NR_VEC(lent_value) lent;
    nr_arena scratch; /* of one entity at a time */
} job;

static step *step_at(steps *s, size_t i)
{
    int block = 63 - __builtin_clzll(i / FIRST_BLOCK + 1);
    return &s->blocks[block][i - FIRST_BLOCK * (((size_t)1 << block) - 1)];
}

static void push_step(job *j, step t)
{
    size_t i = j->all.n++;
    int block = 63 - __builtin_clzll(i / FIRST_BLOCK + 1);
    if (!j->all.blocks[block]) j->all.blocks[block] = nr_arena_alloc(&j->call->arena, sizeof t * FIRST_BLOCK << block);
    *step_at(&j->all, i) = t;
}

static nr_pair pair_of(nr_arena *a, const nr_field *f, const nr_value *row, const nr_slice *given)
{
    nr_slice text = nr_type_text(&f->spec, &row[f->id], a);
    bool same = given && text.p && given[f->id].p && nr_slice_eq(text, given[f->id]);
    return (nr_pair){f->name, same ? given[f->id] : text};
}

static nr_status do_step(nr_store *s, const step *t)
{
    switch (t->kind) {
    case STEP_ORDERED_ADD: return s->cls->ordered_add(s, t->key, t->member);
    case STEP_ORDERED_REMOVE: return s->cls->ordered_remove(s, t->key, t->member);
    case STEP_SET_ADD: return s->cls->set_add(s, t->key, t->member);
    case STEP_SET_REMOVE: return s->cls->set_remove(s, t->key, t->member);
    case STEP_PUT: return s->cls->hash_put(s, t->key, t->e->pairs.at, t->e->pairs.n);
    case STEP_REMOVE: return s->cls->remove(s, t->key);
    case STEP_EXPIRE: return s->cls->expire(s, t->key, t->e->to);
    case STEP_COUNTER: return s->cls->counter_set(s, t->key, t->counter.to);
    }
    return NR_ST_FAILED;
}

static nr_status put_back(nr_call *c, const step *t)
{
    const nr_schema *schema = t->of->schema;
    nr_store *s = c->store;
    nr_pairs all = {0};
    for (size_t i = 0; i < schema->n_fields; i++) nr_vec_push(&c->arena, &all, pair_of(&c->arena, &schema->fields[i], t->e->ch->before, NULL));
    nr_status st = s->cls->hash_put(s, t->key, all.at, all.n);
    return st || t->e->from < 0 ? st : s->cls->expire(s, t->key, t->e->from);
}

static nr_status undo_step(nr_call *c, const step *t)
{
    nr_store *s = c->store;
    switch (t->kind) {
    case STEP_ORDERED_ADD: return s->cls->ordered_remove(s, t->key, t->member);
    case STEP_ORDERED_REMOVE: return s->cls->ordered_add(s, t->key, t->member);
    case STEP_SET_ADD: return s->cls->set_remove(s, t->key, t->member);
    case STEP_SET_REMOVE: return s->cls->set_add(s, t->key, t->member);
    case STEP_PUT: return t->e->ch->before ? s->cls->hash_put(s, t->key, t->e->undo.at, t->e->undo.n) : s->cls->remove(s, t->key);
    case STEP_REMOVE: return put_back(c, t);
    case STEP_EXPIRE: return s->cls->expire(s, t->key, t->e->from);
    case STEP_COUNTER: return t->counter.from ? s->cls->counter_set(s, t->key, t->counter.from) : s->cls->remove(s, t->key);
    }
    return NR_ST_FAILED;
}

/* What the indexes hold of an entity: what the table has, when there is one (a copy may have taken an entity for expired that its primary still changes);
 * else what its hash says. NULL: nothing. */
static const nr_value *indexed_state(job *j, const nr_model *m, const nr_change *ch)
{
    if (!m->table) return ch->before;
    uint32_t row = nr_rows_find(m->rows, ch->pk);
    if (row == NR_NO_ROW || !nr_table_has(m->table, row)) return NULL;
    nr_value *values = NR_NEW_N(&j->scratch, nr_value, nr_schema_values(m->schema));
    nr_table_get(m->table, row, values);
    return values;
}

/* An index that is being built may have an entry already, or not yet, and so one whose key function is unsure: only what changes is a step, so that taking it back
 * is right too. */
static bool changes_nothing(nr_call *c, const nr_index *ix, bool add, const nr_entry *e)
{
    nr_store *s = c->store;
    bool has = false;
    if (!ix->building && !ix->keyfn->unsure) return false;
    nr_status st = ix->kind == NR_IX_SET ? s->cls->set_has(s, e->key, e->member, &has) : s->cls->ordered_has(s, e->key, e->member, &has);
    return !st && has == add;
}

/* The entries are in scratch. */
static void add_steps(job *j, const nr_model *m, const nr_index *ix, bool add, const nr_entries *entries)
{
    static const step_kind kinds[2][2] = {{STEP_ORDERED_REMOVE, STEP_ORDERED_ADD}, {STEP_SET_REMOVE, STEP_SET_ADD}};
    nr_arena *a = &j->call->arena;
    bool set = ix->kind == NR_IX_SET;
    for (size_t i = 0; i < entries->n; i++) {
        const nr_entry *e = &entries->at[i];
        step t = {.kind = kinds[set][add], .of = m, .key = set ? nr_arena_copy(a, e->key) : e->key};
        if (changes_nothing(j->call, ix, add, e)) continue;
        t.member = set ? e->member : nr_arena_copy(a, e->member);
        push_step(j, t);
    }
}

static void index_steps(job *j, const nr_model *m, const nr_change *ch, const nr_value *before, const nr_index *ix)
{
    nr_entries gone = {0}, come = {0};
    nr_index_difference(ix, ch->pk, before, ch->after, &j->scratch, &gone, &come);
    add_steps(j, m, ix, false, &gone);
    add_steps(j, m, ix, true, &come);
}

/* What there was is asked only when it can differ, or be lost. */
static void add_deadline(nr_call *c, entity *e)
{
    const nr_change *ch = e->ch;
    bool asks = ch->before && (ch->expires || !ch->after);
    e->from = asks ? c->store->cls->deadline(c->store, ch->key) : -1;
    e->to = ch->expires ? ch->deadline : -1;
    e->expires = ch->after && ch->expires && e->to != e->from;
}

static bool is_bare(const nr_schema *s, const nr_value *row)
{
    for (size_t i = 1; i < s->n_fields; i++)
        if (row[i].kind != NR_V_NULL) return false;
    return true;
}

/* An entity of others may lack the field of its pk: without its last value its key would be gone, so it gets the field, before that value goes. */
static void keep_alive(nr_writer *w, entity *e)
{
    nr_arena *a = &w->call->arena;
    nr_pair pk = pair_of(a, nr_schema_pk(w->model->schema), e->ch->after, NULL), there = {pk.name, {NULL, 0}};
    bool exists;
    if (!is_bare(w->model->schema, e->ch->after)) return;
    nr_status st = w->call->store->cls->hash_get(w->call->store, e->ch->key, a, &there, 1, &exists);
    if (st || there.value.p) return; /* what fails here fails again when it is written */
    nr_vec_push(a, &e->pairs, e->pairs.at[0]);
    e->pairs.at[0] = pk;
    nr_vec_push(a, &e->undo, there);
}

static bool stays(const nr_change *ch, size_t i)
{
    return ch->before ? nr_value_eq(&ch->before[i], &ch->after[i]) : ch->after[i].kind == NR_V_NULL;
}

/* Fields that differ, all of them for a new one. */
static void add_pairs(nr_writer *w, entity *e)
{
    const nr_schema *s = w->model->schema;
    const nr_change *ch = e->ch;
    nr_arena *a = &w->call->arena;
    size_t n = 0;
    for (size_t i = 0; i < s->n_fields; i++) n += !stays(ch, i);
    e->pairs.at = n ? nr_arena_alloc(a, n * sizeof *e->pairs.at) : NULL;
    e->undo.at = n && ch->before ? nr_arena_alloc(a, n * sizeof *e->undo.at) : NULL;
    e->pairs.cap = n;
    e->undo.cap = ch->before ? n : 0;
    for (size_t i = 0; i < s->n_fields; i++) {
        if (stays(ch, i)) continue;
        nr_vec_push(a, &e->pairs, pair_of(a, &s->fields[i], ch->after, ch->texts));
        if (ch->before) nr_vec_push(a, &e->undo, pair_of(a, &s->fields[i], ch->before, NULL));
    }
    if (ch->before && n) keep_alive(w, e);
}

/* NULL: nothing differs. */
static entity *entity_of(nr_writer *w, const nr_change *ch)
{
    entity e = {.ch = ch};
    if (ch->after) add_pairs(w, &e);
    add_deadline(w->call, &e);
    if (ch->after && !e.pairs.n && !e.expires) return NULL;
    entity *out = NR_NEW(&w->call->arena, entity);
    *out = e;
    return out;
}

static bool differs(const nr_change *ch)
{
    return ch->before || ch->after;
}

/* Takes back the first n steps, the last one first. False: not all of it; then the models that have kept some are marked. */
static bool undo_steps(job *j, size_t n)
{
    nr_call *c = j->call;
    bool undone = true;
    while (n-- > 0) {
        const step *t = step_at(&j->all, n);
        if (undo_step(c, t) == NR_ST_OK) continue;
        undone = false;
        if (!nr_catalog_marked(c->engine->catalog, c->db, t->of->schema->name).p)
            nr_model_corrupt(c, t->of->schema->name, "a failed write could not be undone");
    }
    return undone;
}

/* Index keys come before entities and the counter: what can fail (a key of another type) fails before anybody is told of a change. */
static bool run_steps(job *j)
{
    nr_call *c = j->call;
    for (size_t i = 0; i < j->all.n; i++) {
        const step *t = step_at(&j->all, i);
        nr_status st = do_step(c->store, t);
        if (!st) continue;
        bool undone = undo_steps(j, i);
        return nr_fail(&c->err, NR_E_CORRUPT, "key %s of %.*s %s; %s", NR_SHOW(t->key), NR_FMT(t->of->schema->name), nr_status_text(st),
                       undone ? "nothing is changed" : "the model is not to be trusted");
    }
    return true;
}

static void replicate_save(nr_writer *w, const entity *t)
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
    nr_vec_push(a, &argv, t->ch->pk);
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
static void put_row(nr_writer *w, const entity *e)
{
    nr_model *m = w->model;
    const nr_change *ch = e->ch;
    uint32_t row = nr_rows_intern(m->rows, ch->pk);
    bool asks = ch->before && !e->expires && !nr_table_has(m->table, row);
    if (e->expires || !ch->before) nr_follow_deadline(m, ch->pk, e->to);
    if (asks) nr_follow_deadline(m, ch->pk, w->call->store->cls->deadline(w->call->store, ch->key));
    nr_table_put(m->table, row, ch->after);
}

/* The table follows what was written; a row number is given back with its entity. */
static void update_table(nr_writer *w, const entity *e)
{
    nr_model *m = w->model;
    const nr_change *ch = e->ch;
    if (m->table && ch->after) put_row(w, e);
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
    for (size_t i = 0; i < p->changed.n; i++) {
        const entity *e = p->changed.at[i];
        update_table(w, e);
        if (!e->ch->after) nr_vec_push(&c->arena, &deleted, e->ch->pk);
        else if (c->host.replicate) replicate_save(w, e);
    }
    if (c->host.replicate) replicate_deletes(w, &deleted);
    w->model->counters.deletes += deleted.n;
    w->model->counters.saves += p->changed.n - deleted.n;
    nr_model_touch(c, w->model);
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

/* The steps of the indexes of one model; those of its entities wait. */
static void prepare(job *j, part *p)
{
    nr_writer *w = p->w;
    const nr_model *m = w->model;
    bool in_store = any_in_store(m);
    for (size_t i = 0; i < w->changes.n; i++) {
        nr_change *ch = w->changes.at[i];
        entity *e = differs(ch) ? entity_of(w, ch) : NULL;
        ch->differs = e != NULL;
        if (!e) continue;
        nr_vec_push(&j->call->arena, &p->changed, e);
        nr_mark mark = nr_arena_mark(&j->scratch);
        const nr_value *before = in_store ? indexed_state(j, m, ch) : NULL;
        for (size_t k = 0; in_store && k < m->n_indexes; k++)
            if (is_kept_up(&m->indexes[k])) index_steps(j, m, ch, before, &m->indexes[k]);
        nr_arena_rewind(&j->scratch, mark);
    }
}

/* -- what others borrow ------------------------------------------------------------------------------------------------------------------- */

/* What the entities of the command will borrow. */
static bool fill_borrowed(nr_call *c, nr_writer *const *ws, size_t n)
{
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        nr_borrower b;
        if (!ws[i]->model->schema->n_borrowed) continue;
        nr_borrower_init(&b, c, ws[i]->model, ws, n);
        for (size_t k = 0; ok && k < ws[i]->changes.n; k++)
            if (ws[i]->changes.at[k]->after) ok = nr_borrower_fill(&b, ws[i]->changes.at[k]->after, &c->arena);
        nr_borrower_clear(&b);
    }
    return ok;
}

/* The steps of one row, whose own fields stay, and what is to be kept of it. */
static bool lend_row(job *j, nr_borrower *b, uint32_t row)
{
    nr_call *c = j->call;
    nr_model *m = b->model;
    size_t n = nr_schema_values(m->schema);
    nr_value *before = NR_NEW_N(&j->scratch, nr_value, n), *after = NR_NEW_N(&j->scratch, nr_value, n);
    nr_change ch = {.pk = nr_arena_copy(&c->arena, nr_rows_pk(m->rows, row)), .after = after};
    nr_table_get(m->table, row, before);
    memcpy(after, before, n * sizeof *after);
    if (!nr_borrower_fill(b, after, &j->scratch)) return false;
    for (size_t i = 0; i < m->n_indexes; i++)
        if (m->indexes[i].path.field->borrowed && is_kept_up(&m->indexes[i])) index_steps(j, m, &ch, before, &m->indexes[i]);
    for (size_t i = m->schema->n_fields; i < n; i++) {
        if (nr_value_eq(&before[i], &after[i]) || !(nr_table_keeps(m->table, i) || nr_table_filling(m->table, i))) continue;
        lent_value v = {m, row, i, after[i]};
        if (v.value.kind == NR_V_TEXT) v.value.s = nr_arena_copy(&c->arena, v.value.s);
        nr_vec_push(&c->arena, &j->lent, v);
    }
    return true;
}

static const nr_writer *writer_of(nr_writer *const *ws, size_t n, const nr_model *m)
{
    for (size_t i = 0; i < n; i++)
        if (ws[i]->model == m) return ws[i];
    return NULL;
}

static bool is_too_much(const job *j, const nr_model *m, size_t rows)
{
    nr_call *c = j->call;
    const char *what = (int64_t)c->arena.held > c->limits.max_memory                ? "memory than nonrel.max-memory"
                       : c->env->mono_us(c->env->ctx) >= c->deadline_us ? "time than nonrel.max-time"
                                                                        : NULL;
    if (what)
        nr_fail(&c->err, NR_E_LIMIT,
                "%zu entities of %.*s have to change their place in an index along references to what is written, which takes more %s allows; "
                "raise it, or drop that index",
                rows, NR_FMT(m->schema->name), what);
    return what != NULL;
}

enum { LOOK_EACH = 256 };

static bool lend(job *j, nr_writer *const *ws, size_t n, const nr_borrowing *to)
{
    const nr_writer *mine = writer_of(ws, n, to->model);
    nr_borrower b;
    bool ok = true;
    nr_borrower_init(&b, j->call, to->model, ws, n);
    for (size_t i = 0; ok && i < to->rows.n; i++) {
        const nr_change *ch = mine ? nr_writer_known(mine, nr_rows_pk(to->model->rows, to->rows.at[i])) : NULL;
        nr_mark mark = nr_arena_mark(&j->scratch);
        ok = (ch && ch->differs) || lend_row(j, &b, to->rows.at[i]);
        nr_arena_rewind(&j->scratch, mark);
        ok = ok && !(i % LOOK_EACH == LOOK_EACH - 1 && is_too_much(j, to->model, to->rows.n));
    }
    nr_borrower_clear(&b);
    return ok;
}

static void settle_lent(const job *j)
{
    for (size_t i = 0; i < j->lent.n; i++) nr_table_set(j->lent.at[i].model->table, j->lent.at[i].row, j->lent.at[i].field, &j->lent.at[i].value);
}

/* -- all of it ---------------------------------------------------------------------------------------------------------------------------- */

static void entity_steps(job *j, const part *p)
{
    for (size_t i = 0; i < p->changed.n; i++) {
        const entity *e = p->changed.at[i];
        step t = {.of = p->w->model, .key = e->ch->key, .e = e};
        t.kind = e->ch->after ? STEP_PUT : STEP_REMOVE;
        if (!e->ch->after || e->pairs.n) push_step(j, t);
        t.kind = STEP_EXPIRE;
        if (e->expires) push_step(j, t);
    }
}

static void counter_step(job *j, const nr_writer *w)
{
    if (!w->seq_read || w->seq == w->seq_before) return;
    step t = {.kind = STEP_COUNTER, .of = w->model, .key = w->model->seq_key};
    t.counter.to = w->seq;
    t.counter.from = w->seq_before;
    push_step(j, t);
}

/* The steps of several entities are held to the memory that the command may have, that of scratch aside. */
static bool apply(job *j, nr_writer *const *ws, part *parts, size_t n, uint64_t *changed)
{
    nr_borrowings borrowings = {0};
    nr_arena_alloc(&j->scratch, 1); /* so that its first chunk stays */
    if (!fill_borrowed(j->call, ws, n) || !nr_borrow_spread(j->call, ws, n, &borrowings)) return false;
    for (size_t i = 0; i < n; i++) {
        prepare(j, &parts[i]);
        *changed += parts[i].changed.n;
    }
    for (size_t i = 0; i < borrowings.n; i++)
        if (!lend(j, ws, n, &borrowings.at[i])) return false;
    for (size_t i = 0; i < n; i++) entity_steps(j, &parts[i]);
    for (size_t i = 0; i < n; i++) counter_step(j, parts[i].w);
    if ((*changed > 1 && nr_writer_over_memory(parts[0].w)) || !run_steps(j)) return false;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].w->seq_read) nr_follow_counter_set(parts[i].w->model, parts[i].w->seq);
        if (parts[i].changed.n) settle(&parts[i]);
    }
    settle_lent(j);
    return true;
}

bool nr_apply(nr_writer *const *ws, size_t n, uint64_t *changed)
{
    nr_call *c = ws[0]->call;
    part *parts = NR_NEW_N(&c->arena, part, n);
    job j = {.call = c};
    nr_arena_init(&j.scratch, c->env);
    *changed = 0;
    for (size_t i = 0; i < n; i++) parts[i].w = ws[i];
    bool ok = apply(&j, ws, parts, n, changed);
    nr_arena_clear(&j.scratch);
    return ok;
}
