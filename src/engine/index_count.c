/* index_count.c -- how many entries indexes have, in a time that does not grow with them.
 *
 * A sorted set and the structures in memory know. Of sets, an index that has one entry for each entity has as many as there are entities, and one of a few
 * known keys as many as those sets hold. What is left, several keys an entity in sets whose names nobody knows without a walk over the keyspace, is judged by the
 * first entities: INDEX STATS counts. */
#include "engine/index_count.h"

#include "engine/borrow.h"
#include "engine/entries.h"
#include "engine/online.h"
#include "exec/op.h"
#include "query/lookup.h"
#include "store/keys.h"
#include "table/table.h"

/* Entities that are looked at; bytes that looking at them may take, all in all and at one time. */
enum { SAMPLE = 1000, MOST_BYTES = 4 << 20, SCRATCH_BYTES = 1 << 18 };

static bool count_all(nr_call *c, nr_slice key, uint64_t *n)
{
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    return nr_status_good(c->store->cls->ordered_count(c->store, key, &all, n), key, &c->err);
}

uint64_t nr_index_nulls_before(const nr_index *ix, const nr_ordered *o)
{
    nr_value null = NR_NULL;
    return ix->keyfn->null ? 0 : nr_ordered_rank(o, &null, true);
}

static void count_memory(const nr_model *m, size_t at, uint64_t *n)
{
    const nr_ordered *o = m->table ? nr_table_ordered(m->table, at) : NULL;
    const nr_postings *p = m->table ? nr_table_postings(m->table, at) : NULL;
    if (o) *n = nr_ordered_count(o) - nr_index_nulls_before(&m->indexes[at], o);
    if (p) *n = nr_postings_total(p);
}

/* The keys that are all an index can have; none: there is no such list. */
static nr_values known_keys(nr_call *c, const nr_index *ix)
{
    nr_values keys = {0};
    if (ix->keyfn->unsure) nr_matches_keys(&c->arena, &keys);
    if (ix->keyfn == &nr_key_null) nr_vec_push(&c->arena, &keys, NR_NULL);
    return keys;
}

static bool count_sets(nr_call *c, const nr_index *ix, const nr_values *keys, uint64_t *n)
{
    for (size_t i = 0; i < keys->n; i++) {
        uint64_t members = 0;
        nr_buf key = nr_buf_in(&c->arena);
        nr_index_set_key(ix, &keys->at[i], &key);
        if (!nr_status_good(c->store->cls->set_count(c->store, nr_buf_slice(&key), &members), nr_buf_slice(&key), &c->err)) return false;
        *n += members;
    }
    return true;
}

/* What the first entities have in those indexes that are judged by them. */
typedef struct sample {
    const bool *of; /* by index */
    uint64_t *entries;
    uint64_t entities;
} sample;

static bool sample_one(nr_call *c, nr_model *m, nr_slice pk, nr_arena *scratch, sample *s)
{
    nr_value *row = NR_NEW_N(scratch, nr_value, nr_schema_values(m->schema));
    nr_found found;
    if (!nr_borrow_read(c, m, pk, scratch, row, &found)) return false;
    s->entities += found == NR_FOUND;
    for (size_t i = 0; found == NR_FOUND && i < m->n_indexes; i++) {
        nr_values keys = {0};
        if (s->of[i]) nr_index_row_keys(&m->indexes[i], row, scratch, &keys);
        s->entries[i] += keys.n;
    }
    return true;
}

static bool take_sample(nr_call *c, nr_model *m, sample *s)
{
    const nr_field *pk = nr_schema_pk(m->schema);
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    nr_slices members = {0};
    nr_status st = c->store->cls->ordered_scan(c->store, m->indexes[0].key, &all, false, SAMPLE, &c->arena, &members);
    nr_arena scratch;
    size_t bytes = 0;
    bool ok = nr_status_good(st, m->indexes[0].key, &c->err);
    nr_arena_init(&scratch, c->env);
    for (size_t i = 0; ok && i < members.n && bytes + scratch.held < MOST_BYTES; i++) {
        nr_value v;
        if (nr_pk_decode(pk->spec.type->kind, members.at[i], &v)) ok = sample_one(c, m, nr_type_text(&pk->spec, &v, &scratch), &scratch, s);
        if (scratch.held < SCRATCH_BYTES) continue;
        bytes += scratch.held;
        nr_arena_clear(&scratch);
    }
    nr_arena_clear(&scratch);
    return ok;
}

/* of: by index, those of the store that may have several entries an entity, n so far 0. */
static bool judge(nr_call *c, nr_model *m, const bool *of, uint64_t entities, uint64_t *n)
{
    sample s = {.of = of, .entries = NR_NEW_N(&c->arena, uint64_t, m->n_indexes)};
    if (!take_sample(c, m, &s)) return false;
    for (size_t i = 0; i < m->n_indexes; i++)
        if (of[i] && s.entities) n[i] = (uint64_t)((nr_u128)entities * s.entries[i] / s.entities);
    return true;
}

/* judged: no key or keys tell. */
static bool count_one(nr_call *c, const nr_model *m, size_t at, uint64_t entities, uint64_t *n, bool *judged)
{
    const nr_index *ix = &m->indexes[at];
    nr_values keys = known_keys(c, ix);
    *n = 0;
    if (ix->stale && !ix->building) return true;
    if (ix->memory) count_memory(m, at, n);
    else if (ix->kind != NR_IX_SET) return count_all(c, ix->key, n);
    else if (keys.n) return count_sets(c, ix, &keys, n);
    else *n = entities;
    *judged = !ix->memory && (nr_index_many(ix) || !ix->keyfn->null);
    return true;
}

/* Of sets that are being built, what they will have has been told. */
static uint64_t as_far(nr_call *c, nr_model *m, const nr_index *ix, uint64_t n)
{
    if (ix->memory || ix->kind != NR_IX_SET || !ix->building || known_keys(c, ix).n) return n;
    return n * (uint64_t)nr_online_progress(c, m, ix) / 100;
}

bool nr_index_count_all(nr_call *c, nr_model *m, uint64_t *n)
{
    bool *of = NR_NEW_N(&c->arena, bool, m->n_indexes), any = false;
    uint64_t entities = 0;
    if (!m->indexes[0].memory && !count_all(c, m->indexes[0].key, &entities)) return false;
    for (size_t i = 0; i < m->n_indexes; i++) {
        if (!count_one(c, m, i, entities, &n[i], &of[i])) return false;
        any = any || of[i];
    }
    if (any && !judge(c, m, of, entities, n)) return false;
    for (size_t i = 0; i < m->n_indexes; i++) n[i] = as_far(c, m, &m->indexes[i], n[i]);
    return true;
}
