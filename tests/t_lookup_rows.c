/* t_lookup_rows.c -- what every row of the tables of lookups and transforms means for definitions: which types have it, which index it asks for, by which it
 * goes, and whether it heeds case. The tables are walked; what stands not in the lists here fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/casefold.h"
#include "query/lookup.h"
#include "query/matcher.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static nr_arena arena;
static nr_err err;
static nr_regexes *patterns;

static int set_up(void **state)
{
    (void)state;
    patterns = nr_regexes_new(nr_env_libc(), true);
    nr_arena_init(&arena, nr_env_libc());
    nr_err_clear(&err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nr_regexes_free(patterns);
    nr_arena_clear(&arena);
    return 0;
}

/* -- types -------------------------------------------------------------------------------------------------------------------------------- */

#define TEXTS "startswith istartswith iexact endswith iendswith contains icontains regex iregex"
#define SCALAR "exact in lt lte gt gte range isnull " TEXTS

static const struct {
    const char *type, *lookups;
} has[] = {
    {"auto",        SCALAR},
    {"int",         SCALAR},
    {"bigint",      SCALAR},
    {"smallint",    SCALAR},
    {"positiveint", SCALAR},
    {"bool",        SCALAR},
    {"float",       SCALAR},
    {"decimal",     SCALAR},
    {"char",        SCALAR},
    {"text",        SCALAR},
    {"slug",        SCALAR},
    {"email",       SCALAR},
    {"url",         SCALAR},
    {"ip",          SCALAR},
    {"uuid",        SCALAR},
    {"date",        SCALAR},
    {"time",        SCALAR},
    {"datetime",    SCALAR},
    {"duration",    SCALAR},
    {"blob",        "exact isnull"},
    {"list",        "isnull contains_all overlap"},
    {"set",         "isnull contains_all overlap"},
    {"dict",        "exact in isnull has_key has_keys has_any_keys"},
    {"embedded",    "exact in isnull"},
    {"json",        "exact in isnull " TEXTS " lt lte gt gte range has_key has_keys has_any_keys"},
};

static void every_type_has_just_these_lookups(void **state)
{
    (void)state;
    for (const nr_type *const *t = nr_types; *t; t++) {
        nr_buf b = nr_buf_in(&arena);
        size_t at = 0, i = 0;
        if ((*t)->flags & NR_TF_RELATION) continue; /* those of the target's primary key */
        for (const nr_lookup *l; (l = nr_lookup_next(&at));)
            if (nr_lookup_suits(l, *t)) nr_buf_printf(&b, "%s%s", b.n ? " " : "", l->name);
        while (i < COUNT(has) && strcmp(has[i].type, (*t)->name) != 0) i++;
        if (i == COUNT(has)) fail_msg("which lookups %s has stands nowhere: %.*s", (*t)->name, NR_FMT(nr_buf_slice(&b)));
        if (!nr_slice_is(nr_buf_slice(&b), has[i].lookups)) fail_msg("%s has %.*s", (*t)->name, NR_FMT(nr_buf_slice(&b)));
    }
}

/* Texts that differ in their case alone, or in more. */
static const nr_slice texts[] = {{"abc", 3}, {"ABC", 3}, {"aBc", 3}, {"b", 1}, {"B", 1}, {"xabcx", 5}, {"xABCx", 5}, {"", 0}};

/* Whether it is true of one of two texts that differ in their case alone. */
static bool heeds_case(const nr_lookup *l, const nr_ready_for *with)
{
    bool heeds = false;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const nr_operand operand = {{.kind = NR_V_TEXT, .s = texts[i]}, 0};
        nr_args args = {.at = &operand, .n = 1};
        if (l->prepare && !l->prepare(&args, with)) fail_msg("%s of %.*s: %s", l->name, NR_FMT(texts[i]), err.msg);
        for (size_t k = 0; k < COUNT(texts); k++)
            for (size_t m = 0; m < k; m++) {
                const nr_value a = {.kind = NR_V_TEXT, .s = texts[k]}, b = {.kind = NR_V_TEXT, .s = texts[m]};
                heeds = heeds || (nr_fold_eq(a.s, b.s) && l->eval(&a, &args) != l->eval(&b, &args));
            }
        nr_matchers_release(*with->matchers);
        *with->matchers = NULL;
    }
    return heeds;
}

/* An index that only narrows down does not tell. */
static void a_lookup_on_text_heeds_case_unless_it_wants_an_index_without(void **state)
{
    nr_matcher *matchers = NULL;
    const nr_ready_for with = {&arena, &err, NULL, INT64_MAX, patterns, &matchers};
    size_t at = 0;
    (void)state;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
        if (l->takes != NR_LT_TEXT) continue;
        bool caseless = l->ways[0].flags & NR_WAY_CASELESS || strncmp(l->ways[0].keyfn->name, "folded", 6) == 0;
        if (heeds_case(l, &with) == caseless) fail_msg("%s heeds case, or not", l->name);
    }
}

/* -- indexes ------------------------------------------------------------------------------------------------------------------------------ */

static const char *index_names(const char *json)
{
    nr_index *ix = NULL;
    size_t n = 0;
    nr_buf b = nr_buf_in(&arena);
    nr_schema *s = nr_schema_parse(NR_S("a.B"), nr_slice_of(json), NULL, NULL, &arena, &err);
    if (!s || !nr_schema_resolve(s, NULL, NULL, &err) || !nr_schema_indexes(s, patterns, &arena, &ix, &n, &err)) fail_msg("%s: %s", json, err.msg);
    for (size_t i = 0; i < n; i++) nr_buf_printf(&b, "%s%.*s", i ? " " : "", NR_FMT(ix[i].name));
    nr_buf_byte(&b, 0);
    nr_indexes_release(ix, n);
    return b.p;
}

/* What a field gets whose definition names just one lookup or transform. Who changes a name here rebuilds the indexes of models that there are. */
static const struct {
    const char *type, *says, *gets;
} wishes[] = {
    {"char",     "exact",        "x.value.set"},
    {"char",     "in",           "x.value.set"},
    {"char",     "lt",           "x.value"},
    {"char",     "lte",          "x.value"},
    {"char",     "gt",           "x.value"},
    {"char",     "gte",          "x.value"},
    {"char",     "range",        "x.value"},
    {"char",     "isnull",       "x.null.set"},
    {"char",     "startswith",   "x.value"},
    {"char",     "istartswith",  "x.folded"},
    {"char",     "iexact",       "x.folded"},
    {"char",     "endswith",     "x.reversed"},
    {"char",     "iendswith",    "x.folded_reversed"},
    {"char",     "contains",     "x.substrings.set"},
    {"char",     "icontains",    "x.folded_substrings.set"},
    {"char",     "regex",        "x.matches.b435618fe80bc7ef.set"},
    {"char",     "iregex",       "x.matches.b435618fe80bc7ef.i.set"},
    {"json",     "lt",           "x.document.value"},
    {"json",     "lte",          "x.document.value"},
    {"json",     "gt",           "x.document.value"},
    {"json",     "gte",          "x.document.value"},
    {"json",     "range",        "x.document.value"},
    {"list",     "contains_all", "x.each.value.set"},
    {"list",     "overlap",      "x.each.value.set"},
    {"json",     "has_key",      "x.document.keys.set"},
    {"json",     "has_keys",     "x.document.keys.set"},
    {"json",     "has_any_keys", "x.document.keys.set"},
    {"date",     "year",         "x.value"},
    {"datetime", "year",         "x.value"},
    {"date",     "month",        "x__month.value.set"},
    {"datetime", "month",        "x__month.value.set"},
    {"date",     "day",          "x__day.value.set"},
    {"datetime", "day",          "x__day.value.set"},
    {"date",     "quarter",      "x__quarter.value.set"},
    {"datetime", "quarter",      "x__quarter.value.set"},
    {"date",     "week",         "x__week.value.set"},
    {"datetime", "week",         "x__week.value.set"},
    {"date",     "week_day",     "x__week_day.value.set"},
    {"datetime", "week_day",     "x__week_day.value.set"},
    {"date",     "iso_week_day", "x__iso_week_day.value.set"},
    {"datetime", "iso_week_day", "x__iso_week_day.value.set"},
    {"date",     "iso_year",     "x__iso_year.value.set"},
    {"datetime", "iso_year",     "x__iso_year.value.set"},
    {"datetime", "date",         "x__date.value.set"},
    {"datetime", "time",         "x__time.value.set"},
    {"datetime", "hour",         "x__hour.value.set"},
    {"datetime", "minute",       "x__minute.value.set"},
    {"datetime", "second",       "x__second.value.set"},
    {"list",     "len",          "x__len.value.set"},
};

static void check_wish(const char *type, const char *name, bool pattern)
{
    const char *says = nr_arena_printf(&arena, pattern ? "{\"%s\":\"a\"}" : "\"%s\"", name).p;
    size_t i = 0;
    while (i < COUNT(wishes) && (strcmp(wishes[i].type, type) != 0 || strcmp(wishes[i].says, name) != 0)) i++;
    const char *got = index_names(nr_arena_printf(&arena, "{\"fields\":{\"x\":{\"type\":\"%s\",\"index\":[%s]}}}", type, says).p);
    if (i == COUNT(wishes)) fail_msg("which index %s of %s gets stands nowhere: %s", name, type, got);
    if (strcmp(got + 3, wishes[i].gets) != 0) fail_msg("%s of %s gets %s", name, type, got);
}

static void every_lookup_and_every_transform_wants_just_one_index(void **state)
{
    static const char *const types[] = {"char", "int", "json", "list", "date", "datetime"};
    size_t at = 0;
    (void)state;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
        size_t i = 0;
        while (i < COUNT(types) && nr_lookup_for(nr_slice_of(l->name), nr_type_find(nr_slice_of(types[i]))) != l) i++;
        if (i == COUNT(types)) fail_msg("no type has %s", l->name);
        check_wish(types[i], l->name, l->ways[0].keyfn == &nr_key_matches);
    }
    for (const nr_transform *t = nr_transforms; t->name; t++)
        for (size_t i = 0; i < COUNT(types); i++)
            if (nr_transform_suits(t, nr_type_find(nr_slice_of(types[i])))) check_wish(types[i], t->name, false);
}

/* By which indexes a lookup goes, the one that it wants first. What it does not go by costs no answer, only time: rows are read. */
static const struct {
    const char *lookup;
    nr_lookup_takes takes;
    const char *keyfns;
} goes_by[] = {
    {"exact",        NR_LT_ANY,      "value"},
    {"in",           NR_LT_EQUAL,    "value"},
    {"lt",           NR_LT_ORDERED,  "value"},
    {"lte",          NR_LT_ORDERED,  "value"},
    {"gt",           NR_LT_ORDERED,  "value"},
    {"gte",          NR_LT_ORDERED,  "value"},
    {"range",        NR_LT_ORDERED,  "value"},
    {"isnull",       NR_LT_NULL,     "null value"},
    {"startswith",   NR_LT_TEXT,     "value"},
    {"istartswith",  NR_LT_TEXT,     "folded"},
    {"iexact",       NR_LT_TEXT,     "folded"},
    {"endswith",     NR_LT_TEXT,     "reversed"},
    {"iendswith",    NR_LT_TEXT,     "folded_reversed"},
    {"contains",     NR_LT_TEXT,     "substrings folded_substrings"},
    {"icontains",    NR_LT_TEXT,     "folded_substrings"},
    {"regex",        NR_LT_TEXT,     "matches value substrings"},
    {"iregex",       NR_LT_TEXT,     "matches folded folded_substrings"},
    {"lt",           NR_LT_JSON,     "value"},
    {"lte",          NR_LT_JSON,     "value"},
    {"gt",           NR_LT_JSON,     "value"},
    {"gte",          NR_LT_JSON,     "value"},
    {"range",        NR_LT_JSON,     "value"},
    {"contains_all", NR_LT_LIST,     "value"},
    {"overlap",      NR_LT_LIST,     "value"},
    {"has_key",      NR_LT_KEYS,     "keys"},
    {"has_keys",     NR_LT_KEYS,     "keys"},
    {"has_any_keys", NR_LT_KEYS,     "keys"},
};

static void every_lookup_goes_by_these_indexes(void **state)
{
    size_t at = 0;
    (void)state;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
        nr_buf b = nr_buf_in(&arena);
        size_t i = 0;
        for (const nr_way *w = l->ways; w->keyfn; w++) nr_buf_printf(&b, "%s%s", b.n ? " " : "", w->keyfn->name);
        while (i < COUNT(goes_by) && (strcmp(goes_by[i].lookup, l->name) != 0 || goes_by[i].takes != l->takes)) i++;
        if (i == COUNT(goes_by)) fail_msg("what %s goes by stands nowhere: %.*s", l->name, NR_FMT(nr_buf_slice(&b)));
        if (!nr_slice_is(nr_buf_slice(&b), goes_by[i].keyfns)) fail_msg("%s goes by %.*s", l->name, NR_FMT(nr_buf_slice(&b)));
    }
}

/* A key function that no lookup goes by, and a way that no index serves, would be dead weight. */
static void every_way_of_a_lookup_is_served_by_an_index(void **state)
{
    (void)state;
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
        for (const nr_way *w = l->ways; w->keyfn; w++) {
            const nr_type *type = nr_type_find(l->takes == NR_LT_LIST ? NR_S("list") : nr_lookup_suits(l, nr_type_find(NR_S("char"))) ? NR_S("char") : NR_S("json"));
            nr_field f = {.name = NR_S("f"), .type = type, .spec = {.type = type}};
            nr_index ix = {.kind = w->keyfn->shape == NR_KS_SET ? NR_IX_SET : NR_IX_ORDERED, .path = nr_path_of(&f), .keyfn = w->keyfn};
            const nr_path path = ix.path;
            ix.caseless = w->flags & NR_WAY_CASELESS;
            if (l->takes == NR_LT_LIST) nr_path_step(&ix.path, (nr_step){.each = true}, &arena);
            assert_ptr_equal(nr_index_serves(&ix, &path, l, NULL), w);
        }
    }
}

static void every_lookup_has_a_doc_line_and_a_key_function_of_the_table(void **state)
{
    (void)state;
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));) {
        assert_non_null(nr_lookup_find(nr_slice_of(l->name)));
        for (const nr_way *w = l->ways; w->keyfn; w++) {
            assert_ptr_equal(nr_keyfn_find(nr_slice_of(w->keyfn->name)), w->keyfn);
            assert_true(!(w->flags & NR_WAY_CASELESS) || w->keyfn == &nr_key_matches);
        }
        assert_true(l->doc && l->doc[0]);
        assert_null(nr_transform_find(nr_slice_of(l->name)));
    }
    at = 0;
    assert_string_equal(nr_lookup_next(&at)->name, "exact");
    assert_null(nr_lookup_find(NR_S("")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_type_has_just_these_lookups),
        TEST(a_lookup_on_text_heeds_case_unless_it_wants_an_index_without),
        TEST(every_lookup_and_every_transform_wants_just_one_index),
        TEST(every_lookup_goes_by_these_indexes),
        TEST(every_way_of_a_lookup_is_served_by_an_index),
        TEST(every_lookup_has_a_doc_line_and_a_key_function_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
