/* related_reply.c -- reading related entities: a tree of them for WITH, lists of row numbers for PREFETCH. */
#include "engine/related_reply.h"

#include <stdlib.h>

#include "engine/semi_join.h"
#include "exec/reference.h"
#include "table/rows.h"
#include "table/table.h"

enum { CLOCK_READS = 256 }; /* so often the time is looked at */

/* -- entities, each once ------------------------------------------------------------------------------------------------------------------ */

static bool read_nested(nr_call *c, const nr_row_form *f, const nr_value *values);

static bool within_limits(nr_call *c, size_t reads)
{
    if ((int64_t)c->arena.held > c->limits.max_memory)
        return nr_fail(&c->err, NR_E_LIMIT, "the related entities need more than %lld bytes (nonrel.max-memory)", (long long)c->limits.max_memory);
    return reads % CLOCK_READS || c->env->mono_us(c->env->ctx) < c->deadline_us ||
           nr_fail(&c->err, NR_E_LIMIT, "the command takes more time than nonrel.max-time allows; ask for fewer related entities");
}

/* An entity of one model; NULL with no error: there is none. */
static bool read_row(nr_call *c, nr_model *m, nr_slice pk, const nr_value **row)
{
    nr_value *values = NR_NEW_N(&c->arena, nr_value, m->schema->n_fields);
    nr_found found;
    *row = NULL;
    if (!nr_entity_read(m, c->store, c->env, pk, NULL, true, &c->arena, values, &found, &c->err)) return false;
    if (found == NR_UNTYPED) return nr_model_untyped(m, &c->err);
    if (found == NR_FOUND) *row = values;
    return true;
}

/* Where it has no row above it, all that would be there and further up is NULL, as along any path. */
static bool read_one(nr_call *c, nr_entities *e, nr_slice key, const nr_value **row)
{
    nr_slice pk = e->by ? nr_reference_key(e->by, e->model, key) : key;
    *row = NULL;
    if (!pk.p) return true;
    const nr_value **rows = NR_NEW_N(&c->arena, const nr_value *, e->levels.n);
    if (!read_row(c, e->model, pk, &rows[0])) return false;
    *row = rows[0];
    if (!*row || e->levels.n == 1) return true;
    for (size_t i = 1; i < e->levels.n && rows[i - 1]; i++)
        if (!read_row(c, e->levels.at[i], pk, &rows[i])) return false;
    nr_value *values = NR_NEW_N(&c->arena, nr_value, e->columns.n);
    for (size_t i = 0; i < e->columns.n; i++) {
        const nr_spot *s = &e->columns.at[i];
        if (rows[s->level]) values[i] = rows[s->level][s->field->id];
    }
    *row = values;
    return true;
}

/* The number of an entity, which is read when it is new, and what is nested in it too. */
static bool need_entity(nr_call *c, nr_entities *e, nr_slice key, uint32_t *number)
{
    bool fresh;
    const nr_value *row;
    *number = nr_keyset_number(&e->keys, key, &fresh);
    if (!fresh) return true;
    if (!read_one(c, e, key, &row)) return false;
    nr_vec_push(&c->arena, &e->rows, row);
    return within_limits(c, e->rows.n) && (!row || read_nested(c, &e->form, row));
}

static bool read_nested(nr_call *c, const nr_row_form *f, const nr_value *values)
{
    for (size_t i = 0; f->nested && i < f->n; i++) {
        uint32_t number;
        if (!f->nested[i] || values[i].kind == NR_V_NULL) continue;
        if (!need_entity(c, f->nested[i], nr_type_text(&f->specs[i], &values[i], &c->arena), &number)) return false;
    }
    return true;
}

/* -- forms -------------------------------------------------------------------------------------------------------------------------------- */

static bool entities_new(nr_call *c, nr_model *m, const nr_nest *nest, nr_entities **out);

/* What is nested in whole entities. */
static bool nest_in(nr_call *c, const nr_nest *nest, nr_entities *e)
{
    nr_entities **nested = NR_NEW_N(&c->arena, nr_entities *, e->columns.n);
    for (size_t k = 0; k < nest->inner.n; k++) {
        size_t i = 0;
        while (e->columns.at[i].field != nest->inner.at[k]->field) i++;
        if (!entities_new(c, nest->inner.at[k]->to, nest->inner.at[k], &nested[i])) return false;
    }
    e->form.nested = nested;
    return true;
}

/* Whole entities of a model; nest: with these in them, NULL: none. As deep as the clause goes. */
static bool entities_new(nr_call *c, nr_model *m, const nr_nest *nest, nr_entities **out)
{
    nr_slice *names;
    nr_entities *e = *out = NR_NEW(&c->arena, nr_entities);
    *e = (nr_entities){.model = m, .by = nest ? nest->field : NULL, .keys = nr_keyset_in(&c->arena)};
    if (!nr_levels_of(c, m, nr_model_need, false, &e->levels)) return false;
    e->columns = nr_levels_whole(&e->levels, &c->arena, &names);
    nr_spec *specs = NR_NEW_N(&c->arena, nr_spec, e->columns.n);
    for (size_t i = 0; i < e->columns.n; i++) specs[i] = e->columns.at[i].field->spec;
    e->form = (nr_row_form){.n = e->columns.n, .names = names, .specs = specs};
    return !nest || !nest->inner.n || nest_in(c, nest, e);
}

bool nr_related_begin(nr_call *c, nr_query *q, nr_row_form *form)
{
    const nr_related *r = &q->related;
    nr_entities **nested = r->nests ? NR_NEW_N(&c->arena, nr_entities *, form->n) : NULL;
    nr_term key = nr_term_of(nr_schema_pk(q->model->schema));
    for (size_t i = 0; nested && i < form->n; i++)
        if (r->nests[i] && !entities_new(c, r->nests[i]->to, r->nests[i], &nested[i])) return false;
    form->nested = nested;
    if (r->lists.n) nr_query_add_columns(q, &key, 1, &c->arena);
    return true;
}

/* -- lists --------------------------------------------------------------------------------------------------------------------------------- */

/* Row `of` of the reply, or of a model, and a row that it leads to. */
typedef struct pair {
    uint32_t of, row;
} pair;

typedef NR_VEC(pair) pairs;

static bool within_results(nr_call *c, uint64_t n)
{
    return n <= (uint64_t)c->limits.max_results || nr_fail(&c->err, NR_E_LIMIT, "PREFETCH would give more than %lld entities (nonrel.max-results); ask for fewer rows",
                                                          (long long)c->limits.max_results);
}

static bool add_pair(nr_call *c, pairs *to, uint32_t of, uint32_t row)
{
    nr_vec_push(&c->arena, to, ((pair){of, row}));
    return within_results(c, to->n);
}

/* Entities that have lists, by the rows of their keys; NR_NO_ROW: it is not there. */
typedef struct holders {
    nr_model *m;
    const uint32_t *rows;
    size_t n;
} holders;

/* keys: of each, NULL: there is no such entity. */
static holders holders_of(nr_call *c, nr_model *m, const nr_value *const *keys, size_t n)
{
    uint32_t *rows = NR_NEW_N(&c->arena, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        rows[i] = keys[i] ? nr_rows_find(m->rows, nr_type_text(&nr_schema_pk(m->schema)->spec, keys[i], &c->arena)) : NR_NO_ROW;
    return (holders){m, rows, n};
}

static void begin_pairs(nr_call *c, const holders *h, pairs *out)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->rows[i] != NR_NO_ROW) nr_vec_push(&c->arena, out, ((pair){(uint32_t)i, h->rows[i]}));
}

static bool step_on(nr_call *c, nr_model *m, const nr_link *link, const pairs *from, pairs *to)
{
    nr_reference r = nr_reference_of(m, link->field, link->to);
    for (size_t i = 0; i < from->n; i++) {
        uint32_t row = nr_reference_follow(&r, from->at[i].row);
        if (row != NR_NO_ROW && !add_pair(c, to, from->at[i].of, row)) return false;
    }
    return true;
}

static int by_target(const void *x, const void *y)
{
    const pair *a = x, *b = y;
    return (a->of > b->of) - (a->of < b->of);
}

/* The first pair of a target. */
static size_t first_of(const pairs *all, uint32_t target)
{
    size_t from = 0, to = all->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (all->at[middle].of < target) from = middle + 1;
        else to = middle;
    }
    return from;
}

/* All that refer to one of the rows are found at once; each row gets those that refer to it. */
static bool step_back(nr_call *c, nr_model *m, const nr_link *link, const pairs *from, pairs *to)
{
    nr_bitmap targets = nr_join_rows_of(c, m), sources;
    pairs found = {0};
    for (size_t i = 0; i < from->n; i++) nr_bitmap_set(&targets, from->at[i].row);
    if (!nr_join_referring(c, m, link, &targets, &sources)) return false;
    nr_reference r = nr_reference_of(link->to, link->field, m);
    for (uint32_t row = nr_bitmap_next(&sources, 0); row != NR_NO_ROW; row = nr_bitmap_next(&sources, row + 1))
        if (!add_pair(c, &found, nr_reference_follow(&r, row), row)) return false;
    if (found.n) qsort(found.at, found.n, sizeof *found.at, by_target);
    for (size_t i = 0; i < from->n; i++)
        for (size_t k = first_of(&found, from->at[i].row); k < found.n && found.at[k].of == from->at[i].row; k++)
            if (!add_pair(c, to, from->at[i].of, found.at[k].row)) return false;
    return within_limits(c, 0);
}

/* An entry of a list that is there, and what it is sorted by. */
typedef struct entry {
    uint32_t of, number;
    const nr_value *pk;
} entry;

static int by_key(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    return a->of != b->of ? (a->of > b->of) - (a->of < b->of) : nr_value_cmp(a->pk, b->pk);
}

/* From pairs to lists of the entities that there are, in the order of their keys, none of them twice. */
static bool make_list(nr_call *c, const nr_prefetch *p, const pairs *all, size_t n_rows, nr_entities *e, nr_list *out)
{
    entry *entries = NR_NEW_N(&c->arena, entry, all->n);
    uint32_t *first = NR_NEW_N(&c->arena, uint32_t, n_rows + 1), *numbers = NR_NEW_N(&c->arena, uint32_t, all->n), kept = 0;
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        uint32_t number;
        if (!need_entity(c, e, nr_rows_pk(p->to->rows, all->at[i].row), &number)) return false;
        if (e->rows.at[number]) entries[n++] = (entry){all->at[i].of, number, &e->rows.at[number][0]};
    }
    if (n) qsort(entries, n, sizeof *entries, by_key);
    for (size_t row = 0, i = 0; row < n_rows; row++) {
        for (first[row] = kept; i < n && entries[i].of == row; i++)
            if (kept == first[row] || numbers[kept - 1] != entries[i].number) numbers[kept++] = entries[i].number;
    }
    first[n_rows] = kept;
    *out = (nr_list){p->name, p->path, e, first, numbers};
    return within_limits(c, 0);
}

static bool read_list(nr_call *c, const nr_prefetch *p, const holders *h, nr_entities *e, nr_list *out)
{
    pairs now = {0};
    nr_model *m = h->m;
    begin_pairs(c, h, &now);
    for (size_t i = 0; i < p->n_steps; i++) {
        const nr_link *link = p->steps[i];
        pairs next = {0};
        if (!(link->reverse ? step_back(c, m, link, &now, &next) : step_on(c, m, link, &now, &next))) return false;
        now = next;
        m = link->to;
    }
    return make_list(c, p, &now, h->n, e, out);
}

static bool read_lists(nr_call *c, const nr_prefetches *lists, const holders *h, nr_row_form *form, uint64_t *sizes);

/* The lists in the entities of a list. sizes: of each entity, what stands in it. */
static bool read_inner(nr_call *c, const nr_prefetch *p, nr_entities *e, uint64_t *sizes)
{
    if (!p->inner.n) return true;
    const nr_value **keys = NR_NEW_N(&c->arena, const nr_value *, e->rows.n);
    for (size_t i = 0; i < e->rows.n; i++) keys[i] = e->rows.at[i];
    holders h = holders_of(c, p->to, keys, e->rows.n);
    return read_lists(c, &p->inner, &h, &e->form, sizes);
}

/* An entity is read once, and counts wherever it stands in the reply, with all that stands in it. As deep as the clause goes. */
static bool read_lists(nr_call *c, const nr_prefetches *lists, const holders *h, nr_row_form *form, uint64_t *sizes)
{
    nr_list *read = NR_NEW_N(&c->arena, nr_list, lists->n);
    for (size_t i = 0; i < lists->n; i++) {
        nr_entities *e;
        if (!entities_new(c, lists->at[i]->to, NULL, &e) || !read_list(c, lists->at[i], h, e, &read[i])) return false;
        uint64_t *inner = NR_NEW_N(&c->arena, uint64_t, e->rows.n);
        if (!read_inner(c, lists->at[i], e, inner)) return false;
        for (size_t row = 0; row < h->n; row++)
            for (uint32_t k = read[i].first[row]; k < read[i].first[row + 1]; k++) {
                sizes[row] += 1 + inner[read[i].numbers[k]];
                if (!within_results(c, sizes[row])) return false;
            }
    }
    form->lists = read;
    form->n_lists = lists->n;
    return true;
}

static bool read_all_lists(nr_call *c, const nr_query *q, nr_row_form *form, const nr_value *const *rows, size_t n)
{
    const nr_value **keys = NR_NEW_N(&c->arena, const nr_value *, n);
    uint64_t *sizes = NR_NEW_N(&c->arena, uint64_t, n), total = 0;
    for (size_t i = 0; i < n; i++) keys[i] = &rows[i][q->n_out - 1]; /* behind the other columns */
    holders h = holders_of(c, q->model, keys, n);
    if (!read_lists(c, &q->related.lists, &h, form, sizes)) return false;
    for (size_t i = 0; i < n; i++)
        if (!within_results(c, total += sizes[i])) return false;
    return true;
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------------------- */

static void profile_lists(nr_call *c, const nr_row_form *form)
{
    for (size_t i = 0; i < form->n_lists; i++) {
        const nr_list *l = &form->lists[i];
        nr_vec_push(&c->arena, c->profile, nr_arena_printf(&c->arena, "Prefetch %.*s of %.*s rows=%zu", NR_FMT(l->path),
                                                           NR_FMT(l->entities->model->schema->name), l->entities->rows.n));
        profile_lists(c, &l->entities->form);
    }
}

static void profile(nr_call *c, const nr_row_form *form)
{
    for (size_t i = 0; form->nested && i < form->n; i++)
        if (form->nested[i])
            nr_vec_push(&c->arena, c->profile, nr_arena_printf(&c->arena, "With %.*s of %.*s rows=%zu", NR_FMT(form->names[i]),
                                                               NR_FMT(form->nested[i]->model->schema->name), form->nested[i]->rows.n));
    profile_lists(c, form);
}

bool nr_related_read(nr_call *c, const nr_query *q, nr_row_form *form, const nr_value *const *rows, size_t n)
{
    for (size_t i = 0; form->nested && i < n; i++)
        if (!read_nested(c, form, rows[i])) return false;
    if (q->related.lists.n && !read_all_lists(c, q, form, rows, n)) return false;
    if (c->profile) profile(c, form);
    return true;
}

static void explain_nest(nr_call *c, const nr_nest *n, nr_slice before, nr_slices *lines)
{
    nr_slice name = nr_arena_printf(&c->arena, "%.*s%.*s", NR_FMT(before), NR_FMT(n->field->name));
    nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, "  With %.*s of %.*s", NR_FMT(name), NR_FMT(n->to->schema->name)));
    for (size_t i = 0; i < n->inner.n; i++) explain_nest(c, n->inner.at[i], nr_arena_printf(&c->arena, "%.*s__", NR_FMT(name)), lines);
}

static void explain_lists(nr_call *c, const nr_prefetches *lists, nr_slices *lines)
{
    for (size_t i = 0; i < lists->n; i++) {
        const nr_prefetch *p = lists->at[i];
        nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, "  Prefetch %.*s of %.*s", NR_FMT(p->path), NR_FMT(p->to->schema->name)));
        explain_lists(c, &p->inner, lines);
    }
}

void nr_related_explain(nr_call *c, const nr_query *q, nr_slices *lines)
{
    const nr_related *r = &q->related;
    for (size_t i = 0; r->nests && i < q->n_out; i++)
        if (r->nests[i]) explain_nest(c, r->nests[i], NR_S(""), lines);
    explain_lists(c, &r->lists, lines);
}
