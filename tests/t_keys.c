/* t_keys.c -- key encodings: the order of the bytes is the order of the values, what was written is read back, and prefix ranges hold just the
 * texts of the prefix. Values are awkward ones by hand and random ones; all pairs are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "base/hash.h"
#include "store/keyfn.h"
#include "store/keys.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static nr_arena arena;

static int set_up(void **state)
{
    (void)state;
    nr_arena_init(&arena, nr_env_libc());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nr_arena_clear(&arena);
    return 0;
}

static uint64_t next_random(void)
{
    static uint64_t seed = 88172645463325252u;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static nr_slice key_of(const nr_value *v)
{
    nr_buf b = nr_buf_in(&arena);
    nr_key_add(v, &b);
    return nr_buf_slice(&b);
}

static nr_slice pk_of(const nr_value *v)
{
    nr_buf b = nr_buf_in(&arena);
    nr_pk_add(v, &b);
    return nr_buf_slice(&b);
}

static nr_slice joined(nr_slice a, nr_slice b)
{
    nr_buf out = nr_buf_in(&arena);
    nr_buf_add(&out, a);
    nr_buf_add(&out, b);
    return nr_buf_slice(&out);
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

/* Values. */

typedef NR_VEC(nr_value) values;

static void add_int(values *out, int64_t i)
{
    nr_vec_push(&arena, out, (nr_value){.kind = NR_V_INT, .i = i});
}

static void add_float(values *out, double f)
{
    if (isfinite(f) && f != 0) nr_vec_push(&arena, out, (nr_value){.kind = NR_V_FLOAT, .f = f});
}

static void add_decimal(values *out, nr_i128 d)
{
    nr_vec_push(&arena, out, (nr_value){.kind = NR_V_DECIMAL, .d = d});
}

static void add_text(values *out, nr_slice s)
{
    nr_vec_push(&arena, out, (nr_value){.kind = NR_V_TEXT, .s = s});
}

static void make_ints(values *out)
{
    static const int64_t centers[] = {INT64_MIN + 2, -4294967296, -65536, -256, 0, 256, 65536, 4294967296, 9007199254740992, INT64_MAX - 2};
    for (size_t i = 0; i < COUNT(centers); i++)
        for (int64_t d = -2; d <= 2; d++) add_int(out, centers[i] + d);
    for (int i = 0; i < 60; i++) add_int(out, (int64_t)(next_random() >> (next_random() % 64)));
    for (int i = 0; i < 60; i++) add_int(out, -(int64_t)(next_random() >> (1 + next_random() % 63)));
}

static void make_floats(values *out)
{
    static const double some[] = {DBL_MIN, DBL_MAX, DBL_EPSILON, 5e-324, 1, 2, 9007199254740992, 9007199254740994, 1e300, 1e-300, 314e-2};
    nr_vec_push(&arena, out, (nr_value){.kind = NR_V_FLOAT, .f = 0});
    for (size_t i = 0; i < COUNT(some); i++) {
        for (int negative = 0; negative < 2; negative++) {
            double f = negative ? -some[i] : some[i];
            add_float(out, f);
            add_float(out, nextafter(f, INFINITY));
            add_float(out, nextafter(f, -INFINITY));
        }
    }
    for (int i = 0; i < 120; i++) {
        uint64_t bits = next_random();
        double f;
        memcpy(&f, &bits, sizeof f);
        add_float(out, f);
    }
}

static void make_decimals(values *out)
{
    nr_i128 largest = 1;
    for (int i = 0; i < 38; i++) largest *= 10;
    const nr_i128 centers[] = {-largest, -((nr_i128)1 << 64), INT64_MIN, -100, 0, 100, INT64_MAX, (nr_i128)1 << 64, (nr_i128)1 << 96, largest};
    for (size_t i = 0; i < COUNT(centers); i++)
        for (int d = -2; d <= 2; d++) add_decimal(out, centers[i] + d);
    for (int i = 0; i < 120; i++) {
        nr_u128 wide = (nr_u128)next_random() << 64 | next_random();
        nr_i128 d = (nr_i128)(wide >> (1 + next_random() % 127));
        add_decimal(out, i % 2 ? d : -d);
    }
}

/* Code points at the borders of UTF-8's lengths, with those that could be mistaken for an escape or a terminator. */
static const nr_slice points[] = {
    {"\0", 1}, {"\1", 1}, {"\2", 1}, {"a", 1}, {"b", 1}, {"\x7f", 1}, {"\xc2\x80", 2}, {"\xdf\xbf", 2}, {"\xe0\xa0\x80", 3}, {"\xef\xbf\xbf", 3},
    {"\xf0\x90\x80\x80", 4}, {"\xf4\x8f\xbf\xbf", 4},
};

static void make_texts(values *out)
{
    add_text(out, NR_S(""));
    for (size_t i = 0; i < COUNT(points); i++) {
        add_text(out, points[i]);
        for (size_t j = 0; j < COUNT(points); j++) add_text(out, joined(points[i], points[j]));
    }
    for (int i = 0; i < 150; i++) {
        nr_slice s = NR_S("");
        for (uint64_t n = next_random() % 6; n > 0; n--) s = joined(s, points[next_random() % COUNT(points)]);
        add_text(out, s);
    }
}

/* Blobs: texts that are no UTF-8. */
static void make_bytes(values *out)
{
    static const unsigned char odd[] = {0x00, 0x01, 0x02, 0x61, 0x80, 0xfe, 0xff};
    add_text(out, NR_S(""));
    for (int i = 0; i < 300; i++) {
        size_t n = 1 + next_random() % 4;
        char *p = nr_arena_alloc(&arena, n);
        for (size_t k = 0; k < n; k++) p[k] = (char)odd[next_random() % sizeof odd];
        add_text(out, (nr_slice){p, n});
    }
}

static const struct family {
    nr_kind kind;
    void (*make)(values *out);
} families[] = {
    {NR_V_INT, make_ints}, {NR_V_FLOAT, make_floats}, {NR_V_DECIMAL, make_decimals}, {NR_V_TEXT, make_texts}, {NR_V_TEXT, make_bytes},
};

/* NULL and the values of a family. */
static values make(const struct family *f)
{
    values out = {0};
    nr_vec_push(&arena, &out, NR_NULL);
    f->make(&out);
    return out;
}

/* Components. */

static void bytes_are_those_of_the_header(void **state)
{
    (void)state;
    static const struct {
        nr_value v;
        nr_slice want;
    } cases[] = {
        {{.kind = NR_V_NULL}, {"\0", 1}},
        {{.kind = NR_V_INT, .i = 0}, {"\1\x80\0\0\0\0\0\0\0", 9}},
        {{.kind = NR_V_INT, .i = -1}, {"\1\x7f\xff\xff\xff\xff\xff\xff\xff", 9}},
        {{.kind = NR_V_INT, .i = 258}, {"\1\x80\0\0\0\0\0\1\2", 9}},
        {{.kind = NR_V_FLOAT, .f = 0}, {"\1\x80\0\0\0\0\0\0\0", 9}},
        {{.kind = NR_V_FLOAT, .f = 1}, {"\1\xbf\xf0\0\0\0\0\0\0", 9}},
        {{.kind = NR_V_FLOAT, .f = -1}, {"\1\x40\x0f\xff\xff\xff\xff\xff\xff", 9}},
        {{.kind = NR_V_DECIMAL, .d = 5}, {"\1\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5", 17}},
        {{.kind = NR_V_DECIMAL, .d = -1}, {"\1\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 17}},
        {{.kind = NR_V_TEXT, .s = {"", 0}}, {"\1\0\1", 3}},
        {{.kind = NR_V_TEXT, .s = {"ab", 2}}, {"\1ab\0\1", 5}},
        {{.kind = NR_V_TEXT, .s = {"a\0\0b", 4}},
         {"\1a\0\xff\0\xff"
          "b\0\1",
          9}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) assert_true(nr_slice_eq(key_of(&cases[i].v), cases[i].want));
}

static void order_of_keys_is_order_of_values(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(families); k++) {
        values v = make(&families[k]);
        assert_true(v.n > 100);
        nr_slice *keys = NR_NEW_N(&arena, nr_slice, v.n);
        for (size_t i = 0; i < v.n; i++) keys[i] = key_of(&v.at[i]);
        for (size_t i = 0; i < v.n; i++)
            for (size_t j = 0; j < v.n; j++) assert_int_equal(sign(nr_slice_cmp(keys[i], keys[j])), sign(nr_value_cmp(&v.at[i], &v.at[j])));
    }
}

static void components_in_a_row_compare_one_after_the_other(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(families); k++) {
        values first = make(&families[k]), second = make(&families[(k + 3) % COUNT(families)]);
        for (int round = 0; round < 20000; round++) {
            const nr_value *a1 = &first.at[next_random() % first.n], *b1 = &first.at[next_random() % first.n];
            const nr_value *a2 = &second.at[next_random() % second.n], *b2 = &second.at[next_random() % second.n];
            if (round % 2) b1 = a1;
            int want = nr_value_cmp(a1, b1) ? nr_value_cmp(a1, b1) : nr_value_cmp(a2, b2);
            nr_mark mark = nr_arena_mark(&arena);
            assert_int_equal(sign(nr_slice_cmp(joined(key_of(a1), key_of(a2)), joined(key_of(b1), key_of(b2)))), sign(want));
            nr_arena_rewind(&arena, mark);
        }
    }
}

static void skip_cuts_a_component_off_whatever_follows(void **state)
{
    (void)state;
    static const nr_slice tails[] = {{"", 0}, {"\0", 1}, {"\1", 1}, {"\xff", 1}, {"\0\1", 2}, {"\0\xff\0\1", 4}, {"17", 2}};
    for (size_t k = 0; k < COUNT(families); k++) {
        values v = make(&families[k]);
        for (size_t i = 0; i < v.n; i++) {
            nr_slice key = key_of(&v.at[i]);
            for (size_t t = 0; t < COUNT(tails); t++) assert_int_equal(nr_key_skip(families[k].kind, joined(key, tails[t])), key.n);
            for (size_t cut = 0; cut < key.n; cut++) assert_int_equal(nr_key_skip(families[k].kind, (nr_slice){key.p, cut}), 0);
        }
    }
}

static nr_slice turned(const nr_value *v)
{
    nr_buf b = nr_buf_in(&arena);
    nr_key_add(v, &b);
    nr_key_turn(b.p, b.n);
    return nr_buf_slice(&b);
}

static void a_turned_component_is_cut_off_too_and_no_other_one_begins_with_it(void **state)
{
    (void)state;
    static const nr_slice tails[] = {{"", 0}, {"\0", 1}, {"\1", 1}, {"\xff", 1}, {"\xff\xfe", 2}, {"17", 2}};
    for (size_t k = 0; k < COUNT(families); k++) {
        values v = make(&families[k]);
        for (size_t i = 0; i < v.n; i++) {
            nr_slice key = turned(&v.at[i]);
            assert_true((unsigned char)key.p[0] < 0xFF);
            for (size_t t = 0; t < COUNT(tails); t++) assert_int_equal(nr_key_skip_turned(families[k].kind, joined(key, tails[t])), key.n);
            for (size_t cut = 0; cut < key.n; cut++) assert_int_equal(nr_key_skip_turned(families[k].kind, (nr_slice){key.p, cut}), 0);
        }
    }
}

static void turned_components_are_in_the_opposite_order(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(families); k++) {
        values v = make(&families[k]);
        for (size_t i = 0; i < v.n; i++)
            for (size_t j = 0; j < v.n; j++) {
                int c = nr_value_cmp(&v.at[i], &v.at[j]), d = nr_slice_cmp(turned(&v.at[j]), turned(&v.at[i]));
                assert_int_equal((c > 0) - (c < 0), (d > 0) - (d < 0));
            }
    }
}

static void skip_refuses_what_is_no_component(void **state)
{
    (void)state;
    assert_int_equal(nr_key_skip(NR_V_NULL, NR_S("\0abc")), 1);
    assert_int_equal(nr_key_skip(NR_V_NULL, NR_S("\1abc")), 0);
    assert_int_equal(nr_key_skip(NR_V_NULL, NR_S("")), 0);
    for (size_t k = 0; k < COUNT(families); k++) {
        assert_int_equal(nr_key_skip(families[k].kind, NR_S("\2aaaaaaaaaaaaaaaaaaaaaaaa\0\1")), 0);
        assert_int_equal(nr_key_skip(families[k].kind, NR_S("\xff"
                                                            "aaaaaaaaaaaaaaaaaaaaaaa\0\1")),
                         0);
    }
    assert_int_equal(nr_key_skip(NR_V_TEXT, NR_S("\1a\0\2b\0\1")), 0);
    assert_int_equal(nr_key_skip(NR_V_TEXT, NR_S("\1a\0\0\1")), 0);
    assert_int_equal(nr_key_skip(NR_V_TEXT, NR_S("\1a\0\xff")), 0);
    assert_int_equal(nr_key_skip(NR_V_TEXT, NR_S("\1a\0")), 0);
}

/* Prefixes. */

static void a_prefix_range_holds_just_the_texts_that_begin_with_it(void **state)
{
    (void)state;
    values texts = make(&families[3]);
    static const nr_slice pks[] = {{"a", 1}, {"\0", 1}, {"\xff\xff", 2}};
    for (size_t i = 1; i < texts.n; i++) { /* texts.at[0] is NULL */
        nr_buf lo = nr_buf_in(&arena), hi = nr_buf_in(&arena);
        nr_key_prefix(texts.at[i].s, &lo);
        nr_key_prefix(texts.at[i].s, &hi);
        nr_buf_byte(&hi, 0xFF);
        nr_mark mark = nr_arena_mark(&arena);
        for (size_t j = 0; j < texts.n; j++) {
            nr_slice member = joined(key_of(&texts.at[j]), pks[j % COUNT(pks)]);
            bool in = nr_slice_cmp(member, nr_buf_slice(&lo)) >= 0 && nr_slice_cmp(member, nr_buf_slice(&hi)) < 0;
            assert_int_equal(in, j > 0 && nr_slice_starts(texts.at[j].s, texts.at[i].s));
        }
        nr_arena_rewind(&arena, mark);
    }
}

/* Primary keys. */

static void a_pk_comes_back_as_it_was(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(families); k++) {
        values v = make(&families[k]);
        for (size_t i = 1; i < v.n; i++) {
            nr_value got;
            bool empty = v.at[i].kind == NR_V_TEXT && v.at[i].s.n == 0;
            assert_int_equal(nr_pk_decode(families[k].kind, pk_of(&v.at[i]), &got), !empty);
            if (!empty) assert_true(nr_value_eq(&got, &v.at[i]));
        }
    }
}

static void order_of_pks_is_order_of_values(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(families); k++) {
        values v = make(&families[k]);
        for (int round = 0; round < 20000; round++) {
            const nr_value *a = &v.at[1 + next_random() % (v.n - 1)], *b = &v.at[1 + next_random() % (v.n - 1)];
            nr_mark mark = nr_arena_mark(&arena);
            assert_int_equal(sign(nr_slice_cmp(pk_of(a), pk_of(b))), sign(nr_value_cmp(a, b)));
            nr_arena_rewind(&arena, mark);
        }
    }
}

static void a_pk_of_wrong_bytes_is_refused(void **state)
{
    (void)state;
    nr_value got;
    char long_text[NR_PK_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    assert_true(nr_pk_decode(NR_V_TEXT, (nr_slice){long_text, NR_PK_MAX}, &got));
    assert_ptr_equal(got.s.p, long_text);
    assert_false(nr_pk_decode(NR_V_TEXT, (nr_slice){long_text, NR_PK_MAX + 1}, &got));
    assert_false(nr_pk_decode(NR_V_TEXT, NR_S(""), &got));
    assert_false(nr_pk_decode(NR_V_NULL, NR_S(""), &got));
    assert_false(nr_pk_decode(NR_V_NULL, NR_S("12345678"), &got));
    for (size_t n = 0; n < 20; n++) {
        assert_int_equal(nr_pk_decode(NR_V_INT, (nr_slice){long_text, n}, &got), n == 8);
        assert_int_equal(nr_pk_decode(NR_V_FLOAT, (nr_slice){long_text, n}, &got), n == 8);
        assert_int_equal(nr_pk_decode(NR_V_DECIMAL, (nr_slice){long_text, n}, &got), n == 16);
    }
    assert_false(nr_pk_decode(NR_V_FLOAT, NR_S("\x7f\xff\xff\xff\xff\xff\xff\xff"), &got)); /* -0.0 */
    assert_false(nr_pk_decode(NR_V_FLOAT, NR_S("\xff\xf0\0\0\0\0\0\0"), &got));             /* infinity */
    assert_false(nr_pk_decode(NR_V_FLOAT, NR_S("\xff\xf8\0\0\0\0\0\0"), &got));             /* NaN */
    assert_false(nr_pk_decode(NR_V_FLOAT, NR_S("\0\0\0\0\0\0\0\0"), &got));                 /* NaN */
}

/* Set keys. */

static nr_slice set_key_of(nr_slice canonical)
{
    nr_buf b = nr_buf_in(&arena);
    nr_buf_add(&b, NR_S("m/s/x/"));
    nr_set_key_add(canonical, &b);
    return nr_buf_slice(&b);
}

static void set_keys_are_text_digest_or_null(void **state)
{
    (void)state;
    char text[NR_SET_KEY_MAX + 1], digest[32];
    memset(text, 'x', sizeof text);
    nr_slice fits = {text, NR_SET_KEY_MAX}, longer = {text, NR_SET_KEY_MAX + 1};
    assert_true(nr_slice_is(set_key_of((nr_slice){NULL, 0}), "m/s/x/!"));
    assert_true(nr_slice_is(set_key_of(NR_S("")), "m/s/x/="));
    assert_true(nr_slice_is(set_key_of(NR_S("!")), "m/s/x/=!"));
    assert_true(nr_slice_eq(set_key_of(NR_S("a\0b")), NR_S("m/s/x/=a\0b")));
    assert_true(nr_slice_eq(set_key_of(fits), joined(NR_S("m/s/x/="), fits)));
    assert_false(nr_set_key_is_digest(fits));
    assert_false(nr_set_key_is_digest((nr_slice){NULL, 0}));
    assert_true(nr_set_key_is_digest(longer));
    nr_hash_digest(longer, digest);
    assert_true(nr_slice_eq(set_key_of(longer), joined(NR_S("m/s/x/#"), (nr_slice){digest, 32})));
}

/* Key functions, over a type of our own: an integer that is written as "<i>". */

static void format_test_int(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    nr_buf_printf(out, "<%lld>", (long long)v->i);
}

static const nr_type test_int = {.name = "int", .kind = NR_V_INT, .reply = NR_REPLY_INTEGER, .expects = "an integer", .format = format_test_int};
static const nr_field test_field = {.type = &test_int, .spec = {&test_int, 0, 0, NULL}};

static void every_key_function_is_found_by_its_name(void **state)
{
    (void)state;
    assert_ptr_equal(nr_keyfn_find(NR_S("value")), &nr_key_value);
    assert_null(nr_keyfn_find(NR_S("Value")));
    assert_null(nr_keyfn_find(NR_S("")));
    for (size_t i = 0; nr_keyfns[i]; i++) {
        assert_ptr_equal(nr_keyfn_find(nr_slice_of(nr_keyfns[i]->name)), nr_keyfns[i]);
        assert_true(nr_keyfns[i]->format > 0);
        assert_non_null(nr_keyfns[i]->doc);
    }
}

static void members_are_key_then_pk_and_the_pk_alone(void **state)
{
    (void)state;
    const nr_index pk_index = {.kind = NR_IX_PK, .path = {.field = &test_field}, .keyfn = &nr_key_value};
    const nr_index ordered = {.kind = NR_IX_ORDERED, .path = {.field = &test_field}, .keyfn = &nr_key_value};
    nr_value pk = {.kind = NR_V_TEXT, .s = NR_S("a\0b")}, v = {.kind = NR_V_INT, .i = -3}, null = NR_NULL;
    nr_buf b = nr_buf_in(&arena);
    nr_buf_add(&b, NR_S("+"));
    nr_index_member(&pk_index, &pk, &pk, &b);
    assert_true(nr_slice_eq(nr_buf_slice(&b), NR_S("+a\0b")));
    b = nr_buf_in(&arena);
    nr_index_member(&ordered, &pk, &v, &b);
    assert_true(nr_slice_eq(nr_buf_slice(&b), joined(key_of(&v), NR_S("a\0b"))));
    b = nr_buf_in(&arena);
    nr_index_member(&ordered, &pk, &null, &b);
    assert_true(nr_slice_eq(nr_buf_slice(&b), NR_S("\0a\0b")));
}

static void set_keys_of_an_index_begin_with_its_prefix(void **state)
{
    (void)state;
    const nr_index ix = {.kind = NR_IX_SET, .path = {.field = &test_field}, .keyfn = &nr_key_value, .key = NR_S("m/s/x/")};
    nr_value v = {.kind = NR_V_INT, .i = -3}, null = NR_NULL;
    nr_buf b = nr_buf_in(&arena);
    nr_index_set_key(&ix, &v, &b);
    assert_true(nr_slice_is(nr_buf_slice(&b), "m/s/x/=<-3>"));
    b = nr_buf_in(&arena);
    nr_index_set_key(&ix, &null, &b);
    assert_true(nr_slice_is(nr_buf_slice(&b), "m/s/x/!"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_are_those_of_the_header),
        TEST(order_of_keys_is_order_of_values),
        TEST(components_in_a_row_compare_one_after_the_other),
        TEST(skip_cuts_a_component_off_whatever_follows),
        TEST(a_turned_component_is_cut_off_too_and_no_other_one_begins_with_it),
        TEST(turned_components_are_in_the_opposite_order),
        TEST(skip_refuses_what_is_no_component),
        TEST(a_prefix_range_holds_just_the_texts_that_begin_with_it),
        TEST(a_pk_comes_back_as_it_was),
        TEST(order_of_pks_is_order_of_values),
        TEST(a_pk_of_wrong_bytes_is_refused),
        TEST(set_keys_are_text_digest_or_null),
        TEST(every_key_function_is_found_by_its_name),
        TEST(members_are_key_then_pk_and_the_pk_alone),
        TEST(set_keys_of_an_index_begin_with_its_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
