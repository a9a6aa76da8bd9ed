/* json.c -- what is plain is read in place (json_plain.h), else jansson's tree is copied into the arena; and back to text.
 *
 * jansson alone would lose the text of numbers, so it gets marked text (json_mark.h). Recursion is bounded by NR_JSON_DEPTH, which the
 * marking has checked before. */
#include "types/json.h"

#include <assert.h>
#include <jansson.h>

#include "types/json_mark.h"
#include "types/json_plain.h"

static nr_slice unmarked(const char *p, size_t n, nr_arena *arena)
{
    return nr_arena_copy(arena, (nr_slice){p + 1, n - 1});
}

static nr_json copy_value(json_t *from, nr_arena *arena);

static nr_json copy_string(const json_t *from, nr_arena *arena)
{
    const char *p = json_string_value(from);
    return (nr_json){.kind = *p == NR_JSON_MARK_NUMBER ? NR_J_NUMBER : NR_J_STRING, .text = unmarked(p, json_string_length(from), arena)};
}

static nr_json copy_array(const json_t *from, nr_arena *arena)
{
    size_t n = json_array_size(from);
    nr_json *items = NR_NEW_N(arena, nr_json, n);
    for (size_t i = 0; i < n; i++) items[i] = copy_value(json_array_get(from, i), arena);
    return (nr_json){.kind = NR_J_ARRAY, .n = n, .items = items};
}

static nr_json copy_object(json_t *from, nr_arena *arena)
{
    size_t n = json_object_size(from), i = 0;
    nr_json *items = NR_NEW_N(arena, nr_json, n);
    nr_slice *names = NR_NEW_N(arena, nr_slice, n);
    for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at), i++) {
        const char *key = json_object_iter_key(at);
        names[i] = unmarked(key, strlen(key), arena); /* jansson takes no NUL in keys */
        items[i] = copy_value(json_object_iter_value(at), arena);
    }
    return (nr_json){.kind = NR_J_OBJECT, .n = n, .names = names, .items = items};
}

static nr_json copy_value(json_t *from, nr_arena *arena)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT: return copy_object(from, arena);
    case JSON_ARRAY: return copy_array(from, arena);
    case JSON_STRING: return copy_string(from, arena);
    case JSON_TRUE: return (nr_json){.kind = NR_J_TRUE};
    case JSON_FALSE: return (nr_json){.kind = NR_J_FALSE};
    case JSON_NULL:
    case JSON_INTEGER:
    case JSON_REAL: break;
    }
    assert(json_is_null(from)); /* the marking leaves no numbers */
    return (nr_json){.kind = NR_J_NULL};
}

/* What jansson says, without its quotes of the marked text. Its position is behind what it disliked. */
static bool fail_parse(nr_slice text, const json_error_t *e, nr_arena *arena, nr_err *err)
{
    char wrong[JSON_ERROR_TEXT_LENGTH];
    if (json_error_code(e) == json_error_premature_end_of_input) return nr_json_fail_at(text, text.n, err, "the text ends too early");
    const char *near = strstr(e->text, " near ");
    size_t n = near ? (size_t)(near - e->text) : strlen(e->text);
    memcpy(wrong, e->text, n);
    wrong[n] = 0;
    size_t position = e->position > 0 ? (size_t)e->position - 1 : 0;
    return nr_json_fail_at(text, nr_json_unmark(text, position, arena), err, wrong);
}

const nr_json *nr_json_parse(nr_slice text, size_t max_bytes, nr_arena *arena, nr_err *err)
{
    if (text.n > max_bytes) {
        nr_fail(err, NR_E_LIMIT, "JSON of %zu bytes; the most that is taken is %zu", text.n, max_bytes);
        return NULL;
    }
    const nr_json *plain = nr_json_plain(text, arena);
    return plain ? plain : nr_json_parse_any(text, arena, err);
}

const nr_json *nr_json_parse_any(nr_slice text, nr_arena *arena, nr_err *err)
{
    nr_mark before = nr_arena_mark(arena);
    nr_slice marked = nr_json_mark(text, arena, err);
    if (!marked.p) return NULL;
    json_error_t e;
    json_t *tree = json_loadb(marked.p, marked.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
    nr_arena_rewind(arena, before);
    if (!tree) {
        fail_parse(text, &e, arena, err);
        return NULL;
    }
    nr_json *root = NR_NEW(arena, nr_json);
    *root = copy_value(tree, arena);
    json_decref(tree);
    return root;
}

const nr_json *nr_json_get(const nr_json *object, const char *name)
{
    if (object->kind != NR_J_OBJECT) return NULL;
    for (size_t i = 0; i < object->n; i++)
        if (nr_slice_is(object->names[i], name)) return &object->items[i];
    return NULL;
}

static nr_json deep_copy(const nr_json *j, nr_arena *arena)
{
    nr_json copy = *j;
    if (j->text.p) copy.text = nr_arena_copy(arena, j->text);
    nr_json *items = j->items ? NR_NEW_N(arena, nr_json, j->n) : NULL;
    nr_slice *names = j->names ? NR_NEW_N(arena, nr_slice, j->n) : NULL;
    for (size_t i = 0; i < j->n; i++) {
        items[i] = deep_copy(&j->items[i], arena);
        if (names) names[i] = nr_arena_copy(arena, j->names[i]);
    }
    copy.items = items;
    copy.names = names;
    return copy;
}

const nr_json *nr_json_copy(const nr_json *j, nr_arena *arena)
{
    nr_json *copy = NR_NEW(arena, nr_json);
    *copy = deep_copy(j, arena);
    return copy;
}

const char *nr_json_kind_name(const nr_json *j)
{
    static const char *const names[] = {"null", "boolean", "boolean", "number", "string", "array", "object"};
    return names[j->kind];
}

void nr_json_print_string(nr_slice s, nr_buf *out)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    nr_buf_byte(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        nr_buf_add(out, (nr_slice){s.p + from, i - from});
        from = i + 1;
        const char *at = c ? strchr(plain, c) : NULL;
        if (at) nr_buf_printf(out, "\\%c", letters[at - plain]);
        else nr_buf_printf(out, "\\u%04x", c);
    }
    nr_buf_add(out, (nr_slice){s.p + from, s.n - from});
    nr_buf_byte(out, '"');
}

static void print_members(const nr_json *j, nr_buf *out)
{
    for (size_t i = 0; i < j->n; i++) {
        if (i) nr_buf_byte(out, ',');
        if (j->kind == NR_J_OBJECT) {
            nr_json_print_string(j->names[i], out);
            nr_buf_byte(out, ':');
        }
        nr_json_print(&j->items[i], out);
    }
}

void nr_json_print(const nr_json *j, nr_buf *out)
{
    switch (j->kind) {
    case NR_J_NULL: nr_buf_add(out, NR_S("null")); break;
    case NR_J_TRUE: nr_buf_add(out, NR_S("true")); break;
    case NR_J_FALSE: nr_buf_add(out, NR_S("false")); break;
    case NR_J_NUMBER: nr_buf_add(out, j->text); break;
    case NR_J_STRING: nr_json_print_string(j->text, out); break;
    case NR_J_ARRAY:
    case NR_J_OBJECT:
        nr_buf_byte(out, j->kind == NR_J_ARRAY ? '[' : '{');
        print_members(j, out);
        nr_buf_byte(out, j->kind == NR_J_ARRAY ? ']' : '}');
        break;
    }
}

void nr_json_use_memory(const nr_env *env)
{
    json_set_alloc_funcs(env->alloc, env->free);
}
