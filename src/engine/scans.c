/* scans.c -- a bounded table of lookups that scanned, in the order of the rows that they read. */
#include "engine/scans.h"

#include <stdlib.h>

#include "engine/index_cmds.h"

enum { MOST_NOTES = 1000 };

typedef struct scan_note {
    int db;
    bool wanted;       /* an index is to be asked for: nonrel.unindexed auto */
    uint64_t queries, rows;
    nr_slice key, model, field, lookup;
    char bytes[];      /* of the key, which has the others */
} scan_note;

/* What an index for a leaf is called: "iexact", "month__gte"; of a regular expression the object that stands for it. */
static nr_slice lookup_text(const nr_pred *leaf, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    bool pattern = leaf->lookup->ways[0].keyfn == &nr_key_matches;
    if (pattern) {
        nr_buf_printf(&b, "{\"%s\":", leaf->lookup->name);
        nr_json_print_string(leaf->text, &b);
        nr_buf_byte(&b, '}');
        return nr_buf_slice(&b);
    }
    nr_path_print(&leaf->path, &b);
    nr_buf_printf(&b, "__%s", leaf->lookup->name);
    size_t behind = leaf->field->name.n + 2;
    return (nr_slice){b.p + behind, b.n - behind};
}

/* That as an item of the option `index`. */
static const nr_json *lookup_json(nr_slice text, nr_arena *arena)
{
    nr_err no = {0};
    nr_json *j = NR_NEW(arena, nr_json);
    *j = (nr_json){.kind = NR_J_STRING, .text = text};
    return text.p[0] == '{' ? nr_json_parse(text, text.n, arena, &no) : j;
}

static const nr_json *lookup_list(const nr_pred *leaf, nr_arena *arena)
{
    nr_json *j = NR_NEW(arena, nr_json);
    *j = (nr_json){.kind = NR_J_ARRAY, .n = 1, .items = lookup_json(lookup_text(leaf, arena), arena)};
    return j;
}

/* Whether INDEX CREATE would make an index that answers the lookup. */
static bool can_help(nr_call *c, const nr_model *m, const nr_pred *leaf)
{
    nr_err no = {0};
    nr_field with;
    nr_probes probes = {0};
    const nr_way *way = &leaf->lookup->ways[0];
    bool hopeless = !way->keyfn || !way->probe(&leaf->args, &c->arena, &probes); /* no index; what is not NULL, a needle that is too short */
    return !leaf->field->pk && !hopeless && nr_field_with_index(m->schema, leaf->field, lookup_list(leaf, &c->arena), &c->arena, &with, &no) &&
           nr_field_indexable(m->schema, &with, c->engine->patterns, &c->arena, &no);
}

static nr_slice create_command(nr_call *c, nr_slice model, nr_slice field, nr_slice lookup)
{
    const char *quote = lookup.n && lookup.p[0] == '{' ? "'" : "";
    return nr_arena_printf(&c->arena, "NONREL.INDEX CREATE %.*s %.*s %s%.*s%s", NR_FMT(model), NR_FMT(field), quote, NR_FMT(lookup), quote);
}

/* -- the table ---------------------------------------------------------------------------------------------------------------------------- */

static nr_slice note_key(nr_arena *a, int db, nr_slice model, nr_slice field, nr_slice lookup)
{
    return nr_arena_printf(a, "%d %.*s %.*s %.*s", db, NR_FMT(model), NR_FMT(field), NR_FMT(lookup));
}

static void drop_least(nr_engine *e)
{
    scan_note *least = NULL;
    size_t at = 0;
    void *v;
    while (nr_map_next(&e->scans, &at, NULL, &v))
        if (!least || ((scan_note *)v)->rows < least->rows) least = v;
    nr_map_take(&e->scans, least->key);
    e->env->free(least);
}

static scan_note *note_of(nr_call *c, const nr_model *m, const nr_pred *leaf)
{
    nr_engine *e = c->engine;
    nr_slice model = m->schema->name, field = leaf->field->name, lookup = lookup_text(leaf, &c->arena);
    nr_slice key = note_key(&c->arena, c->db, model, field, lookup);
    scan_note *n = nr_map_get(&e->scans, key);
    if (n) return n;
    if (e->scans.n >= MOST_NOTES) drop_least(e);
    n = c->env->alloc(sizeof *n + key.n);
    *n = (scan_note){.db = c->db, .key = {n->bytes, key.n}};
    memcpy(n->bytes, key.p, key.n);
    n->lookup = (nr_slice){n->bytes + key.n - lookup.n, lookup.n};
    n->field = (nr_slice){n->lookup.p - field.n - 1, field.n};
    n->model = (nr_slice){n->field.p - model.n - 1, model.n};
    nr_map_put(&e->scans, n->key, n);
    return n;
}

void nr_scans_free(nr_engine *e)
{
    size_t at = 0;
    void *v;
    while (nr_map_next(&e->scans, &at, NULL, &v)) e->env->free(v);
    nr_map_clear(&e->scans);
}

/* -- queries ------------------------------------------------------------------------------------------------------------------------------ */

/* Lookups without an index, however deep they stand. */
static void find_leaves(nr_call *c, const nr_model *m, const nr_pred *p, nr_scan *out)
{
    if (p->op == NR_P_LEAF && !nr_access_helps(m, p)) nr_vec_push(&c->arena, &out->leaves, p);
    for (size_t i = 0; nr_pred_is_tree(p) && i < p->n; i++) find_leaves(c, m, p->kids[i], out);
}

static void look(nr_call *c, const nr_model *m, const nr_query *q, nr_scan *out)
{
    const nr_pred *w = q->where;
    *out = (nr_scan){.any = w->n > 0};
    for (size_t i = 0; i < w->n; i++)
        if (w->kids[i]->op == NR_P_ROWS || (w->kids[i]->op == NR_P_LEAF && nr_access_helps(m, w->kids[i]))) out->any = false;
    if (out->any) find_leaves(c, m, w, out);
}

static bool refuse(nr_call *c, const nr_model *m, const nr_scan *s, const char *why)
{
    for (size_t i = 0; i < s->leaves.n; i++) {
        const nr_pred *leaf = s->leaves.at[i];
        if (!can_help(c, m, leaf)) continue;
        nr_slice lookup = lookup_text(leaf, &c->arena);
        return nr_fail(&c->err, NR_E_NOINDEX, "no index answers %.*s__%.*s, and %s forbids to scan; %.*s", NR_FMT(leaf->field->name), NR_FMT(lookup),
                       why, NR_FMT(create_command(c, m->schema->name, leaf->field->name, lookup)));
    }
    return nr_fail(&c->err, NR_E_NOINDEX,
                   "the filter leaves no lookup for an index to begin with, and %s forbids to scan; add a lookup that has an index", why);
}

static void want_indexes(nr_call *c, const nr_model *m, const nr_scan *s)
{
    for (size_t i = 0; !c->copy && i < s->leaves.n; i++) {
        if (!can_help(c, m, s->leaves.at[i])) continue;
        note_of(c, m, s->leaves.at[i])->wanted = true;
        c->engine->wants_building = true;
    }
}

bool nr_scan_begin(nr_call *c, nr_model *m, const nr_query *q, nr_scan *out)
{
    look(c, m, q, out);
    if (!out->any || c->applied) return true;
    if (q->noscan) return refuse(c, m, out, "NOSCAN");
    if (c->unindexed == NR_UNINDEXED_ERROR) return refuse(c, m, out, "nonrel.unindexed");
    if (c->unindexed == NR_UNINDEXED_AUTO) want_indexes(c, m, out);
    return true;
}

void nr_scan_bound(const nr_scan *s, const nr_query *q, nr_run *run)
{
    if (!s->any || q->max_scan < 0 || q->max_scan >= run->limits.max_scan) return;
    run->limits.max_scan = q->max_scan;
    run->scan_limit = "MAXSCAN";
}

void nr_scan_end(nr_call *c, const nr_model *m, const nr_scan *s, const nr_run *run)
{
    for (size_t i = 0; i < s->leaves.n; i++) {
        scan_note *n = note_of(c, m, s->leaves.at[i]);
        n->queries++;
        n->rows += run->scanned;
    }
}

/* -- what came of it ---------------------------------------------------------------------------------------------------------------------- */

static void create(nr_call *c, const scan_note *n)
{
    nr_model *m = nr_model_find(c, n->model);
    nr_owners owners;
    if (!m || !nr_owners_read(m->owners, &c->arena, &owners, &c->err)) return;
    const nr_json *items[] = {lookup_json(nr_arena_copy(&c->arena, n->lookup), &c->arena)};
    nr_owner *mine = nr_owners_find(&owners, NR_S(NR_OWNER_COMMAND), true, &c->arena);
    nr_owner_add(mine, nr_arena_copy(&c->arena, n->field), items, 1, &c->arena);
    if (nr_owners_change(c, &m, &owners))
        nr_env_logf(c->env, NR_LOG_NOTICE, "%.*s, for queries that scan (nonrel.unindexed auto)",
                    NR_FMT(create_command(c, n->model, n->field, n->lookup)));
}

void nr_scans_create(nr_call *c)
{
    size_t at = 0;
    void *v;
    while (nr_map_next(&c->engine->scans, &at, NULL, &v)) {
        scan_note *n = v;
        if (!n->wanted || n->db != c->db) continue;
        n->wanted = false;
        if (!c->copy) create(c, n);
        if (c->err.code) nr_env_logf(c->env, NR_LOG_WARNING, "an index for queries that scan could not be made: %s", c->err.msg);
        nr_err_clear(&c->err);
    }
}

static int by_rows(const void *x, const void *y)
{
    const scan_note *a = *(scan_note *const *)x, *b = *(scan_note *const *)y;
    if (a->rows != b->rows) return a->rows < b->rows ? 1 : -1;
    return nr_slice_cmp(a->key, b->key);
}

/* Whether the field has an index for an item of the option `index`, or cannot have it any more. */
static bool is_answered(nr_call *c, const nr_model *m, const nr_field *f, const nr_json *item)
{
    nr_err no = {0};
    bool pattern = item->kind == NR_J_OBJECT;
    const nr_operand operand = {{.kind = NR_V_TEXT, .s = pattern ? item->items[0].text : NR_S("")}, 0};
    const nr_args args = {.at = &operand, .n = 1};
    const nr_lookup *l;
    nr_path path = nr_path_of(f);
    bool answered = !nr_path_read(pattern ? item->names[0] : item->text, &path, &l, &c->arena, &no) || !l->ways[0].keyfn;
    for (size_t i = 0; !answered && i < m->n_indexes; i++) {
        const nr_way *w = m->indexes[i].stale ? NULL : nr_index_serves(&m->indexes[i], &path, l, pattern ? &args : NULL);
        answered = w && (w == &l->ways[0] || (w->flags & NR_WAY_EXACT));
    }
    return answered;
}

/* Whether the note still says something: the lookup is there, and has no index by now. */
static bool still_true(nr_call *c, const scan_note *n)
{
    nr_model *m = n->db == c->db && nr_model_may(c, n->model, false) ? nr_model_find(c, n->model) : NULL;
    const nr_field *f = m ? nr_schema_field(m->schema, n->field) : NULL;
    return f && !is_answered(c, m, f, lookup_json(n->lookup, &c->arena));
}

static void reply_text(nr_sink *s, const char *name, nr_slice value)
{
    s->cls->bulk(s, nr_slice_of(name));
    s->cls->bulk(s, value);
}

static void reply_number(nr_sink *s, const char *name, uint64_t value)
{
    s->cls->bulk(s, nr_slice_of(name));
    s->cls->integer(s, (int64_t)value);
}

bool nr_cmd_index_suggest(nr_call *c, const nr_slice *argv, size_t argc)
{
    NR_VEC(scan_note *) notes = {0};
    size_t at = 0;
    void *v;
    (void)argv;
    if (argc) return nr_fail(&c->err, NR_E_SYNTAX, "INDEX SUGGEST takes no arguments");
    while (nr_map_next(&c->engine->scans, &at, NULL, &v)) {
        bool tell = still_true(c, v);
        if (c->err.code) return false;
        if (tell) nr_vec_push(&c->arena, &notes, v);
    }
    if (notes.n) qsort(notes.at, notes.n, sizeof *notes.at, by_rows);
    nr_sink *s = c->sink;
    s->cls->array(s, notes.n);
    for (size_t i = 0; i < notes.n; i++) {
        const scan_note *n = notes.at[i];
        s->cls->map(s, 5);
        reply_text(s, "model", n->model);
        reply_text(s, "lookup", nr_arena_printf(&c->arena, "%.*s__%.*s", NR_FMT(n->field), NR_FMT(n->lookup)));
        reply_number(s, "queries", n->queries);
        reply_number(s, "rows", n->rows);
        reply_text(s, "create", create_command(c, n->model, n->field, n->lookup));
    }
    return true;
}
