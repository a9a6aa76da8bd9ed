/* arith.c -- fractions of 128-bit integers. Common divisors go before anything is multiplied, so that only what really needs more digits has too many. */
#include "types/arith.h"

#include <math.h>

#include "types/number.h"

enum { MOST_DIGITS = 38 };

static const nr_u128 most = ((nr_u128)1 << 127) - 1;

/* -- integers ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct wide {
    nr_u128 hi, lo;
} wide;

static wide wide_mul(nr_u128 a, nr_u128 b)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    nr_u128 ll = (nr_u128)a0 * b0, lh = (nr_u128)a0 * b1, hl = (nr_u128)a1 * b0, hh = (nr_u128)a1 * b1;
    nr_u128 middle = (ll >> 64) + (uint64_t)lh + (uint64_t)hl;
    return (wide){hh + (lh >> 64) + (hl >> 64) + (middle >> 64), (middle << 64) | (uint64_t)ll};
}

static int wide_cmp(wide a, wide b)
{
    if (a.hi != b.hi) return a.hi < b.hi ? -1 : 1;
    return (a.lo > b.lo) - (a.lo < b.lo);
}

static int bits(nr_u128 v)
{
    uint64_t hi = (uint64_t)(v >> 64), lo = (uint64_t)v;
    return hi ? 128 - __builtin_clzll(hi) : lo ? 64 - __builtin_clzll(lo) : 0;
}

static int wide_bits(wide w)
{
    return w.hi ? 128 + bits(w.hi) : bits(w.lo);
}

/* by: 0..255; nothing is shifted out. */
static wide wide_shift(wide w, int by)
{
    if (by >= 128) return (wide){w.lo << (by - 128), 0};
    return by ? (wide){w.hi << by | w.lo >> (128 - by), w.lo << by} : w;
}

static nr_u128 size_of(nr_i128 v)
{
    return v < 0 ? -(nr_u128)v : (nr_u128)v;
}

static nr_u128 gcd(nr_u128 a, nr_u128 b)
{
    while (b >> 64) {
        nr_u128 rest = a % b;
        a = b;
        b = rest;
    }
    if (!b) return a;
    uint64_t x = (uint64_t)b, y = (uint64_t)(a % b);
    while (y) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

static bool multiply(nr_i128 a, nr_i128 b, nr_i128 *out)
{
    wide w = wide_mul(size_of(a), size_of(b));
    if (w.hi || w.lo > most) return false;
    *out = (a < 0) != (b < 0) ? -(nr_i128)w.lo : (nr_i128)w.lo;
    return true;
}

static bool add(nr_i128 a, nr_i128 b, nr_i128 *out)
{
    nr_i128 limit = (nr_i128)most;
    if (b > 0 ? a > limit - b : a < -limit - b) return false;
    *out = a + b;
    return true;
}

static nr_i128 power_of_ten(int64_t exponent)
{
    nr_i128 p = 1;
    while (exponent-- > 0) p *= 10;
    return p;
}

/* -- fractions ---------------------------------------------------------------------------------------------------------------------------- */

static nr_num fraction(nr_i128 p, nr_i128 q)
{
    nr_i128 common = q == 1 ? 1 : (nr_i128)gcd(size_of(p), (nr_u128)q);
    return (nr_num){.kind = NR_N_EXACT, .p = p / common, .q = q / common};
}

static nr_num of_float(double f)
{
    return (nr_num){.kind = NR_N_FLOAT, .f = f + 0.0}; /* -0.0 + 0.0 is 0.0 */
}

bool nr_spec_is_number(const nr_spec *spec)
{
    const nr_type *t = spec->type;
    return t && (t->kind == NR_V_FLOAT || (t->kind == NR_V_DECIMAL && spec->places <= MOST_DIGITS) || (t->kind == NR_V_INT && t->reply == NR_REPLY_INTEGER));
}

nr_num nr_num_of(const nr_spec *spec, const nr_value *v)
{
    if (v->kind == NR_V_INT) return (nr_num){.kind = NR_N_EXACT, .p = v->i, .q = 1};
    if (v->kind == NR_V_FLOAT) return of_float(v->f);
    if (v->kind == NR_V_DECIMAL) return fraction(v->d, power_of_ten(spec->places));
    return (nr_num){.kind = NR_N_NULL};
}

bool nr_num_read(nr_slice text, nr_num *out)
{
    nr_number n;
    nr_i128 p = 0;
    if (!nr_number_read(text, &n) || n.count > MOST_DIGITS) return false;
    if (n.count && (n.scale < -MOST_DIGITS || n.scale + (int64_t)n.count > MOST_DIGITS)) return false;
    for (size_t i = 0; i < n.count; i++) p = p * 10 + nr_number_digit(&n, i);
    if (n.count && n.scale > 0) p *= power_of_ten(n.scale);
    *out = fraction(n.negative ? -p : p, n.count && n.scale < 0 ? power_of_ten(-n.scale) : 1);
    return true;
}

static bool add_fractions(const nr_num *a, nr_i128 bp, nr_i128 bq, nr_num *out)
{
    nr_i128 common = a->q == 1 || bq == 1 ? 1 : (nr_i128)gcd((nr_u128)a->q, (nr_u128)bq), x, y, p, q;
    if (!multiply(a->p, bq / common, &x) || !multiply(bp, a->q / common, &y) || !add(x, y, &p) || !multiply(a->q, bq / common, &q)) return false;
    *out = fraction(p, q);
    return true;
}

/* bq may be negative here, as the numerator of a divisor is, but not 0. */
static bool multiply_fractions(const nr_num *a, nr_i128 bp, nr_i128 bq, nr_num *out)
{
    if (bq < 0) bp = -bp;
    if (bq < 0) bq = -bq;
    nr_i128 one = (nr_i128)gcd(size_of(a->p), (nr_u128)bq), two = (nr_i128)gcd(size_of(bp), (nr_u128)a->q), p, q;
    if (!multiply(a->p / one, bp / two, &p) || !multiply(a->q / two, bq / one, &q)) return false;
    *out = (nr_num){.kind = NR_N_EXACT, .p = p, .q = q};
    return true;
}

static nr_num rounded_down(const nr_num *n)
{
    nr_i128 whole = n->p / n->q;
    return (nr_num){.kind = NR_N_EXACT, .p = whole - (n->p < 0 && n->p % n->q != 0), .q = 1};
}

static nr_arith_result compute_exact(nr_arith op, const nr_num *a, const nr_num *b, nr_num *out)
{
    bool good = true, divides = op == NR_A_DIVIDE || op == NR_A_FLOOR || op == NR_A_MODULO;
    nr_num quotient, times;
    if (divides && b->p == 0) return NR_AR_ZERO;
    if (divides) good = multiply_fractions(a, b->q, b->p, &quotient);
    if (op == NR_A_ADD) good = add_fractions(a, b->p, b->q, out);
    if (op == NR_A_SUBTRACT) good = add_fractions(a, -b->p, b->q, out);
    if (op == NR_A_MULTIPLY) good = multiply_fractions(a, b->p, b->q, out);
    if (good && op == NR_A_DIVIDE) *out = quotient;
    if (good && op == NR_A_FLOOR) *out = rounded_down(&quotient);
    if (good && op == NR_A_MODULO) {
        quotient = rounded_down(&quotient);
        good = multiply_fractions(b, quotient.p, 1, &times) && add_fractions(a, -times.p, times.q, out);
    }
    return good ? NR_AR_GOOD : NR_AR_BEYOND;
}

/* -- floats ------------------------------------------------------------------------------------------------------------------------------- */

static double to_float(const nr_num *n)
{
    return n->kind == NR_N_FLOAT ? n->f : (double)n->p / (double)n->q;
}

/* The quotient rounded down and what is left, each as near as a double comes. What is left is exact, so a without it is a whole number of times b: fma tells
 * how many of these the division has rounded away. */
static double divide_down(double a, double b, double *rest)
{
    double mod = fmod(a, b), times = rint((a - mod) / b), more = rint((fma(-times, b, a) - mod) / b);
    if (mod != 0 && (b < 0) != (mod < 0)) {
        mod += b;
        more -= 1;
    }
    *rest = mod;
    return times + more;
}

static nr_arith_result compute_floats(nr_arith op, double a, double b, nr_num *out)
{
    double result = 0, rest;
    if ((op == NR_A_DIVIDE || op == NR_A_FLOOR || op == NR_A_MODULO) && b == 0) return NR_AR_ZERO;
    switch (op) {
    case NR_A_ADD: result = a + b; break;
    case NR_A_SUBTRACT: result = a - b; break;
    case NR_A_MULTIPLY: result = a * b; break;
    case NR_A_DIVIDE: result = a / b; break;
    case NR_A_FLOOR: result = divide_down(a, b, &rest); break;
    case NR_A_MODULO: divide_down(a, b, &result); break;
    }
    *out = of_float(result);
    return isfinite(result) ? NR_AR_GOOD : NR_AR_BEYOND;
}

nr_arith_result nr_num_compute(nr_arith op, const nr_num *a, const nr_num *b, nr_num *out)
{
    if (a->kind == NR_N_NULL || b->kind == NR_N_NULL) {
        *out = (nr_num){.kind = NR_N_NULL};
        return NR_AR_GOOD;
    }
    if (a->kind == NR_N_EXACT && b->kind == NR_N_EXACT) return compute_exact(op, a, b, out);
    return compute_floats(op, to_float(a), to_float(b), out);
}

/* -- order -------------------------------------------------------------------------------------------------------------------------------- */

static int sign_of(const nr_num *n)
{
    return n->kind == NR_N_FLOAT ? (n->f > 0) - (n->f < 0) : (n->p > 0) - (n->p < 0);
}

/* |f| against |p/q|, neither 0: f is m * 2^e, so m * q against p * 2^-e, which only has to be computed when both have as many bits. */
static int compare_float(double f, const nr_num *n)
{
    int e;
    nr_u128 m = (nr_u128)ldexp(frexp(fabs(f), &e), 53);
    e -= 53;
    wide left = wide_mul(m, (nr_u128)n->q), right = {0, size_of(n->p)};
    int above = wide_bits(left) + e - wide_bits(right);
    if (above) return above;
    return e >= 0 ? wide_cmp(wide_shift(left, e), right) : wide_cmp(left, wide_shift(right, -e));
}

static int compare_sizes(const nr_num *a, const nr_num *b)
{
    if (a->kind == NR_N_FLOAT) return compare_float(a->f, b);
    if (b->kind == NR_N_FLOAT) return -compare_float(b->f, a);
    return wide_cmp(wide_mul(size_of(a->p), (nr_u128)b->q), wide_mul(size_of(b->p), (nr_u128)a->q));
}

int nr_num_cmp(const nr_num *a, const nr_num *b)
{
    if (a->kind == NR_N_FLOAT && b->kind == NR_N_FLOAT) return (a->f > b->f) - (a->f < b->f);
    int sign = sign_of(a), other = sign_of(b);
    return sign != other ? sign - other : sign * compare_sizes(a, b);
}

/* -- fields ------------------------------------------------------------------------------------------------------------------------------- */

static void add_whole(nr_i128 v, nr_buf *out)
{
    char digits[MOST_DIGITS + 2];
    size_t at = sizeof digits;
    nr_u128 rest = size_of(v);
    do digits[--at] = (char)('0' + (int)(rest % 10));
    while (rest /= 10);
    if (v < 0) nr_buf_byte(out, '-');
    nr_buf_add(out, (nr_slice){digits + at, sizeof digits - at});
}

static nr_slice float_text(double f, nr_arena *arena)
{
    const nr_value v = {.kind = NR_V_FLOAT, .f = f};
    const nr_spec spec = {.type = nr_type_find(NR_S("float"))};
    return nr_type_text(&spec, &v, arena);
}

/* What n is, for an error: "7/2". */
static nr_slice shown(const nr_num *n, nr_arena *arena)
{
    if (n->kind == NR_N_FLOAT) return float_text(n->f, arena);
    nr_buf b = nr_buf_in(arena);
    add_whole(n->p, &b);
    if (n->q != 1) nr_buf_byte(&b, '/');
    if (n->q != 1) add_whole(n->q, &b);
    return nr_buf_slice(&b);
}

/* n * 10^places, rounded half to even. False: too many digits. */
static bool round_fraction(const nr_num *n, int places, nr_i128 *out)
{
    nr_u128 q = (nr_u128)n->q, rest = size_of(n->p) % q, part = 0;
    nr_i128 scale = power_of_ten(places), whole;
    if ((nr_u128)scale % q == 0) return multiply(n->p, scale / n->q, out);
    if (q >> 124 || !multiply((nr_i128)(size_of(n->p) / q), scale, &whole)) return false;
    for (int i = 0; i < places; i++, rest = rest * 10 % q) part = part * 10 + rest * 10 / q;
    part += rest * 2 > q || (rest * 2 == q && (((nr_u128)whole + part) & 1));
    if (!add(whole, (nr_i128)part, out)) return false;
    if (n->p < 0) *out = -*out;
    return true;
}

/* The same for a float, of which its shortest text is what counts. */
static bool round_float(double f, int places, nr_arena *arena, nr_i128 *out)
{
    nr_number n;
    nr_i128 value = 0;
    nr_number_read(float_text(f, arena), &n);
    int64_t kept = n.count ? (int64_t)n.count + n.scale + places : 0, count = (int64_t)n.count;
    if (kept > MOST_DIGITS) return false;
    for (int64_t i = 0; i < kept; i++) value = value * 10 + (i < count ? nr_number_digit(&n, (size_t)i) : 0);
    int next = kept >= 0 && kept < count ? nr_number_digit(&n, (size_t)kept) : 0;
    value += next > 5 || (next == 5 && (kept + 1 < count || (value & 1)));
    *out = n.negative ? -value : value;
    return true;
}

static bool decimal_text(const nr_num *n, const nr_spec *spec, nr_arena *arena, nr_slice *text)
{
    nr_i128 d = 0, bound = power_of_ten(MOST_DIGITS);
    bool good = n->kind == NR_N_FLOAT ? round_float(n->f, spec->places, arena, &d) : round_fraction(n, spec->places, &d);
    if (!good || d >= bound || d <= -bound) return false;
    const nr_value v = {.kind = NR_V_DECIMAL, .d = d};
    *text = nr_type_text(spec, &v, arena);
    return true;
}

/* A float from 2^63 on is in no range of integers: its own text says so to who reads it. */
static bool whole_text(const nr_num *n, nr_arena *arena, nr_slice *text)
{
    bool is_float = n->kind == NR_N_FLOAT, small = is_float && fabs(n->f) < 9223372036854775808.0;
    nr_buf b = nr_buf_in(arena);
    if (is_float ? floor(n->f) != n->f : n->q != 1) return false;
    if (is_float && !small) nr_buf_add(&b, float_text(n->f, arena));
    else if (is_float) nr_buf_int(&b, (int64_t)n->f);
    else add_whole(n->p, &b);
    *text = nr_buf_slice(&b);
    return true;
}

bool nr_num_text(const nr_num *n, const nr_spec *spec, nr_arena *arena, nr_slice *text, nr_slice *got, const char **expected)
{
    nr_kind kind = spec->type->kind;
    *got = shown(n, arena);
    *expected = kind == NR_V_INT ? "a whole number" : nr_type_expects(spec, spec->type->expects, arena);
    if (kind == NR_V_INT) return whole_text(n, arena, text);
    if (kind == NR_V_DECIMAL) return decimal_text(n, spec, arena, text);
    *text = float_text(to_float(n), arena);
    return true;
}
