/* schema_read.h -- what the files that read a definition share: the reader, and how it fails. No one else includes this. */
#ifndef NR_SCHEMA_READ_H
#define NR_SCHEMA_READ_H

#include "model/schema.h"

typedef struct nr_schema_reader {
    nr_schema *schema;
    nr_schema_find find;
    void *ctx;
    nr_err *err;
    const nr_schema_option *at; /* the option or key that is being read, NULL between them; with field it gives the path in errors */
    nr_field *field;            /* that is being read; NULL: a key of the model is */
    const nr_json *own_fields;  /* "fields" of the document, NULL when not given */
    const nr_json *pk_json;     /* "pk" of the document, likewise */
    nr_slice parent_link;       /* what the reference to a concrete parent is called */
} nr_schema_reader;

/* Fails with "<path of the field>.<option>: ..." or "<key>: ...". Returns false. */
bool nr_reader_fail(nr_schema_reader *r, nr_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same for what a later version delivers. */
bool nr_reader_later(nr_schema_reader *r, const char *what);

/* Refuses members of object that have no row in table, and those whose row has no set. */
bool nr_reader_refuse_unknown(nr_schema_reader *r, const nr_json *object, const nr_schema_option *table);

/* Sets what object has, in the order of the table. */
bool nr_reader_set(nr_schema_reader *r, const nr_json *object, const nr_schema_option *table);

/* The row of an option of a field. */
const nr_schema_option *nr_reader_option(nr_slice name);

/* Reads one field's declaration into *f. name is valid; inside another field (r->field, r->at the option) empty for its elements. */
bool nr_reader_field(nr_schema_reader *r, nr_slice name, const nr_json *declaration, nr_field *f);

/* Holds the fields to what can be said only when the pk is chosen. */
bool nr_reader_check_pk(nr_schema_reader *r);

/* Reads what is declared of several fields at once (`indexes`, `unique_together`), and holds unique_for_... to the fields that there are. */
bool nr_reader_together(nr_schema_reader *r);

/* The NOFIELD error of nr_schema_need. Returns false. */
bool nr_schema_no_field(const nr_schema *s, nr_slice name, nr_err *err);

#endif
