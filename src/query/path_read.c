/* path_read.c -- from what stands behind a field to a path and a lookup. */
#include "query/lookup.h"

/* Where a path splits: the first "__" that has something before it. */
size_t nr_path_split(nr_slice path)
{
    for (size_t i = 1; i + 1 < path.n; i++)
        if (path.p[i] == '_' && path.p[i + 1] == '_') return i;
    return path.n;
}

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

static bool refuse(nr_slice rest, const nr_path *path, nr_arena *arena, nr_err *err)
{
    const nr_field *f = path->field;
    nr_slice first = {rest.p, nr_path_split(rest)};
    if (nr_lookup_later(first))
        return nr_fail(err, NR_E_NOLOOKUP, "lookup %s on field '%.*s' is not available in this version", NR_SHOW(first), NR_FMT(f->name));
    if (f->type->flags & NR_TF_RELATION)
        return nr_fail(err, NR_E_NOLOOKUP, "%s is no lookup; paths through the relation '%.*s' are not available in this version", NR_SHOW(first),
                       NR_FMT(f->name));
    nr_hint hint;
    nr_buf at = nr_buf_in(arena);
    const nr_type *type = nr_path_type(path);
    nr_path_print(path, &at);
    return nr_fail(err, NR_E_NOLOOKUP, "no lookup %s on field '%.*s' of type %s; %s", NR_SHOW(rest), NR_FMT(nr_buf_slice(&at)), type->name,
                   choices(type, rest, &hint));
}

bool nr_path_read(nr_slice rest, nr_path *path, const nr_lookup **lookup, nr_arena *arena, nr_err *err)
{
    size_t first_row = 0;
    *lookup = nr_lookup_next(&first_row);
    while (rest.p) {
        const nr_type *type = nr_path_type(path);
        size_t cut = nr_path_split(rest);
        nr_slice first = {rest.p, cut};
        const nr_transform *t = nr_transform_find(first);
        if (t && type && nr_transform_suits(t, type) && cut + 2 != rest.n) {
            if (!nr_path_transform(path, t))
                return nr_fail(err, NR_E_NOLOOKUP, "%s: too many transforms, %d at most", NR_SHOW(rest), NR_PATH_TRANSFORMS);
            rest = cut == rest.n ? (nr_slice){NULL, 0} : (nr_slice){rest.p + cut + 2, rest.n - cut - 2};
            continue;
        }
        const nr_lookup *l = nr_lookup_find(rest);
        if (!l || (type && !nr_lookup_suits(l, type))) return refuse(rest, path, arena, err);
        *lookup = l;
        return true;
    }
    return true;
}
