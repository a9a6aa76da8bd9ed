/* field.c -- values of a field: what a write may bring, what a lookup may compare with, what an entity holds.
 *
 * The type reads the text; the field's options are then asked of the value, in a table, since each only knows what it expected. */
#include "base/utf8.h"
#include "model/schema.h"

enum { CHOICES_SHOWN = 10 };

static bool refuse(const nr_field *f, nr_slice got, const char *expected, nr_err *err)
{
    return nr_fail(err, NR_E_BADVALUE, "field '%.*s' got %s, expected %s", NR_FMT(f->name), NR_SHOW(got), expected);
}

/* What the type would have taken; a decimal's digits are the field's. */
static const char *expects(const nr_field *f, const char *by_type, nr_arena *arena)
{
    const nr_spec *s = &f->spec;
    if (!(s->type->flags & NR_TF_DIGITS)) return by_type;
    return nr_arena_printf(arena, "a decimal number of at most %d digits before the point and %d behind it", s->max_digits - s->places, s->places).p;
}

static bool has_spec(const nr_field *f, nr_err *err)
{
    if (f->spec.type) return true;
    return nr_fail(err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT(f->name), NR_FMT(f->to));
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

bool nr_field_read(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out, nr_err *err)
{
    const char *wanted = NULL;
    if (!has_spec(f, err)) return false;
    if (!nr_type_read(&f->spec, text, arena, out, &wanted)) return refuse(f, text, expects(f, wanted, arena), err);
    nr_buf expected = nr_buf_in(arena);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i](f, out, &expected)) continue;
        nr_buf_byte(&expected, 0);
        return refuse(f, text, expected.p, err);
    }
    return true;
}

static bool refuse_kind(const nr_field *f, const nr_json *j, nr_err *err)
{
    bool bytes = f->spec.type->flags & NR_TF_BYTES;
    const char *expected = bytes ? "a string in base64" : f->spec.type->expects;
    return nr_fail(err, NR_E_BADVALUE, "field '%.*s' got a JSON %s, expected %s", NR_FMT(f->name), nr_json_kind_name(j), expected);
}

static bool read_base64(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out, nr_err *err)
{
    nr_buf bytes = nr_buf_in(arena);
    if (!nr_base64_decode(text, &bytes)) return refuse(f, text, "base64", err);
    return nr_field_read(f, nr_buf_slice(&bytes), arena, out, err);
}

bool nr_field_read_json(const nr_field *f, const nr_json *j, nr_arena *arena, nr_value *out, nr_err *err)
{
    *out = NR_NULL;
    if (j->kind == NR_J_NULL) return true;
    if (!has_spec(f, err)) return false;
    bool bytes = f->spec.type->flags & NR_TF_BYTES, boolean = j->kind == NR_J_TRUE || j->kind == NR_J_FALSE;
    if (bytes && j->kind == NR_J_STRING) return read_base64(f, j->text, arena, out, err);
    if (!bytes && (j->kind == NR_J_STRING || j->kind == NR_J_NUMBER)) return nr_field_read(f, j->text, arena, out, err);
    if (!boolean || !(f->spec.type->flags & NR_TF_JSON_BOOL)) return refuse_kind(f, j, err);
    return nr_field_read(f, j->kind == NR_J_TRUE ? NR_S("true") : NR_S("false"), arena, out, err);
}

bool nr_field_operand(const nr_field *f, nr_slice text, nr_arena *arena, nr_operand *out, nr_err *err)
{
    if (!has_spec(f, err)) return false;
    return f->spec.type->parse(&f->spec, text, arena, out) || refuse(f, text, f->spec.type->expects, err);
}

bool nr_field_decode(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out)
{
    const char *wanted;
    if (!f->spec.type || !nr_type_read(&f->spec, text, arena, out, &wanted)) return false;
    return !f->pk || (text.n > 0 && text.n <= NR_PK_TEXT_MAX);
}
