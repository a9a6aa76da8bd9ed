/* t_texts.c -- packed byte strings by number: lengths around every limit, garbage, chunk ends, and random changes against a naive array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "table/texts.h"

enum { MIB = 1 << 20 };

static int set_up(void **state)
{
    *state = nr_texts_new(nr_env_libc());
    return 0;
}

static void check_valid(const nr_texts *t)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_buf why = nr_buf_in(&a);
    if (!nr_texts_valid(t, &why)) fail_msg("%.*s", (int)why.n, why.p);
    nr_arena_clear(&a);
}

static int tear_down(void **state)
{
    check_valid(*state);
    nr_texts_free(*state);
    return 0;
}

static void check(const nr_texts *t, uint32_t number, nr_slice want)
{
    nr_slice got = nr_texts_get(t, number);
    assert_int_equal(got.p == NULL, want.p == NULL);
    assert_int_equal(got.n, want.n);
    if (want.n) assert_memory_equal(got.p, want.p, want.n);
    if (!want.p) return;
    nr_slice same = nr_texts_at(nr_texts_from(t, number / 64 * 64), number % 64);
    assert_ptr_equal(same.p, got.p);
    assert_int_equal(same.n, got.n);
}

static void put_and_check(nr_texts *t, uint32_t number, nr_slice s)
{
    nr_texts_set(t, number, s);
    check(t, number, s);
    check_valid(t);
}

static void a_number_that_was_never_set_has_no_text(void **state)
{
    nr_texts *t = *state;
    check(t, 0, (nr_slice){NULL, 0});
    check(t, UINT32_MAX, (nr_slice){NULL, 0});
    nr_texts_drop(t, 7);
    put_and_check(t, 7, NR_S("x"));
    check(t, 6, (nr_slice){NULL, 0});
    check(t, 8, (nr_slice){NULL, 0});
    check(t, 7 + 4096, (nr_slice){NULL, 0});
    nr_texts_free(NULL);
}

static void the_empty_text_is_not_no_text(void **state)
{
    nr_texts *t = *state;
    put_and_check(t, 3, NR_S(""));
    nr_texts_drop(t, 3);
    check(t, 3, (nr_slice){NULL, 0});
}

static void texts_of_every_length_around_the_limits_are_kept(void **state)
{
    nr_texts *t = *state;
    static const size_t lengths[] = {0, 1, 125, 126, 127, 128, 129, 255, 256, 1022, 1023, 1024, 1025, 4096, 65536, MIB};
    enum { N = sizeof lengths / sizeof *lengths };
    static char bytes[MIB];
    for (size_t i = 0; i < MIB; i++) bytes[i] = (char)(i * 31 >> 3);
    for (uint32_t from = 0; from < N; from++)
        for (uint32_t to = 0; to < N; to++) {
            put_and_check(t, 1, (nr_slice){bytes, lengths[from]});
            put_and_check(t, 2, NR_S("neighbour"));
            put_and_check(t, 1, (nr_slice){bytes + 1, lengths[to] < MIB ? lengths[to] : MIB - 1});
            check(t, 2, NR_S("neighbour"));
        }
}

static void a_text_may_be_set_from_one_of_its_own(void **state)
{
    nr_texts *t = *state;
    char longest[2000];
    memset(longest, 'l', sizeof longest);
    for (uint32_t i = 0; i < 200; i++) nr_texts_set(t, i, NR_S("0123456789abcdef"));
    for (uint32_t i = 0; i < 3000; i++) nr_texts_set(t, 200 + i, nr_texts_get(t, i));
    for (uint32_t i = 0; i < 3200; i++) check(t, i, NR_S("0123456789abcdef"));
    nr_texts_set(t, 0, (nr_slice){longest, sizeof longest});
    nr_texts_set(t, 1, nr_texts_get(t, 0));
    nr_texts_set(t, 0, nr_texts_get(t, 0));
    check(t, 0, (nr_slice){longest, sizeof longest});
    check(t, 1, (nr_slice){longest, sizeof longest});
    check_valid(t);
}

static void garbage_does_not_pile_up(void **state)
{
    nr_texts *t = *state;
    char bytes[800];
    memset(bytes, 'x', sizeof bytes);
    for (uint32_t i = 0; i < 100; i++) nr_texts_set(t, i, (nr_slice){bytes, 20});
    size_t before = nr_texts_bytes(t);
    for (uint32_t step = 0; step < 20000; step++) {
        nr_texts_set(t, step % 100, (nr_slice){bytes, 400 + step % 400});
        nr_texts_set(t, step % 100, (nr_slice){bytes, 20});
    }
    check_valid(t);
    assert_true(nr_texts_bytes(t) < before * 5);
    for (uint32_t i = 1; i < 100; i++) nr_texts_drop(t, i);
    assert_true(nr_texts_bytes(t) < before);
    check(t, 0, (nr_slice){bytes, 20});
}

static void a_sequence_takes_little_more_than_its_bytes(void **state)
{
    nr_texts *t = *state;
    enum { N = 100000 };
    size_t empty = nr_texts_bytes(t);
    for (uint32_t i = 0; i < N; i++) nr_texts_set(t, i, NR_S("0123456789"));
    assert_in_range(nr_texts_bytes(t) - empty, 15 * N, 16 * N);
    for (uint32_t i = 0; i < N; i++) nr_texts_drop(t, N - 1 - i);
    assert_true(nr_texts_bytes(t) - empty < 1000);
}

/* Each chunk begins with as much room as the one before it took; what was too much is given back when the next one begins, and a first piece is never large. */
static void long_texts_before_short_ones_leave_little_room_over(void **state)
{
    nr_texts *t = *state;
    static char bytes[1000];
    memset(bytes, 'x', sizeof bytes);
    for (uint32_t i = 0; i < 4096; i++) nr_texts_set(t, i, (nr_slice){bytes, sizeof bytes});
    size_t full = nr_texts_bytes(t);
    nr_texts_set(t, 4096, NR_S("a"));
    assert_true(nr_texts_bytes(t) < full + 100000);
    for (uint32_t i = 4096; i < 4096 * 2 + 1; i++) nr_texts_set(t, i, NR_S("a"));
    check_valid(t);
    assert_true(nr_texts_bytes(t) < 4096 * 1002 * 17 / 16 + 2 * 4096 * 4 + 4096 * 3 + 40000);
    check(t, 4095, (nr_slice){bytes, sizeof bytes});
    check(t, 4096, NR_S("a"));
}

/* -- against a naive array ------------------------------------------------------------------------------------------------------------------ */

enum { NUMBERS = 4096 * 2 + 70, TEXT_MAX = 1500 };

typedef struct naive {
    size_t n[NUMBERS];
    char *text[NUMBERS]; /* NULL: none */
} naive;

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void check_all(const nr_texts *t, const naive *n)
{
    for (uint32_t i = 0; i < NUMBERS; i++) check(t, i, (nr_slice){n->text[i], n->text[i] ? n->n[i] : 0});
}

/* Numbers cluster around the ends of chunks; in turns the array fills and empties. */
static void random_changes_agree_with_an_array(void **state)
{
    nr_texts *t = *state;
    static naive n;
    uint32_t seed = 4711;
    memset(&n, 0, sizeof n);
    for (int step = 0; step < 30000; step++) {
        uint32_t number = draw(&seed) % 2 ? draw(&seed) % NUMBERS : (4096 * (1 + draw(&seed) % 2) - 20 + draw(&seed) % 40);
        bool set = draw(&seed) % 8 < (step / 7500 % 2 ? 2u : 6u);
        free(n.text[number]);
        n.text[number] = NULL;
        if (set) {
            n.n[number] = draw(&seed) % 20 ? draw(&seed) % 150 : draw(&seed) % TEXT_MAX;
            n.text[number] = malloc(n.n[number] + 1);
            for (size_t i = 0; i < n.n[number]; i++) n.text[number][i] = (char)draw(&seed);
            nr_texts_set(t, number, (nr_slice){n.text[number], n.n[number]});
        } else {
            nr_texts_drop(t, number);
        }
        check(t, number, (nr_slice){n.text[number], n.text[number] ? n.n[number] : 0});
        if (step < 3000 || step % 50 == 0) check_valid(t);
        if (step % 3000 == 2999) check_all(t, &n);
    }
    for (uint32_t i = 0; i < NUMBERS; i++) free(n.text[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_that_was_never_set_has_no_text), TEST(the_empty_text_is_not_no_text), TEST(texts_of_every_length_around_the_limits_are_kept),
        TEST(a_text_may_be_set_from_one_of_its_own),   TEST(garbage_does_not_pile_up),      TEST(a_sequence_takes_little_more_than_its_bytes),
        TEST(long_texts_before_short_ones_leave_little_room_over), TEST(random_changes_agree_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
