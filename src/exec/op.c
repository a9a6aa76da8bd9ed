/* op.c -- the pump, and what all operators share. */
#include "exec/op.h"

#include <stddef.h>

#include "table/rows.h"

nr_batch *nr_batch_new(nr_arena *arena)
{
    nr_batch *b = nr_arena_alloc(arena, sizeof *b);
    memset(b, 0, offsetof(nr_batch, rows));
    return b;
}

nr_op *nr_op_open(nr_run *run, const nr_node *node)
{
    nr_op *op = NR_NEW(run->arena, nr_op);
    op->node = node;
    op->run = run;
    op->state = nr_arena_zalloc(run->arena, node->cls->state_size);
    nr_arena_init(&op->arena, run->env);
    op->next_in_run = run->ops;
    run->ops = op;
    if (node->child) (op->child = nr_op_open(run, node->child))->below = true;
    if (node->side) (op->side = nr_op_open(run, node->side))->below = true;
    return op;
}

void nr_node_print(const nr_node *node, size_t depth, nr_buf *out)
{
    for (size_t i = 0; i < depth; i++) nr_buf_add(out, NR_S("  "));
    nr_buf_add(out, nr_slice_of(node->cls->name));
    if (node->cls->explain) {
        nr_buf_byte(out, ' ');
        node->cls->explain(node, out);
    }
    nr_buf_printf(out, " rows%s%llu", node->exact ? "=" : "<=", (unsigned long long)node->rows);
}

/* Its own time: what those below it took is theirs. */
static void profile_op(const nr_op *op, size_t depth, nr_slices *lines)
{
    nr_buf b = nr_buf_in(op->run->arena);
    int64_t own = op->time_us - (op->child ? op->child->time_us : 0) - (op->side ? op->side->time_us : 0);
    nr_node_print(op->node, depth, &b);
    nr_buf_printf(&b, " | rows=%llu batches=%llu steps=%llu time=%lldus", (unsigned long long)op->rows, (unsigned long long)op->batches,
                  (unsigned long long)op->steps, (long long)own);
    nr_vec_push(op->run->arena, lines, nr_buf_slice(&b));
    if (op->child) profile_op(op->child, depth + 1, lines);
    if (op->side) profile_op(op->side, depth + 1, lines);
}

/* The run's list begins with what was opened last. */
static void profile_run(nr_run *run)
{
    NR_VEC(const nr_op *) roots = {0};
    for (const nr_op *op = run->ops; op; op = op->next_in_run)
        if (!op->below) nr_vec_push(run->arena, &roots, op);
    for (size_t i = roots.n; i-- > 0;) profile_op(roots.at[i], 0, run->profile);
}

void nr_run_close(nr_run *run)
{
    if (run->profile) profile_run(run);
    for (nr_op *op = run->ops; op; op = op->next_in_run) nr_arena_clear(&op->arena);
    run->ops = NULL;
}

static bool within_budget(nr_run *run)
{
    if ((int64_t)run->scanned > run->limits.max_scan)
        return nr_fail(run->err, NR_E_LIMIT, "the command examined more than %lld rows (%s); add an index or a narrower filter",
                       (long long)run->limits.max_scan, run->scan_limit ? run->scan_limit : "nonrel.max-scan");
    size_t held = run->arena->held;
    for (const nr_op *op = run->ops; op; op = op->next_in_run) held += op->arena.held;
    if (held > (size_t)run->limits.max_memory)
        return nr_fail(run->err, NR_E_LIMIT, "the command needs more than %lld bytes of memory (nonrel.max-memory); ask for fewer rows or fields",
                       (long long)run->limits.max_memory);
    if (run->env->mono_us(run->env->ctx) > run->deadline_us)
        return nr_fail(run->err, NR_E_LIMIT, "the command took more than %lld ms (nonrel.max-time)", (long long)run->limits.max_time);
    return true;
}

static bool pull(nr_op *op, nr_batch *b)
{
    b->n = 0;
    b->loaded = false;
    b->pairs = NULL;
    b->dense = b->dense && op->node->cls->dense;
    if (!op->node->cls->next(op, b) || op->run->err->code) return false; /* evaluating a predicate may fail, and has no way to say so but err */
    op->rows += b->n;
    if (op->node->cls->source) op->run->scanned += b->n;
    return within_budget(op->run);
}

static bool pull_timed(nr_op *op, nr_batch *b)
{
    const nr_env *env = op->run->env;
    int64_t begin = env->mono_us(env->ctx);
    bool ok = pull(op, b);
    op->steps++;
    op->batches += b->n > 0;
    op->time_us += env->mono_us(env->ctx) - begin;
    return ok;
}

bool nr_op_next(nr_op *op, nr_batch *b)
{
    return op->run->profile ? pull_timed(op, b) : pull(op, b);
}

size_t nr_batch_grow(size_t *grow)
{
    size_t now = *grow ? *grow : NR_BATCH_FIRST;
    *grow = now * 2 < NR_BATCH ? now * 2 : NR_BATCH;
    return now;
}

bool nr_op_sieve(nr_op *op, nr_sieve *s, bool (*pass)(const nr_op *op, const nr_batch *in, size_t i), nr_batch *b)
{
    while (b->n == 0) {
        if (s->at == s->in.n) {
            s->at = 0;
            s->in.want = nr_batch_grow(&op->grow);
            if (!nr_op_next(op->child, &s->in)) return false;
            if (s->in.n == 0) return true;
        }
        for (; s->at < s->in.n && b->n < b->want; s->at++) {
            if (!pass(op, &s->in, s->at)) continue;
            b->rows[b->n] = s->in.rows[s->at];
            b->values[b->n++] = s->in.values[s->at];
        }
    }
    b->loaded = s->in.loaded;
    return true;
}

void nr_run_blame(const nr_run *run, uint32_t row)
{
    if (run->err->code) nr_err_add(run->err, " (entity %s)", NR_SHOW(nr_rows_pk(run->model->rows, row)));
}

bool nr_run_rows(nr_run *run, const nr_slice *pks, size_t n, uint32_t *rows)
{
    return nr_rows_intern_all(run->model->rows, pks, n, rows) || nr_fail(run->err, NR_E_LIMIT, "%.*s has more than 4294967294 rows", NR_FMT(run->model->schema->name));
}
