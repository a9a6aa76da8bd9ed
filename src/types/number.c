/* number.c -- the scanner of number.h. */
#include "types/number.h"

static nr_slice digits_at(nr_slice text, size_t at)
{
    size_t end = at;
    while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9') end++;
    return (nr_slice){text.p + at, end - at};
}

static int64_t saturated(nr_slice digits)
{
    const int64_t most = INT64_C(100000000000000000);
    int64_t value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        value = value * 10 + (digits.p[i] - '0');
        if (value > most) return most;
    }
    return value;
}

/* The exponent part at text[at], if there is one: its bytes. */
static size_t scan_exponent(nr_slice text, size_t at, int64_t *exponent)
{
    size_t i = at;
    if (i >= text.n || (text.p[i] != 'e' && text.p[i] != 'E')) return 0;
    i++;
    bool minus = i < text.n && text.p[i] == '-';
    if (i < text.n && (text.p[i] == '-' || text.p[i] == '+')) i++;
    nr_slice digits = digits_at(text, i);
    if (digits.n == 0) return 0;
    int64_t size = saturated(digits);
    *exponent = minus ? -size : size;
    return i + digits.n - at;
}

static void find_significant(nr_number *n, int64_t exponent)
{
    n->first = 0;
    n->count = n->whole.n + n->fraction.n;
    n->scale = exponent - (int64_t)n->fraction.n;
    while (n->count && nr_number_digit(n, n->count - 1) == 0) {
        n->count--;
        n->scale++;
    }
    while (n->count && nr_number_digit(n, 0) == 0) {
        n->first++;
        n->count--;
    }
}

size_t nr_number_scan(nr_slice text, nr_number *out)
{
    size_t at = text.n && text.p[0] == '-';
    int64_t exponent = 0;
    *out = (nr_number){.negative = at == 1, .whole = digits_at(text, at), .fraction = NR_S("")};
    if (out->whole.n == 0) return 0;
    if (out->whole.p[0] == '0') out->whole.n = 1;
    at += out->whole.n;
    if (at < text.n && text.p[at] == '.') {
        nr_slice fraction = digits_at(text, at + 1);
        if (fraction.n) out->fraction = fraction;
        at += fraction.n ? fraction.n + 1 : 0;
    }
    at += scan_exponent(text, at, &exponent);
    find_significant(out, exponent);
    return at;
}

/* |a| against |b|: by the place of the first digit, then digit by digit. */
static int compare_sizes(const nr_number *a, const nr_number *b)
{
    int64_t top_a = a->scale + (int64_t)a->count, top_b = b->scale + (int64_t)b->count;
    if (!a->count || !b->count) return (a->count > 0) - (b->count > 0);
    if (top_a != top_b) return top_a < top_b ? -1 : 1;
    size_t n = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < n; i++) {
        int c = nr_number_digit(a, i) - nr_number_digit(b, i);
        if (c) return c;
    }
    return (a->count > b->count) - (a->count < b->count);
}

int nr_number_cmp(nr_slice a, nr_slice b)
{
    nr_number x, y;
    nr_number_scan(a, &x);
    nr_number_scan(b, &y);
    int sign_x = x.count ? (x.negative ? -1 : 1) : 0, sign_y = y.count ? (y.negative ? -1 : 1) : 0;
    if (sign_x != sign_y) return sign_x - sign_y;
    return sign_x * compare_sizes(&x, &y);
}
