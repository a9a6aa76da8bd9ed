/* unjoin.c -- from chains of LINKs to borrowed fields. */
#include "engine/unjoin.h"

#include "plan/access.h"
#include "table/table.h"

/* The references from the model on, up to the lookup in hand. */
typedef struct chain {
    nr_call *call;
    nr_model *model;
    const nr_link *at[NR_LINKS_MAX];
    size_t n;
} chain;

static bool is_way(const nr_borrowed *b, const nr_link *const *links, size_t n, nr_slice field)
{
    bool same = b->n_steps == n && nr_slice_eq(b->of, field);
    for (size_t i = 0; same && i < n; i++) same = !links[i]->reverse && nr_slice_eq(links[i]->field->name, b->steps[i].field);
    return same;
}

static const nr_field *borrowed_by(const nr_model *m, const nr_link *const *links, size_t n, nr_slice field)
{
    for (size_t i = 0; i < m->schema->n_borrowed; i++)
        if (is_way(&m->schema->borrowed[i], links, n, field)) return &m->schema->borrowed[i].field;
    return NULL;
}

/* NULL: it stays behind its references. */
static const nr_pred *unjoin_leaf(const chain *ch, const nr_pred *leaf)
{
    const nr_field *f = leaf->op == NR_P_LEAF ? borrowed_by(ch->model, ch->at, ch->n, leaf->field->name) : NULL;
    if (!f) return NULL;
    nr_pred *p = NR_NEW(&ch->call->arena, nr_pred);
    *p = *leaf;
    p->field = p->path.field = f;
    return nr_table_keeps(ch->model->table, f->id) && nr_access_helps(ch->model, p) ? p : NULL;
}

static const nr_pred *with_kids(nr_arena *arena, const nr_pred *p, const nr_pred *const *kids, size_t n)
{
    nr_pred *out = NR_NEW(arena, nr_pred);
    *out = *p;
    out->kids = kids;
    out->n = n;
    return out;
}

/* Puts the references back before what stays behind them. */
static const nr_pred *rejoin(const chain *ch, const nr_pred *p)
{
    for (size_t i = ch->n; i-- > 0;) {
        nr_pred *link = NR_NEW(&ch->call->arena, nr_pred);
        const nr_pred **kid = NR_NEW(&ch->call->arena, const nr_pred *);
        *kid = p;
        *link = (nr_pred){.op = NR_P_LINK, .link = ch->at[i], .n = 1, .kids = kid};
        p = link;
    }
    return p;
}

static const nr_pred *unjoin_behind(chain *ch, const nr_pred *p);

/* What stays of a list stays together: one join. */
static const nr_pred *unjoin_list(chain *ch, const nr_pred *p)
{
    nr_arena *arena = &ch->call->arena;
    const nr_pred **out = NR_NEW_N(arena, const nr_pred *, p->n + 1), **left = NR_NEW_N(arena, const nr_pred *, p->n);
    size_t n = 0, n_left = 0;
    for (size_t i = 0; i < p->n; i++) {
        const nr_pred *kid = unjoin_behind(ch, p->kids[i]);
        if (kid) out[n++] = kid;
        else left[n_left++] = p->kids[i];
    }
    if (!n) return NULL;
    if (n_left) out[n++] = rejoin(ch, n_left == 1 ? left[0] : with_kids(arena, p, left, n_left));
    return with_kids(arena, p, out, n);
}

/* A predicate of what the chain leads to, as one of the model's rows; NULL: nothing of it is answered here. As deep as the predicate. */
static const nr_pred *unjoin_behind(chain *ch, const nr_pred *p)
{
    if (nr_pred_is_tree(p)) return unjoin_list(ch, p);
    if (p->op != NR_P_LINK) return unjoin_leaf(ch, p);
    if (p->link->reverse || ch->n == NR_LINKS_MAX) return NULL;
    ch->at[ch->n++] = p->link;
    const nr_pred *out = unjoin_behind(ch, p->kids[0]);
    ch->n--;
    return out;
}

static bool is_on(const nr_call *c, const nr_model *m)
{
    return m->schema->n_borrowed && m->table && !(c->passes_off & NR_PASS_BORROWED);
}

const nr_pred *nr_unjoin(nr_call *c, nr_model *m, const nr_pred *p)
{
    chain ch = {.call = c, .model = m};
    if (!is_on(c, m) || !nr_pred_waits(p)) return p;
    if (p->op == NR_P_LINK) {
        const nr_pred *out = unjoin_behind(&ch, p);
        return out ? out : p;
    }
    const nr_pred **kids = NR_NEW_N(&c->arena, const nr_pred *, p->n);
    for (size_t i = 0; nr_pred_is_tree(p) && i < p->n; i++) kids[i] = nr_unjoin(c, m, p->kids[i]);
    return nr_pred_is_tree(p) ? with_kids(&c->arena, p, kids, p->n) : p;
}

/* Whether an index has the values of a field in their order. */
static bool is_ordered(const nr_model *m, const nr_field *f)
{
    bool ordered = false;
    for (size_t i = 0; !ordered && i < m->n_indexes; i++) {
        const nr_index *ix = &m->indexes[i];
        ordered = ix->path.field == f && ix->kind == NR_IX_ORDERED && ix->keyfn == &nr_key_value && nr_path_plain(&ix->path) && nr_access_usable(m, ix);
    }
    return ordered && nr_table_keeps(m->table, f->id);
}

void nr_unjoin_order(nr_call *c, nr_query *q)
{
    size_t own = nr_schema_values(q->model->schema);
    nr_sort_key *keys = NR_NEW_N(&c->arena, nr_sort_key, q->n_order);
    if (!q->n_order || !is_on(c, q->model)) return;
    memcpy(keys, q->order, q->n_order * sizeof *keys);
    for (size_t i = 0; i < q->n_order; i++) {
        if (keys[i].field->id < own || keys[i].term) continue;
        const nr_joined *j = q->joined.at[keys[i].field->id - own];
        const nr_field *f = borrowed_by(q->model, j->links, j->n_links, j->of->name);
        if (f && is_ordered(q->model, f)) keys[i].field = f;
    }
    q->order = keys;
}
