/* schema.h -- a model's definition: fields, options, ordering, and the indexes that it asks for.
 *
 * Immutable once resolved, in an arena of its own. Field 0 is the primary key, the others follow in the order of the document (fields
 * of abstract parents first, in the order of `extends`).
 *
 * A model that extends a concrete one has only its own fields: its primary key is a reference to the parent's, whose entity of the same key holds
 * the rest. What these are called is known here (inherited), what they are only there.
 *
 * Two steps, since a foreign key may name a model that comes later: nr_schema_parse reads the document; nr_schema_resolve gives every
 * field its spec and coerces defaults, choices and bounds, as soon as all targets are known. */
#ifndef NR_SCHEMA_H
#define NR_SCHEMA_H

#include "base/err.h"
#include "base/vec.h"
#include "model/nearest.h"
#include "types/json.h"
#include "types/types.h"

enum {
    NR_SCHEMA_BYTES_MAX = 1 << 20, /* of a definition's JSON */
    NR_FIELDS_MAX = 4096,          /* of a model */
    NR_BORROWED_MAX = 256,         /* fields of other models that its indexes look at */
    NR_MODEL_NAME_MAX = 128,       /* bytes */
    NR_FIELD_NAME_MAX = 63,
    NR_PK_TEXT_MAX = 4096,         /* bytes of a primary key's text */
    NR_TOGETHER_MAX = 16,          /* fields of an index of several, or whose values together are unique */
    NR_TOGETHERS_MAX = 256,        /* of such of a model */
};

typedef struct nr_schema nr_schema;

/* One item of "index": a lookup, or transforms and a lookup ("month__gte"), and of regex and iregex the pattern. */
typedef struct nr_index_item {
    nr_slice lookup, pattern; /* pattern absent for all others */
} nr_index_item;

/* What a value may be unique for. */
typedef enum nr_period { NR_PER_DATE, NR_PER_MONTH, NR_PER_YEAR, NR_PERIODS } nr_period;

/* What a delete of its target does to an entity that refers to it. */
typedef enum nr_policy { NR_DO_NOTHING, NR_CASCADE, NR_PROTECT, NR_RESTRICT, NR_SET_NULL, NR_SET_DEFAULT, NR_POLICIES } nr_policy;

extern const char *const nr_policy_names[NR_POLICIES];

typedef struct nr_field nr_field;
struct nr_field {
    nr_slice name;
    nr_slice path;            /* of its declaration, for errors: "fields.title", "fields.tags.of" */
    uint16_t id;              /* position in the schema: 0 is the pk */
    const nr_type *type;      /* as declared */
    nr_spec spec;             /* of its values; spec.type NULL while the target of a relation is not known */
    nr_slice to;              /* relations, embedded: the target model's full name ("self" is replaced), else absent */
    nr_slice to_field;        /* of a relation: the field of its target that it holds; absent: the primary key, also where that is named, once it is known */
    nr_slice related_name;    /* of a relation, seen from its target; "+": it is not; absent: the model's own */
    nr_policy on_delete;      /* of a relation */
    bool check;               /* the target of a relation must exist when it is written */
    nr_slice through;         /* m2m: the model that holds it; kept: the server makes that model and drops it */
    bool kept;
    const nr_field *of;       /* containers: what the elements are; NULL: any JSON. id means nothing in a field inside another */
    const nr_field *members;  /* embedded: its fields; those of the model `to` when that is known */
    size_t n_members;
    bool pk;                  /* the primary key; its unique is false: the pk's own index sees to that */
    bool null, unique, auto_now, auto_now_add;
    bool column;              /* "column": true */
    nr_slice unique_for[NR_PERIODS]; /* the field of the date in whose period no other entity has the same value; absent: any may */
    bool index_all;           /* "index": true */
    NR_VEC(nr_index_item) index;    /* "index": [...], as written and not looked at; n 0 when none */
    int64_t max_length;       /* code points; -1: none */
    const nr_json *default_json, *choices_json, *min_json, *max_json; /* as declared, NULL when not given */
    bool has_default, has_min, has_max; /* these and below: set by resolve */
    nr_value default_value, min, max;
    nr_value *choices;        /* n_choices of them */
    size_t n_choices;
    nr_slice help;
    const nr_json *json;      /* the whole declaration of the field */
    bool borrowed;            /* it is none of the model's own: see below */
};

/* A field of another model, which a path through references leads to and an index of this one looks at. It is a value more of a row, named by its path, NULL where that
 * leads nowhere. No hash has it: the table keeps it, the engine keeps it true (engine/borrow.h). */
typedef struct nr_borrow_step {
    nr_slice field;           /* the reference, of the model that is left */
    nr_slice to;              /* the model that it leads to */
} nr_borrow_step;

typedef struct nr_borrowed {
    nr_field field;           /* its id lies behind those of the model's own fields */
    nr_borrow_step *steps;
    size_t n_steps;
    nr_slice of;              /* the field of the last model */
} nr_borrowed;

struct nr_term;

typedef struct nr_sort_key {
    const nr_field *field;
    bool descending;
    const struct nr_term *term; /* query/term.h: what is made of the field; NULL: nothing */
} nr_sort_key;

/* Fields that an index is of, or whose values together are unique. */
typedef struct nr_together {
    nr_slice name;            /* of an index, as given; absent: it has none of its own */
    nr_sort_key *keys;
    size_t n;
    bool unique;
} nr_together;

/* A field of an entity that a model above holds. */
typedef struct nr_inherited {
    nr_slice name, model;     /* model: whose field it is */
    bool many;                /* m2m: it has no value */
} nr_inherited;

struct nr_schema {
    nr_slice name;
    bool abstract;
    bool resolved;
    bool in_memory;             /* the indexes are in memory; has_store: the document says where they are */
    bool has_store;
    bool minds_deletes;         /* a relation has a policy other than do_nothing */
    int64_t ttl;                /* seconds that an insert lives which gives no time; 0: for ever */
    nr_field *fields;
    size_t n_fields;
    nr_borrowed *borrowed;      /* what indexes look at besides, made when the wishes for them are read */
    size_t n_borrowed;
    nr_field *many;             /* the m2m fields: they have no values, and are none of fields; id means nothing there */
    size_t n_many;
    nr_slices extends;          /* direct parents, full names */
    nr_slice parent;            /* the one of them that is concrete; absent: none is */
    NR_VEC(nr_inherited) inherited; /* what its entities have: its primary key, what it has inherited, then its own */
    nr_sort_key *ordering;
    size_t n_ordering;
    nr_slices ordering_names;   /* in its place where a name is a path, or may be a field of a concrete parent: "[-]author__name" */
    NR_VEC(nr_together) together;
    const nr_json *ordering_json, *indexes_json, *unique_json, *ttl_json; /* as declared here or by a parent, NULL when not: children read them again */
    nr_slice source;            /* canonical compact JSON of the document as given: what is stored and MODEL GET replies */
    nr_arena *arena;            /* where all of it lives */
};

/* Names, SPEC 1. */
bool nr_model_name_valid(nr_slice name);              /* dotted parts, optional leading {tag} of printable ASCII without braces */
bool nr_field_name_valid(nr_slice name, nr_err *err); /* err (BADVALUE) says what is wrong with it */

/* The last part of a model's name in small letters, as relations are called. */
nr_slice nr_model_short_name(nr_slice model, nr_arena *arena);

/* The words of clauses, in capitals, NULL at the end: no field is named so. */
extern const char *const nr_clause_words[];

/* One option of a field's declaration, or one key of a model's. A row without set is in the product's contract and refused by this version. */
struct nr_schema_reader;
typedef struct nr_schema_option {
    const char *name;
    unsigned kinds;      /* JSON kinds that it takes, 1u << nr_json_kind each */
    const char *expects; /* completes "expected ..." */
    unsigned types;      /* of a field: the types with any of these NR_TF_ flags take it; 0: all of them */
    bool (*set)(struct nr_schema_reader *r, const nr_json *value);
    const char *doc;     /* one line for the reference */
} nr_schema_option;

extern const nr_schema_option nr_schema_options[]; /* of fields; name NULL at the end */
extern const nr_schema_option nr_schema_keys[];    /* of models; name NULL at the end */

/* How parse finds the parents named by `extends`: the parsed schema, or NULL. */
typedef const nr_schema *(*nr_schema_find)(void *ctx, nr_slice name);

/* Parses a definition into arena, which must outlive the schema (what is inherited is copied: the parents need not). NULL on failure. Errors:
 * SYNTAX (not JSON), BADVALUE (with the path inside the document: "fields.title.max_length: ..."), NOMODEL (unknown parent, or one that
 * extends this model), NOFIELD (pk or ordering), LIMIT (too long, too many fields).
 * Options, types and lookups that a later version delivers are refused by name.
 *
 * At most one parent is concrete. What it has cannot be declared again, and what abstract parents declare by the same name is left out. The pk is
 * then `<parent>_ptr`, a onetoone to it, which may be declared for the sake of its options.
 *
 * The pk: the field that key "pk" names, or that says "pk": true, or that the first parent that has one says; else `id` of type auto is put
 * first. An abstract model may have none: then no field has pk set and nr_schema_pk must not be asked.
 * A field that overrides a parent's keeps that one's place; "self" in a parent means the child. */
nr_schema *nr_schema_parse(nr_slice name, nr_slice json, nr_schema_find find, void *ctx, nr_arena *arena, nr_err *err);

/* Gives every field its spec, then coerces defaults, choices, min and max. models: how the targets of relations are found, and of embedded fields, whose fields
 * are copied; NULL: none is; it must not allocate in the arena of the schema. A target that is not known, is abstract, or has no spec itself yet, is missing.
 * Sets resolved when none is. False only on an error in the document (a default that is no value of its type, a to_field that is not there or not unique...):
 * then the schema is as it was before. May be called again while !resolved. In an abstract model a relation to itself stays without a spec: only its children
 * have a pk to refer to. */
bool nr_schema_resolve(nr_schema *s, nr_schema_find models, void *ctx, nr_err *err);

/* Whether f, or a field inside it, is a relation to the model, or holds its fields. */
bool nr_field_refers(const nr_field *f, nr_slice model);
bool nr_field_embeds(const nr_field *f, nr_slice model);

/* The models whose fields f holds, and those that it refers to, itself or inside: appended to out, in arena. */
void nr_field_embedded(const nr_field *f, nr_arena *arena, nr_slices *out);
void nr_field_referred(const nr_field *f, nr_arena *arena, nr_slices *out);

/* The same with the relations themselves, in place of the models' names: NR_VEC of fields. */
typedef NR_VEC(const nr_field *) nr_field_list;
void nr_field_relations(const nr_field *f, nr_arena *arena, nr_field_list *out);

/* Why a relation cannot hold that field of its target; NULL: it can. */
const char *nr_field_unfit(const nr_field *held);

/* The field of its target that a relation holds; to: the target. NULL: it has none of that name; with such a target no schema is resolved. */
const nr_field *nr_field_held(const nr_field *f, const nr_schema *to);

/* Of a field without a spec: the model that is not known. */
nr_slice nr_field_unknown(const nr_field *f);

/* Whether it has one; false: err (NOMODEL). */
bool nr_field_has_spec(const nr_field *f, nr_err *err);

/* By name, or `pk`, or `<fk>_id`; NULL when there is none. */
const nr_field *nr_schema_field(const nr_schema *s, nr_slice name);

/* The field of that name that a model above has; NULL when there is none. */
const nr_inherited *nr_schema_inherits(const nr_schema *s, nr_slice name);

/* The values of a row: those of the fields, and what is borrowed. The field of such an id, or of a name, which of a borrowed one is its path; NULL: there is none. */
static inline size_t nr_schema_values(const nr_schema *s)
{
    return s->n_fields + s->n_borrowed;
}

const nr_field *nr_schema_value(const nr_schema *s, size_t id);
const nr_field *nr_schema_named(const nr_schema *s, nr_slice name);

/* The m2m field of that name; NULL when there is none. */
const nr_field *nr_schema_many(const nr_schema *s, nr_slice name);

/* nr_schema_field, or a NOFIELD error that lists the fields, nearest first. A clause word in small letters is said to be written in capitals. An m2m field is SYNTAX: it
 * has no value. A field of a model above is NOFIELD too, with that model's name. */
const nr_field *nr_schema_need(const nr_schema *s, nr_slice name, nr_err *err);

static inline const nr_field *nr_schema_pk(const nr_schema *s)
{
    return &s->fields[0];
}

/* A value for a write: reads text, holds it to type, choices, min, max, max_length; a pk is not empty and at most NR_PK_TEXT_MAX bytes.
 * BADVALUE names field, value, and what was expected. NOMODEL when the target of a relation is not known. Text values point into text or arena. */
bool nr_field_read(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out, nr_err *err);

/* The same from JSON: null is NULL; strings, numbers, booleans as SPEC 2 and 4 say (blobs base64). NULL for a non-null field is not
 * checked here. Containers take their structure, or a string that holds it; json takes a string as one. */
bool nr_field_read_json(const nr_field *f, const nr_json *j, nr_arena *arena, nr_value *out, nr_err *err);

/* Whether v, a value of rules (a nr_field), meets its options; what would have is appended to expected. For nr_part. */
bool nr_field_meets(const void *rules, const nr_value *v, nr_buf *expected);

/* An operand of a lookup: type's syntax only (choices, bounds, ranges and lengths are for writes). BADVALUE otherwise. A json takes what is no
 * JSON as a string. */
bool nr_field_operand(const nr_field *f, nr_slice text, nr_arena *arena, nr_operand *out, nr_err *err);

/* The same of what a spec describes, without an error. */
bool nr_spec_operand(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out);

/* The text that stands for a JSON value where text is read: of a container the value's own. False: no text does (null, true for a number, ...). */
bool nr_spec_json_text(const nr_spec *spec, const nr_json *j, nr_arena *arena, nr_slice *out);

/* What a stored text holds, for reading entities: like nr_type_read, no field options; false when it does not decode (a pk that is empty or
 * too long does not, nor does anything while the target of a relation is not known). */
bool nr_field_decode(const nr_field *f, nr_slice text, nr_arena *arena, nr_value *out);

/* What MODEL SET over a model with entities would have to do, of what can be done: added fields (nullable or with a default, and not both
 * unique and with a default) and changes of index, help, ordering, default, and the order of fields. Anything else (a field dropped or
 * retyped, null, unique, choices, bounds, pk...) is BADVALUE that says what is not possible. Both have been through nr_schema_resolve.
 * added has room for after->n_fields; added[0..*n_added) are fields of after. */
bool nr_schema_migration(const nr_schema *before, const nr_schema *after, const nr_field **added, size_t *n_added, nr_err *err);

#endif
