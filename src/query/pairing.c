/* pairing.c -- links to pairings. */
#include "query/pairing.h"

enum { MOST_PAIRINGS = 16 };

typedef NR_VEC(const nr_link *) links;

static bool same_links(const nr_pairing *p, const links *way)
{
    bool same = p->n_links == way->n;
    for (size_t i = 0; same && i < way->n; i++) same = p->links[i]->field == way->at[i]->field && p->links[i]->reverse == way->at[i]->reverse;
    return same;
}

static nr_slice name_of(nr_arena *arena, const nr_pairings *all, size_t from, const links *way)
{
    nr_buf name = nr_buf_in(arena);
    if (from) nr_buf_printf(&name, "%.*s__", NR_FMT(all->at[from - 1]->name));
    for (size_t i = 0; i < way->n; i++) nr_buf_printf(&name, "%s%.*s", i ? "__" : "", NR_FMT(way->at[i]->name));
    return nr_buf_slice(&name);
}

/* The row behind the links, of which the last one is in reverse. False: err. */
static bool pair_by(nr_binder *b, nr_pairings *all, const links *way, size_t *from)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i]->from == *from && same_links(all->at[i], way)) {
            *from = i + 1;
            return true;
        }
    if (all->n == MOST_PAIRINGS)
        return nr_fail(b->err, NR_E_LIMIT, "at most %d relations that lead to any number of entities in one AGGREGATE", MOST_PAIRINGS);
    nr_pairing *p = NR_NEW(b->arena, nr_pairing);
    *p = (nr_pairing){.from = *from, .links = way->at, .n_links = way->n, .to = way->at[way->n - 1]->to, .name = name_of(b->arena, all, *from, way)};
    nr_vec_push(b->arena, all, p);
    *from = all->n;
    return true;
}

bool nr_pairings_take(nr_binder *b, nr_route *r, nr_pairings *all, size_t *from)
{
    links way = {0};
    *from = 0;
    for (size_t i = 0; i < r->links.n; i++) {
        nr_vec_push(b->arena, &way, r->links.at[i]);
        if (!r->links.at[i]->reverse) continue;
        if (!pair_by(b, all, &way, from)) return false;
        way = (links){0};
    }
    r->links.at = way.at;
    r->links.n = way.n;
    r->links.cap = way.cap;
    return true;
}

/* -- conditions --------------------------------------------------------------------------------------------------------------------------- */

/* Where a part of the condition is asked: references behind a row of the pair. */
typedef struct place {
    size_t from;
    links references;
} place;

typedef struct pairer {
    nr_binder *b;
    nr_pairings *all;
} pairer;

static bool is_many(const nr_pred *p)
{
    bool many = p->op == NR_P_LINK && p->link->reverse;
    for (size_t i = 0; !many && (p->op == NR_P_LINK || nr_pred_is_tree(p)) && i < p->n; i++) many = is_many(p->kids[i]);
    return many;
}

static const nr_pred *over(nr_arena *arena, nr_pred like, const nr_pred *kid)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    const nr_pred **kids = NR_NEW(arena, const nr_pred *);
    *kids = kid;
    *p = like;
    p->kids = kids;
    p->n = 1;
    return p;
}

static const nr_pred *paired(const pairer *x, size_t from, const nr_pred *p)
{
    return from ? over(x->b->arena, (nr_pred){.op = NR_P_PAIRED, .at = from, .pairing = x->all->at[from - 1]}, p) : p;
}

static const nr_pred *pair(const pairer *x, place at, const nr_pred *p);

static const nr_pred *pair_link(const pairer *x, place at, const nr_pred *p)
{
    links way = {0};
    for (size_t i = 0; i < at.references.n; i++) nr_vec_push(x->b->arena, &way, at.references.at[i]);
    nr_vec_push(x->b->arena, &way, p->link);
    at.references = way;
    if (!p->link->reverse) return pair(x, at, p->kids[0]);
    if (!pair_by(x->b, x->all, &way, &at.from)) return NULL;
    return pair(x, (place){.from = at.from}, p->kids[0]);
}

/* AND, OR and NOT of what is all about one row of the pair are asked of it together. */
static const nr_pred *pair_tree(const pairer *x, place at, const nr_pred *p)
{
    nr_pred *out = NR_NEW(x->b->arena, nr_pred);
    const nr_pred **kids = NR_NEW_N(x->b->arena, const nr_pred *, p->n);
    bool one = true;
    for (size_t i = 0; i < p->n; i++) {
        kids[i] = pair(x, at, p->kids[i]);
        if (!kids[i]) return NULL;
        one = one && kids[i]->op == NR_P_PAIRED && kids[i]->at == kids[0]->at;
    }
    size_t from = one ? kids[0]->at : 0;
    for (size_t i = 0; from && i < p->n; i++) kids[i] = kids[i]->kids[0];
    *out = (nr_pred){.op = p->op, .kids = kids, .n = p->n};
    return paired(x, from, out);
}

/* As deep as the predicate. */
static const nr_pred *pair(const pairer *x, place at, const nr_pred *p)
{
    if (is_many(p)) return p->op == NR_P_LINK ? pair_link(x, at, p) : pair_tree(x, at, p);
    for (size_t i = at.references.n; i-- > 0;) p = over(x->b->arena, (nr_pred){.op = NR_P_LINK, .link = at.references.at[i]}, p);
    return paired(x, at.from, p);
}

const nr_pred *nr_pairings_bind(nr_binder *b, const nr_pred *p, nr_pairings *all)
{
    pairer x = {b, all};
    return p && is_many(p) ? pair(&x, (place){0}, p) : nr_join_scope(b, p);
}
