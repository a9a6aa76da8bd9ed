/* json_mark.h -- the pass before jansson: JSON text in which every number is a string, so that it keeps its text.
 *
 * A number 9.99 becomes "n9.99" and every string (keys too) gets an s in front: "title" becomes "stitle". So no string of a client's can be
 * taken for a number. Outside strings and numbers nothing changes, and what is not JSON stays that: jansson finds it. For json.c only. */
#ifndef NR_JSON_MARK_H
#define NR_JSON_MARK_H

#include "base/buf.h"
#include "base/err.h"

enum { NR_JSON_MARK_STRING = 's', NR_JSON_MARK_NUMBER = 'n' };

/* The marked text, in arena. Absent on an error, err set: SYNTAX for bytes that are not UTF-8, numbers that are not JSON's and numbers as
 * keys; LIMIT for nesting deeper than NR_JSON_DEPTH. */
nr_slice nr_json_mark(nr_slice text, nr_arena *arena, nr_err *err);

/* Where in text the token begins, or the character stands, that marked[position] comes from; text.n when it is behind the end. text was
 * marked without an error. */
size_t nr_json_unmark(nr_slice text, size_t position, nr_arena *arena);

/* Fails with SYNTAX, the line and column of text[at], and what is wrong there. */
bool nr_json_fail_at(nr_slice text, size_t at, nr_err *err, const char *wrong);

#endif
