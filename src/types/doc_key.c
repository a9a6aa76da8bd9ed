/* doc_key.c -- a number is its sign, the place of its first digit, and its digits; below zero all of it is turned over, and ends with what is above any digit. */
#include "types/doc_key.h"

#include "types/number.h"

enum { KEY_NULL = 'a', KEY_FALSE, KEY_TRUE, KEY_NUMBER, KEY_STRING, KEY_ARRAY, KEY_OBJECT };
enum { NEGATIVE = '0', ZERO, POSITIVE };

static void add_number(nr_slice text, nr_buf *out)
{
    nr_number n;
    nr_number_read(text, &n);
    if (!n.count) {
        nr_buf_byte(out, ZERO);
        return;
    }
    nr_buf_byte(out, n.negative ? NEGATIVE : POSITIVE);
    unsigned char turn = n.negative ? 0xFF : 0;
    uint64_t place = (uint64_t)(n.scale + (int64_t)n.count) ^ (uint64_t)1 << 63;
    for (int shift = 56; shift >= 0; shift -= 8) nr_buf_byte(out, (unsigned char)((place >> shift & 0xFF) ^ turn));
    for (size_t i = 0; i < n.count; i++) nr_buf_byte(out, (unsigned char)('0' + nr_number_digit(&n, i)) ^ turn);
    if (n.negative) nr_buf_byte(out, 0xFF);
}

void nr_doc_key(nr_doc doc, nr_arena *arena, nr_buf *out)
{
    static const unsigned char kinds[] = {[NR_J_NULL] = KEY_NULL,     [NR_J_TRUE] = KEY_TRUE,   [NR_J_FALSE] = KEY_FALSE,  [NR_J_NUMBER] = KEY_NUMBER,
                                          [NR_J_STRING] = KEY_STRING, [NR_J_ARRAY] = KEY_ARRAY, [NR_J_OBJECT] = KEY_OBJECT};
    nr_buf_byte(out, kinds[doc.kind]);
    if (doc.kind == NR_J_NUMBER) add_number(doc.text, out);
    else if (doc.kind == NR_J_STRING) nr_buf_add(out, nr_doc_unquote(doc.text, arena));
    else if (doc.kind == NR_J_ARRAY || doc.kind == NR_J_OBJECT) nr_buf_add(out, doc.text);
}

nr_slice nr_doc_key_of(nr_slice text, nr_arena *arena)
{
    nr_buf key = nr_buf_in(arena);
    nr_doc_key(nr_doc_at(text), arena, &key);
    return nr_buf_slice(&key);
}

bool nr_doc_key_ordered(nr_slice key)
{
    return key.n && (key.p[0] == KEY_NUMBER || key.p[0] == KEY_STRING);
}
