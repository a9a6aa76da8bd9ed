/* sink.c -- values to replies. */
#include "engine/sink.h"

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
    }
}
