/* lookups_container.c -- lookups on what holds other values, and those that compare free JSON, where only values of one kind are below or above each other. */
#include "query/lookups.h"

#include <stdlib.h>

#include "types/container.h"
#include "types/doc_key.h"

/* -- free JSON: values and operands are keys of documents ---------------------------------------------------------------------------------- */

static bool same_kind(const nr_value *v, const nr_operand *a)
{
    return v->kind == NR_V_TEXT && nr_doc_key_ordered(v->s) && v->s.p[0] == a->v.s.p[0];
}

static bool eval_lt(const nr_value *v, const nr_args *args)
{
    return same_kind(v, args->at) && nr_operand_cmp(v, args->at) < 0;
}

static bool eval_lte(const nr_value *v, const nr_args *args)
{
    return same_kind(v, args->at) && nr_operand_cmp(v, args->at) <= 0;
}

static bool eval_gt(const nr_value *v, const nr_args *args)
{
    return same_kind(v, args->at) && nr_operand_cmp(v, args->at) > 0;
}

static bool eval_gte(const nr_value *v, const nr_args *args)
{
    return same_kind(v, args->at) && nr_operand_cmp(v, args->at) >= 0;
}

static bool eval_range(const nr_value *v, const nr_args *args)
{
    return same_kind(v, &args->at[0]) && same_kind(v, &args->at[1]) && nr_operand_cmp(v, &args->at[0]) >= 0 && nr_operand_cmp(v, &args->at[1]) <= 0;
}

/* From the first of a kind to the first of the next one, where a bound is missing. */
static bool add_span(const nr_operand *lo, bool lo_open, const nr_operand *hi, bool hi_open, nr_arena *arena, nr_probes *out)
{
    nr_slice of_kind = lo ? lo->v.s : hi->v.s;
    nr_slice first = nr_arena_copy(arena, (nr_slice){of_kind.p, 1});
    nr_probe p = {.kind = NR_PB_SPAN, .lo = {.kind = NR_V_TEXT, .s = first}, .hi = {.kind = NR_V_TEXT, .s = nr_bytes_after(first, arena)}, .hi_open = true};
    if (!nr_doc_key_ordered(of_kind) || (lo && hi && lo->v.s.p[0] != hi->v.s.p[0])) return true;
    if (lo) p.lo = lo->v;
    if (hi) p.hi = hi->v;
    p.lo_open = lo && lo_open;
    p.hi_open = !hi || hi_open;
    nr_vec_push(arena, out, p);
    return true;
}

static bool probe_lt(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add_span(NULL, false, args->at, true, arena, out);
}

static bool probe_lte(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add_span(NULL, false, args->at, false, arena, out);
}

static bool probe_gt(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add_span(args->at, true, NULL, false, arena, out);
}

static bool probe_gte(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add_span(args->at, false, NULL, false, arena, out);
}

static bool probe_range(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add_span(&args->at[0], false, &args->at[1], false, arena, out);
}

/* -- lists and sets as a whole ------------------------------------------------------------------------------------------------------------- */

/* What the elements are, room to note which operands were met, and memory for what is made of an element. */
typedef struct elements {
    nr_path each;  /* to the elements */
    bool *met;
    nr_arena *arena;
} elements;

static bool prepare_elements(nr_args *args, const nr_ready_for *with)
{
    elements *e = NR_NEW(with->arena, elements);
    e->each = nr_path_of(nr_path_inner(with->path));
    e->met = NR_NEW_N(with->arena, bool, args->n);
    e->arena = with->arena;
    args->ready = e;
    return nr_path_step(&e->each, (nr_step){.each = true}, with->arena);
}

static int compare_operand(const void *v, const void *operand)
{
    return nr_operand_cmp(v, operand);
}

/* How many of the operands the elements of a list are. */
static size_t count_met(const nr_value *list, const nr_args *args, size_t enough)
{
    elements *e = args->ready;
    nr_mark mark = nr_arena_mark(e->arena);
    nr_values given = {0};
    size_t n = 0;
    memset(e->met, 0, args->n * sizeof *e->met);
    nr_path_values(&e->each, list, NR_FORM_VALUE, e->arena, &given);
    for (size_t i = 0; n < enough && i < given.n; i++) {
        if (given.at[i].kind == NR_V_NULL) continue;
        const nr_operand *hit = bsearch(&given.at[i], args->at, args->n, sizeof *args->at, compare_operand);
        if (!hit || e->met[hit - args->at]) continue;
        e->met[hit - args->at] = true;
        n++;
    }
    nr_arena_rewind(e->arena, mark);
    return n;
}

static bool eval_contains_all(const nr_value *v, const nr_args *args)
{
    return v->kind != NR_V_NULL && count_met(v, args, args->n) == args->n;
}

static bool eval_overlap(const nr_value *v, const nr_args *args)
{
    return v->kind != NR_V_NULL && args->n && count_met(v, args, 1) > 0;
}

/* -- keys ------------------------------------------------------------------------------------------------------------------------------------ */

static bool prepare_keys(nr_args *args, const nr_ready_for *with)
{
    args->ready = with->arena;
    return true;
}

static bool has_key(const nr_value *v, const nr_operand *key, nr_arena *arena)
{
    nr_doc doc = nr_doc_at(v->s), member;
    nr_mark mark = nr_arena_mark(arena);
    bool has = doc.kind == NR_J_OBJECT && nr_doc_member(doc, key->v.s, arena, &member);
    nr_arena_rewind(arena, mark);
    return has;
}

static bool eval_has_keys(const nr_value *v, const nr_args *args)
{
    for (size_t i = 0; i < args->n; i++)
        if (v->kind == NR_V_NULL || !has_key(v, &args->at[i], args->ready)) return false;
    return v->kind != NR_V_NULL && nr_doc_at(v->s).kind == NR_J_OBJECT;
}

static bool eval_has_any_keys(const nr_value *v, const nr_args *args)
{
    for (size_t i = 0; v->kind != NR_V_NULL && i < args->n; i++)
        if (has_key(v, &args->at[i], args->ready)) return true;
    return false;
}

static bool probe_operands(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    for (size_t i = 0; i < args->n; i++) nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = args->at[i].v, .hi = NR_NULL});
    return args->n > 0;
}

/* One of them is enough, so that what no element can be is left out. */
static bool probe_any(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->at[i].side == 0) nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = args->at[i].v, .hi = NR_NULL});
    return args->n > 0;
}

#define FREE(probe) {{&nr_key_value, probe, NR_WAY_EXACT}}
#define BY_KEYS(more) {{&nr_key_keys, probe_operands, NR_WAY_POINTS | (more)}}
#define ALL_ELEMENTS {{&nr_key_value, probe_operands, NR_WAY_POINTS | NR_WAY_ALL}}
#define ANY_ELEMENT {{&nr_key_value, probe_any, NR_WAY_POINTS | NR_WAY_EXACT}}

const nr_lookup nr_lookups_container[] = {
    /* name             operand      types       prepare           eval               ways                       doc */
    {"lt",           NR_ARG_ONE,  NR_LT_JSON, NULL,             eval_lt,           FREE(probe_lt),            "of free JSON: below, of numbers or of texts"},
    {"lte",          NR_ARG_ONE,  NR_LT_JSON, NULL,             eval_lte,          FREE(probe_lte),           "of free JSON: below or equal"},
    {"gt",           NR_ARG_ONE,  NR_LT_JSON, NULL,             eval_gt,           FREE(probe_gt),            "of free JSON: above"},
    {"gte",          NR_ARG_ONE,  NR_LT_JSON, NULL,             eval_gte,          FREE(probe_gte),           "of free JSON: above or equal"},
    {"range",        NR_ARG_PAIR, NR_LT_JSON, NULL,             eval_range,        FREE(probe_range),         "of free JSON: between two of one kind, both included"},
    {"contains_all", NR_ARG_LIST, NR_LT_LIST, prepare_elements, eval_contains_all, ALL_ELEMENTS,              "has each of them among its elements; `[]`: every non-NULL"},
    {"overlap",      NR_ARG_LIST, NR_LT_LIST, prepare_elements, eval_overlap,      ANY_ELEMENT,               "has one of them among its elements"},
    {"has_key",      NR_ARG_ONE,  NR_LT_KEYS, prepare_keys,     eval_has_keys,     BY_KEYS(NR_WAY_EXACT),     "is an object with this key"},
    {"has_keys",     NR_ARG_LIST, NR_LT_KEYS, prepare_keys,     eval_has_keys,     BY_KEYS(NR_WAY_ALL),       "with all of these keys; `[]`: every object"},
    {"has_any_keys", NR_ARG_LIST, NR_LT_KEYS, prepare_keys,     eval_has_any_keys, BY_KEYS(NR_WAY_EXACT),     "with one of these keys"},
    {NULL,           NR_ARG_ONE,  NR_LT_JSON, NULL,             NULL,              {{NULL, NULL, 0}},         NULL},
};
