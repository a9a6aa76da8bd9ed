/* type_check.h -- what the tests of types share: an arena, and assertions about a text of a type. */
#ifndef NR_TYPE_CHECK_H
#define NR_TYPE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "types/types.h"

static nr_arena arena;

static inline int setup(void **state)
{
    (void)state;
    nr_arena_init(&arena, nr_env_libc());
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    nr_arena_clear(&arena);
    return 0;
}

static inline nr_spec spec_of(const char *type)
{
    const nr_type *t = nr_type_find(nr_slice_of(type));
    assert_non_null(t);
    return (nr_spec){t, 5, 2, NULL};
}

static inline nr_spec decimal(uint8_t max_digits, uint8_t places)
{
    nr_spec spec = spec_of("decimal");
    spec.max_digits = max_digits;
    spec.places = places;
    return spec;
}

static inline void assert_text(nr_slice got, nr_slice want, nr_slice of)
{
    if (nr_slice_eq(got, want)) return;
    fail_msg("'%.*s' became '%.*s', not '%.*s'", NR_FMT(of), NR_FMT(got), NR_FMT(want));
}

/* text is good for a write, and is stored as canonical; so is canonical itself. */
static inline void assert_good(nr_spec spec, const char *text, const char *canonical)
{
    const char *texts[] = {text, canonical};
    for (int i = 0; i < 2; i++) {
        nr_value v;
        const char *expected;
        if (!nr_type_read(&spec, nr_slice_of(texts[i]), &arena, &v, &expected)) fail_msg("%s: refused '%s'", spec.type->name, texts[i]);
        assert_int_equal(v.kind, spec.type->kind);
        assert_text(nr_type_text(&spec, &v, &arena), nr_slice_of(canonical), nr_slice_of(texts[i]));
    }
}

/* Not of the type's syntax: bad as an operand too. */
static inline void assert_no_syntax(nr_spec spec, nr_slice text)
{
    nr_operand o;
    nr_value v;
    const char *expected = NULL;
    if (spec.type->parse(&spec, text, &arena, &o)) fail_msg("%s: took '%.*s'", spec.type->name, NR_FMT(text));
    assert_false(nr_type_read(&spec, text, &arena, &v, &expected));
    assert_string_equal(expected, spec.type->expects);
}

/* Read as an operand: the canonical text of its value, and the side. Refused by a write when the side is not 0. */
static inline void assert_operand(nr_spec spec, const char *text, const char *canonical, int side)
{
    nr_operand o;
    nr_value v;
    const char *expected = NULL;
    if (!spec.type->parse(&spec, nr_slice_of(text), &arena, &o)) fail_msg("%s: refused '%s'", spec.type->name, text);
    assert_text(nr_type_text(&spec, &o.v, &arena), nr_slice_of(canonical), nr_slice_of(text));
    if (o.side != side) fail_msg("%s: '%s' has side %d, not %d", spec.type->name, text, o.side, side);
    if (side) assert_false(nr_type_read(&spec, nr_slice_of(text), &arena, &v, &expected));
    if (side) assert_string_equal(expected, spec.type->expects);
}

/* Good as an operand, bad for a write. */
static inline void assert_checked(nr_spec spec, const char *text)
{
    nr_operand o;
    nr_value v;
    const char *expected = NULL;
    if (!spec.type->parse(&spec, nr_slice_of(text), &arena, &o) || o.side) fail_msg("%s: refused '%s' as operand", spec.type->name, text);
    if (nr_type_read(&spec, nr_slice_of(text), &arena, &v, &expected)) fail_msg("%s: '%s' passed", spec.type->name, text);
    assert_non_null(expected);
}

#define EACH_BAD(spec, ...)                                                                                                        \
    do {                                                                                                                           \
        const char *const bad_[] = {__VA_ARGS__};                                                                                  \
        for (size_t i_ = 0; i_ < sizeof bad_ / sizeof *bad_; i_++) assert_no_syntax((spec), nr_slice_of(bad_[i_]));                 \
    } while (0)

static inline char *repeat(char c, size_t n, const char *tail)
{
    char *p = nr_arena_alloc(&arena, n + strlen(tail) + 1);
    memset(p, c, n);
    memcpy(p + n, tail, strlen(tail) + 1);
    return p;
}

#define EACH(assertion, spec, ...)                                                                               \
    do {                                                                                                         \
        const char *const texts_[] = {__VA_ARGS__};                                                              \
        for (size_t i_ = 0; i_ < sizeof texts_ / sizeof *texts_; i_++) assertion((spec), texts_[i_]);            \
    } while (0)

static inline void assert_same(nr_spec spec, const char *text)
{
    assert_good(spec, text, text);
}

#endif
