/* t_keyfn_properties.c -- what holds for every row of the table of key functions, present and future, on every type. */
#include "base/err.h"
#include "base/regex.h"
#include "base/utf8.h"
#include "store/keyfn.h"
#include "store/keys.h"
#include "type_check.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIT(lit) {(lit), sizeof(lit) - 1}

/* Every type reads what it can of these. */
static const nr_slice texts[] = {
    LIT(""), LIT("0"), LIT("-1"), LIT("255"), LIT("9223372036854775807"), LIT("-9223372036854775808"), LIT("0.5"), LIT("-0.01"), LIT("1e300"), LIT("true"),
    LIT("abcabcA"), LIT("\0"), LIT("a\0b"), LIT("\x7f"), LIT("\xc3\x84\xc3\xa4" "b"), LIT("\xf0\x9f\x98\x80xy\xef\xbf\xbf"), LIT("\xff\xff"), LIT("\x80"),
    LIT("a@b.org"), LIT("http://a.bc/"), LIT("1.2.3.4"), LIT("::1"), LIT("123e4567-e89b-12d3-a456-426614174000"), LIT("0001-01-01"), LIT("9999-12-31"),
    LIT("00:00"), LIT("23:59:59.999999"), LIT("1969-12-31T23:59:59.999999Z"), LIT("PT0S"), LIT("-P1D"), LIT("[]"), LIT("[1,null,\"abcd\"]"), LIT("{}"),
    LIT("{\"a\":1,\"b\":[{}],\"\\u0001\":null}"), LIT("null"), LIT("\"abcd\""),
};

static nr_regex *pattern;

static nr_index index_of(const nr_keyfn *fn, const nr_field *f)
{
    bool set = fn->shape == NR_KS_SET;
    return (nr_index){.name = NR_S("f"), .kind = set ? NR_IX_SET : NR_IX_ORDERED, .path = nr_path_of(f), .keyfn = fn, .key = NR_S("m/s/f/"), .regex = pattern};
}

static bool suits(const nr_keyfn *fn, const nr_type *type)
{
    bool free = (type->flags & NR_TF_CONTAINER) && type->reply == NR_REPLY_STRING, map = type->reply == NR_REPLY_MAP && !(type->flags & NR_TF_MEMBERS);
    if (fn->form == NR_FORM_TEXT) return free || !(type->flags & (NR_TF_CONTAINER | NR_TF_BYTES));
    return fn->form == NR_FORM_VALUE || free || map;
}

static size_t most_keys;

/* Each once, ascending, of one kind; a member is made of it and of a primary key, which comes out again. */
static void check_keys(const nr_index *ix, const nr_value *v)
{
    const nr_value pk = {.kind = NR_V_TEXT, .s = NR_S("\0\xff")};
    nr_values keys = {0};
    nr_index_keys(ix, v, &arena, &keys);
    if (keys.n > most_keys) most_keys = keys.n;
    if (keys.n > 1 && !ix->keyfn->many) fail_msg("%s of %s gives %zu keys", ix->keyfn->name, ix->path.field->type->name, keys.n);
    if (v->kind == NR_V_NULL && (keys.n > 0) != ix->keyfn->null) fail_msg("%s gives %zu keys of NULL", ix->keyfn->name, keys.n);
    for (size_t i = 0; i < keys.n; i++) {
        nr_buf member = nr_buf_in(&arena), body = nr_buf_in(&arena);
        nr_slice rest;
        if (keys.at[i].kind != NR_V_NULL && keys.at[i].kind != nr_index_key_kind(ix)) fail_msg("%s gives another kind of key", ix->keyfn->name);
        if (i) assert_true(nr_value_cmp(&keys.at[i - 1], &keys.at[i]) < 0);
        if (ix->kind == NR_IX_SET) continue;
        nr_index_member(ix, &pk, &keys.at[i], &member);
        nr_pk_add(&pk, &body);
        assert_true(nr_index_member_pk(ix, nr_buf_slice(&member), &rest));
        assert_true(nr_slice_eq(rest, nr_buf_slice(&body)));
    }
}

static void every_key_function_gives_what_its_row_says_of_every_type(void **state)
{
    (void)state;
    const nr_value null = NR_NULL;
    for (const nr_keyfn *const *fn = nr_keyfns; *fn; fn++) {
        most_keys = 0;
        for (const nr_type *const *t = nr_types; *t; t++) {
            if ((*t)->flags & NR_TF_RELATION || !suits(*fn, *t)) continue;
            nr_field f = {.name = NR_S("f"), .type = *t, .spec = spec_of((*t)->name)};
            nr_index ix = index_of(*fn, &f);
            check_keys(&ix, &null);
            for (size_t i = 0; i < COUNT(texts); i++) {
                nr_value v;
                const char *expected;
                if (nr_type_read(&f.spec, texts[i], &arena, &v, &expected)) check_keys(&ix, &v);
            }
        }
        if (!most_keys || (*fn)->many != (most_keys > 1)) fail_msg("%s gives %zu keys at most", (*fn)->name, most_keys);
    }
}

/* What is in the store of some values: format by format. Who changes a key raises the format and its row here. */
static const struct {
    const char *name;
    unsigned format;
    nr_key_shape shape;
    const char *type, *value, *keys; /* one behind the other, each with a | behind it */
} stored[] = {
    {"value",             1, NR_KS_EITHER,  "char",     "aBc", "aBc|"},
    {"value",             1, NR_KS_EITHER,  "int",      "-5", "-5|"},
    {"text",              1, NR_KS_ORDERED, "int",      "-5", "-5|"},
    {"text",              1, NR_KS_ORDERED, "json",     "\"Abcd\"", "Abcd|"},
    {"text",              1, NR_KS_ORDERED, "datetime", "2026-11-22T13:05:09Z", "2026-11-22T13:05:09Z|"},
    {"folded",            1, NR_KS_ORDERED, "char",     "\xc3\x84" "Bc\xc3\x9f", "\xc3\xa4" "bc\xc3\x9f|"},
    {"folded",            1, NR_KS_ORDERED, "json",     "\"Abcd\"", "abcd|"},
    {"reversed",          1, NR_KS_ORDERED, "char",     "\xc3\x84" "Bc", "cB\xc3\x84|"},
    {"reversed",          1, NR_KS_ORDERED, "json",     "\"Abcd\"", "dcbA|"},
    {"folded_reversed",   1, NR_KS_ORDERED, "char",     "\xc3\x84" "Bc", "cb\xc3\xa4|"},
    {"folded_reversed",   1, NR_KS_ORDERED, "json",     "\"Abcd\"", "dcba|"},
    {"substrings",        2, NR_KS_SET,     "char",     "\xc3\x84" "Bcd\xc3\x84" "Bc", "Bcd|cd\xc3\x84|d\xc3\x84" "B|\xc3\x84" "Bc|"},
    {"substrings",        2, NR_KS_SET,     "json",     "\"Abcd\"", "Abc|bcd|"},
    {"folded_substrings", 2, NR_KS_SET,     "char",     "\xc3\x84" "Bcd\xc3\x84" "Bc", "bcd|cd\xc3\xa4|d\xc3\xa4" "b|\xc3\xa4" "bc|"},
    {"folded_substrings", 2, NR_KS_SET,     "json",     "\"Abcd\"", "abc|bcd|"},
    {"matches",           1, NR_KS_SET,     "char",     "aby", "1|"},
    {"matches",           1, NR_KS_SET,     "char",     "Aby", ""},
    {"matches",           1, NR_KS_SET,     "json",     "\"ab\"", "1|"},
    {"keys",              1, NR_KS_SET,     "json",     "{\"b\":{\"c\":1},\"\\u0061\":2}", "a|b|"},
    {"keys",              1, NR_KS_SET,     "json",     "[\"a\"]", ""},
    {"keys",              1, NR_KS_SET,     "json",     "\"{\\\"a\\\":1}\"", ""},
    {"keys",              1, NR_KS_SET,     "dict",     "{\"b\":[],\"A\":2}", "A|b|"},
    {"null",              1, NR_KS_SET,     "char",     "", ""},
    {"together",          1, NR_KS_ORDERED, "char",     "aBc", "aBc|"},
};

static void the_keys_of_a_format_never_change(void **state)
{
    (void)state;
    for (const nr_keyfn *const *fn = nr_keyfns; *fn; fn++) {
        size_t known = 0;
        for (size_t i = 0; i < COUNT(stored); i++) {
            if (strcmp(stored[i].name, (*fn)->name) != 0) continue;
            nr_field f = {.name = NR_S("f"), .type = nr_type_find(nr_slice_of(stored[i].type)), .spec = spec_of(stored[i].type)};
            nr_index ix = index_of(*fn, &f);
            nr_values keys = {0};
            nr_buf all = nr_buf_in(&arena);
            nr_value v;
            const char *expected;
            assert_true(nr_type_read(&f.spec, nr_slice_of(stored[i].value), &arena, &v, &expected));
            nr_index_keys(&ix, &v, &arena, &keys);
            for (size_t k = 0; k < keys.n; k++) nr_buf_printf(&all, "%.*s|", NR_FMT(nr_type_text(nr_path_spec(&ix.path), &keys.at[k], &arena)));
            assert_text(nr_buf_slice(&all), nr_slice_of(stored[i].keys), nr_slice_of(stored[i].value));
            assert_int_equal((*fn)->format, stored[i].format);
            assert_int_equal((*fn)->shape, stored[i].shape);
            known++;
        }
        if (!known) fail_msg("what %s gives stands nowhere", (*fn)->name);
    }
}

/* n different trigrams, three bytes a code point. */
static nr_value text_of_trigrams(size_t n)
{
    nr_buf b = nr_buf_in(&arena);
    for (uint32_t i = 0; i < n + 2; i++) {
        char point[4];
        nr_buf_add(&b, (nr_slice){point, nr_utf8_put(point, 0x4E00 + i)});
    }
    return (nr_value){.kind = NR_V_TEXT, .s = nr_buf_slice(&b)};
}

/* What is no trigram stands for all that a text has too many of: no needle asks for it by itself. */
static void a_text_of_too_many_trigrams_has_one_key(void **state)
{
    (void)state;
    nr_field f = {.name = NR_S("f"), .type = nr_type_find(NR_S("text")), .spec = spec_of("text")};
    for (const nr_keyfn *const *fn = nr_keyfns; *fn; fn++) {
        nr_index ix = index_of(*fn, &f);
        nr_value most = text_of_trigrams(NR_MOST_KEYS), more = text_of_trigrams(NR_MOST_KEYS + 1);
        nr_values keys = {0};
        assert_int_equal((*fn)->crowd != NULL, *fn == &nr_key_substrings || *fn == &nr_key_folded_substrings);
        if (!(*fn)->crowd) continue;
        nr_index_keys(&ix, &most, &arena, &keys);
        assert_int_equal(keys.n, NR_MOST_KEYS);
        keys.n = 0;
        nr_index_keys(&ix, &more, &arena, &keys);
        assert_int_equal(keys.n, 1);
        assert_text(keys.at[0].s, NR_S("*"), NR_S("crowd"));
    }
}

/* Only where the limits of a search decide may the store have another key than a value gets now. */
static void only_searches_are_unsure(void **state)
{
    (void)state;
    for (const nr_keyfn *const *fn = nr_keyfns; *fn; fn++) {
        assert_int_equal((*fn)->unsure, *fn == &nr_key_matches);
        assert_true((*fn)->form != NR_FORM_VALUE ? !(*fn)->null : (*fn)->null);
    }
}

static nr_regexes *patterns;

static int set_up(void **state)
{
    nr_err err = {0};
    setup(state);
    patterns = nr_regexes_new(nr_env_libc(), true);
    pattern = nr_regex_get(patterns, NR_S("^ab"), false, &err);
    return pattern == NULL;
}

static int tear_down(void **state)
{
    nr_regex_release(pattern);
    nr_regexes_free(patterns);
    return teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_function_gives_what_its_row_says_of_every_type),
        cmocka_unit_test(the_keys_of_a_format_never_change),
        cmocka_unit_test(a_text_of_too_many_trigrams_has_one_key),
        cmocka_unit_test(only_searches_are_unsure),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
