/* composite.c -- the key of an index of several fields is what they have, one behind the other: pinned fields are a prefix of it, a stretch of the next
 * field's values is a stretch of keys behind that prefix, and what lies there is in the order of the rest. */
#include "plan/composite.h"

#include "table/table.h"

enum { MOST_LEAVES = 64 }; /* a bound of what a long filter makes the planner do */

/* The probes of a lookup on a part, as if the part had an index of its own. False: they cannot be had, or hold what does not match. */
static bool probe_part(nr_planner *p, const nr_pred *leaf, const nr_index_part *part, nr_probes *probes)
{
    const nr_index alone = {.kind = NR_IX_ORDERED, .path = part->path, .keyfn = &nr_key_value};
    const nr_way *way = leaf->op == NR_P_LEAF && leaf->field == part->path.field ? nr_access_way(leaf, &alone, p->arena, probes) : NULL;
    return way && (way->flags & NR_WAY_EXACT) && !(way->flags & NR_WAY_ALL);
}

static size_t looked_at(const nr_preds *all)
{
    return all->n < MOST_LEAVES ? all->n : MOST_LEAVES;
}

/* The lookup that pins a part to one value, which is appended; NULL: none does. */
static const nr_pred *pin(nr_planner *p, const nr_preds *all, const nr_index_part *part, nr_buf *points)
{
    for (size_t i = 0; i < looked_at(all); i++) {
        nr_probes probes = {0};
        if (!probe_part(p, all->at[i], part, &probes) || probes.n != 1 || probes.at[0].kind != NR_PB_POINT || probes.at[0].doubtful) continue;
        nr_index_part_add(part, &probes.at[0].lo, points);
        return all->at[i];
    }
    return NULL;
}

static void add_stretch(nr_planner *p, const nr_index *ix, const nr_range *r, nr_access *out)
{
    if (!ix->memory) {
        nr_range *ranges = NR_NEW_N(p->arena, nr_range, out->n_ranges + 1);
        if (out->n_ranges) memcpy(ranges, out->ranges, out->n_ranges * sizeof *ranges);
        ranges[out->n_ranges++] = *r;
        out->ranges = ranges;
        return;
    }
    const nr_ordered *o = nr_table_ordered(p->model->table, (size_t)(ix - p->model->indexes));
    nr_value lo = {.kind = NR_V_TEXT, .s = r->lo}, hi = {.kind = NR_V_TEXT, .s = r->hi};
    nr_span s = {nr_ordered_rank(o, &lo, false), nr_ordered_rank(o, &hi, false)};
    if (s.from >= s.to) return;
    nr_span *spans = NR_NEW_N(p->arena, nr_span, out->n_spans + 1);
    if (out->n_spans) memcpy(spans, out->spans, out->n_spans * sizeof *spans);
    spans[out->n_spans++] = s;
    out->spans = spans;
}

enum { MOST_STRETCHES = 256 }; /* a longer list of values is for an index of one field, or for the filter */

/* What one lookup on the first part that is not pinned leaves; false: nothing is known of it. */
static bool stretches(nr_planner *p, const nr_pred *leaf, const nr_index *ix, nr_slice points, size_t pinned, nr_access *out)
{
    nr_probes probes = {0};
    *out = (nr_access){.index = ix, .covers = true};
    if (!probe_part(p, leaf, &ix->parts[pinned], &probes) || probes.n > MOST_STRETCHES) return false;
    for (size_t i = 0; i < probes.n; i++) {
        nr_range r;
        const nr_probe *probe = &probes.at[ix->parts[pinned].descending ? probes.n - 1 - i : i];
        if (probe->doubtful) return false;
        if (nr_probe_parts(ix, points, pinned, probe, p->arena, &r)) add_stretch(p, ix, &r, out);
    }
    nr_vec_push(p->arena, &out->leaves, leaf);
    return true;
}

/* The lookups on the part behind the pinned ones narrow what those leave. */
static bool narrow_next(nr_planner *p, const nr_preds *all, const nr_index *ix, nr_slice points, size_t pinned, nr_access *out)
{
    for (size_t i = 0; pinned < ix->n_parts && i < looked_at(all); i++) {
        nr_access a;
        if (!stretches(p, all->at[i], ix, points, pinned, &a)) continue;
        if (!nr_access_narrow(p, out, &a)) return false;
    }
    return true;
}

bool nr_composite_access(nr_planner *p, const nr_preds *all, const nr_index *ix, nr_access *out, size_t *pinned, bool *found)
{
    nr_buf points = nr_buf_in(p->arena);
    nr_range everything = {.lo = NR_S("")};
    *out = (nr_access){.index = ix, .covers = true};
    *pinned = 0;
    *found = false;
    if (p->model->unsettled || !nr_access_usable(p->model, ix)) return true;
    for (const nr_pred *leaf; *pinned < ix->n_parts && (leaf = pin(p, all, &ix->parts[*pinned], &points)); ++*pinned)
        nr_vec_push(p->arena, &out->leaves, leaf);
    if (*pinned) nr_probe_parts(ix, nr_buf_slice(&points), *pinned, NULL, p->arena, &everything);
    else everything.hi = NR_S("\xFF"); /* above all keys */
    add_stretch(p, ix, &everything, out);
    if (!narrow_next(p, all, ix, nr_buf_slice(&points), *pinned, out)) return false;
    *found = out->leaves.n > 0;
    return !*found || nr_access_count(p, out);
}

/* -- instead of paths --------------------------------------------------------------------------------------------------------------------- */

static bool has_leaf(const nr_access *a, const nr_pred *leaf)
{
    for (size_t i = 0; i < a->leaves.n; i++)
        if (a->leaves.at[i] == leaf) return true;
    return false;
}

bool nr_access_answers(const nr_access *a, const nr_preds *leaves)
{
    for (size_t i = 0; i < leaves->n; i++)
        if (!has_leaf(a, leaves->at[i])) return false;
    return leaves->n > 0;
}

/* Whether one path answers all of it already. */
static bool is_path(const nr_analysis *an, const nr_access *a)
{
    for (size_t i = 0; i < an->paths.n; i++)
        if (nr_access_answers(an->paths.at[i], &a->leaves)) return true;
    return false;
}

static void put_in_place(nr_planner *p, nr_analysis *an, const nr_access *best)
{
    size_t kept = 0;
    for (size_t i = 0; i < an->paths.n; i++)
        if (!nr_access_answers(best, &an->paths.at[i]->leaves)) an->paths.at[kept++] = an->paths.at[i];
    an->paths.n = kept;
    kept = 0;
    for (size_t i = 0; i < an->rest.n; i++)
        if (!has_leaf(best, an->rest.at[i])) an->rest.at[kept++] = an->rest.at[i];
    an->rest.n = kept;
    nr_access *copy = NR_NEW(p->arena, nr_access);
    *copy = *best;
    nr_vec_push(p->arena, &an->paths, copy);
}

bool nr_composite_improve(nr_planner *p, nr_analysis *an)
{
    nr_access best = {0};
    bool looks = nr_pass_on(p, NR_PASS_COMPOSITE) && nr_pass_on(p, NR_PASS_INDEX);
    for (size_t i = 0; looks && i < p->model->n_indexes; i++) {
        const nr_index *ix = &p->model->indexes[i];
        nr_access a;
        size_t pinned;
        bool found = false;
        if (ix->n_parts && !nr_composite_access(p, &an->all, ix, &a, &pinned, &found)) return false;
        if (!found || a.leaves.n < 2 || is_path(an, &a)) continue;
        if (a.leaves.n > best.leaves.n || (a.leaves.n == best.leaves.n && a.count < best.count)) best = a;
    }
    if (best.index) put_in_place(p, an, &best);
    return true;
}

/* -- order -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_pinned(const nr_index *ix, size_t pinned, const nr_field *f)
{
    for (size_t i = 0; i < pinned; i++)
        if (ix->parts[i].path.field == f && nr_path_plain(&ix->parts[i].path)) return true;
    return false;
}

/* What is pinned is the same in all rows: it orders nothing. All other parts have to be the keys, each in its direction or each in the other one. */
bool nr_composite_orders(const nr_index *ix, size_t pinned, const nr_query *q, bool *descending, bool *pks_descending)
{
    size_t at = pinned;
    bool known = false, turned = false;
    *pks_descending = false;
    for (size_t i = 0; i < q->n_order; i++) {
        const nr_sort_key *k = &q->order[i];
        const nr_index_part *part = at < ix->n_parts ? &ix->parts[at] : NULL;
        if (k->term) return false;
        if (is_pinned(ix, pinned, k->field)) continue;
        if (!part && k->field->id == 0) {
            *pks_descending = k->descending;
            break;
        }
        if (!part || part->path.field != k->field || !nr_path_plain(&part->path)) return false;
        if (known && turned != (k->descending != part->descending)) return false;
        turned = k->descending != part->descending;
        known = true;
        at++;
    }
    *descending = known ? turned : *pks_descending;
    return at == ix->n_parts;
}
