/* t_related_random.c -- random WITH and PREFETCH, with paths both ways, against a reading of the contract: whole entities with what stands in the places of references and in
 * lists, which have the order of their models. SEED=s JOINS=rounds. */
#include "graph.h"

enum { PLACES = 16 };

/* What stands in the entities of a model, by the hops that lead there. */
typedef struct inside {
    const hop *by;  /* NULL: the rows of the reply */
    int model;
    bool named;
    size_t n;
    size_t at[PLACES];
} inside;

typedef struct forest {
    inside at[PLACES];
    size_t n;
} forest;

/* D has what A has. */
static const hop *random_hop(graph *g, int from, bool back)
{
    const hop *h;
    do h = &graph_hops[dice_below(&g->d, COUNT(graph_hops))];
    while (!(h->from == from || (from == D && h->from == A)) || (h->back && !back));
    return h;
}

static size_t need_inside(forest *f, size_t in, const hop *h)
{
    for (size_t i = 0; i < f->at[in].n; i++)
        if (f->at[f->at[in].at[i]].by == h) return f->at[in].at[i];
    if (f->n == PLACES) return 0;
    f->at[f->n] = (inside){.by = h, .model = h->to};
    f->at[in].at[f->at[in].n++] = f->n;
    return f->n++;
}

/* Puts a path into the forest and writes it down, if it can stand there. */
static void add_path(graph *g, forest *f, bool with, text *out)
{
    text path = {0};
    size_t at = 0, n = 1 + dice_below(&g->d, DEPTH);
    bool fits = true;
    for (size_t i = 0; fits && i < n; i++) {
        const hop *h = random_hop(g, f->at[at].model, !with);
        text_addf(&path, "%s%s", i ? "__" : " ", h->name);
        at = need_inside(f, at, h);
        fits = at > 0;
    }
    if (fits && (with || !f->at[at].named)) {
        text_addf(out, "%s", path.p);
        f->at[at].named = f->at[at].named || !with;
    }
    free(path.p);
}

static void entity_text(const graph *g, const forest *f, const inside *in, int pk, text *out);

#define Q "\\x22"

static void value_text(place p, unsigned field, bool is_text, text *out)
{
    int v = graph_value(p, field);
    if (v < 0) text_addf(out, "null");
    else if (field == ON_S) text_addf(out, Q "%s" Q, graph_texts[v]);
    else text_addf(out, is_text ? Q "%d" Q : "%d", v);
}

/* A reference, or what it leads to. */
static void reference_text(const graph *g, const forest *f, const inside *in, const char *name, place p, text *out)
{
    const inside *nested = NULL;
    text_addf(out, "," Q "%s" Q ":", name);
    for (size_t i = 0; i < in->n; i++)
        if (strcmp(f->at[in->at[i]].by->name, name) == 0) nested = &f->at[in->at[i]];
    if (!nested) value_text(p, ON_REF, p.model == C, out);
    else if (p.e && graph_entity(g, nested->model, p.e->ref).e) entity_text(g, f, nested, p.e->ref, out);
    else text_addf(out, "null");
}

static void list_text(const graph *g, const forest *f, const inside *list, int from, text *out)
{
    const hop *h = list->by;
    int pks[ROWS];
    size_t n = 0;
    for (int pk = 1; pk <= ROWS && graph_entity(g, h->from, from).e; pk++) {
        place to = graph_entity(g, h->to, pk);
        bool related = h->to == A ? g->related[from][pk] : g->related[pk][from];
        if (to.e && (h->many ? related : to.e->ref == from)) pks[n++] = pk;
    }
    graph_sort(g, h->to, pks, n);
    text_addf(out, "," Q "%s" Q ":[", h->name);
    for (size_t i = 0; i < n; i++) {
        if (i) text_addf(out, ",");
        entity_text(g, f, list, pks[i], out);
    }
    text_addf(out, "]");
}

static void entity_text(const graph *g, const forest *f, const inside *in, int pk, text *out)
{
    place p = graph_entity(g, in->model, pk), above = in->model == D ? graph_entity(g, A, pk) : p;
    text key = {0};
    if (in->model == D) {
        reference_text(g, f, in, "a_ptr", p, &key);
        text_addf(out, "{%s," Q "id" Q ":%d", key.p + 1, pk);
    } else {
        text_addf(out, in->model == B ? "{" Q "id" Q ":" Q "%d" Q : "{" Q "id" Q ":%d", pk);
    }
    text_addf(out, "," Q "n" Q ":");
    value_text(above, ON_N, false, out);
    text_addf(out, "," Q "s" Q ":");
    value_text(above, ON_S, false, out);
    reference_text(g, f, in, graph_fields[in->model == D ? A : in->model][ON_REF], above, out);
    if (in->model == D) {
        text_addf(out, "," Q "m" Q ":");
        value_text(p, ON_N, false, out);
        text_addf(out, "," Q "t" Q ":");
        value_text(p, ON_S, false, out);
    }
    for (size_t i = 0; i < in->n; i++)
        if (f->at[in->at[i]].by->back) list_text(g, f, &f->at[in->at[i]], pk, out);
    text_addf(out, "}");
    free(key.p);
}

/* Whole entities, with others in the places of references and in lists. */
static void ask(graph *g)
{
    int m = (int)dice_below(&g->d, MODELS);
    forest f = {.at = {{.model = m}}, .n = 1};
    text with = {0}, prefetch = {0}, want = {0};
    for (size_t n = dice_below(&g->d, 3); n > 0; n--) add_path(g, &f, true, &with);
    for (size_t n = dice_below(&g->d, 4); n > 0; n--) add_path(g, &f, false, &prefetch);
    text_addf(&want, "[");
    for (int pk = 1, n = 0; pk <= ROWS; pk++) {
        if (!graph_entity(g, m, pk).e) continue;
        text_addf(&want, n++ ? ",\"" : "\"");
        entity_text(g, &f, &f.at[0], pk, &want);
        text_addf(&want, "\"");
    }
    text_addf(&want, "]");
    const char *got = world_dof(g->w, "QUERY %s ORDER pk FORMAT JSON%s%s%s%s", graph_names[m], with.n ? " WITH" : "", with.n ? with.p : "", prefetch.n ? " PREFETCH" : "",
                                prefetch.n ? prefetch.p : "");
    if (strcmp(got, want.p) != 0)
        fail_msg("QUERY %s WITH%s PREFETCH%s\n  gives %s\n  not   %s", graph_names[m], with.n ? with.p : "", prefetch.n ? prefetch.p : "", got, want.p);
    free(with.p), free(prefetch.p), free(want.p);
}
static void entities_stand_where_the_contract_says(void **state)
{
    (void)state;
    graph_play(ask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(entities_stand_where_the_contract_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
