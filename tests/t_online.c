/* t_online.c -- indexes that are asked for when entities are there: who wants them, and building them slice by slice. */
#include "engine_check.h"

enum { MANY = 2500 };

/* A model that is too large to be indexed in one go. */
static void many(world *w)
{
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}, \"s\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    for (int i = 0; i < MANY; i++) world_dof(w, "SAVE a.X n %d s t%d", i % 100, i % 7);
}

static const char *state_in(world *w, const char *index, const char *what)
{
    static char found[64];
    const char *p = strstr(world_do(w, "INDEX LIST a.X"), index);
    p = p ? strstr(p, what) : NULL;
    if (!p) return "";
    p += strlen(what);
    size_t n = strcspn(p, ",}");
    memcpy(found, p, n);
    found[n] = 0;
    return found;
}

static const char *state_of(world *w, const char *index)
{
    return state_in(w, index, "\"state\"=");
}

static bool in_plan(world *w, const char *line, const char *index)
{
    return strstr(world_do(w, line), index) != NULL;
}

static bool native(const world *w)
{
    return !w->in_memory;
}

#define BY_N "EXPLAIN COUNT a.X FILTER n 5"

static void an_index_that_is_asked_for_answers(void **state)
{
    world *w = *state;
    expect(w, "SAVE b.Post title a slug x", ":1");
    expect(w, "INDEX CREATE b.Post views lt", "+OK");
    assert_true(in_plan(w, "EXPLAIN COUNT b.Post FILTER views__lt 5", "views.value"));
    expect(w, "COUNT b.Post FILTER views__lt 5", ":1");
    check_indexes(w, "b.Post");
    expect(w, "INDEX CREATE b.Post views lt", "+OK");
    expect(w, "INDEX DROP b.Post views lt", "+OK");
    assert_false(in_plan(w, "EXPLAIN COUNT b.Post FILTER views__lt 5", "views.value"));
    refuse(w, "INDEX DROP b.Post views lt", "NOTFOUND", "INDEX CREATE");
    refuse(w, "INDEX CREATE b.Post views month", "NOLOOKUP", "month");
    refuse(w, "INDEX CREATE b.Post views lessthan", "NOLOOKUP", "lessthan");
    refuse(w, "INDEX CREATE b.Post m lt", "NOFIELD", "m");
    refuse(w, "INDEX CREATE b.Pots views lt", "NOMODEL", "b.Post");
}

static void an_index_lives_while_somebody_wants_it(void **state)
{
    world *w = *state;
    static const char with[] = "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}}}'";
    static const char without[] = "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'";
    expect(w, with, "+OK");
    expect(w, "SAVE a.X n 5", ":1");
    expect(w, "INDEX CREATE a.X n gt", "+OK");
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"owners\"=[\"model\",\"command\"]"));
    expect(w, without, "+OK");
    assert_true(in_plan(w, BY_N, "n.value"));
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"owners\"=[\"command\"]"));
    world_restart(w);
    assert_true(in_plan(w, BY_N, "n.value"));
    expect(w, with, "+OK");
    expect(w, "INDEX DROP a.X n", "+OK");
    assert_true(in_plan(w, BY_N, "n.value"));
    expect(w, without, "+OK");
    assert_false(in_plan(w, BY_N, "n.value"));
    check_indexes(w, "a.X");
}

static void a_large_index_is_built_in_slices_and_not_used_before(void **state)
{
    world *w = *state;
    many(w);
    expect(w, "COUNT a.X FILTER n 5", ":25");
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    assert_string_equal(state_of(w, "n.value"), native(w) ? "\"waiting\"" : "\"building\"");
    for (int slice = 0; slice < MANY / 20; slice++) assert_true(world_build(w, 0)); /* a slice without time does one entity */
    assert_string_equal(state_of(w, "n.value"), "\"building\"");
    assert_false(in_plan(w, BY_N, "n.value"));
    expect(w, "COUNT a.X FILTER n 5", ":25");
    long percent = strtol(state_in(w, "n.value", "\"progress\"=:"), NULL, 10);
    assert_true(percent > 0 && percent < 100);
    while (world_build(w, 0)) {}
    assert_string_equal(state_of(w, "n.value"), "\"ready\"");
    assert_true(in_plan(w, BY_N, "n.value"));
    expect(w, "COUNT a.X FILTER n 5", ":25");
    check_indexes(w, "a.X");
}

/* What is written before, at, and behind the place where the build is. */
static void write_everywhere(world *w, int round)
{
    nr_pair s = {NR_S("n"), NR_S("77")};
    world_dof(w, "SAVE a.X pk %d n %d", 10 + round, 1000 + round);
    world_dof(w, "SAVE a.X pk %d n %d", MANY - 10 - round, 1000 + round);
    world_dof(w, "SAVE a.X n %d", 2000 + round);
    world_dof(w, "DELETE a.X PK %d %d", 100 + round, MANY - 100 - round);
    char key[32];
    world_put(w, (nr_slice){key, (size_t)snprintf(key, sizeof key, "a.X:%d", 200 + round)}, &s, 1);
    world_put(w, (nr_slice){key, (size_t)snprintf(key, sizeof key, "a.X:%d", MANY - 200 - round)}, &s, 1);
    world_remove(w, (nr_slice){key, (size_t)snprintf(key, sizeof key, "a.X:%d", 300 + round)});
    world_remove(w, (nr_slice){key, (size_t)snprintf(key, sizeof key, "a.X:%d", MANY - 300 - round)});
}

static void build_under_writes(world *w, const char *create, bool table)
{
    int round = 0;
    many(w);
    if (table) expect(w, "COUNT a.X FILTER n 5", ":25");
    expect(w, create, "+OK");
    while (world_build(w, 0) && round < 60) write_everywhere(w, round++);
    world_settle(w);
    assert_true(round > 20);
    world_do(w, "COUNT a.X");
    world_settle(w);
    assert_string_equal(state_of(w, "n.value"), "\"ready\"");
    check_indexes(w, "a.X");
    expect(w, "COUNT a.X FILTER n__gte 2000", world_dof(w, "COUNT a.X FILTER n__gte 2000 s__isnull 1"));
    char want[16];
    snprintf(want, sizeof want, ":%d", round);
    expect(w, "COUNT a.X FILTER n__gte 2000", want);
}

static void writes_during_a_build_are_indexed(void **state)
{
    build_under_writes(*state, "INDEX CREATE a.X n exact lt", true);
}

static void writes_during_a_build_of_sets_are_indexed(void **state)
{
    world *w = *state;
    many(w);
    expect(w, "COUNT a.X FILTER n 5", ":25");
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    int round = 0;
    while (world_build(w, 0) && round < 60) write_everywhere(w, round++);
    world_settle(w);
    check_indexes(w, "a.X");
    assert_true(in_plan(w, BY_N, "n.value.set"));
}

static void writes_during_a_build_without_a_table_are_indexed(void **state)
{
    world *w = *state;
    if (native(w)) build_under_writes(w, "INDEX CREATE a.X n exact lt", false);
}

/* Others write, nobody reads: the table comes in the middle of the build. */
static void a_table_that_comes_in_the_middle_finds_what_others_did(void **state)
{
    world *w = *state;
    nr_pair s = {NR_S("n"), NR_S("77")};
    if (!native(w)) return;
    many(w);
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    for (int i = 0; i < 10; i++) world_build(w, 0);
    world_restart(w);
    w->mem->cls->hash_put(w->mem, NR_S("a.X:3"), &s, 1);
    w->mem->cls->hash_put(w->mem, NR_S("a.X:2400"), &s, 1);
    expect(w, "COUNT a.X FILTER n 77", ":27");
    world_settle(w);
    assert_string_equal(state_of(w, "n.value"), "\"ready\"");
    expect(w, "COUNT a.X FILTER n 77", ":27");
    check_indexes(w, "a.X");
}

static void a_restart_in_the_middle_starts_over(void **state)
{
    world *w = *state;
    if (!native(w)) return;
    many(w);
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    for (int i = 0; i < 10; i++) world_build(w, 0);
    world_restart(w);
    assert_string_equal(state_of(w, "n.value"), "\"building\"");
    assert_false(in_plan(w, BY_N, "n.value"));
    world_do(w, "SAVE a.X n 1");
    world_build(w, 0);
    assert_non_null(strstr(w->log.p, "starting over"));
    world_settle(w);
    assert_true(in_plan(w, BY_N, "n.value"));
    check_indexes(w, "a.X");
}

static void a_copy_goes_on_where_its_primary_stopped(void **state)
{
    world *w = *state;
    world copy;
    if (!native(w)) return;
    world_open(&copy);
    w->replica = &copy;
    many(w);
    expect(&copy, "COUNT a.X FILTER n 5", ":25");
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    for (int i = 0; i < 10; i++) write_everywhere(w, (world_build(w, 0), i));
    assert_string_equal(state_of(&copy, "n.value"), "\"building\"");
    w->replica = NULL;
    copy.applied = false;
    world_do(&copy, "SAVE a.X n 77 s new");
    world_settle(&copy);
    assert_string_equal(state_of(&copy, "n.value"), "\"ready\"");
    check_indexes(&copy, "a.X");
    world_close(&copy);
}

static void an_index_is_built_on_copies_too_when_somebody_removed_the_pk_index_before_a_start(void **state)
{
    world *w = *state;
    world copy;
    if (!native(w)) return;
    world_open(&copy);
    w->replica = &copy;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}, \"s\": {\"type\": \"char\", \"null\": true}}}'", "+OK");
    expect(w, "SAVE a.X n 5", ":1");
    expect(&copy, "COUNT a.X", ":1");
    world_restart(w);
    world_remove(w, NR_S("a.X/pk"));
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    expect(w, "COUNT a.X FILTER n 5", ":1");
    world_settle(w);
    assert_string_equal(state_of(w, "n.value"), "\"ready\"");
    assert_string_equal(state_of(&copy, "n.value"), "\"ready\"");
    check_indexes(w, "a.X");
    check_indexes(&copy, "a.X");
    assert_true(world_digest(w) == world_digest(&copy));
    world_close(&copy);
}

static void a_copy_ends_up_with_the_same_keys(void **state)
{
    world *w = *state;
    world copy;
    if (!native(w)) return;
    world_open(&copy);
    w->replica = &copy;
    many(w);
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    expect(w, "INDEX CREATE a.X s exact", "+OK");
    for (int round = 0; world_build(w, 0);)
        if (round < 50) write_everywhere(w, round++);
    world_do(w, "COUNT a.X");
    world_settle(w);
    assert_true(world_digest(w) == world_digest(&copy));
    check_indexes(&copy, "a.X");
    w->replica = NULL;
    world_close(&copy);
}

/* An entity that others wrote, and that a primary without a table has not yet seen, while its copy has. */
static void a_copy_that_knows_more_than_its_primary_ends_up_with_the_same_keys(void **state)
{
    world *w = *state;
    world copy;
    const nr_pair hash[] = {{NR_S("id"), NR_S("7")}, {NR_S("n"), NR_S("5")}};
    if (!native(w)) return;
    for (int read = 0; read < 3; read++) {
        world_restart(w);
        world_open(&copy);
        w->replica = &copy;
        expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
        expect(w, "SAVE a.X id 3 n 1", ":3");
        expect(w, "DELETE a.X ALL", ":1");
        expect(&copy, "COUNT a.X", ":0");
        world_restart(w);
        world_put(w, NR_S("a.X:7"), hash, 2);
        if (read == 1) expect(&copy, "COUNT a.X", ":1");
        expect(w, "INDEX CREATE a.X n exact lt", "+OK");
        if (read == 2) expect(&copy, "COUNT a.X FILTER n 5", ":1");
        expect(w, "COUNT a.X FILTER n 5", ":1");
        world_settle(w);
        assert_true(world_digest(w) == world_digest(&copy));
        check_indexes(w, "a.X");
        check_indexes(&copy, "a.X");
        w->replica = NULL;
        world_close(&copy);
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    }
}

static void an_index_that_is_dropped_while_it_is_built_is_gone(void **state)
{
    world *w = *state;
    many(w);
    expect(w, "COUNT a.X FILTER n 5", ":25");
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    for (int i = 0; i < 10; i++) world_build(w, 0);
    expect(w, "INDEX DROP a.X n exact", "+OK");
    world_settle(w);
    assert_string_equal(state_of(w, "n.value"), "");
    check_indexes(w, "a.X");
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    world_settle(w);
    check_indexes(w, "a.X");
    assert_true(in_plan(w, BY_N, "n.value.set"));
}

static void what_is_in_the_way_of_a_set_index_goes_first(void **state)
{
    world *w = *state;
    if (!native(w)) return;
    many(w);
    w->mem->cls->set_add(w->mem, NR_S("a.X/s/n.value.set/=5"), NR_S("4711"));
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    world_settle(w);
    check_indexes(w, "a.X");
    expect(w, "COUNT a.X FILTER n 5", ":25");
}

static void a_rebuild_mends_what_is_wrong(void **state)
{
    world *w = *state;
    if (!native(w)) return;
    many(w);
    expect(w, "INDEX CREATE a.X n exact lt", "+OK");
    world_settle(w);
    w->mem->cls->ordered_add(w->mem, NR_S("a.X/i/n.value"), NR_S("nonsense"));
    w->mem->cls->remove(w->mem, NR_S("a.X/pk"));
    expect(w, "INDEX REBUILD a.X", "+OK");
    world_settle(w);
    check_indexes(w, "a.X");
    expect(w, "COUNT a.X", ":2500");
    refuse(w, "INDEX REBUILD a.X s", "NOTFOUND", "no index");
    refuse(w, "INDEX REBUILD a.X x", "NOFIELD", "x");
}

static void repair_mends_what_check_found_here_and_on_copies(void **state)
{
    world *w = *state;
    world copy;
    if (!native(w)) return;
    world_open(&copy);
    world_do(&copy, post);
    w->replica = &copy;
    for (int i = 0; i < 5; i++) world_do(w, "SAVE b.Post title a");
    expect(w, "COUNT b.Post", ":5");
    expect(&copy, "COUNT b.Post", ":5");
    world *both[] = {w, &copy};
    for (size_t i = 0; i < 2; i++) {
        nr_store *s = both[i]->mem;
        assert_int_equal(s->cls->ordered_add(s, NR_S("b.Post/i/title.value"), NR_S("nonsense")), NR_ST_OK);
        assert_int_equal(s->cls->remove(s, NR_S("b.Post/pk")), NR_ST_OK);
    }
    char *lines = strdup(world_do(w, "INDEX CHECK b.Post"));
    assert_non_null(strstr(lines, "missing pk"));
    assert_non_null(strstr(lines, "surplus title.value"));
    expect(w, "INDEX CHECK b.Post REPAIR", lines);
    free(lines);
    world_settle(w);
    check_indexes(w, "b.Post");
    check_indexes(&copy, "b.Post");
    expect(w, "INDEX CHECK b.Post REPAIR", "[]");
    refuse(w, "INDEX CHECK b.Post REPAIR NOW", "SYNTAX", "NOW");
    w->replica = NULL;
    world_close(&copy);
}

static void what_copies_are_told_is_nobody_elses(void **state)
{
    world *w = *state;
    refuse(w, "INDEX BUILD b.Post title.value DONE", "SYNTAX", "primary");
    refuse(w, "INDEX OWNERS b.Post []", "SYNTAX", "primary");
}

static void model_set_builds_in_slices_too(void **state)
{
    world *w = *state;
    many(w);
    expect(w, "COUNT a.X FILTER n 5", ":25");
    expect(w,
           "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}, \"s\": {\"type\": \"char\", \"null\": true, \"index\": "
           "[\"exact\"]}}}'",
           "+OK");
    assert_false(in_plan(w, BY_N, "n.value"));
    expect(w, "COUNT a.X FILTER n 5 s t5", world_do(w, "COUNT a.X FILTER n__in [5] s__in '[\"t5\"]'"));
    for (int round = 0; world_build(w, 0);)
        if (round < 50) write_everywhere(w, round++);
    world_settle(w);
    check_indexes(w, "a.X");
    assert_true(in_plan(w, BY_N, "n.value"));
}

static void diff_says_what_set_would_do(void **state)
{
    world *w = *state;
    expect(w, "MODEL DIFF a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}}}'",
           "[\"create model a.X\",\"add field id\",\"add field n\",\"build index pk\",\"build index n.value\"]");
    refuse(w, "MODEL GET a.X", "NOMODEL", "a.X");
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"exact\"]}}}'", "+OK");
    expect(w, "MODEL DIFF a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"exact\"]}}}'", "[]");
    expect(w, "SAVE a.X n 1", ":1");
    uint64_t before = world_digest(w);
    const char *got =
        world_do(w, "MODEL DIFF a.X '{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}, \"s\": {\"type\": \"char\", \"default\": \"d\"}}}'");
    assert_non_null(strstr(got, "\"add field s: its default is written into every entity\""));
    assert_non_null(strstr(got, "\"build index n.value"));
    assert_non_null(strstr(got, "\"drop index n.value.set\""));
    got = world_do(w, "MODEL DIFF a.X '{\"fields\": {\"n\": {\"type\": \"char\"}}}'");
    assert_non_null(strstr(got, "refuse BADVALUE fields.n.type"));
    assert_int_equal(w->replicated.n, 0);
    assert_true(world_digest(w) == before);
    assert_non_null(strstr(world_do(w, "MODEL DIFF a.X '{\"fields\"'"), "refuse SYNTAX"));
}

static void a_copy_gets_what_a_restarted_primary_finds_missing_in_an_index_that_it_built(void **state)
{
    world *w = *state, replica;
    world_open(&replica);
    w->replica = &replica;
    expect(w, "MODEL SET u.M '{\"store\": \"native\", \"fields\": {\"t\": {\"type\": \"char\", \"index\": true}}}'", "+OK");
    for (int i = 0; i < 3; i++) world_dof(w, "SAVE u.M t v%d", i);
    expect(w, "COUNT u.M", ":3");
    expect(&replica, "COUNT u.M", ":3");
    world_settle(w);
    world_remove(w, NR_S("u.M/pk"));
    world_restart(w);
    expect(w, "SAVE u.M t v3", ":4");
    expect(w, "INDEX CREATE u.M t iexact", "+OK");
    expect(w, "COUNT u.M FILTER t__iexact V1", ":1");
    world_settle(w);
    check_indexes(w, "u.M");
    assert_true(world_digest(w) == world_digest(&replica));
    w->replica = NULL;
    world_close(&replica);
}

static void a_date_part_of_a_reference_that_scans_ends_the_server_when_its_index_is_made(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET d.Day '{\"pk\": \"d\", \"fields\": {\"d\": {\"type\": \"datetime\"}}}'", "+OK");
    expect(w, "MODEL SET d.Note '{\"fields\": {\"day\": {\"type\": \"fk\", \"to\": \"d.Day\"}}}'", "+OK");
    expect(w, "SAVE d.Note day 2026-11-22T13:05", ":1");
    w->unindexed = NR_UNINDEXED_AUTO;
    expect(w, "COUNT d.Note FILTER day__time__iexact 13:05:00", ":1");
    world_settle(w);
    expect(w, "COUNT d.Note FILTER day__time__iexact 13:05:00", ":1");
    world_do(w, "INDEX CREATE d.Note day time__iexact");
    world_settle(w);
    expect(w, "COUNT d.Note FILTER day__time__iexact 13:05:00", ":1");
    check_indexes(w, "d.Note");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(a_date_part_of_a_reference_that_scans_ends_the_server_when_its_index_is_made),
        EMPTY(a_copy_gets_what_a_restarted_primary_finds_missing_in_an_index_that_it_built),
        POSTS(an_index_that_is_asked_for_answers),
        EMPTY(an_index_lives_while_somebody_wants_it),
        EMPTY(a_large_index_is_built_in_slices_and_not_used_before),
        EMPTY(writes_during_a_build_are_indexed),
        EMPTY(writes_during_a_build_of_sets_are_indexed),
        EMPTY(writes_during_a_build_without_a_table_are_indexed),
        EMPTY(a_table_that_comes_in_the_middle_finds_what_others_did),
        EMPTY(a_restart_in_the_middle_starts_over),
        EMPTY(a_copy_goes_on_where_its_primary_stopped),
        EMPTY(an_index_is_built_on_copies_too_when_somebody_removed_the_pk_index_before_a_start),
        EMPTY(a_copy_ends_up_with_the_same_keys),
        EMPTY(a_copy_that_knows_more_than_its_primary_ends_up_with_the_same_keys),
        EMPTY(an_index_that_is_dropped_while_it_is_built_is_gone),
        EMPTY(what_is_in_the_way_of_a_set_index_goes_first),
        EMPTY(a_rebuild_mends_what_is_wrong),
        POSTS(repair_mends_what_check_found_here_and_on_copies),
        POSTS(what_copies_are_told_is_nobody_elses),
        EMPTY(model_set_builds_in_slices_too),
        EMPTY(diff_says_what_set_would_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
