/* posts.h -- the posts, authors and cities of bench_joins: the same in every run, and the source of truth for every answer.
 *
 * Ids are 1..n. A tenth as many authors as posts, a thousandth as many cities. Four posts of ten are published. No two posts were created at once. */
#ifndef BENCH_POSTS_H
#define BENCH_POSTS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct author {
    char username[9];
    int32_t city;
} author;

typedef struct post {
    int64_t created;
    int32_t author;
    bool published;
} post;

typedef struct posts {
    post *at; /* at[id] */
    author *authors;
    int32_t n, n_authors, n_cities;
} posts;

void posts_init(posts *p, int32_t n);
void posts_clear(posts *p);

#endif
