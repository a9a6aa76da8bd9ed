/* keyfn.h -- key functions: what an index holds of a value. A lookup is a key function and a range of its keys.
 *
 * Ordered keys (keys.h) are byte strings whose order is the order of the keys' values; set keys are texts. A key function turns the value of a field
 * into the value that is indexed; the encodings below are common to all. */
#ifndef NR_KEYFN_H
#define NR_KEYFN_H

#include "model/index.h"

typedef struct nr_keyfn {
    const char *name;  /* part of index names: "value" */
    unsigned format;   /* version of what it stores; raised whenever its keys change for any value */
    /* The value to index for v (which may be NULL), and its spec. Total. */
    nr_value (*map)(const nr_spec *spec, const nr_value *v, nr_arena *arena, nr_spec *out_spec);
    const char *doc;
} nr_keyfn;

extern const nr_keyfn nr_key_value;
extern const nr_keyfn *const nr_keyfns[]; /* NULL at the end */

const nr_keyfn *nr_keyfn_find(nr_slice name);

/* The member that an entity has in an ordered or pk index, and the set key it lies under: appended to out. */
void nr_index_member(const nr_index *ix, const nr_spec *pk_spec, const nr_value *pk, const nr_value *v, nr_buf *out);
void nr_index_set_key(const nr_index *ix, const nr_value *v, nr_buf *out); /* whole key, prefix included */

#endif
