/* t_base.c -- the base layer: arena, buf, vec, slice, err, utf8, hash and map, bitmap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bitmap.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/vec.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

/* Arena. */

static void pieces_are_aligned_apart_and_keep_their_bytes(void **state)
{
    nr_arena *a = *state;
    enum { N = 400 };
    unsigned char *pieces[N];
    size_t sizes[N], sum = 0;
    for (size_t i = 0; i < N; i++) {
        sizes[i] = i % 50 == 49 ? 3000000 : i * 7 % 600;
        pieces[i] = nr_arena_alloc(a, sizes[i]);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)(i % 251), sizes[i]);
        sum += sizes[i];
    }
    assert_true(a->held >= sum);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < sizes[i]; k++) assert_true(pieces[i][k] == i % 251);
}

static void a_zeroed_piece_is_zero_even_where_others_were(void **state)
{
    nr_arena *a = *state;
    nr_mark mark = nr_arena_mark(a);
    memset(nr_arena_alloc(a, 1000), 0xee, 1000);
    nr_arena_rewind(a, mark);
    const char *p = nr_arena_zalloc(a, 1000);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(p[i], 0);
}

static void rewind_gives_back_what_came_after_the_mark(void **state)
{
    nr_arena *a = *state;
    nr_mark start = nr_arena_mark(a);
    char *kept = nr_arena_alloc(a, 100);
    memset(kept, 'k', 100);
    nr_mark mark = nr_arena_mark(a);
    size_t held = a->held;
    for (int round = 0; round < 50; round++) {
        char *first = nr_arena_alloc(a, 16);
        nr_arena_alloc(a, 200000);
        nr_arena_alloc(a, 3000);
        assert_true(a->held > held);
        nr_arena_rewind(a, mark);
        assert_int_equal(a->held, held);
        assert_ptr_equal(nr_arena_alloc(a, 16), first);
        nr_arena_rewind(a, mark);
    }
    for (int i = 0; i < 100; i++) assert_int_equal(kept[i], 'k');
    nr_arena_rewind(a, start);
    assert_int_equal(a->held, 0);
}

static void a_cleared_arena_holds_nothing_and_works_again(void **state)
{
    nr_arena *a = *state;
    nr_arena_alloc(a, 5000000);
    nr_arena_clear(a);
    assert_int_equal(a->held, 0);
    assert_non_null(nr_arena_alloc(a, 0));
    assert_true(a->held > 0);
}

static void copies_end_with_a_nul_that_is_not_counted(void **state)
{
    nr_arena *a = *state;
    nr_slice copy = nr_arena_copy(a, NR_S("a\0b"));
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b", 4);
    copy = nr_arena_copy(a, (nr_slice){NULL, 0});
    assert_non_null(copy.p);
    assert_int_equal(copy.n, 0);
    assert_int_equal(copy.p[0], 0);
    copy = nr_arena_printf(a, "%s-%d", "x", 42);
    assert_int_equal(copy.n, 4);
    assert_string_equal(copy.p, "x-42");
    copy = nr_arena_printf(a, "%10000d", 7);
    assert_int_equal(copy.n, 10000);
    assert_int_equal(copy.p[9999], '7');
}

/* Buf and vec. */

static void a_buffer_grows_by_any_steps(void **state)
{
    nr_arena *a = *state;
    nr_buf b = nr_buf_in(a);
    assert_non_null(nr_buf_slice(&b).p);
    assert_int_equal(nr_buf_slice(&b).n, 0);
    nr_buf_add(&b, (nr_slice){NULL, 0});
    for (int i = 0; i < 500; i++) {
        nr_buf_byte(&b, (unsigned char)i);
        nr_buf_printf(&b, "%05d", i);
        nr_buf_add(&b, NR_S("\0\xff"));
    }
    nr_slice s = nr_buf_slice(&b);
    assert_int_equal(s.n, 4000);
    for (int i = 0; i < 500; i++) {
        const char *p = s.p + i * 8;
        assert_int_equal((unsigned char)p[0], i % 256);
        assert_memory_equal(p + 1, nr_arena_printf(a, "%05d", i).p, 5);
        assert_memory_equal(p + 6, "\0\xff", 2);
    }
}

static void reserved_room_is_not_yet_written(void **state)
{
    nr_buf b = nr_buf_in(*state);
    nr_buf_add(&b, NR_S("ab"));
    memset(nr_buf_reserve(&b, 10000), 'x', 10000);
    assert_int_equal(b.n, 2);
    b.n += 10000;
    nr_buf_byte(&b, 'c');
    assert_memory_equal(b.p, "abx", 3);
    assert_memory_equal(b.p + 10001, "xc", 2);
}

static void a_vector_keeps_what_was_pushed(void **state)
{
    nr_arena *a = *state;
    nr_slices v = {0};
    for (int i = 0; i < 1000; i++) nr_vec_push(a, &v, (nr_slice){"abc", (size_t)i % 4});
    assert_int_equal(v.n, 1000);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(v.at[i].n, i % 4);
}

/* Slices. */

static void slices_compare_by_bytes_and_the_shorter_first(void **state)
{
    (void)state;
    static const nr_slice order[] = {
        {"", 0}, {"\0", 1}, {"\0\0", 2}, {"A", 1}, {"a", 1}, {"a\0", 2}, {"aa", 2}, {"b", 1}, {"\x7f", 1}, {"\x80", 1}, {"\xff", 1},
    };
    for (size_t i = 0; i < COUNT(order); i++) {
        for (size_t j = 0; j < COUNT(order); j++) {
            int c = nr_slice_cmp(order[i], order[j]);
            assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
            assert_int_equal(nr_slice_eq(order[i], order[j]), i == j);
        }
    }
    assert_true(nr_slice_eq((nr_slice){NULL, 0}, NR_S("")));
    assert_int_equal(nr_slice_cmp((nr_slice){NULL, 0}, NR_S("")), 0);
    assert_true(nr_slice_is(NR_S("abc"), "abc"));
    assert_false(nr_slice_is(NR_S("abc\0"), "abc"));
}

static void starts_and_ascii_case(void **state)
{
    (void)state;
    assert_true(nr_slice_starts(NR_S("abc"), NR_S("ab")));
    assert_true(nr_slice_starts(NR_S("abc"), NR_S("abc")));
    assert_true(nr_slice_starts(NR_S(""), (nr_slice){NULL, 0}));
    assert_false(nr_slice_starts(NR_S("ab"), NR_S("abc")));
    assert_false(nr_slice_starts(NR_S("abc"), NR_S("b")));
    assert_false(nr_slice_starts(NR_S("abc"), NR_S("ac")));
    assert_true(nr_slice_caseis(NR_S("FILTER"), "filter"));
    assert_true(nr_slice_caseis(NR_S("fiLTer"), "FILTER"));
    assert_false(nr_slice_caseis(NR_S("filte"), "filter"));
    assert_false(nr_slice_caseis(NR_S("[filter"), "{filter"));
    assert_false(nr_slice_caseis(NR_S("\xc9"), "\xe9"));
}

/* Errors. */

static void the_first_error_stands(void **state)
{
    (void)state;
    nr_err err = {0};
    assert_false(nr_fail(&err, NR_E_NOFIELD, "no field %d", 1));
    assert_false(nr_fail(&err, NR_E_LIMIT, "too much"));
    assert_int_equal(err.code, NR_E_NOFIELD);
    assert_string_equal(err.msg, "no field 1");
    nr_err_clear(&err);
    assert_int_equal(err.code, NR_OK);
    assert_string_equal(err.msg, "");
    nr_fail(&err, NR_E_LIMIT, "too much");
    assert_string_equal(err.msg, "too much");
}

/* Fills a message with n bytes of 'x', then text, then more. */
static void a_long_message_is_cut_between_characters(void **state)
{
    nr_arena *a = *state;
    for (int n = NR_ERR_MAX - 20; n < NR_ERR_MAX + 5; n++) {
        nr_err err = {0};
        char *pad = nr_arena_zalloc(a, (size_t)n + 1);
        memset(pad, 'x', (size_t)n);
        nr_fail(&err, NR_E_SYNTAX, "%s\xf0\x9f\x8e\x89\xc3\xa9", pad);
        size_t len = strlen(err.msg), whole = (size_t)n + 6;
        assert_true(len < NR_ERR_MAX);
        assert_true(nr_utf8_valid((nr_slice){err.msg, len}));
        assert_int_equal(strcmp(err.msg + len - 3, "...") == 0, whole >= NR_ERR_MAX);
        if (whole < NR_ERR_MAX) assert_int_equal(len, whole);
        else assert_true(len >= NR_ERR_MAX - 4);
    }
}

static void every_code_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < NR_E_COUNT; i++) {
        assert_non_null(nr_code_word((nr_code)i));
        for (int j = 0; j < i; j++) assert_string_not_equal(nr_code_word((nr_code)i), nr_code_word((nr_code)j));
    }
    assert_string_equal(nr_code_word(NR_E_CORRUPT), "CORRUPT");
}

static void show_quotes_what_a_client_sent(void **state)
{
    (void)state;
    assert_string_equal(NR_SHOW(NR_S("")), "''");
    assert_string_equal(NR_SHOW(((nr_slice){NULL, 0})), "''");
    assert_string_equal(NR_SHOW(NR_S("title %s")), "'title %s'");
    assert_string_equal(NR_SHOW(NR_S("a\r\n\0\x7f")), "'a\\x0d\\x0a\\x00\\x7f'");
    assert_string_equal(NR_SHOW(NR_S("\xc3\xa9\xff\xc3")), "'\xc3\xa9\\xff\\xc3'");
    assert_string_equal(NR_SHOW(NR_S("\xed\xa0\x80")), "'\\xed\\xa0\\x80'");
}

static void show_cuts_at_sixty_bytes_and_never_overflows(void **state)
{
    (void)state;
    char text[200], want[NR_SHOW_MAX];
    memset(text, 'a', sizeof text);
    memset(want, 'a', sizeof want);
    want[0] = '\'';
    memcpy(want + 61, "'", 2);
    assert_string_equal(NR_SHOW(((nr_slice){text, 60})), want);
    memcpy(want + 61, "...'", 5);
    assert_string_equal(NR_SHOW(((nr_slice){text, 61})), want);
    memset(text, 0xff, sizeof text);
    const char *shown = NR_SHOW(((nr_slice){text, sizeof text}));
    assert_int_equal(strlen(shown), 1 + 60 * 4 + 4);
    for (size_t i = 0; i + 3 < sizeof text; i += 4) memcpy(text + i, "\xf0\x9f\x8e\x89", 4);
    for (size_t shift = 0; shift < 4; shift++) {
        shown = NR_SHOW(((nr_slice){text + shift, 200 - shift}));
        assert_true(strlen(shown) < NR_SHOW_MAX);
        assert_true(nr_utf8_valid(nr_slice_of(shown)));
    }
}

/* UTF-8. */

/* Decodes by the definition: as many bytes as the lead says, shortest form, no surrogate, at most 10FFFF. */
static size_t naive_sequence(const unsigned char *p, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t k = n == 0 ? 0 : p[0] < 0x80 ? 1 : p[0] >= 0xf8 ? 0 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 0;
    if (k < 2) return k;
    if (n < k) return 0;
    uint32_t c = p[0] & (0xffu >> (k + 1));
    for (size_t i = 1; i < k; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    return c < least[k] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : k;
}

static void sequences_are_those_of_rfc_3629(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xff};
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t i = 0; i < sizeof bytes * sizeof bytes; i++) {
                unsigned char s[4] = {(unsigned char)first, (unsigned char)second, bytes[i / sizeof bytes], bytes[i % sizeof bytes]};
                for (size_t n = 0; n <= 4; n++) {
                    if (nr_utf8_sequence((nr_slice){(char *)s, n}) == naive_sequence(s, n)) continue;
                    fail_msg("%zu bytes of %02x %02x %02x %02x", n, s[0], s[1], s[2], s[3]);
                }
            }
        }
    }
}

static void text_is_valid_when_all_of_it_is(void **state)
{
    (void)state;
    static const nr_slice good[] = {{"", 0}, {"\0", 1}, {"abc", 3}, {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\x89", 9}, {"\xef\xbf\xbf\xf4\x8f\xbf\xbf", 7}};
    static const size_t points[] = {0, 1, 3, 3, 2};
    static const nr_slice bad[] = {
        {"\xff", 1}, {"abc\xc3", 4}, {"\xc3" "abc", 4}, {"\xed\xa0\x80", 3}, {"\xf4\x90\x80\x80", 4}, {"\xc0\x80", 2}, {"\x80", 1},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(nr_utf8_valid(good[i]));
        assert_int_equal(nr_utf8_length(good[i]), points[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++) assert_false(nr_utf8_valid(bad[i]));
}

/* Hash and map. */

/* From another implementation of SipHash-1-3, itself checked with the vectors of the paper. Digests stand in keys: they never change. */
static void hashes_are_siphash(void **state)
{
    (void)state;
    static const struct {
        nr_slice in;
        uint64_t hash;
        const char *digest;
    } cases[] = {
        {{"", 0}, 0x6ab3710efa3f9b00, "3b9136b40029dd5969e7e1b0ef2d2dcd"},
        {{"a", 1}, 0xbe1773ad2cc27e90, "b435618fe80bc7ef8d1a876ea91f65c8"},
        {{"abcdefg", 7}, 0x5d84166a0dcabb6d, "1296d52853410c3c6b7f074b81a882dc"},
        {{"abcdefgh", 8}, 0x86d815b571543911, "334b51b825e66734ca1bd4cfb7987267"},
        {{"abcdefghi", 9}, 0xcf2b495723a288fd, "eeaca8bd8d03d2dac1f0a8f8e5a8e76d"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char digest[33] = {0};
        nr_hash_digest(cases[i].in, digest);
        assert_true(nr_hash(0, cases[i].in) == cases[i].hash);
        assert_string_equal(digest, cases[i].digest);
        assert_int_equal(digest[32], 0);
    }
}

static void a_map_gives_what_was_put(void **state)
{
    (void)state;
    nr_map m;
    int x, y;
    nr_map_init(&m, nr_env_libc());
    assert_null(nr_map_get(&m, NR_S("a")));
    assert_null(nr_map_take(&m, NR_S("a")));
    assert_null(nr_map_put(&m, NR_S("a"), &x));
    assert_null(nr_map_put(&m, NR_S(""), &y));
    assert_ptr_equal(nr_map_put(&m, NR_S("a"), &y), &x);
    assert_int_equal(m.n, 2);
    assert_ptr_equal(nr_map_get(&m, NR_S("a")), &y);
    assert_ptr_equal(nr_map_get(&m, (nr_slice){NULL, 0}), &y);
    assert_null(nr_map_get(&m, NR_S("a\0")));
    assert_ptr_equal(nr_map_take(&m, NR_S("a")), &y);
    assert_null(nr_map_take(&m, NR_S("a")));
    assert_int_equal(m.n, 1);
    nr_map_clear(&m);
    assert_null(nr_map_get(&m, NR_S("")));
    nr_map_clear(&m);
}

static void a_place_in_a_map_is_made_once_and_keeps_the_key_put_there(void **state)
{
    (void)state;
    int x;
    char given[] = "key";
    nr_map m;
    nr_map_init(&m, nr_env_libc());
    nr_map_soon(&m, NR_S("key"));
    nr_map_slot *at = nr_map_need(&m, nr_slice_of(given));
    assert_null(at->value);
    at->key = NR_S("key");
    at->value = &x;
    given[0] = 'K'; /* nobody looks at it any more */
    nr_map_soon(&m, NR_S("key"));
    assert_ptr_equal(nr_map_get(&m, NR_S("key")), &x);
    assert_ptr_equal(nr_map_need(&m, NR_S("key")), at);
    assert_int_equal(m.n, 1);
    assert_ptr_equal(nr_map_take(&m, NR_S("key")), &x);
    nr_map_clear(&m);
}

enum { KEYS = 500 };

/* The walk meets each key once, with its value. */
static void check_walk(const nr_map *m, int *const *model, int *values)
{
    size_t at = 0, n = 0;
    bool seen[KEYS] = {false};
    nr_slice key;
    void *value;
    while (nr_map_next(m, &at, &key, &value)) {
        ptrdiff_t i = (int *)value - values;
        assert_in_range(i, 0, KEYS - 1);
        assert_false(seen[i]);
        assert_ptr_equal(model[i], value);
        assert_ptr_equal(nr_map_get(m, key), value);
        seen[i] = true;
        n++;
    }
    assert_int_equal(n, m->n);
}

static void a_map_agrees_with_an_array_after_random_changes(void **state)
{
    nr_arena *a = *state;
    static int values[KEYS];
    int *model[KEYS] = {NULL};
    nr_slice keys[KEYS];
    nr_map m;
    uint32_t seed = 99;
    nr_map_init(&m, nr_env_libc());
    for (int i = 0; i < KEYS; i++) keys[i] = nr_arena_printf(a, "%d", i);
    for (int step = 0; step < 40000; step++) {
        uint32_t x = next_random(&seed), k = x / 16 % KEYS;
        bool add = x % 16 < (step / 10000 % 2 ? 4u : 12u); /* grows, shrinks, grows, shrinks */
        assert_ptr_equal(nr_map_get(&m, keys[k]), model[k]);
        assert_ptr_equal(add ? nr_map_put(&m, keys[k], &values[k]) : nr_map_take(&m, keys[k]), model[k]);
        model[k] = add ? &values[k] : NULL;
        if (step % 1000 == 0) check_walk(&m, model, values);
    }
    for (int i = 0; i < KEYS; i++) assert_ptr_equal(nr_map_get(&m, keys[i]), model[i]);
    nr_map_clear(&m);
}

/* Bitmap. */

enum { BITS = 3000 };

static nr_bitmap random_bitmap(nr_arena *a, bool *model, uint32_t *seed)
{
    nr_bitmap b = nr_bitmap_in(a);
    uint32_t limit = 1 + next_random(seed) % BITS, n = next_random(seed) % 400;
    memset(model, 0, BITS);
    while (n--) {
        uint32_t bit = next_random(seed) % limit;
        nr_bitmap_set(&b, bit);
        model[bit] = true;
    }
    return b;
}

static void check_bitmap(const nr_bitmap *b, const bool *model)
{
    uint64_t n = 0;
    uint32_t next = UINT32_MAX;
    for (uint32_t i = BITS; i-- > 0;) {
        assert_int_equal(nr_bitmap_has(b, i), model[i]);
        n += model[i];
        if (model[i]) next = i;
        assert_int_equal(nr_bitmap_next(b, i), next);
    }
    assert_int_equal(nr_bitmap_count(b), n);
    assert_false(nr_bitmap_has(b, UINT32_MAX - 1));
    assert_int_equal(nr_bitmap_next(b, BITS), UINT32_MAX);
    assert_int_equal(nr_bitmap_next(b, UINT32_MAX), UINT32_MAX);
}

static void an_empty_bitmap_has_nothing(void **state)
{
    nr_bitmap b = nr_bitmap_in(*state), other = nr_bitmap_in(*state);
    bool none[BITS] = {false};
    check_bitmap(&b, none);
    nr_bitmap_and(&b, &other);
    nr_bitmap_or(&b, &other);
    nr_bitmap_andnot(&b, &other);
    check_bitmap(&b, none);
}

static bool and_of(bool x, bool y) { return x && y; }
static bool or_of(bool x, bool y) { return x || y; }
static bool andnot_of(bool x, bool y) { return x && !y; }

static void bitmaps_agree_with_arrays_of_flags(void **state)
{
    nr_arena *a = *state;
    static const struct {
        void (*run)(nr_bitmap *into, const nr_bitmap *with);
        bool (*of)(bool x, bool y);
    } ops[] = {{nr_bitmap_and, and_of}, {nr_bitmap_or, or_of}, {nr_bitmap_andnot, andnot_of}};
    uint32_t seed = 31337;
    for (int round = 0; round < 150; round++) {
        bool x[BITS], y[BITS];
        nr_bitmap into = random_bitmap(a, x, &seed), with = random_bitmap(a, y, &seed);
        check_bitmap(&into, x);
        ops[round % 3].run(&into, &with);
        for (size_t i = 0; i < BITS; i++) x[i] = ops[round % 3].of(x[i], y[i]);
        check_bitmap(&into, x);
        check_bitmap(&with, y);
        ops[round % 3].run(&into, &into);
        for (size_t i = 0; i < BITS; i++) x[i] = ops[round % 3].of(x[i], x[i]);
        check_bitmap(&into, x);
    }
}

static void far_bits_are_found(void **state)
{
    nr_bitmap b = nr_bitmap_in(*state);
    nr_bitmap_set(&b, 5000000);
    nr_bitmap_set(&b, 63);
    nr_bitmap_set(&b, 64);
    assert_int_equal(nr_bitmap_next(&b, 0), 63);
    assert_int_equal(nr_bitmap_next(&b, 64), 64);
    assert_int_equal(nr_bitmap_next(&b, 65), 5000000);
    assert_int_equal(nr_bitmap_next(&b, 5000001), UINT32_MAX);
    assert_int_equal(nr_bitmap_count(&b), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_are_aligned_apart_and_keep_their_bytes),
        TEST(a_zeroed_piece_is_zero_even_where_others_were),
        TEST(rewind_gives_back_what_came_after_the_mark),
        TEST(a_cleared_arena_holds_nothing_and_works_again),
        TEST(copies_end_with_a_nul_that_is_not_counted),
        TEST(a_buffer_grows_by_any_steps),
        TEST(reserved_room_is_not_yet_written),
        TEST(a_vector_keeps_what_was_pushed),
        TEST(slices_compare_by_bytes_and_the_shorter_first),
        TEST(starts_and_ascii_case),
        TEST(the_first_error_stands),
        TEST(a_long_message_is_cut_between_characters),
        TEST(every_code_has_a_word_of_its_own),
        TEST(show_quotes_what_a_client_sent),
        TEST(show_cuts_at_sixty_bytes_and_never_overflows),
        TEST(sequences_are_those_of_rfc_3629),
        TEST(text_is_valid_when_all_of_it_is),
        TEST(hashes_are_siphash),
        TEST(a_map_gives_what_was_put),
        TEST(a_place_in_a_map_is_made_once_and_keeps_the_key_put_there),
        TEST(a_map_agrees_with_an_array_after_random_changes),
        TEST(an_empty_bitmap_has_nothing),
        TEST(bitmaps_agree_with_arrays_of_flags),
        TEST(far_bits_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
