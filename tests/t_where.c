/* t_where.c -- the clause WHERE: what it means, what is wrong with it and where, and comparisons with F(...). Everything is asked by QUERY, COUNT and EXISTS. */
#include "engine_check.h"

static const char model[] =
    "MODEL SET w.X '{\"fields\": {\"n\": {\"type\": \"int\", \"null\": true, \"index\": true}, \"m\": {\"type\": \"int\", \"null\": true}, "
    "\"f\": {\"type\": \"float\", \"null\": true}, \"d\": {\"type\": \"decimal\", \"max_digits\": 38, \"decimal_places\": 2, \"null\": true}, "
    "\"t\": {\"type\": \"char\", \"null\": true, \"index\": [\"exact\", \"icontains\"]}, \"u\": {\"type\": \"slug\", \"null\": true}, "
    "\"on\": {\"type\": \"bool\", \"null\": true}, \"at\": {\"type\": \"datetime\", \"null\": true}, "
    "\"upto\": {\"type\": \"datetime\", \"null\": true}, \"day\": {\"type\": \"date\", \"null\": true}, \"meta\": {\"type\": \"json\", \"null\": "
    "true}, "
    "\"tags\": {\"type\": \"list\", \"of\": {\"type\": \"int\"}, \"null\": true}, "
    "\"b\": {\"type\": \"blob\", \"null\": true}}}'";

/* Stored under the pks 1, 2, ... */
static const char *const rows[] = {
    "n 1 m 1 f 1 d 1.00 t a u a on 1 at '2026-01-01' upto '2026-01-02' day '2026-01-01' meta '{\"a\":3,\"c\":\"x\"}' tags '[1,2]'",
    "n 2 m 1 f 0.5 d 0.10 t b u a on 0 at '2026-01-03' upto '2026-01-02' day '2026-02-01' meta '{\"a\":\"3\"}' tags '[5]'",
    "n 3 f 1e300 t it's u it-s at '2026-01-03' meta '{\"a\":null}'",
    "m 4 d -7.25 t Grüße on 1 upto '2026-01-03T00:00:00.000001' tags '[]'",
    "n 9007199254740993 m 9007199254740992 f 9007199254740992 d 9007199254740993 t '' u x",
    "n 0 m 0 f 0 d 0 t 'x y' u x",
};

static int set_up_rows(void **state)
{
    char command[512];
    set_up(state);
    if (strcmp(world_do(*state, model), "+OK") != 0) return 1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        nr_slice argv[40];
        size_t n = 0;
        snprintf(command, sizeof command, "SAVE w.X pk %zu %s", i + 1, rows[i]);
        for (char *p = command; *p;) { /* an apostrophe inside a word is one */
            bool quoted = *p == '\'';
            char *end = strchr(p + quoted, quoted ? '\'' : ' ');
            if (!end) end = p + strlen(p);
            argv[n++] = (nr_slice){p + quoted, (size_t)(end - p) - quoted};
            p = end + quoted;
            if (*p == ' ') p++;
            if (!*end) break;
        }
        world_run(*state, argv, n);
        if (!((world *)*state)->ok) fail_msg("%s: %s", command, ((world *)*state)->reply.p);
    }
    return 0;
}

static const char *ask(world *w, const char *command, const char *expr, const char *const *params, size_t n_params)
{
    nr_slice argv[64] = {nr_slice_of(command), NR_S("w.X"), NR_S("WHERE"), nr_slice_of(expr)};
    size_t n = 4;
    if (n_params) argv[n++] = NR_S("PARAMS");
    for (size_t i = 0; i < n_params; i++) argv[n++] = nr_slice_of(params[i]);
    if (command[0] == 'Q')
        argv[n++] = NR_S("ORDER"), argv[n++] = NR_S("pk"), argv[n++] = NR_S("FIELDS"), argv[n++] = NR_S("pk"), argv[n++] = NR_S("FLAT");
    return world_run(w, argv, n);
}

static void found_with(world *w, const char *expr, const char *const *params, size_t n_params, const char *pks)
{
    char want[64];
    char reply[256];
    size_t n = 0;
    snprintf(reply, sizeof reply, "%s", ask(w, "QUERY", expr, params, n_params));
    if (strcmp(reply, pks) != 0) fail_msg("%s\n  finds %s\n  not   %s", expr, reply, pks);
    for (const char *p = pks; *p; p++) n += *p == '#';
    snprintf(want, sizeof want, ":%zu", n);
    const char *got = ask(w, "COUNT", expr, params, n_params);
    if (strcmp(got, want) != 0) fail_msg("%s\n  counts %s\n  not   %s", expr, got, want);
    got = ask(w, "EXISTS", expr, params, n_params);
    if (strcmp(got, n ? ":1" : ":0") != 0) fail_msg("EXISTS %s: %s", expr, got);
}

static void found(world *w, const char *expr, const char *pks)
{
    found_with(w, expr, NULL, 0, pks);
}

static void wrong_with(world *w, const char *expr, const char *const *params, size_t n_params, const char *error)
{
    const char *got = ask(w, "COUNT", expr, params, n_params);
    if (strncmp(got + 1, error, strcspn(error, " ")) != 0 || got[0] != '-' || !strstr(got, strchr(error, ' ') + 1))
        fail_msg("%s\n  replies %s\n  not     %s", expr, got, error);
}

static void wrong(world *w, const char *expr, const char *error)
{
    wrong_with(w, expr, NULL, 0, error);
}

static void a_comparison_is_the_lookup_of_filter(void **state)
{
    world *w = *state;
    found(w, "n = 1", "[#1]");
    found(w, "n=1", "[#1]");
    found(w, " n\t=\n1 ", "[#1]");
    found(w, "n__gte = 3", "[#3,#5]");
    found(w, "n < 2", "[#1,#6]");
    found(w, "n <= 2", "[#1,#2,#6]");
    found(w, "n > 2", "[#3,#5]");
    found(w, "n >= 2", "[#2,#3,#5]");
    found(w, "n = '1'", "[#1]");
    found(w, "n > -1 and n < 1", "[#6]");
    found(w, "n = 9007199254740993", "[#5]");
    found(w, "n = 9007199254740992", "[]");
    found(w, "n = 99999999999999999999", "[]");
    found(w, "d = 0.1", "[#2]");
    found(w, "d = 1e0", "[#1]");
    found(w, "d < 0", "[#4]");
    found(w, "f = 1E300", "[#3]");
    found(w, "on = true", "[#1,#4]");
    found(w, "on = FALSE", "[#2]");
    found(w, "t = 'it''s'", "[#3]");
    found(w, "t = ''", "[#5]");
    found(w, "t = 'x y'", "[#6]");
    found(w, "t = 'Grüße'", "[#4]");
    found(w, "t__icontains = 'GRÜß'", "[#4]");
    found(w, "t__startswith='it'", "[#3]");
    found(w, "at__year = 2026 and at__day > 1", "[#2,#3]");
    found(w, "at >= '2026-01-03'", "[#2,#3]");
    found(w, "id = 3", "[#3]");
    found(w, "pk__in = (1, 3, 9)", "[#1,#3]");
    found(w, "pk__in = (1)", "[#1]");
    found(w, "pk__in = ()", "[]");
    found(w, "t__in = ('a', null, 'it''s')", "[#1,#3]");
    found(w, "n__range = (2, 3)", "[#2,#3]");
    found(w, "n__isnull = true", "[#4]");
    found(w, "tags = 1", "[#1]");
    found(w, "tags__overlap = (2, 5)", "[#1,#2]");
    found(w, "meta__a = 3", "[#1]");
    found(w, "meta__a = '3'", "[#2]");
    found(w, "meta__a = null", "[#3]");
    found(w, "meta__a__in = (3, null)", "[#1,#3]");
    found(w, "meta__c__startswith = 'x'", "[#1]");
    found(w, "meta__has_key = 'c'", "[#1]");
}

static void not_equal_is_the_complement_of_equal(void **state)
{
    world *w = *state;
    found(w, "n != 1", "[#2,#3,#4,#5,#6]");
    found(w, "n != null", "[#1,#2,#3,#5,#6]");
    found(w, "n = null", "[#4]");
    found(w, "on != true", "[#2,#3,#5,#6]");
    found(w, "meta__a != 3", "[#2,#3,#4,#5,#6]");
    found(w, "tags != 1", "[#2,#3,#4,#5,#6]");
}

static void or_binds_weaker_than_and_and_that_weaker_than_not(void **state)
{
    world *w = *state;
    found(w, "n = 1 or n = 2 and t = 'x'", "[#1]");
    found(w, "(n = 1 or n = 2) and t = 'b'", "[#2]");
    found(w, "n = 1 | n = 2 & t = 'b'", "[#1,#2]");
    found(w, "not n = 1 and n < 3", "[#2,#6]");
    found(w, "~n = 1 & n < 3", "[#2,#6]");
    found(w, "not (n = 1 or n = 2)", "[#3,#4,#5,#6]");
    found(w, "~(n = 1 | ~~n = 2)", "[#3,#4,#5,#6]");
    found(w, "NOT n = 1 AND n < 3 OR n = 1", "[#1,#2,#6]");
    found(w, "(n=1)or(n=2)", "[#1,#2]");
    found(w, "((((n = 1))))", "[#1]");
    found(w, "not not n = 1", "[#1]");
    found(w, "n = 1 or n = 2 or n = 3 or n = 0", "[#1,#2,#3,#6]");
}

static void parameters_are_read_as_filter_reads_its_values(void **state)
{
    static const char *const one[] = {"x", "1"}, *const two[] = {"a", "1", "b", "3"}, *const list[] = {"l", "[1, 2]"}, *const quote[] = {"q", "it's"},
                             *const json[] = {"q", "\"3\""}, *const spare[] = {"x", "1", "y", "2"}, *const twice[] = {"x", "1", "x", "2"},
                             *const word[] = {"x", "WHERE"};
    world *w = *state;
    found_with(w, "n = $x", one, 2, "[#1]");
    found_with(w, "n = $x and m = $x", one, 2, "[#1]");
    found_with(w, "n != $x", one, 2, "[#2,#3,#4,#5,#6]");
    found_with(w, "n__in = ($a, $b, 2)", two, 4, "[#1,#2,#3]");
    found_with(w, "n__in = $l", list, 2, "[#1,#2]");
    found_with(w, "n__range = $l", list, 2, "[#1,#2]");
    found_with(w, "t = $q", quote, 2, "[#3]");
    found_with(w, "t = $x", word, 2, "[]");
    found_with(w, "meta__a = $x", one, 2, "[]");
    found_with(w, "meta__a = $q", json, 2, "[#2]");
    found_with(w, "meta__a__in = ($q)", json, 2, "[#2]");
    found_with(w, "meta__a__in = ($b, $a)", two, 4, "[#1]");
    found_with(w, "n = F(m) * $b - $a - 1 and m = $a", two, 4, "[#1]");
    wrong_with(w, "n = $y", one, 2, "SYNTAX character 5: no parameter 'y'");
    wrong_with(w, "n = 1", one, 2, "SYNTAX WHERE does not use 'x'");
    wrong_with(w, "n = $x", spare, 4, "SYNTAX WHERE does not use 'y'");
    wrong_with(w, "n = $x", twice, 4, "SYNTAX PARAMS names 'x' twice");
    wrong_with(w, "n = $x", quote, 2, "SYNTAX no parameter 'x'");
    wrong_with(w, "n = $q", quote, 2, "BADVALUE got 'it's', expected an integer");
    wrong_with(w, "n = F(m) + $q", quote, 2, "SYNTAX or F(a field of numbers)");
    wrong(w, "n = $x", "SYNTAX no parameter 'x'");
    wrong(w, "n = $", "SYNTAX the name of a parameter");
    refuse(w, "COUNT w.X PARAMS a 1", "SYNTAX", "right behind the expression");
    refuse(w, "COUNT w.X WHERE n=$a PARAMS", "SYNTAX", "PARAMS needs");
    refuse(w, "COUNT w.X WHERE n=$a PARAMS a", "SYNTAX", "'a' has no value");
    refuse(w, "COUNT w.X WHERE n=$a PARAMS a 1 PARAMS a 2", "SYNTAX", "once");
    refuse(w, "COUNT w.X WHERE", "SYNTAX", "WHERE needs an expression");
}

static void a_parameter_for_an_element_that_nobody_declared_is_json_if_it_can_be(void **state)
{
    world *w = *state;
    static const char *const three[] = {"x", "3"}, *const quoted[] = {"x", "\"3\""}, *const word[] = {"x", "a b"};
    expect(w, "MODEL SET w.X '{\"fields\": {\"any\": {\"type\": \"list\"}}}'", "+OK");
    expect(w, "SAVE w.X any '[3]'", ":1");
    expect(w, "SAVE w.X any '[\"3\", \"a b\"]'", ":2");
    found_with(w, "any = $x", three, 2, "[#1]");
    found_with(w, "any__in = ($x, 77)", three, 2, "[#1]");
    found_with(w, "any__overlap = ($x, 77)", three, 2, "[#1]");
    found_with(w, "any__contains_all = ($x)", quoted, 2, "[#2]");
    found_with(w, "any__overlap = (77, $x)", word, 2, "[#2]");
}

static void clauses_stand_beside_each_other(void **state)
{
    world *w = *state;
    expect(w, "QUERY w.X WHERE n>$a PARAMS a 1 WHERE n<$a params a 3 ORDER pk FIELDS pk FLAT", "[#2]");
    expect(w, "QUERY w.X FILTER m 1 WHERE 'n = 1 or n = 3' EXCLUDE n 3 Q '{\"not\":{\"n\":2}}' FIELDS pk FLAT", "[#1]");
    expect(w, "QUERY w.X FIELDS pk FLAT WHERE n=1 LIMIT 0 5", "[#1]");
    expect(w, "DELETE w.X WHERE 'n = F(m) and n < 2'", ":2");
    expect(w, "QUERY w.X FIELDS pk FLAT ORDER pk", "[#2,#3,#4,#5]");
    check_indexes(w, "w.X");
}

static void errors_say_where_and_what_was_expected(void **state)
{
    static const struct {
        const char *expr, *error;
    } all[] = {
        {"", "SYNTAX character 1: got the end, expected a path, not, or '('"},
        {"  ", "SYNTAX character 3: got the end"},
        {"n", "SYNTAX character 2: got the end, expected = != < <= > or >="},
        {"n 1", "SYNTAX character 3: got '1', expected ="},
        {"n =", "SYNTAX character 4: got the end, expected a value"},
        {"n = x", "SYNTAX character 5: got 'x', expected a value: 'text'"},
        {"n = m", "SYNTAX character 5: got 'm', expected a value"},
        {"t = \"a\"", "SYNTAX character 5: got '\"', expected a value"},
        {"n == 1", "SYNTAX character 4: got '=', expected a value"},
        {"n <> 1", "SYNTAX character 4: got '>', expected a value"},
        {"n = 1 n = 2", "SYNTAX character 7: got 'n', expected and, or, or the end"},
        {"n = 1 and", "SYNTAX character 10: got the end, expected a path, not, or '('"},
        {"n = 1 && n = 2", "SYNTAX character 8: got '&'"},
        {"and n = 1", "SYNTAX character 5: got 'n', expected ="},
        {"(n = 1", "SYNTAX character 7: got the end, expected and, or, or ')'"},
        {"n = 1)", "SYNTAX character 6: got ')'"},
        {"()", "SYNTAX character 2: got ')'"},
        {"t = 'Grüße' x", "SYNTAX character 13: got 'x'"},
        {"t = 'a", "SYNTAX character 5: got ''', expected a text that ends with a quote"},
        {"t = 'a''", "SYNTAX character 5"},
        {"n = 01", "SYNTAX character 6: got '1', expected the end of the number"},
        {"n = 1x", "SYNTAX character 6: got 'x', expected the end of the number"},
        {"n = .5", "SYNTAX character 5: got '.5', expected a value"},
        {"n = +5", "SYNTAX character 5: got '+', expected a value"},
        {"n__in = (1", "SYNTAX character 11: got the end, expected ',' or ')'"},
        {"n__in = (1,)", "SYNTAX character 12: got ')', expected a value"},
        {"n__in = (1, F(m))", "SYNTAX a list has no F(...)"},
        {"n__in = (F(m), 1)", "SYNTAX character 14: got ',', expected ')'"},
        {"n = (QUERY w.X WHERE n = 1)", "SYNTAX lookup exact takes no query; in does"},
        {"n = F()", "SYNTAX character 7: got ')', expected a field in F(...)"},
        {"n = F(m", "SYNTAX character 8: got the end, expected ')'"},
        {"n = F(m) +", "SYNTAX character 11: got the end, expected a value"},
        {"n = F(m) + 'a'", "SYNTAX in front of this"},
        {"n = 'a' + F(m)", "SYNTAX to compute with"},
        {"n = F(m) + null", "SYNTAX in front of this"},
        {"n = F(t) + 1", "SYNTAX to compute with"},
        {"n = -F(t)", "SYNTAX a number behind -"},
        {"n = (1, 2) + 1", "SYNTAX to compute with"},
        {"n = F(meta__a)", "SYNTAX no single value of a scalar type"},
        {"n = F(meta)", "SYNTAX no single value of a scalar type"},
        {"n = F(tags)", "SYNTAX no single value of a scalar type"},
        {"t = F(b)", "SYNTAX no single value of a scalar type"},
        {"n = F(zz)", "NOFIELD no field 'zz'"},
        {"n = F(m__gt)", "NOLOOKUP gt"},
        {"zz = 1", "NOFIELD no field 'zz'"},
        {"n__foo = 1", "NOLOOKUP no lookup 'foo'"},
        {"n__gt != 1", "NOLOOKUP gt"},
        {"n__gt < 1", "NOLOOKUP gt"},
        {"n__gt = null", "BADVALUE got null"},
        {"n > null", "BADVALUE got null"},
        {"n = true", "BADVALUE boolean"},
        {"n = (1)", "BADVALUE array"},
        {"n = 'a'", "BADVALUE 'a'"},
        {"n__in = 3", "BADVALUE expected a JSON array"},
        {"n__range = (1, 2, 3)", "BADVALUE array of 3"},
        {"t__icontains = F(u)", "NOLOOKUP lookup icontains takes no F(...)"},
        {"n = F(t)", "BADVALUE cannot be compared"},
        {"at > F(day)", "BADVALUE of type datetime cannot be compared with 'F(day)', which is of type date"},
        {"at > F(n)", "BADVALUE cannot be compared"},
        {"t = F(n) + 1", "BADVALUE cannot be compared"},
        {"on = F(n)", "BADVALUE cannot be compared"},
        {"meta__a = F(n)", "BADVALUE cannot be compared"},
        {"b = F(t)", "BADVALUE cannot be compared"},
    };
    for (size_t i = 0; i < COUNT(all); i++) wrong(*state, all[i].expr, all[i].error);
    wrong(*state, "t = '\xff'", "SYNTAX valid UTF-8");
}

static void nesting_is_bounded_and_chains_are_not(void **state)
{
    world *w = *state;
    text t = {0};
    for (int i = 0; i < 64; i++) text_add(&t, NR_S("("));
    text_add(&t, NR_S("n = 1"));
    for (int i = 0; i < 64; i++) text_add(&t, NR_S(")"));
    found(w, t.p, "[#1]");
    static const char *const deep[] = {"(", "not ", "~", "n = (", "n = F(m) + (", "n = - - ", "n = 1 + ("};
    for (size_t i = 0; i < COUNT(deep); i++) {
        free(t.p);
        t = (text){0};
        if (deep[i][0] == 'n' && deep[i][1] == ' ') text_add(&t, NR_S("n = "));
        nr_slice part = nr_slice_of(deep[i] + (deep[i][0] == 'n' && deep[i][1] == ' ' ? 4 : 0));
        for (int k = 0; k < 50000; k++) text_add(&t, part);
        wrong(w, t.p, "LIMIT nested deeper than 64 levels");
    }
    free(t.p);
    t = (text){0};
    text_add(&t, NR_S("n = F(m)"));
    for (int k = 0; k < 5000; k++) text_add(&t, NR_S(" + 1 - 1"));
    for (int k = 0; k < 5000; k++) text_add(&t, NR_S(" or n = 1"));
    found(w, t.p, "[#1,#6]");
    free(t.p);
}

static void long_expressions_are_bounded_by_memory(void **state)
{
    world *w = *state;
    static const char *const parts[] = {" or n = 1", " or n = F(m) + 1", "n = F(m) + 1 + 1 + 1 + 1 + 1 + 1 + 1 or "};
    w->limits.max_memory = 1 << 20;
    for (size_t i = 0; i < COUNT(parts); i++) {
        text t = {0};
        if (parts[i][0] == ' ') text_add(&t, NR_S("n = 1"));
        for (int k = 0; k < 20000; k++) text_add(&t, nr_slice_of(parts[i]));
        wrong(w, t.p, "LIMIT nonrel.max-memory");
        free(t.p);
    }
    text t = {0};
    text_add(&t, NR_S("n__in = (1"));
    for (int k = 0; k < 50000; k++) text_add(&t, NR_S(", 1"));
    wrong(w, t.p, "LIMIT nonrel.max-memory");
    free(t.p);
}

static void f_compares_fields_of_the_same_entity(void **state)
{
    world *w = *state;
    found(w, "n = F(m)", "[#1,#6]");
    found(w, "n > F(m)", "[#2,#5]");
    found(w, "n >= F(m)", "[#1,#2,#5,#6]");
    found(w, "n != F(m)", "[#2,#3,#4,#5]");
    found(w, "not n > F(m)", "[#1,#3,#4,#6]");
    found(w, "n__gt = F(m)", "[#2,#5]");
    found(w, "n < F(m)", "[]");
    found(w, "n <= F(m)", "[#1,#6]");
    found(w, "m < F(n)", "[#2,#5]");
    found(w, "m <= F(n)", "[#1,#2,#5,#6]");
    found(w, "m >= F(n)", "[#1,#6]");
    found(w, "not n <= F(m)", "[#2,#3,#4,#5]");
    found(w, "n__exact = F(m)", "[#1,#6]");
    found(w, "n__gte = F(m)", "[#1,#2,#5,#6]");
    found(w, "m__lt = F(n)", "[#2,#5]");
    found(w, "m__lte = F(n)", "[#1,#2,#5,#6]");
    found(w, "upto > F(at)", "[#1]");
    found(w, "at > F(upto)", "[#2]");
    found(w, "at__date = F(day)", "[#1]");
    found(w, "at__month = F(n)", "[#1]");
    found(w, "n = F(day__month)", "[#1,#2]");
    found(w, "t = F(u)", "[#1]");
    found(w, "t < F(u)", "[#3,#5]");
    found(w, "tags = F(n) * 2", "[#1]");
    found(w, "tags__len = F(m) + 1", "[#1]");
    found(w, "id = F(n)", "[#1,#2,#3]");
    found(w, "n = F(pk)", "[#1,#2,#3]");
}

static void numbers_compare_exactly(void **state)
{
    world *w = *state;
    found(w, "n > F(f)", "[#2,#5]");
    found(w, "f < F(n)", "[#2,#5]");
    found(w, "n = F(d)", "[#1,#5,#6]");
    found(w, "m = F(f)", "[#1,#5,#6]");
    found(w, "d = F(f)", "[#1,#6]");
    found(w, "d > F(f)", "[#5]");
}

static void f_takes_arithmetic(void **state)
{
    world *w = *state;
    found(w, "n = F(m) + 1", "[#2,#5]");
    found(w, "n = 1 + F(m)", "[#2,#5]");
    found(w, "n = F(m)+1 or n = F(m)-0", "[#1,#2,#5,#6]");
    found(w, "n = F(m) * 2 + 0 * F(n)", "[#2,#6]");
    found(w, "n = (F(m) + 1) * 2 - 2", "[#2,#6]");
    found(w, "n = ((F(m)) + (1)) * ((2)) - 2", "[#2,#6]");
    found(w, "n = 1 + 1", "[#2]");
    found(w, "n = 6 / 4 * 2", "[#3]");
    found(w, "n = 10 - 4 - 3", "[#3]");
    found(w, "n = 2 + 3 * 2 - 6", "[#2]");
    found(w, "n = -F(m) + 2", "[#1]");
    found(w, "n = 2-1", "[#1]");
    found(w, "d = F(m) / 10", "[#2,#6]");
    found(w, "d = -(F(m) + 13 / 4)", "[#4]");
    found(w, "m > F(d) // 1 + 11", "[#4]");
    found(w, "n = F(m) % 2", "[#1,#6]");
    found(w, "n = F(f) * 4", "[#2,#6]");
}

/* Which rows an AND looks at depends on the plan: an answer must not. */
static void a_division_by_zero_matches_nothing(void **state)
{
    world *w = *state;
    found(w, "n = 1 / F(m)", "[#1]");
    found(w, "n != 1 / F(m)", "[#2,#3,#4,#5,#6]");
    found(w, "n >= F(m) % 0 or n = 1", "[#1]");
    found(w, "n >= F(f) // 0", "[]");
}

static void what_passes_38_digits_is_an_error(void **state)
{
    world *w = *state;
    wrong(w, "d < F(n) * 99999999999999999999999999999999999999", "BADVALUE more than 38 digits");
    wrong(w, "f < F(f) * F(f)", "BADVALUE (entity '3')");
    wrong(w, "n < F(n) + 123456789012345678901234567890123456789", "SYNTAX in front of this");
    wrong(w, "n = F(n) / 3 * 9e37 * 9", "BADVALUE more than 38 digits");
}

static void explain_shows_the_expression(void **state)
{
    world *w = *state;
    const char *got = world_do(w, "EXPLAIN QUERY w.X WHERE 'n   >  F(m)  +\t1' FIELDS pk");
    if (!strstr(got, "n__gt F(m) + ")) fail_msg("%s", got);
    assert_non_null(strstr(world_do(w, "EXPLAIN COUNT w.X WHERE 'n = 2 and m = F(n)'"), "index=n.value"));
    refuse(w, "QUERY w.X WHERE n=F(m) NOSCAN", "NOINDEX", "leaves no lookup for an index");
}

int main(void)
{
#define ROWS(name) cmocka_unit_test_setup_teardown(name, set_up_rows, tear_down)
    const struct CMUnitTest tests[] = {
        ROWS(a_comparison_is_the_lookup_of_filter),
        ROWS(not_equal_is_the_complement_of_equal),
        ROWS(or_binds_weaker_than_and_and_that_weaker_than_not),
        ROWS(parameters_are_read_as_filter_reads_its_values),
        EMPTY(a_parameter_for_an_element_that_nobody_declared_is_json_if_it_can_be),
        ROWS(clauses_stand_beside_each_other),
        ROWS(errors_say_where_and_what_was_expected),
        ROWS(nesting_is_bounded_and_chains_are_not),
        ROWS(long_expressions_are_bounded_by_memory),
        ROWS(f_compares_fields_of_the_same_entity),
        ROWS(numbers_compare_exactly),
        ROWS(f_takes_arithmetic),
        ROWS(a_division_by_zero_matches_nothing),
        ROWS(what_passes_38_digits_is_an_error),
        ROWS(explain_shows_the_expression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
