/* oracle_random.h -- random definitions, queries and writes for the oracle, and the arguments that say them to the engine. */
#ifndef ORACLE_RANDOM_H
#define ORACLE_RANDOM_H

#include "oracle.h"

enum { OARGS_MAX = 256 };

typedef struct oargs {
    nr_arena *arena;
    nr_slice at[OARGS_MAX];
    size_t n;
} oargs;

void oargs_add(oargs *a, nr_slice s);
void oargs_word(oargs *a, const char *word);
void oargs_take(oargs *a, text *t); /* the buffer is freed */
void oargs_print(const oargs *a, text *out);

/* n models that may refer to each other. */
void random_models(dice *d, nr_arena *a, omodel *all, size_t n, bool wide);

/* A field that a sort key or a reply may have: of the model itself, or behind references. */
okey random_key_field(dice *d, const omodel *m);

/* Other indexes and another ordering; with a field more, when more: its value in the rows that are there is its default or NULL. */
void random_migration(dice *d, nr_arena *a, omodel *m, bool more);

/* The same of a field of m; a reference leads to some row, mostly. */
void random_field_value(const omodel *m, size_t field, dice *d, nr_arena *a, oval *out);

/* A value that the field takes. */
void random_value(const ofield *f, bool pk, dice *d, nr_arena *a, oval *out);

/* In an arena; the buffer is freed. */
nr_slice text_taken(text *t, nr_arena *a);

enum { OITEMS_MAX = 5 };

/* What an index of a field may be asked to answer: at most n different items as INDEX CREATE takes them, names or JSON objects. */
size_t random_index_items(dice *d, nr_arena *a, ofield *f, size_t n, nr_slice *out);

/* What the conditions of a query are mostly about: one field, or the fields of what one path leads to. */
typedef struct ofocus {
    opath path;
    size_t field; /* OF_MAX: any */
} ofocus;

/* Filters alone, or all clauses. */
void random_query(dice *d, nr_arena *a, const omodel *m, bool clauses, oquery *q);
void filter_args(dice *d, const omodel *m, const oquery *q, oargs *out);
void query_args(dice *d, const omodel *m, const oquery *q, oargs *out);

/* Pieces of queries. focus NULL: of anything. */
void random_leaf(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, oleaf *l);
void leaf_path(dice *d, const omodel *m, const oleaf *l, text *path);
void leaf_json(dice *d, const omodel *m, const oleaf *l, text *out);
void operand_text(dice *d, const otype *t, const oleaf *l, text *out);
void number_arg(oargs *out, int64_t n);

typedef enum omode { O_UPSERT, O_INSERT, O_UPDATE } omode;

typedef struct osave_row {
    bool given[OF_MAX], bad[OF_MAX];
    oval v[OF_MAX];
} osave_row;

typedef struct osave {
    omode mode;
    int by;               /* field, -1: none */
    bool json, array;
    osave_row *rows;
    size_t n;
} osave;

/* most: of rows in a batch. */
void random_save(dice *d, nr_arena *a, const omodel *m, size_t most, osave *s);
void save_args(dice *d, const omodel *m, const osave *s, oargs *out);

#endif
