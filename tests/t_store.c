/* t_store.c -- the stores: the common suite over each of them, then what only the memory store and the fault store have. */
#include <setjmp.h>
#include <stdarg.h>

#include "store_suite.h"

#include <cmocka.h>

#include "store/store_fault.h"
#include "store/store_mem.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static nr_store *make_mem(void *ctx)
{
    (void)ctx;
    return nr_store_mem_new(nr_env_libc());
}

static void drop_mem(void *ctx, nr_store *s)
{
    (void)ctx;
    nr_store_mem_free(s);
}

/* ctx: where the store below is kept. */
static nr_store *make_fault(void *ctx)
{
    nr_store **below = ctx;
    *below = nr_store_mem_new(nr_env_libc());
    return nr_store_fault_new(nr_env_libc(), *below);
}

static void drop_fault(void *ctx, nr_store *s)
{
    nr_store **below = ctx;
    nr_store_fault_free(s);
    nr_store_mem_free(*below);
}

static void put(nr_store *s, nr_slice key, nr_slice name, nr_slice value)
{
    nr_pair field = {name, value};
    assert_int_equal(s->cls->hash_put(s, key, &field, 1), NR_ST_OK);
}

/* The memory store. */

static void equal_contents_have_equal_digests_whatever_the_order(void **state)
{
    (void)state;
    nr_store *a = make_mem(NULL), *b = make_mem(NULL);
    assert_true(nr_store_mem_digest(a) == nr_store_mem_digest(b));
    put(a, NR_S("m:1"), NR_S("x"), NR_S("1"));
    put(a, NR_S("m:1"), NR_S("y"), NR_S("2"));
    a->cls->ordered_add(a, NR_S("m/pk"), NR_S("1"));
    a->cls->ordered_add(a, NR_S("m/pk"), NR_S("2"));
    assert_false(nr_store_mem_digest(a) == nr_store_mem_digest(b));
    b->cls->ordered_add(b, NR_S("m/pk"), NR_S("2"));
    b->cls->ordered_add(b, NR_S("m/pk"), NR_S("3"));
    b->cls->ordered_add(b, NR_S("m/pk"), NR_S("1"));
    put(b, NR_S("m:1"), NR_S("y"), NR_S("2"));
    put(b, NR_S("m:1"), NR_S("x"), NR_S("1"));
    assert_false(nr_store_mem_digest(a) == nr_store_mem_digest(b));
    b->cls->ordered_remove(b, NR_S("m/pk"), NR_S("3"));
    assert_true(nr_store_mem_digest(a) == nr_store_mem_digest(b));
    drop_mem(NULL, a);
    drop_mem(NULL, b);
}

typedef void (*change)(nr_store *s);

static void change_name(nr_store *s) { put(s, NR_S("k"), NR_S("ab"), NR_S("c")); }
static void change_cut(nr_store *s) { put(s, NR_S("k"), NR_S("a"), NR_S("bc")); }
static void change_key(nr_store *s) { put(s, NR_S("ka"), NR_S("b"), NR_S("c")); }
static void change_empty(nr_store *s) { put(s, NR_S("k"), NR_S("ab"), NR_S("")); }
static void change_ordered(nr_store *s) { s->cls->ordered_add(s, NR_S("k"), NR_S("ab")); }
static void change_set(nr_store *s) { s->cls->set_add(s, NR_S("k"), NR_S("ab")); }
static void change_zero(nr_store *s) { s->cls->counter_set(s, NR_S("k"), 0); }
static void change_one(nr_store *s) { s->cls->counter_set(s, NR_S("k"), 1); }
static void change_string(nr_store *s) { nr_store_mem_set_string(s, NR_S("k")); }
static void change_two(nr_store *s) { change_one(s), s->cls->counter_set(s, NR_S("l"), 1); }

static void different_contents_have_different_digests(void **state)
{
    (void)state;
    static const change changes[] = {change_name, change_cut, change_key, change_empty, change_ordered,
                                     change_set, change_zero, change_one, change_string, change_two};
    uint64_t digests[COUNT(changes)];
    nr_store *s = make_mem(NULL);
    for (size_t i = 0; i < COUNT(changes); i++) {
        nr_store_mem_flush(s);
        changes[i](s);
        digests[i] = nr_store_mem_digest(s);
        assert_true(nr_store_mem_digest(s) == digests[i]);
        for (size_t j = 0; j < i; j++) assert_false(digests[i] == digests[j]);
    }
    drop_mem(NULL, s);
}

static void flush_leaves_an_empty_store_that_works(void **state)
{
    (void)state;
    nr_store *s = make_mem(NULL);
    uint64_t empty = nr_store_mem_digest(s);
    for (int round = 0; round < 2; round++) {
        change_name(s);
        nr_store_mem_set_string(s, NR_S("l"));
        assert_int_equal(s->cls->holds(s, NR_S("k")), NR_HOLDS_HASH);
        nr_store_mem_flush(s);
        assert_int_equal(s->cls->holds(s, NR_S("k")), NR_HOLDS_NOTHING);
        assert_true(nr_store_mem_digest(s) == empty);
    }
    drop_mem(NULL, s);
}

static void a_string_that_is_no_number_is_no_counter(void **state)
{
    (void)state;
    nr_store *s = make_mem(NULL);
    int64_t value = 3;
    change_name(s);
    nr_store_mem_set_string(s, NR_S("k"));
    uint64_t before = nr_store_mem_digest(s);
    assert_int_equal(s->cls->holds(s, NR_S("k")), NR_HOLDS_STRING);
    assert_int_equal(s->cls->counter_get(s, NR_S("k"), &value), NR_ST_WRONGTYPE);
    assert_int_equal(s->cls->counter_set(s, NR_S("k"), 1), NR_ST_WRONGTYPE);
    assert_int_equal(s->cls->ordered_add(s, NR_S("k"), NR_S("a")), NR_ST_WRONGTYPE);
    assert_int_equal(value, 3);
    assert_true(nr_store_mem_digest(s) == before);
    drop_mem(NULL, s);
}

/* The fault store. */

typedef struct fixture {
    nr_store *below, *s;
    nr_arena a;
} fixture;

static int set_up(void **state)
{
    fixture *f = nr_env_libc()->alloc(sizeof *f);
    f->s = make_fault(&f->below);
    nr_arena_init(&f->a, nr_env_libc());
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    drop_fault(&f->below, f->s);
    nr_arena_clear(&f->a);
    nr_env_libc()->free(f);
    return 0;
}

enum { WRITES = 7, CALLS = 17 };

/* The i-th of the calls that return a status, the writes first. After make_old each write changes something. */
static nr_status run_call(fixture *f, nr_store *s, size_t i)
{
    const nr_store_class *c = s->cls;
    nr_pair field = {NR_S("x"), NR_S("1")};
    nr_pairs pairs = {0};
    nr_slices slices = {0};
    nr_range all = {0};
    bool yes;
    uint64_t n, cursor = 0;
    int64_t value;
    switch (i) {
    case 0: return c->hash_put(s, NR_S("m:1"), &field, 1);
    case 1: return c->remove(s, NR_S("m:old"));
    case 2: return c->ordered_add(s, NR_S("m/i/x"), NR_S("new"));
    case 3: return c->ordered_remove(s, NR_S("m/i/x"), NR_S("old"));
    case 4: return c->set_add(s, NR_S("m/s/x/=1"), NR_S("new"));
    case 5: return c->set_remove(s, NR_S("m/s/x/=1"), NR_S("old"));
    case 6: return c->counter_set(s, NR_S("m/seq"), 2);
    case 7: return c->hash_all(s, NR_S("m:old"), &f->a, &pairs);
    case 8: return c->hash_get(s, NR_S("m:old"), &f->a, &field, 1, &yes);
    case 9: return c->ordered_has(s, NR_S("m/i/x"), NR_S("old"), &yes);
    case 10: return c->ordered_count(s, NR_S("m/i/x"), &all, &n);
    case 11: return c->ordered_scan(s, NR_S("m/i/x"), &all, false, 9, &f->a, &slices);
    case 12: return c->set_has(s, NR_S("m/s/x/=1"), NR_S("old"), &yes);
    case 13: return c->set_count(s, NR_S("m/s/x/=1"), &n);
    case 14: return c->set_scan(s, NR_S("m/s/x/=1"), &cursor, &f->a, &slices);
    case 15: return c->set_common(s, (const nr_slice[]){NR_S("m/s/x/=1")}, 1, &f->a, &slices);
    default: return c->counter_get(s, NR_S("m/seq"), &value);
    }
}

static void make_old(nr_store *s)
{
    nr_store_mem_flush(s);
    put(s, NR_S("m:old"), NR_S("x"), NR_S("1"));
    s->cls->ordered_add(s, NR_S("m/i/x"), NR_S("old"));
    s->cls->set_add(s, NR_S("m/s/x/=1"), NR_S("old"));
    s->cls->counter_set(s, NR_S("m/seq"), 1);
}

static void each_call_can_be_failed_and_then_changes_nothing(void **state)
{
    fixture *f = *state;
    static const nr_status statuses[] = {NR_ST_FAILED, NR_ST_WRONGTYPE};
    for (size_t i = 0; i < CALLS; i++) {
        make_old(f->below);
        uint64_t before = nr_store_mem_digest(f->below);
        for (size_t k = 0; k < COUNT(statuses); k++) {
            nr_store_fault_arm(f->s, 1, false, false, statuses[k]);
            assert_false(nr_store_fault_fired(f->s));
            assert_int_equal(run_call(f, f->s, i), statuses[k]);
            assert_true(nr_store_fault_fired(f->s));
            assert_true(nr_store_mem_digest(f->below) == before);
        }
        assert_int_equal(run_call(f, f->s, i), NR_ST_OK);
        assert_int_equal(nr_store_mem_digest(f->below) == before, i >= WRITES);
    }
}

static void only_the_call_of_that_number_fails_unless_sticky(void **state)
{
    fixture *f = *state;
    for (size_t at = 0; at <= CALLS + 1; at++) {
        for (int sticky = 0; sticky < 2; sticky++) {
            make_old(f->below);
            nr_store_fault_arm(f->s, at, false, sticky, NR_ST_FAILED);
            for (size_t i = 0; i < CALLS; i++) {
                bool fails = at && (sticky ? i + 1 >= at : i + 1 == at);
                assert_int_equal(run_call(f, f->s, i), fails ? NR_ST_FAILED : NR_ST_OK);
            }
            assert_int_equal(nr_store_fault_calls(f->s), CALLS);
            assert_int_equal(nr_store_fault_fired(f->s), at >= 1 && at <= CALLS);
        }
    }
}

static void writes_only_counts_and_fails_writes_alone(void **state)
{
    fixture *f = *state;
    for (size_t at = 1; at <= WRITES + 1; at++) {
        make_old(f->below);
        nr_store_fault_arm(f->s, at, true, true, NR_ST_FAILED);
        for (size_t i = 0; i < CALLS; i++) {
            size_t call = (i + WRITES) % CALLS; /* the reads first */
            assert_int_equal(run_call(f, f->s, call), call < WRITES && call + 1 >= at ? NR_ST_FAILED : NR_ST_OK);
        }
        for (size_t i = WRITES; i < CALLS; i++) assert_int_equal(run_call(f, f->s, i), NR_ST_OK);
        assert_int_equal(nr_store_fault_calls(f->s), WRITES);
        assert_int_equal(nr_store_fault_fired(f->s), at <= WRITES);
    }
}

static bool count_key(void *ctx, nr_slice key, nr_holds holds)
{
    assert_true(key.n > 0 && holds != NR_HOLDS_NOTHING);
    ++*(int *)ctx;
    return true;
}

static void holds_walk_and_touch_are_not_counted_and_never_fail(void **state)
{
    fixture *f = *state;
    int keys = 0;
    make_old(f->below);
    nr_store_fault_arm(f->s, 1, false, true, NR_ST_FAILED);
    assert_int_equal(f->s->cls->holds(f->s, NR_S("m:old")), NR_HOLDS_HASH);
    f->s->cls->walk(f->s, NR_S("m"), count_key, &keys);
    f->s->cls->touch(f->s, NR_S("m"));
    assert_int_equal(keys, 4);
    assert_int_equal(nr_store_fault_calls(f->s), 0);
    assert_false(nr_store_fault_fired(f->s));
}

static void arming_again_counts_from_now(void **state)
{
    fixture *f = *state;
    make_old(f->below);
    run_call(f, f->s, 7);
    assert_int_equal(nr_store_fault_calls(f->s), 1);
    nr_store_fault_arm(f->s, 2, false, true, NR_ST_FAILED);
    assert_int_equal(run_call(f, f->s, 7), NR_ST_OK);
    assert_int_equal(run_call(f, f->s, 7), NR_ST_FAILED);
    nr_store_fault_arm(f->s, 0, false, false, NR_ST_FAILED);
    assert_false(nr_store_fault_fired(f->s));
    assert_int_equal(nr_store_fault_calls(f->s), 0);
    assert_int_equal(run_call(f, f->s, 7), NR_ST_OK);
}

static void a_status_completes_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(nr_status_text(NR_ST_WRONGTYPE), "holds another type of value");
    assert_string_equal(nr_status_text(NR_ST_FAILED), "could not be written");
}

#define WITH_FAULT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    nr_store *below;
    const store_maker mem = {"memory store", make_mem, drop_mem, NULL}, fault = {"fault store, not armed", make_fault, drop_fault, &below};
    const struct CMUnitTest own[] = {
        cmocka_unit_test(equal_contents_have_equal_digests_whatever_the_order),
        cmocka_unit_test(different_contents_have_different_digests),
        cmocka_unit_test(flush_leaves_an_empty_store_that_works),
        cmocka_unit_test(a_string_that_is_no_number_is_no_counter),
        WITH_FAULT(each_call_can_be_failed_and_then_changes_nothing),
        WITH_FAULT(only_the_call_of_that_number_fails_unless_sticky),
        WITH_FAULT(writes_only_counts_and_fails_writes_alone),
        WITH_FAULT(holds_walk_and_touch_are_not_counted_and_never_fail),
        WITH_FAULT(arming_again_counts_from_now),
        cmocka_unit_test(a_status_completes_a_sentence),
    };
    return store_suite_run(&mem) + store_suite_run(&fault) + cmocka_run_group_tests_name("memory and fault store", own, NULL, NULL);
}
