/* column.c -- one growing array, whose element size the kind decides. A text is a block of its own: its length, then its bytes. */
#include "table/column.h"

#include <assert.h>

typedef struct text {
    uint32_t n;
    char bytes[];
} text;

struct nr_column {
    const nr_env *env;
    nr_kind kind;
    size_t width;    /* of an element */
    uint32_t limit;  /* rows that have room */
    uint64_t *set;   /* bit: the row has a value */
    char *values;
    size_t text_bytes;
};

static size_t width_of(nr_kind kind)
{
    switch (kind) {
    case NR_V_INT: return sizeof(int64_t);
    case NR_V_FLOAT: return sizeof(double);
    case NR_V_DECIMAL: return sizeof(nr_i128);
    case NR_V_TEXT: return sizeof(text *);
    case NR_V_NULL: break;
    }
    return 0;
}

nr_column *nr_column_new(const nr_env *env, nr_kind kind)
{
    assert(width_of(kind));
    nr_column *c = env->alloc(sizeof *c);
    *c = (nr_column){.env = env, .kind = kind, .width = width_of(kind)};
    return c;
}

static bool has_value(const nr_column *c, uint32_t row)
{
    return row < c->limit && (c->set[row / 64] >> (row % 64) & 1);
}

static text **text_at(const nr_column *c, uint32_t row)
{
    return &((text **)(void *)c->values)[row];
}

static void drop_text(nr_column *c, uint32_t row)
{
    text *t = *text_at(c, row);
    c->text_bytes -= sizeof *t + t->n;
    c->env->free(t);
}

void nr_column_free(nr_column *c)
{
    if (!c) return;
    for (uint32_t row = 0; c->kind == NR_V_TEXT && row < c->limit; row++)
        if (has_value(c, row)) drop_text(c, row);
    if (c->values) c->env->free(c->values);
    if (c->set) c->env->free(c->set);
    c->env->free(c);
}

static void *resize(const nr_env *env, void *p, size_t n)
{
    return p ? env->realloc(p, n) : env->alloc(n);
}

static void make_room(nr_column *c, uint32_t row)
{
    if (row < c->limit) return;
    uint64_t limit = c->limit ? (uint64_t)c->limit * 5 / 4 : 256;
    if (limit <= row) limit = (uint64_t)row + 1;
    limit = (limit + 63) & ~(uint64_t)63;
    if (limit > UINT32_MAX) limit = UINT32_MAX - 63;
    c->values = resize(c->env, c->values, (size_t)limit * c->width);
    c->set = resize(c->env, c->set, (size_t)limit / 8);
    memset((char *)c->set + c->limit / 8, 0, (size_t)(limit - c->limit) / 8);
    c->limit = (uint32_t)limit;
}

static void put_text(nr_column *c, uint32_t row, nr_slice s)
{
    text *t = c->env->alloc(sizeof *t + s.n);
    t->n = (uint32_t)s.n;
    if (s.n) memcpy(t->bytes, s.p, s.n);
    *text_at(c, row) = t;
    c->text_bytes += sizeof *t + s.n;
}

void nr_column_set(nr_column *c, uint32_t row, const nr_value *v)
{
    if (v->kind == NR_V_NULL && row >= c->limit) return;
    make_room(c, row);
    uint64_t bit = (uint64_t)1 << (row % 64);
    if (c->kind == NR_V_TEXT && has_value(c, row)) drop_text(c, row);
    if (v->kind == NR_V_NULL) {
        c->set[row / 64] &= ~bit;
        return;
    }
    assert(v->kind == c->kind);
    c->set[row / 64] |= bit;
    if (c->kind == NR_V_TEXT) put_text(c, row, v->s);
    else memcpy(c->values + (size_t)row * c->width, c->kind == NR_V_DECIMAL ? (const void *)&v->d : (const void *)&v->i, c->width);
}

nr_value nr_column_get(const nr_column *c, uint32_t row)
{
    nr_value v = NR_NULL;
    if (!has_value(c, row)) return v;
    v.kind = c->kind;
    if (c->kind == NR_V_TEXT) v.s = (nr_slice){(*text_at(c, row))->bytes, (*text_at(c, row))->n};
    else memcpy(c->kind == NR_V_DECIMAL ? (void *)&v.d : (void *)&v.i, c->values + (size_t)row * c->width, c->width);
    return v;
}

nr_column_view nr_column_ints(const nr_column *c)
{
    assert(c->kind == NR_V_INT);
    return (nr_column_view){(const int64_t *)(const void *)c->values, c->set, c->limit};
}

size_t nr_column_bytes(const nr_column *c)
{
    return sizeof *c + c->limit * c->width + c->limit / 8 + c->text_bytes;
}
