/* join.c -- from names of relations to links, and which conditions are about the same entity. */
#include "query/join.h"

#include "model/through.h"
#include "query/lookup.h"

enum { MOST_MIXES = 1000 };

/* -- names -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_reference(const nr_field *f)
{
    return (f->type->flags & NR_TF_RELATION) != 0;
}

nr_slice nr_link_reverse_name(const nr_schema *s, const nr_field *f, nr_arena *arena)
{
    if (nr_slice_is(f->related_name, "+")) return (nr_slice){NULL, 0};
    return f->related_name.p ? f->related_name : nr_model_short_name(s->name, arena);
}

bool nr_link_is_named(const nr_schema *s, const nr_field *f, nr_slice name, nr_arena *arena)
{
    nr_slice own = nr_link_reverse_name(s, f, arena);
    if (!own.p) return false;
    bool set = !f->related_name.p && name.n == own.n + 4 && nr_slice_starts(name, own) && memcmp(name.p + own.n, "_set", 4) == 0;
    return set || nr_slice_eq(name, own);
}

static nr_slice first_part(nr_slice path)
{
    return (nr_slice){path.p, nr_path_split(path)};
}

/* What stands behind the first part; absent: nothing. */
static nr_slice behind(nr_slice path)
{
    size_t cut = nr_path_split(path);
    return cut < path.n ? (nr_slice){path.p + cut + 2, path.n - cut - 2} : (nr_slice){NULL, 0};
}

static nr_slice put_before(nr_binder *b, nr_slice part, nr_slice rest)
{
    return rest.p ? nr_arena_printf(b->arena, "%.*s__%.*s", NR_FMT(part), NR_FMT(rest)) : part;
}

/* The reference of that reverse name to the model of a schema. *out NULL: there is none. */
static bool find_reverse(nr_binder *b, const nr_schema *s, nr_slice name, nr_link *out)
{
    const nr_others *o = b->with.others;
    size_t at = 0;
    nr_model *m = NULL;
    *out = (nr_link){.name = name, .reverse = true};
    while (o) {
        if (!o->next(o->ctx, &at, &m)) return false;
        if (!m) break;
        for (size_t i = 0; !m->schema->abstract && i < m->schema->n_fields; i++) {
            const nr_field *f = &m->schema->fields[i];
            if (!is_reference(f) || !nr_slice_eq(f->to, s->name) || !nr_link_is_named(m->schema, f, name, b->arena)) continue;
            if (out->field)
                return nr_fail(b->err, NR_E_NOFIELD, "%s names two references to %.*s: give them a related_name", NR_SHOW(name), NR_FMT(s->name));
            out->field = f;
            out->to = m;
        }
    }
    return true;
}

/* The references that hold an m2m field of s. One that is not defined is NOMODEL. */
static bool find_ends(nr_binder *b, const nr_schema *s, const nr_field *f, nr_many *out)
{
    nr_model *m = b->with.others->find(b->with.others->ctx, f->through);
    nr_ends ends;
    if (!m && !b->err->code)
        return nr_fail(b->err, NR_E_NOMODEL, "'%.*s' of %.*s is held by model '%.*s', which is not defined", NR_FMT(f->name), NR_FMT(s->name),
                       NR_FMT(f->through));
    if (!m || !nr_through_ends(m->schema, s, f, &ends, b->err)) return false;
    *out = (nr_many){m, ends.near, ends.far};
    return true;
}

bool nr_many_find(nr_binder *b, const nr_schema *s, nr_slice name, nr_many *out)
{
    const nr_others *o = b->with.others;
    const nr_field *own = nr_schema_many(s, name);
    size_t at = 0;
    nr_model *m = NULL;
    *out = (nr_many){0};
    if (own) return find_ends(b, s, own, out);
    while (!out->through) {
        if (!o->next(o->ctx, &at, &m)) return false;
        if (!m) break;
        for (size_t i = 0; !m->schema->abstract && i < m->schema->n_many; i++) {
            const nr_field *f = &m->schema->many[i];
            if (!nr_slice_eq(f->to, s->name) || !nr_link_is_named(m->schema, f, name, b->arena)) continue;
            if (!find_ends(b, m->schema, f, out)) return false;
            *out = (nr_many){out->through, out->far, out->near};
        }
    }
    return true;
}

/* The model that s extends. NULL: it does not, or err. */
static nr_model *parent_of(nr_binder *b, const nr_schema *s)
{
    return s->parent.p && b->with.others ? b->with.others->find(b->with.others->ctx, s->parent) : NULL;
}

/* Whether a name is a field of the model, or a relation to it. */
static bool has_own_step(nr_binder *b, const nr_schema *s, nr_slice name, bool *has)
{
    nr_link reverse = {0};
    nr_many many = {0};
    *has = nr_schema_field(s, name) || nr_schema_many(s, name);
    if (*has) return true;
    if (!find_reverse(b, s, name, &reverse) || (!reverse.field && !nr_many_find(b, s, name, &many))) return false;
    *has = reverse.field || many.through;
    return true;
}

/* The same of the model or one above it. */
static bool has_step(nr_binder *b, const nr_schema *s, nr_slice name, bool *has)
{
    *has = nr_schema_inherits(s, name) != NULL;
    while (s && !*has) {
        if (!has_own_step(b, s, name, has)) return false;
        const nr_model *parent = parent_of(b, s);
        s = parent ? parent->schema : NULL;
    }
    return !b->err->code;
}

static bool names_lookup(const nr_field *f, nr_slice part)
{
    return nr_lookup_for(part, f->spec.type) || nr_transform_find(part);
}

/* -- paths -------------------------------------------------------------------------------------------------------------------------------- */

static nr_model *target_of(nr_binder *b, const nr_field *f)
{
    return is_reference(f) && f->spec.type ? b->with.others->find(b->with.others->ctx, f->to) : NULL;
}

/* Takes off the path, behind a reference to a model, the field that the reference holds: its primary key, but for `to_field`. Where that is a reference itself,
 * so is the one behind it. *through: what is left, which may be absent, is no lookup on the last of them but goes on from it. */
static bool take_held(nr_binder *b, const nr_field *f, const nr_model *to, nr_slice *path, unsigned *taken, bool *through)
{
    const nr_field *held = to ? nr_field_held(f, to->schema) : NULL, *last = NULL;
    *through = false;
    while (held && path->p && nr_schema_field(to->schema, first_part(*path)) == held) {
        last = held;
        *path = behind(*path);
        to = target_of(b, last);
        held = to ? nr_field_held(last, to->schema) : NULL;
        ++*taken;
    }
    if (!last || !path->p) return true;
    if (!to) return !b->err->code && nr_field_has_spec(last, b->err);
    *through = !names_lookup(last, first_part(*path));
    return *through || has_step(b, to->schema, first_part(*path), through);
}

/* A step from a reference to its target, if rest asks for one: the field that the reference holds is the reference itself. */
static bool step_forward(nr_binder *b, const nr_field *f, nr_slice *path, nr_link *out, nr_route *r)
{
    nr_slice rest = behind(*path), next = first_part(rest);
    nr_model *to = target_of(b, f);
    bool has;
    if (!to) return !b->err->code; /* binding what is left says which model is missing */
    if (!has_step(b, to->schema, next, &has)) return false;
    if (!has && names_lookup(f, next)) return true;
    if (!has) return b->with.others->enter(b->with.others->ctx, b->schema->name, to) && nr_schema_need(to->schema, next, b->err);
    nr_slice more = rest;
    unsigned taken = 0;
    bool through;
    if (!take_held(b, f, to, &more, &taken, &through)) return false;
    if (taken && !through) {
        r->taken = taken;
        *path = put_before(b, first_part(*path), more);
        return true;
    }
    *out = (nr_link){.name = f->name, .to = to, .field = f};
    *path = rest;
    return true;
}

static bool step_back(nr_binder *b, const nr_schema *s, nr_slice *path, nr_link *out, nr_route *r)
{
    nr_slice rest = behind(*path);
    bool has = false;
    if (!find_reverse(b, s, first_part(*path), out)) return false;
    if (!out->field) return true; /* binding says that there is no such field */
    if (rest.p && !has_step(b, out->to->schema, first_part(rest), &has)) return false;
    bool unknown = rest.p && !has && !nr_lookup_find(first_part(rest)) && !nr_transform_find(first_part(rest));
    if (unknown) return nr_schema_need(out->to->schema, first_part(rest), b->err) != NULL;
    r->implied = !has;
    *path = has ? rest : put_before(b, NR_S("pk"), rest);
    return true;
}

/* Back to what holds the relation; the reference from there on stands at the front of the path then. */
static bool step_across(nr_binder *b, const nr_schema *s, nr_slice *path, nr_link *out, nr_route *r)
{
    nr_slice name = first_part(*path);
    nr_many many;
    if (!nr_many_find(b, s, name, &many)) return false;
    if (!many.through) return true; /* binding says that there is no such field */
    *out = (nr_link){.name = name, .to = many.through, .field = many.near, .reverse = true};
    *path = put_before(b, many.far->name, behind(*path));
    r->across = true;
    return true;
}

bool nr_link_up(nr_binder *b, const nr_schema *s, nr_link *out)
{
    const nr_field *f = nr_schema_pk(s);
    nr_model *to = parent_of(b, s);
    *out = (nr_link){.name = f->name, .to = to, .field = f, .up = true};
    if (!to && !b->err->code) nr_fail(b->err, NR_E_NOMODEL, "model '%.*s', which %.*s extends, is not defined", NR_FMT(s->parent), NR_FMT(s->name));
    return to != NULL;
}

/* A name that is a model's above: the path goes on behind the references up to that one. */
static bool step_up(nr_binder *b, const nr_schema *s, nr_slice *path, nr_route *r)
{
    nr_slice name = first_part(*path), way = *path;
    const nr_inherited *known = nr_schema_inherits(s, name);
    NR_VEC(const nr_field *) steps = {0};
    for (bool here = false; !here;) {
        const nr_model *parent = parent_of(b, s);
        if (!parent) return !b->err->code; /* binding says that there is no such field */
        nr_vec_push(b->arena, &steps, nr_schema_pk(s));
        s = parent->schema;
        if (known) here = nr_slice_eq(s->name, known->model);
        else if (!has_own_step(b, s, name, &here)) return false;
    }
    for (size_t i = steps.n; i > 0; i--) way = put_before(b, steps.at[i - 1]->name, way);
    *path = way;
    r->up = (unsigned)steps.n;
    return true;
}

/* What a name stands for that is no field of the model. */
static bool step_aside(nr_binder *b, const nr_schema *s, nr_slice *path, nr_link *out, nr_route *r)
{
    if (nr_schema_inherits(s, first_part(*path))) return step_up(b, s, path, r);
    if (!step_back(b, s, path, out, r) || (!out->field && !step_across(b, s, path, out, r))) return false;
    return out->field || step_up(b, s, path, r);
}

static bool add_link(nr_binder *b, const nr_link *link, nr_route *r)
{
    if (r->links.n == NR_LINKS_MAX) return nr_fail(b->err, NR_E_LIMIT, "a path goes through %d relations at most", NR_LINKS_MAX);
    if (!b->with.others->enter(b->with.others->ctx, b->schema->name, link->to) || !nr_field_has_spec(link->field, b->err)) return false;
    nr_link *copy = NR_NEW(b->arena, nr_link);
    *copy = *link;
    copy->name = nr_arena_copy(b->arena, link->name);
    copy->up = r->up > 0;
    r->up -= copy->up;
    nr_vec_push(b->arena, &r->links, copy);
    r->binder.schema = link->to->schema;
    if (copy->up) return true;
    nr_slice as = r->binder.as.p ? r->binder.as : copy->name;
    r->binder.as = r->across ? as : (nr_slice){NULL, 0};
    if (!r->across) r->binder.before = nr_arena_printf(b->arena, "%.*s%.*s__", NR_FMT(r->binder.before), NR_FMT(as));
    r->across = false;
    return true;
}

bool nr_join_read(nr_binder *b, nr_slice *path, nr_route *out)
{
    *out = (nr_route){.binder = *b};
    while (b->with.others && !b->find) {
        const nr_schema *s = out->binder.schema;
        const nr_field *f = nr_schema_field(s, first_part(*path));
        nr_link link = {0};
        if (f && (!is_reference(f) || !behind(*path).p)) return true;
        if (!(f ? step_forward(b, f, path, &link, out) : step_aside(b, s, path, &link, out))) return false;
        if (!link.field && !f && out->up) continue;
        if (!link.field) return true;
        if (!add_link(b, &link, out)) return false;
    }
    return true;
}

nr_slice nr_join_lookup(nr_binder *b, nr_slice path, const char *lookup)
{
    nr_route r;
    nr_slice rest = path;
    if (!nr_join_read(b, &rest, &r)) return (nr_slice){NULL, 0};
    const nr_field *f = b->find || !b->with.others ? NULL : nr_schema_field(r.binder.schema, rest);
    nr_buf whole = nr_buf_in(b->arena);
    nr_buf_add(&whole, path);
    if (f && r.implied) nr_buf_printf(&whole, "__pk");
    for (unsigned taken = 0; f && is_reference(f); taken++) {
        const nr_model *to = target_of(b, f);
        const nr_field *held = to ? nr_field_held(f, to->schema) : NULL;
        if (taken >= r.taken) nr_buf_printf(&whole, "__%.*s", NR_FMT(held && held->id ? held->name : NR_S("pk")));
        f = held;
    }
    nr_buf_printf(&whole, "%s", lookup);
    return nr_buf_slice(&whole);
}

static const nr_pred *link_over(nr_arena *arena, const nr_link *link, const nr_pred *kid)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    const nr_pred **kids = NR_NEW(arena, const nr_pred *);
    *kids = kid;
    *p = (nr_pred){.op = NR_P_LINK, .link = link, .n = 1, .kids = kids};
    return p;
}

const nr_pred *nr_join_along(nr_arena *arena, const nr_link *const *links, size_t n, const nr_pred *leaf)
{
    for (size_t i = n; leaf && i > 0; i--) leaf = link_over(arena, links[i - 1], leaf);
    return leaf;
}

const nr_pred *nr_join_wrap(const nr_route *r, const nr_pred *leaf)
{
    return nr_join_along(r->binder.arena, r->links.at, r->links.n, leaf);
}

/* -- scopes -------------------------------------------------------------------------------------------------------------------------------
 *
 * Without NOT between them all conditions on a relation are about one entity. Then AND and OR of LINKs of one relation are a LINK of their AND or OR. What is left are ANDs
 * in which an OR has conditions on a relation beside others, and something else of the AND has some on it too: the OR is drawn to the front. */

typedef NR_VEC(const nr_pred *) preds;

typedef struct scoping {
    nr_binder *b;
    int mixes;
} scoping;

static const nr_pred *scope(scoping *s, const nr_pred *p);

static bool same_link(const nr_link *a, const nr_link *b)
{
    return a->field == b->field && a->reverse == b->reverse && a->to == b->to;
}

static const nr_pred *list_of(nr_arena *arena, nr_pred_op op, const preds *kids)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    if (kids->n == 1 && op != NR_P_NOT) return kids->at[0];
    *p = (nr_pred){.op = op, .kids = kids->at, .n = kids->n};
    return p;
}

/* Whether a relation in it leads to any number of entities. */
static bool is_many(const nr_pred *p)
{
    bool many = p->op == NR_P_LINK && p->link->reverse;
    for (size_t i = 0; !many && (p->op == NR_P_LINK || p->op == NR_P_AND || p->op == NR_P_OR) && i < p->n; i++) many = is_many(p->kids[i]);
    return many;
}

/* Whether p has a condition on the relation, which several entities can meet. */
static bool asks_of(const nr_pred *p, const nr_link *link)
{
    if (p->op == NR_P_LINK) return same_link(p->link, link);
    bool asks = false;
    for (size_t i = 0; !asks && (p->op == NR_P_AND || p->op == NR_P_OR) && i < p->n; i++) asks = asks_of(p->kids[i], link);
    return asks;
}

/* Whether p and another one have conditions on one relation whose entities differ. */
static bool shares(const nr_pred *p, const nr_pred *other)
{
    if (p->op == NR_P_LINK) return is_many(p) && asks_of(other, p->link);
    bool some = false;
    for (size_t i = 0; !some && (p->op == NR_P_AND || p->op == NR_P_OR) && i < p->n; i++) some = shares(p->kids[i], other);
    return some;
}

/* LINKs of one relation become one, where the first of them stood. */
static const nr_pred *merge(scoping *s, nr_pred_op op, preds *kids)
{
    nr_arena *arena = s->b->arena;
    size_t n = 0;
    for (size_t i = 0; i < kids->n; i++) {
        const nr_pred *p = kids->at[i];
        if (!p) continue;
        preds same = {0};
        for (size_t k = i; p->op == NR_P_LINK && k < kids->n; k++) {
            const nr_pred *other = kids->at[k];
            if (!other || other->op != NR_P_LINK || !same_link(other->link, p->link)) continue;
            nr_vec_push(arena, &same, other->kids[0]);
            kids->at[k] = NULL;
        }
        if (same.n > 1) {
            const nr_pred *kid = scope(s, list_of(arena, op, &same));
            if (!kid) return NULL;
            p = link_over(arena, p->link, kid);
        }
        kids->at[n++] = p;
    }
    kids->n = n;
    return list_of(arena, op, kids);
}

/* An OR of kids, which are scoped. */
static const nr_pred *either(scoping *s, const preds *given)
{
    preds kids = {0};
    for (size_t i = 0; i < given->n; i++) nr_vec_push(s->b->arena, &kids, given->at[i]);
    return merge(s, NR_P_OR, &kids);
}

/* The alternatives of an OR, each with all that stands beside it. */
static const nr_pred *draw_out(scoping *s, const preds *kids, size_t at)
{
    preds alternatives = {0};
    const nr_pred *or = kids->at[at];
    for (size_t i = 0; i < or->n; i++) {
        preds both = {0};
        if (++s->mixes > MOST_MIXES) {
            nr_fail(s->b->err, NR_E_LIMIT, "conditions on one relation are mixed with others in more than %d ways; use fewer ORs", MOST_MIXES);
            return NULL;
        }
        for (size_t k = 0; k < kids->n; k++) nr_vec_push(s->b->arena, &both, k == at ? or->kids[i] : kids->at[k]);
        const nr_pred *p = scope(s, list_of(s->b->arena, NR_P_AND, &both));
        if (!p) return NULL;
        nr_vec_push(s->b->arena, &alternatives, p);
    }
    return either(s, &alternatives);
}

static const nr_pred *all_of(scoping *s, preds *kids)
{
    const nr_pred *p = merge(s, NR_P_AND, kids);
    for (size_t i = 0; p && p->op == NR_P_AND && i < p->n; i++)
        for (size_t k = 0; p->kids[i]->op == NR_P_OR && k < p->n; k++)
            if (k != i && shares(p->kids[i], p->kids[k])) return draw_out(s, kids, i);
    return p;
}

static const nr_pred *scope(scoping *s, const nr_pred *p)
{
    preds kids = {0};
    if (!nr_pred_is_tree(p)) return p;
    for (size_t i = 0; i < p->n; i++) {
        const nr_pred *kid = scope(s, p->kids[i]);
        bool inner = kid && p->op != NR_P_NOT && kid->op == p->op;
        if (!kid) return NULL;
        for (size_t k = 0; inner && k < kid->n; k++) nr_vec_push(s->b->arena, &kids, kid->kids[k]);
        if (!inner) nr_vec_push(s->b->arena, &kids, kid);
    }
    if (p->op == NR_P_AND) return all_of(s, &kids);
    return p->op == NR_P_OR ? merge(s, NR_P_OR, &kids) : list_of(s->b->arena, NR_P_NOT, &kids);
}

const nr_pred *nr_join_scope(nr_binder *b, const nr_pred *p)
{
    scoping s = {.b = b};
    return p && nr_pred_waits(p) ? scope(&s, p) : p;
}

bool nr_join_holds_of_nothing(const nr_pred *p)
{
    const nr_value nothing = NR_NULL;
    if (p->op == NR_P_LEAF) return nr_pred_holds(p, &nothing);
    if (p->op == NR_P_LINK) return nr_join_holds_of_nothing(p->kids[0]);
    if (p->op == NR_P_NOT) return !nr_join_holds_of_nothing(p->kids[0]);
    bool stop = p->op == NR_P_OR;
    for (size_t i = 0; (p->op == NR_P_AND || p->op == NR_P_OR) && i < p->n; i++)
        if (nr_join_holds_of_nothing(p->kids[i]) == stop) return stop;
    return p->op == NR_P_AND;
}
