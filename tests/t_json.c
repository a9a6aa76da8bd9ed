/* t_json.c -- JSON in and out: texts of numbers, marks that clients cannot forge, errors with their places, base64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "types/json.h"
#include "types/json_plain.h"

enum { MAX_BYTES = 1 << 20 };

static nr_arena arena;
static nr_err err;

static int setup(void **state)
{
    (void)state;
    nr_arena_init(&arena, nr_env_libc());
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    nr_arena_clear(&arena);
    return 0;
}

static const nr_json *parse(nr_slice text)
{
    nr_err_clear(&err);
    const nr_json *j = nr_json_parse(text, MAX_BYTES, &arena, &err);
    assert_int_equal(j == NULL, err.code != NR_OK);
    return j;
}

static const nr_json *good(const char *text)
{
    const nr_json *j = parse(nr_slice_of(text));
    if (!j) fail_msg("%s: %s", text, err.msg);
    return j;
}

static nr_slice printed(const nr_json *j)
{
    nr_buf b = nr_buf_in(&arena);
    nr_json_print(j, &b);
    return nr_buf_slice(&b);
}

static void assert_prints(const char *text, const char *want)
{
    nr_slice got = printed(good(text));
    if (!nr_slice_is(got, want)) fail_msg("%s prints %.*s, not %s", text, NR_FMT(got), want);
    got = printed(parse(got));
    if (!nr_slice_is(got, want)) fail_msg("%s does not print itself again", want);
}

static void assert_bad(nr_slice text)
{
    if (parse(text)) fail_msg("took %.*s", NR_FMT(text));
    assert_int_equal(err.code, NR_E_SYNTAX);
}

static void assert_error(const char *text, const char *message)
{
    assert_bad(nr_slice_of(text));
    if (strcmp(err.msg, message) != 0) fail_msg("%s gives '%s', not '%s'", text, err.msg, message);
}

static void numbers_keep_their_text(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0", "-0", "9.99", "99999999999999.99", "99999999999999999999", "-12345678901234567890123456789", "0.1",
        "1e400", "1E-7", "1.50", "-0.0e+00", "9007199254740993"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const nr_json *j = good(numbers[i]);
        assert_int_equal(j->kind, NR_J_NUMBER);
        assert_true(nr_slice_is(j->text, numbers[i]));
        assert_prints(numbers[i], numbers[i]);
    }
    assert_prints(" [ 1.50 , {\"a\" : -0 } ,1e5] \n", "[1.50,{\"a\":-0},1e5]");
}

static void what_is_no_number_of_json_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"01", "-01", "1.", ".5", "1.e5", "1e", "1e+", "+1", "-", "--1", "1-2", "1.2.3", "0x10", "1_000", "NaN", "nan",
        "Infinity", "-Infinity", "1a", "1\"a\"", "\"a\"1", "1 2",
                                      "[1 2]", "true1", "1true", "-true", "[-]", "[1,-]", "1e5e5", "1e5.5", "[1\"n2\"]", "1,", "1]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_bad(nr_slice_of(bad[i]));
}

static void strings_are_never_taken_for_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "n1", "s1", "n", "ss", "sn5", "1", "-1.5", "#1", " n1", "\\\"n1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const nr_json *j = good(nr_arena_printf(&arena, "[\"%s\",{\"%s\":\"%s\"}]", texts[i], texts[i], texts[i]).p);
        assert_int_equal(j->items[0].kind, NR_J_STRING);
        assert_int_equal(j->items[1].items[0].kind, NR_J_STRING);
        nr_slice want = i + 1 < sizeof texts / sizeof *texts ? nr_slice_of(texts[i]) : NR_S("\"n1");
        assert_true(nr_slice_eq(j->items[0].text, want));
        assert_true(nr_slice_eq(j->items[1].names[0], want));
    }
    assert_prints("\"\\u006e1\"", "\"n1\"");
    assert_prints("\"a\\\\\"", "\"a\\\\\"");
    assert_prints("[\"a\\\\\",1]", "[\"a\\\\\",1]");
    assert_prints("\"a\\\",1,\\\"\"", "\"a\\\",1,\\\"\"");
}

static void numbers_are_no_keys(void **state)
{
    (void)state;
    assert_error("{1:2}", "JSON, line 1, column 2: a key must be a string, not a number");
    assert_bad(NR_S("{\"a\":1, 2 \n\t: 3}"));
    assert_bad(NR_S("{1}"));
    assert_bad(NR_S("{1,2}"));
    assert_bad(NR_S("[1:2]"));
}

static void kinds_have_names(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"null", "null"}, {"true", "boolean"}, {"false", "boolean"}, {"1", "number"}, {"\"\"", "string"}, {"[]",
        "array"}, {"{}", "object"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_string_equal(nr_json_kind_name(good(pairs[i][0])), pairs[i][1]);
        assert_prints(pairs[i][0], pairs[i][0]);
    }
    assert_int_equal(good("true")->kind, NR_J_TRUE);
    assert_int_equal(good("false")->kind, NR_J_FALSE);
}

static void objects_keep_their_order(void **state)
{
    (void)state;
    assert_prints("{\"z\":1,\"a\":2,\"\":3,\"m\":{\"y\":1,\"b\":2}}", "{\"z\":1,\"a\":2,\"\":3,\"m\":{\"y\":1,\"b\":2}}");
    nr_buf b = nr_buf_in(&arena);
    for (int i = 0; i < 500; i++) nr_buf_printf(&b, "%s\"k%d\":%d", i ? "," : "{", i * 7919 % 500, i);
    nr_buf_byte(&b, '}');
    assert_true(nr_slice_eq(printed(parse(nr_buf_slice(&b))), nr_buf_slice(&b)));
}

static void members_are_found_by_name(void **state)
{
    (void)state;
    const nr_json *j = good("{\"a\":1,\"ab\":[],\"sa\":null}");
    assert_true(nr_slice_is(nr_json_get(j, "a")->text, "1"));
    assert_int_equal(nr_json_get(j, "ab")->kind, NR_J_ARRAY);
    assert_int_equal(nr_json_get(j, "sa")->kind, NR_J_NULL);
    assert_null(nr_json_get(j, "b"));
    assert_null(nr_json_get(j, ""));
    assert_null(nr_json_get(good("[]"), "a"));
    assert_null(nr_json_get(good("\"a\""), "a"));
}

static void a_key_that_comes_twice_is_an_error(void **state)
{
    (void)state;
    assert_error("{\"a\":1,\n \"a\":2}", "JSON, line 2, column 2: duplicate object key");
    assert_bad(NR_S("{\"a\":1,\"\\u0061\":2}"));
    assert_prints("{\"a\":1,\"sa\":2,\"na\":3,\"A\":4}", "{\"a\":1,\"sa\":2,\"na\":3,\"A\":4}");
}

static void strings_are_decoded_and_escaped_as_json_asks(void **state)
{
    (void)state;
    assert_prints("\"\\u00e4\\ud83d\\ude00\\/\\u0041\"", "\"\xc3\xa4\xf0\x9f\x98\x80/A\"");
    assert_prints("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    const nr_json *j = good("\"a\\u0000b\"");
    assert_true(nr_slice_eq(j->text, (nr_slice){"a\0b", 3}));
    assert_prints("[\"a\\u0000b\"]", "[\"a\\u0000b\"]");
    static const char *const bad[] = {"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"",
        "\"\x01\"", "\"\\\"", "\"", "\"\\", "\"\\u", "{\"\\u0000\":1}", "{\"a\\u0000\":1}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_bad(nr_slice_of(bad[i]));
    assert_bad((nr_slice){"\"a\0b\"", 5});
    assert_bad((nr_slice){"1\0", 2});
    assert_bad((nr_slice){"\0", 1});
}

static void text_that_is_not_utf8_is_an_error(void **state)
{
    (void)state;
    assert_error("[1,\n\"\xc3\xa4\xff\"]", "JSON, line 2, column 3: this is not valid UTF-8");
    static const char *const bad[] = {"\xff", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xc3", "{\"\xe4\":1}", "\xef\xbb\xbf{}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_bad(nr_slice_of(bad[i]));
}

static void errors_name_line_and_column_of_the_text_itself(void **state)
{
    (void)state;
    assert_error("", "JSON, line 1, column 1: the text ends too early");
    assert_error("[1, 2", "JSON, line 1, column 6: the text ends too early");
    assert_error("{\"a\": 1,\n  \"b\": 02}", "JSON, line 2, column 8: this is no number of JSON");
    assert_error("[1,2,3,4,5,6,}", "JSON, line 1, column 14: unexpected token");
    assert_error("[1,2,\"three\" \"four\"]", "JSON, line 1, column 14: ']' expected");
    assert_error("[1,2 34]", "JSON, line 1, column 6: ']' expected");
    assert_error("{\"a\": 1, \"b\" 22}", "JSON, line 1, column 14: ':' expected");
    assert_error("{\"a\": 1, tru: 2}", "JSON, line 1, column 10: string or '}' expected");
    assert_error("[1, 2, tru]", "JSON, line 1, column 8: invalid token");
    assert_error("[1,\n 2, \"\xc3\xa4\xc3\xa4\\q\"]", "JSON, line 2, column 9: invalid escape");
    assert_error("{}\n{}", "JSON, line 2, column 1: end of file expected");
    assert_error("{\"a\": 'x'}", "JSON, line 1, column 7: invalid token");
    assert_error("{\"a\": 1,}", "JSON, line 1, column 9: string or '}' expected");
}

static nr_slice nested(const char *open, const char *inner, const char *close, int depth)
{
    nr_buf b = nr_buf_in(&arena);
    for (int i = 0; i < depth; i++) nr_buf_add(&b, nr_slice_of(open));
    nr_buf_add(&b, nr_slice_of(inner));
    for (int i = 0; i < depth; i++) nr_buf_add(&b, nr_slice_of(close));
    return nr_buf_slice(&b);
}

static void depth_is_bounded_before_anything_recurses(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"[", "]"}, {"{\"a\":", "}"}};
    for (int i = 0; i < 2; i++) {
        nr_slice deepest = nested(pairs[i][0], "1", pairs[i][1], NR_JSON_DEPTH);
        assert_true(nr_slice_eq(printed(parse(deepest)), deepest));
        assert_null(parse(nested(pairs[i][0], "1", pairs[i][1], NR_JSON_DEPTH + 1)));
        assert_int_equal(err.code, NR_E_LIMIT);
        assert_null(parse(nested(pairs[i][0], "", "", 100000)));
        assert_int_equal(err.code, NR_E_LIMIT);
    }
    nr_slice flat = nr_arena_printf(&arena, "[%.*s]", NR_FMT(nested("[],", "\"[[[\"", "", 200)));
    assert_true(nr_slice_eq(printed(parse(flat)), flat));
    assert_bad(nr_slice_of("]]]]"));
}

/* What the quick reader takes, jansson takes too, and makes the same of it. */
static void both_readers_agree(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1",
        " -0.5e3 ",
        "\"\"",
        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u00e4\"",
        "\"\\ud800\"",
        "\"\\x\"",
        "\"\\",
        "\"a\nb\"",
        "null",
        "nullx",
        "tru",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "{,}",
        "{\"a\":1,}",
        "{\"a\" : [1, 2 ,3]\t}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"\":{\"\":[[],{}]}}",
        "{1:2}",
        "{\"a\"}",
        "[1]]",
        "01",
        "1.",
        "- 1",
        "1e",
        "[1.5.2]",
        "[true,false,null]",
        "[truefalse]",
        "\xef\xbb\xbf[]",
        "\"\xff\"",
        "",
        " ",
        "[[1],[2,[3,4]],{\"b\":[5]},6]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        nr_err_clear(&err);
        const nr_json *j = nr_json_plain(nr_slice_of(texts[i]), &arena), *slow = nr_json_parse_any(nr_slice_of(texts[i]), &arena, &err);
        assert_true(!j || slow);
        if (j) assert_true(nr_slice_eq(printed(j), printed(slow)));
        if (slow && !j) assert_non_null(strstr(texts[i], "\\u"));
    }
    nr_buf wide = nr_buf_in(&arena);
    for (int i = 0; i < 100; i++) nr_buf_printf(&wide, "%c\"k%d\":%d", i ? ',' : '{', i, i);
    nr_buf_add(&wide, NR_S("}"));
    assert_null(nr_json_plain(nr_buf_slice(&wide), &arena));
    assert_true(nr_slice_eq(printed(parse(nr_buf_slice(&wide))), nr_buf_slice(&wide)));
}

static void too_many_bytes_are_refused(void **state)
{
    (void)state;
    nr_err_clear(&err);
    assert_non_null(nr_json_parse(NR_S("[1]"), 3, &arena, &err));
    assert_null(nr_json_parse(NR_S("[1] "), 3, &arena, &err));
    assert_int_equal(err.code, NR_E_LIMIT);
}

/* Mutations of a good text, each in a block of exactly its size: an error or something that prints itself. */
static void mutated_texts_are_errors_or_print_themselves(void **state)
{
    (void)state;
    static const char from[] = "{\"n1\": [1.50, -2e+7, true, null, \"s\\u00e4\\n\"],\n \"\xc3\xa4\": {\"\": false, \"x\": [[], {}]}, \"e\": 0}";
    uint64_t r = 88172645463325252;
    nr_mark mark = nr_arena_mark(&arena);
    for (int i = 0; i < 50000; i++) {
        size_t n = sizeof from - 1 - (i % 4 ? 0 : r % 40);
        char *text = malloc(n);
        memcpy(text, from, n);
        for (int k = 0; k <= i % 3; k++) {
            r ^= r << 13, r ^= r >> 7, r ^= r << 17;
            text[r % n] = "\"\\ns1.-e:,[]{} \ntu0\xc3\xff"[(r >> 20) % 22];
        }
        const nr_json *j = parse((nr_slice){text, n}), *slow = nr_json_parse_any((nr_slice){text, n}, &arena, &err);
        free(text);
        assert_true(!j == !slow && (!j || nr_slice_eq(printed(j), printed(slow))));
        if (j) {
            nr_slice once = printed(j);
            const nr_json *again = parse(once);
            assert_non_null(again);
            assert_true(nr_slice_eq(printed(again), once));
        }
        nr_arena_rewind(&arena, mark);
    }
}

/* --- base64 --- */

static void base64_as_in_rfc_4648(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfb", "//77"}, {"\xfb\xef\xbe", "++++"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        nr_buf text = nr_buf_in(&arena), bytes = nr_buf_in(&arena);
        nr_base64_encode(nr_slice_of(pairs[i][0]), &text);
        assert_true(nr_slice_is(nr_buf_slice(&text), pairs[i][1]));
        assert_true(nr_base64_decode(nr_slice_of(pairs[i][1]), &bytes));
        assert_true(nr_slice_is(nr_buf_slice(&bytes), pairs[i][0]));
    }
}

static void base64_of_every_length_and_byte(void **state)
{
    (void)state;
    char all[256];
    for (int i = 0; i < 256; i++) all[i] = (char)i;
    for (size_t n = 0; n <= 256; n++) {
        nr_buf text = nr_buf_in(&arena), bytes = nr_buf_in(&arena);
        nr_base64_encode((nr_slice){all + 256 - n, n}, &text);
        assert_true(nr_base64_decode(nr_buf_slice(&text), &bytes));
        assert_true(nr_slice_eq(nr_buf_slice(&bytes), (nr_slice){all + 256 - n, n}));
    }
}

static void base64_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "==", "=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm9v ",
        " Zm9v", "Zm-v", "Zm_v", "Zm9v====", "=m9v", "Zm=v", "Zm9\xc3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nr_buf bytes = nr_buf_in(&arena);
        if (nr_base64_decode(nr_slice_of(bad[i]), &bytes)) fail_msg("took %s", bad[i]);
    }
    nr_buf bytes = nr_buf_in(&arena);
    assert_false(nr_base64_decode((nr_slice){"Zm9\0", 4}, &bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_their_text),
        cmocka_unit_test(what_is_no_number_of_json_is_an_error),
        cmocka_unit_test(strings_are_never_taken_for_numbers),
        cmocka_unit_test(numbers_are_no_keys),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(objects_keep_their_order),
        cmocka_unit_test(members_are_found_by_name),
        cmocka_unit_test(a_key_that_comes_twice_is_an_error),
        cmocka_unit_test(strings_are_decoded_and_escaped_as_json_asks),
        cmocka_unit_test(text_that_is_not_utf8_is_an_error),
        cmocka_unit_test(errors_name_line_and_column_of_the_text_itself),
        cmocka_unit_test(depth_is_bounded_before_anything_recurses),
        cmocka_unit_test(both_readers_agree),
        cmocka_unit_test(too_many_bytes_are_refused),
        cmocka_unit_test(mutated_texts_are_errors_or_print_themselves),
        cmocka_unit_test(base64_as_in_rfc_4648),
        cmocka_unit_test(base64_of_every_length_and_byte),
        cmocka_unit_test(base64_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
