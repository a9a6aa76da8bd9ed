/* types.h -- the table of field types.
 *
 * A type says how its text is read, how it is written canonically, what is allowed on a write, and how clients get it. All that depends on
 * a declaration (decimal places) is in nr_spec, so that a foreign key is simply a field whose spec is that of the target's primary key. */
#ifndef NR_TYPES_H
#define NR_TYPES_H

#include "base/arena.h"
#include "base/buf.h"
#include "types/value.h"

typedef struct nr_type nr_type;

typedef struct nr_shape nr_shape;

typedef struct nr_spec {
    const nr_type *type;
    uint8_t max_digits, places; /* decimal only */
    const nr_shape *shape;      /* containers only: what stands in them (container.h); NULL: any JSON */
} nr_spec;

typedef enum nr_reply { NR_REPLY_STRING, NR_REPLY_INTEGER, NR_REPLY_DOUBLE, NR_REPLY_BOOL, NR_REPLY_LIST, NR_REPLY_SET, NR_REPLY_MAP } nr_reply;

enum {
    NR_TF_REFERENCE = 1, /* fk, onetoone: a relation that is a value */
    NR_TF_BYTES = 2,     /* any bytes; base64 in JSON; only exact and isnull */
    NR_TF_RELATION = 4,  /* fk, onetoone: the spec is the target's pk's; and m2m */
    NR_TF_JSON_BOOL = 8, /* takes JSON true and false */
    NR_TF_AUTO = 16,     /* drawn from the counter when missing */
    NR_TF_DRAWN = 32,    /* drawn at random when a pk is missing (uuid) */
    NR_TF_CLOCK = 64,    /* takes auto_now and auto_now_add */
    NR_TF_LENGTH = 128,  /* takes max_length */
    NR_TF_BOUNDS = 256,  /* takes min and max */
    NR_TF_DIGITS = 512,  /* needs max_digits and decimal_places */
    NR_TF_DATE = 1024,   /* has a year, a month, a day */
    NR_TF_TIME = 2048,   /* has an hour, a minute, a second */
    NR_TF_CONTAINER = 4096, /* holds other values, its text is JSON; only exact, in and isnull, of the whole */
    NR_TF_ELEMENTS = 8192,  /* takes `of` */
    NR_TF_MEMBERS = 16384,  /* needs `to` or `fields`: an embedded entity */
    NR_TF_MANY = 32768,     /* m2m: a relation without a value, no field of an entity */
};

struct nr_type {
    const char *name;    /* "positiveint" */
    const char *django;  /* Django's class names for it, space separated: "PositiveIntegerField PositiveBigIntegerField" */
    nr_kind kind;        /* of its values; NR_V_NULL for relations, which have the target's */
    unsigned flags;      /* NR_TF_ */
    nr_reply reply;      /* RESP3 */
    const char *expects; /* "an integer from 0 to 9223372036854775807": completes the sentence "expected ..." */

    /* Reads text by SPEC 1: false when it is not of the type's syntax. Texts keep pointing into text or are made in arena. Good for operands: what is
     * out of a type's range or too fine for it is read all the same, with side set; so side == 0 && check() passes = good for a write. */
    bool (*parse)(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out);

    /* What only a write is held to (range, digits, the syntax of email, url, slug): NULL when good, else what was expected, as in expects.
     * The member may be NULL: nothing more. */
    const char *(*check)(const nr_spec *spec, const nr_value *v);

    /* Appends the canonical text of a non-NULL value. parse(format(v)) gives v. */
    void (*format)(const nr_spec *spec, const nr_value *v, nr_buf *out);

    /* The value of a moment, in microseconds since 1970 UTC (types with NR_TF_CLOCK only). */
    nr_value (*now)(int64_t us);

    /* A new value nobody else has, made in arena (types with NR_TF_DRAWN only). */
    nr_value (*draw)(nr_arena *arena);

    const char *doc;     /* one line for the reference */
};

extern const nr_type *const nr_types[]; /* all of them, NULL at the end */

/* By name or Django's class name (a dotted prefix such as "models." is not taken); NULL when unknown. */
const nr_type *nr_type_find(nr_slice name);

/* Of what nobody declared: any JSON. */
extern const nr_spec nr_spec_free;

/* Reads and checks text for a write. On failure *expected says what would have been good. */
bool nr_type_read(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_value *out, const char **expected);

/* What a write takes, as a sentence about spec's values: by_type, or the digits of a decimal. */
const char *nr_type_expects(const nr_spec *spec, const char *by_type, nr_arena *arena);

/* The canonical text in arena; NULL value: absent slice. Text values are returned as they are, not copied. */
nr_slice nr_type_text(const nr_spec *spec, const nr_value *v, nr_arena *arena);

#endif
