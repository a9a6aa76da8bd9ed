/* borrow.c -- from a row along references to what it borrows, and back from an entity to the rows that borrow from it. */
#include "engine/borrow.h"

#include "engine/entries.h"
#include "engine/follow.h"
#include "engine/reconcile.h"
#include "engine/semi_join.h"
#include "exec/reference.h"
#include "table/rows.h"
#include "table/table.h"

enum { MOST_FOUND = 1 << 18 };   /* values that a borrower remembers */
enum { MOST_LENT = 100000 };     /* entities noted; with more of them every row is looked at */

/* A borrowed field made ready: steps[i] is left by refs[i], which is a field of the model before it. */
typedef struct nr_borrow_way {
    const nr_borrowed *of;
    nr_model **steps;
    const nr_field **refs;
    const nr_field *last; /* NULL: a model or a field on the way is not there */
} way;

/* -- ways --------------------------------------------------------------------------------------------------------------------------------- */

static void make_ready(nr_call *c, nr_model *m, const nr_borrowed *of, way *w)
{
    nr_model *at = m;
    *w = (way){.of = of, .steps = NR_NEW_N(&c->arena, nr_model *, of->n_steps), .refs = NR_NEW_N(&c->arena, const nr_field *, of->n_steps)};
    for (size_t i = 0; i < of->n_steps; i++) {
        w->refs[i] = nr_schema_field(at->schema, of->steps[i].field);
        at = nr_catalog_get(c->engine->catalog, c->db, of->steps[i].to);
        if (!at) at = nr_model_find(c, of->steps[i].to);
        if (!w->refs[i] || !w->refs[i]->spec.type || !at || !nr_model_has_entities(at)) return;
        w->steps[i] = at;
    }
    w->last = nr_schema_field(at->schema, of->of);
}

/* What a step is asked for: the next reference, or, at the end, what is borrowed. */
static const nr_field *asked_of(const way *w, size_t step)
{
    return step + 1 < w->of->n_steps ? w->refs[step + 1] : w->last;
}

/* -- values ------------------------------------------------------------------------------------------------------------------------------- */

void nr_borrower_init(nr_borrower *b, nr_call *c, nr_model *m, nr_writer *const *ws, size_t n_ws)
{
    size_t n = m->schema->n_borrowed;
    *b = (nr_borrower){.call = c, .model = m, .ws = ws, .n_ws = n_ws, .ways = NR_NEW_N(&c->arena, way, n)};
    nr_arena_init(&b->cache, c->env);
    nr_map_init(&b->found, c->env);
    nr_arena_init(&b->scratch, c->env);
    nr_arena_alloc(&b->scratch, 1); /* so that its first chunk stays */
    for (size_t i = 0; i < n; i++) make_ready(c, m, &m->schema->borrowed[i], &b->ways[i]);
}

static void forget_found(nr_borrower *b)
{
    nr_map_clear(&b->found);
    nr_arena_clear(&b->cache);
}

void nr_borrower_clear(nr_borrower *b)
{
    forget_found(b);
    nr_arena_clear(&b->scratch);
}

static const nr_change *change_of(const nr_borrower *b, const nr_model *m, nr_slice pk)
{
    for (size_t i = 0; i < b->n_ws; i++)
        if (b->ws[i]->model == m) return nr_writer_known(b->ws[i], pk);
    return NULL;
}

/* Under which it is remembered: the place of the way and of the step, and the key. */
static nr_slice cache_key(const nr_borrower *b, const way *w, size_t step, nr_slice pk, nr_arena *arena)
{
    size_t at[2] = {(size_t)(w - b->ways), step};
    nr_buf key = nr_buf_in(arena);
    nr_buf_add(&key, (nr_slice){(const char *)at, sizeof at});
    nr_buf_add(&key, pk);
    return nr_buf_slice(&key);
}

static bool read_stored(nr_borrower *b, const way *w, size_t step, nr_slice pk, nr_arena *scratch, nr_value *out)
{
    nr_call *c = b->call;
    nr_model *m = w->steps[step];
    nr_slice key = cache_key(b, w, step, pk, scratch);
    const nr_value *known = nr_map_get(&b->found, key);
    nr_found how;
    if (known) *out = *known;
    if (known) return true;
    nr_value *row = NR_NEW_N(scratch, nr_value, nr_schema_values(m->schema)), *kept;
    if (!nr_entity_read(m, c->store, c->env, pk, NULL, true, scratch, row, &how, &c->err)) return false;
    if (b->found.n == MOST_FOUND) forget_found(b);
    kept = NR_NEW(&b->cache, nr_value);
    *kept = how == NR_FOUND ? row[asked_of(w, step)->id] : NR_NULL;
    if (kept->kind == NR_V_TEXT) kept->s = nr_arena_copy(&b->cache, kept->s);
    nr_map_put(&b->found, nr_arena_copy(&b->cache, key), kept);
    *out = *kept;
    return true;
}

/* What the entity of a key has in the field that is asked for, when the command is through. */
static bool look(nr_borrower *b, const way *w, size_t step, nr_slice pk, nr_arena *scratch, nr_value *out)
{
    const nr_change *ch = change_of(b, w->steps[step], pk);
    if (!ch) return read_stored(b, w, step, pk, scratch, out);
    *out = ch->after ? ch->after[asked_of(w, step)->id] : NR_NULL;
    return true;
}

static bool chase(nr_borrower *b, const way *w, const nr_value *row, nr_arena *scratch, nr_value *out)
{
    *out = w->last ? row[w->refs[0]->id] : NR_NULL;
    for (size_t i = 0; i < w->of->n_steps && out->kind != NR_V_NULL; i++)
        if (!look(b, w, i, nr_type_text(&w->refs[i]->spec, out, scratch), scratch, out)) return false;
    return true;
}

bool nr_borrower_fill(nr_borrower *b, nr_value *row, nr_arena *arena)
{
    nr_mark mark = nr_arena_mark(&b->scratch);
    bool ok = true;
    for (size_t i = 0; ok && i < b->model->schema->n_borrowed; i++) {
        nr_value v;
        ok = chase(b, &b->ways[i], row, &b->scratch, &v);
        if (ok && v.kind == NR_V_TEXT) v.s = nr_arena_copy(arena, v.s);
        if (ok) row[b->model->schema->n_fields + i] = v;
    }
    nr_arena_rewind(&b->scratch, mark);
    return ok;
}

bool nr_borrow_read(nr_call *c, nr_model *m, nr_slice pk, nr_arena *arena, nr_value *row, nr_found *found)
{
    nr_borrower b;
    if (!nr_entity_read(m, c->store, c->env, pk, NULL, true, arena, row, found, &c->err)) return false;
    if (*found != NR_FOUND || !m->schema->n_borrowed) return true;
    nr_borrower_init(&b, c, m, NULL, 0);
    bool ok = nr_borrower_fill(&b, row, arena);
    nr_borrower_clear(&b);
    return ok;
}

/* The references that ways begin with, of a row. */
static void read_refs(const nr_borrower *b, uint32_t row, nr_value *values)
{
    const nr_table *t = b->model->table;
    for (size_t i = 0; i < b->model->schema->n_borrowed; i++)
        if (b->ways[i].last) values[b->ways[i].refs[0]->id] = nr_column_get(nr_table_column(t, b->ways[i].refs[0]->id), row);
}

bool nr_borrow_load(nr_call *c, nr_model *m)
{
    const nr_schema *s = m->schema;
    nr_borrower b;
    nr_arena scratch;
    bool ok = true;
    if (!s->n_borrowed) return true;
    nr_value *values = NR_NEW_N(&c->arena, nr_value, nr_schema_values(s));
    nr_borrower_init(&b, c, m, NULL, 0);
    nr_arena_init(&scratch, c->env);
    for (uint32_t row = nr_table_next(m->table, 0); ok && row != NR_NO_ROW; row = nr_table_next(m->table, row + 1)) {
        read_refs(&b, row, values);
        ok = nr_borrower_fill(&b, values, &scratch);
        for (size_t i = s->n_fields; ok && i < nr_schema_values(s); i++)
            if (nr_table_keeps(m->table, i)) nr_table_set(m->table, row, i, &values[i]);
        nr_arena_clear(&scratch);
    }
    nr_arena_clear(&scratch);
    nr_borrower_clear(&b);
    return ok;
}

/* -- back --------------------------------------------------------------------------------------------------------------------------------- */

/* Entities of one model, by their primary keys. */
typedef struct targets {
    nr_model *model;
    nr_slices pks;
} targets;

/* By the keys that are referred to. */
static bool find_by_index(nr_call *c, nr_model *from, const nr_field *f, const targets *to, nr_arena *scratch, nr_row_list *rows)
{
    const nr_field *pk = nr_schema_pk(to->model->schema);
    nr_operand *keys = NR_NEW_N(scratch, nr_operand, to->pks.n);
    size_t n = 0;
    for (size_t i = 0; i < to->pks.n; i++) n += nr_field_decode(pk, to->pks.at[i], scratch, &keys[n].v);
    const nr_pred *in = nr_join_keys(f, keys, n, f->name, scratch);
    nr_query q = {.model = from, .where = nr_join_all_of(scratch, in), .count = -1, .max_scan = -1};
    nr_planner p = nr_planner_for(c, from);
    nr_run run;
    nr_run_start(&run, c, from);
    run.limits = NR_LIMITS_NONE; /* what is found is held to the command's */
    run.deadline_us = INT64_MAX;
    run.profile = NULL;
    p.arena = run.arena = scratch;
    const nr_node *root = nr_plan_rows(&p, &q, NR_FOR_ROWS);
    bool ok = root && nr_run_collect(&run, root, rows);
    nr_run_close(&run);
    return ok;
}

/* By the array of row numbers that the reference is in memory. */
static void find_by_links(nr_model *from, const nr_field *f, const targets *to, nr_arena *scratch, nr_row_list *rows)
{
    nr_reference r = nr_reference_of(from, f, to->model);
    size_t words = nr_rows_limit(to->model->rows) / 64 + 1, from_words = nr_rows_limit(from->rows) / 64 + 1;
    nr_bitmap wanted = {scratch, NR_NEW_N(scratch, uint64_t, words), words}, found = {scratch, NR_NEW_N(scratch, uint64_t, from_words), from_words};
    for (size_t i = 0; i < to->pks.n; i++) {
        uint32_t row = nr_rows_find(to->model->rows, to->pks.at[i]);
        if (row != NR_NO_ROW) nr_bitmap_set(&wanted, row);
    }
    nr_reference_sources(&r, &wanted, false, &found);
    for (uint32_t row = nr_bitmap_next(&found, 0); row != NR_NO_ROW; row = nr_bitmap_next(&found, row + 1)) nr_vec_push(scratch, rows, row);
}

/* The rows of from that refer to the targets by f. An index of the store may name rows that are not there. */
static bool find_referring(nr_call *c, nr_model *from, const nr_field *f, const targets *to, nr_arena *scratch, nr_row_list *rows)
{
    bool ok = true;
    size_t kept = 0;
    *rows = (nr_row_list){0};
    if (nr_join_by_keys(c, from, f, to->pks.n)) ok = find_by_index(c, from, f, to, scratch, rows);
    else find_by_links(from, f, to, scratch, rows);
    for (size_t i = 0; i < rows->n; i++)
        if (nr_table_has(from->table, rows->at[i])) rows->at[kept++] = rows->at[i];
    rows->n = kept;
    return ok;
}

/* From entities that the way's step leads to, back to the rows of the model that borrows. */
static bool find_borrowing(nr_call *c, nr_model *m, const way *w, size_t step, targets to, nr_arena *scratch, nr_row_list *rows)
{
    for (;; step--) {
        nr_model *from = step ? w->steps[step - 1] : m;
        if (!find_referring(c, from, w->refs[step], &to, scratch, rows)) return false;
        if (!step) return true;
        to = (targets){.model = from};
        for (size_t i = 0; i < rows->n; i++) nr_vec_push(scratch, &to.pks, nr_arena_copy(scratch, nr_rows_pk(from->rows, rows->at[i])));
    }
}

static void add_rows(nr_bitmap *all, const nr_row_list *rows)
{
    for (size_t i = 0; i < rows->n; i++) nr_bitmap_set(all, rows->at[i]);
}

/* -- writers ------------------------------------------------------------------------------------------------------------------------------ */

/* Whether somebody who borrows by a field may borrow something else when the change is made. A copy may have taken the entity for gone before. */
static bool matters(const nr_model *m, const nr_change *ch, const nr_field *f)
{
    uint32_t row = m->table ? nr_rows_find(m->rows, ch->pk) : NR_NO_ROW;
    bool lost = m->table && ch->after && (row == NR_NO_ROW || !nr_table_has(m->table, row));
    if (!ch->before || !ch->after) return ch->before || ch->after;
    return lost || !nr_value_eq(&ch->before[f->id], &ch->after[f->id]);
}

static targets changed_targets(nr_call *c, nr_writer *const *ws, size_t n, const way *w, size_t step)
{
    targets to = {.model = w->steps[step]};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; ws[i]->model == to.model && k < ws[i]->changes.n; k++)
            if (matters(to.model, ws[i]->changes.at[k], asked_of(w, step))) nr_vec_push(&c->arena, &to.pks, ws[i]->changes.at[k]->pk);
    return to;
}

static bool is_written(nr_writer *const *ws, size_t n, const nr_model *m)
{
    bool written = false;
    for (size_t i = 0; i < n; i++) written = written || ws[i]->model == m;
    return written;
}

/* The rows of m that may change with what is written. Nobody has followed m yet if it is not written itself. */
static bool spread_to(nr_call *c, nr_writer *const *ws, size_t n, nr_model *m, nr_borrowings *out)
{
    nr_bitmap all = nr_bitmap_in(&c->arena);
    nr_arena scratch;
    bool ok = true, followed = is_written(ws, n, m) && m->table;
    nr_arena_init(&scratch, c->env);
    for (size_t i = 0; ok && i < m->schema->n_borrowed; i++) {
        way w;
        make_ready(c, m, &m->schema->borrowed[i], &w);
        for (size_t step = 0; ok && w.last && step < w.of->n_steps; step++) {
            nr_row_list rows = {0};
            targets to = changed_targets(c, ws, n, &w, step);
            if (!to.pks.n) continue;
            ok = (followed || nr_follow_store(c, m)) && find_borrowing(c, m, &w, step, to, &scratch, &rows);
            followed = true;
            if (ok) add_rows(&all, &rows);
            nr_arena_clear(&scratch);
        }
    }
    nr_arena_clear(&scratch);
    nr_borrowing found = {.model = m};
    for (uint32_t row = nr_bitmap_next(&all, 0); row != NR_NO_ROW; row = nr_bitmap_next(&all, row + 1)) nr_vec_push(&c->arena, &found.rows, row);
    if (ok && found.rows.n) nr_vec_push(&c->arena, out, found);
    return ok;
}

bool nr_borrow_spread(nr_call *c, nr_writer *const *ws, size_t n, nr_borrowings *out)
{
    NR_VEC(nr_model *) all = {0};
    size_t at = 0;
    bool ok = true;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));)
        if (m->schema->n_borrowed && nr_model_has_entities(m) && !nr_catalog_marked(c->engine->catalog, c->db, m->schema->name).p)
            nr_vec_push(&c->arena, &all, m);
    for (size_t i = 0; ok && i < all.n; i++) ok = spread_to(c, ws, n, all.at[i], out);
    for (size_t i = 0; ok && i < n; i++) /* a lender may have got its table only now: what is to be mended goes before what is written */
        if (ws[i]->model->unsettled) ok = nr_follow_store(c, ws[i]->model);
    return ok;
}

/* -- following ---------------------------------------------------------------------------------------------------------------------------- */

void nr_lent_clear(nr_lent *l)
{
    size_t at = 0;
    void *copy;
    while (nr_map_next(&l->keys, &at, NULL, &copy)) l->keys.env->free(copy);
    nr_map_clear(&l->keys);
    l->all = false;
}

bool nr_borrow_from(const nr_model *m, nr_slice lender)
{
    for (size_t i = 0; i < m->schema->n_borrowed; i++)
        for (size_t k = 0; k < m->schema->borrowed[i].n_steps; k++)
            if (nr_slice_eq(m->schema->borrowed[i].steps[k].to, lender)) return true;
    return false;
}

static void note(nr_lent *l, nr_slice key)
{
    if (l->all || nr_map_get(&l->keys, key)) return;
    if (l->keys.n == MOST_LENT) nr_lent_clear(l), l->all = true;
    if (l->all) return;
    char *copy = l->keys.env->alloc(key.n + 1);
    memcpy(copy, key.p, key.n);
    nr_map_put(&l->keys, (nr_slice){copy, key.n}, copy);
}

void nr_borrow_lend(nr_call *c, const nr_model *m, const nr_slice *pks, size_t n)
{
    size_t at = 0;
    for (nr_model *to; (to = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        nr_lent *lent = nr_borrow_from(to, m->schema->name) ? nr_follow_lent(to) : NULL;
        if (!lent) continue;
        if (!n) nr_lent_clear(lent), lent->all = true;
        for (size_t i = 0; i < n; i++) note(lent, nr_entity_key(m, pks[i], &c->arena));
        c->engine->wants_settling = true;
    }
}

/* Those of the entities noted that are of the model of a step. */
static targets lent_targets(const nr_lent *lent, const way *w, size_t step, nr_arena *scratch)
{
    targets to = {.model = w->steps[step]};
    nr_slice key, prefix = to.model->prefix;
    size_t at = 0;
    while (nr_map_next(&lent->keys, &at, &key, NULL))
        if (nr_slice_starts(key, prefix)) nr_vec_push(scratch, &to.pks, (nr_slice){key.p + prefix.n, key.n - prefix.n});
    return to;
}

static bool find_lent(nr_call *c, nr_model *m, const nr_borrower *b, const nr_lent *lent, nr_bitmap *all)
{
    nr_arena scratch;
    bool ok = true;
    nr_arena_init(&scratch, c->env);
    for (size_t i = 0; ok && i < m->schema->n_borrowed; i++)
        for (size_t step = 0; ok && b->ways[i].last && step < b->ways[i].of->n_steps; step++) {
            nr_row_list rows = {0};
            targets to = lent_targets(lent, &b->ways[i], step, &scratch);
            ok = !to.pks.n || find_borrowing(c, m, &b->ways[i], step, to, &scratch, &rows);
            if (ok) add_rows(all, &rows);
            nr_arena_clear(&scratch);
        }
    nr_arena_clear(&scratch);
    return ok;
}

static void repair(nr_call *c, nr_model *m, const nr_index *ix, bool add, const nr_entries *entries)
{
    for (size_t i = 0; i < entries->n; i++) {
        nr_repair r = {add, ix->kind == NR_IX_SET, entries->at[i].key, entries->at[i].member};
        nr_follow_repair(c, m, &r);
    }
}

/* A row as it is known, and as it is. */
static void mend_row(nr_call *c, nr_model *m, uint32_t row, const nr_value *before, const nr_value *after, nr_arena *scratch)
{
    for (size_t i = 0; i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        nr_entries gone = {0}, come = {0};
        if ((ix->stale && !ix->building) || ix->memory || !ix->path.field->borrowed) continue;
        nr_index_difference(ix, nr_rows_pk(m->rows, row), before, after, scratch, &gone, &come);
        repair(c, m, ix, false, &gone);
        repair(c, m, ix, true, &come);
    }
    for (size_t i = m->schema->n_fields; i < nr_schema_values(m->schema); i++)
        if (!nr_value_eq(&before[i], &after[i])) nr_table_set(m->table, row, i, &after[i]);
}

static bool follow_row(nr_borrower *b, uint32_t row, nr_arena *scratch)
{
    const nr_schema *s = b->model->schema;
    size_t n = nr_schema_values(s);
    nr_value *before = NR_NEW_N(scratch, nr_value, n), *after = NR_NEW_N(scratch, nr_value, n);
    nr_table_get(b->model->table, row, before);
    memcpy(after, before, n * sizeof *after);
    if (!nr_borrower_fill(b, after, scratch)) return false;
    for (size_t i = s->n_fields; i < n; i++) /* what no index looks at is not kept */
        if (!nr_table_keeps(b->model->table, i) && !nr_table_filling(b->model->table, i)) after[i] = before[i];
    mend_row(b->call, b->model, row, before, after, scratch);
    return true;
}

bool nr_borrow_follow(nr_call *c, nr_model *m, nr_lent *lent)
{
    nr_borrower b;
    nr_arena scratch;
    bool ok = true;
    if (!lent->all && !lent->keys.n) return true;
    nr_arena_init(&scratch, c->env);
    nr_borrower_init(&b, c, m, NULL, 0);
    nr_bitmap some = nr_bitmap_in(&c->arena);
    if (!lent->all) ok = find_lent(c, m, &b, lent, &some);
    for (uint32_t row = nr_table_next(m->table, 0); ok && row != NR_NO_ROW; row = nr_table_next(m->table, row + 1)) {
        if (!lent->all) row = nr_bitmap_next(&some, row);
        if (row == NR_NO_ROW) break;
        ok = follow_row(&b, row, &scratch);
        nr_arena_clear(&scratch);
    }
    nr_borrower_clear(&b);
    nr_arena_clear(&scratch);
    if (ok) nr_lent_clear(lent);
    return ok;
}
