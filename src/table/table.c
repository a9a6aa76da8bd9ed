/* table.c -- a bit for each row, a column for each kept field. */
#include "table/table.h"

#include "table/rows.h"

struct nr_table {
    const nr_env *env;
    size_t n_fields;
    nr_column **columns; /* by field id, NULL: not kept */
    uint64_t *there;
    size_t n_words;
    uint64_t count;
};

nr_table *nr_table_new(const nr_env *env, const nr_schema *schema, const bool *keep)
{
    nr_table *t = env->alloc(sizeof *t);
    *t = (nr_table){.env = env, .n_fields = schema->n_fields};
    t->columns = env->alloc(sizeof *t->columns * schema->n_fields);
    for (size_t i = 0; i < schema->n_fields; i++) {
        bool known = schema->fields[i].spec.type != NULL;
        t->columns[i] = known && (i == 0 || keep[i]) ? nr_column_new(env, schema->fields[i].spec.type->kind) : NULL;
    }
    return t;
}

void nr_table_free(nr_table *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->n_fields; i++) nr_column_free(t->columns[i]);
    t->env->free(t->columns);
    if (t->there) t->env->free(t->there);
    t->env->free(t);
}

bool nr_table_keeps(const nr_table *t, size_t field)
{
    return t->columns[field] != NULL;
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

void nr_table_put(nr_table *t, uint32_t row, const nr_value *values)
{
    make_room(t, row);
    t->count += !nr_table_has(t, row);
    t->there[row / 64] |= (uint64_t)1 << (row % 64);
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->columns[i]) nr_column_set(t->columns[i], row, &values[i]);
}

void nr_table_drop(nr_table *t, uint32_t row)
{
    const nr_value null = NR_NULL;
    if (!nr_table_has(t, row)) return;
    t->count--;
    t->there[row / 64] &= ~((uint64_t)1 << (row % 64));
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->columns[i]) nr_column_set(t->columns[i], row, &null);
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

uint64_t nr_table_count(const nr_table *t)
{
    return t->count;
}

size_t nr_table_bytes(const nr_table *t)
{
    size_t n = sizeof *t + t->n_words * sizeof *t->there + t->n_fields * sizeof *t->columns;
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->columns[i]) n += nr_column_bytes(t->columns[i]);
    return n;
}
