/* simplify.c -- from the leaves up. */
#include "plan/simplify.h"

#include <stdlib.h>

typedef NR_VEC(const nr_pred *) kids;

enum { SHOWN = 8 }; /* values of a list that EXPLAIN prints */

/* Whether it is true of some values of the field and of nothing else. */
static bool is_points(const nr_pred *p)
{
    return p->op == NR_P_LEAF && p->direct && !(p->field->spec.type->flags & NR_TF_BYTES) &&
           (nr_slice_is(NR_S("exact"), p->lookup->name) || nr_slice_is(NR_S("in"), p->lookup->name));
}

static int compare_values(const void *x, const void *y)
{
    return nr_value_cmp(&((const nr_operand *)x)->v, &((const nr_operand *)y)->v);
}

static nr_slice text_of(const nr_field *f, const nr_operand *args, size_t n, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        nr_buf_byte(&b, i ? ',' : '[');
        nr_buf_add(&b, nr_type_text(&f->spec, &args[i].v, arena));
    }
    nr_buf_add(&b, n > SHOWN ? NR_S(",...]") : n ? NR_S("]") : NR_S("[]"));
    return nr_buf_slice(&b);
}

/* One `in` for points on one field. Operands that lie between two values are none. */
static const nr_pred *merge(const kids *points, nr_arena *arena)
{
    NR_VEC(nr_operand) all = {0};
    for (size_t i = 0; i < points->n; i++)
        for (size_t k = 0; k < points->at[i]->args.n; k++)
            if (points->at[i]->args.at[k].side == 0) nr_vec_push(arena, &all, points->at[i]->args.at[k]);
    if (all.n) qsort(all.at, all.n, sizeof *all.at, compare_values);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (!n || !nr_value_eq(&all.at[n - 1].v, &all.at[i].v)) all.at[n++] = all.at[i];
    nr_pred *in = NR_NEW(arena, nr_pred);
    *in = *points->at[0];
    in->lookup = nr_lookup_find(NR_S("in"));
    in->args = (nr_args){.at = all.at, .n = n};
    in->text = text_of(in->field, all.at, n, arena);
    return in;
}

/* The merged one stands where the first of its points stood. */
static void merge_points(kids *list, size_t n_fields, nr_arena *arena)
{
    kids *by_field = NR_NEW_N(arena, kids, n_fields);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (is_points(list->at[i])) nr_vec_push(arena, &by_field[list->at[i]->field->id], list->at[i]);
    for (size_t i = 0; i < list->n; i++) {
        kids *same = is_points(list->at[i]) ? &by_field[list->at[i]->field->id] : NULL;
        if (!same || same->n == 1) list->at[n++] = list->at[i];
        else if (same->at[0] == list->at[i]) list->at[n++] = merge(same, arena);
    }
    list->n = n;
}

/* A lookup that has to be prepared takes its time, and may be too much for a text: it is asked about what the others leave. */
static bool is_dear(const nr_pred *p)
{
    bool dear = p->op == NR_P_LEAF && p->lookup->prepare;
    for (size_t i = 0; !dear && i < p->n; i++) dear = is_dear(p->kids[i]);
    return dear;
}

static void put_dear_last(kids *list, nr_arena *arena)
{
    kids dear = {0};
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (is_dear(list->at[i])) nr_vec_push(arena, &dear, list->at[i]);
        else list->at[n++] = list->at[i];
    }
    for (size_t i = 0; i < dear.n; i++) list->at[n++] = dear.at[i];
}

/* As deep as the predicate, which is bounded where it is read. */
static const nr_pred *simplify(const nr_pred *p, size_t n_fields, nr_arena *arena)
{
    kids list = {0};
    if (!nr_pred_is_tree(p)) return p;
    for (size_t i = 0; i < p->n; i++) {
        const nr_pred *kid = simplify(p->kids[i], n_fields, arena);
        bool inner = p->op != NR_P_NOT && kid->op == p->op;
        for (size_t k = 0; inner && k < kid->n; k++) nr_vec_push(arena, &list, kid->kids[k]);
        if (!inner) nr_vec_push(arena, &list, kid);
    }
    if (p->op == NR_P_NOT && list.at[0]->op == NR_P_NOT) return list.at[0]->kids[0];
    if (p->op == NR_P_OR) merge_points(&list, n_fields, arena);
    put_dear_last(&list, arena);
    if (p->op != NR_P_NOT && list.n == 1) return list.at[0];
    nr_pred *out = NR_NEW(arena, nr_pred);
    *out = (nr_pred){.op = p->op, .n = list.n, .kids = list.at};
    return out;
}

const nr_pred *nr_plan_simplify(nr_planner *p, const nr_pred *pred)
{
    return nr_pass_on(p, NR_PASS_SIMPLIFY) ? simplify(pred, nr_schema_values(p->model->schema), p->arena) : pred;
}
