/* base64.c -- RFC 4648, section 4; declared in json.h, since blobs travel so in JSON. */
#include "types/json.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void nr_base64_encode(nr_slice bytes, nr_buf *out)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++) group = group << 8 | (k < have ? (unsigned char)bytes.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++) nr_buf_byte(out, k <= have ? (unsigned char)alphabet[group >> (18 - 6 * k) & 63] : '=');
    }
}

static bool decode_group(const char *four, size_t digits, nr_buf *out)
{
    uint32_t group = 0;
    for (size_t k = 0; k < digits; k++) {
        const char *at = memchr(alphabet, four[k], sizeof alphabet - 1);
        if (!at) return false;
        group |= (uint32_t)(at - alphabet) << (18 - 6 * k);
    }
    if (group & (0xFFFFFFu >> 8 * (digits - 1))) return false; /* bits behind the last byte: a second spelling of the same bytes */
    for (size_t k = 0; k + 1 < digits; k++) nr_buf_byte(out, (unsigned char)(group >> (16 - 8 * k)));
    return true;
}

bool nr_base64_decode(nr_slice text, nr_buf *out)
{
    if (text.n % 4) return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=') padding++;
    for (size_t i = 0; i < text.n; i += 4)
        if (!decode_group(text.p + i, i + 4 == text.n ? 4 - padding : 4, out)) return false;
    return true;
}
