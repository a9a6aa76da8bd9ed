/* owners.c -- the document of owners: read, edited, printed, and held against a schema. */
#include "model/owners.h"

enum { DOCUMENT_MAX = 1 << 22 };

/* -- reading ------------------------------------------------------------------------------------------------------------------------------ */

static bool read_wish(nr_owner *o, nr_slice field, const nr_json *j, nr_arena *arena, nr_err *err)
{
    nr_wish w = {.field = field, .all = j->kind == NR_J_TRUE};
    if (j->kind != NR_J_TRUE && j->kind != NR_J_ARRAY)
        return nr_fail(err, NR_E_BADVALUE, "index.%s: expected true or an array of lookups, got %s", NR_SHOW(field), nr_json_kind_name(j));
    for (size_t i = 0; j->kind == NR_J_ARRAY && i < j->n; i++) nr_vec_push(arena, &w.items, &j->items[i]);
    if (w.all || w.items.n) nr_vec_push(arena, &o->wishes, w);
    return true;
}

static bool read_unindex(nr_owner *o, const nr_json *j, nr_arena *arena, nr_err *err)
{
    if (j->kind != NR_J_ARRAY) return nr_fail(err, NR_E_BADVALUE, "unindex: expected an array of fields, got %s", nr_json_kind_name(j));
    for (size_t i = 0; i < j->n; i++) {
        if (j->items[i].kind != NR_J_STRING)
            return nr_fail(err, NR_E_BADVALUE, "unindex.%zu: expected the name of a field, got %s", i, nr_json_kind_name(&j->items[i]));
        nr_vec_push(arena, &o->unindex, j->items[i].text);
    }
    return true;
}

bool nr_owner_read(nr_owner *o, const nr_json *index, const nr_json *unindex, nr_arena *arena, nr_err *err)
{
    if (index && index->kind != NR_J_OBJECT)
        return nr_fail(err, NR_E_BADVALUE, "index: expected an object of fields, got %s", nr_json_kind_name(index));
    for (size_t i = 0; index && i < index->n; i++)
        if (!read_wish(o, index->names[i], &index->items[i], arena, err)) return false;
    return !unindex || read_unindex(o, unindex, arena, err);
}

bool nr_owners_read(nr_slice json, nr_arena *arena, nr_owners *out, nr_err *err)
{
    *out = (nr_owners){0};
    if (!json.p) return true;
    const nr_json *j = nr_json_parse(json, DOCUMENT_MAX, arena, err);
    if (!j) return false;
    if (j->kind != NR_J_ARRAY) return nr_fail(err, NR_E_BADVALUE, "owners: expected an array, got %s", nr_json_kind_name(j));
    for (size_t i = 0; i < j->n; i++) {
        const nr_json *name = nr_json_get(&j->items[i], "owner");
        if (!name || name->kind != NR_J_STRING) return nr_fail(err, NR_E_BADVALUE, "owners.%zu: expected an object with an owner", i);
        nr_owner *o = nr_owners_find(out, name->text, true, arena);
        if (!nr_owner_read(o, nr_json_get(&j->items[i], "index"), nr_json_get(&j->items[i], "unindex"), arena, err)) return false;
    }
    return true;
}

/* -- editing ------------------------------------------------------------------------------------------------------------------------------ */

nr_owner *nr_owners_find(nr_owners *o, nr_slice name, bool make, nr_arena *arena)
{
    for (size_t i = 0; i < o->n; i++)
        if (nr_slice_eq(o->at[i].name, name)) return &o->at[i];
    if (!make) return NULL;
    nr_vec_push(arena, o, (nr_owner){.name = name});
    return &o->at[o->n - 1];
}

static nr_wish *wish_find(nr_owner *o, nr_slice field)
{
    for (size_t i = 0; i < o->wishes.n; i++)
        if (nr_slice_eq(o->wishes.at[i].field, field)) return &o->wishes.at[i];
    return NULL;
}

static bool same_json(const nr_json *a, const nr_json *b)
{
    if (a->kind != b->kind || a->n != b->n || !nr_slice_eq(a->text, b->text)) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!same_json(&a->items[i], &b->items[i]) || (a->kind == NR_J_OBJECT && !nr_slice_eq(a->names[i], b->names[i]))) return false;
    return true;
}

static size_t item_find(const nr_wish *w, const nr_json *item)
{
    size_t i = 0;
    while (i < w->items.n && !same_json(w->items.at[i], item)) i++;
    return i;
}

void nr_owner_add(nr_owner *o, nr_slice field, const nr_json *const *items, size_t n, nr_arena *arena)
{
    nr_wish *w = wish_find(o, field);
    if (!w) {
        nr_vec_push(arena, &o->wishes, (nr_wish){.field = field});
        w = &o->wishes.at[o->wishes.n - 1];
    }
    for (size_t i = 0; i < n; i++)
        if (item_find(w, items[i]) == w->items.n) nr_vec_push(arena, &w->items, items[i]);
}

size_t nr_owner_take(nr_owner *o, nr_slice field, const nr_json *const *items, size_t n)
{
    nr_wish *w = wish_find(o, field);
    size_t taken = 0;
    if (!w) return 0;
    if (!n) taken = w->items.n + w->all;
    if (!n) w->items.n = w->all = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = item_find(w, items[i]);
        if (at == w->items.n) continue;
        taken++;
        memmove(&w->items.at[at], &w->items.at[at + 1], (--w->items.n - at) * sizeof *w->items.at);
    }
    if (w->all || w->items.n) return taken;
    size_t at = (size_t)(w - o->wishes.at);
    memmove(w, w + 1, (--o->wishes.n - at) * sizeof *w);
    return taken;
}

/* -- printing ----------------------------------------------------------------------------------------------------------------------------- */

static void print_wish(const nr_wish *w, nr_buf *b)
{
    nr_json_print_string(w->field, b);
    nr_buf_byte(b, ':');
    if (w->all) {
        nr_buf_add(b, NR_S("true"));
        return;
    }
    for (size_t i = 0; i < w->items.n; i++) {
        nr_buf_byte(b, i ? ',' : '[');
        nr_json_print(w->items.at[i], b);
    }
    nr_buf_byte(b, ']');
}

static void print_owner(const nr_owner *o, nr_buf *b)
{
    nr_buf_add(b, NR_S("{\"owner\":"));
    nr_json_print_string(o->name, b);
    nr_buf_add(b, NR_S(",\"index\":{"));
    for (size_t i = 0; i < o->wishes.n; i++) {
        if (i) nr_buf_byte(b, ',');
        print_wish(&o->wishes.at[i], b);
    }
    nr_buf_add(b, NR_S("},\"unindex\":["));
    for (size_t i = 0; i < o->unindex.n; i++) {
        if (i) nr_buf_byte(b, ',');
        nr_json_print_string(o->unindex.at[i], b);
    }
    nr_buf_add(b, NR_S("]}"));
}

nr_slice nr_owners_print(const nr_owners *o, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    for (size_t i = 0; i < o->n; i++) {
        if (!o->at[i].wishes.n && !o->at[i].unindex.n) continue;
        nr_buf_byte(&b, b.n ? ',' : '[');
        print_owner(&o->at[i], &b);
    }
    if (!b.n) return (nr_slice){NULL, 0};
    nr_buf_byte(&b, ']');
    return nr_buf_slice(&b);
}

/* -- against a schema --------------------------------------------------------------------------------------------------------------------- */

static bool unindexes(const nr_owner *o, const nr_schema *s, const nr_field *f)
{
    for (size_t i = 0; i < o->unindex.n; i++)
        if (nr_schema_named(s, o->unindex.at[i]) == f) return true;
    return false;
}

/* Whether somebody else says that the field is to have no index. */
static bool is_silenced(const nr_owners *all, const nr_owner *mine, const nr_schema *s, const nr_field *f)
{
    for (size_t i = 0; i < all->n; i++)
        if (&all->at[i] != mine && unindexes(&all->at[i], s, f)) return true;
    return false;
}

static const nr_json *wish_json(const nr_wish *w, nr_arena *arena)
{
    nr_json *j = NR_NEW(arena, nr_json);
    nr_json *items = NR_NEW_N(arena, nr_json, w->items.n);
    for (size_t i = 0; i < w->items.n; i++) items[i] = *w->items.at[i];
    *j = (nr_json){.kind = w->all ? NR_J_TRUE : NR_J_ARRAY, .n = w->items.n, .items = items};
    return j;
}

static void add_wants(const nr_owners *all, const nr_owner *o, const nr_schema *s, nr_arena *arena, nr_wants *out)
{
    for (size_t i = 0; i < o->wishes.n; i++) {
        const nr_wish *w = &o->wishes.at[i];
        const nr_field *f = nr_schema_named(s, w->field);
        nr_err asleep = {0};
        nr_field *copy = NR_NEW(arena, nr_field);
        if (!f || is_silenced(all, o, s, f) || !nr_field_with_index(s, f, wish_json(w, arena), arena, copy, &asleep)) continue;
        nr_vec_push(arena, &out->list, (nr_want){nr_arena_copy(arena, o->name), copy});
    }
}

void nr_owners_wants(const nr_owners *o, const nr_schema *s, nr_arena *arena, nr_wants *out)
{
    *out = (nr_wants){0};
    if (!o->n || s->abstract) return;
    bool *silenced = NR_NEW_N(arena, bool, s->n_fields);
    for (size_t i = 0; i < s->n_fields; i++) silenced[i] = is_silenced(o, NULL, s, &s->fields[i]);
    out->silenced = silenced;
    for (size_t i = 0; i < o->n; i++) add_wants(o, &o->at[i], s, arena, out);
}
