/* through.c -- made for a field, or found in a model that somebody else defined. */
#include "model/through.h"

typedef struct end_names {
    nr_slice near, far;
} end_names;

/* Two models of one name are told apart as a model and itself are. */
static end_names names_of(const nr_schema *s, const nr_field *f, nr_arena *arena)
{
    end_names n = {nr_model_short_name(s->name, arena), nr_model_short_name(f->to, arena)};
    if (!nr_slice_eq(n.near, n.far)) return n;
    return (end_names){nr_arena_printf(arena, "from_%.*s", NR_FMT(n.near)), nr_arena_printf(arena, "to_%.*s", NR_FMT(n.far))};
}

/* It goes with its target. Seen from there it has no name: the relation has one. */
static void add_reference(nr_buf *b, nr_slice name, nr_slice to)
{
    nr_json_print_string(name, b);
    nr_buf_add(b, NR_S(":{\"type\":\"fk\",\"to\":"));
    nr_json_print_string(to, b);
    nr_buf_add(b, NR_S(",\"on_delete\":\"cascade\",\"related_name\":\"+\"}"));
}

nr_slice nr_through_json(const nr_schema *s, const nr_field *f, nr_arena *arena)
{
    end_names n = names_of(s, f, arena);
    nr_buf b = nr_buf_in(arena);
    nr_buf_add(&b, NR_S("{\"fields\":{"));
    add_reference(&b, n.near, s->name);
    nr_buf_byte(&b, ',');
    add_reference(&b, n.far, f->to);
    nr_buf_printf(&b, "},\"unique_together\":[[\"%.*s\",\"%.*s\"]]%s}", NR_FMT(n.near), NR_FMT(n.far), s->in_memory ? ",\"store\":\"memory\"" : "");
    return nr_buf_slice(&b);
}

static const nr_field *reference_to(const nr_schema *s, nr_slice to, size_t skip, size_t *n)
{
    const nr_field *found = NULL;
    *n = 0;
    for (size_t i = 0; i < s->n_fields; i++) {
        const nr_field *f = &s->fields[i];
        if (!(f->type->flags & NR_TF_RELATION) || !nr_slice_eq(f->to, to)) continue;
        if ((*n)++ == skip) found = f;
    }
    return found;
}

static bool refuse(const nr_schema *through, const nr_field *f, nr_slice to, size_t want, size_t n, nr_err *err)
{
    return nr_fail(err, NR_E_BADVALUE, "%.*s.through: %.*s needs just %zu reference%s to %.*s, and has %zu", NR_FMT(f->path), NR_FMT(through->name), want,
                   want == 1 ? "" : "s", NR_FMT(to), n);
}

/* Named from_x and to_x, or else in the order of the definition. */
static void tell_apart(const nr_schema *through, const nr_schema *s, const nr_field *f, nr_ends *out)
{
    nr_arena scratch;
    nr_arena_init(&scratch, s->arena->env);
    end_names n = names_of(s, f, &scratch);
    const nr_field *near = nr_schema_field(through, n.near), *far = nr_schema_field(through, n.far);
    bool swapped = near == out->far && far == out->near;
    nr_arena_clear(&scratch);
    if (swapped) *out = (nr_ends){near, far};
}

bool nr_through_ends(const nr_schema *through, const nr_schema *s, const nr_field *f, nr_ends *out, nr_err *err)
{
    bool self = nr_slice_eq(f->to, s->name);
    size_t near, far;
    if (through->abstract) return nr_fail(err, NR_E_BADVALUE, "%.*s.through: %.*s is abstract", NR_FMT(f->path), NR_FMT(through->name));
    out->near = reference_to(through, s->name, 0, &near);
    out->far = reference_to(through, f->to, self, &far);
    if (near != 1 + (size_t)self) return refuse(through, f, s->name, 1 + (size_t)self, near, err);
    if (far != 1 + (size_t)self) return refuse(through, f, f->to, 1 + (size_t)self, far, err);
    if (self) tell_apart(through, s, f, out);
    return true;
}
