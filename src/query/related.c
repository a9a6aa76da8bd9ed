/* related.c -- relations by name, and the columns that they stand in. */
#include "query/related.h"

#include "query/lookup.h"

/* -- WITH --------------------------------------------------------------------------------------------------------------------------------- */

typedef struct step {
    const nr_field *field;
    nr_model *to;
} step;

typedef struct chain {
    step at[NR_LINKS_MAX];
    size_t n;
} chain;

static bool is_reference(const nr_field *f)
{
    return (f->type->flags & NR_TF_RELATION) != 0;
}

/* The model above s. NULL: err. */
static const nr_schema *open_parent(nr_binder *b, const nr_schema *s)
{
    const nr_others *o = b->with.others;
    const nr_model *parent = o->open(o->ctx, b->schema->name, s->parent);
    return parent ? parent->schema : NULL;
}

/* All models above s, which has entities in the reply. */
static bool open_above(nr_binder *b, const nr_schema *s)
{
    while (s && s->parent.p) s = open_parent(b, s);
    return s != NULL;
}

/* The model whose reference a part names: s, or one above it. NULL: err. */
static const nr_schema *holder_of(nr_binder *b, const nr_schema *s, nr_slice part)
{
    while (s && !nr_schema_field(s, part) && s->parent.p) s = open_parent(b, s);
    return s;
}

/* The reference that a part names. */
static const nr_field *reference(nr_binder *b, const nr_schema *s, nr_slice part, nr_slice path)
{
    nr_route r;
    nr_slice rest = part;
    nr_binder at = *b;
    at.schema = s;
    const nr_schema *holder = holder_of(b, s, part);
    const nr_field *f = holder ? nr_schema_field(holder, part) : NULL;
    bool many = holder && !f && nr_join_read(&at, &rest, &r) && r.links.n;
    if (b->err->code) return NULL;
    if (f && f->pk && holder != s)
        nr_fail(b->err, NR_E_SYNTAX, "WITH %s: '%.*s' is the key of the entity itself, whose fields stand in the reply", NR_SHOW(path), NR_FMT(f->name));
    else if (many) nr_fail(b->err, NR_E_SYNTAX, "WITH %s: %s leads to any number of entities; PREFETCH gives lists", NR_SHOW(path), NR_SHOW(part));
    else if (!f) f = nr_schema_need(s, part, b->err);
    else if (!is_reference(f))
        nr_fail(b->err, NR_E_SYNTAX, "WITH %s: field '%.*s' is no reference, but of type %s", NR_SHOW(path), NR_FMT(f->name), f->type->name);
    else if (!f->spec.type)
        nr_fail(b->err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined", NR_FMT(f->name), NR_FMT(nr_field_unknown(f)));
    return b->err->code ? NULL : f;
}

static bool read_chain(nr_binder *b, nr_slice path, chain *out)
{
    const nr_others *o = b->with.others;
    const nr_schema *s = b->schema;
    nr_slice rest = path;
    out->n = 0;
    while (rest.p) {
        size_t cut = nr_path_split(rest);
        if (out->n == NR_LINKS_MAX) return nr_fail(b->err, NR_E_LIMIT, "a path goes through %d relations at most", NR_LINKS_MAX);
        const nr_field *f = reference(b, s, (nr_slice){rest.p, cut}, path);
        nr_model *to = !f ? NULL : f->to_field.p ? o->need(o->ctx, s->name, f->to) : o->open(o->ctx, s->name, f->to);
        if (!to || !open_above(b, to->schema)) return false;
        out->at[out->n++] = (step){f, to};
        s = to->schema;
        rest = cut < rest.n ? (nr_slice){rest.p + cut + 2, rest.n - cut - 2} : (nr_slice){NULL, 0};
    }
    return true;
}

/* How many steps of the chain a column goes, so that it holds the key of the last one's entity; 0: it goes another way. Links to models above are
 * no steps. */
static size_t steps_of(const nr_binder *b, const nr_term *t, const nr_joineds *joined, const chain *c)
{
    size_t own = nr_schema_values(b->schema), n = 0;
    bool same = true;
    if (!nr_term_plain(t) || !is_reference(t->field)) return 0;
    if (t->field->id < own) return t->field == c->at[0].field;
    const nr_joined *j = joined->at[t->field->id - own];
    for (size_t i = 0; same && i < j->n_links; i++) {
        if (j->links[i]->up) continue;
        same = n < c->n && j->links[i]->field == c->at[n].field;
        n++;
    }
    return same && n < c->n && j->of == c->at[n].field ? n + 1 : 0;
}

/* Whether a column gives what one before it does: of a whole entity the keys of models above, which stay values. */
static bool comes_again(const nr_term *columns, size_t at)
{
    size_t i = 0;
    while (i < at && !nr_term_eq(&columns[i], &columns[at])) i++;
    return i < at;
}

static nr_nest *nest_new(nr_arena *arena, const step *s)
{
    nr_nest *n = NR_NEW(arena, nr_nest);
    *n = (nr_nest){.field = s->field, .to = s->to};
    return n;
}

static nr_nest *inner_of(nr_arena *arena, nr_nest *n, const step *s)
{
    for (size_t i = 0; i < n->inner.n; i++)
        if (n->inner.at[i]->field == s->field) return n->inner.at[i];
    nr_nest *fresh = nest_new(arena, s);
    nr_vec_push(arena, &n->inner, fresh);
    return fresh;
}

static bool bind_with(nr_binder *b, nr_slice path, const nr_term *columns, size_t n_columns, const nr_joineds *joined, nr_nest **nests)
{
    chain c;
    bool found = false;
    if (!read_chain(b, path, &c)) return false;
    for (size_t i = 0; i < n_columns; i++) {
        size_t at = steps_of(b, &columns[i], joined, &c);
        if (!at || comes_again(columns, i)) continue;
        if (!nests[i]) nests[i] = nest_new(b->arena, &c.at[at - 1]);
        for (nr_nest *n = nests[i]; at < c.n; at++) n = inner_of(b->arena, n, &c.at[at]);
        found = true;
    }
    return found || nr_fail(b->err, NR_E_SYNTAX, "WITH %s: FIELDS does not name '%.*s'", NR_SHOW(path), NR_FMT(c.at[0].field->name));
}

/* -- PREFETCH ----------------------------------------------------------------------------------------------------------------------------- */

/* The first link that is not to a model above; NULL: there is none. */
static const nr_link *first_link(const nr_route *r)
{
    size_t i = 0;
    while (i < r->links.n && r->links.at[i]->up) i++;
    return i < r->links.n ? r->links.at[i] : NULL;
}

/* One part of a path. What it leads to in the end may be named by a reference of the last model on the way. */
static bool read_relation(nr_binder *b, nr_slice part, nr_slice path, nr_prefetch *out)
{
    const nr_others *o = b->with.others;
    nr_route r;
    nr_slice rest = part;
    const nr_field *own = nr_schema_field(b->schema, part);
    if (!nr_join_read(b, &rest, &r)) return false;
    if (!r.links.n && !own) return nr_schema_need(b->schema, part, b->err) != NULL;
    const nr_link *first = first_link(&r);
    if (!first && !own) own = nr_schema_field(r.binder.schema, rest);
    if (!first || !first->reverse)
        return nr_fail(b->err, NR_E_SYNTAX, "PREFETCH %s: expected a relation to any number of entities%s", NR_SHOW(path),
                       own && is_reference(own) && part.n == path.n ? "; WITH puts the one of a reference in its place" : "");
    const nr_field *last = r.implied ? NULL : nr_schema_field(r.binder.schema, rest);
    if (last && is_reference(last)) {
        nr_link *on = NR_NEW(b->arena, nr_link);
        *on = (nr_link){.name = last->name, .to = o->need(o->ctx, b->schema->name, last->to), .field = last};
        if (!on->to) return false;
        nr_vec_push(b->arena, &r.links, on);
    }
    out->steps = r.links.at;
    out->n_steps = r.links.n;
    out->to = r.links.at[r.links.n - 1]->to;
    return true;
}

static bool same_steps(const nr_prefetch *a, const nr_prefetch *b)
{
    bool same = a->n_steps == b->n_steps;
    for (size_t i = 0; same && i < a->n_steps; i++) same = a->steps[i]->field == b->steps[i]->field && a->steps[i]->reverse == b->steps[i]->reverse;
    return same;
}

/* The list among others that the last part of a path means, made when it is new. NULL: err. */
static nr_prefetch *need_list(nr_binder *b, nr_slice part, nr_slice path, nr_prefetches *among)
{
    nr_prefetch *p = NR_NEW(b->arena, nr_prefetch);
    *p = (nr_prefetch){.name = nr_arena_copy(b->arena, part), .path = nr_arena_copy(b->arena, path)};
    if (!read_relation(b, part, path, p) || !open_above(b, p->to->schema)) return NULL;
    for (size_t i = 0; i < among->n; i++)
        if (same_steps(among->at[i], p)) return among->at[i];
    nr_vec_push(b->arena, among, p);
    return p;
}

/* Lists in lists, those on the way too. */
static bool bind_prefetch(nr_binder *b, nr_slice path, nr_related *out)
{
    nr_prefetches *among = &out->lists;
    nr_prefetch *p = NULL;
    nr_binder at = *b;
    size_t from = 0, end = 0;
    for (int parts = 0; end < path.n || !parts; parts++, from = end + 2) {
        if (parts == NR_LINKS_MAX) return nr_fail(b->err, NR_E_LIMIT, "a path goes through %d relations at most", NR_LINKS_MAX);
        end = from + nr_path_split((nr_slice){path.p + from, path.n - from});
        p = need_list(&at, (nr_slice){path.p + from, end - from}, (nr_slice){path.p, end}, among);
        if (!p) return false;
        among = &p->inner;
        at.schema = p->to->schema;
    }
    if (p->named) return nr_fail(b->err, NR_E_SYNTAX, "PREFETCH names %s twice", NR_SHOW(path));
    return p->named = true;
}

bool nr_related_bind(nr_binder *b, const nr_ast *ast, const nr_term *columns, size_t n_columns, const nr_joineds *joined, nr_related *out)
{
    nr_nest **nests = ast->with.n ? NR_NEW_N(b->arena, nr_nest *, n_columns) : NULL;
    *out = (nr_related){.nests = nests};
    for (size_t i = 0; i < ast->with.n; i++)
        if (!bind_with(b, ast->with.at[i], columns, n_columns, joined, nests)) return false;
    if (ast->prefetch.n && ast->flat) return nr_fail(b->err, NR_E_SYNTAX, "PREFETCH and FLAT exclude each other: a bare value has no place for lists");
    for (size_t i = 0; i < ast->prefetch.n; i++)
        if (!bind_prefetch(b, ast->prefetch.at[i], out)) return false;
    return true;
}
