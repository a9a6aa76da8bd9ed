/* catalog.h -- the models that are known, by database and name, and what is kept about each while the process lives.
 *
 * The catalog is a cache of the definitions in the keyspace: whatever is not in it is looked for there (engine/models.h), and dropping an entry is
 * always safe between commands. */
#ifndef NR_CATALOG_H
#define NR_CATALOG_H

#include "base/hash.h"
#include "model/index.h"

struct nr_rows;
struct nr_table;
struct nr_followed;
struct nr_online;

typedef struct nr_counters {
    uint64_t saves, deletes, queries; /* entities saved and deleted, queries answered */
} nr_counters;

/* How the table was built. */
typedef struct nr_built {
    uint64_t times;      /* since the definition was read */
    uint64_t rows, msec; /* entities read the last time, and how long that took with the look at the indexes */
} nr_built;

typedef struct nr_model {
    nr_arena arena;         /* holds everything below */
    nr_schema *schema;
    int64_t version;        /* of the definition: 1, 2, ... */
    nr_index *indexes;      /* [0] is the pk's */
    size_t n_indexes;
    nr_slice owners;        /* the document of owners (model/owners.h); absent: only the definition wants indexes */
    bool borrows;           /* somebody wants an index along references, which may sleep: */
    nr_slices lenders;      /* the models on the way, as far as that is known */
    bool lends;             /* others may borrow from it: who writes it has to know all models */
    struct nr_online *online; /* owned by engine/online.h; NULL: no index is being built */
    int64_t build_after_us; /* of the monotonic clock: a build that failed is tried again from then on */
    nr_slice prefix;        /* of entity keys: "<model>:" */
    nr_slice seq_key;       /* "<model>/seq" */
    struct nr_rows *rows;   /* owned */
    struct nr_table *table; /* owned; NULL until it is needed */
    struct nr_followed *followed; /* owned by engine/follow.h; NULL without a table */
    bool sync_all;          /* copies are to compare all indexes with the entities, with the next INDEX SYNC */
    bool unsettled;         /* the indexes of the store lag behind the table: not to be used for answers */
    const nr_field *untyped; /* a reference whose values cannot be read, since its target is not defined; NULL: none was met */
    nr_map left_out;        /* keys met under the prefix that are no entities: they do not decode, or are no hash; values are their heap copies */
    nr_counters counters;
    nr_built built;
} nr_model;

typedef struct nr_catalog nr_catalog;

/* release frees what a model owns outside its arena (the rows). */
nr_catalog *nr_catalog_new(const nr_env *env, void (*release)(nr_model *m));
void nr_catalog_free(nr_catalog *c);

/* A new model with an empty arena, not yet in the catalog; nr_catalog_put takes it over, nr_catalog_discard throws it away. */
nr_model *nr_catalog_make(nr_catalog *c);
void nr_catalog_discard(nr_catalog *c, nr_model *m);

nr_model *nr_catalog_get(const nr_catalog *c, int db, nr_slice name);  /* NULL: not known here */
void nr_catalog_put(nr_catalog *c, int db, nr_model *m);               /* frees the one of that name that was there */
void nr_catalog_drop(nr_catalog *c, int db, nr_slice name);
void nr_catalog_forget(nr_catalog *c, int db);                         /* the models: they are read again when needed */
void nr_catalog_clear(nr_catalog *c, int db);                          /* all that is known of the database; -1: of all of them */
void nr_catalog_swap(nr_catalog *c, int a, int b);

/* Whether some model extends a concrete one. */
bool nr_catalog_has_heirs(const nr_catalog *c, int db);

/* Why the answers of a model cannot be trusted: absent slice, they can. A mark outlives the cached model; nr_catalog_unmark and clear end it. */
void nr_catalog_mark(nr_catalog *c, int db, nr_slice name, nr_slice why);
nr_slice nr_catalog_marked(const nr_catalog *c, int db, nr_slice name);
void nr_catalog_unmark(nr_catalog *c, int db, nr_slice name);

/* Remembers a key that is no entity; false when it is known already (or too many are). Forgets it again once it is one, or gone. */
bool nr_model_leave_out_key(nr_model *m, nr_slice key);
void nr_model_take_back_key(nr_model *m, nr_slice key);

/* What is kept of a model when its definition is read again: figures, and what is known of its keys. Taking leaves the model without them; m NULL: given to
 * nobody, freed. Several for one name add up. */
typedef struct nr_remains {
    nr_slice name; /* in the arena */
    nr_counters counters;
    nr_map left_out;
} nr_remains;
nr_remains nr_model_take_remains(nr_model *m, nr_arena *arena);
void nr_model_give_remains(nr_model *m, nr_remains *r);

/* Whether every definition of the database's keyspace is in the catalog; put there by whoever walked it, cleared by clear. */
bool nr_catalog_complete(const nr_catalog *c, int db);
void nr_catalog_set_complete(nr_catalog *c, int db, bool complete);

/* Whether there are definitions that cannot be read. One may lack its parent: the next model that is put makes the database incomplete. */
void nr_catalog_set_unreadable(nr_catalog *c, int db, bool any);

/* A key that somebody else wrote and that may be a definition: remembered until the next look at all models, in place of a walk over the keyspace. Too many
 * of them make the database incomplete. */
void nr_catalog_suspect(nr_catalog *c, int db, nr_slice name);

/* Takes one suspect out: false when there is none. name points into buf (of NR_SUSPECT_MAX bytes). */
enum { NR_SUSPECT_MAX = 128 };
bool nr_catalog_take_suspect(nr_catalog *c, int db, char *buf, nr_slice *name);

/* Walk over the models of a database in no order: start with *at = 0; NULL at the end. */
nr_model *nr_catalog_next(const nr_catalog *c, int db, size_t *at);

#endif
