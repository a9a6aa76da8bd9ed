/* reconcile.c -- one walk over each index.
 *
 * An ordered index over plain values is walked beside the rows in the same order: entry and row are compared as two sorted lists are. An index that may have
 * several entries of a row is compared with marks of all that it ought to have (marks.h): to make a row's entries again for each one met would take their square.
 * Any other index is walked with a bit for each row whose entry was met. */
#include "engine/reconcile.h"

#include "base/bitmap.h"
#include "engine/marks.h"
#include "engine/online.h"
#include "exec/op.h"
#include "store/keyfn.h"
#include "store/keys.h"
#include "table/rows.h"
#include "table/table.h"

enum { AHEAD = 32 }; /* rows whose values are fetched while others are looked at */

typedef struct reconciler {
    nr_call *call;
    nr_model *model;
    const nr_index *index;
    nr_bitmap met;
    nr_marks marks; /* of an index with several entries a row */
    uint32_t like; /* set indexes: a row whose entry is under the key in hand, by which others are known; NR_NO_ROW: none yet */
    nr_arena scratch;
    nr_value *row;
    const nr_slices *sets; /* keys of all set indexes */
    nr_sorter sorter;
    uint32_t *by_pk; /* the rows of the table in the order of the pk; NULL: not made yet */
} reconciler;

static void queue(reconciler *k, bool add, nr_slice key, nr_slice member)
{
    nr_repair r = {add, k->index->kind == NR_IX_SET, key, member};
    nr_follow_repair(k->call, k->model, &r);
}

/* An entry stays when the row of its pk has just this one, and it was not met before. True: of an index with one entry a row, it stays. */
static bool meet(reconciler *k, nr_slice pk, nr_slice key, nr_slice member)
{
    nr_entry met = {key, member};
    if (nr_index_many(k->index)) {
        if (!nr_marks_meet(&k->marks, &met)) queue(k, false, key, member);
        return false;
    }
    uint32_t row = pk.n ? nr_rows_find(k->model->rows, pk) : NR_NO_ROW;
    nr_entries right = {0};
    if (row != NR_NO_ROW && nr_table_has(k->model->table, row)) {
        nr_table_get(k->model->table, row, k->row);
        nr_index_entries(k->index, pk, k->row, &k->scratch, &right);
        if (right.n == 1 && nr_slice_eq(right.at[0].key, key) && nr_slice_eq(right.at[0].member, member)) {
            nr_bitmap_set(&k->met, row);
            return true;
        }
    }
    queue(k, false, key, member);
    return false;
}

/* The same for a member of a set, whose row is known: most of a set have the value of the first one. */
static void meet_member(reconciler *k, nr_slice key, nr_slice member, uint32_t row)
{
    const nr_column *c = nr_table_column(k->model->table, k->index->path.field->id);
    bool there = c && row != NR_NO_ROW && nr_table_has(k->model->table, row);
    nr_value v = there ? nr_column_get(c, row) : NR_NULL, like = there && k->like != NR_NO_ROW ? nr_column_get(c, k->like) : NR_NULL;
    if (there && k->like != NR_NO_ROW && nr_value_eq(&v, &like)) {
        nr_bitmap_set(&k->met, row);
        return;
    }
    if (meet(k, member, key, member)) k->like = row;
}

static void meet_members(reconciler *k, nr_slice key, const nr_slices *members)
{
    const nr_column *c = nr_table_column(k->model->table, k->index->path.field->id);
    uint32_t *rows = NR_NEW_N(&k->scratch, uint32_t, members->n);
    if (nr_index_many(k->index)) {
        for (size_t i = 0; i < members->n; i++) meet(k, members->at[i], key, members->at[i]);
        return;
    }
    nr_rows_find_all(k->model->rows, members->at, members->n, rows);
    for (size_t i = 0; c && i < members->n; i++)
        if (rows[i] != NR_NO_ROW) nr_column_soon(c, rows[i]);
    for (size_t i = 0; i < members->n; i++) meet_member(k, key, members->at[i], rows[i]);
}

static nr_slice pk_of(reconciler *k, nr_slice member)
{
    const nr_field *f = nr_schema_pk(k->model->schema);
    nr_slice body;
    nr_value v;
    bool good = nr_index_member_pk(k->index, member, &body) && nr_pk_decode(f->spec.type->kind, body, &v);
    return good ? nr_type_text(&f->spec, &v, &k->scratch) : (nr_slice){NULL, 0};
}

/* A key to which somebody gave a time to live would go on its own: it goes now, and is made anew. */
static bool is_mortal(reconciler *k, nr_slice key)
{
    if (k->call->store->cls->deadline(k->call->store, key) < 0) return false;
    queue(k, false, key, (nr_slice){NULL, 0});
    return true;
}

/* The entry that a row has, made anew in the buffer. */
static nr_slice entry_of(reconciler *k, uint32_t row, nr_buf *b)
{
    const nr_table *t = k->model->table;
    nr_value pk = nr_column_get(nr_table_column(t, 0), row), v = nr_column_get(nr_table_column(t, k->index->path.field->id), row);
    b->n = 0;
    nr_index_member(k->index, &pk, &v, b);
    return nr_buf_slice(b);
}

/* Rows in the order of the index, and the entry of the one in hand. */
typedef struct row_walk {
    const uint32_t *rows;
    size_t at, n; /* the row in hand */
    nr_buf buf;
    nr_slice entry;
} row_walk;

/* Columns are read here in the order of the index, which is none of theirs. */
static void fetch_rows(reconciler *k, const row_walk *w)
{
    const nr_table *t = k->model->table;
    const nr_column *pk = nr_table_column(t, 0), *key = nr_table_column(t, k->index->path.field->id);
    for (size_t i = w->at; i < w->n && i < w->at + AHEAD; i++) {
        nr_column_soon(pk, w->rows[i]);
        nr_column_soon(key, w->rows[i]);
    }
}

static bool row_in_hand(reconciler *k, row_walk *w)
{
    if (w->at == w->n) return false;
    if (w->at % AHEAD == 0) fetch_rows(k, w);
    w->entry = entry_of(k, w->rows[w->at], &w->buf);
    return true;
}

/* Entries that come before that of the row in hand are nobody's; rows whose entries come before it lack theirs. member NULL: the index has ended. */
static void meet_in_order(reconciler *k, row_walk *w, bool *more, const nr_slice *member)
{
    int c = 1;
    while (*more && (c = member ? nr_slice_cmp(*member, w->entry) : 1) > 0) {
        queue(k, true, k->index->key, w->entry);
        w->at++;
        *more = row_in_hand(k, w);
    }
    if (member && !(*more && c == 0)) queue(k, false, k->index->key, *member);
    if (!member || !*more || c) return;
    w->at++;
    *more = row_in_hand(k, w);
}

/* Every entry of the index, in order. w NULL: rows are looked for by what entries name. */
static nr_status meet_entries(reconciler *k, row_walk *w, bool *more_rows)
{
    nr_store *s = k->call->store;
    nr_range left = {{NULL, 0}, {NULL, 0}, false, false};
    nr_slice key = k->index->key;
    nr_arena bound;
    nr_arena_init(&bound, k->call->env);
    nr_status st = NR_ST_OK;
    for (bool more = true; more;) {
        nr_slices members = {0};
        nr_arena_clear(&k->scratch);
        st = s->cls->ordered_scan(s, key, &left, false, NR_BATCH, &k->scratch, &members);
        for (size_t i = 0; i < members.n; i++) {
            if (w) meet_in_order(k, w, more_rows, &members.at[i]);
            else meet(k, pk_of(k, members.at[i]), key, members.at[i]);
        }
        more = !st && members.n == NR_BATCH;
        if (!more) break;
        nr_arena_clear(&bound);
        left.lo = nr_arena_copy(&bound, members.at[members.n - 1]);
        left.lo_open = true;
    }
    nr_arena_clear(&bound);
    return st;
}

static bool walk_ordered(reconciler *k, row_walk *w)
{
    nr_slice key = k->index->key;
    bool more_rows = w && row_in_hand(k, w);
    nr_status st = is_mortal(k, key) ? NR_ST_OK : meet_entries(k, w, &more_rows);
    if (st == NR_ST_WRONGTYPE) queue(k, false, key, (nr_slice){NULL, 0});
    if (st && st != NR_ST_WRONGTYPE) return nr_status_good(st, key, &k->call->err);
    if (w) meet_in_order(k, w, &more_rows, NULL);
    return true;
}

/* The rows in the order of the pk, made when the first index wants them. */
static void need_by_pk(reconciler *k)
{
    const nr_table *t = k->model->table;
    size_t n = 0;
    if (k->by_pk) return;
    k->by_pk = k->call->env->alloc((nr_table_count(t) + 1) * sizeof *k->by_pk);
    for (uint32_t row = nr_table_next(t, 0); row != NR_NO_ROW; row = nr_table_next(t, row + 1)) k->by_pk[n++] = row;
    nr_sorter_rows(&k->sorter, NULL, nr_table_column(t, 0), k->by_pk, n, k->by_pk);
}

static bool walk_beside_rows(reconciler *k)
{
    const nr_table *t = k->model->table;
    const nr_env *env = k->call->env;
    size_t n = nr_table_count(t);
    nr_arena arena;
    need_by_pk(k);
    nr_arena_init(&arena, env);
    uint32_t *rows = k->index->kind == NR_IX_PK ? k->by_pk : env->alloc((n + 1) * sizeof *rows);
    if (rows != k->by_pk) nr_sorter_rows(&k->sorter, nr_table_column(t, k->index->path.field->id), nr_table_column(t, 0), k->by_pk, n, rows);
    bool ok = walk_ordered(k, &(row_walk){.rows = rows, .n = n, .buf = nr_buf_in(&arena)});
    if (rows != k->by_pk) env->free(rows);
    nr_arena_clear(&arena);
    return ok;
}

static bool walk_set(reconciler *k, nr_slice key)
{
    nr_store *s = k->call->store;
    uint64_t cursor = 0;
    k->like = NR_NO_ROW;
    if (is_mortal(k, key)) return true;
    do {
        nr_slices members = {0};
        nr_arena_clear(&k->scratch);
        nr_status st = s->cls->set_scan(s, key, &cursor, &k->scratch, &members);
        if (st == NR_ST_WRONGTYPE) queue(k, false, key, (nr_slice){NULL, 0});
        if (st == NR_ST_WRONGTYPE) return true;
        if (!nr_status_good(st, key, &k->call->err)) return false;
        meet_members(k, key, &members);
    } while (cursor);
    return true;
}

/* Calls fn with each entry of each row. */
static void each_entry(reconciler *k, void (*fn)(reconciler *k, const nr_entry *e))
{
    for (uint32_t row = nr_table_next(k->model->table, 0); row != NR_NO_ROW; row = nr_table_next(k->model->table, row + 1)) {
        nr_entries entries = {0};
        nr_arena_clear(&k->scratch);
        nr_table_get(k->model->table, row, k->row);
        nr_index_entries(k->index, nr_rows_pk(k->model->rows, row), k->row, &k->scratch, &entries);
        for (size_t i = 0; i < entries.n; i++) fn(k, &entries.at[i]);
    }
}

static void mark(reconciler *k, const nr_entry *e)
{
    nr_marks_add(&k->marks, e);
}

static void add_unmet(reconciler *k, const nr_entry *e)
{
    if (!nr_marks_met(&k->marks, e)) queue(k, true, e->key, e->member);
}

static void add_missing(reconciler *k)
{
    for (uint32_t row = nr_table_next(k->model->table, 0); row != NR_NO_ROW; row = nr_table_next(k->model->table, row + 1)) {
        if (nr_bitmap_has(&k->met, row)) continue;
        nr_entries right = {0};
        nr_arena_clear(&k->scratch);
        nr_table_get(k->model->table, row, k->row);
        if (k->index->building && !nr_online_covers(k->model, &k->row[0], &k->scratch)) continue;
        nr_index_entries(k->index, nr_rows_pk(k->model->rows, row), k->row, &k->scratch, &right);
        for (size_t i = 0; i < right.n; i++) queue(k, true, right.at[i].key, right.at[i].member);
    }
}

static bool walk_keys(reconciler *k)
{
    bool ok = true;
    if (k->index->kind != NR_IX_SET) return walk_ordered(k, NULL);
    for (size_t i = 0; ok && i < k->sets->n; i++)
        if (nr_slice_starts(k->sets->at[i], k->index->key)) ok = walk_set(k, k->sets->at[i]);
    return ok;
}

static bool walk_beside_marks(reconciler *k)
{
    nr_marks_init(&k->marks, k->call->env);
    each_entry(k, mark);
    bool ok = walk_keys(k);
    if (ok) each_entry(k, add_unmet);
    nr_marks_clear(&k->marks);
    return ok;
}

static bool walk_index(reconciler *k)
{
    nr_arena bits;
    bool of_values = k->index->keyfn == &nr_key_value && nr_path_plain(&k->index->path);
    if (k->index->kind != NR_IX_SET && of_values && nr_table_column(k->model->table, k->index->path.field->id)) return walk_beside_rows(k);
    if (nr_index_many(k->index)) return walk_beside_marks(k);
    nr_arena_init(&bits, k->call->env);
    k->met = nr_bitmap_in(&bits);
    bool ok = walk_keys(k);
    if (ok) add_missing(k);
    nr_arena_clear(&bits);
    return ok;
}

bool nr_reconcile_sets(const nr_model *m)
{
    for (size_t i = 0; i < m->n_indexes; i++)
        if (m->indexes[i].kind == NR_IX_SET && !m->indexes[i].memory) return true;
    return false;
}

bool nr_reconcile(nr_call *c, nr_model *m, size_t from, size_t to, const nr_slices *set_keys)
{
    reconciler k = {.call = c, .model = m, .sets = set_keys, .row = NR_NEW_N(&c->arena, nr_value, nr_schema_values(m->schema))};
    nr_arena_init(&k.scratch, c->env);
    nr_sorter_init(&k.sorter, c->env);
    bool ok = true;
    for (size_t i = from; ok && i < to; i++) {
        k.index = &m->indexes[i];
        if ((!k.index->stale || k.index->building) && !k.index->memory) ok = walk_index(&k);
    }
    nr_arena_clear(&k.scratch);
    nr_sorter_clear(&k.sorter);
    if (k.by_pk) c->env->free(k.by_pk);
    return ok;
}
