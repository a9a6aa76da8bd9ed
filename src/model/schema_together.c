/* schema_together.c -- what a document says of several fields at once: indexes over them, and values that are unique together or within a period. */
#include "model/schema_read.h"

enum { INDEX_NAME_MAX = 63 };

static bool fail_at(nr_schema_reader *r, nr_code code, nr_slice path, const char *sentence)
{
    return nr_fail(r->err, code, "%.*s: %s", NR_FMT(path), sentence);
}

/* -- lists of fields ---------------------------------------------------------------------------------------------------------------------- */

static bool check_in_index(nr_schema_reader *r, nr_slice path, const nr_field *f)
{
    if (!(f->type->flags & (NR_TF_BYTES | NR_TF_CONTAINER))) return true;
    return nr_fail(r->err, NR_E_BADVALUE, "%.*s: a field of type '%s' has no ordered index", NR_FMT(path), f->type->name);
}

static bool add_key(nr_schema_reader *r, nr_slice path, nr_slice text, nr_together *t)
{
    nr_err why = {.code = NR_OK};
    bool descending = !t->unique && nr_slice_starts(text, NR_S("-"));
    nr_slice name = {text.p + descending, text.n - descending};
    const nr_field *f = nr_schema_need(r->schema, name, &why);
    /* An abstract model knows its primary key only in its children. */
    if (!f && r->schema->abstract && nr_slice_is(name, "pk")) return true;
    if (!f) return fail_at(r, why.code, path, why.msg);
    for (size_t i = 0; i < t->n; i++)
        if (t->keys[i].field == f) return nr_fail(r->err, NR_E_BADVALUE, "%.*s: field '%.*s' stands twice", NR_FMT(path), NR_FMT(f->name));
    t->keys[t->n++] = (nr_sort_key){.field = f, .descending = descending};
    return t->unique || check_in_index(r, path, f);
}

static bool add_fields(nr_schema_reader *r, nr_slice path, const nr_json *list, nr_together *t)
{
    if (!list || list->kind != NR_J_ARRAY || !list->n) return fail_at(r, NR_E_BADVALUE, path, "expected an array of names of fields");
    if (list->n > NR_TOGETHER_MAX) return nr_fail(r->err, NR_E_LIMIT, "%.*s: at most %d fields", NR_FMT(path), NR_TOGETHER_MAX);
    if (r->schema->together.n == NR_TOGETHERS_MAX)
        return nr_fail(r->err, NR_E_LIMIT, "%.*s: a model has at most %d of indexes and unique_together", NR_FMT(path), NR_TOGETHERS_MAX);
    t->keys = NR_NEW_N(r->schema->arena, nr_sort_key, list->n);
    for (size_t i = 0; i < list->n; i++) {
        const nr_json *item = &list->items[i];
        if (item->kind != NR_J_STRING) return fail_at(r, NR_E_BADVALUE, path, "expected names of fields");
        if (!add_key(r, path, item->text, t)) return false;
    }
    nr_vec_push(r->schema->arena, &r->schema->together, *t);
    return true;
}

/* -- unique_together ---------------------------------------------------------------------------------------------------------------------- */

static bool read_unique(nr_schema_reader *r, const nr_json *j)
{
    bool one = j && j->n && j->items[0].kind == NR_J_STRING;
    if (one) return add_fields(r, NR_S("unique_together"), j, &(nr_together){.unique = true});
    for (size_t i = 0; j && i < j->n; i++) {
        nr_slice path = nr_arena_printf(r->schema->arena, "unique_together[%zu]", i);
        if (!add_fields(r, path, &j->items[i], &(nr_together){.unique = true})) return false;
    }
    return true;
}

/* -- indexes ------------------------------------------------------------------------------------------------------------------------------ */

/* A name without dots is none of those that indexes of one field get. */
static bool name_valid(nr_slice name)
{
    bool valid = name.n > 0 && name.n <= INDEX_NAME_MAX && !nr_slice_is(name, "pk");
    for (size_t i = 0; valid && i < name.n; i++) {
        char c = name.p[i];
        valid = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
    return valid;
}

static bool read_name(nr_schema_reader *r, nr_slice path, const nr_json *j, nr_together *t)
{
    if (!j) return true;
    if (j->kind != NR_J_STRING || !name_valid(j->text))
        return nr_fail(r->err, NR_E_BADVALUE, "%.*s.name: expected letters, digits, _ and -, at most %d of them, and not 'pk'; got %s", NR_FMT(path),
                       INDEX_NAME_MAX, j->kind == NR_J_STRING ? NR_SHOW(j->text) : nr_json_kind_name(j));
    for (size_t i = 0; i < r->schema->together.n; i++)
        if (nr_slice_eq(r->schema->together.at[i].name, j->text))
            return nr_fail(r->err, NR_E_BADVALUE, "%.*s.name: %s is the name of another index", NR_FMT(path), NR_SHOW(j->text));
    t->name = j->text;
    return true;
}

static bool read_index(nr_schema_reader *r, nr_slice path, const nr_json *j)
{
    nr_together t = {0};
    if (j->kind != NR_J_OBJECT)
        return fail_at(r, NR_E_BADVALUE, path, "expected an object such as {\"name\": \"feed\", \"fields\": [\"status\", \"-created\"]}");
    for (size_t i = 0; i < j->n; i++)
        if (!nr_slice_is(j->names[i], "name") && !nr_slice_is(j->names[i], "fields"))
            return nr_fail(r->err, NR_E_BADVALUE, "%.*s: unknown key %s; expected name and fields", NR_FMT(path), NR_SHOW(j->names[i]));
    nr_slice fields = nr_arena_printf(r->schema->arena, "%.*s.fields", NR_FMT(path));
    return read_name(r, path, nr_json_get(j, "name"), &t) && add_fields(r, fields, nr_json_get(j, "fields"), &t);
}

static bool read_indexes(nr_schema_reader *r, const nr_json *j)
{
    for (size_t i = 0; j && i < j->n; i++)
        if (!read_index(r, nr_arena_printf(r->schema->arena, "indexes[%zu]", i), &j->items[i])) return false;
    return true;
}

/* -- unique_for_... ----------------------------------------------------------------------------------------------------------------------- */

static const char *const options[NR_PERIODS] = {"unique_for_date", "unique_for_month", "unique_for_year"};

static bool check_period(nr_schema_reader *r, const nr_field *f, nr_period per)
{
    nr_err why = {.code = NR_OK};
    if (!f->unique_for[per].p) return true;
    nr_slice path = nr_arena_printf(r->schema->arena, "%.*s.%s", NR_FMT(f->path), options[per]);
    if (f->pk) return fail_at(r, NR_E_BADVALUE, path, "a primary key is unique as it is");
    const nr_field *date = nr_schema_need(r->schema, f->unique_for[per], &why);
    if (!date) return r->schema->abstract || fail_at(r, why.code, path, why.msg); /* a child may have it */
    if (!(date->type->flags & NR_TF_DATE))
        return nr_fail(r->err, NR_E_BADVALUE, "%.*s: expected a field of type 'date' or 'datetime'; '%.*s' is of type '%s'", NR_FMT(path),
                       NR_FMT(date->name), date->type->name);
    return date != f || fail_at(r, NR_E_BADVALUE, path, "expected another field");
}

bool nr_reader_together(nr_schema_reader *r)
{
    const nr_schema *s = r->schema;
    if (!read_unique(r, s->unique_json) || !read_indexes(r, s->indexes_json)) return false;
    for (size_t i = 0; i < s->n_fields; i++)
        for (int per = 0; per < NR_PERIODS; per++)
            if (!check_period(r, &s->fields[i], (nr_period)per)) return false;
    return true;
}
