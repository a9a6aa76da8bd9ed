/* table.c -- a bit for each row, a column for each kept field, a structure for each index in memory. An index reads its keys from the columns: a row leaves it
 * before its values change and comes back behind that. Where an ordered index is not of the values themselves its keys have a column of their own; the keys
 * of posting lists are made again from the value when they are needed. */
#include "table/table.h"

#include "store/keyfn.h"
#include "table/rows.h"

enum { AHEAD = 8 }; /* keys of one row whose places are fetched while others are worked on */

typedef struct memory_index {
    const nr_index *def;
    size_t field;
    nr_ordered *ordered;
    nr_postings *postings; /* one of the two; neither: the index is in the store, or the type of its field is not known */
    nr_column *keys;       /* of an ordered index that is not of the values themselves, NULL else; a value without a key is NULL here */
    bool waits;            /* it has only the rows below seen */
    uint32_t seen;
} memory_index;

struct nr_table {
    const nr_env *env;
    const nr_schema *schema;
    size_t n_fields;     /* what is borrowed included */
    nr_column **columns; /* by field id, NULL: not kept */
    nr_arena scratch;    /* for keys in the making */
    nr_value *row;       /* by field id, those that the index in hand looks at */
    nr_links **links;    /* by field id, NULL: nobody has asked */
    nr_holders **holders; /* likewise */
    bool linked;         /* somebody has asked for one of either */
    bool *filling;       /* by field id: the column has not yet the values of all rows */
    memory_index *indexes;
    size_t n_indexes;
    uint64_t *there;
    size_t n_words;
    uint64_t count;
    bool loading;        /* the indexes are yet to be made */
};

static void make_columns(nr_table *t, const nr_schema *schema, const bool *keep, const nr_index *indexes)
{
    t->columns = t->env->alloc(sizeof *t->columns * t->n_fields);
    t->filling = t->env->alloc(sizeof *t->filling * t->n_fields);
    t->links = t->env->alloc(sizeof *t->links * t->n_fields);
    t->holders = t->env->alloc(sizeof *t->holders * t->n_fields);
    t->row = t->env->alloc(sizeof *t->row * t->n_fields);
    memset(t->filling, 0, sizeof *t->filling * t->n_fields);
    for (size_t i = 0; i < t->n_fields; i++) t->links[i] = NULL, t->holders[i] = NULL;
    for (size_t i = 0; i < t->n_fields; i++) {
        bool kept = i == 0 || keep[i];
        for (size_t k = 0; k < t->n_indexes; k++) kept = kept || (indexes[k].memory && nr_index_reads(&indexes[k], i));
        const nr_type *type = nr_schema_value(schema, i)->spec.type;
        t->columns[i] = type && kept ? nr_column_new(t->env, type->kind) : NULL;
    }
}

/* Whether its keys are the values of a field. */
static bool is_of_values(const nr_index *ix)
{
    return ix->keyfn == &nr_key_value && nr_path_plain(&ix->path);
}

/* A field whose model is not there yet has none. */
static bool has_columns(const nr_table *t, const nr_index *ix)
{
    for (size_t i = 0; i < nr_index_width(ix); i++)
        if (!t->columns[nr_index_path(ix, i)->field->id]) return false;
    return true;
}

static void make_index(nr_table *t, memory_index *out, const nr_index *ix)
{
    *out = (memory_index){.def = ix, .field = ix->path.field->id};
    const nr_column *key = t->columns[out->field];
    nr_kind kind = nr_index_key_kind(ix);
    if (!ix->memory || !has_columns(t, ix) || kind == NR_V_NULL) return;
    bool lists = ix->kind == NR_IX_SET || nr_index_many(ix); /* rows with several keys have no place in an order */
    if (!lists && ix->kind == NR_IX_ORDERED && !is_of_values(ix)) key = out->keys = nr_column_new(t->env, kind);
    if (lists) out->postings = nr_postings_new(t->env);
    else out->ordered = nr_ordered_new(t->env, ix->kind == NR_IX_PK ? NULL : key, t->columns[0]);
}

nr_table *nr_table_new(const nr_env *env, const nr_schema *schema, const bool *keep, const nr_index *indexes, size_t n_indexes)
{
    nr_table *t = env->alloc(sizeof *t);
    *t = (nr_table){.env = env, .schema = schema, .n_fields = nr_schema_values(schema), .n_indexes = n_indexes};
    nr_arena_init(&t->scratch, env);
    make_columns(t, schema, keep, indexes);
    t->indexes = env->alloc(sizeof *t->indexes * (n_indexes + 1));
    for (size_t i = 0; i < n_indexes; i++) make_index(t, &t->indexes[i], &indexes[i]);
    return t;
}

void nr_table_free(nr_table *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->n_indexes; i++) {
        nr_ordered_free(t->indexes[i].ordered);
        nr_postings_free(t->indexes[i].postings);
        nr_column_free(t->indexes[i].keys);
    }
    nr_arena_clear(&t->scratch);
    for (size_t i = 0; i < t->n_fields; i++) {
        nr_column_free(t->columns[i]);
        nr_links_free(t->links[i]);
        nr_holders_free(t->holders[i]);
    }
    t->env->free(t->indexes);
    t->env->free(t->columns);
    t->env->free(t->links);
    t->env->free(t->holders);
    t->env->free(t->filling);
    t->env->free(t->row);
    if (t->there) t->env->free(t->there);
    t->env->free(t);
}

bool nr_table_keeps(const nr_table *t, size_t field)
{
    return t->columns[field] && !t->filling[field];
}

bool nr_table_has(const nr_table *t, uint32_t row)
{
    return row / 64 < t->n_words && (t->there[row / 64] >> (row % 64) & 1);
}

static void make_room(nr_table *t, uint32_t row)
{
    size_t words = t->n_words ? t->n_words * 2 : 16;
    if (row / 64 < t->n_words) return;
    if (words <= row / 64) words = row / 64 + 1;
    t->there = t->there ? t->env->realloc(t->there, words * sizeof *t->there) : t->env->alloc(words * sizeof *t->there);
    memset(t->there + t->n_words, 0, (words - t->n_words) * sizeof *t->there);
    t->n_words = words;
}

/* What an index looks at of a row, by field id. It lives until the next one is asked for. */
static const nr_value *row_for(const nr_table *t, const memory_index *ix, uint32_t row)
{
    for (size_t i = 0; i < nr_index_width(ix->def); i++) {
        size_t f = nr_index_path(ix->def, i)->field->id;
        t->row[f] = nr_column_get(t->columns[f], row);
    }
    return t->row;
}

/* Calls fn with each key that the posting lists have of a row, by the values that its columns hold. */
static void each_key(nr_table *t, const memory_index *ix, uint32_t row, void (*fn)(nr_postings *p, const nr_value *key, uint32_t row))
{
    nr_value v = nr_column_get(t->columns[ix->field], row);
    nr_values keys = {0};
    if (is_of_values(ix->def)) {
        fn(ix->postings, &v, row);
        return;
    }
    nr_index_keys(ix->def, &v, &t->scratch, &keys);
    for (size_t i = 0; i < keys.n; i++) {
        if (i + AHEAD < keys.n) nr_postings_soon(ix->postings, &keys.at[i + AHEAD]);
        fn(ix->postings, &keys.at[i], row);
    }
    nr_arena_clear(&t->scratch);
}

static void set_key(nr_table *t, memory_index *ix, uint32_t row)
{
    nr_value none = NR_NULL;
    nr_values keys = {0};
    nr_index_row_keys(ix->def, row_for(t, ix, row), &t->scratch, &keys);
    nr_column_set(ix->keys, row, keys.n ? &keys.at[0] : &none);
    nr_arena_clear(&t->scratch);
}

static void index_add(nr_table *t, memory_index *ix, uint32_t row)
{
    if (ix->waits && row >= ix->seen) return;
    if (ix->keys) set_key(t, ix, row);
    if (ix->ordered) nr_ordered_add(ix->ordered, row);
    if (ix->postings) each_key(t, ix, row, nr_postings_add);
}

static void index_remove(nr_table *t, memory_index *ix, uint32_t row)
{
    const nr_value none = NR_NULL;
    if (ix->waits && row >= ix->seen) return;
    if (ix->ordered) nr_ordered_remove(ix->ordered, row);
    if (ix->keys) nr_column_set(ix->keys, row, &none);
    if (ix->postings) each_key(t, ix, row, nr_postings_remove);
}

/* Whether the index has nothing to do for a row that stays: its key stays. */
static bool key_stays(const nr_table *t, const memory_index *ix, uint32_t row, const nr_value *values)
{
    for (size_t i = 0; (ix->ordered || ix->postings) && i < nr_index_width(ix->def); i++) {
        size_t f = nr_index_path(ix->def, i)->field->id;
        nr_value v = nr_column_get(t->columns[f], row);
        if (!nr_value_eq(&v, &values[f])) return false;
    }
    return true;
}

nr_links *nr_table_links(nr_table *t, size_t field)
{
    if (!t->links[field]) t->links[field] = nr_links_new(t->env);
    t->linked = true;
    return t->links[field];
}

nr_holders *nr_table_holders(nr_table *t, size_t field)
{
    if (!t->holders[field]) t->holders[field] = nr_holders_new(t->env);
    t->linked = true;
    return t->holders[field];
}

static void links_change(nr_table *t, uint32_t row)
{
    for (size_t i = 0; t->linked && i < t->n_fields; i++) {
        if (t->links[i]) nr_links_change(t->links[i], row);
        if (t->holders[i]) nr_holders_change(t->holders[i], row);
    }
}

void nr_table_put(nr_table *t, uint32_t row, const nr_value *values)
{
    bool had = nr_table_has(t, row);
    uint64_t moved[8] = {0}; /* indexes that the row enters; those behind the first 512 always do */
    for (size_t i = 0; !t->loading && i < t->n_indexes; i++) {
        bool stays = had && i < sizeof moved * 8 && key_stays(t, &t->indexes[i], row, values);
        if (stays) continue;
        if (had) index_remove(t, &t->indexes[i], row);
        if (i < sizeof moved * 8) moved[i / 64] |= (uint64_t)1 << (i % 64);
    }
    make_room(t, row);
    t->count += !had;
    t->there[row / 64] |= (uint64_t)1 << (row % 64);
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->columns[i]) nr_column_set(t->columns[i], row, &values[i]);
    links_change(t, row);
    for (size_t i = 0; !t->loading && i < t->n_indexes; i++)
        if (i >= sizeof moved * 8 || (moved[i / 64] >> (i % 64) & 1)) index_add(t, &t->indexes[i], row);
}

void nr_table_set(nr_table *t, uint32_t row, size_t field, const nr_value *v)
{
    for (size_t i = 0; !t->loading && i < t->n_indexes; i++)
        if (nr_index_reads(t->indexes[i].def, field)) index_remove(t, &t->indexes[i], row);
    nr_column_set(t->columns[field], row, v);
    for (size_t i = 0; !t->loading && i < t->n_indexes; i++)
        if (nr_index_reads(t->indexes[i].def, field)) index_add(t, &t->indexes[i], row);
}

void nr_table_load(nr_table *t)
{
    t->loading = true;
}

/* Where the values are coded the rows are sorted by their codes, and each list is made at once. */
static void fill_by_codes(nr_table *t, memory_index *ix, const uint32_t *rows, size_t n)
{
    const nr_column *c = t->columns[ix->field];
    size_t codes = nr_column_codes(c), *ends = t->env->alloc((codes + 2) * sizeof *ends);
    uint32_t *sorted = t->env->alloc((n + 1) * sizeof *sorted);
    memset(ends, 0, (codes + 2) * sizeof *ends);
    for (size_t i = 0; i < n; i++) {
        uint32_t code = nr_column_code_at(c, rows[i]);
        ends[(code == NR_NO_ROW ? codes : code) + 1]++;
    }
    for (size_t k = 1; k < codes + 2; k++) ends[k] += ends[k - 1];
    for (size_t i = 0; i < n; i++) { /* what was the beginning of a code's rows becomes their end */
        uint32_t code = nr_column_code_at(c, rows[i]);
        sorted[ends[code == NR_NO_ROW ? codes : code]++] = rows[i];
    }
    for (size_t k = 0, from = 0; k <= codes; from = ends[k++]) {
        nr_value v = k < codes ? nr_column_code(c, (uint32_t)k) : NR_NULL;
        nr_postings_add_all(ix->postings, &v, sorted + from, ends[k] - from);
    }
    t->env->free(sorted);
    t->env->free(ends);
}

static void fill_postings(nr_table *t, memory_index *ix, const uint32_t *rows, size_t n)
{
    const nr_column *c = t->columns[ix->field];
    bool coded = is_of_values(ix->def) && nr_column_kind(c) == NR_V_TEXT && nr_column_form_of(c) == NR_CF_CODES;
    if (coded) fill_by_codes(t, ix, rows, n);
    for (size_t i = 0; !coded && i < n; i++) index_add(t, ix, rows[i]);
}

/* The pk's index comes first: it gives the rows in the order in which the others want them. Posting lists want them ascending. */
void nr_table_loaded(nr_table *t)
{
    uint32_t *rows = t->env->alloc((t->count + 1) * sizeof *rows);
    nr_sorter sorter;
    nr_sorter_init(&sorter, t->env);
    t->loading = false;
    size_t n = 0;
    for (uint32_t row = nr_table_next(t, 0); row != NR_NO_ROW; row = nr_table_next(t, row + 1)) rows[n++] = row;
    for (size_t k = 0; k < t->n_indexes; k++)
        if (t->indexes[k].postings) fill_postings(t, &t->indexes[k], rows, n);
    for (size_t k = 0; n && k < t->n_indexes; k++) {
        if (!t->indexes[k].ordered) continue;
        for (size_t i = 0; t->indexes[k].keys && i < n; i++) set_key(t, &t->indexes[k], rows[i]);
        nr_ordered_build(t->indexes[k].ordered, &sorter, rows, n);
        if (k == 0) nr_ordered_read(t->indexes[0].ordered, 0, false, n, rows);
    }
    nr_sorter_clear(&sorter);
    t->env->free(rows);
}

void nr_table_drop(nr_table *t, uint32_t row)
{
    const nr_value null = NR_NULL;
    if (!nr_table_has(t, row)) return;
    for (size_t i = 0; i < t->n_indexes; i++) index_remove(t, &t->indexes[i], row);
    t->count--;
    t->there[row / 64] &= ~((uint64_t)1 << (row % 64));
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->columns[i]) nr_column_set(t->columns[i], row, &null);
    links_change(t, row);
}

void nr_table_get(const nr_table *t, uint32_t row, nr_value *values)
{
    for (size_t i = 0; i < t->n_fields; i++) values[i] = t->columns[i] ? nr_column_get(t->columns[i], row) : NR_NULL;
}

uint32_t nr_table_next(const nr_table *t, uint32_t from)
{
    for (size_t w = from / 64; w < t->n_words; w++) {
        uint64_t bits = t->there[w];
        if (w == from / 64) bits &= ~(uint64_t)0 << (from % 64);
        if (bits) return (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits);
    }
    return NR_NO_ROW;
}

const nr_column *nr_table_column(const nr_table *t, size_t field)
{
    return t->filling[field] ? NULL : t->columns[field];
}

bool nr_table_chunk(const nr_table *t, uint32_t chunk, uint64_t *bits)
{
    size_t from = (size_t)chunk * NR_CHUNK_WORDS;
    if (from >= t->n_words) return false;
    size_t n = t->n_words - from < NR_CHUNK_WORDS ? t->n_words - from : NR_CHUNK_WORDS;
    memcpy(bits, t->there + from, n * sizeof *bits);
    memset(bits + n, 0, (NR_CHUNK_WORDS - n) * sizeof *bits);
    return true;
}

const nr_ordered *nr_table_ordered(const nr_table *t, size_t index)
{
    return t->indexes[index].waits ? NULL : t->indexes[index].ordered;
}

const nr_column *nr_table_key_column(const nr_table *t, size_t index)
{
    return t->indexes[index].keys ? t->indexes[index].keys : t->columns[t->indexes[index].field];
}

const nr_postings *nr_table_postings(const nr_table *t, size_t index)
{
    return t->indexes[index].waits ? NULL : t->indexes[index].postings;
}

/* -- indexes that come and go ------------------------------------------------------------------------------------------------------------- */

static void free_index(memory_index *ix)
{
    nr_ordered_free(ix->ordered);
    nr_postings_free(ix->postings);
    nr_column_free(ix->keys);
    *ix = (memory_index){0};
}

/* The place of the same index in the list that was; SIZE_MAX: there is none. */
static size_t place_before(const nr_index *before, size_t n, const nr_index *ix)
{
    for (size_t i = 0; i < n; i++)
        if (nr_index_same(&before[i], ix)) return i;
    return SIZE_MAX;
}

/* The field that was, of the same values; SIZE_MAX: there was none. */
static size_t field_before(const nr_schema *before, const nr_schema *after, size_t field)
{
    const nr_field *f = nr_schema_value(after, field), *old = field < after->n_fields ? f : nr_schema_named(before, f->name);
    bool same = old == f || (old && old->spec.type == f->spec.type && old->spec.places == f->spec.places && old->spec.max_digits == f->spec.max_digits);
    return !same ? SIZE_MAX : old == f ? field : old->id;
}

/* What is borrowed may be something else now. */
static void move_columns(nr_table *t, const nr_schema *schema)
{
    size_t n = nr_schema_values(schema);
    nr_table old = *t;
    t->columns = t->env->alloc(sizeof *t->columns * n);
    t->filling = t->env->alloc(sizeof *t->filling * n);
    t->links = t->env->alloc(sizeof *t->links * n);
    t->holders = t->env->alloc(sizeof *t->holders * n);
    t->row = t->env->realloc(t->row, sizeof *t->row * n);
    t->n_fields = n;
    for (size_t i = 0; i < n; i++) {
        size_t at = field_before(old.schema, schema, i);
        t->columns[i] = at == SIZE_MAX ? NULL : old.columns[at];
        t->filling[i] = at == SIZE_MAX ? false : old.filling[at];
        t->links[i] = at == SIZE_MAX ? NULL : old.links[at];
        t->holders[i] = at == SIZE_MAX ? NULL : old.holders[at];
        if (at == SIZE_MAX) continue;
        old.columns[at] = NULL;
        old.links[at] = NULL;
        old.holders[at] = NULL;
    }
    for (size_t i = 0; i < old.n_fields; i++) {
        nr_column_free(old.columns[i]);
        nr_links_free(old.links[i]);
        nr_holders_free(old.holders[i]);
    }
    t->env->free(old.columns);
    t->env->free(old.filling);
    t->env->free(old.links);
    t->env->free(old.holders);
}

static void adapt_columns(nr_table *t, const nr_schema *schema, const bool *keep, const nr_index *after, size_t n_after)
{
    for (size_t i = 1; i < t->n_fields; i++) {
        bool kept = keep[i];
        const nr_type *type = nr_schema_value(schema, i)->spec.type;
        for (size_t k = 0; k < n_after; k++) kept = kept || (after[k].memory && nr_index_reads(&after[k], i));
        if (t->columns[i] && !kept) {
            nr_column_free(t->columns[i]);
            t->columns[i] = NULL;
            t->filling[i] = false;
        }
        if (t->columns[i] || !kept || !type) continue;
        t->columns[i] = nr_column_new(t->env, type->kind);
        t->filling[i] = t->count > 0;
    }
}

void nr_table_adapt(nr_table *t, const nr_schema *schema, const bool *keep, const nr_index *before, const nr_index *after, size_t n_after)
{
    memory_index *old = t->indexes;
    size_t n_old = t->n_indexes;
    t->indexes = t->env->alloc(sizeof *t->indexes * (n_after + 1));
    t->n_indexes = n_after;
    for (size_t i = 0; i < n_after; i++) {
        size_t at = place_before(before, n_old, &after[i]);
        t->indexes[i] = (memory_index){0};
        if (at == SIZE_MAX) continue;
        t->indexes[i] = old[at];
        t->indexes[i].def = &after[i];
        t->indexes[i].field = after[i].path.field->id;
        old[at] = (memory_index){0};
    }
    for (size_t i = 0; i < n_old; i++) free_index(&old[i]);
    t->env->free(old);
    if (t->schema->n_borrowed || schema->n_borrowed) move_columns(t, schema);
    t->schema = schema;
    adapt_columns(t, schema, keep, after, n_after);
    for (size_t i = 0; i < n_after; i++) {
        if (t->indexes[i].ordered || t->indexes[i].postings) continue;
        make_index(t, &t->indexes[i], &after[i]);
        t->indexes[i].waits = (t->indexes[i].ordered || t->indexes[i].postings) && t->count > 0;
    }
}

bool nr_table_filling(const nr_table *t, size_t field)
{
    return t->filling[field];
}

void nr_table_fill(nr_table *t, uint32_t row, size_t field, const nr_value *v)
{
    nr_column_set(t->columns[field], row, v);
}

void nr_table_filled(nr_table *t, size_t field)
{
    t->filling[field] = false;
}

bool nr_table_waits(const nr_table *t, size_t index)
{
    return t->indexes[index].waits;
}

uint32_t nr_table_seen(const nr_table *t, size_t index)
{
    return t->indexes[index].seen;
}

void nr_table_see(nr_table *t, size_t index, uint32_t row)
{
    t->indexes[index].seen = row + 1;
    index_add(t, &t->indexes[index], row);
}

void nr_table_seen_all(nr_table *t, size_t index)
{
    t->indexes[index].waits = false;
}

void nr_table_see_again(nr_table *t, size_t index)
{
    memory_index *ix = &t->indexes[index];
    const nr_index *def = ix->def;
    free_index(ix);
    make_index(t, ix, def);
    ix->waits = true;
}

size_t nr_table_index_bytes(const nr_table *t, size_t index)
{
    const memory_index *ix = &t->indexes[index];
    return (ix->ordered    ? nr_ordered_bytes(ix->ordered)
            : ix->postings ? nr_postings_bytes(ix->postings)
                           : 0) +
           (ix->keys ? nr_column_bytes(ix->keys) : 0);
}

uint64_t nr_table_count(const nr_table *t)
{
    return t->count;
}

size_t nr_table_bytes(const nr_table *t)
{
    size_t n = sizeof *t + t->n_words * sizeof *t->there + t->n_fields * (sizeof *t->columns + sizeof *t->links + sizeof *t->holders) + t->n_indexes * sizeof *t->indexes;
    for (size_t i = 0; i < t->n_fields; i++)
        n += (t->columns[i] ? nr_column_bytes(t->columns[i]) : 0) + (t->links[i] ? nr_links_bytes(t->links[i]) : 0) +
             (t->holders[i] ? nr_holders_bytes(t->holders[i]) : 0);
    for (size_t i = 0; i < t->n_indexes; i++) {
        if (t->indexes[i].ordered) n += nr_ordered_bytes(t->indexes[i].ordered);
        if (t->indexes[i].postings) n += nr_postings_bytes(t->indexes[i].postings);
        if (t->indexes[i].keys) n += nr_column_bytes(t->indexes[i].keys);
    }
    return n;
}

/* Each key of a row's value leads to the row, and there are no more entries than such keys: then none is missing and none too many. */
static bool postings_valid(const nr_table *t, const memory_index *ix, nr_buf *why)
{
    uint64_t entries = 0;
    nr_arena scratch;
    bool ok = nr_postings_valid(ix->postings, why);
    nr_arena_init(&scratch, t->env);
    for (uint32_t row = nr_table_next(t, 0); ok && row != NR_NO_ROW; row = nr_table_next(t, row + 1)) {
        nr_value v = nr_column_get(t->columns[ix->field], row);
        nr_values keys = {0};
        nr_index_keys(ix->def, &v, &scratch, &keys);
        for (size_t i = 0; ok && i < keys.n; i++) {
            const roaring_bitmap_t *rows = nr_postings_rows(ix->postings, &keys.at[i]);
            ok = rows && roaring_bitmap_contains(rows, row);
            if (!ok) nr_buf_printf(why, "row %u is not in the posting list of a key", row);
        }
        entries += keys.n;
        nr_arena_clear(&scratch);
    }
    if (ok && entries != nr_postings_total(ix->postings))
        nr_buf_printf(why, "%llu entries for %llu keys", (unsigned long long)nr_postings_total(ix->postings), (unsigned long long)entries);
    return ok && entries == nr_postings_total(ix->postings);
}

static bool key_valid(const nr_table *t, const memory_index *ix, uint32_t row, nr_arena *scratch, nr_buf *why)
{
    nr_values keys = {0};
    const nr_value none = NR_NULL;
    nr_index_row_keys(ix->def, row_for(t, ix, row), scratch, &keys);
    nr_value kept = nr_column_get(ix->keys, row);
    bool same = nr_value_eq(&kept, keys.n ? &keys.at[0] : &none);
    if (!same) nr_buf_printf(why, "row %u has another key than its value", row);
    return same;
}

static bool ordered_valid(const nr_table *t, const memory_index *ix, nr_buf *why)
{
    uint32_t rows[256];
    nr_arena scratch;
    bool ok = nr_ordered_valid(ix->ordered, why);
    nr_arena_init(&scratch, t->env);
    for (uint64_t at = 0; ok && at < nr_ordered_count(ix->ordered);) {
        size_t n = nr_ordered_read(ix->ordered, at, false, 256, rows);
        for (size_t i = 0; ok && i < n; i++) {
            ok = nr_table_has(t, rows[i]);
            if (!ok) nr_buf_printf(why, "row %u of an ordered index is not there", rows[i]);
            ok = ok && (!ix->keys || key_valid(t, ix, rows[i], &scratch, why));
        }
        nr_arena_clear(&scratch);
        at += n;
    }
    return ok;
}

static bool index_valid(const nr_table *t, const memory_index *ix, nr_buf *why)
{
    if (ix->waits || (!ix->postings && !ix->ordered)) return true;
    if (ix->postings) return postings_valid(t, ix, why);
    uint64_t entries = nr_ordered_count(ix->ordered);
    if (entries != t->count) nr_buf_printf(why, "%llu entries for %llu rows", (unsigned long long)entries, (unsigned long long)t->count);
    return entries == t->count && ordered_valid(t, ix, why);
}

/* No value where there is no row. */
static bool column_valid(const nr_table *t, const nr_column *c, nr_buf *why)
{
    if (!nr_column_valid(c, why)) return false;
    for (uint32_t chunk = 0; chunk <= t->n_words / NR_CHUNK_WORDS; chunk++) {
        uint64_t there[NR_CHUNK_WORDS];
        const uint64_t *set = nr_column_chunk_at(c, chunk).set;
        bool any = nr_table_chunk(t, chunk, there);
        for (size_t i = 0; i < NR_CHUNK_WORDS; i++) {
            if (!(set[i] & ~(any ? there[i] : 0))) continue;
            nr_buf_printf(why, "a column has a value in chunk %u where the table has no row", chunk);
            return false;
        }
    }
    return true;
}

static bool bits_valid(const nr_table *t, nr_buf *why)
{
    uint64_t count = 0;
    for (size_t i = 0; i < t->n_words; i++) count += (uint64_t)__builtin_popcountll(t->there[i]);
    if (count != t->count) nr_buf_add(why, NR_S("the table counts its rows wrongly"));
    return count == t->count;
}

bool nr_table_valid(const nr_table *t, nr_buf *why)
{
    if (!bits_valid(t, why)) return false;
    for (size_t i = 0; i < t->n_fields; i++)
        if ((t->columns[i] && !column_valid(t, t->columns[i], why)) || (t->holders[i] && !nr_holders_valid(t->holders[i], why))) return false;
    for (size_t i = 0; i < t->n_indexes; i++)
        if (!index_valid(t, &t->indexes[i], why)) return false;
    return true;
}
