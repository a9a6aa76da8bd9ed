/* row_reply.c -- rows of columns to the sink. As deep as WITH and PREFETCH go. */
#include "engine/row_reply.h"

#include "types/container.h"

nr_row_form nr_row_form_of(const nr_query *q, nr_arena *arena)
{
    nr_spec *specs = NR_NEW_N(arena, nr_spec, q->n_out);
    for (size_t i = 0; i < q->n_out; i++) specs[i] = q->terms[i].spec;
    return (nr_row_form){.n = q->n_out, .names = q->out_names, .specs = specs, .flat = q->flat, .json = q->json};
}

nr_row_form nr_group_form_of(const nr_grouping *g, const nr_query *q)
{
    return (nr_row_form){.n = nr_grouping_columns(g), .names = g->names, .specs = g->specs, .flat = q->flat, .json = q->json};
}

uint32_t nr_nested_number(nr_call *c, const nr_row_form *f, size_t column, const nr_value *key)
{
    nr_mark mark = nr_arena_mark(&c->arena);
    uint32_t number = nr_keyset_find(&f->nested[column]->keys, nr_type_text(&f->specs[column], key, &c->arena));
    nr_arena_rewind(&c->arena, mark);
    return number;
}

static const nr_entities *nested_in(const nr_row_form *f, size_t column)
{
    return f->nested ? f->nested[column] : NULL;
}

/* The entity that a column's value is the key of, and its number; NULL: there is none. */
static const nr_value *nested_row(nr_call *c, const nr_row_form *f, size_t column, const nr_value *key, size_t *number)
{
    if (key->kind == NR_V_NULL) return NULL;
    *number = nr_nested_number(c, f, column, key);
    return nested_in(f, column)->rows.at[*number];
}

/* -- JSON --------------------------------------------------------------------------------------------------------------------------------- */

static void print_row(nr_call *c, const nr_row_form *f, const nr_value *values, size_t row, nr_buf *b);

static void print_column(nr_call *c, const nr_row_form *f, size_t column, const nr_value *v, nr_buf *b)
{
    const nr_entities *e = nested_in(f, column);
    size_t number = 0;
    const nr_value *inner = e ? nested_row(c, f, column, v, &number) : NULL;
    if (!e) nr_part_print(&f->specs[column], v, b);
    else if (inner) print_row(c, &e->form, inner, number, b);
    else nr_buf_add(b, NR_S("null"));
}

static void print_name(nr_slice name, size_t at, nr_buf *b)
{
    if (at) nr_buf_byte(b, ',');
    nr_json_print_string(name, b);
    nr_buf_byte(b, ':');
}

static void print_list(nr_call *c, const nr_list *l, size_t row, nr_buf *b)
{
    nr_buf_byte(b, '[');
    for (uint32_t i = l->first[row]; i < l->first[row + 1]; i++) {
        if (i > l->first[row]) nr_buf_byte(b, ',');
        print_row(c, &l->entities->form, l->entities->rows.at[l->numbers[i]], l->numbers[i], b);
    }
    nr_buf_byte(b, ']');
}

static void print_row(nr_call *c, const nr_row_form *f, const nr_value *values, size_t row, nr_buf *b)
{
    nr_buf_byte(b, '{');
    for (size_t i = 0; i < f->n; i++) {
        print_name(f->names[i], i, b);
        print_column(c, f, i, &values[i], b);
    }
    for (size_t i = 0; i < f->n_lists; i++) {
        print_name(f->lists[i].name, f->n + i, b);
        print_list(c, &f->lists[i], row, b);
    }
    nr_buf_byte(b, '}');
}

/* The text stands in the arena until the row is sent. */
static void reply_json(nr_call *c, const nr_row_form *f, const nr_value *values, size_t row)
{
    nr_buf b = nr_buf_in(&c->arena);
    if (f->flat) print_column(c, f, 0, &values[0], &b);
    else print_row(c, f, values, row, &b);
    c->sink->cls->bulk(c->sink, nr_buf_slice(&b));
}

/* -- the protocol's own types ------------------------------------------------------------------------------------------------------------- */

static void reply_column(nr_call *c, const nr_row_form *f, size_t column, const nr_value *v)
{
    const nr_entities *e = nested_in(f, column);
    size_t number = 0;
    const nr_value *inner = e ? nested_row(c, f, column, v, &number) : NULL;
    if (!e) nr_sink_value(c->sink, &f->specs[column], v, &c->arena);
    else if (inner) nr_row_reply(c, &e->form, inner, number);
    else c->sink->cls->null(c->sink);
}

static void reply_list(nr_call *c, const nr_list *l, size_t row)
{
    c->sink->cls->array(c->sink, l->first[row + 1] - l->first[row]);
    for (uint32_t i = l->first[row]; i < l->first[row + 1]; i++) nr_row_reply(c, &l->entities->form, l->entities->rows.at[l->numbers[i]], l->numbers[i]);
}

void nr_row_reply(nr_call *c, const nr_row_form *f, const nr_value *values, size_t row)
{
    nr_sink *s = c->sink;
    if (f->json) {
        nr_mark mark = nr_arena_mark(&c->arena);
        reply_json(c, f, values, row);
        nr_arena_rewind(&c->arena, mark);
        return;
    }
    if (!f->flat) s->cls->map(s, f->n + f->n_lists);
    for (size_t i = 0; i < f->n; i++) {
        if (!f->flat) s->cls->bulk(s, f->names[i]);
        reply_column(c, f, i, &values[i]);
    }
    for (size_t i = 0; i < f->n_lists; i++) {
        s->cls->bulk(s, f->lists[i].name);
        reply_list(c, &f->lists[i], row);
    }
}
