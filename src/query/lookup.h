/* lookup.h -- the table of lookups: what each is true of, and which index keys can answer it.
 *
 * A lookup answers two questions. eval: is it true of this value? ways: which points or stretches of which key function's keys can hold a match? The first
 * way is the index that a definition gets which names the lookup. The probes of a way are disjoint and ascending. */
#ifndef NR_LOOKUP_H
#define NR_LOOKUP_H

#include "base/vec.h"
#include "model/index.h"
#include "store/keyfn.h"
#include "store/store.h"

typedef enum nr_lookup_arg {
    NR_ARG_ONE,
    NR_ARG_LIST,
    NR_ARG_PAIR,
    NR_ARG_TRUTH,
} nr_lookup_arg;

typedef enum nr_lookup_takes {
    NR_LT_NULL,    /* everything */
    NR_LT_ANY,     /* all but lists and sets, of which each element is asked */
    NR_LT_EQUAL,   /* of these all but blobs */
    NR_LT_ORDERED, /* scalars but blobs */
    NR_LT_TEXT,    /* the same, and free JSON, by their canonical text; the operand is text */
    NR_LT_JSON,    /* free JSON: what nobody declared */
    NR_LT_LIST,    /* lists and sets, as a whole; operands are elements */
    NR_LT_KEYS,    /* dicts and free JSON; operands are keys */
} nr_lookup_takes;

/* The operands of a lookup; of NR_ARG_LIST sorted and distinct; NR_ARG_TRUTH one INT 0 or 1. */
typedef struct nr_args {
    const nr_operand *at;
    size_t n;
    void *ready;    /* what the lookup's prepare made of them */
} nr_args;

/* What preparing takes: the command's memory, error and time. */
typedef struct nr_ready_for {
    nr_arena *arena;
    nr_err *err;
    const nr_path *path;         /* what it is asked of */
    int64_t deadline_us;         /* monotonic */
    nr_regexes *patterns;
    struct nr_matcher **matchers; /* those made are put in front; nr_matchers_release ends them */
} nr_ready_for;

typedef enum nr_probe_kind { NR_PB_POINT, NR_PB_SPAN, NR_PB_PREFIX } nr_probe_kind;

typedef struct nr_probe {
    nr_probe_kind kind;
    nr_value lo, hi;           /* POINT, PREFIX: lo alone. SPAN: NULL kind: no bound on that side (NULLs are never in a span) */
    bool lo_open, hi_open;
    bool doubtful;             /* what lies here need not match */
} nr_probe;

/* Whether it is true of a value of its kind, which is not NULL. */
static inline bool nr_probe_has(const nr_probe *p, const nr_value *v)
{
    if (p->kind == NR_PB_POINT) return nr_value_eq(v, &p->lo);
    if (p->kind == NR_PB_PREFIX) return nr_slice_starts(v->s, p->lo.s);
    int lo = p->lo.kind == NR_V_NULL ? 1 : nr_value_cmp(v, &p->lo), hi = p->hi.kind == NR_V_NULL ? -1 : nr_value_cmp(v, &p->hi);
    return (p->lo_open ? lo > 0 : lo >= 0) && (p->hi_open ? hi < 0 : hi <= 0);
}
typedef NR_VEC(nr_probe) nr_probes;

enum {
    NR_WAY_POINTS = 1,         /* probes are points, of isnull for true: a set index answers as well as an ordered one */
    NR_WAY_EXACT = 2,          /* what the probes hold matches, but for doubtful ones; else each row has to be verified */
    NR_WAY_ALL = 4,            /* a match has a key in every probe, not just in one */
    NR_WAY_CASELESS = 8,       /* of patterns: the index's is matched without case */
};

typedef struct nr_way {
    const nr_keyfn *keyfn;     /* NULL: no more ways */
    /* False: this operand gives nothing to go by. */
    bool (*probe)(const nr_args *args, nr_arena *arena, nr_probes *out);
    unsigned flags;            /* NR_WAY_ */
} nr_way;

enum { NR_WAYS = 4 };

typedef struct nr_lookup {
    const char *name;
    nr_lookup_arg arg;
    nr_lookup_takes takes;
    bool (*prepare)(nr_args *args, const nr_ready_for *with); /* once for each command; NULL: nothing to do. False: err is set */
    bool (*eval)(const nr_value *v, const nr_args *args);     /* v: what the path gives, in the form of nr_lookup_form */
    nr_way ways[NR_WAYS + 1];                                 /* the first one is that of the index which it asks for; none: rows are read, always */
    const char *doc;
} nr_lookup;

extern const nr_lookup *const nr_lookup_families[];   /* NULL at the end; each ends with name NULL */

/* Calls of a walk over all rows: *at is 0 at first; NULL at the end. The first one is exact. */
const nr_lookup *nr_lookup_next(size_t *at);

const nr_lookup *nr_lookup_find(nr_slice name);

/* The one of that name that a type has; type NULL: any. NULL: none. */
const nr_lookup *nr_lookup_for(nr_slice name, const nr_type *type);

bool nr_lookup_suits(const nr_lookup *l, const nr_type *type);

/* In which form a lookup wants what a path gives. */
nr_form nr_lookup_form(const nr_lookup *l);

/* The way whose probes are just the values that it is true of, where those are asked about directly; NULL: there is none. */
const nr_way *nr_lookup_by_value(const nr_lookup *l);

/* The key function of a way for values of a type: text lookups on other types go by the canonical text. */
const nr_keyfn *nr_way_keyfn(const nr_way *w, const nr_lookup *l, const nr_type *type);

/* The stretch of an ordered or pk index that a probe means; of an index of several fields a point, its whole key. False: it holds nothing for sure. */
bool nr_probe_range(const nr_index *ix, const nr_probe *p, nr_arena *arena, nr_range *out);

/* The stretch of an index of several fields whose first parts have the components that are written in points, and whose next one lies in p (NULL: whatever
 * it is). False: it holds nothing for sure. */
bool nr_probe_parts(const nr_index *ix, nr_slice points, size_t n_points, const nr_probe *p, nr_arena *arena, nr_range *out);

/* The first byte string above all that begin with s (not all FF). */
nr_slice nr_bytes_after(nr_slice s, nr_arena *arena);

/* The way by which an index serves a lookup on what a path gives; NULL: it does not. The operands may still give nothing to go by. args NULL: any. A relation
 * whose target is not known yet is taken for a number. */
const nr_way *nr_index_serves(const nr_index *ix, const nr_path *path, const nr_lookup *l, const nr_args *args);

/* Whether it is an index for the lookup, one of several fields for a lookup on the first, rather than one that narrows it down on the way. */
bool nr_index_answers(const nr_index *ix, const nr_lookup *l);

/* Turns probes over what a path gives into probes over what its first `to` transforms give; those behind are monotone. */
void nr_probes_lower(const nr_path *path, size_t to, nr_probes *probes);

/* Reads what stands behind a field, such as "month__gte", an absent slice being exact, into *path (which starts as the field's) and *lookup. False: err (NOLOOKUP), which names the
 * lookups there are. */
bool nr_path_read(nr_slice rest, nr_path *path, const nr_lookup **lookup, nr_arena *arena, nr_err *err);

/* The indexes that a schema asks for, [0] the pk's; everything in arena. Needs a resolved schema for members, not for this. False: err (BADVALUE, the place
 * in the document first): a field names a lookup that there is not, or that it cannot have. */
bool nr_schema_indexes(const nr_schema *s, nr_regexes *patterns, nr_arena *arena, nr_index **out, size_t *n, nr_err *err);

/* Gives back what index definitions hold outside their arena. */
void nr_indexes_release(nr_index *indexes, size_t n);

/* The same with what other owners want; each index knows who wants it. */
bool nr_wanted_indexes(const nr_schema *s, const nr_wants *wants, nr_regexes *patterns, nr_arena *arena, nr_index **out, size_t *n, nr_err *err);

/* Whether the field may have the indexes that its option `index` in says asks for; says is a copy of a field of s. NOLOOKUP else. */
bool nr_field_indexable(const nr_schema *s, const nr_field *says, nr_regexes *patterns, nr_arena *arena, nr_err *err);

#endif
