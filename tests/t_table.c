/* t_table.c -- the entities of a model in memory: which are there, what the kept fields hold, and random changes against a naive list. */
#include "schema_world.h"

#include "table/rows.h"
#include "table/table.h"

enum { FIELDS = 5, ID = 0, TITLE, VIEWS, SCORE, PRICE };

typedef struct fixture {
    world w;
    nr_schema *schema;
    nr_table *t; /* without a column for SCORE */
} fixture;

static const bool keep_all_but_score[FIELDS] = {[TITLE] = true, [VIEWS] = true, [PRICE] = true};

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){0};
    f.schema = define(&f.w, "b.Post",
                      "{'fields':{'title':{'type':'char','null':true},'views':{'type':'int','null':true},'score':{'type':'float','null':true},"
                      "'price':{'type':'decimal','max_digits':9,'decimal_places':2,'null':true}}}");
    assert_int_equal(f.schema->n_fields, FIELDS);
    f.t = nr_table_new(nr_env_libc(), f.schema, keep_all_but_score, NULL, 0);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    nr_table_free(f->t);
    clear(&f->w);
    return 0;
}

static void fill(nr_value *row, int64_t pk, const char *title, int64_t views)
{
    row[ID] = (nr_value){.kind = NR_V_INT, .i = pk};
    row[TITLE] = title ? (nr_value){.kind = NR_V_TEXT, .s = nr_slice_of(title)} : NR_NULL;
    row[VIEWS] = (nr_value){.kind = NR_V_INT, .i = views};
    row[SCORE] = (nr_value){.kind = NR_V_FLOAT, .f = 1};
    row[PRICE] = (nr_value){.kind = NR_V_DECIMAL, .d = views * 100};
}

static void check_row(const nr_table *t, uint32_t at, const nr_value *want)
{
    nr_value got[FIELDS];
    assert_true(nr_table_has(t, at));
    nr_table_get(t, at, got);
    for (size_t i = 0; i < FIELDS; i++) {
        const nr_value null = NR_NULL, *w = i == SCORE ? &null : &want[i];
        assert_int_equal(got[i].kind, w->kind);
        assert_int_equal(nr_value_cmp(&got[i], w), 0);
    }
}

static void an_empty_table_has_no_rows(void **state)
{
    fixture *f = *state;
    assert_int_equal(nr_table_count(f->t), 0);
    assert_int_equal(nr_table_next(f->t, 0), NR_NO_ROW);
    assert_int_equal(nr_table_next(f->t, UINT32_MAX), NR_NO_ROW);
    assert_false(nr_table_has(f->t, 0));
    assert_false(nr_table_has(f->t, UINT32_MAX - 1));
    nr_table_drop(f->t, 0);
    nr_table_drop(f->t, 100000);
    assert_int_equal(nr_table_count(f->t), 0);
    nr_table_free(NULL);
}

static void the_primary_key_is_always_kept_and_the_others_as_asked(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < FIELDS; i++) assert_int_equal(nr_table_keeps(f->t, i), i != SCORE);
    const bool none[FIELDS] = {false};
    nr_table *bare = nr_table_new(nr_env_libc(), f->schema, none, NULL, 0);
    for (size_t i = 0; i < FIELDS; i++) assert_int_equal(nr_table_keeps(bare, i), i == ID);
    nr_table_free(bare);
}

static void a_row_is_what_was_put_without_the_fields_that_are_not_kept(void **state)
{
    fixture *f = *state;
    nr_value row[FIELDS];
    fill(row, 17, "hello", 3);
    nr_table_put(f->t, 5, row);
    check_row(f->t, 5, row);
    assert_int_equal(nr_table_count(f->t), 1);
    assert_false(nr_table_has(f->t, 4));
    assert_false(nr_table_has(f->t, 6));
}

static void putting_again_replaces_nulls_included(void **state)
{
    fixture *f = *state;
    nr_value row[FIELDS];
    fill(row, 17, "hello", 3);
    nr_table_put(f->t, 0, row);
    fill(row, 17, NULL, 4);
    nr_table_put(f->t, 0, row);
    check_row(f->t, 0, row);
    assert_int_equal(nr_table_count(f->t), 1);
}

static void a_dropped_row_is_gone_and_nothing_of_it_comes_back(void **state)
{
    fixture *f = *state;
    nr_value row[FIELDS], empty[FIELDS];
    fill(row, 17, "hello", 3);
    nr_table_put(f->t, 64, row);
    nr_table_drop(f->t, 64);
    nr_table_drop(f->t, 64);
    assert_false(nr_table_has(f->t, 64));
    assert_int_equal(nr_table_count(f->t), 0);
    assert_int_equal(nr_table_next(f->t, 0), NR_NO_ROW);
    for (size_t i = 0; i < FIELDS; i++) empty[i] = NR_NULL;
    empty[ID] = row[ID];
    nr_table_put(f->t, 64, empty);
    check_row(f->t, 64, empty);
}

static void rows_are_walked_in_order_across_words(void **state)
{
    fixture *f = *state;
    static const uint32_t at[] = {0, 1, 63, 64, 127, 128, 1023, 1024, 70000};
    nr_value row[FIELDS];
    fill(row, 1, "x", 1);
    for (size_t i = sizeof at / sizeof *at; i-- > 0;) nr_table_put(f->t, at[i], row);
    uint32_t next = 0;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        next = nr_table_next(f->t, next);
        assert_int_equal(next, at[i]);
        assert_int_equal(nr_table_next(f->t, at[i]), at[i]);
        next++;
    }
    assert_int_equal(nr_table_next(f->t, next), NR_NO_ROW);
    assert_int_equal(nr_table_count(f->t), sizeof at / sizeof *at);
}

static void a_field_whose_target_is_not_known_has_no_column(void **state)
{
    (void)state;
    world w = {0};
    nr_schema *s = define(&w, "b.Note", "{'fields':{'post':{'type':'fk','to':'b.Later','null':true}}}");
    const bool keep[] = {true, true};
    nr_table *t = nr_table_new(nr_env_libc(), s, keep, NULL, 0);
    assert_false(nr_table_keeps(t, 1));
    nr_value row[2] = {{.kind = NR_V_INT, .i = 1}, NR_NULL}, got[2];
    nr_table_put(t, 0, row);
    nr_table_get(t, 0, got);
    assert_int_equal(got[1].kind, NR_V_NULL);
    nr_table_free(t);
    clear(&w);
}

static void the_bytes_held_are_counted(void **state)
{
    fixture *f = *state;
    nr_value row[FIELDS];
    size_t empty = nr_table_bytes(f->t);
    fill(row, 1, "0123456789", 1);
    for (uint32_t i = 0; i < 10000; i++) nr_table_put(f->t, i, row);
    assert_in_range(nr_table_bytes(f->t) - empty, 10000 * 4, 10000 * 7); /* four columns of one byte */
}

/* -- against a naive list -------------------------------------------------------------------------------------------------------------------- */

enum { ROWS = 300, FIRST = 4096 - 150 }; /* rows on both sides of the end of a chunk */

typedef struct naive {
    bool there[ROWS];
    nr_value row[ROWS][FIELDS];
    char title[ROWS][32];
} naive;

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void put_at_random(fixture *f, naive *n, uint32_t at, uint32_t *seed)
{
    snprintf(n->title[at], sizeof n->title[at], "%u", draw(seed));
    fill(n->row[at], (int64_t)draw(seed), draw(seed) % 4 ? n->title[at] : NULL, (int64_t)draw(seed));
    if (draw(seed) % 5 == 0) n->row[at][VIEWS] = NR_NULL;
    n->there[at] = true;
    nr_table_put(f->t, FIRST + at, n->row[at]);
}

static void check_valid(const fixture *f)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    nr_buf why = nr_buf_in(&a);
    if (!nr_table_valid(f->t, &why)) fail_msg("%.*s", (int)why.n, why.p);
    nr_arena_clear(&a);
}

static void check_all(const fixture *f, const naive *n)
{
    uint32_t walked = nr_table_next(f->t, 0);
    uint64_t count = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        assert_int_equal(nr_table_has(f->t, FIRST + i), n->there[i]);
        if (!n->there[i]) continue;
        count++;
        assert_int_equal(walked, FIRST + i);
        check_row(f->t, FIRST + i, n->row[i]);
        walked = nr_table_next(f->t, FIRST + i + 1);
    }
    assert_int_equal(walked, NR_NO_ROW);
    assert_int_equal(nr_table_count(f->t), count);
}

static void random_changes_agree_with_a_list(void **state)
{
    fixture *f = *state;
    static naive n;
    uint32_t seed = 4711;
    memset(&n, 0, sizeof n);
    for (int step = 0; step < 30000; step++) {
        uint32_t at = draw(&seed) % ROWS;
        bool add = draw(&seed) % 8 < (step / 7500 % 2 ? 2u : 6u); /* grows, shrinks, grows, shrinks */
        if (add) {
            put_at_random(f, &n, at, &seed);
        } else {
            nr_table_drop(f->t, FIRST + at);
            n.there[at] = false;
        }
        if (step < 2000 || step % 50 == 0) check_valid(f);
        if (step % 1000 == 999) check_all(f, &n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_table_has_no_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_primary_key_is_always_kept_and_the_others_as_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_is_what_was_put_without_the_fields_that_are_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(putting_again_replaces_nulls_included, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dropped_row_is_gone_and_nothing_of_it_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_are_walked_in_order_across_words, set_up, tear_down),
        cmocka_unit_test(a_field_whose_target_is_not_known_has_no_column),
        cmocka_unit_test_setup_teardown(the_bytes_held_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_changes_agree_with_a_list, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
