/* t_type_options.c -- what every row of the table of types means for definitions and writes: which options it takes, whether true is a value of it,
 * whether a primary key of it is drawn, as what it is replied, and what is said to a text that is no value of it. Types walk; what stands not in the
 * lists here fails. */
#include "engine_check.h"
#include "types/types.h"

static const struct {
    const char *type, *options; /* the options that not every type takes */
    const char *value;          /* JSON that may be written */
    bool truth;                 /* takes JSON's true */
    bool drawn;                 /* a primary key of it need not be given */
    char mark;                  /* what it begins with in a reply: # integers, ~ doubles, ? booleans, " strings, < sets */
} rows[] = {
    {"auto",        "",                                  "5",                                        false, true,  '#'},
    {"int",         "min max",                           "5",                                        false, false, '#'},
    {"bigint",      "min max",                           "5",                                        false, false, '#'},
    {"smallint",    "min max",                           "5",                                        false, false, '#'},
    {"positiveint", "min max",                           "5",                                        false, false, '#'},
    {"bool",        "",                                  "false",                                    true,  false, '?'},
    {"float",       "min max",                           "0.5",                                      false, false, '~'},
    {"decimal",     "min max max_digits decimal_places", "\"0.5\"",                                  false, false, '"'},
    {"char",        "max_length",                        "\"a\"",                                    false, false, '"'},
    {"text",        "max_length",                        "\"a\"",                                    false, false, '"'},
    {"slug",        "max_length",                        "\"a\"",                                    false, false, '"'},
    {"email",       "max_length",                        "\"a@b.org\"",                              false, false, '"'},
    {"url",         "max_length",                        "\"http://a.bc/\"",                         false, false, '"'},
    {"blob",        "",                                  "\"AP8=\"",                                 false, false, '"'},
    {"ip",          "",                                  "\"1.2.3.4\"",                              false, false, '"'},
    {"uuid",        "",                                  "\"123e4567-e89b-12d3-a456-426614174000\"", false, true,  '"'},
    {"date",        "min max auto_now auto_now_add",     "\"2000-01-01\"",                           false, false, '"'},
    {"time",        "min max auto_now auto_now_add",     "\"12:00\"",                                false, false, '"'},
    {"datetime",    "min max auto_now auto_now_add",     "\"2000-01-01\"",                           false, false, '"'},
    {"duration",    "min max",                           "\"P1D\"",                                  false, false, '"'},
    {"list",        "of",                                "[]",                                       false, false, '['},
    {"set",         "of",                                "[]",                                       false, false, '<'},
    {"dict",        "of",                                "{}",                                       false, false, '{'},
    {"embedded",    "fields to",                         "{}",                                       false, false, '{'},
    {"json",        "",                                  "5",                                        true,  false, '"'},
    {"fk",          "to on_delete check",                "1",                                        false, false, '#'},
    {"onetoone",    "to on_delete check",                "1",                                        false, false, '#'},
    {"m2m",         "to through",                        "1",                                        false, false, '#'},
};

/* What is written for an option; NULL: the value of the row. */
static const struct {
    const char *name, *value;
} options[] = {
    {"max_length", "5"},
    {"min", NULL},
    {"max", NULL},
    {"auto_now", "true"},
    {"auto_now_add", "true"},
    {"of", "{\"type\":\"int\"}"},
    {"fields", "{\"a\":{\"type\":\"int\",\"null\":true}}"},
    {"to", "\"p.Target\""},
    {"on_delete", "\"cascade\""},
    {"check", "true"},
    {"through", "\"p.Through\""},
    {"max_digits", "5"},
    {"decimal_places", "2"},
};

static size_t row_of(const char *type)
{
    size_t i = 0;
    while (i < COUNT(rows) && strcmp(rows[i].type, type) != 0) i++;
    if (i == COUNT(rows)) fail_msg("what %s takes stands nowhere", type);
    return i;
}

static bool is_word_of(const char *word, const char *list)
{
    char spaced[80], padded[40];
    snprintf(spaced, sizeof spaced, " %s ", list);
    snprintf(padded, sizeof padded, " %s ", word);
    return strstr(spaced, padded) != NULL;
}

/* What a type needs besides an option: not that option itself, nor the other one of two ways. */
static const char *needs(const nr_type *t, const char *option)
{
    bool of_entity = strcmp(option, "to") == 0 || strcmp(option, "fields") == 0;
    if (t->flags & NR_TF_AUTO) return ",\"pk\":true";
    if (strcmp(t->name, "embedded") == 0) return of_entity ? "" : ",\"fields\":{\"a\":{\"type\":\"int\",\"null\":true}}";
    if (t->flags & NR_TF_RELATION) return strcmp(option, "to") == 0 ? "" : ",\"to\":\"p.Target\"";
    if (strcmp(t->name, "decimal") != 0) return "";
    if (strcmp(option, "max_digits") == 0) return ",\"decimal_places\":2";
    return strcmp(option, "decimal_places") == 0 ? ",\"max_digits\":5" : ",\"max_digits\":5,\"decimal_places\":2";
}

static const char target[] = "MODEL SET p.Target '{\"fields\":{\"n\":{\"type\":\"int\",\"null\":true}}}'";

/* What is said to a definition with a field f; it begins with + when it is good. */
static const char *define(world *w, const nr_type *t, const char *option, const char *more)
{
    return world_dof(w, "MODEL SET p.M '{\"fields\":{\"f\":{\"type\":\"%s\"%s%s}}}'", t->name, needs(t, option), more);
}

static void check_option(world *w, const nr_type *t, const char *option, const char *value, bool taken)
{
    char more[100];
    snprintf(more, sizeof more, ",\"%s\":%s", option, value);
    const char *said = define(w, t, option, more);
    if ((said[0] == '+') != taken) fail_msg("%s, %s: %s", t->name, more, said);
    world_do(w, "MODEL DROP p.M");
}

/* What takes no bound takes none either that is written as a text. */
static void every_type_takes_just_its_options(void **state)
{
    static const char *const written[] = {"\"1\"", "\"[]\"", "\"{}\""};
    world *w = *state;
    expect(w, target, "+OK");
    for (const nr_type *const *t = nr_types; *t; t++) {
        size_t r = row_of((*t)->name);
        for (size_t i = 0; i < COUNT(options); i++) {
            const char *name = options[i].name;
            bool taken = is_word_of(name, rows[r].options);
            check_option(w, *t, name, options[i].value ? options[i].value : rows[r].value, taken);
            for (size_t k = 0; !options[i].value && !taken && k < COUNT(written); k++) check_option(w, *t, name, written[k], false);
        }
    }
}

/* As an element too, but for those that are none. */
static void every_type_takes_json_true_or_not_in_a_list(void **state)
{
    world *w = *state;
    for (const nr_type *const *t = nr_types; *t; t++) {
        if ((*t)->flags & (NR_TF_RELATION | NR_TF_AUTO)) continue;
        const char *said = world_dof(w, "MODEL SET p.M '{\"fields\":{\"f\":{\"type\":\"list\",\"of\":{\"type\":\"%s\"%s}}}}'", (*t)->name, needs(*t, ""));
        if (said[0] != '+') fail_msg("a list of %s: %s", (*t)->name, said);
        said = world_do(w, "SAVE p.M f '[true]'");
        if ((said[0] != '-') != rows[row_of((*t)->name)].truth) fail_msg("[true] of %s gives %s", (*t)->name, said);
        world_do(w, "DELETE p.M ALL");
        world_do(w, "MODEL DROP p.M");
    }
}

static void every_type_takes_json_true_or_not_and_is_replied_as_what_it_is(void **state)
{
    world *w = *state;
    expect(w, target, "+OK");
    expect(w, "SAVE p.Target n 1", ":1");
    for (const nr_type *const *t = nr_types; *t; t++) {
        size_t r = row_of((*t)->name);
        if ((*t)->flags & NR_TF_MANY) continue; /* nothing is written */
        const char *said = define(w, *t, "", "");
        if (said[0] != '+') fail_msg("%s: %s", (*t)->name, said);
        said = world_do(w, "SAVE p.M JSON '{\"f\":true}'");
        if ((said[0] != '-') != rows[r].truth) fail_msg("%s: true gives %s", (*t)->name, said);
        said = world_dof(w, "SAVE p.M JSON '{\"f\":%s}'", rows[r].value);
        if (said[0] == '-') fail_msg("%s: %s gives %s", (*t)->name, rows[r].value, said);
        said = world_dof(w, "QUERY p.M FIELDS f FLAT%s", rows[r].truth ? " LIMIT 1 1" : "");
        if (said[1] != rows[r].mark) fail_msg("%s: %s is %s in a reply", (*t)->name, rows[r].value, said);
        world_do(w, "DELETE p.M ALL");
        world_do(w, "MODEL DROP p.M");
    }
}

static void a_primary_key_is_drawn_or_has_to_be_given(void **state)
{
    world *w = *state;
    for (const nr_type *const *t = nr_types; *t; t++) {
        if ((*t)->flags & (NR_TF_CONTAINER | NR_TF_RELATION)) continue;
        const char *pk = (*t)->flags & NR_TF_AUTO ? "" : ",\"pk\":true";
        const char *said = define(w, *t, "", pk);
        if (said[0] != '+') fail_msg("%s: %s", (*t)->name, said);
        said = world_do(w, "SAVE p.M JSON '{}'");
        if ((said[0] != '-') != rows[row_of((*t)->name)].drawn) fail_msg("%s: a missing primary key gives %s", (*t)->name, said);
        world_do(w, "DELETE p.M ALL");
        world_do(w, "MODEL DROP p.M");
    }
}

#define INT64 "an integer from -9223372036854775808 to 9223372036854775807"

/* What is said to a text that is no value of a type. A blob is any bytes, and a relation has the values of its target. */
static const struct {
    const char *type, *bad, *expects;
} refusals[] = {
    {"auto",        "x",          INT64},
    {"int",         "x",          INT64},
    {"bigint",      "1.5",        INT64},
    {"smallint",    "32768",      "an integer from -32768 to 32767"},
    {"positiveint", "-1",         "an integer from 0 to 9223372036854775807"},
    {"bool",        "2",          "a boolean: 1, 0, true or false"},
    {"float",       "x",          "a number that a double can hold, such as 3.25 or 1e-9"},
    {"decimal",     "x",          "a decimal number of at most max_digits digits, with at most decimal_places of them after the point"},
    {"char",        "\xff",       "text in valid UTF-8"},
    {"text",        "\xff",       "text in valid UTF-8"},
    {"slug",        "a b",        "a slug of letters a-z, A-Z, digits, - and _"},
    {"email",       "a",          "an email address such as name@example.com"},
    {"url",         "a",          "a URL such as https://example.com/path (http, https, ftp or ftps)"},
    {"ip",          "1.2.3",      "an IPv4 or IPv6 address"},
    {"uuid",        "1",          "a UUID such as 123e4567-e89b-12d3-a456-426614174000"},
    {"date",        "2021-02-29", "a date YYYY-MM-DD from 0001-01-01 to 9999-12-31"},
    {"time",        "24:00",      "a time HH:MM[:SS[.ffffff]] from 00:00 to 23:59:59.999999"},
    {"datetime",    "2021-02-29", "a datetime YYYY-MM-DD[THH:MM[:SS[.ffffff]][Z|+HH:MM|-HH:MM]], in years 1 to 9999 of UTC"},
    {"duration",    "P",          "a duration such as P1DT2H3M4.500000S or [d ]HH:MM:SS[.ffffff], of 64 bits of microseconds"},
    {"list",        "x",          "a JSON array (JSON, line 1, column 1: invalid token)"},
    {"set",         "x",          "a JSON array (JSON, line 1, column 1: invalid token)"},
    {"dict",        "x",          "a JSON object (JSON, line 1, column 1: invalid token)"},
    {"embedded",    "x",          "a JSON object (JSON, line 1, column 1: invalid token)"},
    {"json",        "x",          "JSON (JSON, line 1, column 1: invalid token)"},
};

static bool says_expected(const char *said, const char *expects)
{
    const char *at = strstr(said, ", expected ");
    return at && strcmp(at + strlen(", expected "), expects) == 0;
}

static void every_type_says_what_it_expects(void **state)
{
    world *w = *state;
    for (const nr_type *const *t = nr_types; *t; t++) {
        size_t i = 0;
        if ((*t)->flags & (NR_TF_RELATION | NR_TF_BYTES)) continue;
        while (i < COUNT(refusals) && strcmp(refusals[i].type, (*t)->name) != 0) i++;
        if (i == COUNT(refusals)) fail_msg("what %s expects stands nowhere", (*t)->name);
        define(w, *t, "", "");
        const char *said = world_dof(w, "SAVE p.M f '%s'", refusals[i].bad);
        if (strncmp(said, "-BADVALUE ", 10) != 0) fail_msg("%s takes '%s': %s", (*t)->name, refusals[i].bad, said);
        if ((*t)->flags & NR_TF_DIGITS) said = world_dof(w, "COUNT p.M FILTER f '%s'", refusals[i].bad); /* a write is told how many digits there are */
        if (!says_expected(said, refusals[i].expects)) fail_msg("%s, '%s': %s", (*t)->name, refusals[i].bad, said);
        world_do(w, "MODEL DROP p.M");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(every_type_takes_just_its_options),
        EMPTY(every_type_takes_json_true_or_not_and_is_replied_as_what_it_is),
        EMPTY(every_type_takes_json_true_or_not_in_a_list),
        EMPTY(a_primary_key_is_drawn_or_has_to_be_given),
        EMPTY(every_type_says_what_it_expects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
