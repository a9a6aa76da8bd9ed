/* t_join_random.c -- random filters through relations, and queries in queries, against a reading of the contract that tries every choice of related entities; and the order
 * that the model gives to what they find. SEED=s JOINS=rounds. */
#include "graph.h"

enum { LEAVES = 6 };

typedef enum lookup { EXACT, LT, GTE, ISNULL, STARTSWITH, IN, LOOKUPS } lookup;
static const char *const lookup_names[LOOKUPS] = {"exact", "lt", "gte", "isnull", "startswith", "in"};

typedef struct leaf {
    int model;             /* where the path begins */
    const hop *path[DEPTH];
    size_t n_hops;
    bool plain;            /* references of D to A are not written: names of A are D's too */
    unsigned field;
    lookup lookup;
    int operand;
    struct subquery *query; /* IN: what it gives, in place of the operand; NULL: there is none */
} leaf;

typedef struct node {
    enum { AND, OR, NOT, LEAF } op;
    size_t n;
    struct node *kids;
    leaf leaf;
} node;

/* The field of those of a model that a tree holds for. */
typedef struct subquery {
    int model;
    unsigned field;
    node where;
} subquery;

/* -- making ------------------------------------------------------------------------------------------------------------------------------- */

static int end_of(const leaf *l)
{
    return l->n_hops ? l->path[l->n_hops - 1]->to : l->model;
}

static node random_node(graph *g, nr_arena *a, int model, int depth, int *left);

/* Of a field whose values can be compared with those of the leaf's. j.B has a pk of texts. */
static subquery *random_query(graph *g, nr_arena *a, const leaf *l, int depth)
{
    int left = 2, end = end_of(l);
    bool is_text = l->field == ON_S || (l->field == ON_PK && end == B) || (l->field == ON_REF && end == C);
    subquery *q = NR_NEW(a, subquery);
    q->model = (int)dice_below(&g->d, MODELS);
    bool text_key = q->model == B, text_ref = q->model == C;
    do q->field = (unsigned)dice_below(&g->d, 4);
    while (is_text != (q->field == ON_S || (q->field == ON_PK && text_key) || (q->field == ON_REF && text_ref)));
    q->where = random_node(g, a, q->model, depth, &left);
    return q;
}

static leaf random_leaf(graph *g, nr_arena *a, int model, int depth)
{
    leaf l = {.model = model, .operand = (int)dice_below(&g->d, 4), .plain = dice_chance(&g->d, 70)};
    while (l.n_hops < DEPTH && dice_chance(&g->d, 65)) {
        const hop *h = &graph_hops[dice_below(&g->d, COUNT(graph_hops))];
        if (h->from == end_of(&l)) l.path[l.n_hops++] = h;
    }
    l.field = (unsigned)dice_below(&g->d, 4);
    do l.lookup = (lookup)dice_below(&g->d, LOOKUPS);
    while (l.lookup == STARTSWITH && l.field != ON_S);
    if (depth && dice_chance(&g->d, 12)) {
        l.lookup = IN;
        l.query = random_query(g, a, &l, depth - 1);
    }
    return l;
}

static node random_node(graph *g, nr_arena *a, int model, int depth, int *left)
{
    node n = {.op = LEAF};
    if (depth && *left > 1 && dice_chance(&g->d, 70)) n.op = dice_chance(&g->d, 20) ? NOT : dice_chance(&g->d, 55) ? AND : OR;
    if (n.op == LEAF) {
        --*left;
        n.leaf = random_leaf(g, a, model, depth);
        return n;
    }
    n.n = n.op == NOT ? 1 : 2 + dice_below(&g->d, 2);
    n.kids = NR_NEW_N(a, node, n.n);
    for (size_t i = 0; i < n.n; i++) n.kids[i] = random_node(g, a, model, depth - 1, left);
    return n;
}

/* -- writing down -------------------------------------------------------------------------------------------------------------------------- */

static void path_text(const leaf *l, text *out)
{
    bool key = l->plain && l->n_hops && graph_is_up(l->path[l->n_hops - 1]) && l->field == ON_PK;
    for (size_t i = 0; i < l->n_hops; i++)
        if (!l->plain || !graph_is_up(l->path[i])) text_addf(out, "%s__", l->path[i]->name);
    text_addf(out, "%s__%s", key ? "id" : graph_fields[end_of(l)][l->field], lookup_names[l->lookup]);
}

static void json_text(const node *n, text *out);

static void operand_text(const leaf *l, bool json, text *out)
{
    const char *quote = json && l->field == ON_S ? "\"" : "";
    if (l->query) {
        text_addf(out, "{\"query\":{\"model\":\"%s\",\"field\":\"%s\",\"q\":", graph_names[l->query->model], graph_fields[l->query->model][l->query->field]);
        json_text(&l->query->where, out);
        text_addf(out, "}}");
    } else if (l->lookup == ISNULL) text_addf(out, "%s", l->operand % 2 ? "true" : "false");
    else if (l->lookup == IN && l->field == ON_S) text_addf(out, "[\"%s\",\"x\"]", graph_texts[l->operand]);
    else if (l->lookup == IN) text_addf(out, "[%d,99]", l->operand);
    else if (l->field == ON_S) text_addf(out, "%s%s%s", quote, graph_texts[l->operand], quote);
    else text_addf(out, "%d", l->operand);
}

static void json_text(const node *n, text *out)
{
    if (n->op == LEAF) {
        text_addf(out, "{\"");
        path_text(&n->leaf, out);
        text_addf(out, "\":");
        operand_text(&n->leaf, true, out);
    } else {
        text_addf(out, n->op == NOT ? "{\"not\":" : n->op == AND ? "{\"and\":[" : "{\"or\":[");
        for (size_t i = 0; i < n->n; i++) {
            if (i) text_addf(out, ",");
            json_text(&n->kids[i], out);
        }
        if (n->op != NOT) text_addf(out, "]");
    }
    text_addf(out, "}");
}

/* -- reading the contract ------------------------------------------------------------------------------------------------------------------- */

/* A choice of related entities for one relation that several can meet. */
typedef struct choice {
    const hop *path[DEPTH];
    size_t n_hops;
    place at;
} choice;

typedef struct choices {
    choice at[LEAVES * DEPTH * 2];
    size_t n;
} choices;

static choice *find_choice(choices *c, const leaf *l, size_t n_hops)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].n_hops == n_hops && memcmp(c->at[i].path, l->path, n_hops * sizeof *l->path) == 0) return &c->at[i];
    return NULL;
}

static place walk(const graph *g, choices *c, const hop *const *path, size_t n_hops, place from)
{
    leaf prefix = {0};
    if (n_hops) memcpy(prefix.path, path, n_hops * sizeof *path);
    for (size_t i = 0; i < n_hops; i++) {
        if (path[i]->back) from = find_choice(c, &prefix, i + 1)->at;
        else from = from.e ? graph_entity(g, path[i]->to, from.e->ref) : graph_nobody(path[i]->to);
    }
    return from;
}

static bool compare_numbers(const leaf *l, int v, bool null)
{
    switch (l->lookup) {
    case EXACT: return !null && v == l->operand;
    case LT: return !null && v < l->operand;
    case GTE: return !null && v >= l->operand;
    case IN: return !null && (v == l->operand || v == 99);
    case ISNULL: return null == (l->operand % 2 == 1);
    case STARTSWITH:
    case LOOKUPS: break;
    }
    return false;
}

static bool compare_texts(const leaf *l, const char *v)
{
    const char *o = graph_texts[l->operand];
    switch (l->lookup) {
    case EXACT: return v && strcmp(v, o) == 0;
    case LT: return v && strcmp(v, o) < 0;
    case GTE: return v && strcmp(v, o) >= 0;
    case IN: return v && (strcmp(v, o) == 0 || strcmp(v, "x") == 0);
    case STARTSWITH: return v && strncmp(v, o, strlen(o)) == 0;
    case ISNULL: return !v == (l->operand % 2 == 1);
    case LOOKUPS: break;
    }
    return false;
}

static bool exists(const graph *g, const node *n, place root);

/* Whether a value is among those that the query gives; is_text: it is one of texts, else a number, of which keys are the texts too. */
static bool among(const graph *g, const subquery *q, int v, bool is_text)
{
    bool found = false;
    for (int pk = 1; !found && pk <= ROWS && v >= 0; pk++) {
        place p = graph_entity(g, q->model, pk);
        if (p.e && is_text == (q->field == ON_S) && graph_value(p, q->field) == v) found = exists(g, &q->where, p);
    }
    return found;
}

static bool leaf_true(const graph *g, choices *c, const leaf *l, place root)
{
    size_t n = l->n_hops;
    bool reference = l->field == ON_PK && n && !l->path[n - 1]->back; /* the primary key behind a reference is what it holds */
    place p = walk(g, c, l->path, reference ? n - 1 : n, root);
    bool held = l->field == ON_PK && n && l->path[n - 1]->many;
    if (l->query) return among(g, l->query, held ? (p.held ? p.held : -1) : graph_value(p, reference ? ON_REF : l->field), l->field == ON_S);
    if (reference || l->field == ON_REF) return compare_numbers(l, p.e ? p.e->ref : 0, !p.e || !p.e->ref);
    if (held) return compare_numbers(l, p.held, !p.held);
    if (l->field == ON_PK) return compare_numbers(l, p.pk, !p.e);
    if (l->field == ON_N) return compare_numbers(l, p.e ? p.e->n : -1, !p.e || p.e->n < 0);
    return compare_texts(l, p.e && p.e->s >= 0 ? graph_texts[p.e->s] : NULL);
}

static bool holds(const graph *g, choices *c, const node *n, place root)
{
    if (n->op == LEAF) return leaf_true(g, c, &n->leaf, root);
    if (n->op == NOT) return !exists(g, n->kids, root);
    for (size_t i = 0; i < n->n; i++)
        if (holds(g, c, &n->kids[i], root) == (n->op == OR)) return n->op == OR;
    return n->op == AND;
}

/* The relations that are chosen for, shorter paths first since they are met first. */
static void collect(const node *n, choices *c)
{
    if (n->op == NOT) return;
    for (size_t i = 0; i < n->n; i++) collect(&n->kids[i], c);
    for (size_t k = 1; n->op == LEAF && k <= n->leaf.n_hops; k++) {
        if (!n->leaf.path[k - 1]->back || find_choice(c, &n->leaf, k)) continue;
        choice *fresh = &c->at[c->n++];
        memcpy(fresh->path, n->leaf.path, sizeof fresh->path);
        fresh->n_hops = k;
    }
}

static bool choose(const graph *g, choices *c, size_t at, const node *n, place root)
{
    if (at == c->n) return holds(g, c, n, root);
    choice *now = &c->at[at];
    const hop *last = now->path[now->n_hops - 1];
    place from = walk(g, c, now->path, now->n_hops - 1, root);
    bool any = false;
    for (int pk = 1; from.e && pk <= ROWS; pk++) {
        place to = graph_entity(g, last->to, pk);
        bool related = last->to == A ? g->related[from.pk][pk] : g->related[pk][from.pk];
        if (last->many ? !related : !to.e || to.e->ref != from.pk) continue;
        if (last->many) to.held = pk;
        any = true;
        now->at = to;
        if (choose(g, c, at + 1, n, root)) return true;
    }
    now->at = graph_nobody(last->to);
    return !any && choose(g, c, at + 1, n, root);
}

static bool exists(const graph *g, const node *n, place root)
{
    choices c = {.n = 0};
    collect(n, &c);
    return choose(g, &c, 0, n, root);
}

/* -- asking -------------------------------------------------------------------------------------------------------------------------------- */

/* A filter of one clause, or, with a second one, of two that do not stand together. */
static void ask(graph *g)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    int m = (int)dice_below(&g->d, MODELS), left = LEAVES;
    node trees[2];
    size_t n = 1 + dice_chance(&g->d, 30);
    text doc[2] = {{0}}, want = {0}, path = {0}, value = {0};
    nr_slice argv[16] = {NR_S("QUERY"), nr_slice_of(graph_names[m])};
    size_t argc = 2;
    trees[0] = random_node(g, &a, m, DEPTH, &left);
    json_text(&trees[0], &doc[0]);
    argv[argc++] = NR_S("Q");
    argv[argc++] = (nr_slice){doc[0].p, doc[0].n};
    if (n == 2) {
        bool not = dice_chance(&g->d, 50);
        node *inner = NR_NEW(&a, node);
        *inner = (node){.op = LEAF, .leaf = random_leaf(g, &a, m, 0)};
        path_text(&inner->leaf, &path);
        operand_text(&inner->leaf, false, &value);
        argv[argc++] = not ? NR_S("EXCLUDE") : NR_S("FILTER");
        argv[argc++] = (nr_slice){path.p, path.n};
        argv[argc++] = (nr_slice){value.p, value.n};
        trees[1] = not ? (node){.op = NOT, .n = 1, .kids = inner} : *inner;
    }
    bool by_model = graph_has_order(g, m) && dice_chance(&g->d, 50), reverse = dice_chance(&g->d, 30);
    int pks[ROWS];
    uint64_t count = 0;
    for (int pk = 1; pk <= ROWS; pk++) {
        place root = graph_entity(g, m, pk);
        bool in = root.e != NULL;
        for (size_t i = 0; in && i < n; i++) in = exists(g, &trees[i], root);
        if (in) pks[count++] = pk;
    }
    if (by_model) graph_sort(g, m, pks, count);
    for (uint64_t i = 0; i < count; i++) text_addf(&want, m == B ? "%s\"%d\"" : "%s#%d", i ? "," : "[", pks[reverse ? count - 1 - i : i]);
    text_addf(&want, count ? "]" : "[]");
    argv[0] = NR_S("COUNT");
    const char *got = world_run(g->w, argv, argc);
    if (got[0] != ':' || strtoull(got + 1, NULL, 10) != count)
        fail_msg("COUNT %s Q %s %s %s\n  gives %s\n  not   %s", graph_names[m], doc[0].p, path.p ? path.p : "", value.p ? value.p : "", got, want.p);
    argv[0] = NR_S("QUERY");
    const nr_slice shape[] = {NR_S("FIELDS"), NR_S("pk"), NR_S("FLAT")};
    memcpy(argv + argc, shape, sizeof shape);
    argc += COUNT(shape);
    if (reverse) argv[argc++] = NR_S("REVERSE");
    if (!by_model) argv[argc++] = NR_S("ORDER"), argv[argc++] = NR_S("pk");
    got = world_run(g->w, argv, argc);
    if (strcmp(got, want.p) != 0)
        fail_msg("QUERY %s Q %s %s %s%s%s\n  gives %s\n  not   %s", graph_names[m], doc[0].p, path.p ? path.p : "", value.p ? value.p : "", by_model ? " by the model" : "",
                 reverse ? " REVERSE" : "", got, want.p);
    free(doc[0].p), free(want.p), free(path.p), free(value.p);
    nr_arena_clear(&a);
}

static void every_filter_finds_what_trying_all_choices_finds(void **state)
{
    (void)state;
    graph_play(ask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_filter_finds_what_trying_all_choices_finds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
