/* borrowed.c -- a walk along the parts of a path, each but the last a reference. */
#include "query/borrowed.h"

enum { MOST_STEPS = 32 };

typedef struct reader {
    const nr_schema *at;
    nr_slice path;
    nr_arena *arena;
    nr_err *err;
    nr_buf name; /* of the fields, as their definitions have them */
    NR_VEC(nr_borrow_step) steps;
} reader;

bool nr_borrowed_is_path(nr_slice name)
{
    return nr_path_split(name) < name.n;
}

static bool is_reference(const nr_field *f)
{
    return (f->type->flags & NR_TF_RELATION) != 0;
}

static const nr_field *field_of(reader *r, nr_slice part)
{
    if (!nr_schema_many(r->at, part)) return nr_schema_need(r->at, part, r->err);
    nr_fail(r->err, NR_E_SYNTAX, "index path %s: '%.*s' of %.*s leads to any number of entities; an index goes along references only", NR_SHOW(r->path),
            NR_FMT(part), NR_FMT(r->at->name));
    return NULL;
}

/* The reference that leads on. */
static bool add_step(reader *r, const nr_field *f, nr_slices *lenders)
{
    if (!is_reference(f))
        return nr_fail(r->err, NR_E_SYNTAX, "index path %s: '%.*s' of %.*s is no reference, but of type %s", NR_SHOW(r->path), NR_FMT(f->name),
                       NR_FMT(r->at->name), f->type->name);
    if (f->to_field.p)
        return nr_fail(r->err, NR_E_BADVALUE, "index path %s: '%.*s' of %.*s refers by field '%.*s'; an index goes along references by primary key only",
                       NR_SHOW(r->path), NR_FMT(f->name), NR_FMT(r->at->name), NR_FMT(f->to_field));
    if (r->steps.n == MOST_STEPS) return nr_fail(r->err, NR_E_LIMIT, "a path goes through %d relations at most", MOST_STEPS);
    nr_borrow_step step = {nr_arena_copy(r->arena, f->name), nr_arena_copy(r->arena, f->to)};
    nr_vec_push(r->arena, &r->steps, step);
    nr_vec_push(r->arena, lenders, step.to);
    nr_buf_printf(&r->name, "%.*s__", NR_FMT(f->name));
    return true;
}

static bool unknown_model(reader *r, const nr_field *f, nr_slice name)
{
    return nr_fail(r->err, NR_E_NOMODEL, "index path %s: '%.*s' refers to model '%.*s', which is not defined", NR_SHOW(r->path), NR_FMT(f->name), NR_FMT(name));
}

static bool end_at(reader *r, const nr_field *f, nr_borrowed *out, nr_slices *lenders)
{
    if (f->pk)
        return nr_fail(r->err, NR_E_BADVALUE, "index path %s: the primary key of %.*s is what the reference to it holds, which has an index", NR_SHOW(r->path),
                       NR_FMT(r->at->name));
    if (f->type->flags & NR_TF_CONTAINER)
        return nr_fail(r->err, NR_E_BADVALUE, "index path %s: '%.*s' is of type %s; an index along references ends in a field of one plain value",
                       NR_SHOW(r->path), NR_FMT(f->name), f->type->name);
    if (!f->spec.type) nr_vec_push(r->arena, lenders, nr_arena_copy(r->arena, nr_field_unknown(f)));
    if (!f->spec.type) return unknown_model(r, f, nr_field_unknown(f));
    nr_buf_add(&r->name, f->name);
    *out = (nr_borrowed){.field = {.name = nr_buf_slice(&r->name), .type = f->type, .spec = f->spec, .null = true, .max_length = -1, .borrowed = true}};
    out->field.path = out->field.name;
    if (f->to.p) out->field.to = nr_arena_copy(r->arena, f->to);
    out->steps = r->steps.at;
    out->n_steps = r->steps.n;
    out->of = nr_arena_copy(r->arena, f->name);
    return true;
}

bool nr_borrowed_read(const nr_schema *s, nr_slice path, nr_schema_find find, void *ctx, nr_arena *arena, nr_borrowed *out, nr_slices *lenders, nr_err *err)
{
    reader r = {.at = s, .path = path, .arena = arena, .err = err, .name = nr_buf_in(arena)};
    for (nr_slice rest = path;;) {
        size_t cut = nr_path_split(rest);
        const nr_field *f = field_of(&r, (nr_slice){rest.p, cut});
        if (!f) return false;
        if (cut >= rest.n) return end_at(&r, f, out, lenders);
        if (!add_step(&r, f, lenders)) return false;
        r.at = find(ctx, f->to);
        if (!r.at) return unknown_model(&r, f, f->to);
        rest = (nr_slice){rest.p + cut + 2, rest.n - cut - 2};
    }
}

const nr_field *nr_borrowed_wish(const nr_schema *s, nr_slice name, nr_schema_find find, void *ctx, nr_arena *arena, nr_err *err)
{
    nr_borrowed *b = NR_NEW(arena, nr_borrowed);
    nr_slices lenders = {0};
    if (!nr_borrowed_is_path(name)) return nr_schema_need(s, name, err);
    return nr_borrowed_read(s, name, find, ctx, arena, b, &lenders, err) ? &b->field : NULL;
}
