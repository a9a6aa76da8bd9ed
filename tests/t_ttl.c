/* t_ttl.c -- time to live: entities are in no answer from their deadline on, whoever set it, and nothing of them stays behind. The clock is the world's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/store_fault.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { SECOND = 1000000 };

static const char definition[] = "{\"fields\":{\"name\":{\"type\":\"char\",\"unique\":true,\"null\":true},"
                                 "\"n\":{\"type\":\"int\",\"index\":true,\"default\":0},\"tag\":{\"type\":\"char\",\"index\":[\"exact\"],\"null\":true}}%s}";

static void define(world *w, const char *more)
{
    char json[1024];
    snprintf(json, sizeof json, definition, more);
    nr_slice argv[] = {NR_S("MODEL"), NR_S("SET"), NR_S("m.A"), nr_slice_of(json)};
    assert_string_equal(world_run(w, argv, COUNT(argv)), "+OK");
}

typedef struct pair {
    world primary, copy;
} pair;

static int set_up(void **state)
{
    pair *p = calloc(1, sizeof *p);
    world_open(&p->primary);
    world_open(&p->copy);
    p->primary.replica = &p->copy;
    p->primary.now_us = p->copy.now_us = INT64_C(1000000000000);
    p->copy.applied = true;
    define(&p->primary, "");
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    pair *p = *state;
    world_close(&p->primary);
    world_close(&p->copy);
    free(p);
    return 0;
}

static void pass(pair *p, int64_t us)
{
    p->primary.now_us += us;
    p->copy.now_us += us;
}

/* Of the primary, and of the copy to a client of its own. */
static void expect(pair *p, const char *command, const char *want)
{
    const char *got = world_do(&p->primary, command);
    if (strcmp(got, want)) fail_msg("%s\n  replies %s\n  wanted  %s", command, got, want);
    p->copy.applied = false;
    got = world_do(&p->copy, command);
    if (strcmp(got, want)) fail_msg("%s\n  of the copy replies %s\n  wanted  %s", command, got, want);
    p->copy.applied = true;
}

static void write_it(pair *p, const char *command, const char *want)
{
    const char *got = world_do(&p->primary, command);
    if (strcmp(got, want)) fail_msg("%s\n  replies %s\n  wanted  %s", command, got, want);
}

static int64_t deadline(const world *w, const char *key)
{
    return w->mem->cls->deadline(w->mem, nr_slice_of(key));
}

/* Nothing is left behind, anywhere. A copy is told by its primary which keys are gone, and then to mend its indexes. */
static void expect_clean(pair *p)
{
    char key[16];
    world_settle(&p->primary);
    for (int pk = 1; pk <= 9; pk++) {
        snprintf(key, sizeof key, "m.A:%d", pk);
        world_changed(&p->copy, nr_slice_of(key));
    }
    assert_string_equal(world_do(&p->copy, "INDEX SYNC m.A"), "+OK");
    expect(p, "INDEX CHECK m.A", "[]");
    assert_true(world_digest(&p->primary) == world_digest(&p->copy));
}

static void an_entity_is_in_no_answer_from_its_deadline_on(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A name a n 1 tag x", ":1");
    write_it(p, "SAVE m.A TTL 10 name b n 2 tag x", ":2");
    pass(p, 10 * SECOND - 1000);
    expect(p, "COUNT m.A", ":2");
    expect(p, "COUNT m.A FILTER tag x", ":2");
    pass(p, 999);
    expect(p, "COUNT m.A FILTER n__gte 2", ":1");
    pass(p, 1);
    expect(p, "COUNT m.A", ":1");
    expect(p, "COUNT m.A FILTER n__gte 2", ":0");
    expect(p, "COUNT m.A FILTER tag x", ":1");
    expect(p, "COUNT m.A EXCLUDE n 7", ":1");
    expect(p, "EXISTS m.A FILTER name b", ":0");
    expect(p, "GET m.A 2", "nil");
    expect(p, "MGET m.A 2 2", "[nil,nil]");
    expect(p, "QUERY m.A ORDER n FIELDS name", "[{\"name\"=\"a\"}]");
    expect(p, "QUERY m.A FILTER tag x FIELDS n FLAT", "[#1]");
    expect(p, "AGGREGATE m.A COUNT * SUM n", "[{\"count\"=#1,\"n__sum\"=#1}]");
    expect_clean(p);
}

static void the_first_answer_after_the_deadline_is_right_whichever_it_is(void **state)
{
    static const char *const asked[][2] = {{"COUNT m.A", ":0"},
                                           {"COUNT m.A FILTER n 5", ":0"},
                                           {"COUNT m.A FILTER tag x", ":0"},
                                           {"EXISTS m.A", ":0"},
                                           {"GET m.A 1", "nil"},
                                           {"QUERY m.A", "[]"},
                                           {"QUERY m.A ORDER -n LIMIT 0 1", "[]"},
                                           {"AGGREGATE m.A COUNT *", "[{\"count\"=#0}]"},
                                           {"QUERY m.A FILTER n 5 FIELDS n DISTINCT", "[]"}};
    pair *p = *state;
    for (size_t i = 0; i < COUNT(asked); i++) {
        write_it(p, "SAVE m.A TTL 1 pk 1 name a n 5 tag x", ":1");
        expect(p, "COUNT m.A", ":1");
        pass(p, SECOND);
        expect(p, asked[i][0], asked[i][1]);
        expect_clean(p);
    }
}

static void a_save_without_ttl_leaves_what_there_is(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 10 name a", ":1");
    int64_t at = p->primary.now_us / 1000 + 10000;
    pass(p, 4 * SECOND);
    write_it(p, "SAVE m.A pk 1 n 5", ":1");
    write_it(p, "SAVE m.A BY name name a n 6", ":1");
    write_it(p, "UPDATE m.A ALL SET n 7", ":1");
    assert_int_equal(deadline(&p->primary, "m.A:1"), at);
    assert_int_equal(deadline(&p->copy, "m.A:1"), at);
    pass(p, 6 * SECOND);
    expect(p, "COUNT m.A", ":0");
    expect_clean(p);
}

static void a_save_with_ttl_moves_the_deadline_either_way_also_when_no_field_changes(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 10 name a", ":1");
    write_it(p, "SAVE m.A TTL 20 pk 1", ":1");
    pass(p, 10 * SECOND);
    expect(p, "COUNT m.A", ":1");
    write_it(p, "SAVE m.A TTL 2 pk 1 name a", ":1");
    pass(p, 2 * SECOND);
    expect(p, "COUNT m.A", ":0");
    expect_clean(p);
}

static void copies_get_the_moment(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 10 pk 1 name a", ":1");
    assert_string_equal(p->primary.replicated.p, "\"NONREL.SAVE\" \"m.A\" \"PXAT\" \"1000010000\" \"pk\" \"1\" \"name\" \"a\" \"n\" \"0\"\n");
    write_it(p, "SAVE m.A TTL 20 pk 1", ":1");
    assert_string_equal(p->primary.replicated.p, "\"NONREL.SAVE\" \"m.A\" \"PXAT\" \"1000020000\" \"pk\" \"1\"\n");
    write_it(p, "SAVE m.A PXAT 1000020000 pk 1", ":1");
    assert_string_equal(p->primary.replicated.p, "");
    write_it(p, "SAVE m.A PXAT 1000020000 pk 1 n 5", ":1");
    assert_string_equal(p->primary.replicated.p, "\"SAVE\" \"m.A\" \"PXAT\" \"1000020000\" \"pk\" \"1\" \"n\" \"5\"\n");
    write_it(p, "SAVE m.A TTL 20 pk 1 n 6", ":1");
    assert_string_equal(p->primary.replicated.p, "\"NONREL.SAVE\" \"m.A\" \"pk\" \"1\" \"n\" \"6\"\n");
    assert_true(world_digest(&p->primary) == world_digest(&p->copy));
}

static void ttl_and_pxat_are_options_of_json_too_and_hold_for_each_object(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 5 JSON [{\"name\":\"a\"},{\"name\":\"b\"},{\"pk\":1,\"n\":3}]", "[:1,:2,:1]");
    write_it(p, "SAVE m.A INSERT TTL 6 JSON {\"name\":\"c\"}", ":3");
    pass(p, 5 * SECOND);
    expect(p, "QUERY m.A FIELDS name FLAT", "[\"c\"]");
    pass(p, SECOND);
    expect(p, "COUNT m.A", ":0");
    expect_clean(p);
}

static void a_lifetime_that_is_none_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[][2] = {{"SAVE m.A TTL 0 name x", "-BADVALUE 'TTL' got '0'"},
                                         {"SAVE m.A TTL -1 name x", "-BADVALUE 'TTL' got '-1'"},
                                         {"SAVE m.A TTL 1.5 name x", "-BADVALUE 'TTL' got '1.5'"},
                                         {"SAVE m.A TTL '' name x", "-BADVALUE 'TTL' got ''"},
                                         {"SAVE m.A TTL ' 1' name x", "-BADVALUE 'TTL' got ' 1'"},
                                         {"SAVE m.A TTL abc name x", "-BADVALUE 'TTL' got 'abc'"},
                                         {"SAVE m.A TTL 9223372036854775807 name x", "-BADVALUE 'TTL' got"},
                                         {"SAVE m.A TTL 9223372036854775 name x", "-BADVALUE 'TTL' got"},
                                         {"SAVE m.A TTL 9223372036854775808 name x", "-BADVALUE 'TTL' got"},
                                         {"SAVE m.A PXAT 0 name x", "-BADVALUE 'PXAT' got '0'"},
                                         {"SAVE m.A PXAT -1 name x", "-BADVALUE 'PXAT' got '-1'"},
                                         {"SAVE m.A PXAT 9223372036854775808 name x", "-BADVALUE 'PXAT' got"},
                                         {"SAVE m.A PXAT soon name x", "-BADVALUE 'PXAT' got"},
                                         {"SAVE m.A TTL 1 PXAT 99 name x", "-SYNTAX TTL or PXAT stands once"},
                                         {"SAVE m.A PXAT 99 TTL 1 name x", "-SYNTAX TTL or PXAT stands once"},
                                         {"SAVE m.A TTL 1 TTL 1 name x", "-SYNTAX TTL or PXAT stands once"},
                                         {"SAVE m.A INSERT TTL", "-SYNTAX TTL needs seconds"},
                                         {"SAVE m.A INSERT PXAT", "-SYNTAX PXAT needs milliseconds"}};
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 10 name a", ":1");
    uint64_t before = world_digest(&p->primary);
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *got = world_do(&p->primary, bad[i][0]);
        if (strncmp(got, bad[i][1], strlen(bad[i][1]))) fail_msg("%s\n  replies %s", bad[i][0], got);
        assert_true(world_digest(&p->primary) == before);
    }
}

static void a_moment_that_is_past_lets_the_entity_go_at_once(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A PXAT 1 pk 7 name a", ":7");
    expect(p, "COUNT m.A", ":0");
    expect(p, "GET m.A 7", "nil");
    write_it(p, "SAVE m.A name a n 1", ":8");
    write_it(p, "SAVE m.A PXAT 1 pk 8 n 2", ":8");
    expect(p, "COUNT m.A FILTER n__gt 0", ":0");
    write_it(p, "SAVE m.A INSERT name a", ":9");
    expect_clean(p);
}

static void the_greatest_moment_is_one(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A PXAT 9223372036854775807 name a", ":1");
    assert_true(deadline(&p->primary, "m.A:1") == INT64_MAX);
    expect(p, "COUNT m.A", ":1");
    write_it(p, "SAVE m.A TTL 1000000000000 name b", ":2");
    expect(p, "COUNT m.A", ":2");
}

static void what_an_expired_entity_had_is_free_again(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 1 pk 1 name a tag x", ":1");
    const char *got = world_do(&p->primary, "SAVE m.A name a");
    assert_true(!strncmp(got, "-NOTUNIQUE", 10));
    pass(p, SECOND);
    write_it(p, "SAVE m.A INSERT pk 1 name b", ":1");
    write_it(p, "SAVE m.A name a", ":2");
    expect(p, "GET m.A 1", "{\"id\"=#1,\"name\"=\"b\",\"n\"=#0,\"tag\"=nil}");
    assert_int_equal(deadline(&p->primary, "m.A:1"), -1);
    pass(p, 100 * SECOND);
    expect(p, "COUNT m.A", ":2");
    expect_clean(p);
}

static void a_deleted_entity_takes_its_deadline_along(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 1 pk 1 name a", ":1");
    write_it(p, "DELETE m.A PK 1", ":1");
    write_it(p, "SAVE m.A pk 1 name b", ":1");
    pass(p, 10 * SECOND);
    expect(p, "COUNT m.A", ":1");
    write_it(p, "SAVE m.A TTL 5 pk 1", ":1");
    pass(p, 5 * SECOND);
    write_it(p, "DELETE m.A ALL", ":0");
    write_it(p, "SAVE m.A UPDATE pk 1 n 1", "-NOTFOUND m.A has no entity '1'");
    expect_clean(p);
}

static void the_models_ttl_is_for_inserts_that_say_nothing(void **state)
{
    pair *p = *state;
    define(&p->primary, ",\"ttl\":10");
    write_it(p, "SAVE m.A name a", ":1");
    write_it(p, "SAVE m.A pk 2 name b", ":2");
    write_it(p, "SAVE m.A TTL 20 name c", ":3");
    pass(p, 5 * SECOND);
    write_it(p, "SAVE m.A pk 2 n 9", ":2");
    write_it(p, "SAVE m.A JSON [{\"name\":\"d\"},{\"pk\":4,\"n\":1},{\"pk\":1,\"n\":1}]", "[:4,:4,:1]");
    pass(p, 5 * SECOND);
    expect(p, "QUERY m.A ORDER pk FIELDS name FLAT", "[\"c\",\"d\"]");
    pass(p, 5 * SECOND);
    expect(p, "QUERY m.A ORDER pk FIELDS name FLAT", "[\"c\"]");
    define(&p->primary, ",\"ttl\":null");
    write_it(p, "SAVE m.A name e", ":5");
    pass(p, 1000 * SECOND);
    expect(p, "QUERY m.A FIELDS name FLAT", "[\"e\"]");
    expect_clean(p);
}

static void diff_tells_of_another_ttl(void **state)
{
    pair *p = *state;
    assert_string_equal(world_do(&p->primary, "MODEL SET m.B {\"ttl\":60}"), "+OK");
    assert_string_equal(world_do(&p->primary, "MODEL DIFF m.B {\"ttl\":60}"), "[]");
    assert_string_equal(world_do(&p->primary, "MODEL DIFF m.B {\"ttl\":61}"), "[\"change model m.B\",\"ttl of inserts: 61 s, was 60 s\"]");
    assert_string_equal(world_do(&p->primary, "MODEL DIFF m.B {}"), "[\"change model m.B\",\"ttl of inserts: none, was 60 s\"]");
}

static void a_ttl_is_inherited_and_can_be_taken_back(void **state)
{
    pair *p = *state;
    assert_string_equal(world_do(&p->primary, "MODEL SET m.P {\"abstract\":true,\"ttl\":5}"), "+OK");
    assert_string_equal(world_do(&p->primary, "MODEL SET m.C {\"extends\":[\"m.P\"]}"), "+OK");
    assert_string_equal(world_do(&p->primary, "MODEL SET m.D {\"extends\":[\"m.P\"],\"ttl\":null}"), "+OK");
    write_it(p, "SAVE m.C JSON {}", ":1");
    write_it(p, "SAVE m.D JSON {}", ":1");
    pass(p, 5 * SECOND);
    expect(p, "COUNT m.C", ":0");
    expect(p, "COUNT m.D", ":1");
    assert_string_equal(world_do(&p->primary, "MODEL SET m.P {\"abstract\":true,\"ttl\":7}"), "+OK");
    write_it(p, "SAVE m.C JSON {}", ":2");
    pass(p, 6 * SECOND);
    expect(p, "COUNT m.C", ":1");
}

static void deadlines_are_found_again_after_a_restart(void **state)
{
    pair *p = *state;
    write_it(p, "SAVE m.A TTL 10 name a tag x", ":1");
    write_it(p, "SAVE m.A TTL 20 name b tag x", ":2");
    write_it(p, "SAVE m.A name c tag x", ":3");
    world_restart(&p->primary);
    expect(p, "COUNT m.A FILTER tag x", ":3");
    pass(p, 10 * SECOND);
    expect(p, "COUNT m.A FILTER tag x", ":2");
    world_restart(&p->primary);
    world_restart(&p->copy);
    pass(p, 10 * SECOND);
    expect(p, "COUNT m.A FILTER tag x", ":1");
    expect_clean(p);
}

static void what_others_do_to_a_deadline_is_followed(void **state)
{
    pair *p = *state;
    nr_slice key = NR_S("m.A:1");
    write_it(p, "SAVE m.A TTL 10 name a", ":1");
    expect(p, "COUNT m.A", ":1");
    for (world *w = &p->primary; w; w = w->replica) {
        w->mem->cls->expire(w->mem, key, -1);
        world_changed(w, key);
    }
    pass(p, 10 * SECOND);
    expect(p, "COUNT m.A", ":1");
    for (world *w = &p->primary; w; w = w->replica) {
        w->mem->cls->expire(w->mem, key, w->now_us / 1000 + 500);
        world_changed(w, key);
    }
    pass(p, SECOND / 2);
    expect(p, "COUNT m.A", ":0");
    expect_clean(p);
}

static int64_t ticking(void *ctx)
{
    world *w = ctx;
    return w->now_us += 1000;
}

/* The server's clock may pass the deadline between two looks at a key. */
static void an_entity_that_runs_out_while_it_is_read_does_not_stay(void **state)
{
    pair *p = *state;
    world *w = &p->primary;
    int64_t (*stands)(void *ctx) = w->env.now_us;
    w->replica = NULL;
    for (int64_t early = 0; early < 10; early++) {
        assert_string_equal(world_do(w, "SAVE m.A TTL 10 pk 1 name a tag x"), ":1");
        assert_string_equal(world_do(w, "COUNT m.A"), ":1");
        world_changed(w, NR_S("m.A:1"));
        w->now_us = (deadline(w, "m.A:1") - early) * 1000;
        w->env.now_us = ticking;
        world_do(w, "COUNT m.A");
        w->env.now_us = stands;
        w->now_us += 100 * SECOND;
        assert_string_equal(world_do(w, "COUNT m.A FILTER tag x"), ":0");
        world_settle(w);
        assert_string_equal(world_do(w, "INDEX CHECK m.A"), "[]");
    }
}

/* Each call that a SAVE and a DELETE make on the store fails in turn: what stood there keeps its deadline. */
static void a_write_that_fails_leaves_the_deadline_as_it_was(void **state)
{
    static const char *const writes[] = {"SAVE m.A TTL 50 pk 1 n 8 tag z", "DELETE m.A PK 1 2", "SAVE m.A TTL 5 JSON [{\"pk\":1,\"n\":3},{\"pk\":2,\"n\":3},{\"pk\":5}]"};
    pair *p = *state;
    world *w = &p->primary;
    w->replica = NULL;
    write_it(p, "SAVE m.A TTL 10 pk 1 name a n 1 tag x", ":1");
    write_it(p, "SAVE m.A TTL 10 pk 2 name b n 1 tag x", ":2");
    write_it(p, "COUNT m.A", ":2");
    w->store = nr_store_fault_new(&w->env, w->mem);
    uint64_t before = world_digest(w);
    for (size_t i = 0; i < COUNT(writes); i++)
        for (uint64_t n = 1;; n++) {
            nr_store_fault_arm(w->store, n, true, false, NR_ST_FAILED);
            world_do(w, writes[i]);
            if (!nr_store_fault_fired(w->store)) {
                if (!w->ok) fail_msg("%s replies %s", writes[i], w->reply.p);
                before = world_digest(w);
                break;
            }
            if (w->ok || world_digest(w) != before) fail_msg("%s, with write %d failing, replies %s", writes[i], (int)n, w->reply.p);
        }
    nr_store_fault_free(w->store);
    w->store = w->mem;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_entity_is_in_no_answer_from_its_deadline_on),
        TEST(the_first_answer_after_the_deadline_is_right_whichever_it_is),
        TEST(a_save_without_ttl_leaves_what_there_is),
        TEST(a_save_with_ttl_moves_the_deadline_either_way_also_when_no_field_changes),
        TEST(copies_get_the_moment),
        TEST(ttl_and_pxat_are_options_of_json_too_and_hold_for_each_object),
        TEST(a_lifetime_that_is_none_is_refused_and_changes_nothing),
        TEST(a_moment_that_is_past_lets_the_entity_go_at_once),
        TEST(the_greatest_moment_is_one),
        TEST(what_an_expired_entity_had_is_free_again),
        TEST(a_deleted_entity_takes_its_deadline_along),
        TEST(the_models_ttl_is_for_inserts_that_say_nothing),
        TEST(diff_tells_of_another_ttl),
        TEST(a_ttl_is_inherited_and_can_be_taken_back),
        TEST(deadlines_are_found_again_after_a_restart),
        TEST(what_others_do_to_a_deadline_is_followed),
        TEST(an_entity_that_runs_out_while_it_is_read_does_not_stay),
        TEST(a_write_that_fails_leaves_the_deadline_as_it_was),
    };
    return cmocka_run_group_tests_name("time to live", tests, NULL, NULL);
}
