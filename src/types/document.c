/* document.c -- passing over canonical JSON. */
#include "types/document.h"

#include "types/number.h"

/* Behind the string that begins at text[at]. */
static size_t string_end(nr_slice text, size_t at)
{
    for (at++; at < text.n && text.p[at] != '"'; at++) at += text.p[at] == '\\';
    return at < text.n ? at + 1 : text.n;
}

static bool opens(char c)
{
    return c == '[' || c == '{';
}

static bool closes(char c)
{
    return c == ']' || c == '}';
}

static size_t group_end(nr_slice text)
{
    size_t depth = 0;
    for (size_t at = 0; at < text.n;) {
        char c = text.p[at];
        if (c == '"') {
            at = string_end(text, at);
            continue;
        }
        depth += opens(c);
        depth -= closes(c);
        at++;
        if (depth == 0) return at;
    }
    return text.n;
}

static size_t word_end(nr_slice text)
{
    size_t at = 0;
    while (at < text.n && text.p[at] != ',' && !closes(text.p[at])) at++;
    return at;
}

nr_doc nr_doc_at(nr_slice text)
{
    char c = text.n ? text.p[0] : 'n';
    switch (c) {
    case '"': return (nr_doc){NR_J_STRING, {text.p, string_end(text, 0)}};
    case '[': return (nr_doc){NR_J_ARRAY, {text.p, group_end(text)}};
    case '{': return (nr_doc){NR_J_OBJECT, {text.p, group_end(text)}};
    case 'n': return (nr_doc){NR_J_NULL, {text.p, word_end(text)}};
    case 't': return (nr_doc){NR_J_TRUE, {text.p, word_end(text)}};
    case 'f': return (nr_doc){NR_J_FALSE, {text.p, word_end(text)}};
    default: return (nr_doc){NR_J_NUMBER, {text.p, word_end(text)}};
    }
}

nr_doc_walk nr_doc_walk_in(nr_doc doc)
{
    if (doc.kind != NR_J_ARRAY && doc.kind != NR_J_OBJECT) return (nr_doc_walk){{doc.text.p, 0}, false};
    return (nr_doc_walk){{doc.text.p + 1, doc.text.n - 2}, doc.kind == NR_J_OBJECT};
}

static void pass(nr_slice *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

bool nr_doc_next(nr_doc_walk *w, nr_slice *name, nr_doc *item)
{
    if (w->rest.n == 0) return false;
    if (w->rest.p[0] == ',') pass(&w->rest, 1);
    if (w->named) {
        nr_slice key = {w->rest.p, string_end(w->rest, 0)};
        if (name) *name = key;
        pass(&w->rest, key.n + 1);
    }
    *item = nr_doc_at(w->rest);
    pass(&w->rest, item->text.n);
    return true;
}

size_t nr_doc_count(nr_doc doc)
{
    nr_doc_walk w = nr_doc_walk_in(doc);
    nr_doc item;
    size_t n = 0;
    while (nr_doc_next(&w, NULL, &item)) n++;
    return n;
}

bool nr_doc_member(nr_doc doc, nr_slice key, nr_arena *arena, nr_doc *out)
{
    if (doc.kind != NR_J_OBJECT) return false;
    nr_buf quoted = nr_buf_in(arena);
    nr_json_print_string(key, &quoted);
    nr_doc_walk w = nr_doc_walk_in(doc);
    nr_slice name;
    while (nr_doc_next(&w, &name, out))
        if (nr_slice_eq(name, nr_buf_slice(&quoted))) return true;
    return false;
}

bool nr_doc_item(nr_doc doc, uint64_t position, nr_doc *out)
{
    if (doc.kind != NR_J_ARRAY) return false;
    nr_doc_walk w = nr_doc_walk_in(doc);
    for (uint64_t i = 0; nr_doc_next(&w, NULL, out); i++)
        if (i == position) return true;
    return false;
}

/* Canonical text escapes with \u only what is below 0x20. */
static unsigned char unescaped(const char *at, size_t *n)
{
    static const char letters[] = "\"\\bfnrt", plain[] = "\"\\\b\f\n\r\t";
    *n = at[1] == 'u' ? 6 : 2;
    if (at[1] != 'u') return (unsigned char)plain[strchr(letters, at[1]) - letters];
    return (unsigned char)((at[4] - '0') * 16 + (at[5] <= '9' ? at[5] - '0' : at[5] - 'a' + 10));
}

nr_slice nr_doc_unquote(nr_slice quoted, nr_arena *arena)
{
    nr_slice s = {quoted.p + 1, quoted.n - 2};
    if (s.n == 0 || !memchr(s.p, '\\', s.n)) return s;
    nr_buf out = nr_buf_in(arena);
    nr_buf_reserve(&out, s.n);
    for (size_t i = 0, n = 1; i < s.n; i += n) {
        n = 1;
        nr_buf_byte(&out, s.p[i] == '\\' ? unescaped(s.p + i, &n) : (unsigned char)s.p[i]);
    }
    return nr_buf_slice(&out);
}

int nr_doc_cmp(nr_doc a, nr_doc b, nr_arena *arena)
{
    if (a.kind != b.kind) {
        static const int rank[] = {
            [NR_J_NULL] = 0, [NR_J_FALSE] = 1, [NR_J_TRUE] = 2, [NR_J_NUMBER] = 3, [NR_J_STRING] = 4, [NR_J_ARRAY] = 5, [NR_J_OBJECT] = 6};
        return rank[a.kind] - rank[b.kind];
    }
    if (a.kind == NR_J_NUMBER) return nr_number_cmp(a.text, b.text);
    if (a.kind != NR_J_STRING) return nr_slice_cmp(a.text, b.text);
    return nr_slice_cmp(nr_doc_unquote(a.text, arena), nr_doc_unquote(b.text, arena));
}
