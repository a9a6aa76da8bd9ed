/* store_suite_fixture.h -- what the files of the suite share: the store under test, and calls that must succeed in one line each. */
#ifndef STORE_SUITE_FIXTURE_H
#define STORE_SUITE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>

#include "store_suite.h"

#include <cmocka.h>

typedef struct fixture {
    const store_maker *maker;
    nr_store *s;
    nr_arena a;
} fixture;

typedef struct suite_test {
    const char *name;
    CMUnitTestFunction run;
} suite_test;

#define TEST(name) {#name, name}
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define KEY NR_S("m:1")
#define ABSENT ((nr_slice){NULL, 0})

/* Of ordered indexes, sets and counters; name NULL at the end. */
enum { STORE_INDEX_TESTS = 10 };
extern const suite_test store_index_tests[STORE_INDEX_TESTS];

static inline void check_slice(nr_slice got, nr_slice want)
{
    assert_true((got.p == NULL) == (want.p == NULL));
    assert_int_equal(got.n, want.n);
    if (want.n) assert_memory_equal(got.p, want.p, want.n);
}

static inline void put(fixture *f, nr_slice key, nr_slice name, nr_slice value)
{
    nr_pair field = {name, value};
    assert_int_equal(f->s->cls->hash_put(f->s, key, &field, 1), NR_ST_OK);
}

static inline nr_slice get(fixture *f, nr_slice key, nr_slice name)
{
    bool exists;
    nr_pair field = {name, NR_S("what stood here before")};
    assert_int_equal(f->s->cls->hash_get(f->s, key, &f->a, &field, 1, &exists), NR_ST_OK);
    return field.value;
}

static inline void add(fixture *f, nr_slice key, nr_slice member)
{
    assert_int_equal(f->s->cls->ordered_add(f->s, key, member), NR_ST_OK);
}

static inline uint64_t count_range(fixture *f, nr_slice key, nr_range r)
{
    uint64_t count = 12345;
    assert_int_equal(f->s->cls->ordered_count(f->s, key, &r, &count), NR_ST_OK);
    return count;
}

static inline nr_slices scan_range(fixture *f, nr_slice key, nr_range r, bool reverse, size_t max)
{
    nr_slices out = {0};
    assert_int_equal(f->s->cls->ordered_scan(f->s, key, &r, reverse, max, &f->a, &out), NR_ST_OK);
    return out;
}

static inline uint64_t set_count(fixture *f, nr_slice key)
{
    uint64_t count = 12345;
    assert_int_equal(f->s->cls->set_count(f->s, key, &count), NR_ST_OK);
    return count;
}

static inline nr_slices scan_set(fixture *f, nr_slice key)
{
    nr_slices out = {0};
    uint64_t cursor = 0;
    do assert_int_equal(f->s->cls->set_scan(f->s, key, &cursor, &f->a, &out), NR_ST_OK);
    while (cursor);
    return out;
}

#endif
