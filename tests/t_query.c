/* t_query.c -- from arguments to a bound predicate: parse, bind, the table of lookups, predicates, and the indexes that a definition asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "query/bind.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static nr_arena arena;
static nr_err err;
static nr_model model;

static const nr_schema *target;

static const nr_schema *find_target(void *ctx, nr_slice name)
{
    (void)ctx;
    return nr_slice_is(name, "a.Target") ? target : NULL;
}

static nr_schema *define(const char *json)
{
    nr_schema *s = nr_schema_parse(NR_S("a.B"), nr_slice_of(json), NULL, NULL, &arena, &err);
    if (!s || !nr_schema_resolve(s, find_target, NULL, &err)) fail_msg("%s: %s", json, err.msg);
    return s;
}

static nr_regexes *patterns;

static int set_up(void **state)
{
    patterns = nr_regexes_new(nr_env_libc(), true);
    (void)state;
    nr_arena_init(&arena, nr_env_libc());
    nr_err_clear(&err);
    target = nr_schema_parse(NR_S("a.Target"), NR_S("{\"pk\":\"k\",\"fields\":{\"k\":{\"type\":\"char\"}}}"), NULL, NULL, &arena, &err);
    model = (nr_model){.schema = define("{\"fields\":{\"n\":{\"type\":\"int\",\"null\":true},\"t\":{\"type\":\"char\"},\"d\":{\"type\":\"decimal\","
                                        "\"max_digits\":5,\"decimal_places\":2},"
                                        "\"b\":{\"type\":\"blob\"},\"on\":{\"type\":\"bool\"},\"r\":{\"type\":\"fk\",\"to\":\"a.Target\"},\"late\":{"
                                        "\"type\":\"fk\",\"to\":\"a.Later\"},"
                                        "\"order\":{\"type\":\"int\"},\"x_y\":{\"type\":\"int\"}},\"ordering\":[\"-t\",\"n\"]}")};
    return 0;
}

static int tear_down(void **state)
{
    nr_regexes_free(patterns);
    (void)state;
    nr_arena_clear(&arena);
    return 0;
}

/* Arguments apart by spaces; '' is an empty one. */
static size_t split_args(const char *line, nr_slice *out, size_t max)
{
    size_t n = 0;
    for (const char *p = line; *p;) {
        size_t len = strcspn(p, " ");
        assert_true(n < max);
        out[n++] = len == 2 && !memcmp(p, "''", 2) ? NR_S("") : (nr_slice){p, len};
        p += len;
        while (*p == ' ') p++;
    }
    return n;
}

static bool parse(const char *line, unsigned groups, nr_ast *ast)
{
    nr_slice *argv = NR_NEW_N(&arena, nr_slice, 64);
    nr_err_clear(&err);
    return nr_ast_parse(argv, split_args(line, argv, 64), groups, &arena, ast, &err);
}

static const unsigned ALL = NR_CL_FILTERS | NR_CL_SHAPE;

static void good(const char *line, nr_ast *ast)
{
    if (!parse(line, ALL, ast)) fail_msg("%s: %s", line, err.msg);
}

static void refused(const char *line, unsigned groups, nr_code code, const char *words)
{
    nr_ast ast;
    if (parse(line, groups, &ast)) fail_msg("%s was taken", line);
    if (err.code != code || !strstr(err.msg, words)) fail_msg("%s: %s %s", line, nr_code_word(err.code), err.msg);
}

static const nr_bind_with with = {.max_memory = 1 << 20, .deadline_us = INT64_MAX};

static bool bind(const char *line, nr_query *q)
{
    nr_ast ast;
    good(line, &ast);
    nr_err_clear(&err);
    return nr_query_bind(&ast, &model, true, &with, &arena, q, &err);
}

static void bound(const char *line, nr_query *q)
{
    if (!bind(line, q)) fail_msg("%s: %s", line, err.msg);
}

static void unbound(const char *line, nr_code code, const char *words)
{
    nr_query q;
    if (bind(line, &q)) fail_msg("%s was bound", line);
    if (err.code != code || !strstr(err.msg, words)) fail_msg("%s: %s %s", line, nr_code_word(err.code), err.msg);
}

/* -- parse ------------------------------------------------------------------------------------------------------------------------------- */

static void clauses_come_in_any_order_and_any_case(void **state)
{
    nr_ast a;
    (void)state;
    good("limit 3 4 Filter t x n 1 EXCLUDE b y ORDER -t n FIELDS t pk REVERSE wiThcount", &a);
    assert_int_equal(a.filters.n, 2);
    assert_int_equal(a.filters.at[0].pairs.n, 2);
    assert_false(a.filters.at[0].negated);
    assert_true(a.filters.at[1].negated);
    assert_int_equal(a.order.n, 2);
    assert_int_equal(a.fields.n, 2);
    assert_true(a.has_limit && a.offset == 3 && a.count == 4 && a.reverse && a.withcount && !a.flat);
    good("", &a);
    assert_true(!a.has_limit && a.count == -1 && !a.filters.n && !a.has_order && !a.has_fields);
}

static void a_word_ends_a_list_in_capitals_only(void **state)
{
    nr_ast a;
    (void)state;
    good("FIELDS order limit FLAT", &a);
    assert_int_equal(a.fields.n, 2);
    assert_true(a.flat);
    good("ORDER flat Reverse LIMIT 0 1", &a);
    assert_int_equal(a.order.n, 2);
    assert_false(a.reverse);
}

static void a_value_is_never_a_word(void **state)
{
    nr_ast a;
    (void)state;
    good("FILTER t ORDER n LIMIT EXCLUDE t FILTER", &a);
    assert_int_equal(a.filters.n, 2);
    assert_true(nr_slice_is(a.filters.at[0].pairs.at[0].value, "ORDER"));
    assert_true(nr_slice_is(a.filters.at[0].pairs.at[1].value, "LIMIT"));
    assert_true(nr_slice_is(a.filters.at[1].pairs.at[0].value, "FILTER"));
    good("FILTER t ''", &a);
    assert_int_equal(a.filters.at[0].pairs.at[0].value.n, 0);
}

static void what_is_wrong_with_clauses_is_said(void **state)
{
    (void)state;
    refused("FROB", ALL, NR_E_SYNTAX, "FROB");
    refused("''", ALL, NR_E_SYNTAX, "unexpected");
    refused("FILTER", ALL, NR_E_SYNTAX, "FILTER needs");
    refused("FILTER t", ALL, NR_E_SYNTAX, "no value");
    refused("FILTER t 1 n", ALL, NR_E_SYNTAX, "no value");
    refused("ORDER", ALL, NR_E_SYNTAX, "ORDER needs");
    refused("ORDER REVERSE", ALL, NR_E_SYNTAX, "ORDER needs");
    refused("FIELDS", ALL, NR_E_SYNTAX, "FIELDS needs");
    refused("LIMIT", ALL, NR_E_SYNTAX, "offset and a count");
    refused("LIMIT 1", ALL, NR_E_SYNTAX, "offset and a count");
    refused("LIMIT -1 1", ALL, NR_E_BADVALUE, "offset");
    refused("LIMIT 1 -2", ALL, NR_E_BADVALUE, "count");
    refused("LIMIT 1 1e1", ALL, NR_E_BADVALUE, "count");
    refused("LIMIT 9223372036854775808 1", ALL, NR_E_BADVALUE, "offset");
    refused("REVERSE REVERSE", ALL, NR_E_SYNTAX, "twice");
    refused("LIMIT 0 1 FILTER t 1 LIMIT 0 1", ALL, NR_E_SYNTAX, "twice");
    refused("ORDER t", NR_CL_FILTERS, NR_E_SYNTAX, "unexpected");
    refused("FILTER t 1", NR_CL_FIELDS, NR_E_SYNTAX, "unexpected");
}

static void clauses_of_later_versions_are_refused_by_name(void **state)
{
    (void)state;
    for (const nr_clause *c = nr_clauses; c->word; c++)
        if (c->later) refused(c->word, ALL | NR_CL_GROUPS, NR_E_SYNTAX, "is not available in this version");
}

static void integers_are_digits_that_fit(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } taken[] = {{"0", 0}, {"-0", 0}, {"7", 7}, {"-7", -7}, {"9223372036854775807", INT64_MAX}, {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"",  "-", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "-9223372036854775809", "99999999999999999999",
                                      "1-"};
    int64_t v;
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        assert_true(nr_parse_int64(nr_slice_of(taken[i].text), &v));
        assert_true(v == taken[i].value);
    }
    for (size_t i = 0; i < COUNT(bad); i++) assert_false(nr_parse_int64(nr_slice_of(bad[i]), &v));
}

/* -- bind -------------------------------------------------------------------------------------------------------------------------------- */

static void a_path_is_a_field_and_a_lookup(void **state)
{
    nr_query q;
    (void)state;
    bound("FILTER pk 1 id__lt 2 n__isnull true r_id__startswith a t__in [\"b\",\"a\",\"b\",null] x_y 3", &q);
    static const char *const lookups[] = {"exact", "lt", "isnull", "startswith", "in", "exact"};
    static const char *const fields[] = {"id", "id", "n", "r", "t", "x_y"};
    assert_int_equal(q.where->op, NR_P_AND);
    assert_int_equal(q.where->n, COUNT(fields));
    for (size_t i = 0; i < COUNT(fields); i++) {
        assert_string_equal(q.where->kids[i]->lookup->name, lookups[i]);
        assert_true(nr_slice_is(q.where->kids[i]->field->name, fields[i]));
    }
    const nr_pred *in = q.where->kids[4];
    assert_int_equal(in->args.n, 2);
    assert_true(nr_slice_is(in->args.at[0].v.s, "a"));
}

static void an_exclude_is_one_not_of_all_that_it_has(void **state)
{
    nr_query q;
    (void)state;
    bound("EXCLUDE n 1 t x FILTER n 2 EXCLUDE t y", &q);
    assert_int_equal(q.where->n, 3);
    assert_int_equal(q.where->kids[0]->op, NR_P_NOT);
    assert_int_equal(q.where->kids[0]->kids[0]->op, NR_P_AND);
    assert_int_equal(q.where->kids[0]->kids[0]->n, 2);
    assert_int_equal(q.where->kids[1]->op, NR_P_LEAF);
    assert_int_equal(q.where->kids[2]->kids[0]->op, NR_P_LEAF);
}

static void operands_are_coerced_by_type_only(void **state)
{
    nr_query q;
    (void)state;
    bound("FILTER n 007 d 1.005 on TRUE n__lt 99999999999999999999 d__range [-1.005,2]", &q);
    assert_int_equal(q.where->kids[0]->args.at[0].v.i, 7);
    assert_true(q.where->kids[1]->args.at[0].v.d == 100 && q.where->kids[1]->args.at[0].side == 1);
    assert_int_equal(q.where->kids[2]->args.at[0].v.i, 1);
    assert_true(q.where->kids[3]->args.at[0].side == 1);
    assert_true(q.where->kids[4]->args.at[0].v.d == -101 && q.where->kids[4]->args.at[0].side == 1);
}

static void what_cannot_be_bound_is_said(void **state)
{
    (void)state;
    unbound("FILTER m 1", NR_E_NOFIELD, "it has id, n");
    unbound("FILTER n__lte__gt 1", NR_E_NOLOOKUP, "lte__gt");
    unbound("FILTER n__ltt 1", NR_E_NOLOOKUP, "lte");
    unbound("FILTER n__ 1", NR_E_NOLOOKUP, "");
    unbound("FILTER __n 1", NR_E_NOFIELD, "");
    unbound("FILTER '' 1", NR_E_NOFIELD, "");
    unbound("FILTER b__lt 1", NR_E_NOLOOKUP, "isnull");
    unbound("FILTER b__in []", NR_E_NOLOOKUP, "isnull");
    unbound("FILTER r__name x", NR_E_NOLOOKUP, "a path through the relation 'r' is not possible here");
    unbound("FILTER late 1", NR_E_NOMODEL, "a.Later");
    unbound("ORDER late", NR_E_NOMODEL, "a.Later");
    unbound("FILTER n x", NR_E_BADVALUE, "'n'");
    unbound("FILTER n__in 3", NR_E_BADVALUE, "JSON array");
    unbound("FILTER n__in [1,[2]]", NR_E_BADVALUE, "array");
    unbound("FILTER n__in [1,\"x\"]", NR_E_BADVALUE, "'n'");
    unbound("FILTER n__range [1]", NR_E_BADVALUE, "two");
    unbound("FILTER n__range [1,null]", NR_E_BADVALUE, "null");
    unbound("FILTER n__isnull maybe", NR_E_BADVALUE, "true, false");
    unbound("ORDER ? n", NR_E_SYNTAX, "alone");
    unbound("ORDER --n", NR_E_NOFIELD, "");
    unbound("ORDER -", NR_E_NOFIELD, "");
    unbound("ORDER n__lt", NR_E_NOLOOKUP, "transform");
    unbound("ORDER r__name", NR_E_SYNTAX, "a path through the relation 'r' is not possible here");
    unbound("ORDER t__x", NR_E_NOLOOKUP, "it has none");
    unbound("FIELDS n n", NR_E_SYNTAX, "twice");
    unbound("FIELDS id pk", NR_E_SYNTAX, "twice");
    unbound("FLAT", NR_E_SYNTAX, "exactly one");
    unbound("FIELDS n t FLAT", NR_E_SYNTAX, "exactly one");
}

static void the_ordering_of_the_model_applies_without_order(void **state)
{
    nr_query q;
    nr_ast ast;
    (void)state;
    bound("", &q);
    assert_int_equal(q.n_order, 2);
    assert_true(q.order[0].descending && nr_slice_is(q.order[0].field->name, "t"));
    bound("ORDER pk", &q);
    assert_int_equal(q.n_order, 1);
    good("", &ast);
    assert_true(nr_query_bind(&ast, &model, false, &with, &arena, &q, &err));
    assert_int_equal(q.n_order, 0);
}

static void fields_are_replied_under_the_names_that_were_asked_for(void **state)
{
    nr_query q;
    (void)state;
    bound("FIELDS r_id pk t", &q);
    assert_int_equal(q.n_out, 3);
    assert_false(q.whole);
    assert_true(nr_slice_is(q.out_names[0], "r_id") && nr_slice_is(q.out[0]->name, "r"));
    assert_true(nr_slice_is(q.out_names[1], "pk") && q.out[1]->id == 0);
    bound("", &q);
    assert_true(q.whole);
    assert_int_equal(q.n_out, model.schema->n_fields);
}

/* -- predicates -------------------------------------------------------------------------------------------------------------------------- */

static bool holds(const char *line, int64_t n, const char *t)
{
    nr_query q;
    nr_value row[16] = {{.kind = NR_V_INT, .i = 1}};
    bound(line, &q);
    if (n >= 0) row[1] = (nr_value){.kind = NR_V_INT, .i = n};
    row[2] = (nr_value){.kind = NR_V_TEXT, .s = nr_slice_of(t)};
    return nr_pred_eval(q.where, NULL, row);
}

static void predicates_are_true_of_rows(void **state)
{
    (void)state;
    assert_true(holds("", 1, "a"));
    assert_true(holds("FILTER n 1 t a", 1, "a"));
    assert_false(holds("FILTER n 1 t b", 1, "a"));
    assert_true(holds("EXCLUDE n 1 t b", 1, "a"));
    assert_false(holds("EXCLUDE n 1 t a", 1, "a"));
    assert_true(holds("EXCLUDE n 1", -1, "a"));
    assert_false(holds("FILTER n__lt 5", -1, "a"));
    assert_true(holds("EXCLUDE n__lt 5", -1, "a"));
    assert_true(holds("FILTER n__isnull 1", -1, "a"));
    assert_false(holds("EXCLUDE n__isnull 1", -1, "a"));
    assert_false(holds("FILTER n__in []", 1, "a"));
    assert_true(holds("EXCLUDE n__in []", 1, "a"));
    assert_false(holds("FILTER n__range [4,2]", 3, "a"));
    assert_true(holds("FILTER t__startswith ''", 1, ""));
    nr_pred none = {.op = NR_P_OR};
    assert_false(nr_pred_eval(&none, NULL, NULL));
}

static void predicates_name_their_fields_and_print_on_one_line(void **state)
{
    nr_query q;
    bool want[16] = {false};
    nr_buf b = nr_buf_in(&arena);
    (void)state;
    bound("FILTER n__gte 3 EXCLUDE t x n__isnull 1", &q);
    nr_pred_fields(q.where, want);
    assert_true(want[1] && want[2] && !want[0] && !want[3]);
    nr_pred_print(q.where, &b);
    nr_buf_byte(&b, 0);
    assert_string_equal(b.p, "(n__gte '3' AND NOT (t__exact 'x' AND n__isnull '1'))");
}

/* -- indexes of a definition ------------------------------------------------------------------------------------------------------------- */

static const char *index_names(const char *json)
{
    nr_index *ix;
    size_t n;
    nr_buf b = nr_buf_in(&arena);
    if (!nr_schema_indexes(define(json), patterns, &arena, &ix, &n, &err)) fail_msg("%s: %s", json, err.msg);
    for (size_t i = 0; i < n; i++) nr_buf_printf(&b, "%s%.*s", i ? " " : "", NR_FMT(ix[i].name));
    nr_buf_byte(&b, 0);
    nr_indexes_release(ix, n);
    return b.p;
}

#define X(options) "{\"fields\":{\"x\":{" options "}}}"

static void a_definition_says_which_indexes_there_are(void **state)
{
    (void)state;
    assert_string_equal(index_names("{}"), "pk");
    assert_string_equal(index_names(X("\"type\":\"int\"")), "pk");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":false")), "pk");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":[]")), "pk");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":true")), "pk x.value");
    assert_string_equal(index_names(X("\"type\":\"int\",\"unique\":true")), "pk x.value");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":[\"exact\",\"in\",\"isnull\"]")), "pk x.value.set");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":[\"exact\",\"lt\"]")), "pk x.value");
    assert_string_equal(index_names(X("\"type\":\"char\",\"index\":[\"startswith\"]")), "pk x.value");
    assert_string_equal(index_names(X("\"type\":\"blob\",\"index\":[\"exact\"]")), "pk x.value.set");
    assert_string_equal(index_names(X("\"type\":\"fk\",\"to\":\"a.Target\"")), "pk x.value.set");
    assert_string_equal(index_names(X("\"type\":\"fk\",\"to\":\"a.Target\",\"index\":true")), "pk x.value x.value.set");
    assert_string_equal(index_names(X("\"type\":\"onetoone\",\"to\":\"a.Target\"")), "pk x.value x.value.set");
    assert_string_equal(index_names("{\"pk\":\"x\",\"fields\":{\"x\":{\"type\":\"char\"}}}"), "pk");
    assert_string_equal(index_names("{\"abstract\":true,\"fields\":{\"x\":{\"type\":\"int\",\"index\":true}}}"), "");
}

static void indexes_lie_under_the_name_of_their_model(void **state)
{
    nr_index *ix;
    size_t n;
    (void)state;
    nr_schema_indexes(define(X("\"type\":\"fk\",\"to\":\"a.Target\",\"index\":true")), patterns, &arena, &ix, &n, &err);
    assert_int_equal(n, 3);
    assert_true(nr_slice_is(ix[0].key, "a.B/pk"));
    assert_true(nr_slice_is(ix[1].key, "a.B/i/x.value"));
    assert_true(nr_slice_is(ix[2].key, "a.B/s/x.value.set/"));
}

static void a_set_answers_points_and_an_ordered_index_all(void **state)
{
    nr_index *ix;
    size_t n;
    (void)state;
    nr_schema_indexes(define(X("\"type\":\"fk\",\"to\":\"a.Target\",\"index\":true")), patterns, &arena, &ix, &n, &err);
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at)) && l->takes != NR_LT_TEXT;) {
        bool points = !strcmp(l->name, "exact") || !strcmp(l->name, "in") || !strcmp(l->name, "isnull");
        assert_non_null(nr_index_serves(&ix[1], &ix[1].path, l, NULL));
        assert_int_equal(nr_index_serves(&ix[2], &ix[1].path, l, NULL) != NULL, points);
    }
}

static void assert_no_indexes(const char *json, const char *says)
{
    nr_index *ix;
    size_t n;
    nr_err_clear(&err);
    if (nr_schema_indexes(define(json), patterns, &arena, &ix, &n, &err)) fail_msg("%s is accepted", json);
    assert_int_equal(err.code, NR_E_BADVALUE);
    if (!strstr(err.msg, says)) fail_msg("%s: '%s' is not in '%s'", json, says, err.msg);
    nr_err_clear(&err);
}

static void an_index_for_a_lookup_that_a_field_cannot_have_is_refused(void **state)
{
    (void)state;
    assert_no_indexes(X("\"type\":\"blob\",\"index\":[\"in\"]"),
                      "fields.x.index: 'in': no lookup 'in' on field 'x' of type blob; it has exact, isnull");
    assert_no_indexes(X("\"type\":\"char\",\"index\":[\"exat\"]"),
                      "fields.x.index: 'exat': no lookup 'exat' on field 'x' of type char; did you mean 'exact'?");
    assert_no_indexes(X("\"type\":\"int\",\"index\":[\"month\"]"), "no lookup 'month'");
    assert_no_indexes(X("\"type\":\"char\",\"index\":[\"regex\"]"), "{\"regex\": \"a pattern\"}");
    assert_no_indexes(X("\"type\":\"char\",\"index\":[{\"regex\":\"(\"}]"), "'('");
}

static void lookups_say_which_indexes_they_want(void **state)
{
    (void)state;
    assert_string_equal(index_names(X("\"type\":\"char\",\"index\":[\"iexact\",\"istartswith\"]")), "pk x.folded");
    assert_string_equal(index_names(X("\"type\":\"char\",\"index\":[\"endswith\",\"iendswith\"]")), "pk x.reversed x.folded_reversed");
    assert_string_equal(index_names(X("\"type\":\"char\",\"index\":[\"contains\",\"icontains\"]")), "pk x.substrings.set x.folded_substrings.set");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":[\"startswith\"]")), "pk x.text");
    assert_string_equal(index_names(X("\"type\":\"date\",\"index\":[\"month\",\"month__gte\",\"week_day\"]")),
                        "pk x__month.value.set x__week_day.value.set");
    assert_string_equal(index_names(X("\"type\":\"date\",\"index\":[\"year\",\"exact\"]")), "pk x.value");
    assert_string_equal(index_names(X("\"type\":\"datetime\",\"index\":[\"date\",\"time__lt\"]")), "pk x__date.value.set x__time.value");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":[\"isnull\"]")), "pk x.null.set");
    assert_string_equal(index_names(X("\"type\":\"int\",\"index\":[\"isnull\",\"exact\"]")), "pk x.value.set");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(clauses_come_in_any_order_and_any_case),
        TEST(a_word_ends_a_list_in_capitals_only),
        TEST(a_value_is_never_a_word),
        TEST(what_is_wrong_with_clauses_is_said),
        TEST(clauses_of_later_versions_are_refused_by_name),
        TEST(integers_are_digits_that_fit),
        TEST(a_path_is_a_field_and_a_lookup),
        TEST(an_exclude_is_one_not_of_all_that_it_has),
        TEST(operands_are_coerced_by_type_only),
        TEST(what_cannot_be_bound_is_said),
        TEST(the_ordering_of_the_model_applies_without_order),
        TEST(fields_are_replied_under_the_names_that_were_asked_for),
        TEST(predicates_are_true_of_rows),
        TEST(predicates_name_their_fields_and_print_on_one_line),
        TEST(a_definition_says_which_indexes_there_are),
        TEST(indexes_lie_under_the_name_of_their_model),
        TEST(a_set_answers_points_and_an_ordered_index_all),
        TEST(an_index_for_a_lookup_that_a_field_cannot_have_is_refused),
        TEST(lookups_say_which_indexes_they_want),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
