/* t_schema_migration.c -- which changes of a definition entities survive. */
#include "schema_world.h"

#define BASE                                                                           \
    "'a': {'type': 'char', 'max_length': 5, 'choices': ['x', 'y'], 'default': 'x'},"   \
    "'n': {'type': 'int', 'min': 1, 'max': 9, 'null': true}"

static void additions_and_harmless_changes_are_migrations(void **state)
{
    (void)state;
    world w = {0};
    const nr_field *added[8];
    size_t n = 99;
    nr_schema *before = define(&w, "m", "{'fields': {" BASE "}}");
    nr_schema *same = define(&w, "m", "{'ordering': ['-n'], 'fields': {'n': {'type': 'IntegerField', 'min': '1', 'max': 9, 'null': true,"
                                      "'index': true},"
                                      "'a': {'type': 'CharField', 'help': 'h', 'max_length': 5, 'choices': ['x', 'y'], 'default': 'y',"
                                      "'index': ['exact']}}}");
    assert_true(nr_schema_migration(before, same, added, &n, &w.err));
    assert_int_equal(n, 0);
    nr_schema *more = define(&w, "m", "{'fields': {'d': {'type': 'int', 'default': 4}, " BASE ", 'o': {'type': 'char', 'null': true,"
                                      "'unique': true},"
                                      "'r': {'type': 'fk', 'to': 'Later', 'null': true}}}");
    assert_true(nr_schema_migration(before, more, added, &n, &w.err));
    assert_int_equal(n, 3);
    assert_ptr_equal(added[0], nr_schema_field(more, NR_S("d")));
    assert_ptr_equal(added[1], nr_schema_field(more, NR_S("o")));
    assert_ptr_equal(added[2], nr_schema_field(more, NR_S("r")));
    clear(&w);
}

static const refusal changes[] = {
    {"{'fields': {'a': {'type': 'char', 'max_length': 5, 'choices': ['x', 'y']}}}", NR_E_BADVALUE,
     "fields.n: cannot be dropped while the model has entities"},
    {"{'fields': {" BASE ", 'z': {'type': 'int'}}}", NR_E_BADVALUE,
     "fields.z: a field added to a model with entities needs \"null\": true or a default"},
    {"{'fields': {" BASE ", 'z': {'type': 'datetime', 'auto_now': true}}}", NR_E_BADVALUE, "fields.z: a field added"},
    {"{'fields': {" BASE ", 'z': {'type': 'int', 'default': 1, 'unique': true}}}", NR_E_BADVALUE,
     "fields.z: a default would give all entities the same"},
    {"{'fields': {" BASE ", 'z': {'type': 'fk', 'to': 'Nowhere', 'default': 1, 'null': true}}}", NR_E_NOMODEL,
     "fields.z.default: refers to model 'Nowhere'"},
    {"{'pk': 'q', 'fields': {" BASE ", 'q': {'type': 'int'}, 'id': {'type': 'int', 'null': true}}}", NR_E_BADVALUE, "pk: cannot be changed"},
    {"{'abstract': true, 'fields': {" BASE "}}", NR_E_BADVALUE, "abstract: cannot be changed"},
    {"{'fields': {" BASE ", 'id': {'type': 'bigint', 'pk': true}}}", NR_E_BADVALUE,
     "fields.id.type: cannot be changed while the model has entities"},
};

static const struct { const char *before, *after, *option; } options_changed[] = {
    {"'type': 'char'", "'type': 'text'", "type"},
    {"'type': 'decimal', 'max_digits': 5, 'decimal_places': 2", "'type': 'decimal', 'max_digits': 6, 'decimal_places': 2", "max_digits"},
    {"'type': 'decimal', 'max_digits': 5, 'decimal_places': 2", "'type': 'decimal', 'max_digits': 5, 'decimal_places': 3", "decimal_places"},
    {"'type': 'fk', 'to': 'self'", "'type': 'fk', 'to': 'Other'", "to"},
    {"'type': 'fk', 'to': 'self'", "'type': 'onetoone', 'to': 'self'", "type"},
    {"'type': 'char'", "'type': 'char', 'null': true", "null"},
    {"'type': 'char', 'null': true", "'type': 'char'", "null"},
    {"'type': 'char'", "'type': 'char', 'unique': true", "unique"},
    {"'type': 'date'", "'type': 'date', 'auto_now': true", "auto_now"},
    {"'type': 'date', 'auto_now': true", "'type': 'date', 'auto_now_add': true", "auto_now_add"},
    {"'type': 'char'", "'type': 'char', 'max_length': 5", "max_length"},
    {"'type': 'char', 'max_length': 5", "'type': 'char', 'max_length': 6", "max_length"},
    {"'type': 'int'", "'type': 'int', 'min': 0", "min"},
    {"'type': 'int', 'max': 4", "'type': 'int', 'max': 5", "max"},
    {"'type': 'int', 'choices': [1]", "'type': 'int'", "choices"},
    {"'type': 'int', 'choices': [1, 2]", "'type': 'int', 'choices': [1, 3]", "choices"},
    {"'type': 'fk', 'to': 'Later', 'choices': [1, 2]", "'type': 'fk', 'to': 'Later', 'choices': [1, 3]", "choices"},
};

static void other_changes_are_refused(void **state)
{
    (void)state;
    const nr_field *added[8];
    size_t n;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        world w = {0};
        nr_schema *before = define(&w, "m", "{'fields': {" BASE "}}"), *after = define(&w, "m", changes[i].text);
        if (nr_schema_migration(before, after, added, &n, &w.err)) fail_msg("accepted: %s", changes[i].text);
        assert_int_equal(w.err.code, changes[i].code);
        assert_has(w.err.msg, changes[i].says);
        clear(&w);
    }
    for (size_t i = 0; i < sizeof options_changed / sizeof *options_changed; i++) {
        world w = {0};
        char before[200], after[200];
        snprintf(before, sizeof before, FIELD("%s"), options_changed[i].before);
        snprintf(after, sizeof after, FIELD("%s"), options_changed[i].after);
        nr_schema *old = define(&w, "m", before), *new = define(&w, "m", after);
        if (nr_schema_migration(old, new, added, &n, &w.err)) fail_msg("accepted: %s -> %s", before, after);
        assert_has(w.err.msg, "fields.x.");
        assert_has(w.err.msg, options_changed[i].option);
        nr_err_clear(&w.err);
        assert_true(nr_schema_migration(old, old, added, &n, &w.err));
        assert_int_equal(n, 0);
        clear(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(additions_and_harmless_changes_are_migrations),
        cmocka_unit_test(other_changes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
