/* container.c -- JSON text of any form turned into the canonical text of a container, in one pass.
 *
 * What is read is written at once. Where the order is the value's business (members, elements of a set) the pieces are remembered, and put in
 * order when the bracket closes; text that is canonical already is found to be in order, and nothing moves. Recursion is bounded by NR_JSON_DEPTH. */
#include "types/container.h"

#include "base/utf8.h"
#include "types/json_scan.h"
#include "types/pieces.h"
#include "types/number.h"

enum { DETAIL_BYTES = 1 << 16 }; /* a text that is not JSON is parsed again for what is wrong with it, up to this length */

/* Where in the value the pass stands. */
typedef struct step {
    const struct step *up;
    nr_slice key; /* absent: an element */
    size_t item;
} step;

typedef struct maker {
    nr_slice rest;
    nr_buf out;
    nr_arena scratch;
    nr_arena *arena;  /* the caller's: for the fault */
    nr_fault *fault;
    bool write;
    bool unfit;       /* something was read that could not be stored */
    bool syntax;      /* the fault is that the text is no JSON */
    size_t depth, items;
    const step *at;
    nr_value last;    /* the scalar that was made last */
} maker;

static bool make_value(maker *m, const nr_part *part);

/* -- faults ------------------------------------------------------------------------------------------------------------------------------ */

static void print_steps(const step *s, nr_buf *out)
{
    if (!s) return;
    print_steps(s->up, out);
    if (out->n) nr_buf_add(out, NR_S(", "));
    if (s->key.p) nr_buf_printf(out, "key %s", NR_SHOW(s->key));
    else nr_buf_printf(out, "item %zu", s->item);
}

static bool refuse(maker *m, nr_code code, const char *got, const char *expected)
{
    nr_buf where = nr_buf_in(m->arena);
    print_steps(m->at, &where);
    *m->fault = (nr_fault){code, nr_buf_slice(&where), got, expected};
    return false;
}

static bool refuse_text(maker *m, nr_slice text, const char *expected)
{
    return refuse(m, NR_E_BADVALUE, nr_arena_printf(m->arena, "%s", NR_SHOW(text)).p, expected);
}

static bool refuse_syntax(maker *m)
{
    m->syntax = true;
    m->at = NULL;
    return refuse(m, NR_E_BADVALUE, NULL, "JSON");
}

static bool refuse_kind(maker *m, const char *expected)
{
    static const struct {
        char first;
        const char *got;
    } kinds[] = {
        {'[', "a JSON array"}, {'{', "a JSON object"}, {'"', "a JSON string"}, {'t', "a JSON boolean"}, {'f', "a JSON boolean"}, {'n', "null"},
    };
    char c = m->rest.n ? m->rest.p[0] : 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (c == kinds[i].first) return refuse(m, NR_E_BADVALUE, kinds[i].got, expected);
    if (c == '-' || (c >= '0' && c <= '9')) return refuse(m, NR_E_BADVALUE, "a JSON number", expected);
    return refuse_syntax(m);
}

static const char *expects(maker *m, const nr_spec *spec, const char *by_type)
{
    return spec->type->flags & NR_TF_BYTES ? "a string in base64" : nr_type_expects(spec, by_type, m->arena);
}

static bool sort_members(maker *m, nr_pieces *all, size_t begin)
{
    nr_slice twice;
    return nr_pieces_sort_members(all, &m->out, begin, &twice) || refuse_text(m, twice, "each key once");
}

/* -- what stands at a place -------------------------------------------------------------------------------------------------------------- */

static bool enter(maker *m)
{
    if (++m->depth <= NR_JSON_DEPTH) return true;
    return refuse(m, NR_E_LIMIT, NULL, nr_arena_printf(m->arena, "at most %d levels of nesting", NR_JSON_DEPTH).p);
}

/* Behind an element: true with *more telling whether another one comes. */
static bool next_element(maker *m, char end, bool *more)
{
    *more = nr_scan_mark(&m->rest, ',');
    return *more || nr_scan_mark(&m->rest, end) || refuse_syntax(m);
}

static bool make_elements(maker *m, const nr_part *of, nr_pieces *all)
{
    step at = {.up = m->at};
    bool more = !nr_scan_mark(&m->rest, ']');
    for (; more; at.item++) {
        if (at.item) nr_buf_byte(&m->out, ',');
        nr_piece p = {.from = m->out.n};
        m->at = &at;
        if (!make_value(m, of)) return false;
        m->at = at.up;
        p.v = m->last;
        p.to = m->out.n;
        if (all) nr_vec_push(&m->scratch, all, p);
        if (!next_element(m, ']', &more)) return false;
    }
    return true;
}

static bool make_array(maker *m, const nr_part *of, bool set)
{
    nr_pieces all = {0};
    if (!nr_scan_mark(&m->rest, '[')) return refuse_kind(m, "a JSON array");
    if (!enter(m)) return false;
    nr_buf_byte(&m->out, '[');
    size_t begin = m->out.n;
    if (!make_elements(m, of, set ? &all : NULL)) return false;
    if (set) nr_pieces_sort_elements(&all, of ? &of->spec : NULL, &m->out, begin, &m->scratch);
    nr_buf_byte(&m->out, ']');
    m->depth--;
    return true;
}

/* What is declared for a member; *any: nothing is, any JSON may stand there. NULL and not *any: the member is unknown. */
static const nr_part *part_of_member(const nr_spec *spec, nr_slice key, bool *any)
{
    const nr_shape *shape = spec ? spec->shape : NULL;
    bool embedded = shape && (spec->type->flags & NR_TF_MEMBERS);
    *any = !shape || (!embedded && !shape->of);
    if (*any) return NULL;
    return embedded ? nr_shape_member(shape, key) : shape->of;
}

static bool refuse_member(maker *m, const nr_spec *spec, nr_slice key)
{
    nr_buf names = nr_buf_in(m->arena);
    nr_buf_add(&names, NR_S("one of its fields: "));
    for (size_t i = 0; i < spec->shape->n && names.n < 200; i++) nr_buf_printf(&names, "%s%.*s", i ? ", " : "", NR_FMT(spec->shape->members[i].name));
    if (names.n >= 200) nr_buf_add(&names, NR_S(", ..."));
    nr_buf_byte(&names, 0);
    return refuse(m, NR_E_BADVALUE, nr_arena_printf(m->arena, "the key %s", NR_SHOW(key)).p, names.p);
}

/* A NULL member of an embedded entity is left out, but was given. */
static bool make_null_member(maker *m, const nr_part *part, bool *made)
{
    *made = false;
    return part->null || refuse(m, NR_E_BADVALUE, "null", expects(m, &part->spec, part->spec.type->expects));
}

static bool make_member(maker *m, const nr_spec *spec, nr_slice key, bool *made)
{
    bool any, embedded = spec && spec->shape && (spec->type->flags & NR_TF_MEMBERS);
    const nr_part *part = part_of_member(spec, key, &any);
    if (!part && !any) return refuse_member(m, spec, key);
    step at = {m->at, key, 0};
    m->at = &at;
    nr_scan_space(&m->rest);
    bool ok = embedded && nr_scan_word(&m->rest, NR_S("null")) ? make_null_member(m, part, made) : make_value(m, part);
    if (ok) m->at = at.up;
    return ok;
}

static bool make_key(maker *m, nr_slice *key)
{
    if (!nr_scan_string(&m->rest, &m->scratch, key) || (key->n && memchr(key->p, 0, key->n)) || !nr_scan_mark(&m->rest, ':')) return refuse_syntax(m);
    nr_json_print_string(*key, &m->out);
    nr_buf_byte(&m->out, ':');
    return true;
}

/* given: by position, the members of an embedded entity that came. */
static bool make_members(maker *m, const nr_spec *spec, nr_pieces *all, bool *given)
{
    bool more = !nr_scan_mark(&m->rest, '}');
    while (more) {
        size_t begin = m->out.n;
        bool made = true;
        if (all->n) nr_buf_byte(&m->out, ',');
        nr_piece p = {.from = m->out.n};
        if (!make_key(m, &p.key) || !make_member(m, spec, p.key, &made)) return false;
        const nr_part *part = given ? nr_shape_member(spec->shape, p.key) : NULL;
        size_t position = part ? (size_t)(part - spec->shape->members) : 0;
        if (part && given[position]) return refuse_text(m, p.key, "each key once");
        if (part) given[position] = true;
        p.to = m->out.n;
        if (made) nr_vec_push(&m->scratch, all, p);
        else m->out.n = begin;
        if (!next_element(m, '}', &more)) return false;
    }
    return true;
}

/* What a write does not bring: the default, NULL, or a fault. */
static bool complete(maker *m, const nr_shape *shape, nr_pieces *all, const bool *given)
{
    for (size_t i = 0; i < shape->n; i++) {
        const nr_part *part = &shape->members[i];
        if (given[i] || (part->null && !part->has_default)) continue;
        if (!part->has_default)
            return refuse(m, NR_E_BADVALUE, nr_arena_printf(m->arena, "no '%.*s'", NR_FMT(part->name)).p, "a value for it: it cannot be NULL");
        if (all->n) nr_buf_byte(&m->out, ',');
        nr_piece p = {.key = part->name, .from = m->out.n};
        nr_json_print_string(part->name, &m->out);
        nr_buf_byte(&m->out, ':');
        nr_part_print(&part->spec, &part->default_value, &m->out);
        p.to = m->out.n;
        nr_vec_push(&m->scratch, all, p);
    }
    return true;
}

/* spec NULL: an object anywhere in free JSON. */
static bool make_object(maker *m, const nr_spec *spec)
{
    nr_pieces all = {0};
    if (!nr_scan_mark(&m->rest, '{')) return refuse_kind(m, "a JSON object");
    if (!enter(m)) return false;
    bool embedded = spec && spec->shape && (spec->type->flags & NR_TF_MEMBERS);
    bool *given = embedded ? NR_NEW_N(&m->scratch, bool, spec->shape->n) : NULL;
    nr_buf_byte(&m->out, '{');
    size_t begin = m->out.n;
    if (!make_members(m, spec, &all, given)) return false;
    if (embedded && m->write && !complete(m, spec->shape, &all, given)) return false;
    if (!sort_members(m, &all, begin)) return false;
    nr_buf_byte(&m->out, '}');
    m->depth--;
    return true;
}

static bool make_number(maker *m)
{
    nr_slice text;
    nr_number number;
    if (!nr_scan_number(&m->rest, &text)) return refuse_syntax(m);
    if (!nr_number_read(text, &number) || !nr_number_sane(&number))
        return refuse_text(m, text, nr_arena_printf(m->arena, "a number with an exponent of at most %d", NR_NUMBER_EXPONENT).p);
    nr_buf_add(&m->out, text);
    return true;
}

static bool make_string(maker *m)
{
    nr_slice s;
    if (!nr_scan_string(&m->rest, &m->scratch, &s)) return refuse_syntax(m);
    nr_json_print_string(s, &m->out);
    return true;
}

static bool make_word(maker *m)
{
    const nr_slice words[] = {NR_S("null"), NR_S("true"), NR_S("false")};
    for (size_t i = 0; i < 3; i++) {
        if (!nr_scan_word(&m->rest, words[i])) continue;
        nr_buf_add(&m->out, words[i]);
        return true;
    }
    return refuse_syntax(m);
}

static bool make_any(maker *m)
{
    switch (m->rest.n ? m->rest.p[0] : 0) {
    case '[': return make_array(m, NULL, false);
    case '{': return make_object(m, NULL);
    case '"': return make_string(m);
    case 'n':
    case 't':
    case 'f': return make_word(m);
    default: return make_number(m);
    }
}

/* The text that a scalar's type reads: of a string, number or boolean. */
static bool take_scalar(maker *m, const nr_spec *spec, nr_slice *text)
{
    unsigned flags = spec->type->flags;
    nr_slice whole = m->rest;
    char c = whole.n ? whole.p[0] : 0;
    if (c == '"') {
        nr_buf bytes = nr_buf_in(&m->scratch);
        if (!nr_scan_string(&m->rest, &m->scratch, text)) return refuse_syntax(m);
        if (!(flags & NR_TF_BYTES)) return true;
        if (!nr_base64_decode(*text, &bytes)) return refuse_text(m, *text, expects(m, spec, NULL));
        *text = nr_buf_slice(&bytes);
        return true;
    }
    bool boolean = (flags & NR_TF_JSON_BOOL) && (c == 't' || c == 'f'), number = !(flags & NR_TF_BYTES) && (c == '-' || (c >= '0' && c <= '9'));
    if (!boolean && !number) return refuse_kind(m, expects(m, spec, spec->type->expects));
    if (number) return nr_scan_number(&m->rest, text) || refuse_syntax(m);
    *text = c == 't' ? NR_S("true") : NR_S("false");
    return nr_scan_word(&m->rest, *text) || refuse_syntax(m);
}

static bool make_scalar(maker *m, const nr_part *part)
{
    const nr_type *type = part->spec.type;
    nr_slice text;
    nr_operand op;
    if (!take_scalar(m, &part->spec, &text)) return false;
    if (!type->parse(&part->spec, text, &m->scratch, &op)) return refuse_text(m, text, expects(m, &part->spec, type->expects));
    const char *wanted = op.side ? type->expects : type->check ? type->check(&part->spec, &op.v) : NULL;
    if (wanted && m->write) return refuse_text(m, text, expects(m, &part->spec, wanted));
    m->unfit = m->unfit || wanted;
    nr_buf expected = nr_buf_in(m->arena);
    if (m->write && part->meets && !part->meets(part->rules, &op.v, &expected)) {
        nr_buf_byte(&expected, 0);
        return refuse_text(m, text, expected.p);
    }
    m->last = op.v;
    nr_part_print(&part->spec, &op.v, &m->out);
    return true;
}

static bool make_container(maker *m, const nr_spec *spec)
{
    const nr_part *of = spec->shape ? spec->shape->of : NULL;
    switch (spec->type->reply) {
    case NR_REPLY_LIST: return make_array(m, of, false);
    case NR_REPLY_SET: return make_array(m, of, true);
    case NR_REPLY_MAP: return make_object(m, spec);
    default: return make_any(m);
    }
}

/* part NULL: any JSON. */
static bool make_value(maker *m, const nr_part *part)
{
    if (++m->items > NR_CONTAINER_ITEMS || m->out.n > NR_CONTAINER_BYTES)
        return refuse(m, NR_E_LIMIT, NULL, nr_arena_printf(m->arena, "at most %d elements and %d bytes", NR_CONTAINER_ITEMS, NR_CONTAINER_BYTES).p);
    nr_scan_space(&m->rest);
    if (!part) return make_any(m);
    if (!nr_spec_is_json(&part->spec) && nr_scan_word(&m->rest, NR_S("null"))) {
        if (!part->null) return refuse(m, NR_E_BADVALUE, "null", expects(m, &part->spec, part->spec.type->expects));
        m->last = NR_NULL;
        nr_buf_add(&m->out, NR_S("null"));
        return true;
    }
    return part->spec.type->flags & NR_TF_CONTAINER ? make_container(m, &part->spec) : make_scalar(m, part);
}

/* -- the whole --------------------------------------------------------------------------------------------------------------------------- */

void nr_part_print(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    if (v->kind == NR_V_NULL) { /* also of a reference to a model that is not there yet, which has no type */
        nr_buf_add(out, NR_S("null"));
        return;
    }
    unsigned flags = spec->type->flags;
    if (flags & NR_TF_CONTAINER) {
        nr_buf_add(out, v->s);
    } else if (flags & NR_TF_BYTES) {
        nr_buf_byte(out, '"');
        nr_base64_encode(v->s, out);
        nr_buf_byte(out, '"');
    } else if (flags & NR_TF_JSON_BOOL) {
        nr_buf_add(out, v->i ? NR_S("true") : NR_S("false"));
    } else if (spec->type->reply == NR_REPLY_INTEGER || spec->type->reply == NR_REPLY_DOUBLE) {
        spec->type->format(spec, v, out);
    } else {
        nr_json_print_string(nr_type_text(spec, v, out->arena), out);
    }
}

/* What jansson says of it: with line and column. */
static void explain_syntax(maker *m, const nr_spec *spec, nr_slice text)
{
    nr_err why = {.code = NR_OK};
    m->fault->expected = spec->type->expects;
    if (!m->write || text.n > DETAIL_BYTES || nr_json_parse(text, text.n, &m->scratch, &why)) return;
    m->fault->expected = nr_arena_printf(m->arena, "%s (%s)", spec->type->expects, why.msg).p;
}

static bool make(maker *m, const nr_spec *spec, nr_slice text)
{
    if (text.n > NR_CONTAINER_BYTES)
        return refuse(m, NR_E_LIMIT, nr_arena_printf(m->arena, "%zu bytes", text.n).p, nr_arena_printf(m->arena, "at most %d", NR_CONTAINER_BYTES).p);
    if (!nr_utf8_valid(text)) return refuse_syntax(m);
    m->out = nr_buf_in(&m->scratch);
    nr_buf_reserve(&m->out, text.n + 1);
    nr_scan_space(&m->rest);
    if (!make_container(m, spec)) return false;
    nr_scan_space(&m->rest);
    return m->rest.n == 0 || refuse_syntax(m);
}

bool nr_container_read(const nr_spec *spec, nr_slice text, bool write, nr_arena *arena, nr_operand *out, nr_fault *fault)
{
    maker m = {.rest = text, .arena = arena, .fault = fault, .write = write};
    nr_arena_init(&m.scratch, arena->env);
    bool ok = make(&m, spec, text);
    if (!ok && m.syntax) explain_syntax(&m, spec, text);
    if (ok) {
        nr_slice made = nr_buf_slice(&m.out);
        *out = (nr_operand){{.kind = NR_V_TEXT, .s = nr_slice_eq(made, text) ? text : nr_arena_copy(arena, made)}, m.unfit ? 1 : 0};
    }
    nr_arena_clear(&m.scratch);
    return ok;
}
