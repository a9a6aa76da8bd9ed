/* index_stats.c -- INDEX STATS: what each index costs. */
#include "engine/build.h"
#include "engine/commands.h"
#include "engine/follow.h"
#include "engine/index_count.h"
#include "store/keys.h"
#include "table/table.h"

typedef struct stats {
    uint64_t keys, entries, distinct, bytes;
} stats;

static bool in_time(nr_call *c, uint64_t step)
{
    return step % 256 || c->env->mono_us(c->env->ctx) <= c->deadline_us ||
           nr_fail(&c->err, NR_E_LIMIT, "counting distinct keys takes more time than nonrel.max-time allows");
}

/* The next key behind what left says, as the bound behind it. False: err. *n: bytes of the key, 0 when there is none. */
static bool next_key(nr_call *c, const nr_index *ix, nr_range *left, nr_arena *scratch, nr_arena *bound, size_t *n)
{
    nr_slices one = {0};
    nr_arena_clear(scratch);
    nr_status st = c->store->cls->ordered_scan(c->store, ix->key, left, false, 1, scratch, &one);
    if (!nr_status_good(st, ix->key, &c->err)) return false;
    *n = one.n ? nr_index_key_skip(ix, one.at[0]) : 0;
    if (!*n) return true;
    nr_arena_clear(bound);
    left->lo = nr_bytes_after((nr_slice){one.at[0].p, *n}, bound);
    return true;
}

/* From each key to the next: as many seeks as there are distinct ones. */
static bool count_distinct(nr_call *c, const nr_index *ix, uint64_t *distinct)
{
    nr_range left = {{NULL, 0}, {NULL, 0}, false, false};
    nr_arena scratch, bound;
    size_t n = 1;
    nr_arena_init(&scratch, c->env);
    nr_arena_init(&bound, c->env);
    bool ok = true;
    while (ok && n) {
        ok = in_time(c, *distinct) && next_key(c, ix, &left, &scratch, &bound, &n);
        *distinct += ok && n;
    }
    nr_arena_clear(&scratch);
    nr_arena_clear(&bound);
    return ok;
}

static bool ordered_stats(nr_call *c, const nr_index *ix, stats *out)
{
    nr_range all = {{NULL, 0}, {NULL, 0}, false, false};
    nr_status st = c->store->cls->ordered_count(c->store, ix->key, &all, &out->entries);
    if (!nr_status_good(st, ix->key, &c->err)) return false;
    out->keys = out->entries > 0;
    out->bytes = c->store->cls->bytes(c->store, ix->key);
    out->distinct = ix->kind == NR_IX_PK ? out->entries : 0;
    return ix->kind == NR_IX_PK || count_distinct(c, ix, &out->distinct);
}

static bool set_stats(nr_call *c, const nr_index *ix, const nr_slices *keys, stats *out)
{
    for (size_t i = 0; i < keys->n; i++) {
        uint64_t n = 0;
        if (!nr_slice_starts(keys->at[i], ix->key)) continue;
        if (!in_time(c, i)) return false;
        nr_status st = c->store->cls->set_count(c->store, keys->at[i], &n);
        if (!nr_status_good(st, keys->at[i], &c->err)) return false;
        out->keys++;
        out->entries += n;
        out->bytes += c->store->cls->bytes(c->store, keys->at[i]);
    }
    out->distinct = out->keys;
    return true;
}

static bool memory_stats(nr_call *c, const nr_model *m, size_t at, stats *out)
{
    const nr_ordered *o = nr_table_ordered(m->table, at);
    const nr_postings *p = nr_table_postings(m->table, at);
    const nr_column *key = nr_table_key_column(m->table, at);
    out->bytes = nr_table_index_bytes(m->table, at);
    if (p) out->entries = nr_postings_total(p);
    if (p) out->distinct = nr_postings_values(p);
    uint64_t i = o ? nr_index_nulls_before(&m->indexes[at], o) : 0, all = o ? nr_ordered_count(o) : 0;
    if (o) out->entries = all - i;
    if (o && m->indexes[at].kind == NR_IX_PK) out->distinct = out->entries;
    for (; o && key && m->indexes[at].kind != NR_IX_PK && i < all; out->distinct++) {
        uint32_t row;
        nr_ordered_read(o, i, false, 1, &row);
        nr_value v = nr_column_get(key, row);
        i = nr_ordered_rank(o, &v, true);
        if (!in_time(c, out->distinct)) return false;
    }
    return true;
}

static void reply_number(nr_sink *s, const char *name, uint64_t value)
{
    s->cls->bulk(s, nr_slice_of(name));
    s->cls->integer(s, (int64_t)value);
}

static void reply_stats(nr_call *c, const nr_index *ix, const stats *of, uint64_t entities)
{
    nr_sink *s = c->sink;
    s->cls->map(s, 7);
    s->cls->bulk(s, NR_S("name"));
    s->cls->bulk(s, ix->name);
    nr_reply_lookups(c, ix);
    reply_number(s, "keys", of->keys);
    reply_number(s, "entries", of->entries);
    reply_number(s, "distinct", of->distinct);
    reply_number(s, "bytes", of->bytes);
    reply_number(s, "bytes_per_entity", entities ? (of->bytes + entities / 2) / entities : 0);
}

static bool stats_of(nr_call *c, const nr_model *m, size_t at, const nr_slices *set_keys, stats *out)
{
    const nr_index *ix = &m->indexes[at];
    *out = (stats){0};
    if (ix->stale && !ix->building) return true;
    if (ix->memory) return memory_stats(c, m, at, out);
    return ix->kind == NR_IX_SET ? set_stats(c, ix, set_keys, out) : ordered_stats(c, ix, out);
}

bool nr_cmd_index_stats(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argc;
    nr_model *m = nr_model_need_for_query(c, argv[0]);
    if (!m) return false;
    nr_slices set_keys = m->indexes[0].memory ? (nr_slices){0} : nr_build_set_keys(c, m);
    stats *all = NR_NEW_N(&c->arena, stats, m->n_indexes);
    for (size_t i = 0; i < m->n_indexes; i++)
        if (!stats_of(c, m, i, &set_keys, &all[i])) return false;
    c->sink->cls->array(c->sink, m->n_indexes);
    for (size_t i = 0; i < m->n_indexes; i++) reply_stats(c, &m->indexes[i], &all[i], nr_table_count(m->table));
    return true;
}
