/* oracle.h -- a naive second opinion: rows as plain arrays of values, queries answered by looking at each row, sorted by comparing rows.
 *
 * It shares nothing with the engine's types, lookups, planner or operators: it makes its values itself, so it knows each one as a number or as
 * bytes beside the texts that stand for it. Only memory comes from an arena. Text of replies is that of world.h. */
#ifndef ORACLE_H
#define ORACLE_H

#include "world.h"

__extension__ typedef __int128 big;

typedef struct dice {
    uint64_t state;
} dice;

uint64_t dice_roll(dice *d);
static inline uint64_t dice_below(dice *d, uint64_t n)
{
    return dice_roll(d) % n;
}
static inline bool dice_chance(dice *d, unsigned percent)
{
    return dice_below(d, 100) < percent;
}

/* One value of one type. Which of the members counts is the type's business. */
typedef struct oval {
    bool null;
    big num;        /* integers, booleans, dates; decimals times 10^scale */
    double dbl;     /* floats */
    nr_slice bytes; /* texts */
} oval;

typedef enum oshape { O_NUM, O_DBL, O_BYTES } oshape;
typedef enum ojson { O_JSON_NUMBER, O_JSON_BOOL, O_JSON_STRING, O_JSON_BASE64 } ojson;

typedef struct otype otype;
struct otype {
    const char *name;    /* as in a definition */
    const char *options; /* that the type needs, behind a comma */
    oshape shape;
    char mark;           /* of replies: # ~ ? or " */
    ojson json;
    bool text;           /* takes startswith */
    bool clock;          /* takes auto_now */
    int places, scale;   /* decimals: as stored, as kept here */
    big low, high;       /* numbers that may be written */
    bool bounded;        /* takes min and max here */
    /* A random value; an operand may be one that the field could not hold. */
    void (*make)(const otype *t, dice *d, bool operand, nr_arena *a, oval *out);
    /* One of the texts that stand for it. */
    void (*spell)(const otype *t, dice *d, const oval *v, text *out);
    void (*canonical)(const otype *t, const oval *v, text *out);
    big (*now)(int64_t us);
};

extern const otype otypes[]; /* name NULL at the end */
const otype *otype_find(const char *name);
int oval_cmp(const otype *t, const oval *a, const oval *b); /* NULL lowest */
void oval_json(const otype *t, dice *d, const oval *v, text *out);
void oval_reply(const otype *t, const oval *v, text *out);
void json_string(text *out, nr_slice s);

enum { OF_MAX = 12, OX_MAX = 4, OA_MAX = 6, OB_MAX = 6 };

typedef struct ofield {
    char name[16];
    const otype *type;    /* of the values */
    const char *relation; /* "fk", "onetoone", or NULL */
    char to[16];
    bool null, unique, auto_now, auto_now_add, has_default, has_min, has_max;
    oval def, min, max;
    size_t n_choices;
    oval choices[3];
    char index[96];       /* JSON, empty: none */
} ofield;

typedef struct okey {
    size_t field;
    bool descending;
} okey;

typedef struct orow {
    oval v[OF_MAX];
} orow;

typedef struct omodel {
    char name[16];
    ofield fields[OF_MAX]; /* [0] is the pk */
    size_t n_fields;
    okey ordering[2];
    size_t n_ordering;
    bool auto_pk, drawn_pk;
    bool wide;             /* for thousands of rows: many pks, nothing unique, few faults */
    big seq;
    orow *rows;            /* heap */
    size_t n_rows, cap;
    orow broken[OB_MAX];   /* what was in entities that somebody has made unreadable */
    size_t n_broken;
} omodel;

void omodel_json(const omodel *m, dice *d, text *out);
orow *omodel_find(const omodel *m, const oval *pk);
orow *omodel_add(omodel *m, const orow *row);
void omodel_remove(omodel *m, const orow *row);
bool omodel_broken(const omodel *m, const oval *pk);
void omodel_copy(omodel *to, const omodel *from); /* to->rows is reused */

typedef enum olookup { O_EXACT, O_IN, O_LT, O_LTE, O_GT, O_GTE, O_RANGE, O_ISNULL, O_STARTSWITH, O_LOOKUPS } olookup;
extern const char *const olookup_names[O_LOOKUPS];
bool olookup_suits(olookup l, const otype *t);

typedef struct oleaf {
    size_t field;
    olookup lookup;
    oval args[OA_MAX];
    size_t n_args;
    bool truth;
} oleaf;

typedef struct ofilter {
    bool negated;
    unsigned q; /* written as a Q: 1 as an AND, 2 turned into an OR, 3 bare when there is one leaf; 0: not */
    oleaf leaves[3];
    size_t n;
} ofilter;

typedef struct oquery {
    ofilter filters[OX_MAX];
    size_t n_filters;
    okey order[3];
    size_t n_order;
    bool has_order, reverse, has_limit, has_fields, flat, withcount;
    int64_t offset, count;
    size_t fields[OF_MAX];
    const char *names[OF_MAX]; /* as the client calls them */
    size_t n_fields;
} oquery;

bool oracle_matches(const omodel *m, const oquery *q, const orow *row);

/* The matching rows in no order; out has room for all. */
size_t oracle_select(const omodel *m, const oquery *q, const orow **out);

/* Puts rows in the order of the query, or of the model's ordering; false when it has none. REVERSE is not yet applied. */
bool oracle_sort(const omodel *m, const oquery *q, const orow **rows, size_t n);

/* The reply to QUERY, given the matching rows in order (without REVERSE and LIMIT). */
void oracle_reply(const omodel *m, const oquery *q, const orow **rows, size_t n, text *out);
void oracle_entity(const omodel *m, const oquery *q, const orow *row, text *out);

#endif
