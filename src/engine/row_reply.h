/* row_reply.h -- rows of columns as replies: a map each, a bare value each (FLAT), or a JSON object each (FORMAT JSON). */
#ifndef NR_ROW_REPLY_H
#define NR_ROW_REPLY_H

#include "engine/levels.h"
#include "exec/keyset.h"
#include "query/grouping.h"
#include "query/related.h"

struct nr_entities;
struct nr_list;

typedef struct nr_row_form {
    size_t n;               /* columns */
    const nr_slice *names;
    const nr_spec *specs;
    bool flat, json;        /* flat: n is 1 */
    struct nr_entities *const *nested; /* by column: whose entities stand in the place of their keys, NULL: the value does; NULL: of all columns */
    const struct nr_list *lists;       /* behind the columns */
    size_t n_lists;
} nr_row_form;

/* Entities of a model, each once, by the text of its key, or of the value that a reference holds of it. */
typedef struct nr_entities {
    nr_row_form form;
    nr_model *model;
    const nr_field *by;            /* the reference; NULL: the key itself is known */
    nr_levels levels;
    nr_spots columns; /* of levels */
    nr_keyset keys;
    NR_VEC(const nr_value *) rows; /* by number; NULL: there is no such entity */
    const nr_prefetches *lists;    /* that are read into the form, once all entities are there */
    bool deep;                     /* it has lists, or what is nested in it has */
} nr_entities;

/* For each row a list of entities; of entities in a list, each is a row by its number. */
typedef struct nr_list {
    nr_slice name, path;     /* path: from the rows of the reply on */
    const nr_entities *entities;
    const uint32_t *first;   /* by row, and one more: where its list begins in numbers */
    const uint32_t *numbers; /* of entities that are there */
} nr_list;

/* Of what a query replies, and of groups. */
nr_row_form nr_row_form_of(const nr_query *q, nr_arena *arena);
nr_row_form nr_group_form_of(const nr_grouping *g, const nr_query *q);

/* The number of the entity that is nested in the place of a key, which is not NULL and has been read. */
uint32_t nr_nested_number(nr_call *c, const nr_row_form *f, size_t column, const nr_value *key);

/* values: of the columns; row: its number among those that are replied, for lists. */
void nr_row_reply(nr_call *c, const nr_row_form *f, const nr_value *values, size_t row);

#endif
