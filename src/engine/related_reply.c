/* related_reply.c -- reading related entities: a tree of them for WITH, lists of row numbers for PREFETCH. */
#include "engine/related_reply.h"

#include <stdlib.h>

#include "engine/list_order.h"
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

static bool entities_new(nr_call *c, nr_model *m, const nr_field *by, const nr_within *within, nr_entities **out);

/* What is nested in whole entities. */
static bool nest_in(nr_call *c, const nr_nests *nests, nr_entities *e)
{
    nr_entities **nested = NR_NEW_N(&c->arena, nr_entities *, e->columns.n);
    for (size_t k = 0; k < nests->n; k++) {
        const nr_nest *n = nests->at[k];
        size_t i = 0;
        while (e->columns.at[i].field != n->field) i++;
        if (!entities_new(c, n->to, n->field, &n->within, &nested[i])) return false;
        e->deep = e->deep || nested[i]->deep;
    }
    e->form.nested = nested;
    return true;
}

/* Whole entities of a model, with what stands in them; by: the reference that leads to them, NULL: they are known by their keys. As deep as the clause goes. */
static bool entities_new(nr_call *c, nr_model *m, const nr_field *by, const nr_within *within, nr_entities **out)
{
    nr_slice *names;
    nr_entities *e = *out = NR_NEW(&c->arena, nr_entities);
    *e = (nr_entities){.model = m, .by = by, .keys = nr_keyset_in(&c->arena), .lists = &within->lists, .deep = within->lists.n > 0};
    if (!nr_levels_of(c, m, nr_model_need, false, &e->levels)) return false;
    e->columns = nr_levels_whole(&e->levels, &c->arena, &names);
    nr_spec *specs = NR_NEW_N(&c->arena, nr_spec, e->columns.n);
    for (size_t i = 0; i < e->columns.n; i++) specs[i] = e->columns.at[i].field->spec;
    e->form = (nr_row_form){.n = e->columns.n, .names = names, .specs = specs};
    return !within->nests.n || nest_in(c, &within->nests, e);
}

bool nr_related_begin(nr_call *c, nr_query *q, nr_row_form *form)
{
    const nr_related *r = &q->related;
    nr_entities **nested = r->nests ? NR_NEW_N(&c->arena, nr_entities *, form->n) : NULL;
    nr_term key = nr_term_of(nr_schema_pk(q->model->schema));
    for (size_t i = 0; nested && i < form->n; i++)
        if (r->nests[i] && !entities_new(c, r->nests[i]->to, r->nests[i]->field, &r->nests[i]->within, &nested[i])) return false;
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
    uint32_t of, number, rank;
    const nr_value *pk;
} entry;

static int by_rank(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    if (a->of != b->of) return (a->of > b->of) - (a->of < b->of);
    return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank) : nr_value_cmp(a->pk, b->pk);
}

/* From pairs to lists of the entities that there are, in the order of their model, none of them twice. */
static bool make_list(nr_call *c, const nr_prefetch *p, const pairs *all, size_t n_rows, nr_entities *e, nr_list *out)
{
    entry *entries = NR_NEW_N(&c->arena, entry, all->n);
    uint32_t *first = NR_NEW_N(&c->arena, uint32_t, n_rows + 1), *numbers = NR_NEW_N(&c->arena, uint32_t, all->n), *ranks = NULL, kept = 0;
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        uint32_t number;
        if (!need_entity(c, e, nr_rows_pk(p->to->rows, all->at[i].row), &number)) return false;
        if (e->rows.at[number]) entries[n++] = (entry){.of = all->at[i].of, .number = number, .pk = &e->rows.at[number][0]};
    }
    if (n && p->by && !nr_list_ranks(c, p->by, e, &ranks)) return false;
    for (size_t i = 0; ranks && i < n; i++) entries[i].rank = ranks[entries[i].number];
    if (n) qsort(entries, n, sizeof *entries, by_rank);
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

/* Entities, or the rows of the reply, that others stand in, once these are known. */
typedef struct outer {
    nr_row_form *form;
    const nr_prefetches *lists;
    nr_model *model;
    const nr_value *const *rows; /* of columns; NULL: there is no such entity */
    const nr_value **keys;       /* likewise */
    size_t n;
} outer;

static bool complete(nr_call *c, const outer *o, uint64_t *sizes);

/* The lists in entities, and in what is nested in them. *sizes: of each, what stands in its lists. */
static bool complete_entities(nr_call *c, nr_entities *e, uint64_t **sizes)
{
    *sizes = NR_NEW_N(&c->arena, uint64_t, e->rows.n);
    if (!e->deep) return true;
    const nr_value **keys = NR_NEW_N(&c->arena, const nr_value *, e->rows.n);
    for (size_t i = 0; i < e->rows.n; i++) keys[i] = e->rows.at[i];
    const outer o = {&e->form, e->lists, e->model, e->rows.at, keys, e->rows.n};
    return complete(c, &o, *sizes);
}

static bool add_size(nr_call *c, uint64_t *to, uint64_t n)
{
    *to += n;
    return within_results(c, *to);
}

/* An entity is read once, and what stands in it counts wherever it is in the reply. */
static bool complete_nested(nr_call *c, const outer *o, size_t column, uint64_t *sizes)
{
    uint64_t *inner;
    nr_entities *e = o->form->nested[column];
    if (!complete_entities(c, e, &inner)) return false;
    for (size_t row = 0; row < o->n; row++) {
        const nr_value *key = o->rows[row] ? &o->rows[row][column] : NULL;
        if (key && key->kind != NR_V_NULL && !add_size(c, &sizes[row], inner[nr_nested_number(c, o->form, column, key)])) return false;
    }
    return true;
}

static bool complete_list(nr_call *c, const nr_prefetch *p, const holders *h, nr_list *out, uint64_t *sizes)
{
    nr_entities *e;
    uint64_t *inner;
    if (!entities_new(c, p->to, NULL, &p->within, &e) || !read_list(c, p, h, e, out) || !complete_entities(c, e, &inner)) return false;
    for (size_t row = 0; row < h->n; row++)
        for (uint32_t k = out->first[row]; k < out->first[row + 1]; k++)
            if (!add_size(c, &sizes[row], 1 + inner[out->numbers[k]])) return false;
    return true;
}

/* As deep as the clause goes. */
static bool complete(nr_call *c, const outer *o, uint64_t *sizes)
{
    for (size_t i = 0; o->form->nested && i < o->form->n; i++)
        if (o->form->nested[i] && o->form->nested[i]->deep && !complete_nested(c, o, i, sizes)) return false;
    if (!o->lists->n) return true;
    nr_list *read = NR_NEW_N(&c->arena, nr_list, o->lists->n);
    holders h = holders_of(c, o->model, o->keys, o->n);
    for (size_t i = 0; i < o->lists->n; i++)
        if (!complete_list(c, o->lists->at[i], &h, &read[i], sizes)) return false;
    o->form->lists = read;
    o->form->n_lists = o->lists->n;
    return true;
}

static bool complete_rows(nr_call *c, const nr_query *q, nr_row_form *form, const nr_value *const *rows, size_t n)
{
    const nr_prefetches *lists = &q->related.lists;
    const nr_value **keys = lists->n ? NR_NEW_N(&c->arena, const nr_value *, n) : NULL;
    uint64_t *sizes = NR_NEW_N(&c->arena, uint64_t, n), total = 0;
    for (size_t i = 0; keys && i < n; i++) keys[i] = &rows[i][q->n_out - 1]; /* behind the other columns */
    const outer o = {form, lists, q->model, rows, keys, n};
    if (!complete(c, &o, sizes)) return false;
    for (size_t i = 0; i < n; i++)
        if (!add_size(c, &total, sizes[i])) return false;
    return true;
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------------------- */

static void profile(nr_call *c, const nr_row_form *form, nr_slice before);

static void profile_one(nr_call *c, const char *word, nr_slice path, const nr_entities *e)
{
    nr_vec_push(&c->arena, c->profile,
                nr_arena_printf(&c->arena, "%s %.*s of %.*s rows=%zu", word, NR_FMT(path), NR_FMT(e->model->schema->name), e->rows.n));
    profile(c, &e->form, nr_arena_printf(&c->arena, "%.*s__", NR_FMT(path)));
}

static void profile(nr_call *c, const nr_row_form *form, nr_slice before)
{
    for (size_t i = 0; form->nested && i < form->n; i++)
        if (form->nested[i]) profile_one(c, "With", nr_arena_printf(&c->arena, "%.*s%.*s", NR_FMT(before), NR_FMT(form->names[i])), form->nested[i]);
    for (size_t i = 0; i < form->n_lists; i++) profile_one(c, "Prefetch", form->lists[i].path, form->lists[i].entities);
}

bool nr_related_read(nr_call *c, const nr_query *q, nr_row_form *form, const nr_value *const *rows, size_t n)
{
    for (size_t i = 0; form->nested && i < n; i++)
        if (!read_nested(c, form, rows[i])) return false;
    if (!complete_rows(c, q, form, rows, n)) return false;
    if (c->profile) profile(c, form, NR_S(""));
    return true;
}

static void explain_within(nr_call *c, const nr_within *w, nr_slice before, nr_slices *lines);

static void explain_one(nr_call *c, const char *word, nr_slice path, const nr_model *m, const nr_within *within, nr_slices *lines)
{
    nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, "  %s %.*s of %.*s", word, NR_FMT(path), NR_FMT(m->schema->name)));
    explain_within(c, within, nr_arena_printf(&c->arena, "%.*s__", NR_FMT(path)), lines);
}

static void explain_nest(nr_call *c, const nr_nest *n, nr_slice before, nr_slices *lines)
{
    explain_one(c, "With", nr_arena_printf(&c->arena, "%.*s%.*s", NR_FMT(before), NR_FMT(n->field->name)), n->to, &n->within, lines);
}

static void explain_lists(nr_call *c, const nr_prefetches *lists, nr_slices *lines)
{
    for (size_t i = 0; i < lists->n; i++) explain_one(c, "Prefetch", lists->at[i]->path, lists->at[i]->to, &lists->at[i]->within, lines);
}

static void explain_within(nr_call *c, const nr_within *w, nr_slice before, nr_slices *lines)
{
    for (size_t i = 0; i < w->nests.n; i++) explain_nest(c, w->nests.at[i], before, lines);
    explain_lists(c, &w->lists, lines);
}

void nr_related_explain(nr_call *c, const nr_query *q, nr_slices *lines)
{
    const nr_related *r = &q->related;
    for (size_t i = 0; i < r->n_nests; i++)
        if (r->nests[i]) explain_nest(c, r->nests[i], NR_S(""), lines);
    explain_lists(c, &r->lists, lines);
}
