/* autoload.c -- reading and binding. */
#include "query/autoload.h"

#include "query/bind.h"
#include "query/borrowed.h"

void nr_autoload_init(nr_autoload *a, const nr_env *env)
{
    *a = (nr_autoload){0};
    nr_arena_init(&a->arena, env);
}

void nr_autoload_clear(nr_autoload *a)
{
    nr_arena_clear(&a->arena);
    const nr_env *env = a->arena.env;
    nr_autoload_init(a, env);
}

nr_autoload_model *nr_autoload_find(const nr_autoload *a, nr_slice model)
{
    for (size_t i = 0; i < a->models.n; i++)
        if (nr_slice_eq(a->models.at[i].name, model)) return &a->models.at[i];
    return NULL;
}

/* An error of a file begins with its name. Always false. */
static bool fail_in(nr_slice file, const nr_err *inner, nr_err *err)
{
    return nr_fail(err, inner->code, "%.*s: %s", NR_FMT(file), inner->msg);
}

static const nr_json *parse_file(nr_autoload *a, nr_slice file, nr_slice text, nr_err *err)
{
    nr_err inner = {0};
    const nr_json *j = nr_json_parse(text, NR_SCHEMA_BYTES_MAX, &a->arena, &inner);
    if (j && j->kind != NR_J_OBJECT) nr_fail(&inner, NR_E_SYNTAX, "line 1: expected an object, got %s", nr_json_kind_name(j));
    if (inner.code) fail_in(file, &inner, err);
    return inner.code ? NULL : j;
}

static bool full(const nr_autoload *a, nr_err *err)
{
    return a->models.n + a->entries.n >= NR_AUTOLOAD_FILES_MAX && !nr_fail(err, NR_E_LIMIT, "more than %d definitions in files", NR_AUTOLOAD_FILES_MAX);
}

bool nr_autoload_add_model(nr_autoload *a, nr_slice name, nr_slice text, nr_err *err)
{
    nr_autoload_model m = {.file = nr_arena_printf(&a->arena, "models/%.*s", NR_FMT(name))};
    const nr_json *j = full(a, err) ? NULL : parse_file(a, m.file, text, err);
    nr_buf compact = nr_buf_in(&a->arena);
    if (!j) return false;
    m.name = nr_arena_copy(&a->arena, (nr_slice){name.p, name.n > 5 ? name.n - 5 : 0});
    if (!nr_model_name_valid(m.name))
        return nr_fail(err, NR_E_SYNTAX, "%.*s: %s is no model name; expected parts of letters, digits and _ joined by dots, as in blog.Post.json",
                       NR_FMT(m.file), NR_SHOW(m.name));
    nr_json_print(j, &compact);
    m.json = nr_buf_slice(&compact);
    nr_vec_push(&a->arena, &a->models, m);
    return true;
}

static bool read_entry(nr_autoload *a, nr_autoload_entry *e, const nr_json *j, nr_err *err)
{
    if (!nr_model_name_valid(e->model)) return nr_fail(err, NR_E_BADVALUE, "%s is no model name", NR_SHOW(e->model));
    if (j->kind != NR_J_OBJECT) return nr_fail(err, NR_E_BADVALUE, "expected an object, got %s", nr_json_kind_name(j));
    for (size_t i = 0; i < j->n; i++)
        if (!nr_slice_is(j->names[i], "index") && !nr_slice_is(j->names[i], "unindex"))
            return nr_fail(err, NR_E_BADVALUE, "unknown key %s; expected index, unindex", NR_SHOW(j->names[i]));
    return nr_owner_read(&e->wishes, nr_json_get(j, "index"), nr_json_get(j, "unindex"), &a->arena, err);
}

/* "indexes/blog.json: blog.Post.<path>: ..." Always false. */
static bool fail_entry(const nr_autoload_entry *e, const nr_err *inner, nr_err *err)
{
    return nr_fail(err, inner->code, "%.*s: %.*s: %s", NR_FMT(e->file), NR_FMT(e->model), inner->msg);
}

bool nr_autoload_add_index(nr_autoload *a, nr_slice name, nr_slice text, nr_err *err)
{
    nr_slice file = nr_arena_printf(&a->arena, "indexes/%.*s", NR_FMT(name)), owner = nr_arena_printf(&a->arena, NR_OWNER_FILE "%.*s", NR_FMT(name));
    const nr_json *j = parse_file(a, file, text, err);
    if (!j) return false;
    for (size_t i = 0; i < j->n; i++) {
        nr_autoload_entry e = {.file = file, .owner = owner, .model = j->names[i], .wishes = {.name = owner}};
        nr_err inner = {0};
        if (full(a, err)) return false;
        if (!read_entry(a, &e, &j->items[i], &inner)) return fail_entry(&e, &inner, err);
        nr_vec_push(&a->arena, &a->entries, e);
    }
    return true;
}

/* -- binding ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct binder {
    nr_autoload *files;
    nr_regexes *patterns;
    nr_err *err;
} binder;

static bool bind_model(binder *b, nr_autoload_model *m);

static const nr_schema *find_parent(void *ctx, nr_slice name)
{
    binder *b = ctx;
    nr_autoload_model *m = nr_autoload_find(b->files, name);
    return m && bind_model(b, m) ? m->schema : NULL;
}

/* A parent that is in no file, or a circle of parents, is for MODEL SET to say. */
static bool bind_model(binder *b, nr_autoload_model *m)
{
    nr_err inner = {0};
    if (m->done || m->at_work || b->err->code) return m->done && !b->err->code;
    m->at_work = true;
    m->schema = nr_schema_parse(m->name, m->json, find_parent, b, &b->files->arena, &inner);
    m->at_work = false;
    m->done = true;
    return m->schema || inner.code == NR_E_NOMODEL || fail_in(m->file, &inner, b->err);
}

static bool resolve_model(binder *b, nr_autoload_model *m)
{
    nr_err inner = {0};
    nr_schema *s = (nr_schema *)m->schema;
    nr_index *indexes;
    size_t n;
    bool ok = !s || (nr_schema_resolve(s, find_parent, b, &inner) && nr_schema_indexes(s, b->patterns, &b->files->arena, &indexes, &n, &inner));
    if (ok && s) nr_indexes_release(indexes, n);
    return ok || fail_in(m->file, &inner, b->err);
}

static const nr_schema *find_lender(void *ctx, nr_slice name)
{
    const binder *b = ctx;
    const nr_autoload_model *m = nr_autoload_find(b->files, name);
    return m && m->schema && !m->schema->abstract ? m->schema : NULL;
}

static bool bind_wish(binder *b, const nr_schema *s, const nr_wish *w, nr_err *err)
{
    nr_arena *arena = &b->files->arena;
    nr_err inner = {0};
    nr_field with;
    const nr_field *f = nr_borrowed_wish(s, w->field, find_lender, b, arena, &inner);
    if (!f && inner.code == NR_E_NOMODEL) return true; /* a path that goes on in a model that is in no file */
    if (!f) return nr_fail(err, inner.code, "index.%s: %s", NR_SHOW(w->field), inner.msg);
    nr_json *items = NR_NEW_N(arena, nr_json, w->items.n);
    for (size_t i = 0; i < w->items.n; i++) items[i] = *w->items.at[i];
    nr_json j = {.kind = w->all ? NR_J_TRUE : NR_J_ARRAY, .n = w->items.n, .items = items};
    return (nr_field_with_index(s, f, &j, arena, &with, &inner) && nr_field_indexable(s, &with, b->patterns, arena, &inner)) ||
           nr_fail(err, inner.code, "%s", inner.msg);
}

static bool bind_entry(binder *b, nr_autoload_entry *e)
{
    const nr_autoload_model *m = nr_autoload_find(b->files, e->model);
    nr_err inner = {0};
    bool ok = true;
    if (!m || !m->schema) return true;
    for (size_t i = 0; ok && i < e->wishes.wishes.n; i++) ok = bind_wish(b, m->schema, &e->wishes.wishes.at[i], &inner);
    for (size_t i = 0; ok && i < e->wishes.unindex.n; i++) ok = nr_schema_need(m->schema, e->wishes.unindex.at[i], &inner) != NULL;
    return ok || fail_entry(e, &inner, b->err);
}

/* -- orderings: the models of files, without a table ------------------------------------------------------------------------------------- */

static nr_model *file_model(binder *b, const nr_autoload_model *m)
{
    bool entities = m && m->schema && !m->schema->abstract && nr_schema_pk(m->schema)->spec.type;
    nr_model *out = entities ? NR_NEW(&b->files->arena, nr_model) : NULL;
    if (out) *out = (nr_model){.schema = (nr_schema *)m->schema};
    return out;
}

static nr_model *files_find(void *ctx, nr_slice name)
{
    binder *b = ctx;
    return file_model(b, nr_autoload_find(b->files, name));
}

static bool files_enter(void *ctx, nr_slice from, nr_model *m)
{
    (void)ctx, (void)from;
    return m != NULL;
}

static nr_model *files_need(void *ctx, nr_slice from, nr_slice name)
{
    binder *b = ctx;
    nr_model *m = files_find(ctx, name);
    if (!m) nr_fail(b->err, NR_E_NOMODEL, "model '%.*s', of %.*s, is in no file", NR_FMT(name), NR_FMT(from));
    return m;
}

static bool files_next(void *ctx, size_t *at, nr_model **m)
{
    binder *b = ctx;
    *m = NULL;
    while (!*m && *at < b->files->models.n) *m = file_model(b, &b->files->models.at[(*at)++]);
    return true;
}

static bool bind_ordering(binder *b, const nr_autoload_model *m)
{
    nr_err inner = {0};
    binder here = {b->files, b->patterns, &inner};
    const nr_others o = {&here, files_find, files_enter, files_need, files_need, files_next};
    const nr_bind_with with = {.max_memory = SIZE_MAX, .deadline_us = INT64_MAX, .patterns = b->patterns, .others = &o};
    return !m->schema || m->schema->abstract || nr_ordering_check(m->schema, &with, &b->files->arena, &inner) || fail_in(m->file, &inner, b->err);
}

static bool bind_all(binder *b)
{
    nr_autoload *a = b->files;
    for (size_t i = 0; i < a->models.n; i++)
        if (!bind_model(b, &a->models.at[i])) return false;
    for (size_t i = 0; i < a->models.n; i++)
        if (!resolve_model(b, &a->models.at[i])) return false;
    for (size_t i = 0; i < a->models.n; i++)
        if (!bind_ordering(b, &a->models.at[i])) return false;
    for (size_t i = 0; i < a->entries.n; i++)
        if (!bind_entry(b, &a->entries.at[i])) return false;
    return true;
}

bool nr_autoload_bind(nr_autoload *a, nr_err *err)
{
    binder b = {a, nr_regexes_new(a->arena.env, false), err};
    bool ok = bind_all(&b);
    nr_regexes_free(b.patterns);
    return ok;
}
