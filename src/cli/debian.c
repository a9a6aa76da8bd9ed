/* debian.c -- one table says which header becomes which field, and how. A field without a value is set to NULL, not left out, so that
 * loading a newer catalogue over an older one leaves nothing of the old one in an entity. */
#include "cli/debian.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "cli/stanza.h"

/* clang-format off */
#define JSON(...) #__VA_ARGS__

const nr_definition nr_debian_models[] = {
    {"debian.Section", JSON({
        "pk": "name",
        "fields": {
            "name": {"type": "char", "help": "admin, contrib/net, ..."},
            "area": {"type": "char", "default": "main", "index": ["exact"], "help": "what stands before the slash"}
        },
        "ordering": ["name"]
    })},
    {"debian.Maintainer", JSON({
        "pk": "email",
        "fields": {
            "email": {"type": "char", "help": "the address, or the whole text where there is none"},
            "name": {"type": "char", "null": true, "index": true}
        },
        "ordering": ["email"]
    })},
    {"debian.Package", JSON({
        "pk": "name",
        "fields": {
            "name": {"type": "char"},
            "version": {"type": "char", "null": true},
            "architecture": {"type": "char", "null": true},
            "section": {"type": "fk", "to": "debian.Section", "null": true},
            "maintainer": {"type": "fk", "to": "debian.Maintainer", "null": true},
            "priority": {"type": "char", "null": true, "index": ["exact"]},
            "installed_size": {"type": "bigint", "null": true, "min": 0, "index": true, "help": "KiB on disk"},
            "size": {"type": "bigint", "null": true, "min": 0, "help": "bytes to download"},
            "homepage": {"type": "text", "null": true},
            "summary": {"type": "char", "null": true},
            "description": {"type": "text", "null": true},
            "essential": {"type": "bool", "default": false},
            "multi_arch": {"type": "char", "null": true, "help": "same, foreign, allowed"},
            "source": {"type": "char", "null": true, "help": "the source package, where its name is another"}
        },
        "ordering": ["name"]
    })},
    {NULL, NULL},
};
/* clang-format on */

typedef struct reader {
    nr_arena *keep;    /* what entities point to */
    nr_arena stanza;   /* emptied for each stanza */
    nr_map packages, sections, maintainers;
    nr_debian_counts *counts;
    nr_entity_sink sink;
    void *ctx;
    size_t at;
} reader;

typedef NR_VEC(nr_slice) arguments;

/* ---- how a header's value becomes a field's ---- */

/* A value over several lines as one line. */
static nr_slice take_line(reader *r, nr_slice raw)
{
    if (!raw.n || !memchr(raw.p, '\n', raw.n)) return raw;
    nr_buf b = nr_buf_in(r->keep);
    nr_slice line;
    while (nr_stanza_line(&raw, &line)) {
        if (b.n) nr_buf_byte(&b, ' ');
        nr_buf_add(&b, nr_stanza_trim(line));
    }
    return nr_buf_slice(&b);
}

static nr_slice take_number(reader *r, nr_slice raw)
{
    bool good = raw.n <= 18;
    for (size_t i = 0; i < raw.n; i++) good = good && raw.p[i] >= '0' && raw.p[i] <= '9';
    if (good || !raw.n) return raw;
    r->counts->bad_numbers++;
    return (nr_slice){NULL, 0};
}

static nr_slice take_yes(reader *r, nr_slice raw)
{
    (void)r;
    return nr_slice_caseis(raw, "yes") ? NR_S("1") : NR_S("0");
}

/* "bash (5.2.15-2)" without the version. */
static nr_slice take_word(reader *r, nr_slice raw)
{
    (void)r;
    size_t n = 0;
    while (n < raw.n && raw.p[n] != ' ' && raw.p[n] != '\n') n++;
    return (nr_slice){raw.p, n};
}

static nr_slice take_key(reader *r, nr_slice raw)
{
    nr_slice key, name;
    nr_debian_maintainer(take_line(r, raw), &key, &name);
    return key;
}

static nr_slice take_summary(reader *r, nr_slice raw)
{
    (void)r;
    nr_slice line = raw;
    nr_stanza_line(&raw, &line);
    return nr_stanza_trim(line);
}

/* What follows the first line: each line less the one space that marks it, a lone full stop is an empty line. */
static nr_slice take_description(reader *r, nr_slice raw)
{
    nr_slice line = raw;
    nr_buf b = nr_buf_in(r->keep);
    nr_stanza_line(&raw, &line);
    for (size_t i = 0; nr_stanza_line(&raw, &line); i++) {
        if (i) nr_buf_byte(&b, '\n');
        if (line.n) line = (nr_slice){line.p + 1, line.n - 1};
        if (!nr_slice_is(line, ".")) nr_buf_add(&b, line);
    }
    return nr_buf_slice(&b);
}

/* clang-format off */
static const struct column {
    const char *field, *header;
    nr_slice (*take)(reader *r, nr_slice raw); /* raw is empty when there is no such header; an empty result is NULL */
} columns[] = {
    /* field            header            how */
    {"version",        "Version",        take_line},
    {"architecture",   "Architecture",   take_line},
    {"section",        "Section",        take_line},
    {"maintainer",     "Maintainer",     take_key},
    {"priority",       "Priority",       take_line},
    {"installed_size", "Installed-Size", take_number},
    {"size",           "Size",           take_number},
    {"homepage",       "Homepage",       take_line},
    {"summary",        "Description",    take_summary},
    {"description",    "Description",    take_description},
    {"essential",      "Essential",      take_yes},
    {"multi_arch",     "Multi-Arch",     take_line},
    {"source",         "Source",         take_word},
};
/* clang-format on */

void nr_debian_maintainer(nr_slice text, nr_slice *key, nr_slice *name)
{
    text = nr_stanza_trim(text);
    const char *open = text.n ? memchr(text.p, '<', text.n) : NULL;
    const char *close = open ? memchr(open, '>', text.n - (size_t)(open - text.p)) : NULL;
    nr_slice address = close ? nr_stanza_trim((nr_slice){open + 1, (size_t)(close - open - 1)}) : (nr_slice){NULL, 0};
    nr_slice before = address.n ? nr_stanza_trim((nr_slice){text.p, (size_t)(open - text.p)}) : text;
    if (before.n >= 2 && before.p[0] == '"' && before.p[before.n - 1] == '"') before = (nr_slice){before.p + 1, before.n - 2};
    *key = address.n ? address : text;
    *name = before.n ? before : (nr_slice){NULL, 0};
}

/* ---- entities ---- */

static arguments save_of(reader *r, const char *model)
{
    arguments a = {0};
    nr_vec_push(&r->stanza, &a, NR_S("NONREL.SAVE"));
    nr_vec_push(&r->stanza, &a, nr_slice_of(model));
    return a;
}

static void field_add(reader *r, arguments *a, nr_slice field, nr_slice value)
{
    nr_vec_push(&r->stanza, a, value.n ? field : NR_S("NULL"));
    nr_vec_push(&r->stanza, a, value.n ? value : field);
}

static bool emit(reader *r, const char *model, nr_slice pk, const arguments *a)
{
    const nr_entity e = {model, pk, a->at, a->n, r->at};
    return r->sink(r->ctx, &e);
}

/* True the first time that key comes. */
static bool is_new(nr_map *seen, nr_slice key)
{
    static char mark;
    if (nr_map_get(seen, key)) return false;
    nr_map_put(seen, key, &mark);
    return true;
}

static bool read_section(reader *r, const nr_stanza *s)
{
    nr_slice name = take_line(r, nr_stanza_get(s, "Section"));
    if (!name.n || !is_new(&r->sections, name)) return true;
    const char *slash = memchr(name.p, '/', name.n);
    arguments a = save_of(r, "debian.Section");
    field_add(r, &a, NR_S("name"), name);
    field_add(r, &a, NR_S("area"), slash && slash > name.p ? (nr_slice){name.p, (size_t)(slash - name.p)} : NR_S("main"));
    r->counts->sections++;
    return emit(r, "debian.Section", name, &a);
}

static bool read_maintainer(reader *r, const nr_stanza *s)
{
    nr_slice key, name;
    nr_debian_maintainer(take_line(r, nr_stanza_get(s, "Maintainer")), &key, &name);
    if (!key.n || !is_new(&r->maintainers, key)) return true;
    arguments a = save_of(r, "debian.Maintainer");
    field_add(r, &a, NR_S("email"), key);
    field_add(r, &a, NR_S("name"), name);
    r->counts->maintainers++;
    return emit(r, "debian.Maintainer", key, &a);
}

static bool read_package(reader *r, const nr_stanza *s, nr_slice name)
{
    arguments a = save_of(r, "debian.Package");
    field_add(r, &a, NR_S("name"), name);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        nr_slice raw = nr_stanza_get(s, columns[i].header);
        field_add(r, &a, nr_slice_of(columns[i].field), columns[i].take(r, raw.p ? raw : NR_S("")));
    }
    r->counts->packages++;
    return emit(r, "debian.Package", name, &a);
}

static bool read_stanza(reader *r, const nr_stanza *s)
{
    nr_slice name = nr_stanza_get(s, "Package");
    r->counts->bad_lines += s->bad_lines;
    if (!name.p) return true;
    r->counts->stanzas++;
    name = take_line(r, name);
    if (!name.n) {
        r->counts->nameless++;
        return true;
    }
    if (!is_new(&r->packages, name)) {
        r->counts->duplicates++;
        return true;
    }
    return read_section(r, s) && read_maintainer(r, s) && read_package(r, s, name);
}

/* Valid UTF-8: each byte that is not of a well-formed sequence becomes U+FFFD. */
static nr_slice clean(nr_slice text, nr_arena *arena, uint64_t *bad)
{
    if (nr_utf8_valid(text)) return text;
    nr_buf b = nr_buf_in(arena);
    while (text.n) {
        size_t n = nr_utf8_sequence(text), step = n ? n : 1;
        nr_buf_add(&b, n ? (nr_slice){text.p, n} : NR_S("\xEF\xBF\xBD"));
        *bad += n == 0;
        text = (nr_slice){text.p + step, text.n - step};
    }
    return nr_buf_slice(&b);
}

bool nr_debian_read(nr_slice catalogue, nr_arena *arena, nr_entity_sink sink, void *ctx, nr_debian_counts *counts)
{
    reader r = {.keep = arena, .counts = counts, .sink = sink, .ctx = ctx};
    *counts = (nr_debian_counts){0};
    nr_arena_init(&r.stanza, arena->env);
    nr_map *const maps[] = {&r.packages, &r.sections, &r.maintainers};
    for (size_t i = 0; i < 3; i++) nr_map_init(maps[i], arena->env);
    nr_slice rest = clean(catalogue, arena, &counts->bad_bytes);
    size_t all = rest.n;
    nr_mark start = nr_arena_mark(&r.stanza);
    nr_stanza s;
    bool going = true;
    while (going && nr_stanza_next(&rest, &r.stanza, &s)) {
        r.at = all - rest.n;
        going = read_stanza(&r, &s);
        nr_arena_rewind(&r.stanza, start);
    }
    nr_arena_clear(&r.stanza);
    for (size_t i = 0; i < 3; i++) nr_map_clear(maps[i]);
    return going;
}
