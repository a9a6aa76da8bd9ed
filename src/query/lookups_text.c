/* lookups_text.c -- lookups that look into text. What is no text is looked at by its canonical text.
 *
 * A substring index has every three code points in a row of a text: what contains a needle has all of the needle's. A needle of one or two code points has
 * none, and no index helps. A regular expression that is not registered is narrowed by what every match must begin with or contain. */
#include "query/lookups.h"

#include "base/casefold.h"
#include "base/utf8.h"
#include "query/matcher.h"

static bool is_null(const nr_value *v)
{
    return v->kind == NR_V_NULL;
}

static bool eval_startswith(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_slice_starts(v->s, args->at->v.s);
}

static bool eval_iexact(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_fold_eq(v->s, args->at->v.s);
}

static bool eval_istartswith(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_fold_starts(v->s, args->at->v.s);
}

static bool eval_endswith(const nr_value *v, const nr_args *args)
{
    nr_slice s = v->s, tail = args->at->v.s;
    return !is_null(v) && s.n >= tail.n && nr_slice_eq((nr_slice){s.p + s.n - tail.n, tail.n}, tail);
}

static bool eval_iendswith(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_fold_ends(v->s, args->at->v.s);
}

static bool eval_contains(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && (!args->at->v.s.n || (v->s.n && memmem(v->s.p, v->s.n, args->at->v.s.p, args->at->v.s.n)));
}

static bool eval_icontains(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_fold_contains(v->s, args->ready);
}

static bool eval_regex(const nr_value *v, const nr_args *args)
{
    return !is_null(v) && nr_matcher_true(args->ready, v->s);
}

static bool add(nr_probe_kind kind, nr_slice text, nr_arena *arena, nr_probes *out)
{
    nr_vec_push(arena, out, (nr_probe){.kind = kind, .lo = {.kind = NR_V_TEXT, .s = text}, .hi = NR_NULL});
    return true;
}

static nr_slice folded(nr_slice text, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_fold(&b, text);
    return nr_buf_slice(&b);
}

static nr_slice reversed(nr_slice text, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_utf8_reverse(&b, text);
    return nr_buf_slice(&b);
}

static bool probe_prefix(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add(NR_PB_PREFIX, args->at->v.s, arena, out);
}

static bool probe_folded(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add(NR_PB_POINT, folded(args->at->v.s, arena), arena, out);
}

static bool probe_folded_prefix(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add(NR_PB_PREFIX, folded(args->at->v.s, arena), arena, out);
}

static bool probe_reversed(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add(NR_PB_PREFIX, reversed(args->at->v.s, arena), arena, out);
}

static bool probe_folded_reversed(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return add(NR_PB_PREFIX, reversed(folded(args->at->v.s, arena), arena), arena, out);
}

static bool trigrams(nr_slice needle, bool caseless, nr_arena *arena, nr_probes *out)
{
    nr_values keys = {0};
    nr_trigram_keys(needle, caseless, arena, &keys);
    for (size_t i = 0; i < keys.n; i++) add(NR_PB_POINT, keys.at[i].s, arena, out);
    return keys.n > 0;
}

static bool probe_trigrams(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return trigrams(args->at->v.s, false, arena, out);
}

static bool probe_folded_trigrams(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return trigrams(args->at->v.s, true, arena, out);
}

/* The index's pattern is this one: nr_index_serves has seen to that. */
static bool probe_matches(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    (void)args;
    add(NR_PB_POINT, NR_MATCHES, arena, out);
    add(NR_PB_POINT, NR_MATCHES_UNKNOWN, arena, out);
    out->at[out->n - 1].doubtful = true;
    return true;
}

static bool probe_regex_prefix(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    nr_slice prefix = ((const nr_matcher *)args->ready)->prefix;
    return prefix.n && add(NR_PB_PREFIX, prefix, arena, out);
}

static bool probe_regex_trigrams(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return trigrams(((const nr_matcher *)args->ready)->literal, false, arena, out);
}

static bool probe_regex_folded_prefix(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    nr_slice prefix = ((const nr_matcher *)args->ready)->prefix;
    return prefix.n && add(NR_PB_PREFIX, folded(prefix, arena), arena, out);
}

static bool probe_regex_folded_trigrams(const nr_args *args, nr_arena *arena, nr_probes *out)
{
    return trigrams(((const nr_matcher *)args->ready)->literal, true, arena, out);
}

static bool prepare_needle(nr_args *args, const nr_ready_for *with)
{
    nr_fold_needle *needle = NR_NEW(with->arena, nr_fold_needle);
    *needle = nr_fold_needle_of(with->arena, args->at->v.s);
    args->ready = needle;
    return true;
}

static bool prepare(nr_args *args, bool caseless, const nr_ready_for *with)
{
    args->ready = nr_matcher_new(args->at->v.s, caseless, with);
    return args->ready != NULL;
}

static bool prepare_regex(nr_args *args, const nr_ready_for *with)
{
    return prepare(args, false, with);
}

static bool prepare_iregex(nr_args *args, const nr_ready_for *with)
{
    return prepare(args, true, with);
}

#define TEXT NR_ARG_ONE, NR_LT_TEXT, NULL
#define NEEDLE NR_ARG_ONE, NR_LT_TEXT, prepare_needle
#define EXACT NR_WAY_EXACT
#define POINT (NR_WAY_EXACT | NR_WAY_POINTS)
#define GRAMS (NR_WAY_POINTS | NR_WAY_ALL)

const nr_lookup nr_lookups_text[] = {
    /* name */
    {"startswith", TEXT, eval_startswith,
     {{&nr_key_value, probe_prefix, EXACT}},
     "begins with, by bytes; the empty text matches every non-NULL"},
    {"istartswith", TEXT, eval_istartswith,
     {{&nr_key_folded, probe_folded_prefix, EXACT}},
     "begins with, without case"},
    {"iexact", TEXT, eval_iexact,
     {{&nr_key_folded, probe_folded, POINT}},
     "equal without case: by Unicode's simple case folding"},
    {"endswith", TEXT, eval_endswith,
     {{&nr_key_reversed, probe_reversed, EXACT}},
     "ends with"},
    {"iendswith", TEXT, eval_iendswith,
     {{&nr_key_folded_reversed, probe_folded_reversed, EXACT}},
     "ends with, without case"},
    {"contains", TEXT, eval_contains,
     {{&nr_key_substrings, probe_trigrams, GRAMS}, {&nr_key_folded_substrings, probe_folded_trigrams, GRAMS}},
     "has it somewhere; the empty text matches every non-NULL; an index helps with three code points and more"},
    {"icontains", NEEDLE, eval_icontains,
     {{&nr_key_folded_substrings, probe_folded_trigrams, GRAMS}},
     "the same without case"},
    {"regex", NR_ARG_ONE, NR_LT_TEXT, prepare_regex, eval_regex,
     {{&nr_key_matches, probe_matches, POINT}, {&nr_key_value, probe_regex_prefix, 0}, {&nr_key_substrings, probe_regex_trigrams, GRAMS}},
     "a match of the regular expression (PCRE2) is found in it; `.` is no line end"},
    {"iregex", NR_ARG_ONE, NR_LT_TEXT, prepare_iregex, eval_regex,
     {{&nr_key_matches, probe_matches, POINT | NR_WAY_CASELESS}, {&nr_key_folded, probe_regex_folded_prefix, 0}, {&nr_key_folded_substrings, probe_regex_folded_trigrams, GRAMS}},
     "the same without case"},
    {NULL, TEXT, NULL, {{NULL, NULL, 0}}, NULL},
};
