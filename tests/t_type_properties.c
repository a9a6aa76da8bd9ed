/* t_type_properties.c -- what holds for every row of the table of types, present and future, by random values of a fixed seed. */
#include <stdlib.h>

#include "type_check.h"
#include "types/calendar.h"
#include "types/container.h"

static uint64_t seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Integers of all sizes, within low..high. */
static nr_value random_int(int64_t low, int64_t high)
{
    static const int64_t edges[] = {0, 1, -1, INT64_C(1) << 53, (INT64_C(1) << 53) + 1, 999999, 1000000, 86399999999};
    uint64_t span = (uint64_t)high - (uint64_t)low, r = next_random() >> (next_random() % 64);
    uint64_t offset = span == UINT64_MAX ? r : r % (span + 1);
    int64_t edge = edges[next_random() % (sizeof edges / sizeof *edges)];
    switch (next_random() % 8) {
    case 0: return (nr_value){.kind = NR_V_INT, .i = low};
    case 1: return (nr_value){.kind = NR_V_INT, .i = high};
    case 2: return (nr_value){.kind = NR_V_INT, .i = edge >= low && edge <= high ? edge : low};
    case 3: return (nr_value){.kind = NR_V_INT, .i = (int64_t)((uint64_t)high - offset)};
    default: return (nr_value){.kind = NR_V_INT, .i = (int64_t)((uint64_t)low + offset)};
    }
}

static nr_value random_float(int64_t low, int64_t high)
{
    (void)low, (void)high;
    double f;
    uint64_t bits = next_random();
    if (next_random() % 4 == 0) bits &= ~UINT64_C(0) << (next_random() % 53);
    if (next_random() % 8 == 0) bits &= UINT64_C(0x800FFFFFFFFFFFFF);
    if ((bits >> 52 & 0x7FF) == 0x7FF) bits &= ~(UINT64_C(1) << 62);
    memcpy(&f, &bits, sizeof f);
    if (next_random() % 4 == 0) f = (double)(int64_t)(next_random() % 2000000) / 1000;
    return (nr_value){.kind = NR_V_FLOAT, .f = f == 0 ? 0.0 : f};
}

static nr_value random_decimal(int64_t low, int64_t high)
{
    (void)low, (void)high;
    nr_i128 d = 0;
    for (uint64_t n = next_random() % 6; n; n--) d = d * 10 + (nr_i128)(next_random() % 10);
    if (d > 99999) d = 99999;
    return (nr_value){.kind = NR_V_DECIMAL, .d = next_random() % 2 ? -d : d};
}

/* Code points from the alphabet low: 0 any, 1 those of slugs. */
static nr_value random_text(int64_t low, int64_t high)
{
    static const char *const points[] = {"a", "Z", "0", "-", "_", " ", "\"", "\x7f", "\n", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    (void)high;
    nr_buf b = nr_buf_in(&arena);
    for (uint64_t n = next_random() % 8; n; n--) nr_buf_add(&b, nr_slice_of(points[next_random() % (low ? 5 : 12)]));
    return (nr_value){.kind = NR_V_TEXT, .s = nr_buf_slice(&b)};
}

static nr_value random_blob(int64_t low, int64_t high)
{
    (void)low, (void)high;
    nr_buf b = nr_buf_in(&arena);
    for (uint64_t n = next_random() % 20; n; n--) nr_buf_byte(&b, (unsigned char)next_random());
    return (nr_value){.kind = NR_V_TEXT, .s = nr_buf_slice(&b)};
}

static nr_value random_email(int64_t low, int64_t high)
{
    (void)low, (void)high;
    return (nr_value){.kind = NR_V_TEXT, .s = nr_arena_printf(&arena, "u%u.x@h%u.example", (unsigned)next_random(), (unsigned)next_random() % 100)};
}

static nr_value random_url(int64_t low, int64_t high)
{
    (void)low, (void)high;
    return (nr_value){.kind = NR_V_TEXT, .s = nr_arena_printf(&arena, "https://h%u.example:%u/%u", (unsigned)next_random(),
        (unsigned)next_random() % 65536, (unsigned)next_random())};
}

static nr_value random_ident(int64_t low, int64_t high)
{
    static const char *const types[] = {"ip", "uuid"};
    (void)high;
    nr_buf b = nr_buf_in(&arena);
    unsigned v4 = (unsigned)next_random();
    bool four = low == 0 && next_random() % 2;
    if (four) nr_buf_printf(&b, "%u.%u.%u.%u", v4 & 255, v4 >> 8 & 255, v4 >> 16 & 255, v4 >> 24);
    for (int i = 0; i < 8 && !four; i++)
        nr_buf_printf(&b, "%s%04x", i && low == 0 ? ":" : "", next_random() % 2 ? 0 : (unsigned)(next_random() & 0xFFFF) >> (next_random() % 16));
    nr_spec spec = spec_of(types[low]);
    nr_operand o;
    assert_true(spec.type->parse(&spec, nr_buf_slice(&b), &arena, &o));
    return o.v;
}

static void add_random_json(nr_buf *out, int depth)
{
    static const char *const scalars[] = {"null", "true", "false", "0", "-1", "1.0", "1e0", "12345678901234567890123", "-0.50", "\"\"", "\"a\"", "\"\\u00e4\"",
                                          "\"\\n\"", "\"\\\"\\\\\"", "\"\xe2\x82\xac\"", "\"\\ud83d\\ude00\"", "\"\\u0000\""};
    static const char *const keys[] = {"a", "b", "", "aa", "\\n", "\\\"", "\xc3\xa4"};
    uint64_t kind = depth < 4 ? next_random() % 4 : 3;
    if (kind >= 2) {
        nr_buf_add(out, nr_slice_of(scalars[next_random() % (sizeof scalars / sizeof *scalars)]));
        return;
    }
    uint64_t n = next_random() % 5;
    nr_buf_byte(out, kind ? '[' : '{');
    for (uint64_t i = 0, first = next_random() % 7; i < n; i++) {
        if (i) nr_buf_byte(out, ',');
        if (next_random() % 4 == 0) nr_buf_add(out, NR_S(" \n"));
        if (!kind) nr_buf_printf(out, "\"%s\":", keys[(first + i) % 7]);
        add_random_json(out, depth + 1);
    }
    nr_buf_byte(out, kind ? ']' : '}');
}

/* Any JSON of the wanted kind (low: its first character, 0 any), as the type makes it canonical. */
static nr_value random_container(int64_t low, int64_t high)
{
    static const char *const types[] = {"list", "set", "dict", "embedded", "json"};
    nr_spec spec = spec_of(types[high]);
    nr_operand o;
    for (;;) {
        nr_buf text = nr_buf_in(&arena);
        add_random_json(&text, 0);
        if (low && text.p[0] != (char)low) continue;
        if (!spec.type->parse(&spec, nr_buf_slice(&text), &arena, &o)) fail_msg("%s does not read '%.*s'", types[high], NR_FMT(nr_buf_slice(&text)));
        return o.v;
    }
}

#define YEARS_US_LOW (NR_DAY_FIRST * NR_DAY_US)
#define YEARS_US_HIGH ((NR_DAY_LAST + 1) * NR_DAY_US - 1)

/* How to make good values of each type. A type without a row here fails the property. */
static const struct {
    const char *type;
    nr_value (*make)(int64_t low, int64_t high);
    int64_t low, high;
} generators[] = {
    {"auto", random_int, INT64_MIN, INT64_MAX},
    {"int", random_int, INT64_MIN, INT64_MAX},
    {"bigint", random_int, INT64_MIN, INT64_MAX},
    {"smallint", random_int, INT16_MIN, INT16_MAX},
    {"positiveint", random_int, 0, INT64_MAX},
    {"bool", random_int, 0, 1},
    {"float", random_float, 0, 0},
    {"decimal", random_decimal, 0, 0},
    {"char", random_text, 0, 0},
    {"text", random_text, 0, 0},
    {"slug", random_text, 1, 0},
    {"email", random_email, 0, 0},
    {"url", random_url, 0, 0},
    {"blob", random_blob, 0, 0},
    {"ip", random_ident, 0, 0},
    {"uuid", random_ident, 1, 0},
    {"date", random_int, NR_DAY_FIRST, NR_DAY_LAST},
    {"time", random_int, 0, NR_DAY_US - 1},
    {"datetime", random_int, YEARS_US_LOW, YEARS_US_HIGH},
    {"duration", random_int, INT64_MIN, INT64_MAX},
    {"list", random_container, '[', 0},
    {"set", random_container, '[', 1},
    {"dict", random_container, '{', 2},
    {"embedded", random_container, '{', 3},
    {"json", random_container, 0, 4},
};

static void read_back_one(const nr_spec *spec, const nr_value *v)
{
    nr_value read;
    const char *expected;
    nr_slice text = nr_type_text(spec, v, &arena);
    nr_buf b = nr_buf_in(&arena);
    spec->type->format(spec, v, &b);
    assert_text(nr_buf_slice(&b), text, text);
    if (!nr_type_read(spec, text, &arena, &read, &expected)) fail_msg("%s does not read its own '%.*s'", spec->type->name, NR_FMT(text));
    if (!nr_value_eq(v, &read)) fail_msg("%s reads its own '%.*s' as another value", spec->type->name, NR_FMT(text));
    assert_text(nr_type_text(spec, &read, &arena), text, text);
}

static void every_type_reads_back_what_it_writes(void **state)
{
    (void)state;
    seed = 0x9E3779B97F4A7C15;
    for (const nr_type *const *t = nr_types; *t; t++) {
        if ((*t)->flags & NR_TF_RELATION) continue;
        size_t g = 0, n = sizeof generators / sizeof *generators;
        while (g < n && strcmp(generators[g].type, (*t)->name) != 0) g++;
        if (g == n) fail_msg("no generator for %s", (*t)->name);
        nr_spec spec = spec_of((*t)->name);
        nr_mark mark = nr_arena_mark(&arena);
        for (int i = 0; i < 20000; i++) {
            nr_value v = generators[g].make(generators[g].low, generators[g].high);
            read_back_one(&spec, &v);
            nr_arena_rewind(&arena, mark);
        }
    }
}

static nr_value make_value(const nr_type *type)
{
    size_t g = 0;
    while (strcmp(generators[g].type, type->name) != 0) g++;
    return generators[g].make(generators[g].low, generators[g].high);
}

/* The JSON of up to 7 random values. */
static nr_slice random_elements(const nr_spec *of, nr_value *values, size_t *n)
{
    nr_buf text = nr_buf_in(&arena);
    nr_buf_byte(&text, '[');
    *n = next_random() % 8;
    for (size_t i = 0; i < *n; i++) {
        values[i] = i && next_random() % 4 == 0 ? values[next_random() % i] : make_value(of->type);
        if (i) nr_buf_byte(&text, ',');
        nr_part_print(of, &values[i], &text);
    }
    nr_buf_byte(&text, ']');
    return nr_buf_slice(&text);
}

static bool holds(const nr_value *values, size_t n, const nr_value *v)
{
    for (size_t i = 0; i < n; i++)
        if (nr_value_eq(&values[i], v)) return true;
    return false;
}

/* A list gives its values back one by one; a set each once, in ascending order. */
static void check_elements(const nr_spec *of, bool set)
{
    nr_part part = {.name = NR_S(""), .spec = *of, .default_value = NR_NULL};
    nr_shape shape = {.of = &part};
    nr_spec spec = spec_of(set ? "set" : "list");
    nr_value values[8], v, last = NR_NULL;
    nr_place place;
    size_t n, i = 0;
    const char *expected;
    spec.shape = &shape;
    nr_slice text = random_elements(of, values, &n);
    if (!nr_type_read(&spec, text, &arena, &v, &expected)) fail_msg("%s of %s does not read '%.*s'", spec.type->name, of->type->name, NR_FMT(text));
    read_back_one(&spec, &v);
    for (nr_items it = nr_items_in(&spec, v.s, &arena); nr_items_next(&it, &place); i++) {
        bool good = set ? holds(values, n, &place.value) && (!i || nr_value_cmp(&last, &place.value) < 0) : i < n && nr_value_eq(&values[i], &place.value);
        if (!good) fail_msg("%s of %s: item %zu of '%.*s' is another value", spec.type->name, of->type->name, i, NR_FMT(v.s));
        last = place.value;
    }
    assert_int_equal(i, nr_container_count(v.s));
    size_t distinct = 0;
    for (size_t k = 0; k < n; k++) distinct += !holds(values, k, &values[k]);
    assert_int_equal(i, set ? distinct : n);
}

static void every_type_goes_into_lists_and_sets_and_comes_out(void **state)
{
    (void)state;
    seed = 0xD1B54A32D192ED03;
    for (const nr_type *const *t = nr_types; *t; t++) {
        if ((*t)->flags & NR_TF_RELATION) continue;
        nr_spec of = spec_of((*t)->name);
        nr_mark mark = nr_arena_mark(&arena);
        for (int i = 0; i < 3000; i++) {
            check_elements(&of, i % 2 && !nr_spec_is_json(&of)); /* a set of json is ordered as JSON is: t_container */
            nr_arena_rewind(&arena, mark);
        }
    }
}

/* A decimal of more digits than places, against plain integer arithmetic. */
static void decimal_operands_lie_where_arithmetic_puts_them(void **state)
{
    (void)state;
    seed = 42;
    nr_spec spec = decimal(38, 2);
    for (int i = 0; i < 20000; i++) {
        int64_t thousandths = (int64_t)(next_random() % 2000001) - 1000000;
        int64_t floor = thousandths / 10 - (thousandths % 10 < 0);
        nr_operand o;
        assert_true(spec.type->parse(&spec, nr_arena_printf(&arena, "%llde-3", (long long)thousandths), &arena, &o));
        assert_true(o.v.d == floor);
        assert_int_equal(o.side, thousandths % 10 != 0);
    }
}

/* No text makes a parser crash or read beyond it: mutations of good texts, each in a block of exactly its size. */
static void mutated_texts_are_refused_or_canonical(void **state)
{
    (void)state;
    static const char *const seeds[] = {"-9223372036854775808", "1.7976931348623157e308", "2026-11-22T13:05:09.000250+01:00", "-P1DT2H3M4.500000S",
        "-1 23:59:59.5",
                                        "2001:db8::ffff:1.2.3.4", "{123e4567-e89b-12d3-a456-426614174000}", "\"a b\"@[::1]",
                                            "http://u:p@[::1]:80/?#", "true", "[1,\"a\\u00e4\",{\"b\":[null,1e5]}]", "{\"a\":{\"\\n\":[true]}}"};
    seed = 7;
    nr_mark mark = nr_arena_mark(&arena);
    for (int i = 0; i < 20000; i++) {
        const char *from = seeds[next_random() % (sizeof seeds / sizeof *seeds)];
        size_t n = next_random() % (strlen(from) + 1);
        if (next_random() % 2) n = strlen(from);
        char *text = malloc(n ? n : 1);
        memcpy(text, from, n);
        for (uint64_t k = next_random() % 3; k && n; k--) text[next_random() % n] = "0123456789-+.:eETPZ @[]/\"\\%\xc2\xa0{},u"[next_random() % 33];
        for (const nr_type *const *t = nr_types; *t; t++) {
            if ((*t)->flags & NR_TF_RELATION) continue;
            nr_spec spec = spec_of((*t)->name);
            nr_value v;
            const char *expected;
            if (nr_type_read(&spec, (nr_slice){text, n}, &arena, &v, &expected)) read_back_one(&spec, &v);
        }
        free(text);
        nr_arena_rewind(&arena, mark);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_reads_back_what_it_writes),
        cmocka_unit_test(every_type_goes_into_lists_and_sets_and_comes_out),
        cmocka_unit_test(decimal_operands_lie_where_arithmetic_puts_them),
        cmocka_unit_test(mutated_texts_are_refused_or_canonical),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
