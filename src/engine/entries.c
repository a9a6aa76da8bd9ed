/* entries.c -- entries are compared by their keys' values, which come sorted and distinct: the difference is one pass over both. */
#include "engine/entries.h"

#include "store/keyfn.h"

static nr_entry entry_of(const nr_index *ix, nr_slice pk_text, const nr_value *pk, const nr_value *key, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    if (ix->kind == NR_IX_SET) {
        nr_index_set_key(ix, key, &b);
        return (nr_entry){nr_buf_slice(&b), pk_text};
    }
    nr_index_member(ix, pk, key, &b);
    return (nr_entry){ix->key, nr_buf_slice(&b)};
}

void nr_index_entries(const nr_index *ix, nr_slice pk, const nr_value *row, nr_arena *arena, nr_entries *out)
{
    nr_index_difference(ix, pk, NULL, row, arena, NULL, out);
}

static bool looks_the_same(const nr_index *ix, const nr_value *before, const nr_value *after)
{
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        size_t f = nr_index_path(ix, i)->field->id;
        if (!nr_value_eq(&before[f], &after[f])) return false;
    }
    return true;
}

void nr_index_difference(const nr_index *ix, nr_slice pk, const nr_value *before, const nr_value *after, nr_arena *arena, nr_entries *gone,
                         nr_entries *come)
{
    nr_values old = {0}, new = {0};
    const nr_value *name = before ? before : after; /* the primary key of both is the same */
    if (before && after && looks_the_same(ix, before, after)) return;
    if (before && ix->keyfn->unsure) nr_matches_keys(arena, &old);
    else if (before) nr_index_row_keys(ix, before, arena, &old);
    if (after) nr_index_row_keys(ix, after, arena, &new);
    for (size_t i = 0, k = 0; i < old.n || k < new.n;) {
        int c = i == old.n ? 1 : k == new.n ? -1 : nr_value_cmp(&old.at[i], &new.at[k]);
        if (c < 0) nr_vec_push(arena, gone, entry_of(ix, pk, name, &old.at[i], arena));
        if (c > 0 || (c == 0 && ix->keyfn->unsure)) nr_vec_push(arena, come, entry_of(ix, pk, name, &new.at[k], arena));
        i += c <= 0;
        k += c >= 0;
    }
}

bool nr_entries_add(nr_store *s, const nr_index *ix, const nr_entries *entries, nr_err *err)
{
    for (size_t i = 0; i < entries->n; i++) {
        const nr_entry *e = &entries->at[i];
        nr_status st = ix->kind == NR_IX_SET ? s->cls->set_add(s, e->key, e->member) : s->cls->ordered_add(s, e->key, e->member);
        if (!nr_status_good(st, e->key, err)) return false;
    }
    return true;
}
