/* related.c -- relations by name, and the columns that they stand in. */
#include "query/related.h"

#include "query/bind.h"
#include "query/lookup.h"

/* -- references --------------------------------------------------------------------------------------------------------------------------- */

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

/* A path of a clause, and how far it has been read. */
typedef struct reader {
    nr_binder *b;
    const char *clause;
    nr_slice path;
    size_t at;          /* where the part in hand begins */
    size_t end;         /* and ends */
    const nr_schema *s; /* that it is named in */
    int parts;
} reader;

/* Puts the next part in hand; absent when there is none, or err. */
static nr_slice next_part(reader *r)
{
    const nr_slice none = {NULL, 0};
    if (r->parts && r->end >= r->path.n) return none;
    if (r->parts == NR_LINKS_MAX) {
        nr_fail(r->b->err, NR_E_LIMIT, "a path goes through %d relations at most", NR_LINKS_MAX);
        return none;
    }
    r->at = r->parts++ ? r->end + 2 : 0;
    nr_slice rest = {r->path.p + r->at, r->path.n - r->at};
    r->end = r->at + nr_path_split(rest);
    return (nr_slice){rest.p, r->end - r->at};
}

static bool leads_to_many(reader *r, nr_slice part)
{
    nr_route route;
    nr_binder at = *r->b;
    at.schema = r->s;
    return nr_join_read(&at, &part, &route) && route.links.n;
}

/* The reference that a part names. */
static const nr_field *reference(reader *r, nr_slice part)
{
    nr_binder *b = r->b;
    const nr_schema *holder = holder_of(b, r->s, part);
    const nr_field *f = holder ? nr_schema_field(holder, part) : NULL;
    bool many = holder && !f && leads_to_many(r, part);
    if (b->err->code) return NULL;
    if (f && f->pk && holder != r->s)
        nr_fail(b->err, NR_E_SYNTAX, "%s %s: '%.*s' is the key of the entity itself, whose fields stand in the reply", r->clause, NR_SHOW(r->path), NR_FMT(f->name));
    else if (many)
        nr_fail(b->err, NR_E_SYNTAX, "%s %s: %s leads to any number of entities; PREFETCH gives lists", r->clause, NR_SHOW(r->path), NR_SHOW(part));
    else if (!f) f = nr_schema_need(r->s, part, b->err);
    else if (!is_reference(f))
        nr_fail(b->err, NR_E_SYNTAX, "%s %s: field '%.*s' is no reference, but of type %s", r->clause, NR_SHOW(r->path), NR_FMT(f->name), f->type->name);
    else nr_field_has_spec(f, b->err);
    return b->err->code ? NULL : f;
}

/* Goes along the reference that a part names. */
static bool follow(reader *r, nr_slice part, step *out)
{
    const nr_others *o = r->b->with.others;
    const nr_field *f = reference(r, part);
    nr_model *to = !f ? NULL : f->to_field.p ? o->need(o->ctx, r->s->name, f->to) : o->open(o->ctx, r->s->name, f->to);
    if (!to || !open_above(r->b, to->schema)) return false;
    *out = (step){f, to};
    r->s = to->schema;
    return true;
}

/* How many steps of the chain a column goes, so that it holds the key of the last one's entity; 0: it goes another way. Links to models above are
 * no steps. */
static size_t steps_of(const nr_binder *b, const nr_term *t, const nr_joineds *joined, const chain *c)
{
    size_t own = nr_schema_values(b->schema), n = 0;
    bool same = true;
    if (!nr_term_plain(t) || !is_reference(t->path.field)) return 0;
    if (t->path.field->id < own) return t->path.field == c->at[0].field;
    const nr_joined *j = joined->at[t->path.field->id - own];
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

static nr_nest *need_nest(nr_arena *arena, nr_within *in, const step *s)
{
    for (size_t i = 0; i < in->nests.n; i++)
        if (in->nests.at[i]->field == s->field) return in->nests.at[i];
    nr_nest *fresh = nest_new(arena, s);
    nr_vec_push(arena, &in->nests, fresh);
    return fresh;
}

/* The columns of a reply, and what stands in their places. */
typedef struct columns {
    const nr_term *terms;
    size_t n;
    const nr_joineds *joined;
    nr_nest **nests;
} columns;

/* The entities that a chain of references leads to, from each column that stands on it: appended to out. */
static bool nest_chain(const reader *r, const chain *c, const columns *in, nr_nests *out)
{
    nr_binder *b = r->b;
    for (size_t i = 0; i < in->n; i++) {
        size_t at = steps_of(b, &in->terms[i], in->joined, c);
        if (!at || comes_again(in->terms, i)) continue;
        if (!in->nests[i]) in->nests[i] = nest_new(b->arena, &c->at[at - 1]);
        nr_nest *n = in->nests[i];
        for (; at < c->n; at++) n = need_nest(b->arena, &n->within, &c->at[at]);
        nr_vec_push(b->arena, out, n);
    }
    return out->n || nr_fail(b->err, NR_E_SYNTAX, "%s %s: FIELDS does not name '%.*s'", r->clause, NR_SHOW(r->path), NR_FMT(c->at[0].field->name));
}

static bool bind_with(nr_binder *b, nr_slice path, const columns *in)
{
    reader r = {.b = b, .clause = "WITH", .path = path, .s = b->schema};
    chain c = {.n = 0};
    nr_nests ends = {0};
    for (nr_slice part; (part = next_part(&r)).p; c.n++)
        if (!follow(&r, part, &c.at[c.n])) return false;
    return !b->err->code && nest_chain(&r, &c, in, &ends);
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
    if (!nr_join_read(b, &rest, &r)) return false;
    if (!r.links.n) return nr_schema_need(b->schema, part, b->err) != NULL;
    const nr_link *first = first_link(&r);
    if (!first || !first->reverse) return nr_fail(b->err, NR_E_SYNTAX, "PREFETCH %s: expected a relation", NR_SHOW(path));
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

/* The order of a list. */
static bool bind_list_order(nr_binder *b, nr_prefetch *p)
{
    nr_query *by = NR_NEW(b->arena, nr_query);
    if (!nr_query_by_ordering(p->to, &b->with, b->arena, by, b->err)) return false;
    p->by = by->n_order ? by : NULL;
    return true;
}

/* The list among others that a part means, made when it is new. NULL: err. */
static nr_prefetch *need_list(const reader *r, nr_slice part, nr_prefetches *among)
{
    nr_binder at = *r->b;
    nr_prefetch *p = NR_NEW(at.arena, nr_prefetch);
    nr_slice path = {r->path.p, r->end};
    at.schema = r->s;
    /* What holds it is found by the rows of its model. */
    if (r->s != r->b->schema && !at.with.others->need(at.with.others->ctx, r->b->schema->name, r->s->name)) return NULL;
    *p = (nr_prefetch){.name = nr_arena_copy(at.arena, part), .path = nr_arena_copy(at.arena, path)};
    if (!read_relation(&at, part, path, p) || !open_above(&at, p->to->schema)) return NULL;
    for (size_t i = 0; i < among->n; i++)
        if (same_steps(among->at[i], p)) return among->at[i];
    if (!bind_list_order(&at, p)) return NULL;
    nr_vec_push(at.arena, among, p);
    return p;
}

/* Where a path of PREFETCH has led so far: several places when FIELDS names several ways to it. */
typedef struct place {
    nr_within *within;
    nr_prefetches *lists; /* of within, or those of the rows */
    bool *named;
} place;

typedef NR_VEC(place) places;

static void go_to_nest(nr_arena *arena, nr_nest *n, places *out)
{
    nr_vec_push(arena, out, ((place){&n->within, &n->within.lists, &n->named}));
}

/* Whether a part is a field's name, and not that of a relation to any number of entities. */
static bool names_field(const reader *r, nr_slice part)
{
    const nr_schema *holder = holder_of(r->b, r->s, part);
    return holder && nr_schema_field(holder, part);
}

/* The references that a path begins with lead to columns. *part: the first part behind them, absent: there is none. */
static bool bind_beginning(reader *r, const columns *in, nr_related *out, nr_slice *part, places *at)
{
    nr_arena *arena = r->b->arena;
    chain c = {.n = 0};
    nr_nests ends = {0};
    while ((*part = next_part(r)).p && names_field(r, *part))
        if (!follow(r, *part, &c.at[c.n++])) return false;
    if (r->b->err->code || (c.n && !nest_chain(r, &c, in, &ends))) return false;
    for (size_t i = 0; i < ends.n; i++) go_to_nest(arena, ends.at[i], at);
    if (!c.n) nr_vec_push(arena, at, ((place){NULL, &out->lists, NULL}));
    return true;
}

/* Goes on from each place along a reference, behind which the model is the next one's, or into a list. */
static bool bind_part(reader *r, nr_slice part, places *at)
{
    nr_arena *arena = r->b->arena;
    const nr_schema *s = r->s;
    places next = {0};
    step along;
    bool one = names_field(r, part);
    if (r->b->err->code || (one && !follow(r, part, &along))) return false;
    for (size_t i = 0; i < at->n; i++) {
        if (one) {
            go_to_nest(arena, need_nest(arena, at->at[i].within, &along), &next);
            continue;
        }
        nr_prefetch *p = need_list(r, part, at->at[i].lists);
        if (!p) return false;
        nr_vec_push(arena, &next, ((place){&p->within, &p->within.lists, &p->named}));
        s = p->to->schema;
    }
    if (!one) r->s = s;
    *at = next;
    return true;
}

/* Entities in places and lists in one another, those on the way too. */
static bool bind_prefetch(nr_binder *b, nr_slice path, const columns *in, nr_related *out)
{
    reader r = {.b = b, .clause = "PREFETCH", .path = path, .s = b->schema};
    places at = {0};
    nr_slice part;
    if (!bind_beginning(&r, in, out, &part, &at)) return false;
    for (; part.p; part = next_part(&r))
        if (!bind_part(&r, part, &at)) return false;
    if (b->err->code) return false;
    for (size_t i = 0; i < at.n; i++) {
        if (*at.at[i].named) return nr_fail(b->err, NR_E_SYNTAX, "PREFETCH names %s twice", NR_SHOW(path));
        *at.at[i].named = true;
    }
    return true;
}

bool nr_related_bind(nr_binder *b, const nr_ast *ast, const nr_term *terms, size_t n_columns, const nr_joineds *joined, nr_related *out)
{
    bool any = ast->with.n || ast->prefetch.n;
    columns in = {terms, n_columns, joined, any ? NR_NEW_N(b->arena, nr_nest *, n_columns) : NULL};
    *out = (nr_related){0};
    for (size_t i = 0; i < ast->with.n; i++)
        if (!bind_with(b, ast->with.at[i], &in)) return false;
    if (ast->prefetch.n && ast->flat) return nr_fail(b->err, NR_E_SYNTAX, "PREFETCH and FLAT exclude each other: a bare value has no place for lists");
    for (size_t i = 0; i < ast->prefetch.n; i++)
        if (!bind_prefetch(b, ast->prefetch.at[i], &in, out)) return false;
    for (size_t i = 0; any && i < n_columns; i++)
        if (in.nests[i]) out->nests = in.nests;
    if (out->nests) out->n_nests = n_columns;
    return true;
}
