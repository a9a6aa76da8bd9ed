/* oracle_pairs.c -- all choices of related rows, one by one. */
#include "oracle_pairs.h"

static size_t find(const ojoin *j, const opath *p, size_t n)
{
    size_t i = 0;
    while (i < j->n && !(j->lengths[i] == n && opath_eq(j->paths[i], p, n))) i++;
    return i;
}

void ojoin_path(ojoin *j, const opath *p)
{
    for (size_t k = 1; k <= p->n; k++) {
        if (!p->hops[k - 1].back || find(j, p, k) < j->n) continue;
        j->crowded = j->crowded || j->n == OWITH_MAX;
        if (j->crowded) return;
        j->paths[j->n] = p;
        j->lengths[j->n++] = k;
    }
}

void ojoin_tree(ojoin *j, const otree *t)
{
    if (t->op == 'l') ojoin_path(j, &t->leaf->path);
    for (size_t i = 0; i < t->n; i++) ojoin_tree(j, t->kids[i]);
}

/* Who is at the end of the first n hops. */
static const orow *walk(const ojoin *j, const opair *p, const opath *path, size_t n)
{
    const orow *row = p->row;
    const omodel *m = j->m;
    for (size_t i = 0; i < n; i++) {
        opath one = {{path->hops[i]}, 1};
        row = path->hops[i].back ? p->with[find(j, path, i + 1)] : opath_follow(m, &one, row);
        m = &j->m->all[path->hops[i].to];
    }
    return row;
}

typedef struct pairing {
    const ojoin *j;
    opair now, *out;
    size_t n, most;
} pairing;

static void choose(pairing *x, size_t at)
{
    if (x->n > x->most) return;
    if (at == x->j->n) {
        if (x->out) x->out[x->n] = x->now;
        x->n++;
        return;
    }
    const opath *path = x->j->paths[at];
    size_t hops = x->j->lengths[at], place = 0, any = 0;
    const orow *from = walk(x->j, &x->now, path, hops - 1);
    for (const orow *row; from && (row = ohop_next(x->j->m, &path->hops[hops - 1], from, &place)); any++) {
        x->now.with[at] = row;
        choose(x, at + 1);
    }
    x->now.with[at] = NULL;
    if (!any) choose(x, at + 1);
}

size_t ojoin_pairs(const ojoin *j, const orow *const *rows, size_t n, opair *out, size_t most)
{
    pairing x = {.j = j, .out = out, .most = most};
    for (size_t i = 0; i < n; i++) {
        x.now = (opair){.row = rows[i]};
        choose(&x, 0);
    }
    return x.n;
}

const oval *opair_value(const ojoin *j, const opair *p, const opath *path, size_t field)
{
    static const oval nothing = {.null = true};
    const orow *row = walk(j, p, path, path->n);
    return row ? &row->v[field] : &nothing;
}

bool opair_holds(const ojoin *j, const opair *p, const otree *t, nr_arena *a)
{
    if (t->op == 'l') return oleaf_holds(oleaf_field(j->m, t->leaf), t->leaf, opair_value(j, p, &t->leaf->path, t->leaf->field), a);
    if (t->op == 'c') return otree_holds(j->m, t, p->row, a);
    if (t->op == '!') return !opair_holds(j, p, t->kids[0], a);
    for (size_t i = 0; i < t->n; i++)
        if (opair_holds(j, p, t->kids[i], a) == (t->op == '|')) return t->op == '|';
    return t->op == '&';
}
