/* nearest.c -- edit distance in three rows of a table that never grows: a name of more than LONGEST bytes is near to nothing. */
#include "model/nearest.h"

#include <stdio.h>

enum { LONGEST = 128, NEAR = 2, FAR = LONGEST };

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table: the distances of the first i bytes of a from every prefix of b. */
static void next_row(nr_slice a, size_t i, nr_slice b, const size_t *before, const size_t *last, size_t *row)
{
    row[0] = i;
    for (size_t j = 1; j <= b.n; j++) {
        unsigned char x = folded(a.p[i - 1]), y = folded(b.p[j - 1]);
        row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (x != y));
        bool swapped = i > 1 && j > 1 && x == folded(b.p[j - 2]) && y == folded(a.p[i - 2]);
        if (swapped) row[j] = least(row[j], before[j - 2] + 1);
    }
}

static size_t distance(nr_slice a, nr_slice b)
{
    size_t apart = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (apart > NEAR || a.n > LONGEST || b.n > LONGEST) return FAR;
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b.n; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) next_row(a, i, b, rows[(i + 1) % 3], rows[(i + 2) % 3], rows[i % 3]);
    size_t d = rows[a.n % 3][b.n];
    return d <= NEAR && 2 * d < (a.n > b.n ? a.n : b.n) ? d : FAR;
}

nr_slice nr_nearest(nr_slice given, const nr_slice *choices, size_t n)
{
    nr_hint h;
    nr_hint_begin(&h, given);
    for (size_t i = 0; i < n; i++) nr_hint_near(&h, choices[i]);
    return h.best;
}

void nr_hint_begin(nr_hint *h, nr_slice given)
{
    h->given = given;
    h->best = (nr_slice){NULL, 0};
    h->distance = FAR;
    h->listed = h->used = 0;
    h->list[0] = h->text[0] = 0;
}

void nr_hint_near(nr_hint *h, nr_slice name)
{
    size_t d = distance(h->given, name);
    if (d >= h->distance) return;
    h->distance = d;
    h->best = name;
}

void nr_hint_offer(nr_hint *h, nr_slice name)
{
    nr_hint_near(h, name);
    size_t room = sizeof h->list - h->used;
    bool fits = h->listed < NR_HINT_NAMES && name.n + sizeof ", , ..." <= room;
    if (fits) {
        h->used += (size_t)snprintf(h->list + h->used, room, "%s%.*s", h->listed ? ", " : "", NR_FMT(name));
        h->listed++;
    } else if (h->listed <= NR_HINT_NAMES) {
        snprintf(h->list + h->used, room, "%s...", h->listed ? ", " : "");
        h->listed = NR_HINT_NAMES + 1;
    }
}

const char *nr_hint_text(nr_hint *h, const char *has)
{
    if (!h->best.p) {
        snprintf(h->text, sizeof h->text, "%s %s", has, h->listed ? h->list : "none");
    } else {
        char first = has[0] >= 'a' && has[0] <= 'z' ? (char)(has[0] - ('a' - 'A')) : has[0];
        snprintf(h->text, sizeof h->text, "did you mean '%.*s'? %c%s %s", (int)least(h->best.n, NR_HINT_MAX / 8), h->best.p, first, has + 1, h->list);
    }
    return h->text;
}
