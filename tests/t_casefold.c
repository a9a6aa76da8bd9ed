/* t_casefold.c -- case folding against Unicode's file, walking UTF-8, trigrams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/casefold.h"
#include "base/casefold_table.h"
#include "base/trigram.h"
#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define POINTS 0x110000

static int set_up(void **state)
{
    nr_arena *a = nr_env_libc()->alloc(sizeof *a);
    nr_arena_init(a, nr_env_libc());
    *state = a;
    return 0;
}

static int tear_down(void **state)
{
    nr_arena_clear(*state);
    nr_env_libc()->free(*state);
    return 0;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    return *seed ^= *seed << 5;
}

static nr_slice folded(nr_arena *a, nr_slice text)
{
    nr_buf b = nr_buf_in(a);
    nr_fold(&b, text);
    return nr_buf_slice(&b);
}

/* Texts of few code points, so that matches are frequent; among them those whose folded form is shorter or longer in bytes. */
static nr_slice random_text(nr_arena *a, uint32_t *seed, size_t most)
{
    static const uint32_t points[] = {'a',    'A', 'b', 'B',   'a',   'A',     0x1E9E,  0xDF,    0x23A, 0x2C65,
                                      0x212A, 'k', 'K', 0x3C3, 0x3C2, 0x1F600, 0x10400, 0x10428, 0};
    nr_buf b = nr_buf_in(a);
    for (size_t n = next_random(seed) % (most + 1); n; n--) {
        char bytes[4];
        nr_buf_add(&b, (nr_slice){bytes, nr_utf8_put(bytes, points[next_random(seed) % COUNT(points)])});
    }
    return nr_buf_slice(&b);
}

static bool is_surrogate(uint32_t point)
{
    return point >= 0xD800 && point < 0xE000;
}

static void every_code_point_folds_as_unicodes_file_says(void **state)
{
    (void)state;
    FILE *f = fopen("/usr/share/unicode/CaseFolding.txt", "r");
    if (!f) skip();
    uint32_t *want = malloc(POINTS * sizeof *want);
    char line[256];
    bool same_version = fgets(line, sizeof line, f) && strstr(line, NR_CASEFOLD_VERSION ".txt");
    for (uint32_t i = 0; i < POINTS; i++) want[i] = i;
    while (fgets(line, sizeof line, f)) {
        uint32_t from, to;
        char class;
        if (sscanf(line, "%x; %c; %x;", &from, &class, &to) == 3 && (class == 'C' || class == 'S')) want[from] = to;
    }
    fclose(f);
    for (uint32_t i = 0; same_version && i < POINTS; i++)
        if (nr_fold_point(i) != want[i]) fail_msg("U+%04X folds to U+%04X, not to U+%04X", i, nr_fold_point(i), want[i]);
    free(want);
    if (!same_version) skip();
}

static void folding_twice_changes_nothing_more(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < POINTS; i++) assert_int_equal(nr_fold_point(nr_fold_point(i)), nr_fold_point(i));
}

static void single_letters_fold_to_single_letters(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},   {"AbZ[@`{", "abz[@`{"}, {"Straße", "straße"},  {"STRAẞE", "straße"}, {"ΣΑΣ", "σασ"}, {"σας", "σασ"}, {"İ", "İ"},
        {"ı", "ı"}, {"ﬁn", "ﬁn"},           {"\xE2\x84\xAA", "k"}, {"ſ", "s"},           {"Ⱥ", "ⱥ"},     {"ÀÉ", "àé"},   {"𐐀", "𐐨"},
        {"Ꭰ", "Ꭰ"}, {"ꭰ", "Ꭰ"},           {"日本", "日本"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        nr_slice from = nr_slice_of(cases[i][0]), to = nr_slice_of(cases[i][1]);
        assert_true(nr_slice_eq(folded(*state, from), to));
        assert_true(nr_fold_eq(from, to));
        assert_int_equal(nr_utf8_length(from), nr_utf8_length(to));
    }
    assert_false(nr_fold_eq(NR_S("Straße"), NR_S("STRASSE")));
    assert_false(nr_fold_eq(NR_S("İ"), NR_S("i")));
    assert_false(nr_fold_starts(NR_S("ﬁn"), NR_S("fi")));
    assert_false(nr_fold_ends(NR_S("cafe\xCC\x81"), NR_S("é")));
    assert_true(nr_fold_ends(NR_S("RrRQqà"), NR_S("QQÀ")));
    assert_true(nr_slice_eq(folded(*state, NR_S("A\0B")), NR_S("a\0b")));
}

static void comparisons_are_those_of_the_folded_forms(void **state)
{
    nr_arena *a = *state;
    uint32_t seed = 4711;
    size_t held[4] = {0};
    for (int round = 0; round < 40000; round++) {
        nr_mark mark = nr_arena_mark(a);
        nr_slice text = random_text(a, &seed, 12), other = random_text(a, &seed, round % 4 ? 3 : 12);
        nr_slice t = folded(a, text), o = folded(a, other);
        nr_fold_needle needle = nr_fold_needle_of(a, other);
        bool eq = nr_slice_eq(t, o), starts = nr_slice_starts(t, o), ends = t.n >= o.n && memcmp(t.p + t.n - o.n, o.p, o.n) == 0;
        bool contains = o.n == 0 || memmem(t.p, t.n, o.p, o.n);
        int want = nr_slice_cmp(t, o), cmp = nr_fold_cmp(text, other);
        assert_int_equal(nr_fold_eq(text, other), eq);
        assert_int_equal(nr_fold_starts(text, other), starts);
        assert_int_equal(nr_fold_ends(text, other), ends);
        assert_int_equal(nr_fold_contains(text, &needle), contains);
        assert_int_equal((cmp > 0) - (cmp < 0), (want > 0) - (want < 0));
        held[0] += eq, held[1] += starts, held[2] += ends, held[3] += contains;
        nr_arena_rewind(a, mark);
    }
    for (size_t i = 0; i < COUNT(held); i++) assert_true(held[i] > 100);
}

static void a_needle_of_many_equal_letters_takes_no_longer_than_another(void **state)
{
    nr_arena *a = *state;
    enum { TEXT = 1 << 20, NEEDLE = 1 << 19 };
    char *text = nr_arena_alloc(a, TEXT), *sought = nr_arena_alloc(a, NEEDLE);
    memset(text, 'A', TEXT);
    memset(sought, 'a', NEEDLE);
    sought[NEEDLE - 1] = 'b';
    nr_fold_needle needle = nr_fold_needle_of(a, (nr_slice){sought, NEEDLE});
    assert_false(nr_fold_contains((nr_slice){text, TEXT}, &needle));
    text[TEXT - 1] = 'B';
    assert_true(nr_fold_contains((nr_slice){text, TEXT}, &needle));
}

static void every_code_point_is_put_and_taken(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < POINTS; i++) {
        char bytes[4];
        if (is_surrogate(i)) continue;
        nr_slice s = {bytes, nr_utf8_put(bytes, i)}, first = s, last = s;
        assert_int_equal(nr_utf8_sequence(s), s.n);
        assert_int_equal(nr_utf8_take(&first), i);
        assert_int_equal(nr_utf8_take_last(&last), i);
        assert_int_equal(first.n + last.n, 0);
    }
}

static void bytes_that_are_no_text_are_not_read_beyond(void **state)
{
    nr_arena *a = *state;
    uint32_t seed = 99;
    for (int round = 0; round < 20000; round++) {
        size_t n = next_random(&seed) % 6;
        char *p = malloc(n + !n);
        for (size_t i = 0; i < n; i++) p[i] = (char)next_random(&seed);
        nr_slice s = {p, n}, rest = s, trigram;
        nr_mark mark = nr_arena_mark(a);
        nr_buf reversed = nr_buf_in(a);
        nr_utf8_reverse(&reversed, s);
        assert_int_equal(reversed.n, n);
        nr_fold_needle needle = nr_fold_needle_of(a, s);
        nr_fold_contains(s, &needle);
        nr_fold_ends(s, s);
        while (nr_utf8_trigram(&rest, &trigram)) assert_true(trigram.p + trigram.n <= p + n);
        nr_arena_rewind(a, mark);
        free(p);
    }
}

static void texts_are_reversed_by_code_point(void **state)
{
    nr_buf b = nr_buf_in(*state);
    nr_utf8_reverse(&b, NR_S(""));
    assert_int_equal(b.n, 0);
    nr_utf8_reverse(&b, NR_S("aé日😀\0z"));
    assert_true(nr_slice_eq(nr_buf_slice(&b), NR_S("z\0😀日éa")));
    nr_utf8_reverse(&b, NR_S("xy"));
    assert_true(nr_slice_eq(nr_buf_slice(&b), NR_S("z\0😀日éayx")));
    uint32_t seed = 5;
    for (int round = 0; round < 2000; round++) {
        nr_slice text = random_text(*state, &seed, 10);
        nr_buf once = nr_buf_in(*state), twice = nr_buf_in(*state);
        nr_utf8_reverse(&once, text);
        nr_utf8_reverse(&twice, nr_buf_slice(&once));
        assert_true(nr_slice_eq(nr_buf_slice(&twice), text));
    }
}

static void trigrams_are_every_three_code_points(void **state)
{
    (void)state;
    static const char *const want[] = {"aé日", "é日😀", "日😀z"};
    nr_slice rest = NR_S("aé日😀z"), trigram;
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_true(nr_utf8_trigram(&rest, &trigram));
        assert_true(nr_slice_is(trigram, want[i]));
    }
    assert_false(nr_utf8_trigram(&rest, &trigram));
    rest = NR_S("日本");
    assert_false(nr_utf8_trigram(&rest, &trigram));
    rest = NR_S("");
    assert_false(nr_utf8_trigram(&rest, &trigram));
}

static int by_code(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void check_codes(nr_arena *a, nr_slice text, bool fold)
{
    nr_slice rest = fold ? folded(a, text) : text, trigram;
    uint64_t *want = NR_NEW_N(a, uint64_t, text.n + 1);
    size_t n = 0, distinct = 0;
    while (nr_utf8_trigram(&rest, &trigram)) {
        for (int i = 0; i < 3; i++) want[n] = want[n] << 21 | nr_utf8_take(&trigram);
        n++;
    }
    qsort(want, n, sizeof *want, by_code);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || want[i] != want[distinct - 1]) want[distinct++] = want[i];
    nr_trigrams codes = nr_trigrams_of(a, text, fold);
    assert_int_equal(codes.n, distinct);
    for (size_t i = 0; i < distinct; i++) assert_true(codes.at[i] == want[i]);
}

static void codes_are_the_distinct_trigrams_in_order(void **state)
{
    nr_arena *a = *state;
    uint32_t seed = 17;
    for (int round = 0; round < 3000; round++) {
        nr_mark mark = nr_arena_mark(a);
        nr_slice text = random_text(a, &seed, round % 10 ? 40 : 400);
        check_codes(a, text, false);
        check_codes(a, text, true);
        nr_arena_rewind(a, mark);
    }
    assert_int_equal(nr_trigrams_of(a, NR_S("日本"), false).n, 0);
    assert_int_equal(nr_trigrams_of(a, NR_S(""), true).n, 0);
    assert_int_equal(nr_trigrams_of(a, NR_S("aAaaaAA"), true).n, 1);
    assert_int_equal(nr_trigrams_of(a, NR_S("\0\0\0"), false).n, 1);
}

static void a_mebibyte_of_distinct_trigrams_is_sorted(void **state)
{
    nr_arena *a = *state;
    nr_buf b = nr_buf_in(a);
    uint32_t seed = 3;
    while (b.n < 1 << 20) {
        char bytes[4];
        uint32_t point = next_random(&seed) % 0x11000;
        if (!is_surrogate(point)) nr_buf_add(&b, (nr_slice){bytes, nr_utf8_put(bytes, point)});
    }
    check_codes(a, nr_buf_slice(&b), true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_code_point_folds_as_unicodes_file_says),
        TEST(folding_twice_changes_nothing_more),
        TEST(single_letters_fold_to_single_letters),
        TEST(comparisons_are_those_of_the_folded_forms),
        TEST(a_needle_of_many_equal_letters_takes_no_longer_than_another),
        TEST(every_code_point_is_put_and_taken),
        TEST(bytes_that_are_no_text_are_not_read_beyond),
        TEST(texts_are_reversed_by_code_point),
        TEST(trigrams_are_every_three_code_points),
        TEST(codes_are_the_distinct_trigrams_in_order),
        TEST(a_mebibyte_of_distinct_trigrams_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
