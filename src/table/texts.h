/* texts.h -- byte strings by number, packed: the values of a text column, the keys of a row directory.
 *
 * A number has a text, the empty one included, or none. Numbers lie in chunks of 4096: an offset each, and one buffer of lengths and bytes. What is replaced
 * leaves garbage, and a chunk of which half is garbage is packed anew; texts of 1 KiB and more have a block of their own. Memory: 5 bytes a text and its
 * bytes, half of that again at worst. Threads: none. */
#ifndef NR_TEXTS_H
#define NR_TEXTS_H

#include "base/buf.h"
#include "base/env.h"

typedef struct nr_texts nr_texts;

nr_texts *nr_texts_new(const nr_env *env);
void nr_texts_free(nr_texts *t); /* NULL is fine */

void nr_texts_set(nr_texts *t, uint32_t number, nr_slice text); /* copied; text may be one of t's own */
void nr_texts_drop(nr_texts *t, uint32_t number);               /* one that has none: nothing */

/* The text of a number; p NULL: it has none. Lives until any text is set or dropped. */
nr_slice nr_texts_get(const nr_texts *t, uint32_t number);
void nr_texts_soon(const nr_texts *t, uint32_t number); /* has where it lies fetched into the cache */

/* Where texts lie whose numbers follow one another. */
typedef struct nr_texts_part {
    const char *bytes;
    const uint32_t *at;
} nr_texts_part;

/* Of the numbers of a chunk from one on, of which some have texts. Good as long as these. */
nr_texts_part nr_texts_from(const nr_texts *t, uint32_t number);
nr_slice nr_texts_read(const char *at);

/* The text of the number so many places on, which has one. */
static inline nr_slice nr_texts_at(nr_texts_part p, size_t i)
{
    const char *record = p.bytes + p.at[i];
    unsigned char n = (unsigned char)*record;
    return n && n < 0x80 ? (nr_slice){record + 1, (size_t)n - 1} : nr_texts_read(record);
}

size_t nr_texts_bytes(const nr_texts *t); /* memory held */

/* Whether offsets, lengths and counts hold together; else why says what does not. O(n). */
bool nr_texts_valid(const nr_texts *t, nr_buf *why);

#endif
