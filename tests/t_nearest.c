/* t_nearest.c -- what is near to a name, and how it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/nearest.h"

static void assert_is(nr_slice got, const char *want)
{
    if (!nr_slice_is(got, want)) fail_msg("got '%.*s', want '%s'", NR_FMT(got), want);
}

static nr_slice nearest(const char *given, const char *a, const char *b)
{
    nr_slice choices[] = {nr_slice_of(a), nr_slice_of(b)};
    return nr_nearest(nr_slice_of(given), choices, 2);
}

static void nearest_is_by_damerau_levenshtein(void **state)
{
    (void)state;
    assert_is(nearest("titel", "title", "body"), "title");
    assert_is(nearest("tilte", "body", "title"), "title");
    assert_is(nearest("TITLE", "body", "title"), "title");
    assert_is(nearest("itle", "title", "tile"), "title");
    assert_is(nearest("titles", "title", "titlest"), "title");
    assert_is(nearest("abcd", "abxy", "abcx"), "abcx");
    assert_is(nearest("tytles", "body", "title"), "title");
    assert_null(nearest("title", "", "body").p);
    assert_null(nearest("", "title", "id").p);
    assert_null(nearest("pk", "id", "x").p);
    assert_null(nearest("abcdefgh", "abxyzfgh", "b").p);
    assert_null(nr_nearest(NR_S("x"), NULL, 0).p);
    static char longest[100000];
    memset(longest, 'a', sizeof longest);
    nr_slice choices[] = {{longest, 128}, {longest, 5000}};
    assert_null(nr_nearest((nr_slice){longest, sizeof longest}, choices, 2).p);
    assert_ptr_equal(nr_nearest((nr_slice){longest, 127}, choices, 2).p, longest);
    assert_null(nr_nearest((nr_slice){longest, 5000}, choices, 2).p);
}

static const char *hint_of(const char *given, size_t n, nr_hint *h)
{
    nr_hint_begin(h, nr_slice_of(given));
    for (size_t i = 0; i < n; i++) {
        static char names[100][8];
        snprintf(names[i], sizeof names[i], "name%02zu", i);
        nr_hint_offer(h, nr_slice_of(names[i]));
    }
    return nr_hint_text(h, "it has");
}

static void a_hint_lists_up_to_twenty_names(void **state)
{
    (void)state;
    nr_hint h;
    assert_string_equal(hint_of("x", 0, &h), "it has none");
    assert_string_equal(hint_of("x", 2, &h), "it has name00, name01");
    assert_string_equal(hint_of("nam01", 2, &h), "did you mean 'name01'? It has name00, name01");
    assert_null(strstr(hint_of("x", 20, &h), "..."));
    assert_non_null(strstr(hint_of("x", 21, &h), "name18, name19, ..."));
    assert_string_equal(hint_of("x", 21, &h), hint_of("x", 99, &(nr_hint){0}));
}

static void a_hint_of_long_names_is_cut_between_names(void **state)
{
    (void)state;
    char name[200];
    memset(name, 'n', sizeof name);
    for (size_t length = 1; length < sizeof name; length++) {
        nr_hint h;
        nr_hint_begin(&h, NR_S("x"));
        for (int i = 0; i < 30; i++) nr_hint_offer(&h, (nr_slice){name, length});
        const char *text = nr_hint_text(&h, "it has");
        assert_true(strlen(text) < NR_HINT_MAX);
        assert_string_equal(text + strlen(text) - 3, "...");
        assert_int_equal((strlen(text) - strlen("it has ") - 3) % (length + 2), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_is_by_damerau_levenshtein),
        cmocka_unit_test(a_hint_lists_up_to_twenty_names),
        cmocka_unit_test(a_hint_of_long_names_is_cut_between_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
