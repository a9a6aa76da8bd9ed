/* t_container.c -- values that hold others: what is taken, the canonical text, order and identity, and reading without a tree. */
#include <stdlib.h>

#include "type_check.h"
#include "types/container.h"
#include "types/json.h"
#include "types/number.h"

static nr_part part(const char *type)
{
    return (nr_part){.name = NR_S(""), .spec = spec_of(type), .default_value = NR_NULL};
}

/* A list, set or dict of a part. */
static nr_spec container_of(const char *type, nr_part of)
{
    nr_spec spec = spec_of(type);
    nr_shape *shape = NR_NEW(&arena, nr_shape);
    nr_part *copy = NR_NEW(&arena, nr_part);
    *copy = of;
    shape->of = copy;
    spec.shape = shape;
    return spec;
}

/* city, not NULL; zip, int; lines, list of char; home, bool with default true. */
static nr_spec address(void)
{
    static const uint16_t by_name[] = {0, 3, 2, 1};
    nr_spec spec = spec_of("embedded");
    nr_part *members = NR_NEW_N(&arena, nr_part, 4);
    nr_shape *shape = NR_NEW(&arena, nr_shape);
    members[0] = (nr_part){.name = NR_S("city"), .spec = spec_of("char"), .default_value = NR_NULL};
    members[1] = (nr_part){.name = NR_S("zip"), .spec = spec_of("int"), .null = true, .default_value = NR_NULL};
    members[2] = (nr_part){.name = NR_S("lines"), .spec = container_of("list", part("char")), .null = true, .default_value = NR_NULL};
    members[3] = (nr_part){.name = NR_S("home"), .spec = spec_of("bool"), .has_default = true, .default_value = {.kind = NR_V_INT, .i = 1}};
    *shape = (nr_shape){.members = members, .by_name = by_name, .n = 4};
    spec.shape = shape;
    return spec;
}

/* ' for " */
static nr_slice quoted(const char *text)
{
    nr_slice s = nr_arena_copy(&arena, nr_slice_of(text));
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\'') ((char *)s.p)[i] = '"';
    return s;
}

static void assert_becomes(nr_spec spec, const char *text, const char *canonical)
{
    assert_good(spec, quoted(text).p, quoted(canonical).p);
}

static void assert_refused(nr_spec spec, const char *text, const char *where, const char *got, const char *expected)
{
    nr_operand op;
    nr_fault fault = {0};
    if (nr_container_read(&spec, quoted(text), true, &arena, &op, &fault)) fail_msg("%s: took %s", spec.type->name, text);
    assert_text(fault.where, nr_slice_of(where), nr_slice_of(text));
    if (got) assert_string_equal(fault.got ? fault.got : "the text", got);
    if (!strstr(fault.expected, expected)) fail_msg("%s: expected '%s', not '%s'", text, fault.expected, expected);
}

/* -- free JSON --------------------------------------------------------------------------------------------------------------------------- */

static void free_json_is_compact_with_numbers_as_written_and_sorted_keys(void **state)
{
    (void)state;
    nr_spec json = spec_of("json");
    assert_becomes(json, " { 'b' : [ 1.0 , 1e5,-0 ] ,\n'a':null } ", "{'a':null,'b':[1.0,1e5,-0]}");
    assert_becomes(json, "null", "null");
    assert_becomes(json, "  'x'\t", "'x'");
    assert_becomes(json, "1e2", "1e2");
    assert_becomes(json, "99999999999999999999.990", "99999999999999999999.990");
    assert_becomes(json, "'\\u0041\\/\\u00e4\\ud83d\\ude00\\u000a\\u001F\\u0000'", "'A/\xc3\xa4\xf0\x9f\x98\x80\\n\\u001f\\u0000'");
    assert_becomes(json, "{'\\n':1,'!':2,'':3}", "{'':3,'\\n':1,'!':2}");
    assert_becomes(json, "[[],{},[{}]]", "[[],{},[{}]]");
    assert_becomes(json, "{'b':{'d':1,'c':2},'a':[{'z':1,'y':2}]}", "{'a':[{'y':2,'z':1}],'b':{'c':2,'d':1}}");
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "x",
        "nul",
        "nulll",
        "True",
        "[",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{'a'}",
        "{'a':}",
        "{'a':1,}",
        "{a:1}",
        "{1:2}",
        "'",
        "'\\x'",
        "'\\u12'",
        "'\\ud800'",
        "'\\udc00'",
        "'\\ud800\\u0041'",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "--1",
        "NaN",
        "Infinity",
        "1 2",
        "[] []",
        "'a\nb'",
        "{'a':1,'a':2}",
        "{'a':1,'\\u0061':2}",
        "{'\\u0000':1}",
        "'\xff'",
        "\xc3",
        "[1}",
        "{'a':1]",
        "1x",
        "-",
        "tru",
        "[true false]",
        "1e99999999999999999999",
        "0e99999999999999999999",
    };
    nr_spec json = spec_of("json");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_no_syntax(json, quoted(bad[i]));
    assert_no_syntax(json, (nr_slice){"[1]\0", 4});
}

/* The scanner and jansson agree on what is JSON, but for exponents beyond all measure. */
static void mutated_json_is_taken_just_when_the_parser_takes_it(void **state)
{
    (void)state;
    static const char *const seeds[] = {"{'a':[1,2.5e-3,true,false,null],'b\\n':{'c':'\\u00e4\\ud83d\\ude00','d':''}}", "[[[]],{'x':-0.0}]",
                                        "'\\\\\\''", "-12.5E+3"};
    static const char alphabet[] = "\"\\{}[]:,0123456789.eE+-tfn aul\xc3\xa4\n";
    nr_spec json = spec_of("json");
    uint64_t seed = 11;
    nr_mark mark = nr_arena_mark(&arena);
    size_t taken = 0;
    for (int i = 0; i < 100000; i++) {
        nr_slice from = quoted(seeds[i % 4]);
        char *text = malloc(from.n);
        memcpy(text, from.p, from.n);
        for (int k = 0; k < 1 + i % 3; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[(seed >> 33) % from.n] = alphabet[(seed >> 13) % (sizeof alphabet - 1)];
        }
        nr_err err = {.code = NR_OK};
        nr_operand op;
        nr_slice s = {text, from.n};
        bool parsed = nr_json_parse(s, s.n, &arena, &err) != NULL, read = json.type->parse(&json, s, &arena, &op);
        if (parsed != read) fail_msg("'%.*s' is %s JSON to the parser", NR_FMT(s), parsed ? "good" : "no");
        taken += read;
        free(text);
        nr_arena_rewind(&arena, mark);
    }
    assert_true(taken > 1000);
}

static void nesting_size_and_number_of_elements_are_bounded(void **state)
{
    (void)state;
    nr_spec json = spec_of("json");
    nr_fault fault;
    nr_operand op;
    char *deep = repeat('[', NR_JSON_DEPTH, repeat(']', NR_JSON_DEPTH, ""));
    assert_same(json, deep);
    nr_slice deeper = nr_slice_of(repeat('[', NR_JSON_DEPTH + 1, repeat(']', NR_JSON_DEPTH + 1, "")));
    assert_false(nr_container_read(&json, deeper, true, &arena, &op, &fault));
    assert_int_equal(fault.code, NR_E_LIMIT);
    char *flood = repeat('[', 100000, "");
    assert_false(nr_container_read(&json, nr_slice_of(flood), true, &arena, &op, &fault));
    assert_int_equal(fault.code, NR_E_LIMIT);
    nr_buf many = nr_buf_in(&arena);
    nr_buf_byte(&many, '[');
    for (int i = 0; i < NR_CONTAINER_ITEMS; i++) nr_buf_add(&many, NR_S("1,"));
    nr_buf_add(&many, NR_S("1]"));
    assert_false(nr_container_read(&json, nr_buf_slice(&many), true, &arena, &op, &fault));
    assert_int_equal(fault.code, NR_E_LIMIT);
    char *big = repeat('"', 1, repeat('x', NR_CONTAINER_BYTES - 2, "\""));
    assert_true(nr_container_read(&json, nr_slice_of(big), true, &arena, &op, &fault));
    assert_ptr_equal(op.v.s.p, big);
    big = repeat('"', 1, repeat('x', NR_CONTAINER_BYTES - 1, "\""));
    assert_false(nr_container_read(&json, nr_slice_of(big), true, &arena, &op, &fault));
    assert_int_equal(fault.code, NR_E_LIMIT);
}

/* -- typed elements ---------------------------------------------------------------------------------------------------------------------- */

static void elements_are_written_as_their_type_writes(void **state)
{
    (void)state;
    assert_becomes(container_of("list", part("int")), "['007', 3, -0]", "[7,3,0]");
    assert_becomes(container_of("list", part("float")), "['1.50', 1e21, 1e20]", "[1.5,1e+21,100000000000000000000]");
    assert_becomes(container_of("list", part("decimal")), "[1, '2.5', -0.0]", "['1.00','2.50','0.00']");
    assert_becomes(container_of("list", part("bool")), "[true, 'FALSE', 1, '0']", "[true,false,true,false]");
    assert_becomes(container_of("list", part("char")), "['a', 5, 1.50, '']", "['a','5','1.50','']");
    assert_becomes(container_of("list", part("blob")), "['/w==', '']", "['/w==','']");
    assert_becomes(container_of("list", part("date")), "['2026-11-22']", "['2026-11-22']");
    assert_becomes(container_of("list", part("datetime")), "['2026-11-22T01:00+01:00']", "['2026-11-22T00:00:00Z']");
    assert_becomes(container_of("list", part("uuid")), "['123E4567E89B12D3A456426614174000']", "['123e4567-e89b-12d3-a456-426614174000']");
    assert_becomes(container_of("list", part("json")), "[null, {'b':1,'a':[ ]}]", "[null,{'a':[],'b':1}]");
    assert_becomes(container_of("dict", part("int")), "{'b':'2','a':1}", "{'a':1,'b':2}");
    assert_becomes(container_of("list", (nr_part){.spec = container_of("set", part("int"))}), "[[2,1,2],[]]", "[[1,2],[]]");
    assert_becomes(container_of("dict", (nr_part){.spec = address()}), "{'x':{'zip':'1','city':'B','home':0}}",
                   "{'x':{'city':'B','home':false,'zip':1}}");
}

static void an_element_that_is_wrong_is_named_with_what_was_expected(void **state)
{
    (void)state;
    nr_spec ints = container_of("list", part("int")), nested = container_of("dict", (nr_part){.spec = ints});
    assert_refused(ints, "[1,2,'x']", "item 2", "'x'", "an integer from");
    assert_refused(ints, "[1,[2]]", "item 1", "a JSON array", "an integer from");
    assert_refused(ints, "[true]", "item 0", "a JSON boolean", "an integer from");
    assert_refused(ints, "[null]", "item 0", "null", "an integer from");
    assert_refused(ints, "[9223372036854775808]", "item 0", "'9223372036854775808'", "an integer from");
    assert_refused(ints, "{}", "", "a JSON object", "a JSON array");
    assert_refused(ints, "5", "", "a JSON number", "a JSON array");
    assert_refused(ints, "null", "", "null", "a JSON array");
    assert_refused(ints, "Hinata", "", NULL, "a JSON array");
    assert_refused(ints, "[1,", "", "the text", "a JSON array (JSON, line 1, column 4");
    assert_refused(nested, "{'a':[],'b':[1,2.5]}", "key 'b', item 1", "'2.5'", "an integer from");
    assert_refused(nested, "{'a':[],'b':3}", "key 'b'", "a JSON number", "a JSON array");
    assert_refused(container_of("list", part("decimal")), "['1.005']", "item 0", "'1.005'", "at most 3 digits before the point and 2 behind it");
    assert_refused(container_of("list", part("smallint")), "[40000]", "item 0", "'40000'", "-32768");
    assert_refused(container_of("list", part("blob")), "['?']", "item 0", "'?'", "a string in base64");
    assert_refused(container_of("list", part("blob")), "[1]", "item 0", "a JSON number", "a string in base64");
    assert_refused(spec_of("dict"), "{'a':1,'b':2,'a':3}", "", "'a'", "each key once");
    assert_refused(spec_of("dict"), "[]", "", "a JSON array", "a JSON object");
}

static void null_elements_are_for_those_that_may_be_null(void **state)
{
    (void)state;
    nr_part of = part("int");
    of.null = true;
    assert_becomes(container_of("list", of), "[null,1]", "[null,1]");
    assert_becomes(container_of("set", of), "[1,null,1,null]", "[null,1]");
    assert_becomes(spec_of("list"), "[null]", "[null]");
    assert_becomes(spec_of("dict"), "{'a':null}", "{'a':null}");
}

/* An operand need not be a value that could be stored: then nothing is equal to it. */
static void an_operand_with_an_element_out_of_range_has_a_side(void **state)
{
    (void)state;
    nr_spec ints = container_of("list", part("smallint"));
    nr_operand op;
    assert_true(ints.type->parse(&ints, NR_S("[1,99999]"), &arena, &op));
    assert_int_equal(op.side, 1);
    assert_true(ints.type->parse(&ints, NR_S("[1, 9]"), &arena, &op));
    assert_int_equal(op.side, 0);
    assert_false(ints.type->parse(&ints, NR_S("[1,\"a\"]"), &arena, &op));
}

/* -- sets -------------------------------------------------------------------------------------------------------------------------------- */

static void a_set_has_its_elements_in_order_and_once(void **state)
{
    (void)state;
    assert_becomes(container_of("set", part("int")), "['1','2','3','2','1']", "[1,2,3]");
    assert_becomes(container_of("set", part("int")), "[]", "[]");
    assert_becomes(container_of("set", part("int")), "[10,9,-1]", "[-1,9,10]");
    assert_becomes(container_of("set", part("decimal")), "[10,'9.5',-10,-9.50,9.5]", "['-10.00','-9.50','9.50','10.00']");
    assert_becomes(container_of("set", part("char")), "['b','\\n','B','b','\xc3\xa9','!']", "['\\n','!','B','b','\xc3\xa9']");
    assert_becomes(container_of("set", part("bool")), "[true,false,1]", "[false,true]");
    assert_becomes(container_of("set", part("blob")), "['/w==','AA==','/w==']", "['AA==','/w==']");
    assert_becomes(container_of("set", (nr_part){.spec = container_of("list", part("int"))}), "[[2],[1, 1],[2],[1]]", "[[1,1],[1],[2]]");
}

/* Free elements are told apart as lookups do: 1, 1.0 and 1e0 are one number; the shortest text stays, however they come. */
static void free_elements_of_a_set_are_told_apart_by_value(void **state)
{
    (void)state;
    nr_spec set = spec_of("set");
    assert_becomes(set, "[1.0,1,1e0,10,9,'1',null,true,false,[1],{'a':1}]", "[null,false,true,1,9,10,'1',[1],{'a':1}]");
    assert_becomes(set, "[1e0,1,1.0]", "[1]");
    assert_becomes(container_of("set", part("json")), "[10,9.0,9,null,1e1]", "[null,9,10]");
    assert_becomes(set, "['b','\\u0062','a']", "['a','b']");
    assert_becomes(set, "['\\n','!']", "['\\n','!']");
    assert_becomes(set, "[-0,0.0]", "[-0]");
}

/* -- embedded entities ------------------------------------------------------------------------------------------------------------------- */

static void a_write_fills_in_defaults_and_leaves_out_nulls(void **state)
{
    (void)state;
    nr_spec spec = address();
    nr_operand op;
    nr_fault fault;
    assert_true(nr_container_read(&spec, quoted("{'zip':null,'city':'B'}"), true, &arena, &op, &fault));
    assert_text(op.v.s, quoted("{'city':'B','home':true}"), NR_S("the default"));
    assert_true(nr_container_read(&spec, quoted("{'city':'B','home':false,'lines':['x']}"), true, &arena, &op, &fault));
    assert_text(op.v.s, quoted("{'city':'B','home':false,'lines':['x']}"), NR_S("no default"));
    assert_refused(spec, "{'zip':1}", "", "no 'city'", "cannot be NULL");
    assert_refused(spec, "{'city':null}", "key 'city'", "null", "text");
    assert_refused(spec, "{'city':'B','town':1}", "", "the key 'town'", "one of its fields: city, zip, lines, home");
    assert_refused(spec, "{'city':'B','city':'C'}", "", "'city'", "each key once");
    assert_refused(spec, "{'city':'B','zip':null,'zip':1}", "", "'zip'", "each key once");
    assert_refused(spec, "{'city':'B','lines':['x',null]}", "key 'lines', item 1", "null", "text");
}

/* What is stored is not held to what a write is. */
static void a_stored_entity_may_lack_members(void **state)
{
    (void)state;
    assert_becomes(address(), "{ 'zip' : 1 }", "{'zip':1}");
    assert_becomes(address(), "{}", "{}");
    assert_no_syntax(address(), quoted("{'city':null}"));
    assert_no_syntax(address(), quoted("{'town':1}"));
}

/* -- reading ------------------------------------------------------------------------------------------------------------------------------ */

static nr_place find(nr_spec spec, const char *text, const char *a, const char *b, const char *c)
{
    nr_slice path[3];
    size_t n = 0;
    const char *const steps[] = {a, b, c};
    for (; n < 3 && steps[n]; n++) path[n] = nr_slice_of(steps[n]);
    return nr_container_find(&spec, quoted(text), path, n, &arena);
}

static void paths_lead_to_typed_and_to_free_values(void **state)
{
    (void)state;
    nr_spec json = spec_of("json"), lists = container_of("dict", (nr_part){.spec = container_of("list", part("int"))});
    const char *doc = "{'':0,'a':{'b':[1,{'c':null}],'d':'x'},'e\\n':1.0}";
    assert_true(find(json, doc, "a", "d", NULL).doc.kind == NR_J_STRING);
    assert_text(find(json, doc, "a", "b", "0").doc.text, NR_S("1"), NR_S("a b 0"));
    assert_text(find(json, doc, "", NULL, NULL).doc.text, NR_S("0"), NR_S("the empty key"));
    assert_text(find(json, doc, "e\n", NULL, NULL).doc.text, NR_S("1.0"), NR_S("an escaped key"));
    assert_false(find(json, doc, "a", "b", "2").there);
    assert_false(find(json, doc, "a", "b", "00").there);
    assert_false(find(json, doc, "a", "b", "-1").there);
    assert_false(find(json, doc, "a", "d", "0").there);
    assert_false(find(json, doc, "A", NULL, NULL).there);
    assert_false(find(json, "[1]", "99999999999", NULL, NULL).there);
    nr_place null = find(json, "[null]", "0", NULL, NULL);
    assert_true(null.there && !null.spec && null.doc.kind == NR_J_NULL);
    nr_place typed = find(lists, "{'x':[4,5]}", "x", "1", NULL);
    assert_true(typed.there && typed.spec && typed.value.kind == NR_V_INT && typed.value.i == 5);
    assert_false(find(lists, "{'x':[4,5]}", "y", NULL, NULL).there);
    nr_place city = find(address(), "{'city':'B'}", "city", NULL, NULL), zip = find(address(), "{'city':'B'}", "zip", NULL, NULL);
    assert_text(city.value.s, NR_S("B"), NR_S("city"));
    assert_true(zip.there && zip.value.kind == NR_V_NULL);
    assert_false(find(address(), "{'city':'B'}", "town", NULL, NULL).there);
}

static void items_come_in_order_with_their_types(void **state)
{
    (void)state;
    nr_spec chars = container_of("list", part("char")), blobs = container_of("set", part("blob"));
    nr_place p;
    nr_items it = nr_items_in(&chars, quoted("['a','\\n','']"), &arena);
    static const char *const want[] = {"a", "\n", ""};
    for (int i = 0; i < 3; i++) {
        assert_true(nr_items_next(&it, &p));
        assert_text(p.value.s, nr_slice_of(want[i]), NR_S("an item"));
    }
    assert_false(nr_items_next(&it, &p));
    it = nr_items_in(&blobs, quoted("['AP8=']"), &arena);
    assert_true(nr_items_next(&it, &p));
    assert_text(p.value.s, (nr_slice){"\0\xff", 2}, NR_S("a blob"));
    assert_int_equal(nr_container_count(quoted("[]")), 0);
    assert_int_equal(nr_container_count(quoted("[[1,2],'a,b',{'c':[1,2]}]")), 3);
    assert_int_equal(nr_container_count(quoted("{'a':[1,2],'b':']'}")), 2);
    assert_int_equal(nr_container_count(NR_S("12")), 0);
}

static void members_come_in_the_order_of_the_definition(void **state)
{
    (void)state;
    nr_spec spec = address();
    const nr_place *m = nr_container_members(&spec, quoted("{'home':true,'zip':7}"), &arena);
    assert_int_equal(m[0].value.kind, NR_V_NULL);
    assert_true(m[1].value.i == 7 && m[3].value.i == 1);
    assert_int_equal(m[2].value.kind, NR_V_NULL);
}

static void numbers_compare_exactly_whatever_their_size(void **state)
{
    (void)state;
    static const char *const ascending[] = {"-1e1000000",
                                            "-10",
                                            "-9.5",
                                            "-1e-400",
                                            "0",
                                            "1e-999999",
                                            "0.1",
                                            "0.10000000000000000000001",
                                            "1",
                                            "9007199254740992",
                                            "9007199254740993",
                                            "99999999999999999999",
                                            "1e400",
                                            "1.0000000000000000000000000000000000001e400",
                                            "1e1000000"};
    static const char *const same[][2] = {{"1", "1.0"}, {"1", "1e0"}, {"100", "1e2"}, {"0", "-0.00e5"}, {"0.001", "1e-3"}, {"-12.50", "-125e-1"}};
    size_t n = sizeof ascending / sizeof *ascending;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            int c = nr_number_cmp(nr_slice_of(ascending[i]), nr_slice_of(ascending[k]));
            if ((c > 0) - (c < 0) != (i > k) - (i < k)) fail_msg("%s against %s gives %d", ascending[i], ascending[k], c);
        }
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) assert_int_equal(nr_number_cmp(nr_slice_of(same[i][0]), nr_slice_of(same[i][1])), 0);
}

static void values_of_different_kinds_are_unequal(void **state)
{
    (void)state;
    static const char *const ascending[] = {"null", "false", "true", "3", "'3'", "'4'", "[]", "{}"};
    size_t n = sizeof ascending / sizeof *ascending;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            int c = nr_doc_cmp(nr_doc_at(quoted(ascending[i])), nr_doc_at(quoted(ascending[k])), &arena);
            if ((c > 0) - (c < 0) != (i > k) - (i < k)) fail_msg("%s against %s gives %d", ascending[i], ascending[k], c);
        }
    assert_true(nr_doc_cmp(nr_doc_at(quoted("'\\n'")), nr_doc_at(quoted("'!'")), &arena) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_json_is_compact_with_numbers_as_written_and_sorted_keys),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(mutated_json_is_taken_just_when_the_parser_takes_it),
        cmocka_unit_test(nesting_size_and_number_of_elements_are_bounded),
        cmocka_unit_test(elements_are_written_as_their_type_writes),
        cmocka_unit_test(an_element_that_is_wrong_is_named_with_what_was_expected),
        cmocka_unit_test(null_elements_are_for_those_that_may_be_null),
        cmocka_unit_test(an_operand_with_an_element_out_of_range_has_a_side),
        cmocka_unit_test(a_set_has_its_elements_in_order_and_once),
        cmocka_unit_test(free_elements_of_a_set_are_told_apart_by_value),
        cmocka_unit_test(a_write_fills_in_defaults_and_leaves_out_nulls),
        cmocka_unit_test(a_stored_entity_may_lack_members),
        cmocka_unit_test(paths_lead_to_typed_and_to_free_values),
        cmocka_unit_test(items_come_in_order_with_their_types),
        cmocka_unit_test(members_come_in_the_order_of_the_definition),
        cmocka_unit_test(numbers_compare_exactly_whatever_their_size),
        cmocka_unit_test(values_of_different_kinds_are_unequal),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
