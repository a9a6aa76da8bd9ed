/* keyfn.c -- the table of key functions, and what they have in common: how a mapped value becomes a member or a set key. */
#include "store/keyfn.h"

#include "store/keys.h"

static nr_value map_value(const nr_spec *spec, const nr_value *v, nr_arena *arena, nr_spec *out_spec)
{
    (void)arena;
    *out_spec = *spec;
    return *v;
}

const nr_keyfn nr_key_value = {"value", 1, map_value, "the value itself"};

const nr_keyfn *const nr_keyfns[] = {&nr_key_value, NULL};

const nr_keyfn *nr_keyfn_find(nr_slice name)
{
    for (size_t i = 0; nr_keyfns[i]; i++)
        if (nr_slice_is(name, nr_keyfns[i]->name)) return nr_keyfns[i];
    return NULL;
}

void nr_index_member(const nr_index *ix, const nr_spec *pk_spec, const nr_value *pk, const nr_value *v, nr_buf *out)
{
    (void)pk_spec;
    if (ix->kind == NR_IX_ORDERED) {
        nr_spec spec;
        nr_value key = ix->keyfn->map(&ix->field->spec, v, out->arena, &spec);
        nr_key_add(&key, out);
    }
    nr_pk_add(pk, out);
}

void nr_index_set_key(const nr_index *ix, const nr_value *v, nr_buf *out)
{
    nr_spec spec;
    nr_value key = ix->keyfn->map(&ix->field->spec, v, out->arena, &spec);
    nr_buf_add(out, ix->key);
    nr_set_key_add(nr_type_text(&spec, &key, out->arena), out);
}
