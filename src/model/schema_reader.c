/* schema_reader.c -- walking an object by a table of its members, and errors that begin with the path inside the document. */
#include "model/schema_read.h"

#include <stdarg.h>
#include <stdio.h>

static bool fail_at_path(nr_schema_reader *r, nr_code code, const char *sentence)
{
    const char *at = r->at ? r->at->name : "";
    if (r->field) return nr_fail(r->err, code, "%.*s%s%s: %s", NR_FMT(r->field->path), *at ? "." : "", at, sentence);
    return nr_fail(r->err, code, "%s%s%s", at, *at ? ": " : "", sentence);
}

bool nr_reader_fail(nr_schema_reader *r, nr_code code, const char *fmt, ...)
{
    char sentence[NR_ERR_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, ap);
    va_end(ap);
    return fail_at_path(r, code, sentence);
}

bool nr_reader_later(nr_schema_reader *r, const char *what)
{
    return nr_reader_fail(r, NR_E_BADVALUE, "'%s' is not available in this version", what);
}

static const nr_schema_option *find_row(const nr_schema_option *table, nr_slice name)
{
    for (const nr_schema_option *row = table; row->name; row++)
        if (nr_slice_is(name, row->name)) return row;
    return NULL;
}

static bool refuse_name(nr_schema_reader *r, nr_slice name, const nr_schema_option *table)
{
    nr_hint hint;
    nr_hint_begin(&hint, name);
    for (const nr_schema_option *row = table; row->name; row++) {
        if (row->set) nr_hint_offer(&hint, nr_slice_of(row->name));
        else nr_hint_near(&hint, nr_slice_of(row->name));
    }
    return nr_reader_fail(r, NR_E_BADVALUE, "unknown %s %s; %s", r->field ? "option" : "key", NR_SHOW(name), nr_hint_text(&hint, "expected one of"));
}

bool nr_reader_refuse_unknown(nr_schema_reader *r, const nr_json *object, const nr_schema_option *table)
{
    for (size_t i = 0; i < object->n; i++) {
        const nr_schema_option *row = find_row(table, object->names[i]);
        if (!row) return refuse_name(r, object->names[i], table);
        r->at = row;
        if (!row->set) return nr_reader_later(r, row->name);
        r->at = NULL;
    }
    return true;
}

static bool set_member(nr_schema_reader *r, const nr_json *value, const nr_schema_option *row)
{
    if (!(row->kinds & 1u << value->kind))
        return nr_reader_fail(r, NR_E_BADVALUE, "expected %s, got %s", row->expects, nr_json_kind_name(value));
    if (row->types && !(r->field->type->flags & row->types))
        return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' does not take this option", r->field->type->name);
    return row->set(r, value);
}

bool nr_reader_set(nr_schema_reader *r, const nr_json *object, const nr_schema_option *table)
{
    for (const nr_schema_option *row = table; row->name; row++) {
        const nr_json *value = row->set ? nr_json_get(object, row->name) : NULL;
        if (!value) continue;
        r->at = row;
        if (!set_member(r, value, row)) return false;
        r->at = NULL;
    }
    return true;
}
