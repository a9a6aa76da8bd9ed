/* t_regex.c -- regular expressions: what they find, their bounds, and what every match must contain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/casefold.h"
#include "base/regex.h"
#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct world {
    nr_arena arena;
    nr_regexes *jit, *plain;
} world;

static const nr_regex_watch always = {.go_on = NULL};

static int set_up(void **state)
{
    world *w = malloc(sizeof *w);
    nr_arena_init(&w->arena, nr_env_libc());
    w->jit = nr_regexes_new(nr_env_libc(), true);
    w->plain = nr_regexes_new(nr_env_libc(), false);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    nr_regexes_free(w->jit);
    nr_regexes_free(w->plain);
    nr_arena_clear(&w->arena);
    free(w);
    return 0;
}

static nr_regex_found search_in(nr_regexes *set, nr_slice pattern, bool caseless, nr_slice text, nr_regex_watch watch)
{
    nr_err err = {0};
    nr_regex *r = nr_regex_get(set, pattern, caseless, &err);
    if (!r) fail_msg("%.*s: %s", NR_FMT(pattern), err.msg);
    nr_regex_found found = nr_regex_search(r, text, watch);
    nr_regex_release(r);
    return found;
}

static bool found(world *w, nr_slice pattern, bool caseless, nr_slice text)
{
    nr_regex_found a = search_in(w->jit, pattern, caseless, text, always), b = search_in(w->plain, pattern, caseless, text, always);
    if (a != b || a > NR_REGEX_YES) fail_msg("%.*s: %d with jit, %d without", NR_FMT(pattern), a, b);
    return a == NR_REGEX_YES;
}

/* PCRE2 10.42 with jit takes a* for tried where it has been tried behind another end of the group. */
static void a_repeat_behind_a_group_with_several_ends_is_found(void **state)
{
    assert_true(found(*state, NR_S("(?:ab|)a*b"), false, NR_S("ab")));
    assert_true(found(*state, NR_S("(?:.|(?:))b*?a+"), false, NR_S("a")));
    assert_true(found(*state, NR_S("(?:b[ab]|[ab]){2}(?:b{0,}a?)a"), false, NR_S("baa")));
}

static void a_search_answers_as_the_reference_says(void **state)
{
    static const struct {
        const char *pattern;
        bool caseless;
        nr_slice text;
        bool want;
    } cases[] = {
        {"tA", false, {"ItAchi", 6}, true},
        {"^i+", true, {"I1038593i", 9}, true},
        {"^i\\d*i$", true, {"I1038593i", 9}, true},
        {"^I+", false, {"itachi", 6}, false},
        {"a.b", false, {"a\nb", 3}, false},
        {"(?s)a.b", false, {"a\nb", 3}, true},
        {"a$", false, {"a\n", 2}, true},
        {"a$", false, {"a\nb", 3}, false},
        {"^$", false, {"", 0}, true},
        {"^$", false, {NULL, 0}, true},
        {"", false, {"x", 1}, true},
        {"a\\x00b", false, {"a\0b", 3}, true},
        {"^\\d$", false, {"\xD9\xA3", 2}, true},
        {"^\\w+$", false, {"é", 2}, true},
        {"^.$", false, {"😀", 4}, true},
        {"É", true, {"é", 2}, true},
        {"É", false, {"é", 2}, false},
        {"^k$", true, {"\xE2\x84\xAA", 3}, true},
        {"a", false, {"a\xff", 2}, false},
        {"(?<=a)b", false, {"ab", 2}, true},
        {"a\\Kb", false, {"ab", 2}, true},
        {"x|", false, {"", 0}, true},
        {"(a)\\1", false, {"baa", 3}, true},
        {"\\\\G", false, {"\\G", 2}, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (found(*state, nr_slice_of(cases[i].pattern), cases[i].caseless, cases[i].text) != cases[i].want)
            fail_msg("case %zu: %s", i, cases[i].pattern);
    }
}

static void a_pattern_that_is_none_is_named_with_the_position(void **state)
{
    static const struct {
        const char *pattern, *says;
    } cases[] = {
        {"(", "regular expression '(': missing closing parenthesis, at position 1"},
        {"é[", "'é[': missing terminating ] for character class, at position 2"},
        {"a\\Cb", "\\C"},
        {"\\G", "\\G is not allowed"},
        {"a(*COMMIT)b", "(*COMMIT is not allowed"},
        {"(*SKIP)", "(*SKIP"},
        {"(*CRLF)a", "(*CR"},
        {"(*ANYCRLF)a", "(*ANY"},
        {"\\\\\\G", "\\G is not allowed"},
        {"*", "quantifier does not follow"},
        {"\xff", "not valid UTF-8"},
        {"((a{1,900}){1,900}){1,900}", "too large"},
    };
    world *w = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        nr_err err = {0};
        assert_null(nr_regex_get(w->jit, nr_slice_of(cases[i].pattern), false, &err));
        assert_int_equal(err.code, NR_E_BADVALUE);
        if (!strstr(err.msg, cases[i].says)) fail_msg("%s: %s", cases[i].pattern, err.msg);
    }
    char *deep = nr_arena_alloc(&w->arena, NR_REGEX_MAX + 1);
    memset(deep, '(', NR_REGEX_MAX + 1);
    for (size_t n = NR_REGEX_MAX; n <= NR_REGEX_MAX + 1; n++) {
        nr_err err = {0};
        assert_null(nr_regex_get(w->jit, (nr_slice){deep, n}, false, &err));
        assert_int_equal(err.code, NR_E_BADVALUE);
    }
}

/* Slices of starts meet everywhere: a match is found at any place, between characters of any length. */
static void a_match_is_found_wherever_it_starts(void **state)
{
    world *w = *state;
    static const char *const fill[] = {"x", "é", "日", "😀"};
    for (size_t f = 0; f < COUNT(fill); f++) {
        for (size_t before = 0; before<600; before += before> 240 && before < 270 ? 1 : 13) {
            nr_buf b = nr_buf_in(&w->arena);
            for (size_t i = 0; i < before; i++) nr_buf_add(&b, nr_slice_of(fill[f]));
            nr_buf_add(&b, NR_S("needle"));
            for (size_t i = 0; i < 300; i++) nr_buf_add(&b, nr_slice_of(fill[f]));
            nr_slice text = nr_buf_slice(&b);
            assert_true(found(w, NR_S("ne+dle"), false, text));
            assert_true(found(w, NR_S("(?<![a-m])n"), false, text));
            assert_false(found(w, NR_S("ne+dlf"), false, text));
            assert_int_equal(found(w, NR_S("^ne+dle"), false, text), before == 0);
            assert_true(found(w, NR_S("$"), false, text));
            assert_true(found(w, NR_S("(?s)^.*needle.*$"), false, text));
        }
    }
}

static bool count_down(void *left)
{
    return --*(int *)left > 0;
}

static void a_pattern_that_explodes_is_too_hard_or_stopped_never_no(void **state)
{
    world *w = *state;
    char text[42];
    memset(text, 'a', sizeof text);
    text[41] = '!';
    nr_regexes *sets[] = {w->jit, w->plain};
    for (size_t i = 0; i < COUNT(sets); i++) {
        int left = 1;
        assert_int_equal(search_in(sets[i], NR_S("^(a+)+$"), false, (nr_slice){text, 42}, (nr_regex_watch){.go_on = count_down, .ctx = &left}),
                         NR_REGEX_STOPPED);
        assert_int_equal(search_in(sets[i], NR_S("^(a+)+$"), false, (nr_slice){text, 42}, always), NR_REGEX_HARD);
        assert_int_equal(search_in(sets[i], NR_S("(a+)+$"), false, (nr_slice){text, 42}, always), NR_REGEX_HARD);
        assert_int_equal(search_in(sets[i], NR_S("^(a+)+$"), false, (nr_slice){text, 41}, always), NR_REGEX_YES);
    }
}

/* Each start is just within what a start may take, or, in the second, beyond it. */
static void a_text_that_is_hard_all_over_tries_the_patience_of_who_has_little(void **state)
{
    world *w = *state;
    enum { N = 20000 };
    char *text = nr_arena_alloc(&w->arena, N);
    memset(text, 'a', N);
    nr_regexes *sets[] = {w->jit, w->plain};
    for (size_t i = 0; i < COUNT(sets); i++) {
        const nr_regex_watch little = {.patience = 2};
        assert_int_equal(search_in(sets[i], NR_S("[a-z]{1,4000}\\d"), false, (nr_slice){text, N}, little), NR_REGEX_HARD);
        assert_int_equal(search_in(sets[i], NR_S("[a-z]+\\d"), false, (nr_slice){text, N}, little), NR_REGEX_HARD);
        assert_int_equal(search_in(sets[i], NR_S("[a-z]\\d"), false, (nr_slice){text, N}, little), NR_REGEX_NO);
        assert_int_equal(search_in(sets[i], NR_S("[a-z]+$"), false, (nr_slice){text, N}, little), NR_REGEX_YES);
    }
}

static void a_long_search_asks_whether_to_go_on(void **state)
{
    world *w = *state;
    nr_slice text = {nr_arena_zalloc(&w->arena, 100000), 100000};
    int left = 5;
    assert_int_equal(search_in(w->jit, NR_S("a|b"), false, text, (nr_regex_watch){.go_on = count_down, .ctx = &left}), NR_REGEX_STOPPED);
    left = 1000;
    assert_int_equal(search_in(w->jit, NR_S("a|b"), false, text, (nr_regex_watch){.go_on = count_down, .ctx = &left}), NR_REGEX_NO);
    assert_int_equal(left, 1000 - 8);
}

static void an_honest_pattern_over_long_text_is_answered(void **state)
{
    world *w = *state;
    enum { N = 30000 };
    char *text = nr_arena_alloc(&w->arena, N);
    for (size_t i = 0; i < N; i++) text[i] = "abc "[i % 4];
    text[N - 1] = '7';
    assert_true(found(w, NR_S("[a-z ]+\\d"), false, (nr_slice){text, N}));
    assert_true(found(w, NR_S("^(?:a|b|c| )*\\d"), false, (nr_slice){text, N}));
    /* Cheap at first, so that the slices grow, then too much for a large one. */
    memset(text, '-', N / 2);
    assert_true(found(w, NR_S("[a-z ]+\\d"), false, (nr_slice){text, N}));
    assert_false(found(w, NR_S("[a-z ]{1,3000}\\d[xy]"), false, (nr_slice){text, N}));
}

static void a_set_keeps_the_patterns_of_late_and_those_in_use(void **state)
{
    world *w = *state;
    nr_err err = {0};
    nr_regex *kept = nr_regex_get(w->jit, NR_S("kept"), false, &err), *other = nr_regex_get(w->jit, NR_S("kept"), true, &err);
    assert_ptr_not_equal(kept, other);
    nr_regex *again = nr_regex_get(w->jit, NR_S("kept"), false, &err);
    assert_ptr_equal(kept, again);
    nr_regex_release(again);
    for (int i = 0; i < 200; i++) {
        char pattern[20];
        int n = snprintf(pattern, sizeof pattern, "p%d$", i);
        nr_regex *r = nr_regex_get(w->jit, (nr_slice){pattern, (size_t)n}, false, &err);
        assert_int_equal(nr_regex_search(r, (nr_slice){pattern, (size_t)n - 1}, always), NR_REGEX_YES);
        nr_regex_release(r);
    }
    assert_int_equal(nr_regex_search(kept, NR_S("is kept"), always), NR_REGEX_YES);
    assert_int_equal(nr_regex_search(other, NR_S("is KEPT"), always), NR_REGEX_YES);
    nr_regex_release(kept);
    nr_regex_release(other);
}

/* Literals. */

static void literals_are_what_no_match_can_lack(void **state)
{
    static const struct {
        const char *pattern, *prefix, *literal;
    } cases[] = {
        {"abc", NULL, "abc"},       {"^abc", "abc", "abc"},        {"\\Aabc$", "abc", "abc"},
        {"^abc*", "ab", "ab"},      {"^ab+c", "ab", "ab"},         {"ab?cde", NULL, "cde"},
        {"a\\.b", NULL, "a.b"},     {"^a.bcd", "a", "bcd"},        {"(x|y)abc", NULL, "abc"},
        {"abc|abd", NULL, NULL},    {"^a|b", NULL, NULL},          {"", NULL, NULL},
        {"^", NULL, NULL},          {"(?i)abc", NULL, NULL},       {"(?x)a b", NULL, NULL},
        {"ab(?i)c", NULL, NULL},    {"(?s)^ab.*cde", "ab", "cde"}, {"a{0,}bc", NULL, "bc"},
        {"ab{2}c", NULL, "ab"},     {"a{0}b", NULL, "b"},          {"a{2}{0}b", NULL, NULL},
        {"a{b", NULL, NULL},        {"[abc]de", NULL, "de"},       {"[]a]bc", NULL, "bc"},
        {"[^\\]]bc", NULL, "bc"},   {"[[:alpha:]]bc", NULL, NULL}, {"\\Qa.b\\E", NULL, NULL},
        {"\\dabc\\w", NULL, "abc"}, {"日本+", NULL, "日本"},       {"日本*", NULL, "日"},
        {"(?!abc)d", NULL, "d"},    {"(*ACCEPT)abc", NULL, NULL},  {"(a(*ACCEPT))?bc", NULL, NULL},
        {"^.*abc", NULL, "abc"},    {"a+?bcd", NULL, "bcd"},       {"a*+bcd", NULL, "bcd"},
        {"^*ab", NULL, NULL},       {"(?m)^ab", NULL, NULL},       {"\\x41b", NULL, NULL},
        {"a\\nb", NULL, "a\nb"},    {"(?(?=a)b|c)d", NULL, NULL},  {"(?<n>a)bc", NULL, "bc"},
        {"(?#x)abc", NULL, NULL},   {"a]b}", NULL, "a]b}"},
    };
    world *w = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        nr_regex_needs needs = nr_regex_literals(&w->arena, nr_slice_of(cases[i].pattern));
        bool prefix = cases[i].prefix ? needs.prefix.p && nr_slice_is(needs.prefix, cases[i].prefix) : !needs.prefix.p;
        bool literal = cases[i].literal ? needs.literal.p && nr_slice_is(needs.literal, cases[i].literal) : !needs.literal.p;
        if (!prefix || !literal) fail_msg("%s: prefix %.*s, literal %.*s", cases[i].pattern, NR_FMT(needs.prefix), NR_FMT(needs.literal));
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    return *seed ^= *seed << 5;
}

static nr_slice pieces(nr_arena *a, uint32_t *seed, const char *const *from, size_t n, size_t most)
{
    nr_buf b = nr_buf_in(a);
    for (size_t k = next_random(seed) % (most + 1); k; k--) nr_buf_add(&b, nr_slice_of(from[next_random(seed) % n]));
    return nr_buf_slice(&b);
}

static void a_match_has_the_literals(void **state)
{
    static const char *const atoms[] = {
        "a",   "b",         "a",   "b",    "c",   "A",   "é",    "É",    ".",     "^",    "^",    "$",     "*",          "+", "?",   "{0,}",
        "{2}", "{0,1}",     "{",   "}",    "(",   "(",   ")",    ")",    ")",     "|",    "[ab]", "[^a]",  "[",          "]", "\\.", "\\d",
        "\\b", "\\",        "(?:", "(?i)", "(?=", "(?!", "(?s)", "(?x)", "(?m)",  "(?<=", "(?>",  "\\Q",   "\\E",        "#", " ",   "\\n",
        "\n",  "(*ACCEPT)", "(?#", "\\1",  "-",   ",",   "0",    "(?|",  "(?<n>", "\\A",  "\\K",  "(?-i)", "[[:alpha:]]"};
    static const char *const letters[] = {"a", "b", "a", "b", "c", "A", "é", "É", ".", "\n", "0", " ", "#", "{", "-"};
    world *w = *state;
    uint32_t seed = 20260101;
    int matches = 0, prefixes = 0, literals = 0;
    for (int round = 0; round < 150000; round++) {
        nr_mark mark = nr_arena_mark(&w->arena);
        nr_slice pattern = pieces(&w->arena, &seed, atoms, COUNT(atoms), 7);
        bool caseless = round % 2;
        nr_err err = {0};
        nr_regex *plain = nr_regex_get(w->plain, pattern, caseless, &err),
                 *jit = plain && round % 8 < 2 ? nr_regex_get(w->jit, pattern, caseless, &err) : NULL;
        nr_regex_needs needs = nr_regex_literals(&w->arena, pattern);
        for (int i = 0; plain && i < 12; i++) {
            nr_slice text = pieces(&w->arena, &seed, letters, COUNT(letters), 6);
            nr_regex_found answer = nr_regex_search(plain, text, always);
            if (jit && nr_regex_search(jit, text, always) != answer) fail_msg("%.*s on %.*s: jit differs", NR_FMT(pattern), NR_FMT(text));
            if (answer != NR_REGEX_YES) continue;
            matches++;
            nr_fold_needle needle = nr_fold_needle_of(&w->arena, needs.literal);
            bool has =
                !needs.literal.p || (caseless ? nr_fold_contains(text, &needle) : memmem(text.p, text.n, needs.literal.p, needs.literal.n) != NULL);
            bool begins = !needs.prefix.p || (caseless ? nr_fold_starts(text, needs.prefix) : nr_slice_starts(text, needs.prefix));
            if (!has || !begins) fail_msg("%.*s matches %.*s", NR_FMT(pattern), NR_FMT(text));
            literals += needs.literal.p != NULL;
            prefixes += needs.prefix.p != NULL;
        }
        if (plain) nr_regex_release(plain);
        if (jit) nr_regex_release(jit);
        nr_arena_rewind(&w->arena, mark);
    }
    assert_true(matches > 10000 && literals > 2000 && prefixes > 100);
}

/* What narrows a caseless pattern is sought in folded text: two letters that PCRE2 takes for the same must fold to the same. */
static void caseless_letters_are_those_that_fold_alike(void **state)
{
    world *w = *state;
    nr_buf rest = nr_buf_in(&w->arena), class = nr_buf_in(&w->arena);
    bool *cased = nr_arena_zalloc(&w->arena, 0x110000);
    for (uint32_t i = 0; i < 0x110000; i++)
        if (nr_fold_point(i) != i) cased[i] = cased[nr_fold_point(i)] = true;
    for (uint32_t i = 0; i < 0x110000; i++) {
        char c[4], f[4];
        if (i >= 0xD800 && i < 0xE000) continue;
        nr_slice point = {c, nr_utf8_put(c, i)}, fold = {f, nr_utf8_put(f, nr_fold_point(i))};
        if (!cased[i]) nr_buf_add(&rest, point);
        else if (!nr_slice_eq(point, fold) && search_in(w->plain, point, true, fold, always) != NR_REGEX_YES) fail_msg("U+%04X", i);
    }
    /* In pieces of 500 letters: none of them is the other case of one that has none. */
    for (uint32_t i = 0, n = 0; i < 0x110000; i++) {
        if (cased[i]) {
            char c[4];
            if (n++ == 0) nr_buf_byte(&class, '[');
            nr_buf_add(&class, (nr_slice){c, nr_utf8_put(c, i)});
        }
        if (n == 500 || (n && i == 0x10FFFF)) {
            nr_buf_byte(&class, ']');
            if (search_in(w->jit, nr_buf_slice(&class), true, nr_buf_slice(&rest), always) != NR_REGEX_NO) fail_msg("before U+%04X", i);
            class = nr_buf_in(&w->arena);
            n = 0;
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_search_answers_as_the_reference_says),
        TEST(a_repeat_behind_a_group_with_several_ends_is_found),
        TEST(a_pattern_that_is_none_is_named_with_the_position),
        TEST(a_match_is_found_wherever_it_starts),
        TEST(a_pattern_that_explodes_is_too_hard_or_stopped_never_no),
        TEST(a_text_that_is_hard_all_over_tries_the_patience_of_who_has_little),
        TEST(a_long_search_asks_whether_to_go_on),
        TEST(an_honest_pattern_over_long_text_is_answered),
        TEST(a_set_keeps_the_patterns_of_late_and_those_in_use),
        TEST(literals_are_what_no_match_can_lack),
        TEST(a_match_has_the_literals),
        TEST(caseless_letters_are_those_that_fold_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
