/* t_join_random.c -- random filters through relations, and queries in queries, against a reading of the contract that tries every choice of related entities: three
 * models and one that extends the first, references that are NULL or lead nowhere, a many-to-many relation, indexes along references, writes by
 * commands and by others, to either hash of an entity that has two, restarts, a replica. SEED=s JOINS=rounds. */
#include "engine_check.h"

#include "oracle.h"
#include "plan/passes.h"

enum { A, B, C, D, MODELS, ROWS = 9, LEAVES = 6, DEPTH = 3 };

/* What an entity has: two values and a reference. D extends A: its reference is its own pk, and it has what A has by that. */
typedef struct entity {
    bool there;
    int n;      /* -1: NULL */
    int s;      /* of texts; -1: NULL */
    int ref;    /* pk of what it refers to, which need not be there; 0: NULL */
} entity;

typedef struct graph {
    world *w;
    dice d;
    entity rows[MODELS][ROWS + 1]; /* by pk, from 1 */
    bool related[ROWS + 1][ROWS + 1]; /* of C, to A, whether these are there or not */
} graph;

static const char *const names[MODELS] = {"j.A", "j.B", "j.C", "j.D"};
static const char *const fields[MODELS][4] = {{"n", "s", "up", "pk"}, {"n", "s", "a", "pk"}, {"n", "s", "b", "pk"}, {"m", "t", "a_ptr", "pk"}};
static const char *const texts[] = {"ab", "aB", "", "b"};

/* A step of a path: from a model by its reference, or back by that of another one. */
typedef struct hop {
    const char *name;
    int from, to;
    bool back;  /* to any number of entities */
    bool many;  /* by the relation between C and A */
} hop;

static const hop hops[] = {{"up", A, A, false, false}, {"downs", A, A, true, false}, {"bs", A, B, true, false}, {"a", B, A, false, false},
                           {"c_set", B, C, true, false}, {"b", C, B, false, false}, {"as", C, A, true, true}, {"cs", A, C, true, true},
                           {"d", A, D, true, false}, {"a_ptr", D, A, false, false}};

typedef enum lookup { EXACT, LT, GTE, ISNULL, STARTSWITH, IN, LOOKUPS } lookup;
static const char *const lookup_names[LOOKUPS] = {"exact", "lt", "gte", "isnull", "startswith", "in"};

enum { ON_N, ON_S, ON_REF, ON_PK };

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
        const hop *h = &hops[dice_below(&g->d, COUNT(hops))];
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

static bool is_up(const hop *h)
{
    return h->from == D;
}

static void path_text(const leaf *l, text *out)
{
    bool key = l->plain && l->n_hops && is_up(l->path[l->n_hops - 1]) && l->field == ON_PK;
    for (size_t i = 0; i < l->n_hops; i++)
        if (!l->plain || !is_up(l->path[i])) text_addf(out, "%s__", l->path[i]->name);
    text_addf(out, "%s__%s", key ? "id" : fields[end_of(l)][l->field], lookup_names[l->lookup]);
}

static void json_text(const node *n, text *out);

static void operand_text(const leaf *l, bool json, text *out)
{
    const char *quote = json && l->field == ON_S ? "\"" : "";
    if (l->query) {
        text_addf(out, "{\"query\":{\"model\":\"%s\",\"field\":\"%s\",\"q\":", names[l->query->model], fields[l->query->model][l->query->field]);
        json_text(&l->query->where, out);
        text_addf(out, "}}");
    } else if (l->lookup == ISNULL) text_addf(out, "%s", l->operand % 2 ? "true" : "false");
    else if (l->lookup == IN && l->field == ON_S) text_addf(out, "[\"%s\",\"x\"]", texts[l->operand]);
    else if (l->lookup == IN) text_addf(out, "[%d,99]", l->operand);
    else if (l->field == ON_S) text_addf(out, "%s%s%s", quote, texts[l->operand], quote);
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

/* What stands for an entity: NULL is one that has nothing and that nothing refers to. */
typedef struct place {
    int model;
    const entity *e;
    int pk;
    int held;   /* the pk by which a relation that is held elsewhere names it, there or not */
} place;

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

static place nobody(int model)
{
    return (place){model, NULL, 0, 0};
}

static place entity_at(const graph *g, int model, int pk)
{
    if (pk < 1 || pk > ROWS || !g->rows[model][pk].there) return nobody(model);
    return (place){model, &g->rows[model][pk], pk, 0};
}

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
        else from = from.e ? entity_at(g, path[i]->to, from.e->ref) : nobody(path[i]->to);
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
    const char *o = texts[l->operand];
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

/* What a field has, as a number or, of texts, their place in the table: -1 is NULL. */
static int value_at(place p, unsigned field)
{
    if (!p.e) return -1;
    return field == ON_PK ? p.pk : field == ON_REF ? (p.e->ref ? p.e->ref : -1) : field == ON_N ? p.e->n : p.e->s;
}

/* Whether a value is among those that the query gives; is_text: it is one of texts, else a number, of which keys are the texts too. */
static bool among(const graph *g, const subquery *q, int v, bool is_text)
{
    bool found = false;
    for (int pk = 1; !found && pk <= ROWS && v >= 0; pk++) {
        place p = entity_at(g, q->model, pk);
        if (p.e && is_text == (q->field == ON_S) && value_at(p, q->field) == v) found = exists(g, &q->where, p);
    }
    return found;
}

static bool leaf_true(const graph *g, choices *c, const leaf *l, place root)
{
    size_t n = l->n_hops;
    bool reference = l->field == ON_PK && n && !l->path[n - 1]->back; /* the primary key behind a reference is what it holds */
    place p = walk(g, c, l->path, reference ? n - 1 : n, root);
    bool held = l->field == ON_PK && n && l->path[n - 1]->many;
    if (l->query) return among(g, l->query, held ? (p.held ? p.held : -1) : value_at(p, reference ? ON_REF : l->field), l->field == ON_S);
    if (reference || l->field == ON_REF) return compare_numbers(l, p.e ? p.e->ref : 0, !p.e || !p.e->ref);
    if (held) return compare_numbers(l, p.held, !p.held);
    if (l->field == ON_PK) return compare_numbers(l, p.pk, !p.e);
    if (l->field == ON_N) return compare_numbers(l, p.e ? p.e->n : -1, !p.e || p.e->n < 0);
    return compare_texts(l, p.e && p.e->s >= 0 ? texts[p.e->s] : NULL);
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
        place to = entity_at(g, last->to, pk);
        bool related = last->to == A ? g->related[from.pk][pk] : g->related[pk][from.pk];
        if (last->many ? !related : !to.e || to.e->ref != from.pk) continue;
        if (last->many) to.held = pk;
        any = true;
        now->at = to;
        if (choose(g, c, at + 1, n, root)) return true;
    }
    now->at = nobody(last->to);
    return !any && choose(g, c, at + 1, n, root);
}

static bool exists(const graph *g, const node *n, place root)
{
    choices c = {.n = 0};
    collect(n, &c);
    return choose(g, &c, 0, n, root);
}

/* -- the game ------------------------------------------------------------------------------------------------------------------------------- */

static void define(graph *g)
{
    static const char *const indexed[] = {"", ",\"index\":true", ",\"column\":true"};
    for (int m = 0; m < D; m++) {
        static const char *const ref[D] = {"\"up\":{\"type\":\"fk\",\"to\":\"self\",\"null\":true,\"related_name\":\"downs\"}",
                                                "\"a\":{\"type\":\"fk\",\"to\":\"j.A\",\"null\":true,\"related_name\":\"bs\"}",
                                                "\"b\":{\"type\":\"fk\",\"to\":\"j.B\",\"null\":true},\"as\":{\"type\":\"m2m\",\"to\":\"j.A\",\"related_name\":\"cs\"}"};
        const char *got = world_dof(g->w,
                                    "MODEL SET %s '{\"fields\":{\"id\":{\"type\":\"%s\",\"pk\":true},\"n\":{\"type\":\"int\",\"null\":true%s},"
                                    "\"s\":{\"type\":\"char\",\"null\":true%s},%s}}'",
                                    names[m], m == B ? "char" : "int", indexed[dice_below(&g->d, 3)], indexed[dice_below(&g->d, 3)], ref[m]);
        if (strcmp(got, "+OK") != 0) fail_msg("%s", got);
    }
    const char *got = world_dof(g->w,
                                "MODEL SET j.D '{\"extends\":[\"j.A\"],\"fields\":{\"m\":{\"type\":\"int\",\"null\":true%s},"
                                "\"t\":{\"type\":\"char\",\"null\":true%s}}}'",
                                indexed[dice_below(&g->d, 3)], indexed[dice_below(&g->d, 3)]);
    if (strcmp(got, "+OK") != 0) fail_msg("%s", got);
}

/* An index along references, or one less. */
static void change_indexes(graph *g)
{
    static const char *const lookups[][3] = {{"lt", "exact", "isnull"}, {"exact", "startswith", "lt"}};
    int m = (int)dice_below(&g->d, MODELS), end = m;
    size_t depth = 1 + dice_below(&g->d, 3);
    text path = {0};
    for (size_t i = 0; i < depth; i++, end = end == C ? B : A) text_addf(&path, "%s__", fields[end][ON_REF]);
    unsigned field = (unsigned)dice_below(&g->d, 3);
    text_addf(&path, "%s", fields[end][field]);
    const char *by = field == ON_REF ? "exact" : lookups[field == ON_S][dice_below(&g->d, 3)];
    if (dice_chance(&g->d, 75)) {
        world_dof(g->w, "INDEX CREATE %s %s %s", names[m], path.p, by);
        if (!g->w->ok) fail_msg("INDEX CREATE %s %s %s: %s", names[m], path.p, by, g->w->reply.p);
    } else {
        world_dof(g->w, "INDEX DROP %s %s", names[m], path.p);
    }
    free(path.p);
}

static void check(graph *g)
{
    for (int m = 0; m < MODELS; m++) world_dof(g->w, "COUNT %s", names[m]); /* what others did before anything was read is found */
    world_settle(g->w);
    for (int m = 0; m < MODELS; m++) check_indexes(g->w, names[m]);
    if (g->w->replica && world_digest(g->w) != world_digest(g->w->replica)) fail_msg("the replica has other keys");
}

/* Nothing is said of an entity that is not there. */
static void forget_relations(graph *g, int m, int pk)
{
    if (m == D) m = A;
    if (m == B || !g->rows[m][pk].there) return;
    world_dof(g->w, "RELATE %s %d %s CLEAR", names[m], pk, m == C ? "as" : "cs");
    if (!g->w->ok) fail_msg("%s", g->w->reply.p);
    for (int other = 1; other <= ROWS; other++) *(m == C ? &g->related[pk][other] : &g->related[other][pk]) = false;
}

static void relate_one(graph *g)
{
    int c = 1 + (int)dice_below(&g->d, ROWS), a = 1 + (int)dice_below(&g->d, ROWS), changed = 0;
    bool add = dice_chance(&g->d, 65), set = dice_chance(&g->d, 15), back = dice_chance(&g->d, 30), *is = &g->related[c][a];
    bool there = g->rows[C][c].there && g->rows[A][a].there;
    bool removes = !add && !set && *is && (back ? g->rows[A][a].there : g->rows[C][c].there); /* what is gone can be taken off */
    const char *got = world_dof(g->w, "RELATE %s %d %s %s %d", names[back ? A : C], back ? a : c, back ? "cs" : "as", set ? "SET" : add ? "ADD" : "REMOVE", back ? c : a);
    if (!there && !removes) {
        if (strncmp(got, "-NOTFOUND ", 10) != 0) fail_msg("%s", got);
        return;
    }
    for (int other = 1; set && other <= ROWS; other++) {
        bool *o = back ? &g->related[other][a] : &g->related[c][other];
        changed += o != is && *o;
        if (o != is) *o = false;
    }
    changed += *is != (set || add);
    *is = set || add;
    if (got[0] != ':' || strtol(got + 1, NULL, 10) != changed) fail_msg("RELATE gives %s, not %d", got, changed);
}

/* What A has of an entity of D goes and comes with it. */
static void delete_one(graph *g, int m, int pk)
{
    entity *a = &g->rows[A][pk], *d = &g->rows[D][pk];
    forget_relations(g, m, pk);
    world_dof(g->w, "DELETE %s PK %d", names[m], pk);
    if (m == A && a->there) d->there = false;
    if (m == D && d->there) a->there = false;
}

static void save_above(graph *g, int pk)
{
    entity *a = &g->rows[A][pk];
    if (!a->there) *a = (entity){true, -1, -1, 0};
    if (!dice_chance(&g->d, 50)) return;
    char id[8];
    snprintf(id, sizeof id, "%d", pk);
    a->s = (int)dice_below(&g->d, 4);
    nr_slice argv[] = {NR_S("SAVE"), NR_S("j.D"), NR_S("id"), nr_slice_of(id), NR_S("s"), nr_slice_of(texts[a->s])};
    world_run(g->w, argv, COUNT(argv));
    if (!g->w->ok) fail_msg("%s", g->w->reply.p);
}

static void write_one(graph *g)
{
    int m = (int)dice_below(&g->d, MODELS), pk = 1 + (int)dice_below(&g->d, ROWS);
    entity *e = &g->rows[m][pk];
    char key[16], n[8], s[8], ref[8], id[8];
    snprintf(key, sizeof key, "%s:%d", names[m], pk);
    if (dice_chance(&g->d, 3)) world_restart(g->w);
    bool others = dice_chance(&g->d, 30);
    if (dice_chance(&g->d, 30)) {
        relate_one(g);
        return;
    }
    if (dice_chance(&g->d, 25)) {
        if (others) world_remove(g->w, nr_slice_of(key));
        else delete_one(g, m, pk);
        e->there = false;
        return;
    }
    *e = (entity){true, (int)dice_below(&g->d, 4) - dice_chance(&g->d, 20) * 9, (int)dice_below(&g->d, 4) - dice_chance(&g->d, 20) * 9,
                  dice_chance(&g->d, 85) ? 1 + (int)dice_below(&g->d, ROWS) : 0};
    if (e->n < 0) e->n = -1;
    if (e->s < 0) e->s = -1;
    if (m == D) e->ref = pk;
    snprintf(n, sizeof n, "%d", e->n);
    snprintf(s, sizeof s, "%s", e->s < 0 ? "" : texts[e->s]);
    snprintf(ref, sizeof ref, "%d", e->ref);
    snprintf(id, sizeof id, "%d", pk);
    if (others) {
        nr_pair pairs[4] = {{NR_S("id"), nr_slice_of(id)}};
        size_t k = m != D;
        if (e->n >= 0) pairs[k++] = (nr_pair){nr_slice_of(fields[m][ON_N]), nr_slice_of(n)};
        if (e->s >= 0) pairs[k++] = (nr_pair){nr_slice_of(fields[m][ON_S]), nr_slice_of(s)};
        if (e->ref) pairs[k++] = (nr_pair){nr_slice_of(fields[m][ON_REF]), nr_slice_of(ref)};
        world_remove(g->w, nr_slice_of(key));
        world_put(g->w, nr_slice_of(key), pairs, k);
        return;
    }
    nr_slice argv[12] = {NR_S("SAVE"), nr_slice_of(names[m]), NR_S("id"), nr_slice_of(id)};
    size_t k = 4;
    const struct { const char *field, *value; bool null; } given[] = {
        {fields[m][ON_N], n, e->n < 0}, {fields[m][ON_S], s, e->s < 0}, {fields[m][ON_REF], ref, !e->ref}};
    for (size_t i = 0; i < COUNT(given) - (m == D); i++) {
        argv[k++] = given[i].null ? NR_S("NULL") : nr_slice_of(given[i].field);
        argv[k++] = nr_slice_of(given[i].null ? given[i].field : given[i].value);
    }
    world_run(g->w, argv, k);
    if (!g->w->ok) fail_msg("%s", g->w->reply.p);
    if (m == D) save_above(g, pk);
}

/* A filter of one clause, or, with a second one, of two that do not stand together. */
static void ask(graph *g)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    int m = (int)dice_below(&g->d, MODELS), left = LEAVES;
    node trees[2];
    size_t n = 1 + dice_chance(&g->d, 30);
    text doc[2] = {{0}}, want = {0}, path = {0}, value = {0};
    nr_slice argv[16] = {NR_S("QUERY"), nr_slice_of(names[m])};
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
    text_addf(&want, "[");
    uint64_t count = 0;
    for (int pk = 1; pk <= ROWS; pk++) {
        place root = entity_at(g, m, pk);
        bool in = root.e != NULL;
        for (size_t i = 0; in && i < n; i++) in = exists(g, &trees[i], root);
        if (in) text_addf(&want, m == B ? "%s\"%d\"" : "%s#%d", count ? "," : "", pk);
        count += in;
    }
    text_addf(&want, "]");
    argv[0] = NR_S("COUNT");
    const char *got = world_run(g->w, argv, argc);
    if (got[0] != ':' || strtoull(got + 1, NULL, 10) != count)
        fail_msg("COUNT %s Q %s %s %s\n  gives %s\n  not   %s", names[m], doc[0].p, path.p ? path.p : "", value.p ? value.p : "", got, want.p);
    argv[0] = NR_S("QUERY");
    const nr_slice shape[] = {NR_S("ORDER"), NR_S("pk"), NR_S("FIELDS"), NR_S("pk"), NR_S("FLAT")};
    memcpy(argv + argc, shape, sizeof shape);
    got = world_run(g->w, argv, argc + COUNT(shape));
    if (strcmp(got, want.p) != 0)
        fail_msg("QUERY %s Q %s %s %s\n  gives %s\n  not   %s", names[m], doc[0].p, path.p ? path.p : "", value.p ? value.p : "", got, want.p);
    free(doc[0].p), free(want.p), free(path.p), free(value.p);
    nr_arena_clear(&a);
}

static void every_filter_finds_what_trying_all_choices_finds(void **state)
{
    (void)state;
    const char *seed = getenv("SEED"), *rounds = getenv("JOINS");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1, n = rounds ? strtoull(rounds, NULL, 10) : 600;
    for (uint64_t s = first; s < first + n; s++) {
        world w, copy;
        graph g = {.w = &w};
        world_open(&w);
        world_open(&copy);
        g.d = (dice){s};
        if (dice_chance(&g.d, 30)) w.replica = &copy;
        if (dice_chance(&g.d, 40)) w.in_memory = copy.in_memory = !w.in_memory;
        define(&g);
        bool indexes = dice_chance(&g.d, 75);
        for (int i = 0; indexes && i < 3; i++) change_indexes(&g);
        for (int i = 0; i < 40; i++) write_one(&g);
        for (int i = 0; i < 60; i++) {
            if (indexes && dice_chance(&g.d, 8)) change_indexes(&g);
            if (dice_chance(&g.d, 40)) write_one(&g);
            if (dice_chance(&g.d, 15)) check(&g);
            w.passes_off = dice_chance(&g.d, 20) ? (unsigned)(dice_roll(&g.d) & NR_PASSES_ALL) : 0;
            ask(&g);
        }
        check(&g);
        world_close(&w);
        world_close(&copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_filter_finds_what_trying_all_choices_finds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
