/* oracle_texts.c -- texts for the oracle: types of text, code points, and what differs by case alone.
 *
 * Letters are few and full of traps: folding that changes the length in bytes, three letters that are one, letters that look as if they were one. */
#include <stdlib.h>

#include "oracle.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIT(lit) {(lit), sizeof(lit) - 1}

/* -- code points ------------------------------------------------------------------------------------------------------------------------- */

/* Each folds to the first of its row. Simple folding: what would become two letters stays, as U+0130 and the ligatures do. */
static const uint32_t alike[][4] = {
    {'s', 'S', 0x17F},          {'k', 'K', 0x212A},        {0xDF, 0x1E9E},          {0x3C3, 0x3A3, 0x3C2}, {0xE9, 0xC9},       {0xE0, 0xC0},
    {0xE5, 0xC5, 0x212B},       {0x10428, 0x10400},        {0x2C65, 0x23A},         {0x1C6, 0x1C4, 0x1C5}, {0x3BC, 0xB5, 0x39C}, {0x3C9, 0x3A9, 0x2126},
    {0x13A0, 0xAB70},           {0x444, 0x424},            {0x3B9, 0x399, 0x345, 0x1FBE},
};

uint32_t point_fold(uint32_t c)
{
    for (size_t i = 0; i < COUNT(alike); i++)
        for (size_t k = 1; k < 4 && alike[i][k]; k++)
            if (alike[i][k] == c) return alike[i][0];
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static uint32_t point_other(dice *d, uint32_t c)
{
    uint32_t base = point_fold(c);
    for (size_t i = 0; i < COUNT(alike); i++) {
        if (alike[i][0] != base) continue;
        uint32_t other = alike[i][dice_below(d, 4)];
        return other ? other : base;
    }
    return base >= 'a' && base <= 'z' && dice_chance(d, 50) ? base - 32 : base;
}

void point_add(uint32_t c, text *out)
{
    char b[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) b[i] = (char)(0x80 | (c & 0x3F));
    static const unsigned char heads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    b[0] = (char)(heads[n] | c);
    text_add(out, (nr_slice){b, n});
}

points points_of(nr_slice s, bool fold, nr_arena *a)
{
    points p = {NR_NEW_N(a, uint32_t, s.n + 1), 0};
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i++];
        uint32_t cp = c < 0x80 ? c : c < 0xE0 ? c & 0x1Fu : c < 0xF0 ? c & 0xFu : c & 7u;
        for (; i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80; i++) cp = cp << 6 | ((unsigned char)s.p[i] & 0x3F);
        p.at[p.n++] = fold ? point_fold(cp) : cp;
    }
    return p;
}

static nr_slice taken(text *t, nr_arena *a)
{
    nr_slice s = nr_arena_copy(a, (nr_slice){t->p ? t->p : "", t->n});
    free(t->p);
    return s;
}

nr_slice random_stretch(dice *d, nr_slice s, size_t most, nr_arena *a)
{
    points p = points_of(s, false, a);
    text t = {0};
    size_t from = p.n ? dice_below(d, p.n + 1) : 0, n = dice_below(d, most + 1);
    if (dice_chance(d, 20)) from = 0;
    if (dice_chance(d, 20)) n = p.n;
    if (dice_chance(d, 20) && p.n > n) from = p.n - n;
    for (size_t i = from; i < p.n && i < from + n; i++) point_add(p.at[i], &t);
    return taken(&t, a);
}

nr_slice random_case(dice *d, nr_slice s, nr_arena *a)
{
    points p = points_of(s, false, a);
    text t = {0};
    for (size_t i = 0; i < p.n; i++) point_add(dice_chance(d, 40) ? point_other(d, p.at[i]) : p.at[i], &t);
    return taken(&t, a);
}

/* -- types ------------------------------------------------------------------------------------------------------------------------------- */

#define LONG "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" /* 64 */

static const nr_slice texts[] = {
    LIT("a"), LIT("ab"), LIT("a\0b"), LIT("a\0"), LIT("a\xc3\xa9"), LIT("a\xef\xbf\xbf"), LIT("a\xf0\x9f\x98\x80"), LIT("b"), LIT("A"), LIT("B"),
    LIT("abc"), LIT("abd"), LIT("NULL"), LIT("ORDER"), LIT("\"q\\"), LIT("a,b"), LIT(" "), LIT("a\x01"), LIT("\x7f"), LIT("\n"),
    LIT("\xf4\x8f\xbf\xbf"),
    LIT("/"), LIT(":"), LIT("!"), LIT("#"), LIT("=a"), LIT(LONG), LIT(LONG "x"), LIT(LONG "y"), LIT(LONG "xz"), LIT("\0"),
};
static const nr_slice slugs[] = {LIT("a"), LIT("a-b"), LIT("a_b"), LIT("A"), LIT("ab"), LIT("0"), LIT("zz-9"), LIT(LONG "-1"), LIT(LONG "-2")};
static const nr_slice emails[] = {LIT("a@b.org"), LIT("A@b.org"), LIT("a@c.de"), LIT("x.y@b.org"), LIT("rinnengan@sage.de")};
static const nr_slice urls[] = {LIT("http://a.bc/"), LIT("https://a.bc/c"), LIT("http://a.bc/?q=1"), LIT("ftp://a.bc/x")};
static const nr_slice ips[] = {LIT("1.2.3.4"), LIT("10.0.0.1"), LIT("::1"), LIT("2001:db8::1"), LIT("2001:db8::2"), LIT("255.255.255.255")};
static const nr_slice uuids[] = {LIT("00000000-0000-0000-0000-000000000000"), LIT("123e4567-e89b-12d3-a456-426614174000"),
                                 LIT("ffffffff-ffff-ffff-ffff-ffffffffffff"), LIT("123e4567-e89b-12d3-a456-426614174001"),
                                 LIT("a0000000-0000-4000-8000-00000000000b")};
static const nr_slice blobs[] = {LIT("\0"),   LIT("\xff\xfe"),  LIT("a"),         LIT("b"),   LIT("a\0"),
                                 LIT("\xff"), LIT(LONG "\xff"), LIT(LONG "\xfe"), LIT("\x80")};

static void pick(const nr_slice *from, size_t n, dice *d, nr_arena *a, oval *out)
{
    (void)a;
    *out = (oval){.bytes = from[dice_below(d, n)]};
}

/* An empty one now and then; an operand may be any text. */
static void pick_text(const nr_slice *from, size_t n, dice *d, bool operand, nr_arena *a, oval *out)
{
    if (dice_chance(d, 6)) *out = (oval){.bytes = NR_S("")};
    else if (operand && dice_chance(d, 8)) pick(texts, COUNT(texts), d, a, out);
    else pick(from, n, d, a, out);
}

static const char *const syllables[] = {
    "a", "b", "s", "S", "\u017f", "ss", "k", "K", "\u212a", "\u00df", "\u1e9e", "\u03c3", "\u03c2", "\u03a3", "\u00e9", "\u00c9", "e\u0301", "\u0130", "\u0131", "i", "I",
    "\U0001f600", "\U00010400", "\U00010428", "\u023a", "\u2c65", "\ufb01", "fi", "\u01c5", "\u01c4", "\u00b5", "\u03bc", "\u212b", "\u00e5", "\u2126", "\u03c9", "\u13a0",
    "\uab70", "\u0345", "\u1fbe", "\u03b9", "\u0424", "\u0444", "1", "0", ".", "\n", "%", "_", "*", "[", "\\", "^", "$", " ", "ab", "abc", "Stra", "\uffff",
};

/* Composed of a few syllables, of some dozens now and then, seldom of thousands. */
static void compose(dice *d, nr_arena *a, oval *out)
{
    text t = {0};
    size_t few = dice_below(d, 3) ? 5 : 2, n = dice_below(d, few) + 1;
    if (dice_chance(d, 5)) n = dice_below(d, 70);
    if (dice_chance(d, 1) && dice_chance(d, 25)) n = 1000 + dice_below(d, 2500);
    size_t from = dice_below(d, COUNT(syllables)), spread = dice_chance(d, 50) ? 6 : COUNT(syllables);
    for (; n; n--) text_add(&t, nr_slice_of(syllables[(from + dice_below(d, spread)) % COUNT(syllables)]));
    *out = (oval){.bytes = taken(&t, a)};
}

static void make_text(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    if (dice_chance(d, 45)) compose(d, a, out);
    else pick_text(texts, COUNT(texts), d, operand, a, out);
}

static void make_slug(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(slugs, COUNT(slugs), d, operand, a, out);
}

static void make_email(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(emails, COUNT(emails), d, operand, a, out);
}

static void make_url(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t;
    pick_text(urls, COUNT(urls), d, operand, a, out);
}

static void make_blob(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand;
    if (dice_chance(d, 6)) *out = (oval){.bytes = NR_S("")};
    else pick(blobs, COUNT(blobs), d, a, out);
}

static void make_ip(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand;
    pick(ips, COUNT(ips), d, a, out);
}

static void make_uuid(const otype *t, dice *d, bool operand, nr_arena *a, oval *out)
{
    (void)t, (void)operand;
    pick(uuids, COUNT(uuids), d, a, out);
}

static void canonical_text(const otype *t, const oval *v, text *out)
{
    (void)t;
    text_add(out, v->bytes);
}

static void spell_text(const otype *t, dice *d, const oval *v, text *out)
{
    (void)d;
    canonical_text(t, v, out);
}

/* Hex digits in capitals, sometimes. */
static void spell_hex(const otype *t, dice *d, const oval *v, text *out)
{
    bool big_letters = dice_chance(d, 30);
    (void)t;
    for (size_t i = 0; i < v->bytes.n; i++) {
        char c = v->bytes.p[i];
        if (big_letters && c >= 'a' && c <= 'f') c = (char)(c - 32);
        text_add(out, (nr_slice){&c, 1});
    }
}

const otype otypes_texts[] = {
    {.name = "char", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_text, .spell = spell_text, .canonical = canonical_text},
    {.name = "text", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_text, .spell = spell_text, .canonical = canonical_text},
    {.name = "slug", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_slug, .spell = spell_text, .canonical = canonical_text},
    {.name = "email", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_email, .spell = spell_text, .canonical = canonical_text},
    {.name = "url", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_url, .spell = spell_text, .canonical = canonical_text},
    {.name = "ip", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_ip, .spell = spell_hex, .canonical = canonical_text},
    {.name = "uuid", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_STRING, .make = make_uuid, .spell = spell_hex, .canonical = canonical_text},
    {.name = "blob", .options = "", .shape = O_BYTES,
     .mark = '"', .json = O_JSON_BASE64, .make = make_blob, .spell = spell_text, .canonical = canonical_text},
    {.name = NULL},
};
