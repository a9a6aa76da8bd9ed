/* pieces.h -- members of an object, or elements of a set, in JSON text under construction, put in order when all are there. For src/types only. */
#ifndef NR_PIECES_H
#define NR_PIECES_H

#include "base/vec.h"
#include "types/container.h"

typedef struct nr_piece {
    nr_slice key;      /* a member's name, decoded; of an element set by sort_elements */
    nr_value v;        /* of an element that has a type and is no container */
    nr_json_kind kind; /* set by sort_elements */
    size_t from, to;   /* in the text; a member's name included, commas not */
} nr_piece;

typedef NR_VEC(nr_piece) nr_pieces;

/* Sorts members by name. all of them stand in out, which ends with them, from begin on, with commas between. False: *twice is the name of two. */
bool nr_pieces_sort_members(nr_pieces *all, nr_buf *out, size_t begin, nr_slice *twice);

/* Sorts elements by value, each once. of NULL: any JSON. What is made on the way is in scratch. */
void nr_pieces_sort_elements(nr_pieces *all, const nr_spec *of, nr_buf *out, size_t begin, nr_arena *scratch);

#endif
