/* diff.c -- one line for each field and each index that comes or goes. */
#include "engine/diff.h"

#include "engine/online.h"

#define LINE(...) nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, __VA_ARGS__))

static const nr_field *field_named(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; s && i < s->n_fields; i++)
        if (nr_slice_eq(s->fields[i].name, name)) return &s->fields[i];
    return NULL;
}

static const nr_index *index_named(const nr_model *m, const nr_index *ix)
{
    for (size_t i = 0; m && i < m->n_indexes; i++)
        if (nr_index_same(&m->indexes[i], ix)) return &m->indexes[i];
    return NULL;
}

static void fields(nr_call *c, const nr_model *before, const nr_model *after, const nr_field *const *added, size_t n_added, nr_slices *lines)
{
    const nr_schema *was = before ? before->schema : NULL, *is = after->schema;
    for (size_t i = 0; i < is->n_fields; i++) {
        bool filled = false;
        if (field_named(was, is->fields[i].name)) continue;
        for (size_t k = 0; k < n_added; k++) filled = filled || (added[k] == &is->fields[i] && added[k]->has_default);
        LINE("add field %.*s%s", NR_FMT(is->fields[i].name), filled ? ": its default is written into every entity" : "");
    }
    for (size_t i = 0; was && i < was->n_fields; i++)
        if (!field_named(is, was->fields[i].name)) LINE("drop field %.*s", NR_FMT(was->fields[i].name));
    for (size_t i = 0; i < is->n_many; i++)
        if (!was || !nr_schema_many(was, is->many[i].name)) LINE("add relation %.*s through %.*s", NR_FMT(is->many[i].name), NR_FMT(is->many[i].through));
    for (size_t i = 0; was && i < was->n_many; i++)
        if (!nr_schema_many(is, was->many[i].name)) LINE("drop relation %.*s", NR_FMT(was->many[i].name));
}

/* "60 s", or "none". */
static nr_slice lifetime(nr_call *c, const nr_model *m)
{
    return m && m->schema->ttl ? nr_arena_printf(&c->arena, "%lld s", (long long)m->schema->ttl) : NR_S("none");
}

static void ttl(nr_call *c, const nr_model *before, const nr_model *after, nr_slices *lines)
{
    nr_slice was = lifetime(c, before), is = lifetime(c, after);
    if (!nr_slice_eq(was, is)) LINE("ttl of inserts: %.*s, was %.*s", NR_FMT(is), NR_FMT(was));
}

static void indexes(nr_call *c, const nr_model *before, const nr_model *after, nr_slices *lines)
{
    for (size_t i = 0; i < after->n_indexes; i++) {
        const nr_index *ix = &after->indexes[i];
        if (!index_named(before, ix)) LINE("build index %.*s%s", NR_FMT(ix->name), ix->stale ? " over the entities that are there" : "");
    }
    for (size_t i = 0; before && i < before->n_indexes; i++)
        if (!index_named(after, &before->indexes[i])) LINE("drop index %.*s", NR_FMT(before->indexes[i].name));
}

void nr_diff_lines(nr_call *c, const nr_model *before, const nr_model *after, const nr_field *const *added, size_t n_added, nr_slices *lines)
{
    LINE("%s model %.*s", before ? "change" : "create", NR_FMT(after->schema->name));
    fields(c, before, after, added, n_added, lines);
    ttl(c, before, after, lines);
    indexes(c, before, after, lines);
}
