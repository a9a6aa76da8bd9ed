/* joined.c -- a term behind relations becomes a term of a field that is made for it. */
#include "query/joined.h"

static bool leads_to_one(nr_binder *b, const nr_route *r, nr_slice name, const char *clause)
{
    for (size_t i = 0; i < r->links.n; i++)
        if (r->links.at[i]->reverse)
            return nr_fail(b->err, NR_E_SYNTAX, "%s: %s: '%.*s' leads to any number of entities; PREFETCH gives them", clause, NR_SHOW(name),
                           NR_FMT(r->links.at[i]->name));
    return true;
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

bool nr_joined_term(nr_binder *b, nr_slice name, const char *clause, nr_joineds *all, nr_term *out)
{
    nr_route r;
    nr_slice rest = name;
    if (!nr_join_read(b, &rest, &r) || !leads_to_one(b, &r, name, clause) || !nr_term_bind(r.binder.schema, rest, clause, out, b->err)) return false;
    if (!r.links.n) return true;
    const nr_joined *j = find(all, &r, out->field);
    if (!j && all->n == NR_JOINED_MAX) return nr_fail(b->err, NR_E_LIMIT, "%s: at most %d fields of other models", clause, NR_JOINED_MAX);
    out->field = &(j ? j : add(b, &r, out->field, all))->field;
    return true;
}
