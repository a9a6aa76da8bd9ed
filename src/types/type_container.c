/* type_container.c -- the rows of types that hold other values; how their text is read is in container.c. */
#include "types/container.h"
#include "types/type_rows.h"

static bool parse_container(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    nr_fault fault;
    return nr_container_read(spec, text, false, arena, out, &fault);
}

const nr_type nr_type_rows_container[] = {
    {
        .name = "list",
        .django = "ListField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_CONTAINER | NR_TF_ELEMENTS,
        .reply = NR_REPLY_LIST,
        .expects = "a JSON array",
        .parse = parse_container,
        .format = nr_type_format_text,
        .doc = "elements in their order; `of` says what they are, without it any JSON",
    },
    {
        .name = "set",
        .django = "SetField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_CONTAINER | NR_TF_ELEMENTS,
        .reply = NR_REPLY_SET,
        .expects = "a JSON array",
        .parse = parse_container,
        .format = nr_type_format_text,
        .doc = "elements, each once, stored in order of their values; `of` says what they are, without it any JSON",
    },
    {
        .name = "dict",
        .django = "DictField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_CONTAINER | NR_TF_ELEMENTS,
        .reply = NR_REPLY_MAP,
        .expects = "a JSON object",
        .parse = parse_container,
        .format = nr_type_format_text,
        .doc = "values by keys, stored in order of the keys; `of` says what the values are, without it any JSON",
    },
    {
        .name = "embedded",
        .django = "EmbeddedModelField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_CONTAINER | NR_TF_MEMBERS,
        .reply = NR_REPLY_MAP,
        .expects = "a JSON object",
        .parse = parse_container,
        .format = nr_type_format_text,
        .doc = "an entity inside this one, with the fields of the model named by `to`, or with those in `fields`; fields that are NULL are left out",
    },
    {
        .name = "json",
        .django = "JSONField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_CONTAINER,
        .reply = NR_REPLY_STRING,
        .expects = "JSON",
        .parse = parse_container,
        .format = nr_type_format_text,
        .doc = "any JSON, compact, numbers as they were written, objects in order of their keys; JSON's null is a value, not NULL",
    },
};
