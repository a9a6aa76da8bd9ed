/* t_schema_links.c -- what a model has from others: inherited fields, and the targets of relations. */
#include "schema_world.h"

/* -- inheritance ------------------------------------------------------------------------------------------------------------------------- */

static void fields_of_abstract_parents_come_first(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *stamped = define(&w, "Stamped",
                                "{'abstract': true, 'fields': {'created': {'type': 'datetime', 'auto_now_add': true},"
                                "'note': {'type': 'char'}},"
                                "'ordering': ['-created']}");
    assert_int_equal(stamped->n_fields, 2);
    assert_null(nr_schema_field(stamped, NR_S("pk")));
    define(&w, "Named",
           "{'abstract': true, 'fields': {'name': {'type': 'char', 'max_length': 9}, 'note': {'type': 'int'}},"
           "'ordering': ['name']}");
    nr_schema *s = define(&w, "Post", "{'extends': ['Stamped', 'Named'], 'fields': {'body': {'type': 'text'}, 'name': {'type': 'slug'}}}");
    static const char *const names[] = {"id", "created", "note", "name", "body"};
    assert_int_equal(s->n_fields, 5);
    for (size_t i = 0; i < 5; i++) assert_slice(s->fields[i].name, names[i]);
    assert_true(s->fields[1].auto_now_add);
    assert_string_equal(s->fields[2].type->name, "char");
    assert_string_equal(s->fields[3].type->name, "slug");
    assert_int_equal(s->fields[3].max_length, -1);
    assert_int_equal(s->extends.n, 2);
    assert_slice(s->extends.at[1], "Named");
    assert_false(s->abstract);
    assert_int_equal(s->n_ordering, 1);
    assert_ptr_equal(s->ordering[0].field, &s->fields[1]);
    assert_slice(s->source, "{\"extends\":[\"Stamped\",\"Named\"],\"fields\":{\"body\":{\"type\":\"text\"},\"name\":{\"type\":\"slug\"}}}");
    clear(&w);
}

static void an_own_ordering_wins_even_when_empty(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "Base", "{'abstract': true, 'fields': {'a': {'type': 'int'}}, 'ordering': ['-pk', 'a']}");
    assert_int_equal(define(&w, "A", "{'extends': ['Base'], 'ordering': []}")->n_ordering, 0);
    nr_schema *b = define(&w, "B", "{'extends': ['Base'], 'pk': 'a'}");
    assert_int_equal(b->n_ordering, 2);
    assert_ptr_equal(b->ordering[0].field, nr_schema_pk(b));
    assert_true(b->ordering[0].descending);
    clear(&w);
}

static void a_child_lives_on_without_its_parents(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "Base",
           "{'abstract': true, 'ordering': ['status'], 'fields': {'status': {'type': 'char', 'help': 'h', 'choices': ['a',"
           "'b'], 'default': 'b', 'index': ['exact']},"
           "'author': {'type': 'fk', 'to': 'User', 'default': 1}}}");
    nr_schema *s = parse(&w, "Post", "{'extends': ['Base']}");
    assert_non_null(s);
    w.models[0] = NULL;
    nr_arena_clear(&w.arenas[0]);
    assert_true(resolve(&w, s));
    define(&w, "User", "{}");
    assert_true(resolve(&w, s));
    assert_true(s->resolved);
    assert_slice(s->fields[1].help, "h");
    assert_slice(s->fields[1].default_value.s, "b");
    assert_slice(s->fields[1].index.at[0].lookup, "exact");
    assert_int_equal(s->fields[2].default_value.i, 1);
    assert_slice(s->fields[2].to, "User");
    assert_non_null(nr_json_get(s->fields[2].json, "to"));
    clear(&w);
}

static void grandparents_are_in_the_parents(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "A", "{'abstract': true, 'fields': {'a': {'type': 'int'}}}");
    nr_schema *b = define(&w, "B", "{'abstract': true, 'extends': ['A'], 'fields': {'b': {'type': 'int'}}}");
    assert_int_equal(b->n_fields, 2);
    nr_schema *c = define(&w, "C", "{'extends': ['B', 'A']}");
    assert_int_equal(c->n_fields, 3);
    assert_slice(c->fields[1].name, "a");
    clear(&w);
}

static void a_pk_is_inherited_unless_the_child_names_one(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "Marked", "{'abstract': true, 'fields': {'x': {'type': 'int'}, 'code': {'type': 'char', 'pk': true}}}");
    define(&w, "Named", "{'abstract': true, 'pk': 'code', 'fields': {'x': {'type': 'int'}, 'code': {'type': 'char', 'unique': true}}}");
    assert_slice(define(&w, "A", "{'extends': ['Marked']}")->fields[0].name, "code");
    nr_schema *b = define(&w, "B", "{'extends': ['Named'], 'fields': {'y': {'type': 'int'}}}");
    assert_slice(b->fields[0].name, "code");
    assert_int_equal(b->n_fields, 3);
    nr_schema *c = define(&w, "C", "{'extends': ['Named'], 'pk': 'x'}");
    assert_slice(c->fields[0].name, "x");
    assert_false(c->fields[1].pk);
    assert_true(c->fields[1].unique);
    nr_schema *d = define(&w, "D", "{'extends': ['Marked'], 'fields': {'code': {'type': 'uuid'}}}");
    assert_string_equal(d->fields[0].type->name, "uuid");
    assert_true(d->fields[0].pk);
    nr_schema *e = define(&w, "E", "{'extends': ['Marked'], 'fields': {'code': {'type': 'char', 'pk': false}}}");
    assert_slice(e->fields[0].name, "id");
    assert_int_equal(e->n_fields, 3);
    assert_null(parse(&w, "F", "{'extends': ['Marked'], 'pk': 'x'}"));
    assert_has(w.err.msg, "'x' and 'code' are said to be it");
    clear(&w);
}

static void the_parent_named_id_is_an_auto_pk_of_the_children(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *base = define(&w, "Base", "{'abstract': true, 'pk': 'id'}");
    assert_int_equal(base->n_fields, 1);
    assert_int_equal(define(&w, "A", "{'extends': ['Base']}")->n_fields, 1);
    define(&w, "Bad", "{'abstract': true, 'fields': {'id': {'type': 'int'}}}");
    assert_null(parse(&w, "B", "{'extends': ['Bad']}"));
    assert_has(w.err.msg, "fields.id: a model without a primary key");
    clear(&w);
}

/* Its entities have what a concrete parent has; the schema has its own fields, and knows the names of the others. */
static void a_concrete_parent_is_referred_to(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "Note", "{'abstract': true, 'fields': {'x': {'type': 'char'}, 'text': {'type': 'char'}}, 'ordering': ['text']}");
    define(&w, "a.Top", "{'fields': {'x': {'type': 'int'}}, 'ordering': ['-x'], 'ttl': 9, 'indexes': [{'fields': ['x']}]}");
    define(&w, "a.Mid", "{'extends': ['a.Top', 'Note'], 'fields': {'y': {'type': 'int'}, 'zs': {'type': 'm2m', 'to': 'a.Top'}}}");
    nr_schema *s = define(&w, "a.Low", "{'extends': ['a.Mid'], 'fields': {'z': {'type': 'int'}}, 'ordering': ['z', 'y', '-id', 'pk']}");
    static const char *const names[] = {"top_ptr", "id", "x", "text", "y", "zs"}, *const of[] = {"a.Mid", "a.Top", "a.Top", "a.Mid", "a.Mid", "a.Mid"};
    assert_slice(s->parent, "a.Mid");
    assert_int_equal(s->n_fields, 2);
    assert_slice(s->fields[0].name, "mid_ptr");
    assert_slice(s->fields[0].to, "a.Mid");
    assert_int_equal(s->fields[0].on_delete, NR_CASCADE);
    assert_int_equal(s->inherited.n, sizeof names / sizeof *names);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_slice(s->inherited.at[i].name, names[i]);
        assert_slice(s->inherited.at[i].model, of[i]);
        assert_int_equal(s->inherited.at[i].many, i == 5);
        assert_null(nr_schema_field(s, s->inherited.at[i].name));
    }
    assert_int_equal(s->ordering_names.n, 4);
    assert_int_equal(s->ttl, 9);
    assert_int_equal(s->together.n, 0);
    nr_schema *own = define(&w, "a.Own",
                            "{'extends': ['a.Top'], 'fields': {'z': {'type': 'int'}, 'top_ptr': {'type': 'onetoone', 'to': 'a.Top', "
                            "'related_name': 'owns'}}}");
    assert_slice(own->fields[0].name, "top_ptr");
    assert_slice(own->fields[0].related_name, "owns");
    assert_int_equal(own->fields[0].on_delete, NR_CASCADE);
    assert_slice(own->ordering_names.at[0], "-x");
    clear(&w);
}

static void bad_parents_are_refused(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "Concrete", "{}");
    define(&w, "Base", "{'abstract': true}");
    define(&w, "Mid", "{'abstract': true, 'extends': ['Base']}");
    define(&w, "Other", "{}");
    assert_null(parse(&w, "A", "{'extends': ['Concrete', 'Base', 'Other']}"));
    assert_int_equal(w.err.code, NR_E_BADVALUE);
    assert_has(w.err.msg, "extends: Concrete and Other are both not abstract: at most one may be");
    assert_null(parse(&w, "A", "{'abstract': true, 'extends': ['Concrete']}"));
    assert_has(w.err.msg, "extends: Concrete is not abstract: only a model with entities can extend it");
    define(&w, "a.Two__Parts", "{}");
    assert_null(parse(&w, "A", "{'extends': ['a.Two__Parts']}"));
    assert_has(w.err.msg, "extends: the reference to a.Two__Parts: no field can be named 'two__parts_ptr'");
    assert_null(parse(&w, "A", "{'extends': ['Base', 'Base']}"));
    assert_has(w.err.msg, "extends: 'Base' stands twice");
    assert_null(parse(&w, "Base", "{'abstract': true, 'extends': ['Mid']}"));
    assert_int_equal(w.err.code, NR_E_NOMODEL);
    assert_has(w.err.msg, "extends: a model cannot extend itself, and Mid extends it");
    assert_null(parse(&w, "Base", "{'abstract': true, 'extends': ['Base']}"));
    assert_int_equal(w.err.code, NR_E_NOMODEL);
    assert_null(parse(&w, "A", "{'extends': ['a b']}"));
    assert_int_equal(w.err.code, NR_E_NOMODEL);
    clear(&w);
}

/* -- relations --------------------------------------------------------------------------------------------------------------------------- */

static void a_relation_has_the_spec_of_its_targets_pk(void **state)
{
    (void)state;
    world w = {0};
    define(&w, "Price", "{'pk': 'p', 'fields': {'p': {'type': 'decimal', 'max_digits': 6, 'decimal_places': 3}}}");
    nr_schema *s = define(&w, "Tag",
                          "{'fields': {'price': {'type': 'fk', 'to': 'Price', 'default': 1.5}, 'one': {'type': 'onetoone',"
                          "'to': 'self'}}}");
    assert_true(s->resolved);
    assert_string_equal(s->fields[1].spec.type->name, "decimal");
    assert_int_equal(s->fields[1].spec.places, 3);
    assert_int_equal((int)s->fields[1].default_value.d, 1500);
    assert_string_equal(s->fields[2].spec.type->name, "auto");
    assert_slice(s->fields[2].to, "Tag");
    assert_true(s->fields[2].unique);
    assert_false(s->fields[1].unique);
    clear(&w);
}

static void a_target_may_come_later(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = parse(&w, "Post",
                         "{'fields': {'author': {'type': 'fk', 'to': 'User', 'default': 7, 'choices': [7, 8]}, 'n': {"
                         "'type': 'int', 'default': 5, 'choices': [5]}}}");
    assert_non_null(s);
    assert_true(resolve(&w, s));
    assert_false(s->resolved);
    assert_null(s->fields[1].spec.type);
    assert_false(s->fields[1].has_default);
    assert_true(s->fields[2].has_default);
    size_t held = s->arena->held;
    for (int i = 0; i < 1000; i++) assert_true(resolve(&w, s));
    assert_int_equal(s->arena->held, held);
    define(&w, "User", "{}");
    assert_true(resolve(&w, s));
    assert_true(s->resolved);
    assert_int_equal(s->fields[1].default_value.i, 7);
    assert_int_equal(s->fields[1].n_choices, 2);
    clear(&w);
}

static void a_resolve_that_fails_leaves_no_trace(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = parse(&w, "Post",
                         "{'fields': {'a': {'type': 'fk', 'to': 'User', 'default': 1}, 'b': {'type': 'fk', 'to': 'User',"
                         "'default': 'joe'}}}");
    assert_non_null(s);
    assert_true(resolve(&w, s));
    define(&w, "User", "{}");
    assert_false(resolve(&w, s));
    assert_has(w.err.msg, "fields.b.default: field 'b' got 'joe'");
    assert_false(s->resolved);
    assert_null(s->fields[1].spec.type);
    assert_false(s->fields[1].has_default);
    w.models[1] = NULL;
    define(&w, "User", "{'pk': 'name', 'fields': {'name': {'type': 'char'}}}");
    assert_true(resolve(&w, s));
    assert_true(s->resolved);
    assert_slice(s->fields[1].default_value.s, "1");
    assert_slice(s->fields[2].default_value.s, "joe");
    clear(&w);
}

static void a_pk_may_be_a_relation(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = parse(&w, "Profile",
                         "{'pk': 'user', 'fields': {'boss': {'type': 'fk', 'to': 'self', 'null': true}, 'user': {"
                         "'type': 'onetoone', 'to': 'User'}}}");
    assert_non_null(s);
    assert_true(resolve(&w, s));
    assert_false(s->resolved);
    define(&w, "User", "{'fields': {'id': {'type': 'uuid', 'pk': true}}}");
    assert_true(resolve(&w, s));
    assert_true(s->resolved);
    assert_slice(nr_schema_pk(s)->name, "user");
    assert_false(nr_schema_pk(s)->unique);
    assert_string_equal(s->fields[1].spec.type->name, "uuid");
    assert_ptr_equal(nr_schema_field(s, NR_S("user_id")), nr_schema_pk(s));
    clear(&w);
}

static void self_in_an_abstract_parent_is_the_child(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *base = define(&w, "Tree", "{'abstract': true, 'fields': {'up': {'type': 'fk', 'to': 'self', 'null': true}}}");
    assert_true(base->resolved);
    nr_schema *s = define(&w, "Node", "{'extends': ['Tree']}");
    assert_slice(s->fields[1].to, "Node");
    assert_true(s->resolved);
    assert_string_equal(s->fields[1].spec.type->name, "auto");
    clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_abstract_parents_come_first),
        cmocka_unit_test(an_own_ordering_wins_even_when_empty),
        cmocka_unit_test(a_child_lives_on_without_its_parents),
        cmocka_unit_test(grandparents_are_in_the_parents),
        cmocka_unit_test(a_pk_is_inherited_unless_the_child_names_one),
        cmocka_unit_test(the_parent_named_id_is_an_auto_pk_of_the_children),
        cmocka_unit_test(a_concrete_parent_is_referred_to),
        cmocka_unit_test(bad_parents_are_refused),
        cmocka_unit_test(a_relation_has_the_spec_of_its_targets_pk),
        cmocka_unit_test(a_target_may_come_later),
        cmocka_unit_test(a_resolve_that_fails_leaves_no_trace),
        cmocka_unit_test(a_pk_may_be_a_relation),
        cmocka_unit_test(self_in_an_abstract_parent_is_the_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
