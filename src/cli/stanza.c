/* stanza.c -- line by line; a continuation makes the slice of the header before it longer, so nothing is copied. */
#include "cli/stanza.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

nr_slice nr_stanza_trim(nr_slice s)
{
    while (s.n && is_space(s.p[0])) s = (nr_slice){s.p + 1, s.n - 1};
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

bool nr_stanza_line(nr_slice *rest, nr_slice *line)
{
    if (rest->n == 0) return false;
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n, step = end ? n + 1 : n;
    *line = (nr_slice){rest->p, n && rest->p[n - 1] == '\r' ? n - 1 : n};
    *rest = (nr_slice){rest->p + step, rest->n - step};
    return true;
}

/* Makes the last header's value reach to the end of this line. */
static void header_extend(nr_stanza *s, nr_slice line)
{
    nr_header *last = &s->headers.at[s->headers.n - 1];
    last->value.n = (size_t)(line.p + line.n - last->value.p);
}

static void line_add(nr_stanza *s, nr_slice line, nr_arena *arena)
{
    const char *colon = memchr(line.p, ':', line.n);
    bool continues = line.p[0] == ' ' || line.p[0] == '\t';
    if (continues && s->open) {
        header_extend(s, line);
    } else if (!continues && colon && colon > line.p) {
        size_t n = (size_t)(colon - line.p);
        nr_vec_push(arena, &s->headers, (nr_header){{line.p, n}, {colon + 1, line.n - n - 1}});
        s->open = true;
    } else {
        s->bad_lines++;
        s->open = false;
    }
}

bool nr_stanza_next(nr_slice *rest, nr_arena *arena, nr_stanza *out)
{
    *out = (nr_stanza){0};
    nr_slice line;
    while (nr_stanza_line(rest, &line)) {
        if (line.n) line_add(out, line, arena);
        else if (out->headers.n) break;
    }
    for (size_t i = 0; i < out->headers.n; i++) {
        nr_header *h = &out->headers.at[i];
        *h = (nr_header){nr_stanza_trim(h->name), nr_stanza_trim(h->value)};
    }
    return out->headers.n > 0 || out->bad_lines > 0;
}

nr_slice nr_stanza_get(const nr_stanza *s, const char *name)
{
    for (size_t i = 0; i < s->headers.n; i++)
        if (nr_slice_caseis(s->headers.at[i].name, name)) return s->headers.at[i].value;
    return (nr_slice){NULL, 0};
}
