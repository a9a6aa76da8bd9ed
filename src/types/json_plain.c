/* json_plain.c -- one pass, value by value. Recursion is bounded by NR_JSON_DEPTH. */
#include "types/json_plain.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "types/number.h"

enum { MOST_MEMBERS = 64 }; /* of an object: each name is held against those before it */

/* Members wait on the stacks until their array or object ends, when it is known how many there are. */
typedef struct reader {
    nr_slice text;
    size_t at;
    nr_arena *arena, scratch;
    NR_VEC(nr_json) items;
    nr_slices names;
} reader;

static bool read_value(reader *r, size_t depth, nr_json *out);

static char char_at(const reader *r)
{
    return r->at < r->text.n ? r->text.p[r->at] : 0;
}

static void skip_space(reader *r)
{
    for (char c = char_at(r); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = char_at(r)) r->at++;
}

static bool take(reader *r, char c)
{
    skip_space(r);
    if (char_at(r) != c) return false;
    r->at++;
    return true;
}

/* The end of the string that begins at the place in hand, and whether it has escapes; false: no string without \u. */
static bool string_end(const reader *r, size_t *end, bool *escapes)
{
    *escapes = false;
    for (*end = r->at; *end < r->text.n; ++*end) {
        unsigned char c = (unsigned char)r->text.p[*end];
        if (c == '"') return true;
        if (c < 0x20) return false;
        if (c != '\\') continue;
        if (++*end == r->text.n || !r->text.p[*end] || !strchr("\"\\/bfnrt", r->text.p[*end])) return false;
        *escapes = true;
    }
    return false;
}

static char unescaped(char c)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *at = strchr(letters, c);
    return at ? meant[at - letters] : c;
}

/* Behind the opening quote. */
static bool read_string(reader *r, nr_slice *out)
{
    size_t end;
    bool escapes;
    if (!string_end(r, &end, &escapes)) return false;
    *out = nr_arena_copy(r->arena, (nr_slice){r->text.p + r->at, end - r->at});
    r->at = end + 1;
    if (!escapes) return true;
    char *to = (char *)out->p; /* our own copy */
    for (size_t i = 0; i < out->n; i++) *to++ = out->p[i] == '\\' ? unescaped(out->p[++i]) : out->p[i];
    *to = 0;
    out->n = (size_t)(to - out->p);
    return true;
}

static bool read_number(reader *r, nr_json *out)
{
    nr_number number;
    nr_slice left = {r->text.p + r->at, r->text.n - r->at};
    size_t n = nr_number_scan(left, &number);
    r->at += n;
    *out = (nr_json){.kind = NR_J_NUMBER, .text = nr_arena_copy(r->arena, (nr_slice){left.p, n})};
    return n > 0;
}

static bool read_word(reader *r, nr_json *out)
{
    static const struct {
        nr_slice word;
        nr_json_kind kind;
    } words[] = {{{"null", 4}, NR_J_NULL}, {{"true", 4}, NR_J_TRUE}, {{"false", 5}, NR_J_FALSE}};
    nr_slice left = {r->text.p + r->at, r->text.n - r->at};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!nr_slice_starts(left, words[i].word)) continue;
        r->at += words[i].word.n;
        *out = (nr_json){.kind = words[i].kind};
        return true;
    }
    return false;
}

/* Takes what lies on a stack above its place from, into the arena. */
static void *take_off(reader *r, const void *stack, size_t *n, size_t from, size_t size)
{
    void *out = nr_arena_alloc(r->arena, (*n - from) * size);
    if (*n > from) memcpy(out, (const char *)stack + from * size, (*n - from) * size);
    *n = from;
    return out;
}

static bool read_array(reader *r, size_t depth, nr_json *out)
{
    size_t from = r->items.n;
    nr_json item;
    for (bool more = !take(r, ']'); more; more = !take(r, ']')) {
        if (r->items.n > from && !take(r, ',')) return false;
        if (!read_value(r, depth, &item)) return false;
        nr_vec_push(&r->scratch, &r->items, item);
    }
    *out = (nr_json){.kind = NR_J_ARRAY, .n = r->items.n - from};
    out->items = take_off(r, r->items.at, &r->items.n, from, sizeof item);
    return true;
}

static bool read_name(reader *r, size_t from)
{
    nr_slice name;
    if (r->names.n - from == MOST_MEMBERS || !take(r, '"') || !read_string(r, &name)) return false;
    for (size_t i = from; i < r->names.n; i++)
        if (nr_slice_eq(r->names.at[i], name)) return false;
    nr_vec_push(&r->scratch, &r->names, name);
    return take(r, ':');
}

static bool read_object(reader *r, size_t depth, nr_json *out)
{
    size_t from = r->items.n, first = r->names.n;
    nr_json item;
    for (bool more = !take(r, '}'); more; more = !take(r, '}')) {
        if (r->items.n > from && !take(r, ',')) return false;
        if (!read_name(r, first) || !read_value(r, depth, &item)) return false;
        nr_vec_push(&r->scratch, &r->items, item);
    }
    *out = (nr_json){.kind = NR_J_OBJECT, .n = r->items.n - from};
    out->items = take_off(r, r->items.at, &r->items.n, from, sizeof item);
    out->names = take_off(r, r->names.at, &r->names.n, first, sizeof(nr_slice));
    return true;
}

static bool read_value(reader *r, size_t depth, nr_json *out)
{
    skip_space(r);
    char c = char_at(r);
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(r, out);
    if (c != '"' && c != '[' && c != '{') return read_word(r, out);
    r->at++;
    if (c != '"') return depth < NR_JSON_DEPTH && (c == '[' ? read_array(r, depth + 1, out) : read_object(r, depth + 1, out));
    *out = (nr_json){.kind = NR_J_STRING};
    return read_string(r, &out->text);
}

const nr_json *nr_json_plain(nr_slice text, nr_arena *arena)
{
    reader r = {.text = text, .arena = arena};
    nr_arena_init(&r.scratch, arena->env);
    nr_mark before = nr_arena_mark(arena);
    nr_json *root = NR_NEW(arena, nr_json);
    bool good = nr_utf8_valid(text) && read_value(&r, 0, root);
    skip_space(&r);
    nr_arena_clear(&r.scratch);
    if (good && r.at == text.n) return root;
    nr_arena_rewind(arena, before);
    return NULL;
}
