/* json.h -- JSON in and out, numbers as they were written.
 *
 * The parser of all but the plainest text is jansson behind a pre-pass that turns each number outside strings into a marked string, so that 9.99 and
 * 99999999999999999999 keep their text; the result is copied into the arena and jansson's tree is freed. Objects keep their order; a key
 * that comes twice is an error; depth is bounded by NR_JSON_DEPTH. */
#ifndef NR_JSON_H
#define NR_JSON_H

#include "base/buf.h"
#include "base/err.h"

enum { NR_JSON_DEPTH = 64 };
enum { NR_JSON_SPREAD = 64 }; /* bytes that a byte of text may take as a tree, about */

typedef enum nr_json_kind { NR_J_NULL, NR_J_TRUE, NR_J_FALSE, NR_J_NUMBER, NR_J_STRING, NR_J_ARRAY, NR_J_OBJECT } nr_json_kind;

typedef struct nr_json nr_json;
struct nr_json {
    nr_json_kind kind;
    nr_slice text;         /* NUMBER: as written; STRING: decoded UTF-8, may hold NUL */
    size_t n;              /* ARRAY, OBJECT: members */
    const nr_slice *names; /* OBJECT */
    const nr_json *items;  /* ARRAY, OBJECT */
};

/* Has jansson take its memory from env, for the whole process. */
void nr_json_use_memory(const nr_env *env);

/* NULL on failure, err set: SYNTAX with line and column; LIMIT when text is longer than max_bytes or too deep. Everything lives in arena. */
const nr_json *nr_json_parse(nr_slice text, size_t max_bytes, nr_arena *arena, nr_err *err);

/* The same by jansson, whatever the text: nr_json_parse gives it what is not plain (json_plain.h). */
const nr_json *nr_json_parse_any(nr_slice text, nr_arena *arena, nr_err *err);

/* The member of an object, NULL when it has none of that name. */
const nr_json *nr_json_get(const nr_json *object, const char *name);

/* A copy that lives in arena. As deep as the parser lets a document be. */
const nr_json *nr_json_copy(const nr_json *j, nr_arena *arena);

/* "null", "true", "number", "string", "array", "object": for error messages; both booleans are "boolean". */
const char *nr_json_kind_name(const nr_json *j);

/* Compact text; strings escaped as JSON asks and no more (UTF-8 stays). */
void nr_json_print(const nr_json *j, nr_buf *out);
void nr_json_print_string(nr_slice s, nr_buf *out);

/* RFC 4648 base64 with padding. decode: false when text is not base64 (no spaces, canonical padding). */
void nr_base64_encode(nr_slice bytes, nr_buf *out);
bool nr_base64_decode(nr_slice text, nr_buf *out);

#endif
