/* store_suite.c -- the contract of store.h, sentence by sentence: keys, hashes, types and walks here, indexes in store_suite_index.c. */
#include "store_suite_fixture.h"

static int set_up(void **state)
{
    fixture *f = *state;
    f->s = f->maker->make(f->maker->ctx);
    nr_arena_init(&f->a, nr_env_libc());
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    f->maker->drop(f->maker->ctx, f->s);
    nr_arena_clear(&f->a);
    return 0;
}

/* Nothing there. */

static void a_key_that_is_not_there_reads_as_empty(void **state)
{
    fixture *f = *state;
    const nr_store_class *c = f->s->cls;
    nr_pairs pairs = {0};
    nr_pair field = {NR_S("a"), NR_S("garbage")};
    bool yes = true;
    int64_t counter = 7;
    assert_int_equal(c->holds(f->s, KEY), NR_HOLDS_NOTHING);
    assert_int_equal(c->hash_all(f->s, KEY, &f->a, &pairs), NR_ST_OK);
    assert_int_equal(pairs.n, 0);
    assert_int_equal(c->hash_get(f->s, KEY, &f->a, &field, 1, &yes), NR_ST_OK);
    assert_false(yes);
    assert_null(field.value.p);
    yes = true;
    assert_int_equal(c->ordered_has(f->s, KEY, NR_S("a"), &yes), NR_ST_OK);
    assert_false(yes);
    yes = true;
    assert_int_equal(c->set_has(f->s, KEY, NR_S("a"), &yes), NR_ST_OK);
    assert_false(yes);
    assert_int_equal(c->counter_get(f->s, KEY, &counter), NR_ST_OK);
    assert_int_equal(counter, 0);
    assert_int_equal(count_range(f, KEY, (nr_range){0}), 0);
    assert_int_equal(scan_range(f, KEY, (nr_range){0}, false, 10).n, 0);
    assert_int_equal(scan_range(f, KEY, (nr_range){0}, true, 10).n, 0);
    assert_int_equal(set_count(f, KEY), 0);
    assert_int_equal(scan_set(f, KEY).n, 0);
    assert_int_equal(c->holds(f->s, KEY), NR_HOLDS_NOTHING);
}

static void removing_what_is_not_there_is_fine_and_makes_no_key(void **state)
{
    fixture *f = *state;
    const nr_store_class *c = f->s->cls;
    nr_pair fields[] = {{NR_S("a"), {NULL, 0}}, {NR_S("b"), {NULL, 0}}};
    assert_int_equal(c->hash_put(f->s, KEY, fields, 2), NR_ST_OK);
    assert_int_equal(c->hash_put(f->s, KEY, fields, 0), NR_ST_OK);
    assert_int_equal(c->ordered_remove(f->s, KEY, NR_S("a")), NR_ST_OK);
    assert_int_equal(c->set_remove(f->s, KEY, NR_S("a")), NR_ST_OK);
    assert_int_equal(c->remove(f->s, KEY), NR_ST_OK);
    assert_int_equal(c->holds(f->s, KEY), NR_HOLDS_NOTHING);
}

/* Hashes. */

static void hash_put_sets_replaces_and_removes_fields(void **state)
{
    fixture *f = *state;
    nr_pair first[] = {{NR_S("a"), NR_S("1")}, {NR_S("b"), NR_S("2")}, {NR_S("c"), NR_S("3")}};
    nr_pair second[] = {{NR_S("b"), {NULL, 0}}, {NR_S("c"), NR_S("a longer one")}, {NR_S("d"), NR_S("4")}, {NR_S("e"), {NULL, 0}}};
    assert_int_equal(f->s->cls->hash_put(f->s, KEY, first, COUNT(first)), NR_ST_OK);
    assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_HASH);
    assert_int_equal(f->s->cls->hash_put(f->s, KEY, second, COUNT(second)), NR_ST_OK);
    nr_pair want[] = {{NR_S("e"), ABSENT}, {NR_S("d"), NR_S("4")}, {NR_S("c"), NR_S("a longer one")}, {NR_S("b"), ABSENT}, {NR_S("a"), NR_S("1")}};
    nr_pair got[COUNT(want)];
    memcpy(got, want, sizeof want);
    for (size_t i = 0; i < COUNT(got); i++) got[i].value = NR_S("garbage");
    bool exists = false;
    assert_int_equal(f->s->cls->hash_get(f->s, KEY, &f->a, got, COUNT(got), &exists), NR_ST_OK);
    assert_true(exists);
    for (size_t i = 0; i < COUNT(got); i++) check_slice(got[i].value, want[i].value);
}

static void hash_get_tells_a_hash_without_the_field_from_no_hash(void **state)
{
    fixture *f = *state;
    put(f, KEY, NR_S("a"), NR_S("1"));
    nr_pair field = {NR_S("b"), NR_S("garbage")};
    bool exists = false;
    assert_int_equal(f->s->cls->hash_get(f->s, KEY, &f->a, &field, 1, &exists), NR_ST_OK);
    assert_true(exists);
    assert_null(field.value.p);
    exists = false;
    assert_int_equal(f->s->cls->hash_get(f->s, KEY, &f->a, NULL, 0, &exists), NR_ST_OK);
    assert_true(exists);
}

static void hash_all_appends_each_field_once(void **state)
{
    fixture *f = *state;
    put(f, KEY, NR_S("a"), NR_S("1"));
    put(f, KEY, NR_S("b"), NR_S(""));
    put(f, KEY, NR_S("a"), NR_S("2"));
    nr_pairs out = {0};
    nr_vec_push(&f->a, &out, (nr_pair){NR_S("kept"), NR_S("as it was")});
    assert_int_equal(f->s->cls->hash_all(f->s, KEY, &f->a, &out), NR_ST_OK);
    assert_int_equal(out.n, 3);
    check_slice(out.at[0].name, NR_S("kept"));
    size_t a = nr_slice_is(out.at[1].name, "a") ? 1 : 2;
    check_slice(out.at[a].name, NR_S("a"));
    check_slice(out.at[a].value, NR_S("2"));
    check_slice(out.at[3 - a].name, NR_S("b"));
    check_slice(out.at[3 - a].value, NR_S(""));
}

static void an_empty_value_is_not_an_absent_one(void **state)
{
    fixture *f = *state;
    put(f, KEY, NR_S("a"), NR_S(""));
    assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_HASH);
    check_slice(get(f, KEY, NR_S("a")), NR_S(""));
    check_slice(get(f, KEY, NR_S("b")), ABSENT);
}

static void removing_the_last_field_removes_the_key(void **state)
{
    fixture *f = *state;
    put(f, KEY, NR_S("a"), NR_S("1"));
    put(f, KEY, NR_S("b"), NR_S("2"));
    put(f, KEY, NR_S("a"), ABSENT);
    assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_HASH);
    put(f, KEY, NR_S("b"), ABSENT);
    assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_NOTHING);
}

static void one_hash_put_may_replace_all_fields(void **state)
{
    fixture *f = *state;
    put(f, KEY, NR_S("a"), NR_S("1"));
    nr_pair swap[] = {{NR_S("a"), {NULL, 0}}, {NR_S("b"), NR_S("2")}};
    assert_int_equal(f->s->cls->hash_put(f->s, KEY, swap, 2), NR_ST_OK);
    check_slice(get(f, KEY, NR_S("a")), ABSENT);
    check_slice(get(f, KEY, NR_S("b")), NR_S("2"));
}

static void any_bytes_are_good_everywhere(void **state)
{
    fixture *f = *state;
    nr_slice odd[] = {NR_S("\0"), NR_S("a\0b"), NR_S("a\0"), NR_S("\xff\xfe"), NR_S("\r\n%s{}"), NR_S("a")};
    for (size_t i = 0; i < COUNT(odd); i++) {
        for (size_t j = 0; j < COUNT(odd); j++) put(f, odd[i], odd[j], odd[(i + j) % COUNT(odd)]);
        nr_slice index = nr_arena_printf(&f->a, "index %zu", i);
        add(f, index, odd[i]);
        bool has = false;
        assert_int_equal(f->s->cls->ordered_has(f->s, index, odd[i], &has), NR_ST_OK);
        assert_true(has);
        assert_int_equal(f->s->cls->ordered_has(f->s, index, odd[(i + 1) % COUNT(odd)], &has), NR_ST_OK);
        assert_false(has);
    }
    for (size_t i = 0; i < COUNT(odd); i++)
        for (size_t j = 0; j < COUNT(odd); j++) check_slice(get(f, odd[i], odd[j]), odd[(i + j) % COUNT(odd)]);
}

static void long_values_come_back_whole(void **state)
{
    fixture *f = *state;
    size_t n = 3000000;
    char *p = nr_arena_alloc(&f->a, n);
    for (size_t i = 0; i < n; i++) p[i] = (char)(i * 7 % 251);
    put(f, KEY, NR_S("a"), (nr_slice){p, n});
    check_slice(get(f, KEY, NR_S("a")), (nr_slice){p, n});
}

static void the_store_keeps_copies_and_gives_copies(void **state)
{
    fixture *f = *state;
    char key[] = "m:9", name[] = "name", value[] = "value", member[] = "member";
    put(f, nr_slice_of(key), nr_slice_of(name), nr_slice_of(value));
    add(f, NR_S("m/i/x"), nr_slice_of(member));
    assert_int_equal(f->s->cls->set_add(f->s, NR_S("m/s/x/=1"), nr_slice_of(member)), NR_ST_OK);
    nr_slice got = get(f, NR_S("m:9"), NR_S("name"));
    nr_slices ordered = scan_range(f, NR_S("m/i/x"), (nr_range){0}, false, 9), set = scan_set(f, NR_S("m/s/x/=1"));
    memset(key, '!', 3), memset(name, '!', 4), memset(value, '!', 5), memset(member, '!', 6);
    check_slice(get(f, NR_S("m:9"), NR_S("name")), NR_S("value"));
    assert_int_equal(f->s->cls->remove(f->s, NR_S("m:9")), NR_ST_OK);
    assert_int_equal(f->s->cls->remove(f->s, NR_S("m/i/x")), NR_ST_OK);
    assert_int_equal(f->s->cls->remove(f->s, NR_S("m/s/x/=1")), NR_ST_OK);
    check_slice(got, NR_S("value"));
    assert_int_equal(ordered.n, 1);
    check_slice(ordered.at[0], NR_S("member"));
    assert_int_equal(set.n, 1);
    check_slice(set.at[0], NR_S("member"));
}

static void many_keys_do_not_touch_each_other(void **state)
{
    fixture *f = *state;
    enum { N = 1000 };
    for (int i = 0; i < N; i++) put(f, nr_arena_printf(&f->a, "m:%d", i), NR_S("n"), nr_arena_printf(&f->a, "%d", i * i));
    for (int i = 0; i < N; i += 2) assert_int_equal(f->s->cls->remove(f->s, nr_arena_printf(&f->a, "m:%d", i)), NR_ST_OK);
    for (int i = 0; i < N; i++)
        check_slice(get(f, nr_arena_printf(&f->a, "m:%d", i), NR_S("n")), i % 2 ? nr_arena_printf(&f->a, "%d", i * i) : ABSENT);
}

/* Types. */

static nr_status try_hash_all(fixture *f)
{
    nr_pairs out = {0};
    return f->s->cls->hash_all(f->s, KEY, &f->a, &out);
}

static nr_status try_hash_get(fixture *f)
{
    bool exists;
    nr_pair field = {NR_S("a"), ABSENT};
    return f->s->cls->hash_get(f->s, KEY, &f->a, &field, 1, &exists);
}

static nr_status try_hash_put(fixture *f)
{
    nr_pair field = {NR_S("a"), NR_S("1")};
    return f->s->cls->hash_put(f->s, KEY, &field, 1);
}

static nr_status try_ordered_add(fixture *f)
{
    return f->s->cls->ordered_add(f->s, KEY, NR_S("a"));
}

static nr_status try_ordered_remove(fixture *f)
{
    return f->s->cls->ordered_remove(f->s, KEY, NR_S("a"));
}

static nr_status try_ordered_has(fixture *f)
{
    bool has;
    return f->s->cls->ordered_has(f->s, KEY, NR_S("a"), &has);
}

static nr_status try_ordered_count(fixture *f)
{
    uint64_t count;
    return f->s->cls->ordered_count(f->s, KEY, &(nr_range){0}, &count);
}

static nr_status try_ordered_scan(fixture *f)
{
    nr_slices out = {0};
    return f->s->cls->ordered_scan(f->s, KEY, &(nr_range){0}, false, 10, &f->a, &out);
}

static nr_status try_set_add(fixture *f)
{
    return f->s->cls->set_add(f->s, KEY, NR_S("a"));
}

static nr_status try_set_remove(fixture *f)
{
    return f->s->cls->set_remove(f->s, KEY, NR_S("a"));
}

static nr_status try_set_has(fixture *f)
{
    bool has;
    return f->s->cls->set_has(f->s, KEY, NR_S("a"), &has);
}

static nr_status try_set_count(fixture *f)
{
    uint64_t count;
    return f->s->cls->set_count(f->s, KEY, &count);
}

static nr_status try_set_scan(fixture *f)
{
    nr_slices out = {0};
    uint64_t cursor = 0;
    return f->s->cls->set_scan(f->s, KEY, &cursor, &f->a, &out);
}

static nr_status try_set_common(fixture *f)
{
    nr_slices out = {0};
    const nr_slice keys[] = {KEY, KEY};
    return f->s->cls->set_common(f->s, keys, 2, &f->a, &out);
}

static nr_status try_counter_get(fixture *f)
{
    int64_t value;
    return f->s->cls->counter_get(f->s, KEY, &value);
}

static nr_status try_counter_set(fixture *f)
{
    return f->s->cls->counter_set(f->s, KEY, 1);
}

typedef struct call {
    nr_holds holds; /* what the call works on */
    nr_status (*run)(fixture *f);
} call;

static const call calls[] = {
    {NR_HOLDS_HASH, try_hash_put},       {NR_HOLDS_HASH, try_hash_all},          {NR_HOLDS_HASH, try_hash_get},
    {NR_HOLDS_ORDERED, try_ordered_add}, {NR_HOLDS_ORDERED, try_ordered_remove}, {NR_HOLDS_ORDERED, try_ordered_has},
    {NR_HOLDS_ORDERED, try_ordered_count}, {NR_HOLDS_ORDERED, try_ordered_scan},
    {NR_HOLDS_SET, try_set_add},         {NR_HOLDS_SET, try_set_remove},         {NR_HOLDS_SET, try_set_has},
    {NR_HOLDS_SET, try_set_count},       {NR_HOLDS_SET, try_set_scan},          {NR_HOLDS_SET, try_set_common},
    {NR_HOLDS_STRING, try_counter_set},  {NR_HOLDS_STRING, try_counter_get},
};

/* Exactly what the makers below put there. */
static void check_untouched(fixture *f, nr_holds holds)
{
    int64_t counter = 1;
    assert_int_equal(f->s->cls->holds(f->s, KEY), holds);
    if (holds == NR_HOLDS_HASH) check_slice(get(f, KEY, NR_S("a")), NR_S("1"));
    if (holds == NR_HOLDS_ORDERED) assert_int_equal(count_range(f, KEY, (nr_range){NR_S("a"), NR_S("a"), false, false}), 1);
    if (holds == NR_HOLDS_SET) assert_int_equal(set_count(f, KEY), 1);
    if (holds == NR_HOLDS_STRING) assert_int_equal(f->s->cls->counter_get(f->s, KEY, &counter), NR_ST_OK);
    assert_int_equal(counter, 1);
}

static void a_key_of_another_type_is_refused_and_stays_as_it_is(void **state)
{
    fixture *f = *state;
    static const call makers[] = {
        {NR_HOLDS_HASH, try_hash_put},
        {NR_HOLDS_ORDERED, try_ordered_add},
        {NR_HOLDS_SET, try_set_add},
        {NR_HOLDS_STRING, try_counter_set},
    };
    for (size_t i = 0; i < COUNT(makers); i++) {
        assert_int_equal(makers[i].run(f), NR_ST_OK);
        for (size_t j = 0; j < COUNT(calls); j++) {
            if (calls[j].holds == makers[i].holds) continue;
            assert_int_equal(calls[j].run(f), NR_ST_WRONGTYPE);
            check_untouched(f, makers[i].holds);
        }
        assert_int_equal(f->s->cls->remove(f->s, KEY), NR_ST_OK);
        assert_int_equal(f->s->cls->holds(f->s, KEY), NR_HOLDS_NOTHING);
    }
}

/* Walks. */

typedef struct visit {
    fixture *f;
    nr_holds found[5];   /* of the keys m/0 .. m/4 */
    int calls, stop_after;
    int64_t deadline;    /* that keys have; 0: none */
} visit;

static bool on_key(void *ctx, nr_slice key, nr_holds holds)
{
    visit *v = ctx;
    v->calls++;
    assert_int_equal(key.n, 3);
    size_t i = (size_t)(key.p[2] - '0');
    assert_in_range(i, 0, 4);
    assert_int_equal(v->found[i], NR_HOLDS_NOTHING);
    v->found[i] = holds;
    assert_int_equal(v->f->s->cls->holds(v->f->s, key), holds);
    if (holds == NR_HOLDS_HASH) check_slice(get(v->f, key, NR_S("a")), NR_S("1"));
    return v->calls != v->stop_after;
}

static void make_one_of_each(fixture *f)
{
    put(f, NR_S("m/0"), NR_S("a"), NR_S("1"));
    put(f, NR_S("m/1"), NR_S("a"), NR_S("1"));
    add(f, NR_S("m/2"), NR_S("x"));
    assert_int_equal(f->s->cls->set_add(f->s, NR_S("m/3"), NR_S("x")), NR_ST_OK);
    assert_int_equal(f->s->cls->counter_set(f->s, NR_S("m/4"), 3), NR_ST_OK);
}

static void a_walk_meets_each_key_of_the_prefix_once(void **state)
{
    fixture *f = *state;
    visit v = {.f = f};
    make_one_of_each(f);
    f->s->cls->walk(f->s, NR_S(""), on_key, &v);
    assert_int_equal(v.calls, 5);
    static const nr_slice others[] = {{"m", 1}, {"M/0", 3}, {"ma/0", 4}, {"m?0", 3}, {"am/0", 4}, {"", 0}, {"m*", 2}};
    for (size_t i = 0; i < COUNT(others); i++) put(f, others[i], NR_S("a"), NR_S("2"));
    v = (visit){.f = f};
    f->s->cls->walk(f->s, NR_S("m/"), on_key, &v);
    static const nr_holds want[] = {NR_HOLDS_HASH, NR_HOLDS_HASH, NR_HOLDS_ORDERED, NR_HOLDS_SET, NR_HOLDS_STRING};
    for (size_t i = 0; i < COUNT(want); i++) assert_int_equal(v.found[i], want[i]);
    v = (visit){.f = f};
    f->s->cls->walk(f->s, NR_S("m/3"), on_key, &v);
    assert_int_equal(v.calls, 1);
    f->s->cls->walk(f->s, NR_S("m/33"), on_key, &v);
    f->s->cls->walk(f->s, NR_S("m[/]"), on_key, &v);
    assert_int_equal(v.calls, 1);
}

/* How many keys of a prefix come when they are asked for a piece at a time, each at least once. */
static size_t keys_in_pieces(fixture *f, nr_slice prefix)
{
    nr_slices keys = {0};
    uint64_t cursor = 0;
    size_t distinct = 0;
    do assert_int_equal(f->s->cls->keys(f->s, prefix, &cursor, &f->a, &keys), NR_ST_OK);
    while (cursor);
    for (size_t i = 0; i < keys.n; i++) {
        bool again = false;
        assert_true(nr_slice_starts(keys.at[i], prefix));
        for (size_t k = 0; k < i; k++) again = again || nr_slice_eq(keys.at[k], keys.at[i]);
        distinct += !again;
    }
    return distinct;
}

static void keys_in_pieces_are_those_of_the_prefix(void **state)
{
    fixture *f = *state;
    make_one_of_each(f);
    put(f, NR_S("am/0"), NR_S("a"), NR_S("2"));
    put(f, NR_S("m*"), NR_S("a"), NR_S("2"));
    assert_int_equal(keys_in_pieces(f, NR_S("")), 7);
    assert_int_equal(keys_in_pieces(f, NR_S("m/")), 5);
    assert_int_equal(keys_in_pieces(f, NR_S("m/3")), 1);
    assert_int_equal(keys_in_pieces(f, NR_S("m[/]")), 0);
}

static void a_key_takes_memory_and_none_takes_none(void **state)
{
    fixture *f = *state;
    make_one_of_each(f);
    assert_true(f->s->cls->bytes(f->s, NR_S("m/0")) > 0);
    assert_true(f->s->cls->bytes(f->s, NR_S("m/2")) > 0);
    assert_int_equal(f->s->cls->bytes(f->s, NR_S("m/9")), 0);
}

static void a_walk_stops_when_told_to(void **state)
{
    fixture *f = *state;
    make_one_of_each(f);
    for (int n = 1; n <= 5; n++) {
        visit v = {.f = f, .stop_after = n};
        f->s->cls->walk(f->s, NR_S("m/"), on_key, &v);
        assert_int_equal(v.calls, n);
    }
}

static bool on_met(void *ctx, const nr_met *met)
{
    visit *v = ctx;
    v->calls++;
    size_t i = (size_t)(met->key.p[2] - '0');
    assert_int_equal(met->key.n, 3);
    assert_int_equal(v->found[i], NR_HOLDS_NOTHING);
    v->found[i] = met->holds;
    assert_int_equal(met->deadline, v->deadline ? v->deadline : -1);
    assert_int_equal(met->fields.n, met->holds == NR_HOLDS_HASH ? i + 1 : 0);
    for (size_t k = 0; k < met->fields.n; k++) {
        assert_int_equal(met->fields.at[k].name.n, 1);
        check_slice(met->fields.at[k].value, met->fields.at[k].name.p[0] == 'a' ? NR_S("1") : NR_S("\0\xff"));
    }
    return v->calls != v->stop_after;
}

/* Of m/1 alone is read what it holds. */
static bool on_met_beside(void *ctx, const nr_met *met)
{
    visit *v = ctx;
    v->calls++;
    assert_int_equal(met->fields.n, nr_slice_eq(met->key, NR_S("m/1")) ? 2 : 0);
    return true;
}

static void a_reading_walk_gives_what_hashes_hold(void **state)
{
    fixture *f = *state;
    make_one_of_each(f);
    put(f, NR_S("m/1"), NR_S("b"), NR_S("\0\xff"));
    put(f, NR_S("other"), NR_S("a"), NR_S("1"));
    visit v = {.f = f};
    f->s->cls->walk_read(f->s, NR_S("m/"), (nr_slice){NULL, 0}, on_met, &v);
    static const nr_holds want[] = {NR_HOLDS_HASH, NR_HOLDS_HASH, NR_HOLDS_ORDERED, NR_HOLDS_SET, NR_HOLDS_STRING};
    for (size_t i = 0; i < COUNT(want); i++) assert_int_equal(v.found[i], want[i]);
    v = (visit){.f = f};
    f->s->cls->walk_read(f->s, NR_S("m/1"), NR_S("m/"), on_met_beside, &v);
    assert_int_equal(v.calls, 5);
    assert_int_equal(f->s->cls->size(f->s), 6);
    for (int n = 1; n <= 5; n++) {
        v = (visit){.f = f, .stop_after = n};
        f->s->cls->walk_read(f->s, NR_S("m/"), (nr_slice){NULL, 0}, on_met, &v);
        assert_int_equal(v.calls, n);
    }
}

static const int64_t FAR = INT64_C(32503680000000); /* the year 3000 */

static void expire(fixture *f, nr_slice key, int64_t deadline)
{
    assert_int_equal(f->s->cls->expire(f->s, key, deadline), NR_ST_OK);
}

static void a_key_has_the_deadline_it_was_given_until_it_is_taken_away(void **state)
{
    fixture *f = *state;
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), -1);
    put(f, NR_S("m"), NR_S("a"), NR_S("1"));
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), -1);
    expire(f, NR_S("m"), FAR);
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), FAR);
    expire(f, NR_S("m"), FAR - 1);
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), FAR - 1);
    put(f, NR_S("m"), NR_S("a"), NR_S("2"));
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), FAR - 1);
    visit v = {.f = f, .stop_after = 1, .deadline = FAR - 1};
    put(f, NR_S("m/0"), NR_S("a"), NR_S("1"));
    expire(f, NR_S("m/0"), FAR - 1);
    f->s->cls->walk_read(f->s, NR_S("m/"), (nr_slice){NULL, 0}, on_met, &v);
    assert_int_equal(v.calls, 1);
    expire(f, NR_S("m"), -1);
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), -1);
    check_slice(get(f, NR_S("m"), NR_S("a")), NR_S("2"));
}

static void a_key_whose_deadline_is_past_is_none_and_the_next_of_that_name_has_none(void **state)
{
    fixture *f = *state;
    visit v = {.f = f};
    put(f, NR_S("m/0"), NR_S("a"), NR_S("1"));
    expire(f, NR_S("m/0"), 1);
    assert_int_equal(f->s->cls->holds(f->s, NR_S("m/0")), NR_HOLDS_NOTHING);
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m/0")), -1);
    assert_null(get(f, NR_S("m/0"), NR_S("a")).p);
    assert_int_equal(f->s->cls->bytes(f->s, NR_S("m/0")), 0);
    assert_int_equal(keys_in_pieces(f, NR_S("m/")), 0);
    f->s->cls->walk(f->s, NR_S("m/"), on_key, &v);
    assert_int_equal(v.calls, 0);
    put(f, NR_S("m/0"), NR_S("b"), NR_S("2"));
    assert_null(get(f, NR_S("m/0"), NR_S("a")).p);
    check_slice(get(f, NR_S("m/0"), NR_S("b")), NR_S("2"));
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m/0")), -1);
}

static void a_key_that_is_not_there_gets_no_deadline(void **state)
{
    fixture *f = *state;
    expire(f, NR_S("m"), FAR);
    assert_int_equal(f->s->cls->holds(f->s, NR_S("m")), NR_HOLDS_NOTHING);
    put(f, NR_S("m"), NR_S("a"), NR_S("1"));
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), -1);
    expire(f, NR_S("m"), FAR);
    assert_int_equal(f->s->cls->remove(f->s, NR_S("m")), NR_ST_OK);
    put(f, NR_S("m"), NR_S("a"), NR_S("1"));
    assert_int_equal(f->s->cls->deadline(f->s, NR_S("m")), -1);
}

static void touching_a_key_changes_nothing(void **state)
{
    fixture *f = *state;
    f->s->cls->touch(f->s, NR_S("m"));
    assert_int_equal(f->s->cls->holds(f->s, NR_S("m")), NR_HOLDS_NOTHING);
    put(f, NR_S("m"), NR_S("a"), NR_S("1"));
    f->s->cls->touch(f->s, NR_S("m"));
    check_slice(get(f, NR_S("m"), NR_S("a")), NR_S("1"));
}

static const suite_test tests[] = {
    TEST(a_key_that_is_not_there_reads_as_empty),
    TEST(removing_what_is_not_there_is_fine_and_makes_no_key),
    TEST(hash_put_sets_replaces_and_removes_fields),
    TEST(hash_get_tells_a_hash_without_the_field_from_no_hash),
    TEST(hash_all_appends_each_field_once),
    TEST(an_empty_value_is_not_an_absent_one),
    TEST(removing_the_last_field_removes_the_key),
    TEST(one_hash_put_may_replace_all_fields),
    TEST(any_bytes_are_good_everywhere),
    TEST(long_values_come_back_whole),
    TEST(the_store_keeps_copies_and_gives_copies),
    TEST(many_keys_do_not_touch_each_other),
    TEST(a_key_of_another_type_is_refused_and_stays_as_it_is),
    TEST(a_walk_meets_each_key_of_the_prefix_once),
    TEST(a_walk_stops_when_told_to),
    TEST(a_reading_walk_gives_what_hashes_hold),
    TEST(keys_in_pieces_are_those_of_the_prefix),
    TEST(a_key_takes_memory_and_none_takes_none),
    TEST(a_key_has_the_deadline_it_was_given_until_it_is_taken_away),
    TEST(a_key_whose_deadline_is_past_is_none_and_the_next_of_that_name_has_none),
    TEST(a_key_that_is_not_there_gets_no_deadline),
    TEST(touching_a_key_changes_nothing),
    {NULL, NULL},
};

static size_t add_units(struct CMUnitTest *units, const suite_test *t, fixture *f)
{
    size_t n = 0;
    for (; t[n].name; n++) units[n] = (struct CMUnitTest){t[n].name, t[n].run, set_up, tear_down, f};
    return n;
}

int store_suite_run(const store_maker *maker)
{
    fixture f = {.maker = maker};
    struct CMUnitTest units[COUNT(tests) + STORE_INDEX_TESTS];
    size_t n = add_units(units, tests, &f);
    n += add_units(units + n, store_index_tests, &f);
    return _cmocka_run_group_tests(maker->name, units, n, NULL, NULL);
}
