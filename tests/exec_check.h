/* exec_check.h -- a model of some thousand rows, trees of operators made by hand, and what they give when they are pulled in batches of all sizes. */
#ifndef EXEC_CHECK_H
#define EXEC_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "engine/commands.h"
#include "store/keys.h"
#include "table/postings.h"
#include "table/rows.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROWS = 3000, KEYS = 7 };

static world w;
static nr_call call;
static nr_model *model;
static nr_run run;

/* Row i+1: a is i % 7, NULL in place of 6; b is a permutation; s has one of three long texts. */
static inline int a_of(int64_t pk)
{
    int a = (int)((pk - 1) % KEYS);
    return a == KEYS - 1 ? -1 : a;
}

static inline int b_of(int64_t pk)
{
    return (int)(pk * 7919 % ROWS);
}

static inline int set_up_rows(void **state)
{
    (void)state;
    text t = {0};
    world_open(&w);
    text_add(&t, NR_S("SAVE x.Row JSON '["));
    for (int i = 1; i <= ROWS; i++) {
        text_addf(&t, "%s{\"b\":%d,\"s\":\"%070d\"", i > 1 ? "," : "", b_of(i), i % 3);
        if (a_of(i) >= 0) text_addf(&t, ",\"a\":%d", a_of(i));
        text_add(&t, NR_S("}"));
    }
    text_add(&t, NR_S("]'"));
    world_do(&w, "MODEL SET x.Row '{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"b\": {\"type\": \"int\"}, \"s\": "
                 "{\"type\": \"char\", \"index\": [\"exact\"]}}}'");
    const char *got = world_do(&w, t.p);
    free(t.p);
    return w.ok ? 0 : (fprintf(stderr, "%.200s\n", got), 1);
}

static inline int tear_down_rows(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static inline int set_up(void **state)
{
    (void)state;
    nr_call_init(&call, w.engine);
    call.store = w.store;
    model = nr_model_need(&call, NR_S("x.Row"));
    if (!model) return 1;
    nr_run_start(&run, &call, model);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    nr_run_close(&run);
    nr_call_clear(&call);
    return 0;
}

/* -- trees ------------------------------------------------------------------------------------------------------------------------------- */

static inline nr_node *node(const nr_op_class *cls, const nr_node *child, const void *params, size_t size)
{
    nr_node *n = NR_NEW(&call.arena, nr_node);
    void *copy = nr_arena_zalloc(&call.arena, size);
    if (size) memcpy(copy, params, size);
    n->cls = cls;
    n->child = child;
    n->params = copy;
    return n;
}

static inline const nr_index *index_of(const char *name)
{
    for (size_t i = 0; i < model->n_indexes; i++)
        if (nr_slice_is(model->indexes[i].name, name)) return &model->indexes[i];
    fail_msg("no index %s", name);
    return NULL;
}

static inline const nr_field *field_of(const char *name)
{
    const nr_field *f = nr_schema_field(model->schema, nr_slice_of(name));
    assert_non_null(f);
    return f;
}

static const nr_range everything[1];

static inline nr_node *scan(const char *index, const nr_range *ranges, size_t n, bool descending, bool pks_descending)
{
    nr_scan_params p = {index_of(index), ranges, n, descending, pks_descending, NR_S("")};
    return node(&nr_op_scan, NULL, &p, sizeof p);
}

static inline nr_node *all_rows(void)
{
    return scan("pk", everything, 1, false, false);
}

static inline nr_node *counted(const nr_op_class *cls, const nr_node *child, uint64_t count)
{
    nr_count_params p = {count};
    return node(cls, child, &p, sizeof p);
}

static inline nr_node *load(const nr_node *child)
{
    static const bool want[] = {true, true, true, true};
    nr_load_params p = {.want = want};
    return node(&nr_op_load, child, &p, sizeof p);
}

static inline nr_node *filter(const nr_node *child, const char *field, const char *lookup, int64_t operand)
{
    nr_pred *p = NR_NEW(&call.arena, nr_pred);
    nr_operand *arg = NR_NEW(&call.arena, nr_operand);
    *arg = (nr_operand){{.kind = NR_V_INT, .i = operand}, 0};
    *p = (nr_pred){
        .op = NR_P_LEAF, .field = field_of(field), .lookup = nr_lookup_find(nr_slice_of(lookup)), .args = {.at = arg, .n = 1}, .text = NR_S("")};
    p->path = nr_path_of(p->field);
    p->direct = true;
    nr_filter_params f = {p};
    return node(&nr_op_filter, child, &f, sizeof f);
}

/* The ranges of `a in (values)`, values ascending; -1 is NULL. */
static inline const nr_range *points(const int *values, size_t n)
{
    nr_range *out = NR_NEW_N(&call.arena, nr_range, n);
    for (size_t i = 0; i < n; i++) {
        nr_probe p = {.kind = NR_PB_POINT, .lo = values[i] < 0 ? NR_NULL : (nr_value){.kind = NR_V_INT, .i = values[i]}, .hi = NR_NULL};
        assert_true(nr_probe_range(index_of("a.value"), &p, &call.arena, &out[i]));
    }
    return out;
}

/* -- running ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct pks {
    int64_t at[ROWS * 2];
    size_t n;
} pks;

static inline int64_t pk_of(uint32_t row)
{
    nr_slice name = nr_rows_pk(model->rows, row);
    return strtoll(nr_arena_copy(&call.arena, name).p, NULL, 10);
}

/* Pulls to the end, asking for other numbers of rows each time; the end comes again when asked for again. */
static inline void pull(const nr_node *root, unsigned sizes, pks *out)
{
    static const size_t wants[][5] = {{1024, 1024, 1024, 1024, 1024}, {1, 1, 1, 1, 1}, {3, 1024, 1, 17, 500}, {16, 15, 17, 1, 1024}};
    nr_op *op = nr_op_open(&run, root);
    nr_batch *b = NR_NEW(&call.arena, nr_batch);
    out->n = 0;
    for (size_t i = 0;; i++) {
        b->want = wants[sizes][i % 5];
        size_t want = b->want;
        if (!nr_op_next(op, b)) fail_msg("%s", call.err.msg);
        assert_true(b->n <= want);
        if (!b->n) break;
        for (size_t k = 0; k < b->n; k++) {
            assert_true(out->n < COUNT(out->at));
            out->at[out->n++] = pk_of(b->rows[k]);
        }
    }
    b->want = 5;
    assert_true(nr_op_next(op, b));
    assert_int_equal(b->n, 0);
    nr_run_close(&run);
}

static inline void expect(const nr_node *root, const pks *want)
{
    static pks got;
    for (unsigned sizes = 0; sizes < 4; sizes++) {
        pull(root, sizes, &got);
        assert_int_equal(got.n, want->n);
        for (size_t i = 0; i < want->n; i++)
            if (got.at[i] != want->at[i]) fail_msg("place %zu: pk %lld, not %lld (sizes %u)", i, (long long)got.at[i], (long long)want->at[i], sizes);
    }
}

typedef struct ordering {
    int (*key)(int64_t pk);
    bool descending, pks_descending;
} ordering;

static ordering by;

static inline int compare_pks(const void *x, const void *y)
{
    int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;
    int a = by.key ? by.key(p) : 0, b = by.key ? by.key(q) : 0;
    if (a != b) return (a < b ? -1 : 1) * (by.descending ? -1 : 1);
    return (p < q ? -1 : p > q) * (by.pks_descending ? -1 : 1);
}

/* All pks for which keep holds, in order. */
static inline void wanted(int (*key)(int64_t pk), bool descending, bool pks_descending, bool (*keep)(int64_t pk), pks *out)
{
    out->n = 0;
    for (int64_t pk = 1; pk <= ROWS; pk++)
        if (!keep || keep(pk)) out->at[out->n++] = pk;
    by = (ordering){key, descending, pks_descending};
    qsort(out->at, out->n, sizeof *out->at, compare_pks);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
