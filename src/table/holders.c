/* holders.c -- numbers by row and rows by number. Rows first leave the values that they had, then take those that they have: two may have exchanged theirs. */
#include "table/holders.h"

#include "table/noted.h"
#include "table/table.h"

/* By row or by number; NR_NO_ROW where there is nothing. */
typedef struct places {
    uint32_t *at;
    uint32_t n;
} places;

struct nr_holders {
    const nr_env *env;
    nr_rows *values;
    places number; /* by row: that of the value it has, whether it holds it or another row does */
    places row;    /* by number: who holds the value */
    bool known;    /* what is not noted is right */
    bool shared;   /* a value was found twice: when one of the two leaves it, the other has to be found */
    nr_noted changed;
};

nr_holders *nr_holders_new(const nr_env *env)
{
    nr_holders *h = env->alloc(sizeof *h);
    *h = (nr_holders){.env = env, .values = nr_rows_new(env)};
    nr_noted_init(&h->changed, env);
    nr_rows_epoch(h->values); /* from the first value on, numbers are kept */
    return h;
}

void nr_holders_free(nr_holders *h)
{
    if (!h) return;
    nr_rows_free(h->values);
    nr_noted_clear(&h->changed);
    if (h->number.at) h->env->free(h->number.at);
    if (h->row.at) h->env->free(h->row.at);
    h->env->free(h);
}

void nr_holders_change(nr_holders *h, uint32_t row)
{
    if (h->known) h->known = nr_noted_add(&h->changed, row, h->number.n);
}

static uint32_t get(const places *p, uint32_t i)
{
    return i < p->n ? p->at[i] : NR_NO_ROW;
}

static void put(nr_holders *h, places *p, uint32_t i, uint32_t what)
{
    if (i >= p->n) {
        uint32_t more = p->n + p->n / 4;
        if (more <= i) more = i + 1;
        p->at = p->at ? h->env->realloc(p->at, more * sizeof *p->at) : h->env->alloc(more * sizeof *p->at);
        memset(p->at + p->n, 0xff, (more - p->n) * sizeof *p->at);
        p->n = more;
    }
    p->at[i] = what;
}

/* A sync in the middle of its way. */
typedef struct look {
    const nr_table *table;
    const nr_column *column, *pks;
    const nr_spec *spec;
    nr_arena scratch;
} look;

/* The directory keeps the number of a value that is dropped for as long as somebody may mean it. */
static void leave(nr_holders *h, uint32_t row)
{
    uint32_t number = get(&h->number, row);
    if (number == NR_NO_ROW) return;
    h->number.at[row] = NR_NO_ROW;
    if (get(&h->row, number) != row) return;
    h->row.at[number] = NR_NO_ROW;
    nr_rows_drop(h->values, nr_rows_pk(h->values, number));
}

static bool is_lower(const look *l, uint32_t a, uint32_t b)
{
    nr_value x = nr_column_get(l->pks, a), y = nr_column_get(l->pks, b);
    return nr_value_cmp(&x, &y) < 0;
}

static void take(nr_holders *h, look *l, uint32_t row)
{
    nr_value v = nr_table_has(l->table, row) ? nr_column_get(l->column, row) : NR_NULL;
    if (v.kind == NR_V_NULL) return;
    nr_mark mark = nr_arena_mark(&l->scratch);
    uint32_t number = nr_rows_intern(h->values, nr_type_text(l->spec, &v, &l->scratch));
    nr_arena_rewind(&l->scratch, mark);
    if (number == NR_NO_ROW) return;
    uint32_t other = get(&h->row, number);
    bool twice = other != NR_NO_ROW && other != row;
    put(h, &h->number, row, number);
    h->shared = h->shared || twice;
    if (!twice || is_lower(l, row, other)) put(h, &h->row, number, row);
}

static void sync_all(nr_holders *h, look *l)
{
    for (uint32_t row = 0; row < h->number.n; row++) leave(h, row);
    h->shared = false;
    for (uint32_t row = nr_table_next(l->table, 0); row != NR_NO_ROW; row = nr_table_next(l->table, row + 1)) take(h, l, row);
}

void nr_holders_sync(nr_holders *h, const nr_table *t, const nr_column *column, const nr_spec *spec)
{
    if (h->known && !h->changed.n) return;
    look l = {.table = t, .column = column, .pks = nr_table_column(t, 0), .spec = spec};
    nr_arena_init(&l.scratch, h->env);
    if (h->known && !h->shared) {
        for (size_t i = 0; i < h->changed.n; i++) leave(h, h->changed.rows[i]);
        for (size_t i = 0; i < h->changed.n; i++) take(h, &l, h->changed.rows[i]);
    } else {
        sync_all(h, &l);
    }
    h->known = true;
    h->changed.n = 0;
    nr_arena_clear(&l.scratch);
}

nr_rows *nr_holders_values(const nr_holders *h)
{
    return h->values;
}

uint32_t nr_holders_row(const nr_holders *h, uint32_t number)
{
    return get(&h->row, number);
}

uint32_t nr_holders_find(const nr_holders *h, nr_slice value)
{
    return get(&h->row, nr_rows_find(h->values, value));
}

uint32_t nr_holders_number(const nr_holders *h, uint32_t row)
{
    uint32_t number = get(&h->number, row);
    return get(&h->row, number) == row ? number : NR_NO_ROW;
}

size_t nr_holders_bytes(const nr_holders *h)
{
    return sizeof *h + nr_rows_bytes(h->values) + (h->number.n + h->row.n) * sizeof *h->row.at + nr_noted_bytes(&h->changed);
}

bool nr_holders_valid(const nr_holders *h, nr_buf *why)
{
    for (uint32_t number = 0; number < h->row.n; number++) {
        uint32_t row = h->row.at[number];
        if (row == NR_NO_ROW || (get(&h->number, row) == number && nr_rows_pk(h->values, number).p)) continue;
        nr_buf_printf(why, "value %u is held by row %u, which has another one", number, row);
        return false;
    }
    return nr_rows_valid(h->values, why);
}
