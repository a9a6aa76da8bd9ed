/* oracle_containers.c -- types that hold others, for the oracle: lists, sets, dicts, embedded entities and JSON. A value is its elements, beside the
 * canonical text that they have. */
#include <stdlib.h>

#include "oracle.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIT(lit) {(lit), sizeof(lit) - 1}

enum { MOST_ITEMS = 4 };

/* Of dicts and JSON objects, in order. */
static const nr_slice keys[] = {LIT(""), LIT("0"), LIT("color"), LIT("exact"), LIT("k \"k"), LIT("size"), LIT("\xc3\xa9")};

/* The key that most of them have, and that is most often asked for. */
enum { COMMON = 2 };

/* The members of embedded entities, in the order of the definition; the second comes first by name. */
static const nr_slice members[] = {LIT("color"), LIT("bare")};

bool otype_is(const otype *t, const char *name)
{
    return strcmp(t->name, name) == 0;
}

const otype *otype_inside(const otype *t)
{
    return otype_find(t->of ? t->of : "json");
}

/* -- texts ------------------------------------------------------------------------------------------------------------------------------- */

static void canonical_string(text *out, nr_slice s)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    text_add(out, NR_S("\""));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char *at = c ? strchr(plain, c) : NULL;
        if (at) text_addf(out, "\\%c", letters[at - plain]);
        else if (c < 32) text_addf(out, "\\u%04x", c);
        else text_add(out, (nr_slice){s.p + i, 1});
    }
    text_add(out, NR_S("\""));
}

/* The JSON that stands for an element, canonically or in some way. d NULL: canonically. */
static void element_json(const otype *t, dice *d, const oval *v, text *out)
{
    if (d || v->null || t->json == O_JSON_BASE64) {
        oval_json(t, d, v, out);
        return;
    }
    text canonical = {0};
    t->canonical(t, v, &canonical);
    nr_slice s = {canonical.p ? canonical.p : "", canonical.n};
    if (t->json == O_JSON_BOOL) text_add(out, v->num ? NR_S("true") : NR_S("false"));
    else if (t->json != O_JSON_ITSELF && t->mark == '"') canonical_string(out, s);
    else text_add(out, s);
    free(canonical.p);
}

static void space(dice *d, text *out)
{
    if (d && dice_chance(d, 15)) text_add(out, dice_chance(d, 50) ? NR_S(" ") : NR_S("\n\t"));
}

/* Elements from the one at first on and round, in brackets; with keys those before them. NULLs behind keys may be left out. */
static void add_elements(const otype *of, dice *d, const oval *v, size_t first, bool leave_null, text *out)
{
    size_t n = 0;
    text_add(out, v->keys ? NR_S("{") : NR_S("["));
    for (size_t k = 0; k < v->n; k++) {
        size_t i = (first + k) % v->n;
        if (leave_null && v->items[i].null && (!d || dice_chance(d, 50))) continue;
        if (n++) text_add(out, NR_S(","));
        space(d, out);
        if (v->keys && d) json_string(out, v->keys[i]);
        else if (v->keys) canonical_string(out, v->keys[i]);
        if (v->keys) space(d, out), text_add(out, NR_S(":"));
        space(d, out);
        element_json(of, d, &v->items[i], out);
        space(d, out);
    }
    text_add(out, v->keys ? NR_S("}") : NR_S("]"));
}

static void canonical_held(const otype *t, const oval *v, text *out)
{
    (void)t;
    text_add(out, v->bytes);
}

/* The order of a list is its value, that of all others is not. */
static void spell_held(const otype *t, dice *d, const oval *v, text *out)
{
    bool list = otype_is(t, "list");
    add_elements(otype_inside(t), d, v, list || !v->n ? 0 : dice_below(d, v->n), otype_is(t, "embedded"), out);
}

static void finish(const otype *t, nr_arena *a, oval *out)
{
    text canonical = {0};
    add_elements(otype_inside(t), NULL, out, 0, otype_is(t, "embedded"), &canonical);
    out->bytes = nr_arena_copy(a, (nr_slice){canonical.p, canonical.n});
    free(canonical.p);
}

/* -- making ------------------------------------------------------------------------------------------------------------------------------ */

static oval *random_items(const otype *of, dice *d, size_t n, nr_arena *a)
{
    oval *items = NR_NEW_N(a, oval, n + 1);
    for (size_t i = 0; i < n; i++) of->make(of, d, false, a, &items[i]);
    return items;
}

static void make_list(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)operand;
    *out = (oval){.n = dice_below(d, MOST_ITEMS)};
    out->items = random_items(otype_inside(t), d, out->n, a);
    finish(t, a, out);
}

static void make_set(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    const otype *of = otype_inside(t);
    size_t n = dice_below(d, MOST_ITEMS), kept = 0;
    oval *items = random_items(of, d, n, a);
    (void)operand;
    for (size_t i = 0; i < n; i++) { /* by insertion */
        size_t at = 0;
        oval v = items[i];
        while (at < kept && oval_cmp(of, &items[at], &v) < 0) at++;
        if (at < kept && oval_cmp(of, &items[at], &v) == 0) continue;
        for (size_t k = kept++; k > at; k--) items[k] = items[k - 1];
        items[at] = v;
    }
    *out = (oval){.items = items, .n = kept};
    finish(t, a, out);
}

/* Some of the keys, in order. */
static void make_keys(dice *d, nr_arena *a, oval *out)
{
    nr_slice *some = NR_NEW_N(a, nr_slice, COUNT(keys));
    out->n = 0;
    for (size_t i = 0; i < COUNT(keys); i++)
        if (dice_chance(d, i == COMMON ? 65 : 30)) some[out->n++] = keys[i];
    out->keys = some;
}

static void make_dict(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)operand;
    *out = (oval){.n = 0};
    make_keys(d, a, out);
    oval *items = random_items(otype_inside(t), d, out->n, a);
    for (size_t i = 0; t->of && i < out->n; i++)
        if (dice_chance(d, 25)) items[i] = (oval){.null = true, .kind = '0'};
    out->items = items;
    finish(t, a, out);
}

static void make_embedded(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    nr_slice *names = NR_NEW_N(a, nr_slice, COUNT(members));
    oval *items = random_items(otype_inside(t), d, COUNT(members), a);
    (void)operand;
    for (size_t i = 0; i < COUNT(members); i++) {
        names[i] = members[COUNT(members) - 1 - i];
        if (dice_chance(d, 25)) items[i] = (oval){.null = true};
    }
    *out = (oval){.items = items, .keys = names, .n = COUNT(members)};
    finish(t, a, out);
}

/* -- JSON -------------------------------------------------------------------------------------------------------------------------------- */

static void add_json(const otype *t, dice *d, const oval *v, text *out)
{
    switch (v->kind) {
    case 'n': text_add(out, v->bytes); break;
    case 'b': text_add(out, v->num ? NR_S("true") : NR_S("false")); break;
    case '0': text_add(out, NR_S("null")); break;
    case 's':
        if (d) json_string(out, v->string);
        else canonical_string(out, v->string);
        break;
    default: add_elements(t, d, v, d && v->kind == 'o' && v->n ? dice_below(d, v->n) : 0, false, out);
    }
}

static void make_json_at(const otype *t, dice *d, int depth, nr_arena *a, oval *out)
{
    static const nr_slice numbers[] = {LIT("0"), LIT("1"), LIT("-7"), LIT("1.5"), LIT("20"), LIT("1.0"), LIT("2e1")};
    static const nr_slice strings[] = {LIT("a"), LIT("ab"), LIT(""), LIT("1"), LIT("\xc3\xa9\n"), LIT("Red"), LIT("null"), LIT("a\0b")};
    static const char kinds[] = "nnnsssb0ao";
    text canonical = {0};
    *out = (oval){.kind = kinds[dice_below(d, depth > 1 ? 8 : 10)]};
    if (depth == 0 && out->kind == '0') out->kind = 'b'; /* null for the field itself is NULL, or a value, as it is written */
    if (out->kind == 'n') out->bytes = numbers[dice_below(d, COUNT(numbers))];
    if (out->kind == 's') out->string = strings[dice_below(d, COUNT(strings))];
    if (out->kind == 'b') out->num = (big)dice_below(d, 2);
    if (out->kind == 'o') make_keys(d, a, out);
    if (out->kind == 'a') out->n = dice_below(d, MOST_ITEMS);
    oval *items = NR_NEW_N(a, oval, out->n + 1);
    for (size_t i = 0; i < out->n; i++) make_json_at(t, d, depth + 1, a, &items[i]);
    out->items = items;
    add_json(t, NULL, out, &canonical);
    out->bytes = nr_arena_copy(a, (nr_slice){canonical.p, canonical.n});
    free(canonical.p);
}

static void make_json(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)operand;
    make_json_at(t, d, 0, a, out);
}

static void spell_json(const otype *t, dice *d, const oval *v, text *out)
{
    add_json(t, d, v, out);
}

/* -- replies ----------------------------------------------------------------------------------------------------------------------------- */

static void reply_element(const otype *of, const oval *v, text *out);

static void reply_items(const otype *of, const oval *v, const char *open, const char *shut, text *out)
{
    bool turned =
        v->keys && v->n == COUNT(members) && v->keys[0].p == members[COUNT(members) - 1].p; /* members come in the order of the definition */
    text_add(out, nr_slice_of(open));
    for (size_t k = 0; k < v->n; k++) {
        size_t i = turned ? v->n - 1 - k : k;
        if (k) text_add(out, NR_S(","));
        if (v->keys) text_quote(out, v->keys[i]), text_add(out, NR_S("="));
        reply_element(of, &v->items[i], out);
    }
    text_add(out, nr_slice_of(shut));
}

/* An integer as it is written, another number as the double that it is. */
static void reply_number(nr_slice s, text *out)
{
    bool whole = !memchr(s.p, '.', s.n) && !memchr(s.p, 'e', s.n);
    if (whole) text_add(out, NR_S("#")), text_add(out, s);
    else text_addf(out, "~%g", strtod(s.p, NULL));
}

/* JSON of no declared type is replied as what it is. */
static void reply_element(const otype *of, const oval *v, text *out)
{
    switch (v->kind) {
    case 'n': reply_number(v->bytes, out); break;
    case 's': text_quote(out, v->string); break;
    case 'b': text_add(out, v->num ? NR_S("?1") : NR_S("?0")); break;
    case '0': text_add(out, NR_S("nil")); break;
    case 'a': reply_items(of, v, "[", "]", out); break;
    case 'o': reply_items(of, v, "{", "}", out); break;
    default: oval_reply(of, v, out);
    }
}

static void reply_list(const otype *t, const oval *v, text *out)
{
    reply_items(otype_inside(t), v, "[", "]", out);
}

static void reply_set(const otype *t, const oval *v, text *out)
{
    reply_items(otype_inside(t), v, "<", ">", out);
}

static void reply_map(const otype *t, const oval *v, text *out)
{
    reply_items(otype_inside(t), v, "{", "}", out);
}

/* -- steps ------------------------------------------------------------------------------------------------------------------------------- */

nr_slice random_key(dice *d)
{
    return keys[dice_chance(d, 35) ? COMMON : dice_below(d, COUNT(keys))];
}

bool random_step(dice *d, const otype *t, bool before, ostep *out)
{
    static const nr_slice positions[] = {LIT("0"), LIT("1"), LIT("7")};
    size_t way = dice_below(d, 100);
    *out = (ostep){.each = false};
    if (otype_is(t, "list") || otype_is(t, "set")) {
        out->each = way < 80;
        if (!out->each) out->key = positions[dice_below(d, COUNT(positions))];
        return !before;
    }
    out->key = otype_is(t, "embedded") ? members[dice_below(d, COUNT(members))] : random_key(d);
    bool digits = out->key.n && out->key.p[0] == '0'; /* which would be a position in the list before */
    return t->container && out->key.n && way < 60 && !(before && digits);
}

bool random_step_into(dice *d, const oval *v, ostep *out, const oval **to)
{
    static const nr_slice positions[] = {LIT("0"), LIT("1"), LIT("2"), LIT("3")};
    if (!v->n) return false;
    size_t at = dice_below(d, v->n);
    *out = (ostep){.key = v->keys ? v->keys[at] : positions[at]};
    *to = &v->items[at];
    return out->key.n > 0;
}

static int place_of_kind(const oval *v)
{
    static const char kinds[] = "0bnsao";
    return (int)(strchr(kinds, v->kind) - kinds);
}

/* Numbers are few here, and doubles have all of them. */
int document_cmp(const oval *a, const oval *b)
{
    int x = place_of_kind(a), y = place_of_kind(b);
    if (x != y) return x < y ? -1 : 1;
    if (a->kind == 'b') return (a->num > b->num) - (a->num < b->num);
    if (a->kind == 's') return nr_slice_cmp(a->string, b->string);
    if (a->kind != 'n') return nr_slice_cmp(a->bytes, b->bytes);
    double n = strtod(a->bytes.p, NULL), m = strtod(b->bytes.p, NULL);
    return (n > m) - (n < m);
}

static size_t position_of(nr_slice key)
{
    size_t n = 0;
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] < '0' || key.p[i] > '9') return SIZE_MAX;
        n = n * 10 + (size_t)(key.p[i] - '0');
    }
    return n;
}

size_t ostep_values(const ostep *s, const oval *v, const oval **out)
{
    static const oval missing = {.null = true};
    *out = v->items;
    if (s->each) return v->n;
    size_t at = v->keys || (v->kind && v->kind != 'a') ? SIZE_MAX : position_of(s->key);
    for (size_t i = 0; v->keys && i < v->n; i++)
        if (nr_slice_eq(v->keys[i], s->key)) at = i;
    *out = at < v->n ? &v->items[at] : &missing;
    return 1;
}

#define HELD .shape = O_BYTES, .mark = '"', .json = O_JSON_ITSELF, .container = true
#define HOLDS(what, options_of, of_name) .name = #what, .options = options_of, .of = of_name, HELD, .make = make_##what
#define OF(of_name) ",\"of\":{\"type\":\"" of_name "\"}"
#define OF_NULL(of_name) ",\"of\":{\"type\":\"" of_name "\",\"null\":true}"
#define MEMBERS(of_name) \
    ",\"fields\":{\"color\":{\"type\":\"" of_name "\",\"null\":true},\"bare\":{\"type\":\"" of_name "\",\"null\":true}}"
#define WRITTEN .spell = spell_held, .canonical = canonical_held

const otype otypes_containers[] = {
    {HOLDS(list, OF("char"), "char"), WRITTEN, .parts = O_HAS_LEN, .reply = reply_list},
    {HOLDS(list, OF("int"), "int"), WRITTEN, .parts = O_HAS_LEN, .reply = reply_list},
    {HOLDS(list, "", NULL), WRITTEN, .parts = O_HAS_LEN, .reply = reply_list},
    {HOLDS(set, OF("char"), "char"), WRITTEN, .parts = O_HAS_LEN, .reply = reply_set},
    {HOLDS(set, OF("smallint"), "smallint"), WRITTEN, .parts = O_HAS_LEN, .reply = reply_set},
    {HOLDS(set, OF("datetime"), "datetime"), WRITTEN, .parts = O_HAS_LEN, .reply = reply_set},
    {HOLDS(dict, OF_NULL("float"), "float"), WRITTEN, .reply = reply_map},
    {HOLDS(dict, "", NULL), WRITTEN, .reply = reply_map},
    {HOLDS(embedded, MEMBERS("slug"), "slug"), WRITTEN, .reply = reply_map},
    {HOLDS(embedded, MEMBERS("date"), "date"), WRITTEN, .reply = reply_map},
    {HOLDS(json, "", NULL), .spell = spell_json, .canonical = canonical_held},
    {.name = NULL},
};
