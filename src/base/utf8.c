/* utf8.c -- walking, and validation by the table of well-formed byte sequences (Unicode 15, table 3-7). */
#include "base/utf8.h"

typedef struct lead {
    unsigned char first, last;   /* of the lead byte */
    unsigned char low, high;     /* of the second byte */
    unsigned char bytes;
} lead;

static const lead leads[] = {
    {0x00, 0x7F, 0x00, 0x00, 1},
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static bool continues(nr_slice s, const lead *l)
{
    if (s.n < l->bytes) return false;
    for (size_t i = 1; i < l->bytes; i++) {
        unsigned char c = (unsigned char)s.p[i];
        unsigned char low = i == 1 ? l->low : 0x80, high = i == 1 ? l->high : 0xBF;
        if (c < low || c > high) return false;
    }
    return true;
}

size_t nr_utf8_sequence(nr_slice s)
{
    if (s.n == 0) return 0;
    unsigned char c = (unsigned char)s.p[0];
    if (c < 0x80) return 1;
    for (size_t i = 1; i < sizeof leads / sizeof *leads; i++)
        if (c >= leads[i].first && c <= leads[i].last) return continues(s, &leads[i]) ? leads[i].bytes : 0;
    return 0;
}

/* How many bytes from the front are plain ASCII, eight at a time. */
static size_t ascii_words(nr_slice s)
{
    size_t i = 0;
    for (uint64_t w; i + sizeof w <= s.n; i += sizeof w) {
        memcpy(&w, s.p + i, sizeof w);
        if (w & 0x8080808080808080U) break;
    }
    return i;
}

bool nr_utf8_valid(nr_slice s)
{
    while (s.n) {
        size_t plain = ascii_words(s);
        s = (nr_slice){s.p + plain, s.n - plain};
        if (!s.n) return true;
        size_t k = nr_utf8_sequence(s);
        if (k == 0) return false;
        s.p += k;
        s.n -= k;
    }
    return true;
}

size_t nr_utf8_length(nr_slice s)
{
    size_t count = ascii_words(s);
    for (size_t i = count; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

/* Bytes of a sequence that begins with c, by its lead byte alone. */
static size_t bytes_by_lead(unsigned char c)
{
    return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static size_t first_bytes(nr_slice s)
{
    size_t k = s.n ? bytes_by_lead((unsigned char)s.p[0]) : 0;
    return k < s.n ? k : s.n;
}

uint32_t nr_utf8_take(nr_slice *rest)
{
    static const unsigned char bits[] = {0, 0xFF, 0x1F, 0x0F, 0x07};
    size_t k = first_bytes(*rest);
    uint32_t point = (unsigned char)rest->p[0] & bits[k];
    for (size_t i = 1; i < k; i++) point = point << 6 | ((unsigned char)rest->p[i] & 0x3F);
    *rest = (nr_slice){rest->p + k, rest->n - k};
    return point;
}

uint32_t nr_utf8_take_last(nr_slice *rest)
{
    size_t k = 1;
    while (k < 4 && k < rest->n && ((unsigned char)rest->p[rest->n - k] & 0xC0) == 0x80) k++;
    nr_slice last = {rest->p + rest->n - k, k};
    rest->n -= k;
    return nr_utf8_take(&last);
}

size_t nr_utf8_put(char out[4], uint32_t point)
{
    size_t k = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (k == 1) {
        out[0] = (char)point;
        return 1;
    }
    for (size_t i = k - 1; i > 0; i--, point >>= 6) out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)((0xF00u >> k & 0xFF) | point);
    return k;
}

void nr_utf8_reverse(nr_buf *out, nr_slice text)
{
    if (text.n == 0) return;
    char *end = nr_buf_reserve(out, text.n) + text.n;
    out->n += text.n;
    while (text.n) {
        size_t k = first_bytes(text);
        end -= k;
        memcpy(end, text.p, k);
        text = (nr_slice){text.p + k, text.n - k};
    }
}

bool nr_utf8_trigram(nr_slice *rest, nr_slice *trigram)
{
    size_t first = first_bytes(*rest), n = first;
    for (int i = 0; i < 2; i++) {
        size_t k = first_bytes((nr_slice){rest->p + n, rest->n - n});
        if (k == 0) return false;
        n += k;
    }
    *trigram = (nr_slice){rest->p, n};
    *rest = (nr_slice){rest->p + first, rest->n - first};
    return true;
}
