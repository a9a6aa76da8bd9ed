/* container_read.c -- values out of a container's canonical text, by the types that are declared for them. */
#include "types/container.h"

/* The typed value that doc stands for. It was made by the type, so it reads. */
static nr_value value_of(const nr_spec *spec, nr_doc doc, nr_arena *arena)
{
    nr_operand op = {NR_NULL, 0};
    if (spec->type->flags & NR_TF_CONTAINER) {
        if (doc.kind == NR_J_NULL && !nr_spec_is_json(spec)) return NR_NULL;
        return (nr_value){.kind = NR_V_TEXT, .s = doc.text};
    }
    if (doc.kind == NR_J_NULL) return NR_NULL;
    nr_slice text = doc.kind == NR_J_STRING ? nr_doc_unquote(doc.text, arena) : doc.text;
    if (spec->type->flags & NR_TF_BYTES) {
        nr_buf bytes = nr_buf_in(arena);
        if (!nr_base64_decode(text, &bytes)) return NR_NULL;
        text = nr_buf_slice(&bytes);
    }
    return spec->type->parse(spec, text, arena, &op) ? op.v : NR_NULL;
}

static nr_place place_of(const nr_spec *spec, nr_doc doc, nr_arena *arena)
{
    nr_place p = {.there = true, .spec = spec, .value = NR_NULL, .doc = doc};
    if (spec) p.value = value_of(spec, doc, arena);
    return p;
}

static const nr_place nowhere = {.there = false};

const nr_part *nr_shape_member(const nr_shape *shape, nr_slice name)
{
    size_t lo = 0, hi = shape->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const nr_part *part = &shape->members[shape->by_name[mid]];
        int c = nr_slice_cmp(name, part->name);
        if (c == 0) return part;
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return NULL;
}

/* The declared type of what stands under a name (quoted; absent: an element), NULL: any JSON. */
static const nr_spec *spec_inside(const nr_spec *spec, nr_slice name, nr_arena *arena)
{
    const nr_shape *shape = spec ? spec->shape : NULL;
    if (!shape) return NULL;
    if (!(spec->type->flags & NR_TF_MEMBERS)) return shape->of ? &shape->of->spec : NULL;
    const nr_part *part = nr_shape_member(shape, nr_doc_unquote(name, arena));
    return part ? &part->spec : NULL;
}

nr_items nr_items_in(const nr_spec *spec, nr_slice text, nr_arena *arena)
{
    return (nr_items){.spec = spec, .walk = nr_doc_walk_in(nr_doc_at(text)), .arena = arena, .name = {NULL, 0}};
}

bool nr_items_next(nr_items *it, nr_place *out)
{
    nr_doc doc;
    if (!nr_doc_next(&it->walk, &it->name, &doc)) return false;
    *out = place_of(spec_inside(it->spec, it->name, it->arena), doc, it->arena);
    return true;
}

size_t nr_container_count(nr_slice text)
{
    return nr_doc_count(nr_doc_at(text));
}

/* A position as a path has it: digits, no zeros in front. */
static bool read_position(nr_slice key, uint64_t *out)
{
    *out = 0;
    if (key.n == 0 || key.n > 10 || (key.n > 1 && key.p[0] == '0')) return false;
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] < '0' || key.p[i] > '9') return false;
        *out = *out * 10 + (uint64_t)(key.p[i] - '0');
    }
    return true;
}

static nr_place step_into(const nr_place *at, nr_slice key, nr_arena *arena)
{
    nr_doc doc = at->doc;
    uint64_t position;
    if (doc.kind == NR_J_ARRAY) {
        if (!read_position(key, &position) || !nr_doc_item(doc, position, &doc)) return nowhere;
        return place_of(spec_inside(at->spec, (nr_slice){NULL, 0}, arena), doc, arena);
    }
    const nr_shape *shape = at->spec ? at->spec->shape : NULL;
    const nr_part *part = !shape ? NULL : at->spec->type->flags & NR_TF_MEMBERS ? nr_shape_member(shape, key) : shape->of;
    if (nr_doc_member(doc, key, arena, &doc)) return place_of(part ? &part->spec : NULL, doc, arena);
    return part && part != shape->of ? (nr_place){.there = true, .spec = &part->spec, .value = NR_NULL, .doc = {NR_J_NULL, NR_S("null")}} : nowhere;
}

nr_place nr_container_find(const nr_spec *spec, nr_slice text, const nr_slice *path, size_t n, nr_arena *arena)
{
    nr_place at = {.there = true, .spec = spec, .value = {.kind = NR_V_TEXT, .s = text}, .doc = nr_doc_at(text)};
    for (size_t i = 0; at.there && i < n; i++) at = step_into(&at, path[i], arena);
    return at;
}

const nr_place *nr_container_members(const nr_spec *spec, nr_slice text, nr_arena *arena)
{
    const nr_shape *shape = spec->shape;
    nr_place *all = NR_NEW_N(arena, nr_place, shape->n);
    for (size_t i = 0; i < shape->n; i++)
        all[i] = (nr_place){.there = true, .spec = &shape->members[i].spec, .value = NR_NULL, .doc = {NR_J_NULL, NR_S("null")}};
    nr_doc_walk w = nr_doc_walk_in(nr_doc_at(text));
    nr_slice name;
    nr_doc doc;
    while (nr_doc_next(&w, &name, &doc)) {
        const nr_part *part = nr_shape_member(shape, nr_doc_unquote(name, arena));
        if (part) all[part - shape->members] = place_of(&part->spec, doc, arena);
    }
    return all;
}
