/* borrow.h -- what indexes along references look at (model/schema.h, nr_borrowed): found, and kept true.
 *
 * The table of the model that borrows holds what its indexes hold. It is brought up to date
 * - by the one writer: what a command changes, and all that borrow from it, in one step (nr_borrow_spread, engine/apply.c);
 * - by following: what others wrote to a lender, or its expiry, is noted with those that borrow from it, and looked at before their next use
 *   (nr_borrow_follow).
 *
 * The first entity on a way that is missing, or a reference that is NULL, makes the value NULL; that it comes is a change as any other. */
#ifndef NR_BORROW_H
#define NR_BORROW_H

#include "engine/commands.h"
#include "engine/write.h"

/* -- values -------------------------------------------------------------------------------------------------------------------------------
 *
 * From the store, but for what writers of a command are about to change. */
typedef struct nr_borrower {
    nr_call *call;
    nr_model *model;
    struct nr_borrow_way *ways;   /* one for each borrowed field */
    nr_writer *const *ws;
    size_t n_ws;
    nr_arena cache;               /* of values that were found, by the keys that led to them */
    nr_map found;
    nr_arena scratch;
} nr_borrower;

void nr_borrower_init(nr_borrower *b, nr_call *c, nr_model *m, nr_writer *const *ws, size_t n_ws);
void nr_borrower_clear(nr_borrower *b);

/* Fills in the borrowed values of a row whose own are there, nr_schema_values of them; texts in arena. False: err. */
bool nr_borrower_fill(nr_borrower *b, nr_value *row, nr_arena *arena);

/* Reads a whole entity, as nr_entity_read does, and what it borrows. */
bool nr_borrow_read(nr_call *c, nr_model *m, nr_slice pk, nr_arena *arena, nr_value *row, nr_found *found);

/* Fills in the borrowed columns of a table that is being made. */
bool nr_borrow_load(nr_call *c, nr_model *m);

/* -- writers ------------------------------------------------------------------------------------------------------------------------------ */

/* The rows of a model that may borrow something else when a command is through. */
typedef struct nr_borrowing {
    nr_model *model;
    nr_row_list rows;   /* ascending */
} nr_borrowing;
typedef NR_VEC(nr_borrowing) nr_borrowings;

/* Finds them: those that lead to entities which writers change. Their models are followed first. False: err. */
bool nr_borrow_spread(nr_call *c, nr_writer *const *ws, size_t n, nr_borrowings *out);

/* -- following ---------------------------------------------------------------------------------------------------------------------------- */

/* What is known to have changed of a model's lenders since that was last looked at. */
struct nr_lent {
    nr_map keys; /* of entities -> their own copies */
    bool all;    /* anything may have */
};
typedef struct nr_lent nr_lent;

void nr_lent_clear(nr_lent *l);

/* Entities of m were read again, or, n 0, anything of it may have changed: notes it with those that borrow from it. */
void nr_borrow_lend(nr_call *c, const nr_model *m, const nr_slice *pks, size_t n);

/* Brings columns, indexes in memory, and the repairs of the store's indexes up to date with what was noted. The lenders have been followed. */
bool nr_borrow_follow(nr_call *c, nr_model *m, nr_lent *lent);

/* Whether m goes along references to that model for an index. */
bool nr_borrow_from(const nr_model *m, nr_slice lender);

#endif
