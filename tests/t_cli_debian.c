/* t_cli_debian.c -- the control file format, and what becomes of a stanza: which commands, in which order, with which values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/debian.h"
#include "cli/sample.h"
#include "cli/stanza.h"
#include "model/schema.h"

/* ---- a sink that writes commands as text: `model|field=value|field=NULL\n` ---- */

typedef struct record {
    nr_arena arena;
    nr_buf text;
    nr_debian_counts counts;
    size_t stop_after; /* entities; 0: never */
    size_t n, last_at;
} record;

static bool take(void *ctx, const nr_entity *e)
{
    record *r = ctx;
    assert_true(e->n_args >= 4 && e->n_args % 2 == 0);
    assert_true(nr_slice_is(e->args[0], "NONREL.SAVE"));
    assert_true(nr_slice_is(e->args[1], e->model));
    assert_true(nr_slice_eq(e->args[3], e->pk));
    assert_true(e->at >= r->last_at);
    r->last_at = e->at;
    nr_buf_printf(&r->text, "%s", e->model);
    for (size_t i = 2; i < e->n_args; i += 2) {
        bool null = nr_slice_is(e->args[i], "NULL");
        nr_buf_byte(&r->text, '|');
        nr_buf_add(&r->text, e->args[i + null]);
        nr_buf_byte(&r->text, '=');
        nr_buf_add(&r->text, null ? e->args[i] : e->args[i + 1]);
    }
    nr_buf_byte(&r->text, '\n');
    return ++r->n != r->stop_after;
}

static bool record_read(record *r, nr_slice catalogue)
{
    nr_arena_init(&r->arena, nr_env_libc());
    r->text = nr_buf_in(&r->arena);
    bool all = nr_debian_read(catalogue, &r->arena, take, r, &r->counts);
    nr_buf_byte(&r->text, 0);
    return all;
}

static bool record_has(const record *r, const char *part)
{
    return strstr(r->text.p, part) != NULL;
}

static void assert_has(const record *r, const char *part)
{
    if (!record_has(r, part)) fail_msg("no '%s' in:\n%s", part, r->text.p);
}

#define READ(r, lit) record_read((r), NR_S(lit))

/* ---- stanzas ---- */

static void assert_header(const nr_stanza *s, const char *name, const char *value)
{
    nr_slice got = nr_stanza_get(s, name);
    assert_non_null(got.p);
    if (!nr_slice_is(got, value)) fail_msg("%s: '%.*s' is not '%s'", name, NR_FMT(got), value);
}

static void a_stanza_ends_at_an_empty_line_or_at_the_end(void **state)
{
    (void)state;
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_slice rest = NR_S("\n\nA: 1\nB:  two words \n\n\n\nA: 3");
    nr_stanza s;
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_int_equal(s.headers.n, 2);
    assert_header(&s, "a", "1");
    assert_header(&s, "B", "two words");
    assert_null(nr_stanza_get(&s, "C").p);
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_int_equal(s.headers.n, 1);
    assert_header(&s, "A", "3");
    assert_false(nr_stanza_next(&rest, &a, &s));
    assert_false(nr_stanza_next(&rest, &a, &s));
    nr_arena_clear(&a);
}

static void continuation_lines_belong_to_the_header_above(void **state)
{
    (void)state;
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_slice rest = NR_S("Tag: one,\n two: 2\n\tthree\nB:\n only below\n \nC: \n\n");
    nr_stanza s;
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_int_equal(s.headers.n, 3);
    assert_header(&s, "Tag", "one,\n two: 2\n\tthree");
    assert_header(&s, "B", "only below");
    assert_header(&s, "C", "");
    nr_arena_clear(&a);
}

static void windows_line_ends_are_line_ends(void **state)
{
    (void)state;
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_slice rest = NR_S("A: 1\r\nB: 2\r\n\r\nA: 3\r\n");
    nr_stanza s;
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_header(&s, "A", "1");
    assert_header(&s, "B", "2");
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_header(&s, "A", "3");
    assert_false(nr_stanza_next(&rest, &a, &s));
    nr_arena_clear(&a);
}

static void a_line_of_no_known_form_is_counted_and_spoils_nothing(void **state)
{
    (void)state;
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_slice rest = NR_S(" no header yet\nA: 1\nnonsense\n of it\n: x\nB: 2\n");
    nr_stanza s;
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_int_equal(s.bad_lines, 4);
    assert_header(&s, "A", "1");
    assert_header(&s, "B", "2");
    nr_arena_clear(&a);
}

static void of_a_header_that_comes_twice_the_first_counts(void **state)
{
    (void)state;
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_slice rest = NR_S("A: 1\nA: 2\n");
    nr_stanza s;
    assert_true(nr_stanza_next(&rest, &a, &s));
    assert_header(&s, "A", "1");
    nr_arena_clear(&a);
}

/* ---- maintainers ---- */

static void a_maintainer_is_known_by_address_or_else_by_all_of_the_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *name;
    } cases[] = {
        {"Ada Example <ada@x.example>", "ada@x.example", "Ada Example"},
        {"  Ada  <ada@x.example>, ", "ada@x.example", "Ada"},
        {"\"Example, Ada\" <ada@x.example>", "ada@x.example", "Example, Ada"},
        {"A <a@x>, B <b@x>", "a@x", "A"},
        {"<ada@x.example>", "ada@x.example", NULL},
        {"ada@x.example", "ada@x.example", "ada@x.example"},
        {"The Team", "The Team", "The Team"},
        {"Ada <>", "Ada <>", "Ada <>"},
        {"Ada < >", "Ada < >", "Ada < >"},
        {"Ada <ada", "Ada <ada", "Ada <ada"},
        {"Ada > <", "Ada > <", "Ada > <"},
        {"\"", "\"", "\""},
        {"", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nr_slice key, name;
        nr_debian_maintainer(nr_slice_of(cases[i].text), &key, &name);
        assert_true(nr_slice_is(key, cases[i].key));
        assert_int_equal(name.p != NULL, cases[i].name != NULL);
        if (name.p) assert_true(nr_slice_is(name, cases[i].name));
    }
}

/* ---- entities ---- */

static void a_full_stanza_fills_every_field(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: hello\nVersion: 1:2.0-1\nSource: greetings (1:2.0)\nInstalled-Size: 280\nMaintainer: Ada <ada@x>\n"
                         "Architecture: amd64\nEssential: yes\nDescription: says hello\n First line\n  indented\n .\n last\n"
                         "Homepage: https://h.example/\nSection: contrib/misc\nPriority: optional\nMulti-Arch: foreign\nSize: 53000\n"));
    assert_string_equal(r.text.p,
                        "debian.Section|name=contrib/misc|area=contrib\n"
                        "debian.Maintainer|email=ada@x|name=Ada\n"
                        "debian.Package|name=hello|version=1:2.0-1|architecture=amd64|section=contrib/misc|maintainer=ada@x|priority=optional"
                        "|installed_size=280|size=53000|homepage=https://h.example/|summary=says hello"
                        "|description=First line\n indented\n\nlast|essential=1|multi_arch=foreign|source=greetings\n");
    assert_int_equal(r.counts.stanzas, 1);
    assert_int_equal(r.counts.packages, 1);
    nr_arena_clear(&r.arena);
}

static void what_a_stanza_lacks_is_set_to_null(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: bare\nHomepage:\nSection:  \nMaintainer:\nDescription:\n"));
    assert_string_equal(r.text.p, "debian.Package|name=bare|version=NULL|architecture=NULL|section=NULL|maintainer=NULL|priority=NULL"
                                  "|installed_size=NULL|size=NULL|homepage=NULL|summary=NULL|description=NULL|essential=0|multi_arch=NULL"
                                  "|source=NULL\n");
    nr_arena_clear(&r.arena);
}

static void a_section_and_a_maintainer_are_sent_once_before_their_first_package(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: a\nSection: net\nMaintainer: X <m@x>\n\nPackage: b\nSection: net\nMaintainer: Y <m@x>\n\n"
                         "Package: c\nSection: web\nMaintainer: <n@x>\n"));
    assert_int_equal(r.counts.sections, 2);
    assert_int_equal(r.counts.maintainers, 2);
    assert_int_equal(r.counts.packages, 3);
    assert_int_equal(r.n, 7);
    assert_has(&r, "debian.Section|name=net|area=main\ndebian.Maintainer|email=m@x|name=X\ndebian.Package|name=a|");
    assert_has(&r, "debian.Section|name=web|area=main\ndebian.Maintainer|email=n@x|name=NULL\ndebian.Package|name=c|");
    nr_arena_clear(&r.arena);
}

static void of_several_versions_the_first_stands_and_the_others_are_counted(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: a\nVersion: 2\n\nPackage: b\n\nPackage: a\nVersion: 1\nSection: old\n\nPackage: a\nVersion: 3\n"));
    assert_int_equal(r.counts.stanzas, 4);
    assert_int_equal(r.counts.packages, 2);
    assert_int_equal(r.counts.duplicates, 2);
    assert_has(&r, "name=a|version=2|");
    assert_false(record_has(&r, "version=1"));
    assert_false(record_has(&r, "version=3"));
    assert_false(record_has(&r, "old"));
    nr_arena_clear(&r.arena);
}

static void a_stanza_without_a_name_is_counted_and_one_of_another_kind_is_not(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package:\nVersion: 1\n\nOrigin: somewhere\n\nPackage: a\nnonsense\n"));
    assert_int_equal(r.counts.stanzas, 2);
    assert_int_equal(r.counts.nameless, 1);
    assert_int_equal(r.counts.packages, 1);
    assert_int_equal(r.counts.bad_lines, 1);
    nr_arena_clear(&r.arena);
}

static void bytes_that_are_not_utf8_are_replaced_and_counted(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: a\nDescription: caf\xE9 caf\xC3\xA9\n \xFF\xC3\nMaintainer: J\xF6rg <j@x>\n"));
    assert_int_equal(r.counts.bad_bytes, 4);
    assert_has(&r, "summary=caf\xEF\xBF\xBD caf\xC3\xA9|description=\xEF\xBF\xBD\xEF\xBF\xBD|");
    assert_has(&r, "email=j@x|name=J\xEF\xBF\xBDrg\n");
    assert_true(nr_utf8_valid((nr_slice){r.text.p, r.text.n}));
    nr_arena_clear(&r.arena);
}

static void a_size_that_is_no_number_is_left_out_and_counted(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: a\nInstalled-Size: 12 kB\nSize: -1\n\nPackage: b\nSize: 9999999999999999999\nInstalled-Size: 007\n"));
    assert_int_equal(r.counts.bad_numbers, 3);
    assert_has(&r, "name=a|version=NULL|architecture=NULL|section=NULL|maintainer=NULL|priority=NULL|installed_size=NULL|size=NULL|");
    assert_has(&r, "installed_size=007|size=NULL|");
    nr_arena_clear(&r.arena);
}

static void a_short_value_over_two_lines_becomes_one(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, "Package: a\nMaintainer: Ada\n Example\n <ada@x>\nHomepage: one\n two\n"));
    assert_has(&r, "email=ada@x|name=Ada Example\n");
    assert_has(&r, "homepage=one two|");
    nr_arena_clear(&r.arena);
}

static void a_sink_that_refuses_stops_the_reading(void **state)
{
    (void)state;
    record r = {.stop_after = 2};
    assert_false(READ(&r, "Package: a\nSection: s\n\nPackage: b\n"));
    assert_int_equal(r.n, 2);
    nr_arena_clear(&r.arena);
}

static void an_empty_catalogue_has_nothing(void **state)
{
    (void)state;
    record r = {0};
    assert_true(READ(&r, ""));
    assert_int_equal(r.n, 0);
    assert_int_equal(r.counts.stanzas, 0);
    nr_arena_clear(&r.arena);
}

static void every_cut_of_a_catalogue_is_read_without_harm(void **state)
{
    (void)state;
    static const char text[] = "Package: a\r\nDescription: x\n .\n \n y\nMaintainer: A <a@x>\n\nPackage: b\nTag:\n t\nSource: s (1)\nz\n\n";
    for (size_t n = 0; n < sizeof text; n++) {
        record r = {0};
        char *exact = malloc(n ? n : 1); /* so that a byte too far is seen by the sanitizer */
        memcpy(exact, text, n);
        assert_true(record_read(&r, (nr_slice){exact, n}));
        assert_int_equal(r.counts.packages + r.counts.nameless + r.counts.duplicates, r.counts.stanzas);
        nr_arena_clear(&r.arena);
        free(exact);
    }
}

static void the_sample_is_a_good_catalogue(void **state)
{
    (void)state;
    record r = {0};
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    assert_true(record_read(&r, nr_sample_catalogue(&a)));
    assert_true(r.counts.packages >= 60);
    assert_int_equal(r.counts.packages, r.counts.stanzas);
    assert_int_equal(r.counts.bad_lines + r.counts.bad_bytes + r.counts.bad_numbers, 0);
    assert_has(&r, "debian.Package|name=bash|version=5.2.15-2|");
    assert_has(&r, "|description=It reads commands from a terminal or a file and runs them.\n\nLoops");
    assert_has(&r, "debian.Section|name=non-free/utils|area=non-free\n");
    assert_has(&r, "name=Network, Mail and Web Team\n");
    nr_arena_clear(&a);
    nr_arena_clear(&r.arena);
}

/* ---- the definitions ---- */

enum { MODELS = 3 };

typedef struct models {
    nr_arena arena;
    nr_schema *at[MODELS];
    size_t values;
} models;

static const nr_schema *model_find(const models *m, nr_slice name)
{
    for (size_t i = 0; i < MODELS; i++)
        if (m->at[i] && nr_slice_eq(m->at[i]->name, name)) return m->at[i];
    return NULL;
}

static const nr_schema *find_parsed(void *ctx, nr_slice name)
{
    return model_find(ctx, name);
}

static const nr_schema *no_parent(void *ctx, nr_slice name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

static void models_parse(models *m)
{
    nr_arena_init(&m->arena, nr_env_libc());
    for (size_t i = 0; i < MODELS; i++) {
        const nr_definition *d = &nr_debian_models[i];
        nr_err err = {0};
        m->at[i] = nr_schema_parse(nr_slice_of(d->model), nr_slice_of(d->json), no_parent, NULL, &m->arena, &err);
        if (!m->at[i] || !nr_schema_resolve(m->at[i], find_parsed, m, &err)) fail_msg("%s: %s", d->model, err.msg);
        assert_true(m->at[i]->resolved);
    }
    assert_null(nr_debian_models[MODELS].model);
}

/* Holds every field of an entity to its model, as the server would. */
static bool judge(void *ctx, const nr_entity *e)
{
    models *m = ctx;
    const nr_schema *s = model_find(m, nr_slice_of(e->model));
    assert_non_null(s);
    for (size_t i = 2; i < e->n_args; i += 2) {
        bool null = nr_slice_is(e->args[i], "NULL");
        const nr_field *f = nr_schema_field(s, e->args[i + null]);
        nr_value v;
        nr_err err = {0};
        if (!f) fail_msg("%s has no such field", e->model);
        else if (null) assert_true(f->null);
        else if (!nr_field_read(f, e->args[i + 1], &m->arena, &v, &err)) fail_msg("%s", err.msg);
        m->values++;
    }
    assert_int_equal((e->n_args - 2) / 2, s->n_fields);
    return true;
}

static void each_definition_is_good_and_refers_only_to_those_before_it(void **state)
{
    (void)state;
    models m = {0};
    models_parse(&m);
    nr_arena_clear(&m.arena);
}

static void every_entity_gives_all_fields_of_its_model_good_values(void **state)
{
    (void)state;
    models m = {0};
    nr_debian_counts counts;
    models_parse(&m);
    assert_true(nr_debian_read(nr_sample_catalogue(&m.arena), &m.arena, judge, &m, &counts));
    assert_true(nr_debian_read(NR_S("Package: bare\n\nPackage: \xFF\nMaintainer: <\xFE>\nSection: /\nSize: x\n"), &m.arena, judge, &m, &counts));
    assert_true(m.values > 14 * 60);
    nr_arena_clear(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stanza_ends_at_an_empty_line_or_at_the_end),
        cmocka_unit_test(continuation_lines_belong_to_the_header_above),
        cmocka_unit_test(windows_line_ends_are_line_ends),
        cmocka_unit_test(a_line_of_no_known_form_is_counted_and_spoils_nothing),
        cmocka_unit_test(of_a_header_that_comes_twice_the_first_counts),
        cmocka_unit_test(a_maintainer_is_known_by_address_or_else_by_all_of_the_text),
        cmocka_unit_test(a_full_stanza_fills_every_field),
        cmocka_unit_test(what_a_stanza_lacks_is_set_to_null),
        cmocka_unit_test(a_section_and_a_maintainer_are_sent_once_before_their_first_package),
        cmocka_unit_test(of_several_versions_the_first_stands_and_the_others_are_counted),
        cmocka_unit_test(a_stanza_without_a_name_is_counted_and_one_of_another_kind_is_not),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced_and_counted),
        cmocka_unit_test(a_size_that_is_no_number_is_left_out_and_counted),
        cmocka_unit_test(a_short_value_over_two_lines_becomes_one),
        cmocka_unit_test(a_sink_that_refuses_stops_the_reading),
        cmocka_unit_test(an_empty_catalogue_has_nothing),
        cmocka_unit_test(every_cut_of_a_catalogue_is_read_without_harm),
        cmocka_unit_test(the_sample_is_a_good_catalogue),
        cmocka_unit_test(each_definition_is_good_and_refers_only_to_those_before_it),
        cmocka_unit_test(every_entity_gives_all_fields_of_its_model_good_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
