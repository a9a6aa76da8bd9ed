/* sink.h -- where a reply goes: RESP2, RESP3, or a test's text. A reply begins only when it is complete: nothing can fail after that. */
#ifndef NR_SINK_H
#define NR_SINK_H

#include "types/types.h"

typedef struct nr_sink nr_sink;

typedef struct nr_sink_class {
    void (*integer)(nr_sink *s, int64_t i);
    void (*bulk)(nr_sink *s, nr_slice text);
    void (*status)(nr_sink *s, const char *text);    /* +OK */
    void (*null)(nr_sink *s);
    void (*array)(nr_sink *s, size_t n);             /* n replies follow */
    void (*map)(nr_sink *s, size_t n);               /* n pairs of replies follow */
    /* Values of fields, with their canonical text: a protocol that has the type sends the value, else the text. */
    void (*number)(nr_sink *s, int64_t i, nr_slice text);
    void (*dbl)(nr_sink *s, double d, nr_slice text);
    void (*boolean)(nr_sink *s, bool b, nr_slice text);
    void (*set)(nr_sink *s, size_t n);               /* n replies follow, in no order */
    bool nests;                                      /* containers are sent as arrays, sets and maps; else as their text */
} nr_sink_class;

struct nr_sink {
    const nr_sink_class *cls;
};

/* A value as its type is replied; NULL as null. */
void nr_sink_value(nr_sink *s, const nr_spec *spec, const nr_value *v, nr_arena *arena);

#endif
