/* keyfn.h -- key functions: what an index holds of a value. A lookup is a key function and a range of its keys.
 *
 * An index looks at what its path gives of an entity and holds what its key function makes of each of these values: one key, several, or none. Ordered keys
 * (keys.h) are byte strings whose order is the order of the keys' values; set keys are texts. The encodings below are common to all. */
#ifndef NR_KEYFN_H
#define NR_KEYFN_H

#include "base/regex.h"
#include "model/index.h"

/* Which structure the keys want. */
typedef enum nr_key_shape {
    NR_KS_EITHER,  /* ordered, or sets where only equality is asked for */
    NR_KS_ORDERED,
    NR_KS_SET,
} nr_key_shape;

typedef struct nr_keyfn {
    const char *name;    /* part of index names: "value" */
    unsigned format;     /* version of what it stores; raised whenever its keys change for any value */
    nr_key_shape shape;
    bool many;           /* may give several keys of one value */
    const char *crowd;   /* the one key of a value that would have more than NR_MOST_KEYS; NULL: there is no such bound */
    nr_form form;        /* in which it wants values; keys of TEXT and DOCUMENT are text */
    bool null;           /* NULL has a key */
    bool unsure;         /* what the store has of a value may be another of nr_matches_keys than it gets now: the limits of a search are not the same on every server */
    /* Appends the keys of v, not NULL (of null: may be), in any order, some perhaps twice. Total. */
    void (*keys)(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out);
    const char *doc;
} nr_keyfn;

/* One write makes no more entries of one value than this: a text of a million different trigrams would keep the server for seconds. Those few that would have
 * more are together under one key, and whoever looks for the trigrams of a needle looks at them too. */
enum { NR_MOST_KEYS = 16384 };

/* The rows that lookups name. */
extern const nr_keyfn nr_key_value, nr_key_text, nr_key_folded, nr_key_reversed, nr_key_folded_reversed, nr_key_substrings, nr_key_folded_substrings,
    nr_key_matches, nr_key_keys, nr_key_null, nr_key_together;
extern const nr_keyfn *const nr_keyfns[]; /* NULL at the end */

const nr_keyfn *nr_keyfn_find(nr_slice name);

/* What nr_key_matches says of a text: it matches, or nobody can say within the limits: whoever asks will see. */
#define NR_MATCHES NR_S("1")
#define NR_MATCHES_UNKNOWN NR_S("?")

/* All keys that an unsure key function may ever have given. */
void nr_matches_keys(nr_arena *arena, nr_values *out);

/* The keys that an index has of a value of its field, sorted and distinct. */
void nr_index_keys(const nr_index *ix, const nr_value *v, nr_arena *arena, nr_values *out);

/* The same of any index: the keys of an entity, row by field id. That of an index of several fields is one TEXT, the bytes of its parts' components. */
void nr_index_row_keys(const nr_index *ix, const nr_value *row, nr_arena *arena, nr_values *out);

/* The key that no other entity may have in an index that enforces; false: the entity has none, since a NULL is in it. */
bool nr_index_unique_key(const nr_index *ix, const nr_value *row, nr_arena *arena, nr_value *key);

/* Appends the component of a part's value. */
void nr_index_part_add(const nr_index_part *part, const nr_value *v, nr_buf *out);

/* The kind of its keys; NULL while it is not known. */
nr_kind nr_index_key_kind(const nr_index *ix);

/* Whether an entity may have more than one entry. */
bool nr_index_many(const nr_index *ix);

/* Whether it is the index that keeps the values of its field, or of its parts together, unique. */
bool nr_index_enforces(const nr_index *ix);

/* A key as it stands in an ordered or pk index, the primary key behind it; and the whole name of the set that it means. Appended to out. */
void nr_index_member(const nr_index *ix, const nr_value *pk, const nr_value *key, nr_buf *out);
void nr_index_set_key(const nr_index *ix, const nr_value *key, nr_buf *out);

/* Bytes of the key at the start of a member of an ordered index; 0 when it is malformed. */
size_t nr_index_key_skip(const nr_index *ix, nr_slice member);

/* Where the primary key begins in a member of an ordered or pk index; false when the member is malformed. */
bool nr_index_member_pk(const nr_index *ix, nr_slice member, nr_slice *pk);

/* The trigrams (three code points in a row) of a text, or of it without case, as keys of the substring indexes: distinct, ascending, appended to out. Of a
 * shorter text none. */
void nr_trigram_keys(nr_slice text, bool folded, nr_arena *arena, nr_values *out);

#endif
