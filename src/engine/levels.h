/* levels.h -- an entity of a model that extends a concrete one is a row of each model above it too, all of one primary key. Any other entity is one row. */
#ifndef NR_LEVELS_H
#define NR_LEVELS_H

#include "engine/models.h"

typedef struct nr_levels {
    nr_model **at; /* the model itself, the one that it extends, and so on */
    size_t n;
} nr_levels;

/* A field of an entity, and which of its rows has it. */
typedef struct nr_spot {
    const nr_field *field;
    size_t level;
} nr_spot;

typedef NR_VEC(nr_spot) nr_spots;

/* The levels of m, those above as need gives them, which the user must have the right to read, or to write. False: err. */
bool nr_levels_of(nr_call *c, nr_model *m, nr_model *(*need)(nr_call *c, nr_slice name), bool write, nr_levels *out);

/* The other models that may have rows of the same entities, since they extend one of these, for writing. Reads all definitions. False: err. */
bool nr_levels_beside(nr_call *c, const nr_levels *l, nr_model *(*need)(nr_call *c, nr_slice name), nr_levels *out);

/* The field of that name. The key of a model above is the entity's own. False: err (NOFIELD). */
bool nr_levels_find(const nr_levels *l, nr_slice name, nr_spot *out, nr_err *err);

/* All fields, in the order of nr_joined_whole, under the names of *names. */
nr_spots nr_levels_whole(const nr_levels *l, nr_arena *arena, nr_slice **names);

#endif
