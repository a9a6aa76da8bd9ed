/* keys.c -- the encodings of keys.h. Numbers are brought into an unsigned integer of the same order and written big-endian; a row of the
 * table says how. Text is the one kind of no fixed width. */
#include "store/keys.h"

#include <assert.h>
#include <math.h>

#include "base/hash.h"

enum { TAG_NULL = 0x00, TAG_VALUE = 0x01, ESCAPED = 0xFF, TERMINATOR = 0x01, TURN = 0xFF, TURN_TAG = 0x7F };

#define SIGN64 ((uint64_t)1 << 63)
#define SIGN128 ((nr_u128)1 << 127)

typedef struct number {
    size_t width;                                 /* bytes of the body; 0: the kind is no number */
    nr_u128 (*pack)(const nr_value *v);           /* in the order of the values */
    bool (*unpack)(nr_u128 bits, nr_value *out);  /* false when no value has these bits */
} number;

static nr_u128 pack_int(const nr_value *v)
{
    return (uint64_t)v->i ^ SIGN64;
}

static bool unpack_int(nr_u128 bits, nr_value *out)
{
    *out = (nr_value){.kind = NR_V_INT, .i = (int64_t)((uint64_t)bits ^ SIGN64)};
    return true;
}

static nr_u128 pack_float(const nr_value *v)
{
    uint64_t bits;
    memcpy(&bits, &v->f, sizeof bits);
    return bits & SIGN64 ? ~bits : bits | SIGN64;
}

static bool unpack_float(nr_u128 packed, nr_value *out)
{
    uint64_t bits = (uint64_t)packed;
    bits = bits & SIGN64 ? bits ^ SIGN64 : ~bits;
    *out = (nr_value){.kind = NR_V_FLOAT};
    memcpy(&out->f, &bits, sizeof bits);
    return isfinite(out->f) && bits != SIGN64;
}

static nr_u128 pack_decimal(const nr_value *v)
{
    return (nr_u128)v->d ^ SIGN128;
}

static bool unpack_decimal(nr_u128 bits, nr_value *out)
{
    *out = (nr_value){.kind = NR_V_DECIMAL, .d = (nr_i128)(bits ^ SIGN128)};
    return true;
}

static const number numbers[] = {
    [NR_V_NULL]    = {0, NULL, NULL},
    [NR_V_INT]     = {8, pack_int, unpack_int},
    [NR_V_FLOAT]   = {8, pack_float, unpack_float},
    [NR_V_DECIMAL] = {16, pack_decimal, unpack_decimal},
    [NR_V_TEXT]    = {0, NULL, NULL},
};

static void number_add(const nr_value *v, nr_buf *out)
{
    const number *k = &numbers[v->kind];
    nr_u128 bits = k->pack(v);
    for (size_t i = k->width; i-- > 0;) nr_buf_byte(out, (unsigned char)(bits >> (8 * i) & 0xFF));
}

static void text_add(nr_slice text, nr_buf *out)
{
    while (text.n) {
        const char *zero = memchr(text.p, 0, text.n);
        size_t plain = zero ? (size_t)(zero - text.p) + 1 : text.n;
        nr_buf_add(out, (nr_slice){text.p, plain});
        if (zero) nr_buf_byte(out, ESCAPED);
        text.p += plain;
        text.n -= plain;
    }
}

void nr_key_add(const nr_value *v, nr_buf *out)
{
    if (v->kind == NR_V_NULL) {
        nr_buf_byte(out, TAG_NULL);
    } else if (v->kind == NR_V_TEXT) {
        nr_key_prefix(v->s, out);
        nr_buf_byte(out, 0);
        nr_buf_byte(out, TERMINATOR);
    } else {
        nr_buf_byte(out, TAG_VALUE);
        number_add(v, out);
    }
}

void nr_key_prefix(nr_slice text, nr_buf *out)
{
    nr_buf_byte(out, TAG_VALUE);
    text_add(text, out);
}

/* Bytes of escaped text and its terminator at the start of s; 0 when there is no terminator or a zero byte is followed by anything else. turn: FF when all is
 * inverted, else 0. */
static size_t text_skip(nr_slice s, unsigned char turn)
{
    for (size_t i = 0; i + 1 < s.n; i++) {
        if ((unsigned char)s.p[i] != turn) continue;
        unsigned char next = (unsigned char)s.p[++i] ^ turn;
        if (next == TERMINATOR) return i + 1;
        if (next != ESCAPED) return 0;
    }
    return 0;
}

static size_t skip(nr_kind kind, nr_slice member, bool turned)
{
    if (member.n == 0) return 0;
    unsigned char tag = (unsigned char)member.p[0] ^ (turned ? TURN_TAG : 0);
    if (tag == TAG_NULL) return 1;
    if (tag != TAG_VALUE || kind == NR_V_NULL) return 0;
    nr_slice body = {member.p + 1, member.n - 1};
    size_t width = kind == NR_V_TEXT ? text_skip(body, turned ? TURN : 0) : numbers[kind].width;
    return width && body.n >= width ? 1 + width : 0;
}

size_t nr_key_skip(nr_kind kind, nr_slice member)
{
    return skip(kind, member, false);
}

size_t nr_key_skip_turned(nr_kind kind, nr_slice member)
{
    return skip(kind, member, true);
}

void nr_key_turn(char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) bytes[i] = (char)(bytes[i] ^ (i ? TURN : TURN_TAG));
}

void nr_key_invert(char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) bytes[i] = (char)~bytes[i];
}

void nr_pk_add(const nr_value *pk, nr_buf *out)
{
    assert(pk->kind != NR_V_NULL);
    if (pk->kind == NR_V_TEXT) nr_buf_add(out, pk->s);
    else number_add(pk, out);
}

bool nr_pk_decode(nr_kind kind, nr_slice bytes, nr_value *out)
{
    if (kind == NR_V_TEXT) {
        *out = (nr_value){.kind = NR_V_TEXT, .s = bytes};
        return bytes.n > 0 && bytes.n <= NR_PK_MAX;
    }
    const number *k = &numbers[kind];
    if (!k->width || bytes.n != k->width) return false;
    nr_u128 bits = 0;
    for (size_t i = 0; i < bytes.n; i++) bits = bits << 8 | (unsigned char)bytes.p[i];
    return k->unpack(bits, out);
}

void nr_set_key_add(nr_slice canonical, nr_buf *out)
{
    if (!canonical.p) {
        nr_buf_byte(out, '!');
    } else if (nr_set_key_is_digest(canonical)) {
        nr_buf_byte(out, '#');
        nr_hash_digest(canonical, nr_buf_reserve(out, 32));
        out->n += 32;
    } else {
        nr_buf_byte(out, '=');
        nr_buf_add(out, canonical);
    }
}
