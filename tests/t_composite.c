/* t_composite.c -- indexes of several fields: a model with some gives the answers of one without, whatever is written and asked, and what its plans are. */
#include "engine_check.h"

enum { ENTITIES = 120, QUERIES = 2500 };

static uint64_t dice_state;

static unsigned dice(unsigned n)
{
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice_state >> 33) % n;
}

/* -- a model with and one without --------------------------------------------------------------------------------------------------------- */

#define FIELDS                                                                                                                                       \
    "\"fields\": {\"s\": {\"type\": \"char\", \"null\": true}, \"n\": {\"type\": \"bigint\", \"null\": true}, "                                          \
    "\"d\": {\"type\": \"decimal\", \"max_digits\": 20, \"decimal_places\": 2, \"null\": true}, \"f\": {\"type\": \"float\", \"null\": true}, "          \
    "\"t\": {\"type\": \"datetime\", \"null\": true}, \"b\": {\"type\": \"bool\", \"default\": false}}"

static const char indexes[] = ", \"indexes\": [{\"name\": \"one\", \"fields\": [\"s\", \"-n\"]}, {\"name\": \"two\", \"fields\": [\"-s\", \"n\"]}, "
                              "{\"name\": \"three\", \"fields\": [\"n\", \"-d\", \"s\"]}, {\"name\": \"four\", \"fields\": [\"-n\"]}, "
                              "{\"name\": \"five\", \"fields\": [\"b\", \"-t\", \"pk\"]}, {\"name\": \"six\", \"fields\": [\"-b\", \"-s\", \"f\"]}, "
                              "{\"name\": \"seven\", \"fields\": [\"b\", \"t\"]}, {\"fields\": [\"-f\", \"-t\"]}]";

static const nr_slice texts[] = {
    {"", 0}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"ab", 2}, {"b", 1}, {"\0", 1}, {"\xc3\xa9", 2}, {"\xf4\x8f\xbf\xbf", 4}, {"\1", 1}};

static const char *const numbers[] = {"-9223372036854775808", "-2", "-1", "0", "1", "255", "256", "9223372036854775807"};
static const char *const decimals[] = {"-1.50", "-0.01", "0.00", "2.25", "999999999999999999.99", "-999999999999999999.99"};
static const char *const floats[] = {"-1e300", "-0.5", "0", "0.5", "1e-300"};
static const char *const times[] = {"0001-01-01", "1969-12-31T23:59:59.999999Z", "1970-01-01", "2026-11-22T13:05:09.000250Z", "2026-12-01",
                                    "9999-12-31"};
static const char *const truths[] = {"0", "1"};

#define ANY(list) nr_slice_of((list)[dice(COUNT(list))])

static nr_slice any_value(int field)
{
    switch (field) {
    case 0: return texts[dice(COUNT(texts))];
    case 1: return ANY(numbers);
    case 2: return ANY(decimals);
    case 3: return ANY(floats);
    case 4: return ANY(times);
    default: return ANY(truths);
    }
}

static const char *const names[] = {"s", "n", "d", "f", "t", "b"};

typedef struct line {
    nr_slice at[40];
    size_t n;
    char kept[40][64];
} line;

static void add(line *l, nr_slice s)
{
    l->at[l->n++] = s;
}

static void add_name(line *l, const char *a, const char *b)
{
    snprintf(l->kept[l->n], sizeof l->kept[0], "%s%s", a, b);
    l->at[l->n] = nr_slice_of(l->kept[l->n]);
    l->n++;
}

/* The same of both models. */
static void both(world *w, line *l, size_t model)
{
    l->at[model] = NR_S("c.With");
    char *with = strdup(world_run(w, l->at, l->n));
    l->at[model] = NR_S("c.Plain");
    const char *plain = world_run(w, l->at, l->n);
    if (strcmp(with, plain) != 0) {
        text t = {0};
        for (size_t i = 0; i < l->n; i++) {
            text_quote(&t, l->at[i]);
            text_add(&t, NR_S(" "));
        }
        fail_msg("%s\n  with    %s\n  without %s", t.p, with, plain);
    }
    free(with);
}

static void save_some(world *w, unsigned pk)
{
    line l = {0};
    add(&l, NR_S("SAVE"));
    add(&l, NR_S(""));
    add(&l, NR_S("pk"));
    snprintf(l.kept[0], sizeof l.kept[0], "%u", pk);
    add(&l, nr_slice_of(l.kept[0]));
    for (int f = 0; f < 6; f++) {
        if (dice(4) == 0) continue;
        bool null = f < 5 && dice(5) == 0;
        add(&l, null ? NR_S("NULL") : nr_slice_of(names[f]));
        add(&l, null ? nr_slice_of(names[f]) : any_value(f));
    }
    both(w, &l, 1);
}

static void others_write(world *w, unsigned pk)
{
    static const char *const models[] = {"c.With", "c.Plain"};
    int f = (int)dice(6);
    nr_pair p = {nr_slice_of(names[f]), f < 5 && dice(4) == 0 ? (nr_slice){NULL, 0}
                                        : f == 0              ? any_value(0)
                                        : f == 1              ? ANY(numbers)
                                        : f == 5              ? ANY(truths)
                                                              : (nr_slice){NULL, 0}};
    for (size_t i = 0; i < 2; i++) {
        char key[64];
        snprintf(key, sizeof key, "%s:%u", models[i], pk);
        world_put(w, nr_slice_of(key), &p, 1);
    }
}

static void write_some(world *w)
{
    unsigned pk = 1 + dice(ENTITIES);
    if (dice(10) == 0) {
        line l = {0};
        add(&l, NR_S("DELETE"));
        add(&l, NR_S(""));
        add(&l, NR_S("PK"));
        snprintf(l.kept[0], sizeof l.kept[0], "%u", pk);
        add(&l, nr_slice_of(l.kept[0]));
        both(w, &l, 1);
    } else if (dice(4) == 0 && strncmp(world_dof(w, "GET c.With %u", pk), "nil", 3) != 0) {
        others_write(w, pk);
    } else {
        save_some(w, pk);
    }
}

static void add_filter(line *l)
{
    static const char *const lookups[] = {"", "__lt", "__lte", "__gt", "__gte", "__isnull", "__startswith", "__year"};
    int f = (int)dice(6);
    unsigned k = dice(2) ? 0 : dice(COUNT(lookups));
    if ((k == 6 && f != 0) || (k == 7 && f != 4)) k = 0;
    add_name(l, names[f], lookups[k]);
    add(l, k == 5 ? ANY(truths) : k == 7 ? dice(2) ? NR_S("2026") : NR_S("1970") : any_value(f));
}

static void add_order(line *l)
{
    unsigned n = 1 + dice(3);
    add(l, NR_S("ORDER"));
    for (unsigned i = 0; i < n; i++) add_name(l, dice(2) ? "-" : "", dice(6) == 0 ? "pk" : names[dice(6)]);
}

static bool goes_by_several(world *w, const line *l)
{
    line e = *l;
    for (size_t i = l->n; i > 0; i--) e.at[i] = l->at[i - 1];
    e.at[0] = NR_S("EXPLAIN");
    e.at[2] = NR_S("c.With");
    const char *plan = world_run(w, e.at, l->n + 1);
    for (size_t i = 0; i < 7; i++) {
        static const char *const all[] = {"index=one", "index=two", "index=three", "index=four", "index=five", "index=six", "index=-f.-t"};
        if (strstr(plan, all[i])) return true;
    }
    return false;
}

static void ask(world *w, unsigned *several)
{
    line l = {0};
    unsigned filters = dice(4);
    add(&l, dice(3) ? NR_S("QUERY") : NR_S("COUNT"));
    bool query = nr_slice_is(l.at[0], "QUERY");
    add(&l, NR_S(""));
    if (filters) add(&l, NR_S("FILTER"));
    for (unsigned i = 0; i < filters; i++) add_filter(&l);
    if (query) {
        add_order(&l);
        if (dice(3) == 0) add(&l, NR_S("REVERSE"));
        if (dice(2)) {
            add(&l, NR_S("LIMIT"));
            add(&l, dice(2) ? NR_S("0") : NR_S("3"));
            add(&l, NR_S("5"));
        }
        add(&l, NR_S("FIELDS"));
        add(&l, NR_S("pk"));
        add(&l, NR_S("FLAT"));
    }
    *several += goes_by_several(w, &l);
    both(w, &l, 1);
}

static void compare(world *w, unsigned seed)
{
    unsigned several = 0;
    dice_state = seed;
    assert_string_equal(world_dof(w, "MODEL SET c.Plain '{" FIELDS "}'"), "+OK");
    assert_string_equal(world_dof(w, "MODEL SET c.With '{" FIELDS "%s}'", indexes), "+OK");
    for (unsigned i = 0; i < ENTITIES * 2; i++) save_some(w, 1 + dice(ENTITIES));
    for (unsigned i = 0; i < QUERIES; i++) {
        if (dice(4) == 0) write_some(w);
        if (i % 50 == 0) world_settle(w);
        if (i % 250 == 0) check_indexes(w, "c.With");
        if (i % 700 == 0) world_restart(w);
        ask(w, &several);
    }
    world_settle(w);
    check_indexes(w, "c.With");
    assert_true(several > QUERIES / 3);
}

static void a_model_with_indexes_of_several_fields_answers_as_one_without(void **state)
{
    compare(*state, 1);
}

static void the_same_in_memory(void **state)
{
    world *w = *state;
    w->in_memory = true;
    compare(w, 2);
}

static void indexes_that_come_over_entities_answer_too(void **state)
{
    world *w = *state;
    unsigned several = 0;
    dice_state = 3;
    for (int memory = 0; memory < 2; memory++) {
        w->in_memory = memory;
        assert_string_equal(world_dof(w, "MODEL SET c.Plain '{" FIELDS "}'"), "+OK");
        assert_string_equal(world_dof(w, "MODEL SET c.With '{" FIELDS "}'"), "+OK");
        for (unsigned i = 0; i < ENTITIES; i++) save_some(w, 1 + i);
        ask(w, &several);
        assert_string_equal(world_dof(w, "MODEL SET c.With '{" FIELDS "%s}'", indexes), "+OK");
        for (unsigned i = 0; i < 300; i++) ask(w, &several);
        for (unsigned i = 0; i < 100; i++) write_some(w);
        world_settle(w);
        check_indexes(w, "c.With");
        assert_string_equal(world_dof(w, "MODEL SET c.With '{" FIELDS "}'"), "+OK");
        check_indexes(w, "c.With");
        for (unsigned i = 0; i < 50; i++) ask(w, &several);
        expect(w, "MODEL DROP c.With ENTITIES", "+OK");
        expect(w, "MODEL DROP c.Plain ENTITIES", "+OK");
    }
}

/* -- life ----------------------------------------------------------------------------------------------------------------------------------- */

#define MODEL(fields) "MODEL SET a.X '{\"fields\": {\"s\": {\"type\": \"char\"}, \"n\": {\"type\": \"int\"}}, \"indexes\": [{\"name\": \"feed\", \"fields\": " fields "}]}'"

static void one_that_keeps_its_name_and_changes_its_fields_is_built_anew(void **state)
{
    world *w = *state;
    for (int memory = 0; memory < 2; memory++) {
        w->in_memory = memory;
        expect(w, MODEL("[\"s\", \"-n\"]"), "+OK");
        for (int i = 0; i < 50; i++) world_dof(w, "SAVE a.X s t%d n %d", i % 3, i);
        expect(w, "QUERY a.X FILTER s t1 n__gte 46 ORDER -n FIELDS n FLAT", "[#49,#46]");
        assert_non_null(
            strstr(world_do(w, "MODEL DIFF a.X '{\"fields\": {\"s\": {\"type\": \"char\"}, \"n\": {\"type\": \"int\"}}, \"indexes\": [{\"name\": "
                               "\"feed\", \"fields\": [\"n\", \"s\"]}]}'"),
                   "\"build index feed"));
        expect(w, MODEL("[\"n\", \"s\"]"), "+OK");
        check_indexes(w, "a.X");
        assert_non_null(strstr(world_do(w, "EXPLAIN COUNT a.X FILTER n 4 s t1"), "index=feed"));
        expect(w, "COUNT a.X FILTER n 4 s t1", ":1");
        assert_non_null(strstr(world_do(w, "INDEX LIST a.X"), "{\"name\"=\"feed\",\"fields\"=[\"n\",\"s\"],\"lookups\"=[\"exact\""));
        expect(w, "INDEX REBUILD a.X s", "+OK");
        check_indexes(w, "a.X");
        world_restart(w);
        check_indexes(w, "a.X");
        expect(w, "COUNT a.X FILTER n 4 s t1", ":1");
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    }
}

static void a_large_one_is_built_in_slices(void **state)
{
    world *w = *state;
    for (int memory = 0; memory < 2; memory++) {
        w->in_memory = memory;
        expect(w, "MODEL SET a.X '{\"fields\": {\"s\": {\"type\": \"char\"}, \"n\": {\"type\": \"int\"}}}'", "+OK");
        for (int i = 0; i < 2500; i++) world_dof(w, "SAVE a.X s t%d n %d", i % 3, i);
        expect(w, MODEL("[\"s\", \"-n\"]"), "+OK");
        assert_true(world_build(w, 0));
        assert_null(strstr(world_do(w, "EXPLAIN QUERY a.X FILTER s t1 ORDER -n"), "feed"));
        expect(w, "SAVE a.X pk 2 n 5000", ":2");
        expect(w, "SAVE a.X pk 2498 n 5001", ":2498");
        expect(w, "DELETE a.X PK 5 2000", ":2");
        expect(w, "QUERY a.X FILTER s t1 ORDER -n LIMIT 0 2 FIELDS n FLAT", "[#5001,#5000]");
        world_settle(w);
        assert_non_null(strstr(world_do(w, "EXPLAIN QUERY a.X FILTER s t1 ORDER -n"), "index=feed"));
        expect(w, "QUERY a.X FILTER s t1 ORDER -n LIMIT 0 2 FIELDS n FLAT", "[#5001,#5000]");
        check_indexes(w, "a.X");
        expect(w, "MODEL DROP a.X ENTITIES", "+OK");
    }
}

static void an_index_that_waits_in_memory_is_not_walked_for_an_order(void **state)
{
    world *w = *state;
    w->in_memory = true;
    expect(w, "MODEL SET a.X '{\"fields\": {\"n\": {\"type\": \"int\"}}}'", "+OK");
    for (int i = 0; i < 2500; i++) world_dof(w, "SAVE a.X n %d", i % 100);
    expect(w, "COUNT a.X FILTER n 5", ":25");
    expect(w, "INDEX CREATE a.X n lt", "+OK");
    assert_true(world_build(w, 0));
    expect(w, "QUERY a.X ORDER -n LIMIT 0 2 FIELDS n FLAT", "[#99,#99]");
    world_settle(w);
    expect(w, "QUERY a.X ORDER -n LIMIT 0 2 FIELDS n FLAT", "[#99,#99]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(a_model_with_indexes_of_several_fields_answers_as_one_without),
        EMPTY(the_same_in_memory),
        EMPTY(indexes_that_come_over_entities_answer_too),
        EMPTY(one_that_keeps_its_name_and_changes_its_fields_is_built_anew),
        EMPTY(a_large_one_is_built_in_slices),
        EMPTY(an_index_that_waits_in_memory_is_not_walked_for_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
