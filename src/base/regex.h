/* regex.h -- regular expressions over text: PCRE2 with everything about it bounded.
 *
 * A search, not a match of the whole. UTF and UCP: as in Python, \d \w \s \b and case are those of Unicode. `.` does not match a newline
 * ((?s) lets it), `$` matches before a final newline too, a newline is \n alone. Not allowed: \C, \G and the verbs that change which starts
 * are tried or what a newline is ((*COMMIT), (*SKIP), (*CR...), (*ANY...)): a search is done in slices of starts.
 *
 * Compiled patterns are kept in a set that the engine owns. Threads: one. */
#ifndef NR_REGEX_H
#define NR_REGEX_H

#include "base/err.h"
#include "base/arena.h"

#define NR_REGEX_MAX 4096 /* bytes of a pattern */
#define NR_REGEX_KEPT 32  /* compiled patterns that a set keeps */

typedef struct nr_regexes nr_regexes;
typedef struct nr_regex nr_regex;

/* jit: compile to machine code where the system permits; answers are the same without. */
nr_regexes *nr_regexes_new(const nr_env *env, bool jit);
void nr_regexes_free(nr_regexes *set); /* all that was got has been released */

/* The compiled pattern, to be given back with nr_regex_release; from the set when it was used lately. NULL and BADVALUE, which names the
 * pattern and the position in code points, when it is none. */
nr_regex *nr_regex_get(nr_regexes *set, nr_slice pattern, bool caseless, nr_err *err);
void nr_regex_release(nr_regex *regex);

typedef enum nr_regex_found {
    NR_REGEX_NO,
    NR_REGEX_YES,
    NR_REGEX_STOPPED, /* go_on said no: unknown */
    NR_REGEX_HARD,    /* beyond the limits of steps or memory: unknown, and never to be taken for "no" */
} nr_regex_found;

/* Asked between slices of a search: may it go on? NULL: always. A slice is at most some 5 million steps, or 10 million for a hard start. */
typedef struct nr_regex_watch {
    bool (*go_on)(void *ctx);
    void *ctx;
    size_t patience; /* after so many slices and starts that took more steps than foreseen the text is HARD; 0: never. No clock: the same text always is, or never */
} nr_regex_watch;

/* Text that is no valid UTF-8 never matches. Whether a text is too hard may differ with and without jit, an answer never does. */
nr_regex_found nr_regex_search(const nr_regex *regex, nr_slice text, nr_regex_watch watch);

/* What every text that matches must have; p NULL where nothing is known. */
typedef struct nr_regex_needs {
    nr_slice prefix;  /* the text begins with it */
    nr_slice literal; /* the text contains it: the longest such that the pattern shows */
} nr_regex_needs;

/* Reads a pattern that compiles; what it does not understand gives nothing. The needs of a caseless pattern hold for folded text, once they
 * are folded too. They live in arena. */
nr_regex_needs nr_regex_literals(nr_arena *arena, nr_slice pattern);

#endif
