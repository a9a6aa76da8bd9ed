/* schema_names.c -- what models and fields may be called.
 *
 * All that passes here is printable ASCII, so names stand in error messages and key names as they are. */
#include "model/schema.h"

const char *const nr_clause_words[] = {
    "INSERT", "UPDATE", "BY", "TTL", "PXAT", "IF", "NULL", "JSON", "SET", "EXPR", "ALL", "PK", "FILTER", "EXCLUDE", "WHERE", "PARAMS", "Q",
    "ORDER", "REVERSE", "LIMIT", "FIELDS", "FLAT", "DISTINCT", "WITH", "PREFETCH", "WITHCOUNT", "PAGE", "AFTER", "NOSCAN", "MAXSCAN",
    "FORMAT", "GROUPBY", "HAVING", "AS", "WHEN", "COUNT", "SUM", "AVG", "MIN", "MAX", "STDDEV", "VARIANCE", "COUNTDISTINCT",
    NULL,
};

/* Words of expressions, and the name that every model has for its primary key. */
static const char *const reserved[] = {"pk", "and", "or", "not", "query", "true", "false", "null", NULL};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_identifier(nr_slice s)
{
    if (s.n == 0 || !is_letter(s.p[0])) return false;
    for (size_t i = 1; i < s.n; i++)
        if (!is_letter(s.p[i]) && !is_digit(s.p[i])) return false;
    return true;
}

/* Cuts a leading {tag} off: false when there is half of one, or one that no key name should hold. */
static bool skip_tag(nr_slice *name)
{
    if (name->n == 0 || name->p[0] != '{') return true;
    size_t end = 1;
    while (end < name->n && name->p[end] > ' ' && name->p[end] <= '~' && name->p[end] != '{' && name->p[end] != '}') end++;
    bool closed = end > 1 && end < name->n && name->p[end] == '}';
    if (closed) *name = (nr_slice){name->p + end + 1, name->n - end - 1};
    return closed;
}

bool nr_model_name_valid(nr_slice name)
{
    if (name.n == 0 || name.n > NR_MODEL_NAME_MAX || !skip_tag(&name)) return false;
    size_t begin = 0;
    for (size_t i = 0; i <= name.n; i++) {
        if (i < name.n && name.p[i] != '.') continue;
        if (!is_identifier((nr_slice){name.p + begin, i - begin})) return false;
        begin = i + 1;
    }
    return true;
}

nr_slice nr_model_short_name(nr_slice model, nr_arena *arena)
{
    size_t from = model.n;
    while (from && model.p[from - 1] != '.' && model.p[from - 1] != '}') from--;
    nr_slice name = nr_arena_copy(arena, (nr_slice){model.p + from, model.n - from});
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 'A' && name.p[i] <= 'Z') ((char *)name.p)[i] = (char)(name.p[i] + 'a' - 'A');
    return name;
}

static bool is_one_of(nr_slice s, const char *const *words)
{
    for (; *words; words++)
        if (nr_slice_is(s, *words)) return true;
    return false;
}

static bool has_double_underscore(nr_slice s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i - 1] == '_' && s.p[i] == '_') return true;
    return false;
}

bool nr_field_name_valid(nr_slice name, nr_err *err)
{
    const char *why = NULL;
    if (!is_identifier(name)) why = "a name has letters, digits and underscores, and begins with no digit";
    else if (name.n > NR_FIELD_NAME_MAX) why = "a name has at most 63 bytes";
    else if (has_double_underscore(name)) why = "two underscores divide a path from its lookup";
    else if (name.p[name.n - 1] == '_') why = "a name does not end in an underscore";
    else if (nr_slice_is(name, "pk")) why = "'pk' means the primary key of every model";
    else if (is_one_of(name, reserved)) why = "it is a word of expressions";
    else if (is_one_of(name, nr_clause_words)) why = "it is the word of a clause (in small letters it is a good name)";
    return !why || nr_fail(err, NR_E_BADVALUE, "no field can be named %s: %s", NR_SHOW(name), why);
}
