/* posts.c -- see posts.h. */
#include "posts.h"

#include <stdlib.h>

#include "people.h"

/* xorshift64* */
static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 0x2545F4914F6CDD1DU >> 33) % below);
}

void posts_init(posts *p, int32_t n)
{
    uint64_t state = 88172645463325252U;
    *p = (posts){.n = n, .n_authors = n / 10, .n_cities = n / 1000};
    p->at = calloc((size_t)n + 1, sizeof *p->at);
    p->authors = calloc((size_t)p->n_authors + 1, sizeof *p->authors);
    if (!p->at || !p->authors) bench_die("posts", "no memory");
    for (int32_t i = 1; i <= p->n_authors; i++) {
        for (int k = 0; k < 8; k++) p->authors[i].username[k] = (char)('a' + draw(&state, 16));
        p->authors[i].city = 1 + (int32_t)draw(&state, (uint32_t)p->n_cities);
    }
    for (int32_t i = 1; i <= n; i++)
        p->at[i] = (post){1700000000 + (int64_t)i * 40 + draw(&state, 40), 1 + (int32_t)draw(&state, (uint32_t)p->n_authors), draw(&state, 10) < 4};
}

void posts_clear(posts *p)
{
    free(p->at);
    free(p->authors);
    *p = (posts){.n = 0};
}
