/* follow.h -- keeping memory and indexes true when somebody else writes entities: HSET, DEL, RENAME, EXPIRE ... from any client, script or replication stream.
 *
 * A callback of the keyspace only notes which key changed. Before the next command reads, the noted hashes are read again into the model's table, and what that
 * means for the store's indexes is queued as repairs; before the next command writes, or soon after the change, the repairs are written. Until then queries go by
 * the table, not by the indexes.
 *
 * A table is built on the first need: one pass over the entities. A pass over the index entries follows, which finds what went wrong while nobody looked: at once, or
 * index by index behind the first answer when that needs no index. */
#ifndef NR_FOLLOW_H
#define NR_FOLLOW_H

#include "engine/models.h"

/* The entity of pk will run out at that moment, milliseconds since 1970 UTC; -1: it will not. Nothing to do while there is no table. */
void nr_follow_deadline(nr_model *m, nr_slice pk, int64_t at);

/* Notes that a key changed: an entity's, or an index's when it was replaced or removed as a whole. True: something is to be mended (see nr_follow_settle). Touches
 * memory only. */
bool nr_follow_key(nr_engine *e, int db, nr_slice key, bool replaced);

/* What is in memory of the model is to be read anew before it is used. */
void nr_follow_again(nr_model *m);

/* The same if repairs wait, or are not known yet: they are those of the indexes as they were, and will be written when the primary says so (INDEX SYNC). For copies, before an index
 * comes or begins to be kept. */
void nr_follow_afresh(nr_model *m);

/* The same, here and on the copies: whatever is wrong is found and mended with the next nr_follow_store. */
void nr_follow_all(nr_call *c, nr_model *m);

/* The fields that have a column, by id: those that are indexed, refer to another model, or are declared so. In the call's arena. */
bool *nr_follow_kept(nr_call *c, const nr_model *m);

/* What is noted of the model's lenders (engine/borrow.h); NULL: it has no table, and will look at them when it gets one. */
struct nr_lent *nr_follow_lent(nr_model *m);

/* Before a read whose rows come in no order, or in none that an index gives: the table is there and says what the hashes say, and what those of its lenders say. */
bool nr_follow_table(nr_call *c, nr_model *m);

/* Whether the table is there and says what the hashes say, nothing having to be done for that: but of entities whose time has run out, and of what is borrowed. */
bool nr_follow_is_true(const nr_model *m);

/* Before any other read: what is wrong with the indexes is known too. */
bool nr_follow_memory(nr_call *c, nr_model *m);

/* Before a write: the store's indexes say it too. */
bool nr_follow_store(nr_call *c, nr_model *m);

/* What the counter of the auto pk says, if nobody can have written it since it was last looked at; and that the writer has written it. */
bool nr_follow_counter(const nr_model *m, int64_t *value);
void nr_follow_counter_set(nr_model *m, int64_t value);

/* Brings the store up to date in all models of a database for which something was noted. Errors are logged. */
bool nr_follow_settle(nr_call *c);

/* INDEX SYNC: what a primary tells its copies after it has written repairs: to write theirs, and what the counter of the auto pk says now. */
bool nr_cmd_index_sync(nr_call *c, const nr_slice *argv, size_t argc);

/* Index entries that are to be mended, as far as is known. */
size_t nr_follow_pending(const nr_model *m);

/* Frees what a model holds for this. */
void nr_follow_release(nr_model *m);

#endif
