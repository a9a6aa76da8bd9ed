/* t_field.c -- values of fields: what a write may bring, as text and as JSON, what a lookup may compare with, what an entity holds. */
#include "schema_world.h"

/* One field x of a model, and what the last call on it gave. */
typedef struct bench {
    world w;
    nr_arena arena;
    const nr_field *f;
    nr_value v;
    nr_err err;
} bench;

static bench *open_bench(const char *options)
{
    static bench b;
    char text[600];
    b = (bench){0};
    snprintf(text, sizeof text, FIELD("%s"), options);
    nr_arena_init(&b.arena, nr_env_libc());
    define(&b.w, "U", "{}");
    b.f = nr_schema_field(define(&b.w, "m", text), NR_S("x"));
    return &b;
}

static void close_bench(bench *b)
{
    nr_arena_clear(&b->arena);
    clear(&b->w);
}

static bool read_text(bench *b, const char *text)
{
    nr_err_clear(&b->err);
    return nr_field_read(b->f, nr_slice_of(text), &b->arena, &b->v, &b->err);
}

static bool read_json(bench *b, const char *text)
{
    nr_err_clear(&b->err);
    nr_slice array = json(&b->arena, text);
    array = nr_arena_printf(&b->arena, "[%.*s]", NR_FMT(array));
    const nr_json *j = nr_json_parse(array, 1 << 20, &b->arena, &b->err);
    assert_non_null(j);
    return nr_field_read_json(b->f, &j->items[0], &b->arena, &b->v, &b->err);
}

/* -- text -------------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *options, *text, *says; } bad_texts[] = {
    {"'type': 'int'", "abc", "field 'x' got 'abc', expected an integer"},
    {"'type': 'int'", "", "field 'x' got '', expected an integer"},
    {"'type': 'int'", " 1", "field 'x' got ' 1', expected an integer"},
    {"'type': 'int'", "9223372036854775808", "expected an integer"},
    {"'type': 'int', 'min': 3", "2", "field 'x' got '2', expected at least 3"},
    {"'type': 'int', 'max': 3", "4", "field 'x' got '4', expected at most 3"},
    {"'type': 'decimal', 'max_digits': 4, 'decimal_places': 2, 'min': '-1.5'", "-1.51", "field 'x' got '-1.51', expected at least -1.50"},
    {"'type': 'date', 'max': '2020-01-31'", "2020-02-01", "field 'x' got '2020-02-01', expected at most 2020-01-31"},
    {"'type': 'char', 'choices': ['draft', 'published']", "drafts", "field 'x' got 'drafts', expected one of 'draft', 'published'"},
    {"'type': 'char', 'choices': ['a']", "", "field 'x' got '', expected one of 'a'"},
    {"'type': 'char', 'choices': ['a']", "A", "field 'x' got 'A', expected one of 'a'"},
    {"'type': 'int', 'choices': [0,1,2,3,4,5,6,7,8,9,10]", "11", "expected one of '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ..."},
    {"'type': 'int', 'choices': [0,1,2,3,4,5,6,7,8,9]", "11", "'8', '9'"},
    {"'type': 'char', 'choices': ['a\\nb']", "x", "expected one of 'a\\x0ab'"},
    {"'type': 'char', 'max_length': 2", "abc", "field 'x' got 'abc', expected at most 2 characters, got 3"},
    {"'type': 'char', 'max_length': 2", "\xc3\xa9\xc3\xa9\xc3\xa9", "expected at most 2 characters, got 3"},
    {"'type': 'char'", "\xc3", "field 'x' got '\\xc3', expected text in valid UTF-8"},
    {"'type': 'char', 'pk': true", "", "field 'x' got '', expected a primary key of 1 to 4096 bytes"},
    {"'type': 'slug', 'pk': true", "", "expected a primary key"},
    {"'type': 'blob', 'pk': true", "", "expected a primary key"},
    {"'type': 'slug'", "a b", "field 'x' got 'a b', expected a slug"},
    {"'type': 'fk', 'to': 'U'", "joe", "field 'x' got 'joe', expected an integer"},
    {"'type': 'fk', 'to': 'U', 'choices': [1, 2]", "3", "field 'x' got '3', expected one of '1', '2'"},
};

static void bad_texts_are_refused_with_what_was_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
        bench *b = open_bench(bad_texts[i].options);
        if (read_text(b, bad_texts[i].text)) fail_msg("accepted: %s %s", bad_texts[i].options, bad_texts[i].text);
        assert_int_equal(b->err.code, NR_E_BADVALUE);
        assert_has(b->err.msg, bad_texts[i].says);
        close_bench(b);
    }
}

static const struct { const char *options, *text, *canonical; } good_texts[] = {
    {"'type': 'int', 'min': 3, 'max': 3", "3", "3"},
    {"'type': 'int', 'choices': [7]", "7", "7"},
    {"'type': 'int', 'choices': ['-0']", "0", "0"},
    {"'type': 'decimal', 'max_digits': 4, 'decimal_places': 2, 'choices': [1.5]", "1.50", "1.50"},
    {"'type': 'decimal', 'max_digits': 4, 'decimal_places': 2, 'max': 1.5", "15e-1", "1.50"},
    {"'type': 'char', 'max_length': 2", "\xc3\xa9\xc3\xa9", "\xc3\xa9\xc3\xa9"},
    {"'type': 'char', 'max_length': 2", "", ""},
    {"'type': 'char', 'null': true", "null", "null"},
    {"'type': 'bool'", "TRUE", "1"},
    {"'type': 'blob'", "\xff\x01", "\xff\x01"},
    {"'type': 'fk', 'to': 'U'", "12", "12"},
    {"'type': 'date', 'min': '2020-01-31'", "2020-01-31", "2020-01-31"},
};

static void good_texts_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_texts / sizeof *good_texts; i++) {
        bench *b = open_bench(good_texts[i].options);
        if (!read_text(b, good_texts[i].text)) fail_msg("%s: %s", good_texts[i].options, b->err.msg);
        assert_slice(nr_type_text(&b->f->spec, &b->v, &b->arena), good_texts[i].canonical);
        close_bench(b);
    }
}

static void a_pk_text_has_at_most_4096_bytes(void **state)
{
    (void)state;
    bench *b = open_bench("'type': 'char', 'pk': true");
    static char text[NR_PK_TEXT_MAX + 1];
    memset(text, 'a', sizeof text);
    nr_operand operand;
    assert_true(nr_field_read(b->f, (nr_slice){text, NR_PK_TEXT_MAX}, &b->arena, &b->v, &b->err));
    assert_true(nr_field_decode(b->f, (nr_slice){text, NR_PK_TEXT_MAX}, &b->arena, &b->v));
    assert_false(nr_field_read(b->f, (nr_slice){text, sizeof text}, &b->arena, &b->v, &b->err));
    assert_has(b->err.msg, "expected a primary key of 1 to 4096 bytes");
    assert_false(nr_field_decode(b->f, (nr_slice){text, sizeof text}, &b->arena, &b->v));
    nr_err_clear(&b->err);
    assert_true(nr_field_operand(b->f, (nr_slice){text, sizeof text}, &b->arena, &operand, &b->err));
    close_bench(b);
}

static void a_field_that_is_no_pk_takes_long_and_empty_text(void **state)
{
    (void)state;
    bench *b = open_bench("'type': 'char'");
    static char text[100000];
    memset(text, 'a', sizeof text);
    assert_true(nr_field_read(b->f, (nr_slice){text, sizeof text}, &b->arena, &b->v, &b->err));
    assert_int_equal(b->v.s.n, sizeof text);
    assert_true(read_text(b, ""));
    assert_int_equal(b->v.kind, NR_V_TEXT);
    assert_true(nr_field_read(b->f, (nr_slice){"a\0b", 3}, &b->arena, &b->v, &b->err));
    assert_int_equal(b->v.s.n, 3);
    close_bench(b);
}

/* -- JSON -------------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *options, *json, *canonical; } good_json[] = {
    {"'type': 'char'", "'a'", "a"},
    {"'type': 'char'", "1.50", "1.50"},
    {"'type': 'char'", "99999999999999999999", "99999999999999999999"},
    {"'type': 'slug'", "12", "12"},
    {"'type': 'char'", "''", ""},
    {"'type': 'int'", "'12'", "12"},
    {"'type': 'int'", "-12", "-12"},
    {"'type': 'decimal', 'max_digits': 16, 'decimal_places': 2", "99999999999999.99", "99999999999999.99"},
    {"'type': 'decimal', 'max_digits': 4, 'decimal_places': 2", "'9.9'", "9.90"},
    {"'type': 'float'", "1e3", "1000"},
    {"'type': 'bool'", "true", "1"},
    {"'type': 'bool'", "false", "0"},
    {"'type': 'bool'", "1", "1"},
    {"'type': 'bool'", "'False'", "0"},
    {"'type': 'date'", "'2020-02-29'", "2020-02-29"},
    {"'type': 'blob'", "'/wE='", "\xff\x01"},
    {"'type': 'blob'", "''", ""},
    {"'type': 'fk', 'to': 'U'", "5", "5"},
    {"'type': 'fk', 'to': 'U'", "'5'", "5"},
};

static void good_json_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_json / sizeof *good_json; i++) {
        bench *b = open_bench(good_json[i].options);
        if (!read_json(b, good_json[i].json)) fail_msg("%s: %s", good_json[i].options, b->err.msg);
        assert_slice(nr_type_text(&b->f->spec, &b->v, &b->arena), good_json[i].canonical);
        close_bench(b);
    }
}

static const struct { const char *options, *json, *says; } bad_json[] = {
    {"'type': 'int'", "true", "field 'x' got a JSON boolean, expected an integer"},
    {"'type': 'char'", "false", "field 'x' got a JSON boolean, expected text"},
    {"'type': 'int'", "[1]", "field 'x' got a JSON array, expected an integer"},
    {"'type': 'char'", "{}", "field 'x' got a JSON object, expected text"},
    {"'type': 'int'", "1.0", "field 'x' got '1.0', expected an integer"},
    {"'type': 'int'", "1e2", "field 'x' got '1e2', expected an integer"},
    {"'type': 'int'", "''", "field 'x' got '', expected an integer"},
    {"'type': 'bool'", "2", "field 'x' got '2', expected a boolean"},
    {"'type': 'date'", "20200101", "field 'x' got '20200101', expected a date"},
    {"'type': 'blob'", "12", "field 'x' got a JSON number, expected a string in base64"},
    {"'type': 'blob'", "true", "field 'x' got a JSON boolean, expected a string in base64"},
    {"'type': 'blob'", "'a'", "field 'x' got 'a', expected base64"},
    {"'type': 'blob', 'choices': ['AA==']", "'AQ=='", "field 'x' got '\\x01', expected one of '\\x00'"},
    {"'type': 'char', 'choices': ['a']", "'b'", "field 'x' got 'b', expected one of 'a'"},
    {"'type': 'char', 'pk': true", "''", "expected a primary key of 1 to 4096 bytes"},
    {"'type': 'fk', 'to': 'U'", "true", "field 'x' got a JSON boolean, expected an integer"},
};

static void bad_json_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_json / sizeof *bad_json; i++) {
        bench *b = open_bench(bad_json[i].options);
        if (read_json(b, bad_json[i].json)) fail_msg("accepted: %s %s", bad_json[i].options, bad_json[i].json);
        assert_int_equal(b->err.code, NR_E_BADVALUE);
        assert_has(b->err.msg, bad_json[i].says);
        close_bench(b);
    }
}

static void json_null_is_null_for_any_field(void **state)
{
    (void)state;
    static const char *const options[] = {"'type': 'int'", "'type': 'char', 'choices': ['a']", "'type': 'blob'", "'type': 'fk', 'to': 'Nowhere'",
                                          "'type': 'char', 'pk': true"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        bench *b = open_bench(options[i]);
        b->v = (nr_value){.kind = NR_V_INT, .i = 5};
        assert_true(read_json(b, "null"));
        assert_int_equal(b->v.kind, NR_V_NULL);
        close_bench(b);
    }
}

/* -- relations without target, operands, stored texts ------------------------------------------------------------------------------------- */

static void a_relation_to_an_unknown_model_is_nomodel(void **state)
{
    (void)state;
    bench *b = open_bench("'type': 'fk', 'to': 'auth.User'");
    nr_operand operand;
    assert_false(read_text(b, "1"));
    assert_int_equal(b->err.code, NR_E_NOMODEL);
    assert_string_equal(b->err.msg, "field 'x' refers to model 'auth.User', which is not defined");
    assert_false(read_json(b, "1"));
    assert_int_equal(b->err.code, NR_E_NOMODEL);
    nr_err_clear(&b->err);
    assert_false(nr_field_operand(b->f, NR_S("1"), &b->arena, &operand, &b->err));
    assert_int_equal(b->err.code, NR_E_NOMODEL);
    assert_false(nr_field_decode(b->f, NR_S("1"), &b->arena, &b->v));
    close_bench(b);
}

static const struct { const char *options, *text; int side; } operands[] = {
    {"'type': 'char', 'max_length': 1, 'choices': ['a']", "abc", 0},
    {"'type': 'char', 'pk': true", "", 0},
    {"'type': 'slug'", "no slug", 0},
    {"'type': 'int', 'min': 5", "1", 0},
    {"'type': 'smallint'", "40000", 0},
    {"'type': 'int'", "99999999999999999999", 1},
    {"'type': 'int'", "-99999999999999999999", -1},
    {"'type': 'fk', 'to': 'U'", "1", 0},
};

static void operands_are_held_to_syntax_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
        bench *b = open_bench(operands[i].options);
        nr_operand operand;
        bool ok = nr_field_operand(b->f, nr_slice_of(operands[i].text), &b->arena, &operand, &b->err);
        if (!ok) fail_msg("%s: %s", operands[i].options, b->err.msg);
        assert_int_equal(operand.side, operands[i].side);
        close_bench(b);
    }
    bench *b = open_bench("'type': 'int'");
    nr_operand operand;
    assert_false(nr_field_operand(b->f, NR_S("a"), &b->arena, &operand, &b->err));
    assert_int_equal(b->err.code, NR_E_BADVALUE);
    assert_has(b->err.msg, "field 'x' got 'a', expected an integer");
    close_bench(b);
}

static void stored_texts_decode_by_type_without_options(void **state)
{
    (void)state;
    bench *b = open_bench("'type': 'int', 'min': 5, 'choices': [6]");
    assert_true(nr_field_decode(b->f, NR_S("1"), &b->arena, &b->v));
    assert_int_equal(b->v.i, 1);
    assert_false(nr_field_decode(b->f, NR_S("one"), &b->arena, &b->v));
    assert_false(nr_field_decode(b->f, NR_S(""), &b->arena, &b->v));
    close_bench(b);
    b = open_bench("'type': 'char', 'max_length': 1, 'choices': ['a']");
    assert_true(nr_field_decode(b->f, NR_S("long"), &b->arena, &b->v));
    assert_true(nr_field_decode(b->f, NR_S(""), &b->arena, &b->v));
    assert_false(nr_field_decode(b->f, NR_S("\xff"), &b->arena, &b->v));
    close_bench(b);
    b = open_bench("'type': 'char', 'pk': true");
    assert_false(nr_field_decode(b->f, NR_S(""), &b->arena, &b->v));
    close_bench(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_texts_are_refused_with_what_was_expected),
        cmocka_unit_test(good_texts_are_read),
        cmocka_unit_test(a_pk_text_has_at_most_4096_bytes),
        cmocka_unit_test(a_field_that_is_no_pk_takes_long_and_empty_text),
        cmocka_unit_test(good_json_is_read),
        cmocka_unit_test(bad_json_is_refused),
        cmocka_unit_test(json_null_is_null_for_any_field),
        cmocka_unit_test(a_relation_to_an_unknown_model_is_nomodel),
        cmocka_unit_test(operands_are_held_to_syntax_alone),
        cmocka_unit_test(stored_texts_decode_by_type_without_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
