/* lookup.c -- the table, and the rules that turn probes into index ranges and schemas into indexes. */
#include "query/lookup.h"

#include "store/keys.h"

static bool is_null(const nr_value *v)
{
    return v->kind == NR_V_NULL;
}

static bool eval_exact(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_operand_cmp(v, args) == 0;
}

static void add_point(const nr_operand *a, nr_arena *arena, nr_probes *out)
{
    if (a->side == 0) nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = a->v, .hi = NR_NULL});
}

static void probe_points(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    for (size_t i = 0; i < n; i++) add_point(&args[i], arena, out);
}

static bool eval_in(const nr_value *v, const nr_operand *args, size_t n)
{
    if (is_null(v)) return false;
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = nr_operand_cmp(v, &args[mid]);
        if (c == 0) return true;
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return false;
}

static bool eval_lt(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_operand_cmp(v, args) < 0;
}

static bool eval_lte(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_operand_cmp(v, args) <= 0;
}

static bool eval_gt(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_operand_cmp(v, args) > 0;
}

static bool eval_gte(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_operand_cmp(v, args) >= 0;
}

static bool eval_range(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_operand_cmp(v, &args[0]) >= 0 && nr_operand_cmp(v, &args[1]) <= 0;
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

static void probe_lt(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    add_span(NULL, false, &args[0], true, arena, out);
}

static void probe_lte(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    add_span(NULL, false, &args[0], false, arena, out);
}

static void probe_gt(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    add_span(&args[0], true, NULL, false, arena, out);
}

static void probe_gte(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    add_span(&args[0], false, NULL, false, arena, out);
}

static void probe_range(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    add_span(&args[0], false, &args[1], false, arena, out);
}

static bool eval_isnull(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return is_null(v) == (args->v.i != 0);
}

static void probe_isnull(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    if (args->v.i) nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_POINT, .lo = NR_NULL, .hi = NR_NULL});
    else add_span(NULL, false, NULL, false, arena, out);
}

static bool eval_startswith(const nr_value *v, const nr_operand *args, size_t n)
{
    (void)n;
    return !is_null(v) && nr_slice_starts(v->s, args->v.s);
}

static void probe_startswith(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out)
{
    (void)n;
    nr_vec_push(arena, out, (nr_probe){.kind = NR_PB_PREFIX, .lo = args->v, .hi = NR_NULL});
}

const nr_lookup nr_lookups[] = {
    /* name         operand       types           index keys      points  eval             probe             doc */
    {"exact",      NR_ARG_ONE,   NR_LT_ANY,      &nr_key_value,  true,   eval_exact,      probe_points,     "equal, by type: `1` finds 1; text by bytes"},
    {"in",         NR_ARG_LIST,  NR_LT_ORDERED,  &nr_key_value,  true,   eval_in,         probe_points,     "equal to one of a JSON array; `null` in it is ignored, `[]` matches nothing"},
    {"lt",         NR_ARG_ONE,   NR_LT_ORDERED,  &nr_key_value,  false,  eval_lt,         probe_lt,         "below; NULL never matches"},
    {"lte",        NR_ARG_ONE,   NR_LT_ORDERED,  &nr_key_value,  false,  eval_lte,        probe_lte,        "below or equal"},
    {"gt",         NR_ARG_ONE,   NR_LT_ORDERED,  &nr_key_value,  false,  eval_gt,         probe_gt,         "above"},
    {"gte",        NR_ARG_ONE,   NR_LT_ORDERED,  &nr_key_value,  false,  eval_gte,        probe_gte,        "above or equal"},
    {"range",      NR_ARG_PAIR,  NR_LT_ORDERED,  &nr_key_value,  false,  eval_range,      probe_range,      "between the two of a JSON array, both included; low above high matches nothing"},
    {"isnull",     NR_ARG_TRUTH, NR_LT_ANY,      &nr_key_value,  true,   eval_isnull,     probe_isnull,     "NULL (`true`, `1`) or not (`false`, `0`)"},
    {"startswith", NR_ARG_ONE,   NR_LT_TEXT,     &nr_key_value,  false,  eval_startswith, probe_startswith, "begins with, by bytes; the empty text matches every non-NULL"},
    {NULL,         NR_ARG_ONE,   NR_LT_ANY,      NULL,           false,  NULL,            NULL,             NULL},
};

static const char *const later[] = {
    "iexact", "istartswith", "endswith", "iendswith", "contains", "icontains", "regex", "iregex", "year", "month", "day", "quarter", "week",
    "week_day", "iso_week_day", "iso_year", "date", "time", "hour", "minute", "second", "len", "contains_all", "overlap", "has_key", "has_keys",
    "has_any_keys", NULL,
};

const nr_lookup *nr_lookup_find(nr_slice name)
{
    for (const nr_lookup *l = nr_lookups; l->name; l++)
        if (nr_slice_is(name, l->name)) return l;
    return NULL;
}

bool nr_lookup_later(nr_slice name)
{
    for (const char *const *l = later; *l; l++)
        if (nr_slice_is(name, *l)) return true;
    return false;
}

bool nr_lookup_suits(const nr_lookup *l, const nr_spec *spec)
{
    if (spec->type->flags & NR_TF_CONTAINER) return l->takes != NR_LT_TEXT && l->points; /* of the whole value */
    switch (l->takes) {
    case NR_LT_ANY: return true;
    case NR_LT_ORDERED: return !(spec->type->flags & NR_TF_BYTES);
    case NR_LT_TEXT: return (spec->type->flags & NR_TF_TEXT) != 0;
    }
    return false;
}

nr_slice nr_bytes_after(nr_slice s, nr_arena *arena)
{
    nr_slice out = nr_arena_copy(arena, s);
    while ((unsigned char)out.p[out.n - 1] == 0xFF) out.n--;
    ((char *)out.p)[out.n - 1]++;
    return out;
}

static nr_slice component(const nr_value *v, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_key_add(v, &b);
    return nr_buf_slice(&b);
}

/* In an ordered index the pk follows the key, so "equal to v" is every member that begins with v's component. */
static void ordered_range(const nr_probe *p, nr_arena *arena, nr_range *out)
{
    if (p->kind == NR_PB_PREFIX) {
        nr_buf b = nr_buf_in(arena);
        nr_key_prefix(p->lo.s, &b);
        *out = (nr_range){.lo = nr_buf_slice(&b)};
        nr_buf end = nr_buf_in(arena);
        nr_buf_add(&end, out->lo);
        nr_buf_byte(&end, 0xFF);
        out->hi = nr_buf_slice(&end);
        out->hi_open = true;
    } else if (p->kind == NR_PB_POINT) {
        nr_slice c = component(&p->lo, arena);
        *out = (nr_range){.lo = c, .hi = nr_bytes_after(c, arena), .hi_open = true};
    } else {
        nr_slice lo = is_null(&p->lo) ? NR_S("\x01") : component(&p->lo, arena);
        nr_slice hi = is_null(&p->hi) ? NR_S("\x02") : component(&p->hi, arena);
        if (!is_null(&p->lo) && p->lo_open) lo = nr_bytes_after(lo, arena);
        if (!is_null(&p->hi) && !p->hi_open) hi = nr_bytes_after(hi, arena);
        *out = (nr_range){.lo = lo, .hi = hi, .hi_open = true};
    }
}

static nr_slice body(const nr_value *pk, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_pk_add(pk, &b);
    return nr_buf_slice(&b);
}

/* In the pk index a member is the pk alone: bounds mean what they say. */
static bool pk_range(const nr_probe *p, nr_arena *arena, nr_range *out)
{
    if (p->kind == NR_PB_PREFIX) {
        nr_buf b = nr_buf_in(arena);
        nr_buf_add(&b, p->lo.s);
        nr_buf_byte(&b, 0xFF);
        *out = (nr_range){.lo = p->lo.s, .hi = nr_buf_slice(&b), .hi_open = true};
    } else if (p->kind == NR_PB_POINT) {
        if (is_null(&p->lo)) return false;
        nr_slice b = body(&p->lo, arena);
        *out = (nr_range){.lo = b, .hi = b};
    } else {
        *out = (nr_range){.lo_open = p->lo_open, .hi_open = p->hi_open};
        if (!is_null(&p->lo)) out->lo = body(&p->lo, arena);
        if (!is_null(&p->hi)) out->hi = body(&p->hi, arena);
    }
    return true;
}

bool nr_probe_range(const nr_index *ix, const nr_probe *p, nr_arena *arena, nr_range *out)
{
    if (ix->kind == NR_IX_PK) {
        if (!pk_range(p, arena, out)) return false;
    } else {
        ordered_range(p, arena, out);
    }
    if (!out->lo.p || !out->hi.p) return true;
    int c = nr_slice_cmp(out->lo, out->hi);
    return c < 0 || (c == 0 && !out->lo_open && !out->hi_open);
}
