/* migration.h -- a change of definitions while it is planned and carried out. Shared by migrate.c, which is what happens to a model, and migrate_kept.c, which adds the models
 * that are kept for m2m fields. No one else includes this. */
#ifndef NR_MIGRATION_H
#define NR_MIGRATION_H

#include "engine/models.h"

/* One model that the command changes. */
typedef struct nr_migrated {
    nr_model *before;            /* NULL: new */
    nr_model *after;             /* ours until switched */
    nr_slices pks;               /* of its entities */
    nr_slices set_keys;          /* of all its set indexes */
    nr_slices leftovers;         /* what lies at the keys of indexes that are to be built: nobody's entries */
    const nr_field **added;      /* fields of after that before has not */
    size_t n_added;
    size_t n_built;              /* indexes of after that were built so far (a prefix of those to build) */
    size_t n_filled;             /* entities that got the defaults */
} nr_migrated;

typedef struct nr_migration {
    nr_call *call;
    bool dry; /* MODEL DIFF: nothing is to be written */
    bool later; /* models that orderings go through may become right with commands that follow: they are not looked at */
    NR_VEC(nr_migrated) changes;
    NR_VEC(nr_model *) dropped; /* kept for m2m fields that are no more; they have no entities */
} nr_migration;

/* Parses a definition in the light of those that this command has already changed. before NULL: a new model. NULL: err. */
nr_model *nr_migration_parse(nr_migration *g, const nr_model *before, nr_slice name, nr_slice json);

/* Adds a change, if it is possible. after is the migration's then. */
bool nr_migration_add(nr_migration *g, nr_model *before, nr_model *after);

/* NOPERM. */
bool nr_migration_may(nr_call *c, nr_slice name, bool write);

/* Whether the values of two fields are of one kind: a type, and of decimals the same digits. */
bool nr_migration_same_spec(const nr_spec *a, const nr_spec *b);

/* Whether a model has entities, whoever wrote them; m is up to date then. */
bool nr_migration_has_entities(nr_migration *g, nr_model *m, bool *has);

/* Adds what is kept for the m2m fields of all models that change, and notes what is kept for fields that are no more. */
bool nr_migration_add_kept(nr_migration *g);

/* Removes the definitions of these, when all else is done. False: err, and they are there. */
bool nr_migration_drop_kept(nr_migration *g);

/* Lets go of them, when all has come about. */
void nr_migration_forget_kept(nr_migration *g);

#endif
