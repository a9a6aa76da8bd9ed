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
typedef struct oval oval;
struct oval {
    bool null;
    char kind;             /* of JSON of no declared type: n number, s string, b boolean, 0 null, a array, o object; 0 too of a null in a dict: no value, and not missing */
    big num;               /* integers, booleans, dates; decimals times 10^scale */
    double dbl;            /* floats */
    nr_slice bytes;        /* texts; of containers and JSON the canonical JSON */
    nr_slice string;       /* of a JSON string */
    const oval *items;     /* of containers: elements, or values in the order of their keys */
    const nr_slice *keys;
    size_t n;
};

typedef enum oshape { O_NUM, O_DBL, O_BYTES } oshape;
typedef enum ojson { O_JSON_NUMBER, O_JSON_BOOL, O_JSON_STRING, O_JSON_BASE64, O_JSON_ITSELF } ojson;
enum { O_HAS_DATE = 1, O_HAS_TIME = 2, O_HAS_LEN = 4 };

typedef struct otype otype;
struct otype {
    const char *name;    /* as in a definition */
    const char *options; /* that the type needs, behind a comma */
    oshape shape;
    char mark;           /* of replies: # ~ ? or " */
    ojson json;
    bool clock;          /* takes auto_now */
    unsigned parts;      /* O_HAS_ of what it has parts of */
    bool container;
    bool documents;      /* JSON that is in order as documents are, and equal as they are; else it is by its text */
    const char *of;      /* of containers: the type of what stands in them, NULL: JSON; of embedded entities that of every member */
    int places, scale;   /* decimals: as stored, as kept here */
    big low, high;       /* numbers that may be written */
    bool bounded;        /* takes min and max here */
    /* A random value; an operand may be one that the field could not hold. */
    void (*make)(const otype *t, dice *d, bool operand, nr_arena *a, oval *out);
    /* One of the texts that stand for it. */
    void (*spell)(const otype *t, dice *d, const oval *v, text *out);
    void (*canonical)(const otype *t, const oval *v, text *out);
    big (*now)(int64_t us);
    void (*reply)(const otype *t, const oval *v, text *out); /* NULL: the canonical text behind the mark */
};

/* Families of types; each ends with name NULL, the table of them with NULL. The first type is auto. */
extern const otype otypes_numbers[], otypes_texts[], otypes_dates[], otypes_containers[];
extern const otype *const otype_families[];

/* The first of the name. */
const otype *otype_find(const char *name);
int oval_cmp(const otype *t, const oval *a, const oval *b); /* NULL lowest */
void oval_json(const otype *t, dice *d, const oval *v, text *out);
void oval_reply(const otype *t, const oval *v, text *out);
void json_string(text *out, nr_slice s);

/* The canonical text in an arena. */
nr_slice oval_text(const otype *t, const oval *v, nr_arena *a);

/* -- containers -------------------------------------------------------------------------------------------------------------------------- */

/* A step into a container. */
typedef struct ostep {
    bool each;     /* to every element */
    nr_slice key;  /* else to what is there under a key, or, in digits, at a position */
} ostep;

bool otype_is(const otype *t, const char *name);
const otype *otype_inside(const otype *t); /* of what stands in a container; of JSON, JSON */
nr_slice random_key(dice *d);

/* A step that may be made from a type. before: the last one was to each element. False: none. */
bool random_step(dice *d, const otype *t, bool before, ostep *out);

/* A step to something that v has. False: it has nothing, or nothing that can be said. */
bool random_step_into(dice *d, const oval *v, ostep *out, const oval **to);

/* What a step from v, not NULL, leads to: how many values, which follow each other from *out on; one that is not there is NULL. */
size_t ostep_values(const ostep *s, const oval *v, const oval **out);

/* JSON in the order of documents: by kind, numbers by value. */
int document_cmp(const oval *a, const oval *b);

void add_big(text *out, big n, int width);

/* -- texts ------------------------------------------------------------------------------------------------------------------------------- */

/* Code points, in an arena; fold: each as the others that differ from it by case alone. */
typedef struct points {
    uint32_t *at;
    size_t n;
} points;

points points_of(nr_slice s, bool fold, nr_arena *a);
uint32_t point_fold(uint32_t c);
void point_add(uint32_t c, text *out);

/* A stretch of a text, and a text with some letters exchanged for others that differ by case alone. */
nr_slice random_stretch(dice *d, nr_slice s, size_t most, nr_arena *a);
nr_slice random_case(dice *d, nr_slice s, nr_arena *a);

/* -- regular expressions ----------------------------------------------------------------------------------------------------------------- */

/* One code point of a text, or some in a row. */
typedef struct oitem {
    bool any, negated;     /* any: what `.` is */
    int8_t caseless;       /* 1 yes, -1 no, 0 as the lookup says */
    char quantity;         /* 1 once, ? or * */
    uint32_t cps[12];
    size_t n;
} oitem;

typedef struct obranch {
    size_t first, n;       /* of the items */
    bool from_start;
    char end;              /* 0, $ or z */
} obranch;

enum { OITEM_MAX = 96, OBRANCH_MAX = 4 };

/* What a pattern means: one of its branches is found somewhere. */
typedef struct opattern {
    nr_slice text;
    bool dotall, multiline;
    oitem items[OITEM_MAX];
    obranch branches[OBRANCH_MAX];
    size_t n_items, n_branches;
} opattern;

/* A pattern of which a piece of the subject may be a match. */
const opattern *random_pattern(dice *d, nr_slice subject, nr_arena *a);
bool opattern_found(const opattern *p, bool caseless, nr_slice subject, nr_arena *a);

enum { OF_MAX = 12, OX_MAX = 4, OA_MAX = 6, OB_MAX = 6, OM_MAX = 3, OHOPS_MAX = 3, OPARTS_MAX = 2, OSTEPS_MAX = 2 };

typedef struct ofield {
    char name[64];
    const otype *type;    /* of the values */
    const char *relation; /* "fk", "onetoone", or NULL */
    char related[16];     /* its name seen from the target, "+": it has none; empty: what the model is called */
    char to[16];
    size_t target;        /* that model, among all */
    char to_field[64];    /* as the definition says it; empty: it does not */
    size_t held;          /* the field of it whose values it has; 0: the primary key */
    bool null, unique, auto_now, auto_now_add, has_default, has_min, has_max;
    oval def, min, max;
    size_t n_choices;
    oval choices[3];
    bool column;
    const char *index;    /* JSON, empty: none */
    const opattern *patterns[2]; /* of its indexes */
    size_t n_patterns;
} ofield;

/* From a model by one of its references, or back by that of another one. Models are numbers among all of a round. */
typedef struct ohop {
    bool back;
    size_t from, to, field; /* the reference, which is of the model where it stands */
} ohop;

typedef struct opath {
    ohop hops[OHOPS_MAX];
    size_t n;
} opath;

typedef struct otransform otransform;

typedef struct okey {
    opath path;             /* by references alone */
    size_t field;           /* of the model at its end */
    ostep steps[OSTEPS_MAX]; /* none to each element */
    size_t n_steps;
    const otransform *parts[OPARTS_MAX];
    size_t n_parts;
    bool descending;
} okey;

typedef struct orow {
    oval v[OF_MAX];
} orow;

/* Where one reference leads, row by row; see oracle_paths.c. */
typedef struct olinks {
    uint64_t of, to; /* the states of both models that it is true of */
    size_t *target, *first, *next;
} olinks;

typedef struct omodel omodel;
struct omodel {
    char name[16];
    omodel *all;           /* of the round; NULL: there are no relations */
    size_t at, n_all;      /* its own place there */
    ofield fields[OF_MAX]; /* [0] is the pk */
    size_t n_fields;
    okey ordering[2];
    size_t n_ordering;
    bool auto_pk, drawn_pk;
    bool columns;          /* it is made of groups: fields are columns, and no one is the pk */
    bool wide;             /* for thousands of rows: many pks, nothing unique, few faults */
    big seq;
    orow *rows;            /* heap */
    size_t n_rows, cap;
    uint64_t state;        /* another number whenever a row has changed */
    olinks links[OF_MAX];  /* heap */
    orow broken[OB_MAX];   /* what was in entities that somebody has made unreadable */
    size_t n_broken;
};

void omodel_json(const omodel *m, dice *d, text *out);
orow *omodel_find(const omodel *m, const oval *pk);
orow *omodel_add(omodel *m, const orow *row);
void omodel_remove(omodel *m, const orow *row);
bool omodel_broken(const omodel *m, const oval *pk);
void omodel_copy(omodel *to, const omodel *from); /* to->rows is reused */
void omodel_clear(omodel *m);

/* A row has been changed in place. */
void omodel_touch(omodel *m);

/* -- paths through relations ---------------------------------------------------------------------------------------------------------------- */

/* back: through references of others too. It may be empty. */
void random_way(dice *d, const omodel *m, bool back, opath *out);
const omodel *opath_end(const omodel *m, const opath *p);
bool opath_eq(const opath *a, const opath *b, size_t n); /* the first n hops */

/* What the field that a reference holds is, behind it: the reference. */
void opath_shorten(const omodel *m, opath *p, size_t *field);

/* "author__posts__", in one of the ways to say it. */
void opath_print(dice *d, const omodel *m, const opath *p, text *out);

/* By references alone: the row at the end, NULL when it leads nowhere; and what a field has there, NULL too where there is no row. */
const orow *opath_follow(const omodel *m, const opath *p, const orow *row);
const oval *opath_value(const omodel *m, const opath *p, size_t field, const orow *row);

/* The rows that refer to one, which follow each other: at, from 0 on, is moved. NULL: no more. */
const orow *ohop_next(const omodel *m, const ohop *hop, const orow *row, size_t *at);

/* -- lookups ----------------------------------------------------------------------------------------------------------------------------- */

/* A part of a date or time, or the length of a container. */
struct otransform {
    const char *name;
    unsigned needs;     /* O_HAS_ */
    const char *gives;  /* a type */
    big (*eval)(const otype *t, const oval *v);
};

extern const otransform otransforms[]; /* name NULL at the end */

typedef struct oleaf oleaf;

typedef enum oarg { O_ONE, O_LIST, O_PAIR, O_TRUTH } oarg;
typedef enum otakes { O_VALUE, O_TEXT, O_ELEMENTS, O_KEYS } otakes; /* what the operands are: of the path's type, texts, elements of it, keys */

/* Names of fields that are lookups, transforms or words of clauses too, by the field's place; NULL: there are no more. */
const char *ofield_odd_name(size_t at);

typedef struct olookup {
    const char *name;
    oarg arg;
    otakes takes;
    bool fold;          /* without case */
    bool pattern;
    bool points;        /* a set index answers it */
    bool (*holds)(const otype *t, const oval *v, const oleaf *l, nr_arena *a); /* v is not NULL; of what looks at text, its text */
} olookup;

extern const olookup olookups[]; /* name NULL at the end */
bool olookup_suits(const olookup *l, const otype *t);

struct oleaf {
    opath path;
    size_t field; /* of the model at its end */
    ostep steps[OSTEPS_MAX];
    size_t n_steps;
    const otransform *parts[OPARTS_MAX];
    size_t n_parts;
    const olookup *lookup;
    oval args[OA_MAX];
    size_t n_args;
    bool truth;
    const opattern *pattern;
};

const ofield *oleaf_field(const omodel *m, const oleaf *l);

/* The type of what the path of a leaf gives, that of its operands, and the values in a row, in an arena; NULLs among them. */
const otype *oleaf_type(const ofield *f, const oleaf *l);
const otype *oleaf_operand(const ofield *f, const oleaf *l);
const oval *oleaf_values(const ofield *f, const oleaf *l, const oval *v, nr_arena *a, size_t *n);
bool oleaf_holds(const ofield *f, const oleaf *l, const oval *v, nr_arena *a);

/* The same of what is sorted, grouped or replied: one value, and JSON inside of a field in the order of documents. */
const otype *oterm_type(const ofield *f, const oleaf *l);
bool oterm_eq(const oleaf *a, const oleaf *b);
oleaf okey_leaf(const okey *k);
const otype *okey_type(const omodel *m, const okey *k);
oval okey_value(const omodel *m, const okey *k, const orow *row);

/* The place of a field of a model, often of one that holds others; and steps and parts of it that give one value, mostly where some row has one. */
size_t random_term_field(dice *d, const omodel *m);
void random_term_path(dice *d, const omodel *m, size_t field, oleaf *l);

/* What lookups on text look at: of a JSON string what it says. */
nr_slice oval_as_text(const otype *t, const oval *v, nr_arena *a);

/* Steps and parts, then a lookup that suits; but for the operands. */
void random_path(dice *d, const ofield *f, oleaf *l);

/* "__color__len__gt". shorter: what need not be said may be left out; lookup NULL: the path alone. */
void oleaf_print(const oleaf *l, bool shorter, text *out);

typedef struct ofilter {
    bool negated;
    unsigned q; /* written as a Q: 1 as an AND, 2 turned into an OR, 3 bare when there is one leaf; 0: not */
    oleaf leaves[3];
    size_t n;
} ofilter;

typedef struct otree otree; /* oracle_tree.h */

typedef struct oquery {
    ofilter filters[OX_MAX];
    size_t n_filters;
    const otree *tree;   /* what holds besides; NULL: nothing */
    okey order[3];
    size_t n_order;
    bool has_order, reverse, has_limit, has_fields, flat, withcount;
    int64_t offset, count;
    okey fields[OF_MAX];
    const char *names[OF_MAX]; /* as the client calls them */
    size_t n_fields;
} oquery;

bool oracle_matches(const omodel *m, const oquery *q, const orow *row, nr_arena *a);

/* The matching rows in no order; out has room for all. The arena is scratch. */
size_t oracle_select(const omodel *m, const oquery *q, nr_arena *a, const orow **out);

/* Puts rows in the order of the query, or of the model's ordering; false when it has none. REVERSE is not yet applied. */
bool oracle_sort(const omodel *m, const oquery *q, const orow **rows, size_t n);

/* The reply to QUERY, given the matching rows in order (without REVERSE and LIMIT). */
void oracle_reply(const omodel *m, const oquery *q, const orow **rows, size_t n, text *out);
void oracle_entity(const omodel *m, const oquery *q, const orow *row, text *out);

#endif
