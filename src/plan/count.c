/* count.c -- how many rows match, by sizes of indexes alone: no row is looked at.
 *
 * |not A| = all - |A|;  |A and not B| = |A| - |A and B|;  |A or B| = |A| + |B| - |A and B|. Each is known when its parts are, at last by one path that covers
 * all that it stands for. */
#include "plan/access.h"
#include "plan/simplify.h"
#include "table/table.h" /* and posting lists */

enum { DEEPEST = 4 }; /* how often a count is taken apart: what comes of it is at most three times as many counts each time */

typedef struct counting {
    nr_planner *p;
    uint64_t total;
    nr_buf *text; /* what was counted; of no use when the count is not known */
} counting;

static bool count_pred(counting *c, const nr_pred *pred, int depth, bool *known, uint64_t *count);

static bool count_access(counting *c, nr_access *a, bool *known, uint64_t *count)
{
    if (!a->covers || a->repeats || a->all) return true;
    if (!nr_access_measure(c->p, a)) return false;
    *known = true;
    *count = a->count;
    if (c->p->explains && a->index) nr_buf_printf(c->text, "index=%.*s ", NR_FMT(a->index->name));
    if (c->p->explains) nr_buf_add(c->text, nr_access_text(c->p, a));
    return true;
}

static const nr_pred *both(counting *c, const nr_pred *a, const nr_pred *b)
{
    const nr_pred **kids = NR_NEW_N(c->p->arena, const nr_pred *, 2);
    nr_pred *and = NR_NEW(c->p->arena, nr_pred);
    kids[0] = a;
    kids[1] = b;
    *and = (nr_pred){.op = NR_P_AND, .n = 2, .kids = kids};
    return nr_plan_simplify(c->p, and);
}

/* A conjunction without its kid i. */
static const nr_pred *without(counting *c, const nr_pred *pred, size_t i)
{
    const nr_pred **kids = NR_NEW_N(c->p->arena, const nr_pred *, pred->n);
    nr_pred *out = NR_NEW(c->p->arena, nr_pred);
    for (size_t k = 0, n = 0; k < pred->n; k++)
        if (k != i) kids[n++] = pred->kids[k];
    *out = (nr_pred){.op = NR_P_AND, .n = pred->n - 1, .kids = kids};
    return nr_plan_simplify(c->p, out);
}

/* Counts a, and b, and takes one from the other. */
static bool count_minus(counting *c, const nr_pred *a, const nr_pred *b, int depth, bool *known, uint64_t *count)
{
    uint64_t less = 0;
    if (!count_pred(c, a, depth, known, count)) return false;
    if (!*known) return true;
    nr_buf_add(c->text, NR_S(" less "));
    if (!count_pred(c, b, depth, known, &less)) return false;
    *count = *count > less ? *count - less : 0;
    return true;
}

/* Several lookups on one ordered index are one count. */
static bool count_conjunction(counting *c, const nr_pred *pred, int depth, bool *known, uint64_t *count)
{
    nr_analysis an;
    for (size_t i = 0; depth && i < pred->n; i++) {
        if (pred->kids[i]->op != NR_P_NOT) continue;
        const nr_pred *others = without(c, pred, i);
        return count_minus(c, others, both(c, others, pred->kids[i]->kids[0]), depth - 1, known, count);
    }
    if (!nr_plan_analyse(c->p, pred, &an)) return false;
    return an.rest.n || an.paths.n != 1 || count_access(c, an.paths.at[0], known, count);
}

/* OR of lookups that posting lists answer: the size of their union. */
static bool count_union(counting *c, const nr_pred *pred, bool *known, uint64_t *count)
{
    NR_VEC(const roaring_bitmap_t *) lists = {0};
    for (size_t i = 0; i < pred->n; i++) {
        nr_access a = {0};
        bool found = false;
        if (pred->kids[i]->op != NR_P_LEAF) return true;
        if (!nr_access_find(c->p, pred->kids[i], &a, &found)) return false;
        if (!found || !a.covers || a.all || !a.index->memory || a.index->kind != NR_IX_SET) return true;
        for (size_t k = 0; k < a.n_lists; k++) nr_vec_push(c->p->arena, &lists, a.lists[k]);
    }
    roaring_bitmap_t *all = roaring_bitmap_or_many(lists.n, lists.at);
    *known = true;
    *count = roaring_bitmap_get_cardinality(all);
    roaring_bitmap_free(all);
    nr_buf_printf(c->text, "union of %zu posting lists", lists.n);
    return true;
}

static bool count_disjunction(counting *c, const nr_pred *pred, int depth, bool *known, uint64_t *count)
{
    uint64_t first = 0;
    if (!count_union(c, pred, known, count)) return false;
    if (*known || pred->n != 2 || !depth) return true;
    if (!count_pred(c, pred->kids[0], depth - 1, known, &first)) return false;
    if (!*known) return true;
    nr_buf_add(c->text, NR_S(" plus "));
    if (!count_minus(c, pred->kids[1], both(c, pred->kids[0], pred->kids[1]), depth - 1, known, count)) return false;
    *count += first;
    return true;
}

/* `isnull false` is all that is not NULL. */
static bool count_not_null(counting *c, const nr_pred *pred, int depth, bool *known, uint64_t *count)
{
    static const nr_operand truth = {{.kind = NR_V_INT, .i = 1}, 0};
    if (pred->lookup->arg != NR_ARG_TRUTH || pred->args.at->v.i || !depth || nr_path_many(&pred->path)) return true;
    nr_pred *null = NR_NEW(c->p->arena, nr_pred), *not = NR_NEW(c->p->arena, nr_pred);
    const nr_pred **kid = NR_NEW(c->p->arena, const nr_pred *);
    *null = *pred;
    null->args = (nr_args){.at = &truth, .n = 1};
    null->text = NR_S("true");
    *kid = null;
    *not = (nr_pred){.op = NR_P_NOT, .n = 1, .kids = kid};
    return count_pred(c, not, depth - 1, known, count);
}

static bool count_pred(counting *c, const nr_pred *pred, int depth, bool *known, uint64_t *count)
{
    nr_access a;
    bool found;
    *known = false;
    *count = 0;
    switch (pred->op) {
    case NR_P_AND:
        if (pred->n) return count_conjunction(c, pred, depth, known, count);
        *known = true;
        *count = c->total;
        nr_buf_add(c->text, NR_S("all"));
        return true;
    case NR_P_NOT:
        nr_buf_add(c->text, NR_S("all less "));
        if (!count_pred(c, pred->kids[0], depth, known, count)) return false;
        *count = c->total > *count ? c->total - *count : 0;
        return true;
    case NR_P_OR: return count_disjunction(c, pred, depth, known, count);
    case NR_P_LEAF:
        if (!nr_access_find(c->p, pred, &a, &found)) return false;
        return found ? count_access(c, &a, known, count) : count_not_null(c, pred, depth, known, count);
    case NR_P_ROWS:
        *known = true;
        *count = pred->n_rows;
        return true;
    case NR_P_COMPARE:
    case NR_P_LINK:
    case NR_P_PAIRED:
    case NR_P_QUERY: return true;
    }
    return true;
}

bool nr_plan_count(nr_planner *p, const nr_query *q, bool *known, uint64_t *count, nr_buf *text)
{
    nr_access all;
    *known = false;
    if (!nr_pass_on(p, NR_PASS_COUNT)) return true;
    if (!nr_access_every(p, &all)) return false;
    counting c = {p, all.count, text};
    return count_pred(&c, nr_plan_simplify(p, q->where), DEEPEST, known, count);
}
