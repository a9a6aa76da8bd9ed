/* graph.c -- the game, and what is known of its entities. */
#include "graph.h"

#include "plan/passes.h"

const char *const graph_names[MODELS] = {"j.A", "j.B", "j.C", "j.D"};
const char *const graph_fields[MODELS][4] = {{"n", "s", "up", "pk"}, {"n", "s", "a", "pk"}, {"n", "s", "b", "pk"}, {"m", "t", "a_ptr", "pk"}};
const char *const graph_texts[4] = {"ab", "aB", "", "b"};

const hop graph_hops[HOPS] = {{"up", A, A, false, false}, {"downs", A, A, true, false}, {"bs", A, B, true, false}, {"a", B, A, false, false},
                           {"c_set", B, C, true, false}, {"b", C, B, false, false}, {"as", C, A, true, true}, {"cs", A, C, true, true},
                           {"d", A, D, true, false}, {"a_ptr", D, A, false, false}};

bool graph_is_up(const hop *h)
{
    return h->from == D;
}

place graph_nobody(int model)
{
    return (place){model, NULL, 0, 0};
}

place graph_entity(const graph *g, int model, int pk)
{
    if (pk < 1 || pk > ROWS || !g->rows[model][pk].there) return graph_nobody(model);
    return (place){model, &g->rows[model][pk], pk, 0};
}

int graph_value(place p, unsigned field)
{
    if (!p.e) return -1;
    return field == ON_PK ? p.pk : field == ON_REF ? (p.e->ref ? p.e->ref : -1) : field == ON_N ? p.e->n : p.e->s;
}

/* -- orderings ---------------------------------------------------------------------------------------------------------------------------- */

bool graph_has_order(const graph *g, int m)
{
    return g->n_order[m] || (m == D && g->n_order[A]);
}

static place behind_key(const graph *g, const order_key *k, place p)
{
    for (size_t i = 0; i < k->n_hops; i++) p = p.e ? graph_entity(g, k->path[i]->to, p.e->ref) : graph_nobody(k->path[i]->to);
    return p;
}

static int compare_by(const graph *g, const order_key *k, place x, place y)
{
    int a = graph_value(behind_key(g, k, x), k->field), b = graph_value(behind_key(g, k, y), k->field);
    int by = k->field == ON_S && a >= 0 && b >= 0 ? strcmp(graph_texts[a], graph_texts[b]) : (a > b) - (a < b);
    return k->descending ? -by : by;
}

static bool goes_before(const graph *g, int m, int x, int y)
{
    bool above = m == D && !g->n_order[D];
    place a = graph_entity(g, m, x), b = graph_entity(g, m, y);
    if (above && g->n_order[A]) a = graph_entity(g, A, a.e->ref), b = graph_entity(g, A, b.e->ref);
    int by = 0;
    for (size_t i = 0; !by && i < g->n_order[above ? A : m]; i++) {
        order_key k = g->order[above ? A : m][i];
        if (above && !k.n_hops && k.field == ON_PK) by = k.descending ? y - x : x - y; /* the key above is its own */
        else by = compare_by(g, &k, a, b);
    }
    return by ? by < 0 : x < y;
}

void graph_sort(const graph *g, int m, int *pks, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && goes_before(g, m, pks[k], pks[k - 1]); k--) {
            int t = pks[k];
            pks[k] = pks[k - 1];
            pks[k - 1] = t;
        }
}

/* -- the game ------------------------------------------------------------------------------------------------------------------------------- */

static void order_text(int m, const order_key *k, text *out)
{
    text_addf(out, "%s", k->descending ? "-" : "");
    for (size_t i = 0; i < k->n_hops; m = k->path[i++]->to)
        if (!k->plain || !graph_is_up(k->path[i])) text_addf(out, "%s__", k->path[i]->name);
    text_addf(out, "%s", graph_fields[m][k->field]);
}

static void set_model(graph *g, int m)
{
    text definition = {0};
    text_addf(&definition, "%s", g->definitions[m].p);
    for (size_t i = 0; i < g->n_order[m]; i++) {
        text_addf(&definition, "%s\"", i ? "," : ",\"ordering\":[");
        order_text(m, &g->order[m][i], &definition);
        text_addf(&definition, "\"");
    }
    text_addf(&definition, g->n_order[m] ? "]}" : "}");
    const nr_slice argv[] = {NR_S("MODEL"), NR_S("SET"), nr_slice_of(graph_names[m]), {definition.p, definition.n}};
    const char *got = world_run(g->w, argv, COUNT(argv));
    if (strcmp(got, "+OK") != 0) fail_msg("%s: %s", definition.p, got);
    free(definition.p);
}

static void change_ordering(graph *g)
{
    int m = (int)dice_below(&g->d, MODELS);
    g->n_order[m] = dice_below(&g->d, ORDER_KEYS + 1);
    for (size_t i = 0; i < g->n_order[m]; i++) {
        order_key *k = &g->order[m][i];
        int end = m;
        *k = (order_key){.plain = dice_chance(&g->d, 50), .descending = dice_chance(&g->d, 50)};
        while (k->n_hops < DEPTH && dice_chance(&g->d, 65)) {
            const hop *h = &graph_hops[dice_below(&g->d, COUNT(graph_hops))];
            if (h->from != end || h->back) continue;
            k->path[k->n_hops++] = h;
            end = h->to;
        }
        k->field = (unsigned)dice_below(&g->d, k->n_hops ? 3 : 4);
    }
    set_model(g, m);
}

static void define(graph *g)
{
    static const char *const indexed[] = {"", ",\"index\":true", ",\"column\":true"};
    for (int m = 0; m < D; m++) {
        static const char *const ref[D] = {"\"up\":{\"type\":\"fk\",\"to\":\"self\",\"null\":true,\"related_name\":\"downs\"}",
                                                "\"a\":{\"type\":\"fk\",\"to\":\"j.A\",\"null\":true,\"related_name\":\"bs\"}",
                                                "\"b\":{\"type\":\"fk\",\"to\":\"j.B\",\"null\":true},\"as\":{\"type\":\"m2m\",\"to\":\"j.A\",\"related_name\":\"cs\"}"};
        text_addf(&g->definitions[m],
                  "{\"fields\":{\"id\":{\"type\":\"%s\",\"pk\":true},\"n\":{\"type\":\"int\",\"null\":true%s},\"s\":{\"type\":\"char\",\"null\":true%s},%s}",
                  m == B ? "char" : "int", indexed[dice_below(&g->d, 3)], indexed[dice_below(&g->d, 3)], ref[m]);
    }
    text_addf(&g->definitions[D], "{\"extends\":[\"j.A\"],\"fields\":{\"m\":{\"type\":\"int\",\"null\":true%s},\"t\":{\"type\":\"char\",\"null\":true%s}}",
              indexed[dice_below(&g->d, 3)], indexed[dice_below(&g->d, 3)]);
    for (int m = 0; m < MODELS; m++) set_model(g, m);
}

static void change_indexes(graph *g)
{
    static const char *const lookups[][3] = {{"lt", "exact", "isnull"}, {"exact", "startswith", "lt"}};
    int m = (int)dice_below(&g->d, MODELS), end = m;
    size_t depth = 1 + dice_below(&g->d, 3);
    text path = {0};
    for (size_t i = 0; i < depth; i++, end = end == C ? B : A) text_addf(&path, "%s__", graph_fields[end][ON_REF]);
    unsigned field = (unsigned)dice_below(&g->d, 3);
    text_addf(&path, "%s", graph_fields[end][field]);
    const char *by = field == ON_REF ? "exact" : lookups[field == ON_S][dice_below(&g->d, 3)];
    if (dice_chance(&g->d, 75)) {
        world_dof(g->w, "INDEX CREATE %s %s %s", graph_names[m], path.p, by);
        if (!g->w->ok) fail_msg("INDEX CREATE %s %s %s: %s", graph_names[m], path.p, by, g->w->reply.p);
    } else {
        world_dof(g->w, "INDEX DROP %s %s", graph_names[m], path.p);
    }
    free(path.p);
}

static void check(graph *g)
{
    for (int m = 0; m < MODELS; m++) world_dof(g->w, "COUNT %s", graph_names[m]); /* what others did before anything was read is found */
    world_settle(g->w);
    for (int m = 0; m < MODELS; m++) check_indexes(g->w, graph_names[m]);
    if (g->w->replica && world_digest(g->w) != world_digest(g->w->replica)) fail_msg("the replica has other keys");
}

/* Nothing is said of an entity that is not there. */
static void forget_relations(graph *g, int m, int pk)
{
    if (m == D) m = A;
    if (m == B || !g->rows[m][pk].there) return;
    world_dof(g->w, "RELATE %s %d %s CLEAR", graph_names[m], pk, m == C ? "as" : "cs");
    if (!g->w->ok) fail_msg("%s", g->w->reply.p);
    for (int other = 1; other <= ROWS; other++) *(m == C ? &g->related[pk][other] : &g->related[other][pk]) = false;
}

static void relate_one(graph *g)
{
    int c = 1 + (int)dice_below(&g->d, ROWS), a = 1 + (int)dice_below(&g->d, ROWS), changed = 0;
    bool add = dice_chance(&g->d, 65), set = dice_chance(&g->d, 15), back = dice_chance(&g->d, 30), *is = &g->related[c][a];
    bool there = g->rows[C][c].there && g->rows[A][a].there;
    bool removes = !add && !set && *is && (back ? g->rows[A][a].there : g->rows[C][c].there); /* what is gone can be taken off */
    const char *got = world_dof(g->w, "RELATE %s %d %s %s %d", graph_names[back ? A : C], back ? a : c, back ? "cs" : "as", set ? "SET" : add ? "ADD" : "REMOVE", back ? c : a);
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
    world_dof(g->w, "DELETE %s PK %d", graph_names[m], pk);
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
    nr_slice argv[] = {NR_S("SAVE"), NR_S("j.D"), NR_S("id"), nr_slice_of(id), NR_S("s"), nr_slice_of(graph_texts[a->s])};
    world_run(g->w, argv, COUNT(argv));
    if (!g->w->ok) fail_msg("%s", g->w->reply.p);
}

static void write_one(graph *g)
{
    int m = (int)dice_below(&g->d, MODELS), pk = 1 + (int)dice_below(&g->d, ROWS);
    entity *e = &g->rows[m][pk];
    char key[16], n[8], s[8], ref[8], id[8];
    snprintf(key, sizeof key, "%s:%d", graph_names[m], pk);
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
    snprintf(s, sizeof s, "%s", e->s < 0 ? "" : graph_texts[e->s]);
    snprintf(ref, sizeof ref, "%d", e->ref);
    snprintf(id, sizeof id, "%d", pk);
    if (others) {
        nr_pair pairs[4] = {{NR_S("id"), nr_slice_of(id)}};
        size_t k = m != D;
        if (e->n >= 0) pairs[k++] = (nr_pair){nr_slice_of(graph_fields[m][ON_N]), nr_slice_of(n)};
        if (e->s >= 0) pairs[k++] = (nr_pair){nr_slice_of(graph_fields[m][ON_S]), nr_slice_of(s)};
        if (e->ref) pairs[k++] = (nr_pair){nr_slice_of(graph_fields[m][ON_REF]), nr_slice_of(ref)};
        world_remove(g->w, nr_slice_of(key));
        world_put(g->w, nr_slice_of(key), pairs, k);
        return;
    }
    nr_slice argv[12] = {NR_S("SAVE"), nr_slice_of(graph_names[m]), NR_S("id"), nr_slice_of(id)};
    size_t k = 4;
    const struct { const char *field, *value; bool null; } given[] = {
        {graph_fields[m][ON_N], n, e->n < 0}, {graph_fields[m][ON_S], s, e->s < 0}, {graph_fields[m][ON_REF], ref, !e->ref}};
    for (size_t i = 0; i < COUNT(given) - (m == D); i++) {
        argv[k++] = given[i].null ? NR_S("NULL") : nr_slice_of(given[i].field);
        argv[k++] = nr_slice_of(given[i].null ? given[i].field : given[i].value);
    }
    world_run(g->w, argv, k);
    if (!g->w->ok) fail_msg("%s", g->w->reply.p);
    if (m == D) save_above(g, pk);
}

static void play_once(graph *g, void (*ask)(graph *g))
{
    define(g);
    bool indexes = dice_chance(&g->d, 75);
    for (int i = 0; indexes && i < 3; i++) change_indexes(g);
    for (int i = 0; i < 40; i++) write_one(g);
    for (int i = 0; i < 60; i++) {
        if (indexes && dice_chance(&g->d, 8)) change_indexes(g);
        if (dice_chance(&g->d, 10)) change_ordering(g);
        if (dice_chance(&g->d, 40)) write_one(g);
        if (dice_chance(&g->d, 15)) check(g);
        g->w->passes_off = dice_chance(&g->d, 20) ? (unsigned)(dice_roll(&g->d) & NR_PASSES_ALL) : 0;
        ask(g);
    }
    check(g);
}

void graph_play(void (*ask)(graph *g))
{
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
        play_once(&g, ask);
        for (int m = 0; m < MODELS; m++) free(g.definitions[m].p);
        world_close(&w);
        world_close(&copy);
    }
}
