/* t_compare.c -- comparisons with fields of other models: F(path) through references, on either side of the mark, wherever an expression stands. */
#include "engine_check.h"
#include "plan/passes.h"

#define MODEL(name, fields) "MODEL SET " name " '{\"fields\": {" fields "}}'"
#define FK(to, more) "{\"type\": \"fk\", \"to\": \"" to "\", \"null\": true" more "}"
#define INT "{\"type\": \"int\", \"null\": true}"
#define COLUMN "{\"type\": \"int\", \"null\": true, \"column\": true}"

/* k.A: 1 (10, 1.50, x), 2 (20, NULL, y; its boss is 1), 3 (NULL, 3.00; its boss is 9, whom there is not).
 * k.P: 1 to A 1, 2 and 3 to A 2, 4 to A 3, 5 to nobody, 6 to A 9, whom there is not; n 5 15 25 15 15 15. */
static void fill(world *w, const char *column)
{
    const char *got = world_dof(w,
                                MODEL("k.A", "\"age\": %s, \"cost\": {\"type\": \"decimal\", \"max_digits\": 5, \"decimal_places\": 2, \"null\": true}, "
                                             "\"name\": {\"type\": \"char\", \"null\": true}, \"day\": {\"type\": \"date\", \"null\": true}, "
                                             "\"boss\": " FK("self", ", \"related_name\": \"staff\"")),
                                column);
    assert_string_equal(got, "+OK");
    got = world_dof(w,
                    MODEL("k.P", "\"n\": %s, \"t\": {\"type\": \"char\", \"null\": true}, \"on\": {\"type\": \"date\", \"null\": true}, "
                                 "\"a\": " FK("k.A", ", \"related_name\": \"ps\"")),
                    column);
    assert_string_equal(got, "+OK");
    expect(w, "SAVE k.A age 10 cost 1.5 name x day 2026-01-01", ":1");
    expect(w, "SAVE k.A age 20 name y boss 1 day 2026-02-01", ":2");
    expect(w, "SAVE k.A cost 3 boss 9", ":3");
    expect(w, "SAVE k.P n 5 a 1 t x on 2026-01-01", ":1");
    expect(w, "SAVE k.P n 15 a 2 t x on 2026-01-31", ":2");
    expect(w, "SAVE k.P n 25 a 2 t y on 2026-03-01", ":3");
    expect(w, "SAVE k.P n 15 a 3 t z", ":4");
    expect(w, "SAVE k.P n 15", ":5");
    expect(w, "SAVE k.P n 15 a 9", ":6");
}

static void found(world *w, const char *model, const char *where, const char *want)
{
    const char *got = world_dof(w, "QUERY %s WHERE '%s' ORDER pk FIELDS pk FLAT", model, where);
    size_t n = want[1] == ']' ? 0 : 1;
    if (strcmp(got, want) != 0) fail_msg("%s\n  gives %s\n  not   %s", where, got, want);
    for (const char *p = want; *p; p++) n += *p == ',';
    got = world_dof(w, "COUNT %s WHERE '%s'", model, where);
    if (strtoull(got + 1, NULL, 10) != n) fail_msg("COUNT %s\n  gives %s", where, got);
    got = world_dof(w, "QUERY %s WHERE '%s' ORDER pk FIELDS pk", model, where);
    if ((strchr(got, '{') != NULL) != (n > 0)) fail_msg("%s\n  gives %s", where, got);
}

static const struct {
    const char *model, *where, *pks;
} cases[] = {
    {"k.P", "n > F(a__age)", "[#3]"},
    {"k.P", "n < F(a__age)", "[#1,#2]"},
    {"k.P", "not n < F(a__age)", "[#3,#4,#5,#6]"},
    {"k.P", "n != F(a__age)", "[#1,#2,#3,#4,#5,#6]"},
    {"k.P", "n = F(a__age) / 2", "[#1]"},
    {"k.P", "n <= F(a__age) - 5 and t = $x", "[#1,#2]"},
    {"k.P", "n > F(a__age) or n < F(a__age) - F(n)", "[#3]"},
    {"k.P", "n * 2 = 3 or n > F(a__age)", "SYNTAX"},
    {"k.P", "n < F(a__age) + F(a__boss__age)", "[#2,#3]"},
    {"k.P", "n = F(a__boss__age) + 5", "[#2]"},
    {"k.P", "n__gte = F(a__boss__age)", "[#2,#3]"},
    {"k.P", "t = F(a__name)", "[#1,#3]"},
    {"k.P", "t > F(a__name)", "[]"},
    {"k.P", "t < F(a__name)", "[#2]"},
    {"k.P", "on <= F(a__day)", "[#1,#2]"},
    {"k.P", "on__month = F(a__day__month)", "[#1]"},
    {"k.P", "n > F(a__cost) * 3", "[#1,#4]"},
    {"k.P", "a__age > F(n)", "[#1,#2]"},
    {"k.P", "a__boss__age <= F(a__age) // 2", "[#2,#3]"},
    {"k.P", "a__age__lt = F(a__boss__age) * 3", "[#2,#3]"},
    {"k.P", "a = F(a__pk)", "[#1,#2,#3,#4,#6]"},
    {"k.P", "pk = F(a__boss)", "[]"},
    {"k.P", "a__boss = F(pk) - 1", "[#2]"},
    {"k.P", "a__boss = F(a__boss__pk)", "[#2,#3,#4]"},
    {"k.A", "age > F(boss__age)", "[#2]"},
    {"k.A", "boss__age = F(age) - 10", "[#2]"},
    {"k.A", "ps__n > 4 and age > F(boss__age)", "[#2]"},
    {"k.A", "age / 2 > F(ps__n)", "SYNTAX"},
};

static void check_cases(world *w)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        char where[200];
        bool param = strstr(cases[i].where, "$x") != NULL;
        snprintf(where, sizeof where, "%s%s", cases[i].where, param ? "' PARAMS 'x' 'x" : "");
        if (cases[i].pks[0] == '[') found(w, cases[i].model, where, cases[i].pks);
        else if (world_dof(w, "COUNT %s WHERE '%s'", cases[i].model, where)[0] != '-') fail_msg("accepted: %s", where);
    }
}

/* The values lie in columns or only in entities, of the one model or of the other; each way to run it gives the same. */
static void fields_behind_references_are_compared(void **state)
{
    static const char *const columns[] = {INT, COLUMN};
    static const unsigned off[] = {0, NR_PASS_COLUMNS, NR_PASSES_ALL};
    world *w = *state;
    for (size_t k = 0; k < COUNT(columns); k++) {
        fill(w, columns[k]);
        for (size_t i = 0; i < COUNT(off); i++) {
            w->passes_off = off[i];
            check_cases(w);
        }
        w->passes_off = 0;
        world_restart(w);
        check_cases(w);
        expect(w, "MODEL DROP k.P ENTITIES", "+OK");
        expect(w, "MODEL DROP k.A ENTITIES", "+OK");
    }
}

static void every_command_with_filters_takes_them(void **state)
{
    world *w = *state;
    fill(w, INT);
    expect(w, "EXISTS k.P WHERE 'n > F(a__age)'", ":1");
    expect(w, "AGGREGATE k.P WHERE 'n < F(a__age)' SUM n", "[{\"n__sum\"=#20}]");
    expect(w, "AGGREGATE k.P COUNT * WHEN 'n < F(a__age)' AS few SUM n WHEN 'not n < F(a__age)'", "[{\"few\"=#2,\"n__sum\"=#70}]");
    expect(w, "AGGREGATE k.P GROUPBY a COUNT * WHEN 'n > F(a__age)'",
           "[{\"a\"=nil,\"count\"=#0},{\"a\"=#1,\"count\"=#0},{\"a\"=#2,\"count\"=#1},{\"a\"=#3,\"count\"=#0},{\"a\"=#9,\"count\"=#0}]");
    expect(w, "QUERY k.A WHERE 'pk__in = (QUERY k.P WHERE n > F(a__age) FIELDS a)' FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY k.P WHERE 'n < F(a__age)' ORDER -a__age FIELDS pk a__age WITHCOUNT LIMIT 0 1", "[:2,[{\"pk\"=#2,\"a__age\"=#20}]]");
    expect(w, "UPDATE k.P WHERE 'n > F(a__age)' SET n 1", ":1");
    expect(w, "COUNT k.P WHERE 'n > F(a__age)'", ":0");
    expect(w, "DELETE k.P WHERE 'n < F(a__age)'", ":3");
    expect(w, "UPDATE k.P WHERE 'not n > F(a__age)' EXPR n 'F(n) + 1'", ":3");
    check_indexes(w, "k.P");
}

static void what_changes_counts_at_once(void **state)
{
    world *w = *state;
    fill(w, INT);
    nr_pair age = {NR_S("age"), NR_S("1")}, to = {NR_S("a"), NR_S("3")};
    found(w, "k.P", "n > F(a__age)", "[#3]");
    expect(w, "SAVE k.A pk 1 age 4", ":1");
    found(w, "k.P", "n > F(a__age)", "[#1,#3]");
    world_put(w, NR_S("k.A:3"), &age, 1);
    found(w, "k.P", "n > F(a__age)", "[#1,#3,#4]");
    world_put(w, NR_S("k.P:1"), &to, 1);
    world_remove(w, NR_S("k.A:2"));
    found(w, "k.P", "n > F(a__age)", "[#1,#4]");
    expect(w, "SAVE k.A pk 9 age 14", ":9");
    found(w, "k.P", "n > F(a__age)", "[#1,#4,#6]");
}

static void references_by_other_fields_lead_there_too(void **state)
{
    world *w = *state;
    expect(w, MODEL("k.U", "\"code\": {\"type\": \"char\", \"unique\": true}, \"n\": " INT), "+OK");
    expect(w, MODEL("k.V", "\"u\": {\"type\": \"fk\", \"to\": \"k.U\", \"to_field\": \"code\", \"null\": true}, \"n\": " INT), "+OK");
    expect(w, "SAVE k.U code a n 5", ":1");
    expect(w, "SAVE k.V u a n 6", ":1");
    expect(w, "SAVE k.V u b n 6", ":2");
    found(w, "k.V", "n > F(u__n)", "[#1]");
    found(w, "k.V", "u = F(u__code)", "[#1,#2]");
    found(w, "k.V", "pk = F(u__pk)", "[#1]");
}

static void what_is_no_single_value_is_refused(void **state)
{
    static const struct {
        const char *where, *code, *says;
    } bad[] = {
        {"COUNT k.A WHERE 'age > F(ps__n)'", "SYNTAX", "F(...): 'ps__n': 'ps' leads to any number of entities, expected one value"},
        {"COUNT k.P WHERE 'n > F(a__ps__n)'", "SYNTAX", "'ps' leads to any number of entities"},
        {"COUNT k.A WHERE 'ps__n > F(age)'", "SYNTAX", "WHERE: 'ps__n__gt': 'ps' leads to any number of entities"},
        {"COUNT k.P WHERE 'n > F(a__no)'", "NOFIELD", "no field 'no' in k.A"},
        {"COUNT k.P WHERE 'n > F(a__name)'", "BADVALUE", "cannot be compared with 'F(a__name)'"},
        {"COUNT k.P WHERE 'n > F(a__age__gt)'", "NOLOOKUP", "gt"},
        {"COUNT k.P WHERE 'n__in = F(a__age)'", "NOLOOKUP", "lookup in takes no F(...)"},
        {"COUNT k.P WHERE 'n > F(t__year)'", "NOLOOKUP", "year"},
        {"UPDATE k.P ALL EXPR n F(a__age)", "NOLOOKUP", "a path through the relation 'a' is not possible here"},
        {"SAVE k.P IF a__age 3 pk 1 n 3", "NOLOOKUP", "not possible here"},
        {"AGGREGATE k.P GROUPBY a COUNT * HAVING 'count > F(a__age)'", "NOLOOKUP", "age"},
    };
    world *w = *state;
    fill(w, INT);
    for (size_t i = 0; i < COUNT(bad); i++) refuse(w, bad[i].where, bad[i].code, bad[i].says);
    expect(w, "SAVE k.A pk 1 cost 99.99", ":1");
    refuse(w, "COUNT k.P WHERE 'n = F(a__cost) * 99999999999999999999999999999999999999'", "BADVALUE", "needs more than 38 digits, or more than a double can hold (entity ");
}

static void plans_show_them(void **state)
{
    world *w = *state;
    fill(w, COLUMN);
    const char *got = world_do(w, "EXPLAIN COUNT k.P WHERE 'a__age < F(n) + F(a__boss__age)'");
    if (!strstr(got, "a__age__lt F(n) + F(a__boss__age)")) fail_msg("%s", got);
    got = world_do(w, "PROFILE COUNT k.P WHERE 'n > F(a__age)'");
    if (!strstr(got, "Select n__gt F(a__age)")) fail_msg("%s", got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(fields_behind_references_are_compared),
        EMPTY(every_command_with_filters_takes_them),
        EMPTY(what_changes_counts_at_once),
        EMPTY(references_by_other_fields_lead_there_too),
        EMPTY(what_is_no_single_value_is_refused),
        EMPTY(plans_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
