/* cascade.h -- what the removal of entities means to those that refer to them: on_delete, through any number of models and levels, in one step.
 *
 * All that will change is collected first, each model in a writer of its own. What is removed is looked at once for who refers to it: those are removed in turn, get
 * another value, or refuse. Nothing is written before all of that is known and checked.
 *
 * An entity of a model that extends a concrete one goes whole, whichever of its rows is named: those below by their reference, which cascades, and those above.
 *
 * As in Django: protect refuses whoever else goes; restrict does not if who refers goes by the same command. Entities that others remove (DEL, expiry), and what a
 * copy is told to remove, mean nothing to anybody. */
#ifndef NR_CASCADE_H
#define NR_CASCADE_H

#include "engine/write.h"

typedef struct nr_cascade {
    nr_call *call;
    NR_VEC(struct nr_cascade_part *) parts; /* the models that are touched; the first is the command's */
} nr_cascade;

/* Whether some model minds the removal of entities of this one, or one that it extends loses a row too; no copy's command is minded. Reads all
 * definitions: false, err. */
bool nr_cascade_minded(nr_call *c, nr_slice model, bool *minded);

/* m is fit to be written, and has a table if its removals are minded. */
void nr_cascade_init(nr_cascade *x, nr_call *c, nr_model *m);
void nr_cascade_clear(nr_cascade *x);

/* The writer of the command's model, for what a command changes besides. */
nr_writer *nr_cascade_writer(nr_cascade *x);

/* As nr_writer_remove. */
bool nr_cascade_remove(nr_cascade *x, const nr_value *pk);

/* Finds what else must change, and writes all of it. *removed: entities that are gone. Errors: PROTECTED, NOPERM (the user may not write a model that is
 * touched), SYNTAX (a model is in another slot of the cluster), LIMIT, and those of a write. */
bool nr_cascade_commit(nr_cascade *x, uint64_t *removed);

/* Which models a delete may lead to, a line for each reference: those that the user may read. False: err. */
bool nr_cascade_explain(nr_call *c, nr_slice model, nr_slices *lines);

#endif
