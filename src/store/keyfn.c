/* keyfn.c -- the table of key functions, and what they have in common: how keys become members and set keys. */
#include "store/keyfn.h"

#include "base/casefold.h"
#include "base/trigram.h"
#include "base/utf8.h"
#include "store/keys.h"
#include "types/document.h"

enum { PATIENCE = 4 }; /* see nr_regex_watch */

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

void nr_trigram_keys(nr_slice text, bool folded, nr_arena *arena, nr_values *out)
{
    nr_trigrams grams = nr_trigrams_of(arena, text, folded);
    char *at = nr_arena_alloc(arena, grams.n * 12 + 1);
    for (size_t i = 0; i < grams.n; i++) {
        const char *from = at;
        for (int shift = 42; shift >= 0; shift -= 21) at += nr_utf8_put(at, (uint32_t)(grams.at[i] >> shift) & 0x1FFFFF);
        add_text((nr_slice){from, (size_t)(at - from)}, arena, out);
    }
}

static void keys_substrings(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    nr_trigram_keys(v->s, false, arena, out);
}

static void keys_folded_substrings(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    nr_trigram_keys(v->s, true, arena, out);
}

/* A write waits for it, so it has little patience; rows that are unknown are searched by whoever asks. */
static void keys_matches(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    nr_regex_found r = nr_regex_search(ix->regex, v->s, (nr_regex_watch){.patience = PATIENCE});
    if (r != NR_REGEX_NO) add_text(r == NR_REGEX_YES ? NR_MATCHES : NR_MATCHES_UNKNOWN, arena, out);
}

static void keys_keys(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    nr_doc doc = nr_doc_at(v->s), item;
    nr_slice name;
    nr_doc_walk w = nr_doc_walk_in(doc);
    while (doc.kind == NR_J_OBJECT && nr_doc_next(&w, &name, &item)) add_text(nr_doc_unquote(name, arena), arena, out);
}

void nr_matches_keys(nr_arena *arena, nr_values *out)
{
    add_text(NR_MATCHES, arena, out);
    add_text(NR_MATCHES_UNKNOWN, arena, out);
}

static void keys_null(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    (void)ix;
    if (v->kind == NR_V_NULL) nr_vec_push(arena, out, *v);
}

#define VALUE NR_FORM_VALUE
#define TEXT NR_FORM_TEXT
#define DOC NR_FORM_DOCUMENT

/*                                         name                 format  shape        many   crowd form   null   unsure keys */
const nr_keyfn nr_key_value             = {"value",             1, NR_KS_EITHER,  false, NULL, VALUE, true,  false, keys_value,             "the value itself"};
const nr_keyfn nr_key_text              = {"text",              1, NR_KS_ORDERED, false, NULL, TEXT,  false, false, keys_value,             "the canonical text of a value that is none"};
const nr_keyfn nr_key_folded            = {"folded",            1, NR_KS_ORDERED, false, NULL, TEXT,  false, false, keys_folded,            "the text without case"};
const nr_keyfn nr_key_reversed          = {"reversed",          1, NR_KS_ORDERED, false, NULL, TEXT,  false, false, keys_reversed,          "the text, its code points from last to first"};
const nr_keyfn nr_key_folded_reversed   = {"folded_reversed",   1, NR_KS_ORDERED, false, NULL, TEXT,  false, false, keys_folded_reversed,   "the same without case"};
const nr_keyfn nr_key_substrings        = {"substrings",        2, NR_KS_SET,     true,  "*",  TEXT,  false, false, keys_substrings,        "every three code points in a row"};
const nr_keyfn nr_key_folded_substrings = {"folded_substrings", 2, NR_KS_SET,     true,  "*",  TEXT,  false, false, keys_folded_substrings, "the same without case"};
const nr_keyfn nr_key_matches           = {"matches",           1, NR_KS_SET,     false, NULL, TEXT,  false, true,  keys_matches,           "whether the index's pattern is found in the text"};
const nr_keyfn nr_key_keys              = {"keys",              1, NR_KS_SET,     true,  NULL, DOC,   false, false, keys_keys,              "the keys of an object"};
const nr_keyfn nr_key_null              = {"null",              1, NR_KS_SET,     false, NULL, VALUE, true,  false, keys_null,              "nothing but that it is NULL"};
const nr_keyfn nr_key_together          = {"together",          1, NR_KS_ORDERED, false, NULL, VALUE, true,  false, keys_value,             "the values of several fields, one behind the other"};

const nr_keyfn *const nr_keyfns[] = {
    &nr_key_value,      &nr_key_text,              &nr_key_folded,  &nr_key_reversed, &nr_key_folded_reversed,
    &nr_key_substrings, &nr_key_folded_substrings, &nr_key_matches, &nr_key_keys,     &nr_key_null,
    &nr_key_together,   NULL,
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
    return ix->keyfn->form != NR_FORM_VALUE ? NR_V_TEXT : type ? type->kind : NR_V_NULL;
}

void nr_index_keys(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out)
{
    const nr_keyfn *fn = ix->keyfn;
    nr_values given = {0};
    if (nr_path_plain(&ix->path) && fn->form == NR_FORM_VALUE) nr_vec_push(arena, &given, *v);
    else nr_path_values(&ix->path, v, fn->form, arena, &given);
    for (size_t i = 0; i < given.n; i++) {
        size_t before = out->n;
        if (given.at[i].kind != NR_V_NULL || fn->null) fn->keys(ix, &given.at[i], arena, out);
        if (!fn->crowd || out->n - before <= NR_MOST_KEYS) continue;
        out->n = before;
        add_text(nr_slice_of(fn->crowd), arena, out);
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
    nr_path_values(&part->path, &v, NR_FORM_VALUE, arena, &given);
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
