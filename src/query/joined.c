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

static bool same_way(const nr_joined *j, size_t from, const nr_route *r)
{
    bool same = j->at == from && j->n_links == r->links.n;
    for (size_t i = 0; same && i < j->n_links; i++) same = j->links[i]->field == r->links.at[i]->field;
    return same;
}

static const nr_joined *find(const nr_joineds *all, size_t from, const nr_route *r, const nr_field *of)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i]->of == of && same_way(all->at[i], from, r)) return all->at[i];
    return NULL;
}

static const nr_joined *add(nr_binder *b, size_t from, const nr_route *r, const nr_field *of, nr_joineds *all)
{
    nr_joined *j = NR_NEW(b->arena, nr_joined);
    *j = (nr_joined){.field = *of, .at = from, .links = r->links.at, .n_links = r->links.n, .of = of};
    j->field.id = (uint16_t)(b->schema->n_fields + all->n);
    nr_slice name = r->binder.as.p ? r->binder.as : of->name;
    j->field.name = nr_arena_printf(b->arena, "%.*s%.*s", NR_FMT(r->binder.before), NR_FMT(name));
    j->field.null = true;
    j->field.pk = false;
    nr_vec_push(b->arena, all, j);
    return j;
}

static const nr_field *field_at(nr_binder *b, size_t from, const nr_route *r, const nr_field *of, const char *clause, nr_joineds *all)
{
    const nr_joined *j = find(all, from, r, of);
    if (j) return &j->field;
    if (all->n < NR_JOINED_MAX) return &add(b, from, r, of, all)->field;
    nr_fail(b->err, NR_E_LIMIT, "%s: at most %d fields of other models", clause, NR_JOINED_MAX);
    return NULL;
}

const nr_field *nr_joined_field(nr_binder *b, const nr_route *r, const nr_field *of, const char *clause, nr_joineds *all)
{
    return field_at(b, 0, r, of, clause, all);
}

static bool read_paired(nr_binder *b, nr_slice *path, nr_pairings *pairings, nr_route *out, size_t *from)
{
    return nr_join_read(b, path, out) && nr_pairings_take(b, out, pairings, from);
}

bool nr_joined_term(nr_binder *b, nr_slice name, const char *clause, nr_joineds *all, nr_pairings *pairings, nr_term *out)
{
    nr_route r;
    nr_slice rest = name;
    size_t from = 0;
    if (!(pairings ? read_paired(b, &rest, pairings, &r, &from) : nr_joined_read(b, &rest, clause, &r))) return false;
    if (!nr_term_bind(r.binder.schema, rest, clause, out, b->err)) return false;
    if (from || r.links.n) out->field = field_at(b, from, &r, out->field, clause, all);
    return out->field != NULL;
}
