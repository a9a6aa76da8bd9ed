/* joined.c -- a term behind relations becomes a term of a field that is made for it. */
#include "query/joined.h"

static const nr_link *first_reverse(const nr_route *r)
{
    for (size_t i = 0; i < r->links.n; i++)
        if (r->links.at[i]->reverse) return r->links.at[i];
    return NULL;
}

bool nr_joined_read(nr_binder *b, nr_slice *path, const char *clause, nr_route *out)
{
    nr_slice whole = *path;
    if (!nr_join_read(b, path, out)) return false;
    const nr_link *many = first_reverse(out);
    return !many || nr_fail(b->err, NR_E_SYNTAX, "%s: %s: '%.*s' leads to any number of entities, expected one value; PREFETCH gives lists", clause,
                            NR_SHOW(whole), NR_FMT(many->name));
}

static bool same_way(const nr_joined *j, const nr_route *r)
{
    bool same = j->n_links == r->links.n;
    for (size_t i = 0; same && i < j->n_links; i++) same = j->links[i]->field == r->links.at[i]->field;
    return same;
}

static const nr_joined *find(const nr_joineds *all, const nr_route *r, const nr_field *of)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i]->of == of && same_way(all->at[i], r)) return all->at[i];
    return NULL;
}

static const nr_joined *add(nr_binder *b, const nr_route *r, const nr_field *of, nr_joineds *all)
{
    nr_joined *j = NR_NEW(b->arena, nr_joined);
    *j = (nr_joined){.field = *of, .links = r->links.at, .n_links = r->links.n, .of = of};
    j->field.id = (uint16_t)(b->schema->n_fields + all->n);
    j->field.name = nr_arena_printf(b->arena, "%.*s%.*s", NR_FMT(r->binder.before), NR_FMT(of->name));
    j->field.null = true;
    j->field.pk = false;
    nr_vec_push(b->arena, all, j);
    return j;
}

const nr_field *nr_joined_field(nr_binder *b, const nr_route *r, const nr_field *of, const char *clause, nr_joineds *all)
{
    const nr_joined *j = find(all, r, of);
    if (j) return &j->field;
    if (all->n < NR_JOINED_MAX) return &add(b, r, of, all)->field;
    nr_fail(b->err, NR_E_LIMIT, "%s: at most %d fields of other models", clause, NR_JOINED_MAX);
    return NULL;
}

bool nr_joined_term(nr_binder *b, nr_slice name, const char *clause, nr_joineds *all, nr_term *out)
{
    nr_route r;
    nr_slice rest = name;
    if (!nr_joined_read(b, &rest, clause, &r) || !nr_term_bind(r.binder.schema, rest, clause, out, b->err)) return false;
    if (r.links.n) out->field = nr_joined_field(b, &r, out->field, clause, all);
    return out->field != NULL;
}
