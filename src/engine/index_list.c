/* index_list.c -- INDEX LIST: what there is, who wants it, and how far it is. */
#include "engine/commands.h"
#include "engine/follow.h"
#include "engine/index_count.h"
#include "engine/online.h"
#include "table/table.h"

static void reply_texts(nr_call *c, const nr_slices *texts)
{
    c->sink->cls->array(c->sink, texts->n);
    for (size_t i = 0; i < texts->n; i++) c->sink->cls->bulk(c->sink, texts->at[i]);
}

static void reply_fields(nr_call *c, const nr_index *ix)
{
    nr_slices fields = {0};
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        nr_buf b = nr_buf_in(&c->arena);
        if (ix->n_parts && ix->parts[i].descending) nr_buf_byte(&b, '-');
        nr_path_print(nr_index_path(ix, i), &b);
        nr_vec_push(&c->arena, &fields, nr_buf_slice(&b));
    }
    c->sink->cls->bulk(c->sink, NR_S("fields"));
    reply_texts(c, &fields);
}

static void reply_pair(nr_call *c, const char *name, nr_slice text)
{
    c->sink->cls->bulk(c->sink, nr_slice_of(name));
    c->sink->cls->bulk(c->sink, text);
}

static void reply_owners(nr_call *c, const nr_index *ix)
{
    c->sink->cls->bulk(c->sink, NR_S("owners"));
    reply_texts(c, &ix->owners);
}

void nr_reply_lookups(nr_call *c, const nr_index *ix)
{
    nr_slices names = {0};
    c->sink->cls->bulk(c->sink, NR_S("lookups"));
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        if (nr_index_answers(ix, l)) nr_vec_push(&c->arena, &names, nr_slice_of(l->name));
    reply_texts(c, &names);
}

/* An index in memory is in no key. */
static nr_slice type_of(const nr_index *ix)
{
    return ix->memory ? NR_S("memory") : ix->kind == NR_IX_SET ? NR_S("set") : NR_S("zset");
}

static nr_slice state_of(const nr_model *m, const nr_index *ix)
{
    bool waits = ix->memory && m->table && nr_table_waits(m->table, (size_t)(ix - m->indexes));
    if (ix->building || waits) return NR_S("building");
    if (!ix->stale) return NR_S("ready");
    return nr_index_online(ix) ? NR_S("waiting") : NR_S("stale");
}

static void reply_index(nr_call *c, nr_model *m, const nr_index *ix, uint64_t entries)
{
    nr_sink *s = c->sink;
    s->cls->map(s, 9);
    reply_pair(c, "name", ix->name);
    reply_fields(c, ix);
    nr_reply_lookups(c, ix);
    reply_owners(c, ix);
    reply_pair(c, "type", type_of(ix));
    reply_pair(c, ix->kind == NR_IX_SET && !ix->memory ? "prefix" : "key", ix->memory ? NR_S("") : ix->key);
    s->cls->bulk(s, NR_S("entries"));
    s->cls->integer(s, (int64_t)entries);
    reply_pair(c, "state", state_of(m, ix));
    s->cls->bulk(s, NR_S("progress"));
    s->cls->integer(s, nr_online_progress(c, m, ix));
}

bool nr_cmd_index_list(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argc;
    nr_model *m = nr_model_need(c, argv[0]);
    if (!m || (m->indexes[0].memory && !nr_follow_memory(c, m))) return false;
    uint64_t *entries = NR_NEW_N(&c->arena, uint64_t, m->n_indexes);
    if (!nr_index_count_all(c, m, entries)) return false;
    c->sink->cls->array(c->sink, m->n_indexes);
    for (size_t i = 0; i < m->n_indexes; i++) reply_index(c, m, &m->indexes[i], entries[i]);
    return true;
}
