/* oracle_update.c -- UPDATE: random changes of all that matches, and what the oracle foresees of them. */
#include <stdlib.h>

#include "oracle_game.h"
#include "oracle_tree.h"

typedef enum ochange_kind { O_KEEP, O_SET, O_NULL, O_EXPR } ochange_kind;

/* What becomes of a field; EXPR: of another one, and so much more. */
typedef struct ochange {
    ochange_kind kind;
    oval v;
    size_t other;
    int more;
} ochange;

static unsigned bit(nr_code code)
{
    return 1u << code;
}

static big power10(int n)
{
    return n > 0 ? 10 * power10(n - 1) : 1;
}

/* -- at random ---------------------------------------------------------------------------------------------------------------------------- */

static bool may_be_computed(const omodel *m, size_t f, size_t other)
{
    return !m->fields[f].relation && !m->fields[other].relation && ofields_comparable(&m->fields[f], &m->fields[other]);
}

static void random_change(game *g, const omodel *m, size_t at, ochange *c)
{
    const ofield *f = &m->fields[at];
    *c = (ochange){.kind = dice_chance(&g->d, 55) ? O_KEEP : dice_chance(&g->d, 40) ? O_EXPR : dice_chance(&g->d, 75) ? O_SET : O_NULL};
    c->other = dice_below(&g->d, m->n_fields);
    if (c->kind == O_NULL && !f->null && dice_chance(&g->d, 95)) c->kind = O_SET;
    if (c->kind == O_EXPR && !may_be_computed(m, at, c->other)) c->kind = O_SET;
    if (c->kind == O_EXPR && ofield_is_exact(f) && dice_chance(&g->d, 70)) c->more = (int)dice_below(&g->d, 7) - 3;
    if (c->kind == O_SET && f->unique && dice_chance(&g->d, 80)) c->kind = O_KEEP;
    if (c->kind == O_SET) random_field_value(m, at, &g->d, &g->arena, &c->v);
}

static void change_args(game *g, const omodel *m, size_t at, const ochange *c, oargs *out)
{
    static const char *const words[] = {"", "SET", "NULL", "EXPR"};
    text t = {0};
    oargs_word(out, words[c->kind]);
    oargs_word(out, m->fields[at].name);
    if (c->kind == O_SET) m->fields[at].type->spell(m->fields[at].type, &g->d, &c->v, &t);
    if (c->kind == O_EXPR) text_addf(&t, "F(%s)", m->fields[c->other].name);
    if (c->kind == O_EXPR && c->more) text_addf(&t, c->more < 0 ? " - %d" : "+%d", abs(c->more));
    if (c->kind != O_NULL) oargs_take(out, &t);
}

/* -- what is foreseen --------------------------------------------------------------------------------------------------------------------- */

/* Rounded half to even to what a decimal field keeps; of an integer field whole or a fault. */
static void take_number(const ofield *f, const ofield *other, big num, unsigned *faults, oval *out)
{
    big unit = power10(other->type->scale - f->type->places), rest = 0, whole = num;
    if (other->type->scale > f->type->places) {
        whole = num / unit;
        rest = num % unit;
        big twice = (rest < 0 ? -rest : rest) * 2;
        if (f->type->mark == '#' && rest) *faults |= bit(NR_E_BADVALUE);
        if (twice > unit || (twice == unit && whole % 2)) whole += rest < 0 ? -1 : 1;
    } else {
        whole *= power10(f->type->places - other->type->scale);
    }
    *out = (oval){.num = whole * power10(f->type->scale - f->type->places)};
    if (out->num < f->type->low || out->num > f->type->high) *faults |= bit(NR_E_BADVALUE);
}

static void compute(const omodel *m, size_t at, const ochange *c, const orow *before, unsigned *faults, oval *out)
{
    const ofield *f = &m->fields[at], *other = &m->fields[c->other];
    *out = before->v[c->other];
    if (out->null) return;
    if (ofield_is_exact(f)) take_number(f, other, out->num + c->more * power10(other->type->scale), faults, out);
    bool chosen = !f->n_choices;
    for (size_t i = 0; i < f->n_choices; i++) chosen = chosen || oval_cmp(f->type, out, &f->choices[i]) == 0;
    bool within = (!f->has_min || oval_cmp(f->type, out, &f->min) >= 0) && (!f->has_max || oval_cmp(f->type, out, &f->max) <= 0);
    if (!chosen || !within) *faults |= bit(NR_E_BADVALUE);
}

static unsigned change_row(game *g, const omodel *m, const ochange *changes, orow *row)
{
    const orow before = *row;
    unsigned faults = 0;
    for (size_t i = 1; i < m->n_fields; i++) {
        const ochange *c = &changes[i];
        if (c->kind == O_KEEP && m->fields[i].auto_now) row->v[i] = (oval){.num = m->fields[i].type->now(g->w.now_us)};
        if (c->kind == O_SET) row->v[i] = c->v;
        if (c->kind == O_NULL) row->v[i] = (oval){.null = true};
        if (c->kind == O_EXPR) compute(m, i, c, &before, &faults, &row->v[i]);
        if (c->kind != O_KEEP && row->v[i].null && !m->fields[i].null) faults |= bit(NR_E_NOTNULL);
    }
    return faults;
}

static int compare_values(const void *x, const void *y, void *type)
{
    return oval_cmp(type, x, y);
}

static bool collides(game *g, const omodel *m)
{
    oval *sorted = NR_NEW_N(&g->arena, oval, m->n_rows + 1);
    bool found = false;
    for (size_t f = 1; f < m->n_fields && !found; f++) {
        if (!m->fields[f].unique || !m->n_rows) continue;
        for (size_t i = 0; i < m->n_rows; i++) sorted[i] = m->rows[i].v[f];
        qsort_r(sorted, m->n_rows, sizeof *sorted, compare_values, (void *)(uintptr_t)m->fields[f].type);
        for (size_t i = 1; i < m->n_rows; i++)
            found = found || (!sorted[i].null && oval_cmp(m->fields[f].type, &sorted[i - 1], &sorted[i]) == 0);
    }
    return found;
}

void update_some(game *g, omodel *m)
{
    oquery q;
    ochange changes[OF_MAX] = {{O_KEEP, {.null = true}, 0, 0}};
    size_t n = 0, given = 0;
    unsigned faults = 0;
    random_query(&g->d, &g->arena, m, false, &q);
    oargs a = command(g, "UPDATE", m);
    if (!q.n_filters && !q.tree) oargs_word(&a, "ALL");
    filter_args(&g->d, m, &q, &a);
    for (size_t i = 1; i < m->n_fields; i++) {
        random_change(g, m, i, &changes[i]);
        if (changes[i].kind != O_KEEP) change_args(g, m, i, &changes[i], &a), given++;
    }
    if (!given) return;
    omodel_copy(&g->scratch, m);
    for (size_t i = 0; i < m->n_rows; i++) {
        if (!oracle_matches(m, &q, &m->rows[i], &g->arena)) continue;
        faults |= change_row(g, m, changes, &g->scratch.rows[i]);
        n++;
    }
    if (!faults && n && collides(g, &g->scratch)) faults = bit(NR_E_NOTUNIQUE);
    uint64_t before = world_digest(&g->w);
    const char *got = run(g, &a);
    text_clear(&g->want);
    if (!faults) text_addf(&g->want, ":%zu", n);
    for (nr_code code = NR_OK; code < NR_E_COUNT; code++)
        if (faults & bit(code)) text_addf(&g->want, "-%s ", nr_code_word(code));
    bool good = faults ? got[0] == '-' && (faults & bit(g->w.code)) : !strcmp(got, g->want.p);
    if (!good) differ(g, &a, got, g->want.p, "the update should have ended so");
    if (faults && !g->unsettled && world_digest(&g->w) != before) differ(g, &a, got, "", "the update failed and changed the store");
    if (!faults) omodel_copy(m, &g->scratch);
}
