/* write.h -- the one writer: whatever changes an entity goes through here.
 *
 * A writer collects the changes of one command, each entity once, with its state before and after. Commit checks what can be refused (unique
 * values), then applies the differences: index keys, entity fields, the counter. What fails is undone; if even that fails the model is marked
 * CORRUPT. Then it replicates what was resolved. */
#ifndef NR_WRITE_H
#define NR_WRITE_H

#include "base/hash.h"
#include "engine/models.h"

typedef struct nr_change {
    nr_slice pk;             /* canonical */
    nr_slice key;            /* of the entity */
    const nr_value *before;  /* by field id; NULL: there was none */
    nr_value *after;         /* NULL: there will be none */
    const nr_slice *texts;   /* by field id, as the command has them, which spares a copy where they are canonical; absent: not given so; NULL: none is */
    bool fresh;              /* being inserted by the row in hand */
    bool differs;            /* set when it is applied: it changes something */
    bool expires;            /* it shall run out at deadline, milliseconds since 1970 UTC; else what is there keeps what it has */
    int64_t deadline;
} nr_change;

typedef struct nr_writer {
    nr_call *call;
    nr_model *model;
    nr_map by_pk;            /* nr_change *, when there are many */
    nr_map by_unique;        /* values that changes of this command hold, for BY in a batch */
    NR_VEC(nr_change *) changes;
    bool verbatim;           /* the command as it came says just what is written: one entity by its pk, nothing filled in */
    bool seq_read;
    int64_t seq, seq_before;
} nr_writer;

void nr_writer_init(nr_writer *w, nr_call *c, nr_model *m);
void nr_writer_clear(nr_writer *w);

/* The entity of pk as it will be so far: read, or as an earlier change of this command left it. NULL: err. A key that holds something else than an
 * entity is CONFLICT. The caller edits after (made from before by edit). */
nr_change *nr_writer_entity(nr_writer *w, const nr_value *pk);

/* The same, made when there is none: then it is fresh. */
nr_change *nr_writer_row(nr_writer *w, const nr_value *pk);

/* The same of one that the command has looked at already, by its canonical pk; NULL: it has not. */
nr_change *nr_writer_known(const nr_writer *w, nr_slice pk);

/* The entity of pk will be gone: *removed. NULL: one that is not there, that will be gone already, or a key that is no entity, stays as it is. False: err. */
bool nr_writer_remove(nr_writer *w, const nr_value *pk, nr_change **removed);

/* Whether the command holds more memory than it may, or has taken more time: then err is set. */
bool nr_writer_over_memory(nr_writer *w);
bool nr_writer_over_time(nr_writer *w);

/* Gives ch an after to edit: a copy of what is there, or all NULL but the pk. */
void nr_writer_edit(nr_writer *w, nr_change *ch, const nr_value *pk);

/* Sets a field of after to the command's moment (auto_now, auto_now_add). */
bool nr_writer_clock(nr_writer *w, nr_change *ch, const nr_field *f);

/* What a field gets that the command does not give: the clock, or, of a fresh entity, the default. Resolved commands leave nothing open. */
bool nr_writer_fill(nr_writer *w, nr_change *ch, const nr_field *f);

/* A fresh entity lives as long as the model says; a resolved one as long as its command says. */
void nr_writer_age(nr_writer *w, nr_change *ch);

/* Milliseconds since 1970 so many seconds from now; -1: that is no time, or past what can be told. */
int64_t nr_writer_deadline(const nr_call *c, int64_t seconds);

/* Whether after has a value where f may not be NULL; NOTNULL else. */
bool nr_writer_meets_null(nr_writer *w, const nr_change *ch, const nr_field *f);

/* Call when after has been edited: keeps track of unique values. */
void nr_writer_edited(nr_writer *w, nr_change *ch);

/* The entity that holds a value of a unique field now (changes of this command included); NULL with *failed false: none. */
nr_change *nr_writer_holder(nr_writer *w, const nr_field *f, const nr_value *v, bool *failed);

/* A pk that no entity and no key has. NOTNULL where it is of no type that the server draws. */
bool nr_writer_new_pk(nr_writer *w, nr_value *pk);

/* An explicit auto pk: the counter will not be below it. */
bool nr_writer_raise(nr_writer *w, int64_t pk);

/* What an error calls the fields that an index keeps unique, and what an entity has in them. */
nr_slice nr_unique_text(const nr_model *m, const nr_index *ix, const nr_value *row, nr_arena *arena);

/* Applies everything. *changed: entities that really differ. */
bool nr_writer_commit(nr_writer *w, uint64_t *changed);

/* The same of n > 0 writers of one call, each of a model of its own, in one step. */
bool nr_writers_commit(nr_writer *const *ws, size_t n, uint64_t *changed);

#endif
