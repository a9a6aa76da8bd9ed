/* term.c -- binding and evaluation of terms. */
#include "query/term.h"

#include "query/lookup.h"
#include "store/keys.h"
#include "types/doc_key.h"

nr_term nr_term_of(const nr_field *f)
{
    return (nr_term){.path = nr_path_of(f), .spec = f->spec};
}

/* -- binding ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct reader {
    nr_term *term;
    nr_slice rest;  /* what has not been read */
    const char *clause;
    nr_arena *arena;
    nr_err *err;
} reader;

static nr_slice next_part(const reader *r)
{
    return (nr_slice){r->rest.p, nr_path_split(r->rest)};
}

static bool is_last(const reader *r)
{
    return nr_path_split(r->rest) == r->rest.n;
}

static void pass(reader *r)
{
    size_t cut = nr_path_split(r->rest);
    r->rest = cut == r->rest.n ? (nr_slice){NULL, 0} : (nr_slice){r->rest.p + cut + 2, r->rest.n - cut - 2};
}

/* What has been read, for errors. */
static nr_slice path_so_far(const reader *r)
{
    nr_buf b = nr_buf_in(r->arena);
    nr_path_print(&r->term->path, &b);
    return nr_buf_slice(&b);
}

static bool refuse(const reader *r, const nr_type *type)
{
    nr_slice part = next_part(r);
    const nr_field *of = nr_term_declared(r->term);
    if (of && (of->type->flags & NR_TF_RELATION))
        return nr_fail(r->err, NR_E_SYNTAX, "%s: %s is no transform; a path through the relation '%.*s' is not possible here", r->clause,
                       NR_SHOW(part), NR_FMT(path_so_far(r)));
    nr_hint hint;
    nr_hint_begin(&hint, part);
    for (const nr_transform *x = nr_transforms; x->name; x++)
        if (nr_transform_suits(x, type)) nr_hint_offer(&hint, nr_slice_of(x->name));
    return nr_fail(r->err, NR_E_NOLOOKUP, "%s: no transform %s on field '%.*s' of type %s; %s", r->clause, NR_SHOW(part), NR_FMT(path_so_far(r)),
                   type->name, nr_hint_text(&hint, "it has"));
}

static bool take_transform(reader *r, const nr_type *type)
{
    const nr_transform *x = nr_transform_find(next_part(r));
    if (!x || !nr_transform_suits(x, type)) return refuse(r, type);
    if (!nr_path_transform(&r->term->path, x))
        return nr_fail(r->err, NR_E_NOLOOKUP, "%s: %s: too many transforms, %d at most", r->clause, NR_SHOW(r->rest), NR_PATH_TRANSFORMS);
    pass(r);
    return true;
}

static bool take_step(reader *r)
{
    if (!nr_path_step(&r->term->path, (nr_step){.key = next_part(r)}, r->arena))
        return nr_fail(r->err, NR_E_NOLOOKUP, "%s: %s: too many steps into '%.*s', %d at most", r->clause, NR_SHOW(r->rest),
                       NR_FMT(r->term->path.field->name), NR_PATH_STEPS);
    pass(r);
    return true;
}

static bool take_member(reader *r, const nr_field *holder)
{
    nr_slice part = next_part(r);
    nr_hint hint;
    nr_hint_begin(&hint, part);
    for (size_t i = 0; i < holder->n_members; i++) {
        if (nr_slice_eq(holder->members[i].name, part)) return take_step(r);
        nr_hint_offer(&hint, holder->members[i].name);
    }
    return nr_fail(r->err, NR_E_NOFIELD, "%s: '%.*s' has no field %s; %s", r->clause, NR_FMT(path_so_far(r)), NR_SHOW(part),
                   nr_hint_text(&hint, "it has"));
}

static bool is_position(nr_slice part)
{
    size_t digits = 0;
    while (digits < part.n && part.p[digits] >= '0' && part.p[digits] <= '9') digits++;
    return part.n && digits == part.n;
}

/* Of all elements there is no one value. */
static bool take_element(reader *r, const nr_type *type)
{
    const nr_transform *x = nr_transform_find(next_part(r));
    if (is_position(next_part(r))) return take_step(r);
    if (x && nr_transform_suits(x, type)) return take_transform(r, type);
    nr_slice at = path_so_far(r);
    return nr_fail(r->err, NR_E_SYNTAX,
                   "%s: %s: '%.*s' is a %s of any number of elements, expected one value: a position, as in %.*s__0, or %.*s__len", r->clause,
                   NR_SHOW(next_part(r)), NR_FMT(at), type->name, NR_FMT(at), NR_FMT(at));
}

/* Of a dict the last part may be a transform; all others are keys. */
static bool take_part(reader *r)
{
    const nr_path *path = &r->term->path;
    const nr_type *type = nr_path_spec(path)->type;
    bool container = (type->flags & NR_TF_CONTAINER) && !path->n_transforms;
    if (!container) return take_transform(r, type);
    if (path->free) return take_step(r);
    if (type->flags & NR_TF_MEMBERS) return take_member(r, nr_path_inner(path));
    if (type->reply != NR_REPLY_MAP) return take_element(r, type);
    const nr_transform *x = is_last(r) ? nr_transform_find(r->rest) : NULL;
    return x && nr_transform_suits(x, type) ? take_transform(r, type) : take_step(r);
}

bool nr_term_bind(const nr_schema *s, nr_slice name, const char *clause, nr_arena *arena, nr_term *out, nr_err *err)
{
    reader r = {out, name, clause, arena, err};
    const nr_field *f = nr_schema_need(s, next_part(&r), err);
    if (!f || !nr_field_has_spec(f, err)) return false;
    *out = nr_term_of(f);
    pass(&r);
    while (r.rest.p)
        if (!take_part(&r)) return false;
    out->spec = *nr_path_spec(&out->path);
    return true;
}

/* -- values ------------------------------------------------------------------------------------------------------------------------------- */

nr_value nr_term_value(const nr_term *t, const nr_value *v, nr_arena *arena)
{
    nr_value one;
    nr_values given = {.at = &one, .cap = 1};
    if (nr_term_plain(t)) return *v;
    nr_path_values(&t->path, v, NR_FORM_DOCUMENT, arena, &given);
    return one;
}

void nr_term_key(const nr_term *t, const nr_value *given, nr_arena *scratch, nr_buf *out)
{
    if (!nr_term_free(t) || given->kind == NR_V_NULL) {
        nr_key_add(given, out);
        return;
    }
    nr_key_add(&(nr_value){.kind = NR_V_TEXT, .s = nr_doc_key_of(given->s, scratch)}, out);
}
