/* address.c -- IP addresses by inet_pton and RFC 5952; emails and URLs taken apart at their delimiters, then part by part. */
#include "types/address.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/utf8.h"

enum { EMAIL_MAX = 320, URL_MAX = 2048, HOST_MAX = 253, LABEL_MAX = 63, PORT_MAX = 65535 };

/* The longest run of two or more zero groups, the first of equals: where it begins; *n is 0 when there is none. */
static int longest_zeros(const unsigned groups[8], int *n)
{
    int best = 0;
    *n = 1;
    for (int i = 0; i < 8; i++) {
        int run = 0;
        while (i + run < 8 && groups[i + run] == 0) run++;
        if (run > *n) {
            best = i;
            *n = run;
        }
        i += run;
    }
    if (*n == 1) *n = 0;
    return best;
}

static size_t write_ip6(const unsigned char b[16], char out[NR_IP_MAX])
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (memcmp(b, mapped, sizeof mapped) == 0) return (size_t)snprintf(out, NR_IP_MAX, "::ffff:%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
    unsigned groups[8];
    for (int i = 0; i < 8; i++) groups[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
    int n, zeros = longest_zeros(groups, &n), at = 0;
    for (int i = 0; i < 8; i++) {
        if (n && i == zeros) {
            at += snprintf(out + at, NR_IP_MAX - (size_t)at, "::");
            i += n - 1;
        } else {
            bool colon = i > 0 && !(n && i == zeros + n);
            at += snprintf(out + at, NR_IP_MAX - (size_t)at, colon ? ":%x" : "%x", groups[i]);
        }
    }
    return (size_t)at;
}

size_t nr_ip_canonical(nr_slice text, char out[NR_IP_MAX])
{
    char name[NR_IP_MAX];
    unsigned char b[16];
    if (text.n == 0 || text.n >= sizeof name || memchr(text.p, 0, text.n)) return 0;
    memcpy(name, text.p, text.n);
    name[text.n] = 0;
    if (inet_pton(AF_INET, name, b) == 1) return (size_t)snprintf(out, NR_IP_MAX, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
    return inet_pton(AF_INET6, name, b) == 1 ? write_ip6(b, out) : 0;
}

static bool is_ip(nr_slice text, bool six)
{
    char canonical[NR_IP_MAX];
    return nr_ip_canonical(text, canonical) && six == (memchr(text.p, ':', text.n) != NULL);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static nr_slice skip(nr_slice s, size_t n)
{
    return (nr_slice){s.p + n, s.n - n};
}

/* Bytes before the first of the given characters, or all. */
static size_t until(nr_slice s, const char *any)
{
    size_t i = 0;
    while (i < s.n && (s.p[i] == 0 || !strchr(any, s.p[i]))) i++;
    return i;
}

/* Letters, digits, hyphens inside, and what is not ASCII from U+00A1 on. */
static bool is_label(nr_slice s)
{
    if (s.n == 0 || nr_utf8_length(s) > LABEL_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 0xC2 && (unsigned char)s.p[i + 1] <= 0xA0) return false;
        if (c < 0x80 && !is_letter(s.p[i]) && !is_digit(s.p[i]) && c != '-') return false;
    }
    return true;
}

/* Two labels or more; the last is of two characters or more and no number. */
static bool is_host(nr_slice s)
{
    if (nr_slice_caseis(s, "localhost")) return true;
    if (s.n > HOST_MAX) return false;
    size_t labels = 1;
    for (;; labels++) {
        size_t n = until(s, ".");
        if (!is_label((nr_slice){s.p, n})) return false;
        if (n == s.n) break;
        s = skip(s, n + 1);
    }
    size_t digits = 0;
    while (digits < s.n && is_digit(s.p[digits])) digits++;
    return labels >= 2 && nr_utf8_length(s) >= 2 && digits < s.n;
}

/* What stands in [brackets], when s is that. */
static bool in_brackets(nr_slice s, nr_slice *inner)
{
    if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']') return false;
    *inner = (nr_slice){s.p + 1, s.n - 2};
    return true;
}

/* "...", any ASCII but NUL, tab, line ends and quotes; a backslash makes the next one plain. */
static bool is_quoted(nr_slice s)
{
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"') return false;
    for (size_t i = 1; i < s.n - 1; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool escaped = c == '\\';
        if (escaped && ++i == s.n - 1) return false;
        c = (unsigned char)s.p[i];
        if (c == 0 || c > 0x7F || c == '\n' || c == '\r') return false;
        if (!escaped && (c == '\t' || c == ' ' || c == '"')) return false;
    }
    return true;
}

/* Words of letters, digits and the marks of RFC 5322, joined by single dots. */
static bool is_dot_atom(nr_slice s)
{
    bool word = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool dot = c == '.';
        if (dot && !word) return false;
        if (!dot && !is_letter(c) && !is_digit(c) && (c == 0 || !strchr("-!#$%&'*+/=?^_`{}|~", c))) return false;
        word = !dot;
    }
    return word;
}

bool nr_email_valid(nr_slice text)
{
    size_t at = text.n;
    while (at > 0 && text.p[at - 1] != '@') at--;
    if (at == 0 || text.n > EMAIL_MAX) return false;
    nr_slice user = {text.p, at - 1}, domain = skip(text, at), literal;
    if (!is_dot_atom(user) && !is_quoted(user)) return false;
    if (in_brackets(domain, &literal)) return is_ip(literal, false) || is_ip(literal, true);
    return is_host(domain);
}

static bool is_port(nr_slice s)
{
    int port = 0;
    if (s.n == 0 || s.n > 5) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i])) return false;
        port = port * 10 + (s.p[i] - '0');
    }
    return port <= PORT_MAX;
}

/* [user[:password]@]host[:port] */
static bool is_authority(nr_slice s)
{
    size_t at = until(s, "@");
    if (at < s.n) {
        size_t colon = until((nr_slice){s.p, at}, ":");
        if (colon == 0 || (colon < at && memchr(s.p + colon + 1, ':', at - colon - 1))) return false;
        s = skip(s, at + 1);
    }
    size_t host = s.n && s.p[0] == '[' ? until(s, "]") + 1 : until(s, ":");
    if (host > s.n || (host < s.n && (s.p[host] != ':' || !is_port(skip(s, host + 1))))) return false;
    nr_slice name = {s.p, host}, literal;
    if (in_brackets(name, &literal)) return is_ip(literal, true);
    if (is_ip(name, false)) return true;
    if (name.n > 1 && name.p[name.n - 1] == '.') name.n--;
    return is_host(name);
}

static bool has_space(nr_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7F) return true;
    return false;
}

bool nr_url_valid(nr_slice text)
{
    static const char *const schemes[] = {"http", "https", "ftp", "ftps"};
    size_t n = until(text, ":");
    bool known = false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) known = known || nr_slice_caseis((nr_slice){text.p, n}, schemes[i]);
    if (!known || text.n > URL_MAX || has_space(text)) return false;
    nr_slice rest = skip(text, n);
    if (!nr_slice_starts(rest, NR_S("://"))) return false;
    rest = skip(rest, 3);
    rest.n = until(rest, "/?#");
    return is_authority(rest);
}
