/* fuzz_container.c -- fuzzer over texts of containers: the first byte chooses what is declared, the rest is the text.
 *
 * A text that is read is canonical afterwards, reads as itself, and every value in it comes out; free JSON is taken just when the parser of documents
 * takes it. */
#include "types/container.h"
#include "world.h"

enum { SHAPES = 10 };

static nr_spec spec_named(const char *name)
{
    return (nr_spec){nr_type_find(nr_slice_of(name)), 5, 2, NULL};
}

/* A container of elements of a type, or of containers of them. */
static nr_spec spec_for(unsigned choice, nr_arena *arena)
{
    static const char *const outer[SHAPES] = {"json", "list", "set", "dict", "embedded", "list", "set", "dict", "set", "list"};
    static const char *const inner[SHAPES] = {NULL, NULL, NULL, NULL, "int", "char", "decimal", "blob", "datetime", "bool"};
    static const uint16_t by_name[] = {0, 1};
    choice %= SHAPES;
    nr_spec spec = spec_named(outer[choice]);
    if (!inner[choice]) return spec;
    nr_shape *shape = NR_NEW(arena, nr_shape);
    nr_part *parts = NR_NEW_N(arena, nr_part, 2);
    for (size_t i = 0; i < 2; i++) parts[i] = (nr_part){.name = i ? NR_S("b") : NR_S("a"), .spec = spec_named(inner[choice]), .null = i > 0, .default_value = NR_NULL};
    if (spec.type->flags & NR_TF_MEMBERS) *shape = (nr_shape){.members = parts, .by_name = by_name, .n = 2};
    else shape->of = &parts[1];
    spec.shape = shape;
    return spec;
}

static void walk(const nr_spec *spec, nr_slice doc, nr_arena *arena)
{
    nr_items it = nr_items_in(spec, doc, arena);
    nr_place p;
    size_t n = 0;
    for (; nr_items_next(&it, &p); n++) {
        if (!p.there || p.doc.text.n == 0) world_fail("an item of %.*s is not there", NR_FMT(doc));
        if (p.spec && p.doc.kind != NR_J_NULL && p.value.kind == NR_V_NULL) world_fail("an item of %.*s does not read", NR_FMT(doc));
        if (!p.spec) walk(NULL, p.doc.text, arena);
    }
    if (n != nr_container_count(doc)) world_fail("%.*s has %zu items", NR_FMT(doc), n);
}

static void check(nr_slice doc, unsigned choice, nr_arena *arena)
{
    nr_spec spec = spec_for(choice, arena);
    nr_operand op, again;
    nr_fault fault = {0};
    nr_err err = {.code = NR_OK};
    bool parsed = nr_json_parse(doc, doc.n, arena, &err) != NULL, read = nr_container_read(&spec, doc, false, arena, &op, &fault);
    if (read && !parsed) world_fail("%s takes what is no JSON: %s", spec.type->name, err.msg);
    if (!read && parsed && !spec.shape && nr_spec_is_json(&spec) && !fault.got) world_fail("json refuses JSON: expected %s", fault.expected);
    if (!nr_container_read(&spec, doc, true, arena, &again, &fault) && !fault.expected) world_fail("%s says nothing", spec.type->name);
    if (!read) return;
    if (!nr_container_read(&spec, op.v.s, false, arena, &again, &fault) || !nr_slice_eq(op.v.s, again.v.s) || again.v.s.p != op.v.s.p)
        world_fail("%s: %.*s is not canonical", spec.type->name, NR_FMT(op.v.s));
    walk(&spec, op.v.s, arena);
    if (spec.type->flags & NR_TF_MEMBERS) nr_container_members(&spec, op.v.s, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nr_arena arena;
    if (!size) return 0;
    nr_arena_init(&arena, nr_env_libc());
    check((nr_slice){(const char *)data + 1, size - 1}, data[0], &arena);
    nr_arena_clear(&arena);
    return 0;
}
