/* definition.c -- fields of the definition's hash. */
#include "engine/definition.h"

#include "query/ast.h"
#include "store/keyfn.h"

bool nr_definition_read(nr_call *c, nr_slice name, nr_definition *out)
{
    nr_pair f[] = {{NR_S("definition"), {NULL, 0}}, {NR_S("version"), {NULL, 0}}, {NR_S("indexes"), {NULL, 0}}, {NR_S("owners"), {NULL, 0}},
                   {NR_S("lends"), {NULL, 0}}};
    bool exists = false;
    nr_status st = c->store->cls->hash_get(c->store, name, &c->arena, f, 5, &exists);
    if (st == NR_ST_FAILED) return nr_fail(&c->err, NR_E_CORRUPT, "definition %s could not be read", NR_SHOW(name));
    if (st || !exists || !f[0].value.p || !f[1].value.p) return false;
    nr_err ignored = {0};
    *out = (nr_definition){.json = f[0].value, .version = 1, .owners = f[3].value, .lends = f[4].value.p != NULL};
    nr_parse_int64(f[1].value, &out->version);
    if (f[2].value.p) out->built = nr_json_parse(f[2].value, (size_t)1 << 24, &c->arena, &ignored);
    return true;
}

static nr_slice format_of(const nr_index *ix, nr_arena *a)
{
    return nr_arena_printf(a, "%u", ix->keyfn->format);
}

static void print_index(const nr_index *ix, nr_arena *a, nr_buf *b)
{
    nr_buf_add(b, NR_S("{\"name\":"));
    nr_json_print_string(ix->name, b);
    nr_buf_add(b, NR_S(",\"owners\":["));
    for (size_t i = 0; i < ix->owners.n; i++) {
        if (i) nr_buf_byte(b, ',');
        nr_json_print_string(ix->owners.at[i], b);
    }
    nr_buf_printf(b, "],\"format\":%.*s%s}", NR_FMT(format_of(ix, a)), ix->building ? ",\"building\":true" : "");
}

/* A field that is not there is not removed: watchers would be told of it. */
static nr_status has_owners(nr_call *c, const nr_model *m, bool *has)
{
    nr_pair f = {NR_S("owners"), {NULL, 0}};
    bool exists = false;
    *has = m->owners.p != NULL;
    if (*has) return NR_ST_OK;
    nr_status st = c->store->cls->hash_get(c->store, m->schema->name, &c->arena, &f, 1, &exists);
    *has = f.value.p != NULL;
    return st;
}

nr_status nr_definition_write(nr_call *c, const nr_model *m)
{
    nr_buf b = nr_buf_in(&c->arena);
    bool owners;
    nr_status st = has_owners(c, m, &owners);
    if (st) return st;
    nr_buf_byte(&b, '[');
    for (size_t i = 0; i < m->n_indexes; i++) {
        if (m->indexes[i].stale && !m->indexes[i].building) continue;
        if (b.n > 1) nr_buf_byte(&b, ',');
        print_index(&m->indexes[i], &c->arena, &b);
    }
    nr_buf_byte(&b, ']');
    nr_pair f[] = {
        {NR_S("definition"), m->schema->source},
        {NR_S("version"), nr_arena_printf(&c->arena, "%lld", (long long)m->version)},
        {NR_S("store"), m->schema->in_memory ? NR_S("memory") : NR_S("native")},
        {NR_S("indexes"), nr_buf_slice(&b)},
        {NR_S("owners"), m->owners},
    };
    return c->store->cls->hash_put(c->store, m->schema->name, f, owners ? 5 : 4);
}

nr_status nr_definition_lend(nr_call *c, nr_model *m)
{
    nr_pair f = {NR_S("lends"), NR_S("1")};
    nr_status st = m->lends ? NR_ST_OK : c->store->cls->hash_put(c->store, m->schema->name, &f, 1);
    m->lends = m->lends || !st;
    return st;
}

/* The entry of an index in today's format; NULL: there is none. */
static const nr_json *entry_of(const nr_index *ix, const nr_json *built)
{
    for (size_t i = 0; built && built->kind == NR_J_ARRAY && i < built->n; i++) {
        const nr_json *name = nr_json_get(&built->items[i], "name"), *f = nr_json_get(&built->items[i], "format");
        int64_t version = 0;
        if (!name || !f || !nr_slice_eq(name->text, ix->name)) continue;
        return nr_parse_int64(f->text, &version) && version == (int64_t)ix->keyfn->format ? &built->items[i] : NULL;
    }
    return NULL;
}

void nr_definition_mark_stale(nr_model *m, const nr_definition *d)
{
    for (size_t i = 0; i < m->n_indexes; i++) {
        nr_index *ix = &m->indexes[i];
        const nr_json *entry = entry_of(ix, d->built);
        ix->building = !ix->memory && entry && nr_json_get(entry, "building");
        ix->stale = !ix->memory && (!entry || ix->building);
    }
}
