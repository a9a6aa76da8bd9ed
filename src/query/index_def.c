/* index_def.c -- from a schema to its indexes: which structures the declared lookups of a field take. */
#include "query/lookup.h"

typedef struct builder {
    const nr_schema *schema;
    nr_arena *arena;
    NR_VEC(nr_index) out;
} builder;

static void add(builder *b, nr_index_kind kind, const nr_field *f, const nr_keyfn *k, nr_slices lookups)
{
    nr_slice model = b->schema->name;
    nr_index ix = {.kind = kind, .field = f, .keyfn = k, .lookups = lookups};
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

/* The lookups of the table that suit a field; points_only: those that a set index answers. A relation whose target is not known yet is taken for
 * a number. */
static nr_slices all_lookups(builder *b, const nr_field *f, bool points_only)
{
    nr_slices out = {0};
    for (const nr_lookup *l = nr_lookups; l->name; l++) {
        bool suits = f->spec.type ? nr_lookup_suits(l, &f->spec) : l->takes != NR_LT_TEXT;
        if (suits && (l->points || !points_only)) nr_vec_push(b->arena, &out, nr_slice_of(l->name));
    }
    return out;
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
    if (ordered) add(b, NR_IX_ORDERED, f, &nr_key_value, f->index.n && !f->unique ? f->index : all_lookups(b, f, false));
    if (relation || (f->index.n && !ordered)) add(b, NR_IX_SET, f, &nr_key_value, f->index.n && !ordered ? f->index : all_lookups(b, f, true));
}

void nr_schema_indexes(const nr_schema *s, nr_arena *arena, nr_index **out, size_t *n)
{
    builder b = {.schema = s, .arena = arena};
    if (!s->abstract) {
        add(&b, NR_IX_PK, nr_schema_pk(s), &nr_key_value, all_lookups(&b, nr_schema_pk(s), false));
        for (size_t i = 1; i < s->n_fields; i++) add_field(&b, &s->fields[i]);
    }
    *out = b.out.at;
    *n = b.out.n;
}
