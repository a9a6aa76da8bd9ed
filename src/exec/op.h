/* op.h -- operators: each pulls batches of rows from the one below it.
 *
 * A node is the immutable description of an operator (made by the planner, shared, printed by EXPLAIN); an op is one run of it. All pulling goes
 * through nr_op_next, the pump: budgets and counters live there alone. Batches start small and grow, so that a LIMIT above stops early. */
#ifndef NR_OP_H
#define NR_OP_H

#include "base/limits.h"
#include "model/catalog.h"
#include "query/pred.h"
#include "store/store.h"
#include "table/column.h"

enum { NR_BATCH = 1024, NR_BATCH_FIRST = 16 };

/* Rows in flight. rows: row numbers of the model's directory. values[i], when loaded: the row's values by field id, of the fields that a Load
 * below has read; they live until the next pull. A dense batch is a chunk of the table: bits in place of a list. */
typedef struct nr_batch {
    size_t want;                         /* in: at most so many, 1..NR_BATCH; a dense batch has what its chunk has */
    size_t n;                            /* out: 0 at the end */
    bool dense;                          /* in: a chunk is welcome; out: it is one, rows chunk * NR_CHUNK_ROWS and on */
    uint32_t chunk;
    uint64_t bits[NR_CHUNK_WORDS];
    bool loaded;
    uint32_t *const *pairs;              /* of a batch of pairs: of each pairing the row in each pair, NR_NO_ROW: nobody; they live until the next pull. NULL: rows alone */
    uint32_t rows[NR_BATCH];
    const nr_value *values[NR_BATCH];
} nr_batch;

/* The row of that number in a pair (query/pairing.h); 0: the row itself. */
static inline uint32_t nr_batch_row(const nr_batch *b, size_t at, size_t i)
{
    return at ? b->pairs[at - 1][i] : b->rows[i];
}

/* An empty one. Its lists, which are long, are not zeroed. */
nr_batch *nr_batch_new(nr_arena *arena);

/* What a run shares: one per query. */
typedef struct nr_run {
    nr_model *model;
    nr_store *store;
    nr_arena *arena;                     /* of the command */
    nr_err *err;
    const nr_env *env;
    nr_limits limits;
    int64_t deadline_us;                 /* monotonic */
    const char *scan_limit;              /* who bounds limits.max_scan, for the error */
    uint64_t scanned;                    /* rows that sources gave */
    struct nr_op *ops;                   /* all of the run, for accounting */
    nr_slices *profile;                  /* gets what each operator did when the run closes, in arena; NULL: nobody asks, and nothing is timed */
} nr_run;

typedef struct nr_op_class nr_op_class;

typedef struct nr_node {
    const nr_op_class *cls;
    const struct nr_node *child;         /* NULL for sources */
    const struct nr_node *side;          /* a second input that is read whole at first (Mask) */
    uint64_t rows;                       /* expected output */
    bool exact;                          /* rows is no guess */
    const void *params;                  /* the class's own struct */
} nr_node;

typedef struct nr_op {
    const nr_node *node;
    struct nr_op *child, *side, *next_in_run;
    nr_run *run;
    nr_arena arena;                      /* scratch of the operator */
    void *state;
    size_t grow;                         /* batch size that a source uses next */
    uint64_t rows;
    uint64_t batches, steps;             /* of a profile: batches that had rows, and how often one was asked for */
    int64_t time_us;                     /* of a profile: the operators below included */
    bool below;                          /* another one pulls from it */
} nr_op;

struct nr_op_class {
    const char *name;
    bool source;                         /* its rows count as examined */
    size_t state_size;                   /* zeroed state */
    bool (*next)(nr_op *op, nr_batch *b);
    void (*explain)(const nr_node *node, nr_buf *out); /* what stands behind the name; may be NULL */
    bool there;                          /* gives only rows that the table has: an index of the store may name others */
    bool dense;                          /* gives dense batches to who asks for them */
};

/* A stretch of an ordered index in memory: positions from..to-1. */
typedef struct nr_span {
    uint64_t from, to;
} nr_span;

extern const nr_op_class nr_op_rows, nr_op_set, nr_op_columns, nr_op_scan, nr_op_sets, nr_op_common, nr_op_walk, nr_op_lists, nr_op_distinct, nr_op_select,
    nr_op_top, nr_op_mask, nr_op_load, nr_op_pairs, nr_op_join, nr_op_filter, nr_op_sort, nr_op_reverse, nr_op_skip, nr_op_limit;

/* Of the rows of the table those of a set. */
typedef struct nr_set_params {
    const nr_bitmap *set;
    nr_slice text;                       /* for EXPLAIN */
} nr_set_params;

/* An ordered walk of an index. Ranges ascending and disjoint. Members of equal key come with pks ascending, or descending. */
typedef struct nr_scan_params {
    const nr_index *index;
    const nr_range *ranges;
    size_t n_ranges;
    bool descending, pks_descending;
    nr_slice text;                       /* for EXPLAIN */
} nr_scan_params;

typedef struct nr_sets_params {
    const nr_index *index;
    const nr_slice *keys;                /* Set: disjoint, no pk is in two. Common: a pk has to be in each; the smallest first */
    size_t n_keys;
    nr_slice crowd;                      /* Common: a set whose pks are given too; empty: none */
    nr_slice text;
} nr_sets_params;

/* The same over an ordered index in memory. Spans ascending and disjoint. */
typedef struct nr_walk_params {
    const nr_index *index;
    const struct nr_ordered *ordered;
    const struct nr_column *key;         /* the index's, for telling groups of equal keys */
    const nr_span *spans;
    size_t n_spans;
    bool descending, pks_descending;
    nr_slice text;
} nr_walk_params;

/* The rows of posting lists: of each one in turn, or those that are in all of them and behind these the crowd's. */
typedef struct nr_lists_params {
    const nr_index *index;
    const struct roaring_bitmap_s *const *lists;
    size_t n_lists;
    bool all;
    const struct roaring_bitmap_s *crowd; /* all: NULL: none */
    nr_slice text;
} nr_lists_params;

typedef struct nr_load_params {
    const bool *want;                    /* by field id, what is read of the entities */
    const bool *beside;                  /* the same, what the table's columns give of a row whose entity is there; NULL: nothing */
    bool whole;
} nr_load_params;

struct nr_pairing;
typedef struct nr_pairs_params {
    const struct nr_pairing *const *pairings; /* query/pairing.h */
    size_t n;
} nr_pairs_params;

struct nr_joined;
typedef struct nr_join_params {
    const struct nr_joined *const *joined; /* query/joined.h: their values come behind those of the model's own fields, in this order */
    size_t n;
    const struct nr_pairing *const *pairings; /* of rows that come in pairs */
} nr_join_params;

typedef struct nr_filter_params {
    const nr_pred *pred;
} nr_filter_params;

typedef struct nr_sort_params {
    const nr_sort_key *keys;
    size_t n_keys;
    bool reverse;                        /* the whole order turned round */
    bool random;                         /* no order at all; keys: none */
    uint64_t top;                        /* only the first so many are wanted; UINT64_MAX: all */
} nr_sort_params;

typedef struct nr_count_params {
    uint64_t count;                      /* Skip, Limit */
} nr_count_params;

/* What Sort and SortColumn print of their params. */
void nr_sort_explain(const nr_node *node, nr_buf *out);

/* Builds the operators of a node's tree in run->arena. */
nr_op *nr_op_open(nr_run *run, const nr_node *node);

/* The pump: pulls the next batch into b (b->want set by the caller). False: run->err is set. */
bool nr_op_next(nr_op *op, nr_batch *b);

/* A line for PROFILE and EXPLAIN: what the node is and how many rows it is expected to give, indented. */
void nr_node_print(const nr_node *node, size_t depth, nr_buf *out);

/* Frees what the run's operators hold outside run->arena; fills in the profile before. */
void nr_run_close(nr_run *run);

/* The next batch's size for whoever wants everything: NR_BATCH_FIRST, then doubled up to NR_BATCH. */
size_t nr_batch_grow(size_t *grow);

/* For operators that drop rows. Rows come from below in the batches that suit the source; those that pass are given as they are asked for, and the
 * rest waits: its values live until the next pull. The state is zeroed at first. */
typedef struct nr_sieve {
    nr_batch in;
    size_t at;
} nr_sieve;
bool nr_op_sieve(nr_op *op, nr_sieve *s, bool (*pass)(const nr_op *op, const nr_batch *in, size_t i), nr_batch *b);

/* When the predicate that was evaluated on a row failed, says of which entity. */
void nr_run_blame(const nr_run *run, uint32_t row);

/* The rows of entities by their canonical primary keys, or those that they would have. False: error. */
bool nr_run_rows(nr_run *run, const nr_slice *pks, size_t n, uint32_t *rows);

/* A key that is there but is no entity by the definition: counted, logged once, left out. */
void nr_model_leave_out(nr_model *m, const nr_env *env, nr_slice key, const char *why);

typedef enum nr_found {
    NR_ABSENT,
    NR_FOUND,
    NR_UNREADABLE, /* something is there that is no entity; it has been left out */
    NR_UNTYPED,    /* it refers to a model that is not defined: nobody can say what it holds. m->untyped names the field */
} nr_found;

/* The NOMODEL error for that. Always false. */
bool nr_model_untyped(const nr_model *m, nr_err *err);

/* Reads fields of the entity of pk (canonical text) into row (n_fields values, in a; not wanted ones are NULL). whole: all of them, in one go. */
bool nr_entity_read(nr_model *m, nr_store *store, const nr_env *env, nr_slice pk, const bool *want, bool whole, nr_arena *a, nr_value *row,
                    nr_found *found, nr_err *err);

/* How to read the fields that are wanted (by field id, as nr_schema_values counts) of rows of the model: columns spare reading what they have. An entity that is
 * wanted whole is read in one go where many fields are left. */
nr_load_params nr_load_of(const nr_model *m, const bool *want, nr_arena *a);

/* Reads a row of the table in that way. */
bool nr_row_read(nr_model *m, nr_store *store, const nr_env *env, const nr_load_params *p, uint32_t at, nr_arena *a, nr_value *row, nr_found *found,
                 nr_err *err);

/* The same of an entity whose fields have been read, from under its key; want NULL: all fields. Never NR_ABSENT. Texts of row point into pairs, or are in a. */
nr_found nr_entity_decode(nr_model *m, const nr_env *env, nr_slice key, nr_slice pk, const nr_pairs *pairs, const bool *want, nr_arena *a,
                          nr_value *row);

#endif
