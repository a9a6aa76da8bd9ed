/* keys.h -- order-preserving encodings: memcmp order of the bytes is the order of the values.
 *
 * A component is a tag byte, 0x00 for NULL (nothing follows) or 0x01, then the body:
 *   INT      8 bytes big-endian, sign bit flipped
 *   FLOAT    8 bytes big-endian IEEE 754; negative: all bits flipped, else the sign bit
 *   DECIMAL  16 bytes big-endian, sign bit flipped
 *   TEXT     the bytes with 00 written as 00 FF, then the terminator 00 01
 * Components are prefix-free, so they concatenate. UTF-8 has no FF: [prefix, prefix FF) holds just the texts that begin with prefix, when the
 * prefix is written without terminator (nr_key_prefix).
 * A component may be turned, for descending order: every bit of it inverted, the tag's highest aside, so that no component begins with FF.
 * A pk that ends a member is its body without tag and without escapes, so it can be cut off and read back: nr_pk_*. */
#ifndef NR_KEYS_H
#define NR_KEYS_H

#include "base/buf.h"
#include "types/types.h"

enum { NR_PK_MAX = 4096 }; /* bytes of a primary key's canonical text */

void nr_key_add(const nr_value *v, nr_buf *out);          /* appends the component */
void nr_key_prefix(nr_slice text, nr_buf *out);           /* tag and escaped text, no terminator: for prefix ranges */
size_t nr_key_skip(nr_kind kind, nr_slice member);        /* bytes of the component of that kind at the start; 0 when malformed */
size_t nr_key_skip_turned(nr_kind kind, nr_slice member); /* the same of a turned one */

/* Turns n bytes that begin with a tag: a component, or the bound of some. */
void nr_key_turn(char *bytes, size_t n);

/* Turns the order of keys that nobody reads again: sort keys of descending orders. Its own inverse. */
void nr_key_invert(char *bytes, size_t n);

void nr_pk_add(const nr_value *pk, nr_buf *out);
/* The pk whose body is bytes; false when malformed. Text points into bytes. */
bool nr_pk_decode(nr_kind kind, nr_slice bytes, nr_value *out);

/* A canonical text as a set key: "=text", or for a text of over NR_SET_KEY_MAX bytes "#" and a digest; NULL (absent slice): "!". A digest may stand for several texts: */
enum { NR_SET_KEY_MAX = 64 };
void nr_set_key_add(nr_slice canonical, nr_buf *out);
static inline bool nr_set_key_is_digest(nr_slice canonical) { return canonical.p && canonical.n > NR_SET_KEY_MAX; }

#endif
