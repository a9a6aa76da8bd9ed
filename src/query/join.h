/* join.h -- paths through relations: what a reference leads to, and, the other way, what refers to an entity.
 *
 * A leaf behind relations is wrapped in a LINK for each of them. Conditions on one relation that can be met by several entities hold for the same one where they stand
 * together: nr_join_scope puts them under one LINK. */
#ifndef NR_JOIN_H
#define NR_JOIN_H

#include "model/catalog.h"
#include "query/bind_leaf.h"

enum { NR_LINKS_MAX = 32 }; /* relations in a path */

typedef struct nr_link {
    nr_slice name;          /* as it stands in paths */
    nr_model *to;
    const nr_field *field;  /* the reference: of the model that is left, or, in reverse, of the one that is entered */
    bool reverse;           /* to any number of entities */
    bool up;                /* to the model that is extended, for a name that is that one's: nobody wrote it */
} nr_link;

/* The models besides the command's own. */
typedef struct nr_others {
    void *ctx;
    nr_model *(*find)(void *ctx, nr_slice name);               /* for a look at its fields; NULL: there is none */
    bool (*enter)(void *ctx, nr_slice from, nr_model *m);      /* it is asked about, by a command on from. False: the binder's err is set */
    nr_model *(*need)(void *ctx, nr_slice from, nr_slice name); /* both, for a model that the client names. NULL: err */
    nr_model *(*open)(void *ctx, nr_slice from, nr_slice name); /* the same for one whose entities are only read by their keys */
    bool (*next)(void *ctx, size_t *at, nr_model **m);         /* a walk over all of them, *at 0 at first, *m NULL at the end. False: err is set */
} nr_others;

/* A many-to-many relation of a model, from either side. */
typedef struct nr_many {
    nr_model *through;      /* NULL: there is none of that name */
    const nr_field *near;   /* its reference to the model that is left */
    const nr_field *far;    /* and to the one that is entered */
} nr_many;

/* The relation that a name means in paths from s: an m2m field's, or seen from its target. False: err (NOMODEL: what `through` names is not there). */
bool nr_many_find(nr_binder *b, const nr_schema *s, nr_slice name, nr_many *out);

/* Where a path leads. */
typedef struct nr_route {
    nr_binder binder;       /* of the model at the end */
    NR_VEC(const nr_link *) links;
    unsigned taken;         /* a reference was named by the field that it holds, or by the one that this holds, and so on */
    bool implied;           /* the primary key of what refers was not named */
    bool across;            /* while it is read: the link in hand leads to what holds an m2m, its next one is the same relation */
    unsigned up;            /* likewise: so many of the next links lead to models that are extended */
} nr_route;

/* The reference of a model to the one that it extends, as a link; s->parent is present. False: err. */
bool nr_link_up(nr_binder *b, const nr_schema *s, nr_link *out);

/* Takes the relations off the front of *path. `author__pk` is the reference itself, or, where it holds another field, `author__<to_field>` is. A reverse
 * relation alone is its entities' primary keys. An m2m is two links: back to what holds it, and from there on. A name that is of a model above begins with
 * the links up to it. False: err. */
bool nr_join_read(nr_binder *b, nr_slice *path, nr_route *out);

/* A path without a lookup, and "__lt": put together so that the lookup is none of the fields behind a relation. An absent slice: err. */
nr_slice nr_join_lookup(nr_binder *b, nr_slice path, const char *lookup);

/* A leaf behind so many links, the first one outermost. leaf NULL: NULL. */
const nr_pred *nr_join_along(nr_arena *arena, const nr_link *const *links, size_t n, const nr_pred *leaf);
const nr_pred *nr_join_wrap(const nr_route *r, const nr_pred *leaf);

/* One FILTER, WHERE or Q: what each LINK is asked is made whole. NULL: err (LIMIT: conditions are mixed in too many ways). */
const nr_pred *nr_join_scope(nr_binder *b, const nr_pred *p);

/* The name of a reference seen from its target, absent when it has none; whether name is it. In arena, or the field's own. */
nr_slice nr_link_reverse_name(const nr_schema *s, const nr_field *f, nr_arena *arena);
bool nr_link_is_named(const nr_schema *s, const nr_field *f, nr_slice name, nr_arena *arena);

/* Whether the predicate is true of an entity whose fields are all NULL, which nothing refers to. */
bool nr_join_holds_of_nothing(const nr_pred *p);

#endif
