/* schema_json.c -- a model's document: its keys, one row each, and what follows from them.
 *
 * Fields are read from declarations, never copied: what abstract parents declare is declared again in the child, so that "self" and the primary
 * key are the child's own. What a concrete parent declares is that one's own, and only its names are known here. */
#include "model/schema_read.h"

#include "model/path.h"

enum { BOOLEAN = 1u << NR_J_TRUE | 1u << NR_J_FALSE, STRING = 1u << NR_J_STRING, LIST = 1u << NR_J_ARRAY, OBJECT = 1u << NR_J_OBJECT,
       NUMBER = 1u << NR_J_NUMBER | 1u << NR_J_NULL };

typedef struct declaration {
    nr_slice name;
    const nr_json *json;
} declaration;

typedef NR_VEC(declaration) declarations;

/* -- keys -------------------------------------------------------------------------------------------------------------------------------- */

static bool set_abstract(nr_schema_reader *r, const nr_json *j)
{
    r->schema->abstract = j->kind == NR_J_TRUE;
    return true;
}

static const nr_schema *find_model(const nr_schema_reader *r, nr_slice name)
{
    return r->find ? r->find(r->ctx, name) : NULL;
}

/* Whether the model is among those that parent descends from. */
static bool descends_from_us(const nr_schema_reader *r, const nr_schema *parent, nr_arena *arena)
{
    nr_slices seen = {NULL, 0, 0};
    nr_vec_push(arena, &seen, parent->name);
    for (size_t i = 0; i < seen.n; i++) {
        if (nr_slice_eq(seen.at[i], r->schema->name)) return true;
        const nr_schema *s = find_model(r, seen.at[i]);
        for (size_t k = 0; s && k < s->extends.n; k++) {
            size_t at = 0;
            while (at < seen.n && !nr_slice_eq(seen.at[at], s->extends.at[k])) at++;
            if (at == seen.n) nr_vec_push(arena, &seen, s->extends.at[k]);
        }
    }
    return false;
}

static bool check_parent(nr_schema_reader *r, nr_slice name)
{
    if (nr_slice_eq(name, r->schema->name)) return nr_reader_fail(r, NR_E_NOMODEL, "a model cannot extend itself");
    const nr_schema *parent = nr_model_name_valid(name) ? find_model(r, name) : NULL;
    if (!parent) return nr_reader_fail(r, NR_E_NOMODEL, "there is no model %s", NR_SHOW(name));
    if (!parent->abstract && r->schema->abstract)
        return nr_reader_fail(r, NR_E_BADVALUE, "%.*s is not abstract: only a model with entities can extend it", NR_FMT(name));
    if (!parent->abstract && r->schema->parent.p)
        return nr_reader_fail(r, NR_E_BADVALUE, "%.*s and %.*s are both not abstract: at most one may be; refer to the other by a onetoone",
                              NR_FMT(r->schema->parent), NR_FMT(name));
    if (!parent->abstract) r->schema->parent = nr_arena_copy(r->schema->arena, name);
    nr_arena scratch;
    nr_arena_init(&scratch, r->schema->arena->env);
    bool circle = descends_from_us(r, parent, &scratch);
    nr_arena_clear(&scratch);
    if (circle) return nr_reader_fail(r, NR_E_NOMODEL, "a model cannot extend itself, and %.*s extends it", NR_FMT(name));
    return true;
}

static bool set_extends(nr_schema_reader *r, const nr_json *j)
{
    nr_slices *extends = &r->schema->extends;
    for (size_t i = 0; i < j->n; i++) {
        const nr_json *item = &j->items[i];
        if (item->kind != NR_J_STRING) return nr_reader_fail(r, NR_E_BADVALUE, "expected names of models, got %s", nr_json_kind_name(item));
        if (!check_parent(r, item->text)) return false;
        for (size_t k = 0; k < extends->n; k++)
            if (nr_slice_eq(extends->at[k], item->text)) return nr_reader_fail(r, NR_E_BADVALUE, "%s stands twice", NR_SHOW(item->text));
        nr_vec_push(r->schema->arena, extends, item->text);
    }
    return true;
}

static bool set_fields(nr_schema_reader *r, const nr_json *j)
{
    for (size_t i = 0; i < j->n; i++) {
        nr_err why = {.code = NR_OK};
        if (!nr_field_name_valid(j->names[i], &why)) return nr_reader_fail(r, why.code, "%s", why.msg);
    }
    r->own_fields = j;
    return true;
}

static bool set_pk(nr_schema_reader *r, const nr_json *j)
{
    r->pk_json = j;
    return true;
}

static bool set_ordering(nr_schema_reader *r, const nr_json *j)
{
    r->schema->ordering_json = j;
    return true;
}

static bool set_unique_together(nr_schema_reader *r, const nr_json *j)
{
    r->schema->unique_json = j;
    return true;
}

static bool set_indexes(nr_schema_reader *r, const nr_json *j)
{
    r->schema->indexes_json = j;
    return true;
}

static bool set_store(nr_schema_reader *r, const nr_json *j)
{
    r->schema->has_store = true;
    r->schema->in_memory = nr_slice_is(j->text, "memory");
    return r->schema->in_memory || nr_slice_is(j->text, "native") ||
           nr_reader_fail(r, NR_E_BADVALUE, "expected \"native\" or \"memory\", got %s", NR_SHOW(j->text));
}

static bool set_ttl(nr_schema_reader *r, const nr_json *j)
{
    r->schema->ttl_json = j;
    return true;
}

#define LATER 0, "", 0, NULL

const nr_schema_option nr_schema_keys[] = {
    {"abstract",        BOOLEAN, "true or false",                    0, set_abstract, "the model has no entities: others extend it"},
    {"extends",         LIST,    "an array of names of models",      0, set_extends,  "whose fields it has: any number of abstract models, and one that is not"},
    {"fields",          OBJECT,  "an object: field name -> options", 0, set_fields,   "the fields, in the order of replies"},
    {"pk",              STRING,  "the name of a field",              0, set_pk,       "the primary key; without one, `id` of type auto"},
    {"ordering",        LIST,    "an array of names of fields",      0, set_ordering, "the order of queries that give none: what ORDER takes but `?`; -f is descending"},
    {"store",           STRING,  "\"native\" or \"memory\"",           0, set_store,    "where indexes are: `native`, in sorted sets and sets; `memory`, in the module's own"},
    {"unique_together", LIST,    "an array of arrays of names of fields", 0, set_unique_together, "fields whose values together are unique, NULLs aside; one list, or several"},
    {"indexes",         LIST,    "an array of objects such as {\"name\": \"feed\", \"fields\": [\"status\", \"-created\"]}", 0, set_indexes, "ordered indexes over several fields; -f is descending"},
    {"ttl",             NUMBER, "seconds: a whole number from 1 to 1000000000000, or null", 0, set_ttl, "seconds that an entity lives when its insert says nothing; null: for ever"},
    {NULL, LATER, NULL},
};

/* -- inheritance ------------------------------------------------------------------------------------------------------------------------- */

static declaration *declared(declarations *all, nr_slice name)
{
    for (size_t i = 0; i < all->n; i++)
        if (nr_slice_eq(all->at[i].name, name)) return &all->at[i];
    return NULL;
}

/* The first that says something wins. */
static void inherit(const nr_json **own, const nr_json *parents, nr_arena *arena)
{
    if (parents && !*own) *own = nr_json_copy(parents, arena);
}

static void declare_again(const nr_schema *s, const nr_field *fields, size_t n, declarations *all)
{
    for (size_t i = 0; i < n; i++)
        if (!declared(all, fields[i].name) && !nr_schema_inherits(s, fields[i].name))
            nr_vec_push(s->arena, all, (declaration){nr_arena_copy(s->arena, fields[i].name), nr_json_copy(fields[i].json, s->arena)});
}

static void declare_inherited(nr_schema_reader *r, declarations *all)
{
    nr_arena *arena = r->schema->arena;
    for (size_t i = 0; i < r->schema->extends.n; i++) {
        const nr_schema *parent = find_model(r, r->schema->extends.at[i]);
        inherit(&r->schema->ordering_json, parent->ordering_json, arena);
        inherit(&r->schema->ttl_json, parent->ttl_json, arena);
        if (!parent->abstract) continue;
        declare_again(r->schema, parent->fields, parent->n_fields, all);
        declare_again(r->schema, parent->many, parent->n_many, all);
        inherit(&r->schema->unique_json, parent->unique_json, arena);
        inherit(&r->schema->indexes_json, parent->indexes_json, arena);
    }
}

/* What a concrete parent has keeps its name. */
static bool declare_own(nr_schema_reader *r, declarations *all)
{
    const nr_json *own = r->own_fields;
    size_t inherited = all->n;
    for (size_t i = 0; own && i < own->n; i++) {
        declarations parents = {all->at, inherited, inherited};
        const nr_inherited *above = nr_schema_inherits(r->schema, own->names[i]);
        if (above)
            return nr_fail(r->err, NR_E_BADVALUE, "fields.%.*s: %.*s, which is extended, has a field of that name, which cannot be declared again",
                           NR_FMT(own->names[i]), NR_FMT(above->model));
        declaration *overridden = declared(&parents, own->names[i]);
        if (overridden) overridden->json = &own->items[i];
        else nr_vec_push(r->schema->arena, all, (declaration){own->names[i], &own->items[i]});
    }
    return true;
}

/* -- a concrete parent ------------------------------------------------------------------------------------------------------------------- */

static void add_inherited(nr_schema *s, nr_slice name, nr_slice model, bool many)
{
    nr_vec_push(s->arena, &s->inherited, (nr_inherited){nr_arena_copy(s->arena, name), nr_arena_copy(s->arena, model), many});
}

/* As its entities are replied: its primary key, what it has inherited, its own. */
static void inherit_names(nr_schema *s, const nr_schema *parent)
{
    add_inherited(s, parent->fields[0].name, parent->name, false);
    for (size_t i = 0; i < parent->inherited.n; i++) {
        const nr_inherited *above = &parent->inherited.at[i];
        add_inherited(s, above->name, above->model, above->many);
    }
    for (size_t i = 1; i < parent->n_fields; i++) add_inherited(s, parent->fields[i].name, parent->name, false);
    for (size_t i = 0; i < parent->n_many; i++) add_inherited(s, parent->many[i].name, parent->name, true);
}

/* The reference to the parent comes first; an own declaration may take its place. */
static bool declare_parent(nr_schema_reader *r, declarations *all)
{
    nr_schema *s = r->schema;
    nr_err why = {.code = NR_OK};
    nr_buf json = nr_buf_in(s->arena);
    if (!s->parent.p) return true;
    inherit_names(s, find_model(r, s->parent));
    r->parent_link = nr_arena_printf(s->arena, "%.*s_ptr", NR_FMT(nr_model_short_name(s->parent, s->arena)));
    if (!nr_field_name_valid(r->parent_link, &why)) return nr_fail(r->err, why.code, "extends: the reference to %.*s: %s", NR_FMT(s->parent), why.msg);
    const nr_inherited *above = nr_schema_inherits(s, r->parent_link);
    if (above)
        return nr_fail(r->err, NR_E_BADVALUE, "extends: the reference to %.*s is called '%.*s', and so is a field of %.*s; rename one of the models",
                       NR_FMT(s->parent), NR_FMT(r->parent_link), NR_FMT(above->model));
    nr_buf_printf(&json, "{\"type\":\"onetoone\",\"pk\":true,\"on_delete\":\"cascade\",\"to\":\"%.*s\"}", NR_FMT(s->parent));
    const nr_json *j = nr_json_parse(nr_buf_slice(&json), NR_SCHEMA_BYTES_MAX, s->arena, r->err);
    if (j) nr_vec_push(s->arena, all, (declaration){r->parent_link, j});
    return j != NULL;
}

/* What an own declaration of it may say is how it is named from the parent, and how it is indexed. */
static bool check_parent_link(nr_schema_reader *r, nr_field *f)
{
    const nr_schema *s = r->schema;
    bool mine = s->parent.p && nr_slice_eq(f->name, r->parent_link);
    if (!mine) return true;
    bool good = nr_slice_is(NR_S("onetoone"), f->type->name) && nr_slice_eq(f->to, s->parent) && !(nr_json_get(f->json, "pk") && !f->pk) &&
                !nr_json_get(f->json, "to_field") && (f->on_delete == NR_CASCADE || !nr_json_get(f->json, "on_delete"));
    f->pk = true;
    f->on_delete = NR_CASCADE;
    return good || nr_fail(r->err, NR_E_BADVALUE,
                           "%.*s: is the reference to %.*s, which is extended: the primary key, of type onetoone, with on_delete cascade", NR_FMT(f->path),
                           NR_FMT(s->parent));
}

/* One place more than there are fields is kept, for `id`. */
static bool read_fields(nr_schema_reader *r)
{
    nr_schema *s = r->schema;
    declarations all = {NULL, 0, 0};
    if (!declare_parent(r, &all)) return false;
    declare_inherited(r, &all);
    if (!declare_own(r, &all)) return false;
    if (all.n + s->inherited.n >= NR_FIELDS_MAX) return nr_reader_fail(r, NR_E_LIMIT, "fields: a model has at most %d", NR_FIELDS_MAX);
    s->fields = NR_NEW_N(s->arena, nr_field, all.n + 1);
    s->many = NR_NEW_N(s->arena, nr_field, all.n);
    for (size_t i = 0; i < all.n; i++) {
        nr_field f;
        if (!nr_reader_field(r, all.at[i].name, all.at[i].json, &f) || !check_parent_link(r, &f)) return false;
        if (f.type->flags & NR_TF_MANY) s->many[s->n_many++] = f;
        else s->fields[s->n_fields++] = f;
    }
    return true;
}

/* -- primary key ------------------------------------------------------------------------------------------------------------------------- */

static nr_field *field_named(const nr_schema *s, nr_slice name)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (nr_slice_eq(s->fields[i].name, name)) return &s->fields[i];
    return NULL;
}

static nr_field *add_id(nr_schema_reader *r)
{
    nr_schema *s = r->schema;
    const nr_json *j = nr_json_parse(NR_S("{\"type\":\"auto\",\"pk\":true}"), NR_SCHEMA_BYTES_MAX, s->arena, r->err);
    if (!j || !nr_reader_field(r, NR_S("id"), j, &s->fields[s->n_fields])) return NULL;
    return &s->fields[s->n_fields++];
}

/* The field that key "pk" names; false when it contradicts the fields. */
static bool named_pk(nr_schema_reader *r, nr_field **pk)
{
    if (!r->pk_json) return true;
    nr_slice name = r->pk_json->text;
    *pk = field_named(r->schema, name);
    if (!*pk && nr_slice_is(name, "id")) return (*pk = add_id(r)) != NULL;
    if (!*pk) {
        nr_err why = {.code = NR_OK};
        nr_schema_no_field(r->schema, name, &why);
        return nr_reader_fail(r, NR_E_NOFIELD, "pk: %s", why.msg);
    }
    if (nr_json_get((*pk)->json, "pk") && !(*pk)->pk)
        return nr_reader_fail(r, NR_E_BADVALUE, "pk: names '%.*s', but its declaration says \"pk\": false", NR_FMT((*pk)->name));
    return true;
}

/* What key "pk" of the first parent that has a primary key named, unless the child's declaration of that field says that it is none. */
static nr_field *inherited_pk(nr_schema_reader *r)
{
    for (size_t i = 0; i < r->schema->extends.n; i++) {
        const nr_schema *parent = find_model(r, r->schema->extends.at[i]);
        nr_field *f = parent->abstract && parent->n_fields && parent->fields[0].pk ? field_named(r->schema, parent->fields[0].name) : NULL;
        if (f && !nr_json_get(f->json, "pk")) return f;
    }
    return NULL;
}

static bool default_pk(nr_schema_reader *r, nr_field **pk)
{
    nr_schema *s = r->schema;
    *pk = inherited_pk(r);
    if (*pk || s->abstract) return true;
    if (field_named(s, NR_S("id")))
        return nr_reader_fail(r, NR_E_BADVALUE,
                              "fields.id: a model without a primary key gets the field 'id' of type auto as one; add \"pk\": true to this field, or "
                              "name another field in \"pk\"");
    return (*pk = add_id(r)) != NULL;
}

static bool find_pk(nr_schema_reader *r, nr_field **out)
{
    nr_schema *s = r->schema;
    nr_field *pk = NULL;
    if (!named_pk(r, &pk)) return false;
    for (size_t i = 0; i < s->n_fields; i++) {
        nr_field *f = &s->fields[i];
        if (!f->pk || f == pk) continue;
        if (pk)
            return nr_reader_fail(r, NR_E_BADVALUE, "pk: there is one primary key, but '%.*s' and '%.*s' are said to be it", NR_FMT(pk->name),
                                  NR_FMT(f->name));
        pk = f;
    }
    *out = pk;
    return pk || default_pk(r, out);
}

static bool choose_pk(nr_schema_reader *r)
{
    nr_schema *s = r->schema;
    nr_field *pk = NULL;
    if (!find_pk(r, &pk)) return false;
    if (pk) {
        nr_field first = *pk;
        first.pk = true;
        memmove(s->fields + 1, s->fields, sizeof *pk * (size_t)(pk - s->fields));
        s->fields[0] = first;
    }
    for (size_t i = 0; i < s->n_fields; i++) {
        s->fields[i].id = (uint16_t)i;
        s->minds_deletes = s->minds_deletes || s->fields[i].on_delete != NR_DO_NOTHING;
    }
    return nr_reader_check_pk(r);
}

/* -- ordering ---------------------------------------------------------------------------------------------------------------------------- */

/* The order that a name asks for: "[-]field", or a path, which begins with a field of the model or of one above it. Where a path leads is seen when all models are
 * at hand (query/bind.h). */
static bool add_ordering(nr_schema_reader *r, const nr_json *item, bool by_names)
{
    nr_schema *s = r->schema;
    if (item->kind != NR_J_STRING) return nr_reader_fail(r, NR_E_BADVALUE, "ordering: expected names of fields, got %s", nr_json_kind_name(item));
    bool descending = nr_slice_starts(item->text, NR_S("-"));
    nr_slice name = {item->text.p + descending, item->text.n - descending};
    if (nr_slice_is(name, "?"))
        return nr_reader_fail(r, NR_E_BADVALUE, "ordering: %s is not available in this version; expected names of fields", NR_SHOW(item->text));
    name.n = nr_path_split(name);
    nr_err why = {.code = NR_OK};
    const nr_inherited *above = nr_schema_inherits(s, name);
    if (by_names) nr_vec_push(s->arena, &s->ordering_names, item->text);
    if (above && !above->many) return true;
    const nr_field *f = nr_schema_need(s, name, &why);
    if (f && !by_names) s->ordering[s->n_ordering++] = (nr_sort_key){.field = f, .descending = descending};
    /* An abstract model knows its primary key only in its children. */
    return f || (s->abstract && nr_slice_is(name, "pk")) || nr_reader_fail(r, why.code, "ordering: %s", why.msg);
}

static bool has_path(const nr_json *names)
{
    bool path = false;
    for (size_t i = 0; i < names->n; i++) path = path || (names->items[i].kind == NR_J_STRING && nr_path_split(names->items[i].text) < names->items[i].text.n);
    return path;
}

static bool read_ordering(nr_schema_reader *r)
{
    nr_schema *s = r->schema;
    const nr_json *j = s->ordering_json;
    if (!j) return true;
    bool by_names = s->parent.p || has_path(j);
    s->ordering = NR_NEW_N(s->arena, nr_sort_key, j->n);
    for (size_t i = 0; i < j->n; i++)
        if (!add_ordering(r, &j->items[i], by_names)) return false;
    return true;
}

/* -- time to live ------------------------------------------------------------------------------------------------------------------------ */

enum { TTL_DIGITS = 13 };
static const int64_t TTL_MAX = INT64_C(1000000000000); /* 30,000 years: the moment can always be told */

static bool read_ttl(nr_schema_reader *r)
{
    nr_schema *s = r->schema;
    if (!s->ttl_json || s->ttl_json->kind == NR_J_NULL) return true;
    nr_slice text = s->ttl_json->text;
    bool good = text.n <= TTL_DIGITS;
    for (size_t i = 0; i < text.n && good; i++) {
        good = text.p[i] >= '0' && text.p[i] <= '9';
        s->ttl = s->ttl * 10 + (text.p[i] - '0');
    }
    return (good && s->ttl >= 1 && s->ttl <= TTL_MAX) ||
           nr_reader_fail(r, NR_E_BADVALUE, "ttl: expected seconds, a whole number from 1 to %lld, or null; got %s", (long long)TTL_MAX, NR_SHOW(text));
}

/* -- the document ------------------------------------------------------------------------------------------------------------------------ */

static bool read_document(nr_schema_reader *r, const nr_json *document)
{
    if (document->kind != NR_J_OBJECT)
        return nr_reader_fail(r, NR_E_BADVALUE, "a definition is an object such as {\"fields\": {...}}, got %s", nr_json_kind_name(document));
    return nr_reader_refuse_unknown(r, document, nr_schema_keys) && nr_reader_set(r, document, nr_schema_keys) && read_fields(r) && choose_pk(r) &&
           read_ordering(r) && read_ttl(r) && nr_reader_together(r);
}

nr_schema *nr_schema_parse(nr_slice name, nr_slice json, nr_schema_find find, void *ctx, nr_arena *arena, nr_err *err)
{
    if (!nr_model_name_valid(name)) {
        nr_fail(err, NR_E_BADVALUE,
                "no model can be named %s: a name has letters, digits and underscores in parts joined by dots, a {tag} may stand "
                "in front, and it has at most %d bytes",
                NR_SHOW(name), NR_MODEL_NAME_MAX);
        return NULL;
    }
    const nr_json *document = nr_json_parse(json, NR_SCHEMA_BYTES_MAX, arena, err);
    if (!document) return NULL;
    nr_schema *s = NR_NEW(arena, nr_schema);
    s->name = nr_arena_copy(arena, name);
    s->arena = arena;
    nr_buf source = nr_buf_in(arena);
    nr_json_print(document, &source);
    s->source = nr_buf_slice(&source);
    nr_schema_reader r = {.schema = s, .find = find, .ctx = ctx, .err = err};
    return read_document(&r, document) ? s : NULL;
}
