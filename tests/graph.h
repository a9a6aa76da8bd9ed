/* graph.h -- a game of random writes to models that refer to each other, and what they leave behind: three models and one that extends the first, references that are NULL
 * or lead nowhere, a many-to-many relation, indexes and orderings along references, writes by commands and by others, to either hash of an entity that has two,
 * restarts, a replica. */
#ifndef GRAPH_H
#define GRAPH_H

#include "engine_check.h"
#include "oracle.h"

enum { A, B, C, D, MODELS, ROWS = 9, DEPTH = 3, HOPS = 10 };
enum { ON_N, ON_S, ON_REF, ON_PK };

/* What an entity has: two values and a reference. D extends A: its reference is its own pk, and it has what A has by that. */
typedef struct entity {
    bool there;
    int n;      /* -1: NULL */
    int s;      /* of texts; -1: NULL */
    int ref;    /* pk of what it refers to, which need not be there; 0: NULL */
} entity;

/* A step of a path: from a model by its reference, or back by that of another one. */
typedef struct hop {
    const char *name;
    int from, to;
    bool back;  /* to any number of entities */
    bool many;  /* by the relation between C and A */
} hop;

/* What a model's ordering goes by. */
typedef struct order_key {
    const hop *path[DEPTH];
    size_t n_hops;
    bool plain;  /* references of D to A are not written */
    unsigned field;
    bool descending;
} order_key;

enum { ORDER_KEYS = 2 };

typedef struct graph {
    world *w;
    dice d;
    text definitions[MODELS]; /* but for the ordering, and the brace at the end */
    order_key order[MODELS][ORDER_KEYS];
    size_t n_order[MODELS];
    entity rows[MODELS][ROWS + 1]; /* by pk, from 1 */
    bool related[ROWS + 1][ROWS + 1]; /* of C, to A, whether these are there or not */
} graph;

extern const char *const graph_names[MODELS];
extern const char *const graph_fields[MODELS][4]; /* by ON_N and so on */
extern const char *const graph_texts[4];          /* what `s` of an entity means */
extern const hop graph_hops[HOPS];

/* Whether a hop leads from an heir to the model above. */
bool graph_is_up(const hop *h);

/* What stands for an entity: NULL is one that has nothing and that nothing refers to. */
typedef struct place {
    int model;
    const entity *e;
    int pk;
    int held;   /* the pk by which a relation that is held elsewhere names it, there or not */
} place;

place graph_nobody(int model);
place graph_entity(const graph *g, int model, int pk);

/* What a field has, as a number or, of texts, their place in the table: -1 is NULL. */
int graph_value(place p, unsigned field);

/* Whether a model has an ordering, its own or that of the model above; and entities in it. */
bool graph_has_order(const graph *g, int m);
void graph_sort(const graph *g, int m, int *pks, size_t n);

/* The game, over and over: ask is called between writes. SEED=s, JOINS=rounds. */
void graph_play(void (*ask)(graph *g));

#endif
