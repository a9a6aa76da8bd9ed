/* json_mark.c -- token by token: a string, a number, a word, or one character. */
#include "types/json_mark.h"

#include "base/utf8.h"
#include "types/json.h"
#include "types/number.h"

typedef struct marker {
    nr_slice text;
    size_t at;       /* of the next token */
    size_t depth;
    nr_buf out;
    nr_err *err;
} marker;

bool nr_json_fail_at(nr_slice text, size_t at, nr_err *err, const char *wrong)
{
    size_t line = 1, begin = 0, column = 1;
    for (size_t i = 0; i < at; i++) {
        if (text.p[i] != '\n') continue;
        line++;
        begin = i + 1;
    }
    for (size_t i = begin; i < at; i++) column += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return nr_fail(err, NR_E_SYNTAX, "JSON, line %zu, column %zu: %s", line, column, wrong);
}

static bool fail(const marker *m, const char *wrong)
{
    return nr_json_fail_at(m->text, m->at, m->err, wrong);
}

static char char_at(const marker *m, size_t i)
{
    return i < m->text.n ? m->text.p[i] : 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void copy_to(marker *m, size_t end)
{
    nr_buf_add(&m->out, (nr_slice){m->text.p + m->at, end - m->at});
    m->at = end;
}

/* Up to and with the closing quote, or the end of the text. */
static bool mark_string(marker *m)
{
    size_t end = m->at + 1;
    while (end < m->text.n && m->text.p[end] != '"') end += m->text.p[end] == '\\' ? 2 : 1;
    end = end < m->text.n ? end + 1 : m->text.n;
    copy_to(m, m->at + 1);
    nr_buf_byte(&m->out, NR_JSON_MARK_STRING);
    copy_to(m, end);
    return true;
}

static bool mark_number(marker *m)
{
    nr_number number;
    size_t n = nr_number_scan((nr_slice){m->text.p + m->at, m->text.n - m->at}, &number), end = m->at + n;
    char next = char_at(m, end);
    if (n == 0 || is_letter(next) || is_digit(next) || next == '.' || next == '-' || next == '+') return fail(m, "this is no number of JSON");
    size_t after = end;
    while (after < m->text.n && memchr(" \t\r\n", m->text.p[after], 4)) after++;
    if (char_at(m, after) == ':') return fail(m, "a key must be a string, not a number");
    nr_buf_byte(&m->out, '"');
    nr_buf_byte(&m->out, NR_JSON_MARK_NUMBER);
    copy_to(m, end);
    nr_buf_byte(&m->out, '"');
    return true;
}

static bool mark_other(marker *m)
{
    char c = m->text.p[m->at];
    if (c == '[' || c == '{') m->depth++;
    if ((c == ']' || c == '}') && m->depth) m->depth--;
    if (m->depth > NR_JSON_DEPTH) return nr_fail(m->err, NR_E_LIMIT, "JSON is nested deeper than %d levels", NR_JSON_DEPTH);
    size_t end = m->at + 1;
    while (is_letter(c) && is_letter(char_at(m, end))) end++;
    copy_to(m, end);
    return true;
}

static bool mark_token(marker *m)
{
    char c = m->text.p[m->at];
    if (c == '"') return mark_string(m);
    return c == '-' || is_digit(c) ? mark_number(m) : mark_other(m);
}

static bool check_utf8(marker *m)
{
    if (nr_utf8_valid(m->text)) return true;
    size_t k;
    while ((k = nr_utf8_sequence((nr_slice){m->text.p + m->at, m->text.n - m->at})) != 0) m->at += k;
    return fail(m, "this is not valid UTF-8");
}

nr_slice nr_json_mark(nr_slice text, nr_arena *arena, nr_err *err)
{
    marker m = {text, 0, 0, nr_buf_in(arena), err};
    if (!check_utf8(&m)) return (nr_slice){NULL, 0};
    while (m.at < text.n)
        if (!mark_token(&m)) return (nr_slice){NULL, 0};
    return nr_buf_slice(&m.out);
}

/* Marks again up to the token that covers position. Inside a token, as at a bad escape in a string, position counts from the token's end, where
 * numbers and strings have no marks, but for a number's closing quote. */
size_t nr_json_unmark(nr_slice text, size_t position, nr_arena *arena)
{
    nr_err none = {.code = NR_OK};
    marker m = {text, 0, 0, nr_buf_in(arena), &none};
    size_t begin = text.n;
    while (m.at < text.n && m.out.n <= position) {
        begin = m.at;
        mark_token(&m);
    }
    if (m.out.n <= position) return text.n;
    size_t back = m.out.n - position;
    return back > 1 && m.at - begin > back ? m.at - back : begin;
}
