/* t_schema_containers.c -- definitions of fields that hold others: `of`, `fields`, and the fields of another model. */
#include "schema_world.h"
#include "types/container.h"

static const refusal refused[] = {
    {FIELD("'type': 'char', 'of': {'type': 'char'}"), NR_E_BADVALUE, "fields.x.of: a field of type 'char' does not take this option"},
    {FIELD("'type': 'list', 'of': 5"), NR_E_BADVALUE, "fields.x.of: expected an object of options such as {\"type\": \"char\"}, got number"},
    {FIELD("'type': 'list', 'of': {}"), NR_E_BADVALUE, "fields.x.of: a field needs \"type\""},
    {FIELD("'type': 'list', 'of': {'type': 'm2m', 'to': 'm'}"), NR_E_BADVALUE, "fields.x.of: the type 'm2m' is for fields of a model"},
    {FIELD("'type': 'list', 'of': {'type': 'char', 'max_length': 0}"), NR_E_BADVALUE, "fields.x.of.max_length: expected a whole number"},
    {FIELD("'type': 'list', 'of': {'type': 'list', 'of': {'type': 'decimal'}}"), NR_E_BADVALUE, "fields.x.of.of: a field of type 'decimal' needs"},
    {FIELD("'type': 'list', 'of': {'type': 'auto'}"), NR_E_BADVALUE, "fields.x.of: the type 'auto' is for the primary key"},
    {FIELD("'type': 'list', 'of': {'type': 'int', 'unique': true}"), NR_E_BADVALUE, "fields.x.of: what is inside a container takes no \"unique\""},
    {FIELD("'type': 'list', 'of': {'type': 'int', 'index': true}"), NR_E_BADVALUE, "fields.x.of: what is inside a container takes no \"index\""},
    {FIELD("'type': 'set', 'of': {'type': 'int', 'column': true}"), NR_E_BADVALUE, "fields.x.of: what is inside a container takes no \"column\""},
    {FIELD("'type': 'set', 'of': {'type': 'int', 'pk': true}"), NR_E_BADVALUE, "fields.x.of: what is inside a container takes no \"pk\""},
    {FIELD("'type': 'dict', 'of': {'type': 'int', 'default': 1}"), NR_E_BADVALUE, "fields.x.of: what is inside a container takes no \"default\""},
    {FIELD("'type': 'dict', 'of': {'type': 'date', 'auto_now': true}"), NR_E_BADVALUE, "fields.x.of: what is inside a container takes no \"auto_now\""},
    {FIELD("'type': 'embedded'"), NR_E_BADVALUE, "fields.x: a field of type 'embedded' needs \"to\", the name of a model, or \"fields\", and not both"},
    {FIELD("'type': 'embedded', 'to': 'a.B', 'fields': {'y': {'type': 'int'}}"), NR_E_BADVALUE, "and not both"},
    {FIELD("'type': 'embedded', 'fields': {}"), NR_E_BADVALUE, "fields.x.fields: expected at least one field"},
    {FIELD("'type': 'embedded', 'fields': {'y__z': {'type': 'int'}}"), NR_E_BADVALUE, "fields.x.fields: no field can be named 'y__z'"},
    {FIELD("'type': 'embedded', 'fields': {'y': {'type': 'char', 'min': 1}}"), NR_E_BADVALUE,
     "fields.x.fields.y.min: a field of type 'char' does not take this option"},
    {FIELD("'type': 'embedded', 'of': {'type': 'int'}"), NR_E_BADVALUE, "fields.x.of: a field of type 'embedded' does not take this option"},
    {FIELD("'type': 'json', 'of': {'type': 'int'}"), NR_E_BADVALUE, "fields.x.of: a field of type 'json' does not take this option"},
    {FIELD("'type': 'list', 'choices': ['[]']"), NR_E_BADVALUE, "fields.x.choices: a field of type 'list' does not take this option"},
    {FIELD("'type': 'list', 'max_length': 3"), NR_E_BADVALUE, "fields.x.max_length: a field of type 'list' does not take this option"},
    {FIELD("'type': 'dict', 'index': true"), NR_E_BADVALUE, "fields.x.index: a field of type 'dict' has no order"},
    {FIELD("'type': 'json', 'pk': true"), NR_E_BADVALUE, "a primary key is one value: it cannot be of type 'json'"},
};

static void bad_declarations_are_refused_with_path_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        world w = {0};
        if (parse(&w, "m", refused[i].text)) fail_msg("accepted: %s", refused[i].text);
        assert_int_equal(w.err.code, refused[i].code);
        assert_has(w.err.msg, refused[i].says);
        clear(&w);
    }
}

/* Values are read when the types are known. */
static const refusal unresolved[] = {
    {FIELD("'type': 'list', 'of': {'type': 'int'}, 'default': [1, 'a']"), NR_E_BADVALUE, "fields.x.default: field 'x': item 1 got 'a', expected an integer"},
    {FIELD("'type': 'list', 'of': {'type': 'int', 'min': 3, 'max': 2}"), NR_E_BADVALUE, "fields.x.of.min: is greater than max"},
    {FIELD("'type': 'list', 'of': {'type': 'int', 'choices': [1, 'b']}"), NR_E_BADVALUE, "fields.x.of.choices: field '' got 'b', expected an integer"},
    {FIELD("'type': 'embedded', 'fields': {'y': {'type': 'int', 'default': 'b'}}"), NR_E_BADVALUE, "fields.x.fields.y.default: field 'y' got 'b'"},
    {FIELD("'type': 'embedded', 'to': 'self'"), NR_E_BADVALUE, "fields.x: m cannot be inside itself"},
    {FIELD("'type': 'list', 'of': {'type': 'embedded', 'to': 'm'}"), NR_E_BADVALUE, "fields.x.of: m cannot be inside itself"},
};

static void bad_values_inside_are_found_when_the_types_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unresolved / sizeof *unresolved; i++) {
        world w = {0};
        nr_schema *s = parse(&w, "m", unresolved[i].text);
        if (!s) fail_msg("%s: %s", unresolved[i].text, w.err.msg);
        if (resolve(&w, s)) fail_msg("accepted: %s", unresolved[i].text);
        assert_int_equal(w.err.code, unresolved[i].code);
        assert_has(w.err.msg, unresolved[i].says);
        assert_null(s->fields[1].spec.type);
        clear(&w);
    }
}

/* An entity stands inside, or is referred to: what is dropped, and what is read again, goes by it. */
static void every_type_that_names_a_model_embeds_it_or_refers_to_it(void **state)
{
    (void)state;
    for (const nr_type *const *t = nr_types; *t; t++) {
        world w = {0};
        char text[100];
        bool embeds = strcmp((*t)->name, "embedded") == 0;
        if (!((*t)->flags & (NR_TF_RELATION | NR_TF_MEMBERS)) || (*t)->flags & NR_TF_MANY) continue; /* m2m is no field of an entity */
        snprintf(text, sizeof text, "{'fields': {'f': {'type': '%s', 'to': 'a.User'}}}", (*t)->name);
        nr_schema *s = parse(&w, "m", text);
        if (!s) fail_msg("%s: %s", text, w.err.msg);
        assert_slice(s->fields[1].name, "f");
        if (nr_field_embeds(&s->fields[1], NR_S("a.User")) != embeds) fail_msg("%s embeds, or not", (*t)->name);
        if (nr_field_refers(&s->fields[1], NR_S("a.User")) == embeds) fail_msg("%s refers, or not", (*t)->name);
        clear(&w);
    }
}

static void an_embedded_model_gives_its_fields(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "a.Base", "{'abstract': true, 'fields': {'zip': {'type': 'int', 'null': true}}}");
    define(&w, "a.User", "{'pk': 'k', 'fields': {'k': {'type': 'slug'}}}");
    define(&w, "a.Address",
           "{'extends': ['a.Base'], 'fields': {'city': {'type': 'char', 'unique': true, 'default': 'B'}, 'of': {'type': 'fk', 'to': 'a.User'},"
           " 'up': {'type': 'fk', 'to': 'self', 'null': true}}}");
    nr_schema *s = define(
        &w, "m",
        "{'fields': {'home': {'type': 'embedded', 'to': 'a.Address'}, 'all': {'type': 'list', 'of': {'type': 'embedded', 'to': 'a.Address'}}}}");
    assert_true(s->resolved);
    const nr_shape *shape = s->fields[1].spec.shape;
    static const char *const names[] = {"id", "zip", "city", "of", "up"};
    assert_int_equal(shape->n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_slice(shape->members[i].name, names[i]);
        assert_ptr_equal(nr_shape_member(shape, nr_slice_of(names[i])), &shape->members[i]);
    }
    assert_true(shape->members[0].null);
    assert_true(shape->members[2].has_default && !shape->members[2].null);
    assert_string_equal(shape->members[3].spec.type->name, "slug");
    assert_string_equal(shape->members[4].spec.type->name, "auto");
    assert_slice(s->fields[1].members[2].path, "fields.home.to.city");
    assert_false(s->fields[1].members[2].unique);
    assert_ptr_equal(s->fields[2].spec.shape->of->spec.shape->members[3].spec.type, shape->members[3].spec.type);
    assert_true(nr_field_embeds(&s->fields[2], NR_S("a.Address")) && nr_field_refers(&s->fields[2], NR_S("a.User")));
    assert_false(nr_field_embeds(&s->fields[2], NR_S("a.User")) || nr_field_refers(&s->fields[2], NR_S("a.Base")));
    clear(&w);
}

static void a_model_that_is_missing_may_come_later(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(
        &w, "m",
        "{'fields': {'x': {'type': 'dict', 'of': {'type': 'embedded', 'to': 'a.B'}}, 'y': {'type': 'list', 'of': {'type': 'fk', 'to': 'a.C'}}}}");
    assert_false(s->resolved);
    assert_null(s->fields[1].spec.type);
    assert_slice(nr_field_unknown(&s->fields[1]), "a.B");
    assert_slice(nr_field_unknown(&s->fields[2]), "a.C");
    define(&w, "a.B", "{'fields': {'c': {'type': 'fk', 'to': 'a.C'}}}");
    assert_true(resolve(&w, s));
    assert_false(s->resolved);
    assert_slice(nr_field_unknown(&s->fields[1]), "a.C");
    define(&w, "a.C", "{}");
    assert_true(resolve(&w, s) && s->resolved);
    assert_string_equal(s->fields[1].spec.shape->of->spec.shape->members[1].spec.type->name, "auto");
    clear(&w);
}

static void models_cannot_be_inside_each_other(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "a.A", "{'fields': {'x': {'type': 'embedded', 'to': 'a.B', 'null': true}}}");
    nr_schema *s = parse(&w, "a.B", "{'fields': {'y': {'type': 'list', 'of': {'type': 'embedded', 'to': 'a.A'}}}}");
    assert_non_null(s);
    assert_false(resolve(&w, s));
    assert_has(w.err.msg, "fields.y.of.to.x: a.B cannot be inside itself");
    clear(&w);
}

/* Four fields that each hold four of the next model: 4^8 fields. */
static void embedded_models_that_multiply_are_a_limit_error(void **state)
{
    (void)state;
    world w = {0};
    bool ok = true;
    define(&w, "a.M0", "{'fields': {'a': {'type': 'int'}, 'b': {'type': 'int'}, 'c': {'type': 'int'}, 'd': {'type': 'int'}}}");
    for (int i = 1; ok && i < 8; i++) {
        char name[8], text[400];
        snprintf(name, sizeof name, "a.M%d", i);
        snprintf(text, sizeof text,
                 "{'fields': {'a': {'type': 'embedded', 'to': 'a.M%d'}, 'b': {'type': 'embedded', 'to': 'a.M%d'}, 'c': {'type': 'embedded', 'to': "
                 "'a.M%d'}}}",
                 i - 1, i - 1, i - 1);
        nr_schema *s = parse(&w, name, text);
        assert_non_null(s);
        ok = resolve(&w, s);
    }
    assert_false(ok);
    assert_int_equal(w.err.code, NR_E_LIMIT);
    clear(&w);
}

static void a_clock_inside_another_entity_is_refused(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "a.Stamped", "{'abstract': true, 'fields': {'at': {'type': 'datetime', 'auto_now': true}}}");
    nr_schema *s = parse(&w, "m", FIELD("'type': 'embedded', 'to': 'a.Stamped'"));
    assert_non_null(s);
    assert_false(resolve(&w, s));
    assert_has(w.err.msg, "fields.x: 'at' of a.Stamped has \"auto_now\", which is not available inside another entity in this version");
    clear(&w);
}

static const struct { const char *before, *after, *says; } migrations[] = {
    {"'type': 'list', 'of': {'type': 'int'}", "'type': 'list', 'of': {'type': 'bigint'}", "fields.x.of.type: cannot be changed"},
    {"'type': 'list', 'of': {'type': 'int'}", "'type': 'list'", "fields.x.of: cannot be changed"},
    {"'type': 'list'", "'type': 'set'", "fields.x.type: cannot be changed"},
    {"'type': 'list', 'of': {'type': 'char', 'max_length': 5}", "'type': 'ListField', 'of': {'type': 'CharField', 'max_length': 5, 'help': 'h'}", NULL},
    {"'type': 'list', 'of': {'type': 'char', 'max_length': 5}", "'type': 'list', 'of': {'type': 'char', 'max_length': 4}", "fields.x.of.max_length: cannot be"},
    {"'type': 'embedded', 'fields': {'a': {'type': 'int'}}", "'type': 'embedded', 'fields': {'b': {'type': 'int', 'null': true}}", "fields.x.fields.a: cannot be dropped"},
    {"'type': 'embedded', 'fields': {'a': {'type': 'int'}}", "'type': 'embedded', 'fields': {'a': {'type': 'int'}, 'b': {'type': 'int'}}", "fields.x.fields.b: a field added"},
    {"'type': 'embedded', 'fields': {'a': {'type': 'int'}}", "'type': 'embedded', 'fields': {'b': {'type': 'int', 'null': true}, 'a': {'type': 'int'}}", NULL},
    {"'type': 'embedded', 'fields': {'a': {'type': 'int'}}", "'type': 'embedded', 'fields': {'a': {'type': 'int', 'null': true}}", "fields.x.fields.a.null: cannot be"},
    {"'type': 'embedded', 'fields': {'a': {'type': 'int'}}", "'type': 'embedded', 'to': 'a.B'", "fields.x.to: cannot be changed"},
};

static void a_migration_looks_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof migrations / sizeof *migrations; i++) {
        world w = {0};
        char text[300];
        define(&w, "a.B", "{'fields': {'a': {'type': 'int'}}}");
        snprintf(text, sizeof text, FIELD("%s"), migrations[i].before);
        const nr_schema *before = define(&w, "m", text);
        snprintf(text, sizeof text, FIELD("%s"), migrations[i].after);
        const nr_schema *after = define(&w, "m", text);
        const nr_field *added[4];
        size_t n;
        bool ok = nr_schema_migration(before, after, added, &n, &w.err);
        if (ok != !migrations[i].says) fail_msg("%s to %s: %s", migrations[i].before, migrations[i].after, ok ? "went" : w.err.msg);
        if (migrations[i].says) assert_has(w.err.msg, migrations[i].says);
        clear(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_declarations_are_refused_with_path_and_reason),
        cmocka_unit_test(bad_values_inside_are_found_when_the_types_are_known),
        cmocka_unit_test(every_type_that_names_a_model_embeds_it_or_refers_to_it),
        cmocka_unit_test(an_embedded_model_gives_its_fields),
        cmocka_unit_test(a_model_that_is_missing_may_come_later),
        cmocka_unit_test(models_cannot_be_inside_each_other),
        cmocka_unit_test(embedded_models_that_multiply_are_a_limit_error),
        cmocka_unit_test(a_clock_inside_another_entity_is_refused),
        cmocka_unit_test(a_migration_looks_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
