/* index.c -- what can be said of an index by its definition alone. */
#include "model/index.h"

bool nr_index_reads(const nr_index *ix, size_t field)
{
    for (size_t i = 0; i < nr_index_width(ix); i++)
        if (nr_index_path(ix, i)->field->id == field) return true;
    return false;
}

static bool same_path(const nr_path *a, const nr_path *b)
{
    nr_path here = *b;
    here.field = a->field;
    return nr_slice_eq(a->field->name, b->field->name) && nr_path_eq(a, &here);
}

/* The model that a field is borrowed from may give it another type. */
static bool same_values(const nr_field *a, const nr_field *b)
{
    return !a->borrowed || (a->spec.type == b->spec.type && a->spec.max_digits == b->spec.max_digits && a->spec.places == b->spec.places);
}

bool nr_index_same(const nr_index *a, const nr_index *b)
{
    bool same = nr_slice_eq(a->name, b->name) && a->kind == b->kind && a->memory == b->memory && a->n_parts == b->n_parts && a->together == b->together &&
                same_values(a->path.field, b->path.field);
    for (size_t i = 0; same && i < a->n_parts; i++)
        same = a->parts[i].descending == b->parts[i].descending && same_path(&a->parts[i].path, &b->parts[i].path);
    return same;
}

void nr_index_print(const nr_index *ix, const char *between, nr_buf *out)
{
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        if (i) nr_buf_add(out, nr_slice_of(between));
        if (ix->n_parts && ix->parts[i].descending) nr_buf_byte(out, '-');
        nr_path_print(nr_index_path(ix, i), out);
    }
}
