/* schema_options.c -- the options of a field: one row each, set in the table's order, so that type is known to all that follow it.
 *
 * Values (default, choices, min, max) are kept as declared: only nr_schema_resolve knows the type of a relation's values. */
#include "model/owners.h"
#include "model/schema_read.h"

enum {
    BOOLEAN = 1u << NR_J_TRUE | 1u << NR_J_FALSE,
    NUMBER = 1u << NR_J_NUMBER,
    STRING = 1u << NR_J_STRING,
    LIST = 1u << NR_J_ARRAY,
    OBJECT = 1u << NR_J_OBJECT,
    NOTHING = 1u << NR_J_NULL,
    MAX_DIGITS = 38, /* what 128 bits hold */
};

/* -- setters ----------------------------------------------------------------------------------------------------------------------------- */

static bool set_type(nr_schema_reader *r, const nr_json *j)
{
    r->field->type = nr_type_find(j->text);
    if (r->field->type) return true;
    nr_hint hint;
    nr_hint_begin(&hint, j->text);
    for (const nr_type *const *t = nr_types; *t; t++) {
        nr_hint_offer(&hint, nr_slice_of((*t)->name));
        for (const char *name = (*t)->django; name && *name;) {
            size_t n = strcspn(name, " ");
            nr_hint_near(&hint, (nr_slice){name, n});
            name += n + (name[n] == ' ');
        }
    }
    return nr_reader_fail(r, NR_E_BADVALUE, "unknown type %s; %s", NR_SHOW(j->text), nr_hint_text(&hint, "the types are"));
}

static bool set_pk(nr_schema_reader *r, const nr_json *j)
{
    r->field->pk = j->kind == NR_J_TRUE;
    return true;
}

static bool set_null(nr_schema_reader *r, const nr_json *j)
{
    r->field->null = j->kind == NR_J_TRUE;
    return true;
}

static bool set_unique(nr_schema_reader *r, const nr_json *j)
{
    r->field->unique = j->kind == NR_J_TRUE;
    return true;
}

static bool set_unique_for_date(nr_schema_reader *r, const nr_json *j)
{
    r->field->unique_for[NR_PER_DATE] = j->text;
    return true;
}

static bool set_unique_for_month(nr_schema_reader *r, const nr_json *j)
{
    r->field->unique_for[NR_PER_MONTH] = j->text;
    return true;
}

static bool set_unique_for_year(nr_schema_reader *r, const nr_json *j)
{
    r->field->unique_for[NR_PER_YEAR] = j->text;
    return true;
}

static bool set_auto_now(nr_schema_reader *r, const nr_json *j)
{
    r->field->auto_now = j->kind == NR_J_TRUE;
    return true;
}

static bool set_auto_now_add(nr_schema_reader *r, const nr_json *j)
{
    r->field->auto_now_add = j->kind == NR_J_TRUE;
    return true;
}

static bool set_help(nr_schema_reader *r, const nr_json *j)
{
    r->field->help = j->text;
    return true;
}

static bool set_default(nr_schema_reader *r, const nr_json *j)
{
    if ((j->kind == NR_J_ARRAY || j->kind == NR_J_OBJECT) && !(r->field->type->flags & NR_TF_CONTAINER))
        return nr_reader_fail(r, NR_E_BADVALUE, "expected %s, got %s", r->at->expects, nr_json_kind_name(j));
    r->field->default_json = j;
    return true;
}

static bool set_min(nr_schema_reader *r, const nr_json *j)
{
    r->field->min_json = j;
    return true;
}

static bool set_max(nr_schema_reader *r, const nr_json *j)
{
    r->field->max_json = j;
    return true;
}

static bool set_choices(nr_schema_reader *r, const nr_json *j)
{
    if (r->field->type->flags & NR_TF_CONTAINER)
        return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' does not take this option; what is in it may", r->field->type->name);
    if (j->n == 0) return nr_reader_fail(r, NR_E_BADVALUE, "expected at least one choice");
    for (size_t i = 0; i < j->n; i++) {
        unsigned kind = 1u << j->items[i].kind;
        if (!(kind & (BOOLEAN | NUMBER | STRING)))
            return nr_reader_fail(r, NR_E_BADVALUE, "expected strings, numbers or booleans, got %s", nr_json_kind_name(&j->items[i]));
    }
    r->field->choices_json = j;
    return true;
}

/* A whole number written in digits alone. */
static bool read_count(nr_schema_reader *r, const nr_json *j, int64_t low, int64_t high, int64_t *out)
{
    int64_t n = 0;
    bool good = j->text.n > 0;
    for (size_t i = 0; good && i < j->text.n; i++) {
        int digit = j->text.p[i] - '0';
        good = digit >= 0 && digit <= 9 && n <= (high - digit) / 10;
        if (good) n = n * 10 + digit;
    }
    *out = n;
    if (good && n >= low) return true;
    return nr_reader_fail(r, NR_E_BADVALUE, "expected a whole number from %lld to %lld, got %s", (long long)low, (long long)high, NR_SHOW(j->text));
}

static bool set_max_length(nr_schema_reader *r, const nr_json *j)
{
    return read_count(r, j, 1, INT32_MAX, &r->field->max_length);
}

static bool set_max_digits(nr_schema_reader *r, const nr_json *j)
{
    int64_t n;
    if (!read_count(r, j, 1, MAX_DIGITS, &n)) return false;
    r->field->spec.max_digits = (uint8_t)n;
    return true;
}

/* Stands behind max_digits in the table. */
static bool set_decimal_places(nr_schema_reader *r, const nr_json *j)
{
    int64_t n;
    if (!read_count(r, j, 0, MAX_DIGITS, &n)) return false;
    if (r->field->spec.max_digits && n > r->field->spec.max_digits)
        return nr_reader_fail(r, NR_E_BADVALUE, "expected at most max_digits (%d), got %d", r->field->spec.max_digits, (int)n);
    r->field->spec.places = (uint8_t)n;
    return true;
}

static bool set_to(nr_schema_reader *r, const nr_json *j)
{
    const nr_schema *s = r->schema;
    if (!nr_model_name_valid(j->text)) return nr_reader_fail(r, NR_E_BADVALUE, "expected a model's name or 'self', got %s", NR_SHOW(j->text));
    r->field->to = nr_slice_is(j->text, "self") ? s->name : j->text;
    return true;
}

/* Whether the target has it, and it is unique, is known when the target is. */
static bool set_to_field(nr_schema_reader *r, const nr_json *j)
{
    nr_err why = {.code = NR_OK};
    if (!nr_slice_is(j->text, "pk") && !nr_field_name_valid(j->text, &why)) return nr_reader_fail(r, why.code, "%s", why.msg);
    r->field->to_field = j->text;
    return true;
}

/* What only the entity's own fields can be, and what the elements of a container have no use for. */
static bool check_inside(nr_schema_reader *r, const nr_field *f, bool element)
{
    const struct { bool given; const char *option; } refused[] = {
        {f->pk, "pk"},             {f->unique, "unique"},             {f->index_all || f->index.n, "index"}, {f->column, "column"},
        {f->auto_now, "auto_now"}, {f->auto_now_add, "auto_now_add"}, {element && nr_json_get(f->json, "default"), "default"},
        {f->unique_for[NR_PER_DATE].p != NULL, "unique_for_date"},   {f->unique_for[NR_PER_MONTH].p != NULL, "unique_for_month"},
        {f->unique_for[NR_PER_YEAR].p != NULL, "unique_for_year"},
        {f->on_delete != NR_DO_NOTHING, "on_delete"}, {f->check, "check"},
    };
    r->at = NULL;
    if (f->type->flags & NR_TF_MANY) return nr_reader_fail(r, NR_E_BADVALUE, "the type '%s' is for fields of a model, not for what is inside one", f->type->name);
    if (f->type->flags & NR_TF_AUTO) return nr_reader_fail(r, NR_E_BADVALUE, "the type '%s' is for the primary key: use 'bigint'", f->type->name);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].given) return nr_reader_fail(r, NR_E_BADVALUE, "what is inside a container takes no \"%s\"", refused[i].option);
    return true;
}

/* A field inside the one in hand; name empty: its elements. */
static bool read_inside(nr_schema_reader *r, nr_slice name, const nr_json *j, nr_field *out)
{
    nr_field *holder = r->field;
    const nr_schema_option *at = r->at;
    if (!nr_reader_field(r, name, j, out)) return false;
    r->field = out;
    if (!check_inside(r, out, name.n == 0)) return false;
    r->field = holder;
    r->at = at;
    return true;
}

static bool set_of(nr_schema_reader *r, const nr_json *j)
{
    nr_field *of = NR_NEW(r->schema->arena, nr_field);
    r->field->of = of;
    return read_inside(r, NR_S(""), j, of);
}

static bool set_fields(nr_schema_reader *r, const nr_json *j)
{
    nr_field *members = NR_NEW_N(r->schema->arena, nr_field, j->n + 1);
    if (j->n == 0) return nr_reader_fail(r, NR_E_BADVALUE, "expected at least one field");
    if (j->n > NR_FIELDS_MAX) return nr_reader_fail(r, NR_E_LIMIT, "an embedded entity has at most %d", NR_FIELDS_MAX);
    for (size_t i = 0; i < j->n; i++) {
        nr_err why = {.code = NR_OK};
        if (!nr_field_name_valid(j->names[i], &why)) return nr_reader_fail(r, why.code, "%s", why.msg);
        if (!read_inside(r, j->names[i], &j->items[i], &members[i])) return false;
    }
    r->field->members = members;
    r->field->n_members = j->n;
    return true;
}

const char *const nr_policy_names[NR_POLICIES] = {
    [NR_DO_NOTHING] = "do_nothing", [NR_CASCADE] = "cascade",   [NR_PROTECT] = "protect",
    [NR_RESTRICT] = "restrict",     [NR_SET_NULL] = "set_null", [NR_SET_DEFAULT] = "set_default",
};

static bool set_on_delete(nr_schema_reader *r, const nr_json *j)
{
    nr_hint hint;
    nr_hint_begin(&hint, j->text);
    for (size_t p = 0; p < NR_POLICIES; p++) {
        r->field->on_delete = (nr_policy)p;
        if (nr_slice_is(j->text, nr_policy_names[p])) return true;
        nr_hint_offer(&hint, nr_slice_of(nr_policy_names[p]));
    }
    return nr_reader_fail(r, NR_E_BADVALUE, "unknown policy %s; %s", NR_SHOW(j->text), nr_hint_text(&hint, "expected one of"));
}

static bool set_check(nr_schema_reader *r, const nr_json *j)
{
    r->field->check = j->kind == NR_J_TRUE;
    return true;
}

static bool set_related_name(nr_schema_reader *r, const nr_json *j)
{
    nr_err why = {.code = NR_OK};
    if (!nr_slice_is(j->text, "+") && !nr_field_name_valid(j->text, &why)) return nr_reader_fail(r, why.code, "%s", why.msg);
    r->field->related_name = nr_arena_copy(r->schema->arena, j->text);
    return true;
}

static bool set_through(nr_schema_reader *r, const nr_json *j)
{
    if (!nr_model_name_valid(j->text)) return nr_reader_fail(r, NR_E_BADVALUE, "expected a model's name, got %s", NR_SHOW(j->text));
    r->field->through = j->text;
    return true;
}

/* -- index ------------------------------------------------------------------------------------------------------------------------------- */

/* What the names mean is known where lookups are (query/index_def.c): here they are only collected. */
static bool add_want(nr_schema_reader *r, nr_index_item want)
{
    nr_field *f = r->field;
    for (size_t i = 0; i < f->index.n; i++)
        if (nr_slice_eq(f->index.at[i].lookup, want.lookup) && nr_slice_eq(f->index.at[i].pattern, want.pattern))
            return nr_reader_fail(r, NR_E_BADVALUE, "%s stands twice", NR_SHOW(want.pattern.p ? want.pattern : want.lookup));
    nr_vec_push(r->schema->arena, &f->index, want);
    return true;
}

static bool add_pattern(nr_schema_reader *r, const nr_json *j)
{
    bool known = j->n == 1 && (nr_slice_is(j->names[0], "regex") || nr_slice_is(j->names[0], "iregex"));
    if (!known || j->items[0].kind != NR_J_STRING)
        return nr_reader_fail(r, NR_E_BADVALUE, "expected names of lookups and {\"regex\": \"a pattern\"} or {\"iregex\": ...}, got another object");
    return add_want(r, (nr_index_item){j->names[0], j->items[0].text});
}

static bool set_column(nr_schema_reader *r, const nr_json *j)
{
    r->field->column = j->kind == NR_J_TRUE;
    return true;
}

static bool set_index(nr_schema_reader *r, const nr_json *j)
{
    nr_field *f = r->field;
    if (j->kind == NR_J_FALSE) return true;
    if (j->kind == NR_J_TRUE && (f->type->flags & NR_TF_BYTES))
        return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' has no ordered index; expected a list of \"exact\", \"isnull\"", f->type->name);
    if (j->kind == NR_J_TRUE && f->type->reply == NR_REPLY_MAP)
        return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' has no order; expected a list of lookups, such as \"has_key\" or \"exact\"", f->type->name);
    if (j->kind == NR_J_TRUE) return f->index_all = true;
    for (size_t i = 0; i < j->n; i++) {
        const nr_json *item = &j->items[i];
        if (item->kind != NR_J_STRING && item->kind != NR_J_OBJECT)
            return nr_reader_fail(r, NR_E_BADVALUE, "expected names of lookups, got %s", nr_json_kind_name(item));
        if (item->kind == NR_J_OBJECT ? !add_pattern(r, item) : !add_want(r, (nr_index_item){item->text, {NULL, 0}})) return false;
    }
    return true;
}

/* -- the table --------------------------------------------------------------------------------------------------------------------------- */

enum { SCALAR = BOOLEAN | NUMBER | STRING };

/* What an option takes, and how an error says so. */
#define FLAG BOOLEAN, "true or false"
#define TYPE STRING, "the name of a type"
#define MODEL STRING, "a model's name or 'self'"
#define NAME STRING, "a model's name"
#define FIELD STRING, "the name of a field"
#define POLICY STRING, "the name of a policy"
#define DIGITS NUMBER, "a whole number from 1 to 38"
#define PLACES NUMBER, "a whole number from 0 to max_digits"
#define LENGTH NUMBER, "a whole number from 1"
#define BOUND NUMBER | STRING, "a value of the field's type"
#define VALUE SCALAR | NOTHING | LIST | OBJECT, "a value of the field's type"
#define VALUES LIST, "an array of values"
#define INDEX BOOLEAN | LIST, "true, false, or an array of lookup names"
#define TEXT STRING, "a text"
#define DATE STRING, "the name of a date or datetime field"
#define OPTIONS OBJECT, "an object of options such as {\"type\": \"char\"}"
#define FIELDS OBJECT, "an object of fields"
#define NAMES_MODEL (NR_TF_RELATION | NR_TF_MEMBERS)
#define LATER 0, "", 0, NULL

const nr_schema_option nr_schema_options[] = {
    {"type",             TYPE,   0,              set_type,           "the field's type; the only option that every field needs"},
    {"pk",               FLAG,   0,              set_pk,             "this field is the primary key"},
    {"null",             FLAG,   0,              set_null,           "the field may be NULL, and is when nothing else is given"},
    {"to",               MODEL,  NAMES_MODEL,    set_to,             "the model that a relation refers to, or whose fields an embedded entity has; it may come later"},
    {"to_field",         FIELD,  NR_TF_REFERENCE, set_to_field,      "the unique field of the target that a relation holds, in place of its primary key"},
    {"of",               OPTIONS, NR_TF_ELEMENTS, set_of,            "what the elements are: the options of a field; without it they are any JSON"},
    {"fields",           FIELDS, NR_TF_MEMBERS,  set_fields,         "the fields of an embedded entity, in place of `to`"},
    {"on_delete",        POLICY, NR_TF_REFERENCE, set_on_delete,      "what a DELETE of the target does to an entity that refers to it: do_nothing (the default), cascade, protect, restrict, set_null, set_default"},
    {"check",            FLAG,   NR_TF_REFERENCE, set_check,          "an entity that a relation is set to must exist"},
    {"related_name",     TEXT,   NR_TF_RELATION, set_related_name,   "the name of a relation seen from its target, \"+\" for none; without it the last part of the model's name in small letters"},
    {"through",          NAME,   NR_TF_MANY,     set_through,        "the model that holds an m2m, with a reference to either side; without it the server keeps one, `<model>_<field>`"},
    {"max_digits",       DIGITS, NR_TF_DIGITS,   set_max_digits,     "digits of a decimal in all, 1 to 38"},
    {"decimal_places",   PLACES, NR_TF_DIGITS,   set_decimal_places, "digits of a decimal behind the point, 0 to max_digits"},
    {"max_length",       LENGTH, NR_TF_LENGTH,   set_max_length,     "the most code points that a text may have"},
    {"min",              BOUND,  NR_TF_BOUNDS,   set_min,            "the least value that may be written"},
    {"max",              BOUND,  NR_TF_BOUNDS,   set_max,            "the greatest value that may be written"},
    {"choices",          VALUES, 0,              set_choices,        "the only values that may be written, NULL aside"},
    {"default",          VALUE,  0,              set_default,        "what an insert that does not name the field writes"},
    {"unique",           FLAG,   0,              set_unique,         "no two entities have the same value; NULLs never collide"},
    {"unique_for_date",  DATE,   0,              set_unique_for_date,  "unique among the entities that have the same date (in UTC) in the field named; NULLs never collide"},
    {"unique_for_month", DATE,   0,              set_unique_for_month, "the same for the month, 1 to 12, of whatever year"},
    {"unique_for_year",  DATE,   0,              set_unique_for_year,  "the same for the year"},
    {"index",            INDEX,  0,              set_index,          "true: an ordered index; a list: the lookups that an index must answer"},
    {"column",           FLAG,   0,              set_column,         "the field is kept in memory by row, for filters, sorts and replies without an index"},
    {"auto_now",         FLAG,   NR_TF_CLOCK,    set_auto_now,       "set to the current time by every write that does not name the field"},
    {"auto_now_add",     FLAG,   NR_TF_CLOCK,    set_auto_now_add,   "set to the current time by an insert that does not name the field"},
    {"help",             TEXT,   0,              set_help,           "a text for people"},
    {NULL, LATER, NULL},
};

/* -- rules that span options ------------------------------------------------------------------------------------------------------------- */

static bool check_needed(nr_schema_reader *r, const nr_json *declaration)
{
    static const struct {
        unsigned types;
        const char *option;
    } needed[] = {
        {NR_TF_RELATION, "to"},
        {NR_TF_DIGITS, "max_digits"},
        {NR_TF_DIGITS, "decimal_places"},
    };
    const nr_field *f = r->field;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if ((f->type->flags & needed[i].types) && !nr_json_get(declaration, needed[i].option))
            return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' needs \"%s\"", f->type->name, needed[i].option);
    return true;
}

static bool check_embedded(nr_schema_reader *r)
{
    const nr_field *f = r->field;
    if (!(f->type->flags & NR_TF_MEMBERS) || (f->to.p != NULL) != (f->members != NULL)) return true;
    return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' needs \"to\", the name of a model, or \"fields\", and not both", f->type->name);
}

static bool check_policy(nr_schema_reader *r, const nr_json *declaration)
{
    const nr_field *f = r->field;
    if (f->on_delete == NR_SET_NULL && !f->null) return nr_reader_fail(r, NR_E_BADVALUE, "\"on_delete\" is set_null, but \"null\" is not true");
    if (f->on_delete == NR_SET_DEFAULT && !nr_json_get(declaration, "default"))
        return nr_reader_fail(r, NR_E_BADVALUE, "\"on_delete\" is set_default, but there is no \"default\"");
    return true;
}

static bool check_default(nr_schema_reader *r)
{
    nr_field *f = r->field;
    if (!f->default_json || f->default_json->kind != NR_J_NULL) return true;
    if (!f->null) return nr_reader_fail(r, NR_E_BADVALUE, "\"default\" is null, but \"null\" is not true");
    f->default_json = NULL;
    return true;
}

/* The clock would always win over a default, and never ask for choices. */
static bool check_clock(nr_schema_reader *r)
{
    const nr_field *f = r->field;
    if (!f->auto_now && !f->auto_now_add) return true;
    const char *other = f->auto_now && f->auto_now_add ? "auto_now_add" : f->default_json ? "default" : f->choices_json ? "choices" : NULL;
    if (!other) return true;
    return nr_reader_fail(r, NR_E_BADVALUE, "\"%s\" and \"%s\" exclude each other", f->auto_now ? "auto_now" : "auto_now_add", other);
}

static bool check_onetoone(nr_schema_reader *r, const nr_json *declaration)
{
    nr_field *f = r->field;
    if (strcmp(f->type->name, "onetoone") != 0) return true;
    if (nr_json_get(declaration, "unique") && !f->unique)
        return nr_reader_fail(r, NR_E_BADVALUE, "a field of type 'onetoone' is always unique; use 'fk'");
    return f->unique = true;
}

/* The other options are about values. */
static bool check_many(nr_schema_reader *r, const nr_json *declaration)
{
    static const char *const takes[] = {"type", "to", "related_name", "through", "help"};
    nr_field *f = r->field;
    if (!(f->type->flags & NR_TF_MANY)) return true;
    for (size_t i = 0; i < declaration->n; i++) {
        size_t k = 0;
        while (k < sizeof takes / sizeof *takes && !nr_slice_is(declaration->names[i], takes[k])) k++;
        if (k == sizeof takes / sizeof *takes)
            return nr_reader_fail(r, NR_E_BADVALUE, "a field of type '%s' takes to, related_name, through and help, not \"%.*s\"", f->type->name,
                                  NR_FMT(declaration->names[i]));
    }
    f->kept = !f->through.p;
    if (f->kept) f->through = nr_arena_printf(r->schema->arena, "%.*s_%.*s", NR_FMT(r->schema->name), NR_FMT(f->name));
    return nr_model_name_valid(f->through) ||
           nr_reader_fail(r, NR_E_BADVALUE, "the model %s that would hold it has too long a name; give one as \"through\"", NR_SHOW(f->through));
}

static bool read_options(nr_schema_reader *r, const nr_json *declaration)
{
    if (declaration->kind != NR_J_OBJECT)
        return nr_reader_fail(r, NR_E_BADVALUE, "expected an object such as {\"type\": \"char\"}, got %s", nr_json_kind_name(declaration));
    if (!nr_reader_refuse_unknown(r, declaration, nr_schema_options)) return false;
    if (!nr_json_get(declaration, "type")) return nr_reader_fail(r, NR_E_BADVALUE, "a field needs \"type\"");
    return nr_reader_set(r, declaration, nr_schema_options);
}

const nr_schema_option *nr_reader_option(nr_slice name)
{
    const nr_schema_option *o = nr_schema_options;
    while (!nr_slice_is(name, o->name)) o++;
    return o;
}

static nr_slice path_of(const nr_schema_reader *r, nr_slice name)
{
    nr_arena *arena = r->schema->arena;
    if (!r->field) return nr_arena_printf(arena, "fields.%.*s", NR_FMT(name));
    return nr_arena_printf(arena, "%.*s.%s%s%.*s", NR_FMT(r->field->path), r->at->name, name.n ? "." : "", NR_FMT(name));
}

bool nr_reader_field(nr_schema_reader *r, nr_slice name, const nr_json *declaration, nr_field *f)
{
    *f = (nr_field){.name = name, .path = path_of(r, name), .max_length = -1, .json = declaration};
    r->field = f;
    r->at = NULL;
    bool ok = read_options(r, declaration) && check_needed(r, declaration) && check_many(r, declaration) && check_embedded(r) && check_policy(r, declaration) &&
              check_default(r) && check_clock(r) && check_onetoone(r, declaration);
    r->field = NULL;
    return ok;
}

/* What a primary key cannot be: NULL, shared, the same for all, the moment of its writing, or drawn by the server and restricted too. */
static bool check_pk(nr_schema_reader *r)
{
    nr_field *f = r->field;
    const struct {
        bool given;
        const char *option;
    } refused[] = {
        {f->null, "null"},         {f->default_json != NULL, "default"}, {nr_json_get(f->json, "unique") && !f->unique, "unique\": \"false"},
        {f->auto_now, "auto_now"}, {f->auto_now_add, "auto_now_add"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].given) return nr_reader_fail(r, NR_E_BADVALUE, "a primary key takes no \"%s\"", refused[i].option);
    if (f->type->flags & NR_TF_CONTAINER) return nr_reader_fail(r, NR_E_BADVALUE, "a primary key is one value: it cannot be of type '%s'", f->type->name);
    bool drawn = f->type->flags & (NR_TF_AUTO | NR_TF_DRAWN), restricted = f->choices_json || f->min_json || f->max_json;
    if (drawn && restricted)
        return nr_reader_fail(r, NR_E_BADVALUE, "a primary key of type '%s' may be drawn by the server: it takes no choices, min, or max",
                              f->type->name);
    if ((f->type->flags & NR_TF_RELATION) && nr_slice_eq(f->to, r->schema->name))
        return nr_reader_fail(r, NR_E_BADVALUE, "a primary key cannot refer to its own model");
    f->unique = false;
    return true;
}

bool nr_reader_check_pk(nr_schema_reader *r)
{
    nr_schema *s = r->schema;
    bool ok = true;
    for (size_t i = 0; ok && i < s->n_fields; i++) {
        r->field = &s->fields[i];
        if (r->field->pk) ok = check_pk(r);
        else if (r->field->type->flags & NR_TF_AUTO)
            ok = nr_reader_fail(r, NR_E_BADVALUE, "the type '%s' is for the primary key: add \"pk\": true, or use 'bigint'", r->field->type->name);
    }
    r->field = NULL;
    return ok;
}

bool nr_field_with_index(const nr_schema *s, const nr_field *f, const nr_json *json, nr_arena *arena, nr_field *out, nr_err *err)
{
    nr_schema here = *s;
    nr_err inner = {0};
    here.arena = arena;
    *out = *f;
    out->index_all = false;
    memset(&out->index, 0, sizeof out->index);
    nr_schema_reader r = {.schema = &here, .err = &inner, .field = out};
    for (const nr_schema_option *row = nr_schema_options; row->name; row++)
        if (row->set == set_index) r.at = row;
    return set_index(&r, json) || nr_fail(err, NR_E_NOLOOKUP, "%s", inner.msg);
}
