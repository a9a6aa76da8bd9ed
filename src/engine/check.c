/* check.c -- INDEX CHECK, which walks all entities and all index entries and says where they disagree. */
#include "engine/borrow.h"
#include "engine/build.h"
#include "engine/commands.h"
#include "engine/entries.h"
#include "engine/follow.h"
#include "engine/online.h"
#include "engine/write.h"
#include "store/keyfn.h"
#include "store/keys.h"
#include "table/rows.h"
#include "table/table.h"

static bool count_all(nr_call *c, nr_slice key, uint64_t *n)
{
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    nr_status st = c->store->cls->ordered_count(c->store, key, &all, n);
    return nr_status_good(st, key, &c->err);
}

static void reply_lines(nr_call *c, const nr_slices *lines)
{
    c->sink->cls->array(c->sink, lines->n);
    for (size_t i = 0; i < lines->n; i++) c->sink->cls->bulk(c->sink, lines->at[i]);
}

typedef struct checker {
    nr_call *call;
    nr_model *model;
    nr_arena scratch;
    nr_slices lines;
    uint64_t kept;      /* entities that the table has */
    uint64_t *present;  /* by index: entries that ought to be there and are */
} checker;

static void report(checker *k, const char *what, const nr_index *ix, nr_slice pk)
{
    nr_vec_push(&k->call->arena, &k->lines, nr_arena_printf(&k->call->arena, "%s %.*s %s", what, NR_FMT(ix->name), NR_SHOW(pk)));
}

static bool has_entry(checker *k, const nr_index *ix, nr_slice key, nr_slice member, bool *has)
{
    nr_store *s = k->call->store;
    nr_status st = ix->kind == NR_IX_SET ? s->cls->set_has(s, key, member, has) : s->cls->ordered_has(s, key, member, has);
    if (st == NR_ST_WRONGTYPE) {
        *has = false;
        return true;
    }
    return nr_status_good(st, key, &k->call->err);
}

static bool read_row(checker *k, nr_slice pk, nr_value **row, bool *found)
{
    *row = NR_NEW_N(&k->scratch, nr_value, nr_schema_values(k->model->schema));
    nr_found how;
    if (!nr_borrow_read(k->call, k->model, pk, &k->scratch, *row, &how)) return false;
    *found = how == NR_FOUND;
    return true;
}

/* Whether the columns hold what an index looks at. */
static bool is_kept_right(const nr_model *m, const nr_index *ix, uint32_t at, const nr_value *row)
{
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        size_t field = nr_index_path(ix, i)->field->id;
        const nr_column *c = nr_table_column(m->table, field);
        nr_value kept = c ? nr_column_get(c, at) : NR_NULL;
        if (c && !nr_value_eq(&kept, &row[field])) return false;
    }
    return true;
}

/* Whether the table has the entity as its hash says. */
static void check_kept(checker *k, nr_slice pk, const nr_value *row)
{
    const nr_model *m = k->model;
    uint32_t at = nr_rows_find(m->rows, pk);
    bool there = at != NR_NO_ROW && nr_table_has(m->table, at);
    if (!there) report(k, "missing", &m->indexes[0], pk);
    for (size_t i = 0; there && i < m->n_indexes; i++)
        if (m->indexes[i].memory && !is_kept_right(m, &m->indexes[i], at, row)) report(k, "missing", &m->indexes[i], pk);
    k->kept += there;
}

/* Rows without entity, and indexes that do not hold together. */
static void check_memory(checker *k)
{
    const nr_model *m = k->model;
    nr_buf why = nr_buf_in(&k->call->arena);
    if (!nr_table_valid(m->table, &why))
        nr_vec_push(&k->call->arena, &k->lines, nr_arena_printf(&k->call->arena, "invalid %.*s", NR_FMT(nr_buf_slice(&why))));
    for (uint32_t row = nr_table_next(m->table, 0); k->kept != nr_table_count(m->table) && row != NR_NO_ROW; row = nr_table_next(m->table, row + 1)) {
        nr_slice pk = nr_rows_pk(m->rows, row);
        nr_value *values;
        bool found = false;
        nr_arena_clear(&k->scratch);
        if (read_row(k, pk, &values, &found) && !found) report(k, "surplus", &m->indexes[0], pk);
    }
}

static bool check_entity(checker *k, nr_slice pk)
{
    nr_value *row;
    bool found, has;
    if (!read_row(k, pk, &row, &found)) return false;
    if (found) check_kept(k, pk, row);
    for (size_t i = 0; found && i < k->model->n_indexes; i++) {
        const nr_index *ix = &k->model->indexes[i];
        nr_entries entries = {0};
        if (ix->stale || ix->memory) continue;
        nr_index_entries(ix, pk, row, &k->scratch, &entries);
        for (size_t e = 0; e < entries.n; e++) {
            if (!has_entry(k, ix, entries.at[e].key, entries.at[e].member, &has)) return false;
            if (has) k->present[i]++;
            else report(k, "missing", ix, pk);
        }
    }
    return true;
}

static bool holds_entry(const nr_entries *entries, nr_slice key, nr_slice member)
{
    for (size_t i = 0; i < entries->n; i++)
        if (nr_slice_eq(entries->at[i].key, key) && nr_slice_eq(entries->at[i].member, member)) return true;
    return false;
}

/* Whether the entity of pk has this entry. */
static bool check_entry(checker *k, const nr_index *ix, nr_slice pk, nr_slice at_key, nr_slice at_member)
{
    nr_value *row;
    bool found = false;
    if (pk.n && pk.n <= NR_PK_MAX && !read_row(k, pk, &row, &found)) return false;
    nr_entries entries = {0};
    if (found) nr_index_entries(ix, pk, row, &k->scratch, &entries);
    if (!holds_entry(&entries, at_key, at_member)) report(k, "surplus", ix, pk);
    return true;
}

static bool pk_of_member(checker *k, const nr_index *ix, nr_slice member, nr_slice *pk)
{
    const nr_field *f = nr_schema_pk(k->model->schema);
    nr_slice body;
    nr_value v;
    if (!nr_index_member_pk(ix, member, &body) || !nr_pk_decode(f->spec.type->kind, body, &v)) return false;
    *pk = nr_type_text(&f->spec, &v, &k->scratch);
    return true;
}

static bool check_ordered(checker *k, const nr_index *ix)
{
    nr_store *s = k->call->store;
    nr_range left = {{NULL, 0}, {NULL, 0}, false, false};
    nr_slice last = {NULL, 0};
    for (;;) {
        nr_slices members = {0};
        nr_arena_clear(&k->scratch);
        nr_status st = s->cls->ordered_scan(s, ix->key, &left, false, NR_BATCH, &k->scratch, &members);
        if (!nr_status_good(st, ix->key, &k->call->err)) return false;
        for (size_t i = 0; i < members.n; i++) {
            nr_slice pk;
            if (!pk_of_member(k, ix, members.at[i], &pk)) report(k, "surplus", ix, members.at[i]);
            else if (!check_entry(k, ix, pk, ix->key, members.at[i])) return false;
        }
        if (members.n < NR_BATCH) return true;
        last = nr_arena_copy(&k->call->arena, members.at[members.n - 1]);
        left.lo = last;
        left.lo_open = true;
    }
}

typedef struct found_keys {
    nr_arena *arena;
    nr_slices keys;
    nr_slices wrong;
} found_keys;

static bool take_set(void *ctx, nr_slice key, nr_holds holds)
{
    found_keys *f = ctx;
    if (holds == NR_HOLDS_SET) nr_vec_push(f->arena, &f->keys, nr_arena_copy(f->arena, key));
    else nr_vec_push(f->arena, &f->wrong, nr_arena_copy(f->arena, key));
    return true;
}

static bool check_set(checker *k, const nr_index *ix, nr_slice key)
{
    nr_store *s = k->call->store;
    uint64_t cursor = 0;
    do {
        nr_slices members = {0};
        nr_arena_clear(&k->scratch);
        nr_status st = s->cls->set_scan(s, key, &cursor, &k->scratch, &members);
        if (!nr_status_good(st, key, &k->call->err)) return false;
        for (size_t i = 0; i < members.n; i++)
            if (!check_entry(k, ix, members.at[i], key, members.at[i])) return false;
    } while (cursor);
    return true;
}

/* An index with as many entries as were found to be right has no other ones, and need not be walked. */
static bool check_index(checker *k, const nr_index *ix)
{
    uint64_t present = k->present[ix - k->model->indexes];
    if (ix->stale) {
        const char *state = ix->building ? "building" : nr_index_online(ix) ? "waiting" : "stale";
        nr_vec_push(&k->call->arena, &k->lines, nr_arena_printf(&k->call->arena, "%s %.*s", state, NR_FMT(ix->name)));
        return true;
    }
    if (ix->kind != NR_IX_SET) {
        nr_holds h = k->call->store->cls->holds(k->call->store, ix->key);
        uint64_t entries = 0;
        if (h == NR_HOLDS_NOTHING || h == NR_HOLDS_ORDERED)
            return count_all(k->call, ix->key, &entries) && (entries == present || check_ordered(k, ix));
        report(k, "wrongtype", ix, ix->key);
        return true;
    }
    found_keys f = {.arena = &k->call->arena};
    uint64_t entries = 0;
    k->call->store->cls->walk(k->call->store, ix->key, take_set, &f);
    for (size_t i = 0; i < f.wrong.n; i++) report(k, "wrongtype", ix, f.wrong.at[i]);
    for (size_t i = 0; i < f.keys.n; i++) {
        uint64_t n = 0;
        nr_status st = k->call->store->cls->set_count(k->call->store, f.keys.at[i], &n);
        if (!nr_status_good(st, f.keys.at[i], &k->call->err)) return false;
        entries += n;
    }
    if (entries == present) return true;
    for (size_t i = 0; i < f.keys.n; i++)
        if (!check_set(k, ix, f.keys.at[i])) return false;
    return true;
}

/* The command itself only reads: what it found is mended right behind it, as what others wrote is (engine/follow.h), here and on the copies. */
static bool may_repair(nr_call *c, nr_slice name)
{
    if (c->copy) return nr_fail(&c->err, NR_E_NOPERM, "this server is a copy: REPAIR is for its primary, which tells its copies");
    return nr_model_may(c, name, true) || nr_fail(&c->err, NR_E_NOPERM, "the user may not write model %s", NR_SHOW(name));
}

bool nr_cmd_index_check(nr_call *c, const nr_slice *argv, size_t argc)
{
    bool repair = argc > 1 && nr_slice_caseis(argv[1], "REPAIR");
    if (argc > 1 && !repair) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s after the model; expected REPAIR", NR_SHOW(argv[1]));
    if (argc > 2) return nr_fail(&c->err, NR_E_SYNTAX, "unexpected %s after REPAIR", NR_SHOW(argv[2]));
    if (repair && !may_repair(c, argv[0])) return false;
    nr_model *m = nr_model_need_for_query(c, argv[0]);
    if (!m) return false;
    checker k = {.call = c, .model = m, .present = NR_NEW_N(&c->arena, uint64_t, m->n_indexes)};
    nr_arena_init(&k.scratch, c->env);
    nr_slices pks = {0};
    bool ok = nr_build_find_entities(c, m, &pks);
    for (size_t i = 0; ok && i < pks.n; i++) {
        ok = check_entity(&k, pks.at[i]);
        if (i % 64 == 63) nr_arena_clear(&k.scratch);
    }
    for (size_t i = 0; ok && i < m->n_indexes; i++)
        if (!m->indexes[i].memory) ok = check_index(&k, &m->indexes[i]);
    if (ok) check_memory(&k);
    nr_arena_clear(&k.scratch);
    if (ok && repair && k.lines.n) nr_follow_all(c, m);
    if (ok) reply_lines(c, &k.lines);
    return ok;
}
