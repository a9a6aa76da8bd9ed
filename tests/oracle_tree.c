/* oracle_tree.c -- random trees of conditions, what they are true of, and their texts. */
#include "oracle_tree.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { DEEPEST = 3 };

/* -- comparisons -------------------------------------------------------------------------------------------------------------------------- */

bool ofield_is_exact(const ofield *f)
{
    return f->type->shape == O_NUM && (f->type->mark == '#' || otype_is(f->type, "decimal"));
}

bool ofields_comparable(const ofield *a, const ofield *b)
{
    if (a->type->container || a->type->json == O_JSON_BASE64 || otype_is(a->type, "json")) return false;
    return a->type == b->type || (ofield_is_exact(a) && ofield_is_exact(b) && a->type->scale <= 12 && b->type->scale <= 12);
}

static big power10(int n)
{
    return n > 0 ? 10 * power10(n - 1) : 1;
}

static const ofield *key_field(const omodel *m, const okey *k)
{
    return &opath_end(m, &k->path)->fields[k->field];
}

static bool compare_holds(const omodel *m, const ocompare *c, const orow *row)
{
    const ofield *f = key_field(m, &c->left), *other = key_field(m, &c->right);
    oval left = *opath_value(m, &c->left.path, c->left.field, row), right = *opath_value(m, &c->right.path, c->right.field, row);
    bool negated = c->mark[0] == '!', exact = ofield_is_exact(f);
    if (left.null || right.null) return negated;
    if (exact) right.num += c->more * power10(other->type->scale);
    if (exact && f->type->scale < other->type->scale) left.num *= power10(other->type->scale - f->type->scale);
    if (exact && other->type->scale < f->type->scale) right.num *= power10(f->type->scale - other->type->scale);
    int r = oval_cmp(f->type, &left, &right);
    bool equal = r == 0 && strchr(c->mark, '=') && !negated, beside = (r < 0 && c->mark[0] == '<') || (r > 0 && c->mark[0] == '>');
    return negated ? r != 0 : equal || beside;
}

static okey random_side(dice *d, const omodel *m)
{
    okey k = {.field = 0};
    if (dice_chance(d, 50)) random_way(d, m, false, &k.path);
    k.field = dice_below(d, opath_end(m, &k.path)->n_fields);
    opath_shorten(m, &k.path, &k.field);
    return k;
}

static bool random_compare(dice *d, const omodel *m, ocompare *c)
{
    static const char *const marks[] = {"=", "!=", "<", "<=", ">", ">="};
    *c = (ocompare){.left = random_side(d, m), .mark = marks[dice_below(d, COUNT(marks))]};
    const ofield *f = key_field(m, &c->left);
    for (int tries = 0; tries < 5; tries++) {
        c->right = random_side(d, m);
        if (!ofields_comparable(f, key_field(m, &c->right))) continue;
        if (ofield_is_exact(f) && dice_chance(d, 40)) c->more = (int)dice_below(d, 9) - 4;
        return true;
    }
    return false;
}

/* -- trees -------------------------------------------------------------------------------------------------------------------------------- */

/* Keys that a path of WHERE cannot name. */
static bool is_plain(const oleaf *l)
{
    for (size_t i = 0; i < l->n_steps; i++)
        for (size_t k = 0; k < l->steps[i].key.n; k++)
            if ((unsigned char)l->steps[i].key.p[k] <= ' ' || strchr("()=!<>|&~$,'\"+*/%\x7f", l->steps[i].key.p[k])) return false;
    return true;
}

static otree *random_node(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, bool compares, int depth)
{
    otree *t = NR_NEW(a, otree);
    if (depth && dice_chance(d, 60)) {
        t->op = "&|!"[dice_below(d, 3)];
        t->n = t->op == '!' ? 1 : 2 + dice_below(d, 2);
        for (size_t i = 0; i < t->n; i++) t->kids[i] = random_node(d, a, m, focus, compares, depth - 1);
        return t;
    }
    t->op = compares && dice_chance(d, 20) && random_compare(d, m, &t->compare) ? 'c' : 'l';
    if (t->op == 'c') return t;
    oleaf *l = NR_NEW(a, oleaf);
    do random_leaf(d, a, m, focus, l);
    while (!is_plain(l));
    t->leaf = l;
    return t;
}

const otree *random_tree(dice *d, nr_arena *a, const omodel *m, const ofocus *focus, bool compares)
{
    const otree *t;
    do t = random_node(d, a, m, focus, compares, (int)dice_below(d, DEEPEST + 1));
    while (!otree_is_quick(m, t));
    return t;
}

/* -- what it is true of ------------------------------------------------------------------------------------------------------------------- */

enum { CHOICES_MOST = 4, CHOICES_MAX = 27 * OHOPS_MAX, WORK_MOST = 30000 };

/* A related row for one relation that can lead to several: the last hop of a path. NULL: none, or nobody is there. */
typedef struct ochoice {
    const opath *path;
    size_t n;
    const orow *row;
} ochoice;

typedef struct ochoices {
    const omodel *m;
    const orow *root;
    nr_arena *a;
    ochoice at[CHOICES_MAX];
    size_t n;
} ochoices;

static ochoice *find_choice(ochoices *c, const opath *p, size_t n)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].n == n && opath_eq(c->at[i].path, p, n)) return &c->at[i];
    return NULL;
}

/* What has to be chosen, shorter paths first. */
static void collect(ochoices *c, const otree *t, bool nots)
{
    if (t->op == '!' && !nots) return;
    for (size_t i = 0; i < t->n; i++) collect(c, t->kids[i], nots);
    for (size_t k = 1; t->op == 'l' && k <= t->leaf->path.n; k++)
        if (t->leaf->path.hops[k - 1].back && !find_choice(c, &t->leaf->path, k)) c->at[c->n++] = (ochoice){&t->leaf->path, k, NULL};
}

static const orow *walk(ochoices *c, const opath *p, size_t n)
{
    const orow *row = c->root;
    const omodel *m = c->m;
    for (size_t i = 0; i < n; i++) {
        opath one = {{p->hops[i]}, 1};
        row = p->hops[i].back ? find_choice(c, p, i + 1)->row : opath_follow(m, &one, row);
        m = &c->m->all[p->hops[i].to];
    }
    return row;
}

static bool leaf_holds(ochoices *c, const oleaf *l)
{
    const opath none = {.n = 0};
    const omodel *end = opath_end(c->m, &l->path);
    return oleaf_holds(&end->fields[l->field], l, opath_value(end, &none, l->field, walk(c, &l->path, l->path.n)), c->a);
}

static bool tree_holds(ochoices *c, const otree *t)
{
    if (t->op == 'l') return leaf_holds(c, t->leaf);
    if (t->op == 'c') return compare_holds(c->m, &t->compare, c->root);
    if (t->op == '!') return !otree_holds(c->m, t->kids[0], c->root, c->a);
    for (size_t i = 0; i < t->n; i++)
        if (tree_holds(c, t->kids[i]) == (t->op == '|')) return t->op == '|';
    return t->op == '&';
}

/* Whether it holds with some choice from the at-th on. Where nothing can be chosen, it is asked about nobody. */
static bool choose(ochoices *c, const otree *t, size_t at)
{
    if (at == c->n) return tree_holds(c, t);
    ochoice *now = &c->at[at];
    const ohop *last = &now->path->hops[now->n - 1];
    const orow *from = walk(c, now->path, now->n - 1);
    size_t place = 0, any = 0;
    for (; from && (now->row = ohop_next(c->m, last, from, &place)); any++)
        if (choose(c, t, at + 1)) return true;
    now->row = NULL;
    return !any && choose(c, t, at + 1);
}

bool otree_holds(const omodel *m, const otree *t, const orow *row, nr_arena *a)
{
    ochoices c = {.m = m, .root = row, .a = a};
    collect(&c, t, false);
    return choose(&c, t, 0);
}

/* Goes through the choices as choose does where nothing is true. */
static void count(ochoices *c, size_t at, size_t *work)
{
    if (++*work > WORK_MOST || at == c->n) return;
    ochoice *now = &c->at[at];
    const orow *from = walk(c, now->path, now->n - 1);
    size_t place = 0, any = 0;
    now->row = NULL;
    for (; from && *work <= WORK_MOST && (now->row = ohop_next(c->m, &now->path->hops[now->n - 1], from, &place)); any++) count(c, at + 1, work);
    if (!any) count(c, at + 1, work);
}

bool otree_is_quick(const omodel *m, const otree *t)
{
    ochoices c = {.m = m};
    size_t work = 0;
    collect(&c, t, true);
    for (size_t i = 0; c.n && i < m->n_rows && work <= WORK_MOST; i++) {
        c.root = &m->rows[i];
        count(&c, 0, &work);
    }
    return c.n <= CHOICES_MOST && work <= WORK_MOST;
}

bool otree_compares(const otree *t)
{
    bool found = t->op == 'c';
    for (size_t i = 0; i < t->n; i++) found = found || otree_compares(t->kids[i]);
    return found;
}

void otree_json(dice *d, const omodel *m, const otree *t, text *out)
{
    if (t->op == 'l') {
        leaf_json(d, m, t->leaf, out);
        return;
    }
    text_add(out, t->op == '!' ? NR_S("{\"not\":") : t->op == '&' ? NR_S("{\"and\":[") : NR_S("{\"or\":["));
    for (size_t i = 0; i < t->n; i++) {
        if (i) text_add(out, NR_S(","));
        otree_json(d, m, t->kids[i], out);
    }
    text_add(out, t->op == '!' ? NR_S("}") : NR_S("]}"));
}

/* -- WHERE -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct writer {
    dice *d;
    const omodel *m;
    text out;
    nr_slice params[64];
    size_t n_params;
    nr_arena *a;
} writer;

static void space(writer *w)
{
    static const char *const spaces[] = {"", " ", " ", "  ", "\n\t"};
    text_add(&w->out, nr_slice_of(spaces[dice_below(w->d, COUNT(spaces))]));
}

static void quoted(writer *w, nr_slice s)
{
    text_add(&w->out, NR_S("'"));
    for (size_t i = 0; i < s.n; i++) text_add(&w->out, s.p[i] == '\'' ? NR_S("''") : (nr_slice){s.p + i, 1});
    text_add(&w->out, NR_S("'"));
}

static bool has_room(const writer *w)
{
    return w->n_params + 8 < COUNT(w->params);
}

static void param(writer *w, text *value)
{
    text_addf(&w->out, "$p%zu", w->n_params);
    w->params[w->n_params++] = text_taken(value, w->a);
}

/* What JSON would have there, which is never an object or an array. */
static void literal(writer *w, const otype *t, const oval *v)
{
    text json = {0}, spelled = {0};
    oval_json(t, w->d, v, &json);
    if (json.p[0] != '"') {
        text_add(&w->out, (nr_slice){json.p, json.n});
    } else if (t->json == O_JSON_BASE64) {
        quoted(w, (nr_slice){json.p + 1, json.n - 2});
    } else if (v->kind == 's') {
        quoted(w, v->string);
    } else {
        t->spell(t, w->d, v, &spelled);
        quoted(w, (nr_slice){spelled.p, spelled.n});
    }
    free(json.p);
    free(spelled.p);
}

static bool is_literal(const otype *t, const oval *v)
{
    return t->json != O_JSON_ITSELF || (v->kind && strchr("nsb0", v->kind) && otype_is(t, "json"));
}

static void item(writer *w, const otype *t, const oval *v)
{
    text spelled = {0};
    if (is_literal(t, v) && (v->null || !has_room(w) || dice_chance(w->d, 70))) {
        literal(w, t, v);
        return;
    }
    t->spell(t, w->d, v, &spelled);
    param(w, &spelled);
}

static bool may_be_listed(const otype *t, const oleaf *l)
{
    for (size_t i = 0; i < l->n_args; i++)
        if (!is_literal(t, &l->args[i])) return false;
    return true;
}

static void operand(writer *w, const oleaf *l)
{
    const otype *t = oleaf_operand(oleaf_field(w->m, l), l);
    bool listed = l->lookup->arg == O_LIST || l->lookup->arg == O_PAIR, text_alone = l->lookup->takes == O_TEXT;
    bool given = listed ? !may_be_listed(t, l) : l->lookup->arg == O_ONE && !text_alone && !is_literal(t, &l->args[0]);
    if (given || (has_room(w) && dice_chance(w->d, 35))) {
        text value = {0};
        operand_text(w->d, t, l, &value);
        param(w, &value);
    } else if (l->lookup->arg == O_TRUTH) {
        text_add(&w->out, l->truth ? NR_S("true") : NR_S("false"));
    } else if (text_alone) {
        quoted(w, l->args[0].bytes);
    } else if (!listed) {
        literal(w, t, &l->args[0]);
    } else {
        text_add(&w->out, NR_S("("));
        for (size_t i = 0; i < l->n_args; i++) {
            if (i) text_add(&w->out, NR_S(","));
            space(w);
            item(w, t, &l->args[i]);
        }
        text_add(&w->out, NR_S(")"));
    }
}

/* A path and its mark: where the lookup has one the path may go without it. */
static void leaf(writer *w, const oleaf *l, bool negated)
{
    static const char *const names[] = {"lt", "lte", "gt", "gte"}, *const marks[] = {"<", "<=", ">", ">="};
    const char *mark = negated ? "!=" : "=";
    oleaf bare = *l;
    for (size_t i = 0; i < COUNT(names); i++)
        if (!strcmp(l->lookup->name, names[i]) && dice_chance(w->d, 80)) mark = marks[i];
    if (strcmp(mark, "=") != 0) bare.lookup = NULL;
    leaf_path(w->d, w->m, &bare, &w->out);
    space(w);
    text_add(&w->out, nr_slice_of(mark));
    space(w);
    operand(w, l);
}

static void side(writer *w, const okey *k)
{
    opath_print(w->d, w->m, &k->path, &w->out);
    text_add(&w->out, !k->field && !w->m->columns && dice_chance(w->d, 40) ? NR_S("pk") : nr_slice_of(key_field(w->m, k)->name));
}

static void compare(writer *w, const ocompare *c)
{
    side(w, &c->left);
    text_addf(&w->out, " %s F(", c->mark);
    side(w, &c->right);
    text_add(&w->out, NR_S(")"));
    if (c->more) text_addf(&w->out, c->more < 0 ? " - %d" : " + %d", abs(c->more));
}

static void tree(writer *w, const otree *t);

static void inside(writer *w, const otree *t)
{
    bool brackets = (t->op == '&' || t->op == '|') || dice_chance(w->d, 15);
    if (brackets) text_add(&w->out, NR_S("("));
    tree(w, t);
    if (brackets) text_add(&w->out, NR_S(")"));
}

/* `and` binds closer than `or`: an AND inside an OR may do without parentheses. */
static void chain(writer *w, const otree *t)
{
    static const char *const marks[2][3] = {{" and ", "&", " AND "}, {" or ", "|", " Or "}};
    for (size_t i = 0; i < t->n; i++) {
        if (i) text_add(&w->out, nr_slice_of(marks[t->op == '|'][dice_below(w->d, 3)]));
        if (t->op == '|' && t->kids[i]->op == '&' && dice_chance(w->d, 50)) tree(w, t->kids[i]);
        else inside(w, t->kids[i]);
    }
}

static void tree(writer *w, const otree *t)
{
    static const char *const nots[] = {"not ", "~", "NOT  "};
    bool unequal = t->op == '!' && t->kids[0]->op == 'l' && !strcmp(t->kids[0]->leaf->lookup->name, "exact");
    if (t->op == 'l') {
        leaf(w, t->leaf, false);
    } else if (t->op == 'c') {
        compare(w, &t->compare);
    } else if (unequal && dice_chance(w->d, 50)) {
        leaf(w, t->kids[0]->leaf, true);
    } else if (t->op == '!') {
        text_add(&w->out, nr_slice_of(nots[dice_below(w->d, COUNT(nots))]));
        inside(w, t->kids[0]);
    } else {
        chain(w, t);
    }
}

void otree_where(dice *d, const omodel *m, const otree *t, oargs *out)
{
    writer w = {.d = d, .m = m, .a = out->arena};
    tree(&w, t);
    oargs_take(out, &w.out);
    if (w.n_params) oargs_word(out, "PARAMS");
    for (size_t i = 0; i < w.n_params; i++) {
        oargs_add(out, nr_slice_of(nr_arena_printf(out->arena, "p%zu", i).p));
        oargs_add(out, w.params[i]);
    }
}
