/* regex_literals.c -- a reading of patterns that knows little and trusts nothing: groups and classes are passed over, of quantifiers it
 * matters only whether they permit none, and whatever could mean something else makes it give up. */
#include "base/regex.h"

#include "base/buf.h"
#include "base/utf8.h"

typedef struct reader {
    nr_slice rest;
    nr_arena *arena;
    nr_buf run;              /* literal characters that follow each other in every match */
    nr_slice first, longest; /* of the runs that ended */
    bool ended;              /* one has */
} reader;

static bool next_is(const reader *r, const char *word)
{
    return nr_slice_starts(r->rest, nr_slice_of(word));
}

static void pass(reader *r, size_t n)
{
    r->rest.p += n;
    r->rest.n -= n;
}

static void end_run(reader *r)
{
    nr_slice run = nr_buf_slice(&r->run);
    if (!r->ended) r->first = run;
    if (run.n > r->longest.n) r->longest = run;
    r->ended = true;
    r->run = nr_buf_in(r->arena);
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Escapes of one letter that stand for a set of characters or a place. */
static bool is_plain_escape(char c)
{
    return memchr("dDwWsSbBAzZhHvVRX", c, 17) != NULL;
}

/* At a backslash: is it one whose end is clear, two bytes on? */
static bool is_short_escape(const reader *r)
{
    if (r->rest.n < 2 || (unsigned char)r->rest.p[1] >= 0x80) return false;
    return !is_word(r->rest.p[1]) || is_plain_escape(r->rest.p[1]) || r->rest.p[1] == 'n' || r->rest.p[1] == 't' || r->rest.p[1] == 'r';
}

/* At a bracket. */
static bool pass_class(reader *r)
{
    pass(r, next_is(r, "[^") ? 2 : 1);
    if (next_is(r, "]")) pass(r, 1);
    while (r->rest.n && r->rest.p[0] != ']') {
        if (next_is(r, "[:") || next_is(r, "[.") || next_is(r, "[=")) return false;
        bool escape = r->rest.p[0] == '\\';
        if (escape && !is_short_escape(r)) return false;
        pass(r, escape ? 2 : 1);
    }
    if (r->rest.n == 0) return false;
    pass(r, 1);
    return true;
}

/* A parenthesis that only groups, or looks around; not flags, conditions, calls, comments, verbs. */
static bool is_plain_group(const reader *r)
{
    static const char *const heads[] = {"(?:", "(?=", "(?!", "(?>", "(?<", "(?P<"};
    if (next_is(r, "(*")) return false;
    if (!next_is(r, "(?")) return true;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (next_is(r, heads[i])) return true;
    return false;
}

/* At a parenthesis. */
static bool pass_group(reader *r)
{
    size_t depth = 0;
    do {
        if (r->rest.n == 0) return false;
        char c = r->rest.p[0];
        if (c == '[') {
            if (!pass_class(r)) return false;
            continue;
        }
        if (c == '(' && !is_plain_group(r)) return false;
        if (c == '\\' && !is_short_escape(r)) return false;
        depth = c == '(' ? depth + 1 : c == ')' ? depth - 1 : depth;
        pass(r, c == '\\' ? 2 : 1);
    } while (depth);
    return true;
}

static size_t digits(nr_slice s, size_t from)
{
    size_t n = 0;
    while (from + n < s.n && s.p[from + n] >= '0' && s.p[from + n] <= '9') n++;
    return n;
}

typedef enum quantity { ONE, NONE_OR_MORE, ONE_OR_MORE, UNCLEAR } quantity;

/* {n} {n,} {n,m}, n of at most three digits. */
static quantity take_braces(reader *r)
{
    size_t low = digits(r->rest, 1), at = 1 + low;
    if (low == 0 || low > 3) return UNCLEAR;
    bool none = true;
    for (size_t i = 1; i <= low; i++) none = none && r->rest.p[i] == '0';
    if (at < r->rest.n && r->rest.p[at] == ',') at += 1 + digits(r->rest, at + 1);
    if (at >= r->rest.n || r->rest.p[at] != '}') return UNCLEAR;
    pass(r, at + 1);
    return none ? NONE_OR_MORE : ONE_OR_MORE;
}

static bool at_quantifier(const reader *r)
{
    return r->rest.n && memchr("*+?{", r->rest.p[0], 4);
}

/* The quantifier of the atom that was just passed, with what makes it lazy or possessive; two of them are unclear. */
static quantity take_quantifier(reader *r)
{
    if (!at_quantifier(r)) return ONE;
    quantity q = r->rest.p[0] == '+' ? ONE_OR_MORE : NONE_OR_MORE;
    if (r->rest.p[0] == '{') q = take_braces(r);
    else pass(r, 1);
    if (q != UNCLEAR && (next_is(r, "?") || next_is(r, "+"))) pass(r, 1);
    return at_quantifier(r) ? UNCLEAR : q;
}

static bool take_literal(reader *r, nr_slice c)
{
    quantity q = take_quantifier(r);
    if (q == UNCLEAR) return false;
    if (q != NONE_OR_MORE) nr_buf_add(&r->run, c);
    if (q != ONE) end_run(r);
    return true;
}

/* A literal that is written with a backslash; c NULL: another escape. */
static nr_slice escaped_literal(const reader *r)
{
    static const char *const letters = "ntr", *const values = "\n\t\r";
    const char *at = r->rest.p[1] ? strchr(letters, r->rest.p[1]) : NULL;
    if (at) return (nr_slice){values + (at - letters), 1};
    return is_word(r->rest.p[1]) ? (nr_slice){NULL, 0} : (nr_slice){r->rest.p + 1, 1};
}

/* What is no literal: passed over, and its quantifier. */
static bool take_other(reader *r)
{
    end_run(r);
    char c = r->rest.p[0];
    if (c == '(') {
        if (!pass_group(r)) return false;
    } else if (c == '[') {
        if (!pass_class(r)) return false;
    } else {
        pass(r, c == '\\' ? 2 : 1);
    }
    return take_quantifier(r) != UNCLEAR;
}

static bool take_atom(reader *r)
{
    char c = r->rest.p[0];
    if (memchr("|)*+?{", c, 6)) return false;
    if (c == '\\') {
        if (!is_short_escape(r)) return false;
        nr_slice literal = escaped_literal(r);
        if (!literal.p) return take_other(r);
        pass(r, 2);
        return take_literal(r, literal);
    }
    if (memchr("([.^$", c, 5)) return take_other(r);
    nr_slice literal = {r->rest.p, nr_utf8_sequence(r->rest)};
    if (literal.n == 0) return false;
    pass(r, literal.n);
    return take_literal(r, literal);
}

static nr_slice if_any(nr_slice s)
{
    return s.n ? s : (nr_slice){NULL, 0};
}

nr_regex_needs nr_regex_literals(nr_arena *arena, nr_slice pattern)
{
    reader r = {.rest = pattern, .arena = arena, .run = nr_buf_in(arena)};
    if (next_is(&r, "(?s)")) pass(&r, 4);
    bool anchored = next_is(&r, "^") || next_is(&r, "\\A");
    if (anchored) pass(&r, next_is(&r, "^") ? 1 : 2);
    while (r.rest.n)
        if (!take_atom(&r)) return (nr_regex_needs){{NULL, 0}, {NULL, 0}};
    end_run(&r);
    return (nr_regex_needs){anchored ? if_any(r.first) : (nr_slice){NULL, 0}, if_any(r.longest)};
}
