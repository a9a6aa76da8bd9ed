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

static bool same_way(const nr_joined *j, size_t from, const nr_link *const *links, size_t n)
{
    bool same = j->at == from && j->n_links == n;
    for (size_t i = 0; same && i < n; i++) same = j->links[i]->field == links[i]->field;
    return same;
}

bool nr_joined_same_way(const nr_joined *a, const nr_joined *b)
{
    return same_way(a, b->at, b->links, b->n_links);
}

static const nr_joined *find(const nr_joineds *all, size_t from, const nr_route *r, const nr_field *of)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i]->of == of && same_way(all->at[i], from, r->links.at, r->links.n)) return all->at[i];
    return NULL;
}

static const nr_joined *add(nr_binder *b, size_t from, const nr_route *r, const nr_field *of, nr_joineds *all)
{
    nr_joined *j = NR_NEW(b->arena, nr_joined);
    *j = (nr_joined){.field = *of, .at = from, .links = r->links.at, .n_links = r->links.n, .of = of};
    j->field.id = (uint16_t)(nr_schema_values(b->schema) + all->n);
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
    if (!nr_term_bind(r.binder.schema, rest, clause, b->arena, out, b->err)) return false;
    if (from || r.links.n) out->path.field = field_at(b, from, &r, out->path.field, clause, all);
    return out->path.field != NULL;
}

/* The ways to the models above, the nearest first. */
typedef NR_VEC(nr_route) ways;

static bool find_ways(nr_binder *b, bool by_key, ways *out)
{
    const nr_others *o = b->with.others;
    nr_route r = {.binder = *b};
    while (r.binder.schema->parent.p) {
        nr_link *up = NR_NEW(b->arena, nr_link);
        if (!nr_link_up(&r.binder, r.binder.schema, up)) return false;
        if (!(by_key ? o->open(o->ctx, b->schema->name, up->to->schema->name) != NULL : o->enter(o->ctx, b->schema->name, up->to))) return false;
        nr_vec_push(b->arena, &r.links, up);
        r.binder.schema = up->to->schema;
        nr_vec_push(b->arena, out, r);
    }
    return true;
}

static void add_column(nr_binder *b, nr_slice name, const nr_field *f, nr_columns *out)
{
    nr_vec_push(b->arena, &out->terms, nr_term_of(f));
    nr_vec_push(b->arena, &out->names, name);
}

static void add_above(nr_binder *b, const nr_inherited *above, const ways *all_ways, nr_joineds *all, nr_columns *out)
{
    const nr_route *r = all_ways->at;
    while (!nr_slice_eq(r->binder.schema->name, above->model)) r++;
    const nr_field *f = nr_schema_field(r->binder.schema, above->name);
    const nr_joined *j = f->pk ? NULL : find(all, 0, r, f);
    if (f->pk) f = nr_schema_pk(b->schema);
    else f = &(j ? j : add(b, 0, r, f, all))->field;
    add_column(b, above->name, f, out);
}

bool nr_joined_whole(nr_binder *b, bool by_key, nr_joineds *all, nr_columns *out)
{
    const nr_schema *s = b->schema;
    ways above = {0};
    size_t most = s->n_fields + s->inherited.n;
    *out = (nr_columns){{NR_NEW_N(b->arena, nr_term, most), 0, most}, {NR_NEW_N(b->arena, nr_slice, most), 0, most}};
    if (!find_ways(b, by_key, &above)) return false;
    add_column(b, s->fields[0].name, &s->fields[0], out);
    for (size_t i = 0; i < s->inherited.n; i++)
        if (!s->inherited.at[i].many) add_above(b, &s->inherited.at[i], &above, all, out);
    for (size_t i = 1; i < s->n_fields; i++) add_column(b, s->fields[i].name, &s->fields[i], out);
    return true;
}
