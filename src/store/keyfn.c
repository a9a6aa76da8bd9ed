/* keyfn.c -- the table of key functions, and what they have in common: how keys become members and set keys. */
#include "store/keyfn.h"

#include "base/casefold.h"
#include "base/utf8.h"
#include "store/keys.h"

static void add_text(nr_slice text, nr_arena *arena, nr_values *out)
{
    nr_vec_push(arena, out, (nr_value){.kind = NR_V_TEXT, .s = text});
}

static void keys_value(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    nr_vec_push(arena, out, *v);
}

static nr_slice folded(nr_slice text, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_fold(&b, text);
    return nr_buf_slice(&b);
}

static nr_slice reversed(nr_slice text, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_utf8_reverse(&b, text);
    return nr_buf_slice(&b);
}

static void keys_folded(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    add_text(folded(v->s, arena), arena, out);
}

static void keys_reversed(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    add_text(reversed(v->s, arena), arena, out);
}

static void keys_folded_reversed(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    add_text(reversed(folded(v->s, arena), arena), arena, out);
}

static size_t sequence_at(nr_slice s, size_t at)
{
    size_t n = nr_utf8_sequence((nr_slice){s.p + at, s.n - at});
    return n ? n : 1;
}

void nr_trigram_keys(nr_slice text, nr_arena *arena, nr_values *out)
{
    size_t a = 0, b, c;
    if (!text.n) return;
    b = sequence_at(text, 0);
    c = b < text.n ? b + sequence_at(text, b) : text.n;
    if (c >= text.n) add_text(text, arena, out);
    while (c < text.n) {
        size_t end = c + sequence_at(text, c);
        add_text((nr_slice){text.p + a, end - a}, arena, out);
        a = b;
        b = c;
        c = end;
    }
}

static void keys_substrings(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    nr_trigram_keys(v->s, arena, out);
}

static void keys_folded_substrings(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    nr_trigram_keys(folded(v->s, arena), arena, out);
}

static void keys_matches(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    nr_regex_found r = nr_regex_search(ix->regex, v->s, (nr_regex_watch){NULL, NULL});
    if (r != NR_REGEX_NO) add_text(r == NR_REGEX_YES ? NR_MATCHES : NR_MATCHES_UNKNOWN, arena, out);
}

static void keys_null(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    if (v->kind == NR_V_NULL) nr_vec_push(arena, out, *v);
}

/*                                         name                 format  shape        many   text   null   keys */
const nr_keyfn nr_key_value = {"value", 1, NR_KS_EITHER, false, false, true, keys_value, "the value itself"};
const nr_keyfn nr_key_text = {"text", 1, NR_KS_ORDERED, false, true, false, keys_value, "the canonical text of a value that is none"};
const nr_keyfn nr_key_folded = {"folded", 1, NR_KS_ORDERED, false, true, false, keys_folded, "the text without case"};
const nr_keyfn nr_key_reversed = {"reversed", 1, NR_KS_ORDERED, false, true, false, keys_reversed, "the text, its code points from last to first"};
const nr_keyfn nr_key_folded_reversed = {"folded_reversed", 1, NR_KS_ORDERED, false, true, false, keys_folded_reversed, "the same without case"};
const nr_keyfn nr_key_substrings = {"substrings", 1, NR_KS_SET, true, true, false, keys_substrings, "every three code points in a row"};
const nr_keyfn nr_key_folded_substrings = {"folded_substrings", 1, NR_KS_SET, true, true, false, keys_folded_substrings, "the same without case"};
const nr_keyfn nr_key_matches = {"matches", 1, NR_KS_SET, false, true, false, keys_matches, "whether the index's pattern is found in the text"};
const nr_keyfn nr_key_null = {"null", 1, NR_KS_SET, false, false, true, keys_null, "nothing but that it is NULL"};
const nr_keyfn nr_key_together = {"together", 1, NR_KS_ORDERED, false, false, true, keys_value, "the values of several fields, one behind the other"};

const nr_keyfn *const nr_keyfns[] = {
    &nr_key_value,      &nr_key_text,              &nr_key_folded,  &nr_key_reversed, &nr_key_folded_reversed,
    &nr_key_substrings, &nr_key_folded_substrings, &nr_key_matches, &nr_key_null,     &nr_key_together, NULL,
};

const nr_keyfn *nr_keyfn_find(nr_slice name)
{
    for (size_t i = 0; nr_keyfns[i]; i++)
        if (nr_slice_is(name, nr_keyfns[i]->name)) return nr_keyfns[i];
    return NULL;
}

bool nr_index_many(const nr_index *ix)
{
    return ix->keyfn->many || nr_path_many(&ix->path);
}

bool nr_index_enforces(const nr_index *ix)
{
    return ix->together || (ix->kind == NR_IX_ORDERED && ix->path.field->unique && ix->keyfn == &nr_key_value && nr_path_plain(&ix->path));
}

/* Whether the types of all parts are known. */
static bool parts_known(const nr_index *ix)
{
    for (size_t i = 0; i < ix->n_parts; i++)
        if (!nr_path_type(&ix->parts[i].path)) return false;
    return true;
}

nr_kind nr_index_key_kind(const nr_index *ix)
{
    if (ix->n_parts) return parts_known(ix) ? NR_V_TEXT : NR_V_NULL;
    const nr_type *type = nr_path_type(&ix->path);
    return ix->keyfn->text ? NR_V_TEXT : type ? type->kind : NR_V_NULL;
}

void nr_index_keys(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    const nr_keyfn *fn = ix->keyfn;
    nr_values given = {0};
    if (nr_path_plain(&ix->path)) nr_vec_push(arena, &given, *v);
    else nr_path_values(&ix->path, v, arena, &given);
    for (size_t i = 0; i < given.n; i++) {
        nr_value x = given.at[i];
        if (x.kind == NR_V_NULL && !fn->null) continue;
        if (fn->text) x = (nr_value){.kind = NR_V_TEXT, .s = nr_type_text(nr_path_spec(&ix->path), &x, arena)};
        fn->keys(ix, &x, arena, out);
    }
    nr_values_sort(out);
}

void nr_index_part_add(const nr_index_part *part, const nr_value *v, nr_buf *out)
{
    size_t at = out->n;
    nr_key_add(v, out);
    if (part->descending) nr_key_turn(out->p + at, out->n - at);
}

static nr_value part_value(const nr_index_part *part, const nr_value *row, nr_arena *arena)
{
    nr_value v = row[part->path.field->id];
    nr_values given = {0};
    if (nr_path_plain(&part->path)) return v;
    nr_path_values(&part->path, &v, arena, &given);
    return given.at[0];
}

static nr_value together(const nr_index *ix, const nr_value *row, nr_arena *arena, bool *null)
{
    nr_buf b = nr_buf_in(arena);
    *null = false;
    for (size_t i = 0; i < ix->n_parts; i++) {
        nr_value v = part_value(&ix->parts[i], row, arena);
        *null = *null || v.kind == NR_V_NULL;
        nr_index_part_add(&ix->parts[i], &v, &b);
    }
    return (nr_value){.kind = NR_V_TEXT, .s = nr_buf_slice(&b)};
}

void nr_index_row_keys(const nr_index *ix, const nr_value *row, nr_arena *arena, nr_values *out)
{
    bool null;
    if (ix->n_parts) nr_vec_push(arena, out, together(ix, row, arena, &null));
    else nr_index_keys(ix, &row[ix->path.field->id], arena, out);
}

bool nr_index_unique_key(const nr_index *ix, const nr_value *row, nr_arena *arena, nr_value *key)
{
    bool null;
    *key = ix->n_parts ? together(ix, row, arena, &null) : row[ix->path.field->id];
    return ix->n_parts ? !null : key->kind != NR_V_NULL;
}

static void key_add(const nr_index *ix, const nr_value *key, nr_buf *out)
{
    if (ix->n_parts) nr_buf_add(out, key->s);
    else nr_key_add(key, out);
}

void nr_index_member(const nr_index *ix, const nr_value *pk, const nr_value *key, nr_buf *out)
{
    if (ix->kind == NR_IX_ORDERED) key_add(ix, key, out);
    nr_pk_add(pk, out);
}

void nr_index_set_key(const nr_index *ix, const nr_value *key, nr_buf *out)
{
    nr_buf_add(out, ix->key);
    nr_set_key_add(nr_type_text(nr_path_spec(&ix->path), key, out->arena), out);
}

static size_t parts_skip(const nr_index *ix, nr_slice member)
{
    size_t cut = 0;
    for (size_t i = 0; i < ix->n_parts; i++) {
        const nr_type *type = nr_path_type(&ix->parts[i].path);
        nr_kind kind = type ? type->kind : NR_V_NULL;
        nr_slice rest = {member.p + cut, member.n - cut};
        size_t n = ix->parts[i].descending ? nr_key_skip_turned(kind, rest) : nr_key_skip(kind, rest);
        if (!n) return 0;
        cut += n;
    }
    return cut;
}

size_t nr_index_key_skip(const nr_index *ix, nr_slice member)
{
    return ix->n_parts ? parts_skip(ix, member) : nr_key_skip(nr_index_key_kind(ix), member);
}

bool nr_index_member_pk(const nr_index *ix, nr_slice member, nr_slice *pk)
{
    size_t cut = ix->kind == NR_IX_PK ? 0 : nr_index_key_skip(ix, member);
    *pk = (nr_slice){member.p + cut, member.n - cut};
    return cut || ix->kind == NR_IX_PK;
}
