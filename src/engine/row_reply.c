/* row_reply.c -- rows of columns to the sink. */
#include "engine/row_reply.h"

#include "types/container.h"

nr_row_form nr_row_form_of(const nr_query *q, nr_arena *arena)
{
    nr_spec *specs = NR_NEW_N(arena, nr_spec, q->n_out);
    for (size_t i = 0; i < q->n_out; i++) specs[i] = q->terms[i].spec;
    return (nr_row_form){q->n_out, q->out_names, specs, q->flat, q->json};
}

nr_row_form nr_group_form_of(const nr_grouping *g, const nr_query *q)
{
    return (nr_row_form){nr_grouping_columns(g), g->names, g->specs, q->flat, q->json};
}

static void reply_json(nr_call *c, const nr_row_form *f, const nr_value *values)
{
    nr_mark mark = nr_arena_mark(&c->arena);
    nr_buf b = nr_buf_in(&c->arena);
    if (!f->flat) nr_buf_byte(&b, '{');
    for (size_t i = 0; i < f->n; i++) {
        if (i) nr_buf_byte(&b, ',');
        if (!f->flat) nr_json_print_string(f->names[i], &b);
        if (!f->flat) nr_buf_byte(&b, ':');
        nr_part_print(&f->specs[i], &values[i], &b);
    }
    if (!f->flat) nr_buf_byte(&b, '}');
    c->sink->cls->bulk(c->sink, nr_buf_slice(&b));
    nr_arena_rewind(&c->arena, mark);
}

void nr_row_reply(nr_call *c, const nr_row_form *f, const nr_value *values)
{
    nr_sink *s = c->sink;
    if (f->json) {
        reply_json(c, f, values);
        return;
    }
    if (!f->flat) s->cls->map(s, f->n);
    for (size_t i = 0; i < f->n; i++) {
        if (!f->flat) s->cls->bulk(s, f->names[i]);
        nr_sink_value(s, &f->specs[i], &values[i], &c->arena);
    }
}
