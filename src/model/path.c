/* path.c -- from a field's value to what a path gives of it. */
#include "model/path.h"

#include <stdlib.h>

static int compare_values(const void *x, const void *y)
{
    return nr_value_cmp(x, y);
}

void nr_values_sort(nr_values *v)
{
    if (v->n < 2) return;
    qsort(v->at, v->n, sizeof *v->at, compare_values);
    size_t kept = 1;
    for (size_t i = 1; i < v->n; i++)
        if (nr_value_cmp(&v->at[i], &v->at[kept - 1]) != 0) v->at[kept++] = v->at[i];
    v->n = kept;
}

nr_path nr_path_of(const nr_field *f)
{
    return (nr_path){.field = f};
}

const nr_type *nr_path_type(const nr_path *p)
{
    const nr_type *known = nr_path_spec(p)->type;
    return known || (p->field->type->flags & NR_TF_RELATION) ? known : p->field->type;
}

bool nr_path_eq(const nr_path *a, const nr_path *b)
{
    if (a->field != b->field || a->n_transforms != b->n_transforms) return false;
    for (size_t i = 0; i < a->n_transforms; i++)
        if (a->transforms[i] != b->transforms[i]) return false;
    return true;
}

bool nr_path_transform(nr_path *p, const nr_transform *t)
{
    if (p->n_transforms == NR_PATH_TRANSFORMS) return false;
    p->transforms[p->n_transforms++] = t;
    p->last = (nr_spec){.type = nr_type_find(nr_slice_of(t->gives))};
    return true;
}

void nr_path_values(const nr_path *p, const nr_value *v, nr_arena *arena, nr_values *out)
{
    nr_value now = *v;
    nr_spec spec = p->field->spec;
    for (size_t i = 0; i < p->n_transforms && now.kind != NR_V_NULL; i++) {
        now = p->transforms[i]->eval(&spec, &now);
        spec = i + 1 == p->n_transforms ? p->last : (nr_spec){.type = nr_type_find(nr_slice_of(p->transforms[i]->gives))};
    }
    nr_vec_push(arena, out, now);
}

void nr_path_print(const nr_path *p, nr_buf *out)
{
    nr_buf_add(out, p->field->name);
    for (size_t i = 0; i < p->n_transforms; i++) nr_buf_printf(out, "__%s", p->transforms[i]->name);
}
