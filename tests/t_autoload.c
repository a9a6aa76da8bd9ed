/* t_autoload.c -- definitions from files: what the files themselves are held to, and putting them into force. */
#include "engine_check.h"

#include "query/autoload.h"
#include "store/store_fault.h"

static nr_autoload files;

static int fresh(void **state)
{
    (void)state;
    nr_autoload_init(&files, nr_env_libc());
    return 0;
}

static int done(void **state)
{
    (void)state;
    nr_autoload_clear(&files);
    return 0;
}

static void add(const char *name, const char *document, nr_err *err)
{
    nr_slice json = nr_slice_of(document);
    if (!strncmp(name, "models/", 7)) nr_autoload_add_model(&files, nr_slice_of(name + 7), json, err);
    else nr_autoload_add_index(&files, nr_slice_of(name + 8), json, err);
}

/* Files by name and text, NULL at the end; the error that stops the load has all these words, "" for none. */
static void check(const char *const *pairs, const char *code, const char *words)
{
    nr_err err = {0};
    nr_autoload_clear(&files);
    for (; pairs[0]; pairs += 2) add(pairs[0], pairs[1], &err);
    bool ok = !err.code && nr_autoload_bind(&files, &err);
    if (!*words) {
        if (!ok) fail_msg("%s %s", nr_code_word(err.code), err.msg);
        return;
    }
    if (ok) fail_msg("bound, expected an error with \"%s\"", words);
    if (strcmp(nr_code_word(err.code), code) || !strstr(err.msg, words)) fail_msg("%s %s\n  expected %s with \"%s\"", nr_code_word(err.code), err.msg, code, words);
}

#define FILES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MODEL_X "models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"int\"}}}"

static void what_the_files_say_stops_the_load(void **state)
{
    (void)state;
    check(FILES(MODEL_X), "", "");
    check(FILES("models/a.X.json", "{\n\"fields\": {\n,}}"), "SYNTAX", "models/a.X.json: ");
    check(FILES("models/a.X.json", "{\n\"fields\": {\n,}}"), "SYNTAX", "line 3");
    check(FILES("models/a.X.json", "[]"), "SYNTAX", "expected an object");
    check(FILES("models/a-X.json", "{}"), "SYNTAX", "models/a-X.json: 'a-X' is no model name");
    check(FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"integer\"}}}"), "BADVALUE", "models/a.X.json: fields.n.type");
    check(FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"int\", \"indx\": true}}}"), "BADVALUE", "models/a.X.json: fields.n");
    check(FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"int\", \"index\": [\"less\"]}}}"), "BADVALUE", "fields.n.index");
    check(FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"int\", \"default\": \"x\"}}}"), "BADVALUE", "models/a.X.json: fields.n.default");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"index\": {\"m\": true}}}"), "NOFIELD", "indexes/i.json: a.X: index.'m'");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"index\": {\"n\": [\"less\"]}}}"), "NOLOOKUP", "indexes/i.json: a.X: fields.n.index");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"index\": {\"n\": [\"month\"]}}}"), "NOLOOKUP", "month");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"unindex\": [\"m\"]}}"), "NOFIELD", "indexes/i.json: a.X");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"indexes\": {}}}"), "BADVALUE", "unknown key 'indexes'");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"unindex\": [1]}}"), "BADVALUE", "unindex.0");
    check(FILES(MODEL_X, "indexes/i.json", "{\"a.X\": 1}"), "BADVALUE", "expected an object");
    check(FILES(MODEL_X, "indexes/i.json", "{\"no model\": {}}"), "BADVALUE", "no model name");
    check(FILES(MODEL_X, "indexes/i.json", "{"), "SYNTAX", "indexes/i.json: ");
}

static void what_needs_a_model_that_is_in_no_file_does_not(void **state)
{
    (void)state;
    check(FILES("models/a.X.json", "{\"extends\": [\"b.Base\"], \"fields\": {\"n\": {\"type\": \"fk\", \"to\": \"b.Y\", \"default\": 1}}}"), "", "");
    check(FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"fk\", \"to\": \"b.Y\", \"default\": 1}}}"), "", "");
    check(FILES("indexes/i.json", "{\"a.X\": {\"index\": {\"m\": [\"less\"]}}}"), "", "");
    check(FILES("models/a.X.json", "{\"extends\": [\"a.Y\"]}", "models/a.Y.json", "{\"extends\": [\"a.X\"]}"), "", "");
}

static void parents_and_targets_are_found_in_other_files(void **state)
{
    (void)state;
    static const char base[] = "{\"abstract\": true, \"fields\": {\"n\": {\"type\": \"int\"}}}";
    check(FILES("models/a.X.json", "{\"extends\": [\"z.Base\"]}", "models/z.Base.json", base, "indexes/i.json", "{\"a.X\": {\"index\": {\"n\": true}}}"), "", "");
    check(FILES("models/a.X.json", "{\"extends\": [\"z.Base\"]}", "models/z.Base.json", base, "indexes/i.json", "{\"a.X\": {\"index\": {\"m\": true}}}"), "NOFIELD",
          "'m'");
    check(FILES("models/a.X.json", "{\"fields\": {\"t\": {\"type\": \"fk\", \"to\": \"z.T\", \"default\": \"x\"}}}", "models/z.T.json", "{}"), "BADVALUE",
          "models/a.X.json: fields.t.default");
}

/* -- putting them into force -------------------------------------------------------------------------------------------------------------- */

static void load(const char *const *pairs)
{
    nr_err err = {0};
    nr_autoload_clear(&files);
    for (; pairs[0]; pairs += 2) add(pairs[0], pairs[1], &err);
    if (err.code || !nr_autoload_bind(&files, &err)) fail_msg("%s", err.msg);
}

static void apply(world *w, const char *const *pairs)
{
    load(pairs);
    assert_true(world_autoload(w, &files));
}

/* Whatever call fails, the next start does what was to be done, and nothing else. */
static void files_are_put_into_force_after_a_start_that_failed(void **state)
{
    static const char refers[] = "{\"fields\": {\"x\": {\"type\": \"fk\", \"to\": \"a.X\"}}}";
    world *w = *state;
    uint64_t want = 0;
    const char *const *pairs = FILES(MODEL_X, "models/a.Y.json", refers, "indexes/i.json", "{\"a.X\": {\"index\": {\"n\": [\"exact\", \"lt\"]}}}");
    bool fired = true;
    for (unsigned long n = 0; fired || n == 1; n++) {
        nr_store *fault = nr_store_fault_new(&w->env, w->mem);
        expect(w, "MODEL SET a.X '{\"fields\": {}}'", "+OK");
        w->store = fault;
        nr_store_fault_arm(fault, n, false, n % 2, NR_ST_FAILED);
        load(pairs);
        world_autoload(w, &files);
        fired = nr_store_fault_fired(fault);
        w->store = w->mem;
        nr_store_fault_free(fault);
        world_restart(w);
        apply(w, pairs);
        expect(w, "SAVE a.X n 5", ":1");
        world_settle(w);
        check_indexes(w, "a.X");
        if (n == 0) want = world_digest(w);
        else if (world_digest(w) != want) fail_msg("call %lu failed, and the next start does something else", n);
        expect(w, "MODEL DROP a.Y", "+OK");
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    }
}

static int world_and_files(void **state)
{
    fresh(NULL);
    return set_up(state);
}

static int no_world_no_files(void **state)
{
    done(NULL);
    return tear_down(state);
}

static const char *not_loaded(world *w)
{
    nr_figures f = nr_engine_figures(w->engine);
    return f.not_loaded ? f.why[0].p : "";
}

static void files_are_put_into_force_parents_first(void **state)
{
    world *w = *state;
    static const char base[] = "{\"abstract\": true, \"fields\": {\"n\": {\"type\": \"int\", \"null\": true}}}";
    const char *const set[] = {"models/a.X.json", "{\"extends\": [\"z.Base\"], \"fields\": {\"t\": {\"type\": \"fk\", \"to\": \"z.T\", \"null\": true}}}",
                               "models/z.Base.json", base, "models/z.T.json", "{}",
                               "indexes/i.json", "{\"a.X\": {\"index\": {\"n\": [\"lt\"]}}}", NULL};
    apply(w, set);
    assert_string_equal(not_loaded(w), "");
    expect(w, "MODEL LIST", "[\"a.X\",\"z.Base\",\"z.T\"]");
    expect(w, "SAVE a.X n 1", ":1");
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"owners\"=[\"file:i.json\"]"));
    uint64_t digest = world_digest(w);
    apply(w, set);
    assert_true(world_digest(w) == digest);
    assert_int_equal(w->replicated.n, 0);
}

static void an_entry_that_left_its_file_is_taken_back(void **state)
{
    world *w = *state;
    apply(w, FILES(MODEL_X, "indexes/i.json", "{\"a.X\": {\"index\": {\"n\": [\"lt\"]}}}"));
    expect(w, "SAVE a.X n 1", ":1");
    expect(w, "INDEX CREATE a.X n lt", "+OK");
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"owners\"=[\"file:i.json\",\"command\"]"));
    apply(w, FILES(MODEL_X));
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "\"owners\"=[\"command\"]"));
    expect(w, "INDEX DROP a.X n lt", "+OK");
    assert_null(strstr(world_do(w, "INDEX LIST a.X"), "n.value"));
    check_indexes(w, "a.X");
}

static void unindex_overrules_other_owners_while_it_stands(void **state)
{
    world *w = *state;
    static const char indexed[] = "{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}, \"u\": {\"type\": \"int\", \"unique\": true, \"null\": true}}}";
    apply(w, FILES("models/a.X.json", indexed));
    expect(w, "SAVE a.X n 1", ":1");
    expect(w, "INDEX CREATE a.X n exact", "+OK");
    apply(w, FILES("models/a.X.json", indexed, "indexes/i.json", "{\"a.X\": {\"unindex\": [\"n\", \"u\"]}}"));
    assert_null(strstr(world_do(w, "INDEX LIST a.X"), "n.value"));
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "u.value"));
    expect(w, "COUNT a.X FILTER n 1", ":1");
    apply(w, FILES("models/a.X.json", indexed));
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "n.value"));
    check_indexes(w, "a.X");
}

static void what_the_data_does_not_allow_is_said_and_left(void **state)
{
    world *w = *state;
    apply(w, FILES(MODEL_X));
    expect(w, "SAVE a.X n 1", ":1");
    apply(w, FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"char\"}}}", "models/b.Y.json", "{\"extends\": [\"c.No\"]}", "models/d.Z.json", "{}",
                   "indexes/i.json", "{\"a.No\": {\"index\": {\"n\": true}}}"));
    nr_figures f = nr_engine_figures(w->engine);
    assert_int_equal(f.not_loaded, 3);
    assert_int_equal(f.loaded, 4);
    assert_non_null(strstr(f.why[0].p, "models/a.X.json: a.X: BADVALUE fields.n.type"));
    assert_non_null(strstr(f.why[1].p, "models/b.Y.json: b.Y: NOMODEL"));
    assert_non_null(strstr(f.why[2].p, "indexes/i.json: a.No: NOMODEL"));
    expect(w, "GET a.X 1", "{\"id\"=#1,\"n\"=#1}");
    expect(w, "MODEL LIST", "[\"a.X\",\"d.Z\"]");
}

static void a_changed_file_migrates(void **state)
{
    world *w = *state;
    apply(w, FILES(MODEL_X));
    expect(w, "SAVE a.X n 1", ":1");
    apply(w, FILES("models/a.X.json", "{\"fields\": {\"n\": {\"type\": \"int\", \"index\": true}, \"s\": {\"type\": \"char\", \"default\": \"d\"}}}"));
    expect(w, "GET a.X 1", "{\"id\"=#1,\"n\"=#1,\"s\"=\"d\"}");
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "n.value"));
    check_indexes(w, "a.X");
}

static void a_wish_about_a_field_that_is_not_there_sleeps(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
    apply(w, FILES("indexes/i.json", "{\"a.X\": {\"index\": {\"m\": [\"lt\"], \"n\": [\"gt\"]}}}"));
    assert_non_null(strstr(not_loaded(w), "NOFIELD"));
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "n.value"));
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}, \"m\": {\"type\": \"int\"}}}'", "+OK");
    assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "m.value"));
}

static void without_a_directory_the_command_says_so(void **state)
{
    refuse(*state, "AUTOLOAD", "NOTFOUND", "without AUTOLOAD");
}

#define ALONE(name) cmocka_unit_test_setup_teardown(name, fresh, done)
#define WORLD(name) cmocka_unit_test_setup_teardown(name, world_and_files, no_world_no_files)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALONE(what_the_files_say_stops_the_load),
        ALONE(what_needs_a_model_that_is_in_no_file_does_not),
        ALONE(parents_and_targets_are_found_in_other_files),
        WORLD(files_are_put_into_force_after_a_start_that_failed),
        WORLD(files_are_put_into_force_parents_first),
        WORLD(an_entry_that_left_its_file_is_taken_back),
        WORLD(unindex_overrules_other_owners_while_it_stands),
        WORLD(what_the_data_does_not_allow_is_said_and_left),
        WORLD(a_changed_file_migrates),
        WORLD(a_wish_about_a_field_that_is_not_there_sleeps),
        WORLD(without_a_directory_the_command_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
