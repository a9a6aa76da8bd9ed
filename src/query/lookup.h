/* lookup.h -- the table of lookups: what each is true of, and which index keys can answer it.
 *
 * A lookup answers two questions. eval: is it true of this value? probe: which points or stretches of the key function's values can hold a match?
 * The probes of one lookup are disjoint and ascending. None has to be checked after the index, unless the index itself is
 * inexact (a digest in place of a long text). */
#ifndef NR_LOOKUP_H
#define NR_LOOKUP_H

#include "base/vec.h"
#include "model/index.h"
#include "store/keyfn.h"
#include "store/store.h"

typedef enum nr_lookup_arg { NR_ARG_ONE, NR_ARG_LIST, NR_ARG_PAIR, NR_ARG_TRUTH } nr_lookup_arg;

typedef enum nr_lookup_takes { NR_LT_ANY, NR_LT_ORDERED /* all but blobs */, NR_LT_TEXT } nr_lookup_takes;

typedef enum nr_probe_kind { NR_PB_POINT, NR_PB_SPAN, NR_PB_PREFIX } nr_probe_kind;

typedef struct nr_probe {
    nr_probe_kind kind;
    nr_value lo, hi;           /* POINT, PREFIX: lo alone. SPAN: NULL kind: no bound on that side (NULLs are never in a span) */
    bool lo_open, hi_open;
} nr_probe;
typedef NR_VEC(nr_probe) nr_probes;

typedef struct nr_lookup {
    const char *name;
    nr_lookup_arg arg;
    nr_lookup_takes takes;
    const nr_keyfn *keyfn;     /* whose index answers it */
    bool points;               /* its probes are points for every operand: a set index answers as well as an ordered one */
    /* args: n operands; of NR_ARG_LIST sorted and distinct; NR_ARG_TRUTH one INT 0 or 1. */
    bool (*eval)(const nr_value *v, const nr_operand *args, size_t n);
    void (*probe)(const nr_operand *args, size_t n, nr_arena *arena, nr_probes *out);
    const char *doc;
} nr_lookup;

extern const nr_lookup nr_lookups[]; /* name NULL at the end; [0] is exact */

const nr_lookup *nr_lookup_find(nr_slice name);

/* Names of SPEC's lookups and transforms that this version has not: true when name is one. */
bool nr_lookup_later(nr_slice name);

bool nr_lookup_suits(const nr_lookup *l, const nr_spec *spec);

/* The stretch of an ordered or pk index that a probe means. False: it holds nothing for sure. */
bool nr_probe_range(const nr_index *ix, const nr_probe *p, nr_arena *arena, nr_range *out);

/* The first byte string above all that begin with s (not all FF). */
nr_slice nr_bytes_after(nr_slice s, nr_arena *arena);

/* Whether the index serves the lookup. A relation whose target is not known yet is taken for a number. */
bool nr_index_answers(const nr_index *ix, const nr_lookup *l);

/* The indexes that a schema asks for, [0] the pk's; everything in arena. Needs a resolved schema for members, not for this. */
void nr_schema_indexes(const nr_schema *s, nr_arena *arena, nr_index **out, size_t *n);

/* The same with what other owners want; each index knows who wants it. */
void nr_wanted_indexes(const nr_schema *s, const nr_wants *wants, nr_arena *arena, nr_index **out, size_t *n);

#endif
