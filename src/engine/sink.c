/* sink.c -- values to replies. */
#include "engine/sink.h"

#include "types/container.h"
#include "types/number.h"

static void send_container(nr_sink *s, const nr_spec *spec, nr_doc doc, nr_arena *arena);

/* A number of free JSON as a number of the protocol when that says the same, else its text: 1e400 and 0.1000000000000000000001 are no doubles. */
static void send_number(nr_sink *s, nr_slice text, nr_arena *arena)
{
    const nr_spec whole = {.type = nr_type_find(NR_S("int"))}, real = {.type = nr_type_find(NR_S("float"))};
    nr_operand op;
    if (whole.type->parse(&whole, text, arena, &op) && op.side == 0) {
        s->cls->number(s, op.v.i, nr_type_text(&whole, &op.v, arena));
        return;
    }
    bool good = real.type->parse(&real, text, arena, &op) && op.side == 0;
    nr_slice shown = good ? nr_type_text(&real, &op.v, arena) : text;
    if (good && nr_number_cmp(shown, text) == 0) s->cls->dbl(s, op.v.f, shown);
    else s->cls->bulk(s, text);
}

static void send_json(nr_sink *s, nr_doc doc, nr_arena *arena)
{
    switch (doc.kind) {
    case NR_J_NULL: s->cls->null(s); break;
    case NR_J_TRUE: s->cls->boolean(s, true, NR_S("1")); break;
    case NR_J_FALSE: s->cls->boolean(s, false, NR_S("0")); break;
    case NR_J_NUMBER: send_number(s, doc.text, arena); break;
    case NR_J_STRING: s->cls->bulk(s, nr_doc_unquote(doc.text, arena)); break;
    case NR_J_ARRAY:
    case NR_J_OBJECT: send_container(s, NULL, doc, arena); break;
    }
}

static void send_place(nr_sink *s, const nr_place *p, nr_arena *arena)
{
    if (p->spec) nr_sink_value(s, p->spec, &p->value, arena);
    else send_json(s, p->doc, arena);
}

/* All fields, NULL ones too, as of an entity. */
static void send_embedded(nr_sink *s, const nr_spec *spec, nr_slice text, nr_arena *arena)
{
    const nr_place *members = nr_container_members(spec, text, arena);
    s->cls->map(s, spec->shape->n);
    for (size_t i = 0; i < spec->shape->n; i++) {
        s->cls->bulk(s, spec->shape->members[i].name);
        send_place(s, &members[i], arena);
    }
}

/* spec NULL: an array or object of free JSON. */
static void send_container(nr_sink *s, const nr_spec *spec, nr_doc doc, nr_arena *arena)
{
    size_t n = nr_doc_count(doc);
    nr_items it = nr_items_in(spec, doc.text, arena);
    nr_place item;
    if (doc.kind == NR_J_OBJECT) s->cls->map(s, n);
    else if (spec && spec->type->reply == NR_REPLY_SET) s->cls->set(s, n);
    else s->cls->array(s, n);
    while (nr_items_next(&it, &item)) {
        if (doc.kind == NR_J_OBJECT) s->cls->bulk(s, nr_doc_unquote(it.name, arena));
        send_place(s, &item, arena);
    }
}

/* A list, set, dict or embedded entity. */
static void send_nested(nr_sink *s, const nr_spec *spec, nr_slice text, nr_arena *arena)
{
    bool embedded = (spec->type->flags & NR_TF_MEMBERS) && spec->shape;
    if (!s->cls->nests) s->cls->bulk(s, text);
    else if (embedded) send_embedded(s, spec, text, arena);
    else send_container(s, spec, nr_doc_at(text), arena);
}

void nr_sink_value(nr_sink *s, const nr_spec *spec, const nr_value *v, nr_arena *arena)
{
    if (v->kind == NR_V_NULL) {
        s->cls->null(s);
        return;
    }
    nr_slice text = nr_type_text(spec, v, arena);
    switch (spec->type->reply) {
    case NR_REPLY_STRING: s->cls->bulk(s, text); break;
    case NR_REPLY_INTEGER: s->cls->number(s, v->i, text); break;
    case NR_REPLY_DOUBLE: s->cls->dbl(s, v->f, text); break;
    case NR_REPLY_BOOL: s->cls->boolean(s, v->i != 0, text); break;
    case NR_REPLY_LIST:
    case NR_REPLY_SET:
    case NR_REPLY_MAP: send_nested(s, spec, text, arena); break;
    }
}
