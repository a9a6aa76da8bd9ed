/* t_schema.c -- definitions: what is read, what is refused and how it is said, and the names in them. */
#include "schema_world.h"

/* -- what is read ------------------------------------------------------------------------------------------------------------------------ */

static void an_empty_definition_has_an_auto_id(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m", "{}");
    assert_int_equal(s->n_fields, 1);
    assert_slice(s->fields[0].name, "id");
    assert_string_equal(s->fields[0].type->name, "auto");
    assert_true(s->fields[0].pk);
    assert_false(s->fields[0].unique);
    assert_non_null(s->fields[0].json);
    assert_true(s->resolved);
    assert_false(s->abstract);
    clear(&w);
}

static void all_options_are_read(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "blog.Post",
                          "{'fields': {"
                          "'title': {'type': 'CharField', 'max_length': 200, 'index': ['exact', 'startswith'], 'help': 'the head line'},"
                          "'slug': {'type': 'slug', 'unique': true},"
                          "'status': {'type': 'char', 'choices': ['draft', 'published'], 'default': 'draft', 'index': true},"
                          "'rating': {'type': 'decimal', 'max_digits': 5, 'decimal_places': 2, 'null': true, 'min': 0, 'max': 9.99},"
                          "'created': {'type': 'datetime', 'auto_now_add': true},"
                          "'changed': {'type': 'datetime', 'auto_now': true, 'index': false}},"
                          "'pk': 'slug', 'ordering': ['-created', 'pk'], 'store': 'native'}");
    assert_int_equal(s->n_fields, 6);
    assert_slice(s->fields[0].name, "slug");
    assert_slice(s->fields[1].name, "title");
    for (size_t i = 0; i < s->n_fields; i++) assert_int_equal(s->fields[i].id, i);
    const nr_field *title = nr_schema_field(s, NR_S("title")), *rating = nr_schema_field(s, NR_S("rating"));
    const nr_field *status = nr_schema_field(s, NR_S("status"));
    assert_string_equal(title->type->name, "char");
    assert_int_equal(title->max_length, 200);
    assert_int_equal(title->index.n, 2);
    assert_slice(title->index.at[1].lookup, "startswith");
    assert_slice(title->help, "the head line");
    assert_false(title->index_all || title->null || title->unique || title->has_default);
    assert_false(nr_schema_pk(s)->unique);
    assert_int_equal(nr_schema_pk(s)->max_length, -1);
    assert_true(status->index_all);
    assert_int_equal(status->n_choices, 2);
    assert_slice(status->choices[1].s, "published");
    assert_true(status->has_default);
    assert_slice(status->default_value.s, "draft");
    assert_true(rating->null && rating->has_min && rating->has_max);
    assert_int_equal(rating->spec.max_digits, 5);
    assert_int_equal(rating->spec.places, 2);
    assert_int_equal((int)rating->max.d, 999);
    assert_true(s->fields[4].auto_now_add && !s->fields[4].auto_now && s->fields[5].auto_now);
    assert_int_equal(s->n_ordering, 2);
    assert_ptr_equal(s->ordering[0].field, nr_schema_field(s, NR_S("created")));
    assert_true(s->ordering[0].descending && !s->ordering[1].descending);
    assert_ptr_equal(s->ordering[1].field, nr_schema_pk(s));
    clear(&w);
}

static void the_source_is_compact_and_keeps_order_and_numbers(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m", " { 'fields' : { 'b' : {'type':'int', 'max' : 7 } ,\n 'a':{ 'help':'x y','type':'float','min': 1.50} } } ");
    assert_slice(s->source, "{\"fields\":{\"b\":{\"type\":\"int\",\"max\":7},\"a\":{\"help\":\"x y\",\"type\":\"float\",\"min\":1.50}}}");
    assert_slice(s->fields[1].name, "b");
    clear(&w);
}

static void a_schema_does_not_point_into_its_text(void **state)
{
    (void)state;
    world w = {0};
    nr_arena *a = &w.arenas[w.n++];
    nr_arena_init(a, nr_env_libc());
    char name[] = "blog.Post", text[] = "{\"fields\":{\"title\":{\"type\":\"char\",\"default\":\"x\",\"choices\":[\"x\"],\"index\":[\"exact\"]}}}";
    nr_schema *s = nr_schema_parse(nr_slice_of(name), nr_slice_of(text), find_model, &w, a, &w.err);
    assert_non_null(s);
    memset(name, '?', sizeof name - 1);
    memset(text, '?', sizeof text - 1);
    assert_true(resolve(&w, s));
    assert_slice(s->name, "blog.Post");
    assert_slice(s->fields[1].name, "title");
    assert_slice(s->fields[1].default_value.s, "x");
    assert_slice(s->fields[1].index.at[0].lookup, "exact");
    clear(&w);
}

static void a_pk_is_named_by_the_model_the_field_or_both(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{'pk': 'code', 'fields': {'x': {'type': 'int'}, 'code': {'type': 'char'}}}",
        "{'fields': {'x': {'type': 'int'}, 'code': {'type': 'char', 'pk': true, 'unique': true, 'null': false}}}",
        "{'pk': 'code', 'fields': {'x': {'type': 'int', 'pk': false}, 'code': {'type': 'char', 'pk': true}}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        world w = {0};
        nr_schema *s = define(&w, "m", texts[i]);
        assert_int_equal(s->n_fields, 2);
        assert_slice(nr_schema_pk(s)->name, "code");
        assert_true(s->fields[0].pk && !s->fields[1].pk);
        assert_false(s->fields[0].unique);
        clear(&w);
    }
}

static void pk_id_without_such_a_field_is_the_auto_id(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m", "{'pk': 'id', 'fields': {'x': {'type': 'int'}}}");
    assert_int_equal(s->n_fields, 2);
    assert_slice(s->fields[0].name, "id");
    assert_string_equal(s->fields[0].type->name, "auto");
    s = define(&w, "n", "{'fields': {'x': {'type': 'int'}, 'id': {'type': 'uuid', 'pk': true}}}");
    assert_string_equal(s->fields[0].type->name, "uuid");
    clear(&w);
}

static void an_id_that_is_not_the_pk_is_good_beside_another_pk(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m", "{'pk': 'code', 'fields': {'id': {'type': 'int'}, 'code': {'type': 'char'}}}");
    assert_slice(s->fields[1].name, "id");
    clear(&w);
}

static void defaults_of_null_are_no_defaults(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m", "{'fields': {'x': {'type': 'int', 'null': true, 'default': null}}}");
    assert_false(s->fields[1].has_default);
    assert_null(s->fields[1].default_json);
    clear(&w);
}

static void values_in_definitions_are_read_as_json_writes(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m",
                          "{'fields': {'a': {'type': 'int', 'default': '7', 'choices': [7, '8']}, 'b': {'type': 'bool', 'default': true},"
                          "'c': {'type': 'char', 'default': 1.50}, 'd': {'type': 'blob', 'default': 'AAE=', 'unique': true,"
                          "'index': ['exact', 'isnull']},"
                          "'e': {'type': 'date', 'min': '2000-01-01', 'default': '2020-02-29'}, 'f': {'type': 'char', 'default': ''}}}");
    assert_int_equal(s->fields[1].default_value.i, 7);
    assert_int_equal(s->fields[1].choices[1].i, 8);
    assert_int_equal(s->fields[2].default_value.i, 1);
    assert_slice(s->fields[3].default_value.s, "1.50");
    assert_int_equal(s->fields[4].default_value.s.n, 2);
    assert_memory_equal(s->fields[4].default_value.s.p, "\0\1", 2);
    assert_true(s->fields[5].has_default && s->fields[6].has_default);
    assert_int_equal(s->fields[6].default_value.s.n, 0);
    clear(&w);
}

/* -- what is refused --------------------------------------------------------------------------------------------------------------------- */

static const refusal refusals[] = {
    {"", NR_E_SYNTAX, ""},
    {"{'fields': }", NR_E_SYNTAX, ""},
    {"{'fields': {}, 'fields': {}}", NR_E_SYNTAX, ""},
    {"[]", NR_E_BADVALUE, "got array"},
    {"{'feilds': {}}", NR_E_BADVALUE, "unknown key 'feilds'; did you mean 'fields'?"},
    {"{'zzz': {}}", NR_E_BADVALUE, "expected one of abstract, extends, fields, pk, ordering, store"},
    {"{'fields': []}", NR_E_BADVALUE, "fields: expected an object: field name -> options, got array"},
    {"{'abstract': 1}", NR_E_BADVALUE, "abstract: expected true or false, got number"},
    {"{'pk': 1}", NR_E_BADVALUE, "pk: expected the name of a field, got number"},
    {"{'ordering': 'x'}", NR_E_BADVALUE, "ordering: expected an array of names of fields, got string"},
    {"{'extends': 'x'}", NR_E_BADVALUE, "extends: expected"},

    /* names */
    {"{'fields': {'a__b': {'type': 'int'}}}", NR_E_BADVALUE, "fields: no field can be named 'a__b'"},
    {"{'fields': {'a_': {'type': 'int'}}}", NR_E_BADVALUE, "does not end in an underscore"},
    {"{'fields': {'pk': {'type': 'int'}}}", NR_E_BADVALUE, "'pk' means the primary key"},
    {"{'fields': {'': {'type': 'int'}}}", NR_E_BADVALUE, "no field can be named ''"},
    {"{'fields': {'a\\nb': {'type': 'int'}}}", NR_E_BADVALUE, "'a\\x0ab'"},
    {"{'fields': {'FILTER': {'type': 'int'}}}", NR_E_BADVALUE, "word of a clause"},
    {"{'fields': {'null': {'type': 'int'}}}", NR_E_BADVALUE, "word of expressions"},

    /* options */
    {"{'fields': {'x': 'char'}}", NR_E_BADVALUE, "fields.x: expected an object such as {\"type\": \"char\"}, got string"},
    {FIELD(""), NR_E_BADVALUE, "fields.x: a field needs \"type\""},
    {FIELD("'max_length': 3"), NR_E_BADVALUE, "fields.x: a field needs \"type\""},
    {FIELD("'tpye': 'char'"), NR_E_BADVALUE, "fields.x: unknown option 'tpye'; did you mean 'type'?"},
    {FIELD("'type': 3"), NR_E_BADVALUE, "fields.x.type: expected the name of a type, got number"},
    {FIELD("'type': 'chra'"), NR_E_BADVALUE, "fields.x.type: unknown type 'chra'; did you mean 'char'? The types are auto,"},
    {FIELD("'type': 'CharFeild'"), NR_E_BADVALUE, "did you mean 'CharField'?"},
    {FIELD("'type': 'models.CharField'"), NR_E_BADVALUE, "unknown type"},
    {FIELD("'type': 'char', 'null': 1"), NR_E_BADVALUE, "fields.x.null: expected true or false, got number"},
    {FIELD("'type': 'char', 'null': null"), NR_E_BADVALUE, "fields.x.null: expected true or false, got null"},
    {FIELD("'type': 'char', 'max_length': 0"), NR_E_BADVALUE, "fields.x.max_length: expected a whole number from 1"},
    {FIELD("'type': 'char', 'max_length': -1"), NR_E_BADVALUE, "got '-1'"},
    {FIELD("'type': 'char', 'max_length': 1.0"), NR_E_BADVALUE, "got '1.0'"},
    {FIELD("'type': 'char', 'max_length': 1e2"), NR_E_BADVALUE, "got '1e2'"},
    {FIELD("'type': 'char', 'max_length': 99999999999999999999"), NR_E_BADVALUE, "fields.x.max_length"},
    {FIELD("'type': 'char', 'max_length': '5'"), NR_E_BADVALUE, "fields.x.max_length: expected a whole number from 1, got string"},
    {FIELD("'type': 'int', 'max_length': 5"), NR_E_BADVALUE, "fields.x.max_length: a field of type 'int' does not take this option"},
    {FIELD("'type': 'char', 'min': 5"), NR_E_BADVALUE, "fields.x.min: a field of type 'char' does not take this option"},
    {FIELD("'type': 'char', 'auto_now': true"), NR_E_BADVALUE, "fields.x.auto_now: a field of type 'char'"},
    {FIELD("'type': 'char', 'to': 'm'"), NR_E_BADVALUE, "fields.x.to: a field of type 'char'"},
    {FIELD("'type': 'char', 'max_digits': 5"), NR_E_BADVALUE, "fields.x.max_digits: a field of type 'char'"},
    {FIELD("'type': 'char', 'on_delete': 'do_nothing'"), NR_E_BADVALUE, "fields.x.on_delete: a field of type 'char'"},
    {FIELD("'type': 'char', 'help': 1"), NR_E_BADVALUE, "fields.x.help: expected a text"},
    {FIELD("'type': 'datetime', 'auto_now': true, 'auto_now_add': true"), NR_E_BADVALUE, "\"auto_now\" and \"auto_now_add\" exclude each other"},
    {FIELD("'type': 'datetime', 'auto_now': true, 'default': '2020-01-01'"), NR_E_BADVALUE, "\"auto_now\" and \"default\" exclude each other"},
    {FIELD("'type': 'date', 'auto_now_add': true, 'choices': ['2020-01-01']"), NR_E_BADVALUE, "\"auto_now_add\" and \"choices\" exclude"},

    /* decimals */
    {FIELD("'type': 'decimal', 'decimal_places': 2"), NR_E_BADVALUE, "fields.x: a field of type 'decimal' needs \"max_digits\""},
    {FIELD("'type': 'decimal', 'max_digits': 5"), NR_E_BADVALUE, "fields.x: a field of type 'decimal' needs \"decimal_places\""},
    {FIELD("'type': 'decimal', 'max_digits': 39, 'decimal_places': 2"), NR_E_BADVALUE,
     "fields.x.max_digits: expected a whole number from 1 to 38"},
    {FIELD("'type': 'decimal', 'max_digits': 0, 'decimal_places': 0"), NR_E_BADVALUE, "fields.x.max_digits"},
    {FIELD("'decimal_places': 3, 'type': 'decimal', 'max_digits': 2"), NR_E_BADVALUE,
     "fields.x.decimal_places: expected at most max_digits (2), got 3"},

    /* primary keys */
    {"{'fields': {'id': {'type': 'int'}}}", NR_E_BADVALUE, "fields.id: a model without a primary key gets the field 'id'"},
    {"{'fields': {'id': {'type': 'auto'}}}", NR_E_BADVALUE, "fields.id: a model without a primary key"},
    {"{'fields': {'id': {'type': 'auto', 'pk': false}}, 'pk': 'id'}", NR_E_BADVALUE, "its declaration says \"pk\": false"},
    {FIELD("'type': 'auto'"), NR_E_BADVALUE, "fields.x: the type 'auto' is for the primary key"},
    {FIELD("'type': 'char', 'pk': true, 'null': true"), NR_E_BADVALUE, "fields.x: a primary key takes no \"null\""},
    {FIELD("'type': 'char', 'pk': true, 'default': 'a'"), NR_E_BADVALUE, "fields.x: a primary key takes no \"default\""},
    {FIELD("'type': 'char', 'pk': true, 'unique': false"), NR_E_BADVALUE, "fields.x: a primary key takes no \"unique\": \"false\""},
    {FIELD("'type': 'datetime', 'pk': true, 'auto_now_add': true"), NR_E_BADVALUE, "fields.x: a primary key takes no \"auto_now_add\""},
    {FIELD("'type': 'auto', 'pk': true, 'max': 5"), NR_E_BADVALUE, "takes no choices, min, or max"},
    {FIELD("'type': 'fk', 'to': 'self', 'pk': true"), NR_E_BADVALUE, "fields.x: a primary key cannot refer to its own model"},
    {FIELD("'type': 'onetoone', 'to': 'blog.Post', 'pk': true"), NR_E_BADVALUE, "cannot refer to its own model"},
    {"{'fields': {'a': {'type': 'int', 'pk': true}, 'b': {'type': 'int', 'pk': true}}}", NR_E_BADVALUE, "'a' and 'b' are said to be it"},
    {"{'pk': 'b', 'fields': {'a': {'type': 'int', 'pk': true}, 'b': {'type': 'int'}}}", NR_E_BADVALUE, "'b' and 'a' are said to be it"},
    {"{'pk': 'codes', 'fields': {'code': {'type': 'int'}}}", NR_E_NOFIELD, "pk: no field 'codes' in blog.Post; did you mean 'code'? It has code"},
    {"{'pk': 'pk', 'fields': {'code': {'type': 'int', 'pk': true}}}", NR_E_NOFIELD, "pk: no field 'pk' in blog.Post"},
    {"{'pk': '', 'fields': {'code': {'type': 'int'}}}", NR_E_NOFIELD, "pk: no field ''"},

    /* relations */
    {FIELD("'type': 'fk'"), NR_E_BADVALUE, "fields.x: a field of type 'fk' needs \"to\""},
    {FIELD("'type': 'fk', 'to': 'a b'"), NR_E_BADVALUE, "fields.x.to: expected a model's name or 'self', got 'a b'"},
    {FIELD("'type': 'fk', 'to': ''"), NR_E_BADVALUE, "fields.x.to: expected"},
    {FIELD("'type': 'fk', 'to': 'm', 'on_delete': 'set_null'"), NR_E_BADVALUE, "fields.x: \"on_delete\" is set_null, but \"null\" is not true"},
    {FIELD("'type': 'fk', 'to': 'm', 'on_delete': 'set_default'"), NR_E_BADVALUE, "fields.x: \"on_delete\" is set_default, but there is no \"default\""},
    {FIELD("'type': 'fk', 'to': 'm', 'on_delete': 'set_default', 'default': null"), NR_E_BADVALUE, "\"default\" is null"},
    {FIELD("'type': 'fk', 'to': 'm', 'on_delete': 3"), NR_E_BADVALUE, "fields.x.on_delete: expected the name of a policy"},
    {FIELD("'type': 'list', 'of': {'type': 'fk', 'to': 'm', 'on_delete': 'cascade'}"), NR_E_BADVALUE, "what is inside a container takes no \"on_delete\""},
    {FIELD("'type': 'embedded', 'fields': {'a': {'type': 'fk', 'to': 'm', 'check': true}}"), NR_E_BADVALUE, "what is inside a container takes no \"check\""},
    {FIELD("'type': 'onetoone', 'to': 'm', 'pk': true, 'null': true, 'on_delete': 'set_null'"), NR_E_BADVALUE, "a primary key takes no \"null\""},
    {FIELD("'type': 'onetoone', 'to': 'm', 'pk': true, 'default': 1, 'on_delete': 'set_default'"), NR_E_BADVALUE, "a primary key takes no \"default\""},
    {FIELD("'type': 'fk', 'to': 'm', 'check': 1"), NR_E_BADVALUE, "fields.x.check: expected true or false"},
    {FIELD("'type': 'fk', 'to': 'm', 'on_delete': 'do_nothin'"), NR_E_BADVALUE, "unknown policy 'do_nothin'; did you mean 'do_nothing'?"},
    {FIELD("'type': 'onetoone', 'to': 'm', 'unique': false"), NR_E_BADVALUE, "fields.x: a field of type 'onetoone' is always unique"},

    /* indexes */
    {FIELD("'type': 'blob', 'index': true"), NR_E_BADVALUE, "fields.x.index: a field of type 'blob' has no ordered index"},
    {FIELD("'type': 'char', 'index': [{'rgx': 'a'}]"), NR_E_BADVALUE, "fields.x.index: expected names of lookups and {"},
    {FIELD("'type': 'char', 'index': [{}]"), NR_E_BADVALUE, "got another object"},
    {FIELD("'type': 'char', 'index': [{'regex': 1}]"), NR_E_BADVALUE, "got another object"},
    {FIELD("'type': 'char', 'index': [{'regex': 'a'}, {'regex': 'a'}]"), NR_E_BADVALUE, "fields.x.index: 'a' stands twice"},
    {FIELD("'type': 'char', 'index': ['exact', 'exact']"), NR_E_BADVALUE, "fields.x.index: 'exact' stands twice"},
    {FIELD("'type': 'char', 'index': [1]"), NR_E_BADVALUE, "fields.x.index: expected names of lookups, got number"},
    {FIELD("'type': 'char', 'index': 'exact'"), NR_E_BADVALUE, "fields.x.index: expected true, false, or an array of lookup names, got string"},

    /* choices */
    {FIELD("'type': 'char', 'choices': []"), NR_E_BADVALUE, "fields.x.choices: expected at least one choice"},
    {FIELD("'type': 'char', 'choices': [['a', 'A']]"), NR_E_BADVALUE, "fields.x.choices: expected strings, numbers or booleans, got array"},
    {FIELD("'type': 'char', 'choices': [null]"), NR_E_BADVALUE, "fields.x.choices: expected strings, numbers or booleans, got null"},
    {FIELD("'type': 'char', 'default': []"), NR_E_BADVALUE, "fields.x.default: expected a value of the field's type, got array"},
    {FIELD("'type': 'char', 'default': null"), NR_E_BADVALUE, "fields.x: \"default\" is null, but \"null\" is not true"},

    /* ordering */
    {"{'ordering': ['titel'], 'fields': {'title': {'type': 'char'}}}", NR_E_NOFIELD,
     "ordering: no field 'titel' in blog.Post; did you mean 'title'?"},
    {"{'ordering': ['-']}", NR_E_NOFIELD, "ordering: no field ''"},
    {"{'ordering': ['']}", NR_E_NOFIELD, "ordering: no field ''"},
    {"{'ordering': ['--id']}", NR_E_NOFIELD, "ordering: no field '-id'"},
    {"{'ordering': ['?']}", NR_E_BADVALUE, "ordering: '?' is not available in this version"},
    {"{'ordering': ['author__name']}", NR_E_NOFIELD, "ordering: no field 'author' in blog.Post"},
    {"{'ordering': ['__name']}", NR_E_NOFIELD, "ordering: no field '__name'"},
    {"{'ordering': ['id', '-x__name'], 'fields': {'x': {'type': 'm2m', 'to': 'm'}}}", NR_E_SYNTAX, "ordering: 'x' of blog.Post is many to many"},
    {"{'ordering': [1]}", NR_E_BADVALUE, "ordering: expected names of fields, got number"},

    /* several fields */
    {FIELD("'type': 'char', 'unique_for_date': 'd'"), NR_E_NOFIELD, "fields.x.unique_for_date: no field 'd' in blog.Post; it has id, x"},
    {FIELD("'type': 'date', 'unique_for_year': 'x'"), NR_E_BADVALUE, "fields.x.unique_for_year: expected another field"},
    {FIELD("'type': 'char', 'unique_for_month': 'id'"), NR_E_BADVALUE, "fields.x.unique_for_month: expected a field of type 'date' or 'datetime'; 'id' is of type 'auto'"},
    {FIELD("'type': 'char', 'unique_for_month': 3"), NR_E_BADVALUE, "fields.x.unique_for_month: expected the name of a date or datetime field, got number"},
    {"{'fields': {'d': {'type': 'date'}, 'k': {'type': 'int', 'pk': true, 'unique_for_date': 'd'}}}", NR_E_BADVALUE, "fields.k.unique_for_date: a primary key is unique as it is"},
    {FIELD("'type': 'list', 'of': {'type': 'char', 'unique_for_date': 'x'}"), NR_E_BADVALUE, "what is inside a container takes no \"unique_for_date\""},
    {"{'unique_together': 'a'}", NR_E_BADVALUE, "unique_together: expected an array of arrays of names of fields, got string"},
    {"{'unique_together': [['id', 'b']]}", NR_E_NOFIELD, "unique_together[0]: no field 'b'"},
    {"{'unique_together': ['id', 3]}", NR_E_BADVALUE, "unique_together: expected names of fields"},
    {"{'unique_together': [[]]}", NR_E_BADVALUE, "unique_together[0]: expected an array of names of fields"},
    {"{'unique_together': [['id', 'pk']]}", NR_E_BADVALUE, "unique_together[0]: field 'id' stands twice"},
    {"{'unique_together': [['-id']]}", NR_E_NOFIELD, "unique_together[0]: no field '-id'"},
    {"{'indexes': [['id']]}", NR_E_BADVALUE, "indexes[0]: expected an object such as"},
    {"{'indexes': [{'name': 'a.b', 'fields': ['id']}]}", NR_E_BADVALUE, "indexes[0].name: expected letters, digits, _ and -"},
    {"{'indexes': [{'name': 'pk', 'fields': ['id']}]}", NR_E_BADVALUE, "indexes[0].name: expected letters"},
    {"{'indexes': [{'name': 'a', 'fields': ['id']}, {'name': 'a', 'fields': ['-id']}]}", NR_E_BADVALUE, "indexes[1].name: 'a' is the name of another index"},
    {"{'indexes': [{'name': 'a'}]}", NR_E_BADVALUE, "indexes[0].fields: expected an array of names of fields"},
    {"{'indexes': [{'fields': ['id'], 'unique': true}]}", NR_E_BADVALUE, "indexes[0]: unknown key 'unique'; expected name and fields"},
    {"{'fields': {'b': {'type': 'blob'}}, 'indexes': [{'fields': ['b']}]}", NR_E_BADVALUE, "indexes[0].fields: a field of type 'blob' has no ordered index"},
    {"{'indexes': [{'fields': ['id', 'id__year']}]}", NR_E_NOFIELD, "indexes[0].fields: no field 'id__year'"},

    /* what comes later */
    {FIELD("'type': 'int', 'default': []"), NR_E_BADVALUE, "fields.x.default: expected a value of the field's type, got array"},
    {FIELD("'type': 'm2m'"), NR_E_BADVALUE, "fields.x: a field of type 'm2m' needs \"to\""},
    {FIELD("'type': 'm2m', 'to': 'm', 'null': true"), NR_E_BADVALUE, "fields.x: a field of type 'm2m' takes to, related_name, through and help, not \"null\""},
    {FIELD("'type': 'm2m', 'to': 'm', 'on_delete': 'do_nothing'"), NR_E_BADVALUE, "fields.x.on_delete: a field of type 'm2m' does not take this option"},
    {FIELD("'type': 'm2m', 'to': 'm', 'index': ['exact']"), NR_E_BADVALUE, "through and help, not \"index\""},
    {FIELD("'type': 'm2m', 'to': 'm', 'through': 'a b'"), NR_E_BADVALUE, "fields.x.through: expected a model's name, got 'a b'"},
    {FIELD("'type': 'fk', 'to': 'm', 'through': 'b'"), NR_E_BADVALUE, "fields.x.through: a field of type 'fk' does not take this option"},
    {"{'pk': 'x', 'fields': {'x': {'type': 'm2m', 'to': 'm'}}}", NR_E_NOFIELD, "pk: 'x' of blog.Post is many to many"},
    {"{'ordering': ['x'], 'fields': {'x': {'type': 'm2m', 'to': 'm'}}}", NR_E_SYNTAX, "ordering: 'x' of blog.Post is many to many"},
    {FIELD("'type': 'fk', 'to': 'm', 'related_name': 'a__b'"), NR_E_BADVALUE, "fields.x.related_name: "},
    {FIELD("'type': 'fk', 'to': 'm', 'related_name': ''"), NR_E_BADVALUE, "fields.x.related_name: "},
    {FIELD("'type': 'fk', 'to': 'm', 'related_name': 'pk'"), NR_E_BADVALUE, "fields.x.related_name: "},
    {FIELD("'type': 'char', 'related_name': 'a'"), NR_E_BADVALUE, "fields.x.related_name: a field of type 'char'"},
    {FIELD("'type': 'fk', 'to': 'm', 'to_field': 'a b'"), NR_E_BADVALUE, "fields.x.to_field: "},
    {FIELD("'type': 'char', 'to_field': 'a'"), NR_E_BADVALUE, "fields.x.to_field: a field of type 'char'"},
    {"{'ttl': 0}", NR_E_BADVALUE, "ttl: expected seconds, a whole number from 1 to 1000000000000, or null; got '0'"},
    {"{'ttl': -5}", NR_E_BADVALUE, "ttl: expected seconds, a whole number from 1 to 1000000000000, or null; got '-5'"},
    {"{'ttl': 1.5}", NR_E_BADVALUE, "ttl: expected seconds, a whole number from 1 to 1000000000000, or null; got '1.5'"},
    {"{'ttl': 1000000000001}", NR_E_BADVALUE, "ttl: expected seconds, a whole number from 1 to 1000000000000, or null; got '1000000000001'"},
    {"{'ttl': 99999999999999999999}", NR_E_BADVALUE, "ttl: expected seconds, a whole number from 1 to 1000000000000, or null; got"},
    {"{'ttl': '60'}", NR_E_BADVALUE, "ttl: expected seconds: a whole number from 1 to 1000000000000, or null, got string"},
    {FIELD("'type': 'char', 'column': 1"), NR_E_BADVALUE, "fields.x.column: expected true or false"},
    {"{'store': 'disk'}", NR_E_BADVALUE, "store: expected \"native\" or \"memory\", got 'disk'"},

    /* extends */
    {"{'extends': ['nosuch']}", NR_E_NOMODEL, "extends: there is no model 'nosuch'"},
    {"{'extends': ['blog.Post']}", NR_E_NOMODEL, "extends: a model cannot extend itself"},
    {"{'extends': [1]}", NR_E_BADVALUE, "extends: expected names of models, got number"},
};

static void bad_definitions_are_refused_with_path_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        world w = {0};
        if (parse(&w, "blog.Post", refusals[i].text)) fail_msg("accepted: %s", refusals[i].text);
        if (w.err.code != refusals[i].code) fail_msg("%s: %s %s", refusals[i].text, nr_code_word(w.err.code), w.err.msg);
        assert_has(w.err.msg, refusals[i].says);
        clear(&w);
    }
}

static const refusal bad_values[] = {
    {FIELD("'type': 'int', 'default': 'abc'"), NR_E_BADVALUE, "fields.x.default: field 'x' got 'abc', expected an integer"},
    {FIELD("'type': 'int', 'default': true"), NR_E_BADVALUE, "fields.x.default: field 'x' got a JSON boolean, expected an integer"},
    {FIELD("'type': 'char', 'choices': ['a', 'b'], 'default': 'c'"), NR_E_BADVALUE,
     "fields.x.default: field 'x' got 'c', expected one of 'a', 'b'"},
    {FIELD("'type': 'char', 'max_length': 2, 'default': 'abc'"), NR_E_BADVALUE, "expected at most 2 characters, got 3"},
    {FIELD("'type': 'char', 'max_length': 2, 'choices': ['abc']"), NR_E_BADVALUE, "fields.x.choices: field 'x' got 'abc', expected at most 2"},
    {FIELD("'type': 'int', 'min': 3, 'default': 2"), NR_E_BADVALUE, "fields.x.default: field 'x' got '2', expected at least 3"},
    {FIELD("'type': 'int', 'max': 3, 'choices': [2, 4]"), NR_E_BADVALUE, "fields.x.choices: field 'x' got '4', expected at most 3"},
    {FIELD("'type': 'int', 'min': 3, 'max': 2"), NR_E_BADVALUE, "fields.x.min: is greater than max"},
    {FIELD("'type': 'int', 'min': 'x'"), NR_E_BADVALUE, "fields.x.min: field 'x' got 'x', expected an integer"},
    {FIELD("'type': 'smallint', 'max': 40000"), NR_E_BADVALUE, "fields.x.max: field 'x' got '40000', expected an integer from -32768 to 32767"},
    {FIELD("'type': 'decimal', 'max_digits': 3, 'decimal_places': 2, 'default': 1.005"), NR_E_BADVALUE, "fields.x.default"},
    {FIELD("'type': 'blob', 'default': '%'"), NR_E_BADVALUE, "fields.x.default: field 'x' got '%', expected base64"},
    {FIELD("'type': 'fk', 'to': 'self', 'default': 'x'"), NR_E_BADVALUE, "fields.x.default: field 'x' got 'x', expected an integer"},
};

static void bad_values_are_refused_by_resolve(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_values / sizeof *bad_values; i++) {
        world w = {0};
        nr_schema *s = parse(&w, "blog.Post", bad_values[i].text);
        if (!s) fail_msg("%s: %s", bad_values[i].text, w.err.msg);
        if (resolve(&w, s)) fail_msg("accepted: %s", bad_values[i].text);
        assert_int_equal(w.err.code, bad_values[i].code);
        assert_has(w.err.msg, bad_values[i].says);
        assert_false(s->resolved);
        clear(&w);
    }
}

static void equal_bounds_are_good(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "m", FIELD("'type': 'int', 'min': 3, 'max': 3, 'default': 3"));
    clear(&w);
}

static void every_option_of_the_table_is_read_or_refused_by_name(void **state)
{
    (void)state;
    for (const nr_schema_option *o = nr_schema_options; o->name; o++) {
        world w = {0};
        char text[200];
        assert_true(o->doc && *o->doc);
        bool object = (o->kinds & 1u << NR_J_OBJECT) && !o->types;
        snprintf(text, sizeof text, FIELD("'type': 'char', '%s': %s"), o->name, object || !(o->kinds & 1u << NR_J_OBJECT) ? "{}" : "5");
        if (strcmp(o->name, "type") == 0) snprintf(text, sizeof text, FIELD("'type': {}"));
        assert_null(parse(&w, "m", text));
        assert_int_equal(w.err.code, NR_E_BADVALUE);
        assert_has(w.err.msg, o->set ? o->expects : "is not available in this version");
        assert_has(w.err.msg, o->name);
        clear(&w);
    }
    for (const nr_schema_option *k = nr_schema_keys; k->name; k++) {
        world w = {0};
        char text[200];
        assert_true(k->doc && *k->doc);
        snprintf(text, sizeof text, "{'%s': %s}", k->name, k->kinds & 1u << NR_J_NUMBER ? "'5'" : "5");
        assert_null(parse(&w, "m", text));
        assert_has(w.err.msg, k->set ? k->expects : "is not available in this version");
        clear(&w);
    }
}

static void too_many_fields_are_a_limit_error(void **state)
{
    (void)state;
    for (int n = NR_FIELDS_MAX - 1; n <= NR_FIELDS_MAX; n++) {
        nr_arena a;
        nr_arena_init(&a, nr_env_libc());
        nr_buf b = nr_buf_in(&a);
        nr_err err = {.code = NR_OK};
        nr_buf_printf(&b, "{\"fields\":{");
        for (int i = 0; i < n; i++) nr_buf_printf(&b, "%s\"f%d\":{\"type\":\"int\"}", i ? "," : "", i);
        nr_buf_printf(&b, "}}");
        nr_schema *s = nr_schema_parse(NR_S("m"), nr_buf_slice(&b), NULL, NULL, &a, &err);
        if (n < NR_FIELDS_MAX) {
            assert_non_null(s);
            assert_int_equal(s->n_fields, NR_FIELDS_MAX);
            assert_int_equal(s->fields[s->n_fields - 1].id, NR_FIELDS_MAX - 1);
        } else {
            assert_null(s);
            assert_int_equal(err.code, NR_E_LIMIT);
        }
        nr_arena_clear(&a);
    }
}

static void a_text_that_is_too_long_is_a_limit_error(void **state)
{
    (void)state;
    nr_arena a;
    nr_err err = {.code = NR_OK};
    nr_arena_init(&a, nr_env_libc());
    char *text = nr_arena_alloc(&a, NR_SCHEMA_BYTES_MAX + 1);
    memset(text, ' ', NR_SCHEMA_BYTES_MAX + 1);
    assert_null(nr_schema_parse(NR_S("m"), (nr_slice){text, NR_SCHEMA_BYTES_MAX + 1}, NULL, NULL, &a, &err));
    assert_int_equal(err.code, NR_E_LIMIT);
    nr_arena_clear(&a);
}

static bool survives(nr_slice text)
{
    nr_arena a;
    nr_err err = {.code = NR_OK};
    nr_arena_init(&a, nr_env_libc());
    nr_schema *s = nr_schema_parse(NR_S("m"), text, NULL, NULL, &a, &err);
    bool ok = (s != NULL) == (err.code == NR_OK);
    if (s) ok = nr_schema_resolve(s, NULL, NULL, &err) == (err.code == NR_OK) && ok;
    nr_arena_clear(&a);
    return ok;
}

static void a_definition_with_any_byte_missing_or_changed_is_read_or_refused(void **state)
{
    (void)state;
    static const char bytes[] = "\"{}[],:0-a_ \xff";
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_slice text = json(&a, "{'pk':'b','ordering':['-a'],'fields':{'a':{'type':'int','min':1,'max':'9','choices':[2,3],'default':3,"
                             "'index':['lt']},"
                             "'b':{'type':'char','max_length':9},'c':{'type':'fk','to':'self','null':true,'default':null,'index':true}}}");
    assert_true(survives(text));
    for (size_t i = 0; i < text.n; i++) {
        char *broken = nr_arena_alloc(&a, text.n);
        for (size_t k = 0; k < sizeof bytes - 1; k++) {
            memcpy(broken, text.p, text.n);
            broken[i] = bytes[k];
            assert_true(survives((nr_slice){broken, text.n}));
        }
        memcpy(broken, text.p, i);
        memcpy(broken + i, text.p + i + 1, text.n - i - 1);
        assert_true(survives((nr_slice){broken, text.n - 1}));
    }
    nr_arena_clear(&a);
}

/* -- names ------------------------------------------------------------------------------------------------------------------------------- */

static void model_names(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "_", "blog.Post", "a.b.c9", "{shop}catalog.Item", "{user:1}a", "self", "A_1._2"};
    static const char *const bad[] = {"",      ".",     "a.",      ".a",     "a..b",   "9a",      "a b", "a-b", "{}a",         "{a}",         "{a",
                                      "{a}.b", "a{b}c", "{a}{b}c", "{{a}}b", "{a b}c", "{a\nb}c", "a:b", "a/b", "caf\xc3\xa9", "{\xc3\xa9}a", "a\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!nr_model_name_valid(nr_slice_of(good[i]))) fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (nr_model_name_valid(nr_slice_of(bad[i]))) fail_msg("accepted: %s", bad[i]);
    assert_false(nr_model_name_valid((nr_slice){"a\0b", 3}));
    assert_false(nr_model_name_valid((nr_slice){NULL, 0}));
    char longest[NR_MODEL_NAME_MAX + 1];
    memset(longest, 'a', sizeof longest);
    assert_true(nr_model_name_valid((nr_slice){longest, NR_MODEL_NAME_MAX}));
    assert_false(nr_model_name_valid((nr_slice){longest, NR_MODEL_NAME_MAX + 1}));
    world w = {0};
    assert_null(parse(&w, "blog Post", "{}"));
    assert_int_equal(w.err.code, NR_E_BADVALUE);
    assert_has(w.err.msg, "no model can be named 'blog Post'");
    clear(&w);
}

static void field_names(void **state)
{
    (void)state;
    static const char *const good[] = {"a",     "_a",    "A9",   "a_b", "year", "date",   "len", "exact",
                                       "order", "limit", "Null", "AND", "id",   "filter", "by",  "q"};
    static const char *const bad[] = {"",    "_",     "a_",   "a__b",  "__a",  "9a", "a.b",   "a-b",  "a b", "caf\xc3\xa9",   "pk", "and", "or",
                                      "not", "query", "true", "false", "null", "PK", "ORDER", "NULL", "Q",   "COUNTDISTINCT", "BY"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        nr_err err = {.code = NR_OK};
        if (!nr_field_name_valid(nr_slice_of(good[i]), &err)) fail_msg("%s: %s", good[i], err.msg);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nr_err err = {.code = NR_OK};
        if (nr_field_name_valid(nr_slice_of(bad[i]), &err)) fail_msg("accepted: %s", bad[i]);
        assert_int_equal(err.code, NR_E_BADVALUE);
    }
    for (const char *const *word = nr_clause_words; *word; word++) {
        nr_err err = {.code = NR_OK};
        assert_false(nr_field_name_valid(nr_slice_of(*word), &err));
    }
    char longest[NR_FIELD_NAME_MAX + 1];
    memset(longest, 'a', sizeof longest);
    nr_err err = {.code = NR_OK};
    assert_true(nr_field_name_valid((nr_slice){longest, NR_FIELD_NAME_MAX}, &err));
    assert_false(nr_field_name_valid((nr_slice){longest, NR_FIELD_NAME_MAX + 1}, &err));
}

static void fields_are_found_by_name_pk_and_fk_id(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "m",
                          "{'fields': {'author': {'type': 'fk', 'to': 'self'}, 'plain': {'type': 'int'},"
                          "'boss': {'type': 'fk', 'to': 'self'}, 'boss_id': {'type': 'int'}}}");
    assert_ptr_equal(nr_schema_field(s, NR_S("author_id")), nr_schema_field(s, NR_S("author")));
    assert_ptr_equal(nr_schema_field(s, NR_S("boss_id")), &s->fields[4]);
    assert_ptr_equal(nr_schema_field(s, NR_S("pk")), nr_schema_pk(s));
    assert_null(nr_schema_field(s, NR_S("plain_id")));
    assert_null(nr_schema_field(s, NR_S("_id")));
    assert_null(nr_schema_field(s, NR_S("")));
    assert_null(nr_schema_field(s, NR_S("Author")));
    clear(&w);
}

static void a_missing_field_is_reported_with_what_there_is(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "blog.Post", "{'fields': {'title': {'type': 'char'}, 'body': {'type': 'text'}}}");
    nr_err err = {.code = NR_OK};
    assert_null(nr_schema_need(s, NR_S("titel"), &err));
    assert_int_equal(err.code, NR_E_NOFIELD);
    assert_string_equal(err.msg, "no field 'titel' in blog.Post; did you mean 'title'? It has id, title, body");
    nr_err_clear(&err);
    assert_null(nr_schema_need(s, NR_S("something"), &err));
    assert_string_equal(err.msg, "no field 'something' in blog.Post; it has id, title, body");
    nr_err_clear(&err);
    assert_null(nr_schema_need(s, NR_S("order"), &err));
    assert_string_equal(err.msg, "no field 'order' in blog.Post; the clause word ORDER is written in capitals here; it has id, title, body");
    nr_err_clear(&err);
    assert_null(nr_schema_need(s, (nr_slice){"\xff\0\n", 3}, &err));
    assert_has(err.msg, "no field '\\xff\\x00\\x0a' in");
    nr_err_clear(&err);
    assert_non_null(nr_schema_need(s, NR_S("body"), &err));
    assert_int_equal(err.code, NR_OK);
    clear(&w);
}

static void a_long_list_of_fields_is_cut(void **state)
{
    (void)state;
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_err err = {.code = NR_OK};
    nr_buf b = nr_buf_in(&a);
    nr_buf_printf(&b, "{\"fields\":{");
    for (int i = 0; i < 30; i++) nr_buf_printf(&b, "%s\"f%02d\":{\"type\":\"int\"}", i ? "," : "", i);
    nr_buf_printf(&b, "}}");
    nr_schema *s = nr_schema_parse(NR_S("m"), nr_buf_slice(&b), NULL, NULL, &a, &err);
    assert_non_null(s);
    assert_null(nr_schema_need(s, NR_S("x"), &err));
    assert_has(err.msg, "f17, f18, ...");
    assert_null(strstr(err.msg, "f19"));
    nr_arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_definition_has_an_auto_id),
        cmocka_unit_test(all_options_are_read),
        cmocka_unit_test(the_source_is_compact_and_keeps_order_and_numbers),
        cmocka_unit_test(a_schema_does_not_point_into_its_text),
        cmocka_unit_test(a_pk_is_named_by_the_model_the_field_or_both),
        cmocka_unit_test(pk_id_without_such_a_field_is_the_auto_id),
        cmocka_unit_test(an_id_that_is_not_the_pk_is_good_beside_another_pk),
        cmocka_unit_test(defaults_of_null_are_no_defaults),
        cmocka_unit_test(values_in_definitions_are_read_as_json_writes),
        cmocka_unit_test(bad_definitions_are_refused_with_path_and_reason),
        cmocka_unit_test(bad_values_are_refused_by_resolve),
        cmocka_unit_test(equal_bounds_are_good),
        cmocka_unit_test(every_option_of_the_table_is_read_or_refused_by_name),
        cmocka_unit_test(too_many_fields_are_a_limit_error),
        cmocka_unit_test(a_text_that_is_too_long_is_a_limit_error),
        cmocka_unit_test(a_definition_with_any_byte_missing_or_changed_is_read_or_refused),
        cmocka_unit_test(model_names),
        cmocka_unit_test(field_names),
        cmocka_unit_test(fields_are_found_by_name_pk_and_fk_id),
        cmocka_unit_test(a_missing_field_is_reported_with_what_there_is),
        cmocka_unit_test(a_long_list_of_fields_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
