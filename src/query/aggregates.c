/* aggregates.c -- the functions and their states. */
#include "query/aggregates.h"

#include <math.h>

enum { AVERAGE_PLACES = 10, MOST_DIGITS = 38 };

static nr_i128 power_of_ten(int exponent)
{
    nr_i128 p = 1;
    while (exponent-- > 0) p *= 10;
    return p;
}

/* -- what they are of --------------------------------------------------------------------------------------------------------------------- */

static bool takes_any(const nr_type *type)
{
    (void)type;
    return true;
}

static bool takes_ordered(const nr_type *type)
{
    return !(type->flags & (NR_TF_CONTAINER | NR_TF_BYTES));
}

static bool takes_numbers(const nr_type *type)
{
    return type->kind == NR_V_DECIMAL || type->reply == NR_REPLY_INTEGER || type->reply == NR_REPLY_DOUBLE;
}

static nr_spec gives_same(const nr_spec *of)
{
    return *of;
}

static nr_spec gives_int(const nr_spec *of)
{
    (void)of;
    return (nr_spec){.type = nr_type_find(NR_S("int"))};
}

static nr_spec gives_float(const nr_spec *of)
{
    (void)of;
    return (nr_spec){.type = nr_type_find(NR_S("float"))};
}

static nr_spec gives_average(const nr_spec *of)
{
    if (of->type->kind == NR_V_FLOAT) return *of;
    return (nr_spec){.type = nr_type_find(NR_S("decimal")), .max_digits = MOST_DIGITS, .places = (uint8_t)(of->places + AVERAGE_PLACES)};
}

/* -- COUNT -------------------------------------------------------------------------------------------------------------------------------- */

static void count_add(void *state, const nr_spec *of, const nr_value *v, nr_arena *arena)
{
    (void)of;
    (void)v;
    (void)arena;
    ++*(int64_t *)state;
}

static void count_add_ints(char *const *states, size_t at, const int64_t *numbers, const unsigned char *set, size_t n)
{
    (void)numbers;
    for (size_t i = 0; i < n; i++) *(int64_t *)(void *)(states[i] + at) += set[i];
}

static void count_add_bulk(void *state, const nr_spec *of, const nr_bulk *all, nr_arena *arena)
{
    (void)of;
    (void)arena;
    *(int64_t *)state += (int64_t)all->n;
}

static bool count_result(const void *state, const nr_spec *of, nr_value *out)
{
    (void)of;
    *out = (nr_value){.kind = NR_V_INT, .i = *(const int64_t *)state};
    return true;
}

/* -- SUM, AVG ----------------------------------------------------------------------------------------------------------------------------- */

/* Of integers and decimals high * 2^64 + low. Of floats sum + lost, what rounding took from the sum (Neumaier's summation). */
typedef struct total {
    nr_i128 high;
    nr_u128 low;
    double sum, lost;
    uint64_t n;
} total;

static void total_add_float(total *t, double f)
{
    double sum = t->sum + f;
    t->lost += fabs(t->sum) >= fabs(f) ? (t->sum - sum) + f : (f - sum) + t->sum;
    t->sum = sum;
}

static void total_add_whole(total *t, nr_i128 d)
{
    t->high += d >> 64;
    t->low += (uint64_t)d;
}

static void total_add(void *state, const nr_spec *of, const nr_value *v, nr_arena *arena)
{
    total *t = state;
    (void)of;
    (void)arena;
    t->n++;
    if (v->kind == NR_V_FLOAT) {
        total_add_float(t, v->f);
        return;
    }
    total_add_whole(t, v->kind == NR_V_INT ? v->i : v->d);
}

static void total_add_bulk(void *state, const nr_spec *of, const nr_bulk *all, nr_arena *arena)
{
    total *t = state;
    (void)of;
    (void)arena;
    t->n += all->n;
    total_add_whole(t, all->total);
}

static void total_add_ints(char *const *states, size_t at, const int64_t *numbers, const unsigned char *set, size_t n)
{
    for (size_t i = 0; i < n; i++) { /* a number that is not there is 0 */
        total *t = (void *)(states[i] + at);
        t->n += set[i];
        t->high += numbers[i] >> 63;
        t->low += (uint64_t)numbers[i];
    }
}

static bool float_result(double f, nr_value *out)
{
    *out = (nr_value){.kind = NR_V_FLOAT, .f = f + 0.0};
    return isfinite(f);
}

/* The parts of a total without its sign: size = high * 2^64 + low. */
static bool total_size(const total *t, nr_u128 *high, uint64_t *low)
{
    nr_i128 h = t->high + (nr_i128)(t->low >> 64);
    *low = (uint64_t)t->low;
    bool negative = h < 0;
    if (negative) h = ~h + (*low == 0);
    if (negative) *low = 0 - *low;
    *high = (nr_u128)h;
    return negative;
}

static bool sum_result(const void *state, const nr_spec *of, nr_value *out)
{
    const total *t = state;
    nr_u128 high;
    uint64_t low;
    if (!t->n) return *out = NR_NULL, true;
    if (of->type->kind == NR_V_FLOAT) return float_result(t->sum + t->lost, out);
    bool negative = total_size(t, &high, &low);
    nr_u128 size = high << 64 | low;
    if (high >> 63) return false;
    if (of->type->kind == NR_V_DECIMAL) {
        *out = (nr_value){.kind = NR_V_DECIMAL, .d = negative ? -(nr_i128)size : (nr_i128)size};
        return size < (nr_u128)power_of_ten(MOST_DIGITS);
    }
    *out = (nr_value){.kind = NR_V_INT, .i = (int64_t)(negative ? 0 - (uint64_t)size : (uint64_t)size)};
    return size <= (nr_u128)INT64_MAX + negative;
}

static bool average_result(const void *state, const nr_spec *of, nr_value *out)
{
    const total *t = state;
    nr_u128 high, scale = (nr_u128)power_of_ten(AVERAGE_PLACES);
    uint64_t low;
    if (!t->n) return *out = NR_NULL, true;
    if (of->type->kind == NR_V_FLOAT) return float_result((t->sum + t->lost) / (double)t->n, out);
    bool negative = total_size(t, &high, &low);
    nr_u128 rest = high % t->n << 64 | low, whole = (high / t->n << 64) + rest / t->n;
    if (high / t->n >> 63 || whole >= (nr_u128)power_of_ten(MOST_DIGITS - AVERAGE_PLACES)) return false;
    nr_u128 finer = rest % t->n * scale, half = finer % t->n * 2;
    nr_u128 size = whole * scale + finer / t->n;
    size += half > t->n || (half == t->n && size % 2);
    *out = (nr_value){.kind = NR_V_DECIMAL, .d = negative ? -(nr_i128)size : (nr_i128)size};
    return true;
}

/* -- MIN, MAX ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct extreme {
    nr_value v;
    char *text; /* room for a text, which is written over while it fits */
    size_t room;
} extreme;

static void keep_text(extreme *e, nr_slice s, nr_arena *arena)
{
    if (s.n > e->room || !e->text) {
        e->room = s.n * 2;
        e->text = nr_arena_alloc(arena, e->room);
    }
    if (s.n) memcpy(e->text, s.p, s.n);
    e->v.s = (nr_slice){e->text, s.n};
}

static void keep_if(extreme *e, const nr_value *v, bool wanted, nr_arena *arena)
{
    if (e->v.kind != NR_V_NULL && !wanted) return;
    e->v = *v;
    if (v->kind == NR_V_TEXT) keep_text(e, v->s, arena);
}

static void min_add(void *state, const nr_spec *of, const nr_value *v, nr_arena *arena)
{
    extreme *e = state;
    (void)of;
    keep_if(e, v, nr_value_cmp(v, &e->v) < 0, arena);
}

static void max_add(void *state, const nr_spec *of, const nr_value *v, nr_arena *arena)
{
    extreme *e = state;
    (void)of;
    keep_if(e, v, nr_value_cmp(v, &e->v) > 0, arena);
}

static void min_add_bulk(void *state, const nr_spec *of, const nr_bulk *all, nr_arena *arena)
{
    min_add(state, of, &all->end, arena);
}

static void max_add_bulk(void *state, const nr_spec *of, const nr_bulk *all, nr_arena *arena)
{
    max_add(state, of, &all->end, arena);
}

static bool extreme_result(const void *state, const nr_spec *of, nr_value *out)
{
    (void)of;
    *out = ((const extreme *)state)->v;
    return true;
}

/* -- VARIANCE, STDDEV --------------------------------------------------------------------------------------------------------------------- */

/* Welford's: the mean so far, and the sum of the squared differences from it. */
typedef struct spread {
    long double mean, squares;
    uint64_t n;
} spread;

static void spread_add(void *state, const nr_spec *of, const nr_value *v, nr_arena *arena)
{
    spread *s = state;
    (void)arena;
    long double x = v->kind == NR_V_FLOAT ? v->f : (long double)(v->kind == NR_V_INT ? v->i : v->d);
    if (v->kind == NR_V_DECIMAL) x /= (long double)power_of_ten(of->places);
    long double off = x - s->mean;
    s->mean += off / (long double)++s->n;
    s->squares += off * (x - s->mean);
}

static bool variance_result(const void *state, const nr_spec *of, nr_value *out)
{
    const spread *s = state;
    (void)of;
    if (!s->n) return *out = NR_NULL, true;
    return float_result((double)(s->squares / (long double)s->n), out);
}

static bool deviation_result(const void *state, const nr_spec *of, nr_value *out)
{
    const spread *s = state;
    (void)of;
    if (!s->n) return *out = NR_NULL, true;
    return float_result((double)sqrtl(s->squares / (long double)s->n), out);
}

/* ------------------------------------------------------------------------------------------------------------------------------------------ */

#define ANY takes_any, "any field"
#define ORDERED takes_ordered, "a field that has an order"
#define NUMBERS takes_numbers, "a number"

const nr_aggregate nr_aggregates[] = {
    /* name           of       star   distinct by index     state size        gives          add         of integers     of many at once                  result            doc */
    {"COUNT",         ANY,     true,  false,  NR_BY_COUNT,  sizeof(int64_t),  gives_int,     count_add,  count_add_ints, NR_BULK_COUNT,   count_add_bulk, count_result,     "rows (`*`), or values that are not NULL"},
    {"COUNTDISTINCT", ANY,     false, true,   NR_BY_NONE,   sizeof(int64_t),  gives_int,     count_add,  NULL,           NR_BULK_NONE,    NULL,           count_result,     "distinct values that are not NULL"},
    {"SUM",           NUMBERS, false, false,  NR_BY_NONE,   sizeof(total),    gives_same,    total_add,  total_add_ints, NR_BULK_SUM,     total_add_bulk, sum_result,       "the sum, of the field's type; of integers and decimals exact, beyond 64 bits or 38 digits an error"},
    {"AVG",           NUMBERS, false, false,  NR_BY_NONE,   sizeof(total),    gives_average, total_add,  total_add_ints, NR_BULK_SUM,     total_add_bulk, average_result,   "the average: of floats a float, else a decimal with 10 more places, rounded half to even"},
    {"MIN",           ORDERED, false, false,  NR_BY_FIRST,  sizeof(extreme),  gives_same,    min_add,    NULL,           NR_BULK_LOWEST,  min_add_bulk,   extreme_result,   "the lowest value"},
    {"MAX",           ORDERED, false, false,  NR_BY_LAST,   sizeof(extreme),  gives_same,    max_add,    NULL,           NR_BULK_HIGHEST, max_add_bulk,   extreme_result,   "the highest value"},
    {"STDDEV",        NUMBERS, false, false,  NR_BY_NONE,   sizeof(spread),   gives_float,   spread_add, NULL,           NR_BULK_NONE,    NULL,           deviation_result, "the standard deviation of the population, a float"},
    {"VARIANCE",      NUMBERS, false, false,  NR_BY_NONE,   sizeof(spread),   gives_float,   spread_add, NULL,           NR_BULK_NONE,    NULL,           variance_result,  "the variance of the population, a float"},
    {NULL,            NULL, NULL, false, false, NR_BY_NONE, 0,               NULL,          NULL,       NULL,           NR_BULK_NONE,    NULL,           NULL,             NULL},
};

const nr_aggregate *nr_aggregate_find(nr_slice word, bool any_case)
{
    for (const nr_aggregate *a = nr_aggregates; a->name; a++)
        if (any_case ? nr_slice_caseis(word, a->name) : nr_slice_is(word, a->name)) return a;
    return NULL;
}
