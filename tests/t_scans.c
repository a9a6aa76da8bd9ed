/* t_scans.c -- queries that no index answers: NOSCAN, MAXSCAN, nonrel.unindexed, INDEX SUGGEST; and what indexes cost: INDEX STATS. */
#include "engine_check.h"

static void posts(world *w, int n)
{
    for (int i = 0; i < n; i++) world_dof(w, "SAVE b.Post title t%d slug s%d views %d tag g%d", i, i, i, i % 3);
}

static void noscan_refuses_what_no_index_narrows_down(void **state)
{
    world *w = *state;
    posts(w, 5);
    refuse(w, "QUERY b.Post FILTER views 3 NOSCAN", "NOINDEX", "NONREL.INDEX CREATE b.Post views exact");
    refuse(w, "QUERY b.Post FILTER views__lt 3 NOSCAN", "NOINDEX", "views__lt");
    refuse(w, "QUERY b.Post EXCLUDE title a NOSCAN", "NOINDEX", "NOSCAN");
    expect(w, "QUERY b.Post FILTER title t3 NOSCAN FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY b.Post FILTER title t3 views 3 NOSCAN FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY b.Post FILTER pk 4 views 3 NOSCAN FIELDS pk FLAT", "[#4]");
    world_do(w, "QUERY b.Post NOSCAN");
    assert_true(w->ok);
    expect(w, "INDEX CREATE b.Post views exact", "+OK");
    expect(w, "QUERY b.Post FILTER views 3 NOSCAN FIELDS pk FLAT", "[#4]");
    refuse(w, "COUNT b.Post FILTER views 3 NOSCAN", "SYNTAX", "NOSCAN");
    refuse(w, "QUERY b.Post NOSCAN NOSCAN", "SYNTAX", "twice");
}

static void maxscan_bounds_what_no_index_narrows_down(void **state)
{
    world *w = *state;
    posts(w, 50);
    refuse(w, "QUERY b.Post FILTER views 3 MAXSCAN 10", "LIMIT", "10 rows (MAXSCAN)");
    expect(w, "QUERY b.Post FILTER views 3 MAXSCAN 50 FIELDS pk FLAT", "[#4]");
    expect(w, "QUERY b.Post FILTER title t3 views 3 MAXSCAN 0 FIELDS pk FLAT", "[#4]");
    refuse(w, "QUERY b.Post MAXSCAN", "SYNTAX", "MAXSCAN");
    refuse(w, "QUERY b.Post MAXSCAN -1", "BADVALUE", "MAXSCAN");
    refuse(w, "QUERY b.Post MAXSCAN x", "BADVALUE", "MAXSCAN");
}

static void unindexed_error_names_the_lookup_and_its_command(void **state)
{
    world *w = *state;
    posts(w, 5);
    w->unindexed = NR_UNINDEXED_ERROR;
    refuse(w, "QUERY b.Post FILTER views 3", "NOINDEX", "views__exact");
    refuse(w, "COUNT b.Post FILTER views__gt 3", "NOINDEX", "NONREL.INDEX CREATE b.Post views gt");
    refuse(w, "EXISTS b.Post FILTER views 3", "NOINDEX", "nonrel.unindexed");
    refuse(w, "DELETE b.Post FILTER views 3", "NOINDEX", "nonrel.unindexed");
    expect(w, "COUNT b.Post FILTER title t3", ":1");
    expect(w, "COUNT b.Post", ":5");
    expect(w, "DELETE b.Post ALL", ":5");
}

static void unindexed_auto_builds_the_index_behind_the_query(void **state)
{
    world *w = *state;
    posts(w, 5);
    w->unindexed = NR_UNINDEXED_AUTO;
    expect(w, "COUNT b.Post FILTER views__gt 2", ":2");
    assert_null(strstr(world_do(w, "INDEX LIST b.Post"), "views.value"));
    world_settle(w);
    assert_non_null(strstr(world_do(w, "INDEX LIST b.Post"), "views.value"));
    assert_non_null(strstr(world_do(w, "EXPLAIN COUNT b.Post FILTER views__gt 2"), "views.value"));
    expect(w, "COUNT b.Post FILTER views__gt 2", ":2");
    check_indexes(w, "b.Post");
    expect(w, "INDEX DROP b.Post views gt", "+OK");
}

static void suggest_says_what_would_have_helped(void **state)
{
    world *w = *state;
    posts(w, 5);
    expect(w, "INDEX SUGGEST", "[]");
    expect(w, "COUNT b.Post FILTER views__gt 2", ":2");
    expect(w, "COUNT b.Post FILTER views__gt 3", ":1");
    expect(w, "COUNT b.Post FILTER title t3 live 1", ":1");
    expect(w, "INDEX SUGGEST",
           "[{\"model\"=\"b.Post\",\"lookup\"=\"views__gt\",\"queries\"=:2,\"rows\"=:10,\"create\"=\"NONREL.INDEX CREATE b.Post views gt\"}]");
    refuse(w, "QUERY b.Post FILTER live 1 MAXSCAN 1", "LIMIT", "MAXSCAN");
    assert_non_null(strstr(world_do(w, "INDEX SUGGEST"), "\"lookup\"=\"live__exact\""));
    expect(w, "INDEX CREATE b.Post views gt", "+OK");
    assert_null(strstr(world_do(w, "INDEX SUGGEST"), "views"));
    expect(w, "MODEL DROP b.Post ENTITIES", "+OK");
    expect(w, "INDEX SUGGEST", "[]");
}

static void suggest_keeps_a_bounded_number_of_lookups(void **state)
{
    world *w = *state;
    for (int i = 0; i < 1100; i++) {
        world_dof(w, "MODEL SET m.M%d '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", i);
        world_dof(w, "COUNT m.M%d FILTER n 1", i);
    }
    size_t n = 0;
    for (const char *p = world_do(w, "INDEX SUGGEST"); (p = strstr(p, "\"create\"=")); p++) n++;
    assert_int_equal(n, 1000);
}

static void stats_tell_what_indexes_cost(void **state)
{
    world *w = *state;
    posts(w, 6);
    const char *got = world_do(w, "INDEX STATS b.Post");
    const char *tag = strstr(got, "\"name\"=\"tag.value.set\""), *title = strstr(got, "\"name\"=\"title.value\"");
    assert_non_null(tag);
    assert_non_null(title);
    assert_non_null(strstr(title, w->in_memory ? "\"keys\"=:0,\"entries\"=:6,\"distinct\"=:6" : "\"keys\"=:1,\"entries\"=:6,\"distinct\"=:6"));
    assert_non_null(strstr(tag, w->in_memory ? "\"keys\"=:0,\"entries\"=:6,\"distinct\"=:3" : "\"keys\"=:3,\"entries\"=:6,\"distinct\"=:3"));
    assert_null(strstr(got, "\"bytes\"=:0,"));
    refuse(w, "INDEX STATS b.Pots", "NOMODEL", "b.Post");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POSTS(noscan_refuses_what_no_index_narrows_down),
        POSTS(maxscan_bounds_what_no_index_narrows_down),
        POSTS(unindexed_error_names_the_lookup_and_its_command),
        POSTS(unindexed_auto_builds_the_index_behind_the_query),
        POSTS(suggest_says_what_would_have_helped),
        EMPTY(suggest_keeps_a_bounded_number_of_lookups),
        POSTS(stats_tell_what_indexes_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
