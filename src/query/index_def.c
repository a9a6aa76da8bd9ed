/* index_def.c -- from a schema to its indexes: which structures the declared lookups of a field take. */
#include "query/lookup.h"

typedef struct builder {
    const nr_schema *schema;
    nr_arena *arena;
    NR_VEC(nr_index) out;
} builder;

static void add(builder *b, nr_index_kind kind, const nr_field *f, const nr_keyfn *k)
{
    nr_slice model = b->schema->name;
    nr_index ix = {.kind = kind, .field = f, .keyfn = k, .memory = b->schema->in_memory};
    switch (kind) {
    case NR_IX_PK:
        ix.name = NR_S("pk");
        ix.key = nr_arena_printf(b->arena, "%.*s/pk", NR_FMT(model));
        break;
    case NR_IX_ORDERED:
        ix.name = nr_arena_printf(b->arena, "%.*s.%s", NR_FMT(f->name), k->name);
        ix.key = nr_arena_printf(b->arena, "%.*s/i/%.*s", NR_FMT(model), NR_FMT(ix.name));
        break;
    case NR_IX_SET:
        ix.name = nr_arena_printf(b->arena, "%.*s.%s.set", NR_FMT(f->name), k->name);
        ix.key = nr_arena_printf(b->arena, "%.*s/s/%.*s/", NR_FMT(model), NR_FMT(ix.name));
        break;
    }
    nr_vec_push(b->arena, &b->out, ix);
}

static bool wants_order(const nr_field *f)
{
    if (f->index_all || f->unique) return true;
    for (size_t i = 0; i < f->index.n; i++)
        if (!nr_lookup_find(f->index.at[i])->points) return true;
    return false;
}

static void add_field(builder *b, const nr_field *f)
{
    bool relation = (f->type->flags & NR_TF_RELATION) != 0;
    bool ordered = wants_order(f);
    if (ordered) add(b, NR_IX_ORDERED, f, &nr_key_value);
    if (relation || (f->index.n && !ordered)) add(b, NR_IX_SET, f, &nr_key_value);
}

void nr_schema_indexes(const nr_schema *s, nr_arena *arena, nr_index **out, size_t *n)
{
    builder b = {.schema = s, .arena = arena};
    if (!s->abstract) {
        add(&b, NR_IX_PK, nr_schema_pk(s), &nr_key_value);
        for (size_t i = 1; i < s->n_fields; i++) add_field(&b, &s->fields[i]);
    }
    *out = b.out.at;
    *n = b.out.n;
}

bool nr_index_answers(const nr_index *ix, const nr_lookup *l)
{
    bool suits = ix->field->spec.type ? nr_lookup_suits(l, &ix->field->spec) : l->takes != NR_LT_TEXT;
    return suits && l->keyfn == ix->keyfn && (l->points || ix->kind != NR_IX_SET);
}
