/* index_def.c -- from a schema to its indexes: which structures the declared lookups of a field take. */
#include "query/lookup.h"

typedef struct builder {
    const nr_schema *schema;
    nr_arena *arena;
    nr_slice owner; /* whose wishes are being met */
    NR_VEC(nr_index) out;
} builder;

static void add(builder *b, nr_index_kind kind, const nr_field *f, const nr_keyfn *k)
{
    nr_slice model = b->schema->name;
    nr_index ix = {.kind = kind, .field = &b->schema->fields[f->id], .keyfn = k, .memory = b->schema->in_memory};
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
    for (size_t i = 0; i < b->out.n; i++) {
        nr_index *same = &b->out.at[i];
        if (!nr_slice_eq(same->name, ix.name)) continue;
        if (!nr_slice_eq(same->owners.at[same->owners.n - 1], b->owner)) nr_vec_push(b->arena, &same->owners, b->owner);
        return;
    }
    nr_vec_push(b->arena, &ix.owners, b->owner);
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

/* What an owner that is not the definition wants of a field: what the field has whoever wants it is the definition's. */
static void add_want(builder *b, const nr_want *want)
{
    nr_field f = *want->field;
    f.unique = false;
    b->owner = want->owner;
    bool ordered = wants_order(&f);
    if (f.pk) return;
    if (ordered) add(b, NR_IX_ORDERED, &f, &nr_key_value);
    else if (f.index.n) add(b, NR_IX_SET, &f, &nr_key_value);
}

static void add_own(builder *b, const nr_field *f, bool silenced)
{
    nr_field own = *f;
    if (silenced) {
        own.index_all = false;
        own.index = (nr_slices){0};
    }
    add_field(b, &own);
}

void nr_wanted_indexes(const nr_schema *s, const nr_wants *wants, nr_arena *arena, nr_index **out, size_t *n)
{
    builder b = {.schema = s, .arena = arena, .owner = NR_S(NR_OWNER_MODEL)};
    if (!s->abstract) {
        add(&b, NR_IX_PK, nr_schema_pk(s), &nr_key_value);
        for (size_t i = 1; i < s->n_fields; i++) add_own(&b, &s->fields[i], wants && wants->silenced && wants->silenced[i]);
        for (size_t i = 0; wants && i < wants->list.n; i++) add_want(&b, &wants->list.at[i]);
    }
    *out = b.out.at;
    *n = b.out.n;
}

void nr_schema_indexes(const nr_schema *s, nr_arena *arena, nr_index **out, size_t *n)
{
    nr_wanted_indexes(s, NULL, arena, out, n);
}

bool nr_index_answers(const nr_index *ix, const nr_lookup *l)
{
    bool suits = ix->field->spec.type ? nr_lookup_suits(l, &ix->field->spec) : l->takes != NR_LT_TEXT;
    return suits && l->keyfn == ix->keyfn && (l->points || ix->kind != NR_IX_SET);
}
