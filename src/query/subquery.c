/* subquery.c -- binding of queries in queries. */
#include "query/subquery.h"

nr_subquery *nr_subquery_begin(nr_binder *b, nr_slice model, nr_binder *inner)
{
    const nr_others *o = b->with.others;
    nr_subquery *s = NR_NEW(b->arena, nr_subquery);
    if (!o) nr_fail(b->err, NR_E_SYNTAX, "a query in the place of a value is not possible here");
    s->model = o ? o->need(o->ctx, b->schema->name, model) : NULL;
    if (!s->model) return NULL;
    *inner = (nr_binder){.schema = s->model->schema, .with = b->with, .arena = b->arena, .err = b->err};
    return s;
}

static const nr_pred *everything(nr_arena *arena)
{
    nr_pred *p = NR_NEW(arena, nr_pred);
    p->op = NR_P_AND;
    return p;
}

bool nr_subquery_end(nr_binder *inner, nr_subquery *s, const nr_pred *where, nr_slice path)
{
    s->implied = !path.p;
    s->where = where ? nr_join_scope(inner, where) : everything(inner->arena);
    if (inner->err->code || !s->where) return false;
    if (!nr_joined_term(inner, path.p ? path : NR_S("pk"), "FIELDS", &s->joined, NULL, &s->term)) return false;
    return !(s->term.spec.type->flags & (NR_TF_CONTAINER | NR_TF_BYTES)) ||
           nr_fail(inner->err, NR_E_SYNTAX, "FIELDS %s of a query in the place of a value is of type %s, expected a single value of a scalar type",
                   NR_SHOW(path), s->term.spec.type->name);
}
