/* models.h -- definitions in the keyspace: finding, making, migrating and dropping models. */
#ifndef NR_MODELS_H
#define NR_MODELS_H

#include "engine/nonrel.h"
#include "model/catalog.h"

struct nr_engine {
    const nr_env *env;
    nr_catalog *catalog;
    nr_chunk *spare;      /* of the arenas of calls */
    struct nr_regexes *patterns; /* compiled regular expressions */
    uint64_t calls, errors;
    struct nr_removal *removals; /* indexes that are to go, owned by engine/removal.h */
    nr_map scans;         /* lookups that no index answered, owned by engine/scans.h */
    nr_arena loaded;      /* of what files could not be put into force: */
    nr_slices not_loaded; /* a line for each */
    size_t n_loaded;      /* definitions that the files had */
    uint64_t large;       /* entities: models of more have their indexes compared with their table index by index, and not before a first count */
    bool wants_building; /* indexes wait for being built */
    bool wants_settling; /* repairs were queued since nr_engine_settle was last called */
};

/* The model, read from its definition's key if need be and resolved as far as it can be. NULL: NOMODEL (with the nearest name), or CORRUPT when its answers
 * can't be trusted. */
nr_model *nr_model_need(nr_call *c, nr_slice name);

/* The same for a query: its table is in memory and says what the hashes say. */
nr_model *nr_model_need_for_query(nr_call *c, nr_slice name);

/* The same for one whose answer has no order: after a start it does not wait for the indexes of the store. */
nr_model *nr_model_need_for_count(nr_call *c, nr_slice name);

/* The same for a write, its indexes included: indexes of another format are rebuilt first. Abstract models are refused by both. */
nr_model *nr_model_need_for_write(nr_call *c, nr_slice name);

/* The same for a change of all that matches: what is there has to be known. */
nr_model *nr_model_need_for_change(nr_call *c, nr_slice name);

/* Like need but quiet: NULL when there is no such definition (err untouched) or when it cannot be read (err set). Abstract ones too. */
nr_model *nr_model_find(nr_call *c, nr_slice name);

/* The NOMODEL error, with the nearest name that the user may read. Always false; keeps an error that stands. */
bool nr_model_missing(nr_call *c, nr_slice name);

/* Whether the call's user may read (write) another model than the one declared. Applied calls may everything. */
bool nr_model_may(nr_call *c, nr_slice name, bool write);

/* Whether the keys of two models are on one node for sure: in a cluster, their names have the same hash tag. */
bool nr_model_shares_slot(const nr_call *c, nr_slice a, nr_slice b);

/* The name for an error message, or "another model" when the user may not read it. */
const char *nr_model_shown(nr_call *c, const nr_model *m);

/* Loads every definition of the database: one walk over the keyspace, remembered. False: err (the store failed). */
bool nr_models_load_all(nr_call *c);

/* Marks a model as not to be trusted, until it is dropped or its database flushed; logs why. */
void nr_model_corrupt(nr_call *c, nr_slice name, const char *why);

/* Whether m extends the concrete model of that name, or one that does. */
bool nr_model_is_heir(nr_call *c, const nr_model *m, nr_slice name);

/* Tells who watches a model that its entities changed, and who watches those that extend it, whose entities they are too. */
void nr_model_touch(nr_call *c, const nr_model *m);

/* The key of an entity, in the arena. */
nr_slice nr_entity_key(const nr_model *m, nr_slice pk, nr_arena *arena);

/* The same for a SAVE, which can do without the table. */
nr_model *nr_model_need_for_save(nr_call *c, nr_slice name);

/* Whether m can have entities: it is not abstract, and the type of its primary key is known. */
bool nr_model_has_entities(const nr_model *m);

/* Whether m refers to, has embedded fields of, or extends, the model of that name. */
bool nr_model_refers(const nr_model *m, nr_slice name);
bool nr_model_embeds(const nr_model *m, nr_slice name);
bool nr_model_extends(const nr_model *m, nr_slice name);

/* The models whose fields m has copied: its parents, and those that it embeds. A name may come twice. */
nr_slices nr_model_sources(const nr_model *m, nr_arena *arena);

/* After a change of definitions: reads those again that the command changed. Others are untouched: a child has its own copy of its parents' fields, and a
 * reference keeps the type of a primary key, which cannot change while somebody refers to it. fresh: the models as the command made them (the caller's still),
 * for what they learned of their keys. */
void nr_models_reload(nr_call *c, nr_model *const *fresh, size_t n_fresh);

bool nr_cmd_model_set(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_model_get(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_model_list(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_model_drop(nr_call *c, const nr_slice *argv, size_t argc);

#endif
