/* oracle_lookups.c -- what each lookup is true of, for the oracle: by comparing values, or code point by code point. */
#include "oracle.h"

/* -- by value ---------------------------------------------------------------------------------------------------------------------------- */

static bool holds_exact(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return oval_cmp(t, v, &l->args[0]) == 0;
}

static bool holds_in(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    for (size_t i = 0; i < l->n_args; i++)
        if (!l->args[i].null && oval_cmp(t, v, &l->args[i]) == 0) return true;
    return false;
}

static bool holds_lt(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return oval_cmp(t, v, &l->args[0]) < 0;
}

static bool holds_lte(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return oval_cmp(t, v, &l->args[0]) <= 0;
}

static bool holds_gt(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return oval_cmp(t, v, &l->args[0]) > 0;
}

static bool holds_gte(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return oval_cmp(t, v, &l->args[0]) >= 0;
}

static bool holds_range(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)a;
    return oval_cmp(t, v, &l->args[0]) >= 0 && oval_cmp(t, v, &l->args[1]) <= 0;
}

/* -- by text ----------------------------------------------------------------------------------------------------------------------------- */

/* Whether the needle stands in the text at a place between two, both included. */
static bool stands(const oval *v, const oleaf *l, bool at_start, bool at_end, nr_arena *a)
{
    points s = points_of(v->bytes, l->lookup->fold, a), needle = points_of(l->args[0].bytes, l->lookup->fold, a);
    if (needle.n > s.n) return false;
    for (size_t at = at_end ? s.n - needle.n : 0; at + needle.n <= s.n && !(at_start && at); at++) {
        size_t n = 0;
        while (n < needle.n && s.at[at + n] == needle.at[n]) n++;
        if (n == needle.n) return true;
    }
    return false;
}

static bool holds_start(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, true, false, a);
}

static bool holds_end(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, false, true, a);
}

static bool holds_inside(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, false, false, a);
}

static bool holds_whole(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return stands(v, l, true, true, a);
}

static bool holds_pattern(const otype *t, const oval *v, const oleaf *l, nr_arena *a)
{
    (void)t;
    return opattern_found(l->pattern, l->lookup->fold, v->bytes, a);
}

#define VALUE(name, arg, points, holds) {name, arg, false, false, false, points, holds}
#define TEXT(name, fold, points, holds) {name, O_ONE, true, fold, false, points, holds}
#define PATTERN(name, fold) {name, O_ONE, true, fold, true, true, holds_pattern}

const olookup olookups[] = {
    VALUE("exact", O_ONE, true, holds_exact),
    VALUE("in", O_LIST, true, holds_in),
    VALUE("lt", O_ONE, false, holds_lt),
    VALUE("lte", O_ONE, false, holds_lte),
    VALUE("gt", O_ONE, false, holds_gt),
    VALUE("gte", O_ONE, false, holds_gte),
    VALUE("range", O_PAIR, false, holds_range),
    VALUE("isnull", O_TRUTH, true, NULL),
    TEXT("startswith", false, false, holds_start),
    TEXT("istartswith", true, false, holds_start),
    TEXT("iexact", true, false, holds_whole),
    TEXT("endswith", false, false, holds_end),
    TEXT("iendswith", true, false, holds_end),
    TEXT("contains", false, false, holds_inside),
    TEXT("icontains", true, false, holds_inside),
    PATTERN("regex", false),
    PATTERN("iregex", true),
    {.name = NULL},
};

const olookup *olookup_find(const char *name)
{
    for (const olookup *l = olookups; l->name; l++)
        if (strcmp(l->name, name) == 0) return l;
    world_fail("the oracle has no lookup %s", name);
}

bool olookup_suits(const olookup *l, const otype *t)
{
    if (t->container) return l->points && !l->text;
    if (t->json == O_JSON_BASE64) return l->arg == O_TRUTH || l->holds == holds_exact;
    return true;
}

/* -- leaves ------------------------------------------------------------------------------------------------------------------------------ */

const otype *oleaf_type(const ofield *f, const oleaf *l)
{
    return l->n_parts ? otype_find(l->parts[l->n_parts - 1]->gives) : f->type;
}

oval oleaf_value(const ofield *f, const oleaf *l, const oval *v)
{
    const otype *t = f->type;
    oval out = *v;
    for (size_t i = 0; i < l->n_parts && !v->null; i++) {
        out = (oval){.num = l->parts[i]->eval(t, out.num)};
        t = otype_find(l->parts[i]->gives);
    }
    return out;
}

bool oleaf_holds(const ofield *f, const oleaf *l, const oval *v, nr_arena *a)
{
    const otype *t = oleaf_type(f, l);
    if (l->lookup->arg == O_TRUTH) return v->null == l->truth;
    if (v->null) return false;
    oval value = oleaf_value(f, l, v);
    nr_mark mark = nr_arena_mark(a);
    if (l->lookup->text && t->shape != O_BYTES) value = (oval){.bytes = oval_text(t, &value, a)};
    bool holds = l->lookup->holds(t, &value, l, a);
    nr_arena_rewind(a, mark);
    return holds;
}
