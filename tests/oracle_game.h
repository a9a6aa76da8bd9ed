/* oracle_game.h -- a round of the oracle against the engine: two or three models, a world, its replica, and what is compared. */
#ifndef ORACLE_GAME_H
#define ORACLE_GAME_H

#include "oracle_random.h"

enum { ROWS_MAX = 20000 };

typedef struct game {
    dice d;
    uint64_t seed;
    nr_arena arena;
    world w, replica;
    omodel models[OM_MAX], scratch;
    size_t n_models;
    text definitions[OM_MAX];
    const orow *rows[ROWS_MAX];
    text want;
    uint64_t compared;
    const omodel *asked; /* what is being compared, NULL: no query */
    const oquery *query;
    bool still;     /* nobody writes between pages: a key stands that has run out */
    bool unsettled; /* others have written, and indexes may still have to be mended */
} game;

/* Prints what is needed to see the difference again, and fails. */
void differ(game *g, const oargs *command, const char *got, const char *want, const char *what) __attribute__((noreturn));

/* Prints the shortest way to the wrong answer that can be found, when it is one in a fresh world too. */
void shrink(game *g, const omodel *m, const oquery *q);

/* Runs the command and copies the reply, which the next run overwrites. */
const char *run(game *g, const oargs *a);
oargs command(game *g, const char *word, const omodel *m);

/* Counts a comparison; fails when the answers differ. */
void expect_reply(game *g, const oargs *a, const char *got, const char *want);

/* The model that most is about, more often than others. */
omodel *some_model(game *g, unsigned percent);

/* One random query. */
void compare_one(game *g);
void compare_count(game *g, const omodel *m, bool exists);
void compare_aggregate(game *g, const omodel *m);
void compare_pages(game *g, omodel *m, bool in_peace); /* else with writes between the pages */

/* Some primary key, written in some way. */
void add_pk(game *g, const omodel *m, oargs *a, oval *pk);

/* Puts the definition of models[i] into force. */
void define(game *g, size_t i);

/* One random write, of at most so many rows. */
void write_one(game *g, size_t most);
void change_rows(game *g, omodel *m); /* rows alone: definitions stay */
void update_some(game *g, omodel *m);
void write_by_others(game *g, omodel *m);

/* INDEX CREATE, DROP or REBUILD, of something. */
void change_indexes(game *g, omodel *m);

/* Fails when an index and the entities disagree, or the replica has another store. */
void check_stores(game *g);

#endif
