/* field.c -- values of a field: what a write may bring, what a lookup may compare with, what an entity holds.
 *
 * The type reads the text; the field's options are then asked of the value, in a table, since each only knows what it expected. */
#include "base/utf8.h"
#include "model/schema.h"
#include "types/container.h"

enum { CHOICES_SHOWN = 10 };

static bool refuse(const nr_field *f, nr_slice got, const char *expected, nr_err *err)
{
    return nr_fail(err, NR_E_BADVALUE, "field '%.*s' got %s, expected %s", NR_FMT(f->name), NR_SHOW(got), expected);
}

bool nr_field_has_spec(const nr_field *f, nr_err *err)
{
    if (f->spec.type) return true;
    return nr_fail(err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT(f->name), NR_FMT(nr_field_unknown(f)));
}

/* -- the options of a field: false when v does not meet one, what would have is appended to expected -------------------------------------- */

static void add_value(const nr_field *f, const nr_value *v, nr_buf *out)
{
    nr_buf_printf(out, "%s", NR_SHOW(nr_type_text(&f->spec, v, out->arena)));
}

static bool meets_pk(const nr_field *f, const nr_value *v, nr_buf *expected)
{
    if (!f->pk || v->kind != NR_V_TEXT || (v->s.n > 0 && v->s.n <= NR_PK_TEXT_MAX)) return true;
    nr_buf_printf(expected, "a primary key of 1 to %d bytes", NR_PK_TEXT_MAX);
    return false;
}

static bool meets_length(const nr_field *f, const nr_value *v, nr_buf *expected)
{
    if (f->max_length < 0 || v->kind != NR_V_TEXT) return true;
    bool bytes = f->spec.type->flags & NR_TF_BYTES;
    size_t length = bytes ? v->s.n : nr_utf8_length(v->s);
    if (length <= (size_t)f->max_length) return true;
    nr_buf_printf(expected, "at most %lld %s, got %zu", (long long)f->max_length, bytes ? "bytes" : "characters", length);
    return false;
}

static bool meets_bounds(const nr_field *f, const nr_value *v, nr_buf *expected)
{
    bool low = f->has_min && nr_value_cmp(v, &f->min) < 0, high = f->has_max && nr_value_cmp(v, &f->max) > 0;
    if (!low && !high) return true;
    nr_buf_printf(expected, "%s ", low ? "at least" : "at most");
    nr_slice bound = nr_type_text(&f->spec, low ? &f->min : &f->max, expected->arena);
    nr_buf_add(expected, bound);
    return false;
}

static bool meets_choices(const nr_field *f, const nr_value *v, nr_buf *expected)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (nr_value_eq(v, &f->choices[i])) return true;
    if (f->n_choices == 0) return true;
    nr_buf_add(expected, NR_S("one of "));
    for (size_t i = 0; i < f->n_choices && i < CHOICES_SHOWN; i++) {
        if (i) nr_buf_add(expected, NR_S(", "));
        add_value(f, &f->choices[i], expected);
    }
    if (f->n_choices > CHOICES_SHOWN) nr_buf_add(expected, NR_S(", ..."));
    return false;
}

static bool (*const options[])(const nr_field *f, const nr_value *v, nr_buf *expected) = {meets_pk, meets_length, meets_bounds, meets_choices};

/* -- reading ----------------------------------------------------------------------------------------------------------------------------- */

bool nr_field_meets(const void *rules, const nr_value *v, nr_buf *expected)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!options[i](rules, v, expected)) return false;
    return true;
}

/* Says where in the value the fault is. */
static bool read_container(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out, nr_err *err)
{
    nr_operand op;
    nr_fault fault;
    if (nr_container_read(&f->spec, text, true, arena, &op, &fault)) {
        *out = op.v;
        return true;
    }
    return nr_fail(err, fault.code, "field '%.*s'%s%.*s got %s, expected %s", NR_FMT(f->name), fault.where.n ? ": " : "", NR_FMT(fault.where),
                   fault.got ? fault.got : NR_SHOW(text), fault.expected);
}

bool nr_field_read(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out, nr_err *err)
{
    const char *wanted = NULL;
    if (!nr_field_has_spec(f, err)) return false;
    if (f->spec.type->flags & NR_TF_CONTAINER) return read_container(f, text, arena, out, err);
    if (!nr_type_read(&f->spec, text, arena, out, &wanted)) return refuse(f, text, nr_type_expects(&f->spec, wanted, arena), err);
    nr_buf expected = nr_buf_in(arena);
    if (nr_field_meets(f, out, &expected)) return true;
    nr_buf_byte(&expected, 0);
    return refuse(f, text, expected.p, err);
}

static bool refuse_kind(const nr_field *f, const nr_json *j, nr_err *err)
{
    bool bytes = f->spec.type->flags & NR_TF_BYTES;
    const char *expected = bytes ? "a string in base64" : f->spec.type->expects;
    return nr_fail(err, NR_E_BADVALUE, "field '%.*s' got a JSON %s, expected %s", NR_FMT(f->name), nr_json_kind_name(j), expected);
}

static bool decode_base64(nr_slice text, nr_arena *arena, nr_slice *out)
{
    nr_buf bytes = nr_buf_in(arena);
    if (!nr_base64_decode(text, &bytes)) return false;
    *out = nr_buf_slice(&bytes);
    return true;
}

/* A string holds the text of a container as it does that of a number; but a json holds the string itself. */
static nr_slice container_text(const nr_spec *spec, const nr_json *j, nr_arena *arena)
{
    nr_buf text = nr_buf_in(arena);
    if (j->kind == NR_J_STRING && !nr_spec_is_json(spec)) return j->text;
    nr_json_print(j, &text);
    return nr_buf_slice(&text);
}

bool nr_spec_json_text(const nr_spec *spec, const nr_json *j, nr_arena *arena, nr_slice *out)
{
    unsigned flags = spec->type->flags;
    if (flags & NR_TF_CONTAINER) {
        *out = container_text(spec, j, arena);
        return true;
    }
    if (flags & NR_TF_BYTES) return j->kind == NR_J_STRING && decode_base64(j->text, arena, out);
    bool boolean = j->kind == NR_J_TRUE || j->kind == NR_J_FALSE;
    *out = !boolean ? j->text : j->kind == NR_J_TRUE ? NR_S("true") : NR_S("false");
    return boolean ? (flags & NR_TF_JSON_BOOL) != 0 : j->kind == NR_J_STRING || j->kind == NR_J_NUMBER;
}

bool nr_field_read_json(const nr_field *f, const nr_json *j, nr_arena *arena, nr_value *out, nr_err *err)
{
    nr_slice text;
    *out = NR_NULL;
    if (j->kind == NR_J_NULL) return true;
    if (!nr_field_has_spec(f, err)) return false;
    if (nr_spec_json_text(&f->spec, j, arena, &text)) return nr_field_read(f, text, arena, out, err);
    bool bytes = f->spec.type->flags & NR_TF_BYTES;
    return bytes && j->kind == NR_J_STRING ? refuse(f, j->text, "base64", err) : refuse_kind(f, j, err);
}

/* What is no JSON stands for itself, a string. */
static bool json_operand(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    nr_buf quoted = nr_buf_in(arena);
    if (!nr_spec_is_json(spec) || text.n > NR_CONTAINER_BYTES / 8 || !nr_utf8_valid(text)) return false;
    nr_json_print_string(text, &quoted);
    *out = (nr_operand){{.kind = NR_V_TEXT, .s = nr_buf_slice(&quoted)}, 0};
    return true;
}

bool nr_spec_operand(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    return spec->type->parse(spec, text, arena, out) || json_operand(spec, text, arena, out);
}

bool nr_field_operand(const nr_field *f, nr_slice text, nr_arena *arena, nr_operand *out, nr_err *err)
{
    if (!nr_field_has_spec(f, err)) return false;
    if (nr_spec_operand(&f->spec, text, arena, out)) return true;
    return refuse(f, text, f->spec.type->expects, err);
}

bool nr_field_decode(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out)
{
    const char *wanted;
    if (!f->spec.type || !nr_type_read(&f->spec, text, arena, out, &wanted)) return false;
    return !f->pk || (text.n > 0 && text.n <= NR_PK_TEXT_MAX);
}
