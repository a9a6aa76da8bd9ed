/* lookups_value.c -- lookups that compare values by their types. */
#include "query/lookups.h"

static bool is_null(const nr_value *v)
{
    return v->kind == NR_V_NULL;
}

static bool eval_exact(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_operand_cmp(v, args->at) == 0;
}

static void add_point(const nr_operand *a, nr_arena *arena, nr_probes *out)
{
    if (a->side == 0) nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = a->v, .hi = NR_NULL});
}

static bool probe_points(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    for (size_t i = 0; i < args->n; i++) add_point(&args->at[i], arena, out);
    return true;
}

static bool eval_in(const nr_value *v, const nr_args *args)
{
    if (is_null(v)) return false;
    size_t lo = 0, hi = args->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = nr_operand_cmp(v, &args->at[mid]);
        if (c == 0) return true;
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return false;
}

static bool eval_lt(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_operand_cmp(v, args->at) < 0;
}

static bool eval_lte(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_operand_cmp(v, args->at) <= 0;
}

static bool eval_gt(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_operand_cmp(v, args->at) > 0;
}

static bool eval_gte(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_operand_cmp(v, args->at) >= 0;
}

static bool eval_range(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_operand_cmp(v, &args->at[0]) >= 0 && nr_operand_cmp(v, &args->at[1]) <= 0;
}

/* An operand with a side lies between two values, so whether its v itself is in depends on the side, not on the lookup. */
static void add_span(const nr_operand *lo, bool lo_open, const nr_operand *hi, bool hi_open, nr_arena *arena, nr_probes *out)
{
    nr_probe p = {.kind = NR_PB_SPAN, .lo = NR_NULL, .hi = NR_NULL};
    if (lo) {
        p.lo = lo->v;
        p.lo_open = lo->side > 0 || (lo->side == 0 && lo_open);
    }
    if (hi) {
        p.hi = hi->v;
        p.hi_open = hi->side < 0 || (hi->side == 0 && hi_open);
    }
    nr_vec_push(arena, out, p);
}

static bool probe_lt(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    add_span(NULL, false, &args->at[0], true, arena, out);
    return true;
}

static bool probe_lte(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    add_span(NULL, false, &args->at[0], false, arena, out);
    return true;
}

static bool eval_not_above(const nr_value *v, const nr_args *args)
{
    return is_null(v) || nr_operand_cmp(v, args->at) <= 0;
}

static bool probe_not_above(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = NR_NULL, .hi = NR_NULL});
    return probe_lte(args, arena, out);
}

static bool probe_gt(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    add_span(&args->at[0], true, NULL, false, arena, out);
    return true;
}

static bool probe_gte(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    add_span(&args->at[0], false, NULL, false, arena, out);
    return true;
}

static bool probe_range(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    add_span(&args->at[0], false, &args->at[1], false, arena, out);
    return true;
}

static bool eval_isnull(const nr_value *v, const nr_args *args)
{
    return is_null(v) == (args->at->v.i != 0);
}

static bool probe_isnull(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    if (args->at->v.i) nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = NR_NULL, .hi = NR_NULL});
    else add_span(NULL, false, NULL, false, arena, out);
    return true;
}

static bool probe_null(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return args->at->v.i != 0 && probe_isnull(args, arena, out);
}

#define VALUE(probe, more) {{&nr_key_value, probe, NR_WAY_EXACT | (more)}}

const nr_lookup nr_lookups_value[] = {
    /* name    operand       types          prepare eval  ways                                   doc */
    {"exact",  NR_ARG_ONE,   NR_LT_ANY,     NULL, eval_exact,  VALUE(probe_points, NR_WAY_POINTS),    "equal, by type: `1` finds 1; text by bytes"},
    {"in",     NR_ARG_LIST,  NR_LT_EQUAL,   NULL, eval_in,     VALUE(probe_points, NR_WAY_POINTS),    "equal to one of a JSON array; `null` in it is ignored, `[]` matches nothing"},
    {"lt",     NR_ARG_ONE,   NR_LT_ORDERED, NULL, eval_lt,     VALUE(probe_lt, 0),                    "below; NULL never matches"},
    {"lte",    NR_ARG_ONE,   NR_LT_ORDERED, NULL, eval_lte,    VALUE(probe_lte, 0),                   "below or equal"},
    {"gt",     NR_ARG_ONE,   NR_LT_ORDERED, NULL, eval_gt,     VALUE(probe_gt, 0),                    "above"},
    {"gte",    NR_ARG_ONE,   NR_LT_ORDERED, NULL, eval_gte,    VALUE(probe_gte, 0),                   "above or equal"},
    {"range",  NR_ARG_PAIR,  NR_LT_ORDERED, NULL, eval_range,  VALUE(probe_range, 0),                 "between the two of a JSON array, both included; low above high matches nothing"},
    {"isnull", NR_ARG_TRUTH, NR_LT_NULL,    NULL, eval_isnull,
     {{&nr_key_null, probe_null, NR_WAY_EXACT | NR_WAY_POINTS}, {&nr_key_value, probe_isnull, NR_WAY_EXACT | NR_WAY_POINTS}},
     "NULL (`true`, `1`) or not (`false`, `0`)"},
    {NULL,     NR_ARG_ONE,   NR_LT_ANY,     NULL, NULL,        {{NULL, NULL, 0}},                     NULL},
};

const nr_lookup nr_lookup_not_above = {"lte", NR_ARG_ONE, NR_LT_ORDERED, NULL, eval_not_above, VALUE(probe_not_above, 0), "below or equal, or NULL, which is the lowest"};
