/* t_plan.c -- plans: what EXPLAIN prints is compared with files in tests/golden/, and what every plan must have is checked on random filters.
 *
 * A golden file has commands, each behind "$ ", and under each the lines of its answer. GOLDEN=write writes the files anew: read the difference
 * before you keep it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

enum { ITEMS = 2000, FEED = 600, KINDS = 600 };

static world w;

static int set_up(void **state)
{
    text t = {0};
    (void)state;
    world_open(&w);
    world_do(&w, "MODEL SET g.Cat '{\"pk\": \"code\", \"fields\": {\"code\": {\"type\": \"char\"}}}'");
    world_do(&w, "MODEL SET g.Item '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}, \"c\": {\"type\": \"char\", \"null\": true, "
                 "\"index\": [\"exact\", \"in\"]}, "
                 "\"u\": {\"type\": \"slug\", \"unique\": true}, \"cat\": {\"type\": \"fk\", \"to\": \"g.Cat\"}, \"x\": {\"type\": \"int\"}, \"t\": "
                 "{\"type\": \"text\", \"null\": true, \"index\": true}}}'");
    world_do(&w, "MODEL SET g.Feed '{\"fields\": {\"status\": {\"type\": \"char\", \"null\": true}, \"n\": {\"type\": \"int\"}, \"at\": {\"type\": "
                 "\"datetime\"}}, "
                 "\"indexes\": [{\"name\": \"feed\", \"fields\": [\"status\", \"-at\"]}], \"unique_together\": [[\"n\", \"status\"]]}'");
    for (int i = 0; i < FEED; i++) world_dof(&w, "SAVE g.Feed status %s n %d at 2026-%02d-%02d", i % 3 ? "live" : "draft", i, 1 + i % 12, 1 + i % 28);
    text_add(&t, NR_S("SAVE g.Item JSON '["));
    for (int i = 0; i < ITEMS; i++)
        text_addf(&t, "%s{\"n\":%d,\"c\":%s,\"u\":\"u%d\",\"cat\":\"c%d\",\"x\":%d,\"t\":\"t%04d\"}", i ? "," : "", i % 100,
                  i % 10 ? i % 2 ? "\"odd\"" : "\"even\"" : "null", i, i % 4, i % 7, i * 13 % ITEMS);
    text_add(&t, NR_S("]'"));
    world_do(&w, t.p);
    free(t.p);
    return w.ok ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* -- golden files ------------------------------------------------------------------------------------------------------------------------ */

static char *file_text(const char *path)
{
    text t = {0};
    char piece[4096];
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("no file %s: the tests run in the root of the checkout", path);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) text_add(&t, (nr_slice){piece, n});
    fclose(f);
    text_add(&t, NR_S(""));
    return t.p;
}

static void write_file(const char *path, const text *t)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(t->p, 1, t->n, f), t->n);
    fclose(f);
}

/* A reply of texts, one a line; any other as it is. */
static void add_lines(text *out, const char *reply)
{
    if (reply[0] != '[') {
        text_addf(out, "%s\n", reply);
        return;
    }
    for (const char *p = reply + 1; *p && *p != ']'; p += *p == ',') {
        const char *from = ++p;
        p += strcspn(p, "\"");
        text_add(out, (nr_slice){from, (size_t)(p - from)});
        text_add(out, NR_S("\n"));
        p++;
    }
}

static void compare_lines(const char *path, const char *want, const char *got)
{
    const char *command = "";
    for (int line = 1; *want || *got; line++) {
        size_t n = strcspn(want, "\n"), m = strcspn(got, "\n");
        if (n > 1 && want[0] == '$') command = want;
        if (n != m || memcmp(want, got, n) != 0)
            fail_msg("%s, line %d\n  %.*s\n  golden %.*s\n  now    %.*s\n  GOLDEN=write keeps what is now", path, line, (int)strcspn(command, "\n"),
                     command, (int)n, want, (int)m, got);
        want += n + (want[n] == '\n');
        got += m + (got[m] == '\n');
    }
}

/* Lines that begin with # are remarks. */
static void golden(const char *path)
{
    char *want = file_text(path);
    text got = {0};
    for (const char *p = want; *p;) {
        size_t n = strcspn(p, "\n");
        bool command = n > 2 && p[0] == '$';
        if (command || n == 0 || p[0] == '#') {
            text_add(&got, (nr_slice){p, n});
            text_add(&got, NR_S("\n"));
        }
        if (command) add_lines(&got, world_dof(&w, "%.*s", (int)n - 2, p + 2));
        p += n + (p[n] == '\n');
    }
    if (getenv("GOLDEN")) write_file(path, &got);
    else compare_lines(path, want, got.p);
    free(want);
    free(got.p);
}

static void access_paths_are_chosen_by_what_they_count(void **state)
{
    (void)state;
    golden("tests/golden/access.txt");
}

static void an_order_is_walked_or_sorted_by_cost(void **state)
{
    (void)state;
    golden("tests/golden/order.txt");
}

static void counts_come_from_indexes_where_they_tell(void **state)
{
    (void)state;
    golden("tests/golden/count.txt");
}

static void an_index_of_several_fields_answers_for_all_of_them(void **state)
{
    (void)state;
    golden("tests/golden/several.txt");
}

static void groups_read_what_they_need_and_no_more(void **state)
{
    (void)state;
    golden("tests/golden/group.txt");
}

/* Rows of a model with an index of every kind. */
static void fill_kinds(const char *model, const char *store)
{
    text t = {0};
    world_do(&w, "MODEL SET g.Place '{\"abstract\": true, \"fields\": {\"city\": {\"type\": \"char\"}, \"zip\": {\"type\": \"int\"}}}'");
    world_dof(&w,
              "MODEL SET %s '{\"store\": \"%s\", \"fields\": {\"kind\": {\"type\": \"char\"}, \"rank\": {\"type\": \"int\"}, "
              "\"name\": {\"type\": \"char\", \"null\": true, \"index\": [\"exact\", \"iexact\", \"endswith\", \"iendswith\", \"contains\", \"icontains\", "
              "{\"regex\": \" 7+$\"}, {\"iregex\": \"^NAME 1\"}]}, "
              "\"note\": {\"type\": \"text\", \"null\": true, \"index\": [\"isnull\"]}, "
              "\"at\": {\"type\": \"datetime\", \"index\": [\"month\", \"year\", \"date\", \"week_day\", \"hour__gte\"]}, "
              "\"tags\": {\"type\": \"list\", \"of\": {\"type\": \"char\"}, \"index\": [\"exact\", \"icontains\", \"len\"]}, "
              "\"nums\": {\"type\": \"set\", \"of\": {\"type\": \"int\"}, \"index\": [\"lt\"]}, "
              "\"meta\": {\"type\": \"json\", \"index\": [\"color__exact\", \"size__lt\", \"has_key\"]}, "
              "\"by\": {\"type\": \"dict\", \"of\": {\"type\": \"int\", \"null\": true}, \"index\": [\"a__isnull\"]}, "
              "\"ship\": {\"type\": \"embedded\", \"to\": \"g.Place\", \"index\": [\"city__exact\", \"city__iexact\", \"zip__lt\"]}}, "
              "\"indexes\": [{\"name\": \"best\", \"fields\": [\"kind\", \"-rank\"]}]}'",
              model, store);
    assert_true(w.ok);
    text_addf(&t, "SAVE %s JSON '[", model);
    for (int i = 0; i < KINDS; i++)
        text_addf(&t,
                  "%s{\"kind\":\"k%d\",\"rank\":%d,\"name\":\"Name %d\",\"note\":%s,\"at\":\"200%d-%02d-%02dT%02d:30:00\",\"tags\":[\"t%d\",\"t%d\",\"%s\"],"
                  "\"nums\":[%d,%d],\"meta\":{\"color\":\"%s\",\"size\":%d},\"by\":%s,\"ship\":{\"city\":\"City %d\",\"zip\":%d}}",
                  i ? "," : "", i % 4, i % 100, i, i % 5 ? "null" : "\"Note 5\"", i % 5, 1 + i % 12, 1 + i % 28, i % 24, i % 10, i % 9, i % 50 ? "t0" : "a long one",
                  i % 30, i % 31, i % 20 ? "blue" : "red", i, i % 10 == 0 ? "{}" : i % 10 == 1 ? "{\"a\":null}" : "{\"a\":1}", i % 60, i % 90);
    text_add(&t, NR_S("]'"));
    world_do(&w, t.p);
    assert_true(w.ok);
    free(t.p);
}

static void every_kind_of_index_is_used_for_what_it_serves(void **state)
{
    (void)state;
    fill_kinds("g.Kind", "native");
    golden("tests/golden/kinds.txt");
    fill_kinds("g.Kept", "memory");
    golden("tests/golden/kinds_memory.txt");
}

static void indexes_that_are_not_mended_are_not_used(void **state)
{
    nr_pair x = {NR_S("n"), NR_S("5")}, back = {NR_S("n"), NR_S("0")};
    (void)state;
    world_do(&w, "COUNT g.Item");
    world_put(&w, NR_S("g.Item:1"), &x, 1);
    assert_string_equal(world_do(&w, "COUNT g.Item FILTER n 5"), ":21");
    golden("tests/golden/unsettled.txt");
    world_put(&w, NR_S("g.Item:1"), &back, 1);
    world_do(&w, "COUNT g.Item");
    world_settle(&w);
    assert_null(strstr(world_do(&w, "EXPLAIN QUERY g.Item FILTER u u5"), "Table"));
}

/* -- what every plan has ----------------------------------------------------------------------------------------------------------------- */

static const char *const leaves[] = {"n 5",
                                     "n__lt 3",
                                     "n__gte 90",
                                     "n__range [10,20]",
                                     "n__in [1,2,3]",
                                     "c odd",
                                     "c__in [\"even\"]",
                                     "c__isnull true",
                                     "c__isnull false",
                                     "u u77",
                                     "u__startswith u1",
                                     "cat c1",
                                     "cat__in [\"c1\",\"c9\"]",
                                     "x 3",
                                     "x__gt 2",
                                     "t__startswith t1",
                                     "t__lt t05",
                                     "pk__lt 100",
                                     "pk__in [1,2,99999]",
                                     "pk 7"};

/* True when the estimate of the first node is an exact one; *rows: the estimate. */
static bool estimate(const char *plan, unsigned long *rows)
{
    const char *at = strstr(plan, "rows");
    assert_non_null(at);
    bool exact = at[4] == '=';
    *rows = strtoul(at + (exact ? 5 : 6), NULL, 10);
    return exact;
}

static void counts_of_plans_are_never_below_the_truth(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
        for (size_t k = 0; k < sizeof leaves / sizeof *leaves; k++) {
            unsigned long rows, truth = strtoul(world_dof(&w, "COUNT g.Item FILTER %s %s", leaves[i], leaves[k]) + 1, NULL, 10);
            bool exact = estimate(world_dof(&w, "EXPLAIN QUERY g.Item FILTER %s %s", leaves[i], leaves[k]), &rows);
            if (exact ? rows != truth : rows < truth)
                fail_msg("%s %s: %lu rows, and the plan says %s%lu", leaves[i], leaves[k], truth, exact ? "" : "at most ", rows);
        }
}

/* The rows behind the lead index may be many; a plan that starts with more than the least of its indexes is no plan. */
static void the_most_selective_index_leads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
        if (!strncmp(leaves[i], "x", 1)) continue;
        unsigned long truth = strtoul(world_dof(&w, "COUNT g.Item FILTER %s", leaves[i]) + 1, NULL, 10), least = ITEMS;
        const char *plan = world_dof(&w, "EXPLAIN QUERY g.Item FILTER %s x__gte 0", leaves[i]);
        for (const char *at = plan; (at = strstr(at, "index=")); at++) {
            unsigned long rows;
            estimate(at, &rows);
            if (rows < least) least = rows;
        }
        if (truth * 20 < ITEMS && least != truth) fail_msg("%s has %lu rows: %s", leaves[i], truth, plan);
    }
}

/* -- what every order has ---------------------------------------------------------------------------------------------------------------- */

/* With no order asked for, LIMIT still cuts pieces of one and the same order, and REVERSE turns that one round. */
static void expect_pages_to_fit(const char *filter)
{
    text whole = {0}, pages = {0};
    text_add(&whole, nr_slice_of(world_dof(&w, "QUERY g.Item %s FIELDS pk FLAT", filter)));
    assert_true(w.ok);
    for (int at = 0, size = 1;; at += size, size = size * 3 % 1100 + 1) {
        const char *page = world_dof(&w, "QUERY g.Item %s FIELDS pk FLAT LIMIT %d %d", filter, at, size);
        if (!strcmp(page, "[]")) break;
        text_add(&pages, pages.n ? NR_S(",") : NR_S("["));
        text_add(&pages, (nr_slice){page + 1, strlen(page) - 2});
    }
    text_add(&pages, NR_S("]"));
    if (strcmp(whole.p, pages.p) != 0) fail_msg("pages of %s do not fit together", filter);
    const char *last = world_dof(&w, "QUERY g.Item %s FIELDS pk FLAT REVERSE LIMIT 0 1", filter);
    nr_slice tail = {last + 1, strlen(last) - 1};
    if (memcmp(whole.p + whole.n - tail.n, tail.p, tail.n) != 0) fail_msg("REVERSE of %s begins with %s, not with the last row", filter, last);
    free(whole.p);
    free(pages.p);
}

static void pages_of_an_order_that_nobody_defined_fit_together(void **state)
{
    static const char *const filters[] = {"",
                                          "FILTER n__gte 1",
                                          "FILTER n__gte 10 x__lt 5",
                                          "FILTER x__lt 2",
                                          "FILTER c__isnull false n__in [1,2,3]",
                                          "EXCLUDE n 1",
                                          "FILTER pk__gt 100 n__lt 80",
                                          "FILTER c odd",
                                          "FILTER cat__in [\"c1\",\"c2\",\"c3\"] c even",
                                          "FILTER c odd x 3"};
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) expect_pages_to_fit(filters[i]);
}

/* The planner weighs other ways when there are more rows. */
static void a_larger_model_is_scanned_where_that_is_cheaper(void **state)
{
    (void)state;
    for (int part = 0; part < 2; part++) {
        text t = {0};
        text_add(&t, NR_S("SAVE g.Item JSON '["));
        for (int i = 0; i < ITEMS * 2; i++)
            text_addf(&t, "%s{\"n\":%d,\"c\":%s,\"u\":\"v%d-%d\",\"cat\":\"c%d\",\"x\":%d}", i ? "," : "", i % 97, i % 3 ? "\"odd\"" : "null", part,
                      i, i % 5, i % 7);
        text_add(&t, NR_S("]'"));
        world_do(&w, t.p);
        assert_true(w.ok);
        free(t.p);
    }
    golden("tests/golden/wide.txt");
}

static void pages_fit_together_in_a_larger_model_too(void **state)
{
    pages_of_an_order_that_nobody_defined_fit_together(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_paths_are_chosen_by_what_they_count),
        cmocka_unit_test(an_order_is_walked_or_sorted_by_cost),
        cmocka_unit_test(counts_come_from_indexes_where_they_tell),
        cmocka_unit_test(indexes_that_are_not_mended_are_not_used),
        cmocka_unit_test(an_index_of_several_fields_answers_for_all_of_them),
        cmocka_unit_test(every_kind_of_index_is_used_for_what_it_serves),
        cmocka_unit_test(groups_read_what_they_need_and_no_more),
        cmocka_unit_test(counts_of_plans_are_never_below_the_truth),
        cmocka_unit_test(the_most_selective_index_leads),
        cmocka_unit_test(pages_of_an_order_that_nobody_defined_fit_together),
        cmocka_unit_test(a_larger_model_is_scanned_where_that_is_cheaper),
        cmocka_unit_test(pages_fit_together_in_a_larger_model_too),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
