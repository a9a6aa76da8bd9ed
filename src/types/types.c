/* types.c -- the table of types in the order of the reference, and what works on every row of it. */
#include "types/types.h"

#include "types/type_rows.h"

/* A relation has no values of its own: a field's spec is the one of the target's primary key, so nothing here reads or writes. */
static const nr_type relations[] = {
    {
        .name = "fk",
        .django = "ForeignKey",
        .kind = NR_V_NULL,
        .flags = NR_TF_RELATION | NR_TF_REFERENCE,
        .reply = NR_REPLY_STRING,
        .expects = "a primary key of the model that it refers to",
        .doc = "a reference to an entity of the model named by `to`; several may refer to the same one",
    },
    {
        .name = "onetoone",
        .django = "OneToOneField",
        .kind = NR_V_NULL,
        .flags = NR_TF_RELATION | NR_TF_REFERENCE,
        .reply = NR_REPLY_STRING,
        .expects = "a primary key of the model that it refers to",
        .doc = "a reference to an entity of the model named by `to` that no other entity refers to",
    },
    {
        .name = "m2m",
        .django = "ManyToManyField",
        .kind = NR_V_NULL,
        .flags = NR_TF_RELATION | NR_TF_MANY,
        .reply = NR_REPLY_STRING,
        .expects = "nothing: RELATE writes it",
        .doc = "a relation to any number of entities of the model named by `to`, which may have any number too; kept in a model of its own",
    },
};

const nr_type *const nr_types[] = {
    &nr_type_rows_integer[0], &nr_type_rows_integer[1], &nr_type_rows_integer[2], &nr_type_rows_integer[3], &nr_type_rows_integer[4],
    &nr_type_rows_float[0],   &nr_type_rows_decimal[0], &nr_type_rows_integer[5],
    &nr_type_rows_text[0],    &nr_type_rows_text[1],    &nr_type_rows_text[2],    &nr_type_rows_text[3],    &nr_type_rows_text[4],
    &nr_type_rows_ident[0],   &nr_type_rows_ident[1],
    &nr_type_rows_time[0],    &nr_type_rows_time[1],    &nr_type_rows_time[2],    &nr_type_rows_duration[0],
    &nr_type_rows_text[5],
    &nr_type_rows_container[0], &nr_type_rows_container[1], &nr_type_rows_container[2], &nr_type_rows_container[3], &nr_type_rows_container[4],
    &relations[0],            &relations[1],            &relations[2],
    NULL,
};

const nr_spec nr_spec_free = {.type = &nr_type_rows_container[4]};

/* Is name one of the words of a space separated list? */
static bool is_word_of(nr_slice name, const char *list)
{
    while (*list) {
        size_t n = strcspn(list, " ");
        if (nr_slice_eq(name, (nr_slice){list, n})) return true;
        list += n;
        list += *list == ' ';
    }
    return false;
}

const nr_type *nr_type_find(nr_slice name)
{
    for (const nr_type *const *t = nr_types; *t; t++)
        if (nr_slice_is(name, (*t)->name) || is_word_of(name, (*t)->django)) return *t;
    return NULL;
}

bool nr_type_read(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_value *out, const char **expected)
{
    const nr_type *type = spec->type;
    nr_operand operand;
    *expected = type->expects;
    if (!type->parse(spec, text, arena, &operand) || operand.side) return false;
    const char *wanted = type->check ? type->check(spec, &operand.v) : NULL;
    if (wanted) {
        *expected = wanted;
        return false;
    }
    *out = operand.v;
    return true;
}

const char *nr_type_expects(const nr_spec *spec, const char *by_type, nr_arena *arena)
{
    if (!(spec->type->flags & NR_TF_DIGITS)) return by_type;
    return nr_arena_printf(arena, "a decimal number of at most %d digits before the point and %d behind it", spec->max_digits - spec->places,
                           spec->places)
        .p;
}

nr_slice nr_type_text(const nr_spec *spec, const nr_value *v, nr_arena *arena)
{
    if (v->kind == NR_V_NULL) return (nr_slice){NULL, 0};
    if (v->kind == NR_V_TEXT) return v->s.p ? v->s : NR_S("");
    nr_buf b = nr_buf_in(arena);
    spec->type->format(spec, v, &b);
    return nr_buf_slice(&b);
}
