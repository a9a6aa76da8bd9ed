/* t_page.c -- PAGE: every order is walked page by page and compared with the same query in one piece; tokens that are not ours are CURSOR. */
#include "engine_check.h"

enum { ROWS = 60 };

static int set_up_rows(void **state)
{
    set_up(state);
    world *w = *state;
    bool good = !strcmp(
        world_do(w,
                 "MODEL SET p.Row '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"t\": {\"type\": \"char\", \"null\": "
                 "true}, \"f\": {\"type\": \"float\"}, \"d\": {\"type\": \"date\", \"null\": true, \"index\": true}, \"on\": {\"type\": \"bool\"}, "
                 "\"n\": {\"type\": \"int\", \"index\": true}, \"raw\": {\"type\": \"blob\", \"null\": true}}}'"),
        "+OK");
    for (int i = 1; i <= ROWS; i++) {
        world_dof(w, "SAVE p.Row f %d.5 on %d n %d", i * 7 % 10 - 5, i % 2, i % 4);
        if (i % 5) world_dof(w, "SAVE p.Row pk %d a %d", i, i % 3 - 1);
        if (i % 7) world_dof(w, "SAVE p.Row pk %d t '%.*s'", i, i % 3, "zé");
        if (i % 6) world_dof(w, "SAVE p.Row pk %d d 20%02d-0%d-01", i, i % 4 + 10, i % 9 + 1);
    }
    return good ? 0 : 1;
}

/* The token of the last reply, in place; NULL at the end. */
static char *token_of(char *reply)
{
    char *end = strrchr(reply, ']'), *at = strrchr(reply, ',');
    if (!strncmp(at + 1, "nil", 3)) return NULL;
    *end = 0;
    end[-1] = 0;
    return at + 2;
}

/* Adds what stands in the inner brackets. */
static void add_rows(text *all, const char *reply)
{
    const char *from = reply + 2, *to = strchr(from, ']');
    if (to != from && all->n) text_add(all, NR_S(","));
    text_add(all, (nr_slice){from, (size_t)(to - from)});
}

static void walk(world *w, const char *clauses, int size)
{
    text all = {0}, want = {0};
    char token[4096] = "";
    int pages = 0;
    text_addf(&want, "%s", world_dof(w, "QUERY p.Row %s FIELDS pk FLAT", clauses));
    do {
        const char *got = world_dof(w, "QUERY p.Row %s FIELDS pk FLAT PAGE %d %s%s", clauses, size, *token ? "AFTER " : "", token);
        char *copy = strdup(got);
        if (got[0] != '[') fail_msg("%s: %s", clauses, got);
        add_rows(&all, copy);
        char *next = token_of(copy);
        snprintf(token, sizeof token, "%s", next ? next : "");
        free(copy);
        assert_true(++pages <= ROWS / size + 1);
    } while (*token);
    text_add(&all, NR_S(""));
    if (want.n - 2 != strlen(all.p) || strncmp(want.p + 1, all.p, want.n - 2) != 0)
        fail_msg("%s PAGE %d\n  gives %s\n  not   %s", clauses, size, all.p, want.p);
    free(all.p);
    free(want.p);
}

static void pages_put_together_are_the_whole(void **state)
{
    static const char *const orders[] = {"ORDER pk",
                                         "ORDER -pk",
                                         "ORDER a",
                                         "ORDER -a",
                                         "ORDER t",
                                         "ORDER -t a",
                                         "ORDER a -t d",
                                         "ORDER -a -t -d pk",
                                         "ORDER f -on",
                                         "ORDER d__year -d__month",
                                         "ORDER n",
                                         "ORDER -n",
                                         "ORDER -n -pk",
                                         "ORDER d",
                                         "ORDER -d n",
                                         "ORDER a REVERSE",
                                         "ORDER -t f REVERSE",
                                         "REVERSE ORDER n",
                                         "ORDER n pk a",
                                         "FILTER n__lt 2 ORDER -a",
                                         "FILTER a__isnull true ORDER t",
                                         "EXCLUDE t z ORDER d",
                                         "FILTER n 9 ORDER a"};
    for (size_t i = 0; i < COUNT(orders); i++)
        for (int size = 1; size <= 61; size += size < 8 ? 3 : 27) walk(*state, orders[i], size);
}

static void without_an_order_pages_are_by_pk(void **state)
{
    const char *got = world_do(*state, "QUERY p.Row PAGE 3 FIELDS pk FLAT WITHCOUNT");
    assert_int_equal(strncmp(got, "[:60,[#1,#2,#3],\"", 17), 0);
    expect(*state, "QUERY p.Row PAGE 60 FIELDS pk FLAT FILTER pk__lt 3", "[[#1,#2],nil]");
    expect(*state, "QUERY p.Row PAGE 2 FIELDS pk FLAT FILTER pk__lt 3", "[[#1,#2],nil]");
    expect(*state, "QUERY p.Row PAGE 2 FILTER pk 99 WITHCOUNT", "[:0,[],nil]");
}

static void rows_that_come_and_go_leave_the_others_alone(void **state)
{
    world *w = *state;
    char *first = strdup(world_do(w, "QUERY p.Row ORDER n FIELDS pk FLAT PAGE 5"));
    char *token = token_of(first);
    assert_non_null(token);
    assert_int_equal(strncmp(first, "[[#4,#8,#12,#16,#20]", 20), 0);
    world_do(w, "DELETE p.Row PK 20 24 4");
    world_do(w, "SAVE p.Row pk 100 f 1 on 1 n 0");
    world_do(w, "SAVE p.Row pk 3 n -1");
    const char *got = world_dof(w, "QUERY p.Row PAGE 12 AFTER %s ORDER n FIELDS pk FLAT", token);
    assert_int_equal(strncmp(got, "[[#28,#32,#36,#40,#44,#48,#52,#56,#60,#100,#1,#5],", 50), 0);
    free(first);
}

static void a_token_of_another_query_or_a_changed_one_is_an_error(void **state)
{
    world *w = *state;
    char *first = strdup(world_do(w, "QUERY p.Row FILTER n__lt 3 ORDER a t PAGE 5"));
    char *token = token_of(first);
    char bad[4096];
    assert_non_null(token);
    const char *got = world_dof(w, "QUERY p.Row FILTER n__lt 3 ORDER a t PAGE 7 AFTER %s FIELDS t WITHCOUNT", token);
    assert_int_equal(got[0], '[');
    static const char *const others[] = {"FILTER n__lt 2 ORDER a t", "ORDER a t",      "FILTER n__lt 3 ORDER a -t",
                                         "FILTER n__lt 3 ORDER a",   "FILTER n__lt 3", "FILTER n__lt 3 ORDER a t REVERSE",
                                         "EXCLUDE n__lt 3 ORDER a t"};
    for (size_t i = 0; i < COUNT(others); i++) {
        snprintf(bad, sizeof bad, "QUERY p.Row %s PAGE 5 AFTER %s", others[i], token);
        refuse(w, bad, "CURSOR", "no token of this query");
    }
    for (size_t i = 0; i < strlen(token); i++) {
        snprintf(bad, sizeof bad, "QUERY p.Row FILTER n__lt 3 ORDER a t PAGE 5 AFTER %s", token);
        char *at = bad + strlen(bad) - strlen(token) + i;
        *at = *at == 'A' ? 'B' : 'A';
        refuse(w, bad, "CURSOR", "no token");
        snprintf(bad, sizeof bad, "QUERY p.Row FILTER n__lt 3 ORDER a t PAGE 5 AFTER '%.*s'", (int)i, token);
        refuse(w, bad, "CURSOR", "no token");
    }
    free(first);
}

static void what_pages_do_not_go_with_is_said(void **state)
{
    world *w = *state;
    refuse(w, "QUERY p.Row PAGE", "BADVALUE", "PAGE");
    refuse(w, "QUERY p.Row PAGE 0", "BADVALUE", "from 1");
    refuse(w, "QUERY p.Row PAGE -1", "BADVALUE", "from 1");
    refuse(w, "QUERY p.Row PAGE 9223372036854775807", "BADVALUE", "from 1");
    refuse(w, "QUERY p.Row PAGE 5 AFTER", "SYNTAX", "token");
    refuse(w, "QUERY p.Row AFTER x", "SYNTAX", "behind PAGE");
    refuse(w, "QUERY p.Row PAGE 5 LIMIT 0 5", "SYNTAX", "LIMIT");
    refuse(w, "QUERY p.Row PAGE 5 ORDER ?", "SYNTAX", "?");
    refuse(w, "QUERY p.Row PAGE 5 FIELDS a DISTINCT", "SYNTAX", "DISTINCT");
    refuse(w, "COUNT p.Row PAGE 5", "SYNTAX", "PAGE");
    w->limits.max_results = 10;
    assert_int_equal(world_do(w, "QUERY p.Row PAGE 10 ORDER a")[0], '[');
    refuse(w, "QUERY p.Row PAGE 11 ORDER a", "LIMIT", "max-results");
}

/* What comes behind the first row. */
static void go_on(world *w, const char *order, const char *rest)
{
    char *first = strdup(world_dof(w, "QUERY p.Dict ORDER %s FIELDS pk FLAT PAGE 1", order)), *token = token_of(first);
    assert_non_null(token);
    assert_string_equal(world_dof(w, "QUERY p.Dict ORDER %s FIELDS pk FLAT PAGE 5 AFTER %s", order, token), rest);
    free(first);
}

/* `by__len` in a filter, as the next page begins with, is the key 'len': rows came again, and others were left out. */
static void a_page_in_the_order_of_the_length_of_a_dict_did_not_go_on(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET p.Dict '{\"fields\": {\"by\": {\"type\": \"dict\", \"of\": {\"type\": \"int\"}}, \"up\": {\"type\": \"fk\", \"to\": \"self\", \"null\": true}, "
              "\"all\": {\"type\": \"list\", \"of\": {\"type\": \"int\"}}}}'",
           "+OK");
    expect(w, "SAVE p.Dict JSON '[{\"by\":{\"a\":1,\"b\":2},\"all\":[1,2]},{\"by\":{\"len\":9},\"all\":[7],\"up\":1},{\"by\":{},\"all\":[]}]'", "[:1,:2,:3]");
    expect(w, "QUERY p.Dict ORDER by__len FIELDS pk FLAT", "[#3,#2,#1]");
    go_on(w, "by__len", "[[#2,#1],nil]");
    go_on(w, "up__by__len", "[[#3,#2],nil]");
    go_on(w, "all__len", "[[#2,#1],nil]");
}

static void blobs_are_sort_keys_and_primary_keys_of_pages(void **state)
{
    world *w = *state;
    for (int i = 1; i <= ROWS; i++)
        if (i % 4) world_dof(w, "SAVE p.Row pk %d raw r%d", i, i % 5);
    walk(w, "ORDER raw", 7);
    walk(w, "ORDER -raw a", 7);
    expect(w, "MODEL SET p.Blob '{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"blob\"}, \"n\": {\"type\": \"int\", \"null\": true}}}'", "+OK");
    static const nr_slice pks[] = {{"\xff", 1}, {"\0\x01", 2}, {"a\xfe", 2}};
    for (size_t i = 0; i < COUNT(pks); i++) world_run(w, (nr_slice[]){NR_S("SAVE"), NR_S("p.Blob"), NR_S("k"), pks[i]}, 4);
    for (int reverse = 0; reverse < 2; reverse++) {
        char token[200] = "";
        for (size_t i = 0; i < COUNT(pks); i++) {
            static const char *const order[] = {"\\x00\\x01", "a\\xfe", "\\xff"};
            char want[40];
            snprintf(want, sizeof want, "[[\"%s\"],", order[reverse ? 2 - i : i]);
            const char *got = world_dof(w, "QUERY p.Blob FIELDS pk FLAT %s PAGE 1 %s%s", reverse ? "REVERSE" : "", i ? "AFTER " : "", token);
            if (strncmp(got, want, strlen(want)) != 0) fail_msg("%s, not %s", got, want);
            char *copy = strdup(got), *next = token_of(copy);
            snprintf(token, sizeof token, "%s", next ? next : "");
            free(copy);
        }
        assert_string_equal(token, "");
    }
}

#define ROWS_OF(name) cmocka_unit_test_setup_teardown(name, set_up_rows, tear_down)

static void the_total_of_a_later_page_is_that_of_the_first(void **state)
{
    world *w = *state;
    char token[400] = "";
    for (int page = 0; page < 3; page++) {
        const char *got = world_dof(w, "QUERY p.Row FILTER f__lt 3 t__isnull false WITHCOUNT ORDER f FIELDS pk FLAT PAGE 5 %s%s", page ? "AFTER " : "", token);
        if (strncmp(got, "[:28,", 5) != 0) fail_msg("page %d: %s", page, got);
        char *copy = strdup(got), *next = token_of(copy);
        snprintf(token, sizeof token, "%s", next);
        free(copy);
    }
}

/* The most rows that an operator of a page has had. */
static long most_rows(world *w, const char *order, const char *token)
{
    static const char word[] = "| rows=";
    long most = 0;
    for (const char *at = world_dof(w, "PROFILE QUERY p.Deep %s FIELDS pk FLAT PAGE 10 AFTER %s", order, token); (at = strstr(at, word)); at += sizeof word - 1) {
        long n = strtol(at + sizeof word - 1, NULL, 10);
        if (n > most) most = n;
    }
    return most;
}

static void a_later_page_in_a_descending_order_with_null_read_all_rows_before_it(void **state)
{
    static const char *const orders[] = {"ORDER -a", "ORDER a REVERSE", "ORDER -a -pk", "ORDER -d__x"};
    static const char *const first[] = {"PAGE 1500", "PAGE 1900"}; /* it ends among the values, and among the NULLs */
    world *w = *state;
    expect(w,
           "MODEL SET p.Deep '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"n\": {\"type\": \"int\"}, \"d\": {\"type\": "
           "\"dict\", \"of\": {\"type\": \"int\"}, \"null\": true}}}'",
           "+OK");
    expect(w, "INDEX CREATE p.Deep d x__lt", "+OK");
    for (int i = 1; i <= 2000; i++) world_dof(w, i % 10 ? "SAVE p.Deep n 1 a %d d '{\"x\": %d}'" : "SAVE p.Deep n 1", i, i);
    for (size_t i = 0; i < COUNT(orders); i++)
        for (size_t k = 0; k < COUNT(first); k++) {
            char *page = strdup(world_dof(w, "QUERY p.Deep %s FIELDS pk FLAT %s", orders[i], first[k])), *token = token_of(page);
            long most = most_rows(w, orders[i], token);
            if (!most || most > 250) fail_msg("%s behind %s reads %ld rows", orders[i], first[k], most);
            free(page);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_OF(pages_put_together_are_the_whole),
        ROWS_OF(without_an_order_pages_are_by_pk),
        ROWS_OF(rows_that_come_and_go_leave_the_others_alone),
        ROWS_OF(a_token_of_another_query_or_a_changed_one_is_an_error),
        ROWS_OF(what_pages_do_not_go_with_is_said),
        ROWS_OF(the_total_of_a_later_page_is_that_of_the_first),
        ROWS_OF(blobs_are_sort_keys_and_primary_keys_of_pages),
        ROWS_OF(a_page_in_the_order_of_the_length_of_a_dict_did_not_go_on),
        ROWS_OF(a_later_page_in_a_descending_order_with_null_read_all_rows_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
