/* op_walk.c -- sources over indexes in memory: a walk of an ordered one, by positions, and the rows of posting lists.
 *
 * Where equal keys must come with their pks in the direction opposite to the walk, each group of equal keys is read by itself the other way. */
#include "exec/op.h"
#include "table/ordered.h"
#include "table/postings.h"

typedef struct walk_state {
    size_t done;    /* spans finished or begun */
    nr_span left;   /* what is left of the current one; empty: the next one's turn */
    nr_span group;  /* what is left of the current group of equal keys */
} walk_state;

static bool is_empty(const nr_span *s)
{
    return s->from == s->to;
}

/* Reads up to max rows from one end of the span and takes them off it. */
static size_t read_end(const nr_ordered *o, nr_span *s, bool down, size_t max, uint32_t *rows)
{
    uint64_t left = s->to - s->from;
    if (!left) return 0;
    size_t n = nr_ordered_read(o, down ? s->to - 1 : s->from, down, left < max ? (size_t)left : max, rows);
    if (down) s->to -= n;
    else s->from += n;
    return n;
}

/* Takes the group at the end where the walk goes on out of the span. */
static void next_group(const nr_walk_params *p, walk_state *s)
{
    nr_span one = s->left;
    uint32_t row;
    read_end(p->ordered, &one, p->descending, 1, &row);
    nr_value v = nr_column_get(p->key, row);
    s->group = s->left;
    if (p->descending) {
        uint64_t from = nr_ordered_rank(p->ordered, &v, false);
        s->group.from = from > s->left.from ? from : s->left.from;
        s->left.to = s->group.from;
    } else {
        uint64_t to = nr_ordered_rank(p->ordered, &v, true);
        s->group.to = to < s->left.to ? to : s->left.to;
        s->left.from = s->group.to;
    }
}

static bool walk_next(nr_op *op, nr_batch *b)
{
    const nr_walk_params *p = op->node->params;
    walk_state *s = op->state;
    bool by_group = p->index->kind == NR_IX_ORDERED && p->descending != p->pks_descending;
    size_t most = nr_batch_grow(&op->grow);
    if (most > b->want) most = b->want;
    while (b->n < most) {
        if (!is_empty(&s->group)) {
            b->n += read_end(p->ordered, &s->group, p->pks_descending, most - b->n, b->rows + b->n);
        } else if (!is_empty(&s->left)) {
            if (by_group) next_group(p, s);
            else b->n += read_end(p->ordered, &s->left, p->descending, most - b->n, b->rows + b->n);
        } else {
            if (s->done == p->n_spans) return true;
            s->left = p->spans[p->descending ? p->n_spans - 1 - s->done : s->done];
            s->done++;
        }
    }
    return true;
}

static void walk_explain(const nr_node *node, nr_buf *out)
{
    const nr_walk_params *p = node->params;
    nr_buf_printf(out, "index=%.*s", NR_FMT(p->index->name));
    if (p->text.n) nr_buf_printf(out, " %.*s", NR_FMT(p->text));
    if (p->descending) nr_buf_add(out, NR_S(" descending"));
}

const nr_op_class nr_op_walk = {"Walk", true, sizeof(walk_state), walk_next, walk_explain, true, false};

typedef struct lists_state {
    size_t done; /* lists; of all: what is common to them is one, the crowd another */
    bool begun; /* at stands in the current list */
    roaring_uint32_iterator_t at;
} lists_state;

/* Whether it is in every list behind the first `from`; of none it is in none. */
static bool in_lists(const nr_lists_params *p, size_t from, uint32_t row)
{
    bool in = from || p->n_lists;
    for (size_t k = from; in && k < p->n_lists; k++) in = roaring_bitmap_contains(p->lists[k], row);
    return in;
}

/* Keeps those of n rows of the first list that are in the others, or those of the crowd that are not in all of them. */
static size_t keep(const nr_lists_params *p, bool crowd, uint32_t *rows, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        rows[kept] = rows[i];
        kept += crowd ? !in_lists(p, 0, rows[i]) : in_lists(p, 1, rows[i]);
    }
    return kept;
}

static bool all_next(const nr_lists_params *p, lists_state *s, nr_batch *b, size_t most)
{
    const roaring_bitmap_t *const parts[] = {p->n_lists ? p->lists[0] : NULL, p->crowd};
    while (b->n == 0 && s->done < 2) {
        uint32_t n = 0;
        if (parts[s->done]) {
            if (!s->begun) roaring_init_iterator(parts[s->done], &s->at);
            n = roaring_read_uint32_iterator(&s->at, b->rows, (uint32_t)most);
        }
        b->n = keep(p, s->done == 1, b->rows, n);
        s->begun = n == most;
        s->done += n < most;
    }
    return true;
}

static bool lists_next(nr_op *op, nr_batch *b)
{
    const nr_lists_params *p = op->node->params;
    lists_state *s = op->state;
    size_t most = nr_batch_grow(&op->grow);
    if (most > b->want) most = b->want;
    if (p->all) return all_next(p, s, b, most);
    while (b->n < most && s->done < p->n_lists) {
        if (!s->begun) roaring_init_iterator(p->lists[s->done], &s->at);
        s->begun = true;
        uint32_t n = roaring_read_uint32_iterator(&s->at, b->rows + b->n, (uint32_t)(most - b->n));
        b->n += n;
        if (b->n == most) break;
        s->begun = false;
        s->done++;
    }
    return true;
}

static void lists_explain(const nr_node *node, nr_buf *out)
{
    const nr_lists_params *p = node->params;
    nr_buf_printf(out, "index=%.*s%s %.*s", NR_FMT(p->index->name), p->all ? " all of its keys" : "", NR_FMT(p->text));
}

const nr_op_class nr_op_lists = {"Postings", true, sizeof(lists_state), lists_next, lists_explain, true, false};
