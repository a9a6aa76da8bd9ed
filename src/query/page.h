/* page.h -- PAGE: the rows behind a given one, by the values of the sort keys and the pk.
 *
 * A token is base64 of a digest and the values of the last row of a page as canonical text. The digest is of the values and of what the query asks for (model,
 * filters, order), so that a token of another query, or one that was changed, is CURSOR. Nothing is kept between pages: what is written meanwhile is seen when
 * it lies behind. */
#ifndef NR_PAGE_H
#define NR_PAGE_H

#include "query/bind.h"

enum { NR_PAGE_KEYS = 64 };

typedef struct nr_page {
    size_t n;                           /* sort keys, the pk the last */
    nr_term keys[NR_PAGE_KEYS];
    bool descending[NR_PAGE_KEYS];      /* REVERSE counted in */
    nr_slice identity;                  /* of the query */
} nr_page;

/* Makes a bound query one of a page: an order by pk when it has none, one row more than the page has, the keys as further columns behind the first n_out, and
 * what lies behind the token. Errors: SYNTAX (with LIMIT, ORDER ?, keys that cannot be compared, too many), CURSOR. */
bool nr_page_bind(const nr_ast *ast, const nr_bind_with *with, nr_arena *arena, nr_query *q, nr_page *out, nr_err *err);

/* The token of a row; keys: its values. */
nr_slice nr_page_token(const nr_page *p, const nr_value *keys, nr_arena *arena);

#endif
