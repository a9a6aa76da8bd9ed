/* path_read.c -- from what stands behind a field to a path and a lookup. */
#include "query/lookup.h"

/* Where a path splits: the first "__" that has something before it. */
typedef struct reader {
    nr_path *path;
    const nr_lookup **lookup;
    nr_slice rest;       /* absent: nothing more */
    bool done;           /* the lookup has been read */
    nr_arena *arena;
    nr_err *err;
} reader;

static const char *choices(const nr_type *type, nr_slice given, nr_hint *hint)
{
    size_t at = 0;
    nr_hint_begin(hint, given);
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        if (nr_lookup_suits(l, type)) nr_hint_offer(hint, nr_slice_of(l->name));
    for (const nr_transform *t = nr_transforms; t->name; t++)
        if (nr_transform_suits(t, type)) nr_hint_offer(hint, nr_slice_of(t->name));
    return nr_hint_text(hint, "it has");
}

static bool refuse(reader *r)
{
    const nr_field *f = r->path->field;
    nr_slice part = {r->rest.p, nr_path_split(r->rest)};
    const nr_type *type = nr_path_type(r->path);
    bool known = type && (nr_lookup_find(part) || nr_transform_find(part)); /* of a definition that is being read, nobody knows the target yet */
    if (!type || ((f->type->flags & NR_TF_RELATION) && !known))
        return nr_fail(r->err, NR_E_NOLOOKUP, "%s is no lookup; a path through the relation '%.*s' is not possible here", NR_SHOW(part), NR_FMT(f->name));
    nr_hint hint;
    nr_buf at = nr_buf_in(r->arena);
    nr_path_print(r->path, &at);
    nr_buf_byte(&at, 0);
    return nr_fail(r->err, NR_E_NOLOOKUP, "no lookup %s on field %s of type %s; %s", NR_SHOW(r->rest), NR_SHOW(((nr_slice){at.p, at.n - 1})),
                   type->name, choices(type, r->rest, &hint));
}

/* The next part of the path; it is the last one when nothing is behind it. */
static nr_slice next_part(const reader *r, bool *last)
{
    size_t cut = nr_path_split(r->rest);
    *last = cut == r->rest.n;
    return (nr_slice){r->rest.p, cut};
}

static void pass(reader *r)
{
    size_t cut = nr_path_split(r->rest);
    r->rest = cut == r->rest.n ? (nr_slice){NULL, 0} : (nr_slice){r->rest.p + cut + 2, r->rest.n - cut - 2};
}

/* All that is left names a lookup. */
static bool take_lookup(reader *r, const nr_type *type)
{
    const nr_lookup *l = r->rest.p ? nr_lookup_for(r->rest, type) : NULL;
    if (l) *r->lookup = l;
    r->done = r->done || l;
    return l != NULL;
}

static bool step(reader *r, nr_step s)
{
    return nr_path_step(r->path, s, r->arena) || nr_fail(r->err, NR_E_NOLOOKUP, "%s: too many steps into '%.*s', %d at most", NR_SHOW(r->rest),
                                                         NR_FMT(r->path->field->name), NR_PATH_STEPS);
}

static bool step_key(reader *r)
{
    bool last;
    nr_step s = {.key = next_part(r, &last)};
    if (!step(r, s)) return false;
    pass(r);
    return true;
}

static bool take_transform(reader *r, const nr_type *type, bool *taken)
{
    bool last;
    const nr_transform *t = r->rest.p ? nr_transform_find(next_part(r, &last)) : NULL;
    *taken = t && type && nr_transform_suits(t, type) && nr_path_split(r->rest) + 2 != r->rest.n;
    if (!*taken) return true;
    if (!nr_path_transform(r->path, t))
        return nr_fail(r->err, NR_E_NOLOOKUP, "%s: too many transforms, %d at most", NR_SHOW(r->rest), NR_PATH_TRANSFORMS);
    pass(r);
    return true;
}

/* Every part but the last is a key; the last one is, too, when it names no lookup. */
static bool read_keys(reader *r, const nr_type *type)
{
    if (!r->rest.p) r->done = true;
    return r->done || take_lookup(r, type) || step_key(r);
}

static bool is_position(nr_slice part)
{
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] < '0' || part.p[i] > '9') return false;
    return part.n > 0;
}

/* What is asked of the whole, or of one element by its position, or of each. */
static bool read_elements(reader *r, const nr_type *type)
{
    bool taken, last;
    if (!take_transform(r, type, &taken)) return false;
    if (taken || take_lookup(r, type)) return true;
    if (r->rest.p && is_position(next_part(r, &last))) return step_key(r);
    return step(r, (nr_step){.each = true});
}

static bool read_member(reader *r, const nr_type *type)
{
    bool last;
    const nr_field *f = nr_path_inner(r->path);
    nr_slice part = r->rest.p ? next_part(r, &last) : r->rest;
    for (size_t i = 0; part.p && i < f->n_members; i++)
        if (nr_slice_eq(f->members[i].name, part)) return step_key(r);
    if (!r->rest.p) r->done = true;
    return r->done || take_lookup(r, type) || refuse(r);
}

static bool read_scalar(reader *r, const nr_type *type)
{
    bool taken;
    if (!r->rest.p) {
        r->done = true;
        return true;
    }
    if (!take_transform(r, type, &taken)) return false;
    return taken || take_lookup(r, type) || refuse(r);
}

bool nr_path_read(nr_slice rest, nr_path *path, const nr_lookup **lookup, nr_arena *arena, nr_err *err)
{
    reader r = {.path = path, .lookup = lookup, .rest = rest, .arena = arena, .err = err};
    size_t first_row = 0;
    *lookup = nr_lookup_next(&first_row);
    while (!r.done) {
        const nr_type *type = nr_path_type(path);
        bool container = type && (type->flags & NR_TF_CONTAINER) && !path->n_transforms, good;
        if (!container) good = read_scalar(&r, type);
        else if (path->free || type->reply == NR_REPLY_STRING) good = read_keys(&r, type);
        else if (type->flags & NR_TF_MEMBERS) good = read_member(&r, type);
        else if (type->reply == NR_REPLY_MAP) good = read_keys(&r, type);
        else good = read_elements(&r, type);
        if (!good) return false;
    }
    const nr_field *value = nr_path_dict_value(path);
    if (value && value->null && (*lookup)->takes == NR_LT_NULL) nr_path_set_free(path); /* null is none of the NULLs */
    return true;
}
